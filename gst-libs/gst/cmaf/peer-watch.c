/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Is there a peer? */
#include "peer-watch.h"

void
cmaf_peer_watch_init (CmafPeerWatch *watch, gint64 wait, gint64 now)
{
  watch->wait = wait;
  watch->since = now;
  watch->state = CMAF_PEER_LISTENING;
}

void
cmaf_peer_watch_see (CmafPeerWatch *watch, gint64 now)
{
  if (watch->state == CMAF_PEER_ALONE)
    return;
  watch->since = now;
  watch->state = CMAF_PEER_LISTENING;
}

gboolean
cmaf_peer_watch_must_claim (CmafPeerWatch *watch, gint64 now)
{
  if (now - watch->since < watch->wait || watch->state == CMAF_PEER_ALONE)
    return FALSE;
  watch->since = now;
  if (watch->state != CMAF_PEER_LISTENING) { /* the store does not answer */
    watch->state = CMAF_PEER_ALONE;
    return FALSE;
  }
  watch->state = CMAF_PEER_CLAIMING;
  return TRUE;
}

void
cmaf_peer_watch_claimed (CmafPeerWatch *watch, CmafClaim claim, gint64 now)
{
  if (claim == CMAF_CLAIM_LOST)
    cmaf_peer_watch_see (watch, now);
  if (watch->state != CMAF_PEER_CLAIMING)
    return;
  watch->state = claim == CMAF_CLAIM_WON ? CMAF_PEER_LOOKING : CMAF_PEER_ALONE;
}

void
cmaf_peer_watch_looked (CmafPeerWatch *watch)
{
  if (watch->state == CMAF_PEER_LOOKING)
    watch->state = CMAF_PEER_ALONE;
}

gboolean
cmaf_peer_watch_is_alone (const CmafPeerWatch *watch)
{
  return watch->state == CMAF_PEER_ALONE;
}
