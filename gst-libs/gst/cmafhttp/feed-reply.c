/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One function for each kind of message. */
#include "feed-reply.h"

#include <gst/cmafhttp/websocket.h>

/* Default targets (LIV-70). */
#define TARGET_MS 250
#define TARGET_VIDEO_ONLY_MS 120
#define TARGET_MIN_MS 60
#define TARGET_MAX_MS 3000
#define RATE_MIN 0.95
#define RATE_MAX 1.05

static void
begin_object (JsonBuilder *b, const gchar *key)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
}

static void
add_double (JsonBuilder *b, const gchar *key, gdouble value)
{
  json_builder_set_member_name (b, key);
  json_builder_add_double_value (b, value);
}

gchar *
cmaf_feed_reply_welcome (const CmafFeedRequest *request, const gchar *sid,
    guint viewer, const gchar *server)
{
  JsonBuilder *b = cmaf_json_message ("welcome", request);

  cmaf_json_string (b, "sid", sid);
  cmaf_json_int (b, "viewer", viewer);
  cmaf_json_int (b, "now_us", g_get_real_time ());
  cmaf_json_string (b, "server", server);
  begin_object (b, "limits");
  cmaf_json_int (b, "max_text", CMAF_WEBSOCKET_MAX_TEXT);
  cmaf_json_int (b, "stats_min_ms", 1000);
  json_builder_end_object (b);
  begin_object (b, "ping");
  cmaf_json_int (b, "burst", 8);
  cmaf_json_int (b, "burst_ms", 50);
  cmaf_json_int (b, "every_ms", 10000);
  json_builder_end_object (b);
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_channels (const CmafFeedRequest *request, GPtrArray *channels)
{
  JsonBuilder *b = cmaf_json_message ("channels", request);

  json_builder_set_member_name (b, "list");
  json_builder_begin_array (b);
  for (guint i = 0; i < channels->len; i++)
    cmaf_json_channel (b, g_ptr_array_index (channels, i));
  json_builder_end_array (b);
  return cmaf_json_finish (b);
}

static void
add_target (JsonBuilder *b, gboolean has_audio)
{
  begin_object (b, "target");
  cmaf_json_int (b, "ms", has_audio ? TARGET_MS : TARGET_VIDEO_ONLY_MS);
  cmaf_json_int (b, "min_ms", TARGET_MIN_MS);
  cmaf_json_int (b, "max_ms", TARGET_MAX_MS);
  add_double (b, "rate_min", RATE_MIN);
  add_double (b, "rate_max", RATE_MAX);
  cmaf_json_string (b, "sync", NULL);
  cmaf_json_int (b, "from_us", 0);
  cmaf_json_int (b, "seq", 0);
  json_builder_end_object (b);
}

/* Relative to the page, so that they survive any proxy. */
static void
add_fallback (JsonBuilder *b, const gchar *name)
{
  g_autofree gchar *hls = g_strdup_printf ("live/%s/master.m3u8", name);
  g_autofree gchar *dash = g_strdup_printf ("live/%s/stream.mpd", name);

  begin_object (b, "fallback");
  cmaf_json_string (b, "hls", hls);
  cmaf_json_string (b, "dash", dash);
  json_builder_end_object (b);
}

gchar *
cmaf_feed_reply_config (const CmafFeedRequest *request,
    CmafOriginChannel *channel,
    CmafOriginTrack *const tracks[CMAF_FEED_N_ROLES])
{
  JsonBuilder *b = cmaf_json_message ("config", request);

  cmaf_json_string (b, "ch", cmaf_origin_channel_get_name (channel));
  cmaf_json_string (b, "title", cmaf_origin_channel_get_title (channel));
  cmaf_json_int (b, "epoch", cmaf_origin_channel_get_since_us (channel));
  json_builder_set_member_name (b, "streams");
  json_builder_begin_array (b);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    if (tracks[r] != NULL)
      cmaf_json_stream (b, tracks[r]);
  }
  json_builder_end_array (b);
  add_target (b, tracks[CMAF_FEED_AUDIO] != NULL);
  add_fallback (b, cmaf_origin_channel_get_name (channel));
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_status (
    const gchar *state, CmafOriginTrack *const tracks[CMAF_FEED_N_ROLES])
{
  JsonBuilder *b = cmaf_json_message ("status", NULL);

  cmaf_json_string (b, "state", state);
  cmaf_json_int (b, "since_us", g_get_real_time ());
  begin_object (b, "sources");
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    if (tracks[r] != NULL)
      cmaf_json_string (b, tracks[r]->name, tracks[r]->source);
  }
  json_builder_end_object (b);
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_pong (const CmafFeedRequest *request)
{
  gint64 received = g_get_real_time ();
  JsonBuilder *b = cmaf_json_message ("pong", request);

  cmaf_json_int (b, "n", cmaf_feed_request_get_int (request, "n", 0));
  cmaf_json_int (b, "t0_us", cmaf_feed_request_get_int (request, "t0_us", 0));
  cmaf_json_int (b, "t1_us", received);
  cmaf_json_int (b, "t2_us", g_get_real_time ());
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_error (const CmafFeedRequest *request, const gchar *code,
    const gchar *message, gboolean is_fatal)
{
  JsonBuilder *b = cmaf_json_message ("error", request);

  cmaf_json_string (b, "code", code);
  cmaf_json_string (b, "msg", message);
  cmaf_json_boolean (b, "fatal", is_fatal);
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_gap (const CmafOriginTrack *t)
{
  JsonBuilder *b = cmaf_json_message ("gap", NULL);

  cmaf_json_int (b, "stream", t->stream);
  cmaf_json_int (b, "from_us", t->gap_from_us);
  cmaf_json_int (b, "to_us", t->gap_to_us);
  return cmaf_json_finish (b);
}

gchar *
cmaf_feed_reply_end (const CmafOriginChannel *channel)
{
  JsonBuilder *b = cmaf_json_message ("end", NULL);

  cmaf_json_string (b, "ch", cmaf_origin_channel_get_name (channel));
  cmaf_json_string (b, "reason", "ended");
  return cmaf_json_finish (b);
}
