/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What the origin serves: its channels, its feed, its page, and the answer to
 * each request (docs/elements/cmaforiginsink.md). HTTP thread; origin.h is the
 * door from others. Since: 0.1 */
#pragma once

#include <gst/cmafhttp/origin-channel.h>
#include <gst/cmafhttp/segment-feed.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_tls;
  const gchar *page;          /* GResource folder, NULL: none */
  const gchar *allow_origins; /* "*", or a list with commas */
  guint max_viewers;          /* of the feed */
  guint max_waiting;          /* requests that are held */
  gsize max_queue;            /* unsent bytes of one response */
} CmafOriginSiteConfig;

typedef struct _CmafOriginSite CmafOriginSite;

CMAF_API CmafOriginSite *cmaf_origin_site_new (
    const CmafOriginSiteConfig *config);
CMAF_API void cmaf_origin_site_free (CmafOriginSite *site);
/* Of each limit the smaller one counts from now on. */
CMAF_API void cmaf_origin_site_restrict (
    CmafOriginSite *site, const CmafOriginSiteConfig *config);
/* @path: checked and decoded, below the prefix of the site. */
CMAF_API void cmaf_origin_site_handle (
    CmafOriginSite *site, SoupServerMessage *message, const gchar *path);
/* (transfer none); CMAF_ERROR_EXISTS when the name is taken, CMAF_ERROR_CONFIG
 * when it is no name. */
CMAF_API CmafOriginChannel *cmaf_origin_site_add_channel (CmafOriginSite *site,
    const CmafOriginChannelConfig *config, GError **error);
/* Frees @channel; its viewers are told. */
CMAF_API void cmaf_origin_site_remove_channel (
    CmafOriginSite *site, CmafOriginChannel *channel);
CMAF_API guint cmaf_origin_site_get_n_channels (CmafOriginSite *site);
CMAF_API void cmaf_origin_site_close_viewers (CmafOriginSite *site);
/* Connections of the feed that are not over yet. */
CMAF_API guint cmaf_origin_site_get_n_viewers (CmafOriginSite *site);
/* Counters as fields of @stats. */
CMAF_API void cmaf_origin_site_add_stats (
    CmafOriginSite *site, GstStructure *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafOriginSite, cmaf_origin_site_free)

G_END_DECLS
