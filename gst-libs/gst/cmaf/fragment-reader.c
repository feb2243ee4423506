/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A machine over top-level boxes. ftyp and moov are collected in one array,
 * what a chunk has in front of mdat's body in another; the body itself is
 * lent in the pieces it arrived in. No memory is taken on the word of a size
 * field: arrays grow with the bytes that came. */
#include "fragment-reader.h"

#include "box-reader.h"
#include "chunk.h"
#include "init-segment.h"

#define DEFAULT_MAX_HEADER (1024 * 1024)
#define DEFAULT_MAX_MOOF (1024 * 1024)
#define DEFAULT_MAX_MDAT (64 * 1024 * 1024)
#define MAX_FRONT 4      /* times max_moof, for all boxes in front of mdat */
#define SMALL_PIECE 1024 /* smaller pieces of payload are joined... */
#define JOINED_PIECE (16 * 1024) /* ...into pieces of at most about this */

typedef enum
{
  STATE_HEAD,   /* size and type of a top-level box */
  STATE_HEADER, /* body of ftyp or moov */
  STATE_FRONT,  /* body of styp, prft, emsg or moof */
  STATE_DROP,   /* body of a box that is not passed on */
  STATE_MDAT,
} State;

struct _CmafFragmentReader
{
  CmafFragmentReaderLimits limits;
  CmafTrack *track;
  GBytes *header;
  GError *error; /* sticky */

  GQueue input;     /* of GBytes */
  gsize input_used; /* bytes of the first */

  State state;
  guint8 head[16]; /* of the current box */
  guint n_head;
  guint32 type;
  guint64 left;     /* bytes of the current box that are still to come */
  gboolean is_open; /* the box goes on to the end of the input */

  GByteArray *ftyp_moov;
  GByteArray *front; /* styp, prft, emsg, moof, head of mdat */
  gsize box_start;   /* of the current box in one of the two */
  gsize moof_start;  /* in front, when chunk is there */
  CmafMoofExtent extent;
  GArray *events;    /* of BoxRange */
  CmafChunk *chunk;  /* being built: there from moof on */
  GByteArray *small; /* pieces of payload that wait to be joined */
  CmafChunk *done;   /* complete */

  /* of the boxes in front of moof */
  CmafChunkFlags flags;
  guint32 prft_flags;
  guint64 prft_ntp;
  guint64 prft_media_time;
};

typedef struct
{
  gsize offset, size; /* in front */
} BoxRange;

static gboolean fail (CmafFragmentReader *reader, CmafError code,
    const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (CmafFragmentReader *reader, CmafError code, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_clear_error (&reader->error);
  reader->error = g_error_new_valist (CMAF_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

/* --- moof, and the boxes in front of it --- */

static gboolean
parse_moof (CmafFragmentReader *reader, const BoxRange *range)
{
  g_autoptr (CmafChunk) chunk = cmaf_chunk_new ();
  g_autoptr (GBytes) moof =
      g_bytes_new_static (reader->front->data + range->offset, range->size);
  guint max_samples = (guint)MIN (reader->limits.max_moof / 4, G_MAXINT32);

  reader->moof_start = range->offset;
  if (!cmaf_chunk_parse_moof (chunk, moof, reader->track, max_samples,
          &reader->extent, &reader->error))
    return FALSE;
  if (!(chunk->samples[0].flags & CMAF_SAMPLE_IS_NON_SYNC))
    reader->flags |= CMAF_CHUNK_SYNC;
  reader->chunk = g_steal_pointer (&chunk);
  return TRUE;
}

static gboolean
parse_styp (CmafFragmentReader *reader, CmafBoxReader body)
{
  gboolean is_minor_version = FALSE;

  reader->flags |= CMAF_CHUNK_HAS_STYP;
  for (guint i = 0; cmaf_box_reader_remaining (&body) >= 4; i++) {
    guint32 brand = cmaf_box_reader_u32 (&body);

    is_minor_version = i == 1;
    if (is_minor_version)
      continue;
    if (brand == CMAF_BRAND_CMFS || brand == CMAF_BRAND_CMFF
        || brand == CMAF_BRAND_MSDH)
      reader->flags |= CMAF_CHUNK_STARTS_SEGMENT;
    else if (brand == CMAF_BRAND_LMSG)
      reader->flags |= CMAF_CHUNK_LAST;
    else if (brand == CMAF_BRAND_SLAT)
      reader->flags |= CMAF_CHUNK_SLATE;
  }
  return TRUE;
}

static gboolean
parse_prft (CmafFragmentReader *reader, CmafBoxReader body)
{
  gsize size = body.size;
  guint32 flags;
  guint8 version = cmaf_box_reader_full (&body, &flags);
  guint64 ntp, media_time;

  cmaf_box_reader_skip (&body, 4); /* reference_track_ID */
  ntp = cmaf_box_reader_u64 (&body);
  media_time =
      version == 0 ? cmaf_box_reader_u32 (&body) : cmaf_box_reader_u64 (&body);
  if (body.failed)
    return fail (reader, CMAF_ERROR_MALFORMED,
        "prft: box has %" G_GSIZE_FORMAT " bytes, needs %u", size + 8,
        version == 0 ? 28 : 32);
  reader->flags |= CMAF_CHUNK_HAS_PRFT;
  reader->prft_flags = flags;
  reader->prft_ntp = ntp;
  reader->prft_media_time = media_time;
  return TRUE;
}

static gboolean
parse_front_box (CmafFragmentReader *reader)
{
  CmafBoxReader r;
  CmafBox box = { 0 };
  BoxRange range = { reader->box_start,
    reader->front->len - reader->box_start };

  cmaf_box_reader_init (&r, reader->front->data + range.offset, range.size);
  cmaf_box_reader_next (&r, &box);
  switch (reader->type) {
    case CMAF_BOX_STYP:
      return parse_styp (reader, box.body);
    case CMAF_BOX_PRFT:
      return parse_prft (reader, box.body);
    case CMAF_BOX_MOOF:
      return parse_moof (reader, &range);
    default:
      g_array_append_val (reader->events, range);
      return TRUE;
  }
}

/* --- input --- */

/* The next piece of input, at most @wanted bytes; 0 when there is none. */
static gsize
peek (CmafFragmentReader *reader, guint64 wanted, const guint8 **data)
{
  GBytes *first = g_queue_peek_head (&reader->input);
  gsize size;
  const guint8 *at;

  if (!first)
    return 0;
  at = g_bytes_get_data (first, &size);
  *data = at + reader->input_used;
  return (gsize)MIN (wanted, size - reader->input_used);
}

static void
consume (CmafFragmentReader *reader, gsize n)
{
  GBytes *first = g_queue_peek_head (&reader->input);

  reader->input_used += n;
  if (reader->input_used == g_bytes_get_size (first)) {
    g_bytes_unref (g_queue_pop_head (&reader->input));
    reader->input_used = 0;
  }
}

/* TRUE when size and type of the next box are there. */
static gboolean
collect_head (CmafFragmentReader *reader)
{
  guint needed = 8;

  for (;;) {
    const guint8 *data;
    gsize n;

    if (reader->n_head >= 8 && GST_READ_UINT32_BE (reader->head) == 1)
      needed = 16;
    if (reader->n_head == needed)
      return TRUE;
    n = peek (reader, needed - reader->n_head, &data);
    if (n == 0)
      return FALSE;
    memcpy (reader->head + reader->n_head, data, n);
    reader->n_head += n;
    consume (reader, n);
  }
}

/* TRUE when the rest of the current box is in @array. */
static gboolean
collect_body (CmafFragmentReader *reader, GByteArray *array)
{
  const guint8 *data;
  gsize n;

  while (reader->left > 0) {
    n = peek (reader, reader->left, &data);
    if (n == 0)
      return FALSE;
    if (array)
      g_byte_array_append (array, data, (guint)n);
    consume (reader, n);
    if (!reader->is_open)
      reader->left -= n;
  }
  return TRUE;
}

static void
flush_small (CmafFragmentReader *reader)
{
  if (reader->small->len == 0)
    return;
  g_ptr_array_add (
      reader->chunk->bytes, g_byte_array_free_to_bytes (reader->small));
  reader->small = g_byte_array_new ();
}

/* Payload is lent, not copied; only crumbs are swept together, so that a peer
 * cannot make us hold an object for each byte. */
static gboolean
collect_payload (CmafFragmentReader *reader)
{
  const guint8 *data;
  gsize n;

  while (reader->left > 0) {
    n = peek (reader, reader->left, &data);
    if (n == 0)
      return FALSE;
    if (n < SMALL_PIECE) {
      g_byte_array_append (reader->small, data, (guint)n);
      if (reader->small->len >= JOINED_PIECE)
        flush_small (reader);
    } else {
      flush_small (reader);
      g_ptr_array_add (reader->chunk->bytes,
          g_bytes_new_from_bytes (
              g_queue_peek_head (&reader->input), reader->input_used, n));
    }
    consume (reader, n);
    reader->left -= n;
  }
  flush_small (reader);
  return TRUE;
}

/* --- the machine --- */

static void
forget_front (CmafFragmentReader *reader)
{
  g_byte_array_set_size (reader->front, 0);
  g_byte_array_set_size (reader->small, 0);
  g_array_set_size (reader->events, 0);
  g_clear_pointer (&reader->chunk, cmaf_chunk_unref);
  reader->flags = 0;
}

static void
end_box (CmafFragmentReader *reader)
{
  reader->state = STATE_HEAD;
  reader->n_head = 0;
}

/* Whole box, body included, may have at most @max bytes. */
static gboolean
check_size (CmafFragmentReader *reader, gsize max)
{
  gchar name[5];

  if (reader->left <= max && reader->n_head <= max - reader->left)
    return TRUE;
  return fail (reader, CMAF_ERROR_LIMIT,
      "%s: box has %" G_GUINT64_FORMAT " bytes, needs at most %" G_GSIZE_FORMAT,
      cmaf_fourcc_to_string (reader->type, name), reader->left + reader->n_head,
      max);
}

static gboolean
begin_header_box (CmafFragmentReader *reader)
{
  gsize have = reader->ftyp_moov->len;

  if (reader->type == CMAF_BOX_FTYP) {
    g_byte_array_set_size (reader->ftyp_moov, 0);
    have = 0;
  }
  if (have > reader->limits.max_header
      || !check_size (reader, reader->limits.max_header - have))
    return FALSE;
  g_byte_array_append (reader->ftyp_moov, reader->head, reader->n_head);
  reader->state = STATE_HEADER;
  return TRUE;
}

static gboolean
begin_front_box (CmafFragmentReader *reader)
{
  gsize max_front = MIN (reader->limits.max_moof, G_MAXUINT32 / 8) * MAX_FRONT;

  if (reader->type == CMAF_BOX_MOOF && !reader->track)
    return fail (reader, CMAF_ERROR_NO_HEADER,
        "moof: no CMAF header was read, needs ftyp and moov in front of media");
  if (!check_size (reader, reader->limits.max_moof)
      || !check_size (reader, max_front - reader->front->len))
    return FALSE;
  if (reader->type == CMAF_BOX_MOOF)
    g_byte_array_set_size (reader->ftyp_moov, 0); /* an ftyp without moov */
  reader->box_start = reader->front->len;
  g_byte_array_append (reader->front, reader->head, reader->n_head);
  reader->state = STATE_FRONT;
  return TRUE;
}

static gboolean
begin_mdat (CmafFragmentReader *reader)
{
  gint64 body;

  if (!reader->chunk)
    return fail (reader,
        reader->track ? CMAF_ERROR_MALFORMED : CMAF_ERROR_NO_HEADER,
        "mdat: no moof in front of it, needs one");
  if (reader->left > reader->limits.max_mdat)
    return fail (reader, CMAF_ERROR_LIMIT,
        "mdat: body has %" G_GUINT64_FORMAT
        " bytes, needs at most %" G_GSIZE_FORMAT,
        reader->left, reader->limits.max_mdat);
  if (reader->left != reader->extent.payload)
    return fail (reader, CMAF_ERROR_MALFORMED,
        "mdat: body has %" G_GUINT64_FORMAT " bytes, needs %" G_GUINT64_FORMAT
        ", the sum of the sample sizes",
        reader->left, reader->extent.payload);
  g_byte_array_append (reader->front, reader->head, reader->n_head);
  body = (gint64)reader->front->len - (gint64)reader->moof_start;
  if (reader->extent.data_offset != body)
    return fail (reader, CMAF_ERROR_UNSUPPORTED,
        "moof/traf/trun: data_offset is %" G_GINT64_FORMAT
        ", needs %" G_GINT64_FORMAT ", where mdat's body begins",
        reader->extent.data_offset, body);

  g_ptr_array_add (reader->chunk->bytes,
      g_bytes_new (reader->front->data, reader->front->len));
  reader->state = STATE_MDAT;
  return TRUE;
}

static gboolean
begin_dropped_box (CmafFragmentReader *reader)
{
  gchar name[5];

  for (guint i = 0; i < 4; i++) {
    if (!g_ascii_isprint (reader->head[4 + i]))
      return fail (reader, CMAF_ERROR_MALFORMED,
          "input: 0x%08x stands where the type of a box is needed",
          reader->type);
  }
  if (reader->chunk)
    return fail (reader, CMAF_ERROR_UNSUPPORTED,
        "%s: box stands between moof and mdat, needs to stand in front",
        cmaf_fourcc_to_string (reader->type, name));
  if (!check_size (reader, reader->limits.max_moof))
    return FALSE;
  reader->state = STATE_DROP;
  return TRUE;
}

static gboolean
begin_end_of_track (CmafFragmentReader *reader)
{
  forget_front (reader);
  reader->state = STATE_DROP;
  return TRUE;
}

static const struct
{
  guint32 type;
  gboolean (*begin) (CmafFragmentReader *reader);
} box_rows[] = {
  { CMAF_BOX_MOOF, begin_front_box },
  { CMAF_BOX_MDAT, begin_mdat },
  { CMAF_BOX_STYP, begin_front_box },
  { CMAF_BOX_PRFT, begin_front_box },
  { CMAF_BOX_EMSG, begin_front_box },
  { CMAF_BOX_FTYP, begin_header_box },
  { CMAF_BOX_MOOV, begin_header_box },
  { CMAF_BOX_MFRA, begin_end_of_track },
};

/* Sets type and left. */
static gboolean
parse_head (CmafFragmentReader *reader)
{
  guint64 size = GST_READ_UINT32_BE (reader->head);
  gchar name[5];

  reader->type = GST_READ_UINT32_BE (reader->head + 4);
  reader->is_open = size == 0;
  if (size == 1)
    size = GST_READ_UINT64_BE (reader->head + 8);
  if (reader->is_open) {
    reader->left = G_MAXUINT64;
    if (reader->type == CMAF_BOX_MFRA)
      return TRUE;
    return fail (reader, CMAF_ERROR_UNSUPPORTED,
        "%s: size is 0, which means to the end of the input; needs the size",
        cmaf_fourcc_to_string (reader->type, name));
  }
  if (size < reader->n_head)
    return fail (reader, CMAF_ERROR_MALFORMED,
        "%s: size is %" G_GUINT64_FORMAT ", needs at least %u",
        cmaf_fourcc_to_string (reader->type, name), size, reader->n_head);
  reader->left = size - reader->n_head;
  return TRUE;
}

static gboolean
begin_box (CmafFragmentReader *reader)
{
  gchar name[5];

  if (!parse_head (reader))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (box_rows); i++) {
    if (box_rows[i].type != reader->type)
      continue;
    if (reader->chunk && reader->type != CMAF_BOX_MDAT)
      return fail (reader, CMAF_ERROR_MALFORMED,
          "%s: follows moof, needs mdat there",
          cmaf_fourcc_to_string (reader->type, name));
    return box_rows[i].begin (reader);
  }
  return begin_dropped_box (reader);
}

/* TRUE when the header is complete. */
static gboolean
end_header_box (CmafFragmentReader *reader)
{
  CmafTrack *track;

  if (reader->type != CMAF_BOX_MOOV)
    return FALSE;
  track = cmaf_init_segment_read (
      reader->ftyp_moov->data, reader->ftyp_moov->len, &reader->error);
  if (!track)
    return FALSE;
  g_clear_pointer (&reader->track, cmaf_track_unref);
  g_clear_pointer (&reader->header, g_bytes_unref);
  reader->track = track;
  reader->header = g_byte_array_free_to_bytes (reader->ftyp_moov);
  reader->ftyp_moov = g_byte_array_new ();
  return TRUE;
}

static void
take_event_messages (CmafFragmentReader *reader, CmafChunk *chunk)
{
  GBytes *head = g_ptr_array_index (chunk->bytes, 0);

  if (reader->events->len == 0)
    return;
  chunk->event_messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < reader->events->len; i++) {
    BoxRange *range = &g_array_index (reader->events, BoxRange, i);

    g_ptr_array_add (chunk->event_messages,
        g_bytes_new_from_bytes (head, range->offset, range->size));
  }
}

static void
end_chunk (CmafFragmentReader *reader)
{
  CmafChunk *chunk = g_steal_pointer (&reader->chunk);

  chunk->payload = reader->front->len;
  chunk->size = reader->front->len + (gsize)reader->extent.payload;
  chunk->flags = reader->flags;
  if (chunk->flags & CMAF_CHUNK_HAS_PRFT) {
    chunk->prft_flags = reader->prft_flags;
    chunk->prft_ntp = reader->prft_ntp;
    chunk->prft_media_time = reader->prft_media_time;
  }
  take_event_messages (reader, chunk);
  forget_front (reader);
  reader->done = chunk;
}

/* Does what can be done in one state. TRUE: go on; FALSE: @result. */
static gboolean
step (CmafFragmentReader *reader, CmafReadResult *result)
{
  gboolean is_complete = FALSE;

  *result = CMAF_READ_MORE;
  switch (reader->state) {
    case STATE_HEAD:
      if (!collect_head (reader) || !begin_box (reader))
        return FALSE;
      *result = CMAF_READ_END;
      return reader->type != CMAF_BOX_MFRA;
    case STATE_HEADER:
      if (!collect_body (reader, reader->ftyp_moov))
        return FALSE;
      is_complete = end_header_box (reader);
      end_box (reader);
      *result = CMAF_READ_HEADER;
      return !is_complete && !reader->error;
    case STATE_FRONT:
      if (!collect_body (reader, reader->front))
        return FALSE;
      end_box (reader);
      return parse_front_box (reader);
    case STATE_DROP:
      if (!collect_body (reader, NULL))
        return FALSE;
      end_box (reader);
      return TRUE;
    case STATE_MDAT:
      if (!collect_payload (reader))
        return FALSE;
      end_chunk (reader);
      end_box (reader);
      *result = CMAF_READ_CHUNK;
      return FALSE;
  }
  g_assert_not_reached ();
}

CmafReadResult
cmaf_fragment_reader_read (CmafFragmentReader *reader, GError **error)
{
  CmafReadResult result = CMAF_READ_MORE;

  g_clear_pointer (&reader->done, cmaf_chunk_unref);
  while (!reader->error && step (reader, &result))
    ;
  if (!reader->error)
    return result;
  if (error)
    *error = g_error_copy (reader->error);
  return CMAF_READ_ERROR;
}

void
cmaf_fragment_reader_feed (CmafFragmentReader *reader, GBytes *bytes)
{
  if (g_bytes_get_size (bytes) > 0)
    g_queue_push_tail (&reader->input, g_bytes_ref (bytes));
}

CmafTrack *
cmaf_fragment_reader_get_track (CmafFragmentReader *reader)
{
  return reader->track;
}

GBytes *
cmaf_fragment_reader_get_header (CmafFragmentReader *reader)
{
  return reader->header;
}

CmafChunk *
cmaf_fragment_reader_take_chunk (CmafFragmentReader *reader)
{
  return g_steal_pointer (&reader->done);
}

gboolean
cmaf_fragment_reader_is_at_boundary (const CmafFragmentReader *reader)
{
  gboolean is_between_boxes =
      (reader->state == STATE_HEAD && reader->n_head == 0)
      || (reader->state == STATE_DROP && reader->is_open);

  return !reader->error && is_between_boxes && reader->front->len == 0
         && reader->ftyp_moov->len == 0 && reader->input.length == 0;
}

void
cmaf_fragment_reader_reset (CmafFragmentReader *reader)
{
  g_clear_error (&reader->error);
  g_queue_clear_full (&reader->input, (GDestroyNotify)g_bytes_unref);
  reader->input_used = 0;
  g_byte_array_set_size (reader->ftyp_moov, 0);
  forget_front (reader);
  end_box (reader);
}

void
cmaf_fragment_reader_set_header (
    CmafFragmentReader *reader, CmafTrack *track, GBytes *header)
{
  cmaf_track_ref (track);
  g_bytes_ref (header);
  g_clear_pointer (&reader->track, cmaf_track_unref);
  g_clear_pointer (&reader->header, g_bytes_unref);
  reader->track = track;
  reader->header = header;
}

CmafFragmentReader *
cmaf_fragment_reader_new (const CmafFragmentReaderLimits *limits)
{
  CmafFragmentReader *reader = g_new0 (CmafFragmentReader, 1);

  if (limits)
    reader->limits = *limits;
  else
    reader->limits = (CmafFragmentReaderLimits){ DEFAULT_MAX_HEADER,
      DEFAULT_MAX_MOOF, DEFAULT_MAX_MDAT };
  g_queue_init (&reader->input);
  reader->ftyp_moov = g_byte_array_new ();
  reader->front = g_byte_array_new ();
  reader->small = g_byte_array_new ();
  reader->events = g_array_new (FALSE, FALSE, sizeof (BoxRange));
  return reader;
}

void
cmaf_fragment_reader_free (CmafFragmentReader *reader)
{
  if (!reader)
    return;
  cmaf_fragment_reader_reset (reader);
  g_clear_pointer (&reader->done, cmaf_chunk_unref);
  g_clear_pointer (&reader->track, cmaf_track_unref);
  g_clear_pointer (&reader->header, g_bytes_unref);
  g_byte_array_unref (reader->ftyp_moov);
  g_byte_array_unref (reader->front);
  g_byte_array_unref (reader->small);
  g_array_unref (reader->events);
  g_free (reader);
}
