/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A date and time as text (RFC 3339) -> POSIX time. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* Nanoseconds since 1970; further digits are cut off. Second 60 is second 59
 * and one second more. A zone is needed, Z or +hh:mm. CMAF_ERROR_MALFORMED. */
CMAF_API gboolean cmaf_utc_from_rfc3339 (
    const gchar *text, gint64 *utc, GError **error);

G_END_DECLS
