/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <stdio.h>
#include <string.h>

static const char *token_list;
static int64_t top = 10, batch = 128;

static const ToolOption options[] = {
  { "--tokens", TOOL_STRING, &token_list, .argument = "IDS", .help = "1,2,3, or @FILE to read them from (required)" },
  { "--top", TOOL_INT, &top, 1, 1 << 24, "K", "how many of the most likely tokens (10)" },
  { "--batch", TOOL_INT, &batch, 1, 4096, "N", "tokens that are submitted at once (128)" },
};

typedef struct {
  int32_t  n_vocab, n_top;
  int32_t *best; /* [n_top + 1] ids, most likely first */
} Printer;

/* Insertion into a short sorted list; of equal ones the smaller id comes first. */
static void
find_best (const Printer *printer, const float *logits)
{
  int32_t n = 0;

  for (int32_t id = 0; id < printer->n_vocab; id++) {
    int32_t at = n;

    if (n == printer->n_top && !(logits[id] > logits[printer->best[n - 1]]))
      continue;
    while (at > 0 && logits[id] > logits[printer->best[at - 1]])
      at--;
    memmove (printer->best + at + 1, printer->best + at, (size_t) (n - at) * sizeof *printer->best);
    printer->best[at] = id;
    n = ENGINE_MIN (n + 1, printer->n_top);
  }
}

static bool
print_position (void *user, int32_t position, const float *logits, EngineError *error)
{
  const Printer *printer = user;
  double normaliser = tool_log_sum_exp (logits, printer->n_vocab);
  EngineText json = { 0 };

  find_best (printer, logits);
  engine_text_printf (&json, "{\"pos\": %d, \"top\": [", position);
  for (int32_t i = 0; i < printer->n_top; i++)
    engine_text_printf (&json, "%s[%d, %.6f]", i ? ", " : "", printer->best[i], logits[printer->best[i]] - normaliser);
  engine_text_printf (&json, "]}");
  return tool_print (&json, error);
}

static bool
run_logits (char **arguments, int n_arguments, EngineError *error)
{
  Printer printer = { 0 };
  ToolSession session = { 0 };
  EngineModel *model;
  int32_t *ids = NULL;
  size_t n_ids;
  bool ok;

  if (!token_list)
    return engine_fail (error, ENGINE_BAD_INPUT, "Say which tokens to run: --tokens 1,2,3 or --tokens @FILE.");
  model = tool_load (arguments[0], false, error);
  ok = model && tool_read_ids (model, token_list, &ids, &n_ids, error);
  if (ok && (n_ids == 0 || n_ids > (size_t) model->hparams.n_context_train))
    ok = engine_fail (error, ENGINE_BAD_INPUT, "There must be from 1 to %d tokens, the model's context, not %zu.", model->hparams.n_context_train, n_ids);
  if (ok) {
    printer.n_vocab = model->hparams.n_vocab;
    printer.n_top = (int32_t) ENGINE_MIN (top, printer.n_vocab);
    printer.best = engine_calloc ((size_t) printer.n_top + 1, sizeof *printer.best, error);
    ok = printer.best && tool_session_init (&session, model, (int32_t) n_ids, 1, error) &&
         tool_session_walk (&session, ids, (int32_t) n_ids, 0, (int32_t) batch, print_position, &printer, error);
  }
  if (session.model)
    tool_session_clear (&session);
  free (printer.best);
  free (ids);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_logits = {
  .name = "logits", .arguments = "MODEL --tokens IDS", .summary = "Prints the most likely next tokens at each position, one JSON object a line",
  .n_arguments_min = 1, .n_arguments_max = 1, .adapts = true, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_logits,
};
