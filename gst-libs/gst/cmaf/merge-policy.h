/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which of several copies of a segment is used (docs/ingest.md, several
 * encoders). Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_MERGE_FIRST,    /* the one that comes first */
  CMAF_MERGE_PRIORITY, /* of the best source that has it within the hold */
  CMAF_MERGE_HASH,     /* smallest SHA-256 of those that come within the hold */
} CmafMergePolicy;

#define CMAF_MERGE_DIGEST_SIZE 32

/* What one source has of a segment. */
typedef struct
{
  guint rank;            /* of the source, 0 is the best */
  gboolean is_preferred; /* whatever the rank: the encoder in use */
  gboolean has_come;     /* FALSE: the source lives, and has not sent it yet */
  gboolean is_complete;
  /* filler, or the end of a source, or cut: others may have better */
  gboolean is_weak;
  guint64 duration; /* of a weak one: more is better */
  GstClockTime arrival;
  GstClockTime hold; /* how long something better is waited for */
  guint8 digest[CMAF_MERGE_DIGEST_SIZE]; /* CMAF_MERGE_HASH, when complete */
} CmafMergeCopy;

/* Index of the one that is used, or -1: wait until @deadline (NONE: something
 * has to come). */
CMAF_API gint cmaf_merge_policy_choose (CmafMergePolicy policy,
    const CmafMergeCopy *copies, guint n_copies, GstClockTime now,
    GstClockTime *deadline);

G_END_DECLS
