/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The signals by which an application takes objects instead of the location. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* get-playlist-stream, get-init-stream, get-fragment-stream and
 * delete-fragment. */
void stream_signals_install (GType type);
gboolean stream_signals_have_handlers (gpointer self);
/* Asks for the stream of object @name, which would go to @location. (transfer
 * full) (nullable) */
GOutputStream *stream_signals_open (
    gpointer self, const gchar *name, const gchar *location);
/* TRUE when the application takes care of it. */
gboolean stream_signals_delete (gpointer self, const gchar *location);

G_END_DECLS
