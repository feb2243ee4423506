/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The first row that has the status, or the failure. */
#include "ingest-remedy.h"

#include <gio/gio.h>

typedef struct
{
  guint first, last; /* status codes */
  const gchar *remedy;
} Row;

static const Row rows[] = {
  { 300, 399, "needs the location where the receiver is" },
  { 401, 401,
      "needs user-id and user-pw (or user:password@ in the URL), or "
      "bearer-token" },
  { 403, 403,
      "needs user-id and user-pw (or user:password@ in the URL), or "
      "bearer-token, of somebody who may send there, or another path of "
      "location" },
  { 404, 404, "needs the receiver to be started, or another location" },
  { 405, 405, "needs method=PUT, POST or auto" },
  { 408, 408, "needs a faster network, or shorter segments" },
  { 409, 409, "needs the stream to be restarted there" },
  { 411, 411, "needs request-mode=segment" },
  { 412, 412,
      "needs the header that the other senders of the track have "
      "(cmaf-compare)" },
  { 413, 413,
      "needs a higher limit there, a lower bit rate or shorter segments" },
  { 415, 415, "needs another codec" },
  { 417, 417, "needs expect-continue=false" },
  { 425, 425, NULL },
  { 429, 429, NULL },
  { 400, 499, "cmaf-dump shows what is wrong with it" },
  { 501, 501, "needs method=PUT, POST or auto" },
  { 500, 599, "look at the receiver" },
};

const gchar *
cmaf_ingest_remedy (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].first <= status && status <= rows[i].last)
      return rows[i].remedy;
  return NULL;
}

typedef struct
{
  GQuark (*domain) (void);
  gint code; /* -1: any */
  const gchar *remedy;
} FailureRow;

#define UNREACHABLE                                                            \
  "needs a way there: check the address, the routes and the firewalls"
#define UNTRUSTED                                                              \
  "needs tls-ca-file of the authority that has signed it, or its "             \
  "tls-fingerprints"

static const FailureRow failures[] = {
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED,
      "needs a receiver that runs there: check host and port, and that no "
      "firewall refuses" },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT,
      "needs a receiver that answers: check host and port, the firewalls, and "
      "timeout" },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, UNREACHABLE },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, UNREACHABLE },
  { g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
      "needs a name server that answers" },
  { g_resolver_error_quark, -1,
      "needs a host name that is known: check how it is written, and the name "
      "server" },
  { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, UNTRUSTED },
  { g_tls_error_quark, G_TLS_ERROR_NOT_TLS,
      "needs http:// instead of https://, or the port that has TLS" },
  { g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED,
      "needs tls-certificate-file" },
};

const gchar *
cmaf_connect_remedy (const GError *failure)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failure->domain == failures[i].domain ()
        && (failures[i].code == -1 || failures[i].code == failure->code))
      return failures[i].remedy;
  return NULL;
}
