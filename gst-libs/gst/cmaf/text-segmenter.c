/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Cues + grid -> the segments of a text track. */
#include "text-segmenter.h"

#include "box-types.h"
#include "timescale.h"

struct _CmafTextSegmenter
{
  CmafTextSegmenterConfig config;
  CmafUnitGrid units; /* a tick each */
  GPtrArray *cues;    /* CmafCue, in order: those that are not over */
  gboolean is_started;
  guint64 number;     /* of the next segment */
  guint64 begin;      /* where it begins */
  guint64 last_end;   /* of cues */
  GArray *samples;    /* CmafSample, lent out */
  GPtrArray *shown;   /* CmafCue, borrowed */
  GPtrArray *written; /* GBytes, lent out */
  GArray *edges;      /* guint64: where what is shown changes */
};

guint32
cmaf_text_timescale (const CmafSegmentGrid *grid)
{
  guint64 d = grid->duration_d;

  if (1000 * grid->duration_n % d == 0 || d > CMAF_MAX_TIMESCALE)
    return 1000;
  return (guint32)(d * ((1000 + d - 1) / d));
}

CmafTextSegmenter *
cmaf_text_segmenter_new (const CmafTextSegmenterConfig *config)
{
  CmafTextSegmenter *s = g_new0 (CmafTextSegmenter, 1);

  s->config = *config;
  s->units.timescale = config->timescale;
  s->units.unit_ticks = 1;
  s->cues = g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
  s->samples = g_array_new (FALSE, FALSE, sizeof (CmafSample));
  s->shown = g_ptr_array_new ();
  s->written = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  s->edges = g_array_new (FALSE, FALSE, sizeof (guint64));
  return s;
}

void
cmaf_text_segmenter_free (CmafTextSegmenter *s)
{
  g_ptr_array_unref (s->cues);
  g_array_unref (s->samples);
  g_ptr_array_unref (s->shown);
  g_ptr_array_unref (s->written);
  g_array_unref (s->edges);
  g_free (s);
}

static guint64
edge (const CmafTextSegmenter *s, guint64 number)
{
  return cmaf_segment_grid_first_unit (&s->config.grid, &s->units, number);
}

void
cmaf_text_segmenter_start (CmafTextSegmenter *s, guint64 time, gboolean partial)
{
  g_return_if_fail (!s->is_started);

  s->is_started = TRUE;
  s->number =
      cmaf_segment_grid_number (&s->config.grid, time, s->config.timescale);
  s->begin = edge (s, s->number);
  if (partial)
    s->begin = MAX (s->begin, time);
  else if (s->begin < time)
    s->begin = edge (s, ++s->number);
}

guint64
cmaf_text_segmenter_next_end (const CmafTextSegmenter *s)
{
  return s->is_started ? edge (s, s->number + 1) : G_MAXUINT64;
}

guint64
cmaf_text_segmenter_last_end (const CmafTextSegmenter *s)
{
  return s->last_end;
}

/* --- cues --- */

/* Those that wait for the next one end where @cue begins. */
static void
close_open_cues (CmafTextSegmenter *s, const CmafCue *cue)
{
  for (guint i = 0; i < s->cues->len; i++) {
    CmafCue *other = s->cues->pdata[i];

    if (other->end == CMAF_CUE_OPEN && other->start < cue->start)
      other->end = cue->start;
  }
}

/* One that is there already is let go. */
static void
insert_cue (CmafTextSegmenter *s, CmafCue *cue)
{
  guint i;

  for (i = 0; i < s->cues->len; i++) {
    gint order = cmaf_cue_compare (s->cues->pdata[i], cue);

    if (order > 0)
      break;
    if (order == 0) {
      cmaf_cue_free (cue);
      return;
    }
  }
  g_ptr_array_insert (s->cues, (gint)i, cue);
}

gboolean
cmaf_text_segmenter_add (CmafTextSegmenter *s, CmafCue *cue)
{
  close_open_cues (s, cue);
  if (cue->end != CMAF_CUE_OPEN)
    s->last_end = MAX (s->last_end, cue->end);
  if (s->is_started && cue->end <= s->begin) {
    cmaf_cue_free (cue);
    return FALSE;
  }
  insert_cue (s, cue);
  return TRUE;
}

static CmafCue *
steal_cue (CmafTextSegmenter *s, const gchar *id)
{
  for (guint i = 0; i < s->cues->len; i++) {
    if (g_strcmp0 (((CmafCue *)s->cues->pdata[i])->id, id) == 0)
      return g_ptr_array_steal_index (s->cues, i);
  }
  return NULL;
}

void
cmaf_text_segmenter_end_cue (
    CmafTextSegmenter *s, const gchar *id, guint64 time)
{
  CmafCue *cue = steal_cue (s, id);

  if (!cue)
    return;
  cue->end = MIN (cue->end, time);
  if (cue->end > cue->start)
    insert_cue (s, cue);
  else
    cmaf_cue_free (cue);
}

static void
forget_cues (CmafTextSegmenter *s, guint64 time)
{
  for (guint i = s->cues->len; i-- > 0;) {
    const CmafCue *cue = s->cues->pdata[i];

    if (cue->end <= time)
      g_ptr_array_remove_index (s->cues, i);
  }
}

/* --- samples --- */

static void
collect_shown (CmafTextSegmenter *s, guint64 start, guint64 end)
{
  g_ptr_array_set_size (s->shown, 0);
  for (guint i = 0; i < s->cues->len; i++) {
    CmafCue *cue = s->cues->pdata[i];

    /* text that is empty takes another off the screen */
    if (cue->start < end && cue->end > start && cue->text[0] != '\0')
      g_ptr_array_add (s->shown, cue);
  }
}

static gboolean
add_sample (CmafTextSegmenter *s, guint64 start, guint64 end, GError **error)
{
  CmafSample sample = { .duration = (guint32)(end - start),
    .flags = CMAF_SAMPLE_FLAGS_SYNC };
  GBytes *bytes;

  collect_shown (s, start, end);
  bytes = s->config.write (s->config.user_data,
      (const CmafCue *const *)s->shown->pdata, s->shown->len, start, end,
      error);
  if (!bytes)
    return FALSE;
  sample.size = (guint32)g_bytes_get_size (bytes);
  g_array_append_val (s->samples, sample);
  g_ptr_array_add (s->written, bytes);
  return TRUE;
}

static void
add_edge (CmafTextSegmenter *s, guint64 time, guint64 start, guint64 end)
{
  guint i = 0;

  if (time <= start || time >= end)
    return;
  while (i < s->edges->len && g_array_index (s->edges, guint64, i) < time)
    i++;
  if (i == s->edges->len || g_array_index (s->edges, guint64, i) != time)
    g_array_insert_val (s->edges, i, time);
}

/* Where what is shown changes between @start and @end, and @end. */
static void
find_edges (CmafTextSegmenter *s, guint64 start, guint64 end)
{
  g_array_set_size (s->edges, 0);
  for (guint i = 0; !s->config.whole_segments && i < s->cues->len; i++) {
    const CmafCue *cue = s->cues->pdata[i];

    if (cue->text[0] == '\0')
      continue;
    add_edge (s, cue->start, start, end);
    add_edge (s, cue->end, start, end);
  }
  g_array_append_val (s->edges, end);
}

static gboolean
write_samples (CmafTextSegmenter *s, guint64 start, guint64 end, GError **error)
{
  g_array_set_size (s->samples, 0);
  g_ptr_array_set_size (s->written, 0);
  find_edges (s, start, end);
  for (guint i = 0; i < s->edges->len; i++) {
    guint64 next = g_array_index (s->edges, guint64, i);

    if (!add_sample (s, start, next, error))
      return FALSE;
    start = next;
  }
  return TRUE;
}

/* --- segments --- */

static gboolean
close_segment (
    CmafTextSegmenter *s, guint64 end, CmafTextSegment *segment, GError **error)
{
  gboolean is_written = write_samples (s, s->begin, end, error);

  segment->number = s->number;
  segment->decode_time = s->begin;
  segment->duration = end - s->begin;
  segment->samples = (const CmafSample *)s->samples->data;
  segment->payloads = (GBytes *const *)s->written->pdata;
  segment->n_samples = s->samples->len;
  forget_cues (s, end);
  s->begin = end;
  s->number++;
  return is_written;
}

gboolean
cmaf_text_segmenter_close (CmafTextSegmenter *s, guint64 time,
    CmafTextSegment *segment, GError **error)
{
  guint64 end = cmaf_text_segmenter_next_end (s);

  return end <= time && s->is_started && close_segment (s, end, segment, error);
}

gboolean
cmaf_text_segmenter_finish (CmafTextSegmenter *s, guint64 time,
    CmafTextSegment *segment, GError **error)
{
  return s->is_started && time > s->begin
         && close_segment (s, time, segment, error);
}
