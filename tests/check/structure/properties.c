/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Every property of every element stands in the page of the element, or in one
 * of another element that its page refers to, with the default it has. */
#include <gst/check/gstcheck.h>
#include <string.h>

static const gchar *const plugin_names[] = { "cmaf", "cmafmanifest",
  "cmaforigin", "httpingest" };

static gchar *
read_page (const gchar *element)
{
  g_autofree gchar *path = g_strdup_printf (
      "%s/docs/elements/%s.md", g_getenv ("CMAF_SOURCE_ROOT"), element);
  gchar *text = NULL;

  fail_unless (
      g_file_get_contents (path, &text, NULL, NULL), "cannot read %s", path);
  return text;
}

/* With the pages that it has links to. */
static gchar *
read_pages (const gchar *element, const GList *features)
{
  g_autofree gchar *page = read_page (element);
  GString *all = g_string_new (page);

  for (const GList *l = features; l; l = l->next) {
    const gchar *other = GST_OBJECT_NAME (l->data);
    g_autofree gchar *link = g_strdup_printf ("](%s.md)", other);

    if (strcmp (other, element) != 0 && strstr (page, link)) {
      g_autofree gchar *text = read_page (other);

      g_string_append (all, text);
    }
  }
  return g_string_free (all, FALSE);
}

static void
find_missing (const gchar *element, const gchar *pages, GString *missing)
{
  g_autoptr (GstElement) instance =
      gst_object_ref_sink (gst_element_factory_make (element, NULL));
  guint n = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (instance), &n);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *quoted = g_strdup_printf ("`%s`", specs[i]->name);

    if (specs[i]->owner_type != GST_TYPE_OBJECT && !strstr (pages, quoted))
      g_string_append_printf (missing, " %s:%s", element, specs[i]->name);
  }
}

/* What the table says in quotes, by itself; NULL: not so. */
static gchar *
find_default (const gchar *page, const gchar *property)
{
  g_autofree gchar *row = g_strdup_printf ("\n| `%s` | `", property);
  const gchar *at = strstr (page, row);
  const gchar *end = at ? strstr (at + strlen (row), "` |") : NULL;
  g_autofree gchar *text = NULL;

  if (!end)
    return NULL;
  at += strlen (row);
  text = g_strndup (at, (gsize)(end - at));
  return strpbrk (text, "`|\n") ? NULL : g_steal_pointer (&text);
}

/* As in pages; NULL: a number, of which there are several spellings. */
static gchar *
spell_default (GParamSpec *spec)
{
  const GValue *value = g_param_spec_get_default_value (spec);

  if (G_VALUE_HOLDS_STRING (value))
    return g_value_dup_string (value);
  if (G_VALUE_HOLDS_ENUM (value))
    return g_strdup (g_enum_get_value (
        g_type_class_peek (G_VALUE_TYPE (value)), g_value_get_enum (value))
                         ->value_nick);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  return NULL;
}

static void
find_other_defaults (const gchar *element, GString *others)
{
  g_autofree gchar *page = read_page (element);
  g_autoptr (GstElement) instance =
      gst_object_ref_sink (gst_element_factory_make (element, NULL));
  guint n = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (instance), &n);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *said = find_default (page, specs[i]->name);
    g_autofree gchar *is = spell_default (specs[i]);

    if (said && is && strcmp (said, is) != 0)
      g_string_append_printf (
          others, " %s:%s is %s, not %s;", element, specs[i]->name, is, said);
  }
}

static GList *
list_elements (void)
{
  GList *all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (plugin_names); i++)
    all = g_list_concat (all, gst_registry_get_feature_list_by_plugin (
                                  gst_registry_get (), plugin_names[i]));
  return all;
}

GST_START_TEST (test_every_property_is_documented)
{
  GList *features = list_elements ();
  GString *missing = g_string_new (NULL);

  fail_unless (features != NULL);
  for (const GList *l = features; l; l = l->next) {
    const gchar *element = GST_OBJECT_NAME (l->data);
    g_autofree gchar *pages = read_pages (element, features);

    find_missing (element, pages, missing);
  }
  assert_equals_string (missing->str, "");
  g_string_free (missing, TRUE);
  gst_plugin_feature_list_free (features);
}
GST_END_TEST;

GST_START_TEST (test_defaults_are_those_of_the_elements)
{
  GList *features = list_elements ();
  GString *others = g_string_new (NULL);

  for (const GList *l = features; l; l = l->next)
    find_other_defaults (GST_OBJECT_NAME (l->data), others);
  assert_equals_string (others->str, "");
  g_string_free (others, TRUE);
  gst_plugin_feature_list_free (features);
}
GST_END_TEST;

static Suite *
properties_suite (void)
{
  Suite *suite = suite_create ("properties");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_every_property_is_documented);
  tcase_add_test (tcase, test_defaults_are_those_of_the_elements);
  return suite;
}

GST_CHECK_MAIN (properties);
