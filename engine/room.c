/* SPDX-License-Identifier: MIT */
/* Whether a model has room in memory, and what to do with one that has too many experts for it. */
#include "model.h"

#include "memory.h"

/* What the machine should keep for everything else when a model has been loaded. */
#define MEMORY_RESERVE ((size_t) 256 << 20)
#define USUAL_CONTEXT 8192
#define LEAST_MATRICES 6 /* of experts: two experts of the usual three */

size_t
engine_model_usual_cache (const EngineModel *model)
{
  return USUAL_CONTEXT * (size_t) model->info.cache_bytes_per_token + (size_t) model->info.cache_bytes_fixed;
}

/* SIZE_MAX: more than can be counted. */
typedef struct {
  size_t all, experts;
  size_t least; /* experts that have to be there */
} Need;

static Need
find_need (const EngineModel *model)
{
  Need need = { 0 };

  for (int32_t i = 0; i < model->n_tensors; i++) {
    const EngineTensor *tensor = &model->tensors[i];
    size_t bytes = model->backend->klass->weight_bytes (model->backend, tensor);

    if (!engine_sum (need.all, bytes, &need.all))
      need.all = SIZE_MAX;
    if (tensor->n_experts > 0 && bytes > 0 && bytes < SIZE_MAX - need.experts) {
      need.experts += bytes;
      need.least = ENGINE_MAX (need.least, LEAST_MATRICES * (ENGINE_MAX (bytes, tensor->bytes) / (size_t) tensor->n_experts + 4 * ENGINE_READ_ALIGN));
    }
  }
  return need;
}

/* All but experts. Where the machine's memory is the limit, what comes after the weights wants some of it too. */
static size_t
needed_besides (const EngineModel *model, const EngineLoadOptions *options, size_t room, size_t dense)
{
  size_t after = options->memory_limit ? 0 : engine_model_usual_cache (model) + room / 16, besides;

  return engine_sum (dense, after, &besides) ? besides : SIZE_MAX;
}

bool
engine_model_make_room (EngineModel *model, const EngineLoadOptions *options, EngineError *error)
{
  const EngineBackendClass *klass = model->backend->klass;
  size_t limit = options->memory_limit, available = limit ? limit : engine_memory_available ();
  size_t room = available - (limit ? 0 : ENGINE_MIN (MEMORY_RESERVE, available / 8)), bytes, besides, least;
  Need need = find_need (model);
  bool can_stream = klass->stream && need.experts > 0 && !engine_model_streams (model);

  if (need.all <= room && (!can_stream || !options->expert_memory || need.experts <= options->expert_memory))
    return true;
  if (!can_stream)
    return engine_fail (error, ENGINE_NO_MEMORY, "The model needs %s of memory and only %s are available; close other programs or choose a smaller model.",
                        engine_size_text (need.all).text, engine_size_text (room).text);
  if (options->expert_memory && options->expert_memory < need.least)
    return engine_fail (error, ENGINE_BAD_INPUT, "Experts of this model need at least %s of memory, even if they are read as they are chosen, but only %s are allowed; allow more.",
                        engine_size_text (need.least).text, engine_size_text (options->expert_memory).text);
  besides = needed_besides (model, options, room, need.all - need.experts);
  if (!engine_sum (besides, need.least, &least))
    least = SIZE_MAX;
  if (least > room)
    return engine_fail (error, ENGINE_NO_MEMORY, "The model needs %s of memory, and at least %s if experts are read as they are chosen, but only %s are available; close other programs or choose a smaller model.",
                        engine_size_text (need.all).text, engine_size_text (least).text, engine_size_text (room).text);
  bytes = ENGINE_MIN (room - besides, options->expert_memory ? options->expert_memory : SIZE_MAX);
  engine_log (ENGINE_LOG_INFO, "The experts take %s; %s are for those that are kept in memory", engine_size_text (need.experts).text, engine_size_text (bytes).text);
  engine_gguf_open_past (model->gguf);
  return klass->stream (model->backend, model->tensors, model->n_tensors, bytes, engine_gguf_read_past, model->gguf, error);
}

/* ---- how it goes --------------------------------------------------------------- */

EngineExpertStats
engine_model_expert_stats (const EngineModel *model)
{
  EngineExpertStats stats = { 0 };

  if (model->backend && model->backend->klass->expert_stats)
    model->backend->klass->expert_stats (model->backend, &stats);
  return stats;
}

bool
engine_model_streams (const EngineModel *model)
{
  return engine_model_expert_stats (model).total_bytes > 0;
}

EngineExpertStats
engine_expert_stats_since (EngineExpertStats now, EngineExpertStats before)
{
  now.hits -= before.hits;
  now.ahead -= before.ahead;
  now.misses -= before.misses;
  now.read_bytes -= before.read_bytes;
  now.waits -= before.waits;
  now.wait_ms -= before.wait_ms;
  return now;
}
