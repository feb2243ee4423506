/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Who opens which scheme: a short list, with a lock. */
#include "store-location.h"

#include "directory-store.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_SCHEMES 8

static GMutex lock;
typedef struct
{
  const gchar *scheme;
  CmafStoreOpener opener;
  CmafStoreChecker checker;
} Scheme;

static Scheme schemes[MAX_SCHEMES]; /* lock: lock */

void
cmaf_store_location_register (
    const gchar *scheme, CmafStoreOpener opener, CmafStoreChecker checker)
{
  guint i = 0;

  g_mutex_lock (&lock);
  while (i < MAX_SCHEMES && schemes[i].scheme
         && g_ascii_strcasecmp (schemes[i].scheme, scheme) != 0)
    i++;
  if (i < MAX_SCHEMES)
    schemes[i] = (Scheme){ scheme, opener, checker };
  g_mutex_unlock (&lock);
}

gchar *
cmaf_store_location_scheme (const gchar *location)
{
  g_autofree gchar *scheme =
      strstr (location, "://") ? g_uri_parse_scheme (location) : NULL;

  if (!scheme || g_ascii_strcasecmp (scheme, "file") == 0)
    return NULL;
  return g_steal_pointer (&scheme);
}

static gboolean
find_scheme (const gchar *name, Scheme *found)
{
  gboolean is_there = FALSE;

  g_mutex_lock (&lock);
  for (guint i = 0; i < MAX_SCHEMES && schemes[i].scheme && !is_there; i++) {
    is_there = g_ascii_strcasecmp (schemes[i].scheme, name) == 0;
    if (is_there)
      *found = schemes[i];
  }
  g_mutex_unlock (&lock);
  return is_there;
}

gboolean
cmaf_store_location_is_registered (const gchar *scheme)
{
  Scheme found;

  return find_scheme (scheme, &found);
}

/* (transfer full) (nullable) */
static gchar *
find_path (const gchar *location, GError **error)
{
  g_autofree gchar *host = NULL;
  g_autofree gchar *path = NULL;

  if (!strstr (location, "://"))
    return g_strdup (location);
  path = g_filename_from_uri (location, &host, NULL);
  if (path && (!host || strcmp (host, "localhost") == 0))
    return g_steal_pointer (&path);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "\"%s\" is no file of this machine, needs file:///path", location);
  return NULL;
}

static CmafObjectStore *
open_directory (const gchar *location, GError **error)
{
  g_autofree gchar *path = find_path (location, error);

  return path ? cmaf_directory_store_new (path, error) : NULL;
}

gchar *
cmaf_store_location_show (const gchar *location)
{
  const GUriFlags flags = G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD;
  g_autofree gchar *scheme =
      location ? cmaf_store_location_scheme (location) : NULL;
  g_autoptr (GUri) uri = scheme ? g_uri_parse (location, flags, NULL) : NULL;

  if (!scheme)
    return g_strdup (location);
  if (!uri)
    return g_strconcat (scheme, "://", NULL);
  return g_uri_to_string_partial (
      uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT);
}

static gboolean
fail_as_unknown (const gchar *location, const gchar *scheme, GError **error)
{
  g_autofree gchar *shown = cmaf_store_location_show (location);

  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "\"%s\" has scheme %s, needs a directory or a scheme that a plugin here "
      "can open",
      shown, scheme);
  return FALSE;
}

gboolean
cmaf_store_location_check (const gchar *location, GError **error)
{
  g_autofree gchar *name = cmaf_store_location_scheme (location);
  g_autofree gchar *path = name ? NULL : find_path (location, error);
  Scheme scheme;

  if (!name)
    return path != NULL;
  if (!find_scheme (name, &scheme))
    return fail_as_unknown (location, name, error);
  return !scheme.checker || scheme.checker (location, error);
}

CmafObjectStore *
cmaf_store_location_open (const gchar *location, GError **error)
{
  g_autofree gchar *name = cmaf_store_location_scheme (location);
  Scheme scheme;

  if (!name)
    return open_directory (location, error);
  if (find_scheme (name, &scheme))
    return scheme.opener (location, error);
  fail_as_unknown (location, name, error);
  return NULL;
}
