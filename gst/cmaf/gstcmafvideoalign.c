/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafvideoalign
 * @title: cmafvideoalign
 *
 * Raw video in, the same raw video out, on the frame grid of absolute media
 * time: each frame number once, in order, whatever the input does. A frame that
 * is missing is repeated, one too many is dropped, and slate takes the place of
 * a live input that is lost, so that the encoder behind never stands still and
 * segments go on. Real frames keep their metas.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=250 !
 *   cmafvideoalign ! x264enc tune=zerolatency ! h264parse ! cmafsyncmux !
 *   cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafvideoalign.h"

#include "video-align-stream.h"

GST_DEBUG_CATEGORY_STATIC (cmaf_video_align_debug);
#define GST_CAT_DEFAULT cmaf_video_align_debug

struct _GstCmafVideoAlign
{
  GstCmafAlign parent;

  VideoSettings props; /* lock: object */
  VideoAlignStream stream;
};

#define RAW_VIDEO GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_VIDEO));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_VIDEO));

G_DEFINE_TYPE_WITH_CODE (GstCmafVideoAlign, gst_cmaf_video_align,
    GST_TYPE_CMAF_ALIGN,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_video_align_debug, "cmafvideoalign", 0, "video on the grid"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafvideoalign, "cmafvideoalign", GST_RANK_NONE, GST_TYPE_CMAF_VIDEO_ALIGN)

static gboolean
start (GstCmafAlign *align, GError **error)
{
  GstCmafVideoAlign *self = GST_CMAF_VIDEO_ALIGN (align);

  GST_OBJECT_LOCK (self);
  mux_settings_clear (&self->stream.settings.timing);
  self->stream.settings = self->props;
  mux_settings_own (&self->stream.settings.timing);
  GST_OBJECT_UNLOCK (self);
  return video_align_stream_start (&self->stream, error);
}

static void
stop (GstCmafAlign *align)
{
  video_align_stream_stop (&GST_CMAF_VIDEO_ALIGN (align)->stream);
}

static gboolean
take_caps (GstCmafAlign *align, GstCaps *caps)
{
  return video_align_stream_take_caps (
      &GST_CMAF_VIDEO_ALIGN (align)->stream, caps);
}

static GstFlowReturn
take_buffer (GstCmafAlign *align, GstBuffer *buffer)
{
  return video_align_stream_take_buffer (
      &GST_CMAF_VIDEO_ALIGN (align)->stream, buffer);
}

/* The next frame tells, or the watch. */
static GstFlowReturn
take_gap (GstCmafAlign *align, GstClockTime pts, GstClockTime duration)
{
  return GST_FLOW_OK;
}

static gboolean
take_sticky (GstCmafAlign *align, GstEvent *event)
{
  return video_align_stream_take_grid (
      &GST_CMAF_VIDEO_ALIGN (align)->stream, event);
}

static void
end (GstCmafAlign *align)
{
  video_align_stream_end (&GST_CMAF_VIDEO_ALIGN (align)->stream);
}

static void
flush (GstCmafAlign *align)
{
  video_align_stream_flush (&GST_CMAF_VIDEO_ALIGN (align)->stream);
}

static GstClockTime
get_latency (GstCmafAlign *align)
{
  return 0;
}

static GstStructure *
get_stats (GstCmafAlign *align)
{
  return video_align_stream_get_stats (&GST_CMAF_VIDEO_ALIGN (align)->stream);
}

static MuxSettings *
get_settings (GstCmafAlign *align)
{
  return &GST_CMAF_VIDEO_ALIGN (align)->props.timing;
}

static void
finalize (GObject *object)
{
  GstCmafVideoAlign *self = GST_CMAF_VIDEO_ALIGN (object);

  video_align_stream_clear (&self->stream);
  G_OBJECT_CLASS (gst_cmaf_video_align_parent_class)->finalize (object);
}

static void
constructed (GObject *object)
{
  G_OBJECT_CLASS (gst_cmaf_video_align_parent_class)->constructed (object);
  video_align_stream_init (&GST_CMAF_VIDEO_ALIGN (object)->stream,
      gst_cmaf_align_get_input (GST_CMAF_ALIGN (object)));
}

static void
gst_cmaf_video_align_init (GstCmafVideoAlign *self)
{
}

static void
gst_cmaf_video_align_class_init (GstCmafVideoAlignClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCmafAlignClass *align_class = GST_CMAF_ALIGN_CLASS (klass);

  object_class->finalize = finalize;
  object_class->constructed = constructed;
  video_settings_install (align_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF video aligner",
      "Filter/Video",
      "Puts raw frames on the frame grid of media time, each number once",
      "the gst-cmaf authors");
  align_class->start = start;
  align_class->stop = stop;
  align_class->take_caps = take_caps;
  align_class->take_buffer = take_buffer;
  align_class->take_gap = take_gap;
  align_class->take_sticky = take_sticky;
  align_class->end = end;
  align_class->flush = flush;
  align_class->get_latency = get_latency;
  align_class->get_stats = get_stats;
  align_class->get_settings = get_settings;
}
