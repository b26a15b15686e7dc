/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations that are never on the disk: each has a database of its own in memory, and so does all that others do. Keeping one copies it into the history. */
#include <glib/gi18n.h>

#include "app-conversation-private.h"
#include "app-history-private.h"
#include "app-schema.h"
#include "mcp/mcp-servers-private.h"
#include "transfer/transfer.h"

AppConversation *
app_history_new_temporary (AppHistory *self)
{
  g_autoptr (AppDatabase) memory = app_database_new (":memory:", &app_schema);
  AppConversation *conversation;

  app_mcp_servers_lend (app_history_get_mcp_servers (self), memory);
  conversation = app_conversation_new (memory, app_history_get_engine (self), app_history_get_settings (self), NULL);

  conversation->temporary = TRUE;
  app_history_watch_busy (self, conversation);
  return conversation;
}

typedef struct {
  AppDatabase *from, *to;
  gint64 id;
  AppConversationRow *row; /* of the kept one */
} Keep;

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  g_object_unref (keep->from);
  g_object_unref (keep->to);
  app_conversation_row_free (keep->row);
  g_free (keep);
}

static gboolean
copy (Keep *keep, GError **error)
{
  g_autoptr (AppTree) tree = app_transfer_ask (keep->from, app_store_tree_read, &keep->id, (GDestroyNotify) app_tree_free, NULL, error);
  g_autoptr (GHashTable) bytes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  AppStoreTreeAdd add = { tree, bytes };
  AppStoreTreeAdded *added;

  if (!tree)
    return FALSE;
  for (guint i = 0; i < tree->messages->len; i++) {
    GPtrArray *attachments = ((AppTreeMessage *) tree->messages->pdata[i])->attachments;
    for (guint j = 0; j < attachments->len; j++) {
      const AppAttachmentRow *row = attachments->pdata[j];
      GBytes *file = app_transfer_ask (keep->from, app_store_tree_bytes, row->sha256, (GDestroyNotify) g_bytes_unref, NULL, error);
      if (!file)
        return FALSE;
      g_hash_table_insert (bytes, g_strdup (row->sha256), file);
    }
  }
  if (!(added = app_transfer_ask (keep->to, app_store_tree_add, &add, (GDestroyNotify) app_store_tree_added_free, NULL, error)))
    return FALSE;
  keep->row = g_steal_pointer (&added->row);
  app_store_tree_added_free (added);
  if (!keep->row)
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("This conversation is kept already."));
  return keep->row != NULL;
}

static void
keep_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  if (copy (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_main_context_pop_thread_default (context);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppHistory *self = g_task_get_source_object (task);
  Keep *keep = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_ptr_array_add (rows, keep->row);
  app_history_add_rows (self, rows, NULL);
  app_history_read_choices (self);
  g_task_return_pointer (task, g_object_ref (app_history_find (self, keep->row->id)), g_object_unref);
}

void
app_history_keep_async (AppHistory *self, AppConversation *conversation, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) work = NULL;
  Keep *keep;

  if (app_conversation_get_busy (conversation) || app_conversation_get_id (conversation) == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, "%s",
                             app_conversation_get_busy (conversation) ? _("The model is still answering here. Wait for the end or stop it first.") : _("There is nothing to keep yet."));
    g_object_unref (task);
    return;
  }
  /* Without the history: the thread may hold its task for a moment after the end. */
  work = g_task_new (NULL, NULL, on_kept, task);
  keep = g_new0 (Keep, 1);
  keep->from = g_object_ref (conversation->database);
  keep->to = g_object_ref (app_history_get_database (self));
  keep->id = app_conversation_get_id (conversation);
  g_task_set_task_data (work, keep, keep_free);
  g_task_run_in_thread (work, keep_thread);
}

AppConversation *
app_history_keep_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
