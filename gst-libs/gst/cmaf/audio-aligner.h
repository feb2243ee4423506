/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Raw audio as it comes -> what to drop, fill and bend, so that it goes on
 * without a hole on the sample grid of media time and the units of the encoder
 * behind lie on their grid (audio-start). Decides only; the caller has the
 * samples. Samples are counted from 1970. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/audio-start.h>

G_BEGIN_DECLS

typedef struct
{
  guint rate;            /* samples in a second */
  guint unit_samples;    /* F */
  guint priming;         /* P */
  guint roll;            /* units before a clean one */
  guint shift;           /* samples by which time stamps are put back */
  guint64 tolerance;     /* ns: less than this is jitter or drift */
  guint64 max_fill;      /* ns: a longer gap begins anew */
  guint64 drift_allowed; /* ns of mean error before anything is bent;
                          * GST_CLOCK_TIME_NONE: nothing ever is */
  guint max_ppm;         /* how much is bent at most */
} CmafAudioAlignerConfig;

typedef enum
{
  CMAF_ALIGN_WAITING,   /* dropped: before the first sample to feed */
  CMAF_ALIGN_STARTED,   /* @start tells where */
  CMAF_ALIGN_CONTINUED, /* follows what was before */
  CMAF_ALIGN_GAP,       /* samples were missing: @fill */
  CMAF_ALIGN_OVERLAP,   /* samples were there already: @drop */
  CMAF_ALIGN_JUMPED,    /* too far from what was before: nothing is taken. End
                         * that (_get_open), and push once more to start */
  CMAF_ALIGN_EARLY,     /* dropped: before 1970 */
} CmafAlignEvent;

/* @drop samples of the input are left out, @fill samples of silence go in front
 * of the rest of it. */
typedef struct
{
  CmafAlignEvent event;
  guint64 drop;
  guint64 fill;
  gint bend_ppb;        /* output is longer than input by so much */
  CmafAudioStart start; /* STARTED */
} CmafAlignPlan;

typedef struct
{
  /*< private >*/
  CmafAudioAlignerConfig config;
  gboolean has_started;
  guint64 first;    /* sample with which the count began, a unit's first + P */
  guint64 position; /* next sample to go out */
  guint64 held;     /* samples taken in but not out yet */
  guint64 skip;     /* samples of the input to leave out */
  guint64
      not_before; /* sample with which the count may begin, at the earliest */
  gboolean is_bent;
  gint64 mean_error; /* ns * 256 */
  gint64 integral;   /* ppb * 2^16 */
  gint bend_ppb;
} CmafAudioAligner;

CMAF_API void cmaf_audio_aligner_init (
    CmafAudioAligner *aligner, const CmafAudioAlignerConfig *config);
/* @n samples begin at @media_time. */
CMAF_API void cmaf_audio_aligner_push (CmafAudioAligner *aligner,
    gint64 media_time, guint64 n, CmafAlignPlan *plan);
/* The timeline steps: what is pushed next begins anew, at @media_time of the
 * new timeline at the earliest. End what was before first (_get_open). */
CMAF_API void cmaf_audio_aligner_restart (
    CmafAudioAligner *aligner, gint64 media_time);
/* The input is lost: samples of silence that lead up to @media_time. */
CMAF_API guint64 cmaf_audio_aligner_lose (
    CmafAudioAligner *aligner, gint64 media_time);
/* @n samples went out, so many are now held back. */
CMAF_API void cmaf_audio_aligner_produced (
    CmafAudioAligner *aligner, guint64 n, guint64 held);

/* Samples that the last unit lacks. */
CMAF_API guint64 cmaf_audio_aligner_get_open (const CmafAudioAligner *aligner);
/* Since the first STARTED: the next sample to go out. */
CMAF_API guint64 cmaf_audio_aligner_get_position (
    const CmafAudioAligner *aligner);
/* ns by which the input is late, on average */
CMAF_API gint64 cmaf_audio_aligner_get_error (const CmafAudioAligner *aligner);
/* Media time to stamp the next sample with: @shift put back. */
CMAF_API gint64 cmaf_audio_aligner_get_stamp (const CmafAudioAligner *aligner);

G_END_DECLS
