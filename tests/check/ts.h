/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Transport streams for tests, packet by packet. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/cmaf/ts-packet.h>
#include <gst/cmaf/ts-section.h>

#include <string.h>

#define TS_PMT 0x100
#define TS_VIDEO 0x101
#define TS_AUDIO 0x102
#define TS_SPLICE 0x103

typedef struct
{
  GByteArray *bytes;
  guint8 continuity[CMAF_TS_MAX_PID + 1];
  guint before, behind; /* bytes around each packet: 192, 204 */
} Ts;

static inline void
ts_init (Ts *ts, guint before, guint behind)
{
  memset (ts, 0, sizeof *ts);
  ts->bytes = g_byte_array_new ();
  ts->before = before;
  ts->behind = behind;
}

static inline void
ts_clear (Ts *ts)
{
  g_byte_array_unref (ts->bytes);
}

/* One packet; @adaptation are the bytes behind its length, NULL: only as much
 * as is needed to fill the packet. Returns how much of @data is in it. */
static inline gsize
ts_packet (Ts *ts, guint16 pid, gboolean starts, const guint8 *adaptation,
    gsize n_adaptation, const guint8 *data, gsize size)
{
  guint8 packet[16 + CMAF_TS_PACKET_SIZE + 16];
  guint8 *p = packet + ts->before;
  gsize room = CMAF_TS_PACKET_SIZE - 4 - (adaptation ? 1 + n_adaptation : 0);
  gsize n = MIN (size, room);
  gsize at = 4;

  memset (packet, 0xFF, sizeof packet);
  p[0] = 0x47;
  p[1] = (starts ? 0x40 : 0) | pid >> 8;
  p[2] = pid & 0xFF;
  p[3] = 0x10 | ts->continuity[pid]++ % 16;
  if (adaptation || n < room) {
    p[3] |= 0x20;
    p[4] = CMAF_TS_PACKET_SIZE - 5 - n;
    if (p[4] > 0)
      p[5] = 0;
    if (adaptation)
      memcpy (p + 5, adaptation, n_adaptation);
    at = CMAF_TS_PACKET_SIZE - n;
  }
  if (n > 0)
    memcpy (p + at, data, n);
  g_byte_array_append (
      ts->bytes, packet, ts->before + CMAF_TS_PACKET_SIZE + ts->behind);
  return n;
}

static inline void
ts_payload (Ts *ts, guint16 pid, const guint8 *adaptation, gsize n_adaptation,
    const guint8 *data, gsize size)
{
  gsize at = ts_packet (ts, pid, TRUE, adaptation, n_adaptation, data, size);

  while (at < size)
    at += ts_packet (ts, pid, FALSE, NULL, 0, data + at, size - at);
}

/* A section without its CRC, which is added. */
static inline void
ts_section (Ts *ts, guint16 pid, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 crc[4];

  g_byte_array_append (all, (const guint8 *)"", 1); /* pointer_field */
  g_byte_array_append (all, data, size);
  GST_WRITE_UINT32_BE (crc, cmaf_section_crc (data, size));
  g_byte_array_append (all, crc, 4);
  ts_payload (ts, pid, NULL, 0, all->data, all->len);
}

static inline void
ts_pat (Ts *ts)
{
  static const guint8 pat[] = { 0x00, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1,
    0xE0 | TS_PMT >> 8, TS_PMT & 0xFF };

  ts_section (ts, 0, pat, sizeof pat);
}

/* One programme with audio (AAC) alone. */
static inline void
ts_sound_tables (Ts *ts)
{
  static const guint8 pmt[] = { 0x02, 0xB0, 18, 0, 1, 0xC1, 0, 0,
    0xE0 | TS_AUDIO >> 8, TS_AUDIO & 0xFF, 0xF0, 0, 0x0F, 0xE0 | TS_AUDIO >> 8,
    TS_AUDIO & 0xFF, 0xF0, 0 };

  ts_pat (ts);
  ts_section (ts, TS_PMT, pmt, sizeof pmt);
}

/* One programme with video (H.264), audio (AAC) and splice sections. */
static inline void
ts_tables (Ts *ts)
{
  static const guint8 pmt[] = { 0x02, 0xB0, 34, 0, 1, 0xC1, 0, 0,
    0xE0 | TS_VIDEO >> 8, TS_VIDEO & 0xFF, 0xF0, 6, 0x05, 4, 'C', 'U', 'E', 'I',
    0x1B, 0xE0 | TS_VIDEO >> 8, TS_VIDEO & 0xFF, 0xF0, 0, 0x0F,
    0xE0 | TS_AUDIO >> 8, TS_AUDIO & 0xFF, 0xF0, 0, 0x86, 0xE0 | TS_SPLICE >> 8,
    TS_SPLICE & 0xFF, 0xF0, 0 };

  ts_pat (ts);
  ts_section (ts, TS_PMT, pmt, sizeof pmt);
}

/* @is_sized: PES_packet_length is said. */
static inline void
ts_pes (Ts *ts, guint16 pid, guint64 pts, const guint8 *adaptation,
    gsize n_adaptation, const guint8 *data, gsize size, gboolean is_sized)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint length = is_sized ? size + 8 : 0;
  guint8 head[14] = { 0, 0, 1, pid == TS_VIDEO ? 0xE0 : 0xC0, length >> 8,
    length & 0xFF, 0x80, 0x80, 5 };

  head[9] = 0x21 | ((pts >> 29) & 0x0E);
  head[10] = pts >> 22;
  head[11] = 1 | ((pts >> 14) & 0xFE);
  head[12] = pts >> 7;
  head[13] = 1 | (pts << 1);
  g_byte_array_append (all, head, sizeof head);
  g_byte_array_append (all, data, size);
  ts_payload (ts, pid, adaptation, n_adaptation, all->data, all->len);
}
