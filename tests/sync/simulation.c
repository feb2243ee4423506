/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A plant, and encoders that get its pictures. */
#include "simulation.h"

#include "counter-picture.h"

#include <gst/app/app.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timecode.h>
#include <gst/cmaf/timescale.h>
#include <gst/video/video.h>

#define S (gint64) GST_SECOND
#define TIMEOUT (60 * GST_SECOND)

/* ---- the plant ---- */

static const struct
{
  guint fps_n, fps_d;
} rates[] = { { 25, 1 }, { 50, 1 }, { 30000, 1001 }, { 24000, 1001 } };

static const gint64 days[] = { 20089 /* 2025-01-01 */, 24144 /* 2036-02-08 */,
  24855 /* 2038-01-19 */, 18321 /* 2020-02-29 */ };

const gchar *
sim_stamp_name (SimStamp stamp)
{
  static const gchar *const names[] = { "timecode", "unix", "ntp", "ptp",
    "clock" };

  return names[stamp];
}

/* Somewhere on one of the days, or seconds before its midnight. */
static gint64
choose_start (GRand *rand)
{
  const gint64 day = days[g_rand_int_range (rand, 0, G_N_ELEMENTS (days))];

  if (g_rand_boolean (rand))
    return day * 86400 - g_rand_int_range (rand, 2, 10);
  return day * 86400 + g_rand_int_range (rand, 0, 86400);
}

/* Labels go on at midnight, whatever the frame; the number is what the rule
 * makes of the label. */
static void
fill_timecode (SimSource *s, gint64 start)
{
  const guint rate = cmaf_timecode_nominal_rate (&s->frames);
  const guint64 in_day = s->is_drop ? 2589408 : 86400 * (guint64)rate;
  const gint64 day = start / 86400;
  const guint64 today =
      cmaf_muldiv ((guint64)day * 86400, 2 * (guint64)s->frames.timescale,
          s->frames.unit_ticks, 2 * (guint64)s->frames.unit_ticks);
  const guint64 tomorrow =
      cmaf_muldiv ((guint64)(day + 1) * 86400, 2 * (guint64)s->frames.timescale,
          s->frames.unit_ticks, 2 * (guint64)s->frames.unit_ticks);
  const guint64 label = cmaf_muldiv (
      (guint64)(start % 86400), s->frames.timescale, 0, s->frames.unit_ticks);

  for (guint i = 0; i < s->n_frames; i++) {
    const gboolean is_over = label + i >= in_day;

    s->stamps[i] = (label + i) % in_day;
    s->numbers[i] = (is_over ? tomorrow : today) + s->stamps[i];
    s->times[i] =
        (gint64)cmaf_media_time_of_unit (&s->frames, today + label + i);
  }
}

/* Stamps of capture are a little off, each by itself, and all by a part of a
 * frame; frames of a plant that is locked to PTP are not. */
static void
fill_stamps (SimSource *s, gint64 start, GRand *rand)
{
  const gint64 frame = (gint64)cmaf_media_time_of_unit (&s->frames, 1);
  const gint64 phase = s->stamp == SIM_CLOCK
                           ? 0
                           : g_rand_int_range (rand, -20, 20) * frame / 100;
  guint64 first = cmaf_unit_from_media_time (
      &s->frames, (guint64)(start + CMAF_TAI_OFFSET) * GST_SECOND);
  const guint64 shift =
      cmaf_unit_from_media_time (&s->frames, CMAF_TAI_OFFSET * GST_SECOND);

  for (guint i = 0; i < s->n_frames; i++) {
    const gint64 tai = (gint64)cmaf_media_time_of_unit (&s->frames, first + i);
    gint64 utc =
        (gint64)cmaf_media_time_of_unit (&s->frames, first - shift + i) + phase;

    s->numbers[i] = first - shift + i;
    s->times[i] = s->stamp == SIM_PTP ? tai - CMAF_TAI_OFFSET * S : utc;
    utc += g_rand_int_range (rand, -10, 10) * frame / 100;
    if (s->stamp == SIM_PTP)
      s->stamps[i] = (guint64)tai;
    else if (s->stamp == SIM_NTP)
      s->stamps[i] = (guint64)utc + CMAF_NTP_EPOCH * GST_SECOND;
    else
      s->stamps[i] = (guint64)utc;
  }
}

void
sim_source_init (SimSource *s, SimStamp stamp, GRand *rand)
{
  const guint n_rates = stamp == SIM_TIMECODE ? 3 : 4;
  const guint rate = (guint)g_rand_int_range (rand, 0, (gint32)n_rates);
  const gboolean is_troubled = g_rand_boolean (rand);
  const gint64 start = choose_start (rand);

  memset (s, 0, sizeof *s);
  s->stamp = stamp;
  s->fps_n = rates[rate].fps_n;
  s->fps_d = rates[rate].fps_d;
  s->is_drop = s->fps_d == 1001;
  cmaf_video_timescale (
      s->fps_n, s->fps_d, &s->frames.timescale, &s->frames.unit_ticks);
  s->n_frames = 14 * s->fps_n / s->fps_d;
  s->times = g_new0 (gint64, s->n_frames);
  s->numbers = g_new0 (guint64, s->n_frames);
  s->stamps = g_new0 (guint64, s->n_frames);
  s->is_mute = g_new0 (gboolean, s->n_frames);
  s->is_wrong = g_new0 (gboolean, s->n_frames);
  if (stamp == SIM_TIMECODE)
    fill_timecode (s, start);
  else
    fill_stamps (s, start, rand);
  for (guint i = 0; is_troubled && i < s->n_frames; i++) {
    s->is_mute[i] = g_rand_int_range (rand, 0, 10) == 0;
    s->is_wrong[i] = g_rand_int_range (rand, 0, 60) == 0;
  }
}

void
sim_source_clear (SimSource *s)
{
  g_free (s->times);
  g_free (s->numbers);
  g_free (s->stamps);
  g_free (s->is_mute);
  g_free (s->is_wrong);
}

/* ---- one picture ---- */

/* The label that is @count labels after midnight */
static void
add_label (GstBuffer *buffer, const SimSource *s, guint64 count)
{
  const guint rate = cmaf_timecode_nominal_rate (&s->frames);
  guint64 n = count;

  if (s->is_drop) { /* put back what is left out: 2 a minute, but the tenth */
    const guint64 ten = count / 17982, rest = count % 17982;

    n += 18 * ten + (rest > 1 ? 2 * ((rest - 2) / 1798) : 0);
  }
  gst_buffer_add_video_time_code_meta_full (buffer, s->fps_n, s->fps_d, NULL,
      s->is_drop ? GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME : 0,
      (guint)(n / rate / 3600), (guint)(n / rate / 60 % 60),
      (guint)(n / rate % 60), (guint)(n % rate), 0);
}

static void
add_stamp (GstBuffer *buffer, const SimSource *s, guint64 stamp)
{
  static const gchar *const names[] = { NULL, "timestamp/x-unix",
    "timestamp/x-ntp", "timestamp/x-ptp" };
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (names[s->stamp]);

  gst_buffer_add_reference_timestamp_meta (
      buffer, caps, stamp, GST_CLOCK_TIME_NONE);
}

static GstBuffer *
make_picture (const SimSource *s, guint i, gint64 running_time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, COUNTER_SIZE, NULL);
  const guint64 wrong = s->is_wrong[i] ? 1000 + i % 7 * 50 : 0;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  counter_draw (map.data, i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = (GstClockTime)running_time;
  GST_BUFFER_DURATION (buffer) = cmaf_media_time_of_unit (&s->frames, 1);
  if (s->is_mute[i] || s->stamp == SIM_CLOCK)
    return buffer;
  if (s->stamp == SIM_TIMECODE)
    add_label (buffer, s, s->stamps[i] >= wrong ? s->stamps[i] - wrong : 0);
  else
    add_stamp (buffer, s, s->stamps[i] - wrong * 40 * GST_MSECOND);
  return buffer;
}

/* ---- one life of an encoder ---- */

typedef struct
{
  GstElement *pipeline, *in, *out, *mux;
  GstBus *bus;
  CmafFragmentReader *reader;
  GPtrArray *chunks;
} Life;

static gchar *
describe (const SimEncoder *e, const SimSource *s)
{
  static const gchar *const sources[] = { "timecode", "reference-timestamp",
    "reference-timestamp", "reference-timestamp", "clock" };

  return g_strdup_printf (
      "appsrc name=in format=time max-bytes=0 caps=video/x-raw,format=I420,"
      "width=%d,height=%d,framerate=%u/%u ! %s ! "
      "cmafsyncmux name=mux timing-sources=%s clock-offset=%" G_GINT64_FORMAT
      " chunk-duration=%" G_GUINT64_FORMAT " parameter-sets=%s ! "
      "appsink name=out sync=false async=false buffer-list=true",
      COUNTER_WIDTH, COUNTER_HEIGHT, s->fps_n, s->fps_d, e->encoder,
      sources[s->stamp], e->clock_offset, e->chunk_duration,
      e->in_band ? "in-band" : "header");
}

/* The clocks stand still: that of the pipeline at its start, and that of the
 * day at the moment at which the first picture arrived. */
static gboolean
begin (Life *life, const SimEncoder *e, const SimSource *s, guint first,
    SimOutput *output)
{
  g_autofree gchar *text = describe (e, s);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstClock) clock = gst_test_clock_new ();
  g_autoptr (GstClock) utc = NULL;

  life->pipeline = gst_parse_launch (text, &error);
  if (error) {
    output->error = g_strdup (error->message);
    return FALSE;
  }
  life->in = gst_bin_get_by_name (GST_BIN (life->pipeline), "in");
  life->out = gst_bin_get_by_name (GST_BIN (life->pipeline), "out");
  life->mux = gst_bin_get_by_name (GST_BIN (life->pipeline), "mux");
  life->bus = gst_element_get_bus (life->pipeline);
  life->reader = cmaf_fragment_reader_new (NULL);
  life->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  utc = gst_test_clock_new_with_start_time (
      (GstClockTime)(s->times[first] + e->delay));
  g_object_set (life->mux, "utc-clock", utc, NULL);
  gst_pipeline_use_clock (GST_PIPELINE (life->pipeline), clock);
  gst_element_set_state (life->pipeline, GST_STATE_PLAYING);
  return TRUE;
}

static void
end (Life *life)
{
  if (life->pipeline)
    gst_element_set_state (life->pipeline, GST_STATE_NULL);
  g_clear_pointer (&life->chunks, g_ptr_array_unref);
  g_clear_pointer (&life->reader, cmaf_fragment_reader_free);
  gst_clear_object (&life->bus);
  gst_clear_object (&life->in);
  gst_clear_object (&life->out);
  gst_clear_object (&life->mux);
  gst_clear_object (&life->pipeline);
}

static void
take_messages (Life *life, SimOutput *output)
{
  GstMessage *message;

  while ((message = gst_bus_pop (life->bus))) {
    const GstStructure *s = gst_message_get_structure (message);
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !output->error) {
      gst_message_parse_error (message, &error, NULL);
      output->error = g_strdup (error->message);
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
               && g_str_has_prefix (gst_structure_get_name (s), "cmaf-sync-")) {
      g_string_append_printf (output->messages, " %s",
          gst_structure_get_name (s) + strlen ("cmaf-sync-"));
    }
    gst_message_unref (message);
  }
}

static void
take_list (Life *life, GstBufferList *list, SimOutput *output)
{
  CmafReadResult result;

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (
        gst_buffer_list_get (list, i), 0, G_MAXSIZE, &data, &size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (life->reader, bytes);
  }
  while ((result = cmaf_fragment_reader_read (life->reader, NULL))
         != CMAF_READ_MORE) {
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (
          life->chunks, cmaf_fragment_reader_take_chunk (life->reader));
    if (result == CMAF_READ_ERROR && !output->error)
      output->error = g_strdup ("the muxer's output cannot be read");
    if (result == CMAF_READ_ERROR)
      return;
  }
}

/* What has come out within @wait; FALSE at the end, and when nothing comes. */
static gboolean
take_output (Life *life, GstClockTime wait, SimOutput *output)
{
  g_autoptr (GstSample) sample =
      gst_app_sink_try_pull_sample (GST_APP_SINK (life->out), wait);

  if (sample)
    take_list (life, gst_sample_get_buffer_list (sample), output);
  take_messages (life, output);
  return sample != NULL && !output->error;
}

guint64
sim_segment_number (const CmafTrack *track, guint64 tick)
{
  CmafSegmentGrid grid;

  cmaf_segment_grid_init (
      &grid, track->segment_duration_n, track->segment_duration_d, NULL);
  return cmaf_segment_grid_number (&grid, tick, track->timescale);
}

static gboolean
ends_on_grid (const Life *life, const CmafChunk *chunk)
{
  const CmafTrack *track = cmaf_fragment_reader_get_track (life->reader);
  const guint64 end = chunk->decode_time + chunk->duration;

  return sim_segment_number (track, end) != sim_segment_number (track, end - 1);
}

/* A receiver has no use for half a segment; nor has this test for one that says
 * that it is the last, for an encoder that was killed says nothing. */
static void
keep_whole_segments (Life *life, SimOutput *output)
{
  gboolean is_whole = FALSE;

  while (life->chunks->len > 0 && !is_whole) {
    const CmafChunk *last = life->chunks->pdata[life->chunks->len - 1];

    is_whole = ends_on_grid (life, last) && !(last->flags & CMAF_CHUNK_LAST);
    if (!is_whole)
      g_ptr_array_remove_index (life->chunks, life->chunks->len - 1);
  }
  if (life->chunks->len == 0)
    return;
  if (!output->track) {
    output->track =
        cmaf_track_ref (cmaf_fragment_reader_get_track (life->reader));
    output->header =
        g_bytes_ref (cmaf_fragment_reader_get_header (life->reader));
  } else if (!g_bytes_equal (
                 output->header, cmaf_fragment_reader_get_header (life->reader))
             && !output->error) {
    output->error = g_strdup ("another header after a restart");
  }
  for (guint i = 0; i < life->chunks->len; i++)
    g_ptr_array_add (output->chunks, cmaf_chunk_ref (life->chunks->pdata[i]));
}

static void
live (const SimEncoder *e, const SimSource *s, guint n, SimOutput *output)
{
  const guint first = e->lives[n].first, last = e->lives[n].end;
  Life life = { NULL };

  if (begin (&life, e, s, first, output)) {
    for (guint i = first; i < last; i++)
      gst_app_src_push_buffer (GST_APP_SRC (life.in),
          make_picture (s, i, s->times[i] - s->times[first] + e->phase));
    if (!e->lives[n].is_abrupt)
      gst_app_src_end_of_stream (GST_APP_SRC (life.in));
    /* killed behind the first that comes out, or in front of it */
    while (take_output (&life,
               e->lives[n].is_abrupt ? 300 * GST_MSECOND : TIMEOUT, output)
           && !e->lives[n].is_abrupt)
      ;
    if (!e->lives[n].is_abrupt && !output->error
        && !gst_app_sink_is_eos (GST_APP_SINK (life.out)))
      output->error = g_strdup ("the pipeline hangs");
    gst_element_set_state (life.pipeline, GST_STATE_NULL);
    take_messages (&life, output);
    keep_whole_segments (&life, output);
  }
  end (&life);
}

static void
output_init (SimOutput *output)
{
  memset (output, 0, sizeof *output);
  output->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  output->messages = g_string_new (NULL);
}

void
sim_encode (
    const SimEncoder *encoder, const SimSource *source, SimOutput *output)
{
  output_init (output);
  for (guint i = 0; i < encoder->n_lives && !output->error; i++)
    live (encoder, source, i, output);
}

void
sim_output_clear (SimOutput *output)
{
  g_clear_pointer (&output->track, cmaf_track_unref);
  g_clear_pointer (&output->header, g_bytes_unref);
  g_ptr_array_unref (output->chunks);
  g_string_free (output->messages, TRUE);
  g_free (output->error);
}

/* ---- what came out ---- */

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

gboolean
sim_output_save (const SimOutput *output, const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "track.cmfv", NULL);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  if (!output->header)
    return FALSE;
  g_byte_array_append (all, g_bytes_get_data (output->header, NULL),
      (guint)g_bytes_get_size (output->header));
  for (guint i = 0; i < output->chunks->len; i++) {
    g_autoptr (GByteArray) bytes = bytes_of (output->chunks->pdata[i]);

    g_byte_array_append (all, bytes->data, bytes->len);
  }
  return g_file_set_contents (
      path, (const gchar *)all->data, (gssize)all->len, NULL);
}

static void
take_segments (const SimOutput *from, guint64 remainder, SimOutput *output)
{
  for (guint i = 0; i < from->chunks->len; i++) {
    CmafChunk *chunk = from->chunks->pdata[i];

    if (sim_segment_number (from->track, chunk->decode_time) % 2 == remainder)
      g_ptr_array_add (output->chunks, cmaf_chunk_ref (chunk));
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
sim_output_mix (const SimOutput *even, const SimOutput *odd, SimOutput *output)
{
  output_init (output);
  output->track = cmaf_track_ref (even->track);
  take_segments (even, 0, output);
  take_segments (odd, 1, output);
  g_ptr_array_sort (output->chunks, compare_times);
}

static GstCaps *
decoder_caps (const CmafTrack *track)
{
  const gboolean is_avc =
      track->codec == CMAF_CODEC_AVC1 || track->codec == CMAF_CODEC_AVC3;
  const gboolean is_in_band =
      track->codec == CMAF_CODEC_AVC3 || track->codec == CMAF_CODEC_HEV1;
  gsize size;
  gconstpointer data = g_bytes_get_data (track->codec_config, &size);
  g_autoptr (GstBuffer) config = gst_buffer_new_memdup (data, size);

  return gst_caps_new_simple (is_avc ? "video/x-h264" : "video/x-h265",
      "stream-format", G_TYPE_STRING,
      is_avc       ? is_in_band ? "avc3" : "avc"
      : is_in_band ? "hev1"
                   : "hvc1",
      "alignment", G_TYPE_STRING, "au", "width", G_TYPE_INT, track->width,
      "height", G_TYPE_INT, track->height, "codec_data", GST_TYPE_BUFFER,
      config, NULL);
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

GHashTable *
sim_output_decode (const SimOutput *output)
{
  const gboolean is_avc = output->track->codec == CMAF_CODEC_AVC1
                          || output->track->codec == CMAF_CODEC_AVC3;
  const CmafChunk *first = output->chunks->pdata[0];
  const guint64 origin = first->decode_time - 1000000;
  g_autofree gchar *text = g_strdup_printf (
      "appsrc name=in format=time max-bytes=0 ! %s max-threads=1 ! "
      "appsink name=out sync=false",
      is_avc ? "avdec_h264" : "avdec_h265");
  GstElement *pipeline = gst_parse_launch (text, NULL);
  GstElement *in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GHashTable *table =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GstCaps) caps = decoder_caps (output->track);
  GstSample *sample;
  gboolean ok = TRUE;

  gst_app_src_set_caps (GST_APP_SRC (in), caps);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < output->chunks->len; i++)
    push_chunk (GST_APP_SRC (in), output->chunks->pdata[i], origin);
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  while (
      (sample = gst_app_sink_try_pull_sample (GST_APP_SINK (out), TIMEOUT))) {
    ok = take_picture (sample, origin, table) && ok;
    gst_sample_unref (sample);
  }
  ok = ok && gst_app_sink_is_eos (GST_APP_SINK (out));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (in);
  gst_object_unref (out);
  gst_object_unref (pipeline);
  if (!ok)
    g_clear_pointer (&table, g_hash_table_unref);
  return table;
}
