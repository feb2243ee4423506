/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties that cmafdashsink and cmafhlssink share. */
#pragma once

#include "manifest-upload.h"

#include <gst/cmaf/packager-config.h>

G_BEGIN_DECLS

/* lock: the object lock of the element */
typedef struct
{
  gchar *location, *locations;
  gchar *media_template;
  gchar *presentation_id;
  gchar *delivery_url;
  CmafManifestType type;
  CmafAddressing addressing;
  gint segment_duration_n, segment_duration_d;
  guint number_offset;
  GstClockTime window_length;
  guint window_quantum;
  GstClockTime availability_start;
  gint max_lag;
  gboolean low_latency;
  gboolean write_segments;
  ManifestUploadSettings upload;
} ManifestSettings;

/* The id of stats, which is not one of the settings. */
#define MANIFEST_PROP_STATS 1

void manifest_settings_install (GObjectClass *klass);
void manifest_settings_init (ManifestSettings *settings);
void manifest_settings_clear (ManifestSettings *settings);
/* FALSE: there is no such property. */
gboolean manifest_settings_set (
    ManifestSettings *settings, guint id, const GValue *value);
gboolean manifest_settings_get (
    const ManifestSettings *settings, guint id, GValue *value);
/* Of what is set and has no effect. */
void manifest_settings_warn (
    GstElement *element, const ManifestSettings *settings);
/* All that everything goes to, location first. (transfer full) */
gchar **manifest_settings_split_locations (const ManifestSettings *settings);
/* It may change while the element runs, who it is. */
gboolean manifest_settings_is_credential (guint id);
/* All but the names of manifests; strings are borrowed. */
void manifest_settings_configure (
    const ManifestSettings *settings, CmafPackagerConfig *config);

G_END_DECLS
