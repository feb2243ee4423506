/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks are gathered into segments: by the grid when there is one, else by
 * their brands, else by their sync samples. */
#include "segment-printer.h"

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/timescale.h>

struct _SegmentPrinter
{
  CmafFragmentReader *reader;
  CmafSegmentGrid grid; /* duration_n 0: none */
  gboolean grid_is_given;
  gboolean with_chunks;

  /* the segment that is being gathered */
  gboolean is_open;
  guint64 number;
  guint64 decode_time;
  guint64 duration;
  guint64 n_samples;
  guint64 n_chunks;
  guint64 size;
  guint sap;
  gchar *brands;
  GString *chunks; /* their lines */

  gboolean has_end; /* of the segment before */
  guint64 end;
};

static guint
sap_type (const CmafChunk *chunk, const CmafTrack *track)
{
  gint64 shift = chunk->samples[0].composition_offset - track->edit_media_time;

  if (!(chunk->flags & CMAF_CHUNK_SYNC))
    return 0;
  /* 1: nothing is presented before the first sample */
  return chunk->decode_time + (guint64)shift
                 == chunk->earliest_presentation_time
             ? 1
             : 2;
}

/* Compatible brands of styp; "-" without one. */
static gchar *
chunk_brands (const CmafChunk *chunk)
{
  GBytes *head = g_ptr_array_index (chunk->bytes, 0);
  GString *text = g_string_new (NULL);
  CmafBoxReader r;
  CmafBox styp;
  gchar name[5];

  cmaf_box_reader_init (
      &r, g_bytes_get_data (head, NULL), g_bytes_get_size (head));
  if (cmaf_box_reader_find (&r, CMAF_BOX_STYP, &styp)) {
    cmaf_box_reader_skip (&styp.body, 8);
    while (cmaf_box_reader_remaining (&styp.body) >= 4)
      g_string_append_printf (text, "%s%s", text->len ? "," : "",
          cmaf_fourcc_to_string (cmaf_box_reader_u32 (&styp.body), name));
  }
  if (text->len == 0)
    g_string_append_c (text, '-');
  return g_string_free (text, FALSE);
}

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
append_chunk (SegmentPrinter *p, const CmafChunk *chunk)
{
  CmafTrack *track = cmaf_fragment_reader_get_track (p->reader);
  g_autofree gchar *brands = chunk_brands (chunk);

  g_string_append_printf (p->chunks, "  chunk mfhd=%u tfdt=%" G_GUINT64_FORMAT,
      chunk->sequence_number, chunk->decode_time);
  append_duration (p->chunks, chunk->duration, track->timescale);
  g_string_append_printf (p->chunks,
      " samples=%u size=%" G_GSIZE_FORMAT " sap=%u brands=%s", chunk->n_samples,
      chunk->size, sap_type (chunk, track), brands);
  if (chunk->flags & CMAF_CHUNK_HAS_PRFT)
    g_string_append_printf (p->chunks,
        " prft=0x%016" G_GINT64_MODIFIER "x/%" G_GUINT64_FORMAT,
        chunk->prft_ntp, chunk->prft_media_time);
  if (chunk->event_messages)
    g_string_append_printf (p->chunks, " emsg=%u", chunk->event_messages->len);
  g_string_append_c (p->chunks, '\n');
}

static void
end_segment (SegmentPrinter *p, GString *text)
{
  guint32 timescale;

  if (!p->is_open)
    return;
  timescale = cmaf_fragment_reader_get_track (p->reader)->timescale;
  g_string_append_printf (text,
      "segment %" G_GUINT64_FORMAT " tfdt=%" G_GUINT64_FORMAT, p->number,
      p->decode_time);
  append_duration (text, p->duration, timescale);
  g_string_append_printf (text,
      " samples=%" G_GUINT64_FORMAT " chunks=%" G_GUINT64_FORMAT
      " size=%" G_GUINT64_FORMAT " sap=%u brands=%s",
      p->n_samples, p->n_chunks, p->size, p->sap, p->brands);
  if (p->has_end && p->decode_time > p->end)
    g_string_append_printf (
        text, " gap=%" G_GUINT64_FORMAT, p->decode_time - p->end);
  if (p->has_end && p->decode_time < p->end)
    g_string_append_printf (
        text, " overlap=%" G_GUINT64_FORMAT, p->end - p->decode_time);
  g_string_append_c (text, '\n');
  if (p->with_chunks)
    g_string_append_len (text, p->chunks->str, (gssize)p->chunks->len);
  g_string_truncate (p->chunks, 0);
  p->has_end = TRUE;
  p->end = p->decode_time + p->duration;
  p->is_open = FALSE;
}

static guint64
chunk_number (SegmentPrinter *p, const CmafChunk *chunk)
{
  CmafTrack *track = cmaf_fragment_reader_get_track (p->reader);

  if (p->grid.duration_n == 0)
    return chunk->sequence_number;
  return cmaf_segment_grid_number (
      &p->grid, chunk->decode_time, track->timescale);
}

static gboolean
starts_segment (SegmentPrinter *p, const CmafChunk *chunk)
{
  const CmafChunkFlags starts = CMAF_CHUNK_SYNC | CMAF_CHUNK_STARTS_SEGMENT;

  if (!p->is_open)
    return TRUE;
  if (p->grid.duration_n > 0)
    return chunk->flags & starts && chunk_number (p, chunk) != p->number;
  if (chunk->flags & CMAF_CHUNK_HAS_STYP)
    return (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0;
  return (chunk->flags & CMAF_CHUNK_SYNC) != 0;
}

static void
take_chunk (SegmentPrinter *p, GString *text)
{
  g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (p->reader);

  if (starts_segment (p, chunk)) {
    end_segment (p, text);
    p->is_open = TRUE;
    p->number = chunk_number (p, chunk);
    p->decode_time = chunk->decode_time;
    p->duration = p->n_samples = p->n_chunks = p->size = 0;
    p->sap = sap_type (chunk, cmaf_fragment_reader_get_track (p->reader));
    g_free (p->brands);
    p->brands = chunk_brands (chunk);
  }
  p->duration += chunk->duration;
  p->n_samples += chunk->n_samples;
  p->n_chunks++;
  p->size += chunk->size;
  append_chunk (p, chunk);
}

static void
take_header (SegmentPrinter *p, GString *text)
{
  CmafTrack *track = cmaf_fragment_reader_get_track (p->reader);
  g_autofree gchar *codec = cmaf_sample_entry_codec_string (track);
  gchar hash[9];

  cmaf_init_segment_hash (cmaf_fragment_reader_get_header (p->reader), hash);
  g_string_append_printf (text, "header %s track=%u %s %s timescale=%u", hash,
      track->id, cmaf_track_content_type (track), codec, track->timescale);
  if (track->media == CMAF_MEDIA_VIDEO)
    g_string_append_printf (text, " %ux%u", track->width, track->height);
  else
    g_string_append_printf (
        text, " rate=%u channels=%u", track->sample_rate, track->channels);
  if (track->language)
    g_string_append_printf (text, " language=%s", track->language);
  if (track->role)
    g_string_append_printf (text, " role=%s", track->role);
  if (!p->grid_is_given)
    cmaf_segment_grid_init (
        &p->grid, track->segment_duration_n, track->segment_duration_d, NULL);
  if (p->grid.duration_n > 0)
    g_string_append_printf (text,
        " grid=%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, p->grid.duration_n,
        p->grid.duration_d);
  g_string_append_c (text, '\n');
}

SegmentPrinter *
segment_printer_new (const CmafSegmentGrid *grid, gboolean with_chunks)
{
  SegmentPrinter *p = g_new0 (SegmentPrinter, 1);

  p->reader = cmaf_fragment_reader_new (NULL);
  p->chunks = g_string_new (NULL);
  p->with_chunks = with_chunks;
  if (grid) {
    p->grid = *grid;
    p->grid_is_given = TRUE;
  }
  return p;
}

void
segment_printer_free (SegmentPrinter *p)
{
  cmaf_fragment_reader_free (p->reader);
  g_string_free (p->chunks, TRUE);
  g_free (p->brands);
  g_free (p);
}

gboolean
segment_printer_feed (
    SegmentPrinter *p, GBytes *bytes, GString *text, GError **error)
{
  cmaf_fragment_reader_feed (p->reader, bytes);
  for (;;) {
    switch (cmaf_fragment_reader_read (p->reader, error)) {
      case CMAF_READ_MORE:
        return TRUE;
      case CMAF_READ_ERROR:
        end_segment (p, text);
        return FALSE;
      case CMAF_READ_HEADER:
        end_segment (p, text);
        take_header (p, text);
        break;
      case CMAF_READ_CHUNK:
        take_chunk (p, text);
        break;
      case CMAF_READ_END:
        end_segment (p, text);
        g_string_append (text, "end (mfra)\n");
        break;
    }
  }
}

gboolean
segment_printer_finish (SegmentPrinter *p, GString *text, GError **error)
{
  end_segment (p, text);
  if (cmaf_fragment_reader_is_at_boundary (p->reader))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "input ends inside a box or in front of the mdat of a chunk");
  return FALSE;
}
