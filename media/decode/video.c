/* SPDX-License-Identifier: MIT */
#include "video.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that libavformat reads at once. */
#define BLOCK (64 * 1024)
/* What is nearer than this is reached by decoding on, seconds; seeking goes back to a key frame, which may lie before where one is. */
#define NEAR 3.0
/* So much earlier sound may lie in a file than pictures of the same time, seconds. */
#define AHEAD 2.0

/* One stream that is decoded. */
typedef struct {
  int index; /* of the file; -1: none */
  AVCodecContext *codec;
  double second; /* of its time base */
  bool drained;
} Track;

struct VideoReader {
  AVFormatContext *file;
  AVIOContext *io;
  int64_t at; /* of the input, bytes */
  double begin; /* the file's own time of second 0 */
  Track picture, sound;
  int turn; /* an EXIF orientation */
  AVPacket *packet;
  AVFrame *now;  /* the picture that was decoded last but one, or that stands at the end; NULL data: none */
  AVFrame *next; /* the one after it */
  bool has_now, has_next, ended;
  struct SwsContext *scaler;
  SwrContext *converter;
  int samples_as, samples_rate, samples_channels; /* what it converts: AVSampleFormat, Hz */
};

/* What a file may be, by its first bytes. */
typedef struct {
  const char *demuxer, *label;
  size_t at;
  const char *bytes;
} VideoFormat;

static const VideoFormat formats[] = {
  { "matroska", "Matroska", 0, "\x1a\x45\xdf\xa3" },
  { "mov", "QuickTime", 4, "ftypqt  " },
  { "mov", "MP4", 4, "ftyp" },
  { "mov", "QuickTime", 4, "moov" },
  { "mov", "QuickTime", 4, "mdat" },
  { "mov", "QuickTime", 4, "wide" },
};

/* Of the hundreds of codecs, those that people's files have. Others get no decoder, and are never probed. */
static const char codecs[] = "h264,hevc,vp8,vp9,libdav1d,mpeg4,mjpeg,aac,mp3,mp3float,opus,vorbis,flac,ac3,alac,pcm_s16le,pcm_s16be";

static bool
fail (Video *video, MediaFault fault, uint64_t at, uint64_t of)
{
  video->fault = fault;
  video->at = at;
  video->of = of;
  return false;
}

/* ---- the input as libavformat's file ---- */

static int
read_bytes (void *data, uint8_t *bytes, int count)
{
  Video *video = data;
  int64_t left = (int64_t) video->size - video->reader->at;

  if (left <= 0)
    return AVERROR_EOF;
  if (count > left)
    count = (int) left;
  memcpy (bytes, video->input + video->reader->at, (size_t) count);
  video->reader->at += count;
  return count;
}

static int64_t
seek (void *data, int64_t offset, int whence)
{
  Video *video = data;
  int64_t from = 0, to;

  whence &= ~AVSEEK_FORCE;
  if (whence == AVSEEK_SIZE)
    return (int64_t) video->size;
  if (whence == SEEK_CUR)
    from = video->reader->at;
  else if (whence == SEEK_END)
    from = (int64_t) video->size;
  if (__builtin_add_overflow (from, offset, &to) || to < 0)
    return AVERROR (EINVAL);
  return video->reader->at = to;
}

/* Files that name other files, or addresses. */
static int
refuse (AVFormatContext *file, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
  return AVERROR (EPERM);
}

/* libavformat asks it between the reads of a long search. */
static int
is_late (void *data)
{
  Video *video = data;

  return video->is_late != NULL && video->is_late (video->data);
}

/* ---- opening ---- */

static const VideoFormat *
find_format (const Video *video)
{
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    size_t length = strlen (formats[i].bytes);

    if (video->size >= formats[i].at + length && memcmp (video->input + formats[i].at, formats[i].bytes, length) == 0)
      return &formats[i];
  }
  return NULL;
}

/* The two are one format; a head says which of them it is. */
static bool
is_webm (const Video *video)
{
  return video->input[0] == 0x1a && memmem (video->input, video->size < 64 ? video->size : 64, "webm", 4) != NULL;
}

/* A decoder without threads, which the sandbox has none of. */
static bool
open_track (Video *video, Track *track, enum AVMediaType type)
{
  AVFormatContext *file = video->reader->file;
  const AVCodec *decoder = NULL;

  track->index = av_find_best_stream (file, type, -1, -1, &decoder, 0);
  if (track->index < 0 || decoder == NULL)
    return false;
  AVStream *stream = file->streams[track->index];
  track->second = av_q2d (stream->time_base);
  track->codec = avcodec_alloc_context3 (decoder);
  if (track->codec == NULL || !(track->second > 0) || avcodec_parameters_to_context (track->codec, stream->codecpar) < 0)
    return false;
  track->codec->thread_count = 1;
  track->codec->pkt_timebase = stream->time_base;
  track->codec->max_pixels = VIDEO_MAX_PIXELS;
  track->codec->codec_whitelist = av_strdup (codecs);
  return avcodec_open2 (track->codec, decoder, NULL) >= 0;
}

static void
close_track (Track *track)
{
  avcodec_free_context (&track->codec);
  track->index = -1;
}

/* Quarter turns as a telephone writes them; others are shown as they are. */
static int
find_turn (const AVStream *stream)
{
  const int32_t *matrix = NULL;

#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
  const AVPacketSideData *side = av_packet_side_data_get (stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  if (side != NULL && side->size >= 9 * sizeof *matrix)
    matrix = (const int32_t *) (const void *) side->data;
#else
  size_t size = 0;
  const uint8_t *side = av_stream_get_side_data (stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (side != NULL && size >= 9 * sizeof *matrix)
    matrix = (const int32_t *) (const void *) side;
#endif
  double degrees = matrix != NULL ? av_display_rotation_get (matrix) : 0;
  if (!isfinite (degrees))
    return 1;
  /* Counter-clockwise, as the matrix turns. */
  switch (((int) lround (degrees / 90) % 4 + 4) % 4) {
  case 1:
    return 8;
  case 2:
    return 3;
  case 3:
    return 6;
  default:
    return 1;
  }
}

/* What the file says, or where its last packet ends: recordings of browsers do not know how long they became. */
static double
find_seconds (Video *video)
{
  AVFormatContext *file = video->reader->file;
  double end = 0;

  if (file->duration > 0)
    return (double) file->duration / AV_TIME_BASE;
  while (av_read_frame (file, video->reader->packet) >= 0) {
    const AVPacket *packet = video->reader->packet;
    double second = av_q2d (file->streams[packet->stream_index]->time_base);

    if (packet->pts != AV_NOPTS_VALUE)
      end = fmax (end, (double) packet->pts * second + (double) packet->duration * second - video->reader->begin);
    av_packet_unref (video->reader->packet);
    if (is_late (video))
      break;
  }
  av_seek_frame (file, -1, file->start_time != AV_NOPTS_VALUE ? file->start_time : 0, AVSEEK_FLAG_BACKWARD);
  return end;
}

/* As it is shown: pixels that are not square are made so by widening, and a turned picture stands upright. */
static bool
find_size (Video *video)
{
  const AVStream *stream = video->reader->file->streams[video->reader->picture.index];
  const AVCodecParameters *stored = stream->codecpar;
  AVRational ratio = stream->sample_aspect_ratio.num > 0 ? stream->sample_aspect_ratio : stored->sample_aspect_ratio;
  double width = stored->width;

  if (stored->width <= 0 || stored->height <= 0 || (uint64_t) stored->width * (uint64_t) stored->height > VIDEO_MAX_PIXELS)
    return fail (video, MEDIA_FAULT_PIXELS, stored->width > 0 ? (uint64_t) stored->width : 0, stored->height > 0 ? (uint64_t) stored->height : 0);
  if (ratio.num > 0 && ratio.den > 0)
    width = fmin (fmax (width * ratio.num / ratio.den, 1), 4 * width);
  video->reader->turn = find_turn (stream);
  video->width = (uint32_t) lround (width);
  video->height = (uint32_t) stored->height;
  if (video->reader->turn >= 5) {
    uint32_t side = video->width;
    video->width = video->height;
    video->height = side;
  }
  return true;
}

static bool
open_file (Video *video, const VideoFormat *format)
{
  VideoReader *reader = video->reader;
  uint8_t *buffer = av_malloc (BLOCK);

  reader->io = buffer != NULL ? avio_alloc_context (buffer, BLOCK, 0, video, read_bytes, NULL, seek) : NULL;
  reader->file = avformat_alloc_context ();
  reader->packet = av_packet_alloc ();
  reader->now = av_frame_alloc ();
  reader->next = av_frame_alloc ();
  if (reader->io == NULL || reader->file == NULL || reader->packet == NULL || reader->now == NULL || reader->next == NULL)
    return fail (video, MEDIA_FAULT_MEMORY, BLOCK, 0);
  reader->file->pb = reader->io;
  reader->file->flags |= AVFMT_FLAG_CUSTOM_IO;
  reader->file->io_open = refuse;
  reader->file->interrupt_callback = (AVIOInterruptCB) { is_late, video };
  reader->file->codec_whitelist = av_strdup (codecs);
  reader->file->max_streams = 64;
  if (avformat_open_input (&reader->file, NULL, av_find_input_format (format->demuxer), NULL) < 0 || avformat_find_stream_info (reader->file, NULL) < 0)
    return fail (video, MEDIA_FAULT_DAMAGED, 0, 0);
  return true;
}

bool
video_open (Video *video)
{
  const VideoFormat *format = find_format (video);
  VideoReader *reader;

  av_log_set_level (AV_LOG_QUIET);
  if (format == NULL)
    return fail (video, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  reader = video->reader = calloc (1, sizeof *reader);
  if (reader == NULL)
    return fail (video, MEDIA_FAULT_MEMORY, sizeof *reader, 0);
  reader->picture.index = reader->sound.index = -1;
  if (!open_file (video, format))
    return false;
  video->format = is_webm (video) ? "WebM" : format->label;
  reader->begin = reader->file->start_time != AV_NOPTS_VALUE ? (double) reader->file->start_time / AV_TIME_BASE : 0;
  if (!open_track (video, &reader->picture, AVMEDIA_TYPE_VIDEO))
    return fail (video, reader->picture.index == AVERROR_STREAM_NOT_FOUND ? MEDIA_FAULT_NO_PICTURES : MEDIA_FAULT_CODEC, 0, 0);
  if (!open_track (video, &reader->sound, AVMEDIA_TYPE_AUDIO) || reader->sound.codec->ch_layout.nb_channels < 1 || reader->sound.codec->ch_layout.nb_channels > VIDEO_MAX_CHANNELS)
    close_track (&reader->sound);
  video->has_sound = reader->sound.index >= 0;
  if (!find_size (video))
    return false;
  video->seconds = find_seconds (video);
  if (!isfinite (video->seconds) || video->seconds < 0)
    video->seconds = 0;
  if (video->seconds > video->max_seconds)
    return fail (video, MEDIA_FAULT_SECONDS, (uint64_t) fmin (video->seconds, 1e9), video->max_seconds);
  return true;
}

/* ---- decoding ---- */

/* The next frame of `track`, of which the other's packets are dropped. */
static bool
decode (Video *video, Track *track, AVFrame *frame)
{
  VideoReader *reader = video->reader;

  for (;;) {
    int got = avcodec_receive_frame (track->codec, frame);

    if (got >= 0)
      return true;
    if (got != AVERROR (EAGAIN) || track->drained)
      return false;
    if (is_late (video)) {
      video->cut = MEDIA_CUT_TIME;
      return false;
    }
    int read = av_read_frame (reader->file, reader->packet);
    if (read < 0) {
      if (read != AVERROR_EOF)
        video->cut = MEDIA_CUT_DAMAGE;
      track->drained = true;
      avcodec_send_packet (track->codec, NULL);
      continue;
    }
    /* What of it is damaged is said by what does not come out. */
    if (reader->packet->stream_index == track->index)
      avcodec_send_packet (track->codec, reader->packet);
    av_packet_unref (reader->packet);
  }
}

static double
time_of (const Video *video, const Track *track, const AVFrame *frame)
{
  int64_t time = frame->best_effort_timestamp != AV_NOPTS_VALUE ? frame->best_effort_timestamp : frame->pts;

  return time != AV_NOPTS_VALUE ? (double) time * track->second - video->reader->begin : -1;
}

/* To the key frame before. A track without an index is found by the file's own. */
static bool
jump (Video *video, Track *track, double second)
{
  VideoReader *reader = video->reader;

  if (av_seek_frame (reader->file, track->index, (int64_t) ((second + reader->begin) / track->second), AVSEEK_FLAG_BACKWARD) < 0 &&
      av_seek_frame (reader->file, -1, (int64_t) ((second + reader->begin) * AV_TIME_BASE), AVSEEK_FLAG_BACKWARD) < 0)
    return false;
  avcodec_flush_buffers (track->codec);
  track->drained = reader->ended = false;
  av_frame_unref (reader->now);
  av_frame_unref (reader->next);
  reader->has_now = reader->has_next = false;
  return true;
}

static enum AVPixelFormat
undo_jpeg_name (enum AVPixelFormat format)
{
  switch (format) {
  case AV_PIX_FMT_YUVJ420P:
    return AV_PIX_FMT_YUV420P;
  case AV_PIX_FMT_YUVJ422P:
    return AV_PIX_FMT_YUV422P;
  case AV_PIX_FMT_YUVJ444P:
    return AV_PIX_FMT_YUV444P;
  default:
    return format;
  }
}

static bool
convert (Video *video, const AVFrame *frame, Image *image)
{
  VideoReader *reader = video->reader;
  bool turned = reader->turn >= 5;
  enum AVPixelFormat format = undo_jpeg_name (frame->format);
  bool full = format != (enum AVPixelFormat) frame->format || frame->color_range == AVCOL_RANGE_JPEG;
  uint32_t width, height;

  if (frame->width <= 0 || frame->height <= 0)
    return false;
  image_fit (turned ? video->height : video->width, turned ? video->width : video->height, video->max_side, &width, &height);
  /* Averages what is made smaller; the fast ways would run code that they write themselves, which the sandbox forbids. */
  reader->scaler = sws_getCachedContext (reader->scaler, frame->width, frame->height, format, (int) width, (int) height, AV_PIX_FMT_RGBA, SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
  if (reader->scaler == NULL)
    return false;
  const int *matrix = sws_getCoefficients (frame->colorspace == AVCOL_SPC_UNSPECIFIED ? (frame->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601) : (int) frame->colorspace);
  sws_setColorspaceDetails (reader->scaler, matrix, full, sws_getCoefficients (SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
  image->width = width;
  image->height = height;
  image->rgba = malloc ((size_t) width * height * 4);
  if (image->rgba == NULL)
    return false;
  uint8_t *const rows[4] = { image->rgba };
  const int strides[4] = { (int) width * 4 };
  if (sws_scale (reader->scaler, (const uint8_t *const *) frame->data, frame->linesize, 0, frame->height, rows, strides) != (int) height) {
    free (image->rgba);
    image->rgba = NULL;
    return false;
  }
  image_orient (image, reader->turn);
  return true;
}

/* Moves on by one picture. */
static bool
step (Video *video)
{
  VideoReader *reader = video->reader;
  AVFrame *spare = reader->now;

  if (!reader->has_next)
    return false;
  av_frame_unref (spare);
  reader->now = reader->next;
  reader->next = spare;
  reader->has_now = true;
  reader->has_next = decode (video, &reader->picture, reader->next);
  reader->ended = !reader->has_next;
  return true;
}

bool
video_take (Video *video, double second, Image *image)
{
  VideoReader *reader = video->reader;
  Track *track = &reader->picture;
  double at = reader->has_now ? time_of (video, track, reader->now) : 0;

  if (second > at + NEAR || (reader->has_now && second < at))
    jump (video, track, second);
  if (!reader->has_now && !reader->has_next && !reader->ended) {
    reader->has_next = decode (video, track, reader->next);
    reader->ended = !reader->has_next;
    step (video);
  }
  while (reader->has_next && time_of (video, track, reader->next) <= second)
    step (video);
  return reader->has_now && convert (video, reader->now, image);
}

/* ---- sound ---- */

/* One channel at the wished rate, of whatever the first frame is; one that is something else cannot be told as one sound with it. */
static bool
set_converter (VideoReader *reader, const AVFrame *frame, uint32_t rate)
{
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;

  if (reader->converter != NULL)
    return frame->format == reader->samples_as && frame->sample_rate == reader->samples_rate && frame->ch_layout.nb_channels == reader->samples_channels;
  reader->samples_as = frame->format;
  reader->samples_rate = frame->sample_rate;
  reader->samples_channels = frame->ch_layout.nb_channels;
  if (frame->sample_rate <= 0 || frame->ch_layout.nb_channels < 1 || frame->ch_layout.nb_channels > VIDEO_MAX_CHANNELS || swr_alloc_set_opts2 (&reader->converter, &mono, AV_SAMPLE_FMT_FLT, (int) rate, (AVChannelLayout *) &frame->ch_layout, frame->format, frame->sample_rate, 0, NULL) < 0)
    return false;
  /* The mean of the channels, as of a sound file. */
  av_opt_set_double (reader->converter, "rematrix_maxval", 1, 0);
  return swr_init (reader->converter) >= 0;
}

static size_t
clean (float *samples, int n)
{
  for (int i = 0; i < n; i++)
    samples[i] = isfinite (samples[i]) ? fminf (fmaxf (samples[i], -1), 1) : 0;
  return n > 0 ? (size_t) n : 0;
}

/* Before the sound of `from`. Some files have an index of their pictures alone, and there may be sound that lies before a picture of the same time. A file that cannot be searched is
 * read from its beginning. */
static bool
find_sound (Video *video, double from)
{
  VideoReader *reader = video->reader;

  if (reader->sound.index < 0)
    return false;
  if (jump (video, &reader->picture, fmax (from - AHEAD, 0))) {
    avcodec_flush_buffers (reader->sound.codec);
    reader->sound.drained = false;
    return true;
  }
  video_clear (video);
  return video_open (video) && video->reader->sound.index >= 0;
}

/* What the first frame has before `from` is left out, and where it begins later there is silence. Returns how many samples of silence. */
static size_t
align (SwrContext *converter, double ahead, uint32_t rate, float *samples, size_t room)
{
  size_t silent = 0;

  if (ahead > 0)
    swr_drop_output (converter, (int) lround (ahead * rate));
  else
    silent = (size_t) fmin (round (-ahead * rate), (double) room);
  memset (samples, 0, silent * sizeof *samples);
  return silent;
}

size_t
video_hear (Video *video, double from, uint32_t rate, float *samples, size_t room)
{
  size_t length = 0;
  bool began = false;

  if (!find_sound (video, from))
    return 0;
  VideoReader *reader = video->reader;
  Track *track = &reader->sound;
  AVFrame *frame = reader->now;
  while (length < room && decode (video, track, frame)) {
    double ahead = from - time_of (video, track, frame);

    if (!began && ahead * frame->sample_rate >= frame->nb_samples) /* it ends before */
      continue;
    if (!set_converter (reader, frame, rate))
      break;
    if (!began)
      length = align (reader->converter, ahead, rate, samples, room);
    began = true;
    uint8_t *out = (uint8_t *) (samples + length);
    int n = swr_convert (reader->converter, &out, (int) (room - length < INT32_MAX ? room - length : INT32_MAX), (const uint8_t **) frame->extended_data, frame->nb_samples);
    if (n < 0)
      break;
    length += clean (samples + length, n);
  }
  if (began && length < room) {
    uint8_t *out = (uint8_t *) (samples + length);
    length += clean (samples + length, swr_convert (reader->converter, &out, (int) (room - length < INT32_MAX ? room - length : INT32_MAX), NULL, 0));
  }
  return length;
}

void
video_clear (Video *video)
{
  VideoReader *reader = video->reader;

  if (reader == NULL)
    return;
  close_track (&reader->picture);
  close_track (&reader->sound);
  av_frame_free (&reader->now);
  av_frame_free (&reader->next);
  av_packet_free (&reader->packet);
  sws_freeContext (reader->scaler);
  swr_free (&reader->converter);
  avformat_close_input (&reader->file);
  if (reader->io != NULL)
    av_freep (&reader->io->buffer);
  avio_context_free (&reader->io);
  free (reader);
  video->reader = NULL;
}
