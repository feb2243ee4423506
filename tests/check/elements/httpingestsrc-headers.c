/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What httpingestsrc remembers when it is started anew: header-cache. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

#include <glib/gstdio.h>

#define MPD                                                                    \
  "<MPD><Period><AdaptationSet lang='fr'><SegmentTemplate "                    \
  "initialization='$RepresentationID$_init.mp4' "                              \
  "media='$RepresentationID$_$Number$.mp4'/><Representation id='v'/>"          \
  "</AdaptationSet></Period></MPD>"

typedef struct
{
  gchar *folder;
  Receiver *receiver;
  CmafTrack *video;
  GBytes *header;
  GSocketConnection *peer;
} Fixture;

static void
start (Fixture *f)
{
  f->receiver = receiver_new ();
  g_object_set (f->receiver->src, "header-cache", f->folder, "start-hold",
      (guint64)0, NULL);
  play (f->receiver);
  f->peer = peer_connect (f->receiver->port);
}

static void
stop (Fixture *f)
{
  g_clear_object (&f->peer);
  receiver_free (f->receiver);
}

static void
open_fixture (Fixture *f)
{
  f->folder = g_dir_make_tmp ("headers-XXXXXX", NULL);
  f->video = make_track (&test_codecs[0]);
  f->header = make_header (f->video);
  start (f);
}

static void
close_fixture (Fixture *f)
{
  g_autofree gchar *command = g_strdup_printf ("rm -r %s", f->folder);

  stop (f);
  fail_unless (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  cmaf_track_unref (f->video);
  g_bytes_unref (f->header);
  g_free (f->folder);
}

static guint
post (Fixture *f, const gchar *path, GBytes *bytes)
{
  g_autofree gchar *request = g_strconcat ("POST /ingest/", path, NULL);

  return peer_upload (f->peer, request, bytes);
}

static guint
post_segment (Fixture *f, const gchar *path, guint number)
{
  g_autoptr (GBytes) segment = make_segment (f->video, number, FALSE);

  return post (f, path, segment);
}

/* The segment comes out behind @header. */
static void
check_output (
    Fixture *f, GBytes *header, const gchar *name, const gchar *language)
{
  Track *track = wait_track (f->receiver, 0);
  gsize size = g_bytes_get_size (header);
  GstCaps *caps;
  const GstStructure *s;

  wait_lists (track, TEST_CHUNKS);
  g_mutex_lock (&track->lock);
  fail_unless (track->bytes->len > size);
  fail_unless (
      memcmp (track->bytes->data, g_bytes_get_data (header, NULL), size) == 0);
  g_mutex_unlock (&track->lock);
  gst_event_parse_caps (find_event (track, GST_EVENT_CAPS), &caps);
  s = gst_caps_get_structure (caps, 0);
  assert_equals_string (gst_structure_get_string (s, "track-name"), name);
  assert_equals_string (gst_structure_get_string (s, "language"), language);
}

GST_START_TEST (test_a_header_is_remembered)
{
  static const gchar *const headers[] = { "Streams(v.cmfv)", "v/init.cmfv" };
  static const gchar *const segments[] = { "Streams(v.cmfv)", "v/7.cmfv" };
  Fixture f;

  open_fixture (&f);
  assert_equals_int (post_segment (&f, segments[__i__], 1), 412);
  g_clear_object (&f.peer);
  f.peer = peer_connect (f.receiver->port);
  assert_equals_int (post (&f, headers[__i__], f.header), 200);
  stop (&f);
  start (&f);
  assert_equals_int (post_segment (&f, segments[__i__], 2), 200);
  check_output (&f, f.header, "v", NULL);
  /* of another track nothing is known */
  assert_equals_int (post_segment (&f, "Streams(w.cmfv)", 2), 412);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_mpd_is_remembered)
{
  g_autoptr (GBytes) mpd = g_bytes_new_static (MPD, strlen (MPD));
  Fixture f;

  open_fixture (&f);
  assert_equals_int (post (&f, "a/stream.mpd", mpd), 200);
  assert_equals_int (post (&f, "a/v_init.mp4", f.header), 200);
  stop (&f);
  start (&f);
  assert_equals_int (post_segment (&f, "a/v_17.mp4", 2), 200);
  check_output (&f, f.header, "v", "fr");
  close_fixture (&f);
}
GST_END_TEST;

/* A sender that has another header now says it, and that counts. */
GST_START_TEST (test_a_stale_header_does_no_harm)
{
  g_autoptr (GBytes) other = NULL;
  Fixture f;

  open_fixture (&f);
  assert_equals_int (post (&f, "Streams(v.cmfv)", f.header), 200);
  stop (&f);
  start (&f);
  f.video->width *= 2;
  other = make_header (f.video);
  assert_equals_int (post (&f, "Streams(v.cmfv)", other), 200);
  assert_equals_int (post_segment (&f, "Streams(v.cmfv)", 2), 200);
  check_output (&f, other, "v", NULL);
  stop (&f);
  start (&f);
  assert_equals_int (post_segment (&f, "Streams(v.cmfv)", 2), 200);
  check_output (&f, other, "v", NULL);
  close_fixture (&f);
}
GST_END_TEST;

static gchar *
find_file (const Fixture *f)
{
  g_autoptr (GDir) folder = g_dir_open (f->folder, 0, NULL);
  const gchar *name = g_dir_read_name (folder);

  fail_unless (name != NULL);
  return g_build_filename (f->folder, name, NULL);
}

/* Cut anywhere, with a byte changed, or of another key: as if there were none.
 */
GST_START_TEST (test_a_broken_file_is_none)
{
  g_autofree gchar *path = NULL, *data = NULL;
  gsize size;
  Fixture f;

  open_fixture (&f);
  assert_equals_int (post (&f, "Streams(v.cmfv)", f.header), 200);
  stop (&f);
  path = find_file (&f);
  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  for (gsize n = 0; n < 2 * size; n += 97) {
    gsize at = n < size ? n : n - size;
    gsize length = n < size ? n : size;

    if (n >= size)
      data[at] ^= 0x55;
    fail_unless (g_file_set_contents (path, data, (gssize)length, NULL));
    if (n >= size)
      data[at] ^= 0x55;
    start (&f);
    assert_equals_int (post_segment (&f, "Streams(v.cmfv)", 2), 412);
    stop (&f);
  }
  start (&f);
  assert_equals_int (post (&f, "Streams(v.cmfv)", f.header), 200);
  assert_equals_int (post_segment (&f, "Streams(v.cmfv)", 2), 200);
  check_output (&f, f.header, "v", NULL);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_there_is_a_limit_of_files)
{
  guint n = 0;
  g_autoptr (GDir) folder = NULL;
  Fixture f;

  open_fixture (&f);
  stop (&f);
  for (guint i = 0; i < 1010; i++) {
    g_autofree gchar *path = g_strdup_printf ("%s/%u.header", f.folder, i);

    fail_unless (g_file_set_contents (path, "x", 1, NULL));
  }
  start (&f);
  folder = g_dir_open (f.folder, 0, NULL);
  while (g_dir_read_name (folder) != NULL)
    n++;
  assert_equals_int (n, 1000);
  close_fixture (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_cache_that_is_none_is_an_error)
{
  Receiver *receiver = receiver_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (receiver->src, "header-cache", "/proc/nothing/of/this", NULL);
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "header-cache: "), "%s",
      error->message);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
httpingestsrc_headers_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-headers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_a_header_is_remembered, 0, 2);
  tcase_add_test (tc, test_an_mpd_is_remembered);
  tcase_add_test (tc, test_a_stale_header_does_no_harm);
  tcase_add_test (tc, test_a_broken_file_is_none);
  tcase_add_test (tc, test_there_is_a_limit_of_files);
  tcase_add_test (tc, test_a_cache_that_is_none_is_an_error);
  return suite;
}

GST_CHECK_MAIN (httpingestsrc_headers);
