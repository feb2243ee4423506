/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What cmafdashsink and cmafhlssink share: a packager over a directory, or over
 * streams of the application. */
#pragma once

#include <gst/cmaf/packager.h>
#include <gst/cmafbase/gstcmaftracksink.h>

G_BEGIN_DECLS

#define GST_TYPE_CMAF_MANIFEST_SINK (gst_cmaf_manifest_sink_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstCmafManifestSink, gst_cmaf_manifest_sink, GST,
    CMAF_MANIFEST_SINK, GstCmafTrackSink)

/**
 * GstCmafManifestSinkClass:
 * @configure: sets the names of the manifests that are written; called with the
 *     object lock, the strings live as long as the settings
 * @segment: tells the application of a segment. @location: where it is;
 *     @since_start: from the start of the first segment
 * @manifest: tells the application of a new version of a manifest
 */
struct _GstCmafManifestSinkClass
{
  GstCmafTrackSinkClass parent_class;

  void (*configure) (GstCmafManifestSink *self, CmafPackagerConfig *config);
  void (*segment) (GstCmafManifestSink *self,
      const CmafPublishedSegment *segment, const gchar *location,
      GstClockTime since_start);
  void (*manifest) (GstCmafManifestSink *self, const gchar *location);
};

/* Adds what every segment message has: location, track-name, number,
 * media-time, running-time, duration, size. */
void gst_cmaf_manifest_sink_set_segment (GstStructure *structure,
    const CmafPublishedSegment *segment, const gchar *location,
    GstClockTime since_start);

G_END_DECLS
