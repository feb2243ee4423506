/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Clocks and time stamps of the outside -> media time, media time -> units. */
#include <gst/cmaf/media-time.h>
#include <gst/cmaf/timescale.h>

static const gchar *const source_names[CMAF_N_TIMING_SOURCES] = {
  [CMAF_TIMING_REFERENCE_TIMESTAMP] = "reference-timestamp",
  [CMAF_TIMING_TIMECODE] = "timecode",
  [CMAF_TIMING_PTS] = "pts",
  [CMAF_TIMING_FINGERPRINT] = "fingerprint",
  [CMAF_TIMING_CLOCK] = "clock",
  [CMAF_TIMING_FIXED] = "fixed",
};

static const gchar *const reference_names[] = {
  [CMAF_REFERENCE_UNIX] = "timestamp/x-unix",
  [CMAF_REFERENCE_NTP] = "timestamp/x-ntp",
  [CMAF_REFERENCE_PTP] = "timestamp/x-ptp",
};

const gchar *
cmaf_timing_source_name (CmafTimingSource source)
{
  g_return_val_if_fail ((guint)source < CMAF_N_TIMING_SOURCES, NULL);
  return source_names[source];
}

static gboolean
find_source (const gchar *word, CmafTimingSource *source, GError **error)
{
  g_autofree gchar *known = NULL;
  guint i;

  for (i = 0; i < CMAF_N_TIMING_SOURCES; i++) {
    if (strcmp (word, source_names[i]) == 0) {
      *source = i;
      return TRUE;
    }
  }
  known = g_strjoin (", ", source_names[0], source_names[1], source_names[2],
      source_names[3], source_names[4], source_names[5], NULL);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "timing-sources: found '%s', needs a list of: %s", word, known);
  return FALSE;
}

gboolean
cmaf_timing_sources_parse (const gchar *text, CmafTimingSource *sources,
    guint *n_sources, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text ? text : "", ",", -1);
  CmafTimingSource source;
  guint i, j, n = 0;

  for (i = 0; words[i] != NULL; i++) {
    if (!find_source (g_strstrip (words[i]), &source, error))
      return FALSE;
    for (j = 0; j < n && sources[j] != source; j++)
      ;
    if (j == n)
      sources[n++] = source;
  }
  if (n == 0)
    return find_source ("", &source, error);
  *n_sources = n;
  return TRUE;
}

gboolean
cmaf_reference_from_name (const gchar *caps_name, CmafReference *reference)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (reference_names); i++) {
    if (g_strcmp0 (caps_name, reference_names[i]) == 0) {
      *reference = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* 2^32 seconds: an era of NTP */
#define NTP_ERA ((gint64)G_MAXUINT32 + 1)

static gboolean
subtract_seconds (guint64 stamp, gint64 seconds, guint64 *result)
{
  const guint64 ns = (guint64)ABS (seconds) * GST_SECOND;

  if (seconds < 0)
    *result = stamp + ns;
  else
    *result = stamp - ns;
  return seconds < 0 || stamp >= ns;
}

gint
cmaf_media_time_ahead_of_utc (const CmafMediaEpoch *epoch, gint64 utc)
{
  const gint64 seconds = utc / (gint64)GST_SECOND - (utc % GST_SECOND < 0);

  return cmaf_leap_table_offset (epoch->leaps, seconds) - epoch->tai_offset;
}

gboolean
cmaf_media_time_from_utc (
    const CmafMediaEpoch *epoch, gint64 utc, guint64 *media_time)
{
  const gint64 ahead = cmaf_media_time_ahead_of_utc (epoch, utc);
  const gint64 result = utc + ahead * (gint64)GST_SECOND;

  *media_time = (guint64)result;
  return result >= 0;
}

/* NTP second @seconds, of any era, as a POSIX second near @clock */
static gint64
posix_from_ntp (guint64 seconds, gint64 clock)
{
  const gint64 era_0 = (gint64)(seconds & G_MAXUINT32) - (gint64)CMAF_NTP_EPOCH;
  const gint64 away = clock / (gint64)GST_SECOND - era_0 + NTP_ERA / 2;

  return era_0 + NTP_ERA * (away / NTP_ERA - (away % NTP_ERA < 0));
}

gboolean
cmaf_media_time_from_ntp (
    const CmafMediaEpoch *epoch, guint64 ntp, gint64 clock, guint64 *media_time)
{
  const guint64 half = G_GUINT64_CONSTANT (1) << 31;
  const gint64 fraction =
      (gint64)(((ntp & G_MAXUINT32) * GST_SECOND + half) >> 32);

  return cmaf_media_time_from_utc (epoch,
      posix_from_ntp (ntp >> 32, clock) * (gint64)GST_SECOND + fraction,
      media_time);
}

/* n = rnd (TAI * f) - rnd (offset * f): the phase that remains is the same on
 * every node, whereas TAI - offset may fall near the middle of two frames. */
static gboolean
frame_from_tai (guint64 tai, gint offset, const CmafUnitGrid *units, guint64 *n)
{
  const guint64 n_tai = cmaf_unit_from_media_time (units, tai);
  const guint64 n_offset =
      cmaf_unit_from_media_time (units, (guint64)ABS (offset) * GST_SECOND);

  if (offset < 0)
    *n = n_tai + n_offset;
  else
    *n = n_tai - n_offset;
  return offset < 0 || n_tai >= n_offset;
}

gboolean
cmaf_media_time_from_reference (CmafReference reference, guint64 stamp,
    const CmafMediaEpoch *epoch, gint64 clock, const CmafUnitGrid *units,
    guint64 *media_time)
{
  const gint64 rest = (gint64)(stamp % GST_SECOND);
  guint64 n;

  switch (reference) {
    case CMAF_REFERENCE_UNIX:
      return stamp <= G_MAXINT64
             && cmaf_media_time_from_utc (epoch, (gint64)stamp, media_time);
    case CMAF_REFERENCE_NTP:
      return cmaf_media_time_from_utc (epoch,
          posix_from_ntp (stamp / GST_SECOND, clock) * (gint64)GST_SECOND
              + rest,
          media_time);
    case CMAF_REFERENCE_PTP:
      if (units == NULL)
        return subtract_seconds (stamp, epoch->tai_offset, media_time);
      if (!frame_from_tai (stamp, epoch->tai_offset, units, &n))
        return FALSE;
      *media_time = cmaf_media_time_of_unit (units, n);
      return TRUE;
  }
  return FALSE;
}

gint64
cmaf_utc_from_clock (CmafReference reference, guint64 shown,
    const CmafLeapTable *leaps, gint64 now)
{
  gint64 seconds = (gint64)(shown / GST_SECOND);
  gboolean is_inserted;

  if (reference == CMAF_REFERENCE_NTP)
    seconds = posix_from_ntp ((guint64)seconds, now);
  else if (reference == CMAF_REFERENCE_PTP)
    seconds = cmaf_leap_table_posix (leaps, seconds, &is_inserted);
  return seconds * (gint64)GST_SECOND + (gint64)(shown % GST_SECOND);
}

guint64
cmaf_unit_from_media_time (const CmafUnitGrid *units, guint64 media_time)
{
  const guint64 unit = units->unit_ticks * (guint64)GST_SECOND;

  return cmaf_muldiv (
      media_time, 2 * (guint64)units->timescale, unit, 2 * unit);
}

guint64
cmaf_media_time_of_unit (const CmafUnitGrid *units, guint64 unit)
{
  return cmaf_ns_from_ticks (unit * units->unit_ticks, units->timescale);
}

guint64
cmaf_ntp_from_media_ticks (guint64 ticks, guint32 timescale)
{
  const guint64 seconds = ticks / timescale + CMAF_NTP_EPOCH;
  const guint64 rest = ticks % timescale;

  return (seconds << 32)
         + cmaf_muldiv (
             rest, G_GUINT64_CONSTANT (1) << 32, timescale / 2, timescale);
}
