/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/event-board.h>

static void
add (CmafEventBoard *board, guint32 id)
{
  CmafToldEvent told = { cmaf_event_new (id, "s", "", 1, 2, NULL), FALSE, id };

  cmaf_event_board_add (board, &told);
  cmaf_told_event_clear (&told);
}

GST_START_TEST (test_each_reader_has_each_event_once)
{
  g_autoptr (CmafEventBoard) board = cmaf_event_board_new ();
  guint one = 0, other = 0;
  CmafToldEvent told;

  fail_if (cmaf_event_board_next (board, &one, &told));
  add (board, 5);
  fail_unless (cmaf_event_board_next (board, &one, &told));
  assert_equals_int (told.event->id, 5);
  assert_equals_uint64 (told.announced, 5);
  cmaf_told_event_clear (&told);
  fail_if (cmaf_event_board_next (board, &one, &told));
  fail_unless (cmaf_event_board_next (board, &other, &told));
  cmaf_told_event_clear (&told);
  cmaf_event_board_clear (board);
  other = 0;
  fail_if (cmaf_event_board_next (board, &other, &told));
}
GST_END_TEST;

GST_START_TEST (test_the_newest_are_remembered)
{
  g_autoptr (CmafEventBoard) board = cmaf_event_board_new ();
  guint next = 0, n = 0;
  CmafToldEvent told;

  for (guint id = 0; id < CMAF_EVENT_BOARD_SIZE + 10; id++)
    add (board, id);
  for (; cmaf_event_board_next (board, &next, &told); n++) {
    assert_equals_int (told.event->id, n + 10);
    cmaf_told_event_clear (&told);
  }
  assert_equals_int (n, CMAF_EVENT_BOARD_SIZE);
}
GST_END_TEST;

static Suite *
event_board_suite (void)
{
  Suite *suite = suite_create ("event-board");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_each_reader_has_each_event_once);
  tcase_add_test (tcase, test_the_newest_are_remembered);
  return suite;
}

GST_CHECK_MAIN (event_board);
