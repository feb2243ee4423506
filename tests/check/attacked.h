/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A process with two publishing points at one port, one of which is attacked,
 * while a sender of the other measures how long each answer takes:
 *
 *   /good     nobody attacks
 *   /ingest   everybody may send, 64 tracks
 *
 * On a machine that has other things to do, an answer takes long whoever sends
 * what. There it is not time that counts but the work that the process did from
 * the request to the answer: what it does for attackers in front of others.
 * What others do is what all processors did but for the two of this test.
 *
 * The same program is started again with --receiver. */
#pragma once

#include "http-peer.h"
#include "sanitizer.h"
#include "segments.h"

#include <errno.h>
#include <stdio.h>
#include <gst/gst.h>
#include <sys/resource.h>
#include <time.h>

#define ATTACKED_MAX_ADDED_US (50 * 1000)
/* What a wake-up or an answer takes when nothing else goes on. */
#define ATTACKED_QUIET_US (10 * 1000)
/* That others do of what one processor can: beyond it the machine is busy. */
#define ATTACKED_MAX_OTHERS 0.2
/* Chunks that come before the track has found its pace. */
#define ATTACKED_FIRST 10
#define ATTACKED_BODY_SIZE (4 << 20) /* max-body-size of /ingest */

/* ---- the receiver ---- */

static inline void
attacked_link (GstElement *src, GstPad *pad, gpointer pipeline)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (pipeline, sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
}

static inline GstElement *
attacked_point (GstElement *pipeline, const gchar *path, guint port,
    GstClockTime body_timeout)
{
  GstElement *src = gst_element_factory_make ("httpingestsrc", NULL);

  g_object_set (src, "path", path, "port", port, "max-connections", 15000,
      "body-timeout", body_timeout, "max-body-size",
      (guint64)ATTACKED_BODY_SIZE, NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (attacked_link), pipeline);
  gst_bin_add (GST_BIN (pipeline), src);
  return src;
}

static inline void
attacked_raise_limit (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* Until its input ends. */
static inline int
attacked_run_receiver (const gchar *users)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *good = attacked_point (pipeline, "/good", 0, 30 * GST_SECOND);
  GstElement *bad;
  guint port;
  gchar byte;

  attacked_raise_limit ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_object_get (good, "port", &port, NULL);
  bad = attacked_point (pipeline, "/ingest", port, GST_SECOND);
  if (*users)
    g_object_set (bad, "users-file", users, NULL);
  gst_element_sync_state_with_parent (bad);
  g_print ("%u\n", port);
  while (read (0, &byte, 1) > 0)
    ;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return 0;
}

/* ---- the sender that nobody attacks ---- */

typedef struct
{
  GSubprocess *process;
  guint16 port;
  CmafTrack *track;
  GBytes *header;
  GThread *sender;
  gint phase;             /* atomic; 0: before, 1: attacked, 2: over */
  guint n_bad;            /* answers; the thread's until it ends */
  clockid_t work;         /* of the process */
  gint64 begin, others;   /* us, when the attack begins */
  GArray *answers[2];     /* us, of each phase; the thread's until it ends */
  GArray *works[2];       /* us, of the process meanwhile */
  GArray *lateness[2];    /* us, of the thread's own wake-ups */
  guint64 memory, before; /* KiB */
} Attacked;

/* Nothing is asserted in a thread. */
static inline void
attacked_send (Attacked *a, GSocketConnection *peer, GBytes *bytes)
{
  if (peer_upload (peer, "POST /good/Streams(video.cmfv)", bytes) != 200)
    a->n_bad++;
}

static inline gint64
attacked_clock (clockid_t clock)
{
  struct timespec t;

  return clock_gettime (clock, &t) == 0
             ? t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000
             : 0;
}

/* What has been done by now that is none of our work, us. */
static inline gint64
attacked_others (Attacked *a)
{
  gint64 ours =
      attacked_clock (a->work) + attacked_clock (CLOCK_PROCESS_CPUTIME_ID);
  g_autofree gchar *text = NULL;
  guint64 user, nice, system, idle, wait, irq, soft, stolen;

  fail_unless (
      g_file_get_contents ("/proc/stat", &text, NULL, NULL)
      && sscanf (text,
             "cpu %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
             " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
             " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
             &user, &nice, &system, &idle, &wait, &irq, &soft, &stolen)
             == 8);
  return (user + nice + system + irq + soft + stolen) * G_USEC_PER_SEC
             / sysconf (_SC_CLK_TCK)
         - ours;
}

/* A chunk every 5 ms. */
static inline gpointer
attacked_run_sender (gpointer data)
{
  Attacked *a = data;
  g_autoptr (GSocketConnection) peer = peer_connect (a->port);
  guint64 n = 0;
  gint phase;

  attacked_send (a, peer, a->header);
  while ((phase = g_atomic_int_get (&a->phase)) < 2 && a->n_bad == 0) {
    g_autoptr (GBytes) chunk = make_chunks (a->track, n++, 1, FALSE, 0);
    gint64 planned = g_get_monotonic_time () + 5000, woken, before;
    gint answer, work, late;

    g_usleep (5000);
    woken = g_get_monotonic_time ();
    before = attacked_clock (a->work);
    attacked_send (a, peer, chunk);
    answer = g_get_monotonic_time () - woken;
    /* several threads may have worked, but not one in front of the other */
    work = MIN (attacked_clock (a->work) - before, answer);
    late = woken - planned;
    /* nor one that the attack came into */
    if (n <= ATTACKED_FIRST || (phase == 0 && g_atomic_int_get (&a->phase) > 0))
      continue;
    g_array_append_val (a->answers[phase], answer);
    g_array_append_val (a->works[phase], work);
    g_array_append_val (a->lateness[phase], late);
  }
  return NULL;
}

static inline guint64
attacked_memory (Attacked *a, const gchar *field)
{
  g_autofree gchar *path = g_strdup_printf (
      "/proc/%s/status", g_subprocess_get_identifier (a->process));
  g_autofree gchar *text = NULL;
  const gchar *at;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, field);
  return at ? strtoull (at + strlen (field) + 1, NULL, 10) : 0;
}

/* @users: of /ingest, a file; or NULL. A second of peace. */
static inline void
attacked_begin (Attacked *a, const gchar *users)
{
  g_autofree gchar *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree gchar *line = NULL;
  g_autoptr (GError) error = NULL;

  memset (a, 0, sizeof *a);
  a->process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      self, "--receiver", users ? users : "", NULL);
  fail_unless (a->process != NULL, "%s", error ? error->message : "");
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (a->process));
  g_filter_input_stream_set_close_base_stream (
      G_FILTER_INPUT_STREAM (out), FALSE);
  line = g_data_input_stream_read_line (out, NULL, NULL, NULL);
  fail_unless (line != NULL, "the receiver does not start");
  a->port = atoi (line);
  fail_unless (clock_getcpuclockid (
                   atoi (g_subprocess_get_identifier (a->process)), &a->work)
               == 0);
  a->track = make_track (&test_codecs[0]);
  a->header = make_header (a->track);
  for (guint i = 0; i < 2; i++) {
    a->answers[i] = g_array_new (FALSE, FALSE, sizeof (gint));
    a->works[i] = g_array_new (FALSE, FALSE, sizeof (gint));
    a->lateness[i] = g_array_new (FALSE, FALSE, sizeof (gint));
  }
  a->sender = g_thread_new ("good", attacked_run_sender, a);
  g_usleep (G_USEC_PER_SEC);
  a->before = attacked_memory (a, "VmRSS:");
  a->others = attacked_others (a);
  a->begin = g_get_monotonic_time ();
  g_atomic_int_set (&a->phase, 1);
}

static inline gint
attacked_compare (gconstpointer a, gconstpointer b)
{
  return *(const gint *)a - *(const gint *)b;
}

static inline gint
attacked_p99 (GArray *values)
{
  g_array_sort (values, attacked_compare);
  return values->len ? g_array_index (values, gint, values->len * 99 / 100) : 0;
}

/* Prints what it was like, and fails when it was too much. @max_memory: KiB
 * that the receiver may have grown by at most. */
static inline void
attacked_end (Attacked *a, const gchar *what, guint64 max_memory)
{
  gint answer, before, late, added, work;
  gdouble others = (attacked_others (a) - a->others)
                   / (gdouble)(g_get_monotonic_time () - a->begin);
  gboolean is_busy;

  /* the peak, not what is left */
  a->memory = attacked_memory (a, "VmHWM:") - a->before;
  g_atomic_int_set (&a->phase, 2);
  g_thread_join (a->sender);
  if (!TEST_IS_SANITIZED) /* which makes everything too late */
    fail_unless (a->n_bad == 0, "%s: a sender was not served", what);
  before = attacked_p99 (a->answers[0]);
  answer = attacked_p99 (a->answers[1]);
  late = attacked_p99 (a->lateness[1]);
  added = MAX (answer - MAX (before, late), 0);
  work = MAX (attacked_p99 (a->works[1]) - attacked_p99 (a->works[0]), 0);
  is_busy =
      others > ATTACKED_MAX_OTHERS || MAX (before, late) > ATTACKED_QUIET_US;
  g_print ("%s: memory +%" G_GUINT64_FORMAT " KiB, at most %" G_GUINT64_FORMAT
           "; answers to others, 99th percentile of %u: %.1f ms, before %.1f, "
           "own wake-ups %.1f, so that %.1f were added, %.1f of work%s; others "
           "used %.0f %% of a processor\n",
      what, a->memory, max_memory, a->answers[1]->len, answer / 1000.,
      before / 1000., late / 1000., added / 1000., work / 1000.,
      is_busy ? ", which counts: the machine is busy" : "", others * 100);
  if (!TEST_IS_SANITIZED)
    fail_unless (a->memory <= max_memory, "%s: memory", what);
  if (!TEST_IS_SANITIZED)
    fail_unless (
        (is_busy ? work : added) < ATTACKED_MAX_ADDED_US, "%s: others", what);
  g_output_stream_close (g_subprocess_get_stdin_pipe (a->process), NULL, NULL);
  g_subprocess_wait (a->process, NULL, NULL);
  fail_unless (g_subprocess_get_successful (a->process),
      "%s: the receiver does not end well", what);
  for (guint i = 0; i < 2; i++) {
    g_array_unref (a->answers[i]);
    g_array_unref (a->works[i]);
    g_array_unref (a->lateness[i]);
  }
  g_object_unref (a->process);
  g_bytes_unref (a->header);
  cmaf_track_unref (a->track);
}
