/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties: names, ranges and defaults. */
#include "video-settings.h"

#include "plugin-enum.h"

#define DEFAULT_SLATE_AFTER (500 * GST_MSECOND)
#define DEFAULT_MAX_SLATE (10 * GST_SECOND)

/* counted on from those of the muxer */
enum
{
  PROP_ON_INPUT_LOSS,
  PROP_SLATE,
  PROP_SLATE_AFTER,
  PROP_MAX_SLATE,
  N_PROPS,
};

static GType
slate_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { SLATE_BLACK, "Black", "black" },
    { SLATE_LAST_FRAME, "The last frame that came", "last-frame" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafVideoAlignSlate", values);
}

gboolean
video_settings_set (VideoSettings *s, guint id, const GValue *value)
{
  if (id < mux_settings_n_props ())
    return mux_settings_set (&s->timing, id, value);
  switch (id - mux_settings_n_props ()) {
    case PROP_ON_INPUT_LOSS:
      s->on_input_loss = g_value_get_enum (value);
      return TRUE;
    case PROP_SLATE:
      s->slate = g_value_get_enum (value);
      return TRUE;
    case PROP_SLATE_AFTER:
      s->slate_after = g_value_get_uint64 (value);
      return TRUE;
    case PROP_MAX_SLATE:
      s->max_slate = g_value_get_uint64 (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
video_settings_get (const VideoSettings *s, guint id, GValue *value)
{
  if (id < mux_settings_n_props ())
    return mux_settings_get (&s->timing, id, value);
  switch (id - mux_settings_n_props ()) {
    case PROP_ON_INPUT_LOSS:
      g_value_set_enum (value, s->on_input_loss);
      return TRUE;
    case PROP_SLATE:
      g_value_set_enum (value, s->slate);
      return TRUE;
    case PROP_SLATE_AFTER:
      g_value_set_uint64 (value, s->slate_after);
      return TRUE;
    case PROP_MAX_SLATE:
      g_value_set_uint64 (value, s->max_slate);
      return TRUE;
    default:
      return FALSE;
  }
}

void
video_settings_copy (VideoSettings *to, const VideoSettings *from)
{
  MuxSettings timing = to->timing;

  mux_settings_copy (&timing, &from->timing);
  *to = *from;
  to->timing = timing;
}

void
video_settings_clear (VideoSettings *s)
{
  mux_settings_clear (&s->timing);
}

guint
video_settings_n_props (void)
{
  return mux_settings_n_props () + N_PROPS;
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

void
video_settings_install (GObjectClass *klass)
{
  const guint first = mux_settings_n_props ();

  mux_settings_install_timing (klass);
  loss_settings_install (klass, first + PROP_ON_INPUT_LOSS);
  g_object_class_install_property (klass, first + PROP_SLATE,
      g_param_spec_enum ("slate", "Slate",
          "What is shown in place of an input that is lost", slate_get_type (),
          SLATE_BLACK, FLAGS));
  g_object_class_install_property (klass, first + PROP_SLATE_AFTER,
      g_param_spec_uint64 ("slate-after", "Slate after",
          "How long (ns) a live input may be late before slate takes its "
          "place (on-input-loss), -1: for ever; a shorter gap repeats the "
          "frame before it",
          0, G_MAXUINT64, DEFAULT_SLATE_AFTER, FLAGS));
  g_object_class_install_property (klass, first + PROP_MAX_SLATE,
      g_param_spec_uint64 ("max-slate", "Maximum slate",
          "Longest gap (ns) that is filled when the input goes on behind it", 0,
          3600 * GST_SECOND, DEFAULT_MAX_SLATE, FLAGS));
}
