/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The pair of a source in the store that encoders share: whoever sees the
 * source first tells it, all others read it. One thread. */
#pragma once

#include <gst/cmaf/service-plan.h>
#include <gst/cmaf/store-retry.h>
#include <gst/cmaf/sync-record.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

G_BEGIN_DECLS

typedef struct
{
  GstCmafSyncRequest *asked; /* NULL: not yet, or answered */
  gboolean has_waited;
  CmafStoreRetry retry;
} AnchorStore;

void anchor_store_clear (AnchorStore *self);
/* The pair that holds, in place of @wish. FALSE: none is known yet, and with
 * @error (the record is wrong, or of another source) none will be. The first
 * call waits for a bounded time, unless *@is_woken; a store that fails is asked
 * again, at growing intervals. @now: monotonic us. */
gboolean anchor_store_find (AnchorStore *self, GstCmafSyncStore *store,
    const CmafAnchorRecord *wish, gint64 now, const gint *is_woken,
    CmafPtsPair *pair, GError **error);
/* Tells @plan the pairs that generations of the service have begun with; waits
 * until @until (monotonic us). */
void anchor_store_read_renewals (GstCmafSyncStore *store, CmafServicePlan *plan,
    gint64 until, const gint *is_woken);

G_END_DECLS
