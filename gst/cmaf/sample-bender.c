/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A GstAudioConverter of variable rate behind a switch that is thrown once. */
#include "sample-bender.h"

/* Frames of history with which a converter begins: more than half its filter.
 */
#define TAIL 512
/* What the converter is told of the rate: steps of 63 ppb. Times the steps of
 * its table this must fit 31 bits. */
#define RATE 16000000
#define OVERSAMPLE 64

void
sample_bender_init (SampleBender *self, const GstAudioInfo *info)
{
  memset (self, 0, sizeof *self);
  self->info = *info;
  self->tail = g_byte_array_new ();
}

void
sample_bender_clear (SampleBender *self)
{
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  g_clear_pointer (&self->tail, g_byte_array_unref);
}

GstBuffer *
sample_bender_new_silence (const SampleBender *self, gsize n_frames)
{
  const gsize size = n_frames * GST_AUDIO_INFO_BPF (&self->info);
  gpointer data = g_malloc (MAX (size, 1));

  gst_audio_format_info_fill_silence (self->info.finfo, data, size);
  return gst_buffer_new_wrapped (data, size);
}

/* ---- not bent ---- */

static void
remember (SampleBender *self, const guint8 *data, gsize size)
{
  const gsize most = TAIL * GST_AUDIO_INFO_BPF (&self->info);
  gsize total;

  if (size > most) {
    data += size - most;
    size = most;
  }
  g_byte_array_append (self->tail, data, size);
  total = self->tail->len;
  if (total > most)
    g_byte_array_remove_range (self->tail, 0, total - most);
}

/* ---- bent ---- */

/* The frames that are out so far, less those that have to be left out. */
static GstBuffer *
convert (SampleBender *self, gpointer data, gsize n_in)
{
  const gsize bpf = GST_AUDIO_INFO_BPF (&self->info);
  gsize n_out = gst_audio_converter_get_out_frames (self->converter, n_in);
  gpointer out = g_malloc (MAX (n_out * bpf, 1));
  gpointer in_planes[1] = { data }, out_planes[1] = { out };
  gsize left_out = MIN (self->discard, n_out);

  gst_audio_converter_samples (
      self->converter, 0, in_planes, n_in, out_planes, n_out);
  self->discard -= left_out;
  if (n_out == left_out) {
    g_free (out);
    return NULL;
  }
  return gst_buffer_new_wrapped_full (0, out, n_out * bpf, left_out * bpf,
      (n_out - left_out) * bpf, out, g_free);
}

/* Interpolated: otherwise every change of rate makes a table of all phases.
 * The converter places sound wrong by one step of its table, so that one has
 * many. */
static GstStructure *
new_options (void)
{
  return gst_structure_new ("options", GST_AUDIO_RESAMPLER_OPT_FILTER_MODE,
      GST_TYPE_AUDIO_RESAMPLER_FILTER_MODE,
      GST_AUDIO_RESAMPLER_FILTER_MODE_INTERPOLATED,
      GST_AUDIO_RESAMPLER_OPT_FILTER_OVERSAMPLE, G_TYPE_INT, OVERSAMPLE, NULL);
}

static void
start_converter (SampleBender *self)
{
  GstAudioInfo info = self->info;
  const gsize n_tail = self->tail->len / GST_AUDIO_INFO_BPF (&info);
  GstBuffer *none;

  info.rate = RATE;
  self->converter = gst_audio_converter_new (
      GST_AUDIO_CONVERTER_FLAG_VARIABLE_RATE, &info, &info, new_options ());
  self->held = gst_audio_converter_get_max_latency (self->converter);
  self->discard = n_tail;
  none = convert (self, self->tail->data, n_tail);
  g_assert (none == NULL);
  g_byte_array_set_size (self->tail, 0);
}

void
sample_bender_bend (SampleBender *self, gint ppb)
{
  gint more = (gint64)RATE * ppb / 1000000000;

  if (ppb == self->ppb)
    return;
  /* at equal rates the converter copies, and half a filter later */
  if (more == 0)
    more = 1;
  if (!self->converter)
    start_converter (self);
  self->ppb = ppb;
  gst_audio_converter_update_config (self->converter, RATE, RATE + more, NULL);
}

GstBuffer *
sample_bender_push (SampleBender *self, GstBuffer *buffer, gsize n_frames)
{
  GstBuffer *result;
  GstMapInfo map;

  if (!buffer)
    buffer = sample_bender_new_silence (self, n_frames);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  if (self->converter) {
    result = convert (self, map.data, n_frames);
  } else {
    remember (self, map.data, map.size);
    result = gst_buffer_ref (buffer);
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return result;
}

GstBuffer *
sample_bender_drain (SampleBender *self)
{
  GstBuffer *result;

  if (!self->converter || self->held == 0)
    return NULL;
  result = sample_bender_push (
      self, sample_bender_new_silence (self, self->held), self->held);
  gst_audio_converter_reset (self->converter);
  self->discard = 0;
  return result;
}
