/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A splice_info_section, with and without a length that fits. */
#include "fuzz.h"

#include <gst/cmaf/splice-info.h>

static void
check (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  CmafSpliceInfo info;
  guint64 pts;

  if (!cmaf_splice_info_parse (data, size, &info, &error)) {
    PROMISE (error != NULL);
    return;
  }
  PROMISE (error == NULL);
  PROMISE (info.n_segmentations <= CMAF_SPLICE_MAX_SEGMENTATIONS);
  PROMISE (info.duration >> 33 == 0 && info.pts_adjustment >> 33 == 0);
  if (cmaf_splice_info_get_pts (&info, &pts))
    PROMISE (pts >> 33 == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *fitting = g_memdup2 (data, size);

  check (data, size);
  if (size >= 3 && size < 4096) {
    fitting[1] = (fitting[1] & 0xF0) | (size - 3) >> 8;
    fitting[2] = (size - 3) & 0xFF;
    check (fitting, size);
  }
  return 0;
}
