/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoders of a plant that get its pictures late, have wrong clocks and are
 * killed. All in accelerated time: no clock runs, and real pipelines go as fast
 * as they can. */
#pragma once

#include "plant.h"

#include <gst/cmaf/fragment-reader.h>

#define SIM_MAX_LIVES 3

typedef struct
{
  const gchar *encoder; /* a piece of pipeline, raw video to a parser */
  const gchar *sound;   /* raw sound to a parser, NULL: none */
  gint64 delay;         /* ns, from the plant to the encoder */
  gint64 clock_offset;  /* ns */
  gint64 phase;         /* ns by which time stamps are late */
  guint64 chunk_duration;
  gboolean in_band;
  guint n_lives;
  struct
  {
    guint first, end; /* frames */
    gboolean is_abrupt;
  } lives[SIM_MAX_LIVES];
} SimEncoder;

typedef enum
{
  SIM_VIDEO,
  SIM_SOUND,
  SIM_TEXT,
  SIM_N_TRACKS,
} SimTrackKind;

typedef struct
{
  CmafTrack *track; /* NULL when nothing came out */
  GBytes *header;
  GPtrArray *chunks; /* of CmafChunk: of whole segments */
  GArray *lives;     /* of guint: in which one each was made */
} SimTrack;

typedef struct
{
  SimTrack tracks[SIM_N_TRACKS];
  GString *messages; /* names of cmaf-sync- messages */
  gchar *error;
} SimOutput;

void sim_encode (
    const SimEncoder *encoder, const SimSource *source, SimOutput *output);
void sim_output_clear (SimOutput *output);
/* Writes header and segments of the tracks before @end to @folder, and which
 * files may be there. Text is another matter: who begins in the middle of a cue
 * has not heard it. */
gboolean sim_output_save (
    const SimOutput *output, SimTrackKind end, const gchar *folder);
const gchar *sim_track_file (SimTrackKind kind);

void sim_track_init (SimTrack *track);
void sim_track_clear (SimTrack *track);
/* Segments with even numbers of @even, with odd ones of @odd, as a receiver may
 * have them that goes from encoder to encoder. */
void sim_track_mix (const SimTrack *even, const SimTrack *odd, SimTrack *track);
/* Number of the segment in which a picture at @tick is. */
guint64 sim_segment_number (const CmafTrack *track, guint64 tick);
/* Decodes: a table from ticks of presentation to the number in the picture, as
 * gint64 -> guint. NULL when a picture is missing or cannot be read. */
GHashTable *sim_decode_pictures (const SimTrack *track);
/* Samples (gint16) of the last two segments of a life, and the time of the
 * first one in samples; NULL when it has no two, or units are missing.
 * (transfer full)
 */
GArray *sim_decode_sound (const SimTrack *track, guint life, guint64 *first);
