/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A list that never gets shorter, so that an id stays what it was. */
#include "ingest-sources.h"

#include <string.h>

/* Beyond it the one that is away longest makes room. */
#define MAX_SOURCES 64
#define MIN_SILENCE (5 * GST_SECOND)
/* Who was not heard for that long sends nothing. */
#define LATELY (10 * GST_SECOND)

static void
free_source (CmafIngestSource *source)
{
  g_free (source->agent);
  g_free (source->host);
  g_free (source->address);
  g_free (source->encoder);
  g_clear_object (&source->socket);
  g_clear_pointer (&source->restamp, cmaf_ingest_restamp_free);
  g_clear_pointer (&source->said, cmaf_track_unref);
  g_free (source);
}

GPtrArray *
cmaf_ingest_sources_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)free_source);
}

CmafIngestSource *
cmaf_ingest_sources_get (GPtrArray *sources, guint id)
{
  return g_ptr_array_index (sources, id - 1);
}

gboolean
cmaf_ingest_source_is_away (const CmafIngestSource *source)
{
  return source->n_uploads == 0
         && (source->socket == NULL || g_socket_is_closed (source->socket));
}

GstClockTime
cmaf_ingest_sources_silence (const CmafTrack *track, GstClockTime least)
{
  GstClockTime segments = 0;

  if (track != NULL && track->segment_duration_d > 0)
    segments = gst_util_uint64_scale (
        3 * GST_SECOND, track->segment_duration_n, track->segment_duration_d);
  return MAX (segments, least);
}

gboolean
cmaf_ingest_source_has_gone (const CmafIngestSource *source,
    const CmafTrack *track, GstClockTime idle_timeout, GstClockTime now)
{
  GstClockTime silence = cmaf_ingest_sources_silence (track, MIN_SILENCE);

  if (idle_timeout != 0)
    silence = MIN (silence, idle_timeout);
  return cmaf_ingest_source_is_away (source)
         && now >= source->last_heard + silence;
}

static gboolean
sends (const CmafIngestSource *source, GstClockTime now)
{
  return !source->is_lost && !source->is_cut
         && now < source->last_heard + LATELY;
}

static gboolean
others_send (
    GPtrArray *sources, guint id, gboolean is_reliable, GstClockTime now)
{
  for (guint i = 0; i < sources->len; i++) {
    const CmafIngestSource *other = g_ptr_array_index (sources, i);

    if (other->id != id && sends (other, now)
        && (!is_reliable || cmaf_source_watch_is_reliable (&other->watch)))
      return TRUE;
  }
  return FALSE;
}

gboolean
cmaf_ingest_sources_others_send (GPtrArray *sources, guint id, GstClockTime now)
{
  return others_send (sources, id, FALSE, now);
}

gboolean
cmaf_ingest_sources_others_are_reliable (
    GPtrArray *sources, guint id, GstClockTime now)
{
  return others_send (sources, id, TRUE, now);
}

guint
cmaf_ingest_sources_count_uploads (GPtrArray *sources)
{
  guint n = 0;

  for (guint i = 0; i < sources->len; i++)
    n += ((CmafIngestSource *)g_ptr_array_index (sources, i))->n_uploads;
  return n;
}

GstStructure *
cmaf_ingest_source_describe (const CmafIngestSource *source, const gchar *name)
{
  return gst_structure_new (name, "source", G_TYPE_STRING, source->agent,
      "address", G_TYPE_STRING, source->address, NULL);
}

static gchar *
remote_address (GSocket *socket)
{
  g_autoptr (GSocketAddress) address =
      socket ? g_socket_get_remote_address (socket, NULL) : NULL;

  if (address == NULL)
    return g_strdup ("unknown");
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static CmafIngestSource *
find_known (GPtrArray *sources, GSocket *socket, const gchar *encoder)
{
  CmafIngestSource *found = NULL;

  for (guint i = 0; i < sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (sources, i);

    if (source->socket == socket)
      return source;
    if (found == NULL && cmaf_ingest_source_is_away (source)
        && g_str_equal (source->encoder, encoder))
      found = source;
  }
  return found;
}

/* A slot for another source; NULL: every one sends right now. */
static CmafIngestSource *
find_room (GPtrArray *sources)
{
  CmafIngestSource *oldest = NULL;

  if (sources->len < MAX_SOURCES) {
    CmafIngestSource *source = g_new0 (CmafIngestSource, 1);

    source->id = sources->len + 1;
    g_ptr_array_add (sources, source);
    return source;
  }
  for (guint i = 0; i < sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (sources, i);

    if (cmaf_ingest_source_is_away (source)
        && (oldest == NULL || source->last_heard < oldest->last_heard))
      oldest = source;
  }
  return oldest;
}

CmafIngestSource *
cmaf_ingest_sources_of_encoder (GPtrArray *sources, const gchar *encoder)
{
  CmafIngestSource *found = NULL;

  for (guint i = 0; encoder != NULL && i < sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (sources, i);

    if (g_strcmp0 (source->encoder, encoder) == 0
        && (found == NULL || cmaf_ingest_source_is_away (found)))
      found = source;
  }
  return found;
}

/* The one of @encoder that was heard last and sends nothing now. */
static CmafIngestSource *
find_predecessor (GPtrArray *sources, const gchar *encoder)
{
  CmafIngestSource *found = NULL;

  for (guint i = 0; i < sources->len; i++) {
    CmafIngestSource *source = g_ptr_array_index (sources, i);

    if (source->n_uploads == 0 && g_strcmp0 (source->encoder, encoder) == 0
        && (found == NULL || source->last_heard > found->last_heard))
      found = source;
  }
  return found;
}

/* What is known of a sender goes to its newest connection; the old one may not
 * have been seen to close yet. */
static void
take_over (CmafIngestSource *source, CmafIngestSource *before)
{
  if (before == NULL || before == source)
    return;
  source->watch = before->watch;
  memset (&before->watch, 0, sizeof before->watch);
  g_clear_pointer (&source->restamp, cmaf_ingest_restamp_free);
  source->restamp = g_steal_pointer (&before->restamp);
  g_clear_pointer (&source->said, cmaf_track_unref);
  source->said = before->said ? cmaf_track_ref (before->said) : NULL;
}

static void
set_identity (CmafIngestSource *source, const gchar *agent, const gchar *host,
    const gchar *encoder)
{
  g_free (source->agent);
  source->agent = g_strdup (agent);
  g_free (source->host);
  source->host = g_strdup (host);
  g_free (source->encoder);
  source->encoder = g_strdup (encoder);
  memset (&source->watch, 0, sizeof source->watch);
  g_clear_pointer (&source->restamp, cmaf_ingest_restamp_free);
  g_clear_pointer (&source->said, cmaf_track_unref);
}

CmafIngestSource *
cmaf_ingest_sources_find (GPtrArray *sources, GSocket *socket,
    const gchar *agent, const gchar *host, gboolean *is_new)
{
  g_autofree gchar *encoder = g_strdup_printf ("%s\n%s", agent, host);
  CmafIngestSource *source = find_known (sources, socket, encoder);

  *is_new = source == NULL;
  if (source == NULL) {
    source = find_room (sources);
    if (source == NULL)
      return NULL;
    set_identity (source, agent, host, encoder);
  }
  if (source->socket != socket) {
    take_over (source, find_predecessor (sources, encoder));
    g_set_object (&source->socket, socket);
    g_free (source->address);
    source->address = remote_address (socket);
  }
  return source;
}

/* "encoder A" of "gst-cmaf/0.1 (encoder A)" (transfer full) */
static gchar *
name_of (const gchar *agent)
{
  const gchar *open = strrchr (agent, '(');
  gsize length = strlen (agent);

  if (open == NULL || agent[length - 1] != ')')
    return g_strdup (agent);
  return g_strndup (open + 1, agent + length - 1 - (open + 1));
}

guint
cmaf_ingest_source_rank (
    const CmafIngestSource *source, const gchar *const *order)
{
  g_autofree gchar *name = name_of (source->agent);
  guint i = 0;

  for (; order != NULL && order[i] != NULL; i++)
    if (g_pattern_match_simple (order[i], source->agent)
        || g_pattern_match_simple (order[i], name)
        || g_pattern_match_simple (order[i], source->host))
      break;
  return i;
}
