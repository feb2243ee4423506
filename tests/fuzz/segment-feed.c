/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One player of a channel, line by line: a line is a text message, but
 *   v, a     a chunk of video or audio is published
 *   +        another header of video comes
 *   t        some seconds pass
 *   =...     the bytes as they are, in place of a frame
 * Whatever is said, what comes back are frames, JSON and media messages. */
#include <gst/cmafhttp/origin-json.h>
#include <gst/cmafhttp/segment-feed.h>
#include <string.h>
#include <sys/socket.h>

#include "check-fixtures.h"
#include "origin-media.h"

#define MAX_LINES 64

typedef struct
{
  GMainContext *context;
  CmafSegmentFeed *feed;
  CmafObjectStore *store;
  CmafOriginChannel *channel;
  CmafObjectWriter *writer[2];
  guint64 next[2]; /* chunk, counted from the first segment */
  guint n_headers;
  gint64 passed; /* us */
  GSocket *socket;
  CmafWsReader *reader;
} Fixture;

/* ---- the channel ---- */

static void
on_published (CmafOriginChannel *channel, CmafOriginTrack *track,
    CmafFeedMessage *message, gpointer user_data)
{
  cmaf_segment_feed_published (
      ((Fixture *)user_data)->feed, channel, track, message);
}

static void
on_changed (CmafOriginChannel *channel, gpointer user_data)
{
  cmaf_segment_feed_changed (((Fixture *)user_data)->feed, channel);
}

static void
on_store (CmafObjectStore *store, const gchar *name, gpointer user_data)
{
  cmaf_origin_channel_update (((Fixture *)user_data)->channel, name);
}

static void
add_header (Fixture *f, gboolean is_audio)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[is_audio ? 4 : 0]);
  g_autoptr (GBytes) header = NULL;

  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  track->avg_bitrate = 1000 * ++f->n_headers;
  header = cmaf_init_segment_write (track, NULL);
  PROMISE (cmaf_origin_channel_set_header (
      f->channel, is_audio ? "audio" : "video", header, NULL));
}

static void
publish (Fixture *f, gboolean is_audio)
{
  guint per_segment = is_audio ? MEDIA_AUDIO_CHUNKS : MEDIA_VIDEO_CHUNKS;
  guint64 number = MEDIA_NUMBER + f->next[is_audio] / per_segment;
  guint chunk = f->next[is_audio]++ % per_segment;

  if (chunk == 0) {
    if (f->writer[is_audio] != NULL)
      cmaf_object_writer_commit (f->writer[is_audio], NULL);
    f->writer[is_audio] = media_begin (f->store, is_audio, number);
  }
  media_append (
      f->writer[is_audio], media_chunk_sized (is_audio, number, chunk, 20, 0));
}

/* ---- the player ---- */

static void
connect_player (Fixture *f)
{
  static const CmafWsReaderConfig config = { 64 << 20, FALSE, TRUE };
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) server = NULL;
  gint fds[2];

  PROMISE (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  server = g_socket_new_from_fd (fds[0], NULL);
  f->socket = g_socket_new_from_fd (fds[1], NULL);
  g_socket_set_blocking (server, FALSE);
  g_socket_set_blocking (f->socket, FALSE);
  stream = g_socket_connection_factory_create_connection (server);
  f->reader = cmaf_ws_reader_new (&config);
  cmaf_segment_feed_accept (
      f->feed, G_IO_STREAM (stream), server, FALSE, "test", "test/1");
}

static void
hear (const CmafWsIncoming *m)
{
  if (m->opcode == CMAF_WS_TEXT) {
    g_autofree gchar *text = g_strndup ((const gchar *)m->data, m->size);
    g_auto (CmafFeedRequest) request = { 0 };

    PROMISE (cmaf_feed_request_parse (&request, text, NULL));
    PROMISE (cmaf_feed_request_get_string (&request, "t") != NULL);
  } else if (m->opcode == CMAF_WS_BINARY) {
    CmafMediaHeader header;
    gsize header_size;

    PROMISE (
        cmaf_media_header_read (&header, m->data, m->size, &header_size, NULL));
  }
}

static void
run (Fixture *f)
{
  gchar buffer[65536];
  gssize n;

  do {
    CmafWsIncoming m;
    CmafWsReadResult result = CMAF_WS_READ_MORE;

    while (g_main_context_iteration (f->context, FALSE))
      ;
    n = g_socket_receive (f->socket, buffer, sizeof buffer, NULL, NULL);
    if (n > 0)
      cmaf_ws_reader_feed (f->reader, buffer, n);
    while (n > 0
           && (result = cmaf_ws_reader_read (f->reader, &m))
                  == CMAF_WS_READ_MESSAGE)
      hear (&m);
    PROMISE (result == CMAF_WS_READ_MORE);
  } while (n > 0);
}

static void
say (Fixture *f, const gchar *text, gsize size)
{
  static const guint8 mask[4] = { 9, 8, 7, 6 };
  g_autoptr (GBytes) frame = cmaf_ws_frame_new (CMAF_WS_TEXT, text, size, mask);
  gconstpointer data = g_bytes_get_data (frame, &size);

  g_socket_send (f->socket, data, size, NULL, NULL);
}

static void
obey (Fixture *f, const gchar *line, gsize size)
{
  if (size > 0 && line[0] == '=') {
    g_socket_send (f->socket, line + 1, size - 1, NULL, NULL);
  } else if (size == 1 && (line[0] == 'v' || line[0] == 'a')) {
    publish (f, line[0] == 'a');
  } else if (size == 1 && line[0] == '+') {
    add_header (f, FALSE);
  } else if (size == 1 && line[0] == 't') {
    f->passed += 7 * G_TIME_SPAN_SECOND;
    cmaf_segment_feed_tick (f->feed, g_get_monotonic_time () + f->passed);
  } else {
    say (f, line, size);
  }
  run (f);
}

/* ---- one run ---- */

static void
begin (Fixture *f)
{
  static const CmafOriginChannelCallbacks callbacks = { on_published,
    on_changed, NULL };
  CmafOriginChannelConfig config = { .name = "live", .title = "A \"title\"" };
  CmafSegmentFeedConfig feed_config;

  memset (f, 0, sizeof *f);
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  config.store = f->store = cmaf_memory_store_new (0);
  cmaf_segment_feed_config_init (&feed_config);
  f->feed = cmaf_segment_feed_new (&feed_config);
  f->channel = cmaf_origin_channel_new (&config, &callbacks, f);
  cmaf_segment_feed_add_channel (f->feed, f->channel);
  cmaf_memory_store_set_changed (f->store, on_store, f);
  add_header (f, FALSE);
  add_header (f, TRUE);
  publish (f, FALSE);
  publish (f, TRUE);
  connect_player (f);
}

static void
end (Fixture *f)
{
  for (guint i = 0; i < 2; i++)
    cmaf_object_writer_commit (f->writer[i], NULL);
  cmaf_memory_store_set_changed (f->store, NULL, NULL);
  cmaf_segment_feed_free (f->feed);
  cmaf_origin_channel_free (f->channel);
  cmaf_object_store_unref (f->store);
  g_object_unref (f->socket);
  cmaf_ws_reader_free (f->reader);
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const gchar *at = (const gchar *)data;
  Fixture f;

  begin (&f);
  for (guint i = 0; size > 0 && i < MAX_LINES; i++) {
    const gchar *line_end = memchr (at, '\n', size);
    gsize n = line_end ? (gsize)(line_end - at) : size;

    obey (&f, at, n);
    n += line_end != NULL;
    at += n;
    size -= n;
  }
  end (&f);
  return 0;
}
