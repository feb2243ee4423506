/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One HTTP/1.1 server socket of the process, with the remedies that libsoup 3.2
 * needs (docs/threads.md). Everything behind it runs in the one HTTP thread
 * (http-thread.h); handlers are called there. Since: 0.1 */
#pragma once

#include <gio/gio.h>
#include <gst/cmafhttp/http-thread.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *address;         /* "127.0.0.1", "::1", "0.0.0.0" */
  guint16 port;                 /* 0: any free one, never shared */
  GTlsCertificate *certificate; /* NULL: no TLS */
  guint max_connections;
  guint header_timeout_ms; /* a request head must be complete by then */
  guint idle_timeout_ms;   /* a kept-alive connection without a request */
  guint write_timeout_ms;  /* a peer that takes nothing of its answer */
  gboolean asks_for_certificates; /* of clients: handlers look at them */
} CmafHttpListenerConfig;

typedef struct _CmafHttpListener CmafHttpListener;

CMAF_API void cmaf_http_listener_config_init (CmafHttpListenerConfig *config);
/* A PEM file with certificate and private key; errors begin with @property. */
CMAF_API GTlsCertificate *cmaf_http_load_certificate (
    const gchar *file, const gchar *property, GError **error);
/* Listens before it returns; G_IO_ERROR_ADDRESS_IN_USE names address and port.
 * Whoever asks for address and port of another listener of the process shares
 * it: the certificate must be the same, and of each limit the smallest that was
 * asked for counts, and clients are asked for certificates if anybody wants
 * it. Callable from any thread but the HTTP thread. */
CMAF_API CmafHttpListener *cmaf_http_listener_new (
    const CmafHttpListenerConfig *config, GError **error);
CMAF_API void cmaf_http_listener_unref (CmafHttpListener *listener);
CMAF_API guint16 cmaf_http_listener_get_port (CmafHttpListener *listener);

/* Called in the HTTP thread when the head of a request whose path is @prefix,
 * or lies below it, is complete and its body is not read yet. @path is decoded
 * once, has no repeated slashes and has been checked as the peer wrote it
 * (http-framing.h, LIV-23): what climbs, has a NUL or is too long does not come
 * here. The handler sets a status and body, or pauses the message and
 * answers later. Neither body is accumulated: connect to "got-chunk" for the
 * request's. "Expect: 100-continue" is answered after the handler returns, by
 * its status or by 100. An error status is sent without waiting for a long
 * request to end. */
typedef void (*CmafHttpHandler) (CmafHttpListener *listener,
    SoupServerMessage *message, const gchar *path, GHashTable *query,
    gpointer user_data);

/* The longest matching prefix gets the request. FALSE and
 * G_IO_ERROR_EXISTS when the prefix is taken. */
CMAF_API gboolean cmaf_http_listener_add_route (CmafHttpListener *listener,
    const gchar *prefix, CmafHttpHandler handler, gpointer user_data,
    GError **error);
/* No handler of this prefix runs or starts after it returns. Messages that it
 * paused must be finished by the caller, in the HTTP thread. */
CMAF_API void cmaf_http_listener_remove_route (
    CmafHttpListener *listener, const gchar *prefix);
/* One line of text that says what is wrong and what is needed; without it when
 * HEAD was asked. */
CMAF_API void cmaf_http_listener_answer_error (
    SoupServerMessage *message, guint status, const gchar *why);
/* For a handler that has returned already, in the HTTP thread: sends the
 * status, headers and (one-piece) body set on @message now, does not read the
 * rest of the request, and closes the connection. @message gets no further
 * signal. */
CMAF_API void cmaf_http_listener_refuse (
    CmafHttpListener *listener, SoupServerMessage *message);
/* What the client has shown, whether it is good or not; NULL: nothing, or there
 * is no TLS (transfer none). */
CMAF_API GTlsCertificate *cmaf_http_listener_get_client_certificate (
    SoupServerMessage *message);
/* Counters: connections (open), accepted, reaped, requests, rejected (transfer
 * full). */
CMAF_API GstStructure *cmaf_http_listener_get_stats (
    CmafHttpListener *listener);

G_END_DECLS
