/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One line for each segment (and chunk) of a track. */
#include "segment-printer.h"

#include "segment-gatherer.h"

#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/timescale.h>

struct _SegmentPrinter
{
  SegmentGatherer *gatherer;
  gboolean with_chunks;
  gboolean has_end; /* of the segment before */
  guint64 end;
};

/* "duration=172800 (1.920000 s)" */
static void
append_duration (GString *text, guint64 ticks, guint32 timescale)
{
  guint64 us = (cmaf_ns_from_ticks (ticks, timescale) + 500) / 1000;

  g_string_append_printf (text,
      " duration=%" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT
      ".%06" G_GUINT64_FORMAT " s)",
      ticks, us / 1000000, us % 1000000);
}

static void
print_chunk (const CmafTrack *track, const CmafChunk *chunk, GString *text)
{
  g_autofree gchar *brands = chunk_brands (chunk);

  g_string_append_printf (text, "  chunk mfhd=%u tfdt=%" G_GUINT64_FORMAT,
      chunk->sequence_number, chunk->decode_time);
  append_duration (text, chunk->duration, track->timescale);
  g_string_append_printf (text,
      " samples=%u size=%" G_GSIZE_FORMAT " sap=%u brands=%s", chunk->n_samples,
      chunk->size, chunk_sap_type (chunk, track), brands);
  if (chunk->flags & CMAF_CHUNK_HAS_PRFT)
    g_string_append_printf (text,
        " prft=0x%016" G_GINT64_MODIFIER "x/%" G_GUINT64_FORMAT,
        chunk->prft_ntp, chunk->prft_media_time);
  if (chunk->event_messages)
    g_string_append_printf (text, " emsg=%u", chunk->event_messages->len);
  g_string_append_c (text, '\n');
}

/* The one that the gatherer has, if any */
static void
print_segment (SegmentPrinter *p, GString *text)
{
  g_autoptr (GatheredSegment) segment =
      segment_gatherer_take_segment (p->gatherer);
  const CmafTrack *track = segment_gatherer_get_track (p->gatherer);

  if (!segment)
    return;
  g_string_append_printf (text,
      "segment %" G_GUINT64_FORMAT " tfdt=%" G_GUINT64_FORMAT, segment->number,
      segment->decode_time);
  append_duration (text, segment->duration, track->timescale);
  g_string_append_printf (text,
      " samples=%" G_GUINT64_FORMAT " chunks=%u size=%" G_GUINT64_FORMAT
      " sap=%u brands=%s",
      segment->n_samples, segment->chunks->len, segment->size, segment->sap,
      segment->brands);
  if (p->has_end && segment->decode_time > p->end)
    g_string_append_printf (
        text, " gap=%" G_GUINT64_FORMAT, segment->decode_time - p->end);
  if (p->has_end && segment->decode_time < p->end)
    g_string_append_printf (
        text, " overlap=%" G_GUINT64_FORMAT, p->end - segment->decode_time);
  g_string_append_c (text, '\n');
  for (guint i = 0; p->with_chunks && i < segment->chunks->len; i++)
    print_chunk (track, g_ptr_array_index (segment->chunks, i), text);
  p->has_end = TRUE;
  p->end = segment->decode_time + segment->duration;
}

static void
print_header (SegmentPrinter *p, GString *text)
{
  CmafTrack *track = segment_gatherer_get_track (p->gatherer);
  const CmafSegmentGrid *grid = segment_gatherer_get_grid (p->gatherer);
  g_autofree gchar *codec = cmaf_sample_entry_codec_string (track);
  gchar hash[9];

  cmaf_init_segment_hash (segment_gatherer_get_header (p->gatherer), hash);
  g_string_append_printf (text, "header %s track=%u %s %s timescale=%u", hash,
      track->id, cmaf_track_content_type (track), codec, track->timescale);
  if (track->media == CMAF_MEDIA_VIDEO)
    g_string_append_printf (text, " %ux%u", track->width, track->height);
  else if (track->media == CMAF_MEDIA_AUDIO)
    g_string_append_printf (
        text, " rate=%u channels=%u", track->sample_rate, track->channels);
  if (track->language)
    g_string_append_printf (text, " language=%s", track->language);
  if (track->role)
    g_string_append_printf (text, " role=%s", track->role);
  if (grid->duration_n > 0)
    g_string_append_printf (text,
        " grid=%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, grid->duration_n,
        grid->duration_d);
  g_string_append_c (text, '\n');
}

SegmentPrinter *
segment_printer_new (const CmafSegmentGrid *grid, gboolean with_chunks)
{
  SegmentPrinter *p = g_new0 (SegmentPrinter, 1);

  p->gatherer = segment_gatherer_new (grid);
  p->with_chunks = with_chunks;
  return p;
}

void
segment_printer_free (SegmentPrinter *p)
{
  segment_gatherer_free (p->gatherer);
  g_free (p);
}

gboolean
segment_printer_feed (
    SegmentPrinter *p, GBytes *bytes, GString *text, GError **error)
{
  segment_gatherer_feed (p->gatherer, bytes);
  for (;;) {
    switch (segment_gatherer_next (p->gatherer, error)) {
      case GATHER_MORE:
        return TRUE;
      case GATHER_ERROR:
        segment_gatherer_end (p->gatherer, NULL);
        print_segment (p, text);
        return FALSE;
      case GATHER_HEADER:
        print_header (p, text);
        break;
      case GATHER_SEGMENT:
        print_segment (p, text);
        break;
      case GATHER_END:
        g_string_append (text, "end (mfra)\n");
        break;
    }
  }
}

gboolean
segment_printer_finish (SegmentPrinter *p, GString *text, GError **error)
{
  gboolean ok = segment_gatherer_end (p->gatherer, error);

  print_segment (p, text);
  return ok;
}
