/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/cue.h>

#include "hex.h"

/* The first 31 bits of SHA-256, from another program:
 * printf '\0\0\0\0\0\0\0\0\0hello' | sha256sum, and so on. */
static const struct
{
  guint64 start;
  const gchar *id, *text;
  guint32 source_id;
} ids[] = {
  { 0, NULL, "hello", 0x09510174 },
  { 0, "", "hello", 0x09510174 },
  { 1735689600000, NULL, "hello", 0x2E5F04D9 },
  { 1735689600000, "7", "hello", 0x63ABA990 },
  { 1735689600000, "7", "hello!", 0x096A6B6D },
};

GST_START_TEST (test_source_ids_are_the_first_31_bits_of_sha256)
{
  g_autoptr (CmafCue) cue = cmaf_cue_new (
      ids[__i__].start, 5, ids[__i__].id, "line:0", ids[__i__].text);

  assert_equals_int_hex (cmaf_cue_source_id (cue), ids[__i__].source_id);
}
GST_END_TEST;

GST_START_TEST (test_cues_have_an_order)
{
  CmafCue *cues[] = { cmaf_cue_new (1, 5, NULL, NULL, "a"),
    cmaf_cue_new (1, 6, NULL, NULL, "a"), cmaf_cue_new (2, 3, NULL, NULL, "a"),
    cmaf_cue_new (2, 3, NULL, NULL, "b"), cmaf_cue_new (2, 3, "i", NULL, "a"),
    cmaf_cue_new (2, 3, "i", "s", "a") };

  for (guint i = 0; i < G_N_ELEMENTS (cues); i++)
    for (guint k = 0; k < G_N_ELEMENTS (cues); k++) {
      gint order = cmaf_cue_compare (cues[i], cues[k]);

      fail_unless (i < k ? order < 0 : i > k ? order > 0 : order == 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cues); i++)
    cmaf_cue_free (cues[i]);
}
GST_END_TEST;

static const struct
{
  const gchar *text, *plain, *markup;
} texts[] = {
  { "two\nlines", "two\nlines", "two\nlines" },
  { "a & b <c>", "a &amp; b &lt;c&gt;", "a &amp; b " },
  { "<i>x</i> &amp; <span foreground='red'>y</span>",
      "&lt;i&gt;x&lt;/i&gt; &amp;amp; &lt;span foreground='red'&gt;y"
      "&lt;/span&gt;",
      "<i>x</i> &amp; y" },
  { "&quot;q&apos; &#39; &lt;", "&amp;quot;q&amp;apos; &amp;#39; &amp;lt;",
      "\"q' ' &lt;" },
  { "\r\n\r\n a \r\n\r\n\r\n b \n ", " a \n b ", " a \n b " },
  { "1 --> 2", "1 --&gt; 2", "1 --&gt; 2" },
  { "a < b", "a &lt; b", "a &lt; b" },
  { "\377x", "\357\277\275x", "\357\277\275x" },
  { "", "", "" },
};

GST_START_TEST (test_text_becomes_cue_text)
{
  gsize size = strlen (texts[__i__].text);
  g_autofree gchar *plain = cmaf_cue_text_from_plain (texts[__i__].text, size);
  g_autofree gchar *markup =
      cmaf_cue_text_from_markup (texts[__i__].text, size);

  assert_equals_string (plain, texts[__i__].plain);
  assert_equals_string (markup, texts[__i__].markup);
}
GST_END_TEST;

static Suite *
cue_suite (void)
{
  Suite *s = suite_create ("cue");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_source_ids_are_the_first_31_bits_of_sha256, 0,
      G_N_ELEMENTS (ids));
  tcase_add_test (tc, test_cues_have_an_order);
  tcase_add_loop_test (tc, test_text_becomes_cue_text, 0, G_N_ELEMENTS (texts));
  return s;
}

GST_CHECK_MAIN (cue);
