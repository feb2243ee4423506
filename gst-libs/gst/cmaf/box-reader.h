/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A bounded cursor over boxes; a child box is a smaller cursor. Reads after a
 * failure give 0: check @failed once per box. Since: 0.1 */
#pragma once

#include <gst/cmaf/box-types.h>
#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* borrowed */
  gsize size;
  gsize pos; /* <= size, always */
  gboolean failed;
} CmafBoxReader;

typedef struct
{
  guint32 type;
  CmafBoxReader body; /* what follows the box header */
  guint64 size;       /* whole box */
  gsize offset;       /* of the box header in the parent cursor */
} CmafBox;

CMAF_API void cmaf_box_reader_init (
    CmafBoxReader *r, gconstpointer data, gsize size);
CMAF_API gsize cmaf_box_reader_remaining (const CmafBoxReader *r);
/* The next child. FALSE at the end, and with @failed set when the size is a
 * lie. Size 1 (64 bit) and size 0 (to the end) are understood. */
CMAF_API gboolean cmaf_box_reader_next (CmafBoxReader *r, CmafBox *box);
/* The first child of @type from the cursor on; does not move the cursor. */
CMAF_API gboolean cmaf_box_reader_find (
    const CmafBoxReader *r, guint32 type, CmafBox *box);
/* version and flags of a FullBox; returns the version */
CMAF_API guint8 cmaf_box_reader_full (CmafBoxReader *r, guint32 *flags);
CMAF_API guint8 cmaf_box_reader_u8 (CmafBoxReader *r);
CMAF_API guint16 cmaf_box_reader_u16 (CmafBoxReader *r);
CMAF_API guint32 cmaf_box_reader_u24 (CmafBoxReader *r);
CMAF_API guint32 cmaf_box_reader_u32 (CmafBoxReader *r);
CMAF_API guint64 cmaf_box_reader_u64 (CmafBoxReader *r);
CMAF_API void cmaf_box_reader_skip (CmafBoxReader *r, gsize n);
/* NULL and @failed when fewer than @n bytes are left. Borrowed. */
CMAF_API const guint8 *cmaf_box_reader_data (CmafBoxReader *r, gsize n);
/* NUL-terminated; an unterminated rest is a failure. Borrowed. */
CMAF_API const gchar *cmaf_box_reader_string (CmafBoxReader *r);

/* Fills @text (5 bytes) with a printable form of @type. Returns @text. */
CMAF_API const gchar *cmaf_fourcc_to_string (guint32 type, gchar text[5]);

G_END_DECLS
