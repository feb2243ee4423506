/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the audio encoders of GStreamer do with time. A new encoder is one row,
 * once it has been measured: tests/check/elements/cmafaudioalign.c does that.
 */
#include "encoder-facts.h"

#include "downstream.h"

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
  return downstream_find (srcpad, is_encoder);
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
