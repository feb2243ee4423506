/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Objects as files below a directory. ATOMIC objects are written to a hidden
 * temporary name and renamed; CREATE_ONLY by link(). ENOSPC, EACCES and the
 * like come back as G_IO_ERROR with the path in the message. Since: 0.1 */
#pragma once

#include <gst/cmaf/object-store.h>

G_BEGIN_DECLS

/* Makes the directory (and parents) when it is not there, and checks that it
 * is writable. */
CMAF_API CmafObjectStore *cmaf_directory_store_new (
    const gchar *path, GError **error);

G_END_DECLS
