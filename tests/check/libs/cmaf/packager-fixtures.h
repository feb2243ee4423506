/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the tests of packager share. */
#pragma once

#include "chunk-fixtures.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/packager.h>

static const CmafSegmentGrid grid = { 48, 25 };

typedef struct
{
  CmafPackagerConfig config;
  CmafObjectStore *store;
  CmafPackager *packager;
  CmafTrack *video, *audio;
  GString *told; /* what the callbacks were told */
} Fixture;

static inline void
on_segment (const CmafPublishedSegment *segment, gpointer user_data)
{
  Fixture *f = user_data;

  fail_unless (cmaf_object_store_contains (f->store, segment->name)
               || !f->config.write_segments);
  g_string_append_printf (f->told, "%s ", segment->name);
}

/* Every name in every manifest is there, but for gaps. */
static inline void
check_playlist (Fixture *f, const gchar *name)
{
  g_autoptr (GBytes) bytes = cmaf_object_store_get (f->store, name, NULL);
  g_autofree gchar *text =
      g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree gchar *folder = g_path_get_dirname (name);
  gchar **lines = g_strsplit (text, "\n", -1);
  gboolean gap = FALSE;
  guint i;

  for (i = 0; lines[i] != NULL; i++) {
    g_autofree gchar *object = strcmp (folder, ".") == 0
                                   ? g_strdup (lines[i])
                                   : g_strconcat (folder, "/", lines[i], NULL);

    if (g_str_has_prefix (lines[i], "#EXT-X-GAP"))
      gap = TRUE;
    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    fail_unless (gap || cmaf_object_store_contains (f->store, object),
        "%s names %s", name, object);
    gap = FALSE;
  }
  g_strfreev (lines);
}

static inline void
on_manifest (const gchar *name, gpointer user_data)
{
  Fixture *f = user_data;

  if (g_str_has_suffix (name, ".m3u8"))
    check_playlist (f, name);
  g_string_append_printf (f->told, "%s ", name);
}

static inline void
on_warning (const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_string_append_printf (f->told, "(%s) ", error->message);
}

static const CmafPackagerCallbacks callbacks = { on_segment, on_manifest,
  on_warning };

static inline void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  cmaf_packager_config_init (&f->config);
  f->store = cmaf_memory_store_new (0);
  f->video = fixture_video (25, 1, 90000, 3600, 720, 3000000);
  f->audio = fixture_audio ("en");
  f->video->segment_duration_n = f->audio->segment_duration_n = 48;
  f->video->segment_duration_d = f->audio->segment_duration_d = 25;
  f->told = g_string_new (NULL);
}

static inline void
fixture_open (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->packager = cmaf_packager_new (&f->config, f->store, &callbacks, f, &error);
  g_assert_no_error (error);
}

static inline void
fixture_clear (Fixture *f)
{
  g_clear_pointer (&f->packager, cmaf_packager_free);
  cmaf_object_store_unref (f->store);
  cmaf_track_unref (f->video);
  cmaf_track_unref (f->audio);
  g_string_free (f->told, TRUE);
}

static inline void
header (Fixture *f, const gchar *name, CmafTrack *track)
{
  g_autoptr (GBytes) bytes = fixture_header (track);
  g_autoptr (GError) error = NULL;

  cmaf_packager_set_header (f->packager, name, track, bytes, &error);
  g_assert_no_error (error);
}

static inline void
push (Fixture *f, const gchar *name, CmafTrack *track, guint64 number)
{
  g_autoptr (CmafChunk) chunk = fixture_grid_chunk (track, &grid, number, 0, 1);
  g_autoptr (GError) error = NULL;

  cmaf_packager_push (f->packager, name, chunk, &error);
  g_assert_no_error (error);
}

static inline void
push_both (Fixture *f, guint64 first, guint64 last)
{
  for (; first <= last; first++) {
    push (f, "v", f->video, first);
    push (f, "a", f->audio, first);
  }
}

static inline void
start_both (Fixture *f)
{
  fixture_open (f);
  cmaf_packager_set_expected (f->packager, 2);
  header (f, "v", f->video);
  header (f, "a", f->audio);
}

static inline void
finish (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  cmaf_packager_finish (f->packager, &error);
  g_assert_no_error (error);
}

static inline gchar *
read_text (Fixture *f, const gchar *name)
{
  g_autoptr (GBytes) bytes = cmaf_object_store_get (f->store, name, NULL);

  return bytes != NULL ? g_strndup (
             g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : NULL;
}

static inline void
assert_has (const gchar *text, const gchar *part)
{
  fail_unless (text != NULL && strstr (text, part) != NULL, "no \"%s\" in\n%s",
      part, text);
}

static inline void
assert_lacks (const gchar *text, const gchar *part)
{
  fail_unless (strstr (text, part) == NULL, "\"%s\" in\n%s", part, text);
}

static inline guint
count_objects (Fixture *f, const gchar *prefix)
{
  g_autoptr (GPtrArray) names = cmaf_object_store_list (f->store, prefix, NULL);

  return names->len;
}

static inline guint64
get_stat (Fixture *f, const gchar *field)
{
  g_autoptr (GstStructure) stats = cmaf_packager_get_stats (f->packager);
  guint64 value = G_MAXUINT64;

  gst_structure_get_uint64 (stats, field, &value);
  return value;
}
