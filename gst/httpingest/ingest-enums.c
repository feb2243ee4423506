/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "ingest-enums.h"

#include <gst/cmaf/merge-policy.h>
#include <gst/cmafhttp/ingest-client.h>

static GType
register_once (gsize *type, const gchar *name, const GEnumValue *values)
{
  if (g_once_init_enter (type))
    g_once_init_leave (type, g_enum_register_static (name, values));
  return *type;
}

GType
gst_http_ingest_spool_full_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_HTTP_INGEST_SPOOL_FULL_AUTO,
        "Drop when the source is live, else block", "auto" },
    { GST_HTTP_INGEST_SPOOL_FULL_BLOCK, "The pipeline waits", "block" },
    { GST_HTTP_INGEST_SPOOL_FULL_DROP_OLDEST,
        "Whole segments, oldest first, are given up", "drop-oldest" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSinkSpoolFull", values);
}

GType
gst_http_ingest_naming_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_NAMING_STREAMS, "Streams(NAME.cmfv)", "streams" },
    { CMAF_NAMING_SWITCHING, "Switching(SET)/Streams(NAME.cmfv)", "switching" },
    { CMAF_NAMING_SEGMENTS,
        "Streams(NAME.cmfv)/InitializationSegment and .../Segment(SEQUENCE)",
        "segments" },
    { CMAF_NAMING_DIRECTORY, "NAME/init.cmfv and NAME/NUMBER.cmfv",
        "directory" },
    { CMAF_NAMING_TEMPLATE, "As init-template and media-template say",
        "template" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSinkNaming", values);
}

GType
gst_http_ingest_request_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_REQUEST_AUTO,
        "A segment; with Content-Length when it is complete, else chunk by "
        "chunk",
        "auto" },
    { CMAF_REQUEST_SEGMENT, "A segment when it is complete, Content-Length",
        "segment" },
    { CMAF_REQUEST_CHUNKED_SEGMENT, "A segment, always chunk by chunk",
        "chunked-segment" },
    { CMAF_REQUEST_LONG_RUNNING,
        "Header and all segments of a track; what is lost with a connection "
        "cannot be told exactly",
        "long-running" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSinkRequestMode", values);
}

GType
gst_http_ingest_merge_policy_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CMAF_MERGE_FIRST, "The one that comes first", "first" },
    { CMAF_MERGE_PRIORITY,
        "Of the sender that stands first in merge-order and has it within "
        "merge-hold",
        "priority" },
    { CMAF_MERGE_HASH,
        "The smallest SHA-256 of those that are complete within merge-hold",
        "hash" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSrcMergePolicy", values);
}

GType
gst_http_ingest_merge_group_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_HTTP_INGEST_MERGE_GROUP_TRACK, "Each track for itself", "track" },
    { GST_HTTP_INGEST_MERGE_GROUP_PRESENTATION,
        "All tracks together, until that encoder fails", "presentation" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSrcMergeGroup", values);
}

GType
gst_http_ingest_sync_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_HTTP_INGEST_SYNC_ENCODER,
        "Senders keep to the grid; what they send stays as it is", "encoder" },
    { GST_HTTP_INGEST_SYNC_PACKAGER,
        "Senders count from their start; what they send is put on the grid",
        "packager" },
    { 0, NULL, NULL },
  };

  return register_once (&type, "GstHttpIngestSrcSyncMode", values);
}
