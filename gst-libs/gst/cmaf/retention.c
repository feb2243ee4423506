/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A queue of names. */
#include "retention.h"

#include <string.h>

typedef struct
{
  guint64 number;
  gchar *name;
  gboolean may_return;
} Object;

static void
free_object (Object *object)
{
  g_free (object->name);
  g_free (object);
}

void
cmaf_retention_add (CmafRetention *retention, guint64 number, const gchar *name,
    gboolean may_return)
{
  Object *object = g_new0 (Object, 1);

  object->number = number;
  object->name = g_strdup (name);
  object->may_return = may_return;
  g_queue_push_tail (&retention->objects, object);
}

static gboolean
is_wanted (
    const CmafRetention *retention, const gchar *name, const gchar *except)
{
  GList *link = retention->objects.head->next;

  if (g_strcmp0 (name, except) == 0)
    return TRUE;
  for (; link != NULL; link = link->next)
    if (strcmp (((Object *)link->data)->name, name) == 0)
      return TRUE;
  return FALSE;
}

void
cmaf_retention_remove (CmafRetention *retention, CmafObjectStore *store,
    guint64 number, const gchar *except)
{
  Object *object;

  while ((object = g_queue_peek_head (&retention->objects)) != NULL
         && object->number < number) {
    if (!object->may_return || !is_wanted (retention, object->name, except))
      cmaf_object_store_remove (store, object->name, NULL);
    free_object (g_queue_pop_head (&retention->objects));
  }
}

void
cmaf_retention_clear (CmafRetention *retention)
{
  g_queue_clear_full (&retention->objects, (GDestroyNotify)free_object);
}
