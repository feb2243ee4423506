/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A cue: text shown from one time to another, and the text itself as WebVTT has
 * it. Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* The end of a cue that stays until the next one. */
#define CMAF_CUE_OPEN G_MAXUINT64

typedef struct
{
  guint64
      start;   /* in ns of a stream, or ticks of a track: as who uses it says */
  guint64 end; /* > start, or CMAF_CUE_OPEN */
  gchar *id;   /* NULL: none */
  gchar *settings; /* WebVTT cue settings; TTML: up to the place of the times */
  gchar *text;     /* WebVTT cue text; TTML: from the place of the times on */
} CmafCue;

/* Strings are copied and may be NULL. */
CMAF_API CmafCue *cmaf_cue_new (guint64 start, guint64 end, const gchar *id,
    const gchar *settings, const gchar *text);
CMAF_API void cmaf_cue_free (CmafCue *cue);
/* By start, end, id, settings and text: the order of what is shown, on every
 * encoder. */
CMAF_API gint cmaf_cue_compare (const CmafCue *a, const CmafCue *b);
/* The same on every encoder, and in every segment that shows the cue: the first
 * 31 bits of the SHA-256 of start (64 bit, big endian), id, NUL and text. */
CMAF_API guint32 cmaf_cue_source_id (const CmafCue *cue);

/* WebVTT cue text of plain text, and of Pango markup, of which italics, bold
 * and underlining are kept. Blank lines would end a cue and are left out.
 * (transfer full) */
CMAF_API gchar *cmaf_cue_text_from_plain (const gchar *text, gsize size);
CMAF_API gchar *cmaf_cue_text_from_markup (const gchar *text, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafCue, cmaf_cue_free)

G_END_DECLS
