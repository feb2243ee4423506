/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AudioSpecificConfig, read and made explicit. */
#include "aac-config.h"

#include "bit-reader.h"

#define ESCAPE_OBJECT_TYPE 31
#define ESCAPE_FREQUENCY 15
#define SYNC_SBR 0x2b7
#define SYNC_PS 0x548

static const guint rates[] = { 96000, 88200, 64000, 48000, 44100, 32000, 24000,
  22050, 16000, 12000, 11025, 8000, 7350 };

static guint
read_object_type (CmafBitReader *r)
{
  guint type = cmaf_bit_reader_get (r, 5);

  return type == ESCAPE_OBJECT_TYPE ? 32 + cmaf_bit_reader_get (r, 6) : type;
}

static guint
read_frequency (CmafBitReader *r)
{
  guint index = cmaf_bit_reader_get (r, 4);

  if (index == ESCAPE_FREQUENCY)
    return cmaf_bit_reader_get (r, 24);
  return index < G_N_ELEMENTS (rates) ? rates[index] : 0;
}

/* The extension behind the configuration, which old decoders do not read. */
static void
read_sync_extension (CmafBitReader *r, CmafAacConfig *c)
{
  guint rate;

  if (cmaf_bit_reader_remaining (r) < 16
      || cmaf_bit_reader_get (r, 11) != SYNC_SBR
      || read_object_type (r) != CMAF_AAC_SBR || !cmaf_bit_reader_flag (r))
    return;
  rate = read_frequency (r);
  if (rate == 0)
    return;
  c->is_sbr = TRUE;
  c->rate = rate;
  if (cmaf_bit_reader_remaining (r) >= 12
      && cmaf_bit_reader_get (r, 11) == SYNC_PS)
    c->is_ps = cmaf_bit_reader_flag (r);
}

gboolean
cmaf_aac_config_read (
    CmafAacConfig *c, gconstpointer data, gsize size, GError **error)
{
  CmafBitReader r;
  gboolean has_more;

  memset (c, 0, sizeof *c);
  cmaf_bit_reader_init (&r, data, size);
  c->object_type = c->core_object_type = read_object_type (&r);
  c->rate = c->core_rate = read_frequency (&r);
  c->channel_configuration = cmaf_bit_reader_get (&r, 4);
  if (c->object_type == CMAF_AAC_SBR || c->object_type == CMAF_AAC_PS) {
    c->is_sbr = TRUE;
    c->is_ps = c->object_type == CMAF_AAC_PS;
    c->rate = read_frequency (&r);
    c->core_object_type = read_object_type (&r);
  }
  c->is_960 = cmaf_bit_reader_flag (&r);
  if (r.failed || c->core_rate == 0 || c->rate == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "AudioSpecificConfig: has no sampling frequency in %" G_GSIZE_FORMAT
        " bytes, needs one",
        size);
    return FALSE;
  }
  has_more = cmaf_bit_reader_flag (&r); /* dependsOnCoreCoder */
  has_more = cmaf_bit_reader_flag (&r) || has_more;
  c->is_canonical = !r.failed && !has_more && c->channel_configuration > 0
                    && c->core_object_type == CMAF_AAC_LC;
  r.failed = FALSE; /* GASpecificConfig may have been cut */
  if (c->is_canonical && !c->is_sbr)
    read_sync_extension (&r, c);
  c->samples =
      gst_util_uint64_scale_int (1024, (gint)c->rate, (gint)c->core_rate);
  return TRUE;
}

guint
cmaf_aac_object_type (gconstpointer data, gsize size)
{
  CmafBitReader r;

  cmaf_bit_reader_init (&r, data, size);
  return read_object_type (&r);
}

/* --- written --- */

typedef struct
{
  guint8 bytes[16];
  guint n_bits;
} Bits;

static void
put (Bits *bits, guint32 value, guint n)
{
  while (n-- > 0) {
    bits->bytes[bits->n_bits / 8] |= (value >> n & 1) << (7 - bits->n_bits % 8);
    bits->n_bits++;
  }
}

static void
put_frequency (Bits *bits, guint rate)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    if (rates[i] == rate) {
      put (bits, i, 4);
      return;
    }
  }
  put (bits, ESCAPE_FREQUENCY, 4);
  put (bits, rate, 24);
}

GBytes *
cmaf_aac_config_make_explicit (GBytes *asc)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (asc, &size);
  CmafAacConfig c;
  Bits bits = { { 0 }, 0 };

  if (!cmaf_aac_config_read (&c, data, size, NULL) || !c.is_canonical
      || !c.is_sbr || c.object_type != CMAF_AAC_LC)
    return g_bytes_ref (asc);
  put (&bits, c.is_ps ? CMAF_AAC_PS : CMAF_AAC_SBR, 5);
  put_frequency (&bits, c.core_rate);
  put (&bits, c.channel_configuration, 4);
  put_frequency (&bits, c.rate);
  put (&bits, CMAF_AAC_LC, 5);
  put (&bits, c.is_960 ? 4 : 0, 3); /* GASpecificConfig */
  return g_bytes_new (bits.bytes, (bits.n_bits + 7) / 8);
}
