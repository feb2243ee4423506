/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections, the newest of them, in a ring. */
#include <gst/cmaf/splice-list.h>

struct _CmafSpliceList
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint count; /* lock: lock; as all below */
  CmafHeardSplice splices[CMAF_SPLICE_LIST_SIZE];
};

/* ---- one ---- */

static guint
count_events (const CmafSpliceInfo *info)
{
  if (info->has_bad_crc || info->is_encrypted)
    return 0;
  if (info->command == CMAF_SPLICE_INSERT)
    return 1;
  return info->command == CMAF_SPLICE_TIME_SIGNAL ? info->n_segmentations : 0;
}

gboolean
cmaf_heard_splice_init (CmafHeardSplice *splice, const CmafSpliceInfo *info,
    guint i, GBytes *section)
{
  memset (splice, 0, sizeof *splice);
  splice->section = section;
  if (i >= count_events (info))
    return FALSE;
  if (info->command == CMAF_SPLICE_INSERT) {
    splice->event_id = info->event_id;
    splice->is_cancel = info->is_cancel;
    splice->has_duration = info->has_duration;
    splice->duration = info->duration;
  } else {
    const CmafSegmentation *segmentation = &info->segmentations[i];

    splice->event_id = segmentation->event_id;
    splice->is_cancel = segmentation->is_cancel;
    splice->has_duration = segmentation->has_duration;
    splice->duration = segmentation->duration;
  }
  return TRUE;
}

void
cmaf_heard_splice_clear (CmafHeardSplice *splice)
{
  g_clear_pointer (&splice->section, g_bytes_unref);
}

/* ---- many ---- */

CmafSpliceList *
cmaf_splice_list_new (void)
{
  CmafSpliceList *list = g_new0 (CmafSpliceList, 1);

  g_atomic_ref_count_init (&list->ref_count);
  g_mutex_init (&list->lock);
  return list;
}

CmafSpliceList *
cmaf_splice_list_ref (CmafSpliceList *list)
{
  g_atomic_ref_count_inc (&list->ref_count);
  return list;
}

static void
clear_locked (CmafSpliceList *list)
{
  for (guint i = 0; i < CMAF_SPLICE_LIST_SIZE; i++)
    cmaf_heard_splice_clear (&list->splices[i]);
  list->count = 0;
}

void
cmaf_splice_list_unref (CmafSpliceList *list)
{
  if (!g_atomic_ref_count_dec (&list->ref_count))
    return;
  clear_locked (list);
  g_mutex_clear (&list->lock);
  g_free (list);
}

void
cmaf_splice_list_clear (CmafSpliceList *list)
{
  g_mutex_lock (&list->lock);
  clear_locked (list);
  g_mutex_unlock (&list->lock);
}

/* What was said behind it, such as a cancel, makes it a new one. */
static gboolean
is_known_locked (const CmafSpliceList *list, const CmafHeardSplice *splice)
{
  for (guint i = list->count; i > 0 && list->count - i < CMAF_SPLICE_LIST_SIZE;
       i--) {
    const CmafHeardSplice *known =
        &list->splices[(i - 1) % CMAF_SPLICE_LIST_SIZE];

    if (known->event_id == splice->event_id)
      return g_bytes_equal (known->section, splice->section);
  }
  return FALSE;
}

void
cmaf_splice_list_add (CmafSpliceList *list, const CmafHeardSplice *splice)
{
  CmafHeardSplice *place;

  g_mutex_lock (&list->lock);
  if (!is_known_locked (list, splice)) {
    place = &list->splices[list->count++ % CMAF_SPLICE_LIST_SIZE];
    cmaf_heard_splice_clear (place);
    *place = *splice;
    g_bytes_ref (place->section);
  }
  g_mutex_unlock (&list->lock);
}

guint
cmaf_splice_list_get_count (CmafSpliceList *list)
{
  guint count;

  g_mutex_lock (&list->lock);
  count = list->count;
  g_mutex_unlock (&list->lock);
  return count;
}

gboolean
cmaf_splice_list_get (CmafSpliceList *list, guint i, CmafHeardSplice *splice)
{
  gboolean found;

  g_mutex_lock (&list->lock);
  found = i < list->count && list->count - i <= CMAF_SPLICE_LIST_SIZE;
  if (found) {
    *splice = list->splices[i % CMAF_SPLICE_LIST_SIZE];
    g_bytes_ref (splice->section);
  }
  g_mutex_unlock (&list->lock);
  return found;
}
