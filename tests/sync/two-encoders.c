/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* two-encoders COMPARE [--runs N] [--seed S] [--first I] [--source NAME]
 *
 * Encoders A and B of one source, started up to three seconds apart, with
 * clocks 100 ms wrong, one of them fed up to two seconds late, killed and
 * started again; two out of three times with sound and text. cmaf-compare
 * (COMPARE) must find nothing, and the decoded pictures of each tick must be
 * the same one (class F), or differ by no more than clocks and paths do (class
 * G). One decoder must show the same pictures when it gets segments of both by
 * turns. Sound is where the pictures are, and text is the same (class F). */
#include <stdio.h>
#include <stdlib.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "simulation.h"
#include "noise.h"

#include <gst/cmaf/timescale.h>

#define MS ((gint64)GST_MSECOND)

static gboolean has_av1; /* av1enc and av1dec are there */
/* What was looked at in all runs */
static guint n_sounds, n_texts;
static gint max_lag;

typedef struct
{
  gint runs, first;
  gint64 seed;
  gchar *source;
} Options;

typedef struct
{
  SimSource source;
  SimEncoder encoders[2];
  gchar *pieces[2];
} Scene;

/* ---- making it up ---- */

/* Where the first one ends another begins, a little later. */
static void
choose_lives (SimEncoder *e, guint start, const SimSource *s, GRand *rand)
{
  guint at = start;

  e->n_lives = (guint)g_rand_int_range (rand, 1, SIM_MAX_LIVES + 1);
  for (guint i = 0; i < e->n_lives; i++) {
    const guint left = s->n_frames - at, share = left / (e->n_lives - i);

    e->lives[i].first = at;
    e->lives[i].end = i + 1 == e->n_lives
                          ? s->n_frames
                          : at
                                + (guint)g_rand_int_range (
                                    rand, (gint32)share / 2, (gint32)share);
    e->lives[i].is_abrupt = i + 1 < e->n_lives && g_rand_boolean (rand);
    at = MIN (e->lives[i].end + (guint)g_rand_int_range (rand, 0, 20),
        s->n_frames - 1);
  }
}

static gchar *
choose_encoder (GRand *rand, guint codec)
{
  /* that of GStreamer 1.22 gives no key frame when it is asked for one */
  if (codec == 0 && has_av1)
    return g_strdup (
        "av1enc usage-profile=realtime cpu-used=8 keyframe-max-dist=0 "
        "threads=1 ! av1parse");
  if (codec <= 1)
    return g_strdup_printf (
        "x265enc speed-preset=ultrafast tune=zerolatency log-level=none "
        "key-int-max=1000 option-string=pools=none:frame-threads=1:"
        "rc-lookahead=%d ! h265parse",
        g_rand_int_range (rand, 0, 3) * 5);
  return g_strdup_printf (
      "x264enc speed-preset=ultrafast threads=1 key-int-max=1000 bframes=2 "
      "b-adapt=%s rc-lookahead=%d ! h264parse",
      g_rand_boolean (rand) ? "true" : "false", g_rand_int_range (rand, 0, 30));
}

static const gchar *const sounds[] = { NULL,
  "audioconvert ! avenc_aac ! aacparse", "audioconvert ! voaacenc ! aacparse",
  "opusenc bitrate=128000 ! opusparse" };

static gboolean
is_continuous (const SimSource *s)
{
  return s->numbers[s->n_frames - 1] - s->numbers[0] == s->n_frames - 1;
}

static void
choose_scene (Scene *scene, SimStamp stamp, GRand *rand)
{
  const guint codec = (guint)g_rand_int_range (rand, 0, 6);
  const gboolean in_band = g_rand_boolean (rand);
  const gchar *sound =
      sounds[g_rand_int_range (rand, 0, G_N_ELEMENTS (sounds))];
  const guint64 chunk = g_rand_boolean (rand) ? 0 : 200 * (guint64)GST_MSECOND;
  SimSource *s = &scene->source;
  guint start;

  sim_source_init (s, stamp, rand);
  for (guint i = 0; i < 2; i++) {
    SimEncoder *e = &scene->encoders[i];

    memset (e, 0, sizeof *e);
    scene->pieces[i] = choose_encoder (rand, codec);
    e->encoder = scene->pieces[i];
    e->sound = sound;
    e->clock_offset = g_rand_int_range (rand, -1, 2) * 100 * MS;
    e->delay = i == 1 ? g_rand_int_range (rand, 0, 2001) * MS : 0;
    e->phase = g_rand_int_range (rand, 0, 40) * MS;
    e->chunk_duration = chunk;
    e->in_band = in_band;
    start = i == 0 ? 0
                   : (guint)(g_rand_int_range (rand, 0, 3001) * (gint64)s->fps_n
                             / s->fps_d / 1000);
    choose_lives (e, start, s, rand);
  }
}

static void
describe_scene (const Scene *scene, GString *text)
{
  const SimSource *s = &scene->source;

  g_string_append_printf (text, "%s %u/%u, %.22s", sim_stamp_name (s->stamp),
      s->fps_n, s->fps_d,
      scene->encoders[0].sound ? scene->encoders[0].sound : "no sound");
  for (guint i = 0; i < 2; i++) {
    const SimEncoder *e = &scene->encoders[i];

    g_string_append_printf (text,
        "; %c: %.4s, clock %+d ms, delay %d ms, lives", 'A' + i, e->encoder,
        (gint)(e->clock_offset / MS), (gint)(e->delay / MS));
    for (guint j = 0; j < e->n_lives; j++)
      g_string_append_printf (text, " %u-%u%s", e->lives[j].first,
          e->lives[j].end, e->lives[j].is_abrupt ? "!" : "");
  }
}

/* ---- judging ---- */

static gchar *failure (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

static gchar *
failure (const gchar *format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

/* What cmaf-compare says, when it finds something */
static gchar *
compare (const gchar *tool, const gchar *a, const gchar *b, guint *n_common)
{
  const gchar *argv[] = { tool, a, b, NULL };
  g_autofree gchar *out = NULL;
  g_autofree gchar *err = NULL;
  const gchar *sum;
  gint status;

  if (!g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
          &out, &err, &status, NULL))
    return failure ("%s cannot be run", tool);
  sum = strstr (out, "tracks, ");
  *n_common = sum ? (guint)atoi (sum + strlen ("tracks, ")) : 0;
  if (status == 0 || (*n_common == 0 && sum))
    return NULL;
  return failure ("%s%s", out, err);
}

static guint
frame_of (const SimSource *s, gint64 tick)
{
  const guint64 number = (guint64)tick / s->frames.unit_ticks;

  for (guint i = 0; i < s->n_frames; i++) {
    if (s->numbers[i] == number)
      return i;
  }
  return G_MAXUINT;
}

/* Class F: each tick has the picture that belongs there. Where the time of the
 * source jumps, one that says nothing may be on either side. */
static gchar *
check_pictures (const SimSource *s, GHashTable *pictures, gchar side)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, pictures);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const gint64 tick = *(gint64 *)key;
    const guint wanted = frame_of (s, tick), found = GPOINTER_TO_UINT (value);

    if (wanted == found
        || (wanted == G_MAXUINT && (s->is_mute[found] || s->is_wrong[found])))
      continue;
    return failure ("%c: picture %u at tick %" G_GINT64_FORMAT ", needs %d",
        side, found, tick, (gint)wanted);
  }
  return NULL;
}

/* Nor may both be wrong, each in its own way. */
static gchar *
check_same (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key, value, other;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (g_hash_table_lookup_extended (b, key, NULL, &other) && value != other)
      return failure ("tick %" G_GINT64_FORMAT " is picture %u in A, %u in B",
          *(gint64 *)key, GPOINTER_TO_UINT (value), GPOINTER_TO_UINT (other));
  }
  return NULL;
}

/* Class G: pictures of the same tick were taken no further from each other than
 * clocks and paths are, and a frame. */
static gchar *
check_skew (const Scene *scene, GHashTable *a, GHashTable *b)
{
  const SimEncoder *e = scene->encoders;
  const SimSource *s = &scene->source;
  const gint64 frame = (gint64)cmaf_media_time_of_unit (&s->frames, 1);
  const gint64 allowed = ABS (e[0].clock_offset - e[1].clock_offset)
                         + ABS (e[0].delay - e[1].delay)
                         + ABS (e[0].phase - e[1].phase) + frame;
  GHashTableIter iter;
  gpointer key, value, other;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    gint64 skew;

    if (!g_hash_table_lookup_extended (b, key, NULL, &other))
      continue;
    skew =
        s->times[GPOINTER_TO_UINT (value)] - s->times[GPOINTER_TO_UINT (other)];
    if (ABS (skew) > allowed)
      return failure ("pictures of tick %" G_GINT64_FORMAT " are %d ms apart, "
                      "at most %d",
          *(gint64 *)key, (gint)(skew / MS), (gint)(allowed / MS));
  }
  return NULL;
}

/* Which pictures of @from are in a mix of even and odd segments */
static guint
count_pictures (GHashTable *from, const CmafTrack *track, guint64 remainder)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += sim_segment_number (track, *(guint64 *)key) % 2 == remainder;
  return n;
}

/* A receiver that goes from encoder to encoder shows what they have. */
static gchar *
check_mix (SimOutput *outputs, GHashTable *even, GHashTable *odd)
{
  const SimTrack *a = &outputs[0].tracks[SIM_VIDEO];
  const SimTrack *b = &outputs[1].tracks[SIM_VIDEO];
  const CmafTrack *track = a->track;
  const guint n =
      count_pictures (even, track, 0) + count_pictures (odd, track, 1);
  g_autoptr (GHashTable) pictures = NULL;
  GHashTableIter iter;
  gpointer key, value;
  SimTrack mix;

  sim_track_mix (a, b, &mix);
  if (mix.chunks->len > 0)
    pictures = sim_decode_pictures (&mix);
  else
    pictures = g_hash_table_new (g_int64_hash, g_int64_equal);
  sim_track_clear (&mix);
  if (!pictures || g_hash_table_size (pictures) != n)
    return failure ("segments of both by turns give %d pictures, need %u",
        pictures ? (gint)g_hash_table_size (pictures) : -1, n);
  g_hash_table_iter_init (&iter, pictures);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const guint64 number = sim_segment_number (track, *(guint64 *)key);

    if (g_hash_table_lookup (number % 2 == 0 ? even : odd, key) != value)
      return failure (
          "segments of both by turns: picture %u at tick %" G_GINT64_FORMAT,
          GPOINTER_TO_UINT (value), *(gint64 *)key);
  }
  return NULL;
}

/* ---- sound and text ---- */

/* What is sure of sound is 2 ms. */
#define MAX_LAG (SOUND_RATE / 500)
#define LAG_AT 4096
#define LAG_RANGE 2048
#define LAG_SAMPLES 8192

/* By how much media time of a life is ahead of the plant's, in ns, as a picture
 * near its end says; FALSE when there is none. */
static gboolean
find_offset (const SimSource *s, const SimTrack *video, guint life,
    GHashTable *pictures, gint64 *offset)
{
  for (guint i = video->chunks->len; i-- > 0;) {
    const CmafChunk *chunk = video->chunks->pdata[i];
    const gint64 tick = (gint64)chunk->earliest_presentation_time;
    gpointer picture;

    if (g_array_index (video->lives, guint, i) != life
        || !g_hash_table_lookup_extended (pictures, &tick, NULL, &picture))
      continue;
    *offset =
        (gint64)cmaf_ns_from_ticks ((guint64)tick, video->track->timescale)
        - (s->times[GPOINTER_TO_UINT (picture)] - s->times[0]);
    return TRUE;
  }
  return FALSE;
}

/* Sound is where pictures are: at @first, in samples, is heard what it is. */
static gchar *
check_lag (const GArray *samples, guint64 first, gint64 offset, gchar side)
{
  const gint64 plant = (gint64)cmaf_ns_from_ticks (first, SOUND_RATE) - offset;
  gint lag;

  if (plant < 0 || samples->len < LAG_AT + LAG_SAMPLES + LAG_RANGE)
    return NULL;
  lag = sound_lag (sound_noise, samples,
      cmaf_muldiv ((guint64)plant, SOUND_RATE, GST_SECOND / 2, GST_SECOND),
      LAG_AT, LAG_SAMPLES, LAG_RANGE);
  n_sounds++;
  max_lag = MAX (max_lag, ABS (lag));
  if (ABS (lag) <= MAX_LAG)
    return NULL;
  return failure ("%c: sound is %d samples behind the pictures", side, lag);
}

static gchar *
check_sound (const Scene *scene, const SimOutput *output, GHashTable *pictures,
    gchar side)
{
  gchar *reason = NULL;

  for (guint life = 0; life < SIM_MAX_LIVES && !reason; life++) {
    guint64 first;
    gint64 offset;
    g_autoptr (GArray) samples = NULL;

    if (find_offset (&scene->source, &output->tracks[SIM_VIDEO], life, pictures,
            &offset))
      samples = sim_decode_sound (&output->tracks[SIM_SOUND], life, &first);
    if (samples)
      reason = check_lag (samples, first, offset, side);
  }
  return reason;
}

static gboolean
same_payload (const CmafChunk *a, const CmafChunk *b)
{
  gboolean same = a->n_samples == b->n_samples;

  for (guint i = 0; same && i < a->n_samples; i++)
    same = a->samples[i].duration == b->samples[i].duration
           && a->samples[i].size == b->samples[i].size;
  return same
         && g_bytes_equal (a->bytes->pdata[a->bytes->len - 1],
             b->bytes->pdata[b->bytes->len - 1]);
}

/* The first segment of a life may lack what was said before. */
static gboolean
is_first_of_life (const SimTrack *track, guint i)
{
  return i == 0
         || g_array_index (track->lives, guint, i)
                != g_array_index (track->lives, guint, i - 1);
}

static gchar *
check_text (const SimTrack *a, const SimTrack *b)
{
  for (guint i = 0; i < a->chunks->len; i++) {
    const CmafChunk *x = a->chunks->pdata[i];

    for (guint j = 0; j < b->chunks->len; j++) {
      const CmafChunk *y = b->chunks->pdata[j];

      if (x->decode_time != y->decode_time || is_first_of_life (a, i)
          || is_first_of_life (b, j))
        continue;
      n_texts++;
      if (!same_payload (x, y))
        return failure (
            "text at tick %" G_GUINT64_FORMAT " differs", x->decode_time);
    }
  }
  return NULL;
}

static gchar *
judge_pictures (const Scene *scene, SimOutput *outputs)
{
  g_autoptr (GHashTable) a =
      sim_decode_pictures (&outputs[0].tracks[SIM_VIDEO]);
  g_autoptr (GHashTable) b =
      sim_decode_pictures (&outputs[1].tracks[SIM_VIDEO]);
  gchar *reason;

  if (!a || !b)
    return failure ("%c: pictures cannot be read", a ? 'B' : 'A');
  reason = check_mix (outputs, a, b);
  if (!reason)
    reason = check_sound (scene, &outputs[0], a, 'A');
  if (!reason)
    reason = check_sound (scene, &outputs[1], b, 'B');
  if (!reason && scene->source.stamp != SIM_CLOCK
      && is_continuous (&scene->source))
    reason =
        check_text (&outputs[0].tracks[SIM_TEXT], &outputs[1].tracks[SIM_TEXT]);
  if (reason)
    return reason;
  if (scene->source.stamp == SIM_CLOCK)
    return check_skew (scene, a, b);
  reason = check_pictures (&scene->source, a, 'A');
  if (!reason)
    reason = check_pictures (&scene->source, b, 'B');
  return reason ? reason : check_same (a, b);
}

/* Long enough for a whole segment, even if the first boundary is missed */
#define LONG (7 * (gint64)GST_SECOND)

static gboolean
lived_long (const SimEncoder *e, const SimSource *s)
{
  for (guint i = 0; i < e->n_lives; i++) {
    if (!e->lives[i].is_abrupt
        && s->times[e->lives[i].end - 1] - s->times[e->lives[i].first] >= LONG)
      return TRUE;
  }
  return FALSE;
}

/* Which tracks both have; one that only short lives lack is not compared. */
static gchar *
find_common_tracks (
    const Scene *scene, const SimOutput *outputs, SimTrackKind *end)
{
  const SimTrackKind wanted = scene->encoders[0].sound ? SIM_TEXT : SIM_SOUND;

  *end = wanted;
  for (guint i = 0; i < 2; i++) {
    for (SimTrackKind kind = SIM_VIDEO; kind < wanted; kind++) {
      if (outputs[i].tracks[kind].header)
        continue;
      if (lived_long (&scene->encoders[i], &scene->source))
        return failure ("%c: no %s", 'A' + i, sim_track_file (kind));
      *end = MIN (*end, kind);
    }
  }
  return NULL;
}

static gchar *
judge (const Scene *scene, SimOutput *outputs, const gchar *tool,
    const gchar *folder, guint *n_common)
{
  g_autofree gchar *a = g_build_filename (folder, "a", NULL);
  g_autofree gchar *b = g_build_filename (folder, "b", NULL);
  SimTrackKind end;
  gchar *reason;

  for (guint i = 0; i < 2; i++) {
    if (outputs[i].error)
      return failure ("%c: %s", 'A' + i, outputs[i].error);
    if (strstr (outputs[i].messages->str, "misaligned"))
      return failure ("%c:%s", 'A' + i, outputs[i].messages->str);
  }
  reason = find_common_tracks (scene, outputs, &end);
  if (reason || end == SIM_VIDEO)
    return reason;
  g_mkdir_with_parents (a, 0755);
  g_mkdir_with_parents (b, 0755);
  if (!sim_output_save (&outputs[0], end, a)
      || !sim_output_save (&outputs[1], end, b))
    return failure ("%s cannot be written", folder);
  reason = compare (tool, a, b, n_common);
  return reason ? reason : judge_pictures (scene, outputs);
}

static void
remove_files (const gchar *folder)
{
  static const gchar *const sides[] = { "a", "b" };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autofree gchar *side = g_build_filename (folder, sides[i], NULL);

    for (guint j = 0; j < SIM_N_TRACKS; j++) {
      g_autofree gchar *path =
          g_build_filename (side, sim_track_file (j), NULL);

      g_remove (path);
    }
    g_remove (side);
  }
  g_remove (folder);
}

/* ---- running ---- */

static gboolean
find_stamp (const gchar *name, SimStamp *stamp)
{
  for (*stamp = 0; *stamp < SIM_N_STAMPS; (*stamp)++) {
    if (g_str_equal (sim_stamp_name (*stamp), name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
run (const Options *options, const gchar *tool, gint index, guint *n_common)
{
  GRand *rand = g_rand_new_with_seed ((guint32)(options->seed + index * 7919));
  g_autofree gchar *folder = g_dir_make_tmp ("two-encoders-XXXXXX", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *reason = NULL;
  SimStamp stamp = (SimStamp)(index % SIM_N_STAMPS);
  SimOutput outputs[2];
  Scene scene;

  if (options->source)
    find_stamp (options->source, &stamp);
  choose_scene (&scene, stamp, rand);
  describe_scene (&scene, text);
  for (guint i = 0; i < 2; i++)
    sim_encode (&scene.encoders[i], &scene.source, &outputs[i]);
  *n_common = 0;
  reason = judge (&scene, outputs, tool, folder, n_common);
  printf ("%d %s: %u in common: %s\n", index, text->str, *n_common,
      reason ? reason : "ok");
  if (reason)
    printf ("again: --seed %" G_GINT64_FORMAT " --first %d --runs 1\n",
        options->seed, index);
  fflush (stdout);
  remove_files (folder);
  for (guint i = 0; i < 2; i++) {
    sim_output_clear (&outputs[i]);
    g_free (scene.pieces[i]);
  }
  sim_source_clear (&scene.source);
  g_rand_free (rand);
  return reason == NULL;
}

static gboolean
parse_options (int *argc, char ***argv, Options *options)
{
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &options->runs, "How many", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Chance", "S" },
    { "first", 0, 0, G_OPTION_ARG_INT, &options->first, "Number of the first",
        "I" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &options->source,
        "timecode, unix, ntp, ptp, pts or clock", "NAME" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMPARE");
  SimStamp stamp;

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, NULL) && *argc == 2
         && (!options->source || find_stamp (options->source, &stamp));
}

static gboolean
has_element (const gchar *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

int
main (int argc, char *argv[])
{
  Options options = { .runs = 10, .seed = g_random_int () };
  guint n_common, n_segments = 0;
  gint n_failed = 0;
  gboolean has_looked;

  gst_init (NULL, NULL);
  if (!parse_options (&argc, &argv, &options)) {
    fprintf (stderr, "usage: two-encoders COMPARE [--runs N] [--seed S] "
                     "[--first I] [--source NAME]\n");
    return EXIT_FAILURE;
  }
  has_av1 = has_element ("av1enc") && has_element ("av1dec");
  printf ("seed %" G_GINT64_FORMAT "\n", options.seed);
  for (gint i = 0; i < options.runs; i++) {
    n_failed += !run (&options, argv[1], options.first + i, &n_common);
    n_segments += n_common;
  }
  printf ("%d runs, %u segments in common, sound of %u lives at most %d "
          "samples off, %u segments of text equal, %d failed\n",
      options.runs, n_segments, n_sounds, max_lag, n_texts, n_failed);
  g_free (options.source);
  has_looked = n_segments > 0 && n_sounds > 0 && n_texts > 0;
  return n_failed == 0 && (has_looked || options.runs < 5) ? EXIT_SUCCESS
                                                           : EXIT_FAILURE;
}
