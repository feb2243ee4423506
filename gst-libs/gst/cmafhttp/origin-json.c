/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Channels and tracks as JSON (docs/elements/cmaforiginsink.md, control
 * messages). */
#include "origin-json.h"

void
cmaf_json_string (JsonBuilder *b, const gchar *key, const gchar *value)
{
  json_builder_set_member_name (b, key);
  if (value != NULL)
    json_builder_add_string_value (b, value);
  else
    json_builder_add_null_value (b);
}

void
cmaf_json_int (JsonBuilder *b, const gchar *key, gint64 value)
{
  json_builder_set_member_name (b, key);
  json_builder_add_int_value (b, value);
}

void
cmaf_json_boolean (JsonBuilder *b, const gchar *key, gboolean value)
{
  json_builder_set_member_name (b, key);
  json_builder_add_boolean_value (b, value);
}

gchar *
cmaf_json_finish (JsonBuilder *b)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (b);
  root = json_builder_get_root (b);
  g_object_unref (b);
  return json_to_string (root, FALSE);
}

JsonBuilder *
cmaf_json_message (const gchar *type, const CmafFeedRequest *answers)
{
  JsonBuilder *b = json_builder_new ();

  json_builder_begin_object (b);
  cmaf_json_string (b, "t", type);
  if (answers != NULL && answers->has_id)
    cmaf_json_int (b, "id", answers->id);
  return b;
}

/* Frames a second with three decimals, the only fraction we say. */
static void
add_fps (JsonBuilder *b, const CmafTrack *track)
{
  guint64 milli = 0;

  if (track->fps_d != 0)
    milli = gst_util_uint64_scale_round (track->fps_n, 1000, track->fps_d);
  else if (track->sample_duration != 0)
    milli = gst_util_uint64_scale_round (
        track->timescale, 1000, track->sample_duration);
  json_builder_set_member_name (b, "fps");
  json_builder_add_double_value (b, milli / 1000.0);
}

/* What channel list and configuration both say of a track. */
static void
add_track (JsonBuilder *b, const CmafOriginTrack *t)
{
  cmaf_json_string (b, "kind", cmaf_track_content_type (t->track));
  cmaf_json_string (b, "codec", t->codec);
  cmaf_json_int (b, "kbps", (cmaf_track_bandwidth (t->track) + 500) / 1000);
  if (t->track->media == CMAF_MEDIA_VIDEO) {
    cmaf_json_int (b, "w", t->track->width);
    cmaf_json_int (b, "h", t->track->height);
    add_fps (b, t->track);
  } else if (t->track->media == CMAF_MEDIA_AUDIO) {
    cmaf_json_int (b, "rate", t->track->sample_rate);
    cmaf_json_int (b, "channels", t->track->channels);
  }
  cmaf_json_string (b, "source", t->source);
}

void
cmaf_json_channel (JsonBuilder *b, const CmafOriginChannel *channel)
{
  GPtrArray *tracks = cmaf_origin_channel_get_tracks (channel);

  json_builder_begin_object (b);
  cmaf_json_string (b, "ch", cmaf_origin_channel_get_name (channel));
  cmaf_json_string (b, "title", cmaf_origin_channel_get_title (channel));
  cmaf_json_boolean (b, "live", !cmaf_origin_channel_has_ended (channel));
  cmaf_json_int (b, "since_us", cmaf_origin_channel_get_since_us (channel));
  cmaf_json_int (b, "viewers", cmaf_origin_channel_get_n_viewers (channel));
  json_builder_set_member_name (b, "tracks");
  json_builder_begin_array (b);
  for (guint i = 0; i < tracks->len; i++) {
    const CmafOriginTrack *t = g_ptr_array_index (tracks, i);

    json_builder_begin_object (b);
    cmaf_json_string (b, "name", t->name);
    add_track (b, t);
    cmaf_json_string (b, "lang", t->track->language);
    cmaf_json_string (b, "role", t->track->role);
    cmaf_json_string (b, "group", t->track->switching_set);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
  json_builder_end_object (b);
}

void
cmaf_json_stream (JsonBuilder *b, const CmafOriginTrack *t)
{
  json_builder_begin_object (b);
  cmaf_json_int (b, "stream", t->stream);
  cmaf_json_string (b, "track", t->name);
  cmaf_json_string (b, "mime", t->mime);
  add_track (b, t);
  cmaf_json_int (b, "timescale", t->track->timescale);
  cmaf_json_int (b, "gen", t->generation);
  cmaf_json_int (b, "chunk_ms", t->chunk_ms);
  cmaf_json_int (b, "gop_ms", t->gop_ms);
  json_builder_end_object (b);
}
