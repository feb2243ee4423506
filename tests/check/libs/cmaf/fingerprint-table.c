/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/fingerprint-table.h>

#include <string.h>

static const CmafUnitGrid frames = { 90000, 3600, 0 };
static const CmafSegmentGrid grid = { 48, 25, NULL };

#define SEGMENT G_GUINT64_CONSTANT (904005000) /* vector V2 */
#define FIRST G_GUINT64_CONSTANT (43392240000)
#define ENTRIES 24 /* where they begin in the bytes */
#define ENTRY 160

static void
make (CmafNumberedFingerprint *entry, guint64 number)
{
  entry->number = number;
  entry->fingerprint.hash = number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++)
    entry->fingerprint.signature[i] = (gint8)(i * 7 + number);
}

static GBytes *
write_some (const guint *offsets, guint n)
{
  CmafNumberedFingerprint entries[64];

  memset (entries, 0, sizeof entries);
  for (guint i = 0; i < n; i++)
    make (&entries[i], FIRST + offsets[i]);
  return cmaf_fingerprint_table_write (&frames, entries, n);
}

GST_START_TEST (test_what_was_written_is_read)
{
  static const guint all[] = { 0, 1, 2, 5, 46, 47 };

  for (guint n = 0; n <= G_N_ELEMENTS (all); n++) {
    g_autoptr (GBytes) bytes = write_some (all, n);
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) entries =
        cmaf_fingerprint_table_read (bytes, &grid, &frames, SEGMENT, &error);

    g_assert_no_error (error);
    assert_equals_int (entries->len, n);
    assert_equals_int (g_bytes_get_size (bytes), ENTRIES + n * ENTRY);
    for (guint i = 0; i < n; i++) {
      CmafNumberedFingerprint wanted, *found;

      memset (&wanted, 0, sizeof wanted);
      make (&wanted, FIRST + all[i]);
      found = &g_array_index (entries, CmafNumberedFingerprint, i);
      assert_equals_uint64 (found->number, wanted.number);
      fail_unless (memcmp (&found->fingerprint, &wanted.fingerprint,
                       sizeof wanted.fingerprint)
                   == 0);
    }
  }
}
GST_END_TEST;

static void
refuse (GBytes *bytes, guint64 segment, CmafError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) entries =
      cmaf_fingerprint_table_read (bytes, &grid, &frames, segment, &error);

  fail_if (entries);
  g_assert_error (error, CMAF_ERROR, (gint)code);
}

GST_START_TEST (test_bytes_that_are_cut_off_are_refused)
{
  static const guint offsets[] = { 3, 4 };
  g_autoptr (GBytes) bytes = write_some (offsets, 2);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++) {
    /* exactly as long, so that a sanitizer sees what is read behind it */
    g_autoptr (GBytes) prefix =
        g_bytes_new (g_bytes_get_data (bytes, NULL), size);

    refuse (prefix, SEGMENT, CMAF_ERROR_MALFORMED);
  }
}
GST_END_TEST;

/* A byte of the table of two frames, and what it makes of it */
static const struct
{
  gsize at;
  guint8 value;
  CmafError code;
} broken[] = {
  { 0, 1, CMAF_ERROR_MALFORMED }, /* size */
  { 3, 0, CMAF_ERROR_MALFORMED },
  { 4, 'x', CMAF_ERROR_MALFORMED },   /* type */
  { 8, 1, CMAF_ERROR_MALFORMED },     /* version */
  { 11, 1, CMAF_ERROR_MALFORMED },    /* flags */
  { 15, 0x91, CMAF_ERROR_CONFIG },    /* timescale */
  { 19, 0, CMAF_ERROR_CONFIG },       /* ticks of a frame */
  { 20, 0xff, CMAF_ERROR_MALFORMED }, /* number of entries */
  { 23, 1, CMAF_ERROR_MALFORMED },
  { 23, 3, CMAF_ERROR_MALFORMED },
  { ENTRIES, 1, CMAF_ERROR_MALFORMED }, /* frames of elsewhere */
  { ENTRIES + ENTRY, 1, CMAF_ERROR_MALFORMED },
};

GST_START_TEST (test_what_is_wrong_is_refused)
{
  static const guint offsets[] = { 3, 4 };
  g_autoptr (GBytes) bytes = write_some (offsets, 2);
  gsize size;
  guint8 *data;
  g_autoptr (GBytes) changed = NULL;

  size = g_bytes_get_size (bytes);
  data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
  fail_unless (data[broken[__i__].at] != broken[__i__].value);
  data[broken[__i__].at] = broken[__i__].value;
  changed = g_bytes_new_take (data, size);
  refuse (changed, SEGMENT, broken[__i__].code);
}
GST_END_TEST;

GST_START_TEST (test_frames_of_another_segment_or_order_are_refused)
{
  static const guint last[] = { 47 }, behind[] = { 48 };
  static const guint twice[] = { 5, 5 }, back[] = { 5, 4 };
  g_autoptr (GBytes) good = write_some (last, 1);
  g_autoptr (GBytes) next = write_some (behind, 1);
  g_autoptr (GBytes) same = write_some (twice, 2);
  g_autoptr (GBytes) less = write_some (back, 2);

  refuse (good, SEGMENT + 1, CMAF_ERROR_MALFORMED);
  refuse (good, SEGMENT - 1, CMAF_ERROR_MALFORMED);
  refuse (next, SEGMENT, CMAF_ERROR_MALFORMED);
  refuse (same, SEGMENT, CMAF_ERROR_MALFORMED);
  refuse (less, SEGMENT, CMAF_ERROR_MALFORMED);
}
GST_END_TEST;

GST_START_TEST (test_name_tells_track_and_segment)
{
  g_autofree gchar *name = cmaf_fingerprint_table_name ("main", SEGMENT);

  assert_equals_string (name, "fp/main/0904005000");
}
GST_END_TEST;

static Suite *
fingerprint_table_suite (void)
{
  Suite *suite = suite_create ("fingerprint-table");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_what_was_written_is_read);
  tcase_add_test (tc, test_bytes_that_are_cut_off_are_refused);
  tcase_add_loop_test (
      tc, test_what_is_wrong_is_refused, 0, G_N_ELEMENTS (broken));
  tcase_add_test (tc, test_frames_of_another_segment_or_order_are_refused);
  tcase_add_test (tc, test_name_tells_track_and_segment);
  return suite;
}

GST_CHECK_MAIN (fingerprint_table);
