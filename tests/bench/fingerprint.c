/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* fingerprint: the CPU time of fingerprinting 1080p50, as a share of one core,
 * and of searching for the shift to a peer meanwhile; both by the process'
 * clock, so that other load does not count. At most a twentieth. */
#include <stdio.h>
#include <time.h>

#include <gst/cmaf/fingerprint-match.h>

#define WIDTH 1920
#define HEIGHT 1080
#define RATE 50
#define N_PICTURES 8 /* more than the cache holds */
#define SECONDS 10
#define AT_MOST 0.05

typedef struct
{
  const gchar *name;
  CmafPictureComponent components[3];
  gsize size;
} Layout;

#define LUMA ((gsize)WIDTH * HEIGHT)

static const Layout layouts[] = {
  { "I420",
      { { NULL, WIDTH, 1, WIDTH, HEIGHT, 8, 0 },
          { (guint8 *)LUMA, WIDTH / 2, 1, WIDTH / 2, HEIGHT / 2, 8, 0 },
          { (guint8 *)(LUMA * 5 / 4), WIDTH / 2, 1, WIDTH / 2, HEIGHT / 2, 8,
              0 } },
      LUMA * 3 / 2 },
  { "NV12",
      { { NULL, WIDTH, 1, WIDTH, HEIGHT, 8, 0 },
          { (guint8 *)LUMA, WIDTH, 2, WIDTH / 2, HEIGHT / 2, 8, 0 },
          { (guint8 *)(LUMA + 1), WIDTH, 2, WIDTH / 2, HEIGHT / 2, 8, 0 } },
      LUMA * 3 / 2 },
};

static gdouble
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (gdouble)t.tv_sec + (gdouble)t.tv_nsec / 1e9;
}

static gdouble
measure (const Layout *layout, guint8 *const *pictures)
{
  CmafFingerprinter fingerprinter = { 0 };
  CmafFrameFingerprint f;
  guint64 sink = 0;
  gdouble start = cpu_seconds ();

  for (guint i = 0; i < SECONDS * RATE; i++) {
    CmafPictureComponent components[3];

    for (guint j = 0; j < 3; j++) {
      components[j] = layout->components[j];
      components[j].data = pictures[i % N_PICTURES] + (gsize)components[j].data;
    }
    cmaf_fingerprinter_add (&fingerprinter, components, 3, &f);
    sink += f.hash;
  }
  return sink ? (cpu_seconds () - start) / SECONDS : 1;
}

/* Both forms, all shifts of five seconds either way */
static gdouble
measure_search (void)
{
  g_autoptr (CmafFingerprintMatch) match =
      cmaf_fingerprint_match_new (0, 5 * RATE);
  CmafFrameFingerprint f = { 0 };
  CmafFingerprintForm form;
  gint64 shift;
  gdouble start = cpu_seconds ();

  for (guint i = 0; i < SECONDS * RATE; i++) {
    f.hash = i;
    for (guint j = 0; j < CMAF_SIGNATURE_SIZE; j++)
      f.signature[j] = (gint8)(i * (j + 1));
    cmaf_fingerprint_match_add_peer (match, i, &f);
    cmaf_fingerprint_match_add_own (match, i, &f);
  }
  if (!cmaf_fingerprint_match_get_shift (match, &shift, &form) || shift != 0)
    return 1;
  return (cpu_seconds () - start) / SECONDS;
}

int
main (void)
{
  const gdouble search = measure_search ();
  guint8 *pictures[N_PICTURES];
  gboolean ok = TRUE;

  for (guint i = 0; i < N_PICTURES; i++) {
    pictures[i] = g_malloc (LUMA * 3 / 2);
    for (gsize j = 0; j < LUMA * 3 / 2; j++)
      pictures[i][j] = (guint8)(j * (i + 3) >> 3);
  }
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    const gdouble share = measure (&layouts[i], pictures);

    printf ("RATIO 1080p50 %s: %.2f ms a picture, %.1f %% of a core, and %.1f "
            "%% for the search, at most %.0f %%\n",
        layouts[i].name, share / RATE * 1000, share * 100, search * 100,
        AT_MOST * 100);
    ok = ok && share + search <= AT_MOST;
  }
  for (guint i = 0; i < N_PICTURES; i++)
    g_free (pictures[i]);
  return ok ? 0 : 1;
}
