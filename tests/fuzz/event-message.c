/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A sample of an event message track, and an emsg box; what is read, is written
 * alike. */
#include "fuzz.h"

#include <gst/cmaf/event-reader.h>

#define TIMESCALE 1000
#define TIME 1000000

typedef gboolean (*Read) (const guint8 *data, gsize size, guint32 timescale,
    guint64 time, GPtrArray *events, GError **error);

static void
check (Read read, const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GPtrArray) again =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) written = NULL;

  if (!read (data, size, TIMESCALE, TIME, events, &error)) {
    PROMISE (error != NULL);
    return;
  }
  for (guint i = 0; i < events->len; i++) {
    g_autoptr (GError) fault = NULL;

    PROMISE (cmaf_event_check (events->pdata[i], &fault) == (fault == NULL));
  }
  written = cmaf_event_sample_write (
      (const CmafEvent *const *)events->pdata, events->len, TIME, NULL);
  PROMISE (written != NULL);
  PROMISE (cmaf_event_sample_read (g_bytes_get_data (written, NULL),
      g_bytes_get_size (written), TIMESCALE, TIME, again, NULL));
  PROMISE (again->len == events->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check (cmaf_event_sample_read, data, size);
  check (cmaf_emsg_read, data, size);
  return 0;
}
