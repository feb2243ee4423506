/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A body is classified by its boxes alone; its path says only which track it
 * is. */
#include "ingest-intake.h"

#include "ingest-server-private.h"

#include <gst/cmaf/init-segment.h>
#include <gst/cmaf/timescale.h>
#include <gst/cmafhttp/http-stream.h>
#include <gst/cmafhttp/peer-text.h>
#include <string.h>

void
cmaf_ingest_peer_init (CmafIngestPeer *peer, SoupServerMessage *message)
{
  const gchar *host = soup_server_message_get_remote_host (message);

  peer->socket = g_object_ref (
      cmaf_http_stream_get_socket (cmaf_http_stream_find (message)));
  peer->agent = cmaf_peer_text (
      soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "User-Agent"),
      "unknown");
  peer->host = g_strdup (host != NULL ? host : "unknown");
}

void
cmaf_ingest_peer_copy (CmafIngestPeer *to, const CmafIngestPeer *from)
{
  to->socket = g_object_ref (from->socket);
  to->agent = g_strdup (from->agent);
  to->host = g_strdup (from->host);
}

void
cmaf_ingest_peer_clear (CmafIngestPeer *peer)
{
  g_clear_object (&peer->socket);
  g_clear_pointer (&peer->agent, g_free);
  g_clear_pointer (&peer->host, g_free);
}

/* The source of an upload is settled when it brings something. */
static gboolean
settle_source (CmafIngestIntake *intake, GError **error)
{
  const CmafIngestPeer *peer = &intake->peer;

  if (intake->source != 0)
    return TRUE;
  intake->source = cmaf_ingest_track_get_source (intake->track, peer->socket,
      peer->agent, peer->host, cmaf_ingest_server_now ());
  if (intake->source == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "track %s has as many sources as are allowed",
        cmaf_ingest_track_get_name (intake->track));
    return FALSE;
  }
  cmaf_ingest_track_upload_began (intake->track, intake->source);
  return TRUE;
}

static gboolean
take_header (CmafIngestIntake *intake, GError **error)
{
  if (intake->track == NULL)
    intake->track = cmaf_ingest_server_make_track (intake->server,
        &intake->path, cmaf_fragment_reader_get_track (intake->reader), error);
  if (intake->track == NULL)
    return FALSE;
  cmaf_ingest_memory_keep_header (intake->server, &intake->path,
      cmaf_fragment_reader_get_header (intake->reader));
  cmaf_ingest_server_describe_track (
      intake->server, &intake->path, intake->text, intake->track);
  return settle_source (intake, error)
         && cmaf_ingest_track_take_header (intake->track, intake->source,
             cmaf_fragment_reader_get_track (intake->reader),
             cmaf_fragment_reader_get_header (intake->reader),
             cmaf_ingest_server_now (), error);
}

/* Buffers have times of 64 bits in ns, and events signed ones. */
static gboolean
has_time (const CmafTrack *track, const CmafChunk *chunk, GError **error)
{
  const guint64 end = chunk->decode_time + chunk->duration;
  const guint64 last = MAX (end, chunk->earliest_presentation_time);

  if (cmaf_ns_from_ticks (last, track->timescale) <= G_MAXINT64)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
      "tfdt: %" G_GUINT64_FORMAT " of %u a second, needs a time before the "
      "year 2262",
      chunk->decode_time, track->timescale);
  return FALSE;
}

static gboolean
take_chunk (CmafIngestIntake *intake, GError **error)
{
  g_autoptr (CmafChunk) chunk =
      cmaf_fragment_reader_take_chunk (intake->reader);

  if (intake->server->is_finished && intake->has_chunk
      && chunk->flags & CMAF_CHUNK_STARTS_SEGMENT) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
        "the receiver is shutting down after the segment before, try again");
    return FALSE;
  }
  intake->has_chunk = TRUE;
  /* with a header of an earlier run there is no track before its first chunk */
  return has_time (
             cmaf_fragment_reader_get_track (intake->reader), chunk, error)
         && (intake->track != NULL || take_header (intake, error))
         && settle_source (intake, error)
         && cmaf_ingest_track_take_chunk (intake->track, intake->source, chunk,
             cmaf_ingest_server_now (), error);
}

static gboolean
take_end (CmafIngestIntake *intake, GError **error)
{
  if (intake->track == NULL)
    return TRUE;
  if (!settle_source (intake, error))
    return FALSE;
  cmaf_ingest_track_end_source (
      intake->track, intake->source, cmaf_ingest_server_now ());
  return TRUE;
}

static gboolean
read_all (CmafIngestIntake *intake, GError **error)
{
  for (;;) {
    gboolean ok = TRUE;

    switch (cmaf_fragment_reader_read (intake->reader, error)) {
      case CMAF_READ_MORE:
        return TRUE;
      case CMAF_READ_HEADER:
        ok = take_header (intake, error);
        break;
      case CMAF_READ_CHUNK:
        ok = take_chunk (intake, error);
        break;
      case CMAF_READ_END:
        ok = take_end (intake, error);
        break;
      case CMAF_READ_ERROR:
        ok = FALSE;
        break;
    }
    if (!ok)
      return FALSE;
    intake->n_taken++;
  }
}

gboolean
cmaf_ingest_intake_init (CmafIngestIntake *intake, CmafIngestServer *server,
    const gchar *text, GError **error)
{
  CmafFragmentReaderLimits limits = { 1024 * 1024, 1024 * 1024,
    server->config.max_body_size };

  memset (intake, 0, sizeof *intake);
  intake->server = server;
  if (!cmaf_ingest_path_parse (text, &intake->path, error)) {
    cmaf_ingest_path_clear (&intake->path);
    return FALSE;
  }
  intake->text = g_strdup (text);
  intake->reader = cmaf_fragment_reader_new (&limits);
  return TRUE;
}

gboolean
cmaf_ingest_intake_feed (
    CmafIngestIntake *intake, GBytes *bytes, GError **error)
{
  cmaf_fragment_reader_feed (intake->reader, bytes);
  return read_all (intake, error);
}

void
cmaf_ingest_intake_clear (CmafIngestIntake *intake, gboolean is_cut)
{
  if (intake->track != NULL && intake->source != 0)
    cmaf_ingest_track_upload_ended (
        intake->track, intake->source, is_cut, cmaf_ingest_server_now ());
  cmaf_ingest_path_clear (&intake->path);
  cmaf_ingest_peer_clear (&intake->peer);
  g_clear_pointer (&intake->reader, cmaf_fragment_reader_free);
  g_clear_pointer (&intake->text, g_free);
}

/* ---- names that an MPD tells ---- */

/* The header of a track that is not known, when it was stored already. */
static void
load_header (CmafIngestIntake *intake, const gchar *path)
{
  CmafIngestServer *server = intake->server;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree gchar *header = NULL;
  CmafIngestIntake of_header;

  if (path == NULL || server->objects == NULL
      || strcmp (path, intake->text + strspn (intake->text, "/")) == 0
      || !cmaf_ingest_objects_contains (server->objects, path))
    return;
  bytes = cmaf_ingest_objects_get (server->objects, path);
  if (bytes == NULL
      || !cmaf_ingest_intake_init (&of_header, server, path, NULL))
    return;
  cmaf_ingest_peer_copy (&of_header.peer, &intake->peer);
  cmaf_ingest_manifests_find (
      server->manifests, path, &of_header.path, &header);
  cmaf_ingest_intake_feed (&of_header, bytes, NULL);
  cmaf_ingest_intake_clear (&of_header, FALSE);
}

/* One that was sent to an earlier run. */
static void
remember_header (CmafIngestIntake *intake)
{
  g_autoptr (GBytes) bytes =
      cmaf_ingest_memory_get_header (intake->server, &intake->path);
  g_autoptr (CmafTrack) track = NULL;

  if (bytes != NULL)
    track = cmaf_init_segment_read (
        g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  if (track != NULL)
    cmaf_fragment_reader_set_header (intake->reader, track, bytes);
}

gboolean
cmaf_ingest_intake_find_track (CmafIngestIntake *intake)
{
  CmafIngestServer *server = intake->server;
  g_autofree gchar *header = NULL;
  const CmafMpdTrack *named = cmaf_ingest_manifests_find (
      server->manifests, intake->text, &intake->path, &header);

  intake->track = cmaf_ingest_server_find_track (server, &intake->path);
  if (intake->track == NULL && named != NULL) {
    load_header (intake, header);
    intake->track = cmaf_ingest_server_find_track (server, &intake->path);
  }
  if (intake->track != NULL)
    cmaf_ingest_track_prepare_reader (intake->track, intake->reader);
  else
    remember_header (intake);
  return named != NULL;
}
