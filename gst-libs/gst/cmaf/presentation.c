/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The order of everything in a manifest is decided here, from what tracks are
 * and never from when they came. */
#include "presentation.h"
#include "sample-entry.h"
#include "timescale.h"

#include <string.h>

static void
free_track (CmafPresentationTrack *track)
{
  g_free (track->name);
  cmaf_track_unref (track->track);
  g_free (track->header_name);
  g_free (track->codecs);
  g_free (track);
}

static void
free_set (CmafSwitchingSet *set)
{
  g_free (set->key);
  g_ptr_array_unref (set->tracks);
  g_free (set);
}

static void
free_period (CmafPeriod *period)
{
  g_ptr_array_unref (period->sets);
  g_free (period);
}

CmafPresentation *
cmaf_presentation_new (const CmafPresentationConfig *config)
{
  CmafPresentation *presentation = g_new0 (CmafPresentation, 1);

  g_atomic_ref_count_init (&presentation->ref_count);
  presentation->config = *config;
  presentation->periods =
      g_ptr_array_new_with_free_func ((GDestroyNotify)free_period);
  return presentation;
}

CmafPresentation *
cmaf_presentation_ref (CmafPresentation *presentation)
{
  g_atomic_ref_count_inc (&presentation->ref_count);
  return presentation;
}

void
cmaf_presentation_unref (CmafPresentation *presentation)
{
  if (!g_atomic_ref_count_dec (&presentation->ref_count))
    return;
  g_ptr_array_unref (presentation->periods);
  g_free (presentation);
}

CmafPeriod *
cmaf_presentation_add_period (
    CmafPresentation *presentation, guint64 first, guint generation)
{
  CmafPeriod *period = g_new0 (CmafPeriod, 1);

  if (presentation->periods->len > 0) {
    CmafPeriod *before = g_ptr_array_index (
        presentation->periods, presentation->periods->len - 1);

    before->end = first;
  }
  period->first = first;
  period->end = G_MAXUINT64;
  period->generation = generation;
  period->sets = g_ptr_array_new_with_free_func ((GDestroyNotify)free_set);
  g_ptr_array_add (presentation->periods, period);
  return period;
}

/* What a header says goes into XML and quoted strings: words of at most @max
 * letters and digits with hyphens between them, or nothing. */
static const gchar *
plain_or_null (const gchar *text, gsize max)
{
  const gchar *at;
  gsize n = 0;

  if (text == NULL || !g_ascii_isalpha (text[0]))
    return NULL;
  for (at = text; *at != '\0'; at++) {
    n = *at == '-' ? 0 : n + 1;
    if ((*at != '-' && !g_ascii_isalnum (*at)) || n > max
        || (*at == '-' && !g_ascii_isalnum (at[1])))
      return NULL;
  }
  return text;
}

static gchar *
switching_key (const CmafTrack *track)
{
  const gchar *family = cmaf_codec_family (track->codec);

  if (track->switching_set != NULL)
    return g_strconcat (track->switching_set, "/", family, NULL);
  return g_strdup_printf ("%s/%s/%s", family,
      track->language != NULL ? track->language : "",
      track->role != NULL ? track->role : "");
}

/* The set of @track in the last period, made where it belongs if need be. */
static CmafSwitchingSet *
get_set (GPtrArray *sets, const CmafTrack *track)
{
  g_autofree gchar *key = switching_key (track);
  CmafSwitchingSet *set;
  guint i;

  for (i = 0; i < sets->len; i++) {
    gint order;

    set = g_ptr_array_index (sets, i);
    order = (gint)set->media - (gint)track->media;
    if (order == 0)
      order = strcmp (set->key, key);
    if (order == 0)
      return set;
    if (order > 0)
      break;
  }
  set = g_new0 (CmafSwitchingSet, 1);
  set->media = track->media;
  set->key = g_steal_pointer (&key);
  set->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)free_track);
  g_ptr_array_insert (sets, i, set);
  return set;
}

CmafPresentationTrack *
cmaf_presentation_add_track (CmafPresentation *presentation, const gchar *name,
    CmafTrack *track, const gchar *header_name, const CmafTimeline *timeline)
{
  CmafPeriod *period =
      g_ptr_array_index (presentation->periods, presentation->periods->len - 1);
  CmafSwitchingSet *set = get_set (period->sets, track);
  CmafPresentationTrack *added = g_new0 (CmafPresentationTrack, 1);
  guint i;

  added->name = g_strdup (name);
  added->track = cmaf_track_ref (track);
  added->header_name = g_strdup (header_name);
  added->codecs = cmaf_sample_entry_codec_string (track);
  added->bandwidth = cmaf_track_bandwidth (track);
  added->language = plain_or_null (track->language, 8);
  added->role = plain_or_null (track->role, 32);
  added->timeline = timeline;
  for (i = 0; i < set->tracks->len; i++) {
    const CmafPresentationTrack *other = g_ptr_array_index (set->tracks, i);

    if (added->bandwidth > other->bandwidth
        || (added->bandwidth == other->bandwidth
            && strcmp (name, other->name) < 0))
      break;
  }
  g_ptr_array_insert (set->tracks, i, added);
  return added;
}

const CmafPresentationTrack *
cmaf_period_find_track (const CmafPeriod *period, const gchar *name)
{
  guint i, k;

  for (i = 0; i < period->sets->len; i++) {
    const CmafSwitchingSet *set = g_ptr_array_index (period->sets, i);

    for (k = 0; k < set->tracks->len; k++) {
      const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, k);

      if (strcmp (track->name, name) == 0)
        return track;
    }
  }
  return NULL;
}

gboolean
cmaf_period_clip (const CmafPeriod *period, const CmafPresentationState *state,
    guint64 *first, guint64 *last)
{
  *first = MAX (period->first, state->first);
  *last = MIN (period->end - 1, state->last);
  return *first <= *last;
}

/* A segment that may come counts as one that came: what manifests say of the
 * longest must not change. */
static guint64
longest_of (const CmafPresentationTrack *track)
{
  const guint64 by_grid = cmaf_timeline_longest_by_grid (track->timeline);

  return MAX (
      track->longest, track->track->has_moves ? by_grid * 3 / 2 : by_grid);
}

static void
longest_in_set (const CmafSwitchingSet *set, guint64 *ticks, guint32 *timescale)
{
  guint i;

  for (i = 0; i < set->tracks->len; i++) {
    const CmafPresentationTrack *track = g_ptr_array_index (set->tracks, i);
    const guint64 longest = longest_of (track);

    /* longest / track->timescale > ticks / timescale */
    if (cmaf_muldiv (longest, *timescale, 0, 1)
        > cmaf_muldiv (*ticks, track->track->timescale, 0, 1)) {
      *ticks = longest;
      *timescale = track->track->timescale;
    }
  }
}

void
cmaf_presentation_longest (
    const CmafPresentation *presentation, guint64 *ticks, guint32 *timescale)
{
  guint i, k;

  *ticks = 0;
  *timescale = 1;
  for (i = 0; i < presentation->periods->len; i++) {
    const CmafPeriod *period = g_ptr_array_index (presentation->periods, i);

    for (k = 0; k < period->sets->len; k++)
      longest_in_set (g_ptr_array_index (period->sets, k), ticks, timescale);
  }
}

guint64
cmaf_presentation_edge (const CmafPresentation *presentation, guint64 number)
{
  const CmafSegmentGrid *grid = &presentation->config.grid;

  return cmaf_muldiv (
      number, grid->duration_n * GST_SECOND, 0, grid->duration_d);
}

GPtrArray *
cmaf_presentation_resolve_events (
    const CmafPresentation *presentation, const CmafPresentationState *state)
{
  if (presentation->events == NULL)
    return g_ptr_array_new ();
  return cmaf_event_list_resolve (presentation->events,
      cmaf_presentation_edge (presentation, state->first),
      cmaf_presentation_edge (presentation, state->last + 1));
}
