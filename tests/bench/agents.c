/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: agents that answer side by side behind one conversation. For ./dev bench agents.
 *
 *   agents-bench MODEL CONVERSATION [--threads N] [--tokens N]
 *       for each line, a number N: N requests with the conversation's text in front and a few words of their own write so many tokens. Prints {"agents", "tps", "wall_ms", "prompt_tokens", "reused_tokens"}.
 *
 * Tokens per second of all together, while all of them write: what comes after the first token of the one that begins last, until one has ended. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define AGENTS_MOST 16
#define CONTEXT 8192

typedef struct {
  GMutex   lock;
  GCond    woken;
  gboolean news;
} Waker;

typedef struct {
  EngineRequest *request;
  double        *times; /* [n_tokens] when each token came */
  int            n_tokens;
  gboolean       ended;
  EngineStats    stats;
} Agent;

static void
on_wake (void *user)
{
  Waker *waker = user;

  g_mutex_lock (&waker->lock);
  waker->news = TRUE;
  g_cond_signal (&waker->woken);
  g_mutex_unlock (&waker->lock);
}

static void
wait_for_news (Waker *waker)
{
  g_mutex_lock (&waker->lock);
  while (!waker->news)
    g_cond_wait (&waker->woken, &waker->lock);
  waker->news = FALSE;
  g_mutex_unlock (&waker->lock);
}

static void
take_events (Agent *agent, int n_tokens)
{
  EngineEvent event;

  while (!agent->ended && engine_request_next (agent->request, &event)) {
    double now = (double) g_get_monotonic_time () / 1000;

    if (event.kind == ENGINE_EVENT_ERROR)
      g_error ("%s", event.error.message);
    for (size_t i = 0; i < event.n_ids && agent->n_tokens < n_tokens; i++)
      agent->times[agent->n_tokens++] = now;
    agent->stats = event.stats;
    agent->ended = event.kind == ENGINE_EVENT_DONE;
  }
}

/* Tokens of all agents per second, while all write. */
static double
rate (const Agent *agents, int n)
{
  double begin = 0, end = INFINITY;
  int count = 0;

  for (int a = 0; a < n; a++) {
    begin = MAX (begin, agents[a].times[0]);
    end = MIN (end, agents[a].times[agents[a].n_tokens - 1]);
  }
  for (int a = 0; a < n; a++)
    for (int i = 0; i < agents[a].n_tokens; i++)
      count += agents[a].times[i] > begin && agents[a].times[i] <= end;
  return end > begin ? count * 1000.0 / (end - begin) : 0;
}

static void
run (EngineModel *model, EngineRunner *runner, const char *conversation, int n, int n_tokens)
{
  Agent agents[AGENTS_MOST] = { 0 };
  Waker waker = { .news = FALSE };
  gint64 began = g_get_monotonic_time ();
  int n_ended = 0, n_prompt = 0, n_reused = 0;

  for (int a = 0; a < n; a++) {
    g_autofree char *text = g_strdup_printf ("%s\n\nWorker %d of %d, what do you do first?\n", conversation, a + 1, n);
    EngineRequestParams params = { .max_tokens = n_tokens, .ignore_end = true, .speculate = ENGINE_SPECULATE_OFF, .wake = on_wake, .wake_user = &waker };
    EngineError error = { 0 };
    int32_t *ids;
    size_t n_ids;

    if (!engine_tokenize (model, text, strlen (text), ENGINE_TOKENIZE_BOS, &ids, &n_ids, &error))
      g_error ("%s", error.message);
    engine_sampling_init (&params.sampling);
    params.sampling.temperature = 0.7f;
    params.sampling.top_k = 40;
    params.sampling.top_p = 0.95f;
    params.sampling.seed = (uint64_t) a + 1;
    params.tokens = ids;
    params.n_tokens = n_ids;
    agents[a].times = g_new (double, n_tokens);
    agents[a].request = engine_runner_submit (runner, &params, &error);
    if (agents[a].request == NULL)
      g_error ("%s", error.message);
    free (ids);
  }
  while (n_ended < n) {
    wait_for_news (&waker);
    n_ended = 0;
    for (int a = 0; a < n; a++) {
      take_events (&agents[a], n_tokens);
      n_ended += agents[a].ended;
    }
  }
  for (int a = 0; a < n; a++) {
    n_prompt += agents[a].stats.prompt_tokens;
    n_reused += agents[a].stats.reused_tokens;
  }
  printf ("{\"agents\": %d, \"tps\": %.3f, \"wall_ms\": %.1f, \"prompt_tokens\": %d, \"reused_tokens\": %d}\n", n, rate (agents, n), (double) (g_get_monotonic_time () - began) / 1000, n_prompt, n_reused);
  fflush (stdout);
  for (int a = 0; a < n; a++) {
    engine_request_unref (agents[a].request);
    g_free (agents[a].times);
  }
}

int
main (int argc, char *argv[])
{
  EngineLoadOptions load = { .n_threads = 2 };
  EngineRunnerOptions options = { .n_context = CONTEXT, .max_requests = AGENTS_MOST };
  EngineError engine_error = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *conversation = NULL;
  EngineModel *model;
  EngineRunner *runner;
  char line[64];
  int n_tokens = 48;

  if (argc < 3) {
    g_printerr ("agents-bench MODEL CONVERSATION [--threads N] [--tokens N]\n");
    return 2;
  }
  for (int i = 3; i + 1 < argc; i += 2) {
    if (strcmp (argv[i], "--threads") == 0)
      load.n_threads = atoi (argv[i + 1]);
    else if (strcmp (argv[i], "--tokens") == 0)
      n_tokens = MAX (2, atoi (argv[i + 1]));
  }
  if (!g_file_get_contents (argv[2], &conversation, NULL, &error))
    g_error ("%s", error->message);
  model = engine_model_load (argv[1], &load, &engine_error);
  runner = model != NULL ? engine_runner_new (model, &options, &engine_error) : NULL;
  if (runner == NULL)
    g_error ("%s", engine_error.message);
  while (fgets (line, sizeof line, stdin) != NULL)
    run (model, runner, conversation, CLAMP (atoi (line), 1, AGENTS_MOST), n_tokens);
  engine_runner_unref (runner);
  engine_model_unref (model);
  return 0;
}
