/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One GET of an object that is still on its way in: what is there, and the rest
 * as it comes. Part of ingest-objects; HTTP thread only. Not installed. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _CmafIngestFollower CmafIngestFollower;

/* The reader has gone, or was too slow and is cut off: free @follower. */
typedef void (*CmafIngestFollowerGone) (
    CmafIngestFollower *follower, gpointer user_data);

/* Answers 200 with a body of chunks. */
CmafIngestFollower *cmaf_ingest_follower_new (SoupServerMessage *message,
    CmafIngestFollowerGone gone, gpointer user_data);
void cmaf_ingest_follower_append (CmafIngestFollower *follower, GBytes *bytes);
/* No more will come: @is_whole, or the object was broken off. Frees. */
void cmaf_ingest_follower_end (CmafIngestFollower *follower, gboolean is_whole);
void cmaf_ingest_follower_free (CmafIngestFollower *follower);

G_END_DECLS
