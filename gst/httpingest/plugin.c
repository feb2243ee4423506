/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Plugin httpingest. */
#include "gsthttpingestsink.h"
#include "gsthttpingestsrc.h"

#include <gst/cmaf/store-location.h>
#include <gst/cmafhttp/http-store.h>

/* For all that is told a location and has no sockets of its own. */
static CmafObjectStore *
open_store (const gchar *location, GError **error)
{
  g_autofree gchar *folder =
      g_strconcat (location, g_str_has_suffix (location, "/") ? "" : "/", NULL);
  CmafHttpStoreConfig config;

  cmaf_http_store_config_init (&config);
  config.target.location = folder;
  return cmaf_http_store_new (&config, error);
}

/* It connects to nobody. */
static gboolean
check_store (const gchar *location, GError **error)
{
  g_autoptr (CmafObjectStore) store = open_store (location, error);

  return store != NULL;
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean any;

  cmaf_store_location_register ("http", open_store, check_store);
  cmaf_store_location_register ("https", open_store, check_store);
  any = GST_ELEMENT_REGISTER (httpingestsink, plugin);

  return GST_ELEMENT_REGISTER (httpingestsrc, plugin) || any;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, httpingest,
    "CMAF tracks sent and received by DASH-IF live media ingest", plugin_init,
    PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
