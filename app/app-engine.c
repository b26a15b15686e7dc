/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-engine.h"

#include <glib/gi18n.h>

#include "app-error.h"

typedef struct {
  AppEngineState state;
  double progress;
  AppModel *model;
  char *error;
  GCancellable *loading; /* cancels the load that runs; NULL when none does */
  GPtrArray *completions; /* that have not ended; not owned */
  AppModels *models;     /* nullable */
  AppModel *usual;       /* that was here before a conversation asked for `model`; NULL when none did */
  guint n_holds;
} AppEnginePrivate;

enum { PROP_0, PROP_STATE, PROP_PROGRESS, PROP_MODEL, PROP_ERROR, PROP_BUSY, PROP_HELD, PROP_PLACE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AppEngine, app_engine, G_TYPE_OBJECT)

static AppEnginePrivate *
get_private (AppEngine *self)
{
  return app_engine_get_instance_private (self);
}

static void
set_state (AppEngine *self, AppEngineState state, AppModel *model, const char *error)
{
  AppEnginePrivate *priv = get_private (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_object (&priv->model, model))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
  if (g_strcmp0 (priv->error, error) != 0) {
    g_free (priv->error);
    priv->error = g_strdup (error);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
  }
  if (priv->state != state) {
    priv->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

void
app_engine_set_progress (AppEngine *self, double fraction)
{
  AppEnginePrivate *priv = get_private (self);

  fraction = CLAMP (fraction, 0, 1);
  if (priv->progress == fraction)
    return;
  priv->progress = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

void
app_engine_unload (AppEngine *self)
{
  AppEnginePrivate *priv = get_private (self);

  if (priv->loading)
    g_cancellable_cancel (priv->loading);
  g_clear_object (&priv->loading);
  g_clear_object (&priv->usual);
  if (priv->state == APP_ENGINE_READY || priv->state == APP_ENGINE_LOADING)
    APP_ENGINE_GET_CLASS (self)->unload (self);
  set_state (self, APP_ENGINE_NONE, NULL, NULL);
}

/* ---- loading ---- */

void
app_engine_stand_for (AppEngine *self, AppEngine *other)
{
  set_state (self, app_engine_get_state (other), app_engine_get_model (other), NULL);
}

static void
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

/* The subclass is done: `user_data` is the task of load_async, whose data is this load's own cancellable. */
static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppEngine *self = APP_ENGINE (source);
  AppEnginePrivate *priv = get_private (self);
  g_autoptr (GTask) task = user_data;
  GCancellable *loading = g_task_get_task_data (task);
  GCancellable *caller = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);
  gboolean current = priv->loading == loading;

  if (caller)
    g_signal_handlers_disconnect_by_func (caller, on_caller_cancelled, loading);
  if (current)
    g_clear_object (&priv->loading);
  if (current && ok && !g_cancellable_is_cancelled (loading)) {
    set_state (self, APP_ENGINE_READY, priv->model, NULL);
    g_task_return_boolean (task, TRUE);
    return;
  }
  /* Cancelled, replaced by another load, or failed. */
  if (ok && current)
    APP_ENGINE_GET_CLASS (self)->unload (self);
  if (ok || !current || g_cancellable_is_cancelled (loading)) {
    g_clear_error (&error);
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Loading the model was stopped."));
  }
  if (current && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (self, APP_ENGINE_NONE, NULL, NULL);
  else if (current)
    set_state (self, APP_ENGINE_FAILED, priv->model, error->message);
  g_task_return_error (task, g_steal_pointer (&error));
}

void
app_engine_load_async (AppEngine *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  AppEnginePrivate *priv = get_private (self);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (AppModel) keep = g_object_ref (model);

  g_task_set_source_tag (task, app_engine_load_async);
  g_task_set_check_cancellable (task, FALSE);
  if (priv->state == APP_ENGINE_READY && priv->model == model && !app_engine_is_stale (self)) {
    g_clear_object (&priv->usual); /* whoever asks for it by name wants to keep it */
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  app_engine_unload (self);
  if (!app_model_get_path (model) && !app_model_get_server (model)) {
    g_autofree char *sentence = g_strdup_printf (_("%s is not installed. Download it first, or choose another model."), app_model_get_name (model));
    set_state (self, APP_ENGINE_FAILED, model, sentence);
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_NO_MODEL, "%s", sentence);
    g_object_unref (task);
    return;
  }
  priv->loading = g_cancellable_new ();
  g_task_set_task_data (task, g_object_ref (priv->loading), g_object_unref);
  app_engine_set_progress (self, 0);
  set_state (self, APP_ENGINE_LOADING, model, NULL);
  if (cancellable)
    g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), g_object_ref (priv->loading), g_object_unref);

  GTask *inner = g_task_new (self, priv->loading, on_loaded, task);
  g_task_set_check_cancellable (inner, FALSE);
  APP_ENGINE_GET_CLASS (self)->load (self, app_model_get_path (model), inner);
}

gboolean
app_engine_load_finish (AppEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* It has ended, or was dropped before it began. */
static void
forget_completion (AppEngine *self, gpointer completion)
{
  AppEnginePrivate *priv = get_private (self);

  if (g_ptr_array_remove_fast (priv->completions, completion) && priv->completions->len == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_completion_gone (gpointer data, GObject *completion)
{
  forget_completion (data, completion);
  g_object_unref (data);
}

static void
on_completion_finished (AppCompletion *completion, AppEngine *self)
{
  forget_completion (self, completion);
}

/* ---- the model that a conversation asks for ---- */

void
app_engine_set_models (AppEngine *self, AppModels *models)
{
  g_set_object (&get_private (self)->models, models);
}

AppModels *
app_engine_get_models (AppEngine *self)
{
  return get_private (self)->models;
}

gboolean
app_engine_lend (AppEngine *self, const char *id, GError **error)
{
  AppEnginePrivate *priv = get_private (self);
  AppModel *wanted = priv->usual;
  AppModel *usual = NULL;

  if (id && priv->models)
    wanted = app_models_find (priv->models, id);
  else if (id || !wanted)
    return TRUE;
  if (!wanted || app_model_get_state (wanted) != APP_MODEL_INSTALLED) {
    g_set_error (error, APP_ERROR, APP_ERROR_NO_MODEL, _("%s, which this conversation’s settings ask for, is not installed. Download it, or choose another model there."),
                 wanted ? app_model_get_name (wanted) : id);
    return FALSE;
  }
  if (priv->model == wanted && (priv->state == APP_ENGINE_READY || priv->state == APP_ENGINE_LOADING))
    return TRUE;
  if (priv->n_holds > 0) {
    g_set_error (error, APP_ERROR, APP_ERROR_BUSY, _("This conversation needs %s, but another model is at work elsewhere. Wait for its answer or stop it, then send again."),
                 app_model_get_name (wanted));
    return FALSE;
  }
  if (id)
    usual = priv->usual ? priv->usual : priv->model;
  if (usual == wanted)
    usual = NULL;
  if (usual)
    g_object_ref (usual);
  app_engine_load_async (self, wanted, NULL, NULL, NULL);
  g_clear_object (&priv->usual);
  priv->usual = usual;
  return TRUE;
}

void
app_engine_hold (AppEngine *self)
{
  if (get_private (self)->n_holds++ == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELD]);
}

void
app_engine_release (AppEngine *self)
{
  AppEnginePrivate *priv = get_private (self);

  g_return_if_fail (priv->n_holds > 0);
  if (--priv->n_holds == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELD]);
}

gboolean
app_engine_get_held (AppEngine *self)
{
  return get_private (self)->n_holds > 0;
}

AppCompletion *
app_engine_complete (AppEngine *self, AppPrompt *prompt, GError **error)
{
  AppEnginePrivate *priv = get_private (self);
  AppCompletion *completion;

  if (get_private (self)->state != APP_ENGINE_READY) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_NO_MODEL, _("No model is loaded. Choose one on the model page, then try again."));
    return NULL;
  }
  completion = APP_ENGINE_GET_CLASS (self)->complete (self, prompt);
  if (!completion) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_NO_MODEL, _("No model is loaded. Choose one on the model page, then try again."));
    return NULL;
  }
  g_ptr_array_add (priv->completions, completion);
  g_signal_connect_object (completion, "finished", G_CALLBACK (on_completion_finished), self, 0);
  g_object_weak_ref (G_OBJECT (completion), on_completion_gone, g_object_ref (self));
  if (priv->completions->len == 1)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  return completion;
}

void
app_engine_measure_async (AppEngine *self, AppPrompt *prompt, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);

  if (get_private (self)->state == APP_ENGINE_READY && klass->measure) {
    klass->measure (self, prompt, task);
    return;
  }
  g_task_return_pointer (task, g_new0 (AppMeasure, 1), g_free);
  g_object_unref (task);
}

gboolean
app_engine_measure_finish (AppEngine *self, GAsyncResult *result, AppMeasure *measure, GError **error)
{
  g_autofree AppMeasure *measured = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  measured = g_task_propagate_pointer (G_TASK (result), error);
  if (measured)
    *measure = *measured;
  return measured != NULL;
}

/* ---- getters, object ---- */

AppEngineState
app_engine_get_state (AppEngine *self)
{
  return get_private (self)->state;
}

double
app_engine_get_progress (AppEngine *self)
{
  return get_private (self)->progress;
}

AppModel *
app_engine_get_model (AppEngine *self)
{
  return get_private (self)->model;
}

gboolean
app_engine_get_busy (AppEngine *self)
{
  return get_private (self)->completions->len > 0;
}

const char *
app_engine_get_host (AppEngine *self)
{
  AppModel *model = get_private (self)->model;

  return model ? app_model_get_host (model) : NULL;
}

const char *
app_engine_get_error (AppEngine *self)
{
  return get_private (self)->error;
}

gboolean
app_engine_is_stale (AppEngine *self)
{
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);

  return get_private (self)->state == APP_ENGINE_READY && klass->is_stale && klass->is_stale (self);
}

AppPlace
app_engine_get_place (AppEngine *self)
{
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);
  AppPlace place = { 0 };

  if (get_private (self)->state == APP_ENGINE_READY && klass->get_place)
    klass->get_place (self, &place);
  return place;
}

AppThinks
app_engine_get_thinks (AppEngine *self)
{
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);

  return get_private (self)->state == APP_ENGINE_READY && klass->get_thinks ? klass->get_thinks (self) : APP_THINKS_UNKNOWN;
}

gboolean
app_engine_is_misplaced (AppEngine *self)
{
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);

  return get_private (self)->state == APP_ENGINE_READY && klass->is_misplaced && klass->is_misplaced (self);
}

AppGpu *
app_engine_get_gpu (AppEngine *self)
{
  AppEngineClass *klass = APP_ENGINE_GET_CLASS (self);

  return klass->get_gpu ? klass->get_gpu (self) : NULL;
}

void
app_engine_place_changed (AppEngine *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

static void
app_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppEnginePrivate *priv = get_private (APP_ENGINE (object));

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, priv->state);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, priv->progress);
    break;
  case PROP_MODEL:
    g_value_set_object (value, priv->model);
    break;
  case PROP_ERROR:
    g_value_set_string (value, priv->error);
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, priv->completions->len > 0);
    break;
  case PROP_HELD:
    g_value_set_boolean (value, priv->n_holds > 0);
    break;
  case PROP_PLACE: /* only notifies */
    g_value_set_pointer (value, NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_engine_finalize (GObject *object)
{
  AppEnginePrivate *priv = get_private (APP_ENGINE (object));

  g_clear_object (&priv->model);
  g_clear_object (&priv->usual);
  g_clear_object (&priv->models);
  g_clear_object (&priv->loading);
  g_ptr_array_unref (priv->completions);
  g_free (priv->error);
  G_OBJECT_CLASS (app_engine_parent_class)->finalize (object);
}

static void
app_engine_class_init (AppEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_engine_finalize;
  object_class->get_property = app_engine_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_ENGINE_FAILED, APP_ENGINE_NONE, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, APP_TYPE_MODEL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_HELD] = g_param_spec_boolean ("held", NULL, NULL, FALSE, flags);
  properties[PROP_PLACE] = g_param_spec_pointer ("place", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_engine_init (AppEngine *self)
{
  get_private (self)->completions = g_ptr_array_new ();
}
