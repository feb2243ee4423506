/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Wrong credentials get another answer than none: a sender that was not asked
 * yet is asked. */
#include "ingest-access.h"

#include <string.h>

/* Takes the same time for every wrong password of one length. */
static gboolean
equal_secret (const gchar *a, const gchar *b)
{
  gsize length = strlen (a);
  guint8 difference = length != strlen (b);

  for (gsize i = 0; i < length && i <= strlen (b); i++)
    difference |= (guint8)a[i] ^ (guint8)b[i];
  return difference == 0;
}

guint
cmaf_ingest_access_check (const gchar *credentials, const gchar *authorization)
{
  g_autofree guchar *decoded = NULL;
  g_autofree gchar *given = NULL;
  gsize size;

  if (credentials == NULL)
    return 0;
  if (authorization == NULL
      || g_ascii_strncasecmp (authorization, "Basic ", 6) != 0)
    return 401;
  decoded = g_base64_decode (authorization + 6, &size);
  given = g_strndup ((const gchar *)decoded, size);
  return equal_secret (given, credentials) ? 0 : 403;
}
