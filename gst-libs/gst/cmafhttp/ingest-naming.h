/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where below the publishing point a sender puts headers and segments: the
 * forms that receivers know (docs/elements/httpingestsink.md). Pure. Since: 0.1
 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/fragment-writer.h>
#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_NAMING_STREAMS,   /* Streams(NAME.cmfv) */
  CMAF_NAMING_SWITCHING, /* Switching(SET)/Streams(NAME.cmfv) */
  CMAF_NAMING_SEGMENTS,  /* Streams(NAME.cmfv)/InitializationSegment,
                            Streams(NAME.cmfv)/Segment(SEQUENCE) */
  CMAF_NAMING_DIRECTORY, /* NAME/init.cmfv, NAME/NUMBER.cmfv */
  CMAF_NAMING_TEMPLATE,  /* as a DASH SegmentTemplate says */
} CmafIngestNamingStyle;

typedef struct
{
  CmafIngestNamingStyle style;
  /* TEMPLATE: with $RepresentationID$; the second also with $Number$ or
   * $Time$ (segment-name.h). Borrowed. */
  const gchar *init_template;
  const gchar *media_template;
} CmafIngestNaming;

/* What the name of a segment may depend on. */
typedef struct
{
  guint64 decode_time;     /* ticks */
  guint32 sequence_number; /* of its first fragment */
  CmafSegmentMarks marks;  /* of it */
} CmafIngestPlace;

/* CMAF_ERROR_CONFIG names the template. */
CMAF_API gboolean cmaf_ingest_naming_check (
    const CmafIngestNaming *naming, GError **error);
/* Relative paths, ready for a URL. @place NULL: of the header. @name: one that
 * cmaf_track_name_is_valid(). (transfer full) */
CMAF_API gchar *cmaf_ingest_naming_make (const CmafIngestNaming *naming,
    const gchar *name, const CmafTrack *track, const CmafIngestPlace *place);
/* Has each segment a URL of its own? */
CMAF_API gboolean cmaf_ingest_naming_is_per_segment (
    const CmafIngestNaming *naming);
/* The number of the segment that begins at @place: by its marks and the grid
 * that the header tells, else its sequence number. */
CMAF_API guint64 cmaf_ingest_naming_number (
    const CmafTrack *track, const CmafIngestPlace *place);
/* The switching set of a track by its header, or by its media type and
 * language. (transfer full) */
CMAF_API gchar *cmaf_ingest_naming_set (const CmafTrack *track);

G_END_DECLS
