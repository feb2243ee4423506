/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Sockets that wait to be readable, thousands of them, at one descriptor of the
 * main loop: a loop that polls each by itself takes longer for all the more of
 * them there are. Part of http-listener; HTTP thread only. Not installed. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CmafHttpPoll CmafHttpPoll;
/* One socket. */
typedef struct _CmafHttpWatch CmafHttpWatch;

CmafHttpPoll *cmaf_http_poll_new (GMainContext *context, GError **error);
/* Watches may outlive it; nothing becomes ready any more. */
void cmaf_http_poll_free (CmafHttpPoll *poll);

CmafHttpWatch *cmaf_http_watch_new (CmafHttpPoll *poll, GSocket *socket);
void cmaf_http_watch_free (CmafHttpWatch *watch);
/* @ready is called once, from the main loop. */
void cmaf_http_watch_start (CmafHttpWatch *watch,
    void (*ready) (gpointer user_data), gpointer user_data);
/* A child for a source: ready when the socket is readable, or closed. */
GSource *cmaf_http_watch_create_source (CmafHttpWatch *watch);

G_END_DECLS
