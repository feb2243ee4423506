/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events -> emsg boxes. What is said at the edge itself is too late for the
 * segment behind it: its first chunk may be away. */
#include <gst/cmaf/in-band-events.h>

typedef struct
{
  CmafToldEvent told;
  guint64 gone_from; /* cancelled, or another one has its place; else MAX */
} Entry;

struct _CmafInBandEvents
{
  guint32 timescale;
  GPtrArray *entries; /* of Entry */
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  cmaf_told_event_clear (&entry->told);
  g_free (entry);
}

CmafInBandEvents *
cmaf_in_band_events_new (guint32 timescale)
{
  CmafInBandEvents *self = g_new0 (CmafInBandEvents, 1);

  self->timescale = timescale;
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  return self;
}

void
cmaf_in_band_events_free (CmafInBandEvents *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return cmaf_event_compare ((*(const Entry *const *)a)->told.event,
      (*(const Entry *const *)b)->told.event);
}

/* Whether the last instance of it says the same; else there is none from now
 * on. */
static gboolean
replace (CmafInBandEvents *self, const CmafToldEvent *told)
{
  for (guint i = self->entries->len; i-- > 0;) {
    Entry *entry = self->entries->pdata[i];

    if (!cmaf_event_is_same (entry->told.event, told->event))
      continue;
    if (!told->is_cancel && entry->gone_from == G_MAXUINT64
        && cmaf_event_is_equal (entry->told.event, told->event))
      return TRUE;
    entry->gone_from = MIN (entry->gone_from, told->announced);
  }
  return FALSE;
}

void
cmaf_in_band_events_take (CmafInBandEvents *self, CmafToldEvent *told)
{
  Entry *entry;

  if (replace (self, told) || told->is_cancel) {
    cmaf_told_event_clear (told);
    return;
  }
  entry = g_new0 (Entry, 1);
  entry->told = *told;
  entry->gone_from = G_MAXUINT64;
  g_ptr_array_add (self->entries, entry);
  told->event = NULL;
}

static gboolean
is_due (const Entry *entry, guint64 before, guint64 edge)
{
  return entry->told.announced < edge && entry->gone_from >= edge
         && (entry->told.event->start >= edge
             || entry->told.announced >= before);
}

/* No later segment has it. */
static gboolean
is_past (const Entry *entry, guint64 edge)
{
  return entry->gone_from < edge
         || (entry->told.announced < edge && entry->told.event->start < edge);
}

GPtrArray *
cmaf_in_band_events_write (
    CmafInBandEvents *self, guint64 before, guint64 edge, GError **error)
{
  g_autoptr (GPtrArray) boxes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  g_ptr_array_sort (self->entries, compare);
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = self->entries->pdata[i];
    GBytes *box;

    if (!is_due (entry, before, edge))
      continue;
    box = cmaf_emsg_write (entry->told.event, self->timescale, error);
    if (!box)
      return NULL;
    g_ptr_array_add (boxes, box);
  }
  for (guint i = self->entries->len; i-- > 0;)
    if (is_past (self->entries->pdata[i], edge))
      g_ptr_array_remove_index (self->entries, i);
  return g_steal_pointer (&boxes);
}
