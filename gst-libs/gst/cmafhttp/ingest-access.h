/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who may send: Basic authentication (RFC 7617). Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* @credentials: user:password, NULL: everybody may; @authorization: the value
 * of the field, or NULL. 0, 401 or 403. */
guint cmaf_ingest_access_check (
    const gchar *credentials, const gchar *authorization);

G_END_DECLS
