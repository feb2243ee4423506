/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One input of cmafinputswitch: raw frames or sound -> the same with its media
 * time, by the sync group of that input. Streaming thread of its pad, and state
 * changes while it stands still, unless a field says otherwise. */
#pragma once

#include "mux-lock.h"

#include <gst/audio/audio.h>
#include <gst/cmaf/unit-phase.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Something with its place in media time */
typedef struct
{
  GstBuffer *buffer;
  GstCaps *caps;
  guint rate, bpf; /* of sound */
  gint64 from, to; /* ns */
  gint64 running_time;
  gboolean is_video;
  CmafTimingSource source;
} SwitchItem;

typedef struct
{
  GstPad *pad; /* borrowed */
  MuxTiming timing;
  MuxLock lock; /* of frames */
  CmafTimingSource source;
  GstSegment segment;
  GstCaps *caps; /* NULL: none yet */
  gboolean is_video;
  guint rate, bpf;    /* of sound: samples a second, bytes in one */
  guint fps_n, fps_d; /* of frames */
  CmafUnitGrid units;
  CmafUnitPhase phase;

  GQueue items;       /* lock: of the switch; SwitchItem, as all below */
  gint64 arrived;     /* running time by the clock, of the last buffer */
  gboolean has_begun; /* there was one */
  gboolean has_ended;
  gboolean is_flushing;
  gboolean is_live;
} SwitchInput;

/* @pad is borrowed */
SwitchInput *switch_input_new (GstElement *element, GstPad *pad);
void switch_input_free (SwitchInput *self);
/* @settings of the element, but for the name of the group */
gboolean switch_input_start (SwitchInput *self, const MuxSettings *settings,
    const gchar *group, GError **error);
void switch_input_stop (SwitchInput *self);

gboolean switch_input_take_caps (
    SwitchInput *self, GstCaps *caps, GError **error);
/* Appends what is placed now to @items. */
gboolean switch_input_take_buffer (
    SwitchInput *self, GstBuffer *buffer, GQueue *items, GError **error);
/* Nothing follows: all of the rest. */
gboolean switch_input_end (SwitchInput *self, GQueue *items, GError **error);
/* As if it had just started. */
void switch_input_flush (SwitchInput *self);

/* @item without what is before @from (media time) if it is sound. NULL: nothing
 * is left. (transfer full) of both */
SwitchItem *switch_item_cut (SwitchItem *item, gint64 from);
void switch_item_free (SwitchItem *item);

G_END_DECLS
