/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What waits in the outbox of a track until it is in the store: another
 * packager writes it, or the store sends it to somewhere else. Internal;
 * guarded by the packager's lock. */
#pragma once

#include "packager-track.h"

G_BEGIN_DECLS

/* The first item, when it is known what becomes of it; NULL: not yet. @is_lost:
 * a segment that is not there. (transfer full) */
PackagerItem *packager_outbox_pop (
    PackagerTrack *track, CmafObjectStore *store, gboolean *is_lost);
/* A segment of missed that has been stored after all; those before @obsolete
 * are forgotten. (transfer full) */
PackagerItem *packager_outbox_pop_found (
    PackagerTrack *track, CmafObjectStore *store, guint64 obsolete);
/* Objects that wait, of all tracks. */
guint packager_outbox_count (const GPtrArray *tracks);
/* Nothing waits any more. How many objects that were, and @first of them.
 * (transfer full) */
guint packager_outbox_give_up (GPtrArray *tracks, gchar **first);
const gchar *packager_item_get_object (const PackagerItem *item);

G_END_DECLS
