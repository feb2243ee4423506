/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events, and chunks that tell of them. */
#pragma once

#include "chunk-fixtures.h"
#include "hex.h"

#include <gst/cmaf/event-message.h>

/* 30 s of break out of the network, event 7: the vector of the ingest profile;
 * the same with a wrong CRC; and the way back of event 7 */
#define FIXTURE_SECTION                                                        \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E9"
#define FIXTURE_BAD_SECTION                                                    \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E8"
#define FIXTURE_RETURN                                                         \
  "FC301B00000000000000FFF00A05000000077F5F000100000000B42648A4"

static inline CmafEvent *
fixture_event (const gchar *scheme, guint32 id, guint64 start, guint32 duration,
    const gchar *hex)
{
  g_autoptr (GBytes) data = bytes_from_hex (hex);

  return cmaf_event_new (id, scheme, "", start, duration, data);
}

static inline CmafTrack *
fixture_event_track (guint32 timescale)
{
  CmafTrack *track = cmaf_track_new (CMAF_MEDIA_EVENT, CMAF_CODEC_EVTE);

  track->timescale = timescale;
  return track;
}

/* A chunk of @track at @time that lasts @duration: its sample is @payload, and
 * @emsg, which may be NULL, stands in front of it. (transfer full) */
static inline CmafChunk *
fixture_chunk_with (CmafTrack *track, guint64 time, guint32 duration,
    GBytes *payload, GBytes *emsg)
{
  const CmafSample sample = { duration, (guint32)g_bytes_get_size (payload),
    CMAF_SAMPLE_FLAGS_SYNC, 0 };
  const CmafFragment fragment = { .sequence_number = 1,
    .track_id = 1,
    .decode_time = time,
    .samples = &sample,
    .n_samples = 1,
    .starts_segment = TRUE,
    .event_messages = (const GBytes *const *)&emsg,
    .n_event_messages = emsg ? 1 : 0 };
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) header = fixture_header (track);
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);

  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, head);
  cmaf_fragment_reader_feed (reader, payload);
  g_assert_cmpint (
      cmaf_fragment_reader_read (reader, NULL), ==, CMAF_READ_CHUNK);
  return cmaf_fragment_reader_take_chunk (reader);
}

/* One sample of an event track, with @event or, NULL, none. */
static inline CmafChunk *
fixture_event_chunk (
    CmafTrack *track, guint64 time, guint32 duration, const CmafEvent *event)
{
  g_autoptr (GBytes) payload =
      cmaf_event_sample_write (&event, event ? 1 : 0, time, NULL);

  return fixture_chunk_with (track, time, duration, payload, NULL);
}
