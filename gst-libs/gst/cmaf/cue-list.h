/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice cues on their way from the one that hears them to all that cut. A cue
 * says PTS; where those are in running time becomes known with a picture.
 * Shared; own lock, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>

G_BEGIN_DECLS

/* As many are remembered. */
#define CMAF_CUE_LIST_SIZE 32

typedef struct
{
  guint32 event_id;
  gboolean is_cancel;
  gboolean is_immediate;
  guint64 splice_pts; /* 33 bits; not of a cancel or an immediate one */
  guint64 heard_pts;  /* of the picture in front of the section */
} CmafHeardCue;

typedef struct _CmafCueList CmafCueList;

CMAF_API CmafCueList *cmaf_cue_list_new (void);
CMAF_API CmafCueList *cmaf_cue_list_ref (CmafCueList *list);
CMAF_API void cmaf_cue_list_unref (CmafCueList *list);
CMAF_API void cmaf_cue_list_clear (CmafCueList *list);
/* The same cue again (sections are repeated) changes nothing. */
CMAF_API void cmaf_cue_list_add (CmafCueList *list, const CmafHeardCue *cue);
/* The picture with @pts is presented at @running_time (ns). */
CMAF_API void cmaf_cue_list_set_reference (
    CmafCueList *list, guint64 pts, gint64 running_time);
/* How many there were so far; 0 while there is no reference. */
CMAF_API guint cmaf_cue_list_get_count (CmafCueList *list);
/* When a picture with @pts is presented; FALSE while there is no reference. */
CMAF_API gboolean cmaf_cue_list_running_time (
    CmafCueList *list, guint64 pts, gint64 *running_time);
/* Cue @i, counted from the first one ever, and the running times of its splice
 * and of the picture in front of it. FALSE: forgotten, or not yet there. */
CMAF_API gboolean cmaf_cue_list_get (CmafCueList *list, guint i,
    CmafHeardCue *cue, gint64 *splice_time, gint64 *heard_time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafCueList, cmaf_cue_list_unref)

G_END_DECLS
