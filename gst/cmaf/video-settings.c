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

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (VideoSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_ON_INPUT_LOSS, G_TYPE_ENUM, on_input_loss),
  FIELD (PROP_SLATE, G_TYPE_ENUM, slate),
  FIELD (PROP_SLATE_AFTER, G_TYPE_UINT64, slate_after),
  FIELD (PROP_MAX_SLATE, G_TYPE_UINT64, max_slate),
};

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

void
video_settings_install (GstCmafAlignClass *align_class)
{
  GObjectClass *klass = G_OBJECT_CLASS (align_class);
  const guint first = mux_settings_n_props ();

  gst_cmaf_align_class_set_fields (align_class, fields, G_N_ELEMENTS (fields));
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
