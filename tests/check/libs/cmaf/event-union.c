/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Scripts of chunks of a second: <4:7,8 one with the events 7 and 8 has come
 * for second 4, >4:7 one with event 7 comes out. What comes out then tells of
 * the events behind it. Events begin with their chunk and last five seconds,
 * those from 100 on for ever. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/event-reader.h>
#include <gst/cmaf/event-union.h>
#include <stdlib.h>

#include "segments.h"

#define TIMESCALE 1000

typedef struct
{
  const gchar *script;
  const gchar *out;
} Case;

static const Case cases[] = {
  { "<0: >0: <1: >1:", "0: 1:" },
  { "<0:7 >0:7 <1: >1:", "0:7 1:" }, /* a single source */
  { "<0: >0: <0:7 >1:", "0: 1:7" },  /* the other source had it */
  { "<0:7 <0: >0:", "0:7" },         /* and came first */
  { "<0:7 <0: >0: >1: >2:", "0:7 1: 2:" },
  { "<0:7 <0:7 >0:7 >1:", "0:7 1:" }, /* both had it */
  { "<0:7 <0:8 >0:7 >1:", "0:7,8 1:" },
  { "<0:7,8 >0:9 >1:", "0:9,7,8 1:" },
  { "<3:7 >0: >1: >3:", "0: 1: 3:7" }, /* in its time */
  { "<3:7 >0: >3:7 >4:", "0: 3:7 4:" },
  { "<0:7 >9: >10:", "9: 10:" }, /* it is over */
  { "<0:100 >9: >10:", "9:100 10:" },
  { "<0:7 >0:7 <1:7 >1:7 >2:", "0:7 1:7 2:" },  /* told again */
  { "<50:7 >50:7 <0:7 >0: >1:", "50:7 0: 1:" }, /* a new timeline, too early */
  { "<50:7 >50:7 >0: <1:7 >1:", "50:7 0: 1:7" },
};

static CmafTrack *
new_track (CmafMedia media)
{
  CmafTrack *track = media == CMAF_MEDIA_EVENT
                         ? cmaf_track_new (media, CMAF_CODEC_EVTE)
                         : make_track (&test_codecs[0]);

  track->id = 1;
  track->timescale = TIMESCALE;
  return track;
}

static GPtrArray *
parse_events (const gchar *numbers, guint64 time)
{
  g_auto (GStrv) words = g_strsplit (numbers, ",", -1);
  GPtrArray *events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++) {
    guint id = strtoul (words[i], NULL, 10);

    g_ptr_array_add (
        events, cmaf_event_new (id, "urn:x", "1", time,
                    id >= 100 ? CMAF_EVENT_OPEN : 5 * TIMESCALE, NULL));
  }
  return events;
}

static CmafChunk *
make_chunk (
    CmafTrack *track, GBytes *header, guint64 time, const gchar *numbers)
{
  g_autoptr (GPtrArray) events = parse_events (numbers, time);
  gboolean is_track = track->media == CMAF_MEDIA_EVENT;
  g_autoptr (GBytes) payload =
      is_track ? cmaf_event_sample_write (
          (const CmafEvent *const *)events->pdata, events->len, time, NULL)
               : g_bytes_new_static ("payload", 7);
  CmafSample sample = { TIMESCALE, g_bytes_get_size (payload),
    CMAF_SAMPLE_FLAGS_SYNC, 0 };
  g_autoptr (GPtrArray) boxes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  CmafFragment fragment = { .track_id = 1,
    .decode_time = time,
    .samples = &sample,
    .n_samples = 1,
    .starts_segment = TRUE };
  g_autoptr (GBytes) front = NULL;
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);

  for (guint i = 0; !is_track && i < events->len; i++)
    g_ptr_array_add (
        boxes, cmaf_emsg_write (events->pdata[i], TIMESCALE, NULL));
  fragment.event_messages = (const GBytes *const *)boxes->pdata;
  fragment.n_event_messages = boxes->len;
  front = cmaf_fragment_write (&fragment, NULL);
  cmaf_fragment_reader_set_header (reader, track, header);
  cmaf_fragment_reader_feed (reader, front);
  cmaf_fragment_reader_feed (reader, payload);
  fail_unless_equals_int (
      cmaf_fragment_reader_read (reader, NULL), CMAF_READ_CHUNK);
  return cmaf_fragment_reader_take_chunk (reader);
}

static void
append_chunk_word (GString *out, const CmafTrack *track, const CmafChunk *chunk)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (GPtrArray) samples = cmaf_event_read_chunk (
      track, chunk, chunk->earliest_presentation_time, &fault);

  fail_if (fault != NULL, "%s", fault ? fault->message : "");
  g_string_append_printf (out, "%s%" G_GUINT64_FORMAT ":", out->len ? " " : "",
      chunk->decode_time / TIMESCALE);
  for (guint i = 0; samples != NULL && i < samples->len; i++) {
    const CmafEventSample *sample = samples->pdata[i];

    for (guint k = 0; k < sample->events->len; k++)
      g_string_append_printf (out, "%s%u", k ? "," : "",
          ((CmafEvent *)sample->events->pdata[k])->id);
  }
}

static void
check_payload (const CmafTrack *track, const CmafChunk *chunk)
{
  GBytes *last = g_ptr_array_index (chunk->bytes, chunk->bytes->len - 1);

  if (track->media == CMAF_MEDIA_EVENT)
    return;
  fail_unless_equals_int (g_bytes_get_size (last), 7);
  fail_unless (memcmp (g_bytes_get_data (last, NULL), "payload", 7) == 0);
}

static void
check_script (const Case *c, CmafMedia media)
{
  g_autoptr (CmafTrack) track = new_track (media);
  g_autoptr (GBytes) header = make_header (track);
  g_autoptr (CmafEventUnion) events = cmaf_event_union_new ();
  g_auto (GStrv) words = g_strsplit (c->script, " ", -1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++) {
    gchar *rest;
    guint64 time = strtoul (words[i] + 1, &rest, 10) * TIMESCALE;
    g_autoptr (CmafChunk) chunk = make_chunk (track, header, time, rest + 1);
    g_autoptr (CmafChunk) full = NULL;

    if (words[i][0] == '<') {
      cmaf_event_union_arrived (events, track, chunk, time);
      continue;
    }
    full = cmaf_event_union_complete (events, track, header, chunk, time);
    fail_unless_equals_uint64 (full->duration, chunk->duration);
    fail_unless_equals_int (full->flags, chunk->flags);
    check_payload (track, full);
    append_chunk_word (out, track, full);
  }
  fail_unless (g_str_equal (out->str, c->out), "%s\n  gives  %s\n  not    %s",
      c->script, out->str, c->out);
}

GST_START_TEST (test_messages)
{
  check_script (&cases[__i__], CMAF_MEDIA_VIDEO);
}
GST_END_TEST;

GST_START_TEST (test_event_track)
{
  check_script (&cases[__i__], CMAF_MEDIA_EVENT);
}
GST_END_TEST;

static Suite *
event_union_suite (void)
{
  Suite *suite = suite_create ("event-union");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_messages, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, test_event_track, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (event_union);
