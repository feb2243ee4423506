/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmaforiginsink: what an application and a browser see of it. How paths,
 * feed and back-pressure work is checked in libs/cmafhttp. */
#include "certificates.h"
#include "http-peer.h"
#include "origin-media.h"
#include "restless-peer.h"
#include "sanitizer.h"

#define PROTOCOL_HEADERS                                                       \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n"                              \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                            \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: cmaf-live.v1\r\n"

typedef struct
{
  GstElement *sink;
  GstBus *bus;
  GstPad *pads[2]; /* video, audio: ours */
  guint port;
} Fixture;

static GstMessage *
wait_for (Fixture *f, GstMessageType type, const gchar *name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (
        f->bus, 10 * GST_SECOND, type | GST_MESSAGE_ERROR);

    fail_unless (message != NULL, "no %s", name);
    if (name == NULL || gst_message_has_name (message, name))
      return message;
    fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
                 && type != GST_MESSAGE_ERROR,
        "%" GST_PTR_FORMAT, message);
    gst_message_unref (message);
  }
}

/* (transfer full): the pad that may have been requested before */
static GstPad *
get_pad (GstElement *sink, gboolean is_audio)
{
  const gchar *name = is_audio ? "sink_1" : "sink_0";
  GstPad *pad = gst_element_get_static_pad (sink, name);

  return pad != NULL ? pad : gst_element_request_pad_simple (sink, name);
}

static void
add_pad (Fixture *f, gboolean is_audio)
{
  g_autoptr (GBytes) header = media_header (is_audio);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (header);
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/quicktime", "variant", G_TYPE_STRING, "cmaf",
          "track-name", G_TYPE_STRING, is_audio ? "audio" : "video", NULL);
  g_autoptr (GstPad) target = get_pad (f->sink, is_audio);
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;
  GstSegment segment;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, buffer);
  gst_value_array_append_value (&array, &value);
  gst_structure_set_value (
      gst_caps_get_structure (caps, 0), "streamheader", &array);
  g_value_unset (&value);
  g_value_unset (&array);

  f->pads[is_audio] = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_active (f->pads[is_audio], TRUE);
  fail_unless (gst_pad_link (f->pads[is_audio], target) == GST_PAD_LINK_OK);
  gst_pad_push_event (
      f->pads[is_audio], gst_event_new_stream_start (is_audio ? "a" : "v"));
  gst_pad_push_event (f->pads[is_audio], gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (f->pads[is_audio], gst_event_new_segment (&segment));
}

static void
fixture_play (Fixture *f)
{
  g_autoptr (GstMessage) message = NULL;

  fail_unless (gst_element_set_state (f->sink, GST_STATE_PLAYING)
               != GST_STATE_CHANGE_FAILURE);
  message = wait_for (f, GST_MESSAGE_ELEMENT, "cmaforiginsink-listening");
  fail_unless (gst_structure_get_uint (
      gst_message_get_structure (message), "port", &f->port));
}

static void
fixture_open (Fixture *f)
{
  fixture_play (f);
  add_pad (f, FALSE);
  add_pad (f, TRUE);
}

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->sink = gst_element_factory_make ("cmaforiginsink", NULL);
  fail_unless (f->sink != NULL);
  gst_object_ref_sink (f->sink);
  f->bus = gst_bus_new ();
  gst_element_set_bus (f->sink, f->bus);
}

static void
drop_pads (Fixture *f)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstPad) target =
        f->pads[i] != NULL ? gst_pad_get_peer (f->pads[i]) : NULL;

    if (target != NULL) {
      gst_pad_unlink (f->pads[i], target);
      gst_element_release_request_pad (f->sink, target);
    }
    g_clear_object (&f->pads[i]);
  }
}

static void
fixture_clear (Fixture *f)
{
  gst_element_set_state (f->sink, GST_STATE_NULL);
  drop_pads (f);
  gst_element_set_bus (f->sink, NULL);
  gst_object_unref (f->bus);
  gst_object_unref (f->sink);
}

/* Chunk @i of segment @k. */
static GstFlowReturn
push_chunk (GstPad *pad, gboolean is_audio, guint k, guint i)
{
  g_autoptr (GPtrArray) pieces = media_chunk (is_audio, MEDIA_NUMBER + k, i);
  GstBufferList *list = gst_buffer_list_new ();

  for (guint p = 0; p < pieces->len; p++)
    gst_buffer_list_add (
        list, gst_buffer_new_wrapped_bytes (g_ptr_array_index (pieces, p)));
  return gst_pad_push_list (pad, list);
}

static void
push_segment (Fixture *f, gboolean is_audio, guint k)
{
  guint chunks = is_audio ? MEDIA_AUDIO_CHUNKS : MEDIA_VIDEO_CHUNKS;

  for (guint i = 0; i < chunks; i++)
    fail_unless_equals_int (
        push_chunk (f->pads[is_audio], is_audio, k, i), GST_FLOW_OK);
}

static void
push_segments_from (Fixture *f, guint first, guint n)
{
  for (guint k = first; k < first + n; k++) {
    push_segment (f, FALSE, k);
    push_segment (f, TRUE, k);
  }
}

static void
push_segments (Fixture *f, guint n)
{
  push_segments_from (f, 0, n);
}

/* The HTTP thread has seen all that was pushed. */
static GstStructure *
get_stats (Fixture *f)
{
  GstStructure *stats;

  g_object_get (f->sink, "stats", &stats, NULL);
  return stats;
}

static guint
fetch (guint port, const gchar *path, gchar **head, gchar **body)
{
  g_autoptr (GSocketConnection) peer = peer_connect (port);
  g_autofree gchar *request =
      g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);

  fail_unless (peer_send (peer, request));
  return peer_read_response (peer, head, body);
}

static void
assert_body (guint port, const gchar *path, const gchar *part)
{
  g_autofree gchar *head = NULL, *body = NULL;

  fail_unless (fetch (port, path, &head, &body) == 200, "%s: %s", path, head);
  fail_unless (
      strstr (body, part) != NULL, "%s: no %s in %s", path, part, body);
}

GST_START_TEST (test_page_manifests_and_media)
{
  Fixture f;
  g_autofree gchar *url = NULL, *head = NULL, *body = NULL, *policy = NULL;
  guint port;

  fixture_init (&f);
  g_object_set (f.sink, "title", "My channel", "leap-offset", -1, NULL);
  fixture_open (&f);
  g_object_get (f.sink, "port", &port, "url", &url, NULL);
  fail_unless_equals_int (port, f.port);
  g_free (head);
  head = g_strdup_printf ("http://127.0.0.1:%u/ui/", port);
  fail_unless_equals_string (url, head);
  g_clear_pointer (&head, g_free);

  fail_unless_equals_int (fetch (port, "/ui/", &head, &body), 200);
  policy = peer_header (head, "Content-Security-Policy");
  fail_unless (strstr (policy, "default-src 'self'") != NULL);
  fail_unless (strstr (body, "main.js") != NULL);
  assert_body (port, "/ui/embed/live", "data-embed");
  assert_body (port, "/ui/main.js", "import { Player");
  assert_body (port, "/ui/style.css", "--ground");

  push_segments (&f, 3);
  gst_structure_free (get_stats (&f));
  assert_body (port, "/live/live/stream.mpd", "type=\"dynamic\"");
  assert_body (port, "/live/live/stream.mpd", "seg-$Number$.m4s");
  assert_body (
      port, "/live/live/stream.mpd", "availabilityStartLeapOffset=\"-1\"");
  assert_body (port, "/live/live/master.m3u8", "video/media.m3u8");
  assert_body (port, "/live/live/video/media.m3u8", "seg-933333333.m4s");
  assert_body (port, "/live/live/audio/media.m3u8", "seg-933333334.m4s");
  assert_body (port, "/api/v1/channels/live", "\"title\":\"My channel\"");
  g_clear_pointer (&head, g_free);
  g_clear_pointer (&body, g_free);
  fail_unless_equals_int (
      fetch (port, "/live/live/video/seg-933333333.m4s", &head, &body), 200);
  fail_unless (memcmp (body + 4, "styp", 4) == 0);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_source_event_is_shown)
{
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  gst_pad_push_event (
      f.pads[0], gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
                     gst_structure_new ("cmaf-source", "source", G_TYPE_STRING,
                         "gst-cmaf/0.1.0 (B)", NULL)));
  gst_structure_free (get_stats (&f));
  assert_body (f.port, "/api/v1/channels", "\"source\":\"gst-cmaf/0.1.0 (B)\"");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_end_makes_manifests_static_and_stays_readable)
{
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  push_segments (&f, 2);
  gst_pad_push_event (f.pads[0], gst_event_new_eos ());
  gst_pad_push_event (f.pads[1], gst_event_new_eos ());
  gst_message_unref (wait_for (&f, GST_MESSAGE_EOS, NULL));
  gst_structure_free (get_stats (&f));
  assert_body (f.port, "/live/live/stream.mpd", "type=\"static\"");
  assert_body (f.port, "/live/live/video/media.m3u8", "#EXT-X-ENDLIST");
  assert_body (f.port, "/api/v1/channels", "\"live\":false");
  fixture_clear (&f);
}
GST_END_TEST;

/* What only one of them had in the beginning is not listed: a presentation
 * whose first period has no sound stays without it in many players. */
GST_START_TEST (test_it_begins_where_all_tracks_do)
{
  g_autofree gchar *head = NULL, *none = NULL, *mpd = NULL;
  Fixture f;

  fixture_init (&f);
  fixture_play (&f);
  gst_object_unref (get_pad (f.sink, TRUE));
  add_pad (&f, FALSE);
  for (guint k = 0; k < 2; k++)
    push_segment (&f, FALSE, k);
  gst_structure_free (get_stats (&f));
  fail_unless_equals_int (
      fetch (f.port, "/live/live/stream.mpd", &head, &none), 404);

  add_pad (&f, TRUE);
  push_segment (&f, TRUE, 1);
  push_segments_from (&f, 2, 1);
  gst_structure_free (get_stats (&f));
  g_clear_pointer (&head, g_free);
  fail_unless_equals_int (
      fetch (f.port, "/live/live/stream.mpd", &head, &mpd), 200);
  fail_unless (strstr (mpd, "startNumber=\"933333334\"") != NULL, "%s", mpd);
  fail_unless (strstr (mpd, "contentType=\"audio\"") != NULL, "%s", mpd);
  fail_unless (
      strstr (strstr (mpd, "<Period") + 1, "<Period") == NULL, "%s", mpd);
  fixture_clear (&f);
}
GST_END_TEST;

static void
end_without_header (Fixture *f)
{
  g_autoptr (GstPad) target = get_pad (f->sink, TRUE);

  f->pads[1] = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_active (f->pads[1], TRUE);
  fail_unless (gst_pad_link (f->pads[1], target) == GST_PAD_LINK_OK);
  gst_pad_push_event (f->pads[1], gst_event_new_stream_start ("a"));
  gst_pad_push_event (f->pads[1], gst_event_new_eos ());
}

GST_START_TEST (test_it_does_not_wait_for_what_has_ended)
{
  Fixture f;

  fixture_init (&f);
  fixture_play (&f);
  add_pad (&f, FALSE);
  end_without_header (&f);
  for (guint k = 0; k < 2; k++)
    push_segment (&f, FALSE, k);
  gst_structure_free (get_stats (&f));
  assert_body (f.port, "/live/live/stream.mpd", "contentType=\"video\"");
  fixture_clear (&f);
}
GST_END_TEST;

/* A pad that nothing has come on yet. */
GST_START_TEST (test_it_goes_on_when_a_pad_is_added)
{
  g_autoptr (GstPad) pad = NULL;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  push_segments (&f, 2);
  pad = gst_element_request_pad_simple (f.sink, "sink_%u");
  push_segments_from (&f, 2, 2);
  gst_structure_free (get_stats (&f));
  assert_body (f.port, "/live/live/video/media.m3u8", "seg-933333335.m4s");
  gst_element_release_request_pad (f.sink, pad);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_the_window_is_kept)
{
  Fixture f;
  g_autofree gchar *head = NULL, *body = NULL;

  fixture_init (&f);
  g_object_set (f.sink, "window-length", (guint64)4 * GST_SECOND, NULL);
  fixture_open (&f);
  push_segments (&f, 40);
  gst_structure_free (get_stats (&f));
  fail_unless_equals_int (
      fetch (f.port, "/live/live/video/seg-933333333.m4s", &head, &body), 410);
  assert_body (f.port, "/live/live/video/media.m3u8", "seg-933333371.m4s");
  fixture_clear (&f);
}
GST_END_TEST;

/* LIV-15: a hundred segments of 14 kB do not fit. */
GST_START_TEST (test_a_full_ring_drops_the_oldest_and_says_so_once)
{
  Fixture f;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GError) warning = NULL;
  g_autofree gchar *head = NULL, *body = NULL;
  guint64 bytes, dropped;

  fixture_init (&f);
  g_object_set (f.sink, "window-length", (guint64)0, "ring-max-bytes",
      (guint64)1024 * 1024, NULL);
  fixture_open (&f);
  push_segments (&f, 50);
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING) == NULL);
  push_segments_from (&f, 50, 50);
  message = wait_for (&f, GST_MESSAGE_WARNING, NULL);
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (strstr (warning->message, "ring-max-bytes: 1048576") != NULL);
  fail_unless (g_error_matches (
      warning, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT));
  fail_unless (gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING) == NULL);

  stats = get_stats (&f);
  fail_unless (gst_structure_get_uint64 (stats, "memory-bytes", &bytes));
  fail_unless (gst_structure_get_uint64 (stats, "memory-dropped", &dropped));
  fail_unless (bytes <= 1024 * 1024 && dropped > 0);
  fail_unless_equals_int (
      fetch (f.port, "/live/live/video/seg-933333333.m4s", &head, &body), 410);
  g_clear_pointer (&head, g_free);
  g_clear_pointer (&body, g_free);
  fail_unless_equals_int (
      fetch (f.port, "/live/live/video/seg-933333431.m4s", &head, &body), 200);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_tls)
{
  Fixture f;
  gchar *pem = certificate_new ();
  g_autoptr (GSocketConnection) peer = NULL;
  g_autofree gchar *url = NULL, *protocol = NULL, *head = NULL;
  static const gchar *const protocols[] = { "h2", "http/1.1", NULL };

  if (pem == NULL)
    return;
  fixture_init (&f);
  g_object_set (f.sink, "tls-certificate-file", pem, NULL);
  fixture_open (&f);
  push_segments (&f, 2);
  gst_structure_free (get_stats (&f));
  g_object_get (f.sink, "url", &url, NULL);
  fail_unless (g_str_has_prefix (url, "https://127.0.0.1:"));
  peer = peer_connect_tls (f.port, protocols, &protocol);
  fail_unless_equals_string (protocol, "http/1.1");
  fail_unless_equals_int (peer_request (peer, "GET /live/live/stream.mpd "
                                              "HTTP/1.1\r\nHost: x\r\n\r\n"),
      200);
  fail_unless_equals_int (peer_request (peer, "GET /live/../live/stream.mpd "
                                              "HTTP/1.1\r\nHost: x\r\n\r\n"),
      400);
  peer_send (
      peer, "GET /ws/v1 HTTP/1.1\r\nHost: x\r\n" PROTOCOL_HEADERS "\r\n");
  head = peer_read_head (peer);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 101"));
  fixture_clear (&f);
  fail_unless (peer_sees_close (peer));
  certificate_free (pem);
}
GST_END_TEST;

/* No such file, and a file without the key. */
GST_START_TEST (test_a_bad_certificate_is_one_clear_error)
{
  Fixture f;
  gchar *pem = certificate_new ();
  g_autofree gchar *text = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (pem == NULL)
    return;
  fail_unless (g_file_get_contents (pem, &text, NULL, NULL));
  *strstr (text, "-----BEGIN PRIVATE") = '\0';
  if (__i__ == 0)
    fail_unless (g_file_set_contents (pem, text, -1, NULL));
  else
    g_remove (pem);
  fixture_init (&f);
  g_object_set (f.sink, "tls-certificate-file", pem, NULL);
  fail_unless (gst_element_set_state (f.sink, GST_STATE_PAUSED)
               == GST_STATE_CHANGE_FAILURE);
  message = wait_for (&f, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "tls-certificate-file: "),
      "%s", error->message);
  fixture_clear (&f);
  certificate_free (pem);
}
GST_END_TEST;

GST_START_TEST (test_a_port_that_is_taken_is_one_clear_error)
{
  Fixture f;
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  fail_unless (g_socket_listener_add_address (other, address,
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  fixture_init (&f);
  g_object_set (f.sink, "port",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)), NULL);
  fail_unless (gst_element_set_state (f.sink, GST_STATE_PAUSED)
               == GST_STATE_CHANGE_FAILURE);
  message = wait_for (&f, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "port: ")
                   && strstr (error->message, "0: any that is free") != NULL,
      "%s", error->message);
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_two_elements_share_a_port)
{
  Fixture a, b;

  fixture_init (&a);
  g_object_set (a.sink, "channel", "one", NULL);
  fixture_open (&a);
  fixture_init (&b);
  g_object_set (b.sink, "channel", "two", "port", a.port, NULL);
  fixture_open (&b);
  fail_unless_equals_int (a.port, b.port);
  push_segments (&a, 2);
  push_segments (&b, 2);
  gst_structure_free (get_stats (&b));
  assert_body (a.port, "/live/one/stream.mpd", "<MPD");
  assert_body (a.port, "/live/two/stream.mpd", "<MPD");
  assert_body (a.port, "/api/v1/channels", "\"one\"");
  assert_body (a.port, "/api/v1/channels", "\"two\"");
  fixture_clear (&a);
  assert_body (b.port, "/live/two/stream.mpd", "<MPD");
  fixture_clear (&b);
}
GST_END_TEST;

/* Nobody widens what another has restricted: one clear error. */
GST_START_TEST (test_elements_that_share_must_agree)
{
  Fixture a, b;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&a);
  g_object_set (a.sink, "channel", "one", NULL);
  fixture_open (&a);
  fixture_init (&b);
  g_object_set (b.sink, "channel", "two", "port", a.port, "allow-origins",
      "https://a.example", NULL);
  fail_unless (gst_element_set_state (b.sink, GST_STATE_PAUSED)
               == GST_STATE_CHANGE_FAILURE);
  message = wait_for (&b, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "allow-origins") != NULL);
  fail_unless (gst_bus_pop_filtered (b.bus, GST_MESSAGE_ERROR) == NULL);
  g_object_set (b.sink, "allow-origins", "*", NULL);
  fixture_open (&b);
  fixture_clear (&b);
  fixture_clear (&a);
}
GST_END_TEST;

GST_START_TEST (test_stopping_with_viewers_is_quick_and_can_be_repeated)
{
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GSocketConnection) viewer = NULL, reader = NULL;
    g_autofree gchar *head = NULL, *head2 = NULL;
    gint64 start;

    fixture_open (&f);
    push_segments (&f, 2);
    gst_structure_free (get_stats (&f));
    viewer = peer_connect (f.port);
    peer_send (
        viewer, "GET /ws/v1 HTTP/1.1\r\nHost: x\r\n" PROTOCOL_HEADERS "\r\n");
    head = peer_read_head (viewer);
    fail_unless (g_str_has_prefix (head, "HTTP/1.1 101"));
    reader = peer_connect (f.port);
    peer_send (
        reader, "GET /live/live/video/live.mp4 HTTP/1.1\r\nHost: x\r\n\r\n");
    head2 = peer_read_head (reader);
    fail_unless (g_str_has_prefix (head2, "HTTP/1.1 200"));

    start = g_get_monotonic_time ();
    gst_element_set_state (f.sink, GST_STATE_READY);
    fail_unless (g_get_monotonic_time () - start < G_USEC_PER_SEC);
    fail_unless (peer_sees_close (viewer));
    fail_unless (peer_sees_close (reader));
    drop_pads (&f);
  }
  fixture_clear (&f);
}
GST_END_TEST;

/* ---- stopping at the worst moment ---- */

/* Flushes now and then, until the pad takes nothing more. */
static gpointer
push_on_and_on (gpointer data)
{
  GstPad *pad = data;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (guint k = 0;; k++) {
    for (guint i = 0; i < MEDIA_VIDEO_CHUNKS; i++)
      if (push_chunk (pad, FALSE, k, i) != GST_FLOW_OK)
        return NULL;
    if (k % 10 == 9) {
      gst_pad_push_event (pad, gst_event_new_flush_start ());
      gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE));
      gst_pad_push_event (pad, gst_event_new_segment (&segment));
    }
    g_usleep (1000); /* other threads get their turn */
  }
}

static gboolean
read_manifest (GSocketConnection *peer, gpointer user_data)
{
  return peer_request (peer,
             "GET /live/live/video/media.m3u8 HTTP/1.1\r\nHost: x\r\n\r\n")
         == 200;
}

static gboolean
read_stream (GSocketConnection *peer, gpointer user_data)
{
  gchar bytes[3000];

  return peer_send (
             peer, "GET /live/live/video/live.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
         && g_input_stream_read_all (
             g_io_stream_get_input_stream (G_IO_STREAM (peer)), bytes,
             sizeof bytes, NULL, NULL, NULL)
         && g_str_has_prefix (bytes, "HTTP/1.1 200");
}

static gboolean
open_socket (GSocketConnection *peer, gpointer user_data)
{
  g_autofree gchar *head = NULL;

  if (!peer_send (
          peer, "GET /ws/v1 HTTP/1.1\r\nHost: x\r\n" PROTOCOL_HEADERS "\r\n"))
    return FALSE;
  head = peer_read_head (peer);
  return g_str_has_prefix (head, "HTTP/1.1 101");
}

/* While it is written to, flushed, read from and watched. */
GST_START_TEST (test_stopping_under_fire)
{
  Fixture f;
  RestlessPeer peers[] = { { .visit = read_manifest }, { .visit = read_stream },
    { .visit = open_socket } };

  fixture_init (&f);
  for (guint round = 0; round < 4; round++) {
    GThread *pusher;
    gint64 before;

    fixture_open (&f);
    pusher = g_thread_new ("push", push_on_and_on, f.pads[0]);
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
      peers[i].port = f.port;
      if (round == 0)
        restless_peer_start (&peers[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
      restless_peer_wait (&peers[i], 2);
    before = g_get_monotonic_time ();
    gst_element_set_state (f.sink, GST_STATE_READY);
    /* what was pushed before is seen before; a sanitizer is slow at that */
    fail_unless (g_get_monotonic_time () - before
                 < (TEST_IS_SANITIZED ? 25 : 5) * G_TIME_SPAN_SECOND);
    g_thread_join (pusher);
    drop_pads (&f);
    g_object_set (f.sink, "port", f.port, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    restless_peer_stop (&peers[i]);
  fixture_clear (&f);
}
GST_END_TEST;

/* A request that is held, one that is answered bit by bit, and half of one. */
GST_START_TEST (test_stopping_with_requests_under_way_is_quick)
{
  static const gchar *const requests[] = {
    "GET /live/live/video/seg-933333335.m4s HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /live/live/video/seg-933333334.m4s HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /live/live/video/live.mp4 HTTP/1.1\r\nHost:",
  };
  g_autoptr (GPtrArray) pieces = media_chunk (FALSE, MEDIA_NUMBER + 1, 0);
  GstBufferList *list = gst_buffer_list_new ();
  GSocketConnection *peers[G_N_ELEMENTS (requests)];
  g_autofree gchar *head = NULL;
  gint64 before;
  Fixture f;

  fixture_init (&f);
  fixture_open (&f);
  push_segments (&f, 1);
  for (guint p = 0; p < pieces->len; p++)
    gst_buffer_list_add (
        list, gst_buffer_new_wrapped_bytes (g_ptr_array_index (pieces, p)));
  fail_unless_equals_int (gst_pad_push_list (f.pads[0], list), GST_FLOW_OK);
  gst_structure_free (get_stats (&f));
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    peers[i] = peer_connect (f.port);
    fail_unless (peer_send (peers[i], requests[i]));
  }
  head = peer_read_head (peers[1]);
  fail_unless (g_str_has_prefix (head, "HTTP/1.1 200"));
  before = g_get_monotonic_time ();
  gst_element_set_state (f.sink, GST_STATE_READY);
  fail_unless (g_get_monotonic_time () - before < 2 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    fail_unless (peer_sees_close (peers[i]));
    g_object_unref (peers[i]);
  }
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_statistics)
{
  Fixture f;
  GstStructure *stats, *origin = NULL;
  guint64 bytes = 0, requests = 0;

  fixture_init (&f);
  fixture_open (&f);
  push_segments (&f, 2);
  assert_body (f.port, "/healthz", "ok");
  stats = get_stats (&f);
  fail_unless (gst_structure_get_uint64 (stats, "memory-bytes", &bytes));
  fail_unless (bytes > 2 * 48 * 100);
  fail_unless (
      gst_structure_get (stats, "origin", GST_TYPE_STRUCTURE, &origin, NULL));
  fail_unless (gst_structure_get_uint64 (origin, "requests", &requests));
  fail_unless_equals_uint64 (requests, 1);
  gst_structure_free (origin);
  gst_structure_free (stats);
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
cmaforiginsink_suite (void)
{
  Suite *s = suite_create ("cmaforiginsink");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_page_manifests_and_media);
  tcase_add_test (tc, test_the_source_event_is_shown);
  tcase_add_test (tc, test_the_end_makes_manifests_static_and_stays_readable);
  tcase_add_test (tc, test_it_begins_where_all_tracks_do);
  tcase_add_test (tc, test_it_does_not_wait_for_what_has_ended);
  tcase_add_test (tc, test_it_goes_on_when_a_pad_is_added);
  tcase_add_test (tc, test_the_window_is_kept);
  tcase_add_test (tc, test_a_full_ring_drops_the_oldest_and_says_so_once);
  tcase_add_test (tc, test_tls);
  tcase_add_loop_test (tc, test_a_bad_certificate_is_one_clear_error, 0, 2);
  tcase_add_test (tc, test_a_port_that_is_taken_is_one_clear_error);
  tcase_add_test (tc, test_two_elements_share_a_port);
  tcase_add_test (tc, test_elements_that_share_must_agree);
  tcase_add_test (tc, test_stopping_with_viewers_is_quick_and_can_be_repeated);
  tcase_add_test (tc, test_stopping_under_fire);
  tcase_add_test (tc, test_stopping_with_requests_under_way_is_quick);
  tcase_add_test (tc, test_statistics);
  return s;
}

GST_CHECK_MAIN (cmaforiginsink);
