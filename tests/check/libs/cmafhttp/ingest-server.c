/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-server-fixtures.h"

/* ---- forms of paths and bodies ---- */

static const gchar *const paths[][2] = {
  /* of the header, of media; a row shares one track with no other */
  { VIDEO, VIDEO },
  { POINT "/Switching(1)/Streams(video.cmfv)", VIDEO },
  { VIDEO "/InitializationSegment", VIDEO "/Segment(1)" },
  { POINT "/video/init.cmfv", POINT "/video/1.cmfv" },
  { POINT "/video.cmfv", POINT "/video.cmfv" },
  { POINT "//Streams%28video.cmfv%29?x=y", VIDEO },
};

GST_START_TEST (test_every_form_of_path_is_the_same_track)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, paths[__i__][0], header), 200);
  assert_equals_int (
      post_segment (peer, paths[__i__][1], video, 1, FALSE), 200);
  output = wait_output ();
  assert_equals_string (cmaf_ingest_output_get_name (output), "video");
  expect_header (output, header);
  expect_segment (output, video, 1);
}
GST_END_TEST;

GST_START_TEST (test_header_and_media_in_one_body)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) segment = make_segment (video, 7, FALSE);
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (peer, VIDEO, "");
  g_byte_array_append (
      both, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_byte_array_append (
      both, g_bytes_get_data (segment, NULL), g_bytes_get_size (segment));
  for (guint i = 0; i < both->len; i++) /* each byte by itself */
    fail_unless (send_http_chunk (peer, both->data + i, 1));
  fail_unless (peer_send (peer, "0\r\n\r\n"));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 7);
}
GST_END_TEST;

GST_START_TEST (test_chunks_come_out_while_the_request_lasts)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  output = wait_output ();
  expect_header (output, header);
  for (guint n = 0; n < 12; n++) {
    g_autoptr (GBytes) chunk = make_chunks (video, n, 1, FALSE, 0);

    fail_unless (send_http_bytes (peer, chunk));
    expect_chunks (output, video, n, 1, FALSE);
  }
}
GST_END_TEST;

GST_START_TEST (test_a_track_without_a_name_is_named_by_its_media)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) audio_header = make_header (audio);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, POINT, audio_header), 200);
  output = wait_output ();
  assert_equals_string (cmaf_ingest_output_get_name (output), "audio");
}
GST_END_TEST;

GST_START_TEST (test_one_stem_two_extensions_two_tracks)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) audio_header = make_header (audio);
  g_autoptr (CmafIngestOutput) video_output = NULL;
  g_autoptr (CmafIngestOutput) audio_output = NULL;
  g_autoptr (GstStructure) message = NULL;

  assert_equals_int (post (peer, POINT "/Streams(main.cmfv)", header), 200);
  assert_equals_int (
      post (peer, POINT "/Streams(main.cmfa)", audio_header), 200);
  video_output = wait_output ();
  audio_output = wait_output ();
  assert_equals_string (cmaf_ingest_output_get_name (video_output), "main");
  assert_equals_string (cmaf_ingest_output_get_name (audio_output), "main-2");
  message = wait_message ("renamed");
  assert_equals_string (gst_structure_get_string (message, "wish"), "main");
  assert_equals_string (
      gst_structure_get_string (message, "track-name"), "main-2");
}
GST_END_TEST;

GST_START_TEST (test_probe_and_manifests_change_nothing)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) text = g_bytes_new_static ("<MPD/>", 6);

  assert_equals_int (post (peer, POINT, NULL), 200);
  assert_equals_int (post (peer, POINT "/", NULL), 200);
  assert_equals_int (post (peer, VIDEO, NULL), 200);
  assert_equals_int (post (peer, POINT "/live.mpd", text), 200);
  fail_unless (g_async_queue_try_pop (outputs) == NULL);
  assert_equals_uint64 (stat ("requests"), 4);
}
GST_END_TEST;

GST_START_TEST (test_media_without_header_asks_for_it)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 412);
  g_clear_object (&peer);
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 1);
}
GST_END_TEST;

/* FFmpeg opens the request for the next segment long before its body. */
GST_START_TEST (test_a_header_may_come_between_head_and_body)
{
  g_autoptr (GSocketConnection) early = peer_connect (port);
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);

  begin_long (early, VIDEO, "");
  wait_stat ("requests", 1);
  assert_equals_int (post (peer, VIDEO, header), 200);
  fail_unless (send_http_bytes (early, segment));
  fail_unless (peer_send (early, "0\r\n\r\n"));
  assert_equals_int (peer_read_response (early, NULL, NULL), 200);
}
GST_END_TEST;

/* ---- refusals ---- */

typedef struct
{
  const gchar *head; /* without the empty line */
  const gchar *body;
  guint status;
  gsize size; /* of the body; 0: it is a string */
} RefusalCase;

static const RefusalCase refusal_cases[] = {
  { "GET " VIDEO " HTTP/1.1", "", 405 },
  { "PATCH " VIDEO " HTTP/1.1\r\nContent-Length: 0", "", 405 },
  { "OPTIONS " VIDEO " HTTP/1.1", "", 204 },
  { "DELETE " VIDEO " HTTP/1.1", "", 200 },
  { "DELETE " VIDEO " HTTP/1.1\r\nTransfer-Encoding: chunked", "0\r\n\r\n",
      200 },
  { "PUT " VIDEO " HTTP/1.1\r\nContent-Length: 0", "", 200 },
  { "POST " VIDEO " HTTP/1.1", "", 200 },
  { "POST " VIDEO " HTTP/1.1\r\ndash-if-ingest: 9.9", "", 200 },
  { "POST " VIDEO " HTTP/1.0", "", 411 },
  { "POST /other HTTP/1.1\r\nContent-Length: 0", "", 404 },
  { "POST " POINT "/../x HTTP/1.1\r\nContent-Length: 0", "", 403 },
  { "POST " POINT "/Streams( HTTP/1.1\r\nContent-Length: 0", "", 400 },
  { "POST " VIDEO " HTTP/1.1\r\nContent-Length: 99999999999", "", 413 },
  { "PUT " VIDEO
    " HTTP/1.1\r\nContent-Length: 9\r\nContent-Range: bytes 0-8/20",
      "123456789", 400 },
  { "POST " VIDEO " HTTP/1.1\r\nContent-Length: 9\r\nContent-Encoding: br",
      "123456789", 415 },
  { "POST " VIDEO " HTTP/1.1\r\nContent-Length: 9", "{\"a\": 17}", 415 },
  { "POST " VIDEO " HTTP/1.1\r\nContent-Length: 12", "\0\0\0\14moof1234", 412,
      12 },
  { "POST " VIDEO " HTTP/1.1\r\nContent-Length: 4", "\0\0\0\20", 400, 4 },
  { "POST " VIDEO " HTTP/1.1\r\nTransfer-Encoding: chunked",
      "8\r\n\377\377\377\377ftyp\r\n0\r\n\r\n", 413, 18 },
};

GST_START_TEST (test_refusal)
{
  const RefusalCase *c = &refusal_cases[__i__];
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *head = g_strconcat (c->head, "\r\nHost: x\r\n\r\n", NULL);
  g_autofree gchar *answer = NULL, *text = NULL;
  gsize size = c->size > 0 ? c->size : strlen (c->body);

  fail_unless (peer_send (peer, head));
  if (size > 0)
    peer_write (peer, c->body, size);
  assert_equals_int (peer_read_response (peer, &answer, &text), c->status);
  if (c->status == 405 || c->status == 204) {
    g_autofree gchar *allow = peer_header (answer, "Allow");

    assert_equals_string (allow, "OPTIONS, POST, PUT, DELETE");
  }
  if (c->status == 405)
    assert_equals_string (
        text, "method: needs one of OPTIONS, POST, PUT, DELETE\n");
  fail_unless (g_async_queue_try_pop (outputs) == NULL);
}
GST_END_TEST;

GST_START_TEST (test_credentials)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *head = NULL, *challenge = NULL;
  gint64 before;

  config.access.user_id = "ada";
  config.access.user_pw = "lovelace:1";
  reopen ();
  peer = peer_connect (port);
  send_head (peer, "POST", VIDEO, "Content-Length: 0\r\n");
  assert_equals_int (peer_read_response (peer, &head, NULL), 401);
  challenge = peer_header (head, "WWW-Authenticate");
  fail_unless (g_str_has_prefix (challenge, "Digest realm=\"ingest\""));
  assert_equals_int (
      post_with (peer, VIDEO, NULL, "Authorization: Basic YWRhOnh4\r\n", NULL),
      403);
  /* guessing again takes a second, and the connection */
  before = g_get_monotonic_time ();
  assert_equals_int (
      post_with (peer, VIDEO, NULL, "Authorization: Basic !\r\n", NULL), 403);
  fail_unless (g_get_monotonic_time () - before >= 990 * 1000);
  fail_unless (peer_sees_close (peer));
  g_object_unref (peer);
  peer = peer_connect (port);
  assert_equals_int (post_with (peer, VIDEO, header,
                         "Authorization: Basic YWRhOmxvdmVsYWNlOjE=\r\n", NULL),
      200);
}
GST_END_TEST;

/* A sender that does not listen, as FFmpeg, is told and cut off. */
GST_START_TEST (test_expectation_is_refused_before_the_body)
{
  g_autoptr (GSocketConnection) peer = NULL;

  config.access.user_id = "ada";
  reopen ();
  peer = peer_connect (port);
  begin_long (peer, VIDEO, "Expect: 100-continue\r\n");
  assert_equals_int (peer_read_response (peer, NULL, NULL), 401);
}
GST_END_TEST;

GST_START_TEST (test_too_many_tracks)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GBytes) audio_header = make_header (audio);
  g_autofree gchar *text = NULL;

  config.max_tracks = 1;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_with (peer, AUDIO, audio_header, "", &text), 403);
  fail_unless (
      g_str_has_prefix (text, "track audio: max-tracks=1 of"), "%s", text);
}
GST_END_TEST;

GST_START_TEST (test_a_box_larger_than_the_limit)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GBytes) chunk = make_chunks (video, 0, 1, FALSE, 0);

  config.max_body_size = 1000; /* an mdat has 1500 */
  reopen ();
  peer = peer_connect (port);
  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  send_http_bytes (peer, chunk);
  assert_equals_int (peer_read_response (peer, NULL, NULL), 413);
}
GST_END_TEST;

/* ---- broken bodies ---- */

GST_START_TEST (test_every_prefix_is_answered)
{
  g_autoptr (GBytes) chunk = make_chunks (video, 0, 1, FALSE, 0);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GSocketConnection) peer = NULL;

  g_byte_array_append (
      all, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_byte_array_append (
      all, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  for (guint n = __i__; n <= all->len; n += 8) {
    g_autoptr (GBytes) prefix = g_bytes_new_static (all->data, n);
    gboolean is_whole =
        n == 0 || n == g_bytes_get_size (header) || n == all->len;
    guint status;

    if (peer == NULL)
      peer = peer_connect (port);
    status = post (peer, POINT "/Streams(t)", prefix);
    fail_unless (
        status == 200 || (status == 400 && !is_whole), "%u: %u", n, status);
  }
}
GST_END_TEST;

GST_START_TEST (test_random_bytes_do_no_harm)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (__i__);
  g_autoptr (GBytes) chunk = make_chunks (video, 0, 1, FALSE, 0);
  g_autoptr (GSocketConnection) good = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (good, VIDEO, header), 200);
  output = wait_output ();
  expect_header (output, header);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GSocketConnection) peer = peer_connect (port);
    gsize size;
    gconstpointer data = g_bytes_get_data (i % 2 ? header : chunk, &size);
    guint8 *noise = g_memdup2 (data, size);
    g_autoptr (GBytes) bytes = g_bytes_new_take (noise, size);
    guint n = g_rand_int_range (rand, 1, i < 25 ? 4 : size);
    guint status;

    while (n-- > 0)
      noise[g_rand_int_range (rand, 0, size)] = g_rand_int (rand);
    status = post (peer, POINT "/Streams(noise)", bytes);
    fail_unless (
        status == 200 || (status >= 400 && status < 500), "%u: %u", i, status);
  }
  assert_equals_int (post_segment (good, VIDEO, video, 3, FALSE), 200);
  expect_segment (output, video, 3);
}
GST_END_TEST;

/* Cut in the middle of the third chunk: two come out, and when the segment is
 * sent again the others. */
GST_START_TEST (test_what_was_complete_survives)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) segment = make_segment (video, 0, FALSE);
  gsize size = g_bytes_get_size (segment);
  g_autofree gchar *fields = g_strdup_printf ("Content-Length: %zu\r\n", size);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  output = wait_output ();
  expect_header (output, header);
  send_head (peer, "POST", VIDEO, fields);
  peer_write (peer, g_bytes_get_data (segment, NULL), size / 2);
  expect_chunks (output, video, 0, 2, FALSE);
  if (__i__ == 1)
    peer_reset_on_close (peer);
  g_clear_object (&peer);
  wait_stat ("cut", 1);

  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post (peer, VIDEO, segment), 200);
  expect_chunks (output, video, 2, 3, FALSE);
  assert_equals_uint64 (stat ("chunks"), 5);
  assert_equals_uint64 (stat ("gaps"), 0);
}
GST_END_TEST;

/* ---- when the answer comes ---- */

typedef struct
{
  CmafIngestOutput *output;
  guint n_chunks; /* taken, atomic */
} Taker;

/* Is slow, as a disk can be. */
static gpointer
take_all (gpointer data)
{
  Taker *taker = data;
  CmafIngestItem *item;

  while ((item = pull (taker->output))) {
    g_usleep (20000);
    if (item->type == CMAF_INGEST_ITEM_CHUNK)
      g_atomic_int_inc (&taker->n_chunks);
    cmaf_ingest_item_free (item);
  }
  return NULL;
}

GST_START_TEST (test_the_answer_waits_until_all_is_taken)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  Taker taker = { NULL };
  GThread *thread;

  config.answers_when_taken = TRUE;
  reopen ();
  peer = peer_connect (port);
  /* nobody takes it yet, and the sender is not kept waiting for ever */
  assert_equals_int (post (peer, VIDEO, header), 200);
  taker.output = output = wait_output ();
  thread = g_thread_new ("taker", take_all, &taker);
  for (guint i = 0; i < 3; i++) {
    assert_equals_int (post_segment (peer, VIDEO, video, i, FALSE), 200);
    assert_equals_int (
        g_atomic_int_get (&taker.n_chunks), (i + 1) * TEST_CHUNKS);
  }
  cmaf_ingest_output_flush (output);
  g_thread_join (thread);
}
GST_END_TEST;

/* Also that of the last one, when the end is in the queue already. */
GST_START_TEST (test_the_last_answer_waits_until_all_is_taken)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  Taker taker = { NULL };
  GThread *thread;

  config.answers_when_taken = TRUE;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  taker.output = output = wait_output ();
  thread = g_thread_new ("taker", take_all, &taker);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, TRUE), 200);
  assert_equals_int (g_atomic_int_get (&taker.n_chunks), TEST_CHUNKS);
  cmaf_ingest_output_flush (output);
  g_thread_join (thread);
}
GST_END_TEST;

/* As a sink that has an error. */
static gpointer
take_one_chunk (gpointer data)
{
  CmafIngestOutput *output = data;
  CmafIngestItem *item = pull (output); /* the header */

  cmaf_ingest_item_free (item);
  item = pull (output);
  while (stat ("chunks") < TEST_CHUNKS)
    g_thread_yield (); /* the whole segment is there */
  cmaf_ingest_output_flush (output);
  cmaf_ingest_item_free (item);
  return NULL;
}

GST_START_TEST (test_what_is_lost_is_not_acknowledged)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  GThread *thread;

  config.answers_when_taken = TRUE;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  output = wait_output ();
  thread = g_thread_new ("taker", take_one_chunk, output);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 503);
  g_thread_join (thread);
}
GST_END_TEST;

/* Neither is what is there when the server stops, if its answer waits still. */
GST_START_TEST (test_what_a_stop_loses_is_not_acknowledged)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autoptr (GBytes) segment = make_segment (video, 0, FALSE);
  g_autofree gchar *fields =
      g_strdup_printf ("Content-Length: %zu\r\n", g_bytes_get_size (segment));
  gint64 before;
  gboolean is_held;

  config.answers_when_taken = TRUE;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  output = wait_output ();
  before = g_get_monotonic_time ();
  send_head (peer, "POST", VIDEO, fields);
  send_bytes (peer, segment);
  wait_stat ("chunks", TEST_CHUNKS);
  close_server ();
  is_held = g_get_monotonic_time () - before < 500 * G_TIME_SPAN_MILLISECOND;
  fail_unless (peer_read_response (peer, NULL, NULL) == 503 || !is_held);
  open_server ();
}
GST_END_TEST;

/* Two senders: the copy of the one that is ahead waits for nothing but the
 * other one, which has begun the segment. It may be needed yet. */
GST_START_TEST (test_the_answer_waits_while_the_copy_may_be_needed)
{
  g_autoptr (GBytes) one = make_chunks (video, 0, 1, FALSE, 0);
  g_autoptr (GSocketConnection) a = NULL;
  g_autoptr (GSocketConnection) b = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  Taker taker = { NULL };
  GThread *thread;

  config.answers_when_taken = TRUE;
  config.merge.merge_hold = 200 * GST_MSECOND;
  reopen ();
  a = peer_connect (port);
  b = peer_connect (port);
  begin_long (a, VIDEO, "");
  fail_unless (send_http_bytes (a, header));
  taker.output = output = wait_output ();
  thread = g_thread_new ("taker", take_all, &taker);
  fail_unless (send_http_bytes (a, one));
  assert_equals_int (post (b, VIDEO, header), 200);
  wait_stat ("chunks", 1);
  /* A is silent for longer than merge-hold: B goes on, and then has its answer
   */
  assert_equals_int (post_segment (b, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (g_atomic_int_get (&taker.n_chunks), TEST_CHUNKS);
  cmaf_ingest_output_flush (output);
  g_thread_join (thread);
}
GST_END_TEST;

GST_START_TEST (test_malformed_media_keeps_what_was_before)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (CmafIngestOutput) output = NULL;
  static const guint8 junk[] = { 0, 0, 0, 4, 'm', 'o', 'o', 'f' };

  begin_long (peer, VIDEO, "");
  fail_unless (send_http_bytes (peer, header));
  append_chunk (bytes, video, 0, FALSE, 0);
  g_byte_array_append (bytes, junk, sizeof junk);
  fail_unless (send_http_chunk (peer, bytes->data, bytes->len));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 400);
  output = wait_output ();
  expect_header (output, header);
  expect_chunks (output, video, 0, 1, FALSE);
}
GST_END_TEST;

/* ---- several senders ---- */

/* Two that stream the same track; one dies at any chunk. */
GST_START_TEST (test_one_of_two_dies)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (a, VIDEO, "User-Agent: test (A)\r\n");
  begin_long (b, VIDEO, "User-Agent: test (B)\r\n");
  fail_unless (send_http_bytes (a, header));
  output = wait_output ();
  expect_header (output, header);
  fail_unless (send_http_bytes (b, header));
  for (guint n = 0; n < 20; n++) {
    if (n < (guint)__i__)
      send_chunks (a, n, 1, 0);
    if (n == (guint)__i__)
      g_clear_object (&a);
    send_chunks (b, n, 1, 0);
    expect_chunks (output, video, n, 1, FALSE);
  }
  assert_equals_uint64 (stat ("gaps"), 0);
  assert_equals_uint64 (stat ("segments"), 4);
}
GST_END_TEST;

/* What was told of sources by now: + added, - lost */
static gchar *
hear_of_sources (void)
{
  GString *heard = g_string_new (NULL);
  GstStructure *message;

  while ((message = g_async_queue_try_pop (messages)) != NULL) {
    if (gst_structure_has_name (message, "source-added"))
      g_string_append_c (heard, '+');
    if (gst_structure_has_name (message, "source-lost"))
      g_string_append_c (heard, '-');
    gst_structure_free (message);
  }
  return g_string_free (heard, FALSE);
}

/* Not when it opens a connection for each segment, nor when one breaks. */
GST_START_TEST (test_a_source_that_is_silent_is_lost)
{
  const gchar *agent = "User-Agent: test (A)\r\n";
  g_autofree gchar *heard = NULL;
  GstStructure *message;
  gint64 begin;

  config.idle_timeout = 3 * GST_SECOND;
  reopen ();
  for (guint n = 0; n < 4; n++) {
    g_autoptr (GSocketConnection) whole = peer_connect (port);
    g_autoptr (GSocketConnection) cut = peer_connect (port);

    assert_equals_int (post_with (whole, VIDEO, header, agent, NULL), 200);
    assert_equals_int (post_segment (whole, VIDEO, video, n, FALSE), 200);
    g_clear_object (&whole);
    begin_long (cut, VIDEO, agent);
    fail_unless (send_http_bytes (cut, header));
    send_chunks (cut, 5 * n + 5, 1, 0);
    while (stat ("chunks") < 5 * n + 6)
      g_thread_yield ();
    g_clear_object (&cut);
    while (stat ("cut") < n + 1)
      g_thread_yield ();
  }
  begin = g_get_monotonic_time ();
  heard = hear_of_sources ();
  /* a connection may be seen to close after the next one has come */
  fail_unless (
      heard[strspn (heard, "+")] == '\0' && strlen (heard) <= 2, "%s", heard);
  message = wait_message ("source-lost");
  assert_equals_string (
      gst_structure_get_string (message, "source"), "test (A)");
  assert_equals_string (
      gst_structure_get_string (message, "track-name"), "video");
  gst_structure_free (message);
  fail_if (g_get_monotonic_time () < begin + 2 * G_TIME_SPAN_SECOND);
}
GST_END_TEST;

GST_START_TEST (test_copies_are_counted)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);

  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post (b, VIDEO, header), 200);
  for (guint n = 0; n < 5; n++) {
    assert_equals_int (post_segment (a, VIDEO, video, n, FALSE), 200);
    assert_equals_int (post_segment (b, VIDEO, video, n, FALSE), 200);
  }
  cmaf_ingest_server_finish (server);
  assert_equals_uint64 (stat ("segments"), 5);
  assert_equals_uint64 (stat ("duplicates"), 5);
  assert_equals_uint64 (stat ("gaps"), 0);
}
GST_END_TEST;

GST_START_TEST (test_a_hole_is_announced_after_the_hold)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autoptr (GstStructure) message = NULL;
  GstClockTime start, duration;

  config.merge.gap_hold = 50 * GST_MSECOND;
  reopen ();
  peer = peer_connect (port);
  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 4, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 1);
  expect_segment (output, video, 4);
  message = wait_message ("gap");
  fail_unless (gst_structure_get_clock_time (message, "start", &start));
  fail_unless (gst_structure_get_clock_time (message, "duration", &duration));
  assert_equals_uint64 (start, 2 * GST_SECOND);
  assert_equals_uint64 (duration, 2 * GST_SECOND);
  assert_equals_uint64 (stat ("gaps"), 1);
}
GST_END_TEST;

/* ---- headers ---- */

static GBytes *
make_wider_header (void)
{
  g_autoptr (CmafTrack) wider = cmaf_track_copy (video);

  wider->width = 1280;
  return make_header (wider);
}

GST_START_TEST (test_another_header_of_another_sender_is_refused)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (GBytes) wider = make_wider_header ();
  g_autofree gchar *text = NULL;

  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post_with (b, VIDEO, wider, "", &text), 412);
  fail_unless (strstr (text, "width: 1280, needs 640") != NULL, "%s", text);
}
GST_END_TEST;

/* Segments of another grid are no copies. */
GST_START_TEST (test_a_header_of_another_grid_is_refused)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (GSocketConnection) c = peer_connect (port);
  g_autoptr (CmafTrack) one = cmaf_track_copy (video);
  g_autoptr (CmafTrack) two = cmaf_track_copy (video);
  g_autoptr (GBytes) of_one = NULL, of_two = NULL;
  g_autofree gchar *text = NULL;

  one->segment_duration_n = one->segment_duration_d = 1;
  two->segment_duration_n = 2;
  two->segment_duration_d = 1;
  of_one = make_header (one);
  of_two = make_header (two);
  assert_equals_int (post (a, VIDEO, of_one), 200);
  assert_equals_int (post_segment (a, VIDEO, one, 0, FALSE), 200);
  assert_equals_int (post_with (b, VIDEO, of_two, "", &text), 412);
  fail_unless (strstr (text, "segment duration: 2/1 s, needs 1/1 s") != NULL,
      "%s", text);
  assert_equals_int (post (c, VIDEO, header), 200); /* that tells none */
}
GST_END_TEST;

GST_START_TEST (test_a_sender_may_change_its_header)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) wider = make_wider_header ();
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (peer, VIDEO, header), 200); /* no change */
  assert_equals_int (post (peer, VIDEO, wider), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_header (output, wider);
  expect_segment (output, video, 1);
}
GST_END_TEST;

static Suite *
ingest_server_suite (void)
{
  Suite *suite = suite_create ("ingest-server");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_loop_test (
      tc, test_every_form_of_path_is_the_same_track, 0, G_N_ELEMENTS (paths));
  tcase_add_test (tc, test_header_and_media_in_one_body);
  tcase_add_test (tc, test_chunks_come_out_while_the_request_lasts);
  tcase_add_test (tc, test_a_track_without_a_name_is_named_by_its_media);
  tcase_add_test (tc, test_one_stem_two_extensions_two_tracks);
  tcase_add_test (tc, test_probe_and_manifests_change_nothing);
  tcase_add_test (tc, test_media_without_header_asks_for_it);
  tcase_add_test (tc, test_a_header_may_come_between_head_and_body);
  tcase_add_loop_test (tc, test_refusal, 0, G_N_ELEMENTS (refusal_cases));
  tcase_add_test (tc, test_credentials);
  tcase_add_test (tc, test_expectation_is_refused_before_the_body);
  tcase_add_test (tc, test_too_many_tracks);
  tcase_add_test (tc, test_a_box_larger_than_the_limit);
  tcase_add_loop_test (tc, test_every_prefix_is_answered, 0, 8);
  tcase_add_loop_test (tc, test_random_bytes_do_no_harm, 0, 6);
  tcase_add_loop_test (tc, test_what_was_complete_survives, 0, 2);
  tcase_add_test (tc, test_the_answer_waits_until_all_is_taken);
  tcase_add_test (tc, test_the_last_answer_waits_until_all_is_taken);
  tcase_add_test (tc, test_what_is_lost_is_not_acknowledged);
  tcase_add_test (tc, test_what_a_stop_loses_is_not_acknowledged);
  tcase_add_test (tc, test_the_answer_waits_while_the_copy_may_be_needed);
  tcase_add_test (tc, test_malformed_media_keeps_what_was_before);
  tcase_add_loop_test (tc, test_one_of_two_dies, 1, 12);
  tcase_add_test (tc, test_a_source_that_is_silent_is_lost);
  tcase_add_test (tc, test_copies_are_counted);
  tcase_add_test (tc, test_a_hole_is_announced_after_the_hold);
  tcase_add_test (tc, test_another_header_of_another_sender_is_refused);
  tcase_add_test (tc, test_a_header_of_another_grid_is_refused);
  tcase_add_test (tc, test_a_sender_may_change_its_header);
  return suite;
}

GST_CHECK_MAIN (ingest_server);
