/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A certificate for 127.0.0.1 that signs itself, made when it is needed. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>

/* A PEM file with certificate and key in a folder of its own; NULL, and says
 * so, when there is no openssl. */
static inline gchar *
certificate_new (void)
{
  g_autofree gchar *openssl = g_find_program_in_path ("openssl");
  g_autofree gchar *folder = NULL, *pem = NULL, *key = NULL;
  g_autofree gchar *text = NULL, *key_text = NULL, *both = NULL, *said = NULL;
  gint status = -1;

  if (openssl == NULL) {
    g_print ("SKIP: needs openssl\n");
    return NULL;
  }
  folder = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  pem = g_build_filename (folder, "server.pem", NULL);
  key = g_build_filename (folder, "key.pem", NULL);
  {
    gchar *command[] = { openssl, (gchar *)"req", (gchar *)"-x509",
      (gchar *)"-newkey", (gchar *)"ec", (gchar *)"-pkeyopt",
      (gchar *)"ec_paramgen_curve:prime256v1", (gchar *)"-nodes",
      (gchar *)"-days", (gchar *)"2", (gchar *)"-subj",
      (gchar *)"/CN=127.0.0.1", (gchar *)"-addext",
      (gchar *)"subjectAltName=IP:127.0.0.1", (gchar *)"-keyout", key,
      (gchar *)"-out", pem, NULL };

    fail_unless (g_spawn_sync (
        NULL, command, NULL, 0, NULL, NULL, NULL, &said, &status, NULL));
  }
  fail_unless (g_spawn_check_wait_status (status, NULL), "%s", said);
  fail_unless (g_file_get_contents (pem, &text, NULL, NULL));
  fail_unless (g_file_get_contents (key, &key_text, NULL, NULL));
  both = g_strconcat (text, key_text, NULL);
  fail_unless (g_file_set_contents (pem, both, -1, NULL));
  g_remove (key);
  return g_steal_pointer (&pem);
}

static inline void
certificate_free (gchar *pem)
{
  g_autofree gchar *folder = g_path_get_dirname (pem);

  g_remove (pem);
  g_rmdir (folder);
  g_free (pem);
}
