/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections on their way from the one that hears them to the track of
 * events, each with its bytes and with where in the stream it was. Shared; own
 * lock, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/splice-info.h>

G_BEGIN_DECLS

/* As many are remembered. */
#define CMAF_SPLICE_LIST_SIZE 64

typedef struct
{
  GBytes *section; /* as it was in the stream */
  guint32 event_id;
  gboolean is_cancel; /* of the event of this id */
  gboolean has_duration;
  guint64 duration; /* 90 kHz */

  gboolean is_pts;     /* times are PTS, and not running time (ns) */
  guint64 heard;       /* of the picture in front of the section */
  gboolean has_splice; /* else it is at once */
  guint64 splice;
} CmafHeardSplice;

/* Event @i of what @info, of @section, says, without times: a time_signal has
 * one for each segmentation descriptor. FALSE when there is none: the CRC is
 * wrong, it is encrypted, or of no splice, or has not so many. @splice borrows
 * @section. */
CMAF_API gboolean cmaf_heard_splice_init (CmafHeardSplice *splice,
    const CmafSpliceInfo *info, guint i, GBytes *section);
CMAF_API void cmaf_heard_splice_clear (CmafHeardSplice *splice);

typedef struct _CmafSpliceList CmafSpliceList;

CMAF_API CmafSpliceList *cmaf_splice_list_new (void);
CMAF_API CmafSpliceList *cmaf_splice_list_ref (CmafSpliceList *list);
CMAF_API void cmaf_splice_list_unref (CmafSpliceList *list);
CMAF_API void cmaf_splice_list_clear (CmafSpliceList *list);
/* References what @splice has. The same section again (sections are repeated,
 * and several tracks hear them) changes nothing: the first one counts. */
CMAF_API void cmaf_splice_list_add (
    CmafSpliceList *list, const CmafHeardSplice *splice);
/* How many there were so far. */
CMAF_API guint cmaf_splice_list_get_count (CmafSpliceList *list);
/* Section @i, counted from the first one ever; clear it. FALSE: forgotten, or
 * not yet there. */
CMAF_API gboolean cmaf_splice_list_get (
    CmafSpliceList *list, guint i, CmafHeardSplice *splice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSpliceList, cmaf_splice_list_unref)

G_END_DECLS
