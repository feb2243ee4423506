/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each source has a queue; `expected` is the decode time that comes out next.
 * What is older is dropped, what is newer waits. Who delivers:
 *
 *   a chunk that starts a segment   the first source that has it
 *   a later chunk of the segment    the source that began it, while it lives
 *   nobody within gap_hold          the next start of a segment: a gap
 *
 * The last chunk of a source that ends (lmsg), and filler (slat), come out only
 * when no other source has something better. */
#include "track-merger.h"

#include "segment-history.h"
#include "timescale.h"

#define NO_TICKS G_MAXUINT64
#define NO_SOURCE G_MAXUINT
/* A source that was silent longer does not stand for the timeline. */
#define ACTIVE (10 * GST_SECOND)
/* A source that falls back so far has begun a new timeline. */
#define RESTART (10 * GST_SECOND)
/* Sources that are so far apart do not send the same programme. */
#define APART (60 * GST_SECOND)

typedef struct
{
  CmafChunk *chunk;
  GstClockTime arrival;
  gboolean starts_segment;
} Item;

typedef struct
{
  guint id;
  gboolean is_gone;
  gboolean has_ended;
  GQueue items;     /* of Item */
  guint64 position; /* end of the last chunk received */
  GstClockTime last_push;
  guint copy_used; /* chunks of the running copy of a segment */
  guint copy_dropped;
  CmafMergeStats stats;
} Source;

struct _CmafTrackMerger
{
  CmafTrackMergerConfig config;
  GPtrArray *sources;
  guint64 expected;
  guint current;       /* source of the running segment */
  gboolean has_starts; /* the track labels the starts of its segments */
  gboolean is_finishing;
  gsize n_pending; /* bytes */
  GstClockTime last_pop;
  GstClockTime deadline;
  guint64 gap_from, gap; /* in front of the next chunk */
  CmafSegmentHistory history;
  CmafMergeStats stats;
};

static void
free_item (Item *item)
{
  cmaf_chunk_unref (item->chunk);
  g_free (item);
}

static void
free_source (Source *source)
{
  g_queue_clear_full (&source->items, (GDestroyNotify)free_item);
  g_free (source);
}

static guint64
ticks (const CmafTrackMerger *self, GstClockTime time)
{
  return cmaf_ticks_from_ns (time, self->config.timescale);
}

static Source *
find_source (const CmafTrackMerger *self, guint id)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);

    if (source->id == id)
      return source;
  }
  return NULL;
}

static gboolean
may_send (const Source *source)
{
  return !source->is_gone && !source->has_ended;
}

static gboolean
others_may_send (const CmafTrackMerger *self, const Source *source)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *other = g_ptr_array_index (self->sources, i);

    if (other != source && may_send (other))
      return TRUE;
  }
  return FALSE;
}

/* ---- accounts ---- */

/* A copy of a segment of which nothing was needed is a duplicate. */
static void
close_copy (CmafTrackMerger *self, Source *source)
{
  if (source->copy_used == 0 && source->copy_dropped > 0) {
    source->stats.n_duplicates++;
    self->stats.n_duplicates++;
  }
  source->copy_used = source->copy_dropped = 0;
}

/* Copies that nothing can be added to. */
static void
close_copies (CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);

    if (g_queue_is_empty (&source->items)
        && (self->is_finishing || !may_send (source)))
      close_copy (self, source);
  }
}

static void
count_dropped (CmafTrackMerger *self, Source *source)
{
  source->stats.n_dropped++;
  self->stats.n_dropped++;
}

static void
count_duplicate (CmafTrackMerger *self, Source *source, gboolean starts_segment)
{
  if (starts_segment)
    close_copy (self, source);
  source->copy_dropped++;
  count_dropped (self, source);
}

static void
count_used (CmafTrackMerger *self, Source *source, const Item *item)
{
  if (item->starts_segment) {
    close_copy (self, source);
    source->stats.n_segments++;
    self->stats.n_segments++;
  }
  source->copy_used++;
  source->stats.n_chunks++;
  self->stats.n_chunks++;
  source->stats.n_bytes += item->chunk->size;
  self->stats.n_bytes += item->chunk->size;
}

static Item *
take_first (CmafTrackMerger *self, Source *source)
{
  Item *item = g_queue_pop_head (&source->items);

  self->n_pending -= item->chunk->size;
  return item;
}

static void
drop_duplicate (CmafTrackMerger *self, Source *source)
{
  Item *item = take_first (self, source);

  count_duplicate (self, source, item->starts_segment);
  free_item (item);
}

static void
drop_all (CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);

    while (!g_queue_is_empty (&source->items)) {
      free_item (take_first (self, source));
      count_dropped (self, source);
    }
  }
}

/* ---- time ---- */

/* Half a sample: what rounding may do to a decode time. */
static guint64
tolerance (const CmafTrackMerger *self, const CmafChunk *chunk)
{
  guint64 sample = chunk->n_samples > 0 ? chunk->samples[0].duration : 0;

  return MIN (sample / 2, self->config.timescale / 20);
}

static gboolean
is_old (const CmafTrackMerger *self, const CmafChunk *chunk)
{
  return self->expected != NO_TICKS
         && chunk->decode_time + tolerance (self, chunk) < self->expected;
}

static gboolean
is_due (const CmafTrackMerger *self, const CmafChunk *chunk)
{
  return self->expected != NO_TICKS && !is_old (self, chunk)
         && chunk->decode_time <= self->expected + tolerance (self, chunk);
}

/* From @since on; at once when there is no room or time to wait. */
static gboolean
has_waited (CmafTrackMerger *self, GstClockTime since, GstClockTime hold,
    GstClockTime now)
{
  if (self->is_finishing || self->n_pending > self->config.max_pending
      || now >= since + hold)
    return TRUE;
  self->deadline = MIN (self->deadline, since + hold);
  return FALSE;
}

/* ---- choosing ---- */

static gboolean
is_weak (const Item *item)
{
  return (item->chunk->flags & (CMAF_CHUNK_LAST | CMAF_CHUNK_SLATE)) != 0;
}

static gboolean
is_better (const Item *a, const Item *b)
{
  if (a->starts_segment != b->starts_segment)
    return a->starts_segment;
  if (is_weak (a) != is_weak (b))
    return is_weak (b);
  if (is_weak (a) && a->chunk->duration != b->chunk->duration)
    return a->chunk->duration > b->chunk->duration;
  return a->arrival < b->arrival;
}

/* May @source deliver its first chunk, which is due? */
static gboolean
may_deliver (CmafTrackMerger *self, const Source *source, GstClockTime now)
{
  const Item *item = g_queue_peek_head ((GQueue *)&source->items);
  const Source *current = find_source (self, self->current);
  GstClockTime hold = item->chunk->flags & CMAF_CHUNK_LAST
                          ? self->config.gap_hold
                          : self->config.merge_hold;

  if (is_weak (item) && others_may_send (self, source)
      && !has_waited (self, item->arrival, hold, now))
    return FALSE;
  if (item->starts_segment || current == source || current == NULL
      || !may_send (current))
    return TRUE;
  return has_waited (
      self, MAX (item->arrival, self->last_pop), self->config.merge_hold, now);
}

static Source *
choose_due (CmafTrackMerger *self, GstClockTime now)
{
  Source *best = NULL;

  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    Item *item = g_queue_peek_head (&source->items);

    if (item == NULL || !is_due (self, item->chunk)
        || !may_deliver (self, source, now))
      continue;
    if (best == NULL || is_better (item, g_queue_peek_head (&best->items)))
      best = source;
  }
  return best;
}

static void
drop_old (CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    Item *item;

    while ((item = g_queue_peek_head (&source->items)) != NULL
           && is_old (self, item->chunk))
      drop_duplicate (self, source);
  }
}

/* The earliest chunk that starts a segment, and when the first of what waits
 * came. */
static const Item *
find_next_start (const CmafTrackMerger *self, GstClockTime *since)
{
  const Item *best = NULL;

  *since = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *source = g_ptr_array_index (self->sources, i);

    for (const GList *l = source->items.head; l != NULL; l = l->next) {
      const Item *item = l->data;

      *since = MIN (*since, item->arrival);
      if (item->starts_segment) {
        if (best == NULL || item->chunk->decode_time < best->chunk->decode_time)
          best = item;
        break;
      }
    }
  }
  return best;
}

static gboolean
has_due (const CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *source = g_ptr_array_index (self->sources, i);
    const Item *item = g_queue_peek_head ((GQueue *)&source->items);

    if (item != NULL && is_due (self, item->chunk))
      return TRUE;
  }
  return FALSE;
}

/* Goes on at the next start of a segment; TRUE when it did. */
static gboolean
skip (CmafTrackMerger *self, GstClockTime now)
{
  GstClockTime since;
  const Item *next = find_next_start (self, &since);

  if (next == NULL) {
    if (self->is_finishing || self->n_pending > self->config.max_pending)
      drop_all (self); /* middles of segments are of no use */
    return FALSE;
  }
  if (self->expected != NO_TICKS) {
    since = MAX (since, self->last_pop);
    if (!has_waited (self, since, self->config.gap_hold, now))
      return FALSE;
    self->gap_from = self->expected;
    self->gap = next->chunk->decode_time - self->expected;
    self->stats.n_gaps++;
    self->stats.gap_ticks += self->gap;
  }
  self->expected = next->chunk->decode_time;
  self->current = NO_SOURCE;
  return TRUE;
}

static void
deliver (CmafTrackMerger *self, Source *source, GstClockTime now,
    CmafMergedChunk *out)
{
  Item *item = take_first (self, source);
  gboolean is_first = self->stats.n_chunks == 0;

  count_used (self, source, item);
  if (!item->starts_segment && self->current != NO_SOURCE
      && self->current != source->id)
    self->stats.n_switches++;
  out->chunk = cmaf_chunk_ref (item->chunk);
  out->source = source->id;
  out->starts_segment = item->starts_segment;
  out->is_discont = is_first || self->current == NO_SOURCE;
  out->gap_from = self->gap_from;
  out->gap = self->gap;
  self->gap_from = self->gap = 0;
  self->expected = item->chunk->decode_time + item->chunk->duration;
  self->current = source->id;
  self->last_pop = now;
  free_item (item);
  drop_old (self);
  out->is_last = (out->chunk->flags & CMAF_CHUNK_LAST) != 0
                 && cmaf_track_merger_is_ended (self);
}

gboolean
cmaf_track_merger_pop (
    CmafTrackMerger *self, GstClockTime now, CmafMergedChunk *out)
{
  Source *source;

  self->deadline = GST_CLOCK_TIME_NONE;
  drop_old (self);
  source = choose_due (self, now);
  if (source == NULL && !has_due (self) && skip (self, now)) {
    drop_old (self);
    source = choose_due (self, now);
  }
  if (source == NULL) {
    close_copies (self);
    return FALSE;
  }
  deliver (self, source, now, out);
  return TRUE;
}

GstClockTime
cmaf_track_merger_get_deadline (const CmafTrackMerger *self)
{
  return self->deadline;
}

/* ---- input ---- */

/* Does @other send what is expected? */
static gboolean
is_active (const CmafTrackMerger *self, const Source *other, GstClockTime now)
{
  return may_send (other) && other->position != NO_TICKS
         && now < other->last_push + ACTIVE
         && other->position + ticks (self, APART) >= self->expected;
}

static gboolean
are_apart (const CmafTrackMerger *self, guint64 a, guint64 b)
{
  guint64 far = ticks (self, APART);

  return a + far < b || b + far < a;
}

/* From all others, and there are some, and from where it was. What waits behind
 * a hole may be far from what is expected. */
static gboolean
is_apart (const CmafTrackMerger *self, const Source *source,
    const CmafChunk *chunk, GstClockTime now, gboolean *has_others)
{
  gboolean is = are_apart (self, chunk->decode_time, self->expected)
                && (source->position == NO_TICKS
                    || are_apart (self, chunk->decode_time, source->position));

  *has_others = FALSE;
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *other = g_ptr_array_index (self->sources, i);

    if (other == source || !is_active (self, other, now))
      continue;
    *has_others = TRUE;
    is = is && are_apart (self, chunk->decode_time, other->position);
  }
  return is && *has_others;
}

/* A sender that begins anew with an earlier time, as one that counts from its
 * start does. A sender that is merely late goes on where it was, and what is
 * sent again has been there. */
static gboolean
is_restart (const CmafTrackMerger *self, const Source *source,
    const CmafChunk *chunk, GstClockTime now)
{
  guint64 end = chunk->decode_time + ticks (self, RESTART);

  return end < self->expected
         && (source->position == NO_TICKS || end < source->position)
         && !cmaf_segment_history_is_repeated (&self->history, chunk, now);
}

static void
forget_timeline (CmafTrackMerger *self)
{
  drop_all (self);
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);

    source->position = NO_TICKS;
  }
  cmaf_segment_history_forget (&self->history);
  self->expected = NO_TICKS;
  self->current = NO_SOURCE;
}

static gboolean
starts_segment (CmafTrackMerger *self, const CmafChunk *chunk)
{
  if (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) {
    self->has_starts = TRUE;
    return TRUE;
  }
  if ((chunk->flags & CMAF_CHUNK_HAS_STYP) && self->has_starts)
    return FALSE;
  return (chunk->flags & CMAF_CHUNK_SYNC) != 0;
}

/* In order of time: what is sent again may be older than what waits. FALSE
 * when it waits already. */
static gboolean
insert (CmafTrackMerger *self, Source *source, CmafChunk *chunk,
    gboolean starts, GstClockTime now)
{
  GList *after = source->items.tail;
  Item *item;

  while (after != NULL
         && ((Item *)after->data)->chunk->decode_time > chunk->decode_time)
    after = after->prev;
  if (after != NULL && chunk->duration > 0
      && ((Item *)after->data)->chunk->decode_time == chunk->decode_time)
    return FALSE;
  item = g_new0 (Item, 1);
  item->chunk = cmaf_chunk_ref (chunk);
  item->arrival = now;
  item->starts_segment = starts;
  if (after != NULL)
    g_queue_insert_after (&source->items, after, item);
  else
    g_queue_push_head (&source->items, item);
  self->n_pending += chunk->size;
  return TRUE;
}

/* Takes a new timeline up, if it is one. */
static gboolean
is_misaligned (CmafTrackMerger *self, const Source *source,
    const CmafChunk *chunk, GstClockTime now)
{
  gboolean has_others;

  if (self->expected == NO_TICKS)
    return FALSE;
  if (is_apart (self, source, chunk, now, &has_others))
    return TRUE;
  if (!has_others && is_restart (self, source, chunk, now))
    forget_timeline (self);
  return FALSE;
}

/* What is to be done with a chunk; leaves it to the caller to do it. */
static CmafMergeVerdict
judge (CmafTrackMerger *self, Source *source, CmafChunk *chunk, gboolean starts,
    GstClockTime now)
{
  if (is_misaligned (self, source, chunk, now))
    return CMAF_MERGE_MISALIGNED;
  source->position = chunk->decode_time + chunk->duration;
  if (is_old (self, chunk))
    return CMAF_MERGE_DUPLICATE;
  if (self->is_finishing) {
    forget_timeline (self);
    self->is_finishing = FALSE;
  }
  if (starts)
    cmaf_segment_history_add (&self->history, chunk, now);
  if (self->expected == NO_TICKS && !starts
      && g_queue_is_empty (&source->items))
    return CMAF_MERGE_UNUSABLE;
  if (!insert (self, source, chunk, starts, now))
    return CMAF_MERGE_DUPLICATE;
  return CMAF_MERGE_TAKEN;
}

CmafMergeVerdict
cmaf_track_merger_push (
    CmafTrackMerger *self, guint id, CmafChunk *chunk, GstClockTime now)
{
  Source *source = find_source (self, id);
  gboolean starts = starts_segment (self, chunk);
  CmafMergeVerdict verdict;

  g_return_val_if_fail (source != NULL, CMAF_MERGE_UNUSABLE);

  source->has_ended = (chunk->flags & CMAF_CHUNK_LAST) != 0;
  source->last_push = now;
  verdict = judge (self, source, chunk, starts, now);
  if (verdict == CMAF_MERGE_DUPLICATE)
    count_duplicate (self, source, starts);
  else if (verdict != CMAF_MERGE_TAKEN)
    count_dropped (self, source);
  return verdict;
}

void
cmaf_track_merger_add_source (CmafTrackMerger *self, guint id)
{
  Source *source = find_source (self, id);

  if (source == NULL) {
    source = g_new0 (Source, 1);
    source->id = id;
    source->position = NO_TICKS;
    g_queue_init (&source->items);
    g_ptr_array_add (self->sources, source);
  }
  source->is_gone = FALSE;
}

void
cmaf_track_merger_remove_source (CmafTrackMerger *self, guint id)
{
  Source *source = find_source (self, id);

  if (source != NULL)
    source->is_gone = TRUE;
  close_copies (self);
}

void
cmaf_track_merger_end_source (CmafTrackMerger *self, guint id)
{
  Source *source = find_source (self, id);

  if (source != NULL)
    source->has_ended = TRUE;
  close_copies (self);
}

gboolean
cmaf_track_merger_is_ended (const CmafTrackMerger *self)
{
  gboolean has_ended = FALSE;

  for (guint i = 0; i < self->sources->len; i++) {
    const Source *source = g_ptr_array_index (self->sources, i);

    if (may_send (source) || !g_queue_is_empty ((GQueue *)&source->items))
      return FALSE;
    has_ended = has_ended || source->has_ended;
  }
  return has_ended;
}

gboolean
cmaf_track_merger_has_pending (const CmafTrackMerger *self, guint id)
{
  Source *source = find_source (self, id);

  return source != NULL && !g_queue_is_empty (&source->items);
}

void
cmaf_track_merger_finish (CmafTrackMerger *self)
{
  self->is_finishing = TRUE;
  close_copies (self);
}

/* ---- the merger ---- */

void
cmaf_track_merger_config_init (CmafTrackMergerConfig *config, guint32 timescale)
{
  config->timescale = timescale;
  config->merge_hold = 500 * GST_MSECOND;
  config->gap_hold = 2 * GST_SECOND;
  config->max_pending = 64 * 1024 * 1024;
}

CmafTrackMerger *
cmaf_track_merger_new (const CmafTrackMergerConfig *config)
{
  CmafTrackMerger *self = g_new0 (CmafTrackMerger, 1);

  self->config = *config;
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify)free_source);
  self->expected = NO_TICKS;
  self->current = NO_SOURCE;
  self->deadline = GST_CLOCK_TIME_NONE;
  return self;
}

void
cmaf_track_merger_free (CmafTrackMerger *self)
{
  cmaf_segment_history_clear (&self->history);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

const CmafMergeStats *
cmaf_track_merger_get_stats (const CmafTrackMerger *self)
{
  return &self->stats;
}

const CmafMergeStats *
cmaf_track_merger_get_source_stats (const CmafTrackMerger *self, guint id)
{
  const Source *source = find_source (self, id);

  return source ? &source->stats : NULL;
}
