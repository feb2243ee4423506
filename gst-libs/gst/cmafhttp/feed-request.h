/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a player says: one JSON object a text message
 * (docs/elements/cmaforiginsink.md, control messages). Unknown keys are
 * ignored, a value of the wrong type counts as absent. Pure. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_FEED_UNKNOWN, /* to be ignored */
  CMAF_FEED_HELLO,
  CMAF_FEED_CHANNELS,
  CMAF_FEED_SUB,
  CMAF_FEED_UNSUB,
  CMAF_FEED_SWITCH,
  CMAF_FEED_PAUSE,
  CMAF_FEED_RESUME,
  CMAF_FEED_PING,
  CMAF_FEED_STATS,
  CMAF_FEED_WANT,
  CMAF_FEED_BYE,
} CmafFeedRequestType;

typedef struct
{
  CmafFeedRequestType type;
  gboolean has_id; /* to be copied to the answer */
  gint64 id;
  JsonObject *object;
} CmafFeedRequest;

/* CMAF_ERROR_MALFORMED: no JSON object, or nested without need. */
CMAF_API gboolean cmaf_feed_request_parse (
    CmafFeedRequest *request, const gchar *text, GError **error);
CMAF_API void cmaf_feed_request_clear (CmafFeedRequest *request);
/* Valid UTF-8; NULL when absent. */
CMAF_API const gchar *cmaf_feed_request_get_string (
    const CmafFeedRequest *request, const gchar *key);
CMAF_API gint64 cmaf_feed_request_get_int (
    const CmafFeedRequest *request, const gchar *key, gint64 absent);
CMAF_API gboolean cmaf_feed_request_get_boolean (
    const CmafFeedRequest *request, const gchar *key);
/* TRUE when the array @key has a string that starts with @prefix, or when
 * there is no such array. */
CMAF_API gboolean cmaf_feed_request_accepts (
    const CmafFeedRequest *request, const gchar *key, const gchar *prefix);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CmafFeedRequest, cmaf_feed_request_clear)

G_END_DECLS
