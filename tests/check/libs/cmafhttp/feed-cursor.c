/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Viewers of a ring, driven by a fake clock: what each of them gets is written
 * as one word per message, e.g. "V5" chunk with sequence 5 of stream 1, "H1"
 * its header, "A" stream 2, "W" stream 3; "c" cached, "d" after a
 * discontinuity. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/feed-cursor.h>

#define MS 1000 /* of the monotonic clock */
#define VIDEO 1
#define AUDIO 2
#define VIDEO2 3

typedef struct
{
  CmafFeedRing *ring;
  CmafFeedMessage *init[4];
  guint32 sequence[4];
  gint64 now;
} Feed;

static CmafFeedMessage *
message_new (guint16 stream, CmafMediaHeader *header, CmafFeedMessage *init,
    gsize size, gint64 now)
{
  g_autoptr (GPtrArray) payload =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  header->stream = stream;
  g_ptr_array_add (payload, g_bytes_new_take (g_malloc0 (size), size));
  return cmaf_feed_message_new (header,
      stream == AUDIO ? CMAF_FEED_AUDIO : CMAF_FEED_VIDEO,
      stream == AUDIO ? 48000 : 90000, payload, init, now);
}

static void
set_header (Feed *feed, guint16 stream, guint16 generation)
{
  CmafMediaHeader header = { .kind = CMAF_MEDIA_KIND_HEADER,
    .generation = generation };

  g_clear_pointer (&feed->init[stream], cmaf_feed_message_unref);
  feed->init[stream] = message_new (stream, &header, NULL, 10, feed->now);
}

static void
feed_init (Feed *feed)
{
  memset (feed, 0, sizeof *feed);
  feed->ring = cmaf_feed_ring_new ();
  feed->now = 1000 * MS;
  set_header (feed, VIDEO, 1);
  set_header (feed, AUDIO, 1);
  set_header (feed, VIDEO2, 1);
}

static void
feed_clear (Feed *feed)
{
  for (guint i = 0; i < G_N_ELEMENTS (feed->init); i++)
    g_clear_pointer (&feed->init[i], cmaf_feed_message_unref);
  cmaf_feed_ring_free (feed->ring);
}

/* 40 ms of video or audio with media time = sequence * 40 ms; segments of ten
 * chunks; @size bytes. */
static CmafFeedMessage *
push_sized (Feed *feed, guint16 stream, gboolean is_key, gsize size)
{
  guint32 n = feed->sequence[stream]++;
  guint ticks = stream == AUDIO ? 1920 : 3600;
  CmafMediaHeader header = { .kind = CMAF_MEDIA_KIND_CHUNK,
    .flags = is_key ? CMAF_MEDIA_KEY : 0,
    .generation = feed->init[stream]->header.generation,
    .sequence = n,
    .number = n / 10,
    .duration = ticks,
    .ept = (guint64)n * ticks };
  g_autoptr (CmafFeedMessage) m =
      message_new (stream, &header, feed->init[stream], size, feed->now);

  cmaf_feed_ring_push (feed->ring, m);
  return m; /* the ring holds it */
}

static CmafFeedMessage *
push (Feed *feed, guint16 stream)
{
  return push_sized (
      feed, stream, stream == AUDIO || feed->sequence[stream] % 10 == 0, 100);
}

static void
describe (GString *words, CmafWsMessage *frame)
{
  static const gchar names[] = "?VAW";
  gsize size;
  const guint8 *bytes = g_bytes_get_data (frame->pieces[0], &size);
  CmafMediaHeader h;
  gsize header_size;

  fail_unless (
      cmaf_media_header_read (&h, bytes + size - 48, 48, &header_size, NULL));
  if (words->len > 0)
    g_string_append_c (words, ' ');
  if (h.kind == CMAF_MEDIA_KIND_HEADER)
    g_string_append_printf (words, "H%c%u", names[h.stream], h.generation);
  else
    g_string_append_printf (words, "%c%u%s%s", names[h.stream], h.sequence,
        h.flags & CMAF_MEDIA_CACHED ? "c" : "",
        h.flags & CMAF_MEDIA_DISCONTINUITY ? "d" : "");
}

/* Everything that is due, or the first @max messages. */
static void
assert_gets (Feed *feed, CmafFeedCursor *cursor, guint max, const gchar *words)
{
  g_autoptr (GString) got = g_string_new (NULL);
  CmafWsMessage *frame;

  while (max-- > 0 && (frame = cmaf_feed_cursor_next (cursor, feed->ring)))
    describe (got, frame);
  fail_unless_equals_string (got->str, words);
}

GST_START_TEST (test_fast_start_begins_at_the_newest_key_chunk)
{
  Feed feed;
  CmafFeedCursor cursor, copy;

  feed_init (&feed);
  for (guint i = 0; i < 13; i++) {
    push (&feed, VIDEO);
    push (&feed, AUDIO);
    push (&feed, VIDEO2);
  }
  cmaf_feed_cursor_init (&cursor, VIDEO, AUDIO);
  fail_unless (cmaf_feed_cursor_start (&cursor, feed.ring, feed.now));
  copy = cursor;
  assert_gets (&feed, &cursor, 99, "HV1 V10c HA1 A10c V11c A11c V12c A12c");
  push (&feed, VIDEO);
  assert_gets (&feed, &cursor, 99, "V13");
  /* coming back to an earlier copy gives the same again */
  assert_gets (&feed, &copy, 3, "HV1 V10c HA1");
  feed_clear (&feed);
}
GST_END_TEST;

/* Audio of the same instant was published before the key chunk. */
GST_START_TEST (test_audio_begins_at_the_time_of_the_key_chunk)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  for (guint i = 0; i < 14; i++)
    push (&feed, AUDIO);
  for (guint i = 0; i < 12; i++)
    push (&feed, VIDEO);
  cmaf_feed_cursor_init (&cursor, VIDEO, AUDIO);
  fail_unless (cmaf_feed_cursor_start (&cursor, feed.ring, 0));
  assert_gets (&feed, &cursor, 99, "HA1 A10c A11c A12c A13c HV1 V10c V11c");

  /* who wants only audio starts with the newest */
  cmaf_feed_cursor_init (&cursor, 0, AUDIO);
  fail_unless (cmaf_feed_cursor_start (&cursor, feed.ring, 0));
  assert_gets (&feed, &cursor, 99, "HA1 A13c");
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_an_old_key_chunk_is_not_used)
{
  Feed feed;
  CmafFeedCursor cursor;
  CmafFeedMessage *m;

  feed_init (&feed);
  push (&feed, VIDEO);
  feed.now += 5000 * MS;
  cmaf_feed_cursor_init (&cursor, VIDEO, AUDIO);
  fail_if (cmaf_feed_cursor_start (&cursor, feed.ring, feed.now - 4000 * MS));
  for (guint i = 1; i < 10; i++) {
    m = push (&feed, VIDEO);
    fail_if (cmaf_feed_cursor_pushed (&cursor, feed.ring, m, 0));
    m = push (&feed, AUDIO);
    fail_if (cmaf_feed_cursor_pushed (&cursor, feed.ring, m, 0));
  }
  push (&feed, AUDIO);
  push (&feed, AUDIO);
  assert_gets (&feed, &cursor, 99, "");
  m = push (&feed, VIDEO);
  fail_unless (cmaf_feed_cursor_pushed (&cursor, feed.ring, m, 0));
  fail_unless_equals_int (cursor.dropped_chunks, 0);
  assert_gets (&feed, &cursor, 99, "HA1 A10 HV1 V10");
  feed_clear (&feed);
}
GST_END_TEST;

static const CmafFeedLimits limits = { 500 * MS, 4 << 20 };

/* 40 ms a round: one video and one audio chunk; returns the resume */
static gboolean
run_round (Feed *feed, CmafFeedCursor *cursor, CmafFeedVerdict *verdict)
{
  CmafFeedMessage *m;
  gboolean resumed;

  feed->now += 40 * MS;
  m = push (feed, VIDEO);
  resumed = cmaf_feed_cursor_pushed (cursor, feed->ring, m, 0);
  m = push (feed, AUDIO);
  cmaf_feed_cursor_pushed (cursor, feed->ring, m, 0);
  *verdict = cmaf_feed_cursor_check (cursor, feed->ring, feed->now, &limits);
  return resumed;
}

GST_START_TEST (test_who_is_late_loses_video_up_to_a_key_chunk)
{
  Feed feed;
  CmafFeedCursor cursor;
  CmafFeedVerdict verdict;
  gint64 age;
  gsize bytes;

  feed_init (&feed);
  push (&feed, VIDEO);
  push (&feed, AUDIO);
  cmaf_feed_cursor_init (&cursor, VIDEO, AUDIO);
  cmaf_feed_cursor_start (&cursor, feed.ring, 0);
  assert_gets (&feed, &cursor, 99, "HV1 V0c HA1 A0c");

  for (guint i = 1; i <= 13; i++) { /* V1 is 480 ms old after the 13th */
    run_round (&feed, &cursor, &verdict);
    fail_unless (verdict == CMAF_FEED_KEEP);
  }
  fail_unless_equals_int (
      cmaf_feed_cursor_get_queue (&cursor, feed.ring, feed.now, &age, &bytes),
      26);
  fail_unless_equals_int64 (age, 480 * MS);
  fail_unless_equals_uint64 (bytes, 2600);
  run_round (&feed, &cursor, &verdict);
  fail_unless (verdict == CMAF_FEED_DROP_AGE);
  fail_unless_equals_int (cursor.dropped_chunks, 14);

  /* five audio chunks leave, nine and more wait: no resume at V20 */
  assert_gets (&feed, &cursor, 5, "A1 A2 A3 A4 A5");
  for (guint i = 15; i <= 20; i++)
    fail_if (run_round (&feed, &cursor, &verdict));
  assert_gets (&feed, &cursor, 99,
      "A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20");
  for (guint i = 21; i <= 29; i++) {
    fail_if (run_round (&feed, &cursor, &verdict));
    cmaf_feed_cursor_next (&cursor, feed.ring);
  }
  fail_unless (run_round (&feed, &cursor, &verdict));
  fail_unless_equals_int (cursor.dropped_chunks, 29);
  fail_unless_equals_uint64 (cursor.dropped_ms, 29 * 40);
  cmaf_feed_cursor_resumed (&cursor);
  assert_gets (&feed, &cursor, 99, "V30d A30");
  fail_unless_equals_int (cursor.dropped_chunks, 0);
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_audio_is_dropped_only_at_three_times_the_age)
{
  Feed feed;
  CmafFeedCursor cursor;
  CmafFeedVerdict verdict;

  feed_init (&feed);
  cmaf_feed_cursor_init (&cursor, 0, AUDIO);
  push (&feed, AUDIO);
  cmaf_feed_cursor_start (&cursor, feed.ring, 0);
  assert_gets (&feed, &cursor, 99, "HA1 A0c");
  for (guint i = 1; i <= 38; i++) { /* A1 is 1480 ms old */
    run_round (&feed, &cursor, &verdict);
    fail_unless (verdict == CMAF_FEED_KEEP);
  }
  run_round (&feed, &cursor, &verdict);
  fail_unless (verdict == CMAF_FEED_DROP_AGE);
  run_round (&feed, &cursor, &verdict);
  assert_gets (&feed, &cursor, 99, "A40d");
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_the_burst_does_not_count_before_it_is_drained)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  push_sized (&feed, VIDEO, TRUE, 3 << 20);
  push_sized (&feed, VIDEO, FALSE, 3 << 20);
  cmaf_feed_cursor_init (&cursor, VIDEO, 0);
  cmaf_feed_cursor_start (&cursor, feed.ring, 0);
  fail_unless (
      cmaf_feed_cursor_check (&cursor, feed.ring, feed.now + 9000 * MS, &limits)
      == CMAF_FEED_KEEP);
  assert_gets (&feed, &cursor, 99, "HV1 V0c V1c");

  push_sized (&feed, VIDEO, FALSE, 3 << 20);
  fail_unless (cmaf_feed_cursor_check (&cursor, feed.ring, feed.now, &limits)
               == CMAF_FEED_KEEP);
  push_sized (&feed, VIDEO, FALSE, 3 << 20);
  fail_unless (cmaf_feed_cursor_check (&cursor, feed.ring, feed.now, &limits)
               == CMAF_FEED_DROP_BYTES);
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_a_new_header_comes_before_its_first_chunk)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  push (&feed, VIDEO);
  set_header (&feed, VIDEO, 2);
  push_sized (&feed, VIDEO, FALSE, 1);
  push (&feed, VIDEO);
  cmaf_feed_cursor_init (&cursor, VIDEO, 0);
  cmaf_feed_cursor_start (&cursor, feed.ring, 0);
  assert_gets (&feed, &cursor, 99, "HV1 V0c HV2 V1c V2c");
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_switch_at_a_segment_repeats_and_misses_nothing)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  cmaf_feed_cursor_init (&cursor, VIDEO, 0);
  for (guint i = 0; i < 25; i++) {
    push (&feed, VIDEO);
    push (&feed, VIDEO2);
    if (i == 0)
      cmaf_feed_cursor_start (&cursor, feed.ring, 0);
    if (i == 5)
      cmaf_feed_cursor_switch_at (&cursor, CMAF_FEED_VIDEO, VIDEO2, 1);
    if (i == 15) {
      assert_gets (&feed, &cursor, 99,
          "HV1 V0c V1 V2 V3 V4 V5 V6 V7 V8 V9 HW1 W10 W11 W12 W13 W14 W15");
      cmaf_feed_cursor_switch_at (&cursor, CMAF_FEED_VIDEO, VIDEO, 2);
    }
  }
  assert_gets (&feed, &cursor, 99, "W16 W17 W18 W19 HV1 V20 V21 V22 V23 V24");
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_switch_now_goes_to_the_newest_key_chunk)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  cmaf_feed_cursor_init (&cursor, VIDEO, AUDIO);
  for (guint i = 0; i < 13; i++) {
    push (&feed, VIDEO);
    push (&feed, AUDIO);
    push (&feed, VIDEO2);
  }
  cmaf_feed_cursor_start (&cursor, feed.ring, 0);
  assert_gets (&feed, &cursor, 7, "HV1 V10c HA1 A10c V11c A11c V12c");
  cmaf_feed_cursor_switch_now (&cursor, feed.ring, CMAF_FEED_VIDEO, VIDEO2);
  /* audio goes on where it was, nothing twice */
  assert_gets (&feed, &cursor, 99, "HW1 W10cd W11c A12c W12c");
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_the_ring_is_bounded_and_a_cursor_survives_it)
{
  Feed feed;
  CmafFeedCursor cursor;

  feed_init (&feed);
  cmaf_feed_cursor_init (&cursor, VIDEO, 0);
  for (guint i = 0; i < 500; i++) {
    feed.now += 40 * MS;
    push (&feed, VIDEO);
    if (i == 0)
      cmaf_feed_cursor_start (&cursor, feed.ring, 0);
    cmaf_feed_ring_trim (feed.ring, feed.now - 8000 * MS, 15000);
    fail_unless (cmaf_feed_ring_get_bytes (feed.ring) <= 15000);
  }
  fail_unless_equals_uint64 (cmaf_feed_ring_get_first (feed.ring), 350);
  assert_gets (&feed, &cursor, 2, "HV1 V350");
  cmaf_feed_ring_trim (feed.ring, feed.now - 400 * MS, 15000);
  fail_unless_equals_uint64 (cmaf_feed_ring_get_first (feed.ring), 489);
  fail_unless (cmaf_feed_ring_get_key (feed.ring, VIDEO)->index == 490);
  cmaf_feed_ring_trim (feed.ring, feed.now - 40 * MS, 15000);
  fail_unless (cmaf_feed_ring_get_key (feed.ring, VIDEO) == NULL);
  feed_clear (&feed);
}
GST_END_TEST;

GST_START_TEST (test_a_frame_is_made_once_for_all_viewers)
{
  Feed feed;
  CmafFeedCursor a, b;
  CmafWsMessage *frame;

  feed_init (&feed);
  push (&feed, VIDEO);
  cmaf_feed_cursor_init (&a, VIDEO, 0);
  cmaf_feed_cursor_start (&a, feed.ring, 0);
  b = a;
  cmaf_feed_cursor_next (&a, feed.ring);
  cmaf_feed_cursor_next (&b, feed.ring);
  frame = cmaf_feed_cursor_next (&a, feed.ring);
  fail_unless (frame == cmaf_feed_cursor_next (&b, feed.ring));
  /* and the payload is not copied into it */
  fail_unless_equals_int (frame->n_pieces, 2);
  fail_unless (
      frame->pieces[1]
      == g_ptr_array_index (cmaf_feed_ring_get (feed.ring, 0)->payload, 0));
  feed_clear (&feed);
}
GST_END_TEST;

static Suite *
feed_cursor_suite (void)
{
  Suite *s = suite_create ("feed-cursor");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_fast_start_begins_at_the_newest_key_chunk);
  tcase_add_test (tc, test_audio_begins_at_the_time_of_the_key_chunk);
  tcase_add_test (tc, test_an_old_key_chunk_is_not_used);
  tcase_add_test (tc, test_who_is_late_loses_video_up_to_a_key_chunk);
  tcase_add_test (tc, test_audio_is_dropped_only_at_three_times_the_age);
  tcase_add_test (tc, test_the_burst_does_not_count_before_it_is_drained);
  tcase_add_test (tc, test_a_new_header_comes_before_its_first_chunk);
  tcase_add_test (tc, test_switch_at_a_segment_repeats_and_misses_nothing);
  tcase_add_test (tc, test_switch_now_goes_to_the_newest_key_chunk);
  tcase_add_test (tc, test_the_ring_is_bounded_and_a_cursor_survives_it);
  tcase_add_test (tc, test_a_frame_is_made_once_for_all_viewers);
  return s;
}

GST_CHECK_MAIN (feed_cursor);
