/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The first clock time stamp counts: others are of later fields. */
#include "sei-timecode.h"

#include "avc-sps.h"
#include "bit-reader.h"
#include "nal-units.h"

#include <string.h>

#define MAX_SEI 1024 /* bytes of a NAL unit that are looked at */
#define AVC_SEI 6
#define HEVC_SEI 39
#define PIC_TIMING 1
#define TIME_CODE 136
#define COUNTING_DROP 4 /* counting_type */

static gboolean
is_avc (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_AVC1 || track->codec == CMAF_CODEC_AVC3;
}

/* From full_timestamp_flag on, which has been read: hours, minutes, seconds. */
static gboolean
read_clock (CmafBitReader *r, gboolean is_full, CmafTimecode *label)
{
  if (!is_full && !cmaf_bit_reader_flag (r))
    return FALSE;
  label->seconds = cmaf_bit_reader_get (r, 6);
  if (!is_full && !cmaf_bit_reader_flag (r))
    return FALSE;
  label->minutes = cmaf_bit_reader_get (r, 6);
  if (!is_full && !cmaf_bit_reader_flag (r))
    return FALSE;
  label->hours = cmaf_bit_reader_get (r, 5);
  return !r->failed;
}

/* What both have in common, from counting_type on. */
static gboolean
read_stamp (CmafBitReader *r, guint n_frames_bits, CmafTimecode *label)
{
  gboolean is_full;

  memset (label, 0, sizeof *label);
  label->is_drop = cmaf_bit_reader_get (r, 5) == COUNTING_DROP;
  is_full = cmaf_bit_reader_flag (r);
  cmaf_bit_reader_skip (r, 2); /* discontinuity_flag, cnt_dropped_flag */
  label->frames = cmaf_bit_reader_get (r, n_frames_bits);
  return read_clock (r, is_full, label);
}

static gboolean
read_pic_timing (CmafBitReader *r, const CmafAvcSps *sps, CmafTimecode *label)
{
  if (!sps->has_pic_struct)
    return FALSE;
  if (sps->has_delays)
    cmaf_bit_reader_skip (r, sps->removal_delay_bits + sps->output_delay_bits);
  cmaf_bit_reader_skip (r, 4); /* pic_struct */
  if (!cmaf_bit_reader_flag (r))
    return FALSE;
  cmaf_bit_reader_skip (r, 3); /* ct_type, nuit_field_based_flag */
  return read_stamp (r, 8, label);
}

static gboolean
read_time_code (CmafBitReader *r, CmafTimecode *label)
{
  if (cmaf_bit_reader_get (r, 2) == 0 || !cmaf_bit_reader_flag (r))
    return FALSE;
  cmaf_bit_reader_skip (r, 1); /* units_field_based_flag */
  return read_stamp (r, 9, label);
}

/* payloadType or payloadSize: bytes of 255 are added up */
static guint32
read_number (CmafBitReader *r)
{
  guint32 sum = 0, byte;

  do {
    byte = cmaf_bit_reader_get (r, 8);
    sum += byte;
  } while (byte == 255 && !r->failed);
  return sum;
}

/* @sps: NULL for H.265 */
static gboolean
read_messages (CmafBitReader r, const CmafAvcSps *sps, CmafTimecode *label)
{
  guint32 wanted = sps ? PIC_TIMING : TIME_CODE;

  while (!r.failed && cmaf_bit_reader_remaining (&r) > 16) {
    guint32 type = read_number (&r);
    guint32 size = read_number (&r);
    CmafBitReader message = r;

    if (type == wanted && !r.failed)
      return sps ? read_pic_timing (&message, sps, label)
                 : read_time_code (&message, label);
    cmaf_bit_reader_skip (&r, (gsize)size * 8);
  }
  return FALSE;
}

/* The first one of avcC; in-band ones are in front of the SEI. */
static void
read_config (const CmafTrack *track, CmafAvcSps *sps)
{
  CmafBoxReader r;
  gsize size;
  const guint8 *data;

  memset (sps, 0, sizeof *sps);
  if (track->codec_config == NULL)
    return;
  data = g_bytes_get_data (track->codec_config, &size);
  cmaf_box_reader_init (&r, data, size);
  cmaf_box_reader_skip (&r, 5);
  if ((cmaf_box_reader_u8 (&r) & 0x1f) == 0)
    return;
  size = (gsize)cmaf_box_reader_u8 (&r) << 8;
  size |= cmaf_box_reader_u8 (&r);
  data = cmaf_box_reader_data (&r, size);
  if (data != NULL)
    cmaf_avc_sps_read (data, size, sps);
}

static gboolean
read_sei (const CmafNalUnit *nal, const CmafAvcSps *sps, CmafTimecode *label)
{
  guint8 bytes[MAX_SEI];
  CmafBitReader r;

  cmaf_bit_reader_init (&r, bytes,
      cmaf_nal_unescape (
          nal->data, nal->size, sps ? 1 : 2, bytes, sizeof bytes));
  return read_messages (r, sps, label);
}

gboolean
cmaf_sei_timecode_read (
    const CmafTrack *track, gconstpointer unit, gsize size, CmafTimecode *label)
{
  guint length_size = cmaf_nal_length_size_of_track (track);
  CmafAvcSps sps;
  CmafBoxReader r;
  CmafNalUnit nal;

  if (length_size == 0)
    return FALSE;
  read_config (track, &sps);
  cmaf_box_reader_init (&r, unit, size);
  while (cmaf_nal_unit_next (&r, length_size, &nal)) {
    guint type = cmaf_nal_unit_type (track->codec, &nal);

    if (is_avc (track)
        && cmaf_nal_unit_kind (track->codec, &nal) == CMAF_NAL_SPS)
      cmaf_avc_sps_read (nal.data, nal.size, &sps);
    else if (type == (is_avc (track) ? AVC_SEI : HEVC_SEI)
             && read_sei (&nal, is_avc (track) ? &sps : NULL, label))
      return TRUE;
  }
  return FALSE;
}
