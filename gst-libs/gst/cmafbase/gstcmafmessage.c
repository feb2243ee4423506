/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Errors of the libraries as messages of an element. */
#include "gstcmafmessage.h"

#include <gio/gio.h>

typedef struct
{
  gint code; /* of the GError */
  GQuark (*domain) (void);
  gint message_code;
} Row;

static const Row io_rows[] = {
  { G_IO_ERROR_NO_SPACE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NO_SPACE_LEFT },
  { G_IO_ERROR_PERMISSION_DENIED, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_AUTHORIZED },
  { G_IO_ERROR_READ_ONLY, gst_resource_error_quark,
      GST_RESOURCE_ERROR_OPEN_WRITE },
  { G_IO_ERROR_NOT_FOUND, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_FOUND },
  { G_IO_ERROR_NOT_DIRECTORY, gst_resource_error_quark,
      GST_RESOURCE_ERROR_OPEN_WRITE },
  { G_IO_ERROR_ADDRESS_IN_USE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_BUSY },
  { G_IO_ERROR_INVALID_ARGUMENT, gst_resource_error_quark,
      GST_RESOURCE_ERROR_SETTINGS },
};

static const Row cmaf_rows[] = {
  { CMAF_ERROR_MALFORMED, gst_stream_error_quark, GST_STREAM_ERROR_DEMUX },
  { CMAF_ERROR_UNSUPPORTED, gst_stream_error_quark,
      GST_STREAM_ERROR_CODEC_NOT_FOUND },
  { CMAF_ERROR_LIMIT, gst_stream_error_quark, GST_STREAM_ERROR_DEMUX },
  { CMAF_ERROR_TIMELINE, gst_stream_error_quark, GST_STREAM_ERROR_FORMAT },
  { CMAF_ERROR_CONFIG, gst_resource_error_quark, GST_RESOURCE_ERROR_SETTINGS },
  { CMAF_ERROR_NO_HEADER, gst_stream_error_quark, GST_STREAM_ERROR_FORMAT },
  { CMAF_ERROR_EXISTS, gst_resource_error_quark, GST_RESOURCE_ERROR_WRITE },
  { CMAF_ERROR_NOT_FOUND, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_FOUND },
};

static void
find_code (const GError *error, GQuark *domain, gint *code)
{
  gboolean is_cmaf = error->domain == CMAF_ERROR;
  const Row *rows = is_cmaf ? cmaf_rows : io_rows;
  guint n = is_cmaf ? G_N_ELEMENTS (cmaf_rows) : G_N_ELEMENTS (io_rows);

  *domain = GST_RESOURCE_ERROR;
  *code = GST_RESOURCE_ERROR_WRITE;
  if (!is_cmaf && error->domain != G_IO_ERROR)
    return;
  for (guint i = 0; i < n; i++) {
    if (rows[i].code == error->code) {
      *domain = rows[i].domain ();
      *code = rows[i].message_code;
      return;
    }
  }
}

/* All that gst-launch-1.0 shows of an info. */
static gchar *
make_details (const GError *error, GstMessageType type)
{
  if (type == GST_MESSAGE_INFO)
    return g_strdup (error->message);
  return g_strdup_printf (
      "%s, code %d", g_quark_to_string (error->domain), error->code);
}

static void
post (GstElement *element, const GError *error, GstMessageType type)
{
  GQuark domain;
  gint code;

  find_code (error, &domain, &code);
  gst_element_message_full (element, type, domain, code,
      g_strdup (error->message), make_details (error, type), __FILE__,
      GST_FUNCTION, __LINE__);
}

void
gst_cmaf_post_error (GstElement *element, const GError *error)
{
  post (element, error, GST_MESSAGE_ERROR);
}

void
gst_cmaf_post_warning (GstElement *element, const GError *error)
{
  post (element, error, GST_MESSAGE_WARNING);
}

void
gst_cmaf_warn (GstElement *element, CmafError code, const gchar *format, ...)
{
  g_autoptr (GError) warning = NULL;
  va_list args;

  va_start (args, format);
  warning = g_error_new_valist (CMAF_ERROR, code, format, args);
  va_end (args);
  gst_cmaf_post_warning (element, warning);
}

void
gst_cmaf_post_info (GstElement *element, const GError *error)
{
  post (element, error, GST_MESSAGE_INFO);
}
