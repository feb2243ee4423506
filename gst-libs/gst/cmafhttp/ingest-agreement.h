/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The offset of one session of an encoder, as the packagers that share a store
 * have it (offset-claim.h). Nothing waits: it is looked at. Part of
 * ingest-restamp; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmaf/offset-claim.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

G_BEGIN_DECLS

/* All zero: nothing was asked yet. */
typedef struct
{
  CmafOffsetClaim claim;
  gboolean has_begun, is_told;
  GstCmafSyncRequest *asked; /* NULL: none is on its way */
} CmafIngestAgreement;

typedef enum
{
  CMAF_INGEST_AGREEMENT_WAITS,
  CMAF_INGEST_AGREEMENT_NEW, /* it is there, and that was not said before */
  CMAF_INGEST_AGREEMENT_IS,
} CmafIngestAgreementState;

void cmaf_ingest_agreement_clear (CmafIngestAgreement *self);
/* @number: of the first record that may be that of the session; @offset: as it
 * was measured, then as it holds (ns); @now: monotonic, ns. */
CmafIngestAgreementState cmaf_ingest_agreement_look (CmafIngestAgreement *self,
    GstCmafSyncStore *store, const gchar *encoder, guint number, gint64 *offset,
    GstClockTime now);
/* What it has by now has to do. */
void cmaf_ingest_agreement_force (CmafIngestAgreement *self);

G_END_DECLS
