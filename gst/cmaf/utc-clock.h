/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What tells the time of day: the system, or a clock that the application
 * gives, which may count from 1900 or in TAI. */
#pragma once

#include <gst/cmaf/leap-table.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Waits a little for @clock to be synchronised; FALSE: it is not, or does not
 * tell the time of day. NULL: the system, which does. */
gboolean utc_clock_wait (GstClock *clock, GError **error);
/* ns since 1970, POSIX time */
gint64 utc_clock_read (GstClock *clock, const CmafLeapTable *leaps);

G_END_DECLS
