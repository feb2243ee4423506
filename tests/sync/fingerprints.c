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

#include <gst/cmaf/sync-group.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

#define MS ((gint64)GST_MSECOND)
#define FRAME (40 * MS)
#define N_FRAMES 640
#define N_LONG 960
#define KILLED 400 /* frame at which A is, and at which it is there again */
#define RESTARTED 440
#define NEW_YEAR (1735689600 * (gint64)GST_SECOND)
#define LEAST_COMMON 2 /* segments */
#define TIMEOUT (60 * GST_SECOND)

typedef struct
{
  const gchar *name;
  const gchar *path;   /* what B's feed went through */
  const gchar *behind; /* the taps */
  gboolean is_still;   /* nothing moves */
  gboolean is_even;    /* both begin in the same way */
  gboolean is_killed;  /* A, and started again */
  guint store_ends;    /* at this frame the store is gone; 0: never */
} Kind;

static const Kind kinds[] = {
  { .name = "bit-identical" },
  { .name = "coded differently",
      .path = "x264enc speed-preset=veryfast bitrate=150 key-int-max=40 ! "
              "avdec_h264 max-threads=1 ! " },
  { .name = "coded badly, in another format, behind the tap on the grid",
      .path = "x264enc speed-preset=ultrafast pass=qual quantizer=36 ! "
              "avdec_h264 max-threads=1 ! videoconvert ! "
              "video/x-raw,format=NV12 ! ",
      .behind = "cmafvideoalign name=align ! " },
  { .name = "scaled, and coded by another codec",
      .path = "videoscale ! video/x-raw,width=128,height=96 ! "
              "x265enc speed-preset=ultrafast bitrate=200 log-level=none "
              "option-string=pools=none:frame-threads=1 ! "
              "avdec_h265 max-threads=1 ! videoscale ! "
              "video/x-raw,width=64,height=48 ! " },
  { .name = "still", .is_still = TRUE },
  { .name = "the store goes away", .store_ends = 500 },
  { .name = "both begin at once", .is_even = TRUE },
  { .name = "A is killed and started again", .is_killed = TRUE },
};

#define N_ENCODERS 3 /* A, B, and A again */

typedef struct
{
  guint start, end; /* frames */
  guint delay;      /* frames */
  gint64 clock_offset;
  const gchar *path, *behind, *sources;
  gint64 peer_wait;

  gchar *out;
  GstElement *pipeline, *in, *tap;
  GstCmafSyncStore *store; /* of the pipeline */
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
      " clock-offset=%" G_GINT64_FORMAT " ! %s"
      "x264enc speed-preset=ultrafast threads=1 key-int-max=1000 bframes=2 ! "
      "h264parse ! cmafsyncmux name=mux timing-sources=%s "
      "clock-offset=%" G_GINT64_FORMAT " ! filesink location=%s async=false "
      "sync=false",
      COUNTER_WIDTH, COUNTER_HEIGHT, e->path, store, e->peer_wait,
      e->clock_offset, e->behind ? e->behind : "", e->sources, e->clock_offset,
      e->out);
}

/* The store is the one of the test, which so can stand behind the tap in its
 * queue. */
static void
give_store (Encoder *e)
{
  GstContext *context = gst_context_new ("gst.cmaf.sync-group.default", TRUE);
  CmafSyncGroup *group = cmaf_sync_group_new ();

  e->store = gst_cmaf_sync_store_new ();
  gst_structure_set (gst_context_writable_structure (context), "sync-group",
      CMAF_TYPE_SYNC_GROUP, group, "sync-store", GST_TYPE_CMAF_SYNC_STORE,
      e->store, NULL);
  gst_element_set_context (e->pipeline, context);
  gst_context_unref (context);
  cmaf_sync_group_unref (group);
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
  g_autoptr (GstElement) align = NULL;

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
  align = gst_bin_get_by_name (GST_BIN (e->pipeline), "align");
  if (align)
    g_object_set (
        align, "utc-clock", utc, "clock-offset", e->clock_offset, NULL);
  gst_pipeline_use_clock (GST_PIPELINE (e->pipeline), clock);
  give_store (e);
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

/* In the middle of whatever it does */
static void
kill_at_once (Encoder *e)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (e->pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop (bus))) {
    take_bus_message (e, message);
    gst_message_unref (message);
  }
  gst_element_set_state (e->pipeline, GST_STATE_NULL);
}

static void
end (Encoder *e)
{
  if (e->pipeline)
    gst_element_set_state (e->pipeline, GST_STATE_NULL);
  gst_clear_object (&e->in);
  gst_clear_object (&e->tap);
  gst_clear_object (&e->pipeline);
  g_clear_pointer (&e->store, gst_cmaf_sync_store_unref);
  if (e->messages)
    g_string_free (e->messages, TRUE);
  g_free (e->out);
  g_free (e->error);
}

static gboolean
is_fed (const Encoder *e, guint t)
{
  return t >= e->start + e->delay && t - e->delay < e->end;
}

static guint64
get_stat (const Encoder *e, const gchar *name)
{
  GstStructure *stats;
  const GValue *value;
  guint64 result;

  g_object_get (e->tap, "stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  result = G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value)
                                      : g_value_get_uint64 (value);
  gst_structure_free (stats);
  return result;
}

/* What a codec in front of the tap does not have is with the tap, or in the
 * codec. */
static gboolean
is_through (const Encoder *e, guint t)
{
  guint64 n_waiting;

  if (!*e->path)
    return get_stat (e, "frames") >= t - e->delay - e->start + 1;
  g_object_get (e->in, "current-level-buffers", &n_waiting, NULL);
  return n_waiting == 0;
}

/* What the tap has asked for was asked before. */
static void
wait_for_store (const Encoder *e, gint64 until)
{
  GstCmafSyncRequest *request = gst_cmaf_sync_store_get (e->store, "fp/last");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  gst_cmaf_sync_request_wait (request, until, NULL, &bytes, &error);
  gst_cmaf_sync_request_free (request);
}

/* Time runs faster than in life, but the disk does not: it stands still until
 * frames are through and the store has answered. */
static void
keep_pace (const Encoder *encoders, guint t)
{
  const gint64 until = g_get_monotonic_time () + TIMEOUT / 1000;

  for (guint i = 0; i < N_ENCODERS; i++) {
    const Encoder *e = &encoders[i];

    if (!e->tap || !is_fed (e, t))
      continue;
    while (!is_through (e, t) && g_get_monotonic_time () < until)
      g_usleep (200);
    wait_for_store (e, until);
  }
}

/* Frames come at their time. */
static void
feed (Encoder *encoders, const Kind *kind, const gchar *store)
{
  g_autofree gchar *tables = g_build_filename (store, "fp", NULL);
  g_autofree gchar *gone = g_build_filename (store, "gone", NULL);
  const guint last =
      encoders[1].end + MAX (encoders[0].delay, encoders[1].delay);

  for (guint t = 0; t < last; t++) {
    if (kind->store_ends == t && t > 0) {
      g_rename (tables, gone);
      g_file_set_contents (tables, "no folder", -1, NULL);
    }
    for (guint i = 0; i < N_ENCODERS; i++) {
      Encoder *e = &encoders[i];

      if (t == e->start + e->delay && e->end > 0 && !begin (e, store))
        return;
      if (is_fed (e, t))
        give (e, kind, t - e->delay);
      if (t == e->end + e->delay && e->end == KILLED)
        kill_at_once (e);
    }
    keep_pace (encoders, t);
  }
  for (guint i = 0; i < N_ENCODERS; i++) {
    if (encoders[i].end > KILLED)
      finish (&encoders[i]);
  }
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
  return sim_output_save (&output, SIM_TEXT, folder)
             ? NULL
             : fail ("cannot be written");
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
judge_tracks (
    SimTrack *tracks, guint least, const gchar *tool, const gchar *folder)
{
  g_autofree gchar *a = g_build_filename (folder, "a", NULL);
  g_autofree gchar *b = g_build_filename (folder, "b", NULL);
  gchar *reason = NULL;
  guint n_common;

  for (guint i = 0; i < 2 && !reason; i++) {
    if (!tracks[i].track)
      return least > 0 ? fail ("%c: nothing came out", 'A' + i) : NULL;
    reason = save (&tracks[i], i == 0 ? a : b);
  }
  if (!reason && least > 0)
    reason = run_compare (tool, a, b);
  if (!reason)
    reason = compare_pictures (tracks, &n_common);
  if (!reason && n_common < least * 48)
    reason = fail ("%u pictures in common", n_common);
  return reason;
}

/* What encoders @i and @j made of the same pictures */
static gchar *
judge_pair (const Encoder *i, const Encoder *j, guint least, const gchar *tool,
    const gchar *folder)
{
  SimTrack tracks[2];
  gchar *reason = read_output (i, &tracks[0]);
  gchar *other = read_output (j, &tracks[1]);

  if (!reason)
    reason = g_steal_pointer (&other);
  if (!reason)
    reason = judge_tracks (tracks, least, tool, folder);
  sim_track_clear (&tracks[0]);
  sim_track_clear (&tracks[1]);
  g_free (other);
  return reason;
}

static gboolean
has_told (const Encoder *e, const gchar *message)
{
  return e->messages && strstr (e->messages->str, message) != NULL;
}

static gboolean
is_alone (const Encoder *e)
{
  return has_told (e, " alone") && has_told (e, " locked:G:clock")
         && !has_told (e, " matched");
}

static gboolean
is_matched (const Encoder *e)
{
  return has_told (e, " matched") && has_told (e, " locked:F:fingerprint")
         && !has_told (e, " lost") && !has_told (e, "cmaf-sync-lost")
         && !has_told (e, " alone");
}

static gchar *
judge_messages (const Encoder *e, const Kind *kind)
{
  for (guint i = 0; i < N_ENCODERS; i++) {
    if (e[i].error)
      return fail ("%u: %s", i, e[i].error);
  }
  if (kind->is_even && is_matched (&e[0]) && is_alone (&e[1]))
    return NULL;
  if (!is_alone (&e[0]))
    return fail ("A does not begin alone");
  if (kind->is_still)
    return has_told (&e[1], "locked") ? fail ("B: locked") : NULL;
  if (!is_matched (&e[1]) || (kind->is_killed && !is_matched (&e[2])))
    return fail ("not found, or lost");
  if (kind->store_ends > 0 && !has_told (&e[1], " cmaf-sync-store"))
    return fail ("B says nothing of the store");
  return NULL;
}

static gchar *
judge_still (const Encoder *e)
{
  SimTrack track;
  gchar *reason = read_output (e, &track);

  if (!reason && track.track)
    reason = fail ("B: something came out");
  sim_track_clear (&track);
  return reason;
}

static gchar *
judge (
    Encoder *encoders, const Kind *kind, const gchar *tool, const gchar *folder)
{
  gchar *reason = judge_messages (encoders, kind);

  if (!reason && kind->is_still)
    return judge_still (&encoders[1]);
  if (!reason)
    reason = judge_pair (&encoders[0], &encoders[1],
        kind->is_killed ? 0 : LEAST_COMMON, tool, folder);
  if (!reason && kind->is_killed)
    reason =
        judge_pair (&encoders[2], &encoders[1], LEAST_COMMON, tool, folder);
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

static void
choose (Encoder *encoders, const Kind *kind, const gchar *folder, GRand *rand)
{
  for (guint i = 0; i < N_ENCODERS; i++) {
    Encoder *e = &encoders[i];
    g_autofree gchar *name = g_strdup_printf ("%u.cmfv", i);

    e->start = i == 1 ? (guint)g_rand_int_range (rand, 0, 76) : 0;
    e->end = kind->is_even || kind->is_killed ? N_LONG : N_FRAMES;
    e->delay = (guint)g_rand_int_range (rand, 0, 51);
    e->clock_offset = g_rand_int_range (rand, -1, 2) * 100 * MS;
    e->path = i == 1 && kind->path ? kind->path : "";
    e->behind = kind->behind;
    e->sources = i == 1 && !kind->is_even ? "fingerprint" : "fingerprint,clock";
    e->peer_wait = (kind->is_even || i == 2 ? 10
                       : i == 0             ? 2
                                            : 60)
                   * (gint64)GST_SECOND;
    e->out = g_build_filename (folder, name, NULL);
  }
  encoders[2].start = RESTARTED;
  if (kind->is_killed)
    encoders[0].end = KILLED;
  else
    encoders[2].end = 0; /* there is none */
}

/* Of the tap */
static gchar *
describe_tap (const Encoder *e)
{
  GstStructure *stats;
  gchar *text;

  if (!e->tap)
    return NULL;
  g_object_get (e->tap, "stats", &stats, NULL);
  text = gst_structure_to_string (stats);
  gst_structure_free (stats);
  return text;
}

static void
describe_failure (const Encoder *encoders, const Kind *kind, guint number,
    const gchar *reason)
{
  printf ("run %u, %s: %s\n", number, kind->name, reason);
  for (guint i = 0; i < N_ENCODERS; i++) {
    const Encoder *e = &encoders[i];
    g_autofree gchar *stats = describe_tap (e);

    if (e->messages)
      printf ("%u: starts at %u, delay %u frames, clock %d ms:%s; %s\n", i,
          e->start, e->delay, (gint)(e->clock_offset / MS), e->messages->str,
          stats ? stats : "");
  }
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
  Encoder encoders[N_ENCODERS];

  memset (encoders, 0, sizeof encoders);
  choose (encoders, kind, folder, rand);
  feed (encoders, kind, store);
  reason = judge (encoders, kind, tool, folder);
  if (reason)
    describe_failure (encoders, kind, number, reason);
  for (guint i = 0; i < N_ENCODERS; i++)
    end (&encoders[i]);
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
