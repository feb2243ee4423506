/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/splice-list.h>

static void
add (CmafSpliceList *list, guint32 id, const gchar *bytes)
{
  g_autoptr (GBytes) section = g_bytes_new (bytes, strlen (bytes));
  CmafHeardSplice splice = { .section = section, .event_id = id };

  cmaf_splice_list_add (list, &splice);
}

static void
assert_section (CmafSpliceList *list, guint i, const gchar *bytes)
{
  CmafHeardSplice splice;
  gsize size;
  const gchar *data;

  fail_unless (cmaf_splice_list_get (list, i, &splice));
  data = g_bytes_get_data (splice.section, &size);
  fail_unless (size == strlen (bytes) && memcmp (data, bytes, size) == 0);
  cmaf_heard_splice_clear (&splice);
}

GST_START_TEST (test_repetitions_are_one_splice)
{
  g_autoptr (CmafSpliceList) list = cmaf_splice_list_new ();

  add (list, 1, "out");
  add (list, 2, "other");
  add (list, 1, "out");
  assert_equals_int (cmaf_splice_list_get_count (list), 2);
  add (list, 1, "cancel");
  add (list, 1, "out"); /* announced anew */
  assert_equals_int (cmaf_splice_list_get_count (list), 4);
  assert_section (list, 1, "other");
  assert_section (list, 3, "out");
  cmaf_splice_list_clear (list);
  assert_equals_int (cmaf_splice_list_get_count (list), 0);
}
GST_END_TEST;

GST_START_TEST (test_old_splices_are_forgotten)
{
  g_autoptr (CmafSpliceList) list = cmaf_splice_list_new ();
  CmafHeardSplice splice;

  for (guint i = 0; i < CMAF_SPLICE_LIST_SIZE + 3; i++)
    add (list, i, i == 3 ? "third" : "x");
  assert_equals_int (
      cmaf_splice_list_get_count (list), CMAF_SPLICE_LIST_SIZE + 3);
  fail_if (cmaf_splice_list_get (list, 2, &splice));
  fail_if (cmaf_splice_list_get (list, CMAF_SPLICE_LIST_SIZE + 3, &splice));
  assert_section (list, 3, "third");
}
GST_END_TEST;

static const struct
{
  CmafSpliceInfo info;
  const gchar *expected; /* "id cancel duration " of each event */
} infos[] = {
  { { .command = CMAF_SPLICE_INSERT,
        .event_id = 7,
        .has_duration = TRUE,
        .duration = 90000 },
      "7 0 90000 " },
  { { .command = CMAF_SPLICE_INSERT, .event_id = 7, .is_cancel = TRUE },
      "7 1 0 " },
  { { .command = CMAF_SPLICE_TIME_SIGNAL,
        .n_segmentations = 1,
        .segmentations = { { .event_id = 9,
            .has_duration = TRUE,
            .duration = 5 } } },
      "9 0 5 " },
  { { .command = CMAF_SPLICE_TIME_SIGNAL,
        .n_segmentations = 2,
        .segmentations = { { .event_id = 9 },
            { .event_id = 8, .is_cancel = TRUE } } },
      "9 0 0 8 1 0 " },
  { { .command = CMAF_SPLICE_TIME_SIGNAL }, "" },
  { { .command = CMAF_SPLICE_NULL }, "" },
  { { .command = CMAF_SPLICE_INSERT, .has_bad_crc = TRUE }, "" },
  { { .command = CMAF_SPLICE_INSERT, .is_encrypted = TRUE }, "" },
};

GST_START_TEST (test_what_a_section_says)
{
  g_autoptr (GBytes) section = g_bytes_new_static ("x", 1);
  g_autoptr (GString) text = g_string_new (NULL);
  CmafHeardSplice splice;

  for (guint i = 0;
       cmaf_heard_splice_init (&splice, &infos[__i__].info, i, section); i++) {
    fail_unless (splice.section == section);
    g_string_append_printf (text, "%u %d %" G_GUINT64_FORMAT " ",
        splice.event_id, splice.is_cancel,
        splice.has_duration ? splice.duration : 0);
  }
  assert_equals_string (text->str, infos[__i__].expected);
}
GST_END_TEST;

static Suite *
splice_list_suite (void)
{
  Suite *suite = suite_create ("splice-list");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_repetitions_are_one_splice);
  tcase_add_test (tcase, test_old_splices_are_forgotten);
  tcase_add_loop_test (
      tcase, test_what_a_section_says, 0, G_N_ELEMENTS (infos));
  return suite;
}

GST_CHECK_MAIN (splice_list);
