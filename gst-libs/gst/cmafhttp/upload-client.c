/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A request goes below `at`, which is the base, or what a redirect has put in
 * its place; or, when that cannot be told from the redirect, to `moved_to`, if
 * it has the same path as the one that was redirected. Credentials, and fields
 * that may hold some, are only told to the origin of the base. */
#include "upload-client.h"

#include <string.h>

#define MAX_REDIRECTS 5
#define MAX_CHALLENGES 2 /* a scheme, and a nonce that has become too old */
#define MIN_SECRET 8     /* what is shorter may be in any text by chance */

struct _CmafUploadClient
{
  CmafUploadClientConfig config;
  GUri *base;
  GUri *at; /* NULL: the base */
  gchar *moved_path;
  GUri *moved_to; /* NULL: nothing */
  gchar *fields, *own_fields;
  CmafUploadConnection *connection;
  GUri *connected_to; /* while there is a connection */
  CmafHttpAuth auth;
  CmafHttpCredentials known; /* that @auth was used with */
  gchar *told; /* fields of the request at hand that may hold secrets */
};

static GUri *
where (const CmafUploadClient *self)
{
  return self->at ? self->at : self->base;
}

/* ---- URLs ---- */

static gboolean
is_https (GUri *uri)
{
  return strcmp (g_uri_get_scheme (uri), "https") == 0;
}

static gint
port_of (GUri *uri)
{
  gint port = g_uri_get_port (uri);

  return port > 0 ? port : is_https (uri) ? 443 : 80;
}

static gboolean
is_same_origin (GUri *a, GUri *b)
{
  return is_https (a) == is_https (b) && port_of (a) == port_of (b)
         && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0;
}

/* @base with @path behind its own; the query stays. */
static GUri *
make_uri (GUri *base, const gchar *path)
{
  const gchar *own = g_uri_get_path (base);
  gsize length = strlen (own);
  g_autofree gchar *full = NULL;

  while (*path != '\0' && length > 0 && own[length - 1] == '/')
    length--;
  full = g_strdup_printf (
      "%.*s%s%s", (int)length, own, *path != '\0' ? "/" : "", path);
  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL,
      g_uri_get_host (base), g_uri_get_port (base), full,
      g_uri_get_query (base), NULL);
}

static gchar *
make_target (GUri *uri)
{
  const gchar *path = g_uri_get_path (uri);
  const gchar *query = g_uri_get_query (uri);

  return g_strdup_printf ("%s%s%s", *path != '\0' ? path : "/",
      query ? "?" : "", query ? query : "");
}

/* What can stand in a request line. */
static gboolean
is_clean (const gchar *text)
{
  for (; text != NULL && *text != '\0'; text++)
    if ((guchar)*text <= 0x20 || (guchar)*text >= 0x7f)
      return FALSE;
  return TRUE;
}

/* NULL: not to be followed. */
static GUri *
parse_redirect (GUri *from, const gchar *location)
{
  g_autoptr (GUri) to =
      g_uri_parse_relative (from, location, G_URI_FLAGS_ENCODED, NULL);
  const gchar *scheme = to ? g_uri_get_scheme (to) : "";

  if (to == NULL || g_uri_get_host (to) == NULL || !is_clean (location)
      || *g_uri_get_host (to) == '\0'
      || (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
      || (is_https (from) && !is_https (to)))
    return NULL;
  return g_steal_pointer (&to);
}

/* What the base would have to be for @uri to be @path below it; NULL: @uri does
 * not end in @path. */
static GUri *
take_path_away (GUri *uri, const gchar *path)
{
  const gchar *full = g_uri_get_path (uri);
  gsize length = strlen (full), n = strlen (path);
  g_autofree gchar *rest = NULL;

  if (n == 0)
    return g_uri_ref (uri);
  if (length <= n || strcmp (full + length - n, path) != 0
      || full[length - n - 1] != '/')
    return NULL;
  rest = g_strndup (full, length - n - 1);
  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL,
      g_uri_get_host (uri), g_uri_get_port (uri), rest, g_uri_get_query (uri),
      NULL);
}

static GUri *
find_uri (const CmafUploadClient *self, const gchar *path)
{
  if (self->moved_to != NULL && strcmp (self->moved_path, path) == 0)
    return g_uri_ref (self->moved_to);
  return make_uri (where (self), path);
}

/* @to is where @path is now. */
static void
remember (CmafUploadClient *self, const gchar *path, GUri *to)
{
  GUri *base = take_path_away (to, path);

  g_clear_pointer (&self->moved_to, g_uri_unref);
  g_clear_pointer (&self->moved_path, g_free);
  if (base != NULL) {
    g_clear_pointer (&self->at, g_uri_unref);
    self->at = base;
  } else {
    self->moved_to = g_uri_ref (to);
    self->moved_path = g_strdup (path);
  }
}

/* ---- credentials ---- */

void
cmaf_upload_credentials_clear (CmafHttpCredentials *credentials)
{
  g_free ((gchar *)credentials->user);
  g_free ((gchar *)credentials->password);
  g_free ((gchar *)credentials->token);
  memset (credentials, 0, sizeof *credentials);
}

/* Those of now; new ones are a new beginning. */
static void
refresh_credentials (CmafUploadClient *self)
{
  CmafHttpCredentials now = { NULL, NULL, NULL };

  if (self->config.get_credentials)
    self->config.get_credentials (&now, self->config.user_data);
  if (g_strcmp0 (now.user, self->known.user) == 0
      && g_strcmp0 (now.password, self->known.password) == 0
      && g_strcmp0 (now.token, self->known.token) == 0) {
    cmaf_upload_credentials_clear (&now);
    return;
  }
  cmaf_upload_credentials_clear (&self->known);
  self->known = now;
  cmaf_http_auth_use (&self->auth, now.token != NULL ? CMAF_HTTP_AUTH_BEARER
                                   : self->config.basic_first
                                       ? CMAF_HTTP_AUTH_BASIC
                                       : CMAF_HTTP_AUTH_NONE);
}

/* ---- the connection ---- */

void
cmaf_upload_client_disconnect (CmafUploadClient *self)
{
  g_clear_pointer (&self->connection, cmaf_upload_connection_free);
  g_clear_pointer (&self->connected_to, g_uri_unref);
}

CmafUploadConnection *
cmaf_upload_client_get_connection (CmafUploadClient *self)
{
  return self->connection;
}

void
cmaf_upload_client_go_home (CmafUploadClient *self)
{
  if (self->at == NULL && self->moved_to == NULL)
    return;
  g_clear_pointer (&self->at, g_uri_unref);
  g_clear_pointer (&self->moved_to, g_uri_unref);
  g_clear_pointer (&self->moved_path, g_free);
  cmaf_upload_client_disconnect (self);
}

gboolean
cmaf_upload_client_has_digest (const CmafUploadClient *self)
{
  return self->auth.scheme == CMAF_HTTP_AUTH_DIGEST;
}

/* ---- sending ---- */

/* One request to @uri, and its answer. */
static gboolean
exchange (CmafUploadClient *self, const CmafUploadObject *object, GUri *uri,
    CmafHttpAnswer *answer, GCancellable *cancellable, GError **error)
{
  g_autofree gchar *target = make_target (uri);
  gboolean is_own = is_same_origin (uri, self->base);
  g_autofree gchar *field = NULL;
  g_autofree gchar *fields = NULL;
  CmafUploadHead head = { object->method, uri, NULL, object->length,
    object->expects && object->write != NULL, object->body,
    object->io_timeout_ms };
  GError *failure = NULL;
  gboolean ok;

  if (is_own)
    field = cmaf_http_auth_make_field (
        &self->auth, &self->known, object->method, target);
  g_free (self->told);
  self->told = g_strconcat (is_own ? self->own_fields : "", field, NULL);
  fields = g_strconcat (self->fields, object->fields, self->told, NULL);
  head.fields = fields;
  ok = cmaf_upload_connection_begin (
      self->connection, &head, cancellable, &failure);
  if (ok && object->write != NULL)
    object->write (self->connection, object->user_data, cancellable, &failure);
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  return cmaf_upload_connection_finish (
      self->connection, answer, cancellable, error);
}

/* TRUE: the same object goes to @uri, which has changed. */
static gboolean
follow (CmafUploadClient *self, const CmafUploadObject *object, GUri **uri,
    const CmafHttpAnswer *answer)
{
  GUri *to = NULL;

  if (answer->status / 100 == 3 && answer->location != NULL)
    to = parse_redirect (*uri, answer->location);
  if (to == NULL)
    return FALSE;
  remember (self, object->path, to);
  g_uri_unref (*uri);
  *uri = to;
  return TRUE;
}

/* The last word of the value of one of @fields: a password as Basic has it. */
static gboolean
repeats_field (const gchar *text, const gchar *fields)
{
  g_auto (GStrv) lines = g_strsplit (fields, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    const gchar *word = strrchr (lines[i], ' ');

    if (word != NULL && strlen (word + 1) >= MIN_SECRET
        && strstr (text, word + 1) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* A text that repeats what must not be seen is not seen. */
static void
hide_secrets (const CmafUploadClient *self, GUri *uri, CmafHttpAnswer *answer)
{
  const gchar *secrets[] = { self->known.password, self->known.token,
    g_uri_get_query (uri), g_uri_get_query (self->base) };
  gboolean is_seen =
      answer->text != NULL && repeats_field (answer->text, self->told);

  for (guint i = 0; answer->text != NULL && i < G_N_ELEMENTS (secrets); i++)
    is_seen = is_seen
              || (secrets[i] != NULL && *secrets[i] != '\0'
                  && strstr (answer->text, secrets[i]) != NULL);
  if (is_seen)
    g_clear_pointer (&answer->text, g_free);
}

/* TRUE: the same object again, with another Authorization. */
static gboolean
answer_challenge (
    CmafUploadClient *self, GUri *uri, const CmafHttpAnswer *answer)
{
  gboolean may_basic = !self->config.never_basic;

  if (answer->status != 401 || !is_same_origin (uri, self->base))
    return FALSE;
  return cmaf_http_auth_challenge (
      &self->auth, answer->challenges, &self->known, may_basic);
}

/* Opens a connection to @uri, when there is none to its origin. */
static gboolean
ensure_connection (CmafUploadClient *self, GUri *uri, GCancellable *cancellable,
    GError **error)
{
  if (self->connection != NULL && !is_same_origin (uri, self->connected_to))
    cmaf_upload_client_disconnect (self);
  if (self->connection != NULL)
    return TRUE;
  self->connection = cmaf_upload_connection_open (
      uri, &self->config.settings, cancellable, error);
  if (self->connection != NULL)
    self->connected_to = g_uri_ref (uri);
  return self->connection != NULL;
}

/* One request. */
static gboolean
try (CmafUploadClient *self, const CmafUploadObject *object, GUri *uri,
    CmafHttpAnswer *answer, gboolean *is_stale, GCancellable *cancellable,
    GError **error)
{
  GError *failure = NULL;

  cmaf_http_answer_clear (answer);
  if (!ensure_connection (self, uri, cancellable, error))
    return FALSE;
  if (!exchange (self, object, uri, answer, cancellable, &failure)) {
    /* silence is not the end of a connection */
    *is_stale = cmaf_upload_connection_is_stale (self->connection)
                && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    g_propagate_error (error, failure);
    cmaf_upload_client_disconnect (self);
    return FALSE;
  }
  hide_secrets (self, uri, answer);
  if (!cmaf_upload_connection_is_reusable (self->connection))
    cmaf_upload_client_disconnect (self);
  return TRUE;
}

gboolean
cmaf_upload_client_send (CmafUploadClient *self, const CmafUploadObject *object,
    CmafHttpAnswer *answer, gboolean *is_stale, GCancellable *cancellable,
    GError **error)
{
  g_autoptr (GUri) uri = find_uri (self, object->path);
  guint n_redirects = 0, n_challenges = 0;

  *is_stale = FALSE;
  refresh_credentials (self);
  for (;;) {
    if (!try (self, object, uri, answer, is_stale, cancellable, error))
      return FALSE;
    if (n_redirects < MAX_REDIRECTS && follow (self, object, &uri, answer))
      n_redirects++;
    else if (n_challenges < MAX_CHALLENGES
             && answer_challenge (self, uri, answer))
      n_challenges++;
    else
      break;
  }
  return TRUE;
}

/* ---- the client ---- */

CmafUploadClient *
cmaf_upload_client_new (const CmafUploadClientConfig *config)
{
  CmafUploadClient *self = g_new0 (CmafUploadClient, 1);

  self->config = *config;
  self->base = g_uri_ref (config->base);
  self->fields = g_strdup (config->fields ? config->fields : "");
  self->own_fields = g_strdup (config->own_fields ? config->own_fields : "");
  return self;
}

void
cmaf_upload_client_free (CmafUploadClient *self)
{
  cmaf_upload_client_disconnect (self);
  cmaf_http_auth_clear (&self->auth);
  cmaf_upload_credentials_clear (&self->known);
  g_uri_unref (self->base);
  g_clear_pointer (&self->at, g_uri_unref);
  g_clear_pointer (&self->moved_to, g_uri_unref);
  g_free (self->moved_path);
  g_free (self->told);
  g_free (self->fields);
  g_free (self->own_fields);
  g_free (self);
}
