/* SPDX-License-Identifier: MIT */
#include "decoding.h"

#include "../tokenizer/tokenizer.h"
#include "rules.h"

#include <math.h>
#include <string.h>

/* ---- tokens ---------------------------------------------------------------------- */

static bool
find (const EngineModel *model, const char *text, const char *other, int32_t *id, EngineError *error)
{
  *id = engine_vocab_find (model->vocab, text, strlen (text));
  if (*id < 0 && other)
    *id = engine_vocab_find (model->vocab, other, strlen (other));
  return *id >= 0 || engine_fail (error, ENGINE_BAD_FILE, "The model for speech has no token \"%s\"; fetch a complete file.", text);
}

static bool
list (const EngineModel *model, const char *key, const int32_t **ids, size_t *n, EngineError *error)
{
  const EngineGgufArray *array = engine_gguf_array (model->gguf, key, ENGINE_GGUF_I32);

  *n = array ? engine_gguf_array_size (array) : 0;
  *ids = array ? engine_gguf_array_ints (array) : NULL;
  for (size_t i = 0; i < *n; i++)
    if ((*ids)[i] < 0 || (*ids)[i] >= model->hparams.n_vocab)
      return engine_fail (error, ENGINE_BAD_FILE, "The model for speech names a token %d and has %d; fetch a complete file.", (*ids)[i], model->hparams.n_vocab);
  return true;
}

bool
engine_speech_tokens_init (EngineSpeechTokens *t, const EngineModel *model, EngineError *error)
{
  if (!find (model, "<|startoftranscript|>", NULL, &t->start, error) || !find (model, "<|endoftext|>", NULL, &t->end, error) || !find (model, "<|startofprev|>", NULL, &t->before, error) ||
      !find (model, "<|nospeech|>", "<|nocaptions|>", &t->silence, error) || !find (model, "<|notimestamps|>", NULL, &t->no_times, error) ||
      !find (model, "<|transcribe|>", NULL, &t->transcribe, error) || !find (model, "<|translate|>", NULL, &t->translate, error) || !find (model, "<|0.00|>", NULL, &t->first_time, error) ||
      !list (model, "whisper.language_tokens", &t->languages, &t->n_languages, error) || !list (model, "whisper.suppressed_tokens", &t->suppressed, &t->n_suppressed, error) ||
      !list (model, "whisper.suppressed_first_tokens", &t->suppressed_first, &t->n_suppressed_first, error))
    return false;
  t->n_times = model->hparams.n_vocab - t->first_time;
  if (t->end >= t->first_time || t->n_times < 2 || t->n_languages == 0)
    return engine_fail (error, ENGINE_BAD_FILE, "The model for speech has its times before its words, or no languages; fetch a complete file.");
  return true;
}

/* ---- memory ---------------------------------------------------------------------- */

bool
engine_speech_decoder_init (EngineSpeechDecoder *d, EngineModel *model, const atomic_bool *cancel, EngineError *error)
{
  int32_t n_audio = engine_whisper_info (model).n_audio, n_words = model->hparams.n_context_train;
  EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers };
  size_t n_pages;

  memset (d, 0, sizeof *d);
  d->model = model;
  d->cancel = cancel;
  d->random = 1;
  d->n_beams = ENGINE_SPEECH_MOST_BEAMS;
  d->n_pages = (n_words + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;
  d->n_sound_pages = (n_audio + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;
  d->capacity = n_words;
  n_pages = (size_t) (d->n_pages + 1) * (size_t) d->n_beams; /* one more each, while a page is copied */
  shape.n_pages[ENGINE_CACHE_FULL] = (uint32_t) n_pages;
  shape.n_pages[ENGINE_CACHE_WINDOW] = (uint32_t) d->n_sound_pages;
  if (!engine_speech_tokens_init (&d->tokens, model, error))
    return false;
  d->sound_pages = engine_calloc ((size_t) d->n_sound_pages, sizeof *d->sound_pages, error);
  d->uses = engine_calloc (n_pages, sizeof *d->uses, error);
  d->logits = engine_calloc ((size_t) model->hparams.n_vocab * (size_t) (d->n_beams + 1), sizeof *d->logits, error);
  d->numbers = engine_calloc (6 * (size_t) ENGINE_MAX (n_words, n_audio), sizeof *d->numbers, error);
  d->store = d->numbers ? model->backend->klass->cache_new (model->backend, &shape, error) : NULL;
  if (!d->sound_pages || !d->uses || !d->logits || !d->store)
    return false;
  for (int32_t i = 0; i < d->n_sound_pages; i++)
    d->sound_pages[i] = (uint32_t) i;
  for (int32_t i = 0; i < 2 * d->n_beams; i++) {
    EngineSpeechBeam *beam = i < d->n_beams ? &d->beams[i] : &d->next[i - d->n_beams];

    beam->tokens = engine_calloc ((size_t) d->capacity, sizeof *beam->tokens, error);
    beam->pages = beam->tokens ? engine_calloc ((size_t) ENGINE_MAX (d->n_pages, d->n_sound_pages), sizeof *beam->pages, error) : NULL;
    if (!beam->pages)
      return false;
  }
  return true;
}

void
engine_speech_decoder_clear (EngineSpeechDecoder *d)
{
  if (d->store)
    d->model->backend->klass->cache_free (d->model->backend, d->store);
  for (int32_t i = 0; i < ENGINE_SPEECH_MOST_BEAMS; i++) {
    free (d->beams[i].tokens);
    free (d->beams[i].pages);
    free (d->next[i].tokens);
    free (d->next[i].pages);
  }
  engine_graph_clear (&d->graph);
  free (d->sound_pages);
  free (d->uses);
  free (d->logits);
  free (d->numbers);
  memset (d, 0, sizeof *d);
}

/* ---- pages ----------------------------------------------------------------------- */

static uint32_t
page_take (EngineSpeechDecoder *d)
{
  uint32_t i = 0;

  while (d->uses[i])
    i++;
  d->uses[i] = 1;
  return i;
}

static void
pages_drop (EngineSpeechDecoder *d, EngineSpeechBeam *beam)
{
  for (int32_t i = 0; i < d->n_pages; i++)
    if (beam->pages[i] != ENGINE_NO_PAGE)
      d->uses[beam->pages[i]]--;
  memset (beam->pages, 0xff, (size_t) ENGINE_MAX (d->n_pages, d->n_sound_pages) * sizeof *beam->pages);
}

/* The child has what its parent has up to `position`, and may write there: full pages are the same, the last one is a copy. */
static void
pages_inherit (EngineSpeechDecoder *d, const EngineSpeechBeam *parent, EngineSpeechBeam *child, int32_t position)
{
  int32_t last = position / ENGINE_PAGE_TOKENS;

  memset (child->pages, 0xff, (size_t) ENGINE_MAX (d->n_pages, d->n_sound_pages) * sizeof *child->pages);
  for (int32_t i = 0; i < last; i++)
    d->uses[child->pages[i] = parent->pages[i]]++;
  if (position % ENGINE_PAGE_TOKENS == 0)
    return;
  child->pages[last] = page_take (d);
  d->model->backend->klass->cache_copy (d->model->backend, d->store, ENGINE_CACHE_FULL, parent->pages[last], child->pages[last], position % ENGINE_PAGE_TOKENS);
}

/* Pages for positions up to `end`. */
static void
pages_reach (EngineSpeechDecoder *d, EngineSpeechBeam *beam, int32_t end)
{
  for (int32_t i = 0; i * ENGINE_PAGE_TOKENS < end; i++)
    if (beam->pages[i] == ENGINE_NO_PAGE)
      beam->pages[i] = page_take (d);
}

/* ---- runs ------------------------------------------------------------------------ */

static bool
run (EngineSpeechDecoder *d, const EngineGraph *graph, EngineBatch *batch, float *out, EngineError *error)
{
  batch->cancel = d->cancel;
  return d->model->backend->klass->run (d->model->backend, graph, batch, d->store, out, NULL, NULL, error);
}

bool
engine_speech_encode (EngineSpeechDecoder *d, const float *frames, float *states, EngineError *error)
{
  const EngineHparams *h = &d->model->hparams;
  int32_t n = engine_whisper_info (d->model).n_audio;
  EngineBatchSequence sequence = { .pages = { [ENGINE_CACHE_WINDOW] = d->sound_pages, [ENGINE_CACHE_FULL] = d->sound_pages }, .n_pages = d->n_sound_pages, .state = ENGINE_NO_PAGE };
  int32_t *zeros = d->numbers, *ascending = d->numbers + n;
  EngineTransfer import;
  EngineGraph graph;
  EngineBatch batch;
  float *own = states ? NULL : engine_calloc ((size_t) n * (size_t) h->n_embd, sizeof *own, error);
  bool ok = false;

  if (!states && !own)
    return false;
  for (int32_t i = 0; i < n; i++) {
    zeros[i] = 0;
    ascending[i] = i;
  }
  batch = (EngineBatch) { .n_tokens = n, .tokens = zeros, .positions = ascending, .sequence = zeros, .n_sequences = 1, .sequences = &sequence, .n_outputs = n, .outputs = ascending };
  engine_graph_init (&graph, n, n);
  if (engine_whisper_encoder_build (d->model, &graph, error)) {
    import = (EngineTransfer) { graph.inputs[0], (float *) frames };
    graph.imports = &import;
    graph.n_imports = 1;
    ok = run (d, &graph, &batch, states ? states : own, error);
  }
  engine_graph_clear (&graph);
  free (own);
  return ok;
}

/* n tokens of each of n_beams beams at `position`; logits of those at outputs[n_outputs], columns of the batch, to d->logits. */
static bool
run_words (EngineSpeechDecoder *d, EngineSpeechBeam *beams, int32_t n_beams, const int32_t *tokens, int32_t n, int32_t position, const int32_t *outputs, int32_t n_outputs, EngineError *error)
{
  EngineBatchSequence sequences[ENGINE_SPEECH_MOST_BEAMS];
  int32_t n_tokens = n * n_beams, *positions = d->numbers, *sequence = positions + n_tokens, *spans = sequence + n_tokens;
  EngineBatch batch = { .n_tokens = n_tokens, .tokens = tokens, .positions = positions, .sequence = sequence, .n_sequences = n_beams, .sequences = sequences, .spans = spans,
                        .n_outputs = n_outputs, .outputs = outputs };

  for (int32_t i = 0; i < n_tokens; i++) {
    positions[i] = position + i % n;
    sequence[i] = i / n;
    spans[2 * i] = 0;
    spans[2 * i + 1] = engine_whisper_info (d->model).n_audio;
  }
  for (int32_t b = 0; b < n_beams; b++) {
    pages_reach (d, &beams[b], position + n);
    sequences[b] = (EngineBatchSequence) { .pages = { [ENGINE_CACHE_FULL] = beams[b].pages, [ENGINE_CACHE_WINDOW] = d->sound_pages },
                                           .n_pages = ENGINE_MAX (d->n_pages, d->n_sound_pages), .state = ENGINE_NO_PAGE };
  }
  if (d->graph.n_tokens != n_tokens || d->graph.n_outputs != n_outputs) {
    engine_graph_clear (&d->graph);
    if (!engine_model_build (d->model, NULL, false, n_tokens, n_outputs, &d->graph, error))
      return false;
  }
  return run (d, &d->graph, &batch, d->logits, error);
}

static void
forget (EngineSpeechDecoder *d)
{
  memset (d->uses, 0, (size_t) (d->n_pages + 1) * (size_t) d->n_beams * sizeof *d->uses);
  for (int32_t b = 0; b < d->n_beams; b++) {
    memset (d->beams[b].pages, 0xff, (size_t) ENGINE_MAX (d->n_pages, d->n_sound_pages) * sizeof *d->beams[b].pages);
    memset (d->next[b].pages, 0xff, (size_t) ENGINE_MAX (d->n_pages, d->n_sound_pages) * sizeof *d->next[b].pages);
    d->beams[b].n = d->next[b].n = 0;
    d->beams[b].logprob = d->next[b].logprob = 0;
  }
}

bool
engine_speech_prompt (EngineSpeechDecoder *d, const int32_t *tokens, int32_t n, const int32_t *outputs, int32_t n_outputs, EngineError *error)
{
  forget (d);
  return run_words (d, d->beams, 1, tokens, n, 0, outputs, n_outputs, error);
}

static double
probability (const float *logits, int32_t n, int32_t id)
{
  float most = -INFINITY;
  double sum = 0;

  for (int32_t i = 0; i < n; i++)
    most = logits[i] > most ? logits[i] : most;
  for (int32_t i = 0; i < n; i++)
    sum += (double) expf (logits[i] - most);
  return (double) expf (logits[id] - most) / sum;
}

bool
engine_speech_language (EngineSpeechDecoder *d, int32_t *token, double *likely, EngineError *error)
{
  const EngineSpeechTokens *t = &d->tokens;
  static const int32_t first = 0;
  double sum = 0;

  if (!engine_speech_prompt (d, &t->start, 1, &first, 1, error))
    return false;
  *token = t->languages[0];
  for (size_t i = 1; i < t->n_languages; i++)
    *token = d->logits[t->languages[i]] > d->logits[*token] ? t->languages[i] : *token;
  for (size_t i = 0; i < t->n_languages; i++)
    sum += (double) expf (d->logits[t->languages[i]] - d->logits[*token]);
  *likely = 1 / sum;
  return true;
}

/* ---- beams ----------------------------------------------------------------------- */

typedef struct {
  int32_t beam, token;
  double  logprob;    /* of the whole */
} Candidate;

/* Into the list, the likeliest first, of at most `most`: the last one makes room. */
static void
insert (Candidate *list, int32_t *n, int32_t most, Candidate c)
{
  int32_t i = *n < most ? (*n)++ : most - 1;

  for (; i > 0 && list[i - 1].logprob < c.logprob; i--)
    list[i] = list[i - 1];
  list[i] = c;
}

/* Twice as many as there are beams: of each beam's tokens only one is the end. */
static int32_t
find_candidates (const EngineSpeechDecoder *d, int32_t n_alive, int32_t most, Candidate *list)
{
  int32_t n_vocab = d->model->hparams.n_vocab, n = 0;

  for (int32_t b = 0; b < n_alive; b++) {
    const float *logits = d->logits + (size_t) b * (size_t) n_vocab;

    for (int32_t i = 0; i < n_vocab; i++) {
      double logprob = d->beams[b].logprob + (double) logits[i];

      if (logits[i] > -INFINITY && (n < most || logprob > list[n - 1].logprob))
        insert (list, &n, most, (Candidate) { b, i, logprob });
    }
  }
  return n;
}

/* One token for each beam, drawn by what the temperature makes of the probabilities. */
static int32_t
draw_candidates (EngineSpeechDecoder *d, int32_t n_alive, double temperature, Candidate *list)
{
  int32_t n_vocab = d->model->hparams.n_vocab;

  for (int32_t b = 0; b < n_alive; b++) {
    const float *logits = d->logits + (size_t) b * (size_t) n_vocab;
    double sum = 0, at;
    int32_t token = d->tokens.end;

    for (int32_t i = 0; i < n_vocab; i++)
      sum += exp ((double) logits[i] / temperature);
    d->random = d->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's generator, MMIX */
    at = (double) (d->random >> 11) * 0x1p-53 * sum;
    for (int32_t i = 0; i < n_vocab; i++)
      if (logits[i] > -INFINITY) {
        token = i;
        at -= exp ((double) logits[i] / temperature);
        if (at <= 0)
          break;
      }
    list[b] = (Candidate) { b, token, d->beams[b].logprob + (double) logits[token] };
  }
  return n_alive;
}

static bool
finish (const EngineSpeechBeam *beam, double logprob, double silence, EngineSpeechAnswer *answer, EngineError *error)
{
  double mean = logprob / (beam->n + 1); /* with its end */

  if (answer->tokens && answer->logprob >= mean)
    return true;
  free (answer->tokens);
  *answer = (EngineSpeechAnswer) { engine_calloc ((size_t) beam->n + 1, sizeof *answer->tokens, error), beam->n, mean, silence };
  if (!answer->tokens)
    return false;
  memcpy (answer->tokens, beam->tokens, (size_t) beam->n * sizeof *answer->tokens);
  return true;
}

/* The candidates become the beams; those that end are done. */
static bool
go_on (EngineSpeechDecoder *d, const Candidate *list, int32_t n, int32_t n_beams, int32_t position, int32_t *n_alive, int32_t *n_done, double silence, EngineSpeechAnswer *answer,
       EngineError *error)
{
  int32_t alive = 0;

  for (int32_t i = 0; i < n && alive < n_beams && *n_done < n_beams; i++) {
    const EngineSpeechBeam *parent = &d->beams[list[i].beam];
    EngineSpeechBeam *child;

    if (list[i].token == d->tokens.end) {
      if (!finish (parent, list[i].logprob, silence, answer, error))
        return false;
      ++*n_done;
      continue;
    }
    child = &d->next[alive++];
    memcpy (child->tokens, parent->tokens, (size_t) parent->n * sizeof *child->tokens);
    child->n = parent->n;
    child->tokens[child->n++] = list[i].token;
    child->logprob = list[i].logprob;
    pages_inherit (d, parent, child, position);
  }
  for (int32_t b = 0; b < d->n_beams; b++) {
    EngineSpeechBeam beam = d->beams[b];

    pages_drop (d, &d->beams[b]);
    d->beams[b] = d->next[b];
    d->next[b] = beam;
  }
  *n_alive = alive;
  return true;
}

bool
engine_speech_decode (EngineSpeechDecoder *d, const int32_t *prompt, int32_t n_prompt, int32_t i_start, int32_t n_beams, double temperature, EngineSpeechAnswer *answer, EngineError *error)
{
  int32_t n_vocab = d->model->hparams.n_vocab, most = ENGINE_MIN (d->capacity / 2, d->capacity - n_prompt), outputs[ENGINE_SPEECH_MOST_BEAMS], tokens[ENGINE_SPEECH_MOST_BEAMS];
  int32_t n_alive = 1, n_done = 0, position = n_prompt;
  Candidate list[2 * ENGINE_SPEECH_MOST_BEAMS];
  bool apart = i_start < n_prompt - 1;
  double silence;

  *answer = (EngineSpeechAnswer) { 0 };
  outputs[0] = i_start;
  outputs[1] = n_prompt - 1;
  if (!engine_speech_prompt (d, prompt, n_prompt, outputs, apart ? 2 : 1, error))
    return false;
  silence = probability (d->logits, n_vocab, d->tokens.silence);
  if (apart)
    memmove (d->logits, d->logits + n_vocab, (size_t) n_vocab * sizeof *d->logits);
  while (n_done < n_beams) {
    int32_t n;

    for (int32_t b = 0; b < n_alive; b++)
      engine_speech_rules_apply (&d->tokens, n_vocab, d->beams[b].tokens, d->beams[b].n, d->logits + (size_t) b * (size_t) n_vocab);
    /* At first all that are drawn go on from one. */
    if (temperature > 0 && d->beams[0].n == 0) {
      for (int32_t b = 1; b < n_beams; b++) {
        pages_inherit (d, &d->beams[0], &d->beams[b], position);
        memcpy (d->logits + (size_t) b * (size_t) n_vocab, d->logits, (size_t) n_vocab * sizeof *d->logits);
      }
      n_alive = n_beams;
    }
    n = temperature > 0 ? draw_candidates (d, n_alive, temperature, list) : find_candidates (d, n_alive, 2 * n_beams, list);
    if (!go_on (d, list, n, n_beams, position, &n_alive, &n_done, silence, answer, error))
      return false;
    if (n_alive == 0 || d->beams[0].n >= most)
      break;
    for (int32_t b = 0; b < n_alive; b++) {
      tokens[b] = d->beams[b].tokens[d->beams[b].n - 1];
      outputs[b] = b;
    }
    if (!run_words (d, d->beams, n_alive, tokens, 1, position++, outputs, n_alive, error))
      return false;
  }
  for (int32_t b = 0; b < n_alive && !answer->tokens; b++)
    if (!finish (&d->beams[b], d->beams[b].logprob, silence, answer, error))
      return false;
  return answer->tokens || engine_fail (error, ENGINE_INTERNAL, "The model for speech found no words that may follow.");
}
