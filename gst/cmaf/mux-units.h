/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers as they come -> whole access units of the track: headers are left
 * out, what is no part of a sample is cut off, what it lacks is put in, and
 * what belongs together is joined. Payload is not copied. Streaming thread. */
#pragma once

#include <gst/cmaf/avc-fields.h>
#include <gst/cmaf/in-band-sets.h>

G_BEGIN_DECLS

typedef struct
{
  GstBuffer *pending;   /* a unit that the next buffer may continue, or NULL */
  CmafAvcFields fields; /* of an interlaced H.264 track */
  CmafInBandSets sets;
  const gchar *stranger; /* parameter set that the header has not, or NULL */
} MuxUnits;

/* What comes belongs to @track. */
void mux_units_set_track (MuxUnits *self, const CmafTrack *track);
/* The unit that @buffer is or completes; NULL when there is none yet, or
 * @buffer is none. (transfer full) */
GstBuffer *mux_units_take (
    MuxUnits *self, const CmafTrack *track, GstBuffer *buffer);
/* Nothing continues the last one. (transfer full) (nullable) */
GstBuffer *mux_units_drain (MuxUnits *self, const CmafTrack *track);
void mux_units_flush (MuxUnits *self);
void mux_units_clear (MuxUnits *self);

G_END_DECLS
