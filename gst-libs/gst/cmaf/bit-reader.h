/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A bounded cursor over the bits of codec headers, the highest bit of a byte
 * first. Reads after a failure give 0: check @failed once. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* borrowed */
  gsize n_bits;
  gsize pos; /* <= n_bits, always */
  gboolean failed;
} CmafBitReader;

CMAF_API void cmaf_bit_reader_init (
    CmafBitReader *r, gconstpointer data, gsize size);
CMAF_API gsize cmaf_bit_reader_remaining (const CmafBitReader *r);
/* At most 32 bits. */
CMAF_API guint32 cmaf_bit_reader_get (CmafBitReader *r, guint n);
CMAF_API gboolean cmaf_bit_reader_flag (CmafBitReader *r);
CMAF_API void cmaf_bit_reader_skip (CmafBitReader *r, gsize n);
/* ue(v) and se(v): Exp-Golomb codes (ISO/IEC 14496-10 9.1) */
CMAF_API guint32 cmaf_bit_reader_ue (CmafBitReader *r);
CMAF_API gint32 cmaf_bit_reader_se (CmafBitReader *r);

G_END_DECLS
