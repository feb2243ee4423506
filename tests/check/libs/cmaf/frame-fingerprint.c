/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/frame-fingerprint.h>

#include <string.h>

#define WIDTH 86 /* neither a multiple of 16 nor of 8 */
#define HEIGHT 38

/* How three components of 4:2:2 lie in memory: offset, and bytes from sample to
 * sample, of each; rows of luma and of colour. */
static const struct
{
  const gchar *name;
  guint step[3];
  gsize offset[3];
  guint stride[3];
  guint n_bits, shift;
} layouts[] = {
  { "Y42B", { 1, 1, 1 }, { 0, 86 * 38, 86 * 38 + 43 * 38 }, { 86, 43, 43 }, 8,
      0 },
  { "Y42B with padding", { 1, 1, 1 }, { 64, 40000, 80000 }, { 128, 61, 1024 },
      8, 0 },
  { "NV16", { 1, 2, 2 }, { 0, 40000, 40001 }, { 96, 96, 96 }, 8, 0 },
  { "YUY2", { 2, 4, 4 }, { 0, 1, 3 }, { 172, 172, 172 }, 8, 0 },
  { "UYVY with padding", { 2, 4, 4 }, { 1, 0, 2 }, { 200, 200, 200 }, 8, 0 },
  { "I422_10LE", { 2, 2, 2 }, { 0, 40000, 60000 }, { 172, 86, 86 }, 10, 0 },
  { "I422_10LE with padding", { 2, 2, 2 }, { 2, 40000, 60000 },
      { 200, 90, 100 }, 10, 0 },
  { "NV16_10LE, high bits", { 2, 4, 4 }, { 0, 40000, 40002 }, { 172, 172, 172 },
      10, 6 },
};

typedef struct
{
  guint8 memory[200000];
  CmafPictureComponent components[3];
} Picture;

/* @value tells each sample of 8 bits. */
typedef guint (*Content) (guint component, guint x, guint y, guint n);

static guint
noise (guint component, guint x, guint y, guint n)
{
  guint64 v = ((guint64)n << 40) ^ ((guint64)component << 32) ^ (y << 16) ^ x;

  v *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  v ^= v >> 29;
  v *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return v >> 40 & 0xff;
}

static guint
ramp (guint component, guint x, guint y, guint n)
{
  return component == 0 ? (x + y + n * 3) & 0xff : 128;
}

static void
draw (Picture *picture, guint layout, Content content, guint n, guint8 padding)
{
  memset (picture->memory, padding, sizeof picture->memory);
  for (guint i = 0; i < 3; i++) {
    CmafPictureComponent *c = &picture->components[i];

    c->data = picture->memory + layouts[layout].offset[i];
    c->stride = layouts[layout].stride[i];
    c->step = layouts[layout].step[i];
    c->width = i == 0 ? WIDTH : WIDTH / 2;
    c->height = HEIGHT;
    c->n_bits = layouts[layout].n_bits;
    c->shift = layouts[layout].shift;
    for (guint y = 0; y < HEIGHT; y++) {
      for (guint x = 0; x < c->width; x++) {
        guint8 *at = (guint8 *)c->data + (gsize)y * c->stride + x * c->step;
        guint v = content (i, x, y, n);

        if (c->n_bits == 8)
          *at = v;
        else
          GST_WRITE_UINT16_LE (at, v << (c->n_bits - 8) << c->shift);
      }
    }
  }
}

/* Of pictures @n - 1 and @n */
static void
take (guint layout, Content content, guint n, guint8 padding,
    CmafFrameFingerprint *fingerprint)
{
  g_autofree Picture *picture = g_new (Picture, 1);
  CmafFingerprinter fingerprinter = { 0 };

  draw (picture, layout, content, n - 1, padding);
  fail_if (cmaf_fingerprinter_add (
      &fingerprinter, picture->components, 3, fingerprint));
  draw (picture, layout, content, n, padding);
  fail_unless (cmaf_fingerprinter_add (
      &fingerprinter, picture->components, 3, fingerprint));
}

GST_START_TEST (test_layout_stride_and_padding_change_nothing)
{
  const guint of_same_bits = layouts[__i__].n_bits == 8 ? 0 : 5;
  CmafFrameFingerprint here, there, again;

  take (of_same_bits, noise, 7, 0, &here);
  take (__i__, noise, 7, 0xff, &there);
  take (__i__, noise, 7, 0x55, &again);
  fail_unless (here.hash == there.hash && there.hash == again.hash,
      "hash of %s", layouts[__i__].name);
  fail_unless (
      memcmp (here.signature, there.signature, CMAF_SIGNATURE_SIZE) == 0,
      "signature of %s", layouts[__i__].name);
  /* and that of ten bits is that of eight */
  take (0, noise, 7, 0, &here);
  fail_unless (
      memcmp (here.signature, there.signature, CMAF_SIGNATURE_SIZE) == 0);
}
GST_END_TEST;

/* The mean of each block, sample by sample */
static gint
mean_of_block (Content content, guint block, guint n)
{
  const guint column = block % 16, row = block / 16;
  guint sum = 0, count = 0;

  for (guint y = row * HEIGHT / 9; y < (row + 1) * HEIGHT / 9; y++) {
    for (guint x = column * WIDTH / 16; x < (column + 1) * WIDTH / 16; x++) {
      sum += content (0, x, y, n);
      count++;
    }
  }
  return (gint)((sum * 4 + count / 2) / count);
}

GST_START_TEST (test_signature_is_the_change_of_each_block)
{
  const Content contents[] = { noise, ramp };
  const Content content = contents[__i__];
  CmafFrameFingerprint f;

  for (guint n = 1; n < 90; n += 8) {
    take (0, content, n, 0, &f);
    for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++) {
      const gint change =
          mean_of_block (content, i, n) - mean_of_block (content, i, n - 1);

      assert_equals_int (f.signature[i], CLAMP (change, -127, 127));
    }
  }
}
GST_END_TEST;

/* One bit of one sample anywhere, the last of a row included */
GST_START_TEST (test_every_bit_is_in_the_hash)
{
  g_autofree Picture *picture = g_new (Picture, 1);
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  CmafFingerprinter fingerprinter = { 0 };
  CmafFrameFingerprint f;
  guint n = 0;

  draw (picture, 1, noise, 1, 0);
  for (guint i = 0; i < 3; i++) {
    const CmafPictureComponent *c = &picture->components[i];

    for (guint y = 0; y < c->height; y += 3) {
      for (guint x = 0; x < c->width; x++, n++) {
        guint8 *at = (guint8 *)c->data + (gsize)y * (gsize)c->stride + x;

        *at ^= 1 << (x + y) % 8;
        cmaf_fingerprinter_add (&fingerprinter, picture->components, 3, &f);
        g_hash_table_add (seen, g_memdup2 (&f.hash, sizeof f.hash));
        *at ^= 1 << (x + y) % 8;
      }
    }
  }
  assert_equals_int (g_hash_table_size (seen), n);
}
GST_END_TEST;

GST_START_TEST (test_pictures_of_any_size_are_taken)
{
  CmafFrameFingerprint f;

  for (guint width = 0; width < 40; width++) {
    for (guint height = 0; height < 40; height++) {
      /* exactly as long as it says: nothing behind it is read */
      guint8 *data = g_malloc0 (2 * width * height + 1);
      CmafPictureComponent c = { data, width, 1, width, height, 8, 0 };
      CmafFingerprinter fingerprinter = { 0 };

      cmaf_fingerprinter_add (&fingerprinter, &c, 1, &f);
      c.step = 2;
      c.stride = 2 * width;
      cmaf_fingerprinter_add (&fingerprinter, &c, 1, &f);
      g_free (data);
    }
  }
}
GST_END_TEST;

GST_START_TEST (test_a_picture_upside_down_is_read_by_a_negative_stride)
{
  g_autofree Picture *picture = g_new (Picture, 1);
  g_autofree guint8 *flipped = g_malloc (WIDTH * HEIGHT);
  CmafFingerprinter fingerprinter = { 0 };
  CmafFrameFingerprint there, back;
  CmafPictureComponent c;

  draw (picture, 0, noise, 1, 0);
  c = picture->components[0];
  cmaf_fingerprinter_add (&fingerprinter, &c, 1, &there);
  for (guint y = 0; y < HEIGHT; y++)
    memcpy (flipped + (HEIGHT - 1 - y) * WIDTH, c.data + y * WIDTH, WIDTH);
  c.data = flipped + (HEIGHT - 1) * WIDTH;
  c.stride = -WIDTH;
  cmaf_fingerprinter_add (&fingerprinter, &c, 1, &back);
  assert_equals_uint64 (there.hash, back.hash);
}
GST_END_TEST;

GST_START_TEST (test_distance_is_what_is_beyond_noise)
{
  gint8 a[CMAF_SIGNATURE_SIZE] = { 0 }, b[CMAF_SIGNATURE_SIZE] = { 0 };

  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++)
    b[i] = i % 2 ? CMAF_SIGNATURE_NOISE : -CMAF_SIGNATURE_NOISE;
  assert_equals_int (cmaf_signature_distance (a, b), 0);
  a[5] = -127;
  b[5] = 127;
  b[6] = 4;
  b[7] = -3;
  assert_equals_int (cmaf_signature_distance (a, b), 252 + 2 + 1);
  assert_equals_int (cmaf_signature_distance (b, a), 252 + 2 + 1);
}
GST_END_TEST;

static Suite *
frame_fingerprint_suite (void)
{
  Suite *suite = suite_create ("frame-fingerprint");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_layout_stride_and_padding_change_nothing, 0,
      G_N_ELEMENTS (layouts));
  tcase_add_loop_test (tc, test_signature_is_the_change_of_each_block, 0, 2);
  tcase_add_test (tc, test_every_bit_is_in_the_hash);
  tcase_add_test (tc, test_pictures_of_any_size_are_taken);
  tcase_add_test (tc, test_distance_is_what_is_beyond_noise);
  tcase_add_test (tc, test_a_picture_upside_down_is_read_by_a_negative_stride);
  return suite;
}

GST_CHECK_MAIN (frame_fingerprint);
