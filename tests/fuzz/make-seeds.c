/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Writes those seeds of the corpora that are our own output:
 * `make-seeds tests/fuzz/corpus`. The rest of a corpus are files of others and
 * what fuzzing found. */
#include <stdio.h>
#include <stdlib.h>

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/init-segment.h>

#include <gst/check/gstcheck.h>
/* this is no test: nobody hears what libcheck has to say */
#undef fail_unless
#define fail_unless(...) g_assert_true (FIRST (__VA_ARGS__, 0))
#define FIRST(condition, ...) (condition)

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
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, data, (gssize)size, &error)) {
    fprintf (stderr, "%s\n", error->message);
    exit (EXIT_FAILURE);
  }
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

int
main (int argc, char *argv[])
{
  if (argc != 2)
    return EXIT_FAILURE;
  for (guint i = 0; i < G_N_ELEMENTS (test_codecs); i++) {
    g_autoptr (CmafTrack) track = make_full_track (&test_codecs[i]);
    g_autoptr (GBytes) header = cmaf_init_segment_write (track, NULL);
    g_autoptr (GByteArray) stream = g_byte_array_new ();
    gchar name[] = "xxxx.mp4";

    GST_WRITE_UINT32_BE (name, track->codec);
    save (argv[1], "init-segment", name, g_bytes_get_data (header, NULL),
        g_bytes_get_size (header));

    g_byte_array_append (stream, (const guint8 *)"\x40", 1); /* pieces */
    append_bytes (stream, header);
    append_chunk (stream, track, 2 * i);
    append_chunk (stream, track, 2 * i + 1);
    save (argv[1], "fragment-reader", name, stream->data, stream->len);
    save (argv[1], "boxes", name, stream->data + 1, stream->len - 1);
  }
  save_transport_stream (argv[1]);
  return EXIT_SUCCESS;
}
