/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Writes those seeds of the corpora that are our own output:
 * `make-seeds tests/fuzz/corpus`. The rest of a corpus are files of others and
 * what fuzzing found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmafhttp/media-header.h>
#include <gst/cmafhttp/ws-frame.h>

#include "check-fixtures.h"
#include "tracks.h"
#include "ts.h"

static void
append_bytes (GByteArray *array, GBytes *bytes)
{
  g_byte_array_append (
      array, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
append_chunk (GByteArray *array, const CmafTrack *track, guint number)
{
  static const CmafSample samples[][2] = {
    { { 3600, 5, CMAF_SAMPLE_FLAGS_SYNC, 0 },
        { 3600, 3, CMAF_SAMPLE_FLAGS_NON_SYNC, 7200 } },
    { { 3600, 4, CMAF_SAMPLE_FLAGS_SYNC, 0 },
        { 3601, 4, CMAF_SAMPLE_FLAGS_SYNC, -3600 } },
  };
  g_autoptr (GBytes) emsg = bytes_from_hex (
      "0000002B 656D7367 01000000 00015F90 00008B2716A69000 002932E0 00000007"
      "75726E3A7800 7600 010203");
  const GBytes *const messages[] = { emsg };
  CmafFragment fragment = {
    .sequence_number = number,
    .track_id = track->id,
    .decode_time = 156212064000000 + number * 7200,
    .samples = samples[number & 1],
    .n_samples = 2,
    .starts_segment = (number & 1) == 0,
    .is_last = number & 1,
    .has_prft = TRUE,
    .prft_flags = CMAF_PRFT_CAPTURE,
    .prft_ntp = G_GUINT64_CONSTANT (0xEA463CE999999999),
    .prft_media_time = 156212064000000,
    .roll_distance = track->media == CMAF_MEDIA_AUDIO ? -1 : 0,
    .event_messages = messages,
    .n_event_messages = track->media == CMAF_MEDIA_VIDEO ? 1 : 0,
  };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);

  append_bytes (array, head);
  g_byte_array_append (array, (const guint8 *)"payload.", 8);
}

static void
save (const gchar *corpus, const gchar *target, const gchar *name,
    gconstpointer data, gsize size)
{
  g_autofree gchar *path = g_strdup_printf ("%s/%s/%s", corpus, target, name);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0777);
  if (!g_file_set_contents (path, data, (gssize)size, &error)) {
    fprintf (stderr, "%s\n", error->message);
    exit (EXIT_FAILURE);
  }
}

/* Headers, and streams of a header and two chunks. */
static void
save_tracks (const gchar *corpus)
{
  for (guint i = 0; i < G_N_ELEMENTS (test_codecs); i++) {
    g_autoptr (CmafTrack) track = make_full_track (&test_codecs[i]);
    g_autoptr (GBytes) header = cmaf_init_segment_write (track, NULL);
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    gchar name[9] = "    .mp4";

    GST_WRITE_UINT32_BE (name, track->codec);
    save (corpus, "init-segment", name, g_bytes_get_data (header, NULL),
        g_bytes_get_size (header));

    g_byte_array_append (stream, (const guint8 *)"\x40", 1); /* pieces */
    append_bytes (stream, header);
    append_chunk (stream, track, 2 * i);
    append_chunk (stream, track, 2 * i + 1);
    save (corpus, "fragment-reader", name, stream->data, stream->len);
    save (corpus, "boxes", name, stream->data + 1, stream->len - 1);
  }
}

/* Tracks of events: a sample with one and a filler, and the older form. */
static void
save_events (const gchar *corpus)
{
  static const struct
  {
    guint32 codec;
    const gchar *name, *config, *samples[2];
  } seeds[] = {
    { CMAF_CODEC_EVTE, "evte.mp4", "",
        { "00000029 656D6962 00000000 00000000 000000000002BF20 002932E0 "
          "00000007 75726E3A7800 7600 01",
            "00000008 656D6562" } },
    { CMAF_CODEC_URIM, "urim.mp4", "00000000 75726E3A7800",
        { "00000025 656D7367 00000000 75726E3A7800 7600 00015F90 0002BF20 "
          "002932E0 00000007 01",
            "00000008 656D6265" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++) {
    g_autoptr (CmafTrack) track =
        cmaf_track_new (CMAF_MEDIA_EVENT, seeds[i].codec);
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    g_autoptr (GBytes) header = NULL;

    track->timescale = 90000;
    track->codec_config = bytes_from_hex (seeds[i].config);
    header = cmaf_init_segment_write (track, NULL);
    g_byte_array_append (stream, (const guint8 *)"\x40", 1); /* pieces */
    append_bytes (stream, header);
    for (guint k = 0; k < 2; k++) {
      g_autoptr (GBytes) payload = bytes_from_hex (seeds[i].samples[k]);
      const CmafSample sample = { 180000, (guint32)g_bytes_get_size (payload),
        CMAF_SAMPLE_FLAGS_SYNC, 0 };
      const CmafFragment fragment = { .sequence_number = k,
        .track_id = 1,
        .decode_time = 180000 * k,
        .samples = &sample,
        .n_samples = 1,
        .starts_segment = TRUE,
        .marks = k * CMAF_MARK_NEXT_CELL };
      g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);

      append_bytes (stream, head);
      append_bytes (stream, payload);
    }
    save (corpus, "fragment-reader", seeds[i].name, stream->data, stream->len);
  }
}

/* A configuration behind the choices of track-caps.c. */
static void
save_caps (const gchar *corpus)
{
  static const struct
  {
    const gchar *name, *bytes;
  } seeds[] = {
    { "avc", "00 28 28 19 00 00 00 00" TEST_AVCC },
    { "avc3-in-band", "01 28 28 1E 0B 00 00 00" TEST_AVCC },
    { "hvc1", "02 28 28 32 02 00 00 00" TEST_HVCC },
    { "hev1-in-band", "03 28 28 3C 09 00 00 00" TEST_HVCC },
    { "aac-lc", "04 00 00 00 00 02 02 00" TEST_ASC },
    { "he-aac", "04 00 00 00 00 02 02 00 2B098800" },
    { "opus", "05 00 00 00 04 02 02 00" },
    { "opus-surround", "05 00 00 00 04 02 06 49" },
    { "av1", "06 28 28 19 00 00 00 00" },
    { "vp9", "07 28 28 19 00 00 00 00" },
    { "ac3", "08 00 00 00 00 02 02 00" },
    { "eac3", "09 00 00 00 00 02 06 00" },
    { "flac", "0A 00 00 00 00 02 02 00 7F464C4143 0100 0001 664C6143"
              "00000022 1200 1200 000000 000000 0BB802F000000000"
              "00000000000000000000000000000000" },
    { "mhas", "0B 00 00 00 00 02 02 00" },
    { "mha1", "0C 00 00 00 00 02 02 00" TEST_MHAC },
  };

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++) {
    g_autoptr (GBytes) bytes = bytes_from_hex (seeds[i].bytes);

    save (corpus, "track-caps", seeds[i].name, g_bytes_get_data (bytes, NULL),
        g_bytes_get_size (bytes));
  }
}

static void
append_frame (GByteArray *array, CmafWsOpcode opcode, gboolean is_final,
    const gchar *text, const guint8 *mask)
{
  g_autoptr (GBytes) frame =
      cmaf_ws_frame_new (opcode, text, strlen (text), mask);
  guint start = array->len;

  append_bytes (array, frame);
  if (!is_final)
    array->data[start] &= 0x7f;
}

/* The first byte: 1 for a server, 2 for one that takes binary messages, and
 * the size of the pieces from bit 2 on. */
static void
save_frames (const gchar *corpus)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

  for (guint8 kind = 0; kind < 4; kind++) {
    const guint8 *with = kind & 1 ? mask : NULL;
    const guint8 first = kind | 3 << 2;
    g_autoptr (GByteArray) array = g_byte_array_new ();
    g_autoptr (GBytes) close_frame =
        cmaf_ws_close_frame_new (CMAF_WS_CLOSE_GOING_AWAY, "bye", with);
    g_autofree gchar *name = g_strdup_printf ("frames-%u", kind);
    g_autofree gchar *large = g_strnfill (200, 'x');

    g_byte_array_append (array, &first, 1);
    append_frame (array, CMAF_WS_TEXT, TRUE, "{\"t\":\"hello\"}", with);
    append_frame (array, CMAF_WS_TEXT, FALSE, "gr\xc3", with);
    append_frame (array, CMAF_WS_PING, TRUE, "now", with);
    append_frame (array, CMAF_WS_CONTINUATION, TRUE, "\xbc\xc3\x9f", with);
    append_frame (
        array, kind & 2 ? CMAF_WS_BINARY : CMAF_WS_TEXT, TRUE, large, with);
    append_bytes (array, close_frame);
    save (corpus, "ws-frame", name, array->data, array->len);
  }
}

static void
save_media_headers (const gchar *corpus)
{
  static const CmafMediaHeader header = { CMAF_MEDIA_KIND_CHUNK,
    CMAF_MEDIA_KEY | CMAF_MEDIA_FIRST, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
  guint8 bytes[CMAF_MEDIA_HEADER_SIZE + 8] = { 0 };

  cmaf_media_header_write (&header, bytes);
  save (corpus, "media-header", "exact", bytes, CMAF_MEDIA_HEADER_SIZE);
  bytes[3] += 4;
  save (corpus, "media-header", "longer", bytes, sizeof bytes);
}

/* Tables, a boundary point, a splice section and some PES packets. */
static void
save_transport_stream (const gchar *corpus)
{
  static const guint8 ebp[] = { 0x02, 0x0F, 0xDF, 0x0D, 'E', 'B', 'P', '0',
    0x48, 0xEB, 0x1F, 0x04, 0x00, 0x85, 0x1E, 0xB8, 0x52 };
  static const guint8 clock[] = { 0x90, 0, 0, 0, 1, 0x80, 0x05 };
  static const guint8 cue[] = { 0xFC, 0x30, 0x11, 0, 0, 0, 0, 0, 0, 0, 0xFF,
    0xF0, 0, 0, 0, 0 };
  guint8 data[300] = { 0 };
  Ts ts;

  ts_init (&ts, 0, 0);
  g_byte_array_append (ts.bytes, (const guint8 *)"\x1b", 1); /* pieces */
  ts_tables (&ts);
  ts_pes (&ts, TS_VIDEO, 8589930080, ebp, sizeof ebp, data, 300, FALSE);
  ts_section (&ts, TS_SPLICE, cue, sizeof cue);
  ts_pes (&ts, TS_AUDIO, 8589930080, NULL, 0, data, 300, TRUE);
  ts_packet (&ts, TS_VIDEO, FALSE, clock, sizeof clock, NULL, 0);
  ts_pes (&ts, TS_VIDEO, 96, NULL, 0, data, 100, FALSE);
  save (corpus, "ts-reader", "stream.ts", ts.bytes->data, ts.bytes->len);
  ts_clear (&ts);
}

/* ---- texts ---- */

typedef struct
{
  const gchar *name, *text;
} Text;

static const Text requests[] = {
  { "hello", "{\"t\":\"hello\",\"v\":1,\"codecs\":[\"avc1.64001F\",\"opus\"],"
             "\"protos\":[\"cmaf-live.v1\"],\"lowLatency\":true}" },
  { "sub", "{\"t\":\"sub\",\"id\":1,\"ch\":\"main\",\"video\":\"720p\","
           "\"audio\":\"none\",\"from\":\"key\",\"maxKbps\":3000}" },
  { "switch", "{\"t\":\"switch\",\"id\":9007199254740993,\"stream\":2}" },
  { "ping", "{\"t\":\"ping\",\"id\":-1.5e300}" },
  { "strings", "{\"t\":\"\\u0000\\ud83d\\ude00\\\\\",\"ch\":null}" },
  { "nested", "{\"t\":[[[[[[[1]]]]]]]}" },
  { "too-deep", "{\"t\":[[[[[[[[[1]]]]]]]]]}" },
};

static const Text ranges[] = {
  { "both", "\x03"
            "bytes=0-499" },
  { "first", "\x04"
             "bytes=500-" },
  { "last", "\x05"
            "bytes=-500" },
  { "several", "\x03"
               "bytes=0-1,5-6" },
  { "overflow", "\x06"
                "bytes=18446744073709551614-18446744073709551616" },
  { "etags", "\x01"
             "W/\"0a1b2c3d\", \"0a1b2c3d\" , *" },
};

static const Text names[] = {
  { "number", "$RepresentationID$/$Number%010d$.m4s\n"
              "video/0904005000.m4s" },
  { "time", "$RepresentationID$/t$Time$.m4s\nvideo/t156212064000000.m4s" },
  { "wide", "$RepresentationID$/0$Number%09d$.m4s\na-1/0904005000.m4s" },
  { "twice", "$RepresentationID$/$RepresentationID$-$$$Number$\na/a-$7" },
  { "next", "$Number$$RepresentationID$\n12a" },
};

static const Text paths[] = {
  { "page", "ui/index.html" },
  { "embed", "ui/embed/main" },
  { "manifest", "live/main/stream.mpd" },
  { "playlist", "live/main/video/media.m3u8" },
  { "init", "live/main/video/init-0a1b2c3d.mp4" },
  { "segment", "live/main/video/seg-904005000.m4s" },
  { "segment-at", "live/main/audio~2/t18446744073709551615.m4s" },
  { "stream", "live/main/video/live.mp4" },
  { "channel", "api/v1/channels/main" },
  { "climbing", "live/../ui/..%2f" },
};

#define HELLO "{\"t\":\"hello\",\"ver\":1,\"id\":5}\n"
#define SUB                                                                    \
  "{\"t\":\"sub\",\"ch\":\"live\",\"video\":\"auto\",\"audio\":\"auto\"}\n"

/* Lines of segment-feed.c. */
static const Text players[] = {
  { "watching", HELLO SUB "v\na\nv\nv\nv\nv\n" },
  { "pausing", HELLO SUB "{\"t\":\"pause\"}\nv\nv\nv\nv\nv\n"
                         "{\"t\":\"resume\"}\nv\n" },
  { "switching", HELLO SUB "v\n+\n{\"t\":\"switch\",\"video\":\"video\","
                           "\"id\":3}\nv\nv\nv\nv\n" },
  { "asking",
      HELLO "{\"t\":\"channels\"}\n{\"t\":\"stats\",\"id\":2}\n"
            "{\"t\":\"ping\",\"c\":12}\n{\"t\":\"want\",\"maxKbps\":1}\n" },
  { "leaving", HELLO SUB "v\n{\"t\":\"unsub\"}\nt\n{\"t\":\"bye\"}\nv\n" },
  { "silent", "t\nt\nt\nt\n" },
  { "rude", "=\x81\x05hello\n" },
};

static void
save_texts (
    const gchar *corpus, const gchar *target, const Text *texts, guint n)
{
  for (guint i = 0; i < n; i++)
    save (corpus, target, texts[i].name, texts[i].text, strlen (texts[i].text));
}

int
main (int argc, char *argv[])
{
  if (argc != 2)
    return EXIT_FAILURE;
  save_tracks (argv[1]);
  save_events (argv[1]);
  save_caps (argv[1]);
  save_frames (argv[1]);
  save_media_headers (argv[1]);
  save_transport_stream (argv[1]);
  save_texts (argv[1], "feed-request", requests, G_N_ELEMENTS (requests));
  save_texts (argv[1], "http-range", ranges, G_N_ELEMENTS (ranges));
  save_texts (argv[1], "segment-name", names, G_N_ELEMENTS (names));
  save_texts (argv[1], "origin-path", paths, G_N_ELEMENTS (paths));
  save_texts (argv[1], "segment-feed", players, G_N_ELEMENTS (players));
  return EXIT_SUCCESS;
}
