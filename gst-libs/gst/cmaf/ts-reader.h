/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A transport stream, in pieces as it comes -> what its time stamps, boundary
 * points and splice sections say, raw. Payload is not looked into: each PES
 * packet is known by size and hash, so that it is recognised behind a
 * demultiplexer. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/ebp.h>
#include <gst/cmaf/temi.h>
#include <gst/cmaf/ts-packet.h>
#include <gst/cmaf/ts-section.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_TS_PES,           /* a PES packet has come to its end */
  CMAF_TS_EBP,           /* an encoder boundary point, before its PES packet */
  CMAF_TS_TEMI,          /* an absolute time, before its PES packet, which has
                          * none from an encoder boundary point */
  CMAF_TS_SPLICE,        /* a section, as it is */
  CMAF_TS_DISCONTINUITY, /* of the system clock, announced */
  CMAF_TS_BROKEN,        /* something could not be read: @reason */
} CmafTsEventKind;

typedef struct
{
  CmafTsEventKind kind;
  guint16 pid;
  CmafTsStreamKind stream; /* PES, EBP, TEMI */
  gboolean tells_time; /* PES: of pictures, or, in a program that has none, of
                        * sound; EBP, TEMI: of pictures, to the frames of which
                        * all can round them */
  gboolean has_pts;
  guint64
      pts; /* 90 kHz, 33 bits; SPLICE: of the last before it that tells time */
  guint64 size; /* PES: bytes of payload */
  guint64 hash; /* PES */
  CmafEbp ebp;
  CmafTemi temi;
  guint64 pcr;         /* DISCONTINUITY: 27 MHz */
  GBytes *section;     /* SPLICE; owned */
  const gchar *reason; /* BROKEN */
} CmafTsEvent;

CMAF_API void cmaf_ts_event_clear (CmafTsEvent *event);

/* What @hash of a PES packet is; start with CMAF_TS_HASH_START. */
#define CMAF_TS_HASH_START G_GUINT64_CONSTANT (0xcbf29ce484222325)
CMAF_API guint64 cmaf_ts_hash (guint64 hash, const guint8 *data, gsize size);

typedef struct _CmafTsReader CmafTsReader;

/* @program: its number; 0: all. */
CMAF_API CmafTsReader *cmaf_ts_reader_new (guint program);
CMAF_API void cmaf_ts_reader_free (CmafTsReader *reader);
CMAF_API void cmaf_ts_reader_feed (
    CmafTsReader *reader, const guint8 *data, gsize size);
/* The next event, to be cleared; FALSE when more bytes are needed. @at_end:
 * there will be none, open packets are over. */
CMAF_API gboolean cmaf_ts_reader_next (
    CmafTsReader *reader, gboolean at_end, CmafTsEvent *event);
/* Forgets what is open, but for the programmes. */
CMAF_API void cmaf_ts_reader_flush (CmafTsReader *reader);
/* 188, 192 or 204; 0 before it is known. */
CMAF_API guint cmaf_ts_reader_get_packet_size (const CmafTsReader *reader);
/* Bytes in no packet. */
CMAF_API guint64 cmaf_ts_reader_get_skipped (const CmafTsReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTsReader, cmaf_ts_reader_free)

G_END_DECLS
