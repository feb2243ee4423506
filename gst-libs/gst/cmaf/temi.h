/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* TEMI (ISO/IEC 13818-1 annex U): what a descriptor in an adaptation field says
 * of the time of the PES packet behind it. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/media-time.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 timeline_id;
  gboolean has_ntp;
  guint64 ntp; /* 32.32, UTC since 1900 */
  gboolean has_ptp;
  guint64 ptp; /* ns, TAI since 1970 */
} CmafTemi;

/* Looks among the descriptors of an adaptation field for the first timeline
 * that runs and tells NTP or PTP time; one that only counts from a time of its
 * own is passed over. FALSE without @error when there is none, with
 * CMAF_ERROR_MALFORMED when lengths or flags lie. */
CMAF_API gboolean cmaf_temi_parse (
    const guint8 *descriptors, gsize size, CmafTemi *temi, GError **error);
/* By PTP where there is one, for leap seconds do nothing to it. @clock: ns
 * since 1970, for the era of NTP. FALSE: before 1970. */
CMAF_API gboolean cmaf_temi_get_media_time (const CmafTemi *temi,
    const CmafMediaEpoch *epoch, gint64 clock, guint64 *media_time);

G_END_DECLS
