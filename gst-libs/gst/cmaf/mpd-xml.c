/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the rooms of the MPD write with: libxml2's writer in terms of GLib, and
 * the types that attributes of the schema have. */
#include "mpd-xml.h"
#include "time-text.h"

#define X(text) ((const xmlChar *)(text))

void
mpd_xml_begin (xmlTextWriter *xml, const gchar *element)
{
  xmlTextWriterStartElement (xml, X (element));
}

void
mpd_xml_end (xmlTextWriter *xml)
{
  xmlTextWriterEndElement (xml);
}

void
mpd_xml_text (xmlTextWriter *xml, const gchar *name, const gchar *value)
{
  if (value != NULL)
    xmlTextWriterWriteAttribute (xml, X (name), X (value));
}

void
mpd_xml_u64 (xmlTextWriter *xml, const gchar *name, guint64 value)
{
  mpd_xml_format (xml, name, "%" G_GUINT64_FORMAT, value);
}

void
mpd_xml_format (xmlTextWriter *xml, const gchar *name, const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  xmlTextWriterWriteVFormatAttribute (xml, X (name), format, arguments);
  va_end (arguments);
}

void
mpd_xml_duration (
    xmlTextWriter *xml, const gchar *name, guint64 ticks, guint64 timescale)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cmaf_time_text_duration (text, ticks, timescale);
  mpd_xml_text (xml, name, text->str);
}

void
mpd_xml_utc (xmlTextWriter *xml, const gchar *name, guint64 time)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cmaf_time_text_utc_us (text, time, G_USEC_PER_SEC);
  mpd_xml_text (xml, name, text->str);
}

void
mpd_xml_begin_descriptor (xmlTextWriter *xml, const gchar *element,
    const gchar *scheme, const gchar *value)
{
  mpd_xml_begin (xml, element);
  mpd_xml_text (xml, "schemeIdUri", scheme);
  mpd_xml_text (xml, "value", value);
}

void
mpd_xml_descriptor (xmlTextWriter *xml, const gchar *element,
    const gchar *scheme, const gchar *value)
{
  mpd_xml_begin_descriptor (xml, element, scheme, value);
  mpd_xml_end (xml);
}

void
mpd_xml_element (xmlTextWriter *xml, const gchar *element, const gchar *content)
{
  xmlTextWriterWriteElement (xml, X (element), X (content));
}
