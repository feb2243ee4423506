/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties: names, ranges and defaults. */
#include "align-settings.h"

#include "plugin-enum.h"

#define DEFAULT_TOLERANCE (40 * GST_MSECOND)
#define DEFAULT_MAX_SILENCE (10 * GST_SECOND)
#define DEFAULT_SILENCE_AFTER (500 * GST_MSECOND)
#define DEFAULT_DRIFT_THRESHOLD (1 * GST_MSECOND)
#define DEFAULT_MAX_DRIFT 500

/* counted on from those of the muxer */
enum
{
  PROP_FRAME_SAMPLES,
  PROP_PRIMING_SAMPLES,
  PROP_ENCODER_TIMESTAMPS,
  PROP_TOLERANCE,
  PROP_MAX_SILENCE,
  PROP_SILENCE_AFTER,
  PROP_DRIFT_THRESHOLD,
  PROP_MAX_DRIFT,
  PROP_ON_INPUT_LOSS,
  N_PROPS,
};

static GType
encoder_stamps_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { STAMPS_AUTO, "As known of the encoder", "auto" },
    { STAMPS_INPUT, "The first unit is stamped as the first sample is",
        "input" },
    { STAMPS_COMPENSATED, "The encoder takes its delay off its time stamps",
        "compensated" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafAudioAlignStamps", values);
}

static GstClockTime *
time_of (AlignSettings *s, guint id)
{
  switch (id) {
    case PROP_TOLERANCE:
      return &s->tolerance;
    case PROP_MAX_SILENCE:
      return &s->max_silence;
    case PROP_SILENCE_AFTER:
      return &s->silence_after;
    case PROP_DRIFT_THRESHOLD:
      return &s->drift_threshold;
    default:
      return NULL;
  }
}

gboolean
align_settings_set (AlignSettings *s, guint id, const GValue *value)
{
  const guint own = id - mux_settings_n_props ();
  GstClockTime *time;

  if (id < mux_settings_n_props ())
    return mux_settings_set (&s->timing, id, value);
  time = time_of (s, own);
  if (time) {
    *time = g_value_get_uint64 (value);
    return TRUE;
  }
  switch (own) {
    case PROP_FRAME_SAMPLES:
      s->frame_samples = g_value_get_uint (value);
      return TRUE;
    case PROP_PRIMING_SAMPLES:
      s->priming_samples = g_value_get_int (value);
      return TRUE;
    case PROP_ENCODER_TIMESTAMPS:
      s->encoder_timestamps = g_value_get_enum (value);
      return TRUE;
    case PROP_MAX_DRIFT:
      s->max_drift = g_value_get_uint (value);
      return TRUE;
    case PROP_ON_INPUT_LOSS:
      s->on_input_loss = g_value_get_enum (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
align_settings_get (const AlignSettings *s, guint id, GValue *value)
{
  const guint own = id - mux_settings_n_props ();
  const GstClockTime *time;

  if (id < mux_settings_n_props ())
    return mux_settings_get (&s->timing, id, value);
  time = time_of ((AlignSettings *)s, own);
  if (time) {
    g_value_set_uint64 (value, *time);
    return TRUE;
  }
  switch (own) {
    case PROP_FRAME_SAMPLES:
      g_value_set_uint (value, s->frame_samples);
      return TRUE;
    case PROP_PRIMING_SAMPLES:
      g_value_set_int (value, s->priming_samples);
      return TRUE;
    case PROP_ENCODER_TIMESTAMPS:
      g_value_set_enum (value, s->encoder_timestamps);
      return TRUE;
    case PROP_MAX_DRIFT:
      g_value_set_uint (value, s->max_drift);
      return TRUE;
    case PROP_ON_INPUT_LOSS:
      g_value_set_enum (value, s->on_input_loss);
      return TRUE;
    default:
      return FALSE;
  }
}

void
align_settings_copy (AlignSettings *to, const AlignSettings *from)
{
  MuxSettings timing = to->timing;

  mux_settings_copy (&timing, &from->timing);
  *to = *from;
  to->timing = timing;
}

void
align_settings_clear (AlignSettings *s)
{
  mux_settings_clear (&s->timing);
}

guint
align_settings_n_props (void)
{
  return mux_settings_n_props () + N_PROPS;
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
install_encoder (GObjectClass *klass, guint first)
{
  g_object_class_install_property (klass, first + PROP_FRAME_SAMPLES,
      g_param_spec_uint ("frame-samples", "Frame samples",
          "Samples in an access unit of the encoder; 0: asked of the encoder "
          "behind",
          0, 65536, 0, FLAGS));
  g_object_class_install_property (klass, first + PROP_PRIMING_SAMPLES,
      g_param_spec_int ("priming-samples", "Priming samples",
          "Delay of the encoder in samples; -1: asked of the encoder behind",
          -1, 65536, -1, FLAGS));
  g_object_class_install_property (klass, first + PROP_ENCODER_TIMESTAMPS,
      g_param_spec_enum ("encoder-timestamps", "Encoder timestamps",
          "Whether the encoder takes its delay off its time stamps",
          encoder_stamps_get_type (), STAMPS_AUTO, FLAGS));
}

static void
install_mending (GObjectClass *klass, guint first)
{
  g_object_class_install_property (klass, first + PROP_TOLERANCE,
      g_param_spec_uint64 ("tolerance", "Tolerance",
          "How far (ns) a time stamp may be from the count of samples before "
          "it is a gap or an overlap",
          GST_USECOND, GST_SECOND, DEFAULT_TOLERANCE, FLAGS));
  g_object_class_install_property (klass, first + PROP_MAX_SILENCE,
      g_param_spec_uint64 ("max-silence", "Maximum silence",
          "Longest gap (ns) that is filled, and longest overlap that is left "
          "out; beyond that the count begins anew",
          0, 3600 * GST_SECOND, DEFAULT_MAX_SILENCE, FLAGS));
  g_object_class_install_property (klass, first + PROP_SILENCE_AFTER,
      g_param_spec_uint64 ("silence-after", "Silence after",
          "How long (ns) a live input may be late before silence takes its "
          "place (on-input-loss); -1: for ever",
          0, G_MAXUINT64, DEFAULT_SILENCE_AFTER, FLAGS));
  g_object_class_install_property (klass, first + PROP_DRIFT_THRESHOLD,
      g_param_spec_uint64 ("drift-threshold", "Drift threshold",
          "Mean distance (ns) of the sample clock from the time stamps from "
          "which on the audio is resampled to follow them; -1: never",
          0, G_MAXUINT64, DEFAULT_DRIFT_THRESHOLD, FLAGS));
  g_object_class_install_property (klass, first + PROP_MAX_DRIFT,
      g_param_spec_uint ("max-drift", "Maximum drift",
          "How much (ppm) is resampled at most", 1, 5000, DEFAULT_MAX_DRIFT,
          FLAGS));
}

void
align_settings_install (GObjectClass *klass)
{
  mux_settings_install_timing (klass);
  install_encoder (klass, mux_settings_n_props ());
  install_mending (klass, mux_settings_n_props ());
  loss_settings_install (klass, mux_settings_n_props () + PROP_ON_INPUT_LOSS);
}
