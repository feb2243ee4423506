/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which fields of two CMAF headers differ. */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* Lines such as "moov/trak/mdia/mdhd timescale: 90000 in A, 48000 in B"; none
 * when the bytes are the same. Of gchar. (transfer full) */
GPtrArray *header_difference (GBytes *a, GBytes *b);

G_END_DECLS
