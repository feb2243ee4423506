/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which track a viewer gets that leaves the choice to us. Pure. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/feed-request.h>
#include <gst/cmafhttp/origin-channel.h>

G_BEGIN_DECLS

/* @tracks: of CmafOriginTrack. @wanted: a name, "none", or NULL for the best:
 * of those @hello can play, what fits its view and @max_kbps (0: no limit), and
 * the largest of these; if none fits, the smallest. NULL: none. */
CMAF_API CmafOriginTrack *cmaf_track_choose (GPtrArray *tracks,
    CmafFeedRole role, const gchar *wanted, const CmafFeedRequest *hello,
    gint64 max_kbps);
CMAF_API gboolean cmaf_track_has_role (
    const CmafOriginTrack *track, CmafFeedRole role);

G_END_DECLS
