/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A transport stream of sound alone, as that of a radio: its PTS tell the time,
 * and all who hear it cut the same. */
#include "sound.h"
#include "ts.h"

#include <glib/gstdio.h>
#include <gst/cmaf/fragment-reader.h>

#define UNIT 1024      /* samples, 1920 ticks of 90 kHz */
#define UNITS_IN_PES 3 /* time stamps are of the first one */
#define FIRST_PTS G_GUINT64_CONSTANT (8589930000) /* the PTS wrap */
#define SECOND G_GUINT64_CONSTANT (1735689600)

/* AAC as aacparse looks at it */
static void
add_unit (GByteArray *pes, guint8 fill)
{
  guint8 unit[40] = { 0xFF, 0xF1, 0x4C, 0x80, sizeof unit >> 3,
    (sizeof unit & 7) << 5 | 0x1F, 0xFC };

  memset (unit + 7, fill, sizeof unit - 7);
  g_byte_array_append (pes, unit, sizeof unit);
}

static void
add_pes (Ts *ts, guint i)
{
  const guint64 pts = (FIRST_PTS + i * UNITS_IN_PES * 1920)
                      & ((G_GUINT64_CONSTANT (1) << 33) - 1);
  const guint64 pcr = (pts - 9000) & ((G_GUINT64_CONSTANT (1) << 33) - 1);
  const guint8 field[] = { 0x10, pcr >> 25, pcr >> 17, pcr >> 9, pcr >> 1,
    (pcr & 1) << 7 | 0x7E, 0 };
  g_autoptr (GByteArray) pes = g_byte_array_new ();

  for (guint k = 0; k < UNITS_IN_PES; k++)
    add_unit (pes, (guint8)(i * UNITS_IN_PES + k));
  ts_pes (ts, TS_AUDIO, pts, field, sizeof field, pes->data, pes->len, TRUE);
}

/* Without the first PES packets, as one hears it who begins later. */
static gchar *
new_file (guint first, guint end)
{
  gchar *path = NULL;
  gint file = g_file_open_tmp ("cmaf-XXXXXX.ts", &path, NULL);
  Ts ts;

  fail_unless (file >= 0);
  close (file);
  ts_init (&ts, 0, 0);
  for (guint i = first; i < end; i++) {
    if ((i - first) % 10 == 0)
      ts_sound_tables (&ts);
    add_pes (&ts, i);
  }
  fail_unless (g_file_set_contents (
      path, (const gchar *)ts.bytes->data, ts.bytes->len, NULL));
  ts_clear (&ts);
  return path;
}

static void
read_list (CmafFragmentReader *reader, GstBufferList *list, GPtrArray *segments)
{
  CmafReadResult result;

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (gst_buffer_list_get (list, i), 0, -1, &data, &size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (reader, bytes);
  }
  while (
      (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
    fail_if (result == CMAF_READ_ERROR);
    if (result == CMAF_READ_CHUNK)
      g_ptr_array_add (segments, cmaf_fragment_reader_take_chunk (reader));
  }
}

/* The clock is off by @error ms. */
static GPtrArray *
run (guint first, gint error)
{
  const gint64 offset = (gint64)SECOND * (gint64)GST_SECOND
                        + error * (gint64)GST_MSECOND
                        - g_get_real_time () * (gint64)GST_USECOND;
  g_autofree gchar *path = new_file (first, 300);
  g_autofree gchar *description = g_strdup_printf (
      "filesrc location=%s ! tsepochtap anchor-pts=%" G_GUINT64_FORMAT
      " anchor-ticks=%" G_GUINT64_FORMAT
      " ! tsdemux ! aacparse ! cmafsyncmux timing-sources=pts audio-align=keep "
      "segment-duration=2/1 clock-offset=%" G_GINT64_FORMAT
      " ! appsink name=out sync=false buffer-list=true",
      path, FIRST_PTS, SECOND * 90000 + 450, offset);
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GPtrArray *segments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  const GstStructure *locked;
  SoundPipeline p = { 0 };
  GstSample *sample;

  sound_open (&p, description);
  while ((sample = sound_pull (&p))) {
    read_list (reader, gst_sample_get_buffer_list (sample), segments);
    gst_sample_unref (sample);
  }
  locked = sound_message (&p, "cmaf-sync-locked");
  fail_unless_equals_string (
      gst_structure_get_string (locked, "source"), "pts");
  fail_unless_equals_string (gst_structure_get_string (locked, "class"), "F");
  sound_close (&p);
  g_unlink (path);
  return segments;
}

/* 450 ticks of 90 kHz are 240 samples. */
static guint64
find_start (guint64 edge)
{
  const guint64 after = MAX ((edge - SECOND) * 48000, 240) - 240;

  return SECOND * 48000 + 240 + (after + UNIT - 1) / UNIT * UNIT;
}

static const struct
{
  guint first; /* PES packet */
  gint error;  /* ms */
} starts[] = { { 0, 0 }, { 1, 100 }, { 7, -100 }, { 33, 3600000 } };

GST_START_TEST (test_sound_alone_tells_its_time)
{
  g_autoptr (GPtrArray) segments =
      run (starts[__i__].first, starts[__i__].error);

  fail_unless (segments->len >= 8, "%u", segments->len);
  for (guint i = 0; i < segments->len; i++) {
    const CmafChunk *chunk = segments->pdata[i];
    const guint64 edge = chunk->decode_time / 48000;
    const guint64 number = (chunk->decode_time - SECOND * 48000 - 240) / UNIT;
    GBytes *media = chunk->bytes->pdata[chunk->bytes->len - 1];
    const guint8 *payload = g_bytes_get_data (media, NULL);

    assert_equals_uint64 (chunk->decode_time, find_start (edge));
    assert_equals_int (edge % 2, 0);
    /* the unit that was there when it was made */
    assert_equals_int (payload[0], (guint8)number);
  }
}
GST_END_TEST;

static Suite *
tsepochtap_sound_suite (void)
{
  Suite *suite = suite_create ("tsepochtap-sound");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_sound_alone_tells_its_time, 0, G_N_ELEMENTS (starts));
  return suite;
}

GST_CHECK_MAIN (tsepochtap_sound);
