/* SPDX-License-Identifier: MIT */
#include "mix.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q8_0 = 7, Q5_0 = 8, Q5_1 = 9, Q2_K = 10, Q3_K_S = 11, Q3_K_M = 12, Q3_K_L = 13, Q4_K_S = 14, Q4_K_M = 15, Q5_K_S = 16, Q5_K_M = 17, Q6_K = 18, Q2_K_S = 21, IQ4_NL = 25, BF16 = 32 };

/* The numbers are the format's. */
static const EngineMix mixes[] = {
  { "F32", F32, ENGINE_TYPE_F32 }, { "F16", F16, ENGINE_TYPE_F16 }, { "BF16", BF16, ENGINE_TYPE_BF16 }, { "Q8_0", Q8_0, ENGINE_TYPE_Q8_0 },
  { "Q6_K", Q6_K, ENGINE_TYPE_Q6_K }, { "Q5_K_M", Q5_K_M, ENGINE_TYPE_Q5_K }, { "Q5_K_S", Q5_K_S, ENGINE_TYPE_Q5_K }, { "Q5_1", Q5_1, ENGINE_TYPE_Q5_1 }, { "Q5_0", Q5_0, ENGINE_TYPE_Q5_0 },
  { "Q4_K_M", Q4_K_M, ENGINE_TYPE_Q4_K }, { "Q4_K_S", Q4_K_S, ENGINE_TYPE_Q4_K }, { "IQ4_NL", IQ4_NL, ENGINE_TYPE_IQ4_NL }, { "Q4_1", Q4_1, ENGINE_TYPE_Q4_1 }, { "Q4_0", Q4_0, ENGINE_TYPE_Q4_0 },
  { "Q3_K_L", Q3_K_L, ENGINE_TYPE_Q3_K }, { "Q3_K_M", Q3_K_M, ENGINE_TYPE_Q3_K }, { "Q3_K_S", Q3_K_S, ENGINE_TYPE_Q3_K }, { "Q2_K", Q2_K, ENGINE_TYPE_Q2_K }, { "Q2_K_S", Q2_K_S, ENGINE_TYPE_Q2_K },
};

static const struct { const char *name, *means; } short_names[] = { { "Q3_K", "Q3_K_M" }, { "Q4_K", "Q4_K_M" }, { "Q5_K", "Q5_K_M" } };

/* Parts of names of matrices that choose, place or normalise: small, and a wrong one spoils everything behind it. */
static const char *const delicate[] = {
  "_norm.weight", "ffn_gate_inp.weight", "altup", "laurel", "per_layer_model_proj", "position_embd", "token_types", "ssm_conv1d", "shortconv.conv", "attn_rel_b",
  ".rel_pos", "patch_embd", "patch_merger", "time_mix_",
};

const EngineMix *
engine_mix_find (const char *name)
{
  for (size_t i = 0; i < ENGINE_LENGTH (short_names); i++)
    if (strcasecmp (name, short_names[i].name) == 0)
      name = short_names[i].means;
  for (size_t i = 0; i < ENGINE_LENGTH (mixes); i++)
    if (strcasecmp (name, mixes[i].name) == 0)
      return &mixes[i];
  return NULL;
}

const char *
engine_mix_name (size_t index)
{
  return index < ENGINE_LENGTH (mixes) ? mixes[index].name : NULL;
}

/* ---- what a model is ------------------------------------------------------------------- */

static bool
has (const EngineTensor *tensor, const char *part)
{
  return strstr (tensor->name, part) != NULL;
}

static bool
makes_values (const EngineTensor *tensor)
{
  return has (tensor, "attn_v.weight") || has (tensor, "attn_qkv.weight") || has (tensor, "attn_kv_b.weight");
}

static int64_t
layer_of (const EngineTensor *tensor)
{
  int layer;

  return sscanf (tensor->name, "blk.%d.", &layer) == 1 ? layer : 0;
}

/* Of an array, which has one number for each layer, the largest. */
static int64_t
number (const EngineGguf *gguf, const char *architecture, const char *key, int64_t otherwise)
{
  char name[128];
  int64_t value, largest = 0;
  size_t n;

  snprintf (name, sizeof name, "%.60s.%s", architecture, key);
  if (engine_gguf_int (gguf, name, &value))
    return value;
  n = engine_gguf_array_length (gguf, name);
  for (size_t i = 0; i < n; i++)
    if (engine_gguf_array_int (gguf, name, i, &value))
      largest = ENGINE_MAX (largest, value);
  return n ? largest : otherwise;
}

void
engine_mix_look (const EngineGguf *gguf, bool importances, EngineMixModel *model)
{
  const char *architecture = engine_gguf_clean_string (gguf, "general.architecture");
  int64_t n_queries = number (gguf, architecture, "attention.head_count", 1), n_keys = number (gguf, architecture, "attention.head_count_kv", n_queries);

  *model = (EngineMixModel) {
    .tied = !engine_gguf_find_tensor (gguf, "output.weight"), .importances = importances, .n_layers = number (gguf, architecture, "block_count", 0),
    .n_experts = number (gguf, architecture, "expert_count", 0), .queries_per_key = n_keys > 0 ? n_queries / n_keys : 1,
  };
  for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++)
    model->n_values += makes_values (engine_gguf_tensor (gguf, i));
}

/* How many matrices for values come before this one. */
static int64_t
value_index (const EngineGguf *gguf, const EngineTensor *tensor)
{
  int64_t n = 0;

  for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++) {
    const EngineTensor *other = engine_gguf_tensor (gguf, i);

    n += makes_values (other) && layer_of (other) < layer_of (tensor);
  }
  return n;
}

bool
engine_mix_takes (const EngineTensor *tensor)
{
  size_t n = strlen (tensor->name);

  if (engine_tensor_rows (tensor) < 2 || n < 6 || strcmp (tensor->name + n - 6, "weight") != 0)
    return false;
  for (size_t i = 0; i < ENGINE_LENGTH (delicate); i++)
    if (has (tensor, delicate[i]))
      return false;
  return true;
}

/* ---- who gets more --------------------------------------------------------------------- */

/* The first and the last eighth of the layers, and every third between them. */
static bool
counts_more (int64_t layer, int64_t n)
{
  return layer < n / 8 || layer >= 7 * n / 8 || (layer - n / 8) % 3 == 2;
}

static EngineType
type_of_values (const EngineMix *mix, const EngineMixModel *model, int64_t index)
{
  EngineType type = mix->base;
  bool shared = model->queries_per_key >= 4; /* a small matrix, then, beside all others */

  if (mix->file_type == Q2_K)
    type = shared ? ENGINE_TYPE_Q4_K : ENGINE_TYPE_Q3_K;
  else if (mix->file_type == Q2_K_S && shared)
    type = ENGINE_TYPE_Q4_K;
  else if (mix->file_type == Q3_K_M)
    type = index < 2 ? ENGINE_TYPE_Q5_K : ENGINE_TYPE_Q4_K;
  else if (mix->file_type == Q3_K_L || (mix->file_type == IQ4_NL && shared) || (mix->file_type == Q4_K_S && index < 4))
    type = ENGINE_TYPE_Q5_K;
  else if ((mix->file_type == Q4_K_M || mix->file_type == Q5_K_M) && counts_more (index, model->n_values))
    type = ENGINE_TYPE_Q6_K;
  if (model->n_layers == 80 && shared && (type == ENGINE_TYPE_Q3_K || type == ENGINE_TYPE_Q4_K))
    type = ENGINE_TYPE_Q5_K;
  return model->n_experts == 8 ? ENGINE_TYPE_Q8_0 : type;
}

static EngineType
type_of_way_down (const EngineMix *mix, const EngineMixModel *model, int64_t layer)
{
  int64_t n = model->n_layers;
  bool early = layer < n / 8;

  switch (mix->file_type) {
  case Q2_K:
    return ENGINE_TYPE_Q3_K;
  case Q2_K_S:
    return early ? ENGINE_TYPE_Q4_K : mix->base;
  case Q3_K_M:
    return layer < n / 16 ? ENGINE_TYPE_Q5_K : ENGINE_TYPE_Q4_K;
  case Q3_K_L:
    return ENGINE_TYPE_Q5_K;
  case Q4_K_S:
    return early ? ENGINE_TYPE_Q5_K : mix->base;
  case Q4_K_M:
  case Q5_K_M:
    return counts_more (layer, n) ? ENGINE_TYPE_Q6_K : mix->base;
  case IQ4_NL:
    return early && !model->importances ? ENGINE_TYPE_Q5_K : mix->base;
  case Q4_0:
    return early && model->importances ? ENGINE_TYPE_Q4_1 : mix->base;
  case Q5_0:
    return early && model->importances ? ENGINE_TYPE_Q5_1 : mix->base;
  default:
    return mix->base;
  }
}

static EngineType
type_of_attention_output (const EngineMix *mix, const EngineMixModel *model)
{
  if (model->n_experts == 8) {
    switch (mix->file_type) {
    case Q2_K: case Q3_K_S: case Q3_K_M: case IQ4_NL: case Q4_K_S: case Q4_K_M:
      return ENGINE_TYPE_Q5_K;
    default:
      return mix->base;
    }
  }
  return mix->file_type == Q2_K ? ENGINE_TYPE_Q3_K : mix->file_type == Q3_K_M ? ENGINE_TYPE_Q4_K : mix->file_type == Q3_K_L ? ENGINE_TYPE_Q5_K : mix->base;
}

EngineType
engine_mix_type (const EngineMix *mix, const EngineGguf *gguf, const EngineMixModel *model, const EngineTensor *tensor)
{
  bool vocabulary = strcmp (tensor->name, "output.weight") == 0 || (model->tied && strcmp (tensor->name, "token_embd.weight") == 0);

  if (engine_types[mix->base].block_elements == 1)
    return mix->base;
  if (vocabulary)
    return mix->base == ENGINE_TYPE_Q8_0 || tensor->ne[0] % engine_types[mix->base].block_elements ? ENGINE_TYPE_Q8_0 : ENGINE_TYPE_Q6_K;
  if (makes_values (tensor))
    return type_of_values (mix, model, value_index (gguf, tensor));
  if (has (tensor, "attn_k.weight") && model->n_experts == 8)
    return ENGINE_TYPE_Q8_0;
  if (has (tensor, "ffn_down"))
    return type_of_way_down (mix, model, layer_of (tensor));
  if (has (tensor, "attn_output.weight"))
    return type_of_attention_output (mix, model);
  return mix->base;
}

EngineType
engine_mix_fitting (EngineType type, int64_t row)
{
  if (row % engine_types[type].block_elements == 0)
    return type;
  switch (type) {
  case ENGINE_TYPE_Q2_K:
  case ENGINE_TYPE_Q3_K:
    type = ENGINE_TYPE_Q4_0;
    break;
  case ENGINE_TYPE_Q4_K:
    type = ENGINE_TYPE_Q5_0;
    break;
  case ENGINE_TYPE_Q5_K:
    type = ENGINE_TYPE_Q5_1;
    break;
  case ENGINE_TYPE_Q6_K:
    type = ENGINE_TYPE_Q8_0;
    break;
  default:
    break;
  }
  return row % engine_types[type].block_elements == 0 ? type : ENGINE_TYPE_F16;
}
