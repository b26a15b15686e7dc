/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine of models on servers: there is nothing to load, and nothing is sent before there is a turn to answer. */
#include "app-engine.h"

#include "app-model-private.h"
#include "app-remote-completion.h"

struct _AppRemoteEngine {
  AppEngine parent;
  GPtrArray *completions; /* that have not finished */
};

G_DEFINE_FINAL_TYPE (AppRemoteEngine, app_remote_engine, APP_TYPE_ENGINE)

static void
load (AppEngine *engine, const char *path, GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
unload (AppEngine *engine)
{
  AppRemoteEngine *self = APP_REMOTE_ENGINE (engine);

  for (guint i = self->completions->len; i-- > 0;)
    app_completion_cancel (self->completions->pdata[i]);
}

static void
on_finished (AppCompletion *completion, AppRemoteEngine *self)
{
  g_ptr_array_remove_fast (self->completions, completion);
}

static AppCompletion *
complete (AppEngine *engine, AppPrompt *prompt)
{
  AppRemoteEngine *self = APP_REMOTE_ENGINE (engine);
  AppModel *model = app_engine_get_model (engine);
  AppCompletion *completion;

  if (!app_model_get_server (model)) /* removed, or it does not offer the model any more */
    return NULL;
  completion = app_remote_completion_new (app_model_get_server (model), app_model_get_server_model (model), prompt);
  g_ptr_array_add (self->completions, g_object_ref (completion));
  g_signal_connect_object (completion, "finished", G_CALLBACK (on_finished), self, 0);
  return completion;
}

static void
app_remote_engine_finalize (GObject *object)
{
  g_ptr_array_unref (APP_REMOTE_ENGINE (object)->completions);
  G_OBJECT_CLASS (app_remote_engine_parent_class)->finalize (object);
}

static void
app_remote_engine_class_init (AppRemoteEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_remote_engine_finalize;
  APP_ENGINE_CLASS (klass)->load = load;
  APP_ENGINE_CLASS (klass)->unload = unload;
  APP_ENGINE_CLASS (klass)->complete = complete;
}

static void
app_remote_engine_init (AppRemoteEngine *self)
{
  self->completions = g_ptr_array_new_with_free_func (g_object_unref);
}

AppEngine *
app_remote_engine_new (void)
{
  return g_object_new (APP_TYPE_REMOTE_ENGINE, NULL);
}
