/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-output.h>

typedef struct
{
  CmafIngestOutput *output;
  guint n_drained;
  guint n_ready;
  gboolean is_busy; /* no job can be queued */
} Queue;

static void
on_drained (gpointer data)
{
  ((Queue *)data)->n_drained++;
}

static gboolean
on_ready (gpointer data)
{
  Queue *queue = data;

  queue->n_ready++;
  return !queue->is_busy;
}

static void
push (Queue *queue, CmafIngestItemType type)
{
  CmafIngestItem *item = g_new0 (CmafIngestItem, 1);

  item->type = type;
  cmaf_ingest_output_push (queue->output, item);
}

static void
expect (Queue *queue, CmafIngestItemType type)
{
  g_autoptr (CmafIngestItem) item = cmaf_ingest_output_pull (queue->output);

  fail_unless (item != NULL);
  assert_equals_int (item->type, type);
}

static void
expect_nothing (Queue *queue)
{
  fail_unless (cmaf_ingest_output_pull (queue->output) == NULL);
}

static void
queue_init (Queue *queue)
{
  *queue = (Queue){ NULL };
  queue->output = cmaf_ingest_output_new ("video", 1000, on_drained, queue);
}

static void
queue_clear (Queue *queue)
{
  cmaf_ingest_output_unref (queue->output);
}

GST_START_TEST (test_ready_is_said_once_until_nothing_is_found)
{
  Queue queue;

  queue_init (&queue);
  cmaf_ingest_output_set_ready (queue.output, on_ready, &queue);
  assert_equals_int (queue.n_ready, 0);
  push (&queue, CMAF_INGEST_ITEM_HEADER);
  push (&queue, CMAF_INGEST_ITEM_CHUNK);
  assert_equals_int (queue.n_ready, 1);
  expect (&queue, CMAF_INGEST_ITEM_HEADER);
  expect (&queue, CMAF_INGEST_ITEM_CHUNK);
  push (&queue, CMAF_INGEST_ITEM_CHUNK); /* while the other one is pushed on */
  assert_equals_int (queue.n_ready, 1);
  expect (&queue, CMAF_INGEST_ITEM_CHUNK);
  expect_nothing (&queue);
  push (&queue, CMAF_INGEST_ITEM_END);
  assert_equals_int (queue.n_ready, 2);
  expect (&queue, CMAF_INGEST_ITEM_END);
  queue_clear (&queue);
}
GST_END_TEST;

GST_START_TEST (test_what_was_there_before_is_told)
{
  Queue queue;

  queue_init (&queue);
  push (&queue, CMAF_INGEST_ITEM_HEADER);
  cmaf_ingest_output_set_ready (queue.output, on_ready, &queue);
  assert_equals_int (queue.n_ready, 1);
  queue_clear (&queue);
}
GST_END_TEST;

GST_START_TEST (test_who_could_not_is_asked_again)
{
  Queue queue;

  queue_init (&queue);
  queue.is_busy = TRUE;
  cmaf_ingest_output_set_ready (queue.output, on_ready, &queue);
  push (&queue, CMAF_INGEST_ITEM_HEADER);
  queue.is_busy = FALSE;
  push (&queue, CMAF_INGEST_ITEM_CHUNK);
  push (&queue, CMAF_INGEST_ITEM_CHUNK);
  assert_equals_int (queue.n_ready, 2);
  expect (&queue, CMAF_INGEST_ITEM_HEADER);
  queue_clear (&queue);
}
GST_END_TEST;

GST_START_TEST (test_nothing_is_ready_after_a_flush)
{
  Queue queue;

  queue_init (&queue);
  cmaf_ingest_output_set_ready (queue.output, on_ready, &queue);
  push (&queue, CMAF_INGEST_ITEM_HEADER);
  cmaf_ingest_output_flush (queue.output);
  expect_nothing (&queue);
  push (&queue, CMAF_INGEST_ITEM_CHUNK);
  assert_equals_int (queue.n_ready, 1);
  expect_nothing (&queue);
  queue_clear (&queue);
}
GST_END_TEST;

/* The answer to a sender waits for it. */
GST_START_TEST (test_taken_is_what_was_asked_for_once_more)
{
  Queue queue;

  queue_init (&queue);
  cmaf_ingest_output_set_ready (queue.output, on_ready, &queue);
  push (&queue, CMAF_INGEST_ITEM_HEADER);
  assert_equals_int (
      cmaf_ingest_output_get_fate (queue.output), CMAF_INGEST_WAITS);
  expect (&queue, CMAF_INGEST_ITEM_HEADER);
  assert_equals_int (
      cmaf_ingest_output_get_fate (queue.output), CMAF_INGEST_WAITS);
  assert_equals_int (queue.n_drained, 0);
  expect_nothing (&queue);
  assert_equals_int (queue.n_drained, 1);
  assert_equals_int (
      cmaf_ingest_output_get_fate (queue.output), CMAF_INGEST_TAKEN);
  queue_clear (&queue);
}
GST_END_TEST;

static Suite *
ingest_output_suite (void)
{
  Suite *suite = suite_create ("ingest-output");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_ready_is_said_once_until_nothing_is_found);
  tcase_add_test (tc, test_what_was_there_before_is_told);
  tcase_add_test (tc, test_who_could_not_is_asked_again);
  tcase_add_test (tc, test_nothing_is_ready_after_a_flush);
  tcase_add_test (tc, test_taken_is_what_was_asked_for_once_more);
  return suite;
}

GST_CHECK_MAIN (ingest_output);
