/* SPDX-License-Identifier: MIT */
/* Rotary positions. The angles of all tokens are computed once for each kind of rope in a run and shared by the layers. */
#include "cpu.h"
#include "rope.h"

#include <string.h>

typedef struct {
  void       (*kernel) (const float *x, const float *cosine, const float *sine, int n_rot, int head_dim, float *out);
  const float *x, *turns;
  float       *out;
  int          n_rot, head_dim, n_parts; /* that are turned one after the other, as halves each */
  int64_t      n_heads;
} Rope;

static void
rope_heads (void *data, int64_t begin, int64_t end)
{
  const Rope *r = data;

  for (int64_t i = begin; i < end; i++) {
    const float *turns = r->turns + i / r->n_heads * r->n_rot, *x = r->x + i * r->head_dim;
    float *out = r->out + i * r->head_dim;
    int length = r->n_rot / r->n_parts;

    for (int part = 0, at = 0; part < r->n_parts; part++, at += length) /* what is behind the last one is copied */
      r->kernel (x + at, turns + at / 2, turns + (r->n_rot + at) / 2, length, part + 1 < r->n_parts ? length : r->head_dim - at, out + at);
  }
}

bool
engine_cpu_rope (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  const EngineRopeParams *p = &node->params.rope;
  const EngineNode *last = run->turns_of;
  bool quarters = p->style == ENGINE_ROPE_QUARTERS;
  Rope r = { run->backend->kernels->rope[quarters ? ENGINE_ROPE_HALVES : p->style], engine_cpu_value (run, node->in[0]), NULL,
             engine_cpu_value (run, node->out), p->n_rot, p->head_dim, quarters ? 2 : 1, out->width / p->head_dim };

  if (!last || last->in[2] != node->in[2] || memcmp (&last->params.rope, p, sizeof *p) != 0) {
    size_t bytes = (size_t) run->batch->n_tokens * (size_t) p->n_rot * sizeof (float);
    float *turns = engine_cpu_buffer_reserve (&run->backend->turns, bytes, error);

    if (!turns)
      return false;
    engine_rope_turns (p, engine_cpu_vector (run, node->in[2]), run->batch, turns);
    run->turns_of = node;
  }
  r.turns = run->backend->turns.data;
  engine_cpu_split (run, r.n_heads * out->n, r.head_dim, rope_heads, &r);
  return true;
}
