/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One worker thread for each open store. It holds a reference to its worker, so
 * that one that hangs in a file system that does not answer is left behind.
 * Locks: that of the store, then that of the worker. */
#include "gstcmafsyncstore.h"

#include <gio/gio.h>
#include <gst/cmaf/store-location.h>
#include <string.h>

/* A thread that is busy for longer is not waited for. */
#define PATIENCE (1 * G_USEC_PER_SEC)

typedef enum
{
  READING,
  WRITING,
  N_VERBS,
} Verb;

typedef struct
{
  gatomicrefcount ref_count;
  gchar *location; /* immutable */
  GThread *thread; /* of whoever opened it */

  GMutex lock;
  GCond changed;
  GQueue waiting; /* lock: lock; of GstCmafSyncRequest, each a reference */
  gboolean quits, has_quit; /* lock: lock; as all below */
  gint64 busy_since;        /* monotonic us; 0: it is not */
  gchar *failures[N_VERBS]; /* why the last one failed; NULL: it did not */
  gboolean is_told;         /* that it is frozen */
  gchar *complaint;         /* that nobody has taken */

  /* the thread's own */
  CmafObjectStore *objects; /* NULL: not open */
  gboolean was_open;
  gchar *witness;                /* an object that has to be there */
  gboolean has_tried, is_judged; /* whether it knows create-only */
} Worker;

struct _GstCmafSyncStore
{
  gatomicrefcount ref_count;
  GMutex lock;
  guint n_users;  /* lock: lock; as all below */
  Worker *worker; /* NULL: not open */
};

struct _GstCmafSyncRequest
{
  gatomicrefcount ref_count;
  Worker *worker; /* NULL: there was none */
  gchar *name;
  GBytes *offered;  /* NULL: read only */
  gboolean removes; /* it */

  GstCmafSyncState state; /* lock: worker's; as all below */
  GBytes *found;
  GError *error;
};

G_DEFINE_BOXED_TYPE (GstCmafSyncStore, gst_cmaf_sync_store,
    gst_cmaf_sync_store_ref, gst_cmaf_sync_store_unref)

/* ---- workers ---- */

static void
unref_worker (Worker *worker)
{
  if (!g_atomic_ref_count_dec (&worker->ref_count))
    return;
  g_clear_pointer (&worker->objects, cmaf_object_store_unref);
  for (guint i = 0; i < N_VERBS; i++)
    g_free (worker->failures[i]);
  g_free (worker->witness);
  g_free (worker->complaint);
  g_free (worker->location);
  g_mutex_clear (&worker->lock);
  g_cond_clear (&worker->changed);
  g_free (worker);
}

void
gst_cmaf_sync_request_free (GstCmafSyncRequest *request)
{
  if (!g_atomic_ref_count_dec (&request->ref_count))
    return;
  g_clear_pointer (&request->found, g_bytes_unref);
  g_clear_pointer (&request->offered, g_bytes_unref);
  g_clear_error (&request->error);
  g_clear_pointer (&request->worker, unref_worker);
  g_free (request->name);
  g_free (request);
}

static void
answer_locked (GstCmafSyncRequest *request, GstCmafSyncState state,
    GBytes *found, GError *error)
{
  request->state = state;
  request->found = found;
  request->error = error;
}

/* ---- the thread ---- */

/* A directory that was removed is not made again: whoever begins now would
 * find it empty, and begin alone. */
static gboolean
is_gone (const Worker *worker)
{
  g_autofree gchar *scheme = cmaf_store_location_scheme (worker->location);
  g_autoptr (GFile) file = NULL;

  if (scheme || !worker->was_open)
    return FALSE;
  file = g_file_new_for_commandline_arg (worker->location);
  return !g_file_query_exists (file, NULL);
}

static gboolean
ensure_open (Worker *worker, GError **error)
{
  if (worker->objects)
    return TRUE;
  if (is_gone (worker))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "%s: the directory is gone", worker->location);
  else
    worker->objects = cmaf_store_location_open (worker->location, error);
  worker->was_open |= worker->objects != NULL;
  return worker->objects != NULL;
}

/* What is not there may be so because all has been removed. */
static gboolean
check_witness (Worker *worker, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) found = NULL;

  if (!worker->witness)
    return TRUE;
  found = cmaf_object_store_get (worker->objects, worker->witness, &reason);
  if (found)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is gone: %s",
      worker->witness, reason->message);
  return FALSE;
}

static GstCmafSyncState
read_object (Worker *worker, const gchar *name, GBytes **found, GError **error)
{
  g_autoptr (GError) reason = NULL;

  *found = cmaf_object_store_get (worker->objects, name, &reason);
  if (*found)
    return GST_CMAF_SYNC_READ;
  if (!g_error_matches (reason, CMAF_ERROR, CMAF_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return GST_CMAF_SYNC_FAILED;
  }
  return check_witness (worker, error) ? GST_CMAF_SYNC_ABSENT
                                       : GST_CMAF_SYNC_FAILED;
}

static void
complain (Worker *worker)
{
  g_autofree gchar *shown = cmaf_store_location_show (worker->location);

  g_mutex_lock (&worker->lock);
  g_free (worker->complaint);
  worker->complaint = g_strdup_printf (
      "%s replaces what is there although \"If-None-Match: *\" "
      "asks it not to, so that of two that start at once each may go by what "
      "it wrote itself; needs a server that answers 412, such as httpingestsrc "
      "with objects-location, or a directory",
      shown);
  g_mutex_unlock (&worker->lock);
}

/* Servers are asked once whether they know create-only, and, as long as that
 * gives no answer, before each write. FALSE: they refuse what is written. */
static gboolean
ensure_judged (Worker *worker, GError **error)
{
  g_autofree gchar *scheme = cmaf_store_location_scheme (worker->location);
  g_autofree gchar *id = g_uuid_string_random ();
  g_autofree gchar *name = g_strdup_printf ("probe-%s.json", id);
  g_autoptr (GError) failure = NULL;
  gboolean knows;

  if (!scheme || worker->is_judged)
    return TRUE;
  worker->has_tried = TRUE;
  knows = cmaf_object_store_knows_create_only (worker->objects, name, &failure);
  worker->is_judged = !failure;
  if (!knows && !failure)
    complain (worker);
  if (failure)
    g_propagate_error (error, g_steal_pointer (&failure));
  return worker->is_judged;
}

static GstCmafSyncState
write_object (
    Worker *worker, const GstCmafSyncRequest *r, GBytes **found, GError **error)
{
  const gchar *type = g_str_has_suffix (r->name, ".json")
                          ? "application/json"
                          : "application/octet-stream";
  g_autoptr (GError) reason = NULL;

  if (!ensure_judged (worker, error))
    return GST_CMAF_SYNC_FAILED;

  if (cmaf_object_store_put (worker->objects, r->name, type,
          CMAF_OBJECT_CREATE_ONLY, r->offered, &reason)) {
    *found = g_bytes_ref (r->offered);
    return GST_CMAF_SYNC_WRITTEN;
  }
  if (g_error_matches (reason, CMAF_ERROR, CMAF_ERROR_EXISTS))
    return read_object (worker, r->name, found, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return GST_CMAF_SYNC_FAILED;
}

static GstCmafSyncState
remove_object (Worker *worker, const gchar *name, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (cmaf_object_store_remove (worker->objects, name, &reason)
      || g_error_matches (reason, CMAF_ERROR, CMAF_ERROR_NOT_FOUND))
    return GST_CMAF_SYNC_ABSENT;
  g_propagate_error (error, g_steal_pointer (&reason));
  return GST_CMAF_SYNC_FAILED;
}

/* Reads first: most are there. @verb: what was done last. */
static GstCmafSyncState
perform (Worker *worker, const GstCmafSyncRequest *r, Verb *verb,
    GBytes **found, GError **error)
{
  GstCmafSyncState state = GST_CMAF_SYNC_FAILED;

  *verb = r->removes ? WRITING : READING;
  if (ensure_open (worker, error))
    state = r->removes ? remove_object (worker, r->name, error)
                       : read_object (worker, r->name, found, error);
  if (state == GST_CMAF_SYNC_ABSENT && r->offered) {
    *verb = WRITING;
    state = write_object (worker, r, found, error);
  }
  if (state == GST_CMAF_SYNC_FAILED)
    g_clear_pointer (&worker->objects, cmaf_object_store_unref);
  else if (*found && g_str_has_suffix (r->name, ".json") && !worker->witness)
    worker->witness = g_strdup (r->name);
  return state;
}

/* @failure: (transfer none), NULL: @r has got what it asked for. */
static void
note_locked (Worker *worker, const GstCmafSyncRequest *r, Verb verb,
    const GError *failure)
{
  if (!failure || verb == WRITING)
    g_clear_pointer (&worker->failures[READING], g_free);
  if (!failure && (r->offered || r->removes))
    g_clear_pointer (&worker->failures[WRITING], g_free);
  if (!failure)
    return;
  g_free (worker->failures[verb]);
  worker->failures[verb] = g_strdup (failure->message);
}

static void
handle_locked (Worker *worker, GstCmafSyncRequest *request)
{
  GstCmafSyncState state;
  GBytes *found = NULL;
  GError *error = NULL;
  Verb verb;

  worker->busy_since = g_get_monotonic_time ();
  g_mutex_unlock (&worker->lock);
  state = perform (worker, request, &verb, &found, &error);
  g_mutex_lock (&worker->lock);
  note_locked (worker, request, verb, error);
  answer_locked (request, state, found, error);
  g_cond_broadcast (&worker->changed);
  if (state != GST_CMAF_SYNC_FAILED && !worker->has_tried) {
    worker->busy_since = g_get_monotonic_time ();
    g_mutex_unlock (&worker->lock);
    ensure_judged (worker, NULL);
    g_mutex_lock (&worker->lock);
  }
  worker->busy_since = 0;
}

static void
refuse_locked (GstCmafSyncRequest *request, const gchar *why)
{
  answer_locked (request, GST_CMAF_SYNC_FAILED, NULL,
      g_error_new (
          G_IO_ERROR, G_IO_ERROR_CLOSED, "%s: %s", request->name, why));
}

static gpointer
run (gpointer data)
{
  Worker *worker = data;
  GstCmafSyncRequest *request;

  g_mutex_lock (&worker->lock);
  while (!worker->quits) {
    request = g_queue_pop_head (&worker->waiting);
    if (!request) {
      g_cond_wait (&worker->changed, &worker->lock);
      continue;
    }
    handle_locked (worker, request);
    g_mutex_unlock (&worker->lock);
    gst_cmaf_sync_request_free (request);
    g_mutex_lock (&worker->lock);
  }
  worker->has_quit = TRUE;
  g_cond_broadcast (&worker->changed);
  g_mutex_unlock (&worker->lock);
  unref_worker (worker);
  return NULL;
}

static Worker *
start_worker (const gchar *location)
{
  Worker *worker = g_new0 (Worker, 1);

  g_atomic_ref_count_init (&worker->ref_count);
  worker->location = g_strdup (location);
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->changed);
  g_atomic_ref_count_inc (&worker->ref_count);
  worker->thread = g_thread_new ("cmaf-sync-store", run, worker);
  return worker;
}

static void
stop_worker (Worker *worker)
{
  const gint64 until = g_get_monotonic_time () + PATIENCE;
  GQueue dropped = G_QUEUE_INIT;
  gboolean has_quit;

  g_mutex_lock (&worker->lock);
  worker->quits = TRUE;
  for (GList *l = worker->waiting.head; l; l = l->next)
    refuse_locked (l->data, "the store was closed");
  dropped = worker->waiting;
  g_queue_init (&worker->waiting);
  g_cond_broadcast (&worker->changed);
  while (!worker->has_quit
         && g_cond_wait_until (&worker->changed, &worker->lock, until))
    ;
  has_quit = worker->has_quit;
  g_mutex_unlock (&worker->lock);
  g_queue_clear_full (&dropped, (GDestroyNotify)gst_cmaf_sync_request_free);
  if (has_quit)
    g_thread_join (worker->thread);
  else
    g_thread_unref (worker->thread);
  unref_worker (worker);
}

/* ---- the store ---- */

GstCmafSyncStore *
gst_cmaf_sync_store_new (void)
{
  GstCmafSyncStore *store = g_new0 (GstCmafSyncStore, 1);

  g_atomic_ref_count_init (&store->ref_count);
  g_mutex_init (&store->lock);
  return store;
}

GstCmafSyncStore *
gst_cmaf_sync_store_ref (GstCmafSyncStore *store)
{
  g_atomic_ref_count_inc (&store->ref_count);
  return store;
}

void
gst_cmaf_sync_store_unref (GstCmafSyncStore *store)
{
  if (!g_atomic_ref_count_dec (&store->ref_count))
    return;
  if (store->worker)
    stop_worker (store->worker);
  g_mutex_clear (&store->lock);
  g_free (store);
}

/* Stores over HTTP are opened by the plugin that has the sockets: loading it
 * makes it tell so. */
static gboolean
check_location (const gchar *location, GError **error)
{
  g_autofree gchar *scheme = cmaf_store_location_scheme (location);
  g_autoptr (GstPlugin) plugin = NULL;

  if (scheme && !cmaf_store_location_is_registered (scheme))
    plugin = gst_plugin_load_by_name ("httpingest");
  if (cmaf_store_location_check (location, error))
    return TRUE;
  g_prefix_error (error, "sync-store: ");
  return FALSE;
}

static void
fail_as_other (const Worker *worker, const gchar *location, GError **error)
{
  g_autofree gchar *found = cmaf_store_location_show (location);
  g_autofree gchar *needed = cmaf_store_location_show (worker->location);

  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "sync-store: found \"%s\", needs \"%s\" as the others of the sync "
      "group",
      found, needed);
}

gboolean
gst_cmaf_sync_store_open (
    GstCmafSyncStore *store, const gchar *location, GError **error)
{
  gboolean is_open;

  if (!check_location (location, error))
    return FALSE;
  g_mutex_lock (&store->lock);
  if (!store->worker)
    store->worker = start_worker (location);
  is_open = strcmp (store->worker->location, location) == 0;
  if (is_open)
    store->n_users++;
  else
    fail_as_other (store->worker, location, error);
  g_mutex_unlock (&store->lock);
  return is_open;
}

void
gst_cmaf_sync_store_close (GstCmafSyncStore *store)
{
  Worker *last = NULL;

  g_mutex_lock (&store->lock);
  if (store->n_users > 0 && --store->n_users == 0)
    last = g_steal_pointer (&store->worker);
  g_mutex_unlock (&store->lock);
  if (last)
    stop_worker (last);
}

/* (transfer full) (nullable) */
static Worker *
get_worker (GstCmafSyncStore *store)
{
  Worker *worker;

  g_mutex_lock (&store->lock);
  worker = store->worker;
  if (worker)
    g_atomic_ref_count_inc (&worker->ref_count);
  g_mutex_unlock (&store->lock);
  return worker;
}

gboolean
gst_cmaf_sync_store_is_open (GstCmafSyncStore *store)
{
  gboolean is_open;

  g_mutex_lock (&store->lock);
  is_open = store->worker != NULL;
  g_mutex_unlock (&store->lock);
  return is_open;
}

/* ---- requests ---- */

static GstCmafSyncRequest *
submit (
    GstCmafSyncStore *store, const gchar *name, GBytes *bytes, gboolean removes)
{
  GstCmafSyncRequest *request = g_new0 (GstCmafSyncRequest, 1);
  Worker *worker = get_worker (store);

  g_atomic_ref_count_init (&request->ref_count);
  request->worker = worker;
  request->name = g_strdup (name);
  request->offered = bytes ? g_bytes_ref (bytes) : NULL;
  request->removes = removes;
  if (!worker) {
    refuse_locked (request, "there is no store");
    return request;
  }
  g_mutex_lock (&worker->lock);
  if (worker->quits) {
    refuse_locked (request, "the store was closed");
  } else if (worker->waiting.length >= GST_CMAF_SYNC_STORE_DEPTH) {
    refuse_locked (request, "the store is too slow");
  } else {
    g_atomic_ref_count_inc (&request->ref_count);
    g_queue_push_tail (&worker->waiting, request);
    g_cond_broadcast (&worker->changed);
  }
  g_mutex_unlock (&worker->lock);
  return request;
}

GstCmafSyncRequest *
gst_cmaf_sync_store_get (GstCmafSyncStore *store, const gchar *name)
{
  return submit (store, name, NULL, FALSE);
}

GstCmafSyncRequest *
gst_cmaf_sync_store_offer (
    GstCmafSyncStore *store, const gchar *name, GBytes *bytes)
{
  return submit (store, name, bytes, FALSE);
}

GstCmafSyncRequest *
gst_cmaf_sync_store_remove (GstCmafSyncStore *store, const gchar *name)
{
  return submit (store, name, NULL, TRUE);
}

static GstCmafSyncState
look_locked (GstCmafSyncRequest *request, GBytes **bytes, GError **error)
{
  if (bytes)
    *bytes = request->found ? g_bytes_ref (request->found) : NULL;
  if (error && request->error)
    *error = g_error_copy (request->error);
  return request->state;
}

GstCmafSyncState
gst_cmaf_sync_request_wait (GstCmafSyncRequest *request, gint64 until,
    const gint *is_woken, GBytes **bytes, GError **error)
{
  Worker *worker = request->worker;
  GstCmafSyncState state;

  if (!worker)
    return look_locked (request, bytes, error);
  g_mutex_lock (&worker->lock);
  while (request->state == GST_CMAF_SYNC_PENDING
         && !(is_woken && g_atomic_int_get (is_woken))
         && g_cond_wait_until (&worker->changed, &worker->lock, until))
    ;
  state = look_locked (request, bytes, error);
  g_mutex_unlock (&worker->lock);
  return state;
}

GstCmafSyncState
gst_cmaf_sync_request_look (
    GstCmafSyncRequest *request, GBytes **bytes, GError **error)
{
  return gst_cmaf_sync_request_wait (request, 0, NULL, bytes, error);
}

void
gst_cmaf_sync_store_kick (GstCmafSyncStore *store)
{
  Worker *worker = get_worker (store);

  if (!worker)
    return;
  g_mutex_lock (&worker->lock);
  g_cond_broadcast (&worker->changed);
  g_mutex_unlock (&worker->lock);
  unref_worker (worker);
}

/* ---- frozen ---- */

static gchar *
find_reason_locked (const Worker *worker, gint64 now)
{
  for (guint i = 0; i < N_VERBS; i++) {
    if (worker->failures[i])
      return g_strdup (worker->failures[i]);
  }
  if (worker->busy_since > 0
      && now - worker->busy_since >= GST_CMAF_SYNC_STORE_SLOW) {
    g_autofree gchar *shown = cmaf_store_location_show (worker->location);

    return g_strdup_printf ("%s: no answer for %" G_GINT64_FORMAT " s", shown,
        (now - worker->busy_since) / G_USEC_PER_SEC);
  }
  return NULL;
}

gboolean
gst_cmaf_sync_store_take_change (
    GstCmafSyncStore *store, gint64 now, gchar **reason)
{
  Worker *worker = get_worker (store);
  gboolean is_new;

  *reason = NULL;
  if (!worker)
    return FALSE;
  g_mutex_lock (&worker->lock);
  *reason = find_reason_locked (worker, now);
  is_new = worker->is_told != (*reason != NULL);
  worker->is_told = *reason != NULL;
  g_mutex_unlock (&worker->lock);
  unref_worker (worker);
  if (!is_new)
    g_clear_pointer (reason, g_free);
  return is_new;
}

gchar *
gst_cmaf_sync_store_take_complaint (GstCmafSyncStore *store)
{
  Worker *worker = get_worker (store);
  gchar *complaint;

  if (!worker)
    return NULL;
  g_mutex_lock (&worker->lock);
  complaint = g_steal_pointer (&worker->complaint);
  g_mutex_unlock (&worker->lock);
  unref_worker (worker);
  return complaint;
}
