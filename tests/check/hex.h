/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Byte vectors as the standards print them. */
#pragma once

#include <gst/check/gstcheck.h>

/* Blanks are ignored. (transfer full) */
static inline GBytes *
bytes_from_hex (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*hex) {
    guint8 byte;

    if (*hex == ' ' || *hex == '\n') {
      hex++;
      continue;
    }
    fail_unless (g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]));
    byte = (guint8)(g_ascii_xdigit_value (hex[0]) << 4
                    | g_ascii_xdigit_value (hex[1]));
    g_byte_array_append (bytes, &byte, 1);
    hex += 2;
  }
  return g_byte_array_free_to_bytes (bytes);
}

static inline gchar *
bytes_to_hex (gconstpointer data, gsize size)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02X", ((const guint8 *)data)[i]);
  return g_string_free (hex, FALSE);
}

static inline void
assert_bytes_are (GBytes *bytes, const gchar *expected)
{
  g_autoptr (GBytes) wanted = bytes_from_hex (expected);
  g_autofree gchar *a =
      bytes_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree gchar *b =
      bytes_to_hex (g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted));

  assert_equals_string (a, b);
}

/* The exact size, on the heap: sanitizers see a read of one byte too many. */
static inline guint8 *
copy_exactly (gconstpointer data, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size)
    memcpy (copy, data, size);
  else
    copy = g_realloc (copy, 1);
  return copy;
}
