/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One table says for every kind of path who answers and which headers go with
 * it. */
#include "origin-site.h"

#include <gst/cmafhttp/http-stream.h>
#include <gst/cmafhttp/origin-answer.h>
#include <gst/cmafhttp/origin-json.h>
#include <gst/cmafhttp/origin-path.h>
#include <gst/cmafhttp/origin-place.h>
#include <gst/cmafhttp/origin-stream.h>
#include <gst/cmafhttp/peer-text.h>
#include <string.h>

#define PROTOCOL "cmaf-live.v1"
#define ALLOWED "GET, HEAD, OPTIONS"
#define TICK_MS 1000
#define SLOW_SEGMENTS 2 /* unsent data may be that old */
#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain; charset=utf-8"

struct _CmafOriginSite
{
  CmafOriginSiteConfig config;
  gchar *page;
  GStrv allowed; /* NULL: every origin */
  CmafSegmentFeed *feed;
  GPtrArray *channels;   /* of CmafOriginChannel, owned */
  GPtrArray *streams;    /* of CmafOriginStream, owned */
  GHashTable *upgrading; /* SoupServerMessage between 101 and its sending */
  GSource *ticks;
  gint64 since;
  guint64 n_requests;
  guint64 n_by_class[6]; /* first digit of the status */
};

/* A request on its way to an answer. */
typedef struct
{
  CmafOriginSite *site;
  SoupServerMessage *message;
  CmafOriginPath path;
  CmafOriginChannel *channel; /* that @path names, if it names one */
  CmafOriginTrack *track;     /* likewise */
} Request;

static void
not_found (Request *r, const gchar *why)
{
  cmaf_origin_answer_error (
      r->message, SOUP_STATUS_NOT_FOUND, why, CMAF_CACHE_SECOND);
}

/* ---- media ---- */

static void
answer_object (
    Request *r, const gchar *name, const gchar *type, const gchar *cache)
{
  g_auto (CmafMemoryObject) object = { 0 };

  if (cmaf_memory_store_lookup (
          cmaf_origin_channel_get_store (r->channel), name, &object)
      && object.is_complete)
    cmaf_origin_answer (r->message, object.pieces, type, object.etag, cache);
  else
    not_found (r, "object: is not there (yet), ask again");
}

/* Half a segment, if that is a second at least (LIV-122). */
static void
answer_manifest (Request *r)
{
  gint64 segment = cmaf_origin_channel_get_segment_us (r->channel);
  g_autofree gchar *cache =
      segment >= 2 * G_USEC_PER_SEC ? g_strdup_printf (
          "public, max-age=%" G_GINT64_FORMAT, segment / 2 / G_USEC_PER_SEC)
                                    : g_strdup (CMAF_CACHE_REVALIDATE);
  gboolean is_mpd = g_str_has_suffix (r->path.file, ".mpd");

  answer_object (r, r->path.file,
      is_mpd ? "application/dash+xml" : "application/vnd.apple.mpegurl", cache);
}

static void
answer_init (Request *r)
{
  answer_object (r, r->path.file, cmaf_track_mime_type (r->track->track),
      CMAF_CACHE_IMMUTABLE);
}

static void
answer_init_alias (Request *r)
{
  cmaf_origin_answer_bytes (r->message, r->track->header,
      cmaf_track_mime_type (r->track->track), r->track->hash,
      CMAF_CACHE_REVALIDATE);
}

static void
count_status (CmafOriginSite *site, SoupServerMessage *message)
{
  guint class = soup_server_message_get_status (message) / 100;

  if (class > 0 && class < G_N_ELEMENTS (site->n_by_class))
    site->n_by_class[class]++;
}

static void
on_stream_gone (CmafOriginStream *stream, gpointer user_data)
{
  CmafOriginSite *site = user_data;

  g_ptr_array_remove_fast (site->streams, stream); /* frees it */
}

static guint
count_waiting (CmafOriginSite *site)
{
  guint n = 0;

  for (guint i = 0; i < site->streams->len; i++)
    n += cmaf_origin_stream_is_waiting (g_ptr_array_index (site->streams, i));
  return n;
}

static void
start_stream (Request *r, gboolean is_track)
{
  CmafOriginSite *site = r->site;
  gint64 segment = cmaf_origin_channel_get_segment_us (r->channel);
  CmafOriginStreamLimits limits = { .max_queue = site->config.max_queue,
    .max_age = SLOW_SEGMENTS * segment,
    .wait_until =
        g_get_monotonic_time () + CMAF_ORIGIN_WAIT_SEGMENTS * segment };
  CmafOriginStream *stream;

  if (is_track)
    stream = cmaf_origin_stream_new_track (
        r->message, r->channel, r->track, &limits, on_stream_gone, site);
  else
    stream = cmaf_origin_stream_new_segment (r->message, r->channel, r->track,
        r->path.kind == CMAF_ORIGIN_SEGMENT_AT, r->path.value, &limits,
        on_stream_gone, site);
  g_ptr_array_add (site->streams, stream);
  if (cmaf_origin_stream_start (stream))
    g_ptr_array_remove_fast (site->streams, stream);
}

static CmafOriginPlace
place_of (Request *r)
{
  const CmafOriginPlace place =
      cmaf_origin_place_of (r->track->segments, r->track->track->timescale,
          cmaf_origin_channel_get_segment_us (r->channel), &r->path,
          g_get_real_time ());

  return place == CMAF_ORIGIN_DUE && cmaf_origin_channel_has_ended (r->channel)
             ? CMAF_ORIGIN_EARLY
             : place;
}

/* Those that can be answered need no place among those that wait. */
static void
hold_segment (Request *r)
{
  if (count_waiting (r->site) < r->site->config.max_waiting) {
    start_stream (r, FALSE);
    return;
  }
  cmaf_origin_set_header (r->message, "Retry-After", "1");
  cmaf_origin_answer_error (r->message, SOUP_STATUS_SERVICE_UNAVAILABLE,
      "too many requests wait, ask again", CMAF_CACHE_NEVER);
}

static void
answer_segment (Request *r)
{
  switch (place_of (r)) {
    case CMAF_ORIGIN_GONE:
      cmaf_origin_answer_error (r->message, SOUP_STATUS_GONE,
          "segment: left the window, load the manifest", CMAF_CACHE_SECOND);
      break;
    case CMAF_ORIGIN_MISSING:
      not_found (r, "segment: a gap, skip it");
      break;
    case CMAF_ORIGIN_THERE:
      start_stream (r, FALSE);
      break;
    case CMAF_ORIGIN_DUE:
      hold_segment (r);
      break;
    case CMAF_ORIGIN_EARLY:
      not_found (r, "segment: too early, ask when it is due");
      break;
  }
}

static void
answer_stream (Request *r)
{
  start_stream (r, TRUE);
}

/* ---- the page ---- */

static const struct
{
  const gchar *suffix, *type;
} page_types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".svg", "image/svg+xml" },
};

static void
set_page_headers (Request *r)
{
  cmaf_origin_set_header (r->message, "Content-Security-Policy",
      "default-src 'self'; connect-src 'self' ws: wss:; "
      "media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors *");
  cmaf_origin_set_header (r->message, "Referrer-Policy", "no-referrer");
  cmaf_origin_set_header (r->message, "Permissions-Policy",
      "camera=(), microphone=(), geolocation=()");
}

static void
answer_file (Request *r, const gchar *file, const gchar *cache)
{
  g_autofree gchar *path = r->site->page != NULL
                               ? g_strdup_printf ("%s/%s", r->site->page, file)
                               : NULL;
  g_autoptr (GBytes) bytes =
      path != NULL ? g_resources_lookup_data (path, 0, NULL) : NULL;
  g_autofree gchar *sum = NULL;

  for (guint i = 0; bytes != NULL && i < G_N_ELEMENTS (page_types); i++) {
    if (!g_str_has_suffix (file, page_types[i].suffix))
      continue;
    sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    sum[16] = '\0';
    set_page_headers (r);
    cmaf_origin_answer_bytes (
        r->message, bytes, page_types[i].type, sum, cache);
    return;
  }
  not_found (r, "page: no such file, check the path");
}

static void
answer_page (Request *r)
{
  answer_file (r, *r->path.file != '\0' ? r->path.file : "index.html",
      CMAF_CACHE_REVALIDATE);
}

static void
answer_embed (Request *r)
{
  answer_file (r, "embed.html", CMAF_CACHE_NEVER);
}

/* Relative, so that it survives any proxy: what follows the last slash of the
 * request counts as a file. */
static void
answer_root (Request *r)
{
  const gchar *path = g_uri_get_path (soup_server_message_get_uri (r->message));
  const gchar *slash = strrchr (path, '/');
  const gchar *last = slash != NULL ? slash + 1 : path;
  g_autofree gchar *location = *last == '\0' || g_str_equal (last, "ui")
                                   ? g_strdup ("ui/")
                                   : g_strdup_printf ("%s/ui/", last);

  cmaf_origin_set_header (r->message, "Location", location);
  cmaf_origin_answer_text (r->message, SOUP_STATUS_FOUND, TYPE_TEXT,
      g_strdup (""), CMAF_CACHE_NEVER);
}

/* ---- information ---- */

static void
answer_time (Request *r)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree gchar *seconds = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

  cmaf_origin_answer_text (r->message, SOUP_STATUS_OK, TYPE_TEXT,
      g_strdup_printf (
          "%s.%03dZ", seconds, g_date_time_get_microsecond (now) / 1000),
      CMAF_CACHE_NEVER);
}

static void
answer_channels (Request *r)
{
  JsonBuilder *b = json_builder_new ();

  json_builder_begin_object (b);
  json_builder_set_member_name (b, "list");
  json_builder_begin_array (b);
  for (guint i = 0; i < r->site->channels->len; i++)
    cmaf_json_channel (b, g_ptr_array_index (r->site->channels, i));
  json_builder_end_array (b);
  cmaf_origin_answer_text (r->message, SOUP_STATUS_OK, TYPE_JSON,
      cmaf_json_finish (b), CMAF_CACHE_NEVER);
}

static void
answer_channel (Request *r)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  cmaf_json_channel (b, r->channel);
  root = json_builder_get_root (b);
  cmaf_origin_answer_text (r->message, SOUP_STATUS_OK, TYPE_JSON,
      json_to_string (root, FALSE), CMAF_CACHE_NEVER);
}

static void
add_track_stats (JsonBuilder *b, const CmafOriginTrack *t, gint64 now)
{
  json_builder_begin_object (b);
  cmaf_json_string (b, "name", t->name);
  cmaf_json_string (b, "source", t->source);
  cmaf_json_int (b, "chunks", t->n_chunks);
  cmaf_json_int (b, "bytes", t->n_bytes);
  cmaf_json_int (b, "segments", t->segments->len);
  cmaf_json_int (b, "chunk_ms", t->chunk_ms);
  cmaf_json_int (b, "gop_ms", t->gop_ms);
  cmaf_json_int (b, "newest_age_ms",
      t->newest != NULL ? (now - t->newest->published) / 1000 : -1);
  json_builder_end_object (b);
}

static void
add_channel_stats (JsonBuilder *b, CmafOriginChannel *channel, gint64 now)
{
  GPtrArray *tracks = cmaf_origin_channel_get_tracks (channel);

  json_builder_begin_object (b);
  cmaf_json_string (b, "ch", cmaf_origin_channel_get_name (channel));
  cmaf_json_int (b, "viewers", cmaf_origin_channel_get_n_viewers (channel));
  cmaf_json_int (b, "store_bytes",
      cmaf_memory_store_get_bytes (cmaf_origin_channel_get_store (channel)));
  cmaf_json_int (b, "store_dropped",
      cmaf_memory_store_get_dropped (cmaf_origin_channel_get_store (channel)));
  cmaf_json_int (b, "ring_bytes",
      cmaf_feed_ring_get_bytes (cmaf_origin_channel_get_ring (channel)));
  json_builder_set_member_name (b, "tracks");
  json_builder_begin_array (b);
  for (guint i = 0; i < tracks->len; i++)
    add_track_stats (b, g_ptr_array_index (tracks, i), now);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static void
add_request_stats (CmafOriginSite *site, JsonBuilder *b)
{
  static const gchar *const classes[] = { NULL, "1xx", "2xx", "3xx", "4xx",
    "5xx" };

  cmaf_json_int (b, "requests", site->n_requests);
  json_builder_set_member_name (b, "by_status");
  json_builder_begin_object (b);
  for (guint i = 1; i < G_N_ELEMENTS (classes); i++)
    cmaf_json_int (b, classes[i], site->n_by_class[i]);
  json_builder_end_object (b);
  cmaf_json_int (b, "waiting", count_waiting (site));
  cmaf_json_int (b, "streaming", site->streams->len - count_waiting (site));
}

static void
answer_stats (Request *r)
{
  gint64 now = g_get_monotonic_time ();
  JsonBuilder *b = json_builder_new ();

  json_builder_begin_object (b);
  cmaf_json_int (b, "now_us", g_get_real_time ());
  cmaf_json_int (b, "up_ms", (now - r->site->since) / 1000);
  add_request_stats (r->site, b);
  json_builder_set_member_name (b, "channels");
  json_builder_begin_array (b);
  for (guint i = 0; i < r->site->channels->len; i++)
    add_channel_stats (b, g_ptr_array_index (r->site->channels, i), now);
  json_builder_end_array (b);
  cmaf_segment_feed_describe (r->site->feed, b);
  cmaf_origin_answer_text (r->message, SOUP_STATUS_OK, TYPE_JSON,
      cmaf_json_finish (b), CMAF_CACHE_NEVER);
}

static void
answer_health (Request *r)
{
  cmaf_origin_answer_text (r->message, SOUP_STATUS_OK, TYPE_TEXT,
      g_strdup ("ok\n"), CMAF_CACHE_NEVER);
}

static void
answer_ready (Request *r)
{
  gint64 now = g_get_monotonic_time ();
  gboolean is_ready = r->site->channels->len > 0;

  for (guint i = 0; i < r->site->channels->len; i++)
    is_ready &= cmaf_origin_channel_is_ready (
        g_ptr_array_index (r->site->channels, i), now);
  cmaf_origin_answer_text (r->message,
      is_ready ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, TYPE_TEXT,
      g_strdup (
          is_ready
              ? "ready\n"
              : "not ready: a channel is missing, or its tracks do not grow\n"),
      CMAF_CACHE_NEVER);
}

/* ---- WebSocket ---- */

static void
on_upgraded (SoupServerMessage *message, gpointer user_data)
{
  CmafOriginSite *site = user_data;
  GSocket *socket =
      cmaf_http_stream_get_socket (cmaf_http_stream_find (message));
  g_autofree gchar *address =
      g_strdup (soup_server_message_get_remote_host (message));
  const gchar *said = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "User-Agent");
  g_autofree gchar *agent = said != NULL ? cmaf_peer_text (said, NULL) : NULL;
  g_autoptr (GIOStream) stream = NULL;

  g_object_ref (message);
  g_signal_handlers_disconnect_by_data (message, site);
  g_hash_table_remove (site->upgrading, message);
  stream = cmaf_http_stream_steal (message);
  if (stream != NULL)
    cmaf_segment_feed_accept (
        site->feed, stream, socket, site->config.is_tls, address, agent);
  g_object_unref (message);
}

static void
on_upgrade_failed (SoupServerMessage *message, gpointer user_data)
{
  CmafOriginSite *site = user_data;

  g_signal_handlers_disconnect_by_data (message, site);
  g_hash_table_remove (site->upgrading, message);
}

static gboolean
is_allowed (CmafOriginSite *site, const gchar *origin)
{
  return origin == NULL || site->allowed == NULL
         || g_strv_contains ((const gchar *const *)site->allowed, origin);
}

static gboolean
offers_protocol (SoupMessageHeaders *headers)
{
  const gchar *offered =
      soup_message_headers_get_list (headers, "Sec-WebSocket-Protocol");

  return offered != NULL && soup_header_contains (offered, PROTOCOL);
}

static void
answer_websocket (Request *r)
{
  static gchar *protocols[] = { (gchar *)PROTOCOL, NULL };
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (r->message);

  if (!is_allowed (r->site, soup_message_headers_get_one (headers, "Origin"))) {
    cmaf_origin_answer_error (r->message, SOUP_STATUS_FORBIDDEN,
        "Origin: needs to be one of allow-origins", CMAF_CACHE_NEVER);
    return;
  }
  if (!offers_protocol (headers)
      || !soup_websocket_server_process_handshake (
          r->message, NULL, protocols, NULL, NULL)) {
    cmaf_origin_answer_error (r->message, SOUP_STATUS_BAD_REQUEST,
        "websocket: needs a handshake for protocol " PROTOCOL,
        CMAF_CACHE_NEVER);
    return;
  }
  g_hash_table_add (r->site->upgrading, g_object_ref (r->message));
  g_signal_connect (
      r->message, "wrote-informational", G_CALLBACK (on_upgraded), r->site);
  g_signal_connect (
      r->message, "finished", G_CALLBACK (on_upgrade_failed), r->site);
  g_signal_connect (
      r->message, "disconnected", G_CALLBACK (on_upgrade_failed), r->site);
}

/* ---- from request to answer ---- */

static const struct
{
  void (*answer) (Request *r);
  enum
  {
    NOTHING,
    CHANNEL,
    TRACK, /* and channel */
  } needs;
  gboolean is_shared; /* CORS */
} routes[] = {
  [CMAF_ORIGIN_UNKNOWN] = { NULL, NOTHING, FALSE },
  [CMAF_ORIGIN_ROOT] = { answer_root, NOTHING, FALSE },
  [CMAF_ORIGIN_PAGE] = { answer_page, NOTHING, FALSE },
  [CMAF_ORIGIN_EMBED] = { answer_embed, NOTHING, FALSE }, /* it tells */
  [CMAF_ORIGIN_MANIFEST] = { answer_manifest, CHANNEL, TRUE },
  [CMAF_ORIGIN_PLAYLIST] = { answer_manifest, TRACK, TRUE },
  [CMAF_ORIGIN_INIT] = { answer_init, TRACK, TRUE },
  [CMAF_ORIGIN_INIT_ALIAS] = { answer_init_alias, TRACK, TRUE },
  [CMAF_ORIGIN_SEGMENT] = { answer_segment, TRACK, TRUE },
  [CMAF_ORIGIN_SEGMENT_AT] = { answer_segment, TRACK, TRUE },
  [CMAF_ORIGIN_STREAM] = { answer_stream, TRACK, TRUE },
  [CMAF_ORIGIN_WEBSOCKET] = { answer_websocket, NOTHING, FALSE },
  [CMAF_ORIGIN_TIME] = { answer_time, NOTHING, TRUE },
  [CMAF_ORIGIN_CHANNELS] = { answer_channels, NOTHING, TRUE },
  [CMAF_ORIGIN_CHANNEL] = { answer_channel, CHANNEL, TRUE },
  [CMAF_ORIGIN_STATS] = { answer_stats, NOTHING, FALSE },
  [CMAF_ORIGIN_HEALTH] = { answer_health, NOTHING, FALSE },
  [CMAF_ORIGIN_READY] = { answer_ready, NOTHING, FALSE },
};

static void
set_sharing_headers (CmafOriginSite *site, SoupServerMessage *message)
{
  const gchar *origin = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Origin");

  if (site->allowed != NULL) {
    cmaf_origin_set_header (message, "Vary", "Origin");
    if (origin == NULL || !is_allowed (site, origin))
      return;
  } else {
    origin = "*";
  }
  cmaf_origin_set_header (message, "Access-Control-Allow-Origin", origin);
  cmaf_origin_set_header (message, "Timing-Allow-Origin", origin);
  cmaf_origin_set_header (message, "Access-Control-Expose-Headers",
      "Date, Content-Length, Content-Range, CMSD-Static, CMSD-Dynamic");
  cmaf_origin_set_header (
      message, "Cross-Origin-Resource-Policy", "cross-origin");
}

static void
answer_preflight (SoupServerMessage *message)
{
  cmaf_origin_set_header (message, "Access-Control-Allow-Methods", ALLOWED);
  cmaf_origin_set_header (message, "Access-Control-Allow-Headers",
      "Range, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status");
  cmaf_origin_set_header (message, "Access-Control-Max-Age", "86400");
  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

static CmafOriginChannel *
find_channel (CmafOriginSite *site, const gchar *name)
{
  for (guint i = 0; i < site->channels->len; i++) {
    CmafOriginChannel *channel = g_ptr_array_index (site->channels, i);

    if (g_str_equal (cmaf_origin_channel_get_name (channel), name))
      return channel;
  }
  return NULL;
}

static void
answer_request (Request *r)
{
  if (routes[r->path.kind].answer == NULL) {
    not_found (r, "path: nothing is served there, needs /CHANNEL/... or /");
    return;
  }
  if (routes[r->path.kind].needs >= CHANNEL) {
    r->channel = find_channel (r->site, r->path.channel);
    if (r->channel == NULL) {
      not_found (r, "channel: none of that name, check the path");
      return;
    }
  }
  if (routes[r->path.kind].needs >= TRACK) {
    r->track = cmaf_origin_channel_get_track (r->channel, r->path.track);
    if (r->track == NULL) {
      not_found (r, "track: none of that name, load the manifest");
      return;
    }
  }
  routes[r->path.kind].answer (r);
}

void
cmaf_origin_site_handle (
    CmafOriginSite *site, SoupServerMessage *message, const gchar *path)
{
  const gchar *method = soup_server_message_get_method (message);
  Request r = { .site = site, .message = message };

  site->n_requests++;
  cmaf_origin_set_header (message, "X-Content-Type-Options", "nosniff");
  cmaf_origin_path_parse (&r.path, path);
  if (routes[r.path.kind].is_shared)
    set_sharing_headers (site, message);
  if (g_str_equal (method, "OPTIONS")) {
    answer_preflight (message);
  } else if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD")) {
    cmaf_origin_set_header (message, "Allow", ALLOWED);
    cmaf_origin_answer_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
        "method: needs one of " ALLOWED, CMAF_CACHE_NEVER);
  } else {
    answer_request (&r);
  }
  count_status (site, message);
}

/* ---- channels ---- */

/* Calls @what for every stream, from the end, and frees those that are done. */
#define FOR_EACH_STREAM(site, what)                                            \
  for (guint i_ = (site)->streams->len; i_-- > 0;) {                           \
    CmafOriginStream *stream = g_ptr_array_index ((site)->streams, i_);        \
                                                                               \
    if (what)                                                                  \
      g_ptr_array_remove_index_fast ((site)->streams, i_);                     \
  }

static void
on_published (CmafOriginChannel *channel, CmafOriginTrack *track,
    CmafFeedMessage *m, gpointer user_data)
{
  CmafOriginSite *site = user_data;

  cmaf_segment_feed_published (site->feed, channel, track, m);
  FOR_EACH_STREAM (site, cmaf_origin_stream_published (stream, channel, m));
}

static void
on_changed (CmafOriginChannel *channel, gpointer user_data)
{
  CmafOriginSite *site = user_data;

  cmaf_segment_feed_changed (site->feed, channel);
  if (cmaf_origin_channel_has_ended (channel))
    FOR_EACH_STREAM (site, cmaf_origin_stream_end (stream, channel));
}

static void
on_object (CmafOriginChannel *channel, const gchar *name, gpointer user_data)
{
  CmafOriginSite *site = user_data;

  FOR_EACH_STREAM (site, cmaf_origin_stream_object (stream, channel, name));
}

static gboolean
on_tick (gpointer user_data)
{
  CmafOriginSite *site = user_data;
  gint64 now = g_get_monotonic_time ();

  FOR_EACH_STREAM (site, cmaf_origin_stream_tick (stream, now));
  return G_SOURCE_CONTINUE;
}

CmafOriginChannel *
cmaf_origin_site_add_channel (
    CmafOriginSite *site, const CmafOriginChannelConfig *config, GError **error)
{
  static const CmafOriginChannelCallbacks callbacks = { on_published,
    on_changed, on_object };
  CmafOriginChannel *channel;

  if (find_channel (site, config->name) != NULL) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_EXISTS,
        "channel: \"%s\" is served here already, needs another name",
        config->name);
    return NULL;
  }
  channel = cmaf_origin_channel_new (config, &callbacks, site);
  g_ptr_array_add (site->channels, channel);
  cmaf_segment_feed_add_channel (site->feed, channel);
  return channel;
}

void
cmaf_origin_site_remove_channel (
    CmafOriginSite *site, CmafOriginChannel *channel)
{
  FOR_EACH_STREAM (site, cmaf_origin_stream_end (stream, channel));
  cmaf_segment_feed_remove_channel (site->feed, channel,
      CMAF_WS_CLOSE_GOING_AWAY, "going away: the channel stops");
  g_ptr_array_remove (site->channels, channel); /* frees it */
}

guint
cmaf_origin_site_get_n_channels (CmafOriginSite *site)
{
  return site->channels->len;
}

void
cmaf_origin_site_close_viewers (CmafOriginSite *site)
{
  cmaf_segment_feed_close_all (
      site->feed, CMAF_WS_CLOSE_GOING_AWAY, "going away: the server stops");
}

guint
cmaf_origin_site_get_n_viewers (CmafOriginSite *site)
{
  return cmaf_segment_feed_get_n_viewers (site->feed);
}

void
cmaf_origin_site_add_stats (CmafOriginSite *site, GstStructure *stats)
{
  guint64 n_accepted, bytes_sent, n_drops;

  cmaf_segment_feed_get_totals (site->feed, &n_accepted, &bytes_sent, &n_drops);
  gst_structure_set (stats, "viewers", G_TYPE_UINT64,
      (guint64)cmaf_segment_feed_get_n_viewers (site->feed), "viewers-accepted",
      G_TYPE_UINT64, n_accepted, "websocket-bytes", G_TYPE_UINT64, bytes_sent,
      "drops", G_TYPE_UINT64, n_drops, "requests", G_TYPE_UINT64,
      site->n_requests, "responses-4xx", G_TYPE_UINT64, site->n_by_class[4],
      "responses-5xx", G_TYPE_UINT64, site->n_by_class[5], NULL);
}

/* ---- the site ---- */

CmafOriginSite *
cmaf_origin_site_new (const CmafOriginSiteConfig *config)
{
  CmafOriginSite *site = g_new0 (CmafOriginSite, 1);
  CmafSegmentFeedConfig feed_config;

  site->config = *config;
  site->page = g_strdup (config->page);
  if (config->allow_origins != NULL
      && !g_str_equal (config->allow_origins, "*")) {
    site->allowed = g_strsplit (config->allow_origins, ",", -1);
    for (guint i = 0; site->allowed[i] != NULL; i++)
      g_strstrip (site->allowed[i]);
  }
  cmaf_segment_feed_config_init (&feed_config);
  feed_config.max_viewers = config->max_viewers;
  site->feed = cmaf_segment_feed_new (&feed_config);
  site->channels =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_origin_channel_free);
  site->streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_origin_stream_free);
  site->upgrading = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  site->since = g_get_monotonic_time ();
  site->ticks = g_timeout_source_new (TICK_MS);
  g_source_set_callback (site->ticks, on_tick, site, NULL);
  g_source_attach (site->ticks, g_main_context_get_thread_default ());
  return site;
}

void
cmaf_origin_site_restrict (
    CmafOriginSite *site, const CmafOriginSiteConfig *config)
{
  CmafOriginSiteConfig *own = &site->config;

  own->max_viewers = MIN (own->max_viewers, config->max_viewers);
  own->max_waiting = MIN (own->max_waiting, config->max_waiting);
  own->max_queue = MIN (own->max_queue, config->max_queue);
  cmaf_segment_feed_set_max_viewers (site->feed, own->max_viewers);
}

void
cmaf_origin_site_free (CmafOriginSite *site)
{
  GHashTableIter iter;
  gpointer message;

  g_source_destroy (site->ticks);
  g_source_unref (site->ticks);
  g_hash_table_iter_init (&iter, site->upgrading);
  while (g_hash_table_iter_next (&iter, &message, NULL))
    g_signal_handlers_disconnect_by_data (message, site);
  g_hash_table_unref (site->upgrading);
  g_ptr_array_unref (site->streams);
  cmaf_segment_feed_free (site->feed);
  g_ptr_array_unref (site->channels);
  g_strfreev (site->allowed);
  g_free (site->page);
  g_free (site);
}
