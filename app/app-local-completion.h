/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalCompletion: an answer by a model in this process. Internal to app/. Main thread only. */
#pragma once

#include "app-completion.h"
#include "engine.h"

G_BEGIN_DECLS

#define APP_TYPE_LOCAL_COMPLETION (app_local_completion_get_type ())
G_DECLARE_FINAL_TYPE (AppLocalCompletion, app_local_completion, APP, LOCAL_COMPLETION, AppCompletion)

/* A model and the runner on it; counted, any thread. The last reference waits for the runner's thread and frees gigabytes, so
 * drop it with app_local_model_drop (), which does that on another thread. */
typedef struct {
  EngineModel *model;
  EngineRunner *runner;
} AppLocalModel;

AppLocalModel *app_local_model_new (EngineModel *model, EngineRunner *runner); /* takes both references */
AppLocalModel *app_local_model_ref (AppLocalModel *local);
void app_local_model_unref (AppLocalModel *local); /* on a worker thread */
void app_local_model_drop (AppLocalModel *local);  /* on any thread */

/* Takes its own reference to `local`. */
AppCompletion *app_local_completion_new (AppLocalModel *local, AppPrompt *prompt);

/* A message as the engine gets it; `*share` becomes how much of what is attached to it. Blocks; any thread. (transfer full) */
char *app_local_completion_dup_content (AppLocalModel *local, AppPrompt *prompt, guint index, double *share);

/* What the engine's sampler gets. */
void app_local_sampling (const AppSampling *from, EngineSampling *to);

/* How many bytes of `attached` a model gets beside the words of the note: all of them, or as many as leave room in the context for the words, the
 * answer and some talk. The cut depends on the note alone, so that the next turn finds it in the cache. Blocks; any thread. */
gsize app_local_completion_fit (AppLocalModel *local, const char *attached, const char *text);

G_END_DECLS
