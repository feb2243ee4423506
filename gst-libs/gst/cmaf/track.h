/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One CMAF track (ISO/IEC 23000-19 7.3): what caps, or a CMAF header, tell of
 * it. Fill it in where it is made; immutable and shared once anybody else has
 * seen it. Since: 0.1 */
#pragma once

#include <gst/cmaf/box-types.h>
#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_MEDIA_VIDEO,
  CMAF_MEDIA_AUDIO,
  CMAF_MEDIA_TEXT,
  CMAF_MEDIA_EVENT,
} CmafMedia;

typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  CmafMedia media;
  guint32 codec;           /* sample entry, CMAF_CODEC_... */
  guint32 id;              /* track_ID, 1 */
  guint32 timescale;       /* ticks a second */
  guint32 sample_duration; /* ticks, trex default; 0: not constant or unknown */
  GBytes *codec_config;    /* body of the configuration box: avcC, dOps, ...;
                              for mp4a the AudioSpecificConfig, for stpp the
                              three strings and then a mime box or nothing */
  gchar *language;         /* BCP 47, NULL: undetermined */
  gchar *role;             /* urn:mpeg:dash:role:2011 value, NULL */
  gchar *switching_set;    /* urn:dashif:ingest:switchingset_id value, NULL */
  guint32 max_bitrate;     /* bit/s from btrt, 0 unknown */
  guint32 avg_bitrate;
  guint64
      segment_duration_n; /* D of the grid in seconds, 0/0 unknown; carried */
  guint64 segment_duration_d; /* in a kind box, scheme CMAF_KIND_GRID */
  guint generation;   /* of the service that the header is for; 0: the first, or
                       * it is not told; in a kind box, CMAF_KIND_GENERATION */
  gboolean has_moves; /* a splice may move a boundary, by D/2 at most; in a kind
                       * box, CMAF_KIND_SPLICE_MODE */

  /* video */
  guint width, height;
  guint par_n, par_d; /* 0/0 unknown */
  guint fps_n, fps_d; /* 0/0 unknown; from caps or sample_duration */
  gboolean has_colour;
  guint16 colour_primaries, transfer_characteristics, matrix_coefficients;
  gboolean full_range;
  gboolean is_interlaced;    /* from caps; headers do not tell */
  GBytes *mastering_display; /* body of mdcv, NULL */
  GBytes *content_light;     /* body of clli, NULL */

  /* audio */
  guint sample_rate, channels;

  /* what else fragments need of their header */
  guint32 default_sample_size;  /* trex; 0 */
  guint32 default_sample_flags; /* trex; follows from @media */
  gint64 edit_media_time;       /* of a foreign edit list, in ticks: what it
                                   takes off every presentation time; 0 */
} CmafTrack;

/* kind schemes: the DASH role, the ingest switching set, and our own: the
 * nominal segment duration as "n/d", so that a header tells its grid */
#define CMAF_KIND_ROLE "urn:mpeg:dash:role:2011"
#define CMAF_KIND_SWITCHING_SET "urn:dashif:ingest:switchingset_id"
#define CMAF_KIND_GRID "urn:gst-cmaf:segment-duration:1"
/* and the generation, as decimal digits */
#define CMAF_KIND_GENERATION "urn:gst-cmaf:generation:1"
/* and "move", when splices move boundaries */
#define CMAF_KIND_SPLICE_MODE "urn:gst-cmaf:splice-mode:1"

CMAF_API CmafTrack *cmaf_track_new (CmafMedia media, guint32 codec);
CMAF_API CmafTrack *cmaf_track_copy (const CmafTrack *track);
CMAF_API CmafTrack *cmaf_track_ref (CmafTrack *track);
CMAF_API void cmaf_track_unref (CmafTrack *track);
/* bit/s for manifests: btrt, else an estimate from the header alone (never
 * measured, so that all packagers write the same). */
CMAF_API guint32 cmaf_track_bandwidth (const CmafTrack *track);
/* "video", "audio", "text", "application" (DASH @contentType) */
CMAF_API const gchar *cmaf_track_content_type (const CmafTrack *track);
/* "video/mp4", "audio/mp4", "application/mp4" */
CMAF_API const gchar *cmaf_track_mime_type (const CmafTrack *track);
/* "cmfv", "cmfa", "cmft", "cmfm" */
CMAF_API const gchar *cmaf_track_extension (const CmafTrack *track);
/* Does it have the form of a BCP 47 tag, or of a value of the role scheme? What
 * peers and users say goes into headers and manifests. */
CMAF_API gboolean cmaf_language_is_valid (const gchar *language);
CMAF_API gboolean cmaf_role_is_valid (const gchar *role);
/* Do two headers say the same? */
CMAF_API gboolean cmaf_track_is_equal (const CmafTrack *a, const CmafTrack *b);
/* The first field in which two headers of one track differ, for a message that
 * helps to make two encoders alike. */
CMAF_API const gchar *cmaf_track_find_difference (
    const CmafTrack *a, const CmafTrack *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTrack, cmaf_track_unref)

G_END_DECLS
