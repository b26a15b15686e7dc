/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *token_list, *only;
static int64_t n_values = 8;

static const ToolOption options[] = {
  { "--tokens", TOOL_STRING, &token_list, .argument = "IDS", .help = "1,2,3, or @FILE to read them from (required)" },
  { "--values", TOOL_INT, &n_values, 0, 1 << 30, "N", "how many values of the last token's column (8)" },
  { "--only", TOOL_STRING, &only, .argument = "NAME", .help = "only values of that name, such as layer_out" },
};

typedef struct {
  bool        failed;
  EngineError error;
} Dump;

/* JSON has neither infinities nor NaN. */
static void
add_number (EngineText *json, double value)
{
  if (isfinite (value))
    engine_text_printf (json, "%.8g", value);
  else
    engine_text_printf (json, "null");
}

/* Everything of interest about a value: its norm over all columns, and the beginning of
 * its last column, which is the token that decides what comes next. */
static void
dump_node (void *user, const EngineGraph *graph, const EngineNode *node, const float *values)
{
  Dump *dump = user;
  const EngineValue *value;
  EngineText json = { 0 };
  double squares = 0;

  if (node->out == ENGINE_NO_VALUE || dump->failed)
    return;
  value = &graph->values[node->out];
  if (only && (!value->name || strcmp (value->name, only) != 0))
    return;
  for (int64_t i = 0; i < value->width * value->n; i++)
    squares += (double) values[i] * values[i];

  engine_text_printf (&json, "{\"layer\": %d, \"name\": \"%s\", \"op\": \"%s\", \"shape\": [%lld, %lld], \"norm\": ", node->layer, value->name ? value->name : "",
                      engine_op_names[node->op], (long long) value->width, (long long) value->n);
  add_number (&json, sqrt (squares));
  engine_text_printf (&json, ", \"values\": [");
  for (int64_t i = 0; i < ENGINE_MIN (n_values, value->width); i++) {
    engine_text_printf (&json, "%s", i ? ", " : "");
    add_number (&json, values[value->width * (value->n - 1) + i]);
  }
  engine_text_printf (&json, "]}");
  dump->failed = !tool_print (&json, &dump->error);
}

static bool
run_dump (char **arguments, int n_arguments, EngineError *error)
{
  ToolSession session = { 0 };
  Dump dump = { 0 };
  EngineModel *model;
  float *logits = NULL;
  int32_t *ids = NULL;
  size_t n_ids;
  bool ok;

  if (!token_list)
    return engine_fail (error, ENGINE_BAD_INPUT, "Say which tokens to run: --tokens 1,2,3 or --tokens @FILE.");
  model = tool_load (arguments[0], false, error);
  ok = model && tool_read_ids (model, token_list, &ids, &n_ids, error);
  if (ok && (n_ids == 0 || n_ids > 4096))
    ok = engine_fail (error, ENGINE_BAD_INPUT, "There must be from 1 to 4096 tokens, not %zu.", n_ids);
  if (ok) {
    ToolSlice slice = { .n_tokens = (int32_t) n_ids, .tokens = ids, .first_output = (int32_t) n_ids - 1 };

    logits = engine_calloc ((size_t) model->hparams.n_vocab, sizeof *logits, error);
    ok = logits && tool_session_init (&session, model, (int32_t) n_ids, 1, error) &&
         tool_session_run (&session, &slice, 1, logits, dump_node, &dump, error);
  }
  if (ok && dump.failed)
    ok = engine_fail (error, dump.error.code, "%s", dump.error.message);
  if (session.model)
    tool_session_clear (&session);
  free (logits);
  free (ids);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_dump = {
  .name = "dump", .arguments = "MODEL --tokens IDS", .summary = "Prints what every node of the graph computes, one JSON object a line",
  .n_arguments_min = 1, .n_arguments_max = 1, .adapts = true, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_dump,
};
