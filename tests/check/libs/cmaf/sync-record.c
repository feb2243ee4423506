/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/object-store.h>
#include <gst/cmaf/sync-record.h>
#include <string.h>

#define ANCHOR                                                                 \
  "{\"P0\":8589930000,\"M0\":156212064000000,\"source\":\"feed 1\"}"
#define CONFIG                                                                 \
  "{\"D\":\"48/25\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","             \
  "\"number-offset\":0,\"splice-mode\":\"idr\",\"rate-family\":1,"             \
  "\"tracks\":[\"audio\",\"video\"]}"
#define GENERATION                                                             \
  "{\"K\":867844800,\"digest\":\"ab\",\"P0\":1,\"M0\":2,\"source\":\"a\"}"

#define OFFSET "{\"offset\":1735689600000123}"

static GBytes *
bytes_of (const gchar *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
assert_text (GBytes *bytes, const gchar *text)
{
  g_autoptr (GBytes) wanted = bytes_of (text);

  fail_unless (g_bytes_equal (bytes, wanted), "found %.*s",
      (gint)g_bytes_get_size (bytes),
      (const gchar *)g_bytes_get_data (bytes, NULL));
}

/* 0: anchor, 1: configuration, 2: generation, 3: offset */
static GBytes *
read_and_write (gint kind, GBytes *bytes, GError **error)
{
  CmafAnchorRecord anchor;
  CmafConfigRecord config;
  CmafGenerationRecord generation;
  GBytes *written = NULL;
  gint64 offset;

  if (kind == 3 && cmaf_offset_record_read (&offset, bytes, error))
    written = cmaf_offset_record_write (offset);
  if (kind == 0 && cmaf_anchor_record_read (&anchor, bytes, error)) {
    written = cmaf_anchor_record_write (&anchor);
    cmaf_anchor_record_clear (&anchor);
  } else if (kind == 1 && cmaf_config_record_read (&config, bytes, error)) {
    written = cmaf_config_record_write (&config);
    cmaf_config_record_clear (&config);
  } else if (kind == 2
             && cmaf_generation_record_read (&generation, bytes, error)) {
    written = cmaf_generation_record_write (&generation);
    cmaf_generation_record_clear (&generation);
  }
  return written;
}

static const struct
{
  gint kind;
  const gchar *text, *written; /* NULL: the same */
} good[] = {
  { 0, ANCHOR, NULL },
  { 0, " {\"source\" : \"x\", \"M0\":2, \"news\":{\"a\":[1]}, \"P0\": 1 }\n",
      "{\"P0\":1,\"M0\":2,\"source\":\"x\"}" },
  { 1, CONFIG, NULL },
  { 1,
      "{\"D\":\"2/1\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","
      "\"number-offset\":1,\"splice-mode\":\"move\",\"tracks\":[]}",
      NULL },
  { 2, GENERATION, NULL },
  { 2, "{\"K\":0,\"digest\":\"ab\"}", NULL },
  { 3, OFFSET, NULL },
  { 3, "{\"offset\":-1}", NULL },
};

GST_START_TEST (test_records_have_one_form)
{
  const gchar *text = good[__i__].text;
  const gchar *written =
      good[__i__].written ? good[__i__].written : good[__i__].text;
  g_autoptr (GBytes) bytes = bytes_of (text);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  again = read_and_write (good[__i__].kind, bytes, &error);
  fail_unless (again != NULL, "%s", error ? error->message : "");
  assert_text (again, written);
}
GST_END_TEST;

GST_START_TEST (test_a_part_is_no_record)
{
  static const gchar *const texts[] = { ANCHOR, CONFIG, GENERATION, OFFSET };
  const gchar *text = texts[__i__];

  for (gsize n = 0; n < strlen (text); n++) {
    g_autoptr (GBytes) bytes = g_bytes_new (text, n);
    g_autoptr (GError) error = NULL;

    fail_if (read_and_write (__i__, bytes, &error) != NULL);
    fail_unless (error != NULL);
  }
}
GST_END_TEST;

static const struct
{
  gint kind;
  const gchar *text, *reason;
} bad[] = {
  { 0, "", "anchor.json: no JSON object, needs one, as encoders write it" },
  { 0, "[]", "anchor.json: no JSON object" },
  { 0, "[[[[[[[[[]]]]]]]]]", "anchor.json: 9 levels" },
  { 0, "{\"M0\":1,\"source\":\"a\"}", "P0: found nothing" },
  { 0, "{\"P0\":\"1\",\"M0\":1,\"source\":\"a\"}", "P0: found String" },
  { 0, "{\"P0\":1.0,\"M0\":1,\"source\":\"a\"}", "P0: found Floating" },
  { 0, "{\"P0\":8589934592,\"M0\":1,\"source\":\"a\"}",
      "P0: found 8589934592, needs an integer from 0 to 8589934591" },
  { 0, "{\"P0\":1,\"M0\":-1,\"source\":\"a\"}", "M0: found -1" },
  { 0, "{\"P0\":1,\"M0\":null,\"source\":\"a\"}", "M0: found NULL" },
  { 0, "{\"P0\":1,\"M0\":1}", "source: found nothing" },
  { 0, "{\"P0\":1,\"M0\":1,\"source\":\"\"}", "source: found no text" },
  { 0, "{\"P0\":1,\"M0\":1,\"source\":\"\\ud83d\"}", "anchor.json: " },
  { 1, "{\"D\":2}", "D: found Integer" },
  { 1, "{\"D\":\"2\"}", "D: found 2, needs a fraction" },
  { 1, "{\"D\":\"0/1\"}", "D: found 0/1" },
  { 1, "{\"D\":\"1/\"}", "D: found 1/" },
  { 1, "{\"D\":\"-1/1\"}", "D: found -1/1" },
  { 1, "{\"D\":\"1/99999999999999999999\"}", "D: found 1/9" },
  { 1, "{\"D\":\"2/1\",\"O\":true}", "O: found Boolean" },
  { 1, "{\"D\":\"2/1\",\"O\":37,\"anchor\":\"2000-01-01T00:00:00Z\"}",
      "anchor: found 2000" },
  { 1,
      "{\"D\":\"2/1\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","
      "\"number-offset\":0,\"splice-mode\":\"idr\",\"tracks\":[1]}",
      "tracks: found Integer" },
  { 1,
      "{\"D\":\"2/1\",\"O\":37,\"anchor\":\"1970-01-01T00:00:00Z\","
      "\"number-offset\":0,\"splice-mode\":\"idr\",\"tracks\":[\"v\"],"
      "\"rate-family\":0}",
      "rate-family: found 0" },
  { 2, "{\"K\":9007199254740992,\"digest\":\"a\"}",
      "K: found 9007199254740992" },
  { 3, "{}", "offset: offset: found nothing" },
  { 3, "{\"offset\":1.5}", "offset: found Floating" },
  { 3, "{\"offset\":9007199254740992}", "offset: found 9007199254740992" },
  { 2, "{\"K\":1}", "digest: found nothing" },
  { 2, "{\"K\":1,\"digest\":\"a\",\"P0\":1}", "M0: found nothing" },
  { 2, "{\"K\":1,\"digest\":\"a\",\"P0\":1,\"M0\":1}",
      "source: found nothing" },
};

GST_START_TEST (test_a_wrong_field_is_named)
{
  g_autoptr (GBytes) bytes = bytes_of (bad[__i__].text);
  g_autoptr (GError) error = NULL;

  fail_if (read_and_write (bad[__i__].kind, bytes, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  fail_unless (strstr (error->message, bad[__i__].reason) != NULL,
      "\"%s\" has no \"%s\"", error->message, bad[__i__].reason);
}
GST_END_TEST;

GST_START_TEST (test_a_large_object_is_refused)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (65537), 65537);
  g_autoptr (GError) error = NULL;

  fail_if (read_and_write (0, bytes, &error) != NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_LIMIT));
}
GST_END_TEST;

static const CmafConfigRecord base = { 48, 25, 37, 0, 1, (gchar *)"idr", NULL };
static const struct
{
  CmafConfigRecord theirs;
  const gchar *reason; /* NULL: they agree */
} others[] = {
  { { 48, 25, 37, 0, 1, (gchar *)"idr", NULL }, NULL },
  { { 48, 25, 37, 0, 0, (gchar *)"idr", NULL }, NULL },
  { { 8, 5, 37, 0, 1, (gchar *)"idr", NULL },
      "segment-duration: found 48/25, needs 8/5 " },
  { { 48, 25, 38, 0, 1, (gchar *)"idr", NULL },
      "timeline-tai-offset: found 37, needs 38 " },
  { { 48, 25, 37, 1, 1, (gchar *)"idr", NULL },
      "number-offset: found 0, needs 1 " },
  { { 48, 25, 37, 0, 1001, (gchar *)"idr", NULL }, "found 1, needs 1001 " },
  { { 48, 25, 37, 0, 1, (gchar *)"move", NULL },
      "splice-mode: found idr, needs move " },
};

GST_START_TEST (test_what_differs_is_told_with_both_values)
{
  const gchar *reason = others[__i__].reason;
  g_autofree gchar *mine = cmaf_config_record_digest (&base);
  g_autofree gchar *theirs = cmaf_config_record_digest (&others[__i__].theirs);
  g_autoptr (GError) error = NULL;

  assert_equals_int (
      cmaf_config_record_check (&base, &others[__i__].theirs, &error), !reason);
  assert_equals_int (strlen (mine), 64);
  if (!reason) {
    assert_equals_string (mine, theirs);
    return;
  }
  fail_unless (strstr (error->message, reason) != NULL, "%s", error->message);
}
GST_END_TEST;

GST_START_TEST (test_generations_have_names)
{
  g_autofree gchar *name = cmaf_generation_record_name (12);

  assert_equals_string (name, "gen/12.json");
}
GST_END_TEST;

static const struct
{
  const gchar *encoder, *begins;
} encoders[] = {
  { "Lavf/60.3\n10.0.0.1", "offset/Lavf-60.3-10.0.0.1-" },
  { "../../a", "offset/-.-..-a-" },
  { "\xc3\xa4 b", "offset/---b-" },
  { "", "offset/-" },
  { "0123456789012345678901234567890123456789012345678901234567890123456789",
      "offset/0123456789012345678901234567890123456789012345678901234567890123"
      "-" },
};

GST_START_TEST (test_sessions_have_names)
{
  const gchar *encoder = encoders[__i__].encoder;
  g_autofree gchar *name = cmaf_offset_record_name (encoder, 12);
  g_autofree gchar *again = cmaf_offset_record_name (encoder, 12);
  g_autofree gchar *other = g_strconcat (encoder, "!", NULL);
  g_autofree gchar *of_other = cmaf_offset_record_name (other, 12);

  fail_unless (g_str_has_prefix (name, encoders[__i__].begins), "%s", name);
  fail_unless (g_str_has_suffix (name, "/12.json"), "%s", name);
  assert_equals_int (strlen (name),
      strlen (encoders[__i__].begins) + 16 + strlen ("/12.json"));
  assert_equals_string (name, again);
  fail_if (g_str_equal (name, of_other));
  fail_unless (cmaf_object_name_is_valid (name));
}
GST_END_TEST;

static Suite *
sync_record_suite (void)
{
  Suite *suite = suite_create ("sync-record");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_records_have_one_form, 0, G_N_ELEMENTS (good));
  tcase_add_loop_test (tcase, test_a_part_is_no_record, 0, 4);
  tcase_add_loop_test (
      tcase, test_a_wrong_field_is_named, 0, G_N_ELEMENTS (bad));
  tcase_add_test (tcase, test_a_large_object_is_refused);
  tcase_add_loop_test (tcase, test_what_differs_is_told_with_both_values, 0,
      G_N_ELEMENTS (others));
  tcase_add_test (tcase, test_generations_have_names);
  tcase_add_loop_test (
      tcase, test_sessions_have_names, 0, G_N_ELEMENTS (encoders));
  return suite;
}

GST_CHECK_MAIN (sync_record);
