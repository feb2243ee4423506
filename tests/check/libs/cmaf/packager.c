/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Chunks in, segments and manifests in a memory store out. */
#include "packager-fixtures.h"
#include "sanitizer.h"

/* ---- what comes out ---- */

/* header, segments, playlists, MPD, multivariant playlist */
GST_START_TEST (test_segments_come_before_manifests)
{
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  assert_equals_string (f.told->str,
      "v/0000000100.m4s a/0000000100.m4s "
      "a/media.m3u8 v/media.m3u8 stream.mpd master.m3u8 "
      "v/0000000101.m4s a/0000000101.m4s "
      "a/media.m3u8 v/media.m3u8 stream.mpd ");
  assert_equals_int (count_objects (&f, "v/init-"), 1);
  assert_equals_int (count_objects (&f, "a/init-"), 1);
  assert_equals_uint64 (get_stat (&f, "segments"), 4);
  assert_equals_uint64 (get_stat (&f, "last-number"), 101);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_media_bytes_are_those_that_came)
{
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autoptr (GBytes) stored = NULL;
  Fixture f;
  guint part, i;

  fixture_init (&f);
  fixture_open (&f);
  header (&f, "v", f.video);
  for (part = 0; part < 4; part++) {
    g_autoptr (CmafChunk) chunk =
        fixture_grid_chunk (f.video, &grid, 7, part, 4);

    for (i = 0; i < chunk->bytes->len; i++) {
      gsize size;
      const guint8 *data =
          g_bytes_get_data (g_ptr_array_index (chunk->bytes, i), &size);

      g_byte_array_append (expected, data, size);
    }
    fail_unless (cmaf_packager_push (f.packager, "v", chunk, NULL));
  }
  finish (&f);
  stored = cmaf_object_store_get (f.store, "v/0000000007.m4s", NULL);
  g_assert_cmpmem (g_bytes_get_data (stored, NULL), g_bytes_get_size (stored),
      expected->data, expected->len);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_nothing_is_listed_before_all_tracks_have_it)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push (&f, "v", f.video, 100);
  push (&f, "v", f.video, 101);
  fail_if (cmaf_object_store_contains (f.store, "stream.mpd"));
  push (&f, "a", f.audio, 100);
  text = read_text (&f, "v/media.m3u8");
  assert_has (text, "0000000100.m4s");
  assert_lacks (text, "0000000101.m4s");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_expected_tracks_are_waited_for)
{
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  cmaf_packager_set_expected (f.packager, 2);
  header (&f, "v", f.video);
  push (&f, "v", f.video, 100);
  push (&f, "v", f.video, 101);
  fail_if (cmaf_object_store_contains (f.store, "stream.mpd"));
  header (&f, "a", f.audio);
  push (&f, "a", f.audio, 100);
  fail_unless (cmaf_object_store_contains (f.store, "stream.mpd"));
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_end_makes_everything_static)
{
  static const gchar *const names[] = { "stream.mpd", "v/media.m3u8",
    "a/media.m3u8" };
  static const gchar *const marks[] = { "type=\"static\"", "#EXT-X-ENDLIST",
    "#EXT-X-ENDLIST" };
  Fixture f;
  guint i;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 103);
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *text = read_text (&f, names[i]);

    assert_lacks (text, marks[i]);
  }
  finish (&f);
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *text = read_text (&f, names[i]);

    assert_has (text, marks[i]);
  }
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_static_writes_manifests_once)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.type = CMAF_MANIFEST_STATIC;
  start_both (&f);
  push_both (&f, 0, 9);
  fail_if (strstr (f.told->str, "stream.mpd") != NULL);
  finish (&f);
  assert_has (f.told->str, "a/media.m3u8 v/media.m3u8 stream.mpd master.m3u8 ");
  text = read_text (&f, "stream.mpd");
  assert_has (text, "mediaPresentationDuration=\"PT19.200S\"");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_window_moves_and_old_objects_go)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.window_length = 10 * GST_SECOND; /* 6 segments */
  start_both (&f);
  push_both (&f, 100, 130);
  text = read_text (&f, "v/media.m3u8");
  /* 4 * floor ((130 - 6 + 1) / 4) = 124 */
  assert_has (text, "#EXT-X-MEDIA-SEQUENCE:124\n");
  fail_unless (cmaf_object_store_contains (f.store, "v/0000000118.m4s"));
  fail_if (cmaf_object_store_contains (f.store, "v/0000000117.m4s"));
  assert_equals_int (count_objects (&f, "a/0"), 13);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_without_window_everything_stays)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 300);
  text = read_text (&f, "v/media.m3u8");
  assert_has (text, "#EXT-X-MEDIA-SEQUENCE:100\n");
  assert_equals_int (count_objects (&f, "v/0"), 201);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_names_follow_the_addressing)
{
  static const struct
  {
    CmafAddressing addressing;
    const gchar *template_;
    guint offset;
    const gchar *name;
  } cases[] = {
    { CMAF_ADDRESSING_TIMELINE_NUMBER, NULL, 1, "v/0000000101.m4s" },
    { CMAF_ADDRESSING_TIMELINE_TIME, NULL, 0, "v/t17280000.m4s" },
    { CMAF_ADDRESSING_NUMBER, "$RepresentationID$/seg-$Number$.m4s", 0,
        "v/seg-100.m4s" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *mpd = NULL, *playlist = NULL;
    Fixture f;

    fixture_init (&f);
    f.config.addressing = cases[i].addressing;
    f.config.media_template = cases[i].template_;
    f.config.number_offset = cases[i].offset;
    start_both (&f);
    push_both (&f, 100, 100);
    fail_unless (cmaf_object_store_contains (f.store, cases[i].name));
    playlist = read_text (&f, "v/media.m3u8");
    assert_has (playlist, cases[i].name + 2);
    mpd = read_text (&f, "stream.mpd");
    assert_has (mpd, cases[i].template_ != NULL ? cases[i].template_
                                                : "$RepresentationID$/");
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_low_latency_segments_are_visible_while_they_grow)
{
  g_auto (CmafMemoryObject) object = { NULL };
  g_autoptr (CmafChunk) one = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.low_latency = TRUE;
  fixture_open (&f);
  header (&f, "v", f.video);
  one = fixture_grid_chunk (f.video, &grid, 7, 0, 4);
  fail_unless (cmaf_packager_push (f.packager, "v", one, NULL));
  fail_unless (cmaf_memory_store_lookup (f.store, "v/0000000007.m4s", &object));
  assert_equals_int (object.size, one->size);
  fail_if (object.is_complete);
  fixture_clear (&f);
}
GST_END_TEST;

/* Video in chunks may go on behind the edge, without a key frame. Until then it
 * is whole, and there, although it is not listed yet. */
GST_START_TEST (test_full_segment_stays_when_the_process_goes)
{
  g_autofree gchar *folder = g_dir_make_tmp ("cmaf-packager-XXXXXX", NULL);
  g_autofree gchar *below = g_build_filename (folder, "v", NULL);
  g_autoptr (CmafObjectStore) later = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  Fixture f;

  fixture_init (&f);
  cmaf_object_store_unref (f.store);
  f.store = cmaf_directory_store_new (folder, NULL);
  fixture_open (&f);
  header (&f, "v", f.video);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (CmafChunk) chunk = fixture_grid_chunk (f.video, &grid, 7, i, 4);

    fail_if (cmaf_object_store_contains (f.store, "v/0000000007.m4s"));
    fail_unless (cmaf_packager_push (f.packager, "v", chunk, NULL));
    size += chunk->size;
  }
  fail_unless (cmaf_object_store_contains (f.store, "v/0000000007.m4s"));
  assert_lacks (f.told->str, "0000000007.m4s");
  fixture_clear (&f);
  later = cmaf_directory_store_new (folder, NULL);
  bytes = cmaf_object_store_get (later, "v/0000000007.m4s", NULL);
  assert_equals_int (g_bytes_get_size (bytes), size);
  names = cmaf_object_store_list (later, "", NULL);
  for (guint i = 0; i < names->len; i++)
    cmaf_object_store_remove (later, names->pdata[i], NULL);
  g_rmdir (below);
  g_rmdir (folder);
}
GST_END_TEST;

/* ---- input that is not as it should be ---- */

GST_START_TEST (test_duplicates_are_dropped_with_one_warning)
{
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 103);
  g_string_truncate (f.told, 0);
  push (&f, "v", f.video, 101);
  push (&f, "v", f.video, 102);
  push (&f, "v", f.video, 103);
  assert_equals_string (f.told->str,
      "(track v: chunk with decode time 17452800 at timescale 90000 is "
      "dropped: it is late or comes twice, needs more than 17798400) ");
  assert_equals_uint64 (get_stat (&f, "dropped-chunks"), 3);
  push_both (&f, 104, 104);
  assert_equals_uint64 (get_stat (&f, "last-number"), 104);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_broken_clock_is_not_followed)
{
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  push (&f, "v", f.video, 904005000);
  assert_has (f.told->str, "jumps 904004899 segments ahead");
  push_both (&f, 102, 103);
  assert_equals_uint64 (get_stat (&f, "last-number"), 103);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_media_before_its_header_is_an_error)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafChunk) chunk = NULL;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  chunk = fixture_grid_chunk (f.video, &grid, 0, 0, 1);
  fail_if (cmaf_packager_push (f.packager, "v", chunk, &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_NO_HEADER);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_bad_track_name_is_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  bytes = fixture_header (f.video);
  fail_if (
      cmaf_packager_set_header (f.packager, "../v", f.video, bytes, &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG);
  fixture_clear (&f);
}
GST_END_TEST;

/* A sender that counts from zero, tells no grid and sends one frame in each
 * fragment: regrouped to the distance of its key frames. */
GST_START_TEST (test_foreign_frames_are_regrouped)
{
  g_autofree gchar *text = NULL;
  g_autoptr (CmafTrack) video = NULL;
  g_autoptr (GError) error = NULL;
  Fixture f;
  guint i;

  fixture_init (&f);
  fixture_open (&f);
  video = fixture_video (25, 1, 12800, 512, 720, 1000000);
  header (&f, "v", video);
  for (i = 0; i < 160; i++) {
    const FixtureChunk frame = {
      .decode_time = i * 512, .n_samples = 1, .not_sync = i % 50 != 0
    };
    g_autoptr (CmafChunk) chunk = fixture_chunk (video, &frame);

    fail_unless (cmaf_packager_push (f.packager, "v", chunk, &error));
  }
  finish (&f);
  text = read_text (&f, "v/media.m3u8");
  assert_has (text, "#EXTINF:2.000000,\n0000000000.m4s\n"
                    "#EXTINF:2.000000,\n0000000001.m4s\n"
                    "#EXTINF:2.000000,\n0000000002.m4s\n"
                    "#EXTINF:0.400000,\n0000000003.m4s\n"
                    "#EXT-X-ENDLIST\n");
  fixture_clear (&f);
}
GST_END_TEST;

/* Segments of @n units, in chunks of @part units at most; the first one has
 * number @number. */
static void
push_cut (Fixture *f, const gchar *name, CmafTrack *track, guint64 number,
    const guint *n, guint part)
{
  const guint units = track->media == CMAF_MEDIA_VIDEO ? 48 : 90;
  guint64 time = number * units;

  for (guint i = 0; n[i] > 0; i++)
    for (guint at = 0; at < n[i]; at += part) {
      FixtureChunk chunk = { .decode_time = time * track->sample_duration,
        .n_samples = MIN (part, n[i] - at),
        .not_sync = at > 0,
        .no_start = at > 0 };
      g_autoptr (CmafChunk) made = NULL;

      chunk.marks =
          fixture_marks (track, &chunk, number + i, at + part >= n[i]);
      made = fixture_chunk (track, &chunk);
      fail_unless (cmaf_packager_push (f->packager, name, made, NULL));
      time += chunk.n_samples;
    }
}

/* A splice moves edge 102; what is in one chunk; what the segments last. */
static const struct
{
  gboolean is_audio;
  guint n[4], part;
  const gchar *durations[3];
} moved_edges[] = {
  { FALSE, { 24, 72, 48 }, 72, { "0.960000", "2.880000", "1.920000" } },
  { FALSE, { 47, 49, 48 }, 72, { "1.880000", "1.960000", "1.920000" } },
  { FALSE, { 49, 47, 48 }, 72, { "1.960000", "1.880000", "1.920000" } },
  { FALSE, { 71, 25, 48 }, 72, { "2.840000", "1.000000", "1.920000" } },
  { FALSE, { 36, 60, 48 }, 12, { "1.440000", "2.400000", "1.920000" } },
  /* a chunk ends at the edge of the grid, or passes it */
  { FALSE, { 60, 36, 48 }, 12, { "2.400000", "1.440000", "1.920000" } },
  { FALSE, { 60, 36, 48 }, 10, { "2.400000", "1.440000", "1.920000" } },
  { TRUE, { 120, 60, 90 }, 30, { "2.560000", "1.280000", "1.920000" } },
  { TRUE, { 120, 60, 90 }, 24, { "2.560000", "1.280000", "1.920000" } },
  { TRUE, { 60, 120, 90 }, 30, { "1.280000", "2.560000", "1.920000" } },
  { TRUE, { 61, 119, 90 }, 200, { "1.301333", "2.538667", "1.920000" } },
};

GST_START_TEST (test_moved_edge_is_that_of_the_sender)
{
  const gboolean is_audio = moved_edges[__i__].is_audio;
  const gchar *const *lasts = moved_edges[__i__].durations;
  const gchar *name = is_audio ? "a" : "v";
  g_autofree gchar *path = g_strdup_printf ("%s/media.m3u8", name);
  g_autofree gchar *text = NULL, *wanted = NULL;
  CmafTrack *track;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  track = is_audio ? f.audio : f.video;
  header (&f, name, track);
  push (&f, name, track, 100);
  push_cut (
      &f, name, track, 101, moved_edges[__i__].n, moved_edges[__i__].part);
  push (&f, name, track, 104);
  finish (&f);
  text = read_text (&f, path);
  wanted = g_strdup_printf (
      "#EXTINF:%s,\n0000000101.m4s\n#EXTINF:%s,\n0000000102.m4s\n"
      "#EXTINF:%s,\n0000000103.m4s\n#EXTINF:1.920000,\n0000000104.m4s\n"
      "#EXT-X-ENDLIST\n",
      lasts[0], lasts[1], lasts[2]);
  assert_has (text, wanted);
  fixture_clear (&f);
}
GST_END_TEST;

/* Who begins in the middle, or behind a gap, with a segment that is early has
 * its number. */
GST_START_TEST (test_early_segment_has_its_number_from_the_first_one_on)
{
  static const guint n[] = { 48, 0 };
  const gboolean has_gap = __i__ > 0;
  g_autofree gchar *text = NULL;
  FixtureChunk chunk = { .decode_time = (102 * 48 - 24) * 3600,
    .n_samples = 72 };
  g_autoptr (CmafChunk) early = NULL;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  header (&f, "v", f.video);
  if (has_gap)
    push (&f, "v", f.video, 99);
  chunk.marks = fixture_marks (f.video, &chunk, 102, TRUE);
  early = fixture_chunk (f.video, &chunk);
  fail_unless (cmaf_packager_push (f.packager, "v", early, NULL));
  push_cut (&f, "v", f.video, 103, n, 48);
  finish (&f);
  text = read_text (&f, "v/media.m3u8");
  assert_has (text, "#EXTINF:2.880000,\n0000000102.m4s\n"
                    "#EXTINF:1.920000,\n0000000103.m4s\n#EXT-X-ENDLIST\n");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_configured_duration_joins_segments)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  f.config.segment_duration_n = 96;
  f.config.segment_duration_d = 25;
  start_both (&f);
  push_both (&f, 0, 5);
  finish (&f);
  text = read_text (&f, "v/media.m3u8");
  assert_has (text, "#EXTINF:3.840000,\n0000000002.m4s\n#EXT-X-ENDLIST\n");
  assert_lacks (f.told->str, "segment-duration");
  fixture_clear (&f);
}
GST_END_TEST;

/* Half and one and a half of them. */
GST_START_TEST (test_configured_duration_that_is_no_multiple_is_told)
{
  static const guint wanted[] = { 24, 72 };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autofree gchar *text = g_strdup_printf (
        "(segment-duration: found %u/25, needs a multiple of 48/25 s, what the "
        "segments of track v last",
        wanted[i]);
    Fixture f;

    fixture_init (&f);
    f.config.segment_duration_n = wanted[i];
    f.config.segment_duration_d = 25;
    start_both (&f);
    push_both (&f, 0, 5);
    finish (&f);
    assert_has (f.told->str, text);
    fixture_clear (&f);
  }
}
GST_END_TEST;

GST_START_TEST (test_what_is_counted_is_of_one_length)
{
  static const struct
  {
    guint32 timescale, frame_ticks;
    gboolean has_moves;
    const gchar *why; /* NULL: it is */
  } rows[] = {
    { 90000, 3600, FALSE, NULL },
    { 90000, 3600, TRUE, "as splices move its boundaries" },
    { 30000, 1001, FALSE, "as the number of its frames varies" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (CmafTrack) video = fixture_video (rows[i].timescale,
        rows[i].frame_ticks, rows[i].timescale, rows[i].frame_ticks, 720, 0);
    Fixture f;

    video->segment_duration_n = 48;
    video->segment_duration_d = 25;
    video->has_moves = rows[i].has_moves;
    bytes = fixture_header (video);
    fixture_init (&f);
    f.config.addressing = CMAF_ADDRESSING_NUMBER;
    f.config.master_name = NULL;
    fixture_open (&f);
    fail_unless_equals_int (
        cmaf_packager_set_header (f.packager, "v", video, bytes, &error)
            && cmaf_packager_finish (f.packager, &error),
        rows[i].why == NULL);
    if (rows[i].why)
      assert_has (error->message, rows[i].why);
    fixture_clear (&f);
  }
}
GST_END_TEST;

/* ---- two packagers ---- */

GST_START_TEST (test_other_packager_lists_only_what_is_there)
{
  g_autofree gchar *early = NULL, *late = NULL;
  Fixture writer, reader;

  fixture_init (&writer);
  writer.config.master_name = NULL;
  start_both (&writer);
  fixture_init (&reader);
  cmaf_object_store_unref (reader.store);
  reader.store = cmaf_object_store_ref (writer.store);
  reader.config.mpd_name = NULL;
  reader.config.write_segments = FALSE;
  start_both (&reader);

  push_both (&reader, 100, 102); /* the reader is ahead */
  fail_if (cmaf_object_store_contains (reader.store, "master.m3u8"));
  push_both (&writer, 100, 101);
  push (&reader, "v", reader.video, 103);
  early = read_text (&reader, "v/media.m3u8");
  assert_has (early, "0000000101.m4s");
  assert_lacks (early, "0000000102.m4s");
  push_both (&writer, 102, 103);
  push (&reader, "a", reader.audio, 103);
  finish (&writer);
  finish (&reader);
  late = read_text (&reader, "v/media.m3u8");
  assert_has (late, "0000000103.m4s\n#EXT-X-ENDLIST");
  fail_if (strchr (reader.told->str, '(') != NULL, "%s", reader.told->str);
  fixture_clear (&writer);
  fixture_clear (&reader);
}
GST_END_TEST;

/* One word for all of them. */
GST_START_TEST (test_segments_that_are_never_written_are_not_listed)
{
  Fixture f;

  fixture_init (&f);
  f.config.write_segments = FALSE;
  start_both (&f);
  push_both (&f, 100, 102);
  cmaf_packager_set_flushing (f.packager, TRUE); /* do not wait for it */
  finish (&f);
  assert_has (f.told->str, "8 objects were not written, the first is a/init-");
  assert_equals_int (cmaf_packager_get_unlisted (f.packager), 8);
  fail_if (cmaf_object_store_contains (f.store, "stream.mpd"));
  fixture_clear (&f);
}
GST_END_TEST;

/* Equal states are equal bytes: the tracks are interleaved at random, and
 * every version of every manifest is remembered by its highest number. */
typedef struct
{
  GHashTable *versions; /* "name@number" -> bytes */
  CmafObjectStore *store;
  CmafPackager *packager;
} History;

static void
remember (const gchar *name, gpointer user_data)
{
  History *history = user_data;
  g_autoptr (GstStructure) stats = cmaf_packager_get_stats (history->packager);
  GBytes *bytes = cmaf_object_store_get (history->store, name, NULL);
  GBytes *known;
  g_autofree gchar *key = NULL, *text = NULL;
  guint64 number = 0;
  gboolean ended;

  gst_structure_get_uint64 (stats, "last-number", &number);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  ended = strstr (text, "ENDLIST") != NULL
          || strstr (text, "type=\"static\"") != NULL;
  key = g_strdup_printf (
      "%s@%" G_GUINT64_FORMAT "%s", name, number, ended ? " ended" : "");
  known = g_hash_table_lookup (history->versions, key);
  if (known != NULL) {
    fail_unless (g_bytes_equal (known, bytes),
        "two versions of %s:\n%s\n---\n%s", key,
        (const gchar *)g_bytes_get_data (known, NULL),
        (const gchar *)g_bytes_get_data (bytes, NULL));
    g_bytes_unref (bytes);
  } else {
    g_hash_table_insert (history->versions, g_steal_pointer (&key), bytes);
  }
}

/* What each track brings: -1 a new header, -2 its end, else segments. */
static const gint scripts[][40] = {
  /* v */ { 100, 101, 102, 103, 105, 106, 107, -1, 108, 109, 110, 111, 112, 113,
      114, 115, 116, 117, 118, 119, 120, -2 },
  /* a */
  { 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113,
      114, 115, 116, 117, 118, 119, 120, 121, -2 },
  /* late */ { 104, 105, 106, 107, 108, 110, 111, 112, 113, -2 },
};
static const gchar *const script_names[] = { "v", "a", "late" };

static void
run_step (CmafPackager *packager, guint which, gint step, CmafTrack **tracks)
{
  CmafTrack *track = tracks[which];

  if (step == -2) {
    fail_unless (cmaf_packager_end_track (packager, script_names[which], NULL));
  } else if (step == -1) {
    g_autoptr (CmafTrack) other =
        fixture_video (25, 1, 90000, 3600, 1080, 3000000);
    g_autoptr (GBytes) bytes = fixture_header (other);

    fail_unless (cmaf_packager_set_header (
        packager, script_names[which], other, bytes, NULL));
  } else {
    g_autoptr (CmafChunk) chunk = fixture_grid_chunk (track, &grid, step, 0, 1);

    fail_unless (
        cmaf_packager_push (packager, script_names[which], chunk, NULL));
  }
}

static void
run_interleaved (GRand *random, GHashTable *versions, CmafTrack **tracks,
    CmafAddressing addressing, GstClockTime window)
{
  static const CmafPackagerCallbacks remember_only = { NULL, remember, NULL };
  g_autoptr (CmafObjectStore) store = cmaf_memory_store_new (0);
  History history = { versions, store, NULL };
  guint at[G_N_ELEMENTS (scripts)] = { 0 };
  CmafPackagerConfig config;
  guint i, left = G_N_ELEMENTS (scripts);

  cmaf_packager_config_init (&config);
  config.addressing = addressing;
  config.window_length = window;
  config.max_lag = 0;
  history.packager =
      cmaf_packager_new (&config, store, &remember_only, &history, NULL);
  cmaf_packager_set_expected (history.packager, G_N_ELEMENTS (scripts));
  for (i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (GBytes) bytes = fixture_header (tracks[i]);

    cmaf_packager_set_header (
        history.packager, script_names[i], tracks[i], bytes, NULL);
  }
  while (left > 0) {
    guint which = g_rand_int_range (random, 0, G_N_ELEMENTS (scripts));
    gint step = scripts[which][at[which]];

    if (step == 0)
      continue;
    at[which]++;
    run_step (history.packager, which, step, tracks);
    if (scripts[which][at[which]] == 0)
      left--;
  }
  fail_unless (cmaf_packager_finish (history.packager, NULL));
  cmaf_packager_free (history.packager);
}

#define N_ORDERS (TEST_IS_SANITIZED ? 6 : 40)

GST_START_TEST (test_equal_states_are_equal_bytes)
{
  static const struct
  {
    CmafAddressing addressing;
    GstClockTime window;
  } cases[] = { { CMAF_ADDRESSING_TIMELINE_NUMBER, 0 },
    { CMAF_ADDRESSING_TIMELINE_NUMBER, 10 * GST_SECOND },
    { CMAF_ADDRESSING_TIMELINE_TIME, 10 * GST_SECOND },
    { CMAF_ADDRESSING_NUMBER, 10 * GST_SECOND } };
  g_autoptr (GHashTable) versions = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  Fixture f;
  CmafTrack *tracks[3];
  guint i;

  fixture_init (&f);
  tracks[0] = f.video;
  tracks[1] = f.audio;
  tracks[2] = fixture_video (25, 1, 90000, 3600, 360, 1000000);
  for (i = 0; i < N_ORDERS; i++)
    run_interleaved (
        random, versions, tracks, cases[__i__].addressing, cases[__i__].window);
  fail_unless (g_hash_table_size (versions) > 5);
  cmaf_track_unref (tracks[2]);
  fixture_clear (&f);
}
GST_END_TEST;

/* ---- a store that fails ---- */

static gboolean
refuse (CmafObjectWriter *writer, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "it is full");
  return FALSE;
}

GST_START_TEST (test_failure_of_the_store_sticks_and_loses_nothing)
{
  g_autoptr (GError) one = NULL;
  g_autoptr (GError) two = NULL;
  g_autoptr (CmafChunk) chunk = NULL;
  const CmafObjectStoreClass *klass;
  CmafObjectStoreClass full;
  Fixture f;

  fixture_init (&f);
  start_both (&f);
  push_both (&f, 100, 101);
  klass = f.store->klass;
  full = *klass;
  full.append = refuse;
  f.store->klass = &full;
  chunk = fixture_grid_chunk (f.video, &grid, 102, 0, 1);
  fail_if (cmaf_packager_push (f.packager, "v", chunk, &one));
  g_assert_error (one, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  fail_if (cmaf_packager_finish (f.packager, &two));
  assert_equals_string (two->message, one->message);
  check_playlist (&f, "v/media.m3u8");
  fail_unless (cmaf_object_store_contains (f.store, "v/0000000101.m4s"));
  f.store->klass = klass;
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
packager_suite (void)
{
  Suite *s = suite_create ("packager");
  TCase *tc = tcase_create ("output");

  tcase_add_test (tc, test_segments_come_before_manifests);
  tcase_add_test (tc, test_media_bytes_are_those_that_came);
  tcase_add_test (tc, test_nothing_is_listed_before_all_tracks_have_it);
  tcase_add_test (tc, test_expected_tracks_are_waited_for);
  tcase_add_test (tc, test_end_makes_everything_static);
  tcase_add_test (tc, test_static_writes_manifests_once);
  tcase_add_test (tc, test_window_moves_and_old_objects_go);
  tcase_add_test (tc, test_without_window_everything_stays);
  tcase_add_test (tc, test_names_follow_the_addressing);
  tcase_add_test (tc, test_low_latency_segments_are_visible_while_they_grow);
  tcase_add_test (tc, test_full_segment_stays_when_the_process_goes);
  tcase_add_test (tc, test_duplicates_are_dropped_with_one_warning);
  tcase_add_test (tc, test_broken_clock_is_not_followed);
  tcase_add_test (tc, test_media_before_its_header_is_an_error);
  tcase_add_test (tc, test_bad_track_name_is_refused);
  tcase_add_test (tc, test_foreign_frames_are_regrouped);
  tcase_add_test (tc, test_configured_duration_joins_segments);
  tcase_add_loop_test (
      tc, test_moved_edge_is_that_of_the_sender, 0, G_N_ELEMENTS (moved_edges));
  tcase_add_loop_test (
      tc, test_early_segment_has_its_number_from_the_first_one_on, 0, 2);
  tcase_add_test (tc, test_configured_duration_that_is_no_multiple_is_told);
  tcase_add_test (tc, test_what_is_counted_is_of_one_length);
  tcase_add_test (tc, test_other_packager_lists_only_what_is_there);
  tcase_add_test (tc, test_segments_that_are_never_written_are_not_listed);
  tcase_add_loop_test (tc, test_equal_states_are_equal_bytes, 0, 4);
  tcase_add_test (tc, test_failure_of_the_store_sticks_and_loses_nothing);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (packager);
