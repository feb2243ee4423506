/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a request says about part of a resource, and about one it has already
 * (RFC 9110 sections 13 and 14). Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_RANGE_WHOLE,         /* none, several, or not understood: 200 */
  CMAF_RANGE_PART,          /* 206 */
  CMAF_RANGE_UNSATISFIABLE, /* 416 */
} CmafRangeResult;

/* @header: of Range, or NULL. Bytes @start to @end, both included. */
CMAF_API CmafRangeResult cmaf_http_range_parse (
    const gchar *header, guint64 size, guint64 *start, guint64 *end);
/* @if_none_match: the header, or NULL. @etag: with its quotes. */
CMAF_API gboolean cmaf_http_etag_matches (
    const gchar *if_none_match, const gchar *etag);

G_END_DECLS
