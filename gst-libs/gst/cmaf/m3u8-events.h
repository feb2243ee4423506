/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events in media playlists: EXT-X-DATERANGE (RFC 8216bis 4.4.5.1). Internal, a
 * part of the playlist writer. */
#pragma once

#include "presentation.h"

G_BEGIN_DECLS

/* The events that touch the window. */
void m3u8_events_append (GString *text, const CmafPresentation *presentation,
    const CmafPresentationState *state);

G_END_DECLS
