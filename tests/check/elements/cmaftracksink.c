/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The base class of track sinks, through a subclass that only counts. */
#include <gio/gio.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/cmaf/init-segment.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <gst/cmafbase/gstcmaftracksink.h>

/* ---- a subclass that counts ---- */

typedef struct
{
  GstCmafTrackSink parent;
  guint n_headers, n_chunks, n_ends, n_finished, n_unlocks, n_events;
  guint64 last_decode_time;
  gchar language[16], role[16]; /* of the last header */
  gboolean refuse_start, refuse_finish, refuse_chunks;
} CountSink;

typedef struct
{
  GstCmafTrackSinkClass parent_class;
} CountSinkClass;

GType count_sink_get_type (void);
G_DEFINE_TYPE (CountSink, count_sink, GST_TYPE_CMAF_TRACK_SINK)

static gboolean
count_start (GstCmafTrackSink *sink, GError **error)
{
  if (((CountSink *)sink)->refuse_start)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG, "location: unset");
  return !((CountSink *)sink)->refuse_start;
}

static void
count_unlock (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad)
{
  ((CountSink *)sink)->n_unlocks++;
}

static GstFlowReturn
count_header (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad,
    CmafTrack *track, GBytes *header, GError **error)
{
  fail_unless (gst_cmaf_track_sink_pad_get_name (pad) != NULL);
  ((CountSink *)sink)->n_headers++;
  g_strlcpy (((CountSink *)sink)->language,
      track->language ? track->language : "", 16);
  g_strlcpy (((CountSink *)sink)->role, track->role ? track->role : "", 16);
  return GST_FLOW_OK;
}

static GstFlowReturn
count_chunk (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, CmafChunk *chunk,
    GError **error)
{
  if (((CountSink *)sink)->refuse_chunks) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE, "disk full");
    return GST_FLOW_ERROR;
  }
  ((CountSink *)sink)->n_chunks++;
  ((CountSink *)sink)->last_decode_time = chunk->decode_time;
  return GST_FLOW_OK;
}

static void
count_event (
    GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, const GstStructure *event)
{
  ((CountSink *)sink)->n_events++;
}

static GstFlowReturn
count_end (GstCmafTrackSink *sink, GstCmafTrackSinkPad *pad, GError **error)
{
  ((CountSink *)sink)->n_ends++;
  return GST_FLOW_OK;
}

static gboolean
count_finish (GstCmafTrackSink *sink, GError **error)
{
  ((CountSink *)sink)->n_finished++;
  if (((CountSink *)sink)->refuse_finish)
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE, "two segments lost");
  return !((CountSink *)sink)->refuse_finish;
}

static void
count_sink_init (CountSink *self)
{
}

static void
count_sink_class_init (CountSinkClass *klass)
{
  GstCmafTrackSinkClass *sink_class = GST_CMAF_TRACK_SINK_CLASS (klass);

  gst_cmaf_track_sink_class_add_template (GST_ELEMENT_CLASS (klass));
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Count", "Sink", "Counts", "a test");
  sink_class->start = count_start;
  sink_class->unlock = count_unlock;
  sink_class->header = count_header;
  sink_class->chunk = count_chunk;
  sink_class->custom_event = count_event;
  sink_class->end = count_end;
  sink_class->finish = count_finish;
}

/* ---- input ---- */

static GBytes *
make_header (guint rate)
{
  g_autoptr (CmafTrack) track =
      cmaf_track_new (CMAF_MEDIA_AUDIO, CMAF_CODEC_MP4A);
  static const guint8 asc[] = { 0x11, 0x90 };
  GBytes *header;

  track->timescale = rate;
  track->sample_duration = 1024;
  track->sample_rate = rate;
  track->channels = 2;
  track->codec_config = g_bytes_new_static (asc, sizeof asc);
  header = cmaf_init_segment_write (track, NULL);
  fail_unless (header != NULL);
  return header;
}

static GstBuffer *
make_chunk (guint64 decode_time)
{
  CmafSample sample = { 1024, 5, CMAF_SAMPLE_FLAGS_SYNC, 0 };
  CmafFragment fragment = { .sequence_number = 1,
    .track_id = 1,
    .decode_time = decode_time,
    .samples = &sample,
    .n_samples = 1,
    .starts_segment = TRUE };
  g_autoptr (GBytes) head = cmaf_fragment_write (&fragment, NULL);
  GstBuffer *buffer;

  fail_unless (head != NULL);
  buffer = gst_buffer_new_wrapped_bytes (head);
  gst_buffer_append_memory (
      buffer, gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY,
                  (gpointer) "abcde", 5, 0, 5, NULL, NULL));
  return buffer;
}

static GstCaps *
make_caps (GBytes *header, const gchar *name)
{
  GstCaps *caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, "cmaf", "track-name", G_TYPE_STRING, name, NULL);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (header);
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, buffer);
  gst_value_array_append_and_take_value (&array, &value);
  gst_structure_take_value (
      gst_caps_get_structure (caps, 0), "streamheader", &array);
  return caps;
}

/* One pad of the sink with its feeding harness. */
static GstHarness *
add_track (CountSink *sink, const gchar *name, guint rate)
{
  GstHarness *h =
      gst_harness_new_with_element (GST_ELEMENT (sink), "sink_%u", NULL);
  g_autoptr (GBytes) header = make_header (rate);

  gst_harness_set_src_caps (h, make_caps (header, name));
  return h;
}

static CountSink *
make_sink (GstBus **bus)
{
  CountSink *sink = g_object_new (count_sink_get_type (), NULL);

  gst_object_ref_sink (sink);
  *bus = gst_bus_new ();
  gst_element_set_bus (GST_ELEMENT (sink), *bus);
  return sink;
}

static void
drop_sink (CountSink *sink, GstBus *bus)
{
  gst_element_set_state (GST_ELEMENT (sink), GST_STATE_NULL);
  gst_element_set_bus (GST_ELEMENT (sink), NULL);
  gst_object_unref (bus);
  gst_object_unref (sink);
}

static guint
count_messages (GstBus *bus, GstMessageType type)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, type))) {
    gst_message_unref (message);
    n++;
  }
  return n;
}

/* ---- behaviour ---- */

GST_START_TEST (test_header_once_chunks_in_order)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "eng", 48000);
  g_autoptr (GBytes) header = make_header (48000);

  /* in caps, again in the flow, then two chunks, the second split in two */
  GstBuffer *second = make_chunk (2048);
  GstBuffer *front =
      gst_buffer_copy_region (second, GST_BUFFER_COPY_ALL, 0, 20);
  GstBuffer *rest =
      gst_buffer_copy_region (second, GST_BUFFER_COPY_ALL, 20, -1);

  gst_buffer_unref (second);
  gst_harness_push (h, gst_buffer_new_wrapped_bytes (header));
  fail_unless_equals_int (gst_harness_push (h, make_chunk (1024)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (h, front), GST_FLOW_OK);
  assert_equals_int (sink->n_chunks, 1);
  fail_unless_equals_int (gst_harness_push (h, rest), GST_FLOW_OK);
  assert_equals_int (sink->n_headers, 1);
  assert_equals_int (sink->n_chunks, 2);
  assert_equals_uint64 (sink->last_decode_time, 2048);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_changed_header_is_told)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "eng", 48000);
  g_autoptr (GBytes) other = make_header (44100);

  gst_harness_push (h, make_chunk (0));
  gst_harness_push (h, gst_buffer_new_wrapped_bytes (other));
  assert_equals_int (sink->n_headers, 2);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

/* What the header does not say the caps may, and only what has the form of it.
 */
GST_START_TEST (test_caps_describe_a_track)
{
  static const struct
  {
    const gchar *language, *role, *got_language, *got_role;
  } rows[] = {
    { "pt-BR", "dub", "pt-BR", "dub" },
    { "pt_BR", "a dub", "", "" },
    { "", "", "", "" },
  };
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h =
      gst_harness_new_with_element (GST_ELEMENT (sink), "sink_%u", NULL);
  g_autoptr (GBytes) header = make_header (48000);
  GstCaps *caps = make_caps (header, "a");

  gst_caps_set_simple (caps, "language", G_TYPE_STRING, rows[__i__].language,
      "role", G_TYPE_STRING, rows[__i__].role, NULL);
  gst_harness_set_src_caps (h, caps);
  gst_harness_push (h, make_chunk (0));
  assert_equals_string (sink->language, rows[__i__].got_language);
  assert_equals_string (sink->role, rows[__i__].got_role);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

static gchar *
get_track_name (CountSink *sink, const gchar *pad_name)
{
  GObject *pad =
      gst_child_proxy_get_child_by_name (GST_CHILD_PROXY (sink), pad_name);
  gchar *name;

  g_object_get (pad, "track-name", &name, NULL);
  g_object_unref (pad);
  return name;
}

static void
check_warning (GstBus *bus, const gchar *beginning)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_autoptr (GError) warning = NULL;

  fail_unless (message != NULL);
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (
      g_str_has_prefix (warning->message, beginning), "%s", warning->message);
}

GST_START_TEST (test_names_are_valid_and_unique)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a/b c", 48000);
  GstHarness *b = add_track (sink, "a-b-c", 48000);
  g_autofree gchar *name_a = NULL, *name_b = NULL;

  /* said once each, with both names */
  check_warning (bus, "track-name: \"a/b c\" is used as \"a-b-c\": needs at");
  check_warning (bus, "track-name: \"a-b-c\" is used as \"a-b-c-1\": another");
  gst_harness_push (a, make_chunk (0));
  gst_harness_push (b, make_chunk (0));
  assert_equals_int (count_messages (bus, GST_MESSAGE_WARNING), 0);
  name_a = get_track_name (sink, "sink_0");
  name_b = get_track_name (sink, "sink_1");
  fail_unless_equals_string (name_a, "a-b-c");
  fail_unless_equals_string (name_b, "a-b-c-1");
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

/* Also when nothing is left to tell them apart. */
GST_START_TEST (test_long_names_are_unique)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  g_autofree gchar *wish = g_strnfill (70, 'x');
  GstHarness *a = add_track (sink, wish, 48000);
  GstHarness *b = add_track (sink, wish, 48000);
  g_autofree gchar *name_a = get_track_name (sink, "sink_0");
  g_autofree gchar *name_b = get_track_name (sink, "sink_1");

  assert_equals_int (strlen (name_a), 64);
  assert_equals_int (strlen (name_b), 64);
  fail_unless (g_str_has_suffix (name_b, "x-1"), "%s", name_b);
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

/* What ":" of a pipeline does: the pad of a track that has ended is free for
 * another one. */
GST_START_TEST (test_another_track_on_the_pad_of_one_that_ended)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a", 48000);
  GstHarness *b = add_track (sink, "b", 48000);
  g_autoptr (GBytes) header = make_header (48000);
  g_autofree gchar *name = NULL;

  gst_harness_push (a, make_chunk (0));
  gst_harness_push (b, make_chunk (0));
  gst_harness_push_event (a, gst_event_new_eos ());
  gst_harness_push_event (a, gst_event_new_stream_start ("another"));
  gst_harness_set_src_caps (a, make_caps (header, "c"));
  fail_unless_equals_int (gst_harness_push (a, make_chunk (0)), GST_FLOW_OK);
  name = get_track_name (sink, "sink_0");
  fail_unless_equals_string (name, "c");
  assert_equals_int (sink->n_headers, 3);
  assert_equals_int (sink->n_chunks, 3);
  /* both must end again; then nothing more is taken */
  gst_harness_push_event (b, gst_event_new_eos ());
  assert_equals_int (count_messages (bus, GST_MESSAGE_EOS), 0);
  gst_harness_push_event (a, gst_event_new_eos ());
  assert_equals_int (count_messages (bus, GST_MESSAGE_EOS), 1);
  gst_harness_push_event (a, gst_event_new_stream_start ("late"));
  gst_harness_set_src_caps (a, make_caps (header, "d"));
  fail_unless_equals_int (gst_harness_push (a, make_chunk (0)), GST_FLOW_EOS);
  assert_equals_int (sink->n_chunks, 3);
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

typedef struct
{
  GObject *pad;
  gint is_done; /* atomic */
} Asker;

static gpointer
ask_for_name (gpointer data)
{
  Asker *asker = data;

  while (!g_atomic_int_get (&asker->is_done)) {
    g_autofree gchar *name = NULL;

    g_object_get (asker->pad, "track-name", &name, NULL);
  }
  return NULL;
}

/* An application asks at any time; the sanitizers see what that races with. */
GST_START_TEST (test_the_name_is_asked_for_while_tracks_change)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, NULL, 48000);
  GstHarness *b = add_track (sink, "b", 48000);
  g_autoptr (GBytes) header = make_header (48000);
  g_autoptr (GstCaps) caps = make_caps (header, "another");
  Asker asker = {
    gst_child_proxy_get_child_by_index (GST_CHILD_PROXY (sink), 0), FALSE
  };
  GThread *thread = g_thread_new ("asker", ask_for_name, &asker);

  for (guint i = 0; i < 1000; i++) {
    gst_harness_push_event (a, gst_event_new_eos ());
    gst_harness_push_event (a, gst_event_new_stream_start ("another"));
    gst_harness_push_event (a, gst_event_new_caps (caps));
  }
  g_atomic_int_set (&asker.is_done, TRUE);
  g_thread_join (thread);
  assert_equals_int (sink->n_headers, 1002);
  g_object_unref (asker.pad);
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

/* An encoder that ended and comes back may be given another pad. */
GST_START_TEST (test_a_track_comes_back_under_its_name_on_another_pad)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a", 48000);
  GstHarness *again;
  g_autofree gchar *name = NULL;

  gst_harness_push (a, make_chunk (0));
  again = add_track (sink, "other", 48000);
  gst_harness_push_event (a, gst_event_new_eos ());
  gst_harness_teardown (again);
  again = add_track (sink, "a", 48000);
  name = get_track_name (sink, "sink_2");
  fail_unless_equals_string (name, "a");
  gst_harness_teardown (a);
  gst_harness_teardown (again);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_eos_when_every_pad_has_ended)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a", 48000);
  GstHarness *b = add_track (sink, "b", 48000);

  gst_harness_push (a, make_chunk (0));
  gst_harness_push (b, make_chunk (0));
  gst_harness_push_event (a, gst_event_new_eos ());
  assert_equals_int (count_messages (bus, GST_MESSAGE_EOS), 0);
  gst_harness_push_event (b, gst_event_new_eos ());
  assert_equals_int (sink->n_ends, 2);
  assert_equals_int (sink->n_finished, 1);
  assert_equals_int (count_messages (bus, GST_MESSAGE_EOS), 1);
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_lost_data_is_an_error_and_no_eos)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "a", 48000);

  sink->refuse_finish = TRUE;
  gst_harness_push (h, make_chunk (0));
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_int (
      count_messages (bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS), 1);
  assert_equals_int (sink->n_finished, 1);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_removing_the_last_running_pad_ends_the_stream)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a", 48000);
  GstHarness *b = add_track (sink, "b", 48000);
  GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (sink), "sink_1");

  gst_harness_push_event (a, gst_event_new_eos ());
  gst_harness_push (b, make_chunk (0));
  gst_pad_unlink (b->srcpad, pad);
  gst_element_release_request_pad (GST_ELEMENT (sink), pad);
  gst_object_unref (pad);
  assert_equals_int (sink->n_ends, 2);
  assert_equals_int (count_messages (bus, GST_MESSAGE_EOS), 1);
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_garbage_is_one_error)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "a", 48000);
  GstBuffer *garbage = gst_buffer_new_memdup ("\0\0\0\4junkjunk", 12);

  gst_harness_push (h, make_chunk (0));
  fail_unless_equals_int (gst_harness_push (h, garbage), GST_FLOW_ERROR);
  assert_equals_int (count_messages (bus, GST_MESSAGE_ERROR), 1);
  assert_equals_int (sink->n_chunks, 1);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

/* Whoever pushes on, on whatever pad; after a restart it counts again. */
GST_START_TEST (test_one_fault_is_one_error_a_run)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *a = add_track (sink, "a", 48000);
  GstHarness *b = add_track (sink, "b", 48000);

  sink->refuse_chunks = TRUE;
  for (guint run = 0; run < 2; run++) {
    g_autoptr (GBytes) header = make_header (48000);

    for (guint i = 0; i < 3; i++) {
      fail_unless_equals_int (
          gst_harness_push (a, make_chunk (i * 1024)), GST_FLOW_ERROR);
      fail_unless_equals_int (
          gst_harness_push (b, make_chunk (i * 1024)), GST_FLOW_ERROR);
    }
    assert_equals_int (count_messages (bus, GST_MESSAGE_ERROR), 1);
    gst_element_set_state (GST_ELEMENT (sink), GST_STATE_READY);
    gst_element_set_state (GST_ELEMENT (sink), GST_STATE_PLAYING);
    gst_harness_push_event (a, gst_event_new_stream_start ("again"));
    gst_harness_set_src_caps (a, make_caps (header, "a"));
    gst_harness_push_event (b, gst_event_new_stream_start ("again"));
    gst_harness_set_src_caps (b, make_caps (header, "b"));
  }
  gst_harness_teardown (a);
  gst_harness_teardown (b);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_end_inside_a_chunk_is_a_warning)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "a", 48000);
  GstBuffer *whole = make_chunk (0);

  gst_harness_push (
      h, gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, 40));
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_int (
      count_messages (bus, GST_MESSAGE_WARNING | GST_MESSAGE_EOS), 2);
  gst_buffer_unref (whole);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_flush_forgets_half_a_chunk_and_the_end)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "a", 48000);
  GstBuffer *whole = make_chunk (0);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push (
      h, gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, 40));
  gst_harness_push_event (h, gst_event_new_flush_start ());
  assert_equals_int (sink->n_unlocks, 1);
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_harness_push (h, make_chunk (512)), GST_FLOW_OK);
  assert_equals_uint64 (sink->last_decode_time, 512);
  gst_buffer_unref (whole);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_custom_events_keep_their_place)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  GstHarness *h = add_track (sink, "a", 48000);

  gst_harness_push_event (h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                 gst_structure_new_empty ("cmaf-source")));
  assert_equals_int (sink->n_events, 1);
  gst_harness_teardown (h);
  drop_sink (sink, bus);
}
GST_END_TEST;

GST_START_TEST (test_failed_start_is_one_error)
{
  GstBus *bus;
  CountSink *sink = make_sink (&bus);

  sink->refuse_start = TRUE;
  fail_unless_equals_int (
      gst_element_set_state (GST_ELEMENT (sink), GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  assert_equals_int (count_messages (bus, GST_MESSAGE_ERROR), 1);
  drop_sink (sink, bus);
}
GST_END_TEST;

typedef struct
{
  GQuark (*domain) (void);
  gint code;
  GQuark (*message_domain) (void);
  gint message_code;
} Mapping;

static const Mapping mappings[] = {
  { cmaf_error_quark, CMAF_ERROR_MALFORMED, gst_stream_error_quark,
      GST_STREAM_ERROR_DEMUX },
  { cmaf_error_quark, CMAF_ERROR_CONFIG, gst_resource_error_quark,
      GST_RESOURCE_ERROR_SETTINGS },
  { g_io_error_quark, G_IO_ERROR_NO_SPACE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NO_SPACE_LEFT },
  { g_io_error_quark, G_IO_ERROR_ADDRESS_IN_USE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_BUSY },
};

GST_START_TEST (test_errors_become_fitting_messages)
{
  const Mapping *m = &mappings[__i__];
  GstBus *bus;
  CountSink *sink = make_sink (&bus);
  g_autoptr (GError) error =
      g_error_new_literal (m->domain (), m->code, "a: found b, needs c");
  g_autoptr (GError) posted = NULL;
  g_autoptr (GstMessage) message = NULL;

  gst_cmaf_post_error (GST_ELEMENT (sink), error);
  message = gst_bus_pop (bus);
  gst_message_parse_error (message, &posted, NULL);
  fail_unless (g_error_matches (posted, m->message_domain (), m->message_code));
  fail_unless_equals_string (posted->message, error->message);
  drop_sink (sink, bus);
}
GST_END_TEST;

static Suite *
cmaftracksink_suite (void)
{
  Suite *suite = suite_create ("cmaftracksink");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_header_once_chunks_in_order);
  tcase_add_test (tcase, test_changed_header_is_told);
  tcase_add_loop_test (tcase, test_caps_describe_a_track, 0, 3);
  tcase_add_test (tcase, test_names_are_valid_and_unique);
  tcase_add_test (tcase, test_long_names_are_unique);
  tcase_add_test (tcase, test_another_track_on_the_pad_of_one_that_ended);
  tcase_add_test (tcase, test_the_name_is_asked_for_while_tracks_change);
  tcase_add_test (tcase, test_a_track_comes_back_under_its_name_on_another_pad);
  tcase_add_test (tcase, test_eos_when_every_pad_has_ended);
  tcase_add_test (tcase, test_lost_data_is_an_error_and_no_eos);
  tcase_add_test (tcase, test_removing_the_last_running_pad_ends_the_stream);
  tcase_add_test (tcase, test_garbage_is_one_error);
  tcase_add_test (tcase, test_one_fault_is_one_error_a_run);
  tcase_add_test (tcase, test_end_inside_a_chunk_is_a_warning);
  tcase_add_test (tcase, test_flush_forgets_half_a_chunk_and_the_end);
  tcase_add_test (tcase, test_custom_events_keep_their_place);
  tcase_add_test (tcase, test_failed_start_is_one_error);
  tcase_add_loop_test (
      tcase, test_errors_become_fitting_messages, 0, G_N_ELEMENTS (mappings));
  return suite;
}

GST_CHECK_MAIN (cmaftracksink);
