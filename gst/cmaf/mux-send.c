/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Cut fragments on their way out. */
#include "mux-send.h"

#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafmessage.h>

GstFlowReturn
mux_send_refuse (MuxStream *self, const GError *error)
{
  gst_cmaf_post_error (self->element, error);
  self->has_failed = TRUE;
  return GST_FLOW_ERROR;
}

/* @n samples have left the queue. A list belongs to the segment of its first
 * sample. */
static void
pass_samples (MuxStream *self, guint n)
{
  if (!self->next_segment_event)
    return;
  self->n_before_next -= MIN (self->n_before_next, n);
  if (self->n_before_next == 0)
    self->output.segment_event = g_steal_pointer (&self->next_segment_event);
}

gboolean
mux_send_header (MuxStream *self, guint64 number, GError **error)
{
  self->track->max_bitrate = self->track->avg_bitrate = self->bitrate;
  if (mux_service_renew_track (&self->timing.service, self->track, number))
    mux_output_forget_header (&self->output);
  return mux_output_begin (&self->output, self->track, self->language, error);
}

GstFlowReturn
mux_send_fragment (
    MuxStream *self, const CmafCutFragment *cut, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  MuxFragment fragment = { self->track, &self->grid, cut,
    cmaf_segmenter_sequence_number (self->segmenter, cut->number, cut->chunk),
    is_last, mux_aligned_is_slate (&self->aligned, cut, &self->units) };
  GstFlowReturn result;
  gboolean has_begun;

  if (!mux_events_write (&self->events, cut, &self->units, &messages, &error))
    return mux_send_refuse (self, error);
  fragment.event_messages = messages;
  mux_begin_tell (&self->begin, cut);
  has_begun = cut->starts_segment ? mux_send_header (self, cut->number, &error)
                                  : mux_output_begin (&self->output,
                                      self->track, self->language, &error);
  if (!has_begun)
    return mux_send_refuse (self, error);
  result = mux_output_push (&self->output, &fragment, &self->queue, &error);
  if (error)
    return mux_send_refuse (self, error);
  pass_samples (self, cut->n_samples);
  mux_service_note_segment (&self->timing.service, cut->number);
  cmaf_sync_member_note_progress (
      self->timing.member, cmaf_ns_from_ticks (cut->decode_time + cut->duration,
                               self->track->timescale));
  return result;
}

GstFlowReturn
mux_send_open (MuxStream *self)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_drain (self->segmenter, &cut))
    return mux_send_fragment (self, &cut, FALSE);
  return GST_FLOW_OK;
}

void
mux_send_last (MuxStream *self)
{
  CmafCutFragment cut;

  if (self->segmenter && cmaf_segmenter_finish (self->segmenter, &cut))
    mux_send_fragment (self, &cut, TRUE);
}

/* What was accepted is not lost, even when who hears of the error stops at
 * once: it goes out first, and as the last of the track, so that a sink does
 * not keep it open for more. */
GstFlowReturn
mux_send_fail (MuxStream *self, const GError *error)
{
  mux_send_last (self);
  return mux_send_refuse (self, error);
}
