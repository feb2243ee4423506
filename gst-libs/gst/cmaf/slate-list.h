/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Where in media time slate took the place of an input: whoever puts it in
 * front of the encoder notes it, and the muxer behind marks what holds some of
 * it (brand slat), for encoders pass no mark on. Own lock, any thread.
 * Since: 0.1 */
#pragma once

#include <glib-object.h>
#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

/* As many ranges are remembered: the oldest are forgotten. */
#define CMAF_SLATE_MAX_RANGES 64

typedef struct _CmafSlateList CmafSlateList;

#define CMAF_TYPE_SLATE_LIST (cmaf_slate_list_get_type ())
CMAF_API GType cmaf_slate_list_get_type (void);

CMAF_API CmafSlateList *cmaf_slate_list_new (void);
CMAF_API CmafSlateList *cmaf_slate_list_ref (CmafSlateList *list);
CMAF_API void cmaf_slate_list_unref (CmafSlateList *list);
/* [@from, @to) is slate. Noted in order; what follows what was noted last
 * becomes one range with it. */
CMAF_API void cmaf_slate_list_note (
    CmafSlateList *list, GstClockTime from, GstClockTime to);
/* Whether some of [@from, @to) is; what only touches it, or by the rounding of
 * time stamps, is not. */
CMAF_API gboolean cmaf_slate_list_has (
    CmafSlateList *list, GstClockTime from, GstClockTime to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafSlateList, cmaf_slate_list_unref)

G_END_DECLS
