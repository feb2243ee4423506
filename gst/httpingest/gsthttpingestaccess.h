/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who may send to httpingestsrc, as its properties say and the signal
 * "authenticate" answers. */
#pragma once

#include <gst/cmafhttp/ingest-access.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* For class_init. */
void gst_http_ingest_access_add_signal (GType type);
/* Whoever wants to be asked has connected by now. @ca_file: PEM, or NULL; what
 * @config->client_ca is set to is to be unreferenced. */
gboolean gst_http_ingest_access_prepare (GstElement *src, const gchar *ca_file,
    CmafIngestAccessConfig *config, GError **error);

G_END_DECLS
