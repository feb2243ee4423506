/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

#include "property-fields.h"

static const CmafPropertyField *
find (const CmafPropertyField *fields, guint n, guint id)
{
  for (guint i = 0; i < n; i++)
    if (fields[i].id == id)
      return &fields[i];
  return NULL;
}

static void
free_value (const CmafPropertyField *field, gpointer object)
{
  gpointer at = G_STRUCT_MEMBER_P (object, field->offset);

  if (field->type == G_TYPE_STRING)
    g_clear_pointer ((gchar **)at, g_free);
  else if (field->type == G_TYPE_BOXED)
    g_clear_pointer ((GstStructure **)at, gst_structure_free);
  else if (field->type == G_TYPE_OBJECT)
    g_clear_object ((GObject **)at);
}

static void
set_number (GType type, gpointer at, const GValue *value)
{
  if (type == G_TYPE_BOOLEAN)
    *(gboolean *)at = g_value_get_boolean (value);
  else if (type == G_TYPE_ENUM)
    *(gint *)at = g_value_get_enum (value);
  else if (type == G_TYPE_INT)
    *(gint *)at = g_value_get_int (value);
  else if (type == G_TYPE_UINT)
    *(guint *)at = g_value_get_uint (value);
  else if (type == G_TYPE_INT64)
    *(gint64 *)at = g_value_get_int64 (value);
  else
    *(guint64 *)at = g_value_get_uint64 (value);
}

static void
get_number (GType type, gconstpointer at, GValue *value)
{
  if (type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, *(const gboolean *)at);
  else if (type == G_TYPE_ENUM)
    g_value_set_enum (value, *(const gint *)at);
  else if (type == G_TYPE_INT)
    g_value_set_int (value, *(const gint *)at);
  else if (type == G_TYPE_UINT)
    g_value_set_uint (value, *(const guint *)at);
  else if (type == G_TYPE_INT64)
    g_value_set_int64 (value, *(const gint64 *)at);
  else
    g_value_set_uint64 (value, *(const guint64 *)at);
}

gboolean
cmaf_property_fields_set (const CmafPropertyField *fields, guint n_fields,
    gpointer object, guint id, const GValue *value)
{
  const CmafPropertyField *field = find (fields, n_fields, id);
  gpointer at;

  if (field == NULL)
    return FALSE;
  free_value (field, object);
  at = G_STRUCT_MEMBER_P (object, field->offset);
  if (field->type == G_TYPE_STRING)
    *(gchar **)at = g_value_dup_string (value);
  else if (field->type == G_TYPE_BOXED)
    *(GstStructure **)at = g_value_dup_boxed (value);
  else if (field->type == G_TYPE_OBJECT)
    *(GObject **)at = g_value_dup_object (value);
  else if (GST_VALUE_HOLDS_FRACTION (value)) {
    ((gint *)at)[0] = gst_value_get_fraction_numerator (value);
    ((gint *)at)[1] = gst_value_get_fraction_denominator (value);
  } else
    set_number (field->type, at, value);
  return TRUE;
}

gboolean
cmaf_property_fields_get (const CmafPropertyField *fields, guint n_fields,
    gconstpointer object, guint id, GValue *value)
{
  const CmafPropertyField *field = find (fields, n_fields, id);
  gconstpointer at;

  if (field == NULL)
    return FALSE;
  at = G_STRUCT_MEMBER_P (object, field->offset);
  if (field->type == G_TYPE_STRING)
    g_value_set_string (value, *(gchar *const *)at);
  else if (field->type == G_TYPE_BOXED)
    g_value_set_boxed (value, *(GstStructure *const *)at);
  else if (field->type == G_TYPE_OBJECT)
    g_value_set_object (value, *(GObject *const *)at);
  else if (GST_VALUE_HOLDS_FRACTION (value))
    gst_value_set_fraction (
        value, ((const gint *)at)[0], ((const gint *)at)[1]);
  else
    get_number (field->type, at, value);
  return TRUE;
}

void
cmaf_property_fields_own (
    const CmafPropertyField *fields, guint n_fields, gpointer object)
{
  for (guint i = 0; i < n_fields; i++) {
    const GType type = fields[i].type;
    gpointer *at = G_STRUCT_MEMBER_P (object, fields[i].offset);

    if (type == G_TYPE_STRING)
      *at = g_strdup (*at);
    else if (type == G_TYPE_BOXED && *at)
      *at = gst_structure_copy (*at);
    else if (type == G_TYPE_OBJECT && *at)
      g_object_ref (*at);
  }
}

void
cmaf_property_fields_clear (
    const CmafPropertyField *fields, guint n_fields, gpointer object)
{
  for (guint i = 0; i < n_fields; i++)
    free_value (&fields[i], object);
}
