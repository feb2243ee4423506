/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who has come with wrong credentials, and how long each waits for the answer:
 * the first one of an address not at all, those that follow within ten seconds
 * for one second, eight of them at a time, and while any waits a tenth of a
 * second lies between two. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define CMAF_INGEST_FAILURE_HOLD GST_SECOND
#define CMAF_INGEST_FAILURES_HELD 8

typedef struct _CmafIngestFailures CmafIngestFailures;

CMAF_API CmafIngestFailures *cmaf_ingest_failures_new (void);
CMAF_API void cmaf_ingest_failures_free (CmafIngestFailures *failures);
/* No more credentials of @address are looked at now. */
CMAF_API gboolean cmaf_ingest_failures_is_full (
    CmafIngestFailures *failures, const gchar *address, GstClockTime now);
/* Another one. TRUE: its answer is to wait, and _answered() to be called when
 * it has gone. */
CMAF_API gboolean cmaf_ingest_failures_add (
    CmafIngestFailures *failures, const gchar *address, GstClockTime now);
CMAF_API void cmaf_ingest_failures_answered (
    CmafIngestFailures *failures, const gchar *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafIngestFailures, cmaf_ingest_failures_free)

G_END_DECLS
