/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* When leap seconds were and will be: TAI - UTC at any time. Read from
 * leap-seconds.list (IERS) or leapseconds (tzdata), which both end with a date
 * after which they know nothing. Immutable and shared; any thread. Where a
 * table may be NULL, TAI - UTC is CMAF_TAI_OFFSET for ever. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* TAI - UTC since 2017 */
#define CMAF_TAI_OFFSET 37

typedef struct _CmafLeapTable CmafLeapTable;

/* CMAF_ERROR_MALFORMED names the line. */
CMAF_API CmafLeapTable *cmaf_leap_table_parse (
    const gchar *text, GError **error);
/* The file at @path; NULL: the one of the system. CMAF_ERROR_NOT_FOUND when it
 * cannot be read. */
CMAF_API CmafLeapTable *cmaf_leap_table_load (
    const gchar *path, GError **error);
CMAF_API CmafLeapTable *cmaf_leap_table_ref (CmafLeapTable *table);
CMAF_API void cmaf_leap_table_unref (CmafLeapTable *table);

/* POSIX time after which the table says nothing; G_MAXINT64: it does not tell.
 */
CMAF_API gint64 cmaf_leap_table_expires (const CmafLeapTable *table);
/* TAI - UTC in seconds at POSIX time @posix. */
CMAF_API gint cmaf_leap_table_offset (const CmafLeapTable *table, gint64 posix);
/* POSIX time of a second of TAI since 1970. An inserted second is :60 of its
 * minute: the POSIX time of :59 again, and @is_inserted is set. */
CMAF_API gint64 cmaf_leap_table_posix (
    const CmafLeapTable *table, gint64 tai, gboolean *is_inserted);
/* Whether @posix is within @seconds of a leap second, before or after. */
CMAF_API gboolean cmaf_leap_table_is_near (
    const CmafLeapTable *table, gint64 posix, gint64 seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafLeapTable, cmaf_leap_table_unref)

G_END_DECLS
