/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bytes of a track -> headers and whole segments. */
#include "segment-gatherer.h"

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/segment-marks.h>

struct _SegmentGatherer
{
  CmafFragmentReader *reader;
  CmafSegmentGrid grid; /* duration_n 0: none */
  gboolean grid_is_given;

  GatheredSegment *open; /* is being gathered */
  GatheredSegment *done; /* to be taken */
  CmafChunk *next;       /* begins the segment behind it */
  gboolean has_result;   /* @result comes behind the segment */
  GatherResult result;
};

void
gathered_segment_free (GatheredSegment *segment)
{
  g_free (segment->brands);
  g_ptr_array_unref (segment->chunks);
  g_free (segment);
}

guint
chunk_sap_type (const CmafChunk *chunk, const CmafTrack *track)
{
  gint64 shift = chunk->samples[0].composition_offset - track->edit_media_time;

  if (!(chunk->flags & CMAF_CHUNK_SYNC))
    return 0;
  return chunk->decode_time + (guint64)shift
                 == chunk->earliest_presentation_time
             ? 1
             : 2;
}

gchar *
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

SegmentGatherer *
segment_gatherer_new (const CmafSegmentGrid *grid)
{
  SegmentGatherer *g = g_new0 (SegmentGatherer, 1);

  g->reader = cmaf_fragment_reader_new (NULL);
  if (grid) {
    g->grid = *grid;
    g->grid_is_given = TRUE;
  }
  return g;
}

void
segment_gatherer_free (SegmentGatherer *g)
{
  cmaf_fragment_reader_free (g->reader);
  g_clear_pointer (&g->open, gathered_segment_free);
  g_clear_pointer (&g->done, gathered_segment_free);
  g_clear_pointer (&g->next, cmaf_chunk_unref);
  g_free (g);
}

void
segment_gatherer_feed (SegmentGatherer *g, GBytes *bytes)
{
  cmaf_fragment_reader_feed (g->reader, bytes);
}

CmafTrack *
segment_gatherer_get_track (SegmentGatherer *g)
{
  return cmaf_fragment_reader_get_track (g->reader);
}

GBytes *
segment_gatherer_get_header (SegmentGatherer *g)
{
  return cmaf_fragment_reader_get_header (g->reader);
}

const CmafSegmentGrid *
segment_gatherer_get_grid (const SegmentGatherer *g)
{
  return &g->grid;
}

GatheredSegment *
segment_gatherer_take_segment (SegmentGatherer *g)
{
  return g_steal_pointer (&g->done);
}

static guint64
chunk_number (SegmentGatherer *g, const CmafChunk *chunk)
{
  if (g->grid.duration_n == 0)
    return chunk->sequence_number;
  return cmaf_segment_marks_number (g->grid_is_given ? 0 : chunk->marks,
      &g->grid, chunk->decode_time, segment_gatherer_get_track (g)->timescale);
}

static gboolean
starts_segment (SegmentGatherer *g, const CmafChunk *chunk)
{
  const CmafChunkFlags starts = CMAF_CHUNK_SYNC | CMAF_CHUNK_STARTS_SEGMENT;

  if (!g->open)
    return TRUE;
  if (g->grid.duration_n > 0)
    return chunk->flags & starts && chunk_number (g, chunk) != g->open->number;
  if (chunk->flags & CMAF_CHUNK_HAS_STYP)
    return (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0;
  return (chunk->flags & CMAF_CHUNK_SYNC) != 0;
}

/* @chunk: transfer full */
static void
add (SegmentGatherer *g, CmafChunk *chunk)
{
  GatheredSegment *segment = g->open;

  if (!segment) {
    segment = g_new0 (GatheredSegment, 1);
    segment->chunks =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
    segment->number = chunk_number (g, chunk);
    segment->decode_time = chunk->decode_time;
    segment->sap = chunk_sap_type (chunk, segment_gatherer_get_track (g));
    segment->brands = chunk_brands (chunk);
    g->open = segment;
  }
  segment->duration += chunk->duration;
  segment->n_samples += chunk->n_samples;
  segment->size += chunk->size;
  g_ptr_array_add (segment->chunks, chunk);
}

static void
take_header (SegmentGatherer *g)
{
  const CmafTrack *track = segment_gatherer_get_track (g);

  if (!g->grid_is_given)
    cmaf_segment_grid_init (
        &g->grid, track->segment_duration_n, track->segment_duration_d, NULL);
}

/* What came behind the last segment */
static gboolean
resume (SegmentGatherer *g, GatherResult *result)
{
  if (g->next)
    add (g, g_steal_pointer (&g->next));
  if (!g->has_result)
    return FALSE;
  g->has_result = FALSE;
  *result = g->result;
  if (g->result == GATHER_HEADER)
    take_header (g);
  return TRUE;
}

static GatherResult
close_before (SegmentGatherer *g, GatherResult result)
{
  if (!g->open) {
    if (result == GATHER_HEADER)
      take_header (g);
    return result;
  }
  g->done = g_steal_pointer (&g->open);
  g->result = result;
  g->has_result = TRUE;
  return GATHER_SEGMENT;
}

GatherResult
segment_gatherer_next (SegmentGatherer *g, GError **error)
{
  GatherResult result;
  CmafChunk *chunk;

  if (resume (g, &result))
    return result;
  for (;;) {
    switch (cmaf_fragment_reader_read (g->reader, error)) {
      case CMAF_READ_MORE:
        return GATHER_MORE;
      case CMAF_READ_ERROR:
        return GATHER_ERROR;
      case CMAF_READ_HEADER:
        return close_before (g, GATHER_HEADER);
      case CMAF_READ_END:
        return close_before (g, GATHER_END);
      case CMAF_READ_CHUNK:
        chunk = cmaf_fragment_reader_take_chunk (g->reader);
        if (g->open && starts_segment (g, chunk)) {
          g->next = chunk;
          g->done = g_steal_pointer (&g->open);
          return GATHER_SEGMENT;
        }
        add (g, chunk);
        break;
    }
  }
}

gboolean
segment_gatherer_may_end (SegmentGatherer *g, GError **error)
{
  if (cmaf_fragment_reader_is_at_boundary (g->reader))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "input ends inside a box or in front of the mdat of a chunk");
  return FALSE;
}

gboolean
segment_gatherer_end (SegmentGatherer *g, GError **error)
{
  g_clear_pointer (&g->done, gathered_segment_free);
  g->done = g_steal_pointer (&g->open);
  return segment_gatherer_may_end (g, error);
}
