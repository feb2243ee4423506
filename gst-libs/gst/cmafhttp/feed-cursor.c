/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A viewer has one position in the ring, and per role an index before which it
 * skips: that is how video can be dropped while audio goes on in its order. */
#include "feed-cursor.h"

#include <string.h>

#define AUDIO_PATIENCE 3 /* times the age limit of video */

/* What is between a cursor and the head. */
typedef struct
{
  guint n_messages;
  gsize bytes;
  gint64 oldest[CMAF_FEED_N_ROLES]; /* published, 0: nothing unsent */
  guint n_chunks[CMAF_FEED_N_ROLES];
  guint64 ms[CMAF_FEED_N_ROLES];
} Backlog;

void
cmaf_feed_cursor_init (CmafFeedCursor *cursor, guint16 video, guint16 audio)
{
  memset (cursor, 0, sizeof *cursor);
  cursor->stream[CMAF_FEED_VIDEO] = video;
  cursor->stream[CMAF_FEED_AUDIO] = audio;
}

/* The role whose key chunks a viewer waits for. */
static CmafFeedRole
lead_role (const CmafFeedCursor *cursor)
{
  return cursor->stream[CMAF_FEED_VIDEO] != 0 ? CMAF_FEED_VIDEO
                                              : CMAF_FEED_AUDIO;
}

static gboolean
is_due_switch (const CmafFeedCursor *cursor, const CmafFeedMessage *m)
{
  guint16 stream = cursor->next_stream[m->role];

  return stream != 0 && (gint32)(m->header.number - cursor->switch_number) >= 0;
}

static gboolean
wants (const CmafFeedCursor *cursor, const CmafFeedMessage *m)
{
  guint16 stream = is_due_switch (cursor, m) ? cursor->next_stream[m->role]
                                             : cursor->stream[m->role];

  return stream == m->header.stream && m->index >= cursor->skip_until[m->role];
}

static guint64
duration_ms (const CmafFeedMessage *m)
{
  return gst_util_uint64_scale (m->header.duration, 1000, m->timescale);
}

static guint64
oldest_unsent (const CmafFeedCursor *cursor, const CmafFeedRing *ring)
{
  return MAX (cursor->next, cmaf_feed_ring_get_first (ring));
}

static void
measure (const CmafFeedCursor *cursor, const CmafFeedRing *ring, guint64 until,
    Backlog *backlog)
{
  memset (backlog, 0, sizeof *backlog);
  for (guint64 i = oldest_unsent (cursor, ring); i < until; i++) {
    const CmafFeedMessage *m = cmaf_feed_ring_get (ring, i);

    if (!wants (cursor, m))
      continue;
    backlog->n_messages++;
    backlog->bytes += m->size;
    if (backlog->oldest[m->role] == 0)
      backlog->oldest[m->role] = m->published;
    backlog->n_chunks[m->role]++;
    backlog->ms[m->role] += duration_ms (m);
  }
}

/* TRUE when @m ends after the instant at which @key starts. */
static gboolean
reaches (const CmafFeedMessage *m, const CmafFeedMessage *key)
{
  return gst_util_uint64_scale (
             m->header.ept + m->header.duration, key->timescale, m->timescale)
         > key->header.ept;
}

/* Video from @key on, and audio from the same instant on, which may have been
 * published earlier. */
static void
begin_at (CmafFeedCursor *cursor, const CmafFeedRing *ring,
    const CmafFeedMessage *key)
{
  CmafFeedRole other =
      key->role == CMAF_FEED_VIDEO ? CMAF_FEED_AUDIO : CMAF_FEED_VIDEO;
  guint64 start = key->index;

  cursor->skip_until[key->role] = key->index;
  if (cursor->skip_until[other] != CMAF_FEED_WAIT_KEY)
    return;
  cursor->skip_until[other] = key->index;
  for (guint64 i = key->index; i-- > cmaf_feed_ring_get_first (ring);) {
    const CmafFeedMessage *m = cmaf_feed_ring_get (ring, i);

    if (m->header.stream != cursor->stream[other])
      continue;
    if (!reaches (m, key))
      break;
    cursor->skip_until[other] = start = i;
  }
  cursor->next = start;
}

gboolean
cmaf_feed_cursor_start (
    CmafFeedCursor *cursor, const CmafFeedRing *ring, gint64 not_before)
{
  const CmafFeedMessage *key =
      cmaf_feed_ring_get_key (ring, cursor->stream[lead_role (cursor)]);

  cursor->is_drained = FALSE;
  cursor->next = cursor->cached_until = cmaf_feed_ring_get_next (ring);
  cursor->dropped_chunks = cursor->dropped_ms = 0;
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    cursor->skip_until[r] = CMAF_FEED_WAIT_KEY;
    if (cursor->next_stream[r] != 0) {
      cursor->stream[r] = cursor->next_stream[r];
      cursor->next_stream[r] = 0;
      cursor->has_header[r] = FALSE;
    }
  }
  if (key == NULL || key->published < not_before)
    return FALSE;
  begin_at (cursor, ring, key);
  return TRUE;
}

static CmafWsMessage *
take (CmafFeedCursor *cursor, CmafFeedMessage *m)
{
  CmafFeedRole role = m->role;
  CmafFeedVariant variant = 0;

  if (cursor->stream[role] != m->header.stream) { /* the switch happens */
    cursor->stream[role] = m->header.stream;
    cursor->next_stream[role] = 0;
    cursor->has_header[role] = FALSE;
  }
  if (m->init != NULL
      && (!cursor->has_header[role]
          || cursor->generation[role] != m->header.generation)) {
    cursor->has_header[role] = TRUE;
    cursor->generation[role] = m->header.generation;
    return cmaf_feed_message_get_frame (m->init, 0);
  }
  if (m->index < cursor->cached_until)
    variant |= CMAF_FEED_AS_CACHED;
  if (cursor->jumped[role])
    variant |= CMAF_FEED_AS_DISCONTINUITY;
  cursor->jumped[role] = FALSE;
  cursor->next = m->index + 1;
  return cmaf_feed_message_get_frame (m, variant);
}

CmafWsMessage *
cmaf_feed_cursor_next (CmafFeedCursor *cursor, const CmafFeedRing *ring)
{
  guint64 head = cmaf_feed_ring_get_next (ring);

  for (cursor->next = oldest_unsent (cursor, ring); cursor->next < head;
       cursor->next++) {
    CmafFeedMessage *m = cmaf_feed_ring_get (ring, cursor->next);

    if (wants (cursor, m))
      return take (cursor, m);
  }
  cursor->is_drained = TRUE;
  return NULL;
}

static void
drop_video (CmafFeedCursor *cursor, const Backlog *backlog)
{
  cursor->skip_until[CMAF_FEED_VIDEO] = CMAF_FEED_WAIT_KEY;
  cursor->jumped[CMAF_FEED_VIDEO] = TRUE;
  cursor->dropped_chunks += backlog->n_chunks[CMAF_FEED_VIDEO];
  cursor->dropped_ms += backlog->ms[CMAF_FEED_VIDEO];
}

gboolean
cmaf_feed_cursor_pushed (CmafFeedCursor *cursor, const CmafFeedRing *ring,
    const CmafFeedMessage *chunk, guint n_partial)
{
  CmafFeedRole lead = lead_role (cursor);
  guint16 stream = is_due_switch (cursor, chunk) ? cursor->next_stream[lead]
                                                 : cursor->stream[lead];
  gboolean after_drop = cursor->jumped[lead];
  Backlog backlog;

  if (chunk->header.stream != stream
      || cursor->skip_until[lead] != CMAF_FEED_WAIT_KEY)
    return FALSE;
  measure (cursor, ring, chunk->index, &backlog);
  if ((chunk->header.flags & CMAF_MEDIA_KEY)
      && backlog.n_messages + n_partial <= 1) {
    begin_at (cursor, ring, chunk);
    return TRUE;
  }
  if (after_drop) {
    cursor->dropped_chunks++;
    cursor->dropped_ms += duration_ms (chunk);
  }
  return FALSE;
}

void
cmaf_feed_cursor_resumed (CmafFeedCursor *cursor)
{
  cursor->dropped_chunks = 0;
  cursor->dropped_ms = 0;
}

CmafFeedVerdict
cmaf_feed_cursor_check (CmafFeedCursor *cursor, const CmafFeedRing *ring,
    gint64 now, const CmafFeedLimits *limits)
{
  guint64 head = cmaf_feed_ring_get_next (ring);
  CmafFeedVerdict verdict = CMAF_FEED_KEEP;
  Backlog backlog;

  if (!cursor->is_drained || cursor->next >= head)
    return CMAF_FEED_KEEP;
  measure (cursor, ring, head, &backlog);
  if (backlog.oldest[CMAF_FEED_AUDIO] != 0
      && now - backlog.oldest[CMAF_FEED_AUDIO]
             > AUDIO_PATIENCE * limits->max_age) {
    cursor->skip_until[CMAF_FEED_AUDIO] = head;
    cursor->jumped[CMAF_FEED_AUDIO] = TRUE;
    verdict = CMAF_FEED_DROP_AGE;
  }
  if (backlog.oldest[CMAF_FEED_VIDEO] == 0)
    return verdict;
  if (now - backlog.oldest[CMAF_FEED_VIDEO] > limits->max_age)
    verdict = CMAF_FEED_DROP_AGE;
  else if (backlog.bytes > limits->max_bytes)
    verdict = CMAF_FEED_DROP_BYTES;
  else
    return verdict;
  drop_video (cursor, &backlog);
  return verdict;
}

void
cmaf_feed_cursor_switch_at (
    CmafFeedCursor *cursor, CmafFeedRole role, guint16 stream, guint32 number)
{
  cursor->next_stream[role] = stream == cursor->stream[role] ? 0 : stream;
  cursor->switch_number = number;
}

void
cmaf_feed_cursor_switch_now (CmafFeedCursor *cursor, const CmafFeedRing *ring,
    CmafFeedRole role, guint16 stream)
{
  CmafFeedRole other =
      role == CMAF_FEED_VIDEO ? CMAF_FEED_AUDIO : CMAF_FEED_VIDEO;
  const CmafFeedMessage *key = cmaf_feed_ring_get_key (ring, stream);

  cursor->stream[role] = stream;
  cursor->next_stream[role] = 0;
  cursor->has_header[role] = FALSE;
  cursor->jumped[role] = TRUE;
  cursor->skip_until[role] = CMAF_FEED_WAIT_KEY;
  if (key == NULL)
    return;
  cursor->skip_until[role] = key->index;
  if (key->index < cursor->next) { /* go back without repeating the other */
    cursor->skip_until[other] = MAX (cursor->skip_until[other], cursor->next);
    cursor->next = key->index;
  }
}

guint
cmaf_feed_cursor_get_queue (const CmafFeedCursor *cursor,
    const CmafFeedRing *ring, gint64 now, gint64 *age, gsize *bytes)
{
  Backlog backlog;
  gint64 oldest = now;

  measure (cursor, ring, cmaf_feed_ring_get_next (ring), &backlog);
  for (guint r = 0; r < CMAF_FEED_N_ROLES; r++) {
    if (backlog.oldest[r] != 0)
      oldest = MIN (oldest, backlog.oldest[r]);
  }
  *age = now - oldest;
  *bytes = backlog.bytes;
  return backlog.n_messages;
}
