/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppEngine: holds at most one model in memory and makes completions with it.
 *
 * It is abstract: app_local_engine_new () gives the one which runs the model in this process, app_remote_engine_new () the one which asks a server,
 * app_router_engine_new () puts one in front of both; tests script their own.
 * Main thread only; a model is loaded on a worker thread. */
#pragma once

#include "app-completion.h"
#include "app-gpu.h"
#include "app-models.h"
#include "app-settings.h"

G_BEGIN_DECLS

/* How full the model's context would be with a prompt, in tokens. The parts add up to `total`. */
typedef struct {
  gint64 context; /* 0: not known; then nothing else is either */
  gint64 total;   /* of the prompt; what is left of the context is the answer's. From `context` on, the prompt cannot be sent */
  gint64 instructions, earlier, attached, typed; /* attached and typed: of the newest note */
  gint64 form;                                   /* what the model's own form of a conversation adds */
  gint64 dropped_messages;                       /* oldest ones that would be left out; they are in no part */
  double attached_share;                         /* of what is attached, how much would get to the model: 1 for all */
} AppMeasure;

typedef enum { APP_ENGINE_NONE, APP_ENGINE_LOADING, APP_ENGINE_READY, APP_ENGINE_FAILED } AppEngineState;

#define APP_TYPE_ENGINE (app_engine_get_type ())
G_DECLARE_DERIVABLE_TYPE (AppEngine, app_engine, APP, ENGINE, GObject)

struct _AppEngineClass {
  GObjectClass parent_class;
  /* Loads the file (NULL for a model of a server; app_engine_get_model () is the model already) and answers through `task` (boolean), whose callback
   * runs on the main thread. Whatever was loaded before has been unloaded. `task` carries the cancellable; report progress with app_engine_set_progress () on the main thread. */
  void (*load) (AppEngine *self, const char *path, GTask *task);
  /* Frees the model, if there is one; completions that still run end as cancelled. A load that runs at that time must leave nothing behind. */
  void (*unload) (AppEngine *self);
  /* Only called when READY. Returns: (transfer full) (nullable), not started; NULL when the model has gone meanwhile. */
  AppCompletion *(*complete) (AppEngine *self, AppPrompt *prompt);
  /* Whether the model that is READY would be loaded otherwise now, because settings have changed. NULL: never. */
  gboolean (*is_stale) (AppEngine *self);
  /* Only called when READY: where it runs, and whether it would be loaded to another place now. NULL: not on this machine. */
  void (*get_place) (AppEngine *self, AppPlace *place);
  gboolean (*is_misplaced) (AppEngine *self);
  /* (transfer none) (nullable). NULL: none. */
  AppGpu *(*get_gpu) (AppEngine *self);
  /* Only called when READY. NULL: not known. */
  AppThinks (*get_thinks) (AppEngine *self);
  /* Only called when READY; answers through `task` with an AppMeasure of g_new (). NULL: the context is not known. */
  void (*measure) (AppEngine *self, AppPrompt *prompt, GTask *task);
};

/* Loads an installed model, or chooses one of a server; what is loaded or loading is dropped first (its callback gets G_IO_ERROR_CANCELLED). The same
 * model that is READY already succeeds at once, unless it is stale. */
void app_engine_load_async (AppEngine *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_engine_load_finish (AppEngine *self, GAsyncResult *result, GError **error);
/* To NONE; also stops a loading. */
void app_engine_unload (AppEngine *self);

AppEngineState app_engine_get_state (AppEngine *self); /* "state" (uint) */
double app_engine_get_progress (AppEngine *self);      /* "progress": 0 … 1 while LOADING */
AppModel *app_engine_get_model (AppEngine *self);      /* "model": loading or ready or failed; (transfer none) (nullable) */
/* The server to which what is asked goes, NULL when it stays on this machine. Jobs that the person did not ask for (titles, summaries) run only then. */
const char *app_engine_get_host (AppEngine *self);
gboolean app_engine_get_busy (AppEngine *self);        /* "busy": a completion of it has not ended */
const char *app_engine_get_error (AppEngine *self);    /* "error": the sentence when FAILED, else NULL */
/* Whether the READY model was loaded with settings that have changed since: loading it again uses the new ones. */
gboolean app_engine_is_stale (AppEngine *self);

/* Where the READY model runs; n_layers is 0 for none, and for one of a server. "place" (pointer) notifies when this changes, or where it belongs. */
AppPlace app_engine_get_place (AppEngine *self);
/* Whether the READY model would be loaded to another place now, on the graphics card or on the processor: AppRest lets it go. */
gboolean app_engine_is_misplaced (AppEngine *self);

/* What the READY model has learned of thinking; known from the moment on when "state" tells that it is READY. */
AppThinks app_engine_get_thinks (AppEngine *self);

/* What says whether models of this machine are loaded on the graphics card; NULL: they never are. (transfer none) (nullable) */
AppGpu *app_engine_get_gpu (AppEngine *self);

/* ---- the model that a conversation asks for ---- */

/* Where it is found; without, no conversation can ask for one. */
void app_engine_set_models (AppEngine *self, AppModels *models);
AppModels *app_engine_get_models (AppEngine *self); /* (transfer none) (nullable) */
/* Begins to load the installed model `id`, as app_engine_load_async () does; NULL: the one that was there before a conversation asked for another, if
 * one did. Done at once when that is loaded or loading. Errors: APP_ERROR_NO_MODEL when it is not installed, APP_ERROR_BUSY when another is at
 * work (app_engine_hold ()); then everything stays as it is. */
gboolean app_engine_lend (AppEngine *self, const char *id, GError **error);
/* Between these an answer is waited for or written: the model is not lent to a conversation that wants another. */
void app_engine_hold (AppEngine *self);
void app_engine_release (AppEngine *self);
gboolean app_engine_get_held (AppEngine *self); /* "held" */

/* Returns: (transfer full) (nullable): NULL with APP_ERROR_NO_MODEL when not READY. */
AppCompletion *app_engine_complete (AppEngine *self, AppPrompt *prompt, GError **error);

/* Counts with the model's own tokenizer, by the rules by which the prompt would be sent, on a worker thread. */
void app_engine_measure_async (AppEngine *self, AppPrompt *prompt, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_engine_measure_finish (AppEngine *self, GAsyncResult *result, AppMeasure *measure, GError **error);

/* For subclasses. */
void app_engine_set_progress (AppEngine *self, double fraction);
void app_engine_place_changed (AppEngine *self);
/* For one that stands in front of another, which is READY, and hands on what is asked of it: it is READY too, with the same model, without loading anything. */
void app_engine_stand_for (AppEngine *self, AppEngine *other);

/* ---- AppLocalEngine ---- */

#define APP_TYPE_LOCAL_ENGINE (app_local_engine_get_type ())
G_DECLARE_FINAL_TYPE (AppLocalEngine, app_local_engine, APP, LOCAL_ENGINE, AppEngine)

/* The engine of this process. `settings`: (nullable) where each load reads how many threads and how much context to use; without it the engine chooses.
 * `gpu`: (nullable) says whether a load goes to the graphics card, and is told when that fails; without it none does. */
AppEngine *app_local_engine_new (AppSettings *settings, AppGpu *gpu);
/* The model that makes vectors of passages, so that what means the same is found in other words; NULL: words alone. For every answer that begins from now on. */
void app_local_engine_set_embedder (AppLocalEngine *self, const char *path);
/* Of the model that is loaded, in tokens; 0 for none. */
int app_local_engine_get_context (AppLocalEngine *self);

/* ---- AppRemoteEngine ---- */

#define APP_TYPE_REMOTE_ENGINE (app_remote_engine_get_type ())
G_DECLARE_FINAL_TYPE (AppRemoteEngine, app_remote_engine, APP, REMOTE_ENGINE, AppEngine)

/* Asks servers: only for models that have one (app_model_get_server ()). Choosing such a model sends nothing. */
AppEngine *app_remote_engine_new (void);

/* ---- AppRouterEngine ---- */

#define APP_TYPE_ROUTER_ENGINE (app_router_engine_get_type ())
G_DECLARE_FINAL_TYPE (AppRouterEngine, app_router_engine, APP, ROUTER_ENGINE, AppEngine)

/* Gives each model to the engine that can run it, so that at most one model of both is loaded. */
AppEngine *app_router_engine_new (AppEngine *local, AppEngine *remote);

G_END_DECLS
