/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Lists in the adaptation fields of a transport stream. */
#include <gst/cmaf/adaptation-field.h>

gboolean
cmaf_adaptation_field_fail (
    const gchar *what, gsize found, gsize needed, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "adaptation field %s: found %" G_GSIZE_FORMAT
      " bytes, needs %" G_GSIZE_FORMAT,
      what, found, needed);
  return FALSE;
}

gboolean
cmaf_adaptation_field_next (CmafBoxReader *list, const gchar *what, guint8 *tag,
    CmafBoxReader *item, GError **error)
{
  guint8 length;

  if (cmaf_box_reader_remaining (list) < 2)
    return FALSE;
  *tag = cmaf_box_reader_u8 (list);
  length = cmaf_box_reader_u8 (list);
  if (length > cmaf_box_reader_remaining (list))
    return cmaf_adaptation_field_fail (
        what, cmaf_box_reader_remaining (list), length, error);
  cmaf_box_reader_init (item, cmaf_box_reader_data (list, length), length);
  return TRUE;
}
