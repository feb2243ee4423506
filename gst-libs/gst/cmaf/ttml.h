/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* TTML (W3C TTML 1, IMSC 1 text): documents read into cues, and written again
 * for a span of time (ISO/IEC 14496-30 6). Pure functions, any thread. Since:
 * 0.2 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <gst/cmaf/cue.h>

G_BEGIN_DECLS

/* What the documents of a stream have around their paragraphs: the root with
 * its namespaces, the head with styles and regions, and the body. */
typedef struct
{
  gchar *before;
  gchar *after;
} CmafTtmlFrame;

/* An empty one; @language may be NULL. */
CMAF_API void cmaf_ttml_frame_init (
    CmafTtmlFrame *frame, const gchar *language);
CMAF_API void cmaf_ttml_frame_clear (CmafTtmlFrame *frame);

/* Appends the paragraphs of @document to @cues, a GPtrArray of CmafCue with
 * times in ns, CMAF_CUE_OPEN where it does not say when one ends, and replaces
 * @frame. A paragraph whose spans come and go becomes a cue for each time in
 * which the same ones are there. CMAF_ERROR_MALFORMED when it is no XML, or not
 * TTML; nothing outside of it is loaded. */
CMAF_API gboolean cmaf_ttml_parse (const gchar *document, gsize size,
    CmafTtmlFrame *frame, GPtrArray *cues, GError **error);
/* Puts WebVTT cue text into a paragraph: for tracks of TTML whose input is
 * none. (transfer full) */
CMAF_API CmafCue *cmaf_ttml_cue_from_webvtt (const CmafCue *cue);
/* The document of a time from @start to @end, in ticks of @timescale as the
 * cues are, in which the first @n of @cues are shown. (transfer full) */
CMAF_API GBytes *cmaf_ttml_write (const CmafTtmlFrame *frame,
    const CmafCue *const *cues, guint n, guint64 start, guint64 end,
    guint32 timescale);
/* codec_config of a track of IMSC 1 text: namespace, no schema, no auxiliary
 * types, and the MIME type. */
CMAF_API GBytes *cmaf_ttml_config (void);

G_END_DECLS
