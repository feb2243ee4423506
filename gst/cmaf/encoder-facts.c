/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the audio encoders of GStreamer do with time. A new encoder is one row,
 * once it has been measured: tests/check/elements/cmafaudioalign.c does that.
 */
#include "encoder-facts.h"

#define MAX_HOPS 16
/* of the enumerations of opusenc */
#define OPUS_FRAME_2_5_MS 2
#define OPUS_LOW_DELAY 2051
/* Opus wants 80 ms before a clean unit */
#define OPUS_ROLL_MS 80

typedef struct
{
  const gchar *name;
  EncoderFacts facts;
  void (*ask) (GstElement *encoder, guint sample_rate, EncoderFacts *facts);
} Row;

static gint
get_number (GstElement *encoder, const gchar *property)
{
  GValue value = G_VALUE_INIT;
  gint number = 0;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), property))
    return 0;
  g_object_get_property (G_OBJECT (encoder), property, &value);
  if (G_VALUE_HOLDS_ENUM (&value))
    number = g_value_get_enum (&value);
  else if (G_VALUE_HOLDS_UINT (&value))
    number = g_value_get_uint (&value);
  else if (G_VALUE_HOLDS_INT (&value))
    number = g_value_get_int (&value);
  g_value_unset (&value);
  return number;
}

/* 6.5 ms of look-ahead, or 2.5 ms */
static void
ask_opus (GstElement *encoder, guint sample_rate, EncoderFacts *facts)
{
  const gint size = get_number (encoder, "frame-size");
  const guint half_ms = size == OPUS_FRAME_2_5_MS ? 5 : 2 * size;
  const guint delay_half_ms =
      get_number (encoder, "audio-type") == OPUS_LOW_DELAY ? 5 : 13;

  facts->unit_samples = half_ms * sample_rate / 2000;
  facts->priming = delay_half_ms * sample_rate / 2000;
  facts->roll = half_ms > 0 ? (2 * OPUS_ROLL_MS + half_ms - 1) / half_ms : 0;
}

static void
ask_flac (GstElement *encoder, guint sample_rate, EncoderFacts *facts)
{
  facts->unit_samples = get_number (encoder, "blocksize");
}

static const Row rows[] = {
  { "avenc_aac", { 1024, 1024, 1, TRUE }, NULL },
  { "avenc_ac3", { 1536, 256, 1, TRUE }, NULL },
  { "avenc_ac3_fixed", { 1536, 256, 1, TRUE }, NULL },
  { "avenc_eac3", { 1536, 256, 1, TRUE }, NULL },
  { "flacenc", { 0, 0, 0, TRUE }, ask_flac },
  { "opusenc", { 0, 0, 0, FALSE }, ask_opus },
  { "voaacenc", { 1024, 1600, 1, TRUE }, NULL },
};

/* ---- finding ---- */

/* The element behind @pad, looking through the walls of bins. */
static GstElement *
element_behind (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstElement *element;

  for (guint i = 0; peer && i < MAX_HOPS; i++) {
    GstPad *next;

    if (GST_IS_GHOST_PAD (peer))
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));
    else if (GST_IS_PROXY_PAD (peer)) {
      GstPad *outside =
          GST_PAD (gst_proxy_pad_get_internal (GST_PROXY_PAD (peer)));

      next = gst_pad_get_peer (outside);
      gst_object_unref (outside);
    } else
      break;
    gst_object_unref (peer);
    peer = next;
  }
  element = peer ? gst_pad_get_parent_element (peer) : NULL;
  gst_clear_object (&peer);
  return element;
}

static GstPad *
only_source_pad (GstElement *element)
{
  GstPad *pad = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsrcpads == 1 && element->numsinkpads == 1)
    pad = gst_object_ref (element->srcpads->data);
  GST_OBJECT_UNLOCK (element);
  return pad;
}

static gboolean
is_encoder (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory
         && gst_element_factory_list_is_type (
             factory, GST_ELEMENT_FACTORY_TYPE_ENCODER
                          | GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO);
}

GstElement *
encoder_facts_find_encoder (GstPad *srcpad)
{
  GstPad *pad = gst_object_ref (srcpad);

  for (guint i = 0; pad && i < MAX_HOPS; i++) {
    GstElement *element = element_behind (pad);

    gst_clear_object (&pad);
    if (!element)
      return NULL;
    if (is_encoder (element))
      return element;
    pad = only_source_pad (element);
    gst_object_unref (element);
  }
  gst_clear_object (&pad);
  return NULL;
}

gboolean
encoder_facts_of (GstElement *encoder, guint sample_rate, EncoderFacts *facts)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);
  const gchar *name = factory ? GST_OBJECT_NAME (factory) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_strcmp0 (name, rows[i].name) == 0) {
      *facts = rows[i].facts;
      if (rows[i].ask)
        rows[i].ask (encoder, sample_rate, facts);
      return facts->unit_samples > 0;
    }
  }
  return FALSE;
}
