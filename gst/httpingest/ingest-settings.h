/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The properties of httpingestsrc as one value. */
#pragma once

#include <gst/cmafhttp/ingest-server.h>

G_BEGIN_DECLS

/* lock: the object lock of the element */
typedef struct
{
  gchar *address, *path, *user_id, *user_pw, *users_file;
  gchar *tls_certificate_file, *tls_ca_file, *objects_location, *merge_order;
  gchar *header_cache, *sync_store;
  gint merge_policy, merge_group, sync_mode;
  gint segment_duration_n, segment_duration_d;
  guint port, max_tracks, max_connections, max_objects;
  guint64 max_body_size, max_queue_bytes, max_object_bytes;
  GstClockTime start_hold, merge_hold, gap_hold, idle_timeout, body_timeout;
  GstClockTime drain_timeout;
  gboolean has_strict_status;
} IngestSettings;

/* The id of stats, which is not one of the settings. */
#define INGEST_PROP_STATS 1
/* The id of port, which tells what is bound while there is something. */
#define INGEST_PROP_PORT 2

void ingest_settings_install (GObjectClass *klass);
/* FALSE: there is no such property. */
gboolean ingest_settings_set (
    IngestSettings *settings, guint id, const GValue *value);
gboolean ingest_settings_get (
    const IngestSettings *settings, guint id, GValue *value);
void ingest_settings_clear (IngestSettings *settings);
/* All but certificates; strings are borrowed. */
void ingest_settings_configure (
    const IngestSettings *settings, CmafIngestServerConfig *config);
/* One warning of @src, when some are set that have an effect only with others.
 */
void ingest_settings_warn (GstElement *src);

G_END_DECLS
