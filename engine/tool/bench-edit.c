/* SPDX-License-Identifier: MIT */
/* What guessing from the context is worth: prompts that ask for a text with changes, each answered with it and without. */
#include "tool.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MOST_PROMPTS 1000

typedef struct {
  int32_t    *ids;
  size_t      n_ids, capacity;
  EngineStats stats;
  double      processor_ms; /* of all threads: on a machine with other work steadier than time */
} EditAnswer;

static double
processor_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static bool
follow (EngineRequest *request, EditAnswer *answer, EngineError *error)
{
  EngineEvent event;

  for (;;) {
    engine_request_wait (request);
    while (engine_request_next (request, &event)) {
      if (event.kind == ENGINE_EVENT_ERROR)
        return engine_fail (error, event.error.code, "%s", event.error.message);
      if (answer->n_ids + event.n_ids > answer->capacity) {
        size_t capacity = 2 * (answer->n_ids + event.n_ids);
        int32_t *larger = realloc (answer->ids, capacity * sizeof *larger);

        if (!larger)
          return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the answer.");
        answer->ids = larger;
        answer->capacity = capacity;
      }
      if (event.n_ids)
        memcpy (answer->ids + answer->n_ids, event.ids, event.n_ids * sizeof *event.ids);
      answer->n_ids += event.n_ids;
      answer->stats = event.stats;
      if (event.kind == ENGINE_EVENT_DONE)
        return true;
    }
  }
}

static bool
ask (EngineRunner *runner, const char *prompt, int32_t max_tokens, EngineSpeculation how, EditAnswer *answer, EngineError *error)
{
  EngineMessage message = { "user", prompt };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .max_tokens = max_tokens, .speculate = how };
  double began = processor_ms ();
  EngineRequest *request;
  bool ok;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, error);
  ok = request && follow (request, answer, error);
  answer->processor_ms = processor_ms () - began;
  engine_request_unref (request);
  return ok;
}

/* Written at once: the whole set takes minutes. */
static bool
report (int n, const EditAnswer *plain, const EditAnswer *guessed, bool same, EngineError *error)
{
  const EngineStats *p = &plain->stats, *g = &guessed->stats;
  EngineText text = { 0 };

  if (!tool_common.json) {
    engine_text_printf (&text, "%6d tokens  %8.1f and %8.1f tokens/s  %4d drafted, %4d accepted, %4d evaluations saved; by the model %4d, %4d%s", p->decode_tokens, p->decode_tps, g->decode_tps,
                        g->drafted_tokens, g->accepted_tokens, g->saved_evaluations, g->model_drafted_tokens, g->model_accepted_tokens, same ? "" : "  NOT THE SAME ANSWER");
  } else {
    engine_text_printf (&text, "%s{\"tokens\": %d, \"same\": %s, \"plain_ms\": %.2f, \"plain_tps\": %.2f, \"plain_processor_ms\": %.2f, ", n ? "," : "[", p->decode_tokens, same ? "true" : "false",
                        p->decode_ms, p->decode_tps, plain->processor_ms);
    engine_text_printf (&text, "\"model_drafted_tokens\": %d, \"model_accepted_tokens\": %d, \"model_draft_ms\": %.2f, ", g->model_drafted_tokens, g->model_accepted_tokens, g->model_draft_ms);
    engine_text_printf (&text, "\"lookup_ms\": %.2f, \"lookup_tps\": %.2f, \"lookup_processor_ms\": %.2f, \"drafted_tokens\": %d, \"accepted_tokens\": %d, \"saved_evaluations\": %d, \"ids\": [",
                        g->decode_ms, g->decode_tps, guessed->processor_ms, g->drafted_tokens, g->accepted_tokens, g->saved_evaluations);
    for (size_t i = 0; i < plain->n_ids; i++)
      engine_text_printf (&text, "%s%d", i ? ", " : "", plain->ids[i]);
    engine_text_printf (&text, "]}");
  }
  return tool_print (&text, error) && fflush (stdout) == 0;
}

bool
tool_bench_edit (EngineModel *model, EngineModel *draft, const char *path, int32_t max_tokens, EngineError *error)
{
  EngineRunnerOptions options = { .cache_type = tool_cache_type (), .max_requests = 1, .draft = draft };
  char *set, *prompt;
  EngineText text = { 0 };
  EngineRunner *runner;
  size_t n_bytes;
  double plain_ms = 0, guessed_ms = 0;
  int n = 0;
  bool ok;

  set = tool_read_file (path, &n_bytes, error);
  if (!set)
    return false;
  prompt = set;
  runner = engine_runner_new (model, &options, error);
  ok = runner != NULL;
  for (char *next; ok && prompt && *prompt && n < MOST_PROMPTS; prompt = next, n++) {
    EditAnswer answers[2] = { 0 }, warm = { 0 };

    next = strchr (prompt, '\f');
    if (next)
      *next++ = '\0';
    /* The prompt is read first, and is in the cache then for both. Who comes first takes turns. */
    ok = ask (runner, prompt, 1, ENGINE_SPECULATE_OFF, &warm, error);
    for (int i = 0; ok && i < 2; i++) {
      int how = (i + n) % 2;

      ok = ask (runner, prompt, max_tokens, how ? (draft ? ENGINE_SPECULATE_DRAFT : ENGINE_SPECULATE_LOOKUP) : ENGINE_SPECULATE_OFF, &answers[how], error);
    }
    if (ok) {
      ok = report (n, &answers[0], &answers[1], answers[0].n_ids == answers[1].n_ids && memcmp (answers[0].ids, answers[1].ids, answers[0].n_ids * sizeof (int32_t)) == 0, error);
      plain_ms += answers[0].stats.decode_ms;
      guessed_ms += answers[1].stats.decode_ms;
    }
    free (warm.ids);
    free (answers[0].ids);
    free (answers[1].ids);
  }
  engine_runner_unref (runner);
  free (set);
  if (!ok)
    return false;
  if (tool_common.json)
    engine_text_printf (&text, n ? "]" : "[]");
  else
    engine_text_printf (&text, "Edits   %10.2f times as fast (%d prompts)", guessed_ms > 0 ? plain_ms / guessed_ms : 0, n);
  return tool_print (&text, error);
}
