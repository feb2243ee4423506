/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What has its default counts as not set. */
#include "gstcmafsettings.h"
#include "gstcmafmessage.h"

#include <gst/cmaf/cmaf-error.h>

static gboolean
is_default (GParamSpec *spec, const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value)) {
    const gchar *text = g_value_get_string (value);

    return text == NULL || *text == '\0'
           || g_param_value_defaults (spec, value);
  }
  return g_param_value_defaults (spec, value);
}

/* As it is written in a pipeline, in lower case. (transfer full) (nullable) */
static gchar *
describe (const GValue *value)
{
  g_autofree gchar *text = G_VALUE_HOLDS_STRING (value)
                               ? g_value_dup_string (value)
                               : gst_value_serialize (value);

  return text != NULL ? g_ascii_strdown (text, -1) : NULL;
}

/* @pattern: NULL: is it set? */
static gboolean
matches (GObject *object, const gchar *property, const gchar *pattern,
    const gchar *const *secrets)
{
  GParamSpec *spec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree gchar *text = NULL;

  if (spec == NULL)
    return FALSE;
  if (!(spec->flags & G_PARAM_READABLE))
    return secrets != NULL && g_strv_contains (secrets, property);
  g_value_init (&value, spec->value_type);
  g_object_get_property (object, property, &value);
  if (pattern == NULL)
    return !is_default (spec, &value);
  text = describe (&value);
  return text != NULL && g_pattern_match_simple (pattern, text);
}

/* One of the alternatives of a row. */
static gboolean
holds (GObject *object, const gchar *need, const gchar *const *secrets)
{
  g_auto (GStrv) words = g_strsplit (need, "=", 2);

  if (*need == '!')
    return !matches (object, need + 1, NULL, secrets);
  return matches (object, words[0], words[1], secrets);
}

static gboolean
has_effect (GObject *object, const GstCmafDependentSetting *row,
    const gchar *const *secrets)
{
  g_auto (GStrv) needs = g_strsplit (row->needs, "|", -1);

  for (guint i = 0; needs[i] != NULL; i++)
    if (holds (object, needs[i], secrets))
      return TRUE;
  return FALSE;
}

static void
add_sentence (GString *text, const GstCmafDependentSetting *row)
{
  g_auto (GStrv) needs = g_strsplit (row->needs, "|", -1);
  g_autofree gchar *all = g_strjoinv (" or ", needs);

  g_string_append_printf (text, "%s%s: has no effect, needs %s",
      text->len > 0 ? "; " : "", row->property,
      row->remedy ? row->remedy : all);
}

gchar *
gst_cmaf_find_idle_settings (GObject *object,
    const GstCmafDependentSetting *rows, guint n_rows,
    const gchar *const *secrets)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_rows; i++)
    if (matches (object, rows[i].property, NULL, secrets)
        && !has_effect (object, &rows[i], secrets))
      add_sentence (text, &rows[i]);
  return g_string_free (text, text->len == 0);
}

void
gst_cmaf_warn_of_idle_settings (GstElement *element,
    const GstCmafDependentSetting *rows, guint n_rows,
    const gchar *const *secrets)
{
  g_autofree gchar *text =
      gst_cmaf_find_idle_settings (G_OBJECT (element), rows, n_rows, secrets);

  if (text != NULL)
    gst_cmaf_warn (element, CMAF_ERROR_CONFIG, "%s", text);
}
