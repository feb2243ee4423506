/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* From a transport stream with a splice to names at the receiver. */
#include "script-server.h"
#include "spliced-file.h"

#define FIRST_NUMBER 904005000 /* of ticks 156212064000000 */

static void
run_pipeline (const gchar *launch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
send_spliced (const ScriptServer *server, const gchar *path, const gchar *mux)
{
  const gint64 offset = G_GINT64_CONSTANT (1735689700) * GST_SECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *launch = g_strdup_printf (
      "filesrc location=%s ! tsepochtap anchor-pts=8589930000 "
      "anchor-ticks=156212064000000 ! tsdemux ! h264parse ! avdec_h264 ! "
      "x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 "
      "sync-lookahead=0 bframes=0 key-int-max=1000 ! h264parse ! "
      "cmafsyncmux track-name=v segment-duration=48/25 splice-mode=move "
      "timing-sources=pts clock-offset=%" G_GINT64_FORMAT " %s ! "
      "httpingestsink naming=directory method=PUT location=http://127.0.0.1:%u",
      path, offset, mux, server->port);

  run_pipeline (launch);
}

/* Edge 4 is frame 192; the splice is told 5 s before. */
static const guint splices[] = { 180, 188, 204 };

GST_START_TEST (test_each_segment_has_a_name_of_its_own)
{
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 1000, 0, 12);
  ScriptServer *server;
  guint n = 0;

  if (!path)
    return;
  spliced_file_insert_cue (path, 60, splices[__i__]);
  server = script_server_new (NULL, 0);
  send_spliced (server, path, "");
  for (guint i = 0; i < server->requests->len && n < 6; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *line = script_request_line (request);
    g_autofree gchar *expected =
        g_strdup_printf ("PUT /v/%u.cmfv", FIRST_NUMBER + n);

    if (script_kind (request) != 's')
      continue;
    assert_equals_string (line, expected);
    n++;
  }
  assert_equals_int (n, 6);
  script_server_free (server);
  g_unlink (path);
}
GST_END_TEST;

static Suite *
httpingestsink_splice_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-splice");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_each_segment_has_a_name_of_its_own, 0,
      G_N_ELEMENTS (splices));
  return suite;
}

GST_CHECK_MAIN (httpingestsink_splice);
