/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* From a request to an answer: its bytes are inflated, stored and read as a
 * track, or as an MPD. */
#include "ingest-server-private.h"

#include <gst/cmafhttp/gzip-decoder.h>
#include <gst/cmafhttp/http-stream.h>

#define MAX_HELD (500 * GST_MSECOND) /* an answer */

struct _CmafIngestUpload
{
  CmafIngestServer *server;
  SoupServerMessage *message;
  CmafIngestIntake intake;
  guint64 n_bytes;
  guint8 first[8];
  gboolean is_opaque;       /* not, or no longer, read as a track */
  gboolean is_waiting;      /* for an MPD that names its track */
  GByteArray *manifest;     /* an MPD, NULL: it is none */
  CmafGzipDecoder *gzip;    /* NULL: the body is not compressed */
  const gchar *object_name; /* in the path, NULL: it is no object */
  CmafIngestObject *object; /* NULL until its first byte */
  gboolean is_paused;
  GstClockTime held_since; /* the answer; 0: it is not */
  gboolean has_got_body;
  gboolean is_cut; /* the peer went when it had got it, or before */
  GstClockTime last_data;
  GstClockTime last_progress; /* a header or a chunk was complete */
};

GstClockTime
cmaf_ingest_server_now (void)
{
  return (GstClockTime)g_get_monotonic_time () * GST_USECOND;
}

static const struct
{
  GQuark (*domain) (void);
  gint code;
  guint status;
} statuses[] = {
  { cmaf_error_quark, CMAF_ERROR_UNSUPPORTED,
      SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE },
  { cmaf_error_quark, CMAF_ERROR_LIMIT, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE },
  { cmaf_error_quark, CMAF_ERROR_NO_HEADER, SOUP_STATUS_PRECONDITION_FAILED },
  { cmaf_error_quark, CMAF_ERROR_CONFIG, SOUP_STATUS_PRECONDITION_FAILED },
  { cmaf_error_quark, CMAF_ERROR_EXISTS, SOUP_STATUS_PRECONDITION_FAILED },
  { g_io_error_quark, G_IO_ERROR_CLOSED, SOUP_STATUS_SERVICE_UNAVAILABLE },
  { g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, SOUP_STATUS_FORBIDDEN },
  { g_io_error_quark, G_IO_ERROR_NO_SPACE, SOUP_STATUS_INSUFFICIENT_STORAGE },
  { g_io_error_quark, G_IO_ERROR_EXISTS, SOUP_STATUS_CONFLICT },
  { g_io_error_quark, G_IO_ERROR_FAILED, SOUP_STATUS_INTERNAL_SERVER_ERROR },
};

/* What does not even begin with a box is something else altogether. */
static gboolean
is_no_box (const CmafIngestUpload *upload)
{
  for (guint i = 4; i < 8; i++)
    if (upload->n_bytes >= 8 && !g_ascii_isalnum (upload->first[i]))
      return TRUE;
  return FALSE;
}

static guint
status_of_error (const CmafIngestUpload *upload, const GError *error)
{
  if (error->domain == CMAF_ERROR && error->code != CMAF_ERROR_EXISTS
      && !upload->is_opaque && is_no_box (upload))
    return SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE;
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_error_matches (error, statuses[i].domain (), statuses[i].code))
      return statuses[i].status;
  return SOUP_STATUS_BAD_REQUEST;
}

/* The body has ended, so the connection can go on, if its peer is there. */
static void
answer_error (CmafIngestUpload *upload, const GError *error)
{
  CmafIngestServer *self = upload->server;
  guint status = status_of_error (upload, error);

  if (upload->object_name != NULL)
    cmaf_ingest_server_tell_failure (self, upload->object_name);
  if (!upload->is_cut) {
    cmaf_ingest_server_refuse (self, upload->message, status, error->message);
    return;
  }
  self->n_cut++;
  cmaf_ingest_server_answer_error (
      self, upload->message, status, error->message);
}

/* What is lost is to be sent again. */
static CmafIngestFate
judge_fate (CmafIngestUpload *upload)
{
  CmafIngestFate fate =
      cmaf_ingest_track_get_fate (upload->intake.track, upload->intake.source);
  g_autoptr (GError) error = NULL;

  if (fate == CMAF_INGEST_LOST
      && !cmaf_ingest_track_say_lost (upload->intake.track, &error))
    answer_error (upload, error);
  return fate;
}

/* A sender of one track after another would wait for ever when what is behind
 * waits for all of them: not longer than MAX_HELD. */
static void
release_answer (CmafIngestUpload *upload)
{
  if (upload->held_since == 0
      || (judge_fate (upload) == CMAF_INGEST_WAITS
          && cmaf_ingest_server_now () < upload->held_since + MAX_HELD))
    return;
  upload->held_since = 0;
  soup_server_message_unpause (upload->message);
}

gboolean
cmaf_ingest_uploads_resume (gpointer data)
{
  CmafIngestServer *self = data;

  for (GList *l = self->uploads; l != NULL; l = l->next) {
    CmafIngestUpload *upload = l->data;

    release_answer (upload);
    if (!upload->is_paused || cmaf_ingest_track_is_full (upload->intake.track))
      continue;
    upload->is_paused = FALSE;
    upload->last_data = upload->last_progress = cmaf_ingest_server_now ();
    cmaf_ingest_track_resume (upload->intake.track, upload->last_data);
    soup_server_message_unpause (upload->message);
  }
  return G_SOURCE_REMOVE;
}

static void
free_upload (CmafIngestUpload *upload)
{
  CmafIngestServer *self = upload->server;

  self->uploads = g_list_remove (self->uploads, upload);
  g_signal_handlers_disconnect_by_data (upload->message, upload);
  cmaf_ingest_intake_clear (
      &upload->intake, upload->is_cut || !upload->has_got_body);
  g_clear_pointer (&upload->manifest, g_byte_array_unref);
  g_clear_pointer (&upload->gzip, cmaf_gzip_decoder_free);
  g_clear_pointer (&upload->object, cmaf_ingest_object_abort);
  g_object_unref (upload->message);
  g_free (upload);
}

/* Answers now, whatever is still to come, and closes. */
void
cmaf_ingest_upload_refuse (
    CmafIngestUpload *upload, guint status, const gchar *text)
{
  CmafIngestServer *self = upload->server;
  g_autoptr (SoupServerMessage) message = g_object_ref (upload->message);

  if (upload->object_name != NULL)
    cmaf_ingest_server_tell_failure (self, upload->object_name);
  cmaf_ingest_server_refuse (self, message, status, text);
  free_upload (upload);
  cmaf_http_listener_refuse (self->listener, message);
}

static void
pause_if_full (CmafIngestUpload *upload)
{
  if (upload->intake.track == NULL
      || !cmaf_ingest_track_is_full (upload->intake.track))
    return;
  upload->is_paused = TRUE;
  soup_server_message_pause (upload->message);
}

static void
keep_first_bytes (CmafIngestUpload *upload, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size && upload->n_bytes + i < 8; i++)
    upload->first[upload->n_bytes + i] = data[i];
}

/* RFC 9110 13.1.2: only when there is none yet. */
static gboolean
is_create_only (SoupServerMessage *message)
{
  return g_strcmp0 (soup_message_headers_get_list (
                        soup_server_message_get_request_headers (message),
                        "If-None-Match"),
             "*")
         == 0;
}

static CmafObjectFlags
object_flags (SoupServerMessage *message)
{
  const SoupEncoding encoding = soup_message_headers_get_encoding (
      soup_server_message_get_request_headers (message));

  return (encoding == SOUP_ENCODING_CHUNKED ? CMAF_OBJECT_GROWING : 0)
         | (is_create_only (message) ? CMAF_OBJECT_CREATE_ONLY : 0);
}

/* A body without one is a probe. */
static gboolean
store (CmafIngestUpload *upload, GBytes *bytes, GError **error)
{
  if (upload->object_name == NULL)
    return TRUE;
  if (upload->object == NULL)
    upload->object = cmaf_ingest_object_begin (upload->server->objects,
        upload->object_name, object_flags (upload->message), error);
  return upload->object != NULL
         && cmaf_ingest_object_append (upload->object, bytes, error);
}

/* An object that no track can be made of is an object all the same. Only where
 * its name says CMAF its sender is to hear of it. */
static gboolean
may_be_opaque (const CmafIngestUpload *upload)
{
  return upload->object_name != NULL
         && !cmaf_ingest_path_is_cmaf (upload->object_name);
}

static void
make_opaque (CmafIngestUpload *upload, gboolean is_waiting)
{
  upload->is_opaque = TRUE;
  upload->is_waiting = is_waiting;
  upload->server->n_opaque++;
}

static gboolean
read_media (CmafIngestUpload *upload, GBytes *bytes, GError **error)
{
  guint n_taken = upload->intake.n_taken;
  g_autoptr (GError) failure = NULL;
  gboolean ok;

  if (upload->is_opaque)
    return TRUE;
  ok = cmaf_ingest_intake_feed (&upload->intake, bytes, &failure);
  if (upload->intake.n_taken != n_taken)
    upload->last_progress = cmaf_ingest_server_now ();
  if (ok)
    return TRUE;
  if (!may_be_opaque (upload)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  make_opaque (
      upload, g_error_matches (failure, CMAF_ERROR, CMAF_ERROR_NO_HEADER));
  return TRUE;
}

/* The first byte is there: what was sent before it is known. */
static void
begin_body (CmafIngestUpload *upload)
{
  gboolean is_named = cmaf_ingest_intake_find_track (&upload->intake);

  if (!is_named && !upload->is_opaque && may_be_opaque (upload)
      && cmaf_ingest_path_is_header (upload->object_name))
    make_opaque (upload, FALSE); /* read when a segment needs it */
}

static gboolean
check_size (const CmafIngestUpload *upload, GError **error)
{
  gsize limit = upload->server->config.max_body_size;

  if (upload->manifest != NULL)
    limit = MIN (limit, CMAF_MPD_MAX_SIZE);
  if (upload->n_bytes <= limit
      || (upload->object_name == NULL && !upload->is_opaque))
    return TRUE;
  g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
      upload->manifest != NULL
          ? "MPD: is larger than a MiB"
          : "body: is larger than the max-body-size of this receiver");
  return FALSE;
}

/* Of the body as it was meant, no longer compressed. */
static gboolean
take_bytes (CmafIngestUpload *upload, GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (upload->n_bytes == 0)
    begin_body (upload);
  keep_first_bytes (upload, bytes);
  upload->n_bytes += size;
  if (!check_size (upload, error))
    return FALSE;
  if (upload->manifest != NULL)
    g_byte_array_append (upload->manifest, data, size);
  if (upload->is_opaque)
    upload->last_progress = cmaf_ingest_server_now ();
  return store (upload, bytes, error) && read_media (upload, bytes, error);
}

static gboolean
inflate (CmafIngestUpload *upload, GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray) pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (!cmaf_gzip_decoder_feed (upload->gzip, data, size, pieces, error))
    return FALSE;
  for (guint i = 0; i < pieces->len; i++)
    if (!take_bytes (upload, g_ptr_array_index (pieces, i), error))
      return FALSE;
  return TRUE;
}

static void
on_chunk (SoupServerMessage *message, GBytes *bytes, gpointer data)
{
  CmafIngestUpload *upload = data;
  g_autoptr (GError) error = NULL;

  upload->last_data = cmaf_ingest_server_now ();
  if (upload->gzip != NULL ? inflate (upload, bytes, &error)
                           : take_bytes (upload, bytes, &error))
    pause_if_full (upload);
  else
    cmaf_ingest_upload_refuse (
        upload, status_of_error (upload, error), error->message);
}

/* libsoup takes a connection that ends between two HTTP chunks for the end of
 * the body. */
static gboolean
peer_has_gone (SoupServerMessage *message)
{
  GSocket *socket =
      cmaf_http_stream_get_socket (cmaf_http_stream_find (message));
  gchar byte;
  GInputVector vector = { &byte, 1 };
  gint flags = G_SOCKET_MSG_PEEK;

  return g_socket_receive_message (
             socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, NULL)
         == 0;
}

/* A sender that has its answer forgets what it sent. */
static void
hold_answer (CmafIngestUpload *upload)
{
  if (!upload->server->config.answers_when_taken || upload->intake.source == 0
      || judge_fate (upload) != CMAF_INGEST_WAITS)
    return;
  upload->held_since = cmaf_ingest_server_now ();
  soup_server_message_pause (upload->message);
}

/* Is it whole, as far as its bytes tell? */
static gboolean
check_end (CmafIngestUpload *upload, GError **error)
{
  if (upload->gzip != NULL && !cmaf_gzip_decoder_is_complete (upload->gzip)) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "body: its gzip data end too early");
    return FALSE;
  }
  if (upload->is_opaque || may_be_opaque (upload)
      || cmaf_fragment_reader_is_at_boundary (upload->intake.reader))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "body: %" G_GUINT64_FORMAT " bytes end within a box", upload->n_bytes);
  return FALSE;
}

/* What the peer did not send to its end is no object. */
static gboolean
end_object (CmafIngestUpload *upload, GError **error)
{
  CmafIngestObject *object = g_steal_pointer (&upload->object);

  if (object == NULL)
    return TRUE;
  if (!cmaf_ingest_object_commit (object, error))
    return FALSE;
  upload->server->has_told_failure = FALSE;
  upload->server->has_news |= cmaf_ingest_path_is_header (upload->object_name);
  if (upload->is_waiting)
    cmaf_ingest_waiting_add (upload->server, &upload->intake);
  return TRUE;
}

/* One that is wrong is not stored. */
static gboolean
take_manifest (CmafIngestUpload *upload, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (upload->manifest == NULL || upload->n_bytes == 0)
    return TRUE;
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&upload->manifest));
  return cmaf_ingest_server_take_manifest (
      upload->server, upload->intake.text, bytes, error);
}

static void
on_body (SoupServerMessage *message, gpointer data)
{
  CmafIngestUpload *upload = data;
  g_autoptr (GError) error = NULL;

  upload->has_got_body = TRUE;
  upload->is_cut = peer_has_gone (message);
  if (!check_end (upload, &error) || !take_manifest (upload, &error)
      || !end_object (upload, &error)) {
    answer_error (upload, error);
    return;
  }
  cmaf_ingest_waiting_read (upload->server);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  hold_answer (upload);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  CmafIngestUpload *upload = data;

  if (!upload->has_got_body)
    upload->server->n_cut++;
  free_upload (upload);
}

/* @intake: moves */
static CmafIngestUpload *
new_upload (CmafIngestServer *self, SoupServerMessage *message,
    const CmafIngestIntake *intake)
{
  const gchar *encoding = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Content-Encoding");
  CmafIngestUpload *upload = g_new0 (CmafIngestUpload, 1);

  upload->server = self;
  upload->message = g_object_ref (message);
  upload->intake = *intake;
  cmaf_ingest_peer_init (&upload->intake.peer, message);
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    upload->gzip = cmaf_gzip_decoder_new (self->config.max_body_size);
  upload->last_data = upload->last_progress = cmaf_ingest_server_now ();
  self->uploads = g_list_prepend (self->uploads, upload);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), upload);
  g_signal_connect (message, "got-body", G_CALLBACK (on_body), upload);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), upload);
  return upload;
}

void
cmaf_ingest_upload_begin (
    CmafIngestServer *self, SoupServerMessage *message, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  const gchar *object_name = NULL;
  CmafIngestIntake intake;
  CmafIngestUpload *upload;

  if (!cmaf_ingest_intake_init (&intake, self, path, &error)) {
    cmaf_ingest_server_refuse_path (self, message, error);
    return;
  }
  if (self->objects != NULL && !intake.path.is_named)
    object_name = cmaf_ingest_objects_name (intake.text, &error);
  if (error != NULL) {
    cmaf_ingest_intake_clear (&intake, FALSE);
    cmaf_ingest_server_refuse_path (self, message, error);
    return;
  }
  if (object_name != NULL && is_create_only (message)
      && !cmaf_ingest_objects_check_new (self->objects, object_name, &error)) {
    cmaf_ingest_intake_clear (&intake, FALSE);
    cmaf_ingest_server_refuse (
        self, message, SOUP_STATUS_PRECONDITION_FAILED, error->message);
    return;
  }
  upload = new_upload (self, message, &intake);
  upload->object_name = object_name;
  if (cmaf_ingest_path_is_mpd (path))
    upload->manifest = g_byte_array_new ();
  upload->is_opaque = intake.path.kind == CMAF_INGEST_PATH_MANIFEST
                      || (object_name != NULL
                          && !cmaf_ingest_objects_may_be_track (object_name));
}

gboolean
cmaf_ingest_upload_has_begun (const CmafIngestUpload *upload)
{
  return upload->n_bytes > 0;
}

gboolean
cmaf_ingest_upload_is_of (
    const CmafIngestUpload *upload, const CmafIngestTrack *track)
{
  return upload->intake.track == track;
}

void
cmaf_ingest_upload_check (CmafIngestUpload *upload, GstClockTime now)
{
  GstClockTime limit = upload->server->config.body_timeout;

  if (upload->has_got_body)
    return;
  if (upload->is_paused && now - upload->last_data >= limit)
    cmaf_ingest_upload_refuse (upload, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "what was received is not taken behind the receiver, try again");
  else if (!upload->is_paused
           && (now - upload->last_data >= limit
               || now - upload->last_progress >= 2 * limit))
    cmaf_ingest_upload_refuse (upload, SOUP_STATUS_REQUEST_TIMEOUT,
        "body: does not come in time (body-timeout of this receiver)");
}
