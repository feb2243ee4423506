/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each source has a queue; `expected` is the decode time that comes out next.
 * What is older is dropped, what is newer waits. Who delivers:
 *
 *   a chunk that starts a segment   the source that the policy chooses
 *   a later chunk of the segment    the source that began it, while it lives;
 *                                   then one that cuts it into the same chunks
 *   nobody within gap_hold          the next start of a segment: a gap
 *
 * The last chunk of a source that ends (lmsg), filler (slat), and a segment
 * that broke off come out only when no other source has something better. */
#include "track-merger.h"

#include "merge-source.h"
#include "segment-history.h"
#include "timescale.h"

#include <string.h>

#define NO_TICKS CMAF_MERGE_NO_TICKS
#define NO_SOURCE G_MAXUINT
/* A source that was silent longer does not stand for the timeline. */
#define ACTIVE (10 * GST_SECOND)
/* A source that falls back so far has begun a new timeline. */
#define RESTART (10 * GST_SECOND)
/* Sources that are so far apart do not send the same programme. */
#define APART (60 * GST_SECOND)

typedef CmafMergeItem Item;
typedef CmafMergeSource Source;

struct _CmafTrackMerger
{
  CmafTrackMergerConfig config;
  GPtrArray *sources;
  guint64 expected;
  guint current;        /* source of the running segment */
  CmafMergePlace place; /* of what came out last */
  guint preferred;      /* source */
  gboolean has_starts;  /* the track labels the starts of its segments */
  gboolean is_finishing;
  gsize n_pending; /* bytes */
  GstClockTime last_pop;
  GstClockTime deadline;
  guint64 gap_from, gap; /* in front of the next chunk */
  CmafSegmentHistory history;
  CmafMergeStats stats;
};

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
others_may_send (const CmafTrackMerger *self, const Source *source)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *other = g_ptr_array_index (self->sources, i);

    if (other != source && cmaf_merge_source_may_send (other))
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
        && (self->is_finishing || !cmaf_merge_source_may_send (source)))
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
  Item *item = cmaf_merge_source_pop (source);

  self->n_pending -= item->chunk->size;
  return item;
}

static void
drop_duplicate (CmafTrackMerger *self, Source *source)
{
  Item *item = take_first (self, source);

  count_duplicate (self, source, item->starts_segment);
  cmaf_merge_item_free (item);
}

static void
drop_all_of (CmafTrackMerger *self, Source *source)
{
  while (!g_queue_is_empty (&source->items)) {
    cmaf_merge_item_free (take_first (self, source));
    count_dropped (self, source);
  }
}

static void
drop_all (CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    drop_all_of (self, g_ptr_array_index (self->sources, i));
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

static gboolean
are_apart (const CmafTrackMerger *self, guint64 a, guint64 b)
{
  guint64 far = ticks (self, APART);

  return a + far < b || b + far < a;
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

/* How long something better than @item is waited for. */
static GstClockTime
hold_for (const CmafTrackMerger *self, const Item *item)
{
  if (self->is_finishing || self->n_pending > self->config.max_pending)
    return 0;
  return item->chunk->flags & CMAF_CHUNK_LAST ? self->config.gap_hold
                                              : self->config.merge_hold;
}

/* It has what comes next, and a segment begins with it. */
static gboolean
has_start (const CmafTrackMerger *self, const Source *source)
{
  const Item *item = cmaf_merge_source_peek (source);

  return item != NULL && item->starts_segment && is_due (self, item->chunk);
}

/* FALSE: nothing of this source is to be thought of. */
static gboolean
describe_copy (CmafTrackMerger *self, Source *source, GstClockTime now,
    CmafMergeCopy *copy)
{
  const Item *item = cmaf_merge_source_peek (source);
  GstClockTime silent = source->last_push + self->config.gap_hold;

  memset (copy, 0, sizeof *copy);
  copy->rank = source->rank;
  copy->is_preferred = source->id == self->preferred;
  copy->has_come = has_start (self, source);
  if (!copy->has_come)
    return item == NULL && cmaf_merge_source_may_send (source)
           && now < source->last_push + ACTIVE;
  copy->is_complete = cmaf_merge_source_is_complete (source) || source->is_gone
                      || hold_for (self, item) == 0 || now >= silent;
  copy->is_weak = is_weak (item) || cmaf_merge_source_is_cut (source);
  copy->duration = item->chunk->duration;
  copy->arrival = item->arrival;
  copy->hold = hold_for (self, item);
  if (self->config.policy != CMAF_MERGE_HASH)
    return TRUE;
  if (copy->is_complete)
    memcpy (
        copy->digest, cmaf_merge_source_hash (source), CMAF_MERGE_DIGEST_SIZE);
  else
    self->deadline = MIN (self->deadline, silent);
  return TRUE;
}

/* Whose segment comes next. */
static Source *
choose_start (CmafTrackMerger *self, GstClockTime now)
{
  CmafMergeCopy *copies = g_newa (CmafMergeCopy, self->sources->len + 1);
  Source **owners = g_newa (Source *, self->sources->len + 1);
  GstClockTime deadline;
  gboolean has_come = FALSE;
  guint n = 0;
  gint chosen;

  for (guint i = 0; i < self->sources->len; i++)
    has_come =
        has_come || has_start (self, g_ptr_array_index (self->sources, i));
  for (guint i = 0; has_come && i < self->sources->len; i++) {
    owners[n] = g_ptr_array_index (self->sources, i);
    /* it has come, and sent nothing yet */
    if (owners[n]->position == NO_TICKS && owners[n]->last_push == 0)
      owners[n]->last_push = now;
    n += describe_copy (self, owners[n], now, &copies[n]);
  }
  chosen =
      cmaf_merge_policy_choose (self->config.policy, copies, n, now, &deadline);
  self->deadline = MIN (self->deadline, deadline);
  return chosen < 0 ? NULL : owners[chosen];
}

static gboolean
continues (const CmafTrackMerger *self, const Source *source, const Item *item)
{
  return source->id == self->current
         || cmaf_merge_place_continues (
             &self->place, &item->place, item->chunk->duration);
}

/* May @source deliver its first chunk, which is due? */
static gboolean
may_deliver (CmafTrackMerger *self, const Source *source, GstClockTime now)
{
  const Item *item = cmaf_merge_source_peek (source);
  const Source *current = find_source (self, self->current);

  if (is_weak (item) && others_may_send (self, source)
      && !has_waited (self, item->arrival, hold_for (self, item), now))
    return FALSE;
  if (current == source || current == NULL
      || !cmaf_merge_source_may_send (current))
    return TRUE;
  return has_waited (
      self, MAX (item->arrival, self->last_pop), self->config.merge_hold, now);
}

static gboolean
is_better (const Item *a, const Item *b)
{
  if (is_weak (a) != is_weak (b))
    return is_weak (b);
  if (is_weak (a) && a->chunk->duration != b->chunk->duration)
    return a->chunk->duration > b->chunk->duration;
  return a->arrival < b->arrival;
}

/* Who continues the running segment. */
static Source *
choose_next (CmafTrackMerger *self, GstClockTime now)
{
  Source *best = NULL;

  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    Item *item = cmaf_merge_source_peek (source);

    if (item == NULL || item->starts_segment || !is_due (self, item->chunk)
        || !may_deliver (self, source, now))
      continue;
    if (best == NULL || is_better (item, cmaf_merge_source_peek (best)))
      best = source;
  }
  return best;
}

static Source *
choose_due (CmafTrackMerger *self, GstClockTime now)
{
  Source *source = choose_start (self, now);

  return source != NULL ? source : choose_next (self, now);
}

/* Its time has come out, or it cannot continue what has. */
static gboolean
is_useless (const CmafTrackMerger *self, const Source *source, const Item *item)
{
  return is_old (self, item->chunk)
         || (!item->starts_segment && is_due (self, item->chunk)
             && !continues (self, source, item));
}

static void
drop_useless (CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    Item *item;

    while ((item = cmaf_merge_source_peek (source)) != NULL
           && is_useless (self, source, item))
      drop_duplicate (self, source);
  }
}

/* The earliest chunk that starts a segment, not far from @near, and when the
 * first of what waits came. */
static const Item *
find_next_start (const CmafTrackMerger *self, guint64 near, GstClockTime *since)
{
  const Item *best = NULL;

  *since = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *source = g_ptr_array_index (self->sources, i);

    for (const GList *l = source->items.head; l != NULL; l = l->next) {
      const Item *item = l->data;

      *since = MIN (*since, item->arrival);
      if (!item->starts_segment
          || (near != NO_TICKS
              && are_apart (self, item->chunk->decode_time, near)))
        continue;
      if (best == NULL || item->chunk->decode_time < best->chunk->decode_time)
        best = item;
      break;
    }
  }
  return best;
}

/* The timeline of a track is that of who came first. */
static guint64
find_timeline (const CmafTrackMerger *self)
{
  const Item *first = NULL;

  for (guint i = 0; i < self->sources->len; i++) {
    const Item *item =
        cmaf_merge_source_peek (g_ptr_array_index (self->sources, i));

    if (item != NULL && (first == NULL || item->arrival < first->arrival))
      first = item;
  }
  return first ? first->chunk->decode_time : NO_TICKS;
}

/* What is far from @time, where the track begins. */
static void
drop_apart (CmafTrackMerger *self, guint64 time)
{
  for (guint i = 0; i < self->sources->len; i++) {
    Source *source = g_ptr_array_index (self->sources, i);
    const Item *item = cmaf_merge_source_peek (source);

    if (item == NULL || !are_apart (self, item->chunk->decode_time, time))
      continue;
    drop_all_of (self, source);
    source->position = NO_TICKS;
  }
}

static gboolean
anyone_may_send (const CmafTrackMerger *self)
{
  return others_may_send (self, NULL);
}

static gboolean
has_due (const CmafTrackMerger *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const Source *source = g_ptr_array_index (self->sources, i);
    const Item *item = cmaf_merge_source_peek (source);

    if (item != NULL && is_due (self, item->chunk))
      return TRUE;
  }
  return FALSE;
}

/* Begins with the earliest segment that came soon enough; TRUE when it did. */
static gboolean
begin (CmafTrackMerger *self, GstClockTime now)
{
  GstClockTime since;
  const Item *next = find_next_start (self, find_timeline (self), &since);

  if (next == NULL
      || (anyone_may_send (self)
          && !has_waited (self, since, self->config.start_hold, now)))
    return FALSE;
  self->expected = next->chunk->decode_time;
  drop_apart (self, self->expected);
  return TRUE;
}

/* Goes on at the next start of a segment; TRUE when it did. */
static gboolean
skip (CmafTrackMerger *self, GstClockTime now)
{
  GstClockTime since;
  const Item *next = find_next_start (self, NO_TICKS, &since);

  if (next == NULL) {
    if (self->is_finishing || self->n_pending > self->config.max_pending)
      drop_all (self); /* middles of segments are of no use */
    return FALSE;
  }
  if (self->expected == NO_TICKS)
    return begin (self, now);
  since = MAX (since, self->last_pop);
  if (!has_waited (self, since, self->config.gap_hold, now))
    return FALSE;
  self->gap_from = self->expected;
  self->gap = next->chunk->decode_time - self->expected;
  self->stats.n_gaps++;
  self->stats.gap_ticks += self->gap;
  self->expected = next->chunk->decode_time;
  self->current = NO_SOURCE;
  self->place.segment = NO_TICKS;
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
  if (item->place.segment != NO_TICKS)
    self->place = item->place;
  else
    self->place.index++;
  self->last_pop = now;
  cmaf_merge_item_free (item);
  drop_useless (self);
  out->is_last = (out->chunk->flags & CMAF_CHUNK_LAST) != 0
                 && cmaf_track_merger_is_ended (self);
}

gboolean
cmaf_track_merger_pop (
    CmafTrackMerger *self, GstClockTime now, CmafMergedChunk *out)
{
  Source *source;

  self->deadline = GST_CLOCK_TIME_NONE;
  drop_useless (self);
  source = choose_due (self, now);
  if (source == NULL && !has_due (self) && skip (self, now)) {
    drop_useless (self);
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
  return cmaf_merge_source_may_send (other) && other->position != NO_TICKS
         && now < other->last_push + ACTIVE
         && other->position + ticks (self, APART) >= self->expected;
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
  self->place.segment = NO_TICKS;
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
  cmaf_merge_source_place (source, chunk, starts);
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
  if (!cmaf_merge_source_insert (source, chunk, starts, now))
    return CMAF_MERGE_DUPLICATE;
  self->n_pending += chunk->size;
  return CMAF_MERGE_TAKEN;
}

gboolean
cmaf_track_merger_is_apart (
    CmafTrackMerger *self, guint id, const CmafChunk *chunk, GstClockTime now)
{
  const Source *source = find_source (self, id);
  gboolean has_others;

  return source != NULL && self->expected != NO_TICKS
         && is_apart (self, source, chunk, now, &has_others);
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
  source->is_closed = FALSE;
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
    source = cmaf_merge_source_new (id);
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
cmaf_track_merger_rank_source (CmafTrackMerger *self, guint id, guint rank)
{
  Source *source = find_source (self, id);

  if (source != NULL)
    source->rank = rank;
}

void
cmaf_track_merger_prefer (CmafTrackMerger *self, guint id)
{
  self->preferred = id;
}

void
cmaf_track_merger_close_segment (CmafTrackMerger *self, guint id)
{
  Source *source = find_source (self, id);

  if (source != NULL)
    source->is_closed = TRUE;
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

    if (cmaf_merge_source_may_send (source)
        || !g_queue_is_empty ((GQueue *)&source->items))
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
  config->policy = CMAF_MERGE_FIRST;
  config->start_hold = 0;
  config->merge_hold = 500 * GST_MSECOND;
  config->gap_hold = 2 * GST_SECOND;
  config->max_pending = 64 * 1024 * 1024;
}

CmafTrackMerger *
cmaf_track_merger_new (const CmafTrackMergerConfig *config)
{
  CmafTrackMerger *self = g_new0 (CmafTrackMerger, 1);

  self->config = *config;
  self->sources =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_merge_source_free);
  self->expected = NO_TICKS;
  self->current = NO_SOURCE;
  self->preferred = NO_SOURCE;
  self->place.segment = NO_TICKS;
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
