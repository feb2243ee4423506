/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/cmaf/ttml.h>

#include "hex.h"

#define TT                                                                     \
  "<tt xmlns=\"http://www.w3.org/ns/ttml\" "                                   \
  "xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" "                         \
  "xmlns:tts=\"http://www.w3.org/ns/ttml#styling\" xml:lang=\"en\""
#define MS(t) ((t)*GST_MSECOND)
#define OPEN G_MAXUINT64

typedef struct
{
  guint64 start, end; /* ms; OPEN */
  const gchar *id;
  const gchar *open, *text; /* before and behind the times */
} Expected;

static const struct
{
  const gchar *document;
  Expected cues[5]; /* until one without text */
} documents[] = {
  { TT "><body><div><p xml:id=\"a\" begin=\"1s\" end=\"2.5s\">Hi<br/>you</p>"
       "<p begin=\"00:00:03\" dur=\"500ms\"/>"
       "<p begin=\"00:00:03\" dur=\"500ms\">x</p></div></body></tt>",
      { { 1000, 2500, "a", "<div><p", ">Hi<br/>you</p></div>" },
          { 3000, 3500, NULL, "<div><p", ">x</p></div>" } } },
  /* times add up, and end with what is around; attributes stay */
  { TT "><body begin=\"10s\"><div begin=\"1s\" end=\"3s\" region=\"r\">"
       "<p style=\"s\" begin=\"1s\" end=\"9s\" tts:color=\"red\">a</p>"
       "<div xml:id=\"d\"><p>b</p></div></div></body></tt>",
      { { 12000, 13000, NULL, "<div region=\"r\"><p",
            " style=\"s\" tts:color=\"red\">a</p></div>" },
          { 11000, 13000, NULL, "<div region=\"r\"><div><p",
              ">b</p></div></div>" } } },
  /* one after the other */
  { TT "><body><div timeContainer=\"seq\" begin=\"5s\"><p dur=\"1s\">a</p>"
       "<p begin=\"1s\" dur=\"1s\">b</p></div></body></tt>",
      { { 5000, 6000, NULL, "<div><p", ">a</p></div>" },
          { 7000, 8000, NULL, "<div><p", ">b</p></div>" } } },
  /* no times at all */
  { TT "><body><div><p>a</p></div></body></tt>",
      { { 0, OPEN, NULL, "<div><p", ">a</p></div>" } } },
  /* spans that come and go */
  { TT "><body><div><p xml:id=\"p\" begin=\"1s\" end=\"4s\">"
       "<span xml:id=\"s\" end=\"2s\">a</span><span begin=\"1s\">b</span></p>"
       "</div></body></tt>",
      { { 1000, 2000, "p-1", "<div><p", "><span>a</span></p></div>" },
          { 2000, 3000, "p-2", "<div><p",
              "><span>a</span><span>b</span></p></div>" },
          { 3000, 4000, "p-3", "<div><p", "><span>b</span></p></div>" } } },
  /* a prefix, frames, ticks and a multiplier */
  { "<tt:tt xmlns:tt=\"http://www.w3.org/ns/ttml\" "
    "xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" ttp:frameRate=\"25\" "
    "ttp:tickRate=\"1000\"><tt:body><tt:div>"
    "<tt:p begin=\"00:00:01:05\" end=\"50f\">a</tt:p>"
    "<tt:p begin=\"2500t\" end=\"0.05m\">b &amp; c</tt:p>"
    "</tt:div></tt:body></tt:tt>",
      { { 1200, 2000, NULL, "<tt:div><tt:p", ">a</tt:p></tt:div>" },
          { 2500, 3000, NULL, "<tt:div><tt:p",
              ">b &amp; c</tt:p></tt:div>" } } },
  /* nothing to show */
  { TT "><head/></tt>", { { 0, 0, NULL, NULL, NULL } } },
  { TT "><body><div><p begin=\"2s\" end=\"1s\">x</p><p begin=\"1s\"> </p>"
       "</div></body></tt>",
      { { 0, 0, NULL, NULL, NULL } } },
};

static GPtrArray *
make_cues (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
}

GST_START_TEST (test_paragraphs_become_cues)
{
  const Expected *expected = documents[__i__].cues;
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autoptr (GError) error = NULL;
  CmafTtmlFrame frame = { 0 };
  guint n = 0;

  fail_unless (cmaf_ttml_parse (documents[__i__].document,
                   strlen (documents[__i__].document), &frame, cues, &error),
      "%s", error ? error->message : "");
  for (; n < 5 && expected[n].text; n++) {
    const CmafCue *cue;

    fail_unless (n < cues->len, "only %u cues", cues->len);
    cue = cues->pdata[n];
    assert_equals_uint64 (cue->start, MS (expected[n].start));
    assert_equals_uint64 (
        cue->end, expected[n].end == OPEN ? OPEN : MS (expected[n].end));
    assert_equals_string (cue->id, expected[n].id);
    assert_equals_string (cue->settings, expected[n].open);
    assert_equals_string (cue->text, expected[n].text);
  }
  assert_equals_int (cues->len, n);
  cmaf_ttml_frame_clear (&frame);
}
GST_END_TEST;

static gchar *
write_text (
    const CmafTtmlFrame *frame, GPtrArray *cues, guint64 start, guint64 end)
{
  g_autoptr (GBytes) bytes = cmaf_ttml_write (
      frame, (const CmafCue *const *)cues->pdata, cues->len, start, end, 1000);
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);

  return g_strndup (text, size);
}

/* Head and body as they were, times on the timeline and cut off at the edges,
 * the same id in every segment. */
GST_START_TEST (test_a_document_for_a_segment)
{
  static const gchar document[] =
      TT " ttp:timeBase=\"media\" ttp:frameRate=\"25\"><head><styling>"
         "<style xml:id=\"s\"/></styling></head><body style=\"s\" "
         "begin=\"0s\"><div><p xml:id=\"a\" begin=\"1s\" end=\"5s\">x</p>"
         "</div></body></tt>";
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autofree gchar *text = NULL;
  CmafTtmlFrame frame = { 0 };
  CmafCue *cue;

  fail_unless (
      cmaf_ttml_parse (document, strlen (document), &frame, cues, NULL));
  cue = cues->pdata[0];
  cue->start = G_GUINT64_CONSTANT (1735689601000); /* ticks of milliseconds */
  cue->end = G_GUINT64_CONSTANT (1735689605000);
  text = write_text (&frame, cues, G_GUINT64_CONSTANT (1735689602000),
      G_GUINT64_CONSTANT (1735689604000));
  assert_equals_string (text,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" TT "><head><styling>"
      "<style xml:id=\"s\"/></styling></head><body style=\"s\"><div>"
      "<p xml:id=\"a\" begin=\"482136:00:02.000\" end=\"482136:00:04.000\">x"
      "</p></div></body></tt>\n");
  cmaf_ttml_frame_clear (&frame);
}
GST_END_TEST;

GST_START_TEST (test_an_empty_document)
{
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autoptr (GPtrArray) again = make_cues ();
  g_autofree gchar *text = NULL;
  CmafTtmlFrame frame, copy = { 0 };

  cmaf_ttml_frame_init (&frame, "en-\"GB\"");
  text = write_text (&frame, cues, 0, 2000);
  fail_unless (strstr (text, "xml:lang=\"en-&quot;GB&quot;\"") != NULL);
  fail_unless (cmaf_ttml_parse (text, strlen (text), &copy, again, NULL));
  assert_equals_int (again->len, 0);
  cmaf_ttml_frame_clear (&frame);
  cmaf_ttml_frame_clear (&copy);
}
GST_END_TEST;

/* What is written can be read, and is then the same. */
GST_START_TEST (test_documents_are_stable)
{
  const gchar *document = documents[__i__].document;
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autoptr (GPtrArray) again = make_cues ();
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  CmafTtmlFrame frame = { 0 };

  fail_unless (
      cmaf_ttml_parse (document, strlen (document), &frame, cues, NULL));
  for (guint k = 0; k < 2; k++) {
    GPtrArray *list = k == 0 ? cues : again;
    gchar **text = k == 0 ? &first : &second;

    for (guint i = 0; i < list->len; i++) { /* to milliseconds */
      CmafCue *cue = list->pdata[i];

      cue->start /= GST_MSECOND;
      cue->end = cue->end == OPEN ? OPEN : cue->end / GST_MSECOND;
    }
    *text = write_text (&frame, list, 0, 100000);
    if (k == 0)
      fail_unless (
          cmaf_ttml_parse (first, strlen (first), &frame, again, NULL));
  }
  fail_unless (strcmp (first, second) == 0, "%s\n%s", first, second);
  cmaf_ttml_frame_clear (&frame);
}
GST_END_TEST;

#define ENTITIES                                                               \
  "<!DOCTYPE tt [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>"

static const gchar *const bad[] = { "", "text", "<tt/>", "<html xmlns=\"x\"/>",
  TT "><body></tt>", ENTITIES };

GST_START_TEST (test_what_is_no_ttml_is_refused)
{
  g_autoptr (GPtrArray) cues = make_cues ();
  g_autoptr (GError) error = NULL;
  CmafTtmlFrame frame = { 0 };

  fail_if (
      cmaf_ttml_parse (bad[__i__], strlen (bad[__i__]), &frame, cues, &error));
  g_assert_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED);
  fail_unless (frame.before == NULL && cues->len == 0);
}
GST_END_TEST;

GST_START_TEST (test_no_prefix_is_read_beyond_its_end)
{
  const gchar *document = documents[__i__].document;

  for (gsize n = 0; n < strlen (document); n++) {
    g_autofree guint8 *prefix = copy_exactly (document, n);
    g_autoptr (GPtrArray) cues = make_cues ();
    CmafTtmlFrame frame = { 0 };

    cmaf_ttml_parse ((const gchar *)prefix, n, &frame, cues, NULL);
    cmaf_ttml_frame_clear (&frame);
  }
}
GST_END_TEST;

static const struct
{
  const gchar *time;
  guint64 ms; /* OPEN: it is none */
} times[] = {
  { "1h", 3600000 },
  { "1.5s", 1500 },
  { "1500ms", 1500 },
  { " 2s ", 2000 },
  { "10:00:00", 36000000 },
  { "482136:00:00.5", G_GUINT64_CONSTANT (1735689600500) },
  { "00:00:01:15", 1500 }, /* frames: 30 a second */
  { "45f", 1500 },
  { "3t", 3000 }, /* ticks: one a second */
  { "1", OPEN },
  { "1:00:00", OPEN },
  { "00:60:00", OPEN },
  { "00:00", OPEN },
  { "1y", OPEN },
  { "-1s", OPEN },
  { "", OPEN },
  { "99999999999999999999s", OPEN },
  { "999999999999h", OPEN },
};

GST_START_TEST (test_time_expressions)
{
  g_autofree gchar *document =
      g_strdup_printf (TT "><body><div><p begin=\"%s\">x</p></div></body></tt>",
          times[__i__].time);
  g_autoptr (GPtrArray) cues = make_cues ();
  CmafTtmlFrame frame = { 0 };
  const CmafCue *cue;

  fail_unless (
      cmaf_ttml_parse (document, strlen (document), &frame, cues, NULL));
  cue = cues->pdata[0];
  assert_equals_uint64 (
      cue->start, times[__i__].ms == OPEN ? 0 : MS (times[__i__].ms));
  cmaf_ttml_frame_clear (&frame);
}
GST_END_TEST;

static const struct
{
  const gchar *webvtt, *ttml;
} texts[] = {
  { "one\ntwo", ">one<br/>two</p>" },
  { "a &amp; b &nbsp;&lt;&bad;", ">a &amp; b &#160;&lt;&amp;bad;</p>" },
  { "<b>x</b> <i.c>y</i> <v Bob>z</v>",
      "><span tts:fontWeight=\"bold\">x</span> "
      "<span tts:fontStyle=\"italic\">y</span> z</p>" },
  /* wrongly nested, not ended, ended twice */
  { "<b><i>x</b>y</i></b>",
      "><span tts:fontWeight=\"bold\"><span tts:fontStyle=\"italic\">x"
      "</span></span>y</p>" },
  { "<u>x", "><span tts:textDecoration=\"underline\">x</span></p>" },
  { "x <b", ">x </p>" },
  { "a\001\357\277\277b", ">ab</p>" },
};

GST_START_TEST (test_webvtt_becomes_a_paragraph)
{
  g_autoptr (CmafCue) cue =
      cmaf_cue_new (1000, 2000, "1 2", "line:0", texts[__i__].webvtt);
  g_autoptr (CmafCue) paragraph = cmaf_ttml_cue_from_webvtt (cue);
  g_autoptr (GPtrArray) cues = g_ptr_array_new ();
  g_autoptr (GPtrArray) again = make_cues ();
  g_autofree gchar *text = NULL;
  CmafTtmlFrame frame;

  assert_equals_string (paragraph->text, texts[__i__].ttml);
  assert_equals_string (paragraph->settings, "<p");
  fail_unless (paragraph->id == NULL);
  /* and it is good XML */
  cmaf_ttml_frame_init (&frame, NULL);
  g_ptr_array_add (cues, paragraph);
  text = write_text (&frame, cues, 0, 5000);
  fail_unless (cmaf_ttml_parse (text, strlen (text), &frame, again, NULL));
  assert_equals_int (again->len, 1);
  cmaf_ttml_frame_clear (&frame);
}
GST_END_TEST;

static Suite *
ttml_suite (void)
{
  Suite *s = suite_create ("ttml");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (
      tc, test_paragraphs_become_cues, 0, G_N_ELEMENTS (documents));
  tcase_add_test (tc, test_a_document_for_a_segment);
  tcase_add_test (tc, test_an_empty_document);
  tcase_add_loop_test (
      tc, test_documents_are_stable, 0, G_N_ELEMENTS (documents));
  tcase_add_loop_test (
      tc, test_what_is_no_ttml_is_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_loop_test (
      tc, test_no_prefix_is_read_beyond_its_end, 0, G_N_ELEMENTS (documents));
  tcase_add_loop_test (tc, test_time_expressions, 0, G_N_ELEMENTS (times));
  tcase_add_loop_test (
      tc, test_webvtt_becomes_a_paragraph, 0, G_N_ELEMENTS (texts));
  return s;
}

GST_CHECK_MAIN (ttml);
