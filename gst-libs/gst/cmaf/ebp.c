/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoder boundary point. */
#include <gst/cmaf/adaptation-field.h>
#include <gst/cmaf/ebp.h>

#define TAG 0xDF
#define FORMAT 0x45425030 /* EBP0 */

enum
{
  FLAG_FRAGMENT = 0x80,
  FLAG_SEGMENT = 0x40,
  FLAG_SAP = 0x20,
  FLAG_GROUPING = 0x10,
  FLAG_TIME = 0x08,
  FLAG_CONCEALMENT = 0x04,
  FLAG_EXTENSION = 0x01,
};

/* The cursor stands behind the format identifier. */
static void
read_body (CmafBoxReader *r, CmafEbp *ebp)
{
  const guint8 flags = cmaf_box_reader_u8 (r);

  ebp->is_fragment = (flags & FLAG_FRAGMENT) != 0;
  ebp->is_segment = (flags & FLAG_SEGMENT) != 0;
  ebp->is_concealed = (flags & FLAG_CONCEALMENT) != 0;
  if (flags & FLAG_EXTENSION)
    cmaf_box_reader_skip (r, 1);
  ebp->has_sap_type = (flags & FLAG_SAP) != 0;
  if (ebp->has_sap_type)
    ebp->sap_type = cmaf_box_reader_u8 (r) >> 5;
  if (flags & FLAG_GROUPING) {
    while (cmaf_box_reader_u8 (r) & 0x80)
      ;
  }
  ebp->has_time = (flags & FLAG_TIME) != 0;
  if (ebp->has_time)
    ebp->ntp = cmaf_box_reader_u64 (r);
}

gboolean
cmaf_ebp_parse (const guint8 *data, gsize size, CmafEbp *ebp, GError **error)
{
  CmafBoxReader fields, field;
  guint8 tag;

  cmaf_box_reader_init (&fields, data, size);
  memset (ebp, 0, sizeof *ebp);
  while (cmaf_adaptation_field_next (
      &fields, "private data", &tag, &field, error)) {
    const gsize length = cmaf_box_reader_remaining (&field);

    if (tag != TAG || length < 4 || cmaf_box_reader_u32 (&field) != FORMAT)
      continue;
    read_body (&field, ebp);
    if (field.failed)
      return cmaf_adaptation_field_fail (
          "private data/EBP", length, length + 1, error);
    return TRUE;
  }
  return FALSE;
}
