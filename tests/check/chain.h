/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whole pipelines, from a picture to a directory or to a socket. */
#pragma once

#include "sink-fixtures.h"

static inline void
chain_assert_eos (GstElement *pipeline)
{
  g_autoptr (GError) error = NULL;
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (
      bus, 40 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  fail_unless (message != NULL, "no end");
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  fail_if (error != NULL, "%s", error ? error->message : "");
  gst_message_unref (message);
  gst_object_unref (bus);
}

static inline void
chain_stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static inline GstElement *
chain_start (const gchar *description)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  fail_if (error != NULL, "%s", error ? error->message : "");
  fail_if (gst_element_set_state (pipeline, GST_STATE_PLAYING)
           == GST_STATE_CHANGE_FAILURE);
  return pipeline;
}

static inline guint
chain_port_of (GstElement *pipeline, const gchar *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  guint port;

  g_object_get (element, "port", &port, NULL);
  gst_object_unref (element);
  fail_unless (port != 0);
  return port;
}

static inline void
chain_assert_same_file (
    const SinkFixture *a, const SinkFixture *b, const gchar *name)
{
  g_autofree gchar *one = g_build_filename (a->folder, name, NULL);
  g_autofree gchar *other = g_build_filename (b->folder, name, NULL);
  g_autofree gchar *one_text = NULL, *other_text = NULL;
  gsize one_size, other_size;

  fail_unless (
      g_file_get_contents (one, &one_text, &one_size, NULL), "%s", one);
  fail_unless (
      g_file_get_contents (other, &other_text, &other_size, NULL), "%s", other);
  assert_equals_uint64 (one_size, other_size);
  fail_unless (memcmp (one_text, other_text, one_size) == 0, "%s", name);
}
