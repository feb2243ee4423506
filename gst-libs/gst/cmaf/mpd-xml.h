/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Elements and attributes of the MPD, as text. Internal, a part of the MPD
 * writer. */
#pragma once

#include <glib.h>
#include <libxml/xmlwriter.h>

G_BEGIN_DECLS

void mpd_xml_begin (xmlTextWriter *xml, const gchar *element);
void mpd_xml_end (xmlTextWriter *xml);
/* Nothing when @value is NULL. */
void mpd_xml_text (xmlTextWriter *xml, const gchar *name, const gchar *value);
void mpd_xml_u64 (xmlTextWriter *xml, const gchar *name, guint64 value);
void mpd_xml_format (xmlTextWriter *xml, const gchar *name, const gchar *format,
    ...) G_GNUC_PRINTF (3, 4);
void mpd_xml_duration (
    xmlTextWriter *xml, const gchar *name, guint64 ticks, guint64 timescale);
/* @time: us */
void mpd_xml_utc (xmlTextWriter *xml, const gchar *name, guint64 time);
/* DescriptorType (ISO/IEC 23009-1 5.8.2); @value may be NULL. */
void mpd_xml_begin_descriptor (xmlTextWriter *xml, const gchar *element,
    const gchar *scheme, const gchar *value);
void mpd_xml_descriptor (xmlTextWriter *xml, const gchar *element,
    const gchar *scheme, const gchar *value);
/* An element that holds nothing but @content. */
void mpd_xml_element (
    xmlTextWriter *xml, const gchar *element, const gchar *content);

G_END_DECLS
