/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Descriptors of an adaptation field. */
#include "fuzz.h"

#include <gst/cmaf/temi.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  CmafTemi temi;

  if (cmaf_temi_parse (data, size, &temi, &error)) {
    PROMISE (error == NULL);
    PROMISE (temi.has_ntp || temi.has_ptp);
  }
  return 0;
}
