/* SPDX-License-Identifier: MIT */
#include "drafter.h"

#include "memory.h"
#include "tokenizer/tokenizer.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define SLICE 64        /* tokens that are read at once */
#define KEPT_GRAPHS 3   /* of one, two, three columns: what is asked for with each guess */
#define DECAY 0.95      /* of the averages: they are of about the last twenty */
#define PRIOR_WEIGHT 4
#define USUAL 0.75      /* before anything is known */
#define WORTH 1.05      /* times as many tokens in the time, at least */
#define PAUSE_FIRST 32  /* tokens, where it does not pay; then twice as many, … */
#define PAUSE_MOST 512
#define SPARE_PAGES 4   /* of what was read for others, beyond one context */

/* Classes of how likely the small model finds a token. */
static const struct {
  double least, prior;
} classes[] = { { 0, 0.2 }, { 0.3, 0.35 }, { 0.5, 0.55 }, { 0.7, 0.7 }, { 0.85, 0.8 }, { 0.95, 0.9 }, { 0.99, 0.95 } };

#define N_CLASSES (int32_t) ENGINE_LENGTH (classes)

struct EngineDrafter {
  EngineModel      *model;
  EngineCacheStore *store;
  EngineKv         *kv;
  size_t            cache_bytes;
  int32_t           n_context;
  int32_t           n_vocab;       /* of the model that is guessed for */
  EngineGraph       graphs[KEPT_GRAPHS];
  bool              built[KEPT_GRAPHS];
  float            *logits;        /* [the larger vocabulary]; what the small model does not know is -INFINITY */
  bool              failed;
  double            token_ms;      /* of a guessed token, measured; 0: not yet */
  double            read_ms;       /* of a token of a slice; 0: not yet */
  double            all_right, all_tried; /* whatever the class */
  double            right[sizeof classes / sizeof classes[0]], tried[sizeof classes / sizeof classes[0]];
};

struct EngineReader {
  EngineKvSequence *sequence;
  int32_t           tail[ENGINE_DRAFT_MOST];   /* guessed, the first n_tail - 1 of them evaluated, behind what is committed */
  int32_t           classes[ENGINE_DRAFT_MOST];
  int32_t           n_tail, tail_at;           /* tail_at: the position of the first */
  int32_t           n_taken;
  int32_t           pause, resume_at;          /* tokens: nothing is guessed before there are so many */
  int32_t           n_drafted, n_accepted;
  double            ms;
};

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

/* ---- making --------------------------------------------------------------------------- */

bool
engine_drafter_suits (const EngineModel *model, const EngineModel *draft, EngineError *error)
{
  int32_t n = model->vocab && draft->vocab ? ENGINE_MIN (engine_vocab_size (model->vocab), engine_vocab_size (draft->vocab)) : 0;

  if (!draft->backend || draft->info.embeds || n == 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "The draft model cannot answer, so it cannot guess; choose a smaller model of the same family.");
  if (draft == model)
    return engine_fail (error, ENGINE_BAD_INPUT, "The draft model is the model itself; choose a smaller one of the same family.");
  if (draft->info.cache_bytes_fixed)
    return engine_fail (error, ENGINE_BAD_INPUT, "Draft models of the architecture \"%.40s\" keep a state that cannot go back; choose one that only attends.", draft->info.architecture);
  /* A family's vocabularies may differ in their last places, which no text uses. */
  for (int32_t i = 0; i < n; i++) {
    size_t n_a, n_b;
    const char *a = engine_vocab_text (model->vocab, i, &n_a), *b = engine_vocab_text (draft->vocab, i, &n_b);

    if (n_a != n_b || memcmp (a, b, n_a) != 0)
      return engine_fail (error, ENGINE_BAD_INPUT, "The draft model has another vocabulary: token %d is \"%.*s\" for it and \"%.*s\" for the model; choose a smaller model of the same family.", i,
                          (int) ENGINE_MIN (n_b, 40), b, (int) ENGINE_MIN (n_a, 40), a);
  }
  return true;
}

static bool
start (EngineDrafter *drafter, EngineCacheType type, EngineError *error)
{
  EngineModel *model = drafter->model;
  EngineBackend *backend = model->backend;
  EngineCacheShape shape = { .type = type, .n_layers = model->n_cache_layers, .layers = model->cache_layers };
  EngineKvOptions kv = { .backend = backend, .window = model->hparams.window };
  uint32_t n_pages = (uint32_t) (drafter->n_context + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS + SPARE_PAGES;
  size_t available = engine_memory_available (), n_logits = (size_t) ENGINE_MAX (drafter->n_vocab, engine_vocab_size (model->vocab));

  for (int kind = 0; kind < ENGINE_N_CACHE_KINDS; kind++) {
    size_t bytes = backend->klass->cache_page_bytes (backend, &shape, (EngineCacheKind) kind), all;

    shape.n_pages[kind] = kv.n_pages[kind] = bytes ? n_pages : 0;
    if (!engine_mul (bytes, shape.n_pages[kind], &all) || !engine_sum (drafter->cache_bytes, all, &drafter->cache_bytes))
      drafter->cache_bytes = SIZE_MAX;
  }
  if (drafter->cache_bytes > available)
    return engine_fail (error, ENGINE_NO_MEMORY, "A context of %d tokens needs %s of cache for the draft model, but only %s of memory are available; choose a smaller context, or no draft model.",
                        drafter->n_context, engine_size_text (drafter->cache_bytes).text, engine_size_text (available).text);
  drafter->logits = engine_calloc (n_logits, sizeof *drafter->logits, error);
  drafter->store = drafter->logits ? backend->klass->cache_new (backend, &shape, error) : NULL;
  kv.store = drafter->store;
  drafter->kv = drafter->store ? engine_kv_new (&kv, error) : NULL;
  for (size_t i = 0; drafter->logits && i < n_logits; i++)
    drafter->logits[i] = -INFINITY;
  return drafter->kv != NULL;
}

EngineDrafter *
engine_drafter_new (const EngineModel *model, EngineModel *draft, int32_t n_context, EngineCacheType type, EngineError *error)
{
  EngineDrafter *drafter;

  if (!engine_drafter_suits (model, draft, error))
    return NULL;
  if (__atomic_exchange_n (&draft->running, true, __ATOMIC_ACQUIRE)) {
    engine_fail (error, ENGINE_BAD_INPUT, "The draft model has a runner already, or drafts for another model; load it once more.");
    return NULL;
  }
  drafter = engine_calloc (1, sizeof *drafter, error);
  if (!drafter) {
    __atomic_store_n (&draft->running, false, __ATOMIC_RELEASE);
    return NULL;
  }
  drafter->model = engine_model_ref (draft);
  drafter->n_vocab = engine_vocab_size (model->vocab);
  drafter->n_context = draft->hparams.n_context_train > 0 ? ENGINE_MIN (n_context, draft->hparams.n_context_train) : n_context;
  draft->n_context = drafter->n_context;
  for (int32_t i = 0; i < N_CLASSES; i++) {
    drafter->tried[i] = PRIOR_WEIGHT;
    drafter->right[i] = PRIOR_WEIGHT * classes[i].prior;
  }
  drafter->all_tried = PRIOR_WEIGHT;
  drafter->all_right = PRIOR_WEIGHT * USUAL;
  if (start (drafter, type, error))
    return drafter;
  engine_drafter_free (drafter);
  return NULL;
}

void
engine_drafter_free (EngineDrafter *drafter)
{
  EngineBackend *backend;

  if (!drafter)
    return;
  backend = drafter->model->backend;
  engine_kv_free (drafter->kv);
  if (drafter->store)
    backend->klass->cache_free (backend, drafter->store);
  for (int i = 0; i < KEPT_GRAPHS; i++)
    if (drafter->built[i])
      engine_graph_clear (&drafter->graphs[i]);
  __atomic_store_n (&drafter->model->running, false, __ATOMIC_RELEASE);
  engine_model_unref (drafter->model);
  free (drafter->logits);
  free (drafter);
}

size_t
engine_drafter_cache_bytes (const EngineDrafter *drafter)
{
  return drafter->cache_bytes;
}

/* ---- evaluating ------------------------------------------------------------------------ */

/* Runs `n` tokens from `position` on, whose pages are reserved; the logits after the last come to drafter->logits. */
static bool
run (EngineDrafter *drafter, const EngineReader *reader, const int32_t *tokens, int32_t position, int32_t n, const atomic_bool *cancel, EngineError *error)
{
  EngineBackend *backend = drafter->model->backend;
  EngineBatchSequence pages = engine_kv_pages (reader->sequence);
  int32_t positions[SLICE], sequence[SLICE] = { 0 }, last = n - 1;
  EngineBatch batch = { .n_tokens = n, .tokens = tokens, .positions = positions, .sequence = sequence, .n_sequences = 1, .sequences = &pages, .n_outputs = 1, .outputs = &last, .cancel = cancel };
  EngineGraph single, *graph = n <= KEPT_GRAPHS ? &drafter->graphs[n - 1] : &single;
  bool kept = n <= KEPT_GRAPHS && drafter->built[n - 1], ok;

  for (int32_t i = 0; i < n; i++)
    positions[i] = position + i;
  if (!kept && !engine_model_build (drafter->model, NULL, false, n, 1, graph, error))
    return false;
  if (n <= KEPT_GRAPHS)
    drafter->built[n - 1] = true;
  ok = backend->klass->run (backend, graph, &batch, drafter->store, drafter->logits, NULL, NULL, error);
  if (n > KEPT_GRAPHS)
    engine_graph_clear (graph);
  return ok;
}

static bool
append (EngineReader *reader, const int32_t *tokens, int32_t n, EngineError *error)
{
  uint64_t cells[256];

  for (int32_t from = 0, count; from < n; from += count) {
    count = ENGINE_MIN (n - from, (int32_t) ENGINE_LENGTH (cells));
    for (int32_t i = 0; i < count; i++)
      cells[i] = engine_kv_token (tokens[from + i]);
    if (!engine_kv_append (reader->sequence, cells, (size_t) count, error))
      return false;
  }
  return true;
}

static void
learn_ms (double *mean, double ms)
{
  /* Other work on the machine only ever makes it slower, and so does a graph that is built first. */
  *mean = *mean == 0 || ms < *mean ? ms : *mean + (ENGINE_MIN (ms, 3 * *mean) - *mean) / 16;
}

/* ---- what is right, and what it is worth ------------------------------------------------- */

/* How the last guess turned out, of which the first n_taken tokens were evaluated by the model. */
static void
learn (EngineDrafter *drafter, EngineReader *reader, const int32_t *tokens, int32_t n_tokens)
{
  int32_t n = ENGINE_MIN (reader->n_taken, n_tokens - reader->tail_at);

  reader->n_drafted += reader->n_taken;
  for (int32_t i = 0; i < n; i++) {
    bool right = reader->tail[i] == tokens[reader->tail_at + i];
    int32_t c = reader->classes[i];

    drafter->tried[c] = drafter->tried[c] * DECAY + 1;
    drafter->right[c] = drafter->right[c] * DECAY + right;
    drafter->all_tried = drafter->all_tried * DECAY + 1;
    drafter->all_right = drafter->all_right * DECAY + right;
    if (!right)
      break;
    reader->n_accepted++;
  }
  reader->n_taken = 0;
}

/* Of a token that is not known yet. */
static double
usual_chance (const EngineDrafter *drafter)
{
  return drafter->all_right / drafter->all_tried;
}

/* Whether the best number of guessed tokens brings more than none does, if the reader evaluates n_missing tokens first. */
static bool
pays (const EngineDrafter *drafter, const EngineCosts *costs, int32_t n_missing, int32_t most)
{
  double plain = engine_costs_of (costs, 1), token_ms = costs->fixed ? 0.1 : drafter->token_ms, chance = usual_chance (drafter), brings = 1, power = 1;

  if (plain == 0)
    return false;
  if (token_ms == 0)
    return true; /* it has to be measured */
  for (int32_t n = 1; n <= most; n++) {
    power *= chance;
    brings += power;
    if (brings / (engine_costs_of (costs, 1 + n) + token_ms * n + token_ms * 0.1 * (n_missing - 1)) > WORTH / plain)
      return true;
  }
  return false;
}

/* ---- guessing ---------------------------------------------------------------------------- */

/* Commits what the reader has evaluated already of the request's tokens, and makes the others known to its sequence. */
static bool
keep_up (EngineReader *reader, const int32_t *tokens, int32_t n_tokens, EngineError *error)
{
  int32_t done = engine_kv_evaluated (reader->sequence), n = 0;

  engine_kv_forget (reader->sequence, done);
  if (!append (reader, tokens + done, n_tokens - done, error))
    return false;
  if (reader->n_tail > 0 && reader->tail_at == done)
    while (n < reader->n_tail - 1 && done + n < n_tokens - 1 && reader->tail[n] == tokens[done + n])
      n++;
  if (n > 0)
    engine_kv_commit (reader->sequence, n);
  reader->n_tail = 0;
  return true;
}

/* Reads up to a slice of what is missing; false: there is still something left, or an error. */
static bool
read_on (EngineDrafter *drafter, EngineReader *reader, const int32_t *tokens, int32_t n_tokens, const atomic_bool *cancel, EngineError *error)
{
  int32_t done, n;
  double began = now_ms ();

  engine_kv_resume (reader->sequence, n_tokens - 1);
  done = engine_kv_evaluated (reader->sequence);
  n = n_tokens - done;
  if (n > KEPT_GRAPHS)
    n = ENGINE_MIN (n, SLICE - done % SLICE);
  if (!engine_kv_reserve (reader->sequence, n))
    return engine_fail (error, ENGINE_NO_MEMORY, "The draft model's cache is full.");
  if (!run (drafter, reader, tokens + done, done, n, cancel, error))
    return false;
  engine_kv_commit (reader->sequence, n);
  if (n == SLICE)
    learn_ms (&drafter->read_ms, (now_ms () - began) / n);
  else if (n <= 2)
    learn_ms (&drafter->token_ms, now_ms () - began);
  return done + n == n_tokens;
}

/* The sampler's choice, and how likely the small model finds it. */
static int32_t
choose (EngineDrafter *drafter, EngineSampler *sampler, double *probability)
{
  int32_t id = engine_sampler_choose (sampler, drafter->logits), n = engine_vocab_size (drafter->model->vocab);
  float largest = -INFINITY;
  double sum = 0;

  if (id < 0 || id >= n)
    return -1;
  for (int32_t i = 0; i < n; i++)
    largest = ENGINE_MAX (largest, drafter->logits[i]);
  for (int32_t i = 0; i < n; i++)
    sum += expf (drafter->logits[i] - largest);
  *probability = expf (drafter->logits[id] - largest) / sum;
  return id;
}

static int32_t
guess (EngineDrafter *drafter, EngineReader *reader, EngineSampler *sampler, const EngineCosts *costs, int32_t n_tokens, int32_t most, int32_t *draft, double *chances, EngineError *error)
{
  double chance = 1, token_ms = costs->fixed ? 0.1 : drafter->token_ms, plain = engine_costs_of (costs, 1);
  int32_t n = 0;

  reader->tail_at = n_tokens;
  for (;;) {
    double probability, began = now_ms ();
    int32_t id = choose (drafter, sampler, &probability), c = N_CLASSES - 1;

    if (id < 0)
      return n;
    while (c > 0 && classes[c].least > probability)
      c--;
    draft[n] = reader->tail[n] = id;
    reader->classes[n] = c;
    chances[n] = drafter->right[c] / drafter->tried[c];
    chance *= chances[n++];
    reader->n_tail = n;
    if (n == most || engine_vocab_is_end (drafter->model->vocab, id))
      return n;
    /* Another one brings this much, and costs its evaluation here and a column there. */
    if (chance * usual_chance (drafter) * plain < token_ms + engine_costs_of (costs, n + 2) - engine_costs_of (costs, n + 1))
      return n;
    if (!append (reader, &id, 1, error) || !engine_kv_reserve (reader->sequence, n) || !run (drafter, reader, &id, n_tokens + n - 1, 1, NULL, error))
      return n;
    learn_ms (&drafter->token_ms, now_ms () - began);
  }
}

int32_t
engine_drafter_guess (EngineDrafter *drafter, EngineReader **reader_place, EngineSampler *sampler, const EngineCosts *costs, const int32_t *tokens, int32_t n_prompt, int32_t n_tokens,
                      int32_t most, const atomic_bool *cancel, int32_t *draft, double *chances)
{
  EngineReader *reader = *reader_place;
  EngineError error = { 0 };
  EngineSamplerMark mark;
  double began = now_ms ();
  int32_t n = 0, missing;
  bool ok;

  most = ENGINE_MIN (most, drafter->n_context - n_tokens);
  if (drafter->failed || most <= 0)
    return 0;
  if (!reader) {
    reader = engine_calloc (1, sizeof *reader, &error);
    if (!reader)
      return 0;
    reader->sequence = engine_kv_sequence_new (drafter->kv, 0, &error);
    reader->pause = PAUSE_FIRST;
    *reader_place = reader;
    reader->resume_at = reader->sequence ? 0 : INT32_MAX;
  }
  learn (drafter, reader, tokens, n_tokens);
  if (n_tokens < reader->resume_at)
    return 0;
  ok = keep_up (reader, tokens, n_tokens, &error);
  missing = n_tokens - engine_kv_evaluated (reader->sequence);
  /* Short answers to long prompts are over before the prompt is read. */
  if (ok && missing > SLICE && !costs->fixed && (n_tokens - n_prompt) * engine_costs_of (costs, 1) < drafter->read_ms * missing)
    return 0;
  if (ok && missing <= SLICE && !pays (drafter, costs, missing, most)) {
    reader->resume_at = n_tokens + reader->pause;
    reader->pause = ENGINE_MIN (2 * reader->pause, PAUSE_MOST);
    return 0;
  }
  ok = ok && read_on (drafter, reader, tokens, n_tokens, cancel, &error);
  if (ok) {
    engine_sampler_mark (sampler, &mark);
    n = guess (drafter, reader, sampler, costs, n_tokens, most, draft, chances, &error);
    engine_sampler_go_back (sampler, &mark);
  }
  reader->ms += now_ms () - began;
  if (error.code != ENGINE_OK && error.code != ENGINE_CANCELLED) {
    engine_log (ENGINE_LOG_WARNING, "The draft model is of no more use: %s", error.message);
    drafter->failed = error.code != ENGINE_NO_MEMORY;
    engine_kv_sequence_free (reader->sequence);
    reader->sequence = NULL;
    reader->resume_at = INT32_MAX;
    n = 0;
  }
  return n;
}

void
engine_drafter_take (EngineReader *reader, int32_t n)
{
  reader->n_taken = n;
}

void
engine_drafter_leave (EngineDrafter *drafter, EngineReader *reader, const int32_t *tokens, int32_t n_tokens, EngineStats *stats)
{
  if (!reader)
    return;
  learn (drafter, reader, tokens, n_tokens);
  stats->model_drafted_tokens = reader->n_drafted;
  stats->model_accepted_tokens = reader->n_accepted;
  stats->model_draft_ms = reader->ms;
  engine_kv_sequence_free (reader->sequence);
  free (reader);
}
