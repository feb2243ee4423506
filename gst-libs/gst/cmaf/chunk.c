/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One chunk, and what its moof says (ISO/IEC 14496-12 8.8): samples, times and
 * where in mdat they lie. */
#include "chunk.h"

#include "box-reader.h"
#include "box-writer.h"

#include <string.h>

CmafChunk *
cmaf_chunk_new (void)
{
  CmafChunk *chunk = g_new0 (CmafChunk, 1);

  g_atomic_ref_count_init (&chunk->ref_count);
  chunk->bytes = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  return chunk;
}

CmafChunk *
cmaf_chunk_ref (CmafChunk *chunk)
{
  g_atomic_ref_count_inc (&chunk->ref_count);
  return chunk;
}

void
cmaf_chunk_unref (CmafChunk *chunk)
{
  if (!g_atomic_ref_count_dec (&chunk->ref_count))
    return;
  g_ptr_array_unref (chunk->bytes);
  g_clear_pointer (&chunk->event_messages, g_ptr_array_unref);
  g_free (chunk->samples);
  g_free (chunk);
}

/* A list that ends within a brand, or in front of its minor version, ends with
 * them here, so that the next brand is read as one. */
static void
write_whole_brands (CmafBoxWriter *w, const CmafBoxReader *body)
{
  const gsize size = body->size & ~(gsize)3;

  cmaf_box_writer_data (w, body->data, size);
  if (size < 4)
    cmaf_box_writer_u32 (w, CMAF_BRAND_LMSG);
  if (size < 8)
    cmaf_box_writer_u32 (w, 0);
}

/* The styp of @head, wherever it stands, or a plain one, with brand lmsg at its
 * end. @offset and @size: of the styp in @head. */
static GBytes *
make_last_styp (GBytes *head, gsize *offset, gsize *size)
{
  CmafBoxReader r;
  CmafBoxWriter w;
  CmafBox styp;

  *offset = *size = 0;
  cmaf_box_writer_init (&w);
  cmaf_box_writer_begin (&w, CMAF_BOX_STYP);
  cmaf_box_reader_init (
      &r, g_bytes_get_data (head, NULL), g_bytes_get_size (head));
  if (cmaf_box_reader_find (&r, CMAF_BOX_STYP, &styp)) {
    *offset = styp.offset;
    *size = (gsize)styp.size;
    write_whole_brands (&w, &styp.body);
  } else {
    cmaf_box_writer_u32 (&w, CMAF_BRAND_CMFS);
    cmaf_box_writer_u32 (&w, 0);
    cmaf_box_writer_u32 (&w, CMAF_BRAND_CMFS);
    cmaf_box_writer_u32 (&w, CMAF_BRAND_CMFF);
  }
  cmaf_box_writer_u32 (&w, CMAF_BRAND_LMSG);
  cmaf_box_writer_end (&w);
  return cmaf_box_writer_finish (&w, NULL);
}

/* @head with the styp of make_last_styp() in front. */
static GBytes *
make_last_head (GBytes *head)
{
  gsize size, offset, styp_size;
  const guint8 *data = g_bytes_get_data (head, &size);
  g_autoptr (GBytes) styp = make_last_styp (head, &offset, &styp_size);
  GByteArray *last = g_byte_array_new ();

  g_byte_array_append (
      last, g_bytes_get_data (styp, NULL), g_bytes_get_size (styp));
  g_byte_array_append (last, data, offset);
  g_byte_array_append (
      last, data + offset + styp_size, size - offset - styp_size);
  return g_byte_array_free_to_bytes (last);
}

CmafChunk *
cmaf_chunk_copy_as_last (const CmafChunk *chunk)
{
  GBytes *head = g_ptr_array_index (chunk->bytes, 0);
  GBytes *last = make_last_head (head);
  CmafChunk *copy = cmaf_chunk_new ();
  GPtrArray *bytes = copy->bytes;

  *copy = *chunk;
  g_atomic_ref_count_init (&copy->ref_count);
  copy->bytes = bytes;
  if (!(chunk->flags & CMAF_CHUNK_HAS_STYP))
    copy->flags |= CMAF_CHUNK_HAS_STYP | CMAF_CHUNK_STARTS_SEGMENT;
  copy->flags |= CMAF_CHUNK_LAST;
  copy->samples =
      g_memdup2 (chunk->samples, chunk->n_samples * sizeof (CmafSample));
  if (chunk->event_messages)
    g_ptr_array_ref (copy->event_messages);
  copy->payload = g_bytes_get_size (last);
  copy->size = chunk->size - chunk->payload + copy->payload;
  g_ptr_array_add (bytes, last);
  for (guint i = 1; i < chunk->bytes->len; i++)
    g_ptr_array_add (bytes, g_bytes_ref (g_ptr_array_index (chunk->bytes, i)));
  return copy;
}

/* What tfhd and trex say of samples that trun says nothing of. */
typedef struct
{
  guint32 duration, size, flags;
} Defaults;

typedef struct
{
  const CmafTrack *track;
  CmafChunk *chunk;
  CmafMoofExtent *extent;
  GError **error;
  Defaults defaults;
  guint max_samples;
  gint64 first_presentation; /* relative to decode_time */
  gboolean has_data_offset;
  GArray *samples;
} MoofParse;

static gboolean fail (MoofParse *p, CmafError code, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
fail (MoofParse *p, CmafError code, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (p->error)
    *p->error = g_error_new_valist (CMAF_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
parse_tfhd (MoofParse *p, CmafBoxReader tfhd)
{
  const CmafTrack *track = p->track;
  gsize size = tfhd.size;
  guint32 flags, track_id;

  cmaf_box_reader_full (&tfhd, &flags);
  track_id = cmaf_box_reader_u32 (&tfhd);
  if (flags & CMAF_TFHD_BASE_DATA_OFFSET)
    return fail (p, CMAF_ERROR_UNSUPPORTED,
        "moof/traf/tfhd: has an absolute base-data-offset, needs offsets that "
        "count from moof");
  if (!tfhd.failed && track_id != track->id)
    return fail (p, CMAF_ERROR_NO_HEADER,
        "moof/traf/tfhd: track_ID is %u, needs %u as in the CMAF header",
        track_id, track->id);

  p->defaults = (Defaults){ track->sample_duration, track->default_sample_size,
    track->default_sample_flags };
  if (flags & CMAF_TFHD_SAMPLE_DESCRIPTION_INDEX)
    cmaf_box_reader_skip (&tfhd, 4);
  if (flags & CMAF_TFHD_DEFAULT_SAMPLE_DURATION)
    p->defaults.duration = cmaf_box_reader_u32 (&tfhd);
  if (flags & CMAF_TFHD_DEFAULT_SAMPLE_SIZE)
    p->defaults.size = cmaf_box_reader_u32 (&tfhd);
  if (flags & CMAF_TFHD_DEFAULT_SAMPLE_FLAGS)
    p->defaults.flags = cmaf_box_reader_u32 (&tfhd);
  if (tfhd.failed)
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf/tfhd: box has %" G_GSIZE_FORMAT
        " bytes, needs more for flags 0x%06x",
        size + 8, flags);
  return TRUE;
}

static gboolean
parse_tfdt (MoofParse *p, CmafBoxReader tfdt)
{
  gsize size = tfdt.size;
  guint8 version = cmaf_box_reader_full (&tfdt, NULL);

  p->chunk->decode_time =
      version == 1 ? cmaf_box_reader_u64 (&tfdt) : cmaf_box_reader_u32 (&tfdt);
  if (tfdt.failed)
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf/tfdt: box has %" G_GSIZE_FORMAT " bytes, needs %u", size + 8,
        version == 1 ? 20 : 16);
  return TRUE;
}

static gsize
trun_row_size (guint32 flags)
{
  gsize size = 0;

  for (guint32 bit = CMAF_TRUN_SAMPLE_DURATION;
       bit <= CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET; bit <<= 1)
    size += flags & bit ? 4 : 0;
  return size;
}

static void
take_sample (MoofParse *p, const CmafSample *sample)
{
  gint64 presentation = (gint64)p->chunk->duration + sample->composition_offset;

  if (p->samples->len == 0 || presentation < p->first_presentation)
    p->first_presentation = presentation;
  p->chunk->duration += sample->duration;
  p->extent->payload += sample->size;
  g_array_append_vals (p->samples, sample, 1);
}

static gboolean
check_trun (MoofParse *p, CmafBoxReader *trun, guint32 flags, guint32 n)
{
  gsize left = cmaf_box_reader_remaining (trun);
  gsize row = trun_row_size (flags);

  if (trun->failed || (row > 0 && n > left / row))
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf/trun: box has %" G_GSIZE_FORMAT
        " bytes, needs more for %u samples",
        trun->size + 8, n);
  if (n > p->max_samples - p->samples->len)
    return fail (p, CMAF_ERROR_LIMIT,
        "moof/traf/trun: %u samples after %u, needs at most %u in all", n,
        p->samples->len, p->max_samples);
  return TRUE;
}

/* Truns must lie one after the other in mdat. */
static gboolean
check_data_offset (MoofParse *p, guint32 flags, gint32 data_offset)
{
  gint64 expected = p->extent->data_offset + (gint64)p->extent->payload;

  if (!(flags & CMAF_TRUN_DATA_OFFSET)) {
    if (p->has_data_offset)
      return TRUE;
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf/trun: has no data_offset, needs one to reach mdat");
  }
  if (!p->has_data_offset)
    p->extent->data_offset = data_offset;
  else if (data_offset != expected)
    return fail (p, CMAF_ERROR_UNSUPPORTED,
        "moof/traf/trun: data_offset is %d, needs %" G_GINT64_FORMAT
        ", where the trun before it ends",
        data_offset, expected);
  p->has_data_offset = TRUE;
  return TRUE;
}

static gboolean
parse_trun (MoofParse *p, CmafBoxReader trun)
{
  guint32 flags, n, first_flags = 0;
  gint32 data_offset = 0;

  cmaf_box_reader_full (&trun, &flags);
  n = cmaf_box_reader_u32 (&trun);
  if (flags & CMAF_TRUN_DATA_OFFSET)
    data_offset = (gint32)cmaf_box_reader_u32 (&trun);
  if (flags & CMAF_TRUN_FIRST_SAMPLE_FLAGS)
    first_flags = cmaf_box_reader_u32 (&trun);
  if (!check_trun (p, &trun, flags, n)
      || !check_data_offset (p, flags, data_offset))
    return FALSE;

  for (guint32 i = 0; i < n; i++) {
    CmafSample sample = { p->defaults.duration, p->defaults.size,
      p->defaults.flags, 0 };

    if (flags & CMAF_TRUN_SAMPLE_DURATION)
      sample.duration = cmaf_box_reader_u32 (&trun);
    if (flags & CMAF_TRUN_SAMPLE_SIZE)
      sample.size = cmaf_box_reader_u32 (&trun);
    if (flags & CMAF_TRUN_SAMPLE_FLAGS)
      sample.flags = cmaf_box_reader_u32 (&trun);
    else if (i == 0 && flags & CMAF_TRUN_FIRST_SAMPLE_FLAGS)
      sample.flags = first_flags;
    /* signed in version 0 as well: writers exist that mean it so */
    if (flags & CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET)
      sample.composition_offset = (gint32)cmaf_box_reader_u32 (&trun);
    take_sample (p, &sample);
  }
  return TRUE;
}

/* What is not ours, or of a later version, is for others. */
static void
parse_uuid (MoofParse *p, CmafBoxReader uuid)
{
  const guint8 *type = cmaf_box_reader_data (&uuid, CMAF_UUID_SIZE);
  guint32 flags;

  if (type && memcmp (type, CMAF_SEGMENT_MARKS_UUID, CMAF_UUID_SIZE) == 0
      && cmaf_box_reader_full (&uuid, &flags) == 0 && !uuid.failed)
    p->chunk->marks = flags;
}

static gboolean
parse_traf (MoofParse *p, CmafBoxReader traf)
{
  CmafBox tfhd, tfdt, box;

  if (!cmaf_box_reader_find (&traf, CMAF_BOX_TFHD, &tfhd)
      || !cmaf_box_reader_find (&traf, CMAF_BOX_TFDT, &tfdt))
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf: has no whole box 'tfhd' or no whole box 'tfdt', needs "
        "both");
  if (!parse_tfhd (p, tfhd.body) || !parse_tfdt (p, tfdt.body))
    return FALSE;
  while (cmaf_box_reader_next (&traf, &box)) {
    if (box.type == CMAF_BOX_TRUN && !parse_trun (p, box.body))
      return FALSE;
    if (box.type == CMAF_BOX_UUID)
      parse_uuid (p, box.body);
  }
  if (traf.failed)
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof/traf: a box in it is larger than what is left");
  return TRUE;
}

/* @moof is its body. */
static gboolean
find_traf (MoofParse *p, CmafBoxReader moof, CmafBox *traf)
{
  CmafBox box;
  guint n_trafs = 0;

  while (cmaf_box_reader_next (&moof, &box)) {
    if (box.type == CMAF_BOX_TRAF) {
      *traf = box;
      n_trafs++;
    }
  }
  if (moof.failed)
    return fail (p, CMAF_ERROR_MALFORMED,
        "moof: a box in it is larger than what is left");
  if (n_trafs != 1)
    return fail (p, CMAF_ERROR_UNSUPPORTED,
        "moof: has %u boxes 'traf', needs exactly 1", n_trafs);
  return TRUE;
}

/* decode_time + duration must fit; the presentation time starts at 0. */
static gboolean
set_times (MoofParse *p)
{
  CmafChunk *chunk = p->chunk;
  gint64 delta = p->first_presentation - p->track->edit_media_time;
  guint64 end;

  if (!g_uint64_checked_add (&end, chunk->decode_time, chunk->duration)
      || (delta > 0
          && !g_uint64_checked_add (&end, chunk->decode_time, (guint64)delta)))
    return fail (p, CMAF_ERROR_TIMELINE,
        "moof/traf/tfdt: decode time %" G_GUINT64_FORMAT
        " and the sample times do not fit 64 bits",
        chunk->decode_time);
  if (delta < 0 && chunk->decode_time < (guint64)-delta)
    chunk->earliest_presentation_time = 0;
  else
    chunk->earliest_presentation_time = chunk->decode_time + (guint64)delta;
  return TRUE;
}

static gboolean
parse_moof_body (MoofParse *p, const CmafBoxReader *moof)
{
  CmafBox mfhd, traf;

  if (cmaf_box_reader_find (moof, CMAF_BOX_MFHD, &mfhd)) {
    cmaf_box_reader_full (&mfhd.body, NULL);
    p->chunk->sequence_number = cmaf_box_reader_u32 (&mfhd.body);
  }
  if (!find_traf (p, *moof, &traf) || !parse_traf (p, traf.body))
    return FALSE;
  if (p->samples->len == 0)
    return fail (p, CMAF_ERROR_UNSUPPORTED,
        "moof/traf: has 0 samples, needs at least 1");
  return set_times (p);
}

gboolean
cmaf_chunk_parse_moof (CmafChunk *chunk, GBytes *moof, const CmafTrack *track,
    guint max_samples, CmafMoofExtent *extent, GError **error)
{
  gsize n_samples;
  gboolean ok;
  CmafBoxReader r;
  CmafBox box;
  MoofParse p = {
    .track = track,
    .chunk = chunk,
    .extent = extent,
    .error = error,
    .max_samples = max_samples,
    .samples = g_array_new (FALSE, FALSE, sizeof (CmafSample)),
  };

  *extent = (CmafMoofExtent){ 0 };
  cmaf_box_reader_init (
      &r, g_bytes_get_data (moof, NULL), g_bytes_get_size (moof));
  ok = cmaf_box_reader_next (&r, &box)
           ? parse_moof_body (&p, &box.body)
           : fail (&p, CMAF_ERROR_MALFORMED, "moof: box is not whole");

  chunk->samples = g_array_steal (p.samples, &n_samples);
  chunk->n_samples = (guint)n_samples;
  g_array_unref (p.samples);
  return ok;
}
