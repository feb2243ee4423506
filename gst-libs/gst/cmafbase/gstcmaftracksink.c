/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Request pads, end of stream and states of every sink of tracks.
 *
 * The element's object lock guards the list of pads; @lock guards what end of
 * stream needs. Neither is held while a subclass runs. Order: @lock, the
 * element's object lock, that of a pad. */
#include "gstcmaftracksink-private.h"

#include "gstcmafmessage.h"

#include <stdio.h>

GST_DEBUG_CATEGORY (gst_cmaf_track_sink_debug);

static void child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstCmafTrackSink, gst_cmaf_track_sink,
    GST_TYPE_ELEMENT,
    G_ADD_PRIVATE (GstCmafTrackSink)
        G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, child_proxy_init))

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

GstCmafTrackSinkPrivate *
gst_cmaf_track_sink_get_private (GstCmafTrackSink *self)
{
  return gst_cmaf_track_sink_get_instance_private (self);
}

void
gst_cmaf_track_sink_post_error (GstCmafTrackSink *self, const GError *error)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);

  if (g_atomic_int_compare_and_exchange (&priv->has_failed, FALSE, TRUE))
    gst_cmaf_post_error (GST_ELEMENT (self), error);
}

/* ---- end of stream ---- */

static void
post_eos (GstCmafTrackSink *self, guint32 seqnum)
{
  GstMessage *message = gst_message_new_eos (GST_OBJECT (self));

  gst_message_set_seqnum (message, seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* lock: lock. FALSE with no pads at all: more may come. */
static gboolean
all_ended_locked (GstCmafTrackSink *self)
{
  gboolean all = GST_ELEMENT (self)->sinkpads != NULL;

  GST_OBJECT_LOCK (self);
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next)
    all = all && GST_CMAF_TRACK_SINK_PAD (l->data)->has_ended;
  GST_OBJECT_UNLOCK (self);
  return all;
}

/* FALSE when it is too early, or somebody has it in hand. */
static gboolean
take_turn_to_finish (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  gboolean is_mine;

  g_mutex_lock (&priv->lock);
  is_mine = !priv->is_finishing && !priv->is_eos && all_ended_locked (self);
  if (is_mine)
    priv->is_finishing = TRUE;
  g_mutex_unlock (&priv->lock);
  return is_mine;
}

/* Or is about to. */
static gboolean
is_playing (GstCmafTrackSink *self)
{
  gboolean is;

  GST_OBJECT_LOCK (self);
  is = GST_STATE (self) == GST_STATE_PLAYING
       || GST_STATE_TARGET (self) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (self);
  return is;
}

void
gst_cmaf_track_sink_finish_if_all_ended (GstCmafTrackSink *self, guint32 seqnum)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  gboolean is_due; /* else when it plays */

  if (!take_turn_to_finish (self))
    return;
  if (klass->finish && !klass->finish (self, &error)) {
    if (error)
      gst_cmaf_track_sink_post_error (self, error);
    return;
  }
  g_mutex_lock (&priv->lock);
  priv->is_finishing = FALSE;
  priv->is_eos = TRUE;
  priv->eos_seqnum = seqnum;
  is_due = is_playing (self);
  g_mutex_unlock (&priv->lock);
  if (is_due)
    post_eos (self, seqnum);
}

/* ---- pads ---- */

/* All that have had a track, or may have one. */
static guint
count_tracks (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  guint n = 0;

  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    const GstCmafTrackSinkPad *pad = l->data;

    n += pad->name != NULL || !pad->has_ended;
  }
  GST_OBJECT_UNLOCK (self);
  g_mutex_unlock (&priv->lock);
  return n;
}

void
gst_cmaf_track_sink_tell_tracks (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);

  if (!klass->expect)
    return;
  g_mutex_lock (&priv->telling);
  klass->expect (self, count_tracks (self));
  g_mutex_unlock (&priv->telling);
}

static GstPad *
request_new_pad (GstElement *element, GstPadTemplate *template,
    const gchar *wish, const GstCaps *caps)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (element);
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  g_autofree gchar *name = NULL;
  guint number;
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  if (!wish || sscanf (wish, "sink_%u", &number) != 1)
    number = priv->next_pad;
  priv->next_pad = MAX (priv->next_pad, number + 1);
  GST_OBJECT_UNLOCK (self);
  name = g_strdup_printf ("sink_%u", number);
  pad = g_object_new (GST_TYPE_CMAF_TRACK_SINK_PAD, "name", name, "direction",
      GST_PAD_SINK, "template", template, NULL);
  gst_cmaf_track_sink_input_attach (pad);
  if (!gst_element_add_pad (element, pad))
    return NULL;
  gst_child_proxy_child_added (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_cmaf_track_sink_tell_tracks (self);
  return pad;
}

static void
release_pad (GstElement *element, GstPad *gstpad)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (element);
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (gstpad);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);

  if (klass->unlock)
    klass->unlock (self, pad);
  gst_pad_set_active (gstpad, FALSE);
  if (klass->unlock_stop)
    klass->unlock_stop (self, pad);
  if (!pad->has_ended)
    gst_cmaf_track_sink_input_end (self, pad);
  gst_child_proxy_child_removed (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_object_ref (pad);
  gst_element_remove_pad (element, gstpad);
  gst_object_unref (pad);
  gst_cmaf_track_sink_tell_tracks (self);
  gst_cmaf_track_sink_finish_if_all_ended (self, gst_util_seqnum_next ());
}

/* ---- states ---- */

static void
reset_pads (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);

  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    GstCmafTrackSinkPad *pad = l->data;

    gst_cmaf_track_sink_pad_reset (pad);
    gst_cmaf_track_sink_pad_take_name (pad, NULL);
    pad->has_ended = FALSE;
  }
  GST_OBJECT_UNLOCK (self);
  priv->is_finishing = FALSE;
  priv->is_eos = FALSE;
  g_mutex_unlock (&priv->lock);
  g_atomic_int_set (&priv->has_failed, FALSE);
}

static gboolean
start (GstCmafTrackSink *self)
{
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  g_autoptr (GError) error = NULL;

  reset_pads (self);
  if (klass->start && !klass->start (self, &error)) {
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  gst_cmaf_track_sink_tell_tracks (self);
  return TRUE;
}

static void
repost_eos (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  gboolean is_eos;
  guint32 seqnum;

  g_mutex_lock (&priv->lock);
  is_eos = priv->is_eos;
  seqnum = priv->eos_seqnum;
  g_mutex_unlock (&priv->lock);
  if (is_eos)
    post_eos (self, seqnum);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (element);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && klass->unlock)
    klass->unlock (self, NULL);

  result = GST_ELEMENT_CLASS (gst_cmaf_track_sink_parent_class)
               ->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
      && result != GST_STATE_CHANGE_FAILURE)
    repost_eos (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    if (klass->stop)
      klass->stop (self);
    reset_pads (self);
  }
  return result;
}

/* ---- latency ---- */

typedef struct
{
  gboolean is_live;
  GstClockTime min, max;
} Latency;

static gboolean
add_latency (GstElement *element, GstPad *pad, gpointer data)
{
  Latency *all = data;
  Latency one;

  if (gst_cmaf_track_sink_pad_get_latency (
          GST_CMAF_TRACK_SINK_PAD (pad), &one.is_live, &one.min, &one.max)) {
    all->is_live = all->is_live || one.is_live;
    all->min = MAX (all->min, one.min);
    all->max = MIN (all->max, one.max); /* NONE is the largest value */
  }
  return TRUE;
}

/* The worst of all pads, as a bin would say. */
static gboolean
query_latency (GstElement *element, GstQuery *query)
{
  Latency all = { FALSE, 0, GST_CLOCK_TIME_NONE };

  gst_element_foreach_sink_pad (element, add_latency, &all);
  gst_query_set_latency (query, all.is_live, all.min, all.max);
  return TRUE;
}

static gboolean
element_query (GstElement *element, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    return query_latency (element, query);
  return GST_ELEMENT_CLASS (gst_cmaf_track_sink_parent_class)
      ->query (element, query);
}

/* ---- pads as children ---- */

static GObject *
get_child_by_index (GstChildProxy *proxy, guint index)
{
  GstPad *pad;

  GST_OBJECT_LOCK (proxy);
  pad = g_list_nth_data (GST_ELEMENT (proxy)->sinkpads, index);
  if (pad)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (proxy);
  return (GObject *)pad;
}

static GObject *
get_child_by_name (GstChildProxy *proxy, const gchar *name)
{
  return (GObject *)gst_element_get_static_pad (GST_ELEMENT (proxy), name);
}

static guint
get_children_count (GstChildProxy *proxy)
{
  guint n;

  GST_OBJECT_LOCK (proxy);
  n = GST_ELEMENT (proxy)->numsinkpads;
  GST_OBJECT_UNLOCK (proxy);
  return n;
}

static void
child_proxy_init (gpointer iface, gpointer data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_index = get_child_by_index;
  proxy->get_child_by_name = get_child_by_name;
  proxy->get_children_count = get_children_count;
}

/* ---- the element ---- */

static void
gst_cmaf_track_sink_finalize (GObject *object)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_private (GST_CMAF_TRACK_SINK (object));

  g_mutex_clear (&priv->lock);
  g_mutex_clear (&priv->telling);
  G_OBJECT_CLASS (gst_cmaf_track_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_track_sink_init (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);

  g_mutex_init (&priv->lock);
  g_mutex_init (&priv->telling);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

void
gst_cmaf_track_sink_class_add_template (GstElementClass *element_class)
{
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &sink_template, GST_TYPE_CMAF_TRACK_SINK_PAD);
}

static void
gst_cmaf_track_sink_class_init (GstCmafTrackSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_cmaf_track_sink_debug, "cmaftracksink", 0,
      "base class of CMAF track sinks");
  G_OBJECT_CLASS (klass)->finalize = gst_cmaf_track_sink_finalize;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  element_class->change_state = change_state;
  element_class->query = element_query;
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_TRACK_SINK_PAD, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_TRACK_SINK, 0);
}
