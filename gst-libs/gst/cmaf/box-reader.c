/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A bounded cursor; a child box is a smaller cursor. */
#include "box-reader.h"

/* The one function that moves the cursor over data. */
static const guint8 *
take (CmafBoxReader *r, gsize n)
{
  const guint8 *at;

  if (r->failed || n > r->size - r->pos) { /* pos <= size, always */
    r->failed = TRUE;
    return NULL;
  }
  at = r->data + r->pos;
  r->pos += n;
  return at;
}

void
cmaf_box_reader_init (CmafBoxReader *r, gconstpointer data, gsize size)
{
  static const guint8 nothing[1];

  r->data = data ? data : nothing;
  r->size = data ? size : 0;
  r->pos = 0;
  r->failed = FALSE;
}

gsize
cmaf_box_reader_remaining (const CmafBoxReader *r)
{
  return r->failed ? 0 : r->size - r->pos;
}

gboolean
cmaf_box_reader_next (CmafBoxReader *r, CmafBox *box)
{
  gsize start = r->pos;
  gsize left = cmaf_box_reader_remaining (r);
  guint64 size;
  gsize head;

  if (left == 0)
    return FALSE;

  size = cmaf_box_reader_u32 (r);
  box->type = cmaf_box_reader_u32 (r);
  if (size == 1)
    size = cmaf_box_reader_u64 (r);
  else if (size == 0)
    size = left;

  head = r->pos - start;
  if (r->failed || size < head || size > left) {
    r->failed = TRUE;
    return FALSE;
  }
  box->size = size;
  box->offset = start;
  cmaf_box_reader_init (
      &box->body, take (r, (gsize)size - head), (gsize)size - head);
  return TRUE;
}

gboolean
cmaf_box_reader_find (const CmafBoxReader *r, guint32 type, CmafBox *box)
{
  CmafBoxReader cursor = *r;

  while (cmaf_box_reader_next (&cursor, box)) {
    if (box->type == type)
      return TRUE;
  }
  return FALSE;
}

guint8
cmaf_box_reader_full (CmafBoxReader *r, guint32 *flags)
{
  guint8 version = cmaf_box_reader_u8 (r);
  guint32 bits = cmaf_box_reader_u24 (r);

  if (flags)
    *flags = bits;
  return version;
}

guint8
cmaf_box_reader_u8 (CmafBoxReader *r)
{
  const guint8 *at = take (r, 1);

  return at ? at[0] : 0;
}

guint16
cmaf_box_reader_u16 (CmafBoxReader *r)
{
  const guint8 *at = take (r, 2);

  return at ? GST_READ_UINT16_BE (at) : 0;
}

guint32
cmaf_box_reader_u24 (CmafBoxReader *r)
{
  const guint8 *at = take (r, 3);

  return at ? GST_READ_UINT24_BE (at) : 0;
}

guint32
cmaf_box_reader_u32 (CmafBoxReader *r)
{
  const guint8 *at = take (r, 4);

  return at ? GST_READ_UINT32_BE (at) : 0;
}

guint64
cmaf_box_reader_u64 (CmafBoxReader *r)
{
  const guint8 *at = take (r, 8);

  return at ? GST_READ_UINT64_BE (at) : 0;
}

void
cmaf_box_reader_skip (CmafBoxReader *r, gsize n)
{
  take (r, n);
}

const guint8 *
cmaf_box_reader_data (CmafBoxReader *r, gsize n)
{
  return take (r, n);
}

const gchar *
cmaf_box_reader_string (CmafBoxReader *r)
{
  gsize left = cmaf_box_reader_remaining (r);
  const guint8 *end = left ? memchr (r->data + r->pos, 0, left) : NULL;

  if (!end) {
    r->failed = TRUE;
    return NULL;
  }
  return (const gchar *)take (r, end - (r->data + r->pos) + 1);
}

const gchar *
cmaf_fourcc_to_string (guint32 type, gchar text[5])
{
  GST_WRITE_UINT32_BE (text, type);
  text[4] = 0;
  for (guint i = 0; i < 4; i++) {
    if (!g_ascii_isprint (text[i]))
      text[i] = '.';
  }
  return text;
}
