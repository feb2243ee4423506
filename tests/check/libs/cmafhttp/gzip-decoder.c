/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */
#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/gzip-decoder.h>
#include <string.h>

static GByteArray *
compress (const guint8 *data, gsize size)
{
  g_autoptr (GZlibCompressor) gzip =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) in =
      g_converter_output_stream_new (out, G_CONVERTER (gzip));
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *coded = g_byte_array_new ();

  fail_unless (g_output_stream_write_all (in, data, size, NULL, NULL, NULL));
  fail_unless (g_output_stream_close (in, NULL, NULL));
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  g_byte_array_append (
      coded, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return coded;
}

/* In pieces of @step; what came out. NULL and @error when it failed. */
static GByteArray *
decode (CmafGzipDecoder *decoder, const guint8 *data, gsize size, gsize step,
    GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GPtrArray) pieces =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (gsize at = 0; at < size; at += step)
    if (!cmaf_gzip_decoder_feed (
            decoder, data + at, MIN (step, size - at), pieces, error))
      return NULL;
  for (guint i = 0; i < pieces->len; i++) {
    gsize n;
    const guint8 *bytes = g_bytes_get_data (pieces->pdata[i], &n);

    g_byte_array_append (all, bytes, n);
  }
  return g_steal_pointer (&all);
}

static guint8 *
make_text (gsize size)
{
  guint8 *text = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    text[i] = (guint8)(i * 7 + i / 251 + i / 65537);
  return text;
}

GST_START_TEST (test_pieces_of_any_size)
{
  static const gsize steps[] = { 1, 7, 4096, G_MAXSIZE / 2 };
  const gsize size = 300000;
  g_autofree guint8 *text = make_text (size);
  g_autoptr (GByteArray) coded = compress (text, size);
  g_autoptr (GByteArray) second = compress (text, 10);
  g_autoptr (CmafGzipDecoder) decoder = cmaf_gzip_decoder_new (size + 10);
  g_autoptr (GByteArray) out = NULL;
  g_autoptr (GError) error = NULL;

  fail_unless (cmaf_gzip_decoder_is_complete (decoder));
  g_byte_array_append (coded, second->data, second->len); /* two members */
  out = decode (decoder, coded->data, coded->len, steps[__i__], &error);
  fail_unless (out != NULL, "%s", error ? error->message : "");
  assert_equals_int (out->len, size + 10);
  fail_unless (memcmp (out->data, text, size) == 0);
  fail_unless (memcmp (out->data + size, text, 10) == 0);
  fail_unless (cmaf_gzip_decoder_is_complete (decoder));
}
GST_END_TEST;

GST_START_TEST (test_no_beginning_is_whole)
{
  g_autofree guint8 *text = make_text (500);
  g_autoptr (GByteArray) coded = compress (text, 500);

  for (gsize n = 1; n < coded->len; n++) {
    g_autoptr (CmafGzipDecoder) decoder = cmaf_gzip_decoder_new (500);
    g_autofree guint8 *exact = g_memdup2 (coded->data, n);
    g_autoptr (GByteArray) out = decode (decoder, exact, n, n, NULL);

    fail_unless (out != NULL);
    fail_if (cmaf_gzip_decoder_is_complete (decoder), "%zu", n);
  }
}
GST_END_TEST;

GST_START_TEST (test_other_bytes_are_malformed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafGzipDecoder) decoder = cmaf_gzip_decoder_new (500);
  g_autoptr (GByteArray) out =
      decode (decoder, (const guint8 *)"this is no gzip", 15, 15, &error);

  fail_unless (out == NULL);
  fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_MALFORMED));
  fail_if (cmaf_gzip_decoder_is_complete (decoder));
}
GST_END_TEST;

/* To the byte in all; by the ratio never before a MiB has come out. */
GST_START_TEST (test_limits)
{
  static const struct
  {
    gsize size;
    guint64 max_size;
    gboolean is_allowed;
  } rows[] = {
    { 1000, 1000, TRUE },
    { 1001, 1000, FALSE },
    { 1024 * 1024, G_MAXUINT64, TRUE },
    { 4 * 1024 * 1024, G_MAXUINT64, FALSE },
  };
  g_autofree guint8 *zeros = g_malloc0 (rows[__i__].size);
  g_autoptr (GByteArray) coded = compress (zeros, rows[__i__].size);
  g_autoptr (CmafGzipDecoder) decoder =
      cmaf_gzip_decoder_new (rows[__i__].max_size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) out =
      decode (decoder, coded->data, coded->len, 100, &error);

  assert_equals_int (out != NULL, rows[__i__].is_allowed);
  if (out == NULL)
    fail_unless (g_error_matches (error, CMAF_ERROR, CMAF_ERROR_LIMIT));
}
GST_END_TEST;

static Suite *
gzip_decoder_suite (void)
{
  Suite *suite = suite_create ("gzip-decoder");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_pieces_of_any_size, 0, 4);
  tcase_add_test (tc, test_no_beginning_is_whole);
  tcase_add_test (tc, test_other_bytes_are_malformed);
  tcase_add_loop_test (tc, test_limits, 0, 4);
  return suite;
}

GST_CHECK_MAIN (gzip_decoder);
