/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A transport stream -> events. A stream is there for each PID of which a
 * table told; everything else is passed over. */
#include <gst/cmaf/ts-reader.h>

#define N_PIDS (CMAF_TS_MAX_PID + 1)
#define PES_HEAD 9 /* up to and with PES_header_data_length */
#define HASH_PRIME G_GUINT64_CONSTANT (0x100000001b3)

typedef struct
{
  guint16 pid, pmt_pid;
  CmafTsStreamKind kind;
  gboolean tells_time;
  gboolean is_table; /* a program map, or splice sections */
  CmafTsSections sections;

  gboolean has_continuity;
  guint8 continuity;
  gboolean is_open; /* a PES packet is */
  GByteArray *head; /* of it, as far as it has come */
  gboolean has_head;
  guint64 limit; /* payload that it says it has; 0: up to the next one */
  gboolean has_pts;
  guint64 pts;
  guint64 size, hash;
  gboolean has_ebp, has_temi; /* wait for the time stamp */
  CmafEbp ebp;
  CmafTemi temi;
} Stream;

struct _CmafTsReader
{
  guint program;
  CmafTsFramer *framer;
  Stream *streams[N_PIDS];
  GArray *events; /* of CmafTsEvent */
  guint next_event;
  gboolean has_last_pts;
  guint64 last_pts;
};

guint64
cmaf_ts_hash (guint64 hash, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    hash = (hash ^ data[i]) * HASH_PRIME;
  return hash;
}

void
cmaf_ts_event_clear (CmafTsEvent *event)
{
  g_clear_pointer (&event->section, g_bytes_unref);
}

/* ---- streams ---- */

static void
stream_free (Stream *stream)
{
  if (!stream)
    return;
  cmaf_ts_sections_clear (&stream->sections);
  g_byte_array_unref (stream->head);
  g_free (stream);
}

static Stream *
ensure_stream (CmafTsReader *r, guint16 pid)
{
  Stream *stream = r->streams[pid];

  if (!stream) {
    stream = r->streams[pid] = g_new0 (Stream, 1);
    stream->pid = pid;
    stream->head = g_byte_array_new ();
    cmaf_ts_sections_init (&stream->sections);
  }
  return stream;
}

CmafTsReader *
cmaf_ts_reader_new (guint program)
{
  CmafTsReader *r = g_new0 (CmafTsReader, 1);

  r->program = program;
  r->framer = cmaf_ts_framer_new ();
  r->events = g_array_new (FALSE, TRUE, sizeof (CmafTsEvent));
  g_array_set_clear_func (r->events, (GDestroyNotify)cmaf_ts_event_clear);
  ensure_stream (r, 0)->is_table = TRUE;
  return r;
}

void
cmaf_ts_reader_free (CmafTsReader *r)
{
  for (guint pid = 0; pid < N_PIDS; pid++)
    stream_free (r->streams[pid]);
  cmaf_ts_framer_free (r->framer);
  g_array_unref (r->events);
  g_free (r);
}

static CmafTsEvent *
add_event (CmafTsReader *r, CmafTsEventKind kind, guint16 pid)
{
  CmafTsEvent *event;

  g_array_set_size (r->events, r->events->len + 1);
  event = &g_array_index (r->events, CmafTsEvent, r->events->len - 1);
  event->kind = kind;
  event->pid = pid;
  return event;
}

static void
add_broken (CmafTsReader *r, guint16 pid, const gchar *reason)
{
  add_event (r, CMAF_TS_BROKEN, pid)->reason = reason;
}

/* ---- tables ---- */

static void
take_pat (CmafTsReader *r, const guint8 *data, gsize size)
{
  CmafTsPat pat;

  if (!cmaf_ts_pat_parse (data, size, &pat))
    return;
  for (guint i = 0; i < pat.n_programs; i++) {
    if (pat.pids[i] != 0 && (r->program == 0 || r->program == pat.numbers[i]))
      ensure_stream (r, pat.pids[i])->is_table = TRUE;
  }
}

static gboolean
has_stream (const CmafTsPmt *pmt, guint16 pid)
{
  for (guint i = 0; i < pmt->n_streams; i++) {
    if (pmt->streams[i].pid == pid)
      return TRUE;
  }
  return FALSE;
}

static void
take_pmt (CmafTsReader *r, guint16 pmt_pid, const guint8 *data, gsize size)
{
  gboolean has_video = FALSE;
  CmafTsPmt pmt;

  if (!cmaf_ts_pmt_parse (data, size, &pmt)
      || (r->program != 0 && r->program != pmt.number))
    return;
  for (guint pid = 1; pid < N_PIDS; pid++) {
    Stream *stream = r->streams[pid];

    if (stream && stream->pmt_pid == pmt_pid && !has_stream (&pmt, pid))
      g_clear_pointer (&r->streams[pid], stream_free);
  }
  for (guint i = 0; i < pmt.n_streams; i++)
    has_video |= pmt.streams[i].kind == CMAF_TS_STREAM_VIDEO;
  for (guint i = 0; i < pmt.n_streams; i++) {
    const guint16 pid = pmt.streams[i].pid;
    Stream *stream;

    if (pid == 0 || pmt.streams[i].kind == CMAF_TS_STREAM_OTHER)
      continue;
    stream = ensure_stream (r, pid);
    if (stream->is_table && stream->pmt_pid == 0)
      continue; /* a program map itself */
    stream->pmt_pid = pmt_pid;
    stream->kind = pmt.streams[i].kind;
    stream->tells_time =
        stream->kind
        == (has_video ? CMAF_TS_STREAM_VIDEO : CMAF_TS_STREAM_AUDIO);
    stream->is_table = stream->kind == CMAF_TS_STREAM_SPLICE;
  }
}

static void
take_splice (CmafTsReader *r, guint16 pid, const guint8 *data, gsize size)
{
  CmafTsEvent *event = add_event (r, CMAF_TS_SPLICE, pid);

  event->section = g_bytes_new (data, size);
  event->has_pts = r->has_last_pts;
  event->pts = r->last_pts;
}

static void
take_table_packet (CmafTsReader *r, guint16 pid, const CmafTsPacket *packet)
{
  Stream *stream = r->streams[pid];
  const guint8 *section;
  gsize size;

  cmaf_ts_sections_push (&stream->sections, packet->starts_unit,
      packet->continuity, packet->payload, packet->payload_size);
  while ((section = cmaf_ts_sections_next (&stream->sections, &size))) {
    if (pid == 0)
      take_pat (r, section, size);
    else if (stream->kind == CMAF_TS_STREAM_SPLICE)
      take_splice (r, pid, section, size);
    else
      take_pmt (r, pid, section, size);
    /* a table may have taken itself away */
    if (r->streams[pid] != stream)
      return;
  }
}

/* ---- PES packets ---- */

static void
end_pes (CmafTsReader *r, Stream *stream)
{
  CmafTsEvent *event;

  if (stream->is_open && stream->has_head) {
    event = add_event (r, CMAF_TS_PES, stream->pid);
    event->stream = stream->kind;
    event->tells_time = stream->tells_time;
    event->has_pts = stream->has_pts;
    event->pts = stream->pts;
    event->size = stream->size;
    event->hash = stream->hash;
  }
  stream->is_open = FALSE;
}

static void
begin_pes (Stream *stream)
{
  stream->is_open = TRUE;
  g_byte_array_set_size (stream->head, 0);
  stream->has_head = FALSE;
  stream->limit = 0;
  stream->has_pts = FALSE;
  stream->size = 0;
  stream->hash = CMAF_TS_HASH_START;
  stream->has_ebp = stream->has_temi = FALSE;
}

/* Streams of which the packets have no time (ISO/IEC 13818-1 table 2-22). */
static gboolean
has_no_times (guint8 stream_id)
{
  static const guint8 ids[] = { 0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8,
    0xFF };

  return memchr (ids, stream_id, sizeof ids) != NULL;
}

static void
read_pts (Stream *stream)
{
  const guint8 *at = stream->head->data + PES_HEAD;

  stream->has_pts =
      (stream->head->data[7] & 0x80) != 0 && stream->head->data[8] >= 5;
  if (stream->has_pts)
    stream->pts = ((guint64)at[0] & 0x0E) << 29 | (guint64)at[1] << 22
                  | ((guint64)at[2] & 0xFE) << 14 | (guint64)at[3] << 7
                  | at[4] >> 1;
}

static CmafTsEvent *
add_time (CmafTsReader *r, const Stream *stream, CmafTsEventKind kind)
{
  CmafTsEvent *event = add_event (r, kind, stream->pid);

  event->stream = stream->kind;
  event->tells_time = stream->kind == CMAF_TS_STREAM_VIDEO;
  event->has_pts = stream->has_pts;
  event->pts = stream->pts;
  return event;
}

static void
report_times (CmafTsReader *r, Stream *stream)
{
  if (stream->has_pts && stream->tells_time) {
    r->has_last_pts = TRUE;
    r->last_pts = stream->pts;
  }
  if (stream->has_ebp)
    add_time (r, stream, CMAF_TS_EBP)->ebp = stream->ebp;
  if (stream->has_temi && !(stream->has_ebp && stream->ebp.has_time))
    add_time (r, stream, CMAF_TS_TEMI)->temi = stream->temi;
  stream->has_ebp = stream->has_temi = FALSE;
}

/* Takes from the payload what belongs to the header. FALSE: that is no header.
 */
static gboolean
take_head (CmafTsReader *r, Stream *stream, const guint8 **data, gsize *size)
{
  gsize needed = PES_HEAD;
  const guint8 *head;
  guint length;

  for (guint i = 0; i < 2; i++) {
    const gsize n = MIN (*size, needed - stream->head->len);

    g_byte_array_append (stream->head, *data, n);
    *data += n;
    *size -= n;
    head = stream->head->data;
    if (stream->head->len < needed)
      return TRUE;
    if (i == 0
        && (head[0] != 0 || head[1] != 0 || head[2] != 1
            || has_no_times (head[3]) || (head[6] & 0xC0) != 0x80))
      return FALSE;
    needed = PES_HEAD + head[8];
  }
  length = head[4] << 8 | head[5];
  if (length != 0 && length < needed - 6)
    return FALSE;
  stream->limit = length == 0 ? 0 : length - (needed - 6);
  stream->has_head = TRUE;
  read_pts (stream);
  report_times (r, stream);
  if (length != 0 && stream->limit == 0)
    end_pes (r, stream);
  return TRUE;
}

static void
take_payload (CmafTsReader *r, Stream *stream, const guint8 *data, gsize size)
{
  if (!stream->has_head) {
    if (!take_head (r, stream, &data, &size)) {
      add_broken (r, stream->pid, "PES packet: its header is none");
      stream->is_open = FALSE;
    }
    if (!stream->is_open || !stream->has_head)
      return;
  }
  if (stream->limit > 0)
    size = MIN (size, stream->limit - stream->size);
  stream->hash = cmaf_ts_hash (stream->hash, data, size);
  stream->size += size;
  if (stream->limit > 0 && stream->size == stream->limit)
    end_pes (r, stream);
}

static void
take_ebp (CmafTsReader *r, Stream *stream, const CmafTsPacket *packet)
{
  g_autoptr (GError) error = NULL;

  if (!packet->private_data)
    return;
  stream->has_ebp = cmaf_ebp_parse (
      packet->private_data, packet->private_size, &stream->ebp, &error);
  if (error)
    add_broken (r, stream->pid,
        "boundary point: data_field_length, or a field in it, goes beyond its "
        "bytes, needs lengths that are true");
}

static void
take_temi (CmafTsReader *r, Stream *stream, const CmafTsPacket *packet)
{
  g_autoptr (GError) error = NULL;

  stream->has_temi = cmaf_temi_parse (
      packet->descriptors, packet->descriptors_size, &stream->temi, &error);
  if (error)
    add_broken (r, stream->pid,
        "TEMI: a descriptor of the adaptation field, or what its flags "
        "promise, goes beyond its bytes, needs lengths that are true");
}

static void
take_pes_packet (CmafTsReader *r, Stream *stream, const CmafTsPacket *packet)
{
  if (packet->payload_size == 0)
    return;
  if (stream->has_continuity && packet->continuity == stream->continuity
      && !packet->is_discontinuous)
    return; /* sent twice */
  stream->has_continuity = TRUE;
  stream->continuity = packet->continuity;
  if (packet->starts_unit) {
    end_pes (r, stream);
    begin_pes (stream);
    take_ebp (r, stream, packet);
    take_temi (r, stream, packet);
  }
  if (stream->is_open)
    take_payload (r, stream, packet->payload, packet->payload_size);
}

/* ---- packets ---- */

static void
take_packet (CmafTsReader *r, const guint8 *data)
{
  CmafTsPacket packet;
  Stream *stream;

  if (!cmaf_ts_packet_parse (data, &packet)) {
    add_broken (r, packet.pid,
        "packet: adaptation_field_length, or a field in it, goes beyond its "
        "bytes, needs lengths that are true");
    return;
  }
  if (packet.has_error)
    return;
  if (packet.has_pcr && packet.is_discontinuous)
    add_event (r, CMAF_TS_DISCONTINUITY, packet.pid)->pcr = packet.pcr;
  stream = r->streams[packet.pid];
  if (!stream || packet.is_scrambled)
    return;
  if (stream->is_table)
    take_table_packet (r, packet.pid, &packet);
  else
    take_pes_packet (r, stream, &packet);
}

void
cmaf_ts_reader_feed (CmafTsReader *r, const guint8 *data, gsize size)
{
  cmaf_ts_framer_feed (r->framer, data, size);
}

static void
end_all (CmafTsReader *r)
{
  for (guint pid = 1; pid < N_PIDS; pid++) {
    if (r->streams[pid] && !r->streams[pid]->is_table)
      end_pes (r, r->streams[pid]);
  }
}

gboolean
cmaf_ts_reader_next (CmafTsReader *r, gboolean at_end, CmafTsEvent *event)
{
  const guint8 *packet;
  gboolean has_ended = FALSE;

  while (r->next_event == r->events->len) {
    g_array_set_size (r->events, 0);
    r->next_event = 0;
    packet = cmaf_ts_framer_next (r->framer, at_end);
    if (packet)
      take_packet (r, packet);
    else if (at_end && !has_ended)
      end_all (r);
    else
      return FALSE;
    has_ended = !packet;
  }
  *event = g_array_index (r->events, CmafTsEvent, r->next_event);
  memset (&g_array_index (r->events, CmafTsEvent, r->next_event), 0,
      sizeof (CmafTsEvent));
  r->next_event++;
  return TRUE;
}

void
cmaf_ts_reader_flush (CmafTsReader *r)
{
  cmaf_ts_framer_reset (r->framer);
  g_array_set_size (r->events, 0);
  r->next_event = 0;
  r->has_last_pts = FALSE;
  for (guint pid = 0; pid < N_PIDS; pid++) {
    Stream *stream = r->streams[pid];

    if (!stream)
      continue;
    stream->is_open = FALSE;
    stream->has_continuity = FALSE;
    cmaf_ts_sections_clear (&stream->sections);
    cmaf_ts_sections_init (&stream->sections);
  }
}

guint
cmaf_ts_reader_get_packet_size (const CmafTsReader *r)
{
  return cmaf_ts_framer_get_packet_size (r->framer);
}

guint64
cmaf_ts_reader_get_skipped (const CmafTsReader *r)
{
  return cmaf_ts_framer_get_skipped (r->framer);
}
