/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Openers of object stores: a short list, with a lock. */
#include "store-location.h"

#include "directory-store.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_SCHEMES 8

static GMutex lock;
static struct
{
  const gchar *scheme;
  CmafStoreOpener opener;
} openers[MAX_SCHEMES]; /* lock: lock */

void
cmaf_store_location_register (const gchar *scheme, CmafStoreOpener opener)
{
  guint i = 0;

  g_mutex_lock (&lock);
  while (i < MAX_SCHEMES && openers[i].scheme
         && g_ascii_strcasecmp (openers[i].scheme, scheme) != 0)
    i++;
  if (i < MAX_SCHEMES) {
    openers[i].scheme = scheme;
    openers[i].opener = opener;
  }
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

static CmafStoreOpener
find_opener (const gchar *scheme)
{
  CmafStoreOpener opener = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; i < MAX_SCHEMES && openers[i].scheme; i++) {
    if (g_ascii_strcasecmp (openers[i].scheme, scheme) == 0)
      opener = openers[i].opener;
  }
  g_mutex_unlock (&lock);
  return opener;
}

gboolean
cmaf_store_location_is_registered (const gchar *scheme)
{
  return find_opener (scheme) != NULL;
}

static CmafObjectStore *
open_directory (const gchar *location, GError **error)
{
  g_autofree gchar *host = NULL;
  g_autofree gchar *path = NULL;

  if (!strstr (location, "://"))
    return cmaf_directory_store_new (location, error);
  path = g_filename_from_uri (location, &host, NULL);
  if (path && (!host || strcmp (host, "localhost") == 0))
    return cmaf_directory_store_new (path, error);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "\"%s\" is no file of this machine, needs file:///path", location);
  return NULL;
}

CmafObjectStore *
cmaf_store_location_open (const gchar *location, GError **error)
{
  g_autofree gchar *scheme = cmaf_store_location_scheme (location);
  CmafStoreOpener opener;

  if (!scheme)
    return open_directory (location, error);
  opener = find_opener (scheme);
  if (opener)
    return opener (location, error);
  g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
      "\"%s\" has scheme %s, needs a directory or a scheme that a plugin here "
      "can open",
      location, scheme);
  return NULL;
}
