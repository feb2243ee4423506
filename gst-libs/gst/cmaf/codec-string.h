/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Inside the library: the RFC 6381 string of each row of the sample-entry
 * table.
 * @config is the codec configuration and has the bytes that its row asks for.
 * (transfer full) */
#pragma once

#include <gst/cmaf/track.h>

G_BEGIN_DECLS

typedef gchar *(*CmafCodecStringFunc) (
    const CmafTrack *track, const guint8 *config, gsize size);

/* "avc1.64001F" */
gchar *cmaf_codec_string_avc (
    const CmafTrack *track, const guint8 *avcc, gsize size);
/* "hvc1.1.6.L93.B0" */
gchar *cmaf_codec_string_hevc (
    const CmafTrack *track, const guint8 *hvcc, gsize size);
/* "av01.0.08M.08", with colour when it is not what is meant without it */
gchar *cmaf_codec_string_av1 (
    const CmafTrack *track, const guint8 *av1c, gsize size);
/* "vp09.00.31.08.01.01.01.01.00" */
gchar *cmaf_codec_string_vp9 (
    const CmafTrack *track, const guint8 *vpcc, gsize size);
/* "mp4a.40.2" */
gchar *cmaf_codec_string_aac (
    const CmafTrack *track, const guint8 *asc, gsize size);
/* "mhm1.0x0D" */
gchar *cmaf_codec_string_mpegh (
    const CmafTrack *track, const guint8 *mhac, gsize size);
/* "stpp.ttml.im1t" */
gchar *cmaf_codec_string_stpp (
    const CmafTrack *track, const guint8 *strings, gsize size);
/* the sample entry: "ac-3", "ec-3", "fLaC", "wvtt" */
gchar *cmaf_codec_string_name (
    const CmafTrack *track, const guint8 *config, gsize size);
/* "opus" */
gchar *cmaf_codec_string_opus (
    const CmafTrack *track, const guint8 *dops, gsize size);

G_END_DECLS
