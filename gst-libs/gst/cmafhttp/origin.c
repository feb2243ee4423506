/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The door to the site, which lives in the HTTP thread: calls become posts, in
 * order with the changes of a store.
 *
 * Locks: registry_lock, for the list of origins and their reference counts. It
 * is held while an origin is made or closed in the HTTP thread, which never
 * takes it. The lock of an entry, for what changed; never together. */
#include "origin.h"

#include <gst/cmaf/segment-name.h>
#include <gst/cmafhttp/origin-site.h>
#include <string.h>

#define CLOSE_WAIT (500 * G_TIME_SPAN_MILLISECOND)
#define LOOK_EVERY (5 * G_TIME_SPAN_MILLISECOND)

GST_DEBUG_CATEGORY_STATIC (origin_debug);
#define GST_CAT_DEFAULT origin_debug

struct _CmafOrigin
{
  guint n_refs; /* lock: registry_lock */
  CmafHttpListener *listener;
  CmafHttpThread *thread;
  gchar *prefix; /* without '/' at the end */
  gchar *url;
  gchar *allow_origins;
  CmafOriginSite *site; /* HTTP thread */
};

struct _CmafOriginEntry
{
  CmafOrigin *origin; /* holds a reference */
  CmafObjectStore *store;
  CmafOriginChannel *channel; /* HTTP thread */

  GMutex lock;
  GHashTable *changed; /* lock: lock; names with an update under way */
  gboolean is_leaving; /* lock: lock; updates are for nobody any more */
};

static GMutex registry_lock;
static GList *registry; /* of CmafOrigin; lock: registry_lock */

void
cmaf_origin_config_init (CmafOriginConfig *config)
{
  memset (config, 0, sizeof *config);
  cmaf_http_listener_config_init (&config->listener);
  config->listener.idle_timeout_ms = 15000;
  config->http_prefix = "";
  config->allow_origins = "*";
  config->max_viewers = 1000;
  config->max_waiting = 2000;
  config->max_queue = 8 << 20;
}

/* ---- an origin ---- */

typedef struct
{
  CmafOrigin *origin;
  CmafOriginSiteConfig config;
} Opening;

static void
init_opening (
    Opening *opening, CmafOrigin *origin, const CmafOriginConfig *config)
{
  opening->origin = origin;
  opening->config = (CmafOriginSiteConfig){
    .is_tls = config->listener.certificate != NULL,
    .page = config->page,
    .allow_origins = config->allow_origins,
    .max_viewers = config->max_viewers,
    .max_waiting = config->max_waiting,
    .max_queue = config->max_queue,
  };
}

static gboolean
open_site (gpointer data)
{
  Opening *opening = data;

  opening->origin->site = cmaf_origin_site_new (&opening->config);
  return G_SOURCE_REMOVE;
}

static gboolean
restrict_site (gpointer data)
{
  Opening *opening = data;

  cmaf_origin_site_restrict (opening->origin->site, &opening->config);
  return G_SOURCE_REMOVE;
}

static gboolean
close_site (gpointer data)
{
  CmafOrigin *origin = data;

  g_clear_pointer (&origin->site, cmaf_origin_site_free);
  return G_SOURCE_REMOVE;
}

static void
on_request (CmafHttpListener *listener, SoupServerMessage *message,
    const gchar *path, GHashTable *query, gpointer user_data)
{
  CmafOrigin *origin = user_data;

  cmaf_origin_site_handle (
      origin->site, message, path + strlen (origin->prefix));
}

/* "" or "/a/b" */
static gchar *
normal_prefix (const gchar *prefix, GError **error)
{
  g_autofree gchar *normal = g_strdup (prefix != NULL ? prefix : "");

  while (g_str_has_suffix (normal, "/"))
    normal[strlen (normal) - 1] = '\0';
  if (*normal != '\0'
      && (*normal != '/' || !cmaf_object_name_is_valid (normal + 1))) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "http-prefix: \"%s\", needs to be empty or to start with /", prefix);
    return NULL;
  }
  return g_steal_pointer (&normal);
}

static gchar *
make_url (const CmafOriginConfig *config, guint16 port, const gchar *prefix)
{
  const gchar *address = config->listener.address;
  gboolean is_v6 = strchr (address, ':') != NULL;

  /* what one can open, not what is bound */
  if (g_str_equal (address, "0.0.0.0"))
    address = "127.0.0.1";
  else if (g_str_equal (address, "::"))
    address = "::1";
  return g_strdup_printf ("%s://%s%s%s:%u%s/ui/",
      config->listener.certificate != NULL ? "https" : "http", is_v6 ? "[" : "",
      address, is_v6 ? "]" : "", port, prefix);
}

static void
free_origin (CmafOrigin *origin)
{
  cmaf_http_thread_unref (origin->thread);
  g_free (origin->prefix);
  g_free (origin->url);
  g_free (origin->allow_origins);
  g_free (origin);
}

/* Takes @listener, as it is or not. */
static CmafOrigin *
open_origin (const CmafOriginConfig *config, CmafHttpListener *listener,
    const gchar *prefix, GError **error)
{
  CmafOrigin *origin = g_new0 (CmafOrigin, 1);
  Opening opening;

  init_opening (&opening, origin, config);
  origin->n_refs = 1;
  origin->listener = listener;
  origin->thread = cmaf_http_thread_get ();
  origin->prefix = g_strdup (prefix);
  origin->allow_origins = g_strdup (config->allow_origins);
  origin->url =
      make_url (config, cmaf_http_listener_get_port (listener), prefix);
  cmaf_http_thread_call (origin->thread, open_site, &opening);
  if (cmaf_http_listener_add_route (
          listener, prefix, on_request, origin, error))
    return origin;

  cmaf_http_thread_call (origin->thread, close_site, origin);
  free_origin (origin);
  return NULL;
}

/* Who may read is not for one to widen behind the other's back. */
static gboolean
share_locked (
    CmafOrigin *origin, const CmafOriginConfig *config, GError **error)
{
  Opening opening;

  if (g_strcmp0 (origin->allow_origins, config->allow_origins) != 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "allow-origins: is \"%s\", needs to be \"%s\" as it is for the others "
        "at this address, port and http-prefix",
        config->allow_origins, origin->allow_origins);
    return FALSE;
  }
  init_opening (&opening, origin, config);
  cmaf_http_thread_call (origin->thread, restrict_site, &opening);
  origin->n_refs++;
  return TRUE;
}

static CmafOrigin *
find_locked (CmafHttpListener *listener, const gchar *prefix)
{
  for (GList *l = registry; l != NULL; l = l->next) {
    CmafOrigin *origin = l->data;

    if (origin->listener == listener && g_str_equal (origin->prefix, prefix))
      return origin;
  }
  return NULL;
}

CmafOrigin *
cmaf_origin_new (const CmafOriginConfig *config, GError **error)
{
  g_autofree gchar *prefix = normal_prefix (config->http_prefix, error);
  static gsize once = 0;
  CmafHttpListener *listener;
  CmafOrigin *origin;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (origin_debug, "cmaforigin", 0, "origin");
    g_once_init_leave (&once, 1);
  }
  if (prefix == NULL)
    return NULL;
  listener = cmaf_http_listener_new (&config->listener, error);
  if (listener == NULL)
    return NULL;
  g_mutex_lock (&registry_lock);
  origin = find_locked (listener, prefix);
  if (origin != NULL) {
    if (!share_locked (origin, config, error))
      origin = NULL;
  } else {
    origin = open_origin (config, listener, prefix, error);
    if (origin != NULL) {
      registry = g_list_prepend (registry, origin);
      listener = NULL;
    }
  }
  g_mutex_unlock (&registry_lock);
  if (listener != NULL)
    cmaf_http_listener_unref (listener);
  return origin;
}

void
cmaf_origin_unref (CmafOrigin *origin)
{
  gboolean is_last;

  g_mutex_lock (&registry_lock);
  is_last = --origin->n_refs == 0;
  if (is_last) {
    registry = g_list_remove (registry, origin);
    cmaf_http_listener_remove_route (origin->listener, origin->prefix);
    cmaf_http_thread_call (origin->thread, close_site, origin);
  }
  g_mutex_unlock (&registry_lock);
  if (!is_last)
    return;
  cmaf_http_listener_unref (origin->listener);
  free_origin (origin);
}

CmafOrigin *
cmaf_origin_ref (CmafOrigin *origin)
{
  g_mutex_lock (&registry_lock);
  origin->n_refs++;
  g_mutex_unlock (&registry_lock);
  return origin;
}

gboolean
cmaf_origin_is_current (CmafOrigin *origin)
{
  return cmaf_http_thread_is_current (origin->thread);
}

guint16
cmaf_origin_get_port (CmafOrigin *origin)
{
  return cmaf_http_listener_get_port (origin->listener);
}

gchar *
cmaf_origin_get_url (CmafOrigin *origin)
{
  return g_strdup (origin->url);
}

/* ---- channels ---- */

typedef struct
{
  CmafOriginEntry *entry;
  gchar *name; /* of an object or a track */
  gchar *source;
  GBytes *header;
} Post;

static void
free_post (gpointer data)
{
  Post *post = data;

  g_free (post->name);
  g_free (post->source);
  g_clear_pointer (&post->header, g_bytes_unref);
  g_free (post);
}

static void
post (CmafOriginEntry *entry, GSourceFunc function, const gchar *name,
    const gchar *source, GBytes *header)
{
  Post *p = g_new0 (Post, 1);

  p->entry = entry;
  p->name = g_strdup (name);
  p->source = g_strdup (source);
  p->header = header != NULL ? g_bytes_ref (header) : NULL;
  cmaf_http_thread_post (entry->origin->thread, function, p, free_post);
}

/* What changes from here on is the business of another update. */
static gboolean
begin_update (CmafOriginEntry *entry, const gchar *name)
{
  gboolean is_leaving;

  g_mutex_lock (&entry->lock);
  g_hash_table_remove (entry->changed, name);
  is_leaving = entry->is_leaving;
  g_mutex_unlock (&entry->lock);
  return !is_leaving;
}

static gboolean
do_update (gpointer data)
{
  Post *p = data;

  if (begin_update (p->entry, p->name))
    cmaf_origin_channel_update (p->entry->channel, p->name);
  return G_SOURCE_REMOVE;
}

/* In the thread that writes, perhaps with locks of the writer held. An update
 * sees all that was written before it, so one for each object is enough: what
 * waits for the HTTP thread stays bounded when that is slower. */
static void
on_store_changed (CmafObjectStore *store, const gchar *name, gpointer user_data)
{
  CmafOriginEntry *entry = user_data;
  gboolean is_new;

  g_mutex_lock (&entry->lock);
  is_new = g_hash_table_add (entry->changed, g_strdup (name));
  g_mutex_unlock (&entry->lock);
  if (is_new)
    post (entry, do_update, name, NULL, NULL);
}

static gboolean
do_set_header (gpointer data)
{
  Post *p = data;
  g_autoptr (GError) error = NULL;

  if (!cmaf_origin_channel_set_header (
          p->entry->channel, p->name, p->header, &error))
    GST_WARNING ("track %s: %s", p->name, error->message);
  return G_SOURCE_REMOVE;
}

void
cmaf_origin_entry_set_header (
    CmafOriginEntry *entry, const gchar *track, GBytes *header)
{
  post (entry, do_set_header, track, NULL, header);
}

static gboolean
do_set_source (gpointer data)
{
  Post *p = data;

  cmaf_origin_channel_set_source (p->entry->channel, p->name, p->source);
  return G_SOURCE_REMOVE;
}

void
cmaf_origin_entry_set_source (
    CmafOriginEntry *entry, const gchar *track, const gchar *source)
{
  post (entry, do_set_source, track, source, NULL);
}

static gboolean
do_end (gpointer data)
{
  cmaf_origin_channel_end (((Post *)data)->entry->channel);
  return G_SOURCE_REMOVE;
}

void
cmaf_origin_entry_end (CmafOriginEntry *entry)
{
  post (entry, do_end, NULL, NULL, NULL);
}

static void
free_entry (CmafOriginEntry *entry)
{
  cmaf_object_store_unref (entry->store);
  cmaf_origin_unref (entry->origin);
  g_hash_table_unref (entry->changed);
  g_mutex_clear (&entry->lock);
  g_free (entry);
}

typedef struct
{
  CmafOriginEntry *entry;
  const CmafOriginChannelConfig *config;
  GError **error;
} Adding;

static gboolean
do_add (gpointer data)
{
  Adding *adding = data;

  adding->entry->channel = cmaf_origin_site_add_channel (
      adding->entry->origin->site, adding->config, adding->error);
  return G_SOURCE_REMOVE;
}

CmafOriginEntry *
cmaf_origin_add_channel (
    CmafOrigin *origin, const CmafOriginChannelConfig *config, GError **error)
{
  CmafOriginEntry *entry;
  Adding adding = { NULL, config, error };

  if (!cmaf_track_name_is_valid (config->name)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "channel: \"%s\" is no name, needs letters, digits and . _ ~ -",
        config->name);
    return NULL;
  }
  entry = g_new0 (CmafOriginEntry, 1);
  entry->origin = cmaf_origin_ref (origin);
  entry->store = cmaf_object_store_ref (config->store);
  g_mutex_init (&entry->lock);
  entry->changed =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  adding.entry = entry;
  cmaf_http_thread_call (origin->thread, do_add, &adding);
  if (entry->channel == NULL) {
    free_entry (entry);
    return NULL;
  }
  cmaf_memory_store_set_changed (entry->store, on_store_changed, entry);
  return entry;
}

typedef struct
{
  CmafOriginEntry *entry;
  guint n_channels;
  guint n_viewers;
} Leaving;

static gboolean
do_remove (gpointer data)
{
  Leaving *leaving = data;
  CmafOriginSite *site = leaving->entry->origin->site;

  cmaf_origin_site_remove_channel (site, leaving->entry->channel);
  leaving->n_channels = cmaf_origin_site_get_n_channels (site);
  if (leaving->n_channels == 0)
    cmaf_origin_site_close_viewers (site);
  return G_SOURCE_REMOVE;
}

static gboolean
do_count_viewers (gpointer data)
{
  Leaving *leaving = data;

  leaving->n_viewers =
      cmaf_origin_site_get_n_viewers (leaving->entry->origin->site);
  return G_SOURCE_REMOVE;
}

/* The last channel: who is still there gets a moment to take the close. */
static void
wait_for_viewers (Leaving *leaving)
{
  CmafHttpThread *thread = leaving->entry->origin->thread;
  gint64 deadline = g_get_monotonic_time () + CLOSE_WAIT;

  while (g_get_monotonic_time () < deadline) {
    cmaf_http_thread_call (thread, do_count_viewers, leaving);
    if (leaving->n_viewers == 0)
      return;
    g_usleep (LOOK_EVERY);
  }
}

void
cmaf_origin_remove_channel (CmafOriginEntry *entry)
{
  Leaving leaving = { entry, 0, 0 };

  cmaf_memory_store_set_changed (entry->store, NULL, NULL);
  g_mutex_lock (&entry->lock);
  entry->is_leaving = TRUE;
  g_mutex_unlock (&entry->lock);
  cmaf_http_thread_call (entry->origin->thread, do_remove, &leaving);
  if (leaving.n_channels == 0)
    wait_for_viewers (&leaving);
  free_entry (entry);
}

typedef struct
{
  CmafOrigin *origin;
  GstStructure *stats;
} StatsCall;

static gboolean
do_get_stats (gpointer data)
{
  StatsCall *call = data;

  cmaf_origin_site_add_stats (call->origin->site, call->stats);
  return G_SOURCE_REMOVE;
}

GstStructure *
cmaf_origin_get_stats (CmafOrigin *origin)
{
  StatsCall call = { origin, cmaf_http_listener_get_stats (origin->listener) };

  gst_structure_set_name (call.stats, "application/x-cmaf-origin-stats");
  if (cmaf_http_thread_is_current (origin->thread))
    do_get_stats (&call);
  else
    cmaf_http_thread_call (origin->thread, do_get_stats, &call);
  return call.stats;
}
