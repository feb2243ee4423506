/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What encoders of a service tell each other through an object store: small
 * JSON objects, each written once by whoever comes first and read by all. Equal
 * records have equal bytes. A reader passes over fields that it does not know,
 * and refuses one that is missing or wrong by its name (CMAF_ERROR_MALFORMED).
 * Pure functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/mpegts-time.h>

G_BEGIN_DECLS

#define CMAF_ANCHOR_RECORD_NAME "anchor.json"
#define CMAF_CONFIG_RECORD_NAME "cfg.json"

/* anchor.json: which PTS of a source is which media time. */
typedef struct
{
  CmafPtsPair pair;
  gchar *source; /* which input this is about */
} CmafAnchorRecord;

CMAF_API GBytes *cmaf_anchor_record_write (const CmafAnchorRecord *record);
/* @record is undefined after FALSE; else _clear() it. */
CMAF_API gboolean cmaf_anchor_record_read (
    CmafAnchorRecord *record, GBytes *bytes, GError **error);
CMAF_API void cmaf_anchor_record_clear (CmafAnchorRecord *record);

/* cfg.json: what all encoders of the service have in common. */
typedef struct
{
  guint64 duration_n, duration_d; /* of segments, seconds */
  gint tai_offset;                /* timeline-tai-offset */
  guint number_offset;
  guint rate_family; /* of frame rates: 1 or 1001; 0: not told */
  gchar *splice_mode;
  gchar **tracks; /* of the writer; others may have more, or less */
} CmafConfigRecord;

CMAF_API GBytes *cmaf_config_record_write (const CmafConfigRecord *record);
CMAF_API gboolean cmaf_config_record_read (
    CmafConfigRecord *record, GBytes *bytes, GError **error);
CMAF_API void cmaf_config_record_clear (CmafConfigRecord *record);
/* SHA-256, in hexadecimal, of what has to be equal. (transfer full) */
CMAF_API gchar *cmaf_config_record_digest (const CmafConfigRecord *record);
/* FALSE when @mine and @theirs cannot be encoders of one service:
 * CMAF_ERROR_CONFIG, with the first field that differs and both values. */
CMAF_API gboolean cmaf_config_record_check (const CmafConfigRecord *mine,
    const CmafConfigRecord *theirs, GError **error);

/* gen/<g>.json: where generation g of the service begins. */
typedef struct
{
  guint64 first; /* number of its first segment */
  gchar *digest; /* of the configuration */
  gboolean has_pair;
  CmafPtsPair pair; /* the anchor of @source from there on */
  gchar *source;    /* with has_pair */
} CmafGenerationRecord;

/* (transfer full) */
CMAF_API gchar *cmaf_generation_record_name (guint generation);
CMAF_API GBytes *cmaf_generation_record_write (
    const CmafGenerationRecord *record);
CMAF_API gboolean cmaf_generation_record_read (
    CmafGenerationRecord *record, GBytes *bytes, GError **error);
CMAF_API void cmaf_generation_record_clear (CmafGenerationRecord *record);

/* offset/<encoder>/<session>.json: by how many us media time is ahead of the
 * times of a session of an encoder that counts from its start. @encoder: any
 * text. (transfer full) */
CMAF_API gchar *cmaf_offset_record_name (const gchar *encoder, guint session);
CMAF_API GBytes *cmaf_offset_record_write (gint64 offset);
CMAF_API gboolean cmaf_offset_record_read (
    gint64 *offset, GBytes *bytes, GError **error);

G_END_DECLS
