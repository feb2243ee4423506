/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Time expressions of TTML and back. */
#include "ttml-time.h"

#include "timescale.h"

#include <string.h>

#define MAX_RATE 1000000000
#define MAX_SECONDS G_GUINT64_CONSTANT (10000000000)
#define MAX_DIGITS 12

static guint64
parse_rate (const gchar *text, guint64 otherwise)
{
  guint64 value;

  if (text && g_ascii_string_to_unsigned (text, 10, 1, MAX_RATE, &value, NULL))
    return value;
  return otherwise;
}

void
ttml_rates_init (TtmlRates *rates, const gchar *frame_rate,
    const gchar *multiplier, const gchar *sub_frame_rate,
    const gchar *tick_rate)
{
  g_auto (GStrv) parts =
      multiplier ? g_strsplit_set (multiplier, " :", 2) : NULL;

  rates->frame_n = parse_rate (frame_rate, 30);
  rates->frame_d = 1;
  rates->sub_frames = parse_rate (sub_frame_rate, 1);
  rates->ticks = parse_rate (
      tick_rate, frame_rate ? rates->frame_n * rates->sub_frames : 1);
  if (parts && parts[0] && parts[1]) {
    rates->frame_n = MIN (rates->frame_n, MAX_RATE) * parse_rate (parts[0], 1);
    rates->frame_d = parse_rate (parts[1], 1);
  }
}

static gboolean
take_number (const gchar **c, guint64 *value, guint *n_digits)
{
  guint n = 0;

  for (*value = 0; g_ascii_isdigit (**c) && n < MAX_DIGITS; n++, (*c)++)
    *value = *value * 10 + (guint64)(**c - '0');
  *n_digits = n;
  return n > 0 && !g_ascii_isdigit (**c);
}

/* ".123" in ns, digits beyond nine cut off */
static guint64
take_fraction (const gchar **c)
{
  guint64 ns = 0, unit = GST_SECOND / 10;

  if (**c != '.')
    return 0;
  for ((*c)++; g_ascii_isdigit (**c); (*c)++, unit /= 10)
    ns += unit * (guint64)(**c - '0');
  return ns;
}

/* hh:mm:ss, then .fraction or :frames[.sub-frames] */
static gboolean
parse_clock (const gchar *c, guint64 hours, const TtmlRates *rates, guint64 *ns)
{
  guint64 minutes, seconds, frames, sub = 0;
  guint n;

  c++;
  if (!take_number (&c, &minutes, &n) || n != 2 || minutes > 59 || *c++ != ':'
      || !take_number (&c, &seconds, &n) || n != 2 || seconds > 60
      || hours > MAX_SECONDS / 3600)
    return FALSE;
  *ns = ((hours * 60 + minutes) * 60 + seconds) * GST_SECOND;
  if (*c != ':') {
    *ns += take_fraction (&c);
    return *c == '\0';
  }
  c++;
  if (!take_number (&c, &frames, &n) || n < 2)
    return FALSE;
  if (*c == '.') {
    c++;
    if (!take_number (&c, &sub, &n))
      return FALSE;
  }
  /* frames / rate, whatever part of one there is */
  *ns += cmaf_muldiv (
      MIN (frames, MAX_RATE) * rates->sub_frames + MIN (sub, MAX_RATE),
      GST_SECOND * rates->frame_d, 0,
      MAX (rates->frame_n * rates->sub_frames, 1));
  return *c == '\0';
}

/* a number and h, m, s, ms, f or t */
static gboolean
parse_offset (
    const gchar *c, guint64 value, const TtmlRates *rates, guint64 *ns)
{
  const struct
  {
    const gchar *metric;
    guint64 n, d; /* ns of one */
  } metrics[] = {
    { "h", 3600 * GST_SECOND, 1 },
    { "m", 60 * GST_SECOND, 1 },
    { "s", GST_SECOND, 1 },
    { "ms", GST_MSECOND, 1 },
    { "f", GST_SECOND * rates->frame_d, rates->frame_n },
    { "t", GST_SECOND, rates->ticks },
  };
  guint64 fraction = take_fraction (&c);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (metrics); i++) {
    if (strcmp (c, metrics[i].metric) != 0)
      continue;
    *ns = cmaf_muldiv (value, metrics[i].n, 0, metrics[i].d);
    if (fraction > 0)
      *ns += cmaf_muldiv (cmaf_muldiv (fraction, metrics[i].n, 0, metrics[i].d),
          1, 0, GST_SECOND);
    return *ns / GST_SECOND <= MAX_SECONDS;
  }
  return FALSE;
}

gboolean
ttml_time_parse (const gchar *text, const TtmlRates *rates, guint64 *ns)
{
  const gchar *c = text + strspn (text, " \t\r\n");
  g_autofree gchar *trimmed = g_strchomp (g_strdup (c));
  guint64 value;
  guint n;

  c = trimmed;
  if (!take_number (&c, &value, &n))
    return FALSE;
  if (*c == ':')
    return n >= 2 && parse_clock (c, value, rates, ns);
  return parse_offset (c, value, rates, ns);
}

void
ttml_time_append (GString *text, guint64 ticks, guint32 timescale)
{
  guint64 ms = cmaf_muldiv (ticks, 1000, timescale / 2, timescale);

  g_string_append_printf (text, "%02" G_GUINT64_FORMAT ":%02u:%02u.%03u",
      ms / 3600000, (guint)(ms / 60000 % 60), (guint)(ms / 1000 % 60),
      (guint)(ms % 1000));
}
