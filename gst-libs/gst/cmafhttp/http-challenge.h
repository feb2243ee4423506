/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Schemes with parameters, as WWW-Authenticate lists them and Authorization
 * answers one (RFC 9110 11). Pure. Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>

G_BEGIN_DECLS

typedef struct
{
  gchar *scheme;      /* lower case */
  GHashTable *values; /* lower case name -> value, without quotes */
} CmafHttpChallenge;

/* Of CmafHttpChallenge. */
CMAF_API GPtrArray *cmaf_http_challenges_new (void);
/* Appends those of one field. */
CMAF_API void cmaf_http_challenges_parse (
    GPtrArray *challenges, const gchar *field);
/* NULL: it is not there */
CMAF_API const gchar *cmaf_http_challenge_get (
    const CmafHttpChallenge *challenge, const gchar *name);

G_END_DECLS
