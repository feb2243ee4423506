/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A chunk begins a segment when it can be decoded from there and lies in a
 * later cell of the grid than the segment that is being written. So senders
 * that cut on the grid are passed through as they are, and any other is
 * regrouped to it. */
#include "segment-assembler.h"
#include "segment-marks.h"
#include "segment-name.h"
#include "timescale.h"

/* A jump further ahead than this is a broken clock, not an outage: five and a
 * half hours of two seconds. */
#define MAX_JUMP 10000
/* Decode times above this leave no room to calculate. */
#define MAX_TICKS (G_GUINT64_CONSTANT (1) << 61)

struct _CmafSegmentAssembler
{
  CmafSegmentAssemblerConfig config;
  gchar *name;

  CmafTrack *track;
  const gchar *content_type;
  guint32 timescale;
  gboolean is_video;
  gboolean is_gridded; /* the header says on what grid it was cut */
  gboolean is_as_cut;  /* and that is ours */
  guint64 tolerance;   /* ticks before an edge that still count as behind it */

  gboolean has_last; /* a segment was begun */
  guint64 number;    /* of the newest segment */
  guint64 last_time; /* decode time of the newest chunk */
  guint64 end;       /* where the next chunk is expected */

  CmafAssembledSegment *open; /* NULL between segments */
  guint open_chunks;
  CmafObjectWriter *writer; /* of open, NULL without a store */
  gboolean is_shown;        /* open is a file that outlives us */

  gboolean is_dropping; /* the last chunk was dropped */
  guint64 n_dropped;
};

void
cmaf_assembled_segment_free (CmafAssembledSegment *segment)
{
  g_free (segment->name);
  g_free (segment);
}

CmafSegmentAssembler *
cmaf_segment_assembler_new (
    const CmafSegmentAssemblerConfig *config, const gchar *name)
{
  CmafSegmentAssembler *assembler = g_new0 (CmafSegmentAssembler, 1);

  assembler->config = *config;
  assembler->name = g_strdup (name);
  return assembler;
}

static void
drop_open (CmafSegmentAssembler *assembler)
{
  if (assembler->writer != NULL)
    cmaf_object_writer_abort (g_steal_pointer (&assembler->writer));
  g_clear_pointer (&assembler->open, cmaf_assembled_segment_free);
}

void
cmaf_segment_assembler_free (CmafSegmentAssembler *assembler)
{
  if (assembler->is_shown && assembler->writer != NULL)
    cmaf_object_writer_commit (g_steal_pointer (&assembler->writer), NULL);
  drop_open (assembler);
  g_clear_pointer (&assembler->track, cmaf_track_unref);
  g_free (assembler->name);
  g_free (assembler);
}

guint64
cmaf_segment_assembler_get_dropped (const CmafSegmentAssembler *assembler)
{
  return assembler->n_dropped;
}

void
cmaf_segment_assembler_set_track (
    CmafSegmentAssembler *assembler, CmafTrack *track)
{
  const CmafSegmentGrid *grid = &assembler->config.grid;

  g_return_if_fail (assembler->open == NULL);

  if (assembler->timescale != 0 && assembler->timescale != track->timescale) {
    assembler->last_time = gst_util_uint64_scale (
        assembler->last_time, track->timescale, assembler->timescale);
    assembler->end = gst_util_uint64_scale (
        assembler->end, track->timescale, assembler->timescale);
  }
  g_clear_pointer (&assembler->track, cmaf_track_unref);
  assembler->track = cmaf_track_ref (track);
  assembler->content_type = cmaf_track_mime_type (track);
  assembler->timescale = track->timescale;
  assembler->is_video = track->media == CMAF_MEDIA_VIDEO;
  assembler->is_gridded =
      track->segment_duration_n > 0 && track->segment_duration_d > 0;
  assembler->is_as_cut = assembler->is_gridded
                         && track->segment_duration_n * grid->duration_d
                                == grid->duration_n * track->segment_duration_d;
  assembler->tolerance = assembler->is_gridded ? 0 : track->sample_duration / 2;
}

/* ---- where a chunk belongs ---- */

static guint64
cell_of (const CmafSegmentAssembler *assembler, guint64 ticks)
{
  return cmaf_segment_grid_number (&assembler->config.grid,
      ticks + assembler->tolerance, assembler->timescale);
}

static gboolean
can_start (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  return !assembler->is_video || (chunk->flags & CMAF_CHUNK_SYNC) != 0
         || (assembler->is_gridded
             && (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0);
}

static guint64
number_of (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  if (!assembler->is_as_cut)
    return cell_of (assembler, chunk->decode_time);
  return cmaf_segment_marks_number (chunk->marks, &assembler->config.grid,
      chunk->decode_time, assembler->timescale);
}

static gboolean
starts_segment (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  return can_start (assembler, chunk)
         && (assembler->open == NULL
             || number_of (assembler, chunk) > assembler->number);
}

/* NULL, or why @chunk cannot be used. (transfer full) */
static gchar *
find_fault (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  guint64 cell;

  if (chunk->duration == 0 || chunk->duration > MAX_TICKS)
    return g_strdup_printf (
        "its duration is %" G_GUINT64_FORMAT, chunk->duration);
  if (chunk->decode_time > MAX_TICKS)
    return g_strdup ("its decode time is beyond any timeline");
  cell = cell_of (assembler, chunk->decode_time);
  if (assembler->has_last && chunk->decode_time <= assembler->last_time)
    return g_strdup_printf (
        "it is late or comes twice, needs more than %" G_GUINT64_FORMAT,
        assembler->last_time);
  if (assembler->has_last && cell > assembler->number + MAX_JUMP)
    return g_strdup_printf ("it jumps %" G_GUINT64_FORMAT
                            " segments ahead, needs at most %u",
        cell - assembler->number, MAX_JUMP);
  if (assembler->open == NULL && !can_start (assembler, chunk))
    return g_strdup ("no segment is open and it does not begin with a sync "
                     "sample");
  return NULL;
}

/* Counts the chunk, and tells of the first of a row. */
static void
drop_chunk (CmafSegmentAssembler *assembler, const CmafChunk *chunk,
    const gchar *fault, GError **warning)
{
  if (!assembler->is_dropping)
    g_set_error (warning, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "track %s: chunk with decode time %" G_GUINT64_FORMAT
        " at timescale %u is dropped: %s",
        assembler->name, chunk->decode_time, assembler->timescale, fault);
  assembler->is_dropping = TRUE;
  assembler->n_dropped++;
}

/* ---- writing ---- */

gboolean
cmaf_segment_assembler_flush (
    CmafSegmentAssembler *assembler, GQueue *done, GError **error)
{
  if (assembler->open == NULL)
    return TRUE;
  if (assembler->writer != NULL
      && !cmaf_object_writer_commit (
          g_steal_pointer (&assembler->writer), error)) {
    drop_open (assembler);
    return FALSE;
  }
  assembler->open->segment.duration =
      assembler->end - assembler->open->segment.time;
  g_queue_push_tail (done, g_steal_pointer (&assembler->open));
  return TRUE;
}

static gboolean
open_segment (
    CmafSegmentAssembler *assembler, const CmafChunk *chunk, GError **error)
{
  const CmafSegmentAssemblerConfig *config = &assembler->config;
  CmafAssembledSegment *open = g_new0 (CmafAssembledSegment, 1);
  guint64 number = number_of (assembler, chunk);

  if (assembler->has_last)
    number = MAX (number, assembler->number + 1);
  open->segment.number = number;
  open->segment.time = chunk->decode_time;
  if (assembler->has_last && chunk->decode_time > assembler->end)
    open->gap = chunk->decode_time - assembler->end;
  open->name = cmaf_segment_name_expand (config->media_template,
      assembler->name, number + config->number_offset, chunk->decode_time);
  assembler->open = open;
  assembler->open_chunks = 0;
  assembler->is_shown = FALSE;
  assembler->number = number;
  assembler->has_last = TRUE;
  if (config->store == NULL)
    return TRUE;
  assembler->writer = cmaf_object_store_begin (config->store, open->name,
      assembler->content_type,
      config->low_latency ? CMAF_OBJECT_GROWING : CMAF_OBJECT_ATOMIC, error);
  if (assembler->writer == NULL) {
    drop_open (assembler);
    return FALSE;
  }
  return TRUE;
}

static gboolean
append_chunk (
    CmafSegmentAssembler *assembler, const CmafChunk *chunk, GError **error)
{
  if (assembler->writer != NULL
      && !cmaf_object_writer_append (assembler->writer,
          (GBytes *const *)chunk->bytes->pdata, chunk->bytes->len, error)) {
    drop_open (assembler);
    return FALSE;
  }
  assembler->open->size += chunk->size;
  assembler->open->longest_chunk =
      MAX (assembler->open->longest_chunk, chunk->duration);
  assembler->open_chunks++;
  assembler->last_time = chunk->decode_time;
  assembler->end = MAX (assembler->end, chunk->decode_time + chunk->duration);
  return TRUE;
}

/* The chunk is a segment by itself, and not the first frame of a group that
 * goes on behind the edge. */
static gboolean
is_whole (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  const CmafSegmentGrid *grid = &assembler->config.grid;

  return assembler->open_chunks == 1
         && (assembler->is_gridded
             || cmaf_muldiv (2 * chunk->duration, grid->duration_d, 0,
                    assembler->timescale)
                    >= grid->duration_n);
}

static gboolean
fills_its_cell (const CmafSegmentAssembler *assembler)
{
  return cell_of (assembler, assembler->end) > assembler->number;
}

/* @chunk was appended last. An edge is moved by half a segment at most. */
static gboolean
is_at_end (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  const CmafSegmentGrid *grid = &assembler->config.grid;
  const guint64 half = cmaf_muldiv (
      grid->duration_n, assembler->timescale, 0, 2 * grid->duration_d);

  if (!assembler->is_as_cut)
    return fills_its_cell (assembler);
  return cmaf_segment_marks_end (assembler->track, chunk)
         && cell_of (assembler, assembler->end + half) > assembler->number;
}

/* Nothing more can come into the open segment. Of video in several chunks that
 * is not known before the next one, unless it is marked: it may miss its key
 * frame and go on. */
static gboolean
is_complete (const CmafSegmentAssembler *assembler, const CmafChunk *chunk)
{
  if ((chunk->flags & CMAF_CHUNK_LAST) != 0)
    return TRUE;
  return (!assembler->is_video || is_whole (assembler, chunk)
             || (chunk->marks & CMAF_MARK_ENDS) != 0)
         && is_at_end (assembler, chunk);
}

/* Who sent the segment was told that it has arrived: it stays, whatever becomes
 * of this process before the next one begins. */
static gboolean
show_if_full (CmafSegmentAssembler *assembler, GError **error)
{
  if (assembler->is_shown || assembler->writer == NULL || !assembler->is_gridded
      || !fills_its_cell (assembler))
    return TRUE;
  assembler->is_shown = TRUE;
  return cmaf_object_writer_show (assembler->writer, error);
}

gboolean
cmaf_segment_assembler_push (CmafSegmentAssembler *assembler, CmafChunk *chunk,
    GQueue *done, GError **warning, GError **error)
{
  g_autofree gchar *fault = find_fault (assembler, chunk);

  if (fault != NULL) {
    drop_chunk (assembler, chunk, fault, warning);
    return TRUE;
  }
  assembler->is_dropping = FALSE;
  if (starts_segment (assembler, chunk)
      && (!cmaf_segment_assembler_flush (assembler, done, error)
          || !open_segment (assembler, chunk, error)))
    return FALSE;
  if (!append_chunk (assembler, chunk, error))
    return FALSE;
  if (is_complete (assembler, chunk))
    return cmaf_segment_assembler_flush (assembler, done, error);
  return show_if_full (assembler, error);
}
