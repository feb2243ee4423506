/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A sample of an event message track; what is read, is written alike. */
#include "fuzz.h"

#include <gst/cmaf/event-message.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GPtrArray) again =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) written = NULL;

  if (!cmaf_event_sample_read (data, size, 1000000, events, &error)) {
    PROMISE (error != NULL);
    return 0;
  }
  written = cmaf_event_sample_write (
      (const CmafEvent *const *)events->pdata, events->len, 1000000, NULL);
  PROMISE (written != NULL);
  PROMISE (cmaf_event_sample_read (g_bytes_get_data (written, NULL),
      g_bytes_get_size (written), 1000000, again, NULL));
  PROMISE (again->len == events->len);
  return 0;
}
