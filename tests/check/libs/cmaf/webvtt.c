/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/webvtt.h>

#include "hex.h"

#define MS(t) ((t)*GST_MSECOND)

typedef struct
{
  guint64 start, end; /* ms */
  const gchar *id, *settings, *text;
} Expected;

static const struct
{
  const gchar *text;
  Expected cues[4]; /* until one without an end */
} files[] = {
  { "WEBVTT\n\n", { { 0, 0, NULL, NULL, NULL } } },
  { "WEBVTT - a title\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"
    "1\n00:00:01.000 --> 00:00:02.500 align:start line:80%\nHello\nworld\n\n"
    "NOTE nothing\nof interest\n\n"
    "00:03.000 --> 01:02:03.004\n<b>bye</b>\n",
      { { 1000, 2500, "1", "align:start line:80%", "Hello\nworld" },
          { 3000, 3723004, NULL, NULL, "<b>bye</b>" } } },
  /* whatever ends a line; a mark in front; no blank line at the end */
  { "\xEF\xBB\xBFWEBVTT\r\n\r\nid\r\n00:01.000 --> 00:02.000\r\nx\r\ny\r\n\r\n"
    "00:02.000 --> 00:03.000\rz",
      { { 1000, 2000, "id", NULL, "x\ny" }, { 2000, 3000, NULL, NULL, "z" } } },
  /* a part of a file: no header */
  { "00:01.000 --> 00:02.000\npart\n\n\n\n",
      { { 1000, 2000, NULL, NULL, "part" } } },
  { "STYLE\n::cue { color: red }\n\nREGION\nid:r\n\n"
    "482136:00:00.000-->482136:00:01.000\nlate\n",
      { { 1735689600000, 1735689601000, NULL, NULL, "late" } } },
  /* times that make no sense; the next cue begins without a blank line */
  { "00:02.000 --> 00:01.000\nbackwards\n\n0:1.0 --> 00:02.000\nshort\n\n"
    "00:61.000 --> 01:02.000\nsixty-one\n\n00:01.000 -> 00:02.000\nno arrow\n\n"
    "00:01.000 --> 00:02.000x\njunk\n\n"
    "00:04.000 --> 00:05.000\none\n00:05.000 --> 00:06.000\ntwo\n",
      { { 4000, 5000, NULL, NULL, "one" },
          { 5000, 6000, NULL, NULL, "two" } } },
  { "00:01.000 --> 00:02.000\n\n00:02.000 --> 00:03.000\n",
      { { 1000, 2000, NULL, NULL, "" }, { 2000, 3000, NULL, NULL, "" } } },
  { "", { { 0, 0, NULL, NULL, NULL } } },
};

static GPtrArray *
make_cues (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
}

GST_START_TEST (test_files_become_cues)
{
  const Expected *expected = files[__i__].cues;
  g_autoptr (GPtrArray) cues = make_cues ();
  guint n = 0;

  fail_unless (cmaf_webvtt_parse (
      files[__i__].text, strlen (files[__i__].text), cues, NULL));
  for (; n < 4 && expected[n].end > 0; n++) {
    const CmafCue *cue;

    fail_unless (n < cues->len, "only %u cues", cues->len);
    cue = cues->pdata[n];
    assert_equals_uint64 (cue->start, MS (expected[n].start));
    assert_equals_uint64 (cue->end, MS (expected[n].end));
    assert_equals_string (cue->id, expected[n].id);
    assert_equals_string (cue->settings, expected[n].settings);
    assert_equals_string (cue->text, expected[n].text);
  }
  assert_equals_int (cues->len, n);
}
GST_END_TEST;

GST_START_TEST (test_what_is_no_text_is_refused)
{
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autoptr (GError) error = NULL;

  fail_if (cmaf_webvtt_parse ("WEBVTT\n\377", 8, cues, &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  const gchar *text = files[__i__].text;

  for (gsize n = 0; n <= strlen (text); n++) {
    g_autofree guint8 *prefix = copy_exactly (text, n);
    g_autoptr (GPtrArray) cues = make_cues ();

    cmaf_webvtt_parse ((const gchar *)prefix, n, cues, NULL);
  }
}
GST_END_TEST;

/* ISO/IEC 14496-30 7.4 and 7.5 */
GST_START_TEST (test_samples_byte_for_byte)
{
  g_autoptr (CmafCue) one = cmaf_cue_new (0, 5, NULL, NULL, "hello");
  g_autoptr (CmafCue) two =
      cmaf_cue_new (1735689600000, 5, "7", "line:0", "hello");
  const CmafCue *both[] = { one, two };
  g_autoptr (GBytes) none = cmaf_webvtt_write_sample (NULL, 0, NULL);
  g_autoptr (GBytes) first = cmaf_webvtt_write_sample (both, 1, NULL);
  g_autoptr (GBytes) all = cmaf_webvtt_write_sample (both, 2, NULL);
  g_autoptr (GBytes) config = cmaf_webvtt_config ();
  g_autofree gchar *id_1 = g_strdup_printf ("%08X", cmaf_cue_source_id (one));
  g_autofree gchar *id_2 = g_strdup_printf ("%08X", cmaf_cue_source_id (two));
  g_autofree gchar *cue_1 = g_strconcat ("00000021 76747463 0000000C 76736964",
      id_1, "0000000D 7061796C 68656C6C6F", NULL);
  g_autofree gchar *cue_2 =
      g_strconcat (cue_1, "00000038 76747463 0000000C 76736964", id_2,
          "00000009 6964656E 37 0000000E 73747467 6C696E653A30"
          "0000000D 7061796C 68656C6C6F",
          NULL);

  assert_bytes_are (none, "00000008 76747465");
  assert_bytes_are (first, cue_1);
  assert_bytes_are (all, cue_2);
  assert_bytes_are (config, "574542565454");
}
GST_END_TEST;

static Suite *
webvtt_suite (void)
{
  Suite *s = suite_create ("webvtt");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_files_become_cues, 0, G_N_ELEMENTS (files));
  tcase_add_test (tc, test_what_is_no_text_is_refused);
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (files));
  tcase_add_test (tc, test_samples_byte_for_byte);
  return s;
}

GST_CHECK_MAIN (webvtt);
