/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What AppModels fetches from the hub: variants, and newer versions of what is installed. */
#include <glib/gi18n.h>

#include "app-error.h"
#include "app-hub-download.h"
#include "app-models-private.h"

void
app_models_set_fact (char **fact, const char *value)
{
  g_free (*fact);
  *fact = g_strdup (value);
}

AppHub *
app_models_get_hub (AppModels *self)
{
  return self->hub;
}

AppModel *
app_models_get_planned (AppModels *self, AppHubPlan *plan)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();

  app_models_set_fact (&facts->id, plan->id);
  app_models_set_fact (&facts->name, plan->name);
  app_models_set_fact (&facts->licence, plan->licence);
  app_models_set_fact (&facts->architecture, plan->architecture);
  app_models_set_fact (&facts->quantisation, plan->quantisation);
  app_models_set_fact (&facts->repository, plan->repository);
  app_models_set_fact (&facts->revision, plan->revision);
  facts->parameters = plan->parameters;
  facts->context = plan->context;
  facts->memory_bytes = plan->memory_bytes;
  facts->bytes = app_hub_plan_get_bytes (plan);
  for (guint i = 0; i < plan->files->len; i++) {
    const char *name = ((AppHubPlanFile *) plan->files->pdata[i])->name;
    facts->projector |= g_str_has_suffix (name, APP_HUB_PROJECTOR);
    facts->draft |= g_str_has_suffix (name, APP_HUB_DRAFT);
  }
  return app_models_get_or_make (self, facts);
}

/* ---- fetching ---- */

static AppModel *
download_plan (AppModels *self, AppHubPlan *plan, AppHubRepository *repository, GError **error)
{
  AppModel *known = app_models_find (self, plan->id);
  AppModel *model;
  AppDownload *download;

  if (!self->connections) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The history is still being opened, where downloads are recorded. Try again in a moment."));
    return NULL;
  }
  if (known && (app_model_get_download (known) || app_model_get_in_catalogue (known) ||
                (app_model_get_path (known) && !g_str_equal (app_model_get_repository (known), plan->repository)))) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("%s is there already, or being downloaded. Choose another size, or remove it first."), app_model_get_name (known));
    return NULL;
  }
  model = app_models_get_planned (self, plan);
  if (repository)
    app_model_set_memory_here (model, repository->memory_total, repository->memory_available);
  download = app_models_adopt_download (self, model, app_hub_download_new (self->hub, plan, self->directory));
  app_download_resume (download);
  app_models_update_list (self);
  return model;
}

AppModel *
app_models_download_variant (AppModels *self, AppHubRepository *repository, const AppHubVariant *variant, gboolean projector, gboolean draft, GError **error)
{
  g_autoptr (AppHubPlan) plan = app_hub_plan_new (self->hub, repository, variant, projector, draft);

  return download_plan (self, plan, repository, error);
}

/* ---- newer versions ---- */

typedef struct {
  AppModel *model;
  char *origin; /* path */
  AppHubPlan *installed;
} Check;

static void
check_free (Check *check)
{
  g_object_unref (check->model);
  g_free (check->origin);
  g_clear_pointer (&check->installed, app_hub_plan_unref);
  g_free (check);
}

/* The variant that the installed model is of; NULL: the hub has it no more. */
static const AppHubVariant *
same_variant (AppHubRepository *repository, const char *id)
{
  for (guint i = 0; i < repository->variants->len; i++) {
    const AppHubVariant *variant = repository->variants->pdata[i];
    if (g_str_equal (variant->id, id))
      return variant;
  }
  return NULL;
}

static gboolean
has_file (AppHubPlan *plan, const AppHubPlanFile *wanted)
{
  for (guint i = 0; i < plan->files->len; i++) {
    const AppHubPlanFile *file = plan->files->pdata[i];
    if (g_str_equal (file->name, wanted->name) && file->bytes == wanted->bytes && g_ascii_strcasecmp (file->sha256, wanted->sha256) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A commit may change the description alone: what counts is whether a file is another one. */
static gboolean
is_other (AppHubPlan *installed, AppHubPlan *now)
{
  if (installed->files->len != now->files->len)
    return TRUE;
  for (guint i = 0; i < now->files->len; i++)
    if (!has_file (installed, now->files->pdata[i]))
      return TRUE;
  return FALSE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppModels *self = g_task_get_source_object (task);
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (AppHubRepository) repository = app_hub_open_finish (APP_HUB (source), result, &error);
  const AppHubVariant *variant = repository ? same_variant (repository, check->installed->id) : NULL;
  g_autoptr (AppHubPlan) now = NULL;

  if (!repository) {
    g_task_return_error (task, error);
    return;
  }
  if (!variant) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_DOWNLOAD, _("The hub no longer has this size of %s. Look for it among the models there."), check->installed->name);
    return;
  }
  now = app_hub_plan_new (self->hub, repository, variant, app_model_get_has_projector (check->model), app_model_get_has_draft (check->model));
  app_model_set_outdated (check->model, is_other (check->installed, now));
  if (g_task_get_source_tag (task) == app_models_update_async && app_model_get_outdated (check->model) && !download_plan (self, now, repository, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppHubPlan *plan = app_hub_plan_read (((Check *) data)->origin);

  if (plan)
    g_task_return_pointer (task, plan, (GDestroyNotify) app_hub_plan_unref);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("Where the model came from is not known any more. Look for it among the models on the hub."));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;

  check->installed = g_task_propagate_pointer (G_TASK (result), &error);
  if (check->installed) {
    app_hub_open_async (self->hub, check->installed->repository, g_task_get_cancellable (task), on_opened, task);
  } else {
    g_task_return_error (task, error);
    g_object_unref (task);
  }
}

static void
ask_hub (AppModels *self, AppModel *model, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, cancellable, on_read, task);
  Check *check = g_new0 (Check, 1);
  g_autofree char *name = g_strconcat (app_model_get_id (model), APP_HUB_ORIGIN, NULL);

  check->model = g_object_ref (model);
  check->origin = g_build_filename (self->directory, name, NULL);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  g_task_set_task_data (worker, check, NULL); /* the task's, which outlives it */
  g_task_run_in_thread (worker, read_thread);
}

void
app_models_check_async (AppModels *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask_hub (self, model, app_models_check_async, cancellable, callback, user_data);
}

gboolean
app_models_check_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}

void
app_models_update_async (AppModels *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask_hub (self, model, app_models_update_async, cancellable, callback, user_data);
}

gboolean
app_models_update_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}

/* ---- figures ---- */

guint64
app_models_get_disk_bytes (AppModels *self)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->listed->len; i++)
    if (app_model_get_path (self->listed->pdata[i]) && !app_model_get_referenced (self->listed->pdata[i]))
      bytes += app_model_get_size (self->listed->pdata[i]);
  return bytes;
}

void
app_models_set_speeds (AppModels *self, GHashTable *speeds)
{
  GHashTableIter iter;
  gpointer model;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model)) {
    const double *speed = g_hash_table_lookup (speeds, app_model_get_name (model));
    if (speed)
      app_model_set_speed (model, *speed);
  }
}
