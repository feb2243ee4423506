/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-fixtures.h"
#include <gst/check/gstcheck.h>

static const CmafPresentationConfig config = { .grid = { 48, 25 } };

static CmafTrack *
make_track (const gchar *what)
{
  CmafTrack *track;
  gchar **field = g_strsplit (what, " ", -1);

  if (strcmp (field[0], "a") == 0)
    track = fixture_audio (field[1]);
  else
    track = fixture_video (25, 1, 90000, 3600, 720, atoi (field[1]));
  if (field[2] != NULL && strcmp (field[2], "avc3") == 0)
    track->codec = CMAF_CODEC_AVC3; /* the same family */
  if (field[2] != NULL && g_str_has_prefix (field[2], "set="))
    track->switching_set = g_strdup (field[2] + 4);
  if (field[2] != NULL && g_str_has_prefix (field[2], "role="))
    track->role = g_strdup (field[2] + 5);
  g_strfreev (field);
  return track;
}

static const struct
{
  const gchar *name, *what;
} tracks[] = {
  { "v-low", "v 1000000" },
  { "a-fr", "a fr" },
  { "v-b", "v 3000000 avc3" },
  { "v-other", "v 2000000 set=x" },
  { "a-en", "a en" },
  { "v-a", "v 3000000" },
  { "a-en-2", "a en role=commentary" },
  { "a-bad", "a en\"bad" },
};

static gchar *
describe (const CmafPresentation *presentation)
{
  const CmafPeriod *period = g_ptr_array_index (presentation->periods, 0);
  GString *text = g_string_new (NULL);
  guint i, k;

  for (i = 0; i < period->sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (period->sets, i);

    for (k = 0; k < set->tracks->len; k++) {
      const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, k);

      g_string_append_printf (text, "%s%s", k > 0 ? " " : "", track->name);
    }
    g_string_append (text, "; ");
  }
  return g_string_free (text, FALSE);
}

/* Whatever comes first, the description is the same. */
GST_START_TEST (test_order_does_not_depend_on_arrival)
{
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  g_autofree gchar *text = NULL;
  guint i, n = G_N_ELEMENTS (tracks);

  cmaf_presentation_add_period (presentation, 0, 0);
  for (i = 0; i < n; i++) {
    guint k = (i * 3 + __i__) % n;
    g_autoptr (CmafTrack) track = make_track (tracks[k].what);

    cmaf_presentation_add_track (
        presentation, tracks[k].name, track, "h", NULL);
  }
  text = describe (presentation);
  assert_equals_string (
      text, "v-a v-b v-low; v-other; a-bad; a-en; a-en-2; a-fr; ");
}
GST_END_TEST;

GST_START_TEST (test_unfit_words_of_a_header_are_left_out)
{
  static const struct
  {
    const gchar *language, *expected;
  } cases[] = { { "en", "en" }, { "zh-Hant-TW", "zh-Hant-TW" },
    { "de-CH-1996", "de-CH-1996" }, { "", NULL }, { "-en", NULL },
    { "en-", NULL }, { "en--us", NULL }, { "a\"b", NULL }, { "a\nb", NULL },
    { "morethaneight", NULL }, { "\xff\xfe", NULL } };
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  guint i;

  cmaf_presentation_add_period (presentation, 0, 0);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (CmafTrack) track = fixture_audio (cases[i].language);
    CmafPresentationTrack *added =
        cmaf_presentation_add_track (presentation, "a", track, "h", NULL);

    assert_equals_string (added->language, cases[i].expected);
  }
}
GST_END_TEST;

GST_START_TEST (test_period_ends_where_the_next_begins)
{
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  CmafPeriod *one = cmaf_presentation_add_period (presentation, 10, 0);
  CmafPeriod *two = cmaf_presentation_add_period (presentation, 20, 1);
  CmafPresentationState state = { 12, 25, FALSE };
  guint64 from, to;

  fail_unless (cmaf_period_clip (one, &state, &from, &to));
  assert_equals_uint64 (from, 12);
  assert_equals_uint64 (to, 19);
  fail_unless (cmaf_period_clip (two, &state, &from, &to));
  assert_equals_uint64 (from, 20);
  assert_equals_uint64 (to, 25);
  state.first = 20;
  fail_if (cmaf_period_clip (one, &state, &from, &to));
  state.first = 12;
  state.last = 19;
  fail_if (cmaf_period_clip (two, &state, &from, &to));
}
GST_END_TEST;

GST_START_TEST (test_longest_segment_is_found_across_timescales)
{
  g_autoptr (CmafPresentation) presentation = cmaf_presentation_new (&config);
  g_autoptr (CmafTrack) audio = fixture_audio (NULL);
  g_autoptr (CmafTrack) video =
      fixture_video (30000, 1001, 30000, 1001, 720, 0);
  g_autoptr (CmafTimeline) audio_line =
      fixture_timeline (&config.grid, audio, 0, 0);
  g_autoptr (CmafTimeline) video_line =
      fixture_timeline (&config.grid, video, 0, 0);
  CmafPresentationTrack *added;
  guint64 ticks;
  guint32 timescale;

  cmaf_presentation_add_period (presentation, 0, 0);
  cmaf_presentation_add_track (presentation, "v", video, "h", video_line);
  added =
      cmaf_presentation_add_track (presentation, "a", audio, "h", audio_line);
  cmaf_presentation_longest (presentation, &ticks, &timescale);
  assert_equals_uint64 (ticks, 58 * 1001); /* 1.935 s against 1.92 */
  assert_equals_int (timescale, 30000);
  added->longest = 91 * 1024;
  cmaf_presentation_longest (presentation, &ticks, &timescale);
  assert_equals_uint64 (ticks, 91 * 1024);
  assert_equals_int (timescale, 48000);
  /* a boundary may move by half a segment, whether or not one has */
  video->has_moves = TRUE;
  cmaf_presentation_longest (presentation, &ticks, &timescale);
  assert_equals_uint64 (ticks, 87 * 1001);
  assert_equals_int (timescale, 30000);
}
GST_END_TEST;

static Suite *
presentation_suite (void)
{
  Suite *s = suite_create ("presentation");
  TCase *tc = tcase_create ("order");

  tcase_add_loop_test (
      tc, test_order_does_not_depend_on_arrival, 0, G_N_ELEMENTS (tracks));
  tcase_add_test (tc, test_unfit_words_of_a_header_are_left_out);
  tcase_add_test (tc, test_period_ends_where_the_next_begins);
  tcase_add_test (tc, test_longest_segment_is_found_across_timescales);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (presentation);
