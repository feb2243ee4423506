/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a receiver tells the application. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* An element message "httpingestsrc-" and the name of @structure (transfer
 * full), and a warning when it is one. @element: a GstElement */
void ingest_message_post (GstStructure *structure, gpointer element);
/* What the property stats of @src says. */
void ingest_message_post_stats (GstElement *src);

G_END_DECLS
