/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Fingerprints told to peers, and heard from them. */
#include "fingerprint-exchange.h"

typedef enum
{
  LOOK,
  TELL,
  CLAIM,
} AskedKind;

typedef struct
{
  AskedKind kind;
  guint64 segment;
  GstCmafSyncRequest *request;
} Asked;

static void
asked_free (Asked *asked)
{
  gst_cmaf_sync_request_free (asked->request);
  g_free (asked);
}

void
fingerprint_exchange_init (FingerprintExchange *self, GstCmafSyncStore *store,
    const gchar *track, const CmafSegmentGrid *grid, const CmafUnitGrid *frames)
{
  memset (self, 0, sizeof *self);
  self->store = store;
  self->track = track;
  self->grid = *grid;
  self->frames = *frames;
  self->is_first = TRUE;
  g_queue_init (&self->asked);
}

void
fingerprint_exchange_clear (FingerprintExchange *self)
{
  g_queue_clear_full (&self->asked, (GDestroyNotify)asked_free);
  g_clear_pointer (&self->complaint, g_free);
}

void
exchange_event_clear (ExchangeEvent *event)
{
  g_clear_pointer (&event->entries, g_array_unref);
}

/* ---- asking ---- */

/* FALSE: the store does not answer, and has been asked enough. */
static gboolean
ask (FingerprintExchange *self, AskedKind kind, guint64 segment, GBytes *bytes)
{
  g_autofree gchar *name = cmaf_fingerprint_table_name (self->track, segment);
  Asked *asked;

  if (self->asked.length >= GST_CMAF_SYNC_STORE_DEPTH)
    return FALSE;
  asked = g_new0 (Asked, 1);
  asked->kind = kind;
  asked->segment = segment;
  asked->request = gst_cmaf_sync_store_offer (self->store, name, bytes);
  g_queue_push_tail (&self->asked, asked);
  return TRUE;
}

static gboolean
is_ours (const FingerprintExchange *self, guint64 segment)
{
  for (guint i = 0; i < MIN (self->n_ours, EXCHANGE_KEPT); i++) {
    if (self->ours[i] == segment)
      return TRUE;
  }
  return FALSE;
}

void
fingerprint_exchange_look (
    FingerprintExchange *self, guint64 first, guint64 last)
{
  if (self->n_looks > 0)
    return;
  self->round_has_claim = self->has_claim;
  if (self->has_newest)
    first = MAX (first, self->newest + 1);
  for (guint64 i = first; i <= last; i++) {
    if (!is_ours (self, i) && ask (self, LOOK, i, NULL))
      self->n_looks++;
  }
}

void
fingerprint_exchange_tell (FingerprintExchange *self, guint64 segment,
    const CmafNumberedFingerprint *entries, guint n_entries)
{
  g_autoptr (GBytes) bytes =
      cmaf_fingerprint_table_write (&self->frames, entries, n_entries);

  ask (self, TELL, segment, bytes);
}

void
fingerprint_exchange_claim (FingerprintExchange *self, guint64 segment)
{
  g_autoptr (GBytes) bytes =
      cmaf_fingerprint_table_write (&self->frames, NULL, 0);

  self->has_claim = TRUE;
  ask (self, CLAIM, segment, bytes);
}

/* ---- answers ---- */

static void
complain (FingerprintExchange *self, const GError *error)
{
  g_free (self->complaint);
  self->complaint = g_strdup (error->message);
}

/* The oldest of ours makes room. */
static void
note_ours (FingerprintExchange *self, guint64 segment)
{
  const guint at = self->n_ours % EXCHANGE_KEPT;

  if (self->n_ours >= EXCHANGE_KEPT) {
    g_autofree gchar *name =
        cmaf_fingerprint_table_name (self->track, self->ours[at]);

    gst_cmaf_sync_request_free (gst_cmaf_sync_store_remove (self->store, name));
  }
  self->ours[at] = segment;
  self->n_ours++;
}

static gboolean
hear (FingerprintExchange *self, const Asked *asked, GBytes *bytes,
    ExchangeEvent *event)
{
  g_autoptr (GError) error = NULL;

  event->kind = EXCHANGE_TABLE;
  event->is_new = !self->is_first || asked->kind != LOOK;
  event->entries = cmaf_fingerprint_table_read (
      bytes, &self->grid, &self->frames, asked->segment, &error);
  if (asked->kind == LOOK) {
    self->newest = asked->segment;
    self->has_newest = TRUE;
  }
  self->n_heard += event->entries != NULL;
  self->n_broken += error != NULL;
  if (error)
    complain (self, error);
  return event->entries != NULL;
}

static gboolean
take_claim (FingerprintExchange *self, const Asked *asked,
    GstCmafSyncState state, ExchangeEvent *event)
{
  event->kind = EXCHANGE_CLAIMED;
  event->claim = state == GST_CMAF_SYNC_WRITTEN ? CMAF_CLAIM_WON
                 : state == GST_CMAF_SYNC_READ  ? CMAF_CLAIM_LOST
                                                : CMAF_CLAIM_NO_ANSWER;
  if (event->claim == CMAF_CLAIM_WON)
    note_ours (self, asked->segment);
  return TRUE;
}

/* TRUE when it makes an event. */
static gboolean
take_answer (FingerprintExchange *self, const Asked *asked,
    GstCmafSyncState state, GBytes *bytes, ExchangeEvent *event)
{
  if (asked->kind == CLAIM)
    return take_claim (self, asked, state, event);
  if (state == GST_CMAF_SYNC_WRITTEN) {
    note_ours (self, asked->segment);
    self->n_told++;
  }
  return state == GST_CMAF_SYNC_READ && hear (self, asked, bytes, event);
}

static void
count_looks (FingerprintExchange *self)
{
  if (--self->n_looks > 0)
    return;
  self->is_first = FALSE;
  self->is_round_over = self->round_has_claim;
}

gboolean
fingerprint_exchange_next (FingerprintExchange *self, ExchangeEvent *event)
{
  const Asked *head;

  memset (event, 0, sizeof *event);
  if (self->is_round_over) {
    self->is_round_over = FALSE;
    event->kind = EXCHANGE_LOOKED;
    return TRUE;
  }
  while ((head = g_queue_peek_head (&self->asked))) {
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;
    const GstCmafSyncState state =
        gst_cmaf_sync_request_look (head->request, &bytes, &error);
    gboolean is_event;
    Asked *asked;

    if (state == GST_CMAF_SYNC_PENDING)
      return FALSE;
    asked = g_queue_pop_head (&self->asked);
    if (error)
      complain (self, error);
    is_event = take_answer (self, asked, state, bytes, event);
    if (asked->kind == LOOK)
      count_looks (self);
    asked_free (asked);
    if (is_event)
      return TRUE;
    if (self->is_round_over)
      return fingerprint_exchange_next (self, event);
  }
  return FALSE;
}
