/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One run of an ingested track on its way to a streaming thread: a bounded
 * queue. The HTTP thread pushes and never waits; one streaming thread at a time
 * pulls.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/track-merger.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_INGEST_ITEM_HEADER,
  CMAF_INGEST_ITEM_CHUNK,
  CMAF_INGEST_ITEM_END,
} CmafIngestItemType;

typedef struct
{
  CmafIngestItemType type;
  CmafTrack *track; /* HEADER; of CHUNK: the one that is valid for it */
  GBytes *header;
  gchar *language, *role; /* HEADER: by an MPD, NULL: not said */
  CmafMergedChunk merged; /* CHUNK */
  GBytes *front;          /* CHUNK: instead of the first of its bytes, NULL */
  gchar *source;          /* CHUNK: name, when it is another than before */
} CmafIngestItem;

CMAF_API void cmaf_ingest_item_free (CmafIngestItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestItem, cmaf_ingest_item_free)

typedef struct _CmafIngestOutput CmafIngestOutput;

typedef enum
{
  CMAF_INGEST_WAITS,
  CMAF_INGEST_TAKEN, /* pulled, and the next one was asked for */
  CMAF_INGEST_LOST,  /* nobody will pull it, or what was pulled was refused */
} CmafIngestFate;

/* @drained is called from the streaming thread, with no lock held, when there
 * is room again after cmaf_ingest_output_is_full() said no. */
CMAF_API CmafIngestOutput *cmaf_ingest_output_new (const gchar *name,
    gsize max_bytes, void (*drained) (gpointer user_data), gpointer user_data);
CMAF_API CmafIngestOutput *cmaf_ingest_output_ref (CmafIngestOutput *output);
CMAF_API void cmaf_ingest_output_unref (CmafIngestOutput *output);
CMAF_API const gchar *cmaf_ingest_output_get_name (CmafIngestOutput *output);

/* (transfer full) */
CMAF_API void cmaf_ingest_output_push (
    CmafIngestOutput *output, CmafIngestItem *item);
CMAF_API gboolean cmaf_ingest_output_is_full (CmafIngestOutput *output);
/* Of all that was pushed. While it waits, drained is called once it does not.
 */
CMAF_API CmafIngestFate cmaf_ingest_output_get_fate (CmafIngestOutput *output);
/* @ready is called when there is something to pull, and then not before a pull
 * has found nothing. It may queue a job, no more: the lock is held. FALSE: it
 * could not, and is to be called again with what comes next. */
CMAF_API void cmaf_ingest_output_set_ready (CmafIngestOutput *output,
    gboolean (*ready) (gpointer user_data), gpointer user_data);
/* NULL: there is nothing, or it is flushing. (transfer full) */
CMAF_API CmafIngestItem *cmaf_ingest_output_pull (CmafIngestOutput *output);
/* From now on pull finds nothing, and what is pushed is dropped. */
CMAF_API void cmaf_ingest_output_flush (CmafIngestOutput *output);
CMAF_API gboolean cmaf_ingest_output_is_flushing (CmafIngestOutput *output);
/* What is pulled goes nowhere, for now: senders are to know. */
CMAF_API void cmaf_ingest_output_set_unwanted (
    CmafIngestOutput *output, gboolean is_unwanted);
CMAF_API gboolean cmaf_ingest_output_is_unwanted (CmafIngestOutput *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestOutput, cmaf_ingest_output_unref)

G_END_DECLS
