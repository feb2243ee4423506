/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The receiver of CMAF ingest: one publishing point of a listener. Uploads of
 * any form and any number of senders become tracks, each with an output that a
 * streaming thread pulls from. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/http-listener.h>
#include <gst/cmafhttp/ingest-access.h>
#include <gst/cmafhttp/ingest-output.h>

G_BEGIN_DECLS

typedef struct
{
  CmafHttpListenerConfig listener;
  const gchar *path; /* of the publishing point: "/ingest" */
  /* Its functions are called in the HTTP thread, with no lock held. */
  CmafIngestAccessConfig access;
  gsize max_body_size; /* of a body that tells its length, and of each mdat */
  guint max_tracks;
  /* What DASH and HLS pushers send is kept there: a directory, or "memory:";
   * NULL: nothing is kept. */
  const gchar *objects_location;
  guint max_objects;
  guint64 max_object_bytes; /* of all together */
  /* A directory for headers and MPDs, so that senders need not say them again
   * to another run; NULL: none. */
  const gchar *header_cache;
  gsize max_queue_bytes;       /* per track */
  CmafTrackMergerConfig merge; /* but for timescale and max_pending */
  /* Patterns, best first, separated by commas: of what a sender calls itself,
   * of what stands in parentheses at the end of that, or of its address. For
   * CMAF_MERGE_PRIORITY; NULL: in the order in which they come. */
  const gchar *merge_order;
  /* All tracks from one encoder while it can; FALSE: each for itself. */
  gboolean merges_presentation;
  /* Encoders count from their start: what they send is put on the grid with
   * segments of so many seconds. 0/0: they are synchronised. */
  guint segment_duration_n, segment_duration_d;
  /* Where those who do so share what they make of it: a location as
   * store-location.h has it; NULL: each for itself. */
  const gchar *sync_store;
  GstClockTime idle_timeout; /* end of a silent track; 0: three segments, ten
                                seconds at least; NONE: never */
  GstClockTime body_timeout; /* of a silent request */
  /* for which requests that run when it is to finish may go on, to the end of
   * their segment; 0: not at all */
  GstClockTime drain_timeout;
  /* 200 says that what was received was pulled, and the next asked for, or that
   * another sender's copy was; or that half a second has passed. Else it may
   * wait in a queue. */
  gboolean answers_when_taken;
  /* 401 is 403, and 405, 408, 409, 411, 413, 417 and 429 are 400. */
  gboolean has_strict_status;
} CmafIngestServerConfig;

/* Called in the HTTP thread, with no lock held. They may not wait. */
typedef struct
{
  /* A run of a track begins: its first item is a header. The callee keeps a
   * reference of its own. */
  void (*output) (CmafIngestOutput *output, gpointer user_data);
  /* gap, renamed, source-added, source-lost, source-changed, misaligned; all
   * with the field track-name; object-failed with object and error; session
   * with source, address, offset and shared; sync-store with frozen and
   * reason; and refused with source, address, path, status, reason and count,
   * not for each (ingest-refusals.h). (transfer full) */
  void (*message) (GstStructure *message, gpointer user_data);
} CmafIngestServerCallbacks;

typedef struct _CmafIngestServer CmafIngestServer;

CMAF_API void cmaf_ingest_server_config_init (CmafIngestServerConfig *config);
/* Listens before it returns. Not from the HTTP thread, as all below. */
CMAF_API CmafIngestServer *cmaf_ingest_server_new (
    const CmafIngestServerConfig *config,
    const CmafIngestServerCallbacks *callbacks, gpointer user_data,
    GError **error);
/* Senders get 503; when no request runs any more, or drain_timeout is over,
 * every track gets its end once it has been pulled. */
CMAF_API void cmaf_ingest_server_finish (CmafIngestServer *server);
/* No callback runs after it has returned. Outputs have got an end; whoever
 * pulls from them need not wait for it. */
CMAF_API void cmaf_ingest_server_stop (CmafIngestServer *server);
CMAF_API CmafIngestServer *cmaf_ingest_server_ref (CmafIngestServer *server);
/* The last one after _stop(), when nobody pulls any more. */
CMAF_API void cmaf_ingest_server_unref (CmafIngestServer *server);
CMAF_API guint16 cmaf_ingest_server_get_port (CmafIngestServer *server);
/* Counters, and a list "tracks" with lists "sources" (transfer full). From any
 * thread. */
CMAF_API GstStructure *cmaf_ingest_server_get_stats (CmafIngestServer *server);

G_END_DECLS
