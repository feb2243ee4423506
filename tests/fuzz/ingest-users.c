/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A file of users. Nobody is one who has an empty name and no token. */
#include "fuzz.h"

#include <gst/cmafhttp/ingest-users.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CmafIngestUsers) users =
      cmaf_ingest_users_parse ((const gchar *)data, size, &error);

  PROMISE ((users != NULL) == (error == NULL));
  if (users == NULL)
    return 0;
  cmaf_ingest_users_get_kinds (users);
  PROMISE (!cmaf_ingest_users_check_password (users, "", ""));
  PROMISE (!cmaf_ingest_users_check_token (users, ""));
  PROMISE (!cmaf_ingest_users_check_certificate (users, data, size));
  return 0;
}
