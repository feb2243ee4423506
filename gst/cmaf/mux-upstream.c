/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The encoder in front of the muxer, and what enters it.
 *
 * A probe on the encoder's raw pad holds a reference. It works for one frame
 * at a time, and only for the pad that is watched: leaving a pad waits until
 * its frame is through. */
#include "mux-upstream.h"

#include "align-event.h"
#include "mux-splices.h"
#include "running-time.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmaf/unit-phase.h>
#include <gst/video/video.h>

/* Elements between encoder and muxer that are looked through. */
#define MAX_STEPS 32
/* What encoders raise their first PTS to, so that no DTS is negative. */
#define ENCODER_MIN_PTS (1000 * 3600 * GST_SECOND)

struct _MuxUpstream
{
  gatomicrefcount ref_count;
  GstPad *sinkpad; /* borrowed; valid while a pad is watched */
  GMutex mutex;
  GCond idle;

  GstPad *pad;       /* lock: mutex; the encoder's raw pad, NULL: none */
  GstPad *coded_pad; /* lock: mutex; and what it sends on */
  gulong probe;      /* lock: mutex */
  gboolean is_busy;  /* lock: mutex; a frame is being looked at */
  gboolean has_unit; /* lock: mutex */
  guint64 unit;      /* lock: mutex; newest that has entered the encoder */
  GArray *times;     /* lock: mutex; GstClockTime, further key frames */
  gint is_stale;     /* atomic; caps, segment or flush: set up anew */

  /* set while no pad is watched, used by the busy frame alone */
  const MuxSettings *settings;
  MuxTiming timing; /* a copy */
  MuxLock lock;     /* of the raw frames */
  MuxSplices splices;
  gboolean is_set_up;
  gboolean has_given_up; /* they tell no time */
  GstSegment segment;
  CmafUnitGrid units;
  CmafSegmentGrid grid;
  CmafUnitPhase phase;
  GstClockTime first_pts;
  gboolean has_number;
  guint64 number;        /* of the segment of the newest frame */
  gboolean trusts_times; /* of requests that the encoder serves */
  GstClockTime latest;   /* of those; what comes before is a repetition to it */
};

static MuxUpstream *
upstream_ref (MuxUpstream *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
upstream_unref (MuxUpstream *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->times);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);
  g_free (self);
}

MuxUpstream *
mux_upstream_new (GstPad *sinkpad)
{
  MuxUpstream *self = g_new0 (MuxUpstream, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
  self->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->sinkpad = sinkpad;
  mux_lock_init (&self->lock, &self->timing);
  return self;
}

/* ---- finding the encoder ---- */

/* The pad that sends to @pad, in whatever bin it is. (transfer full) */
static GstPad *
find_sender (GstPad *pad)
{
  GstPad *sender = gst_pad_get_peer (pad);

  while (sender && GST_IS_PROXY_PAD (sender)) {
    g_autoptr (GstPad) proxy = sender;

    if (GST_IS_GHOST_PAD (proxy)) { /* into a bin */
      sender = gst_ghost_pad_get_target (GST_GHOST_PAD (proxy));
    } else { /* out of one */
      g_autoptr (GstPad) ghost =
          GST_PAD (gst_proxy_pad_get_internal (GST_PROXY_PAD (proxy)));

      sender = ghost ? gst_pad_get_peer (ghost) : NULL;
    }
  }
  return sender;
}

/* (transfer full) */
static GstPad *
find_only_sink_pad (GstElement *element)
{
  GstPad *pad = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsinkpads == 1)
    pad = gst_object_ref (element->sinkpads->data);
  GST_OBJECT_UNLOCK (element);
  return pad;
}

static gboolean
is_video_encoder (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory
         && gst_element_factory_list_is_type (
             factory, GST_ELEMENT_FACTORY_TYPE_ENCODER
                          | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO);
}

/* Running time behind these is not what it is in front of them. */
static gboolean
changes_time (GstElement *element)
{
  static const gchar *const classes[] = { "Decoder", "Demuxer", "Depayloader",
    "Muxer", "Network", "Payloader" };
  const gchar *klass =
      gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  for (guint i = 0; klass && i < G_N_ELEMENTS (classes); i++) {
    if (strstr (klass, classes[i]))
      return TRUE;
  }
  return FALSE;
}

/* The pads of the encoder that feeds @sinkpad. (transfer full) */
static GstPad *
find_encoder (GstPad *sinkpad, GstPad **coded_pad)
{
  g_autoptr (GstPad) pad = gst_object_ref (sinkpad);

  for (guint i = 0; pad && i < MAX_STEPS; i++) {
    g_autoptr (GstPad) sender = find_sender (pad);
    g_autoptr (GstElement) element =
        sender ? gst_pad_get_parent_element (sender) : NULL;

    gst_clear_object (&pad);
    if (!element || changes_time (element))
      return NULL;
    pad = find_only_sink_pad (element);
    if (pad && is_video_encoder (element)) {
      *coded_pad = g_steal_pointer (&sender);
      return g_steal_pointer (&pad);
    }
  }
  return NULL;
}

/* ---- the raw frames ---- */

/* What the muxer will do with its first coded frame, now. */
static gboolean
set_up (MuxUpstream *self, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_VIDEO, 0);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  g_autoptr (GError) ignored = NULL; /* the muxer tells it */
  CmafUnitGrid *units = &self->units;
  CmafSyncMapping mapping;
  gint fps_n, fps_d;

  if (!caps || !event
      || !gst_structure_get_fraction (
          gst_caps_get_structure (caps, 0), "framerate", &fps_n, &fps_d)
      || fps_n < 1
      || !cmaf_video_timescale (
          fps_n, fps_d, &units->timescale, &units->unit_ticks))
    return FALSE;
  gst_event_copy_segment (event, &self->segment);
  track->fps_n = fps_n;
  track->fps_d = fps_d;
  if (mux_timing_agree (
          &self->timing, self->settings, track, &self->grid, &ignored)
      != GST_FLOW_OK)
    return FALSE;
  mux_lock_clear (&self->lock);
  mux_lock_give (
      &self->lock, align_event_find_grid (pad, &mapping) ? &mapping : NULL);
  mux_lock_start (&self->lock, units, &self->grid, TRUE);
  self->first_pts = GST_BUFFER_PTS (buffer);
  memset (&self->phase, 0, sizeof self->phase);
  return TRUE;
}

/* The muxer tells what there is to tell when the coded frames come. */
static gboolean
decide (MuxUpstream *self, GstBuffer *buffer, gint64 running_time)
{
  CmafLockEventKind kind;
  CmafPlacement placement;
  CmafUnitTimes times;
  GstBuffer *none;
  GstStructure *event;

  mux_timing_read (&self->timing, buffer, running_time, &self->units, &times);
  mux_lock_take (&self->lock, NULL, &times);
  if (!mux_lock_decide (&self->lock, FALSE, NULL))
    return FALSE;
  while ((event = mux_lock_next_event (&self->lock, &kind)))
    gst_structure_free (event);
  while (mux_lock_next (&self->lock, &none, &placement))
    ;
  return TRUE;
}

/* The number of the frame, by what is known of the time. */
static gboolean
find_number (MuxUpstream *self, gint64 running_time, guint64 *unit)
{
  gint64 media_time = mux_lock_media_time (&self->lock, running_time);
  CmafTimingSource source;
  gint64 offset;

  cmaf_timing_lock_get_mapping (self->lock.lock, &source, &offset);
  return cmaf_unit_phase_find (&self->phase, &self->units,
      source == CMAF_TIMING_FIXED, media_time, unit);
}

static void
ask_at (MuxUpstream *self, GstClockTime running_time)
{
  gst_pad_push_event (self->sinkpad,
      gst_video_event_new_upstream_force_key_unit (running_time, TRUE, 0));
}

/* For a key frame at the frame that is about to enter.
 *
 * GstVideoEncoder (1.22) does not know its output segment before the first
 * coded frame is out, and takes the raised PTS for running time until then. A
 * request for the frame's running time is served all the same, but once: what
 * is not after the latest one served is taken for a repetition. So early
 * requests are also made in its own terms, and the first one behind them, which
 * others may have made as well, is for the next frame whatever its time: that
 * puts things right again. */
static void
ask (MuxUpstream *self, gint64 running_time, GstClockTime pts)
{
  g_autoptr (GstEvent) coded_segment =
      gst_pad_get_sticky_event (self->coded_pad, GST_EVENT_SEGMENT, 0);
  GstClockTime early =
      cmaf_ns_from_ticks (self->units.unit_ticks, self->units.timescale) / 4;
  GstClockTime time = MAX (running_time - (gint64)early, 0);

  if (!coded_segment) {
    ask_at (self, time);
    if (pts > self->first_pts)
      ask_at (self, ENCODER_MIN_PTS + pts - self->first_pts - early);
    self->trusts_times = FALSE;
  } else if (!self->trusts_times || time <= self->latest) {
    ask_at (self, GST_CLOCK_TIME_NONE);
    self->trusts_times = TRUE;
  } else {
    ask_at (self, time);
    self->latest = time;
  }
}

/* TRUE for the first frame of a segment, also when it is late. What comes first
 * of all is a key frame anyway. */
static gboolean
begins_segment (MuxUpstream *self, guint64 unit)
{
  guint64 number =
      cmaf_segment_grid_number_of_unit (&self->grid, &self->units, unit);
  gboolean begins = self->has_number && number != self->number;

  self->number = number;
  self->has_number = TRUE;
  return begins;
}

/* Key frames for splices, and their boundaries. */
static void
take_cues (MuxUpstream *self)
{
  const GstClockTime early =
      cmaf_ns_from_ticks (self->units.unit_ticks, self->units.timescale) / 4;
  GstClockTime time;

  mux_splices_plan (&self->splices, &self->timing, self->settings, &self->lock);
  while (mux_splices_next (&self->splices, &self->timing, &time)) {
    time = MAX (time, early) - early;
    g_mutex_lock (&self->mutex);
    g_array_append_val (self->times, time);
    g_mutex_unlock (&self->mutex);
  }
}

static gboolean
take_times (MuxUpstream *self, gint64 running_time)
{
  gboolean is_due = FALSE;
  guint i = 0;

  g_mutex_lock (&self->mutex);
  while (i < self->times->len) {
    if ((gint64)g_array_index (self->times, GstClockTime, i) > running_time) {
      i++;
      continue;
    }
    g_array_remove_index (self->times, i);
    is_due = TRUE;
  }
  g_mutex_unlock (&self->mutex);
  return is_due;
}

static void
take_frame (MuxUpstream *self, GstPad *pad, GstBuffer *buffer)
{
  gint64 running_time;
  gboolean is_due;
  guint64 unit;

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return;
  if (g_atomic_int_compare_and_exchange (&self->is_stale, TRUE, FALSE)) {
    self->is_set_up = FALSE;
    self->has_given_up = FALSE;
  }
  if (!self->is_set_up && !self->has_given_up)
    self->is_set_up = set_up (self, pad, buffer);
  if (!self->is_set_up
      || !running_time_of (
          &self->segment, GST_BUFFER_PTS (buffer), &running_time))
    return;
  if (!decide (self, buffer, running_time)) {
    self->is_set_up = FALSE;
    self->has_given_up = TRUE;
    return;
  }
  if (!find_number (self, running_time, &unit))
    return;
  take_cues (self);
  is_due = begins_segment (self, unit);
  if (take_times (self, running_time) || is_due)
    ask (self, running_time, GST_BUFFER_PTS (buffer));
  g_mutex_lock (&self->mutex);
  self->unit = unit;
  self->has_unit = TRUE;
  g_mutex_unlock (&self->mutex);
}

static gboolean
enter (MuxUpstream *self, GstPad *pad)
{
  gboolean may_enter;

  g_mutex_lock (&self->mutex);
  may_enter = self->pad == pad && !self->is_busy;
  if (may_enter)
    self->is_busy = TRUE;
  g_mutex_unlock (&self->mutex);
  return may_enter;
}

static void
leave (MuxUpstream *self)
{
  g_mutex_lock (&self->mutex);
  self->is_busy = FALSE;
  g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  MuxUpstream *self = data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (enter (self, pad)) {
      take_frame (self, pad, GST_PAD_PROBE_INFO_BUFFER (info));
      leave (self);
    }
    return GST_PAD_PROBE_OK;
  }
  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))) {
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      g_atomic_int_set (&self->is_stale, TRUE);
      break;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

/* ---- watching ---- */

static void
unwatch (MuxUpstream *self)
{
  g_autoptr (GstPad) coded_pad = NULL;
  g_autoptr (GstPad) pad = NULL;
  gulong probe;

  g_mutex_lock (&self->mutex);
  pad = g_steal_pointer (&self->pad);
  probe = self->probe;
  while (self->is_busy)
    g_cond_wait (&self->idle, &self->mutex);
  coded_pad = g_steal_pointer (&self->coded_pad);
  self->has_unit = FALSE;
  g_array_set_size (self->times, 0);
  g_mutex_unlock (&self->mutex);
  mux_lock_clear (&self->lock);
  if (pad)
    gst_pad_remove_probe (pad, probe);
}

static void
watch (MuxUpstream *self, GstPad *pad, GstPad *coded_pad)
{
  gulong probe;

  self->is_set_up = FALSE;
  self->has_number = FALSE;
  self->trusts_times = FALSE;
  self->latest = 0;
  probe = gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, upstream_ref (self), (GDestroyNotify)upstream_unref);
  g_mutex_lock (&self->mutex);
  self->pad = gst_object_ref (pad);
  self->coded_pad = gst_object_ref (coded_pad);
  self->probe = probe;
  g_mutex_unlock (&self->mutex);
}

void
mux_upstream_look (MuxUpstream *self)
{
  g_autoptr (GstPad) coded_pad = NULL;
  g_autoptr (GstPad) pad = NULL;
  gboolean is_same;

  if (!self->settings || !self->settings->send_force_key_unit)
    return;
  pad = find_encoder (self->sinkpad, &coded_pad);
  g_mutex_lock (&self->mutex);
  is_same = self->pad == pad;
  g_mutex_unlock (&self->mutex);
  if (is_same)
    return;
  unwatch (self);
  if (pad)
    watch (self, pad, coded_pad);
}

gboolean
mux_upstream_leads (MuxUpstream *self, guint64 unit)
{
  gboolean leads;

  g_mutex_lock (&self->mutex);
  leads = self->has_unit && self->unit >= unit;
  g_mutex_unlock (&self->mutex);
  return leads;
}

void
mux_upstream_ask_at (MuxUpstream *self, GstClockTime running_time)
{
  gboolean is_watching;

  g_mutex_lock (&self->mutex);
  is_watching = self->pad != NULL;
  if (is_watching)
    g_array_append_val (self->times, running_time);
  g_mutex_unlock (&self->mutex);
  if (!is_watching)
    ask_at (self, running_time);
}

void
mux_upstream_start (
    MuxUpstream *self, const MuxSettings *settings, const MuxTiming *timing)
{
  self->settings = settings;
  self->timing = *timing;
  memset (&self->splices, 0, sizeof self->splices);
  mux_upstream_look (self);
}

void
mux_upstream_stop (MuxUpstream *self)
{
  unwatch (self);
  self->settings = NULL;
}

void
mux_upstream_free (MuxUpstream *self)
{
  mux_upstream_stop (self);
  upstream_unref (self);
}
