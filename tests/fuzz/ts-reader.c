/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A transport stream in pieces: the first byte says how long they are. */
#include "fuzz.h"

#include <gst/cmaf/ts-reader.h>

static void
read_some (CmafTsReader *reader, gboolean at_end, guint64 *total)
{
  CmafTsEvent event;

  while (cmaf_ts_reader_next (reader, at_end, &event)) {
    PROMISE (event.pid <= CMAF_TS_MAX_PID);
    PROMISE (event.pts >> 33 == 0);
    PROMISE ((event.section != NULL) == (event.kind == CMAF_TS_SPLICE));
    *total += event.size;
    cmaf_ts_event_clear (&event);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (CmafTsReader) reader = cmaf_ts_reader_new (0);
  guint64 total = 0;
  gsize piece;

  if (size == 0)
    return 0;
  piece = 1 + data[0] * 7;
  for (gsize at = 1; at < size; at += piece) {
    cmaf_ts_reader_feed (reader, data + at, MIN (piece, size - at));
    read_some (reader, FALSE, &total);
  }
  read_some (reader, TRUE, &total);
  PROMISE (total <= size);
  PROMISE (cmaf_ts_reader_get_skipped (reader) <= size);
  cmaf_ts_reader_flush (reader);
  return 0;
}
