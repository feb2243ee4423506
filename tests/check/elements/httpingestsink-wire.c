/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsink writes: names, request modes, the MPD, probe and Expect,
 * byte by byte. */
#include "ingest-sender.h"

#include <gio/gio.h>

#define VIDEO (&test_codecs[0])
#define AUDIO (&test_codecs[4])
#define TEXT (&test_codecs[13])

/* ---- names ---- */

typedef struct
{
  const gchar *point; /* path and query of the publishing point */
  const gchar *naming;
  const gchar *init, *media; /* templates, NULL: the default */
  const gchar *lines[4];     /* header, segments 3 to 5 */
} Name;

static const Name names[] = {
  { "/ingest", "streams", NULL, NULL,
      { "/ingest/Streams(video.cmfv)", "/ingest/Streams(video.cmfv)",
          "/ingest/Streams(video.cmfv)", "/ingest/Streams(video.cmfv)" } },
  { "/a/b.isml/", "switching", NULL, NULL,
      { "/a/b.isml/Switching(video-en)/Streams(video.cmfv)",
          "/a/b.isml/Switching(video-en)/Streams(video.cmfv)" } },
  { "", "segments", NULL, NULL,
      { "/Streams(video.cmfv)/InitializationSegment",
          "/Streams(video.cmfv)/Segment(3)", "/Streams(video.cmfv)/Segment(4)",
          "/Streams(video.cmfv)/Segment(5)" } },
  { "/x%20y?cid=1&k=v%2F", "directory", NULL, NULL,
      { "/x%20y/video/init.cmfv?cid=1&k=v%2F",
          "/x%20y/video/3.cmfv?cid=1&k=v%2F",
          "/x%20y/video/4.cmfv?cid=1&k=v%2F",
          "/x%20y/video/5.cmfv?cid=1&k=v%2F" } },
  { "/", "template", NULL, NULL,
      { "/video/init.mp4", "/video/3.mp4", "/video/4.mp4", "/video/5.mp4" } },
  { "/p", "template", "$RepresentationID$_i.mp4",
      "$RepresentationID$_$Time%010d$.m4s",
      { "/p/video_i.mp4", "/p/video_0000270000.m4s", "/p/video_0000360000.m4s",
          "/p/video_0000450000.m4s" } },
};

GST_START_TEST (test_naming)
{
  const Name *c = &names[__i__];
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *location =
      g_strdup_printf ("http://127.0.0.1:%u%s", server->port, c->point);
  Sender s;

  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "naming", c->naming);
  if (c->init)
    g_object_set (
        s.sink, "init-template", c->init, "media-template", c->media, NULL);
  sender_prepare (&s, "video", VIDEO);
  s.tracks[0]->language = g_strdup ("en");
  sender_begin (&s, 0);
  for (guint k = 3; k < 6; k++)
    sender_push_segment (&s, 0, k, k == 5);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hsss");
  for (guint i = 0; i < 4 && c->lines[i]; i++) {
    g_autofree gchar *line =
        script_request_line (script_server_get (server, i));
    g_autofree gchar *expected = g_strdup_printf ("POST %s", c->lines[i]);

    assert_equals_string (line, expected);
  }
  script_server_free (server);
}
GST_END_TEST;

static void
run_text (const gchar *location, const gchar *settings)
{
  g_autofree gchar *launch = g_strdup_printf (
      "appsrc name=in format=time caps=text/x-raw,format=utf8 ! "
      "cmafsyncmux timing-sources=fixed track-name=text language=de ! "
      "httpingestsink location=%s %s",
      location, settings);
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  GstElement *in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstBuffer *cue = gst_buffer_new_memdup ("Hallo", 5);
  GstFlowReturn result;
  GstMessage *message;

  GST_BUFFER_PTS (cue) = GST_SECOND;
  GST_BUFFER_DURATION (cue) = GST_SECOND;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (in, "push-buffer", cue, &result);
  g_signal_emit_by_name (in, "end-of-stream", &result);
  message = gst_bus_timed_pop_filtered (
      bus, 40 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  assert_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_buffer_unref (cue);
  gst_object_unref (bus);
  gst_object_unref (in);
  gst_object_unref (pipeline);
}

/* The MPD, the header and two segments */
GST_START_TEST (test_text_has_its_names)
{
  static const gchar *const lines[] = { "POST /ingest/s.mpd",
    "POST /ingest/Streams(text.cmft)", "POST /ingest/Streams(text.cmft)",
    "POST /ingest/Streams(text.cmft)" };
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *location = sender_url (server);
  g_autofree gchar *type = NULL, *mpd = NULL;

  run_text (location, "mpd-name=s");
  assert_equals_int (server->requests->len, G_N_ELEMENTS (lines));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree gchar *line =
        script_request_line (script_server_get (server, i));

    assert_equals_string (line, lines[i]);
  }
  type = script_field (script_server_get (server, 1)->head, "Content-Type");
  assert_equals_string (type, "application/mp4");
  mpd = g_strndup ((const gchar *)script_server_get (server, 0)->body->data,
      script_server_get (server, 0)->body->len);
  fail_unless (strstr (mpd, "contentType=\"text\"") != NULL, "%s", mpd);
  fail_unless (strstr (mpd, "codecs=\"wvtt\"") != NULL, "%s", mpd);
  fail_unless (strstr (mpd, "lang=\"de\"") != NULL, "%s", mpd);
  script_server_free (server);
}
GST_END_TEST;

/* A restart gives everything the same name again. */
GST_START_TEST (test_names_are_stable_over_restart)
{
  ScriptServer *server = script_server_new (NULL, 0);

  for (guint run = 0; run < 2; run++) {
    Sender s;

    sender_init (&s, server);
    gst_util_set_object_arg (G_OBJECT (s.sink), "naming", "directory");
    sender_add (&s, "video", VIDEO);
    sender_push_segments (&s, 0, run == 0 ? 7 : 8, 9);
    sender_stop (&s);
    sender_clear (&s);
  }
  for (guint i = 0; i < server->requests->len; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *line = script_request_line (request);

    if (script_kind (request) == 'h')
      assert_equals_string (line, "POST /ingest/video/init.cmfv");
  }
  script_server_free (server);
}
GST_END_TEST;

/* What failed comes again under the name that it had. */
GST_START_TEST (test_a_retry_has_the_same_name)
{
  static const ScriptStep script[] = { { 200 }, { 503 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *name = NULL, *again = NULL;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "naming", "directory");
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 7, FALSE);
  sender_push_segment (&s, 0, 8, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hShss");
  name = script_request_line (script_server_get (server, 1));
  again = script_request_line (script_server_get (server, 3));
  assert_equals_string (name, "POST /ingest/video/7.cmfv");
  assert_equals_string (again, name);
  script_server_free (server);
}
GST_END_TEST;

/* Where every segment has a name, the one that is repeated with lmsg is whole:
 * it takes the place of the other. */
GST_START_TEST (test_a_repeated_object_is_whole)
{
  ScriptServer *server = script_server_new (NULL, 0);
  const ScriptRequest *first, *second;
  g_autofree gchar *line = NULL;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "naming", "directory");
  sender_add (&s, "video", VIDEO);
  sender_push_chunks (&s, 0, 0, 5, FALSE);
  script_server_wait (server, 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hss");
  first = script_server_get (server, 1);
  second = script_server_get (server, 2);
  line = script_request_line (second);
  assert_equals_string (line, "POST /ingest/video/0.cmfv");
  /* four bytes more: the brand; the last of five chunks had no styp, or had */
  fail_unless (second->body->len > first->body->len);
  fail_unless (second->body->len < first->body->len + 40);
  script_server_free (server);
}
GST_END_TEST;

/* ---- request modes ---- */

static const gchar *const modes[] = { "auto", "segment", "chunked-segment" };

/* Complete segments, and one that grows. */
GST_START_TEST (test_request_modes)
{
  gboolean is_chunked = __i__ == 2;
  ScriptServer *server = script_server_new (NULL, 0);
  const ScriptRequest *whole, *grown;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", modes[__i__]);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, FALSE);
  script_server_wait (server, 2);
  sender_push_chunks (&s, 0, 5, 1, FALSE);
  if (__i__ != 1)
    script_server_wait_chunks (server, 2, 1);
  sender_push_chunks (&s, 0, 6, 4, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hss");
  assert_equals_int (server->n_connections, 1);
  whole = script_server_get (server, 1);
  grown = script_server_get (server, 2);
  assert_equals_int (whole->chunks->len, is_chunked ? 1 : 0);
  assert_equals_int (grown->chunks->len, __i__ == 1 ? 0 : 5);
  for (guint i = 1; i < 3; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *length = script_field (request->head, "Content-Length");
    g_autofree gchar *coding =
        script_field (request->head, "Transfer-Encoding");

    /* exactly one of them */
    fail_unless ((length != NULL) != (coding != NULL));
    fail_unless (length == NULL || atoi (length) == (int)request->body->len);
  }
  script_server_free (server);
}
GST_END_TEST;

static GByteArray *
make_stream (CmafTrack *track, guint from, guint to)
{
  GByteArray *all = g_byte_array_new ();
  g_autoptr (GBytes) header = make_header (track);

  g_byte_array_append (
      all, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  for (; from <= to; from++)
    append_chunk (all, track, from, from == to, 0);
  return all;
}

GST_START_TEST (test_one_long_request)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autoptr (GByteArray) expected = NULL;
  const ScriptRequest *request;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  sender_add (&s, "video", VIDEO);
  script_server_wait_chunks (server, 0, 1);
  for (guint k = 0; k < 15; k++) {
    sender_push_chunks (&s, 0, k, 1, k == 14);
    script_server_wait_chunks (server, 0, k + 2);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "segments"), 3);
  assert_equals_uint64 (sender_get_stat (&s, "video", "headers"), 1);
  expected = make_stream (s.tracks[0], 0, 14);
  sender_clear (&s);
  assert_equals_string (server->log->str, "h");
  request = script_server_get (server, 0);
  assert_equals_int (request->chunks->len, 16);
  assert_equals_int (request->body->len, expected->len);
  fail_unless (
      memcmp (request->body->data, expected->data, expected->len) == 0);
  script_server_free (server);
}
GST_END_TEST;

/* A request of text would be silent for long. */
GST_START_TEST (test_sparse_tracks_have_short_requests)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  sender_prepare (&s, "text", TEXT);
  s.tracks[0]->sample_duration = 40;
  sender_begin (&s, 0);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hsss");
  assert_equals_int (server->n_connections, 1);
  script_server_free (server);
}
GST_END_TEST;

/* What may be lost with a long request comes again, header first: at least all
 * that the receiver has not got. */
GST_START_TEST (test_a_long_request_is_taken_up_again)
{
  static const ScriptStep script[] = { { 0, SCRIPT_RESET, 20000 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 50; k++)
    sender_push_chunks (&s, 0, k, 1, k == 49);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  sender_clear (&s);
  assert_equals_string (server->log->str, "!h");
  got = received_segments (server, "video");
  /* 20000 bytes are less than three segments */
  fail_unless (g_str_has_prefix (got, "0+,") || g_str_has_prefix (got, "1+,")
                   || g_str_has_prefix (got, "2+,"),
      "%s", got);
  fail_unless (g_str_has_suffix (got, "9+,9l+"), "%s", got);
  script_server_free (server);
}
GST_END_TEST;

typedef struct
{
  guint at;      /* bytes that are taken */
  guint seconds; /* until they are refused */
  guint n_times;
  guint n_segments;
} Taken;

static const Taken taken[] = {
  { 1000, 0, 1, 200 },
  { 300 * 1000, 0, 1, 200 },
  { 1000 * 1000, 0, 3, 200 },
  { 2000 * 1000, 0, 1, 300 },
  { 1000 * 1000, 3, 1, 200 },
};

/* As proxies do that have taken much when they find nobody to pass it on to. */
static guint
refuse_what_was_taken (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  const Taken *c = server->user_data;

  if (server->requests->len > c->n_times)
    return 0;
  g_usleep (c->seconds * G_USEC_PER_SEC);
  return 503;
}

/* Taken is not arrived: when a long request is refused, all of it comes again.
 * Nobody hears of a receiver that is well again before it is. */
GST_START_TEST (test_a_long_request_that_is_refused_late)
{
  const Taken *c = &taken[__i__];
  ScriptStep script[3];
  ScriptServer *server;
  g_autoptr (GByteArray) expected = NULL;
  const ScriptRequest *last;
  Sender s;

  for (guint i = 0; i < c->n_times; i++)
    script[i] = (ScriptStep){ 503, SCRIPT_EARLY, c->at };
  server = script_server_new (script, c->n_times);
  server->decide = refuse_what_was_taken;
  server->user_data = (gpointer)c;
  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  g_object_set (s.sink, "max-spool-time", 1000 * GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < c->n_segments; k++)
    sender_push_chunks (&s, 0, 5 * k, 5, k + 1 == c->n_segments);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ELEMENT,
                         "httpingestsink-connection-restored"),
      1);
  expected = make_stream (s.tracks[0], 0, 5 * c->n_segments - 1);
  sender_clear (&s);
  assert_equals_int (server->log->len, c->n_times + 1);
  last = script_server_get (server, c->n_times);
  assert_equals_int (last->body->len, expected->len);
  fail_unless (memcmp (last->body->data, expected->data, expected->len) == 0);
  script_server_free (server);
}
GST_END_TEST;

/* But not at the cost of what has never been sent. */
GST_START_TEST (test_a_full_spool_has_no_room_for_what_was_taken)
{
  static const ScriptStep script[] = { { 503, SCRIPT_EARLY, 500 * 1000,
      "Retry-After: 1\r\n" } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autofree gchar *got = NULL;
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  g_object_set (s.sink, "max-spool-time", 50 * GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 80; k++) {
    sender_push_segment (&s, 0, k, FALSE);
    script_server_wait_chunks (server, 0, MIN (k, 60));
  }
  sender_wait_message (&s, "connection-lost");
  for (guint k = 80; k < 160; k++)
    sender_push_segment (&s, 0, k, k == 159);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  fail_unless (sender_get_stat (&s, "video", "dropped") >= 28);
  sender_clear (&s);
  got = received_segments (server, "video");
  fail_unless (atoi (got) >= 108, "%s", got);
  fail_unless (g_str_has_suffix (got, ",158+,159l+"), "%s", got);
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_a_new_header_begins_a_new_long_request)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", "long-running");
  sender_add (&s, "video", VIDEO);
  sender_push_chunks (&s, 0, 0, 5, FALSE);
  script_server_wait_chunks (server, 0, 6);
  s.tracks[0]->width = 320;
  sender_push_header (&s, 0);
  sender_push_chunks (&s, 0, 5, 5, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "segments"), 2);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hh");
  assert_equals_int (server->n_connections, 1);
  script_server_free (server);
}
GST_END_TEST;

/* ---- MPD, probe, Expect ---- */

static gchar
kind_of (ScriptServer *server, guint i)
{
  return script_kind (script_server_get (server, i));
}

GST_START_TEST (test_the_mpd_goes_first)
{
  static const ScriptStep script[] = { { 503 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  const ScriptRequest *mpd;
  g_autofree gchar *line = NULL, *type = NULL, *text = NULL;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "mpd-name", "stream", NULL);
  sender_add (&s, "video", VIDEO);
  sender_add (&s, "audio", AUDIO);
  for (guint k = 0; k < 3; k++) {
    sender_push_segment (&s, 0, k, k == 2);
    sender_push_segment (&s, 1, k, k == 2);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  /* refused once, and then by either of the two */
  assert_equals_int (server->requests->len, 1 + 1 + 2 * 4);
  assert_equals_int (kind_of (server, 0), 'm');
  assert_equals_int (kind_of (server, 1), 'm');
  for (guint i = 2; i < 10; i++)
    fail_if (kind_of (server, i) == 'm');
  mpd = script_server_get (server, 1);
  line = script_request_line (mpd);
  type = script_field (mpd->head, "Content-Type");
  assert_equals_string (line, "POST /ingest/stream.mpd");
  assert_equals_string (type, "application/dash+xml");
  text = g_strndup ((const gchar *)mpd->body->data, mpd->body->len);
  fail_unless (strstr (text, "<Representation id=\"video\"") != NULL);
  fail_unless (strstr (text, "<Representation id=\"audio\"") != NULL);
  fail_unless (strstr (text, "BaseURL") == NULL);
  script_server_free (server);
}
GST_END_TEST;

typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean is_said, was_early; /* that video ends */
} End;

static gboolean
says_the_end (const ScriptRequest *request)
{
  return memmem (request->body->data, request->body->len, "lmsg", 4) != NULL;
}

/* The header of the sound is not answered before video has ended, or a second
 * has gone by. */
static guint
hold_sound (ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  const gint64 until = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  const gboolean is_sound = strstr (request->head, "audio") != NULL;
  End *end = server->user_data;

  g_mutex_lock (&end->lock);
  if (!is_sound && says_the_end (request))
    end->is_said = TRUE;
  g_cond_broadcast (&end->changed);
  if (is_sound && script_kind (request) == 'h') {
    while (
        !end->is_said && g_cond_wait_until (&end->changed, &end->lock, until))
      ;
    end->was_early = end->is_said;
  }
  g_mutex_unlock (&end->lock);
  return 0;
}

/* A receiver whose tracks have all ended may be gone when the next one comes.
 */
GST_START_TEST (test_no_track_ends_before_all_have_begun)
{
  static const gchar *const modes[] = { "segment", "chunked-segment", "auto" };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *video = NULL, *sound = NULL;
  End end = { 0 };
  Sender s;

  server->decide = hold_sound;
  server->user_data = &end;
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", modes[__i__]);
  sender_add (&s, "video", VIDEO);
  sender_add (&s, "audio", AUDIO);
  sender_push_segment (&s, 0, 0, FALSE);
  sender_push_segment (&s, 0, 1, TRUE);
  sender_push_segment (&s, 1, 1, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  fail_if (end.was_early);
  video = received_segments (server, "video");
  sound = received_segments (server, "audio");
  fail_unless (g_str_has_prefix (video, "0"), "%s", video);
  fail_unless (strstr (video, ",1l") != NULL, "%s", video);
  fail_unless (g_str_has_prefix (sound, "1l"), "%s", sound);
  script_server_free (server);
}
GST_END_TEST;

static guint
refuse_sound (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  return strstr (request->head, "audio") != NULL
             ? GPOINTER_TO_UINT (server->user_data)
             : 0;
}

/* One that is refused, and one that never has anything. */
GST_START_TEST (test_a_track_that_does_not_begin_holds_nobody)
{
  const guint statuses[] = { 403, 503, 429, 0 };
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *video = NULL;
  Sender s;

  server->decide = refuse_sound;
  server->user_data = GUINT_TO_POINTER (statuses[__i__]);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "drain-timeout", 5 * GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_add (&s, "audio", AUDIO);
  if (statuses[__i__] != 0)
    sender_push_segment (&s, 1, 0, TRUE);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s),
      statuses[__i__] != 0 ? GST_MESSAGE_ERROR : GST_MESSAGE_EOS);
  sender_clear (&s);
  video = received_segments (server, "video");
  assert_equals_string (video, "0l");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_a_later_track_is_told_of)
{
  ScriptServer *server = script_server_new (NULL, 0);
  guint n = 0;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "mpd-name", "stream", NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, FALSE);
  script_server_wait (server, 3);
  sender_add (&s, "audio", AUDIO);
  sender_push_segment (&s, 1, 1, TRUE);
  sender_push_segment (&s, 0, 1, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  for (guint i = 0; i < server->requests->len; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *text =
        g_strndup ((const gchar *)request->body->data, request->body->len);

    if (script_kind (request) == 'm')
      assert_equals_int (strstr (text, "id=\"audio\"") != NULL, n++ == 1);
  }
  assert_equals_int (n, 2);
  script_server_free (server);
}
GST_END_TEST;

/* A receiver that knows no MPD gets the tracks. */
static const guint mpd_statuses[] = { 400, 404, 405, 415 };

GST_START_TEST (test_a_refused_mpd_stops_nothing)
{
  ScriptStep script[] = { { mpd_statuses[__i__] }, { mpd_statuses[__i__] } };
  ScriptServer *server = script_server_new (script, 1);
  const GstStructure *refused;
  guint status;
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "mpd-name", "stream", NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  refused = sender_wait_message (&s, "manifest-refused");
  fail_unless (gst_structure_get_uint (refused, "status", &status));
  assert_equals_int (status, mpd_statuses[__i__]);
  sender_clear (&s);
  assert_equals_string (server->log->str, "Mhs");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_a_probe_is_empty)
{
  static const ScriptStep script[] = { { 503 }, { 400 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "probe", TRUE, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  /* 503 is a reason to wait, 400 none to stop */
  assert_equals_string (server->log->str, "PPhs");
  for (guint i = 0; i < 2; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *line = script_request_line (request);
    g_autofree gchar *length = script_field (request->head, "Content-Length");
    g_autofree gchar *type = script_field (request->head, "Content-Type");

    assert_equals_string (line, "POST /ingest/Streams(video.cmfv)");
    assert_equals_string (length, "0");
    assert_equals_string (type, NULL);
  }
  script_server_free (server);
}
GST_END_TEST;

/* A server that knows no Expect is sent the body after a second. */
GST_START_TEST (test_expect_continue)
{
  ScriptServer *server = script_server_new (NULL, 0);
  gboolean is_ignored = __i__ == 1;
  gint64 before;
  Sender s;

  server->ignores_expect = is_ignored;
  sender_init (&s, server);
  g_object_set (s.sink, "expect-continue", TRUE, NULL);
  sender_add (&s, "video", VIDEO);
  before = g_get_monotonic_time ();
  sender_push_segment (&s, 0, 0, FALSE);
  sender_push_segment (&s, 0, 1, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  if (is_ignored)
    fail_unless (g_get_monotonic_time () - before >= 2 * G_TIME_SPAN_SECOND);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hss");
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *expect =
        script_field (script_server_get (server, i)->head, "Expect");

    assert_equals_string (expect, i == 0 ? NULL : "100-continue");
  }
  script_server_free (server);
}
GST_END_TEST;

/* Asked first, nothing is sent to a receiver that says no. */
GST_START_TEST (test_a_final_answer_to_expect_saves_the_body)
{
  static const ScriptStep script[] = { { 200 }, { 503, SCRIPT_EARLY, 0 } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "expect-continue", TRUE, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "h!hs");
  assert_equals_int (script_server_get (server, 1)->n_after, 0);
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_ipv6)
{
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autofree gchar *location = NULL, *expected = NULL, *host = NULL;
  Sender s;

  if (!script_server_listen (server, G_SOCKET_FAMILY_IPV6, 0)) {
    g_print ("SKIP: test_ipv6 needs ::1\n");
    script_server_free (server);
    return;
  }
  location = g_strdup_printf ("http://[::1]:%u/ingest", server->port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hs");
  host = script_field (script_server_get (server, 0)->head, "Host");
  expected = g_strdup_printf ("[::1]:%u", server->port);
  assert_equals_string (host, expected);
  script_server_free (server);
}
GST_END_TEST;

static Suite *
httpingestsink_wire_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-wire");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_naming, 0, G_N_ELEMENTS (names));
  tcase_add_test (tcase, test_names_are_stable_over_restart);
  tcase_add_test (tcase, test_text_has_its_names);
  tcase_add_test (tcase, test_a_retry_has_the_same_name);
  tcase_add_test (tcase, test_a_repeated_object_is_whole);
  tcase_add_loop_test (tcase, test_request_modes, 0, G_N_ELEMENTS (modes));
  tcase_add_test (tcase, test_one_long_request);
  tcase_add_test (tcase, test_sparse_tracks_have_short_requests);
  tcase_add_test (tcase, test_a_long_request_is_taken_up_again);
  tcase_add_loop_test (
      tcase, test_a_long_request_that_is_refused_late, 0, G_N_ELEMENTS (taken));
  tcase_add_test (tcase, test_a_full_spool_has_no_room_for_what_was_taken);
  tcase_add_test (tcase, test_a_new_header_begins_a_new_long_request);
  tcase_add_test (tcase, test_the_mpd_goes_first);
  tcase_add_loop_test (tcase, test_no_track_ends_before_all_have_begun, 0, 3);
  tcase_add_loop_test (
      tcase, test_a_track_that_does_not_begin_holds_nobody, 0, 4);
  tcase_add_test (tcase, test_a_later_track_is_told_of);
  tcase_add_loop_test (
      tcase, test_a_refused_mpd_stops_nothing, 0, G_N_ELEMENTS (mpd_statuses));
  tcase_add_test (tcase, test_a_probe_is_empty);
  tcase_add_loop_test (tcase, test_expect_continue, 0, 2);
  tcase_add_test (tcase, test_a_final_answer_to_expect_saves_the_body);
  tcase_add_test (tcase, test_ipv6);
  return suite;
}

GST_CHECK_MAIN (httpingestsink_wire);
