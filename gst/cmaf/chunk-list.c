/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A fragment's head, and buffers around bytes; nothing is decided here. */
#include "chunk-list.h"

#include <gst/cmaf/box-types.h>
#include <gst/cmaf/media-time.h>
#include <gst/cmafbase/gstcmafsegmentmeta.h>
#include <gst/cmaf/sample-entry.h>
#include <gst/cmaf/segment-marks.h>

/* All but those of mini objects and of the buffer's memory. */
#define BUFFER_FLAGS                                                           \
  ((guint) ~((GST_BUFFER_FLAG_LIVE - 1) | GST_BUFFER_FLAG_TAG_MEMORY))

static void
fill_prft (const MuxSettings *settings, const CmafTrack *track,
    const CmafCutFragment *cut, CmafFragment *fragment)
{
  fragment->has_prft = settings->prft_mode != PRFT_NONE;
  fragment->prft_media_time = cut->first_presentation_time;
  if (settings->prft_mode == PRFT_TIMELINE) {
    fragment->prft_flags = CMAF_PRFT_CAPTURE;
    fragment->prft_ntp = cmaf_ntp_from_media_ticks (
        cut->first_presentation_time, track->timescale);
  } else {
    fragment->prft_flags = 2; /* the moof was finished */
    fragment->prft_ntp =
        cmaf_ntp_from_media_ticks (g_get_real_time (), G_USEC_PER_SEC);
  }
}

GBytes *
chunk_list_write_head (
    const MuxSettings *settings, const MuxFragment *of, GError **error)
{
  const CmafCutFragment *cut = of->cut;
  CmafFragment fragment = { 0 };

  fragment.sequence_number = of->sequence_number;
  fragment.track_id = of->track->id;
  fragment.decode_time = cut->decode_time;
  fragment.samples = cut->samples;
  fragment.n_samples = cut->n_samples;
  fragment.starts_segment = cut->starts_segment;
  fragment.is_last = of->is_last;
  fragment.is_slate = of->is_slate;
  if (of->event_messages) {
    fragment.event_messages = (const GBytes *const *)of->event_messages->pdata;
    fragment.n_event_messages = of->event_messages->len;
  }
  fragment.marks =
      cmaf_segment_marks_of_cut (of->grid, of->track->timescale, cut);
  if (of->is_last) /* which says it too */
    fragment.marks &= ~CMAF_MARK_ENDS;
  fragment.roll_distance = cmaf_track_roll_distance (of->track);
  fill_prft (settings, of->track, cut, &fragment);
  return cmaf_fragment_write (&fragment, error);
}

GstCaps *
chunk_list_make_caps (GBytes *init, const gchar *track_name)
{
  GstCaps *caps = gst_caps_new_simple (
      "video/quicktime", "variant", G_TYPE_STRING, "cmaf", NULL);
  g_autoptr (GstBuffer) header = gst_buffer_new_wrapped_bytes (init);
  GstStructure *s = gst_caps_get_structure (caps, 0);
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, header);
  gst_value_array_append_and_take_value (&array, &value);
  gst_structure_take_value (s, "streamheader", &array);
  if (track_name)
    gst_structure_set (s, "track-name", G_TYPE_STRING, track_name, NULL);
  return caps;
}

static gboolean
copy_meta (GstBuffer *from, GstMeta **meta, gpointer user_data)
{
  GstBuffer *to = user_data;
  GstMetaTransformCopy copy = { FALSE, 0, -1 };

  if ((*meta)->info->transform_func)
    (*meta)->info->transform_func (
        to, *meta, from, _gst_meta_transform_copy, &copy);
  return TRUE;
}

/* The time of the list is that of its earliest sample. */
static GstClockTime
find_earliest (const ChunkListInfo *info, const GQueue *samples)
{
  GstClockTime earliest = GST_CLOCK_TIME_NONE; /* the greatest value */
  const GList *l = samples->head;

  for (guint i = 0; i < info->cut->n_samples; i++, l = l->next)
    earliest = MIN (earliest, GST_BUFFER_PTS (l->data));
  return earliest;
}

static GstBuffer *
make_init (const ChunkListInfo *info, const GQueue *samples)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (info->init);

  GST_BUFFER_PTS (buffer) = find_earliest (info, samples);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (samples->head->data);
  GST_BUFFER_FLAG_SET (
      buffer, GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

static GstBuffer *
make_head (const ChunkListInfo *info, const GQueue *samples)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (info->head);
  GstBuffer *first = samples->head->data;

  GST_BUFFER_PTS (buffer) = find_earliest (info, samples);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (first);
  GST_BUFFER_DURATION (buffer) = info->duration;
  GST_BUFFER_OFFSET (buffer) = info->told_number;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  if (!info->cut->starts_segment)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_foreach_meta (first, copy_meta, buffer);
  gst_cmaf_segment_meta_add (buffer, info->cut->number, info->cut->chunk,
      info->grid_time, info->cut->sap_type);
  return buffer;
}

/* Memory and metas as they came. (transfer full) */
static GstBuffer *
make_sample (GstBuffer *sample, gboolean is_last)
{
  GstBuffer *buffer = gst_buffer_make_writable (sample);

  GST_BUFFER_FLAG_UNSET (buffer, BUFFER_FLAGS);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (is_last)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  return buffer;
}

GstBufferList *
chunk_list_new (const ChunkListInfo *info, GQueue *samples)
{
  guint n = info->cut->n_samples;
  GstBufferList *list = gst_buffer_list_new_sized (n + 2);

  if (info->init)
    gst_buffer_list_add (list, make_init (info, samples));
  gst_buffer_list_add (list, make_head (info, samples));
  for (guint i = 0; i < n; i++)
    gst_buffer_list_add (
        list, make_sample (g_queue_pop_head (samples), i + 1 == n));
  return list;
}
