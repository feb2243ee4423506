/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which tracks the sinks of this process write, and where: two that write one
 * track into one directory replace each other's files. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Notes that @owner writes track @name into the directory @location. FALSE the
 * first time when another one does. */
gboolean written_tracks_add (
    const gchar *location, const gchar *name, gconstpointer owner);
/* @owner writes no longer. */
void written_tracks_remove (gconstpointer owner);

G_END_DECLS
