/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What was told last of each event that is not over, and what is told now. */
#include <gst/cmaf/event-news.h>

#define MAX_KNOWN 1000 /* of more it is forgotten that they were told */

struct _CmafEventNews
{
  guint32 timescale;    /* of what is known */
  GPtrArray *known;     /* of CmafEvent */
  guint64 segment_time; /* ticks */
  guint64 end;          /* of the last sample of an event track, ticks */
};

CmafEventNews *
cmaf_event_news_new (void)
{
  CmafEventNews *news = g_new0 (CmafEventNews, 1);

  news->known =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  return news;
}

void
cmaf_event_news_free (CmafEventNews *news)
{
  g_ptr_array_unref (news->known);
  g_free (news);
}

static void
free_told (gpointer data)
{
  cmaf_told_event_clear (data);
  g_free (data);
}

static void
add (GPtrArray *told, const CmafEvent *event, gboolean is_cancel, guint64 time)
{
  CmafToldEvent *added = g_new0 (CmafToldEvent, 1);

  added->event = cmaf_event_copy (event);
  added->is_cancel = is_cancel;
  added->announced = time;
  g_ptr_array_add (told, added);
}

static guint64
end_of (const CmafEvent *event)
{
  return event->start
         + (event->duration == CMAF_EVENT_OPEN ? 0 : event->duration);
}

/* Also when it is what is left of @known. */
static gboolean
says_the_same (const CmafEvent *known, const CmafEvent *event, guint64 time)
{
  return cmaf_event_is_equal (known, event)
         || (event->start == time && known->start < time
             && end_of (event) == end_of (known)
             && g_bytes_equal (known->data, event->data));
}

static void
take_event (
    CmafEventNews *news, const CmafEvent *event, guint64 time, GPtrArray *told)
{
  for (guint i = 0; i < news->known->len; i++) {
    const CmafEvent *known = news->known->pdata[i];

    if (!cmaf_event_is_same (known, event))
      continue;
    if (says_the_same (known, event, time))
      return;
    g_ptr_array_remove_index_fast (news->known, i);
    break;
  }
  add (told, event, FALSE, time);
  if (news->known->len < MAX_KNOWN)
    g_ptr_array_add (news->known, cmaf_event_copy (event));
}

static gboolean
is_in (const CmafEventSample *sample, const CmafEvent *event)
{
  for (guint i = 0; i < sample->events->len; i++)
    if (cmaf_event_is_same (sample->events->pdata[i], event))
      return TRUE;
  return FALSE;
}

/* What is over is forgotten. Of a track that has all events, and @goes_on where
 * it was, what is not told any more before it began is cancelled. */
static void
drop_old (CmafEventNews *news, const CmafEventSample *sample, gboolean goes_on,
    GPtrArray *told)
{
  for (guint i = news->known->len; i-- > 0;) {
    const CmafEvent *known = news->known->pdata[i];
    const gboolean is_gone =
        goes_on && known->start > sample->time && !is_in (sample, known);

    if (is_gone)
      add (told, known, TRUE, sample->time);
    if (is_gone || (end_of (known) < sample->time && !is_in (sample, known)))
      g_ptr_array_remove_index_fast (news->known, i);
  }
}

static void
take_sample (CmafEventNews *news, const CmafEventSample *sample,
    gboolean is_complete, GPtrArray *told)
{
  drop_old (news, sample, is_complete && news->end == sample->time, told);
  for (guint i = 0; i < sample->events->len; i++)
    take_event (news, sample->events->pdata[i], sample->time, told);
  news->end = sample->end;
}

GPtrArray *
cmaf_event_news_take (
    CmafEventNews *news, const CmafTrack *track, const CmafChunk *chunk)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autoptr (GPtrArray) told = NULL;

  if (news->timescale != track->timescale)
    g_ptr_array_set_size (news->known, 0);
  news->timescale = track->timescale;
  news->segment_time = cmaf_event_segment_time (chunk, news->segment_time);
  samples = cmaf_event_read_chunk (track, chunk, news->segment_time, NULL);
  if (!samples)
    return NULL;
  told = g_ptr_array_new_with_free_func (free_told);
  for (guint i = 0; i < samples->len; i++)
    take_sample (
        news, samples->pdata[i], cmaf_event_track_is_complete (track), told);
  return told->len > 0 ? g_steal_pointer (&told) : NULL;
}
