/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* DASH templates (ISO/IEC 23009-1 5.3.9.4.4) -> object names and back.
 * Identifiers: $RepresentationID$, $Number[%0Nd]$, $Time[%0Nd]$, $$.
 * Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

/* CMAF_ERROR_CONFIG unless @template is well formed, names $RepresentationID$
 * and one of $Number$ and $Time$, and gives valid object names. */
CMAF_API gboolean cmaf_segment_name_check (
    const gchar *template_, GError **error);
/* (transfer full) */
CMAF_API gchar *cmaf_segment_name_expand (const gchar *template_,
    const gchar *representation_id, guint64 number, guint64 time);
/* FALSE when @name does not match. @representation_id is (out)(optional)
 * (transfer full); the value of $Number$ or $Time$ goes to @value. */
CMAF_API gboolean cmaf_segment_name_parse (const gchar *template_,
    const gchar *name, gchar **representation_id, guint64 *value);
/* A track name that is safe in a path, a URL and a Representation id:
 * [A-Za-z0-9][A-Za-z0-9._~-]{0,63} (LIV 2). */
CMAF_API gboolean cmaf_track_name_is_valid (const gchar *name);
/* @wish, which is not empty, as such a name: other characters become dashes,
 * and what is too long is cut. (transfer full) */
CMAF_API gchar *cmaf_track_name_make (const gchar *wish);
/* NAME-N, for when NAME is taken; cut in the middle. (transfer full) */
CMAF_API gchar *cmaf_track_name_number (const gchar *name, guint n);

G_END_DECLS
