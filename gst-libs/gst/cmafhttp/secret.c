/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What is compared are hashes: they have one length, and where they first
 * differ says nothing of the secret. */
#include "secret.h"

#include <string.h>
#include <sys/random.h>

typedef struct
{
  guint8 bytes[CMAF_SECRET_HASH_SIZE];
} Hash;

static Hash
hash (const gchar *text)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = CMAF_SECRET_HASH_SIZE;
  Hash result;

  g_checksum_update (sum, (const guchar *)text, strlen (text));
  g_checksum_get_digest (sum, result.bytes, &size);
  return result;
}

gboolean
cmaf_secret_equal (const gchar *given, const gchar *secret)
{
  const Hash a = hash (given), b = hash (secret);
  guint8 difference = 0;

  for (guint i = 0; i < CMAF_SECRET_HASH_SIZE; i++)
    difference |= a.bytes[i] ^ b.bytes[i];
  return difference == 0;
}

static void
finish (GHmac *hmac, Hash *out)
{
  gsize size = CMAF_SECRET_HASH_SIZE;

  g_hmac_get_digest (hmac, out->bytes, &size);
  g_hmac_unref (hmac);
}

gchar *
cmaf_secret_derive (
    const gchar *password, const gchar *salt, guint n_iterations)
{
  static const guchar first_block[] = { 0, 0, 0, 1 };
  GHmac *keyed = g_hmac_new (
      G_CHECKSUM_SHA256, (const guchar *)password, strlen (password));
  GHmac *hmac = g_hmac_copy (keyed);
  GString *text = g_string_new (NULL);
  Hash last, all;

  g_hmac_update (hmac, (const guchar *)salt, strlen (salt));
  g_hmac_update (hmac, first_block, sizeof first_block);
  finish (hmac, &last);
  all = last;
  for (guint n = 1; n < n_iterations; n++) {
    hmac = g_hmac_copy (keyed);
    g_hmac_update (hmac, last.bytes, sizeof last.bytes);
    finish (hmac, &last);
    for (guint i = 0; i < CMAF_SECRET_HASH_SIZE; i++)
      all.bytes[i] ^= last.bytes[i];
  }
  g_hmac_unref (keyed);
  for (guint i = 0; i < CMAF_SECRET_HASH_SIZE; i++)
    g_string_append_printf (text, "%02x", all.bytes[i]);
  return g_string_free (text, FALSE);
}

void
cmaf_secret_random (guint8 *bytes, gsize size)
{
  /* what it is for needs no more when the system has none */
  if (getrandom (bytes, size, 0) != (gssize)size)
    for (gsize i = 0; i < size; i++)
      bytes[i] = (guint8)g_random_int ();
}
