/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "fragment-reader-fixtures.h"
#include "sanitizer.h"

/* --- chunks of others --- */

enum
{
  FORM_BOXES_IN_FRONT = 1 << 0, /* of every kind, in odd order */
  FORM_TFDT_0 = 1 << 1,
  FORM_LARGE_SIZES = 1 << 2, /* 64-bit size of moof and mdat */
  FORM_TWO_TRUNS = 1 << 3,
  FORM_TWO_TRUNS_NO_OFFSET = 1 << 4, /* the second follows the first */
  FORM_ALL_DEFAULTS = 1 << 5,        /* of trex */
  FORM_BASE_OFFSET = 1 << 6,
  FORM_TWO_TRAFS = 1 << 7,
  FORM_NO_TFDT = 1 << 8,
  FORM_WRONG_TRACK = 1 << 9,
  FORM_WRONG_OFFSET = 1 << 10,
  FORM_NO_OFFSET = 1 << 11,
  FORM_SHORT_MDAT = 1 << 12,
  FORM_OPEN_MDAT = 1 << 13, /* size 0 */
  FORM_BOX_AFTER_MOOF = 1 << 14,
  FORM_NO_SAMPLES = 1 << 15,
  FORM_MANY_SAMPLES = 1 << 16, /* a count from nowhere */
  FORM_TWO_MOOFS = 1 << 17,
  FORM_LATE = 1 << 18, /* tfdt near the end of 64 bits */
  FORM_NO_MOOF = 1 << 19,
  FORM_SHORT_TFDT = 1 << 20,
  FORM_TRUN_CUT = 1 << 21,
  FORM_HUGE_MDAT = 1 << 22,
  FORM_HUGE_MOOF = 1 << 23,
  FORM_GAP_BETWEEN_TRUNS = 1 << 24,
};

static void
put_box (CmafBoxWriter *w, guint32 type, gsize size)
{
  cmaf_box_writer_begin (w, type);
  cmaf_box_writer_fill (w, 0, size);
  cmaf_box_writer_end (w);
}

static void
put_front (CmafBoxWriter *w)
{
  put_box (w, CMAF_BOX_FREE, 3);
  cmaf_box_writer_begin_full (w, CMAF_BOX_PRFT, 0, 24);
  cmaf_box_writer_u32 (w, 1);
  cmaf_box_writer_u64 (w, 77);
  cmaf_box_writer_u32 (w, 78);
  cmaf_box_writer_end (w);
  put_box (w, CMAF_BOX_SIDX, 40);
  put_box (w, CMAF_BOX_UUID, 20);
  put_box (w, CMAF_BOX_SSIX, 4);
  put_box (w, CMAF_BOX_SKIP, 0);
  put_box (w, CMAF_FOURCC ('a', 'b', 'c', 'd'), 9);
  cmaf_box_writer_begin (w, CMAF_BOX_STYP);
  cmaf_box_writer_u32 (w, CMAF_BRAND_MSDH);
  cmaf_box_writer_u32 (w, CMAF_BRAND_LMSG); /* minor version, no brand */
  cmaf_box_writer_u32 (w, CMAF_BRAND_MSIX);
  cmaf_box_writer_end (w);
}

/* Samples of 4 and 2 bytes, 512 ticks each. */
static gsize
put_trun (CmafBoxWriter *w, guint form, guint first, guint n)
{
  guint32 flags = CMAF_TRUN_SAMPLE_SIZE | CMAF_TRUN_DATA_OFFSET;
  gsize data_offset;

  if ((first > 0 && form & FORM_TWO_TRUNS_NO_OFFSET) || form & FORM_NO_OFFSET)
    flags &= ~CMAF_TRUN_DATA_OFFSET;
  if (form & FORM_ALL_DEFAULTS)
    flags &= ~CMAF_TRUN_SAMPLE_SIZE;
  cmaf_box_writer_begin_full (w, CMAF_BOX_TRUN, 0, flags);
  cmaf_box_writer_u32 (w, form & FORM_MANY_SAMPLES ? G_MAXUINT32 : n);
  data_offset = cmaf_box_writer_position (w);
  if (flags & CMAF_TRUN_DATA_OFFSET)
    cmaf_box_writer_u32 (w, 0);
  for (guint i = 0; i < n && flags & CMAF_TRUN_SAMPLE_SIZE; i++)
    cmaf_box_writer_u32 (w, first + i == 0 ? 4 : 2);
  if (form & FORM_TRUN_CUT)
    cmaf_box_writer_patch_u32 (w, data_offset - 4, 3);
  cmaf_box_writer_end (w);
  return data_offset;
}

static void
put_traf (CmafBoxWriter *w, guint form, gsize offsets[2])
{
  guint32 flags =
      form & FORM_ALL_DEFAULTS ? 0 : CMAF_TFHD_DEFAULT_SAMPLE_DURATION;

  cmaf_box_writer_begin (w, CMAF_BOX_TRAF);
  if (form & FORM_BASE_OFFSET)
    flags |= CMAF_TFHD_BASE_DATA_OFFSET;
  cmaf_box_writer_begin_full (w, CMAF_BOX_TFHD, 0, flags);
  cmaf_box_writer_u32 (w, form & FORM_WRONG_TRACK ? 2 : 1);
  if (form & FORM_BASE_OFFSET)
    cmaf_box_writer_u64 (w, 0);
  if (!(form & FORM_ALL_DEFAULTS))
    cmaf_box_writer_u32 (w, 512);
  cmaf_box_writer_end (w);
  if (!(form & FORM_NO_TFDT)) {
    cmaf_box_writer_begin_full (w, CMAF_BOX_TFDT, !(form & FORM_TFDT_0), 0);
    if (form & (FORM_TFDT_0 | FORM_SHORT_TFDT))
      cmaf_box_writer_u32 (w, 90000);
    else
      cmaf_box_writer_u64 (w, form & FORM_LATE ? G_MAXUINT64 - 1000 : 90000);
    cmaf_box_writer_end (w);
  }
  offsets[1] = 0;
  if (form & FORM_NO_SAMPLES)
    offsets[0] = put_trun (w, form, 0, 0);
  else if (form & (FORM_TWO_TRUNS | FORM_TWO_TRUNS_NO_OFFSET)) {
    offsets[0] = put_trun (w, form, 0, 1);
    offsets[1] = put_trun (w, form, 1, 1);
  } else
    offsets[0] = put_trun (w, form, 0, 2);
  cmaf_box_writer_end (w);
}

static void
put_moof (CmafBoxWriter *w, guint form, gsize offsets[2])
{
  cmaf_box_writer_begin (w, CMAF_BOX_MOOF);
  if (form & FORM_LARGE_SIZES)
    cmaf_box_writer_u64 (w, 0); /* largesize, patched below */
  put_box (w, CMAF_FOURCC ('a', 'b', 'c', 'd'), 4);
  cmaf_box_writer_begin_full (w, CMAF_BOX_MFHD, 0, 0);
  cmaf_box_writer_u32 (w, 9);
  cmaf_box_writer_end (w);
  if (form & FORM_TWO_TRAFS)
    put_traf (w, form, offsets);
  put_traf (w, form, offsets);
  cmaf_box_writer_end (w);
}

static void
put_mdat (CmafBoxWriter *w, guint form, gsize body)
{
  if (form & FORM_LARGE_SIZES) {
    cmaf_box_writer_u32 (w, 1);
    cmaf_box_writer_u32 (w, CMAF_BOX_MDAT);
    cmaf_box_writer_u64 (w, 16 + body);
  } else {
    cmaf_box_writer_u32 (w, form & FORM_OPEN_MDAT   ? 0
                            : form & FORM_HUGE_MDAT ? 0x7FFFFFFF
                                                    : 8 + body);
    cmaf_box_writer_u32 (w, CMAF_BOX_MDAT);
  }
  cmaf_box_writer_fill (w, 0x55, body);
}

static GBytes *
make_foreign_chunk (guint form)
{
  CmafBoxWriter w;
  gsize moof, data, offsets[2] = { 0 };
  guint gap = form & FORM_GAP_BETWEEN_TRUNS ? 1 : 0;

  cmaf_box_writer_init (&w);
  if (form & FORM_BOXES_IN_FRONT)
    put_front (&w);
  moof = cmaf_box_writer_position (&w);
  if (!(form & FORM_NO_MOOF))
    put_moof (&w, form, offsets);
  if (form & FORM_TWO_MOOFS)
    put_moof (&w, form, offsets);
  data =
      cmaf_box_writer_position (&w) - moof + (form & FORM_LARGE_SIZES ? 16 : 8);
  if (form & FORM_LARGE_SIZES) {
    cmaf_box_writer_patch_u32 (&w, moof, 1);
    cmaf_box_writer_patch_u32 (&w, moof + 12, data - 16);
  }
  if (form & FORM_HUGE_MOOF)
    cmaf_box_writer_patch_u32 (&w, moof, 0x7FFFFFFF);
  if (form & FORM_BOX_AFTER_MOOF)
    put_box (&w, CMAF_BOX_FREE, 0);
  if (offsets[0] && !(form & FORM_NO_OFFSET))
    cmaf_box_writer_patch_u32 (
        &w, offsets[0], form & FORM_WRONG_OFFSET ? data + 1 : data);
  if (offsets[1] && !(form & FORM_TWO_TRUNS_NO_OFFSET))
    cmaf_box_writer_patch_u32 (&w, offsets[1], data + 4 + gap);
  put_mdat (&w, form, form & FORM_SHORT_MDAT ? 5 : 6);
  return cmaf_box_writer_finish (&w, NULL);
}

static CmafFragmentReader *
feed_foreign (guint form, const CmafFragmentReaderLimits *limits)
{
  CmafFragmentReader *reader = cmaf_fragment_reader_new (limits);
  g_autoptr (GBytes) chunk = make_foreign_chunk (form);
  g_autoptr (GBytes) header = make_header ();
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);

  track->sample_duration = 512;
  track->default_sample_size = 3;
  track->default_sample_flags = SYNC;
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, chunk);
  return reader;
}

static const guint forms[] = { 0, FORM_BOXES_IN_FRONT, FORM_TFDT_0,
  FORM_LARGE_SIZES, FORM_TWO_TRUNS, FORM_TWO_TRUNS_NO_OFFSET,
  FORM_ALL_DEFAULTS };

GST_START_TEST (test_chunks_of_others_are_read)
{
  g_autoptr (CmafFragmentReader) reader = feed_foreign (forms[__i__], NULL);
  g_autoptr (CmafChunk) chunk = expect_chunk (reader);

  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_MORE);
  assert_equals_int (chunk->sequence_number, 9);
  assert_equals_uint64 (chunk->decode_time, 90000);
  assert_equals_uint64 (chunk->earliest_presentation_time, 90000);
  assert_equals_uint64 (chunk->duration, 1024);
  assert_equals_int (chunk->n_samples, 2);
  assert_equals_int (chunk->samples[0].size + chunk->samples[1].size, 6);
  assert_equals_int_hex (chunk->samples[1].flags, SYNC);
  assert_equals_uint64 (chunk->size, chunk->payload + 6);
}
GST_END_TEST;

GST_START_TEST (test_what_is_not_of_a_chunk_is_dropped)
{
  g_autoptr (CmafFragmentReader) reader =
      feed_foreign (FORM_BOXES_IN_FRONT, NULL);
  g_autoptr (CmafChunk) chunk = expect_chunk (reader);
  g_autoptr (GBytes) plain = make_foreign_chunk (0);
  g_autoptr (GBytes) joined = join_chunk (chunk);

  /* prft and styp are left, in the order they came */
  assert_equals_uint64 (chunk->size, 28 + 20 + g_bytes_get_size (plain));
  fail_unless (memcmp ((const guint8 *)g_bytes_get_data (joined, NULL) + 48,
                   g_bytes_get_data (plain, NULL), g_bytes_get_size (plain))
               == 0);
  assert_equals_int (chunk->flags, CMAF_CHUNK_SYNC | CMAF_CHUNK_HAS_STYP
                                       | CMAF_CHUNK_STARTS_SEGMENT
                                       | CMAF_CHUNK_HAS_PRFT);
  assert_equals_uint64 (chunk->prft_media_time, 78);
}
GST_END_TEST;

static const struct
{
  guint form;
  gint code;
  const gchar *message;
} refusals[] = {
  { FORM_BASE_OFFSET, CMAF_ERROR_UNSUPPORTED, "absolute base-data-offset" },
  { FORM_TWO_TRAFS, CMAF_ERROR_UNSUPPORTED,
      "moof: has 2 boxes 'traf', needs exactly 1" },
  { FORM_NO_TFDT, CMAF_ERROR_MALFORMED, "no whole box 'tfdt'" },
  { FORM_WRONG_TRACK, CMAF_ERROR_NO_HEADER,
      "track_ID is 2, needs 1 as in the CMAF header" },
  { FORM_WRONG_OFFSET, CMAF_ERROR_UNSUPPORTED, "where mdat's body begins" },
  { FORM_NO_OFFSET, CMAF_ERROR_MALFORMED, "has no data_offset" },
  { FORM_TWO_TRUNS | FORM_GAP_BETWEEN_TRUNS, CMAF_ERROR_UNSUPPORTED,
      "where the trun before it ends" },
  { FORM_SHORT_MDAT, CMAF_ERROR_MALFORMED,
      "mdat: body has 5 bytes, needs 6, the sum of the sample sizes" },
  { FORM_OPEN_MDAT, CMAF_ERROR_UNSUPPORTED, "mdat: size is 0" },
  { FORM_BOX_AFTER_MOOF, CMAF_ERROR_UNSUPPORTED,
      "free: box stands between moof and mdat" },
  { FORM_NO_SAMPLES, CMAF_ERROR_UNSUPPORTED, "has 0 samples" },
  { FORM_MANY_SAMPLES, CMAF_ERROR_MALFORMED, "needs more for 4294967295" },
  { FORM_MANY_SAMPLES | FORM_ALL_DEFAULTS, CMAF_ERROR_LIMIT,
      "4294967295 samples after 0, needs at most 262144 in all" },
  { FORM_TWO_MOOFS, CMAF_ERROR_MALFORMED, "moof: follows moof" },
  { FORM_LATE, CMAF_ERROR_TIMELINE, "do not fit 64 bits" },
  { FORM_NO_MOOF, CMAF_ERROR_MALFORMED, "mdat: no moof in front of it" },
  { FORM_SHORT_TFDT, CMAF_ERROR_MALFORMED,
      "moof/traf/tfdt: box has 16 bytes, needs 20" },
  { FORM_TRUN_CUT, CMAF_ERROR_MALFORMED, "trun: box has 28 bytes" },
  { FORM_HUGE_MDAT, CMAF_ERROR_LIMIT,
      "mdat: body has 2147483639 bytes, needs at most 67108864" },
  { FORM_HUGE_MOOF, CMAF_ERROR_LIMIT,
      "moof: box has 2147483647 bytes, needs at most 1048576" },
};

GST_START_TEST (test_what_is_no_chunk_is_refused_with_its_reason)
{
  g_autoptr (CmafFragmentReader) reader =
      feed_foreign (refusals[__i__].form, NULL);

  expect_error (reader, refusals[__i__].code, refusals[__i__].message);
}
GST_END_TEST;

static const struct
{
  const gchar *hex;
  gint code;
  const gchar *message;
} junk[] = {
  { "3C68746D 6C3E3C62 6F64793E", CMAF_ERROR_LIMIT, "l><b: box has" },
  { "00000010 00000000", CMAF_ERROR_MALFORMED, "0x00000000 stands where" },
  { "00000007 66726565", CMAF_ERROR_MALFORMED, "free: size is 7" },
  { "00000001 66726565 0000000000000008", CMAF_ERROR_MALFORMED,
      "free: size is 8, needs at least 16" },
  { "00000001 66726565 FFFFFFFFFFFFFFFF", CMAF_ERROR_LIMIT,
      "free: box has 18446744073709551615 bytes" },
  { "00000000 66726565", CMAF_ERROR_UNSUPPORTED, "free: size is 0" },
  { "00000010 6D6F6F66", CMAF_ERROR_NO_HEADER, "moof: no CMAF header" },
  { "00000010 6D646174", CMAF_ERROR_NO_HEADER, "mdat: no moof" },
  { "FFFFFFFF 66747970", CMAF_ERROR_LIMIT, "ftyp: box has 4294967295" },
  { "00000008 6D6F6F76", CMAF_ERROR_MALFORMED, "without box 'ftyp'" },
  { "0000000C 70726674 00000000", CMAF_ERROR_MALFORMED,
      "prft: box has 12 bytes, needs 28" },
};

GST_START_TEST (test_junk_is_refused_at_once)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (junk[__i__].hex);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);

  cmaf_fragment_reader_feed (reader, bytes);
  expect_error (reader, junk[__i__].code, junk[__i__].message);
}
GST_END_TEST;

GST_START_TEST (test_each_limit_holds)
{
  g_autoptr (GByteArray) stream = new_stream ();
  static const struct
  {
    CmafFragmentReaderLimits limits;
    gboolean header_ok;
    const gchar *message; /* NULL: all is well */
  } cases[] = {
    { { 10000, 10000, 6 }, TRUE, NULL },
    { { 100, 10000, 6 }, FALSE, "moov: box has" },
    { { 10000, 100, 6 }, TRUE, "moof: box has" },
    { { 10000, 10000, 5 }, TRUE, "mdat: body has 6 bytes, needs at most 5" },
  };
  g_autoptr (CmafFragmentReader) reader =
      cmaf_fragment_reader_new (&cases[__i__].limits);
  g_autoptr (GBytes) chunk = make_foreign_chunk (0);
  g_autoptr (GBytes) bytes = NULL;

  append_bytes (stream, chunk);
  bytes = g_bytes_new (stream->data, stream->len);
  cmaf_fragment_reader_feed (reader, bytes);
  if (cases[__i__].header_ok)
    expect_header (reader);
  if (cases[__i__].message)
    expect_error (reader, CMAF_ERROR_LIMIT, cases[__i__].message);
  else
    cmaf_chunk_unref (expect_chunk (reader));
}
GST_END_TEST;

GST_START_TEST (test_endless_boxes_in_front_of_moof_hit_a_limit)
{
  static const CmafFragmentReaderLimits limits = { 1000, 100, 1000 };
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (&limits);
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 34; i++)
    append_hex (stream, "0000000C 656D7367 02000000");
  bytes = g_bytes_new (stream->data, stream->len);
  cmaf_fragment_reader_feed (reader, bytes);
  expect_error (reader, CMAF_ERROR_LIMIT, "emsg: box has 12 bytes");
}
GST_END_TEST;

GST_START_TEST (test_a_second_header_replaces_the_first)
{
  g_autoptr (GByteArray) stream = new_stream ();
  g_autoptr (CmafTrack) audio = make_track (&test_codecs[4]);
  g_autoptr (GBytes) second = cmaf_init_segment_write (audio, NULL);
  CmafFragment fragment = make_fragment (single, 1);
  g_autoptr (CmafFragmentReader) reader = NULL;

  append_fragment (stream, &fragment);
  append_bytes (stream, second);
  append_hex (stream, "00000008 66726565");
  append_fragment (stream, &fragment);
  reader = feed_stream (stream);
  expect_header (reader);
  cmaf_chunk_unref (expect_chunk (reader));
  assert_equals_int_hex (
      cmaf_fragment_reader_get_track (reader)->codec, CMAF_CODEC_AVC1);
  expect_header (reader);
  assert_equals_int_hex (
      cmaf_fragment_reader_get_track (reader)->codec, CMAF_CODEC_MP4A);
  fail_unless (
      g_bytes_equal (cmaf_fragment_reader_get_header (reader), second));
  cmaf_chunk_unref (expect_chunk (reader));
}
GST_END_TEST;

GST_START_TEST (test_reset_forgets_input_and_error_but_not_the_track)
{
  g_autoptr (GByteArray) stream = new_stream ();
  CmafFragment fragment = make_fragment (reordered, 3);
  g_autoptr (CmafFragmentReader) reader = feed_stream (stream);
  g_autoptr (GBytes) junk_bytes = bytes_from_hex ("00000000 00000000");
  g_autoptr (GBytes) half = NULL;
  g_autoptr (GBytes) whole = NULL;

  expect_header (reader);
  cmaf_fragment_reader_feed (reader, junk_bytes);
  expect_error (reader, CMAF_ERROR_UNSUPPORTED, "size is 0");
  cmaf_fragment_reader_reset (reader);

  g_byte_array_set_size (stream, 0);
  append_fragment (stream, &fragment);
  whole = g_bytes_new (stream->data, stream->len);
  half = g_bytes_new_from_bytes (whole, 0, stream->len - 100);
  cmaf_fragment_reader_feed (reader, half);
  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_MORE);
  fail_if (cmaf_fragment_reader_is_at_boundary (reader));
  cmaf_fragment_reader_reset (reader);
  fail_unless (cmaf_fragment_reader_is_at_boundary (reader));
  cmaf_fragment_reader_feed (reader, whole);
  cmaf_chunk_unref (expect_chunk (reader));
}
GST_END_TEST;

static const gchar *const ends[] = {
  "00000008 6D667261",
  "00000010 6D667261 0102030405060708",
  "00000001 6D667261 0000000000000014 01020304",
  "00000000 6D667261 0102030405060708",
};

GST_START_TEST (test_mfra_of_any_size_is_the_end)
{
  g_autoptr (GByteArray) stream = new_stream ();
  g_autoptr (CmafFragmentReader) reader = NULL;

  append_hex (stream, ends[__i__]);
  reader = feed_stream (stream);
  expect_header (reader);
  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_END);
  assert_equals_int (cmaf_fragment_reader_read (reader, NULL), CMAF_READ_MORE);
  fail_unless (cmaf_fragment_reader_is_at_boundary (reader));
}
GST_END_TEST;

static const struct
{
  gint64 media_time;
  guint64 decode_time;
  guint64 earliest;
} edits[] = {
  { 7200, EPOCH, EPOCH - 3600 },
  { 3600, 0, 0 },
  { 7200, 0, 0 }, /* would be before 0 */
  { -100, 0, 3700 },
};

GST_START_TEST (test_an_edit_list_shifts_presentation_only)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  g_autoptr (GBytes) header = make_header ();
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (CmafChunk) chunk = NULL;
  g_autoptr (GBytes) bytes = NULL;
  CmafFragment fragment = make_fragment (uneven, 3); /* offsets of 3600 */

  fragment.decode_time = edits[__i__].decode_time;
  append_fragment (stream, &fragment);
  bytes = g_bytes_new (stream->data, stream->len);
  track->edit_media_time = edits[__i__].media_time;
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, bytes);
  chunk = expect_chunk (reader);
  assert_equals_uint64 (chunk->decode_time, edits[__i__].decode_time);
  assert_equals_uint64 (
      chunk->earliest_presentation_time, edits[__i__].earliest);
}
GST_END_TEST;

/* 4 MiB one byte at a time: quadratic work would not end within the deadline,
 * and an object for each byte would take hundreds of times the memory. */
#define LARGE (TEST_IS_SANITIZED ? 128 * 1024 : 1024 * 1024)

GST_START_TEST (test_single_bytes_take_linear_time_and_few_pieces)
{
  static const CmafSample large[] = { { 3600, LARGE, SYNC, 0 } };
  CmafFragment fragment = make_fragment (large, 1);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GByteArray) stream = new_stream ();
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);
  g_autoptr (GBytes) whole = NULL;
  CmafReadResult result = CMAF_READ_MORE;
  gsize size;

  append_bytes (stream, head);
  size = stream->len;
  g_byte_array_set_size (stream, size + large[0].size);
  whole = g_bytes_new (stream->data, stream->len);
  for (gsize i = 0; i < stream->len && result != CMAF_READ_CHUNK; i++) {
    g_autoptr (GBytes) byte = g_bytes_new_from_bytes (whole, i, 1);

    cmaf_fragment_reader_feed (reader, byte);
    result = cmaf_fragment_reader_read (reader, NULL);
  }
  assert_equals_int (result, CMAF_READ_CHUNK);
  {
    g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);

    fail_unless (chunk->bytes->len <= 1 + LARGE / 1024 / 16);
  }
}
GST_END_TEST;

static const guint last_forms[] = { 0,
  FORM_BOXES_IN_FRONT /* styp behind prft */, FORM_LARGE_SIZES };

GST_START_TEST (test_a_copy_as_last_differs_in_one_brand)
{
  g_autoptr (CmafFragmentReader) reader =
      feed_foreign (last_forms[__i__], NULL);
  g_autoptr (CmafChunk) chunk = expect_chunk (reader);
  g_autoptr (CmafChunk) copy = cmaf_chunk_copy_as_last (chunk);
  g_autoptr (CmafChunk) again = NULL;

  for (guint i = 0; i < copy->bytes->len; i++)
    cmaf_fragment_reader_feed (reader, g_ptr_array_index (copy->bytes, i));
  again = expect_chunk (reader);
  assert_equals_int (again->flags, copy->flags);
  fail_unless (copy->flags & CMAF_CHUNK_LAST);
  assert_equals_uint64 (again->size, copy->size);
  assert_equals_uint64 (again->payload, copy->payload);
  assert_equals_uint64 (again->decode_time, chunk->decode_time);
  assert_equals_uint64 (again->prft_ntp, chunk->prft_ntp);
  assert_equals_int (again->n_samples, chunk->n_samples);
}
GST_END_TEST;

/* A styp that ends within its brands, or in front of them, has room for one
 * more */
GST_START_TEST (test_a_cut_styp_gets_its_brand_too)
{
  static const guint8 styp[] = "\0\0\0\x08stypcmff\0\0\0\0cmfs";
  guint8 *cut = g_memdup2 (styp, 8 + (gsize)__i__);
  g_autoptr (GBytes) front = g_bytes_new_take (cut, 8 + (gsize)__i__);
  g_autoptr (GBytes) rest = make_foreign_chunk (0);
  g_autoptr (CmafFragmentReader) reader = feed_foreign (0, NULL);
  g_autoptr (CmafChunk) chunk = expect_chunk (reader);
  g_autoptr (CmafChunk) copy = NULL;
  g_autoptr (CmafChunk) again = NULL;

  g_clear_pointer (&chunk, cmaf_chunk_unref);
  cut[3] += (guint8)__i__;
  cmaf_fragment_reader_feed (reader, front);
  cmaf_fragment_reader_feed (reader, rest);
  chunk = expect_chunk (reader);
  copy = cmaf_chunk_copy_as_last (chunk);
  for (guint i = 0; i < copy->bytes->len; i++)
    cmaf_fragment_reader_feed (reader, g_ptr_array_index (copy->bytes, i));
  again = expect_chunk (reader);
  fail_unless (chunk->flags & CMAF_CHUNK_HAS_STYP);
  assert_equals_int (copy->flags, chunk->flags | CMAF_CHUNK_LAST);
  assert_equals_int (again->flags, copy->flags);
  assert_equals_uint64 (again->size, copy->size);
}
GST_END_TEST;

static Suite *
fragment_reader_suite (void)
{
  Suite *s = suite_create ("fragment-reader");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_chunks_of_others_are_read, 0, G_N_ELEMENTS (forms));
  tcase_add_test (tc, test_what_is_not_of_a_chunk_is_dropped);
  tcase_add_loop_test (tc, test_what_is_no_chunk_is_refused_with_its_reason, 0,
      G_N_ELEMENTS (refusals));
  tcase_add_loop_test (
      tc, test_junk_is_refused_at_once, 0, G_N_ELEMENTS (junk));
  tcase_add_loop_test (tc, test_each_limit_holds, 0, 4);
  tcase_add_test (tc, test_endless_boxes_in_front_of_moof_hit_a_limit);
  tcase_add_test (tc, test_a_second_header_replaces_the_first);
  tcase_add_test (tc, test_reset_forgets_input_and_error_but_not_the_track);
  tcase_add_loop_test (
      tc, test_mfra_of_any_size_is_the_end, 0, G_N_ELEMENTS (ends));
  tcase_add_loop_test (
      tc, test_an_edit_list_shifts_presentation_only, 0, G_N_ELEMENTS (edits));
  tcase_add_loop_test (tc, test_a_copy_as_last_differs_in_one_brand, 0,
      G_N_ELEMENTS (last_forms));
  tcase_add_loop_test (tc, test_a_cut_styp_gets_its_brand_too, 0, 13);
  tcase_add_test (tc, test_single_bytes_take_linear_time_and_few_pieces);
  return s;
}

GST_CHECK_MAIN (fragment_reader);
