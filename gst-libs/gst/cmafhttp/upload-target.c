/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Nothing is called with its lock held. */
#include "upload-target.h"

#include <string.h>

/* ---- the URL ---- */

static gboolean
is_usable (GUri *uri)
{
  const gchar *scheme = g_uri_get_scheme (uri);
  const gchar *host = g_uri_get_host (uri);

  return host != NULL && *host != '\0'
         && (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0);
}

/* Bytes that have no place in a request line. */
static gboolean
has_bad_bytes (const gchar *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text <= 0x20 || (guchar)*text >= 0x7f)
      return TRUE;
  return FALSE;
}

static GUri *
parse_location (const gchar *location, GError **error)
{
  const GUriFlags flags = G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD;
  g_autoptr (GUri) uri = NULL;

  if (location != NULL && !has_bad_bytes (location))
    uri = g_uri_parse (location, flags, NULL);
  if (uri == NULL || !is_usable (uri)) {
    /* the text may hold a password */
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "%s, needs http://host[:port]/path or https://",
        location == NULL ? "is not set" : "is no such URL");
    return NULL;
  }
  return g_steal_pointer (&uri);
}

static gchar *
decode (const gchar *text)
{
  return text ? g_uri_unescape_string (text, NULL) : NULL;
}

/* Takes the user away from @uri. */
static void
take_uri (CmafUploadTarget *self, GUri *uri)
{
  const gchar *query = g_uri_get_query (uri);

  self->user = decode (g_uri_get_user (uri));
  self->password = decode (g_uri_get_password (uri));
  self->has_own_user = self->user != NULL && *self->user != '\0';
  self->base = g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL,
      g_uri_get_host (uri), g_uri_get_port (uri), g_uri_get_path (uri), query,
      NULL);
  self->location = g_uri_to_string_partial (self->base, G_URI_HIDE_QUERY);
}

/* ---- header fields ---- */

gboolean
cmaf_upload_is_field_name (const gchar *name)
{
  for (const gchar *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && !strchr ("!#$%&'*+-.^_`|~", *c))
      return FALSE;
  return *name != '\0';
}

static gboolean
append_field (GQuark id, const GValue *value, gpointer data)
{
  GString *fields = data;
  g_autofree gchar *text = NULL;

  if (G_VALUE_HOLDS_STRING (value))
    text = g_value_dup_string (value);
  else
    text = gst_value_serialize (value);
  if (text != NULL && strpbrk (text, "\r\n") == NULL
      && cmaf_upload_is_field_name (g_quark_to_string (id)))
    g_string_append_printf (fields, "%s: %s\r\n", g_quark_to_string (id), text);
  return TRUE;
}

static gchar *
make_own_fields (const CmafUploadTargetConfig *config)
{
  GString *fields = g_string_new (NULL);

  if (config->headers != NULL)
    gst_structure_foreach (config->headers, append_field, fields);
  return g_string_free (fields, FALSE);
}

/* ---- credentials ---- */

void
cmaf_upload_target_set_credentials (CmafUploadTarget *self, const gchar *user,
    const gchar *password, const gchar *token)
{
  g_mutex_lock (&self->lock);
  if (!self->has_own_user) {
    g_free (self->user);
    g_free (self->password);
    self->user = g_strdup (user);
    self->password = g_strdup (password);
  }
  g_free (self->token);
  self->token = g_strdup (token);
  g_mutex_unlock (&self->lock);
}

static void
get_credentials (CmafHttpCredentials *credentials, gpointer user_data)
{
  CmafUploadTarget *self = user_data;

  g_mutex_lock (&self->lock);
  credentials->user = g_strdup (self->user);
  credentials->password = g_strdup (self->password);
  credentials->token = g_strdup (self->token);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_basic_first (const CmafUploadTarget *self)
{
  return self->auth == CMAF_AUTH_BASIC
         || (self->auth == CMAF_AUTH_AUTO
             && strcmp (g_uri_get_scheme (self->base), "https") == 0);
}

gboolean
cmaf_upload_target_is_challenged (CmafUploadTarget *self)
{
  gboolean needs;

  g_mutex_lock (&self->lock);
  needs = self->token == NULL && self->user != NULL && !is_basic_first (self);
  g_mutex_unlock (&self->lock);
  return needs;
}

CmafUploadClient *
cmaf_upload_target_new_client (CmafUploadTarget *self)
{
  CmafUploadClientConfig config = { .base = self->base,
    .fields = self->fields,
    .own_fields = self->own_fields,
    .settings = self->upload,
    .get_credentials = get_credentials,
    .user_data = self,
    .never_basic = self->auth == CMAF_AUTH_DIGEST,
    .basic_first = is_basic_first (self) };

  return cmaf_upload_client_new (&config);
}

gboolean
cmaf_upload_token_check (const gchar *token, GError **error)
{
  for (; token != NULL && *token != '\0'; token++) {
    if ((guchar)*token > 0x20 && (guchar)*token < 0x7f)
      continue;
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "bearer-token: has a character that a token cannot have");
    return FALSE;
  }
  return TRUE;
}

/* ---- the target ---- */

void
cmaf_upload_target_config_init (CmafUploadTargetConfig *config)
{
  memset (config, 0, sizeof *config);
  config->user_agent = "gst-cmaf";
  config->upload.connect_timeout_ms = 6000;
  config->upload.io_timeout_ms = 6000;
}

static void
copy_settings (CmafUploadTarget *self, const CmafUploadSettings *settings)
{
  self->upload = *settings;
  self->upload.pins = g_strdupv (settings->pins);
  if (self->upload.ca != NULL)
    g_object_ref (self->upload.ca);
  if (self->upload.certificate != NULL)
    g_object_ref (self->upload.certificate);
}

CmafUploadTarget *
cmaf_upload_target_new (const CmafUploadTargetConfig *config, GError **error)
{
  g_autoptr (GUri) uri = parse_location (config->location, error);
  CmafUploadTarget *self;

  if (uri == NULL)
    return NULL;
  self = g_new0 (CmafUploadTarget, 1);
  g_mutex_init (&self->lock);
  self->auth = config->auth;
  take_uri (self, uri);
  self->fields = g_strdup_printf (
      "User-Agent: %s\r\nDASH-IF-Ingest: 1.1\r\nAccept: */*\r\n",
      config->user_agent);
  self->own_fields = make_own_fields (config);
  copy_settings (self, &config->upload);
  cmaf_upload_target_set_credentials (
      self, config->user, config->password, config->token);
  return self;
}

void
cmaf_upload_target_free (CmafUploadTarget *self)
{
  g_uri_unref (self->base);
  g_free (self->location);
  g_free (self->fields);
  g_free (self->own_fields);
  g_free (self->user);
  g_free (self->password);
  g_free (self->token);
  g_strfreev (self->upload.pins);
  g_clear_object (&self->upload.ca);
  g_clear_object (&self->upload.certificate);
  g_mutex_clear (&self->lock);
  g_free (self);
}
