/* SPDX-License-Identifier: MIT */
/* Whether a backend works and computes rightly: a graph with a few made-up weights runs on it, and on the processor in plain code.
 *
 * Drivers crash and hang. Who wants to run models on one in a process that must not end runs this in another first. */
#include "tool.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define N_TOKENS 7

/* The weights, in the order in which the graph uses them. */
enum { TABLE, NORM, UP, DOWN, N_WEIGHTS };

static const struct {
  EngineType type;
  int        n_dims;
  int64_t    n_in, n_out;
} shapes[N_WEIGHTS] = {
  [TABLE] = { ENGINE_TYPE_F32, 2, 256, N_TOKENS },
  [NORM] = { ENGINE_TYPE_F32, 1, 256, 1 },
  [UP] = { ENGINE_TYPE_Q4_K, 2, 256, 512 },
  [DOWN] = { ENGINE_TYPE_Q8_0, 2, 512, 130 },
};

#define N_OUT ((size_t) shapes[DOWN].n_out * N_TOKENS)

static EngineBackend *
new_cpu (EngineError *error)
{
  return engine_cpu_backend_new ((int) tool_common.threads, tool_common.reference, error);
}

/* All of it on the card, and none on the processor. */
static EngineBackend *
new_gl (EngineError *error)
{
  return engine_gl_backend_new (NULL, error);
}

/* And the largest share that the error may be, by its power. The processor rounds what it multiplies with weights of few bits to eight bits. */
static const struct {
  EngineBackend *(*create) (EngineError *error);
  double tolerance;
} kinds[ENGINE_N_BACKENDS] = {
  [ENGINE_BACKEND_CPU] = { new_cpu, 1e-3 },
  [ENGINE_BACKEND_GL] = { new_gl, 1e-6 },
};

typedef struct {
  EngineTensor  tensors[N_WEIGHTS]; /* without a backend's data */
  unsigned char *blocks[N_WEIGHTS]; /* as in a file */
} Weights;

/* ---- weights -------------------------------------------------------------------- */

/* Between -1 and 1, the same on every machine. */
static float
next_number (uint32_t *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (float) (*state >> 8) / (float) (1 << 23) - 1;
}

static bool
make_weight (Weights *weights, int number, EngineError *error)
{
  EngineTensor *tensor = &weights->tensors[number];
  size_t n = (size_t) (shapes[number].n_in * shapes[number].n_out);
  float *values = engine_calloc (n, sizeof *values, error);
  uint32_t state = (uint32_t) number;

  *tensor = (EngineTensor) { .type = shapes[number].type, .n_dims = shapes[number].n_dims, .ne = { shapes[number].n_in, shapes[number].n_out, 1, 1 }, .offset = (uint64_t) number };
  snprintf (tensor->name, sizeof tensor->name, "weight %d", number);
  if (values && engine_type_bytes (tensor->type, n, &tensor->bytes))
    weights->blocks[number] = engine_calloc (tensor->bytes, 1, error);
  for (size_t i = 0; weights->blocks[number] && i < n; i++)
    values[i] = next_number (&state);
  if (weights->blocks[number])
    engine_types[tensor->type].from_float (values, weights->blocks[number], n);
  free (values);
  return weights->blocks[number] != NULL;
}

static bool
read_weight (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  const Weights *weights = user;

  memcpy (out, weights->blocks[tensor->offset] + offset, n);
  return true;
}

/* ---- the graph -------------------------------------------------------------------- */

static bool
build (EngineGraph *graph, const EngineTensor *tensors, EngineError *error)
{
  EngineValueId x;

  engine_graph_init (graph, N_TOKENS, N_TOKENS);
  x = engine_graph_embed (graph, &tensors[TABLE], NULL);
  x = engine_graph_rms_norm (graph, x, &tensors[NORM], 0, 1e-5f);
  x = engine_graph_matmul (graph, &tensors[UP], x, NULL, ENGINE_NO_VALUE);
  x = engine_graph_matmul (graph, &tensors[DOWN], x, NULL, ENGINE_NO_VALUE);
  return engine_graph_finish (graph, x, error);
}

/* All of it: what is loaded is freed again. */
static bool
compute (EngineBackend *backend, Weights *weights, float *out, EngineError *error)
{
  int32_t numbers[N_TOKENS], sequence[N_TOKENS] = { 0 };
  EngineBatchSequence only = { .state = ENGINE_NO_PAGE };
  EngineBatch batch = { .n_tokens = N_TOKENS, .tokens = numbers, .positions = numbers, .sequence = sequence, .n_sequences = 1, .sequences = &only, .n_outputs = N_TOKENS, .outputs = numbers };
  EngineTensor tensors[N_WEIGHTS];
  EngineGraph graph = { 0 };
  bool ok = true;

  for (int i = 0; i < N_TOKENS; i++)
    numbers[i] = i;
  memcpy (tensors, weights->tensors, sizeof tensors);
  for (int i = 0; ok && i < N_WEIGHTS; i++)
    ok = backend->klass->weight_load (backend, &tensors[i], read_weight, weights, error);
  ok = ok && build (&graph, tensors, error) && backend->klass->run (backend, &graph, &batch, NULL, out, NULL, NULL, error);
  engine_graph_clear (&graph);
  for (int i = 0; i < N_WEIGHTS; i++)
    if (tensors[i].backend_data)
      backend->klass->weight_free (backend, &tensors[i]);
  return ok;
}

/* Takes the backend, which may be NULL. */
static bool
compute_on (EngineBackend *backend, Weights *weights, float *out, EngineError *error)
{
  bool ok = backend && compute (backend, weights, out, error);

  if (backend)
    backend->klass->free (backend);
  return ok;
}

/* The power of the error as a share of the result's; NAN where any number is none. */
static double
compare (const float *wanted, const float *got)
{
  double error_power = 0, power = 0;

  for (size_t i = 0; i < N_OUT; i++) {
    double difference = (double) got[i] - (double) wanted[i];

    error_power += difference * difference;
    power += (double) wanted[i] * (double) wanted[i];
  }
  return error_power / power;
}

static bool
try_backend (EngineBackendKind kind, double *nmse, EngineError *error)
{
  float *wanted = engine_calloc (2 * N_OUT, sizeof *wanted, error);
  Weights weights = { 0 };
  bool ok = wanted != NULL;

  for (int i = 0; ok && i < N_WEIGHTS; i++)
    ok = make_weight (&weights, i, error);
  ok = ok && compute_on (engine_cpu_backend_new (1, true, error), &weights, wanted, error) && compute_on (kinds[kind].create (error), &weights, wanted + N_OUT, error);
  if (ok) {
    *nmse = compare (wanted, wanted + N_OUT);
    if (!(*nmse <= kinds[kind].tolerance))
      ok = engine_fail (error, ENGINE_INTERNAL, "The backend %s computes wrongly: what is known beforehand comes out different, by a share of %g.", tool_common.backend, *nmse);
  }
  for (int i = 0; i < N_WEIGHTS; i++)
    free (weights.blocks[i]);
  free (wanted);
  return ok;
}

/* ---- what came out ------------------------------------------------------------------ */

static void
add_string (EngineText *json, const char *key, const char *value)
{
  engine_text_printf (json, "\"%s\": ", key);
  if (*value)
    engine_text_json (json, value, strlen (value));
  else
    engine_text_printf (json, "null");
}

static bool
print_json (const EngineBackendInfo *info, double nmse, const EngineError *why_not, EngineError *error)
{
  EngineText json = { 0 };

  engine_text_printf (&json, "{");
  add_string (&json, "name", info->name);
  engine_text_printf (&json, ", ");
  add_string (&json, "device", info->device);
  engine_text_printf (&json, ", ");
  add_string (&json, "driver", info->driver);
  engine_text_printf (&json, ", \"software\": %s, \"memory\": %" PRIu64 ", \"nmse\": ", info->software ? "true" : "false", info->memory);
  if (isfinite (nmse))
    engine_text_printf (&json, "%.3g, ", nmse);
  else
    engine_text_printf (&json, "null, ");
  add_string (&json, "error", why_not->message);
  engine_text_printf (&json, "}");
  return tool_print (&json, error);
}

static bool
run_try (char **arguments, int n_arguments, EngineError *error)
{
  EngineBackendKind kind = ENGINE_BACKEND_CPU;
  EngineBackendInfo info;
  EngineError why_not = { 0 };
  double nmse = NAN;
  bool ok;

  engine_backend_from_name (tool_common.backend, &kind); /* main.c has looked */
  ok = engine_backend_info (kind, &info, &why_not) && try_backend (kind, &nmse, &why_not);
  if (tool_common.json && !print_json (&info, nmse, &why_not, error))
    return false;
  if (ok && !tool_common.json)
    printf ("%s%s%s computes rightly, but for a share of %.1e.\n", info.device, info.driver[0] ? ", " : "", info.driver, nmse);
  *error = why_not;
  return ok;
}

const ToolCommand tool_try = {
  .name = "try", .arguments = "", .summary = "Tries whether a backend works here, and computes rightly",
  .n_arguments_min = 0, .n_arguments_max = 0, .run = run_try,
};
