/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which refusals a receiver tells of, so that a sender that goes on, or an
 * attacker, cannot fill a bus or a log: those that are alike (the same address,
 * status and reason, whatever numbers that has) once a minute, and all together
 * once a second. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define CMAF_INGEST_REFUSALS_KNOWN 16

/* Zero-initialised. */
typedef struct
{
  struct
  {
    gboolean is_used;
    guint alike; /* a hash */
    GstClockTime told_at;
    guint64 n; /* since then */
  } known[CMAF_INGEST_REFUSALS_KNOWN];
  gboolean has_told;
  GstClockTime told_at;
} CmafIngestRefusals;

/* How many there were since one like it was told, this one included; 0: it is
 * not to be told. */
CMAF_API guint64 cmaf_ingest_refusals_add (CmafIngestRefusals *refusals,
    const gchar *address, guint status, const gchar *reason, GstClockTime now);

G_END_DECLS
