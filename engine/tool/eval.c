/* SPDX-License-Identifier: MIT */
/* How right a model's answers are, and what they cost, at one depth of thinking. */
#include "energy.h"
#include "eval.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char *depth = "compact", *results, *against, *commit;
static int64_t parallel = 1, limit, seed, n_context = 4096, max_tokens = 128;
static double temperature;
static bool verbose;

static const ToolOption options[] = {
  { "--depth", TOOL_STRING, &depth, .argument = "DEPTH", .help = "instant: no thought; compact: no longer than needed (the default); unlimited; N: capped after N tokens" },
  { "--results", TOOL_STRING, &results, .argument = "FILE", .help = "append every result to it, and go on where it ends" },
  { "--against", TOOL_STRING, &against, .argument = "DEPTH", .help = "compare with the results of that depth in the same file, problem by problem" },
  { "--commit", TOOL_STRING, &commit, .argument = "TEXT", .help = "what the results are of besides the model (this version)" },
  { "--parallel", TOOL_INT, &parallel, 1, 64, "N", "answer N problems at once (1)" },
  { "--limit", TOOL_INT, &limit, 0, 1 << 24, "N", "the first N problems (0: all)" },
  { "--temp", TOOL_FLOAT, &temperature, 0, 100, "T", "temperature (0: always the most likely token)" },
  { "--seed", TOOL_INT, &seed, 0, 9e15, "S", "the same seed gives the same answers (0)" },
  { "--max", TOOL_INT, &max_tokens, 1, 1 << 24, "N", "at most N tokens of the answer behind the thought (128)" },
  { "--context", TOOL_INT, &n_context, 64, 1 << 24, "N", "tokens of prompt, thought and answer (4096)" },
  { "--verbose", TOOL_FLAG, &verbose, .help = "print every problem's result on stderr" },
};

/* The runner's thread posts, ours looks which of the requests has something to tell. */
typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t  changed;
  bool            woken;
} Bell;

typedef struct {
  EngineRequest *request; /* NULL: free */
  size_t         item;
  EngineText     text;
  double         began_ms;
} Seat;

typedef struct {
  EngineRunner *runner;
  const EvalSet *set;
  EvalMark     *marks;
  EvalKey       key;
  EngineThinking thinking;
  Bell          bell;
  Seat         *seats; /* [parallel] */
  EngineEnergy *energy;
  size_t        n_asked;
} Eval;

static void
ring (void *user)
{
  Bell *bell = user;

  pthread_mutex_lock (&bell->lock);
  bell->woken = true;
  pthread_cond_signal (&bell->changed);
  pthread_mutex_unlock (&bell->lock);
}

static bool
read_depth (const char *text, EngineThinking *thinking, EngineError *error)
{
  char *end;
  long cap = strtol (text, &end, 10);

  if (strcmp (text, "instant") == 0)
    return tool_thinking ("off", thinking, error);
  if (strcmp (text, "compact") == 0)
    return tool_thinking ("compact", thinking, error);
  if (strcmp (text, "unlimited") != 0 && (end == text || *end || cap < 1 || cap > 1 << 24))
    return engine_fail (error, ENGINE_BAD_INPUT, "There is no depth \"%.60s\"; use instant, compact, unlimited or a number of tokens.", text);
  *thinking = (EngineThinking) { .think = ENGINE_THINK_ON, .max_tokens = strcmp (text, "unlimited") == 0 ? 0 : (int32_t) cap };
  return true;
}

static bool
ask (Eval *eval, Seat *seat, size_t item, EngineError *error)
{
  EngineMessage message = { "user", eval->set->items[item].question };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .thinking = eval->thinking, .max_tokens = (int32_t) max_tokens, .wake = ring, .wake_user = &eval->bell };

  engine_sampling_init (&params.sampling);
  params.sampling.temperature = (float) temperature;
  params.sampling.seed = (uint64_t) seed;
  seat->item = item;
  seat->text.length = 0;
  seat->began_ms = tool_now_ms ();
  seat->request = engine_runner_submit (eval->runner, &params, error);
  return seat->request != NULL;
}

static bool
keep (Eval *eval, Seat *seat, const EngineEvent *event, EngineError *error)
{
  const EvalItem *item = &eval->set->items[seat->item];
  const EngineStats *s = &event->stats;
  EvalMark *mark = &eval->marks[seat->item];
  char *found = NULL;
  bool ok = true;

  *mark = (EvalMark) { .known = true, .cut = event->finish != ENGINE_FINISH_STOP || s->thought_end == ENGINE_THOUGHT_CAP, .tokens = s->decode_tokens, .thought_tokens = s->thought_tokens,
                       .probes = s->probes, .ms = tool_now_ms () - seat->began_ms, .probe_ms = s->probe_ms, .end = s->thought_end };
  mark->right = eval_judge (item, seat->text.bytes && seat->text.length ? seat->text.bytes : "", &found);
  if (!found)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the answer.");
  if (results)
    ok = eval_mark_append (results, &eval->key, item, mark, found, error);
  if (verbose)
    fprintf (stderr, "%s %s: \"%s\" for \"%s\", %d tokens, %s\n", mark->right ? "right" : "wrong", item->id, found, item->answer, mark->tokens, tool_thought_end (mark->end));
  free (found);
  return ok;
}

static bool
take (Eval *eval, Seat *seat, EngineError *error)
{
  EngineEvent event;

  while (seat->request && engine_request_next (seat->request, &event)) {
    if (event.kind == ENGINE_EVENT_TEXT)
      engine_text_append (&seat->text, event.text, event.n_bytes);
    if (event.kind == ENGINE_EVENT_ERROR)
      return engine_fail (error, event.error.code, "%s", event.error.message);
    if (event.kind == ENGINE_EVENT_DONE) {
      if (!keep (eval, seat, &event, error))
        return false;
      engine_request_unref (seat->request);
      seat->request = NULL;
    }
  }
  return true;
}

/* Until the bell rings, or the energy is to be looked at. */
static void
wait_for_bell (Eval *eval)
{
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_nsec += 250000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock (&eval->bell.lock);
  while (!eval->bell.woken && pthread_cond_timedwait (&eval->bell.changed, &eval->bell.lock, &until) == 0)
    ;
  eval->bell.woken = false;
  pthread_mutex_unlock (&eval->bell.lock);
  if (eval->energy)
    engine_energy_sample (eval->energy, tool_now_ms () / 1e3);
}

static bool
ask_all (Eval *eval, size_t n, EngineError *error)
{
  size_t next = 0;
  bool ok = true, busy = true;

  while (ok && busy) {
    busy = false;
    for (int64_t i = 0; ok && i < parallel; i++) {
      Seat *seat = &eval->seats[i];

      ok = take (eval, seat, error);
      while (next < n && eval->marks[next].known)
        next++;
      if (ok && !seat->request && next < n) {
        ok = ask (eval, seat, next++, error);
        eval->n_asked++;
      }
      busy |= seat->request != NULL;
    }
    if (ok && busy)
      wait_for_bell (eval);
  }
  for (int64_t i = 0; i < parallel; i++)
    engine_request_unref (eval->seats[i].request);
  return ok;
}

/* ---- what came of it -------------------------------------------------------------------- */

static void
write_figures (EngineText *json, const Eval *eval, const EvalFigures *f, double seconds)
{
  double joules;

  engine_text_printf (json, "{\"depth\": \"%s\", \"n\": %zu, \"right\": %zu, \"accuracy\": %.4f, \"interval\": [%.4f, %.4f], ", eval->key.depth, f->n, f->n_right, f->accuracy, f->least, f->most);
  engine_text_printf (json, "\"tokens\": %.2f, \"thought_tokens\": %.2f, \"seconds\": %.3f, \"probe_share\": %.4f, \"cut\": %zu, \"ends\": {", f->tokens, f->thought_tokens, f->ms / 1e3,
                      f->probe_share, f->n_cut);
  for (size_t i = 0; i < ENGINE_LENGTH (f->n_ends); i++)
    engine_text_printf (json, "%s\"%s\": %zu", i ? ", " : "", tool_thought_end ((EngineThoughtEnd) i), f->n_ends[i]);
  engine_text_printf (json, "}, \"asked\": %zu, \"run_seconds\": %.2f, \"parallel\": %d, ", eval->n_asked, seconds, (int) parallel);
  if (eval->n_asked && eval->energy && engine_energy_joules (eval->energy, &joules))
    engine_text_printf (json, "\"joules\": %.3f", joules / (double) eval->n_asked);
  else
    engine_text_printf (json, "\"joules\": null");
}

static void
say_figures (const Eval *eval, const EvalFigures *f, double seconds)
{
  double joules;

  printf ("%s: %zu of %zu right, %.1f %% (%.1f to %.1f); %.1f tokens, of them %.1f of thought; %.2f s each, %.1f %% of it for probes\n", eval->key.depth, f->n_right, f->n, 100 * f->accuracy,
          100 * f->least, 100 * f->most, f->tokens, f->thought_tokens, f->ms / 1e3, 100 * f->probe_share);
  printf ("ended by limits: %zu; thoughts", f->n_cut);
  for (size_t i = 0; i < ENGINE_LENGTH (f->n_ends); i++)
    printf (" %s %zu", tool_thought_end ((EngineThoughtEnd) i), f->n_ends[i]);
  printf ("\nin this run %zu problems in %.1f s, %d at once; energy: ", eval->n_asked, seconds, (int) parallel);
  if (eval->n_asked && eval->energy && engine_energy_joules (eval->energy, &joules))
    printf ("%.1f J each\n", joules / (double) eval->n_asked);
  else
    printf ("not available\n");
}

static bool
compare (const Eval *eval, size_t n, EngineText *json, EngineError *error)
{
  EvalKey key = eval->key;
  EvalMark *others = engine_calloc (n, sizeof *others, error);
  EvalSet set = { eval->set->items, n, eval->set->hash };
  EvalPairs p;
  bool ok;

  key.depth = against;
  ok = others && eval_marks_read (results, &key, &set, others, error);
  if (ok) {
    p = eval_pairs (eval->marks, others, n);
    if (p.n == 0)
      ok = engine_fail (error, ENGINE_BAD_INPUT, "The file \"%.200s\" has no results of the depth \"%.60s\" for these problems, this model and this commit.", results, against);
    else if (tool_common.json)
      engine_text_printf (json, ", \"against\": {\"depth\": \"%s\", \"pairs\": %zu, \"won\": %zu, \"lost\": %zu, \"difference\": %.4f, \"bound\": %.4f, \"p\": %.5f, \"token_ratio\": %.4f}", against,
                          p.n, p.n_won, p.n_lost, p.difference, p.bound, p.p, p.token_ratio);
    else
      printf ("against %s, %zu pairs: won %zu, lost %zu, %+.1f points, with 95 %% no less than %+.1f; McNemar's p %.3f; %.1f %% of its tokens\n", against, p.n, p.n_won, p.n_lost, 100 * p.difference,
              100 * p.bound, p.p, 100 * p.token_ratio);
  }
  free (others);
  return ok;
}

static const char *
base_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash ? slash + 1 : path;
}

static bool
run (Eval *eval, EngineModel *model, size_t n, EngineError *error)
{
  EngineRunnerOptions runner_options = { .n_context = (int32_t) n_context, .cache_type = tool_cache_type (), .max_requests = (int32_t) parallel };
  double began = tool_now_ms ();
  EvalFigures figures;
  EngineText json = { 0 };
  bool ok;

  eval->runner = engine_runner_new (model, &runner_options, error);
  if (!eval->runner)
    return false;
  if (eval->energy)
    engine_energy_sample (eval->energy, began / 1e3);
  ok = ask_all (eval, n, error);
  engine_runner_unref (eval->runner);
  if (eval->energy)
    engine_energy_sample (eval->energy, tool_now_ms () / 1e3);
  if (!ok)
    return false;
  figures = eval_figures (eval->marks, n);
  if (tool_common.json)
    write_figures (&json, eval, &figures, (tool_now_ms () - began) / 1e3);
  else
    say_figures (eval, &figures, (tool_now_ms () - began) / 1e3);
  if (against)
    ok = compare (eval, n, &json, error);
  if (tool_common.json)
    engine_text_printf (&json, "}");
  if (tool_common.json && ok)
    return tool_print (&json, error);
  free (json.bytes);
  return ok;
}

static bool
run_eval (char **arguments, int n_arguments, EngineError *error)
{
  Eval eval = { .bell = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false } };
  EvalSet set = { 0 };
  EngineModel *model = NULL;
  size_t n = 0;
  bool ok;

  if (against && !results)
    return engine_fail (error, ENGINE_BAD_INPUT, "The option --against needs --results FILE, where the other depth's results are.");
  if (!read_depth (depth, &eval.thinking, error) || !eval_set_read (&set, arguments[1], error))
    return false;
  n = limit && (size_t) limit < set.n ? (size_t) limit : set.n;
  eval.set = &set;
  eval.key = (EvalKey) { base_name (arguments[0]), commit ? commit : engine_version (), depth, set.hash, (uint64_t) seed };
  eval.marks = engine_calloc (set.n, sizeof *eval.marks, error);
  eval.seats = engine_calloc ((size_t) parallel, sizeof *eval.seats, error);
  ok = eval.marks && eval.seats && (!results || eval_marks_read (results, &eval.key, &set, eval.marks, error));
  model = ok ? tool_load (arguments[0], false, error) : NULL;
  eval.energy = engine_energy_new (NULL);
  ok = model && run (&eval, model, n, error);
  engine_model_unref (model);
  engine_energy_free (eval.energy);
  for (int64_t i = 0; eval.seats && i < parallel; i++)
    free (eval.seats[i].text.bytes);
  free (eval.seats);
  free (eval.marks);
  eval_set_clear (&set);
  return ok;
}

const ToolCommand tool_eval = {
  .name = "eval", .arguments = "MODEL FILE.jsonl", .summary = "Asks problems that have one right answer, and counts",
  .n_arguments_min = 2, .n_arguments_max = 2, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_eval,
};
