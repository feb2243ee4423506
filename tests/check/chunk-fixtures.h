/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Headers and chunks for the tests of what reads them, made by the writers and
 * read back by the reader of the library. */
#pragma once

#include "manifest-fixtures.h"

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/segment-marks.h>

static inline GBytes *
fixture_header (CmafTrack *track)
{
  g_autoptr (GError) error = NULL;
  GBytes *header = cmaf_init_segment_write (track, &error);

  g_assert_no_error (error);
  return header;
}

typedef struct
{
  guint64 decode_time;
  guint n_samples;
  gboolean not_sync;
  gboolean no_start; /* a later chunk of its segment */
  gboolean is_last;  /* brand lmsg */
  guint8 payload;    /* what each of the bytes is */
  guint sample_size; /* 0: 16 */
  CmafSegmentMarks marks;
} FixtureChunk;

/* What a muxer says of @chunk, of segment @number. */
static inline CmafSegmentMarks
fixture_marks (CmafTrack *track, const FixtureChunk *chunk, guint64 number,
    gboolean ends_segment)
{
  const CmafCutFragment cut = { .number = number,
    .decode_time = chunk->decode_time,
    .duration = (guint64)chunk->n_samples * track->sample_duration,
    .ends_segment = ends_segment };
  const CmafSegmentGrid grid = { track->segment_duration_n,
    track->segment_duration_d, NULL };

  return cmaf_segment_marks_of_cut (&grid, track->timescale, &cut);
}

/* (transfer full) */
static inline CmafChunk *
fixture_chunk (CmafTrack *track, const FixtureChunk *chunk)
{
  guint size = chunk->sample_size > 0 ? chunk->sample_size : 16;
  g_autofree CmafSample *samples = g_new0 (CmafSample, chunk->n_samples);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) header = fixture_header (track);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) payload = NULL;
  CmafFragment fragment = { 1, 1, chunk->decode_time, samples, chunk->n_samples,
    !chunk->no_start, chunk->is_last, .marks = chunk->marks };
  guint i;

  for (i = 0; i < chunk->n_samples; i++)
    samples[i] = (CmafSample){ track->sample_duration, size,
      i == 0 && !chunk->not_sync         ? CMAF_SAMPLE_FLAGS_SYNC
      : track->media == CMAF_MEDIA_VIDEO ? CMAF_SAMPLE_FLAGS_NON_SYNC
                                         : CMAF_SAMPLE_FLAGS_SYNC };
  head = cmaf_fragment_write (&fragment, &error);
  g_assert_no_error (error);
  payload = g_bytes_new_take (memset (g_malloc (size * chunk->n_samples),
                                  chunk->payload, size * chunk->n_samples),
      size * chunk->n_samples);
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, head);
  cmaf_fragment_reader_feed (reader, payload);
  g_assert_cmpint (
      cmaf_fragment_reader_read (reader, &error), ==, CMAF_READ_CHUNK);
  return cmaf_fragment_reader_take_chunk (reader);
}

/* Chunk @part of @n_parts of segment @number on the grid. */
static inline CmafChunk *
fixture_grid_chunk (CmafTrack *track, const CmafSegmentGrid *grid,
    guint64 number, guint part, guint n_parts)
{
  const CmafUnitGrid units = { track->timescale, track->sample_duration, 0 };
  guint64 n = cmaf_segment_grid_n_units (grid, &units, number);
  guint64 from = n * part / n_parts, to = n * (part + 1) / n_parts;
  const FixtureChunk chunk = {
    .decode_time = cmaf_segment_grid_decode_time (grid, &units, number)
                   + from * track->sample_duration,
    .n_samples = to - from,
    .not_sync = part > 0 && track->media == CMAF_MEDIA_VIDEO,
    .no_start = part > 0,
    .payload = number & 0xff,
  };

  return fixture_chunk (track, &chunk);
}
