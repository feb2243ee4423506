/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ticks and nanoseconds: every rounding rule, once. */
#include <gst/cmaf/timescale.h>

#ifdef __SIZEOF_INT128__

__extension__ typedef unsigned __int128 Wide;

guint64
cmaf_muldiv (guint64 a, guint64 b, guint64 add, guint64 c)
{
  Wide wide;

  g_return_val_if_fail (c > 0, G_MAXUINT64);

  wide = (Wide)a * b + add;
  if (wide >> 64 == 0)
    return (guint64)wide / c;
  if (wide >> 64 >= c)
    return G_MAXUINT64;
  return (guint64)(wide / c);
}

#else

/* (high, low) = a * b + add. It always fits: (2^64-1)^2 + 2^64-1 < 2^128. */
static void
multiply_add (guint64 a, guint64 b, guint64 add, guint64 *high, guint64 *low)
{
  const guint64 a0 = (guint32)a, a1 = a >> 32;
  const guint64 b0 = (guint32)b, b1 = b >> 32;
  const guint64 p00 = a0 * b0;
  const guint64 middle = a1 * b0 + (p00 >> 32);
  const guint64 middle2 = a0 * b1 + (guint32)middle;

  *low = (middle2 << 32) | (guint32)p00;
  *high = a1 * b1 + (middle >> 32) + (middle2 >> 32);

  *low += add;
  *high += *low < add;
}

/* (high, low) / c by long division, high < c */
static guint64
divide (guint64 high, guint64 low, guint64 c)
{
  guint64 quotient = 0;
  guint i;

  for (i = 0; i < 64; i++) {
    const gboolean carry = high >> 63;

    high = (high << 1) | (low >> 63);
    low <<= 1;
    quotient <<= 1;
    if (carry || high >= c) {
      high -= c;
      quotient |= 1;
    }
  }
  return quotient;
}

guint64
cmaf_muldiv (guint64 a, guint64 b, guint64 add, guint64 c)
{
  guint64 high, low;

  g_return_val_if_fail (c > 0, G_MAXUINT64);

  multiply_add (a, b, add, &high, &low);
  if (high == 0)
    return low / c;
  if (high >= c)
    return G_MAXUINT64;
  return divide (high, low, c);
}

#endif

guint64
cmaf_ticks_from_ns (guint64 ns, guint32 timescale)
{
  return cmaf_muldiv (ns, timescale, GST_SECOND / 2, GST_SECOND);
}

guint64
cmaf_ns_from_ticks (guint64 ticks, guint32 timescale)
{
  /* 2 * timescale keeps the half exact when the timescale is odd */
  return cmaf_muldiv (ticks, 2 * GST_SECOND, timescale, 2 * (guint64)timescale);
}

guint64
cmaf_rescale (guint64 ticks, guint32 from, guint32 to)
{
  return cmaf_muldiv (ticks, to, from / 2, from);
}

gboolean
cmaf_video_timescale (
    guint fps_n, guint fps_d, guint32 *timescale, guint32 *frame_ticks)
{
  guint64 factor, ticks;
  guint gcd;

  if (fps_n == 0 || fps_d == 0)
    return FALSE;

  gcd = gst_util_greatest_common_divisor (fps_n, fps_d);
  fps_n /= gcd;
  fps_d /= gcd;
  if (fps_d == 1 && 90000 % fps_n == 0) {
    *timescale = 90000;
    *frame_ticks = 90000 / fps_n;
    return TRUE;
  }

  factor = (10000 + (guint64)fps_n - 1) / fps_n;
  ticks = fps_d * factor;
  if (fps_n * factor > CMAF_MAX_TIMESCALE || ticks > G_MAXINT32)
    return FALSE;
  *timescale = fps_n * factor;
  *frame_ticks = ticks;
  return TRUE;
}
