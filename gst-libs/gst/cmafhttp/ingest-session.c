/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The error matrix of CMAF ingest as a table. */
#include "ingest-session.h"

#define FIRST_WAIT ((GstClockTime)250 * GST_MSECOND)
#define MIN_LIMIT ((GstClockTime)GST_SECOND)

typedef struct
{
  guint first, last; /* status codes */
  CmafIngestVerdict verdict;
  guint max_tries; /* of one object; 0: no limit */
  CmafIngestVerdict exhausted;
  gboolean reconnect;
  gboolean waits;
  guint max_refused; /* objects in a row, then stop; 0: no limit */
} Rule;

static const Rule rules[] = {
  /* accepted; already there; will be processed later */
  { 200, 299, CMAF_INGEST_DONE, 0, CMAF_INGEST_DONE, FALSE, FALSE, 0 },
  /* more redirects than are followed */
  { 300, 399, CMAF_INGEST_RETRY, 2, CMAF_INGEST_STOP, TRUE, TRUE, 0 },
  /* no, or wrong, credentials: they may be refreshed */
  { 401, 401, CMAF_INGEST_RETRY, 2, CMAF_INGEST_STOP, FALSE, TRUE, 0 },
  { 403, 403, CMAF_INGEST_RETRY, 4, CMAF_INGEST_STOP, TRUE, TRUE, 0 },
  /* the publishing point may be created later */
  { 404, 404, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, FALSE, TRUE, 0 },
  { 405, 405, CMAF_INGEST_STOP, 0, CMAF_INGEST_STOP, TRUE, FALSE, 0 },
  /* time stamps of a stream that was closed */
  { 409, 409, CMAF_INGEST_DROP, 0, CMAF_INGEST_DROP, FALSE, FALSE, 3 },
  /* the receiver has lost the header */
  { 412, 412, CMAF_INGEST_RETRY, 3, CMAF_INGEST_DROP, FALSE, FALSE, 0 },
  { 413, 413, CMAF_INGEST_DROP, 0, CMAF_INGEST_DROP, TRUE, FALSE, 0 },
  { 415, 415, CMAF_INGEST_DROP, 0, CMAF_INGEST_DROP, FALSE, FALSE, 3 },
  { 429, 429, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, FALSE, TRUE, 0 },
  /* body cut or malformed: once more on a new connection */
  { 400, 499, CMAF_INGEST_RETRY, 2, CMAF_INGEST_DROP, TRUE, FALSE, 3 },
  { 0, G_MAXUINT, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, TRUE, TRUE, 0 },
};

static const Rule *
find_rule (guint status)
{
  const Rule *rule = rules;

  while (status < rule->first || status > rule->last)
    rule++;
  return rule;
}

/* 0.25, 0.5, 1 ... s */
static GstClockTime
back_off (const CmafIngestSession *session, guint n)
{
  GstClockTime limit = MAX (session->max_wait, MIN_LIMIT);

  return MIN (FIRST_WAIT << MIN (n, 20), limit);
}

void
cmaf_ingest_session_init (CmafIngestSession *session, GstClockTime max_wait)
{
  CmafIngestSession fresh = { .max_wait = max_wait };

  *session = fresh;
}

CmafIngestAction
cmaf_ingest_session_next (const CmafIngestSession *session,
    const CmafIngestFacts *facts, GstClockTime now, GstClockTime *retry_at)
{
  *retry_at = session->retry_at;
  if (session->is_stopped)
    return CMAF_INGEST_STOPPED;
  if (!facts->needs_header && !facts->has_segment)
    return CMAF_INGEST_IDLE;
  if (now < session->retry_at)
    return CMAF_INGEST_WAIT;
  if (!facts->is_connected)
    return CMAF_INGEST_CONNECT;
  return facts->needs_header ? CMAF_INGEST_SEND_HEADER
                             : CMAF_INGEST_SEND_SEGMENT;
}

static CmafIngestVerdict
give_up (
    CmafIngestSession *session, const Rule *rule, CmafIngestVerdict verdict)
{
  session->n_tries = 0;
  session->n_refused++;
  if (rule->max_refused > 0 && session->n_refused >= rule->max_refused)
    verdict = CMAF_INGEST_STOP;
  if (verdict == CMAF_INGEST_STOP)
    session->is_stopped = TRUE;
  return verdict;
}

CmafIngestVerdict
cmaf_ingest_session_answered (CmafIngestSession *session, gboolean is_header,
    guint status, GstClockTime retry_after, GstClockTime now,
    gboolean *reconnect)
{
  const Rule *rule = find_rule (status);
  CmafIngestVerdict verdict = rule->verdict;

  *reconnect = rule->reconnect;
  session->n_failures = 0;
  session->n_stale = 0;
  session->retry_at = 0;
  if (verdict == CMAF_INGEST_DONE) {
    if (!is_header)
      session->n_tries = session->n_refused = 0;
    return verdict;
  }
  session->n_tries++;
  if (rule->max_tries > 0 && session->n_tries >= rule->max_tries)
    verdict = rule->exhausted;
  if (verdict != CMAF_INGEST_RETRY)
    verdict = give_up (session, rule, verdict);
  if (verdict == CMAF_INGEST_DROP && is_header) {
    session->retry_at = now + back_off (session, session->n_refused);
    return CMAF_INGEST_RETRY;
  }
  if (verdict != CMAF_INGEST_RETRY)
    return verdict;
  if (GST_CLOCK_TIME_IS_VALID (retry_after))
    session->retry_at = now + retry_after;
  else if (rule->waits)
    session->retry_at = now + back_off (session, session->n_tries - 1);
  return verdict;
}

gboolean
cmaf_ingest_session_failed (
    CmafIngestSession *session, CmafIngestFailure failure, GstClockTime now)
{
  if (failure == CMAF_INGEST_STALE && session->n_stale++ == 0) {
    session->retry_at = 0;
    return FALSE;
  }
  session->retry_at = now + back_off (session, session->n_failures++);
  return TRUE;
}
