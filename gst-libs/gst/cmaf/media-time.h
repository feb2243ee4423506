/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Clocks and time stamps of the outside -> media time T, and T -> the number of
 * a unit. T is seconds of TAI since 1970 less a constant (37 s: then it equals
 * POSIX time today), here in nanoseconds. Pure functions, any thread.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/leap-table.h>
#include <gst/cmaf/segment-grid.h>

G_BEGIN_DECLS

/* seconds from 1900 to 1970 */
#define CMAF_NTP_EPOCH G_GUINT64_CONSTANT (2208988800)

/* Where media time comes from. */
typedef enum
{
  CMAF_TIMING_REFERENCE_TIMESTAMP, /* stamps on the buffers */
  CMAF_TIMING_TIMECODE,            /* SMPTE labels on the buffers */
  CMAF_TIMING_PTS,                 /* of the transport stream, raw */
  CMAF_TIMING_FINGERPRINT,         /* of a peer that has the same pictures */
  CMAF_TIMING_CLOCK,               /* the clock of the machine, read once */
  CMAF_TIMING_FIXED,               /* told: media time of running time zero */
} CmafTimingSource;

#define CMAF_N_TIMING_SOURCES 6

CMAF_API const gchar *cmaf_timing_source_name (CmafTimingSource source);
/* Names with commas between, best first. CMAF_ERROR_CONFIG names the word that
 * is none. @sources holds CMAF_N_TIMING_SOURCES. */
CMAF_API gboolean cmaf_timing_sources_parse (const gchar *text,
    CmafTimingSource *sources, guint *n_sources, GError **error);

/* What counts the nanoseconds of a reference time stamp. */
typedef enum
{
  CMAF_REFERENCE_UNIX, /* timestamp/x-unix: UTC since 1970 */
  CMAF_REFERENCE_NTP,  /* timestamp/x-ntp: UTC since 1900 */
  CMAF_REFERENCE_PTP,  /* timestamp/x-ptp: TAI since 1970 */
} CmafReference;

/* T = TAI - tai_offset, for ever; what leap seconds do to UTC is in @leaps. */
typedef struct
{
  gint tai_offset;            /* seconds, CMAF_TAI_OFFSET */
  const CmafLeapTable *leaps; /* borrowed; NULL: none but those until 2017 */
} CmafMediaEpoch;

CMAF_API gboolean cmaf_reference_from_name (
    const gchar *caps_name, CmafReference *reference);
/* Seconds by which media time is ahead of @utc (ns since 1970). */
CMAF_API gint cmaf_media_time_ahead_of_utc (
    const CmafMediaEpoch *epoch, gint64 utc);
/* Media time of POSIX time; FALSE when it is before 1970, as below. */
CMAF_API gboolean cmaf_media_time_from_utc (
    const CmafMediaEpoch *epoch, gint64 utc, guint64 *media_time);
/* Media time of a 64-bit NTP stamp, in the era nearest to @clock (ns since
 * 1970). */
CMAF_API gboolean cmaf_media_time_from_ntp (const CmafMediaEpoch *epoch,
    guint64 ntp, gint64 clock, guint64 *media_time);
/* Media time of @stamp. A PTP stamp of a unit becomes the media time of its
 * frame, as n (TAI) less the frames of the offset, so that a plant locked to
 * PTP gives the same n everywhere; @units is NULL when there are no frames.
 * @clock as above. */
CMAF_API gboolean cmaf_media_time_from_reference (CmafReference reference,
    guint64 stamp, const CmafMediaEpoch *epoch, gint64 clock,
    const CmafUnitGrid *units, guint64 *media_time);

/* POSIX time (ns) when a clock that counts like @reference shows @shown; @now
 * (ns since 1970) is near to that. */
CMAF_API gint64 cmaf_utc_from_clock (CmafReference reference, guint64 shown,
    const CmafLeapTable *leaps, gint64 now);

/* Number of the unit that is nearest to @media_time, halves up. */
CMAF_API guint64 cmaf_unit_from_media_time (
    const CmafUnitGrid *units, guint64 media_time);
/* Media time of a unit, to the nearest nanosecond. */
CMAF_API guint64 cmaf_media_time_of_unit (
    const CmafUnitGrid *units, guint64 unit);
/* 64-bit NTP time stamp of @ticks of media time, for prft */
CMAF_API guint64 cmaf_ntp_from_media_ticks (guint64 ticks, guint32 timescale);

G_END_DECLS
