/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One CMAF track and what follows from its kind. */
#include "track.h"

#include <string.h>

/* For tracks without btrt; only the order of magnitude matters. */
#define ESTIMATED_PIXELS_PER_BIT 10
#define ESTIMATED_AUDIO_CHANNEL 64000
#define ESTIMATED_TEXT 8000
#define ESTIMATED_FRAME_RATE 30

static const struct
{
  const gchar *content_type;
  const gchar *mime_type;
  const gchar *extension;
} kinds[] = {
  [CMAF_MEDIA_VIDEO] = { "video", "video/mp4", "cmfv" },
  [CMAF_MEDIA_AUDIO] = { "audio", "audio/mp4", "cmfa" },
  [CMAF_MEDIA_TEXT] = { "text", "application/mp4", "cmft" },
  [CMAF_MEDIA_EVENT] = { "application", "application/mp4", "cmfm" },
};

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes ? g_bytes_ref (bytes) : NULL;
}

CmafTrack *
cmaf_track_new (CmafMedia media, guint32 codec)
{
  CmafTrack *track = g_new0 (CmafTrack, 1);

  g_atomic_ref_count_init (&track->ref_count);
  track->media = media;
  track->codec = codec;
  track->id = 1;
  track->default_sample_flags = media == CMAF_MEDIA_VIDEO
                                    ? CMAF_SAMPLE_FLAGS_NON_SYNC
                                    : CMAF_SAMPLE_FLAGS_SYNC;
  return track;
}

CmafTrack *
cmaf_track_copy (const CmafTrack *track)
{
  CmafTrack *copy = g_memdup2 (track, sizeof (CmafTrack));

  g_atomic_ref_count_init (&copy->ref_count);
  copy->codec_config = ref_bytes (track->codec_config);
  copy->language = g_strdup (track->language);
  copy->role = g_strdup (track->role);
  copy->switching_set = g_strdup (track->switching_set);
  copy->mastering_display = ref_bytes (track->mastering_display);
  copy->content_light = ref_bytes (track->content_light);
  return copy;
}

CmafTrack *
cmaf_track_ref (CmafTrack *track)
{
  g_atomic_ref_count_inc (&track->ref_count);
  return track;
}

void
cmaf_track_unref (CmafTrack *track)
{
  if (!g_atomic_ref_count_dec (&track->ref_count))
    return;
  g_clear_pointer (&track->codec_config, g_bytes_unref);
  g_clear_pointer (&track->mastering_display, g_bytes_unref);
  g_clear_pointer (&track->content_light, g_bytes_unref);
  g_free (track->language);
  g_free (track->role);
  g_free (track->switching_set);
  g_free (track);
}

static guint32
estimate_video (const CmafTrack *track)
{
  guint64 pixels = (guint64)track->width * track->height;
  guint64 bits;

  if (track->fps_n > 0 && track->fps_d > 0)
    pixels = gst_util_uint64_scale (pixels, track->fps_n, track->fps_d);
  else if (track->sample_duration > 0)
    pixels = gst_util_uint64_scale (
        pixels, track->timescale, track->sample_duration);
  else
    pixels *= ESTIMATED_FRAME_RATE;

  bits = pixels / ESTIMATED_PIXELS_PER_BIT;
  return (guint32)CLAMP (bits, 100000, G_MAXUINT32);
}

guint32
cmaf_track_bandwidth (const CmafTrack *track)
{
  if (track->max_bitrate > 0)
    return track->max_bitrate;
  if (track->avg_bitrate > 0)
    return track->avg_bitrate;

  switch (track->media) {
    case CMAF_MEDIA_VIDEO:
      return estimate_video (track);
    case CMAF_MEDIA_AUDIO:
      return ESTIMATED_AUDIO_CHANNEL * CLAMP (track->channels, 1, 64);
    default:
      return ESTIMATED_TEXT;
  }
}

const gchar *
cmaf_track_content_type (const CmafTrack *track)
{
  return kinds[track->media].content_type;
}

const gchar *
cmaf_track_mime_type (const CmafTrack *track)
{
  return kinds[track->media].mime_type;
}

const gchar *
cmaf_track_extension (const CmafTrack *track)
{
  return kinds[track->media].extension;
}

static gboolean
bytes_differ (GBytes *a, GBytes *b)
{
  return (a == NULL) != (b == NULL) || (a != NULL && !g_bytes_equal (a, b));
}

/* NULL: none */
static const gchar *
find_difference (const CmafTrack *a, const CmafTrack *b)
{
  const struct
  {
    gboolean differs;
    const gchar *name;
  } fields[] = {
    { a->media != b->media, "media type" },
    { a->codec != b->codec, "codec" },
    { a->timescale != b->timescale, "timescale" },
    { a->sample_duration != b->sample_duration, "sample duration" },
    { a->width != b->width, "width" },
    { a->height != b->height, "height" },
    { a->sample_rate != b->sample_rate, "sample rate" },
    { a->channels != b->channels, "channels" },
    { bytes_differ (a->codec_config, b->codec_config),
        "decoder configuration" },
    { a->max_bitrate != b->max_bitrate, "largest bit rate" },
    { a->avg_bitrate != b->avg_bitrate, "average bit rate" },
    { a->segment_duration_n != b->segment_duration_n
            || a->segment_duration_d != b->segment_duration_d,
        "segment duration" },
    { a->generation != b->generation, "generation" },
    { a->has_moves != b->has_moves, "splice mode" },
    { a->par_n != b->par_n || a->par_d != b->par_d, "pixel aspect ratio" },
    { a->colour_primaries != b->colour_primaries
            || a->transfer_characteristics != b->transfer_characteristics
            || a->matrix_coefficients != b->matrix_coefficients
            || a->full_range != b->full_range,
        "colour" },
    { bytes_differ (a->mastering_display, b->mastering_display),
        "mastering display" },
    { bytes_differ (a->content_light, b->content_light), "content light" },
    { g_strcmp0 (a->language, b->language) != 0, "language" },
    { g_strcmp0 (a->role, b->role) != 0, "role" },
    { g_strcmp0 (a->switching_set, b->switching_set) != 0, "switching set" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].differs)
      return fields[i].name;
  return NULL;
}

gboolean
cmaf_track_is_equal (const CmafTrack *a, const CmafTrack *b)
{
  return find_difference (a, b) == NULL;
}

const gchar *
cmaf_track_find_difference (const CmafTrack *a, const CmafTrack *b)
{
  const gchar *difference = find_difference (a, b);

  return difference ? difference : "a box that is not read";
}

/* Subtags of one to eight letters and digits, the first of letters alone. */
gboolean
cmaf_language_is_valid (const gchar *language)
{
  const gchar *at = language;
  gsize n = 0;

  for (; g_ascii_isalpha (*at); at++)
    n++;
  if (n == 0 || n > 8)
    return FALSE;
  while (*at == '-') {
    at++;
    for (n = 0; g_ascii_isalnum (at[n]); n++)
      ;
    if (n == 0 || n > 8)
      return FALSE;
    at += n;
  }
  return *at == '\0' && at - language <= 35;
}

gboolean
cmaf_role_is_valid (const gchar *role)
{
  gsize n = strspn (role, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return n > 0 && n <= 64 && role[n] == '\0';
}
