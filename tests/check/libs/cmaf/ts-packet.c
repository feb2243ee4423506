/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "hex.h"
#include "ts.h"

/* ---- one packet ---- */

static const struct
{
  const gchar *head; /* the rest of the packet is 0xFF */
  gboolean valid;
  CmafTsPacket packet; /* but for pointers */
} packets[] = {
  /* payload only */
  { "47 4100 17", TRUE,
      { .pid = 0x100,
          .continuity = 7,
          .starts_unit = TRUE,
          .payload_size = 184 } },
  /* PCR and discontinuity_indicator; 33 bits * 300 + 9 bits */
  { "47 0100 3F 07 90 FFFFFFFF FF2B", TRUE,
      { .pid = 0x100,
          .continuity = 15,
          .is_discontinuous = TRUE,
          .has_pcr = TRUE,
          .pcr = G_GUINT64_CONSTANT (0x1FFFFFFFF) * 300 + 299,
          .payload_size = 176 } },
  /* OPCR, splice countdown and private data behind the PCR */
  { "47 1FFF 20 B7 1E 00000000 0000 00000000 0000 05 03 010203", TRUE,
      { .pid = 0x1FFF, .has_pcr = TRUE, .private_size = 3 } },
  { "47 8100 D0", TRUE,
      { .pid = 0x100,
          .has_error = TRUE,
          .is_scrambled = TRUE,
          .payload_size = 184 } },
  { "47 0100 30 00", TRUE, { .pid = 0x100, .payload_size = 183 } },
  { "47 0100 30 B7 00", TRUE, { .pid = 0x100 } },
  { "46 0100 10", FALSE, { 0 } },
  { "47 0100 30 B8 00", FALSE, { 0 } },          /* field longer than packet */
  { "47 0100 30 05 10 00000000", FALSE, { 0 } }, /* PCR longer than field */
  { "47 0100 30 05 02 04 00000000", FALSE, { 0 } }, /* private data too */
};

GST_START_TEST (test_heads_are_read)
{
  g_autoptr (GBytes) head = bytes_from_hex (packets[__i__].head);
  const CmafTsPacket *wanted = &packets[__i__].packet;
  guint8 data[CMAF_TS_PACKET_SIZE];
  CmafTsPacket packet;

  memset (data, 0xFF, sizeof data);
  memcpy (data, g_bytes_get_data (head, NULL), g_bytes_get_size (head));
  assert_equals_int (
      cmaf_ts_packet_parse (data, &packet), packets[__i__].valid);
  if (!packets[__i__].valid)
    return;
  assert_equals_int (packet.pid, wanted->pid);
  assert_equals_int (packet.continuity, wanted->continuity);
  assert_equals_int (packet.has_error, wanted->has_error);
  assert_equals_int (packet.starts_unit, wanted->starts_unit);
  assert_equals_int (packet.is_scrambled, wanted->is_scrambled);
  assert_equals_int (packet.is_discontinuous, wanted->is_discontinuous);
  assert_equals_int (packet.has_pcr, wanted->has_pcr);
  assert_equals_uint64 (packet.pcr, wanted->pcr);
  assert_equals_uint64 (packet.private_size, wanted->private_size);
  assert_equals_uint64 (packet.payload_size, wanted->payload_size);
  if (wanted->private_size > 0)
    assert_equals_int (packet.private_data[0], 1);
}
GST_END_TEST;

/* ---- packets out of bytes ---- */

static const struct
{
  guint before, behind;
} sizes[] = { { 0, 0 }, { 4, 0 }, { 0, 16 } };

/* 20 packets, their number in the first byte of payload */
static void
make_packets (Ts *ts, guint size)
{
  ts_init (ts, sizes[size].before, sizes[size].behind);
  for (guint8 i = 0; i < 20; i++) {
    guint8 payload[184];

    memset (
        payload, 0x47, sizeof payload); /* sync bytes in it mislead nobody */
    payload[0] = i;
    ts_packet (ts, TS_VIDEO, FALSE, NULL, 0, payload, sizeof payload);
  }
}

/* Feeds @n bytes at a time; returns how many packets came, each once and in
 * order, but for those that may be missing. */
static guint
count_packets (const GByteArray *bytes, guint n, guint64 *skipped)
{
  g_autoptr (CmafTsFramer) framer = cmaf_ts_framer_new ();
  const guint8 *packet;
  guint count = 0;
  gint last = -1;

  for (gsize at = 0; at <= bytes->len; at += n) {
    cmaf_ts_framer_feed (framer, bytes->data + at, MIN (n, bytes->len - at));
    while ((packet = cmaf_ts_framer_next (framer, at + n > bytes->len))) {
      fail_unless (packet[4] > last, "packet %d behind %d", packet[4], last);
      last = packet[4];
      count++;
    }
  }
  *skipped = cmaf_ts_framer_get_skipped (framer);
  return count;
}

GST_START_TEST (test_packets_of_each_size_in_pieces_of_any_length)
{
  Ts ts;
  guint64 skipped;

  make_packets (&ts, __i__);
  for (guint n = 1; n < 3000; n += n < 210 ? 1 : 97) {
    assert_equals_int (count_packets (ts.bytes, n, &skipped), 20);
    assert_equals_uint64 (skipped, sizes[__i__].before);
  }
  ts_clear (&ts);
}
GST_END_TEST;

GST_START_TEST (test_garbage_is_skipped_and_counted)
{
  guint8 garbage[500];
  Ts ts;
  guint64 skipped;

  make_packets (&ts, __i__);
  memset (garbage, 0x11, sizeof garbage);
  garbage[3] = garbage[100] = 0x47;
  /* in the middle, between two packets; then in front too */
  {
    const gsize stride = ts.bytes->len / 20;
    g_autoptr (GByteArray) mixed = g_byte_array_new ();

    g_byte_array_append (mixed, ts.bytes->data, 10 * stride);
    g_byte_array_append (mixed, garbage, sizeof garbage);
    g_byte_array_append (mixed, ts.bytes->data + 10 * stride, 10 * stride);
    assert_equals_int (count_packets (mixed, 188, &skipped), 20);
    fail_unless (skipped >= sizeof garbage - 204 && skipped <= 520,
        "%" G_GUINT64_FORMAT, skipped);
    g_byte_array_prepend (mixed, garbage, sizeof garbage);
    assert_equals_int (count_packets (mixed, 77, &skipped), 20);
  }
  ts_clear (&ts);
}
GST_END_TEST;

GST_START_TEST (test_a_packet_comes_with_its_last_byte)
{
  g_autoptr (CmafTsFramer) framer = cmaf_ts_framer_new ();
  const gsize before = sizes[__i__].before;
  Ts ts;
  gsize stride;

  make_packets (&ts, __i__);
  stride = ts.bytes->len / 20;
  cmaf_ts_framer_feed (framer, ts.bytes->data, 10 * stride + before + 187);
  for (guint i = 0; i < 10; i++)
    fail_unless (cmaf_ts_framer_next (framer, FALSE) != NULL);
  fail_unless (cmaf_ts_framer_next (framer, FALSE) == NULL);
  cmaf_ts_framer_feed (framer, ts.bytes->data + 10 * stride + before + 187, 1);
  fail_unless (cmaf_ts_framer_next (framer, FALSE) != NULL);
  assert_equals_int (cmaf_ts_framer_get_packet_size (framer), stride);
  ts_clear (&ts);
}
GST_END_TEST;

static Suite *
ts_packet_suite (void)
{
  Suite *suite = suite_create ("ts-packet");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_heads_are_read, 0, G_N_ELEMENTS (packets));
  tcase_add_loop_test (tcase, test_packets_of_each_size_in_pieces_of_any_length,
      0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (
      tcase, test_garbage_is_skipped_and_counted, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (
      tcase, test_a_packet_comes_with_its_last_byte, 0, G_N_ELEMENTS (sizes));
  return suite;
}

GST_CHECK_MAIN (ts_packet);
