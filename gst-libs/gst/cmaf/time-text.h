/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Media time and durations as manifests write them: calendar text and
 * xs:duration, from exact fractions of a second. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* "2024-12-31T23:59:59.644Z": @ticks / @timescale seconds since 1970, nearest
 * millisecond, halves up. */
CMAF_API void cmaf_time_text_utc_ms (
    GString *text, guint64 ticks, guint64 timescale);
/* The same with up to six decimals, zeros at the end left out. */
CMAF_API void cmaf_time_text_utc_us (
    GString *text, guint64 ticks, guint64 timescale);
/* "PT19.200S": three decimals, six where three would lose something; rounded
 * up, so that nothing of what it describes is cut off. */
CMAF_API void cmaf_time_text_duration (
    GString *text, guint64 ticks, guint64 timescale);
/* "2.005333": six decimals, nearest, halves up. */
CMAF_API void cmaf_time_text_seconds (
    GString *text, guint64 ticks, guint64 timescale);

G_END_DECLS
