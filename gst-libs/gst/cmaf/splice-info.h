/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A splice_info_section (ANSI/SCTE 35) -> what it says of splice points. The
 * bytes themselves stay with the caller and travel unchanged. Pure functions,
 * any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_SPLICE_NULL = 0x00,
  CMAF_SPLICE_SCHEDULE = 0x04,
  CMAF_SPLICE_INSERT = 0x05,
  CMAF_SPLICE_TIME_SIGNAL = 0x06,
  CMAF_SPLICE_BANDWIDTH = 0x07,
  CMAF_SPLICE_PRIVATE = 0xFF,
} CmafSpliceCommand;

#define CMAF_SPLICE_MAX_SEGMENTATIONS 16

/* segmentation_descriptor */
typedef struct
{
  guint32 event_id;
  gboolean is_cancel;
  guint8 type_id;
  gboolean has_duration;
  guint64 duration; /* 90 kHz */
} CmafSegmentation;

typedef struct
{
  gboolean has_bad_crc;  /* the rest is what it says all the same */
  gboolean is_encrypted; /* nothing behind the command type can be read */
  CmafSpliceCommand command;
  guint64 pts_adjustment;
  gboolean has_time;
  guint64 pts_time; /* 33 bits; without pts_adjustment */

  /* CMAF_SPLICE_INSERT */
  guint32 event_id;
  gboolean is_cancel;
  gboolean is_out; /* out_of_network_indicator */
  gboolean is_immediate;
  gboolean has_duration; /* break_duration */
  gboolean auto_return;
  guint64 duration; /* 90 kHz */
  guint16 unique_program_id;
  guint8 avail_num, avails_expected;

  guint n_segmentations;
  CmafSegmentation segmentations[CMAF_SPLICE_MAX_SEGMENTATIONS];
} CmafSpliceInfo;

/* What is at the splice time, for who replaces what is between two of them. */
typedef enum
{
  CMAF_SPLICE_SIDE_NONE, /* no splice section, or one that cannot be read */
  CMAF_SPLICE_SIDE_COMMAND,
  CMAF_SPLICE_SIDE_OUT, /* a break begins */
  CMAF_SPLICE_SIDE_IN,  /* it ends */
} CmafSpliceSide;

/* CMAF_ERROR_MALFORMED when lengths lie, CMAF_ERROR_UNSUPPORTED when it is
 * another table or protocol. */
CMAF_API gboolean cmaf_splice_info_parse (
    const guint8 *data, gsize size, CmafSpliceInfo *info, GError **error);
/* The splice time as PTS, pts_adjustment added; FALSE when it has none. */
CMAF_API gboolean cmaf_splice_info_get_pts (
    const CmafSpliceInfo *info, guint64 *pts);
/* By splice_insert, or the segmentation_type_id of a time_signal: that of
 * @event_id, when it has one. */
CMAF_API CmafSpliceSide cmaf_splice_info_get_side (
    const CmafSpliceInfo *info, guint32 event_id);

G_END_DECLS
