/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A GError of the libraries -> exactly one message on the bus. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* Domain and code of the message follow from the error: no space, no
 * permission, address in use, bad stream, bad setting, ... */
CMAF_API void gst_cmaf_post_error (GstElement *element, const GError *error);
CMAF_API void gst_cmaf_post_warning (GstElement *element, const GError *error);
/* The same of a CmafError @code that nobody has returned. */
CMAF_API void gst_cmaf_warn (GstElement *element, CmafError code,
    const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* Nothing is wrong. */
CMAF_API void gst_cmaf_post_info (GstElement *element, const GError *error);

G_END_DECLS
