/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The error matrix of CMAF ingest as a table. */
#include "ingest-session.h"

#define FIRST_WAIT ((GstClockTime)250 * GST_MSECOND)
#define MIN_LIMIT ((GstClockTime)GST_SECOND)
#define AUTH_TRIES G_MAXUINT /* as the user said */
/* Different refusals of one object, beyond which it is given up. */
#define MAX_ANSWERS 8
/* Headers that are given up in a row, then stop. */
#define MAX_HEADERS 3
/* Tries that nobody needs to hear of when an end of them is near. */
#define MAX_SILENT 4

typedef struct
{
  guint first, last; /* status codes */
  CmafIngestVerdict verdict;
  guint max_tries; /* of one object; 0: no limit */
  CmafIngestVerdict exhausted;
  gboolean reconnects;
  gboolean waits;
  guint max_refused; /* objects in a row, then stop; 0: no limit */
} Rule;

static const Rule rules[] = {
  /* accepted; already there; will be processed later */
  { 200, 299, CMAF_INGEST_DONE, 0, CMAF_INGEST_DONE, FALSE, FALSE, 0 },
  /* more redirects than are followed, or not to be followed */
  { 300, 399, CMAF_INGEST_RETRY, 2, CMAF_INGEST_STOP, TRUE, TRUE, 0 },
  /* no, or wrong, credentials: they may be refreshed */
  { 401, 401, CMAF_INGEST_RETRY, AUTH_TRIES, CMAF_INGEST_STOP, FALSE, TRUE, 0 },
  { 403, 403, CMAF_INGEST_RETRY, AUTH_TRIES, CMAF_INGEST_STOP, TRUE, TRUE, 0 },
  /* the publishing point may be created later */
  { 404, 404, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, FALSE, TRUE, 0 },
  { 405, 405, CMAF_INGEST_SWITCH, 1, CMAF_INGEST_STOP, TRUE, FALSE, 0 },
  /* it was sent too slowly, or the connection was idle too long */
  { 408, 408, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, TRUE, TRUE, 0 },
  /* time stamps of a stream that was closed: live edge */
  { 409, 409, CMAF_INGEST_SKIP, 0, CMAF_INGEST_SKIP, FALSE, FALSE, 3 },
  /* wants to know the length, or not to be asked: done otherwise next time */
  { 411, 411, CMAF_INGEST_RETRY, 2, CMAF_INGEST_STOP, TRUE, FALSE, 0 },
  { 417, 417, CMAF_INGEST_RETRY, 2, CMAF_INGEST_STOP, TRUE, FALSE, 0 },
  /* the receiver has lost the header */
  { 412, 412, CMAF_INGEST_RETRY, 3, CMAF_INGEST_DROP, FALSE, FALSE, 0 },
  { 413, 413, CMAF_INGEST_DROP, 0, CMAF_INGEST_DROP, TRUE, FALSE, 0 },
  { 415, 415, CMAF_INGEST_DROP, 0, CMAF_INGEST_DROP, FALSE, FALSE, 3 },
  { 425, 425, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, FALSE, TRUE, 0 },
  { 429, 429, CMAF_INGEST_RETRY, 0, CMAF_INGEST_RETRY, FALSE, TRUE, 0 },
  /* body cut or malformed: once more on a new connection */
  { 400, 499, CMAF_INGEST_RETRY, 2, CMAF_INGEST_DROP, TRUE, FALSE, 3 },
  { 501, 501, CMAF_INGEST_SWITCH, 1, CMAF_INGEST_STOP, TRUE, FALSE, 0 },
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
  CmafIngestSession fresh = { .max_wait = max_wait, .max_auth_tries = 4 };

  *session = fresh;
}

CmafIngestAction
cmaf_ingest_session_next (const CmafIngestSession *session,
    const CmafIngestFacts *facts, GstClockTime now, CmafIngestObject *object,
    GstClockTime *retry_at)
{
  *retry_at = session->retry_at;
  if (session->is_stopped)
    return CMAF_INGEST_STOPPED;
  if (!facts->needs_header && !facts->has_segment)
    return CMAF_INGEST_IDLE;
  if (now < session->retry_at)
    return CMAF_INGEST_WAIT;
  *object = facts->needs_probe      ? CMAF_INGEST_PROBE
            : facts->needs_manifest ? CMAF_INGEST_MANIFEST
            : facts->needs_header   ? CMAF_INGEST_HEADER
                                    : CMAF_INGEST_SEGMENT;
  if (*object != CMAF_INGEST_PROBE && facts->is_held)
    return CMAF_INGEST_IDLE;
  return CMAF_INGEST_SEND;
}

/* ---- answers ---- */

/* A segment has arrived. */
static void
forget_troubles (CmafIngestSession *session)
{
  session->n_failures = 0;
  session->n_stale = 0;
  session->n_tries = 0;
  session->n_answers = 0;
  session->n_refused = 0;
}

/* What the rule says of the object, which may have been tried before. */
static CmafIngestVerdict
apply_rule (CmafIngestSession *session, const Rule *rule)
{
  guint max_tries =
      rule->max_tries == AUTH_TRIES ? session->max_auth_tries : rule->max_tries;

  if (rule->verdict == CMAF_INGEST_SWITCH && session->may_switch) {
    session->may_switch = FALSE;
    return CMAF_INGEST_SWITCH;
  }
  if (rule != session->rule)
    session->n_tries = 0;
  session->rule = rule;
  session->n_tries++;
  if (max_tries > 0)
    session->n_answers++;
  if (max_tries > 0
      && (session->n_tries >= max_tries || session->n_answers > MAX_ANSWERS))
    return rule->exhausted;
  return rule->verdict;
}

/* The object is given up, and more when that was not the first. */
static CmafIngestVerdict
give_up (CmafIngestSession *session, CmafIngestObject object, const Rule *rule,
    CmafIngestVerdict verdict)
{
  guint max_refused = rule->max_refused;

  /* without its header nothing of a track is of use */
  if (object == CMAF_INGEST_HEADER && rule->verdict == CMAF_INGEST_DROP)
    max_refused = MAX_HEADERS;
  session->n_tries = session->n_answers = 0;
  session->n_refused++;
  if (max_refused > 0 && session->n_refused >= max_refused)
    verdict = CMAF_INGEST_STOP;
  if (verdict == CMAF_INGEST_STOP)
    session->is_stopped = TRUE;
  return verdict;
}

/* Says the rule something of the object, and not of who may send what when? */
static gboolean
is_about_object (const Rule *rule)
{
  return rule->verdict == CMAF_INGEST_DROP || rule->verdict == CMAF_INGEST_SKIP
         || rule->exhausted == CMAF_INGEST_DROP;
}

static GstClockTime
when_to_retry (CmafIngestSession *session, const Rule *rule,
    GstClockTime retry_after, GstClockTime now)
{
  if (GST_CLOCK_TIME_IS_VALID (retry_after))
    return now + retry_after;
  /* what does not wait by rule does when it has been given up before */
  if (rule->waits || session->n_refused > 0)
    return now + back_off (session, session->n_failures++);
  return 0;
}

/* Without a probe or a manifest the receiver may do very well; of the latter it
 * may know neither the place nor the method. */
static gboolean
is_spared (CmafIngestObject object, const Rule *rule)
{
  if (object == CMAF_INGEST_MANIFEST
      && (rule->first == 404 || rule->verdict == CMAF_INGEST_SWITCH))
    return TRUE;
  return object < CMAF_INGEST_HEADER && is_about_object (rule);
}

static CmafIngestVerdict
decide (CmafIngestSession *session, CmafIngestObject object, const Rule *rule)
{
  CmafIngestVerdict verdict;

  if (is_spared (object, rule))
    return CMAF_INGEST_DONE;
  verdict = apply_rule (session, rule);
  if (verdict == CMAF_INGEST_RETRY || verdict == CMAF_INGEST_SWITCH)
    return verdict;
  verdict = give_up (session, object, rule, verdict);
  if (object == CMAF_INGEST_HEADER && verdict != CMAF_INGEST_STOP)
    return CMAF_INGEST_RETRY;
  return verdict;
}

/* What becomes of the object is told soon: the same again before is of no use.
 * To be told to wait is no fault. */
static gboolean
is_silent (const CmafIngestSession *session, CmafIngestObject object,
    const Rule *rule, guint status)
{
  if (status == 429 || rule->max_refused > 0
      || (object == CMAF_INGEST_HEADER && rule->verdict == CMAF_INGEST_DROP))
    return TRUE;
  if (object == CMAF_INGEST_HEADER && session->n_refused > 0)
    return FALSE;
  return rule->max_tries > 0 && session->n_tries <= MAX_SILENT;
}

CmafIngestReaction
cmaf_ingest_session_answered (CmafIngestSession *session,
    CmafIngestObject object, guint status, GstClockTime retry_after,
    GstClockTime now)
{
  const Rule *rule = find_rule (status);
  CmafIngestReaction reaction = { CMAF_INGEST_DONE, rule->reconnects, FALSE };

  session->retry_at = 0;
  if (rule->verdict != CMAF_INGEST_DONE)
    reaction.verdict = decide (session, object, rule);
  else if (object == CMAF_INGEST_SEGMENT)
    forget_troubles (session);
  if (reaction.verdict == CMAF_INGEST_RETRY)
    session->retry_at = when_to_retry (session, rule, retry_after, now);
  reaction.is_trouble = reaction.verdict == CMAF_INGEST_RETRY
                        && !is_silent (session, object, rule, status);
  return reaction;
}

gboolean
cmaf_ingest_session_failed (
    CmafIngestSession *session, gboolean is_stale, GstClockTime now)
{
  if (is_stale && session->n_stale++ == 0) {
    session->retry_at = 0;
    return FALSE;
  }
  session->retry_at = now + back_off (session, session->n_failures++);
  return TRUE;
}
