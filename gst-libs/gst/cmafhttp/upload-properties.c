/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "upload-properties.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/store-location.h>
#include <string.h>

#define DEFAULT_TIMEOUT (6 * GST_SECOND)
#define DEFAULT_AUTH_RETRIES 3

enum
{
  METHOD,
  USER_AGENT,
  HEADERS,
  USER_ID,
  USER_PW,
  BEARER_TOKEN,
  AUTHENTICATION,
  AUTH_RETRIES,
  TLS_CA_FILE,
  TLS_CERTIFICATE_FILE,
  TLS_FINGERPRINTS,
  SSL_STRICT,
  TIMEOUT,
};

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (CmafUploadProperties, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (METHOD, G_TYPE_STRING, method),
  FIELD (USER_AGENT, G_TYPE_STRING, user_agent),
  FIELD (HEADERS, G_TYPE_BOXED, headers),
  FIELD (USER_ID, G_TYPE_STRING, user_id),
  FIELD (USER_PW, G_TYPE_STRING, user_pw),
  FIELD (BEARER_TOKEN, G_TYPE_STRING, bearer_token),
  FIELD (AUTHENTICATION, G_TYPE_ENUM, authentication),
  FIELD (AUTH_RETRIES, G_TYPE_UINT, auth_retries),
  FIELD (TLS_CA_FILE, G_TYPE_STRING, tls_ca_file),
  FIELD (TLS_CERTIFICATE_FILE, G_TYPE_STRING, tls_certificate_file),
  FIELD (TLS_FINGERPRINTS, G_TYPE_STRING, tls_fingerprints),
  FIELD (SSL_STRICT, G_TYPE_BOOLEAN, ssl_strict),
  FIELD (TIMEOUT, G_TYPE_UINT64, timeout),
};

G_STATIC_ASSERT (G_N_ELEMENTS (fields) == CMAF_UPLOAD_N_PROPERTIES);

GType
cmaf_auth_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_AUTH_AUTO, "Basic at once with TLS, else what the receiver asks for",
        "auto" },
    { CMAF_AUTH_BASIC, "Basic at once, also without TLS", "basic" },
    { CMAF_AUTH_DIGEST, "Digest, never a password as it is", "digest" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CmafAuthMode", values));
  return type;
}

/* ---- values ---- */

gboolean
cmaf_upload_properties_set (
    CmafUploadProperties *self, guint index, const GValue *value)
{
  return cmaf_property_fields_set (
      fields, G_N_ELEMENTS (fields), self, index, value);
}

gboolean
cmaf_upload_properties_get (
    const CmafUploadProperties *self, guint index, GValue *value)
{
  return cmaf_property_fields_get (
      fields, G_N_ELEMENTS (fields), self, index, value);
}

gboolean
cmaf_upload_properties_is_credential (guint index)
{
  return index == USER_ID || index == USER_PW || index == BEARER_TOKEN;
}

void
cmaf_upload_properties_list_secrets (
    const CmafUploadProperties *self, const gchar *names[CMAF_UPLOAD_N_SECRETS])
{
  guint n = 0;

  if (self->user_pw != NULL)
    names[n++] = "user-pw";
  if (self->bearer_token != NULL)
    names[n++] = "bearer-token";
  if (self->headers != NULL)
    names[n++] = "headers";
  names[n] = NULL;
}

void
cmaf_upload_properties_clear (CmafUploadProperties *self)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), self);
  memset (self, 0, sizeof *self);
}

gchar **
cmaf_upload_split_locations (const gchar *location, const gchar *locations)
{
  g_auto (GStrv) words =
      g_strsplit_set (locations ? locations : "", " \t\r\n", -1);
  GPtrArray *all = g_ptr_array_new ();

  if (location)
    g_ptr_array_add (all, g_strdup (location));
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_ptr_array_add (all, g_strdup (words[i]));
  g_ptr_array_add (all, NULL);
  return (gchar **)g_ptr_array_free (all, FALSE);
}

gchar *
cmaf_upload_show_locations (const gchar *locations)
{
  g_auto (GStrv) words = cmaf_upload_split_locations (NULL, locations);

  for (guint i = 0; words[i]; i++) {
    gchar *shown = cmaf_store_location_show (words[i]);

    g_free (words[i]);
    words[i] = shown;
  }
  return locations ? g_strjoinv (" ", words) : NULL;
}

/* ---- settings ---- */

/* One line of text, or what is no field at all. */
static gboolean
is_line (const gchar *text)
{
  for (; text != NULL && *text != '\0'; text++)
    if ((guchar)*text < 0x20 || *text == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
check_header (GQuark id, const GValue *value, gpointer data)
{
  static const gchar *const ours[] = { "Host", "Content-Length",
    "Transfer-Encoding", "Connection", "Expect", "Trailer", "Upgrade", NULL };
  const gchar *name = g_quark_to_string (id);
  GError **error = data;

  for (guint i = 0; ours[i] != NULL; i++) {
    if (g_ascii_strcasecmp (name, ours[i]) == 0) {
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
          "headers: found %s, which follows from what is sent, needs it to be "
          "left out",
          name);
      return FALSE;
    }
  }
  if (cmaf_upload_is_field_name (name)
      && (!G_VALUE_HOLDS_STRING (value)
          || is_line (g_value_get_string (value))))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "headers: %s is no field of HTTP, needs a name of letters, digits and -, "
      "and a value without line ends",
      name);
  return FALSE;
}

static gboolean
check_fields (const CmafUploadProperties *self, GError **error)
{
  if (!is_line (self->user_agent)) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "user-agent: has a line end or a control character, needs a line of "
        "text");
    return FALSE;
  }
  return self->headers == NULL
         || gst_structure_foreach (self->headers, check_header, error);
}

/* Without its key nobody can show it. */
static gboolean
check_key (const gchar *file, GTlsCertificate *certificate, GError **error)
{
  g_autofree gchar *key = NULL;

  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "tls-certificate-file: %s has no private key, needs it behind the "
        "certificate",
        file);
  return key != NULL;
}

static gboolean
load_tls (const CmafUploadProperties *self, CmafUploadSettings *upload,
    GError **error)
{
  if (self->tls_ca_file) {
    /* the database takes no relative path */
    g_autofree gchar *path = g_canonicalize_filename (self->tls_ca_file, NULL);

    upload->ca = g_tls_file_database_new (path, error);
    if (!upload->ca) {
      g_prefix_error (error, "tls-ca-file: ");
      return FALSE;
    }
  }
  if (self->tls_certificate_file) {
    upload->certificate =
        g_tls_certificate_new_from_file (self->tls_certificate_file, error);
    if (!upload->certificate) {
      g_prefix_error (error, "tls-certificate-file: ");
      return FALSE;
    }
    return check_key (self->tls_certificate_file, upload->certificate, error);
  }
  return TRUE;
}

/* Hex digits of SHA-256, with or without colons, with or without the name of
 * the hash in front. */
static gchar *
parse_fingerprint (const gchar *text)
{
  GString *hex = g_string_new (NULL);

  if (g_ascii_strncasecmp (text, "sha256:", 7) == 0)
    text += 7;
  for (; *text; text++)
    if (*text != ':')
      g_string_append_c (hex, g_ascii_tolower (*text));
  return g_string_free (hex, FALSE);
}

static gboolean
load_pins (const CmafUploadProperties *self, CmafUploadSettings *upload,
    GError **error)
{
  g_auto (GStrv) words = NULL;
  GPtrArray *pins;

  if (!self->tls_fingerprints)
    return TRUE;
  words = g_strsplit_set (self->tls_fingerprints, " ,", -1);
  pins = g_ptr_array_new ();
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_ptr_array_add (pins, parse_fingerprint (words[i]));
  g_ptr_array_add (pins, NULL);
  upload->pins = (gchar **)g_ptr_array_free (pins, FALSE);
  for (guint i = 0; upload->pins[i]; i++) {
    if (strlen (upload->pins[i]) == 64
        && strspn (upload->pins[i], "0123456789abcdef") == 64)
      continue;
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "tls-fingerprints: found '%s', needs the 64 hex digits of a SHA-256",
        upload->pins[i]);
    return FALSE;
  }
  return TRUE;
}

gboolean
cmaf_upload_properties_fill (const CmafUploadProperties *self,
    CmafUploadTargetConfig *config, GError **error)
{
  memset (config, 0, sizeof *config);
  config->user_agent = self->user_agent;
  config->user = self->user_id;
  config->password = self->user_pw;
  config->token = self->bearer_token;
  config->headers = self->headers;
  config->auth = self->authentication;
  config->upload.accept_any = !self->ssl_strict;
  config->upload.connect_timeout_ms = self->timeout / GST_MSECOND;
  config->upload.io_timeout_ms = self->timeout / GST_MSECOND;
  return check_fields (self, error) && load_tls (self, &config->upload, error)
         && load_pins (self, &config->upload, error);
}

void
cmaf_upload_target_config_clear (CmafUploadTargetConfig *config)
{
  g_clear_object (&config->upload.ca);
  g_clear_object (&config->upload.certificate);
  g_strfreev (config->upload.pins);
  memset (config, 0, sizeof *config);
}

/* ---- the properties ---- */

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)
/* also while it runs; never to be read back */
#define SECRET                                                                 \
  (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)

static void
make_identity (GParamSpec **props, const CmafUploadDefaults *defaults)
{
  props[METHOD] = g_param_spec_string (
      "method", "Method", defaults->method_blurb, defaults->method, FLAGS);
  props[USER_AGENT] = g_param_spec_string ("user-agent", "User agent",
      "Product and version told to the receiver", defaults->user_agent, FLAGS);
  props[HEADERS] = g_param_spec_boxed ("headers", "Headers",
      "Further header fields of every request, but for those that another "
      "server was named for; cannot be read back",
      GST_TYPE_STRUCTURE,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  props[USER_ID] = g_param_spec_string ("user-id", "User id",
      "User for Basic and Digest authentication", NULL,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  props[USER_PW] = g_param_spec_string ("user-pw", "User password",
      "Password of the user; cannot be read back", NULL, SECRET);
  props[BEARER_TOKEN] = g_param_spec_string ("bearer-token", "Bearer token",
      "Token sent with every request; goes before user and password; cannot "
      "be read back",
      NULL, SECRET);
  props[AUTHENTICATION] = g_param_spec_enum ("authentication", "Authentication",
      "When user and password are sent, and how", CMAF_TYPE_AUTH_MODE,
      CMAF_AUTH_AUTO, FLAGS);
  props[AUTH_RETRIES] = g_param_spec_uint ("auth-retries",
      "Authentication retries",
      "How often a request is repeated after 401 or 403 before it is an error; "
      "credentials may be changed meanwhile",
      0, 1000, DEFAULT_AUTH_RETRIES, FLAGS);
}

static void
make_connection (GParamSpec **props)
{
  props[TLS_CA_FILE] = g_param_spec_string ("tls-ca-file", "TLS CA file",
      "PEM file of the authorities trusted instead of the system's", NULL,
      FLAGS);
  props[TLS_CERTIFICATE_FILE] =
      g_param_spec_string ("tls-certificate-file", "TLS certificate file",
          "PEM file with the client's certificate and key", NULL, FLAGS);
  props[TLS_FINGERPRINTS] = g_param_spec_string ("tls-fingerprints",
      "TLS fingerprints",
      "SHA-256 of certificates, with spaces in between: one of them must be "
      "that of the receiver, or of an authority that has signed it; its name "
      "is not checked then",
      NULL, FLAGS);
  props[SSL_STRICT] = g_param_spec_boolean ("ssl-strict", "SSL strict",
      "Check the certificate of the receiver", TRUE, FLAGS);
  props[TIMEOUT] = g_param_spec_uint64 ("timeout", "Timeout",
      "Time (ns) to connect, and without progress of a request", GST_MSECOND,
      G_MAXUINT32 * (guint64)GST_MSECOND, DEFAULT_TIMEOUT, FLAGS);
}

void
cmaf_upload_properties_install (
    GObjectClass *klass, guint first_id, const CmafUploadDefaults *defaults)
{
  GParamSpec *props[G_N_ELEMENTS (fields)];

  make_identity (props, defaults);
  make_connection (props);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_object_class_install_property (klass, first_id + i, props[i]);
}
