/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsrc makes of an MPD: names, languages and roles of tracks,
 * whenever it comes. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

#define MPD                                                                    \
  "<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><Period><AdaptationSet "         \
  "lang='pt-BR'><Role schemeIdUri='urn:mpeg:dash:role:2011' value='dub'/>"     \
  "<SegmentTemplate initialization='$RepresentationID$_init.mp4' "             \
  "media='$RepresentationID$_$Number%03d$.mp4'/>"                              \
  "<Representation id='v-hi'/><Representation id='v'/></AdaptationSet>"        \
  "</Period></MPD>"

typedef struct
{
  Receiver *receiver;
  CmafTrack *video;
  GBytes *header;
  GSocketConnection *peer;
} Fixture;

static void
open_fixture (Fixture *f, const gchar *objects)
{
  f->receiver = receiver_new ();
  g_object_set (f->receiver->src, "objects-location", objects, "start-hold",
      (guint64)0, NULL);
  f->video = make_track (&test_codecs[0]);
  f->header = make_header (f->video);
  play (f->receiver);
  f->peer = peer_connect (f->receiver->port);
}

static void
close_fixture (Fixture *f)
{
  g_clear_object (&f->peer);
  receiver_free (f->receiver);
  cmaf_track_unref (f->video);
  g_bytes_unref (f->header);
}

static guint
put (Fixture *f, const gchar *path, GBytes *bytes)
{
  g_autofree gchar *request = g_strconcat ("PUT /ingest/", path, NULL);

  return peer_upload (f->peer, request, bytes);
}

static guint
put_text (Fixture *f, const gchar *path, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return put (f, path, bytes);
}

static guint
put_mpd (Fixture *f, const gchar *path)
{
  return put_text (f, path, MPD);
}

static guint
put_header (Fixture *f, const gchar *path)
{
  return put (f, path, f->header);
}

static guint
put_segment (Fixture *f, const gchar *path, guint number)
{
  g_autoptr (GBytes) segment = make_segment (f->video, number, FALSE);

  return put (f, path, segment);
}

/* Of the newest caps. */
static void
check_track (
    Track *track, const gchar *name, const gchar *language, const gchar *role)
{
  GstCaps *caps = NULL;
  const GstStructure *s;

  g_mutex_lock (&track->lock);
  for (guint i = 0; i < track->events->len; i++)
    if (GST_EVENT_TYPE (track->events->pdata[i]) == GST_EVENT_CAPS)
      gst_event_parse_caps (track->events->pdata[i], &caps);
  g_mutex_unlock (&track->lock);
  fail_unless (caps != NULL);
  s = gst_caps_get_structure (caps, 0);
  assert_equals_string (gst_structure_get_string (s, "track-name"), name);
  assert_equals_string (gst_structure_get_string (s, "language"), language);
  assert_equals_string (gst_structure_get_string (s, "role"), role);
}

GST_START_TEST (test_an_mpd_in_front)
{
  static const gchar *const objects[] = { NULL, "memory:" };
  static const gchar *const folders[] = { "", "a/b/" };
  const gchar *folder = folders[__i__ / 2];
  g_autofree gchar *mpd = g_strconcat (folder, "stream.mpd", NULL);
  g_autofree gchar *init = g_strconcat (folder, "v-hi_init.mp4", NULL);
  g_autofree gchar *one = g_strconcat (folder, "v-hi_001.mp4", NULL);
  g_autofree gchar *two = g_strconcat (folder, "v-hi_002.mp4", NULL);
  Track *track;
  Fixture f;

  open_fixture (&f, objects[__i__ % 2]);
  assert_equals_int (put_mpd (&f, mpd), 200);
  assert_equals_int (put_header (&f, init), 200);
  assert_equals_int (put_segment (&f, one, 1), 200);
  assert_equals_int (put_segment (&f, two, 2), 200);
  track = wait_track (f.receiver, 0);
  wait_lists (track, 2 * TEST_CHUNKS);
  check_track (track, "v-hi", "pt-BR", "dub");
  assert_equals_int (f.receiver->tracks->len, 1);
  close_fixture (&f);
}
GST_END_TEST;

/* A header that came first has a name already; its media are understood from
 * the MPD on. */
GST_START_TEST (test_an_mpd_behind_the_header)
{
  Track *track;
  Fixture f;

  open_fixture (&f, NULL);
  assert_equals_int (put_header (&f, "v_init.mp4"), 200);
  track = wait_track (f.receiver, 0);
  assert_equals_int (put_segment (&f, "v_001.mp4", 1), 412);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
  assert_equals_int (put_segment (&f, "v_001.mp4", 1), 200);
  wait_lists (track, TEST_CHUNKS);
  check_track (track, "v_init", "pt-BR", "dub");
  assert_equals_int (f.receiver->tracks->len, 1);
  close_fixture (&f);
}
GST_END_TEST;

/* Whatever the order, what was stored comes out as soon as the MPD tells what
 * it is. */
GST_START_TEST (test_an_mpd_behind_stored_media)
{
  static const gchar orders[][5] = { "h12m", "12hm", "1mh2", "m1h2", "1h2m" };
  Track *track;
  Fixture f;

  open_fixture (&f, "memory:");
  for (guint i = 0; i < 4; i++) {
    switch (orders[__i__][i]) {
      case 'h':
        assert_equals_int (put_header (&f, "v_init.mp4"), 200);
        break;
      case 'm':
        assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
        break;
      default:
        assert_equals_int (
            put_segment (&f,
                orders[__i__][i] == '1' ? "v_001.mp4" : "v_002.mp4",
                orders[__i__][i] - '0'),
            200);
    }
  }
  track = wait_track (f.receiver, 0);
  wait_lists (track, 2 * TEST_CHUNKS);
  check_track (track, "v", "pt-BR", "dub");
  assert_equals_int (f.receiver->tracks->len, 1);
  assert_equals_uint64 (get_stat (f.receiver, "opaque-objects"),
      strchr (orders[__i__], 'h') < strchr (orders[__i__], 'm') ? 1 : 0);
  close_fixture (&f);
}
GST_END_TEST;

/* Who names tracks by Streams(ID) gets languages and roles all the same. */
GST_START_TEST (test_streams_are_described_by_their_id)
{
  Track *track;
  Fixture f;

  open_fixture (&f, NULL);
  if (__i__ == 0)
    assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
  assert_equals_int (put_header (&f, "Streams(v.cmfv)"), 200);
  if (__i__ == 1)
    assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
  assert_equals_int (put_segment (&f, "Streams(v.cmfv)", 1), 200);
  track = wait_track (f.receiver, 0);
  wait_lists (track, TEST_CHUNKS);
  check_track (track, "v", "pt-BR", "dub");
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_header_goes_before)
{
  Track *track;
  Fixture f;

  open_fixture (&f, NULL);
  g_free (f.video->language);
  f.video->language = g_strdup ("en");
  g_bytes_unref (f.header);
  f.header = make_header (f.video);
  assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
  assert_equals_int (put_header (&f, "v_init.mp4"), 200);
  assert_equals_int (put_segment (&f, "v_001.mp4", 1), 200);
  track = wait_track (f.receiver, 0);
  wait_lists (track, TEST_CHUNKS);
  check_track (track, "v", "en", "dub");
  close_fixture (&f);
}
GST_END_TEST;

/* One answer, and what was known stays so. */
GST_START_TEST (test_a_wrong_mpd_is_refused)
{
  static const struct
  {
    const gchar *text;
    guint status;
  } rows[] = {
    { "<html/>", 415 },
    { "{}", 400 },
    { "<MPD><Period></MPD>", 400 },
    { "<!DOCTYPE MPD [<!ENTITY a 'b'>]>" MPD, 400 },
  };
  static const gchar *const objects[] = { NULL, "memory:" };
  const gchar *text = rows[__i__ / 2].text;
  Track *track;
  Fixture f;

  open_fixture (&f, objects[__i__ % 2]);
  assert_equals_int (put_mpd (&f, "stream.mpd"), 200);
  assert_equals_int (put_text (&f, "stream.mpd", text), rows[__i__ / 2].status);
  assert_equals_int (put_header (&f, "v_init.mp4"), 200);
  assert_equals_int (put_segment (&f, "v_001.mp4", 1), 200);
  track = wait_track (f.receiver, 0);
  check_track (track, "v", "pt-BR", "dub");
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_mpd_has_a_limit)
{
  g_autofree gchar *text = g_strnfill (1024 * 1024 + 1, ' ');
  Fixture f;

  open_fixture (&f, NULL);
  assert_equals_int (put_text (&f, "stream.mpd", text), 413);
  fail_unless (peer_sees_close (f.peer));
  close_fixture (&f);
}
GST_END_TEST;

static Suite *
httpingestsrc_mpd_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-mpd");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_an_mpd_in_front, 0, 4);
  tcase_add_test (tc, test_an_mpd_behind_the_header);
  tcase_add_loop_test (tc, test_an_mpd_behind_stored_media, 0, 5);
  tcase_add_loop_test (tc, test_streams_are_described_by_their_id, 0, 2);
  tcase_add_test (tc, test_the_header_goes_before);
  tcase_add_loop_test (tc, test_a_wrong_mpd_is_refused, 0, 8);
  tcase_add_test (tc, test_an_mpd_has_a_limit);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_mpd);
