/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What every sink of CMAF tracks shares: request pads, parsing of what arrives,
 * end of stream over all pads, flush and states. A subclass says what to do
 * with a header, a chunk and an end. Since: 0.1 */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_TRACK_SINK_PAD (gst_cmaf_track_sink_pad_get_type ())
CMAF_API
G_DECLARE_FINAL_TYPE (GstCmafTrackSinkPad, gst_cmaf_track_sink_pad, GST,
    CMAF_TRACK_SINK_PAD, GstPad)

#define GST_TYPE_CMAF_TRACK_SINK (gst_cmaf_track_sink_get_type ())
CMAF_API
G_DECLARE_DERIVABLE_TYPE (
    GstCmafTrackSink, gst_cmaf_track_sink, GST, CMAF_TRACK_SINK, GstElement)

/**
 * GstCmafTrackSinkClass:
 * @start: READY to PAUSED; an error fails the state change with one message
 * @expect: of how many tracks there is a pad, but for pads that ended before
 *     their header, after @start and when that may have changed; from any
 *     thread, also while the element is stopped, and must not wait
 * @unlock: make running and future @header, @chunk, @end calls of @pad, or of
 *     every pad when it is NULL, return soon with GST_FLOW_FLUSHING
 * @unlock_stop: undoes @unlock of one pad after a flush; @start undoes all
 * @stop: PAUSED to READY, after all pads are inactive
 * @header: a CMAF header, also again when it changes
 * @chunk: a complete chunk; on GST_FLOW_ERROR with @error set, the base class
 *     posts the one error message
 * @custom_event: a serialized custom event, in its place among the chunks
 * @end: the pad got EOS, or is being released
 * @finish: every pad has ended; return FALSE with @error set when data was
 * lost, then no EOS but an error is posted
 *
 * @header, @chunk and @end of one pad are serialized; different pads call from
 * different threads, with no lock held.
 */
struct _GstCmafTrackSinkClass
{
  GstElementClass parent_class;

  gboolean (*start) (GstCmafTrackSink *self, GError **error);
  void (*expect) (GstCmafTrackSink *self, guint n_tracks);
  void (*unlock) (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad);
  void (*unlock_stop) (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad);
  void (*stop) (GstCmafTrackSink *self);
  GstFlowReturn (*header) (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad,
      CmafTrack *track, GBytes *header, GError **error);
  GstFlowReturn (*chunk) (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad,
      CmafChunk *chunk, GError **error);
  void (*custom_event) (GstCmafTrackSink *self, GstCmafTrackSinkPad *pad,
      const GstStructure *event);
  GstFlowReturn (*end) (
      GstCmafTrackSink *self, GstCmafTrackSinkPad *pad, GError **error);
  gboolean (*finish) (GstCmafTrackSink *self, GError **error);

  gpointer _gst_reserved[GST_PADDING];
};

/* The name of the track: the pad property track-name, else the caps field
 * track-name, else "video-0", "audio-1", ... from media and pad number; made
 * unique among the pads. Valid from the first @header on. */
CMAF_API const gchar *gst_cmaf_track_sink_pad_get_name (
    GstCmafTrackSinkPad *pad);
CMAF_API gboolean gst_cmaf_track_sink_pad_is_live (GstCmafTrackSinkPad *pad);

/* For subclasses whose pads need data of their own. */
CMAF_API void gst_cmaf_track_sink_pad_set_data (
    GstCmafTrackSinkPad *pad, gpointer data, GDestroyNotify destroy);
CMAF_API gpointer gst_cmaf_track_sink_pad_get_data (GstCmafTrackSinkPad *pad);

/* The sink pad template with the caps of the track contract. */
CMAF_API void gst_cmaf_track_sink_class_add_template (
    GstElementClass *element_class);

G_END_DECLS
