/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sound that is a function of the sample number alone, and where it is. Mono,
 * S16, 48 kHz. */
#pragma once

#include <gst/gst.h>

#define SOUND_RATE 48000
#define SOUND_CAPS                                                             \
  "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

typedef gint16 (*Sound) (guint64 sample);

static inline guint32
sound_hash (guint64 n)
{
  n ^= n >> 33;
  n *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  n ^= n >> 33;
  n *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  return (guint32)(n >> 40);
}

/* Noise below some 3 kHz: its place is clear to the sample, and encoders keep
 * it. */
static inline gint16
sound_noise (guint64 sample)
{
  gint sum = 0;

  for (guint i = 0; i < 16; i++)
    sum += (gint)(sound_hash (sample + i) & 0x3fff) - 0x2000;
  return sum / 6;
}

/* @n samples from @sample on, which is played at running time @time. */
static inline GstBuffer *
sound_buffer (Sound sound, guint64 sample, guint n, GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 2 * n, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < n; i++)
    GST_WRITE_UINT16_LE (map.data + 2 * i, (guint16)sound (sample + i));
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale_round (n, GST_SECOND, SOUND_RATE);
  return buffer;
}

/* By how many samples @heard, of which the first one should be @sample of
 * @sound, is late, looking at @n of them from @at on. @heard has @range more on
 * either side. */
static inline gint
sound_lag (Sound sound, const GArray *heard, guint64 sample, guint at, guint n,
    gint range)
{
  g_autofree gint16 *wanted = g_new (gint16, n);
  const gint16 *found = (const gint16 *)heard->data;
  gint64 best = -1;
  gint best_lag = G_MAXINT;

  for (guint i = 0; i < n; i++)
    wanted[i] = sound (sample + at + i);
  for (gint lag = -range; lag <= range; lag++) {
    const gint16 *start = found + at + lag;
    gint64 sum = 0;

    for (guint i = 0; i < n; i++)
      sum += wanted[i] * start[i];
    if (sum > best) {
      best = sum;
      best_lag = lag;
    }
  }
  return best_lag;
}
