/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Buffers as they come -> whole access units of the track. */
#include "mux-units.h"

#include <gst/cmaf/access-unit.h>
#include <gst/cmaf/parameter-sets.h>

void
mux_units_flush (MuxUnits *self)
{
  gst_clear_buffer (&self->pending);
}

void
mux_units_clear (MuxUnits *self)
{
  mux_units_flush (self);
  cmaf_in_band_sets_clear (&self->sets);
}

/* @buffer with what stands in front of its sample cut off (transfer full) */
static GstBuffer *
cut_prefix (GstBuffer *buffer, gsize prefix)
{
  GstBuffer *unit;

  if (prefix == 0)
    return gst_buffer_ref (buffer);
  unit = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, prefix,
      gst_buffer_get_size (buffer) - prefix);
  /* a copy from the middle has no times */
  GST_BUFFER_PTS (unit) = GST_BUFFER_PTS (buffer);
  GST_BUFFER_DTS (unit) = GST_BUFFER_DTS (buffer);
  GST_BUFFER_DURATION (unit) = GST_BUFFER_DURATION (buffer);
  return unit;
}

/* @buffer with nothing but @parts of its bytes; NULL when there are none.
 * (transfer full) */
static GstBuffer *
keep_parts (GstBuffer *buffer, const GArray *parts)
{
  GstBuffer *unit;

  if (parts->len == 0)
    return NULL;
  unit = gst_buffer_new ();
  gst_buffer_copy_into (unit, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  for (guint i = 0; i < parts->len; i++) {
    const CmafUnitPart *part = &g_array_index (parts, CmafUnitPart, i);

    gst_buffer_copy_into (
        unit, buffer, GST_BUFFER_COPY_MEMORY, part->offset, part->size);
  }
  return unit;
}

/* (transfer full) (nullable) */
static GstBuffer *
cut_parameter_sets (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer)
{
  g_autoptr (GArray) parts = NULL;
  const gchar *stranger;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return gst_buffer_ref (buffer);
  parts = cmaf_parameter_sets_cut (track, map.data, map.size, &stranger);
  gst_buffer_unmap (buffer, &map);
  if (stranger)
    self->stranger = stranger;
  return parts ? keep_parts (buffer, parts) : gst_buffer_ref (buffer);
}

/* A decoder that begins here needs parameter sets, whether or not the encoder
 * has repeated them. (transfer full) */
static GstBuffer *
put_in_sets (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer)
{
  const gboolean is_key =
      !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  g_autoptr (GBytes) missing = NULL;
  GstBuffer *unit;
  GstMapInfo map;
  gsize offset;

  if (!cmaf_in_band_sets_are_needed (track)
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return buffer;
  missing = cmaf_in_band_sets_take (
      &self->sets, track, map.data, map.size, is_key, &offset);
  gst_buffer_unmap (buffer, &map);
  if (!missing)
    return buffer;
  unit = gst_buffer_new ();
  gst_buffer_copy_into (unit, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  if (offset > 0)
    gst_buffer_copy_into (unit, buffer, GST_BUFFER_COPY_MEMORY, 0, offset);
  unit = gst_buffer_append (unit, gst_buffer_new_wrapped_bytes (missing));
  gst_buffer_copy_into (unit, buffer, GST_BUFFER_COPY_MEMORY, offset, -1);
  gst_buffer_unref (buffer);
  return unit;
}

static GstBuffer *
join (GstBuffer *unit, GstBuffer *part)
{
  GstBuffer *joined = gst_buffer_make_writable (unit);
  guint n = gst_buffer_n_memory (part);

  for (guint i = 0; i < n; i++)
    gst_buffer_append_memory (joined, gst_buffer_get_memory (part, i));
  return joined;
}

static gboolean
is_field (MuxUnits *self, GstBuffer *buffer)
{
  GstMapInfo map;
  gboolean is_second;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  is_second = cmaf_avc_fields_take (&self->fields, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return is_second;
}

static gboolean
continues (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer,
    const guint8 *head, gsize n_head)
{
  if (track->media == CMAF_MEDIA_VIDEO)
    return is_field (self, buffer);
  return cmaf_access_unit_continues (track, head, n_head);
}

void
mux_units_set_track (MuxUnits *self, const CmafTrack *track)
{
  gsize size;
  gconstpointer config;

  mux_units_flush (self);
  self->stranger = NULL;
  if (track->media != CMAF_MEDIA_VIDEO || !track->codec_config)
    return;
  config = g_bytes_get_data (track->codec_config, &size);
  cmaf_avc_fields_init (&self->fields, config, size);
}

static GstBuffer *
take (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer)
{
  guint8 head[CMAF_ACCESS_UNIT_HEAD];
  gsize size;
  gsize prefix;
  GstBuffer *unit, *whole;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)
      && cmaf_access_unit_has_header_packets (track))
    return NULL;
  size = gst_buffer_extract (buffer, 0, head, sizeof head);
  prefix = cmaf_access_unit_prefix (track, head, size);
  if (prefix > 0 && prefix == gst_buffer_get_size (buffer))
    return NULL;
  unit = track->media == CMAF_MEDIA_VIDEO && prefix == 0
             ? cut_parameter_sets (self, track, buffer)
             : cut_prefix (buffer, prefix);
  if (!unit)
    return NULL;
  if (!cmaf_access_unit_may_continue (track))
    return unit;
  if (continues (self, track, buffer, head, size) && self->pending) {
    self->pending = join (self->pending, unit);
    gst_buffer_unref (unit);
    return NULL;
  }
  whole = self->pending;
  self->pending = unit;
  return whole;
}

GstBuffer *
mux_units_take (MuxUnits *self, const CmafTrack *track, GstBuffer *buffer)
{
  GstBuffer *unit = take (self, track, buffer);

  return unit ? put_in_sets (self, track, unit) : NULL;
}

GstBuffer *
mux_units_drain (MuxUnits *self, const CmafTrack *track)
{
  GstBuffer *unit = g_steal_pointer (&self->pending);

  return unit ? put_in_sets (self, track, unit) : NULL;
}
