/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What cmafhlssink does by itself, and both sinks on one directory. */
#include "sink-fixtures.h"

#include <string.h>

static void
add_both (SinkFixture *f)
{
  sink_fixture_add (f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_add (f, "a", fixture_audio ("en"));
}

/* Expected, in this order:
 *   both segments, both media playlists, the multivariant playlist;
 *   both segments, both media playlists;
 *   with EOS both media playlists, now with an end. */
GST_START_TEST (test_segments_then_playlists_are_told)
{
  g_autofree gchar *told = NULL, *master = NULL, *media = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafhlssink");
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  sink_fixture_end (&f);
  told = sink_fixture_messages (
      &f, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  assert_equals_string (told, "hls-segment-added v/0000000100.m4s\n"
                              "hls-segment-added a/0000000100.m4s\n"
                              "hls-playlist-update a/media.m3u8\n"
                              "hls-playlist-update v/media.m3u8\n"
                              "hls-playlist-update master.m3u8\n"
                              "hls-segment-added v/0000000101.m4s\n"
                              "hls-segment-added a/0000000101.m4s\n"
                              "hls-playlist-update a/media.m3u8\n"
                              "hls-playlist-update v/media.m3u8\n"
                              "hls-playlist-update a/media.m3u8\n"
                              "hls-playlist-update v/media.m3u8\n"
                              "eos\n");
  master = sink_fixture_read (&f, "master.m3u8");
  assert_has (master, "CODECS=\"avc1.640028,mp4a.40.2\"");
  assert_has (master, "\nv/media.m3u8\n");
  media = sink_fixture_read (&f, "v/media.m3u8");
  assert_has (media, "#EXT-X-MEDIA-SEQUENCE:100\n");
  assert_has (media, "#EXT-X-ENDLIST\n");
  fail_if (sink_fixture_has (&f, "stream.mpd"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_segment_message_has_these_fields)
{
  const GstStructure *s;
  GstMessage *message;
  GstClockTime duration, running_time;
  guint n = 0;
  SinkFixture f;

  sink_fixture_init (&f, "cmafhlssink");
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_push_all (&f, 100, 101);
  while ((message = gst_bus_pop (f.bus)) != NULL) {
    s = gst_message_get_structure (message);
    if (gst_message_has_name (message, "hls-segment-added")) {
      fail_unless (gst_structure_get_clock_time (s, "duration", &duration));
      assert_equals_uint64 (duration, 1920 * GST_MSECOND);
      fail_unless (
          gst_structure_get_clock_time (s, "running-time", &running_time));
      assert_equals_uint64 (running_time, n++ * 1920 * GST_MSECOND);
    }
    gst_message_unref (message);
  }
  assert_equals_int (n, 2);
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* The target duration is the same before and behind a splice, which may make a
 * segment of 1.92 s half as long again. */
GST_START_TEST (test_the_target_duration_has_room_for_moves)
{
  static const gchar *const targets[] = { "#EXT-X-TARGETDURATION:2\n",
    "#EXT-X-TARGETDURATION:3\n" };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autofree gchar *media = NULL;
    CmafTrack *video = fixture_video (25, 1, 90000, 3600, 720, 3000000);
    SinkFixture f;

    video->has_moves = i > 0;
    sink_fixture_init (&f, "cmafhlssink");
    sink_fixture_add (&f, "v", video);
    sink_fixture_push_all (&f, 100, 101);
    media = sink_fixture_read (&f, "v/media.m3u8");
    assert_has (media, targets[i]);
    sink_fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_names_are_properties)
{
  SinkFixture f;

  sink_fixture_init (&f, "cmafhlssink");
  g_object_set (
      f.sink, "master-name", "index.m3u8", "playlist-name", "list.m3u8", NULL);
  add_both (&f);
  sink_fixture_push_all (&f, 100, 101);
  fail_unless (sink_fixture_has (&f, "index.m3u8"));
  fail_unless (sink_fixture_has (&f, "v/list.m3u8"));
  fail_if (sink_fixture_has (&f, "master.m3u8"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_audio_only_presentation)
{
  g_autofree gchar *master = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafhlssink");
  sink_fixture_add (&f, "a", fixture_audio ("en"));
  sink_fixture_push_all (&f, 100, 101);
  master = sink_fixture_read (&f, "master.m3u8");
  assert_has (master, "CODECS=\"mp4a.40.2\"\na/media.m3u8\n");
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_window_deletes_segments)
{
  g_autofree gchar *media = NULL;
  SinkFixture f;

  sink_fixture_init (&f, "cmafhlssink");
  g_object_set (f.sink, "window-length", (guint64)4 * GST_SECOND,
      "window-quantum", 1, NULL);
  add_both (&f);
  sink_fixture_push_all (&f, 100, 120);
  media = sink_fixture_read (&f, "v/media.m3u8");
  assert_has (media, "#EXT-X-MEDIA-SEQUENCE:118\n");
  fail_if (sink_fixture_has (&f, "v/0000000114.m4s"));
  fail_unless (sink_fixture_has (&f, "v/0000000115.m4s"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* The element for DASH writes the media, the one for HLS refers to it. Each has
 * a streaming thread of its own behind the tee. */
GST_START_TEST (test_both_sinks_share_a_directory)
{
  g_autofree gchar *description = NULL, *mpd = NULL, *media = NULL;
  g_autofree gchar *master = NULL;
  gchar **lines;
  guint i, n = 0;
  SinkFixture f;

  if (!have_elements ("x264enc h264parse avenc_aac aacparse cmafsyncmux"))
    return;
  sink_fixture_init (&f, "cmafhlssink");
  description = g_strdup_printf (
      "cmafdashsink name=dash location=%s "
      "cmafhlssink name=hls location=%s write-segments=false "
      "videotestsrc num-buffers=250 ! video/x-raw,width=64,height=64,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=v timing-sources=fixed ! tee name=v ! queue ! "
      "dash.sink_0 v. ! queue ! hls.sink_0 "
      "audiotestsrc num-buffers=469 samplesperbuffer=1024 ! "
      "audio/x-raw,rate=48000 ! avenc_aac ! aacparse ! "
      "cmafsyncmux track-name=a timing-sources=fixed ! tee name=a ! queue ! "
      "dash.sink_1 a. ! queue ! hls.sink_1",
      f.folder, f.folder);
  run_pipeline (description);
  mpd = sink_fixture_read (&f, "stream.mpd");
  assert_has (mpd, "type=\"static\"");
  master = sink_fixture_read (&f, "master.m3u8");
  assert_has (master, "v/media.m3u8");
  media = sink_fixture_read (&f, "v/media.m3u8");
  assert_has (media, "#EXT-X-ENDLIST\n");
  lines = g_strsplit (media, "\n", -1);
  for (i = 0; lines[i] != NULL; i++) {
    g_autofree gchar *name = g_strconcat ("v/", lines[i], NULL);

    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    fail_unless (sink_fixture_has (&f, name), "%s", name);
    n++;
  }
  assert_equals_int (n, 6); /* 10 s */
  g_strfreev (lines);
  sink_fixture_clear (&f);
}
GST_END_TEST;

static void
write_subtitles (const SinkFixture *f)
{
  g_autofree gchar *path = g_build_filename (f->folder, "in.vtt", NULL);

  fail_unless (g_file_set_contents (path,
      "WEBVTT\n\n00:01.000 --> 00:03.000\none\n\n"
      "00:06.000 --> 00:07.000\ntwo\n",
      -1, NULL));
}

/* Text beside video, in the manifests of both: a segment for every number, also
 * behind its last cue. */
GST_START_TEST (test_text_beside_video)
{
  g_autofree gchar *description = NULL, *mpd = NULL, *media = NULL;
  g_autofree gchar *master = NULL;
  SinkFixture f;

  if (!have_elements ("x264enc h264parse subparse cmafsyncmux"))
    return;
  sink_fixture_init (&f, "cmafhlssink");
  write_subtitles (&f);
  description = g_strdup_printf (
      "cmafdashsink name=dash location=%s "
      "cmafhlssink name=hls location=%s write-segments=false "
      "videotestsrc num-buffers=250 ! video/x-raw,width=64,height=64,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=v timing-sources=fixed ! tee name=v ! queue ! "
      "dash.sink_0 v. ! queue ! hls.sink_0 "
      "filesrc location=%s/in.vtt ! subparse ! "
      "cmafsyncmux track-name=t timing-sources=fixed language=en "
      "role=caption ! tee name=t ! queue ! dash.sink_1 t. ! queue ! hls.sink_1",
      f.folder, f.folder, f.folder);
  run_pipeline (description);
  mpd = sink_fixture_read (&f, "stream.mpd");
  assert_has (mpd, "lang=\"en\" contentType=\"text\"");
  assert_has (mpd, "codecs=\"wvtt\"");
  assert_has (mpd, "<S t=\"0\" d=\"1920\" r=\"4\"/>");
  assert_has (mpd, "<S d=\"400\"/>");
  master = sink_fixture_read (&f, "master.m3u8");
  assert_has (master, "TYPE=SUBTITLES,GROUP-ID=\"wvtt\",NAME=\"en\"");
  assert_has (master, ",wvtt\"");
  media = sink_fixture_read (&f, "t/media.m3u8");
  assert_has (media, "#EXT-X-MAP:URI=\"init-");
  assert_has (media, "0000000005.m4s\n#EXT-X-ENDLIST\n");
  fail_unless (sink_fixture_has (&f, "t/0000000005.m4s"));
  sink_fixture_clear (&f);
}
GST_END_TEST;

static Suite *
cmafhlssink_suite (void)
{
  Suite *s = suite_create ("cmafhlssink");
  TCase *tc = tcase_create ("element");

  tcase_add_test (tc, test_segments_then_playlists_are_told);
  tcase_add_test (tc, test_segment_message_has_these_fields);
  tcase_add_test (tc, test_the_target_duration_has_room_for_moves);
  tcase_add_test (tc, test_names_are_properties);
  tcase_add_test (tc, test_audio_only_presentation);
  tcase_add_test (tc, test_window_deletes_segments);
  tcase_add_test (tc, test_both_sinks_share_a_directory);
  tcase_add_test (tc, test_text_beside_video);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (cmafhlssink);
