/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Caps of a stream: the first bytes choose a kind and the numbers, the rest is
 * the decoder configuration (avcC, hvcC, AudioSpecificConfig, STREAMINFO). What
 * is accepted can be written, and is read back. */
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/track-caps.h>

#include "fuzz.h"

#define N_CHOICES 8 /* bytes in front of the configuration */

static const gchar *const kinds[] = {
  "video/x-h264, stream-format=avc, alignment=au",
  "video/x-h264, stream-format=avc3, alignment=au",
  "video/x-h265, stream-format=hvc1, alignment=au",
  "video/x-h265, stream-format=hev1, alignment=au",
  "audio/mpeg, mpegversion=4, stream-format=raw",
  "audio/x-opus",
  "video/x-av1, stream-format=obu-stream, alignment=tu",
  "video/x-vp9",
  "audio/x-ac3",
  "audio/x-eac3",
  "audio/x-flac",
  "audio/x-mpeg-h, stream-format=mhas",
  "audio/x-mpeg-h, stream-format=raw",
};

/* Types of caps, without looking for plugins. */
static void __attribute__ ((constructor)) init_types (void)
{
  g_setenv ("GST_REGISTRY_UPDATE", "no", TRUE);
  g_setenv ("GST_REGISTRY_1_0", "/nonexistent", TRUE);
  gst_init (NULL, NULL);
}

static void
set_headers (GstStructure *s, GstBuffer *buffer)
{
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, buffer);
  gst_value_array_append_and_take_value (&array, &value);
  gst_structure_take_value (s, "streamheader", &array);
}

/* @choices: after the kind */
static GstCaps *
make_caps (const guint8 *choices, const guint8 *config, gsize size)
{
  static const gint rates[] = { 8000, 44100, 48000, 96000, 0 };
  GstCaps *caps =
      gst_caps_from_string (kinds[choices[0] % G_N_ELEMENTS (kinds)]);
  GstStructure *s = gst_caps_get_structure (caps, 0);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_fill (buffer, 0, config, size);
  gst_structure_set (s, "width", G_TYPE_INT, choices[1] * 16, "height",
      G_TYPE_INT, choices[2] * 9, "framerate", GST_TYPE_FRACTION,
      choices[3] * 1000, choices[4] & 1 ? 1001 : 1000, "rate", G_TYPE_INT,
      rates[choices[5] % G_N_ELEMENTS (rates)], "channels", G_TYPE_INT,
      choices[6], NULL);
  if (choices[4] & 2)
    gst_structure_set (s, "pixel-aspect-ratio", GST_TYPE_FRACTION, choices[1],
        1 + choices[2], "colorimetry", G_TYPE_STRING, "bt2020", NULL);
  if (choices[4] & 4)
    gst_structure_set (s, "channel-mapping-family", G_TYPE_INT, choices[7] & 3,
        "stream-count", G_TYPE_INT, choices[7] >> 4, "coupled-count",
        G_TYPE_INT, (choices[7] >> 2) & 3, NULL);
  if (size > 0) {
    gst_structure_set (s, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
    set_headers (s, buffer);
  }
  gst_buffer_unref (buffer);
  return caps;
}

static void
check_track (CmafTrack *track)
{
  g_autofree gchar *text = cmaf_sample_entry_codec_string (track);
  g_autoptr (GBytes) header = NULL;
  g_autoptr (CmafTrack) again = NULL;

  PROMISE (g_utf8_validate (text, -1, NULL));
  if (track->codec_config == NULL || track->timescale == 0)
    return; /* complete with the first unit */
  header = cmaf_init_segment_write (track, NULL);
  PROMISE (header != NULL);
  again = cmaf_init_segment_read (
      g_bytes_get_data (header, NULL), g_bytes_get_size (header), NULL);
  PROMISE (again != NULL);
  PROMISE (again->codec == track->codec);
  PROMISE (again->timescale == track->timescale);
  PROMISE (g_bytes_equal (again->codec_config, track->codec_config));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (CmafTrack) track = NULL;
  g_autoptr (GError) error = NULL;

  if (size < N_CHOICES)
    return 0;
  caps = make_caps (data, data + N_CHOICES, size - N_CHOICES);
  track = cmaf_track_from_caps (caps, data[4] & 8, &error);
  PROMISE ((track == NULL) == (error != NULL));
  PROMISE (!cmaf_track_caps_differ (caps, caps));
  if (track)
    check_track (track);
  return 0;
}
