/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Records of encoders. Fields are named as in the profile: D, O, K, P0, M0. */
#include "sync-record.h"

#include "json-depth.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_SIZE (64 * 1024)
#define MAX_DEPTH 8
/* what every JSON reader keeps exactly */
#define MAX_INTEGER ((G_GINT64_CONSTANT (1) << 53) - 1)
#define EPOCH "1970-01-01T00:00:00Z"

/* ---- writing ---- */

static void
add_int (JsonBuilder *b, const gchar *field, gint64 value)
{
  json_builder_set_member_name (b, field);
  json_builder_add_int_value (b, value);
}

static void
add_string (JsonBuilder *b, const gchar *field, const gchar *value)
{
  json_builder_set_member_name (b, field);
  json_builder_add_string_value (b, value);
}

static JsonBuilder *
begin (void)
{
  JsonBuilder *b = json_builder_new ();

  json_builder_begin_object (b);
  return b;
}

/* Frees @b. */
static GBytes *
finish (JsonBuilder *b)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  gchar *text;

  json_builder_end_object (b);
  root = json_builder_get_root (b);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  g_object_unref (b);
  return g_bytes_new_take (text, strlen (text));
}

/* ---- reading ---- */

typedef struct
{
  const gchar *name; /* of the record, for messages */
  JsonObject *object;
  GError **error;
  gboolean failed; /* sticks */
} Reader;

static void
fail (Reader *r, const gchar *field, const gchar *found, const gchar *needed)
{
  if (!r->failed)
    g_set_error (r->error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "%s: %s: found %s, needs %s", r->name, field, found, needed);
  r->failed = TRUE;
}

static gboolean
reader_init (Reader *r, const gchar *name, GBytes *bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);
  g_autofree gchar *text = NULL;
  JsonNode *root;

  memset (r, 0, sizeof *r);
  r->name = name;
  r->error = error;
  if (size > MAX_SIZE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "%s: %" G_GSIZE_FORMAT " bytes, needs at most %d", name, size,
        MAX_SIZE);
    return FALSE;
  }
  text = g_strndup (data ? data : "", size);
  if (!cmaf_json_depth_check (text, MAX_DEPTH, name, error))
    return FALSE;
  root = json_parser_load_from_data (parser, text, -1, NULL)
             ? json_parser_get_root (parser)
             : NULL;
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "%s: no JSON object, needs one, as encoders write it (is that the "
        "location of a store?)",
        name);
    return FALSE;
  }
  r->object = json_object_ref (json_node_get_object (root));
  return TRUE;
}

static gboolean
reader_finish (Reader *r)
{
  json_object_unref (r->object);
  return !r->failed;
}

static gboolean
has (const Reader *r, const gchar *field)
{
  return json_object_has_member (r->object, field);
}

static JsonNode *
get_value (Reader *r, const gchar *field, GType type, const gchar *needed)
{
  JsonNode *node = json_object_get_member (r->object, field);

  if (!node)
    fail (r, field, "nothing", needed);
  else if (!JSON_NODE_HOLDS_VALUE (node)
           || json_node_get_value_type (node) != type)
    fail (r, field, json_node_type_name (node), needed);
  else
    return node;
  return NULL;
}

static gint64
get_int (Reader *r, const gchar *field, gint64 least, gint64 most)
{
  g_autofree gchar *needed = g_strdup_printf (
      "an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, least, most);
  JsonNode *node = get_value (r, field, G_TYPE_INT64, needed);
  gint64 value = node ? json_node_get_int (node) : 0;

  if (node && (value < least || value > most)) {
    g_autofree gchar *found = g_strdup_printf ("%" G_GINT64_FORMAT, value);

    fail (r, field, found, needed);
  }
  return r->failed ? 0 : value;
}

/* json-glib makes half a surrogate pair (\ud83d) of three bytes */
static gboolean
is_text (JsonNode *node)
{
  const gchar *text = json_node_get_string (node);

  return text && text[0] && g_utf8_validate (text, -1, NULL);
}

static gchar *
get_string (Reader *r, const gchar *field)
{
  JsonNode *node = get_value (r, field, G_TYPE_STRING, "a string");

  if (node && !is_text (node)) {
    fail (r, field, "no text", "some");
    return NULL;
  }
  return node ? json_node_dup_string (node) : NULL;
}

static gchar **
get_strings (Reader *r, const gchar *field)
{
  JsonNode *node = json_object_get_member (r->object, field);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node)) {
    fail (r, field, node ? json_node_type_name (node) : "nothing", "an array");
    return NULL;
  }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_VALUE (element)
        || json_node_get_value_type (element) != G_TYPE_STRING
        || !is_text (element)) {
      fail (r, field, json_node_type_name (element), "strings");
      return NULL;
    }
    g_ptr_array_add (all, json_node_dup_string (element));
  }
  g_ptr_array_add (all, NULL);
  return (gchar **)g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

/* ---- pairs ---- */

static void
add_pair (JsonBuilder *b, const CmafPtsPair *pair)
{
  add_int (b, "P0", (gint64)pair->pts);
  add_int (b, "M0", (gint64)pair->ticks);
}

static void
get_pair (Reader *r, CmafPtsPair *pair)
{
  pair->pts = (guint64)get_int (r, "P0", 0, CMAF_PTS_MASK);
  pair->ticks = (guint64)get_int (r, "M0", 0, MAX_INTEGER);
}

/* ---- anchor.json ---- */

GBytes *
cmaf_anchor_record_write (const CmafAnchorRecord *record)
{
  JsonBuilder *b = begin ();

  add_pair (b, &record->pair);
  add_string (b, "source", record->source);
  return finish (b);
}

void
cmaf_anchor_record_clear (CmafAnchorRecord *record)
{
  g_clear_pointer (&record->source, g_free);
}

gboolean
cmaf_anchor_record_read (
    CmafAnchorRecord *record, GBytes *bytes, GError **error)
{
  Reader r;

  memset (record, 0, sizeof *record);
  if (!reader_init (&r, CMAF_ANCHOR_RECORD_NAME, bytes, error))
    return FALSE;
  get_pair (&r, &record->pair);
  record->source = get_string (&r, "source");
  if (reader_finish (&r))
    return TRUE;
  cmaf_anchor_record_clear (record);
  return FALSE;
}

/* ---- cfg.json ---- */

static gchar *
duration_text (const CmafConfigRecord *record)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
      record->duration_n, record->duration_d);
}

/* What has to be equal. */
static void
add_common (JsonBuilder *b, const CmafConfigRecord *record)
{
  g_autofree gchar *duration = duration_text (record);

  add_string (b, "D", duration);
  add_int (b, "O", record->tai_offset);
  add_string (b, "anchor", EPOCH);
  add_int (b, "number-offset", record->number_offset);
  add_string (b, "splice-mode", record->splice_mode);
}

GBytes *
cmaf_config_record_write (const CmafConfigRecord *record)
{
  JsonBuilder *b = begin ();

  add_common (b, record);
  if (record->rate_family > 0)
    add_int (b, "rate-family", record->rate_family);
  json_builder_set_member_name (b, "tracks");
  json_builder_begin_array (b);
  for (gchar **track = record->tracks; track && *track; track++)
    json_builder_add_string_value (b, *track);
  json_builder_end_array (b);
  return finish (b);
}

void
cmaf_config_record_clear (CmafConfigRecord *record)
{
  g_clear_pointer (&record->splice_mode, g_free);
  g_clear_pointer (&record->tracks, g_strfreev);
}

static guint64
get_digits (const gchar **text)
{
  gchar *end = NULL;
  guint64 value = 0;

  if (g_ascii_isdigit (**text))
    value = g_ascii_strtoull (*text, &end, 10);
  if (end)
    *text = end;
  return value <= (guint64)MAX_INTEGER ? value : 0;
}

static void
get_duration (Reader *r, CmafConfigRecord *record)
{
  g_autofree gchar *text = get_string (r, "D");
  const gchar *at = text;

  if (!text)
    return;
  record->duration_n = get_digits (&at);
  if (*at == '/') {
    at++;
    record->duration_d = get_digits (&at);
  }
  if (*at || record->duration_n == 0 || record->duration_d == 0)
    fail (r, "D", text, "a fraction such as 48/25");
}

gboolean
cmaf_config_record_read (
    CmafConfigRecord *record, GBytes *bytes, GError **error)
{
  g_autofree gchar *anchor = NULL;
  Reader r;

  memset (record, 0, sizeof *record);
  if (!reader_init (&r, CMAF_CONFIG_RECORD_NAME, bytes, error))
    return FALSE;
  get_duration (&r, record);
  record->tai_offset = (gint)get_int (&r, "O", -1000, 1000);
  anchor = get_string (&r, "anchor");
  if (anchor && strcmp (anchor, EPOCH) != 0)
    fail (&r, "anchor", anchor, EPOCH);
  record->number_offset = (guint)get_int (&r, "number-offset", 0, 1);
  record->splice_mode = get_string (&r, "splice-mode");
  if (has (&r, "rate-family"))
    record->rate_family = (guint)get_int (&r, "rate-family", 1, 1001);
  record->tracks = get_strings (&r, "tracks");
  if (reader_finish (&r))
    return TRUE;
  cmaf_config_record_clear (record);
  return FALSE;
}

gchar *
cmaf_config_record_digest (const CmafConfigRecord *record)
{
  JsonBuilder *b = begin ();
  g_autoptr (GBytes) bytes = NULL;

  add_common (b, record);
  bytes = finish (b);
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static gboolean
check_text (
    const gchar *field, const gchar *mine, const gchar *theirs, GError **error)
{
  if (strcmp (mine, theirs) == 0)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "%s: found %s, needs %s as the service has in " CMAF_CONFIG_RECORD_NAME
      " of sync-store; another one is another service, which needs another "
      "sync-store",
      field, mine, theirs);
  return FALSE;
}

static gboolean
check_int (const gchar *field, gint64 mine, gint64 theirs, GError **error)
{
  g_autofree gchar *a = g_strdup_printf ("%" G_GINT64_FORMAT, mine);
  g_autofree gchar *b = g_strdup_printf ("%" G_GINT64_FORMAT, theirs);

  return check_text (field, a, b, error);
}

gboolean
cmaf_config_record_check (const CmafConfigRecord *mine,
    const CmafConfigRecord *theirs, GError **error)
{
  g_autofree gchar *a = duration_text (mine);
  g_autofree gchar *b = duration_text (theirs);

  return check_text ("segment-duration", a, b, error)
         && check_int (
             "timeline-tai-offset", mine->tai_offset, theirs->tai_offset, error)
         && check_int (
             "number-offset", mine->number_offset, theirs->number_offset, error)
         && check_text (
             "splice-mode", mine->splice_mode, theirs->splice_mode, error)
         && (mine->rate_family == 0 || theirs->rate_family == 0
             || check_int ("denominator of the frame rate", mine->rate_family,
                 theirs->rate_family, error));
}

/* ---- gen/<g>.json ---- */

gchar *
cmaf_generation_record_name (guint generation)
{
  return g_strdup_printf ("gen/%u.json", generation);
}

GBytes *
cmaf_generation_record_write (const CmafGenerationRecord *record)
{
  JsonBuilder *b = begin ();

  add_int (b, "K", (gint64)record->first);
  add_string (b, "digest", record->digest);
  if (record->has_pair) {
    add_pair (b, &record->pair);
    add_string (b, "source", record->source);
  }
  return finish (b);
}

void
cmaf_generation_record_clear (CmafGenerationRecord *record)
{
  g_clear_pointer (&record->digest, g_free);
  g_clear_pointer (&record->source, g_free);
}

gboolean
cmaf_generation_record_read (
    CmafGenerationRecord *record, GBytes *bytes, GError **error)
{
  Reader r;

  memset (record, 0, sizeof *record);
  if (!reader_init (&r, "gen", bytes, error))
    return FALSE;
  record->first = (guint64)get_int (&r, "K", 0, MAX_INTEGER);
  record->digest = get_string (&r, "digest");
  record->has_pair = has (&r, "P0") || has (&r, "M0");
  if (record->has_pair) {
    get_pair (&r, &record->pair);
    record->source = get_string (&r, "source");
  }
  if (reader_finish (&r))
    return TRUE;
  cmaf_generation_record_clear (record);
  return FALSE;
}

/* ---- offset/<encoder>/<session>.json ---- */

#define NAME_LENGTH 64

/* What can stand in a name, and something that tells encoders apart whose names
 * become the same. */
gchar *
cmaf_offset_record_name (const gchar *encoder, guint session)
{
  g_autofree gchar *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, encoder, -1);
  g_autofree gchar *shown = g_strndup (encoder, NAME_LENGTH);

  for (gchar *c = shown; *c; c++) {
    if (!g_ascii_isalnum (*c) && !strchr ("_~-", *c)
        && (*c != '.' || c == shown))
      *c = '-';
  }
  return g_strdup_printf ("offset/%s-%.16s/%u.json", shown, digest, session);
}

GBytes *
cmaf_offset_record_write (gint64 offset)
{
  JsonBuilder *b = begin ();

  add_int (b, "offset", offset);
  return finish (b);
}

gboolean
cmaf_offset_record_read (gint64 *offset, GBytes *bytes, GError **error)
{
  Reader r;

  if (!reader_init (&r, "offset", bytes, error))
    return FALSE;
  *offset = get_int (&r, "offset", -MAX_INTEGER, MAX_INTEGER);
  return reader_finish (&r);
}
