/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The enumerations of the properties of httpingestsink and httpingestsrc. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

enum
{
  GST_HTTP_INGEST_SPOOL_FULL_AUTO, /* drop when the source is live, else block
                                    */
  GST_HTTP_INGEST_SPOOL_FULL_BLOCK,
  GST_HTTP_INGEST_SPOOL_FULL_DROP_OLDEST,
};

enum
{
  GST_HTTP_INGEST_MERGE_GROUP_TRACK,
  GST_HTTP_INGEST_MERGE_GROUP_PRESENTATION,
};

enum
{
  GST_HTTP_INGEST_SYNC_ENCODER,
  GST_HTTP_INGEST_SYNC_PACKAGER,
};

#define GST_TYPE_HTTP_INGEST_SPOOL_FULL (gst_http_ingest_spool_full_get_type ())
GType gst_http_ingest_spool_full_get_type (void);
/* values: CmafIngestNamingStyle */
#define GST_TYPE_HTTP_INGEST_NAMING (gst_http_ingest_naming_get_type ())
GType gst_http_ingest_naming_get_type (void);
/* values: CmafRequestMode */
#define GST_TYPE_HTTP_INGEST_REQUEST_MODE                                      \
  (gst_http_ingest_request_mode_get_type ())
GType gst_http_ingest_request_mode_get_type (void);
/* values: CmafMergePolicy */
#define GST_TYPE_HTTP_INGEST_MERGE_POLICY                                      \
  (gst_http_ingest_merge_policy_get_type ())
GType gst_http_ingest_merge_policy_get_type (void);
#define GST_TYPE_HTTP_INGEST_MERGE_GROUP                                       \
  (gst_http_ingest_merge_group_get_type ())
GType gst_http_ingest_merge_group_get_type (void);
#define GST_TYPE_HTTP_INGEST_SYNC_MODE (gst_http_ingest_sync_mode_get_type ())
GType gst_http_ingest_sync_mode_get_type (void);

G_END_DECLS
