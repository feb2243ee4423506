/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Plugin cmafmanifest. */
#include "gstcmafdashsink.h"
#include "gstcmafhlssink.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean any = GST_ELEMENT_REGISTER (cmafdashsink, plugin);

  return GST_ELEMENT_REGISTER (cmafhlssink, plugin) || any;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, cmafmanifest,
    "CMAF tracks to DASH and HLS in a directory", plugin_init, PACKAGE_VERSION,
    GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
