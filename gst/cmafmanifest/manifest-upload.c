/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-upload.h"

#include <gst/cmaf/property-fields.h>

#define DEFAULT_MAX_SPOOL_BYTES (64 * 1024 * 1024)
#define DEFAULT_DRAIN_TIMEOUT (30 * GST_SECOND)
#define DEFAULT_REFRESH (60 * GST_SECOND)

enum
{
  INIT_EXTENSION,
  MAX_SPOOL_BYTES,
  DRAIN_TIMEOUT,
  DELETE_DELAY,
  MANIFEST_REFRESH,
  COMMON,
};

/* ---- values ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (ManifestUploadSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (INIT_EXTENSION, G_TYPE_STRING, init_extension),
  FIELD (MAX_SPOOL_BYTES, G_TYPE_UINT64, max_spool_bytes),
  FIELD (DRAIN_TIMEOUT, G_TYPE_UINT64, drain_timeout),
  FIELD (DELETE_DELAY, G_TYPE_UINT64, delete_delay),
  FIELD (MANIFEST_REFRESH, G_TYPE_UINT64, manifest_refresh),
};

gboolean
manifest_upload_set (
    ManifestUploadSettings *settings, guint index, const GValue *value)
{
  return cmaf_property_fields_set (
             fields, G_N_ELEMENTS (fields), settings, index, value)
         || cmaf_upload_properties_set (
             &settings->common, index - COMMON, value);
}

gboolean
manifest_upload_get (
    const ManifestUploadSettings *settings, guint index, GValue *value)
{
  return cmaf_property_fields_get (
             fields, G_N_ELEMENTS (fields), settings, index, value)
         || cmaf_upload_properties_get (
             &settings->common, index - COMMON, value);
}

gboolean
manifest_upload_is_credential (guint index)
{
  return cmaf_upload_properties_is_credential (index - COMMON);
}

void
manifest_upload_clear (ManifestUploadSettings *settings)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), settings);
  cmaf_upload_properties_clear (&settings->common);
}

/* ---- the queue ---- */

gboolean
manifest_upload_is_url (const gchar *location)
{
  g_autofree gchar *scheme =
      location != NULL ? g_uri_parse_scheme (location) : NULL;

  return scheme != NULL
         && (g_ascii_strcasecmp (scheme, "http") == 0
             || g_ascii_strcasecmp (scheme, "https") == 0);
}

CmafObjectStore *
manifest_upload_open (const ManifestUploadSettings *settings,
    const gchar *location, const CmafPackagerConfig *packager,
    const CmafUploadQueueCallbacks *callbacks, gpointer user_data,
    GError **error)
{
  gboolean is_hls = packager->master_name != NULL;
  CmafObjectStore *store = NULL;
  CmafUploadQueueConfig config;

  cmaf_upload_queue_config_init (&config);
  config.method = settings->common.method;
  config.auth_tries = settings->common.auth_retries + 1;
  config.is_serial = is_hls && packager->type == CMAF_MANIFEST_DYNAMIC;
  config.keeps_lost = !is_hls;
  config.max_bytes = settings->max_spool_bytes;
  config.delete_delay = settings->delete_delay;
  config.refresh = settings->manifest_refresh;
  if (cmaf_upload_properties_fill (&settings->common, &config.target, error)) {
    config.target.location = location;
    store = cmaf_upload_queue_new (&config, callbacks, user_data, error);
  }
  cmaf_upload_target_config_clear (&config.target);
  return store;
}

/* ---- the properties ---- */

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

void
manifest_upload_install (GObjectClass *klass, guint first_id)
{
  static const CmafUploadDefaults defaults = { "PUT",
    "To a URL: PUT or POST, or auto: PUT, and POST when the server answers 405",
    PACKAGE "/" PACKAGE_VERSION };

  g_object_class_install_property (klass, first_id + INIT_EXTENSION,
      g_param_spec_string ("init-extension", "Init extension",
          "Extension of headers, without a dot (unset: mp4 in a directory, "
          "init at a URL)",
          NULL, FLAGS));
  g_object_class_install_property (klass, first_id + MAX_SPOOL_BYTES,
      g_param_spec_uint64 ("max-spool-bytes", "Maximum spool bytes",
          "Bytes of each track that may wait for upload to each URL", 1,
          G_MAXUINT64, DEFAULT_MAX_SPOOL_BYTES, FLAGS));
  g_object_class_install_property (klass, first_id + DRAIN_TIMEOUT,
      g_param_spec_uint64 ("drain-timeout", "Drain timeout",
          "Time (ns) without progress after which the end of the stream "
          "becomes an error that tells what was not delivered to a URL",
          0, G_MAXUINT64 / 2, DEFAULT_DRAIN_TIMEOUT, FLAGS));
  g_object_class_install_property (klass, first_id + DELETE_DELAY,
      g_param_spec_uint64 ("delete-delay", "Delete delay",
          "Time (ns) by which what is no longer needed at a URL stays longer",
          0, G_MAXUINT64 / 2, 0, FLAGS));
  g_object_class_install_property (klass, first_id + MANIFEST_REFRESH,
      g_param_spec_uint64 ("manifest-refresh", "Manifest refresh",
          "Time (ns) after which an MPD is sent to a URL again although it is "
          "the same (0: never)",
          0, G_MAXUINT64 / 2, DEFAULT_REFRESH, FLAGS));
  cmaf_upload_properties_install (klass, first_id + COMMON, &defaults);
}
