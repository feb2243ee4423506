/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whether the tracks of two encoders can replace each other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gio/gio.h>

#include "grid-option.h"
#include "track-comparison.h"

#define EXIT_DIFFERENT 1
#define EXIT_TROUBLE 2
#define MAX_LINES 20

static const gchar summary[] =
    "Compares the CMAF tracks (ISO/IEC 23000-19) of two encoders: whether "
    "a segment of\none can take the place of that of the other.\n\n"
    "A and B are directories, or files of one track each. A directory with a "
    "header\nand segments is a track, named by its path; so is each file that "
    "holds both.\nTracks of the same name are compared, or the two, if each "
    "side has one.\n\n"
    "Headers must be the same bytes; fields that differ are named. Segments "
    "are paired\nby number (from --segment-duration, else from the grid in the "
    "header, else mfhd);\nof those on both sides decode time, number of "
    "samples, durations and type of\nstream access point must be the same. "
    "Where one side began later or ended earlier\nis no difference, nor is a "
    "last segment that ends early.";
static const gchar description[] =
    "The result:\n"
    "  class F  the same samples at the same times (with --frames)\n"
    "  class G  the same structure; pictures may be others, or coded "
    "otherwise\n\n"
    "Examples:\n"
    "  cmaf-compare site-a/ site-b/\n"
    "  cmaf-compare --frames --complete a/video b/video\n"
    "  cmaf-compare a.cmfv b.cmfv\n\n"
    "Exit status: 0 when nothing differs, 1 when something does, 2 when an "
    "input cannot\nbe read or there is no segment on both sides.";

typedef struct
{
  gboolean frames, complete, quiet, version;
  gint max_lines;
  gchar *duration;
  gchar **names;
} Options;

static gboolean
parse_options (int argc, char **argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "frames", 'f', 0, G_OPTION_ARG_NONE, &options->frames,
        "Compare the payload of samples as well", NULL },
    { "complete", 'c', 0, G_OPTION_ARG_NONE, &options->complete,
        "A segment that is missing between others is a difference", NULL },
    { "segment-duration", 'd', 0, G_OPTION_ARG_STRING, &options->duration,
        "Nominal segment duration, for the numbers", "SECONDS[/D]" },
    { "max-lines", 'm', 0, G_OPTION_ARG_INT, &options->max_lines,
        "Differences printed for each track, 0 all (20)", "N" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
        "Print the last line only", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
        "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->names,
        NULL, "A B" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (options->version
      || (options->names && g_strv_length (options->names) == 2
          && options->max_lines >= 0))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "found %u names, needs two: A and B (see --help)",
      options->names ? g_strv_length (options->names) : 0);
  return FALSE;
}

/* ---- progress: one line of a terminal, which is gone at the end ---- */

#define ERASE "\r\033[K"
#define PROGRESS_EVERY (200 * 1000) /* microseconds */

typedef struct
{
  guint n_reads;
  gint64 last;
} Progress;

static void
show_progress (const gchar *path, gpointer user_data)
{
  Progress *progress = user_data;
  gint64 now = g_get_monotonic_time ();
  g_autofree gchar *name = NULL;

  progress->n_reads++;
  if (progress->last != 0 && now < progress->last + PROGRESS_EVERY)
    return;
  progress->last = now;
  name = g_path_get_basename (path);
  fprintf (stderr, ERASE "read %u: %.60s", progress->n_reads, name);
}

static void
end_progress (const Progress *progress)
{
  if (progress->n_reads > 0)
    fputs (ERASE, stderr);
}

/* ---- the comparison ---- */

static gboolean
read_both (const Options *options, const TrackSetOptions *reading,
    GPtrArray **a, GPtrArray **b, GError **error)
{
  *a = track_set_read (options->names[0], reading, error);
  if (*a)
    *b = track_set_read (options->names[1], reading, error);
  return *a && *b;
}

static gboolean
compare (const Options *options, ComparisonSum *sum, GError **error)
{
  const ComparisonOptions how = { options->frames, options->complete,
    (guint)options->max_lines };
  Progress progress = { 0 };
  TrackSetOptions reading = { .with_hashes = options->frames,
    .progress = isatty (STDERR_FILENO) ? show_progress : NULL,
    .user_data = &progress };
  g_autoptr (GPtrArray) a = NULL;
  g_autoptr (GPtrArray) b = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  CmafSegmentGrid grid;
  gboolean ok;

  if (options->duration) {
    if (!parse_grid_option (options->duration, &grid, error))
      return FALSE;
    reading.grid = &grid;
  }
  ok = read_both (options, &reading, &a, &b, error);
  end_progress (&progress);
  if (!ok)
    return FALSE;
  compare_track_sets (a, b, &how, text, sum);
  if (options->quiet)
    g_string_truncate (text, 0);
  print_comparison_result (sum, &how, text);
  fputs (text->str, stdout);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  Options options = { .max_lines = MAX_LINES };
  g_autoptr (GError) error = NULL;
  ComparisonSum sum = { 0 };
  gboolean ok = parse_options (argc, argv, &options, &error);

  if (ok && options.version)
    puts (PACKAGE_VERSION);
  else if (ok)
    ok = compare (&options, &sum, &error);
  if (ok && (ferror (stdout) || fclose (stdout) != 0)) {
    ok = FALSE;
    g_set_error (&error, G_FILE_ERROR, g_file_error_from_errno (errno),
        "standard output: %s", g_strerror (errno));
  }
  if (!ok)
    fprintf (stderr, "cmaf-compare: %s\n", error->message);
  g_strfreev (options.names);
  g_free (options.duration);
  if (!ok || (!options.version && sum.n_segments == 0))
    return EXIT_TROUBLE;
  return sum.n_differences > 0 ? EXIT_DIFFERENT : EXIT_SUCCESS;
}
