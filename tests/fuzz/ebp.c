/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Private data of an adaptation field. */
#include "fuzz.h"

#include <gst/cmaf/ebp.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  CmafEbp ebp;

  if (cmaf_ebp_parse (data, size, &ebp, &error)) {
    PROMISE (error == NULL);
    PROMISE (ebp.sap_type < 8);
  }
  return 0;
}
