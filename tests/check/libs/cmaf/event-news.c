/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Samples of two seconds, ticks are ms. */
#include "event-fixtures.h"

#include <gst/cmaf/event-news.h>

/* id 0: the sample is empty */
typedef struct
{
  guint32 id;
  guint64 start;
  guint32 duration;
  guint skipped; /* samples in front of it are missing */
} Told;

static void
describe (GString *text, CmafEventNews *news, const CmafTrack *track,
    const CmafChunk *chunk)
{
  g_autoptr (GPtrArray) told = cmaf_event_news_take (news, track, chunk);

  for (guint i = 0; told && i < told->len; i++) {
    const CmafToldEvent *one = told->pdata[i];

    g_string_append_printf (text,
        "%" G_GUINT64_FORMAT ":%s%u@%" G_GUINT64_FORMAT "+%u ", one->announced,
        one->is_cancel ? "-" : "", one->event->id, one->event->start,
        one->event->duration);
  }
}

static const struct
{
  Told samples[4];
  const gchar *news;
} cases[] = {
  { { { 1, 5000, 100 }, { 1, 5000, 100 }, { 1, 5000, 100 } }, "0:1@5000+100 " },
  { { { 0 }, { 1, 5000, 100 }, { 1, 5000, 200 } },
      "2000:1@5000+100 4000:1@5000+200 " },
  { { { 1, 5000, 100 }, { 0 } }, "0:1@5000+100 2000:-1@5000+100 " },
  { { { 1, 1000, 100 }, { 0 } }, "0:1@1000+100 " },
  { { { 1, 5000, 100 }, { 0, .skipped = 1 } }, "0:1@5000+100 " },
  { { { 1, 1000, 9000 }, { 1, 2000, 8000 }, { 1, 4000, 6000 } },
      "0:1@1000+9000 " },
  { { { 1, 5000, 100 }, { 2, 9000, 100 } },
      "0:1@5000+100 2000:-1@5000+100 2000:2@9000+100 4000:-2@9000+100 " },
  { { { 1, 1000, 100 }, { 0 }, { 1, 5000, 100 } },
      "0:1@1000+100 4000:1@5000+100 " },
};

GST_START_TEST (test_each_event_is_news_once)
{
  g_autoptr (CmafTrack) track = fixture_event_track (1000);
  g_autoptr (CmafEventNews) news = cmaf_event_news_new ();
  GString *text = g_string_new (NULL);
  guint64 time = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases[0].samples); i++) {
    const Told *told = &cases[__i__].samples[i];
    g_autoptr (CmafEvent) event = told->id > 0 ? fixture_event ("s", told->id,
                                      told->start, told->duration, "00")
                                               : NULL;
    g_autoptr (CmafChunk) chunk = NULL;

    time += told->skipped * 2000;
    chunk = fixture_event_chunk (track, time, 2000, event);
    describe (text, news, track, chunk);
    time += 2000;
  }
  assert_equals_string (text->str, cases[__i__].news);
  g_string_free (text, TRUE);
}
GST_END_TEST;

/* Nothing is cancelled there. */
GST_START_TEST (test_messages_in_front_of_media)
{
  g_autoptr (CmafTrack) video = fixture_video (25, 1, 90000, 3600, 720, 0);
  g_autoptr (CmafEventNews) news = cmaf_event_news_new ();
  g_autoptr (CmafEvent) event = fixture_event ("s", 1, 450000, 0, "00");
  g_autoptr (GBytes) emsg = cmaf_emsg_write (event, 90000, NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("picture", 7);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (CmafChunk) chunk = fixture_chunk_with (
        video, i * 3600, 3600, payload, i == 2 ? NULL : emsg);

    describe (text, news, video, chunk);
  }
  assert_equals_string (text->str, "0:1@450000+0 ");
  g_string_free (text, TRUE);
}
GST_END_TEST;

static Suite *
event_news_suite (void)
{
  Suite *suite = suite_create ("event-news");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_each_event_is_news_once, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_messages_in_front_of_media);
  return suite;
}

GST_CHECK_MAIN (event_news);
