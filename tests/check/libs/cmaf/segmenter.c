/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A case is a line of units in decode order and the line of what is cut.
 *
 * Units: a number; I in front of it: a key frame; "xN" behind it: of N MiB. "|"
 * drains, "$" ends, "^m-n" says that none of [m, n) will come, "/n" and "/In"
 * split there. One unit is one second, a cell is four of them.
 *
 * Cuts: K:decode-time+duration(n samples), then "." when the segment goes on
 * and ";" when it ends there; "~" when it is not aligned, "'" when it does not
 * begin with a key frame. A unit that is dropped shows as b(efore the start),
 * s(kipped), l(eading), r(efused), t(oo late) or m (too much), a missed key
 * frame as "!". */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/box-types.h>
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/timescale.h>

static void
print_cut (GString *out, const CmafCutFragment *f)
{
  guint64 duration = 0;
  guint i;

  for (i = 0; i < f->n_samples; i++)
    duration += f->samples[i].duration;
  assert_equals_uint64 (duration, f->duration);
  g_string_append_printf (out,
      "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT
      "(%u)%s%s%c ",
      f->number, f->decode_time, f->duration, f->n_samples,
      f->is_aligned ? "" : "~",
      f->sap_type == 0 && f->starts_segment ? "'" : "",
      f->ends_segment ? ';' : '.');
}

static void
push_word (CmafSegmenter *s, const gchar *word, GString *out)
{
  static const gchar *const fates[] = { "", "b ", "s ", "l ", "r ", "t ",
    "m " };
  CmafUnit unit = { .size = 10, .is_sync = word[0] == 'I' };
  CmafCutFragment f;
  CmafVerdict verdict;
  gchar *end;

  unit.unit = g_ascii_strtoull (word + unit.is_sync, &end, 10);
  if (*end == 'x')
    unit.size = (guint32)g_ascii_strtoull (end + 1, NULL, 10) << 20;
  cmaf_segmenter_push (s, &unit, &verdict, &f);
  if (verdict.cut != CMAF_CUT_NONE) {
    fail_unless_equals_int (verdict.cut == CMAF_CUT_SEGMENT, f.ends_segment);
    print_cut (out, &f);
  }
  if (verdict.missed_key_frame)
    g_string_append (out, "! ");
  g_string_append (out, fates[verdict.fate]);
}

static void
run_word (CmafSegmenter *s, const gchar *word, GString *out)
{
  CmafCutFragment f;
  gboolean cut = FALSE;

  switch (word[0]) {
    case '|':
      cut = cmaf_segmenter_drain (s, &f);
      break;
    case '$':
      cut = cmaf_segmenter_finish (s, &f);
      break;
    case '^':
      cut = cmaf_segmenter_advance (s, g_ascii_strtoull (word + 1, NULL, 10),
          g_ascii_strtoull (strchr (word, '-') + 1, NULL, 10), &f);
      break;
    case '/':
      cmaf_segmenter_split (s,
          g_ascii_strtoull (word + 1 + (word[1] == 'I'), NULL, 10),
          word[1] == 'I');
      break;
    default:
      push_word (s, word, out);
      return;
  }
  if (cut)
    print_cut (out, &f);
}

static gchar *
run (const CmafSegmenterConfig *config, const gchar *units)
{
  g_autoptr (CmafSegmenter) s = cmaf_segmenter_new (config);
  g_auto (GStrv) words = g_strsplit (units, " ", -1);
  GString *out = g_string_new (NULL);
  guint i;

  for (i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0')
      run_word (s, words[i], out);
  }
  return g_strchomp (g_string_free (out, FALSE));
}

#define VIDEO .grid = { 4, 1 }, .units = { 1, 1, 0 }, .needs_key_frames = TRUE
#define AUDIO .grid = { 4, 1 }, .units = { 1, 1, 0 }

static const struct
{
  const gchar *behaviour;
  CmafSegmenterConfig config;
  const gchar *units, *cuts;
} cases[] = {
  { "segments follow the grid", { VIDEO }, "I8 9 10 11 I12 13 14 15 I16 $",
      "2:8+4(4); 3:12+4(4); 4:16+1(1)~;" },
  { "reordering changes neither decode times nor durations", { VIDEO },
      "I8 11 9 10 I12 15 13 14 I16 $", "2:8+4(4); 3:12+4(4); 4:16+1(1)~;" },
  { "key frames inside a segment cut nothing", { VIDEO }, "I8 I9 10 I11 I12 $",
      "2:8+4(4); 3:12+1(1)~;" },
  { "a leading partial cell is not sent", { VIDEO },
      "I9 10 11 I12 13 14 15 I16 $", "b b b 3:12+4(4); 4:16+1(1)~;" },
  { "nor is one without a key frame", { VIDEO }, "8 9 10 11 I12 13 14 15 | $",
      "b b b b 3:12+4(4);" },
  { "at the start a late key frame waits for one on a boundary", { VIDEO },
      "I9 10 11 12 I13 14 15 I16 17 18 19 |", "b b b b b b b 4:16+4(4);" },
  { "but not for ever", { VIDEO }, "I9 I13 I17 I21 I25 26 27 I28 $",
      "b b b b ! 6:25+3(3)~; 7:28+1(1)~;" },
  { "unless only boundaries will do",
      { VIDEO, .missed_key_frame = CMAF_MISSED_DROP },
      "I9 I13 I17 I21 I25 I28 $", "b b b b b 7:28+1(1)~;" },
  { "cell 0 may start late when nothing was before",
      { VIDEO, .starts_at_zero = TRUE }, "I1 2 3 I4 5 6 7 |",
      "0:1+3(3)~; 1:4+4(4);" },
  { "other cells may not", { VIDEO, .starts_at_zero = TRUE },
      "I5 6 7 I8 9 10 11 |", "b b b 2:8+4(4);" },
  { "frames missing inside lengthen the last sample", { VIDEO },
      "I8 11 I12 13 14 15 |", "2:8+4(2); 3:12+4(4);" },
  { "frames missing at the end do not move the boundary", { VIDEO },
      "I8 9 I12 13 14 15 |", "2:8+4(2); 3:12+4(4);" },
  { "nor do frames missing at the start", { VIDEO },
      "I8 9 10 11 I13 14 15 I16 |", "2:8+4(4); 3:12+4(3); 4:16+4(1);" },
  { "cells without frames are left out", { VIDEO }, "I8 9 I21 22 23 I24 |",
      "2:8+4(2); 5:20+4(3); 6:24+4(1);" },
  { "leading pictures of the cell stay (SAP 2)", { VIDEO },
      "I8 9 10 11 I14 12 13 15 I16 |", "2:8+4(4); 3:12+4(4); 4:16+4(1);" },
  { "leading pictures of the cell before are dropped", { VIDEO },
      "I8 9 I12 10 11 13 14 15 I16 |", "2:8+4(2); l l 3:12+4(4); 4:16+4(1);" },
  { "stretch: on to the next key frame", { VIDEO },
      "I8 9 10 11 12 I13 14 15 I16 |", "! 2:8+5(5)~; 3:13+3(3)~; 4:16+4(1);" },
  { "stretch: over whole cells", { VIDEO },
      "I8 9 10 11 12 13 14 15 16 17 18 I19 I20 |",
      "! ! 2:8+11(11)~; 4:19+1(1)~; 5:20+4(1);" },
  { "stretch: a key frame on a boundary brings it back", { VIDEO },
      "I8 9 10 11 12 13 14 15 I16 |", "! 2:8+8(8)~; 4:16+4(1);" },
  { "stretch: frames missing at that boundary do not move it", { VIDEO },
      "I8 9 10 11 12 13 14 15 I17 18 19 I20 |",
      "! 2:8+8(8)~; 4:16+4(3); 5:20+4(1);" },
  { "stretch: not for ever", { VIDEO }, "I8 12 20 40 60 72 73 $",
      "! ! ! ! ! t 2:8+65(6)~;" },
  { "stretch: not more than readers take", { VIDEO },
      "I8x20 9x20 10 12 13x19 14 15x1 $", "! m 2:8+7(6)~;" },
  { "stretch: chunks are readers' business by themselves",
      { VIDEO, .chunk_units = 2 }, "I8x40 9 10x40 11 12x40 13 I16 |",
      "2:8+2(2). 2:10+2(2). ! 2:12+4(2)~; 4:16+4(1);" },
  { "cut: at the boundary", { VIDEO, .missed_key_frame = CMAF_MISSED_CUT },
      "I8 9 10 11 12 13 14 15 I16 |", "2:8+4(4); ! 3:12+4(4)~'; 4:16+4(1);" },
  { "cut: by count when units are reordered",
      { VIDEO, .missed_key_frame = CMAF_MISSED_CUT },
      "I8 9 12 10 11 15 13 14 I16 |", "! 2:8+4(4); 3:12+4(4)~'; 4:16+4(1);" },
  { "cut: over missing cells", { VIDEO, .missed_key_frame = CMAF_MISSED_CUT },
      "I8 9 40 41 42 43 I44 |", "2:8+4(2); ! 10:40+4(4)~'; 11:44+4(1);" },
  { "drop: until a key frame on a boundary",
      { VIDEO, .missed_key_frame = CMAF_MISSED_DROP },
      "I8 9 10 11 12 I13 14 15 16 17 18 19 I20 21 |",
      "2:8+4(4); ! s s s s ! s s s s 5:20+4(2);" },
  { "fail: refuse", { VIDEO, .missed_key_frame = CMAF_MISSED_FAIL },
      "I8 9 10 11 12 $", "! r 2:8+4(4);" },
  { "the input changes: fill the cell, begin at the next", { VIDEO },
      "I8 9 | I10 11 I12 13 14 15 |", "2:8+4(2); b b 3:12+4(4);" },
  { "end of service", { VIDEO }, "I8 10 9 $ $", "2:8+3(3)~;" },
  { "nothing begun, nothing to end", { VIDEO }, "9 $ |", "b" },
  { "chunks", { VIDEO, .chunk_units = 2 }, "I8 9 10 11 I12 13 14 $",
      "2:8+2(2). 2:10+2(2); 3:12+2(2). 3:14+1(1)~;" },
  { "chunks count decoded frames", { VIDEO, .chunk_units = 2 },
      "I8 11 9 10 I12 |", "2:8+2(2). 2:10+2(2); 3:12+4(1);" },
  { "the last chunk is what is left", { VIDEO, .chunk_units = 3 },
      "I8 9 10 11 I12 |", "2:8+3(3). 2:11+1(1); 3:12+4(1);" },
  { "chunks of a stretched segment", { VIDEO, .chunk_units = 3 },
      "I8 9 10 11 12 13 I14 15 I16 |",
      "2:8+3(3). ! 2:11+3(3)~; 3:14+2(2)~; 4:16+4(1);" },
  { "a split inside a segment", { VIDEO }, "I8 /10 9 10 11 I12 |",
      "2:8+2(2). 2:10+2(2); 3:12+4(1);" },
  { "a split waits for its key frame", { VIDEO }, "I8 /I9 9 10 I11 I12 |",
      "2:8+3(3). 2:11+1(1); 3:12+4(1);" },
  { "a split on a boundary is the boundary", { VIDEO },
      "I8 9 10 11 /I12 /12 I12 13 14 15 |", "2:8+4(4); 3:12+4(4);" },
  { "audio: every unit may start a segment", { AUDIO },
      "I8 I9 I10 I11 I12 I13 I14 I15 $", "2:8+4(4); 3:12+4(4);" },
  { "audio: a partial cell is not sent", { AUDIO }, "I9 I10 I11 I12 I13 $",
      "b b b 3:12+2(2)~;" },
  { "audio: the next cell starts, even late", { AUDIO },
      "I9 I10 I13 I14 I15 I16 $", "b b 3:13+3(3)~; 4:16+1(1)~;" },
  { "audio: a gap lengthens the sample before it", { AUDIO },
      "I8 I11 I12 I14 I16 $", "2:8+4(2); 3:12+4(2); 4:16+1(1)~;" },
  { "audio: also over a boundary", { AUDIO }, "I8 I9 I14 I15 I16 |",
      "2:8+6(2)~; 3:14+2(2)~; 4:16+4(1);" },
  { "audio: cells without units are left out", { AUDIO }, "I8 I9 I20 I21 |",
      "2:8+4(2); 5:20+4(2);" },
  { "audio: chunks are counted from the boundary",
      { AUDIO, .chunk_units = 2, .starts_at_zero = TRUE },
      "I1 I2 I3 I4 I5 I6 I7 I8 |",
      "0:1+1(1)~. 0:2+2(2)~; 1:4+2(2). 1:6+2(2); 2:8+4(1);" },
  { "audio: silence ends a segment", { AUDIO },
      "I8 I9 ^10-11 ^11-12 ^12-20 I21 I22 I24 |",
      "2:8+4(2); 5:21+3(2)~; 6:24+4(1);" },
  { "audio: silence inside a segment lengthens the sample", { AUDIO },
      "I8 ^9-11 I11 I12 |", "2:8+4(2); 3:12+4(1);" },
  { "audio: silence ends a chunk", { AUDIO, .chunk_units = 2 },
      "I8 ^9-10 I10 I11 I12 |", "2:8+2(1). 2:10+2(2); 3:12+4(1);" },
  { "audio: and one begins with what comes next", { AUDIO, .chunk_units = 2 },
      "I8 ^9-11 I11 I12 |", "2:8+3(1). 2:11+1(1); 3:12+4(1);" },
  { "audio: silence that ends in a chunk does not end it",
      { AUDIO, .chunk_units = 3 }, "I8 ^9-10 I10 I11 I12 |",
      "2:8+3(2). 2:11+1(1); 3:12+4(1);" },
  { "audio: a segment of which all was sent ends without a word",
      { AUDIO, .chunk_units = 2 }, "I8 I9 ^10-11 ^11-12 I12 ^13-14 ^14-16 $ |",
      "2:8+3(2). 3:12+2(1)." },
  { "audio: silence that was said to go on does not go back",
      { AUDIO, .chunk_units = 2 }, "I8 ^9-11 I10 I11 I12 |",
      "2:8+3(1). l 2:11+1(1); 3:12+4(1);" },
  { "audio: silence that is over says nothing", { AUDIO },
      "I8 I9 I10 ^5-9 ^9-10 I11 I12 |", "2:8+4(4); 3:12+4(1);" },
  { "a gap ends a segment", { VIDEO }, "I8 9 ^10-12 I12 13 14 15 |",
      "2:8+4(2); 3:12+4(4);" },
  { "a gap ends a segment, the next one begins on its boundary", { VIDEO },
      "I8 9 ^10-21 I21 22 23 I24 |", "2:8+4(2); 5:20+4(3); 6:24+4(1);" },
  { "after a gap a key frame begins", { VIDEO }, "I8 9 ^10-14 14 I15 I16 |",
      "2:8+4(2); b 3:12+4(1); 4:16+4(1);" },
  { "cut: after a gap any frame begins",
      { VIDEO, .missed_key_frame = CMAF_MISSED_CUT }, "I8 9 ^10-14 14 15 I16 |",
      "2:8+4(2); ! 3:12+4(2)~'; 4:16+4(1);" },
  { "a gap inside a segment ends nothing", { VIDEO }, "I8 9 ^10-11 11 I12 |",
      "2:8+4(3); 3:12+4(1);" },
  { "a gap ends chunks", { VIDEO, .chunk_units = 2 }, "I8 ^9-10 10 11 I12 |",
      "2:8+2(1). 2:10+2(2); 3:12+4(1);" },
  { "a chunk after a gap is on its place", { VIDEO, .chunk_units = 1 },
      "I8 ^9-11 11 I12 |", "2:8+3(1). 2:11+1(1); 3:12+4(1);" },
  { "a chunk without frames is none", { VIDEO, .chunk_units = 2 },
      "I8 9 ^10-11 ^11-12 I12 |", "2:8+2(2). 3:12+4(1);" },
  { "what is reordered is waited for", { VIDEO },
      "I8 11 ^12-13 9 10 I12 15 13 14 |", "2:8+4(4); 3:12+4(4);" },
  { "also when the gap comes before it", { VIDEO },
      "I8 ^11-13 10 9 I13 14 15 |", "2:8+4(3); 3:12+4(3);" },
  { "but not for ever", { VIDEO }, "I8 11 ^12-20 ^20-28 9 I28 |",
      "2:8+4(2); b 7:28+4(1);" },
};

GST_START_TEST (test_cases)
{
  g_autofree gchar *cuts = run (&cases[__i__].config, cases[__i__].units);

  fail_unless (strcmp (cuts, cases[__i__].cuts) == 0,
      "%s: %s\n  gives    %s\n  and not  %s", cases[__i__].behaviour,
      cases[__i__].units, cuts, cases[__i__].cuts);
}
GST_END_TEST;

static void
push (CmafSegmenter *s, guint64 unit, gboolean is_sync, guint32 size,
    CmafVerdict *verdict, CmafCutFragment *f)
{
  const CmafUnit u = { unit, size, is_sync };

  cmaf_segmenter_push (s, &u, verdict, f);
}

GST_START_TEST (test_samples_carry_what_trun_needs)
{
  const CmafSegmenterConfig config = {
    .grid = { 4, 1 }, .units = { 30000, 30000, 0 }, .needs_key_frames = TRUE
  };
  static const struct
  {
    guint unit;
    gint32 offset;
    guint32 duration;
  } expected[] = { { 8, 0, 30000 }, { 11, 60000, 30000 }, { 9, -30000, 30000 },
    { 10, -30000, 30000 } };
  g_autoptr (CmafSegmenter) s = cmaf_segmenter_new (&config);
  CmafCutFragment f;
  CmafVerdict v;
  guint i;

  for (i = 0; i < 4; i++)
    push (s, expected[i].unit, i == 0, 100 + i, &v, &f);
  push (s, 12, TRUE, 1, &v, &f);

  fail_unless_equals_int (v.cut, CMAF_CUT_SEGMENT);
  assert_equals_uint64 (f.decode_time, 8 * 30000);
  assert_equals_uint64 (f.first_presentation_time, 8 * 30000);
  fail_unless_equals_int (f.sap_type, 1);
  fail_unless (f.starts_segment && f.ends_segment);
  fail_unless_equals_int (f.n_samples, 4);
  for (i = 0; i < 4; i++) {
    fail_unless_equals_int (f.samples[i].size, 100 + i);
    fail_unless_equals_int (f.samples[i].duration, expected[i].duration);
    fail_unless_equals_int (
        f.samples[i].composition_offset, expected[i].offset);
    fail_unless_equals_int (f.samples[i].flags,
        i == 0 ? CMAF_SAMPLE_FLAGS_SYNC : CMAF_SAMPLE_FLAGS_NON_SYNC);
  }
}
GST_END_TEST;

/* 29.97 fps with two seconds: 60 frames, rarely 59. */
GST_START_TEST (test_nominal_grids_alternate)
{
  const CmafSegmenterConfig config = {
    .grid = { 2, 1 }, .units = { 30000, 1001, 0 }, .needs_key_frames = TRUE
  };
  g_autoptr (CmafSegmenter) s = cmaf_segmenter_new (&config);
  guint64 unit = G_GUINT64_CONSTANT (52018669331), number = 867844800;
  guint n_segments = 0, n_short = 0;
  CmafCutFragment f;
  CmafVerdict v;

  while (n_segments < 100) {
    push (s, unit, TRUE, 1, &v, &f);
    unit++;
    if (v.cut != CMAF_CUT_SEGMENT)
      continue;
    assert_equals_uint64 (f.number, number);
    assert_equals_uint64 (f.decode_time,
        cmaf_segment_grid_decode_time (&config.grid, &config.units, number));
    assert_equals_uint64 (f.n_samples,
        cmaf_segment_grid_n_units (&config.grid, &config.units, number));
    n_short += f.n_samples == 59;
    number++;
    n_segments++;
  }
  fail_unless (n_short > 0 && n_short < 10);
}
GST_END_TEST;

typedef struct
{
  guint64 number; /* of the newest segment */
  guint64 end;    /* of what was sent */
} Sent;

static void
check_sent (Sent *sent, const CmafCutFragment *f)
{
  guint i;

  fail_unless (f->n_samples > 0);
  for (i = 0; i < f->n_samples; i++)
    fail_unless (f->samples[i].duration > 0 && f->samples[i].duration < 2000);
  if (f->starts_segment) {
    fail_unless (sent->number == 0 || f->number > sent->number);
    sent->number = f->number;
  }
  fail_unless (f->decode_time >= sent->end);
  sent->end = f->decode_time + f->duration;
}

static guint
draw (guint32 *seed, guint n)
{
  *seed = *seed * 1664525 + 1013904223;
  return (*seed >> 8) % n;
}

/* Losses, gaps that tell of them or tell lies, frames reordered by up to three:
 * nothing is sent over what was sent. */
GST_START_TEST (test_fragments_do_not_overlap)
{
  static const guint8 orders[][4] = { { 0, 1, 2, 3 }, { 0, 3, 1, 2 },
    { 0, 2, 1, 3 }, { 1, 0, 3, 2 } };
  const gboolean is_audio = __i__ % 2;
  CmafSegmenterConfig config = { .grid = { 4, 1 }, .units = { 100, 100, 0 } };
  g_autoptr (CmafSegmenter) s = NULL;
  guint32 seed = 1 + __i__;
  Sent sent = { 0, 0 };
  CmafCutFragment f;
  CmafVerdict v;
  guint i;

  config.needs_key_frames = !is_audio;
  config.missed_key_frame = __i__ / 2 % 3;
  config.chunk_units = __i__ / 6 % 4;
  s = cmaf_segmenter_new (&config);
  for (i = 0; i < 4000; i++) {
    const guint8 *order = orders[is_audio ? 0 : i / 4 * 7 / 5 % 4];

    if (draw (&seed, 10) > 0) {
      push (s, i / 4 * 4 + order[i % 4],
          is_audio || i % 4 == 0 || draw (&seed, 20) == 0, 1, &v, &f);
      if (v.cut != CMAF_CUT_NONE)
        check_sent (&sent, &f);
    } else if (cmaf_segmenter_advance (
                   s, i, i + 1 + draw (&seed, 3) * draw (&seed, 3), &f)) {
      check_sent (&sent, &f);
    }
  }
  fail_unless (sent.number > 900);
}
GST_END_TEST;

/* More frames than the frame rate allows, in any order: durations stay
 * positive. */
GST_START_TEST (test_any_input_gives_positive_durations)
{
  static const CmafMissedKeyFrame policies[] = { CMAF_MISSED_STRETCH,
    CMAF_MISSED_CUT, CMAF_MISSED_DROP };
  CmafSegmenterConfig config = { VIDEO, .starts_at_zero = TRUE };
  g_autoptr (CmafSegmenter) s = NULL;
  guint32 seed = 1 + __i__;
  Sent sent = { 0, 0 };
  CmafCutFragment f;
  CmafVerdict v;
  guint i;

  config.missed_key_frame = policies[__i__ % 3];
  config.chunk_units = __i__ % 4;
  s = cmaf_segmenter_new (&config);
  for (i = 0; i < 2000; i++) {
    seed = seed * 1664525 + 1013904223;
    push (s, i + (seed >> 28), (seed >> 20) % 5 == 0, 1, &v, &f);
    sent.end = 0;
    if (v.cut != CMAF_CUT_NONE)
      check_sent (&sent, &f);
  }
  fail_unless (sent.number > 10);
}
GST_END_TEST;

GST_START_TEST (test_sequence_numbers)
{
  CmafSegmenterConfig config = {
    .grid = { 48, 25 }, .units = { 90000, 3600, 0 }, .needs_key_frames = TRUE
  };
  g_autoptr (CmafSegmenter) whole = cmaf_segmenter_new (&config);
  g_autoptr (CmafSegmenter) chunked = NULL;

  assert_equals_uint64 (
      cmaf_segmenter_sequence_number (whole, 904005000, 0), 904005000);
  assert_equals_uint64 (cmaf_segmenter_sequence_number (
                            whole, (G_GUINT64_CONSTANT (1) << 32) + 5, 0),
      5);
  config.chunk_units = 5; /* 48 frames are 10 chunks */
  chunked = cmaf_segmenter_new (&config);
  assert_equals_uint64 (cmaf_segmenter_sequence_number (chunked, 904005000, 3),
      G_GUINT64_CONSTANT (9040050003) & G_MAXUINT32);
}
GST_END_TEST;

GST_START_TEST (test_key_frames_are_asked_for_ahead_and_once)
{
  const CmafSegmentGrid grid = { 4, 1 };
  const CmafUnitGrid units = { 1, 1, 0 };
  static const guint64 asked[] = { 12, 16, 20, 24, 28 };
  CmafKeyFramePlan plan;
  guint64 unit;
  guint i;

  cmaf_key_frame_plan_init (&plan, &grid, &units);
  for (i = 0; i < G_N_ELEMENTS (asked); i++) {
    fail_unless (cmaf_key_frame_plan_next (&plan, 9, &unit));
    assert_equals_uint64 (unit, asked[i]);
  }
  fail_if (cmaf_key_frame_plan_next (&plan, 9, &unit));
  fail_if (cmaf_key_frame_plan_next (&plan, 11, &unit));
  fail_unless (cmaf_key_frame_plan_next (&plan, 12, &unit));
  assert_equals_uint64 (unit, 32);
  fail_if (cmaf_key_frame_plan_next (&plan, 9, &unit)); /* reordered */
  /* a jump ahead: nothing is asked for that has passed */
  fail_unless (cmaf_key_frame_plan_next (&plan, 101, &unit));
  assert_equals_uint64 (unit, 104);
}
GST_END_TEST;

/* Units lie half a second behind their numbers, and then a quarter: an edge is
 * at 8 s and 12 s. */
GST_START_TEST (test_units_may_lie_beside_their_numbers)
{
  const CmafSegmenterConfig config = { .grid = { 4, 1 }, .units = { 4, 4, 2 } };
  g_autoptr (CmafSegmenter) s = cmaf_segmenter_new (&config);
  g_autoptr (GString) out = g_string_new (NULL);
  static const gchar *const words[] = { "I3", "I4", "I5", "I6", "I7", "I8",
    "|" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    run_word (s, words[i], out);
  cmaf_segmenter_set_phase (s, 1);
  run_word (s, "I11", out);
  run_word (s, "I12", out);
  run_word (s, "$", out);
  fail_unless_equals_string (
      out->str, "b 1:18+16(4); 2:34+16(1); b 3:49+4(1)~; ");
}
GST_END_TEST;

static Suite *
segmenter_suite (void)
{
  Suite *s = suite_create ("segmenter");
  TCase *tc = tcase_create ("segmenter");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_cases, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_samples_carry_what_trun_needs);
  tcase_add_test (tc, test_nominal_grids_alternate);
  tcase_add_loop_test (tc, test_any_input_gives_positive_durations, 0, 12);
  tcase_add_loop_test (tc, test_fragments_do_not_overlap, 0, 48);
  tcase_add_test (tc, test_sequence_numbers);
  tcase_add_test (tc, test_key_frames_are_asked_for_ahead_and_once);
  tcase_add_test (tc, test_units_may_lie_beside_their_numbers);
  return s;
}

GST_CHECK_MAIN (segmenter);
