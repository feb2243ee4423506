/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* anchor.json, and the pairs in gen/<g>.json */
#include "anchor-store.h"

#include <string.h>

void
anchor_store_clear (AnchorStore *self)
{
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  self->has_waited = FALSE;
  memset (&self->retry, 0, sizeof self->retry);
}

static gboolean
take_record (GBytes *bytes, const CmafAnchorRecord *wish, CmafPtsPair *pair,
    GError **error)
{
  CmafAnchorRecord record;
  gboolean ok;

  if (!cmaf_anchor_record_read (&record, bytes, error)) {
    g_prefix_error (error, "sync-store: ");
    return FALSE;
  }
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

  if (!cmaf_store_retry_is_due (&self->retry, now))
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
      cmaf_store_retry_note (&self->retry, FALSE, now);
      g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  }
  return FALSE;
}

/* FALSE: there is no such generation, or no answer. */
static gboolean
read_renewal (GstCmafSyncStore *store, CmafServicePlan *plan, guint generation,
    gint64 until, const gint *is_woken)
{
  g_autofree gchar *name = cmaf_generation_record_name (generation);
  g_autoptr (GstCmafSyncRequest) asked = gst_cmaf_sync_store_get (store, name);
  g_autoptr (GBytes) bytes = NULL;
  CmafGenerationRecord record;

  if (gst_cmaf_sync_request_wait (asked, until, is_woken, &bytes, NULL)
      != GST_CMAF_SYNC_READ)
    return FALSE;
  if (!cmaf_generation_record_read (&record, bytes, NULL))
    return TRUE; /* the muxers tell what is wrong with it */
  if (record.has_pair)
    cmaf_service_plan_renew (plan, generation, &record.pair, record.source);
  cmaf_generation_record_clear (&record);
  return TRUE;
}

void
anchor_store_read_renewals (GstCmafSyncStore *store, CmafServicePlan *plan,
    gint64 until, const gint *is_woken)
{
  const guint latest = cmaf_service_plan_get_latest (plan);
  guint generation = 1;

  while (read_renewal (store, plan, generation, until, is_woken))
    generation++;
  if (generation > latest)
    return;
  generation = latest + 1; /* the first ones were begun without the store */
  while (read_renewal (store, plan, generation, until, is_woken))
    generation++;
}
