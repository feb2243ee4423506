/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Payload of packets -> sections, and two tables. */
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/ts-section.h>

#define POLYNOMIAL 0x04C11DB7
#define HEAD 3                  /* table_id, flags, section_length */
#define MIN_SIZE (HEAD + 5 + 4) /* what all tables have, and the CRC */
#define STUFFING 0xFF

guint32
cmaf_section_crc (const guint8 *data, gsize size)
{
  guint32 crc = 0xFFFFFFFF;

  for (gsize i = 0; i < size; i++) {
    crc ^= (guint32)data[i] << 24;
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc << 1) ^ (crc & 0x80000000 ? POLYNOMIAL : 0);
  }
  return crc;
}

/* ---- assembly ---- */

void
cmaf_ts_sections_init (CmafTsSections *s)
{
  memset (s, 0, sizeof (*s));
  s->bytes = g_byte_array_new ();
}

void
cmaf_ts_sections_clear (CmafTsSections *s)
{
  g_clear_pointer (&s->bytes, g_byte_array_unref);
}

static void
forget (CmafTsSections *s)
{
  g_byte_array_set_size (s->bytes, 0);
  s->done = s->unfinished_end = 0;
  s->has_start = FALSE;
}

/* FALSE for a packet that was sent twice. */
static gboolean
follow (CmafTsSections *s, guint8 continuity)
{
  const gboolean knew = s->has_continuity;
  const guint8 last = s->continuity;

  s->has_continuity = TRUE;
  s->continuity = continuity;
  if (knew && continuity == last)
    return FALSE;
  if (knew && continuity != ((last + 1) & 0x0F))
    forget (s);
  return TRUE;
}

static gsize
section_size (const guint8 *at)
{
  return HEAD + (((gsize)at[1] & 0x0F) << 8 | at[2]);
}

void
cmaf_ts_sections_push (CmafTsSections *s, gboolean starts_unit,
    guint8 continuity, const guint8 *payload, gsize size)
{
  gsize pointer;

  if (size == 0 || !follow (s, continuity))
    return;
  if (s->done > 0)
    g_byte_array_remove_range (s->bytes, 0, s->done);
  s->done = s->unfinished_end = 0;
  if (!starts_unit) {
    if (s->has_start)
      g_byte_array_append (s->bytes, payload, size);
    return;
  }
  /* the end of one section, and the beginning of the next one */
  pointer = payload[0];
  if (pointer > size - 1) {
    forget (s);
    return;
  }
  if (s->has_start)
    g_byte_array_append (s->bytes, payload + 1, pointer);
  s->unfinished_end = s->bytes->len;
  s->has_start = TRUE;
  g_byte_array_append (s->bytes, payload + 1 + pointer, size - 1 - pointer);
}

/* A length that lies: the bytes behind are no sections. */
static void
drop_rest (CmafTsSections *s)
{
  g_byte_array_set_size (s->bytes, s->done);
  s->has_start = FALSE;
}

const guint8 *
cmaf_ts_sections_next (CmafTsSections *s, gsize *size)
{
  const gboolean is_old = s->done < s->unfinished_end;
  const guint8 *at;
  const gsize left = (is_old ? s->unfinished_end : s->bytes->len) - s->done;

  if (left == 0)
    return NULL;
  at = s->bytes->data + s->done;
  if (at[0] == STUFFING) { /* up to the next start */
    if (!is_old) {
      forget (s);
      return NULL;
    }
    s->done = s->unfinished_end;
    return cmaf_ts_sections_next (s, size);
  }
  if (left < HEAD && !is_old)
    return NULL;
  *size = left < HEAD ? left : section_size (at);
  if (left < *size && !is_old)
    return NULL;
  *size = MIN (*size, left);
  s->done += *size;
  if (*size < MIN_SIZE && is_old)
    s->done = s->unfinished_end;
  else if (*size < MIN_SIZE)
    drop_rest (s);
  return at;
}

/* ---- tables ---- */

/* The body between the head and the CRC; FALSE unless it is table @id, whole
 * and in force. */
static gboolean
open_table (const guint8 *data, gsize size, guint8 id, guint16 *extension,
    CmafBoxReader *body)
{
  CmafBoxReader r;
  guint16 length;
  guint8 version;

  cmaf_box_reader_init (&r, data, size);
  if (cmaf_box_reader_u8 (&r) != id)
    return FALSE;
  length = cmaf_box_reader_u16 (&r);
  *extension = cmaf_box_reader_u16 (&r);
  version = cmaf_box_reader_u8 (&r);
  cmaf_box_reader_skip (&r, 2);
  if (r.failed || (length & 0x0FFF) != size - HEAD || size < r.pos + 4
      || (version & 1) == 0 || cmaf_section_crc (data, size) != 0)
    return FALSE;
  cmaf_box_reader_init (body, data + r.pos, size - r.pos - 4);
  return TRUE;
}

gboolean
cmaf_ts_pat_parse (const guint8 *data, gsize size, CmafTsPat *pat)
{
  CmafBoxReader r;
  guint16 stream;

  memset (pat, 0, sizeof (*pat));
  if (!open_table (data, size, 0x00, &stream, &r))
    return FALSE;
  while (cmaf_box_reader_remaining (&r) >= 4
         && pat->n_programs < CMAF_TS_MAX_PROGRAMS) {
    const guint16 number = cmaf_box_reader_u16 (&r);
    const guint16 pid = cmaf_box_reader_u16 (&r) & 0x1FFF;

    if (number == 0) /* the network's */
      continue;
    pat->numbers[pat->n_programs] = number;
    pat->pids[pat->n_programs++] = pid;
  }
  return TRUE;
}

static const struct
{
  guint8 type;
  CmafTsStreamKind kind;
} kinds[] = {
  { 0x01, CMAF_TS_STREAM_VIDEO },  /* MPEG-1 */
  { 0x02, CMAF_TS_STREAM_VIDEO },  /* MPEG-2 */
  { 0x03, CMAF_TS_STREAM_AUDIO },  /* MPEG-1 */
  { 0x04, CMAF_TS_STREAM_AUDIO },  /* MPEG-2 */
  { 0x0F, CMAF_TS_STREAM_AUDIO },  /* AAC, ADTS */
  { 0x10, CMAF_TS_STREAM_VIDEO },  /* MPEG-4 part 2 */
  { 0x11, CMAF_TS_STREAM_AUDIO },  /* AAC, LOAS */
  { 0x1B, CMAF_TS_STREAM_VIDEO },  /* H.264 */
  { 0x24, CMAF_TS_STREAM_VIDEO },  /* H.265 */
  { 0x33, CMAF_TS_STREAM_VIDEO },  /* H.266 */
  { 0x81, CMAF_TS_STREAM_AUDIO },  /* AC-3 */
  { 0x86, CMAF_TS_STREAM_SPLICE }, /* SCTE 35 */
  { 0x87, CMAF_TS_STREAM_AUDIO },  /* E-AC-3 */
};

static CmafTsStreamKind
kind_of (guint8 type)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].type == type)
      return kinds[i].kind;
  }
  return CMAF_TS_STREAM_OTHER;
}

gboolean
cmaf_ts_pmt_parse (const guint8 *data, gsize size, CmafTsPmt *pmt)
{
  CmafBoxReader r;

  memset (pmt, 0, sizeof (*pmt));
  if (!open_table (data, size, 0x02, &pmt->number, &r))
    return FALSE;
  pmt->pcr_pid = cmaf_box_reader_u16 (&r) & 0x1FFF;
  cmaf_box_reader_skip (&r, cmaf_box_reader_u16 (&r) & 0x0FFF);
  while (!r.failed && cmaf_box_reader_remaining (&r) >= 5
         && pmt->n_streams < CMAF_TS_MAX_STREAMS) {
    const guint8 type = cmaf_box_reader_u8 (&r);
    const guint16 pid = cmaf_box_reader_u16 (&r) & 0x1FFF;

    cmaf_box_reader_skip (&r, cmaf_box_reader_u16 (&r) & 0x0FFF);
    pmt->streams[pmt->n_streams].pid = pid;
    pmt->streams[pmt->n_streams].type = type;
    pmt->streams[pmt->n_streams++].kind = kind_of (type);
  }
  return !r.failed;
}
