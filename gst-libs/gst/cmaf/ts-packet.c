/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bytes of a transport stream -> packets. */
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/ts-packet.h>

#define SYNC_BYTE 0x47
/* Sync bytes at the same distance that make a stream of packets. */
#define N_SYNCS 4

enum
{
  FLAG_DISCONTINUITY = 0x80,
  FLAG_PCR = 0x10,
  FLAG_OPCR = 0x08,
  FLAG_SPLICING_POINT = 0x04,
  FLAG_PRIVATE_DATA = 0x02,
  FLAG_EXTENSION = 0x01,
};

/* In the extension of an adaptation field */
enum
{
  FLAG_LEGAL_TIME_WINDOW = 0x80,
  FLAG_PIECEWISE_RATE = 0x40,
  FLAG_SEAMLESS_SPLICE = 0x20,
  FLAG_NO_DESCRIPTORS = 0x10,
};

struct _CmafTsFramer
{
  GByteArray *bytes;
  gsize at;     /* of the next byte in it that is not used */
  gsize owed;   /* bytes behind its end that belong to the last packet */
  gsize stride; /* from packet to packet; 0: not known */
  guint64 skipped;
};

/* ---- one packet ---- */

static guint64
read_pcr (CmafBoxReader *r)
{
  const guint32 high = cmaf_box_reader_u32 (r);
  const guint16 low = cmaf_box_reader_u16 (r);

  return (((guint64)high << 1) | (low >> 15)) * 300 + (low & 0x1FF);
}

/* One that lies has no descriptors: packets go on as they did before there was
 * anything in it to be read. */
static void
read_extension (CmafBoxReader *r, CmafTsPacket *packet)
{
  const gsize length = cmaf_box_reader_u8 (r);
  CmafBoxReader field;
  guint8 flags;

  if (r->failed || length > cmaf_box_reader_remaining (r))
    return;
  cmaf_box_reader_init (&field, cmaf_box_reader_data (r, length), length);
  flags = cmaf_box_reader_u8 (&field);
  if (flags & FLAG_LEGAL_TIME_WINDOW)
    cmaf_box_reader_skip (&field, 2);
  if (flags & FLAG_PIECEWISE_RATE)
    cmaf_box_reader_skip (&field, 3);
  if (flags & FLAG_SEAMLESS_SPLICE)
    cmaf_box_reader_skip (&field, 5);
  if (field.failed || flags & FLAG_NO_DESCRIPTORS)
    return;
  packet->descriptors_size = cmaf_box_reader_remaining (&field);
  packet->descriptors = cmaf_box_reader_data (&field, packet->descriptors_size);
}

static void
read_adaptation (CmafBoxReader *r, CmafTsPacket *packet)
{
  const guint8 flags = cmaf_box_reader_u8 (r);

  packet->is_discontinuous = (flags & FLAG_DISCONTINUITY) != 0;
  if (flags & FLAG_PCR) {
    packet->pcr = read_pcr (r);
    packet->has_pcr = !r->failed;
  }
  if (flags & FLAG_OPCR)
    cmaf_box_reader_skip (r, 6);
  if (flags & FLAG_SPLICING_POINT)
    cmaf_box_reader_skip (r, 1);
  if (flags & FLAG_PRIVATE_DATA) {
    packet->private_size = cmaf_box_reader_u8 (r);
    packet->private_data = cmaf_box_reader_data (r, packet->private_size);
  }
  if (flags & FLAG_EXTENSION && cmaf_box_reader_remaining (r) > 0)
    read_extension (r, packet);
}

gboolean
cmaf_ts_packet_parse (const guint8 *data, CmafTsPacket *packet)
{
  CmafBoxReader r, field;
  guint16 head;
  guint8 control, length;

  memset (packet, 0, sizeof (*packet));
  cmaf_box_reader_init (&r, data, CMAF_TS_PACKET_SIZE);
  if (cmaf_box_reader_u8 (&r) != SYNC_BYTE)
    return FALSE;
  head = cmaf_box_reader_u16 (&r);
  control = cmaf_box_reader_u8 (&r);
  packet->has_error = (head & 0x8000) != 0;
  packet->starts_unit = (head & 0x4000) != 0;
  packet->pid = head & CMAF_TS_MAX_PID;
  packet->is_scrambled = (control & 0xC0) != 0;
  packet->continuity = control & 0x0F;
  if (control & 0x20) {
    length = cmaf_box_reader_u8 (&r);
    cmaf_box_reader_init (
        &field, cmaf_box_reader_data (&r, length), r.failed ? 0 : length);
    if (length > 0)
      read_adaptation (&field, packet);
    if (r.failed || field.failed)
      return FALSE;
  }
  if (control & 0x10) {
    packet->payload_size = cmaf_box_reader_remaining (&r);
    packet->payload = cmaf_box_reader_data (&r, packet->payload_size);
  }
  return TRUE;
}

/* ---- packets out of bytes ---- */

CmafTsFramer *
cmaf_ts_framer_new (void)
{
  CmafTsFramer *framer = g_new0 (CmafTsFramer, 1);

  framer->bytes = g_byte_array_new ();
  return framer;
}

void
cmaf_ts_framer_free (CmafTsFramer *framer)
{
  g_byte_array_unref (framer->bytes);
  g_free (framer);
}

void
cmaf_ts_framer_reset (CmafTsFramer *f)
{
  g_byte_array_set_size (f->bytes, 0);
  f->at = f->owed = 0;
  f->stride = 0;
}

void
cmaf_ts_framer_feed (CmafTsFramer *f, const guint8 *data, gsize size)
{
  const gsize owed = MIN (f->owed, size);

  if (f->at > 0)
    g_byte_array_remove_range (f->bytes, 0, f->at);
  f->at = 0;
  f->owed -= owed;
  g_byte_array_append (f->bytes, data + owed, size - owed);
}

/* How many sync bytes stand at @at and every @stride behind; those behind the
 * end count when @at_end. FALSE when one is missing. */
static gboolean
has_syncs (const CmafTsFramer *f, gsize at, gsize stride, gboolean at_end)
{
  for (guint i = 0; i < N_SYNCS; i++, at += stride) {
    if (at >= f->bytes->len)
      return at_end && i > 0;
    if (f->bytes->data[at] != SYNC_BYTE)
      return FALSE;
  }
  return TRUE;
}

/* Looks for a stream of packets from the cursor on. */
static void
synchronise (CmafTsFramer *f, gboolean at_end)
{
  static const gsize strides[] = { CMAF_TS_PACKET_SIZE, 192, 204 };
  const gsize needed = 204 * (N_SYNCS - 1) + 1;

  f->stride = 0;
  while (f->at < f->bytes->len && (at_end || f->bytes->len - f->at >= needed)) {
    for (guint i = 0; i < G_N_ELEMENTS (strides); i++) {
      if (has_syncs (f, f->at, strides[i], at_end)) {
        f->stride = strides[i];
        return;
      }
    }
    f->at++;
    f->skipped++;
  }
}

const guint8 *
cmaf_ts_framer_next (CmafTsFramer *f, gboolean at_end)
{
  const guint8 *packet;
  gsize left = f->bytes->len - f->at;

  if (f->stride == 0 || (left > 0 && f->bytes->data[f->at] != SYNC_BYTE)) {
    synchronise (f, at_end);
    left = f->bytes->len - f->at;
  }
  if (f->stride == 0 || left < CMAF_TS_PACKET_SIZE)
    return NULL;
  packet = f->bytes->data + f->at;
  /* what is between this packet and the next one goes with it */
  f->owed = f->stride - MIN (left, f->stride);
  f->at += MIN (left, f->stride);
  return packet;
}

guint
cmaf_ts_framer_get_packet_size (const CmafTsFramer *f)
{
  return f->stride;
}

guint64
cmaf_ts_framer_get_skipped (const CmafTsFramer *f)
{
  return f->skipped;
}
