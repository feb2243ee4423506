/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-tsepochtap
 * @title: tsepochtap
 *
 * Passes a transport stream on as it is, and tells the muxers behind tsdemux
 * what it says of time: the raw PTS of each picture, which all that hear the
 * stream hear alike, and absolute times in it (encoder boundary points,
 * TEMI). With the timing source pts of cmafsyncmux every encoder then gives the
 * same picture the same number.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 udpsrc port=5000 ! tsepochtap ! tsdemux ! h264parse !
 *   cmafsyncmux timing-sources=pts,clock ! cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gsttsepochtap.h"

#include "demux-watch.h"
#include "plugin-enum.h"
#include "tap-anchor.h"
#include "utc-clock.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/splice-info.h>
#include <gst/cmafbase/gstcmafmessage.h>

GST_DEBUG_CATEGORY_STATIC (ts_epoch_tap_debug);
#define GST_CAT_DEFAULT ts_epoch_tap_debug

/* What the end of a break has in its id that its beginning has not. */
#define RETURN_ID 0x80000000
#define DEFAULT_MAX_ERROR (500 * GST_MSECOND)
/* Bytes in which each stream has tables and pictures */
#define ENOUGH (G_GUINT64_CONSTANT (8) << 20)

typedef struct
{
  guint64 packets, points, timelines, splices, bad_crcs, broken,
      discontinuities, skipped;
  guint packet_size;
} TapCounters;

typedef struct
{
  TapAnchorSettings anchor;
  guint program;
  gchar *sync_group;
} TapSettings;

struct _GstTsEpochTap
{
  GstElement parent;
  GstPad *sinkpad, *srcpad;

  TapSettings props;    /* lock: object */
  TapCounters counters; /* lock: object */
  DemuxWatch *watch;    /* lock: object to change it; from start to stop */

  /* streaming thread, and state changes while it stands still */
  MuxTiming timing;
  TapAnchor anchor;
  CmafTsReader *reader;
  guint program;
  guint64 n_bytes; /* of the stream so far */
  gboolean has_told_lack;
  gboolean has_told_broken; /* since the last time that was read well */
  PesMatch *match;
};

enum
{
  PROP_0,
  PROP_PTS_ANCHOR,
  PROP_ANCHOR_PTS,
  PROP_ANCHOR_TICKS,
  PROP_ANCHOR_MAX_ERROR,
  PROP_ANCHOR_SOURCE,
  PROP_PROGRAM_NUMBER,
  PROP_TIMELINE_TAI_OFFSET,
  PROP_LEAP_SECONDS_FILE,
  PROP_CLOCK_OFFSET,
  PROP_UTC_CLOCK,
  PROP_SYNC_GROUP,
  PROP_STATS,
};

#define TS_CAPS "video/mpegts, systemstream = (boolean) true"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (TS_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (TS_CAPS));

G_DEFINE_TYPE_WITH_CODE (GstTsEpochTap, gst_ts_epoch_tap, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (
        ts_epoch_tap_debug, "tsepochtap", 0, "raw times of a stream"))
GST_ELEMENT_REGISTER_DEFINE (
    tsepochtap, "tsepochtap", GST_RANK_NONE, GST_TYPE_TS_EPOCH_TAP)

static GType
pts_anchor_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_PTS_ANCHOR_AUTO,
        "Times in the stream, else the pair if one is told, else the store",
        "auto" },
    { CMAF_PTS_ANCHOR_CONFIGURED, "anchor-pts is anchor-ticks", "configured" },
    { CMAF_PTS_ANCHOR_IN_BAND, "Times in the stream, nothing before",
        "in-band" },
    { CMAF_PTS_ANCHOR_STORE,
        "What the first encoder has put into sync-store of the muxers",
        "store" },
    { 0, NULL, NULL },
  };

  return plugin_enum_register (&type, "GstTsEpochTapAnchor", values);
}

/* ---- what the stream says ---- */

static void
post (GstTsEpochTap *self, GstStructure *structure)
{
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
take_packet (GstTsEpochTap *self, const CmafTsEvent *event)
{
  CmafPtsPair pair;

  if (!event->has_pts || !event->tells_time)
    return;
  if (tap_anchor_take_pts (&self->anchor, event->pts, &pair))
    pes_match_add (
        self->match, event->pid, event->size, event->hash, event->pts, &pair);
}

/* For the muxers. What is broken, in a code, or no splice moves nothing. */
static void
add_cue (
    GstTsEpochTap *self, const CmafTsEvent *event, const CmafSpliceInfo *info)
{
  CmafHeardCue cue = { 0 };
  gboolean has_time = cmaf_splice_info_get_pts (info, &cue.splice_pts);

  if (info->has_bad_crc || info->is_encrypted || !event->has_pts)
    return;
  cue.heard_pts = event->pts;
  if (info->command == CMAF_SPLICE_INSERT) {
    cue.event_id = info->event_id;
    cue.is_cancel = info->is_cancel;
    cue.is_immediate = !cue.is_cancel && !has_time;
  } else if (info->command == CMAF_SPLICE_TIME_SIGNAL
             && info->n_segmentations > 0) {
    cue.event_id = info->segmentations[0].event_id;
    cue.is_cancel = info->segmentations[0].is_cancel;
    cue.is_immediate = !cue.is_cancel && !has_time;
  } else {
    return;
  }
  cmaf_cue_list_add (self->timing.cues, &cue);
  cue.event_id ^= RETURN_ID; /* the end of the break is a cue of its own */
  if (cue.is_cancel)
    cmaf_cue_list_add (self->timing.cues, &cue);
  if (has_time && info->is_out && info->has_duration && info->auto_return) {
    cue.splice_pts = (cue.splice_pts + info->duration) & CMAF_PTS_MASK;
    cmaf_cue_list_add (self->timing.cues, &cue);
  }
}

/* For the track of events: of the section, its bytes. */
static void
add_section (
    GstTsEpochTap *self, const CmafTsEvent *event, const CmafSpliceInfo *info)
{
  CmafHeardSplice splice;

  if (!event->has_pts)
    return;
  for (guint i = 0; cmaf_heard_splice_init (&splice, info, i, event->section);
       i++) {
    splice.is_pts = TRUE;
    splice.heard = event->pts;
    splice.has_splice = cmaf_splice_info_get_pts (info, &splice.splice);
    cmaf_splice_list_add (self->timing.splices, &splice);
  }
}

static void
take_splice (GstTsEpochTap *self, const CmafTsEvent *event)
{
  g_autoptr (GError) error = NULL;
  GstStructure *s;
  CmafSpliceInfo info;
  gsize size;
  gconstpointer data = g_bytes_get_data (event->section, &size);
  gboolean is_read = cmaf_splice_info_parse (data, size, &info, &error);
  guint64 pts;

  s = gst_structure_new ("cmaf-splice", "pid", G_TYPE_UINT, (guint)event->pid,
      "section", G_TYPE_BYTES, event->section, NULL);
  if (event->has_pts)
    gst_structure_set (s, "stream-pts", G_TYPE_UINT64, event->pts, NULL);
  if (is_read)
    gst_structure_set (s, "has-bad-crc", G_TYPE_BOOLEAN, info.has_bad_crc,
        "encrypted", G_TYPE_BOOLEAN, info.is_encrypted, "command", G_TYPE_UINT,
        (guint)info.command, "event-id", G_TYPE_UINT, info.event_id,
        "out-of-network", G_TYPE_BOOLEAN, info.is_out, NULL);
  else
    gst_structure_set (s, "reason", G_TYPE_STRING, error->message, NULL);
  if (is_read) {
    add_cue (self, event, &info);
    add_section (self, event, &info);
  }
  if (is_read && cmaf_splice_info_get_pts (&info, &pts))
    gst_structure_set (s, "splice-pts", G_TYPE_UINT64, pts, NULL);
  GST_OBJECT_LOCK (self);
  self->counters.bad_crcs += is_read && info.has_bad_crc;
  self->counters.broken += !is_read;
  GST_OBJECT_UNLOCK (self);
  post (self, s);
}

static void
take_discontinuity (GstTsEpochTap *self, const CmafTsEvent *event)
{
  post (self, gst_structure_new ("cmaf-epoch-discontinuity", "pid", G_TYPE_UINT,
                  (guint)event->pid, "pcr", G_TYPE_UINT64, event->pcr, NULL));
  tap_anchor_take_discontinuity (&self->anchor);
}

/* All of it is counted; the next message is due when something was read well.
 */
static void
take_broken (GstTsEpochTap *self, const CmafTsEvent *event)
{
  GST_WARNING_OBJECT (self, "pid %x: %s", event->pid, event->reason);
  if (!self->has_told_broken)
    post (self,
        gst_structure_new ("cmaf-epoch-broken", "pid", G_TYPE_UINT,
            (guint)event->pid, "reason", G_TYPE_STRING, event->reason, NULL));
  self->has_told_broken = TRUE;
}

static void
take_event (GstTsEpochTap *self, const CmafTsEvent *event)
{
  static const gsize counters[] = {
    [CMAF_TS_PES] = G_STRUCT_OFFSET (TapCounters, packets),
    [CMAF_TS_EBP] = G_STRUCT_OFFSET (TapCounters, points),
    [CMAF_TS_TEMI] = G_STRUCT_OFFSET (TapCounters, timelines),
    [CMAF_TS_SPLICE] = G_STRUCT_OFFSET (TapCounters, splices),
    [CMAF_TS_DISCONTINUITY] = G_STRUCT_OFFSET (TapCounters, discontinuities),
    [CMAF_TS_BROKEN] = G_STRUCT_OFFSET (TapCounters, broken),
  };

  GST_OBJECT_LOCK (self);
  G_STRUCT_MEMBER (guint64, &self->counters, counters[event->kind])++;
  GST_OBJECT_UNLOCK (self);
  switch (event->kind) {
    case CMAF_TS_PES:
      take_packet (self, event);
      break;
    case CMAF_TS_EBP:
    case CMAF_TS_TEMI:
      self->has_told_broken = FALSE;
      tap_anchor_take_time (&self->anchor, event);
      break;
    case CMAF_TS_SPLICE:
      take_splice (self, event);
      break;
    case CMAF_TS_DISCONTINUITY:
      take_discontinuity (self, event);
      break;
    case CMAF_TS_BROKEN:
      take_broken (self, event);
      break;
  }
}

static void
read_events (GstTsEpochTap *self, gboolean at_end)
{
  CmafTsEvent event;

  while (cmaf_ts_reader_next (self->reader, at_end, &event)) {
    take_event (self, &event);
    cmaf_ts_event_clear (&event);
  }
  GST_OBJECT_LOCK (self);
  self->counters.packet_size = cmaf_ts_reader_get_packet_size (self->reader);
  self->counters.skipped = cmaf_ts_reader_get_skipped (self->reader);
  GST_OBJECT_UNLOCK (self);
}

/* ---- what is missing ---- */

/* NULL: nothing. */
static const gchar *
find_lack (GstTsEpochTap *self)
{
  if (cmaf_ts_reader_get_packet_size (self->reader) == 0)
    return "input: found no packets of 188, 192 or 204 bytes, needs an MPEG "
           "transport stream";
  if (self->counters.packets == 0 && self->program != 0)
    return "program-number: found nothing of it in the stream, needs that of a "
           "program, or 0 for all";
  if (self->counters.packets == 0)
    return "input: found no PES packets, needs a PAT, a PMT and what they list";
  if (tap_anchor_lacks_store (&self->anchor))
    return "pts-anchor=store: found no store, needs sync-store of a "
           "cmafsyncmux of the sync group";
  return NULL;
}

static void
tell_lack (GstTsEpochTap *self)
{
  const gchar *lack = find_lack (self);

  self->has_told_lack = TRUE;
  if (lack)
    gst_cmaf_warn (GST_ELEMENT (self), CMAF_ERROR_CONFIG, "%s", lack);
}

/* Once there is enough, or will be no more. */
static void
look_for_lacks (GstTsEpochTap *self, gboolean at_end)
{
  if (!self->has_told_lack && self->n_bytes >= (at_end ? 1 : ENOUGH))
    tell_lack (self);
}

/* ---- pads ---- */

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (parent);

  demux_watch_look (self->watch, self->srcpad);
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      continue;
    cmaf_ts_reader_feed (self->reader, map.data, map.size);
    self->n_bytes += map.size;
    gst_memory_unmap (memory, &map);
    read_events (self, FALSE);
  }
  look_for_lacks (self, FALSE);
  if (self->anchor.has_failed) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  return gst_pad_push (self->srcpad, buffer);
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    read_events (self, TRUE);
    look_for_lacks (self, TRUE);
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    mux_timing_wake (&self->timing, TRUE);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    mux_timing_wake (&self->timing, FALSE);
    cmaf_ts_reader_flush (self->reader);
    pes_match_clear (self->match);
  }
  return gst_pad_event_default (pad, parent, event);
}

/* ---- states ---- */

static gboolean
join_group (GstTsEpochTap *self, const gchar *name, GstClock *utc_clock)
{
  MuxSettings settings = { 0 };
  g_autoptr (GError) error = NULL;

  settings.timing_sources = (gchar *)"fixed";
  settings.sync_group = (gchar *)name;
  if (!utc_clock_wait (utc_clock, &error)
      || !mux_timing_start (&self->timing, &settings, &error)) {
    gst_cmaf_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  cmaf_sync_member_declare (self->timing.member, CMAF_MEDIA_EVENT);
  return TRUE;
}

static gboolean
start (GstTsEpochTap *self)
{
  g_autofree gchar *name = NULL;
  TapAnchorSettings settings;
  DemuxWatch *watch;

  GST_OBJECT_LOCK (self);
  tap_anchor_settings_copy (&settings, &self->props.anchor);
  self->program = self->props.program;
  name = g_strdup (self->props.sync_group);
  memset (&self->counters, 0, sizeof self->counters);
  GST_OBJECT_UNLOCK (self);
  if (!join_group (self, name, settings.utc_clock)) {
    tap_anchor_settings_clear (&settings);
    return FALSE;
  }
  self->has_told_broken = self->has_told_lack = FALSE;
  self->n_bytes = 0;
  self->reader = cmaf_ts_reader_new (self->program);
  self->match = pes_match_new ();
  watch = demux_watch_new (self->match, self->timing.cues);
  GST_OBJECT_LOCK (self);
  self->watch = watch;
  GST_OBJECT_UNLOCK (self);
  tap_anchor_start (&self->anchor, &settings);
  return TRUE;
}

static void
stop (GstTsEpochTap *self)
{
  DemuxWatch *watch;

  GST_OBJECT_LOCK (self);
  watch = g_steal_pointer (&self->watch);
  GST_OBJECT_UNLOCK (self);
  if (watch)
    demux_watch_free (watch);
  g_clear_pointer (&self->match, pes_match_unref);
  g_clear_pointer (&self->reader, cmaf_ts_reader_free);
  tap_anchor_stop (&self->anchor);
  mux_timing_stop (&self->timing);
}

static void
set_context (GstElement *element, GstContext *context)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (element);

  mux_timing_set_own_context (&self->timing, &self->props.sync_group, context);
  GST_ELEMENT_CLASS (gst_ts_epoch_tap_parent_class)
      ->set_context (element, context);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    mux_timing_wake (&self->timing, TRUE);
  result = GST_ELEMENT_CLASS (gst_ts_epoch_tap_parent_class)
               ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return result;
}

/* ---- properties ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (TapSettings, id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (PROP_PTS_ANCHOR, G_TYPE_ENUM, anchor.mode),
  FIELD (PROP_ANCHOR_PTS, G_TYPE_INT64, anchor.pts),
  FIELD (PROP_ANCHOR_TICKS, G_TYPE_INT64, anchor.ticks),
  FIELD (PROP_ANCHOR_MAX_ERROR, G_TYPE_UINT64, anchor.max_error),
  FIELD (PROP_ANCHOR_SOURCE, G_TYPE_STRING, anchor.source),
  FIELD (PROP_PROGRAM_NUMBER, G_TYPE_UINT, program),
  FIELD (PROP_TIMELINE_TAI_OFFSET, G_TYPE_INT, anchor.tai_offset),
  FIELD (PROP_LEAP_SECONDS_FILE, G_TYPE_STRING, anchor.leap_seconds_file),
  FIELD (PROP_CLOCK_OFFSET, G_TYPE_INT64, anchor.clock_offset),
  FIELD (PROP_UTC_CLOCK, G_TYPE_OBJECT, anchor.utc_clock),
  FIELD (PROP_SYNC_GROUP, G_TYPE_STRING, sync_group),
};

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (object);

  GST_OBJECT_LOCK (self);
  if (!cmaf_property_fields_set (
          fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
make_stats_locked (GstTsEpochTap *self)
{
  const TapCounters *c = &self->counters;
  guint64 matched = self->watch ? demux_watch_get_matched (self->watch) : 0;
  GstStructure *s;

  s = gst_structure_new ("application/x-tsepochtap-stats", "packet-size",
      G_TYPE_UINT, c->packet_size, "skipped", G_TYPE_UINT64, c->skipped,
      "pes-packets", G_TYPE_UINT64, c->packets, "matched", G_TYPE_UINT64,
      matched, "boundary-points", G_TYPE_UINT64, c->points, "temi",
      G_TYPE_UINT64, c->timelines, "splices", G_TYPE_UINT64, c->splices,
      "bad-crcs", G_TYPE_UINT64, c->bad_crcs, "broken", G_TYPE_UINT64,
      c->broken, "discontinuities", G_TYPE_UINT64, c->discontinuities, NULL);
  if (self->anchor.has_pair)
    gst_structure_set (s, "pair-pts", G_TYPE_UINT64, self->anchor.pair.pts,
        "pair-ticks", G_TYPE_UINT64, self->anchor.pair.ticks, NULL);
  return s;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_STATS)
    g_value_take_boxed (value, make_stats_locked (self));
  else if (!cmaf_property_fields_get (
               fields, G_N_ELEMENTS (fields), &self->props, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstTsEpochTap *self = GST_TS_EPOCH_TAP (object);

  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), &self->props);
  mux_timing_stop (&self->timing);
  G_OBJECT_CLASS (gst_ts_epoch_tap_parent_class)->finalize (object);
}

static void
gst_ts_epoch_tap_init (GstTsEpochTap *self)
{
  self->timing.element = GST_ELEMENT (self);
  self->anchor.element = GST_ELEMENT (self);
  self->anchor.timing = &self->timing;
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, sink_chain);
  gst_pad_set_event_function (self->sinkpad, sink_event);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_PTS_ANCHOR,
      g_param_spec_enum ("pts-anchor", "PTS anchor",
          "What tells which PTS is which media time", pts_anchor_get_type (),
          CMAF_PTS_ANCHOR_AUTO, FLAGS));
  g_object_class_install_property (klass, PROP_ANCHOR_PTS,
      g_param_spec_int64 ("anchor-pts", "Anchor PTS",
          "This PTS (33 bits at 90 kHz) is anchor-ticks; -1: not told, or 0",
          -1, CMAF_PTS_MASK, -1, FLAGS));
  g_object_class_install_property (klass, PROP_ANCHOR_TICKS,
      g_param_spec_int64 ("anchor-ticks", "Anchor ticks",
          "Media time of anchor-pts (90 kHz, since 1970); -1: not told, or 0",
          -1, G_MAXINT64, -1, FLAGS));
  g_object_class_install_property (klass, PROP_ANCHOR_MAX_ERROR,
      g_param_spec_uint64 ("anchor-max-error", "Anchor maximum error",
          "How far (ns) media time by a pair that is told or stored may be "
          "from the clock before it is said",
          0, G_MAXINT64, DEFAULT_MAX_ERROR, FLAGS));
  g_object_class_install_property (klass, PROP_ANCHOR_SOURCE,
      g_param_spec_string ("anchor-source", "Anchor source",
          "Which input this is, for encoders that share a pair in a store: "
          "inputs with other PTS have other names",
          "main", FLAGS));
  g_object_class_install_property (klass, PROP_PROGRAM_NUMBER,
      g_param_spec_uint ("program-number", "Program number",
          "Programme to listen to; 0: all", 0, 65535, 0, FLAGS));
  g_object_class_install_property (klass, PROP_TIMELINE_TAI_OFFSET,
      g_param_spec_int ("timeline-tai-offset", "Timeline TAI offset",
          "TAI less media time, in seconds; the same on all encoders, for ever",
          -1000, 1000, CMAF_TAI_OFFSET, FLAGS));
  g_object_class_install_property (klass, PROP_LEAP_SECONDS_FILE,
      g_param_spec_string ("leap-seconds-file", "Leap seconds file",
          "Path of a leap-seconds.list or leapseconds (unset: the system's)",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_CLOCK_OFFSET,
      g_param_spec_int64 ("clock-offset", "Clock offset",
          "Added (ns) to the time of day: less how long pictures are on their "
          "way to here, or to show what a wrong clock does",
          -MUX_MAX_TIME, MUX_MAX_TIME, 0, FLAGS));
  g_object_class_install_property (klass, PROP_UTC_CLOCK,
      g_param_spec_object ("utc-clock", "UTC clock",
          "What tells the time of day: in ns since 1970, or a GstNtpClock, a "
          "GstPtpClock or TAI; unset: the system",
          GST_TYPE_CLOCK,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_SYNC_GROUP,
      g_param_spec_string ("sync-group", "Sync group",
          "Muxers of a pipeline with the same name hear of splices", "default",
          FLAGS));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters since the start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_ts_epoch_tap_class_init (GstTsEpochTapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "TS epoch tap",
      "Filter/Analyzer",
      "Reads the raw times of a transport stream in front of tsdemux",
      "the gst-cmaf authors");
  element_class->set_context = set_context;
  element_class->change_state = change_state;
}
