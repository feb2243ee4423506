/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the track sink: its state, and what its files want of each other. Not
 * installed. */
#pragma once

#include <gst/cmafbase/gstcmaftracksink.h>

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_cmaf_track_sink_debug);
#define GST_CAT_DEFAULT gst_cmaf_track_sink_debug

struct _GstCmafTrackSinkPad
{
  GstPad parent;

  gchar *track_name; /* property; lock: object of the pad */
  gchar *name;       /* resolved; set once per stream by its thread, with the
                        objects of the element and of the pad locked */
  gchar *caps_name;  /* streaming thread, as all below */
  gchar *caps_language, *caps_role;
  CmafFragmentReader *reader;
  GBytes *header;       /* the last one given to the subclass */
  GstFlowReturn result; /* of a header that came with an event */
  gboolean has_ended;   /* lock: GstCmafTrackSinkPrivate.lock */
  gpointer data;
  GDestroyNotify destroy_data;
};

typedef struct
{
  GMutex telling; /* so that the last number that is told is the newest */
  GMutex lock;
  gboolean is_finishing; /* lock: lock; one thread runs finish */
  gboolean is_eos;       /* lock: lock; every pad has ended */
  guint32 eos_seqnum;    /* lock: lock */
  guint next_pad;        /* lock: object */
  gint has_failed;       /* atomic; the error of this run is on the bus */
} GstCmafTrackSinkPrivate;

GstCmafTrackSinkPrivate *gst_cmaf_track_sink_get_private (
    GstCmafTrackSink *self);
/* One error, whichever pad met it first and however often it is pushed to. */
void gst_cmaf_track_sink_post_error (
    GstCmafTrackSink *self, const GError *error);
/* The subclass is to expect those of the pads that there are now. */
void gst_cmaf_track_sink_tell_tracks (GstCmafTrackSink *self);
/* Once, when the last pad has ended. */
void gst_cmaf_track_sink_finish_if_all_ended (
    GstCmafTrackSink *self, guint32 seqnum);

/* In gstcmaftracksink-pad: forgets the stream, but not its name. */
void gst_cmaf_track_sink_pad_reset (GstCmafTrackSinkPad *pad);
/* (transfer full); NULL: none. lock: object of the element */
void gst_cmaf_track_sink_pad_take_name (GstCmafTrackSinkPad *pad, gchar *name);
/* Gives @pad a name that no other pad has, when it has none yet. */
void gst_cmaf_track_sink_pad_resolve_name (
    GstCmafTrackSinkPad *pad, GstCmafTrackSink *self, const CmafTrack *track);
/* What is upstream of it says. */
gboolean gst_cmaf_track_sink_pad_get_latency (GstCmafTrackSinkPad *pad,
    gboolean *is_live, GstClockTime *min, GstClockTime *max);

/* In gstcmaftracksink-input: what arrives on @pad goes to the subclass. */
void gst_cmaf_track_sink_input_attach (GstPad *pad);
/* Nothing more comes on @pad. */
GstFlowReturn gst_cmaf_track_sink_input_end (
    GstCmafTrackSink *self, GstCmafTrackSinkPad *pad);

G_END_DECLS
