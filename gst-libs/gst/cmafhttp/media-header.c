/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The header of a media message (docs/elements/cmaforiginsink.md): one row of
 * the table there is one line here. */
#include "media-header.h"

void
cmaf_media_header_write (
    const CmafMediaHeader *header, guint8 bytes[CMAF_MEDIA_HEADER_SIZE])
{
  bytes[0] = CMAF_MEDIA_HEADER_VERSION;
  bytes[1] = header->kind;
  bytes[2] = header->flags;
  bytes[3] = CMAF_MEDIA_HEADER_SIZE;
  GST_WRITE_UINT16_BE (bytes + 4, header->stream);
  GST_WRITE_UINT16_BE (bytes + 6, header->generation);
  GST_WRITE_UINT32_BE (bytes + 8, header->sequence);
  GST_WRITE_UINT32_BE (bytes + 12, header->number);
  GST_WRITE_UINT16_BE (bytes + 16, header->chunk);
  GST_WRITE_UINT16_BE (bytes + 18, header->n_samples);
  GST_WRITE_UINT32_BE (bytes + 20, header->duration);
  GST_WRITE_UINT64_BE (bytes + 24, header->ept);
  GST_WRITE_UINT64_BE (bytes + 32, header->capture_us);
  GST_WRITE_UINT64_BE (bytes + 40, header->published_us);
}

gboolean
cmaf_media_header_read (CmafMediaHeader *header, gconstpointer data, gsize size,
    gsize *header_size, GError **error)
{
  const guint8 *bytes = data;

  if (size < CMAF_MEDIA_HEADER_SIZE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "media message: has %" G_GSIZE_FORMAT " bytes, needs %d", size,
        CMAF_MEDIA_HEADER_SIZE);
    return FALSE;
  }
  if (bytes[0] != CMAF_MEDIA_HEADER_VERSION) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "media message: version %u, needs %d", bytes[0],
        CMAF_MEDIA_HEADER_VERSION);
    return FALSE;
  }
  if (bytes[3] < CMAF_MEDIA_HEADER_SIZE || bytes[3] > size) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "media message: header of %u bytes, needs %d to %" G_GSIZE_FORMAT,
        bytes[3], CMAF_MEDIA_HEADER_SIZE, size);
    return FALSE;
  }

  header->kind = bytes[1];
  header->flags = bytes[2];
  *header_size = bytes[3];
  header->stream = GST_READ_UINT16_BE (bytes + 4);
  header->generation = GST_READ_UINT16_BE (bytes + 6);
  header->sequence = GST_READ_UINT32_BE (bytes + 8);
  header->number = GST_READ_UINT32_BE (bytes + 12);
  header->chunk = GST_READ_UINT16_BE (bytes + 16);
  header->n_samples = GST_READ_UINT16_BE (bytes + 18);
  header->duration = GST_READ_UINT32_BE (bytes + 20);
  header->ept = GST_READ_UINT64_BE (bytes + 24);
  header->capture_us = GST_READ_UINT64_BE (bytes + 32);
  header->published_us = GST_READ_UINT64_BE (bytes + 40);
  return TRUE;
}
