/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Plugin httpingest. */
#include "gsthttpingestsink.h"
#include "gsthttpingestsrc.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean any = GST_ELEMENT_REGISTER (httpingestsink, plugin);

  return GST_ELEMENT_REGISTER (httpingestsrc, plugin) || any;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, httpingest,
    "CMAF tracks sent and received by DASH-IF live media ingest", plugin_init,
    PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
