/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* httpingestsink against a server that follows a script. Three segments are
 * pushed, then the end; as none of them says that it is the last, the third is
 * sent once more with the brand lmsg. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/fragment-reader.h>

#include "script-server.h"
#include "tracks.h"

static GstBuffer *
make_chunk (guint64 decode_time)
{
  CmafSample sample = { 1024, 5, CMAF_SAMPLE_FLAGS_SYNC, 0 };
  CmafFragment fragment = { .sequence_number = 1,
    .track_id = 1,
    .decode_time = decode_time,
    .samples = &sample,
    .n_samples = 1,
    .starts_segment = TRUE };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (head);

  gst_buffer_append_memory (
      buffer, gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY,
                  (gpointer) "abcde", 5, 0, 5, NULL, NULL));
  return buffer;
}

static GstBuffer *
make_header_buffer (void)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (GBytes) header = cmaf_init_segment_write (track, NULL);

  return gst_buffer_new_wrapped_bytes (header);
}

typedef struct
{
  GstElement *sink;
  GstHarness *h;
  GstBus *bus;
} Sender;

static void
sender_init (Sender *s, guint16 port, guint64 max_spool_bytes)
{
  g_autofree gchar *location =
      g_strdup_printf ("http://127.0.0.1:%u/ingest", port);

  s->sink = gst_element_factory_make ("httpingestsink", NULL);
  fail_unless (s->sink != NULL);
  g_object_set (s->sink, "location", location, "drain-timeout", 20 * GST_SECOND,
      "encoder-name", "A", "max-spool-bytes", max_spool_bytes, NULL);
  s->bus = gst_bus_new ();
  gst_element_set_bus (s->sink, s->bus);
  s->h = gst_harness_new_with_element (s->sink, "sink_%u", NULL);
  gst_harness_set_src_caps_str (
      s->h, "video/quicktime, variant=(string)cmaf, track-name=(string)eng");
}

static void
sender_clear (Sender *s)
{
  gst_element_set_state (s->sink, GST_STATE_NULL);
  gst_element_set_bus (s->sink, NULL);
  gst_harness_teardown (s->h);
  gst_object_unref (s->bus);
  gst_object_unref (s->sink);
}

/* The type of the message that ends it: EOS or ERROR. */
static GstMessageType
send_three_and_end (Sender *s)
{
  g_autoptr (GstMessage) message = NULL;

  gst_harness_push (s->h, make_header_buffer ());
  for (guint i = 0; i < 3; i++)
    gst_harness_push (s->h, make_chunk (1024 * i));
  gst_harness_push_event (s->h, gst_event_new_eos ());
  message = gst_bus_timed_pop_filtered (
      s->bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "neither EOS nor an error");
  return GST_MESSAGE_TYPE (message);
}

/* What has arrived, read as a track: the decode times in order. */
static void
read_decode_times (ScriptServer *server, GString *times, gboolean *has_lmsg)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  CmafReadResult result;
  GError *error = NULL;

  *has_lmsg = FALSE;
  for (guint i = 0; i < server->bodies->len; i++)
    cmaf_fragment_reader_feed (reader, server->bodies->pdata[i]);
  while (
      (result = cmaf_fragment_reader_read (reader, &error)) != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR, "%s", error ? error->message : "");
    if (result == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);

      g_string_append_printf (times, "%u", (guint)(chunk->decode_time / 1024));
      *has_lmsg = (chunk->flags & CMAF_CHUNK_LAST) != 0;
    }
  }
}

typedef struct
{
  guint script[6];
  const gchar *log;   /* h header, s segment, ! fault */
  const gchar *times; /* of the segments that arrived */
  GstMessageType end;
} Case;

static const Case cases[] = {
  { { 0 }, "hssss", "0122", GST_MESSAGE_EOS },
  { { 201, 202, 204, 0 }, "hssss", "0122", GST_MESSAGE_EOS },
  { { 200, 412, 0 }, "h!hssss", "0122", GST_MESSAGE_EOS },
  { { 200, 503, 0 }, "h!hssss", "0122", GST_MESSAGE_EOS },
  { { 200, 200, SCRIPT_RESET, 0 }, "hs!hsss", "0122", GST_MESSAGE_EOS },
  { { 200, SCRIPT_CLOSE_AFTER, 0 }, "hshsss", "0122", GST_MESSAGE_EOS },
  { { 404, 0 }, "!hssss", "0122", GST_MESSAGE_EOS },
  { { 200, SCRIPT_EARLY_403, 0 }, "h!hssss", "0122", GST_MESSAGE_EOS },
  { { 200, 400, 200, 400, 0 }, "h!h!hsss", "122", GST_MESSAGE_ERROR },
  { { 200, 413, 0 }, "h!hsss", "122", GST_MESSAGE_ERROR },
  { { 405, 0 }, "!", "", GST_MESSAGE_ERROR },
};

GST_START_TEST (test_faults_heal_or_are_said_aloud)
{
  const Case *c = &cases[__i__];
  ScriptServer *server = script_server_new (c->script);
  g_autoptr (GString) times = g_string_new (NULL);
  gboolean has_lmsg;
  Sender s;

  sender_init (&s, server->port, 1 << 20);
  assert_equals_int (send_three_and_end (&s), c->end);
  sender_clear (&s);
  read_decode_times (server, times, &has_lmsg);
  if (c->end == GST_MESSAGE_EOS) {
    fail_unless_equals_string (server->log->str, c->log);
    fail_unless_equals_string (times->str, c->times);
    fail_unless (has_lmsg);
  } else {
    fail_unless (g_str_has_prefix (server->log->str, c->log));
  }
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_no_receiver_is_an_error_at_the_end)
{
  static const guint script[] = { 0 };
  ScriptServer *server = script_server_new (script);
  guint16 port = server->port;
  Sender s;

  script_server_free (server); /* nobody listens there any more */
  sender_init (&s, port, 1 << 20);
  g_object_set (s.sink, "drain-timeout", 300 * GST_MSECOND, NULL);
  assert_equals_int (send_three_and_end (&s), GST_MESSAGE_ERROR);
  sender_clear (&s);
}
GST_END_TEST;

GST_START_TEST (test_a_full_spool_drops_whole_segments_and_says_so)
{
  static const guint script[] = { 0 };
  ScriptServer *server = script_server_new (script);
  guint16 port = server->port;
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *track;
  guint64 dropped;
  Sender s;

  script_server_free (server);
  sender_init (&s, port, 600);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  gst_harness_push (s.h, make_header_buffer ());
  for (guint i = 0; i < 20; i++)
    fail_unless_equals_int (
        gst_harness_push (s.h, make_chunk (1024 * i)), GST_FLOW_OK);
  g_object_get (s.sink, "stats", &stats, NULL);
  track = gst_value_get_structure (gst_structure_get_value (stats, "eng"));
  fail_unless (gst_structure_get_uint64 (track, "dropped", &dropped));
  fail_unless (dropped > 10);
  sender_clear (&s);
}
GST_END_TEST;

GST_START_TEST (test_stopping_while_the_receiver_is_away_is_quick)
{
  static const guint script[] = { 0 };
  ScriptServer *server = script_server_new (script);
  guint16 port = server->port;
  gint64 before;
  Sender s;

  script_server_free (server);
  sender_init (&s, port, 600);
  gst_harness_push (s.h, make_header_buffer ());
  gst_harness_push (s.h, make_chunk (0));
  before = g_get_monotonic_time ();
  sender_clear (&s);
  fail_unless (g_get_monotonic_time () - before < 2 * G_TIME_SPAN_SECOND);
}
GST_END_TEST;

static const gchar *const bad_locations[] = { NULL, "", "127.0.0.1:80",
  "ftp://127.0.0.1/", "http:///path" };

GST_START_TEST (test_bad_location_fails_the_start)
{
  GstElement *sink = gst_element_factory_make ("httpingestsink", NULL);
  GstBus *bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (sink, bus);
  g_object_set (sink, "location", bad_locations[__i__], NULL);
  fail_unless_equals_int (
      gst_element_set_state (sink, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "location: "));
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_element_set_bus (sink, NULL);
  gst_object_unref (bus);
  gst_object_unref (sink);
}
GST_END_TEST;

static Suite *
httpingestsink_suite (void)
{
  Suite *suite = suite_create ("httpingestsink");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_faults_heal_or_are_said_aloud, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_no_receiver_is_an_error_at_the_end);
  tcase_add_test (tcase, test_a_full_spool_drops_whole_segments_and_says_so);
  tcase_add_test (tcase, test_stopping_while_the_receiver_is_away_is_quick);
  tcase_add_loop_test (tcase, test_bad_location_fails_the_start, 0,
      G_N_ELEMENTS (bad_locations));
  return suite;
}

GST_CHECK_MAIN (httpingestsink);
