/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a player says in a text message, and all that is asked about it. */
#include <gst/cmafhttp/feed-request.h>

#include "fuzz.h"

static const gchar *const keys[] = { "t", "id", "sid", "ch", "ver", "video",
  "audio", "start", "when", "codecs", "protos", "maxKbps", "" };

static void
ask (const CmafFeedRequest *request)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    const gchar *text = cmaf_feed_request_get_string (request, keys[i]);
    gint64 one = cmaf_feed_request_get_int (request, keys[i], 1);
    gint64 two = cmaf_feed_request_get_int (request, keys[i], 2);
    gboolean is_true = cmaf_feed_request_get_boolean (request, keys[i]);

    /* a member has one type, or it is not there */
    PROMISE ((text != NULL) + (one == two) + is_true <= 1);
    PROMISE (text == NULL || g_utf8_validate (text, -1, NULL));
    cmaf_feed_request_accepts (request, keys[i], "avc1");
  }
  PROMISE (request->has_id || request->id == 0);
}

/* The frame reader lets nothing through but UTF-8. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_auto (CmafFeedRequest) request;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  memset (&request, 0, sizeof request);
  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  ok = cmaf_feed_request_parse (&request, text, &error);
  PROMISE (ok == (error == NULL));
  PROMISE (ok == (request.object != NULL));
  if (ok)
    ask (&request);
  return 0;
}
