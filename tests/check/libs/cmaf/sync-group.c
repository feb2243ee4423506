/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/sync-group.h>

#define VIDEO(n, d)                                                            \
  {                                                                            \
    CMAF_MEDIA_VIDEO, n, d, { 0, 0 }, TRUE                                     \
  }
#define AUDIO                                                                  \
  {                                                                            \
    CMAF_MEDIA_AUDIO, 0, 0, { 0, 0 }, TRUE                                     \
  }
#define WANTS(n, d)                                                            \
  {                                                                            \
    CMAF_MEDIA_AUDIO, 0, 0, { n, d }, TRUE                                     \
  }

#define MOVES                                                                  \
  {                                                                            \
    CMAF_MEDIA_AUDIO, 0, 0, { 48, 25 }, TRUE, TRUE                             \
  }

/* What the second member gets after the first: a grid, or an error that names
 * @field. */
typedef struct
{
  CmafSyncDemand first, second;
  CmafSegmentGrid grid;
  const gchar *field;
} Case;

static const Case cases[] = {
  { VIDEO (25, 1), VIDEO (50, 1), { 48, 25 }, NULL },
  { VIDEO (25, 1), AUDIO, { 48, 25 }, NULL },
  { VIDEO (30000, 1001), AUDIO, { 1001, 500 }, NULL },
  { AUDIO, AUDIO, { 48, 25 }, NULL },
  { WANTS (2, 1), AUDIO, { 2, 1 }, NULL },
  { WANTS (2, 1), VIDEO (25, 1), { 2, 1 }, NULL },
  { WANTS (2, 1), VIDEO (30000, 1001), { 0, 0 }, "segment-duration" },
  { VIDEO (25, 1), WANTS (2, 1), { 0, 0 }, "segment-duration" },
  { VIDEO (25, 1), VIDEO (30000, 1001), { 0, 0 }, "framerate" },
  { VIDEO (25, 1), VIDEO (30, 1), { 0, 0 }, "segment-duration" },
  { MOVES, MOVES, { 48, 25 }, NULL },
  { MOVES, AUDIO, { 0, 0 }, "splice-mode: found idr, needs move" },
  { VIDEO (25, 1), MOVES, { 0, 0 }, "splice-mode: found move, needs idr" },
};

GST_START_TEST (test_members_agree_or_are_told_why_not)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *a = cmaf_sync_group_join (group);
  CmafSyncMember *b = NULL;
  g_autoptr (GError) error = NULL;
  CmafSegmentGrid grid;

  fail_unless (cmaf_sync_member_agree (a, &c->first, 1, &grid, NULL));
  b = cmaf_sync_group_join (group);
  if (c->field) {
    fail_if (cmaf_sync_member_agree (b, &c->second, 1, &grid, &error));
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
    fail_unless (g_str_has_prefix (error->message, c->field));
  } else {
    fail_unless (cmaf_sync_member_agree (b, &c->second, 1, &grid, &error));
    assert_equals_uint64 (grid.duration_n, c->grid.duration_n);
    assert_equals_uint64 (grid.duration_d, c->grid.duration_d);
    if (c->first.media == CMAF_MEDIA_VIDEO)
      assert_equals_int64 (cmaf_sync_group_get_frame (group),
          (gint64)gst_util_uint64_scale_round (
              GST_SECOND, c->first.fps_d, c->first.fps_n));
  }
  cmaf_sync_member_leave (a);
  cmaf_sync_member_leave (b);
}
GST_END_TEST;

typedef struct
{
  CmafSyncMember *member;
  CmafSegmentGrid grid;
  gboolean agreed;
} Waiter;

static gpointer
agree_as_audio (gpointer data)
{
  Waiter *waiter = data;
  CmafSyncDemand audio = AUDIO;

  waiter->agreed = cmaf_sync_member_agree (waiter->member, &audio,
      g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND, &waiter->grid, NULL);
  return NULL;
}

GST_START_TEST (test_audio_waits_for_video)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  Waiter waiter = { cmaf_sync_group_join (group), { 0, 0 }, FALSE };
  CmafSyncMember *video = cmaf_sync_group_join (group);
  GThread *thread = g_thread_new ("audio", agree_as_audio, &waiter);
  CmafSyncDemand demand = VIDEO (30, 1);
  CmafSegmentGrid grid;

  fail_unless (cmaf_sync_member_agree (video, &demand, 1, &grid, NULL));
  g_thread_join (thread);
  fail_unless (waiter.agreed);
  assert_equals_uint64 (waiter.grid.duration_n, 8);
  assert_equals_uint64 (waiter.grid.duration_d, 5);
  cmaf_sync_member_leave (waiter.member);
  cmaf_sync_member_leave (video);
}
GST_END_TEST;

GST_START_TEST (test_a_waiting_member_can_be_woken)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  Waiter waiter = { cmaf_sync_group_join (group), { 0, 0 }, TRUE };
  CmafSyncMember *unknown = cmaf_sync_group_join (group);
  GThread *thread = g_thread_new ("audio", agree_as_audio, &waiter);

  cmaf_sync_member_wake (waiter.member, TRUE);
  g_thread_join (thread);
  fail_if (waiter.agreed);
  cmaf_sync_member_leave (waiter.member);
  cmaf_sync_member_leave (unknown);
}
GST_END_TEST;

GST_START_TEST (test_one_publishes_until_all_have_left)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *a = cmaf_sync_group_join (group);
  CmafSyncMember *b = cmaf_sync_group_join (group);
  CmafSyncMapping first = { CMAF_TIMING_CLOCK, 7 };
  CmafSyncMapping second = { CMAF_TIMING_FIXED, 9 };
  CmafSyncMapping mapping;

  fail_if (cmaf_sync_group_get_mapping (group, &mapping));
  fail_unless (cmaf_sync_group_publish (group, a, &first));
  fail_if (cmaf_sync_group_publish (group, b, &second));
  fail_unless (cmaf_sync_group_get_mapping (group, &mapping));
  assert_equals_int64 (mapping.offset, 7);
  first.offset = 8;
  fail_unless (cmaf_sync_group_publish (group, a, &first));
  cmaf_sync_group_resign (group, b);
  fail_if (cmaf_sync_group_publish (group, b, &second));
  cmaf_sync_group_resign (group, a);
  fail_unless (cmaf_sync_group_get_mapping (group, &mapping));
  assert_equals_int64 (mapping.offset, 8);
  fail_unless (cmaf_sync_group_publish (group, b, &second));
  fail_if (cmaf_sync_group_publish (group, a, &first));
  cmaf_sync_member_leave (a);
  fail_unless (cmaf_sync_group_get_mapping (group, &mapping));
  assert_equals_int (mapping.source, CMAF_TIMING_FIXED);
  cmaf_sync_member_leave (b);
  fail_if (cmaf_sync_group_get_mapping (group, &mapping));
  fail_unless (cmaf_sync_group_publish (group, group, &first));
}
GST_END_TEST;

GST_START_TEST (test_steps_follow_each_other)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMapping mapping = { CMAF_TIMING_CLOCK, 100 };
  const CmafTimingStep first = { 1, 5000, 40 }, other = { 1, 6000, 40 };
  const CmafTimingStep second = { 2, 9000, -40 };

  fail_if (cmaf_sync_group_add_step (group, &first));
  fail_unless (cmaf_sync_group_publish (group, group, &mapping));
  fail_if (cmaf_sync_group_add_step (group, &second));
  fail_unless (cmaf_sync_group_add_step (group, &first));
  fail_if (cmaf_sync_group_add_step (group, &other));
  cmaf_sync_group_get_mapping (group, &mapping);
  assert_equals_int64 (mapping.offset, 100);
  assert_equals_int64 (mapping.step.at, 5000);
  fail_unless (cmaf_sync_group_add_step (group, &second));
  cmaf_sync_group_get_mapping (group, &mapping);
  assert_equals_int64 (mapping.offset, 140);
  assert_equals_int64 (mapping.step.delta, -40);
}
GST_END_TEST;

GST_START_TEST (test_who_expects_a_mapping)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *a = cmaf_sync_group_join (group);
  CmafSyncMember *b = cmaf_sync_group_join (group);
  CmafSyncMapping mapping = { CMAF_TIMING_CLOCK, 100 };

  cmaf_sync_member_declare (a, CMAF_MEDIA_AUDIO);
  fail_unless (cmaf_sync_member_expects_mapping (a)); /* b may be video */
  cmaf_sync_member_declare (b, CMAF_MEDIA_AUDIO);
  fail_if (cmaf_sync_member_expects_mapping (a));
  cmaf_sync_member_wait_mapping (a, G_MAXINT64);
  cmaf_sync_member_declare (b, CMAF_MEDIA_VIDEO);
  fail_unless (cmaf_sync_member_expects_mapping (a));
  cmaf_sync_member_wait_mapping (a, 1);
  fail_unless (cmaf_sync_group_publish (group, b, &mapping));
  fail_if (cmaf_sync_member_expects_mapping (a));
  cmaf_sync_member_wait_mapping (a, G_MAXINT64);
  cmaf_sync_member_leave (a);
  cmaf_sync_member_leave (b);
}
GST_END_TEST;

static gpointer
wait_for_mapping (gpointer data)
{
  cmaf_sync_member_wait_mapping (data, 1);
  return NULL;
}

/* However long it takes */
GST_START_TEST (test_who_searches_is_waited_for)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *audio = cmaf_sync_group_join (group);
  CmafSyncMember *tap = cmaf_sync_group_join (group);
  CmafSyncMapping mapping = { CMAF_TIMING_CLOCK, 100 };
  GThread *thread;

  cmaf_sync_member_declare (audio, CMAF_MEDIA_AUDIO);
  cmaf_sync_member_declare (tap, CMAF_MEDIA_EVENT);
  fail_if (cmaf_sync_group_is_searching (group));
  fail_if (cmaf_sync_member_expects_mapping (audio));
  cmaf_sync_member_set_searching (tap, TRUE);
  fail_unless (cmaf_sync_group_is_searching (group));
  fail_unless (cmaf_sync_member_expects_mapping (audio));
  thread = g_thread_new ("woken", wait_for_mapping, audio);
  cmaf_sync_member_wake (audio, TRUE);
  g_thread_join (thread);
  cmaf_sync_member_wake (audio, FALSE);
  thread = g_thread_new ("told", wait_for_mapping, audio);
  fail_unless (cmaf_sync_group_publish (group, tap, &mapping));
  cmaf_sync_member_set_searching (tap, FALSE);
  g_thread_join (thread);
  fail_if (cmaf_sync_group_is_searching (group));
  cmaf_sync_member_leave (audio);
  cmaf_sync_member_leave (tap);
}
GST_END_TEST;

/* "others begun ended first furthest" */
static void
assert_progress (CmafSyncMember *member, const gchar *expected)
{
  CmafSyncProgress p;
  g_autofree gchar *text = NULL;

  cmaf_sync_member_get_progress (member, &p);
  text = g_strdup_printf ("%d%d%d %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
      p.has_others, p.has_begun, p.has_ended, (gint64)p.first, p.furthest);
  assert_equals_string (text, expected);
}

GST_START_TEST (test_progress_is_that_of_other_sound_and_pictures)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *text = cmaf_sync_group_join (group);
  CmafSyncMember *raw = cmaf_sync_group_join (group);
  CmafSyncMember *audio = cmaf_sync_group_join (group);
  CmafSyncMember *video = cmaf_sync_group_join (group);

  cmaf_sync_member_declare (text, CMAF_MEDIA_TEXT);
  cmaf_sync_member_declare_raw (raw, CMAF_MEDIA_AUDIO);
  cmaf_sync_member_note_progress (text, 1000);
  cmaf_sync_member_note_progress (raw, 2000);
  assert_progress (text, "000 -1 0");
  cmaf_sync_member_declare (audio, CMAF_MEDIA_AUDIO);
  assert_progress (text, "100 -1 0");
  cmaf_sync_member_note_progress (audio, 7);
  cmaf_sync_member_declare (video, CMAF_MEDIA_VIDEO);
  cmaf_sync_member_note_progress (video, 5);
  cmaf_sync_member_note_progress (video, 9);
  cmaf_sync_member_note_progress (video, 8);
  assert_progress (text, "110 5 9");
  assert_progress (video, "110 7 7");
  cmaf_sync_member_note_end (audio);
  assert_progress (text, "110 5 9");
  cmaf_sync_member_note_end (video);
  assert_progress (text, "111 5 9");
  cmaf_sync_member_note_progress (video, 10);
  assert_progress (text, "110 5 10");
  cmaf_sync_member_leave (video);
  assert_progress (text, "111 7 7");
  cmaf_sync_member_leave (audio);
  assert_progress (text, "000 -1 0");
  cmaf_sync_member_leave (raw);
  cmaf_sync_member_leave (text);
}
GST_END_TEST;

/* No more than CMAF_SYNC_LAG behind, and not one that has ended. */
GST_START_TEST (test_the_slowest_is_followed)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *events = cmaf_sync_group_join (group);
  CmafSyncMember *audio = cmaf_sync_group_join (group);
  CmafSyncMember *video = cmaf_sync_group_join (group);

  cmaf_sync_member_declare (events, CMAF_MEDIA_EVENT);
  cmaf_sync_member_declare (audio, CMAF_MEDIA_AUDIO);
  cmaf_sync_member_declare (video, CMAF_MEDIA_VIDEO);
  cmaf_sync_member_follow_slowest (events);
  cmaf_sync_member_note_progress (audio, 10);
  assert_progress (events, "110 10 0");
  cmaf_sync_member_note_progress (video, 7);
  assert_progress (events, "110 7 7");
  cmaf_sync_member_note_progress (audio, CMAF_SYNC_LAG + 9);
  assert_progress (events, "110 7 9");
  cmaf_sync_member_note_end (video);
  assert_progress (events, "110 7 5000000009");
  cmaf_sync_member_note_end (audio);
  assert_progress (events, "111 7 5000000009");
  cmaf_sync_member_leave (video);
  cmaf_sync_member_leave (audio);
  cmaf_sync_member_leave (events);
}
GST_END_TEST;

GST_START_TEST (test_who_ends_before_it_begins_is_not_waited_for)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *text = cmaf_sync_group_join (group);
  CmafSyncMember *audio = cmaf_sync_group_join (group);

  cmaf_sync_member_declare (audio, CMAF_MEDIA_AUDIO);
  cmaf_sync_member_note_end (audio);
  assert_progress (text, "000 -1 0");
  cmaf_sync_member_leave (audio);
  cmaf_sync_member_leave (text);
}
GST_END_TEST;

static gpointer
wait_for_100 (gpointer member)
{
  cmaf_sync_member_wait_progress (member, 100, G_MAXINT64);
  return NULL;
}

typedef enum
{
  BY_PROGRESS,
  BY_POKE,
  BY_WAKE,
  BY_END,
  BY_LEAVE,
  N_WAYS,
} Way;

GST_START_TEST (test_a_wait_for_progress_ends)
{
  const Way way = (Way)__i__;
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *text = cmaf_sync_group_join (group);
  CmafSyncMember *video = cmaf_sync_group_join (group);
  GThread *thread;

  cmaf_sync_member_declare (video, CMAF_MEDIA_VIDEO);
  cmaf_sync_member_note_progress (video, 99);
  cmaf_sync_member_wait_progress (text, 99, G_MAXINT64);
  cmaf_sync_member_wait_progress (text, 100, 1); /* is over */
  thread = g_thread_new ("text", wait_for_100, text);
  if (way == BY_PROGRESS)
    cmaf_sync_member_note_progress (video, 100);
  else if (way == BY_POKE)
    cmaf_sync_member_poke (text);
  else if (way == BY_WAKE)
    cmaf_sync_member_wake (text, TRUE);
  else if (way == BY_END)
    cmaf_sync_member_note_end (video);
  if (way == BY_LEAVE)
    cmaf_sync_member_leave (video);
  g_thread_join (thread);
  if (way != BY_LEAVE)
    cmaf_sync_member_leave (video);
  cmaf_sync_member_leave (text);
}
GST_END_TEST;

/* What all members would say is said by one, until all have left. */
GST_START_TEST (test_news_are_told_once)
{
  g_autoptr (CmafSyncGroup) group = cmaf_sync_group_new ();
  CmafSyncMember *a = cmaf_sync_group_join (group);
  CmafSyncMember *b = cmaf_sync_group_join (group);
  gchar text[] = "one";

  fail_unless (cmaf_sync_group_is_news (group, text));
  fail_if (cmaf_sync_group_is_news (group, "one"));
  fail_unless (cmaf_sync_group_is_news (group, "another"));
  text[0] = 'x';
  fail_if (cmaf_sync_group_is_news (group, "one"));
  cmaf_sync_member_leave (a);
  fail_if (cmaf_sync_group_is_news (group, "one"));
  cmaf_sync_member_leave (b);
  a = cmaf_sync_group_join (group);
  fail_unless (cmaf_sync_group_is_news (group, "one"));
  cmaf_sync_member_leave (a);
}
GST_END_TEST;

static Suite *
sync_group_suite (void)
{
  Suite *suite = suite_create ("sync-group");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_members_agree_or_are_told_why_not, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_audio_waits_for_video);
  tcase_add_test (tcase, test_a_waiting_member_can_be_woken);
  tcase_add_test (tcase, test_one_publishes_until_all_have_left);
  tcase_add_test (tcase, test_steps_follow_each_other);
  tcase_add_test (tcase, test_who_expects_a_mapping);
  tcase_add_test (tcase, test_who_searches_is_waited_for);
  tcase_add_test (tcase, test_progress_is_that_of_other_sound_and_pictures);
  tcase_add_test (tcase, test_the_slowest_is_followed);
  tcase_add_test (tcase, test_who_ends_before_it_begins_is_not_waited_for);
  tcase_add_loop_test (tcase, test_a_wait_for_progress_ends, 0, N_WAYS);
  tcase_add_test (tcase, test_news_are_told_once);
  return suite;
}

GST_CHECK_MAIN (sync_group);
