/* SPDX-License-Identifier: MIT */
#include "common.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_LAYERS 1024
#define MAX_WIDTH (1 << 20)
#define MAX_HEADS 1024
#define MAX_HEAD_DIM 512
#define MAX_CONTEXT (1 << 27)

/* ---- keys ------------------------------------------------------------------- */

typedef struct { char text[128]; } KeyName;

static KeyName
full_name (const EngineModel *model, const char *key)
{
  KeyName name;

  snprintf (name.text, sizeof name.text, "%s.%s", model->arch->name, key);
  return name;
}

bool
engine_key_int (const EngineModel *model, const char *key, int64_t min, int64_t max, int32_t *value, EngineError *error)
{
  KeyName name = full_name (model, key);
  bool present = engine_gguf_type (model->gguf, name.text, NULL, NULL);
  int64_t found = *value;

  if (present && !engine_gguf_int (model->gguf, name.text, &found))
    return engine_fail (error, ENGINE_BAD_FILE, "The model's key %s is no single whole number; the file is damaged or of a kind that is not supported.", name.text);
  if (!present && (found < min || found > max))
    return engine_fail (error, ENGINE_BAD_FILE, "The model lacks the key %s; fetch a complete file.", name.text);
  if (found < min || found > max)
    return engine_fail (error, ENGINE_BAD_FILE, "The model's key %s is %lld; it must be from %lld to %lld.", name.text, (long long) found, (long long) min, (long long) max);
  *value = (int32_t) found;
  return true;
}

bool
engine_key_float (const EngineModel *model, const char *key, double min, double max, float *value, EngineError *error)
{
  KeyName name = full_name (model, key);
  bool present = engine_gguf_type (model->gguf, name.text, NULL, NULL);
  double found = *value;

  if (present && !engine_gguf_float (model->gguf, name.text, &found))
    return engine_fail (error, ENGINE_BAD_FILE, "The model's key %s is no number; the file is damaged.", name.text);
  if (!present && !(found >= min && found <= max))
    return engine_fail (error, ENGINE_BAD_FILE, "The model lacks the key %s; fetch a complete file.", name.text);
  if (!(found >= min && found <= max)) /* refuses a NaN too */
    return engine_fail (error, ENGINE_BAD_FILE, "The model's key %s is %g; it must be from %g to %g.", name.text, found, min, max);
  *value = (float) found;
  return true;
}

/* ---- hyper-parameters --------------------------------------------------------- */

/* Sources: the GGUF specification's table of keys; for YaRN, Peng et al., arXiv:2309.00071. */
static bool
load_rope (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  EngineRopeParams *rope = &h->rope;
  KeyName type_key = full_name (model, "rope.scaling.type");
  const char *type = engine_gguf_string (model->gguf, type_key.text, NULL);
  float factor = 1, log_multiplier = 0;
  int32_t n_rot = h->head_dim;

  if (!engine_key_int (model, "rope.dimension_count", 0, h->head_dim, &n_rot, error))
    return false;
  if (n_rot % 2)
    return engine_fail (error, ENGINE_BAD_FILE, "The model turns %d elements of each head; it must be an even number.", n_rot);
  *rope = (EngineRopeParams) {
    .head_dim = h->head_dim, .n_rot = n_rot, .freq_base = 10000, .freq_scale = 1,
    .attn_factor = 1, .beta_fast = 32, .beta_slow = 1, .n_context_original = h->n_context_train,
  };
  if (!engine_key_float (model, "rope.freq_base", 1, 1e12, &rope->freq_base, error))
    return false;

  /* Older files have "rope.scale_linear"; a factor without a type means linear. */
  if (!engine_key_float (model, "rope.scale_linear", 0, 1e6, &factor, error) ||
      !engine_key_float (model, "rope.scaling.factor", 0, 1e6, &factor, error) ||
      !engine_key_float (model, "rope.scaling.attn_factor", 1e-3, 1e3, &rope->attn_factor, error) ||
      !engine_key_int (model, "rope.scaling.original_context_length", 1, MAX_CONTEXT, &rope->n_context_original, error) ||
      !engine_key_float (model, "rope.scaling.yarn_beta_fast", 0, 1e6, &rope->beta_fast, error) ||
      !engine_key_float (model, "rope.scaling.yarn_log_multiplier", 0, 1e3, &log_multiplier, error) ||
      !engine_key_float (model, "rope.scaling.yarn_beta_slow", 0, 1e6, &rope->beta_slow, error))
    return false;
  if (type && strcmp (type, "none") != 0 && strcmp (type, "linear") != 0 && strcmp (type, "longrope") != 0 && strcmp (type, "yarn") != 0)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model scales its positions by \"%.40s\"; this version knows none, linear, longrope and yarn.", type);
  if (factor > 0 && !(type && (strcmp (type, "none") == 0 || strcmp (type, "longrope") == 0)))
    rope->freq_scale = 1 / factor;
  if (type && strcmp (type, "yarn") == 0) {
    rope->ext_factor = 1;
    if (factor > 1) /* section 3.4: attention grows sharper with the stretch; some models take that back in part */
      rope->attn_factor *= (1 + 0.1f * logf (factor)) / (1 + 0.1f * log_multiplier * logf (factor));
  }
  return true;
}

bool
engine_layer_int (const EngineModel *model, const char *key, int32_t layer, int64_t *value)
{
  return engine_gguf_array_int (model->gguf, full_name (model, key).text, (size_t) layer, value);
}

bool
engine_layer_attends (const EngineModel *model, int32_t layer)
{
  int64_t n = 1;

  return !engine_layer_int (model, "attention.head_count_kv", layer, &n) || n != 0;
}

bool
engine_layer_bool (const EngineModel *model, const char *key, int32_t layer, bool *value)
{
  return engine_gguf_array_bool (model->gguf, full_name (model, key).text, (size_t) layer, value);
}

/* One number for all layers, or one for each, of which it is the largest. */
static bool
load_largest (const EngineModel *model, const char *key, int64_t min, int64_t max, int32_t *value, EngineError *error)
{
  int64_t n;

  if (!model->arch->layers_differ || !engine_layer_int (model, key, 0, &n))
    return engine_key_int (model, key, min, max, value, error);
  *value = 0;
  for (int32_t i = 0; i < model->hparams.n_layers; i++) {
    if (!engine_layer_int (model, key, i, &n) || n < min || n > max)
      return engine_fail (error, ENGINE_BAD_FILE, "The model's key %s has no number from %lld to %lld for layer %d; fetch a complete file.", full_name (model, key).text, (long long) min, (long long) max, i);
    *value = ENGINE_MAX (*value, (int32_t) n);
  }
  return true;
}

/* One number for all layers, or one for each; then the same but for those that do not attend. */
static bool
load_kv_heads (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int64_t first = 0, n;

  if (!model->arch->partly_attends || !engine_layer_int (model, "attention.head_count_kv", 0, &n))
    return load_largest (model, "attention.head_count_kv", 1, h->n_head, &h->n_head_kv, error);
  for (int32_t i = 0; i < h->n_layers; i++) {
    if (!engine_layer_int (model, "attention.head_count_kv", i, &n) || n < 0 || n > h->n_head)
      return engine_fail (error, ENGINE_BAD_FILE, "The model does not say for layer %d how many of its %d heads have keys; fetch a complete file.", i, h->n_head);
    if (n && first && n != first)
      return engine_fail (error, ENGINE_UNSUPPORTED, "The model has layers with %d key heads and with %d; this version needs the same number.", (int) first, (int) n);
    first = n ? n : first;
  }
  h->n_head_kv = first ? (int32_t) first : h->n_head;
  return true;
}

int32_t
engine_layer_number (const EngineModel *model, const char *key, int32_t layer, int32_t otherwise)
{
  int64_t n = otherwise;

  engine_layer_int (model, key, layer, &n);
  return (int32_t) n;
}

bool
engine_hparams_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t n_vocab = 0, value_length;

  h->n_vocab = (int32_t) ENGINE_MIN (engine_gguf_array_length (model->gguf, "tokenizer.ggml.tokens"), (size_t) MAX_WIDTH * 16);
  if (h->n_vocab < 1)
    return engine_fail (error, ENGINE_BAD_FILE, "The model has no vocabulary (tokenizer.ggml.tokens); fetch a complete file.");
  if (!engine_key_int (model, "block_count", 1, MAX_LAYERS, &h->n_layers, error) ||
      !engine_key_int (model, "embedding_length", 1, MAX_WIDTH, &h->n_embd, error) ||
      !load_largest (model, "feed_forward_length", 1, MAX_WIDTH, &h->n_ff, error) ||
      !engine_key_int (model, "context_length", 1, MAX_CONTEXT, &h->n_context_train, error) ||
      !engine_key_int (model, "attention.head_count", 1, MAX_HEADS, &h->n_head, error))
    return false;

  h->n_media_parts = 1;
  h->n_head_kv = h->n_head;
  h->head_dim = h->n_embd % h->n_head ? 0 : h->n_embd / h->n_head;
  n_vocab = h->n_vocab;
  if (!load_kv_heads (model, error) ||
      !engine_key_int (model, "attention.key_length", 1, MAX_HEAD_DIM, &h->head_dim, error) ||
      !engine_key_int (model, "vocab_size", 1, MAX_WIDTH * 16, &n_vocab, error))
    return false;
  value_length = h->head_dim;
  if (!engine_key_int (model, "attention.value_length", 1, MAX_HEAD_DIM, &value_length, error))
    return false;
  if (value_length != h->head_dim)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's values have %d elements per head and its keys %d; this version needs the same number.", value_length, h->head_dim);
  if (h->n_head % h->n_head_kv)
    return engine_fail (error, ENGINE_BAD_FILE, "The model's %d attention heads cannot share %d key heads evenly.", h->n_head, h->n_head_kv);
  if (n_vocab != h->n_vocab)
    return engine_fail (error, ENGINE_BAD_FILE, "The model has %d tokens, but says that it has %d.", h->n_vocab, n_vocab);
  h->norm_eps = -1;
  if (!engine_key_float (model, model->arch->encoder ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", 0, 0.1, &h->norm_eps, error))
    return false;
  return load_rope (model, error);
}

bool
engine_rope_sections_load (EngineModel *model, EngineAxesOrder order, EngineError *error)
{
  EngineRopeParams *rope = &model->hparams.rope;
  int32_t n_pairs = 0;

  rope->n_axes = 3;
  rope->axes_order = order;
  for (int32_t a = 0; a < rope->n_axes; a++) {
    int64_t n;

    if (!engine_layer_int (model, "rope.dimension_sections", a, &n) || n < 0 || n > rope->n_rot / 2 - n_pairs)
      return engine_fail (error, ENGINE_BAD_FILE, "The model does not say how its %d pairs turn with height and width (rope.dimension_sections); fetch a complete file.", rope->n_rot / 2);
    n_pairs += rope->axes[a] = (int32_t) n;
  }
  return n_pairs == rope->n_rot / 2 ||
         engine_fail (error, ENGINE_BAD_FILE, "The model says of %d of its %d pairs with what they turn (rope.dimension_sections); fetch a complete file.", n_pairs, rope->n_rot / 2);
}

bool
engine_no_experts (const EngineModel *model, EngineError *error)
{
  int32_t n = 0;

  if (!engine_key_int (model, "expert_count", 0, 1 << 16, &n, error))
    return false;
  return n == 0 || engine_fail (error, ENGINE_UNSUPPORTED, "The model is a mixture of %d experts, which this version does not run for %s.", n, model->arch->name);
}

bool
engine_cache_layer_add (EngineModel *model, EngineCacheLayer layer, int32_t *index, EngineError *error)
{
  size_t n = (size_t) model->n_cache_layers + 1;
  EngineCacheLayer *layers = realloc (model->cache_layers, n * sizeof *layers);

  if (!layers)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a model of %d layers.", model->hparams.n_layers);
  model->cache_layers = layers;
  *index = model->n_cache_layers++;
  layers[*index] = layer;
  return true;
}

/* ---- tensors ------------------------------------------------------------------ */

/* Copies the file's tensor of that name out when it has the shape; an optional one that is missing has the name "". */
static bool
check_shape_4 (const EngineModel *model, EngineTensor *tensor, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3, const char *name, bool optional, EngineError *error)
{
  const EngineTensor *found = engine_gguf_find_tensor (model->gguf, name);
  int64_t rows = ne1 ? ne1 : 1;

  *tensor = (EngineTensor) { 0 };
  if (!found)
    return optional || engine_fail (error, ENGINE_BAD_FILE, "The model lacks the tensor %s; fetch a complete file.", name);
  if (found->ne[0] != ne0 || found->ne[1] != rows || found->ne[2] != ne2 || found->ne[3] != ne3)
    return engine_fail (error, ENGINE_BAD_FILE, "The model's tensor %s has the shape [%lld, %lld, %lld, %lld]; its keys ask for [%lld, %lld, %lld, %lld].", name, (long long) found->ne[0],
                        (long long) found->ne[1], (long long) found->ne[2], (long long) found->ne[3], (long long) ne0, (long long) rows, (long long) ne2, (long long) ne3);
  *tensor = *found;
  return true;
}

static bool
check_shape (const EngineModel *model, EngineTensor *tensor, int64_t ne0, int64_t ne1, int64_t ne2, const char *name, bool optional, EngineError *error)
{
  return check_shape_4 (model, tensor, ne0, ne1, ne2, 1, name, optional, error);
}

static EngineTensor *
add (EngineModel *model, const EngineTensor *tensor)
{
  model->tensors[model->n_tensors] = *tensor;
  return &model->tensors[model->n_tensors++];
}

static bool
claim (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, const char *name, bool optional, EngineError *error)
{
  EngineTensor found;

  *tensor = NULL;
  if (!check_shape (model, &found, ne0, ne1, 1, name, optional, error))
    return false;
  for (int32_t i = 0; i < model->n_tensors; i++)
    if (strcmp (model->tensors[i].name, name) == 0)
      *tensor = &model->tensors[i];
  if (!*tensor && found.name[0])
    *tensor = add (model, &found);
  return true;
}

static bool __attribute__ ((format (printf, 7, 0)))
claim_by_format (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, bool optional, EngineError *error, const char *format, va_list args)
{
  char name[128];

  vsnprintf (name, sizeof name, format, args);
  return claim (model, tensor, ne0, ne1, name, optional, error);
}

bool
engine_model_tensor (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *format, ...)
{
  va_list args;
  bool ok;

  va_start (args, format);
  ok = claim_by_format (model, tensor, ne0, ne1, false, error, format, args);
  va_end (args);
  return ok;
}

bool
engine_model_tensor_optional (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *format, ...)
{
  va_list args;
  bool ok;

  va_start (args, format);
  ok = claim_by_format (model, tensor, ne0, ne1, true, error, format, args);
  va_end (args);
  return ok;
}

bool
engine_model_has_tensor (const EngineModel *model, const char *format, ...)
{
  char name[128];
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  return engine_gguf_find_tensor (model->gguf, name) != NULL;
}

bool
engine_model_tensor_rows (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, int64_t first, int64_t n_rows, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor whole, *part;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &whole, ne0, ne1, 1, name, false, error))
    return false;
  part = add (model, &whole);
  *tensor = part;
  snprintf (part->name, sizeof part->name, "%.48s:%lld", name, (long long) first);
  part->whole = engine_gguf_find_tensor (model->gguf, name);
  part->first_row = first;
  part->bytes = whole.bytes / (size_t) ne1 * (size_t) n_rows;
  part->offset = whole.offset + whole.bytes / (size_t) ne1 * (size_t) first;
  part->ne[1] = n_rows;
  return true;
}

bool
engine_model_conv (EngineModel *model, EngineTensor **tensor, int64_t n_taps, int64_t n_channels, EngineError *error, const char *format, ...)
{
  va_list args;
  bool ok;

  va_start (args, format);
  ok = claim_by_format (model, tensor, n_taps, n_channels, false, error, format, args);
  va_end (args);
  if (ok && (*tensor)->type != ENGINE_TYPE_F32)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's tensor %s is in %s; this version needs F32.", (*tensor)->name, engine_types[(*tensor)->type].name);
  return ok;
}

bool
engine_model_experts (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, int64_t n_experts, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &found, ne0, ne1, n_experts, name, false, error))
    return false;
  if (ne1 % 16)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's experts have %lld rows; this version needs a multiple of 16.", (long long) ne1);
  found.n_experts = (int32_t) n_experts;
  *tensor = add (model, &found);
  return true;
}

static bool
check_numbers (const EngineTensor *tensor, EngineError *error)
{
  return engine_types[tensor->type].block_elements == 1 ||
         engine_fail (error, ENGINE_UNSUPPORTED, "The model's tensor %s is in %s; this version needs F32, F16 or BF16.", tensor->name, engine_types[tensor->type].name);
}

bool
engine_model_number (const EngineModel *model, float *number, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  float raw = 0; /* as the file has it, no longer than this */
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &found, 1, 0, 1, name, true, error))
    return false;
  if (!found.name[0])
    return true;
  if (!check_numbers (&found, error) || !engine_gguf_read (model->gguf, &found, 0, &raw, found.bytes, error))
    return false;
  engine_type_to_float (found.type, &raw, number, 1);
  return true;
}

bool
engine_model_floats (const EngineModel *model, float **numbers, int64_t ne0, int64_t ne1, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  void *bytes;
  va_list args;
  bool ok;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  *numbers = NULL;
  if (!check_shape (model, &found, ne0, ne1, 1, name, false, error))
    return false;
  *numbers = engine_calloc ((size_t) ne0 * (size_t) ENGINE_MAX (ne1, 1), sizeof **numbers, error);
  bytes = *numbers ? engine_calloc (found.bytes, 1, error) : NULL;
  ok = bytes && engine_gguf_read (model->gguf, &found, 0, bytes, found.bytes, error);
  if (ok)
    engine_type_to_float (found.type, bytes, *numbers, (size_t) ne0 * (size_t) ENGINE_MAX (ne1, 1));
  free (bytes);
  return ok;
}

EngineTensor *
engine_model_made (EngineModel *model, int64_t ne0, int64_t ne1, const float *numbers, const char *format, ...)
{
  EngineTensor made = { .type = ENGINE_TYPE_F32, .n_dims = ne1 ? 2 : 1, .ne = { ne0, ENGINE_MAX (ne1, 1), 1, 1 }, .made = numbers };
  va_list args;

  va_start (args, format);
  vsnprintf (made.name, sizeof made.name, format, args);
  va_end (args);
  made.bytes = (size_t) made.ne[0] * (size_t) made.ne[1] * sizeof *numbers;
  return add (model, &made);
}

bool
engine_model_turned (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &found, ne1, ne0, 1, name, false, error) || !check_numbers (&found, error))
    return false;
  found.ne[0] = ne0;
  found.ne[1] = ne1;
  found.turned = true;
  *tensor = add (model, &found);
  return true;
}

/* What a convolution multiplies by, as a matrix. Quantised rows are those of the kernel: no column begins in the middle of a block. */
static bool
flatten_kernels (EngineModel *model, EngineTensor **tensor, EngineTensor *found, int64_t n_in, int64_t n_rows, EngineError *error)
{
  if (!check_numbers (found, error))
    return false;
  found->n_dims = 2;
  found->ne[0] = n_in;
  found->ne[1] = n_rows;
  found->ne[2] = found->ne[3] = 1;
  *tensor = add (model, found);
  return true;
}

bool
engine_model_patches (EngineModel *model, EngineTensor **tensor, int64_t side, int64_t n_channels, int64_t n_rows, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  return check_shape_4 (model, &found, side, side, n_channels, n_rows, name, false, error) && flatten_kernels (model, tensor, &found, side * side * n_channels, n_rows, error);
}

bool
engine_model_kernels (EngineModel *model, EngineTensor **tensor, int64_t n_taps, int64_t n_channels, int64_t n_rows, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  return check_shape_4 (model, &found, n_taps, n_channels, n_rows, 1, name, false, error) && flatten_kernels (model, tensor, &found, n_taps * n_channels, n_rows, error);
}

/* Its numbers as a vector of n. */
static void
add_vector (EngineModel *model, EngineTensor **tensor, EngineTensor *found, int64_t n)
{
  found->n_dims = 1;
  found->ne[0] = n;
  found->ne[1] = found->ne[2] = 1;
  *tensor = add (model, found);
}

bool
engine_model_channels (EngineModel *model, EngineTensor **tensor, int64_t n, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &found, 1, 1, n, name, false, error))
    return false;
  add_vector (model, tensor, &found, n);
  return true;
}

bool
engine_model_vector (EngineModel *model, EngineTensor **tensor, int64_t ne0, int64_t ne1, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor found;
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &found, ne0, ne1, 1, name, false, error))
    return false;
  add_vector (model, tensor, &found, ne0 * ne1);
  return true;
}

bool
engine_model_vector_part (EngineModel *model, EngineTensor **tensor, int64_t n, int64_t first, int64_t n_part, EngineError *error, const char *format, ...)
{
  char name[128];
  EngineTensor whole, *part;
  va_list args;
  size_t before, bytes;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  if (!check_shape (model, &whole, n, 0, 1, name, false, error))
    return false;
  if (!engine_type_bytes (whole.type, (uint64_t) first, &before) || !engine_type_bytes (whole.type, (uint64_t) n_part, &bytes))
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's tensor %s is of a type that cannot be taken apart; choose a model whose vectors are in F32.", name);
  part = add (model, &whole);
  *tensor = part;
  part->whole = engine_gguf_find_tensor (model->gguf, name);
  part->first_row = first;
  part->ne[0] = n_part;
  part->offset += before;
  part->bytes = bytes;
  return true;
}
