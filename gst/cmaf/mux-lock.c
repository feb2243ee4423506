/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The timing lock of one pad. */
#include "mux-lock.h"

#include <gst/cmaf/timescale.h>

/* A correction is made so many segments ahead: key frames are asked for, and
 * other tracks may be ahead. */
#define SEGMENTS_AHEAD 7

typedef struct
{
  GstBuffer *buffer;
  CmafUnitTimes times;
} Arrived;

static void
arrived_free (Arrived *arrived)
{
  gst_clear_buffer (&arrived->buffer);
  g_free (arrived);
}

void
mux_lock_init (MuxLock *self, MuxTiming *timing)
{
  memset (self, 0, sizeof *self);
  self->timing = timing;
  g_queue_init (&self->arrived);
  g_queue_init (&self->inside);
}

static void
unref_buffer (gpointer buffer, gpointer data)
{
  if (buffer)
    gst_buffer_unref (buffer);
}

void
mux_lock_clear (MuxLock *self)
{
  if (self->is_publisher && self->timing->group)
    cmaf_sync_group_resign (self->timing->group, self);
  self->is_publisher = FALSE;
  g_queue_clear_full (&self->arrived, (GDestroyNotify)arrived_free);
  g_queue_foreach (&self->inside, unref_buffer, NULL);
  g_queue_clear (&self->inside);
  g_clear_pointer (&self->lock, cmaf_timing_lock_free);
  self->newest = 0;
}

void
mux_lock_give (MuxLock *self, const CmafSyncMapping *mapping)
{
  self->is_given = mapping != NULL;
  if (mapping)
    self->given = *mapping;
}

void
mux_lock_start (MuxLock *self, const CmafUnitGrid *units,
    const CmafSegmentGrid *grid, gboolean is_video)
{
  CmafTimingLockConfig config = self->timing->config;

  config.units = *units;
  config.is_video = is_video;
  g_clear_pointer (&self->lock, cmaf_timing_lock_free);
  self->lock = cmaf_timing_lock_new (&config);
  self->grid = *grid;
  self->units = *units;
  self->is_video = is_video;
}

gboolean
mux_lock_is_started (const MuxLock *self)
{
  return self->lock != NULL;
}

void
mux_lock_take (MuxLock *self, GstBuffer *buffer, const CmafUnitTimes *times)
{
  Arrived *arrived = g_new0 (Arrived, 1);

  if (buffer)
    arrived->buffer = gst_buffer_ref (buffer);
  arrived->times = *times;
  if (self->arrived.length == 0)
    self->since = g_get_monotonic_time ();
  g_queue_push_tail (&self->arrived, arrived);
}

gboolean
mux_lock_must_wait (MuxLock *self, gboolean is_last)
{
  CmafSyncMember *member = self->timing->member;
  const Arrived *first = g_queue_peek_head (&self->arrived);
  const Arrived *last = g_queue_peek_tail (&self->arrived);

  if (!first || !cmaf_sync_member_expects_mapping (member))
    return FALSE;
  if (!is_last
      && last->times.running_time - first->times.running_time
             < (gint64)MUX_PATIENCE)
    return TRUE;
  cmaf_sync_member_wait_mapping (
      member, self->since + (gint64)GST_TIME_AS_USECONDS (MUX_PATIENCE));
  return FALSE;
}

/* Unit and segment at a media time */
static guint64
find_numbers (const MuxLock *self, gint64 media_time, guint64 *segment)
{
  const gint64 phase =
      (gint64)cmaf_ns_from_ticks (self->units.phase, self->units.timescale);
  const guint64 unit = cmaf_unit_from_media_time (
      &self->units, (guint64)MAX (media_time - phase, 0));

  *segment = cmaf_segment_grid_number_of_unit (&self->grid, &self->units, unit);
  return unit;
}

/* ---- the group ---- */

/* Audio goes by the mapping of the group; video begins with it, and then goes
 * by its own frames. */
static void
hear_group (MuxLock *self)
{
  CmafSyncMapping mapping;
  CmafTimingSource source;
  gint64 offset;

  if (self->is_given) {
    cmaf_timing_lock_follow (
        self->lock, self->given.source, self->given.offset, &self->given.step);
    return;
  }
  if (!cmaf_sync_group_get_mapping (self->timing->group, &mapping))
    return;
  if (!self->is_video && !self->is_publisher)
    cmaf_timing_lock_follow (
        self->lock, mapping.source, mapping.offset, &mapping.step);
  else if (!cmaf_timing_lock_get_mapping (self->lock, &source, &offset))
    cmaf_timing_lock_adopt (
        self->lock, mapping.source, mapping.offset, &mapping.step);
  else if (source == CMAF_TIMING_CLOCK && mapping.source == source
           && mapping.step.id != cmaf_timing_lock_get_step (self->lock)->id)
    cmaf_timing_lock_step (self->lock, &mapping.step);
}

static gboolean
is_published (const MuxLock *self, const CmafSyncMapping *mapping)
{
  const gint64 drift = mapping->offset - self->published.offset;

  return self->is_publisher && mapping->source == self->published.source
         && mapping->step.id == self->published.step.id
         && ABS (drift) < (gint64)GST_MSECOND;
}

/* @was_locked: before the last unit. Without, a mapping that another track has
 * told in the meantime goes before ours. */
static void
tell_group (MuxLock *self, gboolean was_locked)
{
  CmafSyncMapping mapping;

  if (self->is_given
      || !cmaf_timing_lock_get_mapping (
          self->lock, &mapping.source, &mapping.offset))
    return;
  cmaf_timing_lock_share (self->lock, &mapping.offset, &mapping.step);
  if (is_published (self, &mapping))
    return;
  self->is_publisher =
      cmaf_sync_group_publish (self->timing->group, self, &mapping);
  if (self->is_publisher)
    self->published = mapping;
  else if (!was_locked)
    hear_group (self);
}

/* The frames before boundary K are one too few, or one too many: the mapping
 * steps there, for all tracks. */
static void
correct (MuxLock *self)
{
  const gint64 frame = cmaf_sync_group_get_frame (self->timing->group);
  const gint sign = cmaf_timing_lock_correction (self->lock);
  CmafTimingStep step;
  guint64 number;

  if (sign == 0 || !self->is_publisher || frame == 0)
    return;
  find_numbers (self, self->newest, &number);
  step.id = cmaf_timing_lock_get_step (self->lock)->id + 1;
  step.delta = sign * frame;
  step.at =
      cmaf_timing_lock_running_time (self->lock,
          (gint64)cmaf_segment_grid_edge (&self->grid, number + SEGMENTS_AHEAD))
      - frame / 4 - MAX (step.delta, 0);
  if (cmaf_sync_group_add_step (self->timing->group, &step))
    hear_group (self);
}

/* ---- deciding ---- */

static void
hint (MuxLock *self)
{
  CmafSyncMapping mapping;

  if (cmaf_sync_group_get_mapping (self->timing->group, &mapping)
      && mapping.source == CMAF_TIMING_CLOCK)
    cmaf_timing_lock_hint (self->lock, mapping.offset);
}

static gboolean
push (MuxLock *self, Arrived *arrived, GError **error)
{
  CmafTimingSource source;
  gboolean was_locked;
  gint64 offset;

  hear_group (self);
  if (self->is_video && !self->is_publisher)
    hint (self);
  was_locked = cmaf_timing_lock_get_mapping (self->lock, &source, &offset);
  g_queue_push_tail (&self->inside, g_steal_pointer (&arrived->buffer));
  if (!cmaf_timing_lock_push (self->lock, &arrived->times, error))
    return FALSE;
  tell_group (self, was_locked);
  return TRUE;
}

gboolean
mux_lock_decide (MuxLock *self, gboolean is_last, GError **error)
{
  Arrived *arrived;
  gboolean ok = TRUE;

  while (ok && (arrived = g_queue_pop_head (&self->arrived))) {
    ok = push (self, arrived, error);
    arrived_free (arrived);
  }
  if (!ok || !is_last || !self->lock)
    return ok;
  if (!cmaf_timing_lock_finish (self->lock, error))
    return FALSE;
  tell_group (self, TRUE);
  return TRUE;
}

gboolean
mux_lock_next (MuxLock *self, GstBuffer **buffer, CmafPlacement *placement)
{
  if (!self->lock || !cmaf_timing_lock_pop (self->lock, placement))
    return FALSE;
  *buffer = g_queue_pop_head (&self->inside);
  self->newest = MAX (self->newest, placement->media_time);
  if (placement->begins_run)
    self->newest = MAX (placement->media_time, 0);
  if (self->is_video)
    correct (self);
  return TRUE;
}

/* ---- telling ---- */

GstStructure *
mux_lock_next_event (MuxLock *self, CmafLockEventKind *kind)
{
  static const gchar *const names[CMAF_N_LOCK_EVENTS] = { "cmaf-sync-locked",
    "cmaf-sync-lost", "cmaf-sync-jitter", "cmaf-sync-clock-error" };
  static const gchar *const values[CMAF_N_LOCK_EVENTS] = { "offset", "jump",
    "scatter", "error" };
  CmafLockEvent event;
  guint64 unit, segment;
  GstStructure *s;

  if (!self->lock || !cmaf_timing_lock_next_event (self->lock, &event))
    return NULL;
  *kind = event.kind;
  unit = find_numbers (self, event.media_time, &segment);
  s = gst_structure_new (names[event.kind], "class", G_TYPE_STRING,
      cmaf_timing_class (event.source), "source", G_TYPE_STRING,
      cmaf_timing_source_name (event.source), "n", G_TYPE_UINT64, unit, "K",
      G_TYPE_UINT64, segment, values[event.kind], G_TYPE_INT64, event.value,
      NULL);
  if (event.kind != CMAF_LOCK_LOCKED)
    gst_structure_set (s, "reason", G_TYPE_STRING, event.reason, NULL);
  return s;
}

/* ---- asking ---- */

gboolean
mux_lock_has_mapping (const MuxLock *self)
{
  CmafTimingSource source;
  gint64 offset;

  return self->lock
         && cmaf_timing_lock_get_mapping (self->lock, &source, &offset);
}

gboolean
mux_lock_is_empty (const MuxLock *self)
{
  return self->arrived.length == 0 && self->inside.length == 0;
}

gint64
mux_lock_media_time (const MuxLock *self, gint64 running_time)
{
  CmafTimingSource source;
  gint64 offset;

  if (!cmaf_timing_lock_get_mapping (self->lock, &source, &offset))
    return running_time + offset;
  return cmaf_timing_lock_media_time (self->lock, running_time);
}

gint64
mux_lock_running_time (const MuxLock *self, gint64 media_time)
{
  CmafTimingSource source;
  gint64 offset;

  if (!cmaf_timing_lock_get_mapping (self->lock, &source, &offset))
    return media_time - offset;
  return cmaf_timing_lock_running_time (self->lock, media_time);
}
