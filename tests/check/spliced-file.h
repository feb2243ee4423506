/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Transport streams that FFmpeg made, with splice sections put into them. */
#pragma once

#include "hex.h"
#include "ts.h"

#include <glib/gstdio.h>

#define SPLICED_FILE_FIRST G_GUINT64_CONSTANT (8589930000)

/* As below; @sound: what makes a second track. */
static inline gchar *
spliced_file_make (
    guint64 first, guint gop, guint phase, guint seconds, const gchar *sound)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("tsepochtap-XXXXXX.ts", &path, NULL);
  g_autofree gchar *command = g_strdup_printf (
      "ffmpeg -v error -y -f lavfi -i "
      "testsrc2=size=160x120:rate=25:duration=%u %s "
      "-c:v libx264 -preset ultrafast -bf 2 -g 1000 -sc_threshold 0 "
      "-force_key_frames expr:not(mod(n+%u,%u)) -pix_fmt yuv420p -muxdelay 0 "
      "-muxpreload 0 -output_ts_offset %" G_GUINT64_FORMAT "us -f mpegts %s",
      seconds, sound, phase, gop, (first * 100 + 8) / 9, path);
  g_autoptr (GError) error = NULL;
  gint status = 0;

  g_close (fd, NULL);
  if (!g_spawn_command_line_sync (command, NULL, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error)) {
    g_printerr ("SKIP: %s\n", error->message);
    g_unlink (path);
    g_clear_pointer (&path, g_free);
  }
  return path;
}

/* FFmpeg makes some seconds at 25 frames a second, of which the first has PTS
 * @first, and a key frame wherever frame + @phase is a multiple of @gop. NULL
 * when there is no FFmpeg. */
static inline gchar *
spliced_file_new (guint64 first, guint gop, guint phase, guint seconds)
{
  return spliced_file_make (first, gop, phase, seconds, "");
}

/* With a track of AAC, and a key frame wherever a frame is a multiple of @gop.
 */
static inline gchar *
spliced_file_new_with_sound (guint64 first, guint gop, guint seconds)
{
  g_autofree gchar *sound = g_strdup_printf (
      "-f lavfi -i sine=sample_rate=48000:duration=%u -c:a aac", seconds);

  return spliced_file_make (first, gop, 0, seconds, sound);
}

/* A splice_insert for frame @frame of the file, without its CRC. */
static inline gsize
spliced_file_make_cue (guint frame, guint8 *cue)
{
  const guint64 pts = (SPLICED_FILE_FIRST + frame * 3600) & 0x1FFFFFFFF;
  g_autofree gchar *hex = g_strdup_printf (
      "FC3020 00 00 00000000 00 FFF00F 05 00000007 7F CF %02X%08X 0001 00 00 "
      "0000",
      0xFE | (guint)(pts >> 32), (guint)(pts & 0xFFFFFFFF));
  g_autoptr (GBytes) bytes = bytes_from_hex (hex);
  gsize size = g_bytes_get_size (bytes);

  memcpy (cue, g_bytes_get_data (bytes, NULL), size);
  cue[2] = size + 4 - 3;
  return size;
}

static inline guint
spliced_file_pid (const guint8 *packet)
{
  return (packet[1] & 0x1F) << 8 | packet[2];
}

/* The streams of FFmpeg's file, and one of splice sections. */
static inline void
spliced_file_add_pmt (Ts *out, gboolean has_sound)
{
  guint8 pmt[] = { 0x02, 0xB0, 29, 0, 1, 0xC1, 0, 0, 0xE1, 0x00, 0xF0, 6, 0x05,
    4, 'C', 'U', 'E', 'I', 0x1B, 0xE1, 0x00, 0xF0, 0, 0x86, 0xE1, 0x03, 0xF0, 0,
    0x0F, 0xE1, 0x01, 0xF0, 0 };

  if (has_sound)
    pmt[2] += 5;
  ts_section (out, 0x1000, pmt, sizeof pmt - (has_sound ? 0 : 5));
}

static inline gboolean
spliced_file_has_sound (const gchar *in, gsize size)
{
  for (gsize at = 0; at + 188 <= size; at += 188)
    if (spliced_file_pid ((const guint8 *)in + at) == 0x101)
      return TRUE;
  return FALSE;
}

/* FFmpeg's file with a stream of splice sections in it, and in front of the
 * @heard-th picture the cue for frame @frame. */
static inline void
spliced_file_insert_cue (const gchar *path, guint heard, guint frame)
{
  g_autofree gchar *in = NULL;
  gboolean has_sound;
  gsize size;
  guint n = 0;
  Ts out;

  ts_init (&out, 0, 0);
  fail_unless (g_file_get_contents (path, &in, &size, NULL));
  has_sound = spliced_file_has_sound (in, size);
  for (gsize at = 0; at + 188 <= size; at += 188) {
    const guint8 *p = (const guint8 *)in + at;
    const guint pid = spliced_file_pid (p);

    if (pid == 0x1000) {
      spliced_file_add_pmt (&out, has_sound);
      continue;
    }
    if (pid == 0x100 && (p[1] & 0x40) && n++ == heard) {
      guint8 cue[64];
      gsize cue_size = spliced_file_make_cue (frame, cue);

      ts_section (&out, TS_SPLICE, cue, cue_size);
    }
    g_byte_array_append (out.bytes, p, 188);
  }
  fail_unless (n > heard);
  fail_unless (g_file_set_contents (
      path, (gchar *)out.bytes->data, out.bytes->len, NULL));
  ts_clear (&out);
}

/* The packets of the video from picture @n on, of sound from its first frame
 * behind there, and all others. */
static inline gchar *
spliced_file_cut (const gchar *path, guint n)
{
  g_autofree gchar *in = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gchar *cut = g_strconcat (path, ".cut", NULL);
  gsize size;
  gboolean has_sound = FALSE;
  guint pictures = 0;

  fail_unless (g_file_get_contents (path, &in, &size, NULL));
  for (gsize at = 0; at + 188 <= size; at += 188) {
    const guint8 *p = (const guint8 *)in + at;

    if (spliced_file_pid (p) == 0x100) {
      pictures += (p[1] & 0x40) != 0;
      if (pictures <= n)
        continue;
    } else if (spliced_file_pid (p) == 0x101) {
      has_sound |= pictures > n && (p[1] & 0x40);
      if (!has_sound)
        continue;
    }
    g_byte_array_append (out, p, 188);
  }
  fail_unless (g_file_set_contents (cut, (gchar *)out->data, out->len, NULL));
  return cut;
}
