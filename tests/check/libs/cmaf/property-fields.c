/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmaf/property-fields.h>

typedef struct
{
  gchar *string;
  GstStructure *boxed;
  gboolean boolean;
  gint enumeration;
  guint uint;
  guint64 uint64;
  gint sint;
  gint64 int64;
  gint n, d;
  GstElement *element;
} Object;

#define FIELD(id, type, field)                                                 \
  {                                                                            \
    id, type, G_STRUCT_OFFSET (Object, field)                                  \
  }

static const CmafPropertyField fields[] = {
  FIELD (10, G_TYPE_STRING, string),
  FIELD (11, G_TYPE_BOXED, boxed),
  FIELD (20, G_TYPE_BOOLEAN, boolean),
  FIELD (21, G_TYPE_ENUM, enumeration),
  FIELD (22, G_TYPE_UINT, uint),
  FIELD (23, G_TYPE_UINT64, uint64),
  FIELD (24, G_TYPE_INT, sint),
  FIELD (25, G_TYPE_INT64, int64),
  FIELD (26, G_TYPE_INT, n),
  FIELD (27, G_TYPE_OBJECT, element),
};

/* Two of each, as gst_value_deserialize() reads them. */
static const gchar *const values[][2] = {
  { "one", "two" },
  { "a, x=(int)1;", "b;" },
  { "true", "false" },
  { "playing", "null" },
  { "4294967295", "0" },
  { "18446744073709551615", "1" },
  { "-2147483648", "1" },
  { "-9223372036854775808", "1" },
  { "48/25", "1001/500" },
};

static GType
type_of (const CmafPropertyField *field)
{
  if (field->type == G_TYPE_BOXED)
    return GST_TYPE_STRUCTURE;
  if (field->offset == G_STRUCT_OFFSET (Object, n))
    return GST_TYPE_FRACTION;
  return field->type == G_TYPE_ENUM ? GST_TYPE_STATE : field->type;
}

GST_START_TEST (test_what_is_set_is_got)
{
  const CmafPropertyField *field = &fields[__i__];
  Object object = { NULL };

  for (guint i = 0; i < 2; i++) {
    g_auto (GValue) in = G_VALUE_INIT;
    g_auto (GValue) out = G_VALUE_INIT;

    g_value_init (&in, type_of (field));
    g_value_init (&out, type_of (field));
    fail_unless (gst_value_deserialize (&in, values[__i__][i]));
    fail_unless (cmaf_property_fields_set (
        fields, G_N_ELEMENTS (fields), &object, field->id, &in));
    fail_unless (cmaf_property_fields_get (
        fields, G_N_ELEMENTS (fields), &object, field->id, &out));
    fail_unless_equals_int (gst_value_compare (&in, &out), GST_VALUE_EQUAL);
  }
  cmaf_property_fields_clear (fields, G_N_ELEMENTS (fields), &object);
  fail_unless (object.string == NULL && object.boxed == NULL);
}
GST_END_TEST;

GST_START_TEST (test_a_copy_has_its_own)
{
  const guint n_fields = G_N_ELEMENTS (fields);
  Object object = { NULL }, copy;
  GstElement *bin = gst_object_ref_sink (gst_bin_new (NULL));
  g_auto (GValue) string = G_VALUE_INIT;
  g_auto (GValue) boxed = G_VALUE_INIT;
  g_auto (GValue) element = G_VALUE_INIT;

  copy = object;
  cmaf_property_fields_own (fields, n_fields, &copy);
  g_value_init (&string, G_TYPE_STRING);
  g_value_set_static_string (&string, "text");
  g_value_init (&boxed, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&boxed, gst_structure_new_empty ("a"));
  g_value_init (&element, GST_TYPE_ELEMENT);
  g_value_set_object (&element, bin);
  cmaf_property_fields_set (fields, n_fields, &object, 10, &string);
  cmaf_property_fields_set (fields, n_fields, &object, 11, &boxed);
  cmaf_property_fields_set (fields, n_fields, &object, 27, &element);
  copy = object;
  cmaf_property_fields_own (fields, n_fields, &copy);
  cmaf_property_fields_clear (fields, n_fields, &object);
  fail_unless (object.element == NULL);
  assert_equals_string (copy.string, "text");
  fail_unless (gst_structure_has_name (copy.boxed, "a"));
  fail_unless (copy.element == bin);
  ASSERT_OBJECT_REFCOUNT (bin, "bin", 3); /* mine, the value's, the copy's */
  cmaf_property_fields_clear (fields, n_fields, &copy);
  gst_object_unref (bin);
}
GST_END_TEST;

GST_START_TEST (test_another_id_is_left_alone)
{
  static const guint ids[] = { 0, 9, 12, 28 };
  Object object = { NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    fail_if (cmaf_property_fields_set (
        fields, G_N_ELEMENTS (fields), &object, ids[i], &value));
    fail_if (cmaf_property_fields_get (
        fields, G_N_ELEMENTS (fields), &object, ids[i], &value));
  }
}
GST_END_TEST;

static Suite *
property_fields_suite (void)
{
  Suite *suite = suite_create ("property-fields");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_what_is_set_is_got, 0, G_N_ELEMENTS (values));
  tcase_add_test (tc, test_a_copy_has_its_own);
  tcase_add_test (tc, test_another_id_is_left_alone);
  return suite;
}

GST_CHECK_MAIN (property_fields);
