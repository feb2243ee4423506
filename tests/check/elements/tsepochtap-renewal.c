/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A source 30 ppm off, and encoders that share a store: they change to another
 * pair with the same segment, in accelerated time. Pictures go through each
 * pipeline in the thread of the test. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/sync-record.h>

#include "sanitizer.h"
#include "spliced-file.h"

#define START (G_GUINT64_CONSTANT (1735689600) * GST_SECOND)
#define START_TICKS (G_GINT64_CONSTANT (1735689600) * 90000)
#define FIRST                                                                  \
  G_GUINT64_CONSTANT (8589930000) /* some seconds before the wrap              \
                                   */
#define SECONDS 175
#define N_SEGMENT 48
#define MAX_ERROR 520 /* ms; 13 frames */

typedef struct
{
  GstHarness *h;
  GstBus *bus;
  GstClock *utc;
  CmafFragmentReader *reader;
  GPtrArray *chunks; /* of CmafChunk */
  GstElement *sound; /* an appsink; NULL: there is none */
  CmafFragmentReader *sound_reader;
  GPtrArray *sound_chunks;
  guint from;     /* picture at which it begins */
  guint n_errors; /* cmaf-epoch-error */
  guint64 begins; /* K of generation 1; 0: not heard */
} Encoder;

static void
add_ghost (GstElement *bin, GstElement *element, const gchar *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  gst_element_add_pad (bin, gst_ghost_pad_new (name, pad));
}

static gchar *
describe (const gchar *store, gint clock_error, gboolean has_sound)
{
  g_autofree gchar *mux = g_strdup_printf (
      "timing-sources=pts segment-duration=48/25 sync-store=%s", store);
  GString *text = g_string_new (NULL);

  g_string_printf (text,
      "tsepochtap name=tap pts-anchor=store anchor-max-error=%u000000 "
      "clock-offset=%d000000 ! tsdemux name=demux "
      "demux. ! h264parse ! cmafsyncmux name=mux track-name=v %s ",
      MAX_ERROR, clock_error, mux);
  if (has_sound)
    g_string_append_printf (text,
        "demux. ! aacparse ! cmafsyncmux name=sound-mux track-name=a %s ! "
        "appsink name=sound sync=false async=false wait-on-eos=false "
        "buffer-list=true",
        mux);
  return g_string_free (text, FALSE);
}

static void
encoder_open (
    Encoder *e, const gchar *store, gint clock_error, gboolean has_sound)
{
  g_autofree gchar *text = describe (store, clock_error, has_sound);
  g_autoptr (GstElement) bin =
      gst_object_ref_sink (gst_parse_bin_from_description (text, FALSE, NULL));
  g_autoptr (GstElement) tap = gst_bin_get_by_name (GST_BIN (bin), "tap");
  g_autoptr (GstElement) mux = gst_bin_get_by_name (GST_BIN (bin), "mux");

  add_ghost (bin, tap, "sink");
  add_ghost (bin, mux, "src");
  GstSegment segment;

  memset (e, 0, sizeof *e);
  e->bus = gst_bus_new ();
  gst_element_set_bus (bin, e->bus);
  e->utc = gst_test_clock_new_with_start_time (START);
  g_object_set (tap, "utc-clock", e->utc, NULL);
  g_object_set (mux, "utc-clock", e->utc, NULL);
  e->h = gst_harness_new_with_element (bin, "sink", "src");
  gst_harness_set_src_caps_str (e->h, "video/mpegts,systemstream=true");
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (e->h, gst_event_new_segment (&segment));
  e->reader = cmaf_fragment_reader_new (NULL);
  e->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  e->sound = gst_bin_get_by_name (GST_BIN (bin), "sound");
  e->sound_reader = cmaf_fragment_reader_new (NULL);
  e->sound_chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
}

static void
encoder_close (Encoder *e)
{
  gst_element_set_bus (e->h->element, NULL);
  gst_clear_object (&e->sound);
  cmaf_fragment_reader_free (e->sound_reader);
  g_ptr_array_unref (e->sound_chunks);
  gst_harness_teardown (e->h);
  gst_object_unref (e->bus);
  gst_object_unref (e->utc);
  cmaf_fragment_reader_free (e->reader);
  g_ptr_array_unref (e->chunks);
}

static void
read_buffer (CmafFragmentReader *reader, GstBuffer *buffer, GPtrArray *chunks)
{
  g_autoptr (GBytes) bytes = NULL;
  CmafReadResult result;
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  bytes = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR);
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (chunks, cmaf_fragment_reader_take_chunk (reader));
  }
}

static void
read_sound (Encoder *e)
{
  GstSample *sample;

  for (;;) {
    GstBufferList *list;

    g_signal_emit_by_name (
        e->sound, "try-pull-sample", G_GUINT64_CONSTANT (0), &sample);
    if (!sample)
      return;
    list = gst_sample_get_buffer_list (sample);
    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      read_buffer (
          e->sound_reader, gst_buffer_list_get (list, i), e->sound_chunks);
    gst_sample_unref (sample);
  }
}

static void
read_output (Encoder *e)
{
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (e->h))) {
    read_buffer (e->reader, buffer, e->chunks);
    gst_buffer_unref (buffer);
  }
  if (e->sound)
    read_sound (e);
}

static void
read_bus (Encoder *e)
{
  GstMessage *message;

  while ((message = gst_bus_pop (e->bus))) {
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      ck_abort_msg ("%s", error->message);
    }
    e->n_errors += gst_message_has_name (message, "cmaf-epoch-error");
    if (gst_message_has_name (message, "cmaf-sync-generation"))
      gst_structure_get_uint64 (
          gst_message_get_structure (message), "K", &e->begins);
    gst_message_unref (message);
  }
}

/* The packets of some pictures of the file, and those in between. */
typedef struct
{
  const gchar *data;
  GArray *pictures; /* of gsize: where they begin, and the end */
} Source;

static Source
find_pictures (const gchar *data, gsize size)
{
  Source source = { data, g_array_new (FALSE, FALSE, sizeof (gsize)) };

  for (gsize at = 0; at + 188 <= size; at += 188) {
    const guint8 *p = (const guint8 *)data + at;

    if (((p[1] & 0x1F) << 8 | p[2]) == 0x100 && (p[1] & 0x40))
      g_array_append_val (source.pictures, at);
  }
  g_array_append_val (source.pictures, size);
  return source;
}

static void
push_bytes (Encoder *e, const Source *source, gsize begin, gsize end)
{
  GstBuffer *buffer = gst_buffer_new_memdup (source->data + begin, end - begin);

  gst_harness_push (e->h, buffer);
}

/* Picture @i; the clock is @ppm faster than the source. The tables are in
 * front of the first. */
static void
encoder_push (Encoder *e, const Source *source, guint i, gint64 ppm)
{
  const gsize *at = &g_array_index (source->pictures, gsize, i);
  const GstClockTime time = i * 40 * (GST_MSECOND + ppm);

  gst_test_clock_set_time (GST_TEST_CLOCK (e->utc), START + time);
  gst_harness_set_time (e->h, (i - e->from) * 40 * (GST_MSECOND + ppm));
  push_bytes (e, source, i == 0 ? 0 : at[0], at[1]);
}

static void
encoder_read (Encoder *e)
{
  read_output (e);
  read_bus (e);
}

static void
encoder_finish (Encoder *e)
{
  gst_harness_push_event (e->h, gst_event_new_eos ());
  encoder_read (e);
}

/* A clock that is @error (ms) ahead of media time at first. */
static void
write_anchor (const gchar *store, gint64 error)
{
  const CmafAnchorRecord record = {
    { FIRST, (guint64)(START_TICKS - error * 90) }, (gchar *)"main"
  };
  g_autoptr (GBytes) bytes = cmaf_anchor_record_write (&record);
  g_autofree gchar *path = g_build_filename (store, "anchor.json", NULL);

  fail_unless (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
      (gssize)g_bytes_get_size (bytes), NULL));
}

static void
assert_same (const CmafChunk *a, const CmafChunk *b)
{
  assert_equals_uint64 (a->decode_time, b->decode_time);
  assert_equals_int (a->n_samples, b->n_samples);
  for (guint i = 0; i < a->n_samples; i++) {
    assert_equals_int (a->samples[i].size, b->samples[i].size);
    assert_equals_int (a->samples[i].duration, b->samples[i].duration);
  }
}

/* All segments of @late are those of @early, but for what it ends with. */
static void
assert_joins (const Encoder *early, const Encoder *late)
{
  guint n = 0;

  for (guint i = 0; i + 1 < late->chunks->len; i++) {
    const CmafChunk *b = late->chunks->pdata[i];

    for (guint k = 0; k < early->chunks->len; k++) {
      const CmafChunk *a = early->chunks->pdata[k];

      if (a->decode_time != b->decode_time)
        continue;
      assert_same (a, b);
      n++;
    }
  }
  fail_unless (n >= 5);
  assert_equals_int (n + 1, late->chunks->len);
}

/* None is missing, and each is as long as the others; the last one before K
 * has less frames when numbers are left out. */
static void
assert_goes_on (const Encoder *e, gint64 shift)
{
  const guint64 boundary = e->begins * N_SEGMENT * 3600;
  guint64 next = 0;

  for (guint i = 0; i + 1 < e->chunks->len; i++) {
    const CmafChunk *chunk = e->chunks->pdata[i];
    const gboolean is_last = chunk->decode_time + N_SEGMENT * 3600 == boundary;

    if (next > 0)
      assert_equals_uint64 (chunk->decode_time, next);
    next = chunk->decode_time + N_SEGMENT * 3600;
    assert_equals_int (
        chunk->n_samples, N_SEGMENT - (is_last ? MAX (shift, 0) : 0));
  }
  fail_unless (next > boundary + N_SEGMENT * 3600);
}

static void
run_late (const Source *source, const gchar *store, const Encoder *early,
    guint from, gint64 ppm)
{
  const guint end = source->pictures->len - 1;
  Encoder late;

  encoder_open (&late, store, 100, FALSE);
  late.from = from;
  gst_harness_push (late.h, gst_buffer_new_memdup (source->data,
                                g_array_index (source->pictures, gsize, 0)));
  for (guint i = from; i < MIN (from + 600, end); i++)
    encoder_push (&late, source, i, ppm);
  encoder_finish (&late);
  assert_joins (early, &late);
  assert_equals_uint64 (late.begins, early->begins);
  assert_equals_int (late.n_errors, 0);
  encoder_close (&late);
}

static const struct
{
  gint64 ppm, error, shift; /* error: ms; a picture is known when the next one
                               begins: 40 ms more */
} cases[] = { { 30, 478, 13 }, { -30, -558, -13 } };

/* The clock of the second one is 100 ms nearer: it notices nothing, and
 * changes as the first one has told. Later ones start before and behind. */
GST_START_TEST (test_encoders_renew_their_pair_with_the_same_segment)
{
  const gint64 ppm = cases[__i__].ppm;
  g_autofree gchar *path = spliced_file_new (FIRST, 1, 0, SECONDS);
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *data = NULL;
  Encoder a, b;
  Source source;
  gsize size;
  guint i, change;

  if (!path)
    return;
  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  source = find_pictures (data, size);
  write_anchor (store, cases[__i__].error);
  encoder_open (&a, store, 0, FALSE);
  encoder_open (&b, store, ppm > 0 ? -100 : 100, FALSE);
  for (i = 0; i + 1 < source.pictures->len; i++) {
    encoder_push (&a, &source, i, ppm);
    encoder_push (&b, &source, i, ppm);
    if (i % N_SEGMENT > 0)
      continue;
    encoder_read (&a);
    encoder_read (&b);
    if (a.n_errors > 0 && b.begins == 0)
      g_usleep (50000); /* the store has as long as it would have */
  }
  encoder_finish (&a);
  encoder_finish (&b);
  assert_equals_int (a.n_errors, 1);
  assert_equals_int (b.n_errors, 0);
  fail_unless (a.begins > 0);
  assert_equals_uint64 (a.begins, b.begins);
  assert_goes_on (&a, cases[__i__].shift);
  assert_equals_int (a.chunks->len, b.chunks->len);
  for (i = 0; i < a.chunks->len; i++)
    assert_same (a.chunks->pdata[i], b.chunks->pdata[i]);
  change =
      (a.begins * N_SEGMENT * 40 * GST_MSECOND - START) / (40 * GST_MSECOND);
  run_late (&source, store, &a, change - 300, ppm);
  run_late (&source, store, &a, change + 100, ppm);
  encoder_close (&a);
  encoder_close (&b);
  g_array_unref (source.pictures);
  g_unlink (path);
}
GST_END_TEST;

/* ---- sound ---- */

/* Nothing is there twice, and what the new pair leaves out is missing at the
 * boundary alone: 13 frames, and no more sound. Units without a time stamp of
 * their own stay with those before them: a packet of the stream may go over a
 * little behind the boundary. */
static void
assert_sound_goes_on (const Encoder *e, gint64 shift)
{
  const guint64 boundary = e->begins * 90 * 1024;
  const guint n_lost = (guint)MAX (shift, 0) * 1920 / 1024;
  guint64 next = 0;
  guint n_missing = 0;

  for (guint i = 0; i + 1 < e->sound_chunks->len; i++) {
    const CmafChunk *chunk = e->sound_chunks->pdata[i];
    const guint n = (guint)(chunk->duration / 1024) - chunk->n_samples;

    assert_equals_uint64 (chunk->duration % 1024, 0);
    if (next > 0)
      assert_equals_uint64 (chunk->decode_time, next);
    next = chunk->decode_time + chunk->duration;
    if (next > boundary && chunk->decode_time < boundary)
      fail_unless (next < boundary + 48000 / 4);
    fail_unless (n == 0 || chunk->decode_time + 90 * 1024 == boundary);
    n_missing += n;
  }
  assert_equals_int (n_missing, n_lost);
}

GST_START_TEST (test_sound_goes_over_to_the_new_pair)
{
  g_autofree gchar *path = spliced_file_new_with_sound (FIRST, 1, SECONDS);
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *data = NULL;
  Encoder a, b;
  Source source;
  gsize size;

  if (!path)
    return;
  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  source = find_pictures (data, size);
  write_anchor (store, cases[__i__].error);
  encoder_open (&a, store, 0, TRUE);
  encoder_open (&b, store, cases[__i__].ppm > 0 ? -100 : 100, TRUE);
  for (guint i = 0; i + 1 < source.pictures->len; i++) {
    encoder_push (&a, &source, i, cases[__i__].ppm);
    encoder_push (&b, &source, i, cases[__i__].ppm);
    if (i % N_SEGMENT > 0)
      continue;
    encoder_read (&a);
    encoder_read (&b);
    if (a.n_errors > 0 && b.begins == 0)
      g_usleep (50000);
  }
  encoder_finish (&a);
  encoder_finish (&b);
  fail_unless (a.begins > 0);
  assert_equals_uint64 (a.begins, b.begins);
  assert_goes_on (&a, cases[__i__].shift);
  assert_equals_int (a.sound_chunks->len, b.sound_chunks->len);
  for (guint i = 0; i < a.sound_chunks->len; i++)
    assert_same (a.sound_chunks->pdata[i], b.sound_chunks->pdata[i]);
  assert_sound_goes_on (&a, cases[__i__].shift);
  encoder_close (&a);
  encoder_close (&b);
  g_array_unref (source.pictures);
  g_unlink (path);
}
GST_END_TEST;

static Suite *
tsepochtap_renewal_suite (void)
{
  Suite *suite = suite_create ("tsepochtap-renewal");
  TCase *tcase = tcase_create ("general");
  const gint n = TEST_IS_SANITIZED ? 1 : G_N_ELEMENTS (cases);

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_encoders_renew_their_pair_with_the_same_segment, 0, n);
  tcase_add_loop_test (tcase, test_sound_goes_over_to_the_new_pair, 0, n);
  return suite;
}

GST_CHECK_MAIN (tsepochtap_renewal);
