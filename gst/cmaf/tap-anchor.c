/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which PTS is which media time, for as long as the stream goes on. */
#include "tap-anchor.h"

#include <gst/cmaf/media-time.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* Of times in the stream: half a frame at 25 frames a second */
#define MAX_ERROR_IN_BAND (20 * GST_MSECOND)
/* Clocks that are smeared around a leap second are not the same everywhere. */
#define LEAP_HOLD_SECONDS 86400

/* ---- settings ---- */

void
tap_anchor_settings_copy (TapAnchorSettings *to, const TapAnchorSettings *from)
{
  *to = *from;
  to->source = g_strdup (from->source);
  if (to->utc_clock)
    gst_object_ref (to->utc_clock);
}

void
tap_anchor_settings_clear (TapAnchorSettings *settings)
{
  g_clear_pointer (&settings->source, g_free);
  gst_clear_object (&settings->utc_clock);
}

/* ---- what is told ---- */

static void
post (TapAnchor *self, GstStructure *structure)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static void
tell_pair (TapAnchor *self, const gchar *source)
{
  CmafPtsPair pair = { 0 };
  gboolean has_pair = cmaf_pts_anchor_get_pair (&self->anchor, &pair);

  GST_OBJECT_LOCK (self->element);
  self->has_pair = has_pair;
  self->pair = pair;
  GST_OBJECT_UNLOCK (self->element);
  cmaf_anchor_watch_init (&self->watch, self->settings.max_error);
  if (has_pair)
    post (self, gst_structure_new ("cmaf-epoch-anchored", "source",
                    G_TYPE_STRING, source, "pts", G_TYPE_UINT64, pair.pts,
                    "ticks", G_TYPE_UINT64, pair.ticks, NULL));
}

/* Where a pair is from that the stream has not told. */
static const gchar *
told_by (const TapAnchor *self)
{
  const gboolean is_told =
      self->anchor.mode == CMAF_PTS_ANCHOR_CONFIGURED
      || (self->anchor.mode == CMAF_PTS_ANCHOR_AUTO && self->anchor.is_told);

  return is_told ? "configured" : "store";
}

static void
tell_error (TapAnchor *self, CmafAnchorState state)
{
  const gint64 error = cmaf_anchor_watch_error (&self->watch);
  const gchar *fix =
      state == CMAF_ANCHOR_OFF
          ? "the clock or the pair (anchor-pts, anchor-ticks) is wrong, or the "
            "way from the source is that long (clock-offset)"
          : "the clock of the source runs at another speed: begin a generation "
            "with another pair (anchor-pts, anchor-ticks) on all encoders";
  g_autofree gchar *reason = g_strdup_printf (
      "media time is %" G_GINT64_FORMAT " ms %s the clock, more than %s; %s",
      ABS (error) / (gint64)GST_MSECOND, error > 0 ? "behind" : "ahead of",
      "anchor-max-error", fix);
  g_autoptr (GError) warning =
      g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE, "%s", reason);

  post (
      self, gst_structure_new ("cmaf-epoch-error", "error", G_TYPE_INT64, error,
                "drift", G_TYPE_INT64, cmaf_anchor_watch_drift (&self->watch),
                "reason", G_TYPE_STRING, reason, NULL));
  gst_cmaf_post_warning (self->element, warning);
}

/* ---- the clock ---- */

static gint64
read_clock (const TapAnchor *self)
{
  const TapAnchorSettings *s = &self->settings;
  gint64 utc = s->utc_clock ? (gint64)gst_clock_get_time (s->utc_clock)
                            : g_get_real_time () * (gint64)GST_USECOND;

  return utc + s->clock_offset;
}

static CmafMediaEpoch
get_epoch (const TapAnchor *self)
{
  return (CmafMediaEpoch){ self->settings.tai_offset, self->leaps };
}

/* A pair that the stream itself does not correct */
static void
hold_against_clock (
    TapAnchor *self, const CmafPtsPair *pair, guint64 pts, gint64 utc)
{
  const CmafMediaEpoch epoch = get_epoch (self);
  CmafAnchorState state;
  guint64 clock, ticks;

  if (cmaf_pts_anchor_is_in_band (&self->anchor)
      || cmaf_leap_table_is_near (
          self->leaps, utc / (gint64)GST_SECOND, LEAP_HOLD_SECONDS)
      || !cmaf_media_time_from_utc (&epoch, utc, &clock)
      || !cmaf_ticks_from_pts (pair, pts, (gint64)clock, &ticks))
    return;
  state = cmaf_anchor_watch_measure (&self->watch,
      (gint64)cmaf_ns_from_ticks (ticks, CMAF_PTS_TIMESCALE), (gint64)clock);
  if (state != CMAF_ANCHOR_FITS)
    tell_error (self, state);
}

/* ---- the store ---- */

/* What this encoder would make of @pts: the pair that was told, or the clock.
 */
static gboolean
make_wish (TapAnchor *self, guint64 pts, gint64 utc, CmafAnchorRecord *wish)
{
  const CmafMediaEpoch epoch = get_epoch (self);
  guint64 media_time;

  wish->source = self->settings.source;
  wish->pair = self->anchor.pair;
  if (self->anchor.is_told)
    return TRUE;
  wish->pair.pts = pts;
  if (!cmaf_media_time_from_utc (&epoch, utc, &media_time))
    return FALSE;
  wish->pair.ticks = cmaf_ticks_from_ns (media_time, CMAF_PTS_TIMESCALE);
  return TRUE;
}

static void
ask_store (TapAnchor *self, guint64 pts, gint64 utc)
{
  MuxService *service = &self->timing->service;
  g_autoptr (GError) error = NULL;
  CmafAnchorRecord wish;
  CmafPtsPair pair;

  if (self->has_failed || !cmaf_pts_anchor_wants_stored (&self->anchor)
      || !gst_cmaf_sync_store_is_open (service->store)
      || !make_wish (self, pts, utc, &wish))
    return;
  if (anchor_store_find (&self->stored, service->store, &wish,
          g_get_monotonic_time (), &service->is_woken, &pair, &error)) {
    cmaf_pts_anchor_set_stored (&self->anchor, &pair);
    tell_pair (self, "store");
  } else if (error) {
    gst_cmaf_post_error (self->element, error);
    self->has_failed = TRUE;
  }
}

/* ---- what the stream says ---- */

gboolean
tap_anchor_take_picture (TapAnchor *self, guint64 pts, CmafPtsPair *pair)
{
  const gint64 utc = read_clock (self);

  ask_store (self, pts, utc);
  if (!cmaf_pts_anchor_get_pair (&self->anchor, pair))
    return FALSE;
  hold_against_clock (self, pair, pts, utc);
  return TRUE;
}

void
tap_anchor_take_point (TapAnchor *self, const CmafTsEvent *event)
{
  const CmafMediaEpoch epoch = get_epoch (self);
  guint64 media_time;

  if (!event->ebp.has_time || !event->has_pts
      || event->stream != CMAF_TS_STREAM_VIDEO
      || !cmaf_media_time_from_ntp (
          &epoch, event->ebp.ntp, read_clock (self), &media_time))
    return;
  if (cmaf_pts_anchor_take_time (&self->anchor, event->pts, media_time))
    tell_pair (self, "in-band");
}

void
tap_anchor_take_discontinuity (TapAnchor *self)
{
  CmafPtsPair pair;
  gboolean had_pair = cmaf_pts_anchor_get_pair (&self->anchor, &pair);

  cmaf_pts_anchor_forget (&self->anchor);
  if (had_pair)
    tell_pair (self, told_by (self));
}

/* ---- life ---- */

void
tap_anchor_start (TapAnchor *self, TapAnchorSettings *settings)
{
  const TapAnchorSettings *s = &self->settings;

  self->settings = *settings;
  memset (settings, 0, sizeof *settings);
  self->has_failed = FALSE;
  memset (&self->anchor, 0, sizeof self->anchor);
  self->anchor.mode = s->mode;
  self->anchor.is_told = s->pts >= 0 || s->ticks >= 0;
  self->anchor.pair.pts = MAX (s->pts, 0);
  self->anchor.pair.ticks = MAX (s->ticks, 0);
  self->anchor.max_error = MAX_ERROR_IN_BAND;
  self->leaps = cmaf_leap_table_load (NULL, NULL);
  tell_pair (self, "configured");
}

void
tap_anchor_stop (TapAnchor *self)
{
  anchor_store_clear (&self->stored);
  g_clear_pointer (&self->leaps, cmaf_leap_table_unref);
  tap_anchor_settings_clear (&self->settings);
}
