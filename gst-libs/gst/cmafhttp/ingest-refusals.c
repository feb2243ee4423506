/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* When there are too many kinds to be known, the one that was told longest ago
 * is forgotten. */
#include "ingest-refusals.h"

#define AGAIN (60 * GST_SECOND)
#define INTERVAL GST_SECOND

/* Those of equal numbers are alike. */
static guint
hash (const gchar *address, guint status, const gchar *reason)
{
  g_autoptr (GString) text = g_string_new (address);

  g_string_append_printf (text, " %u ", status);
  for (; *reason != '\0'; reason++)
    if (!g_ascii_isdigit (*reason))
      g_string_append_c (text, *reason);
  return g_str_hash (text->str);
}

/* The place of what is like it, or of what is to be forgotten. */
static guint
find (const CmafIngestRefusals *self, guint alike)
{
  guint oldest = 0;

  for (guint i = 0; i < CMAF_INGEST_REFUSALS_KNOWN; i++) {
    if (!self->known[i].is_used || self->known[i].alike == alike)
      return i;
    if (self->known[i].told_at < self->known[oldest].told_at)
      oldest = i;
  }
  return oldest;
}

guint64
cmaf_ingest_refusals_add (CmafIngestRefusals *self, const gchar *address,
    guint status, const gchar *reason, GstClockTime now)
{
  guint alike = hash (address, status, reason);
  guint i = find (self, alike);
  gboolean is_known = self->known[i].is_used && self->known[i].alike == alike;
  guint64 n = is_known ? ++self->known[i].n : 1;

  if ((self->has_told && now < self->told_at + INTERVAL)
      || (is_known && now < self->known[i].told_at + AGAIN))
    return 0;
  self->known[i].is_used = self->has_told = TRUE;
  self->known[i].alike = alike;
  self->known[i].told_at = self->told_at = now;
  self->known[i].n = 0;
  return n;
}
