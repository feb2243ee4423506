/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an aligner does when its input is lost, as a property. */
#include "loss-settings.h"

#include "plugin-enum.h"

static GType
on_loss_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { ON_LOSS_SLATE, "Slate takes its place, on the grid", "slate" },
    { ON_LOSS_SILENT, "Nothing is sent until it is back", "silent" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstCmafOnInputLoss", values);
}

void
loss_settings_install (GObjectClass *klass, guint id)
{
  g_object_class_install_property (klass, id,
      g_param_spec_enum ("on-input-loss", "On input loss",
          "What is sent while a live input gives nothing", on_loss_get_type (),
          ON_LOSS_SLATE,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
}
