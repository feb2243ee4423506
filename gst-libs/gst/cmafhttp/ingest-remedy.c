/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The first row that has the status. */
#include "ingest-remedy.h"

typedef struct
{
  guint first, last; /* status codes */
  const gchar *remedy;
} Row;

static const Row rows[] = {
  { 300, 399, "needs the location where the receiver is" },
  { 401, 401, "needs user-id and user-pw, or bearer-token" },
  { 403, 403,
      "needs user-id and user-pw, or bearer-token, of somebody who may send "
      "there, or another path of location" },
  { 404, 404, "needs the receiver to be started, or another location" },
  { 405, 405, "needs method=PUT, POST or auto" },
  { 408, 408, "needs a faster network, or shorter segments" },
  { 409, 409, "needs the stream to be restarted there" },
  { 411, 411, "needs request-mode=segment" },
  { 412, 412,
      "needs the header that the other senders of the track have "
      "(cmaf-compare)" },
  { 413, 413,
      "needs a higher limit there, a lower bit rate or shorter segments" },
  { 415, 415, "needs another codec" },
  { 417, 417, "needs expect-continue=false" },
  { 425, 425, NULL },
  { 429, 429, NULL },
  { 400, 499, "cmaf-dump shows what is wrong with it" },
  { 501, 501, "needs method=PUT, POST or auto" },
  { 500, 599, "look at the receiver" },
};

const gchar *
cmaf_ingest_remedy (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].first <= status && status <= rows[i].last)
      return rows[i].remedy;
  return NULL;
}
