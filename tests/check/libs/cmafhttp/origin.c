/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The origin over real sockets: the test writes the store, and is the client.
 * The programme is three segments of video, the third still growing. */
#include <gst/cmafhttp/origin.h>
#include <gst/cmafhttp/ws-frame.h>

#include "http-peer.h"
#include "origin-media.h"

typedef struct
{
  CmafOrigin *origin;
  CmafOriginEntry *entry;
  CmafObjectStore *store;
  CmafObjectWriter *writer; /* of segment 2, with one chunk */
  guint16 port;
} Fixture;

static void
put_text (Fixture *f, const gchar *name, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  fail_unless (cmaf_object_store_put (f->store, name, "x/y", 0, bytes, NULL));
}

static void
put_segments (Fixture *f)
{
  for (guint n = 0; n < 2; n++) {
    CmafObjectWriter *writer = media_begin (f->store, FALSE, MEDIA_NUMBER + n);

    for (guint i = 0; i < MEDIA_VIDEO_CHUNKS; i++)
      media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + n, i));
    cmaf_object_writer_commit (writer, NULL);
  }
  f->writer = media_begin (f->store, FALSE, MEDIA_NUMBER + 2);
  media_append (f->writer, media_chunk (FALSE, MEDIA_NUMBER + 2, 0));
}

/* The HTTP thread has seen all that was written. */
static void
settle (Fixture *f)
{
  gst_structure_free (cmaf_origin_get_stats (f->origin));
}

static void
fixture_init_with (Fixture *f, const CmafOriginConfig *config)
{
  CmafOriginChannelConfig channel = { .name = "live", .title = "Title" };
  g_autoptr (GBytes) header = media_header (FALSE);
  g_autoptr (GError) error = NULL;
  gchar hash[9];
  g_autofree gchar *init = NULL;

  memset (f, 0, sizeof *f);
  f->origin = cmaf_origin_new (config, &error);
  fail_unless (f->origin != NULL, "%s", error ? error->message : "");
  f->port = cmaf_origin_get_port (f->origin);
  channel.store = f->store = cmaf_memory_store_new (0);
  f->entry = cmaf_origin_add_channel (f->origin, &channel, &error);
  fail_unless (f->entry != NULL);
  cmaf_init_segment_hash (header, hash);
  init = g_strdup_printf ("video/init-%s.mp4", hash);
  cmaf_object_store_put (f->store, init, "video/mp4", 0, header, NULL);
  cmaf_origin_entry_set_header (f->entry, "video", header);
  put_segments (f);
  put_text (f, "stream.mpd", "<MPD/>");
  put_text (f, "master.m3u8", "#EXTM3U\n");
  put_text (f, "video/media.m3u8", "#EXTM3U\n#EXT-X-VERSION:7\n");
  settle (f);
}

static void
fixture_init (Fixture *f)
{
  CmafOriginConfig config;

  cmaf_origin_config_init (&config);
  fixture_init_with (f, &config);
}

static void
fixture_stop (Fixture *f)
{
  if (f->writer != NULL)
    cmaf_object_writer_commit (g_steal_pointer (&f->writer), NULL);
  if (f->entry != NULL)
    cmaf_origin_remove_channel (g_steal_pointer (&f->entry));
}

static void
fixture_clear (Fixture *f)
{
  fixture_stop (f);
  cmaf_origin_unref (f->origin);
  cmaf_object_store_unref (f->store);
}

static GSocketConnection *
ask (Fixture *f, const gchar *method, const gchar *path, const gchar *headers)
{
  GSocketConnection *peer = peer_connect (f->port);
  g_autofree gchar *request = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n", method, path, headers);

  fail_unless (peer_send (peer, request));
  return peer;
}

/* One request on its own connection. HEAD must be read without a body. */
static guint
fetch (Fixture *f, const gchar *method, const gchar *path, const gchar *headers,
    gchar **head, gchar **body)
{
  g_autoptr (GSocketConnection) peer = ask (f, method, path, headers);

  if (g_str_equal (method, "HEAD")) {
    g_autofree gchar *text = peer_read_head (peer);

    *head = g_strdup (text);
    return strtoul (text + strlen ("HTTP/1.1 "), NULL, 10);
  }
  return peer_read_response (peer, head, body);
}

#define N "933333333"
#define NEXT "933333336"

static const struct
{
  const gchar *method, *path, *headers;
  guint status;
  const gchar *expected[4]; /* "Name: value" or "!Name" for none */
} routes[] = {
  { "GET", "/", "", 302,
      { "Location: ui/", "X-Content-Type-Options: nosniff" } },
  { "GET", "/ui/", "", 404, { NULL } }, /* no page in this library */
  { "GET", "/nothing", "", 404, { "Cache-Control: max-age=1" } },
  { "GET", "/live/live/stream.mpd", "", 200,
      { "Content-Type: application/dash+xml", "Cache-Control: no-cache",
          "Content-Length: 6", "Access-Control-Allow-Origin: *" } },
  { "GET", "/live/live/master.m3u8", "", 200,
      { "Content-Type: application/vnd.apple.mpegurl", "Content-Length: 8" } },
  { "GET", "/live/live/video/media.m3u8", "", 200,
      { "Content-Type: application/vnd.apple.mpegurl" } },
  { "GET", "/live/other/stream.mpd", "", 404, { NULL } },
  { "GET", "/live/live/audio/media.m3u8", "", 404, { NULL } },
  { "GET", "/live/live/video/init.mp4", "", 200,
      { "Content-Type: video/mp4", "Cache-Control: no-cache",
          "Accept-Ranges: bytes" } },
  { "GET", "/live/live/video/init-00000000.mp4", "", 404, { NULL } },
  { "GET", "/live/live/video/seg-" N ".m4s", "", 200,
      { "Content-Type: video/mp4", "Cross-Origin-Resource-Policy: cross-origin",
          "Cache-Control: public, max-age=31536000, immutable",
          "Timing-Allow-Origin: *" } },
  { "HEAD", "/live/live/video/seg-" N ".m4s", "", 200,
      { "Content-Type: video/mp4", "Accept-Ranges: bytes" } },
  { "GET", "/live/live/video/seg-" N ".m4s", "Range: bytes=10-19\r\n", 206,
      { "Content-Length: 10" } },
  { "HEAD", "/live/live/video/seg-" N ".m4s", "Range: bytes=10-19\r\n", 206,
      { "Content-Length: 10" } },
  { "GET", "/live/live/video/seg-" N ".m4s", "Range: bytes=999999-\r\n", 416,
      { "Content-Type: text/plain; charset=utf-8" } },
  { "HEAD", "/live/live/video/seg-933333335.m4s", "", 200,
      { "Transfer-Encoding: chunked", "Cache-Control: no-store",
          "!Content-Length" } },
  { "GET", "/live/live/video/t161279999769600.m4s", "", 410, { NULL } },
  { "GET", "/live/live/video/t161279999942400.m4s", "", 200,
      { "Content-Type: video/mp4" } },
  { "GET", "/live/live/video/t161279999942401.m4s", "", 404, { NULL } },
  { "GET", "/live/live/video/seg-1.m4s", "", 410, { NULL } },
  { "GET", "/live/live/video/seg-933333337.m4s", "", 404,
      { "Cache-Control: max-age=1", "Access-Control-Allow-Origin: *" } },
  { "GET", "/live/live/video/part-933333333.0.m4s", "", 404, { NULL } },
  { "GET", "/live/live/Manifest", "", 404, { NULL } },
  { "GET", "/metrics", "", 404, { NULL } },
  { "GET", "/time", "", 200,
      { "Cache-Control: no-store", "Access-Control-Allow-Origin: *",
          "Content-Length: 24" } },
  { "HEAD", "/time", "", 200, { "Content-Length: 24" } },
  { "GET", "/api/v1/channels", "", 200,
      { "Content-Type: application/json", "Cache-Control: no-store" } },
  { "GET", "/api/v1/channels/live", "", 200,
      { "Content-Type: application/json" } },
  { "GET", "/api/v1/channels/other", "", 404, { NULL } },
  { "GET", "/api/v1/stats", "", 200,
      { "Content-Type: application/json", "!Access-Control-Allow-Origin" } },
  { "GET", "/healthz", "", 200, { "Cache-Control: no-store" } },
  { "GET", "/readyz", "", 200, { "Cache-Control: no-store" } },
  { "POST", "/live/live/stream.mpd", "Content-Length: 0\r\n", 405,
      { "Allow: GET, HEAD, OPTIONS" } },
  { "DELETE", "/api/v1/channels", "", 405, { "Allow: GET, HEAD, OPTIONS" } },
  { "OPTIONS", "/live/live/stream.mpd",
      "Origin: http://a\r\nAccess-Control-Request-Headers: range\r\n", 204,
      { "Access-Control-Allow-Methods: GET, HEAD, OPTIONS",
          "Access-Control-Max-Age: 86400", "Access-Control-Allow-Origin: *" } },
  { "GET", "/live/live/../live/stream.mpd", "", 400, { NULL } },
  { "GET", "/live/live/%2e%2e/x", "", 400, { NULL } },
  { "GET", "/ws/v1", "", 400, { NULL } },
  { "GET", "/ws/v1",
      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      "Sec-WebSocket-Version: 13\r\n",
      400, { NULL } },
  { "GET", "/ws/v1",
      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: other\r\n",
      400, { NULL } },
};

GST_START_TEST (test_route)
{
  Fixture f;
  g_autofree gchar *head = NULL;
  g_autofree gchar *body = NULL;
  guint status;

  fixture_init (&f);
  status = fetch (&f, routes[__i__].method, routes[__i__].path,
      routes[__i__].headers, &head, &body);
  fail_unless (status == routes[__i__].status, "%s %s: %u, %s",
      routes[__i__].method, routes[__i__].path, status, head);
  for (guint i = 0; i < 4 && routes[__i__].expected[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (routes[__i__].expected[i], ": ", 2);
    g_autofree gchar *value =
        peer_header (head, *pair[0] == '!' ? pair[0] + 1 : pair[0]);

    if (*pair[0] == '!')
      fail_unless (value == NULL, "%s: %s", pair[0], value);
    else
      fail_unless_equals_string (value, pair[1]);
  }
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_entity_tags_and_ranges_give_the_same_bytes)
{
  static const gchar path[] = "/live/live/video/seg-" N ".m4s";
  Fixture f;
  g_autofree gchar *head = NULL, *body = NULL, *etag = NULL, *part = NULL;
  g_autofree gchar *part_head = NULL, *range = NULL, *match = NULL;
  g_autofree gchar *empty_head = NULL, *length = NULL;
  gsize size;

  fixture_init (&f);
  fail_unless_equals_int (fetch (&f, "GET", path, "", &head, &body), 200);
  etag = peer_header (head, "ETag");
  length = peer_header (head, "Content-Length");
  size = strtoul (length, NULL, 10);
  fail_unless (etag != NULL && etag[0] == '"' && strlen (etag) == 18);
  fail_unless (memcmp (body + 4, "styp", 4) == 0);

  /* across the pieces: the end of a head, its payload, the next head */
  fail_unless_equals_int (
      fetch (&f, "GET", path, "Range: bytes=90-3000\r\n", &part_head, &part),
      206);
  fail_unless (memcmp (part, body + 90, 2911) == 0);
  range = peer_header (part_head, "Content-Range");
  g_free (match);
  match = g_strdup_printf ("bytes 90-3000/%" G_GSIZE_FORMAT, size);
  fail_unless_equals_string (range, match);

  g_free (match);
  match = g_strdup_printf ("If-None-Match: \"x\", %s\r\n", etag);
  fail_unless_equals_int (
      fetch (&f, "HEAD", path, match, &empty_head, NULL), 304);
  fixture_clear (&f);
}
GST_END_TEST;

/* Reads HTTP chunks until @size bytes of body came, or the body ended. */
static gsize
read_chunked (GSocketConnection *peer, gsize size, gboolean *ended)
{
  gsize got = 0;

  *ended = FALSE;
  while (got < size) {
    GString *line = g_string_new (NULL);
    gsize n;
    gchar c;

    while (
        !g_str_has_suffix (line->str, "\r\n") && peer_read (peer, &c, 1) == 1)
      g_string_append_c (line, c);
    n = strtoul (line->str, NULL, 16);
    *ended = g_str_has_prefix (line->str, "0");
    g_string_free (line, TRUE);
    if (n == 0)
      return got;
    got += n;
    for (n += 2; n > 0; n--) /* and the line end */
      fail_unless (peer_read (peer, &c, 1) == 1);
  }
  return got;
}

static gsize
chunk_size (void)
{
  g_autoptr (GPtrArray) pieces = media_chunk (FALSE, MEDIA_NUMBER, 1);

  return g_bytes_get_size (g_ptr_array_index (pieces, 0))
         + g_bytes_get_size (g_ptr_array_index (pieces, 1));
}

GST_START_TEST (test_a_growing_segment_is_streamed_to_many)
{
  Fixture f;
  GSocketConnection *peers[5];
  gboolean ended;

  fixture_init (&f);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    g_autofree gchar *head = NULL, *encoding = NULL;

    peers[i] = ask (&f, "GET", "/live/live/video/seg-933333335.m4s", "");
    head = peer_read_head (peers[i]);
    encoding = peer_header (head, "Transfer-Encoding");
    fail_unless_equals_string (encoding, "chunked");
    /* what is there comes at once */
    fail_unless (read_chunked (peers[i], 1200, &ended) >= 1200);
  }
  for (guint i = 1; i < MEDIA_VIDEO_CHUNKS; i++) {
    media_append (f.writer, media_chunk (FALSE, MEDIA_NUMBER + 2, i));
    for (guint k = 0; k < G_N_ELEMENTS (peers); k++)
      fail_unless_equals_uint64 (
          read_chunked (peers[k], chunk_size (), &ended), chunk_size ());
  }
  cmaf_object_writer_commit (g_steal_pointer (&f.writer), NULL);
  for (guint k = 0; k < G_N_ELEMENTS (peers); k++) {
    read_chunked (peers[k], 1, &ended);
    fail_unless (ended);
    g_object_unref (peers[k]);
  }
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_next_segment_is_held_until_it_begins)
{
  Fixture f;
  GSocketConnection *by_number, *by_time;
  CmafObjectWriter *writer;
  g_autofree gchar *head = NULL, *head2 = NULL;
  gboolean ended;

  fixture_init (&f);
  by_number = ask (&f, "GET", "/live/live/video/seg-" NEXT ".m4s", "");
  by_time = ask (&f, "GET", "/live/live/video/t161280000460800.m4s", "");
  fail_unless_equals_uint64 (
      media_time (FALSE, MEDIA_NUMBER + 3, 0), 161280000460800);
  cmaf_object_writer_commit (g_steal_pointer (&f.writer), NULL);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER + 3);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + 3, 0));
  head = peer_read_head (by_number);
  head2 = peer_read_head (by_time);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 200"), "%s", head);
  fail_unless (g_str_has_prefix (head2, "HTTP/1.1 200"), "%s", head2);
  fail_unless (read_chunked (by_number, 1200, &ended) >= 1200);
  fail_unless (read_chunked (by_time, 1200, &ended) >= 1200);
  /* and cut when the segment is given up */
  cmaf_object_writer_abort (writer);
  read_chunked (by_number, G_MAXSIZE, &ended);
  fail_if (ended); /* by a last chunk: it would be taken for whole */
  fail_unless (peer_sees_close (by_number));
  g_object_unref (by_number);
  g_object_unref (by_time);
  fixture_clear (&f);
}
GST_END_TEST;

/* Begun, but without a chunk: its time is not known yet. */
GST_START_TEST (test_a_segment_is_held_by_time_when_it_has_begun)
{
  Fixture f;
  g_autoptr (GSocketConnection) by_time = NULL, other = NULL;
  CmafObjectWriter *writer;
  g_autofree gchar *head = NULL, *before = NULL;

  fixture_init (&f);
  cmaf_object_writer_commit (g_steal_pointer (&f.writer), NULL);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER + 3);
  by_time = ask (&f, "GET", "/live/live/video/t161280000460800.m4s", "");
  other = ask (&f, "GET", "/live/live/stream.mpd", "");
  before = peer_read_head (other); /* requests are taken as they come */
  fail_unless (g_str_has_prefix (before, "HTTP/1.1 200"), "%s", before);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + 3, 0));
  head = peer_read_head (by_time);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 200"), "%s", head);
  cmaf_object_writer_abort (writer);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_live_mp4_is_header_and_chunks_without_end)
{
  Fixture f;
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GBytes) header = media_header (FALSE);
  g_autofree gchar *head = NULL;
  gboolean ended;
  gsize size = g_bytes_get_size (header);

  fixture_init (&f);
  peer = ask (&f, "GET", "/live/live/video/live.mp4", "");
  head = peer_read_head (peer);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 200"));
  fail_unless_equals_uint64 (read_chunked (peer, size, &ended), size);
  fail_unless (read_chunked (peer, 1200, &ended) >= 1200);
  media_append (f.writer, media_chunk (FALSE, MEDIA_NUMBER + 2, 1));
  fail_unless_equals_uint64 (
      read_chunked (peer, chunk_size (), &ended), chunk_size ());
  cmaf_origin_entry_end (f.entry);
  read_chunked (peer, 1, &ended);
  fail_unless (ended);
  fixture_clear (&f);
}
GST_END_TEST;

/* 12 x 100 kB a chunk, which nobody reads */
GST_START_TEST (test_who_does_not_read_is_cut_off)
{
  Fixture f;
  CmafOriginConfig config;
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *head = NULL;

  cmaf_origin_config_init (&config);
  config.max_queue = 2 << 20;
  fixture_init_with (&f, &config);
  peer = ask (&f, "GET", "/live/live/video/live.mp4", "");
  head = peer_read_head (peer);
  for (guint i = 1; i < 20; i++)
    media_append (
        f.writer, media_chunk_sized (FALSE, MEDIA_NUMBER + 2, i, 100000, 0));
  fail_unless (peer_sees_close (peer));
  fixture_clear (&f);
}
GST_END_TEST;

/* ---- WebSocket ---- */

#define HANDSHAKE                                                              \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n"                              \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                            \
  "Sec-WebSocket-Version: 13\r\n"                                              \
  "Sec-WebSocket-Extensions: permessage-deflate\r\n"                           \
  "Sec-WebSocket-Protocol: cmaf-live.v1\r\n"

static void
ws_send (GSocketConnection *peer, const gchar *text)
{
  static const guint8 mask[4] = { 5, 6, 7, 8 };
  g_autoptr (GBytes) frame =
      cmaf_ws_frame_new (CMAF_WS_TEXT, text, strlen (text), mask);

  fail_unless (peer_write (
      peer, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame)));
}

/* The next message; its memory lives as long as @reader is not read again. */
static CmafWsIncoming
ws_read (GSocketConnection *peer, CmafWsReader *reader)
{
  CmafWsIncoming m;
  CmafWsReadResult result;
  gchar buffer[4096];

  while ((result = cmaf_ws_reader_read (reader, &m)) == CMAF_WS_READ_MORE) {
    gssize n = peer_read (peer, buffer, sizeof buffer);

    fail_unless (n > 0, "connection ended");
    cmaf_ws_reader_feed (reader, buffer, n);
  }
  fail_unless (result == CMAF_WS_READ_MESSAGE);
  return m;
}

static GSocketConnection *
ws_open_as (Fixture *f, const gchar *fields, CmafWsReader **reader)
{
  static const CmafWsReaderConfig config = { 64 << 20, FALSE, TRUE };
  g_autofree gchar *all = g_strconcat (HANDSHAKE, fields, NULL);
  GSocketConnection *peer = ask (f, "GET", "/ws/v1", all);
  g_autofree gchar *head = peer_read_head (peer);
  g_autofree gchar *accept = peer_header (head, "Sec-WebSocket-Accept");
  g_autofree gchar *protocol = peer_header (head, "Sec-WebSocket-Protocol");
  g_autofree gchar *extensions = peer_header (head, "Sec-WebSocket-Extensions");

  fail_unless (g_str_has_prefix (head, "HTTP/1.1 101"), "%s", head);
  fail_unless_equals_string (accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  fail_unless_equals_string (protocol, "cmaf-live.v1");
  fail_unless (extensions == NULL);
  *reader = cmaf_ws_reader_new (&config);
  return peer;
}

static GSocketConnection *
ws_open (Fixture *f, CmafWsReader **reader)
{
  return ws_open_as (f, "", reader);
}

/* Reads messages up to the first whose text has @part, or that is binary when
 * @part is NULL. */
static void
ws_expect (GSocketConnection *peer, CmafWsReader *reader, const gchar *part)
{
  for (;;) {
    CmafWsIncoming m = ws_read (peer, reader);

    if (m.opcode == CMAF_WS_BINARY && part == NULL)
      return;
    if (m.opcode == CMAF_WS_TEXT && part != NULL
        && g_strstr_len ((const gchar *)m.data, m.size, part) != NULL)
      return;
    fail_if (m.opcode == CMAF_WS_CLOSE);
  }
}

static guint
ws_expect_close (GSocketConnection *peer, CmafWsReader *reader)
{
  CmafWsIncoming m;

  do
    m = ws_read (peer, reader);
  while (m.opcode != CMAF_WS_CLOSE);
  return m.close_code;
}

GST_START_TEST (test_websocket_lives_longer_than_http_may_idle)
{
  Fixture f;
  CmafOriginConfig config;
  GSocketConnection *peer;
  CmafWsReader *reader;

  cmaf_origin_config_init (&config);
  config.listener.idle_timeout_ms = 1;
  config.listener.header_timeout_ms = 200;
  fixture_init_with (&f, &config);
  peer = ws_open (&f, &reader);
  ws_send (peer, "{\"t\":\"hello\"}");
  ws_expect (peer, reader, "\"welcome\"");
  ws_send (peer, "{\"t\":\"sub\",\"ch\":\"live\"}");
  ws_expect (peer, reader, "\"config\"");
  ws_expect (peer, reader, "\"subscribed\"");
  ws_expect (peer, reader, NULL);  /* header */
  ws_expect (peer, reader, NULL);  /* chunk */
  for (guint i = 0; i < 40; i++) { /* at 10 ms each */
    g_usleep (10000);
    ws_send (peer, "{\"t\":\"ping\",\"n\":1}");
    if (i % 20 == 19) /* texts are limited to 20 a second */
      ws_expect (peer, reader, "\"pong\"");
  }
  g_object_unref (peer);
  cmaf_ws_reader_free (reader);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_stop_tells_viewers_and_does_not_wait_for_the_deaf)
{
  Fixture f;
  GSocketConnection *polite, *deaf, *waiting, *streaming;
  CmafWsReader *reader, *deaf_reader;
  g_autofree gchar *head = NULL;
  gint64 start;

  fixture_init (&f);
  polite = ws_open (&f, &reader);
  ws_send (polite, "{\"t\":\"hello\"}");
  ws_expect (polite, reader, "\"welcome\"");
  deaf = ws_open (&f, &deaf_reader);
  waiting = ask (&f, "GET", "/live/live/video/seg-" NEXT ".m4s", "");
  streaming = ask (&f, "GET", "/live/live/video/live.mp4", "");
  head = peer_read_head (streaming);

  start = g_get_monotonic_time ();
  fixture_stop (&f);
  fail_unless (g_get_monotonic_time () - start < G_USEC_PER_SEC);
  fail_unless_equals_int (ws_expect_close (polite, reader), 1001);
  fail_unless_equals_int (ws_expect_close (deaf, deaf_reader), 1001);
  fixture_clear (&f);
  fail_unless (peer_sees_close (polite));
  fail_unless (peer_sees_close (streaming));
  fail_unless (peer_sees_close (waiting));
  g_object_unref (polite);
  g_object_unref (deaf);
  g_object_unref (waiting);
  g_object_unref (streaming);
  cmaf_ws_reader_free (reader);
  cmaf_ws_reader_free (deaf_reader);
}
GST_END_TEST;

GST_START_TEST (test_only_allowed_origins)
{
  Fixture f;
  CmafOriginConfig config;
  g_autofree gchar *head = NULL, *body = NULL, *head2 = NULL, *body2 = NULL;
  g_autofree gchar *allowed = NULL, *vary = NULL, *none = NULL;
  g_autofree gchar *head3 = NULL, *body3 = NULL;

  cmaf_origin_config_init (&config);
  config.allow_origins = "https://a.example, https://b.example";
  fixture_init_with (&f, &config);
  fail_unless_equals_int (
      fetch (&f, "GET", "/ws/v1", HANDSHAKE "Origin: https://c.example\r\n",
          &head, &body),
      403);
  fail_unless_equals_int (fetch (&f, "GET", "/time",
                              "Origin: https://b.example\r\n", &head2, &body2),
      200);
  allowed = peer_header (head2, "Access-Control-Allow-Origin");
  fail_unless_equals_string (allowed, "https://b.example");
  vary = peer_header (head2, "Vary");
  fail_unless_equals_string (vary, "Origin");
  fail_unless_equals_int (fetch (&f, "GET", "/time",
                              "Origin: https://c.example\r\n", &head3, &body3),
      200);
  none = peer_header (head3, "Access-Control-Allow-Origin");
  fail_unless (none == NULL);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_channels_share_a_port_and_a_prefix)
{
  Fixture f, g;
  CmafOriginConfig config;
  CmafOriginChannelConfig channel = { .name = "second", .title = "Two" };
  CmafOriginEntry *second;
  CmafOrigin *same;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *head = NULL, *body = NULL, *head2 = NULL, *body2 = NULL;
  g_autofree gchar *url = NULL;

  fixture_init (&f);
  cmaf_origin_config_init (&config);
  config.listener.port = f.port;
  config.http_prefix = "/other/";
  fixture_init_with (&g, &config);
  fail_unless (g.origin != f.origin);
  fail_unless_equals_int (g.port, f.port);
  url = cmaf_origin_get_url (g.origin);
  fail_unless (g_str_has_suffix (url, "/other/ui/"));
  fail_unless_equals_int (fetch (&f, "GET", "/other", "", &head, &body), 302);
  g_free (url);
  url = peer_header (head, "Location");
  fail_unless_equals_string (url, "other/ui/");
  fail_unless_equals_int (
      fetch (&f, "GET", "/other/live/live/stream.mpd", "", &head2, &body2),
      200);
  g_clear_pointer (&head, g_free);
  g_clear_pointer (&body, g_free);

  config.http_prefix = "/other";
  same = cmaf_origin_new (&config, NULL);
  fail_unless (same == g.origin);
  channel.store = g.store;
  channel.name = "live";
  fail_unless (cmaf_origin_add_channel (same, &channel, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_EXISTS));
  g_clear_error (&error);
  channel.name = "../x";
  fail_unless (cmaf_origin_add_channel (same, &channel, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  channel.name = "second";
  channel.store = cmaf_memory_store_new (0);
  second = cmaf_origin_add_channel (same, &channel, NULL);
  fixture_stop (&g);
  fail_unless_equals_int (
      fetch (&f, "GET", "/other/api/v1/channels", "", &head, &body), 200);
  fail_unless (strstr (body, "\"second\"") != NULL);
  fail_unless (strstr (body, "\"live\",") == NULL);
  cmaf_origin_remove_channel (second);
  cmaf_object_store_unref (channel.store);
  cmaf_origin_unref (same);
  fixture_clear (&g);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_what_cannot_be_opened_is_told)
{
  CmafOriginConfig config;
  g_autoptr (GError) error = NULL;

  cmaf_origin_config_init (&config);
  config.http_prefix = "x";
  fail_unless (cmaf_origin_new (&config, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  fail_unless (strstr (error->message, "http-prefix: \"x\"") != NULL);
  g_clear_error (&error);
  config.http_prefix = "";
  config.listener.address = "192.0.2.1"; /* not ours: TEST-NET-1 */
  fail_unless (cmaf_origin_new (&config, &error) == NULL);
  fail_unless (error != NULL);
}
GST_END_TEST;

GST_START_TEST (test_statistics)
{
  Fixture f;
  GSocketConnection *peer;
  CmafWsReader *reader;
  g_autofree gchar *head = NULL, *body = NULL;
  static const gchar *const parts[] = { "\"channels\":[{\"ch\":\"live\"",
    "\"chunks\":9", "\"viewers\":[{\"id\":", "\"lat_ms\":5", "\"agent\":null" };
  GstStructure *stats;
  guint64 viewers = 0, requests = 0;

  fixture_init (&f);
  peer = ws_open (&f, &reader);
  ws_send (peer, "{\"t\":\"hello\"}");
  ws_expect (peer, reader, "\"welcome\"");
  ws_send (peer, "{\"t\":\"stats\",\"lat_ms\":5}");
  ws_send (peer, "{\"t\":\"ping\"}");
  ws_expect (peer, reader, "\"pong\"");
  fail_unless_equals_int (
      fetch (&f, "GET", "/api/v1/stats", "", &head, &body), 200);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    fail_unless (
        strstr (body, parts[i]) != NULL, "%s not in %s", parts[i], body);
  stats = cmaf_origin_get_stats (f.origin);
  fail_unless (gst_structure_get_uint64 (stats, "viewers", &viewers));
  fail_unless (gst_structure_get_uint64 (stats, "requests", &requests));
  fail_unless_equals_uint64 (viewers, 1);
  fail_unless_equals_uint64 (requests, 2);
  gst_structure_free (stats);
  g_object_unref (peer);
  cmaf_ws_reader_free (reader);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_viewer_may_say_any_bytes)
{
  Fixture f;
  GSocketConnection *peer;
  CmafWsReader *reader;
  g_autofree gchar *head = NULL, *body = NULL;

  fixture_init (&f);
  peer = ws_open_as (&f, "User-Agent: a\xff\"\x01\r\n", &reader);
  ws_send (peer, "{\"t\":\"hello\"}");
  ws_expect (peer, reader, "\"welcome\"");
  fail_unless_equals_int (
      fetch (&f, "GET", "/api/v1/stats", "", &head, &body), 200);
  fail_unless (g_utf8_validate (body, -1, NULL));
  fail_unless (
      strstr (body, "\"agent\":\"a\xef\xbf\xbd\\\"\xef\xbf\xbd\"") != NULL,
      "%s", body);
  g_object_unref (peer);
  cmaf_ws_reader_free (reader);
  fixture_clear (&f);
}
GST_END_TEST;

/* The limit of the second holds for both; who may read must be agreed on. */
GST_START_TEST (test_who_shares_an_origin_gets_the_stricter_limits)
{
  Fixture f;
  CmafOriginConfig config;
  CmafOrigin *same;
  GSocketConnection *peer;
  CmafWsReader *reader;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *head = NULL, *body = NULL;

  fixture_init (&f);
  cmaf_origin_config_init (&config);
  config.listener.port = f.port;
  config.allow_origins = "https://a.example";
  fail_unless (cmaf_origin_new (&config, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  config.allow_origins = "*";
  config.max_viewers = 0;
  config.max_waiting = 0;
  same = cmaf_origin_new (&config, NULL);
  fail_unless (same == f.origin);
  fail_unless_equals_int (
      fetch (&f, "GET", "/live/live/video/seg-" NEXT ".m4s", "", &head, &body),
      503);
  peer = ws_open (&f, &reader);
  fail_unless_equals_int (
      ws_expect_close (peer, reader), CMAF_WS_CLOSE_TRY_LATER);
  g_object_unref (peer);
  cmaf_ws_reader_free (reader);
  cmaf_origin_unref (same);
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
origin_suite (void)
{
  Suite *s = suite_create ("origin");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_route, 0, G_N_ELEMENTS (routes));
  tcase_add_test (tc, test_entity_tags_and_ranges_give_the_same_bytes);
  tcase_add_test (tc, test_a_growing_segment_is_streamed_to_many);
  tcase_add_test (tc, test_the_next_segment_is_held_until_it_begins);
  tcase_add_test (tc, test_a_segment_is_held_by_time_when_it_has_begun);
  tcase_add_test (tc, test_live_mp4_is_header_and_chunks_without_end);
  tcase_add_test (tc, test_who_does_not_read_is_cut_off);
  tcase_add_test (tc, test_websocket_lives_longer_than_http_may_idle);
  tcase_add_test (tc, test_stop_tells_viewers_and_does_not_wait_for_the_deaf);
  tcase_add_test (tc, test_only_allowed_origins);
  tcase_add_test (tc, test_channels_share_a_port_and_a_prefix);
  tcase_add_test (tc, test_what_cannot_be_opened_is_told);
  tcase_add_test (tc, test_statistics);
  tcase_add_test (tc, test_a_viewer_may_say_any_bytes);
  tcase_add_test (tc, test_who_shares_an_origin_gets_the_stricter_limits);
  return s;
}

GST_CHECK_MAIN (origin);
