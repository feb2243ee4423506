/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/http-range.h>

static const struct
{
  const gchar *header;
  guint64 size;
  CmafRangeResult result;
  guint64 start, end;
} ranges[] = {
  { NULL, 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=0-", 100, CMAF_RANGE_PART, 0, 99 },
  { "bytes=0-0", 100, CMAF_RANGE_PART, 0, 0 },
  { "Bytes=10-19", 100, CMAF_RANGE_PART, 10, 19 },
  { "bytes=90-1000", 100, CMAF_RANGE_PART, 90, 99 },
  { "bytes=99-", 100, CMAF_RANGE_PART, 99, 99 },
  { "bytes=100-", 100, CMAF_RANGE_UNSATISFIABLE, 0, 0 },
  { "bytes=99999999999999999999999-", 100, CMAF_RANGE_UNSATISFIABLE, 0, 0 },
  { "bytes=-10", 100, CMAF_RANGE_PART, 90, 99 },
  { "bytes=-1000", 100, CMAF_RANGE_PART, 0, 99 },
  { "bytes=-0", 100, CMAF_RANGE_UNSATISFIABLE, 0, 0 },
  { "bytes=0-", 0, CMAF_RANGE_UNSATISFIABLE, 0, 0 },
  { "bytes=-5", 0, CMAF_RANGE_UNSATISFIABLE, 0, 0 },
  { "bytes=20-10", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=0-1,3-4", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=-", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=a-b", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=1-2x", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "bytes=--1", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "items=0-1", 100, CMAF_RANGE_WHOLE, 0, 0 },
  { "", 100, CMAF_RANGE_WHOLE, 0, 0 },
};

GST_START_TEST (test_range)
{
  guint64 start = 0, end = 0;

  fail_unless (cmaf_http_range_parse (
                   ranges[__i__].header, ranges[__i__].size, &start, &end)
                   == ranges[__i__].result,
      "%s", ranges[__i__].header);
  if (ranges[__i__].result == CMAF_RANGE_PART) {
    fail_unless_equals_uint64 (start, ranges[__i__].start);
    fail_unless_equals_uint64 (end, ranges[__i__].end);
  }
}
GST_END_TEST;

static const struct
{
  const gchar *header;
  gboolean matches;
} tags[] = {
  { NULL, FALSE },
  { "\"a\"", TRUE },
  { "W/\"a\"", TRUE },
  { "\"b\", \"a\"", TRUE },
  { "*", TRUE },
  { "\"b\"", FALSE },
  { "a", FALSE },
  { "", FALSE },
};

GST_START_TEST (test_etag)
{
  fail_unless (cmaf_http_etag_matches (tags[__i__].header, "\"a\"")
               == tags[__i__].matches);
}
GST_END_TEST;

/* It is a part of what there is, whatever is left of it. */
GST_START_TEST (test_every_prefix_is_harmless)
{
  static const gchar whole[] =
      "bytes=18446744073709551614-18446744073709551615";

  for (gsize n = 0; n <= strlen (whole); n++) {
    g_autofree gchar *prefix = g_strndup (whole, n);
    guint64 start, end;

    if (cmaf_http_range_parse (prefix, 100, &start, &end) == CMAF_RANGE_PART)
      fail_unless (start <= end && end < 100, "%s", prefix);
    fail_if (cmaf_http_etag_matches (prefix, "\"a\""));
  }
}
GST_END_TEST;

static Suite *
http_range_suite (void)
{
  Suite *s = suite_create ("http-range");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_range, 0, G_N_ELEMENTS (ranges));
  tcase_add_loop_test (tc, test_etag, 0, G_N_ELEMENTS (tags));
  tcase_add_test (tc, test_every_prefix_is_harmless);
  return s;
}

GST_CHECK_MAIN (http_range);
