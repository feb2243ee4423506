/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of cmafsyncmux as one value that is copied at the start. */
#pragma once

#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/timing-lock.h>

G_BEGIN_DECLS

/* What is told of time (ns): with the time of day it has a sum until 2116. */
#define MUX_MAX_TIME (G_MAXINT64 / 2)

typedef enum
{
  PRFT_TIMELINE,
  PRFT_WALLCLOCK,
  PRFT_NONE,
} PrftMode;

typedef enum
{
  SPLICE_IDR,
  SPLICE_MOVE,
  SPLICE_SPLIT,
} SpliceMode;

typedef enum
{
  TEXT_FORMAT_AUTO,
  TEXT_FORMAT_WVTT,
  TEXT_FORMAT_STPP,
} TextFormat;

typedef enum
{
  AUDIO_ALIGN_SNAP,
  AUDIO_ALIGN_EXACT,
  AUDIO_ALIGN_KEEP,
} AudioAlign;

typedef struct
{
  gint duration_n, duration_d;
  GstClockTime chunk_duration;
  gboolean is_nominal;
  gchar *timing_sources;
  gint64 fixed_origin;
  gint64 clock_offset;
  GstClock *utc_clock; /* NULL: of the system */
  gint tai_offset;     /* seconds */
  gchar *leap_seconds_file;
  gboolean leap_hold;
  GstClockTime timing_wait, clock_alarm;
  GstClockTime timecode_max_error;
  gint timecode_utc_offset; /* seconds */
  gint timecode_daily_jam;  /* seconds; CMAF_TIMECODE_NO_JAM */
  gchar *sync_group;
  gchar *sync_store;     /* NULL: none */
  guint generation;      /* to begin with */
  GstClockTime end_time; /* of the service; 0: it has none */
  gchar *track_name;
  gchar *language, *role; /* NULL: not told */
  TextFormat text_format;
  gboolean in_band;
  AudioAlign audio_align;
  guint number_offset;
  gboolean send_force_key_unit;
  CmafMissedKeyFrame missed_key_frame;
  PrftMode prft_mode;
  SpliceMode splice_mode;
  GstClockTime splice_preroll;
  gboolean events_in_band;
} MuxSettings;

/* Installs the properties of @settings; ids up to mux_settings_n_props () are
 * taken. */
void mux_settings_install (GObjectClass *object_class);
/* Those of them that MuxTiming looks at, for other elements. */
void mux_settings_install_timing (GObjectClass *object_class);
/* Those and what is about segments and the name, for a track that nothing comes
 * in for. */
void mux_settings_install_sparse (
    GObjectClass *object_class, const gchar *track_name);
guint mux_settings_n_props (void);
/* FALSE for an id that is none of them. */
gboolean mux_settings_set (
    MuxSettings *settings, guint id, const GValue *value);
gboolean mux_settings_get (
    const MuxSettings *settings, guint id, GValue *value);
/* Units in a chunk; 0: whole segments. */
guint mux_settings_chunk_units (
    const MuxSettings *settings, const CmafUnitGrid *units);
void mux_settings_copy (MuxSettings *to, const MuxSettings *from);
/* Of a struct that was copied as it stands. */
void mux_settings_own (MuxSettings *settings);
void mux_settings_clear (MuxSettings *settings);

G_END_DECLS
