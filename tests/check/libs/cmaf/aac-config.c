/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/aac-config.h>

#include "hex.h"

static const struct
{
  const gchar *asc;
  guint object_type, core_rate, rate, samples;
  gboolean is_sbr, is_ps;
  const gchar *explicit_asc; /* NULL: as it was */
} configs[] = {
  { "1190", 2, 48000, 48000, 1024, FALSE, FALSE, NULL },
  { "1210", 2, 44100, 44100, 1024, FALSE, FALSE, NULL },
  /* rate by value */
  { "17805DC010", 2, 48000, 48000, 1024, FALSE, FALSE, NULL },
  /* hierarchical: 24 kHz core, 48 kHz out */
  { "2B118800", 5, 24000, 48000, 2048, TRUE, FALSE, NULL },
  { "EB098800", 29, 24000, 48000, 2048, TRUE, TRUE, NULL },
  /* backward compatible: 24 kHz core, SBR to 48 kHz */
  { "131056E598", 2, 24000, 48000, 2048, TRUE, FALSE, "2B118800" },
  /* and parametric stereo */
  { "130856E59D4880", 2, 24000, 48000, 2048, TRUE, TRUE, "EB098800" },
  /* "there is no SBR" */
  { "119056E500", 2, 48000, 48000, 1024, FALSE, FALSE, NULL },
  /* a downsampled SBR decoder would do: same rate on both sides */
  { "119056E598", 2, 48000, 48000, 1024, TRUE, FALSE, "29918800" },
  /* channels in a program_config_element */
  { "1180", 2, 48000, 48000, 1024, FALSE, FALSE, NULL },
  /* xHE-AAC: escape */
  { "F94640", 42, 48000, 48000, 1024, FALSE, FALSE, NULL },
};

GST_START_TEST (test_configurations_are_read_and_made_explicit)
{
  g_autoptr (GBytes) asc = bytes_from_hex (configs[__i__].asc);
  g_autoptr (GBytes) made = cmaf_aac_config_make_explicit (asc);
  g_autoptr (GBytes) again = cmaf_aac_config_make_explicit (made);
  g_autoptr (GError) error = NULL;
  CmafAacConfig c, d;
  gsize size;
  gconstpointer data = g_bytes_get_data (asc, &size);

  fail_unless (cmaf_aac_config_read (&c, data, size, &error));
  assert_equals_int (c.object_type, configs[__i__].object_type);
  assert_equals_int (c.core_rate, configs[__i__].core_rate);
  assert_equals_int (c.rate, configs[__i__].rate);
  assert_equals_int (c.samples, configs[__i__].samples);
  assert_equals_int (c.is_sbr, configs[__i__].is_sbr);
  assert_equals_int (c.is_ps, configs[__i__].is_ps);
  assert_bytes_are (made, configs[__i__].explicit_asc
                              ? configs[__i__].explicit_asc
                              : configs[__i__].asc);
  /* and says the same, once and for all */
  data = g_bytes_get_data (made, &size);
  fail_unless (cmaf_aac_config_read (&d, data, size, &error));
  assert_equals_int (d.rate, c.rate);
  assert_equals_int (d.core_rate, c.core_rate);
  assert_equals_int (d.channel_configuration, c.channel_configuration);
  assert_equals_int (d.is_ps, c.is_ps);
  fail_unless (g_bytes_equal (made, again));
  assert_equals_int (
      cmaf_aac_object_type (g_bytes_get_data (asc, NULL), 2), c.object_type);
}
GST_END_TEST;

GST_START_TEST (test_960_samples_are_seen)
{
  CmafAacConfig c;

  fail_unless (cmaf_aac_config_read (&c, "\x11\x94", 2, NULL));
  fail_unless (c.is_960);
}
GST_END_TEST;

static const gchar *const bad[] = { "", "11", "1F90", "2B1F", "F9" };

GST_START_TEST (test_a_configuration_without_a_rate_is_refused)
{
  g_autoptr (GBytes) asc = bytes_from_hex (bad[__i__]);
  g_autoptr (GBytes) made = cmaf_aac_config_make_explicit (asc);
  g_autofree guint8 *exact =
      copy_exactly (g_bytes_get_data (asc, NULL), g_bytes_get_size (asc));
  g_autoptr (GError) error = NULL;
  CmafAacConfig c;

  fail_if (cmaf_aac_config_read (&c, exact, g_bytes_get_size (asc), &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
  fail_unless (g_bytes_equal (asc, made));
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  g_autoptr (GBytes) asc = bytes_from_hex (configs[__i__].asc);

  for (gsize n = 0; n < g_bytes_get_size (asc); n++) {
    g_autofree guint8 *prefix = copy_exactly (g_bytes_get_data (asc, NULL), n);
    CmafAacConfig c;

    cmaf_aac_config_read (&c, prefix, n, NULL);
    cmaf_aac_object_type (prefix, n);
  }
}
GST_END_TEST;

static Suite *
aac_config_suite (void)
{
  Suite *s = suite_create ("aac-config");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_configurations_are_read_and_made_explicit, 0,
      G_N_ELEMENTS (configs));
  tcase_add_test (tc, test_960_samples_are_seen);
  tcase_add_loop_test (tc, test_a_configuration_without_a_rate_is_refused, 0,
      G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (configs));
  return s;
}

GST_CHECK_MAIN (aac_config);
