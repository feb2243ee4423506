/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the path of an upload says: which track, if it is one. Whether a body
 * is a header or media is for its boxes to say
 * (docs/elements/httpingestsrc.md). Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_INGEST_PATH_POINT,    /* the publishing point itself: a probe */
  CMAF_INGEST_PATH_TRACK,    /* bytes of a track */
  CMAF_INGEST_PATH_MANIFEST, /* MPD, playlist or key: taken and not used */
} CmafIngestPathKind;

typedef struct
{
  CmafIngestPathKind kind;
  gchar *key;  /* what makes two paths the same track */
  gchar *name; /* of the track, as cmaf_track_name_is_valid() wants it */
  gchar *wish; /* what was sent instead of @name */
  gchar *switching_set; /* NULL: not said */
  gboolean is_named;    /* by Streams(...) */
} CmafIngestPath;

/* @path: decoded, below the publishing point. CMAF_ERROR_MALFORMED when
 * parentheses do not match or a name is empty. */
CMAF_API gboolean cmaf_ingest_path_parse (
    const gchar *path, CmafIngestPath *out, GError **error);
/* Does it say by its extension that it is CMAF? */
CMAF_API gboolean cmaf_ingest_path_is_cmaf (const gchar *path);
CMAF_API gboolean cmaf_ingest_path_is_mpd (const gchar *path);
/* Does it look like a header whose media have other names, as init-1.m4s? */
CMAF_API gboolean cmaf_ingest_path_is_header (const gchar *path);
CMAF_API void cmaf_ingest_path_clear (CmafIngestPath *path);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafIngestPath, cmaf_ingest_path_clear)

G_END_DECLS
