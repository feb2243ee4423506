/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Ties the rooms together: chunks go to the segment assembler of their track,
 * complete segments to the publication, and what it publishes to the manifest
 * publisher. Everything of a track goes through its queue of items twice:
 * before the segment duration is known (inbox), and before it is in the store,
 * when another packager writes it (outbox).
 *
 * One lock for all that. Events collect under it and are told after it is
 * released; statistics have a lock of their own, so that a callback of the
 * store or a slow disk does not keep them from a reader. */
#include "packager.h"
#include "init-segment.h"
#include "manifest-publisher.h"
#include "packager-counts.h"
#include "packager-outbox.h"
#include "segment-name.h"

#include <string.h>

#define FINISH_POLL (10 * G_TIME_SPAN_MILLISECOND)
#define MAX_INBOX_BYTES (64 * 1024 * 1024) /* before a duration is guessed */
/* of media, for tracks that have no header yet */
#define MAX_GUESS_WAIT (10 * GST_SECOND)

struct _CmafPackager
{
  CmafPackagerConfig config; /* strings are ours */
  CmafObjectStore *store;
  CmafPackagerCallbacks callbacks;
  gpointer user_data;

  gint n_expected; /* atomic: who tells it waits for no lock */

  GMutex lock; /* guards all below */
  GCond flushed;
  gboolean is_flushing;
  gboolean is_finished;
  GError *failure;   /* of the store; sticks */
  GPtrArray *tracks; /* of PackagerTrack */
  gboolean has_grid;
  CmafSegmentGrid grid;
  gsize inbox_bytes;
  CmafPublication *publication; /* NULL before the grid is known */
  CmafManifestPublisher *publisher;
  CmafPackagerEvents *events; /* of the call that holds the lock */
  guint64 n_warnings;
  gboolean are_counts_old;
  gboolean is_healed; /* manifests say more of what they said */
  guint n_unlisted;   /* objects that were too late for the last manifest */

  GMutex counts_lock;    /* taken under lock, and alone by who reads */
  PackagerCounts counts; /* counts_lock: snapshot */
};

/* ---- small things ---- */

/* Takes @warning. */
static void
warn_locked (CmafPackager *packager, GError *warning)
{
  packager->n_warnings++;
  packager->are_counts_old = TRUE;
  cmaf_packager_events_add_warning (packager->events, warning);
}

/* ---- statistics ---- */

static void
renew_counts_locked (CmafPackager *packager)
{
  PackagerCounts *counts = &packager->counts;

  g_mutex_lock (&packager->counts_lock);
  packager_counts_take (counts, packager->tracks);
  counts->warnings = packager->n_warnings;
  counts->is_published =
      packager->publication != NULL
      && cmaf_publication_is_published (packager->publication);
  if (counts->is_published) {
    const CmafPresentationState *state =
        cmaf_publication_get_state (packager->publication);

    counts->first_number = state->first + packager->config.number_offset;
    counts->last_number = state->last + packager->config.number_offset;
  }
  g_mutex_unlock (&packager->counts_lock);
  packager->are_counts_old = FALSE;
}

/* Every call of the interface runs between these two. */
static void
enter (CmafPackager *packager, CmafPackagerEvents *events)
{
  memset (events, 0, sizeof *events);
  g_mutex_lock (&packager->lock);
  packager->events = events;
}

/* @done: what the call did; a failure of the store becomes that of every later
 * call. */
static gboolean
leave (CmafPackager *packager, CmafPackagerEvents *events, gboolean done,
    GError *failure, GError **error)
{
  if (!done && packager->failure == NULL)
    packager->failure = g_error_copy (failure);
  if (packager->are_counts_old)
    renew_counts_locked (packager);
  packager->events = NULL;
  g_mutex_unlock (&packager->lock);
  cmaf_packager_events_tell (events, &packager->callbacks, packager->user_data);
  if (!done)
    g_propagate_error (error, failure);
  return done;
}

static gboolean
check_failure_locked (CmafPackager *packager, GError **error)
{
  if (packager->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (packager->failure));
  return FALSE;
}

/* ---- publishing ---- */

static void
remove_obsolete_locked (CmafPackager *packager)
{
  guint64 removable = cmaf_publication_get_removable (packager->publication);

  for (guint i = 0; i < packager->tracks->len; i++) {
    PackagerTrack *track = g_ptr_array_index (packager->tracks, i);

    cmaf_retention_remove (
        &track->kept, packager->store, removable, track->header_name);
  }
  cmaf_publication_trim (packager->publication,
      cmaf_publication_get_obsolete (packager->publication));
}

static gboolean
publish_locked (CmafPackager *packager, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  gboolean done;
  guint i;

  if (packager->publication == NULL)
    return TRUE;
  cmaf_publication_set_expected (
      packager->publication, g_atomic_int_get (&packager->n_expected));
  if (packager->is_healed)
    cmaf_manifest_publisher_forget (packager->publisher);
  if (!cmaf_publication_advance (packager->publication) && !packager->is_healed)
    return TRUE;
  packager->is_healed = FALSE;
  packager->are_counts_old = TRUE;
  names = g_ptr_array_new_with_free_func (g_free);
  done = cmaf_manifest_publisher_publish (
      packager->publisher, packager->publication, names, error);
  for (i = 0; i < names->len; i++)
    cmaf_packager_events_add_manifest (
        packager->events, g_ptr_array_index (names, i));
  if (done)
    remove_obsolete_locked (packager);
  return done;
}

static gboolean
is_removed_some_day (const CmafPackager *packager)
{
  return packager->config.write_segments && packager->config.window_length > 0;
}

/* The objects that came with @segment go when it is obsolete. */
static void
keep_locked (CmafPackager *packager, PackagerTrack *track,
    const CmafAssembledSegment *segment)
{
  guint64 number = segment->segment.number;

  if (is_removed_some_day (packager)) {
    if (track->old_header_name != NULL)
      cmaf_retention_add (&track->kept, number, track->old_header_name, TRUE);
    cmaf_retention_add (&track->kept, number, segment->name, FALSE);
  }
  g_clear_pointer (&track->old_header_name, g_free);
}

static void
tell_segment_locked (CmafPackager *packager, PackagerTrack *track,
    const CmafAssembledSegment *segment)
{
  const CmafPublishedSegment told = {
    .track_name = track->name,
    .name = segment->name,
    .number = segment->segment.number + packager->config.number_offset,
    .decode_time = segment->segment.time,
    .duration = segment->segment.duration,
    .timescale = track->media->timescale,
    .size = segment->size,
    .gap = segment->gap,
  };

  cmaf_packager_events_add_segment (packager->events, &told);
}

/* A segment is in the store. */
static void
list_segment_locked (CmafPackager *packager, PackagerTrack *track,
    const CmafAssembledSegment *segment)
{
  if (cmaf_publication_add_segment (packager->publication, track->name,
          &segment->segment, segment->longest_chunk)) {
    track->n_segments++;
    track->bytes += segment->size;
    track->n_gaps += segment->gap > 0;
    packager->are_counts_old = TRUE;
    tell_segment_locked (packager, track, segment);
    keep_locked (packager, track, segment);
    return;
  }
  /* It stays: another packager may list it, or this one did before it was
   * started again. */
  keep_locked (packager, track, segment);
  packager->are_counts_old = TRUE;
  if (track->n_late++ == 0)
    warn_locked (
        packager, g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
                      "track %s: segment %" G_GUINT64_FORMAT
                      " comes after the others went on, and is not listed",
                      track->name, segment->segment.number));
}

static void
apply_item_locked (
    CmafPackager *packager, PackagerTrack *track, PackagerItem *item)
{
  if (item->type == ITEM_HEADER)
    cmaf_publication_set_header (
        packager->publication, track->name, item->track, item->name);
  else if (item->type == ITEM_SEGMENT)
    list_segment_locked (packager, track, item->segment);
  else if (item->type == ITEM_END)
    cmaf_publication_end_track (packager->publication, track->name);
  packager_free_item (item);
}

/* A segment that nobody can fetch. In playlists it stays away, and a
 * discontinuity follows; an MPD lists it when it comes after all. */
static void
lose_item_locked (
    CmafPackager *packager, PackagerTrack *track, PackagerItem *item)
{
  gboolean is_deferred = cmaf_object_store_is_deferred (packager->store);
  gboolean is_final = packager->config.master_name != NULL || !is_deferred;

  if (!is_deferred) {
    warn_locked (packager, g_error_new (CMAF_ERROR, CMAF_ERROR_NOT_FOUND,
                               "%s was not written, and is not listed",
                               packager_item_get_object (item)));
  } else if (item->type == ITEM_SEGMENT) { /* the store has told of it */
    packager->are_counts_old = TRUE;
    track->n_lost++;
    cmaf_publication_lose_segment (packager->publication, track->name,
        item->segment->segment.number, is_final);
  }
  if (!is_final && item->type == ITEM_SEGMENT) {
    g_queue_push_tail (&track->missed, item);
    return;
  }
  if (is_deferred)
    cmaf_object_store_remove (
        packager->store, packager_item_get_object (item), NULL);
  packager_free_item (item);
}

/* What was lost and has arrived. */
static void
find_missed_locked (CmafPackager *packager, PackagerTrack *track)
{
  guint64 obsolete = cmaf_publication_get_obsolete (packager->publication);
  PackagerItem *item;

  while ((item = packager_outbox_pop_found (track, packager->store, obsolete))
         != NULL) {
    if (cmaf_publication_heal (
            packager->publication, track->name, &item->segment->segment)) {
      packager->is_healed = TRUE;
      track->n_segments++;
      track->bytes += item->segment->size;
      tell_segment_locked (packager, track, item->segment);
    }
    keep_locked (packager, track, item->segment);
    packager_free_item (item);
  }
}

/* Moves on what is in the store by now. */
static void
check_outbox_locked (CmafPackager *packager, PackagerTrack *track)
{
  PackagerItem *item;
  gboolean is_lost;

  while (
      (item = packager_outbox_pop (track, packager->store, &is_lost)) != NULL) {
    if (is_lost)
      lose_item_locked (packager, track, item);
    else
      apply_item_locked (packager, track, item);
  }
  if (track->missed.length > 0)
    find_missed_locked (packager, track);
}

/* Takes @item. */
static void
send_item_locked (
    CmafPackager *packager, PackagerTrack *track, PackagerItem *item)
{
  if (packager->config.write_segments
      && !cmaf_object_store_is_deferred (packager->store))
    apply_item_locked (packager, track, item);
  else
    g_queue_push_tail (&track->outbox, item);
}

static gboolean
is_outbox_empty_locked (CmafPackager *packager)
{
  gboolean empty = TRUE;
  guint i;

  for (i = 0; i < packager->tracks->len; i++) {
    PackagerTrack *track = g_ptr_array_index (packager->tracks, i);

    check_outbox_locked (packager, track);
    empty = empty && g_queue_is_empty (&track->outbox);
  }
  return empty;
}

/* ---- chunks and headers ---- */

static void
send_segments_locked (
    CmafPackager *packager, PackagerTrack *track, GQueue *done)
{
  CmafAssembledSegment *segment;

  while ((segment = g_queue_pop_head (done)) != NULL) {
    PackagerItem *item = g_new0 (PackagerItem, 1);

    item->type = ITEM_SEGMENT;
    item->segment = segment;
    send_item_locked (packager, track, item);
  }
}

static gboolean
flush_segment_locked (
    CmafPackager *packager, PackagerTrack *track, GError **error)
{
  GQueue done = G_QUEUE_INIT;
  gboolean flushed =
      cmaf_segment_assembler_flush (track->assembler, &done, error);

  send_segments_locked (packager, track, &done);
  return flushed;
}

static void
check_grid_locked (CmafPackager *packager, PackagerTrack *track)
{
  GError *warning = packager_find_odd_grid (
      track, &packager->grid, packager->config.segment_duration_n > 0);

  if (warning != NULL)
    warn_locked (packager, warning);
}

static void
make_assembler_locked (CmafPackager *packager, PackagerTrack *track)
{
  const CmafSegmentAssemblerConfig config = {
    .grid = packager->grid,
    .media_template = packager->config.media_template,
    .number_offset = packager->config.number_offset,
    .low_latency = packager->config.low_latency,
    .store = packager->config.write_segments ? packager->store : NULL,
  };

  track->assembler = cmaf_segment_assembler_new (&config, track->name);
}

/* Takes @item. */
static gboolean
take_header_locked (CmafPackager *packager, PackagerTrack *track,
    PackagerItem *item, GError **error)
{
  gchar hash[9];

  if (track->assembler == NULL)
    make_assembler_locked (packager, track);
  cmaf_init_segment_hash (item->header, hash);
  item->name = g_strdup_printf (
      "%s/init-%s.%s", track->name, hash, packager->config.header_extension);
  if (!packager_check_addressing (track, item->track, &packager->grid,
          packager->config.addressing, error)
      || !flush_segment_locked (packager, track, error)
      || (packager->config.write_segments
          && !cmaf_object_store_put (packager->store, item->name,
              cmaf_track_mime_type (item->track), CMAF_OBJECT_ATOMIC,
              item->header, error))) {
    packager_free_item (item);
    return FALSE;
  }
  if (track->media != NULL && strcmp (track->header_name, item->name) != 0) {
    g_free (track->old_header_name);
    track->old_header_name = g_strdup (track->header_name);
    if (track->media->generation == item->track->generation)
      warn_locked (packager,
          g_error_new (CMAF_ERROR, CMAF_ERROR_CONFIG,
              "track %s: a new header begins, it differs in %s", track->name,
              cmaf_track_find_difference (track->media, item->track)));
  }
  g_clear_pointer (&track->media, cmaf_track_unref);
  track->media = cmaf_track_ref (item->track);
  g_free (track->header_name);
  track->header_name = g_strdup (item->name);
  cmaf_segment_assembler_set_track (track->assembler, track->media);
  check_grid_locked (packager, track);
  send_item_locked (packager, track, item);
  return TRUE;
}

static void
note_events_locked (
    CmafPackager *packager, PackagerTrack *track, const CmafChunk *chunk)
{
  GError *warning = NULL;

  cmaf_event_list_add_chunk (
      cmaf_publication_get_events (packager->publication), track->name,
      track->media, chunk, &warning);
  if (warning != NULL)
    warn_locked (packager, warning);
}

/* Takes @item. */
static gboolean
take_chunk_locked (CmafPackager *packager, PackagerTrack *track,
    PackagerItem *item, GError **error)
{
  guint64 dropped = cmaf_segment_assembler_get_dropped (track->assembler);
  GQueue done = G_QUEUE_INIT;
  GError *warning = NULL;
  gboolean pushed = cmaf_segment_assembler_push (
      track->assembler, item->chunk, &done, &warning, error);

  send_segments_locked (packager, track, &done);
  if (warning != NULL)
    warn_locked (packager, warning);
  if (cmaf_segment_assembler_get_dropped (track->assembler) > dropped)
    packager->are_counts_old = TRUE;
  else
    note_events_locked (packager, track, item->chunk);
  packager_free_item (item);
  return pushed;
}

/* Takes @item. */
static gboolean
take_end_locked (CmafPackager *packager, PackagerTrack *track,
    PackagerItem *item, GError **error)
{
  gboolean flushed = flush_segment_locked (packager, track, error);

  send_item_locked (packager, track, item);
  return flushed;
}

static gboolean
empty_inbox_locked (
    CmafPackager *packager, PackagerTrack *track, GError **error)
{
  PackagerItem *item;

  while ((item = g_queue_pop_head (&track->inbox)) != NULL) {
    gboolean taken;

    if (item->type == ITEM_HEADER)
      taken = take_header_locked (packager, track, item, error);
    else if (item->type == ITEM_CHUNK)
      taken = take_chunk_locked (packager, track, item, error);
    else
      taken = take_end_locked (packager, track, item, error);
    if (!taken)
      return FALSE;
  }
  return TRUE;
}

/* ---- the segment duration ---- */

/* Whether those that are there have waited long enough for others. */
static gboolean
are_overdue_locked (const CmafPackager *packager)
{
  GstClockTime most = 0;

  if (packager->config.max_lag == 0)
    return FALSE;
  for (guint i = 0; i < packager->tracks->len; i++)
    most = MAX (
        most, packager_measure_inbox (g_ptr_array_index (packager->tracks, i)));
  return most >= MAX_GUESS_WAIT;
}

static gboolean
find_grid_locked (CmafPackager *packager, gboolean force)
{
  const guint n_expected = g_atomic_int_get (&packager->n_expected);

  return packager_find_grid (packager->tracks,
      packager->tracks->len >= n_expected || are_overdue_locked (packager),
      force || packager->inbox_bytes > MAX_INBOX_BYTES, &packager->grid);
}

static void
start_publication_locked (CmafPackager *packager)
{
  const CmafPublicationConfig publication = {
    .presentation =
        cmaf_packager_config_describe (&packager->config, &packager->grid),
    .window_quantum = packager->config.window_quantum,
    .max_lag = packager->config.max_lag,
  };

  packager->has_grid = TRUE;
  packager->publication = cmaf_publication_new (&publication);
}

/* Moves everything on as far as it goes. */
static gboolean
run_locked (CmafPackager *packager, gboolean force, GError **error)
{
  guint i;

  if (!packager->has_grid) {
    if (packager->tracks->len == 0 || !find_grid_locked (packager, force))
      return TRUE;
    start_publication_locked (packager);
  }
  for (i = 0; i < packager->tracks->len; i++)
    if (!empty_inbox_locked (
            packager, g_ptr_array_index (packager->tracks, i), error))
      return FALSE;
  packager->inbox_bytes = 0;
  is_outbox_empty_locked (packager);
  return publish_locked (packager, error);
}

/* ---- the interface ---- */

CmafPackager *
cmaf_packager_new (const CmafPackagerConfig *config, CmafObjectStore *store,
    const CmafPackagerCallbacks *callbacks, gpointer user_data, GError **error)
{
  CmafPackagerConfig complete = *config;
  CmafPackager *packager;

  if (!cmaf_packager_config_complete (&complete, error))
    return NULL;
  packager = g_new0 (CmafPackager, 1);
  packager->config = complete;
  packager->store = cmaf_object_store_ref (store);
  if (callbacks != NULL)
    packager->callbacks = *callbacks;
  packager->user_data = user_data;
  g_mutex_init (&packager->lock);
  g_mutex_init (&packager->counts_lock);
  packager_counts_init (&packager->counts);
  g_cond_init (&packager->flushed);
  packager->tracks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)packager_free_track);
  packager->publisher =
      cmaf_manifest_publisher_new (store, packager->config.mpd_name,
          packager->config.vod_mpd_name, packager->config.master_name);
  if (cmaf_segment_grid_init (&packager->grid, complete.segment_duration_n,
          complete.segment_duration_d, NULL))
    start_publication_locked (packager);
  renew_counts_locked (packager);
  return packager;
}

void
cmaf_packager_free (CmafPackager *packager)
{
  g_ptr_array_unref (packager->tracks);
  g_clear_pointer (&packager->publication, cmaf_publication_free);
  cmaf_manifest_publisher_free (packager->publisher);
  cmaf_object_store_unref (packager->store);
  g_clear_error (&packager->failure);
  g_mutex_clear (&packager->lock);
  g_mutex_clear (&packager->counts_lock);
  packager_counts_clear (&packager->counts);
  g_cond_clear (&packager->flushed);
  cmaf_packager_config_clear (&packager->config);
  g_free (packager);
}

void
cmaf_packager_set_expected (CmafPackager *packager, guint n_tracks)
{
  g_atomic_int_set (&packager->n_expected, n_tracks);
}

void
cmaf_packager_set_max_lag (CmafPackager *packager, guint max_lag)
{
  g_mutex_lock (&packager->lock);
  packager->config.max_lag = max_lag;
  if (packager->publication != NULL)
    cmaf_publication_set_max_lag (packager->publication, max_lag);
  g_mutex_unlock (&packager->lock);
}

void
cmaf_packager_set_flushing (CmafPackager *packager, gboolean flushing)
{
  g_mutex_lock (&packager->lock);
  packager->is_flushing = flushing;
  g_cond_broadcast (&packager->flushed);
  g_mutex_unlock (&packager->lock);
}

static gboolean
put_item_locked (CmafPackager *packager, PackagerTrack *track,
    PackagerItem *item, GError **error)
{
  if (!check_failure_locked (packager, error)) {
    packager_free_item (item);
    return FALSE;
  }
  g_queue_push_tail (&track->inbox, item);
  return run_locked (packager, FALSE, error);
}

gboolean
cmaf_packager_set_header (CmafPackager *packager, const gchar *name,
    CmafTrack *track, GBytes *header, GError **error)
{
  GError *failure = NULL;
  gboolean done = TRUE;
  CmafPackagerEvents events;
  PackagerTrack *known;

  if (!cmaf_track_name_is_valid (name)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "track name \"%s\" needs letters, digits and . _ ~ -, at most 64",
        name);
    return FALSE;
  }
  enter (packager, &events);
  known = packager_find_track (packager->tracks, name);
  if (known == NULL)
    known = packager_add_track (packager->tracks, name);
  if (!known->is_live || !g_bytes_equal (known->header, header)) {
    PackagerItem *item = g_new0 (PackagerItem, 1);

    known->is_live = TRUE;
    packager->are_counts_old = TRUE;
    g_clear_pointer (&known->header, g_bytes_unref);
    known->header = g_bytes_ref (header);
    item->type = ITEM_HEADER;
    item->track = cmaf_track_ref (track);
    item->header = g_bytes_ref (header);
    done = put_item_locked (packager, known, item, &failure);
  }
  return leave (packager, &events, done, failure, error);
}

static PackagerTrack *
get_live_track_locked (
    CmafPackager *packager, const gchar *name, GError **error)
{
  PackagerTrack *track = packager_find_track (packager->tracks, name);

  if (track == NULL || !track->is_live) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NO_HEADER,
        "track %s: media comes before its CMAF header", name);
    return NULL;
  }
  return track;
}

gboolean
cmaf_packager_push (
    CmafPackager *packager, const gchar *name, CmafChunk *chunk, GError **error)
{
  GError *failure = NULL;
  gboolean done;
  CmafPackagerEvents events;
  PackagerTrack *track;
  PackagerItem *item;

  enter (packager, &events);
  track = get_live_track_locked (packager, name, error);
  if (track == NULL)
    return leave (packager, &events, TRUE, NULL, NULL) && FALSE;
  item = g_new0 (PackagerItem, 1);
  item->type = ITEM_CHUNK;
  item->chunk = cmaf_chunk_ref (chunk);
  packager->inbox_bytes += chunk->size;
  done = put_item_locked (packager, track, item, &failure);
  return leave (packager, &events, done, failure, error);
}

gboolean
cmaf_packager_poll (CmafPackager *packager, GError **error)
{
  GError *failure = NULL;
  gboolean done = TRUE;
  CmafPackagerEvents events;

  g_mutex_lock (&packager->lock);
  if (packager->events != NULL) { /* _finish() waits, and looks by itself */
    g_cond_broadcast (&packager->flushed);
    g_mutex_unlock (&packager->lock);
    return TRUE;
  }
  memset (&events, 0, sizeof events);
  packager->events = &events;
  if (packager->failure == NULL && packager->has_grid) {
    is_outbox_empty_locked (packager);
    done = publish_locked (packager, &failure);
  }
  return leave (packager, &events, done, failure, error);
}

static gboolean
end_track_locked (CmafPackager *packager, PackagerTrack *track, GError **error)
{
  PackagerItem *item = g_new0 (PackagerItem, 1);

  track->is_live = FALSE;
  packager->are_counts_old = TRUE;
  item->type = ITEM_END;
  return put_item_locked (packager, track, item, error);
}

gboolean
cmaf_packager_end_track (
    CmafPackager *packager, const gchar *name, GError **error)
{
  GError *failure = NULL;
  gboolean done = TRUE;
  CmafPackagerEvents events;
  PackagerTrack *track;

  enter (packager, &events);
  track = packager_find_track (packager->tracks, name);
  if (track != NULL && track->is_live)
    done = end_track_locked (packager, track, &failure);
  return leave (packager, &events, done, failure, error);
}

/* Until what we are to list is in the store, of which the manifests tell
 * meanwhile; or until none of it has come there for so long. */
static gboolean
wait_for_outbox_locked (CmafPackager *packager, GError **error)
{
  guint n_left = G_MAXUINT;
  gint64 deadline = 0;

  while (!is_outbox_empty_locked (packager) && !packager->is_flushing) {
    guint n = packager_outbox_count (packager->tracks);
    gint64 now = g_get_monotonic_time ();

    if (n < n_left)
      deadline = now + packager->config.finish_wait / GST_USECOND;
    n_left = n;
    if (now >= deadline)
      return TRUE;
    if (!publish_locked (packager, error))
      return FALSE;
    g_cond_wait_until (&packager->flushed, &packager->lock, now + FINISH_POLL);
  }
  return TRUE;
}

/* What the other packager never wrote, or the store did not take; the store
 * knows why. */
static void
give_up_outbox_locked (CmafPackager *packager)
{
  g_autofree gchar *first = NULL;

  packager->n_unlisted = packager_outbox_give_up (packager->tracks, &first);
  if (packager->n_unlisted == 0
      || cmaf_object_store_is_deferred (packager->store))
    return;
  warn_locked (packager, g_error_new (CMAF_ERROR, CMAF_ERROR_NOT_FOUND,
                             "%u objects were not written, the first is %s, "
                             "and are not listed; needs the element that "
                             "writes them to run until the end",
                             packager->n_unlisted, first));
}

static gboolean
finish_locked (CmafPackager *packager, GError **error)
{
  guint i;

  if (!check_failure_locked (packager, error))
    return FALSE;
  for (i = 0; i < packager->tracks->len; i++) {
    PackagerTrack *track = g_ptr_array_index (packager->tracks, i);

    if (track->is_live && !end_track_locked (packager, track, error))
      return FALSE;
  }
  if (!run_locked (packager, TRUE, error)
      || !wait_for_outbox_locked (packager, error))
    return FALSE;
  give_up_outbox_locked (packager);
  if (packager->publication == NULL)
    return TRUE;
  cmaf_publication_finish (packager->publication);
  return publish_locked (packager, error);
}

gboolean
cmaf_packager_finish (CmafPackager *packager, GError **error)
{
  GError *failure = NULL;
  gboolean done = TRUE;
  CmafPackagerEvents events;

  enter (packager, &events);
  if (!packager->is_finished)
    done = finish_locked (packager, &failure);
  packager->is_finished = done;
  return leave (packager, &events, done, failure, error);
}

guint
cmaf_packager_get_unlisted (CmafPackager *packager)
{
  guint n;

  g_mutex_lock (&packager->lock);
  n = packager->n_unlisted;
  g_mutex_unlock (&packager->lock);
  return n;
}

GstStructure *
cmaf_packager_get_stats (CmafPackager *packager)
{
  GstStructure *stats;

  g_mutex_lock (&packager->counts_lock);
  stats = packager_counts_to_structure (&packager->counts);
  g_mutex_unlock (&packager->counts_lock);
  return stats;
}
