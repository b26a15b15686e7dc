/* SPDX-License-Identifier: MIT */
#include "media-camera-feed.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>

#include "media-camera.h"
#include "media-frame.h"

/* What is asked of a camera, from the best on: large pictures that move come as JPEG from most, small ones raw; and then whatever there is. */
#define WISHES "image/jpeg,width=(int)[1280,1920],height=(int)[720,1080],framerate=(fraction)[15/1,60/1]; " \
               "video/x-raw,width=(int)[1,1920],height=(int)[1,1080],framerate=(fraction)[10/1,60/1]; "     \
               "image/jpeg; video/x-raw"

/* Two ways behind the camera, each with a thread and room for one frame, the newest: the live picture, and frames as they are, for what is kept. */
#define NEWEST "queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0"

struct _MediaCameraFeed {
  GMutex lock;
  MediaPicture *frame; /* (nullable) */
  GQueue shots;        /* of GTask, that wait for a picture */
  MediaTape *tape;     /* (nullable) */
  gboolean closed;
};

MediaCameraFeed *
media_camera_feed_new (void)
{
  MediaCameraFeed *feed = g_new0 (MediaCameraFeed, 1);

  g_mutex_init (&feed->lock);
  g_queue_init (&feed->shots);
  return feed;
}

void
media_camera_feed_free (gpointer data)
{
  MediaCameraFeed *feed = data;

  media_camera_feed_close (feed);
  g_clear_pointer (&feed->frame, media_picture_unref);
  g_clear_pointer (&feed->tape, media_tape_unref);
  g_mutex_clear (&feed->lock);
  g_free (feed);
}

MediaPicture *
media_camera_feed_take (MediaCameraFeed *feed)
{
  g_mutex_lock (&feed->lock);
  MediaPicture *frame = g_steal_pointer (&feed->frame);
  g_mutex_unlock (&feed->lock);
  return frame;
}

/* Returns: (transfer container), the tasks that wait. */
static GQueue
take_shots (MediaCameraFeed *feed)
{
  GQueue shots = feed->shots;

  g_queue_init (&feed->shots);
  return shots;
}

static void
fail_shot (gpointer data)
{
  g_autoptr (GTask) task = data;

  g_task_return_new_error (task, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("No picture was taken, because the camera is off. Switch it on and try again."));
}

void
media_camera_feed_shoot (MediaCameraFeed *feed, GTask *task)
{
  g_mutex_lock (&feed->lock);
  gboolean closed = feed->closed;
  if (!closed)
    g_queue_push_tail (&feed->shots, task);
  g_mutex_unlock (&feed->lock);
  if (closed)
    fail_shot (task);
}

void
media_camera_feed_close (MediaCameraFeed *feed)
{
  g_mutex_lock (&feed->lock);
  feed->closed = TRUE;
  GQueue shots = take_shots (feed);
  g_mutex_unlock (&feed->lock);
  g_queue_clear_full (&shots, fail_shot);
}

void
media_camera_feed_set_tape (MediaCameraFeed *feed, MediaTape *tape)
{
  g_mutex_lock (&feed->lock);
  g_clear_pointer (&feed->tape, media_tape_unref);
  feed->tape = tape != NULL ? media_tape_ref (tape) : NULL;
  g_mutex_unlock (&feed->lock);
}

/* ---- on GStreamer's threads ---- */

static GstFlowReturn
on_preview (GstAppSink *sink, gpointer data)
{
  MediaCapture *capture = data;
  MediaCameraFeed *feed = media_capture_get_feed (capture);
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  MediaPicture *picture = sample != NULL ? media_frame_wrap (sample) : NULL;

  if (picture == NULL)
    return GST_FLOW_OK;
  g_mutex_lock (&feed->lock);
  MediaPicture *before = feed->frame;
  feed->frame = picture;
  g_mutex_unlock (&feed->lock);
  if (before != NULL)
    media_picture_unref (before);
  media_capture_wake (capture);
  return GST_FLOW_OK;
}

/* An answer on its way to the thread of the camera. A task holds its camera, and the last hold on that must not be dropped here. */
typedef struct {
  GTask *task;
  MediaPicture *picture; /* (nullable) */
} Answer;

static gboolean
give_answer (gpointer data)
{
  Answer *answer = data;

  if (answer->picture != NULL)
    g_task_return_pointer (answer->task, g_steal_pointer (&answer->picture), (GDestroyNotify) media_picture_unref);
  else
    g_task_return_new_error (answer->task, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The camera gave a picture that cannot be read. Try again, or choose another camera."));
  return G_SOURCE_REMOVE;
}

static void
free_answer (gpointer data)
{
  Answer *answer = data;

  g_object_unref (answer->task);
  g_clear_pointer (&answer->picture, media_picture_unref);
  g_free (answer);
}

static void
answer_shots (GQueue *shots, GstSample *sample)
{
  GTask *task;

  while ((task = g_queue_pop_head (shots)) != NULL) {
    Answer *answer = g_new (Answer, 1);
    GSource *source = g_idle_source_new ();

    *answer = (Answer) { task, media_frame_convert (sample, GPOINTER_TO_UINT (g_task_get_task_data (task))) };
    g_source_set_priority (source, g_task_get_priority (task));
    g_source_set_callback (source, give_answer, answer, free_answer);
    g_source_attach (source, g_task_get_context (task));
    g_source_unref (source);
  }
}

static GstFlowReturn
on_full (GstAppSink *sink, gpointer data)
{
  MediaCapture *capture = data;
  MediaCameraFeed *feed = media_capture_get_feed (capture);
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_OK;
  g_mutex_lock (&feed->lock);
  GQueue shots = take_shots (feed);
  MediaTape *tape = feed->tape != NULL ? media_tape_ref (feed->tape) : NULL;
  g_mutex_unlock (&feed->lock);
  answer_shots (&shots, sample);
  if (tape != NULL) {
    if (media_tape_show (tape, sample))
      media_capture_wake (capture);
    media_tape_unref (tape);
  }
  return GST_FLOW_OK;
}

static void
listen_to (GstBin *bin, const char *name, GstFlowReturn (*on_sample) (GstAppSink *sink, gpointer data), MediaCapture *capture)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (bin, name);
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, capture, NULL);
}

GstElement *
media_camera_feed_build (MediaCapture *capture, gpointer feed, GstElement *source, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autofree char *description = g_strdup_printf ("capsfilter name=wish caps=\"" WISHES "\" ! decodebin ! tee name=both "
                                                  "both. ! " NEWEST " ! videorate drop-only=true max-rate=30 ! videoconvertscale ! "
                                                  "video/x-raw,format=RGBA,width=(int)[1,%d],height=(int)[1,%d],pixel-aspect-ratio=1/1 ! appsink name=preview sync=false max-buffers=1 drop=true "
                                                  "both. ! " NEWEST " ! video/x-raw ! appsink name=full sync=false max-buffers=1 drop=true",
                                                  MEDIA_CAMERA_PREVIEW_WIDTH, MEDIA_CAMERA_PREVIEW_HEIGHT);
  GstElement *rest = gst_parse_bin_from_description (description, FALSE, &trouble);

  if (rest == NULL) {
    gst_object_unref (gst_object_ref_sink (source));
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The camera cannot be used, because parts of GStreamer are missing (%s). Install its “base” and “good” plugins."), trouble->message);
    return NULL;
  }
  g_autoptr (GstElement) wish = gst_bin_get_by_name (GST_BIN (rest), "wish");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (wish, "sink");
  gst_element_add_pad (rest, gst_ghost_pad_new ("sink", pad));
  listen_to (GST_BIN (rest), "preview", on_preview, capture);
  listen_to (GST_BIN (rest), "full", on_full, capture);
  GstElement *pipeline = gst_pipeline_new (NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, rest, NULL);
  if (!gst_element_link (source, rest)) {
    gst_object_unref (gst_object_ref_sink (pipeline));
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” gives no picture. Choose another camera."), media_device_get_name (media_capture_get_device (capture)));
    return NULL;
  }
  return pipeline;
}
