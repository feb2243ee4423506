/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* httpingestsrc with a pad linked to each of its own, that keeps what it gets.
 */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/gst.h>

#define RECEIVER_WAIT (20 * GST_SECOND)

typedef struct
{
  GMutex lock;
  GCond changed;
  GstPad *pad;       /* ours */
  GPtrArray *lists;  /* lock: lock; of GstBufferList */
  GPtrArray *events; /* lock: lock; of GstEvent */
  GByteArray *bytes; /* lock: lock; of all buffers */
  gboolean is_eos;   /* lock: lock */
} Track;

typedef struct
{
  GstElement *src;
  GstBus *bus;
  GMutex lock;
  GCond changed;
  GPtrArray *tracks; /* lock: lock; of Track */
  guint port;
} Receiver;

static inline void
keep_buffer (Track *track, GstBuffer *buffer)
{
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (track->bytes, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
}

static inline GstFlowReturn
chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  Track *track = gst_pad_get_element_private (pad);

  g_mutex_lock (&track->lock);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    keep_buffer (track, gst_buffer_list_get (list, i));
  g_ptr_array_add (track->lists, list);
  g_cond_broadcast (&track->changed);
  g_mutex_unlock (&track->lock);
  return GST_FLOW_OK;
}

static inline gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Track *track = gst_pad_get_element_private (pad);

  g_mutex_lock (&track->lock);
  track->is_eos = track->is_eos || GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  g_ptr_array_add (track->events, event);
  g_cond_broadcast (&track->changed);
  g_mutex_unlock (&track->lock);
  return TRUE;
}

static inline void
on_pad_added (GstElement *src, GstPad *src_pad, gpointer data)
{
  Receiver *receiver = data;
  Track *track = g_new0 (Track, 1);

  g_mutex_init (&track->lock);
  g_cond_init (&track->changed);
  track->lists =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_list_unref);
  track->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_event_unref);
  track->bytes = g_byte_array_new ();
  track->pad = gst_pad_new (NULL, GST_PAD_SINK);
  gst_pad_set_element_private (track->pad, track);
  gst_pad_set_chain_list_function (track->pad, chain_list);
  gst_pad_set_event_function (track->pad, take_event);
  gst_pad_set_active (track->pad, TRUE);
  fail_unless_equals_int (gst_pad_link (src_pad, track->pad), GST_PAD_LINK_OK);
  g_mutex_lock (&receiver->lock);
  g_ptr_array_add (receiver->tracks, track);
  g_cond_broadcast (&receiver->changed);
  g_mutex_unlock (&receiver->lock);
}

static inline void
free_track (gpointer data)
{
  Track *track = data;

  gst_pad_set_active (track->pad, FALSE);
  gst_object_unref (track->pad);
  g_ptr_array_unref (track->lists);
  g_ptr_array_unref (track->events);
  g_byte_array_unref (track->bytes);
  g_mutex_clear (&track->lock);
  g_cond_clear (&track->changed);
  g_free (track);
}

static inline void
play (Receiver *receiver)
{
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PAUSED),
      GST_STATE_CHANGE_NO_PREROLL);
  assert_equals_int (gst_element_set_state (receiver->src, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
  g_object_get (receiver->src, "port", &receiver->port, NULL);
  fail_unless (receiver->port != 0);
}

static inline Receiver *
receiver_new (void)
{
  Receiver *receiver = g_new0 (Receiver, 1);

  g_mutex_init (&receiver->lock);
  g_cond_init (&receiver->changed);
  receiver->tracks = g_ptr_array_new_with_free_func (free_track);
  receiver->src = gst_element_factory_make ("httpingestsrc", NULL);
  fail_unless (receiver->src != NULL);
  receiver->bus = gst_bus_new ();
  gst_element_set_bus (receiver->src, receiver->bus);
  g_signal_connect (
      receiver->src, "pad-added", G_CALLBACK (on_pad_added), receiver);
  return receiver;
}

static inline void
receiver_free (Receiver *receiver)
{
  gst_element_set_state (receiver->src, GST_STATE_NULL);
  gst_element_set_bus (receiver->src, NULL);
  gst_object_unref (receiver->bus);
  g_ptr_array_unref (receiver->tracks);
  gst_object_unref (receiver->src);
  g_mutex_clear (&receiver->lock);
  g_cond_clear (&receiver->changed);
  g_free (receiver);
}

static inline Track *
wait_track (Receiver *receiver, guint index)
{
  gint64 deadline = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;
  Track *track;

  g_mutex_lock (&receiver->lock);
  while (receiver->tracks->len <= index)
    fail_unless (
        g_cond_wait_until (&receiver->changed, &receiver->lock, deadline));
  track = g_ptr_array_index (receiver->tracks, index);
  g_mutex_unlock (&receiver->lock);
  return track;
}

static inline void
wait_lists (Track *track, guint n)
{
  gint64 deadline = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;

  g_mutex_lock (&track->lock);
  while (track->lists->len < n)
    fail_unless (g_cond_wait_until (&track->changed, &track->lock, deadline),
        "%u lists, needs %u", track->lists->len, n);
  g_mutex_unlock (&track->lock);
}

static inline void
wait_eos (Track *track)
{
  gint64 deadline = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;

  g_mutex_lock (&track->lock);
  while (!track->is_eos)
    fail_unless (g_cond_wait_until (&track->changed, &track->lock, deadline));
  g_mutex_unlock (&track->lock);
}

static inline GstEvent *
find_event (Track *track, GstEventType type)
{
  GstEvent *found = NULL;

  g_mutex_lock (&track->lock);
  for (guint i = 0; i < track->events->len && found == NULL; i++)
    if (GST_EVENT_TYPE (g_ptr_array_index (track->events, i)) == type)
      found = g_ptr_array_index (track->events, i);
  g_mutex_unlock (&track->lock);
  return found;
}

static inline guint64
get_stat (Receiver *receiver, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = G_MAXUINT64;

  g_object_get (receiver->src, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

/* The next element message of that name. (transfer full) */
static inline GstMessage *
wait_message (Receiver *receiver, const gchar *name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (
        receiver->bus, RECEIVER_WAIT, GST_MESSAGE_ELEMENT);

    fail_unless (message != NULL, "no message %s", name);
    if (gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
}
