/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The configuration of a service, and the state of its store. */
#include "mux-service.h"

#include <gio/gio.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <string.h>

/* Seconds between asking for a generation and its first segment. */
#define AHEAD 10

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
  cmaf_service_plan_begin_generation (self->plan, settings->generation, 0);
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
  g_clear_pointer (&self->next, gst_cmaf_sync_request_free);
  self->number = 0;
  self->refuses = self->is_agreed = self->is_late = self->has_told = FALSE;
  self->uses = NULL;
  memset (&self->retry, 0, sizeof self->retry);
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

/* ---- events ---- */

void
mux_service_begin_generation (MuxService *self, guint64 number)
{
  if (self->plan)
    cmaf_service_plan_wish_generation (self->plan, number);
}

static void
warn (MuxService *self, const gchar *text)
{
  gst_cmaf_warn (self->element, CMAF_ERROR_CONFIG, "%s", text);
}

gboolean
mux_service_take_event (MuxService *self, GstEvent *event)
{
  const GstStructure *s = gst_event_get_structure (event);
  guint64 value;

  if (gst_event_has_name (event, "cmaf-sync-end")) {
    if (!gst_structure_get_uint64 (s, "time", &value))
      warn (self,
          "cmaf-sync-end: found no field time of type guint64, needs one with "
          "the media time in ns since 1970; the event changes nothing");
    else if (self->plan)
      cmaf_service_plan_set_end (self->plan, value);
    return TRUE;
  }
  if (!gst_event_has_name (event, "cmaf-sync-generation"))
    return FALSE;
  if (gst_structure_get_uint64 (s, "number", &value))
    mux_service_begin_generation (self, value);
  else
    warn (self,
        "cmaf-sync-generation: found no field number of type guint64, needs "
        "one with the number of the first segment, or 0 for soon; the event "
        "changes nothing");
  return TRUE;
}

/* ---- the store ---- */

static void
tell_complaint (MuxService *self)
{
  g_autofree gchar *text = gst_cmaf_sync_store_take_complaint (self->store);

  if (text)
    gst_cmaf_warn (
        self->element, CMAF_ERROR_UNSUPPORTED, "sync-store: %s", text);
}

/* One message and one warning whenever it is frozen, and a message when it is
 * back, by whichever element of the group comes first; and one by each element
 * that it was late for. */
static void
tell_state (MuxService *self)
{
  g_autofree gchar *reason = NULL;
  g_autoptr (GError) warning = NULL;
  GstStructure *s;

  tell_complaint (self);
  if (!gst_cmaf_sync_store_take_change (
          self->store, g_get_monotonic_time (), &reason)
      && !self->uses)
    return;
  s = gst_structure_new (
      "cmaf-sync-store", "frozen", G_TYPE_BOOLEAN, reason != NULL, NULL);
  if (reason)
    gst_structure_set (s, "reason", G_TYPE_STRING, reason, NULL);
  if (self->uses)
    gst_structure_set (s, "uses", G_TYPE_STRING, self->uses, NULL);
  self->uses = NULL;
  gst_element_post_message (
      self->element, gst_message_new_element (GST_OBJECT (self->element), s));
  if (!reason)
    return;
  warning = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
      "sync-store: %s; what is known of it holds, and media goes on", reason);
  gst_cmaf_post_warning (self->element, warning);
}

static void
note_state (MuxService *self, GstCmafSyncState state)
{
  cmaf_store_retry_note (
      &self->retry, state != GST_CMAF_SYNC_FAILED, g_get_monotonic_time ());
}

/* ---- the configuration ---- */

static gboolean
compare (MuxService *self, GBytes *bytes, GError **error)
{
  CmafConfigRecord theirs;
  gboolean ok;

  if (!cmaf_config_record_read (&theirs, bytes, error)) {
    g_prefix_error (error, "sync-store: ");
    return FALSE;
  }
  ok = cmaf_config_record_check (&self->config, &theirs, error);
  cmaf_config_record_clear (&theirs);
  return ok;
}

/* Since PENDING stays, it is looked at again. */
static gboolean
take_answer (MuxService *self, gint64 until, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  GstCmafSyncState state = gst_cmaf_sync_request_wait (
      self->asked, until, &self->is_woken, &bytes, NULL);

  if (state == GST_CMAF_SYNC_PENDING)
    return TRUE;
  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  self->is_agreed = bytes != NULL;
  note_state (self, state);
  return !bytes || compare (self, bytes, error);
}

/* What it says comes too late to be followed. */
static void
take_late_answer (MuxService *self, GError **error)
{
  const gboolean is_same = take_answer (self, 0, error);

  if (!self->is_agreed || !self->is_late)
    return;
  self->is_late = FALSE;
  self->uses = is_same ? "store" : "own";
  self->refuses = !is_same;
  if (!is_same)
    g_prefix_error (error, "sync-store was not reached when this began, which "
                           "goes on as it is: ");
}

static void
ask_configuration (MuxService *self)
{
  g_autoptr (GBytes) bytes = cmaf_config_record_write (&self->config);

  g_clear_pointer (&self->asked, gst_cmaf_sync_request_free);
  self->asked =
      gst_cmaf_sync_store_offer (self->store, CMAF_CONFIG_RECORD_NAME, bytes);
}

/* ---- generations ---- */

static void
begin (MuxService *self, guint generation, const CmafGenerationRecord *record)
{
  const guint64 first = record->first;

  if (record->has_pair)
    cmaf_service_plan_renew (
        self->plan, generation, &record->pair, record->source);
  if (generation <= cmaf_service_plan_get_latest (self->plan))
    return;
  cmaf_service_plan_begin_generation (self->plan, generation, first);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element),
          gst_structure_new ("cmaf-sync-generation", "generation", G_TYPE_UINT,
              generation, "K", G_TYPE_UINT64, first, NULL)));
}

/* What somebody has written, or we. */
static gboolean
take_generation (MuxService *self, GBytes *bytes, GError **error)
{
  g_autofree gchar *digest = cmaf_config_record_digest (&self->config);
  CmafGenerationRecord record;

  if (!cmaf_generation_record_read (&record, bytes, error)) {
    g_prefix_error (error, "sync-store: ");
    self->refuses = TRUE;
    return FALSE;
  }
  self->refuses = strcmp (record.digest, digest) != 0;
  if (self->refuses)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "generation %u: found digest %s, needs %s: it was told with another "
        "segment-duration, timeline-tai-offset, number-offset or splice-mode "
        "than this encoder has, which is another service and needs another "
        "sync-store",
        self->next_generation, record.digest, digest);
  else
    begin (self, self->next_generation, &record);
  cmaf_generation_record_clear (&record);
  return !self->refuses;
}

static void
ask_next (MuxService *self, GBytes *offer)
{
  g_autofree gchar *name = NULL;

  self->next_generation = cmaf_service_plan_get_latest (self->plan) + 1;
  name = cmaf_generation_record_name (self->next_generation);
  g_clear_pointer (&self->next, gst_cmaf_sync_request_free);
  self->next = gst_cmaf_sync_store_offer (self->store, name, offer);
}

/* TRUE: there was another one. */
static gboolean
take_next (MuxService *self, gint64 until, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  GstCmafSyncState state = gst_cmaf_sync_request_wait (
      self->next, until, &self->is_woken, &bytes, NULL);

  if (state == GST_CMAF_SYNC_PENDING)
    return FALSE;
  g_clear_pointer (&self->next, gst_cmaf_sync_request_free);
  note_state (self, state);
  if (state == GST_CMAF_SYNC_FAILED && self->has_told)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "generation %u is not begun, as sync-store cannot tell the others: ask "
        "again when it is back",
        self->next_generation);
  self->has_told = FALSE;
  return bytes && take_generation (self, bytes, error);
}

/* An encoder that starts is of the latest generation at once. */
static gboolean
catch_up (MuxService *self, gint64 until, GError **error)
{
  GError *reason = NULL;

  do {
    ask_next (self, NULL);
  } while (take_next (self, until, &reason));
  if (reason)
    g_propagate_error (error, reason);
  return !reason;
}

/* Far enough ahead for all to hear of it, also for one that is some seconds in
 * front. */
static guint64
find_first (const MuxService *self, guint64 wish)
{
  const CmafConfigRecord *c = &self->config;
  const guint64 n = MAX (c->duration_n, 1);
  const guint64 ahead = (AHEAD * c->duration_d + n - 1) / n;

  return wish > 0 ? wish : self->number + MAX (ahead, 3);
}

static void
offer (MuxService *self, CmafGenerationRecord *record)
{
  g_autoptr (GBytes) bytes = NULL;

  record->digest = cmaf_config_record_digest (&self->config);
  bytes = cmaf_generation_record_write (record);
  ask_next (self, bytes);
}

/* All encoders are to begin it alike: one that learns of it too late does not.
 */
static void
warn_of_late_generation (MuxService *self, guint64 first)
{
  g_autofree gchar *text = g_strdup_printf (
      "begin-generation, or field number of cmaf-sync-generation: found "
      "%" G_GUINT64_FORMAT ", needs one behind segment %" G_GUINT64_FORMAT
      ", which was sent; the generation begins with the next segment",
      first, self->number);

  warn (self, text);
}

/* A wish for another pair that is too late for the others is made again. */
static void
follow_wish (MuxService *self)
{
  CmafGenerationRecord record = { 0 };
  CmafGenerationWish wish;

  if (!cmaf_service_plan_take_wish (self->plan, &wish)
      || (wish.has_pair ? wish.first < self->number + 3
                        : cmaf_service_plan_is_granted (
                            self->plan, wish.first, self->number)))
    return;
  if (wish.first > 0 && wish.first <= self->number)
    warn_of_late_generation (self, wish.first);
  record.first = find_first (self, wish.first);
  record.has_pair = wish.has_pair;
  record.pair = wish.pair;
  record.source = g_strdup (wish.source);
  self->has_told = !wish.has_pair && gst_cmaf_sync_store_is_open (self->store);
  if (gst_cmaf_sync_store_is_open (self->store))
    offer (self, &record);
  else
    begin (self, cmaf_service_plan_get_latest (self->plan) + 1, &record);
  cmaf_generation_record_clear (&record);
}

gboolean
mux_service_renew_track (MuxService *self, CmafTrack *track, guint64 number)
{
  const guint generation =
      cmaf_service_plan_get_generation (self->plan, number);

  if (track->generation == generation)
    return FALSE;
  track->generation = generation;
  return TRUE;
}

/* ---- starting, and looking ---- */

gboolean
mux_service_check (MuxService *self, const CmafSegmentGrid *grid,
    const CmafTrack *track, GError **error)
{
  const gint64 until = g_get_monotonic_time () + GST_CMAF_SYNC_STORE_SLOW;
  CmafConfigRecord *config = &self->config;
  gboolean ok;

  config->duration_n = grid->duration_n;
  config->duration_d = grid->duration_d;
  if (!gst_cmaf_sync_store_is_open (self->store))
    return TRUE;
  config->rate_family = 0;
  if (track->media == CMAF_MEDIA_VIDEO)
    config->rate_family = track->fps_d == 1001 ? 1001 : 1;
  g_strfreev (config->tracks);
  config->tracks = cmaf_service_plan_get_tracks (self->plan);
  ask_configuration (self);
  ok = take_answer (self, until, error)
       && (!self->is_agreed || catch_up (self, until, error));
  self->is_late = !self->is_agreed;
  tell_state (self);
  return ok;
}

/* An answer that comes late stops nobody: segments are on their way. */
static void
look_at_answers (MuxService *self)
{
  g_autoptr (GError) warning = NULL;

  if (self->asked)
    take_late_answer (self, &warning);
  if (!warning && self->next && take_next (self, 0, &warning))
    ask_next (self, NULL);
  if (warning)
    gst_cmaf_post_warning (self->element, warning);
}

void
mux_service_look (MuxService *self)
{
  if (!gst_cmaf_sync_store_is_open (self->store))
    return;
  look_at_answers (self);
  tell_state (self);
}

static void
ask_again (MuxService *self)
{
  if (!self->is_agreed && !self->asked)
    ask_configuration (self);
  else if (self->is_agreed && !self->next && !self->refuses)
    ask_next (self, NULL);
}

void
mux_service_note_segment (MuxService *self, guint64 number)
{
  const gboolean is_new = number != self->number;

  self->number = number;
  follow_wish (self);
  mux_service_look (self);
  if (is_new && gst_cmaf_sync_store_is_open (self->store)
      && cmaf_store_retry_is_due (&self->retry, g_get_monotonic_time ()))
    ask_again (self);
}
