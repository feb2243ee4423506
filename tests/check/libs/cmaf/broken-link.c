/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/broken-link.h>

#include "tracks.h"

#define HEVC_AUD "00000003460150"
#define PPS "00000007 4401C172B46240"
#define IDR "00000004 26010000"
#define CRA "00000004 2A01A0B0"
#define BLA "00000004 2401A0B0"
#define TRAIL "00000004 02010000"

static const struct
{
  guint codec; /* row of test_codecs */
  const gchar *unit;
  const gchar *sample; /* NULL: the unit */
} cases[] = {
  { 3, HEVC_AUD PPS CRA, HEVC_AUD PPS BLA },
  { 2, CRA, BLA },
  /* all slices of a picture have one type */
  { 3, PPS CRA CRA, PPS BLA BLA },
  /* of an upper layer */
  { 3, CRA "00000003 2B09A0", BLA "00000003 2509A0" },
  { 3, HEVC_AUD PPS IDR, NULL },
  { 3, BLA, NULL },
  { 3, TRAIL, NULL },
  /* bytes that look like one inside of another */
  { 3, "0000000A 2601 00000004 2A01A0B0", NULL },
  /* 42 is another type in H.264 */
  { 0, CRA, NULL },
  /* lengths that lie */
  { 3, "000000FF 2A01", NULL },
  { 3, "00000000" CRA, NULL },
};

GST_START_TEST (test_a_segment_begins_anew)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[cases[__i__].codec]);
  g_autoptr (GBytes) unit = bytes_from_hex (cases[__i__].unit);
  const gchar *expected =
      cases[__i__].sample ? cases[__i__].sample : cases[__i__].unit;
  g_autoptr (GBytes) sample = NULL;
  gsize size;
  guint8 *data;

  size = g_bytes_get_size (unit);
  data = copy_exactly (g_bytes_get_data (unit, NULL), size);
  assert_equals_int (
      cmaf_broken_link_is_due (track, data, size), cases[__i__].sample != NULL);
  cmaf_broken_link_set (track, data, size);
  sample = g_bytes_new_take (data, size);
  assert_bytes_are (sample, expected);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[3]);
  g_autoptr (GBytes) unit = bytes_from_hex (HEVC_AUD PPS CRA CRA);

  for (gsize i = 0; i <= g_bytes_get_size (unit); i++) {
    g_autofree guint8 *part = copy_exactly (g_bytes_get_data (unit, NULL), i);

    cmaf_broken_link_set (track, part, i);
    fail_if (cmaf_broken_link_is_due (track, part, i));
  }
}
GST_END_TEST;

static Suite *
broken_link_suite (void)
{
  Suite *s = suite_create ("broken-link");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (s, tcase);
  tcase_add_loop_test (
      tcase, test_a_segment_begins_anew, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_no_prefix_is_read_beyond_its_end);
  return s;
}

GST_CHECK_MAIN (broken_link);
