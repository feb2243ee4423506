/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Settings that have an effect only with others, as a table: who has set one in
 * vain is told. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstCmafDependentSetting:
 * @property: has an effect when one of @needs holds; a property that the
 *     element does not have is never set
 * @needs: with | in between; each is the name of a property that is set, behind
 *     ! of one that is not, or NAME=VALUE, in lower case, with * and ? in VALUE
 * @remedy: what is needed, for people; %NULL: @needs says it
 */
typedef struct
{
  const gchar *property;
  const gchar *needs;
  const gchar *remedy;
} GstCmafDependentSetting;

/* Of the properties in @rows that somebody has set, those without effect, in
 * one sentence each; NULL: none. @secrets: what is set of those that cannot be
 * read, ending with NULL, or NULL. (transfer full) */
CMAF_API gchar *gst_cmaf_find_idle_settings (GObject *object,
    const GstCmafDependentSetting *rows, guint n_rows,
    const gchar *const *secrets);
/* The same as one warning of @element. */
CMAF_API void gst_cmaf_warn_of_idle_settings (GstElement *element,
    const GstCmafDependentSetting *rows, guint n_rows,
    const gchar *const *secrets);

G_END_DECLS
