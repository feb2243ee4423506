/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Payload of packets -> sections of one PID, and what the tables say that lead
 * to the streams of a programme (ISO/IEC 13818-1 2.4.4). One thread at a time.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* Of bytes that end with their own CRC: 0. (ISO/IEC 13818-1 annex A) */
CMAF_API guint32 cmaf_section_crc (const guint8 *data, gsize size);

typedef struct
{
  /*< private >*/
  GByteArray *bytes;
  gsize done;           /* bytes in front that were handed out */
  gsize unfinished_end; /* those before it are of sections that end there */
  gboolean has_start;
  gboolean has_continuity;
  guint8 continuity;
} CmafTsSections;

CMAF_API void cmaf_ts_sections_init (CmafTsSections *sections);
CMAF_API void cmaf_ts_sections_clear (CmafTsSections *sections);
/* A packet of the PID. What was lost with missing packets is dropped. */
CMAF_API void cmaf_ts_sections_push (CmafTsSections *sections,
    gboolean starts_unit, guint8 continuity, const guint8 *payload, gsize size);
/* The next section, valid until the next push; NULL: none. One whose length
 * lies is handed out as far as it came: it was too long when another one began,
 * and behind one that is too short there is nothing up to the next start. */
CMAF_API const guint8 *cmaf_ts_sections_next (
    CmafTsSections *sections, gsize *size);

#define CMAF_TS_MAX_PROGRAMS 64
#define CMAF_TS_MAX_STREAMS 64

/* Program association table: the PIDs of program map tables. */
typedef struct
{
  guint n_programs;
  guint16 numbers[CMAF_TS_MAX_PROGRAMS];
  guint16 pids[CMAF_TS_MAX_PROGRAMS];
} CmafTsPat;

typedef enum
{
  CMAF_TS_STREAM_OTHER,
  CMAF_TS_STREAM_VIDEO,
  CMAF_TS_STREAM_AUDIO,
  CMAF_TS_STREAM_SPLICE, /* SCTE 35 sections */
} CmafTsStreamKind;

/* Program map table */
typedef struct
{
  guint16 number;
  guint16 pcr_pid;
  guint n_streams;
  struct
  {
    guint16 pid;
    guint8 type; /* stream_type */
    CmafTsStreamKind kind;
  } streams[CMAF_TS_MAX_STREAMS];
} CmafTsPmt;

/* FALSE when the section is another one, broken, or not yet in force. */
CMAF_API gboolean cmaf_ts_pat_parse (
    const guint8 *data, gsize size, CmafTsPat *pat);
CMAF_API gboolean cmaf_ts_pmt_parse (
    const guint8 *data, gsize size, CmafTsPmt *pmt);

G_END_DECLS
