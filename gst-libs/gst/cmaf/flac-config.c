/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* FLAC STREAMINFO -> dfLa. */
#include "flac-config.h"

#include "bit-reader.h"
#include "box-writer.h"

#define STREAMINFO_SIZE 34
#define BLOCK_HEAD 4
#define OGG_HEAD 9 /* 0x7F "FLAC", version, number of headers */
#define LAST_STREAMINFO 0x80000022

/* The STREAMINFO in @header, or NULL. */
static const guint8 *
find_streaminfo (const guint8 *header, gsize size)
{
  const guint8 *at = header;

  if (size >= OGG_HEAD && memcmp (at, "\177FLAC", 5) == 0)
    at += OGG_HEAD;
  if (size - (gsize)(at - header) >= 4 && memcmp (at, "fLaC", 4) == 0)
    at += 4;
  if (size - (gsize)(at - header) < BLOCK_HEAD + STREAMINFO_SIZE
      || (at[0] & 0x7f) != 0
      || (GST_READ_UINT32_BE (at) & 0xffffff) != STREAMINFO_SIZE)
    return NULL;
  return at + BLOCK_HEAD;
}

static GBytes *
make_dfla (const guint8 *info, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_u32 (&w, 0); /* version, flags */
  cmaf_box_writer_u32 (&w, LAST_STREAMINFO);
  cmaf_box_writer_data (&w, info, 4); /* block sizes */
  cmaf_box_writer_fill (&w, 0, 6);    /* frame sizes: unknown */
  cmaf_box_writer_data (&w, info + 10, 3);
  cmaf_box_writer_u8 (&w, info[13] & 0xf0); /* samples in the stream: unknown */
  cmaf_box_writer_fill (&w, 0, 4);
  cmaf_box_writer_fill (&w, 0, 16); /* MD5 */
  return cmaf_box_writer_finish (&w, error);
}

guint
cmaf_flac_rate (const guint8 *dfla)
{
  return GST_READ_UINT24_BE (dfla + 18) >> 4;
}

guint
cmaf_flac_channels (const guint8 *dfla)
{
  return (dfla[20] >> 1 & 7) + 1;
}

guint
cmaf_flac_bits_per_sample (const guint8 *dfla)
{
  return ((guint)(dfla[20] & 1) << 4 | dfla[21] >> 4) + 1;
}

gboolean
cmaf_flac_fill_track (
    CmafTrack *track, gconstpointer header, gsize size, GError **error)
{
  const guint8 *info = find_streaminfo (header, size);
  const guint8 *dfla;
  guint min, max;

  if (!info) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "FLAC header: has no STREAMINFO in %" G_GSIZE_FORMAT
        " bytes, needs one first",
        size);
    return FALSE;
  }
  min = GST_READ_UINT16_BE (info);
  max = GST_READ_UINT16_BE (info + 2);
  if (min != max || max == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "FLAC header: blocks have %u to %u samples, needs one size", min, max);
    return FALSE;
  }
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  track->codec_config = make_dfla (info, error);
  if (!track->codec_config)
    return FALSE;
  dfla = g_bytes_get_data (track->codec_config, NULL);
  track->timescale = track->sample_rate = cmaf_flac_rate (dfla);
  track->channels = cmaf_flac_channels (dfla);
  track->sample_duration = max;
  return TRUE;
}
