/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Text -> one CMAF track: the side of the input. */
#include "mux-text.h"

#include "mux-text-task.h"

#include <gst/cmaf/track-caps.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* ---- what the task is told ---- */

static void
say_locked (MuxText *self, guint64 running_time)
{
  self->reached =
      self->has_said ? MAX (self->reached, running_time) : running_time;
  self->has_said = TRUE;
  self->last_said = g_get_monotonic_time ();
}

static void
update_frame_locked (MuxText *self)
{
  if (!self->input.has_frame)
    return;
  cmaf_ttml_frame_clear (&self->frame);
  self->frame.before = g_strdup (self->input.frame.before);
  self->frame.after = g_strdup (self->input.frame.after);
}

/* Cues that came as no paragraphs become some where the track is TTML. */
static void
make_paragraphs (MuxText *self, GPtrArray *cues)
{
  if (self->sparse.output->settings->text_format != TEXT_FORMAT_STPP
      || self->input.format == TEXT_INPUT_TTML)
    return;
  for (guint i = 0; i < cues->len; i++) {
    CmafCue *cue = cues->pdata[i];

    cues->pdata[i] = cmaf_ttml_cue_from_webvtt (cue);
    cmaf_cue_free (cue);
  }
}

static void
add_cues_locked (MuxText *self, GPtrArray *cues)
{
  for (guint i = 0; i < cues->len; i++)
    g_ptr_array_add (self->arrived, cues->pdata[i]);
  update_frame_locked (self);
}

/* ---- caps ---- */

static CmafTrack *
make_track (MuxText *self, const GstCaps *caps, GError **error)
{
  const TextFormat format = self->sparse.output->settings->text_format;
  g_autoptr (CmafTrack) track = cmaf_track_from_caps (caps, FALSE, error);

  if (!track)
    return NULL;
  if (track->codec == CMAF_CODEC_STPP && format == TEXT_FORMAT_WVTT) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found TTML, needs WebVTT or plain text when text-format is "
        "wvtt");
    return NULL;
  }
  if (track->codec == CMAF_CODEC_WVTT && format == TEXT_FORMAT_STPP) {
    g_bytes_unref (track->codec_config);
    track->codec_config = cmaf_ttml_config ();
    track->codec = CMAF_CODEC_STPP;
  }
  return g_steal_pointer (&track);
}

static GstFlowReturn
refuse (MuxText *self, const GError *error)
{
  gst_cmaf_post_error (self->sparse.element, error);
  g_mutex_lock (&self->sparse.lock);
  self->result = GST_FLOW_ERROR;
  g_mutex_unlock (&self->sparse.lock);
  return GST_FLOW_ERROR;
}

GstFlowReturn
mux_text_take_caps (MuxText *self, GstCaps *caps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafTrack) track = make_track (self, caps, &error);
  gboolean is_same = TRUE;

  if (!track)
    return refuse (self, error);
  g_mutex_lock (&self->sparse.lock);
  if (self->next_track)
    is_same = self->next_track->codec == track->codec;
  else
    self->next_track = g_steal_pointer (&track);
  g_mutex_unlock (&self->sparse.lock);
  if (!is_same) {
    g_set_error (&error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "caps: found %s, needs text of the same kind as before",
        gst_structure_get_name (gst_caps_get_structure (caps, 0)));
    return refuse (self, error);
  }
  text_input_set_caps (&self->input, caps);
  if (!self->caps) {
    cmaf_sync_member_declare (self->sparse.timing->member, CMAF_MEDIA_TEXT);
    self->last_said = g_get_monotonic_time ();
    gst_pad_start_task (self->sparse.output->srcpad, mux_text_task, self, NULL);
  }
  gst_caps_replace (&self->caps, caps);
  return GST_FLOW_OK;
}

/* ---- buffers and events ---- */

GstFlowReturn
mux_text_take_buffer (MuxText *self, GstBuffer *buffer)
{
  g_autoptr (GPtrArray) cues = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GstFlowReturn result;
  guint64 time;

  if (!text_input_take (&self->input, buffer, cues, &error)) {
    gst_cmaf_post_warning (self->sparse.element, error);
    mux_output_count (
        self->sparse.output, &self->sparse.output->counters.dropped, 1);
  }
  make_paragraphs (self, cues);
  g_mutex_lock (&self->sparse.lock);
  if (!self->first)
    self->first = gst_buffer_ref (buffer);
  add_cues_locked (self, cues);
  self->last_said = g_get_monotonic_time ();
  if (!self->input.is_file && GST_BUFFER_PTS_IS_VALID (buffer)
      && text_input_running_time (&self->input, GST_BUFFER_PTS (buffer), &time))
    say_locked (self, time);
  sparse_track_notify_locked (&self->sparse);
  result = self->result;
  g_mutex_unlock (&self->sparse.lock);
  return result;
}

gboolean
mux_text_take_segment (MuxText *self, GstEvent *event)
{
  g_autoptr (GError) error = NULL;
  const GstSegment *segment;
  guint64 begin = 0;

  gst_event_parse_segment (event, &segment);
  if (!text_input_set_segment (&self->input, segment, &error)) {
    refuse (self, error);
    return FALSE;
  }
  text_input_running_time (&self->input, self->input.segment.start, &begin);
  g_mutex_lock (&self->sparse.lock);
  if (!self->has_said)
    self->begin = begin;
  self->last_said = g_get_monotonic_time ();
  sparse_track_notify_locked (&self->sparse);
  g_mutex_unlock (&self->sparse.lock);
  return TRUE;
}

void
mux_text_take_tags (MuxText *self, const GstTagList *tags)
{
  gchar *language;

  if (!gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &language))
    return;
  g_mutex_lock (&self->sparse.lock);
  g_free (self->language);
  self->language = language;
  g_mutex_unlock (&self->sparse.lock);
}

void
mux_text_take_gap (MuxText *self, GstClockTime start, GstClockTime duration)
{
  GstClockTime end =
      GST_CLOCK_TIME_IS_VALID (duration) ? start + duration : start;
  guint64 time;

  if (!text_input_running_time (&self->input, end, &time))
    return;
  g_mutex_lock (&self->sparse.lock);
  say_locked (self, time);
  sparse_track_notify_locked (&self->sparse);
  g_mutex_unlock (&self->sparse.lock);
}

gboolean
mux_text_end (MuxText *self, GstEvent *event)
{
  g_autoptr (GPtrArray) cues = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean is_taken;

  if (!text_input_finish (&self->input, cues, &error))
    gst_cmaf_post_warning (self->sparse.element, error);
  make_paragraphs (self, cues);
  g_mutex_lock (&self->sparse.lock);
  add_cues_locked (self, cues);
  is_taken = self->result == GST_FLOW_OK;
  if (is_taken)
    gst_event_replace (&self->eos, event);
  self->has_ended = TRUE;
  self->last_said = g_get_monotonic_time ();
  sparse_track_notify_locked (&self->sparse);
  g_mutex_unlock (&self->sparse.lock);
  return is_taken;
}

/* ---- life ---- */

static void
reset (MuxText *self)
{
  text_input_flush (&self->input);
  mux_text_task_reset (self);
  g_mutex_lock (&self->sparse.lock);
  for (guint i = 0; i < self->arrived->len; i++)
    cmaf_cue_free (self->arrived->pdata[i]);
  g_ptr_array_set_size (self->arrived, 0);
  gst_clear_buffer (&self->first);
  gst_clear_event (&self->eos);
  self->has_said = self->has_ended = FALSE;
  self->begin = self->reached = 0;
  self->result = GST_FLOW_OK;
  g_mutex_unlock (&self->sparse.lock);
}

void
mux_text_pause (MuxText *self)
{
  gboolean has_task;

  g_mutex_lock (&self->sparse.lock);
  has_task = self->next_track != NULL;
  g_mutex_unlock (&self->sparse.lock);
  if (has_task)
    gst_pad_pause_task (self->sparse.output->srcpad);
}

void
mux_text_flush (MuxText *self)
{
  reset (self);
  mux_output_send_header (self->sparse.output); /* it may be lost as well */
  if (self->caps)
    gst_pad_start_task (self->sparse.output->srcpad, mux_text_task, self, NULL);
}

void
mux_text_init (MuxText *self, GstElement *element, GstPad *sinkpad,
    MuxOutput *output, MuxTiming *timing)
{
  sparse_track_init (&self->sparse, element, output, timing);
  self->sinkpad = sinkpad;
  text_input_init (&self->input);
  self->arrived = g_ptr_array_new ();
}

void
mux_text_clear (MuxText *self)
{
  text_input_clear (&self->input);
  g_ptr_array_unref (self->arrived);
  sparse_track_clear (&self->sparse);
}

void
mux_text_stop (MuxText *self)
{
  sparse_track_set_running (&self->sparse, FALSE);
  gst_pad_stop_task (self->sparse.output->srcpad);
  reset (self);
  gst_clear_caps (&self->caps);
  cmaf_ttml_frame_clear (&self->frame);
  self->input.has_frame = FALSE;
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->next_track, cmaf_track_unref);
}
