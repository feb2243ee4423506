/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A chunk -> its events. */
#include <gst/cmaf/event-reader.h>
#include <gst/cmaf/splice-info.h>

#include <string.h>

#define MAX_TEXT 1024 /* of scheme_id_uri and value */

void
cmaf_event_sample_free (CmafEventSample *sample)
{
  g_ptr_array_unref (sample->events);
  g_free (sample);
}

static CmafEventSample *
add_sample (GPtrArray *samples, guint64 time, guint64 end)
{
  CmafEventSample *sample = g_new0 (CmafEventSample, 1);

  sample->time = time;
  sample->end = end;
  sample->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_ptr_array_add (samples, sample);
  return sample;
}

/* The body of mdat in one piece; event tracks are small. */
static GByteArray *
join_payload (const CmafChunk *chunk)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < chunk->bytes->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    g_byte_array_append (all, data, (guint)size);
  }
  g_byte_array_remove_range (all, 0, (guint)chunk->payload);
  return all;
}

/* The first fault counts. */
static void
note (GError *fault, GError **first)
{
  if (fault && first && !*first)
    *first = fault;
  else
    g_clear_error (&fault);
}

static void
read_samples (const CmafTrack *track, const CmafChunk *chunk,
    GPtrArray *samples, GError **fault)
{
  g_autoptr (GByteArray) payload = join_payload (chunk);
  guint64 time = chunk->decode_time;
  gsize pos = 0;

  for (guint i = 0; i < chunk->n_samples; i++) {
    const CmafSample *from = &chunk->samples[i];
    CmafEventSample *sample;
    GError *error = NULL;

    if (from->size > payload->len - pos)
      return; /* chunks are as long as their samples */
    sample = add_sample (samples, time, time + from->duration);
    cmaf_event_sample_read (payload->data + pos, from->size, track->timescale,
        time, sample->events, &error);
    note (error, fault);
    pos += from->size;
    time += from->duration;
  }
}

static void
read_messages (const CmafTrack *track, const CmafChunk *chunk,
    guint64 segment_time, GPtrArray *samples, GError **fault)
{
  CmafEventSample *sample = add_sample (
      samples, chunk->decode_time, chunk->decode_time + chunk->duration);

  for (guint i = 0; i < chunk->event_messages->len; i++) {
    GError *error = NULL;
    gsize size;
    const guint8 *data =
        g_bytes_get_data (chunk->event_messages->pdata[i], &size);

    cmaf_emsg_read (
        data, size, track->timescale, segment_time, sample->events, &error);
    note (error, fault);
  }
}

GPtrArray *
cmaf_event_read_chunk (const CmafTrack *track, const CmafChunk *chunk,
    guint64 segment_time, GError **fault)
{
  const gboolean is_track = track->media == CMAF_MEDIA_EVENT;
  GPtrArray *samples;

  if (!is_track && !chunk->event_messages)
    return NULL;
  samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_sample_free);
  if (is_track)
    read_samples (track, chunk, samples, fault);
  else
    read_messages (track, chunk, segment_time, samples, fault);
  return samples;
}

/* The older form tells once. */
gboolean
cmaf_event_track_is_complete (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_EVTE;
}

guint64
cmaf_event_segment_time (const CmafChunk *chunk, guint64 before)
{
  const gboolean is_inside = (chunk->flags & CMAF_CHUNK_HAS_STYP) != 0
                             && (chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) == 0;

  return is_inside && before > 0 ? before : chunk->earliest_presentation_time;
}

/* ---- validation ---- */

/* It goes into XML and into quoted strings. */
static gboolean
is_plain (const gchar *text)
{
  const gsize size = strlen (text);

  if (size > MAX_TEXT || !g_utf8_validate (text, (gssize)size, NULL))
    return FALSE;
  for (const gchar *at = text; *at; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);

    if (g_unichar_iscntrl (c) || c == 0xFFFE || c == 0xFFFF)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_section (const CmafEvent *event, GError **fault)
{
  CmafSpliceInfo info;
  gsize size;
  const guint8 *data = g_bytes_get_data (event->data, &size);

  if (!cmaf_splice_info_parse (data, size, &info, fault)) {
    if (fault)
      (*fault)->code = CMAF_ERROR_MALFORMED;
    g_prefix_error (fault, "event %u: ", event->id);
    return FALSE;
  }
  if (!info.has_bad_crc)
    return TRUE;
  g_set_error (fault, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "event %u: splice_info_section/CRC_32 is wrong; it is passed on as it is",
      event->id);
  return FALSE;
}

gboolean
cmaf_event_check (const CmafEvent *event, GError **fault)
{
  const gsize size = g_bytes_get_size (event->data);

  if (!is_plain (event->scheme) || !is_plain (event->value)) {
    g_set_error (fault, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "event %u: scheme_id_uri or value is not plain UTF-8 of at most %u "
        "bytes; no manifest tells of it",
        event->id, MAX_TEXT);
    return FALSE;
  }
  if (size > CMAF_EVENT_MAX_DATA) {
    g_set_error (fault, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "event %u: message_data has %" G_GSIZE_FORMAT
        " bytes, needs at most %u; no manifest tells of it",
        event->id, size, CMAF_EVENT_MAX_DATA);
    return FALSE;
  }
  if (g_str_equal (event->scheme, CMAF_SCHEME_SCTE35))
    return check_section (event, fault);
  return TRUE;
}
