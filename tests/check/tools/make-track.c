/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* make-track DIRECTORY [NAME=VALUE]...: writes a made-up track, header and
 * segments of 48 frames, with what is told to be otherwise:
 *   codec=mp4a  of sound instead of pictures   width=N  language=L
 *   first=K n=N          segments K, K+1, ...
 *   skip=K               is left out
 *   twice=K              is written to two files
 *   samples=K:N          has N samples
 *   tfdt=K:N             N ticks later
 *   sample=K:I:N         sample I is N ticks longer, the next one shorter
 *   longer=K:N           the last sample is N ticks longer
 *   nosync=K             begins with no sync sample
 *   last=K               brand lmsg
 *   reordered=K          other composition offsets
 *   chunks=K             is in two chunks
 *   payload=K:I          sample I has other bytes
 *   shift=N              the payload of N samples earlier
 *   whole=1              one file instead of many
 *   cut=N                N bytes at the end of the last file are missing */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/init-segment.h>

#define SAMPLES 48
#define TICKS 3600
#define MAX_SAMPLES 100

static gchar **arguments; /* NAME=VALUE */

/* The @at-th number of an argument "name=K:A:B", for segment K; -1: none */
static gint64
lookup (const gchar *name, guint64 number, guint at)
{
  for (gchar **a = arguments; *a; a++) {
    g_auto (GStrv) words = g_strsplit_set (*a, "=:", -1);

    if (g_str_equal (words[0], name)
        && g_ascii_strtoull (words[1], NULL, 10) == number)
      return at == 0 ? 1 : g_ascii_strtoll (words[1 + at], NULL, 10);
  }
  return -1;
}

static const gchar *
lookup_text (const gchar *name)
{
  for (gchar **a = arguments; *a; a++) {
    const gchar *value = strchr (*a, '=');

    if (strncmp (*a, name, strlen (name)) == 0 && value == *a + strlen (name))
      return value + 1;
  }
  return NULL;
}

static guint64
lookup_number (const gchar *name, guint64 otherwise)
{
  const gchar *text = lookup_text (name);

  return text ? g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
fill_samples (CmafSample *samples, guint n, guint64 k)
{
  const gint64 i = lookup ("sample", k, 1);

  for (guint j = 0; j < n; j++) {
    samples[j].duration = TICKS;
    samples[j].size = 4;
    samples[j].flags = j == 0 && lookup ("nosync", k, 0) < 0
                           ? CMAF_SAMPLE_FLAGS_SYNC
                           : CMAF_SAMPLE_FLAGS_NON_SYNC;
    samples[j].composition_offset = 0;
  }
  if (i >= 0) {
    samples[i].duration += (guint32)lookup ("sample", k, 2);
    samples[i + 1].duration -= (guint32)lookup ("sample", k, 2);
  }
  if (lookup ("longer", k, 0) >= 0)
    samples[n - 1].duration += (guint32)lookup ("longer", k, 1);
  if (lookup ("reordered", k, 0) >= 0) {
    samples[1].composition_offset = TICKS;
    samples[2].composition_offset = -TICKS;
  }
}

static void
append_payload (GByteArray *out, guint64 k, guint first, guint n)
{
  const guint64 shift = lookup_number ("shift", 0);

  for (guint i = first; i < first + n; i++) {
    guint8 bytes[4];

    GST_WRITE_UINT32_BE (bytes, (guint32)(k * SAMPLES + i - shift));
    if (lookup ("payload", k, 1) == (gint64)i)
      bytes[0] ^= 0xff;
    g_byte_array_append (out, bytes, sizeof bytes);
  }
}

static void
append_chunk (GByteArray *out, const CmafTrack *track, guint64 k,
    const CmafSample *samples, guint first, guint n)
{
  const gint64 later = lookup ("tfdt", k, 1);
  const CmafFragment fragment = {
    .sequence_number = (guint32)k,
    .track_id = track->id,
    .decode_time = (k * SAMPLES + first) * TICKS + (guint64)MAX (later, 0),
    .samples = samples + first,
    .n_samples = n,
    .starts_segment = first == 0,
    .is_last = lookup ("last", k, 0) >= 0,
  };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);

  g_byte_array_append (
      out, g_bytes_get_data (head, NULL), (guint)g_bytes_get_size (head));
  append_payload (out, k, first, n);
}

static void
append_segment (GByteArray *out, const CmafTrack *track, guint64 k)
{
  const gint64 given = lookup ("samples", k, 1);
  const guint n = given > 0 ? (guint)given : SAMPLES;
  CmafSample samples[MAX_SAMPLES];

  fill_samples (samples, n, k);
  if (lookup ("chunks", k, 0) >= 0) {
    append_chunk (out, track, k, samples, 0, 20);
    append_chunk (out, track, k, samples, 20, n - 20);
  } else {
    append_chunk (out, track, k, samples, 0, n);
  }
}

static void
save (const gchar *folder, const gchar *name, GByteArray *data, gsize cut)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  if (!g_file_set_contents (
          path, (const gchar *)data->data, (gssize)(data->len - cut), NULL))
    exit (EXIT_FAILURE);
  g_byte_array_set_size (data, 0);
}

static GBytes *
bytes_of (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] && hex[1]; hex += 2) {
    guint8 byte = (guint8)(g_ascii_xdigit_value (hex[0]) << 4
                           | g_ascii_xdigit_value (hex[1]));

    g_byte_array_append (bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

/* High@3.0, 640x360, or AAC-LC, 48 kHz, stereo; of the same times */
static CmafTrack *
track_of_arguments (void)
{
  const gboolean is_audio = lookup_text ("codec") != NULL;
  CmafTrack *track = is_audio
                         ? cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MP4A)
                         : cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC1);

  track->id = 1;
  track->timescale = 90000;
  track->sample_duration = TICKS;
  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  track->language = g_strdup (lookup_text ("language"));
  if (is_audio) {
    track->codec_config = bytes_of ("1190");
    track->sample_rate = 48000;
    track->channels = 2;
    return track;
  }
  track->codec_config = bytes_of (
      "0164001EFFE1001A6764001EACD940A02FF97011000003000100000300320F162D96"
      "01000668EBE3CB22C0FDF8F800");
  track->width = (guint)lookup_number ("width", 640);
  track->height = 360;
  track->fps_n = 25;
  track->fps_d = 1;
  return track;
}

static void
write_segments (const gchar *folder, GByteArray *out, const CmafTrack *track)
{
  const gboolean is_whole = lookup_text ("whole") != NULL;
  const guint64 first = lookup_number ("first", 100);
  const guint64 end = first + lookup_number ("n", 5);
  const gsize cut = lookup_number ("cut", 0);

  for (guint64 k = first; k < end; k++) {
    g_autofree gchar *name = g_strdup_printf ("%u.m4s", (guint)k);

    if (lookup ("skip", k, 0) >= 0)
      continue;
    append_segment (out, track, k);
    if (!is_whole)
      save (folder, name, out, k + 1 == end ? cut : 0);
    if (lookup ("twice", k, 0) >= 0) {
      append_segment (out, track, k);
      save (folder, "9999.m4s", out, 0);
    }
  }
  if (is_whole)
    save (folder, "track.cmfv", out, cut);
}

int
main (int argc, char *argv[])
{
  g_autoptr (CmafTrack) track = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) header = NULL;

  if (argc < 2 || g_mkdir_with_parents (argv[1], 0755) != 0) {
    fprintf (stderr, "usage: make-track DIRECTORY [NAME=VALUE]...\n");
    return EXIT_FAILURE;
  }
  arguments = argv + 2;
  track = track_of_arguments ();
  header = cmaf_init_segment_write (track, NULL);
  g_byte_array_append (
      out, g_bytes_get_data (header, NULL), (guint)g_bytes_get_size (header));
  if (!lookup_text ("whole") && !lookup_text ("noheader"))
    save (argv[1], "init.mp4", out, 0);
  if (lookup_text ("noheader"))
    g_byte_array_set_size (out, 0);
  write_segments (argv[1], out, track);
  return EXIT_SUCCESS;
}
