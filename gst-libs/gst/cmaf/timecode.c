/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* SMPTE time code -> number of the frame since 1970. */
#include <gst/cmaf/timecode.h>
#include <gst/cmaf/timescale.h>

#define DAY 86400

/* "10:00:00;02" and a 0 */
#define LABEL_SIZE 64

static const gchar *
label_text (const CmafTimecode *label, gchar *text)
{
  g_snprintf (text, LABEL_SIZE, "%02u:%02u:%02u%c%02u", label->hours,
      label->minutes, label->seconds, label->is_drop ? ';' : ':',
      label->frames);
  return text;
}

guint
cmaf_timecode_nominal_rate (const CmafUnitGrid *frames)
{
  const guint gcd = gst_util_greatest_common_divisor (
      (gint)frames->timescale, (gint)frames->unit_ticks);
  const guint fps_n = frames->timescale / gcd;
  const guint fps_d = frames->unit_ticks / gcd;

  if (fps_d == 1)
    return fps_n;
  return fps_d == 1001 && fps_n % 1000 == 0 ? fps_n / 1000 : 0;
}

static gboolean
is_over_1001 (const CmafUnitGrid *frames, guint rate)
{
  return frames->timescale != rate * frames->unit_ticks;
}

/* Labels that drop frame counting leaves out at the start of a minute */
static guint
dropped_labels (gboolean is_drop, guint rate)
{
  return is_drop ? 2 * (rate / 30) : 0;
}

static guint64
count_labels (guint64 minutes, guint64 seconds, guint64 frames, guint rate,
    guint n_dropped)
{
  return (60 * minutes + seconds) * rate + frames
         - n_dropped * (minutes - minutes / 10);
}

/* ---- what is refused ---- */

static gboolean
check_rate (const CmafTimecode *label, const CmafTimecodeRules *rules,
    guint rate, GError **error)
{
  const guint ts = rules->frames.timescale, ticks = rules->frames.unit_ticks;
  const gboolean over_1001 = rate > 0 && is_over_1001 (&rules->frames, rate);

  if (rate == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "timecode: found frame rate %u/%u, needs an integer or one over 1001",
        ts, ticks);
    return FALSE;
  }
  if (label->is_drop && (!over_1001 || rate % 30 != 0)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "timecode: found drop frame at %u/%u, needs 30000/1001 or 60000/1001",
        ts, ticks);
    return FALSE;
  }
  if (over_1001 && !label->is_drop
      && rules->daily_jam == CMAF_TIMECODE_NO_JAM) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "timecode: found non-drop labels at %u/%u, needs drop frame or the "
        "time of the daily jam (timecode-daily-jam)",
        ts, ticks);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_label (const CmafTimecode *label, guint rate, GError **error)
{
  const guint limit = label->counts_pairs ? rate / 2 : rate;
  const guint n_dropped =
      dropped_labels (label->is_drop, rate) / (label->counts_pairs ? 2 : 1);
  gchar text[LABEL_SIZE];

  if (label->hours < 24 && label->minutes < 60 && label->seconds < 60
      && label->frames < limit
      && (label->seconds > 0 || label->minutes % 10 == 0
          || label->frames >= n_dropped))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "timecode: found %s, needs a label that exists at %u labels in a second",
      label_text (label, text), limit);
  return FALSE;
}

static gboolean
check_distance (const CmafTimecode *label, const CmafTimecodeRules *rules,
    guint64 distance, GError **error)
{
  gchar text[LABEL_SIZE];

  if (distance <= rules->max_error)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "timecode: found %s, %" G_GUINT64_FORMAT
      " s from the clock, needs at most %" G_GUINT64_FORMAT
      " s (timecode-max-error; or timecode-utc-offset is wrong)",
      label_text (label, text), distance / GST_SECOND,
      rules->max_error / GST_SECOND);
  return FALSE;
}

/* ---- the number ---- */

/* Labels from the jam to @label */
static guint64
labels_since_jam (const CmafTimecode *label, guint jam, guint rate)
{
  const guint n_dropped = dropped_labels (label->is_drop, rate);
  const guint64 in_day = count_labels (DAY / 60, 0, 0, rate, n_dropped);
  const gboolean is_left_out = jam % 60 == 0 && jam / 60 % 10 != 0;
  const guint64 at_jam = count_labels (
      jam / 60, jam % 60, is_left_out ? n_dropped : 0, rate, n_dropped);
  const guint frames = label->counts_pairs
                           ? 2 * label->frames + !!label->is_second_half
                           : label->frames;
  const guint64 at_label =
      count_labels (60 * (guint64)label->hours + label->minutes, label->seconds,
          frames, rate, n_dropped);

  return at_label >= at_jam ? at_label - at_jam : at_label + in_day - at_jam;
}

/* Frame at @utc (s since 1970); FALSE before 1970 */
static gboolean
frame_at (const CmafTimecodeRules *rules, gint64 utc, guint64 *frame)
{
  const guint64 ts = rules->frames.timescale, d = rules->frames.unit_ticks;
  const gint64 t =
      utc
      + cmaf_media_time_ahead_of_utc (&rules->epoch, utc * (gint64)GST_SECOND);

  if (utc < 0 || t < 0)
    return FALSE;
  *frame = cmaf_muldiv ((guint64)t, 2 * ts, d, 2 * d);
  return TRUE;
}

/* Of the two days between which @seconds since 1970 lies, the first */
static gint64
last_day_before (gint64 seconds)
{
  return seconds / DAY - (seconds % DAY < 0);
}

static guint64
distance_between (gint64 a, gint64 b)
{
  return a > b ? (guint64)a - (guint64)b : (guint64)b - (guint64)a;
}

gboolean
cmaf_timecode_frame (const CmafTimecode *label, const CmafTimecodeRules *rules,
    gint64 clock, guint64 *frame, GError **error)
{
  const guint rate = cmaf_timecode_nominal_rate (&rules->frames);
  const gint jam = MAX (rules->daily_jam, 0);
  const gint64 shift = (gint64)jam - rules->utc_offset;
  const guint32 ts = rules->frames.timescale, d = rules->frames.unit_ticks;
  guint64 since_jam, n, distance, nearest = G_MAXUINT64;
  gint64 day;

  if (!check_rate (label, rules, rate, error)
      || !check_label (label, rate, error))
    return FALSE;
  since_jam = labels_since_jam (label, (guint)jam, rate);
  day = last_day_before (
      clock / (gint64)GST_SECOND - shift - (gint64)(since_jam / rate));
  for (guint i = 0; i < 2; i++, day++) {
    if (!frame_at (rules, day * DAY + shift, &n))
      continue;
    n += since_jam;
    distance = distance_between (cmaf_ns_from_ticks (n * d, ts), clock);
    if (distance < nearest) {
      nearest = distance;
      *frame = n;
    }
  }
  return check_distance (label, rules, nearest, error);
}
