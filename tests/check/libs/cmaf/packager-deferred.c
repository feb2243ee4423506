/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A packager over a store that sends objects to somewhere else: manifests name
 * what has arrived there. */
#include "chunk-fixtures.h"

#include <gst/check/gstcheck.h>
#include <gst/cmaf/memory-store.h>
#include <gst/cmaf/packager.h>

static const CmafSegmentGrid grid = { 48, 25 };

/* Keeps everything at once, but says of names with a state what it says. */
typedef struct
{
  CmafObjectStore parent;
  CmafObjectStore *memory;
  GHashTable *states;
  gboolean drips; /* what is looked at is there the next time */
} SlowStore;

typedef struct
{
  CmafObjectWriter parent;
  CmafObjectWriter *writer; /* of the memory */
} SlowWriter;

static CmafObjectWriter *
slow_begin (CmafObjectStore *store, const gchar *name,
    const gchar *content_type, CmafObjectFlags flags, GError **error)
{
  SlowWriter *self = g_new0 (SlowWriter, 1);

  self->writer = cmaf_object_store_begin (
      ((SlowStore *)store)->memory, name, content_type, flags, error);
  fail_unless (self->writer != NULL);
  return &self->parent;
}

static gboolean
slow_append (CmafObjectWriter *writer, GBytes *const *pieces, guint n_pieces,
    GError **error)
{
  return cmaf_object_writer_append (
      ((SlowWriter *)writer)->writer, pieces, n_pieces, error);
}

static gboolean
slow_commit (CmafObjectWriter *writer, GError **error)
{
  gboolean done =
      cmaf_object_writer_commit (((SlowWriter *)writer)->writer, error);

  g_free (writer);
  return done;
}

static void
slow_abort (CmafObjectWriter *writer)
{
  cmaf_object_writer_abort (((SlowWriter *)writer)->writer);
  g_free (writer);
}

static gboolean
slow_contains (CmafObjectStore *store, const gchar *name)
{
  return FALSE;
}

static gboolean
slow_remove (CmafObjectStore *store, const gchar *name, GError **error)
{
  g_hash_table_remove (((SlowStore *)store)->states, name);
  return TRUE;
}

static CmafObjectState
slow_look (CmafObjectStore *store, const gchar *name)
{
  SlowStore *self = (SlowStore *)store;
  CmafObjectState state =
      GPOINTER_TO_INT (g_hash_table_lookup (self->states, name));

  if (self->drips)
    g_hash_table_remove (self->states, name);
  return state;
}

static void
slow_free (CmafObjectStore *store)
{
  SlowStore *self = (SlowStore *)store;

  cmaf_object_store_unref (self->memory);
  g_hash_table_unref (self->states);
  g_free (self);
}

static const CmafObjectStoreClass slow_class = {
  .begin = slow_begin,
  .append = slow_append,
  .commit = slow_commit,
  .abort = slow_abort,
  .contains = slow_contains,
  .remove = slow_remove,
  .look = slow_look,
  .free = slow_free,
};

typedef struct
{
  CmafPackagerConfig config;
  SlowStore *store;
  CmafPackager *packager;
  CmafTrack *video, *audio;
} Fixture;

static void
header (Fixture *f, const gchar *name, CmafTrack *track)
{
  g_autoptr (GBytes) bytes = fixture_header (track);

  fail_unless (
      cmaf_packager_set_header (f->packager, name, track, bytes, NULL));
}

static void
begin (Fixture *f, gboolean is_hls)
{
  memset (f, 0, sizeof *f);
  f->store = g_new0 (SlowStore, 1);
  f->store->parent.klass = &slow_class;
  g_atomic_ref_count_init (&f->store->parent.ref_count);
  f->store->memory = cmaf_memory_store_new (0);
  f->store->states =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  cmaf_packager_config_init (&f->config);
  f->config.finish_wait = 50 * GST_MSECOND;
  f->config.max_lag = 0;
  if (is_hls)
    f->config.mpd_name = NULL;
  else
    f->config.master_name = NULL;
  f->video = fixture_video (25, 1, 90000, 3600, 720, 3000000);
  f->audio = fixture_audio ("en");
  f->video->segment_duration_n = f->audio->segment_duration_n = 48;
  f->video->segment_duration_d = f->audio->segment_duration_d = 25;
  f->packager =
      cmaf_packager_new (&f->config, &f->store->parent, NULL, NULL, NULL);
  cmaf_packager_set_expected (f->packager, 2);
  header (f, "v", f->video);
  header (f, "a", f->audio);
}

static void
end (Fixture *f)
{
  cmaf_packager_free (f->packager);
  cmaf_object_store_unref (&f->store->parent);
  cmaf_track_unref (f->video);
  cmaf_track_unref (f->audio);
}

static void
push (Fixture *f, guint64 number)
{
  g_autoptr (CmafChunk) video =
      fixture_grid_chunk (f->video, &grid, number, 0, 1);
  g_autoptr (CmafChunk) audio =
      fixture_grid_chunk (f->audio, &grid, number, 0, 1);

  fail_unless (cmaf_packager_push (f->packager, "v", video, NULL));
  fail_unless (cmaf_packager_push (f->packager, "a", audio, NULL));
}

static void
set_state (Fixture *f, const gchar *name, CmafObjectState state)
{
  g_hash_table_insert (
      f->store->states, g_strdup (name), GINT_TO_POINTER (state));
}

static void
poll_with (Fixture *f, const gchar *name, CmafObjectState state)
{
  set_state (f, name, state);
  fail_unless (cmaf_packager_poll (f->packager, NULL));
}

/* (transfer full) (nullable) */
static gchar *
text_of (Fixture *f, const gchar *name)
{
  g_autoptr (GBytes) bytes =
      cmaf_object_store_get (f->store->memory, name, NULL);

  return bytes != NULL ? g_strndup (
             g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : NULL;
}

static void
expect (Fixture *f, const gchar *name, const gchar *has, const gchar *lacks)
{
  g_autofree gchar *text = text_of (f, name);

  fail_unless (text != NULL, "no %s", name);
  if (has != NULL)
    fail_unless (strstr (text, has) != NULL, "no %s in %s", has, text);
  if (lacks != NULL)
    fail_unless (strstr (text, lacks) == NULL, "%s in %s", lacks, text);
}

GST_START_TEST (test_manifests_wait_for_what_is_on_its_way)
{
  Fixture f;

  begin (&f, TRUE);
  set_state (&f, "v/0000000100.m4s", CMAF_OBJECT_PENDING);
  push (&f, 100);
  fail_if (cmaf_object_store_contains (f.store->memory, "master.m3u8"));
  poll_with (&f, "v/0000000100.m4s", CMAF_OBJECT_STORED);
  expect (&f, "v/media.m3u8", "0000000100.m4s", NULL);
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_lost_segment_is_followed_by_a_discontinuity)
{
  Fixture f;

  begin (&f, TRUE);
  push (&f, 100);
  set_state (&f, "v/0000000101.m4s", CMAF_OBJECT_PENDING);
  push (&f, 101);
  expect (&f, "a/media.m3u8", NULL, "0000000101.m4s");
  /* nobody waits for it */
  poll_with (&f, "v/0000000101.m4s", CMAF_OBJECT_LOST);
  expect (&f, "a/media.m3u8", "0000000101.m4s", "DISCONTINUITY\n");
  /* it was removed from the store: it stays away */
  fail_if (g_hash_table_contains (f.store->states, "v/0000000101.m4s"));
  push (&f, 102);
  push (&f, 103);
  expect (&f, "v/media.m3u8", "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:", NULL);
  expect (
      &f, "a/media.m3u8", "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:", "#EXT-X-GAP");
  end (&f);
}
GST_END_TEST;

/* 100, 102: two runs, in two periods; then 101 as well. */
GST_START_TEST (test_an_mpd_lists_what_comes_after_all)
{
  Fixture f;

  begin (&f, FALSE);
  push (&f, 100);
  set_state (&f, "v/0000000101.m4s", CMAF_OBJECT_LOST);
  push (&f, 101);
  push (&f, 102);
  expect (&f, "stream.mpd", "<Period id=\"k102\"", NULL);
  {
    g_autofree gchar *before = text_of (&f, "stream.mpd");
    g_autofree gchar *after = NULL;

    poll_with (&f, "v/0000000101.m4s", CMAF_OBJECT_STORED);
    after = text_of (&f, "stream.mpd");
    fail_if (strcmp (before, after) == 0);
    /* no period is taken back */
    fail_unless (strstr (after, "<Period id=\"k102\"") != NULL, "%s", after);
  }
  end (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_end_waits_and_gives_up)
{
  Fixture f;

  begin (&f, TRUE);
  push (&f, 100);
  set_state (&f, "v/0000000101.m4s", CMAF_OBJECT_PENDING);
  push (&f, 101);
  cmaf_packager_set_flushing (f.packager, TRUE);
  fail_unless (cmaf_packager_finish (f.packager, NULL));
  expect (&f, "v/media.m3u8", "#EXT-X-ENDLIST", "0000000101.m4s");
  assert_equals_int (cmaf_packager_get_unlisted (f.packager), 1);
  end (&f);
}
GST_END_TEST;

/* All together take longer than one may. */
GST_START_TEST (test_the_end_waits_while_something_comes)
{
  Fixture f;

  begin (&f, TRUE);
  for (guint n = 100; n < 130; n++) {
    g_autofree gchar *name = g_strdup_printf ("v/%010u.m4s", n);

    set_state (&f, name, CMAF_OBJECT_PENDING);
    push (&f, n);
  }
  f.store->drips = TRUE;
  fail_unless (cmaf_packager_finish (f.packager, NULL));
  expect (&f, "v/media.m3u8", "0000000129.m4s\n#EXT-X-ENDLIST", NULL);
  assert_equals_int (cmaf_packager_get_unlisted (f.packager), 0);
  end (&f);
}
GST_END_TEST;

static Suite *
packager_deferred_suite (void)
{
  Suite *suite = suite_create ("packager-deferred");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_manifests_wait_for_what_is_on_its_way);
  tcase_add_test (tcase, test_a_lost_segment_is_followed_by_a_discontinuity);
  tcase_add_test (tcase, test_an_mpd_lists_what_comes_after_all);
  tcase_add_test (tcase, test_the_end_waits_and_gives_up);
  tcase_add_test (tcase, test_the_end_waits_while_something_comes);
  return suite;
}

GST_CHECK_MAIN (packager_deferred);
