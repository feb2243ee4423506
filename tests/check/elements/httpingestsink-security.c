/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who httpingestsink says that it is, whom it believes, and that it tells
 * nobody else. */
#include "certificates.h"
#include "ingest-sender.h"
#include "told.h"

#include <gst/cmafhttp/http-auth.h>
#include <libsoup/soup.h>

#define VIDEO (&test_codecs[0])
#define BASIC "Basic YWRhOnMzY3IzdA==" /* ada:s3cr3t */

static void
send_one_and_end (Sender *s, GstMessageType end)
{
  sender_add (s, "video", VIDEO);
  sender_push_segment (s, 0, 0, TRUE);
  assert_equals_int (sender_end (s), end);
}

static gchar *
authorization (ScriptServer *server, guint i)
{
  return script_field (script_server_get (server, i)->head, "Authorization");
}

/* ---- passwords ---- */

typedef struct
{
  const gchar *mode;
  ScriptStep script[4];
  const gchar *log;
  guint first; /* request with Authorization; all that follow have it */
  GstMessageType end;
} BasicCase;

#define ASKS "WWW-Authenticate: Basic realm=\"x\"\r\n"

static const BasicCase basic_cases[] = {
  /* without TLS what it is asked for, and not with a segment */
  { "auto", { { 401, 0, 0, ASKS } }, "Pphs", 1, GST_MESSAGE_EOS },
  { "auto", { { 200 } }, "phs", G_MAXUINT, GST_MESSAGE_EOS },
  { "basic", { { 200 } }, "hs", 0, GST_MESSAGE_EOS },
  { "digest", { { 401, 0, 0, ASKS }, { 401, 0, 0, ASKS } }, "PP", G_MAXUINT,
      GST_MESSAGE_ERROR },
};

GST_START_TEST (test_basic)
{
  const BasicCase *c = &basic_cases[__i__];
  ScriptServer *server = script_server_new (c->script, 2);
  Sender s;

  sender_init (&s, server);
  g_object_set (
      s.sink, "user-id", "ada", "user-pw", "s3cr3t", "auth-retries", 1, NULL);
  gst_util_set_object_arg (G_OBJECT (s.sink), "authentication", c->mode);
  send_one_and_end (&s, c->end);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, c->log);
  for (guint i = 0; i < server->requests->len; i++) {
    g_autofree gchar *field = authorization (server, i);

    assert_equals_string (field, i >= c->first ? BASIC : NULL);
  }
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_user_in_the_url)
{
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *location = g_strdup_printf (
      "http://a%%64a:s3cr3t@127.0.0.1:%u/ingest", server->port);
  g_autofree gchar *field = NULL, *line = NULL, *read_back = NULL;
  Sender s;

  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "authentication", 1, "user-id",
      "somebody", NULL);
  g_object_get (s.sink, "location", &read_back, NULL);
  fail_unless (strstr (read_back, "127.0.0.1") != NULL);
  fail_unless (strstr (read_back, "s3cr3t") == NULL);
  send_one_and_end (&s, GST_MESSAGE_EOS);
  sender_clear (&s);
  field = authorization (server, 0);
  line = script_request_line (script_server_get (server, 0));
  assert_equals_string (field, BASIC);
  assert_equals_string (line, "POST /ingest/Streams(video.cmfv)");
  script_server_free (server);
}
GST_END_TEST;

/* A receiver that counts how often a nonce is used. */
typedef struct
{
  const gchar *algorithm;
  guint max_uses; /* of a nonce, then it is stale */
  guint n_nonces, n_uses;
} DigestServer;

static gchar *
get_parameter (const gchar *field, const gchar *name)
{
  g_autofree gchar *pattern = g_strdup_printf ("\\b%s=\"?([^\",]+)", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (regex, field, 0, &match);
  return g_match_info_fetch (match, 1);
}

static gboolean
is_right (
    DigestServer *digest, const ScriptRequest *request, const gchar *field)
{
  GChecksumType type = g_str_has_prefix (digest->algorithm, "SHA-256")
                           ? G_CHECKSUM_SHA256
                           : G_CHECKSUM_MD5;
  g_autofree gchar *nonce = get_parameter (field, "nonce");
  g_autofree gchar *cnonce = get_parameter (field, "cnonce");
  g_autofree gchar *nc = get_parameter (field, "nc");
  g_autofree gchar *uri = get_parameter (field, "uri");
  g_autofree gchar *response = get_parameter (field, "response");
  g_autofree gchar *expected_nonce = g_strdup_printf ("n%u", digest->n_nonces);
  g_autofree gchar *expected_nc = g_strdup_printf ("%08x", digest->n_uses + 1);
  g_autofree gchar *line = script_request_line (request);
  g_autofree gchar *a1 =
      g_compute_checksum_for_string (type, "ada:x:s3cr3t", -1);
  g_autofree gchar *colon = g_strdelimit (g_strdup (line), " ", ':');
  g_autofree gchar *a2 = g_compute_checksum_for_string (type, colon, -1);
  g_autofree gchar *text =
      g_strdup_printf ("%s:%s:%s:%s:auth:%s", a1, nonce, nc, cnonce, a2);
  g_autofree gchar *expected = g_compute_checksum_for_string (type, text, -1);

  fail_unless (g_str_has_suffix (line, uri));
  if (g_strcmp0 (nonce, expected_nonce) != 0)
    return FALSE;
  assert_equals_string (nc, expected_nc);
  assert_equals_string (response, expected);
  return TRUE;
}

static guint
ask_for_digest (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  DigestServer *digest = server->user_data;
  g_autofree gchar *field = script_field (request->head, "Authorization");
  gboolean is_old = digest->n_uses == digest->max_uses;

  if (field && !is_old && is_right (digest, request, field)) {
    digest->n_uses++;
    return 200;
  }
  digest->n_nonces++;
  digest->n_uses = 0;
  *fields = g_strdup_printf (
      "WWW-Authenticate: Digest realm=\"x\", qop=\"auth\", nonce=\"n%u\", "
      "algorithm=%s, stale=%s\r\nWWW-Authenticate: Basic realm=\"x\"\r\n",
      digest->n_nonces, digest->algorithm, field ? "true" : "false");
  return 401;
}

static const gchar *const algorithms[] = { "MD5", "SHA-256" };

/* A nonce that has become too old is no trouble, and no body is wasted on the
 * first one. */
GST_START_TEST (test_digest)
{
  ScriptServer *server = script_server_new (NULL, 0);
  DigestServer digest = { algorithms[__i__], 4 };
  g_autofree gchar *got = NULL;
  Sender s;

  server->decide = ask_for_digest;
  server->user_data = &digest;
  sender_init (&s, server);
  g_object_set (s.sink, "user-id", "ada", "user-pw", "s3cr3t", NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 10; k++)
    sender_push_segment (&s, 0, k, k == 9);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 0);
  assert_equals_uint64 (sender_get_stat (&s, "video", "retries"), 0);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "PphssSssssSssss");
  got = received_segments (server, "video");
  assert_equals_string (got, "0,1,2,3,4,5,6,7,8,9l");
  for (guint i = 0; i < server->requests->len; i++) {
    const ScriptRequest *request = script_server_get (server, i);
    g_autofree gchar *expect = script_field (request->head, "Expect");
    g_autofree gchar *field = authorization (server, i);

    /* segments are only sent when they are wanted */
    assert_equals_int (
        expect != NULL, g_ascii_tolower (server->log->str[i]) == 's');
    fail_unless (field == NULL || g_str_has_prefix (field, "Digest "));
  }
  script_server_free (server);
}
GST_END_TEST;

/* ---- another implementation of Digest ---- */

typedef struct
{
  GMainLoop *loop;
  GMainContext *context;
  GMutex lock;
  GCond changed;
  guint port;
  guint n_good; /* lock: lock */
} SoupPeer;

static gchar *
find_password (SoupAuthDomain *domain, SoupServerMessage *message,
    const gchar *user, gpointer data)
{
  return soup_auth_domain_digest_encode_password (user, "x", "s3cr3t");
}

static void
take_request (SoupServer *server, SoupServerMessage *message, const gchar *path,
    GHashTable *query, gpointer data)
{
  SoupPeer *peer = data;

  g_mutex_lock (&peer->lock);
  peer->n_good++;
  g_mutex_unlock (&peer->lock);
  soup_server_message_set_status (message, 200, NULL);
}

static gpointer
run_soup (gpointer data)
{
  SoupPeer *peer = data;
  SoupServer *server;
  SoupAuthDomain *domain = soup_auth_domain_digest_new (
      "realm", "x", "auth-callback", find_password, NULL);
  GSList *uris;

  g_main_context_push_thread_default (peer->context);
  server = soup_server_new (NULL, NULL);
  soup_auth_domain_add_path (domain, "/");
  soup_server_add_auth_domain (server, domain);
  soup_server_add_handler (server, "/", take_request, peer, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL);
  uris = soup_server_get_uris (server);
  g_mutex_lock (&peer->lock);
  peer->port = g_uri_get_port (uris->data);
  g_cond_broadcast (&peer->changed);
  g_mutex_unlock (&peer->lock);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  g_main_loop_run (peer->loop);
  soup_server_disconnect (server);
  g_object_unref (server);
  g_object_unref (domain);
  g_main_context_pop_thread_default (peer->context);
  return NULL;
}

GST_START_TEST (test_digest_with_another_server)
{
  SoupPeer peer = { 0 };
  g_autofree gchar *location = NULL;
  gboolean is_wrong = __i__ == 1;
  GThread *thread;
  Sender s;

  peer.context = g_main_context_new ();
  peer.loop = g_main_loop_new (peer.context, FALSE);
  g_mutex_init (&peer.lock);
  g_cond_init (&peer.changed);
  thread = g_thread_new ("soup", run_soup, &peer);
  g_mutex_lock (&peer.lock);
  while (peer.port == 0)
    g_cond_wait (&peer.changed, &peer.lock);
  g_mutex_unlock (&peer.lock);
  location = g_strdup_printf ("http://127.0.0.1:%u/ingest", peer.port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "user-id", "ada", "user-pw",
      is_wrong ? "wr0ng" : "s3cr3t", "auth-retries", 0, NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 5; k++)
    sender_push_segment (&s, 0, k, k == 4);
  assert_equals_int (
      sender_end (&s), is_wrong ? GST_MESSAGE_ERROR : GST_MESSAGE_EOS);
  sender_clear (&s);
  g_main_loop_quit (peer.loop);
  g_thread_join (thread);
  assert_equals_int (peer.n_good, is_wrong ? 0 : 7);
  g_main_loop_unref (peer.loop);
  g_main_context_unref (peer.context);
  g_mutex_clear (&peer.lock);
  g_cond_clear (&peer.changed);
}
GST_END_TEST;

/* ---- credentials that change ---- */

static guint
check_secret (
    ScriptServer *server, const ScriptRequest *request, gchar **fields)
{
  g_autofree gchar *field = script_field (request->head, "Authorization");

  return g_strcmp0 (field, server->user_data) == 0 ? 200 : 403;
}

/* After 403 there is time to set others. */
GST_START_TEST (test_credentials_are_refreshed)
{
  gboolean is_token = __i__ == 1;
  ScriptServer *server = script_server_new (NULL, 0);
  g_autofree gchar *got = NULL;
  Sender s;

  server->decide = check_secret;
  server->user_data =
      is_token ? (gpointer) "Bearer new-token" : (gpointer)BASIC;
  sender_init (&s, server);
  g_object_set (s.sink, "authentication", 1, "user-id", "ada", "user-pw", "old",
      "auth-retries", 100, NULL);
  if (is_token)
    g_object_set (s.sink, "bearer-token", "old-token", NULL);
  sender_add (&s, "video", VIDEO);
  sender_push_segments (&s, 0, 0, 1);
  sender_wait_message (&s, "connection-lost");
  if (is_token)
    g_object_set (s.sink, "bearer-token", "new-token", NULL);
  else
    g_object_set (s.sink, "user-pw", "s3cr3t", NULL);
  sender_push_segment (&s, 0, 2, TRUE);
  assert_equals_int (sender_end (&s), GST_MESSAGE_EOS);
  sender_clear (&s);
  script_server_stop (server);
  got = received_segments (server, "video");
  assert_equals_string (got, "0,1,2l");
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_wrong_credentials_are_tried_as_often_as_told)
{
  ScriptServer *server = script_server_new (NULL, 0);
  Sender s;

  server->decide = check_secret;
  server->user_data = (gpointer) "nobody";
  sender_init (&s, server);
  g_object_set (s.sink, "bearer-token", "t", "auth-retries", 2, NULL);
  send_one_and_end (&s, GST_MESSAGE_ERROR);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_ERROR, NULL), 1);
  sender_wait_message (&s, "refused");
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, "HHH");
  script_server_free (server);
}
GST_END_TEST;

/* ---- TLS ---- */

typedef struct
{
  const gchar *subject;
  gint days;
  gboolean trusts_ca, is_strict;
  gint pin; /* 0 none, 1 the server's, 2 another */
  gboolean is_accepted;
} TlsCase;

static const TlsCase tls_cases[] = {
  { "IP:127.0.0.1", 2, TRUE, TRUE, 0, TRUE },
  { "IP:127.0.0.1", 2, FALSE, TRUE, 0, FALSE },  /* unknown authority */
  { "IP:127.0.0.2", 2, TRUE, TRUE, 0, FALSE },   /* somebody else */
  { "IP:127.0.0.1", -1, TRUE, TRUE, 0, FALSE },  /* expired */
  { "IP:127.0.0.2", -1, FALSE, FALSE, 0, TRUE }, /* nobody asks */
  { "IP:127.0.0.2", 2, FALSE, TRUE, 1, TRUE },
  { "IP:127.0.0.1", 2, TRUE, TRUE, 2, FALSE },
  { "IP:127.0.0.1", 2, FALSE, FALSE, 2, FALSE },
};

static ScriptServer *
new_tls_server (const gchar *pem)
{
  ScriptServer *server = script_server_prepare (NULL, 0);
  g_autoptr (GError) error = NULL;

  server->certificate = g_tls_certificate_new_from_file (pem, &error);
  g_assert_no_error (error);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  return server;
}

GST_START_TEST (test_certificates_of_receivers)
{
  const TlsCase *c = &tls_cases[__i__];
  Certificates certificates;
  g_autofree gchar *pem = NULL, *other = NULL, *pin = NULL, *pins = NULL;
  ScriptServer *server;
  Sender s;

  if (!certificates_init (&certificates))
    return;
  pem = certificates_make (&certificates, "server", c->subject, c->days);
  other = certificates_make (&certificates, "other", "IP:127.0.0.1", 2);
  server = new_tls_server (pem);
  sender_init (&s, server);
  if (c->trusts_ca)
    g_object_set (s.sink, "tls-ca-file", certificates.ca, NULL);
  if (c->pin) {
    pin = certificates_fingerprint (c->pin == 1 ? pem : other);
    pins = g_strdup_printf ("sha256:%s %064d", pin, 0);
    g_object_set (s.sink, "tls-fingerprints", pins, NULL);
  }
  g_object_set (s.sink, "ssl-strict", c->is_strict, "drain-timeout",
      c->is_accepted ? 20 * GST_SECOND : GST_SECOND, NULL);
  send_one_and_end (&s, c->is_accepted ? GST_MESSAGE_EOS : GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, c->is_accepted ? "hs" : "");
  script_server_free (server);
  certificates_clear (&certificates);
}
GST_END_TEST;

/* The certificate of @pem, and that of an authority shown above it. */
static GTlsCertificate *
show_below (const gchar *pem, const gchar *authority)
{
  g_autoptr (GTlsCertificate) own = g_tls_certificate_new_from_file (pem, NULL);
  g_autoptr (GTlsCertificate) above =
      g_tls_certificate_new_from_file (authority, NULL);
  g_autofree gchar *text = NULL, *key = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *both;

  g_object_get (own, "certificate-pem", &text, "private-key-pem", &key, NULL);
  both = g_initable_new (
      g_tls_backend_get_certificate_type (g_tls_backend_get_default ()), NULL,
      &error, "certificate-pem", text, "private-key-pem", key, "issuer", above,
      NULL);
  g_assert_no_error (error);
  return both;
}

/* The certificate of an authority is known to everybody: who shows it behind
 * his own has not been signed by it. */
GST_START_TEST (test_pinned_authority_has_signed)
{
  gboolean has_signed = __i__ == 0;
  Certificates right, wrong;
  g_autofree gchar *pem = NULL, *pin = NULL;
  ScriptServer *server;
  Sender s;

  if (!certificates_init (&right))
    return;
  fail_unless (certificates_init (&wrong)); /* the same name, another key */
  pem = certificates_make (
      has_signed ? &right : &wrong, "server", "IP:127.0.0.2", 2);
  pin = certificates_fingerprint (right.ca);
  server = script_server_prepare (NULL, 0);
  server->certificate = show_below (pem, right.ca);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "tls-fingerprints", pin, "drain-timeout",
      has_signed ? 20 * GST_SECOND : GST_SECOND, NULL);
  send_one_and_end (&s, has_signed ? GST_MESSAGE_EOS : GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, has_signed ? "hs" : "");
  script_server_free (server);
  certificates_clear (&right);
  certificates_clear (&wrong);
}
GST_END_TEST;

/* Basic at once: no request is wasted. Paths may be relative. */
GST_START_TEST (test_basic_goes_first_with_tls)
{
  Certificates certificates;
  g_autofree gchar *pem = NULL, *here = g_get_current_dir ();
  ScriptServer *server;
  Sender s;

  if (!certificates_init (&certificates))
    return;
  pem = certificates_make (&certificates, "server", "IP:127.0.0.1", 2);
  server = new_tls_server (pem);
  sender_init (&s, server);
  g_object_set (s.sink, "tls-ca-file", "ca.pem", "user-id", "ada", "user-pw",
      "s3cr3t", NULL);
  fail_unless (g_chdir (certificates.directory) == 0);
  send_one_and_end (&s, GST_MESSAGE_EOS);
  fail_unless (g_chdir (here) == 0);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hs");
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *field = authorization (server, i);

    assert_equals_string (field, BASIC);
  }
  script_server_free (server);
  certificates_clear (&certificates);
}
GST_END_TEST;

GST_START_TEST (test_client_certificate)
{
  gboolean has_one = __i__ == 0;
  Certificates certificates;
  g_autofree gchar *pem = NULL, *client = NULL;
  ScriptServer *server;
  Sender s;

  if (!certificates_init (&certificates))
    return;
  pem = certificates_make (&certificates, "server", "IP:127.0.0.1", 2);
  client = certificates_make (&certificates, "client", "DNS:encoder-a", 2);
  server = script_server_prepare (NULL, 0);
  server->certificate = g_tls_certificate_new_from_file (pem, NULL);
  server->client_certificate = G_TLS_AUTHENTICATION_REQUIRED;
  server->database = g_tls_file_database_new (certificates.ca, NULL);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "tls-ca-file", certificates.ca, "drain-timeout",
      has_one ? 20 * GST_SECOND : GST_SECOND, NULL);
  if (has_one)
    g_object_set (s.sink, "tls-certificate-file", client, NULL);
  send_one_and_end (&s, has_one ? GST_MESSAGE_EOS : GST_MESSAGE_ERROR);
  sender_clear (&s);
  script_server_stop (server);
  assert_equals_string (server->log->str, has_one ? "hs" : "");
  script_server_free (server);
  certificates_clear (&certificates);
}
GST_END_TEST;

/* An answer may be longer than what one read of the socket gives. */
GST_START_TEST (test_long_answers_with_tls)
{
  g_autofree gchar *padding = g_strnfill (12000, 'x');
  g_autofree gchar *fields = g_strdup_printf ("X-Long: %s\r\n", padding);
  ScriptStep script[] = { { 200, 0, 0, fields }, { 200, 0, 0, fields } };
  Certificates certificates;
  g_autofree gchar *pem = NULL;
  ScriptServer *server;
  Sender s;

  if (!certificates_init (&certificates))
    return;
  pem = certificates_make (&certificates, "server", "IP:127.0.0.1", 2);
  server = script_server_prepare (script, 2);
  server->certificate = g_tls_certificate_new_from_file (pem, NULL);
  fail_unless (script_server_listen (server, G_SOCKET_FAMILY_IPV4, 0));
  sender_init (&s, server);
  g_object_set (s.sink, "tls-ca-file", certificates.ca, NULL);
  send_one_and_end (&s, GST_MESSAGE_EOS);
  assert_equals_int (sender_count_messages (&s, GST_MESSAGE_WARNING, NULL), 0);
  sender_clear (&s);
  assert_equals_string (server->log->str, "hs");
  script_server_free (server);
  certificates_clear (&certificates);
}
GST_END_TEST;

/* A program that speaks an old version only; NULL when it cannot be had. */
static GSubprocess *
start_old_server (Certificates *c, const gchar *pem, guint *port)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE
      | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GDataInputStream) out = NULL;
  GSubprocess *process;
  gchar *line;

  g_subprocess_launcher_unsetenv (launcher, "LD_PRELOAD");
  process = g_subprocess_launcher_spawn (launcher, NULL, "openssl", "s_server",
      "-accept", "127.0.0.1:0", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0",
      "-cert", pem, NULL);
  if (!process)
    return NULL;
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while ((line = g_data_input_stream_read_line (out, NULL, NULL, NULL))) {
    const gchar *colon = strrchr (line, ':');

    if (g_str_has_prefix (line, "ACCEPT") && colon) {
      *port = atoi (colon + 1);
      g_free (line);
      return process;
    }
    g_free (line);
  }
  g_object_unref (process);
  return NULL;
}

GST_START_TEST (test_old_tls_is_not_spoken)
{
  Certificates certificates;
  g_autofree gchar *pem = NULL, *location = NULL;
  g_autoptr (GSubprocess) old = NULL;
  guint port = 0;
  Sender s;

  if (!certificates_init (&certificates))
    return;
  pem = certificates_make (&certificates, "server", "IP:127.0.0.1", 2);
  old = start_old_server (&certificates, pem, &port);
  if (!old) {
    g_print ("SKIP: openssl serves no TLS 1.1\n");
    certificates_clear (&certificates);
    return;
  }
  location = g_strdup_printf ("https://127.0.0.1:%u/ingest", port);
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "ssl-strict", FALSE,
      "drain-timeout", GST_SECOND, NULL);
  send_one_and_end (&s, GST_MESSAGE_ERROR);
  assert_equals_uint64 (sender_get_stat (&s, "video", "headers"), 0);
  sender_clear (&s);
  g_subprocess_force_exit (old);
  g_subprocess_wait (old, NULL, NULL);
  certificates_clear (&certificates);
}
GST_END_TEST;

/* ---- silence ---- */

static const gchar *const secrets[] = { "s3cr3t", "YWRhOnMzY3IzdA", "t0k3n",
  "k3y", "h34d" };

#define TEXT "Content-Type: text/plain\r\n"

/* With everything that can go wrong: refusals, redirects, resets, and receivers
 * that repeat what they were told. */
GST_START_TEST (test_secrets_are_told_to_nobody)
{
  gboolean has_token = __i__ == 1;
  const ScriptStep script[] = { { 401, 0, 0, ASKS }, { 403 },
    { 503, .fields = TEXT, .body = has_token ? "no: t0k3n" : "no: " BASIC },
    { 0, SCRIPT_RESET, 0 }, { 307, 0, 0, "Location: /x?sig=k3y\r\n" }, { 200 },
    { 413, .fields = TEXT, .body = "your key is h34d-0f-0ne" } };
  ScriptServer *server = script_server_new (script, G_N_ELEMENTS (script));
  g_autoptr (GstStructure) headers =
      gst_structure_new ("h", "X-Api-Key", G_TYPE_STRING, "h34d-0f-0ne", NULL);
  g_autofree gchar *location = g_strdup_printf (
      "http://ada:s3cr3t@127.0.0.1:%u/ingest?sig=k3y", server->port);
  g_autofree gchar *second = g_strconcat (location, "&n=2", NULL);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GstStructure) stats = NULL;
  Sender s;

  told_begin ();
  sender_init (&s, NULL);
  g_object_set (s.sink, "location", location, "locations", second, "headers",
      headers, "authentication", 1, NULL);
  if (has_token)
    g_object_set (s.sink, "bearer-token", "t0k3n", NULL);
  sender_add (&s, "video", VIDEO);
  for (guint k = 0; k < 3; k++)
    sender_push_segment (&s, 0, k, k == 2);
  sender_end (&s);
  told_properties (all, G_OBJECT (s.sink));
  g_object_get (s.sink, "stats", &stats, NULL);
  told_structure (all, stats);
  for (guint i = 0; i < s.messages->len; i++)
    told_structure (
        all, (GstStructure *)gst_message_get_structure (s.messages->pdata[i]));
  sender_clear (&s);
  told_end (all, secrets, G_N_ELEMENTS (secrets));
  script_server_free (server);
}
GST_END_TEST;

GST_START_TEST (test_bad_settings_name_the_property)
{
  static const gchar *const settings[][2] = {
    { "tls-fingerprints", "abc" }, { "tls-fingerprints", "sha256:zz" },
    { "bearer-token", "a b" }, { "bearer-token", "a\r\nX: y" },
    { "location", "http://ada:s3cr3t@/" },
    { "location", "http://127.0.0.1/a b" },
    { "locations", "https://ada:s3cr3t@127.0.0.1/" },
    { "user-agent", "a\r\nX: s3cr3t" }, { "headers", "h, Content-Length=5" },
    { "headers", "h, Host=s3cr3t" },
    { "headers", "h, X-Key=\"a\\015\\012s3cr3t\"" },
    { "headers", "h, a:b=s3cr3t" },
    { "tls-certificate-file", NULL }, /* without a key */
  };
  Certificates certificates = { 0 };
  const gchar *const *c = settings[__i__];
  g_autoptr (GError) error = NULL;
  Sender s;

  sender_init (&s, NULL);
  g_object_set (s.sink, "location", "https://127.0.0.1/", NULL);
  if (c[1] == NULL) {
    if (certificates_init (&certificates))
      g_object_set (s.sink, c[0], certificates.ca, NULL);
    else
      g_object_set (s.sink, c[0], "no-openssl.pem", NULL);
  } else {
    gst_util_set_object_arg (G_OBJECT (s.sink), c[0], c[1]);
  }
  fail_unless_equals_int (gst_element_set_state (s.sink, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  gst_message_parse_error (
      sender_wait (&s, GST_MESSAGE_ERROR, NULL, NULL), &error, NULL);
  fail_unless (strstr (error->message, c[0]) != NULL, "%s", error->message);
  fail_unless (strstr (error->message, "s3cr3t") == NULL);
  sender_clear (&s);
  if (certificates.directory != NULL)
    certificates_clear (&certificates);
}
GST_END_TEST;

static Suite *
httpingestsink_security_suite (void)
{
  Suite *suite = suite_create ("httpingestsink-security");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_basic, 0, G_N_ELEMENTS (basic_cases));
  tcase_add_test (tcase, test_user_in_the_url);
  tcase_add_loop_test (tcase, test_digest, 0, G_N_ELEMENTS (algorithms));
  tcase_add_loop_test (tcase, test_digest_with_another_server, 0, 2);
  tcase_add_loop_test (tcase, test_credentials_are_refreshed, 0, 2);
  tcase_add_test (tcase, test_wrong_credentials_are_tried_as_often_as_told);
  tcase_add_loop_test (
      tcase, test_certificates_of_receivers, 0, G_N_ELEMENTS (tls_cases));
  tcase_add_loop_test (tcase, test_pinned_authority_has_signed, 0, 2);
  tcase_add_test (tcase, test_basic_goes_first_with_tls);
  tcase_add_loop_test (tcase, test_client_certificate, 0, 2);
  tcase_add_test (tcase, test_long_answers_with_tls);
  tcase_add_test (tcase, test_old_tls_is_not_spoken);
  tcase_add_loop_test (tcase, test_secrets_are_told_to_nobody, 0, 2);
  tcase_add_loop_test (tcase, test_bad_settings_name_the_property, 0, 13);
  return suite;
}

GST_CHECK_MAIN (httpingestsink_security);
