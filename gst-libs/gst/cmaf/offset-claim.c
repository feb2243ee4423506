/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Once it is settled nothing changes it. */
#include "offset-claim.h"

#include <string.h>

void
cmaf_offset_claim_begin (
    CmafOffsetClaim *self, guint number, gint64 offset, gint64 until)
{
  memset (self, 0, sizeof *self);
  self->number = number;
  self->offset = offset;
  self->until = until;
}

gboolean
cmaf_offset_claim_is_due (const CmafOffsetClaim *self, gint64 now)
{
  return self->state == CMAF_OFFSET_ASKS
         && cmaf_store_retry_is_due (&self->retry, now);
}

void
cmaf_offset_claim_take_theirs (CmafOffsetClaim *self, const gint64 *offset)
{
  if (self->state != CMAF_OFFSET_ASKS)
    return;
  if (!offset || ABS (*offset - self->offset) > CMAF_OFFSET_SAME) {
    self->number++;
    return;
  }
  self->state = CMAF_OFFSET_SHARED;
  self->offset = *offset;
}

void
cmaf_offset_claim_take_ours (CmafOffsetClaim *self)
{
  if (self->state == CMAF_OFFSET_ASKS)
    self->state = CMAF_OFFSET_SHARED;
}

void
cmaf_offset_claim_take_failure (CmafOffsetClaim *self, gint64 now)
{
  cmaf_store_retry_note (&self->retry, FALSE, now);
}

void
cmaf_offset_claim_wait (CmafOffsetClaim *self, gint64 now)
{
  if (self->state == CMAF_OFFSET_ASKS && now >= self->until)
    self->state = CMAF_OFFSET_OWN;
}
