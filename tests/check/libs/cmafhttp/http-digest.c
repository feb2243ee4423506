/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What http-auth answers is right here, once. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/http-auth.h>
#include <gst/cmafhttp/http-digest.h>
#include <string.h>

#define MINUTE (60 * GST_SECOND)
#define TARGET "/ingest/Streams(video.cmfv)?a=b,c"

static gchar *
find_secret (const gchar *user, gboolean is_sha256, gpointer user_data)
{
  g_autofree gchar *text = g_strdup_printf ("%s:ingest:s3\"cr3t", user);

  if (!g_str_equal (user, "ada") && !g_str_equal (user, "Ad\xc3\xa4"))
    return NULL;
  return g_compute_checksum_for_string (
      is_sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
}

static CmafHttpDigestResult
check_as (CmafHttpDigest *digest, const gchar *field, const gchar *method,
    const gchar *target, GstClockTime now)
{
  return cmaf_http_digest_check (
      digest, field, method, target, find_secret, NULL, now);
}

static CmafHttpDigestResult
check (CmafHttpDigest *digest, const gchar *field, GstClockTime now)
{
  return check_as (digest, field, "POST", TARGET, now);
}

static void
take_challenge (
    CmafHttpAuth *auth, gchar *challenge, const CmafHttpCredentials *who)
{
  gchar *fields[] = { challenge, NULL };

  fail_unless (cmaf_http_auth_challenge (auth, fields, who, FALSE));
  g_free (challenge);
}

/* The value of the field. */
static gchar *
answer (CmafHttpAuth *auth, const CmafHttpCredentials *who)
{
  gchar *field = cmaf_http_auth_make_field (auth, who, "POST", TARGET);
  gchar *value = g_strdup (field + strlen ("Authorization: "));

  g_free (field);
  return g_strchomp (value);
}

static const struct
{
  CmafHttpCredentials who;
  CmafHttpDigestResult result;
} cases[] = {
  { { "ada", "s3\"cr3t", NULL }, CMAF_HTTP_DIGEST_RIGHT },
  { { "Ad\xc3\xa4", "s3\"cr3t", NULL }, CMAF_HTTP_DIGEST_RIGHT },
  { { "ada", "secret", NULL }, CMAF_HTTP_DIGEST_WRONG },
  { { "bob", "s3\"cr3t", NULL }, CMAF_HTTP_DIGEST_WRONG },
};

GST_START_TEST (test_who_knows_the_secret)
{
  g_autoptr (CmafHttpDigest) digest = cmaf_http_digest_new ("ingest");

  for (gint is_sha256 = 0; is_sha256 < 2; is_sha256++) {
    g_auto (CmafHttpAuth) auth = { 0 };
    g_autofree gchar *field = NULL;

    take_challenge (&auth,
        cmaf_http_digest_challenge (digest, is_sha256, FALSE, MINUTE),
        &cases[__i__].who);
    field = answer (&auth, &cases[__i__].who);
    assert_equals_int (check (digest, field, MINUTE + 1), cases[__i__].result);
  }
}
GST_END_TEST;

/* Whoever listens cannot say it again, nor elsewhere. */
GST_START_TEST (test_an_answer_is_good_once)
{
  const CmafHttpCredentials *who = &cases[0].who;
  g_autoptr (CmafHttpDigest) digest = cmaf_http_digest_new ("ingest");
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *one = NULL, *two = NULL;

  take_challenge (
      &auth, cmaf_http_digest_challenge (digest, TRUE, FALSE, 0), who);
  one = answer (&auth, who);
  two = answer (&auth, who);
  assert_equals_int (
      check_as (digest, one, "PUT", TARGET, 1), CMAF_HTTP_DIGEST_WRONG);
  assert_equals_int (
      check_as (digest, one, "POST", "/ingest/x", 1), CMAF_HTTP_DIGEST_WRONG);
  assert_equals_int (check (digest, one, 1), CMAF_HTTP_DIGEST_RIGHT);
  assert_equals_int (check (digest, one, 1), CMAF_HTTP_DIGEST_STALE);
  assert_equals_int (check (digest, two, 1), CMAF_HTTP_DIGEST_RIGHT);
  assert_equals_int (check (digest, one, 1), CMAF_HTTP_DIGEST_STALE);
}
GST_END_TEST;

GST_START_TEST (test_a_nonce_has_its_time)
{
  const CmafHttpCredentials *who = &cases[0].who;
  g_autoptr (CmafHttpDigest) digest = cmaf_http_digest_new ("ingest");
  g_autoptr (CmafHttpDigest) other = cmaf_http_digest_new ("ingest");
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *one = NULL, *two = NULL, *three = NULL;
  g_autofree gchar *stale = NULL;

  take_challenge (
      &auth, cmaf_http_digest_challenge (digest, TRUE, FALSE, 0), who);
  one = answer (&auth, who);
  two = answer (&auth, who);
  three = answer (&auth, who);
  assert_equals_int (
      check (digest, one, 5 * MINUTE - 1), CMAF_HTTP_DIGEST_RIGHT);
  assert_equals_int (check (digest, two, 5 * MINUTE), CMAF_HTTP_DIGEST_STALE);
  /* after a restart the secret is right still */
  assert_equals_int (check (other, three, 1), CMAF_HTTP_DIGEST_STALE);
  stale = cmaf_http_digest_challenge (digest, TRUE, TRUE, 0);
  fail_unless (g_str_has_suffix (stale, ", stale=true"));
}
GST_END_TEST;

static const gchar *const malformed[] = { "Digest", "Digest ",
  "Basic eA==", "Digest username=\"ada\"",
  "Digest username=\"ada\", realm=\"ingest\", nonce=\"-\", uri=\"" TARGET
  "\", response=\"0\", qop=auth, nc=0000000g, cnonce=\"x\"",
  "Digest username*=UTF-8''%zz, realm=\"ingest\", nonce=\"1-\", uri=\"" TARGET
  "\", response=\"\", qop=auth, nc=00000001, cnonce=\"x\", algorithm=MD5" };

GST_START_TEST (test_malformed_is_wrong)
{
  g_autoptr (CmafHttpDigest) digest = cmaf_http_digest_new ("ingest");

  assert_equals_int (
      check (digest, malformed[__i__], 1), CMAF_HTTP_DIGEST_WRONG);
}
GST_END_TEST;

static Suite *
http_digest_suite (void)
{
  Suite *s = suite_create ("http-digest");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_who_knows_the_secret, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_an_answer_is_good_once);
  tcase_add_test (tc, test_a_nonce_has_its_time);
  tcase_add_loop_test (
      tc, test_malformed_is_wrong, 0, G_N_ELEMENTS (malformed));
  return s;
}

GST_CHECK_MAIN (http_digest);
