/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Splice sections of tsdemux. */
#include "mux-sections.h"

#include "running-time.h"

#include <gst/cmaf/mpegts-time.h>
#include <gst/cmaf/timescale.h>
#include <gmodule.h>

void
mux_sections_note (
    MuxSections *self, const GstSegment *segment, GstBuffer *buffer)
{
  gint64 time;

  if (!GST_BUFFER_PTS_IS_VALID (buffer)
      || !running_time_of (segment, GST_BUFFER_PTS (buffer), &time))
    return;
  self->heard = self->has_heard ? MAX (self->heard, time) : time;
  self->has_heard = TRUE;
}

typedef GBytes *(*GetData) (gpointer section);

/* gst_mpegts_section_get_data() of the library that the demuxer has brought:
 * its API is called unstable, and to build with it needs all of OpenCV. NULL:
 * it is not there. */
static GetData
find_get_data (void)
{
  static gsize is_known;
  static GetData get_data;

  if (g_once_init_enter (&is_known)) {
    GModule *module = g_module_open (
        "libgstmpegts-1.0.so.0", G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

    if (module
        && !g_module_symbol (
            module, "gst_mpegts_section_get_data", (gpointer *)&get_data))
      get_data = NULL;
    if (module)
      g_module_make_resident (module);
    g_once_init_leave (&is_known, 1);
  }
  return get_data;
}

/* (transfer full) (nullable) */
static GBytes *
section_of (const GstStructure *s)
{
  const GValue *value = gst_structure_get_value (s, "section");

  if (value && G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return g_value_dup_boxed (value);
  if (value && g_str_equal (G_VALUE_TYPE_NAME (value), "GstMpegtsSection")
      && find_get_data ())
    return find_get_data () (g_value_get_boxed (value));
  return NULL;
}

/* The demuxer's running time of @pts: it tells that of splice_insert, and how
 * far running time is ahead of PTS, round the circle of 33 bits. */
static gboolean
find_splice (const GstStructure *s, const CmafHeardSplice *splice, guint64 pts,
    guint64 *running_time)
{
  const GValue *value = gst_structure_get_value (s, "running-time-map");
  g_autofree gchar *field =
      g_strdup_printf ("event-%u-splice-time", splice->event_id);
  guint64 offset, ahead;

  if (value && GST_VALUE_HOLDS_STRUCTURE (value)
      && gst_structure_get_uint64 (
          gst_value_get_structure (value), field, running_time))
    return TRUE;
  if (!gst_structure_get_uint64 (s, "mpeg-pts-offset", &offset))
    return FALSE;
  ahead =
      (pts + offset - cmaf_ticks_from_ns (splice->heard, CMAF_PTS_TIMESCALE))
      & CMAF_PTS_MASK;
  if (ahead > CMAF_PTS_MASK / 2)
    return FALSE;
  *running_time =
      splice->heard + cmaf_ns_from_ticks (ahead, CMAF_PTS_TIMESCALE);
  return TRUE;
}

/* Event @i of what @info, of @section, says. FALSE: there is none. */
static gboolean
add_event (MuxSections *self, const MuxTiming *timing, const GstStructure *s,
    const CmafSpliceInfo *info, guint i, GBytes *section)
{
  CmafHeardSplice splice;
  guint64 pts;

  if (!cmaf_heard_splice_init (&splice, info, i, section))
    return FALSE;
  splice.heard = (guint64)MAX (self->heard, 0);
  splice.has_splice = cmaf_splice_info_get_pts (info, &pts);
  if (!splice.has_splice || find_splice (s, &splice, pts, &splice.splice))
    cmaf_splice_list_add (timing->splices, &splice);
  return TRUE;
}

void
mux_sections_take (MuxSections *self, const MuxTiming *timing, GstEvent *event)
{
  const GstStructure *s = gst_event_get_structure (event);
  g_autoptr (GBytes) section = NULL;
  CmafSpliceInfo info;
  gconstpointer data;
  guint i = 0;
  gsize size;

  if (!self->has_heard || !gst_structure_has_name (s, "scte-sit"))
    return;
  section = section_of (s);
  if (!section)
    return;
  data = g_bytes_get_data (section, &size);
  if (!cmaf_splice_info_parse (data, size, &info, NULL))
    return;
  while (add_event (self, timing, s, &info, i, section))
    i++;
}
