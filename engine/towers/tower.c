/* SPDX-License-Identifier: MIT */
#include "tower.h"

#include <stdio.h>
#include <string.h>

#define PROJECTOR(symbol) extern const EngineProjector engine_projector_##symbol;
#include "projectors.def"
#undef PROJECTOR

static const EngineProjector *const projectors[] = {
#define PROJECTOR(symbol) &engine_projector_##symbol,
#include "projectors.def"
#undef PROJECTOR
};

static const struct { const char *has, *type; } kinds[ENGINE_N_TOWERS] = {
  [ENGINE_TOWER_PICTURES] = { "clip.has_vision_encoder", "clip.vision.projector_type" },
  [ENGINE_TOWER_SOUND] = { "clip.has_audio_encoder", "clip.audio.projector_type" },
};

/* The projector's name; NULL: the file has no tower of the kind. Files with one tower may call it without its kind. */
static const char *
projector_type (const EngineGguf *gguf, EngineTowerKind kind)
{
  const char *type = engine_gguf_string (gguf, kinds[kind].type, NULL);
  bool has = false;

  if (!engine_gguf_bool (gguf, kinds[kind].has, &has) || !has)
    return NULL;
  return type ? type : engine_gguf_string (gguf, "clip.projector_type", NULL);
}

static const EngineArch *
choose (const EngineGguf *gguf, void *user, EngineError *error)
{
  EngineTower *tower = user;
  EngineTowerKind kind = tower->info.kind;
  const char *architecture = engine_gguf_string (gguf, "general.architecture", NULL), *type = projector_type (gguf, kind);
  char known[256] = "";
  size_t n = 0;

  if (!architecture || strcmp (architecture, "clip") != 0) {
    engine_fail (error, ENGINE_BAD_INPUT, "The file is no part for pictures or sound (\"mmproj\"); choose the one that belongs to the model.");
    return NULL;
  }
  if (!type) {
    if (kind == ENGINE_TOWER_SOUND)
      engine_fail (error, ENGINE_UNSUPPORTED, "The file has no part for sound; choose one that has.");
    else
      engine_fail (error, ENGINE_UNSUPPORTED, "The file has no part for pictures; choose one that has.");
    return NULL;
  }
  for (size_t i = 0; i < ENGINE_LENGTH (projectors); i++) {
    if (projectors[i]->kind == kind && strcmp (projectors[i]->type, type) == 0) {
      tower->projector = projectors[i];
      return &projectors[i]->arch;
    }
    if (projectors[i]->kind == kind && n < sizeof known)
      n += (size_t) snprintf (known + n, sizeof known - n, "%s%s", n ? ", " : "", projectors[i]->type);
  }
  if (n)
    engine_fail (error, ENGINE_UNSUPPORTED, "Parts of the kind \"%.40s\" are not supported; those that this version knows: %s.", type, known);
  else
    engine_fail (error, ENGINE_UNSUPPORTED, "Parts of the kind \"%.40s\" are not supported yet; the model works with words alone.", type);
  return NULL;
}

EngineTower *
engine_tower_load (const char *path, EngineTowerKind kind, const EngineLoadOptions *options, EngineError *error)
{
  EngineTower *tower = engine_calloc (1, sizeof *tower, error);

  if (!tower)
    return NULL;
  tower->ref_count = 1;
  tower->info.kind = kind;
  tower->model = engine_model_load_as (path, options, choose, tower, error);
  if (!tower->model) {
    free (tower);
    return NULL;
  }
  tower->info.projector = tower->projector->type;
  tower->info.n_embd = tower->model->hparams.n_embd;
  tower->projector->describe (tower->model, &tower->info);
  return tower;
}

void
engine_tower_cancel (EngineTower *tower)
{
  atomic_store (&tower->cancel, true);
}

bool
engine_tower_run (EngineTower *tower, EngineBatch *batch, int32_t n_tokens, int32_t n_columns, float *const *inputs, EngineCacheStore *store, float *out, EngineError *error)
{
  EngineModel *model = tower->model;
  EngineTransfer imports[ENGINE_MAX_INPUTS];
  EngineGraph graph;
  bool ok;

  if (__atomic_exchange_n (&model->running, true, __ATOMIC_ACQUIRE))
    return engine_fail (error, ENGINE_BAD_INPUT, "This part of the model is at work on something else; ask it again when that is done.");
  ok = engine_model_build (model, NULL, false, n_tokens, n_columns, &graph, error);
  if (ok) {
    for (int32_t i = 0; i < graph.n_inputs; i++)
      imports[i] = (EngineTransfer) { graph.inputs[i], inputs[i] };
    graph.imports = imports;
    graph.n_imports = graph.n_inputs;
    batch->n_tokens = n_tokens;
    batch->n_outputs = n_columns;
    batch->outputs = batch->positions; /* nothing is left out */
    batch->cancel = &tower->cancel;
    ok = model->backend->klass->run (model->backend, &graph, batch, store, out, NULL, NULL, error);
    engine_graph_clear (&graph);
  }
  if (error && error->code == ENGINE_CANCELLED)
    atomic_store (&tower->cancel, false);
  __atomic_store_n (&model->running, false, __ATOMIC_RELEASE);
  return ok;
}

EngineTower *
engine_tower_ref (EngineTower *tower)
{
  __atomic_add_fetch (&tower->ref_count, 1, __ATOMIC_RELAXED);
  return tower;
}

void
engine_tower_unref (EngineTower *tower)
{
  if (!tower || __atomic_sub_fetch (&tower->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  engine_model_unref (tower->model);
  free (tower);
}

const EngineTowerInfo *
engine_tower_info (const EngineTower *tower)
{
  return &tower->info;
}
