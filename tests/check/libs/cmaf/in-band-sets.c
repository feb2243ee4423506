/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/in-band-sets.h>

#include "tracks.h"

#define SPS "00000003 6764AA"
#define OTHER_SPS "00000003 6764BB"
#define PPS "00000003 68EBCC"
#define OTHER_PPS "00000003 68EBDD"
#define PPS_1 "00000003 6858CC" /* of pic_parameter_set_id 1 */
#define AUD "000000020910"
#define IDR "00000004 65888400"
#define SLICE "00000004 41888400"
#define VPS "00000003 400100"
#define OTHER_VPS "00000004 40010ABB"
#define HEVC_SPS "00000003 4201BB"
#define HEVC_PPS "00000003 4401CC"
#define HEVC_AUD "00000003460150"
#define HEVC_CRA "00000004 2A01A0B0"

typedef struct
{
  const gchar *unit;
  gboolean is_key;
  const gchar *missing; /* NULL: nothing */
  guint offset;
} Unit;

static const struct
{
  guint codec; /* row of test_codecs */
  Unit units[5];
} cases[] = {
  { 1, { { AUD SPS PPS IDR, TRUE }, { SLICE }, { IDR, TRUE, SPS PPS },
           { AUD IDR, TRUE, SPS PPS, 6 } } },
  /* the latest; a PPS alone adds to them */
  { 1, { { SPS PPS IDR, TRUE }, { OTHER_SPS PPS IDR, TRUE }, { PPS_1 SLICE },
           { IDR, TRUE, OTHER_SPS PPS PPS_1 } } },
  /* what comes again is there once; one of the same type and id replaces */
  { 1, { { SPS PPS IDR, TRUE }, { PPS IDR, TRUE, SPS PPS },
           { OTHER_PPS PPS_1 IDR, TRUE, SPS PPS },
           { PPS IDR, TRUE, SPS OTHER_PPS PPS_1 },
           { IDR, TRUE, SPS PPS PPS_1 } } },
  { 3, { { VPS HEVC_SPS HEVC_PPS HEVC_CRA, TRUE },
           { OTHER_VPS HEVC_PPS HEVC_CRA, TRUE, VPS HEVC_SPS HEVC_PPS },
           { HEVC_CRA, TRUE, OTHER_VPS HEVC_SPS HEVC_PPS } } },
  /* nothing is known, or what is known has no SPS */
  { 1, { { IDR, TRUE }, { PPS IDR, TRUE }, { IDR, TRUE }, { SLICE } } },
  { 3, { { HEVC_AUD VPS HEVC_SPS HEVC_PPS HEVC_CRA, TRUE },
           { HEVC_AUD HEVC_CRA, TRUE, VPS HEVC_SPS HEVC_PPS, 7 },
           { HEVC_CRA, FALSE }, { HEVC_CRA, TRUE, VPS HEVC_SPS HEVC_PPS } } },
  /* lengths that lie */
  { 1, { { SPS PPS IDR, TRUE }, { "000000FF 65", TRUE },
           { "00000000" IDR, TRUE }, { IDR, TRUE, SPS PPS } } },
  /* in the header is where they belong */
  { 0, { { SPS PPS IDR, TRUE }, { IDR, TRUE } } },
  { 2, { { VPS HEVC_SPS HEVC_PPS HEVC_CRA, TRUE }, { HEVC_CRA, TRUE } } },
  /* no NAL units */
  { 6, { { SPS PPS IDR, TRUE }, { IDR, TRUE } } },
};

GST_START_TEST (test_where_a_decoder_may_begin_they_are)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[cases[__i__].codec]);
  CmafInBandSets sets = { NULL };

  for (guint i = 0; i < 5 && cases[__i__].units[i].unit; i++) {
    const Unit *u = &cases[__i__].units[i];
    g_autoptr (GBytes) unit = bytes_from_hex (u->unit);
    g_autoptr (GBytes) missing = NULL;
    gsize offset, size = g_bytes_get_size (unit);
    g_autofree guint8 *copy =
        copy_exactly (g_bytes_get_data (unit, NULL), size);

    missing =
        cmaf_in_band_sets_take (&sets, track, copy, size, u->is_key, &offset);
    fail_unless ((missing != NULL) == (u->missing != NULL), "unit %u", i);
    if (!missing)
      continue;
    assert_bytes_are (missing, u->missing);
    assert_equals_int (offset, u->offset);
  }
  cmaf_in_band_sets_clear (&sets);
}
GST_END_TEST;

static GBytes *
take (CmafInBandSets *sets, const CmafTrack *track, GBytes *unit)
{
  gsize offset, size;
  gconstpointer data = g_bytes_get_data (unit, &size);

  return cmaf_in_band_sets_take (sets, track, data, size, TRUE, &offset);
}

/* The SPS once, the PPS with every key frame */
GST_START_TEST (test_a_set_that_is_repeated_stays_one)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[1]);
  g_autoptr (GBytes) first = bytes_from_hex (SPS PPS IDR);
  g_autoptr (GBytes) key = bytes_from_hex (PPS IDR);
  CmafInBandSets sets = { NULL };

  fail_unless (take (&sets, track, first) == NULL);
  for (guint i = 0; i < 3000; i++) {
    g_autoptr (GBytes) missing = take (&sets, track, key);

    fail_unless (missing != NULL, "key frame %u", i);
    assert_bytes_are (missing, SPS PPS);
  }
  cmaf_in_band_sets_clear (&sets);
}
GST_END_TEST;

/* A slice behind a PPS of this pic_parameter_set_id, ue(v). (transfer full) */
static GBytes *
make_numbered (guint id)
{
  guint8 unit[106] = { 0, 0, 0, 96, 0x68, [100] = 0, 0, 0, 2, 0x41, 0x88 };

  GST_WRITE_UINT32_BE (unit + 5, (id + 1) << (33 - 2 * g_bit_storage (id + 1)));
  return g_bytes_new (unit, sizeof unit);
}

GST_START_TEST (test_sets_without_end_are_forgotten)
{
  g_autoptr (CmafTrack) track = make_track (&test_codecs[1]);
  g_autoptr (GBytes) first = bytes_from_hex (SPS PPS IDR);
  g_autoptr (GBytes) key = bytes_from_hex (IDR);
  CmafInBandSets sets = { NULL };

  fail_unless (take (&sets, track, first) == NULL);
  for (guint i = 0; i < 300; i++) {
    g_autoptr (GBytes) unit = make_numbered (i);
    g_autoptr (GBytes) missing = take (&sets, track, unit);

    fail_unless (i > 0 || missing != NULL);
  }
  fail_unless (take (&sets, track, key) == NULL);
  cmaf_in_band_sets_clear (&sets);
}
GST_END_TEST;

static Suite *
in_band_sets_suite (void)
{
  Suite *s = suite_create ("in-band-sets");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (s, tcase);
  tcase_add_loop_test (
      tcase, test_where_a_decoder_may_begin_they_are, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_a_set_that_is_repeated_stays_one);
  tcase_add_test (tcase, test_sets_without_end_are_forgotten);
  return s;
}

GST_CHECK_MAIN (in_band_sets);
