/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* hello, then sub, then media until unsub, pause or the end. What a session
 * plays is a cursor; everything else here is words. */
#include "feed-session.h"

#include <gst/cmafhttp/feed-reply.h>
#include <gst/cmafhttp/track-choice.h>
#include <string.h>

#define HELLO_WITHIN (5 * G_USEC_PER_SEC)
#define MAX_RATE 20 /* texts a second */
#define MAX_BURST 40
#define FAST_START_MAX_MS 4000
#define END_WITHIN (5 * G_USEC_PER_SEC) /* to take what is left */
#define N_SAVED 16                      /* messages in one write */
#define MAX_SID 64
#define TRACKS_WITHIN (2 * G_USEC_PER_SEC) /* of a new channel */

/* A track by name, or what stands for one. */
typedef struct
{
  gchar *wanted; /* NULL: auto */
  guint16 stream;
  guint16 generation; /* of the last config */
} Selection;

struct _CmafFeedSession
{
  const CmafFeedSessionConfig *config;
  CmafWebsocket *ws;
  CmafFeedSessionClosed closed;
  gpointer user_data;
  guint id;
  gchar *sid, *address, *agent;
  gint64 since;    /* monotonic us */
  gint64 since_us; /* UTC */

  gdouble tokens; /* of texts that may come at once */
  gint64 last_text;
  gboolean has_hello;
  gboolean watches; /* the list of channels */
  CmafFeedRequest hello;
  JsonObject *stats; /* the last of the player, (nullable) */

  CmafOriginChannel *channel; /* subscribed to, (nullable) */
  Selection selection[CMAF_FEED_N_ROLES];
  gint64 max_kbps;
  gboolean wants_key; /* start=key */
  gboolean is_paused;
  gint64 ends_at; /* the channel ended: leave by then, 0: not */

  CmafFeedCursor cursor;
  CmafFeedCursor saved[N_SAVED]; /* before each of the last messages */
  guint n_taken;
  const gchar *drop_why; /* of the drop that is not told yet */
  guint64 n_drops, n_dropped_chunks, n_dropped_ms;
};

static guint last_id; /* HTTP thread */

/* ---- saying ---- */

/* Takes @text. */
static void
say (CmafFeedSession *s, gchar *text)
{
  cmaf_websocket_send_text (s->ws, text);
  g_free (text);
}

/* An error that ends the session with @close. */
static void
refuse (CmafFeedSession *s, const CmafFeedRequest *request, guint close,
    const gchar *code, const gchar *message)
{
  g_autofree gchar *reason = g_strdup_printf ("%s: %s", code, message);

  say (s, cmaf_feed_reply_error (request, code, message, TRUE));
  cmaf_websocket_close (s->ws, close, reason);
}

static void
say_channels (CmafFeedSession *s, const CmafFeedRequest *request)
{
  say (s, cmaf_feed_reply_channels (request, s->config->channels));
}

/* ---- playing ---- */

static CmafOriginTrack *
track_of_stream (CmafOriginChannel *channel, guint16 stream)
{
  GPtrArray *tracks = cmaf_origin_channel_get_tracks (channel);

  return stream >= 1 && stream <= tracks->len
             ? g_ptr_array_index (tracks, stream - 1)
             : NULL;
}

static void
get_tracks (CmafFeedSession *s, CmafOriginTrack *tracks[CMAF_FEED_N_ROLES])
{
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++)
    tracks[r] = s->channel != NULL
                    ? track_of_stream (s->channel, s->selection[r].stream)
                    : NULL;
}

static guint
chunk_ms (CmafFeedSession *s)
{
  CmafOriginTrack *tracks[CMAF_FEED_N_ROLES];
  guint ms = 0;

  get_tracks (s, tracks);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++)
    ms = tracks[r] != NULL ? MAX (ms, tracks[r]->chunk_ms) : ms;
  return ms;
}

static void
say_config (CmafFeedSession *s, const CmafFeedRequest *request)
{
  CmafOriginTrack *tracks[CMAF_FEED_N_ROLES];

  get_tracks (s, tracks);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    if (tracks[r] != NULL)
      s->selection[r].generation = tracks[r]->generation;
  }
  say (s, cmaf_feed_reply_config (request, s->channel, tracks));
}

/* Whose key chunks matter; 0: nothing is selected. */
static guint16
lead_stream (const CmafFeedSession *s)
{
  return s->selection[CMAF_FEED_VIDEO].stream != 0
             ? s->selection[CMAF_FEED_VIDEO].stream
             : s->selection[CMAF_FEED_AUDIO].stream;
}

static gboolean
is_playing (const CmafFeedSession *s)
{
  return s->channel != NULL && !s->is_paused && lead_stream (s) != 0;
}

/* A key chunk older than this is no fast start (LIV-47). */
static gint64
fast_start_limit (CmafFeedSession *s)
{
  CmafOriginTrack *t = track_of_stream (s->channel, lead_stream (s));
  guint ms = t->gop_ms > 0 ? 2 * t->gop_ms : FAST_START_MAX_MS;

  return (gint64)MIN (ms, FAST_START_MAX_MS) * 1000;
}

/* Places the cursor; TRUE when there is something to send already. */
static gboolean
start_cursor (CmafFeedSession *s)
{
  gint64 now = g_get_monotonic_time ();

  return cmaf_feed_cursor_start (&s->cursor,
      cmaf_origin_channel_get_ring (s->channel),
      s->wants_key ? G_MAXINT64 : now - fast_start_limit (s));
}

static void
start_playing (CmafFeedSession *s, const CmafFeedRequest *request)
{
  CmafFeedRing *ring = cmaf_origin_channel_get_ring (s->channel);
  CmafFeedMessage *key;
  JsonBuilder *b;
  gboolean is_fast;

  s->is_paused = TRUE; /* until the words are said */
  cmaf_feed_cursor_init (&s->cursor, s->selection[CMAF_FEED_VIDEO].stream,
      s->selection[CMAF_FEED_AUDIO].stream);
  is_fast = start_cursor (s);
  key = cmaf_feed_ring_get_key (ring, lead_stream (s));
  say_config (s, request);
  b = cmaf_json_message ("subscribed", request);
  cmaf_json_int (b, "video", s->selection[CMAF_FEED_VIDEO].stream);
  cmaf_json_int (b, "audio", s->selection[CMAF_FEED_AUDIO].stream);
  cmaf_json_int (b, "msn", key != NULL ? key->header.number : 0);
  cmaf_json_string (b, "start", is_fast ? "fast" : "key");
  cmaf_json_int (b, "behind_ms",
      is_fast ? (g_get_monotonic_time () - key->published) / 1000 : 0);
  say (s, cmaf_json_finish (b));
  s->is_paused = FALSE;
  cmaf_websocket_wake (s->ws);
}

/* Chooses tracks, again if others came; starts when that changed anything.
 * @request: to answer, NULL when the channel changed. */
static void
resolve (CmafFeedSession *s, const CmafFeedRequest *request)
{
  GPtrArray *tracks = cmaf_origin_channel_get_tracks (s->channel);
  gboolean is_new = request != NULL;
  gboolean has_any = FALSE;

  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    CmafOriginTrack *t;

    /* a running choice stays, whatever comes later */
    if (request == NULL && s->selection[r].stream != 0)
      t = track_of_stream (s->channel, s->selection[r].stream);
    else
      t = cmaf_track_choose (
          tracks, r, s->selection[r].wanted, &s->hello, s->max_kbps);
    is_new |= t != NULL && t->stream != s->selection[r].stream;
    s->selection[r].stream = t != NULL ? t->stream : 0;
    has_any |= t != NULL;
  }
  if (has_any && is_new)
    start_playing (s, request);
  else if (!has_any && tracks->len > 0
           && g_get_real_time () - cmaf_origin_channel_get_since_us (s->channel)
                  > TRACKS_WITHIN)
    refuse (s, request, CMAF_WS_CLOSE_NO_TRACK, "no-compatible-track",
        "no track that was asked for can be played");
  /* else the first track of a new channel is the answer */
}

static void
stop_playing (CmafFeedSession *s)
{
  if (s->channel != NULL)
    cmaf_origin_channel_add_viewer (s->channel, -1);
  s->channel = NULL;
  s->is_paused = FALSE;
  s->ends_at = 0;
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    g_clear_pointer (&s->selection[r].wanted, g_free);
    s->selection[r].stream = 0;
  }
}

/* ---- the requests ---- */

static void
on_hello (CmafFeedSession *s, CmafFeedRequest *request)
{
  const gchar *sid = cmaf_feed_request_get_string (request, "sid");

  if (cmaf_feed_request_get_int (request, "ver", 1) != 1) {
    refuse (s, request, CMAF_WS_CLOSE_BAD_HELLO, "bad-hello", "ver is not 1");
    return;
  }
  s->has_hello = TRUE;
  cmaf_feed_request_clear (&s->hello);
  s->hello = *request;
  json_object_ref (s->hello.object);
  g_free (s->sid);
  s->sid = sid != NULL && strlen (sid) <= MAX_SID ? g_strdup (sid)
                                                  : g_uuid_string_random ();

  say (s, cmaf_feed_reply_welcome (request, s->sid, s->id, s->config->server));
}

static void
on_channels (CmafFeedSession *s, CmafFeedRequest *request)
{
  s->watches = cmaf_feed_request_get_boolean (request, "watch");
  say_channels (s, request);
}

static CmafOriginChannel *
find_channel (CmafFeedSession *s, const gchar *name)
{
  for (guint i = 0; i < s->config->channels->len; i++) {
    CmafOriginChannel *channel = g_ptr_array_index (s->config->channels, i);

    if (g_strcmp0 (cmaf_origin_channel_get_name (channel), name) == 0)
      return channel;
  }
  return NULL;
}

static void
say_end (CmafFeedSession *s)
{
  say (s, cmaf_feed_reply_end (s->channel));
  cmaf_websocket_close (s->ws, CMAF_WS_CLOSE_ENDED, "ended: no more media");
}

static void
on_sub (CmafFeedSession *s, CmafFeedRequest *request)
{
  static const gchar *const keys[] = { "video", "audio" };
  CmafOriginChannel *channel =
      find_channel (s, cmaf_feed_request_get_string (request, "ch"));

  stop_playing (s);
  if (channel == NULL) {
    refuse (s, request, CMAF_WS_CLOSE_NO_CHANNEL, "no-channel",
        "there is no such channel");
    return;
  }
  s->channel = channel;
  cmaf_origin_channel_add_viewer (channel, 1);
  s->wants_key =
      g_strcmp0 (cmaf_feed_request_get_string (request, "start"), "key") == 0;
  s->max_kbps = cmaf_feed_request_get_int (request, "max_kbps", 0);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    const gchar *wanted = cmaf_feed_request_get_string (request, keys[r]);

    if (g_strcmp0 (wanted, "auto") != 0)
      s->selection[r].wanted = g_strdup (wanted);
  }
  if (cmaf_origin_channel_has_ended (channel))
    say_end (s);
  else
    resolve (s, request);
}

static void
on_unsub (CmafFeedSession *s, CmafFeedRequest *request)
{
  stop_playing (s);
}

/* The next segment that neither track has begun. */
static guint32
next_number (const CmafOriginTrack *a, const CmafOriginTrack *b)
{
  guint32 number = 0;

  if (a->newest != NULL)
    number = a->newest->header.number + 1;
  if (b->newest != NULL && (gint32)(b->newest->header.number + 1 - number) > 0)
    number = b->newest->header.number + 1;
  return number;
}

static void
switch_role (CmafFeedSession *s, CmafFeedRequest *request, CmafFeedRole role,
    const gchar *name)
{
  CmafOriginTrack *from =
      track_of_stream (s->channel, s->selection[role].stream);
  CmafOriginTrack *to = cmaf_origin_channel_get_track (s->channel, name);
  gboolean now =
      g_strcmp0 (cmaf_feed_request_get_string (request, "when"), "now") == 0;
  guint32 number;
  JsonBuilder *b;

  if (from == NULL || to == NULL || !cmaf_track_has_role (to, role)) {
    say (s, cmaf_feed_reply_error (
                request, "no-track", "there is no such track", FALSE));
    return;
  }
  number = next_number (from, to);
  if (now)
    cmaf_feed_cursor_switch_now (&s->cursor,
        cmaf_origin_channel_get_ring (s->channel), role, to->stream);
  else
    cmaf_feed_cursor_switch_at (&s->cursor, role, to->stream, number);
  s->selection[role].stream = to->stream;
  say_config (s, NULL);
  b = cmaf_json_message ("switched", request);
  cmaf_json_string (b, "from", from->name);
  cmaf_json_string (b, "to", to->name);
  cmaf_json_int (
      b, "msn", now && to->newest != NULL ? to->newest->header.number : number);
  cmaf_json_string (b, "why", "client");
  say (s, cmaf_json_finish (b));
  cmaf_websocket_wake (s->ws);
}

static void
on_switch (CmafFeedSession *s, CmafFeedRequest *request)
{
  const gchar *video = cmaf_feed_request_get_string (request, "video");
  const gchar *audio = cmaf_feed_request_get_string (request, "audio");

  if (!is_playing (s)) {
    say (s, cmaf_feed_reply_error (
                request, "not-playing", "switch needs sub first", FALSE));
    return;
  }
  if (video != NULL)
    switch_role (s, request, CMAF_FEED_VIDEO, video);
  if (audio != NULL)
    switch_role (s, request, CMAF_FEED_AUDIO, audio);
}

static void
on_pause (CmafFeedSession *s, CmafFeedRequest *request)
{
  s->is_paused = TRUE;
}

static void
on_resume (CmafFeedSession *s, CmafFeedRequest *request)
{
  if (!s->is_paused)
    return;
  s->is_paused = FALSE;
  if (is_playing (s)) {
    start_cursor (s);
    cmaf_websocket_wake (s->ws);
  }
}

static void
on_ping (CmafFeedSession *s, CmafFeedRequest *request)
{
  say (s, cmaf_feed_reply_pong (request));
}

static void
on_stats (CmafFeedSession *s, CmafFeedRequest *request)
{
  g_clear_pointer (&s->stats, json_object_unref);
  s->stats = json_object_ref (request->object);
}

static void
on_bye (CmafFeedSession *s, CmafFeedRequest *request)
{
  cmaf_websocket_close (s->ws, CMAF_WS_CLOSE_NORMAL, "bye");
}

static void
on_want (CmafFeedSession *s, CmafFeedRequest *request)
{
  /* heard by the sync group, of which everybody is the only member */
}

static void (*const handlers[]) (CmafFeedSession *, CmafFeedRequest *) = {
  [CMAF_FEED_HELLO] = on_hello,
  [CMAF_FEED_CHANNELS] = on_channels,
  [CMAF_FEED_SUB] = on_sub,
  [CMAF_FEED_UNSUB] = on_unsub,
  [CMAF_FEED_SWITCH] = on_switch,
  [CMAF_FEED_PAUSE] = on_pause,
  [CMAF_FEED_RESUME] = on_resume,
  [CMAF_FEED_PING] = on_ping,
  [CMAF_FEED_STATS] = on_stats,
  [CMAF_FEED_WANT] = on_want,
  [CMAF_FEED_BYE] = on_bye,
};

static gboolean
may_talk (CmafFeedSession *s)
{
  gint64 now = g_get_monotonic_time ();

  s->tokens = MIN (MAX_BURST,
      s->tokens + (gdouble)(now - s->last_text) * MAX_RATE / G_USEC_PER_SEC);
  s->last_text = now;
  s->tokens -= 1;
  return s->tokens >= 0;
}

static void
on_text (CmafWebsocket *ws, const gchar *text, gpointer user_data)
{
  CmafFeedSession *s = user_data;
  g_auto (CmafFeedRequest) request = { 0 };
  g_autoptr (GError) error = NULL;

  if (!may_talk (s)) {
    refuse (s, NULL, CMAF_WS_CLOSE_TOO_MANY, "too-many",
        "more than 20 messages a second");
    return;
  }
  if (!cmaf_feed_request_parse (&request, text, &error)) {
    say (s, cmaf_feed_reply_error (NULL, "bad-message", error->message, FALSE));
    return;
  }
  if (!s->has_hello && request.type != CMAF_FEED_HELLO) {
    refuse (s, &request, CMAF_WS_CLOSE_BAD_HELLO, "bad-hello",
        "hello must come first");
    return;
  }
  if (request.type != CMAF_FEED_UNKNOWN)
    handlers[request.type](s, &request);
}

/* ---- media ---- */

static CmafWsMessage *
on_next (CmafWebsocket *ws, gpointer user_data)
{
  CmafFeedSession *s = user_data;

  if (!is_playing (s))
    return NULL;
  s->saved[s->n_taken++ % N_SAVED] = s->cursor;
  return cmaf_feed_cursor_next (
      &s->cursor, cmaf_origin_channel_get_ring (s->channel));
}

static void
on_give_back (CmafWebsocket *ws, guint n, gpointer user_data)
{
  CmafFeedSession *s = user_data;

  g_return_if_fail (n <= N_SAVED && n <= s->n_taken);
  s->n_taken -= n;
  s->cursor = s->saved[s->n_taken % N_SAVED];
}

static void
say_drop (CmafFeedSession *s)
{
  JsonBuilder *b = cmaf_json_message ("drop", NULL);

  cmaf_json_int (b, "stream", s->selection[CMAF_FEED_VIDEO].stream);
  cmaf_json_int (b, "chunks", s->cursor.dropped_chunks);
  cmaf_json_int (b, "ms", s->cursor.dropped_ms);
  cmaf_json_string (b, "why", s->drop_why);
  say (s, cmaf_json_finish (b));
  s->n_dropped_chunks += s->cursor.dropped_chunks;
  s->n_dropped_ms += s->cursor.dropped_ms;
  cmaf_feed_cursor_resumed (&s->cursor);
}

void
cmaf_feed_session_published (CmafFeedSession *s, CmafOriginChannel *channel,
    CmafOriginTrack *track, CmafFeedMessage *message)
{
  CmafFeedRing *ring = cmaf_origin_channel_get_ring (channel);
  CmafFeedLimits limits = s->config->limits;
  CmafFeedVerdict verdict;

  if (s->channel != channel || !is_playing (s))
    return;
  if ((message->header.flags & CMAF_MEDIA_DISCONTINUITY)
      && track->stream == s->selection[track->role].stream)
    say (s, cmaf_feed_reply_gap (track));
  if (cmaf_feed_cursor_pushed (
          &s->cursor, ring, message, cmaf_websocket_get_partial (s->ws))
      && s->cursor.dropped_chunks > 0)
    say_drop (s);
  cmaf_websocket_wake (s->ws);
  limits.max_age = MAX (limits.max_age, 2000 * (gint64)chunk_ms (s));
  verdict = cmaf_feed_cursor_check (
      &s->cursor, ring, g_get_monotonic_time (), &limits);
  if (verdict == CMAF_FEED_KEEP)
    return;
  s->n_drops++;
  s->drop_why = verdict == CMAF_FEED_DROP_AGE ? "age" : "bytes";
}

/* ---- what happens to channels ---- */

static gboolean
has_new_header (CmafFeedSession *s)
{
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    CmafOriginTrack *t = track_of_stream (s->channel, s->selection[r].stream);

    if (t != NULL && t->generation != s->selection[r].generation)
      return TRUE;
  }
  return FALSE;
}

/* What is left was taken, or time is up. */
static void
end_when_drained (CmafFeedSession *s, gint64 now)
{
  gint64 age;
  gsize bytes;

  if (s->ends_at == 0 || s->channel == NULL)
    return;
  if (now < s->ends_at && is_playing (s)
      && (cmaf_websocket_get_partial (s->ws) > 0
          || cmaf_feed_cursor_get_queue (&s->cursor,
                 cmaf_origin_channel_get_ring (s->channel), now, &age, &bytes)
                 > 0))
    return;
  s->ends_at = 0;
  say_end (s);
}

void
cmaf_feed_session_changed (CmafFeedSession *s, CmafOriginChannel *channel)
{
  gint64 now = g_get_monotonic_time ();

  if (s->watches)
    say_channels (s, NULL);
  if (s->channel != channel)
    return;
  if (cmaf_origin_channel_has_ended (channel)) {
    s->ends_at = now + END_WITHIN;
    cmaf_websocket_wake (s->ws);
    end_when_drained (s, now);
    return;
  }
  resolve (s, NULL);
  if (is_playing (s) && has_new_header (s))
    say_config (s, NULL);
}

void
cmaf_feed_session_status (
    CmafFeedSession *s, CmafOriginChannel *channel, const gchar *state)
{
  CmafOriginTrack *tracks[CMAF_FEED_N_ROLES];

  if (s->channel != channel)
    return;
  get_tracks (s, tracks);
  say (s, cmaf_feed_reply_status (state, tracks));
}

void
cmaf_feed_session_leave (CmafFeedSession *s, CmafOriginChannel *channel,
    guint code, const gchar *reason)
{
  if (s->channel != channel)
    return;
  stop_playing (s);
  cmaf_websocket_close (s->ws, code, reason);
}

void
cmaf_feed_session_close (CmafFeedSession *s, guint code, const gchar *reason)
{
  cmaf_websocket_close (s->ws, code, reason);
}

void
cmaf_feed_session_tick (CmafFeedSession *s, gint64 now)
{
  if (!s->has_hello && now - s->since > HELLO_WITHIN
      && cmaf_websocket_is_open (s->ws))
    refuse (
        s, NULL, CMAF_WS_CLOSE_BAD_HELLO, "bad-hello", "no hello within 5 s");
  if (s->channel != NULL && lead_stream (s) == 0
      && cmaf_websocket_is_open (s->ws))
    resolve (s, NULL);
  end_when_drained (s, now);
  cmaf_websocket_tick (s->ws, now);
}

/* ---- statistics ---- */

static void
add_queue (CmafFeedSession *s, JsonBuilder *b, gint64 now)
{
  gint64 age = 0;
  gsize bytes = 0;

  if (is_playing (s))
    cmaf_feed_cursor_get_queue (&s->cursor,
        cmaf_origin_channel_get_ring (s->channel), now, &age, &bytes);
  cmaf_json_int (b, "queue_ms", age / 1000);
  cmaf_json_int (b, "queue_bytes", bytes);
}

void
cmaf_feed_session_describe (CmafFeedSession *s, JsonBuilder *b, gint64 now)
{
  const CmafWebsocketCounters *counters = cmaf_websocket_get_counters (s->ws);

  json_builder_begin_object (b);
  cmaf_json_int (b, "id", s->id);
  cmaf_json_string (b, "address", s->address);
  cmaf_json_string (b, "agent", s->agent);
  cmaf_json_string (b, "protocol", "ws");
  cmaf_json_int (b, "since_us", s->since_us);
  cmaf_json_string (b, "ch",
      s->channel != NULL ? cmaf_origin_channel_get_name (s->channel) : NULL);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    CmafOriginTrack *t = s->channel != NULL ? track_of_stream (
                             s->channel, s->selection[r].stream)
                                            : NULL;

    cmaf_json_string (b, r == CMAF_FEED_VIDEO ? "video" : "audio",
        t != NULL ? t->name : NULL);
  }
  cmaf_json_boolean (b, "playing", is_playing (s));
  cmaf_json_int (b, "bytes", counters->bytes_sent);
  cmaf_json_int (b, "messages", counters->messages_sent);
  add_queue (s, b, now);
  cmaf_json_int (b, "drops", s->n_drops);
  cmaf_json_int (b, "dropped_chunks", s->n_dropped_chunks);
  cmaf_json_int (b, "dropped_ms", s->n_dropped_ms);
  json_builder_set_member_name (b, "stats");
  if (s->stats != NULL) {
    JsonNode *node = json_node_init_object (json_node_alloc (), s->stats);

    json_builder_add_value (b, node);
  } else {
    json_builder_add_null_value (b);
  }
  json_builder_end_object (b);
}

guint64
cmaf_feed_session_get_bytes_sent (CmafFeedSession *s)
{
  return cmaf_websocket_get_counters (s->ws)->bytes_sent;
}

guint
cmaf_feed_session_get_n_drops (CmafFeedSession *s)
{
  return s->n_drops;
}

/* ---- beginning and end ---- */

static void
on_closed (
    CmafWebsocket *ws, guint code, const gchar *reason, gpointer user_data)
{
  CmafFeedSession *s = user_data;

  s->closed (s, s->user_data);
}

CmafFeedSession *
cmaf_feed_session_new (const CmafFeedSessionConfig *config, GIOStream *stream,
    GSocket *socket, gboolean is_tls, const gchar *address, const gchar *agent,
    CmafFeedSessionClosed closed, gpointer user_data)
{
  static const CmafWebsocketCallbacks callbacks = { on_text, on_next,
    on_give_back, on_closed };
  CmafFeedSession *s = g_new0 (CmafFeedSession, 1);

  s->config = config;
  s->closed = closed;
  s->user_data = user_data;
  s->id = ++last_id;
  s->address = g_strdup (address);
  s->agent = g_strdup (agent);
  s->since = s->last_text = g_get_monotonic_time ();
  s->since_us = g_get_real_time ();
  s->tokens = MAX_BURST;
  cmaf_websocket_limit_unsent (socket, config->unsent_bytes);
  s->ws = cmaf_websocket_new (stream, socket, is_tls, &callbacks, s, s->since);
  return s;
}

void
cmaf_feed_session_free (CmafFeedSession *s)
{
  stop_playing (s);
  cmaf_websocket_free (s->ws);
  cmaf_feed_request_clear (&s->hello);
  g_clear_pointer (&s->stats, json_object_unref);
  g_free (s->sid);
  g_free (s->address);
  g_free (s->agent);
  g_free (s);
}
