/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The forms in which senders tell of events, over HTTP: the bytes are in the
 * directory as they were, and the MPD has the event. */
#include "chain.h"
#include "event-fixtures.h"
#include "http-peer.h"

#define TICKS 172800 /* of a segment, at 90 kHz */
#define SCHEME "75726E3A736374653A7363746533353A323031333A62696E00 00"
#define EMIB(delta, section)                                                   \
  "0000005E 656D6962 00000000 00000000" delta "002932E0 00000007" SCHEME section
#define EMSG_0(delta)                                                          \
  "0000005A 656D7367 00000000" SCHEME "00015F90" delta                         \
  "002932E0 00000007" FIXTURE_SECTION
#define EMSG_1                                                                 \
  "0000005E 656D7367 01000000 00015F90 000000000006DDD0 002932E0 "             \
  "00000007" SCHEME FIXTURE_SECTION
#define DASH_EVENT "00000000 75726E3A6D7065673A646173683A6576656E743A3230313200"

static const struct
{
  guint64 start; /* ticks */
  guint32 codec;
  const gchar *config;
  const gchar *samples[2];
  const gchar *warning; /* NULL: none */
} forms[] = {
  { 450000, CMAF_CODEC_EVTE, "",
      { EMIB ("000000000006DDD0", FIXTURE_SECTION),
          EMIB ("0000000000043AD0", FIXTURE_SECTION) },
      NULL },
  /* it began before the second sample */
  { 90000, CMAF_CODEC_EVTE, "",
      { EMIB ("0000000000015F90", FIXTURE_SECTION),
          EMIB ("FFFFFFFFFFFEBC90", FIXTURE_SECTION) },
      NULL },
  { 450000, CMAF_CODEC_EVTE, "",
      { EMIB ("000000000006DDD0", FIXTURE_BAD_SECTION),
          EMIB ("0000000000043AD0", FIXTURE_BAD_SECTION) },
      "CRC_32 is wrong" },
  { 450000, CMAF_CODEC_URIM, DASH_EVENT,
      { EMSG_0 ("0006DDD0"), "00000008 656D6265" }, NULL },
  { 450000, CMAF_CODEC_URIM, DASH_EVENT, { EMSG_1, "00000008 656D6562" },
      NULL },
};

/* In front of media; the first two are one event. */
static const gchar *const messages[] = {
  EMSG_0 ("0006DDD0"),
  EMSG_1,
  /* until when the MPD of the sender counts */
  "00000045 656D7367 01000000 00015F90 000000000006DDD0 00000000 00000001"
  "75726E3A6D7065673A646173683A6576656E743A3230313200 3100"
  "323032362D30315A0000",
  /* version 2 */
  "00000010 656D7367 02000000 00015F90",
};

static void
append (GByteArray *out, GBytes *bytes)
{
  g_byte_array_append (
      out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
append_segment (GByteArray *out, GBytes *payload, guint number,
    const GBytes *const *emsg, guint n_emsg)
{
  const CmafSample sample = { TICKS, (guint32)g_bytes_get_size (payload),
    CMAF_SAMPLE_FLAGS_SYNC, 0 };
  const CmafFragment fragment = { .sequence_number = number + 1,
    .track_id = 1,
    .decode_time = (guint64)number * TICKS,
    .samples = &sample,
    .n_samples = 1,
    .starts_segment = TRUE,
    .is_last = number == 1,
    .event_messages = emsg,
    .n_event_messages = n_emsg };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);

  append (out, head);
  append (out, payload);
}

static GByteArray *
make_body (guint form)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_EVENT, forms[form].codec);
  GByteArray *body = g_byte_array_new ();
  g_autoptr (GBytes) header = NULL;

  track->timescale = 90000;
  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  track->codec_config = bytes_from_hex (forms[form].config);
  header = fixture_header (track);
  append (body, header);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) payload = bytes_from_hex (forms[form].samples[i]);

    append_segment (body, payload, i, NULL, 0);
  }
  return body;
}

static void
post (guint port, const gchar *name, const GByteArray *body)
{
  g_autoptr (GSocketConnection) peer = peer_connect ((guint16)port);
  g_autofree gchar *head =
      g_strdup_printf ("POST /ingest/Streams(%s) HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: %u\r\n\r\n",
          name, body->len);

  fail_unless (
      peer_send (peer, head) && peer_write (peer, body->data, body->len));
  assert_equals_int (peer_read_response (peer, NULL, NULL), 200);
}

/* To the end. The last warning, or NULL. */
static gchar *
wait_for_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gchar *warning = NULL;

  while (TRUE) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, 40 * GST_SECOND,
            GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
    g_autoptr (GError) error = NULL;

    fail_unless (message != NULL, "no end");
    fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      break;
    gst_message_parse_warning (message, &error, NULL);
    g_free (warning);
    warning = g_strdup (error->message);
  }
  gst_object_unref (bus);
  return warning;
}

/* Its bytes are in @body, where they came. */
static void
assert_kept (const SinkFixture *f, const gchar *name, const GByteArray *body)
{
  g_autofree gchar *path = g_build_filename (f->folder, name, NULL);
  g_autofree gchar *text = NULL;
  gsize size;

  fail_unless (g_file_get_contents (path, &text, &size, NULL), "%s", path);
  fail_unless (memmem (body->data, body->len, text, size) != NULL, "%s", name);
}

/* Sends @body to a directory; what its MPD says. */
static gchar *
receive (SinkFixture *f, const gchar *settings, const gchar *name,
    const GByteArray *body, gchar **warning)
{
  g_autofree gchar *launch = NULL;
  GstElement *receiver;

  sink_fixture_init (f, "cmafdashsink");
  launch = g_strdup_printf ("httpingestsrc name=in port=0 address=127.0.0.1 : "
                            "cmafdashsink location=%s %s",
      f->folder, settings);
  receiver = chain_start (launch);
  post (chain_port_of (receiver, "in"), name, body);
  *warning = wait_for_end (receiver);
  chain_stop (receiver);
  return sink_fixture_read (f, "stream.mpd");
}

GST_START_TEST (test_what_is_sent_is_kept_and_listed)
{
  g_autoptr (GByteArray) body = make_body (__i__);
  g_autofree gchar *mpd = NULL, *warning = NULL, *event = NULL;
  SinkFixture f;

  if (!have_elements ("httpingestsrc cmafdashsink"))
    return;
  mpd = receive (&f, "", "events", body, &warning);
  event = g_strdup_printf ("<Event presentationTime=\"%" G_GUINT64_FORMAT
                           "\" duration=\"2700000\" id=\"7\">",
      forms[__i__].start);
  assert_has (mpd, event);
  assert_has (mpd, "contentType=\"application\"");
  assert_kept (&f, "events/0000000000.m4s", body);
  assert_kept (&f, "events/0000000001.m4s", body);
  if (forms[__i__].warning)
    fail_unless (warning && strstr (warning, forms[__i__].warning), "%s",
        warning ? warning : "no warning");
  else
    assert_equals_string (warning, NULL);
  sink_fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_content_of_an_event_track_can_be_meta)
{
  g_autoptr (GByteArray) body = make_body (0);
  g_autofree gchar *mpd = NULL, *warning = NULL;
  SinkFixture f;

  if (!have_elements ("httpingestsrc cmafdashsink"))
    return;
  mpd = receive (&f, "event-content-type=meta", "events", body, &warning);
  assert_has (mpd, "contentType=\"meta\"");
  assert_has (mpd, "codecs=\"evte\"");
  sink_fixture_clear (&f);
}
GST_END_TEST;

static GByteArray *
make_video_with_messages (void)
{
  g_autoptr (CmafTrack) track = fixture_video (25, 1, 90000, 3600, 720, 0);
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GBytes) payload = g_bytes_new_static ("picture", 7);
  g_autoptr (GPtrArray) emsg =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  GByteArray *body = g_byte_array_new ();

  track->segment_duration_n = 48;
  track->segment_duration_d = 25;
  header = fixture_header (track);
  append (body, header);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    g_ptr_array_add (emsg, bytes_from_hex (messages[i]));
  append_segment (
      body, payload, 0, (const GBytes *const *)emsg->pdata, emsg->len);
  append_segment (body, payload, 1, NULL, 0);
  return body;
}

/* What is told in front of media stays there, byte for byte; players learn of
 * the schemes, but not of what was said of the MPD of the sender. */
GST_START_TEST (test_messages_in_front_of_media_are_kept)
{
  g_autoptr (GByteArray) body = make_video_with_messages ();
  g_autofree gchar *mpd = NULL, *warning = NULL;
  SinkFixture f;

  if (!have_elements ("httpingestsrc cmafdashsink"))
    return;
  mpd = receive (&f, "", "v", body, &warning);
  assert_has (
      mpd, "<InbandEventStream schemeIdUri=\"urn:scte:scte35:2013:bin\"/>");
  fail_if (strstr (mpd, "urn:mpeg:dash:event:2012") != NULL, "%s", mpd);
  fail_if (strstr (mpd, "<EventStream") != NULL, "%s", mpd);
  assert_kept (&f, "v/0000000000.m4s", body);
  assert_kept (&f, "v/0000000001.m4s", body);
  assert_equals_string (warning, NULL);
  sink_fixture_clear (&f);
}
GST_END_TEST;

static Suite *
event_forms_suite (void)
{
  Suite *suite = suite_create ("event-forms");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (
      tcase, test_what_is_sent_is_kept_and_listed, 0, G_N_ELEMENTS (forms));
  tcase_add_test (tcase, test_the_content_of_an_event_track_can_be_meta);
  tcase_add_test (tcase, test_messages_in_front_of_media_are_kept);
  return suite;
}

GST_CHECK_MAIN (event_forms);
