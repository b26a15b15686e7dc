/* SPDX-License-Identifier: MIT */
#include "media-clip-file.h"

#include <glib/gi18n-lib.h>
#include <gst/app/app.h>
#include <gst/audio/audio.h>

#include "media-device-private.h"

/* deadline: the fastest way that VP8 has; a key frame every two seconds, so that it can be searched. */
#define PICTURES "appsrc name=pictures format=time block=true max-bytes=16777216 ! videoconvert ! vp8enc deadline=1 cpu-used=8 target-bitrate=1500000 keyframe-max-dist=16 ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! mux. "
#define SOUND "appsrc name=sound format=time block=true max-bytes=4194304 ! audioconvert ! audioresample ! opusenc ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! mux. "
/* A stream that can be searched, so that the length and the index come to stand at their places when all is known. */
#define FILE_END "webmmux name=mux ! giostreamsink name=out sync=false"
/* How often it is looked whether somebody still wants it. */
#define LOOK (100 * GST_MSECOND)
/* Samples that are pushed at once. */
#define BLOCK 4096

typedef struct {
  GstElement *pipeline, *pictures, *sound; /* `sound`: (nullable) */
  MediaClip *clip;
} Writer;

static GstFlowReturn
push (GstElement *source, GBytes *bytes, gsize offset, gsize size, double from, double until)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, offset, size);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (part);

  GST_BUFFER_PTS (buffer) = (GstClockTime) (from * GST_SECOND);
  GST_BUFFER_DURATION (buffer) = (GstClockTime) (MAX (until - from, 0.001) * GST_SECOND);
  return gst_app_src_push_buffer (GST_APP_SRC (source), buffer);
}

static gpointer
push_sound (gpointer data)
{
  const Writer *writer = data;
  const MediaSound *sound = writer->clip->sound;
  GstFlowReturn flow = GST_FLOW_OK;

  for (gsize at = 0; at < sound->n_samples && flow == GST_FLOW_OK; at += BLOCK) {
    gsize n = MIN (BLOCK, sound->n_samples - at);
    flow = push (writer->sound, sound->samples, at * sizeof (float), n * sizeof (float), (double) at / sound->rate, (double) (at + n) / sound->rate);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (writer->sound));
  return NULL;
}

static gpointer
push_pictures (gpointer data)
{
  const Writer *writer = data;
  const GPtrArray *frames = writer->clip->frames;
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < frames->len && flow == GST_FLOW_OK; i++) {
    const MediaClipFrame *frame = frames->pdata[i];
    double until = i + 1 < frames->len ? ((MediaClipFrame *) frames->pdata[i + 1])->seconds : writer->clip->seconds;

    flow = push (writer->pictures, frame->picture->pixels, 0, g_bytes_get_size (frame->picture->pixels), frame->seconds, until);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (writer->pictures));
  return NULL;
}

static void
set_caps (Writer *writer)
{
  const MediaPicture *first = ((MediaClipFrame *) writer->clip->frames->pdata[0])->picture;
  g_autoptr (GstCaps) seen = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGBA", "width", G_TYPE_INT, (int) first->width, "height", G_TYPE_INT, (int) first->height,
                                                  "framerate", GST_TYPE_FRACTION, 0, 1, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);

  gst_app_src_set_caps (GST_APP_SRC (writer->pictures), seen);
  if (writer->sound == NULL)
    return;
  g_autoptr (GstCaps) heard = gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, GST_AUDIO_NE (F32), "layout", G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
                                                   (int) writer->clip->sound->rate, "channels", G_TYPE_INT, 1, NULL);
  gst_app_src_set_caps (GST_APP_SRC (writer->sound), heard);
}

/* Until the file is whole. */
static gboolean
wait_for_end (Writer *writer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (writer->pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) reason = NULL;

  while (message == NULL) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    message = gst_bus_timed_pop_filtered (bus, LOOK, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return TRUE;
  gst_message_parse_error (message, &reason, NULL);
  g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The clip could not be written: %s. Record it again."), reason->message);
  return FALSE;
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writer writer = { .clip = data };
  g_autoptr (GOutputStream) file = g_memory_output_stream_new_resizable ();
  g_autofree char *description = g_strconcat (PICTURES, writer.clip->sound != NULL ? SOUND : "", FILE_END, NULL);
  GError *error = NULL;

  media_source_init ();
  writer.pipeline = gst_parse_launch (description, &error);
  if (error != NULL) {
    g_task_return_new_error (task, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The clip could not be written: %s. Install GStreamer's “good” plugins."), error->message);
    g_clear_error (&error);
    g_clear_pointer (&writer.pipeline, gst_object_unref);
    return;
  }
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (writer.pipeline), "out");
  g_object_set (out, "stream", file, NULL);
  writer.pictures = gst_bin_get_by_name (GST_BIN (writer.pipeline), "pictures");
  writer.sound = gst_bin_get_by_name (GST_BIN (writer.pipeline), "sound");
  set_caps (&writer);
  gst_element_set_state (writer.pipeline, GST_STATE_PLAYING);
  GThread *pictures = g_thread_new ("clip-pictures", push_pictures, &writer), *sound = writer.sound != NULL ? g_thread_new ("clip-sound", push_sound, &writer) : NULL;
  gboolean ok = wait_for_end (&writer, cancellable, &error);
  /* Those that still push are let go by this. */
  gst_element_set_state (writer.pipeline, GST_STATE_NULL);
  g_thread_join (pictures);
  if (sound != NULL)
    g_thread_join (sound);
  gst_object_unref (writer.pictures);
  gst_clear_object (&writer.sound);
  gst_object_unref (writer.pipeline);
  if (ok && (g_output_stream_is_closed (file) || g_output_stream_close (file, NULL, &error)))
    g_task_return_pointer (task, g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (file)), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
media_clip_write_async (MediaClip *clip, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, media_clip_write_async);
  g_task_set_task_data (task, media_clip_ref (clip), (GDestroyNotify) media_clip_unref);
  g_task_run_in_thread (task, write_thread);
}

GBytes *
media_clip_write_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, media_clip_write_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
