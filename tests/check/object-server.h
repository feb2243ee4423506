/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What a sink has stored at a script server: requests by their lines. */
#pragma once

#include "script-server.h"

/* Until a request whose line begins with @line has been answered, behind the
 * first @from; its index. */
static inline guint
object_server_wait (ScriptServer *server, const gchar *line, guint from)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint found = G_MAXUINT;

  g_mutex_lock (&server->lock);
  while (found == G_MAXUINT) {
    for (guint i = from; i < server->requests->len && found == G_MAXUINT; i++) {
      const ScriptRequest *request = server->requests->pdata[i];

      if (g_str_has_prefix (request->head, line) && request->status != 0)
        found = i;
    }
    if (found == G_MAXUINT)
      fail_unless (g_cond_wait_until (&server->changed, &server->lock, until),
          "no %s", line);
  }
  g_mutex_unlock (&server->lock);
  return found;
}

static inline guint
object_server_count (ScriptServer *server)
{
  guint n;

  g_mutex_lock (&server->lock);
  n = server->requests->len;
  g_mutex_unlock (&server->lock);
  return n;
}

static inline gchar *
object_server_body (ScriptServer *server, guint i)
{
  const ScriptRequest *request = script_server_get (server, i);

  return g_strndup ((const gchar *)request->body->data, request->body->len);
}

/* The last complete version of manifest @line; (transfer full) */
static inline gchar *
object_server_last (ScriptServer *server, const gchar *line)
{
  gchar *text = NULL;

  for (guint i = 0; i < object_server_count (server); i++) {
    const ScriptRequest *request = script_server_get (server, i);

    if (g_str_has_prefix (request->head, line) && request->status == 200) {
      g_free (text);
      text = object_server_body (server, i);
    }
  }
  fail_unless (text != NULL, "no %s", line);
  return text;
}
