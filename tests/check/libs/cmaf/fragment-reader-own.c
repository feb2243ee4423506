/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "fragment-reader-fixtures.h"

static const struct
{
  const CmafSample *samples;
  guint n_samples;
  guint64 duration;
  gint64 earliest;
  guint flags;
} trips[] = {
  { reordered, 3, 10800, 0, CMAF_CHUNK_SYNC },
  { uneven, 3, 10800, 3600, 0 },
  { single, 1, 1, -2, CMAF_CHUNK_SYNC },
};

GST_START_TEST (test_what_was_written_is_read_back)
{
  CmafFragment fragment =
      make_fragment (trips[__i__].samples, trips[__i__].n_samples);
  g_autoptr (GByteArray) stream = new_stream ();
  gsize header_size = stream->len;
  g_autoptr (CmafFragmentReader) reader = NULL;
  g_autoptr (CmafChunk) chunk = NULL;
  g_autoptr (GBytes) joined = NULL;

  fragment.has_prft = TRUE;
  fragment.prft_flags = CMAF_PRFT_CAPTURE;
  fragment.prft_ntp = 0x1234567890;
  fragment.prft_media_time = EPOCH + 7;
  append_fragment (stream, &fragment);
  reader = feed_stream (stream);
  expect_header (reader);
  chunk = expect_chunk (reader);
  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_MORE);
  fail_unless (cmaf_fragment_reader_is_at_boundary (reader));

  assert_equals_int (
      chunk->flags, CMAF_CHUNK_STARTS_SEGMENT | CMAF_CHUNK_HAS_STYP
                        | CMAF_CHUNK_HAS_PRFT | trips[__i__].flags);
  assert_equals_int (chunk->sequence_number, 5);
  assert_equals_uint64 (chunk->decode_time, EPOCH);
  assert_equals_uint64 (chunk->duration, trips[__i__].duration);
  assert_equals_uint64 (
      chunk->earliest_presentation_time, EPOCH + trips[__i__].earliest);
  assert_equals_uint64 (chunk->prft_ntp, 0x1234567890);
  assert_equals_uint64 (chunk->prft_media_time, EPOCH + 7);
  assert_equals_int (chunk->prft_flags, CMAF_PRFT_CAPTURE);
  assert_equals_int (chunk->n_samples, trips[__i__].n_samples);
  for (guint i = 0; i < chunk->n_samples; i++)
    fail_unless (memcmp (&chunk->samples[i], &trips[__i__].samples[i],
                     sizeof (CmafSample))
                 == 0);

  joined = join_chunk (chunk);
  assert_equals_int (g_bytes_get_size (joined), stream->len - header_size);
  fail_unless (memcmp (g_bytes_get_data (joined, NULL),
                   stream->data + header_size, stream->len - header_size)
               == 0);
  assert_equals_int (
      ((const guint8 *)g_bytes_get_data (joined, NULL))[chunk->payload], 0);
}
GST_END_TEST;

GST_START_TEST (test_payload_is_lent_not_copied)
{
  CmafFragment fragment = make_fragment (uneven, 3);
  g_autoptr (GByteArray) stream = new_stream ();
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafChunk) chunk = NULL;
  g_autoptr (GBytes) input = NULL;
  const guint8 *payload;

  append_fragment (stream, &fragment);
  input = g_bytes_new (stream->data, stream->len);
  cmaf_fragment_reader_feed (reader, input);
  expect_header (reader);
  chunk = expect_chunk (reader);
  assert_equals_int (chunk->bytes->len, 2);
  payload = g_bytes_get_data (g_ptr_array_index (chunk->bytes, 1), NULL);
  fail_unless (
      payload
      == (const guint8 *)g_bytes_get_data (input, NULL) + stream->len - 20010);
}
GST_END_TEST;

static void
append_two_segments (GByteArray *stream)
{
  CmafFragment fragment = make_fragment (uneven, 3);
  g_autoptr (GBytes) emsg = bytes_from_hex ("0000000C 656D7367 02000000");
  const GBytes *const messages[] = { emsg, emsg };

  fragment.event_messages = messages;
  fragment.n_event_messages = 2;
  append_fragment (stream, &fragment);
  fragment.decode_time += 10800;
  fragment.sequence_number++;
  fragment.is_last = TRUE;
  fragment.is_slate = TRUE;
  fragment.starts_segment = FALSE;
  append_fragment (stream, &fragment);
}

static gchar *
describe (const CmafChunk *chunk)
{
  g_autoptr (GBytes) joined = join_chunk (chunk);
  g_autofree gchar *sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, joined);

  return g_strdup_printf ("%x %u %" G_GUINT64_FORMAT " %u %" G_GSIZE_FORMAT
                          " %u %s",
      chunk->flags, chunk->sequence_number, chunk->decode_time,
      chunk->n_samples, chunk->payload,
      chunk->event_messages ? chunk->event_messages->len : 0, sum);
}

static gchar *
read_in_pieces (const GByteArray *stream, gsize piece)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GString *text = g_string_new (NULL);

  for (gsize at = 0; at < stream->len; at += piece) {
    g_autoptr (GBytes) bytes =
        g_bytes_new (stream->data + at, MIN (piece, stream->len - at));
    CmafReadResult result;

    cmaf_fragment_reader_feed (reader, bytes);
    while (
        (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
      g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);
      g_autofree gchar *line = chunk ? describe (chunk) : g_strdup ("");

      fail_if (result == CMAF_READ_ERROR);
      g_string_append_printf (text, "%d %s\n", result, line);
    }
  }
  fail_unless (cmaf_fragment_reader_is_at_boundary (reader));
  return g_string_free (text, FALSE);
}

static const gsize pieces[] = { 1, 2, 3, 7, 8, 1000, 1024, 4096 };

GST_START_TEST (test_the_size_of_pieces_does_not_matter)
{
  g_autoptr (GByteArray) stream = new_stream ();
  g_autofree gchar *whole = NULL;
  g_autofree gchar *pieced = NULL;

  append_two_segments (stream);
  append_hex (stream, "0000000A 6D667261 0102");
  whole = read_in_pieces (stream, stream->len);
  pieced = read_in_pieces (stream, pieces[__i__]);
  assert_equals_string (whole, pieced);
}
GST_END_TEST;

static gboolean
far_from (gsize n, gsize edge)
{
  return n > 2000 && (n + 1000 < edge || n > edge + 1000);
}

GST_START_TEST (test_no_prefix_gives_more_than_is_in_it)
{
  g_autoptr (GByteArray) stream = new_stream ();
  gsize header_end = stream->len;
  gsize first_end;

  append_two_segments (stream);
  first_end = header_end + (stream->len - header_end - 4) / 2; /* styp */
  for (gsize n = 0; n < stream->len; n += far_from (n, first_end) ? 97 : 1) {
    g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
    g_autofree guint8 *prefix = copy_exactly (stream->data, n);
    g_autoptr (GBytes) bytes = g_bytes_new_static (prefix, n);
    guint n_headers = 0, n_chunks = 0;
    CmafReadResult result;

    cmaf_fragment_reader_feed (reader, bytes);
    while (
        (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
      n_headers += result == CMAF_READ_HEADER;
      n_chunks += result == CMAF_READ_CHUNK;
      fail_if (result == CMAF_READ_ERROR);
    }
    assert_equals_int (n_headers, n >= header_end);
    assert_equals_int (n_chunks, n >= first_end);
    fail_unless (cmaf_fragment_reader_is_at_boundary (reader)
                 == (n == 0 || n == header_end || n == first_end));
  }
}
GST_END_TEST;

GST_START_TEST (test_brands_and_events_belong_to_their_chunk)
{
  g_autoptr (GByteArray) stream = new_stream ();
  g_autoptr (CmafFragmentReader) reader = NULL;
  g_autoptr (CmafChunk) one = NULL;
  g_autoptr (CmafChunk) two = NULL;

  append_two_segments (stream);
  reader = feed_stream (stream);
  expect_header (reader);
  one = expect_chunk (reader);
  two = expect_chunk (reader);
  assert_equals_int (
      one->flags, CMAF_CHUNK_STARTS_SEGMENT | CMAF_CHUNK_HAS_STYP);
  assert_equals_int (one->event_messages->len, 2);
  assert_bytes_are (
      g_ptr_array_index (one->event_messages, 1), "0000000C 656D7367 02000000");
  assert_equals_int (
      two->flags, CMAF_CHUNK_HAS_STYP | CMAF_CHUNK_LAST | CMAF_CHUNK_SLATE);
  assert_equals_int (two->event_messages->len, 2);
}
GST_END_TEST;

static Suite *
fragment_reader_own_suite (void)
{
  Suite *s = suite_create ("fragment-reader-own");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_what_was_written_is_read_back, 0, G_N_ELEMENTS (trips));
  tcase_add_test (tc, test_payload_is_lent_not_copied);
  tcase_add_loop_test (
      tc, test_the_size_of_pieces_does_not_matter, 0, G_N_ELEMENTS (pieces));
  tcase_add_test (tc, test_no_prefix_gives_more_than_is_in_it);
  tcase_add_test (tc, test_brands_and_events_belong_to_their_chunk);
  return s;
}

GST_CHECK_MAIN (fragment_reader_own);
