/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* When a store that failed is asked again: after 1, 2, 4 s, and then each 8 s,
 * less than the ten that a generation is told ahead. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* All zero: it has not failed. */
typedef struct
{
  guint n_failures; /* in a row */
  gint64 next;      /* not before; monotonic us */
} CmafStoreRetry;

CMAF_API void cmaf_store_retry_note (
    CmafStoreRetry *retry, gboolean is_answered, gint64 now);
CMAF_API gboolean cmaf_store_retry_is_due (
    const CmafStoreRetry *retry, gint64 now);

G_END_DECLS
