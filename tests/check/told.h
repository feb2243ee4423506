/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What an element tells: everything it logs, its properties, messages and
 * stats; and that none of it is secret. */
#pragma once

#include <gst/check/gstcheck.h>
#include <string.h>

static GMutex told_lock;
static GString *told_log; /* lock: told_lock */

static inline void
told_take_log (GstDebugCategory *category, GstDebugLevel level,
    const gchar *file, const gchar *function, gint line, GObject *object,
    GstDebugMessage *message, gpointer data)
{
  const gchar *text = gst_debug_message_get (message); /* may log itself */

  g_mutex_lock (&told_lock);
  g_string_append_printf (told_log, "%s\n", text);
  g_mutex_unlock (&told_lock);
}

static inline void
told_structure (GString *all, GstStructure *structure)
{
  g_autofree gchar *text =
      structure ? gst_structure_to_string (structure) : NULL;

  g_string_append_printf (all, "%s\n", text ? text : "");
}

/* Every property that can be read, as a dump of the pipeline has it. */
static inline void
told_properties (GString *all, GObject *object)
{
  guint n;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++) {
    g_auto (GValue) value = G_VALUE_INIT;
    g_autofree gchar *text = NULL;

    if (!(specs[i]->flags & G_PARAM_READABLE))
      continue;
    g_value_init (&value, specs[i]->value_type);
    g_object_get_property (object, specs[i]->name, &value);
    text = gst_value_serialize (&value);
    g_string_append_printf (all, "%s=%s\n", specs[i]->name, text ? text : "");
  }
}

/* Everything is logged from now on. */
static inline void
told_begin (void)
{
  told_log = g_string_new (NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (told_take_log, NULL, NULL);
  gst_debug_set_default_threshold (GST_LEVEL_TRACE);
}

/* When nothing can log any more. @all: what else was told. */
static inline void
told_end (const GString *all, const gchar *const *secrets, guint n_secrets)
{
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  gst_debug_remove_log_function (told_take_log);
  fail_unless (told_log->len > 1000);
  for (guint i = 0; i < n_secrets; i++) {
    const gchar *at = strstr (told_log->str, secrets[i]);

    fail_unless (at == NULL, "in the log: %.200s", at ? at : "");
    at = strstr (all->str, secrets[i]);
    fail_unless (at == NULL, "told: %.200s", at ? at : "");
  }
  g_string_free (told_log, TRUE);
}
