/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Intervals double. */
#include "store-retry.h"

#define MAX_DOUBLINGS 3

void
cmaf_store_retry_note (CmafStoreRetry *self, gboolean is_answered, gint64 now)
{
  if (is_answered) {
    self->n_failures = 0;
    self->next = 0;
    return;
  }
  self->next =
      now + ((gint64)G_USEC_PER_SEC << MIN (self->n_failures, MAX_DOUBLINGS));
  self->n_failures++;
}

gboolean
cmaf_store_retry_is_due (const CmafStoreRetry *self, gint64 now)
{
  return self->n_failures == 0 || now >= self->next;
}
