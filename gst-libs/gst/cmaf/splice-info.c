/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A splice_info_section -> what it says. */
#include <gst/cmaf/bit-reader.h>
#include <gst/cmaf/splice-info.h>
#include <gst/cmaf/ts-section.h>

#define TABLE_ID 0xFC
#define CUEI 0x43554549
#define SEGMENTATION_TAG 0x02
#define PTS_MASK ((G_GUINT64_CONSTANT (1) << 33) - 1)
/* splice_command_length of encoders that do not tell it */
#define LENGTH_UNKNOWN 0xFFF

static guint64
read33 (CmafBitReader *r)
{
  const guint64 high = cmaf_bit_reader_get (r, 1);

  return high << 32 | cmaf_bit_reader_get (r, 32);
}

/* splice_time() */
static gboolean
read_time (CmafBitReader *r, guint64 *pts)
{
  if (!cmaf_bit_reader_flag (r)) {
    cmaf_bit_reader_skip (r, 7);
    return FALSE;
  }
  cmaf_bit_reader_skip (r, 6);
  *pts = read33 (r);
  return !r->failed;
}

/* A splice of components: the first time of one is that of all. */
static void
read_components (CmafBitReader *r, CmafSpliceInfo *info)
{
  guint n = cmaf_bit_reader_get (r, 8);
  guint64 pts;

  for (; n > 0 && !r->failed; n--) {
    cmaf_bit_reader_skip (r, 8);
    if (!info->is_immediate && read_time (r, &pts) && !info->has_time) {
      info->has_time = TRUE;
      info->pts_time = pts;
    }
  }
}

static void
read_insert (CmafBitReader *r, CmafSpliceInfo *info)
{
  gboolean is_program;

  info->event_id = cmaf_bit_reader_get (r, 32);
  info->is_cancel = cmaf_bit_reader_flag (r);
  cmaf_bit_reader_skip (r, 7);
  if (info->is_cancel)
    return;
  info->is_out = cmaf_bit_reader_flag (r);
  is_program = cmaf_bit_reader_flag (r);
  info->has_duration = cmaf_bit_reader_flag (r);
  info->is_immediate = cmaf_bit_reader_flag (r);
  cmaf_bit_reader_skip (r, 4);
  if (!is_program)
    read_components (r, info);
  else if (!info->is_immediate)
    info->has_time = read_time (r, &info->pts_time);
  if (info->has_duration) {
    info->auto_return = cmaf_bit_reader_flag (r);
    cmaf_bit_reader_skip (r, 6);
    info->duration = read33 (r);
  }
  info->unique_program_id = cmaf_bit_reader_get (r, 16);
  info->avail_num = cmaf_bit_reader_get (r, 8);
  info->avails_expected = cmaf_bit_reader_get (r, 8);
}

static void
read_command (CmafBitReader *r, CmafSpliceInfo *info)
{
  switch (info->command) {
    case CMAF_SPLICE_INSERT:
      read_insert (r, info);
      break;
    case CMAF_SPLICE_TIME_SIGNAL:
      info->has_time = read_time (r, &info->pts_time);
      break;
    default:
      break;
  }
}

/* ---- descriptors ---- */

/* Behind the identifier; what follows the duration is not looked at but for the
 * type, which stands behind the UPID. */
static void
read_segmentation (CmafBitReader *r, CmafSegmentation *segmentation)
{
  gboolean is_program, is_free;

  segmentation->event_id = cmaf_bit_reader_get (r, 32);
  segmentation->is_cancel = cmaf_bit_reader_flag (r);
  cmaf_bit_reader_skip (r, 7);
  if (segmentation->is_cancel)
    return;
  is_program = cmaf_bit_reader_flag (r);
  segmentation->has_duration = cmaf_bit_reader_flag (r);
  is_free = cmaf_bit_reader_flag (r);
  cmaf_bit_reader_skip (r, 5);
  (void)is_free; /* 5 bits of restrictions, or reserved */
  if (!is_program)
    cmaf_bit_reader_skip (r, cmaf_bit_reader_get (r, 8) * 48);
  if (segmentation->has_duration) {
    segmentation->duration = (guint64)cmaf_bit_reader_get (r, 8) << 32;
    segmentation->duration |= cmaf_bit_reader_get (r, 32);
  }
  cmaf_bit_reader_skip (r, 8); /* segmentation_upid_type */
  cmaf_bit_reader_skip (r, cmaf_bit_reader_get (r, 8) * 8);
  segmentation->type_id = cmaf_bit_reader_get (r, 8);
}

static gboolean
read_descriptors (const guint8 *data, gsize size, CmafSpliceInfo *info)
{
  while (size >= 2) {
    const gsize length = data[1];
    CmafBitReader r;

    if (length > size - 2)
      return FALSE;
    cmaf_bit_reader_init (&r, data + 2, length);
    if (data[0] == SEGMENTATION_TAG && cmaf_bit_reader_get (&r, 32) == CUEI
        && info->n_segmentations < CMAF_SPLICE_MAX_SEGMENTATIONS) {
      read_segmentation (&r, &info->segmentations[info->n_segmentations]);
      if (r.failed)
        return FALSE;
      info->n_segmentations++;
    }
    data += 2 + length;
    size -= 2 + length;
  }
  return size == 0;
}

/* ---- the section ---- */

static gboolean
fail (GError **error, CmafError code, const gchar *where, gsize found,
    gsize needed)
{
  g_set_error (error, CMAF_ERROR, code,
      "splice_info_section%s: found %" G_GSIZE_FORMAT
      ", needs %" G_GSIZE_FORMAT,
      where, found, needed);
  return FALSE;
}

/* The command between its type and the descriptors. FALSE: its length lies. */
static gboolean
read_sized_command (CmafBitReader *r, guint length, CmafSpliceInfo *info)
{
  const gsize start = r->pos;

  read_command (r, info);
  if (r->failed)
    return FALSE;
  if (length == LENGTH_UNKNOWN)
    return info->command == CMAF_SPLICE_NULL
           || info->command == CMAF_SPLICE_INSERT
           || info->command == CMAF_SPLICE_TIME_SIGNAL
           || info->command == CMAF_SPLICE_BANDWIDTH;
  if (r->pos - start > (gsize)length * 8)
    return FALSE;
  cmaf_bit_reader_skip (r, start + (gsize)length * 8 - r->pos);
  return !r->failed;
}

gboolean
cmaf_splice_info_parse (
    const guint8 *data, gsize size, CmafSpliceInfo *info, GError **error)
{
  CmafBitReader r;
  guint length, protocol;

  memset (info, 0, sizeof (*info));
  cmaf_bit_reader_init (&r, data, size);
  if (size < 1 || cmaf_bit_reader_get (&r, 8) != TABLE_ID)
    return fail (error, CMAF_ERROR_UNSUPPORTED, "/table_id",
        size < 1 ? 0 : data[0], TABLE_ID);
  cmaf_bit_reader_skip (&r, 4);
  length = cmaf_bit_reader_get (&r, 12);
  if (r.failed || length + 3 != size || size < 3 + 11 + 2 + 4)
    return fail (error, CMAF_ERROR_MALFORMED, "/section_length",
        r.failed ? 0 : length, MAX (size, 20) - 3);
  info->has_bad_crc = cmaf_section_crc (data, size) != 0;
  protocol = cmaf_bit_reader_get (&r, 8);
  if (protocol != 0)
    return fail (
        error, CMAF_ERROR_UNSUPPORTED, "/protocol_version", protocol, 0);
  info->is_encrypted = cmaf_bit_reader_flag (&r);
  cmaf_bit_reader_skip (&r, 6);
  info->pts_adjustment = read33 (&r);
  cmaf_bit_reader_skip (&r, 8 + 12); /* cw_index, tier */
  length = cmaf_bit_reader_get (&r, 12);
  info->command = cmaf_bit_reader_get (&r, 8);
  if (info->is_encrypted)
    return TRUE;
  cmaf_bit_reader_init (&r, data, size - 4);
  cmaf_bit_reader_skip (&r, 14 * 8);
  if (!read_sized_command (&r, length, info))
    return fail (error, CMAF_ERROR_MALFORMED, "/splice_command_length", length,
        r.pos / 8 - 14);
  length = cmaf_bit_reader_get (&r, 16);
  if (r.failed || length > cmaf_bit_reader_remaining (&r) / 8
      || !read_descriptors (data + r.pos / 8, length, info))
    return fail (error, CMAF_ERROR_MALFORMED, "/descriptor_loop_length", length,
        cmaf_bit_reader_remaining (&r) / 8);
  return TRUE;
}

gboolean
cmaf_splice_info_get_pts (const CmafSpliceInfo *info, guint64 *pts)
{
  if (info->is_encrypted || !info->has_time)
    return FALSE;
  *pts = (info->pts_time + info->pts_adjustment) & PTS_MASK;
  return TRUE;
}

/* Breaks, advertisements, placement opportunities, overlays and ad blocks have
 * a type that begins them, and the next one ends them (ANSI/SCTE 35 table 23).
 */
static CmafSpliceSide
side_of_type (guint8 type_id)
{
  static const guint8 outs[] = { 0x22, 0x30, 0x32, 0x34, 0x36, 0x38, 0x3A, 0x44,
    0x46 };

  for (guint i = 0; i < G_N_ELEMENTS (outs); i++) {
    if (type_id == outs[i])
      return CMAF_SPLICE_SIDE_OUT;
    if (type_id == outs[i] + 1)
      return CMAF_SPLICE_SIDE_IN;
  }
  return CMAF_SPLICE_SIDE_COMMAND;
}

static CmafSpliceSide
side_of (const CmafSegmentation *segmentation)
{
  return segmentation->is_cancel ? CMAF_SPLICE_SIDE_COMMAND
                                 : side_of_type (segmentation->type_id);
}

/* A time_signal: of the descriptor with that id, else of the first one that
 * begins or ends something. */
static CmafSpliceSide
side_of_signal (const CmafSpliceInfo *info, guint32 event_id)
{
  for (guint i = 0; i < info->n_segmentations; i++)
    if (info->segmentations[i].event_id == event_id)
      return side_of (&info->segmentations[i]);
  for (guint i = 0; i < info->n_segmentations; i++)
    if (side_of (&info->segmentations[i]) != CMAF_SPLICE_SIDE_COMMAND)
      return side_of (&info->segmentations[i]);
  return CMAF_SPLICE_SIDE_COMMAND;
}

CmafSpliceSide
cmaf_splice_info_get_side (const CmafSpliceInfo *info, guint32 event_id)
{
  if (info->is_encrypted
      || (info->command == CMAF_SPLICE_INSERT && info->is_cancel))
    return CMAF_SPLICE_SIDE_COMMAND;
  if (info->command == CMAF_SPLICE_INSERT)
    return info->is_out ? CMAF_SPLICE_SIDE_OUT : CMAF_SPLICE_SIDE_IN;
  return info->command == CMAF_SPLICE_TIME_SIGNAL
             ? side_of_signal (info, event_id)
             : CMAF_SPLICE_SIDE_COMMAND;
}
