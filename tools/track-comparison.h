/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two tracks, or two sets of them -> what differs, as lines of text. Segments
 * are the same when one may take the place of the other in the middle of a
 * stream: number, decode time, samples, durations, access point. */
#pragma once

#include "track-set.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean with_hashes; /* payload was read */
  gboolean is_complete; /* what one side has not is a difference */
  guint max_lines;      /* for each track; 0: all */
} ComparisonOptions;

typedef struct
{
  guint n_tracks;        /* on both sides */
  guint64 n_segments;    /* in common */
  guint64 n_differences; /* lines, whether or not they were printed */
  guint64 n_missing;     /* segments of one side, between those of the other */
  guint64 n_samples;     /* compared by payload */
  guint64 n_same;        /* of these: the same payload at the same time */
} ComparisonSum;

/* Appends the report to @text and adds to @sum. Tracks are paired by name; if
 * each side has one, that is the pair. */
void compare_track_sets (GPtrArray *a, GPtrArray *b,
    const ComparisonOptions *options, GString *text, ComparisonSum *sum);
/* The last line: what the two are to each other. */
void print_comparison_result (
    const ComparisonSum *sum, const ComparisonOptions *options, GString *text);

G_END_DECLS
