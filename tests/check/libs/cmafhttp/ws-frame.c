/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/ws-frame.h>

#include "hex.h"

static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
static const CmafWsReaderConfig server = { 16384, TRUE, FALSE };
static const CmafWsReaderConfig client = { 1 << 20, FALSE, TRUE };

static void
feed (CmafWsReader *reader, GBytes *bytes)
{
  cmaf_ws_reader_feed (
      reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static const struct
{
  gsize size;
  guint head_size;
} length_classes[] = {
  { 0, 2 },
  { 1, 2 },
  { 125, 2 },
  { 126, 4 },
  { 127, 4 },
  { 65535, 4 },
  { 65536, 10 },
  { 1 << 20, 10 },
};

GST_START_TEST (test_every_length_class_makes_a_round_trip)
{
  gsize size = length_classes[__i__].size;
  g_autofree guint8 *data = g_malloc0 (size + 1);
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&client);
  g_autoptr (GBytes) frame = NULL;
  CmafWsIncoming message;

  for (gsize i = 0; i < size; i++)
    data[i] = i * 7;
  frame = cmaf_ws_frame_new (CMAF_WS_BINARY, data, size, NULL);
  fail_unless_equals_uint64 (
      g_bytes_get_size (frame), length_classes[__i__].head_size + size);

  feed (reader, frame);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE);
  fail_unless (message.opcode == CMAF_WS_BINARY && message.size == size);
  fail_unless (message.data != NULL);
  fail_unless (size == 0 || memcmp (message.data, data, size) == 0);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MORE);
}
GST_END_TEST;

/* RFC 6455 5.7: a masked "Hello" */
GST_START_TEST (test_the_example_of_the_standard)
{
  static const guint8 hello[] = { 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f,
    0x9f, 0x4d, 0x51, 0x58 };
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
  g_autoptr (GBytes) frame = cmaf_ws_frame_new (CMAF_WS_TEXT, "Hello", 5, mask);
  CmafWsIncoming message;

  fail_unless_equals_uint64 (g_bytes_get_size (frame), sizeof hello);
  fail_unless (
      memcmp (g_bytes_get_data (frame, NULL), hello, sizeof hello) == 0);
  cmaf_ws_reader_feed (reader, hello, sizeof hello);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE);
  fail_unless (message.opcode == CMAF_WS_TEXT && message.size == 5);
  fail_unless (memcmp (message.data, "Hello", 5) == 0);
}
GST_END_TEST;

static GBytes *
fragment (guint8 first, const gchar *text)
{
  g_autoptr (GBytes) frame =
      cmaf_ws_frame_new (CMAF_WS_TEXT, text, strlen (text), mask);
  gsize size;
  guint8 *bytes = g_bytes_unref_to_data (g_steal_pointer (&frame), &size);

  bytes[0] = first;
  return g_bytes_new_take (bytes, size);
}

GST_START_TEST (test_fragments_with_a_ping_between_arrive_byte_by_byte)
{
  static const struct
  {
    guint8 first;
    const gchar *text;
  } frames[] = {
    { 0x01, "\xc3" },
    { 0x89, "ping" },
    { 0x00, "" },
    { 0x80, "\xa4!" },
  };
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    g_autoptr (GBytes) bytes = fragment (frames[i].first, frames[i].text);
    const guint8 *data = g_bytes_get_data (bytes, NULL);

    for (gsize k = 0; k < g_bytes_get_size (bytes); k++) {
      CmafWsIncoming message;

      cmaf_ws_reader_feed (reader, data + k, 1);
      while (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE) {
        g_string_append_printf (seen, "%d:", message.opcode);
        g_string_append_len (seen, (const gchar *)message.data, message.size);
        g_string_append_c (seen, ';');
      }
      fail_unless_equals_int (cmaf_ws_reader_get_error (reader, NULL), 0);
    }
  }
  fail_unless_equals_string (seen->str, "9:ping;1:\xc3\xa4!;");
}
GST_END_TEST;

/* bytes from a client that must close the connection */
static const struct
{
  const gchar *name;
  guint8 bytes[16];
  gsize size;
  guint code;
} violations[] = {
  { "not masked", { 0x81, 0x01, 'a' }, 3, 1002 },
  { "reserved bit", { 0xc1, 0x80, 0, 0, 0, 0 }, 6, 1002 },
  { "unknown opcode", { 0x83, 0x80, 0, 0, 0, 0 }, 6, 1002 },
  { "unknown control opcode", { 0x8b, 0x80, 0, 0, 0, 0 }, 6, 1002 },
  { "binary", { 0x82, 0x80, 0, 0, 0, 0 }, 6, 1003 },
  { "fragmented ping", { 0x09, 0x80, 0, 0, 0, 0 }, 6, 1002 },
  { "long ping", { 0x89, 0xfe, 0, 126, 0, 0 }, 6, 1002 },
  { "continuation of nothing", { 0x80, 0x80, 0, 0, 0, 0 }, 6, 1002 },
  { "text inside text", { 0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0 }, 12,
      1002 },
  { "16 bit size not minimal", { 0x81, 0xfe, 0, 125, 0, 0, 0, 0 }, 8, 1002 },
  { "64 bit size not minimal",
      { 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0 }, 14, 1002 },
  { "64 bit size negative",
      { 0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 14, 1002 },
  { "text of 16385 bytes", { 0x81, 0xfe, 0x40, 0x01, 0, 0, 0, 0 }, 8, 1009 },
  { "text is not UTF-8", { 0x81, 0x81, 0, 0, 0, 0, 0xff }, 7, 1007 },
  { "half a character", { 0x81, 0x81, 0, 0, 0, 0, 0xc3 }, 7, 1007 },
  { "half a close code", { 0x88, 0x81, 0, 0, 0, 0, 0x03 }, 7, 1002 },
  { "close code 1005", { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed }, 8, 1002 },
  { "close code 999", { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe7 }, 8, 1002 },
  { "close reason is not UTF-8", { 0x88, 0x83, 0, 0, 0, 0, 0x03, 0xe8, 0xff },
      9, 1007 },
};

GST_START_TEST (test_violation_gives_its_close_code)
{
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
  CmafWsIncoming message;
  CmafWsReadResult result;
  const gchar *reason = NULL;

  cmaf_ws_reader_feed (reader, violations[__i__].bytes, violations[__i__].size);
  do {
    result = cmaf_ws_reader_read (reader, &message);
  } while (result == CMAF_WS_READ_MESSAGE);
  fail_unless (result == CMAF_WS_READ_ERROR, "%s", violations[__i__].name);
  fail_unless (
      cmaf_ws_reader_get_error (reader, &reason) == violations[__i__].code,
      "%s: %u", violations[__i__].name,
      cmaf_ws_reader_get_error (reader, NULL));
  fail_unless (reason != NULL && strlen (reason) <= 120);
  /* and it stays that way */
  cmaf_ws_reader_feed (reader, "\x81\x80\0\0\0\0", 6);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_ERROR);
}
GST_END_TEST;

GST_START_TEST (test_fragments_together_are_limited)
{
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
  g_autofree gchar *text = g_strnfill (10000, 'x');
  g_autoptr (GBytes) first = fragment (0x01, text);
  g_autoptr (GBytes) second = fragment (0x80, text);
  CmafWsIncoming message;

  feed (reader, first);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MORE);
  feed (reader, second);
  fail_unless (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_ERROR);
  fail_unless_equals_int (cmaf_ws_reader_get_error (reader, NULL), 1009);
}
GST_END_TEST;

GST_START_TEST (test_limit_itself_is_allowed_again_and_again)
{
  g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
  g_autofree gchar *text = g_strnfill (16384, 'x');
  g_autoptr (GBytes) frame = fragment (0x81, text);
  CmafWsIncoming message;

  for (guint i = 0; i < 3; i++) {
    feed (reader, frame);
    fail_unless (
        cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE);
    fail_unless_equals_uint64 (message.size, 16384);
  }
}
GST_END_TEST;

GST_START_TEST (test_close_frames)
{
  g_autofree gchar *text = g_strnfill (119, 'x');
  g_autofree gchar *long_reason = g_strconcat (text, "\xc3\xa4\xc3\xa4", NULL);
  const struct
  {
    guint code;
    const gchar *reason, *read;
  } cases[] = {
    { 1000, NULL, "" },
    { 4009, "slow: no byte accepted", "slow: no byte accepted" },
    { 1001, long_reason, text },
    { 1005, NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
    g_autoptr (GBytes) frame =
        cmaf_ws_close_frame_new (cases[i].code, cases[i].reason, mask);
    CmafWsIncoming message;

    feed (reader, frame);
    fail_unless (
        cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE);
    fail_unless (message.opcode == CMAF_WS_CLOSE);
    fail_unless_equals_int (message.close_code, cases[i].code);
    fail_unless_equals_uint64 (message.size, strlen (cases[i].read));
    fail_unless (memcmp (message.data, cases[i].read, message.size) == 0);
  }
}
GST_END_TEST;

/* Frames of 8 + 8 + 206 bytes: as many messages as are whole. */
GST_START_TEST (test_no_prefix_gives_more_than_is_in_it)
{
  g_autofree gchar *large = g_strnfill (198, 'x');
  const gchar *texts[] = { "ab", "cd", large };
  g_autoptr (GByteArray) all = g_byte_array_new ();
  gsize ends[G_N_ELEMENTS (texts)];

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) frame =
        cmaf_ws_frame_new (CMAF_WS_TEXT, texts[i], strlen (texts[i]), mask);

    g_byte_array_append (
        all, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
    ends[i] = all->len;
  }
  for (gsize n = 0; n <= all->len; n++) {
    g_autofree guint8 *prefix = copy_exactly (all->data, n);
    g_autoptr (CmafWsReader) reader = cmaf_ws_reader_new (&server);
    CmafWsIncoming message;
    guint whole = 0;

    cmaf_ws_reader_feed (reader, prefix, n);
    while (cmaf_ws_reader_read (reader, &message) == CMAF_WS_READ_MESSAGE)
      whole++;
    assert_equals_int (cmaf_ws_reader_get_error (reader, NULL), 0);
    fail_unless (whole == 0 || ends[whole - 1] <= n);
    fail_unless (whole == G_N_ELEMENTS (texts) || ends[whole] > n);
  }
}
GST_END_TEST;

static Suite *
ws_frame_suite (void)
{
  Suite *s = suite_create ("ws-frame");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_length_class_makes_a_round_trip, 0,
      G_N_ELEMENTS (length_classes));
  tcase_add_test (tc, test_the_example_of_the_standard);
  tcase_add_test (tc, test_fragments_with_a_ping_between_arrive_byte_by_byte);
  tcase_add_loop_test (
      tc, test_violation_gives_its_close_code, 0, G_N_ELEMENTS (violations));
  tcase_add_test (tc, test_fragments_together_are_limited);
  tcase_add_test (tc, test_limit_itself_is_allowed_again_and_again);
  tcase_add_test (tc, test_close_frames);
  tcase_add_test (tc, test_no_prefix_gives_more_than_is_in_it);
  return s;
}

GST_CHECK_MAIN (ws_frame);
