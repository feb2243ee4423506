/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "plant.h"

#include "../../gst/cmaf/raw-pts.h"
#include "counter-picture.h"
#include "noise.h"

#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timecode.h>
#include <gst/cmaf/timescale.h>
#include <gst/video/video.h>

#define S (gint64) GST_SECOND

/* ---- the plant ---- */

static const struct
{
  guint fps_n, fps_d;
} rates[] = { { 25, 1 }, { 50, 1 }, { 30000, 1001 }, { 24000, 1001 } };

static const gint64 days[] = { 20089 /* 2025-01-01 */, 24144 /* 2036-02-08 */,
  24855 /* 2038-01-19 */, 18321 /* 2020-02-29 */ };

const gchar *
sim_stamp_name (SimStamp stamp)
{
  static const gchar *const names[] = { "timecode", "unix", "ntp", "ptp", "pts",
    "clock" };

  return names[stamp];
}

/* Somewhere on one of the days, or seconds before its midnight. */
static gint64
choose_start (GRand *rand)
{
  const gint64 day = days[g_rand_int_range (rand, 0, G_N_ELEMENTS (days))];

  if (g_rand_boolean (rand))
    return day * 86400 - g_rand_int_range (rand, 2, 10);
  return day * 86400 + g_rand_int_range (rand, 0, 86400);
}

/* Labels go on at midnight, whatever the frame; the number is what the rule
 * makes of the label. */
static void
fill_timecode (SimSource *s, gint64 start)
{
  const guint rate = cmaf_timecode_nominal_rate (&s->frames);
  const guint64 in_day = s->is_drop ? 2589408 : 86400 * (guint64)rate;
  const gint64 day = start / 86400;
  const guint64 today =
      cmaf_muldiv ((guint64)day * 86400, 2 * (guint64)s->frames.timescale,
          s->frames.unit_ticks, 2 * (guint64)s->frames.unit_ticks);
  const guint64 tomorrow =
      cmaf_muldiv ((guint64)(day + 1) * 86400, 2 * (guint64)s->frames.timescale,
          s->frames.unit_ticks, 2 * (guint64)s->frames.unit_ticks);
  const guint64 label = cmaf_muldiv (
      (guint64)(start % 86400), s->frames.timescale, 0, s->frames.unit_ticks);

  for (guint i = 0; i < s->n_frames; i++) {
    const gboolean is_over = label + i >= in_day;

    s->stamps[i] = (label + i) % in_day;
    s->numbers[i] = (is_over ? tomorrow : today) + s->stamps[i];
    s->times[i] =
        (gint64)cmaf_media_time_of_unit (&s->frames, today + label + i);
  }
}

/* Stamps of capture are a little off, each by itself, and all by a part of a
 * frame; frames of a plant that is locked to PTP are not. */
static void
fill_stamps (SimSource *s, gint64 start, GRand *rand)
{
  const gint64 frame = (gint64)cmaf_media_time_of_unit (&s->frames, 1);
  const gint64 phase = s->stamp == SIM_CLOCK
                           ? 0
                           : g_rand_int_range (rand, -20, 20) * frame / 100;
  guint64 first = cmaf_unit_from_media_time (
      &s->frames, (guint64)(start + CMAF_TAI_OFFSET) * GST_SECOND);
  const guint64 shift =
      cmaf_unit_from_media_time (&s->frames, CMAF_TAI_OFFSET * GST_SECOND);

  for (guint i = 0; i < s->n_frames; i++) {
    const gint64 tai = (gint64)cmaf_media_time_of_unit (&s->frames, first + i);
    gint64 utc =
        (gint64)cmaf_media_time_of_unit (&s->frames, first - shift + i) + phase;

    s->numbers[i] = first - shift + i;
    s->times[i] = s->stamp == SIM_PTP ? tai - CMAF_TAI_OFFSET * S : utc;
    utc += g_rand_int_range (rand, -10, 10) * frame / 100;
    if (s->stamp == SIM_PTP)
      s->stamps[i] = (guint64)tai;
    else if (s->stamp == SIM_NTP)
      s->stamps[i] = (guint64)utc + CMAF_NTP_EPOCH * GST_SECOND;
    else
      s->stamps[i] = (guint64)utc;
  }
}

/* PTS of 33 bits, every other time with the wrap in between, and the pair that
 * makes media time of them. */
static void
fill_pts (SimSource *s, gint64 start, GRand *rand)
{
  const guint64 wrap = G_GUINT64_CONSTANT (1) << 33;
  const guint64 first =
      cmaf_unit_from_media_time (&s->frames, (guint64)start * GST_SECOND);
  const guint64 ticks =
      cmaf_muldiv (first, 90000 * (guint64)s->fps_d, 0, s->fps_n);
  const guint64 early = (guint64)g_rand_int_range (rand, 0, 1000000);

  s->pair_pts = g_rand_boolean (rand)
                    ? wrap - (guint64)g_rand_int_range (rand, 0, 1000000)
                    : g_rand_int (rand);
  s->pair_ticks = ticks - early;
  for (guint i = 0; i < s->n_frames; i++) {
    const guint64 tick = cmaf_muldiv (
        first + i, 90000 * (guint64)s->fps_d, s->fps_n / 2, s->fps_n);

    s->numbers[i] = first + i;
    s->times[i] = (gint64)cmaf_media_time_of_unit (&s->frames, first + i);
    s->stamps[i] = (s->pair_pts + tick - s->pair_ticks) % wrap;
  }
}

void
sim_source_init (SimSource *s, SimStamp stamp, GRand *rand)
{
  const guint n_rates = stamp == SIM_TIMECODE ? 3 : 4;
  const guint rate = (guint)g_rand_int_range (rand, 0, (gint32)n_rates);
  const gboolean is_troubled = g_rand_boolean (rand);
  const gint64 start = choose_start (rand);

  memset (s, 0, sizeof *s);
  s->stamp = stamp;
  s->fps_n = rates[rate].fps_n;
  s->fps_d = rates[rate].fps_d;
  s->is_drop = s->fps_d == 1001;
  cmaf_video_timescale (
      s->fps_n, s->fps_d, &s->frames.timescale, &s->frames.unit_ticks);
  s->n_frames = 14 * s->fps_n / s->fps_d;
  s->times = g_new0 (gint64, s->n_frames);
  s->numbers = g_new0 (guint64, s->n_frames);
  s->stamps = g_new0 (guint64, s->n_frames);
  s->is_mute = g_new0 (gboolean, s->n_frames);
  s->is_wrong = g_new0 (gboolean, s->n_frames);
  if (stamp == SIM_TIMECODE)
    fill_timecode (s, start);
  else if (stamp == SIM_PTS)
    fill_pts (s, start, rand);
  else
    fill_stamps (s, start, rand);
  for (guint i = 0; is_troubled && i < s->n_frames; i++) {
    s->is_mute[i] = g_rand_int_range (rand, 0, 10) == 0;
    s->is_wrong[i] = g_rand_int_range (rand, 0, 60) == 0;
  }
}

void
sim_source_clear (SimSource *s)
{
  g_free (s->times);
  g_free (s->numbers);
  g_free (s->stamps);
  g_free (s->is_mute);
  g_free (s->is_wrong);
}

/* ---- one picture ---- */

/* The label that is @count labels after midnight */
static void
add_label (GstBuffer *buffer, const SimSource *s, guint64 count)
{
  const guint rate = cmaf_timecode_nominal_rate (&s->frames);
  guint64 n = count;

  if (s->is_drop) { /* put back what is left out: 2 a minute, but the tenth */
    const guint64 ten = count / 17982, rest = count % 17982;

    n += 18 * ten + (rest > 1 ? 2 * ((rest - 2) / 1798) : 0);
  }
  gst_buffer_add_video_time_code_meta_full (buffer, s->fps_n, s->fps_d, NULL,
      s->is_drop ? GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME : 0,
      (guint)(n / rate / 3600), (guint)(n / rate / 60 % 60),
      (guint)(n / rate % 60), (guint)(n % rate), 0);
}

static void
add_stamp (GstBuffer *buffer, const SimSource *s, guint64 stamp)
{
  static const gchar *const names[] = { NULL, "timestamp/x-unix",
    "timestamp/x-ntp", "timestamp/x-ptp", RAW_PTS_CAPS };
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (names[s->stamp]);

  if (s->stamp == SIM_PTS)
    gst_caps_set_simple (caps, RAW_PTS_PAIR_PTS, G_TYPE_UINT64, s->pair_pts,
        RAW_PTS_PAIR_TICKS, G_TYPE_UINT64, s->pair_ticks, NULL);

  gst_buffer_add_reference_timestamp_meta (
      buffer, caps, stamp, GST_CLOCK_TIME_NONE);
}

GstBuffer *
sim_picture (const SimSource *s, guint i, gint64 running_time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, COUNTER_SIZE, NULL);
  const guint64 wrong = s->is_wrong[i] ? 1000 + i % 7 * 50 : 0;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  counter_draw (map.data, i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = (GstClockTime)running_time;
  GST_BUFFER_DURATION (buffer) = cmaf_media_time_of_unit (&s->frames, 1);
  if (s->is_mute[i] || s->stamp == SIM_CLOCK)
    return buffer;
  if (s->stamp == SIM_TIMECODE)
    add_label (buffer, s, s->stamps[i] >= wrong ? s->stamps[i] - wrong : 0);
  else if (s->stamp == SIM_PTS)
    add_stamp (buffer, s, s->stamps[i] ^ wrong << 12);
  else
    add_stamp (buffer, s, s->stamps[i] - wrong * 40 * GST_MSECOND);
  return buffer;
}

/* ---- sound and text, which say nothing of time ---- */

guint64
sim_first_sound (const SimSource *s, guint frame)
{
  return cmaf_muldiv (
      (guint64)(s->times[frame] - s->times[0]), SOUND_RATE, 999999999, S);
}

gint64
sim_sound_time (guint64 sample)
{
  return (gint64)cmaf_muldiv (sample, S, SOUND_RATE / 2, SOUND_RATE);
}

#define CUE_EVERY (700 * (gint64)GST_MSECOND)
#define CUE_LASTS (500 * (gint64)GST_MSECOND)

guint
sim_first_cue (const SimSource *s, guint frame)
{
  return (guint)((s->times[frame] - s->times[0] + CUE_EVERY - 1) / CUE_EVERY);
}

gint64
sim_cue_time (guint i)
{
  return i * CUE_EVERY;
}

GstBuffer *
sim_cue (guint i, gint64 running_time)
{
  gchar *text = g_strdup_printf ("cue %u", i);
  GstBuffer *buffer = gst_buffer_new_wrapped (text, strlen (text));

  GST_BUFFER_PTS (buffer) = (GstClockTime)running_time;
  GST_BUFFER_DURATION (buffer) = CUE_LASTS;
  return buffer;
}
