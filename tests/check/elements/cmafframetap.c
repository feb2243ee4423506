/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafframetap by itself. The peer is this test: it writes what a peer would
 * have told into the store. What whole encoders make of it is in tests/sync. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/fingerprint-table.h>
#include <gst/cmaf/media-time.h>
#include <gst/video/video.h>

#include <glib/gstdio.h>

#define WIDTH 32
#define HEIGHT 18
#define SIZE (WIDTH * HEIGHT * 3 / 2)
#define FRAME (40 * GST_MSECOND)
#define NEW_YEAR G_GUINT64_CONSTANT (1735689600)
/* The frame that is due when the clock stands there: of segment 904005000 */
#define FIRST (NEW_YEAR * 25)
#define PEER_WAIT (10 * GST_SECOND)
#define FOR_EVER (3600 * GST_SECOND)

static const CmafUnitGrid frames = { 90000, 3600, 0 };
static const CmafSegmentGrid grid = { 48, 25, NULL };

typedef struct
{
  gchar *path;
  GstHarness *h;
  GstElement *tap;
  GstBus *bus;
  GString *states; /* that were told */
} Tap;

/* Its settings are looked at when it starts, and the harness starts it. */
static void
open_tap (Tap *tap, gboolean search, guint64 peer_wait)
{
  g_autoptr (GstClock) utc =
      gst_test_clock_new_with_start_time (NEW_YEAR * GST_SECOND);

  tap->path = g_dir_make_tmp ("frametap-XXXXXX", NULL);
  tap->tap =
      gst_object_ref_sink (gst_element_factory_make ("cmafframetap", NULL));
  tap->bus = gst_bus_new ();
  tap->states = g_string_new (NULL);
  gst_element_set_bus (tap->tap, tap->bus);
  g_object_set (tap->tap, "sync-store", tap->path, "utc-clock", utc, "search",
      search, "peer-wait", peer_wait, NULL);
  tap->h = gst_harness_new_with_element (tap->tap, "sink", "src");
  gst_harness_set_src_caps_str (
      tap->h, "video/x-raw,format=I420,width=32,height=18,framerate=25/1");
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
close_tap (Tap *tap)
{
  gst_element_set_bus (tap->tap, NULL);
  gst_object_unref (tap->bus);
  gst_harness_teardown (tap->h);
  gst_object_unref (tap->tap);
  remove_tree (tap->path);
  g_free (tap->path);
  g_string_free (tap->states, TRUE);
}

static guint64
get_stat (const Tap *tap, const gchar *name)
{
  GstStructure *stats;
  const GValue *value;
  guint64 result;

  g_object_get (tap->tap, "stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  fail_unless (value != NULL, "no %s", name);
  if (G_VALUE_HOLDS_INT64 (value))
    result = (guint64)g_value_get_int64 (value);
  else
    result = G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value)
                                        : g_value_get_uint64 (value);
  gst_structure_free (stats);
  return result;
}

/* ---- pictures ---- */

/* A picture of its own for each @content */
static void
draw (guint8 *data, guint64 content)
{
  guint64 v = content * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + 1;

  for (guint i = 0; i < SIZE; i++) {
    v ^= v << 13;
    v ^= v >> 7;
    v ^= v << 17;
    data[i] = (guint8)(v >> 32);
  }
}

static GstBuffer *
make_frame (guint64 content, GstClockTime pts)
{
  guint8 *data = g_malloc (SIZE);
  GstBuffer *buffer;

  draw (data, content);
  buffer = gst_buffer_new_wrapped (data, SIZE);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = FRAME;
  return buffer;
}

static void
take_messages (Tap *tap)
{
  GstMessage *message;

  while ((message = gst_bus_pop (tap->bus))) {
    const GstStructure *s = gst_message_get_structure (message);

    if (gst_message_has_name (message, "cmaf-fingerprint")) {
      g_string_append_printf (
          tap->states, " %s", gst_structure_get_string (s, "state"));
      if (gst_structure_has_field (s, "peer-difference"))
        g_string_append (tap->states, " differs");
    }
    gst_message_unref (message);
  }
}

/* And until the store has answered what the tap asks */
static void
push (Tap *tap, guint64 content, GstClockTime pts)
{
  GstBuffer *buffer;

  gst_harness_push (tap->h, make_frame (content, pts));
  while (get_stat (tap, "unanswered") > 0) {
    g_thread_yield ();
    buffer = make_frame (content, pts); /* the same again */
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    gst_harness_push (tap->h, buffer);
  }
  take_messages (tap);
}

/* What is let through, but for what was only pushed to wait. (transfer full) */
static GstBuffer *
pull (Tap *tap)
{
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (tap->h))) {
    if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
      return buffer;
    gst_buffer_unref (buffer);
  }
  return NULL;
}

/* The number that the tap has found for a frame; 0: it passes without one. */
static guint64
number_of (GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("timestamp/x-cmaf-frame");
  const GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, caps);

  return meta ? cmaf_unit_from_media_time (&frames, meta->timestamp) : 0;
}

/* What a peer tells of @n frames from @first on: @content is the first one, and
 * each is @step further. */
static void
tell_as_peer (
    const Tap *tap, guint64 first, guint n, guint64 content, guint step)
{
  g_autoptr (CmafObjectStore) store =
      cmaf_directory_store_new (tap->path, NULL);
  g_autoptr (GArray) entries =
      g_array_new (FALSE, FALSE, sizeof (CmafNumberedFingerprint));
  CmafFingerprinter fingerprinter = { 0 };
  CmafNumberedFingerprint entry;
  guint8 data[SIZE];
  const CmafPictureComponent components[] = {
    { data, WIDTH, 1, WIDTH, HEIGHT, 8, 0 },
    { data + WIDTH * HEIGHT, WIDTH / 2, 1, WIDTH / 2, HEIGHT / 2, 8, 0 },
    { data + WIDTH * HEIGHT * 5 / 4, WIDTH / 2, 1, WIDTH / 2, HEIGHT / 2, 8,
        0 },
  };

  draw (data, content - step);
  cmaf_fingerprinter_add (&fingerprinter, components, 3, &entry.fingerprint);
  for (guint i = 0; i < n; i++) {
    const guint64 segment =
        cmaf_segment_grid_number (&grid, (first + i) * 3600, 90000);

    entry.number = first + i;
    draw (data, content + i * step);
    cmaf_fingerprinter_add (&fingerprinter, components, 3, &entry.fingerprint);
    g_array_append_val (entries, entry);
    if (cmaf_segment_grid_number (&grid, (first + i + 1) * 3600, 90000)
        == segment)
      continue;
    {
      g_autofree gchar *name = cmaf_fingerprint_table_name ("video", segment);
      g_autoptr (GBytes) bytes = cmaf_fingerprint_table_write (
          &frames, (CmafNumberedFingerprint *)entries->data, entries->len);

      fail_unless (cmaf_object_store_put (store, name,
          "application/octet-stream", CMAF_OBJECT_CREATE_ONLY, bytes, NULL));
      g_array_set_size (entries, 0);
    }
  }
}

/* ---- tests ---- */

static void
assert_error (GstBus *bus, const gchar *text)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, text) != NULL, "%s", error->message);
}

static const struct
{
  const gchar *store, *track_name, *error;
} refused[] = {
  { NULL, "video", "sync-store: found none, needs" },
  { "/nowhere", "a/b", "track-name: found \"a/b\", needs letters" },
  { "/nowhere", "", "track-name: found \"\", needs letters" },
};

GST_START_TEST (test_with_wrong_settings_it_does_not_start)
{
  GstElement *tap =
      gst_object_ref_sink (gst_element_factory_make ("cmafframetap", NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();

  g_object_set (tap, "sync-store", refused[__i__].store, "track-name",
      refused[__i__].track_name, NULL);
  gst_element_set_bus (tap, bus);
  fail_unless (gst_element_set_state (tap, GST_STATE_PAUSED)
               == GST_STATE_CHANGE_FAILURE);
  assert_error (bus, refused[__i__].error);
  gst_element_set_state (tap, GST_STATE_NULL);
  gst_element_set_bus (tap, NULL);
  gst_object_unref (tap);
}
GST_END_TEST;

GST_START_TEST (test_frames_need_a_rate)
{
  Tap tap;

  open_tap (&tap, TRUE, PEER_WAIT);
  gst_harness_set_src_caps_str (
      tap.h, "video/x-raw,format=I420,width=32,height=18,framerate=0/1");
  fail_unless (gst_harness_push (tap.h, make_frame (1, 0)) == GST_FLOW_ERROR);
  assert_error (tap.bus, "framerate: found 0/1, needs");
  gst_harness_push_event (tap.h, gst_event_new_eos ());
  fail_unless (gst_bus_pop_filtered (tap.bus, GST_MESSAGE_WARNING) == NULL);
  close_tap (&tap);
}
GST_END_TEST;

/* Frames of a peer, whose numbers are two seconds away from what our clock
 * says; ours are let through as soon as they are known. */
GST_START_TEST (test_frames_get_the_numbers_of_the_peer)
{
  const guint64 ahead = 50;
  guint64 first_out = 0;
  GstBuffer *buffer;
  Tap tap;

  open_tap (&tap, TRUE, PEER_WAIT);
  tell_as_peer (&tap, FIRST - 480, 1440, 20, 1);
  for (guint i = 0; i < 480; i++) {
    push (&tap, 500 + ahead + i, i * FRAME);
    while ((buffer = pull (&tap))) {
      const guint64 frame = GST_BUFFER_PTS (buffer) / FRAME;

      if (first_out == 0)
        first_out = frame;
      assert_equals_uint64 (number_of (buffer), FIRST + ahead + frame);
      gst_buffer_unref (buffer);
    }
  }
  fail_unless_equals_string (tap.states->str, " searching matched");
  fail_unless (first_out >= 100 && first_out < 200, "frame %" G_GUINT64_FORMAT,
      first_out);
  fail_unless (get_stat (&tap, "dropped") >= first_out);
  /* what the peer has told of is not told once more */
  assert_equals_uint64 (get_stat (&tap, "tables-told"), 0);
  fail_unless (get_stat (&tap, "peer-tables") > 10);
  close_tap (&tap);
}
GST_END_TEST;

/* Our pictures become others than those of the peer, and the same again, later:
 * meanwhile they pass, and say nothing. */
GST_START_TEST (test_a_match_is_lost_and_found)
{
  guint64 last = 0;
  GstBuffer *buffer;
  Tap tap;

  open_tap (&tap, TRUE, PEER_WAIT);
  tell_as_peer (&tap, FIRST - 480, 1920, 20, 1);
  for (guint i = 0; i < 1300; i++) {
    const gboolean is_other = i >= 300 && i < 600;

    push (&tap, is_other ? 100000 + i : i < 600 ? 500 + i : 503 + i, i * FRAME);
    while ((buffer = pull (&tap))) {
      last = number_of (buffer);
      if (i < 300 || i > 900)
        assert_equals_uint64 (last, FIRST + i + (i < 600 ? 0 : 3));
      if (i == 599)
        assert_equals_uint64 (last, 0);
      gst_buffer_unref (buffer);
    }
  }
  fail_unless_equals_string (
      tap.states->str, " searching matched lost matched");
  close_tap (&tap);
}
GST_END_TEST;

GST_START_TEST (test_what_stands_still_is_never_let_through)
{
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GError) error = NULL;
  Tap tap;

  open_tap (&tap, TRUE, FOR_EVER);
  tell_as_peer (&tap, FIRST - 480, 720, 7, 0);
  for (guint i = 0; i < 240; i++)
    push (&tap, 7, i * FRAME);
  assert_equals_int (gst_harness_buffers_in_queue (tap.h), 0);
  gst_harness_push_event (tap.h, gst_event_new_eos ());
  warning = gst_bus_pop_filtered (tap.bus, GST_MESSAGE_WARNING);
  gst_message_parse_warning (warning, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "fingerprints: found nothing"),
      "%s", error->message);
  close_tap (&tap);
}
GST_END_TEST;

/* Nobody has told anything: after a while frames pass, untouched. */
GST_START_TEST (test_who_is_alone_begins)
{
  GstBuffer *buffer;
  guint n = 0;
  Tap tap;

  open_tap (&tap, TRUE, 2 * GST_SECOND);
  for (guint i = 0; i < 100; i++) {
    push (&tap, i, i * FRAME);
    while ((buffer = pull (&tap))) {
      guint8 wanted[SIZE];

      draw (wanted, i);
      fail_unless (gst_buffer_memcmp (buffer, 0, wanted, SIZE) == 0);
      assert_equals_uint64 (number_of (buffer), 0);
      gst_buffer_unref (buffer);
      n++;
    }
  }
  fail_unless (n >= 40 && n <= 60, "%u", n);
  fail_unless_equals_string (tap.states->str, " searching alone");
  close_tap (&tap);
}
GST_END_TEST;

GST_START_TEST (test_what_tells_its_time_passes_at_once)
{
  Tap tap;

  open_tap (&tap, FALSE, PEER_WAIT);
  for (guint i = 0; i < 10; i++)
    push (&tap, i, i * FRAME);
  assert_equals_int (gst_harness_buffers_in_queue (tap.h), 10);
  close_tap (&tap);
}
GST_END_TEST;

/* Exactly as long as the format says: a sanitizer sees what is read behind. */
GST_START_TEST (test_every_format_is_taken)
{
  Tap tap;
  g_autoptr (GstCaps) all = NULL;
  g_autoptr (GstPad) pad = NULL;
  const GValue *formats;

  open_tap (&tap, FALSE, PEER_WAIT);
  pad = gst_element_get_static_pad (tap.tap, "sink");
  all = gst_pad_get_pad_template_caps (pad);
  formats = gst_structure_get_value (gst_caps_get_structure (all, 0), "format");
  for (guint i = 0; i < gst_value_list_get_size (formats); i++) {
    const gchar *name =
        g_value_get_string (gst_value_list_get_value (formats, i));
    GstVideoInfo info;

    gst_video_info_set_format (
        &info, gst_video_format_from_string (name), 46, 22);
    info.fps_n = 25;
    info.fps_d = 1;
    gst_harness_set_src_caps (tap.h, gst_video_info_to_caps (&info));
    for (guint j = 0; j < 3; j++) {
      GstBuffer *buffer =
          gst_buffer_new_wrapped (g_malloc0 (info.size), info.size);

      GST_BUFFER_PTS (buffer) = (i * 3 + j) * FRAME;
      fail_unless (gst_harness_push (tap.h, buffer) == GST_FLOW_OK, "%s", name);
      gst_buffer_unref (gst_harness_pull (tap.h));
    }
  }
  assert_equals_uint64 (
      get_stat (&tap, "frames"), 3 * gst_value_list_get_size (formats));
  close_tap (&tap);
}
GST_END_TEST;

/* Tables that are none are counted, and nothing else. */
GST_START_TEST (test_broken_tables_are_passed_over)
{
  GstBuffer *buffer = NULL;
  Tap tap;

  open_tap (&tap, TRUE, PEER_WAIT);
  tell_as_peer (&tap, FIRST - 96, 864, 404, 1);
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *name =
        cmaf_fingerprint_table_name ("video", 904005000 - 3 + i);
    g_autofree gchar *path = g_build_filename (tap.path, name, NULL);

    fail_unless (g_file_set_contents (path, "no table", i == 0 ? -1 : 0, NULL));
  }
  for (guint i = 0; i < 400; i++) {
    gst_clear_buffer (&buffer);
    push (&tap, 500 + i, i * FRAME);
    buffer = pull (&tap);
  }
  fail_unless (buffer && number_of (buffer) > FIRST);
  fail_unless (get_stat (&tap, "broken") > 0);
  gst_clear_buffer (&buffer);
  close_tap (&tap);
}
GST_END_TEST;

/* TRUE at the end of one sink; the other one has none. */
static gboolean
take_bus_message (GstMessage *message)
{
  fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
  fail_if (gst_message_has_name (message, "cmaf-sync-locked"));
  return gst_message_has_name (message, "GstBinForwarded");
}

/* Sound of before is of no use: the muxer leaves it out, instead of beginning
 * by its own clock. */
GST_START_TEST (test_sound_waits_for_the_search)
{
  g_autofree gchar *path = g_dir_make_tmp ("frametap-XXXXXX", NULL);
  g_autofree gchar *text = g_strdup_printf (
      "appsrc name=pictures format=time caps=video/x-raw,format=I420,width=32,"
      "height=18,framerate=25/1 ! cmafframetap name=tap sync-store=%s "
      "peer-wait=3600000000000 ! fakesink async=false "
      "audiotestsrc num-buffers=400 samplesperbuffer=1024 ! "
      "audio/x-raw,rate=48000 ! cmafaudioalign name=align ! avenc_aac ! "
      "cmafsyncmux name=mux timing-sources=fingerprint,clock ! "
      "fakesink name=out async=false",
      path);
  GstElement *pipeline = gst_parse_launch (text, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gboolean is_over = FALSE;

  g_object_set (pipeline, "message-forward", TRUE, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_over) {
    GstMessage *message = gst_bus_timed_pop (bus, 30 * GST_SECOND);

    fail_unless (message != NULL);
    is_over = take_bus_message (message);
    gst_message_unref (message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  remove_tree (path);
}
GST_END_TEST;

static Suite *
cmafframetap_suite (void)
{
  Suite *suite = suite_create ("cmafframetap");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_with_wrong_settings_it_does_not_start, 0,
      G_N_ELEMENTS (refused));
  tcase_add_test (tcase, test_frames_need_a_rate);
  tcase_add_test (tcase, test_frames_get_the_numbers_of_the_peer);
  tcase_add_test (tcase, test_a_match_is_lost_and_found);
  tcase_add_test (tcase, test_what_stands_still_is_never_let_through);
  tcase_add_test (tcase, test_who_is_alone_begins);
  tcase_add_test (tcase, test_what_tells_its_time_passes_at_once);
  tcase_add_test (tcase, test_every_format_is_taken);
  tcase_add_test (tcase, test_broken_tables_are_passed_over);
  tcase_add_test (tcase, test_sound_waits_for_the_search);
  return suite;
}

GST_CHECK_MAIN (cmafframetap);
