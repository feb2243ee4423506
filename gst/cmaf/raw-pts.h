/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* How tsepochtap tells muxers the raw time stamp of a frame: by a
 * GstReferenceTimestampMeta with caps of this name. Its timestamp is the PTS
 * (33 bits at 90 kHz); the caps have the pair that makes media time of it.
 * Decoders, encoders and parsers hand such metas on. Those of sound come out on
 * several buffers, which is why they tell where they were. */
#pragma once

#define RAW_PTS_CAPS "timestamp/x-mpegts-pts"
#define RAW_PTS_PAIR_PTS "pair-pts" /* guint64: this PTS */
#define RAW_PTS_AT                                                             \
  "at" /* guint64: PTS of the buffer that it was on, of sound */
#define RAW_PTS_PAIR_TICKS "pair-ticks" /* guint64: is this tick, 90 kHz */
