/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/secret.h>

/* RFC 7914 11, and made with openssl kdf */
static const struct
{
  const gchar *password, *salt;
  guint n_iterations;
  const gchar *derived;
} vectors[] = {
  { "password", "salt", 1,
      "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b" },
  { "password", "salt", 2,
      "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43" },
  { "password", "salt", 4096,
      "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a" },
  { "Password", "NaCl", 80000,
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56" },
};

GST_START_TEST (test_derived_as_others_do)
{
  g_autofree gchar *derived = cmaf_secret_derive (vectors[__i__].password,
      vectors[__i__].salt, vectors[__i__].n_iterations);

  assert_equals_string (derived, vectors[__i__].derived);
}
GST_END_TEST;

GST_START_TEST (test_equal)
{
  static const gchar *const texts[] = { "", "a", "b", "ab", "a secret" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      assert_equals_int (cmaf_secret_equal (texts[i], texts[k]), i == k);
}
GST_END_TEST;

static Suite *
secret_suite (void)
{
  Suite *s = suite_create ("secret");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_derived_as_others_do, 0, G_N_ELEMENTS (vectors));
  tcase_add_test (tc, test_equal);
  return s;
}

GST_CHECK_MAIN (secret);
