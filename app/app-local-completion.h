/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalCompletion: an answer by a model in this process. Internal to app/. Main thread only. */
#pragma once

#include "app-completion.h"
#include "app-embedder.h"
#include "app-local-adapters.h"
#include "app-local-towers.h"
#include "engine.h"

G_BEGIN_DECLS

#define APP_TYPE_LOCAL_COMPLETION (app_local_completion_get_type ())
G_DECLARE_FINAL_TYPE (AppLocalCompletion, app_local_completion, APP, LOCAL_COMPLETION, AppCompletion)

/* A model, the runner on it, the adapters that were loaded for it, and how it sees and hears; counted, any thread. The last reference waits for the runner's thread and frees gigabytes, so
 * drop it with app_local_model_drop (), which does that on another thread. */
typedef struct {
  EngineModel *model;
  EngineRunner *runner;
  AppLocalAdapters *adapters;
  AppLocalTowers *towers;
  const char *device; /* the graphics card that it was loaded on; interned, NULL for none */
} AppLocalModel;

/* Takes the references, and the towers over. `device`: (nullable), interned */
AppLocalModel *app_local_model_new (EngineModel *model, EngineRunner *runner, AppLocalTowers *towers, const char *device);
/* With so many of its layers on the graphics card. */
AppPlace app_local_model_place (const AppLocalModel *local, int gpu_layers);
AppLocalModel *app_local_model_ref (AppLocalModel *local);
void app_local_model_unref (AppLocalModel *local); /* on a worker thread */
void app_local_model_drop (AppLocalModel *local);  /* on any thread */

/* Takes references of its own. `embedder`: (nullable) finds the passages of what is attached by their meaning. */
AppCompletion *app_local_completion_new (AppLocalModel *local, AppEmbedder *embedder, AppPrompt *prompt);

/* How many tokens of a model (EngineModel *) a text is, of which none is the case when it cannot be tokenized. Blocks; any thread. */
gsize app_local_count_tokens (const char *text, gsize n_bytes, gpointer model);

/* What a model has learned of thinking. */
AppThinks app_local_thinks (const EngineModel *model);
/* What the engine gets for a depth. `question`: for a model that never learned to think, Compact has a plan written only where the words want one (app_thinking_wants_plan ()). */
void app_local_thinking (const AppThinking *from, AppThinks thinks, const char *question, EngineThinking *to);

/* What the engine's sampler gets. */
void app_local_sampling (const AppSampling *from, EngineSampling *to);

G_END_DECLS
