/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* NUMBER-DECODETIME-DURATION-TIMESCALE-SEQUENCE-SIZE.cmf, with -MARKS behind
 * the size when it has some, written under another name and renamed, so that
 * what has this name is complete. */
#include "spool-directory.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".cmf"
#define PART ".part"

struct _CmafSpoolDirectory
{
  gchar *path;
  guint64 last; /* the largest number that was used */
};

/* ---- names ---- */

static gchar *
make_name (const CmafStoredSegment *stored)
{
  g_autofree gchar *marks = g_strdup_printf ("-%u", stored->place.marks);

  return g_strdup_printf ("%012" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT
                          "-%" G_GUINT64_FORMAT "-%u-%u-%" G_GSIZE_FORMAT
                          "%s" SUFFIX,
      stored->number, stored->place.decode_time, stored->duration,
      stored->timescale, stored->place.sequence_number, stored->size,
      stored->place.marks != 0 ? marks : "");
}

static gchar *
make_path (const CmafSpoolDirectory *self, const CmafStoredSegment *stored)
{
  g_autofree gchar *name = make_name (stored);

  return g_build_filename (self->path, name, NULL);
}

static gboolean
parse_number (const gchar *text, guint64 max, guint64 *n)
{
  return g_ascii_string_to_unsigned (text, 10, 0, max, n, NULL);
}

static gboolean
parse_name (const gchar *name, CmafStoredSegment *stored)
{
  g_autofree gchar *stem = NULL;
  g_auto (GStrv) parts = NULL;
  guint64 timescale, sequence, size, marks = 0;
  guint n_parts;

  if (!g_str_has_suffix (name, SUFFIX))
    return FALSE;
  stem = g_strndup (name, strlen (name) - strlen (SUFFIX));
  parts = g_strsplit (stem, "-", -1);
  n_parts = g_strv_length (parts);
  if ((n_parts != 6 && n_parts != 7)
      || !parse_number (parts[0], G_MAXUINT64, &stored->number)
      || !parse_number (parts[1], G_MAXUINT64, &stored->place.decode_time)
      || !parse_number (parts[2], G_MAXUINT64, &stored->duration)
      || !parse_number (parts[3], G_MAXUINT32, &timescale) || timescale == 0
      || !parse_number (parts[4], G_MAXUINT32, &sequence)
      || !parse_number (parts[5], G_MAXSSIZE, &size)
      || (n_parts == 7 && !parse_number (parts[6], G_MAXUINT32, &marks)))
    return FALSE;
  stored->timescale = (guint32)timescale;
  stored->place.sequence_number = (guint32)sequence;
  stored->place.marks = (CmafSegmentMarks)marks;
  stored->size = (gsize)size;
  return TRUE;
}

/* ---- listing ---- */

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 x = ((const CmafStoredSegment *)a)->number;
  guint64 y = ((const CmafStoredSegment *)b)->number;

  return x < y ? -1 : x > y;
}

GArray *
cmaf_spool_directory_list (CmafSpoolDirectory *self, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->path, 0, error);
  GArray *list;
  const gchar *name;

  if (dir == NULL)
    return NULL;
  list = g_array_new (FALSE, FALSE, sizeof (CmafStoredSegment));
  while ((name = g_dir_read_name (dir)) != NULL) {
    CmafStoredSegment stored;

    if (parse_name (name, &stored)) {
      g_array_append_val (list, stored);
      self->last = MAX (self->last, stored.number);
    } else if (g_str_has_suffix (name, PART)) {
      /* of a process that did not get further */
      g_autofree gchar *path = g_build_filename (self->path, name, NULL);

      g_unlink (path);
    }
  }
  g_array_sort (list, compare_numbers);
  return list;
}

static gsize
sum_sizes (const GPtrArray *chunks)
{
  gsize size = 0;

  for (guint i = 0; i < chunks->len; i++)
    size += ((CmafChunk *)g_ptr_array_index (chunks, i))->size;
  return size;
}

/* ---- writing ---- */

static gboolean
fail (GError **error, const gchar *what, const gchar *path)
{
  gint code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s %s: %s",
      what, path, g_strerror (code));
  return FALSE;
}

static gboolean
write_bytes (FILE *file, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return size == 0 || fwrite (data, 1, size, file) == size;
}

static gboolean
write_all (FILE *file, GBytes *header, const GPtrArray *chunks)
{
  gboolean ok = write_bytes (file, header);

  for (guint i = 0; ok && i < chunks->len; i++) {
    const CmafChunk *chunk = g_ptr_array_index (chunks, i);

    for (guint k = 0; ok && k < chunk->bytes->len; k++)
      ok = write_bytes (file, g_ptr_array_index (chunk->bytes, k));
  }
  return ok;
}

gboolean
cmaf_spool_directory_write (CmafSpoolDirectory *self, CmafStoredSegment *stored,
    GBytes *header, const GPtrArray *chunks, GError **error)
{
  g_autofree gchar *path = NULL, *part = NULL;
  FILE *file;
  gboolean ok;

  stored->size = sum_sizes (chunks);
  stored->number = self->last + 1;
  path = make_path (self, stored);
  part = g_strconcat (path, PART, NULL);
  file = g_fopen (part, "wbe");
  if (file == NULL)
    return fail (error, "cannot write", part);
  ok = write_all (file, header, chunks);
  ok = fclose (file) == 0 && ok;
  if (!ok || g_rename (part, path) != 0) {
    fail (error, "cannot write", part);
    g_unlink (part);
    return FALSE;
  }
  self->last++;
  return TRUE;
}

/* ---- reading ---- */

static GBytes *
map (const gchar *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  return file ? g_mapped_file_get_bytes (file) : NULL;
}

/* All of it: a header and at least one chunk, of @size bytes in all. */
static GPtrArray *
parse (CmafFragmentReader *reader, gsize size, GError **error)
{
  g_autoptr (GPtrArray) chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  CmafReadResult result;

  while (
      (result = cmaf_fragment_reader_read (reader, error)) != CMAF_READ_MORE) {
    if (result == CMAF_READ_ERROR)
      return NULL;
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (chunks, cmaf_fragment_reader_take_chunk (reader));
  }
  if (chunks->len == 0 || !cmaf_fragment_reader_is_at_boundary (reader)) {
    g_set_error_literal (
        error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "ends within a segment");
    return NULL;
  }
  if (sum_sizes (chunks) != size) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "is not as long as its name says");
    return NULL;
  }
  return g_steal_pointer (&chunks);
}

GPtrArray *
cmaf_spool_directory_read (CmafSpoolDirectory *self,
    const CmafStoredSegment *stored, GBytes **header, CmafTrack **track,
    GError **error)
{
  g_autofree gchar *path = make_path (self, stored);
  g_autoptr (GBytes) bytes = map (path, error);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GPtrArray *chunks;

  if (bytes == NULL)
    return NULL;
  cmaf_fragment_reader_feed (reader, bytes);
  chunks = parse (reader, stored->size, error);
  if (chunks == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  if (header != NULL)
    *header = g_bytes_ref (cmaf_fragment_reader_get_header (reader));
  if (track != NULL)
    *track = cmaf_track_ref (cmaf_fragment_reader_get_track (reader));
  return chunks;
}

void
cmaf_spool_directory_remove (
    CmafSpoolDirectory *self, const CmafStoredSegment *stored)
{
  g_autofree gchar *path = make_path (self, stored);

  g_unlink (path);
}

/* ---- the directory ---- */

CmafSpoolDirectory *
cmaf_spool_directory_new (const gchar *path, GError **error)
{
  CmafSpoolDirectory *self;

  if (g_mkdir_with_parents (path, 0700) != 0) {
    fail (error, "cannot make", path);
    return NULL;
  }
  self = g_new0 (CmafSpoolDirectory, 1);
  self->path = g_strdup (path);
  return self;
}

void
cmaf_spool_directory_free (CmafSpoolDirectory *self)
{
  g_rmdir (self->path); /* fails when something is in it */
  g_free (self->path);
  g_free (self);
}
