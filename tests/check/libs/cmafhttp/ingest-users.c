/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-users.h>
#include <string.h>

/* s3cr3t of bob; of eve MD5 and of zoe SHA-256 of NAME:ingest:s3cr3t; the token
 * of cam2 is "a token with words"; the certificate is "der" */
#define GOOD                                                                   \
  "# who may send\n"                                                           \
  "\n"                                                                         \
  "user ada  a secret of words \n"                                             \
  "user bob pbkdf2:1000:salt:"                                                 \
  "551ef544d71db909665be7fed21fc5842e178042428369d120cad259aa2586ea\n"         \
  "  token\tcam1\t0123456789abcdef\r\n"                                        \
  "token cam2 sha256:%s\n"                                                     \
  "user eve digest:%s\n"                                                       \
  "user zoe digest:%s\n"                                                       \
  "certificate van %s"

static gchar *
sum (GChecksumType type, const gchar *text)
{
  return g_compute_checksum_for_string (type, text, -1);
}

static CmafIngestUsers *
parse (const gchar *text, GError **error)
{
  return cmaf_ingest_users_parse (text, strlen (text), error);
}

static CmafIngestUsers *
parse_good (void)
{
  g_autofree gchar *token = sum (G_CHECKSUM_SHA256, "a token with words");
  g_autofree gchar *eve = sum (G_CHECKSUM_MD5, "eve:ingest:s3cr3t");
  g_autofree gchar *zoe = sum (G_CHECKSUM_SHA256, "zoe:ingest:s3cr3t");
  g_autofree gchar *der = sum (G_CHECKSUM_SHA256, "der");
  g_autofree gchar *upper = g_ascii_strup (der, -1);
  g_autofree gchar *colons = g_strdup_printf ("%.2s:%s", upper, upper + 2);
  g_autofree gchar *text = g_strdup_printf (GOOD, token, eve, zoe, colons);
  g_autoptr (GError) error = NULL;
  CmafIngestUsers *users = parse (text, &error);

  fail_unless (users != NULL, "%s", error ? error->message : "");
  return users;
}

static const struct
{
  const gchar *name, *password;
  gboolean is_right;
} passwords[] = {
  { "ada", "a secret of words", TRUE },
  { "ada", "a secret of words ", FALSE },
  { "ada", "", FALSE },
  { "bob", "s3cr3t", TRUE },
  { "bob", "s3cr3u", FALSE },
  { "eve", "s3cr3t", TRUE },
  { "eve", "x", FALSE },
  { "zoe", "s3cr3t", TRUE },
  { "cam1", "0123456789abcdef", FALSE },
  { "", "", FALSE },
};

GST_START_TEST (test_passwords)
{
  g_autoptr (CmafIngestUsers) users = parse_good ();

  assert_equals_int (cmaf_ingest_users_check_password (users,
                         passwords[__i__].name, passwords[__i__].password),
      passwords[__i__].is_right);
}
GST_END_TEST;

GST_START_TEST (test_digest_of_what_is_known)
{
  g_autoptr (CmafIngestUsers) users = parse_good ();
  static const struct
  {
    const gchar *name;
    gboolean md5, sha256;
  } rows[] = { { "ada", TRUE, TRUE }, { "bob", FALSE, FALSE },
    { "eve", TRUE, FALSE }, { "zoe", FALSE, TRUE },
    { "nobody", FALSE, FALSE } };
  g_autofree gchar *known = NULL;
  g_autofree gchar *wanted =
      sum (G_CHECKSUM_MD5, "ada:ingest:a secret of words");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *md5 =
        cmaf_ingest_users_get_digest (users, rows[i].name, FALSE);
    g_autofree gchar *sha256 =
        cmaf_ingest_users_get_digest (users, rows[i].name, TRUE);

    assert_equals_int (md5 != NULL, rows[i].md5);
    assert_equals_int (sha256 != NULL, rows[i].sha256);
  }
  known = cmaf_ingest_users_get_digest (users, "ada", FALSE);
  assert_equals_string (known, wanted);
}
GST_END_TEST;

GST_START_TEST (test_tokens_and_certificates)
{
  g_autoptr (CmafIngestUsers) users = parse_good ();

  fail_unless (cmaf_ingest_users_check_token (users, "0123456789abcdef"));
  fail_unless (cmaf_ingest_users_check_token (users, "a token with words"));
  fail_if (cmaf_ingest_users_check_token (users, "0123456789abcdeg"));
  fail_if (cmaf_ingest_users_check_token (users, ""));
  fail_unless (
      cmaf_ingest_users_check_certificate (users, (const guint8 *)"der", 3));
  fail_if (
      cmaf_ingest_users_check_certificate (users, (const guint8 *)"dek", 3));
}
GST_END_TEST;

static const struct
{
  const gchar *text;
  CmafIngestUsersKinds kinds;
} kinds[] = {
  { "", 0 },
  { "user a b", CMAF_INGEST_USERS_BASIC | CMAF_INGEST_USERS_DIGEST_MD5
                    | CMAF_INGEST_USERS_DIGEST_SHA256 },
  { "user a digest:00112233445566778899aabbccddeeff",
      CMAF_INGEST_USERS_BASIC | CMAF_INGEST_USERS_DIGEST_MD5 },
  { "token a 0123456789abcdef", CMAF_INGEST_USERS_TOKEN },
};

GST_START_TEST (test_what_can_be_asked_for)
{
  g_autoptr (CmafIngestUsers) users = parse (kinds[__i__].text, NULL);

  assert_equals_int (cmaf_ingest_users_get_kinds (users), kinds[__i__].kinds);
}
GST_END_TEST;

static const gchar *const bad[][2] = {
  { "user ada", "line 1: needs three words: what, the name, the secret" },
  { "# x\nuser", "line 2: needs three words: what, the name, the secret" },
  { "ada:s3cr3t", "line 1: needs \"user\", \"token\" or \"certificate\" at its "
                  "beginning, or a \"#\"" },
  { "user a:b s3cr3t", "line 1: needs a name without a colon" },
  { "user a pbkdf2:10001:s3cr3t:00",
      "line 1: needs pbkdf2:ITERATIONS:SALT:HEX with at most 10000 iterations "
      "and 64 digits" },
  { "user a digest:s3cr3t",
      "line 1: needs digest:HEX with 32 digits (MD5) or 64 (SHA-256) of "
      "NAME:ingest:PASSWORD" },
  { "token a s3cr3t", "line 1: needs a token of at least 16 characters" },
  { "token a sha256:s3cr3t", "line 1: needs sha256:HEX with 64 digits" },
  { "certificate a s3cr3t",
      "line 1: needs the SHA-256 of the certificate, 64 digits" },
  { "user a s3cr3t\nuser \xff s3cr3t", "line 2: needs UTF-8" },
};

/* And no secret is told. */
GST_START_TEST (test_a_wrong_line_is_named)
{
  g_autoptr (GError) error = NULL;

  fail_unless (parse (bad[__i__][0], &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  assert_equals_string (error->message, bad[__i__][1]);
  fail_unless (strstr (error->message, "s3cr3t") == NULL);
}
GST_END_TEST;

static Suite *
ingest_users_suite (void)
{
  Suite *s = suite_create ("ingest-users");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_passwords, 0, G_N_ELEMENTS (passwords));
  tcase_add_test (tc, test_digest_of_what_is_known);
  tcase_add_test (tc, test_tokens_and_certificates);
  tcase_add_loop_test (tc, test_what_can_be_asked_for, 0, G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tc, test_a_wrong_line_is_named, 0, G_N_ELEMENTS (bad));
  return s;
}

GST_CHECK_MAIN (ingest_users);
