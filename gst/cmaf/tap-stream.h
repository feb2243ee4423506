/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Raw frames -> which frames they are, by what peers tell of theirs; and ours
 * told to them. Streaming thread, and state changes while it stands still. */
#pragma once

#include "fingerprint-exchange.h"
#include "mux-timing.h"

#include <gst/cmaf/fingerprint-match.h>
#include <gst/cmaf/frame-counter.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

typedef enum
{
  TAP_SEARCHING, /* no frame is let through */
  TAP_MATCHED,
  TAP_ALONE, /* has, or finds, its time elsewhere */
  TAP_LOST,  /* was matched: frames pass, and say nothing */
} TapState;

typedef struct
{
  gint duration_n, duration_d; /* of segments; 0: default of the frame rate */
  gchar *track_name;
  guint64 window, peer_wait; /* ns */
  gboolean search;
} TapOptions;

typedef struct
{
  TapState state;
  guint64 frames, dropped, gaps;
  guint64 told, heard, broken; /* tables */
  guint unanswered;            /* questions to the store */
  guint run;                   /* of the search */
  CmafFingerprintForm form;
  gboolean has_difference;
  gint64 difference; /* frames, of our numbers to those of the peer */
} TapCounters;

typedef struct
{
  GstElement *element; /* borrowed */
  TapOptions options;
  TapCounters counters; /* lock: object of the element */
  MuxTiming timing;
  GstCmafSyncStore *store; /* of the group */

  gboolean has_frames; /* caps with a frame rate; as all below */
  GstVideoInfo info;
  CmafUnitGrid frames;
  CmafSegmentGrid grid;
  CmafFrameCounter counter;
  CmafFingerprinter fingerprinter;
  FingerprintExchange exchange;
  CmafPeerWatch watch;
  gboolean has_watch;
  CmafFingerprintMatch *match;
  gint64 center; /* of its window */
  TapState state;
  gint64 shift;
  gint64 asked_at, told_at; /* running time */
  GArray *entries;          /* of CmafNumberedFingerprint: of this segment */
  guint64 segment;
} TapStream;

const gchar *tap_state_name (TapState state);
const gchar *tap_form_name (CmafFingerprintForm form);
void tap_stream_start (TapStream *self, GstCmafSyncStore *store);
void tap_stream_stop (TapStream *self);
/* CMAF_ERROR_CONFIG when there is no frame rate. */
gboolean tap_stream_set_caps (
    TapStream *self, const GstVideoInfo *info, GError **error);
/* Time stamps begin anew. */
void tap_stream_flush (TapStream *self);
/* FALSE: the frame is not let through. @has_media_time: that of its number is
 * known. */
gboolean tap_stream_take (TapStream *self, GstBuffer *buffer,
    gint64 running_time, gboolean *has_media_time, guint64 *media_time);

G_END_DECLS
