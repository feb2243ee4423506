/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sound that is a function of the sample number alone, pipelines fed with it,
 * and where in their output it is. Mono, S16, 48 kHz. */
#pragma once

#include <gst/app/gstappsrc.h>
#include <gst/check/gstcheck.h>

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

/* ---- pipelines ---- */

typedef struct
{
  GstElement *pipeline, *in, *out;
  GstBus *bus;
  GQueue messages; /* GstMessage: of elements, as they came */
} SoundPipeline;

static inline void
sound_open (SoundPipeline *p, const gchar *description)
{
  GError *error = NULL;

  p->pipeline = gst_parse_launch (description, &error);
  fail_if (error != NULL, "%s", error ? error->message : "");
  p->in = gst_bin_get_by_name (GST_BIN (p->pipeline), "in");
  p->out = gst_bin_get_by_name (GST_BIN (p->pipeline), "out");
  p->bus = gst_element_get_bus (p->pipeline);
  if (p->in)
    g_object_set (
        p->in, "format", GST_FORMAT_TIME, "max-bytes", (guint64)0, NULL);
  gst_element_set_state (p->pipeline, GST_STATE_PLAYING);
}

static inline void
sound_push (SoundPipeline *p, GstBuffer *buffer)
{
  gst_app_src_push_buffer (GST_APP_SRC (p->in), buffer);
}

static inline void
sound_end (SoundPipeline *p)
{
  GstFlowReturn result;

  g_signal_emit_by_name (p->in, "end-of-stream", &result);
}

static inline void
sound_take_messages (SoundPipeline *p)
{
  GstMessage *message;

  while ((message = gst_bus_pop (p->bus))) {
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      g_autoptr (GError) error = NULL;
      g_autofree gchar *debug = NULL;

      gst_message_parse_error (message, &error, &debug);
      fail ("%s: %s", error->message, debug);
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
      g_queue_push_tail (&p->messages, gst_message_ref (message));
    gst_message_unref (message);
  }
}

/* (transfer full), NULL at the end */
static inline GstSample *
sound_pull (SoundPipeline *p)
{
  GstSample *sample = NULL;
  gboolean is_eos = FALSE;

  for (guint i = 0; i < 300 && !sample && !is_eos; i++) {
    g_signal_emit_by_name (
        p->out, "try-pull-sample", 100 * GST_MSECOND, &sample);
    g_object_get (p->out, "eos", &is_eos, NULL);
    sound_take_messages (p);
  }
  return sample;
}

/* The first one of this name. (transfer none), fails when there is none. */
static inline const GstStructure *
sound_message (SoundPipeline *p, const gchar *name)
{
  for (GList *l = p->messages.head; l; l = l->next) {
    if (gst_message_has_name (l->data, name))
      return gst_message_get_structure (l->data);
  }
  fail ("no message %s", name);
  return NULL;
}

static inline void
sound_close (SoundPipeline *p)
{
  gst_element_set_state (p->pipeline, GST_STATE_NULL);
  g_queue_clear_full (&p->messages, (GDestroyNotify)gst_message_unref);
  gst_clear_object (&p->in);
  gst_clear_object (&p->out);
  gst_clear_object (&p->bus);
  gst_clear_object (&p->pipeline);
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

static inline void
sound_append (GArray *samples, GstSample *sample)
{
  GstMapInfo map;

  gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
  g_array_append_vals (samples, map.data, map.size / 2);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
}

/* All samples of a decoder; @in: transfer full, pushed as one buffer each.
 * (transfer full) */
static inline GArray *
sound_decode (const gchar *decoder, GstCaps *caps, GPtrArray *buffers)
{
  g_autofree gchar *description =
      g_strdup_printf ("appsrc name=in ! %s ! audioconvert ! " SOUND_CAPS
                       " ! appsink name=out sync=false",
          decoder);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  SoundPipeline p = { 0 };
  GstSample *sample;

  sound_open (&p, description);
  g_object_set (p.in, "caps", caps, NULL);
  for (guint i = 0; i < buffers->len; i++)
    sound_push (&p, gst_buffer_ref (buffers->pdata[i]));
  sound_end (&p);
  while ((sample = sound_pull (&p))) {
    sound_append (samples, sample);
    gst_sample_unref (sample);
  }
  sound_close (&p);
  return samples;
}

/* ---- where it is ---- */

/* By how many samples @heard, of which the first one should be @sample of
 * @sound, is late, looking at @n of them from @at on. */
static inline gint
sound_lag (Sound sound, const GArray *heard, guint64 sample, guint at, guint n,
    gint range)
{
  g_autofree gint16 *wanted = g_new (gint16, n);
  const gint16 *found = (const gint16 *)heard->data;
  gint64 best = -1;
  gint best_lag = G_MAXINT;

  fail_unless (at >= (guint)range && at + n + range <= heard->len);
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
