/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an aligner tells the muxer behind the encoder, as sticky events that go
 * through it. */
#pragma once

#include <gst/cmaf/slate-list.h>
#include <gst/cmaf/sync-group.h>

G_BEGIN_DECLS

/* Of a video aligner: frames lie on their numbers by this mapping, whatever
 * they say themselves. (transfer full) */
GstEvent *align_event_new_grid (
    const CmafSyncMapping *mapping, CmafSlateList *slates);
/* FALSE: it is another event. */
gboolean align_event_parse_grid (GstEvent *event, CmafSyncMapping *mapping);
/* The one that @pad got last; FALSE: none. */
gboolean align_event_find_grid (GstPad *pad, CmafSyncMapping *mapping);

/* Of an audio aligner: what comes before @running_time is not fully primed.
 * (transfer full) */
GstEvent *align_event_new_clean_from (
    gint64 running_time, CmafSlateList *slates);
gboolean align_event_parse_clean_from (GstEvent *event, gint64 *running_time);

/* Of both: what is slate. (transfer full), NULL: it is another event. */
CmafSlateList *align_event_get_slates (GstEvent *event);

G_END_DECLS
