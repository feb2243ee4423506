/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Servers come before directories: what is written at once makes nobody wait
 * who only queues. Each packager sees the same, so that most of what they warn
 * of is the same, and told once. */
#include "manifest-outputs.h"

#include <gst/cmaf/store-location.h>
#include <gst/cmafbase/gstcmafmessage.h>
#include <string.h>

#define MAX_WARNINGS 100 /* that are known to be told */

struct _ManifestOutputs
{
  GstElement *element;
  ManifestOutputCallbacks callbacks; /* segment and manifest */
  gpointer user_data;
  GPtrArray *all; /* of ManifestOutput */

  GMutex lock;          /* before those of queues */
  GHashTable *warnings; /* lock: lock; text -> GArray of how often each has
                           warned, and at the end how often that was told */
};

static ManifestOutput *
get (const ManifestOutputs *self, guint i)
{
  return g_ptr_array_index (self->all, i);
}

/* ---- what they tell ---- */

static void
on_segment (const CmafPublishedSegment *segment, const gchar *location,
    gpointer user_data)
{
  const ManifestOutputs *self = user_data;

  self->callbacks.segment (segment, location, self->user_data);
}

static void
on_manifest (const gchar *location, gpointer user_data)
{
  const ManifestOutputs *self = user_data;

  self->callbacks.manifest (location, self->user_data);
}

/* Has no other told as much? */
static gboolean
is_news_locked (ManifestOutputs *self, const gchar *text, guint index)
{
  GArray *counts = g_hash_table_lookup (self->warnings, text);
  guint *n, *told;

  if (counts == NULL) {
    if (g_hash_table_size (self->warnings) >= MAX_WARNINGS)
      g_hash_table_remove_all (self->warnings);
    counts = g_array_new (FALSE, TRUE, sizeof (guint));
    g_array_set_size (counts, self->all->len + 1);
    g_hash_table_insert (self->warnings, g_strdup (text), counts);
  }
  n = &g_array_index (counts, guint, index);
  told = &g_array_index (counts, guint, self->all->len);
  if (++*n <= *told)
    return FALSE;
  *told = *n;
  return TRUE;
}

static void
on_warning (const GError *warning, guint index, gpointer user_data)
{
  ManifestOutputs *self = user_data;
  gboolean is_news = TRUE;

  if (self->all->len > 1) {
    g_mutex_lock (&self->lock);
    is_news = is_news_locked (self, warning->message, index);
    g_mutex_unlock (&self->lock);
  }
  if (is_news)
    gst_cmaf_post_warning (self->element, warning);
}

/* ---- who is waited for ---- */

/* One that is away makes nobody wait while another takes. */
static void
on_health (gpointer user_data)
{
  ManifestOutputs *self = user_data;
  guint n_takers = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->all->len; i++)
    n_takers += manifest_output_takes (get (self, i));
  for (guint i = 0; i < self->all->len; i++)
    if (get (self, i)->queue != NULL)
      cmaf_upload_queue_set_alone (get (self, i)->queue,
          n_takers > 0 && !manifest_output_takes (get (self, i)));
  g_mutex_unlock (&self->lock);
}

static gboolean
wait_for_room (ManifestOutputs *self, GCancellable *cancellable)
{
  for (guint i = 0; i < self->all->len; i++) {
    CmafObjectStore *queue = get (self, i)->queue;

    if (queue != NULL && !cmaf_upload_queue_wait_for_room (queue, cancellable))
      return FALSE;
  }
  return TRUE;
}

/* ---- one that fails ---- */

static void
warn_of_failure (ManifestOutputs *self, const GError *failure)
{
  g_autoptr (GError) warning = g_error_copy (failure);

  g_free (warning->message);
  warning->message =
      g_strconcat (failure->message, "; the other destinations go on", NULL);
  gst_cmaf_post_warning (self->element, warning);
}

static gboolean
have_all_failed (const ManifestOutputs *self)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!g_atomic_int_get (&get (self, i)->has_failed))
      return FALSE;
  return TRUE;
}

/* Takes @failures, of GError: those of the call if all have failed. */
static gboolean
judge_failures (ManifestOutputs *self, GSList *failures, GError **error)
{
  gboolean goes_on = failures == NULL || !have_all_failed (self);

  if (!goes_on)
    g_propagate_error (error, g_error_copy (failures->data));
  for (const GSList *l = failures; goes_on && l != NULL; l = l->next)
    warn_of_failure (self, l->data);
  if (failures != NULL)
    on_health (self);
  g_slist_free_full (failures, (GDestroyNotify)g_error_free);
  return goes_on;
}

/* ---- what all get ---- */

typedef struct
{
  const gchar *name;
  CmafTrack *track; /* of a header */
  GBytes *header;
  CmafChunk *chunk;
} Call;

typedef gboolean (*CallFunc) (
    CmafPackager *packager, const Call *call, GError **error);

/* NULL, or what has failed. */
static GError *
call_one (const ManifestOutputs *self, ManifestOutput *output, CallFunc func,
    const Call *call)
{
  GError *failure = NULL;

  if (func (output->packager, call, &failure))
    return NULL;
  g_atomic_int_set (&output->has_failed, TRUE);
  if (self->all->len > 1 && output->location != NULL
      && strstr (failure->message, output->location) == NULL)
    g_prefix_error (&failure, "%s: ", output->location);
  return failure;
}

static gboolean
call_all (
    ManifestOutputs *self, CallFunc func, const Call *call, GError **error)
{
  gboolean all_failed = have_all_failed (self);
  GSList *failures = NULL;

  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < self->all->len; i++) {
      ManifestOutput *output = get (self, i);
      gboolean is_first_pass = output->queue != NULL;
      GError *failure;

      if ((pass == 0) != is_first_pass
          || (g_atomic_int_get (&output->has_failed) && !all_failed))
        continue;
      failure = call_one (self, output, func, call);
      if (failure != NULL)
        failures = g_slist_append (failures, failure);
    }
  }
  return judge_failures (self, failures, error);
}

static gboolean
call_header (CmafPackager *packager, const Call *call, GError **error)
{
  return cmaf_packager_set_header (
      packager, call->name, call->track, call->header, error);
}

static gboolean
call_chunk (CmafPackager *packager, const Call *call, GError **error)
{
  return cmaf_packager_push (packager, call->name, call->chunk, error);
}

static gboolean
call_end (CmafPackager *packager, const Call *call, GError **error)
{
  return cmaf_packager_end_track (packager, call->name, error);
}

gboolean
manifest_outputs_set_header (ManifestOutputs *self, const gchar *name,
    CmafTrack *track, GBytes *header, GError **error)
{
  const Call call = { .name = name, .track = track, .header = header };

  return call_all (self, call_header, &call, error);
}

GstFlowReturn
manifest_outputs_push (ManifestOutputs *self, const gchar *name,
    CmafChunk *chunk, GCancellable *cancellable, GError **error)
{
  const Call call = { .name = name, .chunk = chunk };

  if (!wait_for_room (self, cancellable))
    return GST_FLOW_FLUSHING;
  return call_all (self, call_chunk, &call, error) ? GST_FLOW_OK
                                                   : GST_FLOW_ERROR;
}

gboolean
manifest_outputs_end_track (
    ManifestOutputs *self, const gchar *name, GError **error)
{
  const Call call = { .name = name };

  return call_all (self, call_end, &call, error);
}

/* ---- the end ---- */

typedef struct
{
  ManifestOutput *output;
  GThread *thread; /* NULL: none of its own */
  gboolean is_done;
  GError *failure;
} Finish;

static gpointer
finish_one (gpointer data)
{
  Finish *finish = data;

  finish->is_done = manifest_output_finish (finish->output, &finish->failure);
  return NULL;
}

/* One that has everything is enough; the failures of the others are told. */
static gboolean
judge (ManifestOutputs *self, Finish *finishes, GError **error)
{
  gboolean is_done = FALSE;

  for (guint i = 0; i < self->all->len; i++)
    is_done = is_done || finishes[i].is_done;
  for (guint i = 0; i < self->all->len; i++) {
    GError *failure = finishes[i].failure;

    if (failure == NULL)
      continue;
    if (!is_done && error != NULL && *error == NULL) {
      g_propagate_error (error, failure);
      continue;
    }
    gst_cmaf_post_warning (self->element, failure);
    g_error_free (failure);
  }
  return is_done;
}

/* None waits for the others, which may take as long as drain-timeout. */
gboolean
manifest_outputs_finish (ManifestOutputs *self, GError **error)
{
  g_autofree Finish *finishes = g_new0 (Finish, self->all->len);
  gboolean all_failed = have_all_failed (self);

  for (guint i = 0; i < self->all->len; i++) {
    Finish *finish = &finishes[i];

    finish->output = get (self, i);
    if (g_atomic_int_get (&finish->output->has_failed) && !all_failed)
      continue; /* that was told */
    if (self->all->len > 1)
      finish->thread = g_thread_new ("manifest-finish", finish_one, finish);
    else
      finish_one (finish);
  }
  for (guint i = 0; i < self->all->len; i++)
    g_clear_pointer (&finishes[i].thread, g_thread_join);
  return judge (self, finishes, error);
}

/* ---- settings while it runs ---- */

void
manifest_outputs_set_expected (ManifestOutputs *self, guint n_tracks)
{
  for (guint i = 0; i < self->all->len; i++)
    cmaf_packager_set_expected (get (self, i)->packager, n_tracks);
}

void
manifest_outputs_set_max_lag (ManifestOutputs *self, guint max_lag)
{
  for (guint i = 0; i < self->all->len; i++)
    cmaf_packager_set_max_lag (get (self, i)->packager, max_lag);
}

void
manifest_outputs_set_patient (ManifestOutputs *self, gboolean is_patient)
{
  for (guint i = 0; i < self->all->len; i++)
    if (get (self, i)->queue != NULL)
      cmaf_upload_queue_set_patient (get (self, i)->queue, is_patient);
}

void
manifest_outputs_set_segment_duration (
    ManifestOutputs *self, GstClockTime duration)
{
  for (guint i = 0; i < self->all->len; i++)
    if (get (self, i)->queue != NULL)
      cmaf_upload_queue_set_segment_duration (get (self, i)->queue, duration);
}

void
manifest_outputs_set_credentials (ManifestOutputs *self, const gchar *user,
    const gchar *password, const gchar *token)
{
  for (guint i = 0; i < self->all->len; i++)
    if (get (self, i)->queue != NULL)
      cmaf_upload_queue_set_credentials (
          get (self, i)->queue, user, password, token);
}

void
manifest_outputs_unlock (ManifestOutputs *self, GCancellable *cancellable)
{
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  for (guint i = 0; i < self->all->len; i++) {
    ManifestOutput *output = get (self, i);

    if (cancellable == NULL)
      cmaf_packager_set_flushing (output->packager, TRUE);
    if (output->queue != NULL)
      cmaf_upload_queue_unlock (output->queue, cancellable == NULL);
  }
}

/* ---- what there is to see ---- */

GstStructure *
manifest_outputs_get_stats (ManifestOutputs *self)
{
  GstStructure *stats = manifest_output_get_stats (get (self, 0));
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < self->all->len; i++) {
    GstStructure *one = manifest_output_get_stats (get (self, i));
    GValue value = G_VALUE_INIT;

    gst_structure_set_name (one, "destination");
    gst_structure_set (
        one, "location", G_TYPE_STRING, get (self, i)->location, NULL);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, one);
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_take_value (stats, "destinations", &list);
  return stats;
}

/* ---- start and stop ---- */

/* What is the same place is the same text. */
static gchar *
identify (const gchar *location)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree gchar *folder = NULL;

  if (location == NULL || !manifest_upload_is_url (location))
    return location != NULL ? g_canonicalize_filename (location, NULL) : NULL;
  folder = g_str_has_suffix (location, "/") ? g_strdup (location)
                                            : g_strconcat (location, "/", NULL);
  uri = g_uri_parse (
      folder, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  return uri != NULL ? g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO)
                     : g_steal_pointer (&folder);
}

static gboolean
check_locations (const gchar *const *locations, GError **error)
{
  g_autoptr (GHashTable) known =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; locations[i] != NULL; i++) {
    g_autofree gchar *shown = NULL;

    if (g_hash_table_add (known, identify (locations[i])))
      continue;
    shown = cmaf_store_location_show (locations[i]);
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_CONFIG,
        "locations: %s stands there twice (location is the first), needs each "
        "once",
        shown);
    return FALSE;
  }
  return TRUE;
}

static void
name_location (guint index, GError *failure)
{
  static const gchar name[] = "location: ";
  g_autofree gchar *text = failure->message;

  failure->message = g_str_has_prefix (text, name)
                         ? g_strdup_printf ("locations: the one number %u: %s",
                             index + 1, text + strlen (name))
                         : g_steal_pointer (&text);
}

static gboolean
add_output (ManifestOutputs *self, const ManifestOutputConfig *config,
    const gchar *location, GError **error)
{
  static const ManifestOutputCallbacks callbacks = { on_segment, on_manifest,
    on_warning, on_health };
  ManifestOutputConfig one = *config;
  ManifestOutput *output;

  one.index = self->all->len;
  one.location = location;
  one.streams = one.index == 0 ? config->streams : NULL;
  one.callbacks = callbacks;
  one.user_data = self;
  output = manifest_output_new (&one, error);
  if (output == NULL) {
    if (one.index > 0)
      name_location (one.index, *error);
    return FALSE;
  }
  g_ptr_array_add (self->all, output);
  return TRUE;
}

ManifestOutputs *
manifest_outputs_new (const ManifestOutputConfig *config,
    const gchar *const *locations, GError **error)
{
  ManifestOutputs *self;
  gboolean is_done;

  if (!check_locations (locations, error))
    return NULL;
  self = g_new0 (ManifestOutputs, 1);
  self->element = config->element;
  self->callbacks = config->callbacks;
  self->user_data = config->user_data;
  self->all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)manifest_output_free);
  self->warnings = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  g_mutex_init (&self->lock);
  is_done = config->location != NULL || config->streams == NULL
            || add_output (self, config, NULL, error);
  for (guint i = 0; is_done && locations[i] != NULL; i++)
    is_done = add_output (self, config, locations[i], error);
  if (is_done)
    return self;
  manifest_outputs_stop (self);
  manifest_outputs_free (self);
  return NULL;
}

void
manifest_outputs_stop (ManifestOutputs *self)
{
  for (guint i = 0; i < self->all->len; i++)
    manifest_output_stop (get (self, i));
}

void
manifest_outputs_free (ManifestOutputs *self)
{
  g_ptr_array_unref (self->all);
  g_hash_table_unref (self->warnings);
  g_mutex_clear (&self->lock);
  g_free (self);
}
