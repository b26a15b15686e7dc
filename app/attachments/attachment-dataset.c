/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of an attachment, which are read in the background while the rest of it is, and may be ready later than it. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "attachment-kind.h"
#include "attachment-private.h"
#include "tables/table-choices-check.h"

struct _AppAttachmentTables {
  AppDatasets *datasets;
  AppDataset *dataset; /* NULL until it is there */
  GError *error;       /* why it is not */
  gboolean busy;
  double fraction;
  AppAttachmentDatasetFunc then; /* waits for the end */
  gpointer then_data;
};

AppAttachmentTables *
app_attachment_tables_new (AppDatasets *datasets)
{
  AppAttachmentTables *tables = g_new0 (AppAttachmentTables, 1);
  tables->datasets = g_object_ref (datasets);
  return tables;
}

void
app_attachment_tables_free (AppAttachmentTables *tables)
{
  g_object_unref (tables->datasets);
  g_clear_object (&tables->dataset);
  g_clear_error (&tables->error);
  g_free (tables);
}

static void
on_progress (double fraction, gpointer data)
{
  AppAttachment *self = data;
  app_attachment_get_tables (self)->fraction = fraction;
  g_object_notify (G_OBJECT (self), "dataset-fraction");
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  AppAttachmentDatasetFunc then = tables->then;

  tables->dataset = app_datasets_import_finish (APP_DATASETS (source), result, &tables->error);
  tables->busy = FALSE;
  tables->fraction = 1;
  g_object_notify (G_OBJECT (self), "dataset");
  g_object_notify (G_OBJECT (self), "dataset-fraction");
  tables->then = NULL;
  if (then != NULL)
    then (self, tables->dataset, tables->error, tables->then_data);
}

/* Has its tables read, as `choices` say. */
static void
import (AppAttachment *self, AppDatasets *datasets, const char *choices, GCancellable *cancellable, AppDatasetProgress progress, gpointer progress_data, GAsyncReadyCallback callback,
        gpointer data)
{
  app_datasets_import_async (datasets, app_attachment_get_bytes (self), app_attachment_get_sha256 (self), app_attachment_get_name (self), app_attachment_get_mime_type (self), choices,
                             cancellable, progress, progress_data, callback, data);
}

void
app_attachment_import (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);

  if (tables == NULL || tables->busy || tables->dataset != NULL)
    return;
  tables->busy = TRUE;
  import (self, tables->datasets, app_datasets_get_choices (tables->datasets, app_attachment_get_sha256 (self)), app_attachment_get_cancellable (self), on_progress, self, on_imported,
          g_object_ref (self));
}

void
app_attachment_when_imported (AppAttachment *self, AppAttachmentDatasetFunc then, gpointer data)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);

  if (tables == NULL || !tables->busy) {
    then (self, tables != NULL ? tables->dataset : NULL, tables != NULL ? tables->error : NULL, data);
    return;
  }
  g_return_if_fail (tables->then == NULL);
  tables->then = then;
  tables->then_data = data;
}

AppDataset *
app_attachment_get_dataset (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  return tables != NULL ? tables->dataset : NULL;
}

const char *
app_attachment_get_dataset_error (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  return tables != NULL && tables->error != NULL ? tables->error->message : NULL;
}

gboolean
app_attachment_get_dataset_busy (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  return tables != NULL && tables->busy;
}

double
app_attachment_get_dataset_fraction (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  return tables != NULL ? tables->fraction : 0;
}

AppDatasets *
app_attachment_get_datasets (AppAttachment *self)
{
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  return tables != NULL ? tables->datasets : NULL;
}

/* ---- of one that was read long ago ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  AppDataset *dataset = app_datasets_import_finish (APP_DATASETS (source), result, &error);

  if (dataset != NULL)
    g_task_return_pointer (task, dataset, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* The one that it has or that is there, if it was read as the tables are to be read now. (transfer full) (nullable) */
static AppDataset *
find (AppAttachment *self, AppDatasets *datasets, const char *choices)
{
  AppDataset *dataset = app_attachment_get_dataset (self);

  if (dataset != NULL && strcmp (app_dataset_get_choices (dataset), choices) == 0)
    return g_object_ref (dataset);
  return app_datasets_find (datasets, app_attachment_get_sha256 (self), choices);
}

void
app_attachment_read_dataset_async (AppAttachment *self, AppDatasets *datasets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *choices = app_datasets_get_choices (datasets, app_attachment_get_sha256 (self));
  AppDataset *dataset = find (self, datasets, choices);

  g_task_set_source_tag (task, app_attachment_read_dataset_async);
  if (dataset != NULL)
    g_task_return_pointer (task, dataset, g_object_unref);
  else if (app_attachment_get_bytes (self) == NULL)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("The tables of “%s” are not there any more. Add the file again."), app_attachment_get_name (self));
  else
    import (self, datasets, choices, cancellable, NULL, NULL, on_read, g_object_ref (task));
}

AppDataset *
app_attachment_read_dataset_finish (AppAttachment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- what a person corrects ---- */

typedef struct {
  char *choices;
  AppDataset *before; /* what is to be corrected */
} Correction;

static void
correction_free (gpointer data)
{
  Correction *correction = data;

  g_free (correction->choices);
  g_clear_object (&correction->before);
  g_free (correction);
}

static void
on_corrected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppAttachment *self = g_task_get_source_object (task);
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  const Correction *correction = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (AppDataset) dataset = app_datasets_import_finish (APP_DATASETS (source), result, &error);

  if (dataset == NULL || g_task_return_error_if_cancelled (task)) {
    if (dataset == NULL)
      g_task_return_error (task, error);
    return;
  }
  if (!table_choices_check (dataset, correction->before, &error)) {
    g_task_return_error (task, error);
    return;
  }
  app_datasets_set_choices (tables->datasets, app_attachment_get_sha256 (self), correction->choices);
  g_set_object (&tables->dataset, dataset);
  g_clear_error (&tables->error);
  g_object_notify (G_OBJECT (self), "dataset");
  g_task_return_pointer (task, g_steal_pointer (&dataset), g_object_unref);
}

void
app_attachment_correct_dataset_async (AppAttachment *self, AppDataset *before, const char *choices, GCancellable *cancellable, AppDatasetProgress progress, gpointer progress_data,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AppAttachmentTables *tables = app_attachment_get_tables (self);
  Correction *correction = g_new0 (Correction, 1);

  *correction = (Correction) { g_strdup (choices), before != NULL ? g_object_ref (before) : NULL };
  g_task_set_task_data (task, correction, correction_free);
  g_task_set_source_tag (task, app_attachment_correct_dataset_async);
  if (tables == NULL || app_attachment_get_bytes (self) == NULL)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("The file “%s” is not there any more, so it cannot be read anew. Add it again."), app_attachment_get_name (self));
  else
    import (self, tables->datasets, choices, cancellable, progress, progress_data, on_corrected, g_object_ref (task));
}

AppDataset *
app_attachment_correct_dataset_finish (AppAttachment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
