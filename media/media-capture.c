/* SPDX-License-Identifier: MIT */
#include "media-capture.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "media.h"

/* A device that was opened and gives nothing for so long gives nothing, microseconds. */
#define FIRST_LIMIT (10 * G_USEC_PER_SEC)
#define STOP "melete-stop"

struct _MediaCapture {
  gatomicrefcount ref_count;
  const MediaCaptureInfo *info;
  MediaDevice *device;
  gpointer feed;
  GMainContext *context;
  gpointer owner; /* of its context's thread; NULL when it is forgotten or was told that all is over */

  GCancellable *cancellable; /* of opening */
  MediaCapture *before;      /* of the thread */
  GError *error;             /* of the thread, until the owner is told */
  int alive;                 /* atomic: something has come */
  int waking;                /* atomic: ready () is on its way */

  GMutex lock;
  GCond changed;
  GstBus *bus; /* while there is a pipeline */
  gboolean stopping, over;
};

static MediaCapture *
capture_ref (MediaCapture *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
media_capture_unref (MediaCapture *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  self->info->free_feed (self->feed);
  g_object_unref (self->device);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->before, media_capture_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

gpointer
media_capture_get_feed (MediaCapture *self)
{
  return self->feed;
}

MediaDevice *
media_capture_get_device (MediaCapture *self)
{
  return self->device;
}

/* ---- to the owner ---- */

static void
invoke (MediaCapture *self, GSourceFunc function)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, capture_ref (self), (GDestroyNotify) media_capture_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gboolean
tell_ready (gpointer data)
{
  MediaCapture *self = data;

  /* Before it looks, so that what comes meanwhile wakes again. */
  g_atomic_int_set (&self->waking, FALSE);
  if (self->owner != NULL)
    self->info->ready (self->owner);
  return G_SOURCE_REMOVE;
}

void
media_capture_wake (MediaCapture *self)
{
  g_atomic_int_set (&self->alive, TRUE);
  if (g_atomic_int_compare_and_exchange (&self->waking, FALSE, TRUE))
    invoke (self, tell_ready);
}

static gboolean
tell_released (gpointer data)
{
  MediaCapture *self = data;
  gpointer owner = g_steal_pointer (&self->owner);

  if (owner != NULL)
    self->info->released (owner, self->error);
  return G_SOURCE_REMOVE;
}

/* ---- the thread ---- */

/* GStreamer's words are for developers: what a person can do about it is in ours. */
static GError *
explain (MediaCapture *self, const GError *error)
{
  gboolean camera = media_device_get_kind (self->device) == MEDIA_DEVICE_CAMERA;
  const char *name = media_device_get_name (self->device);

  g_debug ("%s: %s", name, error->message);
  if (error->domain == MEDIA_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” is used by another program. Close that program and try again."), name);
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DENIED, _ ("The system does not allow the use of “%s”. Allow it in the system's settings, under Privacy."), name);
  gboolean missing = g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND) || g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ);
  if (missing && strcmp (media_device_get_id (self->device), MEDIA_DEVICE_DEFAULT) == 0)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DEVICE, camera ? _ ("No camera was found. Connect one and try again.") : _ ("No microphone was found. Connect one and try again."));
  if (missing)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DEVICE, camera ? _ ("There is no camera that can be opened as “%s”. Connect one and try again.") : _ ("There is no microphone that can be opened as “%s”. Connect one and try again."), name);
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DEVICE, camera ? _ ("The camera “%s” stopped working. Connect it again, or choose another one.") : _ ("The microphone “%s” stopped working. Connect it again, or choose another one."), name);
}

static gboolean
is_stopping (MediaCapture *self)
{
  g_mutex_lock (&self->lock);
  gboolean stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  return stopping;
}

/* The pipeline, unless it was stopped before. Returns: (transfer full) (nullable) */
static GstElement *
open_pipeline (MediaCapture *self)
{
  g_autoptr (GError) error = NULL;

  /* Here, because its first time looks through all plugins. */
  media_source_init ();
  GstElement *source = media_device_make_source (self->device, self->cancellable, &error);
  GstElement *pipeline = source != NULL ? self->info->build (self, self->feed, source, &error) : NULL;

  if (pipeline == NULL) {
    self->error = explain (self, error);
    return NULL;
  }
  gst_object_ref_sink (pipeline);
  g_mutex_lock (&self->lock);
  self->bus = gst_element_get_bus (pipeline);
  g_mutex_unlock (&self->lock);
  return pipeline;
}

/* Returns whether to go on listening. */
static gboolean
hear (MediaCapture *self, GstMessage *message)
{
  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_APPLICATION:
    return !gst_message_has_name (message, STOP);
  case GST_MESSAGE_EOS:
    return FALSE;
  case GST_MESSAGE_ERROR: {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    self->error = explain (self, error);
    return FALSE;
  }
  case GST_MESSAGE_WARNING: {
    /* A machine without any device gets one that is silent for ever, and this warning. */
    g_autoptr (GError) error = NULL;
    gst_message_parse_warning (message, &error, NULL);
    if (!g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND) && !g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ))
      return TRUE;
    self->error = explain (self, error);
    return FALSE;
  }
  default:
    return TRUE;
  }
}

static void
listen_to (MediaCapture *self)
{
  gint64 deadline = g_get_monotonic_time () + FIRST_LIMIT;
  gboolean on = TRUE;

  while (on) {
    gboolean alive = g_atomic_int_get (&self->alive);
    gint64 left = deadline - g_get_monotonic_time ();
    g_autoptr (GstMessage) message = gst_bus_timed_pop (self->bus, alive ? GST_CLOCK_TIME_NONE : (GstClockTime) MAX (left, 0) * 1000);

    if (message != NULL)
      on = hear (self, message);
    else if (!g_atomic_int_get (&self->alive)) {
      self->error = g_error_new (MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” was opened, but nothing comes from it. Connect it again, or choose another one."), media_device_get_name (self->device));
      on = FALSE;
    }
  }
}

static gpointer
run (gpointer data)
{
  MediaCapture *self = data;
  GstElement *pipeline = NULL;

  if (self->before != NULL) {
    g_mutex_lock (&self->before->lock);
    while (!self->before->over)
      g_cond_wait (&self->before->changed, &self->before->lock);
    g_mutex_unlock (&self->before->lock);
    g_clear_pointer (&self->before, media_capture_unref);
  }
  if (!is_stopping (self))
    pipeline = open_pipeline (self);
  if (pipeline != NULL) {
    if (!is_stopping (self)) {
      /* Why it could not is on the bus. */
      gst_element_set_state (pipeline, GST_STATE_PLAYING);
      listen_to (self);
    }
    gst_element_set_state (pipeline, GST_STATE_NULL);
    g_mutex_lock (&self->lock);
    gst_clear_object (&self->bus);
    g_mutex_unlock (&self->lock);
    gst_object_unref (pipeline);
  }
  g_mutex_lock (&self->lock);
  /* Who asked for the end is not told why it might also have ended. */
  if (self->stopping)
    g_clear_error (&self->error);
  self->over = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  invoke (self, tell_released);
  media_capture_unref (self);
  return NULL;
}

MediaCapture *
media_capture_start (const MediaCaptureInfo *info, MediaDevice *device, gpointer owner, gpointer feed, MediaCapture *before)
{
  MediaCapture *self = g_new0 (MediaCapture, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->info = info;
  self->device = g_object_ref (device);
  self->feed = feed;
  self->context = g_main_context_ref_thread_default ();
  self->owner = owner;
  self->cancellable = g_cancellable_new ();
  self->before = before != NULL ? capture_ref (before) : NULL;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_thread_unref (g_thread_new ("capture", run, capture_ref (self)));
  return self;
}

void
media_capture_stop (MediaCapture *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  if (self->bus != NULL)
    gst_bus_post (self->bus, gst_message_new_application (NULL, gst_structure_new_empty (STOP)));
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
}

void
media_capture_forget (MediaCapture *self)
{
  self->owner = NULL;
  media_capture_stop (self);
}
