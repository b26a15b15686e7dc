/* SPDX-License-Identifier: MIT */
#include "energy.h"
#include "gl/counts.h"
#include "memory.h"
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int64_t n_prompt = 512, n_decode = 64, n_batch = 0, n_submit = 512, n_repeat = 1, n_cancel = 0, n_restore = 0;
static const char *edit, *draft_path;
static bool behind;

static const ToolOption options[] = {
  { "-p", TOOL_INT, &n_prompt, 0, 1 << 20, "N", "tokens of the prompt (512); 0: none" },
  { "-n", TOOL_INT, &n_decode, 0, 1 << 20, "N", "tokens decoded one by one after an empty context (64); 0: none" },
  { "--behind", TOOL_FLAG, &behind, .help = "decode behind the prompt instead" },
  { "-b", TOOL_INT, &n_batch, 0, 256, "B", "sequences decoded at once (0: none)" },
  { "--submit", TOOL_INT, &n_submit, 1, 4096, "N", "prompt tokens that are submitted at once (512)" },
  { "--cancel", TOOL_INT, &n_cancel, 0, 1000, "N", "start the prompt N times more and cancel it under way (0)" },
  { "--restore", TOOL_INT, &n_restore, 0, 100, "N", "ask N times for what follows the prompt, which is in the cache (0)" },
  { "--edit", TOOL_STRING, &edit, .argument = "FILE", .help = "only this: answer the prompts in FILE, with form feeds between them, with --speculate lookup and off; -n: at most so many tokens each" },
  { "--draft", TOOL_STRING, &draft_path, .argument = "FILE", .help = "with --edit: a smaller model of the same family guesses too" },
  { "--repeat", TOOL_INT, &n_repeat, 1, 100, "N", "measure N times and take the median (1)" },
};

typedef struct {
  ToolSession session;
  int32_t    *tokens; /* [n] arbitrary, others in every run: what an evaluation of experts costs depends on those that were chosen before */
  size_t      n_tokens;
  float      *logits;
} Bench;

/* All 0 when not measured. */
typedef struct {
  double         tps;          /* tokens per second, the median */
  double         processor_ms; /* of all threads, for each token: on a machine with other work steadier than time */
  double         joules;       /* of the machine, for each token; below 0: it does not tell */
  EngineGlCounts counts;       /* of one run: for all its tokens */
  EngineExpertStats experts;   /* of all runs but the first */
} Speed;

typedef struct {
  double  load_ms;
  Speed   prompt, decode, batch;
  double  cancel_ms, cancel_ms_max; /* from the call to the request's last event */
  double  restore_ms;               /* from a request to its token, when its prompt is in the cache */
  int32_t restored_tokens;          /* of the prompt, found there */
} Results;

/* Tokens per second of a run; negative after filling `error`. */
typedef double (*Measure) (Bench *bench, EngineError *error);

static double
rate (int64_t n_tokens, double begin_ms)
{
  return (double) n_tokens / (tool_now_ms () - begin_ms) * 1e3;
}

static double
run_prompt (Bench *bench, int64_t n_tokens, EngineError *error)
{
  double begin = tool_now_ms ();

  for (int64_t done = 0; done < n_tokens; done += n_submit) {
    int32_t n = (int32_t) ENGINE_MIN (n_submit, n_tokens - done);
    ToolSlice slice = { .position = (int32_t) done, .n_tokens = n, .tokens = bench->tokens + done, .first_output = n - 1 };

    if (!tool_session_run (&bench->session, &slice, 1, bench->logits, NULL, NULL, error))
      return -1;
  }
  return rate (n_tokens, begin);
}

/* A long prompt is warm after its first submission. */
static double
warm_prompt (Bench *bench, EngineError *error)
{
  return run_prompt (bench, ENGINE_MIN (n_prompt, n_submit), error);
}

static double
measure_prompt (Bench *bench, EngineError *error)
{
  return run_prompt (bench, n_prompt, error);
}

static double
measure_decode (Bench *bench, EngineError *error)
{
  double begin = tool_now_ms ();

  for (int64_t i = 0; i < n_decode; i++) {
    ToolSlice slice = { .position = (int32_t) (behind ? n_prompt + i : i), .n_tokens = 1, .tokens = bench->tokens + i };

    if (!tool_session_run (&bench->session, &slice, 1, bench->logits, NULL, NULL, error))
      return -1;
  }
  return rate (n_decode, begin);
}

static double
measure_batch (Bench *bench, EngineError *error)
{
  ToolSlice slices[256];
  double begin = tool_now_ms ();

  for (int64_t i = 0; i < n_decode; i++) {
    for (int32_t s = 0; s < n_batch; s++)
      slices[s] = (ToolSlice) { .sequence = s, .position = (int32_t) i, .n_tokens = 1, .tokens = bench->tokens + (i + s) % n_decode };
    if (!tool_session_run (&bench->session, slices, (int32_t) n_batch, bench->logits, NULL, NULL, error))
      return -1;
  }
  return rate (n_decode * n_batch, begin);
}

/* Until the request ends (`*ended` becomes true, and `stats` is filled in), or `until_ms`. */
static bool
wait_for_end (EngineRequest *request, double until_ms, bool *ended, EngineStats *stats, EngineError *error)
{
  EngineEvent event;

  while (!*ended && tool_now_ms () < until_ms) {
    if (!engine_request_next (request, &event)) {
      usleep (50);
      continue;
    }
    if (event.kind == ENGINE_EVENT_ERROR)
      return engine_fail (error, event.error.code, "%s", event.error.message);
    *ended = event.kind == ENGINE_EVENT_DONE;
    *stats = event.stats;
  }
  return true;
}

static double
processor_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static void
fill_tokens (Bench *bench, uint64_t run)
{
  uint64_t n_vocab = (uint64_t) bench->session.model->hparams.n_vocab;

  for (size_t i = 0; i < bench->n_tokens; i++)
    bench->tokens[i] = (int32_t) ((run * 104729 + i * 7919) % n_vocab);
}

/* The first run warms caches and clocks and is not counted. */
static bool
measure_speed (Bench *bench, Measure warm, Measure measure, int64_t n_tokens, Speed *speed, EngineError *error)
{
  const EngineBackend *backend = engine_hybrid_gpu (bench->session.model->backend);
  EngineGlCounts *counts = &speed->counts, before;
  EngineExpertStats experts;
  EngineEnergy *energy;
  double runs[100], begin;
  bool ok = true;

  fill_tokens (bench, 0);
  if (warm (bench, error) < 0)
    return false;
  experts = engine_model_expert_stats (bench->session.model);
  energy = engine_energy_new (NULL);
  if (!energy)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for another measurement.");
  engine_energy_sample (energy, tool_now_ms () / 1e3);
  begin = processor_ms ();
  for (int64_t i = 0; ok && i < n_repeat; i++) {
    engine_gl_counts (backend, &before);
    fill_tokens (bench, (uint64_t) i + 1);
    runs[i] = measure (bench, error);
    engine_energy_sample (energy, tool_now_ms () / 1e3);
    ok = runs[i] >= 0;
  }
  if (engine_energy_joules (energy, &speed->joules))
    speed->joules /= (double) (n_tokens * n_repeat);
  else
    speed->joules = -1;
  engine_energy_free (energy);
  if (!ok)
    return false;
  speed->experts = engine_expert_stats_since (engine_model_expert_stats (bench->session.model), experts);
  speed->processor_ms = (processor_ms () - begin) / (double) (n_tokens * n_repeat);
  engine_gl_counts (backend, counts);
  counts->dispatches -= before.dispatches;
  counts->barriers -= before.barriers;
  counts->weight_bytes -= before.weight_bytes;
  counts->upload_bytes -= before.upload_bytes;
  counts->readback_bytes -= before.readback_bytes;
  speed->tps = tool_median (runs, n_repeat);
  return true;
}

/* What requests of the whole prompt have in common: one more token is asked for. */
static EngineRequestParams
prompt_params (const Bench *bench)
{
  EngineRequestParams params = {
    .tokens = bench->tokens, .n_tokens = (size_t) n_prompt - 1, .max_tokens = 1,
    .adapter = bench->session.adaptation.adapter, .adapter_strength = bench->session.adaptation.strength,
  };

  engine_sampling_init (&params.sampling);
  return params;
}

static EngineRunner *
new_runner (const Bench *bench, EngineError *error)
{
  EngineRunnerOptions runner_options = { .n_context = bench->session.n_context, .cache_type = tool_cache_type (), .max_requests = 1 };

  return engine_runner_new (bench->session.model, &runner_options, error);
}

/* The first request fills the cache and is not counted. */
static bool
measure_restore (Bench *bench, Results *results, EngineError *error)
{
  EngineRunner *runner = new_runner (bench, error);
  EngineRequestParams params = prompt_params (bench);
  double runs[101];
  bool ok = runner != NULL;

  for (int64_t i = 0; ok && i <= n_restore; i++) {
    double begin = tool_now_ms ();
    EngineRequest *request = engine_runner_submit (runner, &params, error);
    EngineStats stats = { 0 };
    bool ended = false;

    ok = request && wait_for_end (request, INFINITY, &ended, &stats, error);
    runs[i] = tool_now_ms () - begin;
    results->restored_tokens = stats.reused_tokens;
    engine_request_unref (request);
  }
  engine_runner_unref (runner);
  if (ok)
    results->restore_ms = tool_median (runs + 1, n_restore);
  return ok;
}

/* Cancels at moments spread evenly over the time that the whole prompt takes. */
static bool
measure_cancel (Bench *bench, Results *results, EngineError *error)
{
  EngineRunner *runner = new_runner (bench, error);
  EngineRequestParams params = prompt_params (bench);
  double runs[1000], prompt_ms = (double) n_prompt / results->prompt.tps * 1e3;
  bool ok = runner != NULL;

  for (int64_t i = 0; ok && i < n_cancel; i++) {
    EngineRequest *request;
    double begin = tool_now_ms ();
    EngineStats stats;
    bool ended = false;

    bench->tokens[0] = (int32_t) (i + 1) % bench->session.model->hparams.n_vocab; /* so that nothing is in the cache */
    request = engine_runner_submit (runner, &params, error);
    ok = request && wait_for_end (request, begin + prompt_ms * ((double) i + 0.5) / (double) n_cancel, &ended, &stats, error);
    if (ok) {
      begin = tool_now_ms ();
      engine_request_cancel (request);
      ok = wait_for_end (request, INFINITY, &ended, &stats, error);
      runs[i] = tool_now_ms () - begin;
    }
    engine_request_unref (request);
  }
  engine_runner_unref (runner);
  if (ok) {
    results->cancel_ms = tool_median (runs, n_cancel);
    results->cancel_ms_max = runs[n_cancel - 1];
  }
  return ok;
}

static bool
begin (Bench *bench, EngineModel *model, EngineError *error)
{
  int64_t longest = behind ? ENGINE_MAX (n_prompt + n_decode, 1) : ENGINE_MAX (ENGINE_MAX (n_prompt, n_decode), 1);
  size_t n_vocab = (size_t) model->hparams.n_vocab, n_logits;

  if (longest > model->hparams.n_context_train)
    return engine_fail (error, ENGINE_BAD_INPUT, "The model's context has %d tokens; -p and -n must not be larger.", model->hparams.n_context_train);
  bench->tokens = engine_calloc ((size_t) longest, sizeof *bench->tokens, error);
  if (!bench->tokens || !engine_mul (n_vocab, (size_t) ENGINE_MAX (n_batch, 1), &n_logits))
    return false;
  bench->n_tokens = (size_t) longest;
  bench->logits = engine_calloc (n_logits, sizeof *bench->logits, error);
  return bench->logits && tool_session_init (&bench->session, model, (int32_t) longest, (int32_t) ENGINE_MAX (n_batch, 1), error);
}

/* For each token. */
static void
report_counts (EngineText *text, const char *name, const EngineGlCounts *counts, int64_t n_tokens)
{
  double n = (double) n_tokens;

  if (counts->dispatches)
    engine_text_printf (text, ", \"%s\": {\"dispatches\": %.3f, \"barriers\": %.3f, \"weight_bytes\": %.0f, \"upload_bytes\": %.1f, \"readback_bytes\": %.1f}",
                        name, (double) counts->dispatches / n, (double) counts->barriers / n, (double) counts->weight_bytes / n, (double) counts->upload_bytes / n,
                        (double) counts->readback_bytes / n);
}

/* For each token; null where the machine does not tell, or nothing was measured. */
static void
report_joules (EngineText *text, const char *name, const Speed *speed)
{
  if (speed->tps > 0 && speed->joules >= 0)
    engine_text_printf (text, ", \"%s\": %.6f", name, speed->joules);
  else
    engine_text_printf (text, ", \"%s\": null", name);
}

static void
report_experts (EngineText *text, const char *name, const EngineExpertStats *experts, int64_t n_tokens)
{
  if (!experts->total_bytes)
    return;
  engine_text_printf (text, "Experts %10s ", name);
  tool_write_experts (text, experts, n_tokens);
  engine_text_printf (text, "\n");
}

static bool
report (const Results *r, EngineError *error)
{
  EngineText text = { 0 };

  if (tool_common.json) {
    engine_text_printf (&text,
                        "{\"prompt_tps\": %.2f, \"decode_tps\": %.2f, \"batch_tps\": %.2f, \"load_ms\": %.1f, \"peak_rss_bytes\": %zu, "
                        "\"prompt_processor_ms\": %.3f, \"decode_processor_ms\": %.3f, \"batch_processor_ms\": %.3f, "
                        "\"cancel_ms\": %.2f, \"cancel_ms_max\": %.2f, \"restore_ms\": %.2f, \"restored_tokens\": %d, "
                        "\"n_prompt\": %lld, \"n_decode\": %lld, \"batch\": %lld, \"repeat\": %lld",
                        r->prompt.tps, r->decode.tps, r->batch.tps, r->load_ms, engine_memory_peak (),
                        r->prompt.processor_ms, r->decode.processor_ms, r->batch.processor_ms, r->cancel_ms, r->cancel_ms_max, r->restore_ms, r->restored_tokens,
                        (long long) n_prompt, (long long) n_decode, (long long) n_batch, (long long) n_repeat);
    report_joules (&text, "prompt_joules_per_token", &r->prompt);
    report_joules (&text, "decode_joules_per_token", &r->decode);
    report_joules (&text, "batch_joules_per_token", &r->batch);
    report_counts (&text, "prompt_counts", &r->prompt.counts, n_prompt);
    report_counts (&text, "decode_counts", &r->decode.counts, n_decode);
    report_counts (&text, "batch_counts", &r->batch.counts, n_decode * n_batch);
    tool_write_experts_json (&text, "prompt_experts", &r->prompt.experts);
    tool_write_experts_json (&text, "decode_experts", &r->decode.experts);
    tool_write_experts_json (&text, "batch_experts", &r->batch.experts);
    engine_text_printf (&text, "}");
  } else {
    engine_text_printf (&text, "Load    %10.0f ms\n", r->load_ms);
    if (n_prompt)
      engine_text_printf (&text, "Prompt  %10.1f tokens/s (%lld tokens)\n", r->prompt.tps, (long long) n_prompt);
    if (n_decode)
      engine_text_printf (&text, "Decode  %10.1f tokens/s (%lld tokens)\n", r->decode.tps, (long long) n_decode);
    if (n_decode && r->decode.joules >= 0)
      engine_text_printf (&text, "Energy  %10.3f J for each decoded token\n", r->decode.joules);
    if (n_decode && n_batch)
      engine_text_printf (&text, "Batch   %10.1f tokens/s (%lld sequences)\n", r->batch.tps, (long long) n_batch);
    if (n_prompt && n_cancel)
      engine_text_printf (&text, "Cancel  %10.1f ms, at most %.1f ms (%lld times)\n", r->cancel_ms, r->cancel_ms_max, (long long) n_cancel);
    if (n_prompt && n_restore)
      engine_text_printf (&text, "Restore %10.1f ms (%d tokens of the prompt)\n", r->restore_ms, r->restored_tokens);
    report_experts (&text, "Prompt", &r->prompt.experts, n_prompt * n_repeat);
    report_experts (&text, "Decode", &r->decode.experts, n_decode * n_repeat);
    report_experts (&text, "Batch", &r->batch.experts, n_decode * n_batch * n_repeat);
    engine_text_printf (&text, "Memory  %10s at most", engine_size_text (engine_memory_peak ()).text);
  }
  return tool_print (&text, error);
}

static bool
run_bench (char **arguments, int n_arguments, EngineError *error)
{
  double started = tool_now_ms ();
  EngineModel *model = tool_load (arguments[0], false, error);
  Results results = { .load_ms = tool_now_ms () - started };
  Bench bench = { 0 };
  bool ok = model != NULL;

  if (ok && edit) {
    EngineModel *draft = draft_path ? tool_load (draft_path, false, error) : NULL;

    ok = (draft || !draft_path) && tool_bench_edit (model, draft, edit, (int32_t)n_decode, error);
    engine_model_unref (draft);
    engine_model_unref (model);
    return ok;
  }
  ok = ok && begin (&bench, model, error) &&
       (!n_prompt || measure_speed (&bench, warm_prompt, measure_prompt, n_prompt, &results.prompt, error)) &&
       (!n_decode || measure_speed (&bench, measure_decode, measure_decode, n_decode, &results.decode, error)) &&
       (!n_decode || !n_batch || measure_speed (&bench, measure_batch, measure_batch, n_decode * n_batch, &results.batch, error)) &&
       (n_prompt < 2 || !n_restore || measure_restore (&bench, &results, error)) &&
       (n_prompt < 2 || !n_cancel || measure_cancel (&bench, &results, error)) &&
       report (&results, error);
  if (bench.session.model)
    tool_session_clear (&bench.session);
  free (bench.logits);
  free (bench.tokens);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_bench = {
  .name = "bench", .arguments = "MODEL", .summary = "Measures speed and memory",
  .n_arguments_min = 1, .n_arguments_max = 1, .adapts = true, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_bench,
};
