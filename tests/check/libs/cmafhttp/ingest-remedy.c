/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each row of the table of docs/ingest.md, by the word that matters. */
#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-remedy.h>
#include <string.h>

static const struct
{
  guint status;
  const gchar *word; /* NULL: there is nothing to be done */
} cases[] = {
  { 200, NULL },
  { 299, NULL },
  { 301, "location" },
  { 307, "location" },
  { 400, "cmaf-dump" },
  { 401, "user-id and user-pw (or user:password@ in the URL), or bearer-" },
  { 403, "user-id and user-pw (or user:password@ in the URL), or bearer-" },
  { 403, "path of location" },
  { 404, "location" },
  { 405, "method=PUT, POST or auto" },
  { 408, "shorter segments" },
  { 409, "restarted" },
  { 411, "request-mode=segment" },
  { 412, "cmaf-compare" },
  { 413, "limit" },
  { 415, "codec" },
  { 417, "expect-continue=false" },
  { 422, "cmaf-dump" },
  { 425, NULL },
  { 429, NULL },
  { 500, "receiver" },
  { 501, "method=PUT, POST or auto" },
  { 503, "receiver" },
  { 599, "receiver" },
  { 0, NULL },
  { 999, NULL },
};

GST_START_TEST (test_remedy)
{
  const gchar *remedy = cmaf_ingest_remedy (cases[__i__].status);

  fail_unless ((remedy == NULL) == (cases[__i__].word == NULL));
  fail_unless (!remedy || strstr (remedy, cases[__i__].word), "%s", remedy);
}
GST_END_TEST;

static const struct
{
  GQuark (*domain) (void);
  gint code;
  const gchar *word;
} failures[] = {
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, "host and port" },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, "firewalls" },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, "routes" },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, "routes" },
  { g_io_error_quark, G_IO_ERROR_CANCELLED, NULL },
  { g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, "host name" },
  { g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "name server" },
  { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, "tls-ca-file" },
  { g_tls_error_quark, G_TLS_ERROR_NOT_TLS, "http://" },
  { g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED,
      "tls-certificate-file" },
  { g_tls_error_quark, G_TLS_ERROR_EOF, NULL },
};

GST_START_TEST (test_remedy_of_a_failure)
{
  g_autoptr (GError) failure = g_error_new_literal (
      failures[__i__].domain (), failures[__i__].code, "x");
  const gchar *remedy = cmaf_connect_remedy (failure);

  fail_unless ((remedy == NULL) == (failures[__i__].word == NULL));
  fail_unless (!remedy || strstr (remedy, failures[__i__].word), "%s", remedy);
}
GST_END_TEST;

static Suite *
ingest_remedy_suite (void)
{
  Suite *suite = suite_create ("ingest-remedy");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_remedy, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (
      tc, test_remedy_of_a_failure, 0, G_N_ELEMENTS (failures));
  return suite;
}

GST_CHECK_MAIN (ingest_remedy);
