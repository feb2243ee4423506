/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A location that is a URL: its properties, the queue that sends there, and
 * what the queue has to tell as messages of the element. */
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
/* Messages come from @element. @changed: as in CmafUploadQueueCallbacks, with
 * @element. */
CmafObjectStore *manifest_upload_open (GstElement *element,
    const ManifestUploadSettings *settings, const gchar *location,
    const CmafPackagerConfig *packager, void (*changed) (gpointer element),
    GError **error);

G_END_DECLS
