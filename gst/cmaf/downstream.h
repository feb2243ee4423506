/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Looks for an element behind a pad. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef gboolean (*DownstreamFunc) (GstElement *element);

/* The first element behind @srcpad that @is_it, past elements with one input
 * and one output and through the walls of bins. (transfer full), NULL: none. */
GstElement *downstream_find (GstPad *srcpad, DownstreamFunc is_it);

G_END_DECLS
