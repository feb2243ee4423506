/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafsyncmux and input that it cannot use: exactly one error that says what
 * was found and what was needed, and what was accepted before is not lost. */
#include "mux-harness.h"
#include "sink-fixtures.h"

#define SIZE "width=64,height=48"
#define RATE "framerate=25/1"
#define AVC "video/x-h264,stream-format=avc,alignment=au,"

/* ---- caps ---- */

typedef struct
{
  const gchar *caps, *settings;
  const gchar *error; /* its beginning */
} Refused;

static const Refused refused[] = {
  { "video/x-vp8," SIZE "," RATE, "", "caps: unknown codec video/x-vp8" },
  { "audio/mpeg,mpegversion=1,layer=3,rate=48000,channels=2", "",
      "caps audio/mpeg: field " },
  { "video/x-raw,format=I420," SIZE "," RATE, "",
      "caps: unknown codec video/x-raw" },
  { "video/x-h264,stream-format=byte-stream,alignment=au," SIZE "," RATE, "",
      "caps video/x-h264: field stream-format is byte-stream" },
  { MUX_H264, "", "caps video/x-h264: field codec_data is missing" },
  { MUX_H264 ",codec_data=(buffer)0164", "",
      "caps video/x-h264: field codec_data has 2 bytes" },
  { AVC SIZE MUX_CODEC_DATA, "", "caps video/x-h264: field framerate" },
  { AVC SIZE ",framerate=0/1" MUX_CODEC_DATA, "",
      "caps video/x-h264: field framerate is 0/1" },
  { AVC "height=48," RATE MUX_CODEC_DATA, "",
      "caps video/x-h264: field width is missing" },
  { MUX_H264 MUX_CODEC_DATA, "parameter-sets=in-band",
      "caps video/x-h264: field stream-format is avc" },
  { MUX_H264 MUX_CODEC_DATA, "segment-duration=2/3",
      "segment-duration: found 2/3, needs a whole number of frames at 25/1, "
      "such as 17/25" },
  { AVC SIZE ",framerate=30000/1001" MUX_CODEC_DATA, "segment-duration=2/1",
      "segment-duration: found 2/1, needs a whole number of frames at "
      "30000/1001, such as 1001/500" },
};

GST_START_TEST (test_caps_that_are_refused)
{
  const Refused *r = &refused[__i__];
  g_autofree gchar *message = NULL;
  MuxHarness m;

  mux_harness_init (&m, r->settings, r->caps);
  fail_if (mux_harness_push (&m, 0, 60) == GST_FLOW_OK);
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  fail_unless (g_str_has_prefix (message, r->error), "%s", message);
  assert_equals_int (mux_harness_pull (&m), 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* frames 0..59, then such caps: [0, 48) and [48, 96) are out, the last of the
 * track when the caps alone say that there is no other. */
GST_START_TEST (test_caps_that_are_refused_later)
{
  static const gchar *const later[] = { MUX_H264 ",codec_data=(buffer)0164",
    "video/x-vp8," SIZE "," RATE, AVC SIZE ",framerate=30/1" MUX_CODEC_DATA };
  g_autofree gchar *message = NULL;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  gst_harness_set_src_caps_str (m.h, later[__i__]);
  fail_if (mux_harness_push (&m, 60, 97) == GST_FLOW_OK);
  assert_equals_int (mux_harness_pull (&m), 2);
  assert_equals_int (mux_harness_chunk (&m, 1)->n_samples, 12);
  assert_equals_int (
      (mux_harness_chunk (&m, 1)->flags & CMAF_CHUNK_LAST) != 0, __i__ < 2);
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Caps queries tell what is accepted, so that elements which can choose do. */
GST_START_TEST (test_caps_are_offered)
{
  g_autoptr (GstCaps) all = NULL;
  g_autoptr (GstCaps) in_band = NULL;
  g_autoptr (GstCaps) avc = gst_caps_from_string (MUX_H264);
  MuxHarness m;

  mux_harness_init (&m, "", NULL);
  all = gst_pad_peer_query_caps (m.h->srcpad, NULL);
  fail_unless (gst_caps_can_intersect (all, avc));
  mux_harness_clear (&m);
  mux_harness_init (&m, "parameter-sets=in-band", NULL);
  in_band = gst_pad_peer_query_caps (m.h->srcpad, NULL);
  fail_if (gst_caps_can_intersect (in_band, avc));
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- buffers ---- */

typedef enum
{
  BAD_NO_CAPS,
  BAD_NO_PTS,
  BAD_DTS,
  BAD_LEAP,
} Bad;

typedef struct
{
  Bad bad;
  guint n_dropped; /* before there is no hope */
  const gchar *error;
} BadBuffer;

static const BadBuffer bad_buffers[] = {
  { BAD_NO_CAPS, 0, "caps: found none, needs those of one encoded stream" },
  { BAD_NO_PTS, 124, "buffer: has no PTS, needs one (is there a parser" },
  { BAD_DTS, 124, "buffer: DTS moves backwards, needs decode order" },
};

static GstBuffer *
make_bad (Bad bad)
{
  GstBuffer *buffer = mux_harness_frame (60 * MUX_FRAME, FALSE, 60);

  if (bad == BAD_NO_PTS)
    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  else if (bad == BAD_DTS)
    GST_BUFFER_DTS (buffer) = 58 * MUX_FRAME;
  else if (bad == BAD_LEAP)
    GST_BUFFER_PTS (buffer) += 3600 * GST_SECOND;
  return buffer;
}

static void
push_frame (MuxHarness *m, guint i)
{
  GstBuffer *buffer = mux_harness_frame (i * MUX_FRAME, i % 48 == 0, (guint8)i);

  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer);
  fail_unless_equals_int (gst_harness_push (m->h, buffer), GST_FLOW_OK);
}

/* frames 0..59, then bad ones only: [0, 48) and [48, 60) are out */
GST_START_TEST (test_bad_buffer)
{
  const BadBuffer *b = &bad_buffers[__i__];
  gboolean has_caps = b->bad != BAD_NO_CAPS;
  g_autofree gchar *message = NULL;
  GstSegment segment;
  MuxHarness m;

  mux_harness_init (&m, "", has_caps ? MUX_H264 MUX_CODEC_DATA : NULL);
  if (!has_caps) {
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_harness_push_event (m.h, gst_event_new_stream_start ("bad"));
    gst_harness_push_event (m.h, gst_event_new_segment (&segment));
  }
  for (guint i = 0; has_caps && i < 60; i++)
    push_frame (&m, i);
  for (guint i = 0; i < b->n_dropped; i++)
    fail_unless_equals_int (
        gst_harness_push (m.h, make_bad (b->bad)), GST_FLOW_OK);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (
        gst_harness_push (m.h, make_bad (b->bad)), GST_FLOW_ERROR);
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  fail_unless (g_str_has_prefix (message, b->error), "%s", message);
  assert_equals_int (mux_harness_pull (&m), has_caps ? 2 : 0);
  if (has_caps)
    assert_equals_int (mux_harness_chunk (&m, 1)->n_samples, 12);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- what a fault leaves behind ---- */

typedef struct
{
  gchar *folder;
  gint n_errors;
  gint n_segments; /* in the folder, with the error */
} Heard;

static guint
count_segments (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *entry;
  guint n = 0;

  while (dir && (entry = g_dir_read_name (dir))) {
    g_autofree gchar *full = g_build_filename (path, entry, NULL);

    n += g_str_has_suffix (entry, ".m4s") + count_segments (full);
  }
  return n;
}

static GstBusSyncReply
hear (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Heard *heard = user_data;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return GST_BUS_PASS;
  heard->n_errors++;
  heard->n_segments = (gint)count_segments (heard->folder);
  return GST_BUS_PASS;
}

typedef enum
{
  FAULT_NO_PTS,
  FAULT_DTS,
  FAULT_CAPS,
  FAULT_RATE,
  FAULT_SEGMENT,
  FAULT_JUMP, /* an hour on, and no key frame any more */
  N_FAULTS,
} Fault;

/* Frames that are no key frames, until one is an error. */
static void
push_until_error (MuxHarness *m, GstClockTime jump)
{
  GstFlowReturn result = GST_FLOW_OK;

  for (guint i = 60; i < 60 + 25 * 90 && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m->h, mux_harness_frame (jump + i * MUX_FRAME, FALSE, 0));
  fail_if (result == GST_FLOW_OK);
}

static void
push_fault (MuxHarness *m, Fault fault)
{
  GstFlowReturn result = GST_FLOW_OK;
  GstSegment segment;

  if (fault == FAULT_RATE)
    gst_harness_set_src_caps_str (
        m->h, AVC SIZE ",framerate=30/1" MUX_CODEC_DATA);
  if (fault == FAULT_RATE || fault == FAULT_JUMP) {
    push_until_error (m, fault == FAULT_JUMP ? 3600 * GST_SECOND : 0);
    return;
  }

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  if (fault == FAULT_CAPS)
    gst_harness_set_src_caps_str (m->h, MUX_H264 ",codec_data=(buffer)0164");
  else if (fault == FAULT_SEGMENT)
    gst_harness_push_event (m->h, gst_event_new_segment (&segment));
  for (guint i = 0; i < 125 && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m->h, make_bad (fault == FAULT_DTS ? BAD_DTS : BAD_NO_PTS));
  fail_if (result == GST_FLOW_OK);
}

/* frames 0..59 into a sink, then a fault: an application that stops as soon as
 * it hears of it finds [0, 48) and [48, 60) there, in chunks or not. */
GST_START_TEST (test_open_segment_is_there_before_the_error)
{
  Heard heard = { g_dir_make_tmp ("cmaf-mux-XXXXXX", NULL), 0, 0 };
  g_autofree gchar *settings = g_strdup_printf ("%s ! cmafdashsink location=%s",
      __i__ < N_FAULTS ? "" : "chunk-duration=400000000", heard.folder);
  MuxHarness m;

  mux_harness_init (&m, settings, MUX_H264 MUX_CODEC_DATA);
  gst_bus_set_sync_handler (m.bus, hear, &heard, NULL);
  for (guint i = 0; i < 60; i++)
    push_frame (&m, i);
  push_fault (&m, (Fault)(__i__ % N_FAULTS));
  assert_equals_int (heard.n_errors, 1);
  assert_equals_int (heard.n_segments, 2);
  mux_harness_clear (&m);
  remove_tree (heard.folder);
  g_free (heard.folder);
}
GST_END_TEST;

GST_START_TEST (test_segment_in_bytes)
{
  g_autofree gchar *message = NULL;
  GstSegment segment;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 60);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (m.h, gst_event_new_segment (&segment));
  fail_if (mux_harness_push (&m, 60, 61) == GST_FLOW_OK);
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  fail_unless_equals_string (message, "segment: has format bytes, needs time");
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_pull (&m), 2);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- key frames ---- */

/* The one text of each kind, or none. */
static void
check_messages (MuxHarness *m, const gchar *warning, const gchar *info)
{
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (
              m->bus, GST_MESSAGE_INFO | GST_MESSAGE_WARNING))) {
    gboolean is_info = GST_MESSAGE_TYPE (message) == GST_MESSAGE_INFO;
    const gchar **wanted = is_info ? &info : &warning;
    g_autoptr (GError) error = NULL;

    if (is_info)
      gst_message_parse_info (message, &error, NULL);
    else
      gst_message_parse_warning (message, &error, NULL);
    fail_unless (*wanted && g_str_has_prefix (error->message, *wanted), "%s",
        error->message);
    if (is_info)
      fail_unless_equals_string (error->message, *wanted);
    *wanted = NULL;
    gst_message_unref (message);
  }
  fail_unless (!warning && !info);
}

/* ---- time stamps of damaged units ---- */

/* Three in a row in place of frame @at, and others go on. */
static const struct
{
  Bad bad;
  guint at;
  const gchar *warning;
} damages[] = {
  { BAD_NO_PTS, 60,
      "buffer: has no PTS, needs one (is there a parser in front?); such units "
      "are dropped, and counted in stats" },
  { BAD_DTS, 61,
      "buffer: DTS moves backwards, needs decode order; such units are "
      "dropped, "
      "and counted in stats" },
  { BAD_NO_PTS, 0, "buffer: has no PTS, needs one" },
  { BAD_LEAP, 60, "buffer: PTS or DTS leaps away from those before and" },
};

GST_START_TEST (test_damaged_units_are_dropped)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 145; i++) {
    for (guint k = 0; i == damages[__i__].at && k < 3; k++)
      fail_unless_equals_int (
          gst_harness_push (m.h, make_bad (damages[__i__].bad)), GST_FLOW_OK);
    if (i == 0 || i != damages[__i__].at)
      push_frame (&m, i);
  }
  assert_equals_int (mux_harness_pull (&m), 3);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (mux_harness_chunk (&m, i)->n_samples,
        48 - (i == 1 && damages[__i__].at > 0));
  assert_equals_uint64 (mux_harness_stat (&m, "dropped"), 3);
  check_messages (&m, damages[__i__].warning, NULL);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* A stream that is too short for patience */
GST_START_TEST (test_no_unit_has_a_pts)
{
  g_autofree gchar *message = NULL;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (
        gst_harness_push (m.h, make_bad (BAD_NO_PTS)), GST_FLOW_OK);
  gst_harness_push_event (m.h, gst_event_new_eos ());
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  fail_unless (g_str_has_prefix (message, "buffer: has no PTS"), "%s", message);
  mux_harness_clear (&m);
}
GST_END_TEST;

typedef struct
{
  const gchar *policy;
  guint n_samples[4]; /* of the fragments, 0: no more */
  guint64 n_missed;
  const gchar *error;
  const gchar *warning; /* the only one */
} Policy;

#define FIRST_MISS                                                             \
  "key frame: found none at the boundary of segment 1 (missed-key-frame="
#define OBEY                                                                   \
  "), needs send-force-key-unit=true and an encoder that obeys, or has "       \
  "key-int-max (or its like)"

/* frames 0..149, of which only the first one is a key frame, and the end */
static const Policy policies[] = {
  { "stretch", { 150 }, 3, NULL,
      FIRST_MISS "stretch: the one before goes on until the next key "
                 "frame" OBEY },
  { "cut", { 48, 48, 48, 6 }, 3, NULL,
      FIRST_MISS "cut: players cannot begin with it" OBEY },
  { "drop", { 48 }, 3, NULL,
      FIRST_MISS "drop: nothing is sent until a key frame lies on a "
                 "boundary" OBEY },
  { "fail", { 48 }, 1,
      "missed-key-frame=fail: found no key frame at the boundary, needs an "
      "encoder that obeys force-key-unit" },
};

GST_START_TEST (test_key_frames_that_do_not_come)
{
  const Policy *p = &policies[__i__];
  g_autofree gchar *settings =
      g_strdup_printf ("missed-key-frame=%s", p->policy);
  g_autofree gchar *message = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  GstMessage *note;
  guint64 n_told = 0;
  guint n_warnings = 0;
  MuxHarness m;
  guint i;

  mux_harness_init (&m, settings, MUX_H264 MUX_CODEC_DATA);
  for (i = 0; i < 150 && result == GST_FLOW_OK; i++)
    result = gst_harness_push (
        m.h, mux_harness_frame (i * MUX_FRAME, i == 0, (guint8)i));
  gst_harness_push_event (m.h, gst_event_new_eos ());
  mux_harness_pull (&m);
  for (i = 0; i < 4 && p->n_samples[i] > 0; i++)
    assert_equals_int (mux_harness_chunk (&m, i)->n_samples, p->n_samples[i]);
  assert_equals_int (m.chunks->len, i);
  assert_equals_uint64 (
      mux_harness_stat (&m, "missed-key-frames"), p->n_missed);
  while ((note = gst_bus_pop_filtered (m.bus,
              GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING))) {
    n_told += gst_message_has_name (note, "cmaf-sync-misaligned");
    if (GST_MESSAGE_TYPE (note) == GST_MESSAGE_WARNING) {
      g_autoptr (GError) warning = NULL;

      n_warnings++;
      gst_message_parse_warning (note, &warning, NULL);
      fail_unless_equals_string (warning->message, p->warning);
    }
    if (GST_MESSAGE_TYPE (note) == GST_MESSAGE_ERROR) {
      g_autoptr (GError) error = NULL;

      fail_unless (message == NULL, "a second error");
      gst_message_parse_error (note, &error, NULL);
      message = g_strdup (error->message);
    }
    gst_message_unref (note);
  }
  assert_equals_uint64 (n_told, p->n_missed);
  fail_unless ((message == NULL) == (p->error == NULL));
  fail_unless (!message || g_str_has_prefix (message, p->error), "%s", message);
  assert_equals_int (n_warnings, p->warning != NULL);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* Live, nothing would ever be said. */
static const struct
{
  const gchar *policy;
  guint key_frame; /* the only one */
  guint n_frames;
  gboolean is_told;
} silences[] = {
  { "stretch", G_MAXUINT, 2 * 48, FALSE },
  { "stretch", G_MAXUINT, 2 * 48 + 1, TRUE },
  { "cut", G_MAXUINT, 10 * 48, TRUE },
  { "drop", 5, 10 * 48, TRUE },
};

GST_START_TEST (test_silence_is_told)
{
  g_autofree gchar *settings =
      g_strdup_printf ("missed-key-frame=%s", silences[__i__].policy);
  MuxHarness m;

  mux_harness_init (&m, settings, MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < silences[__i__].n_frames; i++)
    gst_harness_push (m.h,
        mux_harness_frame (i * MUX_FRAME, i == silences[__i__].key_frame, 0));
  check_messages (&m,
      silences[__i__].is_told
          ? "key frame: found none at a boundary in 2 segments, nothing was "
            "sent, needs send-force-key-unit=true and an encoder that obeys, "
            "or has key-int-max (or its like)"
          : NULL,
      NULL);
  assert_equals_int (mux_harness_pull (&m), 0);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* What is gathered is away before the error, and can be read. */
typedef struct
{
  gsize frame_size;
  guint n_samples;
  const gchar *error;
} Stretched;

#define FOUND_NONE "missed-key-frame=stretch: found no key frame "
#define HELP                                                                   \
  ", needs key-int-max (or its like) in the encoder, or missed-key-frame=cut"

static const Stretched stretched[] = {
  { 16, 48 + 60 * 25 + 1, FOUND_NONE "for 60 s" HELP },
  { 1 << 20, 60, FOUND_NONE "in 60 MiB" HELP },
};

GST_START_TEST (test_stretch_ends)
{
  const Stretched *s = &stretched[__i__];
  g_autofree gchar *message = NULL;
  GstFlowReturn result = GST_FLOW_OK;
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 2000 && result == GST_FLOW_OK; i++) {
    GstBuffer *frame = mux_harness_frame (i * MUX_FRAME, i == 0, 0);

    gst_buffer_append_memory (frame,
        gst_allocator_alloc (NULL, s->frame_size - MUX_FRAME_SIZE, NULL));
    result = gst_harness_push (m.h, frame);
  }
  assert_equals_int (result, GST_FLOW_ERROR);
  assert_equals_int (mux_harness_errors (&m, &message), 1);
  fail_unless_equals_string (message, s->error);
  assert_equals_int (mux_harness_pull (&m), 1);
  assert_equals_int (mux_harness_chunk (&m, 0)->n_samples, s->n_samples);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- time that does not go on ---- */

#define FRAME_100 "time stamps: found PTS 0:00:04.000000000"
#define TO_NO_KEY_FRAME " to a frame that is no key frame (missed-key-frame="

/* from frame 101 on, which is no key frame, the time is another */
static const struct
{
  const gchar *settings;
  gint64 step;    /* ns for frame 101 */
  gboolean stays; /* and for all behind, as they all have that of frame 100 */
  const gchar *warning, *error;
} times[] = {
  { "", -(gint64)MUX_FRAME, TRUE, FRAME_100 " of a unit that has come" },
  { "", -2 * (gint64)GST_SECOND, FALSE,
      "time stamps: found PTS 0:00:02.040000000, 1960 ms before what has "
      "come" },
  { "", -3 * (gint64)GST_SECOND, FALSE,
      "time stamps: found PTS 0:00:01.040000000, 2960 ms before what has "
      "come" },
  { "", 3600 * (gint64)GST_SECOND, FALSE, NULL,
      "time stamps: found a jump of 3600000 ms" TO_NO_KEY_FRAME "stretch" },
  { "missed-key-frame=fail", 10 * (gint64)GST_SECOND, FALSE, NULL,
      "time stamps: found a jump of 10000 ms" TO_NO_KEY_FRAME "fail)" },
  { "", 10 * (gint64)GST_SECOND, FALSE,
      "time stamps: found a jump of 10000 ms" TO_NO_KEY_FRAME "stretch" },
  { "missed-key-frame=cut", 3600 * (gint64)GST_SECOND, FALSE,
      "time stamps: found a jump of 3600000 ms" TO_NO_KEY_FRAME "cut" },
};

static GstClockTime
time_of (guint i, guint row)
{
  if (i <= 100)
    return i * MUX_FRAME;
  if (times[row].stays)
    return 100 * MUX_FRAME;
  return (GstClockTime)((gint64)(i * MUX_FRAME) + times[row].step);
}

GST_START_TEST (test_time_that_does_not_go_on)
{
  const gchar *wanted[] = { times[__i__].warning, times[__i__].error };
  GstMessage *message;
  MuxHarness m;

  mux_harness_init (&m, times[__i__].settings, MUX_H264 MUX_CODEC_DATA);
  for (guint i = 0; i < 120; i++)
    gst_harness_push (m.h,
        mux_harness_frame (time_of (i, __i__), i <= 100 && i % 48 == 0, 0));
  while ((message = gst_bus_pop_filtered (
              m.bus, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR))) {
    gboolean is_error = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
    g_autoptr (GError) error = NULL;

    if (is_error)
      gst_message_parse_error (message, &error, NULL);
    else
      gst_message_parse_warning (message, &error, NULL);
    fail_unless (
        wanted[is_error] && g_str_has_prefix (error->message, wanted[is_error]),
        "%s", error->message);
    wanted[is_error] = NULL;
    gst_message_unref (message);
  }
  fail_if (wanted[0] || wanted[1], "said nothing");
  mux_harness_clear (&m);
}
GST_END_TEST;

/* A hole of ten segments, with a key frame behind it: what was not there, is
 * told, unless a gap event has done so. */
GST_START_TEST (test_a_jump_ahead_is_told_once)
{
  MuxHarness m;

  mux_harness_init (&m, "", MUX_H264 MUX_CODEC_DATA);
  mux_harness_push (&m, 0, 96);
  for (guint i = 1; i < 11 && __i__ == 1; i++)
    mux_harness_gap (&m, i * 48 + 48, i * 48 + 96);
  mux_harness_push (&m, 576, 600);
  check_messages (&m,
      __i__ == 0 ? "time stamps: found a jump of 19200 ms "
                   "(timing-sources=fixed), needs time that goes on"
                 : NULL,
      NULL);
  mux_harness_clear (&m);
}
GST_END_TEST;

/* ---- several muxers, and settings ---- */

static guint
count_errors_of_muxers (GstBus *bus, GString *text)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR))) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    if (g_str_has_prefix (GST_OBJECT_NAME (message->src), "mux")) {
      g_string_append (text, error->message);
      n++;
    }
    gst_message_unref (message);
  }
  return n;
}

#define TRACK(rate, name)                                                      \
  "videotestsrc num-buffers=100 ! "                                            \
  "video/x-raw,width=64,height=48,framerate=" rate                             \
  " ! x264enc speed-preset=ultrafast tune=zerolatency ! h264parse ! "          \
  "cmafsyncmux name=" name " timing-sources=fixed ! fakesink async=false "

/* 25 and 30000/1001 frames a second in one presentation: the first one to start
 * has its way, the other one is told. */
GST_START_TEST (test_frame_rates_do_not_mix)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      TRACK ("25/1", "mux1") TRACK ("30000/1001", "mux2"), NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GString *text = g_string_new (NULL);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 20 * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
  gst_bus_post (bus, message);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  assert_equals_int (count_errors_of_muxers (bus, text), 1);
  fail_unless (g_str_has_prefix (text->str, "framerate: found ")
                   && strstr (text->str, " as the other video tracks"),
      "%s", text->str);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_string_free (text, TRUE);
}
GST_END_TEST;

/* But two presentations may be in one pipeline. */
GST_START_TEST (test_frame_rates_of_two_groups)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch (TRACK ("25/1", "mux1 sync-group=a")
                            TRACK ("30000/1001", "mux2 sync-group=b"),
          NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 20 * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
GST_END_TEST;

/* ---- units that no segment has room for ---- */

/* frame 0 is frame 10 of a segment; key frames at @period */
typedef struct
{
  guint n_frames, period;
  gboolean is_live;
  const gchar *warning; /* its beginning, NULL: none */
  const gchar *info;    /* all of it */
  const gchar *settings;
  guint first; /* frame */
} Dropped;

#define AT_START                                                               \
  "38 units (1520 ms) in front of the first boundary were not sent: a "        \
  "stream begins at one"
#define WOULD_FIT                                                              \
  "; timing-sources=fixed with fixed-origin=0 makes the first unit one"

static const Dropped dropped[] = {
  { 30, 1, TRUE, "30 units were dropped and nothing was sent" },
  { 30, 1, FALSE, "30 units were dropped and nothing was sent" },
  { 60, 1, FALSE, NULL, AT_START WOULD_FIT },
  { 60, 1, TRUE, NULL, AT_START },
  /* said once */
  { 200, 1, FALSE, NULL, AT_START WOULD_FIT },
  /* it is later than the first boundary already */
  { 60, 1, FALSE, NULL,
      "19 units (760 ms) in front of the first boundary were not sent: a "
      "stream begins at one",
      "fixed-origin=0", 125 },
  /* time is agreed with other encoders: TAI was 10 s ahead in 1970 */
  { 60, 1, FALSE, NULL,
      "28 units (1120 ms) in front of the first boundary were not sent: a "
      "stream begins at one",
      "timing-sources=reference-timestamp timeline-tai-offset=0" },
  /* boundaries are not the trouble */
  { 100, 86, FALSE, NULL,
      "86 units (3440 ms) in front of the first boundary with a key frame were "
      "not sent: found none at the boundary of segment 1, needs "
      "send-force-key-unit=true and an encoder that obeys, or has key-int-max "
      "(or its like)" },
  { 60, 100, FALSE, "60 units were dropped and nothing was sent" },
};

GST_START_TEST (test_what_was_dropped_is_said)
{
  const Dropped *d = &dropped[__i__];
  g_autoptr (GstCaps) unix_time =
      gst_caps_new_empty_simple ("timestamp/x-unix");
  MuxHarness m;

  mux_harness_init (&m, d->settings ? d->settings : "fixed-origin=400000000",
      MUX_H264 MUX_CODEC_DATA);
  gst_harness_set_live (m.h, d->is_live);
  for (guint i = 0; i < d->n_frames; i++) {
    GstBuffer *frame =
        mux_harness_frame ((d->first + i) * MUX_FRAME, i % d->period == 0, 0);

    gst_buffer_add_reference_timestamp_meta (
        frame, unix_time, (10 + i) * MUX_FRAME, GST_CLOCK_TIME_NONE);
    gst_harness_push (m.h, frame);
  }
  gst_harness_push_event (m.h, gst_event_new_eos ());
  check_messages (&m, d->warning, d->info);
  mux_harness_clear (&m);
}
GST_END_TEST;

GST_START_TEST (test_setting_that_is_none)
{
  g_autoptr (GstElement) mux = gst_element_factory_make ("cmafsyncmux", "mux");
  g_autoptr (GstBus) bus = gst_bus_new ();
  GString *text = g_string_new (NULL);

  g_object_set (mux, "timing-sources", "clock,sundial", NULL);
  gst_element_set_bus (mux, bus);
  fail_unless_equals_int (
      gst_element_set_state (mux, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  assert_equals_int (count_errors_of_muxers (bus, text), 1);
  fail_unless (strstr (text->str, "sundial") != NULL, "%s", text->str);
  gst_element_set_state (mux, GST_STATE_NULL);
  gst_element_set_bus (mux, NULL);
  g_string_free (text, TRUE);
}
GST_END_TEST;

static Suite *
cmafsyncmux_input_suite (void)
{
  Suite *suite = suite_create ("cmafsyncmux-input");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (
      tcase, test_caps_that_are_refused, 0, G_N_ELEMENTS (refused));
  tcase_add_loop_test (tcase, test_caps_that_are_refused_later, 0, 3);
  tcase_add_test (tcase, test_caps_are_offered);
  tcase_add_loop_test (tcase, test_bad_buffer, 0, G_N_ELEMENTS (bad_buffers));
  tcase_add_loop_test (
      tcase, test_open_segment_is_there_before_the_error, 0, 2 * N_FAULTS);
  tcase_add_loop_test (
      tcase, test_damaged_units_are_dropped, 0, G_N_ELEMENTS (damages));
  tcase_add_test (tcase, test_no_unit_has_a_pts);
  tcase_add_test (tcase, test_segment_in_bytes);
  tcase_add_loop_test (
      tcase, test_key_frames_that_do_not_come, 0, G_N_ELEMENTS (policies));
  tcase_add_loop_test (tcase, test_silence_is_told, 0, G_N_ELEMENTS (silences));
  tcase_add_loop_test (
      tcase, test_time_that_does_not_go_on, 0, G_N_ELEMENTS (times));
  tcase_add_loop_test (tcase, test_a_jump_ahead_is_told_once, 0, 2);
  tcase_add_loop_test (tcase, test_stretch_ends, 0, G_N_ELEMENTS (stretched));
  tcase_add_test (tcase, test_frame_rates_do_not_mix);
  tcase_add_test (tcase, test_frame_rates_of_two_groups);
  tcase_add_loop_test (
      tcase, test_what_was_dropped_is_said, 0, G_N_ELEMENTS (dropped));
  tcase_add_test (tcase, test_setting_that_is_none);
  return suite;
}

GST_CHECK_MAIN (cmafsyncmux_input);
