/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A date as text. */
#include "fuzz.h"

#include <gst/cmaf/rfc3339.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_autoptr (GError) error = NULL;
  gint64 utc;

  PROMISE (cmaf_utc_from_rfc3339 (text, &utc, &error) == (error == NULL));
  return 0;
}
