/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events in the MPD (ISO/IEC 23009-1 5.10.2). Times are those of the event
 * track, so that they are the same in every Period and every MPD; where that
 * begins is presentationTimeOffset. */
#include "mpd-events.h"
#include "mpd-xml.h"
#include "timescale.h"

#include <string.h>

/* ANSI/SCTE 214-1 6.8.4: a section in XML */
#define SCHEME_SCTE35_XML "urn:scte:scte35:2014:xml+bin"
#define NAMESPACE_SCTE35 "http://www.scte.org/schemas/35/2016"

static void
begin_stream (xmlTextWriter *xml, const gchar *element, const gchar *scheme,
    const gchar *value)
{
  mpd_xml_begin_descriptor (
      xml, element, scheme, value[0] != '\0' ? value : NULL);
}

/* ---- EventStream ---- */

static gint
compare_streams (gconstpointer a, gconstpointer b)
{
  const CmafListedEvent *one = *(const CmafListedEvent *const *)a;
  const CmafListedEvent *other = *(const CmafListedEvent *const *)b;
  gint order = strcmp (one->event->scheme, other->event->scheme);

  if (order == 0)
    order = strcmp (one->event->value, other->event->value);
  if (order == 0 && one->timescale != other->timescale)
    order = one->timescale < other->timescale ? -1 : 1;
  if (order == 0 && one->start != other->start)
    order = one->start < other->start ? -1 : 1;
  if (order == 0 && one->event->id != other->event->id)
    order = one->event->id < other->event->id ? -1 : 1;
  return order;
}

static gboolean
is_same_stream (const CmafListedEvent *a, const CmafListedEvent *b)
{
  return a->timescale == b->timescale
         && g_str_equal (a->event->scheme, b->event->scheme)
         && g_str_equal (a->event->value, b->event->value);
}

/* Where @period begins, in ticks of @timescale. */
static guint64
offset_in (const MpdEventPeriod *period, guint64 timescale)
{
  return cmaf_muldiv (
      period->offset_n, timescale, period->offset_d / 2, period->offset_d);
}

/* It begins in @period, or goes on into it. */
static gboolean
is_in_period (const CmafListedEvent *event, const MpdEventPeriod *period)
{
  const guint64 offset = offset_in (period, GST_SECOND);

  return event->start < period->end
         && (event->start >= offset || event->end > offset);
}

static void
write_message (xmlTextWriter *xml, const CmafEvent *event)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (event->data, &size);
  g_autofree gchar *text = g_base64_encode (data, size);

  if (g_str_equal (event->scheme, CMAF_SCHEME_SCTE35)) {
    mpd_xml_begin (xml, "Signal");
    mpd_xml_text (xml, "xmlns", NAMESPACE_SCTE35);
    mpd_xml_element (xml, "Binary", text);
    mpd_xml_end (xml);
  } else if (size > 0) {
    mpd_xml_text (xml, "contentEncoding", "base64");
    xmlTextWriterWriteString (xml, (const xmlChar *)text);
  }
}

/* What is before the Period is no part of it. */
static void
write_event (xmlTextWriter *xml, const CmafListedEvent *listed, guint64 offset)
{
  const CmafEvent *event = listed->event;
  const guint64 start = MAX (event->start, offset);

  mpd_xml_begin (xml, "Event");
  mpd_xml_u64 (xml, "presentationTime", start);
  if (event->duration != CMAF_EVENT_OPEN)
    mpd_xml_u64 (xml, "duration",
        event->duration - MIN (start - event->start, event->duration));
  mpd_xml_u64 (xml, "id", event->id);
  write_message (xml, event);
  mpd_xml_end (xml);
}

static void
begin_event_stream (xmlTextWriter *xml, const CmafListedEvent *listed,
    const MpdEventPeriod *period)
{
  const CmafEvent *event = listed->event;
  const guint64 offset = offset_in (period, listed->timescale);

  begin_stream (xml, "EventStream",
      g_str_equal (event->scheme, CMAF_SCHEME_SCTE35) ? SCHEME_SCTE35_XML
                                                      : event->scheme,
      event->value);
  mpd_xml_u64 (xml, "timescale", listed->timescale);
  if (offset > 0)
    mpd_xml_u64 (xml, "presentationTimeOffset", offset);
}

void
mpd_events_write_streams (xmlTextWriter *xml,
    const CmafPresentation *presentation, const CmafPresentationState *state,
    const MpdEventPeriod *period)
{
  g_autoptr (GPtrArray) events =
      cmaf_presentation_resolve_events (presentation, state);
  const CmafListedEvent *last = NULL;

  g_ptr_array_sort (events, compare_streams);
  for (guint i = 0; i < events->len; i++) {
    const CmafListedEvent *event = events->pdata[i];

    if (!event->is_in_track || !is_in_period (event, period))
      continue;
    if (last == NULL || !is_same_stream (last, event)) {
      if (last != NULL)
        mpd_xml_end (xml);
      begin_event_stream (xml, event, period);
    }
    write_event (xml, event, offset_in (period, event->timescale));
    last = event;
  }
  if (last != NULL)
    mpd_xml_end (xml);
}

/* ---- InbandEventStream ---- */

void
mpd_events_write_in_band (xmlTextWriter *xml,
    const CmafPresentation *presentation, const CmafPresentationState *state,
    const GPtrArray *tracks)
{
  g_autoptr (GPtrArray) schemes = g_ptr_array_new ();

  if (presentation->events == NULL)
    return;
  for (guint i = 0; i < tracks->len; i++) {
    const CmafPresentationTrack *track = g_ptr_array_index (tracks, i);

    cmaf_event_list_get_in_band (presentation->events, track->name,
        cmaf_presentation_edge (presentation, state->first),
        cmaf_presentation_edge (presentation, state->last + 1), schemes);
  }
  for (guint i = 0; i < schemes->len; i++) {
    const CmafEvent *event = g_ptr_array_index (schemes, i);

    begin_stream (xml, "InbandEventStream", event->scheme, event->value);
    mpd_xml_end (xml);
  }
}
