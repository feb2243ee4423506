/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two ways from a plant to one encoder, one of them 1.2 s longer. The way that
 * goes out ends at any frame, with or without a word: in the muxed track each
 * picture has to follow the one before it, and each sample too (FLAC loses
 * none). The clock of the pipeline goes as fast as everything else.
 *
 *   input-switch [--runs N] [--seed S] */
#include "counter-picture.h"
#include "simulation.h"

#include <gst/app/app.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/timescale.h>

#include "sanitizer.h"
#include "sound.h"

#define S (gint64) GST_SECOND
#define STEP (5 * (gint64)GST_MSECOND)
/* The clock runs ahead of the encoders: whole inputs wait. */
#define WINDOW "input-align-window=20000000000"
#define TIMEOUT (60 * GST_SECOND)
#define SOUND_AFTER (200 * (gint64)GST_MSECOND)

typedef enum
{
  WITHOUT_A_WORD,
  WITH_EOS,
  N_ENDS,
} End;

/* One kind of media of one way */
typedef struct
{
  GstPad *pad; /* into the switch */
  gint64 delay;
  gint64 until; /* time of the plant: nothing that is later comes */
  guint piece;  /* samples in a buffer; 0: pictures */
  guint64 next; /* picture, or sample */
  gboolean has_ended;
} Lane;

typedef struct
{
  SimSource source;
  GstElement *pipeline;
  GstTestClock *clock;
  Lane lanes[4]; /* pictures and sound of both ways */
  gint64 end;    /* of the plant */
  gint64 killed; /* when the first way ends */
  gint64 joined; /* when the second one begins */
  gint64 delays[2];
  End how;
} Run;

/* ---- into the switches ---- */

static gboolean
answer (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return FALSE;
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

static gboolean
ignore (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

/* Time of the plant, from its first picture, of what comes next. */
static gint64
next_time (const Run *run, const Lane *lane)
{
  if (lane->piece > 0)
    return sim_sound_time (lane->next);
  return lane->next < run->source.n_frames
             ? run->source.times[lane->next] - run->source.times[0]
             : G_MAXINT64 / 2;
}

/* Sound begins a little later than pictures, which tell the time. */
static void
skip_to (const Run *run, Lane *lane, gint64 time)
{
  if (lane->piece > 0)
    time += SOUND_AFTER;
  while (next_time (run, lane) < time)
    lane->next++;
}

static void
open_lane (Run *run, guint way, gboolean is_sound)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (
      GST_BIN (run->pipeline), is_sound ? "sound" : "pictures");
  g_autofree gchar *name = g_strdup_printf ("sink_%u", way);
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (element, name);
  Lane *lane = &run->lanes[2 * way + is_sound];

  lane->pad = gst_pad_new (NULL, GST_PAD_SRC);
  lane->delay = run->delays[way];
  lane->until = way == 0 ? run->killed : run->end;
  lane->piece = is_sound ? way == 0 ? 480 : 1001 : 0;
  skip_to (run, lane, way == 0 ? 0 : run->joined);
  gst_pad_set_query_function (lane->pad, answer);
  gst_pad_set_event_function (lane->pad, ignore);
  gst_pad_set_active (lane->pad, TRUE);
  gst_pad_link (lane->pad, sink);
}

static void
begin_lane (const Run *run, Lane *lane)
{
  g_autofree gchar *text =
      lane->piece > 0
          ? g_strdup (SOUND_CAPS)
          : g_strdup_printf ("video/x-raw,format=I420,width=%d,height=%d,"
                             "framerate=%u/%u",
              COUNTER_WIDTH, COUNTER_HEIGHT, run->source.fps_n,
              run->source.fps_d);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (lane->pad, gst_event_new_stream_start ("lane"));
  gst_pad_push_event (lane->pad, gst_event_new_caps (caps));
  gst_pad_push_event (lane->pad, gst_event_new_segment (&segment));
}

static gboolean
push_next (const Run *run, Lane *lane)
{
  const gint64 time = next_time (run, lane) + lane->delay;
  GstBuffer *buffer;

  if (lane->piece > 0) {
    buffer =
        sound_buffer (sound_noise, lane->next, lane->piece, (GstClockTime)time);
    lane->next += lane->piece;
  } else {
    buffer = sim_picture (&run->source, (guint)lane->next++, time);
  }
  return gst_pad_push (lane->pad, buffer) == GST_FLOW_OK;
}

static gboolean
feed_lane (const Run *run, Lane *lane, gint64 now)
{
  gboolean ok = TRUE;

  while (ok && next_time (run, lane) < lane->until
         && next_time (run, lane) + lane->delay <= now)
    ok = push_next (run, lane);
  if (!lane->has_ended && run->how == WITH_EOS
      && next_time (run, lane) >= lane->until
      && next_time (run, lane) + lane->delay <= now) {
    gst_pad_push_event (lane->pad, gst_event_new_eos ());
    lane->has_ended = TRUE;
  }
  return ok;
}

/* Everything when its time has come; a second more for who waits. */
static gboolean
feed (Run *run)
{
  const gint64 end =
      run->end + MAX (run->delays[0], run->delays[1]) + GST_SECOND;
  gboolean ok = TRUE;

  for (gint64 now = 0; now < end && ok; now += STEP) {
    gst_test_clock_set_time (run->clock, (GstClockTime)now);
    for (guint i = 0; i < G_N_ELEMENTS (run->lanes) && ok; i++)
      ok = feed_lane (run, &run->lanes[i], now);
  }
  for (guint i = 0; i < G_N_ELEMENTS (run->lanes); i++) {
    if (!run->lanes[i].has_ended)
      gst_pad_push_event (run->lanes[i].pad, gst_event_new_eos ());
  }
  return ok;
}

/* ---- out of the muxers ---- */

typedef struct
{
  CmafFragmentReader *reader;
  GPtrArray *bytes; /* of GstBuffer */
  SimTrack track;
} Result;

static void
take_list (Result *result, GstBufferList *list)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (
        gst_buffer_list_get (list, i), 0, G_MAXSIZE, &data, &size);
    bytes = g_bytes_new_take (data, size);
    g_ptr_array_add (result->bytes, gst_buffer_new_wrapped_bytes (bytes));
    cmaf_fragment_reader_feed (result->reader, bytes);
  }
  while (cmaf_fragment_reader_read (result->reader, NULL) == CMAF_READ_CHUNK)
    g_ptr_array_add (
        result->track.chunks, cmaf_fragment_reader_take_chunk (result->reader));
}

/* FALSE: it does not come to an end. */
static gboolean
pull (Run *run, const gchar *name, Result *result)
{
  g_autoptr (GstElement) out =
      gst_bin_get_by_name (GST_BIN (run->pipeline), name);
  GstSample *sample;

  result->reader = cmaf_fragment_reader_new (NULL);
  result->bytes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  sim_track_init (&result->track);
  while (
      (sample = gst_app_sink_try_pull_sample (GST_APP_SINK (out), TIMEOUT))) {
    take_list (result, gst_sample_get_buffer_list (sample));
    gst_sample_unref (sample);
  }
  if (result->track.chunks->len > 0)
    result->track.track =
        cmaf_track_ref (cmaf_fragment_reader_get_track (result->reader));
  return gst_app_sink_is_eos (GST_APP_SINK (out));
}

static void
result_clear (Result *result)
{
  cmaf_fragment_reader_free (result->reader);
  g_ptr_array_unref (result->bytes);
  sim_track_clear (&result->track);
}

/* ---- what is expected ---- */

static gboolean
fail_run (const gchar *what, gint64 at)
{
  g_printerr ("  %s at %" G_GINT64_FORMAT "\n", what, at);
  return FALSE;
}

/* Every picture from the first one that was sent, at its tick, to the last. */
static gboolean
check_pictures (const Run *run, const Result *result)
{
  g_autoptr (GHashTable) table =
      result->track.track ? sim_decode_pictures (&result->track) : NULL;
  const SimSource *s = &run->source;
  guint i = 0, n = 0;

  if (!table)
    return fail_run ("pictures cannot be decoded", 0);
  for (; i < s->n_frames; i++) {
    const gint64 tick = (gint64)(s->numbers[i] * s->frames.unit_ticks);
    gpointer found;

    if (!g_hash_table_lookup_extended (table, &tick, NULL, &found)) {
      if (n > 0)
        return fail_run ("no picture", i);
      continue;
    }
    if (GPOINTER_TO_UINT (found) != i)
      return fail_run ("another picture", i);
    n++;
  }
  if (n != g_hash_table_size (table) || n < s->n_frames * 3 / 4)
    return fail_run ("another number of pictures", n);
  return TRUE;
}

static void
print_errors (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (
              bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING))) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("  %s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
    gst_message_unref (message);
  }
}

/* (transfer full) */
static GArray *
decode_sound (const Result *result)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "appsrc name=in caps=video/quicktime max-bytes=0 ! qtdemux ! flacdec ! "
      "audioconvert ! " SOUND_CAPS " ! appsink name=out sync=false",
      NULL);
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  GstSample *sample;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < result->bytes->len; i++)
    gst_app_src_push_buffer (
        GST_APP_SRC (in), gst_buffer_ref (result->bytes->pdata[i]));
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (out), 10 * GST_SECOND))) {
    sound_append (samples, sample);
    gst_sample_unref (sample);
  }
  print_errors (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return samples;
}

static gboolean
begins_with (const GArray *heard, guint64 sample, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (g_array_index (heard, gint16, i) != sound_noise (sample + i))
      return FALSE;
  }
  return TRUE;
}

/* Every sample from the first one on to the last second. */
static gboolean
check_sound (const Run *run, const Result *result)
{
  g_autoptr (GArray) heard = decode_sound (result);
  const guint64 total = (guint64)run->end * SOUND_RATE / GST_SECOND;
  guint64 first = 0;

  while (heard->len > 100 && first < total && !begins_with (heard, first, 100))
    first++;
  for (guint i = 0; i < heard->len && first + i < total; i++) {
    if (g_array_index (heard, gint16, i) != sound_noise (first + i))
      return fail_run ("another sample", (gint64)first + i);
  }
  if (first + heard->len + SOUND_RATE < total || first > 3 * SOUND_RATE)
    return fail_run ("samples are missing", (gint64)first + heard->len);
  return TRUE;
}

/* ---- a run ---- */

static gchar *
describe (const Run *run)
{
  const gchar *sources =
      run->source.stamp == SIM_TIMECODE ? "timecode" : "reference-timestamp";

  return g_strdup_printf (
      "cmafinputswitch name=pictures timing-sources=%s " WINDOW " ! "
      "cmafvideoalign slate-after=5000000000 ! "
      "x264enc speed-preset=ultrafast bframes=2 key-int-max=1000 ! h264parse ! "
      "cmafsyncmux ! "
      "appsink name=pictures-out sync=false async=false buffer-list=true "
      "cmafinputswitch name=sound timing-sources=%s " WINDOW " ! "
      "cmafaudioalign silence-after=5000000000 ! flacenc ! flacparse ! "
      "cmafsyncmux ! "
      "appsink name=sound-out sync=false async=false buffer-list=true",
      sources, sources);
}

static void
set_utc (Run *run, const gchar *name, GstClock *utc)
{
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (run->pipeline), name);

  g_object_set (element, "utc-clock", utc, NULL);
}

static void
open_run (Run *run)
{
  g_autofree gchar *text = describe (run);
  g_autoptr (GstClock) utc =
      gst_test_clock_new_with_start_time ((GstClockTime)run->source.times[0]);

  run->pipeline = gst_parse_launch (text, NULL);
  run->clock = GST_TEST_CLOCK (gst_test_clock_new ());
  set_utc (run, "pictures", utc);
  set_utc (run, "sound", utc);
  gst_pipeline_use_clock (GST_PIPELINE (run->pipeline), GST_CLOCK (run->clock));
  for (guint i = 0; i < G_N_ELEMENTS (run->lanes); i++)
    open_lane (run, i / 2, i % 2 == 1);
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (run->pipeline, NULL, NULL, TIMEOUT);
  for (guint i = 0; i < G_N_ELEMENTS (run->lanes); i++)
    begin_lane (run, &run->lanes[i]);
}

static void
close_run (Run *run)
{
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  for (guint i = 0; i < G_N_ELEMENTS (run->lanes); i++) {
    gst_pad_set_active (run->lanes[i].pad, FALSE);
    gst_object_unref (run->lanes[i].pad);
  }
  gst_object_unref (run->pipeline);
  gst_object_unref (run->clock);
  sim_source_clear (&run->source);
}

static guint64
count_switches (Run *run, const gchar *name)
{
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (run->pipeline), name);
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (element, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "switches", &n);
  return n;
}

/* Pictures have no trouble of their own, and lie on whole frames. */
static void
choose_source (Run *run, GRand *rand)
{
  static const SimStamp stamps[] = { SIM_TIMECODE, SIM_PTP };
  const SimStamp stamp = stamps[g_rand_int_range (rand, 0, 2)];

  sim_source_init (&run->source, stamp, rand);
  while (stamp == SIM_TIMECODE && run->source.is_drop) {
    sim_source_clear (&run->source);
    sim_source_init (&run->source, stamp, rand);
  }
  for (guint i = 0; i < run->source.n_frames; i++)
    run->source.is_mute[i] = run->source.is_wrong[i] = FALSE;
}

static gboolean
play (guint number, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Result pictures, sound;
  Run run = { 0 };
  gboolean ok;
  guint late;

  choose_source (&run, rand);
  run.end = run.source.times[run.source.n_frames - 1] - run.source.times[0] + 1;
  late = (guint)g_rand_int_range (rand, 0, 2);
  run.delays[late] = 1200 * (gint64)GST_MSECOND;
  /* who comes first goes out: the one that is late has to have begun */
  run.joined = late == 0 ? 2500 * (gint64)GST_MSECOND : 0;
  run.killed = g_rand_int_range (rand, 4000, 10000) * (gint64)GST_MSECOND;
  run.how = (End)g_rand_int_range (rand, 0, N_ENDS);
  open_run (&run);
  ok = feed (&run);
  ok = pull (&run, "pictures-out", &pictures) && ok;
  ok = pull (&run, "sound-out", &sound) && ok;
  if (!ok)
    fail_run ("no end", 0);
  ok = ok && check_pictures (&run, &pictures) && check_sound (&run, &sound);
  if (ok
      && (count_switches (&run, "pictures") != 1
          || count_switches (&run, "sound") != 1))
    ok = fail_run ("another number of switches",
        (gint64)(count_switches (&run, "pictures") * 10
                 + count_switches (&run, "sound")));
  if (!ok) {
    print_errors (run.pipeline);
    g_printerr ("run %u, seed %u: %u/%u fps by %s, %s is late, the first ends "
                "at %.3f s %s\n",
        number, seed, run.source.fps_n, run.source.fps_d,
        sim_stamp_name (run.source.stamp),
        late == 0 ? "the first" : "the other", (gdouble)run.killed / GST_SECOND,
        run.how == WITH_EOS ? "with EOS" : "without a word");
  }
  result_clear (&pictures);
  result_clear (&sound);
  close_run (&run);
  return ok;
}

int
main (int argc, char **argv)
{
  gint n_runs = TEST_IS_SANITIZED ? 4 : 20, n_failed = 0;
  gint64 seed = g_random_int ();
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "How many", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of the first run", "S" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("input-switch: %s\n", error->message);
    return 2;
  }
  for (gint i = 0; i < n_runs; i++)
    n_failed += !play ((guint)i, (guint32)seed + (guint32)i);
  g_print ("%d of %d runs failed (--seed %" G_GINT64_FORMAT ")\n", n_failed,
      n_runs, seed);
  return n_failed > 0;
}
