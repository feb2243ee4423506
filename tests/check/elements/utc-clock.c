/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Clocks that tell the time of day: those of GStreamer count from 1900 (NTP) or
 * in TAI (PTP), and are known by the names of their types. */
#include "mux-harness.h"

#define NTP_EPOCH G_GINT64_CONSTANT (2208988800)

typedef struct
{
  GstClock parent;
  gint64 ahead; /* of POSIX time, s */
} AheadClock;

static GstClockTime
read_ahead (GstClock *clock)
{
  return (GstClockTime)(g_get_real_time () * (gint64)GST_USECOND
                        + ((AheadClock *)clock)->ahead * (gint64)GST_SECOND);
}

static void
ahead_clock_class_init (gpointer klass, gpointer data)
{
  GST_CLOCK_CLASS (klass)->get_internal_time = read_ahead;
}

static GstClock *
make_clock (const gchar *type_name, gint64 ahead)
{
  GType type = g_type_from_name (type_name);
  AheadClock *clock;

  if (type == 0)
    type = g_type_register_static_simple (GST_TYPE_CLOCK, type_name,
        sizeof (GstClockClass), ahead_clock_class_init, sizeof (AheadClock),
        NULL, 0);
  clock = g_object_new (type, "name", "station", NULL);
  gst_object_ref_sink (clock);
  clock->ahead = ahead;
  return GST_CLOCK (clock);
}

static const struct
{
  const gchar *type_name;
  gint64 ahead;
} clocks[] = {
  { "UnixClock", 0 },
  { "GstNtpClock", NTP_EPOCH },
  { "GstPtpClock", 37 },
};

GST_START_TEST (test_the_muxer_reads_every_kind)
{
  g_autoptr (GstClock) clock =
      make_clock (clocks[__i__].type_name, clocks[__i__].ahead);
  GstStructure *stats = NULL;
  gint64 offset = 0, error;
  MuxHarness m;

  mux_harness_init (&m, "timing-sources=clock", NULL);
  gst_element_set_state (m.h->element, GST_STATE_NULL);
  g_object_set (m.mux, "utc-clock", clock, NULL);
  gst_harness_play (m.h);
  gst_harness_set_src_caps_str (m.h, MUX_H264 MUX_CODEC_DATA);
  fail_unless_equals_int (mux_harness_push (&m, 0, 2), GST_FLOW_OK);
  g_object_get (m.mux, "stats", &stats, NULL);
  fail_unless (gst_structure_get_int64 (stats, "offset", &offset));
  error = offset - g_get_real_time () * (gint64)GST_USECOND;
  fail_unless (ABS (error) < 10 * (gint64)GST_SECOND,
      "%" G_GINT64_FORMAT " s away", error / (gint64)GST_SECOND);
  gst_structure_free (stats);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* What a clock shows before it is synchronised is no time of day, and neither
 * is what a pipeline has as its clock. */
GST_START_TEST (test_one_that_has_no_time_is_refused)
{
  static const gchar *const reasons[] = { "utc-clock: station has no time",
    "utc-clock: station shows a time before 2000, needs " };
  g_autoptr (GstClock) clock =
      __i__ == 0 ? make_clock ("GstNtpClock", NTP_EPOCH)
                 : gst_object_ref_sink (g_object_new (
                     GST_TYPE_SYSTEM_CLOCK, "name", "station", NULL));
  GstElement *element = gst_element_factory_make ("cmafsyncmux", NULL);
  GstBus *bus = gst_bus_new ();
  g_autoptr (GError) error = NULL;
  GstMessage *message;

  if (__i__ == 0)
    GST_OBJECT_FLAG_SET (clock, GST_CLOCK_FLAG_NEEDS_STARTUP_SYNC);
  gst_element_set_bus (element, bus);
  g_object_set (element, "utc-clock", clock, NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (
      strstr (error->message, reasons[__i__]) != NULL, "%s", error->message);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}
GST_END_TEST;

static Suite *
utc_clock_suite (void)
{
  Suite *suite = suite_create ("utc-clock");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (
      tcase, test_the_muxer_reads_every_kind, 0, G_N_ELEMENTS (clocks));
  tcase_add_loop_test (tcase, test_one_that_has_no_time_is_refused, 0, 2);
  return suite;
}

GST_CHECK_MAIN (utc_clock);
