/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A box `cmfp`: timescale and ticks of a frame, the number of entries, and for
 * each the number of the frame, the hash and the signature. */
#include <gst/cmaf/box-reader.h>
#include <gst/cmaf/box-writer.h>
#include <gst/cmaf/fingerprint-table.h>

#include <string.h>

#define BOX_CMFP CMAF_FOURCC ('c', 'm', 'f', 'p')
#define ENTRY_SIZE (8 + 8 + CMAF_SIGNATURE_SIZE)

GBytes *
cmaf_fingerprint_table_write (const CmafUnitGrid *frames,
    const CmafNumberedFingerprint *entries, guint n_entries)
{
  CmafBoxWriter w;

  cmaf_box_writer_init (&w);
  cmaf_box_writer_begin_full (&w, BOX_CMFP, 0, 0);
  {
    cmaf_box_writer_u32 (&w, frames->timescale);
    cmaf_box_writer_u32 (&w, frames->unit_ticks);
    cmaf_box_writer_u32 (&w, n_entries);
    for (guint i = 0; i < n_entries; i++) {
      cmaf_box_writer_u64 (&w, entries[i].number);
      cmaf_box_writer_u64 (&w, entries[i].fingerprint.hash);
      cmaf_box_writer_data (
          &w, entries[i].fingerprint.signature, CMAF_SIGNATURE_SIZE);
    }
  }
  cmaf_box_writer_end (&w);
  return cmaf_box_writer_finish (&w, NULL);
}

static gboolean
malformed (GError **error, const gchar *found)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "fingerprints: %s, needs the box cmfp of one segment", found);
  return FALSE;
}

static gboolean
read_entries (CmafBoxReader *r, GArray *entries, guint n, guint64 first,
    guint64 end, GError **error)
{
  guint64 least = first;

  for (guint i = 0; i < n; i++) {
    CmafNumberedFingerprint entry;

    entry.number = cmaf_box_reader_u64 (r);
    entry.fingerprint.hash = cmaf_box_reader_u64 (r);
    memcpy (entry.fingerprint.signature,
        cmaf_box_reader_data (r, CMAF_SIGNATURE_SIZE), CMAF_SIGNATURE_SIZE);
    if (entry.number < least || entry.number >= end)
      return malformed (error, "found frames of elsewhere, or not in order");
    least = entry.number + 1;
    g_array_append_val (entries, entry);
  }
  return TRUE;
}

static gboolean
read_table (CmafBoxReader *r, const CmafUnitGrid *frames, guint *n_entries,
    GError **error)
{
  guint32 flags, timescale, unit_ticks;
  const guint8 version = cmaf_box_reader_full (r, &flags);

  timescale = cmaf_box_reader_u32 (r);
  unit_ticks = cmaf_box_reader_u32 (r);
  *n_entries = cmaf_box_reader_u32 (r);
  if (r->failed || version != 0 || flags != 0
      || *n_entries > CMAF_FINGERPRINT_TABLE_MAX
      || cmaf_box_reader_remaining (r) != (gsize)*n_entries * ENTRY_SIZE)
    return malformed (error, "found a wrong version or size");
  if (timescale == frames->timescale && unit_ticks == frames->unit_ticks)
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "fingerprints: found frames of %u/%u s, needs %u/%u as of this input",
      unit_ticks, timescale, frames->unit_ticks, frames->timescale);
  return FALSE;
}

GArray *
cmaf_fingerprint_table_read (GBytes *bytes, const CmafSegmentGrid *grid,
    const CmafUnitGrid *frames, guint64 number, GError **error)
{
  g_autoptr (GArray) entries = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  CmafBoxReader r;
  CmafBox box;
  guint n;

  cmaf_box_reader_init (&r, data, size);
  if (!cmaf_box_reader_next (&r, &box) || box.type != BOX_CMFP
      || GST_READ_UINT32_BE (data) != size) { /* no other form of size */
    malformed (error, "found something else");
    return NULL;
  }
  if (!read_table (&box.body, frames, &n, error))
    return NULL;
  entries =
      g_array_sized_new (FALSE, FALSE, sizeof (CmafNumberedFingerprint), n);
  if (!read_entries (&box.body, entries, n,
          cmaf_segment_grid_first_unit (grid, frames, number),
          cmaf_segment_grid_first_unit (grid, frames, number + 1), error))
    return NULL;
  return g_steal_pointer (&entries);
}

gchar *
cmaf_fingerprint_table_name (const gchar *track, guint64 number)
{
  return g_strdup_printf ("fp/%s/%010" G_GUINT64_FORMAT, track, number);
}
