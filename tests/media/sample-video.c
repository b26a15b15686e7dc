/* SPDX-License-Identifier: MIT */
#include "sample-video.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <string.h>

#define FRAMES_A_SECOND 10

const guint8 sample_video_colours[6][3] = { { 220, 40, 40 }, { 40, 180, 60 }, { 50, 70, 220 }, { 220, 200, 40 }, { 180, 50, 200 }, { 40, 190, 200 } };

static const struct {
  const char *name, *muxer, *video, *audio;
  enum AVPixelFormat pixels;
  enum AVSampleFormat samples;
  int rate;
} formats[] = {
  { "mp4", "mp4", "libx264", "aac", AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_FLTP, 44100 },
  { "mp4-mpeg4", "mp4", "mpeg4", "aac", AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_FLTP, 48000 },
  { "mov", "mov", "mjpeg", "pcm_s16le", AV_PIX_FMT_YUVJ420P, AV_SAMPLE_FMT_S16, 44100 },
  { "webm", "webm", "libvpx", "libopus", AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_FLT, 48000 },
  { "webm-vp9", "webm", "libvpx-vp9", "libopus", AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_FLT, 48000 },
  { "mkv", "matroska", "libx264", "flac", AV_PIX_FMT_YUV420P, AV_SAMPLE_FMT_S16, 32000 },
};

typedef struct {
  AVFormatContext *file;
  AVStream *stream;
  AVCodecContext *codec;
} Track;

static Track
add_track (AVFormatContext *file, AVCodecContext *codec)
{
  Track track = { file, avformat_new_stream (file, NULL), codec };

  if (file->oformat->flags & AVFMT_GLOBALHEADER)
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  codec->thread_count = 1;
  g_assert_cmpint (avcodec_open2 (codec, codec->codec, NULL), >=, 0);
  track.stream->time_base = codec->time_base;
  g_assert_cmpint (avcodec_parameters_from_context (track.stream->codecpar, codec), >=, 0);
  return track;
}

/* `frame`: NULL at the end */
static void
encode (Track *track, AVFrame *frame)
{
  AVPacket *packet = av_packet_alloc ();

  g_assert_cmpint (avcodec_send_frame (track->codec, frame), >=, 0);
  while (avcodec_receive_packet (track->codec, packet) >= 0) {
    packet->stream_index = track->stream->index;
    if (track->codec->codec_type == AVMEDIA_TYPE_VIDEO)
      packet->duration = 1;
    av_packet_rescale_ts (packet, track->codec->time_base, track->stream->time_base);
    g_assert_cmpint (av_interleaved_write_frame (track->file, packet), >=, 0);
  }
  av_packet_free (&packet);
}

static void
draw (AVFrame *frame, guint second)
{
  const guint8 *colour = sample_video_colours[second % G_N_ELEMENTS (sample_video_colours)];
  int stride = frame->width * 3;
  g_autofree guint8 *rgb = g_malloc ((gsize) stride * (gsize) frame->height);
  struct SwsContext *scaler = sws_getContext (frame->width, frame->height, AV_PIX_FMT_RGB24, frame->width, frame->height, frame->format, SWS_BILINEAR, NULL, NULL, NULL);

  for (int y = 0; y < frame->height; y++)
    for (int x = 0; x < frame->width; x++)
      for (int c = 0; c < 3; c++)
        rgb[y * stride + x * 3 + c] = x < frame->width / 2 && y < frame->height / 2 ? 255 : colour[c];
  g_assert_cmpint (av_frame_make_writable (frame), >=, 0);
  sws_scale (scaler, (const guint8 *const[]) { rgb }, &stride, 0, frame->height, frame->data, frame->linesize);
  sws_freeContext (scaler);
}

static void
write_pictures (Track *track, double seconds)
{
  AVFrame *frame = av_frame_alloc ();

  frame->width = track->codec->width;
  frame->height = track->codec->height;
  frame->format = track->codec->pix_fmt;
  g_assert_cmpint (av_frame_get_buffer (frame, 0), >=, 0);
  for (int i = 0; i < (int) lround (seconds * FRAMES_A_SECOND); i++) {
    draw (frame, (guint) i / FRAMES_A_SECOND);
    frame->pts = i;
    encode (track, frame);
  }
  av_frame_free (&frame);
  encode (track, NULL);
}

static void
write_tone (Track *track, double seconds, double tone)
{
  AVCodecContext *codec = track->codec;
  int block = codec->frame_size > 0 ? codec->frame_size : 1024, rate = codec->sample_rate;
  g_autofree float *samples = g_new (float, (gsize) block * 2);
  SwrContext *converter = NULL;
  AVFrame *frame = av_frame_alloc ();

  swr_alloc_set_opts2 (&converter, &codec->ch_layout, codec->sample_fmt, rate, &codec->ch_layout, AV_SAMPLE_FMT_FLT, rate, 0, NULL);
  g_assert_cmpint (swr_init (converter), >=, 0);
  frame->nb_samples = block;
  frame->format = codec->sample_fmt;
  frame->sample_rate = rate;
  av_channel_layout_copy (&frame->ch_layout, &codec->ch_layout);
  g_assert_cmpint (av_frame_get_buffer (frame, 0), >=, 0);
  for (int at = 0; at + block <= seconds * rate; at += block) {
    for (int i = 0; i < block; i++)
      samples[2 * i] = samples[2 * i + 1] = (float) (0.4 * sin (2 * G_PI * tone * (at + i) / rate));
    g_assert_cmpint (av_frame_make_writable (frame), >=, 0);
    swr_convert (converter, frame->data, block, (const guint8 *[]) { (const guint8 *) samples }, block);
    frame->pts = at;
    encode (track, frame);
  }
  av_frame_free (&frame);
  swr_free (&converter);
  encode (track, NULL);
}

GBytes *
sample_video (const char *format, guint width, guint height, double seconds, double tone, int turn)
{
  AVFormatContext *file = NULL;
  guint8 *bytes = NULL;
  gsize i = 0;

  while (strcmp (formats[i].name, format) != 0)
    i++;
  av_log_set_level (AV_LOG_ERROR);
  g_assert_cmpint (avformat_alloc_output_context2 (&file, NULL, formats[i].muxer, NULL), >=, 0);
  g_assert_cmpint (avio_open_dyn_buf (&file->pb), >=, 0);

  AVCodecContext *video = avcodec_alloc_context3 (avcodec_find_encoder_by_name (formats[i].video)), *audio = NULL;
  g_assert_nonnull (video);
  video->width = (int) width;
  video->height = (int) height;
  video->pix_fmt = formats[i].pixels;
  video->time_base = (AVRational) { 1, FRAMES_A_SECOND };
  video->framerate = (AVRational) { FRAMES_A_SECOND, 1 };
  video->gop_size = 2 * FRAMES_A_SECOND;
  video->bit_rate = 1000000;
  av_opt_set (video->priv_data, "preset", "ultrafast", 0);
  av_opt_set (video->priv_data, "deadline", "realtime", 0);
  Track picture = add_track (file, video), sound = { 0 };
  if (turn != 0) {
    guint8 *matrix = av_stream_new_side_data (picture.stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof (gint32));
    av_display_rotation_set ((gint32 *) (gpointer) matrix, turn);
  }
  if (tone > 0) {
    audio = avcodec_alloc_context3 (avcodec_find_encoder_by_name (formats[i].audio));
    audio->sample_rate = formats[i].rate;
    audio->sample_fmt = formats[i].samples;
    audio->time_base = (AVRational) { 1, formats[i].rate };
    audio->bit_rate = 96000;
    av_channel_layout_default (&audio->ch_layout, 2);
    sound = add_track (file, audio);
  }
  g_assert_cmpint (avformat_write_header (file, NULL), >=, 0);
  write_pictures (&picture, seconds);
  if (tone > 0)
    write_tone (&sound, seconds, tone);
  g_assert_cmpint (av_write_trailer (file), >=, 0);
  int size = avio_close_dyn_buf (file->pb, &bytes);
  GBytes *result = g_bytes_new (bytes, (gsize) size);
  av_free (bytes);
  avcodec_free_context (&video);
  avcodec_free_context (&audio);
  avformat_free_context (file);
  return result;
}
