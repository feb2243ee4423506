/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments that were stored before the header, or the MPD that tells which
 * track they are of: some pushers send that behind the first of them. */
#include "ingest-server-private.h"

#include <string.h>

#define MAX_WAITING 64

typedef struct
{
  gchar *text; /* the path as it was sent */
  CmafIngestPeer peer;
} Waiting;

static void
free_waiting (Waiting *waiting)
{
  cmaf_ingest_peer_clear (&waiting->peer);
  g_free (waiting->text);
  g_free (waiting);
}

void
cmaf_ingest_waiting_clear (CmafIngestServer *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify)free_waiting);
}

void
cmaf_ingest_waiting_add (CmafIngestServer *self, const CmafIngestIntake *intake)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->text = g_strdup (intake->text);
  cmaf_ingest_peer_copy (&waiting->peer, &intake->peer);
  g_queue_push_tail (&self->waiting, waiting);
  self->has_news = TRUE;
  if (self->waiting.length > MAX_WAITING)
    free_waiting (g_queue_pop_head (&self->waiting));
}

/* FALSE: its track is not known, or has no room now. */
static gboolean
read_object (CmafIngestServer *self, const Waiting *waiting)
{
  const gchar *name = waiting->text + strspn (waiting->text, "/");
  CmafIngestIntake intake;
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_due;

  if (!cmaf_ingest_intake_init (&intake, self, waiting->text, NULL))
    return TRUE;
  cmaf_ingest_peer_copy (&intake.peer, &waiting->peer);
  cmaf_ingest_intake_find_track (&intake);
  is_due = intake.track != NULL && !cmaf_ingest_track_is_full (intake.track);
  self->has_news |= intake.track != NULL && !is_due; /* it will have room */
  if (is_due)
    bytes = cmaf_ingest_objects_get (self->objects, name);
  if (bytes != NULL && cmaf_ingest_intake_feed (&intake, bytes, NULL))
    self->n_opaque--;
  cmaf_ingest_intake_clear (&intake, FALSE);
  return is_due;
}

void
cmaf_ingest_waiting_read (CmafIngestServer *self)
{
  guint n = self->has_news ? self->waiting.length : 0;

  self->has_news = FALSE;
  for (; n > 0; n--) {
    Waiting *waiting = g_queue_pop_head (&self->waiting);

    if (read_object (self, waiting))
      free_waiting (waiting);
    else
      g_queue_push_tail (&self->waiting, waiting);
  }
}
