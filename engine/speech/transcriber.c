/* SPDX-License-Identifier: MIT */
/* Sound of any length to segments of text: half a minute at a time, from where the last segment that was whole has ended. */
#include "decoding.h"
#include "mel.h"
#include "rules.h"

#include "../text.h"
#include "../tokenizer/tokenizer.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Where an answer is bad and the next temperature is tried: Radford et al. 2022, section 4.5. */
#define BAD_LOGPROB -1.0
#define BAD_REPETITION 2.4
#define SILENT 0.6
/* Where no sample is louder, 60 dB below the loudest that can be, nobody has spoken. */
#define STILL 0.001f
static const double temperatures[] = { 0, 0.2, 0.4, 0.6, 0.8, 1.0 };

#define TOLD_TOKENS 223 /* words before, at most */

struct EngineTranscriber {
  int32_t             ref_count; /* atomic */
  EngineModel        *model;
  EngineMel          *mel;
  EngineSpeechDecoder decoder;
  atomic_bool         cancel, running;
};

/* One call of engine_transcriber_run (). */
typedef struct {
  EngineTranscriber  *transcriber;
  EngineSpeechParams  params;
  EngineSpeechFunc    func;
  void               *user;
  EngineSpeechResult  result;
  int32_t             language, n_beams;
  const float        *samples;  /* [n_samples] */
  size_t              n_samples;
  float              *frames;   /* [n_mel, n_frames] of the whole sound, and half a minute of silence behind it */
  size_t              n_frames; /* of the sound alone */
  int32_t            *told;     /* [n_told] words so far; [told_capacity] */
  size_t              n_told, told_capacity;
} Run;

static double
now_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

/* ---- load ------------------------------------------------------------------------ */

static const EngineArch *
choose (const EngineGguf *gguf, void *user, EngineError *error)
{
  const char *architecture = engine_gguf_string (gguf, "general.architecture", NULL);

  if (architecture && strcmp (architecture, engine_arch_whisper.name) == 0)
    return &engine_arch_whisper;
  engine_fail (error, ENGINE_BAD_INPUT, "The file is no model that writes down speech (Whisper); choose one that is.");
  return NULL;
}

EngineTranscriber *
engine_transcriber_load (const char *path, const EngineLoadOptions *options, EngineError *error)
{
  EngineTranscriber *self = engine_calloc (1, sizeof *self, error);

  if (!self)
    return NULL;
  self->ref_count = 1;
  self->model = engine_model_load_as (path, options, choose, NULL, error);
  self->mel = self->model ? engine_mel_new (engine_whisper_info (self->model).n_mel, error) : NULL;
  if (self->mel && ((options && options->vocab_only) || engine_speech_decoder_init (&self->decoder, self->model, &self->cancel, error)))
    return self;
  engine_transcriber_unref (self);
  return NULL;
}

EngineTranscriber *
engine_transcriber_ref (EngineTranscriber *self)
{
  __atomic_add_fetch (&self->ref_count, 1, __ATOMIC_RELAXED);
  return self;
}

void
engine_transcriber_unref (EngineTranscriber *self)
{
  if (!self || __atomic_sub_fetch (&self->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  if (self->decoder.model)
    engine_speech_decoder_clear (&self->decoder);
  engine_mel_free (self->mel);
  engine_model_unref (self->model);
  free (self);
}

EngineModel *
engine_transcriber_model (EngineTranscriber *self)
{
  return self->model;
}

const EngineModelInfo *
engine_transcriber_info (const EngineTranscriber *self)
{
  return &self->model->info;
}

void
engine_transcriber_cancel (EngineTranscriber *self)
{
  atomic_store (&self->cancel, true);
}

/* ---- text ------------------------------------------------------------------------ */

/* The words among the tokens, as text; NULL on error. */
static char *
words_of (const Run *run, const int32_t *tokens, int32_t n, size_t *n_bytes, EngineError *error)
{
  const EngineSpeechTokens *t = &run->transcriber->decoder.tokens;
  EngineDecoder decoder = { .started = true };
  char *text = NULL;
  size_t length = 0, capacity = 0;
  bool ok = true;

  for (int32_t i = 0; ok && i < n; i++)
    if (tokens[i] < t->end)
      ok = engine_vocab_decode (run->transcriber->model->vocab, &decoder, tokens[i], false, &text, &length, &capacity, error);
  ok = ok && engine_vocab_decode_end (&decoder, &text, &length, &capacity, error);
  if (ok && !text)
    text = engine_calloc (1, 1, error);
  if (!ok) {
    free (text);
    return NULL;
  }
  if (text)
    text[length] = '\0';
  *n_bytes = length;
  return text;
}

static bool
remember (Run *run, const int32_t *tokens, int32_t n, EngineError *error)
{
  if (run->n_told + (size_t) n > run->told_capacity) {
    size_t capacity = 2 * (run->n_told + (size_t) n);
    int32_t *more = realloc (run->told, capacity * sizeof *more);

    if (!more)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a transcript.");
    run->told = more;
    run->told_capacity = capacity;
  }
  memcpy (run->told + run->n_told, tokens, (size_t) n * sizeof *tokens);
  run->n_told += (size_t) n;
  return true;
}

/* ---- half a minute --------------------------------------------------------------- */

static int32_t
make_prompt (const Run *run, int32_t *prompt, int32_t *i_start)
{
  const EngineSpeechTokens *t = &run->transcriber->decoder.tokens;
  int32_t n = 0, most = ENGINE_MIN (TOLD_TOKENS, run->transcriber->model->hparams.n_context_train / 2 - 4);
  size_t n_told = ENGINE_MIN (run->n_told, (size_t) ENGINE_MAX (most, 0));

  if (n_told) {
    prompt[n++] = t->before;
    memcpy (prompt + n, run->told + run->n_told - n_told, n_told * sizeof *prompt);
    n += (int32_t) n_told;
  }
  *i_start = n;
  prompt[n++] = t->start;
  prompt[n++] = run->language;
  prompt[n++] = run->params.translate ? t->translate : t->transcribe;
  return n;
}

/* The first answer that is not bad, or the last one. */
static bool
decode (Run *run, EngineSpeechAnswer *answer, double *temperature, EngineError *error)
{
  EngineTranscriber *self = run->transcriber;
  int32_t prompt[TOLD_TOKENS + 8], i_start, n = make_prompt (run, prompt, &i_start);

  for (size_t i = 0; i < ENGINE_LENGTH (temperatures); i++) {
    size_t n_bytes;
    char *text;
    bool bad;

    *temperature = temperatures[i];
    if (!engine_speech_decode (&self->decoder, prompt, n, i_start, run->n_beams, temperatures[i], answer, error))
      return false;
    run->result.n_tokens += answer->n;
    text = words_of (run, answer->tokens, answer->n, &n_bytes, error);
    if (!text) {
      free (answer->tokens);
      return false;
    }
    bad = (answer->logprob < BAD_LOGPROB && answer->silence <= SILENT) || engine_speech_repetition (text, n_bytes) > BAD_REPETITION;
    free (text);
    if (!bad || i == ENGINE_LENGTH (temperatures) - 1)
      return true;
    free (answer->tokens);
  }
  return true;
}

static bool
tell (Run *run, const EngineSpeechAnswer *answer, double temperature, const int32_t *tokens, int32_t n, double begin, double end, EngineError *error)
{
  size_t n_bytes;
  char *text = words_of (run, tokens, n, &n_bytes, error);
  EngineSpeechSegment segment = { .begin = begin, .end = end, .text = text, .logprob = answer->logprob, .silence = answer->silence, .temperature = (float) temperature };
  bool ok = text != NULL, says = false;

  for (size_t i = 0; ok && i < n_bytes; i++)
    says = says || (unsigned char) text[i] > ' ';
  ok = ok && (!says || !(end > begin) || run->func (run->user, &segment) || engine_fail (error, ENGINE_CANCELLED, "Writing down the speech was cancelled."));
  free (text);
  return ok;
}

/* Segments of the answer, which begins at frame `seek`; how many frames to go on. */
static bool
split (Run *run, const EngineSpeechAnswer *answer, double temperature, size_t seek, size_t n_frames, size_t *done, EngineError *error)
{
  const EngineSpeechTokens *t = &run->transcriber->decoder.tokens;
  const int32_t *tokens = answer->tokens;
  double offset = (double) seek * ENGINE_MEL_HOP / ENGINE_MEL_RATE, second = 50;
  int32_t n = answer->n, first = 0, last_time = -1;
  bool ends_alone = n >= 2 && tokens[n - 1] >= t->first_time && tokens[n - 2] < t->first_time;

  *done = n_frames;
  for (int32_t i = 1; i <= n; i++) {
    bool pair = i < n && tokens[i] >= t->first_time && tokens[i - 1] >= t->first_time, rest = i == n && ends_alone && first > 0;

    if (!pair && !rest)
      continue;
    if (!tell (run, answer, temperature, tokens + first, i - first, offset + (tokens[first] - t->first_time) / second, offset + (tokens[i - 1] - t->first_time) / second, error))
      return false;
    last_time = tokens[i - 1] - t->first_time;
    first = i;
  }
  if (first == 0) {
    double length = (double) n_frames * ENGINE_MEL_HOP / ENGINE_MEL_RATE;

    for (int32_t i = 0; i < n; i++)
      if (tokens[i] > t->first_time)
        length = (tokens[i] - t->first_time) / second;
    return tell (run, answer, temperature, tokens, n, offset, offset + length, error);
  }
  if (!ends_alone) /* what is behind the last pair is heard once more, with what follows it */
    *done = ENGINE_MIN (n_frames, ENGINE_MAX ((size_t) last_time * 2, 1));
  return true;
}

/* Silence is skipped: the model, which always says something, would make words of it; of one without any noise it is even sure. */
static bool
is_still (const Run *run, size_t seek, size_t n_frames)
{
  size_t begin = seek * ENGINE_MEL_HOP, end = ENGINE_MIN (begin + n_frames * ENGINE_MEL_HOP, run->n_samples);

  for (size_t i = begin; i < end; i++)
    if (fabsf (run->samples[i]) > STILL)
      return false;
  return true;
}

static bool
is_silent (const EngineSpeechAnswer *answer)
{
  return answer->silence > SILENT && answer->logprob < BAD_LOGPROB;
}

static bool
hear_window (Run *run, size_t seek, size_t *done, EngineError *error)
{
  EngineTranscriber *self = run->transcriber;
  EngineWhisperInfo info = engine_whisper_info (self->model);
  size_t most = 2 * (size_t) info.n_audio, n_frames = ENGINE_MIN (run->n_frames - seek, most);
  EngineSpeechAnswer answer = { 0 };
  double began = now_ms (), temperature;
  bool ok;

  *done = n_frames;
  if (is_still (run, seek, n_frames))
    return !atomic_load (&self->cancel) || engine_fail (error, ENGINE_CANCELLED, "Writing down the speech was cancelled.");
  if (!engine_speech_encode (&self->decoder, run->frames + seek * (size_t) info.n_mel, NULL, error))
    return false;
  run->result.encode_ms += now_ms () - began;
  began = now_ms ();
  if (!run->language) {
    if (!engine_speech_language (&self->decoder, &run->language, &run->result.language_probability, error))
      return false;
  }
  ok = decode (run, &answer, &temperature, error);
  run->result.decode_ms += now_ms () - began;
  if (!ok)
    return false;
  if (!is_silent (&answer)) {
    ok = split (run, &answer, temperature, seek, n_frames, done, error);
    /* What was hard to hear misleads more than it helps. */
    if (run->params.apart || temperature > 0.5)
      run->n_told = 0;
    else
      ok = ok && remember (run, answer.tokens, answer.n, error);
  }
  free (answer.tokens);
  return ok;
}

/* ---- all of it ------------------------------------------------------------------- */

static bool
make_frames (Run *run, const float *samples, size_t n, EngineError *error)
{
  EngineWhisperInfo info = engine_whisper_info (run->transcriber->model);
  size_t n_mel = (size_t) info.n_mel, padded, bytes, n_heard;
  float most = -INFINITY;
  double began = now_ms ();

  run->n_frames = n / ENGINE_MEL_HOP;
  if (!engine_sum (run->n_frames, 2 * (size_t) info.n_audio, &padded) || !engine_mul (padded, n_mel, &bytes))
    return engine_fail (error, ENGINE_BAD_INPUT, "The sound is too long to be written down; cut it into parts.");
  run->frames = engine_calloc (bytes, sizeof *run->frames, error);
  if (!run->frames)
    return false;
  /* Frames that no sample reaches are silence. */
  n_heard = ENGINE_MIN (padded, (n + ENGINE_MEL_REACH - 1) / ENGINE_MEL_HOP + 1);
  engine_mel_frames (run->transcriber->mel, samples, n, 0, n_heard, run->frames);
  for (size_t i = n_heard * n_mel; i < bytes; i++)
    run->frames[i] = ENGINE_MEL_SILENCE;
  for (size_t i = 0; i < bytes; i++)
    most = fmaxf (most, run->frames[i]);
  engine_mel_scale (run->frames, bytes, most);
  run->result.spectrum_ms = now_ms () - began;
  return true;
}

static bool
find_language (Run *run, EngineError *error)
{
  const EngineSpeechTokens *t = &run->transcriber->decoder.tokens;
  char name[16];
  int32_t id;

  if (!run->params.language || !run->params.language[0])
    return true;
  snprintf (name, sizeof name, "<|%.8s|>", run->params.language);
  id = engine_vocab_find (run->transcriber->model->vocab, name, strlen (name));
  for (size_t i = 0; i < t->n_languages; i++)
    if (t->languages[i] == id)
      run->language = id;
  run->result.language_probability = 1;
  return run->language || engine_fail (error, ENGINE_BAD_INPUT, "The model for speech does not know the language \"%.8s\"; leave it out, and it listens which one it is.", run->params.language);
}

static void
name_language (Run *run)
{
  size_t n = 0;
  const char *text = run->language ? engine_vocab_text (run->transcriber->model->vocab, run->language, &n) : NULL;

  if (text && n > 4 && n - 4 < sizeof run->result.language)
    memcpy (run->result.language, text + 2, n - 4);
}

bool
engine_transcriber_run (EngineTranscriber *self, const float *samples, size_t n, const EngineSpeechParams *params, EngineSpeechFunc func, void *user, EngineSpeechResult *result, EngineError *error)
{
  static const EngineSpeechParams defaults;
  Run run = { .transcriber = self, .params = params ? *params : defaults, .func = func, .user = user, .samples = samples, .n_samples = n };
  bool ok;

  if (!self->decoder.model)
    return engine_fail (error, ENGINE_BAD_INPUT, "The model for speech was opened without its weights; load it whole to write something down.");
  if (n < ENGINE_MEL_HOP)
    return engine_fail (error, ENGINE_BAD_INPUT, "The sound is empty; there is nothing to write down.");
  run.n_beams = run.params.n_beams ? run.params.n_beams : 5;
  if (run.n_beams < 1 || run.n_beams > ENGINE_SPEECH_MOST_BEAMS)
    return engine_fail (error, ENGINE_BAD_INPUT, "%d beams are asked for; at most %d are kept.", run.n_beams, ENGINE_SPEECH_MOST_BEAMS);
  if (atomic_exchange (&self->running, true))
    return engine_fail (error, ENGINE_BAD_INPUT, "The model for speech is at work on another sound; ask it again when that is done.");
  self->decoder.random = 1; /* the same sound, the same words */
  ok = find_language (&run, error) && make_frames (&run, samples, n, error);
  for (size_t seek = 0, done; ok && seek < run.n_frames; seek += done)
    ok = hear_window (&run, seek, &done, error);
  if (!ok && error && error->code == ENGINE_CANCELLED)
    atomic_store (&self->cancel, false);
  name_language (&run);
  if (result)
    *result = run.result;
  free (run.frames);
  free (run.told);
  atomic_store (&self->running, false);
  return ok;
}
