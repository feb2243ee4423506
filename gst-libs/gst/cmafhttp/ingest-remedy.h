/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the user of a CMAF ingest sender can do about an answer (docs/ingest.md,
 * the table of status codes), or about none. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* In a few words; NULL when nothing is to be done. */
CMAF_API const gchar *cmaf_ingest_remedy (guint status);
/* The same when no connection could be made. */
CMAF_API const gchar *cmaf_connect_remedy (const GError *failure);

G_END_DECLS
