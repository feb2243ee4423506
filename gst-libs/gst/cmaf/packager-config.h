/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a packager is told once. Since: 0.1 */
#pragma once

#include <gst/cmaf/presentation-config.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *media_template; /* of a segment; NULL: a default that goes with
                                  @addressing */
  const gchar *mpd_name;       /* NULL: no MPD */
  const gchar *vod_mpd_name;   /* written at the end of a dynamic one, begins at
                                  0; NULL: none */
  const gchar *master_name;    /* multivariant playlist; NULL: no HLS */
  const gchar *playlist_name;  /* "media.m3u8", in the folder of the track */
  const gchar *presentation_id; /* MPD@id; NULL: none */
  const gchar *delivery_url; /* where viewers get objects, http or https; NULL:
                                URLs are relative */
  CmafAddressing addressing;
  CmafManifestType type;
  guint64 segment_duration_n; /* D in seconds; 0/0: from the headers, else from
                                 the first video segment */
  guint64 segment_duration_d;
  guint number_offset;             /* 0 or 1, added to every number */
  GstClockTime window_length;      /* what manifests list; 0: everything */
  guint window_quantum;            /* segments by which the window moves */
  GstClockTime availability_start; /* POSIX time of media time 0, for streams
                                      that do not count from 1970 */
  CmafLeapInformation leaps;
  guint max_lag; /* segments by which a track may be behind before it no longer
                    holds the others back; 0: for ever */
  GstClockTime presentation_start; /* media time in the first segment of the
                                      service, NONE: not known */
  gboolean low_latency;            /* segments are visible while they grow */
  gboolean hides_event_tracks;     /* the MPD has only what they tell */
  CmafEventContent event_content;
  gboolean write_segments; /* FALSE: another packager writes the same names */
  const gchar *header_extension; /* "mp4", without a dot */
  GstClockTime finish_wait; /* for what is not in the store at the end; 5 s */
} CmafPackagerConfig;

/* The defaults. */
CMAF_API void cmaf_packager_config_init (CmafPackagerConfig *config);
/* Fills in what is NULL and makes the strings of @config its own. FALSE with
 * CMAF_ERROR_CONFIG, naming the field, when the combination is impossible; then
 * @config is as it was. */
CMAF_API gboolean cmaf_packager_config_complete (
    CmafPackagerConfig *config, GError **error);
/* What manifests say whatever is published; borrows the strings of @config. */
CMAF_API CmafPresentationConfig cmaf_packager_config_describe (
    const CmafPackagerConfig *config, const CmafSegmentGrid *grid);
/* Frees what _complete() made. */
CMAF_API void cmaf_packager_config_clear (CmafPackagerConfig *config);

G_END_DECLS
