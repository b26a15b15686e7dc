/* SPDX-License-Identifier: MIT */
/* Importances: runs a text through a model and sums up the squares of what its matrices are multiplied by.
 *
 * Nothing of it is in the backend: a run shows every value that a node has written, and the graph says whose input it is. */
#include "remake/importance.h"
#include "remake/writer.h"
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define AT_ONCE 128 /* tokens */

static int64_t n_context = 512, max_chunks;

static const ToolOption options[] = {
  { "--context", TOOL_INT, &n_context, 4, 4096, "N", "tokens of a chunk (512)" },
  { "--chunks", TOOL_INT, &max_chunks, 0, 1 << 20, "N", "at most N chunks (0: all of the text)" },
};

/* What the inputs of one tensor of the file come to. */
typedef struct {
  const EngineTensor *tensor;
  double             *sums;   /* [ne0 · n_matrices] */
  double             *counts; /* [n_matrices] */
  int64_t             n_matrices;
} Entry;

/* A copy of a value of this run, as its memory is soon another's. */
typedef struct {
  float        *numbers;
  size_t        bytes;
  EngineValueId of; /* ENGINE_NO_VALUE: nothing yet */
} Kept;

typedef struct {
  const EngineModel *model;
  Entry             *entries; /* [n_tensors], by the tensor's place in the file; `sums` is NULL until it is seen */
  size_t             n_tensors;
  Kept               routes;  /* the latest routing, [2 · n_used, n] */
  Kept               input;   /* what experts get whose routing is not known yet */
  EngineError        error;
} Collector;

/* Reshaped values share the numbers of another one: of which, and from where on. */
static EngineValueId
root_of (const EngineGraph *graph, EngineValueId id, int64_t *first)
{
  *first = 0;
  while (graph->values[id].base != ENGINE_NO_VALUE) {
    *first += graph->values[id].first;
    id = graph->values[id].base;
  }
  return id;
}

/* The vocabulary's two matrices are left out: importances do them no good, and llama.cpp's files have none either. */
static Entry *
entry_of (Collector *collector, const EngineTensor *weight)
{
  const EngineGguf *gguf = collector->model->gguf;
  const EngineTensor *tensor = weight->whole ? weight->whole : weight;
  Entry *entry;
  size_t i;

  if (weight->first_row != 0 || weight->turned || weight->made || strncmp (tensor->name, "output.", 7) == 0 || strncmp (tensor->name, "token_embd.", 11) == 0)
    return NULL;
  tensor = engine_gguf_find_tensor (gguf, tensor->name);
  if (!tensor)
    return NULL;
  i = (size_t) (tensor - engine_gguf_tensor (gguf, 0));
  entry = &collector->entries[i];
  if (entry->sums)
    return entry;
  entry->n_matrices = tensor->ne[2] * tensor->ne[3];
  entry->sums = engine_calloc ((size_t) (tensor->ne[0] * entry->n_matrices), sizeof *entry->sums, &collector->error);
  entry->counts = engine_calloc ((size_t) entry->n_matrices, sizeof *entry->counts, &collector->error);
  entry->tensor = tensor;
  return entry->sums && entry->counts ? entry : NULL;
}

static void
add_column (Entry *entry, int64_t matrix, const float *x)
{
  double *sums = entry->sums + matrix * entry->tensor->ne[0];

  for (int64_t i = 0; i < entry->tensor->ne[0]; i++)
    sums[i] += (double) x[i] * (double) x[i];
  entry->counts[matrix]++;
}

/* Column c of the input is multiplied by the matrices that its routes name: with itself, or with a part for each. */
static void
add_routed (Collector *collector, Entry *entry, const EngineValue *x, const EngineValue *routes, const float *values)
{
  int64_t n_used = routes->width / 2, width = entry->tensor->ne[0];

  for (int64_t c = 0; c < x->n; c++)
    for (int64_t k = 0; k < n_used; k++) {
      int64_t matrix = (int64_t) collector->routes.numbers[c * routes->width + k];

      if (matrix >= 0 && matrix < entry->n_matrices)
        add_column (entry, matrix, values + c * x->width + (x->width == width ? 0 : k * width));
    }
}

static void
keep_value (Collector *collector, Kept *kept, const EngineValue *value, EngineValueId id, const float *values)
{
  size_t bytes = (size_t) (value->width * value->n) * sizeof *values;

  if (bytes > kept->bytes) {
    free (kept->numbers);
    kept->numbers = engine_calloc (bytes, 1, &collector->error);
    kept->bytes = kept->numbers ? bytes : 0;
  }
  if (kept->numbers)
    memcpy (kept->numbers, values, bytes);
  kept->of = kept->numbers ? id : ENGINE_NO_VALUE;
}

/* Experts want their input and their routing, which come in either order. */
static void
collect_experts (Collector *collector, const EngineGraph *graph, const EngineNode *node, const EngineNode *reader, const float *values)
{
  int64_t first;
  EngineValueId root = root_of (graph, reader->in[1], &first);
  bool routed = node->op == ENGINE_OP_ROUTE && reader->in[2] == node->out && collector->input.of == root;
  Entry *entry;

  if (root == node->out && collector->routes.of != reader->in[2]) {
    keep_value (collector, &collector->input, &graph->values[root], root, values);
    return;
  }
  if (root != node->out && !routed)
    return;
  entry = entry_of (collector, graph->values[reader->in[0]].weight);
  if (entry)
    add_routed (collector, entry, &graph->values[reader->in[1]], &graph->values[reader->in[2]], (routed ? collector->input.numbers : values) + first);
}

static void
collect_matmul (Collector *collector, const EngineGraph *graph, const EngineNode *node, const EngineNode *reader, const float *values)
{
  const EngineValue *x = &graph->values[reader->in[1]];
  int64_t first;
  Entry *entry;

  if (root_of (graph, reader->in[1], &first) != node->out)
    return;
  entry = entry_of (collector, graph->values[reader->in[0]].weight);
  for (int64_t c = 0; entry && x->width == entry->tensor->ne[0] && c < x->n; c++)
    add_column (entry, 0, values + first + c * x->width);
}

/* Called with each value when it has been written: looks for who multiplies by it. */
static void
collect (void *user, const EngineGraph *graph, const EngineNode *node, const float *values)
{
  Collector *collector = user;

  if (node->op == ENGINE_OP_ROUTE)
    keep_value (collector, &collector->routes, &graph->values[node->out], node->out, values);
  for (int32_t i = 0; i < graph->n_nodes && collector->error.code == ENGINE_OK; i++)
    if (graph->nodes[i].op == ENGINE_OP_MATMUL)
      collect_matmul (collector, graph, node, &graph->nodes[i], values);
    else if (graph->nodes[i].op == ENGINE_OP_EXPERTS)
      collect_experts (collector, graph, node, &graph->nodes[i], values);
}

/* ---- the file -------------------------------------------------------------------------- */

static void
name_of (const Entry *entry, const char *ending, EngineTensor *tensor)
{
  snprintf (tensor->name, sizeof tensor->name, "%.*s%s", (int) (ENGINE_MAX_NAME - strlen (ending)), entry->tensor->name, ending);
}

/* A name that would be too long for the format has no place in the file. */
static bool
is_written (const Entry *entry)
{
  return entry->sums && strlen (entry->tensor->name) + sizeof ENGINE_IMPORTANCE_SUMS - 1 < ENGINE_MAX_NAME;
}

static bool
append (EngineWriter *writer, const double *numbers, int64_t n, EngineError *error)
{
  float *floats = engine_calloc ((size_t) n, sizeof *floats, error);
  bool ok = floats != NULL;

  for (int64_t i = 0; ok && i < n; i++) {
    floats[i] = (float) numbers[i];
    ok = isfinite (floats[i]) || engine_fail (error, ENGINE_BAD_FILE, "The model computes no finite numbers from this text, so there are no importances; its file may be damaged.");
  }
  ok = ok && engine_writer_append (writer, floats, (size_t) n * sizeof *floats, error);
  free (floats);
  return ok;
}

static bool
write_file (const Collector *collector, const char *path, const char *text_path, int64_t n_chunks, size_t *n_written, EngineError *error)
{
  EngineWriter *writer = engine_writer_new (path, error);
  bool ok;

  if (!writer)
    return false;
  engine_writer_string (writer, "general.type", "imatrix");
  engine_writer_strings (writer, "imatrix.datasets", &text_path, 1);
  engine_writer_uint (writer, "imatrix.chunk_count", (uint32_t) n_chunks);
  engine_writer_uint (writer, "imatrix.chunk_size", (uint32_t) n_context);
  for (size_t i = 0; i < collector->n_tensors; i++) {
    const Entry *entry = &collector->entries[i];
    EngineTensor tensor = { .type = ENGINE_TYPE_F32, .n_dims = 2 };

    if (!is_written (entry))
      continue;
    tensor.ne[0] = entry->tensor->ne[0];
    tensor.ne[1] = entry->n_matrices;
    name_of (entry, ENGINE_IMPORTANCE_SUMS, &tensor);
    engine_writer_tensor (writer, &tensor);
    tensor.ne[0] = 1;
    name_of (entry, ENGINE_IMPORTANCE_COUNTS, &tensor);
    engine_writer_tensor (writer, &tensor);
    ++*n_written;
  }
  ok = *n_written > 0 || engine_fail (error, ENGINE_UNSUPPORTED, "The model has no matrices that importances could be had for.");
  ok = ok && engine_writer_begin (writer, error);
  for (size_t i = 0; ok && i < collector->n_tensors; i++) {
    const Entry *entry = &collector->entries[i];

    if (is_written (entry))
      ok = append (writer, entry->sums, entry->tensor->ne[0] * entry->n_matrices, error) && append (writer, entry->counts, entry->n_matrices, error);
  }
  ok = ok && engine_writer_commit (writer, error);
  engine_writer_free (writer);
  return ok;
}

/* ---- running --------------------------------------------------------------------------- */

/* The last layer computes nothing for tokens whose logits nobody wants, so all are wanted; some at a time, for they are large. */
static bool
run_chunks (Collector *collector, ToolSession *session, int32_t *tokens, int64_t n_chunks, EngineError *error)
{
  const EngineVocab *vocab = collector->model->vocab;
  float *logits = engine_calloc ((size_t) collector->model->hparams.n_vocab * AT_ONCE, sizeof *logits, error);
  bool ok = logits != NULL;

  for (int64_t i = 0; ok && i < n_chunks; i++) {
    int32_t *chunk = tokens + i * n_context;

    /* A chunk begins as the model expects a text to begin. */
    if (engine_vocab_adds_bos (vocab) && engine_vocab_bos (vocab) >= 0)
      chunk[0] = engine_vocab_bos (vocab);
    for (int32_t begin = 0; ok && begin < n_context; begin += AT_ONCE) {
      ToolSlice slice = { .position = begin, .n_tokens = (int32_t) ENGINE_MIN (AT_ONCE, n_context - begin), .tokens = chunk + begin };

      collector->routes.of = collector->input.of = ENGINE_NO_VALUE;
      ok = tool_session_run (session, &slice, 1, logits, collect, collector, error) &&
           (collector->error.code == ENGINE_OK || engine_fail (error, collector->error.code, "%s", collector->error.message));
    }
  }
  free (logits);
  return ok;
}

/* What is read must not be written over. */
static bool
is_another (const char *out, const char *in, EngineError *error)
{
  struct stat a, b;

  return stat (out, &a) != 0 || stat (in, &b) != 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino ||
         engine_fail (error, ENGINE_BAD_INPUT, "\"%.300s\" is a file that is read; name another one for the importances.", out);
}

static bool
run_imatrix (char **arguments, int n_arguments, EngineError *error)
{
  bool apart = is_another (arguments[2], arguments[0], error) && is_another (arguments[2], arguments[1], error);
  EngineModel *model = apart ? tool_load (arguments[0], false, error) : NULL;
  Collector collector = { .model = model };
  ToolSession session = { 0 };
  int32_t *tokens = NULL;
  size_t n_tokens = 0, n_written = 0;
  int64_t n_chunks = 0;
  bool ok = model && tool_read_chunks (model, arguments[1], n_context, &tokens, &n_tokens, error) && tool_session_init (&session, model, (int32_t) n_context, 1, error);

  if (ok) {
    n_chunks = (int64_t) n_tokens / n_context;
    n_chunks = max_chunks ? ENGINE_MIN (n_chunks, max_chunks) : n_chunks;
    collector.n_tensors = engine_gguf_n_tensors (model->gguf);
    collector.entries = engine_calloc (collector.n_tensors, sizeof *collector.entries, error);
    ok = collector.entries && run_chunks (&collector, &session, tokens, n_chunks, error) && write_file (&collector, arguments[2], arguments[1], n_chunks, &n_written, error);
  }
  if (ok && tool_common.json)
    printf ("{\"n_matrices\": %zu, \"n_chunks\": %lld, \"context\": %lld}\n", n_written, (long long) n_chunks, (long long) n_context);
  else if (ok)
    printf ("Importances of %zu matrices, from %lld chunks of %lld tokens\n", n_written, (long long) n_chunks, (long long) n_context);
  for (size_t i = 0; collector.entries && i < collector.n_tensors; i++) {
    free (collector.entries[i].sums);
    free (collector.entries[i].counts);
  }
  free (collector.entries);
  free (collector.routes.numbers);
  free (collector.input.numbers);
  if (session.model)
    tool_session_clear (&session);
  free (tokens);
  engine_model_unref (model);
  return ok;
}

const ToolCommand tool_imatrix = {
  .name = "imatrix", .arguments = "MODEL TEXT OUT", .summary = "Finds what of a model is important for a text, for quantize --imatrix",
  .n_arguments_min = 3, .n_arguments_max = 3, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_imatrix,
};
