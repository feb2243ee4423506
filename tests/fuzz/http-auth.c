/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WWW-Authenticate fields, one a line. The answer is one header line, whatever
 * was asked. */
#include "fuzz.h"

#include <gst/cmafhttp/http-auth.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const CmafHttpCredentials who = { "us\"er", "pass", NULL };
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_auto (GStrv) fields = g_strsplit (text, "\n", 8);
  g_auto (CmafHttpAuth) auth = { 0 };
  g_autofree gchar *field = NULL;

  /* as the reader of answers leaves them */
  for (guint i = 0; fields[i] != NULL; i++)
    g_strdelimit (fields[i], "\r\n", ' ');
  if (!cmaf_http_auth_challenge (&auth, fields, &who, TRUE))
    return 0;
  field = cmaf_http_auth_make_field (&auth, &who, "POST", "/a");
  PROMISE (field != NULL);
  PROMISE (strpbrk (field, "\r\n") == field + strlen (field) - 2);
  return 0;
}
