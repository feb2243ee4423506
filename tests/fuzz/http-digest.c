/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Authorization fields, one a line. Nobody guesses what is not known. */
#include "fuzz.h"

#include <gst/cmafhttp/http-digest.h>
#include <string.h>

static gchar *
find_nobody (const gchar *user, gboolean is_sha256, gpointer user_data)
{
  PROMISE (user != NULL);
  return NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (CmafHttpDigest) digest = cmaf_http_digest_new ("ingest");
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_auto (GStrv) fields = g_strsplit (text, "\n", 8);

  for (guint i = 0; fields[i] != NULL; i++)
    PROMISE (cmaf_http_digest_check (
                 digest, fields[i], "POST", "/a", find_nobody, NULL, 1)
             == CMAF_HTTP_DIGEST_WRONG);
  return 0;
}
