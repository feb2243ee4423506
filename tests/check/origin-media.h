/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A programme for tests of the origin: segments of 1.92 s on the grid, video in
 * 4 chunks of 12 frames, audio in 3 of 30. */
#pragma once

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/object-store.h>

#include "tracks.h"

#define MEDIA_NUMBER G_GUINT64_CONSTANT (933333333)
#define MEDIA_VIDEO_CHUNKS 4
#define MEDIA_AUDIO_CHUNKS 3

/* (transfer full) */
static inline GBytes *
media_header (gboolean is_audio)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[is_audio ? 4 : 0]);

  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  return cmaf_init_segment_write (track, NULL);
}

static inline guint64
media_time (gboolean is_audio, guint64 number, guint chunk)
{
  return is_audio ? (number * 90 + chunk * 30) * 1024
                  : (number * 48 + chunk * 12) * 3600;
}

/* (transfer full), of GBytes: the head of @fragment at @time, then the payload
 * of @size bytes a sample */
static inline GPtrArray *
media_write (CmafFragment fragment, gboolean is_audio, guint64 time, guint size)
{
  guint n = is_audio ? 30 : 12;
  CmafSample samples[30];
  GPtrArray *pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < n; i++) {
    samples[i].duration = is_audio ? 1024 : 3600;
    samples[i].size = size;
    samples[i].flags = is_audio || (fragment.starts_segment && i == 0)
                           ? CMAF_SAMPLE_FLAGS_SYNC
                           : CMAF_SAMPLE_FLAGS_NON_SYNC;
    samples[i].composition_offset = 0;
  }
  fragment.sequence_number = 1;
  fragment.track_id = 1;
  fragment.decode_time = fragment.prft_media_time = time;
  fragment.samples = samples;
  fragment.n_samples = n;
  g_ptr_array_add (pieces, cmaf_fragment_write (&fragment, NULL));
  g_ptr_array_add (pieces, g_bytes_new_take (g_malloc0 (n * size), n * size));
  return pieces;
}

static inline GPtrArray *
media_chunk_sized (
    gboolean is_audio, guint64 number, guint chunk, guint size, guint64 ntp)
{
  const CmafFragment fragment = { .starts_segment = chunk == 0,
    .has_prft = ntp != 0,
    .prft_flags = 24,
    .prft_ntp = ntp };

  return media_write (
      fragment, is_audio, media_time (is_audio, number, chunk), size);
}

static inline GPtrArray *
media_chunk (gboolean is_audio, guint64 number, guint chunk)
{
  return media_chunk_sized (is_audio, number, chunk, 100, 0);
}

static inline void
media_append (CmafObjectWriter *writer, GPtrArray *pieces)
{
  fail_unless (cmaf_object_writer_append (
      writer, (GBytes *const *)pieces->pdata, pieces->len, NULL));
  g_ptr_array_unref (pieces);
}

/* "video/seg-N.m4s" or "audio/seg-N.m4s", (transfer full) */
static inline gchar *
media_name (gboolean is_audio, guint64 number)
{
  return g_strdup_printf (
      "%s/seg-%" G_GUINT64_FORMAT ".m4s", is_audio ? "audio" : "video", number);
}

static inline CmafObjectWriter *
media_begin (CmafObjectStore *store, gboolean is_audio, guint64 number)
{
  g_autofree gchar *name = media_name (is_audio, number);
  CmafObjectWriter *writer = cmaf_object_store_begin (store, name,
      is_audio ? "audio/mp4" : "video/mp4", CMAF_OBJECT_GROWING, NULL);

  fail_unless (writer != NULL);
  return writer;
}
