/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A store that asks somebody for a stream for each object, and hands the ones
 * that he does not want to another store. */
#pragma once

#include <gio/gio.h>
#include <gst/cmaf/object-store.h>

G_BEGIN_DECLS

typedef struct
{
  /* NULL: not wanted. (transfer full) */
  GOutputStream *(*open) (const gchar *name, gpointer user_data);
  /* FALSE: not wanted */
  gboolean (*remove) (const gchar *name, gpointer user_data);
} StreamStoreCallbacks;

/* @fallback may be NULL; then an object that is not wanted is an error.
 * @user_data outlives the store. */
CmafObjectStore *stream_store_new (CmafObjectStore *fallback,
    const StreamStoreCallbacks *callbacks, gpointer user_data);

G_END_DECLS
