/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers of text -> cues in running time. */
#include "text-input.h"

#include "running-time.h"

#include <gst/cmaf/webvtt.h>

#define ARROW "-->"
#define MAX_FILE (64 << 20) /* bytes */

static const struct
{
  const gchar *caps_name;
  const gchar *format; /* NULL: has none */
  TextInputFormat result;
} formats[] = {
  { "text/x-raw", "utf8", TEXT_INPUT_PLAIN },
  { "text/x-raw", "pango-markup", TEXT_INPUT_MARKUP },
  { "application/x-subtitle-vtt", NULL, TEXT_INPUT_WEBVTT },
  { "text/vtt", NULL, TEXT_INPUT_WEBVTT },
  { "application/ttml+xml", NULL, TEXT_INPUT_TTML },
};

void
text_input_init (TextInput *self)
{
  memset (self, 0, sizeof *self);
  self->file = g_byte_array_new ();
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
}

void
text_input_clear (TextInput *self)
{
  g_byte_array_unref (self->file);
  cmaf_ttml_frame_clear (&self->frame);
}

void
text_input_flush (TextInput *self)
{
  g_byte_array_set_size (self->file, 0);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->is_file = FALSE;
}

static gint
find_format (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const gchar *format = gst_structure_get_string (s, "format");

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (gst_structure_has_name (s, formats[i].caps_name)
        && (!formats[i].format || g_strcmp0 (format, formats[i].format) == 0))
      return (gint)i;
  }
  return -1;
}

gboolean
text_input_is_text (const GstCaps *caps)
{
  return gst_caps_get_size (caps) > 0 && find_format (caps) >= 0;
}

void
text_input_set_caps (TextInput *self, const GstCaps *caps)
{
  self->format = formats[find_format (caps)].result;
}

static gboolean
is_document (const TextInput *self)
{
  return self->format == TEXT_INPUT_WEBVTT || self->format == TEXT_INPUT_TTML;
}

gboolean
text_input_set_segment (
    TextInput *self, const GstSegment *segment, GError **error)
{
  if (segment->format != GST_FORMAT_TIME
      && (segment->format != GST_FORMAT_BYTES || !is_document (self))) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "segment: has format %s, needs time%s",
        gst_format_get_name (segment->format),
        is_document (self) ? ", or bytes of a file" : "");
    return FALSE;
  }
  self->is_file = segment->format == GST_FORMAT_BYTES;
  if (self->is_file) /* its times are those of the text in it */
    gst_segment_init (&self->segment, GST_FORMAT_TIME);
  else
    gst_segment_copy_into (segment, &self->segment);
  return TRUE;
}

gboolean
text_input_running_time (
    const TextInput *self, GstClockTime position, guint64 *running_time)
{
  gint64 time;

  if (!running_time_of (&self->segment, position, &time))
    return FALSE;
  *running_time = (guint64)MAX (time, 0);
  return TRUE;
}

/* Takes @cue, with times of the segment. */
static void
add_cue (const TextInput *self, CmafCue *cue, GPtrArray *cues)
{
  gboolean has_end = cue->end != CMAF_CUE_OPEN;

  if (text_input_running_time (self, cue->start, &cue->start)
      && (!has_end || text_input_running_time (self, cue->end, &cue->end))
      && cue->start < cue->end)
    g_ptr_array_add (cues, cue);
  else
    cmaf_cue_free (cue);
}

static guint64
end_of (GstBuffer *buffer)
{
  return GST_BUFFER_DURATION_IS_VALID (buffer)
             ? GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer)
             : CMAF_CUE_OPEN;
}

/* A buffer that is one cue. */
static gboolean
take_cue (const TextInput *self, GstBuffer *buffer, const gchar *text,
    GPtrArray *cues, GError **error)
{
  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "buffer: text has no PTS, needs one");
    return FALSE;
  }
  add_cue (self,
      cmaf_cue_new (GST_BUFFER_PTS (buffer), end_of (buffer), NULL, NULL, text),
      cues);
  return TRUE;
}

/* A document that says no times is shown as long as its buffer lasts. */
static void
take_times (GstBuffer *buffer, CmafCue *cue)
{
  if (!buffer || !GST_BUFFER_PTS_IS_VALID (buffer) || cue->start != 0
      || cue->end != CMAF_CUE_OPEN)
    return;
  cue->start = GST_BUFFER_PTS (buffer);
  cue->end = end_of (buffer);
}

/* @buffer: where the document was, or NULL: in a file */
static gboolean
take_document (TextInput *self, GstBuffer *buffer, const gchar *text,
    gsize size, GPtrArray *cues, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  gboolean ok;

  if (self->format == TEXT_INPUT_TTML)
    ok = cmaf_ttml_parse (text, size, &self->frame, found, error);
  else
    ok = cmaf_webvtt_parse (text, size, found, error);
  self->has_frame |= ok && self->format == TEXT_INPUT_TTML;
  for (guint i = 0; i < found->len; i++) {
    take_times (buffer, found->pdata[i]);
    add_cue (self, found->pdata[i], cues);
  }
  return ok;
}

/* What demuxers give of WebVTT is the text of a cue, or all of it. */
static gboolean
take_webvtt (TextInput *self, GstBuffer *buffer, const gchar *text, gsize size,
    GPtrArray *cues, GError **error)
{
  g_autofree gchar *one = NULL;

  if (g_strstr_len (text, (gssize)size, ARROW)
      || !GST_BUFFER_PTS_IS_VALID (buffer))
    return take_document (self, buffer, text, size, cues, error);
  one = g_utf8_make_valid (text, (gssize)size);
  return take_cue (self, buffer, g_strchomp (one), cues, error);
}

static gboolean
take_text (TextInput *self, GstBuffer *buffer, const gchar *text, gsize size,
    GPtrArray *cues, GError **error)
{
  g_autofree gchar *one = NULL;

  switch (self->format) {
    case TEXT_INPUT_WEBVTT:
      return take_webvtt (self, buffer, text, size, cues, error);
    case TEXT_INPUT_TTML:
      return take_document (self, buffer, text, size, cues, error);
    case TEXT_INPUT_PLAIN:
      one = cmaf_cue_text_from_plain (text, size);
      break;
    case TEXT_INPUT_MARKUP:
      one = cmaf_cue_text_from_markup (text, size);
      break;
  }
  return take_cue (self, buffer, one, cues, error);
}

static gboolean
collect (TextInput *self, const guint8 *data, gsize size, GError **error)
{
  if (size > MAX_FILE - self->file->len) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "text: file has more than %u bytes, needs less", MAX_FILE);
    return FALSE;
  }
  g_byte_array_append (self->file, data, (guint)size);
  return TRUE;
}

gboolean
text_input_take (
    TextInput *self, GstBuffer *buffer, GPtrArray *cues, GError **error)
{
  const gchar *text;
  GstMapInfo map;
  gboolean ok;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "buffer: cannot be read, needs memory that can");
    return FALSE;
  }
  text = map.size > 0 ? (const gchar *)map.data : ""; /* it may be NULL */
  if (self->is_file)
    ok = collect (self, map.data, map.size, error);
  else
    ok = take_text (self, buffer, text, map.size, cues, error);
  gst_buffer_unmap (buffer, &map);
  return ok;
}

gboolean
text_input_finish (TextInput *self, GPtrArray *cues, GError **error)
{
  gboolean ok = TRUE;

  if (self->file->len > 0 && is_document (self))
    ok = take_document (self, NULL, (const gchar *)self->file->data,
        self->file->len, cues, error);
  g_byte_array_set_size (self->file, 0);
  return ok;
}
