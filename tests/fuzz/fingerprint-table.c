/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Fingerprints of a segment: what is read, is written again as it was. */
#include "fuzz.h"

#include <gst/cmaf/fingerprint-table.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const CmafUnitGrid frames = { 90000, 3600, 0 };
  static const CmafSegmentGrid grid = { 48, 25, NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) entries =
      cmaf_fingerprint_table_read (bytes, &grid, &frames, 904005000, &error);

  PROMISE ((entries != NULL) == (error == NULL));
  if (!entries)
    return 0;
  again = cmaf_fingerprint_table_write (
      &frames, (CmafNumberedFingerprint *)entries->data, entries->len);
  PROMISE (g_bytes_equal (bytes, again));
  return 0;
}
