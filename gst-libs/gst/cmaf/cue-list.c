/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice cues, the newest of them, in a ring. */
#include <gst/cmaf/cue-list.h>
#include <gst/cmaf/timescale.h>

struct _CmafCueList
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint count; /* lock: lock; as all below */
  CmafHeardCue cues[CMAF_CUE_LIST_SIZE];
  gboolean has_reference;
  guint64 reference_pts;
  gint64 reference_time;
};

CmafCueList *
cmaf_cue_list_new (void)
{
  CmafCueList *list = g_new0 (CmafCueList, 1);

  g_atomic_ref_count_init (&list->ref_count);
  g_mutex_init (&list->lock);
  return list;
}

CmafCueList *
cmaf_cue_list_ref (CmafCueList *list)
{
  g_atomic_ref_count_inc (&list->ref_count);
  return list;
}

void
cmaf_cue_list_unref (CmafCueList *list)
{
  if (!g_atomic_ref_count_dec (&list->ref_count))
    return;
  g_mutex_clear (&list->lock);
  g_free (list);
}

void
cmaf_cue_list_clear (CmafCueList *list)
{
  g_mutex_lock (&list->lock);
  list->count = 0;
  list->has_reference = FALSE;
  g_mutex_unlock (&list->lock);
}

static gboolean
is_same (const CmafHeardCue *one, const CmafHeardCue *other)
{
  return one->event_id == other->event_id && one->is_cancel == other->is_cancel
         && one->is_immediate == other->is_immediate
         && one->splice_pts == other->splice_pts;
}

void
cmaf_cue_list_add (CmafCueList *list, const CmafHeardCue *cue)
{
  gboolean is_known = FALSE;

  g_mutex_lock (&list->lock);
  /* what was said behind it, such as a cancel, makes it a new one */
  for (guint i = list->count; i > 0 && list->count - i < CMAF_CUE_LIST_SIZE;
       i--) {
    const CmafHeardCue *known = &list->cues[(i - 1) % CMAF_CUE_LIST_SIZE];

    if (known->event_id == cue->event_id) {
      is_known = is_same (known, cue);
      break;
    }
  }
  if (!is_known)
    list->cues[list->count++ % CMAF_CUE_LIST_SIZE] = *cue;
  g_mutex_unlock (&list->lock);
}

void
cmaf_cue_list_set_reference (
    CmafCueList *list, guint64 pts, gint64 running_time)
{
  g_mutex_lock (&list->lock);
  list->has_reference = TRUE;
  list->reference_pts = pts;
  list->reference_time = running_time;
  g_mutex_unlock (&list->lock);
}

guint
cmaf_cue_list_get_count (CmafCueList *list)
{
  guint count;

  g_mutex_lock (&list->lock);
  count = list->has_reference ? list->count : 0;
  g_mutex_unlock (&list->lock);
  return count;
}

/* The shorter way round. */
static gint64
time_of_locked (const CmafCueList *list, guint64 pts)
{
  const guint64 ahead = (pts - list->reference_pts) & CMAF_PTS_MASK;
  const guint64 behind = (list->reference_pts - pts) & CMAF_PTS_MASK;

  if (ahead <= behind)
    return list->reference_time
           + (gint64)cmaf_ns_from_ticks (ahead, CMAF_PTS_TIMESCALE);
  return list->reference_time
         - (gint64)cmaf_ns_from_ticks (behind, CMAF_PTS_TIMESCALE);
}

gboolean
cmaf_cue_list_running_time (
    CmafCueList *list, guint64 pts, gint64 *running_time)
{
  gboolean found;

  g_mutex_lock (&list->lock);
  found = list->has_reference;
  if (found)
    *running_time = time_of_locked (list, pts);
  g_mutex_unlock (&list->lock);
  return found;
}

gboolean
cmaf_cue_list_get (CmafCueList *list, guint i, CmafHeardCue *cue,
    gint64 *splice_time, gint64 *heard_time)
{
  gboolean found;

  g_mutex_lock (&list->lock);
  found = list->has_reference && i < list->count
          && list->count - i <= CMAF_CUE_LIST_SIZE;
  if (found) {
    *cue = list->cues[i % CMAF_CUE_LIST_SIZE];
    *heard_time = time_of_locked (list, cue->heard_pts);
    *splice_time = cue->is_immediate || cue->is_cancel
                       ? *heard_time
                       : time_of_locked (list, cue->splice_pts);
  }
  g_mutex_unlock (&list->lock);
  return found;
}
