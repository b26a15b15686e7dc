/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-removal.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-toast.h"
#include "ui-undo.h"

/* One removal: from the click until its toast is gone, which may be after the page. */
typedef struct {
  GtkWidget *toasts; /* where it is told */
  AppModels *models;
  AppEngine *engine;
  AppModel *model;
  gboolean used; /* it was loaded, or about to be */
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->toasts);
  g_object_unref (removal->models);
  g_object_unref (removal->engine);
  g_object_unref (removal->model);
  g_free (removal);
}

static Removal *
removal_copy (const Removal *removal)
{
  Removal *copy = g_memdup2 (removal, sizeof *removal);

  g_object_ref (copy->toasts);
  g_object_ref (copy->models);
  g_object_ref (copy->engine);
  g_object_ref (copy->model);
  return copy;
}

/* It is there again; what was at work with it, goes on, unless another model took its place. */
static void
on_brought_back (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;

  if (!app_models_undo_remove_finish (APP_MODELS (source), result, &error))
    ui_toast_error (removal->toasts, error);
  else if (removal->used && app_engine_get_model (removal->engine) == NULL)
    app_engine_load_async (removal->engine, removal->model, NULL, NULL, NULL);
  removal_free (removal);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;

  app_models_undo_remove_async (removal->models, removal->model, on_brought_back, removal_copy (removal));
}

static void
keep_removal (gpointer data)
{
  Removal *removal = data;

  app_models_purge_async (removal->models, removal->model, NULL, NULL);
}

static char *
removal_sentence (guint n, gpointer newest)
{
  if (n == 1)
    return g_strdup_printf (_("%s removed"), app_model_get_name (((Removal *) newest)->model));
  return g_strdup_printf (ngettext ("%u model removed", "%u models removed", n), n);
}

static const UiUndoKind removals = { "ui-undo-models", removal_sentence, undo_removal, keep_removal, removal_free };

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;

  if (app_models_remove_finish (APP_MODELS (source), result, &error)) {
    ui_undo_offer (removal->toasts, &removals, removal);
  } else {
    ui_toast_error (removal->toasts, error);
    removal_free (removal);
  }
}

void
ui_model_removal_begin (GtkWidget *widget, AppModels *models, AppEngine *engine, AppModel *model)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->toasts = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  removal->toasts = g_object_ref (removal->toasts != NULL ? removal->toasts : widget);
  removal->models = g_object_ref (models);
  removal->engine = g_object_ref (engine);
  removal->model = g_object_ref (model);
  removal->used = app_engine_get_model (engine) == model;
  if (removal->used)
    app_engine_unload (engine);
  app_models_remove_async (models, model, on_removed, removal);
}
