/* SPDX-License-Identifier: MIT */
#include "model.h"

#include "chat/calls-prompt.h"
#include "chat/template.h"
#include "chat/thinking.h"
#include "memory.h"
#include "tokenizer/tokenizer.h"

#include <stdio.h>
#include <string.h>

/* An architecture may take a tensor of the file apart: a fused q, k and v are three. */
#define MAX_PARTS 3

#define ARCH(symbol) extern const EngineArch engine_arch_##symbol;
#include "models.def"
#undef ARCH

static const EngineArch *const architectures[] = {
#define ARCH(symbol) &engine_arch_##symbol,
#include "models.def"
#undef ARCH
};

/* ---- finding out what the file is --------------------------------------------- */

/* Letters that both begin with. */
static size_t
common_beginning (const char *a, const char *b)
{
  size_t n = 0;

  while (a[n] && a[n] == b[n])
    n++;
  return n;
}

/* A family's names begin alike: those that share the most with `name`, or, where none shares three letters, all. */
static void
list_nearest (const char *name, char *list, size_t size)
{
  size_t most = 0, n = 0;

  for (size_t i = 0; i < ENGINE_LENGTH (architectures); i++)
    most = ENGINE_MAX (most, common_beginning (architectures[i]->name, name));
  for (size_t i = 0; i < ENGINE_LENGTH (architectures) && n < size; i++)
    if (most < 3 || common_beginning (architectures[i]->name, name) == most)
      n += (size_t) snprintf (list + n, size - n, "%s%s", n ? ", " : "", architectures[i]->name);
}

static const EngineArch *
find_architecture (const EngineGguf *gguf, void *user, EngineError *error)
{
  const char *name = engine_gguf_string (gguf, "general.architecture", NULL), *type = engine_gguf_string (gguf, "general.type", NULL);
  char nearest[320] = "";

  if (type && strcmp (type, "adapter") == 0) {
    engine_fail (error, ENGINE_UNSUPPORTED, "The file is an adapter, which changes a model and cannot run without one; choose it beside the model that it was trained on.");
    return NULL;
  }
  if (!name) {
    engine_fail (error, ENGINE_BAD_FILE, "The model does not say its architecture (general.architecture); fetch a complete file.");
    return NULL;
  }
  for (size_t i = 0; i < ENGINE_LENGTH (architectures); i++)
    if (strcmp (architectures[i]->name, name) == 0)
      return architectures[i];
  if (strcmp (name, "clip") == 0) {
    engine_fail (error, ENGINE_UNSUPPORTED, "The file is the part of a model that sees or hears (\"mmproj\"), and cannot answer without it; choose the model itself.");
    return NULL;
  }
  if (strcmp (name, "whisper") == 0) {
    engine_fail (error, ENGINE_UNSUPPORTED, "The model writes down what is spoken and cannot answer; choose one for conversations.");
    return NULL;
  }
  list_nearest (name, nearest, sizeof nearest);
  engine_fail (error, ENGINE_UNSUPPORTED, "Models of the architecture \"%.40s\" are not supported; the nearest that this version runs: %s.", name, nearest);
  return NULL;
}

/* Counts over all tensors of the file, so that it works without a known architecture too. */
static void
fill_info (EngineModel *model)
{
  EngineModelInfo *info = &model->info;
  const EngineHparams *h = &model->hparams;
  uint64_t bytes_of_type[ENGINE_N_TYPES] = { 0 };
  int most = 0;

  for (size_t i = 0; i < engine_gguf_n_tensors (model->gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (model->gguf, i);

    info->n_parameters += (uint64_t) (tensor->ne[0] * engine_tensor_rows (tensor));
    info->weight_bytes += tensor->bytes;
    bytes_of_type[tensor->type] += tensor->bytes;
  }
  for (int type = 1; type < ENGINE_N_TYPES; type++)
    if (bytes_of_type[type] > bytes_of_type[most])
      most = type;

  info->architecture = model->arch->name;
  info->name = engine_gguf_clean_string (model->gguf, "general.name");
  info->quantisation = engine_types[most].name;
  info->n_layers = h->n_layers;
  info->n_embd = h->n_embd;
  info->n_vocab = model->vocab ? engine_vocab_size (model->vocab) : 0;
  info->n_context_train = h->n_context_train;
  for (int32_t i = 0; i < model->n_cache_layers; i++) {
    const EngineCacheLayer *layer = &model->cache_layers[i];

    info->cache_bytes_per_token += 2 * sizeof (uint16_t) * (uint64_t) layer->n_head_kv * (uint64_t) layer->head_dim;
    info->cache_bytes_fixed += ENGINE_LEAST_STATES * sizeof (float) * (uint64_t) layer->n_state;
  }
  info->embeds = model->arch->encoder;
  info->chat_template = engine_gguf_string (model->gguf, "tokenizer.chat_template", NULL);
}

static EngineTemplate *
parse_template (const EngineModel *model, EngineError *error)
{
  size_t n_bytes = 0;
  const char *source = engine_gguf_string (model->gguf, "tokenizer.chat_template", &n_bytes);

  if (!source) {
    engine_fail (error, ENGINE_BAD_INPUT, "The model has no chat template: it continues texts, but does not hold conversations.");
    return NULL;
  }
  return engine_template_new (source, n_bytes, error);
}

/* Tensors, vocabulary and template, everything but the weights. A file without tensors
 * holds a vocabulary alone, which is enough for vocab_only. */
static bool
load_header (EngineModel *model, bool vocab_only, EngineError *error)
{
  size_t n_tensors = engine_gguf_n_tensors (model->gguf);
  EngineError template_error = { 0 };

  if (n_tensors > 0 || !vocab_only || model->arch->tower) {
    model->tensors = engine_calloc (ENGINE_MAX (n_tensors, 1) * MAX_PARTS, sizeof *model->tensors, error);
    if (!model->tensors || !model->arch->load (model, error))
      return false;
  }
  if (model->arch->tower) {
    fill_info (model);
    return true;
  }
  model->vocab = engine_vocab_new (model->gguf, error);
  if (!model->vocab)
    return false;
  if (model->hparams.n_vocab && engine_vocab_size (model->vocab) != model->hparams.n_vocab)
    return engine_fail (error, ENGINE_BAD_FILE, "The vocabulary has %d tokens, the model %d; fetch a complete file.", engine_vocab_size (model->vocab), model->hparams.n_vocab);
  fill_info (model);
  model->thinking = engine_thinking_family (model->info.chat_template, model->vocab);
  model->info.thinks = model->thinking->thinks;
  if (model->info.chat_template) {
    model->chat_template = parse_template (model, &template_error);
    if (!model->chat_template)
      engine_log (ENGINE_LOG_WARNING, "The model's chat template cannot be used: %s", template_error.message);
  }
  return true;
}

/* ---- weights ------------------------------------------------------------------- */

/* Between the backend and the file: counts what is read, so that a large tensor too
 * shows progress and can be cancelled in the middle. */
typedef struct {
  EngineGguf              *gguf;
  const EngineLoadOptions *options;
  uint64_t                 done, total;
} Reading;

/* Rows of a tensor that lies turned in the file: a piece of each of the file's rows. */
static bool
read_turned (EngineGguf *gguf, const EngineTensor *tensor, size_t offset, uint8_t *out, size_t n, EngineError *error)
{
  size_t width = (size_t) tensor->ne[0], n_rows = (size_t) tensor->ne[1], size = tensor->bytes / n_rows / width, first = offset / (width * size), count = n / (width * size);
  uint8_t *piece = engine_calloc (count, size, error);
  bool ok = piece != NULL;

  for (size_t i = 0; ok && i < width; i++) {
    ok = engine_gguf_read (gguf, tensor, (i * n_rows + first) * size, piece, count * size, error);
    for (size_t row = 0; ok && row < count; row++)
      memcpy (out + (row * width + i) * size, piece + row * size, size);
  }
  free (piece);
  return ok;
}

static bool
read_and_report (void *user, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error)
{
  Reading *reading = user;
  const EngineLoadOptions *options = reading->options;

  if (tensor->made)
    memcpy (out, (const uint8_t *) tensor->made + offset, n);
  else if (!(tensor->turned ? read_turned (reading->gguf, tensor, offset, out, n, error) : engine_gguf_read (reading->gguf, tensor, offset, out, n, error)))
    return false;
  reading->done += n;
  if (options->progress && !options->progress (ENGINE_MIN (1.0, (double) reading->done / (double) reading->total), options->progress_user))
    return engine_fail (error, ENGINE_CANCELLED, "Loading the model was cancelled.");
  return true;
}

/* Those that are not where they should be. */
static bool
load_tensors (EngineModel *model, const EngineLoadOptions *options, EngineError *error)
{
  Reading reading = { .gguf = model->gguf, .options = options, .total = 1 };

  if (!engine_model_make_room (model, options, error))
    return false;
  for (int32_t i = 0; i < model->n_tensors; i++)
    reading.total += model->tensors[i].bytes;
  for (int32_t i = 0; i < model->n_tensors; i++)
    if (!model->backend->klass->weight_load (model->backend, &model->tensors[i], read_and_report, &reading, error))
      return false;
  if (engine_model_streams (model))
    engine_gguf_forget (model->gguf);
  return true;
}

/* A card whose memory is full takes fewer layers, in the end none; one that fails takes none. */
static bool
load_weights (EngineModel *model, const EngineLoadOptions *options, EngineError *error)
{
  const EngineBackendClass *klass;
  EngineError first = { 0 };
  size_t cache_bytes = engine_model_usual_cache (model);
  bool ok;

  model->backend = model->arch->tower || model->arch->whole ? engine_backend_new_whole (options, error) : engine_backend_new (options, error);
  if (!model->backend)
    return false;
  klass = model->backend->klass;
  if (klass->place)
    klass->place (model->backend, model->tensors, model->n_tensors, model->hparams.n_layers, model->hparams.n_together, cache_bytes / (size_t) ENGINE_MAX (model->hparams.n_layers, 1));
  while (!(ok = load_tensors (model, options, &first)) && first.code != ENGINE_CANCELLED && first.code != ENGINE_BAD_FILE && klass->retreat &&
         klass->retreat (model->backend, first.code != ENGINE_NO_MEMORY)) {
    engine_log (ENGINE_LOG_WARNING, "Of %d layers %d go to the graphics card: %s", model->hparams.n_layers, klass->gpu_layers (model->backend), first.message);
    first = (EngineError) { 0 };
  }
  if (!ok && error && error->code == ENGINE_OK)
    *error = first;
  return ok;
}

bool
engine_model_complete (EngineModel *model, EngineError *error)
{
  static const EngineLoadOptions defaults;

  model->incomplete = model->incomplete && !load_tensors (model, &defaults, error);
  return !model->incomplete;
}

bool
engine_model_retreat (EngineModel *model, bool failed, EngineError *error)
{
  const EngineBackendClass *klass = model->backend->klass;

  if (!klass->retreat || !klass->retreat (model->backend, failed))
    return false;
  model->incomplete = true;
  return engine_model_complete (model, error);
}

int32_t
engine_model_gpu_layers (const EngineModel *model)
{
  return model->backend && model->backend->klass->gpu_layers ? model->backend->klass->gpu_layers (model->backend) : 0;
}

/* ---- the model ------------------------------------------------------------------ */

EngineModel *
engine_model_load (const char *path, const EngineLoadOptions *options, EngineError *error)
{
  return engine_model_load_as (path, options, find_architecture, NULL, error);
}

EngineModel *
engine_model_load_as (const char *path, const EngineLoadOptions *options, EngineChooseFunc choose, void *user, EngineError *error)
{
  static const EngineLoadOptions defaults;
  EngineModel *model = engine_calloc (1, sizeof *model, error);

  if (!model)
    return NULL;
  options = options ? options : &defaults;
  model->ref_count = 1;
  model->gguf = engine_gguf_open (path, error);
  model->arch = model->gguf ? choose (model->gguf, user, error) : NULL;
  if (model->arch && load_header (model, options->vocab_only, error) && (options->vocab_only || load_weights (model, options, error)))
    return model;
  engine_model_unref (model);
  return NULL;
}

EngineModel *
engine_model_ref (EngineModel *model)
{
  __atomic_add_fetch (&model->ref_count, 1, __ATOMIC_RELAXED);
  return model;
}

void
engine_model_unref (EngineModel *model)
{
  if (!model || __atomic_sub_fetch (&model->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  if (model->backend) {
    for (int32_t i = 0; i < model->n_tensors; i++)
      if (model->tensors[i].backend_data)
        model->backend->klass->weight_free (model->backend, &model->tensors[i]);
    model->backend->klass->free (model->backend);
  }
  if (model->arch && model->arch->free)
    model->arch->free (model);
  engine_template_free (model->chat_template);
  engine_vocab_free (model->vocab);
  engine_gguf_free (model->gguf);
  free (model->arch_data);
  free (model->cache_layers);
  free (model->tensors);
  free (model);
}

const EngineModelInfo *
engine_model_info (const EngineModel *model)
{
  return &model->info;
}

bool
engine_model_build (const EngineModel *model, const EngineAdaptation *adaptation, bool media, int32_t n_tokens, int32_t n_outputs, EngineGraph *graph, EngineError *error)
{
  engine_graph_init (graph, n_tokens, n_outputs);
  graph->media = media;
  if (adaptation)
    graph->adaptation = *adaptation;
  if (model->arch->build (model, graph, error))
    return true;
  engine_graph_clear (graph);
  return false;
}

/* ---- text ------------------------------------------------------------------------ */

bool
engine_tokenize (const EngineModel *model, const char *text, size_t n_bytes, EngineTokenizeFlags flags, int32_t **ids, size_t *n_ids, EngineError *error)
{
  return engine_vocab_encode (model->vocab, text, n_bytes, flags, ids, n_ids, error);
}

char *
engine_detokenize (const EngineModel *model, const int32_t *ids, size_t n_ids, bool special, size_t *n_bytes, EngineError *error)
{
  EngineDecoder decoder = { 0 };
  char *text = NULL, *larger;
  size_t length = 0, capacity = 0;
  bool ok = true;

  for (size_t i = 0; ok && i < n_ids; i++) {
    if (ids[i] < 0 || ids[i] >= engine_vocab_size (model->vocab))
      ok = engine_fail (error, ENGINE_BAD_INPUT, "The token id %d is outside of the vocabulary, which has %d tokens.", ids[i], engine_vocab_size (model->vocab));
    else
      ok = engine_vocab_decode (model->vocab, &decoder, ids[i], special, &text, &length, &capacity, error);
  }
  ok = ok && engine_vocab_decode_end (&decoder, &text, &length, &capacity, error);
  larger = ok ? realloc (text, length + 1) : NULL;
  if (!larger) {
    if (ok)
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a text of %zu bytes.", length);
    free (text);
    return NULL;
  }
  larger[length] = '\0';
  if (n_bytes)
    *n_bytes = length;
  return larger;
}

static void
write_token (EngineText *json, const EngineModel *model, const char *key, int32_t id)
{
  size_t n_bytes = 0;
  const char *text = id >= 0 ? engine_vocab_text (model->vocab, id, &n_bytes) : "";

  engine_text_printf (json, ",\"%s\":", key);
  engine_text_json (json, text, n_bytes);
}

void
engine_model_write_tokens (const EngineModel *model, EngineText *json)
{
  write_token (json, model, "bos_token", engine_vocab_bos (model->vocab));
  write_token (json, model, "eos_token", engine_vocab_eos (model->vocab));
}

char *
engine_chat_render (const EngineModel *model, const EngineMessage *messages, size_t n_messages, bool add_generation_prompt, EngineError *error)
{
  return engine_chat_render_with (model, messages, n_messages, add_generation_prompt, "", error);
}

char *
engine_chat_render_with (const EngineModel *model, const EngineMessage *messages, size_t n_messages, bool add_generation_prompt, const char *variables, EngineError *error)
{
  EngineText json = { 0 };
  char *rendered = NULL;

  if (!model->chat_template) {
    engine_template_free (parse_template (model, error)); /* for its message */
    return NULL;
  }
  for (size_t i = 0; i < n_messages; i++)
    if (!messages[i].role || (!messages[i].content && !messages[i].n_calls)) {
      engine_fail (error, ENGINE_BAD_INPUT, "Message %zu of the conversation has no role or no text.", i + 1);
      return NULL;
    }
  engine_text_printf (&json, "{\"messages\":[");
  for (size_t i = 0; i < n_messages; i++) {
    engine_text_printf (&json, "%s{", i ? "," : "");
    engine_call_write_message (&json, &messages[i], true);
    engine_text_printf (&json, "}");
  }
  engine_text_printf (&json, "],\"add_generation_prompt\":%s", add_generation_prompt ? "true" : "false");
  engine_model_write_tokens (model, &json);
  engine_text_printf (&json, "%s}", variables);

  if (json.failed)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to write out %zu messages.", n_messages);
  else
    rendered = engine_template_render (model->chat_template, json.bytes, json.length, NULL, error);
  free (json.bytes);
  return rendered;
}
