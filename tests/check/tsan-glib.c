/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Preloaded under ThreadSanitizer, which does not see the locks of a GLib that
 * was not built for it: wraps what our code synchronizes with, and says so. */
#include <dlfcn.h>
#include <gio/gio.h>
#include <gst/gst.h>

/* of the sanitizer's runtime, which is in the program */
void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name) ((__typeof__ (&name))find (#name))

static void *
find (const char *name)
{
  void *symbol = dlsym (RTLD_NEXT, name);

  if (symbol == NULL)
    abort ();
  return symbol;
}

/* ---- GMutex, GRecMutex and GCond: futexes inside GLib ---- */

#pragma GCC visibility push(default)

void
g_mutex_lock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_lock) real;

  if (!real)
    real = REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_trylock) real;
  gboolean got;

  if (!real)
    real = REAL (g_mutex_trylock);
  got = real (mutex);
  if (got)
    __tsan_acquire (mutex);
  return got;
}

void
g_mutex_unlock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_unlock) real;

  if (!real)
    real = REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

/* the lock of a pad's stream: who stops a pad waits for it */
void
g_rec_mutex_lock (GRecMutex *mutex)
{
  static __typeof__ (&g_rec_mutex_lock) real;

  if (!real)
    real = REAL (g_rec_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_rec_mutex_trylock (GRecMutex *mutex)
{
  static __typeof__ (&g_rec_mutex_trylock) real;
  gboolean got;

  if (!real)
    real = REAL (g_rec_mutex_trylock);
  got = real (mutex);
  if (got)
    __tsan_acquire (mutex);
  return got;
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  static __typeof__ (&g_rec_mutex_unlock) real;

  if (!real)
    real = REAL (g_rec_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  static __typeof__ (&g_cond_wait) real;

  if (!real)
    real = REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  static __typeof__ (&g_cond_wait_until) real;
  gboolean signalled;

  if (!real)
    real = REAL (g_cond_wait_until);
  __tsan_release (mutex);
  signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

/* ---- GAsyncQueue, of GstHarness: its lock is inside GLib ---- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  static __typeof__ (&g_async_queue_push) real;

  if (!real)
    real = REAL (g_async_queue_push);
  __tsan_release (queue);
  real (queue, data);
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  static __typeof__ (&g_async_queue_try_pop) real;
  gpointer data;

  if (!real)
    real = REAL (g_async_queue_try_pop);
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  static __typeof__ (&g_async_queue_timeout_pop) real;
  gpointer data;

  if (!real)
    real = REAL (g_async_queue_timeout_pop);
  data = real (queue, timeout);
  __tsan_acquire (queue);
  return data;
}

/* ---- references: the last unref sees what the others wrote ---- */

gpointer (g_object_ref) (gpointer object)
{
  static __typeof__ (&(g_object_ref)) real;

  if (!real)
    real = (__typeof__ (real))find ("g_object_ref");
  __tsan_release (object);
  return real (object);
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  static __typeof__ (&g_atomic_ref_count_dec) real;
  gboolean is_last;

  if (!real)
    real = REAL (g_atomic_ref_count_dec);
  __tsan_release (count);
  is_last = real (count);
  if (is_last)
    __tsan_acquire (count);
  return is_last;
}

void
g_object_unref (gpointer object)
{
  static __typeof__ (&g_object_unref) real;

  if (!real)
    real = REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

void
gst_mini_object_unref (GstMiniObject *object)
{
  static __typeof__ (&gst_mini_object_unref) real;

  if (!real)
    real = REAL (gst_mini_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

GBytes *
g_bytes_ref (GBytes *bytes)
{
  static __typeof__ (&g_bytes_ref) real;

  if (!real)
    real = REAL (g_bytes_ref);
  if (bytes)
    __tsan_acquire (bytes);
  return real (bytes);
}

void
g_bytes_unref (GBytes *bytes)
{
  static __typeof__ (&g_bytes_unref) real;

  if (!real)
    real = REAL (g_bytes_unref);
  if (bytes) {
    __tsan_release (bytes);
    __tsan_acquire (bytes);
  }
  real (bytes);
}

/* ---- what travels through queues of others ---- */

GstFlowReturn
gst_pad_push (GstPad *pad, GstBuffer *buffer)
{
  static __typeof__ (&gst_pad_push) real;

  if (!real)
    real = REAL (gst_pad_push);
  __tsan_release (buffer);
  return real (pad, buffer);
}

GstFlowReturn
gst_pad_push_list (GstPad *pad, GstBufferList *list)
{
  static __typeof__ (&gst_pad_push_list) real;

  if (!real)
    real = REAL (gst_pad_push_list);
  __tsan_release (list);
  return real (pad, list);
}

/* A source is attached here and dispatched in the thread of its context. */
guint
g_source_attach (GSource *source, GMainContext *context)
{
  static __typeof__ (&g_source_attach) real;

  if (!real)
    real = REAL (g_source_attach);
  __tsan_release (source);
  return real (source, context);
}

typedef struct
{
  GSourceFunc function;
  gpointer data;
  GDestroyNotify destroy;
} Callback;

static gboolean
call_back (gpointer data)
{
  Callback *callback = data;

  __tsan_acquire (callback);
  return callback->function (callback->data);
}

static void
free_callback (gpointer data)
{
  Callback *callback = data;

  __tsan_acquire (callback);
  if (callback->destroy)
    callback->destroy (callback->data);
  g_free (callback);
}

void
g_source_set_callback (GSource *source, GSourceFunc function, gpointer data,
    GDestroyNotify destroy)
{
  static __typeof__ (&g_source_set_callback) real;
  Callback *callback;

  if (!real)
    real = REAL (g_source_set_callback);
  /* other kinds of sources call with other arguments */
  if (source->source_funcs != &g_idle_funcs
      && source->source_funcs != &g_timeout_funcs) {
    real (source, function, data, destroy);
    return;
  }
  callback = g_new (Callback, 1);
  *callback = (Callback){ function, data, destroy };
  __tsan_release (callback);
  real (source, call_back, callback, free_callback);
}

/* A task is pushed here and run in a thread of the pool: GTask, and with it
 * every _async() that a stream does in a thread. */
typedef struct
{
  GFunc function;
  gpointer data;
} Worker;

static void
run_task (gpointer task, gpointer data)
{
  const Worker *worker = data;

  __tsan_acquire (task);
  worker->function (task, worker->data);
}

static Worker *
new_worker (GFunc function, gpointer data)
{
  Worker *worker = g_new (Worker, 1); /* as long as the process */

  *worker = (Worker){ function, data };
  return worker;
}

GThreadPool *
g_thread_pool_new (GFunc function, gpointer data, gint max_threads,
    gboolean is_exclusive, GError **error)
{
  static __typeof__ (&g_thread_pool_new) real;

  if (!real)
    real = REAL (g_thread_pool_new);
  return real (
      run_task, new_worker (function, data), max_threads, is_exclusive, error);
}

GThreadPool *
g_thread_pool_new_full (GFunc function, gpointer data, GDestroyNotify free_task,
    gint max_threads, gboolean is_exclusive, GError **error)
{
  static __typeof__ (&g_thread_pool_new_full) real;

  if (!real)
    real = REAL (g_thread_pool_new_full);
  return real (run_task, new_worker (function, data), free_task, max_threads,
      is_exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer task, GError **error)
{
  static __typeof__ (&g_thread_pool_push) real;

  if (!real)
    real = REAL (g_thread_pool_push);
  __tsan_release (task);
  return real (pool, task, error);
}

#pragma GCC visibility pop
