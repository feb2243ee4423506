/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who sends a track: senders, told apart by their connections and, when those
 * have gone, by what they call themselves and where they are. Part of
 * ingest-track; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmaf/source-watch.h>
#include <gst/cmafhttp/ingest-restamp.h>

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint id; /* from 1 on */
  gchar *agent;
  gchar *host; /* of its first connection */
  gchar *address;
  gchar *encoder; /* agent and host: the same in every track */
  GSocket *socket;
  guint n_uploads;
  gboolean is_cut;  /* its last upload broke off, and nothing came since */
  gboolean is_lost; /* and that was said */
  GstClockTime last_heard;
  CmafSourceWatch watch;
  CmafTrack *said;            /* by its last header, NULL: none */
  guint64 segment_time;       /* presentation of the segment it sends, ticks */
  CmafIngestRestamp *restamp; /* of an encoder that is not synchronised, NULL */
} CmafIngestSource;

/* of CmafIngestSource; the id is index + 1 */
CMAF_API GPtrArray *cmaf_ingest_sources_new (void);
CMAF_API CmafIngestSource *cmaf_ingest_sources_get (
    GPtrArray *sources, guint id);
/* The one that sends on @socket, or as @agent from @host; else a new one, which
 * may take the place of one that is away. NULL: too many send right now. */
CMAF_API CmafIngestSource *cmaf_ingest_sources_find (GPtrArray *sources,
    GSocket *socket, const gchar *agent, const gchar *host, gboolean *is_new);
/* NULL: it does not send this track. */
CMAF_API CmafIngestSource *cmaf_ingest_sources_of_encoder (
    GPtrArray *sources, const gchar *encoder);
/* No connection is open. */
CMAF_API gboolean cmaf_ingest_source_is_away (const CmafIngestSource *source);
/* Another one than @id sends now, or did lately. */
CMAF_API gboolean cmaf_ingest_sources_others_send (
    GPtrArray *sources, guint id, GstClockTime now);
/* And it keeps to the grid, as far as is known. */
CMAF_API gboolean cmaf_ingest_sources_others_are_reliable (
    GPtrArray *sources, guint id, GstClockTime now);
/* That have not ended. */
guint cmaf_ingest_sources_count_uploads (GPtrArray *sources);
/* A structure with that name says who it is (transfer full) */
GstStructure *cmaf_ingest_source_describe (
    const CmafIngestSource *source, const gchar *name);
/* Three segments of @track (nullable), but @least at least. */
CMAF_API GstClockTime cmaf_ingest_sources_silence (
    const CmafTrack *track, GstClockTime least);
/* No connection is open, and none was for longer than between two requests, or
 * after a broken one, of who sends @track: three segments, five seconds at
 * least, or @idle_timeout when that is less and not 0. */
CMAF_API gboolean cmaf_ingest_source_has_gone (const CmafIngestSource *source,
    const CmafTrack *track, GstClockTime idle_timeout, GstClockTime now);
/* Place in @order of the first pattern (with * and ?) that fits what it calls
 * itself, what stands in parentheses at the end of that, or its address. */
CMAF_API guint cmaf_ingest_source_rank (
    const CmafIngestSource *source, const gchar *const *order);

G_END_DECLS
