/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/audio-aligner.h>
#include <gst/cmaf/timescale.h>

#define NEW_YEAR (G_GINT64_CONSTANT (1735689600) * GST_SECOND)
#define S0                                                                     \
  G_GUINT64_CONSTANT (83313100800000) /* sample of NEW_YEAR, 48 kHz            \
                                       */

static const CmafAudioAlignerConfig aac = { 48000, 1024, 1024, 1, 1024,
  40 * GST_MSECOND, 10 * GST_SECOND, GST_MSECOND, 500 };

/* Pushes @n samples as if all of them went out at once. */
static CmafAlignEvent
push (CmafAudioAligner *aligner, gint64 media_time, guint64 n,
    CmafAlignPlan *plan)
{
  cmaf_audio_aligner_push (aligner, media_time, n, plan);
  cmaf_audio_aligner_produced (aligner, plan->fill + n - plan->drop, 0);
  return plan->event;
}

static gint64
at (guint64 sample)
{
  return cmaf_ns_from_ticks (sample, 48000);
}

/* ---- the start ---- */

/* The first row is vector S13 of the synchronisation profile. */
static const struct
{
  guint unit_samples, priming, shift;
  guint64 offered;
  guint64 first, unit;
  guint discarded;
} starts[] = {
  { 1024, 2048, 0, S0 + 100, S0 + 1024, 81360449999, 3 },
  { 1024, 1024, 0, S0, S0, 81360449999, 2 },
  { 1024, 1024, 1024, S0, S0 + 1024, 81360450000, 2 }, /* not stamped before */
  { 1024, 1600, 1600, S0, S0 + 1600, 81360450000, 3 },
  { 960, 312, 0, S0 - 1, S0 + 312, 86784480000, 2 },
  { 1536, 256, 0, S0 + 257, S0 + 1792, 54240300001, 2 },
  { 4608, 0, 0, S0 + 1, S0 + 4608, 18080100001, 1 },
};

GST_START_TEST (test_starts_where_units_fall_on_the_grid)
{
  CmafAudioAlignerConfig config = aac;
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint64 drop = starts[__i__].first - starts[__i__].offered;

  config.unit_samples = starts[__i__].unit_samples;
  config.priming = starts[__i__].priming;
  config.shift = starts[__i__].shift;
  cmaf_audio_aligner_init (&aligner, &config);
  fail_unless_equals_int (
      push (&aligner, at (starts[__i__].offered), drop + 7, &plan),
      CMAF_ALIGN_STARTED);
  assert_equals_uint64 (plan.start.first_sample, starts[__i__].first);
  assert_equals_uint64 (plan.start.first_unit, starts[__i__].unit);
  assert_equals_int (plan.start.n_discarded, starts[__i__].discarded);
  assert_equals_uint64 (plan.drop, drop);
  assert_equals_uint64 (
      cmaf_audio_aligner_get_position (&aligner), starts[__i__].first + 7);
  assert_equals_int64 (cmaf_audio_aligner_get_stamp (&aligner),
      at (starts[__i__].first + 7 - starts[__i__].shift));
}
GST_END_TEST;

/* Buffers of any length from any start go on at the same samples. */
GST_START_TEST (test_every_start_and_every_length_give_the_same_units)
{
  const guint length = 1 + 97 * __i__;
  const guint64 offered = S0 + 13 * __i__;
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint64 sample, sent = 0;

  cmaf_audio_aligner_init (&aligner, &aac);
  for (sample = offered; sample < offered + 48000; sample += length) {
    push (&aligner, at (sample), length, &plan);
    assert_equals_uint64 (plan.fill, 0);
    assert_equals_int (plan.bend_ppb, 0);
    if (sent == 0 && plan.drop < length)
      assert_equals_uint64 ((sample + plan.drop) % 1024, 0);
    if (sent > 0)
      assert_equals_uint64 (plan.drop, 0);
    sent += length - plan.drop;
    if (sent > 0)
      assert_equals_uint64 (
          cmaf_audio_aligner_get_position (&aligner), sample + length);
  }
  fail_unless (sent > 48000 - 3 * 1024);
}
GST_END_TEST;

GST_START_TEST (test_nothing_before_1970_is_taken)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;

  cmaf_audio_aligner_init (&aligner, &aac);
  cmaf_audio_aligner_push (&aligner, -GST_SECOND, 480, &plan);
  fail_unless_equals_int (plan.event, CMAF_ALIGN_EARLY);
  assert_equals_uint64 (plan.drop, 480);
  fail_unless_equals_int (push (&aligner, 0, 4800, &plan), CMAF_ALIGN_STARTED);
  assert_equals_uint64 (plan.drop, 1024);
}
GST_END_TEST;

/* ---- holes, repetitions, jumps ---- */

/* What comes 100 ms (4800 samples) after the last sample that was expected. */
static const struct
{
  gint64 after; /* samples, from where it should go on */
  guint64 n;
  CmafAlignEvent event;
  guint64 drop, fill;
} mends[] = {
  { 0, 480, CMAF_ALIGN_CONTINUED, 0, 0 },
  { 1919, 480, CMAF_ALIGN_CONTINUED, 0, 0 }, /* below 40 ms: jitter */
  { -1919, 480, CMAF_ALIGN_CONTINUED, 0, 0 },
  { 1921, 480, CMAF_ALIGN_GAP, 0, 1921 },
  { 480000, 480, CMAF_ALIGN_GAP, 0, 480000 }, /* max_fill */
  { -1921, 480, CMAF_ALIGN_OVERLAP, 480, 0 },
  { -1921, 4800, CMAF_ALIGN_OVERLAP, 1921, 0 },
  { -480000, 480, CMAF_ALIGN_OVERLAP, 480, 0 },
  { 480001, 480, CMAF_ALIGN_JUMPED, 0, 0 },
  { -480001, 480, CMAF_ALIGN_JUMPED, 0, 0 },
};

GST_START_TEST (test_what_does_not_follow_is_mended)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint64 next = S0 + 4800;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, at (S0), 4800, &plan);
  cmaf_audio_aligner_push (
      &aligner, at (next + mends[__i__].after), mends[__i__].n, &plan);
  fail_unless_equals_int (plan.event, mends[__i__].event);
  assert_equals_uint64 (plan.drop, mends[__i__].drop);
  assert_equals_uint64 (plan.fill, mends[__i__].fill);
}
GST_END_TEST;

GST_START_TEST (test_an_overlap_is_left_out_to_its_last_sample)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint64 back = S0 + 4800 - 3000, sample;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, at (S0), 4800, &plan);
  fail_unless_equals_int (
      push (&aligner, at (back), 480, &plan), CMAF_ALIGN_OVERLAP);
  for (sample = back + 480; sample + 480 <= S0 + 4800; sample += 480)
    fail_unless_equals_int (
        push (&aligner, at (sample), 480, &plan), CMAF_ALIGN_WAITING);
  fail_unless_equals_int (
      push (&aligner, at (sample), 480, &plan), CMAF_ALIGN_CONTINUED);
  assert_equals_uint64 (plan.drop, S0 + 4800 - sample);
  assert_equals_uint64 (
      cmaf_audio_aligner_get_position (&aligner), sample + 480);
}
GST_END_TEST;

/* Samples are missing before the first one to feed has come. */
GST_START_TEST (test_a_gap_before_the_first_sample_is_no_silence)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, at (S0 + 1), 10, &plan); /* waits for S0 + 2048 */
  fail_unless_equals_int (
      push (&aligner, at (S0 + 4000), 480, &plan), CMAF_ALIGN_GAP);
  assert_equals_uint64 (plan.fill, 4000 - 2048);
  assert_equals_uint64 (cmaf_audio_aligner_get_position (&aligner), S0 + 4480);
}
GST_END_TEST;

/* What lies before the time that was told is left out, however it comes. */
GST_START_TEST (test_a_step_begins_anew_at_the_time_that_is_told)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, at (S0), 4800, &plan);
  cmaf_audio_aligner_restart (&aligner, at (S0 + 12000));
  push (&aligner, at (S0 + 8000), 2400, &plan);
  fail_unless_equals_int (plan.event, CMAF_ALIGN_STARTED);
  assert_equals_uint64 (plan.start.first_sample, S0 + 13 * 1024);
  assert_equals_uint64 (plan.drop, 2400);
  push (&aligner, at (S0 + 10400), 4800, &plan);
  fail_unless_equals_int (plan.event, CMAF_ALIGN_CONTINUED);
  assert_equals_uint64 (plan.drop, 13 * 1024 - 10400);
  assert_equals_uint64 (cmaf_audio_aligner_get_position (&aligner), S0 + 15200);
}
GST_END_TEST;

/* The unit that is open is made whole, the next one begins on the grid. */
GST_START_TEST (test_a_jump_begins_anew_behind_a_whole_unit)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint64 position;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, at (S0), 4800, &plan);
  cmaf_audio_aligner_push (&aligner, at (S0) + 3600 * GST_SECOND, 480, &plan);
  fail_unless_equals_int (plan.event, CMAF_ALIGN_JUMPED);
  position = cmaf_audio_aligner_get_position (&aligner);
  assert_equals_uint64 (
      (position + cmaf_audio_aligner_get_open (&aligner)) % 1024, 0);
  fail_unless (cmaf_audio_aligner_get_open (&aligner) > 0);
  push (&aligner, at (S0) + 3600 * GST_SECOND, 4800, &plan);
  fail_unless_equals_int (plan.event, CMAF_ALIGN_STARTED);
  assert_equals_uint64 (plan.start.first_sample % 1024, 0);
  assert_equals_uint64 (
      cmaf_audio_aligner_get_position (&aligner), S0 + 3600 * 48000 + 4800);
}
GST_END_TEST;

GST_START_TEST (test_silence_leads_up_to_the_present)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;

  cmaf_audio_aligner_init (&aligner, &aac);
  assert_equals_uint64 (cmaf_audio_aligner_lose (&aligner, at (S0)), 0);
  push (&aligner, at (S0), 4800, &plan);
  assert_equals_uint64 (
      cmaf_audio_aligner_lose (&aligner, at (S0 + 6720)), 1920);
  cmaf_audio_aligner_produced (&aligner, 1920, 0);
  assert_equals_uint64 (cmaf_audio_aligner_lose (&aligner, at (S0 + 6000)), 0);
  /* the input is back, further on */
  fail_unless_equals_int (
      push (&aligner, at (S0 + 9600), 480, &plan), CMAF_ALIGN_GAP);
  assert_equals_uint64 (plan.fill, 9600 - 6720);
  /* and repeats what silence has taken the place of */
  cmaf_audio_aligner_lose (&aligner, at (S0 + 48000));
  cmaf_audio_aligner_produced (&aligner, 48000 - 10080, 0);
  fail_unless_equals_int (
      push (&aligner, at (S0 + 10080), 480, &plan), CMAF_ALIGN_OVERLAP);
  assert_equals_uint64 (plan.drop, 480);
}
GST_END_TEST;

/* ---- drift ---- */

/* A sample clock that is off by ppm, stamps with jitter, a wrong first stamp:
 * after a while the error stays in bounds, and the bend changes slowly. */
static const struct
{
  gint ppm;
  gint64 jitter, first; /* ns */
  guint settles;        /* s */
  gint64 bound;         /* ns, from then on */
} drifts[] = {
  { 0, 0, 0, 0, 30 },
  { 0, 2 * GST_MSECOND, 0, 2, 1500 * GST_USECOND },
  { 20, 0, 0, 200, 20 * GST_USECOND },
  { -20, 0, 0, 200, 20 * GST_USECOND },
  { 100, 0, 0, 200, 20 * GST_USECOND },
  { -400, 0, 0, 300, 20 * GST_USECOND },
  { 50, 3 * GST_MSECOND, 0, 200, 900 * GST_USECOND },
  { 0, 0, 30 * GST_MSECOND, 300, 20 * GST_USECOND },
  { 0, 0, -30 * GST_MSECOND, 300, 20 * GST_USECOND },
};

static gboolean
is_smooth (const CmafAlignPlan *plan, gint bend)
{
  return (plan->event == CMAF_ALIGN_CONTINUED
             || plan->event == CMAF_ALIGN_WAITING)
         && ABS (plan->bend_ppb) <= 500000
         && ABS (plan->bend_ppb - bend) <= 1000 + 1;
}

GST_START_TEST (test_the_mean_error_is_brought_to_zero_slowly)
{
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  gint64 time = at (S0);
  /* thousandths of samples out, to the nearest of which the stream is bent */
  gint64 out = 0, produced = 0;
  gint bend = 0;
  guint random = 1, i;

  cmaf_audio_aligner_init (&aligner, &aac);
  push (&aligner, time + drifts[__i__].first, 1024, &plan);
  for (i = 1; i < 600 * 50; i++) {
    gint64 stamp, jitter = 0, n;

    /* 960 samples that take 20 ms, more or less */
    time = at (S0 + 1024) + (gint64)(i - 1) * 20 * GST_MSECOND
           + (gint64)(i - 1) * 20 * drifts[__i__].ppm;
    random = random * 1103515245 + 12345;
    if (drifts[__i__].jitter)
      jitter = (gint64)(random >> 8) % (2 * drifts[__i__].jitter)
               - drifts[__i__].jitter;
    stamp = time + jitter;
    cmaf_audio_aligner_push (&aligner, stamp, 960, &plan);
    if (!is_smooth (&plan, bend))
      fail ("event %d at %u, %d ppb behind %d", plan.event, i, plan.bend_ppb,
          bend);
    bend = plan.bend_ppb;
    out += (gint64)(960 - plan.drop) * (G_GINT64_CONSTANT (1000000000) + bend);
    n = out / 1000000000 - produced;
    produced += n;
    cmaf_audio_aligner_produced (&aligner, n, 0);
    if (i > drifts[__i__].settles * 50
        && ABS (cmaf_audio_aligner_get_error (&aligner))
               > drifts[__i__].bound + 21000)
      fail ("%" G_GINT64_FORMAT " ns after %u s",
          cmaf_audio_aligner_get_error (&aligner), i / 50);
  }
  if (drifts[__i__].ppm == 0 && drifts[__i__].first == 0)
    assert_equals_int (bend, 0);
}
GST_END_TEST;

GST_START_TEST (test_nothing_is_bent_when_that_is_not_allowed)
{
  CmafAudioAlignerConfig config = aac;
  CmafAudioAligner aligner;
  CmafAlignPlan plan;
  guint i;

  config.drift_allowed = GST_CLOCK_TIME_NONE;
  cmaf_audio_aligner_init (&aligner, &config);
  push (&aligner, at (S0), 4800, &plan);
  /* 1000 ppm: 40 ms are over after 40 s, and are then filled at once */
  for (i = 1; i < 500; i++) {
    push (&aligner, at (S0 + 4800 * i) + i * 100000, 4800, &plan);
    assert_equals_int (plan.bend_ppb, 0);
    fail_unless_equals_int (
        plan.event, i == 401 ? CMAF_ALIGN_GAP : CMAF_ALIGN_CONTINUED);
  }
}
GST_END_TEST;

static Suite *
audio_aligner_suite (void)
{
  Suite *suite = suite_create ("audio-aligner");
  TCase *tcase = tcase_create ("decisions");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_starts_where_units_fall_on_the_grid, 0,
      G_N_ELEMENTS (starts));
  tcase_add_loop_test (
      tcase, test_every_start_and_every_length_give_the_same_units, 0, 60);
  tcase_add_test (tcase, test_nothing_before_1970_is_taken);
  tcase_add_loop_test (
      tcase, test_what_does_not_follow_is_mended, 0, G_N_ELEMENTS (mends));
  tcase_add_test (tcase, test_an_overlap_is_left_out_to_its_last_sample);
  tcase_add_test (tcase, test_a_gap_before_the_first_sample_is_no_silence);
  tcase_add_test (tcase, test_a_step_begins_anew_at_the_time_that_is_told);
  tcase_add_test (tcase, test_a_jump_begins_anew_behind_a_whole_unit);
  tcase_add_test (tcase, test_silence_leads_up_to_the_present);
  tcase_add_loop_test (tcase, test_the_mean_error_is_brought_to_zero_slowly, 0,
      G_N_ELEMENTS (drifts));
  tcase_add_test (tcase, test_nothing_is_bent_when_that_is_not_allowed);
  return suite;
}

GST_CHECK_MAIN (audio_aligner);
