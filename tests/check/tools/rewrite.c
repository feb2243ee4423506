/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* rewrite IN OUT: reads a track with our readers and writes what was understood
 * with our writers. Nothing of the input's boxes survives but the payload. */
#include <stdio.h>
#include <stdlib.h>

#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/init-segment.h>

static void
append_bytes (GByteArray *out, GBytes *bytes)
{
  g_byte_array_append (
      out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
append_chunk (GByteArray *out, const CmafChunk *chunk, const CmafTrack *track,
    GError **error)
{
  CmafFragment fragment = {
    .sequence_number = chunk->sequence_number,
    .track_id = track->id,
    .decode_time = chunk->decode_time,
    .samples = chunk->samples,
    .n_samples = chunk->n_samples,
    .starts_segment = (chunk->flags & CMAF_CHUNK_SYNC) != 0,
    .has_prft = (chunk->flags & CMAF_CHUNK_HAS_PRFT) != 0,
    .prft_flags = chunk->prft_flags,
    .prft_ntp = chunk->prft_ntp,
    .prft_media_time = chunk->prft_media_time,
  };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, error);

  if (!head)
    return FALSE;
  append_bytes (out, head);
  for (guint i = 1; i < chunk->bytes->len; i++)
    append_bytes (out, g_ptr_array_index (chunk->bytes, i));
  return TRUE;
}

static gboolean
append_header (GByteArray *out, const CmafTrack *track, GError **error)
{
  g_autoptr (GBytes) header = cmaf_init_segment_write (track, error);

  if (header)
    append_bytes (out, header);
  return header != NULL;
}

static gboolean
rewrite (CmafFragmentReader *reader, GByteArray *out, GError **error)
{
  gboolean ok = TRUE;

  while (ok) {
    CmafReadResult result = cmaf_fragment_reader_read (reader, error);
    CmafTrack *track = cmaf_fragment_reader_get_track (reader);
    g_autoptr (CmafChunk) chunk = cmaf_fragment_reader_take_chunk (reader);

    if (result == CMAF_READ_MORE)
      return cmaf_fragment_reader_is_at_boundary (reader);
    if (result == CMAF_READ_HEADER)
      ok = append_header (out, track, error);
    else if (result == CMAF_READ_CHUNK)
      ok = append_chunk (out, chunk, track, error);
    else if (result == CMAF_READ_ERROR)
      ok = FALSE;
  }
  return FALSE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) in = NULL;
  g_autoptr (GError) error = NULL;
  gchar *data;
  gsize size;

  if (argc != 3 || !g_file_get_contents (argv[1], &data, &size, &error)) {
    fprintf (stderr, "usage: rewrite IN OUT\n");
    return EXIT_FAILURE;
  }
  in = g_bytes_new_take (data, size);
  cmaf_fragment_reader_feed (reader, in);
  if (!rewrite (reader, out, &error)
      || !g_file_set_contents (
          argv[2], (const gchar *)out->data, out->len, &error)) {
    fprintf (stderr, "%s\n", error ? error->message : "input ends in a box");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
