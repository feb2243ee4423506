/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Request pads, parsing, end of stream and states of every sink of tracks.
 *
 * The element's object lock guards the list of pads; @lock guards what end of
 * stream needs. Neither is held while a subclass runs. */
#include "gstcmaftracksink.h"

#include "gstcmafmessage.h"

#include <gst/cmaf/segment-name.h>
#include <stdio.h>

GST_DEBUG_CATEGORY_STATIC (track_sink_debug);
#define GST_CAT_DEFAULT track_sink_debug

struct _GstCmafTrackSinkPad
{
  GstPad parent;

  gchar *track_name; /* property; lock: object */
  gchar *name;       /* resolved; lock: object; set once per stream */
  gchar *caps_name;  /* streaming thread, as all below */
  gchar *caps_language, *caps_role;
  CmafFragmentReader *reader;
  GBytes *header;       /* the last one given to the subclass */
  GstFlowReturn result; /* of a header that came with an event */
  gboolean has_ended;   /* lock: GstCmafTrackSinkPrivate.lock */
  gpointer data;
  GDestroyNotify destroy_data;
};

typedef struct
{
  GMutex lock;
  gboolean is_finishing; /* lock: lock; one thread runs finish */
  gboolean is_eos;       /* lock: lock; every pad has ended */
  guint32 eos_seqnum;    /* lock: lock */
  guint next_pad;        /* lock: object */
  gint has_failed;       /* atomic; the error of this run is on the bus */
} GstCmafTrackSinkPrivate;

enum
{
  PAD_PROP_0,
  PAD_PROP_TRACK_NAME,
};

static void child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_TYPE (GstCmafTrackSinkPad, gst_cmaf_track_sink_pad, GST_TYPE_PAD)
G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstCmafTrackSink, gst_cmaf_track_sink,
    GST_TYPE_ELEMENT,
    G_ADD_PRIVATE (GstCmafTrackSink)
        G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, child_proxy_init))

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

/* ---- the pad ---- */

static void
pad_clear_stream (GstCmafTrackSinkPad *pad)
{
  g_clear_pointer (&pad->reader, cmaf_fragment_reader_free);
  g_clear_pointer (&pad->header, g_bytes_unref);
  g_clear_pointer (&pad->caps_name, g_free);
  g_clear_pointer (&pad->caps_language, g_free);
  g_clear_pointer (&pad->caps_role, g_free);
  pad->result = GST_FLOW_OK;
}

static void
gst_cmaf_track_sink_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  switch (id) {
    case PAD_PROP_TRACK_NAME:
      GST_OBJECT_LOCK (pad);
      g_free (pad->track_name);
      pad->track_name = g_value_dup_string (value);
      GST_OBJECT_UNLOCK (pad);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_cmaf_track_sink_pad_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  switch (id) {
    case PAD_PROP_TRACK_NAME:
      GST_OBJECT_LOCK (pad);
      g_value_set_string (value, pad->name ? pad->name : pad->track_name);
      GST_OBJECT_UNLOCK (pad);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_cmaf_track_sink_pad_finalize (GObject *object)
{
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (object);

  gst_cmaf_track_sink_pad_set_data (pad, NULL, NULL);
  pad_clear_stream (pad);
  g_free (pad->track_name);
  g_free (pad->name);
  G_OBJECT_CLASS (gst_cmaf_track_sink_pad_parent_class)->finalize (object);
}

static void
gst_cmaf_track_sink_pad_init (GstCmafTrackSinkPad *pad)
{
}

static void
gst_cmaf_track_sink_pad_class_init (GstCmafTrackSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_cmaf_track_sink_pad_set_property;
  object_class->get_property = gst_cmaf_track_sink_pad_get_property;
  object_class->finalize = gst_cmaf_track_sink_pad_finalize;
  /**
   * GstCmafTrackSinkPad:track-name:
   *
   * Name of the track in paths, URLs and manifests. Unset: the caps field
   * track-name, else made from media type and pad number.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PAD_PROP_TRACK_NAME,
      g_param_spec_string ("track-name", "Track name",
          "Name of the track in paths, URLs and manifests (unset: from the "
          "caps, else from media type and pad number)",
          NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
}

void
gst_cmaf_track_sink_pad_set_data (
    GstCmafTrackSinkPad *pad, gpointer data, GDestroyNotify destroy)
{
  if (pad->data && pad->destroy_data)
    pad->destroy_data (pad->data);
  pad->data = data;
  pad->destroy_data = destroy;
}

gpointer
gst_cmaf_track_sink_pad_get_data (GstCmafTrackSinkPad *pad)
{
  return pad->data;
}

const gchar *
gst_cmaf_track_sink_pad_get_name (GstCmafTrackSinkPad *pad)
{
  return pad->name;
}

gboolean
gst_cmaf_track_sink_pad_is_live (GstCmafTrackSinkPad *pad)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean is_live = FALSE;

  if (gst_pad_peer_query (GST_PAD (pad), query))
    gst_query_parse_latency (query, &is_live, NULL, NULL);
  return is_live;
}

/* ---- names ---- */

/* By a track that goes on: one that has ended may come back on another pad.
 * lock: lock, object. */
static gboolean
is_taken (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, const gchar *name)
{
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    GstCmafTrackSinkPad *other = l->data;

    if (other != pad && !other->has_ended && g_strcmp0 (other->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* @wish, or what comes close. lock: lock, object. (transfer full) */
static gchar *
find_name (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, const gchar *wish,
    guint number)
{
  gchar *first = cmaf_track_name_make (wish);
  gchar *name = g_strdup (first);

  for (; is_taken (self, pad, name); number++) {
    g_free (name);
    name = cmaf_track_name_number (first, number);
  }
  g_free (first);
  return name;
}

static void
tell_renamed (GstCmafTrackSink *self, const gchar *wish, const gchar *name)
{
  g_autofree gchar *valid = cmaf_track_name_make (wish);

  gst_cmaf_warn (GST_ELEMENT (self), CMAF_ERROR_CONFIG,
      "track-name: \"%s\" is used as \"%s\": %s", wish, name,
      g_str_equal (valid, wish)
          ? "another pad has it, needs one of its own"
          : "needs at most 64 letters, digits and ._~-, the first of them a "
            "letter or digit");
}

static void
resolve_name (
    GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, const CmafTrack *track)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
  g_autofree gchar *wish = NULL;
  gboolean is_new;
  guint number = 0;

  sscanf (GST_PAD_NAME (pad), "sink_%u", &number);
  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  is_new = pad->name == NULL;
  if (is_new) {
    wish = g_strdup (pad->track_name ? pad->track_name : pad->caps_name);
    if (!wish || !*wish) {
      g_free (wish);
      wish = g_strdup_printf ("%s-%u", cmaf_track_content_type (track), number);
    }
    pad->name = find_name (self, pad, wish, number);
  }
  GST_OBJECT_UNLOCK (self);
  g_mutex_unlock (&priv->lock);
  if (is_new && !g_str_equal (pad->name, wish))
    tell_renamed (self, wish, pad->name);
}

/* ---- parsing ---- */

/* One error, whichever pad met it first and however often it is pushed to. */
static void
post_error (GstCmafTrackSink *self, const GError *error)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);

  if (g_atomic_int_compare_and_exchange (&priv->has_failed, FALSE, TRUE))
    gst_cmaf_post_error (GST_ELEMENT (self), error);
}

static GstFlowReturn
fail (GstCmafTrackSink *self, GstFlowReturn result, GError **error)
{
  if (result == GST_FLOW_ERROR && *error)
    post_error (self, *error);
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
  resolve_name (self, pad, track);
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

static void
finish_if_all_ended (GstCmafTrackSink *self, guint32 seqnum)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  gboolean is_playing;

  g_mutex_lock (&priv->lock);
  if (priv->is_finishing || priv->is_eos || !all_ended_locked (self)) {
    g_mutex_unlock (&priv->lock);
    return;
  }
  priv->is_finishing = TRUE;
  g_mutex_unlock (&priv->lock);

  if (klass->finish && !klass->finish (self, &error)) {
    if (error)
      post_error (self, error);
    return;
  }
  GST_OBJECT_LOCK (self);
  is_playing = GST_STATE (self) == GST_STATE_PLAYING
               || GST_STATE_TARGET (self) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (self);
  g_mutex_lock (&priv->lock);
  priv->is_finishing = FALSE;
  priv->is_eos = TRUE;
  priv->eos_seqnum = seqnum;
  g_mutex_unlock (&priv->lock);
  if (is_playing)
    post_eos (self, seqnum);
}

static GstFlowReturn
end_pad (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
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
  }
  return result;
}

/* ---- events and queries of a pad ---- */

/* Another track on the pad of one that has ended: who links sometimes pads by
 * ":" gets the first pad that is free. After the end of all nothing is taken.
 */
static void
begin_stream (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
  gboolean had_ended, is_late;

  g_mutex_lock (&priv->lock);
  had_ended = pad->has_ended;
  is_late = priv->is_eos || priv->is_finishing;
  pad->has_ended = had_ended && is_late;
  g_mutex_unlock (&priv->lock);
  if (!had_ended)
    return;
  pad_clear_stream (pad);
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&pad->name, g_free);
  GST_OBJECT_UNLOCK (self);
  if (is_late)
    pad->result = GST_FLOW_EOS;
}

static void
take_text (gchar **text, const GstStructure *s, const gchar *field)
{
  g_free (*text);
  *text = g_strdup (gst_structure_get_string (s, field));
}

static void
take_caps (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const GValue *header = gst_structure_get_value (s, "streamheader");

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
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
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
}

static gboolean
pad_event (GstPad *gstpad, GstObject *parent, GstEvent *event)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (parent);
  GstCmafTrackSinkPad *pad = GST_CMAF_TRACK_SINK_PAD (gstpad);
  GstCmafTrackSinkClass *klass = GST_CMAF_TRACK_SINK_GET_CLASS (self);
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      begin_stream (self, pad);
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      take_caps (self, pad, caps);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      if (klass->custom_event)
        klass->custom_event (self, pad, gst_event_get_structure (event));
      break;
    case GST_EVENT_EOS:
      if (end_pad (self, pad) == GST_FLOW_OK)
        finish_if_all_ended (self, gst_event_get_seqnum (event));
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

/* ---- the element ---- */

static GstPad *
request_new_pad (GstElement *element, GstPadTemplate *template,
    const gchar *wish, const GstCaps *caps)
{
  GstCmafTrackSink *self = GST_CMAF_TRACK_SINK (element);
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
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
  gst_pad_set_chain_function (pad, pad_chain);
  gst_pad_set_chain_list_function (pad, pad_chain_list);
  gst_pad_set_event_function (pad, pad_event);
  gst_pad_set_query_function (pad, pad_query);
  if (!gst_element_add_pad (element, pad))
    return NULL;
  gst_child_proxy_child_added (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
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
    end_pad (self, pad);
  gst_child_proxy_child_removed (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_object_ref (pad);
  gst_element_remove_pad (element, gstpad);
  gst_object_unref (pad);
  finish_if_all_ended (self, gst_util_seqnum_next ());
}

static void
reset_pads (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  GST_OBJECT_LOCK (self);
  for (GList *l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    GstCmafTrackSinkPad *pad = l->data;

    pad_clear_stream (pad);
    g_clear_pointer (&pad->name, g_free);
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
  return TRUE;
}

static void
repost_eos (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);
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

static gpointer
copy_ref (gconstpointer object, gpointer data)
{
  return gst_object_ref ((gpointer)object);
}

/* The worst of all pads, as a bin would say. */
static gboolean
query_latency (GstCmafTrackSink *self, GstQuery *query)
{
  gboolean is_live = FALSE;
  GstClockTime min = 0, max = GST_CLOCK_TIME_NONE;
  GList *pads;

  GST_OBJECT_LOCK (self);
  pads = g_list_copy_deep (GST_ELEMENT (self)->sinkpads, copy_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  for (GList *l = pads; l; l = l->next) {
    g_autoptr (GstQuery) one = gst_query_new_latency ();
    gboolean live;
    GstClockTime pad_min, pad_max;

    if (!gst_pad_peer_query (l->data, one))
      continue;
    gst_query_parse_latency (one, &live, &pad_min, &pad_max);
    is_live = is_live || live;
    min = MAX (min, pad_min);
    max = MIN (max, pad_max); /* NONE is the largest value */
  }
  g_list_free_full (pads, gst_object_unref);
  gst_query_set_latency (query, is_live, min, max);
  return TRUE;
}

static gboolean
element_query (GstElement *element, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    return query_latency (GST_CMAF_TRACK_SINK (element), query);
  return GST_ELEMENT_CLASS (gst_cmaf_track_sink_parent_class)
      ->query (element, query);
}

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

static void
gst_cmaf_track_sink_finalize (GObject *object)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (GST_CMAF_TRACK_SINK (object));

  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (gst_cmaf_track_sink_parent_class)->finalize (object);
}

static void
gst_cmaf_track_sink_init (GstCmafTrackSink *self)
{
  GstCmafTrackSinkPrivate *priv =
      gst_cmaf_track_sink_get_instance_private (self);

  g_mutex_init (&priv->lock);
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

  GST_DEBUG_CATEGORY_INIT (
      track_sink_debug, "cmaftracksink", 0, "base class of CMAF track sinks");
  G_OBJECT_CLASS (klass)->finalize = gst_cmaf_track_sink_finalize;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  element_class->change_state = change_state;
  element_class->query = element_query;
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_TRACK_SINK_PAD, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_CMAF_TRACK_SINK, 0);
}
