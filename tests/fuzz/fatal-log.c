/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A warning of GLib is a crash as well. */
#include "fuzz.h"

static void
abort_on_log (const gchar *domain, GLogLevelFlags level, const gchar *message,
    gpointer user_data)
{
  g_printerr ("%s: %s\n", domain, message);
  abort ();
}

static void __attribute__ ((constructor)) set_log_handler (void)
{
  g_log_set_default_handler (abort_on_log, NULL);
}
