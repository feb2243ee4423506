/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A bounded cursor over bits. */
#include "bit-reader.h"

void
cmaf_bit_reader_init (CmafBitReader *r, gconstpointer data, gsize size)
{
  r->data = data;
  r->n_bits = MIN (size, G_MAXSIZE / 8) * 8;
  r->pos = 0;
  r->failed = FALSE;
}

gsize
cmaf_bit_reader_remaining (const CmafBitReader *r)
{
  return r->failed ? 0 : r->n_bits - r->pos;
}

/* TRUE when @n bits are left; else the failure sticks. */
static gboolean
has (CmafBitReader *r, gsize n)
{
  if (r->failed || n > r->n_bits - r->pos)
    r->failed = TRUE;
  return !r->failed;
}

guint32
cmaf_bit_reader_get (CmafBitReader *r, guint n)
{
  guint32 value = 0;

  if (!has (r, n))
    return 0;
  for (; n > 0; n--, r->pos++)
    value = value << 1 | (r->data[r->pos / 8] >> (7 - r->pos % 8) & 1);
  return value;
}

gboolean
cmaf_bit_reader_flag (CmafBitReader *r)
{
  return cmaf_bit_reader_get (r, 1) != 0;
}

void
cmaf_bit_reader_skip (CmafBitReader *r, gsize n)
{
  if (has (r, n))
    r->pos += n;
}

guint32
cmaf_bit_reader_ue (CmafBitReader *r)
{
  guint n_zeros = 0;

  while (!cmaf_bit_reader_flag (r)) {
    if (r->failed || ++n_zeros > 31) {
      r->failed = TRUE;
      return 0;
    }
  }
  return (1u << n_zeros) - 1 + cmaf_bit_reader_get (r, n_zeros);
}

gint32
cmaf_bit_reader_se (CmafBitReader *r)
{
  guint32 code = cmaf_bit_reader_ue (r);
  gint32 magnitude = (gint32)(code / 2 + code % 2);

  return code % 2 ? magnitude : -magnitude;
}
