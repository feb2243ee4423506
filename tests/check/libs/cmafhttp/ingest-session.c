/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The table of status codes of a CMAF ingest sender, row by row. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-session.h>

#define D CMAF_INGEST_DONE
#define R CMAF_INGEST_RETRY
#define X CMAF_INGEST_DROP
#define S CMAF_INGEST_STOP

/* The same status again and again: what becomes of the object each time. */
typedef struct
{
  guint status;
  CmafIngestVerdict verdicts[4];
  gboolean reconnects;
} Row;

static const Row rows[] = {
  { 200, { D, D, D, D }, FALSE },
  { 201, { D, D, D, D }, FALSE },
  { 204, { D, D, D, D }, FALSE },
  { 400, { R, X, R, X }, TRUE },
  { 401, { R, S, S, S }, FALSE },
  { 403, { R, R, R, S }, TRUE },
  { 404, { R, R, R, R }, FALSE },
  { 405, { S, S, S, S }, TRUE },
  { 409, { X, X, S, S }, FALSE },
  { 412, { R, R, X, R }, FALSE },
  { 413, { X, X, X, X }, TRUE },
  { 415, { X, X, S, S }, FALSE },
  { 429, { R, R, R, R }, FALSE },
  { 500, { R, R, R, R }, TRUE },
  { 503, { R, R, R, R }, TRUE },
};

GST_START_TEST (test_status_decides)
{
  const Row *row = &rows[__i__];
  CmafIngestSession session;
  gboolean reconnect;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 4; i++) {
    CmafIngestVerdict verdict = cmaf_ingest_session_answered (
        &session, FALSE, row->status, GST_CLOCK_TIME_NONE, 0, &reconnect);

    assert_equals_int (verdict, row->verdicts[i]);
    assert_equals_int (reconnect, row->reconnects);
    if (verdict == S)
      break;
  }
}
GST_END_TEST;

typedef struct
{
  CmafIngestFacts facts;
  CmafIngestAction action;
} Order;

static const Order orders[] = {
  { { FALSE, FALSE, FALSE }, CMAF_INGEST_IDLE },
  { { FALSE, TRUE, FALSE }, CMAF_INGEST_CONNECT },
  { { FALSE, TRUE, TRUE }, CMAF_INGEST_CONNECT },
  { { TRUE, TRUE, TRUE }, CMAF_INGEST_SEND_HEADER },
  { { TRUE, FALSE, TRUE }, CMAF_INGEST_SEND_SEGMENT },
  { { TRUE, FALSE, FALSE }, CMAF_INGEST_IDLE },
};

GST_START_TEST (test_header_goes_before_segments)
{
  CmafIngestSession session;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  assert_equals_int (
      cmaf_ingest_session_next (&session, &orders[__i__].facts, 0, &retry_at),
      orders[__i__].action);
}
GST_END_TEST;

GST_START_TEST (test_back_off_doubles_up_to_the_limit)
{
  static const GstClockTime waits[] = { 250 * GST_MSECOND, 500 * GST_MSECOND,
    GST_SECOND, 2 * GST_SECOND, 2 * GST_SECOND };
  CmafIngestFacts facts = { FALSE, TRUE, FALSE };
  CmafIngestSession session;
  GstClockTime retry_at, now = 5 * GST_SECOND;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    fail_unless (
        cmaf_ingest_session_failed (&session, CMAF_INGEST_NO_CONNECTION, now));
    assert_equals_int (
        cmaf_ingest_session_next (&session, &facts, now, &retry_at),
        CMAF_INGEST_WAIT);
    assert_equals_uint64 (retry_at, now + waits[i]);
    now = retry_at;
    assert_equals_int (
        cmaf_ingest_session_next (&session, &facts, now, &retry_at),
        CMAF_INGEST_CONNECT);
  }
}
GST_END_TEST;

GST_START_TEST (test_one_stale_connection_is_silent)
{
  CmafIngestFacts facts = { FALSE, TRUE, TRUE };
  CmafIngestSession session;
  GstClockTime retry_at;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  fail_if (cmaf_ingest_session_failed (&session, CMAF_INGEST_STALE, 9));
  assert_equals_int (cmaf_ingest_session_next (&session, &facts, 9, &retry_at),
      CMAF_INGEST_CONNECT);
  fail_unless (cmaf_ingest_session_failed (&session, CMAF_INGEST_STALE, 9));
}
GST_END_TEST;

GST_START_TEST (test_retry_after_is_obeyed)
{
  CmafIngestFacts facts = { TRUE, TRUE, TRUE };
  CmafIngestSession session;
  GstClockTime retry_at;
  gboolean reconnect;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  cmaf_ingest_session_answered (
      &session, FALSE, 429, 3 * GST_SECOND, GST_SECOND, &reconnect);
  assert_equals_int (
      cmaf_ingest_session_next (&session, &facts, GST_SECOND, &retry_at),
      CMAF_INGEST_WAIT);
  assert_equals_uint64 (retry_at, 4 * GST_SECOND);
}
GST_END_TEST;

GST_START_TEST (test_a_segment_is_given_up_though_headers_arrive)
{
  CmafIngestSession session;
  gboolean reconnect;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 3; i++) {
    assert_equals_int (cmaf_ingest_session_answered (&session, FALSE, 412,
                           GST_CLOCK_TIME_NONE, 0, &reconnect),
        i < 2 ? CMAF_INGEST_RETRY : CMAF_INGEST_DROP);
    assert_equals_int (cmaf_ingest_session_answered (&session, TRUE, 200,
                           GST_CLOCK_TIME_NONE, 0, &reconnect),
        CMAF_INGEST_DONE);
  }
}
GST_END_TEST;

GST_START_TEST (test_a_header_is_never_given_up)
{
  static const CmafIngestVerdict verdicts[] = { CMAF_INGEST_RETRY,
    CMAF_INGEST_RETRY, CMAF_INGEST_STOP };
  CmafIngestSession session;
  gboolean reconnect;

  cmaf_ingest_session_init (&session, 2 * GST_SECOND);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (cmaf_ingest_session_answered (&session, TRUE, 415,
                           GST_CLOCK_TIME_NONE, 0, &reconnect),
        verdicts[i]);
}
GST_END_TEST;

static Suite *
ingest_session_suite (void)
{
  Suite *suite = suite_create ("ingest-session");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_status_decides, 0, G_N_ELEMENTS (rows));
  tcase_add_loop_test (
      tcase, test_header_goes_before_segments, 0, G_N_ELEMENTS (orders));
  tcase_add_test (tcase, test_back_off_doubles_up_to_the_limit);
  tcase_add_test (tcase, test_one_stale_connection_is_silent);
  tcase_add_test (tcase, test_retry_after_is_obeyed);
  tcase_add_test (tcase, test_a_segment_is_given_up_though_headers_arrive);
  tcase_add_test (tcase, test_a_header_is_never_given_up);
  return suite;
}

GST_CHECK_MAIN (ingest_session);
