/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A file of leap seconds. */
#include "fuzz.h"

#include <gst/cmaf/leap-table.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafLeapTable) table = cmaf_leap_table_parse (text, &error);
  gboolean is_inserted;
  gint64 tai;

  PROMISE ((table == NULL) == (error != NULL));
  if (!table)
    return 0;
  for (gint64 posix = 0; posix < G_GINT64_CONSTANT (4102444800);
       posix += 15638400) {
    tai = posix + cmaf_leap_table_offset (table, posix);
    PROMISE (cmaf_leap_table_posix (table, tai, &is_inserted) == posix);
    PROMISE (!is_inserted);
  }
  return 0;
}
