/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One fragment as the buffer list that goes downstream: header buffer, then the
 * samples with their memory untouched (docs/elements/cmafsyncmux.md). */
#pragma once

#include "mux-settings.h"

#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef struct
{
  const CmafTrack *track;
  const CmafSegmentGrid *grid;
  const CmafCutFragment *cut;
  guint32 sequence_number;
  gboolean is_last;
  gboolean is_slate;               /* some of it is not from the input */
  const GPtrArray *event_messages; /* of GBytes: emsg boxes; NULL: none */
} MuxFragment;

typedef struct
{
  GBytes *init; /* due before this fragment, or NULL */
  GBytes *head; /* styp ... mdat header */
  const CmafCutFragment *cut;
  guint64 told_number;    /* of the segment, to users */
  GstClockTime grid_time; /* where its cell begins */
  GstClockTime duration;  /* until the next fragment */
} ChunkListInfo;

/* With @init as streamheader; @track_name may be NULL (transfer full) */
GstCaps *chunk_list_make_caps (GBytes *init, const gchar *track_name);
/* styp, prft, moof and the mdat header of @of (transfer full) */
GBytes *chunk_list_write_head (
    const MuxSettings *settings, const MuxFragment *of, GError **error);
/* Takes the buffers of info->cut from the head of @samples. (transfer full) */
GstBufferList *chunk_list_new (const ChunkListInfo *info, GQueue *samples);

G_END_DECLS
