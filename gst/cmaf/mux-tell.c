/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a stream lacks, in words. */
#include "mux-tell.h"

#include <gst/cmafbase/gstcmafmessage.h>

#define STRETCHED "missed-key-frame=stretch: found no key frame "
#define NEEDS_KEY_FRAMES                                                       \
  ", needs key-int-max (or its like) in the encoder, or missed-key-frame=cut"

#define NEEDS_OBEDIENCE                                                        \
  ", needs send-force-key-unit=true and an encoder that obeys, or has "        \
  "key-int-max (or its like)"

static void
warn (MuxTell *self, const gchar *text)
{
  gst_cmaf_warn (self->element, CMAF_ERROR_TIMELINE, "%s", text);
}

void
mux_tell_start (MuxTell *self)
{
  self->has_told_missed = self->has_told_silence = FALSE;
  self->has_told_backwards = self->is_excused = FALSE;
}

/* What missed-key-frame does. */
static const gchar *
policy (const MuxTell *self)
{
  static const gchar *const policies[] = {
    [CMAF_MISSED_STRETCH] = "stretch: the one before goes on until the next "
                            "key frame",
    [CMAF_MISSED_CUT] = "cut: players cannot begin with it",
    [CMAF_MISSED_DROP] = "drop: nothing is sent until a key frame lies on a "
                         "boundary",
    [CMAF_MISSED_FAIL] = "fail",
  };

  return policies[self->settings->missed_key_frame];
}

static gchar *
describe_jump (const MuxTell *self, GstClockTime jump)
{
  return g_strdup_printf (
      "time stamps: found a jump of %" G_GUINT64_FORMAT
      " ms to a frame that is no key frame (missed-key-frame=%s), needs time "
      "stamps that go on, or a key frame behind the jump",
      jump / GST_MSECOND, policy (self));
}

void
mux_tell_excuse (MuxTell *self, guint64 number)
{
  self->is_excused = TRUE;
  self->excused = number;
}

static void
post_missed (MuxTell *self, guint64 number, guint64 unit)
{
  GstStructure *s = gst_structure_new ("cmaf-sync-misaligned", "K",
      G_TYPE_UINT64, number, "n", G_TYPE_UINT64, unit, "reason", G_TYPE_STRING,
      "the encoder gave no key frame at the boundary", NULL);

  gst_element_post_message (
      self->element, gst_message_new_element (GST_OBJECT (self->element), s));
}

static gboolean
is_excused (MuxTell *self, guint64 number)
{
  if (number > self->excused)
    self->is_excused = FALSE;
  return self->is_excused;
}

void
mux_tell_missed (MuxTell *self, guint64 number, guint64 unit, GstClockTime jump,
    gboolean is_refused)
{
  g_autofree gchar *text = NULL;

  if (jump == 0 && is_excused (self, number))
    return;
  post_missed (self, number, unit);
  if (is_refused || (jump == 0 && self->has_told_missed))
    return;
  if (jump > 0)
    text = describe_jump (self, jump);
  else
    text = g_strdup_printf (
        "key frame: found none at the boundary of segment %" G_GUINT64_FORMAT
        " (missed-key-frame=%s)" NEEDS_OBEDIENCE,
        number, policy (self));
  self->has_told_missed |= jump == 0;
  warn (self, text);
}

void
mux_tell_jump (MuxTell *self, GstClockTime jump)
{
  g_autofree gchar *text = g_strdup_printf (
      "time stamps: found a jump of %" G_GUINT64_FORMAT
      " ms (timing-sources=fixed), needs time that goes on; there is nothing "
      "in between",
      jump / GST_MSECOND);

  warn (self, text);
}

void
mux_tell_backwards (MuxTell *self, GstClockTime pts, GstClockTime by)
{
  g_autofree gchar *text = NULL;

  if (self->has_told_backwards)
    return;
  self->has_told_backwards = TRUE;
  if (by > 0)
    text = g_strdup_printf ("time stamps: found PTS %" GST_TIME_FORMAT
                            ", %" G_GUINT64_FORMAT
                            " ms before what has come, needs time that goes "
                            "on; such units are dropped, and counted in stats",
        GST_TIME_ARGS (pts), by / GST_MSECOND);
  else
    text = g_strdup_printf ("time stamps: found PTS %" GST_TIME_FORMAT
                            " of a unit that has come, needs time that goes "
                            "on; such units are dropped, and counted in stats",
        GST_TIME_ARGS (pts));
  warn (self, text);
}

void
mux_tell_stray (MuxTell *self, const gchar *fault)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s; such units are dropped, and counted in stats", fault);

  warn (self, text);
}

void
mux_tell_late_end (MuxTell *self, GstClockTime end, GstClockTime by)
{
  g_autofree gchar *text = NULL;

  if (by > 0)
    text = g_strdup_printf (
        "end-time, or field time of cmaf-sync-end: found %" G_GUINT64_FORMAT
        " ns, %" G_GUINT64_FORMAT " ms before what has come, needs a media "
        "time that is still ahead; the track ends where it is",
        end, by / GST_MSECOND);
  else
    text = g_strdup_printf (
        "end-time, or field time of cmaf-sync-end: found %" G_GUINT64_FORMAT
        " ns, before the first unit, needs a media time behind it; nothing is "
        "sent",
        end);
  warn (self, text);
}

void
mux_tell_silence (MuxTell *self, guint n_segments)
{
  g_autofree gchar *text = NULL;

  if (self->has_told_silence)
    return;
  self->has_told_silence = TRUE;
  text = g_strdup_printf ("key frame: found none at a boundary in %u segments, "
                          "nothing was sent" NEEDS_OBEDIENCE,
      n_segments);
  warn (self, text);
}

void
mux_tell_return (MuxTell *self, GstClockTime by)
{
  g_autofree gchar *text = NULL;

  if (self->has_told_silence)
    return;
  self->has_told_silence = TRUE;
  text = g_strdup_printf (
      "time of the input: has jumped back, and is %" G_GUINT64_FORMAT
      " ms behind what was sent; nothing is sent until it has come there, "
      "needs time that goes on, or a restart",
      by / GST_MSECOND);
  warn (self, text);
}

#define WOULD_FIT                                                              \
  "; timing-sources=fixed with fixed-origin=0 makes the first unit one"

void
mux_tell_begin (MuxTell *self, const MuxStart *start)
{
  g_autoptr (GError) info = NULL;
  g_autofree gchar *what = g_strdup_printf (
      "%u units (%" G_GUINT64_FORMAT " ms) in front of the first boundary",
      start->n_units, start->lost / GST_MSECOND);

  if (start->needs_key_frame && is_excused (self, start->number))
    info = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "%s with a key frame, behind a jump of time, were not sent", what);
  else if (start->needs_key_frame)
    info = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "%s with a key frame were not sent: found none at the boundary of "
        "segment %" G_GUINT64_FORMAT NEEDS_OBEDIENCE,
        what, start->number);
  else
    info = g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
        "%s were not sent: a stream begins at one%s", what,
        start->would_fit ? WOULD_FIT : "");
  gst_cmaf_post_info (self->element, info);
}

/* What is before the first whole segment is nobody's loss, unless it was all.
 */
void
mux_tell_nothing (
    MuxTell *self, guint64 n_dropped, gboolean is_video, gboolean would_fit)
{
  g_autofree gchar *text = g_strdup_printf (
      "%" G_GUINT64_FORMAT
      " units were dropped and nothing was sent: a stream begins at a "
      "boundary%s%s",
      n_dropped, is_video ? " that has a key frame" : "",
      would_fit ? WOULD_FIT : "");

  warn (self, text);
}

static GError *
refuse_jump (const MuxTell *self, GstClockTime jump)
{
  g_autofree gchar *text = describe_jump (self, jump);

  return g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE, text);
}

GError *
mux_tell_refusal (const MuxTell *self, CmafUnitFate fate, GstClockTime jump)
{
  switch (fate) {
    case CMAF_UNIT_REFUSED:
      if (jump > 0)
        return refuse_jump (self, jump);
      if (self->is_excused)
        return g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE,
            "missed-key-frame=fail: found no key frame at the boundary behind "
            "a jump of time, or damage, needs time that goes on");
      return g_error_new_literal (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          "missed-key-frame=fail: found no key frame at the boundary, needs an "
          "encoder that obeys force-key-unit, or has key-int-max (or its "
          "like)");
    case CMAF_UNIT_TOO_LATE:
      if (jump > 0)
        return refuse_jump (self, jump);
      return g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          STRETCHED "for %u s" NEEDS_KEY_FRAMES, CMAF_STRETCH_MAX_SECONDS);
    case CMAF_UNIT_TOO_MUCH:
      return g_error_new (CMAF_ERROR, CMAF_ERROR_TIMELINE,
          STRETCHED "in %u MiB" NEEDS_KEY_FRAMES, CMAF_STRETCH_MAX_BYTES >> 20);
    default:
      return NULL;
  }
}
