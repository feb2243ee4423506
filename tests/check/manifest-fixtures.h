/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Tracks, timelines and presentations that the tests of the manifest rooms
 * share. */
#pragma once

#include <gst/cmaf/presentation.h>
#include <gst/cmaf/ttml.h>
#include <gst/cmaf/webvtt.h>

/* A valid avcC of High@4.0 and an AudioSpecificConfig of AAC-LC, 48 kHz. */
static const guint8 fixture_avcc[] = { 1, 0x64, 0, 0x28, 0xff, 0xe1, 0, 4, 0x67,
  0x64, 0, 0x28, 1, 0, 2, 0x68, 0xee, 0xfd, 0xf8, 0xf8, 0 };
static const guint8 fixture_asc[] = { 0x11, 0x90 };

static inline CmafTrack *
fixture_video (guint fps_n, guint fps_d, guint32 timescale, guint32 frame_ticks,
    guint height, guint32 bitrate)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AVC1);

  track->timescale = timescale;
  track->sample_duration = frame_ticks;
  track->codec_config = g_bytes_new_static (fixture_avcc, sizeof fixture_avcc);
  track->max_bitrate = bitrate;
  track->avg_bitrate = bitrate / 2;
  track->width = height * 16 / 9;
  track->height = height;
  track->fps_n = fps_n;
  track->fps_d = fps_d;
  return track;
}

static inline CmafTrack *
fixture_audio (const gchar *language)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MP4A);

  track->timescale = 48000;
  track->sample_duration = 1024;
  track->codec_config = g_bytes_new_static (fixture_asc, sizeof fixture_asc);
  track->max_bitrate = 128000;
  track->language = g_strdup (language);
  track->sample_rate = 48000;
  track->channels = 2;
  return track;
}

static inline CmafTrack *
fixture_text (guint32 codec, const gchar *language, const gchar *role)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_TEXT, codec);

  track->timescale = 1000;
  track->codec_config =
      codec == CMAF_CODEC_STPP ? cmaf_ttml_config () : cmaf_webvtt_config ();
  track->language = g_strdup (language);
  track->role = g_strdup (role);
  return track;
}

/* A timeline on the grid with the segments [first, last]. */
static inline CmafTimeline *
fixture_timeline (const CmafSegmentGrid *grid, const CmafTrack *track,
    guint64 first, guint64 last)
{
  const CmafUnitGrid units = { track->timescale,
    track->media == CMAF_MEDIA_TEXT ? 1 : track->sample_duration, 0 };
  CmafTimeline *timeline = cmaf_timeline_new (grid, &units);
  guint64 number;

  for (number = first; number <= last; number++) {
    CmafTimelineSegment segment;

    cmaf_timeline_expect (timeline, number, &segment);
    cmaf_timeline_append (timeline, &segment);
  }
  return timeline;
}
