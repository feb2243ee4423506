/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bytes of a transport stream -> packets, and what stands in front of their
 * payload (ISO/IEC 13818-1 2.4.3). Packets of 188 bytes, also with the 4 bytes
 * of time in front of them (192) or 16 bytes of parity behind (204); garbage
 * between them is skipped and counted. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

#define CMAF_TS_PACKET_SIZE 188
#define CMAF_TS_MAX_PID 0x1FFF

typedef struct
{
  guint16 pid;
  guint8 continuity;
  gboolean has_error; /* the demodulator could not mend it */
  gboolean starts_unit;
  gboolean is_scrambled;
  gboolean is_discontinuous; /* discontinuity_indicator */
  gboolean has_pcr;
  guint64 pcr;                /* 27 MHz, 33 bits * 300 */
  const guint8 *private_data; /* borrowed, as the payload; NULL: none */
  gsize private_size;
  const guint8 *descriptors; /* of the adaptation field; NULL: none */
  gsize descriptors_size;
  const guint8 *payload;
  gsize payload_size;
} CmafTsPacket;

/* @data holds CMAF_TS_PACKET_SIZE bytes. FALSE when it is no packet, or its
 * lengths lie. */
CMAF_API gboolean cmaf_ts_packet_parse (
    const guint8 *data, CmafTsPacket *packet);

typedef struct _CmafTsFramer CmafTsFramer;

CMAF_API CmafTsFramer *cmaf_ts_framer_new (void);
CMAF_API void cmaf_ts_framer_free (CmafTsFramer *framer);
/* Adds bytes, which it copies. */
CMAF_API void cmaf_ts_framer_feed (
    CmafTsFramer *framer, const guint8 *data, gsize size);
/* The next packet, valid until the next call; NULL when more bytes are needed.
 * @at_end: there will be none, what looks like a packet is one. */
CMAF_API const guint8 *cmaf_ts_framer_next (
    CmafTsFramer *framer, gboolean at_end);
/* 0 before it is known. */
CMAF_API guint cmaf_ts_framer_get_packet_size (const CmafTsFramer *framer);
/* Bytes so far that were in no packet. */
CMAF_API guint64 cmaf_ts_framer_get_skipped (const CmafTsFramer *framer);
CMAF_API void cmaf_ts_framer_reset (CmafTsFramer *framer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTsFramer, cmaf_ts_framer_free)

G_END_DECLS
