/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tracks of a pipeline know of their service beside its grid and its
 * time. Shared through the sync group. Own lock; any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>

G_BEGIN_DECLS

typedef struct _CmafServicePlan CmafServicePlan;

CMAF_API CmafServicePlan *cmaf_service_plan_new (void);
CMAF_API CmafServicePlan *cmaf_service_plan_ref (CmafServicePlan *plan);
CMAF_API void cmaf_service_plan_unref (CmafServicePlan *plan);
/* Knows nothing again. */
CMAF_API void cmaf_service_plan_clear (CmafServicePlan *plan);

/* There is a track of that name; NULL: of none. */
CMAF_API void cmaf_service_plan_add_track (
    CmafServicePlan *plan, const gchar *name);
/* Their names, sorted. (transfer full) */
CMAF_API gchar **cmaf_service_plan_get_tracks (CmafServicePlan *plan);

/* The service ends at media time @end: units from there on are of no track.
 * GST_CLOCK_TIME_NONE: it is not known. */
CMAF_API void cmaf_service_plan_set_end (
    CmafServicePlan *plan, GstClockTime end);
CMAF_API GstClockTime cmaf_service_plan_get_end (CmafServicePlan *plan);

/* Generation @generation begins with segment @first, on all tracks; what is not
 * greater than the latest changes nothing. */
CMAF_API void cmaf_service_plan_begin_generation (
    CmafServicePlan *plan, guint generation, guint64 first);
/* The latest one that is known, begun or not; 0: the first. */
CMAF_API guint cmaf_service_plan_get_latest (CmafServicePlan *plan);
/* That of segment @number. */
CMAF_API guint cmaf_service_plan_get_generation (
    CmafServicePlan *plan, guint64 number);
/* Somebody has told what a wish for a generation from segment @first on is for,
 * or (0: soon) one that is yet to come; segment @number is the newest. Two who
 * are asked at the same moment begin one. */
CMAF_API gboolean cmaf_service_plan_is_granted (
    CmafServicePlan *plan, guint64 first, guint64 number);
/* Somebody wants the next generation to begin with segment @first; 0: soon. */
CMAF_API void cmaf_service_plan_wish_generation (
    CmafServicePlan *plan, guint64 first);

/* What somebody wants of the next generation. */
typedef struct
{
  guint64 first;
  gboolean has_pair;
  CmafPtsPair pair;    /* of @source from there on */
  const gchar *source; /* interned */
} CmafGenerationWish;

/* The same, with another pair. */
CMAF_API void cmaf_service_plan_wish_renewal (CmafServicePlan *plan,
    guint64 first, const CmafPtsPair *pair, const gchar *source);
/* It is taken once, by who can tell other encoders. */
CMAF_API gboolean cmaf_service_plan_take_wish (
    CmafServicePlan *plan, CmafGenerationWish *wish);
/* @generation renews the pair of @source; what is not greater than the latest
 * that does changes nothing. */
CMAF_API void cmaf_service_plan_renew (CmafServicePlan *plan, guint generation,
    const CmafPtsPair *pair, const gchar *source);
/* The first generation behind @generation that renews the pair of @source; 0:
 * none does. */
CMAF_API guint cmaf_service_plan_next_renewal (CmafServicePlan *plan,
    guint generation, const gchar *source, CmafPtsPair *pair);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafServicePlan, cmaf_service_plan_unref)

G_END_DECLS
