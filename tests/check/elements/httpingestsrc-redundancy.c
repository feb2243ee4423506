/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Redundant encoders in front of httpingestsrc: scripts of what they send, and
 * what comes out. Words of a script:
 *
 *   A       encoder A sends the header
 *   A3      and then segment 3; then any of
 *           e7 with the event 7, f it is filler (slat), l the last (lmsg), /2
 * only two chunks of it, +2 two chunks behind the grid, x the connection breaks
 * in the body, ~ the answer is not waited for, =400 the answer is 400 and not
 * 200 A-      its connection ends .       all answers are there #2      two
 * chunks have come out
 *
 * What comes out: A3 a segment of A, /2 when the rest of it is of another one,
 * which follows with a plus: A3/2 B3+/3; e2 behind it: with two events. */
#include "http-peer.h"
#include "ingest-receiver.h"
#include "segments.h"

#include <gst/cmaf/event-message.h>
#include <gst/cmaf/fragment-reader.h>
#include <stdlib.h>

#define SEED 100 /* of B; A has none */

typedef struct
{
  GSocketConnection *peer;
  guint expected; /* status; 0: no answer is to come */
} Encoder;

typedef struct
{
  Receiver *receiver;
  CmafTrack *track;
  GBytes *header;
  const gchar *name;
  Encoder encoders[2];
} Play;

/* What is odd about a chunk. */
typedef struct
{
  guint shift; /* chunks that it is too late */
  gboolean is_last, is_filler;
  guint event; /* id, 0: none */
  guint8 seed;
} Shape;

static void
append_odd_chunk (
    GByteArray *out, const CmafTrack *track, guint64 n, const Shape *shape)
{
  CmafSample samples[TEST_SAMPLES];
  guint64 time = (n + shape->shift) * chunk_ticks (track);
  g_autoptr (CmafEvent) event =
      cmaf_event_new (shape->event, "urn:x", "1", time, CMAF_EVENT_OPEN, NULL);
  g_autoptr (GBytes) box = cmaf_emsg_write (event, track->timescale, NULL);
  const GBytes *boxes[] = { box };
  CmafFragment fragment = { .sequence_number = n,
    .track_id = 1,
    .decode_time = time,
    .samples = samples,
    .n_samples = TEST_SAMPLES,
    .starts_segment = n % TEST_CHUNKS == 0,
    .is_last = shape->is_last,
    .is_slate = shape->is_filler,
    .event_messages = boxes,
    .n_event_messages = shape->event ? 1 : 0 };
  g_autoptr (GBytes) front = NULL;
  guint8 payload[TEST_SAMPLES * TEST_SAMPLE_SIZE];

  for (guint i = 0; i < TEST_SAMPLES; i++)
    samples[i] = (CmafSample){ track->sample_duration, TEST_SAMPLE_SIZE,
      i == 0 && n % TEST_CHUNKS == 0 ? CMAF_SAMPLE_FLAGS_SYNC
                                     : CMAF_SAMPLE_FLAGS_NON_SYNC,
      0 };
  front = cmaf_fragment_write (&fragment, NULL);
  memset (payload, shape->seed + (guint8)n, sizeof payload);
  g_byte_array_append (
      out, g_bytes_get_data (front, NULL), g_bytes_get_size (front));
  g_byte_array_append (out, payload, sizeof payload);
}

static void
take_answer (Encoder *encoder)
{
  if (encoder->expected != 0)
    fail_unless_equals_int (
        peer_read_response (encoder->peer, NULL, NULL), encoder->expected);
  encoder->expected = 0;
}

static void
hang_up (Encoder *encoder)
{
  take_answer (encoder);
  g_clear_object (&encoder->peer);
}

static void
send_body (Play *play, guint i, GBytes *bytes, gsize length)
{
  Encoder *encoder = &play->encoders[i];
  g_autofree gchar *head =
      g_strdup_printf ("POST /ingest/Streams(%s) HTTP/1.1\r\nHost: x\r\n"
                       "User-Agent: test (%c)\r\nContent-Length: %zu\r\n\r\n",
          play->name, 'A' + i, length);

  take_answer (encoder);
  if (encoder->peer == NULL)
    encoder->peer = peer_connect (play->receiver->port);
  fail_unless (peer_send (encoder->peer, head));
  fail_unless (peer_write (
      encoder->peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

static void
send_header (Play *play, guint i)
{
  send_body (play, i, play->header, g_bytes_get_size (play->header));
  play->encoders[i].expected = 200;
  take_answer (&play->encoders[i]);
}

/* The number behind @letter in @how, or @none. */
static guint
number_behind (const gchar *how, gchar letter, guint none)
{
  const gchar *at = strchr (how, letter);

  return at ? strtoul (at + 1, NULL, 10) : none;
}

/* A segment as the word says. */
static GBytes *
make_body (Play *play, guint i, guint64 number, const gchar *how, gsize *length)
{
  guint n = number_behind (how, '/', TEST_CHUNKS);
  GByteArray *body = g_byte_array_new ();

  for (guint k = 0; k < n; k++) {
    const Shape shape = { number_behind (how, '+', 0),
      strchr (how, 'l') != NULL && k + 1 == n, strchr (how, 'f') != NULL,
      k == 0 ? number_behind (how, 'e', 0) : 0, i * SEED };

    append_odd_chunk (body, play->track, number * TEST_CHUNKS + k, &shape);
  }
  *length = body->len + (strchr (how, 'x') ? 100 : 0);
  return g_byte_array_free_to_bytes (body);
}

static void
run_word (Play *play, const gchar *word)
{
  guint i = word[0] - 'A';
  Encoder *encoder = &play->encoders[i];
  gchar *how;
  guint64 number = strtoul (word + 1, &how, 10);
  g_autoptr (GBytes) body = NULL;
  gsize length;

  if (word[1] == '-') {
    hang_up (encoder);
    return;
  }
  if (encoder->peer == NULL)
    send_header (play, i);
  if (word[1] == '\0')
    return;
  body = make_body (play, i, number, how, &length);
  send_body (play, i, body, length);
  encoder->expected = number_behind (how, '=', 200);
  if (strchr (how, 'x')) {
    encoder->expected = 0;
    hang_up (encoder);
  } else if (!strchr (how, '~')) {
    take_answer (encoder);
  }
  /* the receiver closes behind a refusal */
  if (encoder->expected == 0 && strchr (how, '='))
    hang_up (encoder);
}

static void
wait_chunks (Play *play, guint64 n)
{
  gint64 until = g_get_monotonic_time () + RECEIVER_WAIT / GST_USECOND;

  while (get_stat (play->receiver, "chunks") < n) {
    fail_unless (g_get_monotonic_time () < until);
    g_usleep (1000); /* other threads get their turn */
  }
}

static void
run_script (Play *play, const gchar *script)
{
  g_auto (GStrv) words = g_strsplit (script, " ", -1);

  for (guint w = 0; words[w] != NULL; w++) {
    if (words[w][0] == '#')
      wait_chunks (play, strtoul (words[w] + 1, NULL, 10));
    else if (words[w][0] != '.')
      run_word (play, words[w]);
    else
      for (guint i = 0; i < 2; i++)
        take_answer (&play->encoders[i]);
  }
}

/* ---- what came out ---- */

static gchar
encoder_of (const CmafChunk *chunk, guint64 n)
{
  GBytes *payload = g_ptr_array_index (chunk->bytes, chunk->bytes->len - 1);
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  return (guint8)(data[size - 1] - n) == 0 ? 'A' : 'B';
}

typedef struct
{
  GString *text;
  gchar encoder;
  guint n; /* chunks of it in the running segment */
} Summary;

static void
end_part (Summary *s, gboolean is_whole)
{
  if (s->n > 0 && !is_whole)
    g_string_append_printf (s->text, "/%u", s->n);
  s->n = 0;
}

static void
add_chunk (Summary *s, const CmafChunk *chunk, guint64 n)
{
  gchar encoder = encoder_of (chunk, n);
  gboolean starts = n % TEST_CHUNKS == 0;

  if (starts || encoder != s->encoder) {
    end_part (s, s->n == TEST_CHUNKS);
    g_string_append_printf (s->text, "%s%c%u%s", s->text->len ? " " : "",
        encoder, (guint)(n / TEST_CHUNKS), starts ? "" : "+");
  }
  if (chunk->event_messages)
    g_string_append_printf (s->text, "e%u", chunk->event_messages->len);
  s->encoder = encoder;
  s->n++;
}

static gchar *
summarise (Play *play, Track *track)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  g_autoptr (GBytes) bytes =
      g_bytes_new (track->bytes->data, track->bytes->len);
  Summary s = { g_string_new (NULL), 0, 0 };
  CmafReadResult result;

  cmaf_fragment_reader_feed (reader, bytes);
  while (
      (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
    g_autoptr (CmafChunk) chunk = NULL;

    fail_if (result == CMAF_READ_ERROR);
    if (result != CMAF_READ_CHUNK)
      continue;
    chunk = cmaf_fragment_reader_take_chunk (reader);
    add_chunk (&s, chunk, chunk->decode_time / chunk_ticks (play->track));
  }
  end_part (&s, s.n == TEST_CHUNKS);
  return g_string_free (s.text, FALSE);
}

/* ---- a play ---- */

static void
set_properties (GstElement *src, const gchar *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    gchar *value = strchr (words[i], '=');

    if (value == NULL)
      continue;
    *value++ = '\0';
    gst_util_set_object_arg (G_OBJECT (src), words[i], value);
  }
}

static void
play_init (Play *self, const gchar *properties)
{
  memset (self, 0, sizeof *self);
  self->name = "video.cmfv";
  self->receiver = receiver_new ();
  self->track = make_track (&test_codecs[0]);
  self->track->segment_duration_n = self->track->segment_duration_d = 1;
  self->header = make_header (self->track);
  g_object_set (self->receiver->src, "start-hold", (guint64)0, NULL);
  set_properties (self->receiver->src, properties);
  play (self->receiver);
}

static void
play_clear (Play *play)
{
  for (guint i = 0; i < 2; i++)
    hang_up (&play->encoders[i]);
  receiver_free (play->receiver);
  cmaf_track_unref (play->track);
  g_bytes_unref (play->header);
}

/* Everything out, and what it was. */
static gchar *
finish (Play *play)
{
  Track *track = wait_track (play->receiver, 0);

  gst_element_send_event (play->receiver->src, gst_event_new_eos ());
  wait_eos (track);
  return summarise (play, track);
}

/* How many times this was told, ever. */
static guint
count_messages (Receiver *receiver, const gchar *name)
{
  GstMessage *message;
  guint n = 0;

  while (
      (message = gst_bus_pop_filtered (receiver->bus, GST_MESSAGE_ELEMENT))) {
    n += gst_message_has_name (message, name);
    gst_message_unref (message);
  }
  return n;
}

/* ---- policies ---- */

#define LONG " merge-hold=20000000000"

typedef struct
{
  const gchar *properties;
  const gchar *script;
  const gchar *output;
  guint n_changed; /* times that source-changed was told */
} Case;

static const Case cases[] = {
  { "", "A0 B0 B1 A1", "A0 B1", 2 },
  { "merge-policy=first", "A0 A1 B1 A2 B2", "A0 A1 A2", 1 },
  /* priority: the better one is waited for, but not for ever */
  { "merge-policy=priority merge-order=B,A" LONG, "B A A0~ B0 A1~ B1", "B0 B1",
      1 },
  { "merge-policy=priority merge-order=*(B)" LONG, "B A A0~ B0 B- A1 A2",
      "B0 A1 A2", 2 },
  { "merge-policy=priority merge-order=B,A merge-hold=0", "B A A0 B0 B1 A1",
      "A0 B1", 2 },
  { "merge-policy=priority" LONG, "A B B0~ A0 B1~ A1", "A0 A1", 1 },
  /* filler gives way to content, until it has been handed on */
  { LONG, "B A A0f~ B0 A1f~ B1", "B0 B1", 1 },
  { "merge-hold=0", "B A A0f B0", "A0", 1 },
  /* a segment that broke off gives way, or is continued */
  { "start-hold=500000000", "B A A0/2x B0", "B0", 1 },
  { "", "A B A0/2x #2 B0 B1", "A0/2 B0+/3 B1", 2 },
  /* events by their ids: what A missed comes with its next chunk */
  { "", "A0e7 B0e7 A1 B1", "A0e1 A1", 1 },
  { "", "A0 B0e7 A1 B1", "A0 A1e1", 1 },
  { "", "A0e7 B0e8 A1 B1", "A0e1 A1e1", 1 },
  /* sent again with lmsg */
  { "", "A0 A0l", "A0", 1 },
};

GST_START_TEST (test_policy)
{
  const Case *c = &cases[__i__];
  Play play;
  g_autofree gchar *out = NULL;

  play_init (&play, c->properties);
  run_script (&play, c->script);
  run_script (&play, ".");
  out = finish (&play);
  fail_unless (g_str_equal (out, c->output), "%s gives %s, not %s", c->script,
      out, c->output);
  fail_unless_equals_int (
      count_messages (play.receiver, "httpingestsrc-source-changed"),
      c->n_changed);
  play_clear (&play);
}
GST_END_TEST;

/* What two receivers store, to which the encoders are faster in turn. */
GST_START_TEST (test_hash_is_the_same_everywhere)
{
  static const gchar *const scripts[] = { "B A A0~ B0 . A1~ B1 . A2~ B2 .",
    "A B B0~ A0 . B1~ A1 . B2~ A2 ." };
  g_autofree gchar *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    Play play;
    g_autofree gchar *out = NULL;

    play_init (&play, "merge-policy=hash" LONG);
    run_script (&play, scripts[i]);
    out = finish (&play);
    if (i == 0)
      first = g_strdup (out);
    fail_unless_equals_string (out, first);
    fail_unless_equals_int (strlen (out), strlen ("A0 A1 A2"));
    play_clear (&play);
  }
}
GST_END_TEST;

/* ---- a source that leaves the grid ---- */

static gboolean
is_quarantined (Receiver *receiver, const gchar *agent)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *tracks, *sources;
  gboolean is = FALSE, is_any = FALSE;

  g_object_get (receiver->src, "stats", &stats, NULL);
  tracks = gst_structure_get_value (stats, "tracks");
  sources = gst_structure_get_value (
      gst_value_get_structure (gst_value_list_get_value (tracks, 0)),
      "sources");
  for (guint i = 0; i < gst_value_list_get_size (sources); i++) {
    const GstStructure *s =
        gst_value_get_structure (gst_value_list_get_value (sources, i));

    if (g_str_equal (gst_structure_get_string (s, "source"), agent))
      gst_structure_get_boolean (s, "quarantined", &is);
    is_any = is_any || is;
    is = FALSE;
  }
  return is_any;
}

GST_START_TEST (test_quarantine)
{
  Play play;
  g_autofree gchar *out = NULL;
  g_autoptr (GstMessage) message = NULL;

  play_init (&play, "");
  run_script (&play, "A0 B0+2=400 A1 B1+2=400");
  fail_if (is_quarantined (play.receiver, "test (B)"));
  run_script (&play, "A2 B2+2=400 A3 B3+2=400");
  fail_unless (is_quarantined (play.receiver, "test (B)"));
  message = wait_message (play.receiver, "httpingestsrc-misaligned");
  fail_unless_equals_string (
      gst_structure_get_string (gst_message_get_structure (message), "source"),
      "test (B)");
  /* in order again: believed the third time */
  run_script (&play, "B4 A4 B5 A5");
  fail_unless (is_quarantined (play.receiver, "test (B)"));
  run_script (&play, "B6 A6");
  fail_if (is_quarantined (play.receiver, "test (B)"));
  out = finish (&play);
  fail_unless_equals_string (out, "A0 A1 A2 A3 A4 A5 B6");
  fail_unless_equals_int (
      count_messages (play.receiver, "httpingestsrc-misaligned"), 0);
  play_clear (&play);
}
GST_END_TEST;

/* Better than nothing; but not while another one keeps to the grid. */
GST_START_TEST (test_alone_off_the_grid)
{
  Play play;

  play_init (&play, "");
  run_script (&play, "A0+2 A1+2 A2+2 A3+2");
  wait_chunks (&play, 4 * TEST_CHUNKS);
  run_script (&play, "B5 A4+2=400 B6");
  fail_unless_equals_uint64 (get_stat (play.receiver, "refused"), 1);
  play_clear (&play);
}
GST_END_TEST;

/* ---- several tracks ---- */

static Track *
find_track (Receiver *receiver, const gchar *suffix)
{
  for (guint i = 0; i < 2; i++) {
    Track *track = wait_track (receiver, i);
    const gchar *id;

    wait_lists (track, 1);
    gst_event_parse_stream_start (
        find_event (track, GST_EVENT_STREAM_START), &id);
    if (g_str_has_suffix (id, suffix))
      return track;
  }
  return NULL;
}

/* A is in use; B is faster with b. When A fails with b, a goes over too. */
GST_START_TEST (test_a_presentation_comes_from_one_encoder)
{
  Play a, b;
  Track *track_a, *track_b;
  g_autofree gchar *out_a = NULL, *out_b = NULL;

  play_init (&a, "merge-group=presentation" LONG);
  b = a;
  a.name = "a.cmfv";
  b.name = "b.cmfv";
  run_script (&a, "A B");
  run_script (&b, "B A");
  run_script (&a, "A0 B0");
  run_script (&b, "B0~ A0 .");
  run_script (&b, "B1~ A1 .");
  run_script (&a, "B1~ A1 .");
  run_script (&b, "A- B2"); /* at once: A is gone */
  run_script (&a, "A2~ B2 . A3~ B3 .");
  track_a = find_track (a.receiver, "/a");
  track_b = find_track (a.receiver, "/b");
  gst_element_send_event (a.receiver->src, gst_event_new_eos ());
  wait_eos (track_a);
  wait_eos (track_b);
  out_a = summarise (&a, track_a);
  out_b = summarise (&b, track_b);
  fail_unless_equals_string (out_b, "A0 A1 B2");
  fail_unless_equals_string (out_a, "A0 A1 B2 B3");
  for (guint i = 0; i < 2; i++)
    hang_up (&b.encoders[i]);
  play_clear (&a);
}
GST_END_TEST;

/* ---- all begin at once ---- */

/* The receiver was away; A begins at the live edge, and B still has what was
 * before that. */
GST_START_TEST (test_the_older_backlog_of_another_encoder_is_in_front)
{
  Play play;
  g_autofree gchar *out = NULL;

  play_init (&play, "start-hold=1000000000");
  run_script (&play, "A3~ B0~ B1~ B2~ B3~ . A4 B4");
  out = finish (&play);
  fail_unless (g_str_has_prefix (out, "B0 B1 B2 "), "%s", out);
  fail_unless_equals_int (strlen (out), strlen ("B0 B1 B2 A3 A4"));
  fail_unless_equals_uint64 (get_stat (play.receiver, "gaps"), 0);
  play_clear (&play);
}
GST_END_TEST;

/* ---- whole encoders ---- */

static GstElement *
start_encoder (guint port, const gchar *name)
{
  g_autofree gchar *description = g_strdup_printf (
      "videotestsrc is-live=true ! "
      "video/x-raw,width=64,height=64,framerate=25/1 ! "
      "x264enc tune=zerolatency speed-preset=ultrafast ! h264parse ! "
      "cmafsyncmux track-name=video segment-duration=24/25 "
      "chunk-duration=80000000 ! httpingestsink encoder-name=%s "
      "location=http://127.0.0.1:%u/ingest",
      name, port);
  g_autoptr (GError) error = NULL;
  GstElement *encoder = gst_parse_launch (description, &error);

  fail_if (error != NULL, "%s", error ? error->message : "");
  fail_if (gst_element_set_state (encoder, GST_STATE_PLAYING)
           == GST_STATE_CHANGE_FAILURE);
  return encoder;
}

static void
kill_encoder (GstElement *encoder)
{
  gst_element_set_state (encoder, GST_STATE_NULL);
  gst_object_unref (encoder);
}

static gboolean
has_element (const gchar *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  if (factory == NULL)
    g_print ("SKIP: needs %s\n", name);
  return factory != NULL;
}

/* The next one that is in use. */
static void
wait_source (Receiver *receiver, const gchar *name)
{
  g_autoptr (GstMessage) message =
      wait_message (receiver, "httpingestsrc-source-changed");
  const gchar *source =
      gst_structure_get_string (gst_message_get_structure (message), "source");

  fail_unless (strstr (source, name) != NULL, "%s", source);
}

/* The better one is killed between any two chunks, and comes back. */
GST_START_TEST (test_encoders_take_turns_without_a_hole)
{
  Receiver *receiver;
  GstElement *main_encoder, *spare;
  Track *track;
  guint n;

  if (!has_element ("x264enc"))
    return;
  receiver = receiver_new ();
  set_properties (receiver->src, "merge-policy=priority merge-order=main,spare "
                                 "merge-hold=1000000000");
  play (receiver);
  main_encoder = start_encoder (receiver->port, "main");
  spare = start_encoder (receiver->port, "spare");
  track = wait_track (receiver, 0);
  wait_source (receiver, "(main)");
  wait_lists (track, 15);
  kill_encoder (main_encoder);
  wait_source (receiver, "(spare)");
  main_encoder = start_encoder (receiver->port, "main");
  wait_source (receiver, "(main)");
  g_mutex_lock (&track->lock);
  n = track->lists->len;
  g_mutex_unlock (&track->lock);
  wait_lists (track, n + 5);
  fail_unless_equals_uint64 (get_stat (receiver, "gaps"), 0);
  kill_encoder (main_encoder);
  kill_encoder (spare);
  receiver_free (receiver);
}
GST_END_TEST;

static Suite *
redundancy_suite (void)
{
  Suite *suite = suite_create ("httpingestsrc-redundancy");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_policy, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_hash_is_the_same_everywhere);
  tcase_add_test (tc, test_quarantine);
  tcase_add_test (tc, test_alone_off_the_grid);
  tcase_add_test (tc, test_a_presentation_comes_from_one_encoder);
  tcase_add_test (tc, test_the_older_backlog_of_another_encoder_is_in_front);
  tcase_add_test (tc, test_encoders_take_turns_without_a_hole);
  return suite;
}

GST_CHECK_MAIN (redundancy);
