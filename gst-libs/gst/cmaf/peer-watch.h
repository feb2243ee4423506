/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Is there a peer that has the time already, or is it for us to begin? Who has
 * heard of nobody for a while claims the time in the store, and then looks
 * whether somebody else has done so as well: then both listen again. So of
 * those that begin at once no two begin alone, as long as who reads after he
 * has written sees what was written before that. Pure: @now is any clock (ns)
 * that runs on. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef enum
{
  CMAF_CLAIM_WON,
  CMAF_CLAIM_LOST,      /* somebody was there before */
  CMAF_CLAIM_NO_ANSWER, /* nobody can be heard: there is no store */
} CmafClaim;

typedef struct
{
  /*< private >*/
  gint64 wait, since;
  enum
  {
    CMAF_PEER_LISTENING,
    CMAF_PEER_CLAIMING,
    CMAF_PEER_LOOKING, /* for the claims of others */
    CMAF_PEER_ALONE,
  } state;
} CmafPeerWatch;

CMAF_API void cmaf_peer_watch_init (
    CmafPeerWatch *watch, gint64 wait, gint64 now);
/* Somebody has told something new. */
CMAF_API void cmaf_peer_watch_see (CmafPeerWatch *watch, gint64 now);
/* TRUE once, when the time is to be claimed. Ask often: whose claim is not
 * answered within as long again is alone. */
CMAF_API gboolean cmaf_peer_watch_must_claim (CmafPeerWatch *watch, gint64 now);
CMAF_API void cmaf_peer_watch_claimed (
    CmafPeerWatch *watch, CmafClaim claim, gint64 now);
/* All has been read that was there at some moment after the claim. */
CMAF_API void cmaf_peer_watch_looked (CmafPeerWatch *watch);
CMAF_API gboolean cmaf_peer_watch_is_alone (const CmafPeerWatch *watch);

G_END_DECLS
