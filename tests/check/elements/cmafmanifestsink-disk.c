/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The manifest sinks and a disk that fails them: one message, and whatever is
 * there can still be played. */
#include "sink-fixtures.h"

#include <gst/cmaf/segment-name.h>
#include <libxml/parser.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#define FIRST 100
#define SAMPLE_SIZE 300 /* 3.5 pages a chunk of video */

static const struct
{
  const gchar *element;
  gboolean low_latency;
} kinds[] = {
  { "cmafdashsink", FALSE },
  { "cmafdashsink", TRUE },
  { "cmafhlssink", FALSE },
  { "cmafhlssink", TRUE },
};

#define N_SIZES 16

/* ---- what is named is there ---- */

/* The chunks of the file @name, all of them whole. */
static guint
count_chunks (SinkFixture *f, const gchar *header, const gchar *name)
{
  const gchar *const names[] = { header, name };
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GError) error = NULL;
  CmafReadResult result;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (f->folder, names[i], NULL);
    g_autoptr (GBytes) bytes = NULL;
    gchar *data;
    gsize size;

    fail_unless (g_file_get_contents (path, &data, &size, NULL),
        "a manifest names %s, which is not there", names[i]);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (reader, bytes);
    while ((result = cmaf_fragment_reader_read (reader, &error))
           != CMAF_READ_MORE) {
      fail_unless (result != CMAF_READ_ERROR, "%s: %s", names[i],
          error ? error->message : "");
      if (result == CMAF_READ_CHUNK) {
        cmaf_chunk_unref (cmaf_fragment_reader_take_chunk (reader));
        n++;
      }
    }
    fail_unless (cmaf_fragment_reader_is_at_boundary (reader),
        "%s ends inside a chunk", names[i]);
  }
  return n;
}

static guint64
attribute (xmlNode *node, const gchar *name, guint64 absent)
{
  xmlChar *text = xmlGetProp (node, BAD_CAST name);
  guint64 value =
      text ? g_ascii_strtoull ((const gchar *)text, NULL, 10) : absent;

  xmlFree (text);
  return value;
}

static xmlNode *
find_child (xmlNode *node, const gchar *name)
{
  for (node = node->children; node; node = node->next)
    if (xmlStrEqual (node->name, BAD_CAST name))
      return node;
  return NULL;
}

/* From segment @number on, as long as there are any. */
static guint
count_files (SinkFixture *f, const gchar *header, const gchar *media,
    const gchar *id, guint64 number)
{
  guint n = 0;

  for (;; n++) {
    g_autofree gchar *name =
        cmaf_segment_name_expand (media, id, number + n, 0);

    if (!sink_fixture_has (f, name))
      return n;
    count_chunks (f, header, name);
  }
}

/* The set says what all have in common, the Representation has its header. */
static guint
check_representation (SinkFixture *f, xmlNode *representation, xmlNode *common)
{
  xmlNode *own = find_child (representation, "SegmentTemplate");
  g_autofree gchar *id = (gchar *)xmlGetProp (representation, BAD_CAST "id");
  g_autofree gchar *media = (gchar *)xmlGetProp (common, BAD_CAST "media");
  g_autofree gchar *header =
      (gchar *)xmlGetProp (own, BAD_CAST "initialization");
  guint64 number = attribute (common, "startNumber", 1);
  xmlNode *timeline = find_child (common, "SegmentTimeline");
  guint n = 0;

  if (!timeline) /* it is the clock that names them: all there are */
    return count_files (f, header, media, id, number);
  for (xmlNode *s = timeline->children; s; s = s->next) {
    guint64 repeat;

    if (!xmlStrEqual (s->name, BAD_CAST "S"))
      continue;
    for (repeat = attribute (s, "r", 0) + 1; repeat > 0; repeat--, n++) {
      g_autofree gchar *name =
          cmaf_segment_name_expand (media, id, number++, 0);

      fail_unless (count_chunks (f, header, name) > 0, "%s is empty", name);
    }
  }
  return n;
}

static guint
check_node (SinkFixture *f, xmlNode *node, xmlNode *common)
{
  guint n = 0;

  if (xmlStrEqual (node->name, BAD_CAST "Representation"))
    return check_representation (f, node, common);
  if (xmlStrEqual (node->name, BAD_CAST "AdaptationSet"))
    common = find_child (node, "SegmentTemplate");
  for (xmlNode *child = node->children; child; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      n += check_node (f, child, common);
  return n;
}

static guint
check_mpd (SinkFixture *f, const gchar *text)
{
  xmlDoc *document = xmlReadMemory (text, (int)strlen (text), NULL, NULL, 0);
  guint n;

  fail_unless (document != NULL, "%s", text);
  n = check_node (f, xmlDocGetRootElement (document), NULL);
  xmlFreeDoc (document);
  return n;
}

/* The value of a URI attribute, or NULL. */
static gchar *
find_uri (const gchar *line)
{
  const gchar *at = strstr (line, "URI=\"");

  return at ? g_strndup (at + 5, strcspn (at + 5, "\"")) : NULL;
}

static guint
check_playlist (SinkFixture *f, const gchar *track)
{
  g_autofree gchar *name = g_strdup_printf ("%s/media.m3u8", track);
  g_autofree gchar *text = sink_fixture_read (f, name);
  g_autofree gchar *header = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  fail_unless (text != NULL, "there is no %s", name);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_autofree gchar *uri =
        g_str_has_prefix (lines[i], "#EXT-X-MAP")
                || g_str_has_prefix (lines[i], "#EXT-X-PART:")
            ? find_uri (lines[i])
            : NULL;
    g_autofree gchar *path = NULL;

    if (*lines[i] == '\0' || (*lines[i] == '#' && !uri))
      continue;
    path = g_strdup_printf ("%s/%s", track, uri ? uri : lines[i]);
    if (g_str_has_prefix (lines[i], "#EXT-X-MAP")) {
      g_free (header);
      header = g_steal_pointer (&path);
    } else {
      fail_unless (count_chunks (f, header, path) > 0, "%s is empty", path);
      n++;
    }
  }
  return n;
}

static guint
check_hls (SinkFixture *f, const gchar *master)
{
  guint n = 0;

  if (strstr (master, "v/media.m3u8"))
    n += check_playlist (f, "v");
  if (strstr (master, "a/media.m3u8"))
    n += check_playlist (f, "a");
  return n;
}

static void
assert_nothing_hidden (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *full = g_build_filename (path, name, NULL);

    fail_unless (*name != '.', "%s was left behind", full);
    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      assert_nothing_hidden (full);
  }
}

/* How many segments the manifests name; each is there and whole. */
static guint
assert_playable (SinkFixture *f)
{
  g_autofree gchar *mpd = sink_fixture_read (f, "stream.mpd");
  g_autofree gchar *master = sink_fixture_read (f, "master.m3u8");

  return (mpd ? check_mpd (f, mpd) : 0) + (master ? check_hls (f, master) : 0);
}

/* ---- feeding ---- */

static void
begin (SinkFixture *f, guint kind)
{
  sink_fixture_init (f, kinds[kind].element);
  g_object_set (f->sink, "low-latency", kinds[kind].low_latency, NULL);
}

static void
add_both (SinkFixture *f)
{
  sink_fixture_add (f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_add (f, "a", fixture_audio ("en"));
}

/* Half of segment @number. */
static GstFlowReturn
push_half (SinkFixture *f, guint i, guint64 number, guint part)
{
  const CmafTrack *track = f->track[i];
  const CmafUnitGrid units = { track->timescale, track->sample_duration, 0 };
  guint64 n = cmaf_segment_grid_n_units (&fixture_grid, &units, number);
  guint64 from = n * part / 2;
  const FixtureChunk half = {
    .decode_time = cmaf_segment_grid_decode_time (&fixture_grid, &units, number)
                   + from * track->sample_duration,
    .n_samples = n * (part + 1) / 2 - from,
    .not_sync = part > 0 && track->media == CMAF_MEDIA_VIDEO,
    .no_start = part > 0,
    .payload = number & 0xff,
    .sample_size = track->media == CMAF_MEDIA_VIDEO ? SAMPLE_SIZE : 20,
  };
  g_autoptr (CmafChunk) chunk = fixture_chunk (f->track[i], &half);

  return sink_fixture_push_chunk (f, i, chunk);
}

/* Until it fails; the number that was not taken. */
static guint64
push_until_error (SinkFixture *f, guint64 from)
{
  for (guint64 number = from; number < from + 400; number++)
    for (guint part = 0; part < 2; part++)
      for (guint i = 0; i < f->n_pads; i++)
        if (push_half (f, i, number, part) != GST_FLOW_OK)
          return number;
  fail ("no error came");
  return 0;
}

static void
push_segments (SinkFixture *f, guint64 from, guint64 to)
{
  for (guint64 number = from; number <= to; number++)
    for (guint part = 0; part < 2; part++)
      for (guint i = 0; i < f->n_pads; i++)
        assert_equals_int (push_half (f, i, number, part), GST_FLOW_OK);
}

/* The one error, and no second one whatever comes then. (transfer full) */
static gchar *
take_one_error (SinkFixture *f)
{
  gchar *told = sink_fixture_messages (f, GST_MESSAGE_ERROR);

  fail_unless (*told && strchr (told, '\n') == told + strlen (told) - 1,
      "not one error: %s", told);
  return told;
}

static void
assert_silence (SinkFixture *f, guint64 number)
{
  g_autofree gchar *told = NULL;

  for (guint i = 0; i < f->n_pads; i++) {
    assert_equals_int (push_half (f, i, number, 0), GST_FLOW_ERROR);
    gst_harness_push_event (f->harness[i], gst_event_new_eos ());
  }
  told = sink_fixture_messages (f, GST_MESSAGE_ERROR);
  assert_equals_string (told, "");
}

/* ---- disks ---- */

/* Where only this process sees it. */
static gboolean
mount_tmpfs (const gchar *path, gulong flags, const gchar *options)
{
  return unshare (CLONE_NEWNS) == 0
         && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("none", path, "tmpfs", flags, options) == 0;
}

static gboolean
mount_or_skip (SinkFixture *f, gulong flags, guint kib)
{
  g_autofree gchar *options = g_strdup_printf ("size=%uk", kib);

  if (mount_tmpfs (f->folder, flags, options))
    return TRUE;
  g_print ("SKIP: cannot mount a tmpfs (needs root)\n");
  sink_fixture_clear (f);
  return FALSE;
}

static void
clear_mounted (SinkFixture *f)
{
  gst_element_set_state (f->sink, GST_STATE_NULL);
  umount (f->folder);
  sink_fixture_clear (f);
}

/* Of every size, so that header, first half, second half, playlist and MPD are
 * all once what does not fit. */
GST_START_TEST (test_full_disk_leaves_what_can_be_played)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;
  guint64 number;
  guint n;

  begin (&f, __i__ / N_SIZES);
  if (!mount_or_skip (&f, 0, 20 + 4 * (__i__ % N_SIZES)))
    return;
  add_both (&f);
  number = push_until_error (&f, FIRST);
  told = take_one_error (&f);
  assert_has (told, "error gst-resource-error-quark 14 "); /* NO_SPACE_LEFT */
  assert_has (told, f.folder);
  n = assert_playable (&f);
  /* nothing is lost but the last one, when its manifest did not fit */
  fail_unless (n + f.n_pads >= f.n_pads * (number - FIRST));
  assert_silence (&f, number + 1);
  assert_equals_int (assert_playable (&f), n);
  gst_element_set_state (f.sink, GST_STATE_NULL);
  assert_equals_int (assert_playable (&f), n);
  assert_nothing_hidden (f.folder);
  clear_mounted (&f);
}
GST_END_TEST;

/* The same without being root: no file may be longer than a segment is not. */
GST_START_TEST (test_file_that_gets_too_long_leaves_what_can_be_played)
{
  const struct rlimit few = { 10000, RLIM_INFINITY };
  const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
  g_autofree gchar *told = NULL;
  SinkFixture f;

  signal (SIGXFSZ, SIG_IGN);
  begin (&f, __i__);
  sink_fixture_add (&f, "a", fixture_audio ("en"));
  push_segments (&f, FIRST, FIRST + 3);
  fail_unless (setrlimit (RLIMIT_FSIZE, &few) == 0);
  sink_fixture_add (&f, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  push_until_error (&f, FIRST + 4);
  fail_unless (setrlimit (RLIMIT_FSIZE, &all) == 0);
  told = take_one_error (&f);
  assert_has (told, "v/0000000104.m4s: cannot write: File too large");
  fail_unless (assert_playable (&f) >= 4);
  assert_silence (&f, FIRST + 20);
  fail_unless (assert_playable (&f) >= 4);
  gst_element_set_state (f.sink, GST_STATE_NULL);
  assert_nothing_hidden (f.folder);
  sink_fixture_clear (&f);
}
GST_END_TEST;

static gchar *
start_and_fail (SinkFixture *f)
{
  assert_equals_int (gst_element_set_state (f->sink, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  return take_one_error (f);
}

GST_START_TEST (test_read_only_disk_is_one_error_at_the_start)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;

  begin (&f, __i__);
  if (!mount_or_skip (&f, MS_RDONLY, 64))
    return;
  told = start_and_fail (&f);
  assert_has (told, f.folder);
  assert_has (told, "cannot write into the directory: Read-only file system");
  clear_mounted (&f);
}
GST_END_TEST;

/* For root every directory is writable. */
GST_START_TEST (test_directory_of_others_is_one_error_at_the_start)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;

  begin (&f, __i__);
  if (geteuid () == 0) {
    g_object_set (f.sink, "location", "/proc", NULL);
    told = start_and_fail (&f);
    assert_has (told, "/proc: cannot write into the directory: ");
  } else {
    g_chmod (f.folder, 0555);
    told = start_and_fail (&f);
    assert_has (told, "cannot write into the directory: Permission denied");
    g_chmod (f.folder, 0755);
  }
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_file_as_location_is_one_error_at_the_start)
{
  g_autofree gchar *told = NULL, *below = NULL, *file = NULL, *text = NULL;
  SinkFixture f;

  begin (&f, __i__);
  file = g_build_filename (f.folder, "file", NULL);
  below = g_build_filename (file, "folder", NULL);
  fail_unless (g_file_set_contents (file, "mine", -1, NULL));
  g_object_set (f.sink, "location", file, NULL);
  told = start_and_fail (&f);
  assert_has (told, "/file: cannot create the directory: ");
  g_free (told);
  g_object_set (f.sink, "location", below, NULL);
  told = start_and_fail (&f);
  assert_has (told, "/file/folder: cannot create the directory: ");
  fail_unless (g_file_get_contents (file, &text, NULL, NULL));
  assert_equals_string (text, "mine");
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* ---- while it runs ---- */

GST_START_TEST (test_removed_directory_is_one_error)
{
  g_autofree gchar *told = NULL;
  SinkFixture f;
  guint64 number;

  begin (&f, __i__);
  add_both (&f);
  push_segments (&f, FIRST, FIRST + 2);
  remove_tree (f.folder);
  number = push_until_error (&f, FIRST + 3);
  assert_equals_uint64 (number, FIRST + 3);
  told = take_one_error (&f);
  assert_has (told, f.folder);
  assert_has (told, "No such file or directory");
  assert_silence (&f, number + 1);
  fail_if (g_file_test (f.folder, G_FILE_TEST_EXISTS));
  sink_fixture_clear (&f);
}
GST_END_TEST;

/* It is held by what it is, not by its name. */
GST_START_TEST (test_moved_directory_is_written_on)
{
  g_autofree gchar *told = NULL, *moved = NULL;
  SinkFixture f;

  begin (&f, __i__);
  add_both (&f);
  push_segments (&f, FIRST, FIRST + 2);
  moved = g_strconcat (f.folder, "-moved", NULL);
  fail_unless (g_rename (f.folder, moved) == 0);
  push_segments (&f, FIRST + 3, FIRST + 5);
  fail_if (g_file_test (f.folder, G_FILE_TEST_EXISTS));
  g_free (f.folder);
  f.folder = g_steal_pointer (&moved);
  fail_unless (assert_playable (&f) >= 10);
  told = sink_fixture_messages (&f, GST_MESSAGE_ERROR);
  assert_equals_string (told, "");
  sink_fixture_clear (&f);
}
GST_END_TEST;

static Suite *
cmafmanifestsink_disk_suite (void)
{
  const int n = G_N_ELEMENTS (kinds);
  Suite *s = suite_create ("cmafmanifestsink-disk");
  TCase *tc = tcase_create ("disk");

  tcase_add_loop_test (
      tc, test_full_disk_leaves_what_can_be_played, 0, n * N_SIZES);
  tcase_add_loop_test (
      tc, test_file_that_gets_too_long_leaves_what_can_be_played, 0, n);
  tcase_add_loop_test (tc, test_read_only_disk_is_one_error_at_the_start, 0, n);
  tcase_add_loop_test (
      tc, test_directory_of_others_is_one_error_at_the_start, 0, n);
  tcase_add_loop_test (
      tc, test_file_as_location_is_one_error_at_the_start, 0, n);
  tcase_add_loop_test (tc, test_removed_directory_is_one_error, 0, n);
  tcase_add_loop_test (tc, test_moved_directory_is_written_on, 0, n);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (cmafmanifestsink_disk);
