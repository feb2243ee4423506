/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Records of a sync store: what is read is written in one form, and read again
 * as the same. */
#include "fuzz.h"

#include <gst/cmaf/sync-record.h>

typedef GBytes *(*Normalise) (GBytes *bytes, GError **error);

static GBytes *
normalise_anchor (GBytes *bytes, GError **error)
{
  CmafAnchorRecord record;
  GBytes *written;

  if (!cmaf_anchor_record_read (&record, bytes, error))
    return NULL;
  written = cmaf_anchor_record_write (&record);
  cmaf_anchor_record_clear (&record);
  return written;
}

static GBytes *
normalise_config (GBytes *bytes, GError **error)
{
  CmafConfigRecord record;
  GBytes *written;

  if (!cmaf_config_record_read (&record, bytes, error))
    return NULL;
  written = cmaf_config_record_write (&record);
  PROMISE (cmaf_config_record_check (&record, &record, NULL));
  cmaf_config_record_clear (&record);
  return written;
}

static GBytes *
normalise_generation (GBytes *bytes, GError **error)
{
  CmafGenerationRecord record;
  GBytes *written;

  if (!cmaf_generation_record_read (&record, bytes, error))
    return NULL;
  written = cmaf_generation_record_write (&record);
  cmaf_generation_record_clear (&record);
  return written;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const Normalise kinds[] = { normalise_anchor, normalise_config,
    normalise_generation };
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) once = kinds[i](bytes, &error);
    g_autoptr (GBytes) twice = once ? kinds[i](once, NULL) : NULL;

    PROMISE ((once == NULL) == (error != NULL));
    PROMISE (!once || (twice && g_bytes_equal (once, twice)));
  }
  return 0;
}
