/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A location that is a URL: its properties, and the queue that sends there. */
#pragma once

#include <gst/cmaf/packager-config.h>
#include <gst/cmafhttp/upload-properties.h>
#include <gst/cmafhttp/upload-queue.h>

G_BEGIN_DECLS

/* lock: the object lock of the element */
typedef struct
{
  CmafUploadProperties common;
  gchar *init_extension; /* NULL: as the location has it */
  guint64 max_spool_bytes, drain_timeout, delete_delay, manifest_refresh;
} ManifestUploadSettings;

#define MANIFEST_UPLOAD_N_PROPERTIES (5 + CMAF_UPLOAD_N_PROPERTIES)

void manifest_upload_install (GObjectClass *klass, guint first_id);
/* @index: the id less the first one. FALSE: it is none of them. */
gboolean manifest_upload_set (
    ManifestUploadSettings *settings, guint index, const GValue *value);
gboolean manifest_upload_get (
    const ManifestUploadSettings *settings, guint index, GValue *value);
gboolean manifest_upload_is_credential (guint index);
void manifest_upload_clear (ManifestUploadSettings *settings);

gboolean manifest_upload_is_url (const gchar *location);
/* What is wrong names the property. */
CmafObjectStore *manifest_upload_open (const ManifestUploadSettings *settings,
    const gchar *location, const CmafPackagerConfig *packager,
    const CmafUploadQueueCallbacks *callbacks, gpointer user_data,
    GError **error);

G_END_DECLS
