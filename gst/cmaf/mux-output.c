/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What leaves a muxer. */
#include "mux-output.h"

#include <gst/cmaf/broken-link.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/timescale.h>

void
mux_output_start (MuxOutput *self)
{
  GST_OBJECT_LOCK (self->element);
  memset (&self->counters, 0, sizeof self->counters);
  GST_OBJECT_UNLOCK (self->element);
}

void
mux_output_clear (MuxOutput *self)
{
  mux_output_forget_header (self);
  gst_clear_event (&self->segment_event);
}

void
mux_output_forget_header (MuxOutput *self)
{
  g_clear_pointer (&self->init, g_bytes_unref);
}

void
mux_output_send_header (MuxOutput *self)
{
  g_atomic_int_set (&self->header_is_due, TRUE);
}

void
mux_output_count (MuxOutput *self, guint64 *counter, guint64 n)
{
  GST_OBJECT_LOCK (self->element);
  *counter += n;
  GST_OBJECT_UNLOCK (self->element);
}

void
mux_output_set_latency (MuxOutput *self, GstClockTime latency)
{
  GST_OBJECT_LOCK (self->element);
  self->latency = latency;
  GST_OBJECT_UNLOCK (self->element);
  gst_element_post_message (
      self->element, gst_message_new_latency (GST_OBJECT (self->element)));
}

static void
replace_text (gchar **text, const gchar *by)
{
  if (!by || !by[0])
    return;
  g_free (*text);
  *text = g_strdup (by);
}

/* What is told here goes before what the input says, and has to be right. */
static gboolean
describe (const MuxOutput *self, CmafTrack *track, const gchar *language,
    GError **error)
{
  const MuxSettings *settings = self->settings;

  if (language != NULL && cmaf_language_is_valid (language))
    replace_text (&track->language, language);
  replace_text (&track->language, settings->language);
  replace_text (&track->role, settings->role);
  if (settings->language && settings->language[0]
      && !cmaf_language_is_valid (settings->language))
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "language: \"%s\" is no language tag, needs one as en or pt-BR",
        settings->language);
  else if (settings->role && settings->role[0]
           && !cmaf_role_is_valid (settings->role))
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "role: \"%s\" is no role, needs a word as main or forced-subtitle",
        settings->role);
  else
    return TRUE;
  return FALSE;
}

gboolean
mux_output_begin (
    MuxOutput *self, CmafTrack *track, const gchar *language, GError **error)
{
  g_autoptr (GstCaps) caps = NULL;

  if (!self->init) {
    if (!describe (self, track, language, error))
      return FALSE;
    self->init = cmaf_init_segment_write (track, error);
    if (!self->init)
      return FALSE;
    caps = chunk_list_make_caps (self->init, self->settings->track_name);
    gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
    mux_output_send_header (self);
  }
  if (self->segment_event)
    gst_pad_push_event (self->srcpad, g_steal_pointer (&self->segment_event));
  return TRUE;
}

static void
count_list (MuxOutput *self, const MuxFragment *fragment, GstBufferList *list)
{
  const CmafCutFragment *cut = fragment->cut;

  GST_OBJECT_LOCK (self->element);
  self->counters.chunks++;
  self->counters.slate += fragment->is_slate;
  self->counters.segments += cut->starts_segment;
  self->counters.samples += cut->n_samples;
  self->counters.bytes += gst_buffer_list_calculate_size (list);
  GST_OBJECT_UNLOCK (self->element);
}

/* What is presented before the first sample of such a segment is not sent. */
static gboolean
begins_anew (const CmafCutFragment *cut)
{
  return cut->starts_segment && cut->sap_type == 1
         && cut->first_presentation_time == cut->decode_time;
}

/* Any segment may be in front, of another encoder too. */
static void
break_link (const CmafTrack *track, GQueue *samples)
{
  GList *first = samples->head;
  GstMapInfo map;
  gboolean is_due;

  if (!gst_buffer_map (first->data, &map, GST_MAP_READ))
    return;
  is_due = cmaf_broken_link_is_due (track, map.data, map.size);
  gst_buffer_unmap (first->data, &map);
  if (!is_due)
    return;
  first->data = gst_buffer_make_writable (first->data);
  if (!gst_buffer_map (first->data, &map, GST_MAP_READWRITE))
    return;
  cmaf_broken_link_set (track, map.data, map.size);
  gst_buffer_unmap (first->data, &map);
}

GstFlowReturn
mux_output_push (MuxOutput *self, const MuxFragment *fragment, GQueue *samples,
    GError **error)
{
  const CmafCutFragment *cut = fragment->cut;
  g_autoptr (GBytes) head = NULL;
  ChunkListInfo info = { 0 };
  GstBufferList *list;

  if (fragment->track->media == CMAF_MEDIA_VIDEO && begins_anew (cut))
    break_link (fragment->track, samples);
  head = chunk_list_write_head (self->settings, fragment, error);
  if (!head)
    return GST_FLOW_ERROR;
  if (g_atomic_int_compare_and_exchange (&self->header_is_due, TRUE, FALSE))
    info.init = self->init;
  info.head = head;
  info.cut = cut;
  info.told_number = cut->number + self->settings->number_offset;
  info.grid_time = cmaf_segment_grid_edge (fragment->grid, cut->number);
  info.duration =
      cmaf_ns_from_ticks (cut->duration, fragment->track->timescale);
  list = chunk_list_new (&info, samples);
  count_list (self, fragment, list);
  return gst_pad_push_list (self->srcpad, list);
}
