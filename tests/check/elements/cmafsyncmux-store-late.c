/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A store that is not there when an encoder starts: media goes on with what the
 * encoder has, and when the store is reached that is told, with what is used.
 */
#include "mux-harness.h"
#include "script-server.h"

#include <glib/gstdio.h>

/* Until @limit: frames of whole segments, so that time goes on. */
#define PATIENCE (20 * (gint64)G_USEC_PER_SEC)
#define SEGMENT 48

typedef struct
{
  MuxHarness m;
  guint n_segments;
  guint n_frozen, n_back, n_warnings;
  gchar *uses;    /* NULL: nobody has said */
  gchar *warning; /* the last one */
} Late;

static void
late_open (Late *late, const gchar *location)
{
  g_autofree gchar *settings = g_strdup_printf ("sync-store=%s", location);

  memset (late, 0, sizeof *late);
  mux_harness_init (&late->m, settings, MUX_H264 MUX_CODEC_DATA);
}

static void
late_close (Late *late)
{
  mux_harness_clear (&late->m);
  g_free (late->uses);
  g_free (late->warning);
}

static void
take_message (Late *late, GstMessage *message)
{
  const GstStructure *s = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;
  gboolean frozen = FALSE;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, NULL);
    g_free (late->warning);
    late->warning = g_strdup (error->message);
    late->n_warnings++;
  } else if (gst_message_has_name (message, "cmaf-sync-store")) {
    fail_unless (gst_structure_get_boolean (s, "frozen", &frozen));
    late->n_frozen += frozen;
    late->n_back += !frozen;
    if (gst_structure_has_field (s, "uses"))
      late->uses = g_strdup (gst_structure_get_string (s, "uses"));
  }
}

static void
push_segments (Late *late, guint n)
{
  GstMessage *message;

  for (guint i = 0; i < n; i++) {
    const guint from = late->n_segments++ * SEGMENT;

    assert_equals_int (
        mux_harness_push (&late->m, from, from + SEGMENT), GST_FLOW_OK);
  }
  while ((message = gst_bus_pop_filtered (
              late->m.bus, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT))) {
    take_message (late, message);
    gst_message_unref (message);
  }
}

/* All segments but the one that is open, where they have to be. */
static void
assert_media_went_on (Late *late)
{
  assert_equals_int (mux_harness_pull (&late->m), late->n_segments - 1);
  assert_equals_int (late->m.n_headers, 1);
  for (guint i = 0; i < late->m.chunks->len; i++)
    assert_equals_uint64 (
        mux_harness_chunk (&late->m, i)->decode_time, i * 172800);
}

static void
wait_until_used (Late *late)
{
  const gint64 until = g_get_monotonic_time () + PATIENCE;

  while (!late->uses) {
    fail_unless (g_get_monotonic_time () < until, "nobody has said");
    g_usleep (20000); /* the store is asked again as time goes on */
    push_segments (late, 1);
  }
}

/* ---- a server that comes up ---- */

/* A port that refuses connections until the server is given it. */
static GSocket *
reserve_port (guint *port)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  fail_unless (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

static void
come_up (ScriptServer *server, GSocket *socket)
{
  fail_unless (g_socket_listen (socket, NULL));
  fail_unless (
      g_socket_listener_add_socket (server->listener, socket, NULL, NULL));
  server->thread = g_thread_new ("script", script_run, server);
}

#define CONFIG(d)                                                              \
  "{\"D\":\"" d "\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","             \
  "\"number-offset\":0,\"splice-mode\":\"idr\",\"tracks\":[]}"

static const struct
{
  const gchar *config; /* that is there */
  const gchar *uses, *warning;
} cases[] = {
  { CONFIG ("48/25"), "store", NULL },
  { CONFIG ("2/1"), "own", "segment-duration: found 48/25, needs 2/1 " },
  { "{}", "own", "cfg.json: D: " },
};

GST_START_TEST (test_a_server_that_comes_up_later)
{
  const ScriptStep steps[] = { { .body = cases[__i__].config } };
  static const ScriptStep none = { .status = 404 };
  ScriptServer *server = script_server_prepare (steps, 1);
  guint port;
  g_autoptr (GSocket) socket = reserve_port (&port);
  g_autofree gchar *url = g_strdup_printf ("http://127.0.0.1:%u/s", port);
  Late late;

  server->rest = &none;
  late_open (&late, url);
  push_segments (&late, 3);
  assert_equals_int (late.n_frozen, 1);
  assert_equals_int (late.n_warnings, 1);
  come_up (server, socket);
  wait_until_used (&late);
  assert_equals_string (late.uses, cases[__i__].uses);
  assert_equals_int (late.n_frozen, 1);
  assert_equals_int (late.n_back, 1);
  assert_equals_int (late.n_warnings, cases[__i__].warning ? 2 : 1);
  if (cases[__i__].warning)
    fail_unless (strstr (late.warning, "goes on as it is")
                     && strstr (late.warning, cases[__i__].warning),
        "%s", late.warning);
  push_segments (&late, 2);
  assert_media_went_on (&late);
  late_close (&late);
  script_server_free (server);
}
GST_END_TEST;

/* ---- a directory that is mounted later ---- */

GST_START_TEST (test_a_directory_that_comes_later)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *mount = g_build_filename (path, "mount", NULL);
  g_autofree gchar *store = g_build_filename (mount, "store", NULL);
  g_autofree gchar *record = g_build_filename (store, "cfg.json", NULL);
  Late late;

  fail_unless (g_file_set_contents (mount, "", 0, NULL));
  late_open (&late, store);
  push_segments (&late, 3);
  assert_equals_int (late.n_frozen, 1);
  g_remove (mount);
  wait_until_used (&late);
  assert_equals_string (late.uses, "store");
  fail_unless (g_file_test (record, G_FILE_TEST_EXISTS));
  assert_media_went_on (&late);
  late_close (&late);
}
GST_END_TEST;

/* What nobody else would hear of is not begun. */
GST_START_TEST (test_no_generation_begins_without_the_store)
{
  g_autofree gchar *path = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (path, "file", NULL);
  g_autofree gchar *store = g_build_filename (file, "store", NULL);
  const gint64 until = g_get_monotonic_time () + PATIENCE;
  Late late;

  fail_unless (g_file_set_contents (file, "", 0, NULL));
  late_open (&late, store);
  push_segments (&late, 3);
  g_signal_emit_by_name (late.m.mux, "begin-generation", (guint64)6);
  while (late.n_warnings < 2 && g_get_monotonic_time () < until)
    push_segments (&late, 1);
  fail_unless (strstr (late.warning, "generation 1 is not begun") != NULL, "%s",
      late.warning);
  push_segments (&late, 8);
  assert_media_went_on (&late);
  late_close (&late);
}
GST_END_TEST;

static Suite *
cmafsyncmux_store_late_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-store-late");
  TCase *tcase = tcase_create ("general");
  g_autoptr (GstPlugin) plugin = gst_plugin_load_by_name ("httpingest");

  suite_add_tcase (suite, tcase);
  if (plugin)
    tcase_add_loop_test (
        tcase, test_a_server_that_comes_up_later, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_a_directory_that_comes_later);
  tcase_add_test (tcase, test_no_generation_begins_without_the_store);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_store_late);
