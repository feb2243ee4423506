/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A sender without answers sends again what may not have arrived, which can be
 * much that has. Its bytes are those of then, and seldom does it reach back to
 * the very beginning. A sender that is started again with the same file does.
 */
#include "segment-history.h"

/* What is sent again had been sent lately when nobody could be reached any
 * more, and comes soon: httpingestsink keeps 30 s of what it has sent, and
 * gives it up when 30 s wait that it has not. */
#define LATELY (60 * GST_SECOND)
#define SOON (40 * GST_SECOND)
/* Boxes differ where samples do: no need to look at all of them. */
#define MAX_HASHED 4096
#define FIRST_RECORDS 8

static guint32
hash_chunk (const CmafChunk *chunk)
{
  guint32 hash = (guint32)chunk->size;
  gsize left = MAX_HASHED;

  for (guint i = 0; i < chunk->bytes->len && left > 0; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (chunk->bytes->pdata[i], &size);

    size = MIN (size, left);
    left -= size;
    for (gsize k = 0; k < size; k++)
      hash = hash * 31 + data[k];
  }
  return hash;
}

static const CmafSegmentRecord *
find (const CmafSegmentHistory *history, guint64 decode_time, guint32 hash)
{
  guint n = MIN (history->n_records, CMAF_SEGMENT_HISTORY_LENGTH);

  for (guint i = 0; i < n; i++) {
    const CmafSegmentRecord *record = &history->records[i];

    if (record->decode_time == decode_time && record->hash == hash)
      return record;
  }
  return NULL;
}

void
cmaf_segment_history_clear (CmafSegmentHistory *history)
{
  g_clear_pointer (&history->records, g_free);
  history->n_records = 0;
}

void
cmaf_segment_history_forget (CmafSegmentHistory *history)
{
  history->n_records = 0;
}

/* Most tracks that are silent have sent little: it doubles until it is full. */
static void
make_room (CmafSegmentHistory *history)
{
  guint n = history->n_records;
  gboolean is_power = (n & (n - 1)) == 0;

  if (n == 0)
    history->records =
        g_renew (CmafSegmentRecord, history->records, FIRST_RECORDS);
  else if (is_power && n >= FIRST_RECORDS && n < CMAF_SEGMENT_HISTORY_LENGTH)
    history->records = g_renew (CmafSegmentRecord, history->records, 2 * n);
}

void
cmaf_segment_history_add (
    CmafSegmentHistory *history, const CmafChunk *chunk, GstClockTime now)
{
  guint32 hash = hash_chunk (chunk);
  CmafSegmentRecord *record;

  if (find (history, chunk->decode_time, hash) != NULL)
    return;
  make_room (history);
  history->latest = now;
  history->first = history->n_records == 0
                       ? chunk->decode_time
                       : MIN (history->first, chunk->decode_time);
  record =
      &history->records[history->n_records++ % CMAF_SEGMENT_HISTORY_LENGTH];
  record->decode_time = chunk->decode_time;
  record->hash = hash;
  record->arrival = now;
}

gboolean
cmaf_segment_history_is_repeated (
    const CmafSegmentHistory *history, const CmafChunk *chunk, GstClockTime now)
{
  const CmafSegmentRecord *record =
      find (history, chunk->decode_time, hash_chunk (chunk));

  return record != NULL
         && (record->decode_time > history->first
             || (history->latest < record->arrival + LATELY
                 && now < history->latest + SOON));
}
