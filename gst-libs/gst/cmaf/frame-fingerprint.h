/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a picture is known by again at another place: a hash, where the feeds
 * are bit-identical, and a small signature, where they were coded differently.
 * Neither depends on strides, on padding, or on how components are laid out in
 * memory. One thread at a time. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_SIGNATURE_COLUMNS 16
#define CMAF_SIGNATURE_ROWS 9
#define CMAF_SIGNATURE_SIZE (CMAF_SIGNATURE_COLUMNS * CMAF_SIGNATURE_ROWS)
/* Steps of a signature in a step of 8-bit luma */
#define CMAF_SIGNATURE_SCALE 4
/* Of a difference of one block so many steps are noise of coding. */
#define CMAF_SIGNATURE_NOISE 2

typedef struct
{
  guint64 hash; /* of all samples of the active picture */
  /* mean luma of each block, less that of the picture before */
  gint8 signature[CMAF_SIGNATURE_SIZE];
} CmafFrameFingerprint;

/* Luma, or one of the colour differences. */
typedef struct
{
  const guint8 *data; /* the first sample */
  gssize stride;      /* bytes from row to row */
  guint step;         /* bytes from sample to sample in a row */
  guint width, height;
  guint n_bits; /* 8, in a byte; 9 to 16 in two, little endian */
  guint shift;  /* bits below the sample, when there are two bytes */
} CmafPictureComponent;

/* The picture before. Zero at first, and to forget it. */
typedef struct
{
  /*< private >*/
  gboolean has_means;
  guint16 means[CMAF_SIGNATURE_SIZE];
} CmafFingerprinter;

/* Luma is the first of @components. FALSE, with the hash alone, for a picture
 * that has none before it. */
CMAF_API gboolean cmaf_fingerprinter_add (CmafFingerprinter *fingerprinter,
    const CmafPictureComponent *components, guint n_components,
    CmafFrameFingerprint *fingerprint);
/* The sum of the absolute differences of two signatures, less the noise of each
 * block: what moves is in few of them, noise is in all. */
CMAF_API guint cmaf_signature_distance (const gint8 *a, const gint8 *b);

G_END_DECLS
