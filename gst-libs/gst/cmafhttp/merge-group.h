/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The encoder from which all tracks of a presentation come while it can: for
 * encoders whose pictures and sound agree only with their own. Pure. Part of
 * ingest-server. Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  gchar *encoder; /* NULL: none yet */
} CmafMergeGroup;

CMAF_API void cmaf_merge_group_clear (CmafMergeGroup *group);
/* A segment of @encoder came out in some track, where the encoder in use
 * @is_there, as one of its sources. It is in use from now on, unless another
 * one is that does not send this track. */
CMAF_API void cmaf_merge_group_used (
    CmafMergeGroup *group, const gchar *encoder, gboolean is_there);

G_END_DECLS
