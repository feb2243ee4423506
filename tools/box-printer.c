/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Table: box type -> its fields. What has no row is shown as hex. */
#include "box-printer.h"

#define MAX_DEPTH 32
#define MAX_HEX 32
#define NTP_UNIX_OFFSET G_GINT64_CONSTANT (2208988800)

typedef struct
{
  GString *text;
  GPtrArray *path; /* names of the boxes we are in */
  guint8 version;  /* of the full box whose fields are read */
  guint32 flags;
} Printer;

static void
print_indent (GString *text, guint depth)
{
  g_string_append_printf (text, "%*s", (int)(2 * depth), "");
}

static void print_field (Printer *p, const gchar *name, const gchar *format,
    ...) G_GNUC_PRINTF (3, 4);

static void
print_field (Printer *p, const gchar *name, const gchar *format, ...)
{
  va_list args;

  print_indent (p->text, p->path->len);
  g_string_append_printf (p->text, "%s: ", name);
  va_start (args, format);
  g_string_append_vprintf (p->text, format, args);
  va_end (args);
  g_string_append_c (p->text, '\n');
}

void
print_box_line (
    GString *text, guint32 type, guint64 offset, guint64 size, guint depth)
{
  gchar name[5];

  print_indent (text, depth);
  g_string_append_printf (text,
      "[%s] @%" G_GUINT64_FORMAT " size=%" G_GUINT64_FORMAT "\n",
      cmaf_fourcc_to_string (type, name), offset, size);
}

void
print_hex (GString *text, const gchar *name, const guint8 *data, gsize size,
    guint depth)
{
  print_indent (text, depth);
  g_string_append_printf (text, "%s:", name);
  for (gsize i = 0; i < MIN (size, MAX_HEX); i++)
    g_string_append_printf (text, "%s%02x", i % 4 == 0 ? " " : "", data[i]);
  if (size > MAX_HEX)
    g_string_append_printf (text, "... (%" G_GSIZE_FORMAT " bytes)", size);
  g_string_append_c (text, '\n');
}

/* Control characters and what is not UTF-8 come out escaped. */
static void
print_string (Printer *p, const gchar *name, const gchar *string)
{
  g_autofree gchar *valid = g_utf8_make_valid (string ? string : "", -1);
  g_autofree gchar *escaped = g_strescape (valid, NULL);

  print_field (p, name, "\"%s\"", escaped);
}

static void
print_rest (Printer *p, const gchar *name, CmafBoxReader *r)
{
  gsize n = cmaf_box_reader_remaining (r);

  if (n > 0)
    print_hex (p->text, name, cmaf_box_reader_data (r, n), n, p->path->len);
}

/* --- fields by table --- */

typedef enum
{
  SKIP_1, /* these first: one field, that many bytes */
  SKIP_2,
  SKIP_4,
  SKIP_6,
  SKIP_8,
  SKIP_10,
  SKIP_16,
  SKIP_24,
  SKIP_36,
  U8,
  U16,
  I16,
  U32,
  U64,
  FLAGS, /* 32 bits, hex */
  FOURCC,
  FIXED_16, /* 16.16 */
  SIZED,    /* 32 bits, 64 in version 1 */
  LANGUAGE,
  STRING,
  NTP,
  REST,
} FieldType;

typedef struct
{
  FieldType type;
  const gchar *name; /* NULL: the end */
} Field;

static const guint8 skips[] = { [SKIP_1] = 1,
  [SKIP_2] = 2,
  [SKIP_4] = 4,
  [SKIP_6] = 6,
  [SKIP_8] = 8,
  [SKIP_10] = 10,
  [SKIP_16] = 16,
  [SKIP_24] = 24,
  [SKIP_36] = 36 };

static void
print_fixed (Printer *p, const gchar *name, guint32 value)
{
  print_field (p, name, "%u.%04u", value >> 16,
      (guint)((guint64)(value & 0xFFFF) * 10000 / 65536));
}

static void
print_language (Printer *p, const gchar *name, guint16 packed)
{
  gchar code[4] = { 0 };

  for (guint i = 0; i < 3; i++) {
    code[i] = (gchar)(0x60 + (packed >> (5 * (2 - i)) & 0x1f));
    if (!g_ascii_islower (code[i]))
      code[i] = '?';
  }
  print_field (p, name, "%s", code);
}

static void
print_ntp (Printer *p, const gchar *name, guint64 ntp)
{
  gint64 seconds = (gint64)(ntp >> 32) - NTP_UNIX_OFFSET;
  guint millis = (guint)(((ntp & 0xFFFFFFFF) * 1000) >> 32);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree gchar *iso = time ? g_date_time_format (time, "%FT%T") : NULL;

  print_field (p, name, "0x%016" G_GINT64_MODIFIER "x (%s.%03uZ)", ntp,
      iso ? iso : "?", millis);
}

static void
print_one (Printer *p, CmafBoxReader *r, const Field *field)
{
  gchar name[5];

  switch (field->type) {
    case U8:
      print_field (p, field->name, "%u", cmaf_box_reader_u8 (r));
      break;
    case U16:
      print_field (p, field->name, "%u", cmaf_box_reader_u16 (r));
      break;
    case I16:
      print_field (p, field->name, "%d", (gint16)cmaf_box_reader_u16 (r));
      break;
    case U32:
      print_field (p, field->name, "%u", cmaf_box_reader_u32 (r));
      break;
    case U64:
      print_field (
          p, field->name, "%" G_GUINT64_FORMAT, cmaf_box_reader_u64 (r));
      break;
    case FLAGS:
      print_field (p, field->name, "0x%08x", cmaf_box_reader_u32 (r));
      break;
    case FOURCC:
      print_field (p, field->name, "%s",
          cmaf_fourcc_to_string (cmaf_box_reader_u32 (r), name));
      break;
    case FIXED_16:
      print_fixed (p, field->name, cmaf_box_reader_u32 (r));
      break;
    case SIZED:
      print_field (p, field->name, "%" G_GUINT64_FORMAT,
          p->version == 1 ? cmaf_box_reader_u64 (r) : cmaf_box_reader_u32 (r));
      break;
    case LANGUAGE:
      print_language (p, field->name, cmaf_box_reader_u16 (r));
      break;
    case STRING:
      print_string (p, field->name, cmaf_box_reader_string (r));
      break;
    case NTP:
      print_ntp (p, field->name, cmaf_box_reader_u64 (r));
      break;
    case REST:
      print_rest (p, field->name, r);
      break;
    default:
      cmaf_box_reader_skip (r, skips[field->type]);
      break;
  }
}

/* A field that is not there is not printed: no zeros are made up. */
static void
print_fields (Printer *p, CmafBoxReader *r, const Field *fields)
{
  for (; fields->name && !r->failed; fields++) {
    gsize before = p->text->len;

    print_one (p, r, fields);
    if (r->failed)
      g_string_truncate (p->text, before);
  }
}

/* --- boxes that a table of fields cannot say --- */

static void
print_brands (Printer *p, CmafBoxReader *r)
{
  static const Field fields[] = { { FOURCC, "major_brand" },
    { U32, "minor_version" }, { 0 } };
  GString *brands = g_string_new (NULL);
  gchar name[5];

  print_fields (p, r, fields);
  while (cmaf_box_reader_remaining (r) >= 4) {
    g_string_append_printf (brands, "%s%s", brands->len ? " " : "",
        cmaf_fourcc_to_string (cmaf_box_reader_u32 (r), name));
  }
  print_field (p, "compatible_brands", "%s", brands->str);
  g_string_free (brands, TRUE);
}

static void
print_elst (Printer *p, CmafBoxReader *r)
{
  guint32 n = cmaf_box_reader_u32 (r);

  for (guint32 i = 0; i < n && cmaf_box_reader_remaining (r) > 0; i++) {
    guint64 duration;
    gint64 media_time;

    if (p->version == 1) {
      duration = cmaf_box_reader_u64 (r);
      media_time = (gint64)cmaf_box_reader_u64 (r);
    } else {
      duration = cmaf_box_reader_u32 (r);
      media_time = (gint32)cmaf_box_reader_u32 (r);
    }
    cmaf_box_reader_skip (r, 4);
    if (!r->failed)
      print_field (p, "edit",
          "duration=%" G_GUINT64_FORMAT " media_time=%" G_GINT64_FORMAT,
          duration, media_time);
  }
}

static void
print_tfhd (Printer *p, CmafBoxReader *r)
{
  static const struct
  {
    guint32 flag;
    Field fields[2];
  } optional[] = {
    { CMAF_TFHD_BASE_DATA_OFFSET, { { U64, "base_data_offset" } } },
    { CMAF_TFHD_SAMPLE_DESCRIPTION_INDEX,
        { { U32, "sample_description_index" } } },
    { CMAF_TFHD_DEFAULT_SAMPLE_DURATION,
        { { U32, "default_sample_duration" } } },
    { CMAF_TFHD_DEFAULT_SAMPLE_SIZE, { { U32, "default_sample_size" } } },
    { CMAF_TFHD_DEFAULT_SAMPLE_FLAGS, { { FLAGS, "default_sample_flags" } } },
  };
  static const Field track[] = { { U32, "track_ID" }, { 0 } };

  print_fields (p, r, track);
  for (guint i = 0; i < G_N_ELEMENTS (optional); i++) {
    if (p->flags & optional[i].flag)
      print_fields (p, r, optional[i].fields);
  }
}

static void
print_trun_sample (Printer *p, CmafBoxReader *r, guint32 i)
{
  gsize before = p->text->len;

  print_indent (p->text, p->path->len);
  g_string_append_printf (p->text, "sample %u:", i);
  if (p->flags & CMAF_TRUN_SAMPLE_DURATION)
    g_string_append_printf (p->text, " duration=%u", cmaf_box_reader_u32 (r));
  if (p->flags & CMAF_TRUN_SAMPLE_SIZE)
    g_string_append_printf (p->text, " size=%u", cmaf_box_reader_u32 (r));
  if (p->flags & CMAF_TRUN_SAMPLE_FLAGS)
    g_string_append_printf (p->text, " flags=0x%08x", cmaf_box_reader_u32 (r));
  if (p->flags & CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET)
    g_string_append_printf (
        p->text, " offset=%d", (gint32)cmaf_box_reader_u32 (r));
  g_string_append_c (p->text, '\n');
  if (r->failed)
    g_string_truncate (p->text, before);
}

static void
print_trun (Printer *p, CmafBoxReader *r)
{
  guint32 n = cmaf_box_reader_u32 (r);

  print_field (p, "sample_count", "%u", n);
  if (p->flags & CMAF_TRUN_DATA_OFFSET)
    print_field (p, "data_offset", "%d", (gint32)cmaf_box_reader_u32 (r));
  if (p->flags & CMAF_TRUN_FIRST_SAMPLE_FLAGS)
    print_field (p, "first_sample_flags", "0x%08x", cmaf_box_reader_u32 (r));
  if (!(p->flags
          & (CMAF_TRUN_SAMPLE_DURATION | CMAF_TRUN_SAMPLE_SIZE
              | CMAF_TRUN_SAMPLE_FLAGS | CMAF_TRUN_SAMPLE_COMPOSITION_OFFSET)))
    return;
  for (guint32 i = 0; i < n && !r->failed; i++)
    print_trun_sample (p, r, i);
}

static void
print_emsg (Printer *p, CmafBoxReader *r)
{
  static const Field version_0[] = { { STRING, "scheme_id_uri" },
    { STRING, "value" }, { U32, "timescale" },
    { U32, "presentation_time_delta" }, { U32, "event_duration" },
    { U32, "id" }, { REST, "message_data" }, { 0 } };
  static const Field version_1[] = { { U32, "timescale" },
    { U64, "presentation_time" }, { U32, "event_duration" }, { U32, "id" },
    { STRING, "scheme_id_uri" }, { STRING, "value" }, { REST, "message_data" },
    { 0 } };
  static const Field unknown[] = { { REST, "data" }, { 0 } };

  print_fields (p, r,
      p->version == 0   ? version_0
      : p->version == 1 ? version_1
                        : unknown);
}

static void
print_sidx (Printer *p, CmafBoxReader *r)
{
  static const Field fields[] = { { U32, "reference_ID" }, { U32, "timescale" },
    { SIZED, "earliest_presentation_time" }, { SIZED, "first_offset" },
    { SKIP_2, "" }, { U16, "reference_count" }, { 0 } };

  print_fields (p, r, fields);
  while (cmaf_box_reader_remaining (r) >= 12) {
    guint32 reference = cmaf_box_reader_u32 (r);
    guint32 duration = cmaf_box_reader_u32 (r);
    guint32 sap = cmaf_box_reader_u32 (r);

    print_field (p, "reference", "type=%u size=%u duration=%u sap=%u",
        reference >> 31, reference & 0x7FFFFFFF, duration, sap >> 28 & 7);
  }
}

static void
print_sgpd (Printer *p, CmafBoxReader *r)
{
  static const Field version_1[] = { { FOURCC, "grouping_type" },
    { U32, "default_length" }, { U32, "entry_count" }, { REST, "entries" },
    { 0 } };
  static const Field other[] = { { FOURCC, "grouping_type" },
    { U32, "entry_count" }, { REST, "entries" }, { 0 } };

  print_fields (p, r, p->version == 1 ? version_1 : other);
}

/* --- the table --- */

enum
{
  FULL = 1 << 0,     /* version and flags come first */
  CHILDREN = 1 << 1, /* boxes follow the fields */
};

/* clang-format off */
#define VISUAL_ENTRY                                                          \
  { { SKIP_6, "" }, { U16, "data_reference_index" }, { SKIP_16, "" },         \
    { U16, "width" }, { U16, "height" }, { SKIP_10, "" }, { SKIP_4, "" },     \
    { SKIP_36, "" }, { 0 } }
#define AUDIO_ENTRY                                                           \
  { { SKIP_6, "" }, { U16, "data_reference_index" }, { SKIP_8, "" },          \
    { U16, "channelcount" }, { U16, "samplesize" }, { SKIP_4, "" },           \
    { FIXED_16, "samplerate" }, { 0 } }
#define TEXT_ENTRY                                                            \
  { { SKIP_6, "" }, { U16, "data_reference_index" }, { 0 } }

static const struct
{
  guint32 type;
  guint form;
  void (*print) (Printer *p, CmafBoxReader *r); /* before the fields */
  Field fields[12];
} rows[] = {
  { CMAF_BOX_FTYP, 0, print_brands, { { 0 } } },
  { CMAF_BOX_STYP, 0, print_brands, { { 0 } } },
  { CMAF_BOX_MOOV, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_TRAK, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_EDTS, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MDIA, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MINF, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_DINF, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_STBL, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_UDTA, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MVEX, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MOOF, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_TRAF, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MFRA, CHILDREN, NULL, { { 0 } } },
  { CMAF_BOX_MVHD, FULL, NULL, { { SIZED, "creation_time" },
      { SIZED, "modification_time" }, { U32, "timescale" },
      { SIZED, "duration" }, { FIXED_16, "rate" }, { SKIP_2, "" },
      { SKIP_10, "" }, { SKIP_36, "" }, { SKIP_24, "" },
      { U32, "next_track_ID" }, { 0 } } },
  { CMAF_BOX_TKHD, FULL, NULL, { { SIZED, "creation_time" },
      { SIZED, "modification_time" }, { U32, "track_ID" }, { SKIP_4, "" },
      { SIZED, "duration" }, { SKIP_16, "" }, { SKIP_36, "" },
      { FIXED_16, "width" }, { FIXED_16, "height" }, { 0 } } },
  { CMAF_BOX_ELST, FULL, print_elst, { { 0 } } },
  { CMAF_BOX_MDHD, FULL, NULL, { { SIZED, "creation_time" },
      { SIZED, "modification_time" }, { U32, "timescale" },
      { SIZED, "duration" }, { LANGUAGE, "language" }, { SKIP_2, "" },
      { 0 } } },
  { CMAF_BOX_HDLR, FULL, NULL, { { SKIP_4, "" }, { FOURCC, "handler_type" },
      { SKIP_6, "" }, { SKIP_6, "" }, { STRING, "name" }, { 0 } } },
  { CMAF_BOX_ELNG, FULL, NULL, { { STRING, "extended_language" }, { 0 } } },
  { CMAF_BOX_VMHD, FULL, NULL, { { 0 } } },
  { CMAF_BOX_SMHD, FULL, NULL, { { 0 } } },
  { CMAF_BOX_STHD, FULL, NULL, { { 0 } } },
  { CMAF_BOX_NMHD, FULL, NULL, { { 0 } } },
  { CMAF_BOX_DREF, FULL | CHILDREN, NULL, { { U32, "entry_count" }, { 0 } } },
  { CMAF_BOX_URL, FULL, NULL, { { REST, "location" }, { 0 } } },
  { CMAF_BOX_STSD, FULL | CHILDREN, NULL, { { U32, "entry_count" }, { 0 } } },
  { CMAF_BOX_STTS, FULL, NULL, { { U32, "entry_count" }, { 0 } } },
  { CMAF_BOX_STSC, FULL, NULL, { { U32, "entry_count" }, { 0 } } },
  { CMAF_BOX_STSZ, FULL, NULL, { { U32, "sample_size" },
      { U32, "sample_count" }, { 0 } } },
  { CMAF_BOX_STCO, FULL, NULL, { { U32, "entry_count" }, { 0 } } },
  { CMAF_CODEC_AVC1, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_AVC3, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_HVC1, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_HEV1, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_MP4A, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_OPUS, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_AV01, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_VP09, CHILDREN, NULL, VISUAL_ENTRY },
  { CMAF_CODEC_AC3, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_EC3, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_FLAC, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_MHA1, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_MHM1, CHILDREN, NULL, AUDIO_ENTRY },
  { CMAF_CODEC_WVTT, CHILDREN, NULL, TEXT_ENTRY },
  { CMAF_CODEC_STPP, CHILDREN, NULL, { { SKIP_6, "" },
      { U16, "data_reference_index" }, { STRING, "namespace" },
      { STRING, "schema_location" }, { STRING, "auxiliary_mime_types" },
      { 0 } } },
  { CMAF_BOX_AVCC, 0, NULL, { { U8, "version" }, { U8, "profile" },
      { U8, "compatibility" }, { U8, "level" }, { REST, "data" }, { 0 } } },
  { CMAF_BOX_ESDS, FULL, NULL, { { REST, "descriptors" }, { 0 } } },
  { CMAF_BOX_DOPS, 0, NULL, { { U8, "version" }, { U8, "channels" },
      { U16, "pre_skip" }, { U32, "input_sample_rate" },
      { I16, "output_gain" }, { U8, "mapping_family" }, { REST, "mapping" },
      { 0 } } },
  { CMAF_BOX_AV1C, 0, NULL, { { U8, "version" }, { U8, "profile_level" },
      { U8, "tier_depth_chroma" }, { U8, "delay" }, { REST, "config_obus" },
      { 0 } } },
  { CMAF_BOX_VPCC, FULL, NULL, { { U8, "profile" }, { U8, "level" },
      { U8, "depth_chroma_range" }, { U8, "primaries" }, { U8, "transfer" },
      { U8, "matrix" }, { REST, "data" }, { 0 } } },
  { CMAF_BOX_DAC3, 0, NULL, { { REST, "data" }, { 0 } } },
  { CMAF_BOX_DEC3, 0, NULL, { { REST, "data" }, { 0 } } },
  { CMAF_BOX_DFLA, FULL, NULL, { { REST, "metadata" }, { 0 } } },
  { CMAF_BOX_MHAC, 0, NULL, { { U8, "version" }, { U8, "profile_level" },
      { U8, "layout" }, { U16, "config_length" }, { REST, "config" },
      { 0 } } },
  { CMAF_BOX_VTTC_CONFIG, 0, NULL, { { REST, "config" }, { 0 } } },
  { CMAF_BOX_MIME, FULL, NULL, { { STRING, "content_type" }, { 0 } } },
  { CMAF_BOX_BTRT, 0, NULL, { { U32, "buffer_size" }, { U32, "max_bitrate" },
      { U32, "avg_bitrate" }, { 0 } } },
  { CMAF_BOX_COLR, 0, NULL, { { FOURCC, "colour_type" }, { U16, "primaries" },
      { U16, "transfer" }, { U16, "matrix" }, { REST, "range" }, { 0 } } },
  { CMAF_BOX_PASP, 0, NULL, { { U32, "h_spacing" }, { U32, "v_spacing" },
      { 0 } } },
  { CMAF_BOX_CLLI, 0, NULL, { { U16, "max_content_light_level" },
      { U16, "max_pic_average_light_level" }, { 0 } } },
  { CMAF_BOX_SGPD, FULL, print_sgpd, { { 0 } } },
  { CMAF_BOX_SBGP, FULL, NULL, { { FOURCC, "grouping_type" },
      { U32, "entry_count" }, { REST, "entries" }, { 0 } } },
  { CMAF_BOX_KIND, FULL, NULL, { { STRING, "scheme" }, { STRING, "value" },
      { 0 } } },
  { CMAF_BOX_MEHD, FULL, NULL, { { SIZED, "fragment_duration" }, { 0 } } },
  { CMAF_BOX_TREX, FULL, NULL, { { U32, "track_ID" },
      { U32, "default_sample_description_index" },
      { U32, "default_sample_duration" }, { U32, "default_sample_size" },
      { FLAGS, "default_sample_flags" }, { 0 } } },
  { CMAF_BOX_MFHD, FULL, NULL, { { U32, "sequence_number" }, { 0 } } },
  { CMAF_BOX_TFHD, FULL, print_tfhd, { { 0 } } },
  { CMAF_BOX_TFDT, FULL, NULL, { { SIZED, "base_media_decode_time" },
      { 0 } } },
  { CMAF_BOX_TRUN, FULL, print_trun, { { 0 } } },
  { CMAF_BOX_PRFT, FULL, NULL, { { U32, "reference_track_ID" },
      { NTP, "ntp_timestamp" }, { SIZED, "media_time" }, { 0 } } },
  { CMAF_BOX_EMSG, FULL, print_emsg, { { 0 } } },
  { CMAF_BOX_SIDX, FULL, print_sidx, { { 0 } } },
};
/* clang-format on */

static gboolean
damaged (Printer *p, const gchar *what, gsize size, GError **error)
{
  g_autofree gchar *path = NULL;

  g_ptr_array_add (p->path, NULL);
  path = g_strjoinv ("/", (gchar **)p->path->pdata);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
      "%s: box has %" G_GSIZE_FORMAT " bytes, needs more for %s", path, size,
      what);
  return FALSE;
}

static gboolean print_tree (
    Printer *p, const CmafBox *box, guint64 offset, GError **error);

static gboolean
print_children (Printer *p, CmafBoxReader *r, guint64 offset, GError **error)
{
  gsize end; /* of the last whole child */
  CmafBox child;

  if (p->path->len >= MAX_DEPTH)
    return damaged (p, "boxes this deep", r->size, error);
  for (end = r->pos; cmaf_box_reader_next (r, &child); end = r->pos) {
    if (!print_tree (p, &child, offset + child.offset, error))
      return FALSE;
  }
  if (r->failed && r->size - end >= 8)
    return damaged (p, "the size of a box in it", r->size + 8, error);
  return TRUE;
}

static gboolean
print_known (
    Printer *p, guint row, CmafBoxReader r, guint64 body_offset, GError **error)
{
  if (rows[row].form & FULL) {
    p->version = cmaf_box_reader_full (&r, &p->flags);
    if (!r.failed && (p->version != 0 || p->flags != 0))
      print_field (p, "version", "%u flags=0x%06x", p->version, p->flags);
  }
  if (rows[row].print)
    rows[row].print (p, &r);
  print_fields (p, &r, rows[row].fields);
  if (r.failed)
    return damaged (p, "its fields", r.size + 8, error);
  if (rows[row].form & CHILDREN)
    return print_children (p, &r, body_offset, error);
  return TRUE;
}

static gboolean
print_tree (Printer *p, const CmafBox *box, guint64 offset, GError **error)
{
  CmafBoxReader rest = box->body;
  gchar name[5];
  guint row;
  gboolean ok = TRUE;

  print_box_line (p->text, box->type, offset, box->size, p->path->len);
  g_ptr_array_add (p->path, g_strdup (cmaf_fourcc_to_string (box->type, name)));
  for (row = 0; row < G_N_ELEMENTS (rows); row++) {
    if (rows[row].type == box->type)
      break;
  }
  if (row < G_N_ELEMENTS (rows))
    ok = print_known (
        p, row, box->body, offset + box->size - box->body.size, error);
  else
    print_rest (p, "data", &rest);
  if (ok)
    g_ptr_array_set_size (p->path, p->path->len - 1);
  return ok;
}

gboolean
print_box (GString *text, const CmafBox *box, guint64 offset, GError **error)
{
  Printer p = { .text = text, .path = g_ptr_array_new_with_free_func (g_free) };
  gboolean ok = print_tree (&p, box, offset, error);

  g_ptr_array_unref (p.path);
  return ok;
}
