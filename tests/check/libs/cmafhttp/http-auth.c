/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Answers to challenges; the vectors are those of RFC 2617 3.5, RFC 7616 3.9.1
 * and RFC 7617 2. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/http-auth.h>
#include <string.h>

static const CmafHttpCredentials mufasa = { "Mufasa", "Circle of Life", NULL };

typedef struct
{
  CmafHttpCredentials who;
  const gchar *challenge;
  const gchar *cnonce;
  const gchar *has; /* parts with | between them */
} Vector;

#define RFC7616                                                                \
  "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "           \
  "algorithm=%s, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "     \
  "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

static const Vector vectors[] = {
  { { "Mufasa", "Circle Of Life" },
      "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
      "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
      "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
      "0a4f113b",
      "response=\"6629fae49393a05397450978507c4ef1\"|algorithm=MD5,|qop=auth,|"
      "nc=00000001|opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"|"
      "username=\"Mufasa\"|uri=\"/dir/index.html\"" },
  { { "Mufasa", "Circle of Life" },
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
      "algorithm=MD5, "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
      CNONCE, "response=\"8ca523f5e9506fed4657c9700eebdbec\"" },
  { { "Mufasa", "Circle of Life" },
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
      "algorithm=SHA-256, "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
      CNONCE,
      "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb"
      "6c1\"|algorithm=SHA-256," },
};

GST_START_TEST (test_digest_vectors)
{
  const Vector *v = &vectors[__i__];
  gchar *challenges[] = { (gchar *)v->challenge, NULL };
  g_auto (CmafHttpAuth) auth = { 0 };
  g_auto (GStrv) parts = g_strsplit (v->has, "|", -1);
  g_autofree gchar *field = NULL;

  fail_unless (cmaf_http_auth_challenge (&auth, challenges, &v->who, FALSE));
  field = cmaf_http_auth_make_digest (
      &auth, &v->who, "GET", "/dir/index.html", v->cnonce);
  for (guint i = 0; parts[i] != NULL; i++)
    fail_unless (
        strstr (field, parts[i]) != NULL, "no %s in %s", parts[i], field);
  fail_unless (g_str_has_prefix (field, "Authorization: Digest "));
  fail_unless (g_str_has_suffix (field, "\r\n"));
}
GST_END_TEST;

GST_START_TEST (test_basic_and_bearer)
{
  const CmafHttpCredentials aladdin = { "Aladdin", "open sesame", NULL };
  const CmafHttpCredentials token = { "x", "y", "mF_9.B5f-4.1JqM" };
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *basic = NULL, *bearer = NULL;

  fail_unless (
      cmaf_http_auth_make_field (&auth, &aladdin, "POST", "/") == NULL);
  cmaf_http_auth_use (&auth, CMAF_HTTP_AUTH_BASIC);
  basic = cmaf_http_auth_make_field (&auth, &aladdin, "POST", "/");
  assert_equals_string (
      basic, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
  cmaf_http_auth_use (&auth, CMAF_HTTP_AUTH_BEARER);
  bearer = cmaf_http_auth_make_field (&auth, &token, "POST", "/");
  assert_equals_string (bearer, "Authorization: Bearer mF_9.B5f-4.1JqM\r\n");
}
GST_END_TEST;

typedef struct
{
  const gchar *challenges[3];
  gboolean may_basic;
  const gchar *begins; /* of the field; NULL: not to be answered */
} Choice;

static const Choice choices[] = {
  { { "Basic realm=\"x\"" }, TRUE, "Authorization: Basic " },
  { { "Basic realm=\"x\"" }, FALSE, NULL },
  { { "basic" }, TRUE, "Authorization: Basic " },
  { { "Basic realm=\"x\", Digest realm=\"x\", nonce=\"n\"" }, TRUE,
      "Authorization: Digest " },
  { { "Digest nonce=n, realm=\"a, \\\"b\\\"\"", "Basic realm=x" }, TRUE,
      "Authorization: Digest " },
  { { "Negotiate abc==", "Digest realm=x,nonce=n,qop=\"auth\"" }, FALSE,
      "Authorization: Digest " },
  { { "Digest realm=x,nonce=n,qop=\"auth-int\"", "Basic" }, TRUE,
      "Authorization: Basic " },
  { { "Digest realm=x,nonce=n,algorithm=SHA-512-256", "Basic" }, TRUE,
      "Authorization: Basic " },
  { { "Digest realm=x" }, TRUE, NULL },
  { { "Bearer" }, TRUE, NULL },
  { { "Negotiate" }, TRUE, NULL },
  { { "" }, TRUE, NULL },
  { { ",,=,\"" }, TRUE, NULL },
  { { NULL }, TRUE, NULL },
};

GST_START_TEST (test_the_best_challenge_is_answered)
{
  const Choice *c = &choices[__i__];
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *field = NULL;
  gboolean ok = cmaf_http_auth_challenge (
      &auth, (gchar **)c->challenges, &mufasa, c->may_basic);

  assert_equals_int (ok, c->begins != NULL);
  field = cmaf_http_auth_make_field (&auth, &mufasa, "POST", "/a");
  if (c->begins)
    fail_unless (g_str_has_prefix (field, c->begins), "%s", field);
  else
    fail_unless (field == NULL);
}
GST_END_TEST;

GST_START_TEST (test_what_was_refused_is_not_tried_again)
{
  gchar *digest[] = { (gchar *)"Digest realm=x, nonce=1, qop=auth", NULL };
  gchar *stale[] = { (gchar *)"Digest realm=x, nonce=2, qop=auth, stale=TRUE",
    NULL };
  gchar *basic[] = { (gchar *)"Basic realm=x", NULL };
  g_auto (CmafHttpAuth) auth = { 0 };

  fail_unless (cmaf_http_auth_challenge (&auth, digest, &mufasa, TRUE));
  g_free (cmaf_http_auth_make_field (&auth, &mufasa, "POST", "/"));
  fail_unless (cmaf_http_auth_challenge (&auth, stale, &mufasa, TRUE));
  g_free (cmaf_http_auth_make_field (&auth, &mufasa, "POST", "/"));
  fail_if (cmaf_http_auth_challenge (&auth, digest, &mufasa, TRUE));
  fail_unless (cmaf_http_auth_challenge (&auth, basic, &mufasa, TRUE));
  g_free (cmaf_http_auth_make_field (&auth, &mufasa, "POST", "/"));
  fail_if (cmaf_http_auth_challenge (&auth, basic, &mufasa, TRUE));
}
GST_END_TEST;

GST_START_TEST (test_a_nonce_is_counted)
{
  gchar *digest[] = { (gchar *)"Digest realm=x, nonce=1, qop=auth", NULL };
  g_auto (CmafHttpAuth) auth = { 0 };

  fail_unless (cmaf_http_auth_challenge (&auth, digest, &mufasa, TRUE));
  for (guint i = 1; i < 20; i++) {
    g_autofree gchar *field =
        cmaf_http_auth_make_field (&auth, &mufasa, "POST", "/");
    g_autofree gchar *count = g_strdup_printf ("nc=%08x,", i);

    fail_unless (strstr (field, count) != NULL, "no %s in %s", count, field);
  }
}
GST_END_TEST;

/* userhash, -sess, no qop, a user that is not ASCII */
GST_START_TEST (test_the_less_usual_forms)
{
  const CmafHttpCredentials jason = { "J\303\244s\303\270n Doe",
    "Secret, or not?", NULL };
  gchar *hashed[] = { (gchar *)"Digest realm=\"api@example.org\", nonce=1, "
                               "algorithm=SHA-256, userhash=true, qop=auth",
    NULL };
  gchar *plain[] = { (gchar *)"Digest realm=x, nonce=1", NULL };
  gchar *session[] = { (gchar *)"Digest realm=x, nonce=1, qop=auth, "
                                "algorithm=MD5-sess",
    NULL };
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *a = NULL, *b = NULL, *c = NULL;

  fail_unless (cmaf_http_auth_challenge (&auth, hashed, &jason, TRUE));
  a = cmaf_http_auth_make_field (&auth, &jason, "POST", "/");
  fail_unless (strstr (a, "userhash=true") != NULL);
  fail_unless (strstr (a, "Doe") == NULL);
  cmaf_http_auth_clear (&auth);
  fail_unless (cmaf_http_auth_challenge (&auth, plain, &jason, TRUE));
  b = cmaf_http_auth_make_field (&auth, &jason, "POST", "/");
  fail_unless (strstr (b, "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,") != NULL);
  fail_unless (strstr (b, "nc=") == NULL);
  cmaf_http_auth_clear (&auth);
  /* HA1 = MD5 (MD5 (Mufasa:x:Circle of Life):1:c) */
  fail_unless (cmaf_http_auth_challenge (&auth, session, &mufasa, TRUE));
  c = cmaf_http_auth_make_digest (&auth, &mufasa, "POST", "/", "c");
  fail_unless (strstr (c, "algorithm=MD5-sess") != NULL);
  fail_unless (
      strstr (c, "response=\"63f949879564bb3d1d8440ba57a43004\"") != NULL);
}
GST_END_TEST;

static Suite *
http_auth_suite (void)
{
  Suite *suite = suite_create ("http-auth");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_digest_vectors, 0, G_N_ELEMENTS (vectors));
  tcase_add_test (tcase, test_basic_and_bearer);
  tcase_add_loop_test (
      tcase, test_the_best_challenge_is_answered, 0, G_N_ELEMENTS (choices));
  tcase_add_test (tcase, test_what_was_refused_is_not_tried_again);
  tcase_add_test (tcase, test_a_nonce_is_counted);
  tcase_add_test (tcase, test_the_less_usual_forms);
  return suite;
}

GST_CHECK_MAIN (http_auth);
