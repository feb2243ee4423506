/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Pipelines that are fed with noise. */
#pragma once

#include <gst/app/gstappsrc.h>
#include <gst/check/gstcheck.h>

#include "noise.h"

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
