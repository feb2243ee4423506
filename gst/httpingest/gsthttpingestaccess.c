/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include "gsthttpingestaccess.h"

#include <gst/cmafbase/gstcmafmessage.h>

static guint signal_authenticate;

/* One that refuses is enough. */
static gboolean
all_allow (GSignalInvocationHint *hint, GValue *result, const GValue *one,
    gpointer data)
{
  g_value_copy (one, result);
  return g_value_get_boolean (one);
}

void
gst_http_ingest_access_add_signal (GType type)
{
  /**
   * GstHttpIngestSrc::authenticate:
   * @src: the element
   * @scheme: "basic", "bearer", "certificate", or "none" when nothing came
   * @user: (nullable): of "basic"
   * @secret: (nullable): the password, or the token
   * @address: of the sender
   * @target: path and query of the request, as they were sent
   * @certificate: (nullable): of the sender, not checked in any way
   *
   * Asked about every request that user-id, users-file and tls-ca-file do not
   * allow. Connected before the element is PAUSED, or it is not asked. Runs in
   * the HTTP thread: it may not wait, nor change the state of the element.
   *
   * Returns: %TRUE to let it in
   */
  signal_authenticate = g_signal_new ("authenticate", type, G_SIGNAL_RUN_LAST,
      0, all_allow, NULL, NULL, G_TYPE_BOOLEAN, 6, G_TYPE_STRING, G_TYPE_STRING,
      G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_TLS_CERTIFICATE);
}

static gboolean
ask (const gchar *scheme, const gchar *user, const gchar *secret,
    const CmafIngestClaim *claim, gpointer user_data)
{
  gboolean is_allowed = FALSE;

  g_signal_emit (user_data, signal_authenticate, 0, scheme, user, secret,
      claim->address, claim->target, claim->certificate, &is_allowed);
  return is_allowed;
}

static void
warn (const GError *error, gpointer user_data)
{
  gst_cmaf_post_warning (user_data, error);
}

gboolean
gst_http_ingest_access_prepare (GstElement *src, const gchar *ca_file,
    CmafIngestAccessConfig *config, GError **error)
{
  config->warn = warn;
  config->user_data = src;
  if (g_signal_has_handler_pending (src, signal_authenticate, 0, FALSE))
    config->ask = ask;
  if (ca_file != NULL) {
    g_autofree gchar *path = g_canonicalize_filename (ca_file, NULL);

    config->client_ca = g_tls_file_database_new (path, error);
    if (config->client_ca == NULL) {
      g_prefix_error (error, "tls-ca-file: ");
      return FALSE;
    }
  }
  return TRUE;
}
