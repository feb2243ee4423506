/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* ftyp and moov (ISO/IEC 23000-19 7.3.1), written and read back. */
#include "init-segment.h"

#include <gst/tag/tag.h>

#include "media-profile.h"
#include "sample-entry.h"

#define MAX_TEXT 256 /* bytes of a language, role or set we keep */
#define MAX_EDIT (G_GINT64_CONSTANT (1) << 40) /* ticks */

typedef struct
{
  guint32 handler;
  guint32 header; /* media header box */
  guint32 header_flags;
  guint header_size; /* of its fields */
  const gchar *name;
} MediaRow;

static const MediaRow media_rows[] = {
  [CMAF_MEDIA_VIDEO] = { CMAF_FOURCC ('v', 'i', 'd', 'e'), CMAF_BOX_VMHD, 1, 8,
      "video" },
  [CMAF_MEDIA_AUDIO] = { CMAF_FOURCC ('s', 'o', 'u', 'n'), CMAF_BOX_SMHD, 0, 4,
      "audio" },
  [CMAF_MEDIA_TEXT] = { CMAF_FOURCC ('s', 'u', 'b', 't'), CMAF_BOX_STHD, 0, 0,
      "text" },
  [CMAF_MEDIA_EVENT] = { CMAF_FOURCC ('m', 'e', 't', 'a'), CMAF_BOX_NMHD, 0, 0,
      "event" },
};

/* WebVTT (ISO/IEC 14496-30 7.2) is text, TTML (6.2) subtitles. */
static const MediaRow webvtt_row = { CMAF_FOURCC ('t', 'e', 'x', 't'),
  CMAF_BOX_NMHD, 0, 0, "text" };

static const MediaRow *
media_row (const CmafTrack *track)
{
  return track->codec == CMAF_CODEC_WVTT ? &webvtt_row
                                         : &media_rows[track->media];
}

/* --- ftyp --- */

static void
write_ftyp (CmafBoxWriter *w, const CmafTrack *track)
{
  guint32 brand = cmaf_media_profile_brand (track);

  cmaf_box_writer_begin (w, CMAF_BOX_FTYP);
  cmaf_box_writer_u32 (w, CMAF_BRAND_CMF2);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, CMAF_BRAND_ISO6);
  cmaf_box_writer_u32 (w, CMAF_BRAND_CMFC);
  cmaf_box_writer_u32 (w, CMAF_BRAND_CMF2);
  if (brand)
    cmaf_box_writer_u32 (w, brand);
  cmaf_box_writer_end (w);
}

/* --- moov, written --- */

static void
write_matrix (CmafBoxWriter *w)
{
  static const guint32 unity[9] = { 0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0,
    0x40000000 };

  for (guint i = 0; i < G_N_ELEMENTS (unity); i++)
    cmaf_box_writer_u32 (w, unity[i]);
}

static void
write_mvhd (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_begin_full (w, CMAF_BOX_MVHD, 0, 0);
  cmaf_box_writer_u32 (w, 0); /* creation_time */
  cmaf_box_writer_u32 (w, 0); /* modification_time */
  cmaf_box_writer_u32 (w, track->timescale);
  cmaf_box_writer_u32 (w, 0);          /* duration */
  cmaf_box_writer_u32 (w, 0x00010000); /* rate */
  cmaf_box_writer_u16 (w, 0x0100);     /* volume */
  cmaf_box_writer_fill (w, 0, 10);
  write_matrix (w);
  cmaf_box_writer_fill (w, 0, 24);
  cmaf_box_writer_u32 (w, track->id + 1); /* next_track_ID */
  cmaf_box_writer_end (w);
}

/* 16.16, square pixels */
static guint32
display_width (const CmafTrack *track)
{
  guint64 width = (guint64)track->width << 16;

  if (track->par_n > 0 && track->par_d > 0)
    width = gst_util_uint64_scale_round (width, track->par_n, track->par_d);
  return (guint32)MIN (width, G_MAXUINT32);
}

static void
write_tkhd (CmafBoxWriter *w, const CmafTrack *track)
{
  gboolean is_audio = track->media == CMAF_MEDIA_AUDIO;
  gboolean is_video = track->media == CMAF_MEDIA_VIDEO;

  cmaf_box_writer_begin_full (w, CMAF_BOX_TKHD, 0, 3); /* enabled, in movie */
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, track->id);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, 0); /* duration */
  cmaf_box_writer_fill (w, 0, 8);
  cmaf_box_writer_u16 (w, 0);                     /* layer */
  cmaf_box_writer_u16 (w, 0);                     /* alternate_group */
  cmaf_box_writer_u16 (w, is_audio ? 0x0100 : 0); /* volume */
  cmaf_box_writer_u16 (w, 0);
  write_matrix (w);
  cmaf_box_writer_u32 (w, is_video ? display_width (track) : 0);
  cmaf_box_writer_u32 (w, is_video ? (guint32)track->height << 16 : 0);
  cmaf_box_writer_end (w);
}

/* The ISO 639-2/T code when the whole of @language can be said with it, else
 * that of its primary subtag, else "und". @code holds 4 bytes. Returns TRUE
 * when nothing was lost. */
static gboolean
language_code (const gchar *language, gchar code[4])
{
  g_autofree gchar *primary = NULL;
  const gchar *known;
  gsize n;

  g_strlcpy (code, "und", 4);
  if (!language)
    return TRUE;

  n = strcspn (language, "-");
  primary = g_ascii_strdown (language, (gssize)n);
  known = gst_tag_get_language_code_iso_639_2T (primary);
  if (known)
    g_strlcpy (code, known, 4);
  else if (n == 3 && strspn (primary, "abcdefghijklmnopqrstuvwxyz") == 3)
    g_strlcpy (code, primary, 4);
  else
    return FALSE;
  return language[n] == 0;
}

static guint16
pack_language (const gchar code[4])
{
  return (code[0] - 0x60) << 10 | (code[1] - 0x60) << 5 | (code[2] - 0x60);
}

static void
write_mdhd_hdlr_elng (CmafBoxWriter *w, const CmafTrack *track)
{
  gchar code[4];
  gboolean is_exact = language_code (track->language, code);
  const MediaRow *row = media_row (track);

  cmaf_box_writer_begin_full (w, CMAF_BOX_MDHD, 0, 0);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, track->timescale);
  cmaf_box_writer_u32 (w, 0); /* duration */
  cmaf_box_writer_u16 (w, pack_language (code));
  cmaf_box_writer_u16 (w, 0);
  cmaf_box_writer_end (w);

  cmaf_box_writer_begin_full (w, CMAF_BOX_HDLR, 0, 0);
  cmaf_box_writer_u32 (w, 0);
  cmaf_box_writer_u32 (w, row->handler);
  cmaf_box_writer_fill (w, 0, 12);
  cmaf_box_writer_string (w, row->name);
  cmaf_box_writer_end (w);

  if (!is_exact) {
    cmaf_box_writer_begin_full (w, CMAF_BOX_ELNG, 0, 0);
    cmaf_box_writer_string (w, track->language);
    cmaf_box_writer_end (w);
  }
}

static void
write_stbl (CmafBoxWriter *w, const CmafTrack *track)
{
  static const struct
  {
    guint32 type;
    guint size;
  } empty[] = {
    { CMAF_BOX_STTS, 4 },
    { CMAF_BOX_STSC, 4 },
    { CMAF_BOX_STSZ, 8 },
    { CMAF_BOX_STCO, 4 },
  };

  cmaf_box_writer_begin (w, CMAF_BOX_STBL);
  cmaf_box_writer_begin_full (w, CMAF_BOX_STSD, 0, 0);
  cmaf_box_writer_u32 (w, 1);
  cmaf_sample_entry_write (w, track);
  cmaf_box_writer_end (w);
  for (guint i = 0; i < G_N_ELEMENTS (empty); i++) {
    cmaf_box_writer_begin_full (w, empty[i].type, 0, 0);
    cmaf_box_writer_fill (w, 0, empty[i].size);
    cmaf_box_writer_end (w);
  }
  cmaf_box_writer_end (w);
}

static void
write_minf (CmafBoxWriter *w, const CmafTrack *track)
{
  const MediaRow *row = media_row (track);

  cmaf_box_writer_begin (w, CMAF_BOX_MINF);
  {
    cmaf_box_writer_begin_full (w, row->header, 0, row->header_flags);
    cmaf_box_writer_fill (w, 0, row->header_size);
    cmaf_box_writer_end (w);

    cmaf_box_writer_begin (w, CMAF_BOX_DINF);
    cmaf_box_writer_begin_full (w, CMAF_BOX_DREF, 0, 0);
    cmaf_box_writer_u32 (w, 1);
    cmaf_box_writer_begin_full (w, CMAF_BOX_URL, 0, 1); /* same file */
    cmaf_box_writer_end (w);
    cmaf_box_writer_end (w);
    cmaf_box_writer_end (w);

    write_stbl (w, track);
  }
  cmaf_box_writer_end (w);
}

static void
write_kind (CmafBoxWriter *w, const gchar *scheme, const gchar *value)
{
  if (!value)
    return;
  cmaf_box_writer_begin_full (w, CMAF_BOX_KIND, 0, 0);
  cmaf_box_writer_string (w, scheme);
  cmaf_box_writer_string (w, value);
  cmaf_box_writer_end (w);
}

static void
write_udta (CmafBoxWriter *w, const CmafTrack *track)
{
  g_autofree gchar *grid = NULL;
  g_autofree gchar *generation = NULL;

  if (track->generation > 0)
    generation = g_strdup_printf ("%u", track->generation);
  if (track->segment_duration_n > 0 && track->segment_duration_d > 0)
    grid = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
        track->segment_duration_n, track->segment_duration_d);
  if (!track->role && !track->switching_set && !grid && !generation
      && !track->has_moves)
    return;

  cmaf_box_writer_begin (w, CMAF_BOX_UDTA);
  write_kind (w, CMAF_KIND_ROLE, track->role);
  write_kind (w, CMAF_KIND_SWITCHING_SET, track->switching_set);
  write_kind (w, CMAF_KIND_GRID, grid);
  write_kind (w, CMAF_KIND_GENERATION, generation);
  write_kind (w, CMAF_KIND_SPLICE_MODE, track->has_moves ? "move" : NULL);
  cmaf_box_writer_end (w);
}

static void
write_mvex (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_begin (w, CMAF_BOX_MVEX);
  cmaf_box_writer_begin_full (w, CMAF_BOX_TREX, 0, 0);
  cmaf_box_writer_u32 (w, track->id);
  cmaf_box_writer_u32 (w, 1); /* default_sample_description_index */
  cmaf_box_writer_u32 (w, track->sample_duration);
  cmaf_box_writer_u32 (w, track->default_sample_size);
  cmaf_box_writer_u32 (w, track->default_sample_flags);
  cmaf_box_writer_end (w);
  cmaf_box_writer_end (w);
}

static void
write_moov (CmafBoxWriter *w, const CmafTrack *track)
{
  cmaf_box_writer_begin (w, CMAF_BOX_MOOV);
  {
    write_mvhd (w, track);
    cmaf_box_writer_begin (w, CMAF_BOX_TRAK);
    {
      write_tkhd (w, track);
      cmaf_box_writer_begin (w, CMAF_BOX_MDIA);
      write_mdhd_hdlr_elng (w, track);
      write_minf (w, track);
      cmaf_box_writer_end (w);
      write_udta (w, track);
    }
    cmaf_box_writer_end (w);
    write_mvex (w, track);
  }
  cmaf_box_writer_end (w);
}

static gboolean
check_track (const CmafTrack *track, GError **error)
{
  if (track->timescale == 0 || track->id == 0 || track->id == G_MAXUINT32) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "track: timescale is %u and track_ID is %u, needs both positive",
        track->timescale, track->id);
    return FALSE;
  }
  if (track->width > G_MAXUINT16 || track->height > G_MAXUINT16
      || track->channels > G_MAXUINT16) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "track: %ux%u pixels, %u channels, needs at most 65535 of each",
        track->width, track->height, track->channels);
    return FALSE;
  }
  return cmaf_sample_entry_check (track, error);
}

GBytes *
cmaf_init_segment_write (const CmafTrack *track, GError **error)
{
  CmafBoxWriter w;

  g_return_val_if_fail (track != NULL, NULL);

  if (!check_track (track, error))
    return NULL;
  cmaf_box_writer_init (&w);
  write_ftyp (&w, track);
  write_moov (&w, track);
  return cmaf_box_writer_finish (&w, error);
}

/* --- moov, read --- */

/* Where in the header; what is wrong with it. */
static gboolean
malformed (GError **error, const gchar *where, const gchar *what)
{
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "%s: %s", where, what);
  return FALSE;
}

static gboolean
find_child (const CmafBoxReader *parent, guint32 type, const gchar *where,
    CmafBox *box, GError **error)
{
  gchar name[5];

  if (cmaf_box_reader_find (parent, type, box))
    return TRUE;
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "%s: has no whole box '%s', needs one", where,
      cmaf_fourcc_to_string (type, name));
  return FALSE;
}

/* Text that may go into manifests: short, UTF-8, no control characters; NULL
 * when it is not. */
static gchar *
dup_text (const gchar *text, gsize n)
{
  if (n == 0 || n > MAX_TEXT || !g_utf8_validate (text, (gssize)n, NULL))
    return NULL;
  for (gsize i = 0; i < n; i++) {
    if (g_ascii_iscntrl (text[i]))
      return NULL;
  }
  return g_strndup (text, n);
}

/* The next string, or the rest when its NUL is missing. */
static gchar *
read_text (CmafBoxReader *r)
{
  gsize left = cmaf_box_reader_remaining (r);
  const gchar *at = (const gchar *)r->data + r->pos;
  gsize n = strnlen (at, left);

  cmaf_box_reader_skip (r, MIN (n + 1, left));
  return dup_text (at, n);
}

/* creation and modification time */
static guint8
skip_times (CmafBoxReader *r)
{
  guint8 version = cmaf_box_reader_full (r, NULL);

  cmaf_box_reader_skip (r, version == 1 ? 16 : 8);
  return version;
}

static gchar *
unpack_language (guint16 packed)
{
  gchar code[4] = { 0 };
  const gchar *shortest;

  for (guint i = 0; i < 3; i++) {
    guint letter = packed >> (5 * (2 - i)) & 0x1f;

    if (letter < 1 || letter > 26)
      return NULL;
    code[i] = (gchar)(0x60 + letter);
  }
  if (g_str_equal (code, "und"))
    return NULL;
  shortest = gst_tag_get_language_code_iso_639_1 (code);
  return g_strdup (shortest ? shortest : code);
}

static gboolean
read_mdhd (const CmafBoxReader *mdia, CmafTrack *track, GError **error)
{
  CmafBox box;
  guint16 language;

  if (!find_child (mdia, CMAF_BOX_MDHD, "moov/trak/mdia", &box, error))
    return FALSE;
  if (skip_times (&box.body) == 1) {
    track->timescale = cmaf_box_reader_u32 (&box.body);
    cmaf_box_reader_skip (&box.body, 8);
  } else {
    track->timescale = cmaf_box_reader_u32 (&box.body);
    cmaf_box_reader_skip (&box.body, 4);
  }
  language = cmaf_box_reader_u16 (&box.body);
  if (box.body.failed)
    return malformed (error, "moov/trak/mdia/mdhd", "box is too short");
  if (track->timescale == 0)
    return malformed (
        error, "moov/trak/mdia/mdhd", "timescale is 0, needs at least 1");
  track->language = unpack_language (language);
  return TRUE;
}

/* Wins over mdhd. */
static void
read_elng (const CmafBoxReader *mdia, CmafTrack *track)
{
  g_autofree gchar *language = NULL;
  CmafBox box;

  if (!cmaf_box_reader_find (mdia, CMAF_BOX_ELNG, &box))
    return;
  cmaf_box_reader_full (&box.body, NULL);
  language = read_text (&box.body);
  if (!language || !cmaf_language_is_valid (language))
    return;
  g_free (track->language);
  track->language =
      g_str_equal (language, "und") ? NULL : g_steal_pointer (&language);
}

static gboolean
read_stsd (const CmafBoxReader *mdia, CmafTrack *track, GError **error)
{
  CmafBox minf, stbl, stsd, entry;

  if (!find_child (mdia, CMAF_BOX_MINF, "moov/trak/mdia", &minf, error)
      || !find_child (
          &minf.body, CMAF_BOX_STBL, "moov/trak/mdia/minf", &stbl, error)
      || !find_child (
          &stbl.body, CMAF_BOX_STSD, "moov/trak/mdia/minf/stbl", &stsd, error))
    return FALSE;
  cmaf_box_reader_skip (&stsd.body, 8);
  if (!cmaf_box_reader_next (&stsd.body, &entry))
    return malformed (error, "moov/trak/mdia/minf/stbl/stsd",
        "has no whole sample entry, needs one");
  return cmaf_sample_entry_read (&entry, track, error);
}

static gboolean
read_tkhd (const CmafBoxReader *trak, CmafTrack *track, GError **error)
{
  CmafBox box;

  if (!find_child (trak, CMAF_BOX_TKHD, "moov/trak", &box, error))
    return FALSE;
  skip_times (&box.body);
  track->id = cmaf_box_reader_u32 (&box.body);
  if (box.body.failed || track->id == 0)
    return malformed (
        error, "moov/trak/tkhd", "track_ID is 0 or missing, needs at least 1");
  return TRUE;
}

static void
read_grid (const gchar *value, CmafTrack *track)
{
  g_auto (GStrv) parts = g_strsplit (value, "/", 3);
  guint64 n, d;

  if (g_strv_length (parts) == 2
      && g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT32, &n, NULL)
      && g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXUINT32, &d, NULL)) {
    track->segment_duration_n = n;
    track->segment_duration_d = d;
  }
}

static void
read_generation (const gchar *value, CmafTrack *track)
{
  guint64 generation;

  if (g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT32, &generation, NULL))
    track->generation = (guint)generation;
}

static void
read_kind (CmafBoxReader body, CmafTrack *track)
{
  g_autofree gchar *scheme = NULL;
  g_autofree gchar *value = NULL;

  cmaf_box_reader_full (&body, NULL);
  scheme = read_text (&body);
  value = read_text (&body);
  if (!scheme || !value)
    return;
  if (g_str_equal (scheme, CMAF_KIND_ROLE) && !track->role
      && cmaf_role_is_valid (value))
    track->role = g_steal_pointer (&value);
  else if (g_str_equal (scheme, CMAF_KIND_SWITCHING_SET)
           && !track->switching_set)
    track->switching_set = g_steal_pointer (&value);
  else if (g_str_equal (scheme, CMAF_KIND_GRID))
    read_grid (value, track);
  else if (g_str_equal (scheme, CMAF_KIND_GENERATION))
    read_generation (value, track);
  else if (g_str_equal (scheme, CMAF_KIND_SPLICE_MODE))
    track->has_moves = g_str_equal (value, "move");
}

static void
read_kinds (const CmafBoxReader *trak, CmafTrack *track)
{
  CmafBox udta, box;

  if (!cmaf_box_reader_find (trak, CMAF_BOX_UDTA, &udta))
    return;
  while (cmaf_box_reader_next (&udta.body, &box)) {
    if (box.type == CMAF_BOX_KIND)
      read_kind (box.body, track);
  }
}

/* The first edit with media, less the empty edits in front of it. */
static gboolean
read_elst (CmafBoxReader elst, guint32 movie_timescale, CmafTrack *track,
    GError **error)
{
  guint8 version = cmaf_box_reader_full (&elst, NULL);
  guint32 n = cmaf_box_reader_u32 (&elst);
  gint64 empty = 0, media_time = -1;

  for (guint32 i = 0; i < n && empty <= MAX_EDIT && !elst.failed; i++) {
    guint64 duration;

    if (version == 1) {
      duration = cmaf_box_reader_u64 (&elst);
      media_time = (gint64)cmaf_box_reader_u64 (&elst);
    } else {
      duration = cmaf_box_reader_u32 (&elst);
      media_time = (gint32)cmaf_box_reader_u32 (&elst);
    }
    cmaf_box_reader_skip (&elst, 4); /* rate */
    if (media_time >= 0)
      break;
    if (movie_timescale > 0)
      duration =
          gst_util_uint64_scale (duration, track->timescale, movie_timescale);
    empty += (gint64)MIN (duration, MAX_EDIT + 1);
  }
  if (empty > MAX_EDIT || media_time > MAX_EDIT)
    return malformed (
        error, "moov/trak/edts/elst", "edit is too long, needs < 2^40 ticks");
  if (elst.failed)
    return malformed (error, "moov/trak/edts/elst", "box is too short");
  track->edit_media_time = MAX (media_time, 0) - empty;
  return TRUE;
}

static gboolean
read_edits (const CmafBoxReader *moov, const CmafBoxReader *trak,
    CmafTrack *track, GError **error)
{
  CmafBox edts, elst, mvhd;
  guint32 movie_timescale = 0;

  if (!cmaf_box_reader_find (trak, CMAF_BOX_EDTS, &edts)
      || !cmaf_box_reader_find (&edts.body, CMAF_BOX_ELST, &elst))
    return TRUE;
  if (cmaf_box_reader_find (moov, CMAF_BOX_MVHD, &mvhd)) {
    skip_times (&mvhd.body);
    movie_timescale = cmaf_box_reader_u32 (&mvhd.body);
  }
  return read_elst (elst.body, movie_timescale, track, error);
}

/* The trex of our track, else (some senders) the first there is. */
static gboolean
read_trex (const CmafBoxReader *moov, CmafTrack *track, GError **error)
{
  CmafBox mvex, box;
  gboolean found = FALSE, is_ours = FALSE;

  if (!cmaf_box_reader_find (moov, CMAF_BOX_MVEX, &mvex)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "moov: has no box 'mvex', needs a fragmented track");
    return FALSE;
  }
  while (!is_ours && cmaf_box_reader_next (&mvex.body, &box)) {
    if (box.type != CMAF_BOX_TREX)
      continue;
    cmaf_box_reader_full (&box.body, NULL);
    is_ours = cmaf_box_reader_u32 (&box.body) == track->id;
    if (found && !is_ours)
      continue;
    found = TRUE;
    cmaf_box_reader_skip (&box.body, 4); /* sample description */
    track->sample_duration = cmaf_box_reader_u32 (&box.body);
    track->default_sample_size = cmaf_box_reader_u32 (&box.body);
    track->default_sample_flags = cmaf_box_reader_u32 (&box.body);
    if (box.body.failed)
      return malformed (error, "moov/mvex/trex", "box is too short");
  }
  if (!found || mvex.body.failed)
    return malformed (error, "moov/mvex", "has no whole box 'trex', needs one");
  return TRUE;
}

static void
derive (CmafTrack *track)
{
  if (track->media == CMAF_MEDIA_VIDEO && track->sample_duration > 0) {
    guint gcd = (guint)gst_util_greatest_common_divisor_int64 (
        track->timescale, track->sample_duration);

    track->fps_n = track->timescale / gcd;
    track->fps_d = track->sample_duration / gcd;
  }
  if (track->media == CMAF_MEDIA_AUDIO && track->sample_rate == 0)
    track->sample_rate = track->timescale;
}

static gboolean
read_moov (const CmafBoxReader *moov, CmafTrack *track, GError **error)
{
  CmafBoxReader cursor = *moov;
  CmafBox box, trak, mdia;
  guint n_traks = 0;

  while (cmaf_box_reader_next (&cursor, &box)) {
    if (box.type == CMAF_BOX_TRAK) {
      trak = box;
      n_traks++;
    }
  }
  if (cursor.failed)
    return malformed (error, "moov", "a box in it is larger than what is left");
  if (n_traks != 1) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "moov: has %u boxes 'trak', needs exactly 1", n_traks);
    return FALSE;
  }
  if (!read_tkhd (&trak.body, track, error)
      || !find_child (&trak.body, CMAF_BOX_MDIA, "moov/trak", &mdia, error)
      || !read_mdhd (&mdia.body, track, error)
      || !read_stsd (&mdia.body, track, error)
      || !read_trex (moov, track, error)
      || !read_edits (moov, &trak.body, track, error))
    return FALSE;
  read_elng (&mdia.body, track);
  read_kinds (&trak.body, track);
  derive (track);
  return TRUE;
}

CmafTrack *
cmaf_init_segment_read (gconstpointer data, gsize size, GError **error)
{
  g_autoptr (CmafTrack) track = cmaf_track_new (CMAF_MEDIA_VIDEO, 0);
  CmafBoxReader r;
  CmafBox box, moov;
  gboolean has_ftyp = FALSE, has_moov = FALSE;

  cmaf_box_reader_init (&r, data, size);
  while (cmaf_box_reader_next (&r, &box)) {
    has_ftyp |= box.type == CMAF_BOX_FTYP;
    if (box.type == CMAF_BOX_MOOV && !has_moov) {
      has_moov = TRUE;
      moov = box;
    }
  }
  if (!has_ftyp || !has_moov || r.failed) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "header: %" G_GSIZE_FORMAT " bytes with%s box 'ftyp', with%s box "
        "'moov'%s, needs both whole",
        size, has_ftyp ? "" : "out", has_moov ? "" : "out",
        r.failed ? " and with a truncated box" : "");
    return NULL;
  }
  if (!read_moov (&moov.body, track, error))
    return NULL;
  return g_steal_pointer (&track);
}

void
cmaf_init_segment_hash (GBytes *header, gchar hash[9])
{
  g_autofree gchar *digest =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, header);

  g_strlcpy (hash, digest, 9);
}
