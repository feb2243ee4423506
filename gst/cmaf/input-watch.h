/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Tells when a live input has given nothing for too long: a thread that waits
 * on the clock of the element for a running time that the input moves on. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _InputWatch InputWatch;

/* In the thread of the watch, no lock held: @deadline has passed. The deadline
 * is NONE then, until it is set anew. */
typedef void (*InputWatchFunc) (gpointer user_data, GstClockTime deadline);

/* @element is borrowed. */
InputWatch *input_watch_new (
    GstElement *element, InputWatchFunc func, gpointer user_data);
/* Nothing is told any more when it returns; @func must be able to return. */
void input_watch_free (InputWatch *watch);
/* Makes the thread wait no more, without waiting for it. */
void input_watch_stop (InputWatch *watch);
/* Running time; GST_CLOCK_TIME_NONE: nothing to wait for. Any thread. */
void input_watch_set_deadline (InputWatch *watch, GstClockTime deadline);
/* The clock runs: PLAYING. Nothing is told while it does not. */
void input_watch_set_running (InputWatch *watch, gboolean is_running);

G_END_DECLS
