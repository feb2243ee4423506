/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a stream lacks, in words. */
#include "mux-tell.h"

#include <gst/cmaf/cmaf-error.h>

#define STRETCHED "missed-key-frame=stretch: found no key frame "
#define NEEDS_KEY_FRAMES                                                       \
  ", needs key-int-max (or its like) in the encoder, or missed-key-frame=cut"

GError *
mux_tell_refusal (CmafUnitFate fate)
{
  switch (fate) {
    case CMAF_UNIT_REFUSED:
      return g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          "missed-key-frame=fail: found no key frame at the boundary, needs an "
          "encoder that obeys force-key-unit, or has key-int-max (or its "
          "like)");
    case CMAF_UNIT_TOO_LATE:
      return g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          STRETCHED "for %u s" NEEDS_KEY_FRAMES, CMAF_STRETCH_MAX_SECONDS);
    case CMAF_UNIT_TOO_MUCH:
      return g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          STRETCHED "in %u MiB" NEEDS_KEY_FRAMES, CMAF_STRETCH_MAX_BYTES >> 20);
    default:
      return NULL;
  }
}
