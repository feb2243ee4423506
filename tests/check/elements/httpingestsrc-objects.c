/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* DASH and HLS pushes to httpingestsrc (Interface-2): what is sent can be read
 * again, by the same path, and tracks come out of it as well. Each test runs
 * with a directory and with memory. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

#include <glib/gstdio.h>

typedef struct
{
  Receiver *receiver;
  gchar *folder; /* NULL: memory */
  GSocketConnection *peer;
} Fixture;

static void
open_fixture (Fixture *f, gboolean is_memory)
{
  memset (f, 0, sizeof *f);
  f->receiver = receiver_new ();
  if (!is_memory)
    f->folder = g_dir_make_tmp ("objects-XXXXXX", NULL);
  g_object_set (f->receiver->src, "objects-location",
      is_memory ? "memory:" : f->folder, NULL);
}

static void
play_fixture (Fixture *f)
{
  play (f->receiver);
  f->peer = peer_connect (f->receiver->port);
}

static void
close_fixture (Fixture *f)
{
  g_clear_object (&f->peer);
  receiver_free (f->receiver);
  if (f->folder != NULL) {
    g_autofree gchar *command = g_strdup_printf ("rm -r %s", f->folder);

    fail_unless (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
    g_free (f->folder);
  }
}

static guint
request (GSocketConnection *peer, const gchar *method, const gchar *path,
    const gchar *fields, gchar **head, gchar **body)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s /ingest/%s HTTP/1.1\r\nHost: x\r\n%s\r\n", method, path, fields);

  fail_unless (peer_send (peer, text));
  return peer_read_response (peer, head, body);
}

static guint
put (Fixture *f, const gchar *path, GBytes *bytes)
{
  g_autofree gchar *request = g_strconcat ("PUT /ingest/", path, NULL);

  return peer_upload (f->peer, request, bytes);
}

static guint
put_text (Fixture *f, const gchar *path, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return put (f, path, bytes);
}

/* What GET gives, NULL: 404. */
static gchar *
get (Fixture *f, const gchar *path)
{
  g_autofree gchar *body = NULL;
  guint status = request (f->peer, "GET", path, "", NULL, &body);

  if (status == 404)
    return NULL;
  assert_equals_int (status, 200);
  return g_steal_pointer (&body);
}

static void
assert_object (Fixture *f, const gchar *path, const gchar *text)
{
  g_autofree gchar *got = get (f, path);

  assert_equals_string (got, text);
}

static gboolean
has_file (Fixture *f, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (f->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static guint
get_uint_stat (Fixture *f, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint value = G_MAXUINT;

  g_object_get (f->receiver->src, "stats", &stats, NULL);
  gst_structure_get_uint (stats, name, &value);
  return value;
}

/* ---- what is kept ---- */

static const struct
{
  const gchar *path;
  const gchar *type;
} kept[] = {
  { "master.m3u8", "application/vnd.apple.mpegurl" },
  { "a/b/c/out.key", "application/octet-stream" },
  { "v/0.ts", "video/mp2t" },
  { "v/init.init", "video/mp4" },
  { "v/1.m4s", "video/iso.segment" },
  { "1.header", "video/mp4" },
  { "x.MP4", "video/mp4" },
  { "a%20b%28c%29.m4a", "audio/mp4" },
  { "v.vtt", "text/vtt" },
};

GST_START_TEST (test_what_is_put_can_be_read)
{
  g_autofree gchar *head = NULL, *type = NULL, *body = NULL;
  const gchar *path = kept[__i__ / 2].path;
  Fixture f;

  open_fixture (&f, __i__ % 2);
  play_fixture (&f);
  assert_equals_int (put_text (&f, path, "one and one"), 200);
  assert_equals_int (request (f.peer, "GET", path, "", &head, &body), 200);
  assert_equals_string (body, "one and one");
  type = peer_header (head, "Content-Type");
  assert_equals_string (type, kept[__i__ / 2].type);
  /* the same path again */
  assert_equals_int (put_text (&f, path, "two"), 200);
  assert_object (&f, path, "two");
  assert_equals_int (get_uint_stat (&f, "objects"), 1);
  assert_equals_uint64 (get_stat (f.receiver, "object-bytes"), 3);
  assert_equals_int (request (f.peer, "DELETE", path, "", NULL, NULL), 200);
  fail_unless (get (&f, path) == NULL);
  assert_equals_int (get_uint_stat (&f, "objects"), 0);
  assert_equals_uint64 (get_stat (f.receiver, "object-bytes"), 0);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_mpd_can_be_read)
{
  static const gchar mpd[] = "<MPD><Period id='1'/></MPD>";
  g_autofree gchar *head = NULL, *type = NULL, *body = NULL;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "a/stream.mpd", mpd), 200);
  assert_equals_int (
      request (f.peer, "GET", "a/stream.mpd", "", &head, &body), 200);
  assert_equals_string (body, mpd);
  type = peer_header (head, "Content-Type");
  assert_equals_string (type, "application/dash+xml");
  /* one that is wrong changes nothing */
  assert_equals_int (put_text (&f, "a/stream.mpd", "<MPD>"), 400);
  assert_object (&f, "a/stream.mpd", mpd);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_parts_and_heads_can_be_read)
{
  g_autofree gchar *body = NULL, *head = NULL, *length = NULL;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "v/1.ts", "0123456789"), 200);
  assert_equals_int (
      request (f.peer, "GET", "v/1.ts", "Range: bytes=2-4\r\n", NULL, &body),
      206);
  assert_equals_string (body, "234");
  fail_unless (
      peer_send (f.peer, "HEAD /ingest/v/1.ts HTTP/1.1\r\nHost: x\r\n\r\n"));
  head = peer_read_head (f.peer);
  length = peer_header (head, "Content-Length");
  assert_equals_string (length, "10");
  assert_object (&f, "v/1.ts", "0123456789");
  close_fixture (&f);
}
GST_END_TEST;

/* Every one of them: not stored, nor deleted, and told why. */
GST_START_TEST (test_other_paths_are_refused)
{
  static const struct
  {
    const gchar *path;
    guint status;
  } rows[] = {
    { "../a.mpd", 403 },
    { "a/%2e%2e/../../b.mpd", 403 },
    { ".a.mpd", 403 },
    { "a/.b/c.m4s", 403 },
    { "a%2fb.mpd", 400 },
    { "a%00.mpd", 400 },
    { "a%0ab.mpd", 403 },
    { "1/2/3/4/5/6/7/8/9.ts", 400 },
    { "LONG.m4s", 400 },
  };
  g_autofree gchar *fill = g_strnfill (201, 'x');
  GString *path = g_string_new (rows[__i__ / 2].path);
  Fixture f;

  open_fixture (&f, __i__ % 2);
  play_fixture (&f);
  g_string_replace (path, "LONG", fill, 0);
  assert_equals_int (put_text (&f, path->str, "x"), rows[__i__ / 2].status);
  assert_equals_int (request (f.peer, "DELETE", path->str, "", NULL, NULL),
      rows[__i__ / 2].status);
  assert_equals_int (get_uint_stat (&f, "objects"), 0);
  g_string_free (path, TRUE);
  close_fixture (&f);
}
GST_END_TEST;

/* An empty body asks whether it may send; nothing comes into being. */
GST_START_TEST (test_a_probe_is_no_object)
{
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "v/1.m4s", ""), 200);
  fail_unless (get (&f, "v/1.m4s") == NULL);
  assert_equals_int (put_text (&f, "v/1.m4s", "x"), 200);
  assert_equals_int (put_text (&f, "v/1.m4s", ""), 200);
  assert_object (&f, "v/1.m4s", "x");
  close_fixture (&f);
}
GST_END_TEST;

/* The last object takes its folder along, and a chunked DELETE is one. */
GST_START_TEST (test_an_empty_folder_goes)
{
  Fixture f;

  open_fixture (&f, FALSE);
  play_fixture (&f);
  put_text (&f, "a/v/1.m4s", "x");
  put_text (&f, "a/v/2.m4s", "x");
  put_text (&f, "3.m4s", "x");
  assert_equals_int (request (f.peer, "DELETE", "a/v/1.m4s",
                         "Transfer-Encoding: chunked\r\n\r\n0\r\n", NULL, NULL),
      200);
  fail_unless (has_file (&f, "a/v/2.m4s"));
  assert_equals_int (
      request (f.peer, "DELETE", "a/v/2.m4s", "", NULL, NULL), 200);
  fail_if (has_file (&f, "a/v"));
  assert_equals_int (request (f.peer, "DELETE", "3.m4s", "", NULL, NULL), 200);
  fail_unless (has_file (&f, "."));
  /* and what is not there is not there any more */
  assert_equals_int (request (f.peer, "DELETE", "4.m4s", "", NULL, NULL), 200);
  assert_equals_int (put_text (&f, "a/v/3.m4s", "x"), 200);
  fail_unless (has_file (&f, "a/v/3.m4s"));
  close_fixture (&f);
}
GST_END_TEST;

/* What is said of methods agrees with what is offered. */
GST_START_TEST (test_other_methods_are_told_which_there_are)
{
  g_autofree gchar *head = NULL, *allow = NULL, *text = NULL;
  g_autofree gchar *wanted = NULL;
  Fixture f;

  open_fixture (&f, TRUE);
  play_fixture (&f);
  assert_equals_int (request (f.peer, "PATCH", "a.m3u8",
                         "Content-Length: 0\r\n", &head, &text),
      405);
  allow = peer_header (head, "Allow");
  assert_equals_string (allow, "OPTIONS, GET, HEAD, POST, PUT, DELETE");
  wanted = g_strdup_printf ("method: needs one of %s\n", allow);
  assert_equals_string (text, wanted);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_without_a_location_nothing_is_kept)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *head = NULL, *allow = NULL;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (
      request (peer, "PUT", "a.m3u8", "Content-Length: 0\r\n", NULL, NULL),
      200);
  assert_equals_int (request (peer, "GET", "a.m3u8", "", &head, NULL), 405);
  allow = peer_header (head, "Allow");
  assert_equals_string (allow, "OPTIONS, POST, PUT, DELETE");
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- on their way ---- */

/* Nobody sees half a manifest; of media everybody who asks gets what there is,
 * and the rest as it comes. */
GST_START_TEST (test_media_grow_and_manifests_do_not)
{
  g_autoptr (GSocketConnection) sender = NULL;
  g_autoptr (GSocketConnection) reader = NULL;
  g_autofree gchar *head = NULL;
  const gchar *path = __i__ / 2 ? "a/stream.m3u8" : "a/1.ts";
  gchar text[12] = { 0 };
  Fixture f;

  open_fixture (&f, __i__ % 2);
  play_fixture (&f);
  sender = peer_connect (f.receiver->port);
  reader = peer_connect (f.receiver->port);
  head = g_strdup_printf ("PUT /ingest/%s HTTP/1.1\r\nHost: x\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      path);
  fail_unless (peer_send (sender, head));
  /* seen as soon as it is there: another connection has no order */
  while (__i__ / 2 == 0) {
    g_autofree gchar *ask =
        g_strdup_printf ("HEAD /ingest/%s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    g_autofree gchar *answer = NULL;

    fail_unless (peer_send (f.peer, ask));
    answer = peer_read_head (f.peer);
    if (g_str_has_prefix (answer, "HTTP/1.1 200"))
      break;
  }
  if (__i__ / 2) {
    fail_unless (get (&f, path) == NULL);
  } else {
    g_autofree gchar *ask =
        g_strdup_printf ("GET /ingest/%s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    g_autofree gchar *answer = NULL;

    fail_unless (peer_send (reader, ask));
    answer = peer_read_head (reader);
    fail_unless (g_str_has_prefix (answer, "HTTP/1.1 200"), "%s", answer);
    for (guint n = 0; n < 8; n++) /* 3 CRLF abc CRLF */
      assert_equals_int (peer_read (reader, text + n, 1), 1);
    assert_equals_string (text, "3\r\nabc\r\n");
  }
  fail_unless (peer_send (sender, "2\r\nde\r\n0\r\n\r\n"));
  assert_equals_int (peer_read_response (sender, NULL, NULL), 200);
  if (__i__ / 2 == 0) {
    for (guint n = 0; n < 7; n++)
      assert_equals_int (peer_read (reader, text + n, 1), 1);
    text[7] = '\0';
    assert_equals_string (text, "2\r\nde\r\n");
  }
  assert_object (&f, path, "abcde");
  close_fixture (&f);
}
GST_END_TEST;

/* Asks on @reader until the answer has begun: what is asked for is on its way
 * in. */
static void
begin_reading (GSocketConnection *reader, const gchar *path)
{
  g_autofree gchar *ask =
      g_strdup_printf ("GET /ingest/%s HTTP/1.1\r\nHost: x\r\n\r\n", path);

  for (;;) {
    g_autofree gchar *head = NULL;
    g_autofree gchar *size = NULL;
    gchar c;

    fail_unless (peer_send (reader, ask));
    head = peer_read_head (reader);
    if (g_str_has_prefix (head, "HTTP/1.1 200"))
      return;
    size = peer_header (head, "Content-Length");
    for (gulong n = strtoul (size, NULL, 10); n > 0; n--)
      assert_equals_int (peer_read (reader, &c, 1), 1);
  }
}

#define GROWING                                                                \
  "PUT /ingest/1.ts HTTP/1.1\r\nHost: x\r\n"                                   \
  "Transfer-Encoding: chunked\r\n\r\n"

/* A reader sees that its body is not whole: there is no last chunk. */
GST_START_TEST (test_readers_see_what_breaks_off)
{
  g_autoptr (GSocketConnection) reader = NULL;
  GString *got = g_string_new (NULL);
  GSocketConnection *sender;
  gchar c;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  sender = peer_connect (f.receiver->port);
  reader = peer_connect (f.receiver->port);
  fail_unless (peer_send (sender, GROWING "3\r\nabc\r\n"));
  begin_reading (reader, "1.ts");
  g_object_unref (sender);
  while (peer_read (reader, &c, 1) == 1)
    g_string_append_c (got, c);
  assert_equals_string (got->str, "3\r\nabc\r\n");
  g_string_free (got, TRUE);
  close_fixture (&f);
}
GST_END_TEST;

/* One that does not read is cut off; its sender does not notice. */
GST_START_TEST (test_a_reader_that_does_not_read_is_cut_off)
{
  const gsize size = 1024 * 1024;
  g_autofree gchar *fill = g_strnfill (size, 'x');
  g_autoptr (GSocketConnection) sender = NULL;
  g_autoptr (GSocketConnection) reader = NULL;
  guint64 n_read = 0;
  gssize n;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  sender = peer_connect (f.receiver->port);
  reader = peer_connect (f.receiver->port);
  fail_unless (peer_send (sender, GROWING "3\r\nabc\r\n"));
  begin_reading (reader, "1.ts");
  for (guint i = 0; i < 40; i++) {
    fail_unless (peer_send (sender, "100000\r\n"));
    fail_unless (peer_write (sender, fill, size));
    fail_unless (peer_send (sender, "\r\n"));
  }
  fail_unless (peer_send (sender, "0\r\n\r\n"));
  assert_equals_int (peer_read_response (sender, NULL, NULL), 200);
  while ((n = peer_read (reader, fill, size)) > 0)
    n_read += n;
  fail_unless (n_read < 40 * size);
  assert_equals_uint64 (
      get_stat (f.receiver, "object-bytes"), 40 * size + strlen ("abc"));
  close_fixture (&f);
}
GST_END_TEST;

/* What comes in drops is the same. */
GST_START_TEST (test_drops_make_an_object)
{
  GString *drops = g_string_new (GROWING);
  GString *wanted = g_string_new (NULL);
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  for (guint i = 0; i < 3000; i++) {
    g_string_append_printf (drops, "1\r\n%c\r\n", 'a' + i % 26);
    g_string_append_c (wanted, 'a' + i % 26);
  }
  g_string_append (drops, "0\r\n\r\n");
  fail_unless (peer_send (f.peer, drops->str));
  assert_equals_int (peer_read_response (f.peer, NULL, NULL), 200);
  assert_object (&f, "1.ts", wanted->str);
  g_string_free (drops, TRUE);
  g_string_free (wanted, TRUE);
  close_fixture (&f);
}
GST_END_TEST;

/* What breaks off was never there, and what was there before stays. */
GST_START_TEST (test_what_breaks_off_leaves_nothing)
{
  static const gchar *const paths[] = { "a/1.ts", "a/1.m3u8" };
  gboolean was_there = __i__ / 4;
  const gchar *path = paths[__i__ / 2 % 2];
  g_autofree gchar *head = NULL;
  GSocketConnection *sender;
  Fixture f;

  open_fixture (&f, __i__ % 2);
  play_fixture (&f);
  if (was_there)
    assert_equals_int (put_text (&f, path, "before"), 200);
  sender = peer_connect (f.receiver->port);
  head = g_strdup_printf ("PUT /ingest/%s HTTP/1.1\r\nHost: x\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      path);
  fail_unless (peer_send (sender, head));
  g_object_unref (sender);
  while (get_stat (f.receiver, "cut") == 0)
    g_thread_yield ();
  if (was_there)
    assert_object (&f, path, "before");
  else
    fail_unless (get (&f, path) == NULL);
  assert_equals_uint64 (
      get_stat (f.receiver, "object-bytes"), was_there ? 6 : 0);
  if (f.folder != NULL)
    assert_equals_int (has_file (&f, "a"), was_there);
  close_fixture (&f);
}
GST_END_TEST;

/* ---- limits ---- */

GST_START_TEST (test_there_is_only_so_much_room)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  open_fixture (&f, __i__);
  g_object_set (f.receiver->src, "max-objects", 2, "max-object-bytes",
      G_GUINT64_CONSTANT (10), "max-body-size", G_GUINT64_CONSTANT (8), NULL);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "1.ts", "12345678"), 200);
  assert_equals_int (put_text (&f, "2.ts", "123456789"), 413);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  assert_equals_int (
      request (f.peer, "PUT", "2.ts",
          "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n", NULL,
          NULL),
      413);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  assert_equals_int (request (f.peer, "PUT", "2.ts",
                         "Content-Length: 3\r\n\r\n12", NULL, &text),
      507); /* the third byte is the line end */
  fail_unless (strstr (text, "max-object-bytes=10") != NULL, "%s", text);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  assert_equals_int (put_text (&f, "2.ts", "1"), 200);
  assert_equals_int (put_text (&f, "3.ts", "1"), 507);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  /* the same again is no further one, and room can be made */
  assert_equals_int (put_text (&f, "2.ts", "2"), 200);
  assert_equals_int (request (f.peer, "DELETE", "1.ts", "", NULL, NULL), 200);
  assert_equals_int (put_text (&f, "3.ts", "12345678"), 200);
  assert_equals_uint64 (get_stat (f.receiver, "object-bytes"), 9);
  close_fixture (&f);
}
GST_END_TEST;

/* The peer hears what it needs to, the application where it happened. */
GST_START_TEST (test_a_failure_is_told)
{
  g_autofree gchar *text = NULL;
  GstMessage *message;
  Fixture f;

  open_fixture (&f, FALSE);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "a.ts", "x"), 200);
  assert_equals_int (request (f.peer, "PUT", "a.ts/1.ts",
                         "Content-Length: 1\r\n\r\nx", NULL, &text),
      409);
  fail_unless (strstr (text, f.folder) == NULL, "%s", text);
  message = wait_message (f.receiver, "httpingestsrc-object-failed");
  fail_unless (strstr (gst_structure_get_string (
                           gst_message_get_structure (message), "error"),
                   f.folder)
               != NULL);
  gst_message_unref (message);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_location_that_is_none_is_an_error)
{
  static const gchar *const locations[] = { "/proc/nothing/of/this",
    "http://127.0.0.1/live", "" };
  Receiver *receiver = receiver_new ();
  GstMessage *message;
  g_autoptr (GError) error = NULL;

  g_object_set (receiver->src, "objects-location", locations[__i__], NULL);
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "objects-location") != NULL, "%s",
      error->message);
  gst_message_unref (message);
  receiver_free (receiver);
}
GST_END_TEST;

/* Files of an earlier run are served, counted and removed. */
GST_START_TEST (test_objects_outlive_the_receiver)
{
  Fixture f;

  open_fixture (&f, FALSE);
  play_fixture (&f);
  assert_equals_int (put_text (&f, "a/1.ts", "123"), 200);
  g_clear_object (&f.peer);
  gst_element_set_state (f.receiver->src, GST_STATE_NULL);
  play_fixture (&f);
  assert_equals_uint64 (get_stat (f.receiver, "object-bytes"), 3);
  assert_object (&f, "a/1.ts", "123");
  assert_equals_int (request (f.peer, "DELETE", "a/1.ts", "", NULL, NULL), 200);
  fail_if (has_file (&f, "a"));
  close_fixture (&f);
}
GST_END_TEST;

/* ---- tracks ---- */

GST_START_TEST (test_media_are_tracks_too)
{
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  g_autofree gchar *got = NULL;
  Track *track;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (put (&f, "v/init.m4s", header), 200);
  assert_equals_int (put (&f, "v/1.m4s", segment), 200);
  track = wait_track (f.receiver, 0);
  wait_lists (track, TEST_CHUNKS);
  got = get (&f, "v/1.m4s");
  fail_unless (got != NULL
               && memcmp (got, g_bytes_get_data (segment, NULL),
                      g_bytes_get_size (segment))
                      == 0);
  /* by name it is a track and nothing else */
  assert_equals_int (put (&f, "Streams(w.cmfv)", header), 200);
  assert_equals_int (get_uint_stat (&f, "objects"), 2);
  assert_equals_uint64 (get_stat (f.receiver, "opaque-objects"), 0);
  close_fixture (&f);
}
GST_END_TEST;

/* What no track can be made of is an object; what says that it is CMAF has to
 * be. */
GST_START_TEST (test_other_media_are_objects)
{
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (put (&f, "v-1.m4s", segment), 200); /* without a header */
  assert_equals_int (put_text (&f, "v-2.mp4", "this is no box at all"), 200);
  assert_equals_int (put_text (&f, "v-3.mp4", "x"), 200);
  assert_object (&f, "v-2.mp4", "this is no box at all");
  assert_equals_int (get_uint_stat (&f, "objects"), 3);
  assert_equals_uint64 (get_stat (f.receiver, "opaque-objects"), 2);
  assert_equals_int (put (&f, "v/1.cmfv", segment), 412);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  fail_unless (get (&f, "v/1.cmfv") == NULL);
  assert_equals_int (f.receiver->tracks->len, 0);
  close_fixture (&f);
}
GST_END_TEST;

/* ---- compressed bodies ---- */

static GBytes *
compress (const gchar *data, gsize size)
{
  g_autoptr (GZlibCompressor) gzip =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) in =
      g_converter_output_stream_new (out, G_CONVERTER (gzip));

  fail_unless (g_output_stream_write_all (in, data, size, NULL, NULL, NULL));
  fail_unless (g_output_stream_close (in, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static guint
put_coded (GSocketConnection *peer, const gchar *path, const gchar *coding,
    GBytes *bytes, gsize n_of_it, gchar **text)
{
  g_autoptr (GBytes) sent = g_bytes_new_from_bytes (bytes, 0, n_of_it);
  g_autofree gchar *request = g_strconcat ("PUT /ingest/", path, NULL);
  g_autofree gchar *field =
      g_strdup_printf ("Content-Encoding: %s\r\n", coding);

  fail_unless (peer_send_bytes (peer, request, field, sent));
  return peer_read_response (peer, NULL, text);
}

GST_START_TEST (test_gzip_is_inflated)
{
  g_autofree gchar *fill = g_strnfill (100000, 'a');
  g_autoptr (GBytes) coded = compress (fill, 100000);
  gsize size = g_bytes_get_size (coded);
  g_autofree gchar *text = NULL;
  Fixture f;

  open_fixture (&f, __i__);
  play_fixture (&f);
  assert_equals_int (
      put_coded (f.peer, "a.m3u8", "gzip", coded, size, NULL), 200);
  assert_object (&f, "a.m3u8", fill);
  assert_equals_int (
      put_coded (f.peer, "b.m3u8", "X-GZip", coded, size, NULL), 200);
  assert_object (&f, "b.m3u8", fill);
  assert_equals_int (
      put_coded (f.peer, "c.m3u8", "gzip", coded, size - 1, NULL), 400);
  fail_unless (get (&f, "c.m3u8") == NULL);
  assert_equals_int (put_coded (f.peer, "d.m3u8", "br", coded, 1, &text), 415);
  assert_equals_string (text, "Content-Encoding: needs to be gzip, or none\n");
  assert_equals_int (
      put_coded (f.peer, "d.m3u8", "gzip, gzip", coded, 1, NULL), 415);
  assert_equals_int (
      put_coded (f.peer, "e.m3u8", "identity", coded, 1, NULL), 200);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_gzip_of_a_track)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, TRUE);
  g_autoptr (GBytes) header_coded =
      compress (g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_autoptr (GBytes) coded =
      compress (g_bytes_get_data (segment, NULL), g_bytes_get_size (segment));
  g_autoptr (GSocketConnection) peer = NULL;
  Track *track;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (put_coded (peer, "Streams(v.cmfv)", "gzip", header_coded,
                         g_bytes_get_size (header_coded), NULL),
      200);
  assert_equals_int (put_coded (peer, "Streams(v.cmfv)", "gzip", coded,
                         g_bytes_get_size (coded), NULL),
      200);
  track = wait_track (receiver, 0);
  wait_eos (track);
  assert_equals_int (track->bytes->len,
      g_bytes_get_size (header) + g_bytes_get_size (segment));
  receiver_free (receiver);
}
GST_END_TEST;

/* A small body that would become a large one. */
GST_START_TEST (test_a_gzip_bomb_is_one_answer)
{
  const gsize size = 16 * 1024 * 1024;
  g_autofree gchar *zeros = g_malloc0 (size);
  g_autoptr (GBytes) bomb = compress (zeros, size);
  static const gchar *const texts[] = {
    "body: inflates to more than 100 times its size\n",
    "body: inflates to more than the 500000 bytes that are allowed\n",
  };
  static const gchar *const paths[] = { "a.m3u8", "Streams(v.cmfv)" };
  g_autofree gchar *text = NULL;
  Fixture f;

  open_fixture (&f, __i__ / 2);
  if (__i__ % 2)
    g_object_set (
        f.receiver->src, "max-body-size", G_GUINT64_CONSTANT (500000), NULL);
  play_fixture (&f);
  assert_equals_int (put_coded (f.peer, paths[__i__ / 2], "gzip", bomb,
                         g_bytes_get_size (bomb), &text),
      413);
  assert_equals_string (text, texts[__i__ % 2]);
  fail_unless (peer_sees_close (f.peer));
  assert_equals_int (get_uint_stat (&f, "objects"), 0);
  close_fixture (&f);
}
GST_END_TEST;

static Suite *
httpingestsrc_objects_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-objects");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (
      tc, test_what_is_put_can_be_read, 0, 2 * G_N_ELEMENTS (kept));
  tcase_add_loop_test (tc, test_an_mpd_can_be_read, 0, 2);
  tcase_add_loop_test (tc, test_parts_and_heads_can_be_read, 0, 2);
  tcase_add_loop_test (tc, test_other_paths_are_refused, 0, 18);
  tcase_add_loop_test (tc, test_a_probe_is_no_object, 0, 2);
  tcase_add_test (tc, test_an_empty_folder_goes);
  tcase_add_test (tc, test_other_methods_are_told_which_there_are);
  tcase_add_test (tc, test_without_a_location_nothing_is_kept);
  tcase_add_loop_test (tc, test_media_grow_and_manifests_do_not, 0, 4);
  tcase_add_loop_test (tc, test_readers_see_what_breaks_off, 0, 2);
  tcase_add_loop_test (tc, test_a_reader_that_does_not_read_is_cut_off, 0, 2);
  tcase_add_loop_test (tc, test_drops_make_an_object, 0, 2);
  tcase_add_loop_test (tc, test_what_breaks_off_leaves_nothing, 0, 8);
  tcase_add_loop_test (tc, test_there_is_only_so_much_room, 0, 2);
  tcase_add_test (tc, test_a_failure_is_told);
  tcase_add_loop_test (tc, test_a_location_that_is_none_is_an_error, 0, 3);
  tcase_add_test (tc, test_objects_outlive_the_receiver);
  tcase_add_loop_test (tc, test_media_are_tracks_too, 0, 2);
  tcase_add_loop_test (tc, test_other_media_are_objects, 0, 2);
  tcase_add_loop_test (tc, test_gzip_is_inflated, 0, 2);
  tcase_add_test (tc, test_gzip_of_a_track);
  tcase_add_loop_test (tc, test_a_gzip_bomb_is_one_answer, 0, 4);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_objects);
