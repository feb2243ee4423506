/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties: names, ranges and defaults. */
#include "mux-settings.h"

#include "plugin-enum.h"

#include <gst/cmaf/splice-plan.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/store-location.h>

#define DEFAULT_TIMING_SOURCES                                                 \
  "reference-timestamp,timecode,pts,fingerprint,clock"

enum
{
  PROP_0,
  PROP_SEGMENT_DURATION,
  PROP_CHUNK_DURATION,
  PROP_GRID_MODE,
  PROP_TIMING_SOURCES,
  PROP_FIXED_ORIGIN,
  PROP_CLOCK_OFFSET,
  PROP_UTC_CLOCK,
  PROP_TIMELINE_TAI_OFFSET,
  PROP_LEAP_SECONDS_FILE,
  PROP_LEAP_HOLD,
  PROP_TIMING_WAIT,
  PROP_CLOCK_ALARM,
  PROP_TIMECODE_MAX_ERROR,
  PROP_TIMECODE_UTC_OFFSET,
  PROP_TIMECODE_DAILY_JAM,
  PROP_SYNC_GROUP,
  PROP_SYNC_STORE,
  PROP_END_TIME,
  PROP_GENERATION,
  PROP_TRACK_NAME,
  PROP_LANGUAGE,
  PROP_ROLE,
  PROP_TEXT_FORMAT,
  PROP_PARAMETER_SETS,
  PROP_AUDIO_ALIGN,
  PROP_NUMBER_OFFSET,
  PROP_SEND_FORCE_KEY_UNIT,
  PROP_MISSED_KEY_FRAME,
  PROP_PRFT_MODE,
  PROP_SPLICE_MODE,
  PROP_SPLICE_PREROLL,
  PROP_EVENTS,
  N_PROPS,
};

/* ---- enums ---- */

static GType
grid_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { 0, "Every segment has a whole number of frames; others are refused",
        "exact" },
    { 1, "The number of frames may vary by one", "nominal" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxGridMode", values);
}

static GType
events_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { 0, "None", "none" },
    { 1, "As emsg boxes in front of segments", "in-band" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxEvents", values);
}

static GType
parameter_sets_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { 0, "In the header (avc1, hvc1)", "header" },
    { 1, "In-band (avc3, hev1)", "in-band" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxParameterSets", values);
}

static GType
audio_align_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { AUDIO_ALIGN_SNAP, "Units go to the nearest place on the grid", "snap" },
    { AUDIO_ALIGN_EXACT, "Units that do not lie on the grid are an error",
        "exact" },
    { AUDIO_ALIGN_KEEP,
        "Units stay as far beside the grid as their encoder "
        "put them",
        "keep" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxAudioAlign", values);
}

static GType
missed_key_frame_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_MISSED_STRETCH, "The segment goes on until the next key frame",
        "stretch" },
    { CMAF_MISSED_CUT, "Cut without a key frame", "cut" },
    { CMAF_MISSED_DROP, "Drop until a key frame lies on a boundary", "drop" },
    { CMAF_MISSED_FAIL, "Stop with an error", "fail" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxMissedKeyFrame", values);
}

static GType
prft_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { PRFT_TIMELINE, "Media time of the first sample, equal on all encoders",
        "timeline" },
    { PRFT_WALLCLOCK, "Time of day when the chunk was finished", "wallclock" },
    { PRFT_NONE, "No prft box", "none" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxPrftMode", values);
}

static GType
splice_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { SPLICE_IDR, "A key frame at the splice, no boundary moves", "idr" },
    { SPLICE_MOVE, "The boundary nearest to the splice moves there", "move" },
    { SPLICE_SPLIT,
        "A further segment; refused: numbers would depend on what "
        "was before",
        "split" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxSpliceMode", values);
}

static GType
text_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { TEXT_FORMAT_AUTO, "As the input: stpp from TTML, else wvtt", "auto" },
    { TEXT_FORMAT_WVTT, "WebVTT; TTML is refused", "wvtt" },
    { TEXT_FORMAT_STPP, "TTML, IMSC 1 text", "stpp" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafSyncMuxTextFormat", values);
}

/* ---- values ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (MuxSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_SEGMENT_DURATION, G_TYPE_INT, duration_n),
  FIELD (PROP_CHUNK_DURATION, G_TYPE_UINT64, chunk_duration),
  FIELD (PROP_GRID_MODE, G_TYPE_ENUM, is_nominal),
  FIELD (PROP_TIMING_SOURCES, G_TYPE_STRING, timing_sources),
  FIELD (PROP_FIXED_ORIGIN, G_TYPE_INT64, fixed_origin),
  FIELD (PROP_CLOCK_OFFSET, G_TYPE_INT64, clock_offset),
  FIELD (PROP_UTC_CLOCK, G_TYPE_OBJECT, utc_clock),
  FIELD (PROP_TIMELINE_TAI_OFFSET, G_TYPE_INT, tai_offset),
  FIELD (PROP_LEAP_SECONDS_FILE, G_TYPE_STRING, leap_seconds_file),
  FIELD (PROP_LEAP_HOLD, G_TYPE_BOOLEAN, leap_hold),
  FIELD (PROP_TIMING_WAIT, G_TYPE_UINT64, timing_wait),
  FIELD (PROP_CLOCK_ALARM, G_TYPE_UINT64, clock_alarm),
  FIELD (PROP_TIMECODE_MAX_ERROR, G_TYPE_UINT64, timecode_max_error),
  FIELD (PROP_TIMECODE_UTC_OFFSET, G_TYPE_INT, timecode_utc_offset),
  FIELD (PROP_TIMECODE_DAILY_JAM, G_TYPE_INT, timecode_daily_jam),
  FIELD (PROP_SYNC_GROUP, G_TYPE_STRING, sync_group),
  FIELD (PROP_SYNC_STORE, G_TYPE_STRING, sync_store),
  FIELD (PROP_END_TIME, G_TYPE_UINT64, end_time),
  FIELD (PROP_GENERATION, G_TYPE_UINT, generation),
  FIELD (PROP_TRACK_NAME, G_TYPE_STRING, track_name),
  FIELD (PROP_LANGUAGE, G_TYPE_STRING, language),
  FIELD (PROP_ROLE, G_TYPE_STRING, role),
  FIELD (PROP_TEXT_FORMAT, G_TYPE_ENUM, text_format),
  FIELD (PROP_PARAMETER_SETS, G_TYPE_ENUM, in_band),
  FIELD (PROP_AUDIO_ALIGN, G_TYPE_ENUM, audio_align),
  FIELD (PROP_NUMBER_OFFSET, G_TYPE_UINT, number_offset),
  FIELD (PROP_SEND_FORCE_KEY_UNIT, G_TYPE_BOOLEAN, send_force_key_unit),
  FIELD (PROP_MISSED_KEY_FRAME, G_TYPE_ENUM, missed_key_frame),
  FIELD (PROP_PRFT_MODE, G_TYPE_ENUM, prft_mode),
  FIELD (PROP_SPLICE_MODE, G_TYPE_ENUM, splice_mode),
  FIELD (PROP_SPLICE_PREROLL, G_TYPE_UINT64, splice_preroll),
  FIELD (PROP_EVENTS, G_TYPE_ENUM, events_in_band),
};

gboolean
mux_settings_set (MuxSettings *s, guint id, const GValue *value)
{
  return cmaf_property_fields_set (fields, G_N_ELEMENTS (fields), s, id, value);
}

gboolean
mux_settings_get (const MuxSettings *s, guint id, GValue *value)
{
  if (id != PROP_SYNC_STORE)
    return cmaf_property_fields_get (
        fields, G_N_ELEMENTS (fields), s, id, value);
  g_value_take_string (value, cmaf_store_location_show (s->sync_store));
  return TRUE;
}

void
mux_settings_own (MuxSettings *s)
{
  cmaf_property_fields_own (fields, G_N_ELEMENTS (fields), s);
}

void
mux_settings_copy (MuxSettings *to, const MuxSettings *from)
{
  mux_settings_clear (to);
  *to = *from;
  mux_settings_own (to);
}

void
mux_settings_clear (MuxSettings *s)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), s);
}

guint
mux_settings_chunk_units (const MuxSettings *s, const CmafUnitGrid *units)
{
  guint64 ticks, n;

  if (!GST_CLOCK_TIME_IS_VALID (s->chunk_duration) || s->chunk_duration == 0)
    return 0;
  ticks = cmaf_ticks_from_ns (s->chunk_duration, units->timescale);
  n = (ticks + units->unit_ticks / 2) / units->unit_ticks;
  return (guint)CLAMP (n, 1, G_MAXINT);
}

guint
mux_settings_n_props (void)
{
  return N_PROPS;
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

/* What a track has that has no units as well; @track_name: the default. */
static void
install_segments (GObjectClass *klass, const gchar *track_name)
{
  g_object_class_install_property (klass, PROP_SEGMENT_DURATION,
      gst_param_spec_fraction ("segment-duration", "Segment duration",
          "Duration of segments (seconds, as a fraction); 0/1: 48/25 at 25 and "
          "50 frames/s, 8/5 at 30 and 60, 2/1 at 24, 1001/500 at rates over "
          "1001, and as the video of the sync group for other tracks",
          0, 1, G_MAXINT, 1, 0, 1, FLAGS));
  g_object_class_install_property (klass, PROP_NUMBER_OFFSET,
      g_param_spec_uint ("number-offset", "Number offset",
          "Added to the segment number that is told as the offset of buffers",
          0, 1, 0, FLAGS));
  g_object_class_install_property (klass, PROP_TRACK_NAME,
      g_param_spec_string ("track-name", "Track name",
          "Name of the track in paths, URLs and manifests (unset: the sink "
          "chooses)",
          track_name, FLAGS));
  g_object_class_install_property (klass, PROP_PRFT_MODE,
      g_param_spec_enum ("prft-mode", "prft mode",
          "What the producer reference time of each chunk says",
          prft_mode_get_type (), PRFT_TIMELINE, FLAGS));
  g_object_class_install_property (klass, PROP_SPLICE_MODE,
      g_param_spec_enum ("splice-mode", "Splice mode",
          "What a splice cue does to segments; the same on all tracks",
          splice_mode_get_type (), SPLICE_IDR, FLAGS));
}

static void
install_grid (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_CHUNK_DURATION,
      g_param_spec_uint64 ("chunk-duration", "Chunk duration",
          "Duration (ns) of the chunks that a segment is sent in, rounded to "
          "whole frames or audio units; 0 or GST_CLOCK_TIME_NONE (-1): whole "
          "segments",
          0, G_MAXUINT64, 0, FLAGS));
  g_object_class_install_property (klass, PROP_GRID_MODE,
      g_param_spec_enum ("grid-mode", "Grid mode",
          "Which segment durations are accepted at a frame rate",
          grid_mode_get_type (), 0, FLAGS));
}

static void
install_timing (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_TIMING_SOURCES,
      g_param_spec_string ("timing-sources", "Timing sources",
          "Where media time comes from, best first, with commas between: "
          "reference-timestamp, timecode, pts, fingerprint, clock, fixed",
          DEFAULT_TIMING_SOURCES, FLAGS));
  g_object_class_install_property (klass, PROP_FIXED_ORIGIN,
      g_param_spec_int64 ("fixed-origin", "Fixed origin",
          "Media time (ns since 1970) of running time zero, for the timing "
          "source fixed",
          -MUX_MAX_TIME, MUX_MAX_TIME, 0, FLAGS));
  g_object_class_install_property (klass, PROP_SYNC_GROUP,
      g_param_spec_string ("sync-group", "Sync group",
          "Muxers of a pipeline with the same name share grid and media time",
          "default", FLAGS));
}

static void
install_service (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_SYNC_STORE,
      g_param_spec_string ("sync-store", "Sync store",
          "Where the encoders of a service keep what they agree on: a "
          "directory, or a file, http or https URI (unset: they do not talk). "
          "For all of the sync group",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_GENERATION,
      g_param_spec_uint ("generation", "Generation",
          "Generation of the service that it begins with, unless sync-store "
          "has a later one; the same on all encoders",
          0, G_MAXINT, 0, FLAGS));
  g_object_class_install_property (klass, PROP_END_TIME,
      g_param_spec_uint64 ("end-time", "End time",
          "Media time (ns since 1970) at which the service ends, on all tracks "
          "of the sync group and on all encoders; 0: it does not",
          0, G_MAXUINT64, 0, FLAGS));
}

static void
install_clock (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_CLOCK_OFFSET,
      g_param_spec_int64 ("clock-offset", "Clock offset",
          "Added (ns) to the time of day that is read: to show what a wrong "
          "clock does",
          -MUX_MAX_TIME, MUX_MAX_TIME, 0, FLAGS));
  g_object_class_install_property (klass, PROP_UTC_CLOCK,
      g_param_spec_object ("utc-clock", "UTC clock",
          "What tells the time of day: in ns since 1970, or a GstNtpClock, a "
          "GstPtpClock or TAI; unset: the system",
          GST_TYPE_CLOCK, FLAGS));
  g_object_class_install_property (klass, PROP_TIMING_WAIT,
      g_param_spec_uint64 ("timing-wait", "Timing wait",
          "How long (ns) the first units wait for a better timing source than "
          "the next one of the list",
          0, 60 * GST_SECOND, CMAF_TIMING_WAIT, FLAGS));
  g_object_class_install_property (klass, PROP_CLOCK_ALARM,
      g_param_spec_uint64 ("clock-alarm", "Clock alarm",
          "How far (ns) the clock may be from time in the input before the "
          "message cmaf-sync-clock-error tells so",
          0, G_MAXINT64, CMAF_CLOCK_ALARM, FLAGS));
}

static void
install_epoch (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_TIMELINE_TAI_OFFSET,
      g_param_spec_int ("timeline-tai-offset", "Timeline TAI offset",
          "TAI less media time, in seconds; the same on all encoders, for ever",
          -1000, 1000, CMAF_TAI_OFFSET, FLAGS));
  g_object_class_install_property (klass, PROP_LEAP_SECONDS_FILE,
      g_param_spec_string ("leap-seconds-file", "Leap seconds file",
          "Path of a leap-seconds.list or leapseconds (unset: the system's)",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_LEAP_HOLD,
      g_param_spec_boolean ("leap-hold", "Leap hold",
          "Timing source clock: do not follow the clock for a day before and "
          "after a leap second, when clocks may be smeared",
          TRUE, FLAGS));
}

static void
install_timecode (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_TIMECODE_MAX_ERROR,
      g_param_spec_uint64 ("timecode-max-error", "Time code: maximum error",
          "How far (ns) a time code may be from the clock; it is not used when "
          "it is further",
          0, 12 * 3600 * GST_SECOND, CMAF_TIMECODE_MAX_ERROR, FLAGS));
  g_object_class_install_property (klass, PROP_TIMECODE_UTC_OFFSET,
      g_param_spec_int ("timecode-utc-offset", "Time code: UTC offset",
          "Seconds by which time codes are ahead of UTC", -50400, 50400, 0,
          FLAGS));
  g_object_class_install_property (klass, PROP_TIMECODE_DAILY_JAM,
      g_param_spec_int ("timecode-daily-jam", "Time code: daily jam",
          "When the plant sets its time code to the time of day, in seconds "
          "after midnight by the time code; -1: midnight, and non-drop labels "
          "at rates over 1001 are refused",
          CMAF_TIMECODE_NO_JAM, 86399, CMAF_TIMECODE_NO_JAM, FLAGS));
}

static void
install_description (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_LANGUAGE,
      g_param_spec_string ("language", "Language",
          "Language of the track, as BCP 47 writes it (unset: that of the "
          "input, if it has a tag)",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_ROLE,
      g_param_spec_string ("role", "Role",
          "Role of the track, of the scheme urn:mpeg:dash:role:2011: main, "
          "subtitle, caption, forced-subtitle, description, ... (unset: none)",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_TEXT_FORMAT,
      g_param_spec_enum ("text-format", "Text format",
          "What a track of text is made of", text_format_get_type (),
          TEXT_FORMAT_AUTO, FLAGS));
}

static void
install_track (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_PARAMETER_SETS,
      g_param_spec_enum ("parameter-sets", "Parameter sets",
          "Where the parameter sets of H.264 and H.265 are",
          parameter_sets_get_type (), 0, FLAGS));
  g_object_class_install_property (klass, PROP_AUDIO_ALIGN,
      g_param_spec_enum ("audio-align", "Audio align",
          "What is done with audio whose access units do not lie on the grid",
          audio_align_get_type (), AUDIO_ALIGN_SNAP, FLAGS));
  g_object_class_install_property (klass, PROP_SEND_FORCE_KEY_UNIT,
      g_param_spec_boolean ("send-force-key-unit", "Send force key unit",
          "Ask the encoder for a key frame at each boundary", TRUE, FLAGS));
  g_object_class_install_property (klass, PROP_MISSED_KEY_FRAME,
      g_param_spec_enum ("missed-key-frame", "Missed key frame",
          "What to do when there is no key frame at a boundary; stretch fails "
          "after 60 seconds, or 60 MiB in one chunk, without one",
          missed_key_frame_get_type (), CMAF_MISSED_STRETCH, FLAGS));
}

static void
install_splices (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_SPLICE_PREROLL,
      g_param_spec_uint64 ("splice-preroll", "Splice preroll",
          "A cue that comes later than this (ns) before its splice moves no "
          "boundary; the same on all encoders",
          0, G_MAXINT64, CMAF_SPLICE_PREROLL, FLAGS));
  g_object_class_install_property (klass, PROP_EVENTS,
      g_param_spec_enum ("events", "Events",
          "Events of the sync group that are in this track; the same on all "
          "encoders",
          events_get_type (), 0, FLAGS));
}

void
mux_settings_install_timing (GObjectClass *klass)
{
  install_timing (klass);
  install_clock (klass);
  install_epoch (klass);
  install_timecode (klass);
}

void
mux_settings_install_sparse (GObjectClass *klass, const gchar *track_name)
{
  install_segments (klass, track_name);
  mux_settings_install_timing (klass);
  install_service (klass);
}

void
mux_settings_install (GObjectClass *klass)
{
  install_segments (klass, NULL);
  install_grid (klass);
  mux_settings_install_timing (klass);
  install_service (klass);
  install_splices (klass);
  install_description (klass);
  install_track (klass);
}
