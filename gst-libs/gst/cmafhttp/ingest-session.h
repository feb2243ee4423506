/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a sender of CMAF ingest does next: the protocol of one track, without
 * sockets, threads or clocks (docs/elements/httpingestsink.md, the table of
 * status codes). Facts and now go in, an action comes out. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_INGEST_IDLE,         /* nothing to send */
  CMAF_INGEST_WAIT,         /* back-off: nothing before retry_at */
  CMAF_INGEST_CONNECT,      /* open a connection */
  CMAF_INGEST_SEND_HEADER,  /* post the CMAF header */
  CMAF_INGEST_SEND_SEGMENT, /* post the oldest segment of the spool */
  CMAF_INGEST_STOPPED,      /* the receiver refuses for good */
} CmafIngestAction;

/* What is to be done with the object that was sent. */
typedef enum
{
  CMAF_INGEST_DONE,  /* it has arrived */
  CMAF_INGEST_RETRY, /* keep it and send it again, same URL */
  CMAF_INGEST_DROP,  /* the receiver will never take it: warn and go on */
  CMAF_INGEST_STOP,  /* nor anything else: error */
} CmafIngestVerdict;

/* A request that got no answer. */
typedef enum
{
  CMAF_INGEST_NO_CONNECTION, /* refused, timed out, name unknown */
  CMAF_INGEST_STALE,  /* kept-alive connection, closed without an answer */
  CMAF_INGEST_BROKEN, /* reset, end of file or time-out */
} CmafIngestFailure;

/* What is known before each step. */
typedef struct
{
  gboolean is_connected;
  gboolean needs_header; /* the receiver has not acknowledged the current one */
  gboolean has_segment;
} CmafIngestFacts;

typedef struct
{
  GstClockTime max_wait; /* limit of the back-off: one segment duration */

  /*< private >*/
  gboolean is_stopped;
  guint n_failures;      /* in a row, without any answer */
  guint n_tries;         /* of the object at hand, with an answer */
  guint n_refused;       /* objects in a row that were given up */
  guint n_stale;         /* silent retries in a row */
  GstClockTime retry_at; /* 0: at once */
} CmafIngestSession;

CMAF_API void cmaf_ingest_session_init (
    CmafIngestSession *session, GstClockTime max_wait);
/* @retry_at gets the end of CMAF_INGEST_WAIT. */
CMAF_API CmafIngestAction cmaf_ingest_session_next (
    const CmafIngestSession *session, const CmafIngestFacts *facts,
    GstClockTime now, GstClockTime *retry_at);
/* An answer has come. @is_header: to the header, which is never given up, and
 * whose success says nothing of the segment that waits. @retry_after: from the
 * answer, or GST_CLOCK_TIME_NONE.
 * @reconnect: TRUE when the connection is to be closed. After anything but
 * CMAF_INGEST_DONE the header is due again (ING-067). */
CMAF_API CmafIngestVerdict cmaf_ingest_session_answered (
    CmafIngestSession *session, gboolean is_header, guint status,
    GstClockTime retry_after, GstClockTime now, gboolean *reconnect);
/* No answer: the object is to be sent again, header first. FALSE when it is a
 * first stale connection, which nobody needs to hear of. */
CMAF_API gboolean cmaf_ingest_session_failed (
    CmafIngestSession *session, CmafIngestFailure failure, GstClockTime now);

G_END_DECLS
