/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where cmafsyncmux takes media time from, behind real encoders. Expected
 * numbers are those of the test vectors of the synchronisation profile. */
#include "mux-run.h"

#include <gst/video/video.h>

#define JUNE_15 G_GINT64_CONSTANT (1749945600) /* 2025-06-15 */
#define STAMPED                                                                \
  "videotestsrc num-buffers=%u is-live=%s ! "                                  \
  "video/x-raw,width=64,height=48,framerate=%u/%u ! "                          \
  "timecodestamper name=stamper drop-frame=%s source=%s ! "                    \
  "x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 sync-lookahead=0 "  \
  "b-adapt=false bframes=2 key-int-max=1000 ! h264parse ! "                    \
  "cmafsyncmux name=mux timing-sources=timecode %s"

typedef struct
{
  guint fps_n, fps_d;
  GstVideoTimeCode first;
  gint64 clock; /* what the muxer believes, ms since 1970 */
  const gchar *settings;
  guint64 n;        /* of the first frame */
  guint64 n_second; /* first of the first whole segment */
} Labelled;

#define LABEL(h, m, s, f)                                                      \
  {                                                                            \
    { 0, 1, 0, NULL }, h, m, s, f, 0                                           \
  }

static const Labelled labelled[] = {
  /* S3, and what the clock says within two minutes; D = 48/25 */
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296) * 1000, "", 43749772407,
      43749772416 },
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296) * 1000 - 100, "",
      43749772407, 43749772416 },
  { 25, 1, LABEL (12, 34, 56, 7), (JUNE_15 + 45296 + 100) * 1000, "",
      43749772407, 43749772416 },
  { 25, 1, LABEL (14, 34, 56, 7), (JUNE_15 + 45296) * 1000,
      "timecode-utc-offset=7200", 43749772407, 43749772416 },
  /* S4: 60 frames in a segment of 1001/500 s */
  { 30000, 1001, LABEL (10, 0, 0, 0), G_GINT64_CONSTANT (1735725600000), "",
      52019748251, 52019748300 },
};

static void
set_label_and_clock (GstElement *pipeline, gpointer data)
{
  const Labelled *l = data;
  GstElement *stamper = gst_bin_get_by_name (GST_BIN (pipeline), "stamper");
  GstElement *mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");

  g_object_set (stamper, "set-internal-timecode", &l->first, NULL);
  g_object_set (mux, "clock-offset",
      l->clock * (gint64)GST_MSECOND - g_get_real_time () * (gint64)GST_USECOND,
      NULL);
  gst_object_unref (stamper);
  gst_object_unref (mux);
}

static void
run_labelled (MuxRun *run, const Labelled *l, guint n)
{
  g_autofree gchar *text = g_strdup_printf (STAMPED, n, "false", l->fps_n,
      l->fps_d, l->fps_d == 1 ? "false" : "true", "internal", l->settings);

  mux_run (run, text, set_label_and_clock, (gpointer)l);
}

static guint64
locked_at (const MuxRun *run, const gchar *source)
{
  const GstStructure *s = mux_run_message (run, "cmaf-sync-locked", 0);
  guint64 n = 0;

  fail_unless (s != NULL, "no lock: %s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
  fail_unless_equals_string (gst_structure_get_string (s, "source"), source);
  fail_unless_equals_string (gst_structure_get_string (s, "class"), "F");
  gst_structure_get_uint64 (s, "n", &n);
  return n;
}

GST_START_TEST (test_time_code_tells_the_frame)
{
  const Labelled *l = &labelled[__i__];
  const CmafChunk *chunk;
  MuxRun run;

  run_labelled (&run, l, 130);
  assert_equals_uint64 (locked_at (&run, "timecode"), l->n);
  assert_equals_int (run.errors->len + run.warnings->len, 0);
  fail_unless (run.chunks->len >= 2);
  chunk = run.chunks->pdata[0];
  assert_equals_uint64 (chunk->decode_time,
      l->n_second * (l->fps_d == 1 ? 90000 / l->fps_n : l->fps_d));
  mux_run_clear (&run);
}
GST_END_TEST;

GST_START_TEST (test_time_code_far_from_the_clock_is_refused)
{
  Labelled l = labelled[0];
  MuxRun run;

  l.clock += 3600 * 1000;
  run_labelled (&run, &l, 60);
  assert_equals_int (run.chunks->len, 0);
  fail_unless (run.errors->len > 0
               && g_str_has_prefix (run.errors->pdata[0],
                   "timing-sources: found no time in the input"));
  fail_unless (run.warnings->len == 1
               && g_str_has_prefix (run.warnings->pdata[0],
                   "timecode: found 12:34:56:07, 3599 s from the clock"));
  mux_run_clear (&run);
}
GST_END_TEST;

/* What an engineer without a time code generator does. */
GST_START_TEST (test_time_code_of_the_real_time_clock)
{
  g_autofree gchar *text = NULL;
  gint64 n, now;
  MuxRun run;

  g_setenv ("TZ", "UTC", TRUE);
  text = g_strdup_printf (STAMPED, 25, "true", 25, 1, "false", "rtc", "");
  now = g_get_real_time () / 40000;
  mux_run (&run, text, NULL, NULL);
  n = locked_at (&run, "timecode");
  fail_unless (n >= now - 1 && n <= now + 120 * 25,
      "frame %" G_GINT64_FORMAT " at %" G_GINT64_FORMAT, n, now);
  assert_equals_int (run.errors->len, 0);
  mux_run_clear (&run);
}
GST_END_TEST;

static Suite *
cmafsyncmux_timing_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-timing");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (
      tcase, test_time_code_tells_the_frame, 0, G_N_ELEMENTS (labelled));
  tcase_add_test (tcase, test_time_code_far_from_the_clock_is_refused);
  tcase_add_test (tcase, test_time_code_of_the_real_time_clock);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_timing);
