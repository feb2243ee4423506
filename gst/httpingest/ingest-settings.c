/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-settings.h"

#include <gst/cmafbase/gstcmafsettings.h>

void
ingest_settings_warn (GstElement *src)
{
  static const GstCmafDependentSetting rows[] = {
    { "merge-order", "merge-policy=priority", NULL },
    { "segment-duration", "sync-mode=packager", NULL },
    { "sync-store", "sync-mode=packager", NULL },
    { "max-objects", "objects-location", NULL },
    { "max-object-bytes", "objects-location", NULL },
    { "tls-ca-file", "tls-certificate-file", NULL },
  };

  gst_cmaf_warn_of_idle_settings (src, rows, G_N_ELEMENTS (rows), NULL);
}
