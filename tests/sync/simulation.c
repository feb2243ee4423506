/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoders that live for a while. */
#include "simulation.h"

#include "counter-picture.h"
#include "noise.h"

#include <gst/app/app.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/segment-grid.h>

#define TIMEOUT (60 * GST_SECOND)
#define SOUND_PIECE 1024

/* One track of an encoder while it lives */
typedef struct
{
  GstElement *in, *out; /* NULL: there is none */
  CmafFragmentReader *reader;
  GPtrArray *chunks;
} Lane;

/* What all of a life's functions need */
typedef struct
{
  const SimEncoder *encoder;
  const SimSource *source;
  guint n;
  GstElement *pipeline;
  GstBus *bus;
  Lane lanes[SIM_N_TRACKS];
  gboolean is_locked;
  SimOutput *output;
} Life;

static const gchar *const lane_names[] = { "video", "sound", "text" };

static guint
first_picture (const Life *life)
{
  return life->encoder->lives[life->n].first;
}

static guint
end_of_pictures (const Life *life)
{
  return life->encoder->lives[life->n].end;
}

static gboolean
is_abrupt (const Life *life)
{
  return life->encoder->lives[life->n].is_abrupt;
}

/* ---- the pipeline ---- */

static gchar *
describe_muxer (const Life *life, const gchar *lane)
{
  static const gchar *const sources[] = { "timecode", "reference-timestamp",
    "reference-timestamp", "reference-timestamp", "pts", "clock" };

  return g_strdup_printf (
      "cmafsyncmux name=%s-mux timing-sources=%s clock-offset=%" G_GINT64_FORMAT
      " ! appsink name=%s-out sync=false async=false buffer-list=true "
      "wait-on-eos=false ",
      lane, sources[life->source->stamp], life->encoder->clock_offset, lane);
}

static gchar *
describe (const Life *life)
{
  const SimEncoder *e = life->encoder;
  const SimSource *s = life->source;
  g_autofree gchar *video = describe_muxer (life, lane_names[SIM_VIDEO]);
  g_autofree gchar *sound = describe_muxer (life, lane_names[SIM_SOUND]);
  g_autofree gchar *text = describe_muxer (life, lane_names[SIM_TEXT]);
  GString *all = g_string_new (NULL);

  g_string_append_printf (all,
      "appsrc name=video-in format=time max-bytes=0 caps=video/x-raw,"
      "format=I420,width=%d,height=%d,framerate=%u/%u ! %s ! %s",
      COUNTER_WIDTH, COUNTER_HEIGHT, s->fps_n, s->fps_d, e->encoder, video);
  if (e->sound)
    g_string_append_printf (all,
        "appsrc name=sound-in format=time max-bytes=0 caps=" SOUND_CAPS
        " ! cmafaudioalign timing-sources=clock ! %s ! %s"
        "appsrc name=text-in format=time caps=text/x-raw,format=utf8 ! %s",
        e->sound, sound, text);
  return g_string_free (all, FALSE);
}

static GstElement *
find (const Life *life, guint lane, const gchar *what)
{
  g_autofree gchar *name = g_strdup_printf ("%s-%s", lane_names[lane], what);

  return gst_bin_get_by_name (GST_BIN (life->pipeline), name);
}

static void
open_lane (Life *life, guint i, GstClock *utc)
{
  Lane *lane = &life->lanes[i];
  g_autoptr (GstElement) mux = find (life, i, "mux");

  if (!mux)
    return;
  g_object_set (mux, "utc-clock", utc, NULL);
  if (i == SIM_VIDEO)
    g_object_set (mux, "chunk-duration", life->encoder->chunk_duration, NULL);
  if (i == SIM_VIDEO && life->encoder->in_band)
    gst_util_set_object_arg (G_OBJECT (mux), "parameter-sets", "in-band");
  lane->in = find (life, i, "in");
  lane->out = find (life, i, "out");
  lane->reader = cmaf_fragment_reader_new (NULL);
  lane->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
}

/* The clocks stand still: that of the pipeline at its start, and that of the
 * day at the moment at which the first picture arrived. */
static gboolean
begin (Life *life)
{
  g_autofree gchar *text = describe (life);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstClock) clock = gst_test_clock_new ();
  g_autoptr (GstClock) utc = gst_test_clock_new_with_start_time (
      (GstClockTime)(life->source->times[first_picture (life)]
                     + life->encoder->delay));

  life->pipeline = gst_parse_launch (text, &error);
  if (error) {
    life->output->error = g_strdup (error->message);
    return FALSE;
  }
  life->bus = gst_element_get_bus (life->pipeline);
  for (guint i = 0; i < SIM_N_TRACKS; i++)
    open_lane (life, i, utc);
  gst_pipeline_use_clock (GST_PIPELINE (life->pipeline), clock);
  gst_element_set_state (life->pipeline, GST_STATE_PLAYING);
  return TRUE;
}

static void
end (Life *life)
{
  if (life->pipeline)
    gst_element_set_state (life->pipeline, GST_STATE_NULL);
  for (guint i = 0; i < SIM_N_TRACKS; i++) {
    Lane *lane = &life->lanes[i];

    g_clear_pointer (&lane->chunks, g_ptr_array_unref);
    g_clear_pointer (&lane->reader, cmaf_fragment_reader_free);
    gst_clear_object (&lane->in);
    gst_clear_object (&lane->out);
  }
  gst_clear_object (&life->bus);
  gst_clear_object (&life->pipeline);
}

/* ---- what goes in ---- */

/* Running time of what is @time behind the first picture of the plant */
static gint64
running_time (const Life *life, gint64 time)
{
  const gint64 *times = life->source->times;

  return time + times[0] - times[first_picture (life)] + life->encoder->phase;
}

static void
finish_input (Life *life, guint lane)
{
  if (!is_abrupt (life))
    gst_app_src_end_of_stream (GST_APP_SRC (life->lanes[lane].in));
}

static void
push_pictures (Life *life)
{
  const gint64 *times = life->source->times;

  for (guint i = first_picture (life); i < end_of_pictures (life); i++)
    gst_app_src_push_buffer (GST_APP_SRC (life->lanes[SIM_VIDEO].in),
        sim_picture (
            life->source, i, running_time (life, times[i] - times[0])));
  finish_input (life, SIM_VIDEO);
}

static void
push_sound (Life *life)
{
  const guint64 end =
      sim_first_sound (life->source, end_of_pictures (life) - 1);
  guint64 at = sim_first_sound (life->source, first_picture (life));

  for (; at + SOUND_PIECE <= end; at += SOUND_PIECE)
    gst_app_src_push_buffer (GST_APP_SRC (life->lanes[SIM_SOUND].in),
        sound_buffer (sound_noise, at, SOUND_PIECE,
            (GstClockTime)running_time (life, sim_sound_time (at))));
  finish_input (life, SIM_SOUND);
}

/* The cues that begin before the last picture ends */
static void
push_text (Life *life)
{
  const SimSource *source = life->source;
  const gint64 end = source->times[end_of_pictures (life) - 1]
                     - source->times[0]
                     + (gint64)cmaf_media_time_of_unit (&source->frames, 1);

  for (guint i = sim_first_cue (source, first_picture (life));
       sim_cue_time (i) < end; i++)
    gst_app_src_push_buffer (GST_APP_SRC (life->lanes[SIM_TEXT].in),
        sim_cue (i, running_time (life, sim_cue_time (i))));
  finish_input (life, SIM_TEXT);
}

/* ---- what comes out ---- */

static void
take_bus_message (Life *life, GstMessage *message)
{
  const GstStructure *s = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;
  const gchar *name;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !life->output->error) {
    gst_message_parse_error (message, &error, NULL);
    life->output->error = g_strdup_printf (
        "%s: %s", GST_OBJECT_NAME (GST_MESSAGE_SRC (message)), error->message);
  }
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT
      || !g_str_has_prefix (gst_structure_get_name (s), "cmaf-sync-"))
    return;
  name = gst_structure_get_name (s) + strlen ("cmaf-sync-");
  life->is_locked |= g_str_equal (name, "locked");
  g_string_append_printf (life->output->messages, " %s", name);
}

static void
take_messages (Life *life, GstClockTime wait)
{
  GstMessage *message;

  while ((message = gst_bus_timed_pop (life->bus, wait))) {
    take_bus_message (life, message);
    gst_message_unref (message);
    if (wait > 0)
      return;
  }
}

static gboolean
has_jump (const Life *life)
{
  const guint64 *numbers = life->source->numbers;
  const guint first = first_picture (life), last = end_of_pictures (life) - 1;

  return numbers[last] - numbers[first] != last - first;
}

/* Whether sound can follow: pictures have told the time, and where it jumps. In
 * a real encoder sound is not seconds ahead of them. */
static gboolean
is_told (const Life *life)
{
  GstElement *out = life->lanes[SIM_VIDEO].out;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (out, "sink");
  g_autoptr (GstEvent) eos = gst_pad_get_sticky_event (pad, GST_EVENT_EOS, 0);

  return eos || (life->is_locked && !has_jump (life));
}

/* Sound and text follow pictures, which know the time. */
static void
wait_for_lock (Life *life)
{
  const gint64 until =
      g_get_monotonic_time ()
      + (is_abrupt (life) ? 300 : 60000) * G_TIME_SPAN_MILLISECOND;

  while (!is_told (life) && !life->output->error
         && g_get_monotonic_time () < until)
    take_messages (life, 10 * GST_MSECOND);
}

static void
take_list (Life *life, Lane *lane, GstBufferList *list)
{
  CmafReadResult result;

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (
        gst_buffer_list_get (list, i), 0, G_MAXSIZE, &data, &size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (lane->reader, bytes);
  }
  while ((result = cmaf_fragment_reader_read (lane->reader, NULL))
         != CMAF_READ_MORE) {
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (
          lane->chunks, cmaf_fragment_reader_take_chunk (lane->reader));
    if (result == CMAF_READ_ERROR && !life->output->error)
      life->output->error = g_strdup ("the muxer's output cannot be read");
    if (result == CMAF_READ_ERROR)
      return;
  }
}

/* What has come out within @wait; FALSE at the end, and when nothing comes. */
static gboolean
take_output (Life *life, Lane *lane, GstClockTime wait)
{
  g_autoptr (GstSample) sample =
      gst_app_sink_try_pull_sample (GST_APP_SINK (lane->out), wait);

  if (sample)
    take_list (life, lane, gst_sample_get_buffer_list (sample));
  take_messages (life, 0);
  return sample != NULL && !life->output->error;
}

/* Killed behind the first that comes out, or in front of it */
static void
take_until_killed (Life *life)
{
  take_output (life, &life->lanes[SIM_VIDEO], 300 * GST_MSECOND);
  for (guint i = SIM_SOUND; i < SIM_N_TRACKS; i++) {
    while (life->lanes[i].out && take_output (life, &life->lanes[i], 0))
      ;
  }
}

static void
take_all (Life *life)
{
  for (guint i = 0; i < SIM_N_TRACKS; i++) {
    Lane *lane = &life->lanes[i];

    while (lane->out && take_output (life, lane, TIMEOUT))
      ;
    if (lane->out && !life->output->error
        && !gst_app_sink_is_eos (GST_APP_SINK (lane->out)))
      life->output->error = g_strdup_printf ("%s hangs", lane_names[i]);
  }
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
ends_on_grid (const Lane *lane, const CmafChunk *chunk)
{
  const CmafTrack *track = cmaf_fragment_reader_get_track (lane->reader);
  const guint64 end = chunk->decode_time + chunk->duration;
  const guint64 unit = MAX (1, track->sample_duration);

  /* a unit that begins where the next segment does is in that one */
  return sim_segment_number (track, end)
         != sim_segment_number (track, end - unit);
}

/* A receiver has no use for half a segment; nor has this test for one that says
 * that it is the last, for an encoder that was killed says nothing. */
static void
drop_half_segment (Lane *lane)
{
  gboolean is_whole = FALSE;

  while (lane->chunks->len > 0 && !is_whole) {
    const CmafChunk *last = lane->chunks->pdata[lane->chunks->len - 1];

    is_whole = ends_on_grid (lane, last) && !(last->flags & CMAF_CHUNK_LAST);
    if (!is_whole)
      g_ptr_array_remove_index (lane->chunks, lane->chunks->len - 1);
  }
}

static void
keep (Life *life, guint i)
{
  Lane *lane = &life->lanes[i];
  SimTrack *t = &life->output->tracks[i];
  GBytes *header;

  if (!lane->out)
    return;
  drop_half_segment (lane);
  if (lane->chunks->len == 0)
    return;
  header = cmaf_fragment_reader_get_header (lane->reader);
  if (!t->track) {
    t->track = cmaf_track_ref (cmaf_fragment_reader_get_track (lane->reader));
    t->header = g_bytes_ref (header);
  } else if (!g_bytes_equal (t->header, header) && !life->output->error) {
    life->output->error =
        g_strdup_printf ("another header of %s after a restart", lane_names[i]);
  }
  for (guint j = 0; j < lane->chunks->len; j++) {
    g_ptr_array_add (t->chunks, cmaf_chunk_ref (lane->chunks->pdata[j]));
    g_array_append_val (t->lives, life->n);
  }
}

/* ---- from beginning to end ---- */

static void
live (Life *life)
{
  if (begin (life)) {
    push_pictures (life);
    wait_for_lock (life);
    if (life->encoder->sound) {
      push_sound (life);
      push_text (life);
    }
    if (is_abrupt (life))
      take_until_killed (life);
    else
      take_all (life);
    gst_element_set_state (life->pipeline, GST_STATE_NULL);
    take_messages (life, 0);
    for (guint i = 0; i < SIM_N_TRACKS; i++)
      keep (life, i);
  }
  end (life);
}

void
sim_encode (
    const SimEncoder *encoder, const SimSource *source, SimOutput *output)
{
  memset (output, 0, sizeof *output);
  output->messages = g_string_new (NULL);
  for (guint i = 0; i < SIM_N_TRACKS; i++)
    sim_track_init (&output->tracks[i]);
  for (guint i = 0; i < encoder->n_lives && !output->error; i++) {
    Life life = { encoder, source, i, .output = output };

    live (&life);
  }
}

void
sim_output_clear (SimOutput *output)
{
  for (guint i = 0; i < SIM_N_TRACKS; i++)
    sim_track_clear (&output->tracks[i]);
  g_string_free (output->messages, TRUE);
  g_free (output->error);
}
