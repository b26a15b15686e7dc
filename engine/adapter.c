/* SPDX-License-Identifier: MIT */
/* Adapters: reading a file, finding its weights in the model, and the nodes that they become. */
#include "adapter.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RANK_UNIT 16
#define MAX_RANK (1 << 16)
#define MAX_ALPHA 1e6

/* ---- nodes -------------------------------------------------------------------- */

static int
compare_pairs (const void *a, const void *b)
{
  uintptr_t x = (uintptr_t) ((const EngineAdapterPair *) a)->weight, y = (uintptr_t) ((const EngineAdapterPair *) b)->weight;

  return (x > y) - (x < y);
}

static const EngineAdapterPair *
find_pair (const EngineGraph *graph, const EngineTensor *weight, bool embedding)
{
  const EngineAdapter *adapter = graph->adaptation.adapter;
  EngineAdapterPair key = { .weight = weight };
  const EngineAdapterPair *pair = adapter ? bsearch (&key, adapter->pairs, (size_t) adapter->n_pairs, sizeof key, compare_pairs) : NULL;

  return pair && pair->embedding == embedding ? pair : NULL;
}

/* The narrow column in between is scaled: it is the shortest. */
static EngineValueId
scale (EngineGraph *graph, const EngineAdapterPair *pair, EngineValueId narrow)
{
  float factor = pair->factor * graph->adaptation.strength;

  engine_graph_name (graph, narrow, "adapter_a");
  return factor == 1 ? narrow : engine_graph_name (graph, engine_graph_scale (graph, narrow, factor), "adapter_scaled");
}

EngineValueId
engine_adapter_matmul (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId y)
{
  const EngineAdapterPair *pair = find_pair (graph, weight, false);

  return pair ? engine_graph_matmul (graph, pair->b, scale (graph, pair, engine_graph_matmul (graph, pair->a, x, NULL, ENGINE_NO_VALUE)), NULL, y) : y;
}

EngineValueId
engine_adapter_experts (EngineGraph *graph, const EngineTensor *weight, EngineValueId x, EngineValueId routes, EngineValueId y)
{
  const EngineAdapterPair *pair = find_pair (graph, weight, false);
  EngineValueId narrow;

  if (!pair)
    return y;
  narrow = scale (graph, pair, engine_graph_experts (graph, pair->a, x, routes, NULL));
  return engine_graph_add (graph, engine_graph_experts (graph, pair->b, narrow, routes, NULL), y);
}

EngineValueId
engine_adapter_embed (EngineGraph *graph, const EngineTensor *table, EngineValueId y)
{
  const EngineAdapterPair *pair = find_pair (graph, table, true);

  return pair ? engine_graph_matmul (graph, pair->b, scale (graph, pair, engine_graph_embed (graph, pair->a, NULL)), NULL, y) : y;
}

uint64_t
engine_adaptation_salt (const EngineAdaptation *adaptation)
{
  uint32_t strength;

  if (!adaptation->adapter)
    return 0;
  memcpy (&strength, &adaptation->strength, sizeof strength);
  return (uint64_t) adaptation->adapter->id << 32 | strength;
}

/* ---- what the file says --------------------------------------------------------- */

static bool
check_header (const EngineAdapter *adapter, EngineError *error)
{
  const EngineGguf *gguf = adapter->gguf;
  const char *type = engine_gguf_string (gguf, "general.type", NULL), *kind = engine_gguf_string (gguf, "adapter.type", NULL);
  const char *architecture = engine_gguf_string (gguf, "general.architecture", NULL);

  if (!type || strcmp (type, "adapter") != 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "The file is no adapter (general.type is \"%.40s\"); choose a LoRA adapter in GGUF.", type ? type : "");
  if (!kind || strcmp (kind, "lora") != 0)
    return engine_fail (error, ENGINE_UNSUPPORTED, "Adapters of the kind \"%.40s\" are not supported; this version knows lora.", kind ? kind : "");
  if (engine_gguf_type (gguf, "adapter.alora.invocation_tokens", NULL, NULL))
    return engine_fail (error, ENGINE_UNSUPPORTED, "The adapter is to be switched on by certain tokens (aLoRA), which this version does not do; choose a plain LoRA adapter.");
  if (!architecture || *architecture == '\0')
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter does not say which models it is for (general.architecture); fetch a complete file.");
  if (adapter->model && strcmp (architecture, adapter->model->arch->name) != 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "The adapter is for models of the architecture \"%.40s\", and this model is of \"%s\"; choose the model that it was trained on.",
                        architecture, adapter->model->arch->name);
  return true;
}

/* Without an alpha the product is added as it is, as llama.cpp does. */
static bool
read_alpha (const EngineGguf *gguf, double *alpha, EngineError *error)
{
  *alpha = 0;
  if (engine_gguf_type (gguf, "adapter.lora.alpha", NULL, NULL) && !engine_gguf_float (gguf, "adapter.lora.alpha", alpha))
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter's key adapter.lora.alpha is no number; the file is damaged.");
  if (!(fabs (*alpha) <= MAX_ALPHA)) /* refuses a NaN too */
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter's key adapter.lora.alpha is %g; it must be from %g to %g.", *alpha, -MAX_ALPHA, MAX_ALPHA);
  return true;
}

/* The name of the weight when `name` ends in the suffix; false otherwise. */
static bool
strip_suffix (const char *name, const char *suffix, char *base, size_t size)
{
  size_t n = strlen (name), n_suffix = strlen (suffix);

  if (n <= n_suffix || strcmp (name + n - n_suffix, suffix) != 0)
    return false;
  snprintf (base, size, "%.*s", (int) (n - n_suffix), name);
  return true;
}

/* The tensor of the model's file that `tensor` is or is a part of. */
static const EngineTensor *
whole_of (const EngineTensor *tensor)
{
  return tensor->whole ? tensor->whole : tensor;
}

static bool
check_shapes (const EngineTensor *weight, const EngineTensor *a, const EngineTensor *b, bool embedding, const char *name, EngineError *error)
{
  int64_t rank = b->ne[0];
  bool fits = embedding ? a->ne[0] == rank && a->ne[1] == weight->ne[1] && b->ne[1] == weight->ne[0]
                        : a->ne[0] == weight->ne[0] && a->ne[1] == rank && b->ne[1] == weight->ne[1];

  if (weight->n_dims < 2)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The adapter changes %s, which is no matrix; this version adapts matrices only.", name);
  if (rank < 1 || rank > MAX_RANK)
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter's rank for %s is %lld; it must be from 1 to %d.", name, (long long) rank, MAX_RANK);
  if (fits && a->ne[2] == weight->ne[2] && b->ne[2] == weight->ne[2] && a->ne[3] == 1 && b->ne[3] == 1)
    return true;
  return engine_fail (error, ENGINE_BAD_INPUT, "The adapter's matrices for %s are [%lld, %lld, %lld] and [%lld, %lld, %lld], but the model's is [%lld, %lld, %lld]; choose the model that it was trained on.",
                      name, (long long) a->ne[0], (long long) a->ne[1], (long long) a->ne[2], (long long) b->ne[0], (long long) b->ne[1], (long long) b->ne[2],
                      (long long) weight->ne[0], (long long) weight->ne[1], (long long) weight->ne[2]);
}

/* ---- weights --------------------------------------------------------------------- */

/* A tensor's bytes with the rank filled up. */
typedef struct {
  EngineTensor shape;
  uint8_t     *bytes;
} Filled;

static bool
read_filled (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  memcpy (out, (const uint8_t *) user + offset, n);
  return true;
}

/* `axis` of the shape is the rank. Zero bytes are zeros in every type. */
static bool
fill_up (EngineGguf *gguf, const EngineTensor *tensor, int axis, Filled *filled, EngineError *error)
{
  size_t row_bytes, filled_row_bytes, total;
  int64_t rows = engine_tensor_rows (tensor), n_experts = tensor->ne[2];
  uint8_t *file;
  bool ok;

  filled->shape = *tensor;
  filled->shape.n_dims = n_experts > 1 ? 3 : 2;
  filled->shape.ne[axis] = (tensor->ne[axis] + RANK_UNIT - 1) / RANK_UNIT * RANK_UNIT;
  if (!engine_type_bytes (tensor->type, (uint64_t) tensor->ne[0], &row_bytes) ||
      !engine_type_bytes (tensor->type, (uint64_t) filled->shape.ne[0], &filled_row_bytes) ||
      !engine_mul (filled_row_bytes, (size_t) engine_tensor_rows (&filled->shape), &total) || row_bytes * (size_t) rows != tensor->bytes)
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter's tensor %s has an impossible shape; fetch a complete file.", tensor->name);
  filled->shape.bytes = total;
  filled->bytes = engine_calloc (total, 1, error);
  file = filled->bytes ? engine_calloc (tensor->bytes, 1, error) : NULL;
  ok = file && engine_gguf_read (gguf, tensor, 0, file, tensor->bytes, error);
  for (int64_t row = 0; ok && row < rows; row++) {
    int64_t expert = row / tensor->ne[1], to = expert * filled->shape.ne[1] + row % tensor->ne[1];

    memcpy (filled->bytes + (size_t) to * filled_row_bytes, file + (size_t) row * row_bytes, row_bytes);
  }
  free (file);
  return ok;
}

/* Rows first … first + n_rows - 1 of what was filled; all where n_rows is 0. */
static const EngineTensor *
load_rows (EngineAdapter *adapter, const Filled *filled, int64_t first, int64_t n_rows, EngineError *error)
{
  EngineTensor *tensor = &adapter->tensors[adapter->n_tensors];
  size_t row_bytes = filled->shape.bytes / (size_t) engine_tensor_rows (&filled->shape);
  const EngineBackendClass *klass = adapter->loader->klass;

  *tensor = filled->shape;
  if (n_rows) {
    tensor->ne[1] = n_rows;
    tensor->bytes = row_bytes * (size_t) n_rows;
  }
  if (klass->weight_bytes (adapter->loader, tensor) > engine_memory_available ()) {
    engine_fail (error, ENGINE_NO_MEMORY, "The adapter's tensor %s needs %s of memory and only %s are available; close other programs.", tensor->name,
                 engine_size_text (klass->weight_bytes (adapter->loader, tensor)).text, engine_size_text (engine_memory_available ()).text);
    return NULL;
  }
  if (!klass->weight_load (adapter->loader, tensor, read_filled, filled->bytes + (size_t) first * row_bytes, error))
    return NULL;
  adapter->info.weight_bytes += tensor->bytes;
  adapter->n_tensors++;
  return tensor;
}

/* One pair for each part of the model's tensor of that name. */
static bool
load_pairs (EngineAdapter *adapter, const char *name, const EngineTensor *a, const EngineTensor *b, double alpha, EngineError *error)
{
  const EngineModel *model = adapter->model;
  bool embedding = strcmp (name, "token_embd.weight") == 0, ok = true;
  Filled filled_a = { 0 }, filled_b = { 0 };
  const EngineTensor *loaded_a = NULL;

  for (int32_t i = 0; ok && i < model->n_tensors; i++) {
    const EngineTensor *weight = &model->tensors[i];
    EngineAdapterPair *pair = &adapter->pairs[adapter->n_pairs];

    if (strcmp (whole_of (weight)->name, name) != 0)
      continue;
    if (!loaded_a)
      ok = check_shapes (whole_of (weight), a, b, embedding, name, error) && fill_up (adapter->gguf, a, embedding ? 0 : 1, &filled_a, error) &&
           fill_up (adapter->gguf, b, 0, &filled_b, error) && (loaded_a = load_rows (adapter, &filled_a, 0, 0, error));
    if (!ok)
      break;
    *pair = (EngineAdapterPair) { .weight = weight, .a = loaded_a, .embedding = embedding, .factor = alpha != 0 ? (float) (alpha / (double) b->ne[0]) : 1 };
    pair->b = load_rows (adapter, &filled_b, weight->first_row, weight->whole ? weight->ne[1] : 0, error);
    ok = pair->b != NULL;
    adapter->n_pairs += ok;
    adapter->info.rank = ENGINE_MAX (adapter->info.rank, (int32_t) b->ne[0]);
  }
  free (filled_a.bytes);
  free (filled_b.bytes);
  if (ok && !loaded_a)
    return engine_fail (error, ENGINE_BAD_INPUT, "The adapter changes the tensor %s, which the model does not have; choose the model that it was trained on.", name);
  return ok;
}

static bool
load_tensors (EngineAdapter *adapter, EngineError *error)
{
  const EngineGguf *gguf = adapter->gguf;
  double alpha;

  if (!read_alpha (gguf, &alpha, error))
    return false;
  for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (gguf, i), *other;
    char base[ENGINE_MAX_NAME + 1], partner[ENGINE_MAX_NAME + 8];
    bool is_a = strip_suffix (tensor->name, ".lora_a", base, sizeof base);

    if (!is_a && !strip_suffix (tensor->name, ".lora_b", base, sizeof base))
      return engine_fail (error, ENGINE_UNSUPPORTED, "The adapter has the tensor %s; this version knows those that end in .lora_a and .lora_b.", tensor->name);
    snprintf (partner, sizeof partner, "%s.lora_%c", base, is_a ? 'b' : 'a');
    other = engine_gguf_find_tensor (gguf, partner);
    if (!other)
      return engine_fail (error, ENGINE_BAD_FILE, "The adapter lacks the tensor %s; fetch a complete file.", partner);
    if (is_a && !load_pairs (adapter, base, tensor, other, alpha, error))
      return false;
  }
  if (!adapter->n_pairs)
    return engine_fail (error, ENGINE_BAD_FILE, "The adapter has no tensors; fetch a complete file.");
  qsort (adapter->pairs, (size_t) adapter->n_pairs, sizeof *adapter->pairs, compare_pairs);
  return true;
}

/* An architecture may use a weight otherwise than in a product: what would be left out without a word is refused. */
static bool
check_use (const EngineAdapter *adapter, EngineError *error)
{
  EngineAdaptation adaptation = { (EngineAdapter *) adapter, 1 };
  EngineGraph graph;
  bool ok;

  if (!engine_model_build (adapter->model, &adaptation, false, 1, 1, &graph, error))
    return false;
  ok = true;
  for (int32_t i = 0; ok && i < adapter->n_pairs; i++) {
    bool used = false;

    for (int32_t v = 0; v < graph.n_values; v++)
      used = used || (graph.values[v].kind == ENGINE_VALUE_WEIGHT && graph.values[v].weight == adapter->pairs[i].b);
    if (!used)
      ok = engine_fail (error, ENGINE_UNSUPPORTED, "The adapter changes %s, which this version cannot adapt in models of the architecture %s.",
                        whole_of (adapter->pairs[i].weight)->name, adapter->model->arch->name);
  }
  engine_graph_clear (&graph);
  return ok;
}

/* ---- the adapter ------------------------------------------------------------------- */

/* Without its weights. `model` NULL: for any. */
static EngineAdapter *
open_file (EngineModel *model, const char *path, EngineError *error)
{
  static uint32_t last_id;
  EngineAdapter *adapter = engine_calloc (1, sizeof *adapter, error);

  if (!adapter)
    return NULL;
  adapter->ref_count = 1;
  adapter->id = __atomic_add_fetch (&last_id, 1, __ATOMIC_RELAXED);
  adapter->model = model ? engine_model_ref (model) : NULL;
  adapter->gguf = engine_gguf_open (path, error);
  if (!adapter->gguf || !check_header (adapter, error)) {
    engine_adapter_unref (adapter);
    return NULL;
  }
  adapter->info.name = engine_gguf_clean_string (adapter->gguf, "general.name");
  adapter->info.architecture = engine_gguf_clean_string (adapter->gguf, "general.architecture");
  adapter->info.base = engine_gguf_clean_string (adapter->gguf, "general.base_model.0.name");
  return adapter;
}

EngineAdapter *
engine_adapter_inspect (const char *path, EngineError *error)
{
  return open_file (NULL, path, error);
}

EngineAdapter *
engine_adapter_load (EngineModel *model, const char *path, EngineError *error)
{
  EngineAdapter *adapter;

  if (!model->backend || model->info.embeds) {
    engine_fail (error, ENGINE_BAD_INPUT, "Adapters are for models that answer, loaded with their weights; this one is not.");
    return NULL;
  }
  adapter = open_file (model, path, error);
  if (adapter) {
    adapter->tensors = engine_calloc (2 * (size_t) model->n_tensors, sizeof *adapter->tensors, error);
    adapter->pairs = engine_calloc ((size_t) model->n_tensors, sizeof *adapter->pairs, error);
    adapter->loader = adapter->tensors && adapter->pairs ? model->backend->klass->loader_new (model->backend, error) : NULL;
    if (adapter->loader && load_tensors (adapter, error) && check_use (adapter, error)) {
      adapter->info.n_weights = adapter->n_pairs;
      return adapter;
    }
  }
  engine_adapter_unref (adapter);
  return NULL;
}

EngineAdapter *
engine_adapter_ref (EngineAdapter *adapter)
{
  __atomic_add_fetch (&adapter->ref_count, 1, __ATOMIC_RELAXED);
  return adapter;
}

void
engine_adapter_unref (EngineAdapter *adapter)
{
  if (!adapter || __atomic_sub_fetch (&adapter->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  if (adapter->loader) {
    for (int32_t i = 0; i < adapter->n_tensors; i++)
      adapter->loader->klass->weight_free (adapter->loader, &adapter->tensors[i]);
    adapter->loader->klass->free (adapter->loader);
  }
  engine_gguf_free (adapter->gguf);
  engine_model_unref (adapter->model);
  free (adapter->pairs);
  free (adapter->tensors);
  free (adapter);
}

const EngineAdapterInfo *
engine_adapter_info (const EngineAdapter *adapter)
{
  return &adapter->info;
}
