/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineCpuWeight *table;
  const int32_t         *tokens;
  float                 *out;
} Embed;

static void
embed_columns (void *data, int64_t begin, int64_t end)
{
  const Embed *e = data;

  for (int64_t i = begin; i < end; i++)
    engine_cpu_weight_row (e->table, e->tokens[i], e->out + i * e->table->n_in);
}

bool
engine_cpu_embed (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineCpuWeight *table = engine_cpu_weight (run->graph->values[node->in[1]].weight);
  Embed e = { table, run->batch->tokens, engine_cpu_value (run, node->out) };

  for (int32_t i = 0; i < run->batch->n_tokens; i++)
    if (e.tokens[i] < 0 || e.tokens[i] >= table->n_out)
      return engine_fail (error, ENGINE_BAD_INPUT, "The token %d is not in the vocabulary of %lld tokens.",
                          (int) e.tokens[i], (long long) table->n_out);
  engine_cpu_split (run, run->batch->n_tokens, 4 * table->n_in, embed_columns, &e);
  return true;
}
