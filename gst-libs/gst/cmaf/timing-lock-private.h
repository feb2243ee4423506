/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the timing lock: what its rooms share. */
#pragma once

#include <gst/cmaf/arrival-clock.h>
#include <gst/cmaf/scatter.h>
#include <gst/cmaf/timing-lock.h>

G_BEGIN_DECLS

/* Units in a row that must agree with each other */
#define N_AGREE 3
/* The mapping follows the time stamps by this part of their error. */
#define FOLLOW 16
/* A jump of more frames than that ends what is open. */
#define MAX_SHIFT 10
/* Units that wait behind a suspect one; more than an encoder reorders. */
#define MAX_SUSPECTS 8
#define N_PLACED 16

typedef struct
{
  CmafUnitTimes times;
  gint64 told; /* media time that it says; valid with has_told */
  gboolean has_told;
  gboolean is_suspect; /* says other than predicted */
  gboolean is_unsure;  /* came before the lock, and did not fit */
} Held;

/* One that has left */
typedef struct
{
  gint64 running_time, media_time;
} Placed;

/* An offset that some units in a row have told */
typedef struct
{
  gint64 offset;
  guint n;
} Candidate;

struct _CmafTimingLock
{
  CmafTimingLockConfig config;
  gint64 frame; /* ns: a unit */

  enum
  {
    WAITING, /* nothing is known */
    LOCKED,
    LOST, /* goes on with the last mapping */
  } state;
  CmafTimingSource source;
  gint64 offset;         /* without the step */
  gint64 earlier_offset; /* before the last jump: reordered units tell it */
  gint64 earlier_until;  /* running time; valid with has_earlier */
  gboolean has_earlier;
  gint64 jump; /* by which the offset differs since step.at, when not by the
                  step; 0: nothing */
  CmafTimingStep step;
  gboolean step_is_reached;

  GArray *held; /* Held, in order */
  Candidate candidates[CMAF_N_TIMING_SOURCES];
  gchar complaint[160]; /* about what could not be used */
  gint64 first;         /* running time */
  gint64 newest;        /* running time; valid with has_newest */
  gboolean has_newest;
  gint64 silence;    /* ns of input since a unit agreed */
  gboolean has_told; /* units that do not agree tell something */
  struct
  {
    gint64 since;                      /* running time */
    guint n_right, n_wrong, n_returns; /* the last: from wrong to right */
    gboolean was_wrong;
    gint64 error;      /* ns: of the last wrong one */
    gboolean is_noted; /* that there were many */
  } labels;            /* told by units, held against the mapping */
  gint64 placed;       /* latest media time given */
  gboolean has_placed;
  Placed recent[N_PLACED]; /* frames */
  guint n_placed;
  gboolean is_shifted;  /* the next unit is the first after a change */
  gboolean jump_is_due; /* a unit far from those before it will come */
  gboolean has_hint;
  gint64 hint; /* offset */
  gboolean is_ending;
  gboolean is_adopted;  /* a mapping that is not yet told */
  gboolean is_follower; /* of another track */

  CmafScatter scatter;
  gint64 clock_error;
  gboolean has_clock_error;
  gboolean has_alarmed;
  CmafArrivalClock arrival;

  GQueue events; /* CmafLockEvent */
};

/* Measures anew how the clock and the stamps behave. */
void cmaf_timing_lock_restart (CmafTimingLock *lock);
CmafLockEvent *cmaf_timing_lock_tell (CmafTimingLock *lock,
    CmafLockEventKind kind, gint64 media_time, gint64 value);
void cmaf_timing_lock_tell_why (CmafTimingLock *lock, CmafLockEventKind kind,
    gint64 media_time, gint64 value, const gchar *format, ...)
    G_GNUC_PRINTF (5, 6);
/* What the clock says, as media time. */
gint64 cmaf_timing_lock_by_clock (
    const CmafTimingLock *lock, const CmafUnitTimes *times);
/* What the unit says, in the day or era nearest to @near. */
gboolean cmaf_timing_lock_read (CmafTimingLock *lock,
    const CmafUnitTimes *times, CmafTimingSource source, gint64 near,
    gint64 *media_time);
gint64 cmaf_timing_lock_nearest (const CmafTimingLock *lock, gint64 media_time);
/* What the step adds to the offset. */
gint64 cmaf_timing_lock_step_at (
    const CmafTimingLock *lock, gint64 running_time);
/* Another lock has found the step, at the unit that made it sure: those in
 * front of it may say the time behind it already. FALSE: this one is not in
 * front of a step. */
gboolean cmaf_timing_lock_predict_later (
    const CmafTimingLock *lock, gint64 running_time, gint64 *media_time);
/* Takes @media_time of the unit at @running_time as true. */
void cmaf_timing_lock_set (CmafTimingLock *lock, CmafTimingSource source,
    gint64 running_time, gint64 media_time);
/* Whether a unit that tells @media_time is as predicted: within three quarters
 * of a frame, the second half of a pair included. */
gboolean cmaf_timing_lock_agrees (const CmafTimingLock *lock,
    const CmafUnitTimes *times, gint64 media_time, gint64 predicted);
/* Whether units in a row tell the same offset. Of a pair of frames with one
 * label the first tells the true one. */
void cmaf_timing_lock_add_candidate (CmafTimingLock *lock, Candidate *candidate,
    const CmafUnitTimes *times, gint64 media_time);

/* In timing-lock-watch: holds a unit against the mapping. */
void cmaf_timing_lock_examine (CmafTimingLock *lock, Held *held);
/* In timing-lock-place: where the oldest unit inside belongs. FALSE: it is to
 * wait for others. */
gboolean cmaf_timing_lock_place (
    CmafTimingLock *lock, CmafPlacement *placement);

G_END_DECLS
