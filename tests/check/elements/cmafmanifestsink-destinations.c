/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafdashsink and cmafhlssink with several destinations: all get the same, in
 * order, and each is on its own. */
#include "object-server.h"
#include "sink-fixtures.h"

#define MAX_SERVERS 3

typedef struct
{
  SinkFixture sink; /* its folder is the last destination, if it is one */
  ScriptServer *servers[MAX_SERVERS];
  guint n_servers;
  gboolean may_fail;
  GString *trouble; /* warnings and errors that came in between */
} Fixture;

/* Not listening yet. */
static ScriptServer *
add_server (Fixture *f, const ScriptStep *steps, guint n_steps)
{
  ScriptServer *server = script_server_new (steps, n_steps);

  f->servers[f->n_servers++] = server;
  return server;
}

static gchar *
url_of (const ScriptServer *server)
{
  return g_strdup_printf ("http://127.0.0.1:%u/live", server->port);
}

static void
begin (Fixture *f, const gchar *element)
{
  memset (f, 0, sizeof *f);
  f->trouble = g_string_new (NULL);
  sink_fixture_init (&f->sink, element);
}

/* Video and audio. */
static void
start (Fixture *f, gboolean has_folder)
{
  GString *further = g_string_new (NULL);

  for (guint i = 0; i < f->n_servers; i++) {
    g_autofree gchar *url = url_of (f->servers[i]);

    if (i == 0)
      g_object_set (f->sink.sink, "location", url, NULL);
    else
      g_string_append_printf (further, " %s", url);
  }
  if (has_folder)
    g_string_append_printf (further, "\n%s", f->sink.folder);
  g_object_set (f->sink.sink, "locations", further->str, NULL);
  g_string_free (further, TRUE);
  sink_fixture_add (
      &f->sink, "v", fixture_video (25, 1, 90000, 3600, 720, 3000000));
  sink_fixture_add (&f->sink, "a", fixture_audio ("en"));
}

static void
end (Fixture *f)
{
  sink_fixture_clear (&f->sink);
  for (guint i = 0; i < f->n_servers; i++)
    script_server_free (f->servers[i]);
  g_string_free (f->trouble, TRUE);
}

/* Name -> GBytes */
static GHashTable *
new_objects (void)
{
  return g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
}

/* What a server has in the end. */
static GHashTable *
collect (ScriptServer *server)
{
  GHashTable *objects = new_objects ();

  for (guint i = 0; i < object_server_count (server); i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_auto (GStrv) words = g_strsplit (request->head, " ", 3);

    if (request->status == 200 && strcmp (words[0], "PUT") == 0)
      g_hash_table_insert (objects, g_strdup (words[1] + strlen ("/live/")),
          g_bytes_new (request->body->data, request->body->len));
  }
  return objects;
}

static void
assert_same_objects (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer name, bytes;

  assert_equals_int (g_hash_table_size (a), g_hash_table_size (b));
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &name, &bytes)) {
    GBytes *other = g_hash_table_lookup (b, name);

    fail_unless (other != NULL && g_bytes_equal (bytes, other), "%s",
        (const gchar *)name);
  }
}

/* The same of a directory. */
static void
collect_folder (const gchar *folder, const gchar *below, GHashTable *objects)
{
  g_autofree gchar *path = g_build_filename (folder, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);
    gchar *name = *below != '\0' ? g_strdup_printf ("%s/%s", below, entry)
                                 : g_strdup (entry);
    gchar *data;
    gsize size;

    if (g_file_get_contents (full, &data, &size, NULL)) {
      g_hash_table_insert (objects, name, g_bytes_new_take (data, size));
    } else {
      collect_folder (folder, name, objects);
      g_free (name);
    }
  }
}

static void
note_trouble (Fixture *f, GstMessage *message)
{
  const gboolean is_error = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  g_autoptr (GError) error = NULL;

  if (is_error)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_if (is_error && !f->may_fail, "%s", error->message);
  g_string_append_printf (
      f->trouble, "%s %s\n", GST_MESSAGE_TYPE_NAME (message), error->message);
}

/* Until a message of that name has come from each of the servers @from to @to.
 */
static void
wait_messages (Fixture *f, const gchar *name, guint from, guint to)
{
  guint missing = (1 << (to + 1)) - (1 << from);

  while (missing != 0) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (f->sink.bus, 20 * GST_SECOND,
            GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
    const GstStructure *s;

    fail_unless (message != NULL, "no %s", name);
    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT) {
      note_trouble (f, message);
      continue;
    }
    s = gst_message_get_structure (message);
    for (guint i = from; i <= to && gst_structure_has_name (s, name); i++) {
      g_autofree gchar *url = url_of (f->servers[i]);

      if (strcmp (gst_structure_get_string (s, "location"), url) == 0)
        missing &= ~(1u << i);
    }
  }
}

static const gchar *const elements[] = { "cmafdashsink", "cmafhlssink" };

/* ---- all get the same ---- */

/* One of them only after some trouble; a directory too. */
GST_START_TEST (test_all_get_the_same_bytes)
{
  static const ScriptStep faults[] = { { 503 }, { 0 }, { 0 }, { 503 },
    { .fault = SCRIPT_RESET, .at = 100 } };
  g_autoptr (GHashTable) one = NULL;
  g_autoptr (GHashTable) two = NULL;
  g_autoptr (GHashTable) three = new_objects ();
  Fixture f;

  begin (&f, elements[__i__]);
  add_server (&f, NULL, 0);
  add_server (&f, faults, G_N_ELEMENTS (faults));
  f.sink.is_file = TRUE;
  start (&f, TRUE);
  sink_fixture_push_all (&f.sink, 100, 110);
  sink_fixture_end (&f.sink);
  one = collect (f.servers[0]);
  two = collect (f.servers[1]);
  collect_folder (f.sink.folder, "", three);
  assert_equals_int (g_hash_table_size (one), 2 * 12 + (__i__ == 0 ? 2 : 3));
  assert_same_objects (one, two);
  assert_same_objects (one, three);
  end (&f);
}
GST_END_TEST;

/* No manifest is there before what it names, at any of them. */
GST_START_TEST (test_each_has_its_order)
{
  static const ScriptStep faults[] = { { 0 }, { 503 }, { 503 }, { 0 },
    { 503 } };
  Fixture f;

  begin (&f, "cmafdashsink");
  add_server (&f, NULL, 0);
  add_server (&f, faults, G_N_ELEMENTS (faults));
  f.sink.is_file = TRUE;
  start (&f, FALSE);
  sink_fixture_push_all (&f.sink, 100, 101);
  for (guint i = 0; i < 2; i++) {
    ScriptServer *server = f.servers[i];
    guint mpd = object_server_wait (server, "PUT /live/stream.mpd ", 0);

    for (guint k = 0; k < 4; k++) {
      static const gchar *const lines[] = { "PUT /live/v/init-",
        "PUT /live/a/init-", "PUT /live/v/0000000100.m4s ",
        "PUT /live/a/0000000100.m4s " };
      guint at = object_server_wait (server, lines[k], 0);

      while (script_server_get (server, at)->status != 200)
        at = object_server_wait (server, lines[k], at + 1);
      fail_unless (at < mpd, "%u: %s", i, lines[k]);
    }
  }
  sink_fixture_end (&f.sink);
  end (&f);
}
GST_END_TEST;

/* ---- each is on its own ---- */

/* Until the test says so. */
static guint
hold (ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  gint *is_open = server->user_data;

  g_mutex_lock (&server->lock);
  while (!g_atomic_int_get (is_open))
    g_cond_wait (&server->changed, &server->lock);
  g_mutex_unlock (&server->lock);
  return 0;
}

static void
open_gate (ScriptServer *server, gint *is_open)
{
  g_mutex_lock (&server->lock);
  g_atomic_int_set (is_open, TRUE);
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
}

/* One is down, one is slow: the third does not notice. */
GST_START_TEST (test_none_waits_for_another)
{
  gint is_open = FALSE;
  g_autoptr (GHashTable) fine = NULL;
  g_autoptr (GHashTable) slow = NULL;
  GHashTableIter iter;
  gpointer name, bytes;
  Fixture f;

  begin (&f, elements[__i__]);
  script_server_stop (add_server (&f, NULL, 0));
  add_server (&f, NULL, 0)->decide = hold;
  f.servers[1]->user_data = &is_open;
  add_server (&f, NULL, 0);
  g_object_set (f.sink.sink, "drain-timeout", GST_SECOND, NULL);
  start (&f, FALSE);
  for (guint n = 100; n <= 120; n++) {
    g_autofree gchar *line = g_strdup_printf ("PUT /live/v/%010u.m4s ", n);

    sink_fixture_push_all (&f.sink, n, n);
    object_server_wait (f.servers[2], line, 0);
  }
  object_server_wait (f.servers[2],
      __i__ == 0 ? "PUT /live/stream.mpd " : "PUT /live/v/media.m3u8 ", 0);
  wait_messages (&f,
      __i__ == 0 ? "cmafdashsink-connection-lost"
                 : "cmafhlssink-connection-lost",
      0, 0);
  open_gate (f.servers[1], &is_open);
  sink_fixture_end (&f.sink);
  fine = collect (f.servers[2]);
  slow = collect (f.servers[1]);
  for (guint n = 100; n <= 120; n++) {
    g_autofree gchar *segment = g_strdup_printf ("v/%010u.m4s", n);

    fail_unless (g_hash_table_contains (fine, segment), "%s", segment);
  }
  /* it has the newest, and of what it has it has the same */
  fail_unless (g_hash_table_contains (slow, "v/0000000120.m4s"));
  g_hash_table_iter_init (&iter, slow);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    if (!g_str_has_suffix (name, ".mpd") && !g_str_has_suffix (name, ".m3u8"))
      fail_unless (g_bytes_equal (bytes, g_hash_table_lookup (fine, name)));
  end (&f);
}
GST_END_TEST;

/* Not even a file waits for one that is away. */
GST_START_TEST (test_a_file_does_not_wait_for_one_that_is_down)
{
  g_autofree gchar *messages = NULL;
  g_autoptr (GHashTable) objects = NULL;
  Fixture f;

  begin (&f, elements[__i__]);
  add_server (&f, NULL, 0);
  script_server_stop (add_server (&f, NULL, 0));
  g_object_set (f.sink.sink, "max-spool-bytes", G_GUINT64_CONSTANT (4000),
      "drain-timeout", 500 * GST_MSECOND, NULL);
  f.sink.is_file = TRUE;
  start (&f, FALSE);
  sink_fixture_push_all (&f.sink, 100, 160);
  sink_fixture_end (&f.sink);
  objects = collect (f.servers[0]);
  assert_equals_int (
      g_hash_table_size (objects), 2 * 62 + (__i__ == 0 ? 2 : 3));
  messages = sink_fixture_messages (
      &f.sink, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  assert_lacks (messages, "error ");
  assert_has (messages, "were not delivered in 500 ms; ");
  assert_has (messages, "eos\n");
  end (&f);
}
GST_END_TEST;

/* A refusal is a warning while another takes what comes. */
GST_START_TEST (test_only_a_refusal_by_all_is_an_error)
{
  static const ScriptStep refuses = { 403 };
  gboolean all = __i__ == 1;
  g_autofree gchar *messages = NULL;
  const gchar *trouble;
  Fixture f;

  begin (&f, "cmafdashsink");
  add_server (&f, NULL, 0)->rest = all ? &refuses : NULL;
  add_server (&f, NULL, 0)->rest = &refuses;
  g_object_set (f.sink.sink, "auth-retries", 0, NULL);
  f.may_fail = all;
  start (&f, FALSE);
  sink_fixture_push (&f.sink, 0, 100); /* it may be told here already */
  wait_messages (&f, "cmafdashsink-refused", all ? 0 : 1, 1);
  if (all) {
    assert_equals_int (sink_fixture_push (&f.sink, 0, 101), GST_FLOW_ERROR);
  } else {
    assert_equals_int (sink_fixture_push (&f.sink, 0, 101), GST_FLOW_OK);
    object_server_wait (f.servers[0], "PUT /live/v/0000000101.m4s ", 0);
  }
  messages =
      sink_fixture_messages (&f.sink, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  trouble = g_string_append (f.trouble, messages)->str;
  assert_has (trouble, "403");
  if (all)
    assert_has (trouble, "error ");
  else
    assert_has (trouble, "; the other destinations go on");
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_directory_that_fails_is_left_out)
{
  g_autofree gchar *messages = NULL;
  Fixture f;

  begin (&f, "cmafdashsink");
  add_server (&f, NULL, 0);
  start (&f, TRUE);
  sink_fixture_push_all (&f.sink, 100, 102);
  remove_tree (f.sink.folder);
  sink_fixture_push_all (&f.sink, 103, 106);
  object_server_wait (f.servers[0], "PUT /live/v/0000000106.m4s ", 0);
  sink_fixture_end (&f.sink);
  messages = sink_fixture_messages (
      &f.sink, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  assert_has (messages, f.sink.folder);
  assert_has (messages, "; the other destinations go on\n");
  assert_lacks (messages, "error ");
  assert_has (messages, "eos\n");
  /* it is told once */
  fail_unless (
      strstr (strstr (messages, "; the other") + 1, "; the other") == NULL);
  end (&f);
}
GST_END_TEST;

/* ---- the end at the wrong moment ---- */

static gpointer
push_end (gpointer data)
{
  const SinkFixture *f = &((Fixture *)data)->sink;

  for (guint i = 0; i < f->n_pads; i++)
    gst_harness_push_event (f->harness[i], gst_event_new_eos ());
  return NULL;
}

/* One takes all, one nothing, one is not there; while media are on their way,
 * or while the end waits for all three. */
GST_START_TEST (test_it_can_be_stopped_at_any_moment)
{
  static const ScriptStep stall = { .fault = SCRIPT_STALL };

  for (guint i = 0; i < 12; i++) {
    GThread *thread = NULL;
    Fixture f;

    begin (&f, elements[i % 2]);
    add_server (&f, NULL, 0);
    add_server (&f, NULL, 0)->rest = &stall;
    script_server_stop (add_server (&f, NULL, 0));
    f.sink.is_file = i % 4 < 2;
    start (&f, TRUE);
    sink_fixture_push_all (&f.sink, 100, 100 + i);
    if (i >= 6) {
      thread = g_thread_new ("end", push_end, &f);
      object_server_wait (f.servers[0], "PUT /live/v/", 0);
    }
    gst_element_set_state (f.sink.sink, GST_STATE_NULL);
    if (thread != NULL)
      g_thread_join (thread);
    end (&f);
  }
}
GST_END_TEST;

/* ---- where viewers get it ---- */

/* ING-026. */
GST_START_TEST (test_manifests_tell_the_delivery_url)
{
  static const gchar *const manifests[][2] = {
    { "stream.mpd", "<BaseURL>https://cdn.example/live/</BaseURL>" },
    { "master.m3u8", "\nhttps://cdn.example/live/v/media.m3u8\n" },
  };
  g_autofree gchar *text = NULL;
  Fixture f;

  begin (&f, elements[__i__]);
  g_object_set (f.sink.sink, "delivery-url", "https://cdn.example/live", NULL);
  start (&f, FALSE);
  sink_fixture_push_all (&f.sink, 100, 102);
  sink_fixture_end (&f.sink);
  text = sink_fixture_read (&f.sink, manifests[__i__][0]);
  assert_has (text, manifests[__i__][1]);
  end (&f);
}
GST_END_TEST;

/* ---- what there is to see ---- */

GST_START_TEST (test_stats_of_each_destination)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list;
  Fixture f;

  begin (&f, elements[__i__]);
  add_server (&f, NULL, 0);
  f.sink.is_file = TRUE;
  start (&f, TRUE);
  sink_fixture_push_all (&f.sink, 100, 102);
  sink_fixture_end (&f.sink);
  gst_element_set_state (f.sink.sink, GST_STATE_NULL);
  g_object_get (f.sink.sink, "stats", &stats, NULL);
  list = gst_structure_get_value (stats, "destinations");
  assert_equals_int (gst_value_list_get_size (list), 2);
  for (guint i = 0; i < 2; i++) {
    const GstStructure *one =
        gst_value_get_structure (gst_value_list_get_value (list, i));
    g_autofree gchar *url = url_of (f.servers[0]);
    guint64 n;

    assert_equals_string (gst_structure_get_string (one, "location"),
        i == 0 ? url : f.sink.folder);
    fail_unless (gst_structure_get_uint64 (one, "segments", &n));
    assert_equals_uint64 (n, 6);
    assert_equals_int (gst_structure_has_field (one, "upload"), i == 0);
  }
  end (&f);
}
GST_END_TEST;

/* One warning for what is wrong with the input. */
GST_START_TEST (test_input_is_warned_of_once)
{
  g_autofree gchar *messages = NULL;
  Fixture f;

  begin (&f, "cmafdashsink");
  add_server (&f, NULL, 0);
  start (&f, TRUE);
  sink_fixture_push_all (&f.sink, 100, 102);
  sink_fixture_push (&f.sink, 0, 101);
  messages = sink_fixture_messages (&f.sink, GST_MESSAGE_WARNING);
  assert_has (messages, "warning ");
  fail_unless (strstr (strstr (messages, "warning ") + 1, "warning ") == NULL,
      "%s", messages);
  end (&f);
}
GST_END_TEST;

static const struct
{
  const gchar *location, *locations, *expected;
} bad[] = {
  { "http://127.0.0.1/a", "http://127.0.0.1/a/", "stands there twice" },
  { "http://127.0.0.1/a", "/tmp/b HTTP://me:pw@127.0.0.1/a",
      "http://127.0.0.1/a stands there twice" },
  { "/tmp/x", "/tmp/../tmp/x", "stands there twice" },
  { "http://127.0.0.1/a", "http://127.0.0.1/b http://",
      "locations: the one number 3: " },
  { "http://127.0.0.1/a", "/proc/nothing/here",
      "locations: the one number 2: " },
  { "http://127.0.0.1/a", "htpps://me:pw@127.0.0.1/a",
      "locations: the one number 2: has scheme htpps, which is not known" },
};

GST_START_TEST (test_bad_locations_are_named)
{
  g_autofree gchar *messages = NULL;
  Fixture f;

  begin (&f, "cmafdashsink");
  g_object_set (f.sink.sink, "location", bad[__i__].location, "locations",
      bad[__i__].locations, NULL);
  assert_equals_int (gst_element_set_state (f.sink.sink, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  messages = sink_fixture_messages (&f.sink, GST_MESSAGE_ERROR);
  assert_has (messages, bad[__i__].expected);
  assert_lacks (messages, "me:pw");
  end (&f);
}
GST_END_TEST;

static Suite *
cmafmanifestsink_destinations_suite (void)
{
  Suite *suite = suite_create ("cmafmanifestsink-destinations");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_all_get_the_same_bytes, 0, 2);
  tcase_add_test (tcase, test_each_has_its_order);
  tcase_add_loop_test (tcase, test_none_waits_for_another, 0, 2);
  tcase_add_loop_test (
      tcase, test_a_file_does_not_wait_for_one_that_is_down, 0, 2);
  tcase_add_loop_test (tcase, test_only_a_refusal_by_all_is_an_error, 0, 2);
  tcase_add_test (tcase, test_a_directory_that_fails_is_left_out);
  tcase_add_test (tcase, test_it_can_be_stopped_at_any_moment);
  tcase_add_loop_test (tcase, test_manifests_tell_the_delivery_url, 0, 2);
  tcase_add_loop_test (tcase, test_stats_of_each_destination, 0, 2);
  tcase_add_test (tcase, test_input_is_warned_of_once);
  tcase_add_loop_test (
      tcase, test_bad_locations_are_named, 0, G_N_ELEMENTS (bad));
  return suite;
}

GST_CHECK_MAIN (cmafmanifestsink_destinations);
