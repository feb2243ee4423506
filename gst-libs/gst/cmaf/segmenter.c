/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Units + grid -> what to cut, and which key frames to ask for.
 *
 * The j-th unit of a video segment, in decode order, is decoded at unit
 * start + j; reordering shows in composition offsets alone, so encoders of
 * different depth agree. An audio unit is decoded at its own number. What is
 * missing lengthens the sample before it; what is missing before a boundary
 * never moves the boundary. */
#include <gst/cmaf/box-types.h>
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/timescale.h>

/* Cells that a stream may take to deliver a key frame on a boundary, before any
 * key frame will do: encoders look ahead, so the first requests come late. */
#define START_PATIENCE 3
/* Boundaries for which key frames are asked ahead. */
#define KEY_FRAMES_AHEAD 5
#define MAX_SPLITS 64

typedef enum
{
  STATE_WAITING,  /* for the first whole segment */
  STATE_SKIPPING, /* for a key frame on a boundary, CMAF_MISSED_DROP */
  STATE_OPEN,     /* in a segment */
} State;

typedef struct
{
  guint64 unit;
  gboolean at_key_frame;
} Split;

struct _CmafSegmenter
{
  CmafSegmenterConfig config;
  State state;

  gboolean has_origin;
  guint64 origin;   /* cell in which waiting began */
  guint64 floor;    /* nothing before this unit any more */
  gboolean resumes; /* a gap ended the segment before */
  guint64 missed;   /* newest cell that was reported for its key frame */

  guint64 number;      /* K of the open segment */
  guint64 start;       /* its first unit in decode time */
  guint64 last;        /* latest unit in it by presentation */
  guint count;         /* units in it */
  guint64 void_end;    /* no unit between @last and this one will come */
  guint64 n_void;      /* units that were said not to come */
  guint chunk;         /* c of the open chunk */
  guint chunk_first;   /* @count when it began */
  guint64 chunk_unit;  /* its first unit in decode time */
  gboolean is_sync;    /* the segment began with a key frame */
  gboolean is_aligned; /* it began where the grid says */

  GArray *samples; /* CmafSample: of the open chunk */
  guint64 n_bytes; /* of those */
  GArray *units;   /* guint64: their numbers */
  GArray *splits;  /* Split, by unit */
  GArray *closed;  /* CmafSample: lent out with a CmafCutFragment */
};

CmafSegmenter *
cmaf_segmenter_new (const CmafSegmenterConfig *config)
{
  CmafSegmenter *s = g_new0 (CmafSegmenter, 1);

  s->config = *config;
  s->samples = g_array_new (FALSE, FALSE, sizeof (CmafSample));
  s->units = g_array_new (FALSE, FALSE, sizeof (guint64));
  s->splits = g_array_new (FALSE, FALSE, sizeof (Split));
  s->closed = g_array_new (FALSE, FALSE, sizeof (CmafSample));
  return s;
}

void
cmaf_segmenter_free (CmafSegmenter *s)
{
  g_array_unref (s->samples);
  g_array_unref (s->units);
  g_array_unref (s->splits);
  g_array_unref (s->closed);
  g_free (s);
}

static guint64
cell_of (const CmafSegmenter *s, guint64 unit)
{
  return cmaf_segment_grid_number_of_unit (
      &s->config.grid, &s->config.units, unit);
}

static guint64
first_unit (const CmafSegmenter *s, guint64 number)
{
  return cmaf_segment_grid_first_unit (
      &s->config.grid, &s->config.units, number);
}

void
cmaf_segmenter_set_phase (CmafSegmenter *s, guint32 phase)
{
  const guint64 cell = cell_of (s, s->floor);

  g_return_if_fail (s->state != STATE_OPEN);
  g_return_if_fail (phase < s->config.units.unit_ticks);

  s->config.units.phase = phase;
  if (s->floor > 0)
    s->floor = first_unit (s, cell);
}

/* Where the open segment ends when nothing is known of what follows. */
static guint64
natural_end (const CmafSegmenter *s)
{
  return first_unit (s, MAX (cell_of (s, s->last), s->number) + 1);
}

/* ---- closing ---- */

static guint64
sample_position (const CmafSegmenter *s, guint i)
{
  if (s->config.needs_key_frames)
    return s->chunk_unit + i;
  return g_array_index (s->units, guint64, i);
}

/* Where @unit is decoded if it is the next one of the open chunk. */
static guint64
next_position (const CmafSegmenter *s, const CmafUnit *unit)
{
  if (s->config.needs_key_frames)
    return s->chunk_unit + s->samples->len;
  return unit->unit;
}

/* Durations and composition offsets of the open chunk, which lasts until unit
 * @end. Units that do not fit, which takes a stream with more frames than its
 * frame rate allows, share the time evenly. */
static void
time_samples (CmafSegmenter *s, guint64 end)
{
  const guint32 d = s->config.units.unit_ticks;
  const guint n = s->samples->len;
  const guint64 base = s->chunk_unit * d;
  const guint64 span = MAX ((gint64)(end - s->chunk_unit) * d, n);
  const gboolean fits = sample_position (s, n - 1) < end;
  guint64 at = base, next;
  guint i;

  for (i = 0; i < n; i++) {
    CmafSample *sample = &g_array_index (s->samples, CmafSample, i);
    const guint64 presented = g_array_index (s->units, guint64, i) * d;

    if (!fits)
      next = base + cmaf_muldiv (span, i + 1, 0, n);
    else if (i + 1 < n)
      next = sample_position (s, i + 1) * d;
    else
      next = base + span;
    sample->duration = next - at;
    sample->composition_offset =
        s->config.needs_key_frames ? (gint64)(presented - at) : 0;
    at = next;
  }
}

static guint
sap_type (const CmafSegmenter *s)
{
  const guint64 first = g_array_index (s->units, guint64, 0);
  guint i;

  if (g_array_index (s->samples, CmafSample, 0).flags & CMAF_SAMPLE_IS_NON_SYNC)
    return 0;
  for (i = 1; i < s->units->len; i++) {
    if (g_array_index (s->units, guint64, i) < first)
      return 2;
  }
  return 1;
}

static void
describe (CmafSegmenter *s, guint64 end, CmafCutFragment *f)
{
  const guint32 d = s->config.units.unit_ticks;
  GArray *lent = s->closed;
  guint i;

  time_samples (s, end);
  memset (f, 0, sizeof (*f));
  f->number = s->number;
  f->chunk = s->chunk;
  f->decode_time = s->chunk_unit * d + s->config.units.phase;
  f->first_presentation_time =
      g_array_index (s->units, guint64, 0) * d + s->config.units.phase;
  f->sap_type = sap_type (s);
  f->starts_segment = s->chunk_first == 0;

  s->closed = s->samples;
  s->samples = lent;
  g_array_set_size (s->samples, 0);
  g_array_set_size (s->units, 0);
  s->n_bytes = 0;
  f->samples = (const CmafSample *)s->closed->data;
  f->n_samples = s->closed->len;
  for (i = 0; i < f->n_samples; i++)
    f->duration += f->samples[i].duration;
}

static void
close_chunk (CmafSegmenter *s, guint64 end, CmafCutFragment *fragment)
{
  describe (s, end, fragment);
  fragment->is_aligned = s->is_aligned;
  s->chunk_first = s->count;
  s->chunk_unit = end;
}

/* FALSE when all units of the segment were sent in chunks. */
static gboolean
close_segment (CmafSegmenter *s, guint64 end, CmafCutFragment *fragment)
{
  const gboolean has_units = s->samples->len > 0;

  if (has_units) {
    describe (s, end, fragment);
    fragment->ends_segment = TRUE;
    fragment->is_aligned =
        s->is_aligned && end == first_unit (s, s->number + 1);
  }
  s->floor = end;
  s->origin = cell_of (s, end - 1);
  s->has_origin = TRUE;
  s->resumes = FALSE;
  s->state = STATE_WAITING;
  return has_units;
}

/* ---- opening ---- */

/* Forgets the splits that @unit has reached. */
static gboolean
reaches_split (CmafSegmenter *s, const CmafUnit *unit)
{
  gboolean reached = FALSE;
  guint i = 0;

  while (i < s->splits->len) {
    const Split *split = &g_array_index (s->splits, Split, i);

    if (unit->unit >= split->unit && (unit->is_sync || !split->at_key_frame)) {
      reached = TRUE;
      g_array_remove_index (s->splits, i);
    } else {
      i++;
    }
  }
  return reached;
}

static void
add (CmafSegmenter *s, const CmafUnit *unit)
{
  CmafSample sample = { .size = unit->size,
    .flags =
        unit->is_sync ? CMAF_SAMPLE_FLAGS_SYNC : CMAF_SAMPLE_FLAGS_NON_SYNC };

  g_array_append_val (s->samples, sample);
  s->n_bytes += unit->size;
  g_array_append_val (s->units, unit->unit);
  s->last = s->count == 0 ? unit->unit : MAX (s->last, unit->unit);
  s->count++;
}

/* c of the unit that is decoded at @position: all encoders cut audio alike,
 * whatever is missing at its start */
static guint
chunk_of (const CmafSegmenter *s, guint64 position)
{
  const guint64 start =
      s->config.needs_key_frames ? s->start : first_unit (s, s->number);

  if (s->config.chunk_units == 0)
    return 0;
  return (position - start) / s->config.chunk_units;
}

static void
open_segment (CmafSegmenter *s, guint64 start, const CmafUnit *unit)
{
  s->state = STATE_OPEN;
  s->number = cell_of (s, start);
  s->start = start;
  s->count = 0;
  s->n_void = 0;
  s->void_end = start;
  s->chunk = chunk_of (s, start);
  s->chunk_first = 0;
  s->chunk_unit = start;
  s->is_sync = unit->is_sync;
  s->is_aligned = unit->is_sync && start == first_unit (s, s->number);
  s->missed = MAX (s->missed, s->number);
  add (s, unit);
}

static gboolean
may_start (const CmafSegmenter *s, const CmafUnit *unit)
{
  const guint64 cell = cell_of (s, unit->unit);
  const guint patience = s->config.needs_key_frames ? START_PATIENCE : 0;

  if (unit->unit < s->floor)
    return FALSE;
  if (s->resumes && s->config.missed_key_frame == CMAF_MISSED_CUT)
    return TRUE;
  if (!unit->is_sync)
    return FALSE;
  if (s->resumes || unit->unit == first_unit (s, cell))
    return TRUE;
  if (s->state == STATE_SKIPPING
      || (s->config.needs_key_frames
          && s->config.missed_key_frame == CMAF_MISSED_DROP))
    return FALSE;
  if (s->config.starts_at_zero && cell == 0 && s->floor == 0)
    return TRUE;
  return cell > s->origin + patience;
}

/* TRUE once for each cell that has no key frame at its start. */
static gboolean
note_missed (CmafSegmenter *s, guint64 cell)
{
  if (cell <= s->missed)
    return FALSE;
  s->missed = cell;
  return TRUE;
}

static void
push_waiting (CmafSegmenter *s, const CmafUnit *unit, CmafVerdict *verdict)
{
  const guint64 cell = cell_of (s, unit->unit);
  guint64 start = unit->unit;

  if (!s->has_origin) {
    s->has_origin = TRUE;
    s->origin = cell;
    s->missed = cell;
  }
  if (may_start (s, unit)) {
    if (s->config.needs_key_frames && s->resumes)
      start = first_unit (s, cell); /* what is missing there, the gap ate */
    verdict->missed_key_frame =
        s->config.needs_key_frames
        && (start != first_unit (s, cell) || !unit->is_sync)
        && note_missed (s, cell);
    reaches_split (s, unit);
    open_segment (s, start, unit);
    return;
  }
  if (s->state == STATE_SKIPPING) {
    verdict->fate = CMAF_UNIT_SKIPPED;
    verdict->missed_key_frame = note_missed (s, cell);
  } else {
    verdict->fate = CMAF_UNIT_BEFORE_START;
  }
}

/* ---- in a segment ---- */

/* A key frame, or an audio unit, of a later cell. A boundary that no video
 * frame has crossed stays where it is: what is missing there is missing from
 * the input. Otherwise the new segment begins with its first unit. */
static void
next_segment (CmafSegmenter *s, const CmafUnit *unit, CmafVerdict *verdict,
    CmafCutFragment *fragment)
{
  const guint64 cell = cell_of (s, unit->unit);
  const guint64 last_cell = MAX (cell_of (s, s->last), s->number);
  guint64 end = unit->unit, start = unit->unit;

  if (s->config.needs_key_frames && last_cell < cell) {
    end = natural_end (s);
    start = first_unit (s, cell);
  } else if (last_cell + 1 < cell) {
    end = natural_end (s); /* whole cells of audio are missing */
  }
  if (close_segment (s, end, fragment))
    verdict->cut = CMAF_CUT_SEGMENT;
  open_segment (s, start, unit);
}

static void
start_skipping (
    CmafSegmenter *s, CmafVerdict *verdict, CmafCutFragment *fragment)
{
  if (close_segment (s, first_unit (s, s->number + 1), fragment))
    verdict->cut = CMAF_CUT_SEGMENT;
  s->state = STATE_SKIPPING;
  verdict->fate = CMAF_UNIT_SKIPPED;
}

static CmafUnitFate
stretch (const CmafSegmenter *s, const CmafUnit *unit)
{
  const guint64 ticks =
      (unit->unit - first_unit (s, s->number + 1)) * s->config.units.unit_ticks;

  if (ticks > CMAF_STRETCH_MAX_SECONDS * (guint64)s->config.units.timescale)
    return CMAF_UNIT_TOO_LATE;
  if (chunk_of (s, next_position (s, unit)) == s->chunk
      && s->n_bytes + unit->size > CMAF_STRETCH_MAX_BYTES)
    return CMAF_UNIT_TOO_MUCH;
  return CMAF_UNIT_KEPT;
}

/* @unit is no key frame and lies in a later cell than the segment. */
static gboolean
miss_key_frame (CmafSegmenter *s, const CmafUnit *unit, CmafVerdict *verdict,
    CmafCutFragment *fragment)
{
  verdict->missed_key_frame = note_missed (s, cell_of (s, unit->unit));
  switch (s->config.missed_key_frame) {
    case CMAF_MISSED_FAIL:
      verdict->fate = CMAF_UNIT_REFUSED;
      return TRUE;
    case CMAF_MISSED_DROP:
      start_skipping (s, verdict, fragment);
      return TRUE;
    case CMAF_MISSED_STRETCH:
      verdict->fate = stretch (s, unit);
      return verdict->fate != CMAF_UNIT_KEPT;
    case CMAF_MISSED_CUT:
      return FALSE;
  }
  return FALSE;
}

/* CMAF_MISSED_CUT: with reordering no unit parts the two segments cleanly, so
 * they are parted by count: each has the units its place in time allows. */
static gboolean
cut_without_key_frame (CmafSegmenter *s, const CmafUnit *unit,
    CmafVerdict *verdict, CmafCutFragment *fragment)
{
  const guint64 end = first_unit (s, s->number + 1);
  const guint64 cell = cell_of (s, unit->unit);

  if (s->config.missed_key_frame != CMAF_MISSED_CUT || s->missed <= s->number)
    return FALSE;
  if (next_position (s, unit) < end && unit->unit < end + CMAF_MAX_REORDER)
    return FALSE;
  if (close_segment (s, end, fragment))
    verdict->cut = CMAF_CUT_SEGMENT;
  open_segment (s, cell > s->number + 1 ? first_unit (s, cell) : end, unit);
  return TRUE;
}

/* Presented before its segment, or before what was sent of it. */
static gboolean
is_leading (const CmafSegmenter *s, const CmafUnit *unit)
{
  if (s->config.needs_key_frames)
    return s->is_sync && unit->unit < s->start;
  return unit->unit < s->chunk_unit;
}

/* Units for which there is no time left share that of the last chunk. */
static void
maybe_cut_chunk (CmafSegmenter *s, const CmafUnit *unit, CmafVerdict *verdict,
    CmafCutFragment *fragment)
{
  const guint64 position = next_position (s, unit);
  const guint64 end =
      first_unit (s, cell_of (s, MAX (s->last, unit->unit)) + 1);
  const guint chunk = chunk_of (s, position);
  const gboolean is_split = reaches_split (s, unit);

  if (s->samples->len == 0) { /* a gap ended the chunk before */
    s->chunk = chunk;
    s->chunk_unit = position;
  } else if ((chunk > s->chunk || is_split) && position < end) {
    close_chunk (s, position, fragment);
    s->chunk = chunk;
    verdict->cut = CMAF_CUT_CHUNK;
  }
  add (s, unit);
}

static void
push_open (CmafSegmenter *s, const CmafUnit *unit, CmafVerdict *verdict,
    CmafCutFragment *fragment)
{
  const gboolean crosses = cell_of (s, unit->unit) > s->number;

  if (crosses && (unit->is_sync || !s->config.needs_key_frames)) {
    reaches_split (s, unit);
    next_segment (s, unit, verdict, fragment);
    return;
  }
  if (crosses && miss_key_frame (s, unit, verdict, fragment))
    return;
  if (cut_without_key_frame (s, unit, verdict, fragment)) {
    reaches_split (s, unit);
    return;
  }
  if (is_leading (s, unit)) {
    verdict->fate = CMAF_UNIT_LEADING;
    return;
  }
  maybe_cut_chunk (s, unit, verdict, fragment);
}

void
cmaf_segmenter_push (CmafSegmenter *s, const CmafUnit *unit,
    CmafVerdict *verdict, CmafCutFragment *fragment)
{
  memset (verdict, 0, sizeof (*verdict));
  if (s->state == STATE_OPEN)
    push_open (s, unit, verdict, fragment);
  else
    push_waiting (s, unit, verdict);
}

gboolean
cmaf_segmenter_drain (CmafSegmenter *s, CmafCutFragment *fragment)
{
  if (s->state != STATE_OPEN)
    return FALSE;
  return close_segment (s, natural_end (s), fragment);
}

gboolean
cmaf_segmenter_finish (CmafSegmenter *s, CmafCutFragment *fragment)
{
  if (s->state != STATE_OPEN)
    return FALSE;
  return close_segment (s, s->last + 1, fragment);
}

/* ---- gaps ---- */

static void
note_void (CmafSegmenter *s, guint64 from, guint64 end)
{
  from = MAX (from, MAX (s->last + 1, s->void_end));
  if (end <= from)
    return;
  s->n_void += end - from;
  s->void_end = end;
}

/* The unit before which nothing of the segment will come, if none of those
 * before @end that are still missing is on its way. */
static guint64
known_end (const CmafSegmenter *s, guint64 end)
{
  if (!s->config.needs_key_frames || s->count + s->n_void >= end - s->start)
    return end;
  return end - MIN (end, CMAF_MAX_REORDER);
}

static gboolean
advance_chunk (CmafSegmenter *s, guint64 end, CmafCutFragment *fragment)
{
  guint chunk;

  if (s->samples->len == 0 || end <= s->last)
    return FALSE;
  chunk = chunk_of (s, end);
  if (chunk <= s->chunk)
    return FALSE;
  if (s->config.needs_key_frames)
    end = s->start + (guint64)chunk * s->config.chunk_units;
  close_chunk (s, end, fragment);
  s->chunk = chunk;
  return TRUE;
}

gboolean
cmaf_segmenter_advance (
    CmafSegmenter *s, guint64 from, guint64 unit, CmafCutFragment *fragment)
{
  gboolean has_units;

  if (s->state != STATE_OPEN || unit <= s->last)
    return FALSE;
  note_void (s, from, unit);
  unit = known_end (s, unit);
  if (unit < natural_end (s))
    return advance_chunk (s, unit, fragment);
  has_units = close_segment (s, natural_end (s), fragment);
  s->resumes = TRUE;
  return has_units;
}

void
cmaf_segmenter_split (CmafSegmenter *s, guint64 unit, gboolean at_key_frame)
{
  const Split split = { unit, at_key_frame };

  if (s->splits->len < MAX_SPLITS)
    g_array_append_val (s->splits, split);
}

guint32
cmaf_segmenter_sequence_number (
    const CmafSegmenter *s, guint64 number, guint chunk)
{
  const CmafUnitGrid *units = &s->config.units;
  const CmafSegmentGrid *grid = &s->config.grid;
  const guint p = s->config.chunk_units;
  const guint64 halves = grid->moves ? 3 : 2; /* of a segment, at most */
  const guint64 divisor = 2 * grid->duration_d * units->unit_ticks;
  guint64 most_units, chunks;

  if (p == 0)
    return number;
  most_units = cmaf_muldiv (
      halves * grid->duration_n, units->timescale, divisor - 1, divisor);
  chunks = (most_units + p - 1) / p;
  return number * chunks + chunk;
}

/* ---- key frames ahead ---- */

void
cmaf_key_frame_plan_init (CmafKeyFramePlan *plan, const CmafSegmentGrid *grid,
    const CmafUnitGrid *units)
{
  plan->grid = *grid;
  plan->units = *units;
  plan->next = 0;
}

gboolean
cmaf_key_frame_plan_next (CmafKeyFramePlan *plan, guint64 now, guint64 *unit)
{
  const guint64 cell =
      cmaf_segment_grid_number_of_unit (&plan->grid, &plan->units, now);

  plan->next = MAX (plan->next, cell + 1);
  if (plan->next > cell + KEY_FRAMES_AHEAD)
    return FALSE;
  *unit = cmaf_segment_grid_first_unit (&plan->grid, &plan->units, plan->next);
  plan->next++;
  return TRUE;
}
