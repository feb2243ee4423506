/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The one error domain of the library. A message says where, what was found
 * and what was needed: `moof/traf/tfdt: box has 3 bytes, needs 12`.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

#define CMAF_ERROR (cmaf_error_quark ())
CMAF_API GQuark cmaf_error_quark (void);

/**
 * CmafError:
 * @CMAF_ERROR_MALFORMED: bytes break the syntax of their format
 * @CMAF_ERROR_UNSUPPORTED: well-formed, but nothing here can handle it
 * @CMAF_ERROR_LIMIT: larger or more than a configured limit
 * @CMAF_ERROR_TIMELINE: a time stamp is missing, moves backwards or is off the
 * grid
 * @CMAF_ERROR_CONFIG: a setting, or a combination of settings, is impossible
 * @CMAF_ERROR_NO_HEADER: media before its CMAF header
 * @CMAF_ERROR_EXISTS: create-only object exists already
 * @CMAF_ERROR_NOT_FOUND: no such object
 */
typedef enum
{
  CMAF_ERROR_MALFORMED,
  CMAF_ERROR_UNSUPPORTED,
  CMAF_ERROR_LIMIT,
  CMAF_ERROR_TIMELINE,
  CMAF_ERROR_CONFIG,
  CMAF_ERROR_NO_HEADER,
  CMAF_ERROR_EXISTS,
  CMAF_ERROR_NOT_FOUND,
} CmafError;

G_END_DECLS
