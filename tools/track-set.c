/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The CMAF tracks in a file or below a directory. */
#include "track-set.h"

#include "segment-gatherer.h"

#include <gio/gio.h>
#include <gst/cmaf/box-reader.h>
#include <stdlib.h>
#include <string.h>

static const gchar *const suffixes[] = { ".mp4", ".m4s", ".m4v", ".m4a",
  ".cmfv", ".cmfa", ".cmft", ".cmfm", ".cmfi" };

static void
segment_facts_free (SegmentFacts *segment)
{
  g_array_unref (segment->samples);
  g_free (segment);
}

static void
track_facts_free (TrackFacts *track)
{
  g_free (track->name);
  g_clear_pointer (&track->track, cmaf_track_unref);
  g_clear_pointer (&track->header, g_bytes_unref);
  g_ptr_array_unref (track->segments);
  g_free (track);
}

static TrackFacts *
track_facts_new (const gchar *name)
{
  TrackFacts *track = g_new0 (TrackFacts, 1);

  track->name = g_strdup (name);
  track->segments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)segment_facts_free);
  return track;
}

/* ---- from segments to facts ---- */

/* The payload as one piece; the reader keeps pieces as they came. */
static GBytes *
join_chunk (const CmafChunk *chunk)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++) {
    GBytes *piece = g_ptr_array_index (chunk->bytes, i);

    g_byte_array_append (
        bytes, g_bytes_get_data (piece, NULL), (guint)g_bytes_get_size (piece));
  }
  return g_byte_array_free_to_bytes (bytes);
}

/* The first eight bytes of SHA-256, never 0 */
static guint64
hash_of (const guint8 *data, gsize size)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (checksum, data, (gssize)size);
  g_checksum_get_digest (checksum, digest, &n);
  return MAX (GST_READ_UINT64_BE (digest), 1);
}

static void
add_samples (SegmentFacts *segment, const CmafChunk *chunk,
    const CmafTrack *track, gboolean with_hashes)
{
  g_autoptr (GBytes) bytes = with_hashes ? join_chunk (chunk) : NULL;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, NULL) : NULL;
  gsize at = chunk->payload, size = bytes ? g_bytes_get_size (bytes) : 0;
  guint64 time = chunk->decode_time;

  for (guint i = 0; i < chunk->n_samples; i++) {
    const CmafSample *sample = &chunk->samples[i];
    SampleFacts facts = { 0 };

    facts.time = time
                 + (guint64)(sample->composition_offset
                             - (gint64)track->edit_media_time);
    facts.duration = sample->duration;
    facts.size = sample->size;
    facts.is_sync = !(sample->flags & CMAF_SAMPLE_IS_NON_SYNC);
    if (data && at + sample->size <= size)
      facts.hash = hash_of (data + at, sample->size);
    g_array_append_val (segment->samples, facts);
    at += sample->size;
    time += sample->duration;
  }
}

static void
add_segment (TrackFacts *track, const GatheredSegment *gathered,
    const CmafTrack *header, gboolean with_hashes)
{
  SegmentFacts *segment = g_new0 (SegmentFacts, 1);

  segment->number = gathered->number;
  segment->decode_time = gathered->decode_time;
  segment->duration = gathered->duration;
  segment->sap = gathered->sap;
  segment->n_chunks = gathered->chunks->len;
  segment->samples = g_array_new (FALSE, FALSE, sizeof (SampleFacts));
  for (guint i = 0; i < gathered->chunks->len; i++) {
    const CmafChunk *chunk = g_ptr_array_index (gathered->chunks, i);

    add_samples (segment, chunk, header, with_hashes);
    segment->is_last |= (chunk->flags & CMAF_CHUNK_LAST) != 0;
  }
  g_ptr_array_add (track->segments, segment);
}

/* ---- files ---- */

static void
take_segment (
    TrackFacts *track, SegmentGatherer *gatherer, gboolean with_hashes)
{
  g_autoptr (GatheredSegment) gathered =
      segment_gatherer_take_segment (gatherer);

  if (gathered)
    add_segment (
        track, gathered, segment_gatherer_get_track (gatherer), with_hashes);
}

static void
take_header (TrackFacts *track, SegmentGatherer *gatherer)
{
  if (track->track)
    return;
  track->track = cmaf_track_ref (segment_gatherer_get_track (gatherer));
  track->header = g_bytes_ref (segment_gatherer_get_header (gatherer));
}

static gboolean
take_all (TrackFacts *track, SegmentGatherer *gatherer, gboolean with_hashes,
    GError **error)
{
  for (;;) {
    switch (segment_gatherer_next (gatherer, error)) {
      case GATHER_ERROR:
        return FALSE;
      case GATHER_HEADER:
        take_header (track, gatherer);
        break;
      case GATHER_SEGMENT:
        take_segment (track, gatherer, with_hashes);
        break;
      case GATHER_END:
        break;
      case GATHER_MORE:
        return segment_gatherer_may_end (gatherer, error);
    }
  }
}

static gboolean
read_file (TrackFacts *track, SegmentGatherer *gatherer, const gchar *path,
    gboolean with_hashes, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gchar *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return FALSE;
  bytes = g_bytes_new_take (data, size);
  segment_gatherer_feed (gatherer, bytes);
  if (take_all (track, gatherer, with_hashes, &reason))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&reason), "%s: ", path);
  return FALSE;
}

/* Whether a file has a header, and whether it has segments, by its boxes. */
static gboolean
look_into (const gchar *path, gboolean *has_header, gboolean *has_segments,
    GError **error)
{
  g_autofree gchar *data = NULL;
  CmafBoxReader r;
  CmafBox box;
  gsize size;

  *has_header = *has_segments = FALSE;
  if (!g_file_get_contents (path, &data, &size, error))
    return FALSE;
  cmaf_box_reader_init (&r, data, size);
  while (cmaf_box_reader_next (&r, &box)) {
    *has_header |= box.type == CMAF_BOX_MOOV;
    *has_segments |= box.type == CMAF_BOX_MOOF;
  }
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const gchar *x = *(const gchar *const *)a, *y = *(const gchar *const *)b;
  g_autofree gchar *x_base = g_path_get_basename (x);
  g_autofree gchar *y_base = g_path_get_basename (y);
  const guint64 m = g_ascii_strtoull (x_base, NULL, 10);
  const guint64 n = g_ascii_strtoull (y_base, NULL, 10);

  if (m != n)
    return m < n ? -1 : 1;
  return strcmp (x, y);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  const SegmentFacts *x = *(const SegmentFacts *const *)a;
  const SegmentFacts *y = *(const SegmentFacts *const *)b;

  return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- directories ---- */

typedef struct
{
  const gchar *root;
  const TrackSetOptions *options;
  GPtrArray *tracks;
} Walk;

static void
tell_progress (const Walk *walk, const gchar *path)
{
  if (walk->options->progress)
    walk->options->progress (path, walk->options->user_data);
}

/* @files: the header first */
static gboolean
read_track (Walk *walk, const gchar *name, GPtrArray *files, GError **error)
{
  g_autoptr (SegmentGatherer) gatherer =
      segment_gatherer_new (walk->options->grid);
  TrackFacts *track = track_facts_new (name);

  g_ptr_array_add (walk->tracks, track);
  for (guint i = 0; i < files->len; i++) {
    tell_progress (walk, files->pdata[i]);
    if (!read_file (track, gatherer, files->pdata[i],
            walk->options->with_hashes, error))
      return FALSE;
  }
  segment_gatherer_end (gatherer, NULL);
  take_segment (track, gatherer, walk->options->with_hashes);
  g_ptr_array_sort (track->segments, compare_numbers);
  return TRUE;
}

/* The path of @path below the root */
static gchar *
name_of (const Walk *walk, const gchar *path, gboolean is_file)
{
  const gchar *rest = path + strlen (walk->root);
  gchar *name, *dot;

  while (*rest == '/')
    rest++;
  name = g_strdup (rest);
  dot = is_file ? strrchr (name, '.') : NULL;
  if (dot && !strchr (dot, '/'))
    *dot = '\0';
  return name;
}

static gboolean
read_whole_track (Walk *walk, const gchar *path, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autofree gchar *name = name_of (walk, path, TRUE);

  g_ptr_array_add (files, (gpointer)path);
  return read_track (walk, name, files, error);
}

static gboolean
is_media (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  }
  return FALSE;
}

/* @paths: the media files of one directory, in order */
static gboolean
read_files (Walk *walk, const gchar *folder, GPtrArray *paths, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autofree gchar *name = name_of (walk, folder, FALSE);
  gboolean has_header, has_segments;
  guint n_headers = 0;

  for (guint i = 0; i < paths->len; i++) {
    const gchar *path = paths->pdata[i];

    tell_progress (walk, path);
    if (!look_into (path, &has_header, &has_segments, error))
      return FALSE;
    if (has_header && has_segments) {
      if (!read_whole_track (walk, path, error))
        return FALSE;
    } else if (has_header) {
      g_ptr_array_insert (parts, (gint)n_headers++, (gpointer)path);
    } else if (has_segments) {
      g_ptr_array_add (parts, (gpointer)path);
    }
  }
  if (n_headers == 0 && parts->len > 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NO_HEADER,
        "%s: found %u segments and no header, needs one", folder, parts->len);
    return FALSE;
  }
  return parts->len == 0 || read_track (walk, name, parts, error);
}

static gboolean
walk_folder (Walk *walk, const gchar *folder, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const gchar *name;

  if (!dir)
    return FALSE;
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    if (name[0] == '.')
      continue;
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      g_ptr_array_add (folders, g_steal_pointer (&path));
    else if (is_media (name))
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_sort (folders, compare_names);
  if (!read_files (walk, folder, paths, error))
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    if (!walk_folder (walk, folders->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gint
compare_tracks (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TrackFacts *const *)a)->name,
      (*(const TrackFacts *const *)b)->name);
}

GPtrArray *
track_set_read (
    const gchar *path, const TrackSetOptions *options, GError **error)
{
  g_autoptr (GPtrArray) tracks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)track_facts_free);
  Walk walk = { path, options, tracks };
  g_autofree gchar *folder = NULL;
  gboolean ok;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    ok = walk_folder (&walk, path, error);
  } else {
    walk.root = folder = g_path_get_dirname (path);
    if (g_str_equal (folder, ".") && !g_str_has_prefix (path, "."))
      walk.root = "";
    ok = read_whole_track (&walk, path, error);
  }
  if (!ok)
    return NULL;
  for (guint i = 0; i < tracks->len; i++) {
    if (!((TrackFacts *)tracks->pdata[i])->track)
      ok = FALSE;
  }
  if (!ok || tracks->len == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND,
        "%s: found no CMAF track, needs one", path);
    return NULL;
  }
  g_ptr_array_sort (tracks, compare_tracks);
  return g_steal_pointer (&tracks);
}
