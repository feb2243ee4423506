/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Reads questions to the arithmetic of the library from standard input, a line
 * each (a word and numbers), and prints the answers, a line each. What asks,
 * and knows the answers, is exact.py. */
#include <stdio.h>
#include <stdlib.h>

#include <gst/cmaf/audio-start.h>
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/mpegts-time.h>
#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timecode.h>
#include <gst/cmaf/timescale.h>

#define MAX_NUMBERS 20

static CmafLeapTable *leaps; /* of the epoch, when it is to have one */

typedef struct
{
  gint64 v[MAX_NUMBERS]; /* in two's complement when more than 63 bits */
  guint n;
} Numbers;

static CmafUnitGrid
grid_of (const gint64 *v)
{
  const CmafUnitGrid units = { (guint32)v[0], (guint32)v[1], (guint32)v[2] };

  return units;
}

static CmafMediaEpoch
epoch_of (gint64 offset, gint64 has_leaps)
{
  const CmafMediaEpoch epoch = { (gint)offset, has_leaps ? leaps : NULL };

  return epoch;
}

static void
print_if (gboolean ok, guint64 value)
{
  if (ok)
    printf ("%" G_GUINT64_FORMAT "\n", value);
  else
    puts ("none");
}

/* D, ts, d, phi, K */
static void
ask_segment (const gint64 *v)
{
  const CmafSegmentGrid grid = { (guint64)v[0], (guint64)v[1] };
  const CmafUnitGrid units = grid_of (v + 2);
  const guint64 k = (guint64)v[5];

  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
          " %" G_GUINT64_FORMAT "\n",
      cmaf_segment_grid_first_unit (&grid, &units, k),
      cmaf_segment_grid_decode_time (&grid, &units, k),
      cmaf_segment_grid_n_units (&grid, &units, k),
      cmaf_segment_grid_edge (&grid, k));
}

/* D, ticks, ts */
static void
ask_number (const gint64 *v)
{
  const CmafSegmentGrid grid = { (guint64)v[0], (guint64)v[1] };

  print_if (
      TRUE, cmaf_segment_grid_number (&grid, (guint64)v[2], (guint32)v[3]));
}

/* D, frames, frame, units */
static void
ask_splice (const gint64 *v)
{
  const CmafSegmentGrid grid = { (guint64)v[0], (guint64)v[1] };
  const CmafUnitGrid frames = grid_of (v + 2), units = grid_of (v + 6);

  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
      cmaf_segment_grid_spliced (&grid, &frames, (guint64)v[5]),
      cmaf_segment_grid_unit_at_frame (&frames, (guint64)v[5], &units));
}

/* ts, d, phi, media time; and back */
static void
ask_unit (const gint64 *v)
{
  const CmafUnitGrid units = grid_of (v);
  const guint64 unit = cmaf_unit_from_media_time (&units, (guint64)v[3]);

  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", unit,
      cmaf_media_time_of_unit (&units, unit));
}

/* ns, ts */
static void
ask_ticks (const gint64 *v)
{
  const guint64 ticks = cmaf_ticks_from_ns ((guint64)v[0], (guint32)v[1]);

  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
      ticks, cmaf_ns_from_ticks (ticks, (guint32)v[1]),
      cmaf_ntp_from_media_ticks (ticks, (guint32)v[1]));
}

/* offset, has leaps, utc */
static void
ask_utc (const gint64 *v)
{
  const CmafMediaEpoch epoch = epoch_of (v[0], v[1]);
  guint64 media_time;
  gboolean ok = cmaf_media_time_from_utc (&epoch, v[2], &media_time);

  print_if (ok, media_time);
}

/* offset, has leaps, ntp, clock */
static void
ask_ntp (const gint64 *v)
{
  const CmafMediaEpoch epoch = epoch_of (v[0], v[1]);
  guint64 media_time;
  gboolean ok =
      cmaf_media_time_from_ntp (&epoch, (guint64)v[2], v[3], &media_time);

  print_if (ok, media_time);
}

/* kind, stamp, offset, has leaps, clock, has units, ts, d, phi */
static void
ask_reference (const gint64 *v)
{
  const CmafMediaEpoch epoch = epoch_of (v[2], v[3]);
  const CmafUnitGrid units = grid_of (v + 6);
  guint64 media_time;
  gboolean ok = cmaf_media_time_from_reference ((CmafReference)v[0],
      (guint64)v[1], &epoch, v[4], v[5] ? &units : NULL, &media_time);

  print_if (ok, media_time);
}

/* h, m, s, ff, drop, pairs, half, second; ts, d, phi; utc offset, jam, maximum
 * error; offset, has leaps; clock */
static void
ask_timecode (const gint64 *v)
{
  const CmafTimecode label = { (guint)v[0], (guint)v[1], (guint)v[2],
    (guint)v[3], (gboolean)v[4], (gboolean)v[5], (gboolean)v[6],
    (gboolean)v[7] };
  const CmafTimecodeRules rules = { grid_of (v + 8), (gint)v[11], (gint)v[12],
    (guint64)v[13], epoch_of (v[14], v[15]) };
  guint64 frame = 0;
  gboolean ok = cmaf_timecode_frame (&label, &rules, v[16], &frame, NULL);

  print_if (ok, frame);
}

/* pair, pts, clock; ts, d, phi */
static void
ask_pts (const gint64 *v)
{
  const CmafPtsPair pair = { (guint64)v[0], (guint64)v[1] };
  const CmafUnitGrid units = grid_of (v + 4);
  guint64 ticks;

  if (!cmaf_ticks_from_pts (&pair, (guint64)v[2], v[3], &ticks)) {
    puts ("none");
    return;
  }
  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
      ticks, cmaf_unit_from_pts_ticks (&units, ticks),
      cmaf_pts_from_ticks (&pair, ticks));
}

/* sample, priming, unit, roll */
static void
ask_audio (const gint64 *v)
{
  CmafAudioStart start;

  if (cmaf_audio_start (
          (guint64)v[0], (guint)v[1], (guint)v[2], (guint)v[3], &start))
    printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u\n",
        start.first_sample, start.first_unit, start.n_discarded);
  else
    puts ("none");
}

/* POSIX time, TAI */
static void
ask_leap (const gint64 *v)
{
  gboolean is_inserted;
  const gint offset = cmaf_leap_table_offset (leaps, v[0]);
  const gint64 posix = cmaf_leap_table_posix (leaps, v[1], &is_inserted);

  printf ("%d %" G_GINT64_FORMAT " %d\n", offset, posix, is_inserted);
}

static const struct
{
  const gchar *word;
  guint n;
  void (*ask) (const gint64 *v);
} questions[] = {
  { "segment", 6, ask_segment },
  { "number", 4, ask_number },
  { "splice", 9, ask_splice },
  { "unit", 4, ask_unit },
  { "ticks", 2, ask_ticks },
  { "utc", 3, ask_utc },
  { "ntp", 4, ask_ntp },
  { "reference", 9, ask_reference },
  { "timecode", 17, ask_timecode },
  { "pts", 7, ask_pts },
  { "audio", 4, ask_audio },
  { "leap", 2, ask_leap },
};

static gint64
number_of (const gchar *text)
{
  if (text[0] == '-')
    return g_ascii_strtoll (text, NULL, 10);
  return (gint64)g_ascii_strtoull (text, NULL, 10);
}

static void
answer (const gchar *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  Numbers numbers = { { 0 }, 0 };

  for (guint i = 1; words[i] && numbers.n < MAX_NUMBERS; i++)
    numbers.v[numbers.n++] = number_of (words[i]);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    if (g_str_equal (words[0], questions[i].word)
        && numbers.n == questions[i].n) {
      questions[i].ask (numbers.v);
      return;
    }
  }
  fprintf (stderr, "exact-driver: no question: %s\n", line);
  exit (EXIT_FAILURE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  char *line = NULL;
  size_t size = 0;

  if (argc == 2)
    leaps = cmaf_leap_table_load (argv[1], &error);
  if (!leaps) {
    fprintf (stderr, "usage: exact-driver LEAP-SECONDS: %s\n",
        error ? error->message : "");
    return EXIT_FAILURE;
  }
  while (getline (&line, &size, stdin) > 0)
    answer (g_strchomp (line));
  free (line);
  cmaf_leap_table_unref (leaps);
  return EXIT_SUCCESS;
}
