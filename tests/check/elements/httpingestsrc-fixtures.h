/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of httpingestsrc share. */
#pragma once

#include "certificates.h"
#include "http-peer.h"
#include "ingest-receiver.h"
#include "restless-peer.h"
#include "segments.h"

#include <glib/gstdio.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/gst.h>
#include <unistd.h>

/* ---- by hand ---- */

static inline guint
post (GSocketConnection *peer, const gchar *name, GBytes *bytes)
{
  g_autofree gchar *request =
      g_strdup_printf ("POST /ingest/Streams(%s)", name);

  fail_unless (peer_send_bytes (peer, request, "User-Agent: test\r\n", bytes));
  return peer_read_response (peer, NULL, NULL);
}

static inline void
check_list (Track *track, guint index, const guint *flags, guint n)
{
  GstBufferList *list = g_ptr_array_index (track->lists, index);
  const guint mask = GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_HEADER
                     | GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER;

  assert_equals_int (gst_buffer_list_length (list), n);
  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    assert_equals_int (GST_BUFFER_FLAGS (buffer) & mask, flags[i]);
    if (flags[i] & GST_BUFFER_FLAG_HEADER) {
      GstClockTime time = (5 + index) * 200 * GST_MSECOND;

      assert_equals_uint64 (GST_BUFFER_PTS (buffer), time);
      assert_equals_uint64 (GST_BUFFER_DTS (buffer), time);
      assert_equals_uint64 (GST_BUFFER_DURATION (buffer), 200 * GST_MSECOND);
    }
  }
}

static inline void
check_caps (Track *track, GBytes *header)
{
  GstCaps *caps;
  const GstStructure *s;
  const GValue *headers;
  GstBuffer *buffer;
  gsize size;
  gconstpointer data = g_bytes_get_data (header, &size);

  gst_event_parse_caps (find_event (track, GST_EVENT_CAPS), &caps);
  s = gst_caps_get_structure (caps, 0);
  fail_unless (gst_structure_has_name (s, "video/quicktime"));
  assert_equals_string (gst_structure_get_string (s, "variant"), "cmaf");
  assert_equals_string (gst_structure_get_string (s, "track-name"), "video");
  headers = gst_structure_get_value (s, "streamheader");
  assert_equals_int (gst_value_array_get_size (headers), 1);
  buffer = gst_value_get_buffer (gst_value_array_get_value (headers, 0));
  assert_equals_int (gst_buffer_get_size (buffer), size);
  assert_equals_int (gst_buffer_memcmp (buffer, 0, data, size), 0);
}

/* ---- many tracks ---- */

/* Headers of @n tracks, each by a sender of its own that waits for no answer;
 * the last of them. */
static inline GSocketConnection *
send_headers (Receiver *receiver, guint n)
{
  GSocketConnection *peer = NULL;

  for (guint i = 0; i < n; i++) {
    g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
    g_autoptr (GBytes) header = make_header (video);
    g_autofree gchar *request =
        g_strdup_printf ("POST /ingest/Streams(%u.cmfv)", i);

    g_clear_object (&peer);
    peer = peer_connect (receiver->port);
    fail_unless (peer_send_bytes (peer, request, "", header));
  }
  return peer;
}

static inline guint
get_n_tracks (Receiver *receiver)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (receiver->src, "stats", &stats, NULL);
  return gst_value_list_get_size (gst_structure_get_value (stats, "tracks"));
}

/* A handler of "pad-added" that takes its time: until there is something in
 * the queue. */
static inline void
wait_for_others (GstElement *src, GstPad *pad, gpointer data)
{
  g_autofree gchar *text =
      g_async_queue_timeout_pop (data, RECEIVER_WAIT / GST_USECOND);

  fail_unless (text != NULL);
}
