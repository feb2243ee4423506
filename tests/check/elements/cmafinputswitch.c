/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* cmafinputswitch behind two source pads: what goes out, in which order, and
 * when another input takes over. Frames are small, and their first byte is the
 * number that they came with. Muxed and decoded: tests/sync/input-switch. */
#include <gst/check/gstcheck.h>
#include <gst/check/gsttestclock.h>

#define FRAME (40 * GST_MSECOND)
#define VIDEO                                                                  \
  "video/x-raw,format=GRAY8,width=4,height=4,framerate=25/1,"                  \
  "interlace-mode=progressive"
#define SOUND                                                                  \
  "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
#define ORIGIN "fixed-origin=1735689600000000000"

typedef struct
{
  GstElement *pipeline;
  GstElement *element;
  GstTestClock *clock;
  GstPad *in[2], *out;
  gboolean is_live;
  GMutex lock;
  GCond changed;
  GString *text; /* lock: lock; "byte@frame " of what came out */
  guint n;       /* lock: lock; buffers */
  gboolean is_eos;
} Switch;

static gboolean
answer (GstPad *pad, GstObject *parent, GstQuery *query)
{
  const Switch *s = gst_pad_get_element_private (pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return FALSE;
  gst_query_set_latency (query, s->is_live, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Switch *s = gst_pad_get_element_private (pad);
  guint8 byte = 0;

  gst_buffer_extract (buffer, 0, &byte, 1);
  g_mutex_lock (&s->lock);
  g_string_append_printf (s->text, "%u@%u ", byte,
      (guint)((GST_BUFFER_PTS (buffer) + FRAME / 4) / FRAME));
  s->n++;
  g_cond_signal (&s->changed);
  g_mutex_unlock (&s->lock);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Switch *s = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    g_mutex_lock (&s->lock);
    s->is_eos = TRUE;
    g_cond_signal (&s->changed);
    g_mutex_unlock (&s->lock);
  }
  gst_event_unref (event);
  return TRUE;
}

static void
begin_again (Switch *s, guint i, const gchar *caps_text)
{
  g_autofree gchar *name = g_strdup_printf ("%u", i);
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (s->in[i], gst_event_new_stream_start (name));
  gst_pad_push_event (s->in[i], gst_event_new_caps (caps));
  gst_pad_push_event (s->in[i], gst_event_new_segment (&segment));
}

static void
begin_input (Switch *s, guint i, const gchar *caps_text)
{
  g_autofree gchar *name = g_strdup_printf ("sink_%u", i);
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (s->element, name);

  s->in[i] = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_element_private (s->in[i], s);
  gst_pad_set_query_function (s->in[i], answer);
  gst_pad_set_active (s->in[i], TRUE);
  gst_pad_link (s->in[i], sink);
  begin_again (s, i, caps_text);
}

static void
open_switch (Switch *s, const gchar *properties, const gchar *caps)
{
  g_autofree gchar *text = g_strdup_printf (
      "cmafinputswitch timing-sources=fixed " ORIGIN " %s", properties);
  g_autoptr (GstPad) src = NULL;

  g_mutex_init (&s->lock);
  g_cond_init (&s->changed);
  s->text = g_string_new (NULL);
  s->pipeline = gst_pipeline_new (NULL);
  s->element = gst_parse_launch (text, NULL);
  s->clock = GST_TEST_CLOCK (gst_test_clock_new ());
  gst_bin_add (GST_BIN (s->pipeline), s->element);
  gst_pipeline_use_clock (GST_PIPELINE (s->pipeline), GST_CLOCK (s->clock));
  src = gst_element_get_static_pad (s->element, "src");
  s->out = gst_pad_new (NULL, GST_PAD_SINK);
  gst_pad_set_element_private (s->out, s);
  gst_pad_set_chain_function (s->out, take_buffer);
  gst_pad_set_event_function (s->out, take_event);
  gst_pad_set_active (s->out, TRUE);
  gst_pad_link (src, s->out);
  gst_element_set_state (s->pipeline, GST_STATE_PLAYING);
  begin_input (s, 0, caps);
  begin_input (s, 1, caps);
}

static void
close_switch (Switch *s)
{
  gst_element_set_state (s->pipeline, GST_STATE_NULL);
  for (guint i = 0; i < 2; i++) {
    gst_pad_set_active (s->in[i], FALSE);
    gst_object_unref (s->in[i]);
  }
  gst_pad_set_active (s->out, FALSE);
  gst_object_unref (s->out);
  gst_object_unref (s->pipeline);
  gst_object_unref (s->clock);
  g_string_free (s->text, TRUE);
  g_mutex_clear (&s->lock);
  g_cond_clear (&s->changed);
}

static void
push (Switch *s, guint input, guint8 byte, guint frame)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16, NULL);

  gst_buffer_memset (buffer, 0, byte, 16);
  GST_BUFFER_PTS (buffer) = frame * FRAME;
  assert_equals_int (gst_pad_push (s->in[input], buffer), GST_FLOW_OK);
}

static void
end (Switch *s, guint input)
{
  gst_pad_push_event (s->in[input], gst_event_new_eos ());
}

/* Waits until @n buffers have come out, or the end (0). */
static void
assert_output (Switch *s, guint n, const gchar *expected)
{
  g_mutex_lock (&s->lock);
  while (n > 0 ? s->n < n : !s->is_eos)
    g_cond_wait (&s->changed, &s->lock);
  assert_equals_string (s->text->str, expected);
  g_mutex_unlock (&s->lock);
}

static void
assert_switched (Switch *s, const gchar *reason)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (s->pipeline);
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *structure;

  while ((message = gst_bus_timed_pop_filtered (
              bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT))) {
    if (gst_message_has_name (message, "cmaf-input-switched"))
      break;
    gst_clear_message (&message);
  }
  fail_unless (message != NULL);
  structure = gst_message_get_structure (message);
  assert_equals_string (gst_structure_get_string (structure, "from"), "sink_0");
  assert_equals_string (gst_structure_get_string (structure, "to"), "sink_1");
  assert_equals_string (gst_structure_get_string (structure, "reason"), reason);
}

/* The second is ahead: what it has given before its turn is there. */
GST_START_TEST (test_one_that_is_ahead_goes_on_with_the_next_frame)
{
  Switch s = { 0 };

  open_switch (&s, "", VIDEO);
  for (guint i = 0; i < 4; i++)
    push (&s, 0, (guint8)(10 + i), i);
  assert_output (&s, 4, "10@0 11@1 12@2 13@3 ");
  for (guint i = 0; i < 8; i++)
    push (&s, 1, (guint8)(20 + i), i);
  push (&s, 0, 14, 4);
  assert_output (&s, 5, "10@0 11@1 12@2 13@3 14@4 ");
  end (&s, 0);
  assert_output (&s, 8, "10@0 11@1 12@2 13@3 14@4 25@5 26@6 27@7 ");
  assert_switched (&s, "ended");
  end (&s, 1);
  assert_output (&s, 0, "10@0 11@1 12@2 13@3 14@4 25@5 26@6 27@7 ");
  close_switch (&s);
}
GST_END_TEST;

/* The second is behind: nothing comes twice. The first is live and lost. */
GST_START_TEST (test_one_that_is_late_goes_on_when_it_has_come_so_far)
{
  g_autofree gchar *active = NULL;
  Switch s = { .is_live = TRUE };

  open_switch (&s, "", VIDEO);
  for (guint i = 0; i < 4; i++)
    push (&s, 0, (guint8)(10 + i), i);
  assert_output (&s, 4, "10@0 11@1 12@2 13@3 ");
  gst_test_clock_set_time (s.clock, 150 * GST_MSECOND);
  push (&s, 1, 20, 0);
  fail_unless (gst_test_clock_crank (s.clock));
  assert_switched (&s, "lost");
  for (guint i = 1; i < 6; i++)
    push (&s, 1, (guint8)(20 + i), i);
  assert_output (&s, 6, "10@0 11@1 12@2 13@3 24@4 25@5 ");
  g_object_get (s.element, "active-pad", &active, NULL);
  assert_equals_string (active, "sink_1");
  close_switch (&s);
}
GST_END_TEST;

/* A live one that is further ahead than the window loses its oldest frames. */
GST_START_TEST (test_the_window_is_kept)
{
  Switch s = { .is_live = TRUE };
  g_autoptr (GstStructure) stats = NULL;
  guint64 dropped = 0;

  open_switch (&s, "input-align-window=120000000", VIDEO);
  push (&s, 0, 10, 0);
  assert_output (&s, 1, "10@0 ");
  for (guint i = 1; i < 8; i++)
    push (&s, 1, (guint8)(20 + i), i);
  end (&s, 0);
  end (&s, 1);
  assert_output (&s, 0, "10@0 25@5 26@6 27@7 ");
  g_object_get (s.element, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "dropped", &dropped);
  assert_equals_uint64 (dropped, 4);
  close_switch (&s);
}
GST_END_TEST;

/* Without any window each frame waits until it is taken, or dropped. */
GST_START_TEST (test_one_that_is_late_does_not_wait_for_ever)
{
  Switch s = { 0 };

  open_switch (&s, "input-align-window=0", VIDEO);
  push (&s, 0, 15, 5);
  assert_output (&s, 1, "15@5 ");
  end (&s, 0);
  for (guint i = 2; i < 8; i++)
    push (&s, 1, (guint8)(20 + i), i);
  assert_output (&s, 3, "15@5 26@6 27@7 ");
  close_switch (&s);
}
GST_END_TEST;

static void
push_sound (Switch *s, guint input, guint first, guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 2 * n, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < n; i++)
    GST_WRITE_UINT16_LE (map.data + 2 * i, first + i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale_round (first, GST_SECOND, 48000);
  assert_equals_int (gst_pad_push (s->in[input], buffer), GST_FLOW_OK);
}

/* Buffers of other lengths: the first one behind the switch is cut. */
GST_START_TEST (test_sound_goes_on_with_the_next_sample)
{
  Switch s = { 0 };

  open_switch (&s, "", SOUND);
  push_sound (&s, 0, 0, 1920);
  assert_output (&s, 1, "0@0 ");
  push_sound (&s, 1, 0, 1000);
  push_sound (&s, 1, 1000, 1000);
  push_sound (&s, 1, 2000, 2000);
  end (&s, 0);
  end (&s, 1);
  /* samples 1920 = 0x780 and 2000 = 0x7d0 */
  assert_output (&s, 0, "0@0 128@1 208@1 ");
  close_switch (&s);
}
GST_END_TEST;

/* An input that cannot be used is told, and the other goes on. */
GST_START_TEST (test_one_that_fails_is_left_out)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  Switch s = { 0 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16, NULL);

  open_switch (&s, "", VIDEO);
  bus = gst_element_get_bus (s.pipeline);
  assert_equals_int (gst_pad_push (s.in[0], buffer), GST_FLOW_OK);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_parse_warning (message, &error, NULL);
  fail_unless (g_str_has_prefix (error->message, "sink_0: buffer: has no PTS"),
      "%s", error->message);
  push (&s, 1, 20, 0);
  end (&s, 1);
  assert_output (&s, 0, "20@0 ");
  close_switch (&s);
}
GST_END_TEST;

/* While one waits in front of a full window, and the output for more. */
GST_START_TEST (test_a_pad_can_go_while_its_input_is_ahead)
{
  g_autoptr (GstPad) pad = NULL;
  Switch s = { .is_live = TRUE };

  open_switch (&s, "", VIDEO);
  push (&s, 0, 10, 0);
  push (&s, 1, 21, 1);
  assert_output (&s, 1, "10@0 ");
  pad = gst_element_get_static_pad (s.element, "sink_0");
  gst_pad_unlink (s.in[0], pad);
  gst_element_release_request_pad (s.element, pad);
  assert_output (&s, 2, "10@0 21@1 ");
  close_switch (&s);
}
GST_END_TEST;

/* Whose input had ended takes part again. */
GST_START_TEST (test_it_starts_again)
{
  Switch s = { 0 };

  open_switch (&s, "", VIDEO);
  push (&s, 0, 10, 0);
  push (&s, 1, 20, 0);
  assert_output (&s, 1, "10@0 ");
  end (&s, 0);
  gst_element_set_state (s.pipeline, GST_STATE_READY);
  for (guint i = 0; i < 2; i++)
    begin_again (&s, i, VIDEO);
  gst_element_set_state (s.pipeline, GST_STATE_PLAYING);
  push (&s, 0, 11, 1);
  assert_output (&s, 2, "10@0 11@1 ");
  close_switch (&s);
}
GST_END_TEST;

static void
assert_pad (GstElement *element, const gchar *wish, const gchar *name)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (element, wish);

  fail_unless (pad != NULL);
  assert_equals_string (GST_OBJECT_NAME (pad), name);
}

/* An application adds it to a pipeline that runs, links it, and starts it then.
 */
GST_START_TEST (test_caps_before_the_start)
{
  Switch s = { 0 };

  s.element = gst_element_factory_make ("cmafinputswitch", NULL);
  gst_object_ref_sink (s.element);
  begin_input (&s, 0, VIDEO);
  gst_pad_set_active (s.in[0], FALSE);
  gst_object_unref (s.in[0]);
  gst_object_unref (s.element);
}
GST_END_TEST;

GST_START_TEST (test_a_pad_has_no_name_of_another)
{
  g_autoptr (GstElement) element =
      gst_element_factory_make ("cmafinputswitch", NULL);
  g_autoptr (GstPad) pad = NULL;

  g_object_ref_sink (element);
  pad = gst_element_request_pad_simple (element, "sink_%u");
  assert_pad (element, "sink_%u", "sink_1");
  gst_element_release_request_pad (element, pad);
  assert_pad (element, "sink_%u", "sink_2");
  assert_pad (element, "sink_5", "sink_5");
  assert_pad (element, "sink_%u", "sink_6");
}
GST_END_TEST;

static Suite *
cmafinputswitch_suite (void)
{
  Suite *suite = suite_create ("cmafinputswitch");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_one_that_is_ahead_goes_on_with_the_next_frame);
  tcase_add_test (tcase, test_one_that_is_late_goes_on_when_it_has_come_so_far);
  tcase_add_test (tcase, test_the_window_is_kept);
  tcase_add_test (tcase, test_one_that_is_late_does_not_wait_for_ever);
  tcase_add_test (tcase, test_sound_goes_on_with_the_next_sample);
  tcase_add_test (tcase, test_one_that_fails_is_left_out);
  tcase_add_test (tcase, test_a_pad_can_go_while_its_input_is_ahead);
  tcase_add_test (tcase, test_it_starts_again);
  tcase_add_test (tcase, test_caps_before_the_start);
  tcase_add_test (tcase, test_a_pad_has_no_name_of_another);
  return suite;
}

GST_CHECK_MAIN (cmafinputswitch);
