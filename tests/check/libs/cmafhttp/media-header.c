/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* media-header against the vectors that tests/check/player/media-header.test.js
 * reads too, so that the origin and the player agree. */
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/media-header.h>
#include <json-glib/json-glib.h>

#include "hex.h"

static JsonArray *
load_vectors (JsonParser *parser)
{
  g_autofree gchar *path = g_build_filename (
      g_getenv ("CMAF_TEST_FILES"), "media-header-vectors.json", NULL);

  fail_unless (json_parser_load_from_file (parser, path, NULL));
  return json_node_get_array (json_parser_get_root (parser));
}

static GByteArray *
from_hex (const gchar *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0'; hex += 2) {
    guint8 byte =
        g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);

    g_byte_array_append (bytes, &byte, 1);
  }
  return bytes;
}

static void
check_fields (JsonObject *vector, const CmafMediaHeader *h)
{
  const struct
  {
    const gchar *name;
    guint64 value;
  } fields[] = {
    { "kind", h->kind },
    { "flags", h->flags },
    { "stream", h->stream },
    { "generation", h->generation },
    { "sequence", h->sequence },
    { "number", h->number },
    { "chunk", h->chunk },
    { "nSamples", h->n_samples },
    { "duration", h->duration },
    { "ept", h->ept },
    { "captureUs", h->capture_us },
    { "publishedUs", h->published_us },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    fail_unless ((guint64)json_object_get_int_member (vector, fields[i].name)
                     == fields[i].value,
        "%s: %s", json_object_get_string_member (vector, "name"),
        fields[i].name);
}

GST_START_TEST (test_vectors_are_read_and_written_back)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *vectors = load_vectors (parser);

  fail_unless (json_array_get_length (vectors) > 8);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    g_autoptr (GByteArray) bytes =
        from_hex (json_object_get_string_member (vector, "hex"));
    g_autoptr (GError) error = NULL;
    CmafMediaHeader header;
    gsize header_size;
    guint8 written[CMAF_MEDIA_HEADER_SIZE];

    if (!json_object_get_boolean_member (vector, "valid")) {
      fail_if (cmaf_media_header_read (
          &header, bytes->data, bytes->len, &header_size, &error));
      fail_unless (error != NULL && error->domain == CMAF_ERROR);
      continue;
    }
    fail_unless (cmaf_media_header_read (
        &header, bytes->data, bytes->len, &header_size, &error));
    check_fields (vector, &header);
    fail_unless_equals_uint64 (
        header_size, json_object_get_int_member (vector, "headerSize"));
    if (header_size == CMAF_MEDIA_HEADER_SIZE) {
      cmaf_media_header_write (&header, written);
      fail_unless (memcmp (written, bytes->data, sizeof written) == 0);
    }
  }
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_a_header)
{
  const CmafMediaHeader header = { CMAF_MEDIA_KIND_CHUNK, CMAF_MEDIA_KEY, 1 };
  guint8 whole[CMAF_MEDIA_HEADER_SIZE];
  CmafMediaHeader again;
  gsize header_size;

  cmaf_media_header_write (&header, whole);
  for (gsize n = 0; n < sizeof whole; n++) {
    g_autofree guint8 *prefix = copy_exactly (whole, n);
    g_autoptr (GError) error = NULL;

    fail_if (cmaf_media_header_read (&again, prefix, n, &header_size, &error));
    g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
  }
}
GST_END_TEST;

static Suite *
media_header_suite (void)
{
  Suite *s = suite_create ("media-header");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_vectors_are_read_and_written_back);
  tcase_add_test (tc, test_no_prefix_is_a_header);
  return s;
}

GST_CHECK_MAIN (media_header);
