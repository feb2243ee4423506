/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events in media playlists. A break and the return from it are one range. What
 * a range says never changes while it is listed, but that its end becomes
 * known; ids have the time in them, because event ids are used again. */
#include "m3u8-events.h"
#include "time-text.h"
#include "timescale.h"

#define SHORT_HASH 8 /* hexadecimal digits */

/* "scte35", or what stands for the scheme and value in an id. */
static gchar *
short_name (const CmafEvent *event)
{
  g_autofree gchar *text = NULL, *hash = NULL;
  const gboolean is_splice = g_str_equal (event->scheme, CMAF_SCHEME_SCTE35);

  if (is_splice && event->value[0] == '\0')
    return g_strdup ("scte35");
  text = g_strconcat (event->scheme, "\n", event->value, NULL);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return g_strdup_printf (
      "%s%.*s", is_splice ? "scte35-" : "", SHORT_HASH, hash);
}

/* Quotation marks end a quoted string. */
static void
append_quoted (GString *text, const gchar *name, const gchar *value)
{
  g_string_append_printf (text, ",%s=\"", name);
  for (; *value != '\0'; value++)
    if (*value == '"')
      g_string_append (text, "%22");
    else
      g_string_append_c (text, *value);
  g_string_append_c (text, '"');
}

static void
append_hex (GString *text, const gchar *name, const CmafEvent *event)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (event->data, &size);

  g_string_append_printf (text, ",%s=0x", name);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);
}

static void
append_seconds (
    GString *text, const gchar *name, guint64 ticks, guint64 timescale)
{
  g_string_append_printf (text, ",%s=", name);
  cmaf_time_text_seconds (text, ticks, timescale);
}

/* Attributes in the order of their names. */
static void
append_id (GString *text, const CmafListedEvent *listed)
{
  const CmafEvent *event = listed->event;
  g_autofree gchar *name = short_name (event);

  g_string_append_printf (text, ",ID=\"%s-%u-%" G_GUINT64_FORMAT "\"", name,
      event->id, cmaf_rescale (event->start, listed->timescale, 1000));
}

static void
append_start (GString *text, const CmafListedEvent *listed, GstClockTime origin)
{
  const guint64 start = cmaf_ticks_from_ns (origin, listed->timescale);

  g_string_append (text, ",START-DATE=\"");
  cmaf_time_text_utc_ms (text, start + listed->event->start, listed->timescale);
  g_string_append_c (text, '"');
}

/* What is announced of a splice is a plan. */
static void
append_splice (GString *text, const CmafListedEvent *listed)
{
  static const gchar *const names[] = { [CMAF_SPLICE_SIDE_COMMAND] =
                                            "SCTE35-CMD",
    [CMAF_SPLICE_SIDE_OUT] = "SCTE35-OUT",
    [CMAF_SPLICE_SIDE_IN] = "SCTE35-IN" };
  const CmafEvent *event = listed->event;

  if (event->duration != CMAF_EVENT_OPEN && event->duration > 0)
    append_seconds (
        text, "PLANNED-DURATION", event->duration, listed->timescale);
  if (listed->back != NULL)
    append_hex (text, "SCTE35-IN", listed->back->event);
  append_hex (text, names[listed->side], event);
}

static void
append_range (GString *text, const CmafListedEvent *listed, GstClockTime origin)
{
  const CmafEvent *event = listed->event;
  const gboolean is_splice = listed->side != CMAF_SPLICE_SIDE_NONE;
  const gsize from = text->len;

  if (!is_splice)
    append_quoted (text, "CLASS", event->scheme);
  if (listed->back != NULL)
    append_seconds (
        text, "DURATION", listed->back->start - listed->start, GST_SECOND);
  else if (!is_splice && event->duration != CMAF_EVENT_OPEN)
    append_seconds (text, "DURATION", event->duration, listed->timescale);
  append_id (text, listed);
  if (is_splice)
    append_splice (text, listed);
  append_start (text, listed, origin);
  if (!is_splice && g_bytes_get_size (event->data) > 0)
    append_hex (text, "X-MESSAGE-DATA", event);
  if (event->value[0] != '\0')
    append_quoted (text, "X-VALUE", event->value);
  g_string_append_c (text, '\n');
  g_string_overwrite (text, from, ":"); /* the first comma */
}

void
m3u8_events_append (GString *text, const CmafPresentation *presentation,
    const CmafPresentationState *state)
{
  g_autoptr (GPtrArray) events =
      cmaf_presentation_resolve_events (presentation, state);

  for (guint i = 0; i < events->len; i++) {
    const CmafListedEvent *event = events->pdata[i];

    if (event->is_back)
      continue;
    g_string_append (text, "#EXT-X-DATERANGE");
    append_range (text, event, presentation->config.availability_start);
  }
}
