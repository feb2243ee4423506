/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafaudioalign in front of real encoders: sample s of the sound is found at
 * sample s of what a decoder makes of the units, whatever the encoder, the
 * start or the length of the buffers. Behind a harness: gaps, overlaps, lost
 * input, drift. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/cmaf/fragment-reader.h>
#include <gst/cmaf/timescale.h>

#include <math.h>

#include "sound.h"

#define NEW_YEAR G_GUINT64_CONSTANT (1735689600) /* s */
#define S0 (NEW_YEAR * SOUND_RATE)
#define ORIGIN "1735689600000000000"
#define FIXED "timing-sources=fixed fixed-origin=" ORIGIN

static gint64
get_int64 (const GstStructure *s, const gchar *name)
{
  const GValue *value = gst_structure_get_value (s, name);

  fail_unless (value != NULL, "no %s", name);
  if (G_VALUE_HOLDS_UINT64 (value))
    return g_value_get_uint64 (value);
  if (G_VALUE_HOLDS_UINT (value))
    return g_value_get_uint (value);
  if (G_VALUE_HOLDS_INT (value))
    return g_value_get_int (value);
  return g_value_get_int64 (value);
}

/* (transfer full); fails when there is none. */
static GstMessage *
pop_message (GstBus *bus, const gchar *name)
{
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    if (gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
  fail ("no message %s", name);
  return NULL;
}

/* ---- encoders ---- */

typedef struct
{
  const gchar *encoder, *parser, *decoder;
  guint unit, priming;
} Encoder;

static const Encoder encoders[] = {
  { "avenc_aac bitrate=192000", "aacparse ! audio/mpeg,stream-format=raw",
      "avdec_aac", 1024, 1024 },
  { "voaacenc bitrate=128000", "aacparse ! audio/mpeg,stream-format=raw",
      "avdec_aac", 1024, 1600 },
  { "avenc_ac3", "ac3parse", "avdec_ac3", 1536, 256 },
  { "avenc_ac3_fixed", "ac3parse", "avdec_ac3", 1536, 256 },
  { "avenc_eac3", "ac3parse", "avdec_eac3", 1536, 256 },
  { "opusenc bitrate=128000", "identity", "opusdec", 960, 312 },
  { "opusenc bitrate=128000 frame-size=10", "identity", "opusdec", 480, 312 },
  { "opusenc bitrate=128000 audio-type=restricted-lowdelay", "identity",
      "opusdec", 960, 120 },
};

static gboolean
have_element (const gchar *description)
{
  g_autofree gchar *name = g_strndup (description, strcspn (description, " "));
  GstElementFactory *factory = gst_element_factory_find (name);

  if (!factory)
    g_printerr ("SKIP: no element %s\n", name);
  gst_clear_object (&factory);
  return factory != NULL
         || gst_registry_check_feature_version (
             gst_registry_get (), name, 1, 0, 0);
}

/* A decoder that starts here must not think of what was before. */
static GstCaps *
bare_caps (GstSample *sample)
{
  GstCaps *caps = gst_caps_copy (gst_sample_get_caps (sample));

  gst_structure_remove_field (gst_caps_get_structure (caps, 0), "streamheader");
  return caps;
}

/* Units as they came, without what metadata says of delays. */
static GPtrArray *
encode (const Encoder *encoder, guint64 first, guint length, GstCaps **caps,
    GstStructure **aligned, GArray *stamps)
{
  g_autofree gchar *description = g_strdup_printf (
      "appsrc name=in caps=" SOUND_CAPS " ! queue ! audioconvert ! "
      "cmafaudioalign " FIXED " ! audioconvert ! %s ! %s ! "
      "appsink name=out sync=false",
      encoder->encoder, encoder->parser);
  GPtrArray *units =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  SoundPipeline p = { 0 };
  GstSample *sample;

  sound_open (&p, description);
  for (guint64 s = first; s < first + 2 * SOUND_RATE; s += length)
    sound_push (&p, sound_buffer (sound_noise, S0 + s, length,
                        cmaf_ns_from_ticks (s, SOUND_RATE)));
  sound_end (&p);
  while ((sample = sound_pull (&p))) {
    GstBuffer *buffer = gst_sample_get_buffer (sample);
    GstClockTime pts = GST_BUFFER_PTS (buffer);

    if (!*caps)
      *caps = bare_caps (sample);
    g_ptr_array_add (
        units, gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY, 0, -1));
    g_array_append_val (stamps, pts);
    gst_sample_unref (sample);
  }
  *aligned = gst_structure_copy (sound_message (&p, "cmaf-audio-aligned"));
  sound_close (&p);
  return units;
}

GST_START_TEST (test_units_hold_the_samples_that_their_number_says)
{
  const Encoder *encoder = &encoders[__i__];
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstStructure) aligned = NULL;
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (GArray) stamps = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) heard = NULL;
  guint64 unit;
  guint discarded;

  if (!have_element (encoder->encoder) || !have_element (encoder->decoder))
    return;
  units = encode (encoder, 5000 + 777 * __i__, 480, &caps, &aligned, stamps);
  unit = get_int64 (aligned, "unit");
  discarded = get_int64 (aligned, "discarded");
  assert_equals_int (get_int64 (aligned, "frame-samples"), encoder->unit);
  assert_equals_int (get_int64 (aligned, "priming-samples"), encoder->priming);
  for (guint i = discarded; i < units->len; i++) {
    const guint64 sample = (unit + i) * encoder->unit - S0;
    const gint64 pts = g_array_index (stamps, guint64, i);

    fail_unless (
        ABS (pts - (gint64)cmaf_ns_from_ticks (sample, SOUND_RATE)) <= 1,
        "unit %u: %" G_GINT64_FORMAT, i, pts);
  }
  heard = sound_decode (encoder->decoder, caps, units);
  fail_unless (heard->len > SOUND_RATE);
  for (guint at = 16000; at + 8000 < heard->len && at < 80000; at += 8000)
    assert_equals_int (
        sound_lag (sound_noise, heard, unit * encoder->unit, at, 4000, 1200),
        0);
}
GST_END_TEST;

/* ---- two encoders ---- */

typedef struct
{
  GBytes *header;
  GPtrArray *segments; /* of CmafChunk */
} Track;

static void
track_clear (Track *track)
{
  g_clear_pointer (&track->header, g_bytes_unref);
  g_clear_pointer (&track->segments, g_ptr_array_unref);
}

static void
feed_sample (CmafFragmentReader *reader, GstSample *sample)
{
  GstBufferList *list = gst_sample_get_buffer_list (sample);

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    gsize size = gst_buffer_get_size (buffer);
    g_autoptr (GBytes) bytes = NULL;
    gpointer data;

    gst_buffer_extract_dup (buffer, 0, size, &data, &size);
    bytes = g_bytes_new_take (data, size);
    cmaf_fragment_reader_feed (reader, bytes);
  }
}

static void
pull_track (SoundPipeline *p, Track *track)
{
  g_autoptr (CmafFragmentReader) reader = cmaf_fragment_reader_new (NULL);
  GstSample *sample;

  track->segments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_chunk_unref);
  while ((sample = sound_pull (p))) {
    CmafReadResult result;

    feed_sample (reader, sample);
    gst_sample_unref (sample);
    while (
        (result = cmaf_fragment_reader_read (reader, NULL)) != CMAF_READ_MORE) {
      fail_if (result == CMAF_READ_ERROR);
      if (result == CMAF_READ_CHUNK)
        g_ptr_array_add (
            track->segments, cmaf_fragment_reader_take_chunk (reader));
    }
  }
  fail_unless (track->segments->len > 0);
  track->header = g_bytes_ref (cmaf_fragment_reader_get_header (reader));
}

#define MUX "cmafsyncmux segment-duration=48/25 " FIXED
#define OUT "appsink name=out sync=false buffer-list=true"

static void
make_track (const Encoder *encoder, guint64 first, guint length, Track *track)
{
  g_autofree gchar *description = g_strdup_printf (
      "appsrc name=in caps=" SOUND_CAPS " ! queue ! "
      "cmafaudioalign " FIXED " ! audioconvert ! %s ! %s ! " MUX " ! " OUT,
      encoder->encoder, encoder->parser);
  SoundPipeline p = { 0 };

  sound_open (&p, description);
  for (guint64 s = first; s < 12 * SOUND_RATE; s += length)
    sound_push (&p, sound_buffer (sound_noise, S0 + s, length,
                        cmaf_ns_from_ticks (s, SOUND_RATE)));
  sound_end (&p);
  pull_track (&p, track);
  sound_close (&p);
}

static void
append_chunk (GPtrArray *buffers, const CmafChunk *chunk)
{
  for (guint i = 0; i < chunk->bytes->len; i++)
    g_ptr_array_add (
        buffers, gst_buffer_new_wrapped_bytes (chunk->bytes->pdata[i]));
}

/* Each sample of a chunk as a buffer. */
static void
append_samples (GPtrArray *buffers, const CmafChunk *chunk)
{
  GstBuffer *whole = gst_buffer_new ();
  gsize at = chunk->payload;

  for (guint i = 0; i < chunk->bytes->len; i++)
    whole = gst_buffer_append (
        whole, gst_buffer_new_wrapped_bytes (chunk->bytes->pdata[i]));
  for (guint i = 0; i < chunk->n_samples; i++) {
    g_ptr_array_add (
        buffers, gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, at,
                     chunk->samples[i].size));
    at += chunk->samples[i].size;
  }
  gst_buffer_unref (whole);
}

/* qtdemux of 1.22 leaks the caps of Opus: that one is decoded without it. */
static GArray *
decode_track (GBytes *header, GPtrArray *chunks, const gchar *decoder)
{
  const gboolean is_opus = g_str_equal (decoder, "opusdec");
  g_autofree gchar *description =
      g_strconcat (is_opus ? "" : "qtdemux ! ", decoder, NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      is_opus ? "audio/x-opus,channel-mapping-family=0,channels=1,rate=48000"
              : "video/quicktime");
  g_autoptr (GPtrArray) buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);

  if (!is_opus)
    g_ptr_array_add (buffers, gst_buffer_new_wrapped_bytes (header));
  for (guint i = 0; i < chunks->len; i++) {
    if (is_opus)
      append_samples (buffers, chunks->pdata[i]);
    else
      append_chunk (buffers, chunks->pdata[i]);
  }
  return sound_decode (description, caps, buffers);
}

static const Encoder muxed[] = {
  { "avenc_aac bitrate=192000", "aacparse", "avdec_aac", 1024, 1024 },
  { "opusenc bitrate=128000", "opusparse", "opusdec", 960, 312 },
};

/* Started 1.3 s apart, with buffers of other lengths: equal segments wherever
 * both have one, and a decoder that gets them in turn hears one sound. */
GST_START_TEST (test_segments_of_two_encoders_take_turns)
{
  const Encoder *encoder = &muxed[__i__];
  g_autoptr (GPtrArray) turns = g_ptr_array_new ();
  g_autoptr (GArray) heard = NULL;
  Track a = { 0 }, b = { 0 };
  guint64 first;
  guint skip = 0, i;

  if (!have_element (encoder->encoder) || !have_element (encoder->decoder))
    return;
  make_track (encoder, 1000, 480, &a);
  make_track (encoder, 63517, 1601, &b);
  fail_unless (g_bytes_equal (a.header, b.header));
  while (((CmafChunk *)a.segments->pdata[skip])->decode_time
         < ((CmafChunk *)b.segments->pdata[0])->decode_time)
    skip++;
  fail_unless (a.segments->len - skip >= 4);
  /* the last one is as long as its input */
  for (i = 0; i + 1 < b.segments->len; i++) {
    CmafChunk *one = a.segments->pdata[skip + i];
    CmafChunk *other = b.segments->pdata[i];

    assert_equals_uint64 (one->decode_time, other->decode_time);
    assert_equals_uint64 (one->duration, other->duration);
    assert_equals_int (one->n_samples, other->n_samples);
    g_ptr_array_add (turns, i % 2 ? one : other);
  }
  first = ((CmafChunk *)turns->pdata[0])->decode_time;
  heard = decode_track (b.header, turns, encoder->decoder);
  /* over the joints too: windows of 20 ms */
  for (i = 5000; i + 1000 < heard->len; i += 960) {
    gint lag = sound_lag (sound_noise, heard, first, i, 960, 100);

    fail_unless (ABS (lag) <= 1, "%d samples at %u", lag, i);
  }
  track_clear (&a);
  track_clear (&b);
}
GST_END_TEST;

/* What comes before the decoder is primed is not in the first segment: where
 * that would begin with it, the track begins a segment later. */
GST_START_TEST (test_units_that_are_not_primed_are_not_sent)
{
  const guint64 boundary = 904005001 * G_GUINT64_CONSTANT (92160);
  static const struct
  {
    gint from; /* samples from the boundary */
    guint later;
  } cases[] = { { -4097, 0 }, { -2048, 0 }, { -2047, 1 }, { -1000, 1 } };
  guint i;

  if (!have_element ("avenc_aac"))
    return;
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    Track track = { 0 };

    make_track (&muxed[0], boundary - S0 + cases[i].from, 480, &track);
    assert_equals_uint64 (((CmafChunk *)track.segments->pdata[0])->decode_time,
        boundary + cases[i].later * 92160);
    track_clear (&track);
  }
}
GST_END_TEST;

/* ---- the ear and the eye ---- */

#define FRAME_WIDTH 64
#define FRAME_HEIGHT 48
#define FRAME_SIZE (FRAME_WIDTH * FRAME_HEIGHT * 3 / 2)

/* one millisecond at every second */
static gint16
sound_click (guint64 sample)
{
  return sample % SOUND_RATE < SOUND_RATE / 1000 ? 20000 : 0;
}

/* white at every second */
static GstBuffer *
make_frame (guint64 n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, FRAME_SIZE, NULL);

  gst_buffer_memset (buffer, 0, n % 25 == 0 ? 235 : 16, FRAME_SIZE);
  gst_buffer_memset (buffer, FRAME_WIDTH * FRAME_HEIGHT, 128,
      FRAME_SIZE - FRAME_WIDTH * FRAME_HEIGHT);
  GST_BUFFER_PTS (buffer) = n * 40 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
  return buffer;
}

/* The first flash of a track behind @after, as samples. */
static guint64
find_flash (const Track *track, guint64 after)
{
  SoundPipeline p = { 0 };
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();
  CmafChunk *first = track->segments->pdata[0];
  guint64 frame = first->decode_time / 3600;
  GstSample *sample;

  sound_open (&p,
      "appsrc name=in caps=video/quicktime ! qtdemux ! h264parse ! "
      "avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=GRAY8 ! "
      "appsink name=out sync=false");
  sound_push (&p, gst_buffer_new_wrapped_bytes (track->header));
  for (guint i = 0; i < track->segments->len; i++)
    append_chunk (buffers, track->segments->pdata[i]);
  for (guint i = 0; i < buffers->len; i++)
    sound_push (&p, buffers->pdata[i]);
  sound_end (&p);
  for (; (sample = sound_pull (&p)); frame++) {
    guint8 luma;

    gst_buffer_extract (gst_sample_get_buffer (sample), 1000, &luma, 1);
    gst_sample_unref (sample);
    if (luma > 128 && frame * 1920 > after)
      break;
  }
  fail_unless (sample != NULL, "no flash");
  sound_close (&p);
  return frame * 1920;
}

static const Encoder clicked[] = {
  { "avenc_aac bitrate=192000", "aacparse", "avdec_aac", 1024, 1024 },
  { "voaacenc bitrate=128000", "aacparse", "avdec_aac", 1024, 1600 },
  { "opusenc bitrate=128000", "opusparse", "opusdec", 960, 312 },
};

GST_START_TEST (test_click_and_flash_are_at_the_same_instant)
{
  const Encoder *encoder = &clicked[__i__];
  g_autofree gchar *description = g_strdup_printf (
      "appsrc name=in caps=" SOUND_CAPS " ! queue ! cmafaudioalign " FIXED
      " ! audioconvert ! %s ! %s ! " MUX " ! " OUT,
      encoder->encoder, encoder->parser);
  g_autoptr (GArray) heard = NULL;
  Track sound = { 0 }, picture = { 0 };
  SoundPipeline p = { 0 };
  guint64 flash, first;
  gint lag;

  if (!have_element ("x264enc") || !have_element (encoder->encoder))
    return;
  sound_open (&p,
      "appsrc name=in caps=video/x-raw,format=I420,width=64,height=48,"
      "framerate=25/1 ! x264enc speed-preset=ultrafast rc-lookahead=0 "
      "bframes=2 b-adapt=false key-int-max=1000 ! h264parse ! " MUX " ! " OUT);
  for (guint i = 0; i < 130; i++)
    sound_push (&p, make_frame (i));
  sound_end (&p);
  pull_track (&p, &picture);
  sound_close (&p);
  sound_open (&p, description);
  for (guint s = 100; s < 6 * SOUND_RATE; s += 480)
    sound_push (&p, sound_buffer (sound_click, S0 + s, 480,
                        cmaf_ns_from_ticks (s, SOUND_RATE)));
  sound_end (&p);
  pull_track (&p, &sound);
  sound_close (&p);

  first = ((CmafChunk *)sound.segments->pdata[0])->decode_time;
  flash = find_flash (&picture, first + 2000);
  heard = decode_track (sound.header, sound.segments, encoder->decoder);
  lag = sound_lag (sound_click, heard, first, flash - first - 2000, 4000, 1500);
  fail_unless (ABS (lag) < 96, "%d samples", lag);
  track_clear (&sound);
  track_clear (&picture);
}
GST_END_TEST;

/* ---- behind a harness ---- */

#define MANUAL                                                                 \
  "cmafaudioalign name=align frame-samples=1024 priming-samples=0 " FIXED

static GstHarness *
open_harness (const gchar *description)
{
  GstHarness *h = gst_harness_new_parse (description);

  gst_harness_set_src_caps_str (h, SOUND_CAPS);
  return h;
}

static GstElement *
get_align (GstHarness *h)
{
  return gst_bin_get_by_name (GST_BIN (h->element), "align");
}

static gint64
get_stat (GstHarness *h, const gchar *name)
{
  GstElement *align = get_align (h);
  GstStructure *stats;
  gint64 value;

  g_object_get (align, "stats", &stats, NULL);
  value = get_int64 (stats, name);
  gst_structure_free (stats);
  gst_object_unref (align);
  return value;
}

static void
push_sound (GstHarness *h, guint64 sample, guint n, GstClockTime time)
{
  fail_unless_equals_int (
      gst_harness_push (h, sound_buffer (sound_noise, sample, n, time)),
      GST_FLOW_OK);
}

/* All that came out so far; checks that it is without a hole. @begin: running
 * time of its beginning. */
static GArray *
pull_sound (GstHarness *h, GstClockTime *begin)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h))) {
    GstMapInfo map;

    if (samples->len == 0)
      *begin = GST_BUFFER_PTS (buffer);
    else
      assert_equals_uint64 (GST_BUFFER_PTS (buffer),
          *begin + cmaf_ns_from_ticks (samples->len, SOUND_RATE));
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_array_append_vals (samples, map.data, map.size / 2);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  return samples;
}

static void
assert_silence (const GArray *samples, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    fail_unless (g_array_index (samples, gint16, i) == 0, "at %u", i);
}

static void
assert_sound (const GArray *samples, guint from, guint to, guint64 sample)
{
  for (guint i = from; i < to; i++)
    fail_unless (
        g_array_index (samples, gint16, i) == sound_noise (sample + i - from),
        "at %u", i);
}

static void
assert_discontinuity (GstBus *bus, const gchar *kind, gint64 samples)
{
  GstMessage *message = pop_message (bus, "cmaf-audio-discontinuity");
  const GstStructure *s = gst_message_get_structure (message);

  fail_unless_equals_string (gst_structure_get_string (s, "kind"), kind);
  assert_equals_int64 (get_int64 (s, "samples"), samples);
  gst_message_unref (message);
}

static GstBus *
watch_bus (GstHarness *h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

static void
close_harness (GstHarness *h, GstBus *bus)
{
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

/* At 100 ms, of which 20 ms are missing or too much: the sound behind is where
 * it belongs all the same. */
GST_START_TEST (test_holes_are_silent_and_repetitions_left_out)
{
  GstHarness *h = open_harness (MANUAL " tolerance=10000000");
  GstBus *bus = watch_bus (h);
  g_autoptr (GArray) heard = NULL;
  GstClockTime begin = 0;

  push_sound (h, 0, 4800, 0);
  push_sound (h, 5760, 4800, 120 * GST_MSECOND);
  push_sound (h, 9600, 4800, 200 * GST_MSECOND);
  heard = pull_sound (h, &begin);
  assert_equals_uint64 (begin, 0); /* NEW_YEAR * 48000 is a multiple of 1024 */
  assert_equals_int (heard->len, 14400);
  assert_sound (heard, 0, 4800, 0);
  assert_silence (heard, 4800, 5760);
  assert_sound (heard, 5760, 14400, 5760);
  assert_discontinuity (bus, "gap", 960);
  assert_discontinuity (bus, "overlap", 960);
  assert_equals_int64 (get_stat (h, "silence"), 960);
  assert_equals_int64 (get_stat (h, "dropped"), 960);
  assert_equals_int64 (get_stat (h, "discontinuities"), 2);
  assert_equals_int64 (get_stat (h, "samples-out"), 14400);
  close_harness (h, bus);
}
GST_END_TEST;

GST_START_TEST (test_gap_events_and_gap_buffers_are_silence)
{
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  g_autoptr (GArray) heard = NULL;
  GstClockTime begin = 0;
  GstBuffer *buffer;

  push_sound (h, 0, 4800, 0);
  gst_harness_push_event (
      h, gst_event_new_gap (100 * GST_MSECOND, 500 * GST_MSECOND));
  buffer = sound_buffer (sound_noise, 0, 4800, 600 * GST_MSECOND);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  gst_harness_push (h, buffer);
  push_sound (h, 33600, 4800, 700 * GST_MSECOND);
  heard = pull_sound (h, &begin);
  assert_equals_int (heard->len, 38400);
  assert_sound (heard, 0, 4800, 0);
  assert_silence (heard, 4800, 33600);
  assert_sound (heard, 33600, 38400, 33600);
  assert_equals_int64 (get_stat (h, "discontinuities"), 0);
  close_harness (h, bus);
}
GST_END_TEST;

/* An hour on: the open unit is made whole, and the rest begins with a unit. */
GST_START_TEST (test_a_jump_begins_with_a_unit)
{
  const GstClockTime hour = 3600 * GST_SECOND;
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  guint n = 0;

  push_sound (h, 0, 4800, 0);
  push_sound (h, 0, 4800, hour);
  for (GstBuffer *buffer; (buffer = gst_harness_try_pull (h)); n++) {
    if (GST_BUFFER_PTS (buffer) >= hour) {
      assert_equals_uint64 (
          (GST_BUFFER_PTS (buffer) * 48 + 500000) / 1000000 % 1024, 0);
      fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
    } else if (n > 0) {
      assert_equals_uint64 (gst_buffer_get_size (buffer), 2 * 320);
      fail_if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
    }
    gst_buffer_unref (buffer);
  }
  assert_equals_int (n, 3);
  assert_discontinuity (bus, "jump", 0);
  close_harness (h, bus);
}
GST_END_TEST;

/* Nothing comes for half a second: silence in its place, until it is back. */
GST_START_TEST (test_a_live_input_that_is_lost_is_silence)
{
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  g_autoptr (GArray) heard = NULL;
  GstClockTime begin = 0;
  GstClock *clock;

  gst_harness_use_testclock (h);
  clock = GST_CLOCK (gst_harness_get_testclock (h));
  gst_harness_play (h);
  push_sound (h, 0, 4800, 0);
  for (guint i = 0; i < 5; i++) {
    gst_buffer_unref (gst_harness_pull (h));
    fail_unless (gst_harness_crank_single_clock_wait (h));
    /* 40 ms each, the first after 100 + 500 ms */
    assert_equals_uint64 (
        gst_clock_get_time (clock), (600 + 40 * i) * GST_MSECOND);
  }
  gst_buffer_unref (gst_harness_pull (h));
  assert_discontinuity (bus, "loss", 1920);
  push_sound (h, 48000, 4800, GST_SECOND);
  heard = pull_sound (h, &begin);
  assert_equals_uint64 (begin, 300 * GST_MSECOND);
  assert_silence (heard, 0, 33600);
  assert_sound (heard, 33600, 38400, 48000);
  gst_object_unref (clock);
  close_harness (h, bus);
}
GST_END_TEST;

static gint16
sound_sine (guint64 sample)
{
  static gint16 period[96]; /* 500 Hz */

  if (period[1] == 0) {
    for (guint i = 0; i < 96; i++)
      period[i] = 10000 * sin (i * 2 * G_PI / 96);
  }
  return period[sample % 96];
}

/* How far three samples of a sine in a row are from a straight line, at most.
 * A sample left out or put in makes 650 of that. */
static gint
bend_of (const gint16 *samples, guint n)
{
  gint most = 0;

  for (guint i = 0; i + 2 < n; i++)
    most = MAX (most, ABS (samples[i] - 2 * samples[i + 1] + samples[i + 2]));
  return most;
}

/* A sample clock that is 300 ppm slow, for more than three minutes: the sound
 * follows the time stamps and stays without a seam. */
GST_START_TEST (test_a_drifting_sample_clock_is_followed)
{
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  const guint n = 2200;
  gint16 seam[4 + 4800 + 100] = { 0 };
  guint64 out = 0;
  GstBuffer *buffer;

  for (guint i = 0; i < n; i++) {
    gst_harness_push (h, sound_buffer (sound_sine, 4800 * (guint64)i, 4800,
                             i * (100 * GST_MSECOND + 100 * 300)));
    while ((buffer = gst_harness_try_pull (h))) {
      guint size = gst_buffer_get_size (buffer) / 2;
      guint before = out > 0 ? 4 : 0;

      fail_unless (size <= 4900);
      assert_equals_uint64 (
          GST_BUFFER_PTS (buffer), cmaf_ns_from_ticks (out, SOUND_RATE));
      gst_buffer_extract (buffer, 0, seam + 4, 2 * size);
      fail_unless (bend_of (seam + 4 - before, before + size) < 60,
          "%d in buffer %u", bend_of (seam + 4 - before, before + size), i);
      memmove (seam, seam + size, 4 * sizeof seam[0]);
      out += size;
      gst_buffer_unref (buffer);
    }
  }
  assert_equals_int64 (get_stat (h, "discontinuities"), 0);
  fail_unless (ABS (get_stat (h, "error")) < 50000, "%" G_GINT64_FORMAT " ns",
      get_stat (h, "error"));
  fail_unless (ABS (get_stat (h, "bend-ppb") - 300000) < 5000,
      "%" G_GINT64_FORMAT, get_stat (h, "bend-ppb"));
  /* 300 ppm more than came, but for what the filter holds */
  fail_unless (ABS ((gint64)out - (gint64)n * 4800 * 10003 / 10000) < 100,
      "%" G_GUINT64_FORMAT, out);
  close_harness (h, bus);
}
GST_END_TEST;

static const gchar *const refused[] = {
  "cmafaudioalign name=align " FIXED,
  "cmafaudioalign name=align frame-samples=1024 " FIXED,
  ("cmafaudioalign name=align frame-samples=1024 priming-samples=0 "
   "timing-sources=reference-timestamp"),
};

GST_START_TEST (test_what_is_not_known_is_refused_with_one_message)
{
  GstHarness *h = open_harness (refused[__i__]);
  GstBus *bus = watch_bus (h);
  GstMessage *message;

  fail_unless_equals_int (
      gst_harness_push (h, sound_buffer (sound_noise, 0, 480, 0)),
      GST_FLOW_ERROR);
  fail_unless_equals_int (
      gst_harness_push (h, sound_buffer (sound_noise, 480, 480, 10000000)),
      GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  close_harness (h, bus);
}
GST_END_TEST;

GST_START_TEST (test_flush_begins_anew_with_the_same_caps)
{
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  g_autoptr (GArray) heard = NULL;
  GstClockTime begin = 0;
  GstSegment segment;

  push_sound (h, 0, 4800, 0);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  heard = pull_sound (h, &begin);
  g_array_set_size (heard, 0);
  g_clear_pointer (&heard, g_array_unref);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_sound (h, 100, 4800, 5 * GST_SECOND);
  heard = pull_sound (h, &begin);
  assert_equals_uint64 (begin, 0);
  assert_sound (heard, 0, 4800, 100);
  close_harness (h, bus);
}
GST_END_TEST;

GST_START_TEST (test_other_caps_begin_anew_on_their_own_grid)
{
  GstHarness *h = open_harness (MANUAL);
  GstBus *bus = watch_bus (h);
  GstBuffer *buffer;
  GstClockTime last = 0;

  push_sound (h, 0, 4800, 0);
  gst_harness_set_src_caps_str (
      h, "audio/x-raw,format=F32LE,rate=44100,channels=2,layout=interleaved");
  buffer = gst_buffer_new_allocate (NULL, 8 * 44100, NULL);
  gst_buffer_memset (buffer, 0, 0, 8 * 44100);
  GST_BUFFER_PTS (buffer) = 100 * GST_MSECOND;
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  while ((buffer = gst_harness_try_pull (h))) {
    last = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
  }
  assert_equals_uint64 (
      cmaf_ticks_from_ns (last + NEW_YEAR * GST_SECOND, 44100) % 1024, 0);
  close_harness (h, bus);
}
GST_END_TEST;

static Suite *
cmafaudioalign_suite (void)
{
  Suite *suite = suite_create ("cmafaudioalign");
  TCase *tcase = tcase_create ("encoders");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase,
      test_units_hold_the_samples_that_their_number_says, 0,
      G_N_ELEMENTS (encoders));
  tcase_add_loop_test (
      tcase, test_segments_of_two_encoders_take_turns, 0, G_N_ELEMENTS (muxed));
  tcase_add_test (tcase, test_units_that_are_not_primed_are_not_sent);
  tcase_add_loop_test (tcase, test_click_and_flash_are_at_the_same_instant, 0,
      G_N_ELEMENTS (clicked));
  tcase = tcase_create ("harness");
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_holes_are_silent_and_repetitions_left_out);
  tcase_add_test (tcase, test_gap_events_and_gap_buffers_are_silence);
  tcase_add_test (tcase, test_a_jump_begins_with_a_unit);
  tcase_add_test (tcase, test_a_live_input_that_is_lost_is_silence);
  tcase_add_test (tcase, test_a_drifting_sample_clock_is_followed);
  tcase_add_loop_test (tcase,
      test_what_is_not_known_is_refused_with_one_message, 0,
      G_N_ELEMENTS (refused));
  tcase_add_test (tcase, test_flush_begins_anew_with_the_same_caps);
  tcase_add_test (tcase, test_other_caps_begin_anew_on_their_own_grid);
  return suite;
}

GST_CHECK_MAIN (cmafaudioalign);
