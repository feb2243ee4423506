/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A track has a lane to each destination.
 *
 * Order of locks: client, track, destination. None is held while bytes are sent
 * or the event function runs. */
#include "ingest-client.h"

#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/ingest-lane.h>
#include <gst/cmafhttp/ingest-mpd.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct _CmafIngestUpload
{
  CmafIngestClient *client;
  gchar *name;
  GPtrArray *lanes; /* of CmafIngestLane, one for each destination */

  GMutex lock;
  GCond changed;
  CmafTrack *track;     /* lock: lock; NULL: all is from an earlier process */
  gboolean is_unlocked; /* lock: lock */
};

struct _CmafIngestClient
{
  CmafIngestClientConfig config; /* owned */
  CmafIngestEventFunc event;
  gpointer user_data;
  GPtrArray *destinations; /* of CmafIngestDestination */
  GMutex lock;
  GPtrArray *uploads; /* lock: lock */
  guint n_manifests;  /* lock: lock */
  gint spool_lock;    /* a file that one client at a time has; -1: none */
};

/* ---- configuration ---- */

void
cmaf_ingest_client_config_init (CmafIngestClientConfig *config)
{
  memset (config, 0, sizeof *config);
  config->method = "POST";
  config->user_agent = "gst-cmaf";
  config->naming.init_template = "$RepresentationID$/init.mp4";
  config->naming.media_template = "$RepresentationID$/$Number$.mp4";
  config->auth_tries = 4;
  config->upload.connect_timeout_ms = 6000;
  config->upload.io_timeout_ms = 6000;
  config->max_spool_bytes = 64 * 1024 * 1024;
  config->max_spool_time = 30 * GST_SECOND;
  config->max_disk_bytes = (guint64)1 << 30;
}

static void
copy_config (CmafIngestClient *self, const CmafIngestClientConfig *config)
{
  CmafIngestClientConfig *own = &self->config;

  *own = *config;
  own->method = g_strdup (config->method);
  own->mpd_name = g_strdup (config->mpd_name);
  own->spool_directory = g_strdup (config->spool_directory);
  own->naming.init_template = g_strdup (config->naming.init_template);
  own->naming.media_template = g_strdup (config->naming.media_template);
  /* the targets have what they need of these */
  own->locations = NULL;
  own->user_agent = NULL;
  own->user = own->password = own->token = NULL;
  own->headers = NULL;
  memset (&own->upload, 0, sizeof own->upload);
}

static void
clear_config (CmafIngestClientConfig *config)
{
  g_free ((gchar *)config->method);
  g_free ((gchar *)config->mpd_name);
  g_free ((gchar *)config->spool_directory);
  g_free ((gchar *)config->naming.init_template);
  g_free ((gchar *)config->naming.media_template);
}

/* It becomes part of a path. */
static gboolean
check_mpd_name (const gchar *name, GError **error)
{
  g_autofree gchar *found = NULL;

  if (name == NULL || cmaf_track_name_is_valid (name))
    return TRUE;
  found = g_strescape (name, NULL);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "mpd-name: found \"%.100s\", needs at most 64 letters, digits and ._~-, "
      "without the extension",
      found);
  return FALSE;
}

static gboolean
check_config (const CmafIngestClientConfig *config, GError **error)
{
  static const gchar *const methods[] = { "POST", "PUT", "auto", NULL };

  if (!config->method || !g_strv_contains (methods, config->method)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "method: found '%s', needs POST, PUT or auto",
        config->method ? config->method : "(unset)");
    return FALSE;
  }
  return cmaf_upload_token_check (config->token, error)
         && check_mpd_name (config->mpd_name, error)
         && cmaf_ingest_naming_check (&config->naming, error);
}

/* ---- events ---- */

static gboolean
all_stopped_locked (const CmafIngestUpload *self)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    CmafIngestLaneState state;

    cmaf_ingest_lane_get_state_locked (self->lanes->pdata[i], &state);
    if (!state.is_stopped)
      return FALSE;
  }
  return TRUE;
}

static void
on_event (const CmafIngestEvent *event, gpointer user_data)
{
  CmafIngestUpload *self = user_data;
  CmafIngestEvent told = *event;

  if (event->kind == CMAF_INGEST_REFUSED) {
    g_mutex_lock (&self->lock);
    told.is_fatal = all_stopped_locked (self);
    g_mutex_unlock (&self->lock);
  }
  if (self->client->event)
    self->client->event (&told, self->client->user_data);
}

/* ---- the client ---- */

static void
free_upload (gpointer data)
{
  CmafIngestUpload *self = data;

  /* the last event of one looks at the others */
  for (guint i = 0; i < self->lanes->len; i++)
    cmaf_ingest_lane_join (self->lanes->pdata[i]);
  g_ptr_array_unref (self->lanes);
  g_clear_pointer (&self->track, cmaf_track_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->name);
  g_free (self);
}

/* The spool of one is no place for two, nor would anybody want all twice. */
static gboolean
has_destination (CmafIngestClient *self, const CmafIngestDestination *other)
{
  g_autofree gchar *url = g_uri_to_string (other->target->base);

  for (guint i = 0; i < self->destinations->len; i++) {
    const CmafIngestDestination *destination = self->destinations->pdata[i];
    g_autofree gchar *known = g_uri_to_string (destination->target->base);

    if (g_str_equal (known, url))
      return TRUE;
  }
  return FALSE;
}

static gboolean
add_destinations (CmafIngestClient *self, const CmafIngestClientConfig *config,
    GError **error)
{
  static const gchar *const none[] = { NULL };
  const gchar *const *locations = config->locations ? config->locations : none;
  const CmafUploadTargetConfig target = { .user_agent = config->user_agent,
    .user = config->user,
    .password = config->password,
    .token = config->token,
    .headers = config->headers,
    .auth = config->auth,
    .upload = config->upload };

  for (guint i = 0; locations[i] != NULL || i == 0; i++) {
    CmafIngestDestination *destination = cmaf_ingest_destination_new (
        locations[i], &self->config, &target, error);

    if (!destination) {
      if (i > 0)
        g_prefix_error (error, "locations: the URL number %u ", i + 1);
      else
        g_prefix_error (error, "location: ");
      return FALSE;
    }
    if (has_destination (self, destination)) {
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
          "locations: %s stands there twice (location is the first), needs "
          "each once",
          destination->location);
      cmaf_ingest_destination_free (destination);
      return FALSE;
    }
    g_ptr_array_add (self->destinations, destination);
  }
  return TRUE;
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
new_upload (CmafIngestClient *self, const gchar *name, const CmafTrack *track)
{
  CmafIngestUpload *upload = g_new0 (CmafIngestUpload, 1);

  upload->client = self;
  upload->name = g_strdup (name);
  g_mutex_init (&upload->lock);
  g_cond_init (&upload->changed);
  upload->lanes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_ingest_lane_free);
  for (guint i = 0; i < self->destinations->len; i++) {
    CmafIngestLaneConfig config = { .name = upload->name,
      .lock = &upload->lock,
      .changed = &upload->changed,
      .destination = self->destinations->pdata[i],
      .event = on_event,
      .user_data = upload };

    g_ptr_array_add (upload->lanes, cmaf_ingest_lane_new (&config, track));
  }
  return upload;
}

/* ---- the spool directory ---- */

static gboolean
lock_spool (CmafIngestClient *self, GError **error)
{
  const gchar *directory = self->config.spool_directory;
  g_autofree gchar *path = NULL;
  gint code;

  if (directory == NULL)
    return TRUE;
  if (strstr (directory, "://") != NULL) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "spool-directory: %s is an address, needs a directory of this machine",
        directory);
    return FALSE;
  }
  path = g_build_filename (directory, "lock", NULL);
  if (g_mkdir_with_parents (directory, 0700) == 0)
    self->spool_lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->spool_lock >= 0 && flock (self->spool_lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG, "spool-directory: %s: %s",
      directory, code == EWOULDBLOCK ? "is in use" : g_strerror (code));
  return FALSE;
}

/* What an earlier process has left is sent, whether its track comes again or
 * not. */
static void
add_left_tracks (CmafIngestClient *self)
{
  for (guint i = 0; i < self->destinations->len; i++) {
    const CmafIngestDestination *destination = self->destinations->pdata[i];
    g_autoptr (GDir) dir =
        destination->spool ? g_dir_open (destination->spool, 0, NULL) : NULL;
    const gchar *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      if (cmaf_track_name_is_valid (name) && !find_upload_locked (self, name))
        g_ptr_array_add (self->uploads, new_upload (self, name, NULL));
    }
  }
}

CmafIngestClient *
cmaf_ingest_client_new (const CmafIngestClientConfig *config,
    CmafIngestEventFunc event, gpointer user_data, GError **error)
{
  CmafIngestClient *self;

  if (!check_config (config, error))
    return NULL;
  self = g_new0 (CmafIngestClient, 1);
  copy_config (self, config);
  self->event = event;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->uploads = g_ptr_array_new_with_free_func (free_upload);
  self->destinations = g_ptr_array_new_with_free_func (
      (GDestroyNotify)cmaf_ingest_destination_free);
  self->spool_lock = -1;
  if (!add_destinations (self, config, error) || !lock_spool (self, error)) {
    cmaf_ingest_client_free (self);
    return NULL;
  }
  add_left_tracks (self);
  return self;
}

void
cmaf_ingest_client_free (CmafIngestClient *self)
{
  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *upload = self->uploads->pdata[i];

    for (guint k = 0; k < upload->lanes->len; k++)
      cmaf_ingest_lane_cancel (upload->lanes->pdata[k]);
  }
  g_ptr_array_unref (self->uploads);
  g_ptr_array_unref (self->destinations);
  g_mutex_clear (&self->lock);
  if (self->spool_lock >= 0)
    close (self->spool_lock);
  clear_config (&self->config);
  g_free (self);
}

void
cmaf_ingest_client_set_credentials (CmafIngestClient *self, const gchar *user,
    const gchar *password, const gchar *token)
{
  if (!cmaf_upload_token_check (token, NULL))
    return;
  for (guint i = 0; i < self->destinations->len; i++) {
    const CmafIngestDestination *destination = self->destinations->pdata[i];

    cmaf_upload_target_set_credentials (
        destination->target, user, password, token);
  }
}

/* ---- the manifest ---- */

static void
update_manifest_locked (CmafIngestClient *self)
{
  g_autofree CmafIngestMpdTrack *tracks =
      g_new0 (CmafIngestMpdTrack, self->uploads->len);
  g_autoptr (GBytes) mpd = NULL;
  guint n = 0;

  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *upload = self->uploads->pdata[i];

    g_mutex_lock (&upload->lock);
    if (upload->track != NULL) {
      tracks[n].name = upload->name;
      tracks[n++].track = cmaf_track_ref (upload->track);
    }
    g_mutex_unlock (&upload->lock);
  }
  mpd = cmaf_ingest_mpd_write (
      tracks, n, &self->config.naming, ++self->n_manifests);
  while (n > 0)
    cmaf_track_unref (tracks[--n].track);
  for (guint i = 0; i < self->destinations->len; i++)
    cmaf_ingest_destination_set_manifest (self->destinations->pdata[i], mpd);
}

/* With the first media all tracks are known that began with it; those that
 * come later are told of then. */
static void
send_manifest (CmafIngestClient *self, gboolean is_first)
{
  if (self->config.mpd_name == NULL)
    return;
  g_mutex_lock (&self->lock);
  if (is_first == (self->n_manifests == 0))
    update_manifest_locked (self);
  g_mutex_unlock (&self->lock);
}

/* ---- tracks ---- */

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
  g_clear_pointer (&upload->track, cmaf_track_unref);
  upload->track = cmaf_track_ref (track);
  for (guint i = 0; i < upload->lanes->len; i++)
    cmaf_ingest_lane_set_header_locked (upload->lanes->pdata[i], track, header);
  g_mutex_unlock (&upload->lock);
  g_mutex_unlock (&self->lock);
  send_manifest (self, FALSE);
  return upload;
}

/* Does a destination take data that is not full? Then nobody waits for those
 * that are away. */
static gboolean
somebody_takes_locked (const CmafIngestUpload *self)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    CmafIngestLaneState state;

    cmaf_ingest_lane_get_state_locked (self->lanes->pdata[i], &state);
    if (!state.is_lost && !state.is_stopped)
      return TRUE;
  }
  return FALSE;
}

/* TRUE: a destination is full, and to be waited for. @dropped: a queue for each
 * lane. */
static gboolean
make_room_locked (
    CmafIngestUpload *self, CmafSpoolFull when_full, GQueue *dropped)
{
  gboolean may_leave = somebody_takes_locked (self);
  gboolean waits = FALSE;

  for (guint i = 0; i < self->lanes->len; i++) {
    CmafIngestLane *lane = self->lanes->pdata[i];
    CmafIngestLaneState state;

    cmaf_ingest_lane_get_state_locked (lane, &state);
    if (state.is_stopped || !state.is_full)
      continue;
    if (when_full == CMAF_SPOOL_FULL_DROP || (state.is_lost && may_leave))
      cmaf_ingest_lane_make_room_locked (lane, &dropped[i]);
    else
      waits = TRUE;
  }
  return waits;
}

GstFlowReturn
cmaf_ingest_upload_push (
    CmafIngestUpload *self, CmafChunk *chunk, CmafSpoolFull when_full)
{
  g_autofree GQueue *dropped = g_new0 (GQueue, self->lanes->len);
  GstFlowReturn result = GST_FLOW_OK;

  send_manifest (self->client, TRUE);
  g_mutex_lock (&self->lock);
  while (make_room_locked (self, when_full, dropped) && !self->is_unlocked)
    g_cond_wait (&self->changed, &self->lock);
  if (self->is_unlocked)
    result = GST_FLOW_FLUSHING;
  else if (all_stopped_locked (self))
    result = GST_FLOW_ERROR;
  for (guint i = 0; i < self->lanes->len && result == GST_FLOW_OK; i++)
    cmaf_ingest_lane_push_locked (self->lanes->pdata[i], chunk);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->lanes->len; i++) {
    cmaf_ingest_lane_tell_dropped (self->lanes->pdata[i], &dropped[i]);
    cmaf_ingest_lane_store (self->lanes->pdata[i], FALSE);
  }
  return result;
}

void
cmaf_ingest_upload_end (CmafIngestUpload *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->lanes->len; i++)
    cmaf_ingest_lane_finish_locked (self->lanes->pdata[i]);
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

/* What is left to do, for all lanes. */
typedef struct
{
  GstClockTime timeout;
  gint64 until; /* monotonic, grows with progress */
  gboolean is_unlocked;
  guint n_failed;  /* lanes */
  gchar *problems; /* the first of them */
} Drain;

static void
note_problem (Drain *drain, const CmafIngestUpload *upload,
    const CmafIngestLane *lane, const CmafIngestLaneState *state)
{
  if (drain->n_failed++ > 0)
    return;
  drain->problems = g_strdup_printf (
      "%s: track %s: %u segments not delivered, %" G_GUINT64_FORMAT
      " given up: %s",
      cmaf_ingest_lane_get_destination (lane)->location, upload->name,
      state->n_waiting, state->counts.n_dropped,
      state->failure                ? state->failure
      : state->counts.n_dropped > 0 ? "the warnings before this say why"
                                    : "there was no answer in time");
}

/* TRUE: nothing is missing. */
static gboolean
drain_lane (Drain *drain, CmafIngestUpload *upload, CmafIngestLane *lane)
{
  CmafIngestLaneState state;
  guint64 seen;

  g_mutex_lock (&upload->lock);
  cmaf_ingest_lane_get_state_locked (lane, &state);
  seen = state.counts.n_progress;
  while (!state.is_empty && !state.is_stopped && !upload->is_unlocked) {
    if (!g_cond_wait_until (&upload->changed, &upload->lock, drain->until))
      break;
    cmaf_ingest_lane_get_state_locked (lane, &state);
    if (state.counts.n_progress != seen)
      drain->until = g_get_monotonic_time () + drain->timeout / GST_USECOND;
    seen = state.counts.n_progress;
  }
  cmaf_ingest_lane_get_state_locked (lane, &state);
  drain->is_unlocked = drain->is_unlocked || upload->is_unlocked;
  g_mutex_unlock (&upload->lock);
  if (state.is_empty && !state.is_stopped && state.counts.n_dropped == 0)
    return TRUE;
  if (!state.is_stopped) /* that was told */
    note_problem (drain, upload, lane, &state);
  return FALSE;
}

static gboolean
is_away (CmafIngestUpload *upload, CmafIngestLane *lane)
{
  CmafIngestLaneState state;

  g_mutex_lock (&upload->lock);
  cmaf_ingest_lane_get_state_locked (lane, &state);
  g_mutex_unlock (&upload->lock);
  return state.is_lost;
}

/* All tracks to destination @i. */
static gboolean
drain_destination (
    Drain *drain, CmafIngestClient *self, guint n_uploads, guint i)
{
  gboolean is_complete = TRUE;

  for (guint k = 0; k < n_uploads; k++) {
    CmafIngestUpload *upload;

    g_mutex_lock (&self->lock);
    upload = self->uploads->pdata[k];
    g_mutex_unlock (&self->lock);
    if (!drain_lane (drain, upload, upload->lanes->pdata[i]))
      is_complete = FALSE;
  }
  return is_complete;
}

static gboolean
destination_is_away (CmafIngestClient *self, guint n_uploads, guint i)
{
  gboolean is = FALSE;

  g_mutex_lock (&self->lock);
  for (guint k = 0; k < n_uploads; k++) {
    CmafIngestUpload *upload = self->uploads->pdata[k];

    is = is || is_away (upload, upload->lanes->pdata[i]);
  }
  g_mutex_unlock (&self->lock);
  return is;
}

gboolean
cmaf_ingest_client_drain (CmafIngestClient *self, GstClockTime timeout,
    guint *n_complete, GError **error)
{
  g_autofree gboolean *was_away = g_new0 (gboolean, self->destinations->len);
  Drain drain = { timeout,
    g_get_monotonic_time () + (gint64)(timeout / GST_USECOND) };
  guint n_uploads, complete = 0;

  g_mutex_lock (&self->lock);
  n_uploads = self->uploads->len;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->destinations->len; i++)
    was_away[i] = destination_is_away (self, n_uploads, i);
  /* those that are away last: the others are not to lose time by it */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->destinations->len; i++)
      if (was_away[i] == (pass == 1))
        complete += drain_destination (&drain, self, n_uploads, i);
  if (n_complete)
    *n_complete = complete;
  if (drain.problems && !drain.is_unlocked)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s%s", drain.problems,
        drain.n_failed > 1 ? ", and others" : "");
  g_free (drain.problems);
  return complete == self->destinations->len;
}

/* ---- stats ---- */

static GstStructure *
make_track_stats (const CmafIngestLaneState *state)
{
  const CmafIngestCounts *counts = &state->counts;
  GstStructure *stats = gst_structure_new ("track", "headers", G_TYPE_UINT64,
      counts->n_headers, "segments", G_TYPE_UINT64, counts->n_segments, "bytes",
      G_TYPE_UINT64, counts->n_bytes, "retries", G_TYPE_UINT64,
      counts->n_retries, "dropped", G_TYPE_UINT64, counts->n_dropped,
      "spool-bytes", G_TYPE_UINT64, state->spool_bytes, "disk-bytes",
      G_TYPE_UINT64, state->disk_bytes, "spool-time", GST_TYPE_CLOCK_TIME,
      state->spool_time, "state", G_TYPE_STRING,
      state->is_stopped ? "refused"
      : state->is_lost  ? "lost"
                        : "ok",
      NULL);

  if (state->failure)
    gst_structure_set (
        stats, "last-failure", G_TYPE_STRING, state->failure, NULL);
  return stats;
}

static void
add_counts (CmafIngestLaneState *sum, const CmafIngestLaneState *state)
{
  sum->counts.n_headers += state->counts.n_headers;
  sum->counts.n_segments += state->counts.n_segments;
  sum->counts.n_bytes += state->counts.n_bytes;
  sum->counts.n_retries += state->counts.n_retries;
  sum->counts.n_dropped += state->counts.n_dropped;
  sum->spool_bytes += state->spool_bytes;
  sum->disk_bytes += state->disk_bytes;
  sum->spool_time = MAX (sum->spool_time, state->spool_time);
  sum->is_lost = sum->is_lost || state->is_lost;
  sum->is_stopped = sum->is_stopped || state->is_stopped;
}

/* The sum, and the structure of each destination gets its part. */
static GstStructure *
collect_track (CmafIngestUpload *upload, GstStructure **destinations)
{
  CmafIngestLaneState sum = { 0 };
  GstStructure *stats;

  g_mutex_lock (&upload->lock);
  for (guint i = 0; i < upload->lanes->len; i++) {
    CmafIngestLaneState state;

    cmaf_ingest_lane_get_state_locked (upload->lanes->pdata[i], &state);
    add_counts (&sum, &state);
    if (state.failure)
      sum.failure = state.failure;
    stats = make_track_stats (&state);
    gst_structure_set (
        destinations[i], upload->name, GST_TYPE_STRUCTURE, stats, NULL);
    gst_structure_free (stats);
  }
  stats = make_track_stats (&sum);
  g_mutex_unlock (&upload->lock);
  return stats;
}

/* A list of structures with location and tracks; the latter are taken. */
static void
take_destinations (
    CmafIngestClient *self, GstStructure *stats, GstStructure **tracks)
{
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < self->destinations->len; i++) {
    const CmafIngestDestination *destination = self->destinations->pdata[i];
    GstStructure *one = gst_structure_new ("destination", "location",
        G_TYPE_STRING, destination->location, "tracks", GST_TYPE_STRUCTURE,
        tracks[i], NULL);
    GValue value = G_VALUE_INIT;

    gst_structure_free (tracks[i]);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, one);
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_take_value (stats, "destinations", &list);
}

GstStructure *
cmaf_ingest_client_get_stats (CmafIngestClient *self)
{
  GstStructure *stats =
      gst_structure_new_empty ("application/x-httpingestsink-stats");
  g_autofree GstStructure **destinations =
      g_new0 (GstStructure *, self->destinations->len);

  for (guint i = 0; i < self->destinations->len; i++)
    destinations[i] = gst_structure_new_empty ("tracks");
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->uploads->len; i++) {
    CmafIngestUpload *upload = self->uploads->pdata[i];
    g_autoptr (GstStructure) track = collect_track (upload, destinations);

    gst_structure_set (stats, upload->name, GST_TYPE_STRUCTURE, track, NULL);
  }
  g_mutex_unlock (&self->lock);
  take_destinations (self, stats, destinations);
  return stats;
}
