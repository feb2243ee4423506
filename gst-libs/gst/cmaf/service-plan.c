/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Short lists under a lock. */
#include "service-plan.h"

#include <string.h>

struct _CmafServicePlan
{
  gatomicrefcount ref_count;
  GMutex lock;
  GPtrArray *tracks;       /* lock: lock; of gchar *, sorted */
  GstClockTime end;        /* lock: lock */
  GArray *begun;           /* lock: lock; of Generation, ascending */
  gboolean has_wish;       /* lock: lock */
  CmafGenerationWish wish; /* lock: lock */
  GArray *renewals;        /* lock: lock; of Renewal, ascending */
};

typedef struct
{
  guint number;
  guint64 first;
} Generation;

typedef struct
{
  guint generation;
  CmafPtsPair pair;
  const gchar *source; /* interned */
} Renewal;

CmafServicePlan *
cmaf_service_plan_new (void)
{
  CmafServicePlan *plan = g_new0 (CmafServicePlan, 1);

  g_atomic_ref_count_init (&plan->ref_count);
  g_mutex_init (&plan->lock);
  plan->tracks = g_ptr_array_new_with_free_func (g_free);
  plan->end = GST_CLOCK_TIME_NONE;
  plan->begun = g_array_new (FALSE, FALSE, sizeof (Generation));
  plan->renewals = g_array_new (FALSE, FALSE, sizeof (Renewal));
  return plan;
}

CmafServicePlan *
cmaf_service_plan_ref (CmafServicePlan *plan)
{
  g_atomic_ref_count_inc (&plan->ref_count);
  return plan;
}

void
cmaf_service_plan_unref (CmafServicePlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->ref_count))
    return;
  g_ptr_array_unref (plan->tracks);
  g_array_unref (plan->begun);
  g_array_unref (plan->renewals);
  g_mutex_clear (&plan->lock);
  g_free (plan);
}

void
cmaf_service_plan_clear (CmafServicePlan *plan)
{
  g_mutex_lock (&plan->lock);
  g_ptr_array_set_size (plan->tracks, 0);
  plan->end = GST_CLOCK_TIME_NONE;
  g_array_set_size (plan->begun, 0);
  g_array_set_size (plan->renewals, 0);
  plan->has_wish = FALSE;
  g_mutex_unlock (&plan->lock);
}

/* ---- tracks ---- */

void
cmaf_service_plan_add_track (CmafServicePlan *plan, const gchar *name)
{
  gint order = 1;
  guint i;

  if (!name)
    return;
  g_mutex_lock (&plan->lock);
  for (i = 0; i < plan->tracks->len; i++) {
    order = strcmp (plan->tracks->pdata[i], name);
    if (order >= 0)
      break;
  }
  if (order != 0)
    g_ptr_array_insert (plan->tracks, (gint)i, g_strdup (name));
  g_mutex_unlock (&plan->lock);
}

gchar **
cmaf_service_plan_get_tracks (CmafServicePlan *plan)
{
  gchar **names;

  g_mutex_lock (&plan->lock);
  names = g_new0 (gchar *, plan->tracks->len + 1);
  for (guint i = 0; i < plan->tracks->len; i++)
    names[i] = g_strdup (plan->tracks->pdata[i]);
  g_mutex_unlock (&plan->lock);
  return names;
}

/* ---- the end ---- */

void
cmaf_service_plan_set_end (CmafServicePlan *plan, GstClockTime end)
{
  g_mutex_lock (&plan->lock);
  plan->end = end;
  g_mutex_unlock (&plan->lock);
}

GstClockTime
cmaf_service_plan_get_end (CmafServicePlan *plan)
{
  GstClockTime end;

  g_mutex_lock (&plan->lock);
  end = plan->end;
  g_mutex_unlock (&plan->lock);
  return end;
}

/* ---- generations ---- */

static guint
get_latest_locked (const CmafServicePlan *plan)
{
  const guint n = plan->begun->len;

  return n > 0 ? g_array_index (plan->begun, Generation, n - 1).number : 0;
}

void
cmaf_service_plan_begin_generation (
    CmafServicePlan *plan, guint generation, guint64 first)
{
  const Generation begun = { generation, first };

  g_mutex_lock (&plan->lock);
  if (generation > get_latest_locked (plan))
    g_array_append_val (plan->begun, begun);
  g_mutex_unlock (&plan->lock);
}

guint
cmaf_service_plan_get_latest (CmafServicePlan *plan)
{
  guint latest;

  g_mutex_lock (&plan->lock);
  latest = get_latest_locked (plan);
  g_mutex_unlock (&plan->lock);
  return latest;
}

guint
cmaf_service_plan_get_generation (CmafServicePlan *plan, guint64 number)
{
  guint generation = 0;

  g_mutex_lock (&plan->lock);
  for (guint i = 0; i < plan->begun->len; i++) {
    const Generation *begun = &g_array_index (plan->begun, Generation, i);

    if (begun->first <= number)
      generation = begun->number;
  }
  g_mutex_unlock (&plan->lock);
  return generation;
}

gboolean
cmaf_service_plan_is_granted (
    CmafServicePlan *plan, guint64 first, guint64 number)
{
  gboolean is_granted = FALSE;

  g_mutex_lock (&plan->lock);
  for (guint i = 0; i < plan->begun->len; i++) {
    const Generation *begun = &g_array_index (plan->begun, Generation, i);

    is_granted |= first == 0 ? begun->first > number : begun->first == first;
  }
  g_mutex_unlock (&plan->lock);
  return is_granted;
}

static void
wish (CmafServicePlan *plan, const CmafGenerationWish *wish)
{
  g_mutex_lock (&plan->lock);
  plan->has_wish = TRUE;
  plan->wish = *wish;
  g_mutex_unlock (&plan->lock);
}

void
cmaf_service_plan_wish_generation (CmafServicePlan *plan, guint64 first)
{
  const CmafGenerationWish wanted = { first };

  wish (plan, &wanted);
}

void
cmaf_service_plan_wish_renewal (CmafServicePlan *plan, guint64 first,
    const CmafPtsPair *pair, const gchar *source)
{
  const CmafGenerationWish wanted = { first, TRUE, *pair,
    g_intern_string (source) };

  wish (plan, &wanted);
}

gboolean
cmaf_service_plan_take_wish (CmafServicePlan *plan, CmafGenerationWish *wish)
{
  gboolean has_wish;

  g_mutex_lock (&plan->lock);
  has_wish = plan->has_wish;
  *wish = plan->wish;
  plan->has_wish = FALSE;
  g_mutex_unlock (&plan->lock);
  return has_wish;
}

/* ---- pairs ---- */

void
cmaf_service_plan_renew (CmafServicePlan *plan, guint generation,
    const CmafPtsPair *pair, const gchar *source)
{
  const Renewal renewal = { generation, *pair, g_intern_string (source) };
  guint n;

  g_mutex_lock (&plan->lock);
  n = plan->renewals->len;
  if (n == 0
      || g_array_index (plan->renewals, Renewal, n - 1).generation < generation)
    g_array_append_val (plan->renewals, renewal);
  g_mutex_unlock (&plan->lock);
}

guint
cmaf_service_plan_next_renewal (CmafServicePlan *plan, guint generation,
    const gchar *source, CmafPtsPair *pair)
{
  guint found = 0;

  g_mutex_lock (&plan->lock);
  for (guint i = 0; i < plan->renewals->len && found == 0; i++) {
    const Renewal *renewal = &g_array_index (plan->renewals, Renewal, i);

    if (renewal->generation <= generation
        || strcmp (renewal->source, source) != 0)
      continue;
    found = renewal->generation;
    *pair = renewal->pair;
  }
  g_mutex_unlock (&plan->lock);
  return found;
}
