/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "event-fixtures.h"

#include <gst/cmaf/event-reader.h>

static GPtrArray *
read_chunk (const CmafTrack *track, const CmafChunk *chunk, guint64 base)
{
  g_autoptr (GError) fault = NULL;
  GPtrArray *samples = cmaf_event_read_chunk (track, chunk, base, &fault);

  fail_if (fault != NULL, "%s", fault ? fault->message : "");
  return samples;
}

GST_START_TEST (test_samples_of_a_track_have_times)
{
  g_autoptr (CmafTrack) track = fixture_event_track (90000);
  g_autoptr (CmafEvent) event =
      fixture_event (CMAF_SCHEME_SCTE35, 7, 400000, 2700000, FIXTURE_SECTION);
  g_autoptr (CmafChunk) chunk =
      fixture_event_chunk (track, 180000, 180000, event);
  g_autoptr (GPtrArray) samples = read_chunk (track, chunk, 0);
  const CmafEventSample *sample = samples->pdata[0];
  const CmafEvent *found;

  assert_equals_int (samples->len, 1);
  assert_equals_uint64 (sample->time, 180000);
  assert_equals_uint64 (sample->end, 360000);
  assert_equals_int (sample->events->len, 1);
  found = sample->events->pdata[0];
  assert_equals_uint64 (found->start, 400000);
}
GST_END_TEST;

GST_START_TEST (test_a_filler_is_a_sample_without_events)
{
  g_autoptr (CmafTrack) track = fixture_event_track (90000);
  g_autoptr (CmafChunk) chunk = fixture_event_chunk (track, 0, 180000, NULL);
  g_autoptr (GPtrArray) samples = read_chunk (track, chunk, 0);

  assert_equals_int (samples->len, 1);
  assert_equals_int (((CmafEventSample *)samples->pdata[0])->events->len, 0);
}
GST_END_TEST;

/* Version 0 counts from the beginning of the segment, not of the chunk. */
GST_START_TEST (test_messages_in_front_of_media)
{
  g_autoptr (CmafTrack) video = fixture_video (25, 1, 90000, 3600, 720, 0);
  g_autoptr (GBytes) payload = g_bytes_new_static ("picture", 7);
  g_autoptr (GBytes) emsg =
      bytes_from_hex ("0000005A 656D7367 00000000"
                      "75726E3A736374653A7363746533353A323031333A62696E00 00"
                      "00015F90 0002BF20 002932E0 00000007" FIXTURE_SECTION);
  g_autoptr (CmafChunk) chunk =
      fixture_chunk_with (video, 200000, 3600, payload, emsg);
  g_autoptr (CmafChunk) plain =
      fixture_chunk_with (video, 203600, 3600, payload, NULL);
  g_autoptr (GPtrArray) samples = read_chunk (video, chunk, 180000);
  const CmafEventSample *sample = samples->pdata[0];
  const CmafEvent *event = sample->events->pdata[0];

  assert_equals_uint64 (sample->time, 200000);
  assert_equals_uint64 (event->start, 360000);
  fail_if (cmaf_event_read_chunk (video, plain, 180000, NULL) != NULL);
}
GST_END_TEST;

/* The other sample counts all the same. */
GST_START_TEST (test_a_broken_sample_is_told)
{
  g_autoptr (CmafTrack) track = fixture_event_track (90000);
  g_autoptr (GBytes) payload = bytes_from_hex ("00000010 656D6962 00000000");
  g_autoptr (CmafChunk) chunk =
      fixture_chunk_with (track, 0, 180000, payload, NULL);
  g_autoptr (GError) fault = NULL;
  g_autoptr (GPtrArray) samples =
      cmaf_event_read_chunk (track, chunk, 0, &fault);

  fail_unless (g_error_matches (fault, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  assert_equals_int (samples->len, 1);
}
GST_END_TEST;

static const struct
{
  const gchar *scheme;
  const gchar *hex;
  gint code; /* -1: nothing is wrong */
} checks[] = {
  { CMAF_SCHEME_SCTE35, FIXTURE_SECTION, -1 },
  { CMAF_SCHEME_SCTE35, FIXTURE_RETURN, -1 },
  { CMAF_SCHEME_SCTE35, FIXTURE_BAD_SECTION, CMAF_ERROR_MALFORMED },
  { CMAF_SCHEME_SCTE35, "FC3021", CMAF_ERROR_MALFORMED },
  { CMAF_SCHEME_SCTE35, "00", CMAF_ERROR_MALFORMED },
  { "urn:x-test", "00", -1 },
  { "urn:x-te\xffst", "00", CMAF_ERROR_UNSUPPORTED },
  { "urn:x-te\nst", "00", CMAF_ERROR_UNSUPPORTED },
};

GST_START_TEST (test_what_is_wrong_with_an_event)
{
  g_autoptr (CmafEvent) event =
      fixture_event (checks[__i__].scheme, 7, 0, 0, checks[__i__].hex);
  g_autoptr (GError) fault = NULL;

  assert_equals_int (
      cmaf_event_check (event, &fault), checks[__i__].code == -1);
  if (checks[__i__].code != -1)
    fail_unless (g_error_matches (fault, CMAF_ERROR, checks[__i__].code), "%s",
        fault->message);
  cmaf_event_check (event, NULL);
}
GST_END_TEST;

GST_START_TEST (test_a_long_message_is_in_no_manifest)
{
  g_autoptr (GBytes) data = g_bytes_new_take (
      g_malloc0 (CMAF_EVENT_MAX_DATA + 1), CMAF_EVENT_MAX_DATA + 1);
  g_autoptr (CmafEvent) event = cmaf_event_new (1, "urn:x", "", 0, 0, data);
  g_autoptr (GError) fault = NULL;

  fail_if (cmaf_event_check (event, &fault));
  fail_unless (g_error_matches (fault, CMAF_ERROR, CMAF_ERROR_LIMIT));
}
GST_END_TEST;

static Suite *
event_reader_suite (void)
{
  Suite *suite = suite_create ("event-reader");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_samples_of_a_track_have_times);
  tcase_add_test (tcase, test_a_filler_is_a_sample_without_events);
  tcase_add_test (tcase, test_messages_in_front_of_media);
  tcase_add_test (tcase, test_a_broken_sample_is_told);
  tcase_add_loop_test (
      tcase, test_what_is_wrong_with_an_event, 0, G_N_ELEMENTS (checks));
  tcase_add_test (tcase, test_a_long_message_is_in_no_manifest);
  return suite;
}

GST_CHECK_MAIN (event_reader);
