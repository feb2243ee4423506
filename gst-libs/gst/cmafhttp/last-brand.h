/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The last chunk of a sender, when another one goes on. Part of ingest-track.
 * Not installed. */
#pragma once

#include <gst/cmaf/fragment-reader.h>

G_BEGIN_DECLS

/* The first of the bytes of @chunk without the brand lmsg. (transfer full) */
GBytes *cmaf_front_without_last_brand (const CmafChunk *chunk);

G_END_DECLS
