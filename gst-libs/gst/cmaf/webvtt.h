/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebVTT (W3C): files, or parts of them, read, and cues written as samples of a
 * track (ISO/IEC 14496-30 7). Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/cue.h>

G_BEGIN_DECLS

/* Appends the cues of @text to @cues, a GPtrArray of CmafCue with times in ns.
 * Headers, notes, styles and regions are passed over, and a cue whose times
 * make no sense is left out, as the standard asks. FALSE with
 * CMAF_ERROR_MALFORMED when it is not UTF-8. */
CMAF_API gboolean cmaf_webvtt_parse (
    const gchar *text, gsize size, GPtrArray *cues, GError **error);
/* Body of vttC. */
CMAF_API GBytes *cmaf_webvtt_config (void);
/* The sample of a time at which the first @n of @cues are shown: a box vttc
 * each, or vtte when there are none. (transfer full) */
CMAF_API GBytes *cmaf_webvtt_write_sample (
    const CmafCue *const *cues, guint n, GError **error);

G_END_DECLS
