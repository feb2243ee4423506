/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A muxer alone, fed with frames that are no pictures: what it makes of times,
 * flags and events. At 25 frames a second a segment has 48 frames. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/cmaf/fragment-reader.h>

#define MUX_H264                                                               \
  "video/x-h264,stream-format=avc,alignment=au,width=64,height=48,"            \
  "framerate=25/1"
#define MUX_CODEC_DATA                                                         \
  ",codec_data=(buffer)0164001effe1001a6764001eacd940a02ff97011000003000100"   \
  "000300320f162d9601000668ebe3cb22c0"
#define MUX_AAC                                                                \
  "audio/mpeg,mpegversion=4,stream-format=raw,framed=true,rate=48000,"         \
  "channels=2,codec_data=(buffer)1190"
#define MUX_FRAME (40 * GST_MSECOND)
#define MUX_FRAME_SIZE 16

typedef struct
{
  GstHarness *h;
  GstElement *mux;
  GstBus *bus;
  CmafFragmentReader *reader;
  GPtrArray *buffers; /* all that came out */
  GPtrArray *chunks;  /* the CmafChunks in them */
  guint n_headers;
} MuxHarness;

/* timing-sources=fixed, unless @settings say another. @caps may be NULL. */
static inline void
mux_harness_init (MuxHarness *m, const gchar *settings, const gchar *caps)
{
  g_autofree gchar *launch = g_strdup_printf ("cmafsyncmux %s %s",
      strstr (settings, "timing-sources=") ? "" : "timing-sources=fixed",
      settings);

  memset (m, 0, sizeof *m);
  m->h = gst_harness_new_parse (launch);
  m->mux = gst_harness_find_element (m->h, "cmafsyncmux");
  m->bus = gst_bus_new ();
  gst_element_set_bus (m->h->element, m->bus);
  m->reader = cmaf_fragment_reader_new (NULL);
  m->buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  m->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  if (caps)
    gst_harness_set_src_caps_str (m->h, caps);
}

static inline void
mux_harness_clear (MuxHarness *m)
{
  gst_element_set_bus (m->h->element, NULL);
  gst_object_unref (m->bus);
  gst_object_unref (m->mux);
  gst_harness_teardown (m->h);
  cmaf_fragment_reader_free (m->reader);
  g_ptr_array_unref (m->buffers);
  g_ptr_array_unref (m->chunks);
}

/* Its bytes are @fill. (transfer full) */
static inline GstBuffer *
mux_harness_frame (GstClockTime pts, gboolean is_sync, guint8 fill)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, MUX_FRAME_SIZE, NULL);

  gst_buffer_memset (buffer, 0, fill, MUX_FRAME_SIZE);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = MUX_FRAME;
  if (!is_sync)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

/* Frames @first to @end, a key frame at each boundary. */
static inline GstFlowReturn
mux_harness_push (MuxHarness *m, guint first, guint end)
{
  GstFlowReturn result = GST_FLOW_OK;

  for (guint i = first; i < end && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m->h, mux_harness_frame (i * MUX_FRAME, i % 48 == 0, (guint8)i));
  return result;
}

static inline void
mux_harness_gap (MuxHarness *m, guint first, guint end)
{
  fail_unless (gst_harness_push_event (
      m->h, gst_event_new_gap (first * MUX_FRAME, (end - first) * MUX_FRAME)));
}

/* Reads what came out. @buffer: transfer full */
static inline void
mux_harness_read (MuxHarness *m, GstBuffer *buffer)
{
  g_autoptr (GBytes) bytes = NULL;
  CmafReadResult result;
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  bytes = g_bytes_new_take (data, size);
  g_ptr_array_add (m->buffers, buffer);
  cmaf_fragment_reader_feed (m->reader, bytes);
  while ((result = cmaf_fragment_reader_read (m->reader, NULL))
         != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR);
    m->n_headers += result == CMAF_READ_HEADER;
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (m->chunks, cmaf_fragment_reader_take_chunk (m->reader));
  }
}

/* Takes what came out; the number of all chunks. */
static inline guint
mux_harness_pull (MuxHarness *m)
{
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (m->h)))
    mux_harness_read (m, buffer);
  return m->chunks->len;
}

/* Waits until there are @n chunks: text makes them on a thread of its own. */
static inline void
mux_harness_wait (MuxHarness *m, guint n)
{
  while (m->chunks->len < n) {
    GstBuffer *buffer = gst_harness_pull (m->h);

    fail_unless (buffer != NULL, "%u chunks, needs %u", m->chunks->len, n);
    mux_harness_read (m, buffer);
  }
}

static inline const CmafChunk *
mux_harness_chunk (const MuxHarness *m, guint i)
{
  fail_unless (i < m->chunks->len, "only %u chunks", m->chunks->len);
  return m->chunks->pdata[i];
}

/* The element's counter of that name. */
static inline guint64
mux_harness_stat (const MuxHarness *m, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = G_MAXUINT64;

  g_object_get (m->mux, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

/* Number of errors on the bus since the last call; the first one's text is in
 * @first. (transfer full) */
static inline guint
mux_harness_errors (MuxHarness *m, gchar **first)
{
  GstMessage *message;
  guint n = 0;

  *first = NULL;
  while ((message = gst_bus_pop_filtered (m->bus, GST_MESSAGE_ERROR))) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    if (n++ == 0)
      *first = g_strdup (error->message);
    gst_message_unref (message);
  }
  return n;
}
