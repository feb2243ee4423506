/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two tracks, or two sets of them -> what differs. */
#include "track-comparison.h"

#include "header-difference.h"

typedef struct
{
  const ComparisonOptions *options;
  GString *text;
  ComparisonSum *sum;
  guint n_lines; /* of the track */

  const TrackFacts *a, *b;
  guint64 n_samples, n_same;
  guint64 n_reordered;   /* segments with other composition offsets */
  guint64 n_cut_unalike; /* segments of another number of chunks */
} Comparison;

G_GNUC_PRINTF (2, 3)
static void
differ (Comparison *c, const gchar *format, ...)
{
  va_list args;

  c->sum->n_differences++;
  if (c->options->max_lines > 0 && c->n_lines++ >= c->options->max_lines)
    return;
  g_string_append (c->text, "  ");
  va_start (args, format);
  g_string_append_vprintf (c->text, format, args);
  va_end (args);
  g_string_append_c (c->text, '\n');
}

static void
compare_value (
    Comparison *c, guint64 number, const gchar *name, guint64 a, guint64 b)
{
  if (a != b)
    differ (c,
        "%" G_GUINT64_FORMAT " %s: %" G_GUINT64_FORMAT
        " in A, %" G_GUINT64_FORMAT " in B",
        number, name, a, b);
}

/* ---- one segment ---- */

/* The recording was ended in the segment: the other may go on. */
static gboolean
ends_early (const TrackFacts *track, const SegmentFacts *segment,
    const SegmentFacts *other)
{
  const SegmentFacts *last = track->segments->pdata[track->segments->len - 1];

  return segment == last && segment->samples->len < other->samples->len
         && segment->duration < other->duration;
}

static void
compare_samples (Comparison *c, const SegmentFacts *a, const SegmentFacts *b)
{
  const guint n = MIN (a->samples->len, b->samples->len);
  gboolean is_reordered = FALSE;

  for (guint i = 0; i < n; i++) {
    const SampleFacts *x = &g_array_index (a->samples, SampleFacts, i);
    const SampleFacts *y = &g_array_index (b->samples, SampleFacts, i);

    if (x->duration != y->duration) {
      differ (c,
          "%" G_GUINT64_FORMAT " duration of sample %u: %u in A, %u in B",
          a->number, i, x->duration, y->duration);
      break;
    }
    is_reordered |= x->time != y->time;
  }
  c->n_reordered += is_reordered;
}

/* Samples of the same presentation time; both are nearly in order. */
static void
compare_payload (Comparison *c, const SegmentFacts *a, const SegmentFacts *b)
{
  g_autoptr (GHashTable) by_time =
      g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < a->samples->len; i++) {
    SampleFacts *sample = &g_array_index (a->samples, SampleFacts, i);

    g_hash_table_insert (by_time, &sample->time, sample);
  }
  for (guint i = 0; i < b->samples->len; i++) {
    const SampleFacts *theirs = &g_array_index (b->samples, SampleFacts, i);
    const SampleFacts *mine = g_hash_table_lookup (by_time, &theirs->time);

    if (!mine)
      continue;
    c->n_samples++;
    c->n_same += mine->hash == theirs->hash && mine->size == theirs->size;
  }
}

static void
compare_segment (Comparison *c, const SegmentFacts *a, const SegmentFacts *b)
{
  c->sum->n_segments++;
  compare_value (c, a->number, "tfdt", a->decode_time, b->decode_time);
  compare_value (c, a->number, "SAP type", a->sap, b->sap);
  if (!ends_early (c->a, a, b) && !ends_early (c->b, b, a)) {
    compare_value (c, a->number, "samples", a->samples->len, b->samples->len);
    compare_value (c, a->number, "duration", a->duration, b->duration);
    compare_value (c, a->number, "end of service (lmsg)", a->is_last != FALSE,
        b->is_last != FALSE);
    c->n_cut_unalike += a->n_chunks != b->n_chunks;
  }
  compare_samples (c, a, b);
  if (c->options->with_hashes)
    compare_payload (c, a, b);
}

/* ---- one track ---- */

static const SegmentFacts *
segment_at (const TrackFacts *track, guint i)
{
  return i < track->segments->len ? track->segments->pdata[i] : NULL;
}

static gboolean
is_inside (const TrackFacts *track, guint64 number)
{
  const guint n = track->segments->len;

  return n > 0 && segment_at (track, 0)->number < number
         && segment_at (track, n - 1)->number > number;
}

/* @number is missing on @side. */
static void
note_missing (
    Comparison *c, const TrackFacts *track, guint64 number, gchar side)
{
  if (!is_inside (track, number))
    return;
  c->sum->n_missing++;
  if (c->options->is_complete)
    differ (c, "%" G_GUINT64_FORMAT " is missing in %c", number, side);
}

static void
compare_segments (Comparison *c)
{
  const SegmentFacts *a = segment_at (c->a, 0), *b = segment_at (c->b, 0);
  guint i = 0, j = 0;

  while (a || b) {
    if (a && b && a->number == b->number)
      compare_segment (c, a, b);
    else if (a && (!b || a->number < b->number))
      note_missing (c, c->b, a->number, 'B');
    else
      note_missing (c, c->a, b->number, 'A');
    if (a && (!b || a->number <= b->number)) {
      if (b && a->number == b->number)
        b = segment_at (c->b, ++j);
      a = segment_at (c->a, ++i);
    } else {
      b = segment_at (c->b, ++j);
    }
  }
}

/* One that comes twice would hide the other. */
static void
find_repeated (Comparison *c, const TrackFacts *track, gchar side)
{
  for (guint i = 1; i < track->segments->len; i++) {
    const guint64 number = segment_at (track, i)->number;

    if (segment_at (track, i - 1)->number == number)
      differ (c, "%" G_GUINT64_FORMAT " is there more than once in %c", number,
          side);
  }
}

/* When the payload of A comes in B at another time: by how much, most often */
static gboolean
find_shift (const Comparison *c, gint64 *shift, guint *n_found)
{
  g_autoptr (GHashTable) times = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) votes =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; i < c->a->segments->len; i++) {
    GArray *samples = segment_at (c->a, i)->samples;

    for (guint j = 0; j < samples->len; j++) {
      SampleFacts *sample = &g_array_index (samples, SampleFacts, j);

      g_hash_table_insert (times, &sample->hash, sample);
    }
  }
  for (guint i = 0; i < c->b->segments->len; i++) {
    GArray *samples = segment_at (c->b, i)->samples;

    for (guint j = 0; j < samples->len; j++) {
      const SampleFacts *theirs = &g_array_index (samples, SampleFacts, j);
      const SampleFacts *mine = g_hash_table_lookup (times, &theirs->hash);
      gint64 difference = mine ? (gint64)(theirs->time - mine->time) : 0;

      if (difference == 0)
        continue;
      value = g_hash_table_lookup (votes, &difference);
      g_hash_table_insert (votes, g_memdup2 (&difference, sizeof difference),
          GUINT_TO_POINTER (GPOINTER_TO_UINT (value) + 1));
    }
  }
  *n_found = 0;
  g_hash_table_iter_init (&iter, votes);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (GPOINTER_TO_UINT (value) > *n_found) {
      *n_found = GPOINTER_TO_UINT (value);
      *shift = *(gint64 *)key;
    }
  }
  return *n_found > c->n_same;
}

static void
report_payload (Comparison *c)
{
  guint n_found;
  gint64 shift = 0;

  c->sum->n_samples += c->n_samples;
  c->sum->n_same += c->n_same;
  if (!c->options->with_hashes || c->n_samples == 0)
    return;
  g_string_append_printf (c->text,
      "  payload: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
      " samples are the same bytes at the same time\n",
      c->n_same, c->n_samples);
  if (c->n_same < c->n_samples && find_shift (c, &shift, &n_found))
    differ (c,
        "payload: %u samples of A are in B %" G_GINT64_FORMAT
        " ticks later (of %u in a second)",
        n_found, shift, c->a->track->timescale);
}

static void
report_notes (Comparison *c)
{
  if (c->options->max_lines > 0 && c->n_lines > c->options->max_lines)
    g_string_append_printf (
        c->text, "  and %u more\n", c->n_lines - c->options->max_lines);
  if (c->n_reordered > 0)
    g_string_append_printf (c->text,
        "  note: frames are reordered otherwise in %" G_GUINT64_FORMAT
        " segments\n",
        c->n_reordered);
  if (c->n_cut_unalike > 0)
    g_string_append_printf (c->text,
        "  note: %" G_GUINT64_FORMAT
        " segments are cut into another number of chunks\n",
        c->n_cut_unalike);
}

static void
compare_headers (Comparison *c)
{
  g_autoptr (GPtrArray) lines = header_difference (c->a->header, c->b->header);

  for (guint i = 0; i < lines->len; i++)
    differ (c, "header %s", (const gchar *)lines->pdata[i]);
}

static void
compare_tracks (Comparison *c)
{
  const guint64 before = c->sum->n_segments;
  const guint64 missing = c->sum->n_missing;
  const gchar *name = c->a->name[0] ? c->a->name : c->b->name;
  const gsize at = c->text->len;
  g_autofree gchar *line = NULL;

  c->sum->n_tracks++;
  compare_headers (c);
  find_repeated (c, c->a, 'A');
  find_repeated (c, c->b, 'B');
  compare_segments (c);
  report_notes (c);
  report_payload (c);
  line = g_strdup_printf ("track %s: %" G_GUINT64_FORMAT
                          " segments in common, of %u in A and %u "
                          "in B; %" G_GUINT64_FORMAT " missing between\n",
      name[0] ? name : ".", c->sum->n_segments - before, c->a->segments->len,
      c->b->segments->len, c->sum->n_missing - missing);
  g_string_insert (c->text, (gssize)at, line);
}

/* ---- sets ---- */

static const TrackFacts *
find_track (GPtrArray *tracks, const gchar *name)
{
  for (guint i = 0; i < tracks->len; i++) {
    const TrackFacts *track = tracks->pdata[i];

    if (g_str_equal (track->name, name))
      return track;
  }
  return NULL;
}

static void
report_alone (GPtrArray *have, GPtrArray *other, gchar side, GString *text,
    ComparisonSum *sum)
{
  for (guint i = 0; i < have->len; i++) {
    const TrackFacts *track = have->pdata[i];

    if (find_track (other, track->name))
      continue;
    g_string_append_printf (text, "track %s: only in %c\n",
        track->name[0] ? track->name : ".", side);
    sum->n_differences++;
  }
}

void
compare_track_sets (GPtrArray *a, GPtrArray *b,
    const ComparisonOptions *options, GString *text, ComparisonSum *sum)
{
  const gboolean is_pair = a->len == 1 && b->len == 1;

  for (guint i = 0; i < a->len; i++) {
    Comparison c = { options, text, sum, 0, a->pdata[i], NULL };

    c.b = is_pair ? b->pdata[0] : find_track (b, c.a->name);
    if (c.b)
      compare_tracks (&c);
  }
  if (is_pair)
    return;
  report_alone (a, b, 'A', text, sum);
  report_alone (b, a, 'B', text, sum);
}

void
print_comparison_result (
    const ComparisonSum *sum, const ComparisonOptions *options, GString *text)
{
  g_string_append_printf (text,
      "%u tracks, %" G_GUINT64_FORMAT " segments in common, %" G_GUINT64_FORMAT
      " differences: ",
      sum->n_tracks, sum->n_segments, sum->n_differences);
  if (sum->n_segments == 0)
    g_string_append (text, "nothing to compare\n");
  else if (sum->n_differences > 0)
    g_string_append (text, "they cannot replace each other\n");
  else if (options->with_hashes && sum->n_same == sum->n_samples)
    g_string_append (text, "class F, the same samples at the same times\n");
  else if (options->with_hashes)
    g_string_append (text, "class G, the same structure; whether the pictures "
                           "are the same only decoding tells\n");
  else
    g_string_append (text, "class G, the same structure\n");
}
