/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AC-3 and E-AC-3 frames -> dac3 and dec3. The field names are those of ETSI
 * TS 102 366 4.3 and annex E.1. */
#include "ac3-config.h"

#include "bit-reader.h"
#include "box-writer.h"

#define SYNCWORD 0x0B77
#define MAX_AC3_BSID 10 /* above: E-AC-3 */
#define MAX_EAC3_BSID 16
#define MAX_INDEPENDENT 8
#define STREAM_DEPENDENT 1
#define STREAM_CONVERTED 2 /* AC-3 in E-AC-3 */
#define SIX_BLOCKS 3       /* numblkscod */
#define MAX_DATA_RATE 0x1fff

/* One frame. */
typedef struct
{
  guint strmtyp, substreamid;
  gsize size; /* bytes */
  guint fscod, numblkscod, bsid, bsmod, acmod;
  gboolean lfeon;
  guint bit_rate_code; /* AC-3 */
  guint chanmap;       /* of a dependent substream, 0 unknown */
  gboolean is_joc;     /* E-AC-3 with object audio, ETSI TS 103 420 */
  guint joc_complexity;
} Frame;

/* --- frames, read --- */

static gboolean
malformed (GError **error, const gchar *what, gsize size)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "AC-3 frame: %s in %" G_GSIZE_FORMAT " bytes", what, size);
  return FALSE;
}

/* 4.3: syncinfo() and the beginning of bsi() */
static gboolean
read_ac3 (const guint8 *data, gsize size, Frame *f, GError **error)
{
  CmafBitReader r;

  memset (f, 0, sizeof *f);
  cmaf_bit_reader_init (&r, data, size);
  if (cmaf_bit_reader_get (&r, 16) != SYNCWORD)
    return malformed (error, "found no sync word", size);
  cmaf_bit_reader_skip (&r, 16); /* crc1 */
  f->fscod = cmaf_bit_reader_get (&r, 2);
  f->bit_rate_code = cmaf_bit_reader_get (&r, 6) >> 1;
  f->bsid = cmaf_bit_reader_get (&r, 5);
  f->bsmod = cmaf_bit_reader_get (&r, 3);
  f->acmod = cmaf_bit_reader_get (&r, 3);
  if (f->acmod & 1 && f->acmod != 1)
    cmaf_bit_reader_skip (&r, 2); /* cmixlev */
  if (f->acmod & 4)
    cmaf_bit_reader_skip (&r, 2); /* surmixlev */
  if (f->acmod == 2)
    cmaf_bit_reader_skip (&r, 2); /* dsurmod */
  f->lfeon = cmaf_bit_reader_flag (&r);
  f->numblkscod = SIX_BLOCKS;
  f->size = size;
  if (r.failed || f->bsid > MAX_AC3_BSID)
    return malformed (error, "found no AC-3 header", size);
  return TRUE;
}

static void
skip_if_flagged (CmafBitReader *r, gsize n)
{
  if (cmaf_bit_reader_flag (r))
    cmaf_bit_reader_skip (r, n);
}

static void
skip_mixing_of_independent (CmafBitReader *r, const Frame *f)
{
  skip_if_flagged (r, 6); /* pgmscl */
  if (f->acmod == 0)
    skip_if_flagged (r, 6);
  skip_if_flagged (r, 6);               /* extpgmscl */
  switch (cmaf_bit_reader_get (r, 2)) { /* mixdef */
    case 1:
      cmaf_bit_reader_skip (r, 5);
      break;
    case 2:
      cmaf_bit_reader_skip (r, 12);
      break;
    case 3:
      cmaf_bit_reader_skip (r, (cmaf_bit_reader_get (r, 5) + 2) * 8);
      break;
    default:
      break;
  }
  if (f->acmod < 2)
    skip_if_flagged (r, 14); /* paninfo */
  if (f->acmod == 0)
    skip_if_flagged (r, 14);
  if (!cmaf_bit_reader_flag (r)) /* frmmixcfginfoe */
    return;
  if (f->numblkscod == 0) {
    cmaf_bit_reader_skip (r, 5);
    return;
  }
  for (guint i = 0; i < (f->numblkscod == SIX_BLOCKS ? 6 : f->numblkscod + 1);
       i++)
    skip_if_flagged (r, 5);
}

static void
skip_mixing (CmafBitReader *r, const Frame *f)
{
  if (f->acmod > 2)
    cmaf_bit_reader_skip (r, 2); /* dmixmod */
  if (f->acmod & 1 && f->acmod > 2)
    cmaf_bit_reader_skip (r, 6);
  if (f->acmod & 4)
    cmaf_bit_reader_skip (r, 6);
  if (f->lfeon)
    skip_if_flagged (r, 5);
  if (f->strmtyp == 0)
    skip_mixing_of_independent (r, f);
}

static void
read_information (CmafBitReader *r, Frame *f)
{
  f->bsmod = cmaf_bit_reader_get (r, 3);
  cmaf_bit_reader_skip (r, 2); /* copyrightb, origbs */
  if (f->acmod == 2)
    cmaf_bit_reader_skip (r, 4);
  if (f->acmod >= 6)
    cmaf_bit_reader_skip (r, 2);
  skip_if_flagged (r, 8); /* audprodi */
  if (f->acmod == 0)
    skip_if_flagged (r, 8);
  if (f->fscod < 3)
    cmaf_bit_reader_skip (r, 1); /* sourcefscod */
}

/* The additional bit stream information tells of objects. */
static void
read_addbsi (CmafBitReader *r, Frame *f)
{
  guint n;

  if (!cmaf_bit_reader_flag (r))
    return;
  n = cmaf_bit_reader_get (r, 6) + 1;
  if (n < 2)
    return;
  f->is_joc = cmaf_bit_reader_get (r, 8) & 1;
  f->joc_complexity = cmaf_bit_reader_get (r, 8);
  if (r->failed || f->joc_complexity > 16)
    f->is_joc = FALSE;
}

/* E.1.2.2 from dialnorm on */
static void
read_eac3_details (CmafBitReader *r, Frame *f)
{
  cmaf_bit_reader_skip (r, 5);
  skip_if_flagged (r, 8); /* compr */
  if (f->acmod == 0) {
    cmaf_bit_reader_skip (r, 5);
    skip_if_flagged (r, 8);
  }
  if (f->strmtyp == STREAM_DEPENDENT && cmaf_bit_reader_flag (r))
    f->chanmap = cmaf_bit_reader_get (r, 16);
  if (cmaf_bit_reader_flag (r)) /* mixmdate */
    skip_mixing (r, f);
  if (cmaf_bit_reader_flag (r)) /* infomdate */
    read_information (r, f);
  if (f->strmtyp == 0 && f->numblkscod != SIX_BLOCKS)
    cmaf_bit_reader_skip (r, 1); /* convsync */
  if (f->strmtyp == STREAM_CONVERTED) {
    gboolean blkid = f->numblkscod == SIX_BLOCKS || cmaf_bit_reader_flag (r);

    if (blkid)
      cmaf_bit_reader_skip (r, 6); /* frmsizecod */
  }
  read_addbsi (r, f);
}

/* E.1.2.1, E.1.2.2 */
static gboolean
read_eac3 (const guint8 *data, gsize size, Frame *f, GError **error)
{
  CmafBitReader r;

  memset (f, 0, sizeof *f);
  cmaf_bit_reader_init (&r, data, size);
  if (cmaf_bit_reader_get (&r, 16) != SYNCWORD)
    return malformed (error, "found no sync word", size);
  f->strmtyp = cmaf_bit_reader_get (&r, 2);
  f->substreamid = cmaf_bit_reader_get (&r, 3);
  f->size = 2 * (cmaf_bit_reader_get (&r, 11) + 1);
  f->fscod = cmaf_bit_reader_get (&r, 2);
  f->numblkscod = cmaf_bit_reader_get (&r, 2);
  if (f->fscod == 3) /* half rates, always with six blocks */
    f->numblkscod = SIX_BLOCKS;
  f->acmod = cmaf_bit_reader_get (&r, 3);
  f->lfeon = cmaf_bit_reader_flag (&r);
  f->bsid = cmaf_bit_reader_get (&r, 5);
  if (r.failed || f->bsid <= MAX_AC3_BSID || f->bsid > MAX_EAC3_BSID
      || f->strmtyp > STREAM_CONVERTED)
    return malformed (error, "found no E-AC-3 header", size);
  if (f->size > size)
    return malformed (error, "found a frame that does not fit", size);
  read_eac3_details (&r, f);
  if (r.failed)
    return malformed (error, "found a header that does not fit", size);
  return TRUE;
}

/* --- configuration --- */

static guint
rate_of (const Frame *f, const guint8 *data)
{
  static const guint rates[] = { 48000, 44100, 32000 };

  if (f->fscod < 3) /* low rate AC-3 has a bsid of 9 or 10 */
    return rates[f->fscod]
           >> (f->bsid > 8 && f->bsid <= MAX_AC3_BSID ? f->bsid - 8 : 0);
  if (f->bsid > MAX_AC3_BSID && (data[4] >> 4 & 3) < 3) /* fscod2 */
    return rates[data[4] >> 4 & 3] / 2;
  return 0;
}

/* F.4 */
static GBytes *
make_dac3 (const Frame *f, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u24 (&w, f->fscod << 22 | f->bsid << 17 | f->bsmod << 14
                               | f->acmod << 11 | (guint)f->lfeon << 10
                               | f->bit_rate_code << 5);
  return cmaf_box_writer_finish (&w, error);
}

/* An independent substream and those that depend on it, F.6. */
typedef struct
{
  Frame frame;
  guint n_dependent;
  guint chan_loc;
} Substream;

typedef struct
{
  Substream streams[MAX_INDEPENDENT];
  guint n_streams;
  gsize size; /* of all frames */
} AccessUnit;

/* From the bits of chanmap (location 0 is the highest) to those of chan_loc
 * (bit 0, the lowest, is Lc/Rc): locations 5 to 12, and 14 for the second LFE.
 */
static guint
chan_loc_of (guint chanmap)
{
  guint loc = 0;

  for (guint i = 0; i < 8; i++)
    loc |= (chanmap >> (10 - i) & 1) << i;
  return loc | (chanmap >> 1 & 1) << 8;
}

static gboolean
add_frame (AccessUnit *unit, const Frame *f, GError **error)
{
  Substream *last =
      unit->n_streams > 0 ? &unit->streams[unit->n_streams - 1] : NULL;

  if (f->numblkscod != SIX_BLOCKS) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "E-AC-3 frame: has %u blocks, needs 6", f->numblkscod + 1);
    return FALSE;
  }
  if (f->strmtyp == STREAM_DEPENDENT) {
    if (!last)
      return malformed (
          error, "found a dependent substream without its own", f->size);
    last->n_dependent++;
    last->chan_loc |= chan_loc_of (f->chanmap);
  } else if (unit->n_streams == MAX_INDEPENDENT) {
    return malformed (error, "found more than 8 substreams", f->size);
  } else {
    unit->streams[unit->n_streams++].frame = *f;
  }
  unit->size += f->size;
  return TRUE;
}

static gboolean
read_access_unit (
    AccessUnit *unit, const guint8 *data, gsize size, GError **error)
{
  gsize at = 0;

  memset (unit, 0, sizeof *unit);
  do {
    Frame f;

    /* no offset from no data */
    if (!read_eac3 (at > 0 ? data + at : data, size - at, &f, error)
        || !add_frame (unit, &f, error))
      return FALSE;
    at += f.size;
  } while (at < size);
  return TRUE;
}

static void
write_substream (CmafBoxWriter *w, const Substream *s)
{
  const Frame *f = &s->frame;

  cmaf_box_writer_u8 (w, f->fscod << 6 | f->bsid << 1);
  cmaf_box_writer_u8 (w, f->bsmod << 4 | f->acmod << 1 | f->lfeon);
  if (s->n_dependent > 0)
    cmaf_box_writer_u16 (w, (s->n_dependent & 0xf) << 9 | s->chan_loc);
  else
    cmaf_box_writer_u8 (w, 0);
}

/* F.6, with the extension of ETSI TS 103 420 8.3 for objects */
static GBytes *
make_dec3 (const AccessUnit *unit, guint rate, GError **error)
{
  guint64 kbps = gst_util_uint64_scale_int (
      unit->size * 8, (gint)rate, CMAF_AC3_SAMPLES * 1000);
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u16 (
      &w, (guint16)(MIN (kbps, MAX_DATA_RATE) << 3 | (unit->n_streams - 1)));
  for (guint i = 0; i < unit->n_streams; i++)
    write_substream (&w, &unit->streams[i]);
  if (unit->streams[0].frame.is_joc) {
    cmaf_box_writer_u8 (&w, 1); /* flag_ec3_extension_type_a */
    cmaf_box_writer_u8 (&w, (guint8)unit->streams[0].frame.joc_complexity);
  }
  return cmaf_box_writer_finish (&w, error);
}

static gboolean
take (CmafTrack *track, GBytes *config, guint rate, gboolean is_enhanced)
{
  gsize size;
  const guint8 *data;

  if (!config)
    return FALSE;
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = config;
  data = g_bytes_get_data (config, &size);
  track->channels = cmaf_ac3_channels (is_enhanced, data, size);
  track->sample_rate = track->timescale = rate;
  track->sample_duration = CMAF_AC3_SAMPLES;
  return TRUE;
}

gboolean
cmaf_ac3_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  gboolean is_enhanced = track->codec == CMAF_CODEC_EC3;
  AccessUnit unit;
  Frame ac3;
  guint rate;

  if (is_enhanced ? !read_access_unit (&unit, data, size, error)
                  : !read_ac3 (data, size, &ac3, error))
    return FALSE;
  rate = rate_of (is_enhanced ? &unit.streams[0].frame : &ac3, data);
  if (rate == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "AC-3 frame: has a reserved sample rate, needs one of 48000, 44100, "
        "32000 Hz or their halves");
    return FALSE;
  }
  return take (track,
      is_enhanced ? make_dec3 (&unit, rate, error) : make_dac3 (&ac3, error),
      rate, is_enhanced);
}

gboolean
cmaf_ac3_starts_unit (gboolean is_enhanced, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  if (!is_enhanced || size < CMAF_AC3_HEAD)
    return TRUE;
  return bytes[2] >> 6 != STREAM_DEPENDENT && (bytes[2] >> 3 & 7) == 0;
}

/* --- configuration, read --- */

/* Locations of the loudspeakers of acmod, as bits of chanmap: location 0 is the
 * highest. */
static guint
map_of_acmod (guint acmod, gboolean lfeon)
{
  static const guint16 maps[] = { 0xA000, 0x4000, 0xA000, 0xE000, 0xA100,
    0xE100, 0xB800, 0xF800 };

  return maps[acmod & 7] | (lfeon ? 1 : 0);
}

guint
cmaf_ac3_channel_map (gboolean is_enhanced, const guint8 *config, gsize size)
{
  guint map, chan_loc;

  if (!is_enhanced)
    return size < 3 ? 0 : map_of_acmod (config[1] >> 3 & 7, config[1] >> 2 & 1);
  if (size < 5)
    return 0;
  map = map_of_acmod (config[3] >> 1 & 7, config[3] & 1);
  if (size < 6 || (config[4] >> 1 & 0xf) == 0)
    return map;
  chan_loc = (guint)(config[4] & 1) << 8 | config[5];
  for (guint i = 0; i < 8; i++)
    map |= (chan_loc >> i & 1) << (10 - i);
  return map | (chan_loc >> 8 & 1) << 1;
}

guint
cmaf_ac3_channels (gboolean is_enhanced, const guint8 *config, gsize size)
{
  /* locations that are a pair, from the highest bit on */
  static const guint16 pairs = 0x0674;
  guint map = cmaf_ac3_channel_map (is_enhanced, config, size);
  guint n = 0;

  for (guint bit = 1; bit <= 0x8000; bit <<= 1)
    n += map & bit ? (pairs & bit ? 2 : 1) : 0;
  return n;
}

guint
cmaf_ec3_joc_complexity (const guint8 *config, gsize size)
{
  guint n;
  gsize at = 2;

  if (size < 5)
    return 0;
  n = (config[1] & 7) + 1;
  for (; n > 0 && at + 3 <= size; n--)
    at += (config[at + 2] >> 1 & 0xf) > 0 ? 4 : 3;
  return n == 0 && at + 2 <= size && config[at] & 1 ? config[at + 1] : 0;
}
