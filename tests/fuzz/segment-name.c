/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A template and, on the next line, a name: what is found in a name gives that
 * name again, and no name leaves its folder. */
#include <gst/cmaf/object-store.h>
#include <gst/cmaf/segment-name.h>
#include <string.h>

#include "fuzz.h"

static void
check_name (const gchar *template, const gchar *name)
{
  g_autofree gchar *id = NULL;
  g_autofree gchar *again = NULL;
  guint64 value;

  if (!cmaf_segment_name_parse (template, name, &id, &value))
    return;
  PROMISE (cmaf_track_name_is_valid (id));
  again = cmaf_segment_name_expand (template, id, value, value);
  PROMISE (g_str_equal (again, name));
  PROMISE (cmaf_object_name_is_valid (name));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  g_autofree gchar *name = NULL;
  g_autoptr (GError) error = NULL;
  gchar *end = strchr (text, '\n');
  gboolean ok;

  if (end)
    *end = '\0';
  if (!g_utf8_validate (text, -1, NULL))
    return 0; /* the template is a property */
  ok = cmaf_segment_name_check (text, &error);
  PROMISE (ok == (error == NULL));
  cmaf_track_name_is_valid (end ? end + 1 : text);
  if (!ok)
    return 0;
  name = cmaf_segment_name_expand (text, "track", 42, 90000);
  PROMISE (cmaf_object_name_is_valid (name));
  check_name (text, name);
  if (end)
    check_name (text, end + 1);
  return 0;
}
