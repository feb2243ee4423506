/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a receiver keeps of DASH and HLS pushes (DASH-IF live media ingest,
 * Interface-2): objects under the paths they were sent to, bounded, and offered
 * to readers. Part of ingest-server; HTTP thread only. Not installed. */
#pragma once

#include <gst/cmaf/object-store.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *location; /* a directory, or "memory:" */
  guint max_objects;
  guint64 max_bytes; /* of all together */
} CmafIngestObjectsConfig;

typedef struct _CmafIngestObjects CmafIngestObjects;
/* One that is on its way in. */
typedef struct _CmafIngestObject CmafIngestObject;

CmafIngestObjects *cmaf_ingest_objects_new (
    const CmafIngestObjectsConfig *config, GError **error);
/* After the last object that was begun. Readers are cut off. */
void cmaf_ingest_objects_free (CmafIngestObjects *objects);

/* The name of the object with that @path below the publishing point, NULL when
 * its extension is none of DASH and HLS, or with @error: G_IO_ERROR. */
const gchar *cmaf_ingest_objects_name (const gchar *path, GError **error);

/* Can the object of that @name be bytes of a track, by its extension? */
gboolean cmaf_ingest_objects_may_be_track (const gchar *name);

/* Errors (G_IO_ERROR) say what a peer may know; the whole cause is in
 * cmaf_ingest_objects_take_failure(). NO_SPACE: there is no room; EXISTS:
 * something of that name is no object. GROWING: readers may see a beginning,
 * unless there is a whole one to see, or it is CREATE_ONLY: then the first that
 * is whole wins, and the others are CMAF_ERROR_EXISTS, here or at the end. */
CmafIngestObject *cmaf_ingest_object_begin (CmafIngestObjects *objects,
    const gchar *name, CmafObjectFlags flags, GError **error);
/* The same CMAF_ERROR_EXISTS before a body has come. */
gboolean cmaf_ingest_objects_check_new (
    CmafIngestObjects *objects, const gchar *name, GError **error);
gboolean cmaf_ingest_object_append (
    CmafIngestObject *object, GBytes *bytes, GError **error);
/* Either of these frees @object. */
gboolean cmaf_ingest_object_commit (CmafIngestObject *object, GError **error);
void cmaf_ingest_object_abort (CmafIngestObject *object);

/* TRUE also when there is none. */
gboolean cmaf_ingest_objects_remove (
    CmafIngestObjects *objects, const gchar *name, GError **error);
gboolean cmaf_ingest_objects_contains (
    CmafIngestObjects *objects, const gchar *name);
GBytes *cmaf_ingest_objects_get (CmafIngestObjects *objects, const gchar *name);
/* Of GET and HEAD. */
void cmaf_ingest_objects_answer (
    CmafIngestObjects *objects, SoupServerMessage *message, const gchar *name);

/* What went wrong since the last call, NULL: nothing (transfer full) */
gchar *cmaf_ingest_objects_take_failure (CmafIngestObjects *objects);
/* Whole ones. */
guint cmaf_ingest_objects_get_count (CmafIngestObjects *objects);
guint64 cmaf_ingest_objects_get_bytes (CmafIngestObjects *objects);

G_END_DECLS
