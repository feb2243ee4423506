/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Text beside video from a muxer, over HTTP, to a directory and to an origin:
 * what goes in comes out, to the byte. */
#include "chain.h"
#include "http-peer.h"

#define CUES                                                                   \
  "WEBVTT\n\n00:01.000 --> 00:03.000\none\n\n00:06.000 --> 00:07.000\ntwo\n"
#define N_SEGMENTS 6 /* of 10 s of video */

static gchar *
write_cues (const SinkFixture *f)
{
  gchar *path = g_build_filename (f->folder, "in.vtt", NULL);

  fail_unless (g_file_set_contents (path, CUES, -1, NULL));
  return path;
}

/* The sender writes a directory as well; the other one is made of what the
 * receiver got. */
GST_START_TEST (test_over_http_to_a_directory)
{
  g_autofree gchar *cues = NULL, *send = NULL, *receive = NULL, *master = NULL;
  GstElement *sender, *receiver;
  SinkFixture direct, received;

  if (!have_elements ("x264enc h264parse subparse httpingestsrc cmafhlssink"))
    return;
  sink_fixture_init (&direct, "cmafhlssink");
  sink_fixture_init (&received, "cmafhlssink");
  cues = write_cues (&direct);
  receive = g_strdup_printf ("httpingestsrc name=in port=0 address=127.0.0.1 : "
                             "cmafhlssink location=%s",
      received.folder);
  receiver = chain_start (receive);
  send = g_strdup_printf (
      "httpingestsink name=post location=http://127.0.0.1:%u/ingest "
      "cmafhlssink name=dir location=%s "
      "videotestsrc num-buffers=250 ! video/x-raw,width=64,height=64,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=v timing-sources=fixed ! tee name=v ! queue ! "
      "post. v. ! queue ! dir. filesrc location=%s ! subparse ! "
      "cmafsyncmux track-name=t timing-sources=fixed language=en "
      "role=caption ! tee name=t ! queue ! post. t. ! queue ! dir.",
      chain_port_of (receiver, "in"), direct.folder, cues);
  sender = chain_start (send);
  chain_assert_eos (sender);
  chain_assert_eos (receiver);
  chain_stop (sender);
  chain_stop (receiver);
  master = sink_fixture_read (&received, "master.m3u8");
  assert_has (master, "TYPE=SUBTITLES,GROUP-ID=\"wvtt\",NAME=\"en\"");
  chain_assert_same_file (&direct, &received, "master.m3u8");
  for (guint i = 0; i < N_SEGMENTS; i++) {
    g_autofree gchar *name = g_strdup_printf ("t/%010u.m4s", i);

    chain_assert_same_file (&direct, &received, name);
  }
  sink_fixture_clear (&direct);
  sink_fixture_clear (&received);
}
GST_END_TEST;

static void
assert_body (
    guint port, const gchar *path, const gchar *type, const gchar *const *parts)
{
  g_autofree gchar *head = NULL, *body = NULL, *found = NULL;
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *request =
      g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);

  fail_unless (peer_send (peer, request));
  assert_equals_int (peer_read_response (peer, &head, &body), 200);
  found = peer_header (head, "Content-Type");
  assert_equals_string (found, type);
  for (; *parts; parts++)
    fail_unless (strstr (body, *parts) != NULL, "%s: %s", *parts, body);
}

/* An origin has it in both manifests, and all of its segments. */
GST_START_TEST (test_at_an_origin)
{
  static const gchar *const master[] = { "TYPE=SUBTITLES", ",wvtt\"", NULL };
  static const gchar *const media[] = { "#EXT-X-ENDLIST", "seg-5.m4s", NULL };
  static const gchar *const mpd[] = { "contentType=\"text\"", NULL };
  static const gchar *const bytes[] = { "", NULL };
  g_autofree gchar *cues = NULL, *launch = NULL;
  GstElement *pipeline;
  SinkFixture f;
  guint port;

  if (!have_elements ("x264enc h264parse subparse cmaforiginsink"))
    return;
  sink_fixture_init (&f, "cmafhlssink");
  cues = write_cues (&f);
  launch = g_strdup_printf (
      "cmaforiginsink name=origin port=0 "
      "videotestsrc num-buffers=250 ! video/x-raw,width=64,height=64,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=v timing-sources=fixed ! queue ! origin. "
      "filesrc location=%s ! subparse ! cmafsyncmux track-name=t "
      "timing-sources=fixed language=en ! queue ! origin.",
      cues);
  pipeline = chain_start (launch);
  chain_assert_eos (pipeline);
  port = chain_port_of (pipeline, "origin");
  assert_body (
      port, "/live/live/master.m3u8", "application/vnd.apple.mpegurl", master);
  assert_body (
      port, "/live/live/t/media.m3u8", "application/vnd.apple.mpegurl", media);
  assert_body (port, "/live/live/stream.mpd", "application/dash+xml", mpd);
  assert_body (port, "/live/live/t/seg-5.m4s", "application/mp4", bytes);
  chain_stop (pipeline);
  sink_fixture_clear (&f);
}
GST_END_TEST;

static Suite *
text_chain_suite (void)
{
  Suite *suite = suite_create ("text-chain");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_over_http_to_a_directory);
  tcase_add_test (tcase, test_at_an_origin);
  return suite;
}

GST_CHECK_MAIN (text_chain);
