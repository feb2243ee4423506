/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Pieces by HTTP chunk. Who waits for more sleeps in poll(), where an early
 * answer wakes it as well. */
#include "upload-body.h"

#include <sys/eventfd.h>
#include <unistd.h>

struct _CmafUploadBody
{
  gint waker; /* an eventfd */

  GMutex lock;
  GPtrArray *chunks;    /* lock: lock; of GPtrArray of GBytes */
  gsize size;           /* lock: lock */
  gboolean is_complete; /* lock: lock */
  gboolean is_aborted;  /* lock: lock */
};

CmafUploadBody *
cmaf_upload_body_new (void)
{
  CmafUploadBody *self = g_new0 (CmafUploadBody, 1);

  self->waker = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_mutex_init (&self->lock);
  self->chunks =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  return self;
}

void
cmaf_upload_body_free (CmafUploadBody *self)
{
  g_ptr_array_unref (self->chunks);
  g_mutex_clear (&self->lock);
  if (self->waker >= 0)
    close (self->waker);
  g_free (self);
}

/* ---- filling ---- */

static void
wake (CmafUploadBody *self)
{
  const guint64 one = 1;
  gssize n = write (self->waker, &one, sizeof one);

  (void)n; /* it fails when it is awake already */
}

void
cmaf_upload_body_append (
    CmafUploadBody *self, GBytes *const *pieces, guint n_pieces)
{
  GPtrArray *chunk =
      g_ptr_array_new_full (n_pieces, (GDestroyNotify)g_bytes_unref);
  gsize size = 0;

  for (guint i = 0; i < n_pieces; i++) {
    g_ptr_array_add (chunk, g_bytes_ref (pieces[i]));
    size += g_bytes_get_size (pieces[i]);
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->chunks, chunk);
  self->size += size;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
cmaf_upload_body_complete (CmafUploadBody *self)
{
  g_mutex_lock (&self->lock);
  self->is_complete = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
cmaf_upload_body_abort (CmafUploadBody *self)
{
  g_mutex_lock (&self->lock);
  self->is_aborted = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

gboolean
cmaf_upload_body_is_complete (CmafUploadBody *self)
{
  gboolean is_complete;

  g_mutex_lock (&self->lock);
  is_complete = self->is_complete;
  g_mutex_unlock (&self->lock);
  return is_complete;
}

gsize
cmaf_upload_body_get_size (CmafUploadBody *self)
{
  gsize size;

  g_mutex_lock (&self->lock);
  size = self->size;
  g_mutex_unlock (&self->lock);
  return size;
}

GBytes *
cmaf_upload_body_get_bytes (CmafUploadBody *self)
{
  GByteArray *all = g_byte_array_new ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->chunks->len; i++) {
    const GPtrArray *chunk = self->chunks->pdata[i];

    for (guint k = 0; k < chunk->len; k++) {
      gsize size;
      const guint8 *data = g_bytes_get_data (chunk->pdata[k], &size);

      g_byte_array_append (all, data, size);
    }
  }
  g_mutex_unlock (&self->lock);
  return g_byte_array_free_to_bytes (all);
}

/* ---- sending ---- */

typedef enum
{
  STEP_CHUNK,
  STEP_WAIT,
  STEP_END,
  STEP_ABORTED,
} Step;

/* @chunk: the one at @at, (transfer full) */
static Step
look (CmafUploadBody *self, guint at, GPtrArray **chunk)
{
  Step step = STEP_WAIT;

  g_mutex_lock (&self->lock);
  if (self->is_aborted)
    step = STEP_ABORTED;
  else if (at < self->chunks->len)
    step = STEP_CHUNK;
  else if (self->is_complete)
    step = STEP_END;
  if (step == STEP_CHUNK)
    *chunk = g_ptr_array_ref (self->chunks->pdata[at]);
  g_mutex_unlock (&self->lock);
  return step;
}

/* Until there is something new, or @fd (-1: none) can be read. */
static void
sleep_until_news (CmafUploadBody *self, gint fd, GCancellable *cancellable)
{
  GPollFD fds[3] = { { self->waker, G_IO_IN, 0 } };
  guint n = 1;
  gboolean has_cancellable;
  guint64 count;
  gssize got;

  if (fd >= 0)
    fds[n++] = (GPollFD){ fd, G_IO_IN, 0 };
  has_cancellable = g_cancellable_make_pollfd (cancellable, &fds[n]);
  g_poll (fds, n + (has_cancellable ? 1 : 0), -1);
  if (has_cancellable)
    g_cancellable_release_fd (cancellable);
  got = read (self->waker, &count, sizeof count);
  (void)got; /* there is nothing when something else woke it */
}

static gboolean
fail_aborted (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
      "it was given up before it was complete");
  return FALSE;
}

gboolean
cmaf_upload_body_wait (
    CmafUploadBody *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *none = NULL;
  Step step;

  while ((step = look (self, G_MAXUINT, &none)) == STEP_WAIT) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    sleep_until_news (self, -1, cancellable);
  }
  return step == STEP_END || fail_aborted (error);
}

gboolean
cmaf_upload_body_write (CmafUploadConnection *connection, gpointer body,
    GCancellable *cancellable, GError **error)
{
  CmafUploadBody *self = body;

  for (guint at = 0;;) {
    g_autoptr (GPtrArray) chunk = NULL;
    Step step = look (self, at, &chunk);

    if (step == STEP_END)
      return TRUE;
    if (step == STEP_ABORTED)
      return fail_aborted (error);
    if (step == STEP_CHUNK) {
      at++;
      if (!cmaf_upload_connection_write (connection,
              (GBytes *const *)chunk->pdata, chunk->len, cancellable, error))
        return FALSE;
      continue;
    }
    sleep_until_news (
        self, cmaf_upload_connection_get_fd (connection), cancellable);
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !cmaf_upload_connection_check (connection, error))
      return FALSE;
  }
}
