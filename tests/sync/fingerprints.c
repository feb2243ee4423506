/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* fingerprints COMPARE [--runs N] [--seed S] [--first I]
 *
 * Encoders A and B of one source that tells no time at all: A begins alone and
 * goes by its clock, B starts up to three seconds later, gets the pictures with
 * another delay, has a clock that is 100 ms wrong, and has to find out by the
 * pictures which frames they are. The same picture must have the same number;
 * cmaf-compare (COMPARE) must find nothing. Many times faster than life. */
#include <stdio.h>
#include <stdlib.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/app/app.h>
#include <gst/check/gsttestclock.h>

#include "counter-picture.h"
#include "simulation.h"

#define MS ((gint64)GST_MSECOND)
#define FRAME (40 * MS)
#define FASTER 15
#define N_FRAMES 640
#define NEW_YEAR (1735689600 * (gint64)GST_SECOND)
#define LEAST_COMMON 2 /* segments */
#define TIMEOUT (60 * GST_SECOND)

typedef struct
{
  const gchar *name;
  const gchar *path; /* what B's feed went through */
  gboolean is_still; /* nothing moves */
  guint store_ends;  /* at this frame the store is gone; 0: never */
} Kind;

static const Kind kinds[] = {
  { "bit-identical", "" },
  { "coded differently",
      "x264enc speed-preset=veryfast bitrate=150 key-int-max=40 ! "
      "avdec_h264 max-threads=1 ! " },
  { "coded badly, in another format",
      "x264enc speed-preset=ultrafast pass=qual quantizer=36 ! "
      "avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=NV12 ! " },
  { "still", "", TRUE },
  { "the store goes away", "", FALSE, 500 },
};

/* Of one encoder */
typedef struct
{
  guint start; /* frame */
  guint delay; /* frames */
  gint64 clock_offset;
  const gchar *path, *sources;
  gint64 peer_wait;

  gchar *out;
  GstElement *pipeline, *in, *tap;
  GString *messages;
  gchar *error;
} Encoder;

typedef struct
{
  gint runs, first;
  gint64 seed;
} Options;

static gchar *fail (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

static gchar *
fail (const gchar *format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

/* ---- encoders ---- */

static gchar *
describe (const Encoder *e, const gchar *store)
{
  return g_strdup_printf (
      "appsrc name=in format=time is-live=true max-bytes=0 caps=video/x-raw,"
      "format=I420,width=%d,height=%d,framerate=25/1 ! %s"
      "cmafframetap name=tap sync-store=%s peer-wait=%" G_GINT64_FORMAT
      " clock-offset=%" G_GINT64_FORMAT " ! "
      "x264enc speed-preset=ultrafast threads=1 key-int-max=1000 bframes=2 ! "
      "h264parse ! cmafsyncmux name=mux timing-sources=%s "
      "clock-offset=%" G_GINT64_FORMAT " ! filesink location=%s async=false "
      "sync=false",
      COUNTER_WIDTH, COUNTER_HEIGHT, e->path, store, e->peer_wait,
      e->clock_offset, e->sources, e->clock_offset, e->out);
}

/* The clocks stand still at the moment at which the first picture arrives. */
static gboolean
begin (Encoder *e, const gchar *store)
{
  g_autofree gchar *text = describe (e, store);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstClock) clock = gst_test_clock_new ();
  g_autoptr (GstClock) utc = gst_test_clock_new_with_start_time (
      (GstClockTime)(NEW_YEAR + (e->start + e->delay) * FRAME));
  g_autoptr (GstElement) mux = NULL;

  e->messages = g_string_new (NULL);
  e->pipeline = gst_parse_launch (text, &error);
  if (error) {
    e->error = g_strdup (error->message);
    return FALSE;
  }
  e->in = gst_bin_get_by_name (GST_BIN (e->pipeline), "in");
  e->tap = gst_bin_get_by_name (GST_BIN (e->pipeline), "tap");
  mux = gst_bin_get_by_name (GST_BIN (e->pipeline), "mux");
  g_object_set (mux, "utc-clock", utc, NULL);
  g_object_set (e->tap, "utc-clock", utc, NULL);
  gst_pipeline_use_clock (GST_PIPELINE (e->pipeline), clock);
  gst_element_set_state (e->pipeline, GST_STATE_PLAYING);
  return TRUE;
}

/* Frame @i of the source arrives. */
static void
give (Encoder *e, const Kind *kind, guint i)
{
  guint8 *picture = g_malloc (COUNTER_SIZE);
  GstBuffer *buffer;

  counter_draw (picture, kind->is_still ? 7 : i + 1000);
  buffer = gst_buffer_new_wrapped (picture, COUNTER_SIZE);
  GST_BUFFER_PTS (buffer) = (i - e->start) * (GstClockTime)FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  gst_app_src_push_buffer (GST_APP_SRC (e->in), buffer);
}

/* TRUE when nothing will follow. */
static gboolean
take_bus_message (Encoder *e, GstMessage *message)
{
  const GstStructure *s = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;
  const gchar *name;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !e->error) {
    gst_message_parse_error (message, &error, NULL);
    e->error = g_strdup (error->message);
  }
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT)
    return GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS || e->error;
  name = gst_structure_get_name (s);
  if (g_str_equal (name, "cmaf-sync-locked"))
    g_string_append_printf (e->messages, " locked:%s:%s",
        gst_structure_get_string (s, "class"),
        gst_structure_get_string (s, "source"));
  else if (g_str_equal (name, "cmaf-fingerprint"))
    g_string_append_printf (
        e->messages, " %s", gst_structure_get_string (s, "state"));
  else
    g_string_append_printf (e->messages, " %s", name);
  return FALSE;
}

/* Until all is through */
static void
finish (Encoder *e)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (e->pipeline);
  gboolean is_over = FALSE;
  GstMessage *message;

  gst_app_src_end_of_stream (GST_APP_SRC (e->in));
  while (!is_over && (message = gst_bus_timed_pop (bus, TIMEOUT))) {
    is_over = take_bus_message (e, message);
    gst_message_unref (message);
  }
  if (!is_over && !e->error)
    e->error = g_strdup ("hangs");
}

static void
end (Encoder *e)
{
  if (e->pipeline)
    gst_element_set_state (e->pipeline, GST_STATE_NULL);
  gst_clear_object (&e->in);
  gst_clear_object (&e->tap);
  gst_clear_object (&e->pipeline);
  if (e->messages)
    g_string_free (e->messages, TRUE);
  g_free (e->out);
  g_free (e->error);
}

static gboolean
is_fed (const Encoder *e, guint t)
{
  return t >= e->start + e->delay && t - e->delay < N_FRAMES;
}

/* Frames come at their time, many times faster than in life. */
static void
feed (Encoder *encoders, const Kind *kind, const gchar *store)
{
  g_autofree gchar *tables = g_build_filename (store, "fp", NULL);
  g_autofree gchar *gone = g_build_filename (store, "gone", NULL);
  const guint last = N_FRAMES + MAX (encoders[0].delay, encoders[1].delay);
  const gint64 begin_at = g_get_monotonic_time ();

  for (guint t = 0; t < last; t++) {
    const gint64 due = begin_at + t * FRAME / 1000 / FASTER;

    while (g_get_monotonic_time () < due)
      g_usleep ((gulong)MAX (due - g_get_monotonic_time (), 1));
    if (kind->store_ends == t && t > 0) {
      g_rename (tables, gone);
      g_file_set_contents (tables, "no folder", -1, NULL);
    }
    for (guint i = 0; i < 2; i++) {
      if (t == encoders[i].start + encoders[i].delay
          && !begin (&encoders[i], store))
        return;
      if (is_fed (&encoders[i], t))
        give (&encoders[i], kind, t - encoders[i].delay);
    }
  }
  finish (&encoders[0]);
  finish (&encoders[1]);
}

/* ---- what came out ---- */

/* Whole segments only */
static gchar *
read_output (const Encoder *e, SimTrack *track)
{
  CmafFragmentReader *reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  CmafReadResult result;
  gchar *data;
  gsize size;

  sim_track_init (track);
  if (!g_file_get_contents (e->out, &data, &size, NULL))
    return fail ("%s: is not there", e->out);
  bytes = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (reader, bytes);
  while ((result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE
         && result != CMAF_READ_ERROR) {
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (track->chunks, cmaf_fragment_reader_take_chunk (reader));
  }
  if (track->chunks->len > 0) /* it may end anywhere */
    g_ptr_array_remove_index (track->chunks, track->chunks->len - 1);
  if (track->chunks->len > 0) {
    track->track = cmaf_track_ref (cmaf_fragment_reader_get_track (reader));
    track->header = g_bytes_ref (cmaf_fragment_reader_get_header (reader));
  }
  cmaf_fragment_reader_free (reader);
  return result == CMAF_READ_ERROR ? fail ("%s cannot be read", e->out) : NULL;
}

static gchar *
compare_pictures (const SimTrack *tracks, guint *n_common)
{
  g_autoptr (GHashTable) a = sim_decode_pictures (&tracks[0]);
  g_autoptr (GHashTable) b = sim_decode_pictures (&tracks[1]);
  GHashTableIter iter;
  gpointer key, value, other;

  if (!a || !b)
    return fail ("%c: pictures cannot be read", a ? 'B' : 'A');
  *n_common = 0;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (!g_hash_table_lookup_extended (b, key, NULL, &other))
      continue;
    ++*n_common;
    if (value != other)
      return fail ("tick %" G_GINT64_FORMAT " is picture %u in A, %u in B",
          *(gint64 *)key, GPOINTER_TO_UINT (value), GPOINTER_TO_UINT (other));
  }
  return NULL;
}

static gchar *
save (SimTrack *track, const gchar *folder)
{
  SimOutput output = { { *track } };

  g_mkdir_with_parents (folder, 0755);
  return sim_output_save (&output, folder) ? NULL : fail ("cannot be written");
}

static gchar *
run_compare (const gchar *tool, const gchar *a, const gchar *b)
{
  const gchar *argv[] = { tool, a, b, NULL };
  g_autofree gchar *out = NULL;
  g_autofree gchar *err = NULL;
  gint status;

  if (!g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
          &out, &err, &status, NULL))
    return fail ("%s cannot be run", tool);
  return status == 0 ? NULL : fail ("%s%s", out, err);
}

static gchar *
judge_tracks (SimTrack *tracks, const gchar *tool, const gchar *folder)
{
  g_autofree gchar *a = g_build_filename (folder, "a", NULL);
  g_autofree gchar *b = g_build_filename (folder, "b", NULL);
  gchar *reason = NULL;
  guint n_common;

  for (guint i = 0; i < 2 && !reason; i++) {
    if (!tracks[i].track)
      return fail ("%c: nothing came out", 'A' + i);
    reason = save (&tracks[i], i == 0 ? a : b);
  }
  if (!reason)
    reason = run_compare (tool, a, b);
  if (!reason)
    reason = compare_pictures (tracks, &n_common);
  if (!reason && n_common < LEAST_COMMON * 48)
    reason = fail ("%u pictures in common", n_common);
  return reason;
}

static gchar *
judge_messages (const Encoder *encoders, const Kind *kind)
{
  const gchar *b = encoders[1].messages->str;

  for (guint i = 0; i < 2; i++) {
    if (encoders[i].error)
      return fail ("%c: %s", 'A' + i, encoders[i].error);
  }
  if (!strstr (encoders[0].messages->str, " alone")
      || !strstr (encoders[0].messages->str, " locked:G:clock"))
    return fail ("A:%s", encoders[0].messages->str);
  if (kind->is_still)
    return strstr (b, "locked") || strstr (b, "matched") ? fail ("B:%s", b)
                                                         : NULL;
  if (!strstr (b, " matched") || !strstr (b, " locked:F:fingerprint")
      || strstr (b, " lost") || strstr (b, "cmaf-sync-lost"))
    return fail ("B:%s", b);
  if (kind->store_ends > 0 && !strstr (b, " cmaf-sync-store"))
    return fail ("B says nothing of the store:%s", b);
  return NULL;
}

static gchar *
judge (
    Encoder *encoders, const Kind *kind, const gchar *tool, const gchar *folder)
{
  gchar *reason = judge_messages (encoders, kind);
  SimTrack tracks[2];

  if (reason)
    return reason;
  for (guint i = 0; i < 2; i++) {
    gchar *why = read_output (&encoders[i], &tracks[i]);

    if (!reason)
      reason = why;
    else
      g_free (why);
  }
  if (!reason && kind->is_still && tracks[1].track)
    reason = fail ("B: something came out");
  if (!reason && !kind->is_still)
    reason = judge_tracks (tracks, tool, folder);
  sim_track_clear (&tracks[0]);
  sim_track_clear (&tracks[1]);
  return reason;
}

/* ---- runs ---- */

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static gboolean
run (guint number, const Options *options, const gchar *tool)
{
  const Kind *kind = &kinds[number % G_N_ELEMENTS (kinds)];
  g_autoptr (GRand) rand =
      g_rand_new_with_seed ((guint32)options->seed + number);
  g_autofree gchar *folder = g_dir_make_tmp ("fingerprints-XXXXXX", NULL);
  g_autofree gchar *store = g_build_filename (folder, "store", NULL);
  g_autofree gchar *reason = NULL;
  Encoder encoders[2] = { { .path = "", .sources = "fingerprint,clock" },
    { .path = kind->path, .sources = "fingerprint" } };

  for (guint i = 0; i < 2; i++) {
    Encoder *e = &encoders[i];
    g_autofree gchar *name = g_strdup_printf ("%c.cmfv", 'a' + i);

    e->start = i == 0 ? 0 : (guint)g_rand_int_range (rand, 0, 76);
    e->delay = (guint)g_rand_int_range (rand, 0, 51);
    e->clock_offset = g_rand_int_range (rand, -1, 2) * 100 * MS;
    e->peer_wait = (i == 0 ? 2 : 60) * (gint64)GST_SECOND;
    e->out = g_build_filename (folder, name, NULL);
  }
  feed (encoders, kind, store);
  reason = judge (encoders, kind, tool, folder);
  if (reason)
    printf ("run %u, %s; B starts at %u, delays %u and %u frames, clocks %d "
            "and %d ms: %s\nA:%s\nB:%s\n",
        number, kind->name, encoders[1].start, encoders[0].delay,
        encoders[1].delay, (gint)(encoders[0].clock_offset / MS),
        (gint)(encoders[1].clock_offset / MS), reason,
        encoders[0].messages ? encoders[0].messages->str : "",
        encoders[1].messages ? encoders[1].messages->str : "");
  end (&encoders[0]);
  end (&encoders[1]);
  remove_tree (folder);
  return reason == NULL;
}

int
main (int argc, char **argv)
{
  Options options = { G_N_ELEMENTS (kinds), 0, -1 };
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &options.runs, "how many", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT, &options.first, "number of the first",
        "I" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "of chance", "S" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMPARE");
  gint n_failed = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, NULL) || argc != 2)
    return 2;
  if (options.seed < 0)
    options.seed = g_random_int ();
  printf ("seed %" G_GINT64_FORMAT "\n", options.seed);
  fflush (stdout);
  for (gint i = 0; i < options.runs; i++)
    n_failed += !run ((guint)(options.first + i), &options, argv[1]);
  printf ("%d runs, %d failed\n", options.runs, n_failed);
  return n_failed > 0;
}
