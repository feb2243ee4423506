/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* httpingestsink with any number of tracks, fed from the thread of the test:
 * segments of a second, five chunks each. */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/cmaf/fragment-reader.h>

#include "script-server.h"
#include "segments.h"

#define SENDER_MAX_TRACKS 8

typedef struct
{
  GstElement *sink;
  GstBus *bus;
  GMutex lock;
  GCond changed;
  GPtrArray *messages; /* lock: lock; of GstMessage, in order */
  GstPad *pads[SENDER_MAX_TRACKS];
  const gchar *names[SENDER_MAX_TRACKS];
  CmafTrack *tracks[SENDER_MAX_TRACKS];
  guint n_tracks;
} Sender;

static inline gchar *
sender_url (const ScriptServer *server)
{
  return g_strdup_printf ("%s://127.0.0.1:%u/ingest",
      server->certificate ? "https" : "http", server->port);
}

static inline GstBusSyncReply
sender_keep_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Sender *s = data;

  g_mutex_lock (&s->lock);
  g_ptr_array_add (s->messages, message);
  g_cond_broadcast (&s->changed);
  g_mutex_unlock (&s->lock);
  return GST_BUS_DROP;
}

/* The first message, from @from on, of @types and, unless NULL, that name;
 * waits for it. @from gets where to go on. (transfer none) */
static inline GstMessage *
sender_wait (Sender *s, GstMessageType types, const gchar *name, guint *from)
{
  gint64 until = g_get_monotonic_time () + 40 * G_TIME_SPAN_SECOND;
  GstMessage *found = NULL;
  guint i = from ? *from : 0;

  g_mutex_lock (&s->lock);
  while (!found) {
    for (; i < s->messages->len && !found; i++) {
      GstMessage *message = s->messages->pdata[i];

      if ((GST_MESSAGE_TYPE (message) & types)
          && (!name || gst_message_has_name (message, name)))
        found = message;
    }
    if (!found)
      fail_unless (g_cond_wait_until (&s->changed, &s->lock, until),
          "no message %s", name ? name : gst_message_type_get_name (types));
  }
  g_mutex_unlock (&s->lock);
  if (from)
    *from = i;
  return found;
}

/* How many there are by now. */
static inline guint
sender_count_messages (Sender *s, GstMessageType types, const gchar *name)
{
  guint n = 0;

  g_mutex_lock (&s->lock);
  for (guint i = 0; i < s->messages->len; i++) {
    GstMessage *message = s->messages->pdata[i];

    n += (GST_MESSAGE_TYPE (message) & types) != 0
         && (!name || gst_message_has_name (message, name));
  }
  g_mutex_unlock (&s->lock);
  return n;
}

/* Not started: set properties, then add tracks. */
static inline void
sender_init (Sender *s, const ScriptServer *server)
{
  g_autofree gchar *location = server ? sender_url (server) : NULL;

  memset (s, 0, sizeof *s);
  s->sink = gst_element_factory_make ("httpingestsink", NULL);
  fail_unless (s->sink != NULL);
  gst_object_ref_sink (s->sink);
  g_object_set (s->sink, "location", location, "drain-timeout", 20 * GST_SECOND,
      "encoder-name", "A", NULL);
  s->bus = gst_bus_new ();
  s->messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_message_unref);
  g_mutex_init (&s->lock);
  g_cond_init (&s->changed);
  gst_bus_set_sync_handler (s->bus, sender_keep_message, s, NULL);
  gst_element_set_bus (s->sink, s->bus);
}

static inline GstFlowReturn
sender_push_bytes (Sender *s, guint i, GBytes *bytes)
{
  return gst_pad_push (s->pads[i], gst_buffer_new_wrapped_bytes (bytes));
}

static inline GstFlowReturn
sender_push_header (Sender *s, guint i)
{
  g_autoptr (GBytes) header = make_header (s->tracks[i]);

  return sender_push_bytes (s, i, header);
}

/* The first one starts the sink. The header is pushed. */
static inline void
sender_begin (Sender *s, guint i)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING, s->names[i], NULL);
  GstSegment segment;

  if (i == 0)
    fail_if (gst_element_set_state (s->sink, GST_STATE_PLAYING)
             == GST_STATE_CHANGE_FAILURE);
  gst_pad_push_event (s->pads[i], gst_event_new_stream_start (s->names[i]));
  gst_pad_push_event (s->pads[i], gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (s->pads[i], gst_event_new_segment (&segment));
  fail_unless_equals_int (sender_push_header (s, i), GST_FLOW_OK);
}

/* Change s->tracks[i] as you like, then _begin(). */
static inline guint
sender_prepare (Sender *s, const gchar *name, const TestCodec *codec)
{
  g_autoptr (GstPad) sink_pad = NULL;
  guint i = s->n_tracks++;

  fail_unless (i < SENDER_MAX_TRACKS);
  s->tracks[i] = make_track (codec);
  s->tracks[i]->segment_duration_n = s->tracks[i]->segment_duration_d = 1;
  if (codec->media == CMAF_MEDIA_AUDIO)
    s->tracks[i]->sample_duration = 1920;
  sink_pad = gst_element_request_pad_simple (s->sink, "sink_%u");
  s->pads[i] = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_active (s->pads[i], TRUE);
  fail_unless_equals_int (gst_pad_link (s->pads[i], sink_pad), GST_PAD_LINK_OK);
  s->names[i] = name;
  return i;
}

static inline guint
sender_add (Sender *s, const gchar *name, const TestCodec *codec)
{
  guint i = sender_prepare (s, name, codec);

  sender_begin (s, i);
  return i;
}

/* Chunks one by one, as a muxer that cuts chunks does. */
static inline GstFlowReturn
sender_push_chunks (Sender *s, guint i, guint64 first, guint n, gboolean last)
{
  GstFlowReturn result = GST_FLOW_OK;

  for (guint k = 0; k < n && result == GST_FLOW_OK; k++) {
    g_autoptr (GBytes) chunk =
        make_chunks (s->tracks[i], first + k, 1, last && k + 1 == n, 0);

    result = sender_push_bytes (s, i, chunk);
  }
  return result;
}

/* A segment of a single chunk, so that it is complete at once. */
static inline GBytes *
make_whole_segment (const CmafTrack *track, guint64 number, gboolean is_last)
{
  CmafSample samples[TEST_SAMPLES * TEST_CHUNKS];
  CmafFragment fragment = { .sequence_number = number,
    .track_id = 1,
    .decode_time = number * TEST_CHUNKS * chunk_ticks (track),
    .samples = samples,
    .n_samples = G_N_ELEMENTS (samples),
    .starts_segment = TRUE,
    .is_last = is_last };
  g_autoptr (GBytes) front = NULL;
  GByteArray *all = g_byte_array_new ();
  guint8 payload[TEST_SAMPLE_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = (CmafSample){ track->sample_duration, TEST_SAMPLE_SIZE,
      i == 0 || track->media == CMAF_MEDIA_AUDIO ? CMAF_SAMPLE_FLAGS_SYNC
                                                 : CMAF_SAMPLE_FLAGS_NON_SYNC,
      0 };
  front = cmaf_fragment_write (&fragment, NULL);
  g_byte_array_append (
      all, g_bytes_get_data (front, NULL), g_bytes_get_size (front));
  memset (payload, (guint8)number, sizeof payload);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_byte_array_append (all, payload, sizeof payload);
  return g_byte_array_free_to_bytes (all);
}

static inline GstFlowReturn
sender_push_segment (Sender *s, guint i, guint64 number, gboolean is_last)
{
  g_autoptr (GBytes) segment =
      make_whole_segment (s->tracks[i], number, is_last);

  return sender_push_bytes (s, i, segment);
}

static inline void
sender_push_segments (Sender *s, guint i, guint64 from, guint64 to)
{
  for (; from <= to; from++)
    fail_unless_equals_int (
        sender_push_segment (s, i, from, FALSE), GST_FLOW_OK);
}

/* EOS on every pad; the type of the message that ends it: EOS or ERROR. */
static inline GstMessageType
sender_end (Sender *s)
{
  for (guint i = 0; i < s->n_tracks; i++)
    gst_pad_push_event (s->pads[i], gst_event_new_eos ());
  return GST_MESSAGE_TYPE (
      sender_wait (s, GST_MESSAGE_EOS | GST_MESSAGE_ERROR, NULL, NULL));
}

/* Waits for the element message httpingestsink-@what. (transfer none) */
static inline const GstStructure *
sender_wait_message (Sender *s, const gchar *what)
{
  g_autofree gchar *name = g_strdup_printf ("httpingestsink-%s", what);

  return gst_message_get_structure (
      sender_wait (s, GST_MESSAGE_ELEMENT, name, NULL));
}

static inline const GstStructure *
sender_get_track_stats (const GstStructure *stats, const gchar *name)
{
  const GValue *value = gst_structure_get_value (stats, name);

  fail_unless (value != NULL, "stats have no track %s", name);
  return gst_value_get_structure (value);
}

static inline guint64
sender_get_stat (Sender *s, const gchar *track, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n;

  g_object_get (s->sink, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (
      sender_get_track_stats (stats, track), name, &n));
  return n;
}

/* Until the answers of @n segments are known to the element. */
static inline void
sender_wait_accepted (Sender *s, const gchar *track, guint64 n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (sender_get_stat (s, track, "segments") < n) {
    fail_unless (g_get_monotonic_time () < until, "no %u segments", (guint)n);
    g_usleep (1000); /* other threads get their turn */
  }
}

static inline void
sender_stop (Sender *s)
{
  gst_element_set_state (s->sink, GST_STATE_NULL);
}

static inline void
sender_clear (Sender *s)
{
  sender_stop (s);
  for (guint i = 0; i < s->n_tracks; i++) {
    g_autoptr (GstPad) sink_pad = gst_pad_get_peer (s->pads[i]);

    gst_pad_set_active (s->pads[i], FALSE);
    gst_pad_unlink (s->pads[i], sink_pad);
    gst_element_release_request_pad (s->sink, sink_pad);
    gst_object_unref (s->pads[i]);
    cmaf_track_unref (s->tracks[i]);
  }
  gst_element_set_bus (s->sink, NULL);
  gst_bus_set_sync_handler (s->bus, NULL, NULL, NULL);
  gst_object_unref (s->bus);
  g_ptr_array_unref (s->messages);
  g_mutex_clear (&s->lock);
  g_cond_clear (&s->changed);
  gst_object_unref (s->sink);
}

/* ---- what has arrived ---- */

/* "0,1,2": the numbers of the segments in the bodies that were answered with
 * 2xx and whose target has @part; a plus behind those that came in chunks, l
 * behind those with the brand lmsg. */
static inline gchar *
received_segments (ScriptServer *server, const gchar *part)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < server->requests->len; i++) {
    const ScriptRequest *request = server->requests->pdata[i];
    g_autoptr (GBytes) body =
        g_bytes_new (request->body->data, request->body->len);
    g_autofree gchar *line = script_request_line (request);
    CmafReadResult result;
    GError *error = NULL;

    if (request->status / 100 != 2 || !strstr (line, part)
        || script_kind (request) == 'm')
      continue;
    cmaf_fragment_reader_feed (reader, body);
    while ((result = cmaf_fragment_reader_read (reader, &error))
           != CMAF_READ_MORE) {
      fail_if (result == CMAF_READ_ERROR, "%s", error ? error->message : "");
      if (result == CMAF_READ_CHUNK) {
        g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);
        CmafTrack *track = cmaf_fragment_reader_get_track (reader);

        g_string_append_printf (text, "%s%" G_GUINT64_FORMAT "%s%s",
            text->len ? "," : "", chunk->decode_time / track->timescale,
            chunk->flags & CMAF_CHUNK_LAST ? "l" : "",
            request->chunks->len ? "+" : "");
      }
    }
  }
  return g_string_free (text, FALSE);
}
