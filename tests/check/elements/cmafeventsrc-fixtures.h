/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of cmafeventsrc share. */
#pragma once

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/event-message.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/sync-group.h>

#include "mux-run.h"
#include "spliced-file.h"

#define VIDEO(n)                                                               \
  "videotestsrc num-buffers=" #n " ! video/x-raw,width=64,height=48,"          \
  "framerate=25/1 ! x264enc speed-preset=ultrafast threads=1 ! h264parse ! "
#define FAKESINK " ! fakesink sync=false async=false "
#define MUX "cmafsyncmux timing-sources=fixed "
#define SRC "cmafeventsrc name=mux timing-sources=fixed "
#define SCHEME "urn:x-test"
#define TICKS_PER_MS 120

/* ---- reading ---- */

static inline GBytes *
chunk_bytes (const CmafChunk *chunk)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    g_byte_array_append (all, data, (guint)size);
  }
  return g_byte_array_free_to_bytes (all);
}

static inline GPtrArray *
read_events (const guint8 *data, gsize size, guint64 time)
{
  GPtrArray *events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  fail_unless (cmaf_event_sample_read (data, size, 1000, time, events, NULL));
  return events;
}

static inline void
describe_sample (GString *text, const guint8 *data, gsize size, guint64 time)
{
  g_autoptr (GPtrArray) events = read_events (data, size, time);

  for (guint i = 0; i < events->len; i++) {
    const CmafEvent *event = events->pdata[i];

    g_string_append_printf (text, "%s%u%+" G_GINT64_FORMAT, i > 0 ? "," : "",
        event->id, ((gint64)event->start - (gint64)time) / TICKS_PER_MS);
  }
}

static inline void
describe_chunk (GString *text, const CmafChunk *chunk)
{
  g_autoptr (GBytes) bytes = chunk_bytes (chunk);
  const guint8 *at =
      (const guint8 *)g_bytes_get_data (bytes, NULL) + chunk->payload;
  guint64 time = chunk->decode_time;

  g_string_append_printf (text, "%" G_GUINT64_FORMAT "[", time / TICKS_PER_MS);
  for (guint i = 0; i < chunk->n_samples; i++) {
    g_string_append_printf (text, "%s%u:", i > 0 ? " " : "",
        chunk->samples[i].duration / TICKS_PER_MS);
    describe_sample (text, at, chunk->samples[i].size, time);
    at += chunk->samples[i].size;
    time += chunk->samples[i].duration;
  }
  g_string_append_c (text, ']');
}

static inline void
assert_chunks (const GPtrArray *chunks, const gchar *expected)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < chunks->len; i++) {
    if (i > 0)
      g_string_append_c (text, ' ');
    describe_chunk (text, chunks->pdata[i]);
  }
  assert_equals_string (text->str, expected);
  g_string_free (text, TRUE);
}

static inline void
assert_no_errors (const MuxRun *run)
{
  fail_unless (run->errors->len == 0, "%s",
      run->errors->len > 0 ? (gchar *)run->errors->pdata[0] : "");
}

static inline guint64
get_stat (GstElement *src, const gchar *name)
{
  GstStructure *stats;
  guint64 n;

  g_object_get (src, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &n));
  gst_structure_free (stats);
  return n;
}

/* The next one; the clock has been set. The task may set its alarm anew at
 * any time, so all that is due is rung. (transfer full) */
static inline GstBuffer *
pull_buffer (GstHarness *h)
{
  GstTestClock *clock = gst_harness_get_testclock (h);
  GstBuffer *buffer = NULL;

  for (guint i = 0; i < 20000 && !buffer; i++) {
    GstClockID id = gst_test_clock_process_next_clock_id (clock);

    if (id)
      gst_clock_id_unref (id);
    buffer = gst_harness_try_pull (h);
    if (!buffer)
      g_usleep (1000);
  }
  gst_object_unref (clock);
  fail_unless (buffer != NULL);
  return buffer;
}

/* (transfer full) */
static inline CmafChunk *
pull_segment (GstHarness *h, CmafFragmentReader *reader)
{
  CmafChunk *chunk = NULL;

  while (!chunk) {
    GstBuffer *buffer = pull_buffer (h);
    g_autoptr (GBytes) bytes = NULL;
    CmafReadResult result;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
    gst_buffer_unref (buffer);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (reader, bytes);
    while (
        (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
      fail_if (result == CMAF_READ_ERROR);
      if (result == CMAF_READ_CHUNK)
        chunk = cmaf_fragment_reader_take_chunk (reader);
    }
  }
  return chunk;
}

static inline void
assert_segment (GstHarness *h, CmafFragmentReader *reader, GstClockTime end,
    const gchar *expected)
{
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);

  GstTestClock *clock = gst_harness_get_testclock (h);

  gst_test_clock_wait_for_next_pending_id (clock, NULL); /* it has begun */
  gst_object_unref (clock);
  gst_harness_set_time (h, end);
  g_ptr_array_add (chunks, pull_segment (h, reader));
  assert_chunks (chunks, expected);
}
