/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The table of status codes of a CMAF ingest sender, row by row. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-session.h>

#define D CMAF_INGEST_DONE
#define R CMAF_INGEST_RETRY
#define W CMAF_INGEST_SWITCH
#define X CMAF_INGEST_DROP
#define K CMAF_INGEST_SKIP
#define S CMAF_INGEST_STOP

/* The same status again and again for segments: what becomes of them. */
typedef struct
{
  guint status;
  CmafIngestVerdict verdicts[6];
  gboolean reconnects;
  gboolean waits; /* before it is sent again */
} Row;

static const Row rows[] = {
  { 200, { D, D, D, D, D, D }, FALSE, FALSE },
  { 201, { D, D, D, D, D, D }, FALSE, FALSE },
  { 202, { D, D, D, D, D, D }, FALSE, FALSE },
  { 204, { D, D, D, D, D, D }, FALSE, FALSE },
  { 301, { R, S }, TRUE, TRUE },
  { 307, { R, S }, TRUE, TRUE },
  { 400, { R, X, R, X, R, S }, TRUE, FALSE },
  { 401, { R, R, R, S }, FALSE, TRUE },
  { 403, { R, R, R, S }, TRUE, TRUE },
  { 404, { R, R, R, R, R, R }, FALSE, TRUE },
  { 405, { S }, TRUE, FALSE },
  { 408, { R, R, R, R, R, R }, TRUE, TRUE },
  { 409, { K, K, S }, FALSE, FALSE },
  { 411, { R, S }, TRUE, FALSE },
  { 412, { R, R, X, R, R, X }, FALSE, FALSE },
  { 413, { X, X, X, X, X, X }, TRUE, FALSE },
  { 415, { X, X, S }, FALSE, FALSE },
  { 417, { R, S }, TRUE, FALSE },
  { 422, { R, X, R, X, R, S }, TRUE, FALSE },
  { 429, { R, R, R, R, R, R }, FALSE, TRUE },
  { 500, { R, R, R, R, R, R }, TRUE, TRUE },
  { 501, { S }, TRUE, FALSE },
  { 502, { R, R, R, R, R, R }, TRUE, TRUE },
  { 503, { R, R, R, R, R, R }, TRUE, TRUE },
  { 504, { R, R, R, R, R, R }, TRUE, TRUE },
  { 0, { R, R, R, R, R, R }, TRUE, TRUE },
  { 999, { R, R, R, R, R, R }, TRUE, TRUE },
};

static CmafIngestReaction
answer (CmafIngestSession *session, CmafIngestObject object, guint status)
{
  return cmaf_ingest_session_answered (
      session, object, status, GST_CLOCK_TIME_NONE, GST_SECOND);
}

GST_START_TEST (test_status_decides)
{
  const Row *row = &rows[__i__];
  CmafIngestFacts facts = { .has_segment = TRUE };
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (row->verdicts); i++) {
    CmafIngestReaction reaction =
        answer (&session, CMAF_INGEST_SEGMENT, row->status);
    CmafIngestObject object;
    GstClockTime retry_at;

    assert_equals_int (reaction.verdict, row->verdicts[i]);
    assert_equals_int (reaction.reconnects, row->reconnects);
    /* what ends soon is told then */
    assert_equals_int (
        reaction.is_trouble, row->verdicts[5] == R && row->status != 429);
    if (reaction.verdict == S)
      break;
    if (i == 0)
      assert_equals_int (cmaf_ingest_session_next (
                             &session, &facts, GST_SECOND, &object, &retry_at),
          row->waits ? CMAF_INGEST_WAIT : CMAF_INGEST_SEND);
  }
}
GST_END_TEST;

/* Who lets it be tried for long hears of it; and of a header that is refused
 * again and again without an end. */
GST_START_TEST (test_long_trouble_is_told)
{
  static const struct
  {
    CmafIngestObject object;
    guint status, n_silent;
  } cases[] = { { CMAF_INGEST_HEADER, 401, 4 }, { CMAF_INGEST_SEGMENT, 403, 4 },
    { CMAF_INGEST_HEADER, 412, 2 } };
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  session.max_auth_tries = 100;
  for (guint i = 0; i < cases[__i__].n_silent; i++)
    fail_if (
        answer (&session, cases[__i__].object, cases[__i__].status).is_trouble);
  fail_unless (
      answer (&session, cases[__i__].object, cases[__i__].status).is_trouble);
}
GST_END_TEST;

typedef struct
{
  CmafIngestFacts facts;
  CmafIngestAction action;
  CmafIngestObject object;
} Order;

/* needs probe, needs manifest, is held, needs header, has segment */
static const Order orders[] = {
  { { 0, 0, 0, 0, 0 }, CMAF_INGEST_IDLE },
  { { 1, 1, 0, 0, 0 }, CMAF_INGEST_IDLE },
  { { 1, 1, 0, 1, 1 }, CMAF_INGEST_SEND, CMAF_INGEST_PROBE },
  { { 1, 0, 1, 1, 1 }, CMAF_INGEST_SEND, CMAF_INGEST_PROBE },
  { { 0, 1, 0, 1, 1 }, CMAF_INGEST_SEND, CMAF_INGEST_MANIFEST },
  { { 0, 0, 1, 1, 1 }, CMAF_INGEST_IDLE },
  { { 0, 0, 0, 1, 0 }, CMAF_INGEST_SEND, CMAF_INGEST_HEADER },
  { { 0, 0, 0, 1, 1 }, CMAF_INGEST_SEND, CMAF_INGEST_HEADER },
  { { 0, 0, 0, 0, 1 }, CMAF_INGEST_SEND, CMAF_INGEST_SEGMENT },
};

GST_START_TEST (test_probe_manifest_header_segment)
{
  const Order *c = &orders[__i__];
  CmafIngestSession session;
  CmafIngestObject object;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  assert_equals_int (
      cmaf_ingest_session_next (&session, &c->facts, 0, &object, &retry_at),
      c->action);
  if (c->action == CMAF_INGEST_SEND)
    assert_equals_int (object, c->object);
}
GST_END_TEST;

GST_START_TEST (test_back_off_doubles_up_to_the_limit)
{
  static const GstClockTime waits[] = { 250 * GST_MSECOND, 500 * GST_MSECOND,
    GST_SECOND, 2 * GST_SECOND, 2 * GST_SECOND };
  CmafIngestFacts facts = { .needs_header = TRUE };
  CmafIngestSession session;
  CmafIngestObject object;
  GstClockTime retry_at, now = 5 * GST_SECOND;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    /* a header that arrives in between changes nothing */
    answer (&session, CMAF_INGEST_HEADER, 200);
    fail_unless (cmaf_ingest_session_failed (&session, FALSE, now));
    assert_equals_int (
        cmaf_ingest_session_next (&session, &facts, now, &object, &retry_at),
        CMAF_INGEST_WAIT);
    assert_equals_uint64 (retry_at, now + waits[i]);
    now = retry_at;
    assert_equals_int (
        cmaf_ingest_session_next (&session, &facts, now, &object, &retry_at),
        CMAF_INGEST_SEND);
  }
  answer (&session, CMAF_INGEST_SEGMENT, 200);
  fail_unless (cmaf_ingest_session_failed (&session, FALSE, now));
  assert_equals_int (
      cmaf_ingest_session_next (&session, &facts, now, &object, &retry_at),
      CMAF_INGEST_WAIT);
  assert_equals_uint64 (retry_at, now + waits[0]);
}
GST_END_TEST;

GST_START_TEST (test_one_stale_connection_is_silent)
{
  CmafIngestFacts facts = { .needs_header = TRUE, .has_segment = TRUE };
  CmafIngestSession session;
  CmafIngestObject object;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  fail_if (cmaf_ingest_session_failed (&session, TRUE, 9));
  assert_equals_int (
      cmaf_ingest_session_next (&session, &facts, 9, &object, &retry_at),
      CMAF_INGEST_SEND);
  answer (&session, CMAF_INGEST_HEADER, 200);
  fail_unless (cmaf_ingest_session_failed (&session, TRUE, 9));
  answer (&session, CMAF_INGEST_SEGMENT, 200);
  fail_if (cmaf_ingest_session_failed (&session, TRUE, 9));
}
GST_END_TEST;

GST_START_TEST (test_retry_after_is_obeyed)
{
  static const guint statuses[] = { 429, 503 };
  CmafIngestFacts facts = { .has_segment = TRUE };
  CmafIngestSession session;
  CmafIngestObject object;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  cmaf_ingest_session_answered (&session, CMAF_INGEST_SEGMENT, statuses[__i__],
      3 * GST_SECOND, GST_SECOND);
  assert_equals_int (cmaf_ingest_session_next (
                         &session, &facts, GST_SECOND, &object, &retry_at),
      CMAF_INGEST_WAIT);
  assert_equals_uint64 (retry_at, 4 * GST_SECOND);
}
GST_END_TEST;

GST_START_TEST (test_a_segment_is_given_up_though_headers_arrive)
{
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 3; i++) {
    assert_equals_int (
        answer (&session, CMAF_INGEST_SEGMENT, 412).verdict, i < 2 ? R : X);
    assert_equals_int (answer (&session, CMAF_INGEST_HEADER, 200).verdict, D);
  }
}
GST_END_TEST;

/* Waiting for a receiver that is away is no try. */
GST_START_TEST (test_each_reason_has_its_tries)
{
  CmafIngestSession session;
  guint n = 0;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  answer (&session, CMAF_INGEST_SEGMENT, 503);
  answer (&session, CMAF_INGEST_SEGMENT, 503);
  assert_equals_int (answer (&session, CMAF_INGEST_SEGMENT, 400).verdict, R);
  assert_equals_int (answer (&session, CMAF_INGEST_SEGMENT, 412).verdict, R);
  /* but not for ever */
  while (answer (&session, CMAF_INGEST_SEGMENT, n % 2 ? 412 : 400).verdict == R)
    fail_unless (n++ < 20);
}
GST_END_TEST;

GST_START_TEST (test_a_header_is_never_given_up)
{
  static const guint statuses[] = { 413, 415 };
  static const CmafIngestVerdict verdicts[] = { R, R, S };
  CmafIngestFacts facts = { .needs_header = TRUE };
  CmafIngestSession session;
  CmafIngestObject object;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 3; i++) {
    assert_equals_int (
        answer (&session, CMAF_INGEST_HEADER, statuses[__i__]).verdict,
        verdicts[i]);
    assert_equals_int (cmaf_ingest_session_next (
                           &session, &facts, GST_SECOND, &object, &retry_at),
        i < 2 ? CMAF_INGEST_WAIT : CMAF_INGEST_STOPPED);
  }
}
GST_END_TEST;

/* Another sender of the track may have the other header, and end. */
GST_START_TEST (test_a_header_that_conflicts_is_tried_for_ever)
{
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 40; i++)
    assert_equals_int (answer (&session, CMAF_INGEST_HEADER, 412).verdict, R);
}
GST_END_TEST;

/* What a receiver that knows no probe or MPD may say to it. */
static const guint mild[] = { 400, 409, 412, 413, 415, 422 };

GST_START_TEST (test_nobody_needs_a_probe_or_a_manifest)
{
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 9; i++) {
    assert_equals_int (
        answer (&session, CMAF_INGEST_PROBE, mild[__i__]).verdict, D);
    assert_equals_int (
        answer (&session, CMAF_INGEST_MANIFEST, mild[__i__]).verdict, D);
  }
  assert_equals_int (answer (&session, CMAF_INGEST_MANIFEST, 404).verdict, D);
  assert_equals_int (answer (&session, CMAF_INGEST_MANIFEST, 405).verdict, D);
  assert_equals_int (answer (&session, CMAF_INGEST_PROBE, 404).verdict, R);
  assert_equals_int (answer (&session, CMAF_INGEST_PROBE, 503).verdict, R);
  assert_equals_int (answer (&session, CMAF_INGEST_MANIFEST, 403).verdict, R);
}
GST_END_TEST;

GST_START_TEST (test_the_method_is_switched_once)
{
  static const guint statuses[] = { 405, 501 };
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  session.may_switch = TRUE;
  assert_equals_int (
      answer (&session, CMAF_INGEST_HEADER, statuses[__i__]).verdict, W);
  assert_equals_int (
      answer (&session, CMAF_INGEST_HEADER, statuses[__i__]).verdict, S);
}
GST_END_TEST;

GST_START_TEST (test_the_number_of_tries_to_get_in_is_told)
{
  CmafIngestSession session;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  session.max_auth_tries = __i__ + 1;
  for (guint i = 0; i <= (guint)__i__; i++)
    assert_equals_int (answer (&session, CMAF_INGEST_HEADER, 403).verdict,
        i < (guint)__i__ ? R : S);
}
GST_END_TEST;

static Suite *
ingest_session_suite (void)
{
  Suite *suite = suite_create ("ingest-session");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_status_decides, 0, G_N_ELEMENTS (rows));
  tcase_add_loop_test (tcase, test_long_trouble_is_told, 0, 3);
  tcase_add_loop_test (
      tcase, test_probe_manifest_header_segment, 0, G_N_ELEMENTS (orders));
  tcase_add_test (tcase, test_back_off_doubles_up_to_the_limit);
  tcase_add_test (tcase, test_one_stale_connection_is_silent);
  tcase_add_loop_test (tcase, test_retry_after_is_obeyed, 0, 2);
  tcase_add_test (tcase, test_a_segment_is_given_up_though_headers_arrive);
  tcase_add_test (tcase, test_each_reason_has_its_tries);
  tcase_add_loop_test (tcase, test_a_header_is_never_given_up, 0, 2);
  tcase_add_test (tcase, test_a_header_that_conflicts_is_tried_for_ever);
  tcase_add_loop_test (
      tcase, test_nobody_needs_a_probe_or_a_manifest, 0, G_N_ELEMENTS (mild));
  tcase_add_loop_test (tcase, test_the_method_is_switched_once, 0, 2);
  tcase_add_loop_test (tcase, test_the_number_of_tries_to_get_in_is_told, 0, 6);
  return suite;
}

GST_CHECK_MAIN (ingest_session);
