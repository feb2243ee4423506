/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What encoders made: saved, mixed, decoded. */
#include "simulation.h"

#include "counter-picture.h"
#include "noise.h"

#include <gst/app/app.h>
#include <gst/video/video.h>

#define TIMEOUT (60 * GST_SECOND)

static GByteArray *
bytes_of (const CmafChunk *chunk)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++) {
    GBytes *piece = chunk->bytes->pdata[i];

    g_byte_array_append (
        bytes, g_bytes_get_data (piece, NULL), (guint)g_bytes_get_size (piece));
  }
  return bytes;
}

void
sim_track_init (SimTrack *track)
{
  memset (track, 0, sizeof *track);
  track->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  track->lives = g_array_new (FALSE, FALSE, sizeof (guint));
}

void
sim_track_clear (SimTrack *track)
{
  g_clear_pointer (&track->track, cmaf_track_unref);
  g_clear_pointer (&track->header, g_bytes_unref);
  g_ptr_array_unref (track->chunks);
  g_array_unref (track->lives);
}

/* ---- saved ---- */

const gchar *
sim_track_file (SimTrackKind kind)
{
  static const gchar *const names[] = { "video.cmfv", "sound.cmfa",
    "text.cmft" };

  return names[kind];
}

static void
append_bytes (GByteArray *array, GBytes *bytes)
{
  g_byte_array_append (
      array, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
}

static GByteArray *
bytes_of_track (const SimTrack *track)
{
  GByteArray *all = g_byte_array_new ();

  append_bytes (all, track->header);
  for (guint i = 0; i < track->chunks->len; i++) {
    const CmafChunk *chunk = track->chunks->pdata[i];

    for (guint j = 0; j < chunk->bytes->len; j++)
      append_bytes (all, chunk->bytes->pdata[j]);
  }
  return all;
}

gboolean
sim_output_save (const SimOutput *output, SimTrackKind end, const gchar *folder)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < end && ok; i++) {
    g_autofree gchar *path =
        g_build_filename (folder, sim_track_file (i), NULL);
    g_autoptr (GByteArray) all = NULL;

    if (!output->tracks[i].header)
      continue;
    all = bytes_of_track (&output->tracks[i]);
    ok = g_file_set_contents (
        path, (const gchar *)all->data, (gssize)all->len, NULL);
  }
  return ok;
}

/* ---- mixed ---- */

static void
take_segments (const SimTrack *from, guint64 remainder, SimTrack *track)
{
  for (guint i = 0; i < from->chunks->len; i++) {
    CmafChunk *chunk = from->chunks->pdata[i];

    if (sim_segment_number (from->track, chunk->decode_time) % 2 == remainder)
      g_ptr_array_add (track->chunks, cmaf_chunk_ref (chunk));
  }
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const CmafChunk *first = *(CmafChunk *const *)a;
  const CmafChunk *second = *(CmafChunk *const *)b;

  return first->decode_time < second->decode_time ? -1 : 1;
}

void
sim_track_mix (const SimTrack *even, const SimTrack *odd, SimTrack *track)
{
  sim_track_init (track);
  track->track = cmaf_track_ref (even->track);
  take_segments (even, 0, track);
  take_segments (odd, 1, track);
  g_ptr_array_sort (track->chunks, compare_times);
}

/* ---- decoded ---- */

static GstCaps *
decoder_caps (const CmafTrack *track)
{
  const gboolean is_avc =
      track->codec == CMAF_CODEC_AVC1 || track->codec == CMAF_CODEC_AVC3;
  gsize size;
  gconstpointer data = g_bytes_get_data (track->codec_config, &size);
  g_autoptr (GstBuffer) config = gst_buffer_new_memdup (data, size);

  if (track->codec == CMAF_CODEC_AV01)
    return gst_caps_new_simple ("video/x-av1", "stream-format", G_TYPE_STRING,
        "obu-stream", "alignment", G_TYPE_STRING, "tu", "width", G_TYPE_INT,
        track->width, "height", G_TYPE_INT, track->height, NULL);
  /* FFmpeg reads parameter sets wherever they are, but not all names of it */
  return gst_caps_new_simple (is_avc ? "video/x-h264" : "video/x-h265",
      "stream-format", G_TYPE_STRING, is_avc ? "avc" : "hvc1", "alignment",
      G_TYPE_STRING, "au", "width", G_TYPE_INT, track->width, "height",
      G_TYPE_INT, track->height, "codec_data", GST_TYPE_BUFFER, config, NULL);
}

/* Ticks become time stamps of a nanosecond each: nothing is rounded. */
static void
push_chunk (GstAppSrc *in, const CmafChunk *chunk, guint64 origin)
{
  g_autoptr (GByteArray) bytes = bytes_of (chunk);
  guint64 time = chunk->decode_time - origin;
  gsize at = chunk->payload;

  for (guint i = 0; i < chunk->n_samples; i++) {
    const CmafSample *sample = &chunk->samples[i];
    GstBuffer *buffer = gst_buffer_new_memdup (bytes->data + at, sample->size);

    GST_BUFFER_DTS (buffer) = time;
    GST_BUFFER_PTS (buffer) = time + (guint64)sample->composition_offset;
    gst_app_src_push_buffer (in, buffer);
    time += sample->duration;
    at += sample->size;
  }
}

static gboolean
take_picture (GstSample *sample, guint64 origin, GHashTable *table)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  gint64 *tick = g_new (gint64, 1);
  GstVideoFrame frame;
  GstVideoInfo info;
  guint32 number;
  gboolean ok;

  *tick = (gint64)(GST_BUFFER_PTS (buffer) + origin);
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ)) {
    g_free (tick);
    return FALSE;
  }
  ok = counter_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
      (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &number);
  gst_video_frame_unmap (&frame);
  g_hash_table_insert (table, tick, GUINT_TO_POINTER (number));
  return ok;
}

static const gchar *
decoder_of (const CmafTrack *track)
{
  switch (track->codec) {
    case CMAF_CODEC_AV01:
      return "av1dec";
    case CMAF_CODEC_AVC1:
    case CMAF_CODEC_AVC3:
      return "avdec_h264 max-threads=1";
    default:
      return "avdec_h265 max-threads=1";
  }
}

GHashTable *
sim_decode_pictures (const SimTrack *track)
{
  const CmafChunk *first = track->chunks->pdata[0];
  const guint64 origin = first->decode_time - 1000000;
  g_autofree gchar *text =
      g_strdup_printf ("appsrc name=in format=time max-bytes=0 ! %s ! "
                       "appsink name=out sync=false",
          decoder_of (track->track));
  GstElement *pipeline = gst_parse_launch (text, NULL);
  GstElement *in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GHashTable *table =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GstCaps) caps = decoder_caps (track->track);
  GstSample *sample;
  guint n_samples = 0;
  gboolean ok = TRUE;

  gst_app_src_set_caps (GST_APP_SRC (in), caps);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < track->chunks->len; i++) {
    const CmafChunk *chunk = track->chunks->pdata[i];

    push_chunk (GST_APP_SRC (in), chunk, origin);
    n_samples += chunk->n_samples;
  }
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  while (
      (sample = gst_app_sink_try_pull_sample (GST_APP_SINK (out), TIMEOUT))) {
    ok = take_picture (sample, origin, table) && ok;
    gst_sample_unref (sample);
  }
  ok = ok && gst_app_sink_is_eos (GST_APP_SINK (out))
       && g_hash_table_size (table) == n_samples;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (in);
  gst_object_unref (out);
  gst_object_unref (pipeline);
  if (!ok)
    g_clear_pointer (&table, g_hash_table_unref);
  return table;
}

static GstCaps *
sound_caps (const CmafTrack *track)
{
  g_autoptr (GstBuffer) config = NULL;

  if (track->codec == CMAF_CODEC_OPUS)
    return gst_caps_new_simple ("audio/x-opus", "channel-mapping-family",
        G_TYPE_INT, 0, "channels", G_TYPE_INT, track->channels, "rate",
        G_TYPE_INT, track->sample_rate, NULL);
  config = gst_buffer_new_wrapped_bytes (track->codec_config);
  return gst_caps_new_simple ("audio/mpeg", "mpegversion", G_TYPE_INT, 4,
      "stream-format", G_TYPE_STRING, "raw", "framed", G_TYPE_BOOLEAN, TRUE,
      "channels", G_TYPE_INT, track->channels, "rate", G_TYPE_INT,
      track->sample_rate, "codec_data", GST_TYPE_BUFFER, config, NULL);
}

static void
append_samples (GArray *samples, GstBuffer *buffer)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_array_append_vals (samples, map.data, map.size / sizeof (gint16));
  gst_buffer_unmap (buffer, &map);
}

/* All that comes out of a decoder for chunks from @from on, before @to.
 * (transfer full) */
static GArray *
decode_chunks (const GPtrArray *chunks, guint from, guint to, GstAppSrc *in,
    GstAppSink *out)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  GstSample *sample;

  for (guint i = from; i < to; i++)
    push_chunk (
        in, chunks->pdata[i], ((CmafChunk *)chunks->pdata[from])->decode_time);
  gst_app_src_end_of_stream (in);
  while ((sample = gst_app_sink_try_pull_sample (out, TIMEOUT))) {
    append_samples (samples, gst_sample_get_buffer (sample));
    gst_sample_unref (sample);
  }
  return samples;
}

/* No unit is missing. */
static gboolean
is_whole (const CmafTrack *track, const CmafChunk *chunk)
{
  return chunk->duration == chunk->n_samples * track->sample_duration;
}

/* The last two segments of a life, [@from, @to) */
static gboolean
find_end (const SimTrack *t, guint life, guint *from, guint *to)
{
  *to = t->chunks->len;
  while (*to > 0 && g_array_index (t->lives, guint, *to - 1) != life)
    (*to)--;
  if (*to < 2)
    return FALSE;
  *from = *to - 2;
  return g_array_index (t->lives, guint, *from) == life
         && is_whole (t->track, t->chunks->pdata[*from])
         && is_whole (t->track, t->chunks->pdata[*from + 1]);
}

GArray *
sim_decode_sound (const SimTrack *track, guint life, guint64 *first)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) in = NULL;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GArray *samples;
  guint from, to;

  if (!find_end (track, life, &from, &to))
    return NULL;
  *first = ((CmafChunk *)track->chunks->pdata[from])->decode_time;
  text = g_strdup_printf (
      "appsrc name=in format=time max-bytes=0 ! %s ! audioconvert ! " SOUND_CAPS
      " ! appsink name=out sync=false",
      track->track->codec == CMAF_CODEC_OPUS ? "opusdec" : "avdec_aac");
  pipeline = gst_parse_launch (text, NULL);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  caps = sound_caps (track->track);
  gst_app_src_set_caps (GST_APP_SRC (in), caps);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  samples = decode_chunks (
      track->chunks, from, to, GST_APP_SRC (in), GST_APP_SINK (out));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return samples;
}
