/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* By how much the times of an encoder are moved that counts from its start, as
 * packagers agree on it. Its sessions have a record each, numbered from 1 on in
 * the order in which anybody noticed them. A packager reads them one after the
 * other: one within CMAF_OFFSET_SAME of what it has measured itself is its
 * session; where there is none it writes its own, and whoever is first with a
 * number is right. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/store-retry.h>

G_BEGIN_DECLS

/* Ways to packagers, and their clocks, differ by less; an encoder that begins
 * anew has run for longer. us */
#define CMAF_OFFSET_SAME (2 * (gint64)G_USEC_PER_SEC)

typedef enum
{
  CMAF_OFFSET_ASKS,   /* for record @number, or for its own to be it */
  CMAF_OFFSET_SHARED, /* it has an offset that all have */
  CMAF_OFFSET_OWN,    /* there was no answer in time: it goes by its own */
} CmafOffsetState;

typedef struct
{
  CmafOffsetState state;
  guint number;
  gint64 offset; /* us: measured; then that which holds for ever */
  /*< private >*/
  gint64 until;
  CmafStoreRetry retry;
} CmafOffsetClaim;

/* @number: of the first record that may be it; @now, @until: monotonic us */
CMAF_API void cmaf_offset_claim_begin (
    CmafOffsetClaim *claim, guint number, gint64 offset, gint64 until);
/* There may be a request. */
CMAF_API gboolean cmaf_offset_claim_is_due (
    const CmafOffsetClaim *claim, gint64 now);
/* Record @number is by somebody else. @offset: NULL: it cannot be read, and is
 * nobody's. */
CMAF_API void cmaf_offset_claim_take_theirs (
    CmafOffsetClaim *claim, const gint64 *offset);
/* It is what was offered. */
CMAF_API void cmaf_offset_claim_take_ours (CmafOffsetClaim *claim);
/* The store does not say. */
CMAF_API void cmaf_offset_claim_take_failure (
    CmafOffsetClaim *claim, gint64 now);
/* Nothing is waited for any longer than @until. */
CMAF_API void cmaf_offset_claim_wait (CmafOffsetClaim *claim, gint64 now);

G_END_DECLS
