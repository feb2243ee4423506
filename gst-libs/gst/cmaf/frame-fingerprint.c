/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Each row is read once, while it is in the cache: words of eight bytes go into
 * the lanes of the hash by turns, and the luma of each block is summed up eight
 * samples at a time. */
#include "frame-fingerprint.h"

#include <string.h>

#define N_LANES 4
#define FACTOR G_GUINT64_CONSTANT (0x9fb21c651e98df25) /* odd */
#define EVERY_OTHER G_GUINT64_CONSTANT (0x00ff00ff00ff00ff)
/* Samples that are brought side by side at once; a multiple of the lanes. */
#define GATHERED 4096

typedef struct
{
  guint64 lanes[N_LANES];
} Hash;

/* ---- the hash ---- */

static inline guint64
mix (guint64 lane, guint64 word)
{
  lane = (lane ^ word) * FACTOR;
  return lane << 29 | lane >> 35;
}

static void
hash_init (Hash *hash)
{
  for (guint i = 0; i < N_LANES; i++)
    hash->lanes[i] = FACTOR * (i + 1);
}

/* @size: any, but only the last piece of a row is not a multiple of the lanes.
 */
static void
hash_bytes (Hash *hash, const guint8 *data, gsize size)
{
  guint64 a = hash->lanes[0], b = hash->lanes[1];
  guint64 c = hash->lanes[2], d = hash->lanes[3];
  guint8 rest[8 * N_LANES] = { 0 };

  for (; size >= sizeof rest; data += sizeof rest, size -= sizeof rest) {
    a = mix (a, GST_READ_UINT64_LE (data));
    b = mix (b, GST_READ_UINT64_LE (data + 8));
    c = mix (c, GST_READ_UINT64_LE (data + 16));
    d = mix (d, GST_READ_UINT64_LE (data + 24));
  }
  if (size > 0) {
    memcpy (rest, data, size);
    a = mix (a, GST_READ_UINT64_LE (rest));
    b = mix (b, GST_READ_UINT64_LE (rest + 8));
    c = mix (c, GST_READ_UINT64_LE (rest + 16));
    d = mix (d, GST_READ_UINT64_LE (rest + 24));
  }
  hash->lanes[0] = a;
  hash->lanes[1] = b;
  hash->lanes[2] = c;
  hash->lanes[3] = d;
}

static guint64
hash_finish (const Hash *hash)
{
  guint64 all = 0;

  for (guint i = 0; i < N_LANES; i++) {
    all = mix (all, hash->lanes[i]);
    all ^= all >> 32;
  }
  return all * FACTOR;
}

/* ---- rows ---- */

static inline gboolean
has_two_bytes (const CmafPictureComponent *component)
{
  return component->n_bits > 8;
}

/* Samples are side by side, as the hash wants them. */
static gboolean
is_dense (const CmafPictureComponent *component)
{
  return has_two_bytes (component) ? component->step == 2 && !component->shift
                                   : component->step == 1;
}

/* Every other byte, as in NV12 and YUY2. */
static void
gather_pairs (const guint8 *from, guint8 *to, guint n)
{
  guint i = 0;

  for (; i + 4 < n; i += 4) { /* does not read behind the last sample */
    guint64 v = GST_READ_UINT64_LE (from + 2 * i) & EVERY_OTHER;

    v = (v | v >> 8) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
    v |= v >> 16;
    GST_WRITE_UINT32_LE (to + i, (guint32)v);
  }
  for (; i < n; i++)
    to[i] = from[2 * i];
}

static void
gather (const CmafPictureComponent *component, const guint8 *from, guint8 *to,
    guint n)
{
  const guint step = component->step;

  if (has_two_bytes (component)) {
    for (guint i = 0; i < n; i++)
      GST_WRITE_UINT16_LE (to + 2 * i,
          GST_READ_UINT16_LE (from + (gsize)i * step) >> component->shift);
  } else if (step == 2) {
    gather_pairs (from, to, n);
  } else {
    for (guint i = 0; i < n; i++)
      to[i] = from[(gsize)i * step];
  }
}

static guint64
sum_bytes (const guint8 *data, guint n)
{
  guint64 total = 0;

  while (n >= 8) {
    guint words = MIN (n / 8, 128); /* 16-bit lanes hold 128 pairs of bytes */
    guint64 lanes = 0;

    n -= words * 8;
    for (; words > 0; words--, data += 8) {
      const guint64 v = GST_READ_UINT64_LE (data);

      lanes += (v & EVERY_OTHER) + (v >> 8 & EVERY_OTHER);
    }
    total += (lanes & 0xffff) + (lanes >> 16 & 0xffff) + (lanes >> 32 & 0xffff)
             + (lanes >> 48);
  }
  for (; n > 0; n--)
    total += *data++;
  return total;
}

static guint64
sum_pairs (const guint8 *data, guint n)
{
  guint64 total = 0;

  for (; n > 0; n--, data += 2)
    total += GST_READ_UINT16_LE (data);
  return total;
}

/* Samples @first and up of a row, side by side in @data: what each block has of
 * them. */
static void
sum_blocks (const CmafPictureComponent *luma, const guint8 *data, guint first,
    guint n, guint64 *sums)
{
  guint at = first;

  for (guint i = 0; i < CMAF_SIGNATURE_COLUMNS; i++) {
    const guint end =
        MIN ((guint)((guint64)luma->width * (i + 1) / CMAF_SIGNATURE_COLUMNS),
            first + n);

    if (end <= at)
      continue;
    sums[i] += has_two_bytes (luma)
                   ? sum_pairs (data + 2 * (gsize)(at - first), end - at)
                   : sum_bytes (data + (at - first), end - at);
    at = end;
  }
}

/* @sums: of the blocks of this row; NULL: not luma. */
static void
take_row (const CmafPictureComponent *component, const guint8 *row, Hash *hash,
    guint64 *sums)
{
  const guint size = has_two_bytes (component) ? 2 : 1;
  guint8 gathered[2 * GATHERED];

  if (is_dense (component)) {
    hash_bytes (hash, row, (gsize)component->width * size);
    if (sums)
      sum_blocks (component, row, 0, component->width, sums);
    return;
  }
  for (guint at = 0; at < component->width; at += GATHERED) {
    const guint n = MIN (GATHERED, component->width - at);

    gather (component, row + (gsize)at * component->step, gathered, n);
    hash_bytes (hash, gathered, (gsize)n * size);
    if (sums)
      sum_blocks (component, gathered, at, n, sums);
  }
}

/* ---- the picture ---- */

static guint
edge_of_block (guint length, guint i, guint n)
{
  return (guint)((guint64)length * i / n);
}

static void
take_luma (const CmafPictureComponent *luma, Hash *hash, guint16 *means)
{
  const guint8 *row = luma->data;
  guint y = 0;

  for (guint i = 0; i < CMAF_SIGNATURE_ROWS; i++) {
    guint64 sums[CMAF_SIGNATURE_COLUMNS] = { 0 };
    const guint first = y;

    for (; y < edge_of_block (luma->height, i + 1, CMAF_SIGNATURE_ROWS); y++) {
      take_row (luma, row, hash, sums);
      row += luma->stride;
    }
    for (guint j = 0; j < CMAF_SIGNATURE_COLUMNS; j++) {
      const guint width =
          edge_of_block (luma->width, j + 1, CMAF_SIGNATURE_COLUMNS)
          - edge_of_block (luma->width, j, CMAF_SIGNATURE_COLUMNS);
      const guint64 n = ((guint64)width * (y - first)) << (luma->n_bits - 8);

      means[i * CMAF_SIGNATURE_COLUMNS + j] =
          n ? (guint16)((sums[j] * CMAF_SIGNATURE_SCALE + n / 2) / n) : 0;
    }
  }
}

static void
subtract (const guint16 *means, const guint16 *before, gint8 *signature)
{
  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++)
    signature[i] = (gint8)CLAMP ((gint)means[i] - before[i], -127, 127);
}

gboolean
cmaf_fingerprinter_add (CmafFingerprinter *fingerprinter,
    const CmafPictureComponent *components, guint n_components,
    CmafFrameFingerprint *fingerprint)
{
  const gboolean has_before = fingerprinter->has_means;
  guint16 means[CMAF_SIGNATURE_SIZE];
  Hash hash;

  hash_init (&hash);
  take_luma (&components[0], &hash, means);
  for (guint i = 1; i < n_components; i++) {
    const guint8 *row = components[i].data;

    for (guint y = 0; y < components[i].height; y++) {
      take_row (&components[i], row, &hash, NULL);
      row += components[i].stride;
    }
  }
  fingerprint->hash = hash_finish (&hash);
  subtract (
      means, has_before ? fingerprinter->means : means, fingerprint->signature);
  memcpy (fingerprinter->means, means, sizeof means);
  fingerprinter->has_means = TRUE;
  return has_before;
}

guint
cmaf_signature_distance (const gint8 *a, const gint8 *b)
{
  gint sum = 0;

  for (guint i = 0; i < CMAF_SIGNATURE_SIZE; i++)
    sum += MAX (ABS (a[i] - b[i]) - CMAF_SIGNATURE_NOISE, 0);
  return (guint)sum;
}
