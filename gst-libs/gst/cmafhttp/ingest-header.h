/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which header of a track counts, and from when on: senders may describe it
 * anew, each at its own time. Part of ingest-track. Not installed. */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

typedef struct
{
  CmafTrack *track; /* NULL: there is none */
  GBytes *bytes;
  /* what will count, NULL: nothing else */
  CmafTrack *next;
  GBytes *next_bytes;
  guint64 next_from; /* of which decode time on; MAX: its media are not there */
} CmafIngestHeader;

typedef enum
{
  CMAF_HEADER_KEEP,     /* it is the same, or does not count */
  CMAF_HEADER_DESCRIBE, /* it counts from the media on that it is in front of */
  CMAF_HEADER_CHANGE,   /* what was sent with the one before goes out first */
  CMAF_HEADER_REFUSE,
} CmafHeaderVerdict;

void cmaf_ingest_header_clear (CmafIngestHeader *header);
/* What becomes of @track, when its sender has @said another before (NULL: none)
 * and @others_send. REFUSE: *@difference says why (transfer full). */
CmafHeaderVerdict cmaf_ingest_header_judge (const CmafIngestHeader *header,
    const CmafTrack *said, const CmafTrack *track, gboolean others_send,
    gchar **difference);
void cmaf_ingest_header_change (
    CmafIngestHeader *header, CmafTrack *track, GBytes *bytes);
void cmaf_ingest_header_describe (
    CmafIngestHeader *header, CmafTrack *track, GBytes *bytes);
/* A sender that has @said that has sent @chunk. */
void cmaf_ingest_header_arrived (
    CmafIngestHeader *header, const CmafTrack *said, const CmafChunk *chunk);
/* @chunk comes out. TRUE: what was to come counts from it on. */
gboolean cmaf_ingest_header_reach (
    CmafIngestHeader *header, const CmafChunk *chunk);

G_END_DECLS
