/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "gzip-decoder.h"

#include <gio/gio.h>

#define PIECE_SIZE (32 * 1024)
#define FREE_SIZE (1024 * 1024) /* for which no ratio counts */

struct _CmafGzipDecoder
{
  GConverter *inflater;
  guint64 max_size;
  guint64 n_in, n_out;
  GByteArray *rest;   /* of the input, too little for the inflater to go on */
  gboolean is_within; /* a member has begun and not ended */
  gboolean has_failed;
};

CmafGzipDecoder *
cmaf_gzip_decoder_new (guint64 max_size)
{
  CmafGzipDecoder *self = g_new0 (CmafGzipDecoder, 1);

  self->inflater =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  self->max_size = max_size;
  self->rest = g_byte_array_new ();
  return self;
}

void
cmaf_gzip_decoder_free (CmafGzipDecoder *self)
{
  g_object_unref (self->inflater);
  g_byte_array_unref (self->rest);
  g_free (self);
}

static gboolean
check_limits (CmafGzipDecoder *self, GError **error)
{
  if (self->n_out > self->max_size)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "body: inflates to more than the %" G_GUINT64_FORMAT
        " bytes that are allowed",
        self->max_size);
  else if (self->n_out > FREE_SIZE
           && self->n_out / CMAF_GZIP_MAX_RATIO > self->n_in)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "body: inflates to more than %u times its size", CMAF_GZIP_MAX_RATIO);
  else
    return TRUE;
  return FALSE;
}

/* One step: FALSE when it failed, or when more input is needed and @error is
 * not set. */
static gboolean
inflate (CmafGzipDecoder *self, const guint8 *data, gsize size, gsize *n_read,
    GPtrArray *pieces, GError **error)
{
  g_autofree guint8 *out = g_malloc (PIECE_SIZE);
  g_autoptr (GError) failure = NULL;
  gsize n_written = 0;
  GConverterResult result = g_converter_convert (self->inflater, data, size,
      out, PIECE_SIZE, G_CONVERTER_NO_FLAGS, n_read, &n_written, &failure);

  if (result == G_CONVERTER_ERROR) {
    if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
          "body: is no gzip, as its Content-Encoding says");
    return FALSE;
  }
  self->is_within = result != G_CONVERTER_FINISHED;
  if (!self->is_within)
    g_converter_reset (self->inflater);
  self->n_in += *n_read;
  self->n_out += n_written;
  if (!check_limits (self, error))
    return FALSE;
  if (n_written > 0)
    g_ptr_array_add (pieces, g_bytes_new (out, n_written));
  return *n_read > 0 || n_written > 0;
}

gboolean
cmaf_gzip_decoder_feed (CmafGzipDecoder *self, const guint8 *data, gsize size,
    GPtrArray *pieces, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gsize at = 0, n_read = 0;

  g_return_val_if_fail (!self->has_failed, FALSE);

  g_byte_array_append (self->rest, data, size);
  /* without input too: the inflater may have more to say */
  while ((at < self->rest->len || self->is_within)
         && inflate (self, self->rest->data + at, self->rest->len - at, &n_read,
             pieces, &failure))
    at += n_read;
  g_byte_array_remove_range (self->rest, 0, at);
  if (failure == NULL)
    return TRUE;
  self->has_failed = TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
cmaf_gzip_decoder_is_complete (const CmafGzipDecoder *self)
{
  return !self->is_within && self->rest->len == 0 && !self->has_failed;
}
