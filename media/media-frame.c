/* SPDX-License-Identifier: MIT */
#include "media-frame.h"

#include <gst/video/video.h>

static void
free_frame (gpointer data)
{
  GstVideoFrame *frame = data;

  gst_video_frame_unmap (frame);
  g_free (frame);
}

MediaPicture *
media_frame_wrap (GstSample *sample)
{
  GstVideoInfo info;
  GstVideoFrame *frame = g_new (GstVideoFrame, 1);

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) || !gst_video_frame_map (frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ)) {
    g_free (frame);
    return NULL;
  }
  gsize width = (gsize) GST_VIDEO_FRAME_WIDTH (frame), height = (gsize) GST_VIDEO_FRAME_HEIGHT (frame);
  if (GST_VIDEO_FRAME_FORMAT (frame) != GST_VIDEO_FORMAT_RGBA || GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0) != (int) (width * 4)) {
    free_frame (frame);
    return NULL;
  }
  g_autoptr (GBytes) pixels = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (frame, 0), width * height * 4, free_frame, frame);
  return media_picture_new (pixels, (guint) width, (guint) height, width * 4);
}

/* The size with square pixels and no side longer than `max_side`. */
static void
fit (const GstVideoInfo *info, guint max_side, guint *width, guint *height)
{
  double wide = (double) GST_VIDEO_INFO_WIDTH (info) * GST_VIDEO_INFO_PAR_N (info) / MAX (GST_VIDEO_INFO_PAR_D (info), 1);
  double high = GST_VIDEO_INFO_HEIGHT (info), longest = MAX (wide, high);
  double scale = max_side != 0 && longest > max_side ? max_side / longest : 1;

  *width = (guint) MAX (wide * scale + 0.5, 1);
  *height = (guint) MAX (high * scale + 0.5, 1);
}

MediaPicture *
media_frame_convert (GstSample *sample, guint max_side)
{
  GstVideoInfo from, to;
  GstVideoFrame source, target;
  guint width, height;
  MediaPicture *picture = NULL;

  if (!gst_video_info_from_caps (&from, gst_sample_get_caps (sample)) || !gst_video_frame_map (&source, &from, gst_sample_get_buffer (sample), GST_MAP_READ))
    return NULL;
  fit (&from, max_side, &width, &height);
  gst_video_info_set_format (&to, GST_VIDEO_FORMAT_RGBA, width, height);
  to.fps_n = from.fps_n;
  to.fps_d = from.fps_d;
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, to.size, NULL);
  GstVideoConverter *converter = gst_video_converter_new (&from, &to, NULL);
  if (converter != NULL && gst_video_frame_map (&target, &to, buffer, GST_MAP_WRITE)) {
    gst_video_converter_frame (converter, &source, &target);
    gst_video_frame_unmap (&target);
    g_autoptr (GstSample) done = NULL;
    g_autoptr (GstCaps) caps = gst_video_info_to_caps (&to);
    done = gst_sample_new (buffer, caps, NULL, NULL);
    picture = media_frame_wrap (done);
  }
  if (converter != NULL)
    gst_video_converter_free (converter);
  gst_video_frame_unmap (&source);
  return picture;
}
