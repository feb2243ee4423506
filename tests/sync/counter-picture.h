/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A picture that carries a number: 24 bars, white for a one, each wide enough
 * to survive any encoder. */
#pragma once

#include <glib.h>
#include <string.h>

#define COUNTER_WIDTH 64
#define COUNTER_HEIGHT 48
#define COUNTER_SIZE (COUNTER_WIDTH * COUNTER_HEIGHT * 3 / 2) /* I420 */
#define COUNTER_BITS 24
#define COUNTER_COLUMNS 8
#define COUNTER_BAR_WIDTH (COUNTER_WIDTH / COUNTER_COLUMNS)
#define COUNTER_BAR_HEIGHT (COUNTER_HEIGHT / (COUNTER_BITS / COUNTER_COLUMNS))

static inline void
counter_draw (guint8 *picture, guint32 number)
{
  memset (picture, 128, COUNTER_SIZE);
  for (guint y = 0; y < COUNTER_HEIGHT; y++) {
    for (guint x = 0; x < COUNTER_WIDTH; x++) {
      guint bit =
          y / COUNTER_BAR_HEIGHT * COUNTER_COLUMNS + x / COUNTER_BAR_WIDTH;

      picture[y * COUNTER_WIDTH + x] = number >> bit & 1 ? 220 : 30;
    }
  }
}

/* @luma: @stride bytes from one line to the next. FALSE when a bar is neither
 * white nor black. */
static inline gboolean
counter_read (const guint8 *luma, gsize stride, guint32 *number)
{
  *number = 0;
  for (guint bit = 0; bit < COUNTER_BITS; bit++) {
    const guint x0 = bit % COUNTER_COLUMNS * COUNTER_BAR_WIDTH;
    const guint y0 = bit / COUNTER_COLUMNS * COUNTER_BAR_HEIGHT;
    guint sum = 0, n = 0;

    for (guint y = y0 + 4; y < y0 + COUNTER_BAR_HEIGHT - 4; y++) {
      for (guint x = x0 + 2; x < x0 + COUNTER_BAR_WIDTH - 2; x++, n++)
        sum += luma[y * stride + x];
    }
    if (sum > 85 * n && sum < 165 * n)
      return FALSE;
    if (sum >= 165 * n)
      *number |= 1u << bit;
  }
  return TRUE;
}
