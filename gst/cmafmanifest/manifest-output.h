/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One place where everything goes: a directory, a server, or the streams of the
 * application; with a packager of its own, since what a manifest may name is
 * what has arrived in that place. */
#pragma once

#include "manifest-upload.h"
#include "stream-store.h"

#include <gst/cmaf/packager.h>

G_BEGIN_DECLS

/* From any thread, with no lock held. */
typedef struct
{
  /* @location: where it is, for people to read */
  void (*segment) (const CmafPublishedSegment *segment, const gchar *location,
      gpointer user_data);
  void (*manifest) (const gchar *location, gpointer user_data);
  /* @index: that of the output */
  void (*warning) (const GError *warning, guint index, gpointer user_data);
  /* a server does not answer, answers again, or refuses */
  void (*health) (gpointer user_data);
} ManifestOutputCallbacks;

typedef struct
{
  GstElement *element; /* messages come from it */
  guint index;
  const gchar *location; /* NULL: streams alone */
  const ManifestUploadSettings *upload;
  const CmafPackagerConfig *packager;
  const StreamStoreCallbacks *streams; /* NULL: none; with @element */
  ManifestOutputCallbacks callbacks;
  gpointer user_data;
} ManifestOutputConfig;

typedef struct
{
  GstElement *element;
  guint index;
  ManifestOutputCallbacks callbacks;
  gpointer user_data;
  gchar *location;        /* without what is secret, NULL: streams alone */
  CmafObjectStore *queue; /* NULL: it is no URL */
  CmafPackager *packager; /* atomic: the threads of the queue look at it */
  GstClockTime drain_timeout;
  gint has_failed; /* atomic: for good */
} ManifestOutput;

/* What is wrong names the property of @config.upload, or begins with what is
 * wrong with the location. */
ManifestOutput *manifest_output_new (
    const ManifestOutputConfig *config, GError **error);
/* Ends what is on its way; no callback of the queue after this. */
void manifest_output_stop (ManifestOutput *self);
/* Call _stop() first. */
void manifest_output_free (ManifestOutput *self);
/* Everything, and the last manifests; waits for the server. FALSE without
 * @error when it was unlocked. */
gboolean manifest_output_finish (ManifestOutput *self, GError **error);
/* (transfer full) */
GstStructure *manifest_output_get_stats (ManifestOutput *self);
/* Something goes there at once: a server that answers, a directory. */
gboolean manifest_output_takes (ManifestOutput *self);

G_END_DECLS
