/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a packager counted, as plain numbers: taken with every segment, made
 * into a structure only when somebody asks. Internal; guarded by whoever has
 * it. */
#pragma once

#include "packager-track.h"

G_BEGIN_DECLS

typedef struct
{
  GArray *tracks; /* one entry each, in their order */
  guint64 warnings;
  gboolean is_published; /* then the two below are valid */
  guint64 first_number;
  guint64 last_number;
} PackagerCounts;

void packager_counts_init (PackagerCounts *counts);
void packager_counts_clear (PackagerCounts *counts);
/* Replaces the entries of tracks. @tracks: of PackagerTrack */
void packager_counts_take (PackagerCounts *counts, const GPtrArray *tracks);
/* application/x-cmaf-packager-stats (transfer full) */
GstStructure *packager_counts_to_structure (const PackagerCounts *counts);

G_END_DECLS
