/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/peer-watch.h>

#define WAIT 10000 /* all times in ms */

GST_START_TEST (test_who_hears_nobody_begins)
{
  CmafPeerWatch watch;

  cmaf_peer_watch_init (&watch, WAIT, 500);
  fail_if (cmaf_peer_watch_must_claim (&watch, 10499));
  fail_unless (cmaf_peer_watch_must_claim (&watch, 10500));
  fail_if (cmaf_peer_watch_must_claim (&watch, 10501)); /* once */
  cmaf_peer_watch_looked (&watch); /* what was read before the claim */
  fail_if (cmaf_peer_watch_is_alone (&watch));
  cmaf_peer_watch_claimed (&watch, CMAF_CLAIM_WON, 10600);
  fail_if (cmaf_peer_watch_is_alone (&watch));
  cmaf_peer_watch_looked (&watch);
  fail_unless (cmaf_peer_watch_is_alone (&watch));
  cmaf_peer_watch_see (&watch, 20000);
  fail_unless (cmaf_peer_watch_is_alone (&watch));
}
GST_END_TEST;

GST_START_TEST (test_a_store_that_never_answers_is_not_waited_for)
{
  CmafPeerWatch watch;

  cmaf_peer_watch_init (&watch, WAIT, 0);
  fail_unless (cmaf_peer_watch_must_claim (&watch, 10000));
  fail_if (cmaf_peer_watch_must_claim (&watch, 19999));
  fail_if (cmaf_peer_watch_is_alone (&watch));
  fail_if (cmaf_peer_watch_must_claim (&watch, 20000));
  fail_unless (cmaf_peer_watch_is_alone (&watch));
}
GST_END_TEST;

GST_START_TEST (test_who_hears_somebody_listens_on)
{
  CmafPeerWatch watch;

  cmaf_peer_watch_init (&watch, WAIT, 0);
  cmaf_peer_watch_see (&watch, 9000);
  fail_if (cmaf_peer_watch_must_claim (&watch, 18999));
  fail_unless (cmaf_peer_watch_must_claim (&watch, 19000));
  cmaf_peer_watch_claimed (&watch, CMAF_CLAIM_LOST, 19500);
  fail_if (cmaf_peer_watch_must_claim (&watch, 29499));
  fail_unless (cmaf_peer_watch_must_claim (&watch, 29500));
  cmaf_peer_watch_see (&watch, 29600); /* another claim, or a table */
  cmaf_peer_watch_claimed (&watch, CMAF_CLAIM_WON, 29700);
  cmaf_peer_watch_looked (&watch);
  fail_if (cmaf_peer_watch_is_alone (&watch));
  fail_unless (cmaf_peer_watch_must_claim (&watch, 39600));
  cmaf_peer_watch_claimed (&watch, CMAF_CLAIM_NO_ANSWER, 39700);
  fail_unless (cmaf_peer_watch_is_alone (&watch));
}
GST_END_TEST;

/* ---- several that begin at once, with a store between them ---- */

#define N_NODES 4
#define SEGMENT 1920
#define AROUND 3 /* segments that are looked at */
#define N_SEGMENTS 400
#define TICK 10

typedef struct
{
  CmafPeerWatch watch;
  gint64 start, skew;
  gint64 claim_at;         /* when the store takes it; -1: none is on its way */
  guint claim;             /* segment */
  gint64 read_at;          /* when all is read; -1: is not being read */
  gint64 ready_at;         /* when the answer is there */
  gboolean has_claimed;    /* before it was asked */
  guint known[N_SEGMENTS]; /* 1: was there at first, or is known */
  gboolean has_read;
} Node;

typedef struct
{
  guint owner[N_SEGMENTS]; /* 0: nobody, else node + 1 */
} Store;

static guint
segment_of (const Node *node, gint64 now)
{
  return (guint)((now + node->skew) / SEGMENT);
}

static void
read_all (Node *node, guint self, const Store *store, gint64 now)
{
  const guint segment = segment_of (node, now);

  for (guint k = segment - AROUND; k <= segment + AROUND; k++) {
    if (store->owner[k] == 0 || store->owner[k] == self + 1 || node->known[k])
      continue;
    node->known[k] = TRUE;
    if (node->has_read)
      cmaf_peer_watch_see (&node->watch, now);
  }
  node->has_read = TRUE;
}

/* Each question and each answer takes its time. */
static void
live (Node *node, guint self, Store *store, gint64 now, GRand *rand)
{
  if (now == node->claim_at) {
    gboolean is_free = store->owner[node->claim] == 0;

    if (is_free)
      store->owner[node->claim] = self + 1;
    cmaf_peer_watch_claimed (
        &node->watch, is_free ? CMAF_CLAIM_WON : CMAF_CLAIM_LOST, now);
    node->claim_at = -1;
    node->has_claimed = is_free;
    node->read_at = -1; /* what was asked before does not count */
  }
  if (now == node->read_at)
    read_all (node, self, store, now);
  if (now == node->ready_at && node->read_at >= 0) {
    if (node->has_claimed)
      cmaf_peer_watch_looked (&node->watch);
    node->read_at = -1;
  }
  if (cmaf_peer_watch_must_claim (&node->watch, now)) {
    node->claim = segment_of (node, now);
    node->claim_at = now + TICK * g_rand_int_range (rand, 1, 30);
    node->has_claimed = FALSE;
  }
  if (node->read_at < 0 && node->claim_at < 0) {
    node->read_at = now + TICK * g_rand_int_range (rand, 1, 30);
    node->ready_at = node->read_at + TICK * g_rand_int_range (rand, 0, 30);
  }
  if (cmaf_peer_watch_is_alone (&node->watch)) {
    const guint told = segment_of (node, now) - 2;

    if (store->owner[told] == 0)
      store->owner[told] = self + 1;
  }
}

GST_START_TEST (test_one_begins_and_no_two)
{
  for (guint seed = 0; seed < 300; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    const guint n = (guint)g_rand_int_range (rand, 1, N_NODES + 1);
    Store store = { { 0 } };
    Node nodes[N_NODES];
    guint n_alone = 0;

    memset (nodes, 0, sizeof nodes);
    for (guint i = 0; i < n; i++) {
      nodes[i].start = 20000 + TICK * g_rand_int_range (rand, 0, 301);
      nodes[i].skew = TICK * g_rand_int_range (rand, -10, 11);
      nodes[i].claim_at = nodes[i].read_at = -1;
      cmaf_peer_watch_init (&nodes[i].watch, WAIT, nodes[i].start);
    }
    for (gint64 now = 20000; now < 120000; now += TICK) {
      for (guint i = 0; i < n; i++) {
        if (now >= nodes[i].start)
          live (&nodes[i], i, &store, now, rand);
      }
    }
    for (guint i = 0; i < n; i++)
      n_alone += cmaf_peer_watch_is_alone (&nodes[i].watch);
    fail_unless (n_alone == 1, "seed %u: %u of %u begin", seed, n_alone, n);
  }
}
GST_END_TEST;

static Suite *
peer_watch_suite (void)
{
  Suite *suite = suite_create ("peer-watch");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_who_hears_nobody_begins);
  tcase_add_test (tc, test_a_store_that_never_answers_is_not_waited_for);
  tcase_add_test (tc, test_who_hears_somebody_listens_on);
  tcase_add_test (tc, test_one_begins_and_no_two);
  return suite;
}

GST_CHECK_MAIN (peer_watch);
