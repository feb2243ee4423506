/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Whom httpingestsrc lets in, how it speaks TLS, and that it tells nobody what
 * it was told. */
#include "certificates.h"
#include "http-peer.h"
#include "ingest-sender.h"
#include "told.h"

#define VIDEO (&test_codecs[0])
#define TOKEN "t0k3n-t0k3n-t0k3n"

typedef struct
{
  GstElement *src;
  GstBus *bus;
  guint port;
  gchar *users; /* path of a file, or NULL */
} Receiver;

static void
link_sink (GstElement *src, GstPad *pad, gpointer data)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  g_object_set_data_full (
      G_OBJECT (pad), "sink", gst_object_ref_sink (sink), gst_object_unref);
  gst_element_set_state (sink, GST_STATE_PLAYING);
  fail_unless_equals_int (gst_pad_link (pad, sink_pad), GST_PAD_LINK_OK);
}

static void
unlink_sink (GstElement *src, GstPad *pad, gpointer data)
{
  gst_element_set_state (
      g_object_get_data (G_OBJECT (pad), "sink"), GST_STATE_NULL);
}

static void
receiver_init (Receiver *r, const gchar *users)
{
  memset (r, 0, sizeof *r);
  r->src = gst_element_factory_make ("httpingestsrc", NULL);
  gst_object_ref_sink (r->src);
  r->bus = gst_bus_new ();
  gst_element_set_bus (r->src, r->bus);
  g_signal_connect (r->src, "pad-added", G_CALLBACK (link_sink), NULL);
  g_signal_connect (r->src, "pad-removed", G_CALLBACK (unlink_sink), NULL);
  if (users) {
    gint fd = g_file_open_tmp ("cmaf-users-XXXXXX", &r->users, NULL);

    close (fd);
    fail_unless (g_file_set_contents (r->users, users, -1, NULL));
    g_object_set (r->src, "users-file", r->users, NULL);
  }
}

static void
play (Receiver *r)
{
  fail_if (gst_element_set_state (r->src, GST_STATE_PLAYING)
           == GST_STATE_CHANGE_FAILURE);
  g_object_get (r->src, "port", &r->port, NULL);
}

static void
receiver_clear (Receiver *r)
{
  gst_element_set_state (r->src, GST_STATE_NULL);
  gst_element_set_bus (r->src, NULL);
  gst_object_unref (r->bus);
  gst_object_unref (r->src);
  if (r->users)
    g_remove (r->users);
  g_free (r->users);
}

static guint64
get_stat (Receiver *r, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  g_object_get (r->src, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

static void
wait_stat (Receiver *r, const gchar *name, guint64 wanted)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (get_stat (r, name) < wanted) {
    fail_unless (g_get_monotonic_time () < until, "%s is %u", name,
        (guint)get_stat (r, name));
    g_thread_yield ();
  }
}

/* Of an empty POST with this field. */
static guint
probe (Receiver *r, const gchar *field)
{
  g_autoptr (GSocketConnection) peer = peer_connect (r->port);
  g_autofree gchar *request =
      g_strdup_printf ("POST /ingest/Streams(v.cmfv) HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: 0\r\n%s\r\n",
          field);

  return peer_request (peer, request);
}

/* ---- credentials ---- */

GST_START_TEST (test_a_wrong_users_file_is_one_error)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *wanted = NULL;
  Receiver r;

  receiver_init (&r, "user ada s3cr3t\nbob:s3cr3t\n");
  assert_equals_int (gst_element_set_state (r.src, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (r.bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  wanted = g_strdup_printf (
      "users-file: %s: line 2: needs \"user\", \"token\" or", r.users);
  fail_unless (g_str_has_prefix (error->message, wanted), "%s", error->message);
  fail_unless (strstr (error->message, "s3cr3t") == NULL);
  fail_unless (gst_bus_pop_filtered (r.bus, GST_MESSAGE_ERROR) == NULL);
  receiver_clear (&r);
}
GST_END_TEST;

typedef struct
{
  const gchar *user, *password, *token;
  guint mode; /* of the property authentication */
  GstMessageType end;
} SenderCase;

static const SenderCase sender_cases[] = {
  { "ada", "s3cr3t", NULL, 0, GST_MESSAGE_EOS },
  { "ada", "s3cr3t", NULL, 1, GST_MESSAGE_EOS }, /* basic */
  { "ada", "s3cr3t", NULL, 2, GST_MESSAGE_EOS }, /* digest */
  { NULL, NULL, TOKEN, 0, GST_MESSAGE_EOS },
  { "ada", "wrong", NULL, 0, GST_MESSAGE_ERROR },
  { NULL, NULL, "wr0ng-wr0ng-wr0ng", 0, GST_MESSAGE_ERROR },
  { NULL, NULL, NULL, 0, GST_MESSAGE_ERROR },
};

/* Against our own sender, with each scheme. */
GST_START_TEST (test_senders_with_users)
{
  const SenderCase *c = &sender_cases[__i__];
  g_autofree gchar *location = NULL;
  Receiver r;
  Sender s;

  receiver_init (&r, "user ada s3cr3t\ntoken cam " TOKEN "\n");
  play (&r);
  location = g_strdup_printf ("http://127.0.0.1:%u/ingest", r.port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "user-id", c->user, "user-pw",
      c->password, "bearer-token", c->token, "authentication", c->mode,
      "auth-retries", 1, "drain-timeout",
      c->end == GST_MESSAGE_EOS ? 20 * GST_SECOND : 3 * GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, FALSE);
  sender_push_segment (&s, 0, 1, TRUE);
  assert_equals_int (sender_end (&s), c->end);
  assert_equals_uint64 (
      get_stat (&r, "segments"), c->end == GST_MESSAGE_EOS ? 2 : 0);
  sender_clear (&s);
  receiver_clear (&r);
}
GST_END_TEST;

/* ---- the application is asked ---- */

static GString *asked;

static gboolean
allow_ada (GstElement *src, const gchar *scheme, const gchar *user,
    const gchar *secret, const gchar *address, const gchar *target,
    GTlsCertificate *certificate, gpointer data)
{
  g_string_append_printf (asked, "%s %s %s %s %s %d;", scheme,
      user ? user : "-", secret ? secret : "-", address, target,
      certificate != NULL);
  return g_strcmp0 (user, "ada") == 0 && g_strcmp0 (secret, "s3cr3t") == 0;
}

static gboolean
allow_nobody (GstElement *src, const gchar *scheme, const gchar *user,
    const gchar *secret, const gchar *address, const gchar *target,
    GTlsCertificate *certificate, gpointer data)
{
  return FALSE;
}

GST_START_TEST (test_the_application_is_asked)
{
  Receiver r;

  asked = g_string_new (NULL);
  receiver_init (&r, NULL);
  g_signal_connect (r.src, "authenticate", G_CALLBACK (allow_ada), NULL);
  if (__i__)
    g_signal_connect (r.src, "authenticate", G_CALLBACK (allow_nobody), NULL);
  play (&r);
  assert_equals_int (probe (&r, ""), 401);
  assert_equals_int (probe (&r, "Authorization: Bearer x\r\n"), 403);
  assert_equals_int (probe (&r, "Authorization: Basic YWRhOnMzY3IzdA==\r\n"),
      __i__ ? 403 : 200);
  receiver_clear (&r);
  assert_equals_string (asked->str,
      "none - - 127.0.0.1 /ingest/Streams(v.cmfv) 0;"
      "bearer - x 127.0.0.1 /ingest/Streams(v.cmfv) 0;"
      "basic ada s3cr3t 127.0.0.1 /ingest/Streams(v.cmfv) 0;");
  g_string_free (asked, TRUE);
}
GST_END_TEST;

/* ---- codes ---- */

static const struct
{
  const gchar *head;
  guint status, strict;
} codes[] = {
  { "POST /ingest HTTP/1.1\r\nContent-Length: 0", 401, 403 },
  { "GET /ingest HTTP/1.1\r\nAuthorization: Basic YWRhOnMzY3IzdA==", 405, 400 },
  { "POST /ingest HTTP/1.1\r\nContent-Length: 99999999999\r\n"
    "Authorization: Basic YWRhOnMzY3IzdA==",
      413, 400 },
  { "POST /ingest HTTP/1.0\r\nAuthorization: Basic YWRhOnMzY3IzdA==", 411,
      400 },
  { "POST /x HTTP/1.1\r\nContent-Length: 0", 404, 404 },
};

GST_START_TEST (test_codes_of_the_specification_alone)
{
  Receiver r;

  receiver_init (&r, "user ada s3cr3t\n");
  g_object_set (r.src, "strict-status", __i__, NULL);
  play (&r);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autoptr (GSocketConnection) peer = peer_connect (r.port);
    g_autofree gchar *request =
        g_strdup_printf ("%s\r\nHost: x\r\n\r\n", codes[i].head);
    g_autofree gchar *head = NULL, *challenge = NULL;

    fail_unless (peer_send (peer, request));
    assert_equals_int (peer_read_response (peer, &head, NULL),
        __i__ ? codes[i].strict : codes[i].status);
    challenge = peer_header (head, "WWW-Authenticate");
    assert_equals_int (challenge != NULL, i == 0 && !__i__);
  }
  receiver_clear (&r);
}
GST_END_TEST;

/* ---- TLS ---- */

static const gchar *
take_pem (Certificates *c, const gchar *name, gint days, gchar **keep)
{
  return *keep = certificates_make (c, name, "IP:127.0.0.1", days);
}

typedef struct
{
  gint days;       /* of the sender's certificate */
  gboolean has_ca; /* the receiver believes its authority */
  gboolean is_pinned;
  gboolean is_asked; /* the application says who may */
  gboolean is_allowed;
} CertificateCase;

static const CertificateCase certificate_cases[] = {
  { 2, TRUE, FALSE, FALSE, TRUE },
  { 2, FALSE, TRUE, FALSE, TRUE },
  { 2, FALSE, FALSE, FALSE, FALSE }, /* of somebody else */
  { -1, TRUE, FALSE, FALSE, FALSE }, /* expired */
  { 2, FALSE, FALSE, TRUE, TRUE },
};

static gboolean
allow_certificates (GstElement *src, const gchar *scheme, const gchar *user,
    const gchar *secret, const gchar *address, const gchar *target,
    GTlsCertificate *certificate, gpointer data)
{
  return g_str_equal (scheme, "certificate") && certificate != NULL;
}

GST_START_TEST (test_client_certificates)
{
  const CertificateCase *c = &certificate_cases[__i__];
  Certificates own, other;
  g_autofree gchar *server = NULL, *client = NULL, *pin = NULL, *line = NULL;
  g_autofree gchar *location = NULL;
  Receiver r;
  Sender s;

  if (!certificates_init (&own))
    return;
  fail_unless (certificates_init (&other));
  take_pem (&own, "client", c->days, &client);
  pin = certificates_fingerprint (client);
  line = g_strdup_printf ("certificate van %s\n", pin);
  receiver_init (&r, c->is_pinned ? line : NULL);
  g_object_set (r.src, "tls-certificate-file",
      take_pem (&own, "server", 2, &server), "tls-ca-file",
      c->has_ca                     ? own.ca
      : c->is_pinned || c->is_asked ? NULL
                                    : other.ca,
      NULL);
  if (c->is_asked)
    g_signal_connect (
        r.src, "authenticate", G_CALLBACK (allow_certificates), NULL);
  play (&r);
  location = g_strdup_printf ("https://127.0.0.1:%u/ingest", r.port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "tls-ca-file", own.ca,
      "tls-certificate-file", client, "auth-retries", 1, "drain-timeout",
      c->is_allowed ? 20 * GST_SECOND : 3 * GST_SECOND, NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segment (&s, 0, 0, TRUE);
  assert_equals_int (
      sender_end (&s), c->is_allowed ? GST_MESSAGE_EOS : GST_MESSAGE_ERROR);
  assert_equals_uint64 (get_stat (&r, "segments"), c->is_allowed);
  sender_clear (&s);
  receiver_clear (&r);
  certificates_clear (&own);
  certificates_clear (&other);
}
GST_END_TEST;

/* Nothing is answered in an old one. */
static const struct
{
  const gchar *option;
  gboolean is_spoken;
} versions[] = { { "-tls1_1", FALSE }, { "-tls1_2", TRUE },
  { "-tls1_3", TRUE } };

GST_START_TEST (test_versions_of_tls)
{
  Certificates c;
  g_autofree gchar *server = NULL, *request = NULL;
  gboolean is_answered;
  Receiver r;

  if (!certificates_init (&c))
    return;
  request = certificates_path (&c, "request", "");
  fail_unless (g_file_set_contents (request,
      "OPTIONS /ingest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", -1,
      NULL));
  receiver_init (&r, NULL);
  g_object_set (
      r.src, "tls-certificate-file", take_pem (&c, "server", 2, &server), NULL);
  play (&r);
  is_answered = certificates_run (&c,
      "sh -c \"openssl s_client -quiet -connect 127.0.0.1:%u %s "
      "-cipher DEFAULT:@SECLEVEL=0 <request | grep -q '^HTTP/1.1 204'\"",
      r.port, versions[__i__].option);
  assert_equals_int (is_answered, versions[__i__].is_spoken);
  receiver_clear (&r);
  certificates_clear (&c);
}
GST_END_TEST;

/* A sender that writes, never reads, and closes at once (DEC-18): the kernel
 * would throw away what is on its way if anything were there to be read. */
GST_START_TEST (test_a_sender_that_only_writes)
{
  g_autofree gchar *pem = certificate_new ();
  g_autoptr (CmafTrack) video = make_track (VIDEO);
  g_autoptr (GBytes) header = make_header (video);
  g_autoptr (GSocketConnection) peer = NULL;
  GSocket *socket;
  Receiver r;

  if (!pem)
    return;
  receiver_init (&r, NULL);
  g_object_set (r.src, "tls-certificate-file", pem, NULL);
  play (&r);
  peer = peer_connect_tls (r.port, NULL, NULL);
  socket = g_socket_connection_get_socket (peer);
  peer_send (peer, "POST /ingest/Streams(v.cmfv) HTTP/1.1\r\nHost: x\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n");
  for (guint n = 0; n <= 400; n++) {
    g_autoptr (GBytes) bytes =
        n ? make_chunks (video, n - 1, 1, n == 400, 0) : g_bytes_ref (header);
    g_autofree gchar *line =
        g_strdup_printf ("%zx\r\n", g_bytes_get_size (bytes));

    fail_unless (peer_send (peer, line));
    fail_unless (peer_write (
        peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
    fail_unless (peer_send (peer, "\r\n"));
    if (n == 1) {
      /* the server is in the request: what it sends of its own has come */
      wait_stat (&r, "chunks", 1);
      assert_equals_int (g_socket_get_available_bytes (socket), 0);
    }
  }
  fail_unless (peer_send (peer, "0\r\n\r\n"));
  g_socket_close (socket, NULL);
  wait_stat (&r, "chunks", 400);
  receiver_clear (&r);
  certificate_free (g_steal_pointer (&pem));
}
GST_END_TEST;

/* ---- silence ---- */

static const gchar *const secrets[] = { "s3cr3t", "wr0ng", "YWRhOnMzY3IzdA",
  "YWRhOndyMG5n", "t0k3n" };

GST_START_TEST (test_secrets_are_told_to_nobody)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GstStructure) stats = NULL;
  g_autofree gchar *dot = NULL;
  GstElement *bin = gst_pipeline_new (NULL);
  GstMessage *message;
  Receiver r;

  told_begin ();
  receiver_init (&r, "user ada s3cr3t\ntoken cam " TOKEN "\n");
  g_object_set (r.src, "user-id", "bob", "user-pw", "s3cr3t", NULL);
  gst_bin_add (GST_BIN (bin), r.src);
  play (&r);
  dot = gst_debug_bin_to_dot_data (GST_BIN (bin), GST_DEBUG_GRAPH_SHOW_VERBOSE);
  assert_equals_int (
      probe (&r, "Authorization: Basic YWRhOnMzY3IzdA==\r\n"), 200);
  assert_equals_int (probe (&r, "Authorization: Bearer " TOKEN "\r\n"), 200);
  assert_equals_int (probe (&r, "Authorization: Basic YWRhOndyMG5n\r\n"), 403);
  g_object_get (r.src, "stats", &stats, NULL);
  told_structure (all, stats);
  told_properties (all, G_OBJECT (r.src));
  g_string_append (all, dot);
  fail_unless (g_file_set_contents (r.users, "user s3cr3t\n", -1, NULL));
  gst_element_set_state (r.src, GST_STATE_NULL);
  while ((message = gst_bus_pop (r.bus))) {
    told_structure (all, (GstStructure *)gst_message_get_structure (message));
    gst_message_unref (message);
  }
  fail_unless (gst_element_set_state (r.src, GST_STATE_PLAYING)
               == GST_STATE_CHANGE_FAILURE);
  while ((message = gst_bus_pop (r.bus))) {
    told_structure (all, (GstStructure *)gst_message_get_structure (message));
    gst_message_unref (message);
  }
  gst_bin_remove (GST_BIN (bin), r.src);
  gst_object_unref (bin);
  receiver_clear (&r);
  told_end (all, secrets, G_N_ELEMENTS (secrets));
}
GST_END_TEST;

static Suite *
httpingestsrc_security_suite (void)
{
  Suite *s = suite_create ("httpingestsrc-security");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_a_wrong_users_file_is_one_error);
  tcase_add_loop_test (
      tc, test_senders_with_users, 0, G_N_ELEMENTS (sender_cases));
  tcase_add_loop_test (tc, test_the_application_is_asked, 0, 2);
  tcase_add_loop_test (tc, test_codes_of_the_specification_alone, 0, 2);
  tcase_add_loop_test (
      tc, test_client_certificates, 0, G_N_ELEMENTS (certificate_cases));
  tcase_add_loop_test (tc, test_versions_of_tls, 0, G_N_ELEMENTS (versions));
  tcase_add_test (tc, test_a_sender_that_only_writes);
  tcase_add_test (tc, test_secrets_are_told_to_nobody);
  return s;
}

GST_CHECK_MAIN (httpingestsrc_security);
