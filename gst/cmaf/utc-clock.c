/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "utc-clock.h"

#include <gst/cmaf/media-time.h>

/* On the same machine an NTP clock takes three seconds. */
#define WAIT (5 * GST_SECOND)
/* 2000: what shows less counts from elsewhere. */
#define EARLIEST (G_GUINT64_CONSTANT (946684800) * GST_SECOND)

/* By name: the types are in a library that whoever made the clock has loaded.
 */
static gboolean
is_a (GstClock *clock, const gchar *type_name)
{
  const GType type = g_type_from_name (type_name);

  return type != 0 && G_TYPE_CHECK_INSTANCE_TYPE (clock, type);
}

static gint64
read_system (void)
{
  return g_get_real_time () * (gint64)GST_USECOND;
}

/* Where the kernel was not told how far TAI is ahead, its TAI is UTC. */
static gboolean
counts_tai (GstClock *clock, GstClockTime shown)
{
  GstClockType type;

  if (!GST_IS_SYSTEM_CLOCK (clock))
    return FALSE;
  g_object_get (clock, "clock-type", &type, NULL);
  return type == GST_CLOCK_TYPE_TAI
         && (gint64)shown - read_system () > (gint64)GST_SECOND;
}

static CmafReference
find_reference (GstClock *clock, GstClockTime shown)
{
  if (is_a (clock, "GstNtpClock"))
    return CMAF_REFERENCE_NTP;
  if (is_a (clock, "GstPtpClock") || counts_tai (clock, shown))
    return CMAF_REFERENCE_PTP;
  return CMAF_REFERENCE_UNIX;
}

/* That of the system, unless it was made otherwise, counts from when the
 * machine was started, and so does one that follows it over a network. */
static gboolean
counts_from_boot (GstClock *clock)
{
  return GST_IS_SYSTEM_CLOCK (clock) && gst_clock_get_time (clock) < EARLIEST;
}

gboolean
utc_clock_wait (GstClock *clock, GError **error)
{
  if (!clock)
    return TRUE;
  if (!gst_clock_wait_for_sync (clock, WAIT)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "utc-clock: %s has no time after %u s, needs one that is synchronised",
        GST_OBJECT_NAME (clock), (guint)(WAIT / GST_SECOND));
    return FALSE;
  }
  if (!counts_from_boot (clock))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "utc-clock: %s shows a time before 2000, needs one that tells the time "
      "of day, as clock-type=realtime of GstSystemClock",
      GST_OBJECT_NAME (clock));
  return FALSE;
}

gint64
utc_clock_read (GstClock *clock, const CmafLeapTable *leaps)
{
  GstClockTime shown;

  if (!clock)
    return read_system ();
  shown = gst_clock_get_time (clock);
  return cmaf_utc_from_clock (
      find_reference (clock, shown), shown, leaps, read_system ());
}
