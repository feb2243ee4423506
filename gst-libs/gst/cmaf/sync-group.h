/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the muxers of a pipeline share: one segment duration and one mapping of
 * running time to media time, whichever track found it. Travels between
 * elements in a GstContext. Own lock; waiting calls are woken by _wake().
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/media-time.h>
#include <gst/cmaf/segment-grid.h>
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

/* This member handles raw audio; another one behind it, the muxer, is about to
 * declare itself to be audio. */
CMAF_API void cmaf_sync_member_declare_raw_audio (CmafSyncMember *member);

/* What a member asks of the grid. */
typedef struct
{
  CmafMedia media;
  guint fps_n, fps_d;     /* video */
  CmafSegmentGrid wanted; /* 0/0: the default of the frame rate */
  gboolean is_exact;      /* refuse a grid with partial frames */
} CmafSyncDemand;

/* Declares the member's media and agrees on the grid. Audio that wants no
 * particular one waits until video has fixed it, until every member is known
 * not to be video, or until @until (monotonic us).
 * CMAF_ERROR_CONFIG when the group has another grid, or frames of another rate
 * family (integer and 1000/1001 rates do not mix); FALSE without @error when
 * woken. */
CMAF_API gboolean cmaf_sync_member_agree (CmafSyncMember *member,
    const CmafSyncDemand *demand, gint64 until, CmafSegmentGrid *grid,
    GError **error);

/* media time = running time + offset, both ns */
typedef struct
{
  CmafTimingSource source;
  gint64 offset;
} CmafSyncMapping;

/* Offers a mapping; the first one stays. @mapping gets the group's. TRUE when
 * it is the offered one. */
CMAF_API gboolean cmaf_sync_group_offer (CmafSyncGroup *group,
    const CmafSyncMapping *offered, CmafSyncMapping *mapping);
/* Waits for the mapping of another track until @until (monotonic us; 0: not at
 * all), as long as there may be video. */
CMAF_API gboolean cmaf_sync_member_wait_mapping (
    CmafSyncMember *member, gint64 until, CmafSyncMapping *mapping);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSyncGroup, cmaf_sync_group_unref)

G_END_DECLS
