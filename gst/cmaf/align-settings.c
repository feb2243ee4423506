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

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (AlignSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_FRAME_SAMPLES, G_TYPE_UINT, frame_samples),
  FIELD (PROP_PRIMING_SAMPLES, G_TYPE_INT, priming_samples),
  FIELD (PROP_ENCODER_TIMESTAMPS, G_TYPE_ENUM, encoder_timestamps),
  FIELD (PROP_TOLERANCE, G_TYPE_UINT64, tolerance),
  FIELD (PROP_MAX_SILENCE, G_TYPE_UINT64, max_silence),
  FIELD (PROP_SILENCE_AFTER, G_TYPE_UINT64, silence_after),
  FIELD (PROP_DRIFT_THRESHOLD, G_TYPE_UINT64, drift_threshold),
  FIELD (PROP_MAX_DRIFT, G_TYPE_UINT, max_drift),
  FIELD (PROP_ON_INPUT_LOSS, G_TYPE_ENUM, on_input_loss),
};

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
align_settings_install (GstCmafAlignClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const guint first = mux_settings_n_props ();

  gst_cmaf_align_class_set_fields (klass, fields, G_N_ELEMENTS (fields));
  mux_settings_install_timing (object_class);
  install_encoder (object_class, first);
  install_mending (object_class, first);
  loss_settings_install (object_class, first + PROP_ON_INPUT_LOSS);
}
