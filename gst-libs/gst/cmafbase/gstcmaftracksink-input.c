/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What arrives on a pad of a track sink: bytes are parsed, and headers, chunks
 * and events go to the subclass with no lock held. */
#include "gstcmaftracksink-private.h"

/* ---- bytes ---- */

static GstFlowReturn
fail (GstCmafTrackSink *self, GstFlowReturn result, GError **error)
{
  if (result == GST_FLOW_ERROR && *error)
    gst_cmaf_track_sink_post_error (self, *error);
  g_clear_error (error);
  return result;
}

static void
fill_in (gchar **text, const gchar *said, gboolean is_valid)
{
  if (*text == NULL && is_valid)
    *text = g_strdup (said);
}

/* What the header does not say the caps may: httpingestsrc knows MPDs. */
static CmafTrack *
describe (const GstCmafTrackSinkPad *pad, const CmafTrack *track)
{
  CmafTrack *described = cmaf_track_copy (track);
  const gchar *language = pad->caps_language, *role = pad->caps_role;

  fill_in (&described->language, language,
      language != NULL && cmaf_language_is_valid (language));
  fill_in (&described->role, role, role != NULL && cmaf_role_is_valid (role));
  return described;
}

static GstFlowReturn
handle_header (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, GError **error)
{
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  CmafTrack *track = cmaf_fragment_reader_get_track (pad->reader);
  GBytes *header = cmaf_fragment_reader_get_header (pad->reader);
  g_autoptr (CmafTrack) described = NULL;

  if (pad->header && g_bytes_equal (pad->header, header))
    return GST_FLOW_OK;
  gst_cmaf_track_sink_pad_resolve_name (pad, self, track);
  g_clear_pointer (&pad->header, g_bytes_unref);
  pad->header = g_bytes_ref (header);
  described = describe (pad, track);
  return klass->header (self, pad, described, header, error);
}

static GstFlowReturn
read_all (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  GstFlowReturn result = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;

  while (result == GST_FLOW_OK) {
    CmafReadResult read = cmaf_fragment_reader_read (pad->reader, &error);

    if (read == CMAF_READ_MORE)
      break;
    if (read == CMAF_READ_ERROR) {
      g_prefix_error (&error, "%s: ", GST_PAD_NAME (pad));
      result = GST_FLOW_ERROR;
    } else if (read == CMAF_READ_HEADER) {
      result = handle_header (self, pad, &error);
    } else if (read == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk =
          cmaf_fragment_reader_take_chunk (pad->reader);

      result = klass->chunk (self, pad, chunk, &error);
    }
  }
  return fail (self, result, &error);
}

typedef struct
{
  GstMemory *memory;
  GstMapInfo map;
} Lent;

static void
give_back (gpointer data)
{
  Lent *lent = data;

  gst_memory_unmap (lent->memory, &lent->map);
  gst_memory_unref (lent->memory);
  g_free (lent);
}

static gboolean
feed_memory (GstCmafTrackSinkPad *pad, GstMemory *memory)
{
  Lent *lent = g_new0 (Lent, 1);
  GBytes *bytes;

  lent->memory = gst_memory_ref (memory);
  if (!gst_memory_map (memory, &lent->map, GST_MAP_READ)) {
    gst_memory_unref (memory);
    g_free (lent);
    return FALSE;
  }
  bytes = g_bytes_new_with_free_func (
      lent->map.data, lent->map.size, give_back, lent);
  cmaf_fragment_reader_feed (pad->reader, bytes);
  g_bytes_unref (bytes);
  return TRUE;
}

static gboolean
feed_buffer (GstCmafTrackSinkPad *pad, GstBuffer *buffer)
{
  guint n = gst_buffer_n_memory (buffer);

  if (!pad->reader)
    pad->reader = cmaf_fragment_reader_new (NULL);
  for (guint i = 0; i < n; i++) {
    if (!feed_memory (pad, gst_buffer_peek_memory (buffer, i)))
      return FALSE;
  }
  return TRUE;
}

static GstFlowReturn
take_buffer (
    GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, GstBuffer *buffer)
{
  if (!feed_buffer (pad, buffer)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("%s: memory of a buffer cannot be read", GST_PAD_NAME (pad)), (NULL));
    return GST_FLOW_ERROR;
  }
  return read_all (self, pad);
}

/* ---- events ---- */

/* Another track on the pad of one that has ended: who links sometimes pads by
 * ":" gets the first pad that is free. After the end of all nothing is taken.
 */
static void
begin_stream (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  gboolean had_ended, is_late;

  g_mutex_lock (&priv->lock);
  had_ended = pad->has_ended;
  is_late = priv->is_eos || priv->is_finishing;
  pad->has_ended = had_ended && is_late;
  g_mutex_unlock (&priv->lock);
  if (!had_ended)
    return;
  gst_cmaf_track_sink_pad_reset (pad);
  GST_OBJECT_LOCK (self);
  gst_cmaf_track_sink_pad_take_name (pad, NULL);
  GST_OBJECT_UNLOCK (self);
  if (is_late)
    pad->result = GST_FLOW_EOS;
  gst_cmaf_track_sink_tell_tracks (self);
}

static void
take_text (gchar **text, const GstStructure *s, const gchar *field)
{
  g_free (*text);
  *text = g_strdup (gst_structure_get_string (s, field));
}

static void
take_caps (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, GstEvent *event)
{
  const GstStructure *s;
  const GValue *header;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  s = gst_caps_get_structure (caps, 0);
  header = gst_structure_get_value (s, "streamheader");
  take_text (&pad->caps_name, s, "track-name");
  take_text (&pad->caps_language, s, "language");
  take_text (&pad->caps_role, s, "role");
  if (!header || !GST_VALUE_HOLDS_ARRAY (header))
    return;
  for (guint i = 0; i < gst_value_array_get_size (header); i++) {
    GstBuffer *buffer =
        gst_value_get_buffer (gst_value_array_get_value (header, i));

    if (pad->result == GST_FLOW_OK && buffer)
      pad->result = take_buffer (self, pad, buffer);
  }
}

static void
flush_stop (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);

  if (pad->reader)
    cmaf_fragment_reader_reset (pad->reader);
  pad->result = GST_FLOW_OK;
  g_mutex_lock (&priv->lock);
  pad->has_ended = FALSE;
  priv->is_eos = FALSE;
  g_mutex_unlock (&priv->lock);
  if (klass->unlock_stop)
    klass->unlock_stop (self, pad);
  gst_cmaf_track_sink_tell_tracks (self);
}

GstFlowReturn
gst_cmaf_track_sink_input_end (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkPrivate *priv = gst_cmaf_track_sink_get_private (self);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = pad->result;

  if (result == GST_FLOW_OK && pad->reader
      && !cmaf_fragment_reader_is_at_boundary (pad->reader))
    GST_ELEMENT_WARNING (self, STREAM, DEMUX,
        ("%s: input ended inside a chunk, which is dropped",
            GST_PAD_NAME (pad)),
        (NULL));
  if (result == GST_FLOW_OK && pad->header && klass->end)
    result = klass->end (self, pad, &error);
  result = fail (self, result, &error);
  if (result == GST_FLOW_OK) {
    g_mutex_lock (&priv->lock);
    pad->has_ended = TRUE;
    g_mutex_unlock (&priv->lock);
    gst_cmaf_track_sink_tell_tracks (self);
  }
  return result;
}

/* ---- functions of the pad ---- */

static GstFlowReturn
pad_chain (GstPad *gstpad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (parent);
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (gstpad);
  GstFlowReturn result = pad->result;

  if (result == GST_FLOW_OK)
    result = take_buffer (self, pad, buffer);
  gst_buffer_unref (buffer);
  return result;
}

static GstFlowReturn
pad_chain_list (GstPad *gstpad, GstObject *parent, GstBufferList *list)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (parent);
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (gstpad);
  GstFlowReturn result = pad->result;
  guint n = gst_buffer_list_length (list);

  for (guint i = 0; i < n && result == GST_FLOW_OK; i++)
    result = take_buffer (self, pad, gst_buffer_list_get (list, i));
  gst_buffer_list_unref (list);
  return result;
}

static gboolean
pad_event (GstPad *gstpad, GstObject *parent, GstEvent *event)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (parent);
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (gstpad);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      begin_stream (self, pad);
      break;
    case GST_EVENT_CAPS:
      take_caps (self, pad, event);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      if (klass->custom_event)
        klass->custom_event (self, pad, gst_event_get_structure (event));
      break;
    case GST_EVENT_EOS:
      if (gst_cmaf_track_sink_input_end (self, pad) == GST_FLOW_OK)
        gst_cmaf_track_sink_finish_if_all_ended (
            self, gst_event_get_seqnum (event));
      break;
    case GST_EVENT_FLUSH_START:
      if (klass->unlock)
        klass->unlock (self, pad);
      break;
    case GST_EVENT_FLUSH_STOP:
      flush_stop (self, pad);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

void
gst_cmaf_track_sink_input_attach (GstPad *pad)
{
  gst_pad_set_chain_function (pad, pad_chain);
  gst_pad_set_chain_list_function (pad, pad_chain_list);
  gst_pad_set_event_function (pad, pad_event);
  gst_pad_set_query_function (pad, pad_query);
}
