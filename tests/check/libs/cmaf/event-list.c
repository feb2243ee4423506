/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What tracks tell -> events. Ticks are ms here, samples last two seconds. */
#include "event-fixtures.h"

#include <gst/cmaf/event-list.h>

#define SCHEME "urn:x-test"
#define LATE G_MAXINT64
#define OUT CMAF_SCHEME_SCTE35, 7
#define FILLER                                                                 \
  {                                                                            \
    0, 0, 0, 0, NULL                                                           \
  }

/* Told by one sample; scheme NULL: the sample is empty. */
typedef struct
{
  const gchar *scheme;
  guint32 id;
  guint64 start;
  guint32 duration;
  const gchar *data;
} Told;

typedef struct
{
  CmafEventList *list;
  CmafTrack *track, *video;
  GString *warnings;
} Fixture;

static void
fixture_init (Fixture *f)
{
  f->list = cmaf_event_list_new ();
  f->track = fixture_event_track (1000);
  f->video = fixture_video (25, 1, 90000, 3600, 720, 0);
  f->warnings = g_string_new (NULL);
}

static void
fixture_clear (Fixture *f)
{
  cmaf_event_list_free (f->list);
  cmaf_track_unref (f->track);
  cmaf_track_unref (f->video);
  g_string_free (f->warnings, TRUE);
}

static void
add_chunk (
    Fixture *f, const gchar *name, const CmafTrack *track, CmafChunk *chunk)
{
  g_autoptr (GError) warning = NULL;

  cmaf_event_list_add_chunk (f->list, name, track, chunk, &warning);
  if (warning)
    g_string_append_printf (f->warnings, "%s|", warning->message);
}

static CmafEvent *
make_event (const Told *told)
{
  return fixture_event (
      told->scheme, told->id, told->start, told->duration, told->data);
}

/* The event track tells it at @time. */
static void
tell (Fixture *f, guint64 time, Told told)
{
  g_autoptr (CmafEvent) event = told.scheme ? make_event (&told) : NULL;
  g_autoptr (CmafChunk) chunk =
      fixture_event_chunk (f->track, time, 2000, event);

  add_chunk (f, "events", f->track, chunk);
}

/* Video has it in front of the chunk at @time; all in ms. */
static void
tell_in_band (Fixture *f, const gchar *name, guint64 time, Told told)
{
  g_autoptr (CmafEvent) event = make_event (&told);
  g_autoptr (GBytes) emsg = cmaf_emsg_write (event, 1000, NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("picture", 7);
  g_autoptr (CmafChunk) chunk =
      fixture_chunk_with (f->video, time * 90, 3600, payload, emsg);

  add_chunk (f, name, f->video, chunk);
}

/* "id@start+length" of each; "!": only in media; "<": has its return */
static gchar *
describe (Fixture *f, guint64 from, guint64 limit)
{
  g_autoptr (GPtrArray) events = cmaf_event_list_resolve (
      f->list, from * GST_MSECOND, MIN (limit, 10000000) * GST_MSECOND);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < events->len; i++) {
    const CmafListedEvent *event = events->pdata[i];

    g_string_append_printf (text,
        "%s%u@%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT "%s%s",
        i > 0 ? " " : "", event->event->id, event->start / GST_MSECOND,
        (event->end - event->start) / GST_MSECOND,
        event->is_in_track ? "" : "!", event->back ? "<" : "");
  }
  return g_string_free (text, FALSE);
}

static void
assert_events (Fixture *f, guint64 from, guint64 limit, const gchar *wanted)
{
  g_autofree gchar *found = describe (f, from, limit);

  assert_equals_string (found, wanted);
}

GST_START_TEST (test_an_event_is_there_once)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told)FILLER);
  for (guint64 time = 2000; time < 10000; time += 2000)
    tell (&f, time, (Told){ SCHEME, 1, 5000, 4000, "00" });
  for (guint i = 0; i < 3; i++) {
    tell_in_band (
        &f, "v", 4000 + i * 40, (Told){ SCHEME, 1, 5000, 4000, "00" });
    tell_in_band (&f, "w", 4000 + i * 40, (Told){ SCHEME, 2, 6000, 10, "00" });
  }
  assert_events (&f, 0, LATE, "1@5000+4000 2@6000+10!");
  /* a function of what was told by then, and of what is not over */
  assert_events (&f, 0, 2000, "");
  assert_events (&f, 0, 2001, "1@5000+4000");
  assert_events (&f, 9000, LATE, "1@5000+4000");
  assert_events (&f, 9001, LATE, "");
  assert_equals_string (f.warnings->str, "");
  fixture_clear (&f);
}
GST_END_TEST;

/* It was told, and is not any more, before it began. */
GST_START_TEST (test_an_event_is_cancelled)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 5000, 4000, "00" });
  tell (&f, 2000, (Told)FILLER);
  assert_events (&f, 0, 2000, "1@5000+4000");
  assert_events (&f, 0, LATE, "");
  tell (&f, 4000, (Told){ SCHEME, 1, 5000, 4000, "00" });
  assert_events (&f, 0, LATE, "1@5000+4000");
  fixture_clear (&f);
}
GST_END_TEST;

/* One that has begun is over earlier; a hole says nothing. */
GST_START_TEST (test_an_event_that_is_not_told_is_not_cancelled)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 1000, 4000, "00" });
  tell (&f, 2000, (Told)FILLER);
  tell (&f, 4000, (Told){ SCHEME, 2, 9000, 4000, "00" });
  tell (&f, 8000, (Told)FILLER);
  assert_events (&f, 0, LATE, "1@1000+4000 2@9000+4000");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_later_instance_changes_the_duration)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 1000, 9000, "00" });
  tell (&f, 2000, (Told){ SCHEME, 1, 1000, 5000, "00" });
  assert_events (&f, 0, 2000, "1@1000+9000");
  assert_events (&f, 0, LATE, "1@1000+5000");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_an_event_moves)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 5000, 1000, "00" });
  tell (&f, 2000, (Told){ SCHEME, 1, 7000, 1000, "00" });
  assert_events (&f, 0, LATE, "1@7000+1000");
  fixture_clear (&f);
}
GST_END_TEST;

/* Some have no negative delta: it begins with the sample and lasts what is
 * left. */
GST_START_TEST (test_what_is_left_of_an_event_is_the_event)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 1000, 9000, "00" });
  tell (&f, 2000, (Told){ SCHEME, 1, 2000, 8000, "00" });
  tell (&f, 4000, (Told){ SCHEME, 1, 4000, 6000, "00" });
  assert_events (&f, 0, LATE, "1@1000+9000");
  fixture_clear (&f);
}
GST_END_TEST;

/* Senders that loop use ids again. */
GST_START_TEST (test_an_id_is_used_again)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ SCHEME, 1, 1000, 500, "00" });
  tell (&f, 2000, (Told)FILLER);
  tell (&f, 4000, (Told){ SCHEME, 1, 5000, 500, "00" });
  assert_events (&f, 0, LATE, "1@1000+500 1@5000+500");
  cmaf_event_list_trim (f.list, 2000 * GST_MSECOND);
  assert_events (&f, 0, LATE, "1@5000+500");
  fixture_clear (&f);
}
GST_END_TEST;

GST_START_TEST (test_a_break_has_its_return)
{
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told){ OUT, 1000, CMAF_EVENT_OPEN, FIXTURE_SECTION });
  tell (&f, 2000, (Told)FILLER);
  assert_events (&f, 1001, LATE, "");
  tell (&f, 4000, (Told){ OUT, 5000, CMAF_EVENT_OPEN, FIXTURE_RETURN });
  assert_events (&f, 3000, LATE, "7@1000+0< 7@5000+0");
  cmaf_event_list_trim (f.list, 3000 * GST_MSECOND);
  assert_events (&f, 3000, LATE, "7@1000+0< 7@5000+0");
  cmaf_event_list_trim (f.list, 6000 * GST_MSECOND);
  assert_events (&f, 0, LATE, "");
  fixture_clear (&f);
}
GST_END_TEST;

/* The media have it in other ticks; whose chunks come first does not matter. */
GST_START_TEST (test_order_of_tracks_does_not_matter)
{
  const Told of_track = { SCHEME, 1, 5000, 4000, "00" };
  const Told of_media = { SCHEME, 1, 5001, 4000, "00" };
  Fixture f;

  fixture_init (&f);
  tell_in_band (&f, "v", 2000, of_media);
  assert_events (&f, 0, LATE, "1@5001+4000!");
  tell (&f, 2000, of_track);
  assert_events (&f, 0, LATE, "1@5000+4000");
  fixture_clear (&f);
  fixture_init (&f);
  tell (&f, 2000, of_track);
  tell_in_band (&f, "v", 2000, of_media);
  assert_events (&f, 0, LATE, "1@5000+4000");
  fixture_clear (&f);
}
GST_END_TEST;

static gchar *
describe_in_band (Fixture *f, const gchar *name, guint64 from, guint64 limit)
{
  g_autoptr (GPtrArray) schemes = g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  cmaf_event_list_get_in_band (
      f->list, name, from * GST_MSECOND, limit * GST_MSECOND, schemes);
  for (guint i = 0; i < schemes->len; i++)
    g_string_append_printf (
        text, "%s ", ((CmafEvent *)schemes->pdata[i])->scheme);
  return g_string_free (text, FALSE);
}

GST_START_TEST (test_schemes_in_media)
{
  static const struct
  {
    const gchar *name;
    guint64 from, limit;
    const gchar *schemes;
  } cases[] = {
    { "v", 0, 10000, "urn:a urn:b " },
    { "w", 0, 10000, "" },
    { "v", 0, 4000, "urn:b " },
    { "v", 4000, 4001, "urn:a " },
    { "v", 4001, 10000, "" },
  };
  Fixture f;

  fixture_init (&f);
  fail_if (cmaf_event_list_is_used (f.list));
  tell_in_band (&f, "v", 2000, (Told){ "urn:b", 1, 5000, 0, "00" });
  tell_in_band (&f, "v", 4000, (Told){ "urn:a", 1, 5000, 0, "00" });
  fail_unless (cmaf_event_list_is_used (f.list));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *found =
        describe_in_band (&f, cases[i].name, cases[i].from, cases[i].limit);

    assert_equals_string (found, cases[i].schemes);
  }
  cmaf_event_list_trim (f.list, 3000 * GST_MSECOND);
  assert_events (&f, 0, LATE, "1@5000+0! 1@5000+0!");
  fixture_clear (&f);
}
GST_END_TEST;

/* Once, though every sample has it. */
GST_START_TEST (test_a_wrong_crc_is_told_and_the_event_is_there)
{
  Fixture f;

  fixture_init (&f);
  for (guint64 time = 0; time < 6000; time += 2000)
    tell (&f, time, (Told){ OUT, 5000, 1000, FIXTURE_BAD_SECTION });
  assert_events (&f, 0, LATE, "7@5000+1000");
  assert_equals_string (f.warnings->str,
      "track events: event 7: splice_info_section/CRC_32 is wrong; it is "
      "passed on as it is|");
  fixture_clear (&f);
}
GST_END_TEST;

/* It is of the MPD of the sender, and there is nothing to warn of. */
GST_START_TEST (test_what_is_said_of_an_mpd_is_in_no_manifest)
{
  const Told told = { CMAF_SCHEME_MPD, 1, 5000, 1000, "00" };
  g_autoptr (GPtrArray) schemes = g_ptr_array_new ();
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, told);
  tell_in_band (&f, "v", 0, told);
  assert_events (&f, 0, LATE, "");
  cmaf_event_list_get_in_band (f.list, "v", 0, G_MAXUINT64, schemes);
  assert_equals_int (schemes->len, 0);
  assert_equals_string (f.warnings->str, "");
  fixture_clear (&f);
}
GST_END_TEST;

/* Of a row of chunks the first one counts. */
GST_START_TEST (test_what_cannot_be_listed_is_told_once)
{
  const Told odd = { "urn:\n", 1, 5000, 1000, "00" };
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, odd);
  tell (&f, 2000, odd);
  tell (&f, 4000, (Told)FILLER);
  assert_equals_string (f.warnings->str,
      "track events: event 1: scheme_id_uri or value is not plain UTF-8 of at "
      "most 1024 bytes; no manifest tells of it|");
  tell (&f, 6000, odd);
  assert_events (&f, 0, LATE, "");
  fail_unless (g_str_has_suffix (f.warnings->str, "it|"));
  fixture_clear (&f);
}
GST_END_TEST;

/* One sample of 5010 events, a second apart; the first is at @first. */
static void
tell_many (Fixture *f, const gchar *name, guint64 first, guint32 first_id)
{
  g_autoptr (GPtrArray) many =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (CmafChunk) chunk = NULL;

  for (guint i = 0; i < 5010; i++)
    g_ptr_array_add (
        many, fixture_event (SCHEME, first_id + i, first + i * 1000, 0, "00"));
  payload = cmaf_event_sample_write (
      (const CmafEvent *const *)many->pdata, many->len, 0, NULL);
  chunk = fixture_chunk_with (f->track, 0, 2000, payload, NULL);
  add_chunk (f, name, f->track, chunk);
}

static void
assert_count (Fixture *f, guint wanted)
{
  g_autoptr (GPtrArray) events =
      cmaf_event_list_resolve (f->list, 0, G_MAXUINT64);

  assert_equals_int (events->len, wanted);
}

/* Those that come next are kept, in whichever order they are told. */
GST_START_TEST (test_the_farthest_of_too_many_events_are_dropped)
{
  const gboolean far_first = __i__;
  const guint64 far = 100000000;
  Fixture f;

  fixture_init (&f);
  tell (&f, 0, (Told)FILLER);
  tell_many (&f, far_first ? "far" : "near", far_first ? far : 4000, 1);
  assert_equals_string (f.warnings->str,
      far_first ? "track far: more than 5000 events at a time; no manifest "
                  "tells of the farthest|"
                : "track near: more than 5000 events at a time; no manifest "
                  "tells of the farthest|");
  tell_many (&f, far_first ? "near" : "far", far_first ? 4000 : far, 1);
  tell (&f, 2000, (Told){ SCHEME, 9000, 3000, 1000, "00" });
  assert_count (&f, 5000);
  cmaf_event_list_trim (f.list, 4998000 * GST_MSECOND);
  assert_events (&f, 0, LATE,
      "4995@4998000+0 4996@4999000+0 4997@5000000+0 "
      "4998@5001000+0 4999@5002000+0");
  /* there is room again, and no other word */
  tell (&f, 4000, (Told){ SCHEME, 5, 5003000, 0, "00" });
  assert_events (&f, 5002000, LATE, "4999@5002000+0 5@5003000+0");
  fail_unless (g_str_has_suffix (f.warnings->str, "the farthest|"));
  assert_equals_int (
      strchr (f.warnings->str, '|') - f.warnings->str + 1, f.warnings->len);
  fixture_clear (&f);
}
GST_END_TEST;

static Suite *
event_list_suite (void)
{
  Suite *suite = suite_create ("event-list");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_an_event_is_there_once);
  tcase_add_test (tcase, test_an_event_is_cancelled);
  tcase_add_test (tcase, test_an_event_that_is_not_told_is_not_cancelled);
  tcase_add_test (tcase, test_a_later_instance_changes_the_duration);
  tcase_add_test (tcase, test_an_event_moves);
  tcase_add_test (tcase, test_what_is_left_of_an_event_is_the_event);
  tcase_add_test (tcase, test_an_id_is_used_again);
  tcase_add_test (tcase, test_a_break_has_its_return);
  tcase_add_test (tcase, test_order_of_tracks_does_not_matter);
  tcase_add_test (tcase, test_schemes_in_media);
  tcase_add_test (tcase, test_a_wrong_crc_is_told_and_the_event_is_there);
  tcase_add_test (tcase, test_what_is_said_of_an_mpd_is_in_no_manifest);
  tcase_add_test (tcase, test_what_cannot_be_listed_is_told_once);
  tcase_add_loop_test (
      tcase, test_the_farthest_of_too_many_events_are_dropped, 0, 2);
  return suite;
}

GST_CHECK_MAIN (event_list);
