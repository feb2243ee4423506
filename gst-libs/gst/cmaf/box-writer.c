/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* begin/end scopes over GstByteWriter. */
#include "box-writer.h"

static void
check (CmafBoxWriter *w, gboolean ok)
{
  if (!ok)
    w->failed = TRUE;
}

void
cmaf_box_writer_init (CmafBoxWriter *w)
{
  gst_byte_writer_init (&w->bytes);
  w->depth = 0;
  w->failed = FALSE;
}

void
cmaf_box_writer_clear (CmafBoxWriter *w)
{
  gst_byte_writer_reset (&w->bytes);
  cmaf_box_writer_init (w);
}

void
cmaf_box_writer_begin (CmafBoxWriter *w, guint32 type)
{
  if (w->depth == CMAF_BOX_WRITER_MAX_DEPTH) {
    w->failed = TRUE;
    return;
  }
  w->starts[w->depth++] = gst_byte_writer_get_pos (&w->bytes);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, type);
}

void
cmaf_box_writer_begin_full (
    CmafBoxWriter *w, guint32 type, guint8 version, guint32 flags)
{
  cmaf_box_writer_begin (w, type);
  cmaf_box_writer_u8 (w, version);
  cmaf_box_writer_u24 (w, flags);
}

void
cmaf_box_writer_end (CmafBoxWriter *w)
{
  guint start;

  if (w->depth == 0) {
    w->failed = TRUE;
    return;
  }
  start = w->starts[--w->depth];
  cmaf_box_writer_patch_u32 (
      w, start, gst_byte_writer_get_pos (&w->bytes) - start);
}

void
cmaf_box_writer_u8 (CmafBoxWriter *w, guint8 value)
{
  check (w, gst_byte_writer_put_uint8 (&w->bytes, value));
}

void
cmaf_box_writer_u16 (CmafBoxWriter *w, guint16 value)
{
  check (w, gst_byte_writer_put_uint16_be (&w->bytes, value));
}

void
cmaf_box_writer_u24 (CmafBoxWriter *w, guint32 value)
{
  check (w, gst_byte_writer_put_uint24_be (&w->bytes, value));
}

void
cmaf_box_writer_u32 (CmafBoxWriter *w, guint32 value)
{
  check (w, gst_byte_writer_put_uint32_be (&w->bytes, value));
}

void
cmaf_box_writer_u64 (CmafBoxWriter *w, guint64 value)
{
  check (w, gst_byte_writer_put_uint64_be (&w->bytes, value));
}

void
cmaf_box_writer_data (CmafBoxWriter *w, gconstpointer data, gsize size)
{
  if (size == 0)
    return;
  /* half of the range keeps the byte writer's own sums in range */
  check (w, size <= G_MAXINT32
                && gst_byte_writer_put_data (&w->bytes, data, (guint)size));
}

void
cmaf_box_writer_fill (CmafBoxWriter *w, guint8 value, gsize n)
{
  if (n == 0)
    return;
  check (
      w, n <= G_MAXINT32 && gst_byte_writer_fill (&w->bytes, value, (guint)n));
}

void
cmaf_box_writer_string (CmafBoxWriter *w, const gchar *string)
{
  if (!string)
    string = "";
  cmaf_box_writer_data (w, string, strlen (string) + 1);
}

gsize
cmaf_box_writer_position (const CmafBoxWriter *w)
{
  return gst_byte_writer_get_pos (&w->bytes);
}

void
cmaf_box_writer_patch_u32 (CmafBoxWriter *w, gsize position, guint32 value)
{
  gsize size = gst_byte_writer_get_size (&w->bytes);

  if (size < 4 || position > size - 4) {
    w->failed = TRUE;
    return;
  }
  GST_WRITE_UINT32_BE ((guint8 *)w->bytes.parent.data + position, value);
}

GBytes *
cmaf_box_writer_finish (CmafBoxWriter *w, GError **error)
{
  gsize size = gst_byte_writer_get_size (&w->bytes);
  guint8 *data;

  if (w->failed || w->depth > 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "box-writer: %u boxes open after %" G_GSIZE_FORMAT
        " bytes, needs matching begin and end, at most %u deep, and memory",
        w->depth, size, CMAF_BOX_WRITER_MAX_DEPTH);
    cmaf_box_writer_clear (w);
    return NULL;
  }
  data = gst_byte_writer_reset_and_get_data (&w->bytes);
  cmaf_box_writer_init (w);
  return g_bytes_new_take (data, size);
}
