/* SPDX-License-Identifier: MIT */
/* Two backends as one: a model whose last layers run on the graphics card and whose first ones on the processor.
 *
 * A graph is cut where the layers say so, into parts of nodes that follow each other; each part is a copy of the graph that knows
 * its beginning, its end, and the values that go in and out: at a boundary between layers one column for each token. The word embedding stays on the
 * processor, which looks up a few rows of it; the output matrix goes with the last layers, unless it is the word embedding once more.
 * With all layers on the card everything is there, and there is one part.
 *
 * Vectors outside of layers are small and in both places, and so are the weights of adapters, which stay in use when the card
 * has failed. Everything else is in one.
 *
 * Data structures first: Place, EngineHybridBackend, Copies (a tensor's backend_data), EngineCacheStore, Part. */
#include "backend.h"
#include "memory.h"

#include <string.h>

typedef enum { CPU, GPU, N_PLACES } Place;

#define MOST_CROSSING 16 /* values that go from one part to another */
#define MOST_PARTS 3     /* processor, card, processor */

typedef struct {
  EngineBackend  base;
  EngineBackend *at[N_PLACES];
  int32_t        wanted;      /* layers; 0: as many as fit */
  size_t         memory;      /* of the card, for the model; 0: what is free */
  int32_t        n_layers, cut; /* layers from cut on are on the card */
  int32_t        n_together;  /* the last layers that are in one place; 0, 1: each goes where it fits */
  bool           ends_there;  /* what comes after the layers too */
  bool           is_loader;   /* of an adapter */
  bool           refused;     /* the card had no memory for something */
  bool           memory_own;  /* the card has memory of its own, and tells how much of it is free */

  /* For a run. */
  EngineValue   *values[N_PLACES]; /* [values_capacity] of a graph, with the weights of that place */
  int32_t       *origin;           /* [values_capacity] the node that a value comes from */
  int32_t        values_capacity;
  float         *crossing[MOST_CROSSING]; /* grow as they are needed */
  size_t         crossing_bytes[MOST_CROSSING];
} EngineHybridBackend;

/* The same tensor for each place; without backend_data it is not there. */
typedef struct {
  EngineTensor at[N_PLACES];
} Copies;

struct EngineCacheStore {
  EngineCacheStore *at[N_PLACES];
};

typedef struct {
  Place   place;
  int32_t first, end; /* nodes */
} Part;

/* ---- what is where ------------------------------------------------------------ */

/* The layer that the tensor belongs to; -1: none. */
static int32_t
layer_of (const EngineTensor *tensor)
{
  const char *name = tensor->whole ? tensor->whole->name : tensor->name;
  int32_t layer = 0;

  if (strncmp (name, "blk.", 4) != 0)
    return -1;
  for (name += 4; *name >= '0' && *name <= '9' && layer < 1 << 20; name++)
    layer = 10 * layer + (*name - '0');
  return *name == '.' ? layer : -1;
}

static bool
is_wanted (const EngineHybridBackend *backend, const EngineTensor *tensor, Place place)
{
  int32_t layer = layer_of (tensor);
  bool everything = backend->cut == 0, nothing = backend->cut >= backend->n_layers;

  if (nothing)
    return place == CPU;
  if (backend->is_loader)
    return true;
  if (everything)
    return place == GPU;
  if (layer >= 0)
    return place == (layer >= backend->cut ? GPU : CPU);
  if (tensor->n_dims == 1)
    return true;
  return place == (backend->ends_there && strncmp (tensor->name, "output", 6) == 0 ? GPU : CPU);
}

static Place
place_of_node (const EngineHybridBackend *backend, const EngineNode *node, bool after)
{
  if (backend->cut == 0)
    return GPU;
  if (backend->cut >= backend->n_layers)
    return CPU;
  if (node->layer >= 0)
    return node->layer >= backend->cut ? GPU : CPU;
  return after && backend->ends_there ? GPU : CPU;
}

/* The card's memory is for weights and cache, but for what the graph and the desktop need. */
#define CARD_RESERVE ((size_t) 256 << 20)

static size_t
card_memory (EngineHybridBackend *backend)
{
  size_t own = engine_gl_backend_memory (backend->at[GPU]), memory = backend->memory ? backend->memory : own;

  backend->memory_own = own > 0;
  /* Without a word from the driver the card is taken to be a part of the processor, with whose memory it works. */
  memory = memory ? memory : engine_memory_available ();
  return backend->memory ? memory : memory - ENGINE_MIN (memory, ENGINE_MAX (CARD_RESERVE, memory / 10));
}

/* Layers that read each other's keys are on the card all together or not at all. */
static int32_t
keep_together (const EngineHybridBackend *backend, int32_t cut)
{
  return backend->n_layers - cut < backend->n_together ? backend->n_layers : cut;
}

static void
place (EngineBackend *base, const EngineTensor *tensors, int32_t n_tensors, int32_t n_layers, int32_t n_together, size_t cache_bytes)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  const EngineBackend *gpu = backend->at[GPU];
  size_t memory = card_memory (backend), needed, ends = 0, all = 0;
  bool ties = true;

  backend->n_layers = backend->cut = n_layers;
  backend->n_together = n_together;
  for (int32_t i = 0; i < n_tensors; i++) {
    size_t bytes = gpu->klass->weight_bytes (gpu, &tensors[i]);
    bool is_output = strncmp (tensors[i].name, "output", 6) == 0;

    ties = ties && strcmp (tensors[i].name, "output.weight") != 0;
    if (layer_of (&tensors[i]) < 0 && !engine_sum (all, bytes, &all))
      all = SIZE_MAX;
    if (is_output && !engine_sum (ends, bytes, &ends))
      ends = SIZE_MAX;
  }
  backend->ends_there = !ties;
  needed = ties ? 0 : ends;
  while (backend->cut > 0 && (!backend->wanted || n_layers - backend->cut < backend->wanted)) {
    size_t more = cache_bytes;

    for (int32_t i = 0; i < n_tensors; i++)
      if (layer_of (&tensors[i]) == backend->cut - 1 && !engine_sum (more, gpu->klass->weight_bytes (gpu, &tensors[i]), &more))
        more = SIZE_MAX;
    /* With the first layer comes everything else. */
    if (backend->cut == 1 && !engine_sum (more, all - ENGINE_MIN (all, needed ? ends : 0), &more))
      more = SIZE_MAX;
    if (!engine_sum (needed, more, &needed) || (!backend->wanted && needed > memory))
      break;
    backend->cut--;
  }
  backend->cut = keep_together (backend, backend->cut);
  engine_log (ENGINE_LOG_INFO, "%d of %d layers go to the graphics card, which has %s for them", n_layers - backend->cut, n_layers, engine_size_text (memory).text);
}

static int32_t
gpu_layers (const EngineBackend *base)
{
  const EngineHybridBackend *backend = (const EngineHybridBackend *) base;

  return backend->n_layers - __atomic_load_n (&backend->cut, __ATOMIC_RELAXED);
}

static bool
retreat (EngineBackend *base, bool failed)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  int32_t there = gpu_layers (base);

  if (there == 0 || (!failed && !backend->refused))
    return false;
  backend->refused = false;
  __atomic_store_n (&backend->cut, failed ? backend->n_layers : keep_together (backend, backend->cut + (there + 3) / 4), __ATOMIC_RELAXED);
  return true;
}

/* ---- weights ------------------------------------------------------------------ */

/* Of this machine's memory, and what is not taken yet. */
static size_t
weight_bytes (const EngineBackend *base, const EngineTensor *tensor)
{
  const EngineHybridBackend *backend = (const EngineHybridBackend *) base;
  const Copies *copies = tensor->backend_data;
  size_t total = 0;
  bool own_memory = backend->memory_own;

  for (int place = 0; place < N_PLACES; place++)
    if (is_wanted (backend, tensor, place) && !(copies && copies->at[place].backend_data) && !(place == GPU && own_memory) && !engine_sum (total, backend->at[place]->klass->weight_bytes (backend->at[place], tensor), &total))
      return SIZE_MAX;
  return total;
}

static void
free_copy (EngineHybridBackend *backend, Copies *copies, int place)
{
  if (copies->at[place].backend_data)
    backend->at[place]->klass->weight_free (backend->at[place], &copies->at[place]);
}

static void
weight_free (EngineBackend *base, EngineTensor *tensor)
{
  Copies *copies = tensor->backend_data;

  for (int place = 0; copies && place < N_PLACES; place++)
    free_copy ((EngineHybridBackend *) base, copies, place);
  free (copies);
  tensor->backend_data = NULL;
}

static bool
weight_load (EngineBackend *base, EngineTensor *tensor, EngineReadFunc read, void *user, EngineError *error)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  Copies *copies = tensor->backend_data;

  if (!copies) {
    copies = tensor->backend_data = engine_calloc (1, sizeof *copies, error);
    if (!copies)
      return false;
    for (int place = 0; place < N_PLACES; place++)
      copies->at[place] = *tensor, copies->at[place].backend_data = NULL;
  }
  for (int place = 0; place < N_PLACES; place++)
    if (!is_wanted (backend, tensor, place))
      free_copy (backend, copies, place);
  for (int place = 0; place < N_PLACES; place++) {
    EngineBackend *at = backend->at[place];

    if (!is_wanted (backend, tensor, place) || copies->at[place].backend_data || at->klass->weight_load (at, &copies->at[place], read, user, error))
      continue;
    backend->refused = place == GPU;
    return false;
  }
  return true;
}

/* Experts of layers on the processor; the card has its own as a whole. */
static bool
stream (EngineBackend *base, const EngineTensor *tensors, int32_t n_tensors, size_t bytes, EngineReadPastFunc read, void *user, EngineError *error)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  EngineTensor *those = engine_calloc ((size_t) n_tensors, sizeof *those, error);
  int32_t n = 0;
  bool ok;

  for (int32_t i = 0; those && i < n_tensors; i++) {
    const Copies *copies = tensors[i].backend_data;

    if (is_wanted (backend, &tensors[i], CPU) && !(copies && copies->at[CPU].backend_data))
      those[n++] = tensors[i];
  }
  ok = those && backend->at[CPU]->klass->stream (backend->at[CPU], those, n, bytes, read, user, error);
  free (those);
  return ok;
}

static void
expert_stats (const EngineBackend *base, EngineExpertStats *stats)
{
  const EngineBackend *cpu = ((const EngineHybridBackend *) base)->at[CPU];

  cpu->klass->expert_stats (cpu, stats);
}

/* ---- cache -------------------------------------------------------------------- */

/* The shape without the layers that are elsewhere, which keep their numbers. NULL on error. */
static EngineCacheLayer *
layers_of (const EngineHybridBackend *backend, const EngineCacheShape *shape, Place place, EngineError *error)
{
  EngineCacheLayer *layers = engine_calloc ((size_t) ENGINE_MAX (shape->n_layers, 1), sizeof *layers, error);

  for (int32_t i = 0; layers && i < shape->n_layers; i++) {
    layers[i] = shape->layers[i];
    if (place != (layers[i].layer >= backend->cut ? GPU : CPU))
      layers[i].n_head_kv = 0, layers[i].n_state = 0;
  }
  return layers;
}

static size_t
cache_page_bytes (const EngineBackend *base, const EngineCacheShape *shape, EngineCacheKind kind)
{
  const EngineHybridBackend *backend = (const EngineHybridBackend *) base;
  size_t total = 0;

  for (int place = 0; place < N_PLACES; place++) {
    EngineCacheShape part = *shape;
    EngineCacheLayer *layers = layers_of (backend, shape, place, NULL);

    part.layers = layers;
    if (layers)
      total += backend->at[place]->klass->cache_page_bytes (backend->at[place], &part, kind);
    free (layers);
  }
  return total;
}

static void
cache_free (EngineBackend *base, EngineCacheStore *store)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;

  for (int place = 0; store && place < N_PLACES; place++)
    if (store->at[place])
      backend->at[place]->klass->cache_free (backend->at[place], store->at[place]);
  free (store);
}

static EngineCacheStore *
cache_new (EngineBackend *base, const EngineCacheShape *shape, EngineError *error)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  EngineCacheStore *store = engine_calloc (1, sizeof *store, error);

  for (int place = 0; store && place < N_PLACES; place++) {
    EngineCacheShape part = *shape;
    EngineCacheLayer *layers;

    if (place == GPU ? gpu_layers (base) == 0 : backend->cut == 0)
      continue;
    layers = layers_of (backend, shape, place, error);
    part.layers = layers;
    store->at[place] = layers ? backend->at[place]->klass->cache_new (backend->at[place], &part, error) : NULL;
    free (layers);
    if (!store->at[place]) {
      backend->refused = place == GPU;
      cache_free (base, store);
      return NULL;
    }
  }
  return store;
}

static void
cache_copy (EngineBackend *base, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;

  for (int place = 0; place < N_PLACES; place++)
    if (store->at[place])
      backend->at[place]->klass->cache_copy (backend->at[place], store->at[place], kind, from, to, n_tokens);
}

/* ---- running -------------------------------------------------------------------- */

static int32_t
cut_graph (const EngineHybridBackend *backend, const EngineGraph *graph, Part *parts, EngineError *error)
{
  int32_t n = 0;
  bool after = false;

  for (int32_t i = graph->first_node; i < graph->n_nodes; i++) {
    const EngineNode *node = &graph->nodes[i];
    Place place;

    after = after || node->layer >= 0;
    place = place_of_node (backend, node, after);
    if (n > 0 && parts[n - 1].place == place) {
      parts[n - 1].end = i + 1;
      continue;
    }
    if (n == MOST_PARTS) {
      engine_fail (error, ENGINE_INTERNAL, "The layers of this model do not follow each other, so they cannot be shared between the graphics card and the processor.");
      return 0;
    }
    parts[n++] = (Part) { place, i, i + 1 };
  }
  return n;
}

/* Each place sees the weights that it has. */
static bool
prepare_values (EngineHybridBackend *backend, const EngineGraph *graph, EngineError *error)
{
  if (backend->values_capacity < graph->n_values) {
    free (backend->origin);
    for (int place = 0; place < N_PLACES; place++) {
      free (backend->values[place]);
      backend->values[place] = engine_calloc ((size_t) graph->n_values, sizeof *backend->values[place], error);
    }
    backend->origin = engine_calloc ((size_t) graph->n_values, sizeof *backend->origin, error);
    backend->values_capacity = backend->values[CPU] && backend->values[GPU] && backend->origin ? graph->n_values : 0;
    if (!backend->values_capacity)
      return false;
  }
  for (int32_t i = 0; i < graph->n_values; i++) {
    const EngineTensor *weight = graph->values[i].weight;

    for (int place = 0; place < N_PLACES; place++) {
      backend->values[place][i] = graph->values[i];
      if (weight)
        backend->values[place][i].weight = &((Copies *) weight->backend_data)->at[place];
    }
    backend->origin[i] = -1;
  }
  for (int32_t i = graph->first_node; i < graph->n_nodes; i++)
    if (graph->nodes[i].out != ENGINE_NO_VALUE)
      backend->origin[graph->nodes[i].out] = i;
  return true;
}

typedef struct {
  EngineTransfer values[MOST_CROSSING];
  int32_t        n;
} Transfers;

static bool
transfers_add (Transfers *transfers, EngineTransfer transfer, EngineError *error)
{
  for (int32_t i = 0; i < transfers->n; i++)
    if (transfers->values[i].value == transfer.value)
      return true;
  if (transfers->n == MOST_CROSSING)
    return engine_fail (error, ENGINE_INTERNAL, "Too many values go from one layer of this model to the next, so they cannot be shared between the graphics card and the processor.");
  transfers->values[transfers->n++] = transfer;
  return true;
}

/* All values that a part reads and another one has computed, with room for each. */
static bool
find_crossing (EngineHybridBackend *backend, const EngineGraph *graph, const Part *parts, int32_t n_parts, Transfers *crossing, EngineError *error)
{
  for (int32_t p = 1; p < n_parts; p++)
    for (int32_t i = parts[p].first; i < parts[p].end; i++)
      for (size_t k = 0; k < ENGINE_LENGTH (graph->nodes[i].in); k++) {
        EngineValueId id = graph->nodes[i].in[k];

        if (id != ENGINE_NO_VALUE && graph->values[id].kind == ENGINE_VALUE_NODE && backend->origin[id] < parts[p].first &&
            !transfers_add (crossing, (EngineTransfer) { id, NULL }, error))
          return false;
      }
  for (int32_t i = 0; i < crossing->n; i++) {
    const EngineValue *value = &graph->values[crossing->values[i].value];
    size_t bytes = (size_t) value->width * (size_t) value->n * sizeof (float);

    if (backend->crossing_bytes[i] < bytes) {
      free (backend->crossing[i]);
      backend->crossing[i] = engine_calloc (bytes, 1, error);
      backend->crossing_bytes[i] = backend->crossing[i] ? bytes : 0;
    }
    if (!backend->crossing[i])
      return false;
    crossing->values[i].data = backend->crossing[i];
  }
  return true;
}

static bool
reads (const EngineGraph *graph, const Part *part, EngineValueId id)
{
  for (int32_t i = part->first; i < part->end; i++)
    for (size_t k = 0; k < ENGINE_LENGTH (graph->nodes[i].in); k++)
      if (graph->nodes[i].in[k] == id)
        return true;
  return false;
}

static bool
run (EngineBackend *base, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
     float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;
  Transfers crossing = { .n = 0 };
  Part parts[MOST_PARTS];
  int32_t n_parts = cut_graph (backend, graph, parts, error);
  bool ok = n_parts > 0 && prepare_values (backend, graph, error) && find_crossing (backend, graph, parts, n_parts, &crossing, error);

  for (int32_t p = 0; ok && p < n_parts; p++) {
    EngineBackend *at = backend->at[parts[p].place];
    Transfers imports = { .n = 0 }, exports = { .n = 0 };
    EngineGraph part = *graph;

    for (int32_t i = 0; i < crossing.n; i++) {
      int32_t origin = backend->origin[crossing.values[i].value];

      if (origin < parts[p].first && reads (graph, &parts[p], crossing.values[i].value))
        imports.values[imports.n++] = crossing.values[i];
      if (origin >= parts[p].first && origin < parts[p].end)
        exports.values[exports.n++] = crossing.values[i];
    }
    part.values = backend->values[parts[p].place];
    part.first_node = parts[p].first;
    part.n_nodes = parts[p].end;
    part.imports = imports.values;
    part.n_imports = imports.n;
    part.exports = exports.values;
    part.n_exports = exports.n;
    if (graph->output != ENGINE_NO_VALUE && (backend->origin[graph->output] < parts[p].first || backend->origin[graph->output] >= parts[p].end))
      part.output = ENGINE_NO_VALUE;
    ok = at->klass->run (at, &part, batch, store->at[parts[p].place], logits, inspect, inspect_user, error);
  }
  return ok;
}

/* ---- beginning and end ------------------------------------------------------------ */

static void
backend_free (EngineBackend *base)
{
  EngineHybridBackend *backend = (EngineHybridBackend *) base;

  for (int place = 0; place < N_PLACES; place++) {
    if (backend->at[place])
      backend->at[place]->klass->free (backend->at[place]);
    free (backend->values[place]);
  }
  for (int i = 0; i < MOST_CROSSING; i++)
    free (backend->crossing[i]);
  free (backend->origin);
  free (backend);
}

static EngineBackend *loader_new (const EngineBackend *base, EngineError *error);

static const EngineBackendClass hybrid_class = {
  .name = "gl",
  .free = backend_free,
  .weight_bytes = weight_bytes,
  .weight_load = weight_load,
  .weight_free = weight_free,
  .stream = stream,
  .expert_stats = expert_stats,
  .loader_new = loader_new,
  .cache_page_bytes = cache_page_bytes,
  .cache_new = cache_new,
  .cache_free = cache_free,
  .cache_copy = cache_copy,
  .place = place,
  .gpu_layers = gpu_layers,
  .retreat = retreat,
  .run = run,
};

static EngineBackend *
loader_new (const EngineBackend *base, EngineError *error)
{
  const EngineHybridBackend *whole = (const EngineHybridBackend *) base;
  EngineHybridBackend *backend = engine_calloc (1, sizeof *backend, error);

  if (!backend)
    return NULL;
  backend->base.klass = &hybrid_class;
  backend->is_loader = true;
  backend->n_layers = whole->n_layers;
  backend->cut = __atomic_load_n (&whole->cut, __ATOMIC_RELAXED);
  for (int place = 0; place < N_PLACES; place++) {
    backend->at[place] = whole->at[place]->klass->loader_new (whole->at[place], error);
    if (!backend->at[place]) {
      backend_free (&backend->base);
      return NULL;
    }
  }
  return &backend->base;
}

EngineBackend *
engine_hybrid_backend_new (EngineBackend *cpu, EngineBackend *gpu, int32_t n_gpu_layers, size_t gpu_memory, EngineError *error)
{
  EngineHybridBackend *backend = cpu && gpu ? engine_calloc (1, sizeof *backend, error) : NULL;

  if (!backend) {
    if (cpu)
      cpu->klass->free (cpu);
    if (gpu)
      gpu->klass->free (gpu);
    return NULL;
  }
  *backend = (EngineHybridBackend) { .base.klass = &hybrid_class, .at = { cpu, gpu }, .wanted = n_gpu_layers, .memory = gpu_memory };
  return &backend->base;
}

const EngineBackend *
engine_hybrid_gpu (const EngineBackend *base)
{
  return base->klass == &hybrid_class ? ((const EngineHybridBackend *) base)->at[GPU] : base;
}
