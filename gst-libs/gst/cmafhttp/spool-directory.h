/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments of one track for one destination in files, so that they outlive the
 * process: each file holds a CMAF header and a segment, and its name all that
 * must be known of it before it is read. Nothing is synced to the disk: what is
 * there outlives the process, not the system. One thread writes; another may
 * read and remove. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmafhttp/ingest-naming.h>

G_BEGIN_DECLS

/* What the name of a file tells. */
typedef struct
{
  guint64 number; /* in the order of writing, from 1 on */
  CmafIngestPlace place;
  guint64 duration; /* ticks */
  guint32 timescale;
  gsize size; /* of the segment, without its header */
} CmafStoredSegment;

typedef struct _CmafSpoolDirectory CmafSpoolDirectory;

/* Makes the directory when it is not there, with those above it. */
CMAF_API CmafSpoolDirectory *cmaf_spool_directory_new (
    const gchar *path, GError **error);
/* An empty directory is removed. */
CMAF_API void cmaf_spool_directory_free (CmafSpoolDirectory *directory);
/* Those that are there, oldest first: GArray of CmafStoredSegment (transfer
 * full), NULL and @error when it cannot be told. Before anything is written:
 * numbers go on behind those. */
CMAF_API GArray *cmaf_spool_directory_list (
    CmafSpoolDirectory *directory, GError **error);
/* @stored: all but the number and the size, which it gets. */
CMAF_API gboolean cmaf_spool_directory_write (CmafSpoolDirectory *directory,
    CmafStoredSegment *stored, GBytes *header, const GPtrArray *chunks,
    GError **error);
/* @header, @track (optional)(transfer full). Chunks as a GPtrArray of
 * CmafChunk (transfer full), NULL and @error when it cannot be read. */
CMAF_API GPtrArray *cmaf_spool_directory_read (CmafSpoolDirectory *directory,
    const CmafStoredSegment *stored, GBytes **header, CmafTrack **track,
    GError **error);
CMAF_API void cmaf_spool_directory_remove (
    CmafSpoolDirectory *directory, const CmafStoredSegment *stored);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSpoolDirectory, cmaf_spool_directory_free)

G_END_DECLS
