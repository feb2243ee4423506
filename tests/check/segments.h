/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* CMAF headers and media for tests: five samples a chunk, five chunks a
 * segment. At 25 frames a second a chunk lasts 200 ms and a segment one
 * second. */
#pragma once

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/init-segment.h>

#include "tracks.h"

#define TEST_SAMPLES 5
#define TEST_CHUNKS 5
#define TEST_SAMPLE_SIZE 300

/* (transfer full) */
static inline GBytes *
make_header (const CmafTrack *track)
{
  g_autoptr (GError) error = NULL;
  GBytes *header = cmaf_init_segment_write (track, &error);

  fail_unless (header != NULL, "%s", error ? error->message : "");
  return header;
}

static inline guint64
chunk_ticks (const CmafTrack *track)
{
  return (guint64)TEST_SAMPLES * track->sample_duration;
}

/* Chunk @n of a track; @seed makes payload of another encoder. */
static inline void
append_chunk (GByteArray *out, const CmafTrack *track, guint64 n,
    gboolean is_last, guint8 seed)
{
  CmafSample samples[TEST_SAMPLES];
  CmafFragment fragment = { 0 };
  g_autoptr (GBytes) front = NULL;
  guint8 payload[TEST_SAMPLES * TEST_SAMPLE_SIZE];

  for (guint i = 0; i < TEST_SAMPLES; i++) {
    gboolean is_sync =
        track->media == CMAF_MEDIA_AUDIO || (i == 0 && n % TEST_CHUNKS == 0);

    samples[i] = (CmafSample){ track->sample_duration, TEST_SAMPLE_SIZE,
      is_sync ? CMAF_SAMPLE_FLAGS_SYNC : CMAF_SAMPLE_FLAGS_NON_SYNC, 0 };
  }
  fragment.sequence_number = n;
  fragment.track_id = track->id ? track->id : 1;
  fragment.decode_time = n * chunk_ticks (track);
  fragment.samples = samples;
  fragment.n_samples = TEST_SAMPLES;
  fragment.starts_segment = n % TEST_CHUNKS == 0;
  fragment.is_last = is_last;
  front = cmaf_fragment_write (&fragment, NULL);
  fail_unless (front != NULL);
  memset (payload, seed + (guint8)n, sizeof payload);
  g_byte_array_append (
      out, g_bytes_get_data (front, NULL), g_bytes_get_size (front));
  g_byte_array_append (out, payload, sizeof payload);
}

/* (transfer full) */
static inline GBytes *
make_chunks (const CmafTrack *track, guint64 first, guint n, gboolean is_last,
    guint8 seed)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    append_chunk (out, track, first + i, is_last && i + 1 == n, seed);
  return g_byte_array_free_to_bytes (out);
}

/* Segment @number. (transfer full) */
static inline GBytes *
make_segment (const CmafTrack *track, guint64 number, gboolean is_last)
{
  return make_chunks (track, number * TEST_CHUNKS, TEST_CHUNKS, is_last, 0);
}
