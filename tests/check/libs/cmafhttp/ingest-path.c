/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/ingest-path.h>
#include <gst/check/gstcheck.h>

#define POINT CMAF_INGEST_PATH_POINT
#define TRACK CMAF_INGEST_PATH_TRACK
#define MANIFEST CMAF_INGEST_PATH_MANIFEST

typedef struct
{
  const gchar *path;
  CmafIngestPathKind kind;
  const gchar *key;
  const gchar *name;
  const gchar *set;
} Case;

static const Case cases[] = {
  { "", POINT, NULL, NULL, NULL },
  { "/", POINT, NULL, NULL, NULL },
  { "/Streams(video.cmfv)", TRACK, "video.cmfv", "video", NULL },
  { "/Streams(video)", TRACK, "video.", "video", NULL },
  { "/streams(video.CMFV)", TRACK, "video.cmfv", "video", NULL },
  { "/Streams(video.cmfa)", TRACK, "video.cmfa", "video", NULL },
  { "/live.isml/Streams(v-1.cmfv)", TRACK, "v-1.cmfv", "v-1", NULL },
  { "/Switching(set 1)/Streams(v.cmfv)", TRACK, "v.cmfv", "v", "set 1" },
  { "/Streams(v.cmfv)/InitializationSegment", TRACK, "v.cmfv", "v", NULL },
  { "/Streams(v.cmfv)/Segment(17)", TRACK, "v.cmfv", "v", NULL },
  { "/Streams(dir/v.cmfv)", TRACK, "dir/v.cmfv", "dir-v", NULL },
  { "/Streams(a=1 %(x).cmfa)", TRACK, "a=1 %(x).cmfa", "a-1---x-", NULL },
  { "/Streams(_x)", TRACK, "_x.", "t_x", NULL },
  { "/Streams(.cmfv)", TRACK, ".cmfv.", "t.cmfv", NULL },
  { "/video.cmfv", TRACK, "video.cmfv", "video", NULL },
  { "/video.mp4", TRACK, "video.", "video", NULL },
  { "/video", TRACK, "video.", "video", NULL },
  { "/v.1/init.cmfv", TRACK, "v.1.cmfv", "v.1", NULL },
  { "/v.1/0012.cmfv", TRACK, "v.1.cmfv", "v.1", NULL },
  { "/v/init.mp4", TRACK, "v.", "v", NULL },
  { "/v/7.m4s", TRACK, "v.", "v", NULL },
  { "/sub/v/7", TRACK, "sub/v.", "sub-v", NULL },
  { "/init.mp4", TRACK, "init.", "init", NULL },
  { "/17.cmfv", TRACK, "17.cmfv", "17", NULL },
  { "/stream.mpd", MANIFEST, NULL, NULL, NULL },
  { "/a/b.m3u8", MANIFEST, NULL, NULL, NULL },
  { "/k.key", MANIFEST, NULL, NULL, NULL },
};

GST_START_TEST (test_what_a_path_says)
{
  const Case *c = &cases[__i__];
  g_auto (CmafIngestPath) path = { 0 };
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_ingest_path_parse (c->path, &path, &error), "%s: %s",
      c->path, error ? error->message : "");
  assert_equals_int (path.kind, c->kind);
  assert_equals_string (path.key, c->key);
  assert_equals_string (path.name, c->name);
  assert_equals_string (path.switching_set, c->set);
  fail_unless (!path.name || cmaf_track_name_is_valid (path.name));
}
GST_END_TEST;

static const gchar *const bad[] = {
  "/Streams(",
  "/Streams(video.cmfv",
  "/Streams()",
  "/Streams(a(b)",
  "/Streams(v)x",
  "/Switching(a/Streams(v)",
};

GST_START_TEST (test_what_makes_no_sense_is_refused)
{
  g_auto (CmafIngestPath) path = { 0 };
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_ingest_path_parse (bad[__i__], &path, &error));
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
}
GST_END_TEST;

GST_START_TEST (test_any_path_gives_a_valid_name)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (__i__);
  static const gchar letters[] = "aS(t)reams/.0 cmfv%-";
  gchar text[200];
  guint n = g_rand_int_range (rand, 0, sizeof text - 1);

  for (guint i = 0; i < n; i++)
    text[i] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
  text[n] = '\0';
  {
    g_auto (CmafIngestPath) path = { 0 };

    if (cmaf_ingest_path_parse (text, &path, NULL)
        && path.kind == CMAF_INGEST_PATH_TRACK)
      fail_unless (cmaf_track_name_is_valid (path.name), "%s", path.name);
  }
}
GST_END_TEST;

GST_START_TEST (test_every_prefix_says_something_or_is_refused)
{
  static const gchar whole[] = "/Switching(set)/Streams(video-1.cmfv)/7.cmfv";

  for (gsize n = 0; n <= strlen (whole); n++) {
    g_autofree gchar *prefix = g_strndup (whole, n);
    g_auto (CmafIngestPath) path = { 0 };
    g_autoptr (GError) error = NULL;
    gboolean ok = cmaf_ingest_path_parse (prefix, &path, &error);

    fail_unless (ok == (error == NULL), "%s", prefix);
    if (ok && path.kind == CMAF_INGEST_PATH_TRACK)
      fail_unless (cmaf_track_name_is_valid (path.name), "%s", prefix);
  }
}
GST_END_TEST;

static Suite *
ingest_path_suite (void)
{
  Suite *suite = suite_create ("ingest-path");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_what_a_path_says, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tc, test_what_makes_no_sense_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (tc, test_any_path_gives_a_valid_name, 0, 300);
  tcase_add_test (tc, test_every_prefix_says_something_or_is_refused);
  return suite;
}

GST_CHECK_MAIN (ingest_path);
