/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One lock, one condition; the list of members is short. */
#include "sync-group.h"

#include <gst/cmaf/timescale.h>

#include <string.h>

/* The latest of what was said */
#define MAX_TOLD 16

struct _CmafSyncGroup
{
  gatomicrefcount ref_count;
  GMutex lock;
  GCond changed;
  GPtrArray *members; /* lock: lock; as all below */
  gboolean has_grid, has_moves;
  CmafSegmentGrid grid;
  guint fps_d;             /* of the video members: 1, or 1001; 0 none yet */
  gint64 frame;            /* ns: the longest of the video members */
  CmafUnitGrid frames;     /* those; timescale 0: none */
  CmafCueList *cues;       /* immutable pointer */
  CmafGridMoves *moves;    /* immutable pointer */
  CmafSpliceList *splices; /* immutable pointer */
  CmafServicePlan *plan;   /* immutable pointer */
  CmafEventBoard *events;  /* immutable pointer */
  gboolean has_mapping;
  CmafSyncMapping mapping;
  gconstpointer publisher; /* of the mapping; NULL: nobody */
  gint64 search_ended;     /* monotonic us; 0: never */
  GPtrArray *told;         /* of gchar */
};

struct _CmafSyncMember
{
  CmafSyncGroup *group;
  gboolean has_media; /* lock: group's; as all below */
  CmafMedia media;
  gboolean is_raw; /* with a muxer behind */
  gboolean is_awake;
  gboolean is_poked;
  gboolean is_searching;
  gboolean follows_slowest;
  gboolean has_progress, has_ended;
  GstClockTime first, furthest; /* media time, with has_progress */
};

G_DEFINE_BOXED_TYPE (
    CmafSyncGroup, cmaf_sync_group, cmaf_sync_group_ref, cmaf_sync_group_unref)

CmafSyncGroup *
cmaf_sync_group_new (void)
{
  CmafSyncGroup *group = g_new0 (CmafSyncGroup, 1);

  g_atomic_ref_count_init (&group->ref_count);
  g_mutex_init (&group->lock);
  g_cond_init (&group->changed);
  group->members = g_ptr_array_new ();
  group->told = g_ptr_array_new_with_free_func (g_free);
  group->cues = cmaf_cue_list_new ();
  group->moves = cmaf_grid_moves_new ();
  group->splices = cmaf_splice_list_new ();
  group->plan = cmaf_service_plan_new ();
  group->events = cmaf_event_board_new ();
  return group;
}

CmafSyncGroup *
cmaf_sync_group_ref (CmafSyncGroup *group)
{
  g_atomic_ref_count_inc (&group->ref_count);
  return group;
}

void
cmaf_sync_group_unref (CmafSyncGroup *group)
{
  if (!g_atomic_ref_count_dec (&group->ref_count))
    return;
  g_ptr_array_unref (group->members);
  g_ptr_array_unref (group->told);
  cmaf_cue_list_unref (group->cues);
  cmaf_grid_moves_unref (group->moves);
  cmaf_splice_list_unref (group->splices);
  cmaf_service_plan_unref (group->plan);
  cmaf_event_board_unref (group->events);
  g_mutex_clear (&group->lock);
  g_cond_clear (&group->changed);
  g_free (group);
}

/* ---- members ---- */

/* What those that wait for progress go by is another now. */
static void
poke_all_locked (CmafSyncGroup *group)
{
  for (guint i = 0; i < group->members->len; i++) {
    CmafSyncMember *member = group->members->pdata[i];

    member->is_poked = TRUE;
  }
  g_cond_broadcast (&group->changed);
}

CmafSyncMember *
cmaf_sync_group_join (CmafSyncGroup *group)
{
  CmafSyncMember *member = g_new0 (CmafSyncMember, 1);

  member->group = cmaf_sync_group_ref (group);
  g_mutex_lock (&group->lock);
  g_ptr_array_add (group->members, member);
  g_mutex_unlock (&group->lock);
  return member;
}

void
cmaf_sync_member_leave (CmafSyncMember *member)
{
  CmafSyncGroup *group = member->group;

  g_mutex_lock (&group->lock);
  g_ptr_array_remove (group->members, member);
  if (group->members->len == 0) {
    group->has_grid = FALSE;
    group->fps_d = 0;
    group->frame = 0;
    group->frames.timescale = 0;
    cmaf_cue_list_clear (group->cues);
    cmaf_grid_moves_set (group->moves, NULL, 0);
    cmaf_splice_list_clear (group->splices);
    cmaf_service_plan_clear (group->plan);
    cmaf_event_board_clear (group->events);
    group->has_mapping = FALSE;
    group->publisher = NULL;
    group->search_ended = 0;
    g_ptr_array_set_size (group->told, 0);
  }
  poke_all_locked (group);
  g_mutex_unlock (&group->lock);
  g_free (member);
  cmaf_sync_group_unref (group);
}

gboolean
cmaf_sync_group_is_news (CmafSyncGroup *group, const gchar *text)
{
  gboolean is_news;

  g_mutex_lock (&group->lock);
  is_news =
      !g_ptr_array_find_with_equal_func (group->told, text, g_str_equal, NULL);
  if (is_news && group->told->len == MAX_TOLD)
    g_ptr_array_remove_index (group->told, 0);
  if (is_news)
    g_ptr_array_add (group->told, g_strdup (text));
  g_mutex_unlock (&group->lock);
  return is_news;
}

void
cmaf_sync_member_wake (CmafSyncMember *member, gboolean awake)
{
  g_mutex_lock (&member->group->lock);
  member->is_awake = awake;
  g_cond_broadcast (&member->group->changed);
  g_mutex_unlock (&member->group->lock);
}

void
cmaf_sync_member_declare_raw (CmafSyncMember *member, CmafMedia media)
{
  g_mutex_lock (&member->group->lock);
  member->has_media = TRUE;
  member->media = media;
  member->is_raw = TRUE;
  g_cond_broadcast (&member->group->changed);
  g_mutex_unlock (&member->group->lock);
}

void
cmaf_sync_member_declare (CmafSyncMember *member, CmafMedia media)
{
  g_mutex_lock (&member->group->lock);
  member->has_media = TRUE;
  member->media = media;
  g_cond_broadcast (&member->group->changed);
  g_mutex_unlock (&member->group->lock);
}

/* ---- the grid ---- */

static gboolean
may_be_video_locked (const CmafSyncGroup *group)
{
  guint n_unknown = 0, n_raw = 0, n_audio = 0;

  for (guint i = 0; i < group->members->len; i++) {
    const CmafSyncMember *member = group->members->pdata[i];

    if (!member->has_media)
      n_unknown++;
    else if (member->media == CMAF_MEDIA_VIDEO)
      return TRUE;
    else if (member->is_raw)
      n_raw++;
    else if (member->media == CMAF_MEDIA_AUDIO)
      n_audio++;
  }
  /* behind each raw one there is one that will be audio */
  return n_unknown > (n_raw > n_audio ? n_raw - n_audio : 0);
}

static gboolean
check_family_locked (
    CmafSyncGroup *group, const CmafSyncDemand *demand, GError **error)
{
  guint family = demand->fps_d == 1001 ? 1001 : 1;
  gint64 frame;

  if (group->fps_d != 0 && group->fps_d != family) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "framerate: found %u/%u, needs %s as the other video tracks of the "
        "presentation",
        demand->fps_n, demand->fps_d,
        group->fps_d == 1001 ? "n/1001" : "an integer rate");
    return FALSE;
  }
  group->fps_d = family;
  frame = (gint64)gst_util_uint64_scale_round (
      GST_SECOND, demand->fps_d, MAX (demand->fps_n, 1));
  if (frame > group->frame
      && cmaf_video_timescale (demand->fps_n, demand->fps_d,
          &group->frames.timescale, &group->frames.unit_ticks))
    group->frames.phase = 0;
  group->frame = MAX (group->frame, frame);
  return TRUE;
}

static gboolean
check_exact (
    const CmafSyncDemand *demand, const CmafSegmentGrid *grid, GError **error)
{
  CmafSegmentGrid fitting;

  if (!demand->is_exact
      || cmaf_segment_grid_is_exact (grid, demand->fps_n, demand->fps_d))
    return TRUE;
  if (!cmaf_segment_grid_init_fitting (&fitting, grid->duration_n,
          grid->duration_d, demand->fps_n, demand->fps_d))
    fitting = *grid;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "segment-duration: found %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      ", needs a whole number of frames at %u/%u, such as %" G_GUINT64_FORMAT
      "/%" G_GUINT64_FORMAT " (or grid-mode=nominal)",
      grid->duration_n, grid->duration_d, demand->fps_n, demand->fps_d,
      fitting.duration_n, fitting.duration_d);
  return FALSE;
}

static gboolean
check_same (
    const CmafSegmentGrid *wanted, const CmafSegmentGrid *grid, GError **error)
{
  if (wanted->duration_n == 0
      || (wanted->duration_n == grid->duration_n
          && wanted->duration_d == grid->duration_d))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "segment-duration: found %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      ", needs %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      " as the other tracks of the presentation",
      wanted->duration_n, wanted->duration_d, grid->duration_n,
      grid->duration_d);
  return FALSE;
}

static gboolean
check_moves_locked (
    const CmafSyncGroup *group, const CmafSyncDemand *demand, GError **error)
{
  if (!group->has_grid || group->has_moves == demand->has_moves)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "splice-mode: found %s, needs %s as the other tracks of the presentation",
      demand->has_moves ? "move" : "idr", group->has_moves ? "move" : "idr");
  return FALSE;
}

/* The grid that this member would choose, were it alone. */
static void
choose_grid (const CmafSyncDemand *demand, CmafSegmentGrid *grid)
{
  if (demand->wanted.duration_n > 0)
    *grid = demand->wanted;
  else if (demand->media == CMAF_MEDIA_VIDEO)
    cmaf_segment_grid_init_default (grid, demand->fps_n, demand->fps_d);
  else
    cmaf_segment_grid_init_default (grid, 25, 1);
}

static gboolean
agree_locked (CmafSyncMember *member, const CmafSyncDemand *demand,
    gint64 until, CmafSegmentGrid *grid, GError **error)
{
  CmafSyncGroup *group = member->group;
  gboolean is_video = demand->media == CMAF_MEDIA_VIDEO;

  while (!is_video && demand->wanted.duration_n == 0 && !group->has_grid
         && !member->is_awake && may_be_video_locked (group)) {
    if (!g_cond_wait_until (&group->changed, &group->lock, until))
      break;
  }
  if (member->is_awake)
    return FALSE;
  if (is_video && !check_family_locked (group, demand, error))
    return FALSE;
  if (group->has_grid)
    *grid = group->grid;
  else
    choose_grid (demand, grid);
  if (!check_same (&demand->wanted, grid, error)
      || !check_moves_locked (group, demand, error)
      || (is_video && !check_exact (demand, grid, error)))
    return FALSE;
  group->grid = *grid;
  group->has_grid = TRUE;
  group->has_moves = demand->has_moves;
  return TRUE;
}

gboolean
cmaf_sync_member_agree (CmafSyncMember *member, const CmafSyncDemand *demand,
    gint64 until, CmafSegmentGrid *grid, GError **error)
{
  CmafSyncGroup *group = member->group;
  gboolean agreed;

  g_mutex_lock (&group->lock);
  member->has_media = TRUE;
  member->media = demand->media;
  agreed = agree_locked (member, demand, until, grid, error);
  g_cond_broadcast (&group->changed);
  g_mutex_unlock (&group->lock);
  return agreed;
}

gboolean
cmaf_sync_member_declare_frames (
    CmafSyncMember *member, guint fps_n, guint fps_d, GError **error)
{
  const CmafSyncDemand demand = { .fps_n = fps_n, .fps_d = fps_d };
  gboolean fits;

  g_mutex_lock (&member->group->lock);
  fits = check_family_locked (member->group, &demand, error);
  g_mutex_unlock (&member->group->lock);
  return fits;
}

gboolean
cmaf_sync_group_get_grid (CmafSyncGroup *group, CmafSegmentGrid *grid)
{
  gboolean has_grid;

  g_mutex_lock (&group->lock);
  has_grid = group->has_grid;
  if (has_grid)
    *grid = group->grid;
  g_mutex_unlock (&group->lock);
  return has_grid;
}

gint64
cmaf_sync_group_get_frame (CmafSyncGroup *group)
{
  gint64 frame;

  g_mutex_lock (&group->lock);
  frame = group->frame;
  g_mutex_unlock (&group->lock);
  return frame;
}

gboolean
cmaf_sync_group_get_frames (CmafSyncGroup *group, CmafUnitGrid *frames)
{
  g_mutex_lock (&group->lock);
  *frames = group->frames;
  g_mutex_unlock (&group->lock);
  return frames->timescale > 0;
}

/* ---- splices ---- */

CmafCueList *
cmaf_sync_group_get_cues (CmafSyncGroup *group)
{
  return cmaf_cue_list_ref (group->cues);
}

CmafGridMoves *
cmaf_sync_group_get_moves (CmafSyncGroup *group)
{
  return cmaf_grid_moves_ref (group->moves);
}

CmafSpliceList *
cmaf_sync_group_get_splices (CmafSyncGroup *group)
{
  return cmaf_splice_list_ref (group->splices);
}

CmafServicePlan *
cmaf_sync_group_get_plan (CmafSyncGroup *group)
{
  return cmaf_service_plan_ref (group->plan);
}

CmafEventBoard *
cmaf_sync_group_get_events (CmafSyncGroup *group)
{
  return cmaf_event_board_ref (group->events);
}

/* ---- the mapping ---- */

gboolean
cmaf_sync_group_publish (
    CmafSyncGroup *group, gconstpointer who, const CmafSyncMapping *mapping)
{
  gboolean may_publish;

  g_mutex_lock (&group->lock);
  may_publish = !group->publisher || group->publisher == who;
  if (may_publish) {
    group->publisher = who;
    group->mapping = *mapping;
    group->has_mapping = TRUE;
    g_cond_broadcast (&group->changed);
  }
  g_mutex_unlock (&group->lock);
  return may_publish;
}

void
cmaf_sync_group_resign (CmafSyncGroup *group, gconstpointer who)
{
  g_mutex_lock (&group->lock);
  if (group->publisher == who)
    group->publisher = NULL;
  g_mutex_unlock (&group->lock);
}

gboolean
cmaf_sync_group_get_mapping (CmafSyncGroup *group, CmafSyncMapping *mapping)
{
  gboolean has_mapping;

  g_mutex_lock (&group->lock);
  has_mapping = group->has_mapping;
  if (has_mapping)
    *mapping = group->mapping;
  g_mutex_unlock (&group->lock);
  return has_mapping;
}

gboolean
cmaf_sync_group_add_step (CmafSyncGroup *group, const CmafTimingStep *step)
{
  CmafSyncMapping *mapping = &group->mapping;
  gboolean is_next;

  g_mutex_lock (&group->lock);
  is_next = group->has_mapping && step->id == mapping->step.id + 1;
  if (is_next) {
    mapping->offset += mapping->step.delta;
    mapping->step = *step;
  }
  g_mutex_unlock (&group->lock);
  return is_next;
}

static gboolean
is_searching_locked (const CmafSyncGroup *group)
{
  for (guint i = 0; i < group->members->len; i++) {
    const CmafSyncMember *member = group->members->pdata[i];

    if (member->is_searching)
      return TRUE;
  }
  return FALSE;
}

static gboolean
expects_mapping_locked (const CmafSyncMember *member)
{
  const CmafSyncGroup *group = member->group;

  return !group->has_mapping && !member->is_awake
         && (may_be_video_locked (group) || is_searching_locked (group));
}

gboolean
cmaf_sync_member_expects_mapping (CmafSyncMember *member)
{
  gboolean expects;

  g_mutex_lock (&member->group->lock);
  expects = expects_mapping_locked (member);
  g_mutex_unlock (&member->group->lock);
  return expects;
}

/* For as long as somebody searches, and then for what is left of the time, or
 * for the first frames to come through. */
static gboolean
wait_locked (CmafSyncGroup *group, gint64 until)
{
  if (is_searching_locked (group)) {
    g_cond_wait (&group->changed, &group->lock);
    return TRUE;
  }
  if (group->search_ended > 0)
    until = MAX (until,
        group->search_ended + (gint64)GST_TIME_AS_USECONDS (CMAF_SYNC_LAG));
  return g_cond_wait_until (&group->changed, &group->lock, until);
}

void
cmaf_sync_member_wait_mapping (CmafSyncMember *member, gint64 until)
{
  CmafSyncGroup *group = member->group;

  g_mutex_lock (&group->lock);
  while (expects_mapping_locked (member) && wait_locked (group, until))
    ;
  g_mutex_unlock (&group->lock);
}

void
cmaf_sync_member_set_searching (CmafSyncMember *member, gboolean searching)
{
  CmafSyncGroup *group = member->group;

  g_mutex_lock (&group->lock);
  if (member->is_searching && !searching)
    group->search_ended = g_get_monotonic_time ();
  member->is_searching = searching;
  g_cond_broadcast (&group->changed);
  g_mutex_unlock (&group->lock);
}

gboolean
cmaf_sync_group_is_searching (CmafSyncGroup *group)
{
  gboolean is_searching;

  g_mutex_lock (&group->lock);
  is_searching = is_searching_locked (group);
  g_mutex_unlock (&group->lock);
  return is_searching;
}

/* ---- progress ---- */

void
cmaf_sync_member_note_progress (CmafSyncMember *member, GstClockTime media_time)
{
  g_mutex_lock (&member->group->lock);
  if (!member->has_progress)
    member->first = member->furthest = media_time;
  member->furthest = MAX (member->furthest, media_time);
  member->has_progress = TRUE;
  member->has_ended = FALSE;
  g_cond_broadcast (&member->group->changed);
  g_mutex_unlock (&member->group->lock);
}

void
cmaf_sync_member_note_end (CmafSyncMember *member)
{
  g_mutex_lock (&member->group->lock);
  member->has_ended = TRUE;
  poke_all_locked (member->group);
  g_mutex_unlock (&member->group->lock);
}

static gboolean
has_timeline_locked (const CmafSyncMember *member)
{
  return member->has_media && !member->is_raw
         && (member->media == CMAF_MEDIA_VIDEO
             || member->media == CMAF_MEDIA_AUDIO)
         && (member->has_progress || !member->has_ended);
}

static void
get_progress_locked (const CmafSyncMember *member, CmafSyncProgress *progress)
{
  const GPtrArray *members = member->group->members;
  GstClockTime slowest = GST_CLOCK_TIME_NONE;

  memset (progress, 0, sizeof *progress);
  progress->first = GST_CLOCK_TIME_NONE; /* the greatest value */
  progress->has_ended = TRUE;
  for (guint i = 0; i < members->len; i++) {
    const CmafSyncMember *other = members->pdata[i];

    if (other == member || !has_timeline_locked (other))
      continue;
    progress->has_others = TRUE;
    if (!other->has_ended) {
      progress->has_ended = FALSE;
      slowest = MIN (slowest, other->has_progress ? other->furthest : 0);
    }
    if (!other->has_progress)
      continue;
    progress->has_begun = TRUE;
    progress->first = MIN (progress->first, other->first);
    progress->furthest = MAX (progress->furthest, other->furthest);
  }
  if (!progress->has_others)
    progress->has_ended = FALSE;
  if (member->follows_slowest && slowest < progress->furthest)
    progress->furthest = MAX (
        slowest, progress->furthest - MIN (CMAF_SYNC_LAG, progress->furthest));
}

void
cmaf_sync_member_get_progress (
    CmafSyncMember *member, CmafSyncProgress *progress)
{
  g_mutex_lock (&member->group->lock);
  get_progress_locked (member, progress);
  g_mutex_unlock (&member->group->lock);
}

void
cmaf_sync_member_follow_slowest (CmafSyncMember *member)
{
  g_mutex_lock (&member->group->lock);
  member->follows_slowest = TRUE;
  g_mutex_unlock (&member->group->lock);
}

static gboolean
must_wait_locked (const CmafSyncMember *member, GstClockTime time)
{
  CmafSyncProgress progress;

  if (member->is_poked || member->is_awake)
    return FALSE;
  get_progress_locked (member, &progress);
  return !progress.has_begun || progress.furthest < time;
}

void
cmaf_sync_member_wait_progress (
    CmafSyncMember *member, GstClockTime time, gint64 until)
{
  CmafSyncGroup *group = member->group;

  g_mutex_lock (&group->lock);
  while (must_wait_locked (member, time)
         && g_cond_wait_until (&group->changed, &group->lock, until))
    ;
  member->is_poked = FALSE;
  g_mutex_unlock (&group->lock);
}

void
cmaf_sync_member_poke (CmafSyncMember *member)
{
  g_mutex_lock (&member->group->lock);
  member->is_poked = TRUE;
  g_cond_broadcast (&member->group->changed);
  g_mutex_unlock (&member->group->lock);
}
