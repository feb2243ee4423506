/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Which segments are published, and where periods begin: a pure function of the
 * segments that each track has, and of which tracks there are. Two packagers
 * that got the same segments in any order agree about every manifest.
 * Not thread safe. Since: 0.1 */
#pragma once

#include <gst/cmaf/presentation.h>

G_BEGIN_DECLS

typedef struct
{
  CmafPresentationConfig presentation;
  guint window_quantum; /* segments by which the window moves, at least 1 */
  guint max_lag;        /* segments by which a track may be behind before it no
                           longer holds the others back; 0: for ever */
} CmafPublicationConfig;

typedef struct _CmafPublication CmafPublication;

CMAF_API CmafPublication *cmaf_publication_new (
    const CmafPublicationConfig *config);
CMAF_API void cmaf_publication_free (CmafPublication *publication);
/* Nothing is published until so many tracks have had a header, or the others
 * are max_lag ahead. */
CMAF_API void cmaf_publication_set_expected (
    CmafPublication *publication, guint n_tracks);
/* Changes max_lag of the configuration. */
CMAF_API void cmaf_publication_set_max_lag (
    CmafPublication *publication, guint max_lag);
/* Adds track @name, revives it after its end, or gives it a new header, which
 * holds for the segments added from now on. */
CMAF_API void cmaf_publication_set_header (CmafPublication *publication,
    const gchar *name, CmafTrack *track, const gchar *header_name);
/* FALSE when it comes too late to be listed. Ascending within a track.
 * @longest_chunk in ticks, 0 unknown. */
CMAF_API gboolean cmaf_publication_add_segment (CmafPublication *publication,
    const gchar *name, const CmafTimelineSegment *segment,
    guint64 longest_chunk);
/* @number of the track was made and cannot be fetched: others do not wait for
 * it. @is_final: it stays away, and what follows is discontinuous. */
CMAF_API void cmaf_publication_lose_segment (CmafPublication *publication,
    const gchar *name, guint64 number, gboolean is_final);
/* It can be fetched after all. TRUE when manifests say something new. */
CMAF_API gboolean cmaf_publication_heal (CmafPublication *publication,
    const gchar *name, const CmafTimelineSegment *segment);
CMAF_API void cmaf_publication_end_track (
    CmafPublication *publication, const gchar *name);
/* Every track has ended, and nothing follows. */
CMAF_API void cmaf_publication_finish (CmafPublication *publication);
/* What the chunks of its tracks tell of events goes in here. (transfer none) */
CMAF_API CmafEventList *cmaf_publication_get_events (
    CmafPublication *publication);
/* Publishes what is settled. TRUE when manifests say something new. */
CMAF_API gboolean cmaf_publication_advance (CmafPublication *publication);

/* Valid after _advance() was TRUE once. */
CMAF_API const CmafPresentationState *cmaf_publication_get_state (
    const CmafPublication *publication);
CMAF_API gboolean cmaf_publication_is_published (
    const CmafPublication *publication);
/* What manifests describe now. (transfer full); its timelines are borrowed and
 * live until the next call that changes the publication. */
CMAF_API CmafPresentation *cmaf_publication_describe (
    const CmafPublication *publication);
/* The first number that the MPD lists when all has ended: one step in front of
 * the window. A player in session that compares the place of its last segment
 * with the length of the list must not see the list become shorter. */
CMAF_API guint64 cmaf_publication_get_recorded (
    const CmafPublication *publication);
/* The track ended, and others have gone on since. */
CMAF_API gboolean cmaf_publication_has_left (
    const CmafPublication *publication, const gchar *name);
/* No player that follows the window asks for segments with a lower number, also
 * of what was listed before this process began: their objects may go. 0 without
 * a window. */
CMAF_API guint64 cmaf_publication_get_removable (
    const CmafPublication *publication);
/* Segments with a lower number are in no manifest. */
CMAF_API guint64 cmaf_publication_get_obsolete (
    const CmafPublication *publication);
/* Forgets segments before @number. */
CMAF_API void cmaf_publication_trim (
    CmafPublication *publication, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafPublication, cmaf_publication_free)

G_END_DECLS
