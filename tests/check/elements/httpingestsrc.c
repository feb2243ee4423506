/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsrc pushes for a header and two chunks:
 *
 *   stream-start, caps with streamheader and track-name, segment TIME,
 *   cmaf-source
 *   list: init (DISCONT HEADER) | front of the chunk (HEADER) | payload
 *         (DELTA_UNIT, MARKER on the last)
 *   list: front of the chunk (HEADER DELTA_UNIT) | payload
 */
#include "httpingestsrc-fixtures.h"

GST_START_TEST (test_output_contract)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, TRUE);
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  const GstSegment *time;
  GstStream *stream;
  const gchar *id;
  Track *track;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "video.cmfv", header), 200);
  assert_equals_int (post (peer, "video.cmfv", segment), 200);
  track = wait_track (receiver, 0);
  wait_eos (track);

  assert_equals_int (track->lists->len, 5);
  check_list (track, 0,
      (guint[]){ GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_HEADER,
          GST_BUFFER_FLAG_HEADER,
          GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER },
      3);
  for (guint i = 1; i < 5; i++)
    check_list (track, i,
        (guint[]){ GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DELTA_UNIT,
            GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER },
        2);
  check_caps (track, header);
  gst_event_parse_segment (find_event (track, GST_EVENT_SEGMENT), &time);
  assert_equals_int (time->format, GST_FORMAT_TIME);
  gst_event_parse_stream_start (
      find_event (track, GST_EVENT_STREAM_START), &id);
  fail_unless (g_str_has_suffix (id, "/video"));
  gst_event_parse_stream (find_event (track, GST_EVENT_STREAM_START), &stream);
  assert_equals_int (
      gst_stream_get_stream_type (stream), GST_STREAM_TYPE_VIDEO);
  gst_object_unref (stream);
  assert_equals_string (
      gst_structure_get_string (gst_event_get_structure (find_event (
                                    track, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY)),
          "source"),
      "test");

  g_byte_array_append (
      all, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_byte_array_append (
      all, g_bytes_get_data (segment, NULL), g_bytes_get_size (segment));
  assert_equals_int (all->len, track->bytes->len);
  fail_unless (memcmp (all->data, track->bytes->data, all->len) == 0);
  receiver_free (receiver);
}
GST_END_TEST;

GST_START_TEST (test_is_live_with_the_latency_of_merging)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  g_autoptr (GSocketConnection) peer = NULL;
  gboolean is_live;
  GstClockTime min, max;

  g_object_set (receiver->src, "merge-hold", 300 * GST_MSECOND, NULL);
  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "video.cmfv", header), 200);
  fail_unless (gst_pad_peer_query (wait_track (receiver, 0)->pad, query));
  gst_query_parse_latency (query, &is_live, &min, &max);
  fail_unless (is_live);
  assert_equals_uint64 (min, 300 * GST_MSECOND);
  assert_equals_uint64 (max, GST_CLOCK_TIME_NONE);
  receiver_free (receiver);
}
GST_END_TEST;

static void
check_added_message (Receiver *receiver, const gchar *name)
{
  g_autoptr (GstMessage) message =
      wait_message (receiver, "httpingestsrc-track-added");
  const GstStructure *s = gst_message_get_structure (message);

  assert_equals_string (gst_structure_get_string (s, "track-name"), name);
  fail_unless (gst_structure_has_field (s, "codecs"));
}

/* The size of the next collection that is told. */
static guint
wait_collection (Receiver *receiver)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      receiver->bus, RECEIVER_WAIT, GST_MESSAGE_STREAM_COLLECTION);
  g_autoptr (GstStreamCollection) collection = NULL;

  fail_unless (message != NULL);
  gst_message_parse_stream_collection (message, &collection);
  return gst_stream_collection_get_size (collection);
}

GST_START_TEST (test_tracks_are_announced)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (CmafTrack) audio = make_track (&test_codecs[4]);
  g_autoptr (GBytes) video_header = make_header (video);
  g_autoptr (GBytes) audio_header = make_header (audio);
  g_autoptr (GSocketConnection) peer = NULL;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "video.cmfv", video_header), 200);
  assert_equals_int (wait_collection (receiver), 1);
  check_added_message (receiver, "video");
  assert_equals_int (post (peer, "audio.cmfa", audio_header), 200);
  assert_equals_int (wait_collection (receiver), 2);
  check_added_message (receiver, "audio");
  assert_equals_string (
      GST_PAD_NAME (GST_PAD_PEER (wait_track (receiver, 1)->pad)), "src_1");
  receiver_free (receiver);
}
GST_END_TEST;

/* As what gst-launch does: any pad that is free is linked, in whatever thread
 * it comes. */
static void
link_any_pad (GstElement *src, GstPad *pad, gpointer data)
{
  gint *n_adding = data;

  assert_equals_int (g_atomic_int_add (n_adding, 1), 0);
  g_usleep (20000); /* another one comes meanwhile */
  g_atomic_int_add (n_adding, -1);
}

GST_START_TEST (test_pads_come_one_by_one)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GSocketConnection) last = NULL;
  gint n_adding = 0;

  g_signal_connect (
      receiver->src, "pad-added", G_CALLBACK (link_any_pad), &n_adding);
  play (receiver);
  last = send_headers (receiver, 4);
  wait_track (receiver, 3);
  receiver_free (receiver);
}
GST_END_TEST;

/* All are on their way when the first pad is there: the last collection has all
 * of them, and there is not one for each. */
GST_START_TEST (test_many_tracks_have_few_collections)
{
  const guint n_tracks = 16;
  Receiver *receiver = receiver_new ();
  GAsyncQueue *turns = g_async_queue_new ();
  guint n = 0, n_collections = 0;

  g_signal_connect (
      receiver->src, "pad-added", G_CALLBACK (wait_for_others), turns);
  play (receiver);
  g_object_unref (send_headers (receiver, n_tracks));
  while (get_n_tracks (receiver) < n_tracks)
    g_thread_yield ();
  for (guint i = 0; i < n_tracks; i++)
    g_async_queue_push (turns, g_strdup ("go"));
  for (; n < n_tracks; n_collections++)
    n = wait_collection (receiver);
  fail_unless (n_collections <= 5, "%u", n_collections);
  receiver_free (receiver);
  g_async_queue_unref (turns);
}
GST_END_TEST;

/* An application that takes its time with the first pad. */
typedef struct
{
  GAsyncQueue *begun; /* of the pads */
  GAsyncQueue *peers; /* one, which is closed when the element stops */
} Slow;

static void
wait_for_the_end (GstElement *src, GstPad *pad, gpointer data)
{
  Slow *slow = data;
  g_autoptr (GSocketConnection) peer = NULL;

  g_async_queue_push (slow->begun, pad);
  peer = g_async_queue_try_pop (slow->peers);
  while (peer && !peer_sees_close (peer))
    continue;
}

/* Pads that wait for their turn when the element stops are never added. */
GST_START_TEST (test_stopped_while_pads_wait)
{
  Receiver *receiver = receiver_new ();
  Slow slow = { g_async_queue_new (), g_async_queue_new () };

  g_signal_connect (
      receiver->src, "pad-added", G_CALLBACK (wait_for_the_end), &slow);
  play (receiver);
  g_async_queue_push (slow.peers, peer_connect (receiver->port));
  g_object_unref (send_headers (receiver, 4));
  fail_unless (
      g_async_queue_timeout_pop (slow.begun, RECEIVER_WAIT / GST_USECOND));
  receiver_free (receiver);
  assert_equals_int (g_async_queue_length (slow.begun), 0);
  g_async_queue_unref (slow.begun);
  g_async_queue_unref (slow.peers);
}
GST_END_TEST;

GST_START_TEST (test_eos_event_ends_every_track)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GstMessage) stats = NULL;
  guint64 segments;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "video.cmfv", header), 200);
  assert_equals_int (post (peer, "video.cmfv", segment), 200);
  fail_unless (gst_element_send_event (receiver->src, gst_event_new_eos ()));
  wait_eos (wait_track (receiver, 0));
  assert_equals_int (wait_track (receiver, 0)->lists->len, 5);
  stats = wait_message (receiver, "httpingestsrc-stats");
  fail_unless (gst_structure_get_uint64 (
      gst_message_get_structure (stats), "segments", &segments));
  assert_equals_uint64 (segments, 1);
  receiver_free (receiver);
}
GST_END_TEST;

/* A sink without pads never says that it has ended. */
GST_START_TEST (test_eos_before_any_track_is_an_error)
{
  Receiver *receiver = receiver_new ();
  GstMessage *message;

  play (receiver);
  fail_unless (gst_element_send_event (receiver->src, gst_event_new_eos ()));
  message = gst_bus_timed_pop_filtered (receiver->bus, 0, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  receiver_free (receiver);
}
GST_END_TEST;

GST_START_TEST (test_starts_again_at_the_same_port)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);

  play (receiver);
  ASSERT_WARNING (g_object_set (receiver->src, "path", "/x", NULL));
  for (guint run = 0; run < 3; run++) {
    g_autoptr (GSocketConnection) peer = peer_connect (receiver->port);
    g_autoptr (GBytes) segment = make_segment (video, run, FALSE);
    guint port = receiver->port;

    assert_equals_int (post (peer, "video.cmfv", header), 200);
    assert_equals_int (post (peer, "video.cmfv", segment), 200);
    wait_lists (wait_track (receiver, run), 5);
    gst_element_set_state (receiver->src, GST_STATE_READY);
    assert_equals_int (receiver->src->numpads, 0);
    assert_equals_uint64 (get_stat (receiver, "segments"), 1);
    g_object_set (receiver->src, "port", port, NULL);
    play (receiver);
  }
  receiver_free (receiver);
}
GST_END_TEST;

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

GST_START_TEST (test_port_can_be_read_and_is_told)
{
  Receiver *receiver = receiver_new ();
  guint n = 0, port;

  g_signal_connect (
      receiver->src, "notify::port", G_CALLBACK (count_notify), &n);
  gst_element_set_state (receiver->src, GST_STATE_READY);
  g_object_get (receiver->src, "port", &port, NULL);
  assert_equals_int (port, 0);
  gst_element_set_state (receiver->src, GST_STATE_PAUSED);
  g_object_get (receiver->src, "port", &port, NULL);
  fail_unless (port != 0);
  assert_equals_int (n, 1);
  receiver_free (receiver);
}
GST_END_TEST;

typedef struct
{
  const gchar *property;
  const gchar *value;
  const gchar *message; /* has this */
} BadCase;

static const BadCase bad_cases[] = {
  { "address", "example", "\"example\"" },
  { "path", "ingest", "\"ingest\"" },
  { "path", "/my%20ingest", "what the escape stands for" },
  { "path", "/ingest?key=1", "without ? and #" },
  { "path", "/a/../b", "names between its slashes" },
  { "path", "/a//b", "names between its slashes" },
  { "tls-certificate-file", "/nowhere/x.pem", "tls-certificate-file" },
  { NULL, NULL,
      " is taken at 0.0.0.0, needs another one (0: any that is free)" },
};

GST_START_TEST (test_bad_settings_give_one_error)
{
  const BadCase *c = &bad_cases[__i__];
  Receiver *receiver = receiver_new ();
  Receiver *other = receiver_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  play (other);
  if (c->property != NULL)
    gst_util_set_object_arg (G_OBJECT (receiver->src), c->property, c->value);
  else
    g_object_set (
        receiver->src, "port", other->port, "address", "0.0.0.0", NULL);
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (
      strstr (error->message, c->message) != NULL, "%s", error->message);
  fail_unless (gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR) == NULL);
  receiver_free (receiver);
  receiver_free (other);
}
GST_END_TEST;

static guint
post_alone (Receiver *receiver, const gchar *name, GBytes *bytes)
{
  g_autoptr (GSocketConnection) peer = peer_connect (receiver->port);

  return post (peer, name, bytes);
}

/* A track nobody takes does not stop the one that is taken. */
GST_START_TEST (test_an_unlinked_pad_stops_nobody)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, TRUE);
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (GstPad) src_pad = NULL;
  Track *track;

  play (receiver);
  peer = peer_connect (receiver->port);
  assert_equals_int (post (peer, "a.cmfv", header), 200);
  track = wait_track (receiver, 0);
  src_pad = gst_pad_get_peer (track->pad);
  gst_pad_unlink (src_pad, track->pad);
  assert_equals_int (post (peer, "b.cmfv", header), 200);
  post_alone (receiver, "a.cmfv", segment);
  assert_equals_int (post (peer, "b.cmfv", segment), 200);
  wait_eos (wait_track (receiver, 1));
  assert_equals_int (wait_track (receiver, 1)->lists->len, 5);
  receiver_free (receiver);
}
GST_END_TEST;

static guint
count_warnings (Receiver *receiver, const gchar *text)
{
  GstMessage *message;
  guint n = 0;

  while (
      (message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_WARNING))) {
    g_autoptr (GError) warning = NULL;

    gst_message_parse_warning (message, &warning, NULL);
    fail_unless (
        strstr (warning->message, text) != NULL, "%s", warning->message);
    gst_message_unref (message);
    n++;
  }
  return n;
}

/* The track's senders hear of it, the application once, and a link is enough to
 * make it good. */
GST_START_TEST (test_senders_learn_that_nobody_takes_their_track)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) last = NULL;
  g_autoptr (GstPad) src_pad = NULL;
  guint status = 200, n;
  Track *track;

  play (receiver);
  assert_equals_int (post_alone (receiver, "a.cmfv", header), 200);
  track = wait_track (receiver, 0);
  assert_equals_int (post_alone (receiver, "b.cmfv", header), 200);
  wait_track (receiver, 1);
  src_pad = gst_pad_get_peer (track->pad);
  gst_pad_unlink (src_pad, track->pad);
  for (n = 1; status == 200; n++) {
    g_autoptr (GBytes) segment = make_segment (video, n, FALSE);

    fail_unless (n < 10000);
    status = post_alone (receiver, "a.cmfv", segment);
    assert_equals_int (post_alone (receiver, "b.cmfv", segment), 200);
  }
  assert_equals_int (status, 503);
  last = make_segment (video, n, FALSE);
  assert_equals_int (post_alone (receiver, "a.cmfv", last), 503);
  fail_unless_equals_int (gst_pad_link (src_pad, track->pad), GST_PAD_LINK_OK);
  assert_equals_int (post_alone (receiver, "a.cmfv", last), 200);
  wait_lists (track, 1);
  assert_equals_int (count_warnings (receiver, "track a: pad src_0 is"), 1);
  receiver_free (receiver);
}
GST_END_TEST;

static GstFlowReturn
refuse_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  gst_buffer_list_unref (list);
  return GST_FLOW_ERROR;
}

/* Two tracks end in the same sink, which has told why. */
GST_START_TEST (test_what_downstream_refuses_is_one_error)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 1, FALSE);
  GstMessage *message;
  guint n = 0;

  play (receiver);
  for (guint i = 0; i < 2; i++) {
    const gchar *name = i == 0 ? "a.cmfv" : "b.cmfv";

    assert_equals_int (post_alone (receiver, name, header), 200);
    gst_pad_set_chain_list_function (
        wait_track (receiver, i)->pad, refuse_list);
    post_alone (receiver, name, segment);
    wait_eos (wait_track (receiver, i));
  }
  while ((message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR))) {
    gst_message_unref (message);
    n++;
  }
  assert_equals_int (n, 1);
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- with httpingestsink ---- */

typedef struct
{
  GstElement *sink;
  GstPad *src_pad;
} Sender;

static void
sender_push (Sender *sender, GBytes *bytes)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (bytes);

  gst_pad_push (sender->src_pad, buffer);
}

static void
sender_init (Sender *sender, guint port, const gchar *name,
    const gchar *encoder, const gchar *scheme, GBytes *header)
{
  g_autofree gchar *location =
      g_strdup_printf ("%s://127.0.0.1:%u/ingest", scheme, port);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING, name, NULL);
  g_autoptr (GstPad) sink_pad = NULL;
  GstSegment segment;

  sender->sink = gst_element_factory_make ("httpingestsink", NULL);
  fail_unless (sender->sink != NULL);
  g_object_set (
      sender->sink, "location", location, "encoder-name", encoder, NULL);
  sink_pad = gst_element_request_pad_simple (sender->sink, "sink_%u");
  sender->src_pad = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_active (sender->src_pad, TRUE);
  fail_unless_equals_int (
      gst_pad_link (sender->src_pad, sink_pad), GST_PAD_LINK_OK);
  if (g_str_equal (scheme, "http"))
    gst_element_set_state (sender->sink, GST_STATE_PLAYING);
  gst_pad_push_event (sender->src_pad, gst_event_new_stream_start (name));
  gst_pad_push_event (sender->src_pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (sender->src_pad, gst_event_new_segment (&segment));
  if (header != NULL)
    sender_push (sender, header);
}

static void
sender_clear (Sender *sender)
{
  if (sender->sink == NULL)
    return;
  gst_element_set_state (sender->sink, GST_STATE_NULL);
  gst_pad_set_active (sender->src_pad, FALSE);
  gst_object_unref (sender->src_pad);
  gst_object_unref (sender->sink);
  sender->sink = NULL;
}

GST_START_TEST (test_what_goes_into_the_sink_comes_out)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  Sender sender;
  Track *track;

  play (receiver);
  sender_init (&sender, receiver->port, "video", "A", "http", header);
  g_byte_array_append (
      all, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  for (guint n = 0; n < 50; n++) {
    g_autoptr (GBytes) chunk = make_chunks (video, n, 1, n == 49, 0);

    sender_push (&sender, chunk);
    g_byte_array_append (
        all, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  }
  gst_pad_push_event (sender.src_pad, gst_event_new_eos ());
  track = wait_track (receiver, 0);
  wait_eos (track);
  assert_equals_int (all->len, track->bytes->len);
  fail_unless (memcmp (all->data, track->bytes->data, all->len) == 0);
  sender_clear (&sender);
  receiver_free (receiver);
}
GST_END_TEST;

/* Encoder A is killed at any chunk of ten segments. */
GST_START_TEST (test_two_encoders_one_is_killed)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  Sender a, b;
  Track *track;

  play (receiver);
  sender_init (&a, receiver->port, "video", "A", "http", header);
  sender_init (&b, receiver->port, "video", "B", "http", header);
  for (guint n = 0; n < 50; n++) {
    g_autoptr (GBytes) chunk = make_chunks (video, n, 1, n == 49, 0);

    if (n == (guint)__i__)
      sender_clear (&a);
    if (a.sink != NULL)
      sender_push (&a, chunk);
    sender_push (&b, chunk);
  }
  gst_pad_push_event (b.src_pad, gst_event_new_eos ());
  track = wait_track (receiver, 0);
  wait_eos (track);
  assert_equals_int (track->lists->len, 50);
  for (guint i = 0; i < 50; i++) {
    GstBufferList *list = g_ptr_array_index (track->lists, i);

    assert_equals_uint64 (
        GST_BUFFER_DTS (gst_buffer_list_get (list, 0)), i * 200 * GST_MSECOND);
  }
  assert_equals_uint64 (get_stat (receiver, "gaps"), 0);
  assert_equals_uint64 (get_stat (receiver, "segments"), 10);
  sender_clear (&b);
  receiver_free (receiver);
}
GST_END_TEST;

/* ---- other programs ---- */

/* Without what may be preloaded into this one. */
static gboolean
run_program (const gchar *command, gchar **errors)
{
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) environment =
      g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  gint status = -1;

  return g_shell_parse_argv (command, NULL, &words, NULL)
         && g_spawn_sync (NULL, words, environment, G_SPAWN_SEARCH_PATH, NULL,
             NULL, NULL, errors, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* ---- TLS ---- */

GST_START_TEST (test_tls)
{
  gchar *pem = certificate_new ();
  Receiver *receiver;
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GBytes) segment = make_segment (video, 0, TRUE);
  Sender sender;

  if (pem == NULL)
    return;
  receiver = receiver_new ();
  g_object_set (receiver->src, "tls-certificate-file", pem, "user-id", "ada",
      "user-pw", "x", NULL);
  play (receiver);
  sender_init (&sender, receiver->port, "video", "A", "https", NULL);
  g_object_set (
      sender.sink, "tls-ca-file", pem, "user-id", "ada", "user-pw", "x", NULL);
  gst_element_set_state (sender.sink, GST_STATE_PLAYING);
  sender_push (&sender, header);
  sender_push (&sender, segment);
  gst_pad_push_event (sender.src_pad, gst_event_new_eos ());
  wait_eos (wait_track (receiver, 0));
  assert_equals_int (wait_track (receiver, 0)->lists->len, 5);
  sender_clear (&sender);
  receiver_free (receiver);
  certificate_free (pem);
}
GST_END_TEST;

/* ---- senders ---- */

static void
run (const gchar *command)
{
  g_autofree gchar *errors = NULL;

  fail_unless (run_program (command, &errors), "%s: %s", command, errors);
}

static gboolean
has_program (const gchar *name)
{
  g_autofree gchar *path = g_find_program_in_path (name);

  if (path == NULL)
    g_print ("SKIP: needs %s\n", name);
  return path != NULL;
}

/* Frames that came out, by the chunks' own word. */
static guint
count_frames (Track *track)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (track->bytes->data, track->bytes->len);
  CmafReadResult result;
  guint n = 0;

  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR);
    if (result == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);

      n += chunk->n_samples;
    }
  }
  return n;
}

static const gchar *const ffmpeg_flags[] = {
  "cmaf+frag_keyframe+delay_moov",
  "cmaf+frag_keyframe+empty_moov+skip_trailer",
  "cmaf+frag_every_frame+delay_moov",
  "frag_keyframe+empty_moov+default_base_moof",
};

GST_START_TEST (test_ffmpeg_posts_one_long_body)
{
  Receiver *receiver;
  g_autofree gchar *command = NULL;
  Track *track;

  if (!has_program ("ffmpeg"))
    return;
  receiver = receiver_new ();
  g_object_set (receiver->src, "idle-timeout", 500 * GST_MSECOND, NULL);
  play (receiver);
  command = g_strdup_printf (
      "ffmpeg -v error -f lavfi -i testsrc=size=160x120:rate=25 -t 4 "
      "-c:v libx264 -preset ultrafast -g 25 -bf 0 -f mp4 -movflags %s "
      "-method %s \"http://127.0.0.1:%u/ingest/%s\"",
      ffmpeg_flags[__i__], __i__ % 2 ? "PUT" : "POST", receiver->port,
      __i__ % 2 ? "video.cmfv" : "Streams(video.cmfv)");
  run (command);
  track = wait_track (receiver, 0);
  wait_eos (track);
  assert_equals_int (count_frames (track), 100);
  assert_equals_uint64 (get_stat (receiver, "gaps"), 0);
  assert_equals_uint64 (get_stat (receiver, "dropped-chunks"), 0);
  receiver_free (receiver);
}
GST_END_TEST;

/* curl asks before it sends more than a megabyte. */
GST_START_TEST (test_curl_posts_a_large_body)
{
  Receiver *receiver;
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree gchar *file = NULL, *command = NULL;
  gint fd;

  if (!has_program ("curl"))
    return;
  receiver = receiver_new ();
  play (receiver);
  g_byte_array_append (
      all, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  for (guint n = 0; n < 1000; n++)
    append_chunk (all, video, n, n == 999, 0);
  fd = g_file_open_tmp ("cmaf-XXXXXX", &file, NULL);
  fail_unless (fd >= 0);
  close (fd);
  fail_unless (g_file_set_contents (file, (gchar *)all->data, all->len, NULL));
  command = g_strdup_printf (
      "curl -sf --max-time 20 --data-binary @%s -H \"Expect: 100-continue\" "
      "http://127.0.0.1:%u/ingest/Streams(video.cmfv)",
      file, receiver->port);
  run (command);
  wait_eos (wait_track (receiver, 0));
  assert_equals_int (wait_track (receiver, 0)->lists->len, 1000);
  g_remove (file);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_output_contract);
  tcase_add_test (tc, test_is_live_with_the_latency_of_merging);
  tcase_add_test (tc, test_tracks_are_announced);
  tcase_add_test (tc, test_pads_come_one_by_one);
  tcase_add_test (tc, test_many_tracks_have_few_collections);
  tcase_add_test (tc, test_stopped_while_pads_wait);
  tcase_add_test (tc, test_eos_event_ends_every_track);
  tcase_add_test (tc, test_eos_before_any_track_is_an_error);
  tcase_add_test (tc, test_starts_again_at_the_same_port);
  tcase_add_test (tc, test_port_can_be_read_and_is_told);
  tcase_add_loop_test (
      tc, test_bad_settings_give_one_error, 0, G_N_ELEMENTS (bad_cases));
  tcase_add_test (tc, test_an_unlinked_pad_stops_nobody);
  tcase_add_test (tc, test_what_downstream_refuses_is_one_error);
  tcase_add_test (tc, test_senders_learn_that_nobody_takes_their_track);
  tcase_add_test (tc, test_what_goes_into_the_sink_comes_out);
  tcase_add_loop_test (tc, test_two_encoders_one_is_killed, 11, 19);
  tcase_add_test (tc, test_tls);
  tcase_add_loop_test (
      tc, test_ffmpeg_posts_one_long_body, 0, G_N_ELEMENTS (ffmpeg_flags));
  tcase_add_test (tc, test_curl_posts_a_large_body);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc);
