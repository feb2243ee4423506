/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* styp prft emsg* moof and the head of mdat (ISO/IEC 23000-19 7.3.2). The
 * same samples give the same bytes: what all samples share stands in tfhd. */
#include "fragment-writer.h"

#include "box-writer.h"

#define GROUPING_ROLL CMAF_FOURCC ('r', 'o', 'l', 'l')
#define FRAGMENT_LOCAL_GROUP 0x10001 /* ISO/IEC 14496-12 8.9.4 */
#define MAX_SAMPLES (1u << 24)       /* keeps data_offset in 31 bits */
#define MDAT_HEAD 8
#define MDAT_LARGE_HEAD 16

/* What tfhd and trun say of the samples, and where. */
typedef struct
{
  guint32 tfhd_flags;
  guint32 trun_flags;
  guint32 default_flags;
  guint64 duration; /* sums */
  guint64 payload;
} Layout;

static void
plan_sample_flags (const CmafFragment *fragment, Layout *layout)
{
  const CmafSample *samples = fragment->samples;
  guint last = fragment->n_samples - 1;
  gboolean rest_is_equal = TRUE;

  for (guint i = 1; i < last; i++)
    rest_is_equal &= samples[i].flags == samples[last].flags;

  layout->default_flags = samples[last].flags;
  if (!rest_is_equal) {
    layout->trun_flags |= CMAF_TRUN_SAMPLE_FLAGS;
    return;
  }
  layout->tfhd_flags |= CMAF_TFHD_DEFAULT_SAMPLE_FLAGS;
  if (samples[0].flags != samples[last].flags)
    layout->trun_flags |= CMAF_TRUN_FIRST_SAMPLE_FLAGS;
}

static void
plan (const CmafFragment *fragment, Layout *layout)
{
  const CmafSample *first = &fragment->samples[0];
  gboolean same_duration = TRUE, same_size = TRUE, any_offset = FALSE;

  *layout = (Layout){
    .tfhd_flags =
        CMAF_TFHD_DEFAULT_BASE_IS_MOOF | CMAF_TFHD_SAMPLE_DESCRIPTION_INDEX,
    .trun_flags = CMAF_TRUN_DATA_OFFSET,
  };
  for (guint i = 0; i < fragment->n_samples; i++) {
    const CmafSample *sample = &fragment->samples[i];

    same_duration &= sample->duration == first->duration;
    same_size &= sample->size == first->size;
    any_offset |= sample->composition_offset != 0;
    layout->duration += sample->duration;
    layout->payload += sample->size;
  }
  if (same_duration)
    layout->tfhd_flags |= CMAF_TFHD_DEFAULT_SAMPLE_DURATION;
  else
    layout->trun_flags |= CMAF_TRUN_SAMPLE_DURATION;
  if (same_size)
    layout->tfhd_flags |= CMAF_TFHD_DEFAULT_SAMPLE_SIZE;
  else
    layout->trun_flags |= CMAF_TRUN_SAMPLE_SIZE;
  if (any_offset)
    layout->trun_flags |= CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET;
  plan_sample_flags (fragment, layout);
}

static void
write_styp (CmafBoxWriter *w, const CmafFragment *fragment)
{
  guint32 brand = fragment->starts_segment ? CMAF_BRAND_CMFS : CMAF_BRAND_CMFL;

  cmaf_box_writer_begin (w, CMAF_BOX_STYP);
  cmaf_box_writer_u32 (w, brand);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, brand);
  if (fragment->starts_segment)
    cmaf_box_writer_u32 (w, CMAF_BRAND_CMFF);
  if (fragment->is_last)
    cmaf_box_writer_u32 (w, CMAF_BRAND_LMSG);
  if (fragment->is_slate)
    cmaf_box_writer_u32 (w, CMAF_BRAND_SLAT);
  cmaf_box_writer_end (w);
}

static void
write_prft (CmafBoxWriter *w, const CmafFragment *fragment)
{
  cmaf_box_writer_begin_full (w, CMAF_BOX_PRFT, 1, fragment->prft_flags);
  cmaf_box_writer_u32 (w, fragment->track_id);
  cmaf_box_writer_u64 (w, fragment->prft_ntp);
  cmaf_box_writer_u64 (w, fragment->prft_media_time);
  cmaf_box_writer_end (w);
}

static void
write_tfhd (
    CmafBoxWriter *w, const CmafFragment *fragment, const Layout *layout)
{
  cmaf_box_writer_begin_full (w, CMAF_BOX_TFHD, 0, layout->tfhd_flags);
  cmaf_box_writer_u32 (w, fragment->track_id);
  cmaf_box_writer_u32 (w, 1); /* sample_description_index */
  if (layout->tfhd_flags & CMAF_TFHD_DEFAULT_SAMPLE_DURATION)
    cmaf_box_writer_u32 (w, fragment->samples[0].duration);
  if (layout->tfhd_flags & CMAF_TFHD_DEFAULT_SAMPLE_SIZE)
    cmaf_box_writer_u32 (w, fragment->samples[0].size);
  if (layout->tfhd_flags & CMAF_TFHD_DEFAULT_SAMPLE_FLAGS)
    cmaf_box_writer_u32 (w, layout->default_flags);
  cmaf_box_writer_end (w);
}

/* Returns the position of data_offset. */
static gsize
write_trun (
    CmafBoxWriter *w, const CmafFragment *fragment, const Layout *layout)
{
  guint32 flags = layout->trun_flags;
  gsize data_offset;

  cmaf_box_writer_begin_full (w, CMAF_BOX_TRUN, 1, flags);
  cmaf_box_writer_u32 (w, fragment->n_samples);
  data_offset = cmaf_box_writer_position (w);
  cmaf_box_writer_u32 (w, 0);
  if (flags & CMAF_TRUN_FIRST_SAMPLE_FLAGS)
    cmaf_box_writer_u32 (w, fragment->samples[0].flags);
  for (guint i = 0; i < fragment->n_samples; i++) {
    const CmafSample *sample = &fragment->samples[i];

    if (flags & CMAF_TRUN_SAMPLE_DURATION)
      cmaf_box_writer_u32 (w, sample->duration);
    if (flags & CMAF_TRUN_SAMPLE_SIZE)
      cmaf_box_writer_u32 (w, sample->size);
    if (flags & CMAF_TRUN_SAMPLE_FLAGS)
      cmaf_box_writer_u32 (w, sample->flags);
    if (flags & CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET)
      cmaf_box_writer_u32 (w, (guint32)sample->composition_offset);
  }
  cmaf_box_writer_end (w);
  return data_offset;
}

static void
write_roll_group (CmafBoxWriter *w, const CmafFragment *fragment)
{
  cmaf_box_writer_begin_full (w, CMAF_BOX_SGPD, 1, 0);
  cmaf_box_writer_u32 (w, GROUPING_ROLL);
  cmaf_box_writer_u32 (w, 2); /* default_length */
  cmaf_box_writer_u32 (w, 1);
  cmaf_box_writer_u16 (w, (guint16)fragment->roll_distance);
  cmaf_box_writer_end (w);

  cmaf_box_writer_begin_full (w, CMAF_BOX_SBGP, 0, 0);
  cmaf_box_writer_u32 (w, GROUPING_ROLL);
  cmaf_box_writer_u32 (w, 1);
  cmaf_box_writer_u32 (w, fragment->n_samples);
  cmaf_box_writer_u32 (w, FRAGMENT_LOCAL_GROUP);
  cmaf_box_writer_end (w);
}

static void
write_marks (CmafBoxWriter *w, CmafSegmentMarks marks)
{
  cmaf_box_writer_begin (w, CMAF_BOX_UUID);
  cmaf_box_writer_data (w, CMAF_SEGMENT_MARKS_UUID, CMAF_UUID_SIZE);
  cmaf_box_writer_u32 (w, marks); /* version 0, flags */
  cmaf_box_writer_end (w);
}

/* Returns the position of data_offset. */
static gsize
write_moof (
    CmafBoxWriter *w, const CmafFragment *fragment, const Layout *layout)
{
  gsize data_offset;

  cmaf_box_writer_begin (w, CMAF_BOX_MOOF);
  {
    cmaf_box_writer_begin_full (w, CMAF_BOX_MFHD, 0, 0);
    cmaf_box_writer_u32 (w, fragment->sequence_number);
    cmaf_box_writer_end (w);

    cmaf_box_writer_begin (w, CMAF_BOX_TRAF);
    {
      write_tfhd (w, fragment, layout);

      cmaf_box_writer_begin_full (w, CMAF_BOX_TFDT, 1, 0);
      cmaf_box_writer_u64 (w, fragment->decode_time);
      cmaf_box_writer_end (w);

      data_offset = write_trun (w, fragment, layout);
      if (fragment->roll_distance != 0)
        write_roll_group (w, fragment);
      if (fragment->marks != 0)
        write_marks (w, fragment->marks);
    }
    cmaf_box_writer_end (w);
  }
  cmaf_box_writer_end (w);
  return data_offset;
}

/* Not a scope: the body is somebody else's. */
static void
write_mdat_head (CmafBoxWriter *w, guint64 payload)
{
  gboolean is_large = payload > G_MAXUINT32 - MDAT_HEAD;

  cmaf_box_writer_u32 (w, is_large ? 1 : (guint32)payload + MDAT_HEAD);
  cmaf_box_writer_u32 (w, CMAF_BOX_MDAT);
  if (is_large)
    cmaf_box_writer_u64 (w, payload + MDAT_LARGE_HEAD);
}

static gboolean
check_fragment (const CmafFragment *fragment, GError **error)
{
  guint64 end = fragment->decode_time;

  if (fragment->n_samples == 0 || fragment->track_id == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "fragment: has %u samples of track %u, needs at least one of each",
        fragment->n_samples, fragment->track_id);
    return FALSE;
  }
  if (fragment->n_samples > MAX_SAMPLES) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "fragment: has %u samples, needs at most %u", fragment->n_samples,
        MAX_SAMPLES);
    return FALSE;
  }
  for (guint i = 0; i < fragment->n_samples; i++) {
    if (!g_uint64_checked_add (&end, end, fragment->samples[i].duration)) {
      g_set_error (error, CMAF_ERROR, CMAF_ERROR_TIMELINE,
          "moof/traf/tfdt: decode time %" G_GUINT64_FORMAT
          " and the sample durations do not fit 64 bits",
          fragment->decode_time);
      return FALSE;
    }
  }
  return TRUE;
}

GBytes *
cmaf_fragment_write (const CmafFragment *fragment, GError **error)
{
  CmafBoxWriter w;
  Layout layout;
  gsize moof, data_offset;

  g_return_val_if_fail (fragment != NULL, NULL);

  if (!check_fragment (fragment, error))
    return NULL;
  plan (fragment, &layout);

  cmaf_box_writer_init (&w);
  write_styp (&w, fragment);
  if (fragment->has_prft)
    write_prft (&w, fragment);
  for (guint i = 0; i < fragment->n_event_messages; i++) {
    GBytes *emsg = (GBytes *)fragment->event_messages[i];

    cmaf_box_writer_data (
        &w, g_bytes_get_data (emsg, NULL), g_bytes_get_size (emsg));
  }
  moof = cmaf_box_writer_position (&w);
  data_offset = write_moof (&w, fragment, &layout);
  write_mdat_head (&w, layout.payload);
  cmaf_box_writer_patch_u32 (
      &w, data_offset, (guint32)(cmaf_box_writer_position (&w) - moof));
  return cmaf_box_writer_finish (&w, error);
}
