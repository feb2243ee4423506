/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A header that is sent again, and says something else. */
#include "ingest-server-fixtures.h"

/* What encoders may say anew of the same media, while others send it too. */
static void
change_language (CmafTrack *track)
{
  track->language = g_strdup ("fr");
}

static void
change_role (CmafTrack *track)
{
  track->role = g_strdup ("dub");
}

static void
change_generation (CmafTrack *track)
{
  track->generation = 2;
}

static void
change_bit_rate (CmafTrack *track)
{
  track->max_bitrate = 4000000;
}

static void
change_nothing (CmafTrack *track)
{
}

typedef void (*Change) (CmafTrack *track);
static const Change changes[] = { change_language, change_role,
  change_generation, change_bit_rate };

static GBytes *
make_changed_header (Change change)
{
  g_autoptr (CmafTrack) changed = cmaf_track_copy (video);

  change (changed);
  return make_header (changed);
}

GST_START_TEST (test_one_sender_describes_its_track_anew)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (GBytes) changed = make_changed_header (changes[__i__]);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (peer, VIDEO, changed), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 1, FALSE), 200);
  assert_equals_int (post (peer, VIDEO, changed), 200); /* no change */
  assert_equals_int (post_segment (peer, VIDEO, video, 2, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_header (output, changed);
  expect_segment (output, video, 1);
  expect_segment (output, video, 2);
}
GST_END_TEST;

/* What was sent before it comes out first. */
GST_START_TEST (test_one_sender_changes_its_codec)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autoptr (CmafTrack) hevc = make_track (&test_codecs[2]);
  g_autoptr (GBytes) other = make_header (hevc);
  g_autoptr (CmafIngestOutput) output = NULL;

  assert_equals_int (post (peer, VIDEO, header), 200);
  assert_equals_int (post_segment (peer, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (peer, VIDEO, other), 200);
  assert_equals_int (post_segment (peer, VIDEO, hevc, 1, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_header (output, other);
  expect_segment (output, hevc, 1);
}
GST_END_TEST;

/* One is ahead, and the other one is in the middle of a segment: the header
 * comes where the media are that it stands in front of, whoever sends them. */
GST_START_TEST (test_two_senders_describe_their_track_anew)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (GBytes) changed = make_changed_header (changes[__i__]);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (b, VIDEO, "User-Agent: test (B)\r\n");
  fail_unless (send_http_bytes (b, header));
  output = wait_output ();
  expect_header (output, header);
  send_chunks (b, 0, 3, 0);
  expect_chunks (output, video, 0, 3, FALSE);
  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (post (a, VIDEO, changed), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 1, FALSE), 200);
  /* what B says of it is old, and no other word */
  fail_unless (send_http_bytes (b, header));
  send_chunks (b, 3, 2, 0);
  expect_chunks (output, video, 3, 2, FALSE);
  expect_header (output, changed);
  fail_unless (send_http_bytes (b, changed));
  send_chunks (b, 5, 10, 0);
  expect_segment (output, video, 1);
  expect_segment (output, video, 2);
  assert_equals_uint64 (stat ("gaps"), 0);
}
GST_END_TEST;

/* The one that said so first is gone before its media come. */
GST_START_TEST (test_a_description_without_media_is_none)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (GBytes) changed = make_changed_header (change_language);
  g_autoptr (CmafIngestOutput) output = NULL;

  begin_long (a, VIDEO, "User-Agent: test (A)\r\n");
  begin_long (b, VIDEO, "User-Agent: test (B)\r\n");
  fail_unless (send_http_bytes (b, header));
  output = wait_output ();
  expect_header (output, header);
  send_chunks (b, 0, 5, 0);
  expect_segment (output, video, 0);
  fail_unless (send_http_bytes (a, header));
  fail_unless (send_http_bytes (a, changed));
  peer_reset_on_close (a);
  g_clear_object (&a);
  send_chunks (b, 5, 5, 0);
  expect_segment (output, video, 1);
  fail_unless (send_http_bytes (b, changed));
  send_chunks (b, 10, 5, 0);
  expect_header (output, changed);
  expect_segment (output, video, 2);
}
GST_END_TEST;

/* A newcomer is told that it speaks another language; what else it says, as
 * times of creation, does not count. */
static const struct
{
  Change change;
  guint status;
} newcomers[] = {
  { change_nothing, 200 },
  { change_bit_rate, 200 },
  { change_role, 200 },
  { change_language, 412 },
};

GST_START_TEST (test_a_newcomer_describes_nothing)
{
  g_autoptr (GSocketConnection) a = peer_connect (port);
  g_autoptr (GSocketConnection) b = peer_connect (port);
  g_autoptr (GBytes) other = make_changed_header (newcomers[__i__].change);
  g_autoptr (CmafIngestOutput) output = NULL;
  g_autofree gchar *text = NULL;

  assert_equals_int (post (a, VIDEO, header), 200);
  assert_equals_int (post_segment (a, VIDEO, video, 0, FALSE), 200);
  assert_equals_int (
      post_with (b, VIDEO, other, "User-Agent: test (B)\r\n", &text),
      newcomers[__i__].status);
  if (newcomers[__i__].status == 412)
    fail_unless (strstr (text, "language: fr, needs und") != NULL, "%s", text);
  assert_equals_int (post_segment (a, VIDEO, video, 1, FALSE), 200);
  output = wait_output ();
  expect_header (output, header);
  expect_segment (output, video, 0);
  expect_segment (output, video, 1);
}
GST_END_TEST;

static Suite *
ingest_server_headers_suite (void)
{
  Suite *suite = suite_create ("ingest-server-headers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_loop_test (
      tc, test_one_sender_describes_its_track_anew, 0, G_N_ELEMENTS (changes));
  tcase_add_test (tc, test_one_sender_changes_its_codec);
  tcase_add_loop_test (tc, test_two_senders_describe_their_track_anew, 0,
      G_N_ELEMENTS (changes));
  tcase_add_test (tc, test_a_description_without_media_is_none);
  tcase_add_loop_test (
      tc, test_a_newcomer_describes_nothing, 0, G_N_ELEMENTS (newcomers));
  return suite;
}

GST_CHECK_MAIN (ingest_server_headers);
