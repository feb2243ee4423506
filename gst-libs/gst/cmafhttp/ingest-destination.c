/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Its lock is taken inside that of a track, and nothing inside it. */
#include "ingest-destination.h"

#include <unistd.h>

/* The same for the same URL, whoever the user is. */
static gchar *
make_spool_path (const CmafIngestDestination *self)
{
  g_autofree gchar *url = g_uri_to_string (self->target->base);
  g_autofree gchar *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);

  if (self->config->spool_directory == NULL)
    return NULL;
  hash[16] = '\0';
  return g_build_filename (self->config->spool_directory, hash, NULL);
}

gboolean
cmaf_ingest_destination_needs_probe (CmafIngestDestination *self)
{
  return self->config->probes
         || cmaf_upload_target_is_challenged (self->target);
}

/* ---- who is told ---- */

void
cmaf_ingest_destination_add_waker (CmafIngestDestination *self, gint fd)
{
  g_mutex_lock (&self->lock);
  g_array_append_val (self->wakers, fd);
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_destination_remove_waker (CmafIngestDestination *self, gint fd)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->wakers->len; i++) {
    if (g_array_index (self->wakers, gint, i) == fd) {
      g_array_remove_index_fast (self->wakers, i);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
}

static void
wake_all_locked (CmafIngestDestination *self)
{
  const guint64 one = 1;

  for (guint i = 0; i < self->wakers->len; i++) {
    gssize n = write (g_array_index (self->wakers, gint, i), &one, sizeof one);

    (void)n; /* it fails when it is awake already */
  }
}

/* ---- which tracks are known ---- */

void
cmaf_ingest_destination_will_begin (CmafIngestDestination *self)
{
  g_mutex_lock (&self->lock);
  self->n_beginning++;
  g_mutex_unlock (&self->lock);
}

void
cmaf_ingest_destination_has_begun (CmafIngestDestination *self)
{
  g_mutex_lock (&self->lock);
  if (--self->n_beginning == 0)
    wake_all_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
cmaf_ingest_destination_is_beginning (CmafIngestDestination *self)
{
  gboolean is;

  g_mutex_lock (&self->lock);
  is = self->n_beginning > 0;
  g_mutex_unlock (&self->lock);
  return is;
}

/* ---- the manifest ---- */

void
cmaf_ingest_destination_set_manifest (
    CmafIngestDestination *self, GBytes *manifest)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  self->manifest = manifest ? g_bytes_ref (manifest) : NULL;
  self->needs_manifest = manifest != NULL;
  self->is_released = self->is_released || manifest == NULL;
  wake_all_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
cmaf_ingest_destination_needs_manifest (
    CmafIngestDestination *self, gboolean *is_held)
{
  gboolean needs;

  g_mutex_lock (&self->lock);
  needs = self->needs_manifest && !self->is_claimed;
  *is_held = !needs && !self->is_released;
  g_mutex_unlock (&self->lock);
  return needs;
}

GBytes *
cmaf_ingest_destination_begin_manifest (CmafIngestDestination *self)
{
  GBytes *manifest = NULL;

  g_mutex_lock (&self->lock);
  if (self->needs_manifest && !self->is_claimed) {
    self->is_claimed = TRUE;
    manifest = g_bytes_ref (self->manifest);
  }
  g_mutex_unlock (&self->lock);
  return manifest;
}

void
cmaf_ingest_destination_end_manifest (
    CmafIngestDestination *self, GBytes *manifest, gboolean is_done)
{
  g_mutex_lock (&self->lock);
  self->is_claimed = FALSE;
  if (is_done) {
    self->is_released = TRUE;
    if (self->manifest == manifest)
      self->needs_manifest = FALSE;
  }
  wake_all_locked (self);
  g_mutex_unlock (&self->lock);
}

/* ---- the destination ---- */

CmafIngestDestination *
cmaf_ingest_destination_new (const gchar *location,
    const CmafIngestClientConfig *config,
    const CmafUploadTargetConfig *target_config, GError **error)
{
  CmafUploadTargetConfig one = *target_config;
  CmafUploadTarget *target;
  CmafIngestDestination *self;

  one.location = location;
  target = cmaf_upload_target_new (&one, error);
  if (target == NULL)
    return NULL;
  self = g_new0 (CmafIngestDestination, 1);
  g_mutex_init (&self->lock);
  self->config = config;
  self->target = target;
  self->location = target->location;
  self->spool = make_spool_path (self);
  self->wakers = g_array_new (FALSE, FALSE, sizeof (gint));
  self->is_released = config->mpd_name == NULL;
  return self;
}

void
cmaf_ingest_destination_free (CmafIngestDestination *self)
{
  cmaf_upload_target_free (self->target);
  g_free (self->spool);
  g_array_unref (self->wakers);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}
