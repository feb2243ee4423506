/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects of text, for the tests of stores. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/cmaf/object-store.h>

static inline gboolean
put_object (CmafObjectStore *store, const gchar *name, const gchar *type,
    CmafObjectFlags flags, const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return cmaf_object_store_put (store, name, type, flags, bytes, error);
}

static inline void
append (CmafObjectWriter *writer, const gchar *text)
{
  GBytes *bytes = g_bytes_new (text, strlen (text));

  fail_unless (cmaf_object_writer_append (writer, &bytes, 1, NULL));
  g_bytes_unref (bytes);
}
