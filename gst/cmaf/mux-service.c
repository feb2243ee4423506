/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The configuration of a service, and the state of its store. */
#include "mux-service.h"

#include <gio/gio.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* ---- life ---- */

gboolean
mux_service_start (
    MuxService *self, const MuxSettings *settings, GError **error)
{
  const gchar *location = settings->sync_store;

  g_atomic_int_set (&self->is_woken, FALSE);
  self->config.tai_offset = settings->tai_offset;
  self->config.number_offset = settings->number_offset;
  self->config.splice_mode =
      g_strdup (settings->splice_mode == SPLICE_MOVE ? "move" : "idr");
  cmaf_service_plan_add_track (self->plan, settings->track_name);
  if (settings->end_time > 0)
    cmaf_service_plan_set_end (self->plan, settings->end_time);
  if (!location || !location[0])
    return TRUE;
  self->is_user = gst_cmaf_sync_store_open (self->store, location, error);
  return self->is_user;
}

void
mux_service_stop (MuxService *self)
{
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  cmaf_config_record_clear (&self->config);
  if (self->is_user)
    gst_cmaf_sync_store_close (self->store);
  self->is_user = FALSE;
  g_clear_pointer (&self->plan, cmaf_service_plan_unref);
  g_clear_pointer (&self->store, gst_cmaf_sync_store_unref);
}

void
mux_service_wake (MuxService *self, gboolean awake)
{
  g_atomic_int_set (&self->is_woken, awake);
  if (self->store)
    gst_cmaf_sync_store_kick (self->store);
}

/* ---- the end ---- */

gboolean
mux_service_take_event (MuxService *self, GstEvent *event)
{
  GstClockTime end;

  if (!gst_event_has_name (event, "cmaf-sync-end"))
    return FALSE;
  if (self->plan
      && gst_structure_get_uint64 (
          gst_event_get_structure (event), "time", &end))
    cmaf_service_plan_set_end (self->plan, end);
  return TRUE;
}

/* ---- the store ---- */

/* One message and one warning whenever it is frozen, and a message when it is
 * back, by whichever element of the group comes first. */
static void
tell_state (MuxService *self)
{
  g_autofree gchar *reason = NULL;
  g_autoptr (GError) warning = NULL;
  GstStructure *s;

  if (!gst_cmaf_sync_store_take_change (
          self->store, g_get_monotonic_time (), &reason))
    return;
  s = gst_structure_new (
      "cmaf-sync-store", "frozen", G_TYPE_BOOLEAN, reason != NULL, NULL);
  if (reason)
    gst_structure_set (s, "reason", G_TYPE_STRING, reason, NULL);
  gst_element_post_message (
      self->element, gst_message_new_element (GST_OBJECT (self->element), s));
  if (!reason)
    return;
  warning = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
      "sync-store: %s; what is known of it holds, and media goes on", reason);
  gst_cmaf_post_warning (self->element, warning);
}

/* ---- the configuration ---- */

static gboolean
compare (MuxService *self, GBytes *bytes, GError **error)
{
  CmafConfigRecord theirs;
  gboolean ok;

  if (!cmaf_config_record_read (&theirs, bytes, error))
    return FALSE;
  ok = cmaf_config_record_check (&self->config, &theirs, error);
  cmaf_config_record_clear (&theirs);
  return ok;
}

/* Since PENDING stays, it is looked at again. */
static gboolean
take_answer (MuxService *self, gint64 until, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  switch (gst_cmaf_sync_request_wait (
      self->asked, until, &self->is_woken, &bytes, NULL)) {
    case GST_CMAF_SYNC_PENDING:
      return TRUE;
    case GST_CMAF_SYNC_READ:
    case GST_CMAF_SYNC_WRITTEN:
      g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
      return compare (self, bytes, error);
    case GST_CMAF_SYNC_ABSENT:
    case GST_CMAF_SYNC_FAILED:
      g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  }
  return TRUE;
}

gboolean
mux_service_check (MuxService *self, const CmafSegmentGrid *grid,
    const CmafTrack *track, GError **error)
{
  CmafConfigRecord *config = &self->config;
  g_autoptr (GBytes) bytes = NULL;
  gboolean ok;

  if (!gst_cmaf_sync_store_is_open (self->store))
    return TRUE;
  config->duration_n = grid->duration_n;
  config->duration_d = grid->duration_d;
  config->rate_family = 0;
  if (track->media == CMAF_MEDIA_VIDEO)
    config->rate_family = track->fps_d == 1001 ? 1001 : 1;
  g_strfreev (config->tracks);
  config->tracks = cmaf_service_plan_get_tracks (self->plan);
  bytes = cmaf_config_record_write (config);
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  self->asked =
      gst_cmaf_sync_store_offer (self->store, CMAF_CONFIG_RECORD_NAME, bytes);
  ok = take_answer (
      self, g_get_monotonic_time () + GST_CMAF_SYNC_STORE_SLOW, error);
  tell_state (self);
  return ok;
}

/* An answer that comes late stops nobody: segments are on their way. */
static void
look_at_answer (MuxService *self)
{
  g_autoptr (GError) warning = NULL;

  if (self->asked && !take_answer (self, 0, &warning))
    gst_cmaf_post_warning (self->element, warning);
}

void
mux_service_look (MuxService *self)
{
  if (!gst_cmaf_sync_store_is_open (self->store))
    return;
  look_at_answer (self);
  tell_state (self);
}
