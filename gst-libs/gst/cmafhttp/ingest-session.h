/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a sender of CMAF ingest does next: the protocol of one track, without
 * sockets, threads or clocks (docs/elements/httpingestsink.md, the table of
 * status codes). Facts and now go in, an action comes out. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* What is sent. */
typedef enum
{
  CMAF_INGEST_PROBE,    /* nothing: does the receiver let us in? */
  CMAF_INGEST_MANIFEST, /* the MPD of the presentation */
  CMAF_INGEST_HEADER,   /* the CMAF header */
  CMAF_INGEST_SEGMENT,  /* the oldest segment of the spool */
} CmafIngestObject;

typedef enum
{
  CMAF_INGEST_IDLE,    /* nothing to send */
  CMAF_INGEST_WAIT,    /* back-off: nothing before retry_at */
  CMAF_INGEST_SEND,    /* the object */
  CMAF_INGEST_STOPPED, /* the receiver refuses for good */
} CmafIngestAction;

/* What is to be done with the object that was sent. */
typedef enum
{
  CMAF_INGEST_DONE,   /* it has arrived, or nothing is lost without it */
  CMAF_INGEST_RETRY,  /* keep it and send it again, same URL */
  CMAF_INGEST_SWITCH, /* the same, by the other of POST and PUT */
  CMAF_INGEST_DROP,   /* the receiver will never take it: warn and go on */
  CMAF_INGEST_SKIP,   /* nor what waits behind it: go on with the newest */
  CMAF_INGEST_STOP,   /* nor anything else: error */
} CmafIngestVerdict;

/* What is known before each step. */
typedef struct
{
  gboolean needs_probe;
  gboolean needs_manifest; /* the receiver has not got the present one */
  gboolean is_held;        /* another track sends the manifest: not before it */
  gboolean needs_header; /* the receiver has not acknowledged the current one */
  gboolean has_segment;
} CmafIngestFacts;

typedef struct
{
  GstClockTime max_wait; /* limit of the back-off: one segment duration */
  guint max_auth_tries;  /* of 401 and 403 in a row, then stop */
  gboolean may_switch;   /* between POST and PUT */

  /*< private >*/
  gboolean is_stopped;
  /* each in a row, since a segment arrived: */
  guint n_failures;      /* that were followed by a wait */
  guint n_stale;         /* silent retries */
  guint n_refused;       /* objects that were given up */
  guint n_answers;       /* that refused something */
  gconstpointer rule;    /* for the last status, */
  guint n_tries;         /* which was met so often with the object at hand */
  GstClockTime retry_at; /* 0: at once */
} CmafIngestSession;

/* What an answer asks for. */
typedef struct
{
  CmafIngestVerdict verdict;
  gboolean reconnects; /* the connection is to be closed */
  gboolean is_trouble; /* worth a warning, when it is the first */
} CmafIngestReaction;

CMAF_API void cmaf_ingest_session_init (
    CmafIngestSession *session, GstClockTime max_wait);
/* @retry_at gets the end of CMAF_INGEST_WAIT, @object what is to be sent. */
CMAF_API CmafIngestAction cmaf_ingest_session_next (
    const CmafIngestSession *session, const CmafIngestFacts *facts,
    GstClockTime now, CmafIngestObject *object, GstClockTime *retry_at);
/* An answer has come. Only a segment that arrives ends the troubles there were.
 * @retry_after: from the answer, or GST_CLOCK_TIME_NONE. After anything but
 * CMAF_INGEST_DONE the header is due again (ING-067). */
CMAF_API CmafIngestReaction cmaf_ingest_session_answered (
    CmafIngestSession *session, CmafIngestObject object, guint status,
    GstClockTime retry_after, GstClockTime now);
/* No connection, or no answer: the object is to be sent again, header first.
 * @is_stale: on a connection kept alive, which the receiver had closed; nobody
 * needs to hear of the first one, which is FALSE. */
CMAF_API gboolean cmaf_ingest_session_failed (
    CmafIngestSession *session, gboolean is_stale, GstClockTime now);

G_END_DECLS
