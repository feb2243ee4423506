/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Frames of a source whose true numbers are known go through a lock; the test
 * spoils what they say and looks at the numbers that come out, and at what is
 * told. */
#include "timing-lock-fixtures.h"

/* ---- one thing is wrong ---- */

/* 200 frames; frames from @first on, @n of them, are spoilt. */
typedef struct
{
  const gchar *name;
  guint first, n;
  void (*spoil) (CmafUnitTimes *times, guint i);
  const gchar *events;
  const gchar *reason; /* of the second event */
  guint64 jump;        /* what is added to numbers from @first on */
  guint n_runs;
} Trouble;

static void
no_label (CmafUnitTimes *times, guint i)
{
  times->has_label = FALSE;
}

static void
wrong_label (CmafUnitTimes *times, guint i)
{
  times->label.seconds = (times->label.seconds + 5 + 7 * i) % 60;
}

static void
impossible_label (CmafUnitTimes *times, guint i)
{
  times->label.hours = 31;
}

static void
same_label (CmafUnitTimes *times, guint i)
{
  times->label.minutes = 0;
  times->label.seconds = 33;
  times->label.frames = 11;
}

static void
repeated_label (CmafUnitTimes *times, guint i)
{
  CmafUnitTimes first = good (&fps25, START + 50 + i / 5 * 5, START);

  times->label = first.label;
}

static void
ten_seconds_later (CmafUnitTimes *times, guint i)
{
  times->label.seconds += 10;
}

static void
an_hour_later (CmafUnitTimes *times, guint i)
{
  times->label.hours += 1;
}

static void
two_frames_later (CmafUnitTimes *times, guint i)
{
  CmafUnitTimes later = good (&fps25, START + 50 + i + 2, START);

  times->label = later.label;
}

static void
a_second_back (CmafUnitTimes *times, guint i)
{
  CmafUnitTimes earlier = good (&fps25, START + 50 + i - 25, START);

  times->label = earlier.label;
}

static void
time_stamps_jump (CmafUnitTimes *times, guint i)
{
  times->running_time += 5 * S;
  times->utc += 5 * S;
}

static void
clock_steps (CmafUnitTimes *times, guint i)
{
  times->utc += HOUR * S;
}

static void
clock_is_off (CmafUnitTimes *times, guint i)
{
  times->utc -= 99 * MS;
}

static const Trouble troubles[] = {
  { "nothing", 0, 0, no_label, "LOCKED " },
  { "the first label", 0, 1, wrong_label, "LOCKED " },
  { "no label at first", 0, 20, no_label, "LOCKED " },
  { "impossible labels at first", 0, 20, impossible_label, "LOCKED " },
  { "one label", 50, 1, wrong_label, "LOCKED " },
  { "two labels", 50, 2, wrong_label, "LOCKED " },
  { "no labels for a while", 50, 20, no_label, "LOCKED " },
  { "no labels", 50, 60, no_label, "LOCKED LOST LOCKED ",
      "the input tells no time" },
  { "labels jump about", 50, 60, wrong_label, "LOCKED LOST LOCKED ",
      "the time of the input stands still or jumps about" },
  { "labels stand still", 50, 60, same_label, "LOCKED LOST LOCKED ",
      "the time of the input stands still or jumps about" },
  { "labels are repeated", 50, 60, repeated_label, "LOCKED JITTER ",
      "20 of 25 frames tell another time than comes next" },
  { "no labels that exist", 50, 60, impossible_label, "LOCKED LOST LOCKED ",
      "timecode: found 31:00:03:07, needs a label that exists" },
  { "labels jump", 50, 150, ten_seconds_later,
      "LOCKED LOST LOCKED CLOCK-ERROR ",
      "the time of the input jumps by 10000 ms", 250, 1 },
  { "labels jump a little", 50, 150, two_frames_later, "LOCKED LOST LOCKED ",
      "time stamps jump by -80 ms", 2, 0 },
  { "labels jump back", 50, 150, a_second_back,
      "LOCKED LOST LOCKED CLOCK-ERROR ",
      "the time of the input jumps by -1000 ms", (guint64)-25, 1 },
  { "labels jump too far", 50, 150, an_hour_later, "LOCKED LOST ",
      "timecode: found 13:00:03:07, 3600 s from the clock" },
  { "time stamps jump", 50, 150, time_stamps_jump,
      "LOCKED LOST LOCKED CLOCK-ERROR ", "time stamps jump by 5000 ms" },
  { "the clock steps", 50, 150, clock_steps, "LOCKED CLOCK-ERROR ",
      "the clock is 3600000 ms ahead of the time of the input" },
  { "the clock is a little off", 0, 200, clock_is_off, "LOCKED " },
};

GST_START_TEST (test_numbers_survive_trouble)
{
  const Trouble *t = &troubles[__i__];
  Sim sim;

  GST_INFO ("%s", t->name);
  sim_init (&sim, &fps25, "timecode");
  for (guint i = 0; i < 200; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    if (i >= t->first && i < t->first + t->n)
      t->spoil (&times, i - t->first);
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless (sim.error == NULL, "%s", sim.error);
  fail_unless_equals_string (sim.events->str, t->events);
  if (t->reason)
    fail_unless (strstr (sim.reasons->str, t->reason) == sim.reasons->str + 1,
        "%s", sim.reasons->str);
  assert_equals_int (
      sim.n_unsure, t->first == 0 && t->spoil != clock_is_off ? t->n : 0);
  assert_numbers (&sim, 0, t->first, START);
  assert_numbers (&sim, t->first, 200 - t->first, START + t->first + t->jump);
  assert_equals_int (sim.n_runs, t->n_runs);
  sim_clear (&sim);
}
GST_END_TEST;

/* Frames that were found again: they are lost, come back, and turn out to be
 * others than it seemed. */
GST_START_TEST (test_frames_that_were_found_again)
{
  Sim sim;

  sim_init (&sim, &fps29, "fingerprint");
  for (guint i = 0; i < 400; i++) {
    const guint64 n = START + i + (i >= 300 ? 2 : 0);
    CmafUnitTimes times = good (&fps29, START + i, START);

    times.has_label = FALSE;
    times.running_time += i % 3 * 4 * MS; /* time stamps are not so good */
    times.utc += 2 * S;                   /* and the clock may be anything */
    times.has_fingerprint = i < 100 || i >= 200;
    times.fingerprint = cmaf_media_time_of_unit (&fps29, n);
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless (sim.error == NULL, "%s", sim.error);
  fail_unless_equals_string (
      sim.events->str, "LOCKED CLOCK-ERROR LOST LOCKED LOST LOCKED ");
  assert_numbers (&sim, 0, 300, START);
  assert_numbers (&sim, 300, 100, START + 302);
  assert_equals_int (sim.n_runs, 0);
  fail_unless_equals_string (cmaf_timing_class (CMAF_TIMING_FINGERPRINT), "F");
  sim_clear (&sim);
}
GST_END_TEST;

/* A source that is missing: the next one, or a refusal. */
static const struct
{
  const gchar *sources;
  void (*spoil) (CmafUnitTimes *times, guint i);
  guint n_held; /* frames that wait */
  const gchar *source, *error;
} missing[] = {
  { "timecode", wrong_label, 26, NULL,
      "timing-sources: found no time in the first 26 units (1000 ms) of the "
      "input, needs timecode" },
  { "timecode", impossible_label, 26, NULL,
      "timing-sources: found no time in the first 26 units (1000 ms) of the "
      "input, needs timecode; timecode: found 31:00:01:07, needs" },
  { "reference-timestamp,timecode", no_label, 26, NULL,
      "timing-sources: found no time in the first 26 units (1000 ms) of the "
      "input, needs reference-timestamp, timecode" },
  { "reference-timestamp,timecode,clock", no_label, 26, "clock", NULL },
  { "timecode,fixed", no_label, 26, "fixed", NULL },
  { "reference-timestamp,timecode,clock", NULL, 26, "timecode", NULL },
  { "timecode,clock", NULL, 3, "timecode", NULL },
  { "clock,timecode", NULL, 1, "clock", NULL },
  { "fixed", NULL, 1, "fixed", NULL },
};

GST_START_TEST (test_the_next_source_has_its_turn)
{
  Sim sim;
  CmafTimingSource source;
  gint64 offset;

  sim_init (&sim, &fps25, missing[__i__].sources);
  sim.config.fixed_origin = (gint64)cmaf_media_time_of_unit (&fps25, START);
  cmaf_timing_lock_free (sim.lock);
  sim.lock = cmaf_timing_lock_new (&sim.config);
  for (guint i = 0; i < 100 && !sim.error; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);

    if (missing[__i__].spoil)
      missing[__i__].spoil (&times, i);
    feed (&sim, &times);
    if (i + 1 < missing[__i__].n_held)
      assert_equals_int (sim.numbers->len, 0);
  }
  if (missing[__i__].error) {
    fail_unless (
        sim.error && g_str_has_prefix (sim.error, missing[__i__].error), "%s",
        sim.error);
  } else {
    fail_unless (sim.error == NULL, "%s", sim.error);
    assert_numbers (&sim, 0, 100, START);
    fail_unless (cmaf_timing_lock_get_mapping (sim.lock, &source, &offset));
    fail_unless_equals_string (
        cmaf_timing_source_name (source), missing[__i__].source);
  }
  sim_clear (&sim);
}
GST_END_TEST;

GST_START_TEST (test_a_short_stream_is_decided_at_its_end)
{
  CmafUnitTimes times = good (&fps25, START, START);
  Sim sim;

  sim_init (&sim, &fps25, "reference-timestamp,timecode");
  feed (&sim, &times);
  assert_equals_int (sim.numbers->len, 0);
  finish (&sim);
  assert_numbers (&sim, 0, 1, START);
  sim_clear (&sim);

  sim_init (&sim, &fps25, "timecode");
  finish (&sim);
  fail_unless (sim.error == NULL);
  sim_clear (&sim);
}
GST_END_TEST;

GST_START_TEST (test_without_patience_the_first_unit_decides)
{
  CmafUnitTimes times = good (&fps25, START, START);
  Sim sim;

  sim_init (&sim, &fps25, "timecode,clock");
  sim.config.wait = 0;
  cmaf_timing_lock_free (sim.lock);
  sim.lock = cmaf_timing_lock_new (&sim.config);
  times.utc += 7 * S;
  feed (&sim, &times);
  assert_numbers (&sim, 0, 1, START);
  sim_clear (&sim);
}
GST_END_TEST;

/* ---- decode order ---- */

/* I P B B P B B: presentation order of the i-th in decode order */
static guint
reordered (guint i)
{
  if (i == 0)
    return 0;
  return i % 3 == 1 ? i + 2 : i - 1;
}

GST_START_TEST (test_a_jump_in_decode_order)
{
  Sim sim;

  sim_init (&sim, &fps25, "timecode");
  for (guint i = 0; i < 199; i++) {
    const guint at = reordered (i);
    CmafUnitTimes times = good (&fps25, START + at, START);

    if (at >= 100)
      times.label.seconds += 10;
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (
      sim.events->str, "LOCKED LOST LOCKED CLOCK-ERROR ");
  assert_equals_int (sim.numbers->len, 199);
  for (guint i = 0; i < 199; i++) {
    const guint at = reordered (i);

    fail_unless (g_array_index (sim.numbers, guint64, i)
                     == START + at + (at >= 100 ? 250 : 0),
        "frame %u", at);
  }
  sim_clear (&sim);
}
GST_END_TEST;

/* A frame with a wrong label is counted, unless another one is where it would
 * be: before it or behind it in decode order. */
static const struct
{
  guint wrong; /* in order of presentation */
  gint moved;  /* frames */
  guint n_strays;
} rivals[] = { { 60, 0, 0 }, { 60, -1, 1 }, { 60, -3, 1 }, { 61, 0, 0 },
  { 61, -1, 1 }, { 61, 2, 1 } };

GST_START_TEST (test_a_wrong_label_at_the_time_of_another)
{
  Sim sim;

  sim_init (&sim, &fps25, "timecode");
  for (guint i = 0; i < 199; i++) {
    const guint at = reordered (i);
    CmafUnitTimes times = good (&fps25, START + at, START);

    if (at == rivals[__i__].wrong) {
      times.label.minutes++;
      times.running_time += rivals[__i__].moved * 40 * MS;
    }
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_equals_int (sim.n_strays, rivals[__i__].n_strays);
  for (guint i = 0; i < 199; i++) {
    const guint at = reordered (i);

    if (at != rivals[__i__].wrong || rivals[__i__].moved == 0)
      fail_unless (
          g_array_index (sim.numbers, guint64, i) == START + at, "%u", at);
  }
  sim_clear (&sim);
}
GST_END_TEST;

/* ---- the daily jam ---- */

/* Two seconds on both sides of midnight, 29.97 drop frame. Labels go on to
 * 00:00:00;02 before the plant sets them to the time of day. */
static CmafTimecode
label_near_midnight (gint i)
{
  CmafTimecode before = { 23, 59, 58 + (60 + i) / 30, (60 + i) % 30, TRUE };
  CmafTimecode over = { 0, 0, 0, i, TRUE };
  CmafTimecode after = { 0, 0, (i - 3) / 30, (i - 3) % 30, TRUE };

  return i < 0 ? before : i < 3 ? over : after;
}

GST_START_TEST (test_through_the_jam_as_after_it)
{
  CmafTimecodeRules rules = { fps29, 0, CMAF_TIMECODE_NO_JAM,
    CMAF_TIMECODE_MAX_ERROR, { CMAF_TAI_OFFSET, NULL } };
  guint64 number;
  Sim sim;

  sim_init (&sim, &fps29, "timecode");
  for (gint i = -60; i < 60; i++) {
    CmafUnitTimes times = { 0 };

    times.running_time =
        (gint64)cmaf_media_time_of_unit (&fps29, (guint64)(i + 60));
    times.utc = NEW_YEAR * S + times.running_time - 2 * S;
    times.has_label = TRUE;
    times.label = label_near_midnight (i);
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_equals_int (sim.numbers->len, 120);
  for (gint i = -60; i < 60; i++) {
    CmafTimecode label = label_near_midnight (i);

    fail_unless (
        cmaf_timecode_frame (&label, &rules, NEW_YEAR * S, &number, NULL));
    assert_equals_uint64 (
        g_array_index (sim.numbers, guint64, (guint)(i + 60)), number);
  }
  assert_equals_int (sim.n_shifts, 3);
  assert_equals_int (sim.n_runs, 0);
  sim_clear (&sim);
}
GST_END_TEST;

/* Labels that nobody sets: each day of drop frame has two or three frames more
 * than labels, five or six at 59.94. */
GST_START_TEST (test_every_end_of_a_day)
{
  static const CmafUnitGrid fps59 = { 60000, 1001, 0 };
  const gint rate = __i__ % 2 ? 60 : 30;
  const CmafUnitGrid *grid = __i__ % 2 ? &fps59 : &fps29;
  const gint64 midnight = NEW_YEAR + 86400 * (__i__ / 2);
  CmafTimecodeRules rules = { *grid, 0, CMAF_TIMECODE_NO_JAM,
    CMAF_TIMECODE_MAX_ERROR, { CMAF_TAI_OFFSET, NULL } };
  guint64 number;
  Sim sim;

  sim_init (&sim, grid, "timecode");
  for (gint i = 0; i < 4 * rate; i++) {
    const gint second = (58 + i / rate) % 60;
    CmafUnitTimes times = { 0 };

    times.running_time = (gint64)cmaf_media_time_of_unit (grid, (guint64)i);
    times.utc = midnight * S + times.running_time - 2 * S;
    times.has_label = TRUE;
    times.label = (CmafTimecode){
      .seconds = second, .frames = i % rate, .is_drop = TRUE
    };
    if (second >= 58) {
      times.label.hours = 23;
      times.label.minutes = 59;
    }
    feed (&sim, &times);
    fail_unless (
        cmaf_timecode_frame (&times.label, &rules, times.utc, &number, NULL));
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_equals_int (sim.numbers->len, 4 * (guint)rate);
  assert_equals_uint64 (
      g_array_index (sim.numbers, guint64, sim.numbers->len - 1), number);
  assert_equals_int (sim.n_runs, 0);
  sim_clear (&sim);
}
GST_END_TEST;

/* Frames around midnight of which some say nothing ('-'), or something wrong
 * ('x'), in the order in which an encoder with B frames gives them. Labels
 * begin anew at the first frame of the day ('0'). */
static const struct
{
  const gchar *said; /* in order of presentation, from 4 frames before it */
  const gchar *order;
} jams[] = {
  { "    0         ", "0 1 2 3 4 5 6 7 8 9 a b c d" },
  { "    0-        ", "0 3 1 2 5 4 6 7 8 9 a b c d" },
  { "   -0-        ", "0 1 2 5 3 4 8 6 7 b 9 a c d" },
  { "   x0-        ", "0 1 2 5 3 4 8 6 7 b 9 a c d" },
  { "    0---      ", "0 1 2 3 7 5 4 6 b 9 8 a c d" },
  { "    0-x       ", "0 1 2 6 5 4 3 8 7 9 a b c d" },
  { "    -         ", "0 1 2 5 3 4 8 6 7 b 9 a c d" },
  { "  --0 --      ", "0 1 2 7 5 4 6 3 b 9 8 a c d" },
  { "   -0         ", "0 1 2 5 4 3 8 6 7 b 9 a c d" },
};

/* Frame @i from the first of the day, 29.97 drop frame */
static CmafUnitTimes
told_at_jam (gint i, gchar said)
{
  CmafTimecode before = { 23, 59, 58 + (60 + i) / 30, (60 + i) % 30, TRUE };
  CmafTimecode after = { 0, 0, i / 30, i % 30, TRUE };
  CmafUnitTimes times = { 0 };

  times.running_time =
      (gint64)cmaf_media_time_of_unit (&fps29, (guint64)(i + 60));
  times.utc = NEW_YEAR * S + times.running_time - 2 * S;
  times.has_label = said != '-';
  times.label = i < 0 ? before : after;
  if (said == 'x')
    times.label.seconds = (times.label.seconds + 13) % 60;
  return times;
}

static gchar
said_at_jam (gint i, const gchar *said)
{
  return i >= -4 && i < 10 ? said[i + 4] : ' ';
}

static gint
frame_at_jam (guint i, const gchar *order)
{
  gint at = (gint)i - 60;

  if (at >= -4 && at < 10)
    at = g_ascii_xdigit_value (order[2 * (at + 4)]) - 4;
  return at;
}

GST_START_TEST (test_what_is_told_at_the_jam_is_kept_in_decode_order)
{
  CmafTimecodeRules rules = { fps29, 0, CMAF_TIMECODE_NO_JAM,
    CMAF_TIMECODE_MAX_ERROR, { CMAF_TAI_OFFSET, NULL } };
  guint64 numbers[120], number;
  CmafUnitTimes times[120];
  Sim sim;

  sim_init (&sim, &fps29, "timecode");
  for (guint i = 0; i < 120; i++) {
    const gint at = frame_at_jam (i, jams[__i__].order);

    times[at + 60] = told_at_jam (at, said_at_jam (at, jams[__i__].said));
    feed (&sim, &times[at + 60]);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_equals_int (sim.numbers->len, 120);
  for (guint i = 0; i < 120; i++)
    numbers[frame_at_jam (i, jams[__i__].order) + 60] =
        g_array_index (sim.numbers, guint64, i);
  for (guint i = 0; i < 120; i++) {
    fail_unless (i == 0 || numbers[i] > numbers[i - 1],
        "frame %d lies behind the next one", (gint)i - 61);
    if (strchr ("-x", said_at_jam ((gint)i - 60, jams[__i__].said)))
      continue;
    fail_unless (cmaf_timecode_frame (
        &times[i].label, &rules, NEW_YEAR * S, &number, NULL));
    assert_equals_uint64 (numbers[i], number);
  }
  sim_clear (&sim);
}
GST_END_TEST;

/* Around the jam labels may be a few frames off, but not one alone. */
GST_START_TEST (test_a_wrong_label_at_the_jam)
{
  const guint64 midnight = (guint64)NEW_YEAR * 25;
  Sim sim;

  sim_init (&sim, &fps25, "timecode");
  for (guint i = 0; i < 100; i++) {
    CmafUnitTimes times = good (&fps25, midnight - 50 + i, midnight - 50);

    if (i == 53 || i == 54)
      times.label = good (&fps25, midnight, midnight).label;
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_numbers (&sim, 0, 100, midnight - 50);
  assert_equals_int (sim.n_shifts, 1);
  sim_clear (&sim);
}
GST_END_TEST;

/* ---- pairs ---- */

/* 50 frames counted in pairs; without a field mark the first of two equal
 * labels is the first half, wherever the stream begins. */
GST_START_TEST (test_pairs_without_a_field_mark)
{
  const guint64 start = 2 * START + (guint)__i__ % 2;
  Sim sim;

  sim_init (&sim, &fps50, "timecode");
  for (guint i = 0; i < 300; i++) {
    CmafUnitTimes times = good (&fps50, start + i, start);

    times.label.counts_pairs = TRUE;
    times.label.has_half = __i__ >= 2;
    times.label.is_second_half = __i__ >= 2 && times.label.frames % 2;
    times.label.frames /= 2;
    if (i == 100)
      times.label.seconds += 3;
    feed (&sim, &times);
  }
  finish (&sim);
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_numbers (&sim, 0, 300, start);
  sim_clear (&sim);
}
GST_END_TEST;

/* ---- together ---- */

GST_START_TEST (test_the_mapping_of_another_track_is_adopted)
{
  const gint64 offset = (gint64)cmaf_media_time_of_unit (&fps25, START);
  const CmafTimingStep step = { 0 };
  Sim sim;

  sim_init (&sim, &fps25, "timecode");
  cmaf_timing_lock_adopt (sim.lock, CMAF_TIMING_TIMECODE, offset, &step);
  for (guint i = 0; i < 100; i++) {
    CmafUnitTimes times = good (&fps25, START + 5000 + i, START);

    if (i < 10)
      no_label (&times, i);
    feed (&sim, &times);
    assert_equals_int (sim.numbers->len, i + 1);
  }
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  assert_numbers (&sim, 0, 100, START + 5000);
  sim_clear (&sim);
}
GST_END_TEST;

/* The plant's labels are behind, so that some are left out at midnight. */
static CmafTimecode
label_left_out (gint i)
{
  return label_near_midnight (i < 0 ? i - 3 : i + 3);
}

static CmafUnitTimes
times_near_midnight (gint i, gboolean are_left_out)
{
  const CmafUnitTimes times = {
    .running_time = (gint64)cmaf_media_time_of_unit (&fps29, (guint64)(i + 60)),
    .utc = NEW_YEAR * S
           + (gint64)cmaf_media_time_of_unit (&fps29, (guint64)(i + 60))
           - 2 * S,
    .has_label = TRUE,
    .label = are_left_out ? label_left_out (i) : label_near_midnight (i),
  };

  return times;
}

/* Nothing jumps where frames are only missing, be it the first time. */
GST_START_TEST (test_a_gap_is_no_jump)
{
  Sim sim;

  sim_init (&sim, &fps29, "timecode");
  for (gint i = -60; i < -1; i++) {
    const CmafUnitTimes times = times_near_midnight (i, FALSE);

    if (i < -50 || i >= -30)
      feed (&sim, &times);
  }
  finish (&sim);
  assert_equals_int (sim.numbers->len, 39);
  assert_equals_uint64 (g_array_index (sim.numbers, guint64, 10)
                            - g_array_index (sim.numbers, guint64, 9),
      21);
  assert_equals_int (sim.n_runs, 0);
  sim_clear (&sim);
}
GST_END_TEST;

/* Coded frames come late: the raw ones may have told of the jam before the
 * first of them goes by what they told. */
GST_START_TEST (test_a_jam_ahead_is_adopted)
{
  const gint delay = __i__ / 2;
  const gboolean are_left_out = __i__ % 2;
  Sim raw, coded;

  sim_init (&raw, &fps29, "timecode");
  sim_init (&coded, &fps29, "timecode");
  for (gint i = -8; i < 60 + delay; i++) {
    CmafUnitTimes times = times_near_midnight (i, are_left_out);

    if (i < 60)
      feed (&raw, &times);
    if (i - delay == -8) {
      CmafTimingStep step;
      gint64 offset;

      cmaf_timing_lock_share (raw.lock, &offset, &step);
      cmaf_timing_lock_adopt (coded.lock, CMAF_TIMING_TIMECODE, offset, &step);
    }
    times = times_near_midnight (i - delay, are_left_out);
    if (i - delay >= -8)
      feed (&coded, &times);
  }
  finish (&raw);
  finish (&coded);
  assert_equals_int (raw.numbers->len, 68);
  assert_equals_int (coded.numbers->len, 68);
  for (guint i = 0; i < 68; i++)
    assert_equals_uint64 (g_array_index (coded.numbers, guint64, i),
        g_array_index (raw.numbers, guint64, i));
  fail_unless_equals_string (coded.events->str, "LOCKED ");
  sim_clear (&raw);
  sim_clear (&coded);
}
GST_END_TEST;

/* Sound follows the picture, also where its numbers step. */
GST_START_TEST (test_a_track_follows)
{
  const CmafUnitGrid aac = { 48000, 1024, 0 };
  CmafTimingStep step = { 0 };
  Sim sim;

  sim_init (&sim, &aac, "reference-timestamp");
  sim.config.is_video = FALSE;
  cmaf_timing_lock_free (sim.lock);
  sim.lock = cmaf_timing_lock_new (&sim.config);
  for (guint i = 0; i < 100; i++) {
    CmafUnitTimes times = { .running_time = i * 20 * MS };

    if (i == 40) {
      step.id = 1;
      step.at = 50 * 20 * MS;
      step.delta = 40 * MS;
    }
    cmaf_timing_lock_follow (
        sim.lock, CMAF_TIMING_CLOCK, NEW_YEAR * S + 123, &step);
    feed (&sim, &times);
  }
  fail_unless_equals_string (sim.events->str, "LOCKED ");
  for (guint i = 0; i < 100; i++)
    assert_equals_int64 (g_array_index (sim.media_times, gint64, i),
        NEW_YEAR * S + 123 + i * 20 * MS + (i >= 50 ? 40 * MS : 0));
  sim_clear (&sim);
}
GST_END_TEST;

/* Sound: not moved to any frame */
GST_START_TEST (test_units_that_are_no_frames)
{
  const CmafUnitGrid aac = { 48000, 1024, 0 };
  const gint64 origin = NEW_YEAR * S + 1234567;
  Sim sim;

  sim_init (&sim, &aac, "reference-timestamp,clock");
  sim.config.is_video = FALSE;
  cmaf_timing_lock_free (sim.lock);
  sim.lock = cmaf_timing_lock_new (&sim.config);
  for (guint i = 0; i < 200; i++) {
    CmafUnitTimes times = { 0 };

    times.running_time = (gint64)cmaf_media_time_of_unit (&aac, i);
    times.utc = origin + times.running_time;
    times.has_stamp = i % 5 == 0;
    times.reference = CMAF_REFERENCE_UNIX;
    times.stamp = (guint64)times.utc;
    feed (&sim, &times);
  }
  assert_equals_int (sim.media_times->len, 200);
  for (guint i = 0; i < 200; i++)
    assert_equals_int64 (g_array_index (sim.media_times, gint64, i),
        origin + (gint64)cmaf_media_time_of_unit (&aac, i));
  sim_clear (&sim);
}
GST_END_TEST;

/* Two encoders of one spoilt input, of which the second begins anywhere: what
 * both number, they number alike. */
static void
spoil_at_random (GRand *rand, GArray *input)
{
  gint64 added = 0;

  for (guint i = 0; i < 2000; i++) {
    CmafUnitTimes times = good (&fps25, START + i, START);
    guint dice = (guint)g_rand_int_range (rand, 0, 400);

    if (dice == 0)
      added += g_rand_int_range (rand, -20, 30);
    times = good (&fps25, (guint64)((gint64)START + i + added), START);
    times.running_time = (gint64)i * 40 * MS;
    times.utc = (gint64)cmaf_media_time_of_unit (&fps25, START + i);
    if (dice >= 390)
      wrong_label (&times, dice);
    else if (dice >= 350)
      no_label (&times, i);
    g_array_append_val (input, times);
  }
}

GST_START_TEST (test_encoders_agree_whenever_they_begin)
{
  const gchar *given = g_getenv ("CMAF_TEST_SEED");
  const guint32 seed =
      given ? (guint32)g_ascii_strtoull (given, NULL, 10) : g_random_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  for (guint round = 0; round < 50; round++) {
    g_autoptr (GArray) input =
        g_array_new (FALSE, FALSE, sizeof (CmafUnitTimes));
    const guint late = (guint)g_rand_int_range (rand, 1, 1900);
    Sim a, b;

    spoil_at_random (rand, input);
    sim_init (&a, &fps25, "timecode");
    sim_init (&b, &fps25, "timecode");
    for (guint i = 0; i < input->len; i++) {
      feed (&a, &g_array_index (input, CmafUnitTimes, i));
      if (i >= late)
        feed (&b, &g_array_index (input, CmafUnitTimes, i));
    }
    finish (&a);
    finish (&b);
    fail_unless (a.error == NULL && b.error == NULL);
    assert_equals_int (a.numbers->len, b.numbers->len + late);
    fail_unless (b.n_unsure < 25);
    for (guint i = late + b.n_unsure; i < input->len; i++)
      fail_unless (g_array_index (a.numbers, guint64, i)
                       == g_array_index (b.numbers, guint64, i - late),
          "seed %u round %u: frame %u, the second began at %u", seed, round, i,
          late);
    sim_clear (&a);
    sim_clear (&b);
  }
  g_rand_free (rand);
}
GST_END_TEST;

static Suite *
timing_lock_suite (void)
{
  Suite *suite = suite_create ("timing-lock");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_numbers_survive_trouble, 0, G_N_ELEMENTS (troubles));
  tcase_add_test (tcase, test_frames_that_were_found_again);
  tcase_add_loop_test (
      tcase, test_the_next_source_has_its_turn, 0, G_N_ELEMENTS (missing));
  tcase_add_test (tcase, test_a_short_stream_is_decided_at_its_end);
  tcase_add_test (tcase, test_without_patience_the_first_unit_decides);
  tcase_add_test (tcase, test_a_jump_in_decode_order);
  tcase_add_loop_test (tcase, test_a_wrong_label_at_the_time_of_another, 0,
      G_N_ELEMENTS (rivals));
  tcase_add_test (tcase, test_through_the_jam_as_after_it);
  tcase_add_loop_test (tcase, test_every_end_of_a_day, 0, 14);
  tcase_add_loop_test (tcase,
      test_what_is_told_at_the_jam_is_kept_in_decode_order, 0,
      G_N_ELEMENTS (jams));
  tcase_add_test (tcase, test_a_wrong_label_at_the_jam);
  tcase_add_loop_test (tcase, test_pairs_without_a_field_mark, 0, 4);
  tcase_add_test (tcase, test_the_mapping_of_another_track_is_adopted);
  tcase_add_test (tcase, test_a_gap_is_no_jump);
  tcase_add_loop_test (tcase, test_a_jam_ahead_is_adopted, 8, 48);
  tcase_add_test (tcase, test_a_track_follows);
  tcase_add_test (tcase, test_units_that_are_no_frames);
  tcase_add_test (tcase, test_encoders_agree_whenever_they_begin);
  return suite;
}

GST_CHECK_MAIN (timing_lock);
