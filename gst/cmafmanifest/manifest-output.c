/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "manifest-output.h"

#include <gst/cmaf/directory-store.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafmessage.h>

/* ---- what the packager tells ---- */

static gchar *
full_location (const ManifestOutput *self, const gchar *name)
{
  return self->location != NULL ? g_build_filename (self->location, name, NULL)
                                : g_strdup (name);
}

static void
on_segment (const CmafPublishedSegment *segment, gpointer user_data)
{
  const ManifestOutput *self = user_data;
  g_autofree gchar *location = full_location (self, segment->name);

  self->callbacks.segment (segment, location, self->user_data);
}

static void
on_manifest (const gchar *name, gpointer user_data)
{
  const ManifestOutput *self = user_data;
  g_autofree gchar *location = full_location (self, name);

  self->callbacks.manifest (location, self->user_data);
}

static void
on_warning (const GError *warning, gpointer user_data)
{
  const ManifestOutput *self = user_data;

  self->callbacks.warning (warning, self->index, self->user_data);
}

/* ---- what the queue tells ---- */

static void
post_event (const CmafUploadEvent *event, gpointer user_data)
{
  static const gchar *const names[] = {
    [CMAF_UPLOAD_TROUBLE] = "connection-lost",
    [CMAF_UPLOAD_RESTORED] = "connection-restored",
    [CMAF_UPLOAD_LOST] = "object-lost",
    [CMAF_UPLOAD_REFUSED] = "refused",
  };
  const ManifestOutput *self = user_data;
  g_autofree gchar *name = g_strdup_printf ("%s-%s",
      GST_OBJECT_NAME (gst_element_get_factory (self->element)),
      names[event->kind]);
  GstStructure *s =
      gst_structure_new (name, "location", G_TYPE_STRING, event->location,
          "object", G_TYPE_STRING, event->object, "reason", G_TYPE_STRING,
          event->message, "status", G_TYPE_UINT, event->status, NULL);

  if (event->answer_text != NULL)
    gst_structure_set (
        s, "answer-text", G_TYPE_STRING, event->answer_text, NULL);
  gst_element_post_message (
      self->element, gst_message_new_element (GST_OBJECT (self->element), s));
  /* a refusal is the error of what is written next */
  if (event->kind == CMAF_UPLOAD_TROUBLE || event->kind == CMAF_UPLOAD_LOST)
    GST_ELEMENT_WARNING (
        self->element, RESOURCE, WRITE, ("%s", event->message), (NULL));
  if (event->kind != CMAF_UPLOAD_LOST)
    self->callbacks.health (self->user_data);
}

/* A failure is that of the next chunk. */
static void
on_arrival (gpointer user_data)
{
  ManifestOutput *self = user_data;
  g_autoptr (GError) error = NULL;
  CmafPackager *packager = g_atomic_pointer_get (&self->packager);

  if (packager != NULL && !cmaf_packager_poll (packager, &error))
    GST_DEBUG_OBJECT (self->element, "%s", error->message);
}

/* ---- start and stop ---- */

/* The directory or the queue. */
static CmafObjectStore *
open_location (
    ManifestOutput *self, const ManifestOutputConfig *config, GError **error)
{
  static const CmafUploadQueueCallbacks callbacks = { post_event, on_arrival };

  if (!manifest_upload_is_url (config->location)) {
    CmafObjectStore *directory =
        cmaf_directory_store_new (config->location, error);

    if (directory == NULL)
      g_prefix_error (error, "location: ");
    return directory;
  }
  if (!config->packager->write_segments) {
    g_set_error_literal (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "write-segments: found false, needs true when location is a URL");
    return NULL;
  }
  self->queue = manifest_upload_open (config->upload, config->location,
      config->packager, &callbacks, self, error);
  return self->queue != NULL ? cmaf_object_store_ref (self->queue) : NULL;
}

static CmafObjectStore *
open_store (
    ManifestOutput *self, const ManifestOutputConfig *config, GError **error)
{
  g_autoptr (CmafObjectStore) store = NULL;

  if (config->location != NULL) {
    store = open_location (self, config, error);
    if (store == NULL)
      return NULL;
  }
  if (config->streams == NULL)
    return g_steal_pointer (&store);
  return stream_store_new (store, config->streams, config->element);
}

ManifestOutput *
manifest_output_new (const ManifestOutputConfig *config, GError **error)
{
  static const CmafPackagerCallbacks callbacks = { on_segment, on_manifest,
    on_warning };
  ManifestOutput *self = g_new0 (ManifestOutput, 1);
  g_autoptr (CmafObjectStore) store = NULL;

  self->element = config->element;
  self->index = config->index;
  self->callbacks = config->callbacks;
  self->user_data = config->user_data;
  self->location = cmaf_store_location_show (config->location);
  self->drain_timeout = config->upload->drain_timeout;
  store = open_store (self, config, error);
  if (store != NULL)
    g_atomic_pointer_set (&self->packager,
        cmaf_packager_new (config->packager, store, &callbacks, self, error));
  if (self->packager != NULL)
    return self;
  manifest_output_free (self);
  return NULL;
}

void
manifest_output_stop (ManifestOutput *self)
{
  if (self->queue != NULL)
    cmaf_upload_queue_stop (self->queue);
}

void
manifest_output_free (ManifestOutput *self)
{
  g_clear_pointer (&self->packager, cmaf_packager_free);
  g_clear_pointer (&self->queue, cmaf_object_store_unref);
  g_free (self->location);
  g_free (self);
}

/* ---- the end ---- */

/* The server has taken at last what was not waited for. */
static void
warn_of_unlisted (ManifestOutput *self)
{
  guint n = cmaf_packager_get_unlisted (self->packager);

  if (n == 0)
    return;
  gst_cmaf_warn (self->element, CMAF_ERROR_TIMELINE,
      "%s: %u objects came too late for the last manifest, and are not listed; "
      "needs a longer drain-timeout",
      self->location, n);
}

gboolean
manifest_output_finish (ManifestOutput *self, GError **error)
{
  const GstClockTime begin = cmaf_upload_queue_get_time ();

  if (!cmaf_packager_finish (self->packager, error))
    return FALSE;
  if (self->queue == NULL)
    return TRUE;
  if (!cmaf_upload_queue_drain (self->queue, begin, self->drain_timeout, error))
    return FALSE;
  warn_of_unlisted (self);
  return TRUE;
}

/* ---- what there is to see ---- */

GstStructure *
manifest_output_get_stats (ManifestOutput *self)
{
  GstStructure *stats = cmaf_packager_get_stats (self->packager);

  if (self->queue != NULL) {
    GstStructure *upload = cmaf_upload_queue_get_stats (self->queue);

    gst_structure_set (stats, "upload", GST_TYPE_STRUCTURE, upload, NULL);
    gst_structure_free (upload);
  }
  return stats;
}

gboolean
manifest_output_takes (ManifestOutput *self)
{
  return !g_atomic_int_get (&self->has_failed)
         && (self->queue == NULL || !cmaf_upload_queue_is_lost (self->queue));
}
