/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include <gst/check/gstcheck.h>
#include <gst/cmafhttp/property-fields.h>

typedef struct
{
  gchar *string;
  GstStructure *boxed;
  gboolean boolean;
  gint enumeration;
  guint uint;
  guint64 uint64;
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
};

/* Two of each, as gst_value_deserialize() reads them. */
static const gchar *const values[][2] = {
  { "one", "two" },
  { "a, x=(int)1;", "b;" },
  { "true", "false" },
  { "playing", "null" },
  { "4294967295", "0" },
  { "18446744073709551615", "1" },
};

static GType
type_of (const CmafPropertyField *field)
{
  if (field->type == G_TYPE_BOXED)
    return GST_TYPE_STRUCTURE;
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

GST_START_TEST (test_another_id_is_left_alone)
{
  static const guint ids[] = { 0, 9, 12, 24 };
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
  tcase_add_loop_test (tc, test_what_is_set_is_got, 0, G_N_ELEMENTS (fields));
  tcase_add_test (tc, test_another_id_is_left_alone);
  return suite;
}

GST_CHECK_MAIN (property_fields);
