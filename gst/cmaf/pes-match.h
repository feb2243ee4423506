/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Recognises, behind a demultiplexer, the PES packets that were seen in front
 * of it, by their payload. Own lock: both sides have their thread. */
#pragma once

#include <gst/cmaf/mpegts-time.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _PesMatch PesMatch;

PesMatch *pes_match_new (void);
PesMatch *pes_match_ref (PesMatch *match);
void pes_match_unref (PesMatch *match);
void pes_match_clear (PesMatch *match);
/* A packet went in. */
void pes_match_add (PesMatch *match, guint16 pid, guint64 size, guint64 hash,
    guint64 pts, const CmafPtsPair *pair);
/* @buffer came out: which packet was it? Those before it are forgotten. */
gboolean pes_match_take (PesMatch *match, guint16 pid, GstBuffer *buffer,
    guint64 *pts, CmafPtsPair *pair);

G_END_DECLS
