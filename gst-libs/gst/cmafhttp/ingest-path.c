/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The forms of upload paths that senders use:
 *
 *   Streams(NAME.ext)                     also with more behind it
 *   Switching(SET)/Streams(NAME.ext)
 *   NAME/init.ext  NAME/NUMBER.ext        a directory for each track
 *   NAME.ext                              one long request
 *
 * A track is NAME with the kind of its extension: video.cmfv and video.cmfa
 * are two tracks. */
#include "ingest-path.h"

#include <gst/cmaf/segment-name.h>
#include <string.h>

static const gchar *const cmaf_extensions[] = { "cmfv", "cmfa", "cmft", "cmfm",
  NULL };
static const gchar *const other_extensions[] = { "mp4", "m4s", "m4v", "m4a",
  "init", "header", "isml", "ismv", "isma", NULL };
static const gchar *const manifest_extensions[] = { "mpd", "m3u8", "key",
  NULL };

/* Cuts the extension off @name when it is one of @known. */
static const gchar *
cut_extension (gchar *name, const gchar *const *known)
{
  gchar *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || strchr (dot, '/') != NULL)
    return NULL;
  for (guint i = 0; known[i] != NULL; i++) {
    if (g_ascii_strcasecmp (dot + 1, known[i]) == 0) {
      *dot = '\0';
      return known[i];
    }
  }
  return NULL;
}

static gboolean
set_track (CmafIngestPath *out, const gchar *full_name, GError **error)
{
  g_autofree gchar *stem = g_strdup (full_name);
  const gchar *extension = cut_extension (stem, cmaf_extensions);

  if (extension == NULL)
    cut_extension (stem, other_extensions);
  if (*stem == '\0') {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "path: the name of the track is empty");
    return FALSE;
  }
  out->kind = CMAF_INGEST_PATH_TRACK;
  out->key = g_strdup_printf ("%s.%s", stem, extension ? extension : "");
  out->name = cmaf_track_name_make (stem);
  out->wish = g_steal_pointer (&stem);
  return TRUE;
}

/* What stands in the parentheses of KEYWORD(...), which is at @at; @end gets
 * what follows. A name may have slashes, and parentheses that match. */
static gchar *
take_parentheses (const gchar *at, const gchar **end, GError **error)
{
  const gchar *open = strchr (at, '(');
  const gchar *c;
  guint depth = 0;

  for (c = open; *c != '\0'; c++) {
    if (*c == '(')
      depth++;
    else if (*c == ')' && --depth == 0)
      break;
  }
  if (*c == '\0') {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "path: \"%s\" has no closing parenthesis", at);
    return NULL;
  }
  *end = c + 1;
  return g_strndup (open + 1, c - open - 1);
}

static gboolean
starts_with_keyword (const gchar *at, const gchar *keyword)
{
  gsize length = strlen (keyword);

  return g_ascii_tolower (at[0]) == g_ascii_tolower (keyword[0])
         && strncmp (at + 1, keyword + 1, length - 1) == 0 && at[length] == '(';
}

/* The element of @path that begins with @keyword and a parenthesis. */
static const gchar *
find_keyword (const gchar *path, const gchar *keyword)
{
  const gchar *at = path;

  while (at != NULL) {
    if (starts_with_keyword (at, keyword))
      return at;
    at = strchr (at, '/');
    if (at != NULL)
      at++;
  }
  return NULL;
}

static gboolean
parse_streams (const gchar *path, const gchar *streams, CmafIngestPath *out,
    GError **error)
{
  const gchar *switching = find_keyword (path, "Switching");
  g_autofree gchar *name = NULL;
  const gchar *end;

  if (switching != NULL && switching < streams) {
    out->switching_set = take_parentheses (switching, &end, error);
    if (out->switching_set == NULL)
      return FALSE;
  }
  out->is_named = TRUE;
  name = take_parentheses (streams, &end, error);
  if (name == NULL)
    return FALSE;
  if (*end != '\0' && *end != '/') {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "path: \"%s\" follows the closing parenthesis, needs a slash", end);
    return FALSE;
  }
  return set_track (out, name, error);
}

static gboolean
is_number (const gchar *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* NAME/init.ext and NAME/NUMBER.ext belong to NAME. */
static gboolean
parse_plain (const gchar *path, CmafIngestPath *out, GError **error)
{
  g_autofree gchar *name = g_strdup (path);
  g_autofree gchar *stem = g_strdup (path);
  g_autofree gchar *full = NULL;
  const gchar *extension = cut_extension (stem, cmaf_extensions);
  gchar *slash;
  const gchar *last;

  if (extension == NULL)
    cut_extension (stem, other_extensions);
  slash = strrchr (stem, '/');
  last = slash ? slash + 1 : stem;
  if (slash == NULL || !(is_number (last) || g_str_equal (last, "init")))
    return set_track (out, name, error);
  *slash = '\0';
  full =
      extension ? g_strdup_printf ("%s.%s", stem, extension) : g_strdup (stem);
  return set_track (out, full, error);
}

gboolean
cmaf_ingest_path_parse (const gchar *path, CmafIngestPath *out, GError **error)
{
  g_autofree gchar *copy = NULL;
  const gchar *streams;

  memset (out, 0, sizeof *out);
  while (*path == '/')
    path++;
  copy = g_strdup (path);
  if (*path == '\0')
    return TRUE;
  streams = find_keyword (path, "Streams");
  if (streams != NULL)
    return parse_streams (path, streams, out, error);
  if (cut_extension (copy, manifest_extensions) != NULL) {
    out->kind = CMAF_INGEST_PATH_MANIFEST;
    return TRUE;
  }
  return parse_plain (path, out, error);
}

gboolean
cmaf_ingest_path_is_cmaf (const gchar *path)
{
  g_autofree gchar *copy = g_strdup (path);

  return cut_extension (copy, cmaf_extensions) != NULL;
}

gboolean
cmaf_ingest_path_is_mpd (const gchar *path)
{
  static const gchar *const extensions[] = { "mpd", NULL };
  g_autofree gchar *copy = g_strdup (path);

  return find_keyword (path, "Streams") == NULL
         && cut_extension (copy, extensions) != NULL;
}

gboolean
cmaf_ingest_path_is_header (const gchar *path)
{
  g_autofree gchar *stem = g_strdup (path + strspn (path, "/"));
  const gchar *extension = cut_extension (stem, other_extensions);
  const gchar *slash = strrchr (stem, '/');
  const gchar *name = slash != NULL ? slash + 1 : stem;
  gsize size = strlen (name);

  if (extension == NULL)
    return FALSE;
  if (g_str_equal (extension, "init") || g_str_equal (extension, "header"))
    return TRUE;
  if (g_str_equal (name, "init"))
    return slash == NULL; /* else NAME/init.EXT, of track NAME */
  return (g_str_has_prefix (name, "init") && !g_ascii_isalpha (name[4]))
         || (g_str_has_suffix (name, "init")
             && !g_ascii_isalpha (name[size - 5]));
}

void
cmaf_ingest_path_clear (CmafIngestPath *path)
{
  g_clear_pointer (&path->key, g_free);
  g_clear_pointer (&path->name, g_free);
  g_clear_pointer (&path->wish, g_free);
  g_clear_pointer (&path->switching_set, g_free);
}
