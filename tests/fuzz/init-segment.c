/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The header reader; and what it read can be written, and is then stable. */
#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>

#include "fuzz.h"

static void
rewrite (const CmafTrack *track)
{
  g_autoptr (GBytes) first = cmaf_init_segment_write (track, NULL);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (CmafTrack) again = NULL;
  g_autoptr (GError) error = NULL;

  if (!first)
    return; /* a track_ID or size that we do not write */
  again = cmaf_init_segment_read (
      g_bytes_get_data (first, NULL), g_bytes_get_size (first), &error);
  PROMISE (again != NULL);
  second = cmaf_init_segment_write (again, NULL);
  PROMISE (second && g_bytes_equal (first, second));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafTrack) track = cmaf_init_segment_read (data, size, &error);
  g_autofree gchar *codec = NULL;

  PROMISE ((track == NULL) == (error != NULL));
  if (!track)
    return 0;
  PROMISE (track->timescale > 0 && track->id > 0);
  codec = cmaf_sample_entry_codec_string (track);
  PROMISE (g_utf8_validate (codec, -1, NULL));
  PROMISE (!track->role || g_utf8_validate (track->role, -1, NULL));
  PROMISE (cmaf_track_bandwidth (track) > 0);
  rewrite (track);
  return 0;
}
