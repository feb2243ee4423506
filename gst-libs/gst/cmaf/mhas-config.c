/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* MPEG-H 3D audio: MHAS packets -> mhaC. */
#include "mhas-config.h"

#include "bit-reader.h"
#include "box-writer.h"

#define PACTYP_MPEGH3DACFG 1
#define MHAC_VERSION 1
#define ESCAPE_FREQUENCY 0x1f

/* ISO/IEC 23003-3 5.2.1 */
static guint64
read_escaped (CmafBitReader *r, guint n1, guint n2, guint n3)
{
  guint64 value = cmaf_bit_reader_get (r, n1);
  guint32 add;

  if (value != (1u << n1) - 1)
    return value;
  add = cmaf_bit_reader_get (r, n2);
  value += add;
  if (add == (guint32)((G_GUINT64_CONSTANT (1) << n2) - 1))
    value += cmaf_bit_reader_get (r, n3);
  return value;
}

/* The mpegh3daConfig() in the packets; FALSE when there is none, or with
 * @failed when a packet does not fit. */
static gboolean
find_config (const guint8 *data, gsize size, const guint8 **config,
    gsize *config_size, gboolean *failed)
{
  CmafBitReader r;

  cmaf_bit_reader_init (&r, data, size);
  while (cmaf_bit_reader_remaining (&r) > 0) {
    guint64 type = read_escaped (&r, 3, 8, 8);
    guint64 length;

    read_escaped (&r, 2, 8, 32); /* label */
    length = read_escaped (&r, 11, 24, 24);
    if (r.failed || r.pos % 8 != 0
        || length > cmaf_bit_reader_remaining (&r) / 8)
      break;
    if (type == PACTYP_MPEGH3DACFG) {
      *config = data + r.pos / 8;
      *config_size = (gsize)length;
      *failed = FALSE;
      return TRUE;
    }
    cmaf_bit_reader_skip (&r, (gsize)length * 8);
  }
  *failed = r.failed || r.pos < r.n_bits;
  return FALSE;
}

gboolean
cmaf_mhas_is_sync (gconstpointer data, gsize size)
{
  const guint8 *config;
  gsize config_size;
  gboolean failed;

  return find_config (data, size, &config, &config_size, &failed);
}

/* Sampling frequency and frame length, at the head of mpegh3daConfig(). */
static gboolean
read_config (CmafTrack *track, const guint8 *config, gsize size, GError **error)
{
  static const guint rates[] = { 96000, 88200, 64000, 48000, 44100, 32000,
    24000, 22050, 16000, 12000, 11025, 8000, 7350 };
  static const guint lengths[] = { 768, 1024, 2048, 2048, 4096 };
  CmafBitReader r;
  guint index, rate, length;

  cmaf_bit_reader_init (&r, config, size);
  cmaf_bit_reader_skip (&r, 8); /* mpegh3daProfileLevelIndication */
  index = cmaf_bit_reader_get (&r, 5);
  rate = index == ESCAPE_FREQUENCY      ? cmaf_bit_reader_get (&r, 24)
         : index < G_N_ELEMENTS (rates) ? rates[index]
                                        : 0;
  length = cmaf_bit_reader_get (&r, 3);
  if (r.failed || rate == 0 || length >= G_N_ELEMENTS (lengths)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "mpegh3daConfig: has no known sampling frequency and frame length in "
        "%" G_GSIZE_FORMAT " bytes, needs both",
        size);
    return FALSE;
  }
  track->sample_rate = track->timescale = rate;
  track->sample_duration = lengths[length];
  return TRUE;
}

/* CICPspeakerLayoutIdx, 0 when the layout is given in another way */
static guint8
speaker_layout (const guint8 *config, gsize size)
{
  CmafBitReader r;

  cmaf_bit_reader_init (&r, config, size);
  cmaf_bit_reader_skip (&r, 8);
  if (cmaf_bit_reader_get (&r, 5) == ESCAPE_FREQUENCY)
    cmaf_bit_reader_skip (&r, 24);
  cmaf_bit_reader_skip (&r, 3 + 1 + 1);
  if (cmaf_bit_reader_get (&r, 2) != 0) /* speakerLayoutType */
    return 0;
  return (guint8)cmaf_bit_reader_get (&r, 6);
}

gboolean
cmaf_mhas_fill_track (
    CmafTrack *track, gconstpointer data, gsize size, GError **error)
{
  const guint8 *config;
  gsize n;
  gboolean failed;
  CmafBoxWriter w;

  if (!find_config (data, size, &config, &n, &failed)) {
    if (failed)
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
          "MHAS: a packet does not fit into the %" G_GSIZE_FORMAT
          " bytes of its access unit",
          size);
    return FALSE;
  }
  if (!read_config (track, config, n, error))
    return FALSE;
  cmaf_box_writer_init (&w);
  cmaf_box_writer_u8 (&w, MHAC_VERSION);
  cmaf_box_writer_u8 (&w, config[0]);
  cmaf_box_writer_u8 (&w, speaker_layout (config, n));
  cmaf_box_writer_u16 (&w, (guint16)MIN (n, G_MAXUINT16));
  cmaf_box_writer_data (&w, config, MIN (n, G_MAXUINT16));
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = cmaf_box_writer_finish (&w, error);
  return track->codec_config != NULL;
}

gboolean
cmaf_mhac_fill_track (
    CmafTrack *track, gconstpointer mhac, gsize size, GError **error)
{
  const guint8 *bytes = mhac;

  if (size < CMAF_MHAC_FIXED
      || GST_READ_UINT16_BE (bytes + 3) > size - CMAF_MHAC_FIXED) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "mhaC: has %" G_GSIZE_FORMAT " bytes, needs more", size);
    return FALSE;
  }
  if (!read_config (track, bytes + CMAF_MHAC_FIXED,
          GST_READ_UINT16_BE (bytes + 3), error))
    return FALSE;
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = g_bytes_new (mhac, size);
  return TRUE;
}
