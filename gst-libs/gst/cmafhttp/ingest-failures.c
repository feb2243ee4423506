/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* An IPv6 address is the network it is in: whoever has one, has all of it. When
 * there are too many to be told apart, the rest is one. */
#include "ingest-failures.h"

#include <gio/gio.h>

#define REMEMBERED (10 * GST_SECOND)
#define INTERVAL (100 * GST_MSECOND) /* looking may take some milliseconds */
#define MAX_ADDRESSES 4096
#define IPV6_NETWORK 8 /* bytes */

typedef struct
{
  GstClockTime last;
  guint n_held;
} Entry;

struct _CmafIngestFailures
{
  GHashTable *entries; /* text -> Entry */
};

CmafIngestFailures *
cmaf_ingest_failures_new (void)
{
  CmafIngestFailures *self = g_new0 (CmafIngestFailures, 1);

  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cmaf_ingest_failures_free (CmafIngestFailures *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static gchar *
key_of (const gchar *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  GString *key;

  if (inet == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (address);
  key = g_string_new ("6");
  for (guint i = 0; i < IPV6_NETWORK; i++)
    g_string_append_printf (key, "%02x", g_inet_address_to_bytes (inet)[i]);
  return g_string_free (key, FALSE);
}

/* That of this address, or of all for whom there was no room. */
static Entry *
find (CmafIngestFailures *self, const gchar *address)
{
  g_autofree gchar *key = key_of (address);
  Entry *entry = g_hash_table_lookup (self->entries, key);

  return entry ? entry : g_hash_table_lookup (self->entries, "");
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  const Entry *entry = value;

  return entry->n_held == 0
         && *(GstClockTime *)user_data >= entry->last + REMEMBERED;
}

gboolean
cmaf_ingest_failures_is_full (
    CmafIngestFailures *self, const gchar *address, GstClockTime now)
{
  const Entry *entry = find (self, address);

  return entry != NULL
         && (entry->n_held >= CMAF_INGEST_FAILURES_HELD
             || (entry->n_held > 0 && now < entry->last + INTERVAL));
}

static Entry *
make (CmafIngestFailures *self, const gchar *address, GstClockTime now)
{
  Entry *entry = g_new0 (Entry, 1);

  if (g_hash_table_size (self->entries) >= MAX_ADDRESSES)
    g_hash_table_foreach_remove (self->entries, is_over, &now);
  entry->last = now;
  g_hash_table_insert (self->entries,
      g_hash_table_size (self->entries) >= MAX_ADDRESSES ? g_strdup ("")
                                                         : key_of (address),
      entry);
  return entry;
}

gboolean
cmaf_ingest_failures_add (
    CmafIngestFailures *self, const gchar *address, GstClockTime now)
{
  Entry *entry = find (self, address);
  gboolean is_again = entry != NULL && now < entry->last + REMEMBERED;

  if (entry == NULL)
    entry = make (self, address, now);
  entry->last = now;
  if (!is_again || entry->n_held >= CMAF_INGEST_FAILURES_HELD)
    return FALSE;
  entry->n_held++;
  return TRUE;
}

void
cmaf_ingest_failures_answered (CmafIngestFailures *self, const gchar *address)
{
  Entry *entry = find (self, address);

  if (entry != NULL && entry->n_held > 0)
    entry->n_held--;
}
