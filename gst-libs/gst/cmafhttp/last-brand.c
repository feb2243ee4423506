/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The brand becomes another one that is true: nothing is moved. */
#include "last-brand.h"

#include <gst/cmaf/box-reader.h>

GBytes *
cmaf_front_without_last_brand (const CmafChunk *chunk)
{
  GBytes *front = g_ptr_array_index (chunk->bytes, 0);
  gsize size, at = 0;
  guint8 *data =
      g_memdup2 (g_bytes_get_data (front, &size), g_bytes_get_size (front));

  while (at + 8 <= size) {
    guint32 box = GST_READ_UINT32_BE (data + at);

    if (box < 8 || box > size - at)
      break;
    for (gsize i = at + 8; GST_READ_UINT32_BE (data + at + 4) == CMAF_BOX_STYP
                           && i + 4 <= at + box;
         i += 4)
      if (GST_READ_UINT32_BE (data + i) == CMAF_BRAND_LMSG)
        GST_WRITE_UINT32_BE (data + i, CMAF_BRAND_CMFC);
    at += box;
  }
  return g_bytes_new_take (data, size);
}
