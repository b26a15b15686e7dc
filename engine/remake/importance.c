/* SPDX-License-Identifier: MIT */
#include "importance.h"
#include "gguf-private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct EngineImportance {
  EngineGguf *gguf;
};

static bool
damaged (const EngineImportance *importance, const char *name, EngineError *error)
{
  return engine_fail (error, ENGINE_BAD_FILE, "The file of importances \"%.120s\" is damaged at the tensor %.70s; make it again with melete-engine imatrix.",
                      engine_gguf_base_name (importance->gguf->path), name);
}

EngineImportance *
engine_importance_open (const char *path, EngineError *error)
{
  EngineImportance *importance = engine_calloc (1, sizeof *importance, error);
  const char *kind;

  if (!importance)
    return NULL;
  importance->gguf = engine_gguf_open (path, error);
  kind = importance->gguf ? engine_gguf_string (importance->gguf, "general.type", NULL) : NULL;
  if (importance->gguf && (!kind || strcmp (kind, "imatrix") != 0))
    engine_fail (error, ENGINE_BAD_FILE, "The file \"%.120s\" holds no importances; make one with melete-engine imatrix.", engine_gguf_base_name (path));
  else if (importance->gguf)
    return importance;
  engine_importance_free (importance);
  return NULL;
}

void
engine_importance_free (EngineImportance *importance)
{
  if (!importance)
    return;
  engine_gguf_free (importance->gguf);
  free (importance);
}

size_t
engine_importance_n (const EngineImportance *importance)
{
  return engine_gguf_n_tensors (importance->gguf) / 2;
}

uint32_t
engine_importance_chunks (const EngineImportance *importance)
{
  uint64_t n = 0;

  engine_gguf_uint (importance->gguf, "imatrix.chunk_count", &n);
  return (uint32_t) ENGINE_MIN (n, UINT32_MAX);
}

static const EngineTensor *
find (const EngineImportance *importance, const EngineTensor *tensor, const char *ending)
{
  char name[ENGINE_MAX_NAME * 2];

  snprintf (name, sizeof name, "%s%s", tensor->name, ending);
  return engine_gguf_find_tensor (importance->gguf, name);
}

/* Sums to means, of one matrix; where nothing was counted all columns are equal. False: there is a number that no sum of squares can be. */
static bool
divide (float *means, int64_t n, float count)
{
  if (!isfinite (count) || count < 0.0f)
    return false;
  for (int64_t i = 0; i < n; i++) {
    if (!isfinite (means[i]) || means[i] < 0.0f)
      return false;
    means[i] = count > 0.0f ? means[i] / count : 1.0f;
  }
  return true;
}

bool
engine_importance_read (EngineImportance *importance, const EngineTensor *tensor, float **means, EngineError *error)
{
  const EngineTensor *sums = find (importance, tensor, ENGINE_IMPORTANCE_SUMS), *counts = find (importance, tensor, ENGINE_IMPORTANCE_COUNTS);
  int64_t n_matrices = tensor->ne[2] * tensor->ne[3], n_counts;
  float *count;
  bool ok;

  *means = NULL;
  if (!sums && !counts)
    return true;
  if (!sums || !counts || sums->type != ENGINE_TYPE_F32 || counts->type != ENGINE_TYPE_F32)
    return damaged (importance, tensor->name, error);
  n_counts = counts->ne[0] * engine_tensor_rows (counts);
  if (sums->ne[0] != tensor->ne[0] || engine_tensor_rows (sums) != n_matrices)
    return engine_fail (error, ENGINE_BAD_INPUT, "The importances in \"%.120s\" are of another model: the tensor %s has %lld columns in %lld matrices there, and %lld in %lld in the model.",
                        engine_gguf_base_name (importance->gguf->path), tensor->name, (long long) sums->ne[0], (long long) engine_tensor_rows (sums), (long long) tensor->ne[0], (long long) n_matrices);
  if (n_counts != 1 && n_counts != n_matrices)
    return damaged (importance, tensor->name, error);
  *means = engine_calloc (sums->bytes, 1, error);
  count = engine_calloc (counts->bytes, 1, error);
  ok = *means && count && engine_gguf_read (importance->gguf, sums, 0, *means, sums->bytes, error) && engine_gguf_read (importance->gguf, counts, 0, count, counts->bytes, error);
  for (int64_t i = 0; ok && i < n_matrices; i++)
    ok = divide (*means + i * tensor->ne[0], tensor->ne[0], count[n_counts == 1 ? 0 : i]) || damaged (importance, tensor->name, error);
  free (count);
  if (!ok) {
    free (*means);
    *means = NULL;
  }
  return ok;
}
