/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What units say of their time -> the media time of each. Finds the mapping of
 * running time, keeps to it when single units are wrong, notices when it is
 * lost and finds it again. Units go in and come out in the same order; some
 * stay inside until it is certain. Pure: what the clock says goes in with each
 * unit. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/unit-times.h>

G_BEGIN_DECLS

/* How long, in ns of running time, the first units wait for a better source. */
#define CMAF_TIMING_WAIT (1 * GST_SECOND)
/* How far, in ns, the clock may be from time in the input before it is said. */
#define CMAF_CLOCK_ALARM (100 * GST_MSECOND)

typedef struct
{
  CmafTimingSource sources[CMAF_N_TIMING_SOURCES]; /* best first */
  guint n_sources;
  gboolean is_video; /* units are frames: they lie on their numbers */
  CmafUnitGrid units;
  CmafTimecodeRules timecode; /* its frames are @units */
  CmafMediaEpoch epoch;
  gint64 fixed_origin;
  gboolean holds_near_leap; /* clock: not measured a day around a leap second */
  GstClockTime wait;
  GstClockTime clock_alarm;
} CmafTimingLockConfig;

typedef struct
{
  gint64 media_time;   /* ns; of a frame: exactly that of its number */
  gboolean is_shifted; /* the mapping has changed before this unit */
  gboolean is_unsure;  /* better left out: it may have another number */
  gboolean is_stray;   /* has no place: tells another time than that at which it
                        * came, when another unit did */
  gboolean begins_run; /* by so much that what is open cannot go on */
} CmafPlacement;

/* From unit @at (running time) on @delta is added to the offset. */
typedef struct
{
  guint id; /* 0: none yet */
  gint64 at;
  gint64 delta; /* ns */
} CmafTimingStep;

typedef enum
{
  CMAF_LOCK_LOCKED,
  CMAF_LOCK_LOST,        /* goes on counting from the last lock */
  CMAF_LOCK_JITTER,      /* of capture stamps: falls to the clock */
  CMAF_LOCK_CLOCK_ERROR, /* the clock is wrong; nothing follows from it */
  CMAF_N_LOCK_EVENTS,
} CmafLockEventKind;

typedef struct
{
  CmafLockEventKind kind;
  CmafTimingSource source;
  gint64 media_time; /* of the unit that showed it */
  gint64 value;      /* ns: LOCKED the offset, LOST by how much it jumped,
                      * JITTER the scatter, CLOCK_ERROR the error */
  gchar reason[160]; /* not LOCKED */
} CmafLockEvent;

typedef struct _CmafTimingLock CmafTimingLock;

CMAF_API CmafTimingLock *cmaf_timing_lock_new (
    const CmafTimingLockConfig *config);
CMAF_API void cmaf_timing_lock_free (CmafTimingLock *lock);

/* "F": the same frame gets the same number everywhere; "G": the same grid. */
CMAF_API const gchar *cmaf_timing_class (CmafTimingSource source);
/* Is locked from now on with the mapping that another track has found; what
 * units say is held against it. */
CMAF_API void cmaf_timing_lock_adopt (CmafTimingLock *lock,
    CmafTimingSource source, gint64 offset, const CmafTimingStep *step);
/* The same, for a track that says nothing of its own: call for each unit. */
CMAF_API void cmaf_timing_lock_follow (CmafTimingLock *lock,
    CmafTimingSource source, gint64 offset, const CmafTimingStep *step);
/* Where frames that enter the encoder are: those that leave it come in another
 * order, and go by that behind a jump back. */
CMAF_API void cmaf_timing_lock_hint (CmafTimingLock *lock, gint64 offset);
/* FALSE when no source has given a time for config.wait:
 * CMAF_ERROR_TIMELINE. */
CMAF_API gboolean cmaf_timing_lock_push (
    CmafTimingLock *lock, const CmafUnitTimes *times, GError **error);
/* No unit will follow: all that are inside can be taken, or are refused as
 * above. */
CMAF_API gboolean cmaf_timing_lock_finish (
    CmafTimingLock *lock, GError **error);
/* The oldest unit inside, if it is decided. */
CMAF_API gboolean cmaf_timing_lock_pop (
    CmafTimingLock *lock, CmafPlacement *placement);
CMAF_API gboolean cmaf_timing_lock_next_event (
    CmafTimingLock *lock, CmafLockEvent *event);

/* The mapping without the step; FALSE before there is one: then @offset is the
 * most likely, if there were units. */
CMAF_API gboolean cmaf_timing_lock_get_mapping (
    const CmafTimingLock *lock, CmafTimingSource *source, gint64 *offset);
/* Media time at a running time, and back. */
CMAF_API gint64 cmaf_timing_lock_media_time (
    const CmafTimingLock *lock, gint64 running_time);
CMAF_API gint64 cmaf_timing_lock_running_time (
    const CmafTimingLock *lock, gint64 media_time);

/* Source clock: +1 when a number is to be left out, -1 when a frame is to be
 * dropped; 0 while a step is to come. */
CMAF_API gint cmaf_timing_lock_correction (const CmafTimingLock *lock);
/* The last step, whether or not it is reached; its id is 0: none. */
CMAF_API const CmafTimingStep *cmaf_timing_lock_get_step (
    const CmafTimingLock *lock);
/* What other tracks are told of a jump of the input: @offset before it, and
 * @step from the first unit behind it on. When there was none, as they are. */
CMAF_API void cmaf_timing_lock_share (
    const CmafTimingLock *lock, gint64 *offset, CmafTimingStep *step);
/* The step before is part of the offset from now on. */
CMAF_API void cmaf_timing_lock_step (
    CmafTimingLock *lock, const CmafTimingStep *step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafTimingLock, cmaf_timing_lock_free)

G_END_DECLS
