/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A streaming thread cannot stop itself: what has ended leaves by a thread of
 * its own, which stopping the element waits for. */
#include "ingest-streams.h"

#include "ingest-message.h"

/* ---- who is there ---- */

/* Many that begin at once would each have a collection with all of the others:
 * now there is one when they are twice as many, and when all have begun. */
static gboolean
is_collection_due_locked (IngestStreams *self)
{
  gboolean are_more_coming = FALSE;
  guint n = 0, n_before = self->n_told;

  for (GList *l = self->streams; l != NULL; l = l->next) {
    if (gst_http_ingest_stream_has_begun (l->data))
      n++;
    else
      are_more_coming = TRUE;
  }
  if (n == n_before || (are_more_coming && n < 2 * n_before))
    return FALSE;
  self->n_told = n;
  return TRUE;
}

/* NULL: another thread tells of the stream. */
static GstStreamCollection *
take_collection (IngestStreams *self)
{
  GstStreamCollection *collection = NULL;

  GST_OBJECT_LOCK (self->element);
  if (is_collection_due_locked (self))
    collection = gst_stream_collection_new (NULL);
  for (GList *l = self->streams; collection != NULL && l != NULL; l = l->next) {
    GstStream *one = gst_http_ingest_stream_get_stream (l->data);

    if (one != NULL)
      gst_stream_collection_add_stream (collection, one);
  }
  GST_OBJECT_UNLOCK (self->element);
  return collection;
}

static void
post_collection (GstHttpIngestStream *stream, gpointer user_data)
{
  IngestStreams *self = user_data;
  GstStreamCollection *collection = take_collection (self);

  if (collection == NULL)
    return;
  gst_element_post_message (
      self->element, gst_message_new_stream_collection (
                         GST_OBJECT (self->element), collection));
  gst_object_unref (collection);
}

/* ---- leaving ---- */

/* TRUE for the one who takes it off, and is to call finish_leaving(). */
static gboolean
start_leaving (IngestStreams *self, GstHttpIngestStream *stream)
{
  GList *found;

  GST_OBJECT_LOCK (self->element);
  found = g_list_find (self->streams, stream);
  if (found != NULL) {
    self->streams = g_list_delete_link (self->streams, found);
    self->n_told = 0;
    self->leaving = g_list_prepend (self->leaving, g_thread_self ());
  }
  GST_OBJECT_UNLOCK (self->element);
  return found != NULL;
}

/* TRUE when no stream is left. */
static gboolean
finish_leaving (IngestStreams *self)
{
  gboolean is_last;

  GST_OBJECT_LOCK (self->element);
  self->leaving = g_list_remove (self->leaving, g_thread_self ());
  is_last = self->streams == NULL;
  g_cond_broadcast (&self->left);
  GST_OBJECT_UNLOCK (self->element);
  return is_last;
}

/* Not for this thread, which may be stopping the element in "pad-removed". */
static void
wait_for_leaving (IngestStreams *self)
{
  gboolean is_leaving;

  GST_OBJECT_LOCK (self->element);
  is_leaving = g_list_find (self->leaving, g_thread_self ()) != NULL;
  while (g_list_length (self->leaving) > (is_leaving ? 1 : 0))
    g_cond_wait (&self->left, GST_OBJECT_GET_LOCK (self->element));
  GST_OBJECT_UNLOCK (self->element);
}

static IngestStreams *
streams_of (GstPad *pad)
{
  return gst_pad_get_element_private (pad);
}

static void
remove_stream (GstElement *element, gpointer user_data)
{
  GstHttpIngestStream *stream = user_data;
  IngestStreams *self = streams_of (gst_http_ingest_stream_get_pad (stream));

  if (!start_leaving (self, stream))
    return; /* the element stops */
  gst_http_ingest_stream_stop (stream);
  gst_http_ingest_stream_unref (stream);
  if (finish_leaving (self))
    ingest_message_post_stats (element);
}

/* In the streaming thread, which cannot stop itself. */
static void
on_stream_ended (GstHttpIngestStream *stream, gpointer user_data)
{
  IngestStreams *self = user_data;

  gst_element_call_async (self->element, remove_stream,
      gst_http_ingest_stream_ref (stream),
      (GDestroyNotify)gst_http_ingest_stream_unref);
}

/* ---- pads ---- */

static void
relink (IngestStreams *self, GstPad *pad)
{
  GstHttpIngestStream *stream = NULL;

  GST_OBJECT_LOCK (self->element);
  for (GList *l = self->streams; l != NULL && stream == NULL; l = l->next)
    if (gst_http_ingest_stream_get_pad (l->data) == pad)
      stream = gst_http_ingest_stream_ref (l->data);
  GST_OBJECT_UNLOCK (self->element);
  if (stream == NULL)
    return;
  gst_http_ingest_stream_relinked (stream);
  gst_http_ingest_stream_unref (stream);
}

static gboolean
pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gboolean is_handled = GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
                        || GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE
                        || GST_EVENT_TYPE (event) == GST_EVENT_QOS;

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    relink (streams_of (pad), pad);
  gst_event_unref (event);
  return is_handled;
}

static gboolean
pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  IngestStreams *self = streams_of (pad);
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      GST_OBJECT_LOCK (self->element);
      gst_query_set_latency (query, TRUE, self->latency, GST_CLOCK_TIME_NONE);
      GST_OBJECT_UNLOCK (self->element);
      return TRUE;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static GstPad *
new_pad (IngestStreams *self)
{
  GstPadTemplate *template =
      gst_element_get_pad_template (self->element, "src_%u");
  g_autofree gchar *name = NULL;
  GstPad *pad;

  GST_OBJECT_LOCK (self->element);
  name = g_strdup_printf ("src_%u", self->next_pad++);
  GST_OBJECT_UNLOCK (self->element);
  pad = gst_pad_new_from_template (template, name);
  gst_pad_set_element_private (pad, self);
  gst_pad_set_event_function (pad, pad_event);
  gst_pad_set_query_function (pad, pad_query);
  gst_pad_use_fixed_caps (pad);
  return pad;
}

/* ---- all of them ---- */

void
ingest_streams_add (IngestStreams *self, CmafIngestOutput *output)
{
  const GstHttpIngestStreamCallbacks callbacks = { post_collection,
    on_stream_ended, self };
  GstHttpIngestStream *stream = gst_http_ingest_stream_new (
      self->element, new_pad (self), output, &self->timeline, &callbacks);

  GST_OBJECT_LOCK (self->element);
  self->streams = g_list_append (self->streams, stream);
  GST_OBJECT_UNLOCK (self->element);
  gst_http_ingest_stream_start (stream);
}

void
ingest_streams_init (IngestStreams *self, GstElement *element)
{
  self->element = element;
  gst_http_ingest_timeline_init (&self->timeline);
  g_cond_init (&self->left);
}

void
ingest_streams_clear (IngestStreams *self)
{
  gst_http_ingest_timeline_clear (&self->timeline);
  g_cond_clear (&self->left);
}

void
ingest_streams_start (IngestStreams *self, GstClockTime latency)
{
  GST_OBJECT_LOCK (self->element);
  self->latency = latency;
  GST_OBJECT_UNLOCK (self->element);
  gst_http_ingest_timeline_start (&self->timeline);
}

void
ingest_streams_close (IngestStreams *self)
{
  gst_http_ingest_timeline_stop (&self->timeline);
}

void
ingest_streams_stop (IngestStreams *self)
{
  GList *streams;

  GST_OBJECT_LOCK (self->element);
  streams = g_steal_pointer (&self->streams);
  self->n_told = 0;
  GST_OBJECT_UNLOCK (self->element);
  for (GList *l = streams; l != NULL; l = l->next)
    gst_http_ingest_stream_stop (l->data);
  g_list_free_full (streams, (GDestroyNotify)gst_http_ingest_stream_unref);
  wait_for_leaving (self);
  gst_http_ingest_timeline_finish (&self->timeline);
}

gboolean
ingest_streams_had_any (IngestStreams *self)
{
  gboolean had_any;

  GST_OBJECT_LOCK (self->element);
  had_any = self->next_pad > 0;
  GST_OBJECT_UNLOCK (self->element);
  return had_any;
}
