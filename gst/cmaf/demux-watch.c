/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Probes on the pads of a demultiplexer. */
#include "demux-watch.h"

#include "downstream.h"
#include "raw-pts.h"
#include "running-time.h"

typedef struct
{
  gatomicrefcount ref_count; /* the watch, and each probe */
  PesMatch *match;
  CmafCueList *cues;
  gint n_matched; /* atomic */
} Shared;

typedef struct
{
  Shared *shared;
  guint16 pid;
  gboolean is_video;
} Probe;

typedef struct
{
  GstPad *pad;
  gulong id;
} Watched;

struct _DemuxWatch
{
  Shared *shared;
  GstElement *demux;
  gulong handler;
  GMutex lock;
  GArray *pads; /* lock: lock; of Watched */
};

static void
shared_unref (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;
  pes_match_unref (shared->match);
  cmaf_cue_list_unref (shared->cues);
  g_free (shared);
}

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  shared_unref (probe->shared);
  g_free (probe);
}

static GstCaps *
make_caps (const CmafPtsPair *pair)
{
  return gst_caps_new_simple (RAW_PTS_CAPS, RAW_PTS_PAIR_PTS, G_TYPE_UINT64,
      pair->pts, RAW_PTS_PAIR_TICKS, G_TYPE_UINT64, pair->ticks, NULL);
}

static void
tell_time (Shared *shared, GstPad *pad, GstBuffer *buffer, guint64 pts)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  gint64 time;

  if (!event || !GST_BUFFER_PTS_IS_VALID (buffer))
    return;
  gst_event_parse_segment (event, &segment);
  if (running_time_of (segment, GST_BUFFER_PTS (buffer), &time))
    cmaf_cue_list_set_reference (shared->cues, pts, time);
}

static GstPadProbeReturn
look_at_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Probe *probe = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstCaps) caps = NULL;
  CmafPtsPair pair;
  guint64 pts;

  if (!pes_match_take (probe->shared->match, probe->pid, buffer, &pts, &pair)
      || !GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_PAD_PROBE_OK;
  g_atomic_int_inc (&probe->shared->n_matched);
  tell_time (probe->shared, pad, buffer, pts);
  caps = make_caps (&pair);
  if (!probe->is_video)
    gst_caps_set_simple (
        caps, RAW_PTS_AT, G_TYPE_UINT64, GST_BUFFER_PTS (buffer), NULL);
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_add_reference_timestamp_meta (
      buffer, caps, pts, GST_CLOCK_TIME_NONE);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Names of pads are video_PROGRAM_PID or audio_PROGRAM_PID, both hexadecimal.
 */
static void
watch_pad (GstElement *demux, GstPad *pad, gpointer data)
{
  DemuxWatch *self = data;
  const gchar *pid = strrchr (GST_OBJECT_NAME (pad), '_');
  const gboolean is_video = g_str_has_prefix (GST_OBJECT_NAME (pad), "video_");
  Watched watched;
  Probe *probe;

  if (!pid
      || (!is_video && !g_str_has_prefix (GST_OBJECT_NAME (pad), "audio_")))
    return;
  probe = g_new (Probe, 1);
  probe->shared = self->shared;
  probe->is_video = is_video;
  probe->pid = g_ascii_strtoull (pid + 1, NULL, 16);
  g_atomic_ref_count_inc (&self->shared->ref_count);
  watched.pad = gst_object_ref (pad);
  watched.id = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, look_at_buffer, probe, probe_free);
  g_mutex_lock (&self->lock);
  g_array_append_val (self->pads, watched);
  g_mutex_unlock (&self->lock);
}

static void
unwatch (gpointer data)
{
  Watched *watched = data;

  gst_pad_remove_probe (watched->pad, watched->id);
  gst_object_unref (watched->pad);
}

DemuxWatch *
demux_watch_new (PesMatch *match, CmafCueList *cues)
{
  DemuxWatch *self = g_new0 (DemuxWatch, 1);

  self->shared = g_new0 (Shared, 1);
  g_atomic_ref_count_init (&self->shared->ref_count);
  self->shared->match = pes_match_ref (match);
  self->shared->cues = cmaf_cue_list_ref (cues);
  g_mutex_init (&self->lock);
  self->pads = g_array_new (FALSE, FALSE, sizeof (Watched));
  g_array_set_clear_func (self->pads, unwatch);
  return self;
}

void
demux_watch_free (DemuxWatch *self)
{
  if (self->demux)
    g_signal_handler_disconnect (self->demux, self->handler);
  gst_clear_object (&self->demux);
  g_array_unref (self->pads);
  g_mutex_clear (&self->lock);
  shared_unref (self->shared);
  g_free (self);
}

static gboolean
is_ts_demux (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory && g_strcmp0 (GST_OBJECT_NAME (factory), "tsdemux") == 0;
}

void
demux_watch_look (DemuxWatch *self, GstPad *srcpad)
{
  GList *pads;

  if (self->demux)
    return;
  self->demux = downstream_find (srcpad, is_ts_demux);
  if (!self->demux)
    return;
  self->handler =
      g_signal_connect (self->demux, "pad-added", G_CALLBACK (watch_pad), self);
  GST_OBJECT_LOCK (self->demux);
  pads = g_list_copy (self->demux->srcpads);
  g_list_foreach (pads, (GFunc)(void (*) (void))gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self->demux);
  for (GList *l = pads; l; l = l->next)
    watch_pad (self->demux, l->data, self);
  g_list_free_full (pads, gst_object_unref);
}

guint
demux_watch_get_matched (DemuxWatch *self)
{
  return g_atomic_int_get (&self->shared->n_matched);
}
