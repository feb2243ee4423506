/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/text-segmenter.h>

#include "hex.h"

/* Segments of two seconds in milliseconds, unless a test says otherwise. A
 * sample is written as "start-end:text,text". */
static GBytes *
write_sample (gpointer user_data, const CmafCue *const *cues, guint n,
    guint64 start, guint64 end, GError **error)
{
  GString *text = g_string_new (NULL);

  if (user_data && *(gboolean *)user_data) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT, "no");
    g_string_free (text, TRUE);
    return NULL;
  }
  g_string_append_printf (
      text, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT ":", start, end);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", cues[i]->text);
  return g_string_free_to_bytes (text);
}

static CmafTextSegmenter *
make (gboolean whole_segments)
{
  const CmafTextSegmenterConfig config = { { 2, 1 }, 1000, whole_segments,
    write_sample, NULL };

  return cmaf_text_segmenter_new (&config);
}

static gboolean
add (CmafTextSegmenter *s, guint64 start, guint64 end, const gchar *text)
{
  return cmaf_text_segmenter_add (
      s, cmaf_cue_new (start, end, NULL, NULL, text));
}

/* "K@decode_time+duration[sample sample]" */
static gchar *
describe (const CmafTextSegment *segment)
{
  GString *text = g_string_new (NULL);
  guint64 duration = 0;

  g_string_append_printf (text,
      "%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT "[",
      segment->number, segment->decode_time, segment->duration);
  for (guint i = 0; i < segment->n_samples; i++) {
    gsize size;
    const gchar *payload = g_bytes_get_data (segment->payloads[i], &size);

    g_string_append_printf (
        text, "%s%.*s", i > 0 ? " " : "", (gint)size, payload);
    assert_equals_int (segment->samples[i].size, size);
    duration += segment->samples[i].duration;
  }
  assert_equals_uint64 (duration, segment->duration);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* Everything that is closed at @time, a space between. */
static void
assert_closed (CmafTextSegmenter *s, guint64 time, const gchar *expected)
{
  g_autoptr (GString) all = g_string_new (NULL);
  CmafTextSegment segment;

  while (cmaf_text_segmenter_close (s, time, &segment, NULL)) {
    g_autofree gchar *text = describe (&segment);

    g_string_append_printf (all, "%s%s", all->len > 0 ? " " : "", text);
  }
  assert_equals_string (all->str, expected);
}

GST_START_TEST (test_a_segment_for_every_number_closed_by_time)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  assert_closed (s, 100000, "");
  assert_equals_uint64 (cmaf_text_segmenter_next_end (s), G_MAXUINT64);
  cmaf_text_segmenter_start (s, 4000, FALSE);
  assert_equals_uint64 (cmaf_text_segmenter_next_end (s), 6000);
  assert_closed (s, 5999, "");
  assert_closed (s, 6000, "2@4000+2000[4000-6000:]");
  assert_closed (s, 10001, "3@6000+2000[6000-8000:] 4@8000+2000[8000-10000:]");
}
GST_END_TEST;

GST_START_TEST (test_a_cue_over_three_segments)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  fail_unless (add (s, 1500, 4250, "long"));
  assert_closed (s, 6000,
      "0@0+2000[0-1500: 1500-2000:long] 1@2000+2000[2000-4000:long] "
      "2@4000+2000[4000-4250:long 4250-6000:]");
  assert_equals_uint64 (cmaf_text_segmenter_last_end (s), 4250);
}
GST_END_TEST;

GST_START_TEST (test_a_cue_that_is_ended)
{
  static const guint64 ends[] = { 1000, 3000 };
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  for (guint i = 0; i < 2; i++) {
    const gchar *id = i == 0 ? "a" : "b";

    cmaf_text_segmenter_add (s, cmaf_cue_new (500, 5000, id, NULL, id));
    cmaf_text_segmenter_end_cue (s, id, ends[i]);
    cmaf_text_segmenter_end_cue (s, id, 4000); /* it is over by then */
  }
  cmaf_text_segmenter_add (s, cmaf_cue_new (3500, 5000, "c", NULL, "c"));
  cmaf_text_segmenter_end_cue (s, "c", 3500); /* before it begins */
  cmaf_text_segmenter_end_cue (s, "d", 0);    /* there is none */
  assert_closed (s, 4000,
      "0@0+2000[0-500: 500-1000:a,b 1000-2000:b] "
      "1@2000+2000[2000-3000:b 3000-4000:]");
}
GST_END_TEST;

GST_START_TEST (test_cues_that_overlap)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  fail_unless (add (s, 1000, 2000, "b")); /* in any order */
  fail_unless (add (s, 500, 1500, "a"));
  fail_unless (add (s, 500, 1500, "a")); /* twice */
  assert_closed (
      s, 2000, "0@0+2000[0-500: 500-1000:a 1000-1500:a,b 1500-2000:b]");
}
GST_END_TEST;

GST_START_TEST (test_one_document_a_segment)
{
  g_autoptr (CmafTextSegmenter) s = make (TRUE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  add (s, 500, 2500, "a");
  add (s, 1000, 1200, "b");
  assert_closed (s, 6000,
      "0@0+2000[0-2000:a,b] 1@2000+2000[2000-4000:a] 2@4000+2000[4000-6000:]");
}
GST_END_TEST;

/* A cue without an end is over when the next one begins; empty text is a next
 * one. */
GST_START_TEST (test_cues_without_an_end)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  add (s, 500, CMAF_CUE_OPEN, "a");
  assert_closed (s, 2000, "0@0+2000[0-500: 500-2000:a]");
  add (s, 2500, CMAF_CUE_OPEN, "b");
  assert_closed (s, 4000, "1@2000+2000[2000-2500:a 2500-4000:b]");
  add (s, 4100, CMAF_CUE_OPEN, "");
  assert_closed (
      s, 8000, "2@4000+2000[4000-4100:b 4100-6000:] 3@6000+2000[6000-8000:]");
}
GST_END_TEST;

GST_START_TEST (test_late_cues)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, 0, FALSE);
  assert_closed (s, 2000, "0@0+2000[0-2000:]");
  fail_if (add (s, 500, 2000, "lost"));
  fail_unless (add (s, 500, 2500, "rest"));
  assert_closed (s, 4000, "1@2000+2000[2000-2500:rest 2500-4000:]");
}
GST_END_TEST;

static const struct
{
  guint64 time;
  gboolean partial;
  const gchar *first;
} starts[] = {
  { 2000, FALSE, "1@2000+2000[2000-4000:]" },
  { 2001, FALSE, "2@4000+2000[4000-6000:]" },
  { 2000, TRUE, "1@2000+2000[2000-4000:]" },
  { 2500, TRUE, "1@2500+1500[2500-4000:]" },
};

GST_START_TEST (test_the_first_segment_is_whole)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);

  cmaf_text_segmenter_start (s, starts[__i__].time, starts[__i__].partial);
  assert_closed (s, cmaf_text_segmenter_next_end (s), starts[__i__].first);
}
GST_END_TEST;

GST_START_TEST (test_the_last_segment_is_cut_off_at_the_end)
{
  g_autoptr (CmafTextSegmenter) s = make (FALSE);
  g_autofree gchar *text = NULL;
  CmafTextSegment segment;

  fail_if (cmaf_text_segmenter_finish (s, 100, &segment, NULL));
  cmaf_text_segmenter_start (s, 0, FALSE);
  add (s, 500, 2700, "a");
  assert_closed (s, 2500, "0@0+2000[0-500: 500-2000:a]");
  fail_unless (cmaf_text_segmenter_finish (s, 2500, &segment, NULL));
  text = describe (&segment);
  assert_equals_string (text, "1@2000+500[2000-2500:a]");
  fail_if (cmaf_text_segmenter_finish (s, 2500, &segment, NULL));
}
GST_END_TEST;

/* X1: at 1001/500 s every segment is 2002 ms. */
GST_START_TEST (test_the_vector_of_the_specification)
{
  const CmafTextSegmenterConfig config = { { 1001, 500 }, 1000, FALSE,
    write_sample, NULL };
  g_autoptr (CmafTextSegmenter) s = cmaf_text_segmenter_new (&config);

  cmaf_text_segmenter_start (s, G_GUINT64_CONSTANT (1735689599644), FALSE);
  assert_closed (s, G_GUINT64_CONSTANT (1735689603648),
      "866977822@1735689599644+2002[1735689599644-1735689601646:] "
      "866977823@1735689601646+2002[1735689601646-1735689603648:]");
}
GST_END_TEST;

static const struct
{
  CmafSegmentGrid grid;
  guint32 timescale;
} scales[] = {
  { { 2, 1 }, 1000 },
  { { 48, 25 }, 1000 },
  { { 1001, 500 }, 1000 },
  { { 1001, 30000 }, 30000 },
  { { 1001, 240 }, 1200 },
};

GST_START_TEST (test_edges_are_whole_ticks)
{
  const CmafSegmentGrid *grid = &scales[__i__].grid;
  guint32 timescale = cmaf_text_timescale (grid);

  assert_equals_int (timescale, scales[__i__].timescale);
  assert_equals_uint64 (grid->duration_n * timescale % grid->duration_d, 0);
}
GST_END_TEST;

GST_START_TEST (test_what_cannot_be_written_is_left_out)
{
  gboolean fails = TRUE;
  const CmafTextSegmenterConfig config = { { 2, 1 }, 1000, FALSE, write_sample,
    &fails };
  g_autoptr (CmafTextSegmenter) s = cmaf_text_segmenter_new (&config);
  g_autoptr (GError) error = NULL;
  CmafTextSegment segment;

  cmaf_text_segmenter_start (s, 0, FALSE);
  fail_if (cmaf_text_segmenter_close (s, 2000, &segment, &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT);
  fails = FALSE;
  assert_closed (s, 4000, "1@2000+2000[2000-4000:]");
}
GST_END_TEST;

/* A day of cues leaves nothing behind; two segmenters that started at different
 * times write the same. */
GST_START_TEST (test_two_encoders_agree)
{
  g_autoptr (CmafTextSegmenter) a = make (FALSE);
  g_autoptr (CmafTextSegmenter) b = make (FALSE);
  CmafTextSegment segment;
  guint n = 0;

  cmaf_text_segmenter_start (a, 0, FALSE);
  cmaf_text_segmenter_start (b, 3001, FALSE);
  for (guint64 t = 0; t < 200000; t += 1700) {
    g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, t);

    add (a, t, t + 2300, text);
    add (b, t, t + 2300, text);
  }
  for (guint i = 0; i < 2; i++)
    cmaf_text_segmenter_close (a, 4000, &segment, NULL);
  while (cmaf_text_segmenter_close (a, 200000, &segment, NULL)) {
    g_autofree gchar *x = describe (&segment);
    g_autofree gchar *y = NULL;

    fail_unless (cmaf_text_segmenter_close (b, 200000, &segment, NULL));
    y = describe (&segment);
    assert_equals_string (x, y);
    n++;
  }
  assert_equals_int (n, 98);
}
GST_END_TEST;

static Suite *
text_segmenter_suite (void)
{
  Suite *s = suite_create ("text-segmenter");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_a_segment_for_every_number_closed_by_time);
  tcase_add_test (tc, test_a_cue_over_three_segments);
  tcase_add_test (tc, test_a_cue_that_is_ended);
  tcase_add_test (tc, test_cues_that_overlap);
  tcase_add_test (tc, test_one_document_a_segment);
  tcase_add_test (tc, test_cues_without_an_end);
  tcase_add_test (tc, test_late_cues);
  tcase_add_loop_test (
      tc, test_the_first_segment_is_whole, 0, G_N_ELEMENTS (starts));
  tcase_add_test (tc, test_the_last_segment_is_cut_off_at_the_end);
  tcase_add_test (tc, test_the_vector_of_the_specification);
  tcase_add_loop_test (
      tc, test_edges_are_whole_ticks, 0, G_N_ELEMENTS (scales));
  tcase_add_test (tc, test_what_cannot_be_written_is_left_out);
  tcase_add_test (tc, test_two_encoders_agree);
  return s;
}

GST_CHECK_MAIN (text_segmenter);
