/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* A thread, a deadline and a clock. */
#include "input-watch.h"

struct _InputWatch
{
  GstElement *element;
  InputWatchFunc func;
  gpointer user_data;
  GThread *thread;

  GMutex lock;
  GCond changed;
  gboolean is_stopped; /* lock: lock; as all below */
  gboolean is_running;
  GstClockTime deadline; /* running time */
  GstClockID id;         /* while the thread waits on the clock */
};

static void
interrupt_locked (InputWatch *self)
{
  if (self->id)
    gst_clock_id_unschedule (self->id);
  g_cond_signal (&self->changed);
}

static GstClockID
new_id_locked (const InputWatch *self, GstClockTime deadline)
{
  g_autoptr (GstClock) clock = NULL;

  if (!self->is_running || !GST_CLOCK_TIME_IS_VALID (deadline))
    return NULL;
  clock = gst_element_get_clock (self->element);
  if (!clock)
    return NULL;
  return gst_clock_new_single_shot_id (
      clock, gst_element_get_base_time (self->element) + deadline);
}

/* TRUE when the deadline passed that was set all the time. */
static gboolean
wait_locked (InputWatch *self)
{
  const GstClockTime deadline = self->deadline;
  GstClockID id = new_id_locked (self, deadline);
  GstClockReturn result;

  if (!id) {
    g_cond_wait (&self->changed, &self->lock);
    return FALSE;
  }
  self->id = id;
  g_mutex_unlock (&self->lock);
  result = gst_clock_id_wait (id, NULL);
  g_mutex_lock (&self->lock);
  self->id = NULL;
  gst_clock_id_unref (id);
  return (result == GST_CLOCK_OK || result == GST_CLOCK_EARLY)
         && deadline == self->deadline && self->is_running && !self->is_stopped;
}

static gpointer
run (gpointer data)
{
  InputWatch *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_stopped) {
    GstClockTime deadline;

    if (!wait_locked (self))
      continue;
    deadline = self->deadline;
    self->deadline = GST_CLOCK_TIME_NONE;
    g_mutex_unlock (&self->lock);
    self->func (self->user_data, deadline);
    g_mutex_lock (&self->lock);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

InputWatch *
input_watch_new (GstElement *element, InputWatchFunc func, gpointer user_data)
{
  InputWatch *self = g_new0 (InputWatch, 1);

  self->element = element;
  self->func = func;
  self->user_data = user_data;
  self->deadline = GST_CLOCK_TIME_NONE;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("cmaf-input-watch", run, self);
  return self;
}

void
input_watch_stop (InputWatch *self)
{
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  interrupt_locked (self);
  g_mutex_unlock (&self->lock);
}

void
input_watch_free (InputWatch *self)
{
  input_watch_stop (self);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
input_watch_set_deadline (InputWatch *self, GstClockTime deadline)
{
  g_mutex_lock (&self->lock);
  /* a later one is noticed when the earlier one has passed */
  if (!self->id || deadline < self->deadline)
    interrupt_locked (self);
  self->deadline = deadline;
  g_mutex_unlock (&self->lock);
}

void
input_watch_set_running (InputWatch *self, gboolean is_running)
{
  g_mutex_lock (&self->lock);
  self->is_running = is_running;
  interrupt_locked (self);
  g_mutex_unlock (&self->lock);
}
