/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A gzip body, whole and in pieces of the size that its first byte tells: both
 * say the same, and neither makes more of it than is allowed. */
#include "fuzz.h"

#include <gst/cmafhttp/gzip-decoder.h>
#include <string.h>

#define MAX_SIZE (4 * 1024 * 1024)

/* Bytes that came out, G_MAXUINT64 when it failed. */
static guint64
decode (const guint8 *data, gsize size, gsize step, gboolean *is_complete)
{
  g_autoptr (CmafGzipDecoder) decoder = cmaf_gzip_decoder_new (MAX_SIZE);
  guint64 n_out = 0;
  gboolean ok = TRUE;

  for (gsize at = 0; at < size && ok; at += step) {
    g_autoptr (GPtrArray) pieces =
        g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    g_autoptr (GError) error = NULL;

    ok = cmaf_gzip_decoder_feed (
        decoder, data + at, MIN (step, size - at), pieces, &error);
    PROMISE (ok == (error == NULL));
    for (guint i = 0; i < pieces->len; i++)
      n_out += g_bytes_get_size (pieces->pdata[i]);
    PROMISE (n_out <= MAX_SIZE);
  }
  *is_complete = cmaf_gzip_decoder_is_complete (decoder);
  return ok ? n_out : G_MAXUINT64;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gboolean is_complete, is_complete_too;
  guint64 n_out;

  if (size < 2)
    return 0;
  n_out = decode (data + 1, size - 1, size, &is_complete);
  /* the ratio counts what has come in, so pieces may fail earlier */
  if (n_out <= 1024 * 1024)
    PROMISE (decode (data + 1, size - 1, 1 + data[0], &is_complete_too) == n_out
             && is_complete == is_complete_too);
  return 0;
}
