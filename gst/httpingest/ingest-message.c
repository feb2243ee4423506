/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Names of messages begin with that of the element. */
#include "ingest-message.h"

#include <gio/gio.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* What is wrong with the store. */
static void
warn_of_store (GstElement *element, const GstStructure *structure)
{
  const gchar *reason = gst_structure_get_string (structure, "reason");
  g_autoptr (GError) warning = NULL;

  if (reason == NULL)
    return;
  warning = g_error_new (
      G_IO_ERROR, G_IO_ERROR_FAILED, "sync-store: %s; media goes on", reason);
  gst_cmaf_post_warning (element, warning);
}

/* What a sender that reads its answers mends is no warning. */
static gboolean
is_mended (guint status)
{
  static const guint statuses[] = { 408, 412, 429, 503 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i] == status)
      return TRUE;
  return FALSE;
}

static void
warn_of_refusal (GstElement *element, const GstStructure *structure)
{
  guint status = 0;

  gst_structure_get_uint (structure, "status", &status);
  if (!is_mended (status))
    gst_cmaf_warn (element, CMAF_ERROR_MALFORMED,
        "%s: %s at %s sent what was refused: %u, %s",
        gst_structure_get_string (structure, "path"),
        gst_structure_get_string (structure, "source"),
        gst_structure_get_string (structure, "address"), status,
        gst_structure_get_string (structure, "reason"));
}

void
ingest_message_post (GstStructure *structure, gpointer element)
{
  g_autofree gchar *name =
      g_strconcat ("httpingestsrc-", gst_structure_get_name (structure), NULL);

  if (gst_structure_has_name (structure, "sync-store"))
    warn_of_store (element, structure);
  if (gst_structure_has_name (structure, "refused"))
    warn_of_refusal (element, structure);
  gst_structure_set_name (structure, name);
  gst_element_post_message (
      element, gst_message_new_element (element, structure));
}

void
ingest_message_post_stats (GstElement *src)
{
  GstStructure *stats = NULL;

  g_object_get (src, "stats", &stats, NULL);
  gst_structure_set_name (stats, "stats");
  ingest_message_post (stats, src);
}
