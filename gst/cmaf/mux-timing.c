/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The sync group of the pipeline, and the mapping found in it. */
#include "mux-timing.h"

#include <gst/cmaf/unit-counter.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/video/video.h>

#define CONTEXT_PREFIX "gst.cmaf.sync-group."
#define GROUP_FIELD "sync-group"

/* UTC of running time zero */
static gint64
read_clock (const MuxTiming *self, gint64 running_time)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  gint64 utc = g_get_real_time () * GST_USECOND + self->clock_offset;

  if (clock)
    running_time =
        gst_clock_get_time (clock) - gst_element_get_base_time (self->element);
  return utc - running_time;
}

static gboolean
find_reference (MuxTiming *self, GstBuffer *buffer, const CmafUnitGrid *units,
    gint64 clock, guint64 *media)
{
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (
              buffer, &state, GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
    GstReferenceTimestampMeta *stamp = (GstReferenceTimestampMeta *)meta;
    const GstStructure *s = gst_caps_get_structure (stamp->reference, 0);
    CmafReference reference;

    if (cmaf_reference_from_name (gst_structure_get_name (s), &reference)
        && cmaf_media_time_from_reference (
            reference, stamp->timestamp, &self->epoch, clock, units, media))
      return TRUE;
  }
  return FALSE;
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

static gboolean
find_timecode (MuxTiming *self, GstBuffer *buffer, const CmafUnitGrid *frames,
    gint64 running_time, guint64 *media)
{
  const GstVideoTimeCodeMeta *meta =
      gst_buffer_get_video_time_code_meta (buffer);
  g_autoptr (GError) error = NULL;
  CmafTimecode label = { 0 };
  guint64 frame;

  if (!meta || !frames)
    return FALSE;
  label.hours = meta->tc.hours;
  label.minutes = meta->tc.minutes;
  label.seconds = meta->tc.seconds;
  label.frames = meta->tc.frames;
  label.is_drop = meta->tc.config.flags & GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME;
  label.counts_pairs = counts_pairs (&meta->tc, frames);
  label.is_second_half = meta->tc.field_count == 2;
  self->timecode.frames = *frames;
  if (!cmaf_timecode_frame (&label, &self->timecode,
          read_clock (self, running_time) + running_time, &frame, &error)) {
    if (!self->is_quiet)
      gst_cmaf_post_warning (self->element, error);
    return FALSE;
  }
  *media = cmaf_media_time_of_unit (frames, frame);
  return TRUE;
}

/* Shifts the mapping so that the first frame lies exactly on its number: every
 * rendition of the picture then gets the same numbers. */
static void
snap_mapping (
    const CmafUnitGrid *frames, gint64 running_time, CmafSyncMapping *mapping)
{
  guint64 unit;
  gint64 phase;

  if (frames
      && cmaf_unit_snap (frames, running_time + mapping->offset, &unit, &phase))
    mapping->offset -= phase;
}

static gboolean
try_source (MuxTiming *self, CmafTimingSource source, GstBuffer *buffer,
    const CmafUnitGrid *frames, gint64 running_time, CmafSyncMapping *mapping)
{
  guint64 media;

  mapping->source = source;
  switch (source) {
    case CMAF_TIMING_REFERENCE_TIMESTAMP:
      if (!find_reference (self, buffer, frames,
              read_clock (self, running_time) + running_time, &media))
        return !frames
               && cmaf_sync_member_wait_mapping (self->member,
                   g_get_monotonic_time () + MUX_PATIENCE, mapping);
      mapping->offset = (gint64)media - running_time;
      snap_mapping (frames, running_time, mapping);
      return TRUE;
    case CMAF_TIMING_TIMECODE:
      if (!find_timecode (self, buffer, frames, running_time, &media))
        return !frames
               && cmaf_sync_member_wait_mapping (self->member,
                   g_get_monotonic_time () + MUX_PATIENCE, mapping);
      mapping->offset = (gint64)media - running_time;
      return TRUE;
    case CMAF_TIMING_CLOCK:
      mapping->offset = read_clock (self, running_time);
      snap_mapping (frames, running_time, mapping);
      return TRUE;
    case CMAF_TIMING_FIXED:
      mapping->offset = self->fixed_origin;
      return TRUE;
  }
  return FALSE;
}

gboolean
mux_timing_find (MuxTiming *self, GstBuffer *buffer, gint64 running_time,
    const CmafUnitGrid *frames, CmafSyncMapping *mapping)
{
  gboolean found = cmaf_sync_member_wait_mapping (self->member, 0, mapping);

  for (guint i = 0; i < self->n_sources && !found; i++)
    found = try_source (
        self, self->sources[i], buffer, frames, running_time, mapping);
  if (found)
    cmaf_sync_group_offer (self->group, mapping, mapping);
  return found;
}

void
mux_timing_announce (MuxTiming *self, const CmafSyncMapping *mapping,
    gint64 running_time, const CmafSegmentGrid *grid, const CmafUnitGrid *units)
{
  guint64 unit;
  gint64 phase;

  if (!cmaf_unit_snap (units, running_time + mapping->offset, &unit, &phase))
    return;
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element),
          gst_structure_new ("cmaf-sync-locked", "class", G_TYPE_STRING,
              mapping->source == CMAF_TIMING_CLOCK ? "G" : "F", "source",
              G_TYPE_STRING, cmaf_timing_source_name (mapping->source), "n",
              G_TYPE_UINT64, unit, "K", G_TYPE_UINT64,
              cmaf_segment_grid_number (
                  grid, unit * units->unit_ticks, units->timescale),
              "offset", G_TYPE_INT64, mapping->offset, NULL)));
}

/* ---- the grid ---- */

GstFlowReturn
mux_timing_agree (MuxTiming *self, const MuxSettings *settings,
    const CmafTrack *track, CmafSegmentGrid *grid, GError **error)
{
  CmafSyncDemand demand = { 0 };

  demand.media = track->media;
  demand.fps_n = track->fps_n;
  demand.fps_d = track->fps_d;
  demand.is_exact = !settings->is_nominal;
  if (settings->duration_n > 0
      && !cmaf_segment_grid_init (
          &demand.wanted, settings->duration_n, settings->duration_d, error))
    return GST_FLOW_ERROR;
  if (cmaf_sync_member_agree (self->member, &demand,
          g_get_monotonic_time () + MUX_PATIENCE, grid, error))
    return GST_FLOW_OK;
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
  CmafSyncGroup *group = NULL;

  if (context && gst_context_has_context_type (context, type))
    gst_structure_get (gst_context_get_structure (context), GROUP_FIELD,
        CMAF_TYPE_SYNC_GROUP, &group, NULL);
  if (group) {
    g_clear_pointer (&self->group, cmaf_sync_group_unref);
    self->group = group;
  }
}

/* Asks the pipeline; the first muxer of it makes the group. */
static void
ensure_group (MuxTiming *self, const gchar *name)
{
  g_autofree gchar *type = context_type (name);
  g_autoptr (CmafSyncGroup) group = NULL;
  GstContext *context;

  g_clear_pointer (&self->group, cmaf_sync_group_unref);
  gst_element_post_message (self->element,
      gst_message_new_need_context (GST_OBJECT (self->element), type));
  if (self->group)
    return;
  group = cmaf_sync_group_new ();
  context = gst_context_new (type, TRUE);
  gst_structure_set (gst_context_writable_structure (context), GROUP_FIELD,
      CMAF_TYPE_SYNC_GROUP, group, NULL);
  gst_element_set_context (self->element, context);
  gst_element_post_message (self->element,
      gst_message_new_have_context (GST_OBJECT (self->element), context));
}

gboolean
mux_timing_start (MuxTiming *self, const MuxSettings *settings, GError **error)
{
  self->fixed_origin = settings->fixed_origin;
  self->clock_offset = settings->clock_offset;
  self->epoch.tai_offset = CMAF_TAI_OFFSET;
  self->timecode.epoch = self->epoch;
  self->timecode.max_error = settings->timecode_max_error;
  self->timecode.utc_offset = settings->timecode_utc_offset;
  self->timecode.daily_jam = settings->timecode_daily_jam;
  if (!cmaf_timing_sources_parse (
          settings->timing_sources, self->sources, &self->n_sources, error))
    return FALSE;
  ensure_group (self, settings->sync_group);
  self->member = cmaf_sync_group_join (self->group);
  return TRUE;
}

void
mux_timing_stop (MuxTiming *self)
{
  g_clear_pointer (&self->member, cmaf_sync_member_leave);
  g_clear_pointer (&self->group, cmaf_sync_group_unref);
}
