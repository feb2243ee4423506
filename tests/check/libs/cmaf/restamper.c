/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What goes in: chunks as TIME:SAMPLES in frames of the track, I a sync sample,
 * . one that is not. What comes out, the same way; s behind the time where a
 * segment starts, # and its sequence number. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/event-message.h>
#include <gst/cmaf/restamper.h>
#include <stdlib.h>

#include "segments.h"

#define SIZE 7 /* of a sample */

typedef struct
{
  const TestCodec *codec;
  gint64 offset;                /* frames */
  guint duration_n, duration_d; /* of a segment */
  gint32 delay;                 /* composition offset of all samples, frames */
  gint64 edit;                  /* frames */
  const gchar *in;
  const gchar *out;
} Case;

#define VIDEO &test_codecs[0]
#define AUDIO &test_codecs[4]
#define TEXT &test_codecs[13]

/* 25 frames a second; 4 frames a segment at 4/25 s */
static const Case cases[] = {
  { VIDEO, 100, 4, 25, 0, 0, "0:I... 4:I...", "100s#1600:I... 104s#1664:I..." },
  /* chunks within a segment */
  { VIDEO, 100, 4, 25, 0, 0, "0:I. 2:.. 4:I.",
      "100s#1600:I. 102#1601:.. 104s#1664:I." },
  /* cells begin at 100, 104, ...: GOPs are never cut */
  { VIDEO, 99, 4, 25, 0, 0, "0:I... 4:I... 8:I...",
      "99s#1536:I... 103s#1600:I... 107s#1664:I..." },
  { VIDEO, 98, 4, 25, 0, 0, "0:I.I.I.I.I.",
      "98s#1536:I. 100s#1600:I.I. 104s#1664:I.I." },
  { VIDEO, 100, 4, 25, 0, 0, "0:I........ 9:I.",
      "100s#1600:I........ 109s#1728:I." }, /* an empty cell */
  /* a chunk that begins in the middle */
  { VIDEO, 98, 4, 25, 0, 0, "0:..I. 4:I.", "98#0:.. 100s#1600:I. 102#1601:I." },
  /* reordering, and an edit list that undoes it */
  { VIDEO, 100, 4, 25, 2, 2, "0:I... 4:I...", "100s#1600:I... 104s#1664:I..." },
  { VIDEO, 100, 4, 25, 2, 0, "0:I... 4:I...", "102s#1600:I... 106s#1664:I..." },
  /* sound is cut exactly; 48 kHz, 1920 samples a unit */
  { AUDIO, 100, 4, 25, 0, 0, "0:IIIIIIIIII",
      "100s#1600:IIII 104s#1664:IIII 108s#1728:II" },
  { AUDIO, 102, 4, 25, 0, 0, "0:III 3:III",
      "102s#1600:II 104s#1664:I 105#1665:III" },
  { TEXT, 102, 4, 25, 0, 0, "0:I 1:II", "102s#1600:I 103#1601:I 104s#1664:I" },
};

static CmafTrack *
make_case_track (const Case *c)
{
  CmafTrack *track = make_track (c->codec);

  if (c->codec->media != CMAF_MEDIA_VIDEO) {
    track->sample_duration = track->timescale / 25;
  }
  return track;
}

/* The chunk of a word; the payload of sample n is n. */
static CmafChunk *
make_chunk (CmafTrack *track, const Case *c, const gchar *word, guint *n)
{
  gchar *rest;
  guint64 time = strtoul (word, &rest, 10);
  guint n_samples = strlen (rest + 1);
  g_autofree CmafSample *samples = g_new0 (CmafSample, n_samples);
  CmafFragment fragment = { .track_id = 1,
    .decode_time = time * track->sample_duration,
    .samples = samples,
    .n_samples = n_samples,
    .starts_segment = TRUE };
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (GBytes) front = NULL;

  for (guint i = 0; i < n_samples; i++)
    samples[i] = (CmafSample){ track->sample_duration, SIZE,
      rest[1 + i] == 'I' ? CMAF_SAMPLE_FLAGS_SYNC : CMAF_SAMPLE_FLAGS_NON_SYNC,
      c->delay * (gint32)track->sample_duration };
  front = cmaf_fragment_write (&fragment, NULL);
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, front);
  for (guint i = 0; i < n_samples; i++, (*n)++) {
    guint8 payload[SIZE];
    g_autoptr (GBytes) bytes = NULL;

    memset (payload, *n, SIZE);
    bytes = g_bytes_new (payload, SIZE);
    cmaf_fragment_reader_feed (reader, bytes);
  }
  fail_unless_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
  return cmaf_fragment_reader_take_chunk (reader);
}

static void
check_payload (const CmafChunk *chunk, guint *n)
{
  gsize at = 0;

  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    for (gsize k = 0; k < size; k++, at++)
      if (at >= chunk->payload)
        fail_unless_equals_int (data[k], *n + (at - chunk->payload) / SIZE);
  }
  *n += chunk->n_samples;
}

static void
append_word (GString *out, const CmafTrack *track, const CmafChunk *chunk)
{
  gboolean starts = (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) != 0;

  fail_unless_equals_uint64 (chunk->decode_time % track->sample_duration, 0);
  g_string_append_printf (out,
      "%s%" G_GUINT64_FORMAT "%s#%u:", out->len ? " " : "",
      chunk->decode_time / track->sample_duration, starts ? "s" : "",
      chunk->sequence_number);
  for (guint i = 0; i < chunk->n_samples; i++)
    g_string_append_c (
        out, chunk->samples[i].flags & CMAF_SAMPLE_IS_NON_SYNC ? '.' : 'I');
  if (starts)
    fail_unless_equals_uint64 (
        chunk->earliest_presentation_time, chunk->decode_time);
}

GST_START_TEST (test_cuts)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafTrack) track = make_case_track (c);
  CmafSegmentGrid grid = { c->duration_n, c->duration_d, NULL };
  g_autoptr (CmafRestamper) restamper = NULL;
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  g_auto (GStrv) words = g_strsplit (c->in, " ", -1);
  g_autoptr (GString) out = g_string_new (NULL);
  guint n = 0;

  track->edit_media_time = c->edit * track->sample_duration;
  restamper = cmaf_restamper_new (track, &grid, NULL);
  cmaf_restamper_set_offset (restamper, c->offset * track->sample_duration);
  for (guint i = 0; words[i] != NULL; i++) {
    g_autoptr (CmafChunk) chunk = make_chunk (track, c, words[i], &n);

    fail_unless (cmaf_restamper_push (restamper, chunk, chunks, NULL));
  }
  n = 0;
  for (guint i = 0; i < chunks->len; i++) {
    check_payload (chunks->pdata[i], &n);
    append_word (out, track, chunks->pdata[i]);
  }
  fail_unless (g_str_equal (out->str, c->out), "%s\n  gives  %s\n  not    %s",
      c->in, out->str, c->out);
}
GST_END_TEST;

/* ---- headers, events, refusals ---- */

GST_START_TEST (test_header_tells_the_grid)
{
  g_autoptr (CmafTrack) track = make_track (VIDEO);
  g_autoptr (CmafTrack) read = NULL;
  CmafSegmentGrid grid = { 48, 25, NULL };
  g_autoptr (CmafRestamper) restamper = NULL;
  GBytes *header;

  track->edit_media_time = 7200;
  restamper = cmaf_restamper_new (track, &grid, NULL);
  header = cmaf_restamper_get_header (restamper);
  read = cmaf_init_segment_read (
      g_bytes_get_data (header, NULL), g_bytes_get_size (header), NULL);
  fail_unless (read != NULL);
  fail_unless_equals_uint64 (read->segment_duration_n, 48);
  fail_unless_equals_uint64 (read->segment_duration_d, 25);
  fail_unless_equals_int64 (read->edit_media_time, 0);
  fail_unless (cmaf_restamper_get_track (restamper)->codec == track->codec);
}
GST_END_TEST;

GST_START_TEST (test_events_move_along)
{
  const Case c = { VIDEO };
  g_autoptr (CmafTrack) track = make_track (VIDEO);
  CmafSegmentGrid grid = { 4, 25, NULL };
  g_autoptr (CmafRestamper) restamper = cmaf_restamper_new (track, &grid, NULL);
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (CmafEvent) event =
      cmaf_event_new (7, "urn:x", "1", 2 * 3600, 3600, NULL);
  guint n = 0;
  g_autoptr (CmafChunk) chunk = make_chunk (track, &c, "0:I...", &n);
  const CmafChunk *moved;
  GBytes *box;
  gsize size;
  const guint8 *data;

  chunk->event_messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_ptr_array_add (chunk->event_messages, cmaf_emsg_write (event, 90000, NULL));
  cmaf_restamper_set_offset (restamper, 100 * 3600);
  fail_unless (cmaf_restamper_push (restamper, chunk, chunks, NULL));
  moved = chunks->pdata[0];
  box = g_ptr_array_index (moved->event_messages, 0);
  data = g_bytes_get_data (box, &size);
  fail_unless (cmaf_emsg_read (data, size, 90000, 0, events, NULL));
  fail_unless_equals_uint64 (
      ((CmafEvent *)events->pdata[0])->start, 102 * 3600);
  fail_unless_equals_int (((CmafEvent *)events->pdata[0])->id, 7);
}
GST_END_TEST;

GST_START_TEST (test_refusals)
{
  const Case c = { VIDEO };
  g_autoptr (CmafTrack) video = make_track (VIDEO);
  g_autoptr (CmafTrack) text = make_track (&test_codecs[14]);
  CmafSegmentGrid grid = { 2, 1, NULL };
  g_autoptr (CmafRestamper) restamper = cmaf_restamper_new (video, &grid, NULL);
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  guint n = 0;
  g_autoptr (CmafChunk) chunk = make_chunk (video, &c, "5:I.", &n);
  g_autoptr (GError) unsupported = NULL;
  g_autoptr (GError) early = NULL;

  fail_unless (cmaf_restamper_new (text, &grid, &unsupported) == NULL);
  fail_unless (
      g_error_matches (unsupported, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED));
  cmaf_restamper_set_offset (restamper, -6 * 3600);
  fail_if (cmaf_restamper_push (restamper, chunk, chunks, &early));
  fail_unless (g_error_matches (early, CMAF_ERROR, CMAF_ERROR_TIMELINE));
  /* sums that would not fit */
  chunk->decode_time = G_MAXINT64 / 4;
  fail_if (cmaf_restamper_push (restamper, chunk, chunks, NULL));
  chunk->decode_time = 0;
  cmaf_restamper_set_offset (restamper, 0);
  chunk->samples[0].composition_offset = G_MAXINT32;
  chunk->samples[1].composition_offset = G_MININT32;
  fail_if (cmaf_restamper_push (restamper, chunk, chunks, NULL));
  video->edit_media_time = G_MININT64;
  fail_unless (cmaf_restamper_new (video, &grid, NULL) == NULL);
}
GST_END_TEST;

static Suite *
restamper_suite (void)
{
  Suite *suite = suite_create ("restamper");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_cuts, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_header_tells_the_grid);
  tcase_add_test (tc, test_events_move_along);
  tcase_add_test (tc, test_refusals);
  return suite;
}

GST_CHECK_MAIN (restamper);
