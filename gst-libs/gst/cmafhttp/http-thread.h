/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The HTTP thread of the process: one thread with its own GMainContext. Every
 * libsoup object, WebSocket and timer of the library lives in it, from first
 * reference to last. post() is the only door. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct _CmafHttpThread CmafHttpThread;

/* The shared thread, started by the first reference and joined by the last
 * unref, which must not come from the thread itself. */
CMAF_API CmafHttpThread *cmaf_http_thread_get (void);
CMAF_API void cmaf_http_thread_unref (CmafHttpThread *thread);
/* Runs @function once in the thread, in the order of posting, then @destroy on
 * @data (may be NULL); returns at once. What @function returns is ignored. */
CMAF_API void cmaf_http_thread_post (CmafHttpThread *thread,
    GSourceFunc function, gpointer data, GDestroyNotify destroy);
/* The same, and waits until it has run. Not from the thread, no lock held. */
CMAF_API void cmaf_http_thread_call (
    CmafHttpThread *thread, GSourceFunc function, gpointer data);
CMAF_API GMainContext *cmaf_http_thread_get_context (CmafHttpThread *thread);
CMAF_API gboolean cmaf_http_thread_is_current (CmafHttpThread *thread);

G_END_DECLS
