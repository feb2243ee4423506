/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a video or audio stream lacks, in words that say what to do. */
#pragma once

#include "mux-settings.h"

G_BEGIN_DECLS

/* Why the segmenter refused a unit. (transfer full); NULL: it did not. */
GError *mux_tell_refusal (CmafUnitFate fate);

G_END_DECLS
