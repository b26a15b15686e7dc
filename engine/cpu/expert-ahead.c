/* SPDX-License-Identifier: MIT */
/* Which experts will be needed: those of a layer as soon as its tokens have chosen, and those of the next layer by a guess.
 *
 * A layer changes what goes through the model by little, so the next layer's router, asked about what this one's was asked about, mostly
 * names those that it will choose. It decides what is read ahead, and nothing else. */
#include "expert-cache.h"

#define COLUMNS 4 /* for which is guessed: of more, nearly all experts are needed */

/* ---- the graph ------------------------------------------------------------------- */

/* What an EXPERTS node multiplies with, if that is read; NULL: not. */
static EngineCpuStream *
stream_of (const EngineGraph *graph, const EngineNode *node, EngineValueId routes)
{
  return node->op == ENGINE_OP_EXPERTS && node->in[2] == routes ? engine_cpu_weight (graph->values[node->in[0]].weight)->stream : NULL;
}

/* The product that made the logits of a ROUTE; NULL: something else did. */
static const EngineNode *
router_of (const EngineGraph *graph, int32_t route)
{
  for (int32_t i = route - 1; i >= 0; i--)
    if (graph->nodes[i].out == graph->nodes[route].in[0])
      return graph->nodes[i].op == ENGINE_OP_MATMUL ? &graph->nodes[i] : NULL;
  return NULL;
}

/* The ROUTE after that one; after the last one the first, which will be the next evaluation's. */
static int32_t
next_route (const EngineGraph *graph, int32_t route)
{
  for (int32_t i = route + 1; i < graph->n_nodes; i++)
    if (graph->nodes[i].op == ENGINE_OP_ROUTE)
      return i;
  for (int32_t i = graph->first_node; i < route; i++)
    if (graph->nodes[i].op == ENGINE_OP_ROUTE)
      return i;
  return -1;
}

/* ---- guessing -------------------------------------------------------------------- */

typedef struct {
  const EngineCpuWeight *weight; /* F32 */
  const float           *x, *bias;
  float                 *logits; /* [n_out, n] */
  int64_t                n;
} Guess;

static void
guess_groups (void *data, int64_t begin, int64_t end)
{
  const Guess *g = data;

  for (int64_t group = begin; group < end; group++)
    for (int64_t c = 0; c < g->n; c++) {
      const float *w = (const float *) (g->weight->data + (size_t) group * g->weight->group_bytes), *x = g->x + c * g->weight->n_in;
      float sums[ENGINE_CPU_ROWS] = { 0 };

      for (int64_t k = 0; k < g->weight->n_in; k++)
        for (int row = 0; row < ENGINE_CPU_ROWS; row++)
          sums[row] += w[k * ENGINE_CPU_ROWS + row] * x[k];
      for (int64_t row = group * ENGINE_CPU_ROWS; row < ENGINE_MIN ((group + 1) * ENGINE_CPU_ROWS, g->weight->n_out); row++)
        g->logits[c * g->weight->n_out + row] = sums[row % ENGINE_CPU_ROWS] + (g->bias ? g->bias[row] : 0);
    }
}

/* [2 · n_used, n] in `out`, as ROUTE would. False: that router is not known well enough, or there is no memory. */
static bool
guess_routes (EngineCpuRun *run, const EngineNode *asked, int32_t route, float **out, int64_t *n)
{
  const EngineGraph *graph = run->graph;
  const EngineNode *router = router_of (graph, route), *node = &graph->nodes[route];
  Guess g = { .n = ENGINE_MIN (COLUMNS, graph->values[asked->in[1]].n) };
  size_t n_logits;

  if (!router)
    return false;
  g.weight = engine_cpu_weight (graph->values[router->in[0]].weight);
  if (g.weight->type != ENGINE_TYPE_F32 || !g.weight->n_groups || g.weight->n_in != graph->values[asked->in[1]].width)
    return false;
  n_logits = (size_t) (g.weight->n_out * g.n);
  g.logits = engine_cpu_buffer_reserve (&run->backend->scratch, (n_logits + (size_t) (2 * node->params.route.n_used * g.n)) * sizeof (float), NULL);
  if (!g.logits)
    return false;
  g.x = engine_cpu_value (run, asked->in[1]);
  g.bias = engine_cpu_vector (run, router->in[2]);
  engine_cpu_split (run, g.weight->n_groups, g.weight->n_in * ENGINE_CPU_ROWS * g.n, guess_groups, &g);
  *out = g.logits + n_logits;
  *n = g.n;
  engine_cpu_route_columns (node, engine_cpu_vector (run, node->in[1]), g.logits, g.weight->n_out, *out, g.n);
  return true;
}

static void
guess_next (EngineCpuRun *run, int32_t route)
{
  const EngineGraph *graph = run->graph;
  int32_t next = next_route (graph, route), n_used;
  const EngineNode *asked = router_of (graph, route);
  float *routes;
  int64_t n;

  if (next < 0 || !asked || !engine_cpu_expert_cache_may_guess (run->backend->expert_cache) || !guess_routes (run, asked, next, &routes, &n))
    return;
  n_used = graph->nodes[next].params.route.n_used;
  for (int32_t i = next + 1; i < graph->n_nodes; i++) {
    EngineCpuStream *stream = stream_of (graph, &graph->nodes[i], graph->nodes[next].out);

    for (int64_t c = 0; stream && c < n; c++)
      for (int32_t k = 0; k < n_used; k++)
        engine_cpu_expert_cache_guess (stream, (int32_t) routes[c * 2 * n_used + k]);
  }
}

void
engine_cpu_experts_chosen (EngineCpuRun *run, const EngineNode *node)
{
  const EngineGraph *graph = run->graph;
  int32_t route = (int32_t) (node - graph->nodes), n_used = node->params.route.n_used;
  const float *routes = engine_cpu_value (run, node->out);

  if (!run->backend->expert_cache)
    return;
  for (int32_t i = route + 1; i < graph->n_nodes; i++) {
    EngineCpuStream *stream = stream_of (graph, &graph->nodes[i], node->out);

    for (int64_t c = 0; stream && c < graph->values[node->out].n; c++)
      for (int32_t k = 0; k < n_used; k++)
        engine_cpu_expert_cache_ask (stream, (int32_t) routes[c * 2 * n_used + k]);
    if (stream)
      engine_cpu_expert_cache_settle (stream);
  }
  guess_next (run, route);
}
