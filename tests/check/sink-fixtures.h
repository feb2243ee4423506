/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A manifest sink with any number of pads in a directory of its own, fed from
 * the thread of the test. */
#pragma once

#include "chunk-fixtures.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

static const CmafSegmentGrid fixture_grid = { 48, 25 };

typedef struct
{
  gchar *folder;
  GstElement *sink;
  GstBus *bus;
  GstHarness *harness[4];
  CmafTrack *track[4];
  guint n_pads;
  gboolean is_file; /* what is pushed can wait */
} SinkFixture;

static inline void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR)
        && !g_file_test (full, G_FILE_TEST_IS_SYMLINK))
      remove_tree (full);
    else
      g_unlink (full);
  }
  g_rmdir (path);
}

/* Not started: set properties, then add pads. */
static inline void
sink_fixture_init (SinkFixture *f, const gchar *element)
{
  memset (f, 0, sizeof *f);
  f->folder = g_dir_make_tmp ("cmaf-sink-XXXXXX", NULL);
  f->sink = gst_element_factory_make (element, NULL);
  fail_unless (f->sink != NULL, "no element %s", element);
  gst_object_ref_sink (f->sink);
  g_object_set (f->sink, "location", f->folder, NULL);
  f->bus = gst_bus_new ();
  gst_element_set_bus (f->sink, f->bus);
}

static inline GstCaps *
fixture_caps (CmafTrack *track, const gchar *name)
{
  g_autoptr (GBytes) bytes = fixture_header (track);
  GstBuffer *header = gst_buffer_new_wrapped_bytes (bytes);
  GstCaps *caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING, name, NULL);
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_take_buffer (&value, header);
  gst_value_array_append_and_take_value (&array, &value);
  gst_caps_set_value (caps, "streamheader", &array);
  g_value_unset (&array);
  return caps;
}

/* Takes @track. The first one starts the sink. */
static inline guint
sink_fixture_add (SinkFixture *f, const gchar *name, CmafTrack *track)
{
  guint i = f->n_pads++;

  track->segment_duration_n = fixture_grid.duration_n;
  track->segment_duration_d = fixture_grid.duration_d;
  f->track[i] = track;
  f->harness[i] = gst_harness_new_with_element (f->sink, "sink_%u", NULL);
  gst_harness_set_live (f->harness[i], !f->is_file);
  gst_harness_set_src_caps (f->harness[i], fixture_caps (track, name));
  return i;
}

static inline GstFlowReturn
sink_fixture_push_chunk (SinkFixture *f, guint i, CmafChunk *chunk)
{
  GstBuffer *buffer = gst_buffer_new ();
  guint k;

  for (k = 0; k < chunk->bytes->len; k++) {
    GstBuffer *piece =
        gst_buffer_new_wrapped_bytes (g_ptr_array_index (chunk->bytes, k));

    buffer = gst_buffer_append (buffer, piece);
  }
  return gst_harness_push (f->harness[i], buffer);
}

/* The whole segment @number. */
static inline GstFlowReturn
sink_fixture_push (SinkFixture *f, guint i, guint64 number)
{
  g_autoptr (CmafChunk) chunk =
      fixture_grid_chunk (f->track[i], &fixture_grid, number, 0, 1);

  return sink_fixture_push_chunk (f, i, chunk);
}

static inline void
sink_fixture_push_all (SinkFixture *f, guint64 from, guint64 to)
{
  guint i;

  for (; from <= to; from++)
    for (i = 0; i < f->n_pads; i++)
      assert_equals_int (sink_fixture_push (f, i, from), GST_FLOW_OK);
}

static inline void
sink_fixture_end (SinkFixture *f)
{
  guint i;

  for (i = 0; i < f->n_pads; i++)
    fail_unless (gst_harness_push_event (f->harness[i], gst_event_new_eos ()));
}

/* The messages of @types since the last call, as text: "name location" of
 * element messages, else their type and text. */
static inline gchar *
sink_fixture_messages (SinkFixture *f, GstMessageType types)
{
  GString *text = g_string_new (NULL);
  GstMessage *message;

  while ((message = gst_bus_pop (f->bus)) != NULL) {
    const GstStructure *s = gst_message_get_structure (message);
    g_autoptr (GError) error = NULL;

    if ((GST_MESSAGE_TYPE (message) & types) == 0) {
      gst_message_unref (message);
      continue;
    }
    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_ELEMENT: {
        const gchar *location = gst_structure_get_string (s, "location");

        fail_unless (g_str_has_prefix (location, f->folder));
        g_string_append_printf (text, "%s %s\n", gst_structure_get_name (s),
            location + strlen (f->folder) + 1);
        break;
      }
      case GST_MESSAGE_ERROR:
        gst_message_parse_error (message, &error, NULL);
        g_string_append_printf (text, "error %s %d %s\n",
            g_quark_to_string (error->domain), error->code, error->message);
        break;
      case GST_MESSAGE_WARNING:
        gst_message_parse_warning (message, &error, NULL);
        g_string_append_printf (text, "warning %s\n", error->message);
        break;
      default:
        g_string_append_printf (text, "%s\n", GST_MESSAGE_TYPE_NAME (message));
    }
    gst_message_unref (message);
  }
  return g_string_free (text, FALSE);
}

/* NULL when there is no such file. (Inlined, gcc 12 takes what it returns for a
 * pointer to its local variable.) */
static G_GNUC_NO_INLINE G_GNUC_UNUSED gchar *
sink_fixture_read (SinkFixture *f, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (f->folder, name, NULL);
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static inline gboolean
sink_fixture_has (SinkFixture *f, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (f->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static inline void
assert_has (const gchar *text, const gchar *part)
{
  fail_unless (text != NULL && strstr (text, part) != NULL, "no \"%s\" in\n%s",
      part, text);
}

static inline void
assert_lacks (const gchar *text, const gchar *part)
{
  fail_unless (strstr (text, part) == NULL, "\"%s\" in\n%s", part, text);
}

static inline void
sink_fixture_clear (SinkFixture *f)
{
  guint i;

  gst_element_set_state (f->sink, GST_STATE_NULL);
  for (i = 0; i < f->n_pads; i++) {
    gst_harness_teardown (f->harness[i]);
    cmaf_track_unref (f->track[i]);
  }
  gst_element_set_bus (f->sink, NULL);
  gst_bus_set_flushing (f->bus, TRUE);
  gst_object_unref (f->bus);
  gst_object_unref (f->sink);
  remove_tree (f->folder);
  g_free (f->folder);
}

/* ---- whole pipelines ---- */

/* TRUE when all of @names can be made; else says that the test is skipped. */
static inline gboolean
have_elements (const gchar *names)
{
  gchar **list = g_strsplit (names, " ", -1);
  gboolean all = TRUE;
  guint i;

  for (i = 0; list[i] != NULL; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (list[i]);

    if (factory == NULL) {
      g_print ("SKIP: no element %s\n", list[i]);
      all = FALSE;
    }
  }
  g_strfreev (list);
  return all;
}

/* Runs @description to its end; the test fails on an error. */
static inline void
run_pipeline (const gchar *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 50 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "no end in 50 s: %s", description);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
