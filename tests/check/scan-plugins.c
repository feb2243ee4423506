/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Writes the plugin registry and ends. Run before tests under a sanitizer:
 * they would otherwise each load every plugin of the system. */
#include <gst/gst.h>

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return 0;
}
