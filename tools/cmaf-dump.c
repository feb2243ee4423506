/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Prints boxes, or segment edges, of CMAF files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gio/gio.h>

#include "box-printer.h"
#include "grid-option.h"
#include "segment-printer.h"

#define PIECE (64 * 1024)
#define MAX_BOX (64 * 1024 * 1024) /* of boxes that are held in memory */

/* --- input: the files one after the other --- */

typedef struct
{
  gchar **names;  /* those still to be read; the first is open */
  int fd;         /* -1: none */
  guint64 offset; /* of all that was read */
} Input;

static gboolean
open_next (Input *input, GError **error)
{
  const gchar *name = input->names[0];

  input->fd = g_str_equal (name, "-") ? STDIN_FILENO : open (name, O_RDONLY);
  if (input->fd >= 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", name,
      g_strerror (errno));
  return FALSE;
}

/* Up to @size bytes, 0 at the end of the last file, -1 and @error. */
static gssize
read_some (Input *input, guint8 *data, gsize size, GError **error)
{
  while (input->names[0]) {
    gssize n;

    if (input->fd < 0 && !open_next (input, error))
      return -1;
    do
      n = read (input->fd, data, size);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
      input->offset += (guint64)n;
      return n;
    }
    if (n < 0) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s",
          input->names[0], g_strerror (errno));
      return -1;
    }
    if (input->fd != STDIN_FILENO)
      close (input->fd);
    input->fd = -1;
    input->names++;
  }
  return 0;
}

/* Appends exactly @size bytes to @array, or what there is. */
static gboolean
read_all (Input *input, GByteArray *array, guint64 size, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  while (size > 0) {
    gssize n = read_some (input, piece, (gsize)MIN (size, PIECE), error);

    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
    g_byte_array_append (array, piece, (guint)n);
    size -= (guint64)n;
  }
  return TRUE;
}

static void
flush (GString *text)
{
  fwrite (text->str, 1, text->len, stdout);
  fflush (stdout);
  g_string_truncate (text, 0);
}

/* --- boxes --- */

static gboolean
truncated (const guint8 *head, guint64 size, guint64 have, GError **error)
{
  gchar name[5];

  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "%s: input ends after %" G_GUINT64_FORMAT
      " bytes of the box, needs %" G_GUINT64_FORMAT,
      cmaf_fourcc_to_string (GST_READ_UINT32_BE (head + 4), name), have, size);
  return FALSE;
}

/* The payload is not kept. */
static gboolean
dump_mdat (Input *input, GByteArray *head, guint64 offset, guint64 size,
    GString *text, GError **error)
{
  guint64 left = size == 0 ? G_MAXUINT64 : size - head->len;
  gboolean is_first = TRUE;
  g_autofree guint8 *piece = g_malloc (PIECE);

  while (left > 0) {
    gssize n = read_some (input, piece, (gsize)MIN (left, PIECE), error);

    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
    if (is_first) {
      print_box_line (text, CMAF_BOX_MDAT, offset, size, 0);
      print_hex (text, "data", piece, (gsize)MIN (n, 16), 1);
    }
    is_first = FALSE;
    left -= (guint64)n;
  }
  if (is_first)
    print_box_line (text, CMAF_BOX_MDAT, offset, size, 0);
  if (left > 0 && size != 0)
    return truncated (head->data, size, size - left, error);
  return TRUE;
}

/* @box: size and type, read already. */
static gboolean
dump_body (Input *input, GByteArray *box, guint64 offset, guint64 size,
    GString *text, GError **error)
{
  CmafBoxReader r;
  CmafBox parsed;
  guint64 wanted = size == 0 ? G_MAXUINT64 : size - box->len;

  if (size > MAX_BOX) {
    gchar name[5];

    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "%s: box has %" G_GUINT64_FORMAT " bytes, needs at most %d",
        cmaf_fourcc_to_string (GST_READ_UINT32_BE (box->data + 4), name), size,
        MAX_BOX);
    return FALSE;
  }
  if (!read_all (input, box, MIN (wanted, MAX_BOX), error))
    return FALSE;
  if (size > box->len)
    return truncated (box->data, size, box->len, error);
  cmaf_box_reader_init (&r, box->data, box->len);
  if (!cmaf_box_reader_next (&r, &parsed))
    return truncated (box->data, size, box->len, error);
  return print_box (text, &parsed, offset, error);
}

/* Sets @is_end at the end of the input. */
static gboolean
dump_box (Input *input, GString *text, gboolean *is_end, GError **error)
{
  g_autoptr (GByteArray) box = g_byte_array_new ();
  guint64 offset = input->offset;
  guint64 size;

  if (!read_all (input, box, 8, error))
    return FALSE;
  *is_end = box->len == 0;
  if (*is_end)
    return TRUE;
  if (box->len == 8 && GST_READ_UINT32_BE (box->data) == 1
      && !read_all (input, box, 8, error))
    return FALSE;
  if (box->len < 8 || (GST_READ_UINT32_BE (box->data) == 1 && box->len < 16)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "input ends %u bytes into the header of a box, needs at least 8",
        box->len);
    return FALSE;
  }
  size = box->len == 16 ? GST_READ_UINT64_BE (box->data + 8)
                        : GST_READ_UINT32_BE (box->data);
  if (size != 0 && size < box->len) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "offset %" G_GUINT64_FORMAT ": size of a box is %" G_GUINT64_FORMAT
        ", needs at least %u",
        offset, size, box->len);
    return FALSE;
  }
  if (GST_READ_UINT32_BE (box->data + 4) == CMAF_BOX_MDAT)
    return dump_mdat (input, box, offset, size, text, error);
  return dump_body (input, box, offset, size, text, error);
}

static gboolean
dump_boxes (Input *input, GString *text, GError **error)
{
  gboolean is_end = FALSE;

  while (!is_end) {
    if (!dump_box (input, text, &is_end, error))
      return FALSE;
    flush (text);
  }
  return TRUE;
}

/* --- segments --- */

static gboolean
dump_segments (Input *input, const CmafSegmentGrid *grid, gboolean with_chunks,
    GString *text, GError **error)
{
  g_autoptr (SegmentPrinter) printer = segment_printer_new (grid, with_chunks);

  for (;;) {
    guint8 *piece = g_malloc (PIECE);
    g_autoptr (GBytes) bytes = NULL;
    gssize n = read_some (input, piece, PIECE, error);

    bytes = g_bytes_new_take (piece, (gsize)MAX (n, 0));
    if (n < 0)
      return FALSE;
    if (n == 0)
      return segment_printer_finish (printer, text, error);
    if (!segment_printer_feed (printer, bytes, text, error))
      return FALSE;
    flush (text);
  }
}

/* --- options --- */

static const gchar summary[] =
    "Prints what is in CMAF files (ISO/IEC 23000-19): a header, segments, a "
    "whole track,\nor a track as it arrives. Several files are read as if "
    "they were one: header\nfirst, then segments. The file - is standard "
    "input.\n\n"
    "Without an option: an indented tree of boxes with their fields, offsets "
    "counted\nfrom the start of the first file.\n\n"
    "With --segments: a line for each header and each segment. A segment has "
    "its\nnumber (from --segment-duration, else from the grid in the header, "
    "else mfhd),\ndecode time, duration, samples, chunks, bytes, the type of "
    "stream access point it\nstarts with (1: nothing is presented before its "
    "first sample, 2: something is,\n0: no sync sample), brands, and the gap "
    "or overlap with the one before, in ticks.";
static const gchar description[] =
    "Examples:\n"
    "  cmaf-dump v/init.mp4 v/904005000.m4s\n"
    "  cmaf-dump --segments --chunks v/init.mp4 v/*.m4s\n"
    "  curl -s http://127.0.0.1:8080/live.cmfv | cmaf-dump --segments -\n\n"
    "Exit status: 0, or 1 when the input is damaged or cannot be read; what "
    "is good\nof it is printed first.";

typedef struct
{
  gboolean segments, chunks, version;
  gchar *duration;
  gchar **names;
} Options;

static gboolean
parse_options (int argc, char **argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "segments", 's', 0, G_OPTION_ARG_NONE, &options->segments,
        "One line for each segment instead of boxes", NULL },
    { "chunks", 'c', 0, G_OPTION_ARG_NONE, &options->chunks,
        "A line for each chunk as well; implies --segments", NULL },
    { "segment-duration", 'd', 0, G_OPTION_ARG_STRING, &options->duration,
        "Nominal segment duration, for the numbers; implies --segments",
        "SECONDS[/D]" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
        "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->names,
        NULL, "FILE..." },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (options->version || (options->names && options->names[0]))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "no FILE was given, needs at least one (- is standard input)");
  return FALSE;
}

static gboolean
dump (const Options *options, GString *text, GError **error)
{
  Input input = { .names = options->names, .fd = -1 };
  CmafSegmentGrid grid;

  if (options->duration && !parse_grid_option (options->duration, &grid, error))
    return FALSE;
  if (options->segments || options->chunks || options->duration)
    return dump_segments (
        &input, options->duration ? &grid : NULL, options->chunks, text, error);
  return dump_boxes (&input, text, error);
}

int
main (int argc, char *argv[])
{
  Options options = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = parse_options (argc, argv, &options, &error);

  if (ok && options.version)
    puts (PACKAGE_VERSION);
  else if (ok)
    ok = dump (&options, text, &error);
  flush (text);
  if (ok && (ferror (stdout) || fclose (stdout) != 0)) {
    ok = FALSE;
    g_set_error (&error, G_FILE_ERROR, g_file_error_from_errno (errno),
        "standard output: %s", g_strerror (errno));
  }
  if (!ok)
    fprintf (stderr, "cmaf-dump: %s\n", error->message);
  g_strfreev (options.names);
  g_free (options.duration);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
