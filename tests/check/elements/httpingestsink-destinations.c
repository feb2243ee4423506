/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Several destinations at once, each on its own, and the spool directory that
 * outlives the element. */
#include "ingest-sender.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define VIDEO (&test_codecs[0])
#define AUDIO (&test_codecs[4])

/* Bytes of all bodies that were answered with 2xx, headers apart. */
static GByteArray *
collect_bodies (ScriptServer *server)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < server->requests->len; i++) {
    const ScriptRequest *request = server->requests->pdata[i];

    if (request->status / 100 == 2 && script_kind (request) == 's')
      g_byte_array_append (all, request->body->data, request->body->len);
  }
  return all;
}

static void
sender_init_two (Sender *s, const ScriptServer *a, const ScriptServer *b)
{
  g_autofree gchar *first = sender_url (a);
  g_autofree gchar *second = sender_url (b);

  sender_init (s, NULL);
  g_object_set (s->sink, "location", first, "locations", second, NULL);
}

GST_START_TEST (test_all_get_the_same_bytes)
{
  static const ScriptStep faults[] = { { 200 }, { 503 }, { 200 },
    { 0, SCRIPT_RESET, 500 }, { 200 }, { 412 } };
  ScriptServer *a = script_server_new (NULL, 0);
  ScriptServer *b = script_server_new (faults, G_N_ELEMENTS (faults));
  ScriptServer *c = script_server_new (NULL, 0);
  g_autofree gchar *urls = g_strdup_printf ("http://127.0.0.1:%u/one  \n"
                                            "http://127.0.0.1:%u/two",
      b->port, c->port);
  ScriptServer *servers[] = { a, b, c };
  g_autoptr (GByteArray) expected = NULL;
  Sender s;

  sender_init (&s, a);
  g_object_set (s.sink, "locations", urls, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 40; k++)
    sender_push_chunks (&s, 0, k, 1, k == 39);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GByteArray) got = NULL;
    g_autofree gchar *line = NULL;

    script_server_stop (servers[i]);
    got = collect_bodies (servers[i]);
    line = script_request_line (script_server_get (servers[i], 0));
    fail_unless (g_str_has_suffix (line, "/Streams(video.cmfv)"));
    if (i == 0)
      expected = g_byte_array_ref (got);
    assert_equals_int (got->len, expected->len);
    fail_unless (memcmp (got->data, expected->data, got->len) == 0);
  }
  for (guint i = 0; i < 3; i++)
    script_server_free (servers[i]);
}
GST_END_TEST;

/* Not even a source that waits for its receivers waits for one that is away. */
GST_START_TEST (test_one_that_is_down_slows_nobody)
{
  ScriptServer *up = script_server_new (NULL, 0);
  ScriptServer *down = script_server_new (NULL, 0);
  gboolean stalls = __i__ == 1;
  static const ScriptStep stall = { 0, SCRIPT_STALL, 0 };
  gint64 before;
  guint n;
  Sender s;

  if (stalls) {
    down->rest = &stall;
  } else {
    script_server_stop (down);
  }
  sender_init_two (&s, up, down);
  g_object_set (s.sink, "max-spool-bytes", (guint64)30000, "timeout",
      GST_SECOND, "drain-timeout", GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_wait_message (&s, "connection-lost");
  before = g_get_monotonic_time ();
  for (guint k = 0; k < 100; k++)
    fail_unless_equals_int (
        sender_push_segment (&s, 0, k, k == 99), GST_FLOW_OK);
  fail_unless (g_get_monotonic_time () - before < 10 * G_TIME_SPAN_SECOND);
  sender_wait_accepted (&s, "video", 100);
  /* one has everything: a warning */
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  n = sender_count_messages (
      &s, GST_MESSAGE_ELEMENT, "httpingestsink-segment-dropped");
  fail_unless (n >= 90, "%u", n);
  for (guint at = 0; n > 0; n--) {
    const GstStructure *dropped = gst_message_get_structure (sender_wait (
        &s, GST_MESSAGE_ELEMENT, "httpingestsink-segment-dropped", &at));
    g_autofree gchar *where = g_strdup_printf (":%u/", down->port);

    fail_unless (
        strstr (gst_structure_get_string (dropped, "location"), where));
  }
  sender_clear (&s);
  script_server_stop (up);
  assert_equals_int (up->log->len, 101);
  assert_equals_int (up->n_connections, 1);
  script_server_free (up);
  script_server_free (down);
}
GST_END_TEST;

/* A refusal is an error only when all have refused. */
GST_START_TEST (test_refusals_are_counted)
{
  static const ScriptStep refuses = { 405 };
  gboolean both = __i__ == 1;
  ScriptServer *a = script_server_new (NULL, 0);
  ScriptServer *b = script_server_new (NULL, 0);
  Sender s;

  b->rest = &refuses;
  a->rest = both ? &refuses : NULL;
  sender_init_two (&s, a, b);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 5; k++)
    sender_push_segment (&s, 0, k, k == 4);
  sender_wait_message (&s, "refused");
  assert_equals_int (
      sender_end (&s), both ? GST_MESSAGE_ERROR : GST_MESSAGE_EOS);
  assert_equals_int (
      sender_count_messages (&s, GST_MESSAGE_ERROR, NULL), both ? 1 : 0);
  sender_clear (&s);
  script_server_free (a);
  script_server_free (b);
}
GST_END_TEST;

GST_START_TEST (test_stats_of_each_destination)
{
  ScriptServer *a = script_server_new (NULL, 0);
  ScriptServer *b = script_server_new (NULL, 0);
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list;
  Sender s;

  sender_init_two (&s, a, b);
  sender_add (&s, "video", VIDEO);
  sender_add (&s, "audio", AUDIO);
  for (guint k = 0; k < 3; k++) {
    sender_push_segment (&s, 0, k, k == 2);
    sender_push_segment (&s, 1, k, k == 2);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "segments"), 6);
  sender_stop (&s);
  /* also afterwards */
  g_object_get (s.sink, "stats", &stats, NULL);
  list = gst_structure_get_value (stats, "destinations");
  assert_equals_int (gst_value_list_get_size (list), 2);
  for (guint i = 0; i < 2; i++) {
    const GstStructure *one =
        gst_value_get_structure (gst_value_list_get_value (list, i));
    const GstStructure *tracks =
        gst_value_get_structure (gst_structure_get_value (one, "tracks"));
    g_autofree gchar *location = sender_url (i == 0 ? a : b);
    guint64 n;

    assert_equals_string (gst_structure_get_string (one, "location"), location);
    for (guint k = 0; k < 2; k++) {
      const GstStructure *track =
          sender_get_track_stats (tracks, k == 0 ? "video" : "audio");

      fail_unless (gst_structure_get_uint64 (track, "segments", &n));
      assert_equals_uint64 (n, 3);
      assert_equals_string (gst_structure_get_string (track, "state"), "ok");
    }
  }
  sender_clear (&s);
  script_server_free (a);
  script_server_free (b);
}
GST_END_TEST;

/* ---- the spool directory ---- */

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;

  while (dir && (entry = g_dir_read_name (dir))) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      remove_tree (full);
    else
      g_unlink (full);
  }
  g_rmdir (path);
}

static guint
count_files (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;
  guint n = 0;

  while (dir && (entry = g_dir_read_name (dir))) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      n += count_files (full);
    else
      n += g_str_has_suffix (entry, ".cmf");
  }
  return n;
}

static ScriptServer *
listen_again (ScriptServer *server)
{
  guint16 port = server->port;

  script_server_free (server);
  server = script_server_prepare (NULL, 0);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, port));
  return server;
}

typedef struct
{
  const gchar *mode, *when_full;
  guint n_requests;
  const gchar *mark; /* of what came in an HTTP chunk */
} Waiting;

static const Waiting waiting[] = {
  { "auto", "drop-oldest", 52, "" },
  { "auto", "block", 52, "" },
  { "long-running", "drop-oldest", 1, "+" },
};

/* As from received_segments(): @first to @last, which ends the track. */
static gchar *
list_segments (guint first, guint last, const gchar *mark)
{
  GString *text = g_string_new (NULL);

  for (guint k = first; k < last; k++)
    g_string_append_printf (text, "%u%s,", k, mark);
  g_string_append_printf (text, "%ul%s", last, mark);
  return g_string_free (text, FALSE);
}

/* Much more than memory may hold waits, and arrives in order; then nothing is
 * left. */
GST_START_TEST (test_what_waits_goes_to_the_disk)
{
  const Waiting *c = &waiting[__i__];
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  g_autofree gchar *expected = list_segments (0, 50, c->mark);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, "max-spool-bytes",
      (guint64)30000, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", c->mode);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", c->when_full);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 49);
  fail_unless (sender_get_stat (&s, "video", "spool-bytes") <= 50000);
  fail_unless (sender_get_stat (&s, "video", "disk-bytes") > 45 * 7500);
  fail_unless (count_files (folder) >= 48);
  server = listen_again (server);
  sender_push_segment (&s, 0, 50, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  assert_equals_uint64 (sender_get_stat (&s, "video", "disk-bytes"), 0);
  sender_clear (&s);
  assert_equals_int (count_files (folder), 0);
  got = received_segments (server, "video");
  assert_equals_string (got, expected);
  assert_equals_int (server->log->len, c->n_requests);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

/* While all is well, each segment accepted before the next one, nothing is
 * written. */
GST_START_TEST (test_nothing_is_written_without_need)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 5; k++) {
    sender_push_segment (&s, 0, k, k == 4);
    sender_wait_accepted (&s, "video", k + 1);
    assert_equals_int (count_files (folder), 0);
  }
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

typedef struct
{
  const gchar *name;
  gboolean is_killed; /* the first run does not stop, it is just gone */
  gboolean goes_on;   /* the second run has media of its own */
  gboolean grows;     /* the last segment of the first run is not complete */
  const gchar *expected;
} Restart;

static const Restart restarts[] = {
  { "stopped", FALSE, TRUE, FALSE, "0,1,2,3,4,10,11l" },
  { "stopped within a segment", FALSE, TRUE, TRUE, "0,1,2,3,3,10,11l" },
  { "killed", TRUE, TRUE, FALSE, "0,1,2,3,4,10,11l" },
  { "another track comes", FALSE, FALSE, FALSE, "0,1,2,3,4" },
};

/* What the first run could not deliver the second one does, before its own. */
GST_START_TEST (test_a_later_run_delivers_what_is_left)
{
  const Restart *c = &restarts[__i__];
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  g_autofree gchar *copy = g_strconcat (folder, "-copy", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, c->grows ? 2 : 4);
  if (c->grows)
    sender_push_chunks (&s, 0, 15, 2, FALSE);
  if (c->is_killed)
    /* what the disk has at that moment */
    fail_unless (g_rename (folder, copy) == 0);
  sender_clear (&s);
  if (c->is_killed) {
    remove_tree (folder);
    fail_unless (g_rename (copy, folder) == 0);
  }
  fail_unless (count_files (folder) >= 4);

  server = listen_again (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_add (&s, c->goes_on ? "video" : "audio", c->goes_on ? VIDEO : AUDIO);
  sender_push_segment (&s, 0, 10, FALSE);
  sender_push_segment (&s, 0, 11, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_int (count_files (folder), 0);
  got = received_segments (server, "video");
  assert_equals_string (got, c->expected);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

/* A file that cannot be read is given up, and said. */
GST_START_TEST (test_a_broken_file_is_told_of)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL, *hash = NULL, *path = NULL;
  g_autofree gchar *track = NULL, *url = sender_url (server);
  Sender s;

  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);
  hash[16] = '\0';
  track = g_build_filename (folder, hash, "video", NULL);
  fail_unless (g_mkdir_with_parents (track, 0700) == 0);
  path = g_build_filename (track, "000000000001-0-90000-90000-0-3.cmf", NULL);
  fail_unless (g_file_set_contents (path, "abc", 3, NULL));
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 1, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_ERROR);
  fail_unless (
      strstr (gst_structure_get_string (
                  sender_wait_message (&s, "segment-dropped"), "reason"),
          path));
  sender_clear (&s);
  assert_equals_int (count_files (folder), 0);
  got = received_segments (server, "video");
  assert_equals_string (got, "1l");
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

/* The file of video with this number. */
static gchar *
find_file (const gchar *folder, const ScriptServer *server, guint number)
{
  g_autofree gchar *url = sender_url (server);
  g_autofree gchar *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);
  g_autofree gchar *start = g_strdup_printf ("%012u-", number);
  g_autofree gchar *track = NULL;
  g_autoptr (GDir) dir = NULL;
  const gchar *name;

  hash[16] = '\0';
  track = g_build_filename (folder, hash, "video", NULL);
  dir = g_dir_open (track, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, start))
      return g_build_filename (track, name, NULL);
  fail ("no file %u", number);
  return NULL;
}

typedef struct
{
  const gchar *mode;
  guint number;
  const gchar *mark;
} Unreadable;

static const Unreadable unreadable[] = {
  { "auto", 1, "" },
  { "auto", 3, "" },
  { "long-running", 1, "+" },
  { "long-running", 3, "+" },
};

/* What cannot be read now is read later: nothing is given up. */
GST_START_TEST (test_a_file_that_cannot_be_read_for_a_while)
{
  const Unreadable *c = &unreadable[__i__];
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  g_autofree gchar *expected = list_segments (0, 5, c->mark);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL, *path = NULL, *aside = NULL;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 4);
  sender_clear (&s);

  path = find_file (folder, server, c->number);
  aside = g_strconcat (path, ".aside", NULL);
  fail_unless (g_rename (path, aside) == 0);
  fail_unless (symlink (path, path) == 0);
  server = listen_again (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "request-mode", c->mode);
  sender_add (&s, "video", VIDEO);
  fail_unless (strstr (gst_structure_get_string (
                           sender_wait_message (&s, "spool-failed"), "reason"),
      path));
  fail_unless (g_rename (aside, path) == 0);
  sender_push_segment (&s, 0, 5, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), 0);
  sender_clear (&s);
  got = received_segments (server, "video");
  assert_equals_string (got, expected);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

/* The disk has its limit too. */
GST_START_TEST (test_the_disk_is_bounded)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, "max-disk-bytes",
      (guint64)80000, "max-spool-bytes", (guint64)30000, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 99);
  fail_unless (sender_get_stat (&s, "video", "disk-bytes") <= 100000);
  fail_unless (count_files (folder) <= 13);
  fail_unless (sender_get_stat (&s, "video", "dropped") >= 86);
  sender_clear (&s);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  fail_unless (getrlimit (RLIMIT_FSIZE, &limit) == 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  fail_unless (setrlimit (RLIMIT_FSIZE, &limit) == 0);
}

/* While nothing can be written, what is on the disk stays there. */
GST_START_TEST (test_a_disk_that_is_full_for_a_while)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL, *expected = NULL;
  guint64 n_dropped;
  Sender s;

  script_server_stop (server);
  sender_init (&s, server);
  g_object_set (s.sink, "spool-directory", folder, "max-spool-bytes",
      (guint64)30000, "max-spool-time", 5 * GST_SECOND, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "spool-full", "drop-oldest");
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 29);
  signal (SIGXFSZ, SIG_IGN);
  limit_files (1000);
  sender_push_segments (&s, 0, 30, 35);
  limit_files (RLIM_INFINITY);
  sender_push_segments (&s, 0, 36, 39);
  n_dropped = sender_get_stat (&s, "video", "dropped");
  fail_unless (n_dropped < 12, "%" G_GUINT64_FORMAT, n_dropped);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ELEMENT,
                         "httpingestsink-spool-failed"),
      1);
  fail_unless (sender_get_stat (&s, "video", "spool-bytes") <= 50000);
  server = listen_again (server);
  sender_push_segment (&s, 0, 40, TRUE);
  sender_end (&s);
  assert_equals_uint64 (sender_get_stat (&s, "video", "dropped"), n_dropped);
  sender_clear (&s);
  got = received_segments (server, "video");
  expected = list_segments ((guint)n_dropped, 40, "");
  assert_equals_string (got, expected);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

GST_START_TEST (test_a_directory_belongs_to_one)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *server = script_server_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  Sender a, b;

  sender_init (&a, server);
  sender_init (&b, server);
  g_object_set (a.sink, "spool-directory", folder, NULL);
  g_object_set (b.sink, "spool-directory", folder, NULL);
  sender_add (&a, "video", VIDEO);
  fail_unless_equals_int (gst_element_set_state (b.sink, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  gst_message_parse_error (
      sender_wait (&b, GST_MESSAGE_ERROR, NULL, NULL), &error, NULL);
  fail_unless (strstr (error->message, "is in use") != NULL);
  sender_clear (&a);
  fail_unless_equals_int (gst_element_set_state (b.sink, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  sender_clear (&b);
  script_server_free (server);
  remove_tree (folder);
}
GST_END_TEST;

/* Each destination has its own part of it. */
GST_START_TEST (test_only_what_is_missing_there_waits)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-disk-XXXXXX", NULL);
  ScriptServer *up = script_server_new (NULL, 0);
  ScriptServer *down = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL, *there = NULL;
  Sender s;

  script_server_stop (down);
  sender_init_two (&s, up, down);
  g_object_set (s.sink, "spool-directory", folder, "drain-timeout",
      300 * GST_MSECOND, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 10; k++)
    sender_push_segment (&s, 0, k, k == 9);
  sender_wait_accepted (&s, "video", 10); /* by the one that is up */
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  assert_equals_int (count_files (folder), 10);
  script_server_stop (up);
  got = received_segments (up, "video");
  assert_equals_string (got, "0,1,2,3,4,5,6,7,8,9l");

  down = listen_again (down);
  sender_init_two (&s, up, down);
  g_object_set (s.sink, "spool-directory", folder, NULL);
  sender_prepare (&s, "audio", AUDIO);
  sender_begin (&s, 0);
  script_server_wait (down, 11 + 1); /* both headers */
  sender_clear (&s);
  script_server_stop (down);
  there = received_segments (down, "video");
  assert_equals_string (there, got);
  script_server_free (up);
  script_server_free (down);
  remove_tree (folder);
}
GST_END_TEST;

static Suite *
httpingestsink_destinations_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-destinations");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_all_get_the_same_bytes);
  tcase_add_loop_test (tcase, test_one_that_is_down_slows_nobody, 0, 2);
  tcase_add_loop_test (tcase, test_refusals_are_counted, 0, 2);
  tcase_add_test (tcase, test_stats_of_each_destination);
  tcase_add_loop_test (
      tcase, test_what_waits_goes_to_the_disk, 0, G_N_ELEMENTS (waiting));
  tcase_add_test (tcase, test_nothing_is_written_without_need);
  tcase_add_loop_test (tcase, test_a_later_run_delivers_what_is_left, 0,
      G_N_ELEMENTS (restarts));
  tcase_add_test (tcase, test_a_broken_file_is_told_of);
  tcase_add_loop_test (tcase, test_a_file_that_cannot_be_read_for_a_while, 0,
      G_N_ELEMENTS (unreadable));
  tcase_add_test (tcase, test_the_disk_is_bounded);
  tcase_add_test (tcase, test_a_disk_that_is_full_for_a_while);
  tcase_add_test (tcase, test_a_directory_belongs_to_one);
  tcase_add_test (tcase, test_only_what_is_missing_there_waits);
  return suite;
}

GST_CHECK_MAIN (httpingestsink_destinations);
