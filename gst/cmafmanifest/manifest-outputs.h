/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* All places where everything goes, each on its own: none waits for one that is
 * away, and one that fails is left out until all have failed. Any thread, from
 * _new() to _stop(). */
#pragma once

#include "manifest-output.h"

G_BEGIN_DECLS

typedef struct _ManifestOutputs ManifestOutputs;

/* @config: of all; index, and the callbacks warning and health are not looked
 * at. The streams stand in for its location, and are alone when it has none;
 * @locations: it and all others. CMAF_ERROR_CONFIG names the property. */
ManifestOutputs *manifest_outputs_new (const ManifestOutputConfig *config,
    const gchar *const *locations, GError **error);
/* Ends what is on its way; no callback of a queue after this. */
void manifest_outputs_stop (ManifestOutputs *self);
void manifest_outputs_free (ManifestOutputs *self);
void manifest_outputs_set_expected (ManifestOutputs *self, guint n_tracks);
void manifest_outputs_set_max_lag (ManifestOutputs *self, guint max_lag);
/* What is pushed can wait: servers are waited for, not those that are away. */
void manifest_outputs_set_patient (ManifestOutputs *self, gboolean is_patient);
/* How long a server is tried with one segment. */
void manifest_outputs_set_segment_duration (
    ManifestOutputs *self, GstClockTime duration);
void manifest_outputs_set_credentials (ManifestOutputs *self, const gchar *user,
    const gchar *password, const gchar *token);
/* Nobody waits any more; or, with @cancellable, who waits with that. */
void manifest_outputs_unlock (ManifestOutputs *self, GCancellable *cancellable);
/* FALSE with @error when all have failed. */
gboolean manifest_outputs_set_header (ManifestOutputs *self, const gchar *name,
    CmafTrack *track, GBytes *header, GError **error);
/* GST_FLOW_FLUSHING when it was unlocked. */
GstFlowReturn manifest_outputs_push (ManifestOutputs *self, const gchar *name,
    CmafChunk *chunk, GCancellable *cancellable, GError **error);
gboolean manifest_outputs_end_track (
    ManifestOutputs *self, const gchar *name, GError **error);
/* FALSE with @error when not one has got everything. */
gboolean manifest_outputs_finish (ManifestOutputs *self, GError **error);
/* Counters of the first, and of each in the list "destinations". (transfer
 * full) */
GstStructure *manifest_outputs_get_stats (ManifestOutputs *self);

G_END_DECLS
