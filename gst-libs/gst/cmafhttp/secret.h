/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Secrets compared without telling how much of them was right, and hashed as
 * they may stand in a file. Pure, but for what is random. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

#define CMAF_SECRET_HASH_SIZE 32

/* Takes as long for every @given of one length. */
CMAF_API gboolean cmaf_secret_equal (const gchar *given, const gchar *secret);
/* PBKDF2 with HMAC-SHA-256 (RFC 8018 5.2), in hexadecimal (transfer full). */
CMAF_API gchar *cmaf_secret_derive (
    const gchar *password, const gchar *salt, guint n_iterations);

/* As the system has it, for keys and nonces. */
CMAF_API void cmaf_secret_random (guint8 *bytes, gsize size);

G_END_DECLS
