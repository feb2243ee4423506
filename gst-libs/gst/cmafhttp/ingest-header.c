/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A sender that says something else than it said before has changed its mind;
 * one that has always said it has not. So the last one that describes the track
 * in the old way does not bring that back. */
#include "ingest-header.h"

#include "header-difference.h"

#define UNKNOWN G_MAXUINT64

static void
clear_next (CmafIngestHeader *header)
{
  g_clear_pointer (&header->next, cmaf_track_unref);
  g_clear_pointer (&header->next_bytes, g_bytes_unref);
}

void
cmaf_ingest_header_clear (CmafIngestHeader *header)
{
  clear_next (header);
  g_clear_pointer (&header->track, cmaf_track_unref);
  g_clear_pointer (&header->bytes, g_bytes_unref);
}

static gchar *
describe_language (const CmafTrack *need, const CmafTrack *have)
{
  return g_strdup_printf ("language: %s, needs %s",
      have->language ? have->language : "und",
      need->language ? need->language : "und");
}

CmafHeaderVerdict
cmaf_ingest_header_judge (const CmafIngestHeader *header, const CmafTrack *said,
    const CmafTrack *track, gboolean others_send, gchar **difference)
{
  const CmafTrack *now = header->next ? header->next : header->track;

  if (now == NULL)
    return CMAF_HEADER_CHANGE;
  *difference = cmaf_header_difference (now, track);
  if (*difference == NULL && others_send && said == NULL
      && g_strcmp0 (now->language, track->language) != 0)
    *difference = describe_language (now, track);
  if (*difference != NULL)
    return others_send ? CMAF_HEADER_REFUSE : CMAF_HEADER_CHANGE;
  if (cmaf_track_is_equal (now, track))
    return CMAF_HEADER_KEEP;
  if (others_send && (said == NULL || cmaf_track_is_equal (said, track)))
    return CMAF_HEADER_KEEP;
  return CMAF_HEADER_DESCRIBE;
}

void
cmaf_ingest_header_change (
    CmafIngestHeader *header, CmafTrack *track, GBytes *bytes)
{
  cmaf_ingest_header_clear (header);
  header->track = cmaf_track_ref (track);
  header->bytes = g_bytes_ref (bytes);
}

void
cmaf_ingest_header_describe (
    CmafIngestHeader *header, CmafTrack *track, GBytes *bytes)
{
  clear_next (header);
  header->next = cmaf_track_ref (track);
  header->next_bytes = g_bytes_ref (bytes);
  header->next_from = UNKNOWN;
}

void
cmaf_ingest_header_arrived (
    CmafIngestHeader *header, const CmafTrack *said, const CmafChunk *chunk)
{
  if (header->next != NULL && said != NULL
      && cmaf_track_is_equal (header->next, said))
    header->next_from = MIN (header->next_from, chunk->decode_time);
}

/* Senders may be apart by the rounding of a tick. */
gboolean
cmaf_ingest_header_reach (CmafIngestHeader *header, const CmafChunk *chunk)
{
  if (header->next == NULL
      || chunk->decode_time + chunk->duration / 2 < header->next_from)
    return FALSE;
  g_clear_pointer (&header->track, cmaf_track_unref);
  g_clear_pointer (&header->bytes, g_bytes_unref);
  header->track = g_steal_pointer (&header->next);
  header->bytes = g_steal_pointer (&header->next_bytes);
  return TRUE;
}
