/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One request after the other: an offer finds what is there, or makes it. */
#include "ingest-agreement.h"

#include <gst/cmaf/sync-record.h>
#include <string.h>

#define NS_PER_US 1000

void
cmaf_ingest_agreement_clear (CmafIngestAgreement *self)
{
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  memset (self, 0, sizeof *self);
}

static void
ask (CmafIngestAgreement *self, GstCmafSyncStore *store, const gchar *encoder)
{
  g_autofree gchar *name =
      cmaf_offset_record_name (encoder, self->claim.number);
  g_autoptr (GBytes) bytes = cmaf_offset_record_write (self->claim.offset);

  self->asked = gst_cmaf_sync_store_offer (store, name, bytes);
}

/* FALSE: it is not there yet. */
static gboolean
take_answer (CmafIngestAgreement *self, gint64 now)
{
  g_autoptr (GBytes) bytes = NULL;
  GstCmafSyncState state =
      gst_cmaf_sync_request_look (self->asked, &bytes, NULL);
  gint64 theirs;

  if (state == GST_CMAF_SYNC_PENDING)
    return FALSE;
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  if (state == GST_CMAF_SYNC_WRITTEN)
    cmaf_offset_claim_take_ours (&self->claim);
  else if (state == GST_CMAF_SYNC_READ)
    cmaf_offset_claim_take_theirs (&self->claim,
        cmaf_offset_record_read (&theirs, bytes, NULL) ? &theirs : NULL);
  else
    cmaf_offset_claim_take_failure (&self->claim, now);
  return TRUE;
}

static CmafIngestAgreementState
say (CmafIngestAgreement *self, gint64 *offset)
{
  const gboolean was_told = self->is_told;

  if (self->claim.state == CMAF_OFFSET_ASKS)
    return CMAF_INGEST_AGREEMENT_WAITS;
  /* one that comes too late is not looked at */
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  *offset = self->claim.offset * NS_PER_US;
  self->is_told = TRUE;
  return was_told ? CMAF_INGEST_AGREEMENT_IS : CMAF_INGEST_AGREEMENT_NEW;
}

CmafIngestAgreementState
cmaf_ingest_agreement_look (CmafIngestAgreement *self, GstCmafSyncStore *store,
    const gchar *encoder, guint number, gint64 *offset, GstClockTime now)
{
  const gint64 us = (gint64)(now / NS_PER_US);

  if (!self->has_begun)
    cmaf_offset_claim_begin (&self->claim, number, *offset / NS_PER_US,
        us + GST_CMAF_SYNC_STORE_SLOW);
  self->has_begun = TRUE;
  do {
    if (!self->asked && cmaf_offset_claim_is_due (&self->claim, us))
      ask (self, store, encoder);
  } while (self->asked && take_answer (self, us));
  cmaf_offset_claim_wait (&self->claim, us);
  return say (self, offset);
}

void
cmaf_ingest_agreement_force (CmafIngestAgreement *self)
{
  if (self->has_begun)
    cmaf_offset_claim_wait (&self->claim, G_MAXINT64);
}
