/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments of one track that wait to be uploaded, bounded in bytes and time.
 * No lock of its own. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/spool-directory.h>

G_BEGIN_DECLS

/* One segment, perhaps still growing. Shared with the upload that runs; who has
 * the lock of the spool may read and write it. */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  GBytes *header; /* the CMAF header that it needs; as the track NULL until a
                     segment of an earlier process is loaded */
  CmafTrack *track;
  CmafIngestPlace place;
  guint64 duration; /* ticks */
  guint32 timescale;
  GPtrArray *chunks; /* of CmafChunk, in order; grows until is_complete; empty
                        when they are only in the file */
  gsize size;
  CmafStoredSegment stored; /* number 0: in no file */
  gboolean is_complete;
  gboolean is_dropped; /* no longer in the spool: stop sending it */
  gboolean is_sent;    /* written to a request that has not been answered */
  GstClockTime sent_at;
  gboolean is_arrived; /* as far as one can tell: it waits for nothing */
  /* of the upload that runs */
  gboolean has_length; /* its size was told, and cannot change */
  guint n_taken;       /* chunks that are on their way */
} CmafSpoolSegment;

CMAF_API CmafSpoolSegment *cmaf_spool_segment_ref (CmafSpoolSegment *segment);
CMAF_API void cmaf_spool_segment_unref (CmafSpoolSegment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSpoolSegment, cmaf_spool_segment_unref)

/* What was sent last of a request that has not been answered, and may not have
 * arrived: all of what each of these says. */
typedef struct
{
  guint64 ticks;
  gsize in_flight;    /* bytes */
  gsize bytes;        /* of what was sent since */
  GstClockTime since; /* this time */
} CmafSpoolDoubt;

typedef struct
{
  guint64 max_bytes;
  GstClockTime max_time;
  guint64 max_stored; /* bytes in files; with 0 the limits above are those of
                         all, else of what is in memory */
  gboolean repeats_whole; /* what is repeated at the end is a whole segment */

  /*< private >*/
  GQueue segments; /* of CmafSpoolSegment, oldest first */
  GQueue arrived;  /* before those: kept, should the request break */
  guint64 arrived_bytes;
  guint64 bytes;        /* in memory, of those that are not sent */
  guint64 stored;       /* bytes in files */
  gboolean disk_failed; /* nothing could be written the last time */
  guint64 freed;        /* bytes of files that have gone since then */
  GArray *removed; /* of CmafStoredSegment: files that are of no use any more */
  GBytes *header;
  CmafTrack *track;
  CmafSpoolSegment *last; /* the newest, also when it has gone */
} CmafIngestSpool;

CMAF_API void cmaf_ingest_spool_init (
    CmafIngestSpool *spool, guint64 max_bytes, GstClockTime max_time);
CMAF_API void cmaf_ingest_spool_clear (CmafIngestSpool *spool);
/* For the segments that begin from now on; ends the one that grows. */
CMAF_API void cmaf_ingest_spool_set_header (
    CmafIngestSpool *spool, CmafTrack *track, GBytes *header);
/* Adds a chunk to the segment that grows, or begins a segment. A segment is
 * complete when it ends by its marks and the grid that the header tells
 * (segment-marks.h), or when the next one begins. */
CMAF_API void cmaf_ingest_spool_push (CmafIngestSpool *spool, CmafChunk *chunk);
/* The segment that grows is as it is. */
CMAF_API void cmaf_ingest_spool_complete (CmafIngestSpool *spool);
/* Nothing follows. Unless the newest chunk says so, it gets the brand lmsg;
 * when it is under way already, it is repeated with it (DEC-07). */
CMAF_API void cmaf_ingest_spool_finish (CmafIngestSpool *spool);
/* The oldest one that is to be sent, or NULL. (transfer none) */
CMAF_API CmafSpoolSegment *cmaf_ingest_spool_peek (
    const CmafIngestSpool *spool);
/* Takes @segment out when it is still there: it was delivered or given up. */
CMAF_API void cmaf_ingest_spool_remove (
    CmafIngestSpool *spool, CmafSpoolSegment *segment);
/* Keeps @segment, the oldest that is not sent, until it is confirmed. */
CMAF_API void cmaf_ingest_spool_mark_sent (
    CmafIngestSpool *spool, CmafSpoolSegment *segment, GstClockTime now);
/* Of what was sent all but @doubt counts as arrived; how many segments that is.
 * @n_bytes is added to. What was sent since doubt->since is kept all the same,
 * as much again as the limits allow to wait. */
CMAF_API guint cmaf_ingest_spool_confirm (
    CmafIngestSpool *spool, const CmafSpoolDoubt *doubt, guint64 *n_bytes);
/* Of what counts as arrived nothing is kept. */
CMAF_API void cmaf_ingest_spool_forget (CmafIngestSpool *spool);
/* What counts as arrived and was to be sent again, but for @except, which may
 * be NULL, is given up: nobody knows whether it has. It is added to @dropped;
 * returns how much that is. */
CMAF_API guint cmaf_ingest_spool_drop_repeated (
    CmafIngestSpool *spool, const CmafSpoolSegment *except, GQueue *dropped);
/* What was sent and is still kept is to be sent again. */
CMAF_API void cmaf_ingest_spool_rewind (CmafIngestSpool *spool);
/* TRUE when a limit is passed and more than one segment waits. */
CMAF_API gboolean cmaf_ingest_spool_is_full (const CmafIngestSpool *spool);
/* Drops the oldest but @except, which may be NULL; returns it. NULL when only
 * @except and the newest are left. (transfer full) */
CMAF_API CmafSpoolSegment *cmaf_ingest_spool_drop_oldest (
    CmafIngestSpool *spool, const CmafSpoolSegment *except);
CMAF_API GstClockTime cmaf_ingest_spool_get_time (const CmafIngestSpool *spool);

/* Behind all others: a segment that is in a file. */
CMAF_API void cmaf_ingest_spool_add_stored (
    CmafIngestSpool *spool, const CmafStoredSegment *stored);
/* The oldest complete segment that is in no file and waits behind others, or,
 * with @any, in any place; NULL. (transfer none) */
CMAF_API CmafSpoolSegment *cmaf_ingest_spool_find_unstored (
    const CmafIngestSpool *spool, gboolean any);
CMAF_API void cmaf_ingest_spool_mark_stored (CmafIngestSpool *spool,
    CmafSpoolSegment *segment, const CmafStoredSegment *stored);
/* A segment could not be written. Until one can, the spool is also full when
 * more than the limits is in memory, and files of as many bytes as are too much
 * have not gone yet: then it should be tried again. */
CMAF_API void cmaf_ingest_spool_mark_failed (CmafIngestSpool *spool);
/* While more than the limits is in memory, the newest that have a file are
 * taken out of it, but not the oldest one and not @except. */
CMAF_API void cmaf_ingest_spool_unload (
    CmafIngestSpool *spool, const CmafSpoolSegment *except);
/* Files of segments that have gone since the last time: GArray of
 * CmafStoredSegment (transfer full), NULL for none. */
CMAF_API GArray *cmaf_ingest_spool_take_removed (CmafIngestSpool *spool);
/* What was read from the file of @segment. */
CMAF_API void cmaf_ingest_spool_mark_loaded (CmafIngestSpool *spool,
    CmafSpoolSegment *segment, GBytes *header, CmafTrack *track,
    GPtrArray *chunks);

G_END_DECLS
