/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Two rings keep what was seen. Each pair of frames within the window is looked
 * at once, when the later one of the two comes, and what it says is kept for
 * its shift: the run that it ends, and the last difference. A shift is
 * impossible when there was a difference during the run of the best one. */
#include "fingerprint-match.h"

/* What coding makes of a picture beyond the noise of each block, in steps of
 * the signature: a little, and more where more moves. Measured with H.264 at
 * 0.6 Mbit/s, key frames included. */
#define NOISE 48
#define NOISE_OF_MOTION 16
#define NOBODY G_MAXUINT64

/* What two fingerprints say of two pictures */
typedef enum
{
  SAME,
  ALIKE, /* may be the same or not */
  DIFFERENT,
} Verdict;

typedef struct
{
  guint64 number; /* NOBODY: empty */
  CmafFrameFingerprint fingerprint;
  guint motion; /* in the signature */
} Seen;

/* A shift, by one form */
typedef struct
{
  gint64 first, last; /* the run: own counts; last < first: none */
  gint64 different;   /* own count, -1: none yet */
  guint n_different;  /* in a row */
} Tally;

/* By one form */
typedef struct
{
  Tally *tallies;
  guint longest;    /* run */
  gint candidate;   /* index of its shift; -1: none */
  gint64 since;     /* beginning of its run */
  gint64 confirmed; /* its run has to come to here */
} Search;

struct _CmafFingerprintMatch
{
  gint64 lowest; /* shift */
  guint n_shifts;
  guint size; /* of the rings, a power of two */
  Seen *own, *peer;
  gint64 newest_own, newest_peer; /* -1: none */
  Search searches[CMAF_N_FINGERPRINT_FORMS];
  gboolean has_shift;
  guint shift; /* index */
  CmafFingerprintForm form;
};

/* ---- two pictures ---- */

static guint
motion (const CmafFrameFingerprint *fingerprint)
{
  static const gint8 nothing[CMAF_SIGNATURE_SIZE];

  return cmaf_signature_distance (fingerprint->signature, nothing);
}

static Verdict
compare (CmafFingerprintForm form, const Seen *a, const Seen *b)
{
  const guint noise = NOISE + (a->motion + b->motion) / NOISE_OF_MOTION;
  guint distance;

  if (form == CMAF_FINGERPRINT_HASH)
    return a->fingerprint.hash == b->fingerprint.hash ? SAME : DIFFERENT;
  distance = cmaf_signature_distance (
      a->fingerprint.signature, b->fingerprint.signature);
  if (distance <= noise)
    return SAME;
  return distance <= 2 * noise ? ALIKE : DIFFERENT;
}

/* ---- one shift ---- */

static guint
run_of (const Tally *tally)
{
  return (guint)(tally->last - tally->first + 1);
}

static void
add_verdict (Tally *tally, gint64 count, Verdict verdict)
{
  const gboolean goes_on = run_of (tally) > 0 && tally->last == count - 1;

  if (verdict == SAME) {
    tally->first = goes_on ? tally->first : count;
    tally->last = count;
    tally->n_different = 0;
    return;
  }
  tally->first = count + 1;
  tally->last = count;
  if (verdict == DIFFERENT) {
    tally->different = MAX (tally->different, count);
    tally->n_different++;
  } else {
    tally->n_different = 0;
  }
}

static void
look_at_pair (
    CmafFingerprintMatch *match, guint shift, const Seen *own, const Seen *peer)
{
  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++)
    add_verdict (&match->searches[form].tallies[shift], (gint64)own->number,
        compare (form, own, peer));
}

/* ---- all of them ---- */

/* The shift whose run began first: all others have differed since, if it is the
 * only one. */
static gint
find_oldest (const CmafFingerprintMatch *match, Search *search)
{
  gint oldest = -1;

  search->longest = 0;
  for (guint i = 0; i < match->n_shifts; i++) {
    const Tally *tally = &search->tallies[i];

    search->longest = MAX (search->longest, run_of (tally));
    if (run_of (tally) >= CMAF_FINGERPRINT_RUN
        && (oldest < 0 || tally->first < search->tallies[oldest].first))
      oldest = (gint)i;
  }
  return oldest;
}

static gboolean
is_only_one (const CmafFingerprintMatch *match, const Search *search, gint best)
{
  for (guint i = 0; i < match->n_shifts; i++) {
    if (i != (guint)best
        && search->tallies[i].different < search->tallies[best].first)
      return FALSE;
  }
  return TRUE;
}

static gboolean
search_further (const CmafFingerprintMatch *match, Search *search)
{
  const gint best = find_oldest (match, search);
  const Tally *tally;

  if (best < 0 || !is_only_one (match, search, best)) {
    search->candidate = -1;
    return FALSE;
  }
  tally = &search->tallies[best];
  if (search->candidate != best || search->since != tally->first) {
    search->candidate = best;
    search->since = tally->first;
    search->confirmed = tally->last + CMAF_FINGERPRINT_RUN;
  }
  return tally->last >= search->confirmed;
}

static void
decide (CmafFingerprintMatch *match)
{
  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++) {
    Search *search = &match->searches[form];

    if (!search_further (match, search))
      continue;
    match->has_shift = TRUE;
    match->shift = (guint)search->candidate;
    match->form = form;
    return; /* the hash is never wrong */
  }
}

static Seen *
slot (const CmafFingerprintMatch *match, Seen *ring, guint64 number)
{
  return &ring[number & (match->size - 1)];
}

static Seen *
keep (CmafFingerprintMatch *match, Seen *ring, guint64 number,
    const CmafFrameFingerprint *fingerprint)
{
  Seen *seen = slot (match, ring, number);

  seen->number = number;
  seen->fingerprint = *fingerprint;
  seen->motion = motion (fingerprint);
  return seen;
}

void
cmaf_fingerprint_match_add_own (CmafFingerprintMatch *match, guint64 count,
    const CmafFrameFingerprint *fingerprint)
{
  const Seen *own;

  if ((gint64)count <= match->newest_own)
    return;
  match->newest_own = (gint64)count;
  own = keep (match, match->own, count, fingerprint);
  for (guint i = 0; i < match->n_shifts; i++) {
    const gint64 number = (gint64)count + match->lowest + i;
    const Seen *peer = slot (match, match->peer, (guint64)number);

    if (number >= 0 && peer->number == (guint64)number)
      look_at_pair (match, i, own, peer);
  }
  decide (match);
}

void
cmaf_fingerprint_match_add_peer (CmafFingerprintMatch *match, guint64 number,
    const CmafFrameFingerprint *fingerprint)
{
  const Seen *peer;

  if ((gint64)number <= match->newest_peer)
    return;
  match->newest_peer = (gint64)number;
  peer = keep (match, match->peer, number, fingerprint);
  for (guint i = 0; i < match->n_shifts; i++) {
    const gint64 count = (gint64)number - match->lowest - i;
    const Seen *own = slot (match, match->own, (guint64)count);

    if (count >= 0 && own->number == (guint64)count)
      look_at_pair (match, i, own, peer);
  }
  decide (match);
}

/* ---- making it, and asking ---- */

static Seen *
new_ring (guint size)
{
  Seen *ring = g_new (Seen, size);

  for (guint i = 0; i < size; i++)
    ring[i].number = NOBODY;
  return ring;
}

CmafFingerprintMatch *
cmaf_fingerprint_match_new (gint64 center, guint window)
{
  CmafFingerprintMatch *match = g_new0 (CmafFingerprintMatch, 1);

  window = MIN (window, CMAF_FINGERPRINT_MAX_WINDOW);
  match->lowest = center - window;
  match->n_shifts = 2 * window + 1;
  match->size = 1024;
  while (match->size < 4 * match->n_shifts) /* a peer may tell late */
    match->size *= 2;
  match->own = new_ring (match->size);
  match->peer = new_ring (match->size);
  match->newest_own = match->newest_peer = -1;
  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++) {
    Search *search = &match->searches[form];

    search->tallies = g_new0 (Tally, match->n_shifts);
    search->candidate = -1;
    for (guint i = 0; i < match->n_shifts; i++)
      search->tallies[i].last = search->tallies[i].different = -1;
  }
  return match;
}

void
cmaf_fingerprint_match_free (CmafFingerprintMatch *match)
{
  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++)
    g_free (match->searches[form].tallies);
  g_free (match->own);
  g_free (match->peer);
  g_free (match);
}

gboolean
cmaf_fingerprint_match_get_shift (
    const CmafFingerprintMatch *match, gint64 *shift, CmafFingerprintForm *form)
{
  *shift = match->lowest + match->shift;
  *form = match->form;
  return match->has_shift;
}

guint
cmaf_fingerprint_match_get_disagreement (const CmafFingerprintMatch *match)
{
  guint least = G_MAXUINT;

  if (!match->has_shift)
    return 0;
  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++)
    least =
        MIN (least, match->searches[form].tallies[match->shift].n_different);
  return least;
}

guint
cmaf_fingerprint_match_get_run (const CmafFingerprintMatch *match)
{
  guint longest = 0;

  for (guint form = 0; form < CMAF_N_FINGERPRINT_FORMS; form++)
    longest = MAX (longest, match->searches[form].longest);
  return longest;
}
