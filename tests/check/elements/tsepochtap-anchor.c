/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The pair of tsepochtap over hours: one picture a second, of a source with a
 * clock of its own. Then a store that fails, or does not answer. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmaf/sync-group.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

#include "ts.h"

#define START (G_GUINT64_CONSTANT (1735689600) * GST_SECOND)

typedef struct
{
  GstHarness *h;
  GstElement *tap;
  GstBus *bus;
  GstClock *utc;
  GstCmafSyncStore *store; /* NULL: none */
  CmafSyncGroup *group;    /* with a store; the muxer is the test */
  CmafSyncMember *muxer;
  Ts ts;
  guint64 second; /* of the source */
  guint64 offset; /* of its PTS */
} Tap;

/* As a muxer of the pipeline would. */
static void
give_store (Tap *tap, GstElement *element, const gchar *location)
{
  const CmafSyncDemand demand = { CMAF_MEDIA_VIDEO, 25, 1 };
  GstContext *context = gst_context_new ("gst.cmaf.sync-group.default", TRUE);
  g_autoptr (GError) error = NULL;
  CmafSegmentGrid grid;

  tap->store = gst_cmaf_sync_store_new ();
  tap->group = cmaf_sync_group_new ();
  tap->muxer = cmaf_sync_group_join (tap->group);
  fail_unless (cmaf_sync_member_agree (tap->muxer, &demand, 0, &grid, NULL));
  fail_unless (gst_cmaf_sync_store_open (tap->store, location, &error));
  gst_structure_set (gst_context_writable_structure (context), "sync-group",
      CMAF_TYPE_SYNC_GROUP, tap->group, "sync-store", GST_TYPE_CMAF_SYNC_STORE,
      tap->store, NULL);
  gst_element_set_context (element, context);
  gst_context_unref (context);
}

static void
tap_flush (Tap *tap)
{
  Ts *ts = &tap->ts;

  gst_harness_push (
      tap->h, gst_buffer_new_memdup (ts->bytes->data, ts->bytes->len));
  g_byte_array_set_size (ts->bytes, 0);
}

static void
tap_open (Tap *tap, const gchar *settings, const gchar *location)
{
  g_autofree gchar *text = g_strdup_printf ("tsepochtap name=tap %s", settings);
  g_autoptr (GstElement) element = NULL;

  memset (tap, 0, sizeof *tap);
  element =
      gst_object_ref_sink (gst_parse_bin_from_description (text, TRUE, NULL));
  tap->tap = gst_bin_get_by_name (GST_BIN (element), "tap");
  tap->bus = gst_bus_new ();
  gst_element_set_bus (element, tap->bus);
  tap->utc = gst_test_clock_new_with_start_time (START);
  g_object_set (tap->tap, "utc-clock", tap->utc, NULL);
  if (location)
    give_store (tap, element, location);
  tap->h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_drop_buffers (tap->h, TRUE);
  gst_harness_set_src_caps_str (tap->h, "video/mpegts,systemstream=true");
  ts_init (&tap->ts, 0, 0);
  for (guint i = 0; i < 8; i++) /* enough to know packets by */
    ts_tables (&tap->ts);
  tap_flush (tap);
}

static void
tap_close (Tap *tap)
{
  gst_element_set_bus (tap->h->element, NULL);
  gst_harness_teardown (tap->h);
  gst_object_unref (tap->tap);
  gst_object_unref (tap->bus);
  gst_object_unref (tap->utc);
  ts_clear (&tap->ts);
  if (!tap->store)
    return;
  gst_cmaf_sync_store_close (tap->store);
  gst_cmaf_sync_store_unref (tap->store);
  cmaf_sync_member_leave (tap->muxer);
  cmaf_sync_group_unref (tap->group);
}

/* A picture; the clock is @ppm faster than the source. */
static void
tap_push_full (Tap *tap, gint64 ppm, const guint8 *field, gsize size)
{
  const guint64 pts = tap->second * 90000 + tap->offset;
  guint8 data[10] = { 0 };

  gst_test_clock_set_time (GST_TEST_CLOCK (tap->utc),
      START + tap->second * (GST_SECOND + ppm * 1000));
  ts_pes (&tap->ts, TS_VIDEO, pts & CMAF_PTS_MASK, field, size, data,
      sizeof data, TRUE);
  tap_flush (tap);
  tap->second++;
}

static void
tap_push (Tap *tap, gint64 ppm)
{
  tap_push_full (tap, ppm, NULL, 0);
}

/* (nullable) (transfer full) */
static GstMessage *
tap_pop (Tap *tap, GstMessageType type, const gchar *name)
{
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (tap->bus, type))) {
    if (!name || gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
  return NULL;
}

static void
assert_warning (GstMessage *message, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_warning (message, &error, NULL);
  fail_unless (strstr (error->message, text) != NULL, "%s", error->message);
}

/* PTS 0 is the start. */
#define PAIR "anchor-pts=0 anchor-ticks=156212064000000"

GST_START_TEST (test_drift_is_told_once)
{
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GstMessage) message = NULL;
  gint64 error, drift;
  Tap tap;

  tap_open (&tap, PAIR, NULL);
  while (tap.second < 16600)
    tap_push (&tap, 30);
  message = tap_pop (&tap, GST_MESSAGE_ELEMENT, "cmaf-epoch-error");
  fail_unless (message == NULL);
  while (tap.second < 20000)
    tap_push (&tap, 30);
  message = tap_pop (&tap, GST_MESSAGE_ELEMENT, "cmaf-epoch-error");
  fail_unless (message != NULL);
  gst_structure_get_int64 (
      gst_message_get_structure (message), "error", &error);
  gst_structure_get_int64 (
      gst_message_get_structure (message), "drift", &drift);
  fail_unless (
      error > 500 * (gint64)GST_MSECOND && error < 505 * (gint64)GST_MSECOND,
      "%" G_GINT64_FORMAT, error);
  assert_equals_int64 (error, drift);
  warning = tap_pop (&tap, GST_MESSAGE_ANY, NULL);
  assert_equals_int (GST_MESSAGE_TYPE (warning), GST_MESSAGE_WARNING);
  assert_warning (warning, "begin a generation with another pair");
  fail_unless (tap_pop (&tap, GST_MESSAGE_ANY, NULL) == NULL);
  tap_close (&tap);
}
GST_END_TEST;

/* A clock that is 100 ms wrong. */
static const gchar *const offsets[] = { PAIR " clock-offset=-100000000", PAIR,
  PAIR " clock-offset=100000000" };

GST_START_TEST (test_what_is_no_drift_is_not_told)
{
  Tap tap;

  tap_open (&tap, offsets[__i__], NULL);
  while (tap.second < 3000)
    tap_push (&tap, 30);
  fail_unless (tap_pop (&tap, GST_MESSAGE_WARNING, NULL) == NULL);
  tap_close (&tap);
}
GST_END_TEST;

/* A pair that never was right */
GST_START_TEST (test_a_wrong_pair_is_told_once)
{
  g_autoptr (GstMessage) warning = NULL;
  Tap tap;

  tap_open (&tap, "anchor-pts=0 anchor-ticks=156212064180000", NULL);
  while (tap.second < 1000)
    tap_push (&tap, 0);
  warning = tap_pop (&tap, GST_MESSAGE_WARNING, NULL);
  fail_unless (warning != NULL);
  assert_warning (warning, "media time is 2000 ms ahead of the clock");
  fail_unless (tap_pop (&tap, GST_MESSAGE_WARNING, NULL) == NULL);
  tap_close (&tap);
}
GST_END_TEST;

/* ---- the clock of the stream ---- */

static void
tap_jump (Tap *tap, guint64 offset)
{
  static const guint8 jump[] = { 0x90, 0, 0, 0, 1, 0x80, 0x05 };

  ts_packet (&tap->ts, TS_VIDEO, FALSE, jump, sizeof jump, NULL, 0);
  tap->offset += offset;
}

static gboolean
has_pair (Tap *tap)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (tap->tap, "stats", &stats, NULL);
  return gst_structure_has_field (stats, "pair-pts");
}

/* Until there is another one, which goes on with the time as it was. */
GST_START_TEST (test_a_stored_pair_does_not_outlive_a_jump)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autoptr (CmafServicePlan) plan = NULL;
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GstMessage) message = NULL;
  CmafGenerationWish wish;
  guint64 ticks;
  Tap tap;

  tap_open (&tap, "pts-anchor=store", path);
  plan = cmaf_sync_group_get_plan (tap.group);
  while (tap.second < 100)
    tap_push (&tap, 30);
  fail_unless (has_pair (&tap));
  tap_jump (&tap, 123456789);
  while (tap.second < 120)
    tap_push (&tap, 30);
  fail_if (has_pair (&tap));
  warning = tap_pop (&tap, GST_MESSAGE_WARNING, NULL);
  fail_unless (warning != NULL);
  assert_warning (warning, "the clock of the stream jumps");
  fail_unless (tap_pop (&tap, GST_MESSAGE_WARNING, NULL) == NULL);

  fail_unless (cmaf_service_plan_take_wish (plan, &wish));
  fail_unless (wish.has_pair);
  assert_equals_uint64 (wish.pair.ticks, wish.first * 48 * 3600);
  fail_unless (
      cmaf_ticks_from_pts (&wish.pair, 123456789 + 100 * 90000, START, &ticks));
  fail_unless (
      ABS ((gint64)(ticks - (START / GST_MSECOND + 100000) * 90)) <= 3600);
  cmaf_service_plan_renew (plan, 1, &wish.pair, "backup");
  cmaf_service_plan_renew (plan, 2, &wish.pair, "main");
  while (!has_pair (&tap))
    tap_push (&tap, 30);
  fail_unless (tap.second > 135 && tap.second < 160);
  message = tap_pop (&tap, GST_MESSAGE_ANY, "cmaf-epoch-anchored");
  fail_unless (message != NULL);
  while (tap.second < 400)
    tap_push (&tap, 30);
  fail_if (cmaf_service_plan_take_wish (plan, &wish));
  fail_unless (tap_pop (&tap, GST_MESSAGE_WARNING, NULL) == NULL);
  tap_close (&tap);
}
GST_END_TEST;

/* A pair that is told says what PTS are agreed to be. */
GST_START_TEST (test_a_pair_that_is_told_outlives_a_jump)
{
  Tap tap;

  tap_open (&tap, PAIR, NULL);
  tap_push (&tap, 0);
  tap_jump (&tap, 0);
  tap_push (&tap, 0);
  tap_push (&tap, 0);
  fail_unless (has_pair (&tap));
  fail_unless (tap_pop (&tap, GST_MESSAGE_WARNING, NULL) == NULL);
  tap_close (&tap);
}
GST_END_TEST;

/* What stands in an adaptation field in front of the eight bytes of NTP: a
 * boundary point, a TEMI timeline */
static const struct
{
  gsize size;
  guint8 bytes[9];
} fields[] = {
  { 9, { 0x02, 0x0F, 0xDF, 0x0D, 'E', 'B', 'P', '0', 0x48 } },
  { 8, { 0x01, 0x0E, 0x0F, 0x04, 0x0B, 0x20, 0, 1 } },
};

/* 30 ppm are half a frame in 667 s. */
GST_START_TEST (test_times_in_the_stream_correct_at_a_boundary)
{
  const gsize size = fields[__i__].size;
  guint8 field[sizeof fields[0].bytes + 8];
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autoptr (GstMessage) first = NULL;
  g_autoptr (GstMessage) second = NULL;
  guint64 ticks;
  Tap tap;

  tap_open (&tap, "", path);
  while (tap.second < 1000) {
    const guint64 time = START + tap.second * (GST_SECOND + 30000);

    memcpy (field, fields[__i__].bytes, size);
    GST_WRITE_UINT32_BE (
        field + size, (guint32)(time / GST_SECOND + 2208988800));
    GST_WRITE_UINT32_BE (field + size + 4,
        (guint32)gst_util_uint64_scale_round (
            time % GST_SECOND, G_GUINT64_CONSTANT (1) << 32, GST_SECOND));
    tap_push_full (&tap, 30, field, size + 8);
  }
  first = tap_pop (&tap, GST_MESSAGE_ELEMENT, "cmaf-epoch-anchored");
  second = tap_pop (&tap, GST_MESSAGE_ELEMENT, "cmaf-epoch-anchored");
  fail_unless (first && second);
  fail_unless (tap_pop (&tap, GST_MESSAGE_ANY, "cmaf-epoch-anchored") == NULL);
  fail_unless (gst_structure_get_uint64 (
      gst_message_get_structure (second), "ticks", &ticks));
  assert_equals_uint64 (ticks % (48 * 3600), 0);
  fail_unless (ticks / 90000 > START / GST_SECOND + 667
               && ticks / 90000 < START / GST_SECOND + 671);
  tap_close (&tap);
}
GST_END_TEST;

/* ---- stores that fail ---- */

static gint n_opened; /* atomic */

static CmafObjectStore *
open_failing (const gchar *location, GError **error)
{
  g_atomic_int_inc (&n_opened);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG, "%s is away", location);
  return NULL;
}

static CmafObjectStore *
open_slow (const gchar *location, GError **error)
{
  if (g_atomic_int_add (&n_opened, 1) == 0)
    g_usleep (GST_CMAF_SYNC_STORE_SLOW + G_USEC_PER_SEC);
  return cmaf_store_location_open (location + strlen ("slow://"), error);
}

GST_START_TEST (test_a_store_that_fails_is_not_asked_with_every_picture)
{
  const gint64 began = g_get_monotonic_time ();
  gint most;
  Tap tap;

  g_atomic_int_set (&n_opened, 0);
  cmaf_store_location_register ("failing", open_failing, NULL);
  tap_open (&tap, "pts-anchor=store", "failing://it");
  for (guint i = 0; i < 2000; i++)
    tap_push (&tap, 0);
  most = 2 + (gint)((g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  fail_unless (g_atomic_int_get (&n_opened) >= 1);
  fail_unless (g_atomic_int_get (&n_opened) <= most, "%d times",
      g_atomic_int_get (&n_opened));
  fail_if (has_pair (&tap));
  tap_close (&tap);
}
GST_END_TEST;

/* Bytes go on after three seconds, and the pair holds when it comes. */
GST_START_TEST (test_a_store_that_does_not_answer_holds_nothing_up)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *location = g_strconcat ("slow://", path, NULL);
  const gint64 began = g_get_monotonic_time ();
  gint64 took;
  Tap tap;

  g_atomic_int_set (&n_opened, 0);
  cmaf_store_location_register ("slow", open_slow, NULL);
  tap_open (&tap, "pts-anchor=store", location);
  tap_push (&tap, 0);
  tap_push (&tap, 0);
  took = g_get_monotonic_time () - began;
  fail_unless (took >= GST_CMAF_SYNC_STORE_SLOW, "%" G_GINT64_FORMAT, took);
  fail_if (has_pair (&tap));
  while (!has_pair (&tap)) {
    tap_push (&tap, 0);
    g_usleep (10000);
  }
  tap_close (&tap);
}
GST_END_TEST;

static Suite *
tsepochtap_anchor_suite (void)
{
  Suite *suite = suite_create ("tsepochtap-anchor");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_drift_is_told_once);
  tcase_add_loop_test (tcase, test_what_is_no_drift_is_not_told, 0, 3);
  tcase_add_test (tcase, test_a_wrong_pair_is_told_once);
  tcase_add_test (tcase, test_a_stored_pair_does_not_outlive_a_jump);
  tcase_add_test (tcase, test_a_pair_that_is_told_outlives_a_jump);
  tcase_add_loop_test (tcase, test_times_in_the_stream_correct_at_a_boundary, 0,
      G_N_ELEMENTS (fields));
  tcase_add_test (
      tcase, test_a_store_that_fails_is_not_asked_with_every_picture);
  tcase_add_test (tcase, test_a_store_that_does_not_answer_holds_nothing_up);
  return suite;
}

GST_CHECK_MAIN (tsepochtap_anchor);
