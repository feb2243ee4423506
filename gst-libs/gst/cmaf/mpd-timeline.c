/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The S elements of tracks. A list grows with its track, so that an MPD costs
 * what was added since the one before it. */
#include "mpd-timeline.h"
#include "mpd-xml.h"

#include <libxml/parser.h>

/* One S element. */
typedef struct
{
  guint64 time;
  guint64 duration;
  guint64 count;
  gboolean after_break; /* has @t */
} Span;

/* Of one track in one period, from @first to before @next. */
struct _MpdTimeline
{
  guint64 first;
  guint64 next;
  guint64 number; /* of the first segment there is */
  guint64 end;    /* of the last segment, ticks */
  GArray *spans;  /* of Span */
  gboolean is_used;
};

struct _CmafMpdCache
{
  GHashTable *timelines; /* "name/period" -> MpdTimeline */
};

/* ---- the cache ---- */

static void
free_timeline (MpdTimeline *timeline)
{
  g_array_unref (timeline->spans);
  g_free (timeline);
}

CmafMpdCache *
cmaf_mpd_cache_new (void)
{
  CmafMpdCache *cache = g_new0 (CmafMpdCache, 1);

  xmlInitParser ();
  cache->timelines = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_timeline);
  return cache;
}

void
cmaf_mpd_cache_free (CmafMpdCache *cache)
{
  g_hash_table_unref (cache->timelines);
  g_free (cache);
}

static gboolean
remove_unused (gpointer key, gpointer value, gpointer data)
{
  MpdTimeline *timeline = value;
  const gboolean was_used = timeline->is_used;

  timeline->is_used = FALSE;
  return !was_used;
}

void
mpd_timeline_forget_unused (CmafMpdCache *cache)
{
  g_hash_table_foreach_remove (cache->timelines, remove_unused, NULL);
}

/* ---- one of them ---- */

static void
add_segment (MpdTimeline *timeline, const CmafTimelineSegment *segment)
{
  GArray *spans = timeline->spans;
  Span *last =
      spans->len > 0 ? &g_array_index (spans, Span, spans->len - 1) : NULL;
  gboolean after_break = last == NULL || segment->time != timeline->end;
  Span span = { segment->time, segment->duration, 1, after_break };

  if (last == NULL)
    timeline->number = segment->number;
  if (!after_break && last->duration == segment->duration)
    last->count++;
  else
    g_array_append_val (spans, span);
  timeline->end = segment->time + segment->duration;
}

static void
restart (MpdTimeline *timeline, guint64 first)
{
  g_array_set_size (timeline->spans, 0);
  timeline->first = timeline->next = first;
}

static void
extend (MpdTimeline *timeline, const CmafTimeline *segments, guint64 last)
{
  CmafTimelineSegment segment;

  while (timeline->next <= last
         && cmaf_timeline_next (segments, timeline->next, &segment)
         && segment.number <= last) {
    add_segment (timeline, &segment);
    timeline->next = segment.number + 1;
  }
}

const MpdTimeline *
mpd_timeline_get (CmafMpdCache *cache, const CmafPeriod *period,
    const CmafPresentationTrack *track, guint64 first, guint64 last)
{
  g_autofree gchar *key =
      g_strdup_printf ("%s/%" G_GUINT64_FORMAT, track->name, period->first);
  MpdTimeline *timeline = g_hash_table_lookup (cache->timelines, key);

  if (timeline == NULL) {
    timeline = g_new0 (MpdTimeline, 1);
    timeline->spans = g_array_new (FALSE, FALSE, sizeof (Span));
    restart (timeline, first);
    g_hash_table_insert (cache->timelines, g_steal_pointer (&key), timeline);
  } else if (timeline->first != first || timeline->next > last + 1) {
    restart (timeline, first);
  }
  timeline->is_used = TRUE;
  extend (timeline, track->timeline, last);
  return timeline->spans->len > 0 ? timeline : NULL;
}

gboolean
mpd_timeline_is_equal (const MpdTimeline *a, const MpdTimeline *b)
{
  if (a->spans->len != b->spans->len)
    return FALSE;
  for (guint i = 0; i < a->spans->len; i++) {
    const Span *x = &g_array_index (a->spans, Span, i);
    const Span *y = &g_array_index (b->spans, Span, i);

    if (x->time != y->time || x->duration != y->duration
        || x->count != y->count)
      return FALSE;
  }
  return TRUE;
}

guint64
mpd_timeline_first_number (const MpdTimeline *timeline)
{
  return timeline->number;
}

static void
append_span (GString *text, const Span *span, guint indent)
{
  g_string_append_printf (text, "%*s<S", (gint)indent, "");
  if (span->after_break)
    g_string_append_printf (text, " t=\"%" G_GUINT64_FORMAT "\"", span->time);
  g_string_append_printf (text, " d=\"%" G_GUINT64_FORMAT "\"", span->duration);
  if (span->count > 1)
    g_string_append_printf (
        text, " r=\"%" G_GUINT64_FORMAT "\"", span->count - 1);
  g_string_append (text, "/>\n");
}

void
mpd_timeline_write (
    const MpdTimeline *timeline, xmlTextWriter *xml, guint indent)
{
  g_autoptr (GString) text = g_string_new ("\n");

  for (guint i = 0; i < timeline->spans->len; i++)
    append_span (text, &g_array_index (timeline->spans, Span, i), indent + 2);
  g_string_append_printf (text, "%*s", (gint)indent, "");
  mpd_xml_begin (xml, "SegmentTimeline");
  xmlTextWriterWriteRaw (xml, (const xmlChar *)text->str);
  mpd_xml_end (xml);
}
