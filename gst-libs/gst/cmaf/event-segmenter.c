/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events + grid -> segments. To the segmenter of text an event is a cue from
 * when it was announced to its end, of which the id leads to the event. */
#include <gst/cmaf/event-segmenter.h>

/* 24, 25, 30, 48, 50, 60, 100 and 120 frames a second, and over 1001 */
#define TIMESCALE ((guint32)120000)

typedef struct
{
  CmafEvent *event;
  guint64 announced;
  guint64 end;
  gboolean is_cancel; /* of the same event */
} Entry;

struct _CmafEventSegmenter
{
  CmafTextSegmenter *text;
  GHashTable *entries; /* gchar * -> Entry */
  GPtrArray *shown;    /* Entry, borrowed: of the sample that is written */
  guint64 end;         /* of the last closed segment */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  cmaf_event_free (entry->event);
  g_free (entry);
}

/* Of instances of one event, the one that was announced last. */
static gboolean
is_superseded (GPtrArray *shown, const Entry *entry)
{
  for (guint i = 0; i < shown->len; i++) {
    const Entry *other = shown->pdata[i];

    if (other != entry && other->announced > entry->announced
        && cmaf_event_is_same (other->event, entry->event))
      return TRUE;
  }
  return FALSE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const CmafEvent *one = (*(const Entry *const *)a)->event;
  const CmafEvent *other = (*(const Entry *const *)b)->event;
  gint order = one->start < other->start ? -1 : one->start > other->start;

  if (order == 0)
    order = one->id < other->id ? -1 : one->id > other->id;
  if (order == 0)
    order = strcmp (one->scheme, other->scheme);
  return order == 0 ? strcmp (one->value, other->value) : order;
}

static GBytes *
write_sample (gpointer user_data, const CmafCue *const *cues, guint n,
    guint64 start, guint64 end, GError **error)
{
  CmafEventSegmenter *s = user_data;
  g_autoptr (GPtrArray) events = g_ptr_array_new ();

  g_ptr_array_set_size (s->shown, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (s->shown, g_hash_table_lookup (s->entries, cues[i]->id));
  g_ptr_array_sort (s->shown, compare);
  for (guint i = 0; i < s->shown->len; i++) {
    const Entry *entry = s->shown->pdata[i];

    if (!entry->is_cancel && !is_superseded (s->shown, entry))
      g_ptr_array_add (events, entry->event);
  }
  return cmaf_event_sample_write (
      (const CmafEvent *const *)events->pdata, events->len, start, error);
}

guint32
cmaf_event_timescale (const CmafSegmentGrid *grid)
{
  return TIMESCALE * grid->duration_n % grid->duration_d == 0
             ? TIMESCALE
             : cmaf_text_timescale (grid);
}

CmafEventSegmenter *
cmaf_event_segmenter_new (const CmafSegmentGrid *grid, guint32 timescale)
{
  CmafEventSegmenter *s = g_new0 (CmafEventSegmenter, 1);
  CmafTextSegmenterConfig config = {
    .grid = *grid, .timescale = timescale, .write = write_sample, .user_data = s
  };

  s->text = cmaf_text_segmenter_new (&config);
  s->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  s->shown = g_ptr_array_new ();
  return s;
}

void
cmaf_event_segmenter_free (CmafEventSegmenter *s)
{
  cmaf_text_segmenter_free (s->text);
  g_hash_table_unref (s->entries);
  g_ptr_array_unref (s->shown);
  g_free (s);
}

void
cmaf_event_segmenter_start (
    CmafEventSegmenter *s, guint64 time, gboolean partial)
{
  cmaf_text_segmenter_start (s->text, time, partial);
}

/* ---- adding ---- */

/* Zero duration is one tick; an unknown one lasts until it has begun. */
static guint64
end_of (const CmafEvent *event)
{
  const guint32 duration =
      event->duration == CMAF_EVENT_OPEN ? 0 : event->duration;

  return event->start + MAX (duration, 1);
}

/* All that tells one instance from another, but when it was announced. */
static gchar *
make_key (const Entry *entry)
{
  const CmafEvent *event = entry->event;
  gsize size;
  const guchar *data = g_bytes_get_data (event->data, &size);
  g_autofree gchar *digest =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);

  return g_strdup_printf ("%s|%s|%u|%" G_GUINT64_FORMAT
                          "|%u|%s|%" G_GUINT64_FORMAT,
      event->scheme, event->value, event->id, event->start, event->duration,
      digest, entry->is_cancel ? entry->announced : 0);
}

static gboolean
add_entry (CmafEventSegmenter *s, Entry *entry)
{
  g_autofree gchar *key = make_key (entry);

  if (g_hash_table_contains (s->entries, key)) {
    entry_free (entry);
    return TRUE;
  }
  if (entry->end <= entry->announced
      || !cmaf_text_segmenter_add (s->text,
          cmaf_cue_new (entry->announced, entry->end, key, NULL, "event"))) {
    entry_free (entry);
    return FALSE;
  }
  g_hash_table_insert (s->entries, g_steal_pointer (&key), entry);
  return TRUE;
}

gboolean
cmaf_event_segmenter_add (CmafEventSegmenter *s, CmafEvent *event, guint64 time)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->event = event;
  entry->announced = time;
  entry->end = end_of (event);
  return add_entry (s, entry);
}

void
cmaf_event_segmenter_cancel (CmafEventSegmenter *s, const gchar *scheme,
    const gchar *value, guint32 id, guint64 time)
{
  Entry *entry = g_new0 (Entry, 1);
  GHashTableIter iter;
  gpointer other;

  entry->event = cmaf_event_new (id, scheme, value, 0, 0, NULL);
  entry->announced = time;
  entry->is_cancel = TRUE;
  g_hash_table_iter_init (&iter, s->entries);
  while (g_hash_table_iter_next (&iter, NULL, &other)) {
    if (cmaf_event_is_same (((Entry *)other)->event, entry->event))
      entry->end = MAX (entry->end, ((Entry *)other)->end);
  }
  add_entry (s, entry);
}

/* ---- segments ---- */

guint64
cmaf_event_segmenter_next_end (const CmafEventSegmenter *s)
{
  return cmaf_text_segmenter_next_end (s->text);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  return ((Entry *)value)->end <= ((CmafEventSegmenter *)user_data)->end;
}

/* What is in no later segment is forgotten. */
static void
forget (CmafEventSegmenter *s, const CmafTextSegment *segment)
{
  s->end = segment->decode_time + segment->duration;
  g_hash_table_foreach_remove (s->entries, is_over, s);
}

gboolean
cmaf_event_segmenter_close (CmafEventSegmenter *s, guint64 time,
    CmafTextSegment *segment, GError **error)
{
  if (!cmaf_text_segmenter_close (s->text, time, segment, error))
    return FALSE;
  forget (s, segment);
  return TRUE;
}

gboolean
cmaf_event_segmenter_finish (CmafEventSegmenter *s, guint64 time,
    CmafTextSegment *segment, GError **error)
{
  return cmaf_text_segmenter_finish (s->text, time, segment, error);
}
