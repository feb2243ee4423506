/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Takes the words of a gst-launch-1.0 pipeline and only builds it: for
 * pipelines that need hardware. Every element, property and link must exist. */
#include <gst/gst.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;

  gst_init (&argc, &argv);
  pipeline = gst_parse_launchv ((const gchar **)(argv + 1), &error);
  if (pipeline)
    gst_object_ref_sink (pipeline);
  if (error)
    g_printerr ("%s\n", error->message);
  return error ? 1 : 0;
}
