/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Field by field: times of creation, and what the track is called, make no
 * other one. */
#include "header-difference.h"

#include <gst/cmaf/box-reader.h>

/* each a guint or guint32 */
typedef struct
{
  const gchar *name;
  gsize offset;
} Field;

#define FIELD(name)                                                            \
  {                                                                            \
#name, G_STRUCT_OFFSET(CmafTrack, name)                                    \
  }

static const Field fields[] = {
  FIELD (timescale),
  FIELD (width),
  FIELD (height),
  FIELD (sample_rate),
  FIELD (channels),
};

static gboolean
same_bytes (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

/* On another grid no segment stands for another. Not every header tells it. */
static gboolean
same_grid (const CmafTrack *a, const CmafTrack *b)
{
  return a->segment_duration_n == 0 || b->segment_duration_n == 0
         || (a->segment_duration_n == b->segment_duration_n
             && a->segment_duration_d == b->segment_duration_d);
}

gchar *
cmaf_header_difference (const CmafTrack *a, const CmafTrack *b)
{
  gchar have_codec[5], need_codec[5];

  if (a->codec != b->codec)
    return g_strdup_printf ("codec: %s, needs %s",
        cmaf_fourcc_to_string (b->codec, have_codec),
        cmaf_fourcc_to_string (a->codec, need_codec));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    guint32 have = G_STRUCT_MEMBER (guint32, b, fields[i].offset);
    guint32 need = G_STRUCT_MEMBER (guint32, a, fields[i].offset);

    if (have != need)
      return g_strdup_printf ("%s: %u, needs %u", fields[i].name, have, need);
  }
  if (!same_bytes (a->codec_config, b->codec_config))
    return g_strdup ("codec configuration: other bytes than the ones in use");
  if (!same_grid (a, b))
    return g_strdup_printf ("segment duration: %" G_GUINT64_FORMAT
                            "/%" G_GUINT64_FORMAT " s, needs %" G_GUINT64_FORMAT
                            "/%" G_GUINT64_FORMAT " s",
        b->segment_duration_n, b->segment_duration_d, a->segment_duration_n,
        a->segment_duration_d);
  return NULL;
}
