/* SPDX-License-Identifier: MIT */
#include "sound.h"

#include <math.h>
#include <sndfile.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

/* Frames that are decoded at once. */
#define BLOCK 4096

struct SoundReader {
  SNDFILE *file;
  soxr_t resampler; /* NULL when the file has the wished rate */
  sf_count_t at;    /* of the input, bytes */
  float *frames;    /* BLOCK × channels, interleaved */
  float mono[BLOCK];
};

/* The formats that are taken, of the many that libsndfile knows: those that people have, and which its authors' fuzzers visit. */
typedef struct {
  int format; /* of libsndfile, its kind of container */
  int coding; /* 0: any */
  const char *label;
} SoundFormat;

static const SoundFormat formats[] = {
  { SF_FORMAT_WAV, 0, "WAV" },
  { SF_FORMAT_WAVEX, 0, "WAV" },
  { SF_FORMAT_RF64, 0, "WAV" },
  { SF_FORMAT_AIFF, 0, "AIFF" },
  { SF_FORMAT_FLAC, 0, "FLAC" },
  { SF_FORMAT_OGG, SF_FORMAT_OPUS, "Opus" },
  { SF_FORMAT_OGG, SF_FORMAT_VORBIS, "Ogg Vorbis" },
  { SF_FORMAT_OGG, 0, "Ogg" },
  { SF_FORMAT_MPEG, 0, "MP3" },
};

static const SoundFormat *
find_format (int format)
{
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i].format == (format & SF_FORMAT_TYPEMASK) && (formats[i].coding == 0 || formats[i].coding == (format & SF_FORMAT_SUBMASK)))
      return &formats[i];
  return NULL;
}

/* Whether the first bytes are of one of them, so that libsndfile's other parsers never see a byte. */
static bool
looks_known (const uint8_t *bytes, size_t size)
{
  if (size < 12)
    return false;
  return (memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WAVE", 4) == 0) ||
         (memcmp (bytes, "RF64", 4) == 0 && memcmp (bytes + 8, "WAVE", 4) == 0) ||
         (memcmp (bytes, "FORM", 4) == 0 && (memcmp (bytes + 8, "AIFF", 4) == 0 || memcmp (bytes + 8, "AIFC", 4) == 0)) ||
         memcmp (bytes, "fLaC", 4) == 0 || memcmp (bytes, "OggS", 4) == 0 || memcmp (bytes, "ID3", 3) == 0 ||
         /* A frame of MPEG audio: eleven bits of synchronisation, and neither the reserved version nor layer. */
         (bytes[0] == 0xff && (bytes[1] & 0xe0) == 0xe0 && (bytes[1] & 0x18) != 0x08 && (bytes[1] & 0x06) != 0);
}

/* ---- the input as libsndfile's file ---- */

static sf_count_t
get_length (void *data)
{
  return (sf_count_t) ((Sound *) data)->size;
}

static sf_count_t
seek (sf_count_t offset, int whence, void *data)
{
  Sound *sound = data;
  sf_count_t from = 0, to;

  if (whence == SEEK_CUR)
    from = sound->reader->at;
  else if (whence == SEEK_END)
    from = (sf_count_t) sound->size;
  if (__builtin_add_overflow (from, offset, &to) || to < 0)
    return -1;
  /* Behind the end is a place like any other; there is only nothing to read. */
  sound->reader->at = to;
  return to;
}

static sf_count_t
read_bytes (void *bytes, sf_count_t count, void *data)
{
  Sound *sound = data;
  sf_count_t left = (sf_count_t) sound->size - sound->reader->at;
  if (count > left)
    count = left;
  if (count <= 0)
    return 0;
  memcpy (bytes, sound->input + sound->reader->at, (size_t) count);
  sound->reader->at += count;
  return count;
}

static sf_count_t
write_bytes (const void *bytes, sf_count_t count, void *data)
{
  return 0;
}

static sf_count_t
tell (void *data)
{
  return ((Sound *) data)->reader->at;
}

static SF_VIRTUAL_IO input_file = { get_length, seek, read_bytes, write_bytes, tell };

/* ---- opening ---- */

static bool
fail (Sound *sound, MediaFault fault, uint64_t at, uint64_t of)
{
  sound->fault = fault;
  sound->at = at;
  sound->of = of;
  return false;
}

bool
sound_open (Sound *sound)
{
  SF_INFO info = { 0 };

  if (!looks_known (sound->input, sound->size))
    return fail (sound, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  sound->reader = calloc (1, sizeof *sound->reader);
  if (sound->reader == NULL)
    return fail (sound, MEDIA_FAULT_MEMORY, sizeof *sound->reader, 0);
  sound->reader->file = sf_open_virtual (&input_file, SFM_READ, &info, sound);
  if (sound->reader->file == NULL) {
    bool unknown = sf_error (NULL) == SF_ERR_UNRECOGNISED_FORMAT || sf_error (NULL) == SF_ERR_UNSUPPORTED_ENCODING;
    return fail (sound, unknown ? MEDIA_FAULT_UNKNOWN_FORMAT : MEDIA_FAULT_DAMAGED, 0, 0);
  }
  const SoundFormat *format = find_format (info.format);
  if (format == NULL)
    return fail (sound, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  if (info.channels < 1 || info.channels > SOUND_MAX_CHANNELS || info.samplerate < SOUND_MIN_RATE || info.samplerate > SOUND_MAX_RATE)
    return fail (sound, MEDIA_FAULT_DAMAGED, 0, 0);
  sound->format = format->label;
  sound->file_rate = (uint32_t) info.samplerate;
  sound->channels = (uint32_t) info.channels;
  /* SF_COUNT_MAX is what libsndfile says when it does not know. */
  sound->n_frames = info.frames > 0 && info.frames < SF_COUNT_MAX ? (uint64_t) info.frames : 0;
  if (sound->n_frames / sound->file_rate >= sound->max_seconds && sound->n_frames > (uint64_t) sound->max_seconds * sound->file_rate)
    return fail (sound, MEDIA_FAULT_SECONDS, sound->n_frames / sound->file_rate, sound->max_seconds);

  sound->reader->frames = calloc (BLOCK * sound->channels, sizeof (float));
  if (sound->reader->frames == NULL)
    return fail (sound, MEDIA_FAULT_MEMORY, BLOCK * sound->channels * sizeof (float), 0);
  if (sound->file_rate != sound->rate) {
    soxr_io_spec_t as_floats = soxr_io_spec (SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t good = soxr_quality_spec (SOXR_HQ, 0);
    soxr_runtime_spec_t one_thread = soxr_runtime_spec (1);
    sound->reader->resampler = soxr_create (sound->file_rate, sound->rate, 1, NULL, &as_floats, &good, &one_thread);
    if (sound->reader->resampler == NULL)
      return fail (sound, MEDIA_FAULT_MEMORY, 0, 0);
  }
  return true;
}

size_t
sound_get_room (const Sound *sound)
{
  uint64_t most = (uint64_t) sound->max_seconds * sound->file_rate;
  uint64_t frames = sound->n_frames > 0 && sound->n_frames < most ? sound->n_frames : most;
  /* The head of an MP3 is an estimate; one second more is cheap. */
  return (size_t) (frames * sound->rate / sound->file_rate + sound->rate);
}

/* ---- reading ---- */

/* One channel of `n` frames: the mean of all of them. */
static void
mix (Sound *sound, size_t n)
{
  const float *frame = sound->reader->frames;
  float share = 1.0f / (float) sound->channels;

  for (size_t i = 0; i < n; i++, frame += sound->channels) {
    float sum = 0;
    for (uint32_t channel = 0; channel < sound->channels; channel++)
      sum += frame[channel];
    sum *= share;
    sound->reader->mono[i] = isfinite (sum) ? fminf (fmaxf (sum, -1), 1) : 0;
  }
}

/* `n` samples of `mono`, or with 0 the end, go into `out` at the wished rate. Returns how many there were. */
static size_t
convert (Sound *sound, size_t n, float *out, size_t room)
{
  size_t taken = 0, given = 0;

  if (sound->reader->resampler == NULL) {
    given = n < room ? n : room;
    memcpy (out, sound->reader->mono, given * sizeof *out);
    return given;
  }
  if (soxr_process (sound->reader->resampler, n > 0 ? sound->reader->mono : NULL, n, &taken, out, room, &given) != NULL)
    return 0;
  /* A steep filter swings beyond what went in. */
  for (size_t i = 0; i < given; i++)
    out[i] = isfinite (out[i]) ? fminf (fmaxf (out[i], -1), 1) : 0;
  return given;
}

size_t
sound_read (Sound *sound, float *samples, size_t room)
{
  uint64_t most = (uint64_t) sound->max_seconds * sound->file_rate, done = 0, told = 0;
  size_t length = 0, given;
  sf_count_t n;

  while ((n = sf_readf_float (sound->reader->file, sound->reader->frames, BLOCK)) > 0) {
    done += (uint64_t) n;
    if (done > most) {
      fail (sound, MEDIA_FAULT_SECONDS, 0, sound->max_seconds);
      return 0;
    }
    mix (sound, (size_t) n);
    length += convert (sound, (size_t) n, samples + length, room - length);
    if (sound->is_late != NULL && sound->is_late (sound->data)) {
      sound->cut = MEDIA_CUT_TIME;
      break;
    }
    if (sound->progress != NULL && done / sound->file_rate >= told + 60) {
      told = done / sound->file_rate;
      sound->progress (told, sound->n_frames / sound->file_rate > told ? sound->n_frames / sound->file_rate : told, sound->data);
    }
  }
  while (sound->reader->resampler != NULL && done > 0 && (given = convert (sound, 0, samples + length, room - length)) > 0)
    length += given;
  if (length == 0) {
    fail (sound, MEDIA_FAULT_DAMAGED, 0, 0);
    return 0;
  }
  /* More than a tenth of a second is missing, which no estimate of a good encoder is wrong by. */
  if (sound->cut == 0 && (sf_error (sound->reader->file) != SF_ERR_NO_ERROR || done + sound->file_rate / 10 < sound->n_frames))
    sound->cut = MEDIA_CUT_DAMAGE;
  return length;
}

void
sound_clear (Sound *sound)
{
  SoundReader *reader = sound->reader;

  if (reader == NULL)
    return;
  if (reader->file != NULL)
    sf_close (reader->file);
  if (reader->resampler != NULL)
    soxr_delete (reader->resampler);
  free (reader->frames);
  free (reader);
  sound->reader = NULL;
}
