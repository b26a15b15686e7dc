/* SPDX-License-Identifier: MIT */
/* Early exit: is the answer settled, though the thought goes on?
 *
 * A *probe* is a request beside the one that thinks, in the same submissions: a fork of its sequence, behind which the thought is closed and an answer begun. It costs the tokens
 * of that and no copy of the cache but one page. Two things are looked at. The entropy of what comes first after the closing (EAT, arXiv 2509.26522): it falls while
 * the thought brings something, so a decaying average of it and of its variance are kept. And how sure the model is of a few tokens of the answer, as the geometric mean of the
 * likeliest ones' probabilities (DEER, arXiv 2504.15895). Probes are made at the ends of paragraphs and sentences, and only as many as cost a twentieth of the time. */
#include "runner.h"

#include <math.h>
#include <string.h>

#define SHARE 0.05         /* of the time since the first token */
#define LEAST_TOKENS 16    /* of a thought, before the first */
#define SENTENCE_APART 24  /* tokens between probes at the ends of sentences */
#define ANSWER_TOKENS 8
#define ENTROPY_HIGH 1.0   /* nats: far from settled, so no more of the answer is looked at */
#define DECAY 0.2
#define SURE 0.95          /* and the same answer twice */
#define VERY_SURE 0.995
#define STEADY_PROBES 4
#define STEADY_VARIANCE 0.01
#define STEADY_ENTROPY 0.3

struct EngineProbe {
  EngineRequest *request; /* the fork, among the active ones; NULL: none is under way */
  int32_t        n_answer;
  double         entropy, sum_log; /* of this one */
  uint64_t       answer, previous; /* hashes of its tokens, and of the last one's */
  double         mean, variance;   /* of the entropies */
  int32_t        n, at;            /* probes so far; the thought's tokens at the latest */
  double         began_ms, expected_ms; /* of request->now.probe_ms: before the latest; of one */
};

static void
fork_free (EngineRequest *fork)
{
  engine_kv_sequence_discard (fork->sequence);
  free (fork->tokens);
  free (fork);
}

void
engine_probe_drop (EngineRunner *runner, EngineRequest *fork)
{
  EngineSubmission *submission = &runner->submission;

  for (int32_t s = 0; s < submission->n_sequences; s++)
    if (submission->requests[s] == fork)
      submission->requests[s] = NULL;
  fork->probe_of->probe->request = NULL;
  runner->n_probes--;
  engine_active_remove (runner, fork);
  fork_free (fork);
}

void
engine_probe_end (EngineRunner *runner, EngineRequest *request)
{
  if (request->probe && request->probe->request)
    engine_probe_drop (runner, request->probe->request);
}

void
engine_probe_free (EngineProbe *probe)
{
  free (probe);
}

/* ---- beginning one ------------------------------------------------------------------ */

static bool
is_time (const EngineRunner *runner, const EngineRequest *request)
{
  const EngineProbe *probe = request->probe;
  EngineThoughtPlace place = engine_thought_place (request->thought);
  int32_t n = engine_thought_tokens (request->thought), since = n - (probe ? probe->at : 0);
  double expected = probe && probe->n > 0 ? probe->expected_ms : 2 * runner->decode_ms;

  if (place == ENGINE_THOUGHT_INSIDE || (place == ENGINE_THOUGHT_AT_SENTENCE && since < SENTENCE_APART) || n < LEAST_TOKENS)
    return false;
  return runner->decode_ms > 0 && request->now.probe_ms + expected <= SHARE * (engine_now_ms () - request->first_ms);
}

static EngineRequest *
fork_new (EngineRequest *request)
{
  size_t n;
  const int32_t *ids = engine_thought_probe (request->thought, &n);
  size_t n_tokens = (size_t) request->n_tokens + n;
  EngineRequest *fork = calloc (1, sizeof *fork);
  uint64_t cell;

  if (!fork)
    return NULL;
  fork->probe_of = request;
  fork->runner = request->runner;
  fork->state = ENGINE_REQUEST_PREFILL;
  fork->salt = request->salt;
  /* Borrowed: the request outlives its probes. */
  fork->adaptation = request->adaptation;
  fork->media = request->media;
  fork->axes = request->axes;
  fork->answer_position = request->answer_position;
  fork->lasts = request->lasts;
  fork->n_prompt = request->n_prompt;
  fork->now.decode_tokens = 1; /* it is past its prompt */
  fork->n_tokens = (int32_t) n_tokens;
  fork->tokens = calloc (n_tokens + ANSWER_TOKENS + ENGINE_DRAFT_MOST, sizeof *fork->tokens);
  fork->sequence = fork->tokens ? engine_kv_fork (request->sequence) : NULL;
  if (!fork->sequence) {
    free (fork->tokens);
    free (fork);
    return NULL;
  }
  memcpy (fork->tokens, request->tokens, (size_t) request->n_tokens * sizeof *fork->tokens);
  memcpy (fork->tokens + request->n_tokens, ids, n * sizeof *ids);
  for (int32_t i = engine_kv_evaluated (fork->sequence); i < fork->n_tokens; i++) {
    cell = engine_kv_token (fork->tokens[i]);
    if (!engine_kv_append (fork->sequence, &cell, 1, NULL)) {
      fork_free (fork);
      return NULL;
    }
  }
  return fork;
}

void
engine_probe_consider (EngineRunner *runner, EngineRequest *request)
{
  EngineProbe *probe = request->probe;

  if (!engine_thought_params (request->thought)->early_exit || engine_thought_stage (request->thought) != ENGINE_STAGE_THOUGHT || runner->n_probes == ENGINE_PROBES_MOST ||
      (probe && probe->request) || !is_time (runner, request) || request->n_tokens + 64 > runner->n_context)
    return;
  if (!probe)
    probe = request->probe = calloc (1, sizeof *probe);
  if (!probe || !(probe->request = fork_new (request)))
    return;
  probe->at = engine_thought_tokens (request->thought);
  probe->n_answer = 0;
  probe->entropy = probe->sum_log = 0;
  probe->previous = probe->answer;
  probe->answer = 0xcbf29ce484222325u;
  probe->began_ms = request->now.probe_ms;
  runner->active[runner->n_active++] = probe->request;
  runner->n_probes++;
  request->now.probes++;
}

void
engine_probe_cost (EngineRunner *runner, double ms)
{
  const EngineSubmission *submission = &runner->submission;
  int32_t n = 0, columns = 0, prompts = submission->n_prefill;
  double extra;

  for (int32_t s = 0; s < submission->n_sequences; s++)
    if (submission->requests[s]->probe_of) {
      n++;
      columns += submission->counts[s];
      prompts -= submission->requests[s]->state == ENGINE_REQUEST_PREFILL ? submission->counts[s] : 0;
    }
  /* Beside a prompt they take their share of its columns. */
  extra = prompts > 0 ? ms * columns / submission->n_tokens : ENGINE_MAX (ms - runner->decode_ms, 0);
  for (int32_t s = 0; n > 0 && s < submission->n_sequences; s++)
    if (submission->requests[s]->probe_of)
      submission->requests[s]->probe_of->now.probe_ms += extra / n;
}

/* ---- what it finds ------------------------------------------------------------------ */

/* The likeliest token, the logarithm of its probability, and the entropy. */
static int32_t
look (const float *logits, int32_t n_vocab, double *log_p, double *entropy)
{
  int32_t best = 0;
  double sum = 0, weighted = 0;

  for (int32_t i = 1; i < n_vocab; i++)
    if (logits[i] > logits[best])
      best = i;
  for (int32_t i = 0; i < n_vocab; i++) {
    double x = (double) logits[i] - logits[best];

    if (x > -30) {
      double e = exp (x);

      sum += e;
      weighted += e * x;
    }
  }
  *log_p = -log (sum);
  *entropy = log (sum) - weighted / sum;
  return best;
}

/* The answer's first line, or sentence, is at its end. */
static bool
ends_answer (const EngineVocab *vocab, int32_t id)
{
  char text[256];
  size_t n;

  if (engine_vocab_is_end (vocab, id))
    return true;
  if (engine_vocab_longest (vocab) > sizeof text)
    return false;
  n = engine_vocab_bytes (vocab, id, text);
  return memchr (text, '\n', n) || (n == 1 && text[0] == '.');
}

static bool
is_settled (EngineProbe *probe)
{
  double sure = probe->n_answer ? exp (probe->sum_log / probe->n_answer) : 0, off = probe->entropy - probe->mean;
  bool steady, same = probe->n > 0 && probe->answer == probe->previous;

  probe->n++;
  probe->variance = probe->n == 1 ? 0 : (1 - DECAY) * (probe->variance + DECAY * off * off);
  probe->mean = probe->n == 1 ? probe->entropy : probe->mean + DECAY * off;
  steady = probe->n >= STEADY_PROBES && probe->variance < STEADY_VARIANCE && probe->mean < STEADY_ENTROPY;
  return sure >= VERY_SURE || (sure >= SURE && (same || steady));
}

bool
engine_probe_take (EngineRunner *runner, EngineRequest *fork, const float *logits)
{
  EngineRequest *request = fork->probe_of;
  EngineProbe *probe = request->probe;
  const EngineVocab *vocab = runner->model->vocab;
  double log_p, entropy;
  int32_t id = look (logits, engine_vocab_size (vocab), &log_p, &entropy);
  uint64_t cell = engine_kv_token (id);
  bool ends = ends_answer (vocab, id) && probe->n_answer > 0;

  fork->state = ENGINE_REQUEST_DECODE;
  /* The first token may be no more than a space. */
  if (probe->n_answer < 2)
    probe->entropy = ENGINE_MAX (probe->entropy, entropy);
  if (!ends) {
    probe->n_answer++;
    probe->sum_log += log_p;
    probe->answer = (probe->answer ^ (uint32_t) id) * 0x100000001b3u;
    fork->tokens[fork->n_tokens++] = id;
    ends = probe->n_answer == ANSWER_TOKENS || probe->entropy > ENTROPY_HIGH || !engine_kv_append (fork->sequence, &cell, 1, NULL);
  }
  if (!ends)
    return true;
  if (is_settled (probe))
    engine_thought_settle (request->thought);
  probe->expected_ms = probe->n == 1 ? request->now.probe_ms - probe->began_ms : (probe->expected_ms + request->now.probe_ms - probe->began_ms) / 2;
  engine_probe_drop (runner, fork);
  return false;
}
