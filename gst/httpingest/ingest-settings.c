/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Properties of a receiver: names, ranges and defaults. */
#include "ingest-settings.h"

#include "ingest-enums.h"

#include <gst/cmaf/property-fields.h>
#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafsettings.h>

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PATH "/ingest"

enum
{
  PROP_ADDRESS = INGEST_PROP_PORT + 1,
  PROP_PATH,
  PROP_MAX_CONNECTIONS,
  PROP_USER_ID,
  PROP_USER_PW,
  PROP_USERS_FILE,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_TLS_CA_FILE,
  PROP_MAX_TRACKS,
  PROP_MAX_BODY_SIZE,
  PROP_MAX_QUEUE_BYTES,
  PROP_HEADER_CACHE,
  PROP_OBJECTS_LOCATION,
  PROP_MAX_OBJECTS,
  PROP_MAX_OBJECT_BYTES,
  PROP_MERGE_POLICY,
  PROP_MERGE_ORDER,
  PROP_MERGE_GROUP,
  PROP_START_HOLD,
  PROP_MERGE_HOLD,
  PROP_GAP_HOLD,
  PROP_SYNC_MODE,
  PROP_SEGMENT_DURATION,
  PROP_SYNC_STORE,
  PROP_IDLE_TIMEOUT,
  PROP_BODY_TIMEOUT,
  PROP_DRAIN_TIMEOUT,
  PROP_STRICT_STATUS,
};

/* ---- values ---- */

#define FIELD(id, type, field)                                                 \
  CMAF_PROPERTY_FIELD (IngestSettings, PROP_##id, type, field)

static const CmafPropertyField fields[] = {
  FIELD (ADDRESS, G_TYPE_STRING, address),
  CMAF_PROPERTY_FIELD (IngestSettings, INGEST_PROP_PORT, G_TYPE_UINT, port),
  FIELD (PATH, G_TYPE_STRING, path),
  FIELD (MAX_CONNECTIONS, G_TYPE_UINT, max_connections),
  FIELD (USER_ID, G_TYPE_STRING, user_id),
  FIELD (USER_PW, G_TYPE_STRING, user_pw),
  FIELD (USERS_FILE, G_TYPE_STRING, users_file),
  FIELD (TLS_CERTIFICATE_FILE, G_TYPE_STRING, tls_certificate_file),
  FIELD (TLS_CA_FILE, G_TYPE_STRING, tls_ca_file),
  FIELD (MAX_TRACKS, G_TYPE_UINT, max_tracks),
  FIELD (MAX_BODY_SIZE, G_TYPE_UINT64, max_body_size),
  FIELD (MAX_QUEUE_BYTES, G_TYPE_UINT64, max_queue_bytes),
  FIELD (HEADER_CACHE, G_TYPE_STRING, header_cache),
  FIELD (OBJECTS_LOCATION, G_TYPE_STRING, objects_location),
  FIELD (MAX_OBJECTS, G_TYPE_UINT, max_objects),
  FIELD (MAX_OBJECT_BYTES, G_TYPE_UINT64, max_object_bytes),
  FIELD (MERGE_POLICY, G_TYPE_ENUM, merge_policy),
  FIELD (MERGE_ORDER, G_TYPE_STRING, merge_order),
  FIELD (MERGE_GROUP, G_TYPE_ENUM, merge_group),
  FIELD (START_HOLD, G_TYPE_UINT64, start_hold),
  FIELD (MERGE_HOLD, G_TYPE_UINT64, merge_hold),
  FIELD (GAP_HOLD, G_TYPE_UINT64, gap_hold),
  FIELD (SYNC_MODE, G_TYPE_ENUM, sync_mode),
  FIELD (SEGMENT_DURATION, G_TYPE_INT, segment_duration_n),
  FIELD (SYNC_STORE, G_TYPE_STRING, sync_store),
  FIELD (IDLE_TIMEOUT, G_TYPE_UINT64, idle_timeout),
  FIELD (BODY_TIMEOUT, G_TYPE_UINT64, body_timeout),
  FIELD (DRAIN_TIMEOUT, G_TYPE_UINT64, drain_timeout),
  FIELD (STRICT_STATUS, G_TYPE_BOOLEAN, has_strict_status),
};

gboolean
ingest_settings_set (IngestSettings *settings, guint id, const GValue *value)
{
  return cmaf_property_fields_set (
      fields, G_N_ELEMENTS (fields), settings, id, value);
}

gboolean
ingest_settings_get (const IngestSettings *settings, guint id, GValue *value)
{
  if (id == PROP_SYNC_STORE)
    g_value_take_string (
        value, cmaf_store_location_show (settings->sync_store));
  else if (id == PROP_OBJECTS_LOCATION)
    g_value_take_string (
        value, cmaf_store_location_show (settings->objects_location));
  else
    return cmaf_property_fields_get (
        fields, G_N_ELEMENTS (fields), settings, id, value);
  return TRUE;
}

void
ingest_settings_clear (IngestSettings *settings)
{
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), settings);
}

void
ingest_settings_configure (
    const IngestSettings *settings, CmafIngestServerConfig *config)
{
  cmaf_ingest_server_config_init (config);
  config->listener.address = settings->address;
  config->listener.port = settings->port;
  config->listener.max_connections = settings->max_connections;
  config->path = settings->path;
  config->access.user_id = settings->user_id;
  config->access.user_pw = settings->user_pw;
  config->access.users_file = settings->users_file;
  config->max_body_size = settings->max_body_size;
  config->max_queue_bytes = settings->max_queue_bytes;
  config->answers_when_taken = TRUE;
  config->has_strict_status = settings->has_strict_status;
  config->max_tracks = settings->max_tracks;
  config->objects_location = settings->objects_location;
  config->header_cache = settings->header_cache;
  config->max_objects = settings->max_objects;
  config->max_object_bytes = settings->max_object_bytes;
  config->merge.policy = settings->merge_policy;
  config->merge.start_hold = settings->start_hold;
  config->merge.merge_hold = settings->merge_hold;
  config->merge.gap_hold = settings->gap_hold;
  config->merge_order = settings->merge_order;
  if (settings->sync_mode == GST_HTTP_INGEST_SYNC_PACKAGER) {
    config->segment_duration_n = settings->segment_duration_n;
    config->segment_duration_d = settings->segment_duration_d;
  }
  config->sync_store = settings->sync_store;
  config->merges_presentation =
      settings->merge_group == GST_HTTP_INGEST_MERGE_GROUP_PRESENTATION;
  config->idle_timeout = settings->idle_timeout;
  config->body_timeout = settings->body_timeout;
  config->drain_timeout = settings->drain_timeout;
}

void
ingest_settings_warn (GstElement *src)
{
  static const GstCmafDependentSetting rows[] = {
    { "merge-order", "merge-policy=priority", NULL },
    { "segment-duration", "sync-mode=packager", NULL },
    { "sync-store", "sync-mode=packager", NULL },
    { "max-objects", "objects-location", NULL },
    { "max-object-bytes", "objects-location", NULL },
    { "tls-ca-file", "tls-certificate-file", NULL },
  };

  gst_cmaf_warn_of_idle_settings (src, rows, G_N_ELEMENTS (rows), NULL);
}

/* ---- the properties ---- */

#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS              \
      | GST_PARAM_MUTABLE_READY)

static void
install_place (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_ADDRESS,
      g_param_spec_string ("address", "Address",
          "IPv4 or IPv6 address to listen at", DEFAULT_ADDRESS, FLAGS));
  g_object_class_install_property (klass, INGEST_PROP_PORT,
      g_param_spec_uint ("port", "Port",
          "Port to listen at; 0: any free one, which can be read in PAUSED", 0,
          G_MAXUINT16, 0, FLAGS));
  g_object_class_install_property (klass, PROP_PATH,
      g_param_spec_string ("path", "Path",
          "Path of the publishing point; several elements may share address "
          "and port with a path each",
          DEFAULT_PATH, FLAGS));
  g_object_class_install_property (klass, PROP_MAX_CONNECTIONS,
      g_param_spec_uint ("max-connections", "Maximum connections",
          "More are refused", 1, G_MAXUINT, 2000, FLAGS));
}

static void
install_access (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_USER_ID,
      g_param_spec_string ("user-id", "User id",
          "User that senders must give; without this, users-file, tls-ca-file "
          "and a handler of authenticate everybody may send",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_USER_PW,
      g_param_spec_string ("user-pw", "User password",
          "Password that senders must give; cannot be read back", NULL,
          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_USERS_FILE,
      g_param_spec_string ("users-file", "Users file",
          "File with a line for each user, token and client certificate that "
          "may send; read again when it changes",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_TLS_CERTIFICATE_FILE,
      g_param_spec_string ("tls-certificate-file", "TLS certificate file",
          "PEM file with certificate and private key; unset: no TLS", NULL,
          FLAGS));
  g_object_class_install_property (klass, PROP_TLS_CA_FILE,
      g_param_spec_string ("tls-ca-file", "TLS CA file",
          "PEM file with authorities; senders with a certificate of one of "
          "them may send",
          NULL, FLAGS));
}

static void
install_limits (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_MAX_TRACKS,
      g_param_spec_uint ("max-tracks", "Maximum tracks", "More are refused", 1,
          G_MAXUINT, 64, FLAGS));
  g_object_class_install_property (klass, PROP_MAX_BODY_SIZE,
      g_param_spec_uint64 ("max-body-size", "Maximum body size",
          "Bytes of a request that tells its length, and of each mdat box", 1,
          G_MAXUINT32, 64 * 1024 * 1024, FLAGS));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes", "Maximum queue bytes",
          "Bytes of each track that may wait; then its senders have to", 1,
          G_MAXUINT32, 32 * 1024 * 1024, FLAGS));
}

static void
install_storage (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_HEADER_CACHE,
      g_param_spec_string ("header-cache", "Header cache",
          "Directory for CMAF headers and MPDs, so that senders need not send "
          "them again when the receiver was started anew; unset: none",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_OBJECTS_LOCATION,
      g_param_spec_string ("objects-location", "Objects location",
          "Directory for what DASH and HLS pushers send, or \"memory:\"; "
          "unset: nothing is kept",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_MAX_OBJECTS,
      g_param_spec_uint ("max-objects", "Maximum objects",
          "Objects that are kept; more are refused", 1, G_MAXUINT, 20000,
          FLAGS));
  g_object_class_install_property (klass, PROP_MAX_OBJECT_BYTES,
      g_param_spec_uint64 ("max-object-bytes", "Maximum object bytes",
          "Bytes of all objects together; more are refused", 1, G_MAXINT64,
          G_GUINT64_CONSTANT (1024) * 1024 * 1024, FLAGS));
}

static void
install_merging (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_MERGE_POLICY,
      g_param_spec_enum ("merge-policy", "Merge policy",
          "Which of several copies of a segment comes out",
          GST_TYPE_HTTP_INGEST_MERGE_POLICY, CMAF_MERGE_FIRST, FLAGS));
  g_object_class_install_property (klass, PROP_MERGE_ORDER,
      g_param_spec_string ("merge-order", "Merge order",
          "For merge-policy=priority: senders, best first, separated by "
          "commas, with * and ?, by User-Agent, encoder-name or address; "
          "unset: in the order in which they come",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_MERGE_GROUP,
      g_param_spec_enum ("merge-group", "Merge group",
          "What comes from one encoder while it can",
          GST_TYPE_HTTP_INGEST_MERGE_GROUP, GST_HTTP_INGEST_MERGE_GROUP_TRACK,
          FLAGS));
  g_object_class_install_property (klass, PROP_START_HOLD,
      g_param_spec_uint64 ("start-hold", "Start hold",
          "Time (ns) for which a track waits before it begins, so that what "
          "another sender has from before is in front",
          0, G_MAXINT64, 500 * GST_MSECOND, FLAGS));
  g_object_class_install_property (klass, PROP_MERGE_HOLD,
      g_param_spec_uint64 ("merge-hold", "Merge hold",
          "Time (ns) for which a better copy of a segment is waited for, and "
          "for which the sender of a running one may be silent before another "
          "one continues it",
          0, G_MAXINT64, 500 * GST_MSECOND, FLAGS));
  g_object_class_install_property (klass, PROP_GAP_HOLD,
      g_param_spec_uint64 ("gap-hold", "Gap hold",
          "Time (ns) for which media that no sender has delivered is waited "
          "for before a gap is announced",
          0, G_MAXINT64, 2 * GST_SECOND, FLAGS));
}

static void
install_packager (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_SYNC_MODE,
      g_param_spec_enum ("sync-mode", "Sync mode",
          "Who puts segments on the grid", GST_TYPE_HTTP_INGEST_SYNC_MODE,
          GST_HTTP_INGEST_SYNC_ENCODER, FLAGS));
  g_object_class_install_property (klass, PROP_SEGMENT_DURATION,
      gst_param_spec_fraction ("segment-duration", "Segment duration",
          "Of the grid, in seconds, for sync-mode=packager", 1, 1000, 1000, 1,
          2, 1, FLAGS));
  g_object_class_install_property (klass, PROP_SYNC_STORE,
      g_param_spec_string ("sync-store", "Sync store",
          "Where packagers share what they make of the times of encoders, for "
          "sync-mode=packager: a directory, or a file, http or https URI; "
          "unset: each for itself",
          NULL, FLAGS));
}

static void
install_requests (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_IDLE_TIMEOUT,
      g_param_spec_uint64 ("idle-timeout", "Idle timeout",
          "Time (ns) without media after which a track ends; 0: three "
          "segments, at least ten seconds; GST_CLOCK_TIME_NONE: never",
          0, G_MAXUINT64, 0, FLAGS));
  g_object_class_install_property (klass, PROP_BODY_TIMEOUT,
      g_param_spec_uint64 ("body-timeout", "Body timeout",
          "Time (ns) for which a request may be silent", GST_MSECOND,
          G_MAXINT64, 30 * GST_SECOND, FLAGS));
  g_object_class_install_property (klass, PROP_DRAIN_TIMEOUT,
      g_param_spec_uint64 ("drain-timeout", "Drain timeout",
          "Time (ns) for which requests that run at EOS may go on, to the end "
          "of their segment",
          0, G_MAXINT64, 2 * GST_SECOND, FLAGS));
  g_object_class_install_property (klass, PROP_STRICT_STATUS,
      g_param_spec_boolean ("strict-status", "Strict status",
          "Answer with the status codes that the specification names alone: "
          "403 for 401, 400 for 405, 408, 409, 411, 413, 417 and 429",
          FALSE, FLAGS));
}

void
ingest_settings_install (GObjectClass *klass)
{
  install_place (klass);
  install_access (klass);
  install_limits (klass);
  install_storage (klass);
  install_merging (klass);
  install_packager (klass);
  install_requests (klass);
  g_object_class_install_property (klass, INGEST_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counters in all, of each track and of each of its senders",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}
