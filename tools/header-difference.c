/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which fields of two CMAF headers differ: both are printed as text, and each
 * line is looked for under the same box and name in the other. */
#include "header-difference.h"

#include "box-printer.h"

#include <string.h>

#define INDENT 2 /* of box-printer, for each level */
#define MAX_DEPTH 16

typedef struct
{
  GPtrArray *keys;    /* of gchar: path, name, and which one of several */
  GHashTable *values; /* key -> gchar */
} Fields;

static void
fields_free (Fields *fields)
{
  g_ptr_array_unref (fields->keys);
  g_hash_table_unref (fields->values);
  g_free (fields);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fields, fields_free)

/* @key is taken. */
static void
add_field (Fields *fields, gchar *key, const gchar *value)
{
  for (guint n = 2; g_hash_table_contains (fields->values, key); n++) {
    gchar *hash = strrchr (key, '#');
    gchar *next = g_strdup_printf (
        "%.*s#%u", (gint)(hash ? (gsize)(hash - key) : strlen (key)), key, n);

    g_free (key);
    key = next;
  }
  g_ptr_array_add (fields->keys, key);
  g_hash_table_insert (fields->values, key, g_strdup (value));
}

static gchar *
join_path (gchar **path, guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth && i < MAX_DEPTH; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "/" : "", path[i]);
  return g_string_free (text, FALSE);
}

/* "[mdhd] @12 size=32" at its depth: a box, of which place and size follow
 * from what is in it. */
static void
add_box (Fields *fields, gchar **path, guint depth, const gchar *line)
{
  const gchar *end = strchr (line, ']');

  if (!end || depth >= MAX_DEPTH)
    return;
  g_free (path[depth]);
  path[depth] = g_strndup (line + 1, (gsize)(end - line - 1));
  add_field (fields, join_path (path, depth + 1), "present");
}

static void
add_line (Fields *fields, gchar **path, const gchar *line)
{
  const guint spaces = (guint)strspn (line, " ");
  const guint depth = spaces / INDENT;
  g_autofree gchar *box = NULL;
  const gchar *colon;

  line += spaces;
  if (line[0] == '[') {
    add_box (fields, path, depth, line);
    return;
  }
  colon = strstr (line, ": ");
  if (!colon)
    return;
  box = join_path (path, depth);
  add_field (fields,
      g_strdup_printf ("%s %.*s", box, (gint)(colon - line), line), colon + 2);
}

static Fields *
read_fields (GBytes *header)
{
  Fields *fields = g_new0 (Fields, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  gchar *path[MAX_DEPTH] = { NULL };
  g_auto (GStrv) lines = NULL;
  CmafBoxReader r;
  CmafBox box;

  fields->keys = g_ptr_array_new_with_free_func (g_free);
  fields->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  cmaf_box_reader_init (
      &r, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  while (cmaf_box_reader_next (&r, &box)
         && print_box (text, &box, box.offset, NULL))
    ;
  lines = g_strsplit (text->str, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    add_line (fields, path, lines[i]);
  for (guint i = 0; i < MAX_DEPTH; i++)
    g_free (path[i]);
  return fields;
}

static void
add_missing (
    GPtrArray *lines, const Fields *have, const Fields *other, gchar side)
{
  for (guint i = 0; i < have->keys->len; i++) {
    const gchar *key = have->keys->pdata[i];

    if (!g_hash_table_contains (other->values, key))
      g_ptr_array_add (lines,
          g_strdup_printf ("%s: %s, only in %c", key,
              (const gchar *)g_hash_table_lookup (have->values, key), side));
  }
}

static gsize
first_difference (GBytes *a, GBytes *b)
{
  gsize n_a, n_b, i = 0;
  const guint8 *in_a = g_bytes_get_data (a, &n_a);
  const guint8 *in_b = g_bytes_get_data (b, &n_b);

  while (i < n_a && i < n_b && in_a[i] == in_b[i])
    i++;
  return i;
}

GPtrArray *
header_difference (GBytes *a, GBytes *b)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Fields) in_a = NULL;
  g_autoptr (Fields) in_b = NULL;

  if (g_bytes_equal (a, b))
    return lines;
  in_a = read_fields (a);
  in_b = read_fields (b);
  for (guint i = 0; i < in_a->keys->len; i++) {
    const gchar *key = in_a->keys->pdata[i];
    const gchar *mine = g_hash_table_lookup (in_a->values, key);
    const gchar *theirs = g_hash_table_lookup (in_b->values, key);

    if (theirs && !g_str_equal (mine, theirs))
      g_ptr_array_add (
          lines, g_strdup_printf ("%s: %s in A, %s in B", key, mine, theirs));
  }
  add_missing (lines, in_a, in_b, 'A');
  add_missing (lines, in_b, in_a, 'B');
  if (lines->len == 0)
    g_ptr_array_add (
        lines, g_strdup_printf ("bytes from %" G_GSIZE_FORMAT
                                " on: they differ, what is printed does not",
                   first_difference (a, b)));
  return lines;
}
