/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Segments that were stored before the MPD that tells which track they are of:
 * some pushers send the MPD behind the first of them. */
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
  if (self->waiting.length > MAX_WAITING)
    free_waiting (g_queue_pop_head (&self->waiting));
}

/* FALSE: no MPD names it, its header is not there, or it has to wait longer. */
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
  is_due = cmaf_ingest_intake_find_track (&intake) && intake.track != NULL
           && !cmaf_ingest_track_is_full (intake.track);
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
  for (guint n = self->waiting.length; n > 0; n--) {
    Waiting *waiting = g_queue_pop_head (&self->waiting);

    if (read_object (self, waiting))
      free_waiting (waiting);
    else
      g_queue_push_tail (&self->waiting, waiting);
  }
}
