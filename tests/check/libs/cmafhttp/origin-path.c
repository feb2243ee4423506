/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/origin-path.h>

static const struct
{
  const gchar *path;
  CmafOriginKind kind;
  const gchar *channel, *track, *file;
  guint64 value;
} cases[] = {
  { "/", CMAF_ORIGIN_ROOT, "", "", NULL, 0 },
  { "/ui", CMAF_ORIGIN_ROOT, "", "", NULL, 0 },
  { "/ui/", CMAF_ORIGIN_PAGE, "", "", "", 0 },
  { "/ui/main.js", CMAF_ORIGIN_PAGE, "", "", "main.js", 0 },
  { "/ui/.main.js", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/ui/a/b.js", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/ui/embed/live", CMAF_ORIGIN_EMBED, "live", "", NULL, 0 },
  { "/ui/embed/", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/ui/embed/live/", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/stream.mpd", CMAF_ORIGIN_MANIFEST, "ch1", "", "stream.mpd", 0 },
  { "/live/ch1/master.m3u8", CMAF_ORIGIN_MANIFEST, "ch1", "", "master.m3u8",
      0 },
  { "/live/ch1/other.mpd", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/a.b_c~d-e/v/media.m3u8", CMAF_ORIGIN_PLAYLIST, "a.b_c~d-e", "v",
      "v/media.m3u8", 0 },
  { "/live/ch1/v/init-0123abcd.mp4", CMAF_ORIGIN_INIT, "ch1", "v",
      "v/init-0123abcd.mp4", 0 },
  { "/live/ch1/v/init-0123ABCD.mp4", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/init-0123abc.mp4", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/init.mp4", CMAF_ORIGIN_INIT_ALIAS, "ch1", "v", NULL, 0 },
  { "/live/ch1/v/live.mp4", CMAF_ORIGIN_STREAM, "ch1", "v", NULL, 0 },
  { "/live/ch1/v/seg-933333333.m4s", CMAF_ORIGIN_SEGMENT, "ch1", "v", NULL,
      933333333 },
  { "/live/ch1/v/seg-0.m4s", CMAF_ORIGIN_SEGMENT, "ch1", "v", NULL, 0 },
  { "/live/ch1/v/seg-18446744073709551615.m4s", CMAF_ORIGIN_SEGMENT, "ch1", "v",
      NULL, G_MAXUINT64 },
  { "/live/ch1/v/seg-18446744073709551616.m4s", CMAF_ORIGIN_UNKNOWN, "", "",
      NULL, 0 },
  { "/live/ch1/v/seg-01.m4s", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/seg-+1.m4s", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/seg-.m4s", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/seg-1.m4s/", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/seg-1.mp4", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v/t161280000172800.m4s", CMAF_ORIGIN_SEGMENT_AT, "ch1", "v",
      NULL, 161280000172800 },
  { "/live/ch1/v/part-1.0.m4s", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1/v", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/ch1", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/-x/stream.mpd", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/../stream.mpd", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/live/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "/stream.mpd",
      CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/ws/v1", CMAF_ORIGIN_WEBSOCKET, "", "", NULL, 0 },
  { "/ws/v2", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/time", CMAF_ORIGIN_TIME, "", "", NULL, 0 },
  { "/api/v1/channels", CMAF_ORIGIN_CHANNELS, "", "", NULL, 0 },
  { "/api/v1/channels/live", CMAF_ORIGIN_CHANNEL, "live", "", NULL, 0 },
  { "/api/v1/channels/", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
  { "/api/v1/stats", CMAF_ORIGIN_STATS, "", "", NULL, 0 },
  { "/healthz", CMAF_ORIGIN_HEALTH, "", "", NULL, 0 },
  { "/readyz", CMAF_ORIGIN_READY, "", "", NULL, 0 },
  { "/favicon.ico", CMAF_ORIGIN_UNKNOWN, "", "", NULL, 0 },
};

GST_START_TEST (test_path)
{
  CmafOriginPath parsed;

  fail_unless (
      cmaf_origin_path_parse (&parsed, cases[__i__].path) == cases[__i__].kind,
      "%s: %d", cases[__i__].path, parsed.kind);
  fail_unless (parsed.kind == cases[__i__].kind);
  if (parsed.kind == CMAF_ORIGIN_UNKNOWN)
    return;
  fail_unless_equals_string (parsed.channel, cases[__i__].channel);
  fail_unless_equals_string (parsed.track, cases[__i__].track);
  fail_unless_equals_uint64 (parsed.value, cases[__i__].value);
  if (cases[__i__].file != NULL)
    fail_unless_equals_string (parsed.file, cases[__i__].file);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_a_segment)
{
  static const gchar whole[] = "/live/ch1/video/seg-904005000.m4s";

  for (gsize n = 0; n < strlen (whole); n++) {
    g_autofree gchar *prefix = g_strndup (whole, n);
    CmafOriginPath parsed;

    cmaf_origin_path_parse (&parsed, prefix);
    fail_if (parsed.kind == CMAF_ORIGIN_SEGMENT, "%s", prefix);
  }
}
GST_END_TEST;

static Suite *
origin_path_suite (void)
{
  Suite *s = suite_create ("origin-path");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_path, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_no_prefix_is_a_segment);
  return s;
}

GST_CHECK_MAIN (origin_path);
