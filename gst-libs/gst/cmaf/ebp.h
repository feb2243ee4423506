/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Encoder boundary point (OC-SP-EBP-I01): what an encoder wrote into the
 * private data of an adaptation field about the access unit behind it. Any
 * thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_fragment, is_segment; /* begins one */
  gboolean has_sap_type;
  guint sap_type;
  gboolean has_time;
  guint64 ntp; /* of acquisition, 32.32 */
  gboolean is_concealed;
} CmafEbp;

/* Looks for an EBP among the fields (tag, length, data) of @data. FALSE
 * without @error when there is none, with CMAF_ERROR_MALFORMED when lengths or
 * flags lie. */
CMAF_API gboolean cmaf_ebp_parse (
    const guint8 *data, gsize size, CmafEbp *ebp, GError **error);

G_END_DECLS
