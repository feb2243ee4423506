/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Messages of viewers. */
#include "feed-request.h"

#include <gst/cmaf/json-depth.h>
#include <string.h>

#define MAX_DEPTH 8

static const struct
{
  const gchar *name;
  CmafFeedRequestType type;
} types[] = {
  { "hello", CMAF_FEED_HELLO },
  { "channels", CMAF_FEED_CHANNELS },
  { "sub", CMAF_FEED_SUB },
  { "unsub", CMAF_FEED_UNSUB },
  { "switch", CMAF_FEED_SWITCH },
  { "pause", CMAF_FEED_PAUSE },
  { "resume", CMAF_FEED_RESUME },
  { "ping", CMAF_FEED_PING },
  { "stats", CMAF_FEED_STATS },
  { "want", CMAF_FEED_WANT },
  { "bye", CMAF_FEED_BYE },
};

static JsonNode *
get_value (const CmafFeedRequest *request, const gchar *key, GType type)
{
  JsonNode *node = json_object_get_member (request->object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == type
             ? node
             : NULL;
}

gboolean
cmaf_feed_request_parse (
    CmafFeedRequest *request, const gchar *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;
  const gchar *name;

  memset (request, 0, sizeof *request);
  if (!cmaf_json_depth_check (text, MAX_DEPTH, "message", error))
    return FALSE;
  root = json_parser_load_from_data (parser, text, -1, NULL)
             ? json_parser_get_root (parser)
             : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "message: no JSON object, needs one");
    return FALSE;
  }

  request->object = json_object_ref (json_node_get_object (root));
  request->has_id = get_value (request, "id", G_TYPE_INT64) != NULL;
  request->id = cmaf_feed_request_get_int (request, "id", 0);
  name = cmaf_feed_request_get_string (request, "t");
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (types); i++) {
    if (g_str_equal (name, types[i].name))
      request->type = types[i].type;
  }
  return TRUE;
}

void
cmaf_feed_request_clear (CmafFeedRequest *request)
{
  g_clear_pointer (&request->object, json_object_unref);
}

const gchar *
cmaf_feed_request_get_string (const CmafFeedRequest *request, const gchar *key)
{
  JsonNode *node = get_value (request, key, G_TYPE_STRING);
  const gchar *text = node != NULL ? json_node_get_string (node) : NULL;

  /* json-glib makes half a surrogate pair (\ud83d) of three bytes */
  return text != NULL && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

gint64
cmaf_feed_request_get_int (
    const CmafFeedRequest *request, const gchar *key, gint64 absent)
{
  JsonNode *node = get_value (request, key, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : absent;
}

gboolean
cmaf_feed_request_get_boolean (const CmafFeedRequest *request, const gchar *key)
{
  JsonNode *node = get_value (request, key, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

gboolean
cmaf_feed_request_accepts (
    const CmafFeedRequest *request, const gchar *key, const gchar *prefix)
{
  JsonNode *node = json_object_get_member (request->object, key);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return TRUE;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_VALUE (element)
        && json_node_get_value_type (element) == G_TYPE_STRING
        && g_str_has_prefix (json_node_get_string (element), prefix))
      return TRUE;
  }
  return FALSE;
}
