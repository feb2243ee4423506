/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a peer says about itself, made fit for structures, JSON and logs. Pure.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

#define CMAF_PEER_TEXT_MAX 200 /* bytes */

/* @text as valid UTF-8 of at most CMAF_PEER_TEXT_MAX bytes; what is not valid,
 * and control characters, become U+FFFD. @fallback when it is NULL or empty
 * (transfer full). */
CMAF_API gchar *cmaf_peer_text (const gchar *text, const gchar *fallback);

G_END_DECLS
