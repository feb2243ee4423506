/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsrc says of segments that are missing, which last a second
 * here. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

static void
post (GSocketConnection *peer, GBytes *bytes)
{
  assert_equals_int (
      peer_upload (peer, "POST /ingest/Streams(video.cmfv)", bytes), 200);
}

/* The header, segment @number and the one behind @n that are missing. */
static void
post_with_gap (Receiver *receiver, GSocketConnection *peer,
    const CmafTrack *track, guint64 number, guint64 n)
{
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (GBytes) before = make_segment (track, number, FALSE);
  g_autoptr (GBytes) after = make_segment (track, number + 1 + n, FALSE);
  GstMessage *message;

  post (peer, header);
  post (peer, before);
  post (peer, after);
  message = wait_message (receiver, "httpingestsrc-gap");
  gst_message_unref (message);
}

static void
check_gaps (Receiver *receiver, guint64 n, GstClockTime duration)
{
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *track;
  guint64 gaps, found;

  g_object_get (receiver->src, "stats", &stats, NULL);
  track = gst_value_get_structure (
      gst_value_list_get_value (gst_structure_get_value (stats, "tracks"), 0));
  fail_unless (gst_structure_get_uint64 (track, "gaps", &gaps));
  fail_unless (gst_structure_get_clock_time (track, "gap-duration", &found));
  assert_equals_uint64 (gaps, n);
  assert_equals_uint64 (found, duration);
}

/* A pad without a template takes no other caps than its first. */
static gboolean
accept_caps (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ACCEPT_CAPS)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_accept_caps_result (query, TRUE);
  return TRUE;
}

/* A header may come with another timescale. */
GST_START_TEST (test_the_duration_of_gaps_adds_up)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (CmafTrack) video = make_track (&test_codecs[0]);
  g_autoptr (GSocketConnection) peer = NULL;

  g_object_set (
      receiver->src, "gap-hold", GST_MSECOND, "start-hold", (guint64)0, NULL);
  play (receiver);
  peer = peer_connect (receiver->port);
  post_with_gap (receiver, peer, video, 10, 2);
  check_gaps (receiver, 1, 2 * GST_SECOND);
  gst_pad_set_query_function (wait_track (receiver, 0)->pad, accept_caps);
  video->timescale = 25000;
  video->sample_duration = 1000;
  post_with_gap (receiver, peer, video, 20, 3);
  check_gaps (receiver, 2, 5 * GST_SECOND);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_gaps_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-gaps");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_the_duration_of_gaps_adds_up);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_gaps);
