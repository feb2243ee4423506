/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Frames that no input gave. */
#include "spare-frame.h"

/* Opaque, and nothing else. */
static void
fill (GstVideoFrame *argb)
{
  guint8 *line = GST_VIDEO_FRAME_PLANE_DATA (argb, 0);
  const gint width = GST_VIDEO_FRAME_WIDTH (argb);

  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (argb); y++) {
    memset (line, 0, (gsize)width * 4);
    for (gint x = 0; x < width; x++)
      line[4 * x] = 255;
    line += GST_VIDEO_FRAME_PLANE_STRIDE (argb, 0);
  }
}

static gboolean
convert (GstBuffer *from, const GstVideoInfo *from_info, GstBuffer *to,
    const GstVideoInfo *info)
{
  GstVideoConverter *converter = gst_video_converter_new (
      (GstVideoInfo *)from_info, (GstVideoInfo *)info, NULL);
  GstVideoFrame argb, black;
  gboolean ok = FALSE;

  if (!converter)
    return FALSE;
  if (gst_video_frame_map (&argb, from_info, from, GST_MAP_READWRITE)) {
    ok = gst_video_frame_map (&black, info, to, GST_MAP_WRITE);
    if (ok) {
      fill (&argb);
      gst_video_converter_frame (converter, &argb, &black);
      gst_video_frame_unmap (&black);
    }
    gst_video_frame_unmap (&argb);
  }
  gst_video_converter_free (converter);
  return ok;
}

GstBuffer *
spare_frame_new_black (const GstVideoInfo *info)
{
  g_autoptr (GstBuffer) argb = NULL;
  GstVideoInfo argb_info;
  GstBuffer *black;

  gst_video_info_set_interlaced_format (&argb_info, GST_VIDEO_FORMAT_ARGB,
      GST_VIDEO_INFO_INTERLACE_MODE (info), (guint)GST_VIDEO_INFO_WIDTH (info),
      (guint)GST_VIDEO_INFO_HEIGHT (info));
  GST_VIDEO_INFO_FPS_N (&argb_info) = GST_VIDEO_INFO_FPS_N (info);
  GST_VIDEO_INFO_FPS_D (&argb_info) = GST_VIDEO_INFO_FPS_D (info);
  argb = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&argb_info), NULL);
  black = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  if (!convert (argb, &argb_info, black, info))
    gst_clear_buffer (&black);
  return black;
}

GstBuffer *
spare_frame_dress (GstBuffer *black, GstBuffer *frame)
{
  const guint fields = GST_VIDEO_BUFFER_FLAG_INTERLACED
                       | GST_VIDEO_BUFFER_FLAG_TFF | GST_VIDEO_BUFFER_FLAG_RFF
                       | GST_VIDEO_BUFFER_FLAG_ONEFIELD;
  GstBuffer *copy = gst_buffer_copy (black);

  GST_BUFFER_FLAG_SET (copy, GST_BUFFER_FLAGS (frame) & fields);
  return copy;
}

static gboolean
drop_other_metas (GstBuffer *buffer, GstMeta **meta, gpointer data)
{
  const GType api = (*meta)->info->api;

  if (api != GST_VIDEO_META_API_TYPE && api != GST_VIDEO_CROP_META_API_TYPE)
    *meta = NULL;
  return TRUE;
}

GstBuffer *
spare_frame_repeat (GstBuffer *frame)
{
  GstBuffer *copy = gst_buffer_copy (frame);

  gst_buffer_foreach_meta (copy, drop_other_metas, NULL);
  GST_BUFFER_FLAG_UNSET (copy, GST_BUFFER_FLAG_DISCONT);
  return copy;
}
