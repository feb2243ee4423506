/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* anchor.json */
#include "anchor-store.h"

#include <string.h>

#define ASK_AGAIN (1 * (gint64)G_USEC_PER_SEC)

void
anchor_store_clear (AnchorStore *self)
{
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  self->has_waited = FALSE;
  self->failed_at = 0;
}

static gboolean
take_record (GBytes *bytes, const CmafAnchorRecord *wish, CmafPtsPair *pair,
    GError **error)
{
  CmafAnchorRecord record;
  gboolean ok;

  if (!cmaf_anchor_record_read (&record, bytes, error))
    return FALSE;
  ok = strcmp (record.source, wish->source) == 0;
  if (ok)
    *pair = record.pair;
  else
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "anchor-source: found \"%s\", needs \"%s\" as the service has "
        "in " CMAF_ANCHOR_RECORD_NAME " of sync-store",
        wish->source, record.source);
  cmaf_anchor_record_clear (&record);
  return ok;
}

static gint64
find_limit (AnchorStore *self, gint64 now)
{
  const gboolean has_waited = self->has_waited;

  self->has_waited = TRUE;
  return has_waited ? 0 : now + GST_CMAF_SYNC_STORE_SLOW;
}

gboolean
anchor_store_find (AnchorStore *self, GstCmafSyncStore *store,
    const CmafAnchorRecord *wish, gint64 now, const gint *is_woken,
    CmafPtsPair *pair, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (self->failed_at > 0 && now - self->failed_at < ASK_AGAIN)
    return FALSE;
  if (!self->asked) {
    g_autoptr (GBytes) offer = cmaf_anchor_record_write (wish);

    self->asked =
        gst_cmaf_sync_store_offer (store, CMAF_ANCHOR_RECORD_NAME, offer);
  }
  switch (gst_cmaf_sync_request_wait (
      self->asked, find_limit (self, now), is_woken, &bytes, NULL)) {
    case GST_CMAF_SYNC_READ:
    case GST_CMAF_SYNC_WRITTEN:
      g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
      return take_record (bytes, wish, pair, error);
    case GST_CMAF_SYNC_PENDING:
      return FALSE;
    case GST_CMAF_SYNC_ABSENT:
    case GST_CMAF_SYNC_FAILED:
      self->failed_at = now;
      g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  }
  return FALSE;
}
