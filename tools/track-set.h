/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The CMAF tracks in a file or below a directory, without their payload: a
 * directory of a header and segments is a track, and so is a file with both. */
#pragma once

#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 time; /* of presentation, ticks */
  guint32 duration;
  guint32 size;
  gboolean is_sync;
  guint64 hash; /* of the payload; 0: not asked for */
} SampleFacts;

typedef struct
{
  guint64 number;
  guint64 decode_time;
  guint64 duration;
  guint sap;
  guint n_chunks;
  gboolean is_last; /* brand lmsg */
  GArray *samples;  /* SampleFacts, in decode order */
} SegmentFacts;

typedef struct
{
  gchar *name; /* path below the root, without suffix; "" for the root */
  CmafTrack *track;
  GBytes *header;
  GPtrArray *segments; /* of SegmentFacts, by number */
} TrackFacts;

typedef struct
{
  const CmafSegmentGrid *grid; /* for the numbers; NULL: of the headers */
  gboolean with_hashes;
  /* Called for each file, each time it is read; may be NULL. */
  void (*progress) (const gchar *path, gpointer user_data);
  gpointer user_data;
} TrackSetOptions;

/* Of TrackFacts, by name. NULL and @error when a file cannot be read, is
 * damaged or no track is there; the message names the file. (transfer full) */
GPtrArray *track_set_read (
    const gchar *path, const TrackSetOptions *options, GError **error);

G_END_DECLS
