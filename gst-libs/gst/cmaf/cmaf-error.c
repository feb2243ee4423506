/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The error domain. */
#include "cmaf-error.h"

/* clang-format off */
G_DEFINE_QUARK (cmaf-error-quark, cmaf_error)
/* clang-format on */
