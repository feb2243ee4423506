/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What tracks told, as records under the key of their event: scheme, value and
 * id. A record says from when on its track tells that event with those times
 * and that message, and when it stopped before the event had begun. Which
 * events there are is worked out of the records when somebody asks. */
#include <gst/cmaf/event-list.h>
#include <gst/cmaf/timescale.h>

#include <string.h>

#define MAX_RECORDS 5000 /* against who tells of ever other events */
/* Tracks tell of the same instant in their own ticks. */
#define SAME_TIME GST_MSECOND

typedef struct
{
  CmafEvent *event; /* times: ticks */
  guint32 timescale;
  gboolean is_in_track;
  guint64 start, end; /* ns */
  guint64 told;       /* ns: of the first sample with it */
  guint64 gone;       /* ns: of the first one without it; MAX: none */
  CmafSpliceSide side;
  GSequenceIter *place; /* in the order of time */
} Record;

/* What chunks of a media track tell of one scheme and value. */
typedef struct
{
  CmafEvent *event; /* one of them */
  GArray *told;     /* guint64, ns, ascending */
} InBand;

typedef struct
{
  gboolean is_begun;
  gboolean is_faulty;   /* the last chunk, and that was told */
  guint64 segment_time; /* ticks */
  guint64 end;          /* of the last sample, ticks */
  GPtrArray *shown;     /* Record, borrowed: in the last sample */
  GPtrArray *in_band;   /* InBand */
} Source;

struct _CmafEventList
{
  GHashTable *records; /* key -> GPtrArray of Record */
  GSequence *by_time;  /* of them all, borrowed */
  GHashTable *sources; /* track name -> Source */
  guint64 n_kept;      /* ever */
  gboolean is_used;
  gboolean has_told_full;
};

static void
free_record (gpointer data)
{
  Record *record = data;

  g_sequence_remove (record->place);
  cmaf_event_free (record->event);
  g_free (record);
}

static void
free_in_band (gpointer data)
{
  InBand *in_band = data;

  cmaf_event_free (in_band->event);
  g_array_unref (in_band->told);
  g_free (in_band);
}

static void
free_source (gpointer data)
{
  Source *source = data;

  g_ptr_array_unref (source->shown);
  g_ptr_array_unref (source->in_band);
  g_free (source);
}

CmafEventList *
cmaf_event_list_new (void)
{
  CmafEventList *list = g_new0 (CmafEventList, 1);

  list->by_time = g_sequence_new (NULL);
  list->records = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  list->sources =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_source);
  return list;
}

void
cmaf_event_list_free (CmafEventList *list)
{
  g_hash_table_unref (list->sources);
  g_hash_table_unref (list->records);
  g_sequence_free (list->by_time);
  g_free (list);
}

/* ---- order ---- */

static gint
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

static gint
compare_schemes (const CmafEvent *one, const CmafEvent *other)
{
  const gint order = strcmp (one->scheme, other->scheme);

  return order == 0 ? strcmp (one->value, other->value) : order;
}

static gint
compare_names (const CmafEvent *one, const CmafEvent *other)
{
  const gint order = compare_schemes (one, other);

  return order == 0 ? compare_numbers (one->id, other->id) : order;
}

/* Which ones are dropped must not depend on the order of tracks. */
static gint
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Record *one = a, *other = b;
  gint order = compare_numbers (one->start, other->start);

  if (order == 0)
    order = compare_names (one->event, other->event);
  return order == 0 ? compare_numbers (one->end, other->end) : order;
}

/* ---- adding ---- */

static Source *
get_source (CmafEventList *list, const gchar *name)
{
  Source *source = g_hash_table_lookup (list->sources, name);

  if (source)
    return source;
  source = g_new0 (Source, 1);
  source->shown = g_ptr_array_new ();
  source->in_band = g_ptr_array_new_with_free_func (free_in_band);
  g_hash_table_insert (list->sources, g_strdup (name), source);
  return source;
}

static gchar *
make_key (const CmafEvent *event)
{
  return g_strdup_printf ("%u\n%s\n%s", event->id, event->scheme, event->value);
}

/* NULL: none */
static GPtrArray *
find_records (const CmafEventList *list, const CmafEvent *event)
{
  g_autofree gchar *key = make_key (event);

  return g_hash_table_lookup (list->records, key);
}

static CmafSpliceSide
find_side (const CmafEvent *event)
{
  CmafSpliceInfo info;
  gsize size;
  const guint8 *data = g_bytes_get_data (event->data, &size);

  if (!g_str_equal (event->scheme, CMAF_SCHEME_SCTE35)
      || !cmaf_splice_info_parse (data, size, &info, NULL))
    return CMAF_SPLICE_SIDE_NONE;
  return cmaf_splice_info_get_side (&info, event->id);
}

static Record *
make_record (const CmafTrack *track, const CmafEvent *event, guint64 told)
{
  Record *record = g_new0 (Record, 1);
  const guint64 duration =
      event->duration == CMAF_EVENT_OPEN ? 0 : event->duration;

  record->event = cmaf_event_copy (event);
  record->timescale = track->timescale;
  record->is_in_track = track->media == CMAF_MEDIA_EVENT;
  record->start = cmaf_ns_from_ticks (event->start, track->timescale);
  record->end = cmaf_ns_from_ticks (event->start + duration, track->timescale);
  record->told = told;
  record->gone = G_MAXUINT64;
  record->side = find_side (event);
  return record;
}

static void
insert (CmafEventList *list, Record *record)
{
  g_autofree gchar *key = make_key (record->event);
  GPtrArray *records = g_hash_table_lookup (list->records, key);

  if (!records) {
    records = g_ptr_array_new_with_free_func (free_record);
    g_hash_table_insert (list->records, g_steal_pointer (&key), records);
  }
  g_ptr_array_add (records, record);
}

static void
forget (CmafEventList *list, GPtrArray *records, Record *record)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, list->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_remove_fast (((Source *)value)->shown, record);
  g_ptr_array_remove (records, record);
}

/* The farthest event goes when there are too many: what comes next counts. */
static void
drop_farthest (CmafEventList *list)
{
  GSequenceIter *last =
      g_sequence_iter_prev (g_sequence_get_end_iter (list->by_time));
  Record *record = g_sequence_get (last);
  g_autofree gchar *key = make_key (record->event);
  GPtrArray *records = g_hash_table_lookup (list->records, key);

  forget (list, records, record);
  if (records->len == 0)
    g_hash_table_remove (list->records, key);
}

static gboolean
is_last (const Record *record)
{
  return g_sequence_iter_is_end (g_sequence_iter_next (record->place));
}

/* NULL: there are too many nearer ones. */
static Record *
keep (CmafEventList *list, Record *record, GError **fault)
{
  record->place =
      g_sequence_insert_sorted (list->by_time, record, compare_places, NULL);
  if (g_sequence_get_length (list->by_time) > MAX_RECORDS) {
    if (!list->has_told_full) {
      list->has_told_full = TRUE;
      g_clear_error (fault);
      g_set_error (fault, CMAF_ERROR, CMAF_ERROR_LIMIT,
          "more than %u events at a time; no manifest tells of the farthest",
          MAX_RECORDS);
    }
    if (is_last (record)) {
      free_record (record);
      return NULL;
    }
    drop_farthest (list);
  }
  insert (list, record);
  list->n_kept++;
  return record;
}

/* An event that nobody told before. NULL: it is in no manifest. */
static Record *
add_record (CmafEventList *list, const CmafTrack *track, const CmafEvent *event,
    guint64 told, GError **warning)
{
  GError *fault = NULL;
  const gboolean is_good = cmaf_event_check (event, &fault);
  Record *record = NULL;

  if (is_good || g_error_matches (fault, CMAF_ERROR, CMAF_ERROR_MALFORMED))
    record = keep (list, make_record (track, event, told), &fault);
  if (fault && !*warning)
    *warning = fault;
  else
    g_clear_error (&fault);
  return record;
}

/* The record of @event as this kind of track tells it now. NULL: it is in no
 * manifest. */
static Record *
note_event (CmafEventList *list, const CmafTrack *track, const CmafEvent *event,
    guint64 told, GError **warning)
{
  const GPtrArray *records = find_records (list, event);

  if (g_str_equal (event->scheme, CMAF_SCHEME_MPD))
    return NULL;
  for (guint i = 0; records && i < records->len; i++) {
    Record *record = records->pdata[i];

    if (record->gone != G_MAXUINT64 || record->timescale != track->timescale
        || record->is_in_track != (track->media == CMAF_MEDIA_EVENT)
        || !cmaf_event_is_equal (record->event, event))
      continue;
    record->told = MIN (record->told, told);
    return record;
  }
  return add_record (list, track, event, told, warning);
}

/* What the last sample told and this one, which goes on where that ended, does
 * not, is cancelled, unless it has begun. */
static void
end_missing (const Source *source, const CmafEventSample *sample, guint64 time)
{
  for (guint i = 0; i < source->shown->len; i++) {
    Record *record = source->shown->pdata[i];
    gboolean is_there = record->start <= time;

    for (guint k = 0; !is_there && k < sample->events->len; k++)
      is_there =
          cmaf_event_is_same (record->event, sample->events->pdata[k])
          && cmaf_event_is_equal (record->event, sample->events->pdata[k]);
    if (!is_there)
      record->gone = MIN (record->gone, time);
  }
}

static void
add_track_sample (CmafEventList *list, Source *source, const CmafTrack *track,
    const CmafEventSample *sample, GError **warning)
{
  const guint64 time = cmaf_ns_from_ticks (sample->time, track->timescale);

  if (source->is_begun && source->end == sample->time
      && cmaf_event_track_is_complete (track))
    end_missing (source, sample, time);
  g_ptr_array_set_size (source->shown, 0);
  for (guint i = 0; i < sample->events->len; i++) {
    Record *record =
        note_event (list, track, sample->events->pdata[i], time, warning);

    if (record)
      g_ptr_array_add (source->shown, record);
  }
  source->is_begun = TRUE;
  source->end = sample->end;
}

static void
note_in_band (Source *source, const CmafEvent *event, guint64 time)
{
  InBand *in_band = NULL;

  for (guint i = 0; i < source->in_band->len && !in_band; i++) {
    InBand *other = source->in_band->pdata[i];

    if (g_str_equal (other->event->scheme, event->scheme)
        && g_str_equal (other->event->value, event->value))
      in_band = other;
  }
  if (!in_band && source->in_band->len == MAX_RECORDS)
    return;
  if (!in_band) {
    in_band = g_new0 (InBand, 1);
    in_band->event = cmaf_event_copy (event);
    in_band->told = g_array_new (FALSE, FALSE, sizeof (guint64));
    g_ptr_array_add (source->in_band, in_band);
  }
  if (in_band->told->len == 0
      || g_array_index (in_band->told, guint64, in_band->told->len - 1) != time)
    g_array_append_val (in_band->told, time);
}

static void
add_messages (CmafEventList *list, Source *source, const CmafTrack *track,
    const CmafEventSample *sample, GError **warning)
{
  const guint64 time = cmaf_ns_from_ticks (sample->time, track->timescale);

  for (guint i = 0; i < sample->events->len; i++) {
    const CmafEvent *event = sample->events->pdata[i];

    if (note_event (list, track, event, time, warning))
      note_in_band (source, event, time);
  }
}

/* What comes with each chunk is told of the first one; what is wrong with an
 * event that is listed all the same, is wrong once. */
static void
tell (Source *source, const gchar *name, gboolean is_once, GError *fault,
    GError **warning)
{
  const gboolean is_told = fault && (is_once || !source->is_faulty);

  source->is_faulty = fault && !is_once;
  if (is_told && warning) {
    g_prefix_error (&fault, "track %s: ", name);
    *warning = fault;
  } else {
    g_clear_error (&fault);
  }
}

void
cmaf_event_list_add_chunk (CmafEventList *list, const gchar *name,
    const CmafTrack *track, const CmafChunk *chunk, GError **warning)
{
  Source *source = get_source (list, name);
  const guint64 n_before = list->n_kept;
  g_autoptr (GPtrArray) samples = NULL;
  GError *fault = NULL;

  source->segment_time = cmaf_event_segment_time (chunk, source->segment_time);
  samples = cmaf_event_read_chunk (track, chunk, source->segment_time, &fault);
  list->is_used |= samples != NULL;
  for (guint i = 0; samples && i < samples->len; i++) {
    if (track->media == CMAF_MEDIA_EVENT)
      add_track_sample (list, source, track, samples->pdata[i], &fault);
    else
      add_messages (list, source, track, samples->pdata[i], &fault);
  }
  tell (source, name, list->n_kept > n_before, fault, warning);
}

/* ---- which events there are ---- */

/* By time; of one time the one that counts comes first: that of an event track,
 * and what was told last. */
static gint
compare_records (gconstpointer a, gconstpointer b)
{
  const Record *one = *(const Record *const *)a;
  const Record *other = *(const Record *const *)b;
  gint order = compare_numbers (one->start, other->start);

  if (order == 0)
    order = (gint)other->is_in_track - (gint)one->is_in_track;
  if (order == 0)
    order = compare_numbers (other->told, one->told);
  if (order == 0)
    order = compare_numbers (other->end, one->end);
  if (order == 0)
    order = compare_numbers (one->timescale, other->timescale);
  return order == 0 ? g_bytes_compare (one->event->data, other->event->data)
                    : order;
}

static gboolean
is_near (guint64 a, guint64 b)
{
  return MAX (a, b) - MIN (a, b) <= SAME_TIME;
}

/* One way to tell of an event that runs is to let it begin with the sample and
 * last what is left. */
static gboolean
is_rest_of (const Record *record, const CmafListedEvent *event)
{
  return record->start == record->told && record->start <= event->end
         && is_near (record->end, event->end)
         && g_bytes_equal (record->event->data, event->event->data);
}

static void
take_record (CmafListedEvent *event, const Record *record)
{
  event->event = record->event;
  event->timescale = record->timescale;
  event->start = record->start;
  event->end = record->end;
  event->side = record->side;
}

/* @record tells of @event. */
static void
merge (CmafListedEvent *event, const Record *record)
{
  if (record->is_in_track && !event->is_in_track
      && is_near (event->start, record->start))
    take_record (event, record);
  event->is_in_track |= record->is_in_track;
}

/* @event is a return from the break before it. */
static void
pair (CmafListedEvent *before, CmafListedEvent *event)
{
  if (!before || before->side != CMAF_SPLICE_SIDE_OUT
      || event->side != CMAF_SPLICE_SIDE_IN)
    return;
  before->back = event;
  event->is_back = TRUE;
}

/* Adds the events of one key, in order. */
static void
resolve_key (const GPtrArray *records, guint64 limit, GPtrArray *events)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  CmafListedEvent *last = NULL;

  for (guint i = 0; i < records->len; i++) {
    const Record *record = records->pdata[i];

    if (record->told < limit && record->gone >= limit)
      g_ptr_array_add (sorted, (gpointer)record);
  }
  g_ptr_array_sort (sorted, compare_records);
  for (guint i = 0; i < sorted->len; i++) {
    const Record *record = sorted->pdata[i];
    CmafListedEvent *event;

    if (last
        && (is_near (last->start, record->start)
            || is_rest_of (record, last))) {
      merge (last, record);
      continue;
    }
    event = g_new0 (CmafListedEvent, 1);
    take_record (event, record);
    event->is_in_track = record->is_in_track;
    pair (last, event);
    g_ptr_array_add (events, event);
    last = event;
  }
}

static gint
compare_events (gconstpointer a, gconstpointer b)
{
  const CmafListedEvent *one = *(const CmafListedEvent *const *)a;
  const CmafListedEvent *other = *(const CmafListedEvent *const *)b;
  const gint order = compare_numbers (one->start, other->start);

  return order == 0 ? compare_names (one->event, other->event) : order;
}

static gboolean
is_over (const CmafListedEvent *event, guint64 from)
{
  return event->end < from && (!event->back || event->back->end < from);
}

GPtrArray *
cmaf_event_list_resolve (const CmafEventList *list, guint64 from, guint64 limit)
{
  GPtrArray *events = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, list->records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    resolve_key (value, limit, events);
  for (guint i = events->len; i-- > 0;)
    if (is_over (events->pdata[i], from))
      g_ptr_array_remove_index (events, i);
  g_ptr_array_sort (events, compare_events);
  return events;
}

static gboolean
is_told_within (const InBand *in_band, guint64 from, guint64 limit)
{
  for (guint i = 0; i < in_band->told->len; i++) {
    const guint64 told = g_array_index (in_band->told, guint64, i);

    if (told >= from && told < limit)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_same_scheme (gconstpointer a, gconstpointer b)
{
  const CmafEvent *one = a, *other = b;

  return g_str_equal (one->scheme, other->scheme)
         && g_str_equal (one->value, other->value);
}

static gint
compare_in_band (gconstpointer a, gconstpointer b)
{
  return compare_schemes (
      *(const CmafEvent *const *)a, *(const CmafEvent *const *)b);
}

void
cmaf_event_list_get_in_band (const CmafEventList *list, const gchar *name,
    guint64 from, guint64 limit, GPtrArray *events)
{
  const Source *source = g_hash_table_lookup (list->sources, name);

  for (guint i = 0; source && i < source->in_band->len; i++) {
    const InBand *in_band = source->in_band->pdata[i];

    if (is_told_within (in_band, from, limit)
        && !g_ptr_array_find_with_equal_func (
            events, in_band->event, is_same_scheme, NULL))
      g_ptr_array_add (events, in_band->event);
  }
  g_ptr_array_sort (events, compare_in_band);
}

gboolean
cmaf_event_list_is_used (const CmafEventList *list)
{
  return list->is_used;
}

/* ---- forgetting ---- */

/* A break without its return is not known to be over. */
static gboolean
is_needed (const GPtrArray *records, const Record *record, guint64 from)
{
  if (record->end >= from)
    return TRUE;
  if (record->side != CMAF_SPLICE_SIDE_OUT)
    return FALSE;
  for (guint i = 0; i < records->len; i++) {
    const Record *other = records->pdata[i];

    if (other->side == CMAF_SPLICE_SIDE_IN && other->end >= from)
      return TRUE;
  }
  return FALSE;
}

static void
trim_in_band (Source *source, guint64 from)
{
  for (guint i = source->in_band->len; i-- > 0;) {
    InBand *in_band = source->in_band->pdata[i];
    guint n = 0;

    while (n < in_band->told->len
           && g_array_index (in_band->told, guint64, n) < from)
      n++;
    g_array_remove_range (in_band->told, 0, n);
    if (in_band->told->len == 0)
      g_ptr_array_remove_index (source->in_band, i);
  }
}

void
cmaf_event_list_trim (CmafEventList *list, guint64 from)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, list->records);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GPtrArray *records = value;

    for (guint i = records->len; i-- > 0;)
      if (!is_needed (records, records->pdata[i], from))
        forget (list, records, records->pdata[i]);
    if (records->len == 0)
      g_hash_table_iter_remove (&iter);
  }
  g_hash_table_iter_init (&iter, list->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    trim_in_band (value, from);
}
