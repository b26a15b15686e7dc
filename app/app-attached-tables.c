/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-attached-tables.h"

#include "app-message-private.h"

typedef struct {
  AppDatasets *datasets;
  GPtrArray *messages; /* AppMessage that may have some, the newest first */
  guint message, attachment; /* where it has come to */
  GPtrArray *tables;   /* of AppAttachedTable */
  GHashTable *known;   /* the ids of their datasets */
} Collecting;

static void
collecting_free (gpointer data)
{
  Collecting *collecting = data;

  g_object_unref (collecting->datasets);
  g_ptr_array_unref (collecting->messages);
  g_ptr_array_unref (collecting->tables);
  g_hash_table_unref (collecting->known);
  g_free (collecting);
}

static void
table_free (gpointer data)
{
  AppAttachedTable *table = data;

  g_free (table->name);
  g_object_unref (table->dataset);
  g_free (table);
}

static gboolean
may_have (AppMessage *message)
{
  GPtrArray *documents = app_message_get_documents (message);

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    if (app_datasets_can_import (((AppDocument *) documents->pdata[i])->name, NULL, NULL))
      return TRUE;
  return FALSE;
}

gboolean
app_attached_tables_may_be (GListModel *messages, guint n)
{
  gboolean may = FALSE;

  for (guint i = 0; i < n && !may; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    may = may_have (message);
  }
  return may;
}

static void go_on (GTask *task);

static void
on_dataset (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Collecting *collecting = g_task_get_task_data (task);
  AppAttachment *attachment = APP_ATTACHMENT (source);
  AppDataset *dataset = app_attachment_read_dataset_finish (attachment, result, NULL);

  if (dataset != NULL && g_hash_table_add (collecting->known, g_strdup (app_dataset_get_id (dataset)))) {
    AppAttachedTable *table = g_new0 (AppAttachedTable, 1);
    *table = (AppAttachedTable) { app_message_get_id (collecting->messages->pdata[collecting->message]), collecting->attachment, g_strdup (app_attachment_get_name (attachment)), dataset };
    g_ptr_array_add (collecting->tables, table);
  } else {
    g_clear_object (&dataset);
  }
  collecting->attachment++;
  go_on (task);
}

static void
on_ready (AppAttachment *attachment, GParamSpec *pspec, GTask *task)
{
  Collecting *collecting = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_func (attachment, on_ready, task);
  app_attachment_read_dataset_async (attachment, collecting->datasets, g_task_get_cancellable (task), on_dataset, task);
}

static void
on_attachments (GListModel *attachments, guint position, guint removed, guint added, GTask *task)
{
  g_signal_handlers_disconnect_by_func (attachments, on_attachments, task);
  go_on (task);
  g_object_unref (task);
}

static void
go_on (GTask *task)
{
  Collecting *collecting = g_task_get_task_data (task);

  for (; collecting->message < collecting->messages->len; collecting->message++, collecting->attachment = 0) {
    AppMessage *message = collecting->messages->pdata[collecting->message];
    GListModel *attachments = app_message_get_attachments (message);

    if (g_list_model_get_n_items (attachments) == 0 && app_message_get_n_attachments (message) > 0) {
      g_signal_connect (attachments, "items-changed", G_CALLBACK (on_attachments), g_object_ref (task));
      return;
    }
    for (; collecting->attachment < g_list_model_get_n_items (attachments); collecting->attachment++) {
      g_autoptr (AppAttachment) attachment = g_list_model_get_item (attachments, collecting->attachment);
      if (!app_datasets_can_import (app_attachment_get_name (attachment), app_attachment_get_mime_type (attachment), NULL))
        continue;
      if (app_attachment_get_dataset_busy (attachment))
        g_signal_connect (attachment, "notify::dataset", G_CALLBACK (on_ready), g_object_ref (task));
      else
        app_attachment_read_dataset_async (attachment, collecting->datasets, g_task_get_cancellable (task), on_dataset, g_object_ref (task));
      return;
    }
  }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_ptr_array_ref (collecting->tables), (GDestroyNotify) g_ptr_array_unref);
}

void
app_attached_tables_async (GListModel *messages, guint n, AppDatasets *datasets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Collecting *collecting = g_new0 (Collecting, 1);

  collecting->datasets = g_object_ref (datasets);
  collecting->messages = g_ptr_array_new_with_free_func (g_object_unref);
  collecting->tables = g_ptr_array_new_with_free_func (table_free);
  collecting->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = n; i-- > 0;) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    if (message != NULL && may_have (message))
      g_ptr_array_add (collecting->messages, g_steal_pointer (&message));
  }
  g_task_set_task_data (task, collecting, collecting_free);
  go_on (task);
}

GPtrArray *
app_attached_tables_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
