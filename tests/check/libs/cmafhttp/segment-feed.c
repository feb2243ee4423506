/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Players of a channel over socket pairs, in one thread. What a player hears is
 * written down: a text as its type and the fields that matter, media as "H"
 * header or "C" chunk, stream, ':' and sequence, with the letters of its flags
 * (k key, c cached, d discontinuity), a close as its code. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/origin-json.h>
#include <gst/cmafhttp/segment-feed.h>
#include <sys/socket.h>

#include "origin-media.h"

typedef struct
{
  GSocket *socket;
  CmafWsReader *reader;
  GString *heard;
  gchar *last_text;
} Player;

typedef struct
{
  GMainContext *context;
  CmafSegmentFeed *feed;
  CmafObjectStore *store;
  CmafOriginChannel *channel;
  CmafObjectWriter *writer[2];
  guint64 next[2]; /* chunk, counted from the first segment */
} Fixture;

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
add_track (Fixture *f, gboolean is_audio)
{
  g_autoptr (GBytes) header = media_header (is_audio);

  fail_unless (cmaf_origin_channel_set_header (
      f->channel, is_audio ? "audio" : "video", header, NULL));
}

static void
fixture_init (Fixture *f, guint max_viewers)
{
  static const CmafOriginChannelCallbacks callbacks = { on_published,
    on_changed, NULL };
  CmafOriginChannelConfig config = { .name = "live", .title = "A title" };
  CmafSegmentFeedConfig feed_config;

  memset (f, 0, sizeof *f);
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  f->store = cmaf_memory_store_new (0);
  config.store = f->store;
  cmaf_segment_feed_config_init (&feed_config);
  feed_config.max_viewers = max_viewers;
  f->feed = cmaf_segment_feed_new (&feed_config);
  f->channel = cmaf_origin_channel_new (&config, &callbacks, f);
  cmaf_segment_feed_add_channel (f->feed, f->channel);
  cmaf_memory_store_set_changed (f->store, on_store, f);
}

static void
fixture_clear (Fixture *f)
{
  for (guint i = 0; i < 2; i++)
    if (f->writer[i] != NULL)
      cmaf_object_writer_commit (f->writer[i], NULL);
  cmaf_memory_store_set_changed (f->store, NULL, NULL);
  cmaf_segment_feed_free (f->feed);
  cmaf_origin_channel_free (f->channel);
  cmaf_object_store_unref (f->store);
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
}

static void
run (Fixture *f)
{
  while (g_main_context_iteration (f->context, FALSE))
    ;
}

/* The next chunk of a track. */
static void
publish_sized (Fixture *f, gboolean is_audio, guint size)
{
  guint per_segment = is_audio ? MEDIA_AUDIO_CHUNKS : MEDIA_VIDEO_CHUNKS;
  guint64 number = MEDIA_NUMBER + f->next[is_audio] / per_segment;
  guint chunk = f->next[is_audio]++ % per_segment;

  if (chunk == 0) {
    if (f->writer[is_audio] != NULL)
      cmaf_object_writer_commit (f->writer[is_audio], NULL);
    f->writer[is_audio] = media_begin (f->store, is_audio, number);
  }
  media_append (f->writer[is_audio],
      media_chunk_sized (is_audio, number, chunk, size, 0));
  run (f);
}

static void
publish (Fixture *f, gboolean is_audio)
{
  publish_sized (f, is_audio, 100);
}

static Player *
player_new (Fixture *f)
{
  static const CmafWsReaderConfig config = { 64 << 20, FALSE, TRUE };
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) server = NULL;
  Player *p = g_new0 (Player, 1);
  gint fds[2];

  fail_unless (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  server = g_socket_new_from_fd (fds[0], NULL);
  p->socket = g_socket_new_from_fd (fds[1], NULL);
  g_socket_set_blocking (server, FALSE);
  g_socket_set_blocking (p->socket, FALSE);
  stream = g_socket_connection_factory_create_connection (server);
  p->reader = cmaf_ws_reader_new (&config);
  p->heard = g_string_new (NULL);
  cmaf_segment_feed_accept (
      f->feed, G_IO_STREAM (stream), server, FALSE, "test", "test/1");
  return p;
}

static void
player_free (Player *p)
{
  g_object_unref (p->socket);
  cmaf_ws_reader_free (p->reader);
  g_string_free (p->heard, TRUE);
  g_free (p->last_text);
  g_free (p);
}

static void
player_says (Fixture *f, Player *p, const gchar *text)
{
  static const guint8 mask[4] = { 9, 8, 7, 6 };
  g_autoptr (GBytes) frame =
      cmaf_ws_frame_new (CMAF_WS_TEXT, text, strlen (text), mask);
  gsize size;
  const gchar *data = g_bytes_get_data (frame, &size);

  fail_unless (
      g_socket_send (p->socket, data, size, NULL, NULL) == (gssize)size);
  run (f);
}

static void
hear_text (Player *p, const gchar *text)
{
  static const gchar *const shown[] = { "state", "code", "video", "audio",
    "start", "chunks", "from", "to", "n", "t0_us", "reason", "id" };
  g_auto (CmafFeedRequest) m = { 0 };

  g_free (p->last_text);
  p->last_text = g_strdup (text);
  fail_unless (cmaf_feed_request_parse (&m, text, NULL), "%s", text);
  g_string_append (p->heard, cmaf_feed_request_get_string (&m, "t"));
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
    const gchar *s = cmaf_feed_request_get_string (&m, shown[i]);
    gint64 n = cmaf_feed_request_get_int (&m, shown[i], G_MININT64);

    if (s != NULL)
      g_string_append_printf (p->heard, " %s=%s", shown[i], s);
    else if (n != G_MININT64)
      g_string_append_printf (p->heard, " %s=%" G_GINT64_FORMAT, shown[i], n);
  }
}

static void
hear_media (Player *p, const CmafWsIncoming *m)
{
  CmafMediaHeader h;
  gsize header_size;

  fail_unless (
      cmaf_media_header_read (&h, m->data, m->size, &header_size, NULL));
  fail_unless (h.published_us > 0);
  if (h.kind == CMAF_MEDIA_KIND_HEADER) {
    g_string_append_printf (p->heard, "H%u", h.stream);
    fail_unless (memcmp (m->data + header_size + 4, "ftyp", 4) == 0);
    return;
  }
  fail_unless (m->size > header_size);
  g_string_append_printf (p->heard, "C%u:%u%s%s%s", h.stream, h.sequence,
      h.flags & CMAF_MEDIA_KEY ? "k" : "",
      h.flags & CMAF_MEDIA_CACHED ? "c" : "",
      h.flags & CMAF_MEDIA_DISCONTINUITY ? "d" : "");
}

static void
player_hears (Fixture *f, Player *p)
{
  CmafWsIncoming m;
  gchar buffer[65536];
  gssize n;

  run (f);
  while ((n = g_socket_receive (p->socket, buffer, sizeof buffer, NULL, NULL))
         > 0) {
    cmaf_ws_reader_feed (p->reader, buffer, n);
    while (cmaf_ws_reader_read (p->reader, &m) == CMAF_WS_READ_MESSAGE) {
      if (m.opcode == CMAF_WS_PING)
        continue;
      if (p->heard->len > 0)
        g_string_append (p->heard, "; ");
      if (m.opcode == CMAF_WS_TEXT) {
        g_autofree gchar *text = g_strndup ((const gchar *)m.data, m.size);

        hear_text (p, text);
      } else if (m.opcode == CMAF_WS_BINARY) {
        hear_media (p, &m);
      } else {
        g_string_append_printf (p->heard, "close %u", m.close_code);
      }
    }
    run (f);
  }
}

static void
assert_heard (Fixture *f, Player *p, const gchar *expected)
{
  player_hears (f, p);
  fail_unless_equals_string (p->heard->str, expected);
  g_string_truncate (p->heard, 0);
}

#define HELLO "{\"t\":\"hello\",\"ver\":1,\"id\":5}"
#define SUB                                                                    \
  "{\"t\":\"sub\",\"ch\":\"live\",\"video\":\"auto\",\"audio\":\"auto\"}"

static Player *
player_subscribed (Fixture *f)
{
  Player *p = player_new (f);

  player_says (f, p, HELLO);
  player_says (f, p, SUB);
  player_hears (f, p);
  g_string_truncate (p->heard, 0);
  return p;
}

GST_START_TEST (test_hello_sub_and_media_from_the_newest_key_chunk)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  add_track (&f, TRUE);
  for (guint i = 0; i < 5; i++) {
    publish (&f, FALSE);
    publish (&f, TRUE);
  }
  p = player_new (&f);
  player_says (&f, p, HELLO);
  assert_heard (&f, p, "welcome id=5");
  player_says (&f, p,
      "{\"t\":\"sub\",\"ch\":\"live\",\"id\":6,\"codecs\":[],\"start\":\"fast\""
      "}");
  /* the audio that starts with video 4 or is playing then */
  assert_heard (&f, p,
      "config id=6; subscribed video=1 audio=2 start=fast id=6; H2; C2:3kc; "
      "H1; C1:4kc; C2:4kc");
  publish (&f, FALSE);
  publish (&f, TRUE);
  assert_heard (&f, p, "C1:5; C2:5k");
  player_says (&f, p, "{\"t\":\"ping\",\"n\":3,\"t0_us\":123}");
  assert_heard (&f, p, "pong n=3 t0_us=123");
  player_says (&f, p, "{\"t\":\"unsub\"}");
  publish (&f, FALSE);
  assert_heard (&f, p, "");
  player_says (&f, p, "{\"t\":\"unheard of\"}");
  player_says (&f, p, "{\"t\":\"bye\"}");
  assert_heard (&f, p, "close 1000");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_config_tells_what_a_player_needs)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  publish (&f, FALSE);
  cmaf_origin_channel_set_source (f.channel, "video", "encoder A");
  p = player_new (&f);
  player_says (&f, p, HELLO);
  player_says (&f, p, "{\"t\":\"sub\",\"ch\":\"live\",\"video\":\"none\"}");
  player_hears (&f, p);
  player_says (&f, p, SUB);
  player_hears (&f, p);
  fail_unless (strstr (p->last_text, "\"behind_ms\"") != NULL);
  player_says (&f, p, "{\"t\":\"channels\"}");
  player_hears (&f, p);
  for (guint i = 0; i < 8; i++) {
    static const gchar *const parts[] = { "\"ch\":\"live\"",
      "\"title\":\"A title\"", "\"live\":true", "\"viewers\":1",
      "\"codec\":\"avc1.64001E\"", "\"w\":640,\"h\":360", "\"fps\":25",
      "\"source\":\"encoder A\"" };

    fail_unless (strstr (p->last_text, parts[i]) != NULL, "%s in %s", parts[i],
        p->last_text);
  }
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

/* what a client says, and what it hears */
static const struct
{
  const gchar *says[3];
  const gchar *hears;
} refusals[] = {
  { { SUB }, "error code=bad-hello; close 4000" },
  { { "{\"t\":\"hello\",\"ver\":2}" }, "error code=bad-hello; close 4000" },
  { { HELLO, "{\"t\":\"sub\",\"ch\":\"none\"}" },
      "welcome id=5; error code=no-channel; close 4004" },
  { { HELLO, "{\"t\":\"sub\"}" },
      "welcome id=5; error code=no-channel; close 4004" },
  { { "nonsense", HELLO }, "error code=bad-message; welcome id=5" },
  { { "", HELLO }, "error code=bad-message; welcome id=5" },
  { { HELLO, "{\"t\":\"switch\",\"video\":\"x\",\"id\":1}" },
      "welcome id=5; error code=not-playing id=1" },
  { { HELLO, "{\"t\":\"resume\"}", "{\"t\":\"pause\"}" }, "welcome id=5" },
  { { HELLO, "{\"t\":\"stats\"}", "{\"t\":\"want\",\"need_ms\":7}" },
      "welcome id=5" },
  { { "{\"t\":\"hello\",\"view\":{\"h\":[],\"dpr\":\"x\"},\"codecs\":7}", SUB },
      "welcome; config; subscribed video=1 audio=2 start=key" },
};

GST_START_TEST (test_refusal)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  add_track (&f, TRUE);
  p = player_new (&f);
  for (guint i = 0; i < 3 && refusals[__i__].says[i] != NULL; i++)
    player_says (&f, p, refusals[__i__].says[i]);
  assert_heard (&f, p, refusals[__i__].hears);
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_time_limits_and_numbers)
{
  Fixture f;
  Player *p, *q;
  gint64 now = g_get_monotonic_time ();

  fixture_init (&f, 1);
  p = player_new (&f);
  q = player_new (&f);
  assert_heard (&f, q, "close 1013");
  cmaf_segment_feed_tick (f.feed, now + 4 * G_USEC_PER_SEC);
  assert_heard (&f, p, "");
  cmaf_segment_feed_tick (f.feed, now + 6 * G_USEC_PER_SEC);
  assert_heard (&f, p, "error code=bad-hello; close 4000");
  g_socket_close (p->socket, NULL);
  g_socket_close (q->socket, NULL);
  run (&f);
  fail_unless_equals_int (cmaf_segment_feed_get_n_viewers (f.feed), 0);
  player_free (p);
  player_free (q);

  p = player_new (&f);
  player_says (&f, p, HELLO);
  for (guint i = 0; i < 45; i++)
    player_says (&f, p, "{\"t\":\"want\"}");
  assert_heard (&f, p, "welcome id=5; error code=too-many; close 4029");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_tracks_that_come_later)
{
  Fixture f;
  Player *p, *q;

  fixture_init (&f, 10);
  p = player_new (&f);
  player_says (&f, p, HELLO);
  player_says (&f, p, SUB);
  assert_heard (&f, p, "welcome id=5");
  add_track (&f, TRUE);
  assert_heard (&f, p,
      "config; subscribed video=0 audio=1 start=key; status state=source-lost");
  publish (&f, TRUE);
  assert_heard (&f, p, "status state=source-back; H1; C1:0k");
  /* with video, all begins anew */
  add_track (&f, FALSE);
  assert_heard (
      &f, p, "config; subscribed video=2 audio=1 start=key; status state=ok");
  publish (&f, FALSE);
  assert_heard (&f, p, "H1; C1:0kc; H2; C2:0k");

  /* who cannot play it is told, once the channel had time to be complete */
  q = player_new (&f);
  player_says (
      &f, q, "{\"t\":\"hello\",\"codecs\":[\"hvc1.1.6.L93.B0\",\"opus\"]}");
  player_says (&f, q, SUB);
  assert_heard (&f, q, "welcome");
  player_free (p);
  player_free (q);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_pause_resume_and_a_new_header)
{
  Fixture f;
  Player *p;
  g_autoptr (CmafTrack) changed = make_track (&test_codecs[1]);
  g_autoptr (GBytes) other = cmaf_init_segment_write (changed, NULL);

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  publish (&f, FALSE);
  p = player_subscribed (&f);
  player_says (&f, p, "{\"t\":\"pause\"}");
  for (guint i = 0; i < 4; i++)
    publish (&f, FALSE);
  assert_heard (&f, p, "");
  player_says (&f, p, "{\"t\":\"resume\"}");
  assert_heard (&f, p, "C1:4kc");
  for (guint i = 0; i < 3; i++)
    publish (&f, FALSE);
  assert_heard (&f, p, "C1:5; C1:6; C1:7");
  cmaf_origin_channel_set_header (f.channel, "video", other, NULL);
  assert_heard (&f, p, "config; status state=ok");
  fail_unless (strstr (p->last_text, "sources") != NULL);
  publish (&f, FALSE);
  assert_heard (&f, p, "H1; C1:8k");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_source_and_its_loss_are_told)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  publish (&f, FALSE);
  p = player_subscribed (&f);
  cmaf_origin_channel_set_source (f.channel, "video", "B");
  assert_heard (&f, p, "status state=ok");
  fail_unless (strstr (p->last_text, "\"sources\":{\"video\":\"B\"}") != NULL);
  cmaf_segment_feed_tick (f.feed, g_get_monotonic_time () + 3 * G_USEC_PER_SEC);
  assert_heard (&f, p, "status state=source-lost");
  publish (&f, FALSE);
  assert_heard (&f, p, "status state=source-back; C1:1");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

/* Media fill the socket; a chunk is 1.2 MB. */
GST_START_TEST (test_a_slow_player_skips_to_a_key_chunk)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  publish_sized (&f, FALSE, 100);
  p = player_subscribed (&f);
  for (guint i = 1; i < 8; i++) /* 1 is half sent, 2 to 5 are over 4 MiB */
    publish_sized (&f, FALSE, 100000);
  /* what was begun is finished, then there is nothing until a key chunk */
  assert_heard (&f, p, "C1:1");
  publish (&f, FALSE);
  assert_heard (&f, p, "drop chunks=6; C1:8kd");
  publish (&f, FALSE);
  assert_heard (&f, p, "C1:9");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_end_comes_after_the_last_chunk)
{
  Fixture f;
  Player *p;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  publish (&f, FALSE);
  p = player_subscribed (&f);
  publish_sized (&f, FALSE, 100000);
  publish_sized (&f, FALSE, 100000);
  cmaf_origin_channel_end (f.channel);
  player_hears (&f, p);
  cmaf_segment_feed_tick (f.feed, g_get_monotonic_time ());
  assert_heard (
      &f, p, "C1:1; status state=ok; C1:2; end reason=ended; close 4090");
  player_free (p);

  p = player_new (&f); /* and for who comes later */
  player_says (&f, p, HELLO);
  player_says (&f, p, SUB);
  assert_heard (&f, p, "welcome id=5; end reason=ended; close 4090");
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_channel_that_goes_away_closes_its_viewers)
{
  Fixture f;
  Player *p, *q;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  p = player_subscribed (&f);
  q = player_new (&f);
  player_says (&f, q, HELLO);
  player_says (&f, q, "{\"t\":\"channels\",\"watch\":true}");
  player_hears (&f, q);
  cmaf_segment_feed_remove_channel (f.feed, f.channel, 1001, "going away");
  assert_heard (&f, p, "close 1001");
  assert_heard (&f, q, "welcome id=5; channels; channels");
  fail_unless (strstr (q->last_text, "\"list\":[]") != NULL);
  cmaf_segment_feed_add_channel (f.feed, f.channel);
  player_free (p);
  player_free (q);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_switch_of_track)
{
  Fixture f;
  Player *p;
  g_autoptr (GBytes) header = media_header (FALSE);
  g_autofree gchar *name = g_strdup ("video2/seg-933333334.m4s");
  CmafObjectWriter *writer;

  fixture_init (&f, 10);
  add_track (&f, FALSE);
  cmaf_origin_channel_set_header (f.channel, "video2", header, NULL);
  publish (&f, FALSE);
  p = player_subscribed (&f);
  player_says (&f, p, "{\"t\":\"switch\",\"video\":\"nope\"}");
  assert_heard (&f, p, "error code=no-track");
  player_says (
      &f, p, "{\"t\":\"switch\",\"video\":\"video2\",\"when\":\"next\"}");
  assert_heard (&f, p, "config; switched from=video to=video2");
  fail_unless (strstr (p->last_text, "\"msn\":933333334") != NULL);
  for (guint i = 1; i < 5; i++)
    publish (&f, FALSE);
  assert_heard (&f, p, "C1:1; C1:2; C1:3");
  writer = cmaf_object_store_begin (
      f.store, name, "video/mp4", CMAF_OBJECT_GROWING, NULL);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + 1, 0));
  assert_heard (&f, p, "status state=source-back; H2; C2:0k");
  cmaf_object_writer_commit (writer, NULL);
  player_free (p);
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
segment_feed_suite (void)
{
  Suite *s = suite_create ("segment-feed");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_hello_sub_and_media_from_the_newest_key_chunk);
  tcase_add_test (tc, test_config_tells_what_a_player_needs);
  tcase_add_loop_test (tc, test_refusal, 0, G_N_ELEMENTS (refusals));
  tcase_add_test (tc, test_time_limits_and_numbers);
  tcase_add_test (tc, test_tracks_that_come_later);
  tcase_add_test (tc, test_pause_resume_and_a_new_header);
  tcase_add_test (tc, test_the_source_and_its_loss_are_told);
  tcase_add_test (tc, test_a_slow_player_skips_to_a_key_chunk);
  tcase_add_test (tc, test_the_end_comes_after_the_last_chunk);
  tcase_add_test (tc, test_a_channel_that_goes_away_closes_its_viewers);
  tcase_add_test (tc, test_switch_of_track);
  return s;
}

GST_CHECK_MAIN (segment_feed);
