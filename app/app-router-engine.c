/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One engine in front of two: a model of this machine goes to one, a model of a server to the other. Who asks for answers knows only this one. */
#include "app-engine.h"

struct _AppRouterEngine {
  AppEngine parent;
  AppEngine *local, *remote;
  AppEngine *current; /* that has the model, or loads it; not owned; NULL for none */
};

G_DEFINE_FINAL_TYPE (AppRouterEngine, app_router_engine, APP_TYPE_ENGINE)

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (app_engine_load_finish (APP_ENGINE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
load (AppEngine *engine, const char *path, GTask *task)
{
  AppRouterEngine *self = APP_ROUTER_ENGINE (engine);
  AppModel *model = app_engine_get_model (engine);

  self->current = app_model_get_server (model) ? self->remote : self->local;
  app_engine_load_async (self->current, model, g_task_get_cancellable (task), on_loaded, task);
}

static void
unload (AppEngine *engine)
{
  AppRouterEngine *self = APP_ROUTER_ENGINE (engine);

  if (self->current)
    app_engine_unload (self->current);
  self->current = NULL;
}

static AppCompletion *
complete (AppEngine *engine, AppPrompt *prompt)
{
  return app_engine_complete (APP_ROUTER_ENGINE (engine)->current, prompt, NULL);
}

static gboolean
is_stale (AppEngine *engine)
{
  return app_engine_is_stale (APP_ROUTER_ENGINE (engine)->current);
}

static void
get_place (AppEngine *engine, AppPlace *place)
{
  *place = app_engine_get_place (APP_ROUTER_ENGINE (engine)->current);
}

static gboolean
is_misplaced (AppEngine *engine)
{
  return app_engine_is_misplaced (APP_ROUTER_ENGINE (engine)->current);
}

static AppThinks
get_thinks (AppEngine *engine)
{
  return app_engine_get_thinks (APP_ROUTER_ENGINE (engine)->current);
}

static gsize
get_token_bytes (AppEngine *engine)
{
  return app_engine_get_token_bytes (APP_ROUTER_ENGINE (engine)->current);
}

static AppGpu *
get_gpu (AppEngine *engine)
{
  return app_engine_get_gpu (APP_ROUTER_ENGINE (engine)->local);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppMeasure *measure = g_new0 (AppMeasure, 1);
  GError *error = NULL;

  if (app_engine_measure_finish (APP_ENGINE (source), result, measure, &error)) {
    g_task_return_pointer (task, measure, g_free);
  } else {
    g_free (measure);
    g_task_return_error (task, error);
  }
}

static void
measure (AppEngine *engine, AppPrompt *prompt, GTask *task)
{
  app_engine_measure_async (APP_ROUTER_ENGINE (engine)->current, prompt, on_measured, task);
}

static void
on_progress (AppEngine *child, GParamSpec *pspec, AppRouterEngine *self)
{
  if (child == self->current)
    app_engine_set_progress (APP_ENGINE (self), app_engine_get_progress (child));
}

static void
on_place (AppEngine *child, GParamSpec *pspec, AppRouterEngine *self)
{
  if (child == self->current)
    app_engine_place_changed (APP_ENGINE (self));
}

static void
app_router_engine_finalize (GObject *object)
{
  AppRouterEngine *self = APP_ROUTER_ENGINE (object);

  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  G_OBJECT_CLASS (app_router_engine_parent_class)->finalize (object);
}

static void
app_router_engine_class_init (AppRouterEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_router_engine_finalize;
  APP_ENGINE_CLASS (klass)->load = load;
  APP_ENGINE_CLASS (klass)->unload = unload;
  APP_ENGINE_CLASS (klass)->complete = complete;
  APP_ENGINE_CLASS (klass)->is_stale = is_stale;
  APP_ENGINE_CLASS (klass)->get_place = get_place;
  APP_ENGINE_CLASS (klass)->is_misplaced = is_misplaced;
  APP_ENGINE_CLASS (klass)->get_gpu = get_gpu;
  APP_ENGINE_CLASS (klass)->get_thinks = get_thinks;
  APP_ENGINE_CLASS (klass)->get_token_bytes = get_token_bytes;
  APP_ENGINE_CLASS (klass)->measure = measure;
}

static void
app_router_engine_init (AppRouterEngine *self)
{
}

AppEngine *
app_router_engine_new (AppEngine *local, AppEngine *remote)
{
  AppRouterEngine *self = g_object_new (APP_TYPE_ROUTER_ENGINE, NULL);

  self->local = g_object_ref (local);
  self->remote = g_object_ref (remote);
  g_signal_connect_object (local, "notify::progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (local, "notify::place", G_CALLBACK (on_place), self, 0);
  return APP_ENGINE (self);
}
