/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A channel over a memory store, in one thread. What it publishes is written
 * as one word a chunk: number offset from the first, '.', index in the segment
 * and the letters of its flags (k key, f first, l last, d discontinuity). */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/origin-channel.h>

#include "origin-media.h"

typedef struct
{
  CmafObjectStore *store;
  CmafOriginChannel *channel;
  GString *published;
  GString *objects;
  guint n_changed;
} Fixture;

static void
on_published (CmafOriginChannel *channel, CmafOriginTrack *track,
    CmafFeedMessage *m, gpointer user_data)
{
  Fixture *f = user_data;

  if (f->published->len > 0)
    g_string_append_c (f->published, ' ');
  g_string_append_printf (f->published, "%c%u.%u%s%s%s%s", track->name[0],
      m->header.number - (guint32)MEDIA_NUMBER, m->header.chunk,
      m->header.flags & CMAF_MEDIA_KEY ? "k" : "",
      m->header.flags & CMAF_MEDIA_FIRST ? "f" : "",
      m->header.flags & CMAF_MEDIA_LAST ? "l" : "",
      m->header.flags & CMAF_MEDIA_DISCONTINUITY ? "d" : "");
}

static void
on_changed (CmafOriginChannel *channel, gpointer user_data)
{
  ((Fixture *)user_data)->n_changed++;
}

static void
on_object (CmafOriginChannel *channel, const gchar *name, gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->objects, "%s;", name);
}

static void
on_store (CmafObjectStore *store, const gchar *name, gpointer user_data)
{
  cmaf_origin_channel_update (((Fixture *)user_data)->channel, name);
}

static void
fixture_init (Fixture *f)
{
  static const CmafOriginChannelCallbacks callbacks = { on_published,
    on_changed, on_object };
  CmafOriginChannelConfig config = { .name = "live", .title = "Title" };
  g_autoptr (GBytes) video = media_header (FALSE);
  g_autoptr (GBytes) audio = media_header (TRUE);

  f->store = cmaf_memory_store_new (0);
  config.store = f->store;
  f->published = g_string_new (NULL);
  f->objects = g_string_new (NULL);
  f->n_changed = 0;
  f->channel = cmaf_origin_channel_new (&config, &callbacks, f);
  cmaf_memory_store_set_changed (f->store, on_store, f);
  fail_unless (
      cmaf_origin_channel_set_header (f->channel, "video", video, NULL));
  fail_unless (
      cmaf_origin_channel_set_header (f->channel, "audio", audio, NULL));
}

static void
fixture_clear (Fixture *f)
{
  cmaf_memory_store_set_changed (f->store, NULL, NULL);
  cmaf_origin_channel_free (f->channel);
  cmaf_object_store_unref (f->store);
  g_string_free (f->published, TRUE);
  g_string_free (f->objects, TRUE);
}

static void
assert_published (Fixture *f, const gchar *words)
{
  fail_unless_equals_string (f->published->str, words);
  g_string_truncate (f->published, 0);
}

GST_START_TEST (test_chunks_are_published_once_as_the_store_grows)
{
  Fixture f;
  CmafObjectWriter *writer;
  CmafOriginTrack *t;

  fixture_init (&f);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER);
  assert_published (&f, "");
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER, 0));
  assert_published (&f, "v0.0kf");
  for (guint i = 1; i < MEDIA_VIDEO_CHUNKS; i++)
    media_append (writer, media_chunk (FALSE, MEDIA_NUMBER, i));
  assert_published (&f, "v0.1 v0.2 v0.3l");
  cmaf_object_writer_commit (writer, NULL);
  cmaf_origin_channel_update (f.channel, "video/seg-933333333.m4s");
  assert_published (&f, "");

  writer = media_begin (f.store, TRUE, MEDIA_NUMBER + 1);
  for (guint i = 0; i < MEDIA_AUDIO_CHUNKS; i++)
    media_append (writer, media_chunk (TRUE, MEDIA_NUMBER + 1, i));
  cmaf_object_writer_commit (writer, NULL);
  assert_published (&f, "a1.0kf a1.1k a1.2kl");

  t = cmaf_origin_channel_get_track (f.channel, "video");
  fail_unless_equals_int (t->chunk_ms, 480);
  fail_unless_equals_uint64 (t->n_chunks, 4);
  fail_unless_equals_int (t->newest->header.sequence, 3);
  fail_unless_equals_int (t->newest->header.n_samples, 12);
  fail_unless_equals_uint64 (
      t->newest->header.ept, media_time (FALSE, MEDIA_NUMBER, 3));
  fail_unless_equals_string (t->codec, "avc1.64001E");
  fail_unless_equals_string (t->mime, "video/mp4; codecs=\"avc1.64001E\"");
  fixture_clear (&f);
}
GST_END_TEST;

static void
append_cut (CmafObjectWriter *writer, guint chunk, gboolean starts_segment,
    CmafSegmentMarks marks)
{
  const CmafFragment fragment = { .starts_segment = starts_segment,
    .marks = marks };

  media_append (writer, media_write (fragment, FALSE,
                            media_time (FALSE, MEDIA_NUMBER, chunk), 10));
}

/* Four chunks on the grid; a splice makes it five, and the next one three. */
GST_START_TEST (test_a_moved_segment_ends_with_its_last_chunk)
{
  CmafObjectWriter *writer;
  Fixture f;

  fixture_init (&f);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER);
  for (guint i = 0; i < 5; i++)
    append_cut (writer, i, i == 0,
        i == 3   ? CMAF_MARK_GOES_ON
        : i == 4 ? CMAF_MARK_ENDS
                 : 0);
  cmaf_object_writer_commit (writer, NULL);
  assert_published (&f, "v0.0kf v0.1 v0.2 v0.3 v0.4l");
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER + 1);
  for (guint i = 5; i < 8; i++)
    append_cut (writer, i, i == 5, 0);
  cmaf_object_writer_commit (writer, NULL);
  assert_published (&f, "v1.0kf v1.1 v1.2l");
  fixture_clear (&f);
}
GST_END_TEST;

/* All at once, two chunks in one piece, a chunk in many: as a merged or a
 * whole segment may come. */
GST_START_TEST (test_pieces_need_not_be_chunks)
{
  Fixture f;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree gchar *name = media_name (FALSE, MEDIA_NUMBER);
  CmafObjectWriter *writer;

  fixture_init (&f);
  for (guint i = 0; i < MEDIA_VIDEO_CHUNKS; i++) {
    g_autoptr (GPtrArray) pieces = media_chunk (FALSE, MEDIA_NUMBER, i);

    for (guint k = 0; k < pieces->len; k++) {
      GBytes *piece = g_ptr_array_index (pieces, k);

      g_byte_array_append (
          all, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
    }
  }
  writer = cmaf_object_store_begin (
      f.store, name, "video/mp4", CMAF_OBJECT_ATOMIC, NULL);
  for (gsize at = 0; at < all->len; at += 1000) {
    g_autoptr (GBytes) piece =
        g_bytes_new (all->data + at, MIN (1000, all->len - at));

    cmaf_object_writer_append (writer, &piece, 1, NULL);
  }
  assert_published (&f, "");
  cmaf_object_writer_commit (writer, NULL);
  assert_published (&f, "v0.0kf v0.1 v0.2 v0.3l");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_hole_is_a_discontinuity_and_segments_can_go)
{
  Fixture f;
  CmafOriginTrack *t;
  CmafObjectWriter *writer;
  g_autofree gchar *first = media_name (FALSE, MEDIA_NUMBER);

  fixture_init (&f);
  t = cmaf_origin_channel_get_track (f.channel, "video");
  for (guint n = 0; n < 4; n += n == 1 ? 2 : 1) { /* 0 1 3 */
    writer = media_begin (f.store, FALSE, MEDIA_NUMBER + n);
    media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + n, 0));
    if (n == 1)
      for (guint i = 1; i < 4; i++)
        media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + n, i));
    cmaf_object_writer_commit (writer, NULL);
  }
  assert_published (&f, "v0.0kf v1.0kfd v1.1 v1.2 v1.3l v3.0kfd");
  fail_unless_equals_int (t->segments->len, 3);
  cmaf_object_store_remove (f.store, first, NULL);
  fail_unless_equals_int (t->segments->len, 2);
  fail_unless_equals_uint64 (
      g_array_index (t->segments, CmafOriginSegment, 0).number,
      MEDIA_NUMBER + 1);
  fail_unless_equals_uint64 (
      g_array_index (t->segments, CmafOriginSegment, 1).ept,
      media_time (FALSE, MEDIA_NUMBER + 3, 0));
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_headers_make_generations_and_bad_ones_are_refused)
{
  Fixture f;
  CmafOriginTrack *t;
  g_autoptr (CmafTrack) changed = make_track (&test_codecs[1]);
  g_autoptr (GBytes) other = cmaf_init_segment_write (changed, NULL);
  g_autoptr (GBytes) same = media_header (FALSE);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (same, 0, 100);
  g_autoptr (GError) error = NULL;
  CmafObjectWriter *writer;

  fixture_init (&f);
  t = cmaf_origin_channel_get_track (f.channel, "video");
  fail_unless_equals_int (f.n_changed, 2);
  fail_unless (cmaf_origin_channel_set_header (f.channel, "video", same, NULL));
  fail_unless_equals_int (f.n_changed, 2);
  fail_unless_equals_int (t->generation, 1);
  fail_if (cmaf_origin_channel_set_header (f.channel, "video", cut, &error));
  fail_unless (error->domain == CMAF_ERROR);

  writer = media_begin (f.store, FALSE, MEDIA_NUMBER);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER, 0));
  cmaf_object_writer_commit (writer, NULL);
  fail_unless (
      cmaf_origin_channel_set_header (f.channel, "video", other, NULL));
  fail_unless_equals_int (f.n_changed, 3);
  fail_unless_equals_int (t->newest->init->header.generation, 1);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER + 1);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + 1, 0));
  cmaf_object_writer_commit (writer, NULL);
  fail_unless_equals_int (t->newest->header.generation, 2);
  fail_unless_equals_int (t->newest->init->header.generation, 2);
  fail_unless_equals_string (t->codec, "avc3.64001E");

  cmaf_origin_channel_set_source (f.channel, "video", "A");
  cmaf_origin_channel_set_source (f.channel, "video", "A");
  fail_unless_equals_int (f.n_changed, 4);
  fail_unless_equals_string (t->source, "A");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_time_of_capture_comes_from_prft_if_it_is_credible)
{
  Fixture f;
  CmafOriginTrack *t;
  guint64 now = g_get_real_time ();
  guint64 seconds = now / G_USEC_PER_SEC;
  CmafObjectWriter *writer;

  fixture_init (&f);
  t = cmaf_origin_channel_get_track (f.channel, "video");
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER);
  media_append (writer, media_chunk_sized (FALSE, MEDIA_NUMBER, 0, 10,
                            (seconds - 2 + 2208988800) << 32 | 0x80000000));
  fail_unless_equals_uint64 (
      t->newest->header.capture_us, (seconds - 2) * 1000000 + 500000);
  fail_unless (t->newest->header.flags & CMAF_MEDIA_TRUE_CAPTURE);
  /* ten minutes ago: the clock of a file, or nonsense */
  media_append (writer, media_chunk_sized (FALSE, MEDIA_NUMBER, 1, 10,
                            (seconds - 600 + 2208988800) << 32));
  fail_unless (t->newest->header.capture_us + 480000 >= now);
  fail_unless (t->newest->header.capture_us + 480000 <= now + 10000000);
  media_append (writer, media_chunk_sized (FALSE, MEDIA_NUMBER, 2, 10, 1));
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER, 3));
  fail_unless (t->newest->header.capture_us + 480000 >= now);
  cmaf_object_writer_commit (writer, NULL);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_ready_means_complete_and_young)
{
  Fixture f;
  gint64 now;

  fixture_init (&f);
  fail_if (cmaf_origin_channel_is_ready (f.channel, g_get_monotonic_time ()));
  for (guint is_audio = 0; is_audio < 2; is_audio++) {
    CmafObjectWriter *writer = media_begin (f.store, is_audio, MEDIA_NUMBER);

    media_append (writer, media_chunk (is_audio, MEDIA_NUMBER, 0));
    fail_if (cmaf_origin_channel_is_ready (f.channel, g_get_monotonic_time ()));
    cmaf_object_writer_commit (writer, NULL);
  }
  now = g_get_monotonic_time ();
  fail_unless (cmaf_origin_channel_is_ready (f.channel, now));
  fail_if (cmaf_origin_channel_is_ready (f.channel, now + 3000000));
  cmaf_origin_channel_end (f.channel);
  fail_if (cmaf_origin_channel_is_ready (f.channel, now));
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_damaged_media_is_skipped_to_the_next_segment)
{
  Fixture f;
  CmafObjectWriter *writer;
  g_autoptr (GBytes) junk = g_bytes_new_static ("\0\0\0\4junk", 8);

  fixture_init (&f);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER, 0));
  cmaf_object_writer_append (writer, &junk, 1, NULL);
  cmaf_object_writer_commit (writer, NULL);
  writer = media_begin (f.store, FALSE, MEDIA_NUMBER + 1);
  media_append (writer, media_chunk (FALSE, MEDIA_NUMBER + 1, 0));
  cmaf_object_writer_commit (writer, NULL);
  assert_published (&f, "v0.0kf v1.0kfd");
  /* what is no segment is only reported */
  cmaf_object_store_put (
      f.store, "stream.mpd", "application/dash+xml", 0, junk, NULL);
  fail_unless (g_str_has_suffix (f.objects->str, "4s;stream.mpd;"));
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
origin_channel_suite (void)
{
  Suite *s = suite_create ("origin-channel");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_chunks_are_published_once_as_the_store_grows);
  tcase_add_test (tc, test_a_moved_segment_ends_with_its_last_chunk);
  tcase_add_test (tc, test_pieces_need_not_be_chunks);
  tcase_add_test (tc, test_a_hole_is_a_discontinuity_and_segments_can_go);
  tcase_add_test (tc, test_headers_make_generations_and_bad_ones_are_refused);
  tcase_add_test (
      tc, test_the_time_of_capture_comes_from_prft_if_it_is_credible);
  tcase_add_test (tc, test_ready_means_complete_and_young);
  tcase_add_test (tc, test_damaged_media_is_skipped_to_the_next_segment);
  return s;
}

GST_CHECK_MAIN (origin_channel);
