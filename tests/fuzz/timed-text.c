/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* WebVTT, TTML and markup; the first byte says which. What is read can be
 * written, and TTML that was written can be read. */
#include "fuzz.h"

#include <gst/cmaf/ttml.h>
#include <gst/cmaf/webvtt.h>

static void
check_cues (const GPtrArray *cues)
{
  for (guint i = 0; i < cues->len; i++) {
    const CmafCue *cue = cues->pdata[i];

    PROMISE (cue->end > cue->start);
    PROMISE (g_utf8_validate (cue->text, -1, NULL));
  }
}

static void
read_webvtt (const gchar *text, gsize size, GPtrArray *cues)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sample = NULL;
  gboolean ok = cmaf_webvtt_parse (text, size, cues, &error);

  PROMISE (ok == (error == NULL));
  sample = cmaf_webvtt_write_sample (
      (const CmafCue *const *)cues->pdata, cues->len, NULL);
  PROMISE (sample != NULL);
}

static void
rewrite_ttml (const CmafTtmlFrame *frame, GPtrArray *cues)
{
  g_autoptr (GBytes) bytes = cmaf_ttml_write (frame,
      (const CmafCue *const *)cues->pdata, cues->len, 0, G_MAXUINT32, 1000);
  g_autoptr (GPtrArray) again =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
  CmafTtmlFrame copy = { 0 };
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);

  /* very deep documents are read, but what is written of them may not be */
  cmaf_ttml_parse (text, size, &copy, again, NULL);
  check_cues (again);
  cmaf_ttml_frame_clear (&copy);
}

static void
read_ttml (const gchar *text, gsize size, GPtrArray *cues)
{
  g_autoptr (GError) error = NULL;
  CmafTtmlFrame frame = { 0 };

  if (cmaf_ttml_parse (text, size, &frame, cues, &error))
    rewrite_ttml (&frame, cues);
  else
    PROMISE (error != NULL && frame.before == NULL);
  cmaf_ttml_frame_clear (&frame);
}

/* A paragraph of any cue text is good XML. */
static void
read_markup (const gchar *text, gsize size, gboolean is_plain)
{
  g_autofree gchar *converted = is_plain
                                    ? cmaf_cue_text_from_plain (text, size)
                                    : cmaf_cue_text_from_markup (text, size);
  g_autoptr (CmafCue) cue = cmaf_cue_new (0, 1000, NULL, NULL, converted);
  g_autoptr (CmafCue) paragraph = cmaf_ttml_cue_from_webvtt (cue);
  const CmafCue *shown = paragraph;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) again =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
  CmafTtmlFrame frame, copy = { 0 };
  const gchar *data;
  gsize n;

  PROMISE (g_utf8_validate (converted, -1, NULL));
  PROMISE (strstr (converted, "\n\n") == NULL);
  if (paragraph->text[0] == '\0')
    return;
  cmaf_ttml_frame_init (&frame, NULL);
  bytes = cmaf_ttml_write (&frame, &shown, 1, 0, 1000, 1000);
  data = g_bytes_get_data (bytes, &n);
  PROMISE (n > 1000000 || cmaf_ttml_parse (data, n, &copy, again, NULL));
  cmaf_ttml_frame_clear (&frame);
  cmaf_ttml_frame_clear (&copy);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) cues =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cmaf_cue_free);
  const gchar *text = (const gchar *)data + 1;

  if (size == 0)
    return 0;
  size--;
  switch (data[0] % 4) {
    case 0:
      read_webvtt (text, size, cues);
      break;
    case 1:
      read_ttml (text, size, cues);
      break;
    default:
      read_markup (text, size, data[0] % 4 == 2);
      break;
  }
  check_cues (cues);
  return 0;
}
