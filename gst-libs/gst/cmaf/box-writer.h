/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Boxes written as the standard draws them: begin, fields, end. Sizes fill
 * themselves in; a failure sticks and only finish() reports it.
 * One thread at a time. Since: 0.1 */
#pragma once

#include <gst/base/gstbytewriter.h>
#include <gst/cmaf/box-types.h>
#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_BOX_WRITER_MAX_DEPTH 16

typedef struct
{
  /*< private >*/
  GstByteWriter bytes;
  guint starts[CMAF_BOX_WRITER_MAX_DEPTH];
  guint depth;
  gboolean failed;
} CmafBoxWriter;

CMAF_API void cmaf_box_writer_init (CmafBoxWriter *w);
CMAF_API void cmaf_box_writer_clear (CmafBoxWriter *w);
CMAF_API void cmaf_box_writer_begin (CmafBoxWriter *w, guint32 type);
CMAF_API void cmaf_box_writer_begin_full (
    CmafBoxWriter *w, guint32 type, guint8 version, guint32 flags);
CMAF_API void cmaf_box_writer_end (CmafBoxWriter *w);
CMAF_API void cmaf_box_writer_u8 (CmafBoxWriter *w, guint8 value);
CMAF_API void cmaf_box_writer_u16 (CmafBoxWriter *w, guint16 value);
CMAF_API void cmaf_box_writer_u24 (CmafBoxWriter *w, guint32 value);
CMAF_API void cmaf_box_writer_u32 (CmafBoxWriter *w, guint32 value);
CMAF_API void cmaf_box_writer_u64 (CmafBoxWriter *w, guint64 value);
CMAF_API void cmaf_box_writer_data (
    CmafBoxWriter *w, gconstpointer data, gsize size);
CMAF_API void cmaf_box_writer_fill (CmafBoxWriter *w, guint8 value, gsize n);
/* With its terminating NUL; NULL counts as the empty string. */
CMAF_API void cmaf_box_writer_string (CmafBoxWriter *w, const gchar *string);
CMAF_API gsize cmaf_box_writer_position (const CmafBoxWriter *w);
/* Overwrites four bytes written earlier (trun.data_offset). */
CMAF_API void cmaf_box_writer_patch_u32 (
    CmafBoxWriter *w, gsize position, guint32 value);
/* Hands the bytes over and clears the writer; NULL and @error when anything
 * failed or a box is still open. */
CMAF_API GBytes *cmaf_box_writer_finish (CmafBoxWriter *w, GError **error);

G_END_DECLS
