/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Plugin cmaf. */
#include "gstcmafaudioalign.h"
#include "gstcmafeventsrc.h"
#include "gstcmafframetap.h"
#include "gstcmafinputswitch.h"
#include "gstcmafsyncmux.h"
#include "gstcmafvideoalign.h"
#include "gsttsepochtap.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean any = FALSE;

  any |= GST_ELEMENT_REGISTER (cmafaudioalign, plugin);
  any |= GST_ELEMENT_REGISTER (cmafeventsrc, plugin);
  any |= GST_ELEMENT_REGISTER (cmafframetap, plugin);
  any |= GST_ELEMENT_REGISTER (cmafinputswitch, plugin);
  any |= GST_ELEMENT_REGISTER (cmafsyncmux, plugin);
  any |= GST_ELEMENT_REGISTER (cmafvideoalign, plugin);
  any |= GST_ELEMENT_REGISTER (tsepochtap, plugin);
  return any;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, cmaf,
    "CMAF tracks cut on the absolute segment grid", plugin_init,
    PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
