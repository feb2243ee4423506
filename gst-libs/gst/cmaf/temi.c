/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* TEMI. */
#include <gst/cmaf/adaptation-field.h>
#include <gst/cmaf/temi.h>

#define TIMELINE_TAG 0x04
#define MAX_SECONDS (G_MAXUINT64 / GST_SECOND - 1)

/* Of the two bytes in front of timeline_id */
enum
{
  HAS_TIMESTAMP = 0xC000, /* 0: none, 1: 32 bits, 2: 64 */
  HAS_NTP = 0x2000,
  HAS_PTP = 0x1000,
  IS_PAUSED = 0x0100,
};

static void
read_ptp (CmafBoxReader *r, CmafTemi *temi)
{
  const guint64 high = cmaf_box_reader_u16 (r);
  const guint64 seconds = high << 32 | cmaf_box_reader_u32 (r);
  const guint32 ns = cmaf_box_reader_u32 (r);

  temi->has_ptp = seconds <= MAX_SECONDS && ns < GST_SECOND;
  if (temi->has_ptp)
    temi->ptp = seconds * GST_SECOND + ns;
}

/* Whether it tells an absolute time. */
static gboolean
read_timeline (CmafBoxReader *r, CmafTemi *temi)
{
  const guint16 flags = cmaf_box_reader_u16 (r);
  const guint timestamp = (flags & HAS_TIMESTAMP) >> 14;

  memset (temi, 0, sizeof *temi);
  temi->timeline_id = cmaf_box_reader_u8 (r);
  if (timestamp > 0) /* timescale, media_timestamp */
    cmaf_box_reader_skip (r, timestamp == 1 ? 8 : 12);
  if (flags & HAS_NTP)
    temi->ntp = cmaf_box_reader_u64 (r);
  temi->has_ntp = temi->ntp != 0; /* 0: not known (RFC 5905) */
  if (flags & HAS_PTP)
    read_ptp (r, temi);
  return !(flags & IS_PAUSED) && (temi->has_ntp || temi->has_ptp);
}

gboolean
cmaf_temi_parse (
    const guint8 *descriptors, gsize size, CmafTemi *temi, GError **error)
{
  CmafBoxReader all, descriptor;
  guint8 tag;

  cmaf_box_reader_init (&all, descriptors, size);
  memset (temi, 0, sizeof *temi);
  while (cmaf_adaptation_field_next (
      &all, "descriptor", &tag, &descriptor, error)) {
    const gsize length = cmaf_box_reader_remaining (&descriptor);
    gboolean tells_time;

    if (tag != TIMELINE_TAG)
      continue;
    tells_time = read_timeline (&descriptor, temi);
    if (descriptor.failed)
      return cmaf_adaptation_field_fail (
          "descriptor/temi_timeline", length, length + 1, error);
    if (tells_time)
      return TRUE;
  }
  return FALSE;
}

gboolean
cmaf_temi_get_media_time (const CmafTemi *temi, const CmafMediaEpoch *epoch,
    gint64 clock, guint64 *media_time)
{
  if (temi->has_ptp)
    return cmaf_media_time_from_reference (
        CMAF_REFERENCE_PTP, temi->ptp, epoch, clock, NULL, media_time);
  return cmaf_media_time_from_ntp (epoch, temi->ntp, clock, media_time);
}
