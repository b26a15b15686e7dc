/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-upkeep.h"

#include <glib/gi18n.h>

#include "app-speed-test.h"
#include "ui-toast.h"

/* ---- speed ---- */

static void
on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;

  if (app_speed_test_finish (APP_ENGINE (source), result, &error) == 0)
    ui_toast_error (widget, error);
}

void
ui_model_upkeep_measure (GtkWidget *widget, AppEngine *engine, AppModel *model, GCancellable *cancellable)
{
  g_autofree char *sentence = g_strdup_printf (_("Measuring the speed of %s"), app_model_get_name (model));

  ui_toast (widget, sentence);
  app_speed_test_async (engine, model, cancellable, on_measured, g_object_ref (widget));
}

/* ---- newer versions ---- */

/* One question to the hub, and the page that it is told on. */
typedef struct {
  GtkWidget *widget;
  AppModel *model;
} Question;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (GtkWidget) widget = question->widget;
  g_autoptr (AppModel) model = question->model;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (!app_models_check_finish (APP_MODELS (source), result, &error)) {
    ui_toast_error (widget, error);
    return;
  }
  sentence = g_strdup_printf (app_model_get_outdated (model) ? _("There is a newer version of %s") : _("%s is what the hub has"), app_model_get_name (model));
  ui_toast (widget, sentence);
}

void
ui_model_upkeep_check (GtkWidget *widget, AppModels *models, AppModel *model, GCancellable *cancellable)
{
  Question *question = g_new (Question, 1);

  question->widget = g_object_ref (widget);
  question->model = g_object_ref (model);
  app_models_check_async (models, model, cancellable, on_checked, question);
}

static gboolean
update_finish (gpointer source, GAsyncResult *result, GError **error)
{
  return app_models_update_finish (source, result, error);
}

void
ui_model_upkeep_update (GtkWidget *widget, AppModels *models, AppModel *model, GCancellable *cancellable)
{
  app_models_update_async (models, model, cancellable, ui_toast_on_done, ui_toast_done_new (widget, update_finish));
}
