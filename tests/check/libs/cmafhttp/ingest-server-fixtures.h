/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of ingest-server share. */
#pragma once

#include "http-peer.h"
#include "segments.h"

#include <gst/cmafhttp/ingest-server.h>

#define POINT "/ingest"
#define VIDEO POINT "/Streams(video.cmfv)"
#define AUDIO POINT "/Streams(audio.cmfa)"

static CmafIngestServerConfig config;
static CmafIngestServer *server;
static guint16 port;
static GAsyncQueue *outputs;  /* of CmafIngestOutput */
static GAsyncQueue *messages; /* of GstStructure */
static CmafTrack *video;
static CmafTrack *audio;
static GBytes *header;

static inline void
on_output (CmafIngestOutput *output, gpointer user_data)
{
  g_async_queue_push (outputs, cmaf_ingest_output_ref (output));
}

static inline void
on_message (GstStructure *message, gpointer user_data)
{
  g_async_queue_push (messages, message);
}

static inline void
open_server (void)
{
  const CmafIngestServerCallbacks callbacks = { on_output, on_message };
  g_autoptr (GError) error = NULL;

  server = cmaf_ingest_server_new (&config, &callbacks, NULL, &error);
  fail_unless (server != NULL, "%s", error ? error->message : "");
  port = cmaf_ingest_server_get_port (server);
}

static inline void
close_server (void)
{
  cmaf_ingest_server_stop (server);
  cmaf_ingest_server_unref (server);
}

static inline void
free_message (gpointer message)
{
  gst_structure_free (message);
}

static inline void
set_up (void)
{
  cmaf_ingest_server_config_init (&config);
  outputs = g_async_queue_new_full ((GDestroyNotify)cmaf_ingest_output_unref);
  messages = g_async_queue_new_full (free_message);
  video = make_track (&test_codecs[0]);
  audio = make_track (&test_codecs[4]);
  header = make_header (video);
  open_server ();
}

static inline void
tear_down (void)
{
  close_server ();
  g_async_queue_unref (outputs);
  g_async_queue_unref (messages);
  cmaf_track_unref (video);
  cmaf_track_unref (audio);
  g_bytes_unref (header);
}

static inline void
reopen (void)
{
  close_server ();
  open_server ();
}

/* ---- senders ---- */

static inline void
send_head (GSocketConnection *peer, const gchar *method, const gchar *path,
    const gchar *fields)
{
  g_autofree gchar *head = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n", method, path, fields);

  fail_unless (peer_send (peer, head));
}

static inline void
send_bytes (GSocketConnection *peer, GBytes *bytes)
{
  peer_write (peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* One HTTP chunk. */
static inline gboolean
send_http_chunk (GSocketConnection *peer, gconstpointer data, gsize size)
{
  g_autofree gchar *line = g_strdup_printf ("%zx\r\n", size);

  return peer_send (peer, line) && peer_write (peer, data, size)
         && peer_send (peer, "\r\n");
}

static inline gboolean
send_http_bytes (GSocketConnection *peer, GBytes *bytes)
{
  return send_http_chunk (
      peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static inline void
begin_long (GSocketConnection *peer, const gchar *path, const gchar *fields)
{
  g_autofree gchar *all =
      g_strconcat ("Transfer-Encoding: chunked\r\n", fields, NULL);

  send_head (peer, "POST", path, all);
}

static inline guint
post_with (GSocketConnection *peer, const gchar *path, GBytes *bytes,
    const gchar *more, gchar **body)
{
  gsize size = bytes ? g_bytes_get_size (bytes) : 0;
  g_autofree gchar *fields =
      g_strdup_printf ("Content-Length: %zu\r\n%s", size, more);

  send_head (peer, "POST", path, fields);
  if (size > 0)
    send_bytes (peer, bytes);
  return peer_read_response (peer, NULL, body);
}

static inline guint
post (GSocketConnection *peer, const gchar *path, GBytes *bytes)
{
  return post_with (peer, path, bytes, "", NULL);
}

static inline guint
post_segment (GSocketConnection *peer, const gchar *path, CmafTrack *track,
    guint64 number, gboolean is_last)
{
  g_autoptr (GBytes) segment = make_segment (track, number, is_last);

  return post (peer, path, segment);
}

/* ---- what comes out ---- */

static inline CmafIngestOutput *
wait_output (void)
{
  CmafIngestOutput *output =
      g_async_queue_timeout_pop (outputs, 10 * G_TIME_SPAN_SECOND);

  fail_unless (output != NULL, "no track within 10 s");
  return output;
}

/* The next one, however late; NULL when flushing. (transfer full) */
static inline CmafIngestItem *
pull (CmafIngestOutput *output)
{
  CmafIngestItem *item;

  while (!(item = cmaf_ingest_output_pull (output))
         && !cmaf_ingest_output_is_flushing (output))
    g_usleep (500);
  return item;
}

static inline void
expect_header (CmafIngestOutput *output, GBytes *bytes)
{
  g_autoptr (CmafIngestItem) item = pull (output);

  assert_equals_int (item->type, CMAF_INGEST_ITEM_HEADER);
  fail_unless (g_bytes_equal (item->header, bytes));
}

static inline void
append_item (GByteArray *out, const CmafIngestItem *item)
{
  const GPtrArray *pieces = item->merged.chunk->bytes;

  for (guint i = 0; i < pieces->len; i++) {
    GBytes *bytes =
        i == 0 && item->front ? item->front : g_ptr_array_index (pieces, i);

    g_byte_array_append (
        out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
}

/* The next @n chunks are chunks @first... of @track, byte for byte. */
static inline void
expect_chunks (CmafIngestOutput *output, CmafTrack *track, guint64 from,
    guint n, gboolean is_last)
{
  g_autoptr (GBytes) wanted = make_chunks (track, from, n, is_last, 0);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  for (guint i = 0; i < n; i++) {
    g_autoptr (CmafIngestItem) item = pull (output);

    assert_equals_int (item->type, CMAF_INGEST_ITEM_CHUNK);
    assert_equals_uint64 (
        item->merged.chunk->decode_time, (from + i) * chunk_ticks (track));
    append_item (got, item);
  }
  assert_equals_int (got->len, g_bytes_get_size (wanted));
  fail_unless (
      memcmp (got->data, g_bytes_get_data (wanted, NULL), got->len) == 0);
}

static inline void
expect_segment (CmafIngestOutput *output, CmafTrack *track, guint64 number)
{
  expect_chunks (output, track, number * TEST_CHUNKS, TEST_CHUNKS, FALSE);
}

static inline void
expect_end (CmafIngestOutput *output)
{
  g_autoptr (CmafIngestItem) item = pull (output);

  assert_equals_int (item->type, CMAF_INGEST_ITEM_END);
}

/* The next message of this kind; others are passed over. (transfer full) */
static inline GstStructure *
wait_message (const gchar *name)
{
  for (;;) {
    GstStructure *message =
        g_async_queue_timeout_pop (messages, 10 * G_TIME_SPAN_SECOND);

    fail_unless (message != NULL, "no message %s within 10 s", name);
    if (gst_structure_has_name (message, name))
      return message;
    gst_structure_free (message);
  }
}

static inline guint64
stat (const gchar *name)
{
  g_autoptr (GstStructure) stats = cmaf_ingest_server_get_stats (server);
  guint64 value = G_MAXUINT64;

  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

static inline void
wait_stat (const gchar *name, guint64 wanted)
{
  gint64 deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  while (stat (name) != wanted)
    fail_unless (
        g_get_monotonic_time () < deadline, "%s is not %d", name, (gint)wanted);
}

static inline void
send_chunks (GSocketConnection *peer, guint64 from, guint n, guint8 seed)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) chunk = make_chunks (video, from + i, 1, FALSE, seed);

    fail_unless (send_http_bytes (peer, chunk));
  }
}
