/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The thread takes what is due, sends it with no lock held, and then does with
 * it what the answer says. */
#include "upload-lane.h"
#include "ingest-remedy.h"

#include <string.h>

#define MAX_DELETES 3 /* tries */
#define MIN_TIMEOUT (2 * GST_SECOND)

/* ---- items ---- */

CmafUploadItem *
cmaf_upload_item_new (CmafUploadKind kind, const gchar *name)
{
  CmafUploadItem *item = g_new0 (CmafUploadItem, 1);

  g_atomic_ref_count_init (&item->ref_count);
  item->kind = kind;
  item->name = g_strdup (name);
  item->cancellable = g_cancellable_new ();
  item->complete_at = item->failed_at = GST_CLOCK_TIME_NONE;
  return item;
}

CmafUploadItem *
cmaf_upload_item_ref (CmafUploadItem *item)
{
  g_atomic_ref_count_inc (&item->ref_count);
  return item;
}

void
cmaf_upload_item_unref (CmafUploadItem *item)
{
  if (!g_atomic_ref_count_dec (&item->ref_count))
    return;
  g_clear_pointer (&item->body, cmaf_upload_body_free);
  g_object_unref (item->cancellable);
  g_free (item->content_type);
  g_free (item->name);
  g_free (item);
}

/* ---- what waits ---- */

guint64
cmaf_upload_lane_get_bytes_locked (const CmafUploadLane *self)
{
  guint64 bytes = 0;

  for (const GList *l = self->media.head; l != NULL; l = l->next)
    bytes += cmaf_upload_body_get_size (((CmafUploadItem *)l->data)->body);
  return bytes;
}

guint
cmaf_upload_lane_get_length_locked (const CmafUploadLane *self)
{
  return self->manifests.length + self->media.length
         + (self->sending != NULL ? 1 : 0);
}

static void
forget (CmafUploadLane *self, GQueue *list, const gchar *name)
{
  for (GList *l = list->head; l != NULL; l = l->next) {
    CmafUploadItem *item = l->data;

    if (strcmp (item->name, name) == 0) {
      if (list == &self->manifests)
        self->queue->n_manifests--;
      cmaf_upload_item_unref (item);
      g_queue_delete_link (list, l);
      return;
    }
  }
}

void
cmaf_upload_lane_add_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  if (item->kind == CMAF_UPLOAD_MANIFEST) {
    forget (self, &self->manifests, item->name);
    g_queue_push_tail (&self->manifests, item);
    self->queue->n_manifests++;
  } else if (self->folder == NULL) {
    g_queue_push_tail (&self->rest, item);
  } else {
    g_queue_push_tail (&self->media, item);
  }
  g_cond_signal (&self->wake);
}

void
cmaf_upload_lane_forget_locked (CmafUploadLane *self, const gchar *name)
{
  forget (self, &self->manifests, name);
  forget (self, &self->media, name);
  forget (self, &self->rest, name);
  for (guint i = self->sent->len; i-- > 0;)
    if (strcmp (((CmafUploadItem *)self->sent->pdata[i])->name, name) == 0)
      g_ptr_array_remove_index (self->sent, i);
  if (self->sending != NULL && strcmp (self->sending->name, name) == 0)
    self->sending->is_forgotten = TRUE;
}

void
cmaf_upload_lane_delete_locked (CmafUploadLane *self, const gchar *name)
{
  CmafUploadItem *item = cmaf_upload_item_new (CMAF_UPLOAD_DELETE, name);

  item->due = cmaf_http_exchange_get_time () + self->queue->config.delete_delay;
  cmaf_upload_lane_add_locked (self, item);
}

/* The least urgent lane keeps as many bytes of lost segments as may wait. */
static void
keep_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  guint64 bytes = 0;

  item->failed_at = GST_CLOCK_TIME_NONE;
  cmaf_upload_lane_add_locked (self, item);
  for (GList *l = self->rest.tail; l != NULL;) {
    CmafUploadItem *other = l->data;
    GList *previous = l->prev;

    if (other->kind == CMAF_UPLOAD_SEGMENT) {
      bytes += cmaf_upload_body_get_size (other->body);
      if (bytes > self->queue->config.max_bytes) {
        cmaf_upload_item_unref (other);
        g_queue_delete_link (&self->rest, l);
      }
    }
    l = previous;
  }
}

void
cmaf_upload_lane_lose_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  CmafUploadQueue *queue = self->queue;

  queue->counts.lost++;
  queue->progress_at = cmaf_http_exchange_get_time ();
  g_hash_table_insert (
      queue->states, g_strdup (item->name), GINT_TO_POINTER (CMAF_OBJECT_LOST));
  if (queue->config.keeps_lost)
    keep_locked (queue->behind, item);
  else
    cmaf_upload_item_unref (item);
}

/* ---- what is due ---- */

static gboolean
is_held (const CmafUploadLane *self, const CmafUploadItem *item,
    GstClockTime now, GstClockTime *until)
{
  if (item->kind != CMAF_UPLOAD_SEGMENT || self->held_for == NULL
      || now >= self->held_until)
    return FALSE;
  *until = MIN (*until, self->held_until);
  return TRUE;
}

/* The MPD again, for those who want it once in a while. */
static void
refresh_locked (CmafUploadLane *self, GstClockTime now, GstClockTime *until)
{
  if (self->manifests.length > 0)
    return;
  for (guint i = 0; i < self->sent->len; i++) {
    CmafUploadItem *item = self->sent->pdata[i];

    if (now >= item->due) {
      item = g_ptr_array_steal_index (self->sent, i);
      cmaf_upload_lane_add_locked (self, item);
      return;
    }
    *until = MIN (*until, item->due);
  }
}

/* Media that was lost comes first; names are deleted when no manifest waits
 * that may be the first that does not name them. */
static CmafUploadItem *
pop_rest_locked (CmafUploadLane *self, GstClockTime now, GstClockTime *until)
{
  for (GList *l = self->rest.head; l != NULL; l = l->next) {
    CmafUploadItem *item = l->data;

    if (now < item->due) {
      *until = MIN (*until, item->due);
    } else if (item->kind != CMAF_UPLOAD_DELETE
               || self->queue->n_manifests == 0) {
      g_queue_delete_link (&self->rest, l);
      return item;
    }
  }
  return NULL;
}

/* NULL: nothing before *@until. */
static CmafUploadItem *
pop_locked (CmafUploadLane *self, GstClockTime now, GstClockTime *until)
{
  GstClockTime retry_at = cmaf_http_exchange_get_retry_time (&self->session);
  CmafUploadItem *item;

  *until = GST_CLOCK_TIME_NONE;
  if (now < retry_at) {
    *until = retry_at;
    return NULL;
  }
  if (self->folder == NULL)
    return pop_rest_locked (self, now, until);
  refresh_locked (self, now, until);
  if (self->manifests.length > 0)
    return g_queue_pop_head (&self->manifests);
  item = g_queue_peek_head (&self->media);
  if (item == NULL || is_held (self, item, now, until))
    return NULL;
  return g_queue_pop_head (&self->media);
}

static void
wait_locked (CmafUploadLane *self, GstClockTime until)
{
  if (GST_CLOCK_TIME_IS_VALID (until))
    g_cond_wait_until (
        &self->wake, &self->queue->lock, until / GST_USECOND + 1);
  else
    g_cond_wait (&self->wake, &self->queue->lock);
}

static CmafUploadItem *
next_locked (CmafUploadLane *self)
{
  while (!self->queue->is_stopping && self->queue->refusal == NULL) {
    GstClockTime until;
    CmafUploadItem *item =
        pop_locked (self, cmaf_http_exchange_get_time (), &until);

    if (item != NULL)
      return item;
    wait_locked (self, until);
  }
  return NULL;
}

/* ---- what has arrived ---- */

static gboolean
names (CmafUploadBody *playlist, const gchar *name)
{
  g_autoptr (GBytes) bytes = cmaf_upload_body_get_bytes (playlist);
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);

  return g_strstr_len (text, size, name) != NULL;
}

/* Takes @item. */
static void
keep_manifest_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  const CmafUploadQueue *queue = self->queue;

  for (guint i = 0; i < self->sent->len; i++) {
    if (strcmp (((CmafUploadItem *)self->sent->pdata[i])->name, item->name)
        == 0) {
      g_ptr_array_remove_index (self->sent, i);
      break;
    }
  }
  if (queue->config.refresh == 0 || !g_str_has_suffix (item->name, ".mpd")) {
    cmaf_upload_item_unref (item);
    return;
  }
  item->due = cmaf_http_exchange_get_time () + queue->config.refresh;
  g_ptr_array_add (self->sent, item);
}

static void
hold_locked (CmafUploadLane *self, const CmafUploadItem *item)
{
  const gchar *slash = strrchr (item->name, '/');

  if (!self->queue->config.is_serial)
    return;
  g_free (self->held_for);
  self->held_for = g_strdup (slash != NULL ? slash + 1 : item->name);
  self->held_until = item->complete_at + self->queue->segment_duration;
}

/* Takes @item, which has arrived. */
static void
settle_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  CmafUploadQueue *queue = self->queue;

  queue->progress_at = cmaf_http_exchange_get_time ();
  if (item->kind == CMAF_UPLOAD_DELETE) {
    queue->counts.deleted++;
    cmaf_upload_item_unref (item);
    return;
  }
  queue->counts.objects++;
  queue->counts.bytes += cmaf_upload_body_get_size (item->body);
  g_hash_table_remove (queue->states, item->name);
  if (item->is_forgotten) {
    cmaf_upload_lane_delete_locked (queue->behind, item->name);
    cmaf_upload_item_unref (item);
    return;
  }
  if (item->kind == CMAF_UPLOAD_MANIFEST) {
    if (self->held_for != NULL && names (item->body, self->held_for))
      g_clear_pointer (&self->held_for, g_free);
    keep_manifest_locked (self, item);
    return;
  }
  if (item->kind == CMAF_UPLOAD_SEGMENT && self->folder != NULL)
    hold_locked (self, item);
  cmaf_upload_item_unref (item);
}

/* ---- what has not ---- */

typedef enum
{
  FATE_ARRIVED,
  FATE_AGAIN,
  FATE_LOST,    /* now; it may be sent later */
  FATE_REFUSED, /* the same, and never again */
  FATE_GONE,    /* nobody wants it any more */
  FATE_STOP,
} Fate;

static gboolean
is_too_late_locked (const CmafUploadLane *self, const CmafUploadItem *item)
{
  GstClockTime since;

  if (item->kind == CMAF_UPLOAD_DELETE)
    return item->n_tries >= MAX_DELETES;
  if (item->kind != CMAF_UPLOAD_SEGMENT || self->queue->is_patient
      || self->folder == NULL || !GST_CLOCK_TIME_IS_VALID (item->complete_at))
    return FALSE;
  since = MAX (item->failed_at, item->complete_at);
  return cmaf_http_exchange_get_time ()
         >= since + self->queue->segment_duration;
}

static Fate
decide_refusal (const CmafUploadItem *item, CmafIngestVerdict verdict)
{
  if (item->kind == CMAF_UPLOAD_DELETE)
    return FATE_GONE;
  /* without its header nothing of a track is of use */
  if (verdict == CMAF_INGEST_STOP || item->kind == CMAF_UPLOAD_HEADER)
    return FATE_STOP;
  return item->kind == CMAF_UPLOAD_MANIFEST ? FATE_GONE : FATE_REFUSED;
}

static Fate
decide_locked (CmafUploadLane *self, CmafUploadItem *item,
    CmafIngestVerdict verdict, guint status)
{
  if (status / 100 == 2 || status == 404 || status == 410) {
    if (status / 100 == 2 || item->kind == CMAF_UPLOAD_DELETE)
      return FATE_ARRIVED;
  }
  if (item->is_forgotten || g_cancellable_is_cancelled (item->cancellable))
    return FATE_GONE;
  if (verdict != CMAF_INGEST_RETRY && verdict != CMAF_INGEST_SWITCH)
    return decide_refusal (item, verdict);
  self->queue->counts.failed++;
  item->n_tries++;
  if (!GST_CLOCK_TIME_IS_VALID (item->failed_at))
    item->failed_at = cmaf_http_exchange_get_time ();
  if (!is_too_late_locked (self, item))
    return FATE_AGAIN;
  return item->kind == CMAF_UPLOAD_DELETE ? FATE_GONE : FATE_LOST;
}

/* Takes @item. Back to where it was, unless there is a newer one. */
static void
put_back_locked (CmafUploadLane *self, CmafUploadItem *item)
{
  GQueue *list = self->folder == NULL                 ? &self->rest
                 : item->kind == CMAF_UPLOAD_MANIFEST ? &self->manifests
                                                      : &self->media;

  if (list == &self->manifests) {
    for (GList *l = list->head; l != NULL; l = l->next) {
      if (strcmp (((CmafUploadItem *)l->data)->name, item->name) == 0) {
        self->queue->n_manifests--;
        cmaf_upload_item_unref (item);
        return;
      }
    }
  }
  g_queue_push_head (list, item);
}

/* Takes @item. */
static void
apply_locked (CmafUploadLane *self, CmafUploadItem *item, Fate fate)
{
  CmafUploadQueue *queue = self->queue;

  if (item->kind == CMAF_UPLOAD_MANIFEST && fate != FATE_AGAIN)
    queue->n_manifests--;
  if (fate == FATE_ARRIVED) {
    settle_locked (self, item);
  } else if (fate == FATE_AGAIN) {
    put_back_locked (self, item);
  } else if (fate == FATE_LOST && self->folder != NULL) {
    cmaf_upload_lane_lose_locked (self, item);
  } else {
    if (fate == FATE_REFUSED) {
      queue->counts.lost++;
      g_hash_table_insert (queue->states, g_strdup (item->name),
          GINT_TO_POINTER (CMAF_OBJECT_LOST));
    }
    cmaf_upload_item_unref (item);
  }
  if (queue->n_manifests == 0)
    g_cond_signal (&queue->behind->wake);
  g_cond_broadcast (&queue->changed);
}

/* ---- the thread ---- */

/* What came of one request. */
typedef struct
{
  gchar *object;
  gchar *message;
  guint status;
  const gchar *answer_text; /* borrowed */
  Fate fate;
  gboolean is_trouble, is_restored, is_told;
} Report;

/* What else than for what a receiver of tracks answers. NULL: nothing */
static const gchar *
find_remedy (const CmafUploadItem *item, guint status)
{
  if (status == 411)
    return "needs low-latency=false";
  if (item->kind == CMAF_UPLOAD_DELETE && (status == 405 || status == 501))
    return "needs DELETE to be allowed there, else objects stay";
  if (item->kind != CMAF_UPLOAD_MANIFEST)
    return cmaf_ingest_remedy (status);
  switch (status) {
    case 400:
    case 412:
      return NULL;
    case 413:
      return "needs a higher limit there, or a shorter window-length";
    case 415:
      return "needs a server that takes manifests";
    default:
      return cmaf_ingest_remedy (status);
  }
}

static gchar *
make_message (CmafUploadLane *self, const CmafUploadItem *item,
    const CmafHttpAnswer *answer, const GError *failure)
{
  static const gchar *const what[] = { "manifest", "header", "segment",
    "removal of" };
  const gchar *location =
      cmaf_http_exchange_get_location (self->queue->exchange);
  const gchar *remedy = find_remedy (item, answer->status);
  g_autofree gchar *said = cmaf_http_answer_describe (answer);

  if (failure != NULL)
    return g_strdup_printf ("%s: %s %s: %s", location, what[item->kind],
        item->name, failure->message);
  return g_strdup_printf ("%s: %s %s: the server answers %s%s%s", location,
      what[item->kind], item->name, said, remedy ? ", " : "",
      remedy ? remedy : "");
}

static void
refuse_locked (CmafUploadLane *self, const gchar *message)
{
  CmafUploadQueue *queue = self->queue;

  if (queue->refusal == NULL)
    queue->refusal =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, message);
  for (guint i = 0; i < queue->lanes->len; i++)
    g_cond_signal (&((CmafUploadLane *)queue->lanes->pdata[i])->wake);
  g_cond_broadcast (&queue->changed);
}

/* What is to be told, and to whom it is news. */
static void
note_locked (CmafUploadLane *self, const CmafUploadItem *item, Report *report,
    gboolean is_trouble)
{
  if (report->fate == FATE_ARRIVED) {
    report->is_restored = self->is_lost && item->kind != CMAF_UPLOAD_DELETE;
    if (report->is_restored)
      self->is_lost = FALSE;
    if (item->kind == CMAF_UPLOAD_MANIFEST && self->refuses_manifests) {
      self->refuses_manifests = FALSE;
      report->is_restored = TRUE;
    }
  } else if (report->fate == FATE_AGAIN && is_trouble && self->folder != NULL) {
    report->is_trouble = !self->is_lost;
    self->is_lost = TRUE;
  } else if (item->kind == CMAF_UPLOAD_DELETE && report->status / 100 == 4
             && !self->queue->has_told_delete) {
    self->queue->has_told_delete = TRUE;
    report->is_trouble = TRUE;
  } else if (item->kind == CMAF_UPLOAD_MANIFEST && report->fate == FATE_GONE
             && report->status != 0) {
    report->is_trouble = !self->refuses_manifests;
    self->refuses_manifests = TRUE;
  }
}

static void
tell (CmafUploadLane *self, CmafUploadEventKind kind, const Report *report,
    const gchar *message)
{
  const CmafUploadQueue *queue = self->queue;
  const CmafUploadEvent event = { kind,
    cmaf_http_exchange_get_location (queue->exchange), report->object, message,
    report->status, report->answer_text };

  if (queue->callbacks.event != NULL)
    queue->callbacks.event (&event, queue->user_data);
}

static void
tell_report (CmafUploadLane *self, const Report *report)
{
  CmafUploadQueue *queue = self->queue;

  if (report->is_restored)
    tell (self, CMAF_UPLOAD_RESTORED, report, "the server takes objects again");
  if (report->is_trouble)
    tell (self, CMAF_UPLOAD_TROUBLE, report, report->message);
  if (report->fate == FATE_STOP)
    tell (self, CMAF_UPLOAD_REFUSED, report, report->message);
  if ((report->fate == FATE_LOST && self->folder != NULL)
      || report->fate == FATE_REFUSED) {
    g_autofree gchar *text =
        g_strconcat (report->message, ", it is given up", NULL);

    tell (self, CMAF_UPLOAD_LOST, report, text);
  }
  if (queue->callbacks.changed != NULL && report->fate != FATE_AGAIN
      && report->fate != FATE_GONE)
    queue->callbacks.changed (queue->user_data);
}

/* In milliseconds: no answer for so long is none (0: as the settings say). */
static guint
get_timeout_locked (const CmafUploadLane *self)
{
  const CmafUploadQueue *queue = self->queue;
  GstClockTime limit = MAX (queue->segment_duration, MIN_TIMEOUT);

  return queue->is_patient ? 0 : MIN (limit / GST_MSECOND, queue->timeout_ms);
}

/* One request for self->sending. */
static void
send_one (CmafUploadLane *self, CmafUploadItem *item, guint timeout_ms)
{
  CmafUploadQueue *queue = self->queue;
  g_autofree gchar *fields =
      item->body == NULL
          ? g_strdup ("")
          : g_strdup_printf ("Content-Type: %s\r\n", item->content_type);
  const CmafHttpRequest request = {
    .method = item->body == NULL ? "DELETE" : NULL,
    .name = item->name,
    .fields = fields,
    .body = item->body,
    .io_timeout_ms = timeout_ms,
    .cancellable = item->cancellable,
  };
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GError) failure = NULL;
  Report report = { 0 };
  CmafIngestReaction reaction = cmaf_http_exchange_try (queue->exchange,
      self->client, &self->session, &request, &answer, &failure);

  report.object = g_strdup (item->name);
  report.status = answer.status;
  report.answer_text = answer.text;
  report.message = make_message (self, item, &answer, failure);
  g_mutex_lock (&queue->lock);
  report.fate = decide_locked (self, item, reaction.verdict, answer.status);
  g_free (queue->trouble);
  queue->trouble =
      report.fate == FATE_ARRIVED ? NULL : g_strdup (report.message);
  note_locked (self, item, &report, reaction.is_trouble);
  self->sending = NULL;
  apply_locked (self, item, report.fate);
  if (report.fate == FATE_STOP)
    refuse_locked (self, report.message);
  g_mutex_unlock (&queue->lock);
  tell_report (self, &report);
  g_free (report.object);
  g_free (report.message);
}

static gpointer
run (gpointer data)
{
  CmafUploadLane *self = data;
  CmafUploadItem *item;

  for (;;) {
    guint timeout_ms;

    g_mutex_lock (&self->queue->lock);
    item = self->sending = next_locked (self);
    timeout_ms = get_timeout_locked (self);
    g_mutex_unlock (&self->queue->lock);
    if (item == NULL)
      return NULL;
    send_one (self, item, timeout_ms);
  }
}

CmafUploadLane *
cmaf_upload_lane_new (CmafUploadQueue *queue, const gchar *folder)
{
  CmafUploadLane *self = g_new0 (CmafUploadLane, 1);

  self->queue = queue;
  self->folder = g_strdup (folder);
  g_cond_init (&self->wake);
  self->sent =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_upload_item_unref);
  self->client = cmaf_http_exchange_take_client (queue->exchange);
  cmaf_http_exchange_init_session (
      queue->exchange, &self->session, queue->segment_duration / 2);
  self->session.max_auth_tries = queue->config.auth_tries;
  self->thread = g_thread_new ("upload-lane", run, self);
  return self;
}

void
cmaf_upload_lane_free (CmafUploadLane *self)
{
  GQueue *lists[] = { &self->manifests, &self->media, &self->rest };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_queue_clear_full (lists[i], (GDestroyNotify)cmaf_upload_item_unref);
  cmaf_upload_client_free (self->client);
  g_ptr_array_unref (self->sent);
  g_cond_clear (&self->wake);
  g_free (self->held_for);
  g_free (self->folder);
  g_free (self);
}
