/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* For what the tests share, in a program that is no test: their checks are
 * promises here. Include it before the fixtures. */
#pragma once

#include "fuzz.h"

#include <gst/check/gstcheck.h>

#undef fail_unless
#define fail_unless(condition, ...) PROMISE (condition)
