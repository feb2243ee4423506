/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An encoder fails when a track that it sends had to take another one's
 * segment; it stays in use where it sends nothing, as a partial ladder does. */
#include "merge-group.h"

void
cmaf_merge_group_clear (CmafMergeGroup *self)
{
  g_clear_pointer (&self->encoder, g_free);
}

void
cmaf_merge_group_used (
    CmafMergeGroup *self, const gchar *encoder, gboolean is_there)
{
  if (self->encoder != NULL
      && (!is_there || g_str_equal (self->encoder, encoder)))
    return;
  g_free (self->encoder);
  self->encoder = g_strdup (encoder);
}
