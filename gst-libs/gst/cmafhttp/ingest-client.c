/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One thread a track carries out what its session decides.
 *
 * Each upload has one lock; the client's lock guards the list of uploads.
 * Order: client, upload. Neither is held while bytes are sent or the event
 * function runs. */
#include "ingest-client.h"

#include "ingest-session.h"
#include "ingest-spool.h"

#include <string.h>

#define MAX_REDIRECTS 5

struct _CmafIngestUpload
{
  CmafIngestClient *client;
  gchar *name;
  GThread *thread;

  GMutex lock;
  GCond changed;
  CmafIngestSpool spool; /* lock: lock; as all up to the blank line */
  CmafChunk *last_chunk; /* what DEC-07 sends again */
  gboolean has_ended, is_unlocked, is_stopped;
  gchar *failure; /* the last sentence about the network */
  guint64 n_segments, n_bytes, n_retries, n_dropped, n_headers;
  guint64 n_progress;

  CmafIngestSession session; /* the thread's own, as all below */
  CmafUploadConnection *connection;
  GUri *uri, *redirected;
  GBytes *acknowledged; /* the header that the receiver has */
  gboolean is_lost;
};

struct _CmafIngestClient
{
  gchar *location, *method, *common_fields;
  guint64 max_spool_bytes;
  GstClockTime max_spool_time;
  CmafUploadSettings settings;
  CmafIngestEventFunc event;
  gpointer user_data;
  GCancellable *cancellable;
  GMutex lock;
  GPtrArray *uploads; /* lock: lock */
};

/* ---- events ---- */

static void
tell (CmafIngestUpload *self, CmafIngestEventKind kind, const gchar *message,
    const CmafSpoolSegment *segment)
{
  CmafIngestEvent event = { kind, self->name, message, 0, 0, 1 };

  if (segment) {
    event.decode_time = segment->decode_time;
    event.duration = segment->duration;
    event.timescale = segment->track->timescale;
  }
  if (self->client->event)
    self->client->event (&event, self->client->user_data);
}

static GstClockTime
now (void)
{
  return g_get_monotonic_time () * GST_USECOND;
}

static void
note_failure (CmafIngestUpload *self, const gchar *message)
{
  g_mutex_lock (&self->lock);
  g_free (self->failure);
  self->failure = g_strdup (message);
  self->n_retries++;
  g_mutex_unlock (&self->lock);
}

/* ---- what the session decides ---- */

static void
disconnect (CmafIngestUpload *self)
{
  g_clear_pointer (&self->connection, cmaf_upload_connection_free);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
}

static void
lose (CmafIngestUpload *self, CmafIngestFailure failure, const GError *error)
{
  g_autofree gchar *message = NULL;

  disconnect (self);
  if (g_cancellable_is_cancelled (self->client->cancellable))
    return;
  if (!cmaf_ingest_session_failed (&self->session, failure, now ()))
    return;
  message = g_strdup_printf (
      "%s: %s", self->client->location, error ? error->message : "lost");
  note_failure (self, message);
  if (!self->is_lost)
    tell (self, CMAF_INGEST_LOST, message, NULL);
  self->is_lost = TRUE;
}

static void
drop_segment (
    CmafIngestUpload *self, CmafSpoolSegment *segment, const gchar *message)
{
  g_mutex_lock (&self->lock);
  cmaf_ingest_spool_remove (&self->spool, segment);
  self->n_dropped++;
  self->n_progress++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  tell (self, CMAF_INGEST_DROPPED, message, segment);
}

static void
stop (CmafIngestUpload *self, const gchar *message)
{
  disconnect (self);
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  tell (self, CMAF_INGEST_REFUSED, message, NULL);
}

static void
deliver (CmafIngestUpload *self, CmafSpoolSegment *segment, GBytes *header)
{
  g_mutex_lock (&self->lock);
  if (segment) {
    cmaf_ingest_spool_remove (&self->spool, segment);
    self->n_segments++;
    self->n_bytes += segment->size;
  } else {
    self->n_headers++;
  }
  self->n_progress++;
  g_clear_pointer (&self->failure, g_free);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (!segment) {
    g_clear_pointer (&self->acknowledged, g_bytes_unref);
    self->acknowledged = g_bytes_ref (header);
  }
  if (self->is_lost)
    tell (self, CMAF_INGEST_RESTORED, "the receiver accepts again", NULL);
  self->is_lost = FALSE;
}

/* @segment NULL: the header was sent. */
static void
judge (CmafIngestUpload *self, const CmafUploadAnswer *answer,
    CmafSpoolSegment *segment, GBytes *header)
{
  g_autofree gchar *message =
      g_strdup_printf ("%s: %s of track %s: answer %u", self->client->location,
          segment ? "a segment" : "the header", self->name, answer->status);
  gboolean reconnect;
  CmafIngestVerdict verdict = cmaf_ingest_session_answered (&self->session,
      segment == NULL, answer->status, answer->retry_after, now (), &reconnect);

  if (verdict == CMAF_INGEST_DONE) {
    deliver (self, segment, header);
    return;
  }
  note_failure (self, message);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
  if (reconnect)
    disconnect (self);
  if (verdict == CMAF_INGEST_STOP) {
    stop (self, message);
  } else if (verdict == CMAF_INGEST_DROP && segment) {
    drop_segment (self, segment, message);
  } else if (!self->is_lost) {
    self->is_lost = TRUE;
    tell (self, CMAF_INGEST_LOST, message, NULL);
  }
}

/* ---- sending ---- */

static void
follow_redirect (CmafIngestUpload *self, const CmafUploadAnswer *answer)
{
  GUri *uri = self->redirected ? self->redirected : self->uri;
  GUri *next =
      g_uri_parse_relative (uri, answer->location, G_URI_FLAGS_ENCODED, NULL);

  if (!next)
    return;
  g_clear_pointer (&self->redirected, g_uri_unref);
  self->redirected = next;
  disconnect (self);
}

static gboolean
connect_upload (CmafIngestUpload *self)
{
  g_autoptr (GError) error = NULL;

  self->connection = cmaf_upload_connection_open (
      self->redirected ? self->redirected : self->uri, &self->client->settings,
      self->client->cancellable, &error);
  if (!self->connection)
    lose (self, CMAF_INGEST_NO_CONNECTION, error);
  return self->connection != NULL;
}

/* Pieces from @at on, once there are any; NULL at the end of the segment. */
static GPtrArray *
wait_for_pieces (CmafIngestUpload *self, CmafSpoolSegment *segment, guint at)
{
  GPtrArray *pieces = NULL;

  g_mutex_lock (&self->lock);
  while (segment->pieces->len == at && !segment->is_complete
         && !segment->is_dropped
         && !g_cancellable_is_cancelled (self->client->cancellable))
    g_cond_wait (&self->changed, &self->lock);
  if (segment->pieces->len > at && !segment->is_dropped) {
    pieces = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    for (guint i = at; i < segment->pieces->len; i++)
      g_ptr_array_add (pieces, g_bytes_ref (segment->pieces->pdata[i]));
  }
  g_mutex_unlock (&self->lock);
  return pieces;
}

static gboolean
send_pieces (CmafIngestUpload *self, CmafSpoolSegment *segment, GError **error)
{
  GPtrArray *pieces;
  gboolean ok = TRUE;
  guint at = 0;

  while (ok && (pieces = wait_for_pieces (self, segment, at))) {
    at += pieces->len;
    ok = cmaf_upload_connection_write (self->connection,
        (GBytes *const *)pieces->pdata, pieces->len, self->client->cancellable,
        error);
    g_ptr_array_unref (pieces);
  }
  if (ok && segment->is_dropped) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
        "the receiver takes data too slowly");
    return FALSE;
  }
  return ok;
}

static gchar *
make_fields (CmafIngestUpload *self, const CmafTrack *track)
{
  return g_strdup_printf ("%sContent-Type: %s\r\n", self->client->common_fields,
      cmaf_track_mime_type (track));
}

/* One request. @segment NULL: the header alone. FALSE and @error: no answer. */
static gboolean
post (CmafIngestUpload *self, CmafSpoolSegment *segment, GBytes *header,
    const CmafTrack *track, CmafUploadAnswer *answer, GError **error)
{
  GUri *uri = self->redirected ? self->redirected : self->uri;
  g_autofree gchar *fields = make_fields (self, track);
  gint64 length = g_bytes_get_size (header);
  GError *failure = NULL;
  gboolean ok;

  if (segment) {
    g_mutex_lock (&self->lock);
    length = segment->is_complete ? (gint64)segment->size : -1;
    g_mutex_unlock (&self->lock);
  }
  ok = cmaf_upload_connection_begin (self->connection, self->client->method,
      uri, fields, length, self->client->cancellable, &failure);
  if (ok && segment)
    ok = send_pieces (self, segment, &failure);
  else if (ok)
    ok = cmaf_upload_connection_write (
        self->connection, &header, 1, self->client->cancellable, &failure);
  if (failure) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  return cmaf_upload_connection_finish (
      self->connection, answer, self->client->cancellable, error);
}

static void
send_object (CmafIngestUpload *self, CmafSpoolSegment *segment, GBytes *header,
    const CmafTrack *track)
{
  CmafUploadAnswer answer = { 0, GST_CLOCK_TIME_NONE, NULL };
  g_autoptr (GError) error = NULL;
  guint n_redirects = 0;
  gboolean ok = TRUE;

  do {
    g_clear_pointer (&answer.location, g_free);
    if (!self->connection && !connect_upload (self))
      return;
    ok = post (self, segment, header, track, &answer, &error);
    if (ok && !cmaf_upload_connection_is_reusable (self->connection))
      disconnect (self);
    if (ok && answer.status / 100 == 3 && answer.location)
      follow_redirect (self, &answer);
  } while (ok && answer.status / 100 == 3 && answer.location
           && ++n_redirects <= MAX_REDIRECTS);
  if (ok)
    judge (self, &answer, segment, header);
  else
    lose (self,
        cmaf_upload_connection_is_stale (self->connection) ? CMAF_INGEST_STALE
                                                           : CMAF_INGEST_BROKEN,
        error);
  g_free (answer.location);
}

/* ---- the thread of a track ---- */

/* What is due, taken under the lock. */
typedef struct
{
  CmafIngestAction action;
  CmafSpoolSegment *segment;
  GBytes *header;
  CmafTrack *track;
} Step;

static void
look (CmafIngestUpload *self, Step *step)
{
  CmafSpoolSegment *segment = cmaf_ingest_spool_peek (&self->spool);
  GBytes *header = segment ? segment->header : self->spool.header;
  CmafIngestFacts facts;
  GstClockTime retry_at;

  facts.is_connected = self->connection != NULL;
  facts.has_segment = segment != NULL;
  facts.needs_header =
      !self->acknowledged || !g_bytes_equal (header, self->acknowledged);
  /* nothing to prove to a receiver when everything has arrived */
  if (!segment && self->has_ended)
    facts.needs_header = FALSE;
  step->action =
      cmaf_ingest_session_next (&self->session, &facts, now (), &retry_at);
  if (step->action == CMAF_INGEST_IDLE) {
    g_cond_wait (&self->changed, &self->lock);
  } else if (step->action == CMAF_INGEST_WAIT) {
    g_cond_wait_until (&self->changed, &self->lock, retry_at / GST_USECOND);
  } else {
    step->segment = segment ? cmaf_spool_segment_ref (segment) : NULL;
    step->header = g_bytes_ref (header);
    step->track = cmaf_track_ref (segment ? segment->track : self->spool.track);
  }
}

static void
clear_step (Step *step)
{
  g_clear_pointer (&step->segment, cmaf_spool_segment_unref);
  g_clear_pointer (&step->header, g_bytes_unref);
  g_clear_pointer (&step->track, cmaf_track_unref);
}

static gpointer
run_upload (gpointer data)
{
  CmafIngestUpload *self = data;
  gboolean is_stopped = FALSE;

  while (
      !is_stopped && !g_cancellable_is_cancelled (self->client->cancellable)) {
    Step step = { 0 };

    g_mutex_lock (&self->lock);
    if (!g_cancellable_is_cancelled (self->client->cancellable))
      look (self, &step);
    g_mutex_unlock (&self->lock);

    if (step.action == CMAF_INGEST_CONNECT)
      connect_upload (self);
    else if (step.action == CMAF_INGEST_SEND_HEADER && step.header)
      send_object (self, NULL, step.header, step.track);
    else if (step.action == CMAF_INGEST_SEND_SEGMENT && step.segment)
      send_object (self, step.segment, step.header, step.track);
    is_stopped = step.action == CMAF_INGEST_STOPPED;
    clear_step (&step);
  }
  disconnect (self);
  return NULL;
}

/* ---- the client ---- */

static GUri *
parse_location (const gchar *location, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const gchar *scheme;

  uri = location ? g_uri_parse (location, G_URI_FLAGS_ENCODED, NULL) : NULL;
  scheme = uri ? g_uri_get_scheme (uri) : "";
  if (!uri || !g_uri_get_host (uri) || !*g_uri_get_host (uri)
      || (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "location: found '%s', needs http://host[:port]/path or https://",
        location ? location : "(unset)");
    return NULL;
  }
  return g_steal_pointer (&uri);
}

static gboolean
append_field (GQuark id, const GValue *value, gpointer data)
{
  GString *fields = data;
  g_autofree gchar *text = NULL;

  if (G_VALUE_HOLDS_STRING (value))
    text = g_value_dup_string (value);
  else
    text = gst_value_serialize (value);
  if (text && !strpbrk (text, "\r\n"))
    g_string_append_printf (fields, "%s: %s\r\n", g_quark_to_string (id), text);
  return TRUE;
}

static gchar *
make_common_fields (const CmafIngestClientConfig *config)
{
  GString *fields = g_string_new (NULL);

  g_string_append_printf (fields,
      "User-Agent: %s\r\nDASH-IF-Ingest: 1.1\r\nAccept: */*\r\n",
      config->user_agent);
  if (config->user_id) {
    g_autofree gchar *pair = g_strdup_printf ("%s:%s", config->user_id,
        config->user_password ? config->user_password : "");
    g_autofree gchar *coded =
        g_base64_encode ((const guchar *)pair, strlen (pair));

    g_string_append_printf (fields, "Authorization: Basic %s\r\n", coded);
  }
  if (config->headers)
    gst_structure_foreach (config->headers, append_field, fields);
  return g_string_free (fields, FALSE);
}

static void
free_upload (gpointer data)
{
  CmafIngestUpload *self = data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  cmaf_ingest_spool_clear (&self->spool);
  g_clear_pointer (&self->last_chunk, cmaf_chunk_unref);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
  g_uri_unref (self->uri);
  g_clear_pointer (&self->redirected, g_uri_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->failure);
  g_free (self->name);
  g_free (self);
}

CmafIngestClient *
cmaf_ingest_client_new (const CmafIngestClientConfig *config,
    CmafIngestEventFunc event, gpointer user_data, GError **error)
{
  g_autoptr (GUri) uri = parse_location (config->location, error);
  CmafIngestClient *self;

  if (!uri)
    return NULL;
  if (g_strcmp0 (config->method, "POST") != 0
      && g_strcmp0 (config->method, "PUT") != 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "method: found '%s', needs POST or PUT",
        config->method ? config->method : "(unset)");
    return NULL;
  }
  self = g_new0 (CmafIngestClient, 1);
  self->location =
      g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO | G_URI_HIDE_FRAGMENT);
  self->method = g_strdup (config->method);
  self->common_fields = make_common_fields (config);
  self->max_spool_bytes = config->max_spool_bytes;
  self->max_spool_time = config->max_spool_time;
  self->settings = config->upload;
  if (self->settings.ca)
    g_object_ref (self->settings.ca);
  if (self->settings.certificate)
    g_object_ref (self->settings.certificate);
  self->event = event;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  self->uploads = g_ptr_array_new_with_free_func (free_upload);
  return self;
}

void
cmaf_ingest_client_free (CmafIngestClient *self)
{
  g_cancellable_cancel (self->cancellable);
  g_ptr_array_unref (self->uploads);
  g_object_unref (self->cancellable);
  g_clear_object (&self->settings.ca);
  g_clear_object (&self->settings.certificate);
  g_mutex_clear (&self->lock);
  g_free (self->location);
  g_free (self->method);
  g_free (self->common_fields);
  g_free (self);
}

/* {publishing point}/Streams(NAME.cmfv), the query kept behind it */
static GUri *
make_uri (CmafIngestClient *self, const gchar *name, const CmafTrack *track)
{
  g_autoptr (GUri) base =
      g_uri_parse (self->location, G_URI_FLAGS_ENCODED, NULL);
  const gchar *path = g_uri_get_path (base);
  gsize length = strlen (path);
  g_autofree gchar *full = NULL;

  while (length > 0 && path[length - 1] == '/')
    length--;
  full = g_strdup_printf ("%.*s/Streams(%s.%s)", (int)length, path, name,
      cmaf_track_extension (track));
  return g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL,
      g_uri_get_host (base), g_uri_get_port (base), full,
      g_uri_get_query (base), NULL);
}

static GstClockTime
segment_duration (const CmafTrack *track)
{
  if (track->segment_duration_n == 0 || track->segment_duration_d == 0)
    return 2 * GST_SECOND;
  return gst_util_uint64_scale (
      GST_SECOND, track->segment_duration_n, track->segment_duration_d);
}

static CmafIngestUpload *
find_upload_locked (CmafIngestClient *self, const gchar *name)
{
  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *upload = self->uploads->pdata[i];

    if (strcmp (upload->name, name) == 0)
      return upload;
  }
  return NULL;
}

static CmafIngestUpload *
new_upload (CmafIngestClient *self, const gchar *name, CmafTrack *track)
{
  CmafIngestUpload *upload = g_new0 (CmafIngestUpload, 1);

  upload->client = self;
  upload->name = g_strdup (name);
  upload->uri = make_uri (self, name, track);
  g_mutex_init (&upload->lock);
  g_cond_init (&upload->changed);
  cmaf_ingest_spool_init (
      &upload->spool, self->max_spool_bytes, self->max_spool_time);
  cmaf_ingest_session_init (&upload->session, segment_duration (track));
  return upload;
}

CmafIngestUpload *
cmaf_ingest_client_set_header (
    CmafIngestClient *self, const gchar *name, CmafTrack *track, GBytes *header)
{
  CmafIngestUpload *upload;

  g_mutex_lock (&self->lock);
  upload = find_upload_locked (self, name);
  if (!upload) {
    upload = new_upload (self, name, track);
    g_ptr_array_add (self->uploads, upload);
  }
  g_mutex_lock (&upload->lock);
  cmaf_ingest_spool_set_header (&upload->spool, track, header);
  upload->has_ended = FALSE;
  g_cond_broadcast (&upload->changed);
  g_mutex_unlock (&upload->lock);
  if (!upload->thread)
    upload->thread = g_thread_new ("cmaf-upload", run_upload, upload);
  g_mutex_unlock (&self->lock);
  return upload;
}

/* Makes room. TRUE and @dropped when the oldest was given up. */
static void
make_room_locked (
    CmafIngestUpload *self, CmafSpoolFull when_full, GQueue *dropped)
{
  while (cmaf_ingest_spool_is_full (&self->spool) && !self->is_unlocked
         && !self->is_stopped) {
    if (when_full == CMAF_SPOOL_FULL_DROP) {
      g_queue_push_tail (dropped, cmaf_ingest_spool_drop_oldest (&self->spool));
      self->n_dropped++;
      g_cond_broadcast (&self->changed);
    } else {
      g_cond_wait (&self->changed, &self->lock);
    }
  }
}

static GstFlowReturn
flow_locked (const CmafIngestUpload *self)
{
  if (self->is_unlocked)
    return GST_FLOW_FLUSHING;
  return self->is_stopped ? GST_FLOW_ERROR : GST_FLOW_OK;
}

GstFlowReturn
cmaf_ingest_upload_push (
    CmafIngestUpload *self, CmafChunk *chunk, CmafSpoolFull when_full)
{
  GQueue dropped = G_QUEUE_INIT;
  CmafSpoolSegment *segment;
  GstFlowReturn result;

  g_mutex_lock (&self->lock);
  make_room_locked (self, when_full, &dropped);
  result = flow_locked (self);
  if (result == GST_FLOW_OK) {
    cmaf_ingest_spool_push (&self->spool, chunk);
    g_clear_pointer (&self->last_chunk, cmaf_chunk_unref);
    self->last_chunk = cmaf_chunk_ref (chunk);
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->lock);
  while ((segment = g_queue_pop_head (&dropped))) {
    tell (self, CMAF_INGEST_DROPPED, "the spool is full", segment);
    cmaf_spool_segment_unref (segment);
  }
  return result;
}

void
cmaf_ingest_upload_end (CmafIngestUpload *self)
{
  g_mutex_lock (&self->lock);
  if (self->last_chunk && !(self->last_chunk->flags & CMAF_CHUNK_LAST)) {
    g_autoptr (CmafChunk) last = cmaf_chunk_copy_as_last (self->last_chunk);

    cmaf_ingest_spool_end (&self->spool);
    cmaf_ingest_spool_push (&self->spool, last);
  }
  g_clear_pointer (&self->last_chunk, cmaf_chunk_unref);
  cmaf_ingest_spool_end (&self->spool);
  self->has_ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_client_set_unlocked (
    CmafIngestClient *self, CmafIngestUpload *upload, gboolean unlocked)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *one = self->uploads->pdata[i];

    if (upload && upload != one)
      continue;
    g_mutex_lock (&one->lock);
    one->is_unlocked = unlocked;
    g_cond_broadcast (&one->changed);
    g_mutex_unlock (&one->lock);
  }
  g_mutex_unlock (&self->lock);
}

/* ---- the end ---- */

static gboolean
wait_until_empty (CmafIngestUpload *self, GstClockTime timeout, GError **error)
{
  guint64 seen;
  gint64 until;

  g_mutex_lock (&self->lock);
  seen = self->n_progress;
  until = g_get_monotonic_time () + timeout / GST_USECOND;
  while (cmaf_ingest_spool_peek (&self->spool) && !self->is_stopped
         && !self->is_unlocked) {
    if (!g_cond_wait_until (&self->changed, &self->lock, until))
      break;
    if (self->n_progress != seen) {
      seen = self->n_progress;
      until = g_get_monotonic_time () + timeout / GST_USECOND;
    }
  }
  if (cmaf_ingest_spool_peek (&self->spool) || self->n_dropped > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "track %s: %u segments not delivered, %" G_GUINT64_FORMAT
        " given up: %s",
        self->name, self->spool.segments.length, self->n_dropped,
        self->failure ? self->failure : "the spool was full");
  g_mutex_unlock (&self->lock);
  return *error == NULL;
}

gboolean
cmaf_ingest_client_drain (
    CmafIngestClient *self, GstClockTime timeout, GError **error)
{
  GError *failure = NULL;
  guint n;

  g_mutex_lock (&self->lock);
  n = self->uploads->len;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n && !failure; i++) {
    CmafIngestUpload *upload;

    g_mutex_lock (&self->lock);
    upload = self->uploads->pdata[i];
    g_mutex_unlock (&self->lock);
    wait_until_empty (upload, timeout, &failure);
  }
  if (failure)
    g_propagate_error (error, failure);
  return failure == NULL;
}

GstStructure *
cmaf_ingest_client_get_stats (CmafIngestClient *self)
{
  GstStructure *stats =
      gst_structure_new_empty ("application/x-httpingestsink-stats");

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *u = self->uploads->pdata[i];
    g_autoptr (GstStructure) track = NULL;

    g_mutex_lock (&u->lock);
    track = gst_structure_new ("track", "headers", G_TYPE_UINT64, u->n_headers,
        "segments", G_TYPE_UINT64, u->n_segments, "bytes", G_TYPE_UINT64,
        u->n_bytes, "retries", G_TYPE_UINT64, u->n_retries, "dropped",
        G_TYPE_UINT64, u->n_dropped, "spool-bytes", G_TYPE_UINT64,
        u->spool.bytes, "spool-time", GST_TYPE_CLOCK_TIME,
        cmaf_ingest_spool_get_time (&u->spool), NULL);
    if (u->failure)
      gst_structure_set (
          track, "last-failure", G_TYPE_STRING, u->failure, NULL);
    g_mutex_unlock (&u->lock);
    gst_structure_set (stats, u->name, GST_TYPE_STRUCTURE, track, NULL);
  }
  g_mutex_unlock (&self->lock);
  return stats;
}
