/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events as bytes. */
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/event-message.h>

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

static gboolean
fail (const gchar *box, gsize found, gsize needed, GError **error)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "event sample/%s: has %" G_GSIZE_FORMAT " bytes, needs %" G_GSIZE_FORMAT,
      box, found, needed);
  return FALSE;
}

static gboolean
read_emib (CmafBoxReader *r, guint64 time, GPtrArray *events, GError **error)
{
  CmafEvent event = { 0 };
  guint64 start;
  gsize size;

  cmaf_box_reader_full (r, NULL);
  cmaf_box_reader_skip (r, 4);
  start = time + cmaf_box_reader_u64 (r);
  event.duration = cmaf_box_reader_u32 (r);
  event.id = cmaf_box_reader_u32 (r);
  event.scheme = (gchar *)cmaf_box_reader_string (r);
  event.value = (gchar *)cmaf_box_reader_string (r);
  if (r->failed)
    return fail ("emib", r->size + 8, 34, error);
  if ((gint64)start < 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "event sample/emib: event begins at %" G_GINT64_FORMAT
        ", needs 0 or more",
        (gint64)start);
    return FALSE;
  }
  size = cmaf_box_reader_remaining (r);
  event.data = g_bytes_new (cmaf_box_reader_data (r, size), size);
  g_ptr_array_add (events, cmaf_event_new (event.id, event.scheme, event.value,
                               start, event.duration, event.data));
  g_bytes_unref (event.data);
  return TRUE;
}

gboolean
cmaf_event_sample_read (const guint8 *data, gsize size, guint64 time,
    GPtrArray *events, GError **error)
{
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (&r, data, size);
  while (cmaf_box_reader_next (&r, &box)) {
    if (box.type == CMAF_BOX_EMIB
        && !read_emib (&box.body, time, events, error))
      return FALSE;
  }
  if (r.failed || size < 8)
    return fail ("box", size, MAX (size + 1, 8), error);
  return TRUE;
}
