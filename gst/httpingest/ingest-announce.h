/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What is new of events, as a serialized event of the pipeline
 * (docs/elements/httpingestsrc.md). */
#pragma once

#include <gst/cmaf/event-news.h>

G_BEGIN_DECLS

/* The structure of an event "cmaf-event"; @told is in ticks of @timescale.
 * (transfer full) */
GstStructure *ingest_announce_event (
    const CmafToldEvent *told, guint32 timescale);

G_END_DECLS
