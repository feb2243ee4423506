/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of fragment-reader share. */
#pragma once

#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/init-segment.h>

#include "tracks.h"

#define SYNC CMAF_SAMPLE_FLAGS_SYNC
#define DELTA CMAF_SAMPLE_FLAGS_NON_SYNC
#define EPOCH G_GUINT64_CONSTANT (156212064000000)

static inline GBytes *
make_header (void)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[0]);

  return cmaf_init_segment_write (track, NULL);
}

static inline void
append_bytes (GByteArray *stream, GBytes *bytes)
{
  g_byte_array_append (
      stream, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static inline void
append_hex (GByteArray *stream, const gchar *hex)
{
  g_autoptr (GBytes) bytes = bytes_from_hex (hex);

  append_bytes (stream, bytes);
}

static inline GByteArray *
new_stream (void)
{
  g_autoptr (GBytes) header = make_header ();
  GByteArray *stream = g_byte_array_new ();

  append_bytes (stream, header);
  return stream;
}

static inline CmafFragment
make_fragment (const CmafSample *samples, guint n_samples)
{
  return (CmafFragment){
    .sequence_number = 5,
    .track_id = 1,
    .decode_time = EPOCH,
    .samples = samples,
    .n_samples = n_samples,
    .starts_segment = TRUE,
  };
}

/* The payload counts upwards. */
static inline void
append_fragment (GByteArray *stream, const CmafFragment *fragment)
{
  g_autoptr (GBytes) head = cmaf_fragment_write (fragment, NULL);
  guint8 value = 0;

  append_bytes (stream, head);
  for (guint i = 0; i < fragment->n_samples; i++) {
    for (guint k = 0; k < fragment->samples[i].size; k++, value++)
      g_byte_array_append (stream, &value, 1);
  }
}

static inline CmafFragmentReader *
feed_stream (const GByteArray *stream)
{
  CmafFragmentReader *reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (stream->data, stream->len);

  cmaf_fragment_reader_feed (reader, bytes);
  return reader;
}

static inline CmafChunk *
expect_chunk (CmafFragmentReader *reader)
{
  g_autoptr (GError) error = NULL;
  CmafReadResult result = cmaf_fragment_reader_read (reader, &error);

  fail_unless (result == CMAF_READ_CHUNK, "got %d: %s", result,
      error ? error->message : "");
  return cmaf_fragment_reader_take_chunk (reader);
}

static inline void
expect_header (CmafFragmentReader *reader)
{
  g_autoptr (GError) error = NULL;
  CmafReadResult result = cmaf_fragment_reader_read (reader, &error);

  fail_unless (result == CMAF_READ_HEADER, "got %d: %s", result,
      error ? error->message : "");
}

static inline void
expect_error (CmafFragmentReader *reader, gint code, const gchar *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  assert_equals_int (
      cmaf_fragment_reader_read (reader, &error), CMAF_READ_ERROR);
  fail_unless (error != NULL);
  fail_unless (strstr (error->message, message) != NULL, "%s", error->message);
  fail_unless (g_error_matches (error, CMAF_ERROR, code), "%s", error->message);
  /* and it stays broken */
  fail_if (cmaf_fragment_reader_is_at_boundary (reader));
  assert_equals_int (
      cmaf_fragment_reader_read (reader, &again), CMAF_READ_ERROR);
  assert_equals_string (error->message, again->message);
}

/* All bytes of a chunk in one. */
static inline GBytes *
join_chunk (const CmafChunk *chunk)
{
  GByteArray *joined = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++)
    append_bytes (joined, g_ptr_array_index (chunk->bytes, i));
  assert_equals_uint64 (joined->len, chunk->size);
  return g_byte_array_free_to_bytes (joined);
}

static const CmafSample reordered[] = {
  { 3600, 100, SYNC, 0 },
  { 3600, 50, DELTA, 7200 },
  { 3600, 60, DELTA, -3600 },
};
static const CmafSample uneven[] = {
  { 3600, 10, DELTA, 3600 },
  { 3601, 0, SYNC, 3600 }, /* nothing in it */
  { 3599, 20000, DELTA, 3600 },
};
static const CmafSample single[] = { { 1, 1, SYNC, -2 } };
