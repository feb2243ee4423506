/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: what other rooms want of the sequence parameter set of
 * H.264 (ISO/IEC 14496-10 7.3.2.1 and E.1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean separate_colour_plane;
  guint frame_num_bits;
  gboolean frame_mbs_only;
  /* of the picture timing SEI message; nothing when the VUI is absent */
  gboolean has_delays; /* CpbDpbDelaysPresentFlag */
  guint removal_delay_bits, output_delay_bits;
  guint time_offset_bits;
  gboolean has_pic_struct;
} CmafAvcSps;

/* @nal with its head. FALSE when it is none, or broken before the VUI. */
gboolean cmaf_avc_sps_read (const guint8 *nal, gsize size, CmafAvcSps *sps);
/* The payload of a NAL unit behind its @head without the emulation prevention
 * bytes (7.4.1.1); returns its size. */
gsize cmaf_nal_unescape (
    const guint8 *nal, gsize size, gsize head, guint8 *to, gsize max);

G_END_DECLS
