/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The best of what has come is waited for something better than it for as long
 * as a source that lives may bring that. */
#include "merge-policy.h"

#include <string.h>

static gboolean
is_usable (CmafMergePolicy policy, const CmafMergeCopy *copy)
{
  return copy->has_come
         && (copy->is_complete || policy != CMAF_MERGE_HASH
             || copy->is_preferred);
}

static gboolean
is_better (
    CmafMergePolicy policy, const CmafMergeCopy *a, const CmafMergeCopy *b)
{
  gint digests;

  if (a->is_weak != b->is_weak)
    return b->is_weak;
  if (a->is_weak && a->duration != b->duration)
    return a->duration > b->duration;
  if (a->is_preferred != b->is_preferred)
    return a->is_preferred;
  if (policy == CMAF_MERGE_PRIORITY && a->rank != b->rank)
    return a->rank < b->rank;
  if (policy == CMAF_MERGE_HASH) {
    digests = memcmp (a->digest, b->digest, CMAF_MERGE_DIGEST_SIZE);
    if (digests != 0)
      return digests < 0;
  }
  return a->arrival < b->arrival;
}

/* May @other, which cannot be used yet, become better than @best? */
static gboolean
may_be_better (CmafMergePolicy policy, const CmafMergeCopy *other,
    const CmafMergeCopy *best)
{
  if (best->is_weak || other->is_preferred)
    return TRUE;
  if (best->is_preferred)
    return FALSE;
  return policy == CMAF_MERGE_HASH
         || (policy == CMAF_MERGE_PRIORITY && other->rank < best->rank);
}

static const CmafMergeCopy *
find_best (CmafMergePolicy policy, const CmafMergeCopy *copies, guint n)
{
  const CmafMergeCopy *best = NULL;

  for (guint i = 0; i < n; i++)
    if (is_usable (policy, &copies[i])
        && (best == NULL || is_better (policy, &copies[i], best)))
      best = &copies[i];
  return best;
}

/* When the first of those that can be used came: all wait from then on. */
static GstClockTime
find_since (CmafMergePolicy policy, const CmafMergeCopy *copies, guint n)
{
  GstClockTime since = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < n; i++)
    if (is_usable (policy, &copies[i]))
      since = MIN (since, copies[i].arrival);
  return since;
}

gint
cmaf_merge_policy_choose (CmafMergePolicy policy, const CmafMergeCopy *copies,
    guint n, GstClockTime now, GstClockTime *deadline)
{
  const CmafMergeCopy *best = find_best (policy, copies, n);
  GstClockTime until;

  *deadline = GST_CLOCK_TIME_NONE;
  if (best == NULL)
    return -1;
  until = find_since (policy, copies, n) + best->hold;
  for (guint i = 0; i < n && now < until; i++)
    if (!is_usable (policy, &copies[i])
        && may_be_better (policy, &copies[i], best)) {
      *deadline = until;
      return -1;
    }
  return best - copies;
}
