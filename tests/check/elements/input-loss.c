/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An input that is missing from 4.0 to 6.52 s, through aligner, encoder and
 * muxer: the segments go on on the grid, without a hole, and those that hold
 * slate, and no others, say so (brand slat). */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/timescale.h>

#include "mux-run.h"

#define NEW_YEAR G_GUINT64_CONSTANT (1735689600) /* s */
#define FIXED "timing-sources=fixed fixed-origin=1735689600000000000"
#define VIDEO                                                                  \
  "videotestsrc num-buffers=275 ! "                                            \
  "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! "               \
  "identity name=gate ! cmafvideoalign " FIXED " %s ! "                        \
  "x264enc bframes=2 rc-lookahead=20 key-int-max=1000 ! h264parse ! "          \
  "cmafsyncmux name=mux " FIXED
#define AUDIO                                                                  \
  "audiotestsrc num-buffers=1100 samplesperbuffer=480 ! "                      \
  "audio/x-raw,rate=48000,channels=2 ! identity name=gate ! "                  \
  "cmafaudioalign " FIXED " %s ! "
#define FROM (4000 * GST_MSECOND)
#define TO (6520 * GST_MSECOND)

static GstPadProbeReturn
drop_loss (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const GstClockTime pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  return pts >= FROM && pts < TO ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
close_gate (GstElement *pipeline, gpointer data)
{
  g_autoptr (GstElement) gate =
      gst_bin_get_by_name (GST_BIN (pipeline), "gate");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (gate, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, drop_loss, NULL, NULL);
}

static void
run_chain (MuxRun *run, const gchar *chain, const gchar *properties)
{
  g_autoptr (GString) text = g_string_new (chain);

  g_string_replace (text, "%s", properties, 1);
  mux_run (run, text->str, close_gate, NULL);
  assert_equals_int (run->errors->len, 0);
}

static GstClockTime
time_of (const MuxRun *run, guint64 ticks)
{
  return cmaf_ns_from_ticks (ticks, run->track->timescale)
         - NEW_YEAR * GST_SECOND;
}

static const struct
{
  const gchar *chain;
  guint n_slate; /* chunks that hold some of it */
} chains[] = {
  { VIDEO, 2 },
  { VIDEO " chunk-duration=200000000", 14 },
  { AUDIO "avenc_aac ! aacparse ! cmafsyncmux " FIXED, 2 },
  { AUDIO "opusenc ! cmafsyncmux chunk-duration=200000000 " FIXED, 14 },
};

GST_START_TEST (test_segments_go_on_and_tell_what_is_slate)
{
  guint n_slate = 0;
  MuxRun run;

  run_chain (&run, chains[__i__].chain, "");
  fail_unless (run.chunks->len >= 5);
  for (guint i = 0; i < run.chunks->len; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];
    const CmafChunk *next =
        i + 1 < run.chunks->len ? run.chunks->pdata[i + 1] : NULL;
    const GstClockTime from = time_of (&run, chunk->decode_time);
    const GstClockTime to =
        time_of (&run, chunk->decode_time + chunk->duration);
    const gboolean is_slate =
        from + GST_USECOND < TO && to > FROM + GST_USECOND;

    fail_unless (((chunk->flags & CMAF_CHUNK_SLATE) != 0) == is_slate,
        "chunk from %" GST_TIME_FORMAT, GST_TIME_ARGS (from));
    n_slate += is_slate;
    if (next)
      assert_equals_uint64 (
          chunk->decode_time + chunk->duration, next->decode_time);
  }
  assert_equals_int (n_slate, chains[__i__].n_slate);
  fail_if (mux_run_message (&run, "cmaf-sync-misaligned", 0) != NULL);
  mux_run_clear (&run);
}
GST_END_TEST;

/* What is not wanted is not there, and nothing is marked. */
GST_START_TEST (test_nothing_is_sent_when_silent)
{
  guint64 n_units = 0, length = 0;
  MuxRun run;

  run_chain (&run, chains[__i__].chain, "on-input-loss=silent");
  for (guint i = 0; i < run.chunks->len; i++) {
    const CmafChunk *chunk = run.chunks->pdata[i];

    fail_if (chunk->flags & CMAF_CHUNK_SLATE);
    n_units += chunk->n_samples;
    length += chunk->duration;
  }
  n_units += 2 * run.track->timescale / run.track->sample_duration;
  fail_unless (n_units < length / run.track->sample_duration);
  mux_run_clear (&run);
}
GST_END_TEST;

static Suite *
input_loss_suite (void)
{
  Suite *suite = suite_create ("input-loss");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_segments_go_on_and_tell_what_is_slate, 0,
      G_N_ELEMENTS (chains));
  tcase_add_loop_test (
      tcase, test_nothing_is_sent_when_silent, 0, G_N_ELEMENTS (chains));
  return suite;
}

GST_CHECK_MAIN (input_loss);
