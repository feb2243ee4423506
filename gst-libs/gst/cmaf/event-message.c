/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events as bytes. */
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/event-message.h>
#include <gst/cmaf/timescale.h>

#include <string.h>

CmafEvent *
cmaf_event_new (guint32 id, const gchar *scheme, const gchar *value,
    guint64 start, guint32 duration, GBytes *data)
{
  CmafEvent *event = g_new0 (CmafEvent, 1);

  event->id = id;
  event->scheme = g_strdup (scheme ? scheme : "");
  event->value = g_strdup (value ? value : "");
  event->start = start;
  event->duration = duration;
  event->data = data ? g_bytes_ref (data) : g_bytes_new (NULL, 0);
  return event;
}

CmafEvent *
cmaf_event_copy (const CmafEvent *event)
{
  return cmaf_event_new (event->id, event->scheme, event->value, event->start,
      event->duration, event->data);
}

void
cmaf_event_free (CmafEvent *event)
{
  g_free (event->scheme);
  g_free (event->value);
  g_bytes_unref (event->data);
  g_free (event);
}

gboolean
cmaf_event_is_same (const CmafEvent *a, const CmafEvent *b)
{
  return a->id == b->id && g_str_equal (a->scheme, b->scheme)
         && g_str_equal (a->value, b->value);
}

gboolean
cmaf_event_is_equal (const CmafEvent *a, const CmafEvent *b)
{
  return a->start == b->start && a->duration == b->duration
         && g_bytes_equal (a->data, b->data);
}

gint
cmaf_event_compare (const CmafEvent *a, const CmafEvent *b)
{
  gint order = a->start < b->start ? -1 : a->start > b->start;

  if (order == 0)
    order = a->id < b->id ? -1 : a->id > b->id;
  if (order == 0)
    order = strcmp (a->scheme, b->scheme);
  return order == 0 ? strcmp (a->value, b->value) : order;
}

/* ---- writing ---- */

static void
write_data (CmafBoxWriter *w, const CmafEvent *event)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (event->data, &size);

  cmaf_box_writer_data (w, data, size);
}

static void
write_emib (CmafBoxWriter *w, const CmafEvent *event, guint64 time)
{
  cmaf_box_writer_begin_full (w, CMAF_BOX_EMIB, 0, 0);
  cmaf_box_writer_u32 (w, 0); /* reserved */
  cmaf_box_writer_u64 (
      w, event->start - time); /* signed, as two's complement */
  cmaf_box_writer_u32 (w, event->duration);
  cmaf_box_writer_u32 (w, event->id);
  cmaf_box_writer_string (w, event->scheme);
  cmaf_box_writer_string (w, event->value);
  write_data (w, event);
  cmaf_box_writer_end (w);
}

GBytes *
cmaf_event_sample_write (
    const CmafEvent *const *events, guint n, guint64 time, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  for (guint i = 0; i < n; i++)
    write_emib (&w, events[i], time);
  if (n == 0) {
    cmaf_box_writer_begin (&w, CMAF_BOX_EMEB);
    cmaf_box_writer_end (&w);
  }
  return cmaf_box_writer_finish (&w, error);
}

GBytes *
cmaf_emsg_write (const CmafEvent *event, guint32 timescale, GError **error)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_begin_full (&w, CMAF_BOX_EMSG, 1, 0);
  cmaf_box_writer_u32 (&w, timescale);
  cmaf_box_writer_u64 (&w, event->start);
  cmaf_box_writer_u32 (&w, event->duration);
  cmaf_box_writer_u32 (&w, event->id);
  cmaf_box_writer_string (&w, event->scheme);
  cmaf_box_writer_string (&w, event->value);
  write_data (&w, event);
  cmaf_box_writer_end (&w);
  return cmaf_box_writer_finish (&w, error);
}

/* ---- reading ---- */

/* Where the boxes are, and in what ticks their events shall be. */
typedef struct
{
  const gchar *where;
  guint64 time; /* from which deltas count */
  guint32 timescale;
  GPtrArray *events;
} Place;

static gboolean
fail (const Place *place, const gchar *box, gsize found, gsize needed,
    GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "%s%s: has %" G_GSIZE_FORMAT " bytes, needs %" G_GSIZE_FORMAT,
      place->where, box, found, needed);
  return FALSE;
}

/* The rest of @r is the message. */
static gboolean
take_event (
    const Place *place, CmafEvent *event, CmafBoxReader *r, GError **error)
{
  const gsize size = cmaf_box_reader_remaining (r);
  g_autoptr (GBytes) data = g_bytes_new (cmaf_box_reader_data (r, size), size);

  if ((gint64)event->start < 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "%s: event begins at %" G_GINT64_FORMAT ", needs 0 or more, and less "
        "than 2^63",
        place->where, (gint64)event->start);
    return FALSE;
  }
  g_ptr_array_add (
      place->events, cmaf_event_new (event->id, event->scheme, event->value,
                         event->start, event->duration, data));
  return TRUE;
}

/* A sum that does not fit is as late as can be, and refused. */
static guint64
add_time (guint64 time, guint64 delta)
{
  return delta > G_MAXUINT64 - time ? G_MAXUINT64 : time + delta;
}

static gboolean
read_emib (const Place *place, CmafBoxReader r, GError **error)
{
  CmafEvent event = { 0 };
  gint64 delta;

  cmaf_box_reader_full (&r, NULL);
  cmaf_box_reader_skip (&r, 4);
  delta = (gint64)cmaf_box_reader_u64 (&r);
  event.start = delta < 0 ? place->time + (guint64)delta
                          : add_time (place->time, (guint64)delta);
  event.duration = cmaf_box_reader_u32 (&r);
  event.id = cmaf_box_reader_u32 (&r);
  event.scheme = (gchar *)cmaf_box_reader_string (&r);
  event.value = (gchar *)cmaf_box_reader_string (&r);
  if (r.failed)
    return fail (place, "/emib", r.size + 8, 34, error);
  return take_event (place, &event, &r, error);
}

static gboolean
read_emsg (const Place *place, CmafBoxReader r, GError **error)
{
  CmafEvent event = { 0 };
  const guint8 version = cmaf_box_reader_full (&r, NULL);
  guint32 timescale;
  guint64 time;

  if (version > 1) /* nobody knows what it says */
    return r.failed ? fail (place, "/emsg", r.size + 8, 12, error) : TRUE;
  if (version == 0) {
    event.scheme = (gchar *)cmaf_box_reader_string (&r);
    event.value = (gchar *)cmaf_box_reader_string (&r);
  }
  timescale = cmaf_box_reader_u32 (&r);
  time = version == 0 ? cmaf_box_reader_u32 (&r) : cmaf_box_reader_u64 (&r);
  event.duration = cmaf_box_reader_u32 (&r);
  event.id = cmaf_box_reader_u32 (&r);
  if (version == 1) {
    event.scheme = (gchar *)cmaf_box_reader_string (&r);
    event.value = (gchar *)cmaf_box_reader_string (&r);
  }
  if (r.failed || timescale == 0)
    return fail (place, r.failed ? "/emsg" : "/emsg/timescale",
        r.failed ? r.size + 8 : 0, r.failed ? 34 : 1, error);
  event.start = cmaf_rescale (time, timescale, place->timescale);
  if (version == 0)
    event.start = add_time (place->time, event.start);
  if (event.duration != CMAF_EVENT_OPEN)
    event.duration = (guint32)MIN (
        cmaf_rescale (event.duration, timescale, place->timescale),
        CMAF_EVENT_OPEN);
  return take_event (place, &event, &r, error);
}

gboolean
cmaf_event_sample_read (const guint8 *data, gsize size, guint32 timescale,
    guint64 time, GPtrArray *events, GError **error)
{
  const Place place = { "event sample", time, timescale, events };
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (&r, data, size);
  while (cmaf_box_reader_next (&r, &box)) {
    if ((box.type == CMAF_BOX_EMIB && !read_emib (&place, box.body, error))
        || (box.type == CMAF_BOX_EMSG && !read_emsg (&place, box.body, error)))
      return FALSE;
  }
  if (r.failed || size < 8)
    return fail (&place, "/box", size, MAX (size + 1, 8), error);
  return TRUE;
}

gboolean
cmaf_emsg_read (const guint8 *data, gsize size, guint32 timescale, guint64 time,
    GPtrArray *events, GError **error)
{
  const Place place = { "emsg", time, timescale, events };
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (&r, data, size);
  if (!cmaf_box_reader_next (&r, &box) || box.type != CMAF_BOX_EMSG)
    return fail (&place, "", size, MAX (size + 1, 8), error);
  return read_emsg (&place, box.body, error);
}
