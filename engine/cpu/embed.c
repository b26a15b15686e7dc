/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineCpuKernels *kernels;
  const EngineCpuWeight  *table;
  const int32_t          *rows;
  const float            *offset; /* or NULL */
  float                  *out;
} Embed;

static void
embed_columns (void *data, int64_t begin, int64_t end)
{
  const Embed *e = data;

  for (int64_t i = begin; i < end; i++) {
    float *out = e->out + i * e->table->n_in;

    engine_cpu_weight_row (e->table, ENGINE_MAX (e->rows[i], 0), out); /* what media stand for is row 0, of the token that fills gaps; SPLICE takes its place, but not in every table */
    if (e->offset)
      e->kernels->add (out, e->offset, out, e->table->n_in);
  }
}

bool
engine_cpu_embed (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  bool tokens = run->graph->values[node->in[0]].kind == ENGINE_VALUE_TOKENS;
  const EngineCpuWeight *table = engine_cpu_weight (run->graph->values[node->in[1]].weight);
  Embed e = { run->backend->kernels, table, tokens ? run->batch->tokens : run->batch->positions, engine_cpu_vector (run, node->in[2]), engine_cpu_value (run, node->out) };

  for (int32_t i = 0; i < run->batch->n_tokens; i++)
    if (e.rows[i] < (tokens ? -run->batch->n_media : 0) || e.rows[i] >= table->n_out)
      return tokens ? engine_fail (error, ENGINE_BAD_INPUT, "The token %d is not in the vocabulary of %lld tokens.", (int) e.rows[i], (long long) table->n_out)
                    : engine_fail (error, ENGINE_BAD_INPUT, "The position %d is beyond the %lld that the model knows.", (int) e.rows[i], (long long) table->n_out);
  engine_cpu_split (run, run->batch->n_tokens, 4 * table->n_in, embed_columns, &e);
  return true;
}
