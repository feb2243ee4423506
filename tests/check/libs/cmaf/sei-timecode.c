/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Access units are written bit by bit: of H.264 a parameter set with the VUI
 * that the case asks for, then SEI messages, then a slice. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/sei-timecode.h>

typedef struct
{
  guint8 data[256];
  guint n_bits;
} Bits;

static void
put (Bits *bits, guint n, guint32 value)
{
  for (; n > 0; n--, bits->n_bits++)
    if (value >> (n - 1) & 1)
      bits->data[bits->n_bits / 8] |= 0x80 >> bits->n_bits % 8;
}

/* Exp-Golomb */
static void
put_ue (Bits *bits, guint32 value)
{
  guint n = g_bit_storage (value + 1);

  put (bits, n - 1, 0);
  put (bits, n, value + 1);
}

static void
end_bits (Bits *bits)
{
  put (bits, 1, 1);
  bits->n_bits = (bits->n_bits + 7) / 8 * 8;
}

typedef struct
{
  gboolean is_avc;
  gboolean has_hrd, has_pic_struct; /* H.264 */
  gboolean is_full;                 /* full_timestamp_flag */
  gboolean has_hours;               /* when it is not */
  guint counting_type;
  guint hours, minutes, seconds, frames;
  gboolean is_found;
} Case;

static const Case cases[] = {
  { TRUE, FALSE, TRUE, TRUE, FALSE, 0, 12, 34, 56, 7, TRUE },
  { TRUE, TRUE, TRUE, TRUE, FALSE, 4, 23, 59, 59, 29, TRUE },
  { TRUE, TRUE, TRUE, FALSE, TRUE, 0, 1, 2, 3, 4, TRUE },
  { TRUE, TRUE, TRUE, FALSE, FALSE, 0, 1, 2, 3, 4, FALSE },
  { TRUE, TRUE, FALSE, TRUE, FALSE, 0, 1, 2, 3, 4, FALSE },
  { FALSE, FALSE, FALSE, TRUE, FALSE, 0, 12, 34, 56, 7, TRUE },
  { FALSE, FALSE, FALSE, TRUE, FALSE, 4, 23, 59, 59, 300, TRUE },
  { FALSE, FALSE, FALSE, FALSE, TRUE, 0, 1, 2, 3, 4, TRUE },
  { FALSE, FALSE, FALSE, FALSE, FALSE, 0, 1, 2, 3, 4, FALSE },
};

static void
append_nal (GByteArray *unit, Bits *bits)
{
  guint n = bits->n_bits / 8;
  guint8 length[4] = { 0, 0, n >> 8, n & 0xff };

  g_byte_array_append (unit, length, sizeof length);
  g_byte_array_append (unit, bits->data, n);
}

static void
append_sps (GByteArray *unit, const Case *c)
{
  static const guint to_crop[] = { 0, 0, 2,
    1 }; /* id, frame num, order, refs */
  Bits bits = { .n_bits = 0 };

  put (&bits, 8, 0x67);
  put (&bits, 24, 66 << 16 | 30); /* baseline, level 3.0 */
  for (guint i = 0; i < G_N_ELEMENTS (to_crop); i++)
    put_ue (&bits, to_crop[i]);
  put (&bits, 1, 0);
  put_ue (&bits, 39);
  put_ue (&bits, 22);
  put (&bits, 4, 8 + 4 + 0 + 1); /* frames, direct, no crop, VUI */
  put (&bits, 4, 0);
  put (&bits, 1, 0); /* no timing */
  put (&bits, 1, c->has_hrd);
  if (c->has_hrd) {
    put_ue (&bits, 0);
    put (&bits, 8, 0);
    put_ue (&bits, 1000);
    put_ue (&bits, 1000);
    put (&bits, 1, 0);
    put (&bits, 20, 23 << 15 | 11 << 10 | 12 << 5 | 0);
  }
  put (&bits, 1, 0);
  if (c->has_hrd)
    put (&bits, 1, 0);
  put (&bits, 1, c->has_pic_struct);
  put (&bits, 1, 0);
  end_bits (&bits);
  append_nal (unit, &bits);
}

static void
put_clock (Bits *bits, const Case *c)
{
  put (bits, 5, c->counting_type);
  put (bits, 1, c->is_full);
  put (bits, 2, 0);
  put (bits, c->is_avc ? 8 : 9, c->frames);
  if (!c->is_full)
    put (bits, 1, 1);
  put (bits, 6, c->seconds);
  if (!c->is_full)
    put (bits, 1, 1);
  put (bits, 6, c->minutes);
  if (!c->is_full)
    put (bits, 1, c->has_hours);
  if (c->is_full || c->has_hours)
    put (bits, 5, c->hours);
}

static void
append_sei (GByteArray *unit, const Case *c)
{
  Bits message = { .n_bits = 0 }, bits = { .n_bits = 0 };

  if (c->is_avc && c->has_hrd)
    put (&message, 25, 0x155555); /* delays of 12 and 13 bits */
  if (c->is_avc && c->has_pic_struct)
    put (&message, 4, 0);
  else if (!c->is_avc)
    put (&message, 2, 1);
  put (&message, 1, 1);
  put (&message, c->is_avc ? 3 : 1, 0);
  put_clock (&message, c);
  end_bits (&message);
  put (&bits, c->is_avc ? 8 : 16, c->is_avc ? 6 : 39 << 9 | 1);
  put (&bits, 24, 5 << 16 | 1 << 8 | 0xaa); /* another message */
  put (&bits, 8, c->is_avc ? 1 : 136);
  put (&bits, 8, message.n_bits / 8);
  for (guint i = 0; i < message.n_bits / 8; i++)
    put (&bits, 8, message.data[i]);
  end_bits (&bits);
  append_nal (unit, &bits);
}

static CmafTrack *
new_track (gboolean is_avc)
{
  static const guint8 avcc[] = { 1, 66, 0, 30, 0xff, 0xe0, 0 };
  static const guint8 hvcc[23] = { 1, [21] = 0x0f };
  CmafTrack *track = cmaf_track_new (
      CMAF_MEDIA_VIDEO, is_avc ? CMAF_CODEC_AVC3 : CMAF_CODEC_HEV1);

  track->codec_config = is_avc ? g_bytes_new_static (avcc, sizeof avcc)
                               : g_bytes_new_static (hvcc, sizeof hvcc);
  return track;
}

static GByteArray *
make_unit (const Case *c)
{
  static const guint8 slice[] = { 0, 0, 0, 2, 0x65, 0x88 };
  GByteArray *unit = g_byte_array_new ();

  if (c->is_avc)
    append_sps (unit, c);
  append_sei (unit, c);
  g_byte_array_append (unit, slice, sizeof slice);
  return unit;
}

GST_START_TEST (test_labels)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafTrack) track = new_track (c->is_avc);
  g_autoptr (GByteArray) unit = make_unit (c);
  CmafTimecode label;

  fail_unless_equals_int (
      cmaf_sei_timecode_read (track, unit->data, unit->len, &label),
      c->is_found);
  if (!c->is_found)
    return;
  fail_unless_equals_int (label.hours, c->hours);
  fail_unless_equals_int (label.minutes, c->minutes);
  fail_unless_equals_int (label.seconds, c->seconds);
  fail_unless_equals_int (label.frames, c->frames);
  fail_unless_equals_int (label.is_drop, c->counting_type == 4);
}
GST_END_TEST;

/* The rest of a large picture is not looked at; nor is what is broken. */
GST_START_TEST (test_prefixes)
{
  const Case *c = &cases[__i__];
  g_autoptr (CmafTrack) track = new_track (c->is_avc);
  g_autoptr (CmafTrack) other =
      cmaf_track_new (CMAF_MEDIA_VIDEO, CMAF_CODEC_AV01);
  g_autoptr (GByteArray) unit = make_unit (c);
  gboolean was_found = FALSE;
  CmafTimecode label;

  for (gsize size = 0; size <= unit->len; size++) {
    g_autofree guint8 *exact = g_memdup2 (unit->data, size);
    gboolean is_found = cmaf_sei_timecode_read (track, exact, size, &label);

    fail_unless (is_found || !was_found);
    was_found = is_found;
  }
  fail_unless_equals_int (was_found, c->is_found);
  fail_if (cmaf_sei_timecode_read (other, unit->data, unit->len, &label));
}
GST_END_TEST;

static Suite *
sei_timecode_suite (void)
{
  Suite *suite = suite_create ("sei-timecode");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_labels, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, test_prefixes, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (sei_timecode);
