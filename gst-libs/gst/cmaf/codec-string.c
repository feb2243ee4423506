/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* RFC 6381 strings. */
#include "codec-string.h"

#include "aac-config.h"
#include "box-reader.h"

#define UNSPECIFIED 2
#define BT_709 1

gchar *
cmaf_codec_string_name (
    const CmafTrack *track, const guint8 *config, gsize size)
{
  gchar name[5];

  return g_strdup (cmaf_fourcc_to_string (track->codec, name));
}

/* ISO/IEC 14496-15 annex E.2 */
gchar *
cmaf_codec_string_avc (const CmafTrack *track, const guint8 *avcc, gsize size)
{
  gchar name[5];

  return g_strdup_printf ("%s.%02X%02X%02X",
      cmaf_fourcc_to_string (track->codec, name), avcc[1], avcc[2], avcc[3]);
}

static guint32
reverse_bits (guint32 bits)
{
  guint32 reversed = 0;

  for (guint i = 0; i < 32; i++)
    reversed |= ((bits >> i) & 1) << (31 - i);
  return reversed;
}

/* ISO/IEC 14496-15 annex E.3 */
gchar *
cmaf_codec_string_hevc (const CmafTrack *track, const guint8 *hvcc, gsize size)
{
  static const gchar *const spaces[] = { "", "A", "B", "C" };
  gchar name[5];
  GString *text = g_string_new (cmaf_fourcc_to_string (track->codec, name));
  gint n_constraints = 6;

  g_string_append_printf (text, ".%s%u.%X.%c%u", spaces[hvcc[1] >> 6],
      hvcc[1] & 0x1f, reverse_bits (GST_READ_UINT32_BE (hvcc + 2)),
      hvcc[1] & 0x20 ? 'H' : 'L', hvcc[12]);
  while (n_constraints > 0 && hvcc[6 + n_constraints - 1] == 0)
    n_constraints--;
  for (gint i = 0; i < n_constraints; i++)
    g_string_append_printf (text, ".%X", hvcc[6 + i]);
  return g_string_free (text, FALSE);
}

/* What a string without colour stands for, or nothing that is known. */
static gboolean
has_plain_colour (const CmafTrack *track)
{
  return !track->has_colour
         || ((track->colour_primaries == BT_709
                 || track->colour_primaries == UNSPECIFIED)
             && (track->transfer_characteristics == BT_709
                 || track->transfer_characteristics == UNSPECIFIED)
             && (track->matrix_coefficients == BT_709
                 || track->matrix_coefficients == UNSPECIFIED)
             && !track->full_range);
}

/* AV1 Codec ISO Media File Format Binding, 5: the optional part is there as a
 * whole or not at all. */
gchar *
cmaf_codec_string_av1 (const CmafTrack *track, const guint8 *av1c, gsize size)
{
  guint bit_depth = !(av1c[2] & 0x40) ? 8 : av1c[2] & 0x20 ? 12 : 10;
  guint mono = av1c[2] >> 4 & 1;
  guint x = av1c[2] >> 3 & 1, y = av1c[2] >> 2 & 1;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "av01.%u.%02u%c.%02u", av1c[1] >> 5,
      av1c[1] & 0x1f, av1c[2] & 0x80 ? 'H' : 'M', bit_depth);
  if (mono || !x || !y || !has_plain_colour (track))
    g_string_append_printf (text, ".%u.%u%u%u.%02u.%02u.%02u.%u", mono, x, y,
        x && y ? av1c[2] & 3 : 0,
        track->has_colour ? track->colour_primaries : BT_709,
        track->has_colour ? track->transfer_characteristics : BT_709,
        track->has_colour ? track->matrix_coefficients : BT_709,
        track->has_colour && track->full_range);
  return g_string_free (text, FALSE);
}

/* VP Codec ISO Media File Format Binding, codecs parameter string */
gchar *
cmaf_codec_string_vp9 (const CmafTrack *track, const guint8 *vpcc, gsize size)
{
  return g_strdup_printf ("vp09.%02u.%02u.%02u.%02u.%02u.%02u.%02u.%02u",
      vpcc[4], vpcc[5], vpcc[6] >> 4, vpcc[6] >> 1 & 7, vpcc[7], vpcc[8],
      vpcc[9], vpcc[6] & 1);
}

gchar *
cmaf_codec_string_aac (const CmafTrack *track, const guint8 *asc, gsize size)
{
  return g_strdup_printf ("mp4a.40.%u", cmaf_aac_object_type (asc, size));
}

gchar *
cmaf_codec_string_opus (const CmafTrack *track, const guint8 *dops, gsize size)
{
  return g_strdup ("opus");
}

/* ISO/IEC 23008-3 21.4.2 */
gchar *
cmaf_codec_string_mpegh (const CmafTrack *track, const guint8 *mhac, gsize size)
{
  gchar name[5];

  if (size < 2) /* mhm1 needs no mhaC */
    return cmaf_codec_string_name (track, mhac, size);
  return g_strdup_printf (
      "%s.0x%02X", cmaf_fourcc_to_string (track->codec, name), mhac[1]);
}

/* The profile stands in the MIME type behind the three strings (ISO/IEC
 * 14496-30 6, 23000-19 11.3): "application/ttml+xml;codecs=im1t". */
gchar *
cmaf_codec_string_stpp (
    const CmafTrack *track, const guint8 *strings, gsize size)
{
  CmafBoxReader r;
  CmafBox mime;
  const gchar *type, *codecs;
  gsize n;

  cmaf_box_reader_init (&r, strings, size);
  for (guint i = 0; i < 3; i++)
    cmaf_box_reader_string (&r);
  if (r.failed || !cmaf_box_reader_next (&r, &mime)
      || mime.type != CMAF_BOX_MIME)
    return g_strdup ("stpp");
  cmaf_box_reader_full (&mime.body, NULL);
  type = cmaf_box_reader_string (&mime.body);
  codecs = type ? strstr (type, "codecs=") : NULL;
  if (!codecs)
    return g_strdup ("stpp");
  codecs += strlen ("codecs=");
  codecs += codecs[0] == '"';
  n = strspn (codecs, "0123456789abcdefghijklmnopqrstuvwxyz"
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ|+");
  return n == 0 ? g_strdup ("stpp")
                : g_strdup_printf ("stpp.ttml.%.*s", (gint)n, codecs);
}
