/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The words of each enumeration. */
#include "gstcmafenums.h"

#include <gst/cmaf/presentation.h>

GType
gst_cmaf_addressing_get_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { CMAF_ADDRESSING_TIMELINE_NUMBER, "SegmentTimeline, segments by number",
        "timeline-number" },
    { CMAF_ADDRESSING_TIMELINE_TIME, "SegmentTimeline, segments by start time",
        "timeline-time" },
    { CMAF_ADDRESSING_NUMBER, "segments by number and constant duration",
        "number" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstCmafAddressing", values));
  return type;
}

GType
gst_cmaf_manifest_type_get_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { CMAF_MANIFEST_DYNAMIC, "rewritten as segments come, static at the end",
        "dynamic" },
    { CMAF_MANIFEST_STATIC, "written once, at the end", "static" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstCmafManifestType", values));
  return type;
}

GType
gst_cmaf_event_content_get_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { CMAF_EVENT_CONTENT_APPLICATION, "as the schema of MPDs has it",
        "application" },
    { CMAF_EVENT_CONTENT_META, "as DASH-IF live media ingest asks for",
        "meta" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstCmafEventContent", values));
  return type;
}
