/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the muxers of a pipeline share: one segment duration and one mapping of
 * running time to media time, whichever track found it. Travels between
 * elements in a GstContext. Own lock; waiting calls are woken by _wake().
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cue-list.h>
#include <gst/cmaf/event-board.h>
#include <gst/cmaf/service-plan.h>
#include <gst/cmaf/splice-list.h>
#include <gst/cmaf/timing-lock.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef struct _CmafSyncGroup CmafSyncGroup;
/* One muxer in the group, from its start to its stop. */
typedef struct _CmafSyncMember CmafSyncMember;

#define CMAF_TYPE_SYNC_GROUP (cmaf_sync_group_get_type ())
CMAF_API GType cmaf_sync_group_get_type (void);

CMAF_API CmafSyncGroup *cmaf_sync_group_new (void);
CMAF_API CmafSyncGroup *cmaf_sync_group_ref (CmafSyncGroup *group);
CMAF_API void cmaf_sync_group_unref (CmafSyncGroup *group);

/* When the last member leaves, grid and mapping are forgotten: the next start
 * measures anew. _leave() frees @member. */
CMAF_API CmafSyncMember *cmaf_sync_group_join (CmafSyncGroup *group);
CMAF_API void cmaf_sync_member_leave (CmafSyncMember *member);
/* Makes the calls of this member that wait return, now and until undone. */
CMAF_API void cmaf_sync_member_wake (CmafSyncMember *member, gboolean awake);
/* FALSE: since there are members, one of them has said @text for all. */
CMAF_API gboolean cmaf_sync_group_is_news (
    CmafSyncGroup *group, const gchar *text);

/* It handles raw media; behind it the muxer will declare itself as well. */
CMAF_API void cmaf_sync_member_declare_raw (
    CmafSyncMember *member, CmafMedia media);

/* CMAF_ERROR_CONFIG: the group has frames of another rate family. */
CMAF_API gboolean cmaf_sync_member_declare_frames (
    CmafSyncMember *member, guint fps_n, guint fps_d, GError **error);

/* What a member asks of the grid. */
typedef struct
{
  CmafMedia media;
  guint fps_n, fps_d;     /* video */
  CmafSegmentGrid wanted; /* 0/0: the default of the frame rate */
  gboolean is_exact;      /* refuse a grid with partial frames */
  gboolean has_moves;     /* by splices */
} CmafSyncDemand;

/* Declares the member's media and agrees on the grid. Audio that wants no
 * particular one waits until video has fixed it, until every member is known
 * not to be video, or until @until (monotonic us).
 * CMAF_ERROR_CONFIG: the group has another grid, other moves or another rate
 * family (1000/1001 or not); FALSE without @error when woken. */
CMAF_API gboolean cmaf_sync_member_agree (CmafSyncMember *member,
    const CmafSyncDemand *demand, gint64 until, CmafSegmentGrid *grid,
    GError **error);
/* FALSE: none is agreed on. */
CMAF_API gboolean cmaf_sync_group_get_grid (
    CmafSyncGroup *group, CmafSegmentGrid *grid);
/* The longest frame of the video members, ns; 0: there are none. */
CMAF_API gint64 cmaf_sync_group_get_frame (CmafSyncGroup *group);
/* Their frames, of the slowest one; FALSE: there are none. */
CMAF_API gboolean cmaf_sync_group_get_frames (
    CmafSyncGroup *group, CmafUnitGrid *frames);
/* Cues, what they move, and the rest that was told. (transfer full) */
CMAF_API CmafCueList *cmaf_sync_group_get_cues (CmafSyncGroup *group);
CMAF_API CmafGridMoves *cmaf_sync_group_get_moves (CmafSyncGroup *group);
CMAF_API CmafServicePlan *cmaf_sync_group_get_plan (CmafSyncGroup *group);
CMAF_API CmafSpliceList *cmaf_sync_group_get_splices (CmafSyncGroup *group);
CMAF_API CmafEventBoard *cmaf_sync_group_get_events (CmafSyncGroup *group);

/* media time = running time + offset (ns), and from the step on more */
typedef struct
{
  CmafTimingSource source;
  gint64 offset;
  CmafTimingStep step;
} CmafSyncMapping;

/* Publishes a mapping. Whoever (any pointer) does so first is the only one who
 * may, until he resigns or all have left. FALSE when @who is not the one. */
CMAF_API gboolean cmaf_sync_group_publish (
    CmafSyncGroup *group, gconstpointer who, const CmafSyncMapping *mapping);
CMAF_API void cmaf_sync_group_resign (CmafSyncGroup *group, gconstpointer who);
/* FALSE when nobody has published one. */
CMAF_API gboolean cmaf_sync_group_get_mapping (
    CmafSyncGroup *group, CmafSyncMapping *mapping);
/* Adds a step to the mapping: the one before becomes part of the offset. Any
 * member may, but only behind the step that it knows: @step->id is one more
 * than that of the mapping, else FALSE. */
CMAF_API gboolean cmaf_sync_group_add_step (
    CmafSyncGroup *group, const CmafTimingStep *step);

/* What kind of media the member will ask a grid for. */
CMAF_API void cmaf_sync_member_declare (
    CmafSyncMember *member, CmafMedia media);
/* Whether there is no mapping yet, but another member that is, or may be,
 * video. */
CMAF_API gboolean cmaf_sync_member_expects_mapping (CmafSyncMember *member);
/* Waits for it until @until (monotonic us); longer while somebody searches. */
CMAF_API void cmaf_sync_member_wait_mapping (
    CmafSyncMember *member, gint64 until);

/* This member searches for the time, and lets no frame through meanwhile: other
 * tracks have no use for what they have of that time. */
CMAF_API void cmaf_sync_member_set_searching (
    CmafSyncMember *member, gboolean searching);
CMAF_API gboolean cmaf_sync_group_is_searching (CmafSyncGroup *group);

/* How far the other audio and video tracks of the group are; those that ended
 * without any unit are none. */
typedef struct
{
  gboolean has_others;   /* there are some, whether or not they have begun */
  gboolean has_begun;    /* @first and @furthest are known */
  gboolean has_ended;    /* all of them */
  GstClockTime first;    /* media time of the earliest unit */
  GstClockTime furthest; /* media time that the furthest has reached */
} CmafSyncProgress;

/* Its track has come to @media_time; less than before changes nothing. */
CMAF_API void cmaf_sync_member_note_progress (
    CmafSyncMember *member, GstClockTime media_time);
/* Nothing will follow, until there is progress again. */
CMAF_API void cmaf_sync_member_note_end (CmafSyncMember *member);
CMAF_API void cmaf_sync_member_get_progress (
    CmafSyncMember *member, CmafSyncProgress *progress);
/* To @member, @furthest is how far the slowest of the others is that has not
 * ended, when it is no more than CMAF_SYNC_LAG behind. */
#define CMAF_SYNC_LAG (5 * GST_SECOND)
CMAF_API void cmaf_sync_member_follow_slowest (CmafSyncMember *member);
/* Waits until the others have reached @time, until another one has ended or
 * left or _poke() was called since the last wait, until woken, or until @until
 * (monotonic us). */
CMAF_API void cmaf_sync_member_wait_progress (
    CmafSyncMember *member, GstClockTime time, gint64 until);
CMAF_API void cmaf_sync_member_poke (CmafSyncMember *member);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSyncGroup, cmaf_sync_group_unref)

G_END_DECLS
