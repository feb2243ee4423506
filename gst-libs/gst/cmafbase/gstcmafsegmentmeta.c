/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the first buffer of a fragment belongs to. */
#include "gstcmafsegmentmeta.h"

GType
gst_cmaf_segment_meta_api_get_type (void)
{
  static GType type = 0;
  static const gchar *tags[] = { NULL };

  if (g_once_init_enter (&type)) {
    GType made = gst_meta_api_type_register ("GstCmafSegmentMetaAPI", tags);

    g_once_init_leave (&type, made);
  }
  return type;
}

static gboolean
init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstCmafSegmentMeta *self = (GstCmafSegmentMeta *)meta;

  self->number = 0;
  self->chunk = 0;
  self->grid_time = GST_CLOCK_TIME_NONE;
  self->sap_type = 0;
  return TRUE;
}

/* A copy of the buffer, or of a part of it, belongs to the same segment. */
static gboolean
transform (
    GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type, gpointer data)
{
  const GstCmafSegmentMeta *self = (const GstCmafSegmentMeta *)meta;

  if (!GST_META_TRANSFORM_IS_COPY (type))
    return FALSE;
  return gst_cmaf_segment_meta_add (
             to, self->number, self->chunk, self->grid_time, self->sap_type)
         != NULL;
}

const GstMetaInfo *
gst_cmaf_segment_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **)&info)) {
    const GstMetaInfo *made =
        gst_meta_register (GST_CMAF_SEGMENT_META_API_TYPE, "GstCmafSegmentMeta",
            sizeof (GstCmafSegmentMeta), init, NULL, transform);

    g_once_init_leave ((GstMetaInfo **)&info, (GstMetaInfo *)made);
  }
  return info;
}

GstCmafSegmentMeta *
gst_cmaf_segment_meta_add (GstBuffer *buffer, guint64 number, guint chunk,
    GstClockTime grid_time, guint sap_type)
{
  GstCmafSegmentMeta *self = (GstCmafSegmentMeta *)gst_buffer_add_meta (
      buffer, GST_CMAF_SEGMENT_META_INFO, NULL);

  if (!self)
    return NULL;
  self->number = number;
  self->chunk = chunk;
  self->grid_time = grid_time;
  self->sap_type = sap_type;
  return self;
}

const GstCmafSegmentMeta *
gst_cmaf_segment_meta_get (GstBuffer *buffer)
{
  return (const GstCmafSegmentMeta *)gst_buffer_get_meta (
      buffer, GST_CMAF_SEGMENT_META_API_TYPE);
}
