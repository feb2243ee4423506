/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/event-message.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>

#include "hex.h"

/* 30 s of break, event 7: the vectors of the ingest profile */
#define SECTION                                                                \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E9"
#define EMIB(delta)                                                            \
  "0000005E 656D6962 00000000 00000000" delta "002932E0 00000007"              \
  "75726E3A736374653A7363746533353A323031333A62696E00 00" SECTION
#define START G_GUINT64_CONSTANT (0x00008B2716A69000)

static CmafEvent *
make_event (void)
{
  g_autoptr (GBytes) section = bytes_from_hex (SECTION);

  return cmaf_event_new (7, CMAF_SCHEME_SCTE35, "", START, 2700000, section);
}

static void
assert_bytes (GBytes *bytes, const gchar *hex)
{
  g_autoptr (GBytes) wanted = bytes_from_hex (hex);

  fail_unless (bytes != NULL);
  if (!g_bytes_equal (bytes, wanted)) {
    g_autofree gchar *found =
        bytes_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

    fail ("%s", found);
  }
}

static const struct
{
  gint64 delta;
  const gchar *hex;
} samples[] = {
  { 180000, EMIB ("000000000002BF20") },
  { -172800, EMIB ("FFFFFFFFFFFD5D00") },
  { 0, EMIB ("0000000000000000") },
};

GST_START_TEST (test_samples_follow_the_vectors)
{
  g_autoptr (CmafEvent) event = make_event ();
  const CmafEvent *const events[] = { event };
  g_autoptr (GBytes) bytes =
      cmaf_event_sample_write (events, 1, START - samples[__i__].delta, NULL);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GError) error = NULL;
  CmafEvent *found;

  assert_bytes (bytes, samples[__i__].hex);
  fail_unless (cmaf_event_sample_read (g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes), 90000,
                   START - samples[__i__].delta, read, &error),
      "%s", error ? error->message : "");
  assert_equals_int (read->len, 1);
  found = read->pdata[0];
  fail_unless (cmaf_event_is_same (found, event));
  assert_equals_uint64 (found->start, START);
  assert_equals_uint64 (found->duration, 2700000);
  fail_unless (g_bytes_equal (found->data, event->data));
}
GST_END_TEST;

GST_START_TEST (test_nothing_and_several)
{
  g_autoptr (CmafEvent) event = make_event ();
  const CmafEvent *const events[] = { event, event };
  g_autoptr (GBytes) none = cmaf_event_sample_write (NULL, 0, 5, NULL);
  g_autoptr (GBytes) two = cmaf_event_sample_write (events, 2, START, NULL);

  assert_bytes (none, "00000008 656D6562");
  assert_bytes (two, EMIB ("0000000000000000") EMIB ("0000000000000000"));
}
GST_END_TEST;

GST_START_TEST (test_emsg_follows_the_vector)
{
  g_autoptr (CmafEvent) event = make_event ();
  g_autoptr (GBytes) bytes = cmaf_emsg_write (event, 90000, NULL);

  assert_bytes (bytes,
      "0000005E 656D7367 01000000 00015F90 00008B2716A69000 002932E0 00000007"
      "75726E3A736374653A7363746533353A323031333A62696E00 00" SECTION);
}
GST_END_TEST;

#define EMSG0(timescale, delta)                                                \
  "0000005A 656D7367 00000000 "                                                \
  "75726E3A736374653A7363746533353A323031333A62696E"                           \
  "00 00" timescale delta "002932E0 00000007" SECTION
#define EMSG1(timescale, time)                                                 \
  "0000005E 656D7367 01000000" timescale time "002932E0 00000007"              \
  "75726E3A736374653A7363746533353A323031333A62696E00 00" SECTION

static const struct
{
  const gchar *hex;
  guint64 start, duration;
} emsgs[] = {
  { EMSG0 ("00015F90", "0002BF20"), 1000000 + 180000, 2700000 },
  { EMSG0 ("0000AFC8", "0002BF20"), 1000000 + 360000, 5400000 }, /* 45 kHz */
  { EMSG1 ("00015F90", "00008B2716A69000"), START, 2700000 },
  { EMSG1 ("0002BF20", "000000000000000B"), 6, 1350000 }, /* nearest */
};

/* In front of a moof and as a sample of an older track. */
GST_START_TEST (test_emsg_is_read_in_both_versions)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (emsgs[__i__].hex);
  const gsize size = g_bytes_get_size (bytes);
  g_autofree guint8 *data = copy_exactly (g_bytes_get_data (bytes, NULL), size);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  fail_unless (cmaf_emsg_read (data, size, 90000, 1000000, read, NULL));
  fail_unless (cmaf_event_sample_read (data, size, 90000, 1000000, read, NULL));
  assert_equals_int (read->len, 2);
  for (guint i = 0; i < read->len; i++) {
    const CmafEvent *event = read->pdata[i];

    assert_equals_int (event->id, 7);
    assert_equals_string (event->scheme, CMAF_SCHEME_SCTE35);
    assert_equals_string (event->value, "");
    assert_equals_uint64 (event->start, emsgs[__i__].start);
    assert_equals_uint64 (event->duration, emsgs[__i__].duration);
    assert_bytes (event->data, SECTION);
  }
  for (gsize n = 0; n < size; n++) {
    g_autofree guint8 *prefix = copy_exactly (data, n);

    fail_if (cmaf_emsg_read (prefix, n, 90000, 0, read, NULL));
    if (n >= 4)
      prefix[3] = (guint8)n;
    cmaf_emsg_read (prefix, n, 90000, 0, read, NULL);
  }
}
GST_END_TEST;

static const struct
{
  const gchar *hex;
  gboolean is_read;
} odd_samples[] = {
  { "00000008 656D6265", TRUE },                      /* embe, an old filler */
  { "0000000C 656D7367 02000000", TRUE },             /* emsg, version 2 */
  { "00000008 656D6562 00000009 66726565 00", TRUE }, /* emeb and free */
  { EMSG0 ("00000000", "0002BF20"), FALSE },          /* timescale 0 */
  { EMSG1 ("00000001", "FFFFFFFFFFFFFFFF"), FALSE },
};

GST_START_TEST (test_what_else_is_in_samples)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (odd_samples[__i__].hex);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GError) error = NULL;

  assert_equals_int (cmaf_event_sample_read (g_bytes_get_data (bytes, NULL),
                         g_bytes_get_size (bytes), 90000, 0, read, &error),
      odd_samples[__i__].is_read);
  fail_unless ((error == NULL) == odd_samples[__i__].is_read);
  assert_equals_int (read->len, 0);
}
GST_END_TEST;

/* The header of an older track. */
GST_START_TEST (test_urim_is_a_track_of_events)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_EVENT, CMAF_CODEC_URIM);
  g_autoptr (CmafTrack) read = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *codec = NULL;

  track->timescale = 90000;
  track->codec_config = bytes_from_hex (
      "00000000 75726E3A6D7065673A646173683A6576656E743A3230313200");
  header = cmaf_init_segment_write (track, &error);
  fail_unless (header != NULL, "%s", error ? error->message : "");
  read = cmaf_init_segment_read (
      g_bytes_get_data (header, NULL), g_bytes_get_size (header), &error);
  fail_unless (read != NULL, "%s", error ? error->message : "");
  assert_equals_int (read->media, CMAF_MEDIA_EVENT);
  fail_unless (g_bytes_equal (read->codec_config, track->codec_config));
  codec = cmaf_sample_entry_codec_string (read);
  fail_unless_equals_string (codec, "urim");
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_is_refused)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (EMIB ("0000000000000000"));

  for (gsize n = 0; n < g_bytes_get_size (bytes); n++) {
    g_autofree guint8 *prefix = g_memdup2 (g_bytes_get_data (bytes, NULL), n);
    g_autoptr (GPtrArray) read =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
    g_autoptr (GError) error = NULL;

    fail_if (cmaf_event_sample_read (prefix, n, 90000, START, read, &error));
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
    /* with a size that goes with it */
    if (n < 8)
      continue;
    g_clear_error (&error);
    prefix[3] = n;
    cmaf_event_sample_read (prefix, n, 90000, START, read, &error);
  }
}
GST_END_TEST;

GST_START_TEST (test_an_event_before_zero_is_refused)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (samples[1].hex);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  fail_if (cmaf_event_sample_read (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), 90000, 172799, read, NULL));
  fail_unless (cmaf_event_sample_read (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), 90000, 172800, read, NULL));
}
GST_END_TEST;

/* A sum of 64 bits and more is no early time. */
static const struct
{
  const gchar *hex;
  guint64 time;
  gboolean is_read;
} late[] = {
  { EMSG0 ("00015F90", "0002BF20"), G_MAXUINT64, FALSE },
  { EMSG0 ("00015F90", "0002BF20"), G_MAXUINT64 - 179999, FALSE },
  { EMSG0 ("00015F90", "0002BF20"), G_MAXINT64 - 180000, TRUE },
  { EMSG0 ("00000001", "FFFFFFFF"), G_MAXUINT64, FALSE },
  { EMIB ("000000000002BF20"), G_MAXUINT64, FALSE },
  { EMIB ("000000000002BF20"), G_MAXUINT64 - 179999, FALSE },
  { EMIB ("000000000002BF20"), G_MAXINT64 - 180000, TRUE },
  { EMIB ("FFFFFFFFFFFD5D00"), 172800, TRUE },
};

GST_START_TEST (test_an_event_beyond_all_time_is_refused)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (late[__i__].hex);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  assert_equals_int (
      cmaf_event_sample_read (g_bytes_get_data (bytes, NULL),
          g_bytes_get_size (bytes), 90000, late[__i__].time, read, NULL),
      late[__i__].is_read);
}
GST_END_TEST;

/* The header of an event message track, there and back. */
GST_START_TEST (test_a_track_of_events_has_a_header)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_EVENT, CMAF_CODEC_EVTE);
  g_autoptr (CmafTrack) read = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *codec = NULL;

  track->timescale = 1000;
  header = cmaf_init_segment_write (track, &error);
  fail_unless (header != NULL, "%s", error ? error->message : "");
  read = cmaf_init_segment_read (
      g_bytes_get_data (header, NULL), g_bytes_get_size (header), &error);
  fail_unless (read != NULL, "%s", error ? error->message : "");
  assert_equals_int (read->media, CMAF_MEDIA_EVENT);
  assert_equals_int (read->timescale, 1000);
  codec = cmaf_sample_entry_codec_string (read);
  fail_unless_equals_string (codec, "evte");
}
GST_END_TEST;

static Suite *
event_message_suite (void)
{
  Suite *suite = suite_create ("event-message");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_samples_follow_the_vectors, 0, G_N_ELEMENTS (samples));
  tcase_add_test (tcase, test_nothing_and_several);
  tcase_add_test (tcase, test_emsg_follows_the_vector);
  tcase_add_loop_test (
      tcase, test_emsg_is_read_in_both_versions, 0, G_N_ELEMENTS (emsgs));
  tcase_add_loop_test (
      tcase, test_what_else_is_in_samples, 0, G_N_ELEMENTS (odd_samples));
  tcase_add_test (tcase, test_urim_is_a_track_of_events);
  tcase_add_test (tcase, test_every_prefix_is_refused);
  tcase_add_test (tcase, test_an_event_before_zero_is_refused);
  tcase_add_loop_test (
      tcase, test_an_event_beyond_all_time_is_refused, 0, G_N_ELEMENTS (late));
  tcase_add_test (tcase, test_a_track_of_events_has_a_header);
  return suite;
}

GST_CHECK_MAIN (event_message);
