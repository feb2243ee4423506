/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects of one track that go when a window has passed them. Zero before the
 * first _add(). Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  GQueue objects;
} CmafRetention;

/* @number ascends. @may_return: the same object may be added again, as headers
 * are. */
CMAF_API void cmaf_retention_add (CmafRetention *retention, guint64 number,
    const gchar *name, gboolean may_return);
/* Removes the objects with lower numbers than @number from @store, but not
 * @except, nor one that was added again since. */
CMAF_API void cmaf_retention_remove (CmafRetention *retention,
    CmafObjectStore *store, guint64 number, const gchar *except);
/* Forgets all, and removes none. */
CMAF_API void cmaf_retention_clear (CmafRetention *retention);

G_END_DECLS
