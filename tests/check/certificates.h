/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An authority and certificates of it, made with the program openssl in a
 * directory of their own: ca.pem, and for each NAME NAME.pem with certificate
 * and key. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>

typedef struct
{
  gchar *directory;
  gchar *ca; /* path */
} Certificates;

#define CERTIFICATE_KEY                                                        \
  "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
/* Of every authority: one is told from another by its signatures alone. */
#define CERTIFICATE_KEY_ID "00112233445566778899aabbccddeeff00112233"

/* In the directory, without what may be preloaded into this program. */
static inline gboolean
certificates_run (Certificates *c, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *command = NULL;
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) environment =
      g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  gint status = -1;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  return g_shell_parse_argv (command, NULL, &words, NULL)
         && g_spawn_sync (c->directory, words, environment,
             G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                 | G_SPAWN_STDERR_TO_DEV_NULL,
             NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

static inline gchar *
certificates_path (Certificates *c, const gchar *name, const gchar *suffix)
{
  g_autofree gchar *file = g_strconcat (name, suffix, NULL);

  return g_build_filename (c->directory, file, NULL);
}

/* FALSE, and says that the test is skipped, when there is no openssl. */
static inline gboolean
certificates_open (Certificates *c)
{
  g_autofree gchar *openssl = g_find_program_in_path ("openssl");

  if (!openssl) {
    g_print ("SKIP: needs openssl\n");
    return FALSE;
  }
  c->directory = g_dir_make_tmp ("cmaf-tls-XXXXXX", NULL);
  return TRUE;
}

static inline gboolean
certificates_init (Certificates *c)
{
  c->ca = NULL;
  if (!certificates_open (c))
    return FALSE;
  c->ca = g_build_filename (c->directory, "ca.pem", NULL);
  fail_unless (certificates_run (c,
      "openssl req -x509 " CERTIFICATE_KEY "-days 2 -subj /CN=ca "
      "-addext basicConstraints=critical,CA:TRUE "
      "-addext subjectKeyIdentifier=" CERTIFICATE_KEY_ID " -keyout ca.key "
      "-out ca.pem"));
  return TRUE;
}

/* @days -1: expired. @name stands for itself, @subject for whom it is made:
 * IP:127.0.0.1. (transfer full): path of the file */
static inline gchar *
certificates_make (
    Certificates *c, const gchar *name, const gchar *subject, gint days)
{
  g_autofree gchar *ext = certificates_path (c, name, ".ext");
  g_autofree gchar *crt = certificates_path (c, name, ".crt");
  g_autofree gchar *key = certificates_path (c, name, ".key");
  g_autofree gchar *ext_text = g_strdup_printf (
      "subjectAltName=%s\nbasicConstraints=CA:FALSE\n", subject);
  g_autofree gchar *certificate = NULL, *secret = NULL, *both = NULL;
  gchar *pem = certificates_path (c, name, ".pem");

  fail_unless (g_file_set_contents (ext, ext_text, -1, NULL));
  fail_unless (certificates_run (c,
      "openssl req -new " CERTIFICATE_KEY "-subj /CN=%s -keyout %s.key "
      "-out %s.csr",
      name, name, name));
  fail_unless (certificates_run (c,
      "openssl x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
      "-days %d -extfile %s.ext -out %s.crt",
      name, days, name, name));
  fail_unless (g_file_get_contents (crt, &certificate, NULL, NULL));
  fail_unless (g_file_get_contents (key, &secret, NULL, NULL));
  both = g_strconcat (certificate, secret, NULL);
  fail_unless (g_file_set_contents (pem, both, -1, NULL));
  return pem;
}

/* SHA-256 in capital letters with colons, as openssl prints it. */
static inline gchar *
certificates_fingerprint (const gchar *pem)
{
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_file (pem, NULL);
  g_autoptr (GByteArray) der = NULL;
  g_autofree gchar *hex = NULL;
  GString *text = g_string_new (NULL);

  fail_unless (certificate != NULL);
  g_object_get (certificate, "certificate", &der, NULL);
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  for (guint i = 0; i < 64; i += 2)
    g_string_append_printf (text, "%s%c%c", i ? ":" : "",
        g_ascii_toupper (hex[i]), g_ascii_toupper (hex[i + 1]));
  return g_string_free (text, FALSE);
}

static inline void
certificates_clear (Certificates *c)
{
  g_autoptr (GDir) dir = g_dir_open (c->directory, 0, NULL);
  const gchar *entry;

  while ((entry = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (c->directory, entry, NULL);

    g_remove (path);
  }
  g_rmdir (c->directory);
  g_free (c->directory);
  g_free (c->ca);
}

/* One for 127.0.0.1 that signs itself: its file, in a directory of its own;
 * NULL, and says so, when there is no openssl. */
static inline gchar *
certificate_new (void)
{
  Certificates c = { 0 };
  gchar *pem;

  if (!certificates_open (&c))
    return NULL;
  fail_unless (certificates_run (&c,
      "openssl req -x509 " CERTIFICATE_KEY "-days 2 -subj /CN=127.0.0.1 "
      "-addext subjectAltName=IP:127.0.0.1 -keyout server.pem "
      "-out server.pem"));
  pem = certificates_path (&c, "server", ".pem");
  g_free (c.directory);
  return pem;
}

static inline void
certificate_free (gchar *pem)
{
  Certificates c = { g_path_get_dirname (pem), NULL };

  certificates_clear (&c);
  g_free (pem);
}
