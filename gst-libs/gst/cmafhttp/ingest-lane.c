/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The thread carries out what the session decides. It waits in one place only,
 * for a wake-up and for its connection at once, so that an answer or an end
 * that comes while there is nothing to send is noticed. */
#include "ingest-lane-private.h"
#include "ingest-remedy.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DEFAULT_SEGMENT (2 * GST_SECOND)

GstClockTime
cmaf_ingest_lane_get_time (void)
{
  return g_get_monotonic_time () * GST_USECOND;
}

const CmafIngestClientConfig *
cmaf_ingest_lane_get_config (const CmafIngestLane *self)
{
  return self->config.destination->config;
}

static void
lock (const CmafIngestLane *self)
{
  g_mutex_lock (self->config.lock);
}

static void
unlock (const CmafIngestLane *self)
{
  g_mutex_unlock (self->config.lock);
}

/* ---- events ---- */

void
cmaf_ingest_lane_tell (CmafIngestLane *self, CmafIngestEventKind kind,
    const CmafHttpAnswer *answer, const gchar *message,
    const CmafSpoolSegment *segment)
{
  CmafIngestEvent event = { .kind = kind,
    .location = self->config.destination->location,
    .track_name = self->config.name,
    .message = message,
    .status = answer ? answer->status : 0,
    .answer_text = answer ? answer->text : NULL,
    .timescale = 1 };

  if (segment) {
    event.decode_time = segment->place.decode_time;
    event.duration = segment->duration;
    event.timescale = segment->timescale;
  }
  self->config.event (&event, self->config.user_data);
}

void
cmaf_ingest_lane_tell_dropped (CmafIngestLane *self, GQueue *dropped)
{
  g_autofree gchar *message =
      g_strdup_printf ("%s: track %s: the spool is full, a segment is given up",
          self->config.destination->location, self->config.name);
  CmafSpoolSegment *segment;

  while ((segment = g_queue_pop_head (dropped))) {
    cmaf_ingest_lane_tell (self, CMAF_INGEST_DROPPED, NULL, message, segment);
    cmaf_spool_segment_unref (segment);
  }
}

/* ---- waiting ---- */

static void
wake_locked (CmafIngestLane *self)
{
  const guint64 one = 1;

  if (self->is_waiting) {
    gssize n = write (self->waker, &one, sizeof one);

    (void)n; /* it fails when it is awake already */
  }
}

static gint
timeout_ms (GstClockTime until)
{
  GstClockTime now = cmaf_ingest_lane_get_time ();

  if (!GST_CLOCK_TIME_IS_VALID (until))
    return -1;
  if (until <= now)
    return 0;
  return (gint)MIN ((until - now) / GST_MSECOND + 1, G_MAXINT);
}

gboolean
cmaf_ingest_lane_wait_locked (CmafIngestLane *self, GstClockTime until)
{
  CmafUploadConnection *connection =
      cmaf_upload_client_get_connection (self->client);
  GPollFD fds[2] = { { self->waker, G_IO_IN, 0 }, { -1, G_IO_IN, 0 } };
  guint64 n;
  gssize got;

  if (connection)
    fds[1].fd = cmaf_upload_connection_get_fd (connection);
  self->is_waiting = TRUE;
  unlock (self);
  g_poll (fds, connection ? 2 : 1, timeout_ms (until));
  lock (self);
  self->is_waiting = FALSE;
  got = read (self->waker, &n, sizeof n);
  (void)got; /* fails when nobody woke us */
  return fds[1].revents != 0;
}

/* ---- what the session decides ---- */

static void
disconnect (CmafIngestLane *self)
{
  cmaf_upload_client_disconnect (self->client);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
}

void
cmaf_ingest_lane_begin (CmafIngestLane *self)
{
  if (!self->has_begun)
    cmaf_ingest_destination_has_begun (self->config.destination);
  self->has_begun = TRUE;
}

/* For who asks at the end. */
static void
keep_failure_locked (CmafIngestLane *self, const gchar *message)
{
  g_free (self->failure);
  self->failure = g_strdup (message);
  self->counts.n_retries++;
}

static void
keep_failure (CmafIngestLane *self, const gchar *message)
{
  lock (self);
  keep_failure_locked (self, message);
  unlock (self);
}

gboolean
cmaf_ingest_lane_note_failure (CmafIngestLane *self, const gchar *message)
{
  gboolean is_first;

  lock (self);
  keep_failure_locked (self, message);
  is_first = !self->is_lost;
  self->is_lost = TRUE;
  g_cond_broadcast (self->config.changed);
  unlock (self);
  return is_first;
}

/* The request was ended by us. */
static gboolean
was_cancelled (CmafIngestLane *self)
{
  gboolean was;

  lock (self);
  was = g_cancellable_is_cancelled (self->cancellable);
  if (was && !self->is_closing)
    g_cancellable_reset (self->cancellable);
  unlock (self);
  return was;
}

static void
lose (CmafIngestLane *self, gboolean is_stale, const GError *error)
{
  g_autofree gchar *message = NULL;

  disconnect (self);
  cmaf_upload_client_go_home (self->client);
  if (was_cancelled (self)
      || !cmaf_ingest_session_failed (
          &self->session, is_stale, cmaf_ingest_lane_get_time ()))
    return;
  message = g_strdup_printf ("%s: %s", self->config.destination->location,
      error ? error->message : "lost");
  if (cmaf_ingest_lane_note_failure (self, message))
    cmaf_ingest_lane_tell (self, CMAF_INGEST_LOST, NULL, message, NULL);
}

void
cmaf_ingest_lane_drop (CmafIngestLane *self, CmafSpoolSegment *segment,
    const CmafHttpAnswer *answer, const gchar *message)
{
  gboolean was_there;

  lock (self);
  was_there = !segment->is_dropped;
  cmaf_ingest_spool_remove (&self->spool, segment);
  self->counts.n_dropped += was_there;
  self->is_telling = was_there; /* not when all has ended already */
  unlock (self);
  if (was_there)
    cmaf_ingest_lane_tell (self, CMAF_INGEST_DROPPED, answer, message, segment);
  lock (self);
  self->is_telling = FALSE;
  self->counts.n_progress++;
  g_cond_broadcast (self->config.changed);
  unlock (self);
}

/* On to the newest segment; @segment at least is given up. */
static void
skip_to_newest (CmafIngestLane *self, CmafSpoolSegment *segment,
    const CmafHttpAnswer *answer, const gchar *message)
{
  CmafSpoolSegment *next;

  cmaf_ingest_lane_drop (self, segment, answer, message);
  for (;;) {
    lock (self);
    next = cmaf_ingest_spool_peek (&self->spool);
    if (next == g_queue_peek_tail (&self->spool.segments))
      next = NULL;
    if (next)
      cmaf_spool_segment_ref (next);
    unlock (self);
    if (!next)
      return;
    cmaf_ingest_lane_drop (self, next, answer, message);
    cmaf_spool_segment_unref (next);
  }
}

static void
stop (CmafIngestLane *self, const CmafHttpAnswer *answer, const gchar *message)
{
  disconnect (self);
  lock (self);
  self->is_stopped = TRUE;
  g_cond_broadcast (self->config.changed);
  unlock (self);
  cmaf_ingest_lane_tell (self, CMAF_INGEST_REFUSED, answer, message, NULL);
}

static void
take_header (CmafIngestLane *self, GBytes *header)
{
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
  self->acknowledged = g_bytes_ref (header);
  cmaf_ingest_lane_begin (self);
  lock (self);
  self->counts.n_headers++;
  self->counts.n_progress++;
  g_cond_broadcast (self->config.changed);
  unlock (self);
}

void
cmaf_ingest_lane_settle_locked (CmafIngestLane *self, guint n, guint64 n_bytes)
{
  self->counts.n_segments += n;
  self->counts.n_bytes += n_bytes;
  self->counts.n_progress++;
  g_clear_pointer (&self->failure, g_free);
  g_cond_broadcast (self->config.changed);
}

static void
take_segment (CmafIngestLane *self, CmafSpoolSegment *segment)
{
  gboolean was_lost;

  lock (self);
  was_lost = self->is_lost;
  if (!segment->is_dropped) {
    guint64 size = segment->size;

    cmaf_ingest_spool_remove (&self->spool, segment);
    cmaf_ingest_lane_settle_locked (self, 1, size);
  }
  self->is_lost = FALSE;
  unlock (self);
  if (was_lost)
    cmaf_ingest_lane_tell (
        self, CMAF_INGEST_RESTORED, NULL, "the receiver accepts again", NULL);
}

/* ---- what is asked for ---- */

static gchar *
make_path (const CmafIngestLane *self, const CmafIngestStep *step)
{
  const CmafIngestNaming *naming = &cmaf_ingest_lane_get_config (self)->naming;
  gboolean is_segment = step->object == CMAF_INGEST_SEGMENT;

  if (step->object == CMAF_INGEST_MANIFEST)
    return g_strdup_printf (
        "%s.mpd", cmaf_ingest_lane_get_config (self)->mpd_name);
  if (step->object == CMAF_INGEST_PROBE
      && cmaf_ingest_naming_is_per_segment (naming))
    return g_strdup ("");
  return cmaf_ingest_naming_make (naming, self->config.name, step->track,
      is_segment ? &step->segment->place : NULL);
}

static gchar *
make_fields (const CmafIngestStep *step)
{
  const gchar *type = step->object == CMAF_INGEST_MANIFEST
                          ? "application/dash+xml"
                          : cmaf_track_mime_type (step->track);

  return step->object == CMAF_INGEST_PROBE
             ? g_strdup ("")
             : g_strdup_printf ("Content-Type: %s\r\n", type);
}

/* ---- answers ---- */

static void
accept (CmafIngestLane *self, const CmafIngestStep *step)
{
  switch (step->object) {
    case CMAF_INGEST_PROBE:
      self->needs_probe = FALSE;
      break;
    case CMAF_INGEST_MANIFEST:
      break;
    case CMAF_INGEST_HEADER:
      take_header (self, step->header);
      if (cmaf_ingest_lane_is_long_running (self))
        cmaf_ingest_lane_end_stream (self);
      break;
    case CMAF_INGEST_SEGMENT:
      take_segment (self, step->segment);
      break;
  }
}

static gchar *
describe (const CmafIngestLane *self, const CmafIngestStep *step,
    const CmafHttpAnswer *answer)
{
  static const gchar *const names[] = { [CMAF_INGEST_PROBE] = "a probe",
    [CMAF_INGEST_MANIFEST] = "the MPD",
    [CMAF_INGEST_HEADER] = "the header",
    [CMAF_INGEST_SEGMENT] = "a segment" };
  const gchar *remedy = cmaf_ingest_remedy (answer->status);
  g_autofree gchar *said = cmaf_http_answer_describe (answer);

  return g_strdup_printf ("%s: %s of track %s: answer %s%s%s",
      self->config.destination->location, names[step->object],
      self->config.name, said, remedy ? ": " : "", remedy ? remedy : "");
}

/* What is done otherwise from now on. */
static void
adapt (CmafIngestLane *self, CmafIngestVerdict verdict, guint status)
{
  if (verdict == CMAF_INGEST_SWITCH)
    self->method = strcmp (self->method, "PUT") == 0 ? "POST" : "PUT";
  else if (status == 411)
    self->tells_length = TRUE;
  else if (status == 417)
    self->never_expects = TRUE;
  else if (status == 404 || status >= 500)
    cmaf_upload_client_go_home (self->client);
}

static void
judge (CmafIngestLane *self, const CmafIngestStep *step,
    const CmafHttpAnswer *answer)
{
  CmafIngestReaction reaction =
      cmaf_ingest_session_answered (&self->session, step->object,
          answer->status, answer->retry_after, cmaf_ingest_lane_get_time ());
  g_autofree gchar *message = describe (self, step, answer);

  if (step->manifest)
    cmaf_ingest_destination_end_manifest (self->config.destination,
        step->manifest, reaction.verdict == CMAF_INGEST_DONE);
  if (reaction.verdict == CMAF_INGEST_DONE)
    accept (self, step);
  if (answer->status / 100 == 2)
    return;
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
  if (reaction.reconnects)
    disconnect (self);
  adapt (self, reaction.verdict, answer->status);
  if (reaction.verdict == CMAF_INGEST_DONE && step->manifest) {
    cmaf_ingest_lane_tell (self, CMAF_INGEST_NO_MPD, answer, message, NULL);
  } else if (reaction.verdict == CMAF_INGEST_STOP) {
    stop (self, answer, message);
  } else if (reaction.verdict == CMAF_INGEST_DROP) {
    cmaf_ingest_lane_note_failure (self, message);
    cmaf_ingest_lane_drop (self, step->segment, answer, message);
  } else if (reaction.verdict == CMAF_INGEST_SKIP) {
    cmaf_ingest_lane_note_failure (self, message);
    skip_to_newest (self, step->segment, answer, message);
  } else if (reaction.verdict == CMAF_INGEST_RETRY && !reaction.is_trouble) {
    keep_failure (self, message);
  } else if (reaction.is_trouble
             && cmaf_ingest_lane_note_failure (self, message)) {
    cmaf_ingest_lane_tell (self, CMAF_INGEST_LOST, answer, message, NULL);
  }
}

static void
send_object (CmafIngestLane *self, CmafIngestStep *step)
{
  g_auto (CmafHttpAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *path = make_path (self, step);
  g_autofree gchar *fields = make_fields (step);
  CmafUploadObject object = {
    .method = self->method, .path = path, .fields = fields
  };
  gboolean is_stale, ok;

  cmaf_ingest_lane_fill_object (step, &object);
  ok = cmaf_upload_client_send (
      self->client, &object, &answer, &is_stale, self->cancellable, &error);
  lock (self);
  self->sending = NULL;
  if (!ok || answer.status / 100 != 2)
    cmaf_ingest_spool_rewind (&self->spool);
  unlock (self);
  if (!cmaf_upload_client_get_connection (self->client))
    g_clear_pointer (&self->acknowledged, g_bytes_unref);
  if (ok) {
    judge (self, step, &answer);
    return;
  }
  if (step->manifest)
    cmaf_ingest_destination_end_manifest (
        self->config.destination, step->manifest, FALSE);
  lose (self, is_stale, error);
}

/* ---- the thread ---- */

static gboolean
needs_header (const CmafIngestLane *self, GBytes *header)
{
  return !self->acknowledged || !g_bytes_equal (header, self->acknowledged);
}

static void
get_facts_locked (CmafIngestLane *self, const CmafSpoolSegment *segment,
    GBytes *header, CmafIngestFacts *facts)
{
  facts->has_segment =
      segment
      && (segment->is_complete || !cmaf_ingest_lane_waits_for_whole (self));
  facts->needs_header = header && needs_header (self, header);
  facts->needs_probe = self->needs_probe;
  facts->needs_manifest = cmaf_ingest_destination_needs_manifest (
      self->config.destination, &facts->is_held);
  /* nothing to prove to a receiver when everything has arrived */
  if (!segment && self->has_ended)
    facts->needs_header = FALSE;
}

static void
look_locked (CmafIngestLane *self, CmafIngestStep *step)
{
  CmafSpoolSegment *segment = cmaf_ingest_lane_peek_locked (self);
  GBytes *header = segment ? segment->header : self->spool.header;
  CmafTrack *track = segment ? segment->track : self->spool.track;
  GstClockTime retry_at = GST_CLOCK_TIME_NONE;
  CmafIngestFacts facts;

  if (segment && segment->chunks->len == 0) {
    step->action = CMAF_INGEST_WAIT;
    return;
  }
  get_facts_locked (self, segment, header, &facts);
  step->action = cmaf_ingest_session_next (&self->session, &facts,
      cmaf_ingest_lane_get_time (), &step->object, &retry_at);
  if (step->action != CMAF_INGEST_SEND)
    return;
  if (step->object == CMAF_INGEST_MANIFEST) {
    step->manifest =
        cmaf_ingest_destination_begin_manifest (self->config.destination);
    if (!step->manifest)
      step->action = CMAF_INGEST_IDLE;
  }
  step->segment = segment ? cmaf_spool_segment_ref (segment) : NULL;
  step->header = g_bytes_ref (header);
  step->track = cmaf_track_ref (track);
}

/* What came while there was nothing to send is the end of the connection. */
static void
check_connection (CmafIngestLane *self)
{
  CmafUploadConnection *connection =
      cmaf_upload_client_get_connection (self->client);

  if (connection && !cmaf_upload_connection_check (connection, NULL))
    disconnect (self);
}

static void
clear_step (CmafIngestStep *step)
{
  g_clear_pointer (&step->segment, cmaf_spool_segment_unref);
  g_clear_pointer (&step->header, g_bytes_unref);
  g_clear_pointer (&step->track, cmaf_track_unref);
  g_clear_pointer (&step->manifest, g_bytes_unref);
}

/* TRUE: go on. */
static gboolean
take_step (CmafIngestLane *self)
{
  CmafIngestStep step = { self, CMAF_INGEST_IDLE };
  gboolean has_input = FALSE, is_closing;

  cmaf_ingest_lane_remove_files (self);
  lock (self);
  is_closing = self->is_closing;
  if (!is_closing)
    look_locked (self, &step);
  if (self->has_ended && self->spool.header
      && !cmaf_ingest_spool_peek (&self->spool))
    cmaf_ingest_lane_begin (self); /* there is nothing to begin with */
  if (!is_closing && step.action == CMAF_INGEST_IDLE)
    has_input = cmaf_ingest_lane_wait_locked (self, GST_CLOCK_TIME_NONE);
  else if (step.action == CMAF_INGEST_WAIT)
    has_input = cmaf_ingest_lane_wait_locked (self, self->session.retry_at);
  unlock (self);
  if (has_input)
    check_connection (self);
  if (step.action == CMAF_INGEST_SEND)
    send_object (self, &step);
  clear_step (&step);
  return !is_closing && step.action != CMAF_INGEST_STOPPED;
}

static gpointer
run (gpointer data)
{
  CmafIngestLane *self = data;

  while (take_step (self))
    ;
  cmaf_ingest_lane_begin (self);
  disconnect (self);
  return NULL;
}

/* ---- from outside ---- */

void
cmaf_ingest_lane_set_header_locked (
    CmafIngestLane *self, CmafTrack *track, GBytes *header)
{
  cmaf_ingest_spool_set_header (&self->spool, track, header);
  self->has_ended = FALSE;
  wake_locked (self);
}

void
cmaf_ingest_lane_push_locked (CmafIngestLane *self, CmafChunk *chunk)
{
  if (self->is_stopped)
    return;
  cmaf_ingest_spool_push (&self->spool, chunk);
  wake_locked (self);
}

void
cmaf_ingest_lane_finish_locked (CmafIngestLane *self)
{
  cmaf_ingest_spool_finish (&self->spool);
  self->has_ended = TRUE;
  wake_locked (self);
}

void
cmaf_ingest_lane_get_state_locked (
    const CmafIngestLane *self, CmafIngestLaneState *state)
{
  state->is_lost = self->is_lost;
  state->is_stopped = self->is_stopped;
  state->is_full = cmaf_ingest_spool_is_full (&self->spool);
  state->n_waiting = self->spool.segments.length;
  state->is_empty = state->n_waiting == 0 && !self->is_telling;
  state->failure = self->failure;
  state->spool_bytes = self->spool.bytes;
  state->disk_bytes = self->spool.stored;
  state->spool_time = cmaf_ingest_spool_get_time (&self->spool);
  state->counts = self->counts;
}

/* A receiver that takes data, but not fast enough, is left behind at once:
 * else one segment after the other would be cut off by the next. While it is
 * not known whether data arrive, what is under way may go on. That the disk
 * fails is not the receiver's fault. */
void
cmaf_ingest_lane_make_room_locked (CmafIngestLane *self, GQueue *dropped)
{
  gboolean is_slow =
      self->sending && !self->is_lost && !self->spool.disk_failed;

  /* what would be sent once more goes first */
  if (cmaf_ingest_spool_is_full (&self->spool))
    self->counts.n_dropped +=
        cmaf_ingest_spool_drop_repeated (&self->spool, self->sending, dropped);
  while (cmaf_ingest_spool_is_full (&self->spool)
         || (is_slow && self->spool.segments.length > 1 && dropped->length)) {
    CmafSpoolSegment *oldest = cmaf_ingest_spool_drop_oldest (
        &self->spool, is_slow ? NULL : self->sending);

    if (!oldest)
      break;
    if (oldest == self->sending)
      g_cancellable_cancel (self->cancellable);
    g_queue_push_tail (dropped, oldest);
    self->counts.n_dropped++;
  }
  if (dropped->length)
    wake_locked (self);
}

const CmafIngestDestination *
cmaf_ingest_lane_get_destination (const CmafIngestLane *self)
{
  return self->config.destination;
}

static GstClockTime
segment_duration (const CmafTrack *track)
{
  if (!track || track->segment_duration_n == 0
      || track->segment_duration_d == 0)
    return DEFAULT_SEGMENT;
  return gst_util_uint64_scale (
      GST_SECOND, track->segment_duration_n, track->segment_duration_d);
}

static void
init_session (CmafIngestLane *self, const CmafTrack *track)
{
  const CmafIngestClientConfig *config = cmaf_ingest_lane_get_config (self);

  cmaf_ingest_session_init (&self->session, segment_duration (track));
  self->session.max_auth_tries = config->auth_tries;
  self->session.may_switch = strcmp (config->method, "auto") == 0;
  self->method = self->session.may_switch ? "POST" : config->method;
}

CmafIngestLane *
cmaf_ingest_lane_new (
    const CmafIngestLaneConfig *config, const CmafTrack *track)
{
  CmafIngestLane *self = g_new0 (CmafIngestLane, 1);
  const CmafIngestClientConfig *client = config->destination->config;

  self->config = *config;
  self->cancellable = g_cancellable_new ();
  self->waker = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->client = cmaf_upload_target_new_client (config->destination->target);
  self->needs_probe = cmaf_ingest_destination_needs_probe (config->destination);
  cmaf_ingest_spool_init (
      &self->spool, client->max_spool_bytes, client->max_spool_time);
  self->spool.repeats_whole =
      cmaf_ingest_naming_is_per_segment (&client->naming);
  init_session (self, track);
  self->is_sparse = track != NULL && track->media != CMAF_MEDIA_VIDEO
                    && track->media != CMAF_MEDIA_AUDIO;
  cmaf_ingest_lane_open_directory (self);
  self->has_ended = track == NULL;
  cmaf_ingest_destination_add_waker (config->destination, self->waker);
  cmaf_ingest_destination_will_begin (config->destination);
  self->thread = g_thread_new ("cmaf-upload", run, self);
  return self;
}

void
cmaf_ingest_lane_cancel (CmafIngestLane *self)
{
  lock (self);
  self->is_closing = TRUE;
  g_cancellable_cancel (self->cancellable);
  wake_locked (self);
  unlock (self);
}

void
cmaf_ingest_lane_join (CmafIngestLane *self)
{
  g_thread_join (self->thread);
}

void
cmaf_ingest_lane_free (CmafIngestLane *self)
{
  cmaf_ingest_destination_remove_waker (self->config.destination, self->waker);
  cmaf_ingest_lane_store (self, TRUE);
  cmaf_ingest_spool_clear (&self->spool);
  g_clear_pointer (&self->directory, cmaf_spool_directory_free);
  cmaf_upload_client_free (self->client);
  g_clear_pointer (&self->acknowledged, g_bytes_unref);
  g_object_unref (self->cancellable);
  close (self->waker);
  g_free (self->failure);
  g_free (self);
}
