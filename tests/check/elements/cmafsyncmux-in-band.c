/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux events=in-band: each segment that begins between the announcement
 * of an event and its start has an emsg box in front. Segments of 1920 ms. */
#include "mux-run.h"
#include "spliced-file.h"

#include <gst/cmaf/event-message.h>

#define TICKS_PER_MS 120
#define VIDEO                                                                  \
  "videotestsrc num-buffers=240 ! video/x-raw,width=64,height=48,"             \
  "framerate=25/1 ! x264enc speed-preset=ultrafast threads=1 ! h264parse ! "
#define MUX "cmafsyncmux name=mux events=in-band segment-duration=48/25 "
#define EVENTS "cmafeventsrc name=src %s ! fakesink sync=false async=false "

static void
describe_chunk (GString *text, const CmafChunk *chunk, guint32 timescale)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  for (guint i = 0; i < chunk->event_messages->len; i++) {
    gsize size;
    const guint8 *data =
        g_bytes_get_data (chunk->event_messages->pdata[i], &size);

    fail_unless (cmaf_emsg_read (data, size, 120000, 0, events, NULL));
  }
  g_string_append_printf (
      text, "%" G_GUINT64_FORMAT "[", chunk->decode_time * 1000 / timescale);
  for (guint i = 0; i < events->len; i++) {
    const CmafEvent *event = events->pdata[i];

    g_string_append_printf (text, "%s%u@%" G_GUINT64_FORMAT, i > 0 ? "," : "",
        event->id, event->start / TICKS_PER_MS);
  }
  g_string_append (text, "]");
}

/* "ms[id@ms,id@ms]" of each chunk with events */
static gchar *
describe (const MuxRun *run)
{
  GString *text = g_string_new (NULL);

  fail_unless (run->errors->len == 0, "%s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
  for (guint i = 0; i < run->chunks->len; i++) {
    const CmafChunk *chunk = run->chunks->pdata[i];

    if (chunk->event_messages)
      describe_chunk (text, chunk, run->track->timescale);
  }
  return g_string_free (text, FALSE);
}

/* ---- the application ---- */

static void
add (GstElement *src, guint id, gint64 ms, gint64 duration)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("message", 7);
  gboolean is_taken = FALSE;

  g_signal_emit_by_name (src, "add-event", "urn:x-test", "v", id,
      ms * GST_MSECOND, duration * GST_MSECOND, data, &is_taken);
  fail_unless (is_taken);
}

static void
add_events (GstElement *pipeline, gpointer data)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "src");

  add (src, 2, 8000, 5000);
  add (src, 1, 5800, 2000);
  gst_object_unref (src);
}

static const gchar *const chunks[] = { "", "chunk-duration=200000000" };

/* Announced two seconds before: with a segment at 3840 and one at 5760. */
GST_START_TEST (test_events_of_the_application)
{
  g_autofree gchar *launch =
      g_strdup_printf (EVENTS VIDEO MUX "timing-sources=fixed %s",
          "timing-sources=fixed announce-ahead=2000000000", chunks[__i__]);
  g_autofree gchar *found = NULL;
  MuxRun run;

  mux_run (&run, launch, add_events, NULL);
  found = describe (&run);
  assert_equals_string (found, "3840[1@5800]5760[1@5800]7680[2@8000]");
  mux_run_clear (&run);
}
GST_END_TEST;

/* The default. */
GST_START_TEST (test_there_are_none_unless_asked_for)
{
  g_autofree gchar *launch = g_strdup_printf (EVENTS VIDEO
      "cmafsyncmux timing-sources=fixed segment-duration=48/25",
      "timing-sources=fixed");
  g_autofree gchar *found = NULL;
  MuxRun run;

  mux_run (&run, launch, add_events, NULL);
  found = describe (&run);
  assert_equals_string (found, "");
  mux_run_clear (&run);
}
GST_END_TEST;

/* ---- splices ---- */

static void
run_spliced (MuxRun *run, const gchar *path)
{
  const gint64 offset = G_GINT64_CONSTANT (1735689700) * GST_SECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *launch = g_strdup_printf (
      "filesrc location=%s ! tsepochtap anchor-pts=8589930000 "
      "anchor-ticks=156212064000000 ! tsdemux ! h264parse ! " MUX
      "timing-sources=pts clock-offset=%" G_GINT64_FORMAT,
      path, offset);

  mux_run (run, launch, NULL, NULL);
}

/* Heard at 2360 ms, of frame 188 at 7520 ms; the second encoder begins with
 * frame 48. There is no track of events, and the boxes are the same. */
GST_START_TEST (test_splices_of_a_stream_on_two_encoders)
{
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 48, 0, 12);
  g_autofree gchar *later = NULL, *found = NULL;
  MuxRun a, b;

  if (!path)
    return;
  spliced_file_insert_cue (path, 60, 188);
  later = spliced_file_cut (path, 48);
  run_spliced (&a, path);
  run_spliced (&b, later);
  found = describe (&a);
  assert_equals_string (
      found, "1735689603840[7@1735689607520]1735689605760[7@1735689607520]");
  for (guint i = 0; i < b.chunks->len; i++) {
    const CmafChunk *one = a.chunks->pdata[i + 1], *other = b.chunks->pdata[i];

    fail_unless (
        (one->event_messages == NULL) == (other->event_messages == NULL));
    if (one->event_messages)
      fail_unless (g_bytes_equal (
          one->event_messages->pdata[0], other->event_messages->pdata[0]));
  }
  mux_run_clear (&a);
  mux_run_clear (&b);
  g_unlink (path);
  g_unlink (later);
}
GST_END_TEST;

static Suite *
cmafsyncmux_in_band_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-in-band");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (
      tcase, test_events_of_the_application, 0, G_N_ELEMENTS (chunks));
  tcase_add_test (tcase, test_there_are_none_unless_asked_for);
  tcase_add_test (tcase, test_splices_of_a_stream_on_two_encoders);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_in_band);
