/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Peers of a server that stops and starts under them: they do one thing over
 * and over, and mind no error. */
#pragma once

#include "http-peer.h"

typedef struct
{
  guint16 port;
  /* One visit; TRUE when it got what it came for. */
  gboolean (*visit) (GSocketConnection *peer, gpointer user_data);
  gpointer user_data;
  GThread *thread;
  gint has_to_stop; /* atomic */
  gint n_served;    /* atomic */
} RestlessPeer;

static inline gpointer
restless_peer_run (gpointer data)
{
  RestlessPeer *self = data;

  while (!g_atomic_int_get (&self->has_to_stop)) {
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GSocketConnection) peer = NULL;

    g_socket_client_set_timeout (client, 5);
    g_socket_client_set_enable_proxy (client, FALSE);
    peer = g_socket_client_connect_to_host (
        client, "127.0.0.1", self->port, NULL, NULL);
    if (peer != NULL && self->visit (peer, self->user_data))
      g_atomic_int_inc (&self->n_served);
    else
      g_thread_yield ();
  }
  return NULL;
}

static inline void
restless_peer_start (RestlessPeer *self)
{
  self->thread = g_thread_new ("peer", restless_peer_run, self);
}

/* Until it has been served @n times more. */
static inline void
restless_peer_wait (RestlessPeer *self, gint n)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  n += g_atomic_int_get (&self->n_served);
  while (g_atomic_int_get (&self->n_served) < n) {
    fail_unless (g_get_monotonic_time () < deadline);
    g_usleep (1000);
  }
}

static inline void
restless_peer_stop (RestlessPeer *self)
{
  g_atomic_int_set (&self->has_to_stop, TRUE);
  g_thread_join (self->thread);
}
