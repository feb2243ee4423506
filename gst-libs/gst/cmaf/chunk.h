/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: how the fragment reader makes a CmafChunk. */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* What moof says of mdat. */
typedef struct
{
  gint64 data_offset; /* of mdat's body, from the start of moof */
  guint64 payload;    /* bytes in it */
} CmafMoofExtent;

CmafChunk *cmaf_chunk_new (void);
/* Fills @chunk with samples and times from @moof, a whole moof box.
 * CMAF_ERROR_LIMIT when there are more than @max_samples. */
gboolean cmaf_chunk_parse_moof (CmafChunk *chunk, GBytes *moof,
    const CmafTrack *track, guint max_samples, CmafMoofExtent *extent,
    GError **error);

G_END_DECLS
