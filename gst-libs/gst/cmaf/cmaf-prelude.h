/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What every public header of the library needs: the symbol visibility macro.
 * Since: 0.1 */
#pragma once

#include <gst/gst.h>

#ifndef CMAF_API
#define CMAF_API __attribute__ ((visibility ("default")))
#endif
