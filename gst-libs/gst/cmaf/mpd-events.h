/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events in the MPD: EventStream for those of event tracks, InbandEventStream
 * for those that stand in the media. Internal, a part of the MPD writer. */
#pragma once

#include "presentation.h"

#include <libxml/xmlwriter.h>

G_BEGIN_DECLS

/* The part of the presentation that a Period element tells of. */
typedef struct
{
  guint64 offset_n, offset_d; /* media time at its start, s as a fraction */
  guint64 end;                /* media time at its end, ns; MAX: the last */
} MpdEventPeriod;

void mpd_events_write_streams (xmlTextWriter *xml,
    const CmafPresentation *presentation, const CmafPresentationState *state,
    const MpdEventPeriod *period);
/* @tracks: of CmafPresentationTrack. */
void mpd_events_write_in_band (xmlTextWriter *xml,
    const CmafPresentation *presentation, const CmafPresentationState *state,
    const GPtrArray *tracks);

G_END_DECLS
