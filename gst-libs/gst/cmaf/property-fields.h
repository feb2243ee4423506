/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Members of a struct that are the values of properties, as a table. The lock
 * of the element guards them. Not installed. */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  guint id;
  GType type;   /* STRING, BOXED (a GstStructure), OBJECT, BOOLEAN, ENUM, INT,
                   UINT, INT64, UINT64 */
  gsize offset; /* of a fraction: of its numerator, the denominator is behind;
                   both are INT */
} CmafPropertyField;

#define CMAF_PROPERTY_FIELD(Struct, id, type, field)                           \
  {                                                                            \
    id, type, G_STRUCT_OFFSET (Struct, field)                                  \
  }

/* FALSE: none of @fields has this @id. */
CMAF_API gboolean cmaf_property_fields_set (const CmafPropertyField *fields,
    guint n_fields, gpointer object, guint id, const GValue *value);
CMAF_API gboolean cmaf_property_fields_get (const CmafPropertyField *fields,
    guint n_fields, gconstpointer object, guint id, GValue *value);
/* Of a struct that was copied as it stands: makes what is owned its own. */
CMAF_API void cmaf_property_fields_own (
    const CmafPropertyField *fields, guint n_fields, gpointer object);
/* Frees what is owned. */
CMAF_API void cmaf_property_fields_clear (
    const CmafPropertyField *fields, guint n_fields, gpointer object);

G_END_DECLS
