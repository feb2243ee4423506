/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A gzip body (RFC 1952) inflated as it comes, which may not become larger than
 * it is allowed to: neither in all, nor by what a small body makes of itself.
 * Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* beyond the first MiB at most so many bytes out for each that comes in */
#define CMAF_GZIP_MAX_RATIO 100

typedef struct _CmafGzipDecoder CmafGzipDecoder;

CMAF_API CmafGzipDecoder *cmaf_gzip_decoder_new (guint64 max_size);
CMAF_API void cmaf_gzip_decoder_free (CmafGzipDecoder *decoder);
/* Appends GBytes to @pieces. CMAF_ERROR_LIMIT, or CMAF_ERROR_MALFORMED; nothing
 * can be fed after that. */
CMAF_API gboolean cmaf_gzip_decoder_feed (CmafGzipDecoder *decoder,
    const guint8 *data, gsize size, GPtrArray *pieces, GError **error);
/* Nothing is missing: a body may end here. */
CMAF_API gboolean cmaf_gzip_decoder_is_complete (
    const CmafGzipDecoder *decoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafGzipDecoder, cmaf_gzip_decoder_free)

G_END_DECLS
