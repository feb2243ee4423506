/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Events (ISO/IEC 23009-1 5.10) as bytes: samples of an event message track
 * (ISO/IEC 23001-18) and emsg boxes. What a message says stays opaque. Times
 * are ticks of a track. Any thread. Since: 0.1 */
#pragma once

#include <gst/cmaf/cmaf-error.h>

G_BEGIN_DECLS

#define CMAF_SCHEME_SCTE35 "urn:scte:scte35:2013:bin"
/* What these say is said of the MPD of who made them (ISO/IEC 23009-1
 * 5.10.4): until when it counts. */
#define CMAF_SCHEME_MPD "urn:mpeg:dash:event:2012"
/* It is not known how long the event lasts. */
#define CMAF_EVENT_OPEN 0xFFFFFFFF

/* Immutable, but for who made it. */
typedef struct
{
  guint32 id;
  gchar *scheme; /* scheme_id_uri */
  gchar *value;
  guint64 start;
  guint32 duration;
  GBytes *data; /* message_data */
} CmafEvent;

/* Strings are copied, @data is referenced; NULL is empty. */
CMAF_API CmafEvent *cmaf_event_new (guint32 id, const gchar *scheme,
    const gchar *value, guint64 start, guint32 duration, GBytes *data);
CMAF_API void cmaf_event_free (CmafEvent *event);
CMAF_API CmafEvent *cmaf_event_copy (const CmafEvent *event);
/* By start, id, scheme and value: the order in a sample, on every encoder. */
CMAF_API gint cmaf_event_compare (const CmafEvent *a, const CmafEvent *b);
/* Whether both, of the same event, also say the same. */
CMAF_API gboolean cmaf_event_is_equal (const CmafEvent *a, const CmafEvent *b);
/* Whether both are instances of the same event: scheme, value and id. */
CMAF_API gboolean cmaf_event_is_same (const CmafEvent *a, const CmafEvent *b);

/* The sample that begins at @time: an emib for each event, or an emeb when
 * there is none. (transfer full) */
CMAF_API GBytes *cmaf_event_sample_write (
    const CmafEvent *const *events, guint n, guint64 time, GError **error);
/* Adds the events of a sample at @time to @events, which frees them: of emib
 * boxes, or of emsg boxes as older tracks have them. Their times are ticks of
 * @timescale, that of the track. Boxes of other types and later versions are
 * passed over. CMAF_ERROR_MALFORMED when lengths lie or an event begins before
 * 0. */
CMAF_API gboolean cmaf_event_sample_read (const guint8 *data, gsize size,
    guint32 timescale, guint64 time, GPtrArray *events, GError **error);
/* The same of one emsg box in front of a moof: version 0 counts from @time, the
 * earliest presentation time of its segment. */
CMAF_API gboolean cmaf_emsg_read (const guint8 *data, gsize size,
    guint32 timescale, guint64 time, GPtrArray *events, GError **error);
/* An emsg box, version 1. (transfer full) */
CMAF_API GBytes *cmaf_emsg_write (
    const CmafEvent *event, guint32 timescale, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CmafEvent, cmaf_event_free)

G_END_DECLS
