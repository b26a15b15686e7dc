/* SPDX-License-Identifier: MIT */
/* How long an answer stands still when the graphics card fails in the middle of it, beside what the processor needs for the same tokens. */
#include "gl/gl.h"
#include "tool.h"

#include <math.h>
#include <stdio.h>
#include <sys/mman.h>

static int64_t n_prompt = 1024, n_before = 4;
static bool lent;

static const ToolOption options[] = {
  { "--prompt", TOOL_INT, &n_prompt, 1, 1 << 20, "N", "tokens of the prompt (1024)" },
  { "--lent", TOOL_FLAG, &lent, 0, 0, NULL, "the system may have lent its memory away: do not fetch it back before" },
  { "--before", TOOL_INT, &n_before, 1, 1000, "N", "tokens of the answer before the card fails (4)" },
};

typedef struct {
  double load_ms;  /* of the weights, to where they are first */
  double told_ms;  /* from the failure to the event that tells of it */
  double token_ms; /* from that event, or from the beginning, to the next token */
} Times;

#define FETCHED ((size_t) 1 << 30)

/* A guest of a hypervisor lends what is free and gets it back page by page, when it is first written to again; that takes longer than all else and no machine that owns its
 * memory knows it. */
static void
fetch_memory (void)
{
  uint8_t *memory = mmap (NULL, FETCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    return;
  madvise (memory, FETCHED, MADV_HUGEPAGE);
  for (size_t i = 0; i < FETCHED; i += 4096)
    ((volatile uint8_t *) memory)[i] = 1;
  munmap (memory, FETCHED);
}

/* Until `n` tokens are there; with `told` until the move was told of, when it is the time of that, and a token came that was not there before. `*seen`: tokens so far. */
static bool
wait_for_tokens (EngineRequest *request, size_t n, size_t *seen, double *told, EngineError *error)
{
  EngineEvent event;
  size_t wanted = told ? SIZE_MAX : n;

  while (*seen < wanted) {
    engine_request_wait (request);
    while (engine_request_next (request, &event)) {
      if (event.kind == ENGINE_EVENT_ERROR)
        return engine_fail (error, event.error.code, "%s", event.error.message);
      if (event.kind == ENGINE_EVENT_DONE)
        return engine_fail (error, ENGINE_BAD_INPUT, "The answer ended before the card could fail.");
      if (event.kind == ENGINE_EVENT_MOVED && told) {
        *told = tool_now_ms ();
        wanted = (size_t) event.done + 1;
      }
      if (event.kind == ENGINE_EVENT_TEXT)
        *seen += event.n_ids;
    }
  }
  return true;
}

static EngineRequest *
ask (EngineRunner *runner, const int32_t *tokens, size_t n, EngineError *error)
{
  EngineRequestParams params = { .tokens = tokens, .n_tokens = n, .max_tokens = 4096, .ignore_end = true };

  engine_sampling_init (&params.sampling);
  return engine_runner_submit (runner, &params, error);
}

static bool
measure (const char *path, EngineBackendKind backend, const int32_t *tokens, Times *times, EngineError *error)
{
  EngineLoadOptions load = { .backend = backend, .n_threads = (int) tool_common.threads, .gpu_layers = (int32_t) tool_common.gpu_layers };
  EngineRunnerOptions runner_options = { .n_context = (int32_t) (n_prompt + 256), .max_requests = 1 };
  double begin = tool_now_ms (), told = 0;
  EngineModel *model = engine_model_load (path, &load, error);
  EngineRunner *runner;
  EngineRequest *request;
  size_t seen = 0;
  bool ok;

  if (!model)
    return false;
  times->load_ms = tool_now_ms () - begin;
  runner = engine_runner_new (model, &runner_options, error);
  if (!lent)
    fetch_memory ();
  begin = tool_now_ms ();
  request = runner ? ask (runner, tokens, (size_t) (n_prompt + (backend == ENGINE_BACKEND_CPU ? n_before : 0)), error) : NULL;
  ok = request && wait_for_tokens (request, backend == ENGINE_BACKEND_CPU ? 1 : (size_t) n_before, &seen, NULL, error);
  if (ok && backend != ENGINE_BACKEND_CPU) {
    if (!lent)
      fetch_memory ();
    begin = tool_now_ms ();
    engine_gl_inject (ENGINE_GL_FAULT_RESET, 0);
    ok = wait_for_tokens (request, 0, &seen, &told, error);
    times->told_ms = told - begin;
    begin = told;
  }
  times->token_ms = tool_now_ms () - begin;
  engine_request_unref (request);
  engine_runner_unref (runner);
  engine_model_unref (model);
  return ok;
}

static bool
run_recover (char **arguments, int n_arguments, EngineError *error)
{
  size_t n = (size_t) (n_prompt + n_before);
  int32_t *tokens = engine_calloc (n, sizeof *tokens, error);
  Times gl = { 0 }, cpu = { 0 };
  bool ok;

  if (!tokens)
    return false;
  for (size_t i = 0; i < n; i++)
    tokens[i] = (int32_t) (300 + i * 7 % 1000);
  ok = measure (arguments[0], ENGINE_BACKEND_GL, tokens, &gl, error) && measure (arguments[0], ENGINE_BACKEND_CPU, tokens, &cpu, error);
  free (tokens);
  if (!ok)
    return false;
  if (tool_common.json)
    printf ("{\"tokens\": %lld, \"told_ms\": %.1f, \"recovery_ms\": %.1f, \"cpu_load_ms\": %.1f, \"cpu_prompt_ms\": %.1f}\n", (long long) n, gl.told_ms, gl.token_ms, cpu.load_ms, cpu.token_ms);
  else
    printf ("Told after     %.1f ms\nNext token     %.1f ms later\nThe processor  %.1f ms for the same %lld tokens, after %.1f ms of loading\n",
            gl.told_ms, gl.token_ms, cpu.token_ms, (long long) n, cpu.load_ms);
  return true;
}

const ToolCommand tool_recover = {
  .name = "recover", .arguments = "MODEL", .summary = "Measures how an answer survives a failure of the graphics card",
  .n_arguments_min = 1, .n_arguments_max = 1, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_recover,
};
