/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where media time comes from. */
#include "mux-timing.h"

#include "frame-stamp.h"
#include "raw-pts.h"
#include "utc-clock.h"

#include <gst/video/video.h>

#define CONTEXT_PREFIX "gst.cmaf.sync-group."
#define GROUP_FIELD "sync-group"
#define STORE_FIELD "sync-store"
#define LEAP_FIELD "leap-seconds-file: "

/* ---- what clock and buffers say ---- */

/* Before it runs, an element has a clock at most, and no base time. */
static gboolean
is_running (GstElement *element)
{
  gboolean is_running;

  GST_OBJECT_LOCK (element);
  is_running = GST_STATE (element) == GST_STATE_PLAYING
               || GST_STATE_NEXT (element) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (element);
  return is_running;
}

static void
read_clock (const MuxTiming *self, gint64 running_time, CmafUnitTimes *times)
{
  g_autoptr (GstClock) clock =
      is_running (self->element) ? gst_element_get_clock (self->element) : NULL;

  times->utc =
      utc_clock_read (self->utc_clock, self->leaps) + self->clock_offset;
  times->has_clock = clock != NULL;
  if (clock) /* not when it came in, but when it was to be */
    times->utc += running_time
                  - (gint64)(gst_clock_get_time (clock)
                             - gst_element_get_base_time (self->element));
}

/* What tsepochtap has put there. */
static void
read_pts (const GstReferenceTimestampMeta *meta, GstClockTime time,
    CmafUnitTimes *times)
{
  const GstStructure *s = gst_caps_get_structure (meta->reference, 0);
  guint64 at;

  times->has_pts =
      gst_structure_has_name (s, RAW_PTS_CAPS)
      && gst_structure_get_uint64 (s, RAW_PTS_PAIR_PTS, &times->pair.pts)
      && gst_structure_get_uint64 (s, RAW_PTS_PAIR_TICKS, &times->pair.ticks);
  times->pts = meta->timestamp;
  if (GST_CLOCK_TIME_IS_VALID (time)
      && gst_structure_get_uint64 (s, RAW_PTS_AT, &at))
    times->pts = cmaf_pts_later (times->pts, (gint64)(time - at));
}

/* What cmafframetap has put there. */
static void
read_fingerprint (const GstReferenceTimestampMeta *meta, CmafUnitTimes *times)
{
  const GstStructure *s = gst_caps_get_structure (meta->reference, 0);

  times->has_fingerprint = gst_structure_has_name (s, FRAME_STAMP_CAPS);
  times->fingerprint = meta->timestamp;
}

static void
read_stamp (GstBuffer *buffer, CmafUnitTimes *times)
{
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
    GstReferenceTimestampMeta *stamp = (GstReferenceTimestampMeta *)meta;
    const GstStructure *s = gst_caps_get_structure (stamp->reference, 0);

    if (!times->has_stamp) {
      times->has_stamp = cmaf_reference_from_name (
          gst_structure_get_name (s), &times->reference);
      times->stamp = stamp->timestamp;
    }
    if (!times->has_pts)
      read_pts (stamp, GST_BUFFER_PTS (buffer), times);
    if (!times->has_fingerprint)
      read_fingerprint (stamp, times);
  }
}

/* A source that counts 50 or 60 frames in pairs says half their rate. */
static gboolean
counts_pairs (const GstVideoTimeCode *code, const CmafUnitGrid *frames)
{
  return code->config.fps_n > 0 && code->config.fps_d > 0
         && gst_util_fraction_compare ((gint)code->config.fps_n * 2,
                (gint)code->config.fps_d, (gint)frames->timescale,
                (gint)frames->unit_ticks)
                == 0;
}

static void
read_label (GstBuffer *buffer, const CmafUnitGrid *frames, CmafUnitTimes *times)
{
  const GstVideoTimeCodeMeta *meta =
      gst_buffer_get_video_time_code_meta (buffer);
  CmafTimecode *label = &times->label;

  if (!meta)
    return;
  times->has_label = TRUE;
  label->hours = meta->tc.hours;
  label->minutes = meta->tc.minutes;
  label->seconds = meta->tc.seconds;
  label->frames = meta->tc.frames;
  label->is_drop = meta->tc.config.flags & GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME;
  label->counts_pairs = counts_pairs (&meta->tc, frames);
  label->has_half = label->counts_pairs && meta->tc.field_count > 0;
  label->is_second_half = label->has_half && meta->tc.field_count == 2;
}

void
mux_timing_read (const MuxTiming *self, GstBuffer *buffer, gint64 running_time,
    const CmafUnitGrid *frames, CmafUnitTimes *times)
{
  memset (times, 0, sizeof *times);
  times->running_time = running_time;
  read_clock (self, running_time, times);
  read_stamp (buffer, times);
  if (frames)
    read_label (buffer, frames, times);
}

gboolean
mux_timing_is_fixed (const MuxTiming *self)
{
  return self->config.sources[0] == CMAF_TIMING_FIXED;
}

/* ---- the mapping of others ---- */

/* Decides by one buffer. */
static gboolean
find_alone (MuxTiming *self, GstBuffer *buffer, gint64 running_time,
    CmafSyncMapping *mapping, GError **error)
{
  CmafTimingLockConfig config = self->config;
  g_autoptr (CmafTimingLock) lock = NULL;
  CmafUnitTimes times;

  config.wait = 0;
  config.units.timescale = config.units.unit_ticks = 1;
  lock = cmaf_timing_lock_new (&config);
  mux_timing_read (self, buffer, running_time, NULL, &times);
  if (!cmaf_timing_lock_push (lock, &times, error))
    return FALSE;
  memset (mapping, 0, sizeof *mapping);
  cmaf_timing_lock_get_mapping (lock, &mapping->source, &mapping->offset);
  if (!cmaf_sync_group_publish (self->group, self, mapping))
    cmaf_sync_group_get_mapping (self->group, mapping);
  return TRUE;
}

gboolean
mux_timing_find (MuxTiming *self, GstBuffer *buffer, gint64 running_time,
    CmafSyncMapping *mapping, GError **error)
{
  if (cmaf_sync_member_expects_mapping (self->member))
    cmaf_sync_member_wait_mapping (self->member,
        g_get_monotonic_time () + GST_TIME_AS_USECONDS (MUX_PATIENCE));
  return cmaf_sync_group_get_mapping (self->group, mapping)
         || find_alone (self, buffer, running_time, mapping, error);
}

/* ---- the grid ---- */

/* Raw frames have told their rate and the time, and the muxer behind them is
 * about to fix the grid. */
static gint64
wait_until (const MuxTiming *self)
{
  CmafUnitGrid frames;

  return g_get_monotonic_time ()
         + (cmaf_sync_group_get_frames (self->group, &frames)
                 ? (gint64)GST_TIME_AS_USECONDS (MUX_PATIENCE)
                 : 0);
}

GstFlowReturn
mux_timing_agree (MuxTiming *self, const MuxSettings *settings,
    const CmafTrack *track, CmafSegmentGrid *grid, GError **error)
{
  CmafSyncDemand demand = { 0 };

  demand.media = track->media;
  demand.fps_n = track->fps_n;
  demand.fps_d = track->fps_d;
  demand.is_exact = !settings->is_nominal;
  demand.has_moves = settings->splice_mode == SPLICE_MOVE;
  if (settings->duration_n > 0
      && !cmaf_segment_grid_init (
          &demand.wanted, settings->duration_n, settings->duration_d, error))
    return GST_FLOW_ERROR;
  if (cmaf_sync_member_agree (
          self->member, &demand, wait_until (self), grid, error)) {
    grid->moves = demand.has_moves ? self->moves : NULL;
    return GST_FLOW_OK;
  }
  return *error ? GST_FLOW_ERROR : GST_FLOW_FLUSHING;
}

/* ---- the group ---- */

static gchar *
context_type (const gchar *name)
{
  return g_strconcat (CONTEXT_PREFIX, name ? name : "default", NULL);
}

void
mux_timing_set_context (MuxTiming *self, const gchar *name, GstContext *context)
{
  g_autofree gchar *type = context_type (name);
  const GstStructure *s = NULL;
  CmafSyncGroup *group = NULL;
  GstCmafSyncStore *store = NULL;

  if (context && gst_context_has_context_type (context, type))
    s = gst_context_get_structure (context);
  if (!s
      || !gst_structure_get (
          s, GROUP_FIELD, CMAF_TYPE_SYNC_GROUP, &group, NULL))
    return;
  if (!gst_structure_get (
          s, STORE_FIELD, GST_TYPE_CMAF_SYNC_STORE, &store, NULL))
    store = gst_cmaf_sync_store_new ();
  g_clear_pointer (&self->group, cmaf_sync_group_unref);
  self->group = group;
  g_clear_pointer (&self->service.store, gst_cmaf_sync_store_unref);
  self->service.store = store;
}

void
mux_timing_set_own_context (
    MuxTiming *self, gchar *const *name, GstContext *context)
{
  g_autofree gchar *copy = NULL;

  GST_OBJECT_LOCK (self->element);
  copy = g_strdup (*name);
  GST_OBJECT_UNLOCK (self->element);
  mux_timing_set_context (self, copy, context);
}

/* Asks the pipeline; the first muxer of it makes the group. */
static void
ensure_group (MuxTiming *self, const gchar *name)
{
  g_autofree gchar *type = context_type (name);
  g_autoptr (CmafSyncGroup) group = NULL;
  g_autoptr (GstCmafSyncStore) store = NULL;
  GstContext *context;

  g_clear_pointer (&self->group, cmaf_sync_group_unref);
  g_clear_pointer (&self->service.store, gst_cmaf_sync_store_unref);
  gst_element_post_message (self->element,
      gst_message_new_need_context (GST_OBJECT (self->element), type));
  if (self->group)
    return;
  group = cmaf_sync_group_new ();
  store = gst_cmaf_sync_store_new ();
  context = gst_context_new (type, TRUE);
  gst_structure_set (gst_context_writable_structure (context), GROUP_FIELD,
      CMAF_TYPE_SYNC_GROUP, group, STORE_FIELD, GST_TYPE_CMAF_SYNC_STORE, store,
      NULL);
  gst_element_set_context (self->element, context);
  gst_element_post_message (self->element,
      gst_message_new_have_context (GST_OBJECT (self->element), context));
}

CmafLeapTable *
mux_timing_load_leaps (const MuxTiming *self, const gchar *path)
{
  CmafLeapTable *leaps;
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree gchar *reason = NULL;

  leaps = cmaf_leap_table_load (path, &error);
  if (error)
    reason = g_strdup_printf ("%s%s",
        g_str_has_prefix (error->message, LEAP_FIELD) ? "" : LEAP_FIELD,
        error->message);
  else if (cmaf_leap_table_expires (leaps) < now)
    reason = g_strdup_printf (LEAP_FIELD
        "it ended %" G_GINT64_FORMAT
        " days ago, needs a newer one; until then leap seconds after its end "
        "are not known",
        (now - cmaf_leap_table_expires (leaps)) / 86400);
  if (reason && cmaf_sync_group_is_news (self->group, reason))
    gst_element_post_message (
        self->element, gst_message_new_element (GST_OBJECT (self->element),
                           gst_structure_new ("cmaf-sync-leap-seconds",
                               "reason", G_TYPE_STRING, reason, NULL)));
  return leaps;
}

gboolean
mux_timing_start (MuxTiming *self, const MuxSettings *settings, GError **error)
{
  CmafTimingLockConfig *config = &self->config;

  memset (config, 0, sizeof *config);
  if (!cmaf_timing_sources_parse (
          settings->timing_sources, config->sources, &config->n_sources, error))
    return FALSE;
  if (config->sources[0] != CMAF_TIMING_FIXED
      && !utc_clock_wait (settings->utc_clock, error))
    return FALSE;
  config->epoch.tai_offset = settings->tai_offset;
  config->fixed_origin = settings->fixed_origin;
  config->timecode.max_error = settings->timecode_max_error;
  config->timecode.utc_offset = settings->timecode_utc_offset;
  config->timecode.daily_jam = settings->timecode_daily_jam;
  config->wait = settings->timing_wait;
  config->clock_alarm = settings->clock_alarm;
  config->holds_near_leap = settings->leap_hold;
  self->clock_offset = settings->clock_offset;
  g_set_object (&self->utc_clock, settings->utc_clock);
  ensure_group (self, settings->sync_group);
  self->member = cmaf_sync_group_join (self->group);
  if (config->sources[0] != CMAF_TIMING_FIXED)
    self->leaps = mux_timing_load_leaps (self, settings->leap_seconds_file);
  config->epoch.leaps = self->leaps;
  self->cues = cmaf_sync_group_get_cues (self->group);
  self->moves = cmaf_sync_group_get_moves (self->group);
  self->splices = cmaf_sync_group_get_splices (self->group);
  self->service.element = self->element;
  self->service.plan = cmaf_sync_group_get_plan (self->group);
  if (mux_service_start (&self->service, settings, error))
    return TRUE;
  mux_timing_stop (self);
  return FALSE;
}

void
mux_timing_wake (MuxTiming *self, gboolean awake)
{
  if (!self->member)
    return;
  cmaf_sync_member_wake (self->member, awake);
  mux_service_wake (&self->service, awake);
}

void
mux_timing_stop (MuxTiming *self)
{
  if (self->group)
    cmaf_sync_group_resign (self->group, self);
  g_clear_pointer (&self->cues, cmaf_cue_list_unref);
  g_clear_pointer (&self->moves, cmaf_grid_moves_unref);
  g_clear_pointer (&self->splices, cmaf_splice_list_unref);
  mux_service_stop (&self->service);
  g_clear_pointer (&self->member, cmaf_sync_member_leave);
  g_clear_pointer (&self->group, cmaf_sync_group_unref);
  g_clear_pointer (&self->leaps, cmaf_leap_table_unref);
  g_clear_object (&self->utc_clock);
}
