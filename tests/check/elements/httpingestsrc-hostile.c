/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Peers that mean no good: each gets one clear answer, memory stays bounded,
 * and who sends to another publishing point notices nothing. Without an
 * argument each attack lasts for less than a second; with --full ten times as
 * long, and with ten times as many connections and tracks. */
#include "attacked.h"

#include <glib/gstdio.h>

#define TRACK "/ingest/Streams(video.cmfv)"
#define MIB 1024 /* KiB */

static gboolean is_full;

static guint
times (guint n)
{
  return n * (is_full ? 10 : 1);
}

/* When an attack ends. */
static gint64
deadline (void)
{
  return g_get_monotonic_time () + times (600) * 1000;
}

static gboolean
goes_on (gint64 until)
{
  return g_get_monotonic_time () < until;
}

/* ---- bodies ---- */

typedef struct
{
  const gchar *what;
  guint status;
  void (*make) (GByteArray *body, Attacked *a);
} BodyCase;

static void
append_box (GByteArray *out, guint32 size, const gchar *type, gsize n_zeros)
{
  guint8 head[8];

  GST_WRITE_UINT32_BE (head, size);
  memcpy (head + 4, type, 4);
  g_byte_array_append (out, head, sizeof head);
  g_byte_array_set_size (out, out->len + n_zeros);
  memset (out->data + out->len - n_zeros, 0, n_zeros);
}

static void
append_bytes (GByteArray *out, GBytes *bytes)
{
  g_byte_array_append (
      out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
make_random (GByteArray *body, Attacked *a)
{
  for (guint i = 0; i < 10000; i++)
    g_byte_array_append (body, (guint8[]){ (guint8)g_random_int () & 0x1f }, 1);
}

static void
make_truncated (GByteArray *body, Attacked *a)
{
  append_bytes (body, a->header);
  g_byte_array_set_size (body, body->len - 10);
}

static void
make_media_first (GByteArray *body, Attacked *a)
{
  g_autoptr (GBytes) chunk = make_chunks (a->track, 0, 1, FALSE, 0);

  append_bytes (body, chunk);
  append_bytes (body, a->header);
}

static void
make_payload_first (GByteArray *body, Attacked *a)
{
  append_bytes (body, a->header);
  append_box (body, 16, "mdat", 8);
}

static void
make_two_heads (GByteArray *body, Attacked *a)
{
  g_autoptr (GBytes) chunk = make_chunks (a->track, 0, 1, FALSE, 0);
  gsize size = g_bytes_get_size (chunk) - TEST_SAMPLES * TEST_SAMPLE_SIZE - 8;
  g_autoptr (GBytes) moof = g_bytes_new_from_bytes (chunk, 0, size);

  append_bytes (body, a->header);
  append_bytes (body, moof);
  append_bytes (body, moof);
}

static void
make_size_zero (GByteArray *body, Attacked *a)
{
  append_box (body, 0, "ftyp", 16);
}

static void
make_size_four (GByteArray *body, Attacked *a)
{
  append_box (body, 4, "ftyp", 16);
}

static void
make_size_64 (GByteArray *body, Attacked *a)
{
  append_bytes (body, a->header);
  append_box (body, 1, "moof", 0);
  g_byte_array_append (
      body, (const guint8 *)"\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
}

static void
make_size_64_small (GByteArray *body, Attacked *a)
{
  append_box (body, 1, "ftyp", 0);
  g_byte_array_append (body, (const guint8 *)"\0\0\0\0\0\0\0\1", 8);
}

static void
make_large_moof (GByteArray *body, Attacked *a)
{
  append_bytes (body, a->header);
  append_box (body, 0x7fffffff, "moof", 64);
}

static void
make_large_mdat (GByteArray *body, Attacked *a)
{
  make_two_heads (body, a);
  g_byte_array_set_size (body, g_bytes_get_size (a->header));
  {
    g_autoptr (GBytes) chunk = make_chunks (a->track, 0, 1, FALSE, 0);

    append_bytes (body, chunk);
    g_byte_array_set_size (
        body, body->len - TEST_SAMPLES * TEST_SAMPLE_SIZE - 8);
  }
  append_box (body, ATTACKED_BODY_SIZE + 9, "mdat", 0);
}

/* The header of audio, the media of video: its track has another number. */
static void
make_foreign_header (GByteArray *body, Attacked *a)
{
  g_autoptr (CmafTrack) audio = make_track (&test_codecs[4]);
  g_autoptr (GBytes) header = NULL, chunk = NULL;

  audio->id = 7;
  header = make_header (audio);
  chunk = make_chunks (a->track, 0, 1, FALSE, 0);
  append_bytes (body, header);
  append_bytes (body, chunk);
}

static void
make_no_header_box (GByteArray *body, Attacked *a)
{
  append_box (body, 16, "ftyp", 8);
  append_box (body, 8, "moov", 0);
}

static const BodyCase bodies[] = {
  { "random bytes", 415, make_random },
  { "a header that is cut", 400, make_truncated },
  { "media before the header", 412, make_media_first },
  { "payload without a moof", 400, make_payload_first },
  { "two moof boxes", 400, make_two_heads },
  { "size 0", 415, make_size_zero },
  { "size 4", 400, make_size_four },
  { "a size of 64 bits", 413, make_size_64 },
  { "a small size of 64 bits", 400, make_size_64_small },
  { "a large moof", 413, make_large_moof },
  { "a large mdat", 413, make_large_mdat },
  { "media of another header", 412, make_foreign_header },
  { "an empty moov", 415, make_no_header_box },
};

/* In chunks, so that its length is not known. */
static guint
post_body (Attacked *a, GSocketConnection *peer, GByteArray *body)
{
  g_autofree gchar *head =
      g_strdup_printf ("POST /ingest/Streams(video.cmfv) HTTP/1.1\r\n"
                       "Host: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n",
          body->len);

  peer_send (peer, head);
  peer_write (peer, body->data, body->len);
  peer_send (peer, "\r\n0\r\n\r\n");
  return peer_read_response (peer, NULL, NULL);
}

GST_START_TEST (test_bodies)
{
  Attacked a;
  gint64 until;

  attacked_begin (&a, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (GSocketConnection) peer = peer_connect (a.port);
    g_autoptr (GByteArray) body = g_byte_array_new ();
    guint status;

    bodies[i].make (body, &a);
    status = post_body (&a, peer, body);
    fail_unless (status == bodies[i].status, "%s: %u", bodies[i].what, status);
  }
  /* and at full speed, changed at random */
  for (until = deadline (); goes_on (until);) {
    const BodyCase *c = &bodies[g_random_int_range (0, G_N_ELEMENTS (bodies))];
    g_autoptr (GSocketConnection) peer = peer_connect (a.port);
    g_autoptr (GByteArray) body = g_byte_array_new ();

    c->make (body, &a);
    for (guint k = 0; k < 4; k++)
      body->data[g_random_int_range (0, body->len)] = (guint8)g_random_int ();
    post_body (&a, peer, body);
  }
  attacked_end (&a, "bodies", 32 * MIB);
}
GST_END_TEST;

/* ---- bodies without end ---- */

typedef struct
{
  const gchar *what;
  const gchar *path;
  guint status;
  const gchar *box; /* over and over */
  gsize size;
} EndlessCase;

static const EndlessCase endless[] = {
  { "a manifest without end", "/ingest/x.mpd", 413, "free", 60000 },
  { "a box without end", TRACK, 413, "free", 0x7fffffff },
  { "boxes without end", TRACK, 408, "free", 60000 },
};

/* Does not read before the connection is closed or it has an answer. */
static guint
write_without_end (Attacked *a, const EndlessCase *c)
{
  g_autoptr (GSocketConnection) peer = peer_connect (a->port);
  GSocket *socket = g_socket_connection_get_socket (peer);
  g_autofree gchar *head = g_strdup_printf (
      "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
      c->path);
  g_autoptr (GByteArray) piece = g_byte_array_new ();

  peer_send (peer, head);
  append_box (piece, c->size, c->box, 60000 - 8);
  while (!(g_socket_condition_check (socket, G_IO_IN) & G_IO_IN)) {
    if (!peer_send (peer, "ea60\r\n")
        || !peer_write (peer, piece->data, piece->len)
        || !peer_send (peer, "\r\n"))
      break;
    g_usleep (TEST_IS_SANITIZED ? 5000 : 200);
  }
  return peer_read_response (peer, NULL, NULL);
}

GST_START_TEST (test_bodies_without_end)
{
  Attacked a;

  attacked_begin (&a, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (endless); i++) {
    guint status = write_without_end (&a, &endless[i]);

    fail_unless (
        status == endless[i].status, "%s: %u", endless[i].what, status);
  }
  attacked_end (&a, "bodies without end", 32 * MIB);
}
GST_END_TEST;

/* ---- heads ---- */

static const struct
{
  const gchar *what;
  const gchar *line;
  guint status;
} lines[] = {
  { "..", "POST /ingest/../x", 403 },
  { "%2e%2e", "POST /ingest/%2e%2E/x", 403 },
  { "%00", "POST /ingest/Streams(a%00.cmfv)", 400 },
  { "%2f", "POST /ingest/Streams(a%2fb.cmfv)", 400 },
  { "no UTF-8", "POST /ingest/Streams(%ff.cmfv)", 400 },
  { "parentheses", "POST /ingest/Streams(x", 400 },
  { "elsewhere", "POST /etc/passwd", 404 },
  { "beside", "POST /ingestx", 404 },
  { "another method", "TRACE /ingest", 405 },
  { "no method", "\x01\x02\x03 /ingest", 400 },
};

static guint
send_line (Attacked *a, const gchar *line)
{
  g_autoptr (GSocketConnection) peer = peer_connect (a->port);
  g_autofree gchar *head = g_strdup_printf (
      "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", line);

  return peer_request (peer, head);
}

/* What is sent over and over until there is an answer. */
static guint
send_over (Attacked *a, const gchar *start, const gchar *again)
{
  g_autoptr (GSocketConnection) peer = peer_connect (a->port);
  GSocket *socket = g_socket_connection_get_socket (peer);

  peer_send (peer, start);
  for (guint n = 0; n < 100000; n++)
    if (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN
        || !peer_send (peer, again))
      break;
  return peer_read_response (peer, NULL, NULL);
}

GST_START_TEST (test_heads)
{
  Attacked a;
  gint64 until;
  g_autofree gchar *x = g_strnfill (2000, 'x');
  g_autofree gchar *long_line = g_strdup_printf ("POST /ingest/%s", x);

  attacked_begin (&a, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    guint status = send_line (&a, lines[i].line);

    fail_unless (status == lines[i].status, "%s: %u", lines[i].what, status);
  }
  assert_equals_int (send_line (&a, long_line), 400);
  for (until = deadline (); goes_on (until);) {
    assert_equals_int (send_over (&a, "POST /", "xxxxxxxxxxxxxxxxxxx"), 431);
    assert_equals_int (send_over (&a, "POST / HTTP/1.1\r\n", "A: b\r\n"), 431);
    assert_equals_int (
        send_over (&a, "POST / HTTP/1.1\r\nHost: x\r\nA: ", "yyyyyyyyyy"), 431);
  }
  attacked_end (&a, "heads", 32 * MIB);
}
GST_END_TEST;

/* ---- very many ---- */

static guint
post_header (Attacked *a, GSocketConnection *peer, guint number)
{
  g_autofree gchar *request =
      g_strdup_printf ("POST /ingest/Streams(t%u.cmfv)", number);

  return peer_upload (peer, request, a->header);
}

/* 1000 or 10000: the first 64 are taken. */
GST_START_TEST (test_very_many_tracks)
{
  g_autoptr (GSocketConnection) peer = NULL;
  Attacked a;

  attacked_begin (&a, NULL);
  for (guint i = 0; i < times (1000); i++) {
    guint status;

    if (peer == NULL)
      peer = peer_connect (a.port);
    status = post_header (&a, peer, i);
    fail_unless (status == (i < 64 ? 200 : 403), "%u: %u", i, status);
    if (i >= 64)
      g_clear_object (&peer); /* was closed */
  }
  attacked_end (&a, "very many tracks", 32 * MIB);
}
GST_END_TEST;

/* 1000, or 10000 when so many descriptors may be open: half of them say
 * nothing, half of them begin a head and say a byte now and then. */
GST_START_TEST (test_very_many_slow_connections)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  struct rlimit limit;
  guint n = times (1000);
  gint64 until;
  Attacked a;

  attacked_raise_limit ();
  getrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < n + 200) {
    n = limit.rlim_cur - 200;
    g_print ("%u connections, for want of descriptors\n", n);
  }
  attacked_begin (&a, NULL);
  for (guint i = 0; i < n; i++) {
    GSocketConnection *peer = peer_connect (a.port);

    g_ptr_array_add (peers, peer);
    if (i % 2)
      fail_unless (peer_send (peer, "POST /ingest HTTP/1.1\r\nA: "));
  }
  for (until = deadline (); goes_on (until); g_usleep (100000))
    for (guint i = 1; i < n; i += 2)
      peer_send (peers->pdata[i], "x");
  g_print ("%u connections\n", n);
  attacked_end (&a, "very many slow connections", 16 * MIB + n * 8);
}
GST_END_TEST;

/* Each has its say for ever, a byte a time; it is told to go, and does. */
GST_START_TEST (test_slow_bodies)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  Attacked a;

  attacked_begin (&a, NULL);
  for (guint i = 0; i < times (20); i++) {
    GSocketConnection *peer = peer_connect (a.port);

    g_ptr_array_add (peers, peer);
    fail_unless (peer_send (peer, "POST " TRACK " HTTP/1.1\r\nHost: x\r\n"
                                  "Content-Length: 1000000\r\n\r\n"));
  }
  /* body-timeout is 1 s; some progress is wanted within twice that */
  for (guint i = 0; i < peers->len; i++) {
    GSocket *socket = g_socket_connection_get_socket (peers->pdata[i]);

    while (!(g_socket_condition_check (socket, G_IO_IN) & G_IO_IN)) {
      fail_unless (goes_on (until));
      for (guint k = i; k < peers->len; k++)
        peer_send (peers->pdata[k], k % 2 ? "" : "a");
      g_usleep (20000);
    }
    assert_equals_int (
        peer_read_response (peers->pdata[i], NULL, NULL), i % 2 ? 408 : 413);
  }
  attacked_end (&a, "slow bodies", 32 * MIB);
}
GST_END_TEST;

/* ---- guessing ---- */

/* As many as there can be: one connection after the other, and 32 of which each
 * waits for its answer. */
GST_START_TEST (test_guessing)
{
  g_autofree gchar *users = NULL, *text = NULL;
  gint fd = g_file_open_tmp ("cmaf-users-XXXXXX", &users, NULL);
  GSocketConnection *peers[32] = { NULL };
  guint n_answers[3] = { 0 }; /* 403, 429, others */
  guint n_seconds;
  gint64 until, from = g_get_monotonic_time ();
  Attacked a;

  close (fd);
  /* a sanitizer makes each of them a hundred times as slow */
  text = g_strdup_printf (
      "user ada pbkdf2:%u:salt:%064d", TEST_IS_SANITIZED ? 100 : 10000, 0);
  fail_unless (g_file_set_contents (users, text, -1, NULL));
  attacked_begin (&a, users);
  for (until = deadline (); goes_on (until) || n_answers[0] == 0;)
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
      GSocket *socket;
      guint status;

      if (peers[i] == NULL) {
        peers[i] = peer_connect (a.port);
        peer_send (peers[i],
            "POST " TRACK " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
            "Authorization: Basic YWRhOndyMG5n\r\n\r\n");
      }
      socket = g_socket_connection_get_socket (peers[i]);
      if (!(g_socket_condition_check (socket, G_IO_IN) & G_IO_IN))
        continue;
      status = peer_read_response (peers[i], NULL, NULL);
      n_answers[status == 403 ? 0 : status == 429 ? 1 : 2]++;
      g_clear_object (&peers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    g_clear_object (&peers[i]);
  n_seconds = (g_get_monotonic_time () - from) / G_TIME_SPAN_SECOND + 1;
  g_print ("%u guesses in less than %u s, %u not looked at\n", n_answers[0],
      n_seconds, n_answers[1]);
  assert_equals_int (n_answers[2], 0);
  fail_unless (n_answers[0] <= 1 + 8 * n_seconds);
  attacked_end (&a, "guessing", 32 * MIB);
  g_remove (users);
}
GST_END_TEST;

static Suite *
hostile_suite (void)
{
  Suite *s = suite_create ("httpingestsrc-hostile");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, is_full ? 300 : 60);
  tcase_add_test (tc, test_bodies);
  tcase_add_test (tc, test_bodies_without_end);
  tcase_add_test (tc, test_heads);
  tcase_add_test (tc, test_very_many_tracks);
  tcase_add_test (tc, test_very_many_slow_connections);
  tcase_add_test (tc, test_slow_bodies);
  tcase_add_test (tc, test_guessing);
  return s;
}

int
main (int argc, char **argv)
{
  if (argc > 2 && g_str_equal (argv[1], "--receiver")) {
    gst_init (NULL, NULL);
    return attacked_run_receiver (argv[2]);
  }
  is_full = argc > 1 && g_str_equal (argv[1], "--full");
  gst_check_init (is_full ? NULL : &argc, &argv);
  return gst_check_run_suite (
      hostile_suite (), "httpingestsrc_hostile", __FILE__);
}
