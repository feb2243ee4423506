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
  guint64 end;
  guint64 gone_from; /* cancelled, or another one has its place; else MAX */
} Entry;

struct _CmafEventSegmenter
{
  CmafTextSegmenter *text;
  GHashTable *entries; /* id of its cue -> Entry */
  guint64 n_added;
  GPtrArray *shown; /* CmafEvent, borrowed: of the sample that is written */
  guint64 end;      /* of the last closed segment */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  cmaf_event_free (entry->event);
  g_free (entry);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return cmaf_event_compare (
      *(const CmafEvent *const *)a, *(const CmafEvent *const *)b);
}

static GBytes *
write_sample (gpointer user_data, const CmafCue *const *cues, guint n,
    guint64 start, guint64 end, GError **error)
{
  CmafEventSegmenter *s = user_data;

  g_ptr_array_set_size (s->shown, 0);
  for (guint i = 0; i < n; i++) {
    const Entry *entry = g_hash_table_lookup (s->entries, cues[i]->id);

    g_ptr_array_add (s->shown, entry->event);
  }
  g_ptr_array_sort (s->shown, compare);
  return cmaf_event_sample_write (
      (const CmafEvent *const *)s->shown->pdata, s->shown->len, start, error);
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

/* The instance of @event that counts now; NULL: there is none. */
static const CmafEvent *
find_current (CmafEventSegmenter *s, const CmafEvent *event)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, s->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Entry *entry = value;

    if (entry->gone_from == G_MAXUINT64
        && cmaf_event_is_same (entry->event, event))
      return entry->event;
  }
  return NULL;
}

/* From @time on there is no instance of @event that came before. */
static void
end_earlier (CmafEventSegmenter *s, const CmafEvent *event, guint64 time)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, s->entries);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    Entry *entry = value;

    if (!cmaf_event_is_same (entry->event, event))
      continue;
    entry->gone_from = MIN (entry->gone_from, time);
    cmaf_text_segmenter_end_cue (s->text, id, time);
  }
}

static gboolean
add_entry (CmafEventSegmenter *s, CmafEvent *event, guint64 time)
{
  const guint64 end = end_of (event);
  g_autofree gchar *id = g_strdup_printf ("%" G_GUINT64_FORMAT, s->n_added);
  Entry *entry;

  if (end <= time
      || !cmaf_text_segmenter_add (
          s->text, cmaf_cue_new (time, end, id, NULL, "event"))) {
    cmaf_event_free (event);
    return FALSE;
  }
  entry = g_new0 (Entry, 1);
  entry->event = event;
  entry->end = end;
  entry->gone_from = G_MAXUINT64;
  g_hash_table_insert (s->entries, g_steal_pointer (&id), entry);
  s->n_added++;
  return TRUE;
}

gboolean
cmaf_event_segmenter_add (CmafEventSegmenter *s, CmafEvent *event, guint64 time)
{
  const CmafEvent *current = find_current (s, event);

  if (current && cmaf_event_is_equal (current, event)) {
    cmaf_event_free (event);
    return TRUE;
  }
  end_earlier (s, event, time); /* also when all of it is over */
  return add_entry (s, event, time);
}

void
cmaf_event_segmenter_cancel (CmafEventSegmenter *s, const gchar *scheme,
    const gchar *value, guint32 id, guint64 time)
{
  g_autoptr (CmafEvent) event = cmaf_event_new (id, scheme, value, 0, 0, NULL);

  end_earlier (s, event, time);
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
  const Entry *entry = value;

  return MIN (entry->end, entry->gone_from)
         <= ((CmafEventSegmenter *)user_data)->end;
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
