/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A plant that makes numbered pictures at known times, with sound and text.
 * Times are in ns; those of sound and text count from the first picture. */
#pragma once

#include <gst/cmaf/media-time.h>
#include <gst/gst.h>

typedef enum
{
  SIM_TIMECODE,
  SIM_UNIX,
  SIM_NTP,
  SIM_PTP,
  SIM_PTS,
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
  guint64 pair_pts, pair_ticks; /* SIM_PTS: this PTS is this media time */
} SimSource;

void sim_source_init (SimSource *source, SimStamp stamp, GRand *rand);
void sim_source_clear (SimSource *source);
const gchar *sim_stamp_name (SimStamp stamp);
/* Picture @i with what it says of its time. (transfer full) */
GstBuffer *sim_picture (const SimSource *source, guint i, gint64 running_time);

/* The first sample of sound, mono at 48 kHz, that is not before picture @frame,
 * and when one is heard. */
guint64 sim_first_sound (const SimSource *source, guint frame);
gint64 sim_sound_time (guint64 sample);

/* The first cue that is not before picture @frame; cue @i. */
guint sim_first_cue (const SimSource *source, guint frame);
gint64 sim_cue_time (guint i);
GstBuffer *sim_cue (guint i, gint64 running_time);
