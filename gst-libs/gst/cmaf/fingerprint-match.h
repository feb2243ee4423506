/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Finds the number of our frames by the numbers that a peer has given to the
 * same pictures: number = own count + shift.
 *
 * A shift is found when 50 pictures in a row are the same, and no other one in
 * the window is possible any more; and it is taken when the next 50 are the
 * same as well. So what stands still, and what repeats within the window, is
 * never taken: it may be anywhere. Pure; bounded memory. One thread at a time.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/frame-fingerprint.h>

G_BEGIN_DECLS

/* Frames in a row that find a shift, and as many again that confirm it */
#define CMAF_FINGERPRINT_RUN 50
#define CMAF_FINGERPRINT_MAX_WINDOW 4096

typedef enum
{
  CMAF_FINGERPRINT_HASH,      /* bit-identical feeds */
  CMAF_FINGERPRINT_SIGNATURE, /* feeds that were coded differently */
  CMAF_N_FINGERPRINT_FORMS,
} CmafFingerprintForm;

typedef struct _CmafFingerprintMatch CmafFingerprintMatch;

/* The shift is one of @center - @window to @center + @window. */
CMAF_API CmafFingerprintMatch *cmaf_fingerprint_match_new (
    gint64 center, guint window);
CMAF_API void cmaf_fingerprint_match_free (CmafFingerprintMatch *match);
/* Our frames, in ascending order; some may be missing. */
CMAF_API void cmaf_fingerprint_match_add_own (CmafFingerprintMatch *match,
    guint64 count, const CmafFrameFingerprint *fingerprint);
/* The frames of the peer, likewise; what is not in order is ignored. */
CMAF_API void cmaf_fingerprint_match_add_peer (CmafFingerprintMatch *match,
    guint64 number, const CmafFrameFingerprint *fingerprint);
/* The shift that was taken last. */
CMAF_API gboolean cmaf_fingerprint_match_get_shift (
    const CmafFingerprintMatch *match, gint64 *shift,
    CmafFingerprintForm *form);
/* Frames in a row, up to the newest that both have, that are different pictures
 * by each form when the shift is applied. */
CMAF_API guint cmaf_fingerprint_match_get_disagreement (
    const CmafFingerprintMatch *match);
/* The longest run of pictures that are the same, at whatever shift: progress of
 * the search. */
CMAF_API guint cmaf_fingerprint_match_get_run (
    const CmafFingerprintMatch *match);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    CmafFingerprintMatch, cmaf_fingerprint_match_free)

G_END_DECLS
