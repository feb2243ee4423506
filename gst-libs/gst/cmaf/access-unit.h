/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What only access units tell of their track, and which bytes belong to them.
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

/* Bytes at the head of a buffer that the functions below look at, but for
 * cmaf_access_unit_complete_track(). */
#define CMAF_ACCESS_UNIT_HEAD 8

typedef enum
{
  CMAF_TRACK_COMPLETE,
  CMAF_TRACK_INCOMPLETE, /* this unit does not tell: a later one may */
  CMAF_TRACK_REFUSED,    /* and why */
} CmafTrackState;

/* Fills in what caps do not know of @track, from a whole unit at which a
 * decoder may begin: configuration of AV1, VP9, AC-3, E-AC-3 and MHAS, duration
 * of Opus. The error is that of the codec's room. */
CMAF_API CmafTrackState cmaf_access_unit_complete_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error);
/* Bytes in front of the sample: an AV1 temporal delimiter. */
CMAF_API gsize cmaf_access_unit_prefix (
    const CmafTrack *track, gconstpointer head, gsize size);
/* TRUE when a unit of @track may come in more than one buffer, so that the next
 * one must be seen before it is whole. */
CMAF_API gboolean cmaf_access_unit_may_continue (const CmafTrack *track);
/* TRUE when the buffer belongs to the unit before it, as far as it says so
 * itself: of the fields of H.264 avc-fields.h knows. */
CMAF_API gboolean cmaf_access_unit_continues (
    const CmafTrack *track, gconstpointer head, gsize size);
/* TRUE when buffers flagged as headers hold no samples. */
CMAF_API gboolean cmaf_access_unit_has_header_packets (const CmafTrack *track);
/* Samples at 48 kHz in an Opus packet (RFC 6716 3.1); 0 when it is none. */
CMAF_API guint32 cmaf_opus_packet_samples (gconstpointer data, gsize size);

G_END_DECLS
