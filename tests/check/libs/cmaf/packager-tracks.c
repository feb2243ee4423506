/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "packager-fixtures.h"

/* ---- tracks that come and go ---- */

GST_START_TEST (test_ended_track_holds_nobody_back)
{
  g_autofree gchar *audio = NULL, *video = NULL, *mpd = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  fail_unless (cmaf_packager_end_track (f.packager, "a", NULL));
  push (&f, "v", f.video, 102);
  push (&f, "v", f.video, 103);
  audio = read_text (&f, "a/media.m3u8");
  assert_has (audio, "#EXT-X-ENDLIST");
  video = read_text (&f, "v/media.m3u8");
  assert_has (video, "0000000103.m4s");
  assert_lacks (video, "#EXT-X-ENDLIST");
  push (&f, "v", f.video, 104); /* the third without audio */
  mpd = read_text (&f, "stream.mpd");
  assert_has (mpd, "<Period id=\"k104\" start=\"PT199.680S\">");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_track_that_falls_behind_is_given_up_and_comes_back)
{
  g_autofree gchar *one = NULL, *two = NULL;
  Fixture f;
  guint i;

  fixture_init (&f);
  f.config.max_lag = 3;
  start_both (&f);
  push_both (&f, 100, 101);
  for (i = 102; i <= 104; i++)
    push (&f, "v", f.video, i);
  one = read_text (&f, "v/media.m3u8");
  assert_lacks (one, "0000000102.m4s");
  push (&f, "v", f.video, 105);
  two = read_text (&f, "v/media.m3u8");
  assert_has (two, "0000000105.m4s");
  push (&f, "a", f.audio, 102); /* too late */
  assert_has (f.told->str, "track a: segment 102 comes after the others went "
                           "on, and is not listed");
  /* it is there all the same: other packagers may list it */
  fail_unless (cmaf_object_store_contains (f.store, "a/0000000102.m4s"));
  push_both (&f, 106, 108); /* 106 shows that it is back */
  g_free (two);
  two = read_text (&f, "a/media.m3u8");
  assert_has (two, "#EXT-X-GAP\n#EXTINF:1.920000,\n0000000106.m4s\n"
                   "#EXT-X-PROGRAM-DATE-TIME");
  assert_has (two, "0000000107.m4s\n");
  assert_has (two, "0000000108.m4s\n");
  assert_equals_uint64 (get_stat (&f, "late-segments"), 2);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_late_segment_goes_with_the_window)
{
  Fixture f;

  fixture_init (&f);
  f.config.max_lag = 3;
  f.config.window_length = 4 * GST_SECOND;
  start_both (&f);
  push_both (&f, 100, 101);
  for (guint i = 102; i <= 105; i++)
    push (&f, "v", f.video, i);
  push (&f, "a", f.audio, 102);
  fail_unless (cmaf_object_store_contains (f.store, "a/0000000102.m4s"));
  push_both (&f, 106, 120);
  fail_if (cmaf_object_store_contains (f.store, "a/0000000102.m4s"));
  fixture_clear (&f);
}
GST_END_TEST;

/* One that is started again begins where all of its tracks are. What came
 * before that is there, and may be listed by others, or in the past. */
GST_START_TEST (test_what_an_earlier_process_has_listed_stays)
{
  Fixture f;

  fixture_init (&f);
  f.config.window_length = __i__ == 0 ? 0 : 10 * GST_SECOND;
  start_both (&f);
  push_both (&f, 100, 103);
  cmaf_packager_free (f.packager);
  start_both (&f);
  push (&f, "v", f.video, 103); /* sent again */
  push_both (&f, 104, 106);
  for (guint i = 100; i <= 106; i++) {
    g_autofree gchar *name = g_strdup_printf ("v/%010u.m4s", i);

    fail_unless (cmaf_object_store_contains (f.store, name), "%s", name);
  }
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_track_that_joins_begins_a_period)
{
  g_autofree gchar *mpd = NULL, *master = NULL;
  g_autoptr (CmafTrack) low = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 102);
  low = fixture_video (25, 1, 90000, 3600, 360, 1000000);
  header (&f, "v-low", low);
  push_both (&f, 103, 103);
  push (&f, "v-low", low, 103);
  mpd = read_text (&f, "stream.mpd");
  assert_has (mpd, "<Period id=\"k103\"");
  assert_has (mpd, "<Representation id=\"v-low\"");
  master = read_text (&f, "master.m3u8");
  assert_has (master, "v-low/media.m3u8");
  fixture_clear (&f);
}
GST_END_TEST;

/* A header promises a segment soon, and no more than that: what is on the air
 * is not held up by one that nothing follows. */
GST_START_TEST (test_track_that_only_has_a_header_is_not_waited_for)
{
  g_autoptr (CmafTrack) low = NULL;
  g_autofree gchar *master = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.max_lag = 10;
  start_both (&f);
  push_both (&f, 100, 102);
  low = fixture_video (25, 1, 90000, 3600, 360, 1000000);
  header (&f, "v-low", low);
  for (guint i = 103; i <= 130; i++) {
    g_autofree gchar *name = g_strdup_printf ("0000000%u.m4s", i);
    g_autofree gchar *video = NULL;

    push_both (&f, i, i);
    video = read_text (&f, "v/media.m3u8");
    if (i < 105)
      assert_lacks (video, name);
    else
      assert_has (video, name);
  }
  for (guint i = 131; i <= 133; i++) {
    push_both (&f, i, i);
    push (&f, "v-low", low, i);
  }
  master = read_text (&f, "master.m3u8");
  assert_has (master, "v-low/media.m3u8");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_new_header_is_a_new_generation)
{
  g_autofree gchar *mpd = NULL, *audio = NULL, *video = NULL;
  g_autoptr (CmafTrack) other = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  header (&f, "v", f.video); /* the same is no news */
  other = fixture_video (25, 1, 90000, 3600, 1080, 3000000);
  header (&f, "v", other);
  assert_has (f.told->str, "track v: a new header begins, it differs in width");
  push_both (&f, 102, 103);
  mpd = read_text (&f, "stream.mpd");
  assert_has (mpd, "<Period id=\"k102\"");
  video = read_text (&f, "v/media.m3u8");
  assert_has (video, "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-");
  audio = read_text (&f, "a/media.m3u8");
  assert_has (audio, "#EXT-X-DISCONTINUITY\n");
  assert_equals_int (count_objects (&f, "v/init-"), 2);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_old_header_goes_with_its_segments)
{
  g_autoptr (CmafTrack) other = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.window_length = 4 * GST_SECOND;
  start_both (&f);
  push_both (&f, 100, 101);
  other = fixture_video (25, 1, 90000, 3600, 1080, 3000000);
  header (&f, "v", other);
  push_both (&f, 102, 120);
  assert_equals_int (count_objects (&f, "v/init-"), 1);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_hole_is_a_period_in_dash_and_gaps_in_hls)
{
  g_autofree gchar *mpd = NULL, *video = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  push (&f, "a", f.audio, 102);
  push_both (&f, 103, 104);
  mpd = read_text (&f, "stream.mpd");
  assert_has (mpd, "<Period id=\"k103\"");
  video = read_text (&f, "v/media.m3u8");
  assert_has (video, "0000000101.m4s\n#EXT-X-GAP\n#EXTINF:1.920000,\n"
                     "0000000102.m4s\n#EXT-X-PROGRAM-DATE-TIME");
  assert_equals_uint64 (get_stat (&f, "gaps"), 1);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_hole_is_a_time_when_times_are_addressed)
{
  g_autofree gchar *mpd = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.addressing = CMAF_ADDRESSING_TIMELINE_TIME;
  start_both (&f);
  push_both (&f, 100, 101);
  push (&f, "a", f.audio, 102);
  push_both (&f, 103, 104);
  mpd = read_text (&f, "stream.mpd");
  assert_lacks (mpd, "<Period id=\"k");
  assert_has (mpd, "<S t=\"17280000\" d=\"172800\" r=\"1\"/>\n"
                   "          <S t=\"17798400\" d=\"172800\" r=\"1\"/>");
  fixture_clear (&f);
}
GST_END_TEST;

/* Video whose key frames are not on the grid: 101 goes on for @n_long frames,
 * to 36 frames before edge @last. */
static void
push_stretched (Fixture *f, guint n_long, guint64 last)
{
  const guint n_frames[] = { n_long, 36 };
  FixtureChunk chunk = { .decode_time = 101 * 172800 };
  guint64 number;

  start_both (f);
  push_both (f, 100, 100);
  for (guint i = 0; i < G_N_ELEMENTS (n_frames); i++) {
    g_autoptr (CmafChunk) segment = NULL;

    chunk.n_samples = n_frames[i];
    segment = fixture_chunk (f->video, &chunk);
    fail_unless (cmaf_packager_push (f->packager, "v", segment, NULL));
    chunk.decode_time += n_frames[i] * 3600;
  }
  push (f, "v", f->video, last);
  for (number = 101; number <= last; number++)
    push (f, "a", f->audio, number);
}

/* Numbers follow each other in a period, so that a new one begins, at the time
 * at which the long segment ends and with no hole in any track. */
GST_START_TEST (test_number_inside_a_long_segment_is_no_hole)
{
  /* frames of segment 101: one and more than two numbers are skipped */
  static const struct
  {
    guint n_long;
    guint64 last;
    const gchar *parts[6];
    const gchar *lacks;
  } cases[] = {
    { 108, 104,
        { "<Period id=\"k103\" start=\"PT198.240S\">",
            "presentationTimeOffset=\"17841600\" startNumber=\"103\"",
            "presentationTimeOffset=\"9515520\" startNumber=\"103\"",
            "<S t=\"17280000\" d=\"172800\"/>\n"
            "          <S d=\"388800\"/>\n        </",
            "startNumber=\"100\">\n        <SegmentTimeline>\n"
            "          <S t=\"9216000\" d=\"92160\" r=\"3\"/>\n        </",
            "<S t=\"9492480\" d=\"92160\" r=\"1\"/>" },
        "k104" },
    { 108 + 3 * 48, 107,
        { "<Period id=\"k106\" start=\"PT204.000S\">",
            "presentationTimeOffset=\"18360000\" startNumber=\"106\"",
            "presentationTimeOffset=\"9792000\" startNumber=\"106\"",
            "          <S d=\"907200\"/>\n        </",
            "          <S t=\"9216000\" d=\"92160\" r=\"6\"/>\n        </",
            "<S t=\"9768960\" d=\"92160\" r=\"1\"/>" },
        "k104" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *mpd = NULL;
    Fixture f;

    fixture_init (&f);
    push_stretched (&f, cases[i].n_long, cases[i].last);
    mpd = read_text (&f, "stream.mpd");
    for (guint k = 0; k < G_N_ELEMENTS (cases[i].parts); k++)
      assert_has (mpd, cases[i].parts[k]);
    assert_lacks (mpd, cases[i].lacks);
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_long_segment_is_no_period_by_time)
{
  g_autofree gchar *mpd = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.addressing = CMAF_ADDRESSING_TIMELINE_TIME;
  push_stretched (&f, 108 + 3 * 48, 107);
  mpd = read_text (&f, "stream.mpd");
  assert_lacks (mpd, "<Period id=\"k");
  assert_has (mpd, "<S t=\"17280000\" d=\"172800\"/>\n"
                   "          <S d=\"907200\"/>\n"
                   "          <S d=\"129600\"/>\n"
                   "          <S d=\"172800\"/>\n        </");
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
packager_tracks_suite (void)
{
  Suite *s = suite_create ("packager-tracks");
  TCase *tc = tcase_create ("output");

  tcase_add_test (tc, test_ended_track_holds_nobody_back);
  tcase_add_test (tc, test_track_that_falls_behind_is_given_up_and_comes_back);
  tcase_add_test (tc, test_late_segment_goes_with_the_window);
  tcase_add_loop_test (tc, test_what_an_earlier_process_has_listed_stays, 0, 2);
  tcase_add_test (tc, test_track_that_joins_begins_a_period);
  tcase_add_test (tc, test_track_that_only_has_a_header_is_not_waited_for);
  tcase_add_test (tc, test_new_header_is_a_new_generation);
  tcase_add_test (tc, test_old_header_goes_with_its_segments);
  tcase_add_test (tc, test_hole_is_a_period_in_dash_and_gaps_in_hls);
  tcase_add_test (tc, test_number_inside_a_long_segment_is_no_hole);
  tcase_add_test (tc, test_long_segment_is_no_period_by_time);
  tcase_add_test (tc, test_hole_is_a_time_when_times_are_addressed);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (packager_tracks);
