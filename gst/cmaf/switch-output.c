/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What leaves cmafinputswitch. */
#include "switch-output.h"

#include "align-event.h"

/* ---- the mapping ---- */

/* That of the group; or else the first item leaves with the running time that
 * it came with, and the others hear of that. Sound leaves it to frames. */
static void
find_mapping (SwitchOutput *self, const SwitchItem *item)
{
  CmafSyncGroup *group = self->timing.group;
  CmafSyncMember *member = self->timing.member;

  if (!item->is_video && cmaf_sync_member_expects_mapping (member))
    cmaf_sync_member_wait_mapping (
        member, g_get_monotonic_time () + GST_TIME_AS_USECONDS (MUX_PATIENCE));
  self->has_mapping = TRUE;
  if (cmaf_sync_group_get_mapping (group, &self->mapping))
    return;
  memset (&self->mapping, 0, sizeof self->mapping);
  self->mapping.source = item->source;
  self->mapping.offset = item->from - item->running_time;
  if (!cmaf_sync_group_publish (group, self, &self->mapping))
    cmaf_sync_group_get_mapping (group, &self->mapping);
}

/* ---- events ---- */

static void
push_start (SwitchOutput *self, const SwitchItem *item)
{
  g_autofree gchar *id =
      g_strdup_printf ("%s-%s-%08x", GST_OBJECT_NAME (self->timing.element),
          item->is_video ? "video" : "audio", g_random_int ());

  gst_pad_push_event (self->pad, gst_event_new_stream_start (id));
}

static void
push_segment (SwitchOutput *self, const SwitchItem *item)
{
  g_autoptr (CmafSlateList) none = cmaf_slate_list_new ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->pad, gst_event_new_segment (&segment));
  if (item->is_video)
    gst_pad_push_event (self->pad, align_event_new_grid (&self->mapping, none));
}

static void
push_events (SwitchOutput *self, const SwitchItem *item)
{
  const gboolean is_first = self->caps == NULL;

  if (!is_first && gst_caps_is_equal (self->caps, item->caps))
    return;
  if (is_first)
    push_start (self, item);
  gst_caps_replace (&self->caps, item->caps);
  gst_pad_push_event (self->pad, gst_event_new_caps (item->caps));
  if (is_first)
    push_segment (self, item);
}

/* ---- interface ---- */

GstFlowReturn
switch_output_push (SwitchOutput *self, SwitchItem *item)
{
  GstFlowReturn result = GST_FLOW_OK;
  GstBuffer *buffer;
  gint64 time;

  if (!self->has_mapping)
    find_mapping (self, item);
  time = item->from - self->mapping.offset;
  if (time >= 0) { /* sound from before the first frame */
    push_events (self, item);
    buffer = gst_buffer_make_writable (g_steal_pointer (&item->buffer));
    GST_BUFFER_PTS (buffer) = (GstClockTime)time;
    GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION (buffer) = (GstClockTime)(item->to - item->from);
    result = gst_pad_push (self->pad, buffer);
  }
  switch_item_free (item);
  return result;
}

gboolean
switch_output_start (
    SwitchOutput *self, const MuxSettings *settings, GError **error)
{
  self->has_mapping = FALSE;
  return mux_timing_start (&self->timing, settings, error);
}

void
switch_output_stop (SwitchOutput *self)
{
  if (self->timing.group)
    cmaf_sync_group_resign (self->timing.group, self);
  gst_clear_caps (&self->caps);
  mux_timing_stop (&self->timing);
}
