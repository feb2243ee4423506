/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/event-segmenter.h>

/* Segments of two seconds, in milliseconds */
static const CmafSegmentGrid grid = { 2, 1, NULL };

static void
add (CmafEventSegmenter *s, guint32 id, guint64 announced, guint64 start,
    guint32 duration)
{
  cmaf_event_segmenter_add (
      s, cmaf_event_new (id, "s", "", start, duration, NULL), announced);
}

/* "K@time+duration[duration:id+delta,id+delta duration:]" */
static void
describe (GString *log, const CmafTextSegment *segment)
{
  guint64 time = segment->decode_time;

  g_string_append_printf (log,
      "%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT "[",
      segment->number, segment->decode_time, segment->duration);
  for (guint i = 0; i < segment->n_samples; i++) {
    g_autoptr (GPtrArray) events =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
    gsize size;
    const guint8 *data = g_bytes_get_data (segment->payloads[i], &size);

    fail_unless (cmaf_event_sample_read (data, size, 1000, time, events, NULL));
    g_string_append_printf (
        log, "%s%u:", i > 0 ? " " : "", segment->samples[i].duration);
    for (guint e = 0; e < events->len; e++) {
      const CmafEvent *event = events->pdata[e];

      g_string_append_printf (log, "%s%u%+" G_GINT64_FORMAT, e > 0 ? "," : "",
          event->id, (gint64)(event->start - time));
    }
    time += segment->samples[i].duration;
  }
  g_string_append (log, "]");
}

static gchar *
close_all (CmafEventSegmenter *s, guint64 time)
{
  GString *log = g_string_new (NULL);
  CmafTextSegment segment;

  while (cmaf_event_segmenter_close (s, time, &segment, NULL))
    describe (log, &segment);
  return g_string_free (log, FALSE);
}

/* Announced in the first segment, running over the third: a sample wherever
 * that changes, repeated with another delta. */
GST_START_TEST (test_events_are_announced_run_and_end)
{
  g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
  g_autofree gchar *log = NULL;

  cmaf_event_segmenter_start (s, 0, FALSE);
  add (s, 7, 500, 3000, 2500);
  log = close_all (s, 8000);
  fail_unless_equals_string (log, "0@0+2000[500: 1500:7+2500]"
                                  "1@2000+2000[2000:7+1000]"
                                  "2@4000+2000[1500:7-1000 500:]"
                                  "3@6000+2000[2000:]");
}
GST_END_TEST;

GST_START_TEST (test_several_at_once_and_none_of_any_length)
{
  g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
  g_autofree gchar *log = NULL;

  cmaf_event_segmenter_start (s, 0, FALSE);
  add (s, 9, 100, 1000, 0);
  add (s, 8, 100, 1000, 500);
  add (s, 5, 100, 1200, CMAF_EVENT_OPEN);
  log = close_all (s, 2000);
  fail_unless_equals_string (log,
      "0@0+2000[100: 901:8+900,9+900,5+1100 200:8-1,5+199 299:8-201 500:]");
}
GST_END_TEST;

GST_START_TEST (test_a_later_instance_and_a_cancel)
{
  g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
  g_autofree gchar *log = NULL;

  cmaf_event_segmenter_start (s, 0, FALSE);
  add (s, 7, 100, 3000, 1000);
  add (s, 7, 400, 3000, 1000); /* heard again */
  add (s, 7, 500, 3100, 1000); /* another time */
  cmaf_event_segmenter_cancel (s, "s", "", 7, 1000);
  cmaf_event_segmenter_cancel (s, "s", "x", 7, 700); /* no such event */
  log = close_all (s, 2000);
  fail_unless_equals_string (log, "0@0+2000[100: 400:7+2900 500:7+2600 1000:]");
}
GST_END_TEST;

/* What is told of event 7, in this order, and what comes of it. */
typedef struct
{
  guint64 announced, start; /* start 0: a cancel */
  guint32 duration;
} Told;

static const struct
{
  Told told[4]; /* up to an announced of 0 */
  const gchar *expected;
} retold[] = {
  /* cancelled before it is announced */
  { { { 3000, 5000, 500 }, { 1000, 0, 0 } },
      "0@0+2000[2000:]1@2000+2000[2000:]2@4000+2000[2000:]" },
  /* another duration */
  { { { 1000, 3000, 500 }, { 1000, 3000, 900 } },
      "0@0+2000[1000: 1000:7+2000]1@2000+2000[1900:7+1000 100:]"
      "2@4000+2000[2000:]" },
  /* earlier than it was */
  { { { 3000, 5000, 500 }, { 1000, 3000, 500 } },
      "0@0+2000[1000: 1000:7+2000]1@2000+2000[1500:7+1000 500:]"
      "2@4000+2000[2000:]" },
  /* later than it was: the old time counts until the new one is announced */
  { { { 1000, 3000, 500 }, { 2500, 4500, 500 } },
      "0@0+2000[1000: 1000:7+2000]1@2000+2000[500:7+1000 1500:7+2000]"
      "2@4000+2000[1000:7+500 1000:]" },
  /* changed, and changed back */
  { { { 100, 3000, 500 }, { 500, 3100, 500 }, { 900, 3000, 500 } },
      "0@0+2000[100: 400:7+2900 400:7+2600 1100:7+2100]"
      "1@2000+2000[1500:7+1000 500:]2@4000+2000[2000:]" },
  /* cancelled, and there again */
  { { { 100, 3000, 500 }, { 500, 0, 0 }, { 900, 3000, 500 } },
      "0@0+2000[100: 400:7+2900 400: 1100:7+2100]"
      "1@2000+2000[1500:7+1000 500:]2@4000+2000[2000:]" },
  /* the one in between is over when one that starts later hears of it */
  { { { 100, 3000, 3500 }, { 500, 600, 500 }, { 900, 3000, 3500 } },
      "0@0+2000[100: 400:7+2900 400:7+100 1100:7+2100]"
      "1@2000+2000[2000:7+1000]2@4000+2000[2000:7-1000]" },
  /* what is in its place is over at once, and so there is none */
  { { { 100, 3000, 3500 }, { 500, 600, 500 } },
      "0@0+2000[100: 400:7+2900 600:7+100 900:]1@2000+2000[2000:]"
      "2@4000+2000[2000:]" },
};

static void
tell (CmafEventSegmenter *s, const Told *told)
{
  for (; told->announced > 0; told++) {
    if (told->start > 0)
      add (s, 7, told->announced, told->start, told->duration);
    else
      cmaf_event_segmenter_cancel (s, "s", "", 7, told->announced);
  }
}

GST_START_TEST (test_what_is_said_last_counts_on_all_encoders)
{
  const gchar *expected = retold[__i__].expected;

  for (guint first = 0; first < 3; first++) {
    g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
    g_autofree gchar *log = NULL;

    cmaf_event_segmenter_start (s, first * 2000, FALSE);
    tell (s, retold[__i__].told);
    log = close_all (s, 6000);
    fail_unless_equals_string (log, expected);
    expected = strchr (expected, ']') + 1;
  }
}
GST_END_TEST;

/* One that starts later makes the same bytes from there on. */
GST_START_TEST (test_another_start_makes_the_same_segments)
{
  g_autofree gchar *whole = NULL;

  for (guint first = 0; first < 4; first++) {
    g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
    g_autofree gchar *log = NULL;
    CmafTextSegment segment;

    cmaf_event_segmenter_start (s, first * 2000, FALSE);
    add (s, 7, 100, 3000, 5000);
    add (s, 8, 4100, 6000, 10);
    for (guint i = first; i < 3; i++)
      fail_unless (cmaf_event_segmenter_close (s, 8000, &segment, NULL));
    log = close_all (s, 8000);
    if (first == 0)
      whole = g_steal_pointer (&log);
    else
      fail_unless_equals_string (log, whole);
  }
}
GST_END_TEST;

GST_START_TEST (test_what_is_over_is_lost)
{
  g_autoptr (CmafEventSegmenter) s = cmaf_event_segmenter_new (&grid, 1000);
  g_autofree gchar *log = NULL;
  CmafTextSegment segment;

  cmaf_event_segmenter_start (s, 2000, FALSE);
  fail_if (cmaf_event_segmenter_add (
      s, cmaf_event_new (1, "s", "", 500, 1500, NULL), 100));
  fail_unless (cmaf_event_segmenter_add (
      s, cmaf_event_new (1, "s", "", 500, 1501, NULL), 100));
  fail_unless (cmaf_event_segmenter_finish (s, 2500, &segment, NULL));
  assert_equals_uint64 (segment.duration, 500);
  log = close_all (s, 2500);
  fail_unless_equals_string (log, "");
}
GST_END_TEST;

GST_START_TEST (test_the_timescale_has_frames_and_boundaries)
{
  const CmafSegmentGrid odd = { 13, 7, NULL };

  assert_equals_int (cmaf_event_timescale (&grid), 120000);
  assert_equals_int (cmaf_event_timescale (&odd) % 7, 0);
}
GST_END_TEST;

static Suite *
event_segmenter_suite (void)
{
  Suite *suite = suite_create ("event-segmenter");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_events_are_announced_run_and_end);
  tcase_add_test (tcase, test_several_at_once_and_none_of_any_length);
  tcase_add_test (tcase, test_a_later_instance_and_a_cancel);
  tcase_add_loop_test (tcase, test_what_is_said_last_counts_on_all_encoders, 0,
      G_N_ELEMENTS (retold));
  tcase_add_test (tcase, test_another_start_makes_the_same_segments);
  tcase_add_test (tcase, test_what_is_over_is_lost);
  tcase_add_test (tcase, test_the_timescale_has_frames_and_boundaries);
  return suite;
}

GST_CHECK_MAIN (event_segmenter);
