/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The kernel tells of a watch by its number: a socket that was closed here
 * stays in the set as long as another process holds it, as one that is being
 * spawned does, and is told of when its watch has long gone. */
#include "http-poll.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 256 /* in one turn of the loop */

struct _CmafHttpPoll
{
  gint fd;
  guint n_refs; /* the owner's, and one for each watch */
  GSource *source;
  GHashTable *watches; /* by id */
  guint64 last_id;
};

typedef struct
{
  GSource parent;
  CmafHttpWatch *watch; /* NULL: it has gone */
} WatchSource;

struct _CmafHttpWatch
{
  CmafHttpPoll *poll;
  guint64 id;
  GSocket *socket;
  gboolean is_added;
  void (*ready) (gpointer user_data);
  gpointer user_data;
  GSList *sources; /* of WatchSource */
};

/* ---- all of them ---- */

static void
unref_poll (CmafHttpPoll *self)
{
  if (--self->n_refs > 0)
    return;
  close (self->fd);
  g_hash_table_unref (self->watches);
  g_free (self);
}

static void
tell (CmafHttpPoll *self, guint64 id)
{
  CmafHttpWatch *watch = g_hash_table_lookup (self->watches, &id);
  void (*ready) (gpointer user_data);

  if (watch == NULL)
    return;
  ready = watch->ready;
  for (GSList *l = watch->sources; l != NULL; l = l->next)
    g_source_set_ready_time (l->data, 0);
  watch->ready = NULL;
  if (ready != NULL)
    ready (watch->user_data);
}

/* One at a time: what is told of the first may end the second. */
static gboolean
on_events (gint fd, GIOCondition condition, gpointer data)
{
  CmafHttpPoll *self = data;

  for (guint n = 0; n < MAX_EVENTS; n++) {
    struct epoll_event event;

    if (epoll_wait (fd, &event, 1, 0) != 1)
      break;
    tell (self, event.data.u64);
  }
  return G_SOURCE_CONTINUE;
}

CmafHttpPoll *
cmaf_http_poll_new (GMainContext *context, GError **error)
{
  gint fd = epoll_create1 (EPOLL_CLOEXEC);
  CmafHttpPoll *self;

  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "epoll_create1: %s", g_strerror (errno));
    return NULL;
  }
  self = g_new0 (CmafHttpPoll, 1);
  self->fd = fd;
  self->n_refs = 1;
  self->watches = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_events), self, NULL);
  g_source_attach (self->source, context);
  return self;
}

void
cmaf_http_poll_free (CmafHttpPoll *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  unref_poll (self);
}

/* ---- one ---- */

CmafHttpWatch *
cmaf_http_watch_new (CmafHttpPoll *poll, GSocket *socket)
{
  CmafHttpWatch *self = g_new0 (CmafHttpWatch, 1);

  self->poll = poll;
  poll->n_refs++;
  self->id = ++poll->last_id;
  g_hash_table_insert (poll->watches, &self->id, self);
  self->socket = g_object_ref (socket);
  return self;
}

/* A descriptor that was closed has left the set, and may be another one now. */
static gboolean
arm (CmafHttpWatch *self)
{
  struct epoll_event event = { EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
    { .u64 = self->id } };
  gint fd = g_socket_get_fd (self->socket);

  if (g_socket_is_closed (self->socket)
      || epoll_ctl (self->poll->fd,
             self->is_added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event)
             != 0)
    return FALSE;
  self->is_added = TRUE;
  return TRUE;
}

void
cmaf_http_watch_free (CmafHttpWatch *self)
{
  for (GSList *l = self->sources; l != NULL; l = l->next) {
    ((WatchSource *)l->data)->watch = NULL;
    g_source_set_ready_time (l->data, 0);
  }
  g_slist_free (self->sources);
  g_hash_table_remove (self->poll->watches, &self->id);
  if (self->is_added && !g_socket_is_closed (self->socket))
    epoll_ctl (
        self->poll->fd, EPOLL_CTL_DEL, g_socket_get_fd (self->socket), NULL);
  g_object_unref (self->socket);
  unref_poll (self->poll);
  g_free (self);
}

void
cmaf_http_watch_start (
    CmafHttpWatch *self, void (*ready) (gpointer user_data), gpointer user_data)
{
  self->ready = ready;
  self->user_data = user_data;
  arm (self);
}

/* The source that it is a child of goes on. */
static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  WatchSource *self = (WatchSource *)source;

  g_source_set_ready_time (source, -1);
  if (self->watch != NULL)
    arm (self->watch);
  return callback (user_data);
}

static void
finalize (GSource *source)
{
  WatchSource *self = (WatchSource *)source;

  if (self->watch != NULL)
    self->watch->sources = g_slist_remove (self->watch->sources, self);
}

static gboolean
pass (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

GSource *
cmaf_http_watch_create_source (CmafHttpWatch *self)
{
  static GSourceFuncs functions = { NULL, NULL, dispatch, finalize, NULL,
    NULL };
  GSource *source = g_source_new (&functions, sizeof (WatchSource));

  if (!arm (self))
    g_source_set_ready_time (source, 0);
  g_source_set_callback (source, pass, NULL, NULL);
  ((WatchSource *)source)->watch = self;
  self->sources = g_slist_prepend (self->sources, source);
  return source;
}
