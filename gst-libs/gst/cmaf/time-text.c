/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Times as manifests write them. */
#include "time-text.h"
#include "timescale.h"

/* The first second that a calendar with four-digit years cannot name. */
#define END_OF_CALENDAR G_GUINT64_CONSTANT (253402300800)

/* Time in units of 1 / @per_second s, but no later than the calendar. */
static guint64
clamp_time (guint64 ticks, guint64 timescale, guint64 per_second)
{
  return MIN (cmaf_muldiv (ticks, per_second, timescale / 2, timescale),
      END_OF_CALENDAR * per_second - 1);
}

static void
append_calendar (GString *text, guint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);
  gint year, month, day;

  g_date_time_get_ymd (date, &year, &month, &day);
  g_string_append_printf (text, "%04d-%02d-%02dT%02d:%02d:%02d", year, month,
      day, g_date_time_get_hour (date), g_date_time_get_minute (date),
      g_date_time_get_second (date));
}

/* ".644000" or "", without zeros at the end but for @least decimals */
static void
append_fraction (GString *text, guint micros, guint least)
{
  gsize start = text->len;

  g_string_append_printf (text, ".%06u", micros);
  while (text->len > start + 1 + least && text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
  if (text->len == start + 1)
    g_string_truncate (text, start);
}

void
cmaf_time_text_utc_ms (GString *text, guint64 ticks, guint64 timescale)
{
  guint64 ms = clamp_time (ticks, timescale, 1000);

  append_calendar (text, ms / 1000);
  g_string_append_printf (text, ".%03uZ", (guint)(ms % 1000));
}

void
cmaf_time_text_utc_us (GString *text, guint64 ticks, guint64 timescale)
{
  guint64 us = clamp_time (ticks, timescale, 1000000);

  append_calendar (text, us / 1000000);
  append_fraction (text, us % 1000000, 0);
  g_string_append_c (text, 'Z');
}

void
cmaf_time_text_duration (GString *text, guint64 ticks, guint64 timescale)
{
  guint64 us = cmaf_muldiv (ticks, 1000000, timescale - 1, timescale);

  g_string_append_printf (text, "PT%" G_GUINT64_FORMAT, us / 1000000);
  append_fraction (text, us % 1000000, 3);
  g_string_append_c (text, 'S');
}

void
cmaf_time_text_seconds (GString *text, guint64 ticks, guint64 timescale)
{
  guint64 us = cmaf_muldiv (ticks, 1000000, timescale / 2, timescale);

  g_string_append_printf (
      text, "%" G_GUINT64_FORMAT ".%06u", us / 1000000, (guint)(us % 1000000));
}
