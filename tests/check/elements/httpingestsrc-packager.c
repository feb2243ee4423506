/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* sync-mode=packager: FFmpeg as two encoders that count from their start. What
 * comes out is on the grid, in order, and goes on when one of them ends. */
#include "http-peer.h"
#include "ingest-receiver.h"

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/segment-grid.h>
#include <gst/cmaf/timescale.h>
#include <unistd.h>

/* A group of pictures is shorter than a segment: 10 and 12 frames of 25. */
#define GOP "10"
static const CmafSegmentGrid grid = { 12, 25, NULL };

static gboolean
has_program (const gchar *name)
{
  g_autofree gchar *path = g_find_program_in_path (name);

  if (path == NULL)
    g_print ("SKIP: needs %s\n", name);
  return path != NULL;
}

/* Without what may be preloaded into this one. */
static GPid
start_encoder (guint port, const gchar *name, const gchar *seconds)
{
  g_autofree gchar *url =
      g_strdup_printf ("http://127.0.0.1:%u/ingest/Streams(video.cmfv)", port);
  const gchar *command[] = { "ffmpeg", "-v", "error", "-re", "-f", "lavfi",
    "-i", "testsrc=size=160x120:rate=25", "-t", seconds, "-c:v", "libx264",
    "-preset", "ultrafast", "-tune", "zerolatency", "-g", GOP, "-f", "mp4",
    "-movflags", "cmaf+frag_keyframe+delay_moov", "-method", "POST",
    "-user_agent", name, url, NULL };
  g_auto (GStrv) environment =
      g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  GPid pid;

  fail_unless (g_spawn_async (NULL, (gchar **)command, environment,
      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid,
      NULL));
  return pid;
}

typedef struct
{
  guint64 end;     /* of what was seen, ticks; 0: nothing */
  guint64 segment; /* number */
  guint n_segments, n_holes;
} Seen;

static void
check_chunk (Seen *seen, const CmafTrack *track, const CmafChunk *chunk)
{
  guint64 unit = track->timescale / 25;
  guint64 number = cmaf_segment_grid_number (
      &grid, chunk->earliest_presentation_time, track->timescale);

  fail_unless_equals_uint64 (chunk->decode_time % unit, 0);
  fail_unless (chunk->decode_time >= seen->end);
  if (seen->end > 0 && chunk->decode_time > seen->end) {
    seen->n_holes++;
    fail_unless (chunk->decode_time - seen->end < 25 * unit);
  }
  seen->end = chunk->decode_time + chunk->duration;
  if (!(chunk->flags & CMAF_CHUNK_STARTS_SEGMENT)) {
    fail_unless_equals_uint64 (number, seen->segment);
    return;
  }
  fail_unless (number > seen->segment);
  seen->segment = number;
  seen->n_segments++;
}

/* Everything that came out; the time is that of the clock. */
static void
check_track (Track *track, Seen *seen)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (track->bytes->data, track->bytes->len);
  gint64 now = g_get_real_time () * (gint64)GST_USECOND;
  CmafReadResult result;
  const CmafTrack *header = NULL;

  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
    g_autoptr (CmafChunk) chunk = NULL;

    fail_if (result == CMAF_READ_ERROR);
    header = cmaf_fragment_reader_get_track (reader);
    fail_unless_equals_uint64 (header->segment_duration_n, grid.duration_n);
    if (result != CMAF_READ_CHUNK)
      continue;
    chunk = cmaf_fragment_reader_take_chunk (reader);
    check_chunk (seen, header, chunk);
  }
  fail_unless (header != NULL);
  fail_unless (
      ABS (now - (gint64)cmaf_ns_from_ticks (seen->end, header->timescale))
      < 20 * (gint64)GST_SECOND);
}

static gboolean
has_source (Receiver *receiver, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autofree gchar *text = NULL;

  g_object_get (receiver->src, "stats", &stats, NULL);
  text = gst_structure_to_string (stats);
  return strstr (text, name) != NULL;
}

GST_START_TEST (test_encoders_that_are_not_synchronised)
{
  Receiver *receiver;
  Seen seen = { 0 };
  gint64 until = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;
  GstMessage *message;
  Track *track;

  if (!has_program ("ffmpeg"))
    return;
  receiver = receiver_new ();
  g_object_set (receiver->src, "gap-hold", 300 * GST_MSECOND, NULL);
  gst_util_set_object_arg (G_OBJECT (receiver->src), "sync-mode", "packager");
  gst_util_set_object_arg (
      G_OBJECT (receiver->src), "segment-duration", "12/25");
  play (receiver);
  start_encoder (receiver->port, "encoder-A", "4");
  while (!has_source (receiver, "encoder-A")) {
    fail_unless (g_get_monotonic_time () < until);
    g_usleep (10000);
  }
  start_encoder (receiver->port, "encoder-B", "6");
  track = wait_track (receiver, 0);
  wait_eos (track);
  check_track (track, &seen);
  /* of both together six seconds, but for what is lost where one takes over */
  fail_unless (seen.n_segments >= 11, "%u segments", seen.n_segments);
  fail_unless (seen.n_holes <= 1, "%u holes", seen.n_holes);
  message = wait_message (receiver, "httpingestsrc-source-changed");
  gst_message_unref (message);
  message = wait_message (receiver, "httpingestsrc-source-changed");
  gst_message_unref (message);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
packager_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-packager");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_encoders_that_are_not_synchronised);
  return suite;
}

GST_CHECK_MAIN (packager);
