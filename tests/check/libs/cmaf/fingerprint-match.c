/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/fingerprint-match.h>

#include <string.h>

#define WINDOW 60

/* A picture of its own for each @content. */
static void
make (guint64 content, CmafFrameFingerprint *f)
{
  guint64 v = content + 1;

  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++) {
    v ^= v << 13;
    v ^= v >> 7;
    v ^= v << 17;
    v *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    f->signature[i] = (gint8)(v >> 56);
  }
  f->hash = v;
}

/* What a differently coded feed makes of it */
static void
code_anew (CmafFrameFingerprint *f, gint noise, GRand *rand)
{
  f->hash = ((guint64)g_rand_int (rand) << 32) | g_rand_int (rand);
  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++) {
    const gint value =
        f->signature[i] + g_rand_int_range (rand, -noise, noise + 1);

    f->signature[i] = (gint8)CLAMP (value, -127, 127);
  }
}

/* ---- scenes: which picture is frame n of the peer ---- */

static guint64
moving (guint n)
{
  return n;
}

static guint64
still (guint n)
{
  return 0;
}

static guint64
looping (guint n)
{
  return n % 40; /* several times in the window */
}

static guint64
looping_slowly (guint n)
{
  return n % (2 * WINDOW + 1); /* exactly outside of it */
}

static guint64
ticking (guint n)
{
  return n / 25; /* one change a second */
}

static guint64
still_then_moving (guint n)
{
  return n < 300 ? 0 : n;
}

static guint64
with_one_cut (guint n)
{
  return n >= 300;
}

static guint64
loop_then_moving (guint n)
{
  return n < 300 ? n % 40 : n;
}

static const struct
{
  const gchar *name;
  guint64 (*picture) (guint n);
  guint found; /* frame of ours (counted from 0) at which it is; 0: never */
} scenes[] = {
  /* all other shifts have to be out of question, and the peer tells of frames
   * up to the end of the window in time */
  { "moving", moving, 210 },
  { "still", still, 0 },
  { "looping", looping, 0 },
  { "looping outside the window", looping_slowly, 210 },
  { "ticking", ticking, 230 },
  { "still, then moving", still_then_moving, 360 },
  { "one cut", with_one_cut, 360 },
  { "loop, then moving", loop_then_moving, 360 },
};

#define N_FRAMES 500
#define FIRST_PEER 1000 /* number of its frame 0 */

/* Ours are its frames from @start on, counted from 0, and known as soon as they
 * are there; the peer's are told @late frames later. */
typedef struct
{
  guint start, late;
  gint noise; /* -1: bit-identical */
} Feeds;

static CmafFingerprintMatch *
play (
    guint64 (*picture) (guint n), const Feeds *feeds, GRand *rand, guint *found)
{
  const gint64 shift = FIRST_PEER + feeds->start;
  CmafFingerprintMatch *match = cmaf_fingerprint_match_new (shift + 17, WINDOW);
  CmafFrameFingerprint f;
  CmafFingerprintForm form;
  gint64 taken;

  *found = 0;
  for (guint t = 0; t < N_FRAMES + feeds->late; t++) {
    if (t >= feeds->late) {
      make (picture (t - feeds->late), &f);
      cmaf_fingerprint_match_add_peer (match, FIRST_PEER + t - feeds->late, &f);
    }
    if (t >= feeds->start && t < N_FRAMES) {
      make (picture (t), &f);
      if (feeds->noise >= 0)
        code_anew (&f, feeds->noise, rand);
      cmaf_fingerprint_match_add_own (match, t - feeds->start, &f);
    }
    if (!cmaf_fingerprint_match_get_shift (match, &taken, &form))
      continue;
    fail_unless (taken == shift, "shift %" G_GINT64_FORMAT, taken - shift);
    assert_equals_int (form,
        feeds->noise >= 0 ? CMAF_FINGERPRINT_SIGNATURE : CMAF_FINGERPRINT_HASH);
    if (*found == 0)
      *found = t;
  }
  return match;
}

GST_START_TEST (test_scene_is_found_where_it_is_unique)
{
  static const Feeds feeds[] = { { 50, 0, -1 }, { 0, 50, -1 }, { 50, 30, 2 },
    { 50, 0, 0 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (feeds); i++) {
    g_autoptr (CmafFingerprintMatch) match = NULL;
    guint found;

    match = play (scenes[__i__].picture, &feeds[i], rand, &found);
    fail_unless ((found > 0) == (scenes[__i__].found > 0)
                     && found <= scenes[__i__].found + feeds[i].late,
        "%s, feeds %u: found at %u, needs %u", scenes[__i__].name, i, found,
        scenes[__i__].found);
    assert_equals_int (cmaf_fingerprint_match_get_disagreement (match), 0);
  }
}
GST_END_TEST;

GST_START_TEST (test_too_much_noise_is_not_found)
{
  const Feeds feeds = { 50, 0, 60 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (CmafFingerprintMatch) match = NULL;
  guint found;

  match = play (moving, &feeds, rand, &found);
  assert_equals_int (found, 0);
}
GST_END_TEST;

/* Frames are lost in front of us: pictures go on under other numbers. */
GST_START_TEST (test_another_shift_is_taken_when_pictures_are_lost)
{
  g_autoptr (CmafFingerprintMatch) match =
      cmaf_fingerprint_match_new (FIRST_PEER, WINDOW);
  CmafFrameFingerprint f;
  CmafFingerprintForm form;
  gint64 shift;

  for (guint t = 0; t < 1200; t++) {
    make (t, &f);
    cmaf_fingerprint_match_add_peer (match, FIRST_PEER + t, &f);
    make (t < 500 ? t : t + 3, &f);
    cmaf_fingerprint_match_add_own (match, t, &f);
    if (t == 499) {
      fail_unless (cmaf_fingerprint_match_get_shift (match, &shift, &form));
      assert_equals_int64 (shift, FIRST_PEER);
    }
    if (t == 540)
      assert_equals_int (cmaf_fingerprint_match_get_disagreement (match), 41);
  }
  fail_unless (cmaf_fingerprint_match_get_shift (match, &shift, &form));
  assert_equals_int64 (shift, FIRST_PEER + 3);
  assert_equals_int (cmaf_fingerprint_match_get_disagreement (match), 0);
}
GST_END_TEST;

/* ---- against the definition ---- */

#define N_TOLD 300

/* A picture, and when it came: the number of the step, from 1; 0: never */
typedef struct
{
  guint step;
  guint64 hash;
} Told;

typedef struct
{
  Told own[N_TOLD], peer[N_TOLD];
  guint n; /* steps */
} Story;

/* Of @own (a count) at @shift, by what has come in the first @n steps: 1 same,
 * 0 different, -1 not known. */
static gint
look (const Story *story, guint n, gint64 count, gint64 shift)
{
  const gint64 number = count + shift;
  const Told *own, *peer;

  if (number < 0 || number >= N_TOLD)
    return -1;
  own = &story->own[count];
  peer = &story->peer[number];
  if (own->step == 0 || own->step > n || peer->step == 0 || peer->step > n)
    return -1;
  return own->hash == peer->hash;
}

/* The run at @shift that ends at the newest pair that is known. */
static gboolean
last_run (
    const Story *story, guint n, gint64 shift, gint64 *first, gint64 *last)
{
  *last = N_TOLD - 1;
  while (*last >= 0 && look (story, n, *last, shift) < 0)
    --*last;
  *first = *last + 1;
  while (*first > 0 && look (story, n, *first - 1, shift) == 1)
    --*first;
  return *first <= *last;
}

static gboolean
differs_within (const Story *story, guint n, gint64 shift, gint64 first)
{
  for (gint64 i = first; i < N_TOLD; i++) {
    if (look (story, n, i, shift) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The shift that is unique after @n steps, and its run */
static gboolean
find_unique (const Story *story, guint n, guint window, gint64 *shift,
    gint64 *first, gint64 *last)
{
  for (*shift = -(gint64)window; *shift <= (gint64)window; ++*shift) {
    gboolean is_unique = last_run (story, n, *shift, first, last)
                         && *last - *first + 1 >= CMAF_FINGERPRINT_RUN;

    for (gint64 s = -(gint64)window; is_unique && s <= (gint64)window; s++)
      is_unique = s == *shift || differs_within (story, n, s, *first);
    if (is_unique)
      return TRUE;
  }
  return FALSE;
}

/* Random feeds of scenes that move, stand still and repeat, with frames that
 * are missing or broken on either side. */
static void
tell_story (Story *story, GRand *rand, guint window)
{
  guint64 scene[500], at = 1;
  const gint delay = g_rand_int_range (rand, -(gint)window, (gint)window + 1);
  const guint late = (guint)g_rand_int_range (rand, 0, 20);
  const gdouble p = g_rand_boolean (rand) ? 0 : 0.01;

  for (guint i = 0; i < G_N_ELEMENTS (scene);) {
    const gint kind = g_rand_int_range (rand, 0, 4);
    const guint length = (guint)g_rand_int_range (rand, 5, 90);
    const guint period = kind == 0 ? 1 : (guint)g_rand_int_range (rand, 2, 30);

    for (guint j = 0; j < length && i < G_N_ELEMENTS (scene); j++, i++)
      scene[i] = kind < 2 ? at + j % period : at + j;
    at += g_rand_boolean (rand) ? length : 0; /* or the same once more */
  }
  for (gint t = 0; t < N_TOLD; t++) {
    const gint told = t - (gint)late;

    if (g_rand_double (rand) >= p) {
      story->own[t].step = ++story->n;
      story->own[t].hash = g_rand_double (rand) < p ? 0 : scene[t + 100];
    }
    if (told < 0 || g_rand_double (rand) < p)
      continue;
    story->peer[told].step = ++story->n;
    story->peer[told].hash =
        g_rand_double (rand) < p ? 0 : scene[told + 100 + delay];
  }
}

/* What came in step @n goes in. */
static void
tell (CmafFingerprintMatch *match, const Story *story, guint n)
{
  CmafFrameFingerprint f;

  memset (f.signature, n % 2 ? 127 : -127, sizeof f.signature);
  for (guint i = 0; i < N_TOLD; i++) {
    f.hash = story->own[i].hash;
    if (story->own[i].step == n)
      cmaf_fingerprint_match_add_own (match, i, &f);
    f.hash = story->peer[i].hash;
    if (story->peer[i].step == n)
      cmaf_fingerprint_match_add_peer (match, i, &f);
  }
}

GST_START_TEST (test_it_does_as_the_definition_says)
{
  const guint window = 12;
  guint n_found = 0;

  for (guint seed = 0; seed < 24; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed + __i__ * 1000);
    g_autofree Story *story = g_new0 (Story, 1);
    g_autoptr (CmafFingerprintMatch) match =
        cmaf_fingerprint_match_new (0, window);
    gint64 candidate = G_MAXINT64, since = 0, confirmed = 0;
    gint64 taken = G_MAXINT64;

    tell_story (story, rand, window);
    for (guint n = 1; n <= story->n; n++) {
      CmafFingerprintForm form;
      gint64 shift, first, last;

      tell (match, story, n);
      if (!find_unique (story, n, window, &shift, &first, &last)) {
        candidate = G_MAXINT64;
        continue;
      }
      if (candidate != shift || since != first)
        confirmed = last + CMAF_FINGERPRINT_RUN;
      candidate = shift;
      since = first;
      if (last >= confirmed)
        taken = shift;
      fail_unless (cmaf_fingerprint_match_get_shift (match, &shift, &form)
                           == (taken != G_MAXINT64)
                       && (taken == G_MAXINT64 || shift == taken),
          "seed %u, step %u", seed + __i__ * 1000, n);
    }
    n_found += taken != G_MAXINT64;
  }
  fail_unless (n_found >= 2, "%u found", n_found);
}
GST_END_TEST;

static Suite *
fingerprint_match_suite (void)
{
  Suite *suite = suite_create ("fingerprint-match");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_loop_test (
      tc, test_scene_is_found_where_it_is_unique, 0, G_N_ELEMENTS (scenes));
  tcase_add_test (tc, test_too_much_noise_is_not_found);
  tcase_add_test (tc, test_another_shift_is_taken_when_pictures_are_lost);
  tcase_add_loop_test (tc, test_it_does_as_the_definition_says, 0, 3);
  return suite;
}

GST_CHECK_MAIN (fingerprint_match);
