/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Its lock is taken inside that of a track, and nothing inside it. */
#include "ingest-destination.h"

#include <string.h>
#include <unistd.h>

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
take_uri (CmafIngestDestination *self, GUri *uri)
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

/* The same for the same URL, whoever the user is. */
static gchar *
make_spool_path (const CmafIngestDestination *self)
{
  g_autofree gchar *url = g_uri_to_string (self->base);
  g_autofree gchar *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);

  if (self->config->spool_directory == NULL)
    return NULL;
  hash[16] = '\0';
  return g_build_filename (self->config->spool_directory, hash, NULL);
}

/* ---- header fields ---- */

static gboolean
is_field_name (const gchar *name)
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
      && is_field_name (g_quark_to_string (id)))
    g_string_append_printf (fields, "%s: %s\r\n", g_quark_to_string (id), text);
  return TRUE;
}

static gchar *
make_fields (const CmafIngestClientConfig *config)
{
  GString *fields = g_string_new (NULL);

  g_string_append_printf (fields,
      "User-Agent: %s\r\nDASH-IF-Ingest: 1.1\r\nAccept: */*\r\n",
      config->user_agent);
  if (config->headers != NULL)
    gst_structure_foreach (config->headers, append_field, fields);
  return g_string_free (fields, FALSE);
}

/* ---- credentials ---- */

void
cmaf_ingest_destination_set_credentials (CmafIngestDestination *self,
    const gchar *user, const gchar *password, const gchar *token)
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
  CmafIngestDestination *self = user_data;

  g_mutex_lock (&self->lock);
  credentials->user = g_strdup (self->user);
  credentials->password = g_strdup (self->password);
  credentials->token = g_strdup (self->token);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_basic_first (const CmafIngestDestination *self)
{
  return self->config->auth == CMAF_AUTH_BASIC
         || (self->config->auth == CMAF_AUTH_AUTO
             && strcmp (g_uri_get_scheme (self->base), "https") == 0);
}

gboolean
cmaf_ingest_destination_needs_probe (CmafIngestDestination *self)
{
  gboolean needs;

  g_mutex_lock (&self->lock);
  needs =
      self->config->probes
      || (self->token == NULL && self->user != NULL && !is_basic_first (self));
  g_mutex_unlock (&self->lock);
  return needs;
}

CmafUploadClient *
cmaf_ingest_destination_new_client (CmafIngestDestination *self)
{
  CmafUploadClientConfig config = { .base = self->base,
    .fields = self->fields,
    .settings = self->config->upload,
    .get_credentials = get_credentials,
    .user_data = self,
    .never_basic = self->config->auth == CMAF_AUTH_DIGEST,
    .basic_first = is_basic_first (self) };

  return cmaf_upload_client_new (&config);
}

/* ---- the manifest ---- */

void
cmaf_ingest_destination_add_waker (CmafIngestDestination *self, gint fd)
{
  g_mutex_lock (&self->lock);
  g_array_append_val (self->wakers, fd);
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_destination_remove_waker (CmafIngestDestination *self, gint fd)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->wakers->len; i++) {
    if (g_array_index (self->wakers, gint, i) == fd) {
      g_array_remove_index_fast (self->wakers, i);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
}

static void
wake_all_locked (CmafIngestDestination *self)
{
  const guint64 one = 1;

  for (guint i = 0; i < self->wakers->len; i++) {
    gssize n = write (g_array_index (self->wakers, gint, i), &one, sizeof one);

    (void)n; /* it fails when it is awake already */
  }
}

void
cmaf_ingest_destination_set_manifest (
    CmafIngestDestination *self, GBytes *manifest)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  self->manifest = manifest ? g_bytes_ref (manifest) : NULL;
  self->needs_manifest = manifest != NULL;
  self->is_released = self->is_released || manifest == NULL;
  wake_all_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
cmaf_ingest_destination_needs_manifest (
    CmafIngestDestination *self, gboolean *is_held)
{
  gboolean needs;

  g_mutex_lock (&self->lock);
  needs = self->needs_manifest && !self->is_claimed;
  *is_held = !needs && !self->is_released;
  g_mutex_unlock (&self->lock);
  return needs;
}

GBytes *
cmaf_ingest_destination_begin_manifest (CmafIngestDestination *self)
{
  GBytes *manifest = NULL;

  g_mutex_lock (&self->lock);
  if (self->needs_manifest && !self->is_claimed) {
    self->is_claimed = TRUE;
    manifest = g_bytes_ref (self->manifest);
  }
  g_mutex_unlock (&self->lock);
  return manifest;
}

void
cmaf_ingest_destination_end_manifest (
    CmafIngestDestination *self, GBytes *manifest, gboolean is_done)
{
  g_mutex_lock (&self->lock);
  self->is_claimed = FALSE;
  if (is_done) {
    self->is_released = TRUE;
    if (self->manifest == manifest)
      self->needs_manifest = FALSE;
  }
  wake_all_locked (self);
  g_mutex_unlock (&self->lock);
}

/* ---- the destination ---- */

CmafIngestDestination *
cmaf_ingest_destination_new (
    const gchar *location, const CmafIngestClientConfig *config, GError **error)
{
  g_autoptr (GUri) uri = parse_location (location, error);
  CmafIngestDestination *self;

  if (uri == NULL)
    return NULL;
  self = g_new0 (CmafIngestDestination, 1);
  g_mutex_init (&self->lock);
  self->config = config;
  take_uri (self, uri);
  self->fields = make_fields (config);
  self->spool = make_spool_path (self);
  self->wakers = g_array_new (FALSE, FALSE, sizeof (gint));
  self->is_released = config->mpd_name == NULL;
  return self;
}

void
cmaf_ingest_destination_free (CmafIngestDestination *self)
{
  g_uri_unref (self->base);
  g_free (self->location);
  g_free (self->fields);
  g_free (self->spool);
  g_free (self->user);
  g_free (self->password);
  g_free (self->token);
  g_array_unref (self->wakers);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}
