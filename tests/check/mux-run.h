/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Runs a pipeline that ends in a muxer named "mux", as fast as it goes, and
 * keeps its chunks and messages. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/cmaf/fragment-reader.h>

typedef struct
{
  GPtrArray *chunks;   /* of CmafChunk */
  GByteArray *bytes;   /* the whole track */
  CmafTrack *track;    /* of its header; NULL: there was none */
  GPtrArray *messages; /* of GstStructure: element messages */
  GPtrArray *warnings; /* of gchar */
  GPtrArray *errors;   /* of gchar */
} MuxRun;

/* Called before the pipeline starts. */
typedef void (*MuxRunPrepare) (GstElement *pipeline, gpointer data);

static inline void
mux_run_clear (MuxRun *run)
{
  g_ptr_array_unref (run->chunks);
  g_byte_array_unref (run->bytes);
  g_clear_pointer (&run->track, cmaf_track_unref);
  g_ptr_array_unref (run->messages);
  g_ptr_array_unref (run->warnings);
  g_ptr_array_unref (run->errors);
}

static inline void
mux_run_take_message (MuxRun *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_ptr_array_add (run->errors, g_strdup (error->message));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_ptr_array_add (run->warnings, g_strdup (error->message));
      break;
    case GST_MESSAGE_ELEMENT:
      g_ptr_array_add (run->messages,
          gst_structure_copy (gst_message_get_structure (message)));
      break;
    default:
      break;
  }
  gst_message_unref (message);
}

static inline void
mux_run_take_sample (MuxRun *run, CmafFragmentReader *reader, GstSample *sample)
{
  GstBufferList *list = gst_sample_get_buffer_list (sample);
  CmafReadResult result;

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    gpointer data;
    gsize size;
    g_autoptr (GBytes) bytes = NULL;

    gst_buffer_extract_dup (
        gst_buffer_list_get (list, i), 0, G_MAXSIZE, &data, &size);
    g_byte_array_append (run->bytes, data, (guint)size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (reader, bytes);
    while (
        (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
      fail_if (result == CMAF_READ_ERROR);
      if (result == CMAF_READ_CHUNK)
        g_ptr_array_add (run->chunks, cmaf_fragment_reader_take_chunk (reader));
    }
  }
  gst_sample_unref (sample);
}

/* Runs @pipeline (transfer full), which ends in an appsink named "out". */
static inline void
mux_run_pipeline (
    MuxRun *run, GstElement *pipeline, MuxRunPrepare prepare, gpointer data)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  GstSample *sample;
  gboolean is_eos = FALSE;
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);

  run->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  run->bytes = g_byte_array_new ();
  run->track = NULL;
  run->messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_structure_free);
  run->warnings = g_ptr_array_new_with_free_func (g_free);
  run->errors = g_ptr_array_new_with_free_func (g_free);
  if (prepare)
    prepare (pipeline, data);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_eos && run->errors->len == 0) {
    g_signal_emit_by_name (out, "try-pull-sample", 100 * GST_MSECOND, &sample);
    if (sample)
      mux_run_take_sample (run, reader, sample);
    else
      g_object_get (out, "eos", &is_eos, NULL);
    while ((message = gst_bus_pop (bus)))
      mux_run_take_message (run, message);
  }
  if (run->bytes->len > 0)
    run->track =
        cmaf_track_ref ((CmafTrack *)cmaf_fragment_reader_get_track (reader));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  while ((message = gst_bus_pop (bus)))
    mux_run_take_message (run, message);
  gst_object_unref (bus);
  gst_object_unref (out);
  gst_object_unref (pipeline);
}

static inline void
mux_run (
    MuxRun *run, const gchar *description, MuxRunPrepare prepare, gpointer data)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s ! appsink name=out sync=false buffer-list=true", description);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (text, &error);

  fail_if (error != NULL, "%s", error ? error->message : "");
  mux_run_pipeline (run, pipeline, prepare, data);
}

/* The @i-th element message of that name, or NULL. */
static inline const GstStructure *
mux_run_message (const MuxRun *run, const gchar *name, guint i)
{
  for (guint j = 0; j < run->messages->len; j++) {
    const GstStructure *s = run->messages->pdata[j];

    if (gst_structure_has_name (s, name) && i-- == 0)
      return s;
  }
  return NULL;
}
