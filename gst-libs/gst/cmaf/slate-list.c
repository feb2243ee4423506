/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ranges of media time, the oldest first. */
#include <gst/cmaf/slate-list.h>

#include <string.h>

/* Half a sample of sound and more: less is rounding. */
#define ROUNDING (20 * GST_USECOND)

typedef struct
{
  GstClockTime from, to;
} Range;

struct _CmafSlateList
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint n; /* lock: lock; as below */
  Range ranges[CMAF_SLATE_MAX_RANGES];
};

G_DEFINE_BOXED_TYPE (
    CmafSlateList, cmaf_slate_list, cmaf_slate_list_ref, cmaf_slate_list_unref)

CmafSlateList *
cmaf_slate_list_new (void)
{
  CmafSlateList *list = g_new0 (CmafSlateList, 1);

  g_atomic_ref_count_init (&list->ref_count);
  g_mutex_init (&list->lock);
  return list;
}

CmafSlateList *
cmaf_slate_list_ref (CmafSlateList *list)
{
  g_atomic_ref_count_inc (&list->ref_count);
  return list;
}

void
cmaf_slate_list_unref (CmafSlateList *list)
{
  if (!g_atomic_ref_count_dec (&list->ref_count))
    return;
  g_mutex_clear (&list->lock);
  g_free (list);
}

static gboolean
follows (const Range *range, GstClockTime from)
{
  return from >= range->from && from <= range->to + ROUNDING;
}

void
cmaf_slate_list_note (CmafSlateList *list, GstClockTime from, GstClockTime to)
{
  const Range range = { from, to };

  g_mutex_lock (&list->lock);
  if (list->n > 0 && follows (&list->ranges[list->n - 1], from)) {
    list->ranges[list->n - 1].to = MAX (list->ranges[list->n - 1].to, to);
  } else {
    if (list->n == CMAF_SLATE_MAX_RANGES)
      memmove (list->ranges, list->ranges + 1, --list->n * sizeof (Range));
    list->ranges[list->n++] = range;
  }
  g_mutex_unlock (&list->lock);
}

gboolean
cmaf_slate_list_has (CmafSlateList *list, GstClockTime from, GstClockTime to)
{
  gboolean found = FALSE;

  g_mutex_lock (&list->lock);
  for (guint i = list->n; i > 0 && !found; i--) {
    const Range *range = &list->ranges[i - 1];

    found = range->from + ROUNDING < to && from + ROUNDING < range->to;
  }
  g_mutex_unlock (&list->lock);
  return found;
}
