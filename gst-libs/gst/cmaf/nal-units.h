/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: the NAL units of an access unit of H.264 or H.265, with
 * their lengths in front (ISO/IEC 14496-15 4.3.3). */
#pragma once

#include "box-reader.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* borrowed */
  gsize size;         /* at least 1 */
} CmafNalUnit;

/* FALSE at the end, and with @failed set when a length is a lie. */
static inline gboolean
cmaf_nal_unit_next (CmafBoxReader *r, guint length_size, CmafNalUnit *nal)
{
  gsize size = 0;

  if (cmaf_box_reader_remaining (r) == 0)
    return FALSE;
  for (guint i = 0; i < length_size; i++)
    size = size << 8 | cmaf_box_reader_u8 (r);
  nal->data = cmaf_box_reader_data (r, size);
  nal->size = size;
  if (size == 0)
    r->failed = TRUE;
  return !r->failed;
}

G_END_DECLS
