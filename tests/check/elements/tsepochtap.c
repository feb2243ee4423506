/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* tsepochtap by itself: bytes pass untouched, messages tell what is in them.
 * Then in front of tsdemux and cmafsyncmux, with transport streams that FFmpeg
 * made, of which the PTS wrap: frames get the numbers of the vectors S5, S6 and
 * S9 of the synchronisation profile. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/cmaf/fragment-reader.h>

#include "sound.h"
#include "spliced-file.h"

#define CUE                                                                    \
  "FC302100000000000000FFF01005000000077FEF7FFE002932E0000100000000C3BB51E9"

/* ---- by itself ---- */

static GstHarness *
open_tap (GstBus **bus)
{
  GstHarness *h = gst_harness_new_parse ("tsepochtap name=tap");

  gst_harness_set_src_caps_str (h, "video/mpegts,systemstream=true");
  *bus = gst_bus_new ();
  gst_element_set_bus (h->element, *bus);
  return h;
}

static void
close_tap (GstHarness *h, GstBus *bus)
{
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

static guint64
get_stat (GstHarness *h, const gchar *name)
{
  GstElement *tap = gst_bin_get_by_name (GST_BIN (h->element), "tap");
  GstStructure *stats;
  const GValue *value;
  guint64 result;

  g_object_get (tap, "stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  fail_unless (value != NULL, "no %s", name);
  result = G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value)
                                      : g_value_get_uint64 (value);
  gst_structure_free (stats);
  gst_object_unref (tap);
  return result;
}

static const struct
{
  guint before, behind, size;
} sizes[] = { { 0, 0, 188 }, { 4, 0, 192 }, { 0, 16, 204 } };

GST_START_TEST (test_bytes_pass_untouched)
{
  GstBus *bus;
  GstHarness *h = open_tap (&bus);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 data[700] = { 1, 2, 3 };
  GstBuffer *buffer;
  Ts ts;

  ts_init (&ts, sizes[__i__].before, sizes[__i__].behind);
  ts_tables (&ts);
  for (guint i = 0; i < 10; i++)
    ts_pes (&ts, TS_VIDEO, i * 3600, NULL, 0, data, sizeof data, FALSE);
  g_byte_array_append (ts.bytes, (const guint8 *)"garbage", 7);
  for (guint i = 10; i < 20; i++)
    ts_pes (&ts, TS_VIDEO, i * 3600, NULL, 0, data, sizeof data, FALSE);
  for (guint at = 0; at < ts.bytes->len; at += 1000)
    gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data + at,
                             MIN (1000, ts.bytes->len - at)));
  gst_harness_push_event (h, gst_event_new_eos ());
  while ((buffer = gst_harness_try_pull (h))) {
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_byte_array_append (out, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (out->len, ts.bytes->len);
  fail_unless (memcmp (out->data, ts.bytes->data, out->len) == 0);
  assert_equals_uint64 (get_stat (h, "packet-size"), sizes[__i__].size);
  assert_equals_uint64 (get_stat (h, "pes-packets"), 20);
  fail_unless (get_stat (h, "skipped") >= 7);
  ts_clear (&ts);
  close_tap (h, bus);
}
GST_END_TEST;

static GstMessage *
pop_message (GstBus *bus, const gchar *name)
{
  GstMessage *message;

  while ((message = gst_bus_pop (bus))) {
    if (gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
  return NULL;
}

static const struct
{
  const gchar *settings;
  gboolean is_stream;
  const gchar *warning; /* NULL: none */
} lacks[] = {
  { "", FALSE, "input: found no packets of 188, 192 or 204 bytes, needs" },
  { "program-number=77", TRUE, "program-number: found nothing of it" },
  { "pts-anchor=store", TRUE, "pts-anchor=store: found no store, needs" },
  { "", TRUE, NULL },
};

GST_START_TEST (test_what_is_missing_is_told)
{
  g_autofree gchar *launch =
      g_strdup_printf ("tsepochtap %s", lacks[__i__].settings);
  GstHarness *h = gst_harness_new_parse (launch);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;
  guint8 data[1000] = { 0 };
  Ts ts;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, "video/mpegts,systemstream=true");
  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  for (guint i = 0; i < 10; i++)
    ts_pes (&ts, TS_VIDEO, i * 3600, NULL, 0, data, sizeof data, FALSE);
  gst_harness_push (
      h, lacks[__i__].is_stream
             ? gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len)
             : gst_buffer_new_memdup (data, sizeof data));
  gst_harness_push_event (h, gst_event_new_eos ());
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless ((message != NULL) == (lacks[__i__].warning != NULL));
  if (message) {
    gst_message_parse_warning (message, &warning, NULL);
    fail_unless (g_str_has_prefix (warning->message, lacks[__i__].warning),
        "%s", warning->message);
  }
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  ts_clear (&ts);
  gst_element_set_bus (h->element, NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* The section with a wrong CRC is told, and passed on, as the right one. */
GST_START_TEST (test_splice_sections_are_told)
{
  GstBus *bus;
  GstHarness *h = open_tap (&bus);
  g_autoptr (GBytes) cue = bytes_from_hex (CUE);
  guint8 data[10] = { 0 };
  guint8 wrong[188];
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  ts_pes (&ts, TS_VIDEO, 90000, NULL, 0, data, sizeof data, FALSE);
  ts_section (&ts, TS_SPLICE, g_bytes_get_data (cue, NULL), 32);
  memset (wrong, 0xFF, sizeof wrong);
  wrong[0] = 0;
  memcpy (wrong + 1, g_bytes_get_data (cue, NULL), 36);
  wrong[36] ^= 1;
  ts_packet (&ts, TS_SPLICE, TRUE, NULL, 0, wrong, 184);
  wrong[5] |= 0x80; /* encrypted_packet */
  ts_packet (&ts, TS_SPLICE, TRUE, NULL, 0, wrong, 184);
  gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len));
  for (guint i = 0; i < 3; i++) {
    GstMessage *message = pop_message (bus, "cmaf-splice");
    const GstStructure *s;
    gboolean is_bad, is_encrypted;
    guint64 pts;
    guint id;

    fail_unless (message != NULL);
    s = gst_message_get_structure (message);
    fail_unless (gst_structure_get_boolean (s, "has-bad-crc", &is_bad));
    assert_equals_int (is_bad, i >= 1);
    fail_unless (gst_structure_get_boolean (s, "encrypted", &is_encrypted));
    assert_equals_int (is_encrypted, i == 2);
    fail_unless (gst_structure_get_uint (s, "event-id", &id));
    assert_equals_int (id, i < 2 ? 7 : 0);
    fail_unless (gst_structure_get_uint64 (s, "stream-pts", &pts));
    assert_equals_uint64 (pts, 90000);
    gst_message_unref (message);
  }
  assert_equals_uint64 (get_stat (h, "splices"), 3);
  assert_equals_uint64 (get_stat (h, "bad-crcs"), 2);
  ts_clear (&ts);
  close_tap (h, bus);
}
GST_END_TEST;

/* A length of zero, one that is too long, and a good one: a message each. */
GST_START_TEST (test_section_lengths_that_lie)
{
  static const guint16 lengths[] = { 0, 0xFFF, 0x21 };
  GstBus *bus;
  GstHarness *h = open_tap (&bus);
  g_autoptr (GBytes) cue = bytes_from_hex (CUE);
  GstMessage *message;
  guint8 packet[184];
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    memset (packet, 0xFF, sizeof packet);
    packet[0] = 0;
    memcpy (packet + 1, g_bytes_get_data (cue, NULL), 36);
    packet[2] = 0x30 | lengths[i] >> 8;
    packet[3] = lengths[i] & 0xFF;
    ts_packet (&ts, TS_SPLICE, TRUE, NULL, 0, packet, sizeof packet);
  }
  gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len));
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    const gchar *reason;

    message = pop_message (bus, "cmaf-splice");
    fail_unless (message != NULL);
    reason = gst_structure_get_string (
        gst_message_get_structure (message), "reason");
    fail_unless (
        i == 2 ? !reason : reason && strstr (reason, "/section_length"), "%s",
        reason);
    gst_message_unref (message);
  }
  fail_unless (pop_message (bus, "cmaf-splice") == NULL);
  assert_equals_uint64 (get_stat (h, "splices"), 3);
  assert_equals_uint64 (get_stat (h, "broken"), 2);
  ts_clear (&ts);
  close_tap (h, bus);
}
GST_END_TEST;

/* What is wrong with the table is told, and the stream goes on. */
GST_START_TEST (test_leap_seconds_file_that_is_none)
{
  GstHarness *h =
      gst_harness_new_parse ("tsepochtap leap-seconds-file=/nowhere name=tap");
  GstElement *tap = gst_bin_get_by_name (GST_BIN (h->element), "tap");
  GstBus *bus = gst_bus_new ();
  g_autofree gchar *path = NULL;
  GstMessage *message;

  g_object_get (tap, "leap-seconds-file", &path, NULL);
  fail_unless_equals_string (path, "/nowhere");
  gst_object_unref (tap);
  gst_element_set_state (h->element, GST_STATE_NULL);
  gst_element_set_bus (h->element, bus);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  message = pop_message (bus, "cmaf-sync-leap-seconds");
  fail_unless (message != NULL);
  fail_unless (g_str_has_prefix (
      gst_structure_get_string (gst_message_get_structure (message), "reason"),
      "leap-seconds-file: Failed"));
  gst_message_unref (message);
  fail_unless (pop_message (bus, "cmaf-sync-leap-seconds") == NULL);
  close_tap (h, bus);
}
GST_END_TEST;

GST_START_TEST (test_a_packet_that_lies_is_told_with_its_pid)
{
  static const guint8 wrong[188] = { 0x47, TS_VIDEO >> 8, TS_VIDEO & 0xFF, 0x20,
    200 };
  GstBus *bus;
  GstHarness *h = open_tap (&bus);
  guint8 data[10] = { 0 };
  GstMessage *message;
  guint pid = 0;
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  ts_pes (&ts, TS_VIDEO, 90000, NULL, 0, data, sizeof data, FALSE);
  g_byte_array_append (ts.bytes, wrong, sizeof wrong);
  ts_pes (&ts, TS_VIDEO, 93600, NULL, 0, data, sizeof data, FALSE);
  gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len));
  message = pop_message (bus, "cmaf-epoch-broken");
  fail_unless (message != NULL);
  fail_unless (gst_structure_get_uint (
      gst_message_get_structure (message), "pid", &pid));
  assert_equals_int (pid, TS_VIDEO);
  gst_message_unref (message);
  ts_clear (&ts);
  close_tap (h, bus);
}
GST_END_TEST;

GST_START_TEST (test_boundary_points_anchor_until_the_clock_jumps)
{
  static const guint8 ebp[] = { 0x02, 0x0F, 0xDF, 0x0D, 'E', 'B', 'P', '0',
    0x48, 0xEB, 0x1F, 0x04, 0x00, 0x85, 0x1E, 0xB8, 0x52 };
  static const guint8 jump[] = { 0x90, 0, 0, 0, 1, 0x80, 0x05 };
  static const guint8 liar[] = { 0x02, 0x09, 0xDF, 0xFF };
  GstBus *bus;
  GstHarness *h = open_tap (&bus);
  GstMessage *message;
  guint8 data[10] = { 0 };
  guint64 ticks;
  Ts ts;

  ts_init (&ts, 0, 0);
  ts_tables (&ts);
  ts_pes (&ts, TS_VIDEO, 86400, liar, sizeof liar, data, sizeof data, FALSE);
  ts_pes (&ts, TS_VIDEO, 90000, liar, sizeof liar, data, sizeof data, FALSE);
  ts_pes (&ts, TS_VIDEO, 93600, ebp, sizeof ebp, data, sizeof data, FALSE);
  gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len));
  message = pop_message (bus, "cmaf-epoch-broken");
  fail_unless (message != NULL);
  fail_unless_equals_string (
      gst_structure_get_string (gst_message_get_structure (message), "reason"),
      "boundary point: data_field_length, or a field in it, goes beyond its "
      "bytes, needs lengths that are true");
  gst_message_unref (message);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  fail_unless (gst_message_has_name (message, "cmaf-epoch-anchored"));
  fail_unless (gst_structure_get_uint64 (
      gst_message_get_structure (message), "ticks", &ticks));
  assert_equals_uint64 (ticks, 156212064046800);
  gst_message_unref (message);
  assert_equals_uint64 (get_stat (h, "pair-pts"), 93600);
  assert_equals_uint64 (get_stat (h, "broken"), 2);
  g_byte_array_set_size (ts.bytes, 0);
  ts_packet (&ts, TS_VIDEO, FALSE, jump, sizeof jump, NULL, 0);
  gst_harness_push (h, gst_buffer_new_memdup (ts.bytes->data, ts.bytes->len));
  message = pop_message (bus, "cmaf-epoch-discontinuity");
  fail_unless (message != NULL);
  gst_message_unref (message);
  ts_clear (&ts);
  close_tap (h, bus);
}
GST_END_TEST;

/* ---- in front of tsdemux ---- */

/* The segments that come out; @n: number of the first frame, as it was told. */
static GPtrArray *
run (const gchar *path, const gchar *tap, const gchar *encoder,
    const gchar *mux, gint64 clock, guint64 *n)
{
  gint64 offset = clock - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *description = g_strdup_printf (
      "filesrc location=%s ! tsepochtap %s ! tsdemux ! h264parse ! %s "
      "cmafsyncmux timing-sources=pts clock-offset=%" G_GINT64_FORMAT
      " %s ! appsink name=out sync=false buffer-list=true",
      path, tap, encoder, offset, mux);
  GPtrArray *segments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  const GstStructure *locked;
  SoundPipeline p = { 0 };
  GstSample *sample;

  sound_open (&p, description);
  while ((sample = sound_pull (&p))) {
    GstBufferList *list = gst_sample_get_buffer_list (sample);

    for (guint i = 0; i < gst_buffer_list_length (list); i++) {
      gsize size;
      gpointer data;
      g_autoptr (GBytes) bytes = NULL;

      gst_buffer_extract_dup (
          gst_buffer_list_get (list, i), 0, -1, &data, &size);
      bytes = g_bytes_new_take (data, size);
      cmaf_fragment_reader_feed (reader, bytes);
    }
    gst_sample_unref (sample);
    for (CmafReadResult result;
         (result = cmaf_fragment_reader_read (reader, NULL))
         != CMAF_READ_MORE;) {
      fail_if (result == CMAF_READ_ERROR);
      if (result == CMAF_READ_CHUNK)
        g_ptr_array_add (segments, cmaf_fragment_reader_take_chunk (reader));
    }
  }
  locked = sound_message (&p, "cmaf-sync-locked");
  fail_unless_equals_string (
      gst_structure_get_string (locked, "source"), "pts");
  fail_unless_equals_string (gst_structure_get_string (locked, "class"), "F");
  fail_unless (gst_structure_get_uint64 (locked, "n", n));
  sound_close (&p);
  return segments;
}

static void
assert_segment (const GPtrArray *segments, guint i, guint64 tfdt, guint n)
{
  const CmafChunk *chunk;

  fail_unless (i < segments->len);
  chunk = segments->pdata[i];
  assert_equals_uint64 (chunk->decode_time, tfdt);
  assert_equals_int (chunk->n_samples, n);
}

/* S5: the third of these PTS is behind the wrap, and the clock is off. */
GST_START_TEST (test_pts_wrap_and_the_clock_only_chooses_the_cycle)
{
  static const gint64 errors[] = { 0, 100, -100, 3600000 }; /* ms */
  const guint64 first = 8589930080 - 50 * 3600;
  g_autofree gchar *path = spliced_file_new (first, 50, 46, 8);
  guint i;

  if (!path)
    return;
  for (i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (GPtrArray) segments = NULL;
    guint64 n = 0;

    segments = run (path, "pts-anchor=configured", "", "segment-duration=2/1",
        (G_GINT64_CONSTANT (1735739449840) + errors[i]) * GST_MSECOND, &n);
    assert_equals_uint64 (n, 43393486246 - 50);
    /* frames 4 to 53 of the file: the wrap is in the middle of them */
    assert_segment (segments, 0, 43393486200 * 3600, 50);
    assert_segment (segments, 1, 43393486250 * 3600, 50);
    assert_segment (segments, 2, 43393486300 * 3600, 50);
    assert_equals_int (segments->len, 4);
  }
  g_unlink (path);
}
GST_END_TEST;

GST_START_TEST (test_a_pair_that_is_told)
{
  g_autofree gchar *path = spliced_file_new (8589930000, 48, 0, 8);
  g_autoptr (GPtrArray) segments = NULL;
  guint64 n = 0;

  if (!path)
    return;
  segments = run (path, "anchor-pts=8589930000 anchor-ticks=156212064000000",
      "", "segment-duration=48/25", G_GINT64_CONSTANT (1735689700) * GST_SECOND,
      &n);
  assert_equals_uint64 (n, 43392240000); /* S6 is n + 1, n + 2 and n + 25 */
  assert_segment (segments, 0, 156212064000000, 48);
  assert_segment (segments, 1, 156212064172800, 48);
  assert_segment (segments, 2, 156212064345600, 48);
  g_unlink (path);
}
GST_END_TEST;

/* Puts an EBP with the time of S9 in front of the first picture of the file:
 * its first packet becomes two. */
static void
insert_ebp (const gchar *path)
{
  static const guint8 ebp[] = { 0x0F, 0xDF, 0x0D, 'E', 'B', 'P', '0', 0x48,
    0xEB, 0x1F, 0x04, 0x00, 0x85, 0x1E, 0xB8, 0x52 };
  g_autofree gchar *in = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize size;
  guint inserted = 0;

  fail_unless (g_file_get_contents (path, &in, &size, NULL));
  for (gsize at = 0; at + 188 <= size; at += 188) {
    guint8 *p = (guint8 *)in + at;
    guint8 first[188], second[188];
    guint field, fits;

    if (((p[1] & 0x1F) << 8 | p[2]) != 0x100) {
      g_byte_array_append (out, p, 188);
      continue;
    }
    p[3] = (p[3] & 0xF0) | ((p[3] + inserted) & 0x0F);
    if (inserted || !(p[1] & 0x40)) {
      g_byte_array_append (out, p, 188);
      continue;
    }
    field = p[3] & 0x20 ? p[4] : 0;
    fail_unless (field > 0, "no adaptation field");
    /* the field, longer by the EBP, and 60 bytes less of payload */
    fits = 188 - 5 - field - 60;
    memset (first, 0xFF, 188);
    memcpy (first, p, 5 + field);
    first[4] = field + 60;
    first[5] |= 0x02;
    memcpy (first + 5 + field, ebp, sizeof ebp);
    memcpy (first + 188 - fits, p + 5 + field, fits);
    memset (second, 0xFF, 188);
    memcpy (second, p, 4);
    second[1] &= ~0x40;
    second[3] = 0x30 | ((p[3] + 1) & 0x0F);
    second[4] = 188 - 5 - 60;
    second[5] = 0;
    memcpy (second + 188 - 60, p + 188 - 60, 60);
    g_byte_array_append (out, first, 188);
    g_byte_array_append (out, second, 188);
    inserted = 1;
  }
  fail_unless (inserted);
  fail_unless (g_file_set_contents (path, (gchar *)out->data, out->len, NULL));
}

GST_START_TEST (test_a_boundary_point_tells_the_time)
{
  g_autofree gchar *path = spliced_file_new (777777 * 90, 48, 13, 8);
  g_autoptr (GPtrArray) segments = NULL;
  guint64 n = 0;

  if (!path)
    return;
  insert_ebp (path);
  segments = run (path, "", "", "segment-duration=48/25",
      G_GINT64_CONSTANT (1735650000) * GST_SECOND, &n);
  assert_equals_uint64 (n, 43392240013);
  assert_segment (segments, 0, 43392240048 * 3600, 48);
  assert_segment (segments, 1, 43392240096 * 3600, 48);
  g_unlink (path);
}
GST_END_TEST;

/* ---- a store that encoders share ---- */

/* From about the middle on, as for an encoder that starts later. */
static gchar *
new_second_half (const gchar *path)
{
  g_autofree gchar *data = NULL;
  gchar *half = g_strconcat (path, ".half", NULL);
  gsize size, at;

  fail_unless (g_file_get_contents (path, &data, &size, NULL));
  at = size / 188 / 2 * 188;
  fail_unless (
      g_file_set_contents (half, data + at, (gssize)(size - at), NULL));
  return half;
}

static GPtrArray *
run_stored (const gchar *path, const gchar *tap, const gchar *store, gint error)
{
  g_autofree gchar *mux =
      g_strdup_printf ("segment-duration=48/25 sync-store=%s", store);
  guint64 n = 0;

  return run (path, tap, "", mux,
      g_get_real_time () * (gint64)GST_USECOND + error * (gint64)GST_MSECOND,
      &n);
}

/* The same pictures are in the same segments; how many of these there are. */
static guint
count_common (const GPtrArray *a, const GPtrArray *b)
{
  guint n = 0;

  for (guint i = 0; i < a->len; i++) {
    const CmafChunk *one = a->pdata[i];

    for (guint k = 0; k < b->len; k++) {
      const CmafChunk *other = b->pdata[k];

      if (one->decode_time != other->decode_time
          || one->n_samples != other->n_samples)
        continue;
      for (guint j = 0; j < one->n_samples; j++)
        assert_equals_int (one->samples[j].size, other->samples[j].size);
      n++;
    }
  }
  return n;
}

/* Over the wrap of the PTS; the second one starts later, and its clock is
 * wrong. Then the first one starts again. */
GST_START_TEST (test_encoders_share_a_pair)
{
  static const gchar *const taps[] = { "pts-anchor=store", "" };
  g_autofree gchar *path = spliced_file_new (8589930000 - 150 * 3600, 1, 0, 16);
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *record = g_build_filename (store, "anchor.json", NULL);
  g_autofree gchar *half = NULL;
  g_autofree gchar *told = NULL;
  g_autofree gchar *told_again = NULL;
  g_autoptr (GPtrArray) a = NULL;
  g_autoptr (GPtrArray) b = NULL;
  g_autoptr (GPtrArray) again = NULL;

  if (!path)
    return;
  half = new_second_half (path);
  a = run_stored (path, taps[__i__], store, 0);
  fail_unless (g_file_get_contents (record, &told, NULL, NULL));
  b = run_stored (half, taps[__i__], store, 100);
  again = run_stored (path, taps[__i__], store, -100);
  fail_unless (g_file_get_contents (record, &told_again, NULL, NULL));
  assert_equals_string (told, told_again);
  fail_unless (b->len >= 2 && count_common (a, b) + 1 >= b->len,
      "%u of %u segments", count_common (a, b), b->len);
  assert_equals_int (again->len, a->len);
  assert_equals_int (count_common (a, again), a->len);
  g_unlink (half);
  g_unlink (path);
}
GST_END_TEST;

/* PTS of another feed are others. */
GST_START_TEST (test_another_source_does_not_start)
{
  g_autofree gchar *path = spliced_file_new (8589930000, 48, 0, 8);
  g_autofree gchar *store = g_dir_make_tmp ("cmaf-XXXXXX", NULL);
  g_autofree gchar *text = g_strdup_printf (
      "filesrc location=%s ! tsepochtap pts-anchor=store anchor-source=backup "
      "! tsdemux ! h264parse ! cmafsyncmux timing-sources=pts sync-store=%s ! "
      "fakesink",
      path, store);
  g_autofree gchar *record = g_build_filename (store, "anchor.json", NULL);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (!path)
    return;
  fail_unless (g_file_set_contents (
      record, "{\"P0\":0,\"M0\":0,\"source\":\"main\"}", -1, NULL));
  pipeline = gst_parse_launch (text, NULL);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  assert_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (
      strstr (error->message, "anchor-source: found \"backup\", needs \"main\"")
          != NULL,
      "%s", error->message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_unlink (path);
}
GST_END_TEST;

/* ---- splices ---- */

#define ENCODER                                                                \
  "avdec_h264 ! x264enc speed-preset=ultrafast threads=1 rc-lookahead=0 "      \
  "sync-lookahead=0 bframes=0 key-int-max=1000 ! h264parse !"

static GPtrArray *
run_spliced (const gchar *path, const gchar *mode)
{
  g_autofree gchar *mux =
      g_strdup_printf ("segment-duration=48/25 splice-mode=%s", mode);
  guint64 n = 0;
  GPtrArray *segments;

  segments = run (path, "anchor-pts=8589930000 anchor-ticks=156212064000000",
      ENCODER, mux, G_GINT64_CONSTANT (1735689700) * GST_SECOND, &n);
  assert_segment (segments, 0, 156212064000000, 48);
  return segments;
}

static gboolean
is_key_frame (const GPtrArray *segments, guint segment, guint i)
{
  const CmafChunk *chunk = segments->pdata[segment];

  return !(chunk->samples[i].flags & CMAF_SAMPLE_IS_NON_SYNC);
}

/* S7: frame 188 of the file is the splice, told 5 s before. */
GST_START_TEST (test_a_boundary_moves_to_the_splice)
{
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 1000, 0, 12);
  g_autoptr (GPtrArray) segments = NULL;

  if (!path)
    return;
  spliced_file_insert_cue (path, 60, 188);
  segments = run_spliced (path, "move");
  assert_segment (segments, 2, 156212064345600, 48);
  assert_segment (segments, 3, 156212064518400, 44);
  assert_segment (segments, 4, 156212064676800, 52);
  assert_segment (segments, 5, 156212064864000, 48);
  for (guint i = 0; i < 6; i++)
    fail_unless (is_key_frame (segments, i, 0), "segment %u", i);
  g_unlink (path);
}
GST_END_TEST;

/* S8, and the same from an encoder that has not heard the cue; nor does one
 * move anything that came too late. */
GST_START_TEST (test_the_grid_stays_with_and_without_the_cue)
{
  g_autofree gchar *path = spliced_file_new (SPLICED_FILE_FIRST, 1000, 0, 12);
  g_autoptr (GPtrArray) deaf = NULL;
  g_autoptr (GPtrArray) spliced = NULL;
  g_autoptr (GPtrArray) late = NULL;

  if (!path)
    return;
  deaf = run_spliced (path, "idr");
  spliced_file_insert_cue (path, 60, 188);
  spliced = run_spliced (path, "idr");
  assert_equals_int (deaf->len, spliced->len);
  for (guint i = 0; i + 1 < deaf->len; i++) {
    const guint64 tfdt = 156212064000000 + i * G_GUINT64_CONSTANT (172800);

    assert_segment (deaf, i, tfdt, 48);
    assert_segment (spliced, i, tfdt, 48);
  }
  fail_unless (is_key_frame (spliced, 3, 44));
  fail_if (is_key_frame (deaf, 3, 44));
  g_unlink (path);
  g_free (path);

  path = spliced_file_new (SPLICED_FILE_FIRST, 1000, 0, 12);
  spliced_file_insert_cue (path, 120, 188); /* 2.7 s before */
  late = run_spliced (path, "move");
  assert_segment (late, 3, 156212064518400, 48);
  fail_unless (is_key_frame (late, 3, 44));
  g_unlink (path);
}
GST_END_TEST;

GST_START_TEST (test_split_is_refused)
{
  GstElement *mux = gst_element_factory_make ("cmafsyncmux", NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (mux, bus);
  gst_util_set_object_arg (G_OBJECT (mux), "splice-mode", "split");
  fail_unless_equals_int (
      gst_element_set_state (mux, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  gst_element_set_state (mux, GST_STATE_NULL);
  gst_element_set_bus (mux, NULL);
  gst_object_unref (bus);
  gst_object_unref (mux);
}
GST_END_TEST;

static Suite *
tsepochtap_suite (void)
{
  Suite *suite = suite_create ("tsepochtap");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_bytes_pass_untouched, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (
      tcase, test_what_is_missing_is_told, 0, G_N_ELEMENTS (lacks));
  tcase_add_test (tcase, test_splice_sections_are_told);
  tcase_add_test (tcase, test_section_lengths_that_lie);
  tcase_add_test (tcase, test_leap_seconds_file_that_is_none);
  tcase_add_test (tcase, test_a_packet_that_lies_is_told_with_its_pid);
  tcase_add_test (tcase, test_boundary_points_anchor_until_the_clock_jumps);
  tcase_add_test (tcase, test_pts_wrap_and_the_clock_only_chooses_the_cycle);
  tcase_add_test (tcase, test_a_pair_that_is_told);
  tcase_add_test (tcase, test_a_boundary_point_tells_the_time);
  tcase_add_loop_test (tcase, test_encoders_share_a_pair, 0, 2);
  tcase_add_test (tcase, test_another_source_does_not_start);
  tcase_add_test (tcase, test_a_boundary_moves_to_the_splice);
  tcase_add_test (tcase, test_the_grid_stays_with_and_without_the_cue);
  tcase_add_test (tcase, test_split_is_refused);
  return suite;
}

GST_CHECK_MAIN (tsepochtap);
