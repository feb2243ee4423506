/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the aligners have in common. */
#include "align-input.h"

#include "running-time.h"

#include <gst/cmafbase/gstcmafmessage.h>

GstFlowReturn
align_input_refuse (AlignInput *self, const GError *error)
{
  gst_cmaf_post_error (self->element, error);
  self->has_failed = TRUE;
  return GST_FLOW_ERROR;
}

void
align_input_post (AlignInput *self, GstStructure *structure)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

gboolean
align_input_take_segment (AlignInput *self, const GstSegment *segment)
{
  if (segment->format != GST_FORMAT_TIME || segment->rate != 1.0) {
    g_autoptr (GError) error = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "segment: has format %s and rate %g, needs time and 1",
        gst_format_get_name (segment->format), segment->rate);

    align_input_refuse (self, error);
    return FALSE;
  }
  gst_segment_copy_into (segment, &self->segment);
  return TRUE;
}

gboolean
align_input_find_time (
    AlignInput *self, GstClockTime pts, gint64 *running_time, GError **error)
{
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "buffer: has no PTS, needs one");
  else if (!running_time_of (&self->segment, pts, running_time))
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "buffer: PTS lies outside of its segment");
  else
    return TRUE;
  return FALSE;
}

void
align_input_ask_upstream (AlignInput *self)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime max;

  self->is_live = FALSE;
  self->upstream_latency = 0;
  if (gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_latency (
        query, &self->is_live, &self->upstream_latency, &max);
  gst_query_unref (query);
}

GstFlowReturn
align_input_push (AlignInput *self, GstBuffer *buffer)
{
  GstSegment segment;

  if (self->segment_is_due) {
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
    self->segment_is_due = FALSE;
  }
  return buffer ? gst_pad_push (self->srcpad, buffer) : GST_FLOW_OK;
}

/* ---- loss ---- */

static gint64
due (const AlignInput *self)
{
  return self->end + (gint64)self->upstream_latency + self->lateness;
}

void
align_input_watch (AlignInput *self)
{
  if (self->is_live && GST_CLOCK_TIME_IS_VALID (self->patience)
      && due (self) >= 0)
    input_watch_set_deadline (
        self->watch, (GstClockTime)due (self) + self->patience);
}

void
align_input_unwatch (AlignInput *self)
{
  input_watch_set_deadline (self->watch, GST_CLOCK_TIME_NONE);
}

/* What comes behind its time, after a loss, is not lost as long as it comes. */
void
align_input_note (AlignInput *self, gint64 end)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);

  self->end = end;
  self->lateness = 0;
  if (clock && self->is_live)
    self->lateness = (gint64)(gst_clock_get_time (clock)
                              - gst_element_get_base_time (self->element))
                     - due (self);
  self->lateness = MAX (self->lateness, 0);
  align_input_watch (self);
}

gboolean
align_input_is_lost (const AlignInput *self, GstClockTime deadline)
{
  return !self->has_failed
         && due (self) + (gint64)self->patience <= (gint64)deadline;
}

/* ---- life ---- */

void
align_input_flush (AlignInput *self)
{
  self->segment_is_due = TRUE;
  self->has_failed = FALSE;
  self->lateness = 0;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
}

gboolean
align_input_start (AlignInput *self, const MuxSettings *timing,
    GstClockTime patience, InputWatchFunc func, gpointer user_data,
    GError **error)
{
  align_input_flush (self);
  self->is_live = FALSE;
  self->patience = patience;
  if (!mux_timing_start (&self->timing, timing, error))
    return FALSE;
  self->slates = cmaf_slate_list_new ();
  self->watch = input_watch_new (self->element, func, user_data);
  return TRUE;
}

void
align_input_stop (AlignInput *self)
{
  g_clear_pointer (&self->watch, input_watch_free);
  g_clear_pointer (&self->slates, cmaf_slate_list_unref);
  align_input_flush (self);
  mux_timing_stop (&self->timing);
}

void
align_input_wake (AlignInput *self, gboolean awake)
{
  mux_timing_wake (&self->timing, awake);
}
