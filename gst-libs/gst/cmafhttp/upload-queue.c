/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One lock for the queue and its lanes. It is not held while bytes are sent or
 * a callback runs; bodies have a lock of their own inside it. */
#include "upload-queue.h"
#include "http-store.h"
#include "upload-lane.h"

#include <string.h>

#define DEFAULT_DURATION (2 * GST_SECOND)
#define MAX_BEHIND 3        /* segments that wait while one is sent */
#define LAST_TRY GST_SECOND /* for the last manifests, when all is late */

typedef struct
{
  CmafObjectWriter parent;
  CmafUploadItem *item;
  gboolean is_growing, is_queued;
} QueueWriter;

/* ---- names ---- */

static CmafUploadKind
kind_of (const gchar *name)
{
  const gchar *slash = strrchr (name, '/');

  if (g_str_has_suffix (name, ".mpd") || g_str_has_suffix (name, ".m3u8"))
    return CMAF_UPLOAD_MANIFEST;
  return g_str_has_prefix (slash != NULL ? slash + 1 : name, "init-")
             ? CMAF_UPLOAD_HEADER
             : CMAF_UPLOAD_SEGMENT;
}

static CmafUploadLane *
get_lane_locked (CmafUploadQueue *self, const gchar *name)
{
  const gchar *slash = strrchr (name, '/');
  g_autofree gchar *folder =
      slash != NULL ? g_strndup (name, slash - name) : g_strdup ("");
  CmafUploadLane *lane;

  for (guint i = 0; i < self->lanes->len; i++) {
    lane = self->lanes->pdata[i];
    if (g_strcmp0 (lane->folder, folder) == 0)
      return lane;
  }
  lane = cmaf_upload_lane_new (self, folder);
  g_ptr_array_add (self->lanes, lane);
  return lane;
}

/* ---- room ---- */

/* @is_lost: what is wrong was told when it began. */
static void
tell_lost (CmafUploadQueue *self, GPtrArray *names, gboolean is_lost)
{
  for (guint i = 0; i < names->len; i++) {
    g_autofree gchar *message =
        g_strdup_printf ("%s: segment %s: %s, it is given up",
            cmaf_http_exchange_get_location (self->exchange),
            (const gchar *)names->pdata[i],
            is_lost ? "the server has not taken what is before it"
                    : "the connection is too slow");
    const CmafUploadEvent event = { CMAF_UPLOAD_LOST,
      cmaf_http_exchange_get_location (self->exchange), names->pdata[i],
      message, 0 };

    if (self->callbacks.event != NULL)
      self->callbacks.event (&event, self->user_data);
  }
}

static guint
count_segments (const CmafUploadLane *lane)
{
  guint n = 0;

  for (const GList *l = lane->media.head; l != NULL; l = l->next) {
    const CmafUploadItem *item = l->data;

    n += item->kind == CMAF_UPLOAD_SEGMENT
         && GST_CLOCK_TIME_IS_VALID (item->complete_at);
  }
  return n;
}

static gboolean
is_too_full_locked (const CmafUploadQueue *self, const CmafUploadLane *lane)
{
  if (!self->is_patient && count_segments (lane) > MAX_BEHIND)
    return TRUE;
  return (!self->is_patient || self->is_alone)
         && cmaf_upload_lane_get_bytes_locked (lane) > self->config.max_bytes;
}

/* What does not keep up goes on with the newest: names of what was given up go
 * to @lost. */
static void
make_room_locked (CmafUploadQueue *self, CmafUploadLane *lane, GPtrArray *lost)
{
  while (is_too_full_locked (self, lane)) {
    GList *l = lane->media.head;

    while (l != NULL
           && (((CmafUploadItem *)l->data)->kind != CMAF_UPLOAD_SEGMENT
               || !GST_CLOCK_TIME_IS_VALID (
                   ((CmafUploadItem *)l->data)->complete_at)))
      l = l->next;
    if (l == NULL)
      return;
    g_ptr_array_add (lost, g_strdup (((CmafUploadItem *)l->data)->name));
    cmaf_upload_lane_lose_locked (lane, l->data);
    g_queue_delete_link (&lane->media, l);
  }
}

static guint64
most_bytes_locked (const CmafUploadQueue *self)
{
  guint64 most = 0;

  for (guint i = 0; i < self->lanes->len; i++)
    most =
        MAX (most, cmaf_upload_lane_get_bytes_locked (self->lanes->pdata[i]));
  return most;
}

gboolean
cmaf_upload_queue_wait_for_room (
    CmafObjectStore *store, GCancellable *cancellable)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while (self->is_patient && !self->is_alone && !self->is_unlocked
         && self->refusal == NULL && !g_cancellable_is_cancelled (cancellable)
         && most_bytes_locked (self) > self->config.max_bytes)
    g_cond_wait (&self->changed, &self->lock);
  ok = !self->is_unlocked && !g_cancellable_is_cancelled (cancellable);
  g_mutex_unlock (&self->lock);
  return ok;
}

/* ---- writing ---- */

static gboolean
check_refusal_locked (CmafUploadQueue *self, GError **error)
{
  if (self->is_stopping) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "nothing is sent any more");
    return FALSE;
  }
  if (self->refusal == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->refusal));
  return FALSE;
}

static void
free_writer (QueueWriter *writer)
{
  cmaf_upload_item_unref (writer->item);
  g_free (writer);
}

static CmafObjectWriter *
queue_begin (CmafObjectStore *base, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  CmafUploadQueue *self = (CmafUploadQueue *)base;
  QueueWriter *writer;
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = check_refusal_locked (self, error);
  g_mutex_unlock (&self->lock);
  if (!ok)
    return NULL;
  writer = g_new0 (QueueWriter, 1);
  writer->item = cmaf_upload_item_new (kind_of (name), name);
  writer->item->content_type =
      g_strdup (cmaf_http_store_content_type (name, content_type));
  writer->item->body = cmaf_upload_body_new ();
  writer->is_growing = (flags & CMAF_OBJECT_GROWING) != 0;
  return &writer->parent;
}

static void
enqueue_locked (CmafUploadQueue *self, QueueWriter *writer)
{
  CmafUploadItem *item = writer->item;

  writer->is_queued = TRUE;
  g_hash_table_insert (self->states, g_strdup (item->name),
      GINT_TO_POINTER (CMAF_OBJECT_PENDING));
  cmaf_upload_lane_add_locked (
      get_lane_locked (self, item->name), cmaf_upload_item_ref (item));
}

static gboolean
queue_append (CmafObjectWriter *base, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  QueueWriter *writer = (QueueWriter *)base;
  CmafUploadQueue *self = (CmafUploadQueue *)base->store;
  gboolean ok;

  cmaf_upload_body_append (writer->item->body, pieces, n_pieces);
  g_mutex_lock (&self->lock);
  ok = check_refusal_locked (self, error);
  if (ok && writer->is_growing && !writer->is_queued)
    enqueue_locked (self, writer);
  g_mutex_unlock (&self->lock);
  return ok;
}

static gboolean
queue_commit (CmafObjectWriter *base, GError **error)
{
  QueueWriter *writer = (QueueWriter *)base;
  CmafUploadQueue *self = (CmafUploadQueue *)base->store;
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_free);
  gboolean ok, is_lost = FALSE;

  g_mutex_lock (&self->lock);
  ok = check_refusal_locked (self, error);
  if (ok) {
    CmafUploadLane *lane;

    writer->item->complete_at = cmaf_http_exchange_get_time ();
    if (!writer->is_queued)
      enqueue_locked (self, writer);
    lane = get_lane_locked (self, writer->item->name);
    is_lost = lane->is_lost;
    make_room_locked (self, lane, lost);
  }
  cmaf_upload_body_complete (writer->item->body);
  g_mutex_unlock (&self->lock);
  free_writer (writer);
  tell_lost (self, lost, is_lost);
  return ok;
}

/* What was never complete is on its way to nobody. */
static void
queue_abort (CmafObjectWriter *base)
{
  QueueWriter *writer = (QueueWriter *)base;
  CmafUploadQueue *self = (CmafUploadQueue *)base->store;

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->states, writer->item->name);
  g_cancellable_cancel (writer->item->cancellable);
  g_mutex_unlock (&self->lock);
  cmaf_upload_body_abort (writer->item->body);
  free_writer (writer);
}

/* ---- the rest of the interface ---- */

static gboolean
fail_unsupported (CmafUploadQueue *self, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
      "%s: is only written to",
      cmaf_http_exchange_get_location (self->exchange));
  return FALSE;
}

static GBytes *
queue_get (CmafObjectStore *base, const gchar *name, GError **error)
{
  fail_unsupported ((CmafUploadQueue *)base, error);
  return NULL;
}

static gboolean
queue_contains (CmafObjectStore *base, const gchar *name)
{
  return FALSE;
}

static GPtrArray *
queue_list (CmafObjectStore *base, const gchar *prefix, GError **error)
{
  fail_unsupported ((CmafUploadQueue *)base, error);
  return NULL;
}

static CmafObjectState
queue_look (CmafObjectStore *base, const gchar *name)
{
  CmafUploadQueue *self = (CmafUploadQueue *)base;
  CmafObjectState state;

  g_mutex_lock (&self->lock);
  state = GPOINTER_TO_INT (g_hash_table_lookup (self->states, name));
  g_mutex_unlock (&self->lock);
  return state;
}

/* Nobody wants it any more: not what is lost, nor what is stored. */
static gboolean
queue_remove (CmafObjectStore *base, const gchar *name, GError **error)
{
  CmafUploadQueue *self = (CmafUploadQueue *)base;

  g_mutex_lock (&self->lock);
  if (self->is_stopping) {
    g_mutex_unlock (&self->lock);
    return TRUE;
  }
  cmaf_upload_lane_forget_locked (get_lane_locked (self, name), name);
  if (g_hash_table_remove (self->states, name))
    cmaf_upload_lane_forget_locked (self->behind, name);
  else
    cmaf_upload_lane_delete_locked (self->behind, name);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
queue_free (CmafObjectStore *base)
{
  CmafUploadQueue *self = (CmafUploadQueue *)base;

  cmaf_upload_queue_stop (base);
  g_ptr_array_unref (self->lanes);
  g_hash_table_unref (self->states);
  g_clear_error (&self->refusal);
  g_free (self->trouble);
  cmaf_http_exchange_free (self->exchange);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static const CmafObjectStoreClass queue_class = {
  .begin = queue_begin,
  .append = queue_append,
  .commit = queue_commit,
  .abort = queue_abort,
  .get = queue_get,
  .contains = queue_contains,
  .list = queue_list,
  .remove = queue_remove,
  .look = queue_look,
  .free = queue_free,
};

/* ---- the queue ---- */

void
cmaf_upload_queue_config_init (CmafUploadQueueConfig *config)
{
  memset (config, 0, sizeof *config);
  cmaf_upload_target_config_init (&config->target);
  config->method = "PUT";
  config->auth_tries = 4;
  config->max_bytes = 64 * 1024 * 1024;
  config->refresh = 60 * GST_SECOND;
}

CmafObjectStore *
cmaf_upload_queue_new (const CmafUploadQueueConfig *config,
    const CmafUploadQueueCallbacks *callbacks, gpointer user_data,
    GError **error)
{
  CmafHttpExchange *exchange =
      cmaf_http_exchange_new (&config->target, config->method, error);
  CmafUploadQueue *self;

  if (exchange == NULL)
    return NULL;
  self = g_new0 (CmafUploadQueue, 1);
  self->parent.klass = &queue_class;
  g_atomic_ref_count_init (&self->parent.ref_count);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->exchange = exchange;
  self->config = *config;
  self->config.method = NULL; /* the exchange has what it needs of these */
  self->timeout_ms = config->target.upload.io_timeout_ms;
  memset (&self->config.target, 0, sizeof self->config.target);
  if (callbacks != NULL)
    self->callbacks = *callbacks;
  self->user_data = user_data;
  self->segment_duration = DEFAULT_DURATION;
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lanes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_upload_lane_free);
  self->behind = cmaf_upload_lane_new (self, NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->lanes, self->behind);
  g_mutex_unlock (&self->lock);
  return &self->parent;
}

void
cmaf_upload_queue_stop (CmafObjectStore *store)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;

  g_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  for (guint i = 0; i < self->lanes->len; i++) {
    CmafUploadLane *lane = self->lanes->pdata[i];

    if (lane->sending != NULL)
      g_cancellable_cancel (lane->sending->cancellable);
    g_cond_signal (&lane->wake);
  }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  /* none is added any more, although their callbacks may still write */
  for (guint i = 0; i < self->lanes->len; i++)
    g_clear_pointer (
        &((CmafUploadLane *)self->lanes->pdata[i])->thread, g_thread_join);
}

void
cmaf_upload_queue_set_credentials (CmafObjectStore *store, const gchar *user,
    const gchar *password, const gchar *token)
{
  if (cmaf_upload_token_check (token, NULL))
    cmaf_upload_target_set_credentials (
        cmaf_http_exchange_get_target (((CmafUploadQueue *)store)->exchange),
        user, password, token);
}

void
cmaf_upload_queue_set_segment_duration (
    CmafObjectStore *store, GstClockTime duration)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;

  g_mutex_lock (&self->lock);
  self->segment_duration = duration;
  g_mutex_unlock (&self->lock);
}

void
cmaf_upload_queue_set_patient (CmafObjectStore *store, gboolean is_patient)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;

  g_mutex_lock (&self->lock);
  self->is_patient = is_patient;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
cmaf_upload_queue_set_alone (CmafObjectStore *store, gboolean is_alone)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;

  g_mutex_lock (&self->lock);
  self->is_alone = is_alone;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
cmaf_upload_queue_is_lost (CmafObjectStore *store)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;
  gboolean is_lost;

  g_mutex_lock (&self->lock);
  is_lost = self->refusal != NULL;
  for (guint i = 0; i < self->lanes->len; i++)
    is_lost = is_lost || ((CmafUploadLane *)self->lanes->pdata[i])->is_lost;
  g_mutex_unlock (&self->lock);
  return is_lost;
}

void
cmaf_upload_queue_unlock (CmafObjectStore *store, gboolean for_good)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;

  g_mutex_lock (&self->lock);
  self->is_unlocked = self->is_unlocked || for_good;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* ---- the end ---- */

/* Objects that are not there yet. */
static guint
count_waiting_locked (const CmafUploadQueue *self)
{
  guint n = 0;

  for (guint i = 0; i < self->lanes->len; i++)
    n += cmaf_upload_lane_get_length_locked (self->lanes->pdata[i]);
  return n;
}

/* The last try says why, and what to do. */
static void
fail_to_drain_locked (const CmafUploadQueue *self, guint n_waiting,
    GstClockTime timeout, GError **error)
{
  const gchar *location = cmaf_http_exchange_get_location (self->exchange);
  const gchar *trouble = self->trouble;
  gboolean is_whole = timeout % GST_SECOND == 0;

  if (trouble != NULL && g_str_has_prefix (trouble, location))
    trouble += strlen (location) + strlen (": ");
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      "%s: %u objects were not delivered in %" G_GUINT64_FORMAT " %s; %s",
      location, n_waiting, timeout / (is_whole ? GST_SECOND : GST_MSECOND),
      is_whole ? "s" : "ms",
      trouble != NULL ? trouble
                      : "needs a faster network, or a longer drain-timeout");
}

GstClockTime
cmaf_upload_queue_get_time (void)
{
  return cmaf_http_exchange_get_time ();
}

gboolean
cmaf_upload_queue_drain (CmafObjectStore *store, GstClockTime since,
    GstClockTime timeout, GError **error)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;
  const GstClockTime last =
      cmaf_http_exchange_get_time () + MIN (timeout, LAST_TRY);
  guint n_waiting;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while ((n_waiting = count_waiting_locked (self)) > 0 && !self->is_unlocked
         && self->refusal == NULL) {
    GstClockTime deadline = MAX (since, self->progress_at) + timeout;

    if (!g_cond_wait_until (
            &self->changed, &self->lock, MAX (deadline, last) / GST_USECOND))
      break;
  }
  ok = n_waiting == 0 && check_refusal_locked (self, error);
  if (!ok && !self->is_unlocked && self->refusal == NULL)
    fail_to_drain_locked (self, n_waiting, timeout, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

GstStructure *
cmaf_upload_queue_get_stats (CmafObjectStore *store)
{
  CmafUploadQueue *self = (CmafUploadQueue *)store;
  guint64 waiting_bytes = 0;
  GstStructure *stats;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->lanes->len; i++)
    waiting_bytes += cmaf_upload_lane_get_bytes_locked (self->lanes->pdata[i]);
  stats = gst_structure_new ("upload", "location", G_TYPE_STRING,
      cmaf_http_exchange_get_location (self->exchange), "objects",
      G_TYPE_UINT64, self->counts.objects, "bytes", G_TYPE_UINT64,
      self->counts.bytes, "deleted", G_TYPE_UINT64, self->counts.deleted,
      "lost", G_TYPE_UINT64, self->counts.lost, "failed-tries", G_TYPE_UINT64,
      self->counts.failed, "waiting-objects", G_TYPE_UINT,
      count_waiting_locked (self), "waiting-bytes", G_TYPE_UINT64,
      waiting_bytes, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}
