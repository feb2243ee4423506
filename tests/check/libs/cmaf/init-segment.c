/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>

#include "tracks.h"

static CmafTrack *
read_bytes (GBytes *bytes, GError **error)
{
  return cmaf_init_segment_read (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

/* Walks down @path ("moov/trak/udta") and returns the whole last box. */
static GBytes *
take_box (GBytes *bytes, const gchar *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  CmafBoxReader r;
  CmafBox box = { 0 };
  const guint8 *start;

  cmaf_box_reader_init (
      &r, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  start = r.data;
  for (guint i = 0; names[i]; i++) {
    fail_unless (cmaf_box_reader_find (&r, GST_READ_UINT32_BE (names[i]), &box),
        "no %s", path);
    start = r.data + box.offset;
    r = box.body;
  }
  return g_bytes_new_from_bytes (bytes,
      start - (const guint8 *)g_bytes_get_data (bytes, NULL), (gsize)box.size);
}

static void
assert_box_is (GBytes *bytes, const gchar *path, const gchar *hex)
{
  g_autoptr (GBytes) box = take_box (bytes, path);

  assert_bytes_are (box, hex);
}

GST_START_TEST (test_round_trip_of_every_codec)
{
  g_autoptr (CmafTrack) plain = make_track (&test_codecs[__i__]);
  g_autoptr (CmafTrack) full = make_full_track (&test_codecs[__i__]);
  CmafTrack *tracks[] = { plain, full };

  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++) {
    g_autoptr (GBytes) bytes = cmaf_init_segment_write (tracks[i], NULL);
    g_autoptr (GBytes) again = NULL;
    g_autoptr (CmafTrack) read = NULL;
    g_autoptr (GError) error = NULL;

    read = read_bytes (bytes, &error);
    fail_unless (read != NULL, "%s", error ? error->message : "");
    assert_same_track (tracks[i], read);
    again = cmaf_init_segment_write (read, NULL);
    fail_unless (g_bytes_equal (bytes, again));
  }
}
GST_END_TEST;

GST_START_TEST (test_the_service_is_told)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (CmafTrack) read = NULL;

  track->generation = 3;
  track->has_moves = TRUE;
  bytes = cmaf_init_segment_write (track, NULL);
  read = read_bytes (bytes, NULL);
  assert_equals_int (read->generation, 3);
  fail_unless (read->has_moves);
  read->has_moves = FALSE;
  assert_equals_string (
      cmaf_track_find_difference (track, read), "splice mode");
}
GST_END_TEST;

/* Redundant encoders, and versions of this library, must agree for ever. A
 * change of one of these hashes is a change of every header in the field. */
static const gchar *const hashes[G_N_ELEMENTS (test_codecs)] = { "00fe3afd",
  "1068c6d9", "79e7ddc9", "5a9a2361", "5bc4f511", "657d34ec", "1ab8a584",
  "a09b48a9", "e857cf42", "2cdaa0be", "bcad613e", "372413ea", "e029a499",
  "a06e88e0", "1fadf56f" };

GST_START_TEST (test_header_bytes_never_change)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[__i__]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);
  gchar hash[9];

  cmaf_init_segment_hash (bytes, hash);
  assert_equals_string (hash, hashes[__i__]);
}
GST_END_TEST;

GST_START_TEST (test_boxes_are_the_vectors_of_the_specifications)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[4]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);

  assert_box_is (bytes, "ftyp",
      "00000020 66747970 636D6632 00000000 69736F36 636D6663 636D6632"
      "63616163");
  assert_box_is (
      bytes, "moov/trak/mdia/elng", "00000012656C6E6700000000656E2D555300");
  assert_box_is (bytes, "moov/trak/udta/kind",
      "00000029 6B696E64 00000000"
      "75726E3A6D7065673A646173683A726F6C653A3230313100 6D61696E00");
  assert_box_is (bytes, "moov/mvhd",
      "0000006C 6D766864 00000000 00000000 00000000 0000BB80 00000000"
      "00010000 0100 0000 0000000000000000"
      "00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000"
      "40000000 00000000 00000000 00000000 00000000 00000000 00000000"
      "00000008");
  assert_box_is (bytes, "moov/trak/mdia/mdhd",
      "00000020 6D646864 00000000 00000000 00000000 0000BB80 00000000 "
      "15C70000");
  assert_box_is (bytes, "moov/trak/mdia/hdlr",
      "00000026 68646C72 00000000 00000000 736F756E 00000000 00000000 00000000"
      "617564696F00");
  assert_box_is (
      bytes, "moov/trak/mdia/minf/smhd", "00000010 736D6864 00000000 00000000");
  assert_box_is (bytes, "moov/trak/mdia/minf/dinf",
      "00000024 64696E66 0000001C 64726566 00000000 00000001"
      "0000000C 75726C20 00000001");
  assert_box_is (bytes, "moov/mvex",
      "00000028 6D766578 00000020 74726578 00000000 00000007 00000001 00000400"
      "00000000 02000000");
}
GST_END_TEST;

GST_START_TEST (test_video_header_boxes)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[0]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);

  /* 640 pixels of 16:15 are 682 2/3 wide; BT.2020 fits no media profile */
  assert_box_is (bytes, "ftyp",
      "0000001C 66747970 636D6632 00000000 69736F36 636D6663 636D6632");
  assert_box_is (bytes, "moov/trak/tkhd",
      "0000005C 746B6864 00000003 00000000 00000000 00000007 00000000 00000000"
      "00000000 00000000 0000 0000 0000 0000"
      "00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000"
      "40000000 02AAAAAB 01680000");
  assert_box_is (bytes, "moov/trak/mdia/minf/vmhd",
      "00000014 766D6864 00000001 00000000 00000000");
  assert_box_is (bytes, "moov/mvex/trex",
      "00000020 74726578 00000000 00000007 00000001 00000E10 00000000 "
      "01010000");
}
GST_END_TEST;

static const struct
{
  const gchar *language;
  guint16 packed;
  gboolean has_elng;
  const gchar *read;
} languages[] = {
  { NULL, 0x55C4, FALSE, NULL },
  { "en", 0x15C7, FALSE, "en" },
  { "eng", 0x15C7, FALSE, "en" },
  { "fr", 0x1A41, FALSE, "fr" },
  { "deu", 0x10B5, FALSE, "de" },
  { "en-US", 0x15C7, TRUE, "en-US" },
  { "zxx", 0x6B18, FALSE, "zxx" },
  { "x-klingon", 0x55C4, TRUE, "x-klingon" },
  { "qaa-Latn", 0x4421, TRUE, "qaa-Latn" },
};

GST_START_TEST (test_languages_need_elng_only_when_mdhd_cannot_say_them)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[4]);
  g_autoptr (CmafTrack) read = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) mdia = NULL;
  g_autoptr (GBytes) mdhd = NULL;
  CmafBoxReader r;
  CmafBox box;

  track->language = g_strdup (languages[__i__].language);
  bytes = cmaf_init_segment_write (track, NULL);
  mdhd = take_box (bytes, "moov/trak/mdia/mdhd");
  assert_equals_int_hex (
      GST_READ_UINT16_BE ((const guint8 *)g_bytes_get_data (mdhd, NULL) + 28),
      languages[__i__].packed);
  mdia = take_box (bytes, "moov/trak/mdia");
  cmaf_box_reader_init (&r, (const guint8 *)g_bytes_get_data (mdia, NULL) + 8,
      g_bytes_get_size (mdia) - 8);
  fail_unless (cmaf_box_reader_find (&r, CMAF_BOX_ELNG, &box)
               == languages[__i__].has_elng);
  read = read_bytes (bytes, NULL);
  assert_equals_string (read->language, languages[__i__].read);
}
GST_END_TEST;

GST_START_TEST (test_a_media_brand_stands_last)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[6]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);

  assert_box_is (bytes, "ftyp",
      "00000020 66747970 636D6632 00000000 69736F36 636D6663 636D6632"
      "61763031");
}
GST_END_TEST;

static const struct
{
  guint codec;
  const gchar *hdlr, *header, *header_box;
} texts[] = {
  { 13,
      "00000025 68646C72 00000000 00000000 74657874 00000000 00000000 00000000"
      "7465787400",
      "nmhd", "0000000C 6E6D6864 00000000" },
  { 14,
      "00000025 68646C72 00000000 00000000 73756274 00000000 00000000 00000000"
      "7465787400",
      "sthd", "0000000C 73746864 00000000" },
};

GST_START_TEST (test_webvtt_is_text_and_ttml_is_subtitles)
{
  g_autoptr (CmafTrack) track =
      make_full_track (&test_codecs[texts[__i__].codec]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);
  g_autofree gchar *path =
      g_strconcat ("moov/trak/mdia/minf/", texts[__i__].header, NULL);

  assert_box_is (bytes, "moov/trak/mdia/hdlr", texts[__i__].hdlr);
  assert_box_is (bytes, path, texts[__i__].header_box);
}
GST_END_TEST;

/* --- headers of others --- */

enum
{
  FORM_64_BIT = 1 << 0,       /* version 1 of mvhd, tkhd and mdhd */
  FORM_IODS = 1 << 1,         /* AWS: iods in moov */
  FORM_META = 1 << 2,         /* udta/meta in moov */
  FORM_MVEX_FIRST = 1 << 3,   /* mp4ff: mvex in front of trak */
  FORM_FOREIGN_TREX = 1 << 4, /* trex of a track that is not there */
  FORM_EDIT = 1 << 5,         /* FFmpeg without negative_cts_offsets */
  FORM_TRAILING = 1 << 6,     /* free and sidx after moov */
  FORM_TWO_TRAKS = 1 << 7,
  FORM_NO_MVEX = 1 << 8,
  FORM_NO_FTYP = 1 << 9,
  FORM_KIND_CUT = 1 << 10, /* kind without its last NUL */
  FORM_KIND_NO_VALUE = 1 << 11,
  FORM_JUNK_LANGUAGE = 1 << 12,
  FORM_EMPTY_EDIT = 1 << 13,
  FORM_NO_TIMESCALE = 1 << 14,
};

static void
put_head (CmafBoxWriter *w, guint32 type, guint form)
{
  gboolean is_64 = (form & FORM_64_BIT) != 0;

  cmaf_box_writer_begin_full (w, type, is_64, 3);
  cmaf_box_writer_fill (w, 0x7C, is_64 ? 16 : 8);
}

static void
put_mvex (CmafBoxWriter *w, guint form)
{
  cmaf_box_writer_begin (w, CMAF_BOX_MVEX);
  if (form & FORM_64_BIT) {
    cmaf_box_writer_begin_full (w, CMAF_BOX_MEHD, 1, 0);
    cmaf_box_writer_u64 (w, 0);
    cmaf_box_writer_end (w);
  }
  cmaf_box_writer_begin_full (w, CMAF_BOX_TREX, 0, 0);
  cmaf_box_writer_u32 (w, form & FORM_FOREIGN_TREX ? 99 : 3);
  cmaf_box_writer_u32 (w, 99);
  cmaf_box_writer_u32 (w, 512);
  cmaf_box_writer_u32 (w, 11);
  cmaf_box_writer_u32 (w, 0x12345678);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
}

static void
put_edits (CmafBoxWriter *w, guint form)
{
  gboolean is_64 = (form & FORM_64_BIT) != 0;

  cmaf_box_writer_begin (w, CMAF_BOX_EDTS);
  cmaf_box_writer_begin_full (w, CMAF_BOX_ELST, is_64, 0);
  cmaf_box_writer_u32 (w, form & FORM_EMPTY_EDIT ? 2 : 1);
  if (form & FORM_EMPTY_EDIT) {
    cmaf_box_writer_fill (w, 0, is_64 ? 4 : 0);
    cmaf_box_writer_u32 (w, 40); /* at 1000 */
    cmaf_box_writer_fill (w, 0xFF, is_64 ? 8 : 4);
    cmaf_box_writer_u32 (w, 0x10000);
  }
  cmaf_box_writer_fill (w, 0, is_64 ? 8 : 4);
  cmaf_box_writer_fill (w, 0, is_64 ? 4 : 0);
  cmaf_box_writer_u32 (w, 1024);
  cmaf_box_writer_u32 (w, 0x10000);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
}

static void
put_kind (CmafBoxWriter *w, guint form)
{
  cmaf_box_writer_begin (w, CMAF_BOX_UDTA);
  cmaf_box_writer_begin_full (w, CMAF_BOX_KIND, 0, 0);
  cmaf_box_writer_string (w, "urn:tva:metadata:cs:AudioPurposeCS:2007");
  cmaf_box_writer_string (w, "1");
  cmaf_box_writer_end (w);
  cmaf_box_writer_begin_full (w, CMAF_BOX_KIND, 0, 0);
  cmaf_box_writer_string (w, CMAF_KIND_ROLE);
  if (form & FORM_KIND_CUT)
    cmaf_box_writer_data (w, "dub", 3);
  else if (!(form & FORM_KIND_NO_VALUE))
    cmaf_box_writer_string (w, "dub");
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
}

static void
put_trak (CmafBoxWriter *w, guint form)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);

  cmaf_box_writer_begin (w, CMAF_BOX_TRAK);
  put_head (w, CMAF_BOX_TKHD, form);
  cmaf_box_writer_u32 (w, 3);
  cmaf_box_writer_fill (w, 0, 64);
  cmaf_box_writer_end (w);
  if (form & FORM_EDIT)
    put_edits (w, form);
  cmaf_box_writer_begin (w, CMAF_BOX_MDIA);
  put_head (w, CMAF_BOX_MDHD, form);
  cmaf_box_writer_u32 (w, form & FORM_NO_TIMESCALE ? 0 : 12800);
  cmaf_box_writer_fill (w, 0, form & FORM_64_BIT ? 8 : 4);
  cmaf_box_writer_u16 (w, form & FORM_JUNK_LANGUAGE ? 0x7FFF : 0x10B5);
  cmaf_box_writer_u16 (w, 0);
  cmaf_box_writer_end (w);
  cmaf_box_writer_begin (w, CMAF_BOX_MINF);
  cmaf_box_writer_begin (w, CMAF_BOX_STBL);
  cmaf_box_writer_begin_full (w, CMAF_BOX_STSD, 0, 0);
  cmaf_box_writer_u32 (w, 1);
  cmaf_sample_entry_write (w, track);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
  put_kind (w, form);
  cmaf_box_writer_end (w);
}

static void
put_empty (CmafBoxWriter *w, guint32 type, gsize size)
{
  cmaf_box_writer_begin (w, type);
  cmaf_box_writer_fill (w, 0, size);
  cmaf_box_writer_end (w);
}

static GBytes *
make_foreign_header (guint form)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  if (!(form & FORM_NO_FTYP))
    put_empty (&w, CMAF_BOX_FTYP, 8);
  cmaf_box_writer_begin (&w, CMAF_BOX_MOOV);
  put_head (&w, CMAF_BOX_MVHD, form);
  cmaf_box_writer_u32 (&w, 1000);
  cmaf_box_writer_fill (&w, 0, 84);
  cmaf_box_writer_end (&w);
  if (form & FORM_IODS)
    put_empty (&w, CMAF_FOURCC ('i', 'o', 'd', 's'), 13);
  if (form & FORM_MVEX_FIRST)
    put_mvex (&w, form);
  put_trak (&w, form);
  if (form & FORM_TWO_TRAKS)
    put_trak (&w, form);
  if (!(form & (FORM_MVEX_FIRST | FORM_NO_MVEX)))
    put_mvex (&w, form);
  if (form & FORM_META) {
    cmaf_box_writer_begin (&w, CMAF_BOX_UDTA);
    put_empty (&w, CMAF_FOURCC ('m', 'e', 't', 'a'), 30);
    cmaf_box_writer_end (&w);
  }
  cmaf_box_writer_end (&w);
  if (form & FORM_TRAILING) {
    put_empty (&w, CMAF_BOX_FREE, 5);
    put_empty (&w, CMAF_BOX_SIDX, 40);
  }
  return cmaf_box_writer_finish (&w, NULL);
}

static const struct
{
  guint form;
  const gchar *language;
  const gchar *role;
  gint64 edit_media_time;
} forms[] = {
  { 0, "de", "dub", 0 },
  { FORM_64_BIT, "de", "dub", 0 },
  { FORM_IODS | FORM_META, "de", "dub", 0 },
  { FORM_MVEX_FIRST | FORM_FOREIGN_TREX, "de", "dub", 0 },
  { FORM_EDIT | FORM_TRAILING, "de", "dub", 1024 },
  { FORM_EDIT | FORM_64_BIT, "de", "dub", 1024 },
  { FORM_EDIT | FORM_EMPTY_EDIT, "de", "dub", 512 },
  { FORM_EDIT | FORM_EMPTY_EDIT | FORM_64_BIT, "de", "dub", 512 },
  { FORM_KIND_CUT, "de", "dub", 0 },
  { FORM_KIND_NO_VALUE, "de", NULL, 0 },
  { FORM_JUNK_LANGUAGE, NULL, "dub", 0 },
};

GST_START_TEST (test_headers_of_others_are_read)
{
  g_autoptr (GBytes) bytes = make_foreign_header (forms[__i__].form);
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafTrack) track = read_bytes (bytes, &error);

  fail_unless (track != NULL, "%s", error ? error->message : "");
  assert_equals_int (track->id, 3);
  assert_equals_int (track->timescale, 12800);
  assert_equals_int (track->sample_duration, 512);
  assert_equals_int (track->default_sample_size, 11);
  assert_equals_int_hex (track->default_sample_flags, 0x12345678);
  assert_equals_int (track->fps_n, 25);
  assert_equals_int (track->fps_d, 1);
  assert_equals_int (track->width, 640);
  assert_equals_string (track->language, forms[__i__].language);
  assert_equals_string (track->role, forms[__i__].role);
  assert_equals_int64 (track->edit_media_time, forms[__i__].edit_media_time);
}
GST_END_TEST;

static const struct
{
  guint form;
  gint code;
  const gchar *message;
} refusals[] = {
  { FORM_TWO_TRAKS, CMAF_ERROR_UNSUPPORTED,
      "moov: has 2 boxes 'trak', needs exactly 1" },
  { FORM_NO_MVEX, CMAF_ERROR_UNSUPPORTED, "needs a fragmented track" },
  { FORM_NO_FTYP, CMAF_ERROR_MALFORMED, "without box 'ftyp'" },
  { FORM_NO_TIMESCALE, CMAF_ERROR_MALFORMED, "timescale is 0" },
};

GST_START_TEST (test_what_is_no_header_is_refused_with_its_reason)
{
  g_autoptr (GBytes) bytes = make_foreign_header (refusals[__i__].form);
  g_autoptr (GError) error = NULL;

  fail_unless (read_bytes (bytes, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, refusals[__i__].code));
  fail_unless (strstr (error->message, refusals[__i__].message) != NULL, "%s",
      error->message);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_a_header)
{
  g_autoptr (CmafTrack) track = make_full_track (&test_codecs[__i__]);
  g_autoptr (GBytes) bytes = cmaf_init_segment_write (track, NULL);

  for (gsize n = 0; n < g_bytes_get_size (bytes); n++) {
    g_autofree guint8 *prefix =
        copy_exactly (g_bytes_get_data (bytes, NULL), n);
    g_autoptr (GError) error = NULL;

    fail_unless (cmaf_init_segment_read (prefix, n, &error) == NULL);
    fail_unless (error != NULL);
  }
}
GST_END_TEST;

/* The size of each box in turn is replaced by lies; nothing is promised but
 * that the reader stays inside and, on failure, says why. */
GST_START_TEST (test_lies_inside_a_header_do_no_harm)
{
  g_autoptr (GBytes) bytes = make_foreign_header (
      FORM_EDIT | FORM_EMPTY_EDIT | FORM_META | FORM_TRAILING);
  gsize size = g_bytes_get_size (bytes);
  static const guint32 lies[] = { 0, 1, 7, 8, 0x7FFFFFFF, 0xFFFFFFFF };

  for (gsize at = 0; at + 4 <= size; at++) {
    for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
      g_autofree guint8 *copy =
          copy_exactly (g_bytes_get_data (bytes, NULL), size);
      g_autoptr (GError) error = NULL;
      g_autoptr (CmafTrack) track = NULL;

      GST_WRITE_UINT32_BE (copy + at, lies[i]);
      track = cmaf_init_segment_read (copy, size, &error);
      fail_unless ((track == NULL) == (error != NULL));
    }
  }
}
GST_END_TEST;

GST_START_TEST (test_a_track_that_cannot_be_written_is_refused)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);
  g_autoptr (GError) error = NULL;

  track->timescale = 0;
  fail_unless (cmaf_init_segment_write (track, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  g_clear_error (&error);

  track->timescale = 90000;
  track->width = 65536;
  fail_unless (cmaf_init_segment_write (track, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_CONFIG));
  g_clear_error (&error);

  track->width = 640;
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  fail_unless (cmaf_init_segment_write (track, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  g_clear_error (&error);

  track->codec = CMAF_FOURCC ('v', 'v', 'c', '1');
  fail_unless (cmaf_init_segment_write (track, &error) == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED));
  fail_unless (strstr (error->message, "'vvc1'") != NULL);
}
GST_END_TEST;

GST_START_TEST (test_the_hash_is_the_start_of_sha256)
{
  g_autoptr (GBytes) bytes = g_bytes_new ("abc", 3);
  gchar hash[9];

  cmaf_init_segment_hash (bytes, hash);
  assert_equals_string (hash, "ba7816bf");
}
GST_END_TEST;

static Suite *
init_segment_suite (void)
{
  Suite *s = suite_create ("init-segment");
  TCase *tc = tcase_create ("general");
  guint n_codecs = G_N_ELEMENTS (test_codecs);

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_round_trip_of_every_codec, 0, n_codecs);
  tcase_add_test (tc, test_the_service_is_told);
  tcase_add_loop_test (tc, test_header_bytes_never_change, 0, n_codecs);
  tcase_add_test (tc, test_boxes_are_the_vectors_of_the_specifications);
  tcase_add_test (tc, test_video_header_boxes);
  tcase_add_loop_test (tc,
      test_languages_need_elng_only_when_mdhd_cannot_say_them, 0,
      G_N_ELEMENTS (languages));
  tcase_add_test (tc, test_a_media_brand_stands_last);
  tcase_add_loop_test (
      tc, test_webvtt_is_text_and_ttml_is_subtitles, 0, G_N_ELEMENTS (texts));
  tcase_add_loop_test (
      tc, test_headers_of_others_are_read, 0, G_N_ELEMENTS (forms));
  tcase_add_loop_test (tc, test_what_is_no_header_is_refused_with_its_reason, 0,
      G_N_ELEMENTS (refusals));
  tcase_add_loop_test (tc, test_no_prefix_is_a_header, 0, n_codecs);
  tcase_add_test (tc, test_lies_inside_a_header_do_no_harm);
  tcase_add_test (tc, test_a_track_that_cannot_be_written_is_refused);
  tcase_add_test (tc, test_the_hash_is_the_start_of_sha256);
  return s;
}

GST_CHECK_MAIN (init_segment);
