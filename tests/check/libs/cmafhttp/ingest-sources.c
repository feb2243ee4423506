/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ingest-sources.h>

typedef struct
{
  const gchar *agent;
  const gchar *host;
  const gchar *order;
  guint rank;
} Case;

static const Case cases[] = {
  { "gst-cmaf/0.1 (A)", "10.0.0.1", "A,B", 0 },
  { "gst-cmaf/0.1 (B)", "10.0.0.1", "A,B", 1 },
  { "gst-cmaf/0.1 (C)", "10.0.0.1", "A,B", 2 }, /* behind all */
  { "gst-cmaf/0.1 (BA)", "10.0.0.1", "A,B*", 1 },
  { "Lavf/60.16.100", "10.0.0.1", "A,Lavf*", 1 },
  { "Lavf/60.16.100", "10.0.0.1", "10.0.0.2,10.0.0.*", 1 },
  { "Lavf/60.16.100", "fe80::1", "fe80::?", 0 },
  { "A (B", "x", "A,B", 2 },
  { "A", "x", "A,*", 0 },
  { "", "x", "A,*", 1 },
};

GST_START_TEST (test_rank)
{
  const Case *c = &cases[__i__];
  g_auto (GStrv) order = g_strsplit (c->order, ",", -1);
  CmafIngestSource source = { .agent = (gchar *)c->agent,
    .host = (gchar *)c->host };

  fail_unless_equals_int (
      cmaf_ingest_source_rank (&source, (const gchar *const *)order), c->rank);
  fail_unless_equals_int (cmaf_ingest_source_rank (&source, NULL), 0);
}
GST_END_TEST;

/* A sender that comes back is the one it was, another one is not. */
GST_START_TEST (test_identity)
{
  g_autoptr (GPtrArray) sources = cmaf_ingest_sources_new ();
  g_autoptr (GSocket) one = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocket) other = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocket) third = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  gboolean is_new;
  CmafIngestSource *a =
      cmaf_ingest_sources_find (sources, one, "A", "h", &is_new);

  fail_unless (is_new);
  a->watch.is_quarantined = TRUE;
  fail_unless (cmaf_ingest_sources_find (sources, one, "x", "y", &is_new) == a);
  fail_if (is_new);
  fail_if (cmaf_ingest_sources_find (sources, other, "A", "h", &is_new) == a);
  fail_unless (is_new);
  /* what is thought of it goes with it */
  fail_unless (cmaf_ingest_sources_get (sources, 2)->watch.is_quarantined);
  fail_if (a->watch.is_quarantined);
  /* wherever it comes back */
  cmaf_ingest_sources_get (sources, 2)->last_heard = 1;
  g_socket_close (one, NULL);
  fail_unless (cmaf_ingest_source_is_away (a));
  fail_unless (
      cmaf_ingest_sources_find (sources, third, "A", "h", &is_new) == a);
  fail_if (is_new);
  fail_unless (a->watch.is_quarantined);
  g_socket_close (third, NULL);
  fail_unless (cmaf_ingest_sources_of_encoder (sources, a->encoder)->id == 2);
  fail_unless (cmaf_ingest_sources_of_encoder (sources, "B\nh") == NULL);
  fail_unless (cmaf_ingest_sources_of_encoder (sources, NULL) == NULL);
  fail_unless (cmaf_ingest_sources_get (sources, a->id) == a);
}
GST_END_TEST;

typedef struct
{
  guint64 segment;      /* duration, ms */
  guint64 idle_timeout; /* ms */
  guint64 silence;      /* ms */
} SilenceCase;

static const SilenceCase silences[] = { { 0, 0, 5000 }, { 1000, 0, 5000 },
  { 6000, 0, 18000 }, { 6000, 8000, 8000 }, { 6000, 60000, 18000 },
  { 6000, GST_CLOCK_TIME_NONE / GST_MSECOND, 18000 } };

/* Who opens a connection for each segment is away most of the time. */
GST_START_TEST (test_silence)
{
  const SilenceCase *c = &silences[__i__];
  g_autoptr (GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  CmafTrack track = { .segment_duration_n = c->segment,
    .segment_duration_d = c->segment ? 1000 : 0 };
  CmafIngestSource source = { .last_heard = 7 * GST_SECOND };
  GstClockTime idle = c->idle_timeout * GST_MSECOND;
  GstClockTime end = source.last_heard + c->silence * GST_MSECOND;

  fail_if (cmaf_ingest_source_has_gone (&source, &track, idle, end - 1));
  fail_unless (cmaf_ingest_source_has_gone (&source, &track, idle, end));
  source.socket = socket;
  fail_if (cmaf_ingest_source_has_gone (&source, &track, idle, end));
  source.socket = NULL;
  source.n_uploads = 1;
  fail_if (cmaf_ingest_source_has_gone (&source, &track, idle, end));
}
GST_END_TEST;

/* Who was heard within ten seconds, and has not gone. */
GST_START_TEST (test_others)
{
  g_autoptr (GPtrArray) sources = cmaf_ingest_sources_new ();
  g_autoptr (GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  const GstClockTime end = 12 * GST_SECOND;
  gboolean is_new;
  CmafIngestSource *a =
      cmaf_ingest_sources_find (sources, socket, "A", "h", &is_new);
  CmafIngestSource *b =
      cmaf_ingest_sources_find (sources, NULL, "B", "h", &is_new);

  fail_if (cmaf_ingest_sources_others_send (sources, b->id, end));
  b->last_heard = 2 * GST_SECOND;
  fail_unless (cmaf_ingest_sources_others_send (sources, a->id, end - 1));
  fail_if (cmaf_ingest_sources_others_send (sources, a->id, end));
  fail_if (cmaf_ingest_sources_others_are_reliable (sources, a->id, end - 1));
  b->watch.has_last = b->watch.was_accepted = TRUE;
  fail_unless (
      cmaf_ingest_sources_others_are_reliable (sources, a->id, end - 1));
  fail_if (cmaf_ingest_sources_others_are_reliable (sources, a->id, end));
  b->is_cut = TRUE;
  fail_if (cmaf_ingest_sources_others_send (sources, a->id, end - 1));
}
GST_END_TEST;

static Suite *
ingest_sources_suite (void)
{
  Suite *suite = suite_create ("ingest-sources");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_rank, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_identity);
  tcase_add_test (tc, test_others);
  tcase_add_loop_test (tc, test_silence, 0, G_N_ELEMENTS (silences));
  return suite;
}

GST_CHECK_MAIN (ingest_sources);
