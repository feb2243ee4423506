/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "gsthttpingeststream.h"
#include "ingest-announce.h"
#include "ingest-message.h"

#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/timescale.h>

GST_DEBUG_CATEGORY_EXTERN (http_ingest_src_debug);
#define GST_CAT_DEFAULT http_ingest_src_debug

/* A buffer has room for 16 memories; more would be copied into one. */
#define MAX_MEMORIES 15
/* Media times that are further apart than this have timelines of their own. */
#define NEAR (60 * GST_SECOND)

/* Of the job that this thread does. */
static GPrivate current_timeline;

struct _GstHttpIngestStream
{
  gatomicrefcount ref_count;
  GstElement *element; /* not owned: it outlives its streams */
  GstPad *pad;
  CmafIngestOutput *output;
  GstHttpIngestTimeline *timeline;
  GstHttpIngestStreamCallbacks callbacks;

  /* streaming thread, and who has joined it */
  gboolean is_added; /* the pad is one of the element's */
  gchar *stream_id;
  GBytes *header;
  gboolean has_init_due;
  gboolean has_segment;
  GstClockTime segment_media; /* what the segment in force was made for */
  guint32 seqnum;
  gboolean has_told_unlinked;
  CmafEventNews *news;

  GMutex lock;
  guint n_links;     /* lock: lock; how often somebody may have come */
  GstStream *stream; /* lock: lock */
};

GstHttpIngestStream *
gst_http_ingest_stream_ref (GstHttpIngestStream *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_http_ingest_stream_unref (GstHttpIngestStream *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  gst_clear_object (&self->stream);
  gst_object_unref (self->pad);
  cmaf_ingest_output_unref (self->output);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_free (self->stream_id);
  cmaf_event_news_free (self->news);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstStream *
gst_http_ingest_stream_get_stream (GstHttpIngestStream *self)
{
  GstStream *stream;

  g_mutex_lock (&self->lock);
  stream = self->stream ? gst_object_ref (self->stream) : NULL;
  g_mutex_unlock (&self->lock);
  return stream;
}

gboolean
gst_http_ingest_stream_has_begun (GstHttpIngestStream *self)
{
  gboolean has_begun;

  g_mutex_lock (&self->lock);
  has_begun = self->stream != NULL;
  g_mutex_unlock (&self->lock);
  return has_begun;
}

/* ---- events ---- */

static void
push_event (GstHttpIngestStream *self, GstEvent *event)
{
  if (self->seqnum == GST_SEQNUM_INVALID)
    self->seqnum = gst_event_get_seqnum (event);
  else
    gst_event_set_seqnum (event, self->seqnum);
  gst_pad_push_event (self->pad, event);
}

static GstStreamType
stream_type (const CmafTrack *track)
{
  static const GstStreamType types[] = { [CMAF_MEDIA_VIDEO] =
                                             GST_STREAM_TYPE_VIDEO,
    [CMAF_MEDIA_AUDIO] = GST_STREAM_TYPE_AUDIO,
    [CMAF_MEDIA_TEXT] = GST_STREAM_TYPE_TEXT,
    [CMAF_MEDIA_EVENT] = GST_STREAM_TYPE_UNKNOWN };

  return types[track->media];
}

/* What the header says goes before what an MPD says. */
static void
set_text (GstCaps *caps, const gchar *field, const gchar *text,
    const gchar *otherwise)
{
  if (text == NULL)
    text = otherwise;
  if (text != NULL)
    gst_caps_set_simple (caps, field, G_TYPE_STRING, text, NULL);
}

static GstCaps *
make_caps (GstHttpIngestStream *self, const CmafIngestItem *item)
{
  GstCaps *caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING,
      cmaf_ingest_output_get_name (self->output), NULL);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (self->header);
  GValue headers = G_VALUE_INIT, value = G_VALUE_INIT;

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  g_value_init (&headers, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_take_buffer (&value, buffer);
  gst_value_array_append_and_take_value (&headers, &value);
  gst_structure_take_value (
      gst_caps_get_structure (caps, 0), "streamheader", &headers);
  set_text (caps, "language", item->track->language, item->language);
  set_text (caps, "role", item->track->role, item->role);
  return caps;
}

static void
say_added (GstHttpIngestStream *self, const CmafTrack *track)
{
  g_autofree gchar *codec = cmaf_sample_entry_codec_string (track);

  ingest_message_post (
      gst_structure_new ("track-added", "track-name", G_TYPE_STRING,
          cmaf_ingest_output_get_name (self->output), "pad", G_TYPE_STRING,
          GST_PAD_NAME (self->pad), "media", G_TYPE_STRING,
          cmaf_track_content_type (track), "codecs", G_TYPE_STRING, codec,
          NULL),
      self->element);
}

/* Before the first header: the pad has a stream from the start. */
static void
begin_stream (GstHttpIngestStream *self, const CmafTrack *track, GstCaps *caps)
{
  GstEvent *event = gst_event_new_stream_start (self->stream_id);
  GstStream *stream = gst_stream_new (
      self->stream_id, caps, stream_type (track), GST_STREAM_FLAG_NONE);

  gst_event_set_group_id (event, self->timeline->group_id);
  gst_event_set_stream (event, stream);
  g_mutex_lock (&self->lock);
  self->stream = stream;
  g_mutex_unlock (&self->lock);
  push_event (self, event);
  self->callbacks.added (self, self->callbacks.user_data);
  say_added (self, track);
}

static void
take_header (GstHttpIngestStream *self, const CmafIngestItem *item)
{
  g_autoptr (GstCaps) caps = NULL;

  g_clear_pointer (&self->header, g_bytes_unref);
  self->header = g_bytes_ref (item->header);
  self->has_init_due = TRUE;
  caps = make_caps (self, item);
  if (self->stream == NULL)
    begin_stream (self, item->track, caps);
  push_event (self, gst_event_new_caps (caps));
}

static GstClockTime
distance (GstClockTime a, GstClockTime b)
{
  return a > b ? a - b : b - a;
}

static GstClockTime
current_running_time (GstHttpIngestStream *self)
{
  GstClockTime now = gst_element_get_current_running_time (self->element);

  return GST_CLOCK_TIME_IS_VALID (now) ? now : 0;
}

/* The first track that arrives sets the mapping for all that are near it. */
static void
map_time (GstHttpIngestStream *self, GstClockTime media, GstSegment *segment)
{
  GstHttpIngestTimeline *timeline = self->timeline;
  GstClockTime now = current_running_time (self);

  g_mutex_lock (&timeline->lock);
  if (!timeline->is_set) {
    timeline->is_set = TRUE;
    timeline->media = media;
    timeline->running_time = now;
  }
  if (distance (timeline->media, media) < NEAR
      || distance (timeline->media + now - timeline->running_time, media)
             < NEAR) {
    media = timeline->media;
    now = timeline->running_time;
  }
  g_mutex_unlock (&timeline->lock);

  gst_segment_init (segment, GST_FORMAT_TIME);
  /* so that what is a little earlier is not cut off */
  segment->start = media > now ? media - now : 0;
  segment->base = media > now ? 0 : now - media;
  segment->time = segment->start;
}

static void
ensure_segment (GstHttpIngestStream *self, GstClockTime media)
{
  GstSegment segment;

  if (self->has_segment && distance (self->segment_media, media) < NEAR) {
    self->segment_media = media;
    return;
  }
  map_time (self, media, &segment);
  self->has_segment = TRUE;
  self->segment_media = media;
  push_event (self, gst_event_new_segment (&segment));
}

static void
tell_source (GstHttpIngestStream *self, const gchar *source)
{
  GstStructure *structure =
      gst_structure_new ("cmaf-source", "source", G_TYPE_STRING, source, NULL);

  push_event (self,
      gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, structure));
}

/* Events that @item tells of, in front of it. */
static void
announce (GstHttpIngestStream *self, const CmafIngestItem *item)
{
  g_autoptr (GPtrArray) told =
      cmaf_event_news_take (self->news, item->track, item->merged.chunk);

  for (guint i = 0; told != NULL && i < told->len; i++)
    push_event (self,
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            ingest_announce_event (told->pdata[i], item->track->timescale)));
}

/* ---- buffers ---- */

static GstBuffer *
new_front_buffer (const CmafIngestItem *item)
{
  const CmafMergedChunk *merged = &item->merged;
  GBytes *front =
      item->front ? item->front : g_ptr_array_index (merged->chunk->bytes, 0);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (front);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  if (!merged->starts_segment)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_OFFSET (buffer) = merged->chunk->sequence_number;
  return buffer;
}

static void
set_times (GstBuffer *buffer, const CmafIngestItem *item)
{
  const CmafChunk *chunk = item->merged.chunk;
  guint32 timescale = item->track->timescale;
  GstClockTime dts = cmaf_ns_from_ticks (chunk->decode_time, timescale);

  GST_BUFFER_DTS (buffer) = dts;
  GST_BUFFER_PTS (buffer) =
      cmaf_ns_from_ticks (chunk->earliest_presentation_time, timescale);
  GST_BUFFER_DURATION (buffer) =
      cmaf_ns_from_ticks (chunk->decode_time + chunk->duration, timescale)
      - dts;
}

/* The payload as it came from the network, in as few buffers as it takes. */
static void
add_payload (GstBufferList *list, const CmafChunk *chunk)
{
  GstBuffer *buffer = NULL;

  for (guint i = 1; i < chunk->bytes->len; i++) {
    g_autoptr (GstBuffer) piece =
        gst_buffer_new_wrapped_bytes (g_ptr_array_index (chunk->bytes, i));

    if (buffer == NULL || gst_buffer_n_memory (buffer) == MAX_MEMORIES) {
      buffer = gst_buffer_new ();
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
      gst_buffer_list_add (list, buffer);
    }
    gst_buffer_append_memory (buffer, gst_buffer_get_memory (piece, 0));
  }
  if (buffer != NULL)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
}

static GstBufferList *
make_list (GstHttpIngestStream *self, const CmafIngestItem *item)
{
  GstBufferList *list = gst_buffer_list_new_sized (4);
  GstBuffer *front = new_front_buffer (item);

  set_times (front, item);
  if (self->has_init_due) {
    GstBuffer *init = gst_buffer_new_wrapped_bytes (self->header);

    GST_BUFFER_FLAG_SET (
        init, GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DISCONT);
    set_times (init, item);
    gst_buffer_list_add (list, init);
  } else if (item->merged.is_discont) {
    GST_BUFFER_FLAG_SET (front, GST_BUFFER_FLAG_DISCONT);
  }
  self->has_init_due = FALSE;
  gst_buffer_list_add (list, front);
  add_payload (list, item->merged.chunk);
  return list;
}

/* ---- a pad that nobody takes ---- */

static guint
count_links (GstHttpIngestStream *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_links;
  g_mutex_unlock (&self->lock);
  return n;
}

/* It does not stop the others, but its senders and the application are to know.
 * @n_links: before it was tried. */
static void
tell_unlinked (GstHttpIngestStream *self, guint n_links)
{
  gboolean is_unlinked;

  g_mutex_lock (&self->lock);
  is_unlinked = n_links == self->n_links;
  if (is_unlinked)
    cmaf_ingest_output_set_unwanted (self->output, TRUE);
  g_mutex_unlock (&self->lock);
  if (!is_unlinked || self->has_told_unlinked)
    return;
  self->has_told_unlinked = TRUE;
  GST_ELEMENT_WARNING (self->element, CORE, PAD,
      ("track %s: pad %s is not linked, its senders get 503 until it is, but "
       "for what is kept as an object; a fakesink takes what nobody wants",
          cmaf_ingest_output_get_name (self->output), GST_PAD_NAME (self->pad)),
      (NULL));
}

void
gst_http_ingest_stream_relinked (GstHttpIngestStream *self)
{
  g_mutex_lock (&self->lock);
  self->n_links++;
  cmaf_ingest_output_set_unwanted (self->output, FALSE);
  g_mutex_unlock (&self->lock);
}

GstPad *
gst_http_ingest_stream_get_pad (GstHttpIngestStream *self)
{
  return self->pad;
}

/* ---- the streaming thread ---- */

static GstFlowReturn
take_chunk (GstHttpIngestStream *self, const CmafIngestItem *item)
{
  GstClockTime media = cmaf_ns_from_ticks (
      item->merged.chunk->decode_time, item->track->timescale);
  guint n_links = count_links (self);
  GstFlowReturn result;

  ensure_segment (self, media);
  if (item->source != NULL)
    tell_source (self, item->source);
  announce (self, item);
  result = gst_pad_push_list (self->pad, make_list (self, item));
  if (result != GST_FLOW_NOT_LINKED)
    return result;
  tell_unlinked (self, n_links);
  return GST_FLOW_OK;
}

static void
end_of_stream (GstHttpIngestStream *self)
{
  push_event (self, gst_event_new_eos ());
  self->callbacks.ended (self, self->callbacks.user_data);
}

static void
flow_stopped (GstHttpIngestStream *self, GstFlowReturn result)
{
  GST_INFO_OBJECT (self->pad, "stopped: %s", gst_flow_get_name (result));
  /* nobody pulls any more, and uploads are to know */
  cmaf_ingest_output_flush (self->output);
  if (result == GST_FLOW_FLUSHING || result == GST_FLOW_EOS)
    return;
  /* who refused it has said why; that is enough for all that end there */
  if (g_atomic_int_compare_and_exchange (
          &self->timeline->has_failed, FALSE, TRUE))
    GST_ELEMENT_FLOW_ERROR (self->element, result);
  push_event (self, gst_event_new_eos ());
}

static gboolean
queue_job (gpointer data)
{
  GstHttpIngestStream *self = data;

  gst_object_ref (self->element); /* handlers may let go of it */
  return g_thread_pool_push (
      self->timeline->pool, gst_http_ingest_stream_ref (self), NULL);
}

static void
end_job (gpointer data)
{
  GstHttpIngestStream *self = data;
  GstElement *element = self->element;

  gst_http_ingest_stream_unref (self);
  gst_object_unref (element);
}

/* Handlers of "pad-added" that link any pad that is free, as gst-launch's,
 * would take the same one of two: one is added at a time, with no lock held.
 * FALSE: there will be a job when the turn has come, unless the element stops.
 */
static gboolean
take_turn (GstHttpIngestStream *self)
{
  GstHttpIngestTimeline *timeline = self->timeline;
  gboolean is_taken;

  g_mutex_lock (&timeline->lock);
  is_taken = !timeline->is_adding && !timeline->is_stopped;
  timeline->is_adding |= is_taken;
  if (!is_taken && !timeline->is_stopped)
    g_queue_push_tail (&timeline->waiting, gst_http_ingest_stream_ref (self));
  g_mutex_unlock (&timeline->lock);
  return is_taken;
}

static void
pass_turn (GstHttpIngestTimeline *timeline)
{
  GstHttpIngestStream *next;

  g_mutex_lock (&timeline->lock);
  timeline->is_adding = FALSE;
  next = g_queue_pop_head (&timeline->waiting);
  g_mutex_unlock (&timeline->lock);
  if (next == NULL)
    return;
  queue_job (next);
  gst_http_ingest_stream_unref (next);
}

static gboolean
add_pad (GstHttpIngestStream *self)
{
  if (self->is_added)
    return TRUE;
  if (!take_turn (self))
    return FALSE;
  self->is_added = TRUE;
  gst_element_add_pad (self->element, self->pad);
  pass_turn (self->timeline);
  return TRUE;
}

/* FALSE: there is nothing to do, for now or for ever. */
static gboolean
take_item (GstHttpIngestStream *self)
{
  g_autoptr (CmafIngestItem) item = NULL;
  GstFlowReturn result = GST_FLOW_OK;

  if (add_pad (self))
    item = cmaf_ingest_output_pull (self->output);
  if (item == NULL)
    return FALSE;
  switch (item->type) {
    case CMAF_INGEST_ITEM_HEADER:
      take_header (self, item);
      break;
    case CMAF_INGEST_ITEM_CHUNK:
      result = take_chunk (self, item);
      break;
    case CMAF_INGEST_ITEM_END:
      end_of_stream (self);
      return FALSE;
  }
  if (result != GST_FLOW_OK)
    flow_stopped (self, result);
  return result == GST_FLOW_OK;
}

/* A job. There is one for a stream at a time, and who makes its pad inactive
 * waits for the lock. */
static void
work (gpointer data, gpointer user_data)
{
  GstHttpIngestStream *self = data;

  g_private_set (&current_timeline, self->timeline);
  GST_PAD_STREAM_LOCK (self->pad);
  while (take_item (self))
    ;
  GST_PAD_STREAM_UNLOCK (self->pad);
  g_private_set (&current_timeline, NULL);
  end_job (self);
}

void
gst_http_ingest_stream_start (GstHttpIngestStream *self)
{
  gst_pad_set_active (self->pad, TRUE);
  cmaf_ingest_output_set_ready (self->output, queue_job, self);
}

void
gst_http_ingest_stream_stop (GstHttpIngestStream *self)
{
  gboolean is_added;

  cmaf_ingest_output_flush (self->output);
  gst_pad_set_active (self->pad, FALSE);
  GST_PAD_STREAM_LOCK (self->pad);
  is_added = self->is_added;
  GST_PAD_STREAM_UNLOCK (self->pad);
  if (is_added)
    gst_element_remove_pad (self->element, self->pad);
}

/* The same for every receiver of the same publishing point and track. */
static gchar *
make_stream_id (const gchar *name)
{
  g_autofree gchar *text = g_strdup_printf ("httpingestsrc/%s", name);
  g_autofree gchar *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("%s/%s", hash, name);
}

GstHttpIngestStream *
gst_http_ingest_stream_new (GstElement *element, GstPad *pad,
    CmafIngestOutput *output, GstHttpIngestTimeline *timeline,
    const GstHttpIngestStreamCallbacks *callbacks)
{
  GstHttpIngestStream *self = g_new0 (GstHttpIngestStream, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->news = cmaf_event_news_new ();
  g_mutex_init (&self->lock);
  self->element = element;
  self->pad = gst_object_ref_sink (pad);
  self->output = cmaf_ingest_output_ref (output);
  self->timeline = timeline;
  self->callbacks = *callbacks;
  self->stream_id = make_stream_id (cmaf_ingest_output_get_name (output));
  return self;
}

/* ---- what streams share ---- */

void
gst_http_ingest_timeline_init (GstHttpIngestTimeline *timeline)
{
  g_mutex_init (&timeline->lock);
  g_queue_init (&timeline->waiting);
}

void
gst_http_ingest_timeline_clear (GstHttpIngestTimeline *timeline)
{
  g_mutex_clear (&timeline->lock);
}

/* A pad that is blocked keeps its thread, and then another one does what the
 * others need: there is no limit. */
void
gst_http_ingest_timeline_start (GstHttpIngestTimeline *timeline)
{
  g_mutex_lock (&timeline->lock);
  timeline->is_set = timeline->is_stopped = FALSE;
  g_mutex_unlock (&timeline->lock);
  timeline->has_failed = FALSE;
  timeline->group_id = gst_util_group_id_next ();
  timeline->pool =
      g_thread_pool_new_full (work, NULL, end_job, -1, FALSE, NULL);
}

void
gst_http_ingest_timeline_stop (GstHttpIngestTimeline *timeline)
{
  GQueue waiting;

  g_mutex_lock (&timeline->lock);
  timeline->is_stopped = TRUE;
  waiting = timeline->waiting;
  g_queue_init (&timeline->waiting);
  g_mutex_unlock (&timeline->lock);
  g_queue_clear_full (&waiting, (GDestroyNotify)gst_http_ingest_stream_unref);
}

/* Jobs that are still queued find nothing to do. They are dropped only when no
 * thread could be made for them. */
void
gst_http_ingest_timeline_finish (GstHttpIngestTimeline *timeline)
{
  gboolean is_job = g_private_get (&current_timeline) == timeline;

  if (is_job)
    g_warning ("httpingestsrc is stopped by its own streaming thread, which "
               "cannot wait for itself");
  g_thread_pool_free (timeline->pool,
      g_thread_pool_get_num_threads (timeline->pool) == 0, !is_job);
}
