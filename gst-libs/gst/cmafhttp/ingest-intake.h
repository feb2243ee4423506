/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Bytes of one body on their way into a track, as they come or out of an object
 * that was stored before anybody knew what it is. Part of ingest-server; HTTP
 * thread only. Not installed. */
#pragma once

#include <gst/cmafhttp/ingest-path.h>
#include <gst/cmafhttp/ingest-server.h>
#include <gst/cmafhttp/ingest-track.h>

G_BEGIN_DECLS

/* Who sent it. */
typedef struct
{
  GSocket *socket;
  gchar *agent;
  gchar *host;
} CmafIngestPeer;

void cmaf_ingest_peer_init (CmafIngestPeer *peer, SoupServerMessage *message);
void cmaf_ingest_peer_copy (CmafIngestPeer *to, const CmafIngestPeer *from);
void cmaf_ingest_peer_clear (CmafIngestPeer *peer);

typedef struct
{
  CmafIngestServer *server;
  CmafIngestPeer peer;
  CmafIngestPath path;
  gchar *text; /* the path as it was sent */
  CmafFragmentReader *reader;
  CmafIngestTrack *track; /* NULL: no header has come yet */
  guint source;           /* 0: not yet known */
  guint n_taken;          /* headers, chunks and ends */
  gboolean has_chunk;
} CmafIngestIntake;

/* @text: decoded, below the publishing point. FALSE: it is no path. */
gboolean cmaf_ingest_intake_init (CmafIngestIntake *intake,
    CmafIngestServer *server, const gchar *text, GError **error);
/* With the first byte, not before: some peers send the head of a request a
 * segment before its body, and an MPD or a header may arrive in between. TRUE
 * when an MPD names the track. */
gboolean cmaf_ingest_intake_find_track (CmafIngestIntake *intake);
gboolean cmaf_ingest_intake_feed (
    CmafIngestIntake *intake, GBytes *bytes, GError **error);
/* @is_cut: the peer has gone */
void cmaf_ingest_intake_clear (CmafIngestIntake *intake, gboolean is_cut);

G_END_DECLS
