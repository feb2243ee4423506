/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-access.h>
#include <gst/cmafhttp/ingest-failures.h>
#include <string.h>
#include <unistd.h>

#define ADA "Basic YWRhOnMzY3IzdA==" /* ada:s3cr3t */
#define BOB "Basic Ym9iOnMzY3IzdA==" /* bob:s3cr3t */
#define TOKEN "0123456789abcdef"

static guint n_asked, n_warned;
static gchar *asked, *warned;
static gchar *path;

static gboolean
allow_bob (const gchar *scheme, const gchar *user, const gchar *secret,
    const CmafIngestClaim *claim, gpointer user_data)
{
  n_asked++;
  g_free (asked);
  asked = g_strdup_printf (
      "%s %s %s", scheme, user ? user : "-", secret ? secret : "-");
  return g_strcmp0 (user, "bob") == 0;
}

static void
keep_warning (const GError *error, gpointer user_data)
{
  n_warned++;
  g_free (warned);
  warned = g_strdup (error->message);
}

static void
write_file (const gchar *text)
{
  fail_unless (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (void)
{
  gint fd = g_file_open_tmp ("cmaf-users-XXXXXX", &path, NULL);

  close (fd);
  n_asked = n_warned = 0;
}

static void
tear_down (void)
{
  g_remove (path);
  g_clear_pointer (&path, g_free);
  g_clear_pointer (&asked, g_free);
  g_clear_pointer (&warned, g_free);
}

static CmafIngestAccess *
open_access (const CmafIngestAccessConfig *config)
{
  g_autoptr (GError) error = NULL;
  CmafIngestAccess *access = cmaf_ingest_access_new (config, &error);

  fail_unless (access != NULL, "%s", error ? error->message : "");
  return access;
}

static CmafIngestAccessResult
check_at (CmafIngestAccess *access, const gchar *authorization,
    GstClockTime now, gboolean *is_held)
{
  const CmafIngestClaim claim = { authorization, NULL, "POST", "/ingest",
    "192.0.2.1" };

  return cmaf_ingest_access_check (access, &claim, now, is_held);
}

static CmafIngestAccessResult
check (CmafIngestAccess *access, const gchar *authorization, GstClockTime now)
{
  gboolean is_held;

  return check_at (access, authorization, now, &is_held);
}

GST_START_TEST (test_nothing_is_said_and_all_may)
{
  g_autoptr (CmafIngestAccess) access =
      open_access (&(CmafIngestAccessConfig){ NULL });

  assert_equals_int (check (access, NULL, 0), CMAF_INGEST_ALLOWED);
  assert_equals_int (check (access, "Basic !", 0), CMAF_INGEST_ALLOWED);
}
GST_END_TEST;

static const struct
{
  const gchar *authorization;
  CmafIngestAccessResult result;
} cases[] = {
  { NULL, CMAF_INGEST_MISSING },
  { ADA, CMAF_INGEST_ALLOWED },
  { "basic  YWRhOnMzY3IzdA==", CMAF_INGEST_ALLOWED },
  { BOB, CMAF_INGEST_WRONG },
  { "Basic YWRh", CMAF_INGEST_WRONG },   /* ada, without a colon */
  { "Basic Y2Ft", CMAF_INGEST_ALLOWED }, /* cam, whose password is empty */
  { "Bearer " TOKEN, CMAF_INGEST_ALLOWED },
  { "Bearer " TOKEN "x", CMAF_INGEST_WRONG },
  { "Bearer", CMAF_INGEST_WRONG },
  { "Digest", CMAF_INGEST_WRONG },
  { "", CMAF_INGEST_WRONG },
  { "Negotiate x", CMAF_INGEST_WRONG },
};

GST_START_TEST (test_users_of_a_file_and_one_more)
{
  const CmafIngestAccessConfig config = { .user_id = "cam",
    .users_file = path };
  g_autoptr (CmafIngestAccess) access = NULL;

  write_file ("user ada s3cr3t\ntoken x " TOKEN "\n");
  access = open_access (&config);
  for (guint twice = 0; twice < 2; twice++)
    assert_equals_int (
        check (access, cases[__i__].authorization, 0), cases[__i__].result);
}
GST_END_TEST;

GST_START_TEST (test_what_is_asked_for)
{
  g_autoptr (CmafIngestAccess) access = NULL;
  g_autoptr (CmafIngestAccess) open = NULL;
  g_autoptr (CmafIngestAccess) certificates = NULL;
  g_auto (GStrv) all = NULL, some = NULL, none = NULL;

  write_file ("user ada s3cr3t\ntoken x " TOKEN "\n");
  access = open_access (&(CmafIngestAccessConfig){ .users_file = path });
  all = cmaf_ingest_access_make_challenges (access, TRUE, 0);
  assert_equals_int (g_strv_length (all), 4);
  fail_unless (strstr (all[0], "algorithm=SHA-256") != NULL);
  fail_unless (strstr (all[1], "algorithm=MD5") != NULL);
  fail_unless (strstr (all[1], "stale=true") != NULL);
  assert_equals_string (all[2], "Basic realm=\"ingest\", charset=\"UTF-8\"");
  assert_equals_string (all[3], "Bearer realm=\"ingest\"");
  open = open_access (&(CmafIngestAccessConfig){ .ask = allow_bob });
  some = cmaf_ingest_access_make_challenges (open, FALSE, 0);
  assert_equals_int (g_strv_length (some), 2);
  write_file (
      "certificate x "
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  certificates = open_access (&(CmafIngestAccessConfig){ .users_file = path });
  none = cmaf_ingest_access_make_challenges (certificates, FALSE, 0);
  fail_unless (none == NULL);
  fail_unless (cmaf_ingest_access_wants_certificates (certificates));
}
GST_END_TEST;

/* Who is not asked for a certificate shows none. */
GST_START_TEST (test_who_is_asked_for_a_certificate)
{
  const CmafIngestAccessConfig configs[] = { { NULL },
    { .user_id = "ada", .user_pw = "s3cr3t" }, { .users_file = path },
    { .ask = allow_bob } };
  g_autoptr (CmafIngestAccess) access = NULL;

  write_file ("user ada s3cr3t\n"); /* it may be changed */
  access = open_access (&configs[__i__]);
  assert_equals_int (
      cmaf_ingest_access_wants_certificates (access), __i__ >= 2);
}
GST_END_TEST;

/* Else everybody might send. */
GST_START_TEST (test_a_password_needs_a_user)
{
  const CmafIngestAccessConfig config = { .user_pw = "s3cr3t" };
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_ingest_access_new (&config, &error) == NULL);
  assert_equals_string (
      error->message, "user-pw: is the password of nobody, needs user-id too");
}
GST_END_TEST;

/* Those of the file need nobody. */
GST_START_TEST (test_somebody_is_asked)
{
  const CmafIngestAccessConfig config = {
    .user_id = "ada", .user_pw = "s3cr3t", .ask = allow_bob
  };
  g_autoptr (CmafIngestAccess) access = open_access (&config);

  assert_equals_int (check (access, ADA, 0), CMAF_INGEST_ALLOWED);
  assert_equals_int (n_asked, 0);
  assert_equals_int (check (access, BOB, 0), CMAF_INGEST_ALLOWED);
  assert_equals_string (asked, "basic bob s3cr3t");
  assert_equals_int (check (access, BOB, 0), CMAF_INGEST_ALLOWED);
  assert_equals_int (n_asked, 2);
  assert_equals_int (check (access, "Bearer x", 0), CMAF_INGEST_WRONG);
  assert_equals_string (asked, "bearer - x");
  assert_equals_int (check (access, NULL, 0), CMAF_INGEST_MISSING);
  assert_equals_string (asked, "none - -");
}
GST_END_TEST;

GST_START_TEST (test_the_file_is_read_again)
{
  const CmafIngestAccessConfig config = {
    .user_id = "cam", .users_file = path, .warn = keep_warning
  };
  g_autoptr (CmafIngestAccess) access = NULL;
  g_autofree gchar *wanted =
      g_strdup_printf ("users-file: %s: line 2: needs three words: what, the "
                       "name, the secret",
          path);

  write_file ("user ada s3cr3t\n");
  access = open_access (&config);
  assert_equals_int (check (access, ADA, 0), CMAF_INGEST_ALLOWED);
  write_file ("user bob s3cr3t\n");
  assert_equals_int (check (access, ADA, GST_SECOND), CMAF_INGEST_WRONG);
  assert_equals_int (check (access, BOB, GST_SECOND), CMAF_INGEST_ALLOWED);
  assert_equals_int (
      check (access, "Basic Y2FtOg==", GST_SECOND), CMAF_INGEST_ALLOWED);

  /* a wrong one, or none, changes nothing, and is told once */
  write_file ("user ada s3cr3t\nuser s3cr3t\n");
  for (guint s = 2; s < 5; s++)
    assert_equals_int (
        check (access, BOB, s * GST_SECOND), CMAF_INGEST_ALLOWED);
  assert_equals_int (n_warned, 1);
  assert_equals_string (warned, wanted);
  g_remove (path);
  assert_equals_int (check (access, BOB, 9 * GST_SECOND), CMAF_INGEST_ALLOWED);
  assert_equals_int (n_warned, 2);
  write_file ("");
  assert_equals_int (check (access, BOB, 99 * GST_SECOND), CMAF_INGEST_WRONG);
}
GST_END_TEST;

GST_START_TEST (test_a_wrong_file_is_an_error)
{
  const CmafIngestAccessConfig config = { .users_file = path };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *start = g_strdup_printf ("users-file: %s: line 1: ", path);

  write_file ("ada:s3cr3t\n");
  fail_unless (cmaf_ingest_access_new (&config, &error) == NULL);
  fail_unless (g_str_has_prefix (error->message, start));
  g_clear_error (&error);
  g_remove (path);
  fail_unless (cmaf_ingest_access_new (&config, &error) == NULL);
  fail_unless (g_str_has_prefix (error->message, "users-file: "));
}
GST_END_TEST;

/* Whoever guesses is slowed down, and then not heard; whoever was right before,
 * or knows Digest, is not. */
GST_START_TEST (test_guessing)
{
  const CmafIngestAccessConfig config = { .user_id = "ada",
    .user_pw = "s3cr3t" };
  g_autoptr (CmafIngestAccess) access = open_access (&config);
  GstClockTime now = GST_SECOND;
  gboolean is_held;

  assert_equals_int (check (access, ADA, 0), CMAF_INGEST_ALLOWED);
  assert_equals_int (check_at (access, BOB, now, &is_held), CMAF_INGEST_WRONG);
  fail_if (is_held);
  for (guint i = 0; i < CMAF_INGEST_FAILURES_HELD; i++) {
    assert_equals_int (
        check_at (access, BOB, now, &is_held), CMAF_INGEST_WRONG);
    fail_unless (is_held);
    now += 100 * GST_MSECOND;
  }
  assert_equals_int (check_at (access, BOB, now, &is_held), CMAF_INGEST_LATER);
  fail_if (is_held);
  assert_equals_int (check (access, "Digest x=y", now), CMAF_INGEST_LATER);
  assert_equals_int (check (access, ADA, now), CMAF_INGEST_ALLOWED);
  assert_equals_int (check (access, NULL, now), CMAF_INGEST_MISSING);
  cmaf_ingest_access_answered (access, "192.0.2.1");
  now += 100 * GST_MSECOND;
  assert_equals_int (check (access, BOB, now), CMAF_INGEST_WRONG);
}
GST_END_TEST;

static Suite *
ingest_access_suite (void)
{
  Suite *s = suite_create ("ingest-access");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, test_nothing_is_said_and_all_may);
  tcase_add_loop_test (
      tc, test_users_of_a_file_and_one_more, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_what_is_asked_for);
  tcase_add_loop_test (tc, test_who_is_asked_for_a_certificate, 0, 4);
  tcase_add_test (tc, test_a_password_needs_a_user);
  tcase_add_test (tc, test_somebody_is_asked);
  tcase_add_test (tc, test_the_file_is_read_again);
  tcase_add_test (tc, test_a_wrong_file_is_an_error);
  tcase_add_test (tc, test_guessing);
  return s;
}

GST_CHECK_MAIN (ingest_access);
