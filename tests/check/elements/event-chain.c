/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A track of events beside video: directories take it, directly and over HTTP.
 */
#include "chain.h"

#define N_SEGMENTS 6 /* of 10 s of video */
#define SOURCES(settings)                                                      \
  "videotestsrc num-buffers=250 ! video/x-raw,width=64,height=64,"             \
  "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "             \
  "cmafsyncmux track-name=v timing-sources=fixed " settings "! tee name=v "    \
  "cmafeventsrc name=src timing-sources=fixed ! tee name=e "

static GstElement *
start_with_event (const gchar *launch)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (launch, &error);
  g_autoptr (GBytes) data = g_bytes_new_static ("message", 7);
  GstElement *src;
  gboolean is_taken;

  fail_if (error != NULL, "%s", error ? error->message : "");
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_signal_emit_by_name (src, "add-event", "urn:x-test", "", 1,
      (gint64)(3 * GST_SECOND), (gint64)(2 * GST_SECOND), data, &is_taken);
  fail_unless (is_taken);
  gst_object_unref (src);
  fail_if (gst_element_set_state (pipeline, GST_STATE_PLAYING)
           == GST_STATE_CHANGE_FAILURE);
  return pipeline;
}

#define EVENT                                                                  \
  "<Event presentationTime=\"360000\" duration=\"240000\" id=\"1\" "           \
  "contentEncoding=\"base64\">bWVzc2FnZQ==</Event>\n"
#define RANGE_BEGIN                                                            \
  "#EXT-X-DATERANGE:CLASS=\"urn:x-test\",DURATION=2.000000,ID="
#define RANGE_END                                                              \
  "-1-3000\",START-DATE=\"1970-01-01T00:00:03.000Z\","                         \
  "X-MESSAGE-DATA=0x6D657373616765\n"

static void
assert_segments (const SinkFixture *a, const SinkFixture *b)
{
  for (guint i = 0; i < N_SEGMENTS; i++) {
    g_autofree gchar *name = g_strdup_printf ("events/%010u.m4s", i);

    chain_assert_same_file (a, b, name);
  }
}

/* The MPD has it as an AdaptationSet of its own; for HLS it is no rendition.
 * What it tells is in the MPD, and in the playlists of media. */
GST_START_TEST (test_manifests)
{
  g_autofree gchar *launch = NULL, *master = NULL, *mpd = NULL, *media = NULL;
  GstElement *pipeline;
  SinkFixture hls, dash;

  if (!have_elements ("x264enc h264parse cmafhlssink"))
    return;
  sink_fixture_init (&hls, "cmafhlssink");
  sink_fixture_init (&dash, "cmafdashsink");
  launch = g_strdup_printf (
      SOURCES (
          "") "cmafhlssink name=hls location=%s cmafdashsink name=dash "
              "location=%s v. ! queue ! hls. e. ! queue ! hls. v. ! queue ! "
              "dash. e. ! queue ! dash.",
      hls.folder, dash.folder);
  pipeline = start_with_event (launch);
  chain_assert_eos (pipeline);
  chain_stop (pipeline);
  master = sink_fixture_read (&hls, "master.m3u8");
  mpd = sink_fixture_read (&dash, "stream.mpd");
  fail_unless (strstr (master, "v/media.m3u8") != NULL, "%s", master);
  fail_if (strstr (master, "events") != NULL, "%s", master);
  fail_if (strstr (master, "evte") != NULL, "%s", master);
  media = sink_fixture_read (&hls, "v/media.m3u8");
  assert_has (media, RANGE_BEGIN);
  assert_has (media, RANGE_END);
  assert_has (mpd, "<EventStream schemeIdUri=\"urn:x-test\" "
                   "timescale=\"120000\">\n      " EVENT);
  assert_has (mpd, "contentType=\"application\"");
  assert_has (mpd, "codecs=\"evte\"");
  assert_segments (&hls, &dash);
  sink_fixture_clear (&hls);
  sink_fixture_clear (&dash);
}
GST_END_TEST;

/* What pads of httpingestsrc announce; each has its thread. */
static GMutex announced_lock;
static GString *announced;

static GstPadProbeReturn
note_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const GstStructure *s =
      gst_event_get_structure (GST_PAD_PROBE_INFO_EVENT (info));
  g_autoptr (GBytes) bytes = NULL;
  gint64 time, duration;
  gboolean is_cancel;
  guint id;

  if (!s || !gst_structure_has_name (s, "cmaf-event"))
    return GST_PAD_PROBE_OK;
  fail_unless (gst_structure_get (s, "id", G_TYPE_UINT, &id, "time",
      G_TYPE_INT64, &time, "duration", G_TYPE_INT64, &duration, "data",
      G_TYPE_BYTES, &bytes, "cancel", G_TYPE_BOOLEAN, &is_cancel, NULL));
  g_mutex_lock (&announced_lock);
  g_string_append_printf (announced,
      "%s %s %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GSIZE_FORMAT
      " %d|",
      gst_structure_get_string (s, "scheme-id-uri"),
      gst_structure_get_string (s, "value"), id, time, duration,
      g_bytes_get_size (bytes), is_cancel);
  g_mutex_unlock (&announced_lock);
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (GstElement *src, GstPad *pad, gpointer data)
{
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_event, NULL, NULL);
}

static void
watch_announcements (GstElement *receiver)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (receiver), "in");

  announced = g_string_new (NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (watch_pad), NULL);
  gst_object_unref (src);
}

/* Once, though several segments tell of it. */
static void
assert_announced (void)
{
  assert_equals_string (
      announced->str, "urn:x-test  1 3000000000 2000000000 7 0|");
  g_string_free (announced, TRUE);
}

/* @sources, behind which the links stand, to a packager behind a receiver, and
 * to @direct without one. */
static void
send_both_ways (const gchar *sources, const gchar *links, SinkFixture *direct,
    SinkFixture *received)
{
  g_autofree gchar *receive = g_strdup_printf (
      "httpingestsrc name=in port=0 address=127.0.0.1 : cmafdashsink "
      "location=%s",
      received->folder);
  GstElement *receiver = chain_start (receive);
  g_autofree gchar *send = g_strdup_printf (
      "%s httpingestsink name=post location=http://127.0.0.1:%u/ingest %s "
      "name=dir location=%s %s",
      sources, chain_port_of (receiver, "in"),
      GST_OBJECT_NAME (gst_element_get_factory (direct->sink)), direct->folder,
      links);
  GstElement *sender;

  watch_announcements (receiver);
  sender = start_with_event (send);
  chain_assert_eos (sender);
  chain_assert_eos (receiver);
  chain_stop (sender);
  chain_stop (receiver);
  assert_announced ();
}

GST_START_TEST (test_over_http)
{
  g_autofree gchar *mpd = NULL;
  SinkFixture direct, received;

  if (!have_elements ("x264enc h264parse httpingestsrc cmafdashsink"))
    return;
  sink_fixture_init (&direct, "cmafdashsink");
  sink_fixture_init (&received, "cmafdashsink");
  send_both_ways (SOURCES (""),
      "v. ! queue ! post. e. ! queue ! post. v. ! queue ! dir. e. ! queue ! "
      "dir.",
      &direct, &received);
  mpd = sink_fixture_read (&received, "stream.mpd");
  assert_has (mpd, EVENT);
  assert_segments (&direct, &received);
  sink_fixture_clear (&direct);
  sink_fixture_clear (&received);
}
GST_END_TEST;

/* The messages are in the media, and in no other track. */
GST_START_TEST (test_in_band)
{
  g_autofree gchar *mpd = NULL, *media = NULL;
  SinkFixture direct, received;

  if (!have_elements ("x264enc h264parse httpingestsrc cmafdashsink"))
    return;
  sink_fixture_init (&direct, "cmafhlssink");
  sink_fixture_init (&received, "cmafdashsink");
  send_both_ways (SOURCES ("events=in-band "),
      "e. ! queue ! fakesink async=false v. ! queue ! post. v. ! queue ! dir.",
      &direct, &received);
  mpd = sink_fixture_read (&received, "stream.mpd");
  media = sink_fixture_read (&direct, "v/media.m3u8");
  assert_has (mpd, "<InbandEventStream schemeIdUri=\"urn:x-test\"/>");
  fail_if (strstr (mpd, "<EventStream") != NULL, "%s", mpd);
  assert_has (media, RANGE_BEGIN);
  assert_has (media, RANGE_END);
  chain_assert_same_file (&direct, &received, "v/0000000001.m4s");
  sink_fixture_clear (&direct);
  sink_fixture_clear (&received);
}
GST_END_TEST;

static Suite *
event_chain_suite (void)
{
  Suite *suite = suite_create ("event-chain");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_manifests);
  tcase_add_test (tcase, test_over_http);
  tcase_add_test (tcase, test_in_band);
  return suite;
}

GST_CHECK_MAIN (event_chain);
