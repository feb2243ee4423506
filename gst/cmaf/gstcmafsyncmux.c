/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafsyncmux
 * @title: cmafsyncmux
 *
 * Makes one CMAF track of one elementary stream, cut on the grid of absolute
 * media time: any two muxers with the same settings and the same source cut
 * and number the same segments, without talking to each other.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=250 !
 *   x264enc tune=zerolatency ! h264parse ! cmafsyncmux !
 *   cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafsyncmux.h"

#include "chunk-list.h"
#include "mux-counters.h"
#include "mux-settings.h"
#include "mux-timing.h"

#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/segmenter.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmaf/track-caps.h>
#include <gst/cmaf/unit-counter.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/tag/tag.h>
#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (cmaf_sync_mux_debug);
#define GST_CAT_DEFAULT cmaf_sync_mux_debug

struct _GstCmafSyncMux
{
  GstElement parent;
  GstPad *sinkpad, *srcpad;

  MuxSettings props;       /* lock: object */
  MuxCounters counters;    /* lock: object */
  CmafSyncMapping mapping; /* lock: object; valid with has_mapping */
  gboolean has_mapping;    /* lock: object */
  GArray *splits;          /* lock: object; running times asked for by signal */
  GstClockTime latency;    /* lock: object */
  gint headers_due;        /* atomic */

  /* streaming thread, and state changes while it stands still */
  MuxSettings settings;
  MuxTiming timing;
  GstSegment segment;
  GstEvent *segment_event; /* due downstream behind the caps */
  GstCaps *caps;
  CmafTrack *track;
  GBytes *init;
  CmafUnitGrid units;
  CmafSegmentGrid grid;
  CmafUnitCounter counter;
  CmafKeyFramePlan plan;
  CmafSegmenter *segmenter;
  GQueue queue; /* GstBuffer: kept by the segmenter, not yet sent */
  GstClockTime last_dts;
  guint32 bitrate; /* bit/s, 0 unknown */
  gchar *language;
  gboolean has_failed;
};

enum
{
  SIGNAL_SPLIT_AT_RUNNING_TIME,
  SIGNAL_SEND_HEADERS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("video/quicktime, variant = (string) cmaf"));

G_DEFINE_TYPE_WITH_CODE (GstCmafSyncMux, gst_cmaf_sync_mux, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_sync_mux_debug, "cmafsyncmux", 0, "CMAF muxer on the grid"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafsyncmux, "cmafsyncmux", GST_RANK_NONE, GST_TYPE_CMAF_SYNC_MUX)

/* ---- messages ---- */

static GstFlowReturn
refuse (GstCmafSyncMux *self, const GError *error)
{
  gst_cmaf_post_error (GST_ELEMENT (self), error);
  self->has_failed = TRUE;
  return GST_FLOW_ERROR;
}

static void
post (GstCmafSyncMux *self, GstStructure *structure)
{
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
count (GstCmafSyncMux *self, guint64 *counter, guint64 n)
{
  GST_OBJECT_LOCK (self);
  *counter += n;
  GST_OBJECT_UNLOCK (self);
}

/* ---- output ---- */

static gboolean
is_video (const GstCmafSyncMux *self)
{
  return self->track->media == CMAF_MEDIA_VIDEO;
}

/* Makes the header when there is none; caps and segment go first. */
static gboolean
ensure_init (GstCmafSyncMux *self, GError **error)
{
  g_autoptr (GstCaps) caps = NULL;

  if (!self->init) {
    self->track->max_bitrate = self->track->avg_bitrate = self->bitrate;
    if (self->language) {
      g_free (self->track->language);
      self->track->language = g_strdup (self->language);
    }
    self->init = cmaf_init_segment_write (self->track, error);
    if (!self->init)
      return FALSE;
    caps = chunk_list_make_caps (self->init, self->settings.track_name);
    gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
    g_atomic_int_set (&self->headers_due, TRUE);
  }
  if (self->segment_event)
    gst_pad_push_event (self->srcpad, g_steal_pointer (&self->segment_event));
  return TRUE;
}

static GstFlowReturn
push_fragment (
    GstCmafSyncMux *self, const CmafCutFragment *cut, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) head = NULL;
  ChunkListInfo info = { 0 };
  GstBufferList *list;

  if (!ensure_init (self, &error))
    return refuse (self, error);
  head = chunk_list_write_head (&self->settings, self->track,
      cmaf_segmenter_sequence_number (self->segmenter, cut->number, cut->chunk),
      cut, is_last, &error);
  if (!head)
    return refuse (self, error);
  if (g_atomic_int_compare_and_exchange (&self->headers_due, TRUE, FALSE))
    info.init = self->init;
  info.head = head;
  info.starts_segment = cut->starts_segment;
  info.number = cut->number + self->settings.number_offset;
  info.duration = cmaf_ns_from_ticks (cut->duration, self->track->timescale);
  list = chunk_list_new (&info, &self->queue, cut->n_samples);

  GST_OBJECT_LOCK (self);
  self->counters.chunks++;
  self->counters.segments += cut->starts_segment;
  self->counters.samples += cut->n_samples;
  self->counters.bytes += gst_buffer_list_calculate_size (list);
  GST_OBJECT_UNLOCK (self);
  return gst_pad_push_list (self->srcpad, list);
}

/* ---- configuration by caps ---- */

static void
forget_track (GstCmafSyncMux *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  g_clear_pointer (&self->segmenter, cmaf_segmenter_free);
  g_clear_pointer (&self->track, cmaf_track_unref);
  g_clear_pointer (&self->init, g_bytes_unref);
  gst_clear_caps (&self->caps);
}

static GstFlowReturn
drain (GstCmafSyncMux *self)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_drain (self->segmenter, &cut))
    return push_fragment (self, &cut, FALSE);
  return GST_FLOW_OK;
}

/* A chunk is sent when the unit behind it has come. */
static void
update_latency (GstCmafSyncMux *self)
{
  guint p = mux_settings_chunk_units (&self->settings, &self->units);
  GstClockTime latency = cmaf_media_time_of_unit (&self->units, p + 1);

  if (p == 0)
    latency += cmaf_segment_grid_edge (&self->grid, 1);
  GST_OBJECT_LOCK (self);
  self->latency = latency;
  GST_OBJECT_UNLOCK (self);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

/* Unit grid known: everything that decides can be set up. */
static GstFlowReturn
configure (GstCmafSyncMux *self, GError **error)
{
  CmafSegmenterConfig config = { 0 };
  GstFlowReturn result = mux_timing_agree (
      &self->timing, &self->settings, self->track, &self->grid, error);

  if (result != GST_FLOW_OK)
    return result;
  self->units.timescale = self->track->timescale;
  self->units.unit_ticks = self->track->sample_duration;
  self->units.phase = 0;
  self->track->segment_duration_n = self->grid.duration_n;
  self->track->segment_duration_d = self->grid.duration_d;
  config.grid = self->grid;
  config.units = self->units;
  config.needs_key_frames = is_video (self);
  config.chunk_units = mux_settings_chunk_units (&self->settings, &self->units);
  config.missed_key_frame = self->settings.missed_key_frame;
  config.starts_at_zero =
      self->settings.fixed_origin == 0 && self->counters.segments == 0;
  self->segmenter = cmaf_segmenter_new (&config);
  cmaf_unit_counter_init (&self->counter, &self->units, is_video (self));
  cmaf_key_frame_plan_init (&self->plan, &self->grid, &self->units);
  update_latency (self);
  return GST_FLOW_OK;
}

static GstFlowReturn
take_caps (GstCmafSyncMux *self, GstCaps *caps)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;

  if (self->has_failed) /* caps are sent again after a failure */
    return GST_FLOW_ERROR;
  if (self->caps && !cmaf_track_caps_differ (self->caps, caps))
    return GST_FLOW_OK;
  result = drain (self);
  if (result != GST_FLOW_OK)
    return result;
  forget_track (self);
  self->track = cmaf_track_from_caps (caps, self->settings.in_band, &error);
  if (!self->track)
    return refuse (self, error);
  self->caps = gst_caps_ref (caps);
  return GST_FLOW_OK;
}

/* ---- media time ---- */

static gboolean
ensure_mapping (GstCmafSyncMux *self, GstBuffer *buffer, gint64 running_time,
    GError **error)
{
  CmafSyncMapping mapping;

  if (self->has_mapping)
    return TRUE;
  if (!mux_timing_find (&self->timing, buffer, running_time,
          is_video (self) ? &self->units : NULL, &mapping)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "timing-sources: found no time in the input, needs one of %s",
        self->settings.timing_sources);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->mapping = mapping;
  self->has_mapping = TRUE;
  GST_OBJECT_UNLOCK (self);
  mux_timing_announce (
      &self->timing, &mapping, running_time, &self->grid, &self->units);
  return TRUE;
}

/* ---- key frames ---- */

/* A quarter of a frame early: encoders take the first frame that is not before
 * the request, and rounding must not skip the right one. */
static void
request_key_frames (GstCmafSyncMux *self, guint64 now)
{
  gint64 phase = cmaf_unit_counter_get_phase (&self->counter);
  gint64 early =
      cmaf_ns_from_ticks (self->units.unit_ticks, self->units.timescale) / 4;
  guint64 unit;

  if (!self->settings.send_force_key_unit || !is_video (self))
    return;
  while (cmaf_key_frame_plan_next (&self->plan, now, &unit)) {
    gint64 time = (gint64)cmaf_media_time_of_unit (&self->units, unit) + phase
                  - self->mapping.offset - early;

    if (time < 0)
      continue;
    gst_pad_push_event (self->sinkpad,
        gst_video_event_new_upstream_force_key_unit (time, TRUE, (guint)unit));
  }
}

static void
apply_splits (GstCmafSyncMux *self)
{
  g_autoptr (GArray) splits = NULL;

  GST_OBJECT_LOCK (self);
  if (self->splits->len > 0) {
    splits = self->splits;
    self->splits = g_array_new (FALSE, FALSE, sizeof (guint64));
  }
  GST_OBJECT_UNLOCK (self);
  for (guint i = 0; splits && i < splits->len; i++) {
    gint64 media =
        (gint64)g_array_index (splits, guint64, i) + self->mapping.offset;
    guint64 unit;
    gint64 phase;

    if (cmaf_unit_snap (&self->units, media, &unit, &phase))
      cmaf_segmenter_split (self->segmenter, unit, FALSE);
  }
}

/* ---- input ---- */

static GstFlowReturn
fail_buffer (GstCmafSyncMux *self, const gchar *message)
{
  g_autoptr (GError) error =
      g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE, message);
  CmafCutFragment cut;

  /* what was accepted is not lost */
  if (self->segmenter && cmaf_segmenter_finish (self->segmenter, &cut))
    push_fragment (self, &cut, FALSE);
  return refuse (self, error);
}

static gboolean
get_running_time (GstCmafSyncMux *self, GstBuffer *buffer, gint64 *running_time)
{
  guint64 value;
  gint sign = gst_segment_to_running_time_full (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer), &value);

  *running_time = sign < 0 ? -(gint64)value : (gint64)value;
  return sign != 0;
}

static void
note_missed_key_frame (GstCmafSyncMux *self, guint64 unit)
{
  guint64 number = cmaf_segment_grid_number (
      &self->grid, unit * self->units.unit_ticks, self->units.timescale);

  count (self, &self->counters.missed_key_frames, 1);
  post (self, gst_structure_new ("cmaf-sync-misaligned", "K", G_TYPE_UINT64,
                  number, "n", G_TYPE_UINT64, unit, "reason", G_TYPE_STRING,
                  "the encoder gave no key frame at the boundary", NULL));
}

static GstFlowReturn
push_unit (GstCmafSyncMux *self, GstBuffer *buffer, guint64 number)
{
  CmafUnit unit = { number, gst_buffer_get_size (buffer),
    !is_video (self)
        || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT) };
  CmafVerdict verdict = { 0 };
  CmafCutFragment cut;
  GstFlowReturn result = GST_FLOW_OK;

  cmaf_segmenter_push (self->segmenter, &unit, &verdict, &cut);
  if (verdict.cut != CMAF_CUT_NONE)
    result = push_fragment (self, &cut, FALSE);
  if (verdict.missed_key_frame)
    note_missed_key_frame (self, number);
  if (verdict.fate == CMAF_UNIT_REFUSED)
    return fail_buffer (self,
        "key frame: found none at the boundary, needs an encoder that obeys "
        "force-key-unit (missed-key-frame decides)");
  if (verdict.fate == CMAF_UNIT_KEPT)
    g_queue_push_tail (&self->queue, gst_buffer_ref (buffer));
  else
    count (self, &self->counters.dropped, 1);
  return result;
}

static GstFlowReturn
place_unit (GstCmafSyncMux *self, GstBuffer *buffer, gint64 running_time)
{
  guint64 unit;

  switch (cmaf_unit_counter_count (
      &self->counter, running_time + self->mapping.offset, &unit)) {
    case CMAF_COUNT_EARLY:
      count (self, &self->counters.dropped, 1);
      return GST_FLOW_OK;
    case CMAF_COUNT_REPEATED:
      count (self, &self->counters.repeated, 1);
      return GST_FLOW_OK;
    case CMAF_COUNT_GAP:
      count (self, &self->counters.gaps, 1);
      break;
    case CMAF_COUNT_OK:
    case CMAF_COUNT_MOVED:
      break;
  }
  request_key_frames (self, unit);
  apply_splits (self);
  return push_unit (self, buffer, unit);
}

/* Opus tells the length of its packets nowhere but in the packets. */
static void
look_at_first_packet (GstCmafSyncMux *self, GstBuffer *buffer)
{
  GstMapInfo map;
  guint32 samples;

  if (self->track->codec != CMAF_CODEC_OPUS
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  samples = cmaf_opus_packet_samples (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (samples > 0)
    self->track->sample_duration = samples;
}

static GstFlowReturn
check_buffer (GstCmafSyncMux *self, GstBuffer *buffer)
{
  if (!self->track) {
    g_autoptr (GError) error =
        g_error_new_literal (CMAF_ERROR, CMAF_ERROR_CONFIG,
            "caps: found none, needs those of one encoded stream");

    return refuse (self, error);
  }
  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return fail_buffer (
        self, "buffer: has no PTS, needs one (is there a parser in front?)");
  if (GST_BUFFER_DTS_IS_VALID (buffer)) {
    if (GST_CLOCK_TIME_IS_VALID (self->last_dts)
        && GST_BUFFER_DTS (buffer) < self->last_dts)
      return fail_buffer (
          self, "buffer: DTS moves backwards, needs decode order");
    self->last_dts = GST_BUFFER_DTS (buffer);
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
handle_buffer (GstCmafSyncMux *self, GstBuffer *buffer)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn result = check_buffer (self, buffer);
  gint64 running_time;

  if (result != GST_FLOW_OK)
    return result;
  if (!self->segmenter) {
    look_at_first_packet (self, buffer);
    result = configure (self, &error);
    if (result != GST_FLOW_OK)
      return error ? refuse (self, error) : result;
  }
  if (!get_running_time (self, buffer, &running_time))
    return fail_buffer (self, "buffer: PTS lies outside of its segment");
  if (!ensure_mapping (self, buffer, running_time, &error))
    return refuse (self, error);
  return place_unit (self, buffer, running_time);
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (parent);
  GstFlowReturn result =
      self->has_failed ? GST_FLOW_ERROR : handle_buffer (self, buffer);

  gst_buffer_unref (buffer);
  return result;
}

/* ---- events ---- */

/* Only what an encoder was told: parsers measure, and would make the headers of
 * redundant encoders differ. */
static void
take_tags (GstCmafSyncMux *self, GstEvent *event)
{
  GstTagList *tags;
  gchar *language;

  gst_event_parse_tag (event, &tags);
  if (gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &language)) {
    g_free (self->language);
    self->language = language;
  }
  gst_tag_list_get_uint (tags, GST_TAG_NOMINAL_BITRATE, &self->bitrate);
}

static gboolean
take_segment (GstCmafSyncMux *self, GstEvent *event)
{
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_TIME) {
    g_autoptr (GError) error = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "segment: has format %s, needs time",
        gst_format_get_name (segment->format));

    refuse (self, error);
    return FALSE;
  }
  gst_segment_copy_into (segment, &self->segment);
  self->last_dts = GST_CLOCK_TIME_NONE;
  gst_event_take (&self->segment_event, event);
  return TRUE;
}

static void
end (GstCmafSyncMux *self)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_finish (self->segmenter, &cut))
    push_fragment (self, &cut, TRUE);
}

static void
flush (GstCmafSyncMux *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  g_clear_pointer (&self->segmenter, cmaf_segmenter_free);
  gst_clear_event (&self->segment_event);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->last_dts = GST_CLOCK_TIME_NONE;
  self->has_failed = FALSE;
}

/* The next unit (a key frame, unless "chunk" is set) begins a chunk. */
static void
split_now (GstCmafSyncMux *self, const GstStructure *s)
{
  gboolean chunk = FALSE;

  gst_structure_get_boolean (s, "chunk", &chunk);
  if (self->segmenter)
    cmaf_segmenter_split (self->segmenter, 0, !chunk);
  if (!chunk && self->track && is_video (self))
    gst_pad_push_event (
        self->sinkpad, gst_video_event_new_upstream_force_key_unit (
                           GST_CLOCK_TIME_NONE, TRUE, 0));
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (parent);
  gboolean ok;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      ok = take_caps (self, caps) == GST_FLOW_OK;
      gst_event_unref (event);
      return ok;
    case GST_EVENT_SEGMENT:
      ok = take_segment (self, event);
      if (!ok)
        gst_event_unref (event);
      return ok;
    case GST_EVENT_TAG:
      take_tags (self, event);
      break;
    case GST_EVENT_GAP:
      gst_event_unref (event);
      return TRUE;
    case GST_EVENT_EOS:
      if (!self->has_failed)
        end (self);
      break;
    case GST_EVENT_FLUSH_START:
      if (self->timing.member)
        cmaf_sync_member_wake (self->timing.member, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      if (self->timing.member)
        cmaf_sync_member_wake (self->timing.member, FALSE);
      flush (self);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (gst_event_has_name (event, "FMP4MuxSplitNow"))
        split_now (self, gst_event_get_structure (event));
      if (gst_event_has_name (event, "FMP4MuxSplitNow")
          || gst_video_event_is_force_key_unit (event)) {
        gst_event_unref (event);
        return TRUE;
      }
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_unref (event);
    return FALSE;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* ---- queries ---- */

static gboolean
query_latency (GstCmafSyncMux *self, GstQuery *query)
{
  gboolean is_live;
  GstClockTime min, max, own;

  if (!gst_pad_peer_query (self->sinkpad, query))
    return FALSE;
  gst_query_parse_latency (query, &is_live, &min, &max);
  GST_OBJECT_LOCK (self);
  own = self->latency;
  GST_OBJECT_UNLOCK (self);
  min += own;
  if (GST_CLOCK_TIME_IS_VALID (max))
    max += own;
  gst_query_set_latency (query, is_live, min, max);
  return TRUE;
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      return query_latency (GST_CMAF_SYNC_MUX (parent), query);
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (parent);
  g_autoptr (GstCaps) accepted = NULL;
  g_autoptr (GstCaps) result = NULL;
  gboolean in_band;
  GstCaps *filter;

  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return gst_pad_query_default (pad, parent, query);
  GST_OBJECT_LOCK (self);
  in_band = self->props.in_band;
  GST_OBJECT_UNLOCK (self);
  accepted = gst_caps_from_string (
      in_band ? cmaf_track_caps_accepted_in_band : cmaf_track_caps_accepted);
  gst_query_parse_caps (query, &filter);
  result = filter ? gst_caps_intersect_full (
               filter, accepted, GST_CAPS_INTERSECT_FIRST)
                  : gst_caps_ref (accepted);
  gst_query_set_caps_result (query, result);
  return TRUE;
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (element);
  g_autofree gchar *name = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->props.sync_group);
  GST_OBJECT_UNLOCK (self);
  mux_timing_set_context (&self->timing, name, context);
  GST_ELEMENT_CLASS (gst_cmaf_sync_mux_parent_class)
      ->set_context (element, context);
}

/* ---- states ---- */

static gboolean
start (GstCmafSyncMux *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  mux_settings_copy (&self->settings, &self->props);
  memset (&self->counters, 0, sizeof self->counters);
  self->has_mapping = FALSE;
  g_array_set_size (self->splits, 0);
  GST_OBJECT_UNLOCK (self);
  flush (self);
  self->bitrate = 0;
  g_clear_pointer (&self->language, g_free);
  if (!mux_timing_start (&self->timing, &self->settings, &error)) {
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  return TRUE;
}

static void
stop (GstCmafSyncMux *self)
{
  flush (self);
  forget_track (self);
  mux_timing_stop (&self->timing);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    cmaf_sync_member_wake (self->timing.member, TRUE);
  result = GST_ELEMENT_CLASS (gst_cmaf_sync_mux_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return result;
}

/* ---- signals and properties ---- */

static void
split_at_running_time (GstCmafSyncMux *self, guint64 running_time)
{
  GST_OBJECT_LOCK (self);
  g_array_append_val (self->splits, running_time);
  GST_OBJECT_UNLOCK (self);
  gst_pad_push_event (self->sinkpad,
      gst_video_event_new_upstream_force_key_unit (running_time, TRUE, 0));
}

static void
send_headers (GstCmafSyncMux *self)
{
  g_atomic_int_set (&self->headers_due, TRUE);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  GST_OBJECT_LOCK (self);
  if (!mux_settings_set (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  GST_OBJECT_LOCK (self);
  if (id == mux_settings_n_props ())
    g_value_take_boxed (value, mux_counters_to_structure (&self->counters,
                                   self->has_mapping ? &self->mapping : NULL));
  else if (!mux_settings_get (&self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstCmafSyncMux *self = GST_CMAF_SYNC_MUX (object);

  mux_settings_clear (&self->props);
  mux_settings_clear (&self->settings);
  mux_timing_stop (&self->timing);
  g_array_unref (self->splits);
  g_free (self->language);
  G_OBJECT_CLASS (gst_cmaf_sync_mux_parent_class)->finalize (object);
}

static void
gst_cmaf_sync_mux_init (GstCmafSyncMux *self)
{
  GstPadTemplate *template =
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), "sink");

  self->timing.element = GST_ELEMENT (self);
  self->splits = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_queue_init (&self->queue);
  self->sinkpad = gst_pad_new_from_template (template, "sink");
  gst_pad_set_chain_function (self->sinkpad, sink_chain);
  gst_pad_set_event_function (self->sinkpad, sink_event);
  gst_pad_set_query_function (self->sinkpad, sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, src_event);
  gst_pad_set_query_function (self->srcpad, src_query);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

static void
install_signals (GstCmafSyncMuxClass *klass)
{
  /**
   * GstCmafSyncMux::split-at-running-time:
   * @running_time: of the first sample of a new chunk
   *
   * Begins a chunk inside the segment at the first sample that is not before
   * @running_time, and asks for a key frame there. The grid does not move.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SPLIT_AT_RUNNING_TIME] = g_signal_new_class_handler (
      "split-at-running-time", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (split_at_running_time),
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * GstCmafSyncMux::send-headers:
   *
   * Sends the CMAF header again in front of the next fragment.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SEND_HEADERS] = g_signal_new_class_handler ("send-headers",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (send_headers), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_cmaf_sync_mux_class_init (GstCmafSyncMuxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) accepted =
      gst_caps_from_string (cmaf_track_caps_accepted);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  mux_settings_install (object_class);
  g_object_class_install_property (object_class, mux_settings_n_props (),
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  install_signals (klass);
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, accepted));
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF sync muxer",
      "Codec/Muxer", "Makes a CMAF track, cut on the grid of absolute time",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->change_state = change_state;
}
