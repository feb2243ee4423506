/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A plant that makes numbered pictures at known times, and encoders that get
 * them late, have wrong clocks and are killed. All in accelerated time: no
 * clock runs, and real pipelines go as fast as they can. */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/media-time.h>

typedef enum
{
  SIM_TIMECODE,
  SIM_UNIX,
  SIM_NTP,
  SIM_PTP,
  SIM_CLOCK,
  SIM_N_STAMPS,
} SimStamp;

typedef struct
{
  SimStamp stamp;
  guint fps_n, fps_d;
  CmafUnitGrid frames;
  guint n_frames;
  gint64 *times;      /* ns since 1970 (UTC) at which each was taken */
  guint64 *numbers;   /* what each is to get */
  guint64 *stamps;    /* what it says: of that kind, or the label counted on */
  gboolean *is_mute;  /* says nothing */
  gboolean *is_wrong; /* says something wrong */
  gboolean is_drop;
} SimSource;

void sim_source_init (SimSource *source, SimStamp stamp, GRand *rand);
void sim_source_clear (SimSource *source);
const gchar *sim_stamp_name (SimStamp stamp);

#define SIM_MAX_LIVES 3

typedef struct
{
  const gchar *encoder; /* a piece of pipeline, raw video to a parser */
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

typedef struct
{
  CmafTrack *track; /* NULL when nothing came out */
  GBytes *header;
  GPtrArray *chunks; /* of CmafChunk: of whole segments */
  GString *messages; /* names of cmaf-sync- messages */
  gchar *error;
} SimOutput;

void sim_encode (
    const SimEncoder *encoder, const SimSource *source, SimOutput *output);
void sim_output_clear (SimOutput *output);
/* Writes header and segments to @folder. */
gboolean sim_output_save (const SimOutput *output, const gchar *folder);
/* Segments with even numbers of @even, with odd ones of @odd, as a receiver may
 * have them that goes from encoder to encoder. */
void sim_output_mix (
    const SimOutput *even, const SimOutput *odd, SimOutput *output);
/* Number of the segment in which a picture at @tick is. */
guint64 sim_segment_number (const CmafTrack *track, guint64 tick);
/* Decodes: a table from ticks of presentation to the number in the picture, as
 * gint64 -> guint. NULL when a picture could not be read. */
GHashTable *sim_output_decode (const SimOutput *output);
