/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The path of an upload up to the first zero byte, and an MPD behind it. */
#include "fuzz.h"

#include <gst/cmaf/mpd-reader.h>
#include <string.h>

/* Where the header of a track is, that track or one with a longer id is. */
static void
check_track (const CmafMpd *mpd, const CmafMpdTrack *track)
{
  g_autofree gchar *path = cmaf_mpd_header_path (track);
  const CmafMpdTrack *found = path ? cmaf_mpd_find (mpd, path) : NULL;

  PROMISE (track->id != NULL && strchr (track->id, '/') == NULL);
  PROMISE (path == NULL || found != NULL);
  PROMISE (path == NULL || strlen (found->id) >= strlen (track->id));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *zero = size > 0 ? memchr (data, 0, size) : NULL;
  gsize path_size = zero ? (gsize)(zero - data) : 0;
  gsize skip = zero ? path_size + 1 : 0;
  g_autofree gchar *path = g_strndup ((const gchar *)data, path_size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafMpd) mpd =
      cmaf_mpd_read ((const gchar *)data + skip, size - skip, &error);

  PROMISE ((mpd == NULL) == (error != NULL));
  if (mpd == NULL)
    return 0;
  PROMISE (mpd->tracks->len <= CMAF_MPD_MAX_TRACKS);
  cmaf_mpd_find (mpd, path);
  for (guint i = 0; i < mpd->tracks->len; i++)
    check_track (mpd, mpd->tracks->pdata[i]);
  return 0;
}
