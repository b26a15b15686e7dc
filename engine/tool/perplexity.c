/* SPDX-License-Identifier: MIT */
/* perplexity = exp (mean (-log p (token))) over the second half of each chunk of the text, whose
 * first half is only read: so every judged token has at least half a chunk before it. */
#include "base-file.h"
#include "session.h"

#include <math.h>
#include <string.h>

static const char *save_path, *base_path;
static int64_t n_context = 512, max_chunks, batch = 128;

static const ToolOption options[] = {
  { "--context", TOOL_INT, &n_context, 4, 1 << 20, "N", "tokens of a chunk (512)" },
  { "--chunks", TOOL_INT, &max_chunks, 0, 1 << 20, "N", "at most N chunks (0: all of the text)" },
  { "--batch", TOOL_INT, &batch, 1, 4096, "N", "tokens that are submitted at once (128)" },
  { "--save-base", TOOL_STRING, &save_path, .argument = "FILE", .help = "keep the log-probabilities, to compare another run with" },
  { "--kl-base", TOOL_STRING, &base_path, .argument = "FILE", .help = "compare with such a file, on its tokens" },
};

/* What is summed up over the judged positions. */
typedef struct {
  const EngineModel *model;
  const int32_t     *chunk;       /* the tokens of the current chunk */
  BaseFile           save, base;
  float             *base_logs;   /* [n_vocab] */
  double             sum_nll, sum_base_nll;
  double             sum_kl, max_kl, sum_squared_difference;
  int64_t            n, n_same_top;
} Judge;

/* KL (base ‖ this) = Σ p_base · (log p_base - log p), over what the base file tells apart. */
static bool
compare (Judge *judge, const float *logits, double log_sum_exp, int32_t next, EngineError *error)
{
  int32_t n_vocab = judge->model->hparams.n_vocab, top = 0, base_top = 0;
  const float *base = judge->base_logs;
  double kl = 0, difference;

  if (!base_file_read (&judge->base, judge->base_logs, error))
    return false;
  for (int32_t i = 0; i < n_vocab; i++) {
    if (logits[i] > logits[top])
      top = i;
    if (base[i] > base[base_top])
      base_top = i;
    if (base[i] > -16)
      kl += exp (base[i]) * (base[i] - (logits[i] - log_sum_exp));
  }
  difference = exp (logits[next] - log_sum_exp) - exp (base[next]);
  judge->sum_kl += kl;
  judge->max_kl = ENGINE_MAX (judge->max_kl, kl);
  judge->sum_squared_difference += difference * difference;
  judge->sum_base_nll -= base[next];
  judge->n_same_top += top == base_top;
  return true;
}

static bool
judge_position (void *user, int32_t position, const float *logits, EngineError *error)
{
  Judge *judge = user;
  double log_sum_exp = tool_log_sum_exp (logits, judge->model->hparams.n_vocab);
  int32_t next = judge->chunk[position + 1];

  judge->sum_nll += log_sum_exp - logits[next];
  judge->n++;
  return (!judge->save.file || base_file_write (&judge->save, logits, log_sum_exp, error)) &&
         (!judge->base.file || compare (judge, logits, log_sum_exp, next, error));
}

/* A chunk begins as the model expects a text to begin: its first token gives way to bos. The
 * last token is only judged, never run. */
static bool
judge_chunk (Judge *judge, ToolSession *session, const int32_t *tokens, EngineError *error)
{
  const EngineVocab *vocab = judge->model->vocab;
  int32_t n = (int32_t) n_context;
  int32_t *chunk = engine_calloc ((size_t) n, sizeof *chunk, error);
  bool ok;

  if (!chunk)
    return false;
  memcpy (chunk, tokens, (size_t) n * sizeof *chunk);
  if (engine_vocab_adds_bos (vocab) && engine_vocab_bos (vocab) >= 0)
    chunk[0] = engine_vocab_bos (vocab);
  judge->chunk = chunk;
  ok = tool_session_walk (session, chunk, n - 1, n / 2, (int32_t) batch, judge_position, judge, error);
  free (chunk);
  return ok;
}

static bool
report (const Judge *judge, int64_t n_chunks, double elapsed_ms, EngineError *error)
{
  double n = (double) judge->n, perplexity = exp (judge->sum_nll / n), base = exp (judge->sum_base_nll / n);
  EngineText text = { 0 };

  if (!tool_common.json) {
    engine_text_printf (&text, "Perplexity  %.4f over %lld tokens in %lld chunks", perplexity, (long long) judge->n, (long long) n_chunks);
    if (judge->base.file)
      engine_text_printf (&text, "\nBase        %.4f\nMean KL     %.6f, at most %.4f\nSame top    %.2f %%\nΔp          %.3f %% (root of the mean square)",
                          base, judge->sum_kl / n, judge->max_kl, 100.0 * (double) judge->n_same_top / n, 100 * sqrt (judge->sum_squared_difference / n));
    return tool_print (&text, error);
  }
  engine_text_printf (&text, "{\"perplexity\": %.6f, \"n_tokens\": %lld, \"n_chunks\": %lld, \"context\": %lld, \"ms\": %.0f", perplexity,
                      (long long) judge->n, (long long) n_chunks, (long long) n_context, elapsed_ms);
  if (judge->base.file)
    engine_text_printf (&text, ", \"base_perplexity\": %.6f, \"mean_kl\": %.8f, \"max_kl\": %.6f, \"same_top\": %.6f, \"rms_dp\": %.8f",
                        base, judge->sum_kl / n, judge->max_kl, (double) judge->n_same_top / n, sqrt (judge->sum_squared_difference / n));
  engine_text_printf (&text, "}");
  return tool_print (&text, error);
}

/* Opens what is compared with or kept, and finds the tokens: the base's own, or the text's. */
static bool
prepare (Judge *judge, char **arguments, int n_arguments, int32_t **tokens, int64_t *n_chunks, EngineError *error)
{
  const EngineModel *model = judge->model;
  size_t n_tokens;

  if (base_path) {
    if (!base_file_open (&judge->base, base_path, error))
      return false;
    if (judge->base.n_vocab != model->hparams.n_vocab)
      return engine_fail (error, ENGINE_BAD_INPUT, "The base is of a model with %d tokens, this one has %d.", judge->base.n_vocab, model->hparams.n_vocab);
    n_context = judge->base.n_context;
    *n_chunks = judge->base.n_chunks;
    n_tokens = (size_t) (*n_chunks * n_context);
    *tokens = engine_calloc (n_tokens, sizeof **tokens, error);
    judge->base_logs = engine_calloc ((size_t) model->hparams.n_vocab, sizeof *judge->base_logs, error);
    if (!*tokens || !judge->base_logs)
      return false;
    memcpy (*tokens, judge->base.tokens, n_tokens * sizeof **tokens);
  } else if (n_arguments < 2)
    return engine_fail (error, ENGINE_BAD_INPUT, "Say which text to judge: melete-engine perplexity MODEL FILE.");
  else if (!tool_read_chunks (model, arguments[1], n_context, tokens, &n_tokens, error))
    return false;
  else
    *n_chunks = (int64_t) n_tokens / n_context;
  if (max_chunks)
    *n_chunks = ENGINE_MIN (*n_chunks, max_chunks);
  return !save_path || base_file_create (&judge->save, save_path, (int32_t) n_context, model->hparams.n_vocab, (int32_t) *n_chunks, *tokens, error);
}

static bool
run_perplexity (char **arguments, int n_arguments, EngineError *error)
{
  EngineModel *model = tool_load (arguments[0], false, error);
  Judge judge = { .model = model };
  ToolSession session = { 0 };
  int32_t *tokens = NULL;
  int64_t n_chunks = 0;
  double started = tool_now_ms ();
  bool ok = model && prepare (&judge, arguments, n_arguments, &tokens, &n_chunks, error) &&
            tool_session_init (&session, model, (int32_t) n_context, 1, error);

  for (int64_t i = 0; ok && i < n_chunks; i++)
    ok = judge_chunk (&judge, &session, tokens + i * n_context, error);
  ok = ok && report (&judge, n_chunks, tool_now_ms () - started, error);
  ok = base_file_close (&judge.save, error) && ok;
  base_file_close (&judge.base, NULL);
  if (session.model)
    tool_session_clear (&session);
  free (judge.base_logs);
  free (tokens);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_perplexity = {
  .name = "perplexity", .arguments = "MODEL [FILE]", .summary = "Judges how well a model predicts a text, or how far it is from another run",
  .n_arguments_min = 1, .n_arguments_max = 2, .adapts = true, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_perplexity,
};
