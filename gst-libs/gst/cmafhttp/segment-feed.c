/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The list of viewers, their one timer, and who hears of what. */
#include "segment-feed.h"

#include <gst/cmafhttp/origin-json.h>
#include <string.h>

#define TICK_MS 1000

struct _CmafSegmentFeed
{
  CmafSegmentFeedConfig config;
  CmafFeedSessionConfig session_config;
  GPtrArray *channels; /* of CmafOriginChannel, not owned */
  GHashTable *lost;    /* channels without source: set */
  GPtrArray *sessions;
  GSource *ticks;
  guint64 n_accepted;
  guint64 bytes_of_gone, drops_of_gone;
};

void
cmaf_segment_feed_config_init (CmafSegmentFeedConfig *config)
{
  memset (config, 0, sizeof *config);
  config->limits.max_age = 500 * 1000;
  config->limits.max_bytes = 4 << 20;
  config->unsent_bytes = 128 << 10;
  config->max_viewers = 1000;
  config->server = "gst-cmaf";
}

static void
watch_source (CmafSegmentFeed *feed, CmafOriginChannel *channel, gint64 now)
{
  gboolean was_lost = g_hash_table_contains (feed->lost, channel);
  gboolean is_lost = !cmaf_origin_channel_has_source (channel, now)
                     && !cmaf_origin_channel_has_ended (channel);

  if (is_lost == was_lost)
    return;
  if (is_lost)
    g_hash_table_add (feed->lost, channel);
  else
    g_hash_table_remove (feed->lost, channel);
  for (guint i = 0; i < feed->sessions->len; i++)
    cmaf_feed_session_status (g_ptr_array_index (feed->sessions, i), channel,
        is_lost ? "source-lost" : "source-back");
}

void
cmaf_segment_feed_tick (CmafSegmentFeed *feed, gint64 now)
{
  for (guint i = 0; i < feed->channels->len; i++)
    watch_source (feed, g_ptr_array_index (feed->channels, i), now);
  for (guint i = 0; i < feed->sessions->len; i++)
    cmaf_feed_session_tick (g_ptr_array_index (feed->sessions, i), now);
}

static gboolean
on_tick (gpointer user_data)
{
  cmaf_segment_feed_tick (user_data, g_get_monotonic_time ());
  return G_SOURCE_CONTINUE;
}

CmafSegmentFeed *
cmaf_segment_feed_new (const CmafSegmentFeedConfig *config)
{
  CmafSegmentFeed *feed = g_new0 (CmafSegmentFeed, 1);

  feed->config = *config;
  feed->channels = g_ptr_array_new ();
  feed->lost = g_hash_table_new (NULL, NULL);
  feed->sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_feed_session_free);
  feed->session_config.channels = feed->channels;
  feed->session_config.limits = config->limits;
  feed->session_config.unsent_bytes = config->unsent_bytes;
  feed->session_config.server = config->server;
  feed->ticks = g_timeout_source_new (TICK_MS);
  g_source_set_callback (feed->ticks, on_tick, feed, NULL);
  g_source_attach (feed->ticks, g_main_context_get_thread_default ());
  return feed;
}

void
cmaf_segment_feed_free (CmafSegmentFeed *feed)
{
  g_source_destroy (feed->ticks);
  g_source_unref (feed->ticks);
  g_ptr_array_unref (feed->sessions);
  g_hash_table_unref (feed->lost);
  g_ptr_array_unref (feed->channels);
  g_free (feed);
}

static void
on_session_closed (CmafFeedSession *session, gpointer user_data)
{
  CmafSegmentFeed *feed = user_data;

  feed->bytes_of_gone += cmaf_feed_session_get_bytes_sent (session);
  feed->drops_of_gone += cmaf_feed_session_get_n_drops (session);
  g_ptr_array_remove_fast (feed->sessions, session); /* frees it */
}

void
cmaf_segment_feed_accept (CmafSegmentFeed *feed, GIOStream *stream,
    GSocket *socket, gboolean is_tls, const gchar *address, const gchar *agent)
{
  gboolean is_full = feed->sessions->len >= feed->config.max_viewers;
  CmafFeedSession *session = cmaf_feed_session_new (&feed->session_config,
      stream, socket, is_tls, address, agent, on_session_closed, feed);

  g_ptr_array_add (feed->sessions, session);
  feed->n_accepted++;
  if (is_full)
    cmaf_feed_session_close (
        session, CMAF_WS_CLOSE_TRY_LATER, "full: retry later");
}

void
cmaf_segment_feed_add_channel (
    CmafSegmentFeed *feed, CmafOriginChannel *channel)
{
  g_ptr_array_add (feed->channels, channel);
  g_hash_table_add (feed->lost, channel); /* nothing came yet */
  cmaf_segment_feed_changed (feed, channel);
}

void
cmaf_segment_feed_remove_channel (CmafSegmentFeed *feed,
    CmafOriginChannel *channel, guint code, const gchar *reason)
{
  g_ptr_array_remove (feed->channels, channel);
  g_hash_table_remove (feed->lost, channel);
  for (guint i = 0; i < feed->sessions->len; i++) {
    CmafFeedSession *session = g_ptr_array_index (feed->sessions, i);

    cmaf_feed_session_leave (session, channel, code, reason);
    cmaf_feed_session_changed (session, channel);
  }
}

void
cmaf_segment_feed_close_all (
    CmafSegmentFeed *feed, guint code, const gchar *reason)
{
  for (guint i = 0; i < feed->sessions->len; i++)
    cmaf_feed_session_close (
        g_ptr_array_index (feed->sessions, i), code, reason);
}

void
cmaf_segment_feed_published (CmafSegmentFeed *feed, CmafOriginChannel *channel,
    CmafOriginTrack *track, CmafFeedMessage *message)
{
  if (g_hash_table_contains (feed->lost, channel))
    watch_source (feed, channel, g_get_monotonic_time ());
  for (guint i = 0; i < feed->sessions->len; i++)
    cmaf_feed_session_published (
        g_ptr_array_index (feed->sessions, i), channel, track, message);
}

void
cmaf_segment_feed_changed (CmafSegmentFeed *feed, CmafOriginChannel *channel)
{
  gboolean is_lost = g_hash_table_contains (feed->lost, channel);

  for (guint i = 0; i < feed->sessions->len; i++) {
    CmafFeedSession *session = g_ptr_array_index (feed->sessions, i);

    cmaf_feed_session_changed (session, channel);
    cmaf_feed_session_status (session, channel, is_lost ? "source-lost" : "ok");
  }
}

void
cmaf_segment_feed_set_max_viewers (CmafSegmentFeed *feed, guint max_viewers)
{
  feed->config.max_viewers = max_viewers;
}

guint
cmaf_segment_feed_get_n_viewers (CmafSegmentFeed *feed)
{
  return feed->sessions->len;
}

void
cmaf_segment_feed_get_totals (CmafSegmentFeed *feed, guint64 *n_accepted,
    guint64 *bytes_sent, guint64 *n_drops)
{
  *n_accepted = feed->n_accepted;
  *bytes_sent = feed->bytes_of_gone;
  *n_drops = feed->drops_of_gone;
  for (guint i = 0; i < feed->sessions->len; i++) {
    CmafFeedSession *session = g_ptr_array_index (feed->sessions, i);

    *bytes_sent += cmaf_feed_session_get_bytes_sent (session);
    *n_drops += cmaf_feed_session_get_n_drops (session);
  }
}

void
cmaf_segment_feed_describe (CmafSegmentFeed *feed, JsonBuilder *b)
{
  gint64 now = g_get_monotonic_time ();
  guint64 n_accepted, bytes_sent, n_drops;

  cmaf_segment_feed_get_totals (feed, &n_accepted, &bytes_sent, &n_drops);
  json_builder_set_member_name (b, "totals");
  json_builder_begin_object (b);
  cmaf_json_int (b, "accepted", n_accepted);
  cmaf_json_int (b, "bytes", bytes_sent);
  cmaf_json_int (b, "drops", n_drops);
  json_builder_end_object (b);
  json_builder_set_member_name (b, "viewers");
  json_builder_begin_array (b);
  for (guint i = 0; i < feed->sessions->len; i++)
    cmaf_feed_session_describe (g_ptr_array_index (feed->sessions, i), b, now);
  json_builder_end_array (b);
}
