/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Fingerprints told to peers, and heard from them, through the store that the
 * encoders of a service share. Nothing here waits: what was asked is looked at
 * with the next frame. Streaming thread. */
#pragma once

#include <gst/cmaf/fingerprint-table.h>
#include <gst/cmaf/peer-watch.h>
#include <gst/cmafbase/gstcmafsyncstore.h>

G_BEGIN_DECLS

/* Tables of ours stay for so many segments. */
#define EXCHANGE_KEPT 32

typedef struct
{
  GstCmafSyncStore *store; /* borrowed */
  const gchar *track;      /* borrowed */
  CmafSegmentGrid grid;
  CmafUnitGrid frames;

  GQueue asked;       /* of Asked, in the order of asking */
  guint n_looks;      /* of those: questions of the round that is under way */
  gboolean is_first;  /* round: tells what was there already */
  gboolean has_claim; /* was asked for */
  gboolean round_has_claim; /* before the round */
  gboolean is_round_over;   /* that one, and it is to be told */
  gboolean has_newest;
  guint64 newest; /* segment that was read */
  guint64 ours[EXCHANGE_KEPT];
  guint n_ours;

  guint64 n_told, n_heard, n_broken; /* tables */
  gchar *complaint; /* about the last one that was broken, or no answer */
} FingerprintExchange;

typedef enum
{
  EXCHANGE_TABLE,   /* of a peer */
  EXCHANGE_CLAIMED, /* the answer to _claim() */
  EXCHANGE_LOOKED,  /* a round is over that began behind the claim */
} ExchangeEventKind;

typedef struct
{
  ExchangeEventKind kind;
  GArray *entries; /* TABLE: of CmafNumberedFingerprint; none: a claim */
  gboolean is_new; /* TABLE: was not there when we began */
  CmafClaim claim; /* CLAIMED */
} ExchangeEvent;

void fingerprint_exchange_init (FingerprintExchange *self,
    GstCmafSyncStore *store, const gchar *track, const CmafSegmentGrid *grid,
    const CmafUnitGrid *frames);
void fingerprint_exchange_clear (FingerprintExchange *self);
/* Asks for the tables of these segments, unless that was asked and is not yet
 * answered. */
void fingerprint_exchange_look (
    FingerprintExchange *self, guint64 first, guint64 last);
/* Tells the frames of @segment. */
void fingerprint_exchange_tell (FingerprintExchange *self, guint64 segment,
    const CmafNumberedFingerprint *entries, guint n_entries);
void fingerprint_exchange_claim (FingerprintExchange *self, guint64 segment);
/* What was answered. Clear @event afterwards. */
gboolean fingerprint_exchange_next (
    FingerprintExchange *self, ExchangeEvent *event);
void exchange_event_clear (ExchangeEvent *event);

G_END_DECLS
