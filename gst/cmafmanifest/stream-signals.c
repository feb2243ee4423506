/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "stream-signals.h"

enum
{
  SIGNAL_GET_PLAYLIST_STREAM,
  SIGNAL_GET_INIT_STREAM,
  SIGNAL_GET_FRAGMENT_STREAM,
  SIGNAL_DELETE_FRAGMENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

GOutputStream *
stream_signals_open (gpointer self, const gchar *name, const gchar *location)
{
  g_autofree gchar *base = g_path_get_basename (name);
  guint id = SIGNAL_GET_FRAGMENT_STREAM;
  GOutputStream *stream = NULL;

  if (g_str_has_suffix (base, ".mpd") || g_str_has_suffix (base, ".m3u8"))
    id = SIGNAL_GET_PLAYLIST_STREAM;
  else if (g_str_has_prefix (base, "init-"))
    id = SIGNAL_GET_INIT_STREAM;
  g_signal_emit (self, signals[id], 0, location, &stream);
  return stream;
}

gboolean
stream_signals_delete (gpointer self, const gchar *location)
{
  gboolean deleted = FALSE;

  g_signal_emit (self, signals[SIGNAL_DELETE_FRAGMENT], 0, location, &deleted);
  return deleted;
}

gboolean
stream_signals_have_handlers (gpointer self)
{
  guint i;

  for (i = 0; i < N_SIGNALS; i++)
    if (g_signal_has_handler_pending (self, signals[i], 0, FALSE))
      return TRUE;
  return FALSE;
}

static gboolean
first_stream_wins (GSignalInvocationHint *hint, GValue *result,
    const GValue *answer, gpointer data)
{
  g_value_copy (answer, result);
  return g_value_get_object (answer) == NULL;
}

static gboolean
first_true_wins (GSignalInvocationHint *hint, GValue *result,
    const GValue *answer, gpointer data)
{
  g_value_copy (answer, result);
  return !g_value_get_boolean (answer);
}

static guint
add_stream_signal (GType type, const gchar *name)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, first_stream_wins,
      NULL, NULL, G_TYPE_OUTPUT_STREAM, 1, G_TYPE_STRING);
}

void
stream_signals_install (GType type)
{
  /**
   * GstCmafManifestSink::get-playlist-stream:
   * @location: where the manifest would go
   *
   * Asks for a stream for one version of a manifest, which is closed when it is
   * complete. From a streaming thread; pads must not be released in it.
   *
   * Returns: (transfer full) (nullable): NULL: it goes to the directory
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_PLAYLIST_STREAM] =
      add_stream_signal (type, "get-playlist-stream");
  /**
   * GstCmafManifestSink::get-init-stream:
   * @location: where the CMAF header would go
   *
   * Returns: (transfer full) (nullable): as get-playlist-stream
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_INIT_STREAM] = add_stream_signal (type, "get-init-stream");
  /**
   * GstCmafManifestSink::get-fragment-stream:
   * @location: where the segment would go
   *
   * Returns: (transfer full) (nullable): as get-playlist-stream
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_FRAGMENT_STREAM] =
      add_stream_signal (type, "get-fragment-stream");
  /**
   * GstCmafManifestSink::delete-fragment:
   * @location: what left the window
   *
   * Returns: TRUE when it is taken care of
   *
   * Since: 0.1
   */
  signals[SIGNAL_DELETE_FRAGMENT] =
      g_signal_new ("delete-fragment", type, G_SIGNAL_RUN_LAST, 0,
          first_true_wins, NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
}
