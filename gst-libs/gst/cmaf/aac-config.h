/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1), read and made explicit. Pure
 * functions, any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_AAC_LC 2
#define CMAF_AAC_SBR 5 /* HE-AAC */
#define CMAF_AAC_PS 29 /* HE-AAC v2 */

typedef struct
{
  guint object_type;     /* as it stands first, CMAF_AAC_... */
  guint core_rate;       /* Hz */
  guint rate;            /* Hz of the output: with SBR that of the extension */
  guint samples;         /* of an access unit, at @rate */
  gboolean is_sbr;       /* however it is signalled */
  gboolean is_ps;        /* likewise */
  gboolean is_960;       /* 960 samples of the core instead of 1024 */
  gboolean is_canonical; /* nothing but what HE-AAC and AAC-LC need */
  guint channel_configuration;
  guint core_object_type; /* that of the core when @object_type is SBR or PS */
} CmafAacConfig;

/* CMAF_ERROR_MALFORMED when it is too short or has no sampling frequency. */
CMAF_API gboolean cmaf_aac_config_read (
    CmafAacConfig *config, gconstpointer data, gsize size, GError **error);
/* @asc with hierarchical explicit signalling of SBR and PS, when it has the
 * backward compatible one: so encoders that signal differently make the same
 * header, and no player has to guess. (transfer full) */
CMAF_API GBytes *cmaf_aac_config_make_explicit (GBytes *asc);
/* ISO/IEC 14496-3 1.6.3.1; 0 when it is too short. */
CMAF_API guint cmaf_aac_object_type (gconstpointer data, gsize size);

G_END_DECLS
