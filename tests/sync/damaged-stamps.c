/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A transport stream of FFmpeg (H.264 with B-frames, AAC) in which noise has
 * damaged the time stamps of some PES headers is passed through. Whatever the
 * damage, what comes out is what comes out without it, less the units that
 * were damaged, to the end, and one warning a track says so. When the stream
 * jumps by an hour, that is told as a jump.
 *
 * damaged-stamps [--seeds N] [--first SEED] [--verbose] */
#include "sanitizer.h"

#include <gst/cmaf/fragment-reader.h>

#include <glib/gstdio.h>
#include <string.h>

#define PACKET 188
#define SECONDS 20
#define VIDEO_PID 0x100
#define AUDIO_PID 0x101
/* PTS 0 is that time, which is a boundary; the first picture is another. */
#define ANCHOR G_GUINT64_CONSTANT (1735689600)
#define OFFSET_US 17800000
/* What makes a PTS of the DTS of a picture that has lost its own takes that of
 * another picture so far away; nobody knows, when that is damaged as well. */
#define MAX_REORDER 4
/* A damaged packet of sound is so many units at most, */
#define MAX_UNITS 24
/* and this part of the packets is damaged. */
#define ONE_IN 60
/* tsdemux takes the first packet of all as the beginning of time, and muxers
 * leave out what comes before they are certain of it. */
#define SPARED 10
/* One warning in five seconds */
#define MAX_TOLD (SECONDS / 5)

static gboolean is_verbose;

/* ---- the file ---- */

static gchar *
make_file (void)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("damaged-stamps-XXXXXX.ts", &path, NULL);
  g_autofree gchar *command = g_strdup_printf (
      "ffmpeg -v error -y -f lavfi -i testsrc2=size=64x48:rate=25:duration=%d "
      "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=%d "
      "-c:v libx264 -preset ultrafast -bf 2 -g 48 -sc_threshold 0 -pix_fmt "
      "yuv420p -c:a aac -b:a 96k -output_ts_offset %dus -f mpegts %s",
      SECONDS, SECONDS, OFFSET_US, path);
  g_autoptr (GError) error = NULL;
  gint status = 0;

  g_close (fd, NULL);
  if (!g_spawn_command_line_sync (command, NULL, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error)) {
    g_printerr ("SKIP: %s\n", error->message);
    g_unlink (path);
    g_clear_pointer (&path, g_free);
  }
  return path;
}

/* ---- noise ---- */

typedef enum
{
  VIDEO,
  AUDIO,
  N_TRACKS
} Track;

typedef struct
{
  guint packets[N_TRACKS]; /* damaged */
  guint neighbours;        /* of those, pictures soon behind another one */
} Damage;

/* The 33 bits of a time stamp, between its marker bits */
static void
write_stamp (guint8 *p, guint64 stamp)
{
  p[0] = (guint8)((p[0] & 0xF0) | ((stamp >> 29) & 0x0E) | 1);
  p[1] = (guint8)(stamp >> 22);
  p[2] = (guint8)((stamp >> 14) | 1);
  p[3] = (guint8)(stamp >> 7);
  p[4] = (guint8)((stamp << 1) | 1);
}

static guint64
read_stamp (const guint8 *p)
{
  return ((guint64)p[0] & 0x0E) << 29 | (guint64)p[1] << 22
         | ((guint64)p[2] & 0xFE) << 14 | (guint64)p[3] << 7
         | (guint64)p[4] >> 1;
}

/* PTS, DTS, or both of a header; flipped bits, or anything. */
static void
damage_header (guint8 *pes, GRand *rand)
{
  const gboolean has_dts = (pes[7] & 0xC0) == 0xC0;
  const guint which = has_dts ? (guint)g_rand_int_range (rand, 1, 4) : 1;
  const guint64 noise =
      (guint64)g_rand_int (rand) << 20 ^ (guint64)g_rand_int (rand);
  const gboolean is_bit = g_rand_boolean (rand);
  const guint64 bit = (guint64)1 << g_rand_int_range (rand, 18, 33);

  for (guint i = 0; i < 2; i++) {
    guint8 *at = pes + 9 + 5 * i;

    const guint64 was = read_stamp (at);

    if (!(which & (1u << i)))
      continue;
    write_stamp (at, is_bit ? was ^ bit : noise + 3600 * i);
    if (is_verbose)
      g_print ("%s %" G_GUINT64_FORMAT " -> %" G_GUINT64_FORMAT "\n",
          i ? "DTS" : "PTS", was, read_stamp (at));
  }
}

static guint8 *
find_header (guint8 *packet, Track *track)
{
  const guint pid = (packet[1] & 0x1Fu) << 8 | packet[2];
  guint at = 4;

  if ((pid != VIDEO_PID && pid != AUDIO_PID) || !(packet[1] & 0x40))
    return NULL;
  *track = pid == VIDEO_PID ? VIDEO : AUDIO;
  if (packet[3] & 0x20)
    at += 1 + packet[4];
  return at + 19 <= PACKET && (packet[at + 7] & 0x80) ? packet + at : NULL;
}

static void
damage (guint8 *bytes, gsize size, guint32 seed, Damage *found)
{
  GRand *rand = g_rand_new_with_seed (seed);
  guint n[N_TRACKS] = { 0 }, newest = 0;

  memset (found, 0, sizeof *found);
  size -= size / SECONDS; /* so that the end can be compared */
  for (gsize at = 0; at + PACKET <= size; at += PACKET) {
    Track track;
    guint8 *pes = find_header (bytes + at, &track);

    if (!pes || n[track]++ < SPARED || g_rand_int_range (rand, 0, ONE_IN) != 0)
      continue;
    found->packets[track]++;
    if (track == VIDEO) {
      found->neighbours += newest > 0 && n[VIDEO] - newest <= MAX_REORDER;
      newest = n[VIDEO];
    }
    damage_header (pes, rand);
  }
  g_rand_free (rand);
}

/* ---- a run ---- */

typedef struct
{
  CmafFragmentReader *reader;
  GHashTable *units; /* media time in ticks -> size */
  GHashTable *edges; /* decode times at which segments begin */
  guint64 end;       /* ticks */
  gboolean has_last;
} Output;

typedef struct
{
  Output outputs[N_TRACKS];
  GPtrArray *told[N_TRACKS]; /* of gchar: warnings */
  GPtrArray *errors;
  guint n_lost; /* messages */
} Run;

static gint64 *
copy_time (guint64 ticks)
{
  gint64 *key = g_new (gint64, 1);

  *key = (gint64)ticks;
  return key;
}

static void
take_chunk (Output *out, const CmafChunk *chunk)
{
  guint64 time = chunk->decode_time;

  if (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT)
    g_hash_table_add (
        out->edges, copy_time (chunk->earliest_presentation_time));
  out->has_last |= (chunk->flags & CMAF_CHUNK_LAST) != 0;
  for (guint i = 0; i < chunk->n_samples; i++) {
    const CmafSample *sample = &chunk->samples[i];

    g_hash_table_insert (out->units,
        copy_time (time + (guint64)(gint64)sample->composition_offset),
        GUINT_TO_POINTER (sample->size));
    time += sample->duration;
  }
  out->end = time;
}

static void
take_buffer (Output *out, GstBuffer *buffer)
{
  g_autoptr (GBytes) bytes = NULL;
  CmafReadResult result;
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  bytes = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (out->reader, bytes);
  while ((result = cmaf_fragment_reader_read (out->reader, NULL))
         != CMAF_READ_MORE) {
    g_assert (result != CMAF_READ_ERROR);
    if (result == CMAF_READ_CHUNK) {
      g_autoptr (CmafChunk) chunk =
          cmaf_fragment_reader_take_chunk (out->reader);

      take_chunk (out, chunk);
    }
  }
}

static GstPadProbeReturn
take (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBufferList *list;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    take_buffer (data, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_OK;
  }
  list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    take_buffer (data, gst_buffer_list_get (list, i));
  return GST_PAD_PROBE_OK;
}

static void
watch (GstElement *pipeline, const gchar *name, Output *out)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (sink, "sink");

  out->reader = cmaf_fragment_reader_new (NULL);
  out->units =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  out->edges =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, take, out,
      NULL);
  gst_object_unref (pad);
  gst_object_unref (sink);
}

/* TRUE: the run is over. */
static gboolean
take_message (Run *run, GstMessage *message)
{
  const gboolean is_audio =
      g_strcmp0 (GST_MESSAGE_SRC_NAME (message), "audio") == 0;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_ptr_array_add (run->errors, g_strdup (error->message));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_ptr_array_add (
          run->told[is_audio ? AUDIO : VIDEO], g_strdup (error->message));
      break;
    case GST_MESSAGE_ELEMENT:
      text = gst_structure_to_string (gst_message_get_structure (message));
      run->n_lost += g_str_has_prefix (text, "cmaf-sync-lost");
      break;
    default:
      break;
  }
  if (is_verbose && (error || text))
    g_print ("%s: %s\n", GST_MESSAGE_SRC_NAME (message),
        error ? error->message : text);
  return GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS || run->errors->len > 0;
}

#define MUX "cmafsyncmux timing-sources=%s segment-duration=48/25 "

static GstElement *
make_pipeline (const gchar *path, const gchar *source)
{
  const gint64 offset = (gint64)ANCHOR * GST_SECOND
                        + OFFSET_US * (gint64)GST_USECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *text = g_strdup_printf (
      "filesrc location=%s ! tsparse ! tsepochtap anchor-pts=0 "
      "anchor-ticks=%" G_GUINT64_FORMAT " clock-offset=%" G_GINT64_FORMAT
      " ! tsdemux name=d "
      "d. ! queue max-size-time=0 ! h264parse ! " MUX
      "clock-offset=%" G_GINT64_FORMAT
      " name=video ! fakesink name=v sync=false async=false "
      "d. ! queue max-size-time=0 ! aacparse ! " MUX
      "clock-offset=%" G_GINT64_FORMAT
      " name=audio ! fakesink name=a sync=false async=false",
      path, ANCHOR * 90000, offset, source, offset, source, offset);

  return gst_parse_launch (text, NULL);
}

static void
run_file (Run *run, const gchar *path, const gchar *source)
{
  GstElement *pipeline = make_pipeline (path, source);
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean is_over = FALSE;

  memset (run, 0, sizeof *run);
  run->errors = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < N_TRACKS; i++)
    run->told[i] = g_ptr_array_new_with_free_func (g_free);
  watch (pipeline, "v", &run->outputs[VIDEO]);
  watch (pipeline, "a", &run->outputs[AUDIO]);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_over) {
    GstMessage *message =
        gst_bus_timed_pop (bus, (GstClockTime)10 * GST_SECOND);

    is_over = !message || take_message (run, message);
    if (message)
      gst_message_unref (message);
    else
      g_ptr_array_add (run->errors, g_strdup ("it does not end"));
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static void
run_clear (Run *run)
{
  for (guint i = 0; i < N_TRACKS; i++) {
    cmaf_fragment_reader_free (run->outputs[i].reader);
    g_hash_table_unref (run->outputs[i].units);
    g_hash_table_unref (run->outputs[i].edges);
    g_ptr_array_unref (run->told[i]);
  }
  g_ptr_array_unref (run->errors);
}

/* ---- comparing ---- */

static guint
count_strangers (GHashTable *found, GHashTable *wanted)
{
  GHashTableIter iter;
  gpointer key, value;
  guint n = 0;

  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    gpointer other = NULL;

    if (g_hash_table_lookup_extended (wanted, key, NULL, &other)
        && other == value)
      continue;
    n++;
    if (is_verbose)
      g_print ("  at %" G_GINT64_FORMAT ": %u bytes, not %u\n", *(gint64 *)key,
          GPOINTER_TO_UINT (value), GPOINTER_TO_UINT (other));
  }
  return n;
}

static gboolean
compare (const Output *found, const Output *clean, guint max_lost,
    guint max_strangers)
{
  const guint n_found = g_hash_table_size (found->units);
  const guint n_clean = g_hash_table_size (clean->units);
  const guint n_strangers = count_strangers (found->units, clean->units);

  if (is_verbose)
    g_print (
        "  %u of %u units, %u strangers, %u of %u edges, end %+" G_GINT64_FORMAT
        "\n",
        n_found, n_clean, n_strangers, g_hash_table_size (found->edges),
        g_hash_table_size (clean->edges), (gint64)(found->end - clean->end));
  return n_strangers <= max_strangers && found->end == clean->end
         && n_found + max_lost >= n_clean;
}

static gboolean
check (const Run *run, const Run *clean, const Damage *damage)
{
  const guint max_lost[] = { 2 * damage->packets[VIDEO], /* parsers err */
    damage->packets[AUDIO] * MAX_UNITS };
  gboolean ok = run->errors->len == 0;

  for (guint i = 0; i < N_TRACKS; i++)
    ok = compare (&run->outputs[i], &clean->outputs[i], max_lost[i],
             i == VIDEO ? damage->neighbours : 0)
         && run->told[i]->len <= MAX_TOLD && ok;
  return ok;
}

/* ---- a stream that jumps ---- */

static guint64
shifted (guint64 stamp, gint64 by)
{
  return (stamp + (guint64)by) & 0x1FFFFFFFF;
}

static void
shift_clock (guint8 *packet, gint64 by)
{
  guint8 *p = packet + 6;
  guint64 pcr;

  if (!(packet[3] & 0x20) || packet[4] == 0 || !(packet[5] & 0x10))
    return;
  pcr = shifted ((guint64)GST_READ_UINT32_BE (p) << 1 | p[4] >> 7, by);
  GST_WRITE_UINT32_BE (p, (guint32)(pcr >> 1));
  p[4] = (guint8)((p[4] & 0x7F) | (pcr & 1) << 7);
}

static void
shift_packet (guint8 *packet, gint64 by)
{
  Track track;
  guint8 *pes = find_header (packet, &track);

  shift_clock (packet, by);
  if (!pes)
    return;
  write_stamp (pes + 9, shifted (read_stamp (pes + 9), by));
  if ((pes[7] & 0xC0) == 0xC0)
    write_stamp (pes + 14, shifted (read_stamp (pes + 14), by));
}

/* The file, and the same again @by (90 kHz) later. */
static gboolean
write_twice (const gchar *path, const gchar *copy, gint64 by)
{
  g_autofree gchar *bytes = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize size;

  if (!g_file_get_contents (path, &bytes, &size, NULL))
    return FALSE;
  g_byte_array_append (out, (guint8 *)bytes, (guint)size);
  for (gsize at = 0; at + PACKET <= size; at += PACKET)
    shift_packet ((guint8 *)bytes + at, by);
  g_byte_array_append (out, (guint8 *)bytes, (guint)size);
  return g_file_set_contents (copy, (gchar *)out->data, out->len, NULL);
}

/* It goes on behind the jump, or is silent when that was back; one message of
 * the lock says so, and then one warning that it is silent. */
static gboolean
run_jump (const gchar *path, const Run *clean, gint64 seconds)
{
  g_autofree gchar *copy = g_strdup_printf ("%s.twice", path);
  const guint n_told = seconds < 0 ? 1 : 0;
  gboolean ok = write_twice (path, copy, seconds * 90000);
  Run run;

  run_file (&run, copy, "pts");
  ok = ok && run.errors->len == 0 && run.n_lost == 1
       && run.told[VIDEO]->len == n_told && run.told[AUDIO]->len == 0;
  for (guint i = 0; i < N_TRACKS; i++) {
    const guint n_clean = g_hash_table_size (clean->outputs[i].units);
    const guint n = g_hash_table_size (run.outputs[i].units);

    /* sound may be ahead of the picture that tells of the jump */
    ok = ok && n > (seconds < 0 ? n_clean * 4 / 5 : n_clean * 9 / 5)
         && (i == AUDIO || seconds > 0 || n <= n_clean);
  }
  g_print ("jump of %" G_GINT64_FORMAT " s: %u+%u units, %u lost, %u+%u "
           "warnings: %s\n",
      seconds, g_hash_table_size (run.outputs[VIDEO].units),
      g_hash_table_size (run.outputs[AUDIO].units), run.n_lost,
      run.told[VIDEO]->len, run.told[AUDIO]->len, ok ? "ok" : "FAILED");
  run_clear (&run);
  g_unlink (copy);
  return ok;
}

/* ---- runs ---- */

static gboolean
run_seed (
    const gchar *path, const Run *clean, guint32 seed, const gchar *source)
{
  g_autofree gchar *bytes = NULL;
  g_autofree gchar *copy = g_strdup_printf ("%s.damaged", path);
  Damage damaged;
  gboolean ok;
  gsize size;
  Run run;

  if (!g_file_get_contents (path, &bytes, &size, NULL))
    return FALSE;
  damage ((guint8 *)bytes, size, seed, &damaged);
  if (!g_file_set_contents (copy, bytes, (gssize)size, NULL))
    return FALSE;
  run_file (&run, copy, source);
  ok = check (&run, clean, &damaged);
  g_print ("seed %u, %s: %u+%u packets damaged, %u+%u warnings%s%s: %s\n", seed,
      source, damaged.packets[VIDEO], damaged.packets[AUDIO],
      run.told[VIDEO]->len, run.told[AUDIO]->len,
      run.errors->len > 0 ? ", " : "",
      run.errors->len > 0 ? (gchar *)run.errors->pdata[0] : "",
      ok ? "ok" : "FAILED");
  run_clear (&run);
  g_unlink (copy);
  return ok;
}

static gboolean
run_seeds (const gchar *path, guint first, guint n, const gchar *source)
{
  gboolean ok;
  Run clean;

  run_file (&clean, path, source);
  ok = clean.errors->len == 0
       && g_hash_table_size (clean.outputs[VIDEO].units) >= 48 * 9
       && g_hash_table_size (clean.outputs[AUDIO].units) >= 48 * 9;
  if (!ok)
    g_printerr ("without damage: %u+%u units, %s\n",
        g_hash_table_size (clean.outputs[VIDEO].units),
        g_hash_table_size (clean.outputs[AUDIO].units),
        clean.errors->len > 0 ? (gchar *)clean.errors->pdata[0] : "");
  ok = run_jump (path, &clean, 3600) && ok;
  ok = run_jump (path, &clean, -3600) && ok;
  for (guint i = 0; i < n; i++)
    ok = run_seed (path, &clean, first + i, source) && ok;
  run_clear (&clean);
  return ok;
}

int
main (int argc, char **argv)
{
  gint first = 1, seeds = TEST_IS_SANITIZED ? 4 : 32;
  gchar *source = NULL;
  const GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_INT, &seeds, "How many", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT, &first, "The first of them", "SEED" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &source, "timing-sources", "NAME" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Print messages", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *path = NULL;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("damaged-stamps: %s\n", error->message);
    return 2;
  }
  path = make_file ();
  if (!path)
    return 77;
  ok = run_seeds (path, (guint)first, (guint)seeds, source ? source : "pts");
  g_unlink (path);
  g_free (source);
  return ok ? 0 : 1;
}
