/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers of text -> cues in running time: single cues with their times, parts
 * of WebVTT, TTML documents, or a file of the two in pieces. One thread at a
 * time. */
#pragma once

#include <gst/cmaf/ttml.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  TEXT_INPUT_PLAIN,
  TEXT_INPUT_MARKUP, /* Pango */
  TEXT_INPUT_WEBVTT,
  TEXT_INPUT_TTML,
} TextInputFormat;

typedef struct
{
  TextInputFormat format;
  GstSegment segment;
  gboolean is_file; /* the segment is in bytes */
  GByteArray *file;
  gboolean has_frame; /* TTML: of the last document */
  CmafTtmlFrame frame;
} TextInput;

void text_input_init (TextInput *self);
void text_input_clear (TextInput *self);
/* Of a file nothing was read yet. */
void text_input_flush (TextInput *self);
gboolean text_input_is_text (const GstCaps *caps);
void text_input_set_caps (TextInput *self, const GstCaps *caps);
/* CMAF_ERROR_TIMELINE when its format is neither time nor bytes. */
gboolean text_input_set_segment (
    TextInput *self, const GstSegment *segment, GError **error);
/* Running time of @position, not less than 0; FALSE when it has none. */
gboolean text_input_running_time (
    const TextInput *self, GstClockTime position, guint64 *running_time);
/* Appends what is in @buffer to @cues, an array of CmafCue. FALSE when it
 * cannot be read; it is left out then. */
gboolean text_input_take (
    TextInput *self, GstBuffer *buffer, GPtrArray *cues, GError **error);
/* The end: appends what a file had. */
gboolean text_input_finish (TextInput *self, GPtrArray *cues, GError **error);

G_END_DECLS
