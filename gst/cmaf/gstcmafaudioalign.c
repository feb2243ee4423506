/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/**
 * SECTION:element-cmafaudioalign
 * @title: cmafaudioalign
 *
 * Raw audio in, the same raw audio out, trimmed so that the access units of the
 * encoder behind it lie on the grid of absolute media time: unit a holds the
 * samples a * F to (a + 1) * F, counted from 1970, whenever and wherever the
 * encoder was started. Gaps are filled with silence, and a sample clock that
 * drifts from the time stamps is followed by resampling.
 *
 * ## A pipeline
 *
 * |[
 * gst-launch-1.0 -e audiotestsrc is-live=true num-buffers=500 !
 *   audio/x-raw,rate=48000,channels=2 ! cmafaudioalign ! avenc_aac ! aacparse !
 *   cmafsyncmux ! cmafhlssink location=/tmp/live
 * ]|
 *
 * Since: 0.1
 */
#include "gstcmafaudioalign.h"

#include "align-stream.h"

GST_DEBUG_CATEGORY_STATIC (cmaf_audio_align_debug);
#define GST_CAT_DEFAULT cmaf_audio_align_debug

struct _GstCmafAudioAlign
{
  GstCmafAlign parent;

  AlignSettings props; /* lock: object */
  AlignStream stream;
};

#define RAW_AUDIO                                                              \
  GST_AUDIO_CAPS_MAKE (GST_AUDIO_FORMATS_ALL)                                  \
  ", layout = (string) "                                                       \
  "interleaved"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_AUDIO));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (RAW_AUDIO));

G_DEFINE_TYPE_WITH_CODE (GstCmafAudioAlign, gst_cmaf_audio_align,
    GST_TYPE_CMAF_ALIGN,
    GST_DEBUG_CATEGORY_INIT (
        cmaf_audio_align_debug, "cmafaudioalign", 0, "audio on the grid"))
GST_ELEMENT_REGISTER_DEFINE (
    cmafaudioalign, "cmafaudioalign", GST_RANK_NONE, GST_TYPE_CMAF_AUDIO_ALIGN)

static gboolean
start (GstCmafAlign *align, GError **error)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (align);

  GST_OBJECT_LOCK (self);
  mux_settings_clear (&self->stream.settings.timing);
  self->stream.settings = self->props;
  mux_settings_own (&self->stream.settings.timing);
  GST_OBJECT_UNLOCK (self);
  return align_stream_start (&self->stream, error);
}

static void
stop (GstCmafAlign *align)
{
  align_stream_stop (&GST_CMAF_AUDIO_ALIGN (align)->stream);
}

static gboolean
take_caps (GstCmafAlign *align, GstCaps *caps)
{
  return align_stream_take_caps (&GST_CMAF_AUDIO_ALIGN (align)->stream, caps);
}

static GstFlowReturn
take_buffer (GstCmafAlign *align, GstBuffer *buffer)
{
  return align_stream_take_buffer (
      &GST_CMAF_AUDIO_ALIGN (align)->stream, buffer);
}

static GstFlowReturn
take_gap (GstCmafAlign *align, GstClockTime pts, GstClockTime duration)
{
  return align_stream_take_gap (
      &GST_CMAF_AUDIO_ALIGN (align)->stream, pts, duration);
}

static void
end (GstCmafAlign *align)
{
  align_stream_end (&GST_CMAF_AUDIO_ALIGN (align)->stream);
}

static void
flush (GstCmafAlign *align)
{
  align_stream_flush (&GST_CMAF_AUDIO_ALIGN (align)->stream);
}

static GstClockTime
get_latency (GstCmafAlign *align)
{
  return align_stream_get_latency (&GST_CMAF_AUDIO_ALIGN (align)->stream);
}

static GstStructure *
get_stats (GstCmafAlign *align)
{
  return align_stream_get_stats (&GST_CMAF_AUDIO_ALIGN (align)->stream);
}

static MuxSettings *
get_settings (GstCmafAlign *align)
{
  return &GST_CMAF_AUDIO_ALIGN (align)->props.timing;
}

static void
finalize (GObject *object)
{
  GstCmafAudioAlign *self = GST_CMAF_AUDIO_ALIGN (object);

  align_stream_clear (&self->stream);
  G_OBJECT_CLASS (gst_cmaf_audio_align_parent_class)->finalize (object);
}

static void
constructed (GObject *object)
{
  G_OBJECT_CLASS (gst_cmaf_audio_align_parent_class)->constructed (object);
  align_stream_init (&GST_CMAF_AUDIO_ALIGN (object)->stream,
      gst_cmaf_align_get_input (GST_CMAF_ALIGN (object)));
}

static void
gst_cmaf_audio_align_init (GstCmafAudioAlign *self)
{
}

static void
gst_cmaf_audio_align_class_init (GstCmafAudioAlignClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCmafAlignClass *align_class = GST_CMAF_ALIGN_CLASS (klass);

  object_class->finalize = finalize;
  object_class->constructed = constructed;
  align_settings_install (align_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "CMAF audio aligner",
      "Filter/Audio", "Trims raw audio to the access unit grid of media time",
      "the gst-cmaf authors");
  align_class->start = start;
  align_class->stop = stop;
  align_class->take_caps = take_caps;
  align_class->take_buffer = take_buffer;
  align_class->take_gap = take_gap;
  align_class->end = end;
  align_class->flush = flush;
  align_class->get_latency = get_latency;
  align_class->get_stats = get_stats;
  align_class->get_settings = get_settings;
}
