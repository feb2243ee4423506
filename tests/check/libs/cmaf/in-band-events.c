/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments begin each 2000 ticks. */
#include <gst/check/gstcheck.h>
#include <gst/cmaf/in-band-events.h>

#define CANCEL G_MAXUINT64

typedef struct
{
  guint32 id;
  guint64 announced, start;
} Step;

static void
take (CmafInBandEvents *events, const Step *step)
{
  CmafToldEvent told = { cmaf_event_new (
                             step->id, "s", "", step->start, 10, NULL),
    step->start == CANCEL, step->announced };

  cmaf_in_band_events_take (events, &told);
  fail_unless (told.event == NULL);
}

/* "id@start," of each box of the segments that begin in [@from, @to) */
static gchar *
write_all (CmafInBandEvents *events, guint64 from, guint64 to)
{
  GString *text = g_string_new (NULL);

  for (guint64 edge = from; edge < to; edge += 2000) {
    g_autoptr (GPtrArray) boxes =
        cmaf_in_band_events_write (events, edge - 2000, edge, NULL);
    g_autoptr (GPtrArray) read =
        g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_event_free);

    for (guint i = 0; i < boxes->len; i++) {
      gsize size;
      const guint8 *data = g_bytes_get_data (boxes->pdata[i], &size);

      fail_unless (cmaf_emsg_read (data, size, 1000, 0, read, NULL));
    }
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":", edge);
    for (guint i = 0; i < read->len; i++) {
      const CmafEvent *event = read->pdata[i];

      g_string_append_printf (
          text, "%u@%" G_GUINT64_FORMAT ",", event->id, event->start);
    }
    g_string_append_c (text, ' ');
  }
  return g_string_free (text, FALSE);
}

static const struct
{
  Step steps[4];
  const gchar *segments;
} cases[] = {
  /* from the announcement to the start, and not in the one it starts in */
  { { { 1, 2500, 7000 } }, "2000: 4000:1@7000, 6000:1@7000, 8000: " },
  { { { 1, 2500, 8000 } }, "2000: 4000:1@8000, 6000:1@8000, 8000:1@8000, " },
  /* told at the edge, or at once: as soon as it can */
  { { { 1, 2000, 3000 } }, "2000: 4000:1@3000, 6000: 8000: " },
  { { { 1, 2500, 2500 } }, "2000: 4000:1@2500, 6000: 8000: " },
  /* the one that was told last has the place of the others */
  { { { 1, 2500, 9000 }, { 1, 4500, 9500 } },
      "2000: 4000:1@9000, 6000:1@9500, 8000:1@9500, " },
  { { { 1, 2500, 9000 }, { 1, 4500, CANCEL } },
      "2000: 4000:1@9000, 6000: 8000: " },
  { { { 1, 2500, 9000 }, { 1, 6000, CANCEL } },
      "2000: 4000:1@9000, 6000:1@9000, 8000: " },
  { { { 1, 2500, 9000 }, { 1, 5000, 9000 } },
      "2000: 4000:1@9000, 6000:1@9000, 8000:1@9000, " },
  /* in order */
  { { { 2, 2500, 5000 }, { 1, 2500, 5000 }, { 3, 2500, 4500 } },
      "2000: 4000:3@4500,1@5000,2@5000, 6000: 8000: " },
};

GST_START_TEST (test_events_are_in_the_segments_before_them)
{
  g_autoptr (CmafInBandEvents) events = cmaf_in_band_events_new (1000);
  g_autofree gchar *found = NULL;

  for (const Step *step = cases[__i__].steps; step->id > 0; step++)
    take (events, step);
  found = write_all (events, 2000, 10000);
  assert_equals_string (found, cases[__i__].segments);
}
GST_END_TEST;

/* One that was started later, or hears of it later, writes the same. */
GST_START_TEST (test_when_it_was_added_does_not_matter)
{
  const Step step = { 1, 2500, 9000 };
  g_autoptr (CmafInBandEvents) events = cmaf_in_band_events_new (1000);
  g_autofree gchar *before = write_all (events, 2000, 6000);
  g_autofree gchar *after = NULL;

  take (events, &step);
  after = write_all (events, 6000, 10000);
  assert_equals_string (before, "2000: 4000: ");
  assert_equals_string (after, "6000:1@9000, 8000:1@9000, ");
}
GST_END_TEST;

static Suite *
in_band_events_suite (void)
{
  Suite *suite = suite_create ("in-band-events");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_events_are_in_the_segments_before_them, 0,
      G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_when_it_was_added_does_not_matter);
  return suite;
}

GST_CHECK_MAIN (in_band_events);
