/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The one HTTP thread. Posts wait in a queue of ours, not as one GSource each:
 * the order is then ours to promise.
 *
 * Locks: instance_lock (who has the thread), then thread->lock (its queue).
 * Posted functions run with neither. */
#include "http-thread.h"

#define TURN (2 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GSourceFunc function;
  gpointer data;
  GDestroyNotify destroy;
} Post;

struct _CmafHttpThread
{
  guint n_refs; /* lock: instance_lock */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GSource *source; /* ready when posts wait */

  GMutex lock;
  GQueue posts; /* of Post; lock: lock */
};

static GMutex instance_lock;
static CmafHttpThread *instance; /* lock: instance_lock */

static Post *
take_post (CmafHttpThread *self)
{
  Post *post;

  g_mutex_lock (&self->lock);
  post = g_queue_pop_head (&self->posts);
  g_mutex_unlock (&self->lock);
  return post;
}

static void
free_post (Post *post)
{
  if (post->destroy)
    post->destroy (post->data);
  g_free (post);
}

/* As many as fit into a short while: sockets get their turn in between, and
 * posts do not pile up behind sockets that are always ready. */
static gboolean
run_posts (GSource *source, GSourceFunc callback, gpointer user_data)
{
  CmafHttpThread *self = user_data;
  gint64 until = g_get_monotonic_time () + TURN;
  Post *post;

  g_source_set_ready_time (source, -1);
  while ((post = take_post (self)) != NULL) {
    post->function (post->data);
    free_post (post);
    if (g_get_monotonic_time () >= until) {
      g_source_set_ready_time (source, 0);
      break;
    }
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
ignore (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs post_source_funcs = { NULL, NULL, run_posts, NULL };

static gpointer
run_thread (gpointer data)
{
  CmafHttpThread *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static CmafHttpThread *
start_thread (void)
{
  CmafHttpThread *self = g_new0 (CmafHttpThread, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->posts);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->source = g_source_new (&post_source_funcs, sizeof (GSource));
  g_source_set_callback (self->source, ignore, self, NULL);
  g_source_set_static_name (self->source, "cmaf-http-post");
  g_source_attach (self->source, self->context);
  self->thread = g_thread_new ("cmaf-http", run_thread, self);
  return self;
}

static gboolean
quit (gpointer data)
{
  CmafHttpThread *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* After the last post of all: what its closing set in motion is let run, within
 * reason. */
static void
stop_thread (CmafHttpThread *self)
{
  Post *post;
  guint n;

  cmaf_http_thread_post (self, quit, self, NULL);
  g_thread_join (self->thread);

  g_main_context_push_thread_default (self->context);
  for (n = 0; n < 100 && g_main_context_iteration (self->context, FALSE); n++)
    ;
  g_main_context_pop_thread_default (self->context);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  while ((post = take_post (self)) != NULL)
    free_post (post);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

CmafHttpThread *
cmaf_http_thread_get (void)
{
  CmafHttpThread *self;

  g_mutex_lock (&instance_lock);
  if (instance == NULL)
    instance = start_thread ();
  self = instance;
  self->n_refs++;
  g_mutex_unlock (&instance_lock);
  return self;
}

void
cmaf_http_thread_unref (CmafHttpThread *self)
{
  gboolean last;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!cmaf_http_thread_is_current (self));

  g_mutex_lock (&instance_lock);
  last = --self->n_refs == 0;
  if (last)
    instance = NULL;
  g_mutex_unlock (&instance_lock);

  if (last)
    stop_thread (self);
}

void
cmaf_http_thread_post (CmafHttpThread *self, GSourceFunc function,
    gpointer data, GDestroyNotify destroy)
{
  Post *post = g_new0 (Post, 1);

  post->function = function;
  post->data = data;
  post->destroy = destroy;
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->posts, post);
  g_mutex_unlock (&self->lock);
  g_source_set_ready_time (self->source, 0);
}

typedef struct
{
  GSourceFunc function;
  gpointer data;
  GMutex lock;
  GCond cond;
  gboolean done; /* lock: lock */
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  call->function (call->data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

void
cmaf_http_thread_call (
    CmafHttpThread *self, GSourceFunc function, gpointer data)
{
  Call call = { .function = function, .data = data };

  g_return_if_fail (!cmaf_http_thread_is_current (self));

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  cmaf_http_thread_post (self, run_call, &call, NULL);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_cond_clear (&call.cond);
  g_mutex_clear (&call.lock);
}

GMainContext *
cmaf_http_thread_get_context (CmafHttpThread *self)
{
  return self->context;
}

gboolean
cmaf_http_thread_is_current (CmafHttpThread *self)
{
  return g_thread_self () == self->thread;
}
