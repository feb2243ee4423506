/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers around bytes; nothing is decided here. */
#include "chunk-list.h"

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

static GstBuffer *
make_init (const ChunkListInfo *info, const GstBuffer *first)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (info->init);

  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (first);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (first);
  GST_BUFFER_FLAG_SET (
      buffer, GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

static GstBuffer *
make_head (const ChunkListInfo *info, GstBuffer *first)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (info->head);

  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (first);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (first);
  GST_BUFFER_DURATION (buffer) = info->duration;
  GST_BUFFER_OFFSET (buffer) = info->number;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  if (!info->starts_segment)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_foreach_meta (first, copy_meta, buffer);
  return buffer;
}

static GstBuffer *
make_sample (GstBuffer *sample, gboolean is_last)
{
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; i < gst_buffer_n_memory (sample); i++)
    gst_buffer_append_memory (buffer, gst_buffer_get_memory (sample, i));
  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (sample);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (sample);
  GST_BUFFER_DURATION (buffer) = GST_BUFFER_DURATION (sample);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (is_last)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  return buffer;
}

GstBufferList *
chunk_list_new (const ChunkListInfo *info, GQueue *samples, guint n)
{
  GstBufferList *list = gst_buffer_list_new_sized (n + 2);
  GstBuffer *first = g_queue_peek_head (samples);

  if (info->init)
    gst_buffer_list_add (list, make_init (info, first));
  gst_buffer_list_add (list, make_head (info, first));
  for (guint i = 0; i < n; i++) {
    GstBuffer *sample = g_queue_pop_head (samples);

    gst_buffer_list_add (list, make_sample (sample, i + 1 == n));
    gst_buffer_unref (sample);
  }
  return list;
}
